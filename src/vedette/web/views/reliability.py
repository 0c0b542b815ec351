"""The reliability diagram as SVG: what was said against what happened, with the band where honest forecasts would fall.

Numbers and our own words only go into the markup. No curve is drawn through the points: it would be an invention.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from markupsafe import Markup

from vedette.reference.estimative import WORD_CHANGES

SIZE: Final = 320.0  # side of the square, user units; text is sized for it
LEFT, TOP, BARS = 34.0, 8.0, 56.0


@dataclass(frozen=True, slots=True)
class _Plane:
    """Probabilities to user units; both axes run from 0 to ``reach``."""

    reach: float

    def x(self, p: float) -> float:
        return LEFT + SIZE * min(max(p / self.reach, 0.0), 1.0)

    def y(self, p: float) -> float:
        return TOP + SIZE * (1.0 - min(max(p / self.reach, 0.0), 1.0))


def diagram(bins: Sequence[Mapping[str, Any]], base_rate: float | None, *, reach: float = 1.0) -> Markup:
    """Bins as ``score_ledger`` gives them (``forecast``, ``observed``, ``band``, ``n``, ``interval`` where there is
    one) drawn in one square, with the number of statements under each. ``reach``: where both axes end; what lies
    beyond is drawn on the edge."""
    if not bins:
        return Markup("")
    plane = _Plane(reach)
    x, y = plane.x, plane.y
    parts = [
        _axes(plane), _band(plane, bins),
        Markup('<path class="even" d="M{} {}L{} {}"/>').format(x(0), y(0), x(reach), y(reach)),
    ]  # fmt: skip
    if base_rate is not None:
        parts.append(
            Markup('<path class="base" d="M{} {}H{}"/><text x="{}" y="{}" text-anchor="end">base rate</text>').format(
                x(0), _r(y(base_rate)), x(reach), x(reach) - 4, _r(y(base_rate) - 4)
            )
        )
    parts += [_point(plane, b) for b in bins]
    parts.append(_counts(plane, bins))
    box = f"0 0 {LEFT + SIZE + 10:.0f} {TOP + SIZE + BARS + 24:.0f}"
    return Markup('<svg class="reliability" viewBox="{}" aria-hidden="true">{}</svg>').format(
        box, Markup("").join(parts)
    )


def _r(value: float) -> str:
    return f"{value:.1f}"


def _axes(plane: _Plane) -> Markup:
    frame = Markup('<rect class="frame" x="{}" y="{}" width="{}" height="{}"/>').format(LEFT, TOP, SIZE, SIZE)
    out = [frame]
    ticks = [p for p in (0.0, 0.2, 0.45, 0.55, 0.8) if p <= plane.reach - 0.04] + [plane.reach]
    for p in (w for w in WORD_CHANGES if w < plane.reach):  # gridlines where the words change, on both axes
        out.append(
            Markup('<path class="gl" d="M{} {}V{}M{} {}H{}"/>').format(
                _r(plane.x(p)), TOP, TOP + SIZE, LEFT, _r(plane.y(p)), LEFT + SIZE
            )
        )
    for p in ticks:
        said = f"{100 * p:.0f}"
        out.append(Markup('<text x="{}" y="{}" text-anchor="end">{}</text>').format(LEFT - 5, _r(plane.y(p) + 4), said))
        out.append(
            Markup('<text x="{}" y="{}" text-anchor="middle">{}</text>').format(_r(plane.x(p)), TOP + SIZE + 14, said)
        )
    out.append(Markup('<text x="{}" y="{}">happened, %</text>').format(LEFT + 6, TOP + 14))
    out.append(
        Markup('<text x="{}" y="{}" text-anchor="end">said, %</text>').format(LEFT + SIZE - 6, TOP + SIZE - 6)
    )
    return Markup("").join(out)


def _band(plane: _Plane, bins: Sequence[Mapping[str, Any]]) -> Markup:
    upper = [f"{_r(plane.x(b['forecast']))} {_r(plane.y(b['band'][1]))}" for b in bins]
    lower = [f"{_r(plane.x(b['forecast']))} {_r(plane.y(b['band'][0]))}" for b in reversed(bins)]
    return Markup('<path class="band" d="M{}Z"/>').format("L".join([*upper, *lower]))


def _point(plane: _Plane, b: Mapping[str, Any]) -> Markup:
    x, y = _r(plane.x(b["forecast"])), _r(plane.y(b["observed"]))
    span = b.get("interval")
    line = Markup("")
    if span:
        line = Markup('<path class="span" d="M{} {}V{}"/>').format(x, _r(plane.y(span[0])), _r(plane.y(span[1])))
    css = "in" if b["inside"] else "out"
    return line + Markup('<circle class="point {}" cx="{}" cy="{}" r="4"/>').format(css, x, y)


def _counts(plane: _Plane, bins: Sequence[Mapping[str, Any]]) -> Markup:
    """Bars of n under the bins, each at the bin's mean forecast; labels that would touch are left out, the table
    beside the diagram has all of them."""
    most = max(int(b["n"]) for b in bins)
    foot = TOP + SIZE + BARS
    out = [Markup('<text x="{}" y="{}" >n</text>').format(0, foot + 12)]
    last = -100.0
    for b in bins:
        x, high = plane.x(b["forecast"]), 26.0 * int(b["n"]) / most
        out.append(
            Markup('<rect class="count" x="{}" y="{}" width="10" height="{}"/>').format(
                _r(x - 5), _r(foot - high), _r(high)
            )
        )
        if x - last >= 30:
            out.append(
                Markup('<text x="{}" y="{}" text-anchor="middle">{:,}</text>').format(_r(x), foot + 12, int(b["n"]))
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
