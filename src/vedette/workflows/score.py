"""Scores of everything in the ledger: never without their base-rate reference, n and interval.

A question gives one score for each forecaster: the average over the days its forecasts stood, the last value carried
forward. Means over questions have a 95 % interval from resampling whole questions. Skill is paired: a rival is
scored on exactly the days on which both stood.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from vedette.domain.ledger import Forecast
from vedette.domain.scenarios import Scenario
from vedette.errors import UnknownName
from vedette.ports import LedgerEntry
from vedette.scoring import (
    LOG_CLIP,
    brier,
    brier_categories,
    brier_decomposition,
    log_score,
    log_score_categories,
    reliability_bins,
    rps,
)
from vedette.scoring.averages import mean_interval, skill_interval
from vedette.scoring.core.checks import Floats
from vedette.workflows.anchor import AnchorCheck, anchor_check
from vedette.workflows.standing import (
    AUTHOR,
    CROWD,
    EVEN,
    IMPORTED,
    Answer,
    FindCase,
    Stand,
    TimeLine,
    between,
    ordered_atoms,
    read_ledger,
    replaced_by_revision,
    spoken_of,
)

FEWEST = 30
"""Closed questions below which no calibration or decomposition is claimed (METHOD 4.3.11 uses the same number)."""
METRICS = ("brier", "log_score", "rps")


def score_ledger(
    entries: Sequence[LedgerEntry], find_case: FindCase, today: dt.date, *, question: str | None = None
) -> dict[str, Any]:
    """Everything that can be scored, as plain values.

    Raises `Damaged` for a ledger that was changed and `UnknownName` for a question that is not in it.
    """
    found = read_ledger(entries, find_case)
    if question is not None and question not in found.answers:
        raise UnknownName("question", question, nearest=tuple(found.answers)[:5])
    chosen = {q: a for q, a in found.answers.items() if question in (None, q)}
    resolved = {q: a for q, a in chosen.items() if a.atom is not None}
    lines = [x for x in found.lines if x.answer.question.id in resolved]
    mates: dict[str, list[TimeLine]] = {}
    for x in lines:
        mates.setdefault(x.answer.question.id, []).append(x)
    rows = [_row(x, mates[x.answer.question.id], today) for x in lines if x.stands]
    by_label: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        by_label.setdefault(row["forecaster"], []).append(row)
    return {
        "today": today.isoformat(),
        "questions": {
            "in_ledger": len(chosen),
            "resolved": len(resolved),
            "void": sum(a.void for a in chosen.values()),
            "open": sum(a.resolution is None for a in chosen.values()),
            "window_still_open": sum(not a.closed(today) for a in resolved.values()),
        },
        "forecasters": [_summary(name, by_label[name]) for name in sorted(by_label)],
        "rows": rows,
        "not_scored": [_left_out(x) for x in lines if not x.stands],
        "crowd": [_check_row(a, c) for a in chosen.values() for c in _checks(a)],
        "clip": LOG_CLIP,
        "level": 0.95,
        "note": _note(len(resolved)),
    }


def _note(n: int) -> str:
    if n == 0:
        return "No question is resolved yet: nothing to score."
    if n < FEWEST:
        return f"n = {n} resolved questions, fewer than {FEWEST}: no rate, calibration or ranking is claimed."
    return f"n = {n} resolved questions."


def _left_out(line: TimeLine) -> dict[str, Any]:
    return {
        "question": line.answer.question.id, "forecaster": line.label, "forecasts": line.late,
        "reason": f"made after {line.answer.last_day}, the last day without the answer",
    }


# -- one question, one forecaster -----------------------------------------------------------------------------


def matrix(stands: Sequence[Stand], atoms: Sequence[str], source: str = "distribution") -> tuple[Floats, Floats]:
    """(forecasts, atoms) probabilities and (forecasts,) days they stood. ``source``: distribution or base_rate."""
    rows = [[_of(s.forecast, source)[a] for a in atoms] for s in stands]
    return np.array(rows, dtype=float), np.array([s.days for s in stands], dtype=float)


def _of(forecast: Forecast, source: str) -> Mapping[str, float]:
    return forecast.base_rate if source == "base_rate" else forecast.distribution


def scores(answer: Answer, stands: Sequence[Stand], source: str = "distribution") -> dict[str, float | None]:
    """Brier over all answers (0 to 2), log score in nats and, where the answers are levels, ranked score (0 to 1),
    averaged over the days."""
    atoms = answer.question.atoms
    p, days = matrix(stands, atoms, source)
    p = p / p.sum(axis=1, keepdims=True)
    happened = [atoms.index(answer.atom or "")] * len(p)
    out: dict[str, float | None] = {
        "brier": brier_categories(happened, p, days), "log_score": log_score_categories(happened, p, days), "rps": None,
    }
    levels = ordered_atoms(atoms)
    if answer.atom in levels:
        q = p[:, [atoms.index(a) for a in levels]]
        total = q.sum(axis=1, keepdims=True)
        if np.all(total > 0):
            # "other" has no place in the order: the score is of the levels, given that it can be placed.
            out["rps"] = rps([levels.index(answer.atom or "")] * len(q), q / total, days, normalise=True)
    return out


def chances(
    answer: Answer, scenario: Scenario, stands: Sequence[Stand], source: str = "distribution"
) -> tuple[Floats, Floats]:
    """Probability of a scenario on each stand (n,) and the days (n,)."""
    p, days = matrix(stands, answer.question.atoms, source)
    on = [i for i, a in enumerate(answer.question.atoms) if a in scenario.atoms]
    return np.clip(p[:, on].sum(axis=1) / p.sum(axis=1), 0.0, 1.0), days


def scenario_scores(answer: Answer, scenario: Scenario, stands: Sequence[Stand]) -> dict[str, Any]:
    """Brier (0 to 1) and log score of one scenario beside those of its base rate."""
    y = [float(answer.happened(scenario))] * len(stands)
    out: dict[str, Any] = {"id": scenario.id, "happened": answer.happened(scenario)}
    for name, source in (("", "distribution"), ("base_rate", "base_rate")):
        p, days = chances(answer, scenario, stands, source)
        got = {
            "probability": float(np.average(p, weights=days)), "brier": brier(y, p, days),
            "log_score": log_score(y, p, days),
        }
        out.update(got if not name else {name: got})
    return out


def _row(line: TimeLine, every: Sequence[TimeLine], today: dt.date) -> dict[str, Any]:
    """One line scored; ``every``: all lines of its question."""
    answer, stands, limited = line.answer, line.stands, spoken_of(line)
    assert answer.resolution is not None
    nothing = dict.fromkeys(METRICS)
    return {
        "question": answer.question.id,
        "forecaster": line.label,
        "retrospective": line.retrospective,
        "imported": all(s.forecast.method.startswith(IMPORTED) for s in stands),
        "reference": "even odds" if any(EVEN in s.forecast.method for s in stands) else "base rate",
        "happened": answer.atom,
        "occurred": answer.resolution.occurred,
        "window_closed": answer.closed(today),
        "forecasts": len(stands),
        "after_the_answer": line.late,
        "first_day": stands[0].first,
        "last_day": stands[-1].last,
        "days": sum(s.days for s in stands),
        "scores": scores(answer, stands) if limited is None else nothing,
        "base_rate": scores(answer, stands, "base_rate") if limited is None else nothing,
        "scenarios": [scenario_scores(answer, s, stands) for s in (answer.scenarios if limited is None else limited)],
        "rivals": _rivals(line, every),
    }


def _rivals(line: TimeLine, every: Sequence[TimeLine]) -> list[dict[str, Any]]:
    out = []
    before = replaced_by_revision(line)
    if before is not None:
        out += _paired(line, before, "last value", "the forecast each revision replaced, kept on")
    for x in (other for other in every if other.stands and other is not line):
        name = x.forecaster.casefold()
        if name in CROWD and line.forecaster.casefold() not in CROWD:
            out += _paired(line, x, "crowd", f"{x.label} in the ledger")
        elif name in AUTHOR and line.forecaster.casefold() not in AUTHOR:
            out += _paired(line, x, "author", f"{x.label} in the ledger")
    figures = [_against_figures(line, s) for s in line.answer.scenarios]
    return out + [f for f in figures if f is not None]


def _paired(line: TimeLine, rival: TimeLine, name: str, what: str) -> list[dict[str, Any]]:
    """Scores of both on the days on which both stood; none when there is no such day.

    Over all answers when both spoke of all of them, else on each scenario that both spoke of.
    """
    first = max(line.stands[0].first, rival.stands[0].first)
    last = min(line.stands[-1].last, rival.stands[-1].last)
    if first > last:
        return []
    ours, theirs = between(line, first, last), between(rival, first, last)
    common: dict[str, Any] = {"rival": name, "what": what, "days": sum(s.days for s in ours.stands)}
    limits = [x for x in (spoken_of(line), spoken_of(rival)) if x is not None]
    if not limits:
        return [
            {
                **common, "scenario": None, "scores": scores(line.answer, ours.stands),
                "rival_scores": scores(line.answer, theirs.stands),
                "base_rate": scores(line.answer, ours.stands, "base_rate"),
            }
        ]
    out = []
    for s in line.answer.scenarios:
        if all(s in limit for limit in limits):
            a = scenario_scores(line.answer, s, ours.stands)
            b = scenario_scores(line.answer, s, theirs.stands)
            out.append({**common, "scenario": s.id, "scores": a, "rival_scores": b, "base_rate": a["base_rate"]})
    return out


def _checks(answer: Answer) -> list[AnchorCheck]:
    return [anchor_check(answer.case, f) for f in answer.case.crowd] if answer.case is not None else []


def _against_figures(line: TimeLine, scenario: Scenario) -> dict[str, Any] | None:
    """A scenario against the case's crowd figures, each standing until the next; only figures that passed the check."""
    answer = line.answer
    fitting = [c for c in _checks(answer) if c.fits and c.scenario == scenario.id and c.figure.date <= answer.last_day]
    if not fitting:
        return None
    fitting.sort(key=lambda c: c.figure.date)
    ours: list[float] = []
    theirs: list[float] = []
    base: list[float] = []
    days: list[float] = []
    for i, check in enumerate(fitting):
        end = fitting[i + 1].figure.date - dt.timedelta(days=1) if i + 1 < len(fitting) else answer.last_day
        for stand in between(line, check.figure.date, end).stands:
            ours.append(float(chances(answer, scenario, [stand])[0][0]))
            base.append(float(chances(answer, scenario, [stand], "base_rate")[0][0]))
            theirs.append(check.probability or 0.0)
            days.append(float(stand.days))
    if not days:
        return None
    y = [float(answer.happened(scenario))] * len(days)

    def both(p: Sequence[float]) -> dict[str, float | None]:
        return {"brier": brier(y, p, days), "log_score": log_score(y, p, days), "rps": None}

    return {
        "rival": "crowd", "what": f"{fitting[0].figure.source} on a question like ours", "scenario": scenario.id,
        "days": int(sum(days)), "scores": both(ours), "rival_scores": both(theirs), "base_rate": both(base),
    }


