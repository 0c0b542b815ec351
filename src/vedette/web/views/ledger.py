"""The ledger as plain objects: what was asked, what was said, what came true, and how good that was.

No score is shown without n, its reference and, where two questions or more carry it, an interval. Below
`vedette.workflows.score.FEWEST` closed questions nobody is ranked and no calibration is claimed.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any, Final

from markupsafe import Markup

from vedette.domain.ledger import Forecast, Question, Resolution
from vedette.ports import LedgerEntry
from vedette.reference.estimative import number_text
from vedette.reporting.labels import day_text
from vedette.web.views.address import address
from vedette.web.views.reliability import diagram, span_glyph
from vedette.workflows.due import due
from vedette.workflows.score import FEWEST, score_ledger
from vedette.workflows.standing import FindCase

LATELY: Final = 12
"""Resolved questions listed on the first page; all of them with ``resolved=all``."""
OURS: Final = "vedette recommended"
MEASURES: Final = {
    "brier": ("Brier, all answers", "0 perfect, 2 worst; lower is better"),
    "log_score": ("Log score", "nats; lower is better"),
    "rps": ("Ranked score", "0 to 1; lower is better"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Chain:
    """Whether the chain of digests holds."""

    entries: int
    holds: bool
    head: str
    faults: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoreCell:
    """One figure of the strip."""

    label: str
    value: str
    interval: str
    reference: str
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenRow:
    """An open question. ``state``: due, near, stale or empty; ``words`` says it."""

    id: str
    href: str
    statement: str
    deadline: str
    said: str
    state: str
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ResolvedRow:
    """A resolved or void question with the forecast of whoever is shown."""

    id: str
    href: str
    statement: str
    when: str
    outcome: str
    void: bool
    ours: str
    base: str
    postmortem: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LeaderRow:
    """One forecaster beside the median of all on the same questions. ``rank`` is empty below `FEWEST`."""

    rank: str
    name: str
    href: str
    n: int
    mean: str
    glyph: Markup
    said: str
    verdict: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BinRow:
    """A bin of the reliability diagram as a row of its table."""

    said: str
    n: int
    observed: str
    band: str
    inside: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Calibration:
    """The diagram, or why there is none. ``words`` is its text alternative."""

    claimed: bool
    finding: str
    words: str
    drawing: Markup
    rows: tuple[BinRow, ...] = ()
    n: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerView:
    """The page. ``who``: forecasters to choose from, (label, address, chosen)."""

    chain: Chain
    finding: str
    basis: str
    asked: int
    who: tuple[tuple[str, str, bool], ...]
    strip: tuple[ScoreCell, ...]
    calibration: Calibration | None
    leaders: tuple[LeaderRow, ...]
    leader_note: str
    open: tuple[OpenRow, ...]
    resolved: tuple[ResolvedRow, ...]
    more_resolved: str
    not_scored: tuple[str, ...]
    crowd: tuple[str, ...]


def chain_of(entries: Sequence[LedgerEntry]) -> Chain:
    """The state of the chain."""
    faults = tuple(f"Entry {e.seq} ({e.kind} {e.question}) does not hold: {e.fault}" for e in entries if e.fault)
    return Chain(entries=len(entries), holds=not faults, head=entries[-1].digest[:12] if entries else "", faults=faults)


def ledger_view(
    entries: Sequence[LedgerEntry], find_case: FindCase, today: dt.date, *, who: str = "", all_resolved: bool = False,
    scored: Callable[[], Mapping[str, Any]] | None = None,
) -> LedgerView:  # fmt: skip
    """Everything on the page. A chain that does not hold is said, and nothing is scored from it.

    ``scored``: gives what `score_ledger` gives for these entries, where that is kept.
    """
    chain = chain_of(entries)
    questions = {e.noun.id: e.noun for e in entries if isinstance(e.noun, Question)}
    if not chain.holds or not questions:
        return _bare(chain, len(questions))
    record = scored() if scored is not None else score_ledger(entries, find_case, today)
    people = {f["forecaster"]: f for f in record["forecasters"]}
    chosen = who if who in people else _first(people)
    mine = people.get(chosen)
    resolved = _resolved(entries, questions, record, chosen)
    finding, basis = _finding(record, mine)
    return LedgerView(
        chain=chain, finding=finding, basis=basis, asked=len(questions),
        who=tuple((name, address("/ledger", who=name), name == chosen) for name in people),
        strip=_strip(mine, record) if mine else (),
        calibration=_calibration(mine) if mine else None,
        leaders=_leaders(record),
        leader_note=f"Difference of the Brier score over all answers from the median forecaster of each question, mean "
        f"over questions with 95 % intervals. Left is better. Ranked from {FEWEST} resolved questions.",
        open=_open(entries, questions, find_case, today),
        resolved=resolved if all_resolved else resolved[:LATELY],
        more_resolved="" if all_resolved or len(resolved) <= LATELY else
        address("/ledger", who=who or None, resolved="all"),
        not_scored=tuple(f"{x['forecaster']} on {x['question']}: {x['reason']}" for x in record["not_scored"]),
        crowd=_crowd(record["crowd"]),
    )  # fmt: skip


def _bare(chain: Chain, asked: int) -> LedgerView:
    damaged = "The ledger was changed: nothing is scored from it"
    return LedgerView(
        chain=chain, finding=damaged if not chain.holds else "Nothing is in the ledger yet", basis="", asked=asked,
        who=(), strip=(), calibration=None, leaders=(), leader_note="", open=(), resolved=(), more_resolved="",
        not_scored=(), crowd=(),
    )  # fmt: skip


def _first(people: Mapping[str, Any]) -> str:
    if OURS in people:
        return OURS
    return max(people, key=lambda name: (people[name]["n"], name), default="")


def spread(pair: Sequence[float] | None, decimals: int = 3) -> str:
    """``0.106 to 0.158``; empty when there is none."""
    return f"{number_text(pair[0], decimals)} to {number_text(pair[1], decimals)}" if pair else ""


def _finding(record: Mapping[str, Any], mine: Mapping[str, Any] | None) -> tuple[str, str]:
    """The lede: a claim only where the number of questions carries it."""
    q = record["questions"]
    counted = (
        f"{q['in_ledger']} question{'s' if q['in_ledger'] != 1 else ''}: {q['resolved']} resolved, {q['open']} open, "
        f"{q['void']} void; averaged over the days each forecast stood, the last value carried forward"
    )
    if mine is None:
        return ("Nothing is resolved yet, so nothing is scored", counted)
    brier, n = mine["scores"].get("brier"), mine["n"]
    if brier is None or brier["gain_interval"] is None or n < FEWEST:
        return (f"Too few to say how good: {n} of {FEWEST} resolved questions", counted)
    low, high = brier["gain_interval"]
    size = f"{number_text(abs(brier['gain']), 3)} Brier (95 %: {spread(brier['gain_interval'])})"
    if low > 0:
        return (f"Better than the base rate by {size}", counted)
    if high < 0:
        return (f"Worse than the base rate by {size}", counted)
    return (f"No clear difference from the base rate: {number_text(brier['gain'], 3, signed=True)} "
            f"({spread(brier['gain_interval'])})", counted)  # fmt: skip


def _strip(mine: Mapping[str, Any], record: Mapping[str, Any]) -> tuple[ScoreCell, ...]:
    cells = []
    for metric, score in mine["scores"].items():
        label, scale = MEASURES[metric]
        cells.append(_cell(label, score, scale))
        if metric == "brier":
            skill = score["skill"]
            cells.append(
                ScoreCell(
                    label="Skill over base rate",
                    value="–" if skill is None else number_text(skill, 2, signed=True),
                    interval=spread(score["skill_interval"], 2) or "no interval",
                    reference="0 is no better, 1 is perfect", note=f"n = {score['n']}",
                )
            )
    scenarios = mine["scenario_brier"]
    if scenarios is not None:
        cells.append(_cell("Brier, each scenario", scenarios, f"0 to 1; {scenarios['scenarios']} statements"))
    q = record["questions"]
    closed = q["resolved"] + q["void"]
    share = f"{100 * q['void'] / closed:.0f}\u202f%" if closed else "–"
    cells.append(
        ScoreCell(
            label="Void", value=share, interval=f"{q['void']} of {closed}", reference="could not be judged fairly",
            note="all forecasters",
        )
    )  # fmt: skip
    return tuple(cells)


def _cell(label: str, score: Mapping[str, Any], scale: str) -> ScoreCell:
    return ScoreCell(
        label=label, value=number_text(score["mean"], 3),
        interval=spread(score["interval"]) or "one question: no interval",
        reference=f"base rate {number_text(score['reference'], 3)}", note=f"n = {score['n']}; {scale}",
    )  # fmt: skip


def _calibration(mine: Mapping[str, Any]) -> Calibration:
    c = mine["calibration"]
    if not c["claimed"]:
        return Calibration(
            claimed=False, finding="Too few to draw what was said against what happened", drawing=Markup(""),
            words=f"{c['n']} of {FEWEST} closed questions. The band would cover most of the square.", n=c["n"],
        )  # fmt: skip
    from vedette.panel.intervals import jeffreys

    bins = [{**b, "interval": jeffreys(b["observed"] * b["n"], b["n"])} for b in c["bins"]]
    outside = [b for b in bins if not b["inside"]]
    finding = (
        "What was said is what happened, within the band" if not outside else
        f"Off the band in {len(outside)} of {len(bins)} bins, most at {100 * _worst(outside)['forecast']:.0f}\u202f%"
    )  # fmt: skip
    rows = tuple(
        BinRow(
            said=f"{100 * b['from']:.0f}\u2013{100 * b['to']:.0f}\u202f%, mean {100 * b['forecast']:.0f}", n=b["n"],
            observed=f"{100 * b['observed']:.0f}\u202f%", inside=b["inside"],
            band=f"{100 * b['band'][0]:.0f}\u2013{100 * b['band'][1]:.0f}",
        )
        for b in bins
    )  # fmt: skip
    observed = sum(b["observed"] * b["n"] for b in bins) / sum(b["n"] for b in bins)
    words = "; ".join(
        f"said {100 * b['forecast']:.0f} %, happened {100 * b['observed']:.0f} % (n {b['n']})" for b in bins
    )
    return Calibration(
        claimed=True, finding=finding, words=words, drawing=diagram(bins, observed), rows=rows, n=c["n"]
    )


def _worst(bins: Sequence[Mapping[str, Any]]) -> Mapping[str, Any]:
    return max(bins, key=lambda b: abs(b["observed"] - b["forecast"]))


# -- who forecasts best ---------------------------------------------------------------------------------------


def against_median(rows: Sequence[Mapping[str, Any]]) -> dict[str, tuple[list[float], list[str]]]:
    """Brier of each forecaster less the median of all on the same question: (differences, questions).

    Questions on which nobody else spoke say nothing of who is better, and are left out.
    """
    by_question: dict[str, list[tuple[str, float]]] = {}
    for row in rows:
        score = row["scores"]["brier"]
        if score is not None:
            by_question.setdefault(row["question"], []).append((row["forecaster"], score))
    found: dict[str, tuple[list[float], list[str]]] = {}
    for question, scored in by_question.items():
        if len(scored) < 2:
            continue
        middle = median(s for _, s in scored)
        for name, score in scored:
            differences, questions = found.setdefault(name, ([], []))
            differences.append(score - middle)
            questions.append(question)
    return found


def _leaders(record: Mapping[str, Any]) -> tuple[LeaderRow, ...]:
    from vedette.scoring.averages import mean_interval

    means = {f["forecaster"]: f["scores"]["brier"]["mean"] for f in record["forecasters"] if "brier" in f["scores"]}
    found = []
    for name, (differences, questions) in against_median(record["rows"]).items():
        n = len(set(questions))
        mean = sum(differences) / len(differences)
        span = mean_interval(differences, questions) if n >= 2 else None
        found.append((name, n, mean, (span.low, span.high) if span else None))
    reach = max([0.1, *(abs(v) for _, _, _, s in found if s for v in s), *(abs(m) for _, _, m, _ in found)])
    found.sort(key=lambda x: (x[1] < FEWEST, x[2], x[0]))
    rows, rank = [], 0
    for name, n, mean, pair in found:
        few = n < FEWEST
        rank += not few
        rows.append(
            LeaderRow(
                rank="" if few else str(rank), name=name, href=address("/ledger", who=name), n=n,
                mean=number_text(means[name], 3) if name in means else "–",
                glyph=span_glyph(mean, pair[0] if pair else None, pair[1] if pair else None, reach, open=few),
                said=f"{number_text(mean, 3, signed=True)}" + (f" ({spread(pair)})" if pair else ", no interval"),
                verdict=f"too few: {n} of {FEWEST}" if few else _verdict(pair),
            )
        )  # fmt: skip
    return tuple(rows)


def _verdict(pair: tuple[float, float] | None) -> str:
    if pair is None or pair[0] <= 0 <= pair[1]:
        return "no clear difference"
    return "better" if pair[1] < 0 else "worse"


# -- questions ------------------------------------------------------------------------------------------------


def newest(entries: Sequence[LedgerEntry]) -> dict[str, dict[str, Forecast]]:
    """The forecast that stands, by question and forecaster: of several for one day, the one committed last."""
    found: dict[str, dict[str, Forecast]] = {}
    for e in entries:
        if isinstance(e.noun, Forecast):
            before = found.setdefault(e.noun.question, {}).get(e.noun.forecaster)
            if before is None or e.noun.as_of >= before.as_of:
                found[e.noun.question][e.noun.forecaster] = e.noun
    return found


def said_text(forecast: Forecast, most: int = 2) -> str:
    """The likeliest answers of a forecast: ``none 61 %, presence 27 %``."""
    likely = sorted(forecast.distribution.items(), key=lambda x: -x[1])[:most]
    return ", ".join(f"{atom} {100 * p:.0f}\u202f%" for atom, p in likely)


def _open(
    entries: Sequence[LedgerEntry], questions: Mapping[str, Question], find_case: FindCase, today: dt.date
) -> tuple[OpenRow, ...]:
    waits = due(entries, find_case, today)
    state: dict[str, tuple[str, str]] = {}
    for x in waits["stale"]:
        newer = "" if x["newer_evidence"] is None else f", {x['newer_evidence']} newer items"
        state[x["question"]] = ("stale", f"{x['age_days']} days old{newer}")
    for x in waits["near"]:
        state[x["question"]] = ("near", f"{x['days_left']} days left")
    for x in waits["due"]:
        state[x["question"]] = ("due", f"answer due for {x['overdue_days']} days")
    closed = {e.noun.question for e in entries if isinstance(e.noun, Resolution)}
    standing = newest(entries)
    rows = []
    for q in sorted((q for q in questions.values() if q.id not in closed), key=lambda q: (q.deadline, q.id)):
        kind, words = state.get(q.id, ("", ""))
        people = standing.get(q.id, {})
        first = people.get(OURS) or next(iter(people.values()), None)
        said = "no forecast" if first is None else f"{first.forecaster}: {said_text(first)}"
        rows.append(
            OpenRow(id=q.id, href=question_path(q.id), statement=q.statement, deadline=day_text(q.deadline),
                    said=said, state=kind, words=words)
        )  # fmt: skip
    return tuple(rows)


def question_path(question: str) -> str:
    """Address of a question's page."""
    from urllib.parse import quote

    return f"/ledger/{quote(question, safe='')}"


