"""The reliability diagram as SVG: what was said against what happened, with the band where honest forecasts would fall.

Numbers and our own words only go into the markup. No curve is drawn through the points: it would be an invention.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from markupsafe import Markup

from vedette.reference.estimative import WORD_CHANGES

SIZE: Final = 320.0  # side of the square, user units; text is sized for it
LEFT, TOP, BARS = 34.0, 8.0, 56.0


def _x(p: float) -> float:
    return LEFT + SIZE * min(max(p, 0.0), 1.0)


def _y(p: float) -> float:
    return TOP + SIZE * (1.0 - min(max(p, 0.0), 1.0))


def diagram(bins: Sequence[Mapping[str, Any]], base_rate: float | None) -> Markup:
    """Bins as ``score_ledger`` gives them (``forecast``, ``observed``, ``band``, ``n``, ``interval`` where there is
    one) drawn in one square, with the number of statements under each."""
    if not bins:
        return Markup("")
    parts = [_axes(), _band(bins), Markup('<path class="even" d="M{} {}L{} {}"/>').format(_x(0), _y(0), _x(1), _y(1))]
    if base_rate is not None:
        parts.append(
            Markup('<path class="base" d="M{} {}H{}"/><text x="{}" y="{}" text-anchor="end">base rate</text>').format(
                _x(0), _r(_y(base_rate)), _x(1), _x(1) - 4, _r(_y(base_rate) - 4)
            )
        )
    parts += [_point(b) for b in bins]
    parts.append(_counts(bins))
    box = f"0 0 {LEFT + SIZE + 10:.0f} {TOP + SIZE + BARS + 24:.0f}"
    return Markup('<svg class="reliability" viewBox="{}" aria-hidden="true">{}</svg>').format(
        box, Markup("").join(parts)
    )


def _r(value: float) -> str:
    return f"{value:.1f}"


def _axes() -> Markup:
    frame = Markup('<rect class="frame" x="{}" y="{}" width="{}" height="{}"/>').format(LEFT, TOP, SIZE, SIZE)
    out = [frame]
    for p in WORD_CHANGES:  # gridlines where the words change, on both axes
        out.append(
            Markup('<path class="gl" d="M{} {}V{}M{} {}H{}"/>').format(
                _r(_x(p)), TOP, TOP + SIZE, LEFT, _r(_y(p)), LEFT + SIZE
            )
        )
    for p in (0.0, 0.2, 0.45, 0.55, 0.8, 1.0):
        said = f"{100 * p:.0f}"
        out.append(Markup('<text x="{}" y="{}" text-anchor="end">{}</text>').format(LEFT - 5, _r(_y(p) + 4), said))
        out.append(
            Markup('<text x="{}" y="{}" text-anchor="middle">{}</text>').format(_r(_x(p)), TOP + SIZE + 14, said)
        )
    out.append(Markup('<text x="{}" y="{}">happened, %</text>').format(LEFT + 6, TOP + 14))
    out.append(
        Markup('<text x="{}" y="{}" text-anchor="end">said, %</text>').format(LEFT + SIZE - 6, TOP + SIZE - 6)
    )
    return Markup("").join(out)


def _band(bins: Sequence[Mapping[str, Any]]) -> Markup:
    upper = [f"{_r(_x(b['forecast']))} {_r(_y(b['band'][1]))}" for b in bins]
    lower = [f"{_r(_x(b['forecast']))} {_r(_y(b['band'][0]))}" for b in reversed(bins)]
    return Markup('<path class="band" d="M{}Z"/>').format("L".join([*upper, *lower]))


def _point(b: Mapping[str, Any]) -> Markup:
    x, y = _r(_x(b["forecast"])), _r(_y(b["observed"]))
    span = b.get("interval")
    line = Markup("")
    if span:
        line = Markup('<path class="span" d="M{} {}V{}"/>').format(x, _r(_y(span[0])), _r(_y(span[1])))
    css = "in" if b["inside"] else "out"
    return line + Markup('<circle class="point {}" cx="{}" cy="{}" r="4"/>').format(css, x, y)


def _counts(bins: Sequence[Mapping[str, Any]]) -> Markup:
    """Bars of n under the bins, each at the bin's mean forecast; labels that would touch are left out, the table
    beside the diagram has all of them."""
    most = max(int(b["n"]) for b in bins)
    foot = TOP + SIZE + BARS
    out = [Markup('<text x="{}" y="{}" text-anchor="end">n</text>').format(LEFT - 5, foot + 12)]
    last = -100.0
    for b in bins:
        x, high = _x(b["forecast"]), 26.0 * int(b["n"]) / most
        out.append(
            Markup('<rect class="count" x="{}" y="{}" width="10" height="{}"/>').format(
                _r(x - 5), _r(foot - high), _r(high)
            )
        )
        if x - last >= 24:
            out.append(
                Markup('<text x="{}" y="{}" text-anchor="middle">{}</text>').format(_r(x), foot + 12, int(b["n"]))
            )
            last = x
    return Markup("").join(out)


def span_glyph(value: float, low: float | None, high: float | None, reach: float, *, open: bool) -> Markup:
    """A difference with its interval on an axis from ``-reach`` to ``reach``; an open dot says too few to rank."""

    def at(v: float) -> str:
        return f"{50 + 50 * min(max(v / reach, -1.0), 1.0):.2f}%"

    parts = [Markup('<line class="mid" x1="50%" x2="50%" y1="0" y2="20"/>')]
    if low is not None and high is not None:
        parts.append(Markup('<line class="w" x1="{}" x2="{}" y1="10" y2="10"/>').format(at(low), at(high)))
    parts.append(Markup('<circle class="{}" cx="{}" cy="10" r="4"/>').format("open" if open else "full", at(value)))
    return Markup('<svg class="diff" height="20" aria-hidden="true">{}</svg>').format(Markup("").join(parts))
