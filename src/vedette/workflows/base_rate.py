"""How often does this happen? The rate of a pair of states from history, or of its class, and said which."""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from vedette.domain.plain import to_plain
from vedette.domain.scenarios import BaseRate, Basis, Chance
from vedette.domain.time import AsOf, parse_date
from vedette.errors import BadInput, Damaged, DateRefused, UnknownName
from vedette.forecasting.structural.bundled import (
    OUTCOMES,
    BundledRate,
    ClassRate,
    bundled_class_rate,
    bundled_dates,
    bundled_ranking,
    bundled_rate,
    over_horizon,
)
from vedette.reference.states import State, find_state

YEAR = 365.25
LONGEST_MONTHS = 60
"""Five years: a rate learnt on single years says nothing of a longer wait [assumption: constant hazard]."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """One state of a coalition with its own rate; None where the pair was not among those ranked."""

    iso3: str
    name: str
    rate: BundledRate | None


@dataclass(frozen=True, slots=True, kw_only=True)
class BaseRateAnswer:
    """The answer: probability over the horizon with its 90 % interval, and what it rests on.

    ``basis``: ``pair``, ``coalition`` or ``class``. ``contributions`` are log-odds of the yearly rate by condition,
    structure and memory, summing to its logit. ``vintage``: last year with observed values of each input.
    """

    intervener: tuple[str, ...]
    target: str
    outcome: str
    as_of: dt.date
    horizon_months: float
    p: float
    interval: tuple[float, float]
    p_year: float
    basis: str
    rank: int | None
    ranked: int | None
    contributions: Mapping[str, float]
    vintage: Mapping[str, int]
    class_rate: ClassRate
    members: tuple[Member, ...]
    notes: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        """The JSON of ``vedette base-rate --json``."""
        plain = {name: to_plain(getattr(self, name)) for name in self.__slots__}
        plain["class"] = plain.pop("class_rate")
        return plain


def parse_horizon(text: str) -> float:
    """Months from ``12m``, ``90d``, ``1y`` or a bare number of months."""
    found = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*([mdy]?)\s*", text.casefold())
    if found is None:
        raise BadInput(f"horizon {text!r} cannot be read", fix="Examples: 12m, 90d, 1y")
    months = float(found[1]) * {"": 1.0, "m": 1.0, "d": 12.0 / YEAR, "y": 12.0}[found[2]]
    if not 0 < months <= LONGEST_MONTHS:
        raise BadInput(
            f"a horizon of {months:g} months is not supported by the data", fix=f"Give up to {LONGEST_MONTHS}m"
        )
    return months


def base_rate(
    intervener: str | Sequence[str],
    target: str,
    outcome: str = "force",
    horizon: str = "12m",
    as_of: str | dt.date | None = None,
) -> BaseRateAnswer:
    """The rate for a pair (or coalition) as of a date, from the shipped fit; without any third-party data file.

    A pair that was not ranked, or a date before the first shipped one, gets the class rate and is told so.
    Raises `UnknownState`, `UnknownName` for an outcome, `BadInput` and `DateRefused`.
    """
    if outcome not in OUTCOMES:
        raise UnknownName("outcome", outcome, nearest=tuple(OUTCOMES))
    if as_of is None:
        day = parse_date(bundled_dates(outcome)[-1])
    else:
        day = parse_date(as_of) if isinstance(as_of, str) else as_of
    months = parse_horizon(horizon)
    names = re.split(r"[,+]", intervener) if isinstance(intervener, str) else list(intervener)
    states = [find_state(n.strip(), day) for n in names if n.strip()]
    if not states:
        raise BadInput("no intervener was given")
    goal = find_state(target, day)
    if goal in states:
        raise BadInput(f"{goal.name} cannot intervene in itself", fix="Give two different states")
    notes: list[str] = []
    class_rate, dated = _class_rate(outcome, day, notes)
    members = tuple(
        Member(
            iso3=s.iso3 or s.cowabb,
            name=s.name,
            rate=bundled_rate(s.cowcode, goal.cowcode, outcome, day) if dated else None,
        )
        for s in states
    )
    if dated:
        _say_age(day, outcome, notes)
    known = [m.rate for m in members if m.rate is not None]
    lead = max(known, key=lambda r: r.p) if known else None
    if lead is None and dated:
        others = bundled_class_rate(outcome, day, relevant=False)
        class_rate = others or class_rate
        notes.append(_not_ranked(states, goal, others is not None))
    if lead is not None and len(members) > 1:
        notes.append(coalition_note([m.name for m in members], len(known)))
    yearly = lead or class_rate
    return BaseRateAnswer(
        intervener=tuple(m.iso3 for m in members),
        target=goal.iso3 or goal.cowabb,
        outcome=outcome,
        as_of=day,
        horizon_months=months,
        p=over_horizon(yearly.p, months),
        interval=(over_horizon(yearly.low, months), over_horizon(yearly.high, months)),
        p_year=yearly.p,
        basis="class" if lead is None else "coalition" if len(members) > 1 else "pair",
        rank=lead.rank if lead else None,
        ranked=lead.ranked if lead else None,
        contributions=lead.contributions if lead else {},
        vintage=lead.vintage if lead else {},
        class_rate=class_rate,
        members=members if len(members) > 1 else (),
        notes=tuple(notes),
    )


def _class_rate(outcome: str, day: dt.date, notes: list[str]) -> tuple[ClassRate, bool]:
    """(rate of the politically relevant pairs, whether it was known by the day)."""
    first = bundled_dates(outcome)[0]
    dated = day.isoformat() >= first
    if not dated:
        notes.append(
            f"No rate was computed for {day}: the first shipped date is {first}. This is the class rate of that date, "
            "which rests on years after the one asked for; do not score a back-test with it."
        )
    found = bundled_class_rate(outcome, day if dated else parse_date(first))
    if found is None:
        raise Damaged("the shipped base rates lack their class", fix="Install the package again")
    return found, dated


def _say_age(day: dt.date, outcome: str, notes: list[str]) -> None:
    newest = max(d for d in bundled_dates(outcome) if d <= day.isoformat())
    age = day.year - int(newest[:4])
    if age > 1:
        notes.append(f"The newest shipped rates not after {day} are of {newest}: {age} years old.")


def _not_ranked(states: Sequence[State], goal: State, counted: bool) -> str:
    who = ", ".join(s.name for s in states)
    which = (
        "this is the class rate of all other pairs."
        if counted
        else "this is the class rate of politically relevant pairs, and too high for a pair outside them."
    )
    return (
        f"{who} and {goal.name} were not among the politically relevant pairs (neighbours within 400 miles of water, "
        f"or a major power): {which}"
    )


def coalition_note(names: Sequence[str], known: int) -> str:
    """What history can say of a coalition."""
    return (
        f"History knows only pairs of states. For {', '.join(names)} this is the highest rate of any one member "
        f"({known} of {len(names)} ranked): members of past coalitions acted together, so their rates do not add."
    )


def structural_rate(chance: Chance, as_of: AsOf) -> BaseRate | None:
    """The structural class of a chance for the date, or None where history has no rate of the pair by then."""
    query = chance.history
    if query is None:
        return None
    try:
        answer = base_rate(query.interveners, query.target, query.outcome, "12m", as_of.date)
    except DateRefused:
        return None
    if answer.basis == "class":
        return None
    pair = f"{'+'.join(answer.intervener)} against {answer.target}"
    return BaseRate(
        p=_inside(answer.p_year), low=_inside(answer.interval[0]), high=_inside(answer.interval[1]),
        n=answer.class_rate.n, events=answer.class_rate.positives, basis=Basis.STRUCTURE, period_days=YEAR,
        reference_class=f"{query.outcome} begun within a year, {pair}, rank {answer.rank} of {answer.ranked}",
        source=f"Vedette's structural model, fitted on what was known by {_newest(query.outcome, as_of.date)}",
    )  # fmt: skip


def _newest(outcome: str, day: dt.date) -> str:
    return max(d for d in bundled_dates(outcome) if d <= day.isoformat())


def _inside(p: float) -> float:
    return min(max(p, 1e-6), 1 - 1e-6)


@dataclass(frozen=True, slots=True, kw_only=True)
class ScreenRow:
    """One pair of the ranking; ``change``: log-odds since the vintage before, None when the pair is new."""

    rank: int
    intervener: str
    target: str
    p: float
    low: float
    high: float
    previous_rank: int | None
    change: float | None
    moved_by: str


def screen(
    as_of: str, outcome: str = "force", *, most: int | None = None
) -> tuple[tuple[ScreenRow, ...], str, str | None]:
    """Every ranked pair, highest first, with its change since the last vintage: (rows, vintage, previous vintage)."""
    day = parse_date(as_of)
    now = bundled_ranking(outcome, day)
    dates = [d for d in bundled_dates(outcome) if d < now[0].as_of]
    before = {(r.ccode1, r.ccode2): r for r in bundled_ranking(outcome, parse_date(dates[-1]))} if dates else {}
    names = _names()
    rows = []
    for rate in now[:most]:
        old = before.get((rate.ccode1, rate.ccode2))
        rows.append(
            ScreenRow(
                rank=rate.rank, intervener=names.get(rate.ccode1, str(rate.ccode1)),
                target=names.get(rate.ccode2, str(rate.ccode2)), p=rate.p, low=rate.low, high=rate.high,
                previous_rank=old.rank if old else None, change=_logit(rate.p) - _logit(old.p) if old else None,
                moved_by=_mover(rate, old) if old else "new among the pairs ranked",
            )
        )  # fmt: skip
    return tuple(rows), now[0].as_of, dates[-1] if dates else None


def _logit(p: float) -> float:
    return math.log(p) - math.log1p(-p)


def _mover(rate: BundledRate, old: BundledRate) -> str:
    moved = {g: v - old.contributions.get(g, 0.0) for g, v in rate.contributions.items()}
    name = max(sorted(moved), key=lambda g: abs(moved[g]))
    return f"{name} {moved[name]:+.2f}" if abs(moved[name]) >= 0.05 else ""


def _names() -> dict[int, str]:
    from vedette.reference.states import all_states

    return {s.cowcode: s.name for s in all_states()}
