"""A case through time: what it would have said, week by week, what moved it, and how that scored."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Sequence
from typing import Any

from vedette.assessment.channels import RECOMMENDED
from vedette.domain.case import Case
from vedette.domain.forecast import Assessment
from vedette.domain.time import AsOf
from vedette.errors import BadInput
from vedette.workflows.anchor import anchor_check
from vedette.workflows.assess import assess_case
from vedette.workflows.track_record import FindRecord, once

# Log-odds a single raise or lower is worth in the naive count. [assumption]: a moderate item fully trusted, 0.7,
# discounted to about one quarter as the weights of the method do on average for items that share a topic.
NAIVE_STEP = 0.17
MOVERS = 3


def days_between(first: dt.date, last: dt.date, step: int) -> list[dt.date]:
    """Every ``step`` days from first, always ending on last."""
    if step < 1:
        raise BadInput(f"a step of {step} days", fix="Use 1 or more")
    days = [first + dt.timedelta(days=i) for i in range(0, (last - first).days + 1, step)]
    return days if days and days[-1] == last else [*days, last]


def replay(
    case: Case,
    *,
    scenario: str | None = None,
    first: dt.date | None = None,
    last: dt.date | None = None,
    step: int = 7,
    mode: str = RECOMMENDED,
    outcome: str | None = None,
    happened_on: dt.date | None = None,
    record: FindRecord | None = None,
) -> dict[str, Any]:
    """Time line of one scenario: probability, interval, base rate, what moved it, crowd figures of the day.

    ``outcome`` (an atom) and ``happened_on`` score the dates before the outcome; without them nothing is scored.
    """
    chosen = case.scenario_set.scenario(scenario or case.scenario_set.scenarios[0].id)
    begin = first or max(case.opened, min((e.times.available_at.date() for e in case.evidence), default=case.opened))
    end = min(last or case.deadline, (happened_on - dt.timedelta(days=1)) if happened_on else case.deadline)
    if begin > end:
        raise BadInput(f"the time line would start {begin}, after it ends {end}", where=case.id)
    rows: list[dict[str, Any]] = []
    known = once(record)
    before: dict[str, float] = {}
    for day in days_between(begin, end, step):
        result = assess_case(case, AsOf(date=day), mode=mode, with_sensitivity=False, record=known)
        shares = {str(e["id"]): float(e["log_odds"][chosen.id]) for e in result.evidence}
        rows.append(_row(case, result, chosen.id, day, shares, before))
        before = shares
    scored = None
    if outcome is not None:
        case.scenario_set.scenario(outcome)
        scored = _scores(rows, outcome in chosen.atoms, happened_on, _crowd_note(case, chosen.id))
    return {"case": case.id, "scenario": chosen.id, "mode": mode, "step_days": step, "timeline": rows, "scores": scored}


def _row(
    case: Case, result: Assessment, scenario: str, day: dt.date, shares: dict[str, float], before: dict[str, float]
) -> dict[str, Any]:
    s = result.scenario(scenario)
    moved = {e: shares.get(e, 0.0) - before.get(e, 0.0) for e in shares.keys() | before.keys()}
    top = sorted(moved, key=lambda e: (-abs(moved[e]), e))[:MOVERS]
    claims = {e.id: e.claim for e in case.evidence}
    crowd = [c for c in case.crowd if c.date <= day]
    up = sum(1 for v in shares.values() if v > 0)
    return {
        "as_of": day.isoformat(),
        "probability": s.probability,
        "interval90": list(s.interval90),
        "base_rate": s.base_rate["p"],
        "naive_count": _naive(float(s.base_rate["p"]), up, len(shares) - up),
        "items": len(shares),
        "crowd": {"date": crowd[-1].date.isoformat(), "probability": crowd[-1].probability} if crowd else None,
        "moved_by": [{"evidence": e, "log_odds": moved[e], "claim": claims[e]} for e in top if abs(moved[e]) > 1e-3],
    }


def _naive(base: float, raises: int, lowers: int) -> float:
    """Base rate moved by raises minus lowers, each worth the same: what counting alone would say."""
    eta = math.log(base) - math.log1p(-base) + NAIVE_STEP * (raises - lowers)
    return 1.0 / (1.0 + math.exp(-eta))


def _crowd_note(case: Case, scenario: str) -> str:
    """Whether the crowd's figures ask what the scenario asks, with every difference found."""
    checks = [anchor_check(case, figure, scenario) for figure in case.crowd]
    if not checks:
        return ""
    if all(c.fits for c in checks):
        return "the crowd's question fits this scenario"
    why = dict.fromkeys(w for c in checks for w in c.why)
    fitting = sum(c.fits for c in checks)
    return f"{fitting} of {len(checks)} crowd figures ask what {scenario} asks; the others: {'; '.join(why)}"


def _scores(
    rows: Sequence[dict[str, Any]], happened: bool, happened_on: dt.date | None, crowd_note: str
) -> dict[str, Any]:
    """Time-averaged Brier and log score of each series over the dates replayed (one outcome: n = 1 question)."""
    out: dict[str, Any] = {
        "happened": happened,
        "on": happened_on.isoformat() if happened_on else None,
        "dates": len(rows),
        "questions": 1,
    }
    series = {name: [row[name] for row in rows] for name in ("probability", "base_rate", "naive_count")}
    with_crowd = [row for row in rows if row["crowd"] is not None]
    for name, values in series.items():
        out[name] = _averages(values, happened)
    if with_crowd:
        out["crowd"] = {
            "dates": len(with_crowd),
            "note": crowd_note,
            "crowd": _averages([row["crowd"]["probability"] for row in with_crowd], happened),
            "probability_same_dates": _averages([row["probability"] for row in with_crowd], happened),
        }
    return out


def _averages(values: Sequence[float], happened: bool) -> dict[str, float]:
    p = [v if happened else 1 - v for v in values]
    return {
        "brier": math.fsum((1 - v) ** 2 for v in p) / len(p),
        "log_score": -math.fsum(math.log(max(v, 1e-12)) for v in p) / len(p),
    }
