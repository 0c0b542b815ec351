"""Everything a brief says, as one JSON object: the assessment, the case as known, and what was computed beside it."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from vedette.domain.case import Case
from vedette.domain.claims import Marking
from vedette.domain.evidence import Evidence, Status
from vedette.domain.forecast import Assessment
from vedette.domain.plain import to_plain
from vedette.domain.time import AsOf
from vedette.reference.estimative import Scale, estimative_words
from vedette.reporting.distance import Measured
from vedette.reporting.figures import Facts
from vedette.reporting.handling import withhold
from vedette.reporting.quote_gate import missing_from_quote

SCHEMA = "brief/1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Alternative:
    """The same case read another way: the author's mode, a rival framework."""

    id: str
    label: str
    explanation: str
    assessment: Assessment


def _wording(item: Evidence) -> list[dict[str, Any]]:
    """Estimative words of an opinion, with the range a standard gives them. Only opinions estimate."""
    if not item.is_argument:
        return []
    text = item.quote.text if item.quote else item.unverified_quote or item.claim
    return [
        {"text": w.text, "range": None if w.low is None else [w.low, w.high], "source": w.source}
        for w in estimative_words(text)
    ]


def _evidence(item: Evidence) -> dict[str, Any]:
    quote = item.quote.text if item.quote else None
    return {
        "id": item.id,
        "claim": item.claim,
        "quote": quote,
        "unverified_quote": item.unverified_quote,
        "document": item.quote.document.id if item.quote else None,
        # Names and numbers that the claim asserts beyond its quote: then the brief prints the quote itself.
        "beyond_quote": list(missing_from_quote(item.claim, quote)) if quote is not None else [],
        "wording": _wording(item),
        "kind": item.kind.value,
        "attribution": item.attribution,
        "grade": str(item.grade),
        "status": item.status.value,
        "published": item.times.published_at.date().isoformat() if item.times.published_at else None,
        "available": item.times.available_at.date().isoformat(),
        "publisher": item.citation.publisher if item.citation else "",
        "source_title": item.citation.title if item.citation else "",
        "url": item.citation.url if item.citation else "",
        "origin": item.origin,
        "bearings": to_plain(item.bearings),
        "marking": item.marking.value,
    }


def _case(case: Case, as_of: dt.date) -> dict[str, Any]:
    known = case.known(AsOf(date=as_of))
    cited = {e.quote.document.id for e in known.accepted() if e.quote}
    return {
        "opened": case.opened.isoformat(),
        "threshold_profile": case.scenario_set.threshold_profile,
        "options": to_plain(case.options),
        "atoms": to_plain(case.scenario_set.atoms),
        "chances": [{"id": c.id, "question": c.question, "option": c.option} for c in case.scenario_set.chances],
        "documents": [
            {
                "id": d.id,
                "title": d.title,
                "kind": d.kind,
                "published": d.published.isoformat(),
                "sha256": d.sha256,
                "publisher": d.citation.publisher if d.citation else "",
                "url": d.citation.url if d.citation else "",
            }
            for d in sorted(known.documents, key=lambda d: (d.published, d.id))
            if d.id in cited
        ],
        "evidence": [_evidence(e) for e in sorted(known.accepted(), key=lambda e: (e.times.available_at, e.id))],
        "waiting": sum(e.status is Status.PROPOSED for e in known.standing()),
        "assumptions": to_plain(case.assumptions),
        "coding_note": case.coding_note,
        "structure_note": case.structure_note,
    }


def _reading(other: Assessment, main: Assessment) -> dict[str, Any]:
    """Scenarios of another assessment of the same case with their differences from the main one, in probability."""
    mine = {s.id: s.probability for s in main.scenarios}
    return {
        "as_of": other.as_of.isoformat(),
        "mode": other.mode,
        "framework": other.framework,
        "inputs_digest": other.inputs_digest,
        "scenarios": {
            s.id: {
                "probability": s.probability,
                "interval90": list(s.interval90),
                "word": s.word,
                "difference": s.probability - mine[s.id],
            }
            for s in other.scenarios
            if s.id in mine
        },
    }


def _timeline(earlier: Sequence[Assessment], main: Assessment) -> list[dict[str, Any]]:
    """The first scenario on earlier dates and now; ``change`` from the date before, None on the first."""
    first = main.scenarios[0].id
    points: list[dict[str, Any]] = []
    for a in sorted((*earlier, main), key=lambda a: a.as_of):
        s = a.scenario(first)
        points.append(
            {
                "as_of": a.as_of.isoformat(),
                "probability": s.probability,
                "interval50": list(s.interval50),
                "interval90": list(s.interval90),
                "change": s.probability - points[-1]["probability"] if points else None,
            }
        )
    return points if len(points) > 1 else []


_CITES = re.compile(r"\s*\[([^\[\]]+)\]")


def read_note(note: str) -> dict[str, Any]:
    """An analyst's sentence with the evidence ids it cites in square brackets: "Units arrived by rail [E1, E4]."."""
    cites = [name.strip() for group in _CITES.findall(note) for name in group.split(",") if name.strip()]
    return {"text": _CITES.sub("", note).strip(), "cites": cites}


def brief_facts(
    case: Case,
    assessment: Assessment,
    *,
    alternatives: Sequence[Alternative] = (),
    previous: Assessment | None = None,
    distance: Measured | None = None,
    notes: Sequence[str] = (),
    request: Mapping[str, Any] | None = None,
    audience: Marking = Marking.CLEAR,
    scale: Scale = "icd203",
    earlier: Sequence[Assessment] = (),
) -> Facts:
    """The facts of a brief for ``assessment.as_of``.

    ``previous``: the assessment of an earlier date, for "change since". ``distance``: from
    `vedette.reporting.distance.measure`. ``notes``: an analyst's own sentences. ``request``: how the
    brief was asked for, for `vedette verify`. ``audience``: the closest handling mark its reader may see; texts above
    it are withheld. ``scale``: the words for likelihood, icd203 or phia. ``earlier``:
    assessments of earlier dates, for the line of the first scenario.
    """
    changes = {}
    if previous is not None:
        before = {s.id: s.probability for s in previous.scenarios}
        changes = {s.id: s.probability - before[s.id] for s in assessment.scenarios if s.id in before}
    data = {
        "schema": SCHEMA,
        "scale": scale,
        "assessment": assessment.to_dict(),
        "case": _case(case, assessment.as_of),
        "alternatives": [
            {"id": a.id, "label": a.label, "explanation": a.explanation, **_reading(a.assessment, assessment)}
            for a in alternatives
        ],
        "previous": None if previous is None else {"as_of": previous.as_of.isoformat(), "changes": changes},
        "timeline": _timeline(earlier, assessment),
        "distance": None if distance is None else distance.facts,
        "distance_missing": "it was not asked for" if distance is None else distance.missing,
        "request": dict(request or {}),
        "notes": [read_note(n) for n in notes],
    }
    return Facts(withhold(data, case, audience), drawing="" if distance is None else distance.svg)
