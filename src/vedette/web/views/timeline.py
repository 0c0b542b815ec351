"""A case over time: a point where something became known, what moved it, and nothing later than the day shown."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Final

from markupsafe import Markup

from vedette.domain.forecast import Assessment, Interval
from vedette.domain.time import AsOf
from vedette.reference.estimative import WORD_CHANGES, figure, interval_text, likelihood_word, percent, signed_points
from vedette.reporting.compose import sign_of
from vedette.reporting.labels import day_text, letter, safe_text
from vedette.web.views.moment import Moment
from vedette.web.views.query import address
from vedette.workflows.replay import MOVERS

if TYPE_CHECKING:
    from vedette.web.desk import Desk

POINTS: Final = 30
"""Most dates drawn. [assumption]: what a line of this width shows apart, and 30 assessments take about a second."""
PINS: Final = 5
LEAST_PIN: Final = 0.02
"""A smaller step of the selected scenario is not pinned, in probability. [assumption]: two points round to a change."""
WIDTH, HEIGHT = 560, 250
LEFT, RIGHT, TOP, FOOT = 30, 92, 26, 22
PIN_ROOM = 17


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """A case on one day: by scenario the estimate with both intervals, and every item's share in log-odds."""

    day: dt.date
    estimates: Mapping[str, tuple[float, Interval, Interval]]
    shares: Mapping[str, Mapping[str, float]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Mover:
    """An item that moved the number."""

    id: str
    claim: str
    sign: str
    tone: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Pin:
    """A step that mattered: when, how far, and the items that did it. ``href`` puts the page at that day."""

    number: int
    day: str
    change: str
    sign: str
    tone: str
    movers: tuple[Mover, ...]
    href: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A row of the table view."""

    day: str
    probability: str
    interval: str
    word: str
    change: str
    crowd: str
    href: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeView:
    """The line of the selected scenario with two others, its pins, and the same as a table."""

    finding: str
    drawing: Markup
    alternative: str
    pins: tuple[Pin, ...]
    rows: tuple[Row, ...]
    switches: tuple[tuple[str, str, str, bool], ...]
    crowd_note: str
    whole_note: str


def reduced(a: Assessment) -> Point:
    """What a line needs of an assessment."""
    names = [s.id for s in a.scenarios]
    return Point(
        day=a.as_of,
        estimates={s.id: (s.probability, s.interval50, s.interval90) for s in a.scenarios},
        shares={n: {str(e["id"]): float(e["log_odds"][n]) for e in a.evidence} for n in names},
    )


def days_of(m: Moment) -> tuple[dt.date, ...]:
    """Days to compute: those on which something became known, thinned to `POINTS`, with the first and the last."""
    last = m.day.date
    first = min(m.known.opened, last)
    came = {e.times.available_at.date() for e in m.known.accepted()} | {j.at.date() for j in m.known.judgments}
    # A week without news moves the number too: time passes and evidence ages.
    weeks = {last - dt.timedelta(days=n) for n in range(0, (last - first).days, 7)}
    days = sorted({first, last, *(d for d in came | weeks if first <= d <= last)})
    if len(days) <= POINTS:
        return tuple(days)
    # Whole weeks back from the day shown, so that the page of a week ago shares its points.
    step = -(-(last - first).days // (POINTS - 1))
    step = 7 * -(-step // 7) if step > 3 else step
    return tuple(sorted({first, *(last - dt.timedelta(days=n) for n in range(0, (last - first).days, step))}))


def points(desk: Desk, m: Moment) -> tuple[Point, ...]:
    """The case up to the day shown, never later. Each point is kept for the next view."""
    from vedette.workflows.assess import assess_case

    case, last = desk.case(m.id), m.day.date

    def point(day: dt.date) -> Point:
        if day == last:
            return reduced(m.original)
        found = assess_case(case, AsOf(date=day), mode=m.query.mode, with_sensitivity=False, record=desk.record)
        return reduced(found)

    return tuple(desk.points.get((m.id, m.version, m.query.mode, day), partial(point, day)) for day in days_of(m))


def time_view(desk: Desk, m: Moment) -> TimeView:
    """The line for the selected scenario as of the day shown."""
    line = points(desk, m)
    name = m.scenario
    place = [s.id for s in m.shown.scenarios].index(name)
    rivals = [s.id for s in m.shown.scenarios if s.id != name][:2]
    pins = _pins(m, line, name)
    p = [x.estimates[name][0] for x in line]
    return TimeView(
        finding=_finding(m, letter(place), line, p),
        drawing=draw(m, line, name, rivals, pins),
        alternative=f"{letter(place)} from {day_text(line[0].day)} to {day_text(line[-1].day)}: "
        f"{percent(p[0])} to {percent(p[-1])}; lowest {percent(min(p))}, highest {percent(max(p))}",
        pins=tuple(x for _, x in pins),
        rows=_rows(m, line, name),
        switches=tuple(
            (letter(i), safe_text(s.label), address(m.id, m.query, "/parts/time", scenario=s.id), s.id == name)
            for i, s in enumerate(m.shown.scenarios)
        ),
        crowd_note="Small squares: figures of crowds and markets on neighbouring questions." if m.known.crowd else "",
        whole_note="The line counts every item, those you left out as well." if m.left_out else "",
    )


def _finding(m: Moment, which: str, line: Sequence[Point], p: Sequence[float]) -> str:
    if len(line) < 2:
        return f"{which} stands at {percent(p[-1])}; the line begins today"
    verb = "risen" if p[-1] - p[0] >= 0.005 else "fallen" if p[-1] - p[0] <= -0.005 else ""
    since = day_text(line[0].day)
    return f"{which} has {verb} from {percent(p[0])} to {percent(p[-1])} since {since}" if verb else (
        f"{which} stands where it stood on {since}: {percent(p[-1])}"
    )


def _pins(m: Moment, line: Sequence[Point], name: str) -> list[tuple[int, Pin]]:
    """(index of the point, pin): the largest steps of the selected scenario, numbered in time."""
    steps = [(line[i].estimates[name][0] - line[i - 1].estimates[name][0], i) for i in range(1, len(line))]
    largest = sorted(steps, key=lambda s: (-abs(s[0]), s[1]))[:PINS]
    chosen = sorted(i for change, i in largest if abs(change) >= LEAST_PIN)
    claims = {e.id: e.claim for e in m.known.evidence}
    out = []
    for number, i in enumerate(chosen, 1):
        change = line[i].estimates[name][0] - line[i - 1].estimates[name][0]
        before, now = line[i - 1].shares[name], line[i].shares[name]
        moved = {e: now.get(e, 0.0) - before.get(e, 0.0) for e in now.keys() | before.keys()}
        top = sorted(moved, key=lambda e: (-abs(moved[e]), e))[:MOVERS]
        sign = sign_of(change)
        out.append(
            (
                i,
                Pin(
                    number=number, day=day_text(line[i].day), change=signed_points(change), sign=sign,
                    tone={"▲": "up", "▼": "dn"}.get(sign, ""),
                    movers=tuple(
                        Mover(
                            id=e, claim=safe_text(claims.get(e, "a judgment")),
                            sign="▲" if moved[e] > 0 else "▼", tone="up" if moved[e] > 0 else "dn",
                        )
                        for e in top
                        if abs(moved[e]) > 1e-3
                    ),
                    href=address(m.id, m.query, as_of=line[i].day),
                ),
            )
        )  # fmt: skip
    return out


def _rows(m: Moment, line: Sequence[Point], name: str) -> tuple[Row, ...]:
    out = []
    for i, x in enumerate(line):
        p, _, outer = x.estimates[name]
        crowd = [c for c in m.known.crowd if c.date <= x.day]
        out.append(
            Row(
                day=day_text(x.day), probability=figure(p), interval=interval_text(*outer), word=likelihood_word(p),
                change=signed_points(p - line[i - 1].estimates[name][0]) if i else "",
                crowd=figure(crowd[-1].probability) if crowd else "",
                href=address(m.id, m.query, as_of=x.day),
            )
        )  # fmt: skip
    return tuple(reversed(out))


def draw(m: Moment, line: Sequence[Point], name: str, rivals: Sequence[str], pins: Sequence[tuple[int, Pin]]) -> Markup:
    """The line as SVG: steps, both bands, pins, rivals dashed and dotted; after the day shown, hatched and empty.

    Only numbers of ours and fixed text are in it.
    """
    first, last, end = line[0].day, line[-1].day, m.known.deadline
    # A third of the width at most for the days to come: the line is what is read.
    span = (last - first).days + 1
    ahead = min((end - last).days, span // 2)
    days = span + ahead
    inner = WIDTH - LEFT - RIGHT
    highest = [p.estimates[n][0] for p in line for n in rivals] + [p.estimates[name][2][1] for p in line]
    top = min(1.0, max(highest) + 0.04)

    def x(day: dt.date) -> float:
        return LEFT + inner * (day - first).days / days

    def y(p: float) -> float:
        return TOP + (HEIGHT - TOP - FOOT) * (1 - p / top)

    parts = [_grid(top, y)]
    # A day counts to its end: the estimate of the day shown has that day's width.
    now, right = x(last + dt.timedelta(days=1)), LEFT + inner
    if right > now:
        parts.append(
            f'<rect class="later" x="{now:.1f}" y="{TOP}" width="{right - now:.1f}" '
            f'height="{HEIGHT - TOP - FOOT}"/>'
        )
    for band, css in ((2, "o"), (1, "i")):
        parts.append(f'<path class="{css}" d="{_band(line, name, band, x, y, now)}"/>')
    for rival, css in zip(rivals, ("r2", "r3"), strict=False):
        parts.append(f'<path class="{css}" d="{_steps(line, rival, x, y)}H{now:.1f}"/>')
    parts.append(f'<path class="e" d="{_steps(line, name, x, y)}H{now:.1f}"/>')
    for c in m.known.crowd:
        if first <= c.date <= last:
            left, high = x(c.date) - 3, y(c.probability) - 3
            parts.append(f'<rect class="crowd" x="{left:.1f}" y="{high:.1f}" width="6" height="6"/>')
    beside = -1.0 * PIN_ROOM
    for i, pin in pins:
        at, high = x(line[i].day), y(line[i].estimates[name][0])
        # Numbers keep clear of each other; the foot of a pin stays on its day.
        beside = max(at, beside + PIN_ROOM)
        parts.append(
            f'<path class="pin" d="M{beside:.1f},15L{at:.1f},{TOP}V{high:.1f}"/>'
            f'<circle class="pd" cx="{at:.1f}" cy="{high:.1f}" r="3"/>'
            f'<circle class="pn" cx="{beside:.1f}" cy="8" r="7.5"/>'
            f'<text class="pt" x="{beside:.1f}" y="12" text-anchor="middle">{pin.number}</text>'
        )
    parts.append(f'<line class="now" x1="{now:.1f}" x2="{now:.1f}" y1="{TOP - 4}" y2="{HEIGHT - FOOT}"/>')
    parts.append(_labels(m, line[-1], (name, *rivals), now, y))
    parts.append(_months(first, last + dt.timedelta(days=ahead), x))
    body = "".join(parts)
    return Markup(f'<svg class="tm" viewBox="0 0 {WIDTH} {HEIGHT}" aria-hidden="true">{body}</svg>')  # noqa: S704


def _grid(top: float, y: object) -> str:
    assert callable(y)
    out = []
    for p in (0.0, *(w for w in WORD_CHANGES if w < top)):
        out.append(
            f'<line class="gl" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y(p):.1f}" y2="{y(p):.1f}"/>'
            f'<text x="{LEFT - 6}" y="{y(p) + 4:.1f}" text-anchor="end">{100 * p:.0f}</text>'
        )
    return "".join(out)


def _steps(line: Sequence[Point], name: str, x: object, y: object) -> str:
    assert callable(x) and callable(y)
    out = [f"M{x(line[0].day):.1f},{y(line[0].estimates[name][0]):.1f}"]
    for point in line[1:]:
        out.append(f"H{x(point.day):.1f}V{y(point.estimates[name][0]):.1f}")
    return "".join(out)


def _band(line: Sequence[Point], name: str, band: int, x: object, y: object, now: float) -> str:
    assert callable(x) and callable(y)

    def ends(point: Point) -> Interval:
        return point.estimates[name][2] if band == 2 else point.estimates[name][1]

    upper = [f"M{x(line[0].day):.1f},{y(ends(line[0])[1]):.1f}"]
    upper += [f"H{x(point.day):.1f}V{y(ends(point)[1]):.1f}" for point in line[1:]]
    back = [f"H{now:.1f}V{y(ends(line[-1])[0]):.1f}H{x(line[-1].day):.1f}"]
    for i in range(len(line) - 1, 0, -1):
        back.append(f"V{y(ends(line[i - 1])[0]):.1f}H{x(line[i - 1].day):.1f}")
    return "".join(upper) + "".join(back) + "Z"


def _labels(m: Moment, now: Point, names: Sequence[str], at: float, y: object) -> str:
    assert callable(y)
    order = [s.id for s in m.shown.scenarios]
    placed: list[float] = []
    out = []
    for name in sorted(names, key=lambda n: -now.estimates[n][0]):
        p = now.estimates[name][0]
        height = max(y(p) + 4, placed[-1] + 13) if placed else y(p) + 4
        placed.append(height)
        css = "ln sel" if name == names[0] else "ln"
        text = f"{letter(order.index(name))} {percent(p)}"
        out.append(f'<text class="{css}" x="{at + 6:.1f}" y="{height:.1f}">{text}</text>')
    return "".join(out)


def _months(first: dt.date, last: dt.date, x: object) -> str:
    """Names of months that begin within the line, as many as fit; the first day where none does."""
    assert callable(x)
    starts = []
    month = first.replace(day=1)
    while month <= last:
        if month >= first:
            starts.append(month)
        month = (month.replace(day=28) + dt.timedelta(days=4)).replace(day=1)
    every = max(1, -(-len(starts) // 7))
    out = []
    for i, day in enumerate(starts):
        if i % every:
            continue
        text = f"{day:%b} {day.year}" if i == 0 or day.month == 1 else f"{day:%b}"
        out.append(f'<text x="{x(day):.1f}" y="{HEIGHT - 6}">{text}</text>')
    if not starts:
        out.append(f'<text x="{x(first):.1f}" y="{HEIGHT - 6}">{first.day} {first:%b} {first.year}</text>')
    return "".join(out)
