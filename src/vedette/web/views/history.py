"""Base rates and the ranking of pairs as plain objects. Everything here is shipped with the program."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from markupsafe import Markup

from vedette.forecasting.structural.bundled import OUTCOMES, bundled_dates
from vedette.reference.estimative import number_text, percent
from vedette.reporting.labels import condition_names, day_text, state_name
from vedette.web.views.address import address
from vedette.workflows.base_rate import BaseRateAnswer, base_rate, screen

OUTCOME_WORDS: Final = {
    "force": "uses force in a dispute it begins",
    "mid": "begins a militarised dispute",
    "hostile_intervention": "sends troops against the government",
}
SHOWN: Final = 25
NOTHING: Final = {"intervener": "", "target": "", "as_of": ""}
STRUCTURE: Final = {"start": "average pair", "structure": "power and distance", "memory": "past disputes"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A part of the yearly log-odds. ``left`` and ``width`` are per cent of the axis."""

    label: str
    value: str
    tone: str
    glyph: Markup


@dataclass(frozen=True, slots=True, kw_only=True)
class RateView:
    """One answer."""

    finding: str
    probability: str
    interval: str
    basis: str
    rank: str
    parts: tuple[Part, ...]
    sum: str
    class_words: str
    members: tuple[tuple[str, str], ...]
    notes: tuple[str, ...]
    vintage: str
    ladder: tuple[tuple[str, str, Markup], ...]
    builder: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RankRow:
    """A pair of the ranking."""

    rank: int
    pair: str
    href: str
    probability: str
    interval: str
    change: str
    tone: str
    moved_by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryView:
    """The page: what was asked, the answer or why there is none, the ranking."""

    asked: Mapping[str, str]
    outcomes: tuple[tuple[str, str], ...]
    dates: tuple[str, ...]
    answer: RateView | None
    error: str
    fix: str
    ranking: tuple[RankRow, ...]
    ranking_finding: str
    more: str
    states: tuple[tuple[str, str], ...]


def rate_view(answer: BaseRateAnswer) -> RateView:
    """A base rate with what it rests on."""
    who, whom = " and ".join(state_name(s) for s in answer.intervener), state_name(answer.target)
    months = answer.horizon_months
    word = percent(answer.p, 1 if answer.p < 0.1 else 0)
    span = f"{percent(answer.interval[0], 1)} to {percent(answer.interval[1], 1)}"
    klass = answer.class_rate
    basis = {
        "pair": "the structural model for this pair", "coalition": "the highest rate of any one member",
        "class": "the class of comparable pairs: this one was not ranked",
    }[answer.basis]  # fmt: skip
    names = dict(condition_names("five-conditions", [k for k in answer.contributions if k not in STRUCTURE]))
    parts = _parts(answer.contributions, names)
    total = sum(answer.contributions.values())
    rows = [("This answer", answer.p, answer.interval)]
    rows += [(m.name, m.rate.p, (m.rate.low, m.rate.high)) for m in answer.members if m.rate is not None]
    rows.append(("The class, a year", klass.p, (klass.low, klass.high)))
    top = max(high for _, _, (_, high) in rows) * 1.15
    vintage = ", ".join(f"{names.get(k, (k, k))[1].lower()} {year}" for k, year in sorted(answer.vintage.items()))
    return RateView(
        finding=f"{who} {OUTCOME_WORDS[answer.outcome]} against {whom} within {months:g} months: {word}",
        probability=word, interval=f"90 %: {span}", basis=basis[:1].upper() + basis[1:],
        rank=f"rank {answer.rank} of {answer.ranked:,} pairs" if answer.rank and answer.ranked else "",
        parts=parts, sum=number_text(total, 2, signed=True) if parts else "",
        class_words=f"{klass.positives:,} of {klass.n:,} {klass.name}, {klass.first_year}\u2013{klass.last_year}: "
        f"{percent(klass.p, 2)} a year (90 %: {percent(klass.low, 2)} to {percent(klass.high, 2)})",
        members=tuple((m.name, percent(m.rate.p, 1) if m.rate else "not ranked") for m in answer.members),
        notes=answer.notes, vintage=f"Last year of the inputs: {vintage}" if vintage else "",
        ladder=tuple((label, f"{percent(p, 1)} ({percent(lo, 1)}\u2013{percent(hi, 1)})", _ladder(p, lo, hi, top))
                     for label, p, (lo, hi) in rows),
        builder=address("/history/class", intervener=answer.intervener[0], target=answer.target,
                        as_of=answer.as_of.isoformat()),
    )  # fmt: skip