def _check_row(answer: Answer, check: AnchorCheck) -> dict[str, Any]:
    return {
        "question": answer.question.id, "date": check.figure.date, "source": check.figure.source,
        "probability": check.figure.probability, "scenario": check.scenario, "fits": check.fits, "why": list(check.why),
    }


# -- over questions -------------------------------------------------------------------------------------------


def _summary(name: str, rows: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    n = len(rows)
    closed = [r for r in rows if r["window_closed"]]
    return {
        "forecaster": name,
        "n": n,
        "questions": [r["question"] for r in rows],
        "scores": {m: s for m in METRICS if (s := _mean(rows, m)) is not None},
        "scenario_brier": _scenario_mean(rows),
        "rivals": _rival_means(rows),
        "calibration": _calibration(closed),
        "note": _cautions(n, sum(r["reference"] == "even odds" for r in rows)),
    }


def _cautions(n: int, even: int) -> str:
    few = "" if n >= FEWEST else f"n = {n}: too few to claim a rate or a ranking ({FEWEST} needed)."
    odds = f"On {even} of {n} questions no base rate was given: the reference is even odds." if even else ""
    return " ".join(x for x in (few, odds) if x)


def _mean(rows: Sequence[Mapping[str, Any]], metric: str) -> dict[str, Any] | None:
    on = [r for r in rows if r["scores"][metric] is not None]
    if not on:
        return None
    return _with_reference(
        [r["scores"][metric] for r in on], [r["base_rate"][metric] for r in on], [r["question"] for r in on]
    )


def _with_reference(ours: Sequence[float], reference: Sequence[float], questions: Sequence[str]) -> dict[str, Any]:
    """Mean, reference, skill and their intervals; without an interval (and saying so) for a single question."""
    n = len(set(questions))
    mean, below = float(np.mean(ours)), float(np.mean(reference))
    out: dict[str, Any] = {
        "n": n, "mean": mean, "interval": None, "reference": below, "gain": below - mean, "gain_interval": None,
        "skill": 1 - mean / below if below > 0 else None, "skill_interval": None,
    }
    if n < 2:
        return {**out, "why_no_interval": "one question has no spread"}
    a = mean_interval(ours, questions)
    d = mean_interval(np.asarray(reference) - np.asarray(ours), questions)
    out.update(interval=[a.low, a.high], gain_interval=[d.low, d.high])
    if below > 0:
        s = skill_interval(ours, reference, questions)
        out["skill_interval"] = [s.low, s.high] if math.isfinite(s.low) else None
    return out


def _scenario_mean(rows: Sequence[Mapping[str, Any]]) -> dict[str, Any] | None:
    flat = [(s["brier"], s["base_rate"]["brier"], r["question"]) for r in rows for s in r["scenarios"]]
    if not flat:
        return None
    return {**_with_reference([x[0] for x in flat], [x[1] for x in flat], [x[2] for x in flat]), "scenarios": len(flat)}


def _rival_means(rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    found: dict[tuple[str, str], list[tuple[str, Mapping[str, Any]]]] = {}
    for r in rows:
        for x in r["rivals"]:
            key = "all answers" if x["scenario"] is None else "scenarios"
            found.setdefault((x["rival"], key), []).append((r["question"], x))
    out = []
    for (rival, on), pairs in sorted(found.items()):
        questions = [q for q, _ in pairs]
        for metric in ("brier", "log_score"):
            compared = _with_reference(
                [x["scores"][metric] for _, x in pairs], [x["rival_scores"][metric] for _, x in pairs], questions
            )
            base = float(np.mean([x["base_rate"][metric] for _, x in pairs]))
            out.append({"rival": rival, "on": on, "metric": metric, "base_rate": base, **compared})
    return out


def _calibration(rows: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Reliability with consistency bands and the decomposition of the Brier score, over closed windows only."""
    questions = len({r["question"] for r in rows})
    if questions < FEWEST:
        return {"n": questions, "claimed": False, "why": f"{questions} closed windows, {FEWEST} needed"}
    said = [s for r in rows for s in r["scenarios"]]
    flat = [(float(s["happened"]), s["probability"], s["base_rate"]["probability"]) for s in said]
    y, p, base = (np.array(x) for x in zip(*flat, strict=True))
    parts, reference = brier_decomposition(y, p), brier_decomposition(y, base)
    return {
        "n": questions, "claimed": True, "statements": len(flat),
        "bins": [
            {"from": b.lower, "to": b.upper, "n": b.n, "forecast": b.mean_forecast, "observed": b.observed_rate,
             "band": [b.low, b.high], "inside": b.low <= b.observed_rate <= b.high}
            for b in reliability_bins(y, p, bins=min(10, max(2, questions // 15)))
        ],
        "decomposition": parts.to_dict(), "base_rate_decomposition": reference.to_dict(),
        "note": "Mean probability over the days each forecast stood; statements of one question are not independent.",
    }  # fmt: skip


