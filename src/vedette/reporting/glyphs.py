"""Small charts as inline SVG. Coordinates are per cent of the box, so that one drawing fits every width.

Each function returns markup built from numbers and our own constants only; text of others never enters here. The
spoken alternative is set by the caller on the element around the drawing.
"""

from __future__ import annotations

import math
from typing import Final

from markupsafe import Markup

from vedette.reference.estimative import WORD_CHANGES
from vedette.reporting.view import Bar, Line, Timeline, Waterfall


def _markup(svg: str) -> Markup:
    """Our own drawing as markup: numbers and constants only, which is why it needs no escaping."""
    return Markup(svg)  # noqa: S704


def _x(value: float, low: float, high: float) -> str:
    share = 100.0 * (value - low) / (high - low)
    return f"{min(max(share, 0.0), 100.0):.2f}%"


def _wide(a: float, b: float, low: float, high: float) -> str:
    left, right = (min(max((v - low) / (high - low), 0.0), 1.0) for v in (min(a, b), max(a, b)))
    return f"{100.0 * (right - left):.2f}%"


def _diamond(x: str, y: int, size: int, css: str) -> str:
    path = f"M0,{-size} L{size},0 L0,{size} L{-size},0 Z"
    return f'<svg x="{x}" y="{y}" overflow="visible"><path class="{css}" d="{path}"/></svg>'


def _whisker(line: Line, low: float, high: float, y: int, cap: int) -> str:
    if line.outer is None:
        return ""
    a, b = _x(line.outer[0], low, high), _x(line.outer[1], low, high)
    ends = "".join(f'<line class="w" x1="{x}" x2="{x}" y1="{y - cap}" y2="{y + cap}"/>' for x in (a, b))
    return f'<line class="w" x1="{a}" x2="{b}" y1="{y}" y2="{y}"/>{ends}'


def _box(line: Line, low: float, high: float, y: int, half: int) -> str:
    if line.inner is None:
        return ""
    x, width = _x(line.inner[0], low, high), _wide(*line.inner, low, high)
    return f'<rect class="b" x="{x}" width="{width}" y="{y - half}" height="{2 * half}"/>'


def interval(line: Line, *, selected: bool = False) -> Markup:
    """A probability: line with ends 90 %, bar 50 %, tall tick the estimate, ◇ below the line the base rate."""
    grid = "".join(f'<line class="gl" x1="{_x(p, 0, 1)}" x2="{_x(p, 0, 1)}" y1="0" y2="44"/>' for p in WORD_CHANGES)
    mark = "" if line.reference is None else _diamond(_x(line.reference, 0, 1), 36, 5, "d")
    x = _x(line.value, 0, 1)
    tick = f'<line class="t" x1="{x}" x2="{x}" y1="8" y2="26"/>'
    body = grid + _whisker(line, 0, 1, 17, 5) + _box(line, 0, 1, 17, 5) + tick + mark
    return _markup(f'<svg class="ig{" sel" if selected else ""}" height="44" aria-hidden="true">{body}</svg>')


CONDITION_LOW: Final = -2.35
CONDITION_HIGH: Final = 2.35
"""Ends of the condition axis: the scale runs -2..+2, with room for the mark at its ends."""


def condition(line: Line) -> Markup:
    """A state on the five-step scale: ● met or better, ○ weak or worse, ◇ mixed; the line is 90 %."""
    low, high = CONDITION_LOW, CONDITION_HIGH
    steps = "".join(
        f'<line class="s{" z" if s == 0 else ""}" x1="{_x(s, low, high)}" x2="{_x(s, low, high)}" '
        f'y1="{3 if s == 0 else 6}" y2="{17 if s == 0 else 14}"/>'
        for s in (-2, -1, 0, 1, 2)
    )
    kind = "up" if line.value >= 0.5 else "dn" if line.value <= -0.5 else "mid"
    x = _x(line.value, low, high)
    span = ""
    if line.outer is not None:
        span = (
            f'<line class="c {kind}" x1="{_x(line.outer[0], low, high)}" x2="{_x(line.outer[1], low, high)}" '
            'y1="10" y2="10"/>'
        )
    circle = f'<circle class="m {kind}" cx="{x}" cy="10" r="4.5"/>'
    mark = _diamond(x, 10, 5, "m mid") if kind == "mid" else circle
    return _markup(f'<svg class="cg" height="20" aria-hidden="true">{steps}{span}{mark}</svg>')


def bar(row: Bar, fall: Waterfall) -> Markup:
    """One row of the waterfall: solid raises, hatched lowers, ◇ the base rate; a dashed line joins the rows."""
    low, high = fall.low, fall.high
    grid = _grid(fall)
    end = _x(row.end, low, high)
    join = f'<line class="j" x1="{end}" x2="{end}" y1="12" y2="26"/>'
    if row.kind in ("base_rate", "structure"):
        return _markup("")  # a part of the starting point: its value is printed, the bars start at the whole
    if row.kind == "start":
        return _markup(
            f'<svg class="wf" height="24" aria-hidden="true">{grid}{_diamond(end, 12, 6, "d")}{join}</svg>'
        )
    start = _x(row.start, low, high)
    before = f'<line class="j" x1="{start}" x2="{start}" y1="-2" y2="12"/>'
    kind = "rest" if row.kind == "residual" else "up" if row.end >= row.start else "dn"
    x = _x(min(row.start, row.end), low, high)
    # A bar thinner than a hair still shows that it is there.
    rect = (
        f'<rect class="bar {kind}" x="{x}" width="{_wide(row.start, row.end, low, high)}" y="6" height="12"/>'
        f'<line class="bar-edge {kind}" x1="{end}" x2="{end}" y1="6" y2="18"/>'
    )
    return _markup(f'<svg class="wf" height="24" aria-hidden="true">{grid}{before}{rect}{join}</svg>')


