"""Made ledgers: entries as the store would give them, without a store."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

from tests.made_cases import host_case, item

from vedette.domain.case import Case
from vedette.domain.claims import Direction
from vedette.domain.ledger import Forecast, Question, Resolution
from vedette.domain.time import instant
from vedette.ports import LedgerEntry

DEADLINE = dt.date(2022, 3, 31)
Noun = Question | Forecast | Resolution


def entries(nouns: Sequence[Noun]) -> tuple[LedgerEntry, ...]:
    """A sound chain of these."""
    kinds = {Question: "question", Forecast: "forecast", Resolution: "resolution"}
    return tuple(
        LedgerEntry(
            seq=i,
            kind=kinds[type(n)],
            question=n.id if isinstance(n, Question) else n.question,
            digest=f"{i:064x}",
            recorded_at=instant("2022-01-01"),
            noun=n,
        )
        for i, n in enumerate(nouns, 1)
    )


def asked(
    id: str = "q1", atoms: tuple[str, ...] = ("yes", "no"), *, case: str = "", deadline: dt.date = DEADLINE
) -> Question:
    """A question."""
    return Question(id=id, case=case, statement=f"{id}?", atoms=atoms, rule="made", deadline=deadline)


def said(
    day: str,
    p: Mapping[str, float] | float,
    *,
    question: str = "q1",
    who: str = "ana",
    base: Mapping[str, float] | float = 0.2,
    at: str | None = None,
    method: str = "made",
) -> Forecast:
    """A forecast in time unless ``at`` says otherwise; a number is the chance of yes."""

    def spread(x: Mapping[str, float] | float) -> Mapping[str, float]:
        return {"yes": x, "no": 1 - x} if isinstance(x, float) else x

    return Forecast(
        question=question, forecaster=who, as_of=dt.date.fromisoformat(day), at=instant(at or day),
        distribution=spread(p), base_rate=spread(base), inputs_digest="", method=method,
    )  # fmt: skip


def answered(
    atom: str | None, on: str | None = None, *, question: str = "q1", at: str = "2022-04-02"
) -> Resolution:
    """What happened; None is void."""
    return Resolution(
        question=question, atom=atom, at=instant(at), occurred=dt.date.fromisoformat(on) if on else None, source="made",
        void_reason="" if atom else "made void",
    )  # fmt: skip


def ledger_case(**changes: object) -> Case:
    """A case of the bundled framework with items that pull both ways."""
    return host_case(
        (
            item("up", condition="low_costs", day=dt.date(2022, 1, 10)),
            item("down", condition="low_costs", direction=Direction.LOWERS, day=dt.date(2022, 1, 12)),
            item(
                "forces",
                condition="technical_feasibility",
                scenario="attack_from_host",
                day=dt.date(2022, 1, 15),
            ),
            item("late", condition="perceived_justification", day=dt.date(2022, 1, 25)),
        ),
        framework="five-conditions",
        **changes,
    )


def no_case(_: str) -> None:
    """A finder for questions without a case."""
    return