def _parts(contributions: Mapping[str, float], names: Mapping[str, tuple[str, str]]) -> tuple[Part, ...]:
    moved = {k: v for k, v in contributions.items() if k != "start"}
    if not moved:
        return ()
    reach = max(abs(v) for v in moved.values()) or 1.0
    rows = [Part(label="Average pair", value=number_text(contributions.get("start", 0.0), 2, signed=True), tone="same",
                 glyph=Markup(""))]  # fmt: skip
    for name, value in sorted(moved.items(), key=lambda x: -x[1]):
        label = STRUCTURE.get(name) or names.get(name, ("", name))[1]
        width = 50 * abs(value) / reach
        left = 50 if value >= 0 else 50 - width
        css = "up" if value >= 0 else "dn"
        glyph = Markup(
            '<svg class="hb" height="16" aria-hidden="true"><line class="gl" x1="50%" x2="50%" y1="0" y2="16"/>'
            '<rect class="bar {}" x="{}%" width="{}%" y="3" height="10"/></svg>'
        ).format(css, f"{left:.2f}", f"{width:.2f}")
        rows.append(Part(label=label[:1].upper() + label[1:], value=number_text(value, 2, signed=True), tone=css,
                         glyph=glyph))  # fmt: skip
    return tuple(rows)


def _ladder(p: float, low: float, high: float, top: float) -> Markup:
    """An estimate with its 90 % interval on an axis from 0 to ``top``."""
    a, b, c = (f"{100 * min(v / top, 1.0):.2f}%" for v in (low, high, p))
    return Markup(
        '<svg class="hb" height="20" aria-hidden="true"><line class="w" x1="{0}" x2="{1}" y1="10" y2="10"/>'
        '<line class="w" x1="{0}" x2="{0}" y1="6" y2="14"/><line class="w" x1="{1}" x2="{1}" y1="6" y2="14"/>'
        '<line class="t" x1="{2}" x2="{2}" y1="3" y2="17"/></svg>'
    ).format(a, b, c)


def history_view(asked: Mapping[str, str], *, error: tuple[str, str] = ("", ""), most: int = SHOWN) -> HistoryView:
    """The page. Raises what `vedette.workflows.base_rate.base_rate` raises for a question it cannot answer."""
    outcome = asked.get("outcome") or "force"
    outcome = outcome if outcome in OUTCOMES else "force"
    dates = tuple(bundled_dates(outcome))
    answer = None
    if asked.get("intervener") and asked.get("target") and not error[0]:
        found = base_rate(
            asked["intervener"], asked["target"], asked.get("outcome") or "force", asked.get("horizon") or "12m",
            asked.get("as_of") or None,
        )
        answer = rate_view(found)
    rows, vintage, before = screen(dates[-1], outcome, most=most)
    return HistoryView(
        asked={**NOTHING, "outcome": outcome, "horizon": "12m", **{k: v for k, v in asked.items() if v}},
        outcomes=tuple((name, f"{name.replace('_', ' ')}: {OUTCOME_WORDS[name]}") for name in OUTCOMES), dates=dates,
        answer=answer, error=error[0], fix=error[1],
        ranking=tuple(
            RankRow(
                rank=r.rank, pair=f"{r.intervener} → {r.target}", probability=percent(r.p, 1),
                href=address("/history", intervener=r.intervener, target=r.target, outcome=outcome),
                interval=f"{percent(r.low, 1)}\u2013{percent(r.high, 1)}",
                change="new" if r.change is None else number_text(r.change, 2, signed=True),
                tone="" if r.change is None or abs(r.change) < 0.05 else "up" if r.change > 0 else "dn",
                moved_by=_mover(r.moved_by),
            )
            for r in rows
        ),
        ranking_finding=f"{rows[0].intervener} → {rows[0].target} ranks first as known on {day_text(vintage)}"
        + (f"; change since {day_text(before)}" if before else ""),
        more=address("/history", outcome=outcome, most=200) if most < 200 else "", states=_states(),
    )  # fmt: skip


def _mover(text: str) -> str:
    """``low_costs +0.33`` in words."""
    name, _, value = text.rpartition(" ")
    if not name or " " in name:
        return text
    label = STRUCTURE.get(name) or condition_names("five-conditions", [name])[name][1]
    return f"{label} {value.replace('-', '−')}"


def _states() -> tuple[tuple[str, str], ...]:
    """Codes and names of today's states, for the lists that help typing."""
    from vedette.reference.states import all_states

    return tuple(sorted({(s.iso3, s.name) for s in all_states() if s.iso3 and s.exists_today}, key=lambda x: x[1]))