def _grid(fall: Waterfall) -> str:
    return "".join(
        f'<line class="gl" x1="{_x(v, fall.low, fall.high)}" x2="{_x(v, fall.low, fall.high)}" y1="0" y2="24"/>'
        for _, v in axis_marks(fall)
    )


def total(fall: Waterfall) -> Markup:
    """The last row: the estimate with its intervals in log-odds."""
    low, high = fall.low, fall.high
    x = _x(fall.total.value, low, high)
    before = f'<line class="j" x1="{x}" x2="{x}" y1="-2" y2="6"/>'
    body = (
        _grid(fall)
        + before
        + _whisker(fall.total, low, high, 12, 4)
        + _box(fall.total, low, high, 12, 5)
        + f'<line class="t" x1="{x}" x2="{x}" y1="3" y2="21"/>'
    )
    return _markup(f'<svg class="wf ig sel" height="24" aria-hidden="true">{body}</svg>')


TIMELINE_HEIGHT: Final = 150
_LEFT: Final = 0.045
_RIGHT: Final = 0.985
"""Share of the width taken by the labels on the left and by the last mark on the right."""


def timeline(t: Timeline) -> Markup:
    """Steps of the estimate with its bands; gridlines where the word changes; the last date is marked."""
    height = TIMELINE_HEIGHT

    def x(position: float) -> str:
        return f"{100 * (_LEFT + position * (_RIGHT - _LEFT)):.2f}%"

    def y(p: float) -> float:
        return 4 + (height - 8) * (1 - p / t.top)

    parts = []
    below = 2.0 * height
    for p in (0.0, *(p for p in WORD_CHANGES if p < t.top - 0.02)):
        parts.append(f'<line class="gl" x1="{x(0)}" x2="100%" y1="{y(p):.1f}" y2="{y(p):.1f}"/>')
        if below - y(p) >= 11:  # labels nearer than their height would run into each other
            parts.append(f'<text class="tl" x="0" y="{y(p) + 4:.1f}" data-fixed>{100 * p:.0f}</text>')
            below = y(p)
    ends = [position for position, _ in t.points][1:]
    for (start, line), end in zip(t.points, ends, strict=False):
        width = f"{100 * (end - start) * (_RIGHT - _LEFT):.2f}%"
        for band, css in ((line.outer, "o"), (line.inner, "i")):
            if band is not None:
                parts.append(
                    f'<rect class="{css}" x="{x(start)}" width="{width}" y="{y(band[1]):.1f}" '
                    f'height="{y(band[0]) - y(band[1]):.1f}"/>'
                )
    for n, ((start, line), end) in enumerate(zip(t.points, ends, strict=False)):
        after = t.points[n + 1][1].value
        parts.append(
            f'<line class="e" x1="{x(start)}" x2="{x(end)}" y1="{y(line.value):.1f}" y2="{y(line.value):.1f}"/>'
            f'<line class="e" x1="{x(end)}" x2="{x(end)}" y1="{y(line.value):.1f}" y2="{y(after):.1f}"/>'
        )
    now = t.points[-1][1]
    if now.outer is not None:
        low, high = y(now.outer[0]), y(now.outer[1])
        parts.append(f'<line class="now" x1="{x(1)}" x2="{x(1)}" y1="{low:.1f}" y2="{high:.1f}"/>')
    parts.append(f'<circle class="dot" cx="{x(1)}" cy="{y(now.value):.1f}" r="4"/>')
    return _markup(f'<svg class="time" height="{height}" aria-hidden="true">{"".join(parts)}</svg>')


_AXIS: Final = (0.01, 0.03, 0.10, 0.20, 0.30, 0.45, 0.60, 0.80, 0.90, 0.97)
"""Probabilities that may be marked on the waterfall's axis; those too near to a neighbour are left out."""


def axis_marks(fall: Waterfall) -> tuple[tuple[str, float], ...]:
    """(label in per cent, log-odds) of the marks that fit."""
    kept: list[tuple[str, float]] = []
    room = (fall.high - fall.low) / 8.0
    for p in _AXIS:
        value = math.log(p / (1 - p))
        if fall.low <= value <= fall.high and (not kept or value - kept[-1][1] >= room):
            kept.append((f"{100 * p:.0f}", value))
    return tuple(kept)


def axis(fall: Waterfall) -> Markup:
    """Labels of the waterfall's axis."""
    labels = "".join(
        f'<text x="{_x(v, fall.low, fall.high)}" y="11" text-anchor="middle" data-fixed>{t}</text>'
        for t, v in axis_marks(fall)
    )
    return _markup(f'<svg class="wf ax" height="14" aria-hidden="true">{labels}</svg>')


def probability_axis() -> Markup:
    """Labels where the word changes."""
    labels = "".join(
        f'<text x="{_x(p, 0, 1)}" y="11" text-anchor="middle" data-fixed>{100 * p:.0f}</text>' for p in WORD_CHANGES
    )
    return _markup(f'<svg class="ax" height="14" aria-hidden="true">{labels}</svg>')


def word_bar(low: float, high: float) -> Markup:
    """The place of a word on the scale from 0 to 100 %."""
    x, width = _x(low, 0, 1), _wide(low, high, 0, 1)
    return _markup(
        '<svg class="wb" height="10" aria-hidden="true"><line class="s" x1="0" x2="100%" y1="5" y2="5"/>'
        f'<rect class="k" x="{x}" width="{width}" y="2" height="6"/></svg>'
    )
