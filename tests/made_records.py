"""Made documents, evidence and judgments on the made case, for tests of what is stored."""

from __future__ import annotations

import datetime as dt
import hashlib

from tests.made_cases import host_case

from vedette.domain.case import Case
from vedette.domain.claims import Bound, Citation, ClaimKind, Direction, Grade, Marking, Place, Quantity, Strength
from vedette.domain.documents import Document, DroppedSpan, SourceSpan
from vedette.domain.evidence import Bearing, Evidence, Provenance, Status
from vedette.domain.judgment import Judgment, JudgmentKind
from vedette.domain.ledger import Forecast, Question
from vedette.domain.time import DateInterval, Times, instant

RAW = "Moved 500 troops — “now”, it said.\r\nНі. 🚂\n".encode()
ATOMS = ("a1", "a2", "a3", "a4", "a5", "other")
EVEN = dict.fromkeys(ATOMS, 1 / 6)


def document(raw: bytes = RAW, *, id: str = "doc-1", published: str = "2022-01-10", **changes: object) -> Document:
    """A document with everything a document can have."""
    text = raw.decode()
    values: dict[str, object] = {
        "id": id, "sha256": hashlib.sha256(raw).hexdigest(), "title": "A made report", "text": text,
        "author": "A. Writer", "citation": Citation(publisher="Made Press", url="https://example.org/1"),
        "source_map": (SourceSpan(clean_start=0, clean_end=len(text), raw_start=0, raw_end=len(text)),),
        "dropped": (DroppedSpan(start=1, end=3, reason="caption"),), "marking": Marking.GREEN,
        "times": Times(published_at=instant(published), available_at=instant(published) + dt.timedelta(hours=7)),
    }  # fmt: skip
    return Document(**{**values, **changes})  # type: ignore[arg-type]


def evidence(id: str, quoted: Document | None = None, **changes: object) -> Evidence:
    """A proposed item with everything an item can have."""
    values: dict[str, object] = {
        "id": id, "claim": "Troops were moved.", "kind": ClaimKind.EVENT, "attribution": "Made Press",
        "bearings": (
            Bearing(option="main", scenario="attack", condition="technical_feasibility", direction=Direction.RAISES,
                    strength=Strength.MODERATE, actor="BLR"),
        ),
        "grade": Grade(reliability="B", credibility="2"), "origin": "made-1",
        "times": Times(
            occurred_at=DateInterval(start=dt.date(2022, 1, 8), end=None), published_at=instant("2022-01-10"),
            available_at=quoted.times.available_at if quoted is not None else instant("2022-01-10"),
            recorded_at=instant("2022-01-12"),
        ),
        "quote": quoted.quote(6, 16) if quoted is not None else None, "actors": ("RUS",), "target": "UKR",
        "place": Place(name="Yelsk", lat=51.8, lon=29.2, country="BLR"),
        "quantities": (Quantity(text="500", value=500.0, unit="troops", bound=Bound.ABOUT, of="soldiers"),),
        "confidence": 0.7, "status": Status.PROPOSED, "half_life_days": 30.0,
        "provenance": Provenance(author="rules", at=instant("2022-01-12"), reason="cue: moved"),
    }  # fmt: skip
    return Evidence(**{**values, **changes})  # type: ignore[arg-type]


def judgment(id: str = "j1") -> Judgment:
    """One analyst's probability."""
    return Judgment(
        id=id, analyst="ana", kind=JudgmentKind.PROBABILITY, subject="attack", value=0.3, low=0.1, high=0.5,
        reason="made", at=instant("2022-01-15"),
    )  # fmt: skip


def full_case() -> Case:
    """A case with a document, quoted and unquoted evidence, and a judgment."""
    source = document()
    return host_case(
        (evidence("e1", source), evidence("e2")), id="made", framework="five-conditions", documents=(source,),
        judgments=(judgment(),),
    )  # fmt: skip


def question(id: str = "q1") -> Question:
    """A question over the atoms of the made case."""
    return Question(
        id=id, case="made", statement="Will they?", atoms=ATOMS, rule="as made", deadline=dt.date(2022, 3, 31)
    )


def forecast(question: str = "q1", *, note: str = "", day: str = "2022-01-20") -> Forecast:
    """An even forecast."""
    return Forecast(
        question=question, forecaster="ana", as_of=dt.date.fromisoformat(day), at=instant(day), distribution=EVEN,
        base_rate=EVEN, inputs_digest="0" * 64, method="made", note=note,
    )  # fmt: skip
