"""From the base rate to the estimate, each bar opening to its evidence, which can be left out in place."""

from __future__ import annotations

import math
from dataclasses import dataclass

from vedette.reporting.figures import plain
from vedette.reporting.view import Bar, Waterfall
from vedette.web.views.items import SHOWN, Item, item
from vedette.web.views.moment import Moment


@dataclass(frozen=True, slots=True, kw_only=True)
class FallRow:
    """One bar with what lies behind it; ``bar`` is what is drawn."""

    bar: Bar
    number: str
    sign: str
    tone: str
    label: str
    value: str
    summary: str
    items: tuple[Item, ...]
    more: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Fall:
    """The waterfall of the selected scenario. ``whole`` is what is drawn; ``gap`` how far the rows miss the total.

    ``original`` is the estimate with everything, empty when nothing is left out.
    """

    letter: str
    finding: str
    rows: tuple[FallRow, ...]
    whole: Waterfall
    total: str
    probability: str
    gap: float
    original: str


def waterfall_view(m: Moment) -> Fall | None:
    """The waterfall of the selected scenario; None when its shares were not computed."""
    fall = m.composer.waterfall(m.scenario)
    if fall is None:
        return None
    rows = m.shown.contributions[m.scenario]
    original = ""
    if m.left_out:
        from vedette.reference.estimative import percent

        original = percent(m.original.scenario(m.scenario).probability)
    p = m.shown.scenario(m.scenario).probability
    return Fall(
        letter=fall.letter,
        finding=_finding(m, fall),
        rows=tuple(_row(m, bar) for bar in fall.bars),
        whole=fall,
        total=fall.total_value.text,
        probability=fall.total_probability.text,
        gap=math.fsum(c.log_odds for c in rows) - math.log(p / (1 - p)),
        original=original,
    )


def _finding(m: Moment, fall: Waterfall) -> str:
    start = next((b for b in fall.bars if b.kind == "start"), None)
    if start is None:
        return f"How {fall.letter} comes to {fall.total_probability.text}"
    base = plain(start.label).partition(", ")[2]
    return f"From a base rate of {base} to {fall.total_probability.text}"


def _row(m: Moment, bar: Bar) -> FallRow:
    label = plain(bar.label)
    nothing = bar.value.text.strip("+−") == "0.00"
    number = next((n for n, words in m.composer.names.values() if words == label), "")
    return FallRow(
        bar=bar,
        number=number,
        sign="" if nothing else bar.sign,
        tone="" if nothing else {"▲": "up", "▼": "dn"}.get(bar.sign, ""),
        label=label,
        value=bar.value.text,
        summary=plain(bar.summary),
        items=tuple(item(m, line) for line in bar.evidence[:SHOWN]),
        more=max(0, len(bar.evidence) - SHOWN),
    )
