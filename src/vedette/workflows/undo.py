"""Undo items of evidence or judgments: the number without them, beside the number with them."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from vedette.assessment.channels import INDICATOR, RECOMMENDED, SIGNAL
from vedette.domain.case import Case
from vedette.domain.forecast import Assessment
from vedette.domain.time import AsOf
from vedette.errors import BadInput, UnknownName
from vedette.forecasting.assess import prepare
from vedette.forecasting.item_detail import item_detail
from vedette.workflows.assess import assess_case, setting_for
from vedette.workflows.track_record import FindRecord


def leave_out(case: Case, cut: AsOf, ids: Sequence[str]) -> Case:
    """The case as it stood at the cut without some items or judgments.

    Reviews are applied first: an item taken out does not bring back the one it corrected. Raises `UnknownName` for an
    id the case does not have, `BadInput` for one that was not known by the date.
    """
    known = case.known(cut)
    standing = known.standing()
    for name in ids:
        _check(case, known, cut, name)
    gone = set(ids)
    return replace(
        known,
        evidence=tuple(e for e in standing if e.id not in gone),
        judgments=tuple(j for j in known.judgments if j.id not in gone and j.subject not in gone),
        checks=tuple(c for c in known.checks if f"{INDICATOR}{c.indicator}" not in gone),
        signals=tuple(s for s in known.signals if f"{SIGNAL}{s.id}" not in gone),
        reviews=(),
    )


def _watched(known: Case) -> tuple[str, ...]:
    """Indicators and signals by the names they have in the contributions."""
    return (*(f"{INDICATOR}{i.id}" for i in known.indicators), *(f"{SIGNAL}{s.id}" for s in known.signals))


def _check(case: Case, known: Case, cut: AsOf, name: str) -> None:
    present = [*(e.id for e in known.standing()), *(j.id for j in known.judgments), *_watched(known)]
    if name in present:
        return
    late = next((e.times.available_at.date() for e in case.evidence if e.id == name), None)
    if late is not None and late > cut.date:
        raise BadInput(f"{name} became available on {late}, after {cut}: it moves nothing then", where=case.id)
    if late is not None:
        raise BadInput(f"{name} was corrected by a later record: it moves nothing", where=case.id)
    near = difflib.get_close_matches(name, present, n=3, cutoff=0.4)
    raise UnknownName("item", name, nearest=near or sorted(present)[:3], where=case.id)


def without(
    case: Case, result: Assessment, ids: Sequence[str], *, rival: str | None = None, record: FindRecord | None = None
) -> dict[str, Any]:
    """``result`` again without some items: each scenario's probability, interval and word beside the original.

    What the others then weigh is computed anew: a copy that counted for little takes the place of what it copied.
    ``moved_nothing``: those of the ids that had no weight to begin with, with the reason.
    """
    cut = AsOf(date=result.as_of)
    chosen = list(dict.fromkeys(ids))
    fewer = leave_out(case, cut, chosen)
    other = assess_case(fewer, cut, mode=result.mode, rival=rival, with_sensitivity=False, record=record)
    weighed = {str(e["id"]) for e in result.evidence} | {j.id for j in case.judgments}
    weighed |= {e for bars in result.contributions.values() for b in bars for e in b.evidence}
    reasons = {str(x["evidence"]): str(x["reason"]) for x in reversed(result.excluded)}
    states = {e.id: e.status.value for e in case.known(cut).standing()}
    return {
        "left_out": chosen,
        "moved_nothing": {
            name: reasons.get(name, f"it is {states.get(name, 'no accepted item')}")
            for name in chosen
            if name not in weighed
        },
        "inputs_digest": other.inputs_digest,
        "scenarios": [
            {
                "id": s.id,
                "label": s.label,
                "original": s.probability,
                "original_interval90": list(s.interval90),
                "probability": other.scenario(s.id).probability,
                "interval50": list(other.scenario(s.id).interval50),
                "interval90": list(other.scenario(s.id).interval90),
                "word": other.scenario(s.id).word,
                "change": other.scenario(s.id).probability - s.probability,
            }
            for s in result.scenarios
        ],
    }


def explain_items(
    case: Case,
    as_of: str | AsOf | None,
    ids: Sequence[str],
    *,
    mode: str = RECOMMENDED,
    rival: str | None = None,
    record: FindRecord | None = None,
) -> list[dict[str, Any]]:
    """Details of some items (`vedette.forecasting.item_detail`), in the order asked for."""
    cut = AsOf.of(as_of or case.as_of)
    engine, left, _ = prepare(case, cut, setting_for(case, mode=mode, rival=rival, record=record))
    present = {e.id for e in engine.case.standing()}
    out = []
    for name in dict.fromkeys(ids):
        if name not in present:
            _check(case, engine.case, cut, name)
            what = "watched" if name in _watched(engine.case) else "a judgment"
            raise BadInput(f"{name} is {what}: it has no grade or quote to explain", where=case.id)
        out.append(item_detail(engine, left, name))
    return out
