"""After the answer: what led the forecast towards it, what misled, and which stated setting would have done better.

Everything is rerun as of the dates of the committed forecasts, so nothing that came later plays a part. Contributions
are turned by the outcome: positive led towards what happened. A gain is the fall of a score when one thing is left
out or set otherwise. Only settings inside the ranges that the method and the case state are tried: what would have
needed the answer is no lesson.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from vedette.assessment.channels import AUTHOR, BESIDE
from vedette.domain.case import Case
from vedette.domain.evidence import Evidence
from vedette.domain.scenarios import Chance, ScenarioSet
from vedette.domain.time import AsOf
from vedette.errors import BadInput, UnknownName
from vedette.forecasting.analysts import AnalystRecord
from vedette.forecasting.assess import Setting, prepare, swings
from vedette.forecasting.draws import logit
from vedette.forecasting.engine import Engine
from vedette.forecasting.explain import attribute
from vedette.ports import LedgerEntry
from vedette.reference.frameworks import framework, framework_ids
from vedette.scoring import brier_categories, log_score_categories
from vedette.workflows.assess import setting_for
from vedette.workflows.commit import still_computed
from vedette.workflows.standing import IMPORTED, Answer, FindCase, TimeLine, read_ledger
from vedette.workflows.track_record import FindRecord, once, track_record

MOST_DATES = 3
"""Dates rerun: the first, the last and the middle one of the committed forecasts. More add time, not insight."""
LEFT_OUT = 15
"""Items left out one at a time: those with the largest contributions."""
# A gain below this is not worth a line: it is smaller than what another seed of the draws would change.
WORTH = 0.002  # nats or Brier points [assumption]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Run:
    """One date: the case and engine as of it, and the score of the recomputed forecast."""

    day: dt.date
    case: Case
    engine: Engine
    log_score: float
    brier: float


def postmortem(
    question: str, entries: Sequence[LedgerEntry], find_case: FindCase, *, scenario: str | None = None
) -> dict[str, Any]:
    """The post-mortem of a resolved question of one of our cases, as plain values.

    ``scenario``: whose log-odds the contributions are of (default: the case's first). Raises `UnknownName` for a
    question that is not there and `BadInput` when it is open, void, or its case is not here.
    """
    found = read_ledger(entries, find_case)
    answer = found.answers.get(question)
    if answer is None:
        raise UnknownName("question", question, nearest=tuple(found.answers)[:5])
    case, atom = _answered(answer)
    ours = [
        x for x in found.lines
        if x.answer.question.id == question and any(not s.forecast.method.startswith(IMPORTED) for s in x.stands)
    ]  # fmt: skip
    days = _dates(ours, answer)
    chosen = case.scenario_set.scenario(scenario or case.scenario_set.scenarios[0].id)
    named = [x.id for x in case.scenario_set.scenarios]
    if chosen.id not in named:
        raise UnknownName("scenario", chosen.id, nearest=named, where=case.id)
    s = named.index(chosen.id)
    happened = atom in chosen.atoms
    def record() -> AnalystRecord:
        return AnalystRecord(track_record(entries, find_case))

    setting = setting_for(case, record=record)
    runs = [_run(case, day, setting, atom) for day in days]
    evidence = _evidence(runs, s, 1 if happened else -1, setting, atom)
    settings = _settings(case, runs, setting, atom)
    report: dict[str, Any] = {
        "question": question,
        "case": case.id,
        "happened": atom,
        "occurred": answer.resolution.occurred if answer.resolution else None,
        "scenario": chosen.id,
        "scenario_happened": happened,
        "dates": days,
        "committed": _committed(ours, answer, runs, once(record)),
        "base_rate": _base_rate(runs, s, 1 if happened else -1),
        "evidence": evidence,
        "conditions": _conditions(runs, s, 1 if happened else -1, atom),
        "grades": _groups(runs, setting, atom, lambda e: str(e.grade)),
        "kinds": _groups(runs, setting, atom, lambda e: e.kind.value),
        "analysts": _analysts(runs, setting, atom),
        "settings": settings,
        "stated_assumptions": [
            {"id": a.id, "statement": a.statement, "if_false": a.if_false} for a in case.assumptions
        ],
        "note": "One question: what misled here is a place to look, not a reason to change a weight. "
        "Weights are set by the bank and by many questions.",
    }
    report["first_lines"] = first_lines(report)
    return report


def _answered(answer: Answer) -> tuple[Case, str]:
    name = answer.question.id
    if answer.resolution is None:
        fix = f"First: vedette ledger resolve {name} --atom ATOM"
        raise BadInput("the question is still open", where=name, fix=fix)
    if answer.atom is None:
        raise BadInput(f"the question is void ({answer.resolution.void_reason})", where=name)
    if answer.case is None:
        raise BadInput(f"the case {answer.question.case!r} is not here, so nothing can be rerun", where=name,
                       fix="Bring it in with: vedette case import FILE")  # fmt: skip
    return answer.case, answer.atom


def _dates(lines: Sequence[TimeLine], answer: Answer) -> list[dt.date]:
    days = sorted({s.forecast.as_of for x in lines for s in x.stands})
    if not days:
        raise BadInput("no forecast of ours stood before the answer was known", where=answer.question.id)
    if len(days) <= MOST_DATES:
        return days
    return sorted({days[0], days[len(days) // 2], days[-1]})


def _run(case: Case, day: dt.date, setting: Setting, atom: str) -> _Run:
    engine, _, _ = prepare(case, AsOf(date=day), setting)
    log_score, brier = _scores(engine, atom)
    return _Run(day=day, case=case, engine=engine, log_score=log_score, brier=brier)


def _scores(engine: Engine, atom: str) -> tuple[float, float]:
    """(log score, Brier score over all answers) of the headline."""
    p = engine.evaluate().mean(axis=1)
    index = [a.id for a in engine.case.scenario_set.atoms].index(atom)
    return log_score_categories([index], p / p.sum()), brier_categories([index], p / p.sum())


def _gains(runs: Sequence[_Run], other: Callable[[_Run], Engine | None], atom: str) -> dict[str, float]:
    """Mean fall of both scores when every run is made otherwise; positive is better."""
    logs, briers = [], []
    for run in runs:
        engine = other(run)
        log_score, brier = (run.log_score, run.brier) if engine is None else _scores(engine, atom)
        logs.append(run.log_score - log_score)
        briers.append(run.brier - brier)
    return {"log_score_gain": float(np.mean(logs)), "brier_gain": float(np.mean(briers))}


def _committed(
    lines: Sequence[TimeLine], answer: Answer, runs: Sequence[_Run], record: FindRecord | None
) -> list[dict[str, Any]]:
    """What was committed, its scores beside the base rate's, and whether the case still computes it."""
    from vedette.workflows.score import scores

    out = []
    rerun = {r.day for r in runs}
    for line in lines:
        for stand in line.stands:
            f = stand.forecast
            same = None
            if f.as_of in rerun and answer.case is not None:
                same = still_computed(answer.case, f, record=record)
            out.append(
                {
                    "as_of": f.as_of, "forecaster": line.label, "days": stand.days,
                    "scores": scores(answer, [stand]), "base_rate": scores(answer, [stand], "base_rate"),
                    "inputs_unchanged": same,
                }
            )
    return out


def _base_rate(runs: Sequence[_Run], s: int, sign: int) -> dict[str, float]:
    """The starting point: its log-odds turned by the outcome, and its probability."""
    p = float(np.mean([r.engine.scenario_draws(r.engine.without_evidence())[s].mean() for r in runs]))
    return {"probability": p, "towards": sign * logit(min(max(p, 1e-9), 1 - 1e-9))}


def _gains_without(runs: Sequence[_Run], setting: Setting, atom: str, gone: frozenset[str]) -> dict[str, float]:
    """`_gains` with some items left out of the case."""

    def other(run: _Run) -> Engine:
        fewer = replace(run.case, evidence=tuple(e for e in run.case.evidence if e.id not in gone))
        return prepare(fewer, AsOf(date=run.day), setting)[0]

    return _gains(runs, other, atom)


def _evidence(runs: Sequence[_Run], s: int, sign: int, setting: Setting, atom: str) -> list[dict[str, Any]]:
    """Items by what they did, the most misleading first; the largest are also left out, one at a time."""
    towards: dict[str, float] = {}
    for run in runs:
        shares, _ = attribute(run.engine)
        for i, item in enumerate(run.engine.items):
            if not item.evidence.startswith(BESIDE):
                towards[item.evidence] = towards.get(item.evidence, 0.0) + sign * float(shares[s, i]) / len(runs)
    largest = sorted(towards, key=lambda e: (-abs(towards[e]), e))[:LEFT_OUT]
    known = {e.id: e for e in runs[-1].case.evidence}
    rows = []
    for name in largest:
        gains = _gains_without(runs, setting, atom, frozenset({name}))
        record = known[name]
        rows.append(
            {
                "evidence": name, "claim": record.claim, "grade": str(record.grade), "attribution": record.attribution,
                "towards": towards[name], "without": gains,
                "verdict": _verdict(towards[name], gains["log_score_gain"]),
            }
        )
    return sorted(rows, key=lambda r: (r["towards"], r["evidence"]))


def _verdict(towards: float, gain: float) -> str:
    if gain > WORTH:
        return "misled"
    if gain < -WORTH:
        return "helped"
    return "led away, with little effect" if towards < 0 else "little effect"


def _conditions(runs: Sequence[_Run], s: int, sign: int, atom: str) -> list[dict[str, Any]]:
    """Every condition: its contribution turned by the outcome, and the gain without all of its evidence."""
    towards: dict[str, float] = {}
    for run in runs:
        shares, _ = attribute(run.engine)
        for i, item in enumerate(run.engine.items):
            towards[item.channel] = towards.get(item.channel, 0.0) + sign * float(shares[s, i]) / len(runs)
    rows = []
    for name in sorted(towards, key=lambda c: (towards[c], c)):

        def other(run: _Run, name: str = name) -> Engine:
            return run.engine.revised(items=[i for i in run.engine.items if i.channel != name])

        gains = _gains(runs, other, atom)
        verdict = _verdict(towards[name], gains["log_score_gain"])
        rows.append({"condition": name, "towards": towards[name], "without": gains, "verdict": verdict})
    return rows


def _groups(
    runs: Sequence[_Run], setting: Setting, atom: str, key: Callable[[Evidence], str]
) -> list[dict[str, Any]]:
    """Items of one grade, or of one kind, left out together: which weight misled."""
    on = {item.evidence for run in runs for item in run.engine.items}
    names = sorted({key(e) for e in runs[-1].case.standing() if e.id in on})
    rows = []
    for name in names:
        gone = frozenset(e.id for e in runs[-1].case.standing() if key(e) == name)
        gains = _gains_without(runs, setting, atom, gone)
        n = len(gone & on)
        rows.append({"group": name, "items": n, "without": gains, "verdict": _verdict(0.0, gains["log_score_gain"])})
    return sorted(rows, key=lambda r: -r["without"]["log_score_gain"])


def _analysts(runs: Sequence[_Run], setting: Setting, atom: str) -> list[dict[str, Any]]:
    """Each analyst's judgments left out."""
    names = sorted({j.analyst for run in runs for j in run.engine.case.judgments})
    rows = []
    for name in names:

        def other(run: _Run, name: str = name) -> Engine:
            fewer = replace(run.case, judgments=tuple(j for j in run.case.judgments if j.analyst != name))
            return prepare(fewer, AsOf(date=run.day), setting)[0]

        gains = _gains(runs, other, atom)
        rows.append({"analyst": name, "without": gains, "verdict": _verdict(0.0, gains["log_score_gain"])})
    return sorted(rows, key=lambda r: -r["without"]["log_score_gain"])


# -- settings inside their stated ranges ------------------------------------------------------------------------


def _settings(case: Case, runs: Sequence[_Run], setting: Setting, atom: str) -> list[dict[str, Any]]:
    rows: list[tuple[str, dict[str, float]]] = []
    for what, other_case, other_setting in _variants(case, setting):

        def other(run: _Run, c: Case = other_case, st: Setting = other_setting) -> Engine:
            return prepare(c, AsOf(date=run.day), st)[0]

        rows.append((what, _gains(runs, other, atom)))
    rows.sort(key=lambda r: -r[1]["log_score_gain"])
    return [{"what": what, **gains, "better": gains["log_score_gain"] > WORTH} for what, gains in rows]


def _variants(case: Case, setting: Setting) -> Iterator[tuple[str, Case, Setting]]:
    """Every stated alternative: the sensitivity table's swings, the ends of the case's own intervals, the author's
    rule, the rival frameworks."""
    gated = any(c.veto is not None for c in case.scenario_set.chances)
    for what, parameters in swings(setting.parameters):
        if gated or parameters.host_gate:
            yield what, case, replace(setting, parameters=parameters)
    for chance in case.scenario_set.chances:
        for end in ("low", "high"):
            what = f"Base rates of {chance.id} at the {end} end of their interval"
            yield what, _with_chance(case, _at_end(chance, end)), setting
        if chance.veto is not None:
            for end, value in (("low", chance.veto[1]), ("high", chance.veto[2])):
                fixed = replace(chance, veto=(value, chance.veto[1], chance.veto[2]))
                what = f"The host's veto at the {end} end of its interval ({value:g})"
                yield what, _with_chance(case, fixed), setting
    if setting.record is not None and case.judgments:
        yield "Analysts count alike, whatever their record", case, replace(setting, record=None)
    yield "The author's rule", case, setting_for(case, mode=AUTHOR)
    own = set(setting.framework.condition_ids)
    for rival in framework_ids():
        if rival != case.framework and own & set(framework(rival).reads):
            yield f"The framework {rival}", case, replace(setting_for(case, rival=rival), record=setting.record)


def _at_end(chance: Chance, end: str) -> Chance:
    # Interval kept, centre moved to its end: the rate is then as uncertain as before.
    return replace(chance, base_rates=tuple(replace(r, p=r.low if end == "low" else r.high) for r in chance.base_rates))


def _with_chance(case: Case, chance: Chance) -> Case:
    old: ScenarioSet = case.scenario_set
    changed = replace(old, chances=tuple(chance if c.id == chance.id else c for c in old.chances))
    return replace(case, scenario_set=changed)


# -- words ------------------------------------------------------------------------------------------------------


def first_lines(report: Mapping[str, Any]) -> list[str]:
    """The post-mortem in a few lines."""
    out = []
    for row in sorted(report["committed"], key=lambda r: r["as_of"])[-1:]:
        ours, base = row["scores"]["log_score"], row["base_rate"]["log_score"]
        better = "better" if ours < base else "worse"
        out.append(
            f"{row['forecaster']} as of {row['as_of']}: log score {ours:.2f}, base rate alone {base:.2f}: "
            f"{better} than it (n = 1)."
        )
    if any(r["inputs_unchanged"] is False for r in report["committed"]):
        out.append("The case or the method has changed since: what follows explains what they would say now.")
    worst = next((r for r in report["evidence"] if r["verdict"] == "misled"), None)
    best = next((r for r in reversed(report["evidence"]) if r["verdict"] == "helped"), None)
    for word, row in (("Misled most", worst), ("Helped most", best)):
        if row is not None:
            gain = abs(row["without"]["log_score_gain"])
            way = "better" if row is worst else "worse"
            out.append(f"{word}: {row['evidence']}, {row['claim'][:90]} (log score {gain:.3f} {way} without it).")
    wrong = next((r for r in report["conditions"] if r["verdict"] == "misled"), None)
    if wrong is not None:
        gain = wrong["without"]["log_score_gain"]
        out.append(f"Condition that misled: {wrong['condition']} (log score {gain:.3f} better without it).")
    setting = next((r for r in report["settings"] if r["better"]), None)
    if setting is not None:
        gain = setting["log_score_gain"]
        out.append(f"Stated setting that would have scored better: {setting['what']} (by {gain:.3f}).")
    return out