def _resolved(
    entries: Sequence[LedgerEntry], questions: Mapping[str, Question], record: Mapping[str, Any], who: str
) -> tuple[ResolvedRow, ...]:
    mine = {r["question"]: r for r in record["rows"] if r["forecaster"] == who}
    rows = []
    for e in reversed(entries):
        r = e.noun
        if not isinstance(r, Resolution) or r.question not in questions:
            continue
        q, row = questions[r.question], mine.get(r.question)
        score = row["scores"]["brier"] if row else None
        rows.append(
            ResolvedRow(
                id=q.id, href=question_path(q.id), statement=q.statement, when=day_text(r.occurred or r.at.date()),
                outcome=f"void: {r.void_reason}" if r.atom is None else r.atom, void=r.atom is None,
                ours=number_text(score, 3) if score is not None else "not asked",
                base=number_text(row["base_rate"]["brier"], 3) if row and score is not None else "",
                postmortem=f"{question_path(q.id)}/postmortem" if q.case and r.atom is not None and row else "",
            )
        )  # fmt: skip
    return tuple(rows)


def _crowd(checks: Sequence[Mapping[str, Any]]) -> tuple[str, ...]:
    """Crowd figures that do not ask our question, with how often and why."""
    if not checks:
        return ()
    fit = sum(bool(c["fits"]) for c in checks)
    reasons: dict[str, int] = {}
    for c in checks:
        for why in c["why"]:
            reasons[f"{c['scenario']}: {why}"] = reasons.get(f"{c['scenario']}: {why}", 0) + 1
    return (f"{fit} of {len(checks)} crowd figures of the cases ask our question",
            *(f"{n} not used against {why}" for why, n in list(reasons.items())[:8]))  # fmt: skip
