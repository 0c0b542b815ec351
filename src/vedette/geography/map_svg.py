"""A locator map as one self-contained SVG string: host tinted, target plain, others grey, distance measured.

Colours are CSS variables of the page where it has them (``--bg``, ``--ink``, ``--acc`` ...), with light and
dark values of our own; no script, no outside file. Disputed areas are hatched, dashed and named, whatever the
boundary file says. The text alternative is in ``<title>`` and ``<desc>``.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import math
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from markupsafe import escape

from vedette.domain.claims import Place
from vedette.errors import BadInput
from vedette.geography.boundaries import Boundaries, Floats, Resolution, load_boundaries, unsigned
from vedette.geography.disputed import DisputedArea, area_outlines, area_shape, disputed_areas
from vedette.geography.distance import BorderDistance, position_of, shared_arcs
from vedette.geography.estimate import DistanceEstimate
from vedette.geography.map_layout import (
    Box,
    Lines,
    Plane,
    Room,
    around,
    fit,
    inside_area,
    middle_of,
    text_width,
)
from vedette.geography.map_style import Theme, style_sheet

Role = Literal["host", "target", "intervener", "other"]
Mark = Literal["capital", "city", "sighting"]

# A disputed area smaller than this in the frame cannot be read as one. Square pixels. [assumption: looks]
SMALLEST_PX = 80.0
LINE_HEIGHT = 15  # of the caption under the map, px


@dataclass(frozen=True, slots=True, kw_only=True)
class MapState:
    """A state to be shown with a role; ``label`` replaces its name."""

    code: str
    role: Role = "other"
    label: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class MapPlace:
    """A place to be marked: a square for towns, a numbered triangle for a sighting listed beside the map."""

    place: Place
    kind: Mark = "city"
    number: int | None = None
    label: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LocatorMap:
    """What a map shows. ``on`` decides which areas count as disputed and what may be told of them.

    ``focus`` are the codes the frame is fitted to; without it the host and the target. ``caption`` False
    leaves out the lines under the map (the page then has to print both endpoints itself).
    """

    title: str
    states: tuple[MapState, ...]
    places: tuple[MapPlace, ...] = ()
    distance: BorderDistance | DistanceEstimate | None = None
    on: dt.date | None = None
    focus: tuple[str, ...] = ()
    width: int = 560
    height: int = 430
    resolution: Resolution = "10m"
    theme: Theme = "auto"
    caption: bool = True

    def __post_init__(self) -> None:
        if not self.states:
            raise BadInput("a map needs at least one state", where=self.title)
        if not (120 <= self.width <= 4000 and 120 <= self.height <= 4000):
            raise BadInput(f"size {self.width} x {self.height} is outside 120..4000 pixels", where=self.title)


@dataclass(slots=True)
class _Sheet:
    """A map in the making."""

    map: LocatorMap
    bounds: Boundaries
    plane: Plane
    lines: Lines
    room: Room
    ref: str
    parts: list[str] = field(default_factory=list)
    outlined: set[int] = field(default_factory=set)

    def add(self, text: str) -> None:
        self.parts.append(text)

    def text(self, box: Box, text: str, classes: str, size: float, anchor: str = "middle") -> None:
        x = {"middle": (box.left + box.right) / 2, "start": box.left, "end": box.right}[anchor]
        y = (box.top + box.bottom) / 2 + size * 0.36
        self.add(f'<text class="{classes}" x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{escape(text)}</text>')


def draw_map(map: LocatorMap) -> str:
    """The map as an SVG element. Raises UnknownState, BadInput (a place without a position)."""
    bounds = load_boundaries(map.resolution)
    measured = map.distance.best if isinstance(map.distance, DistanceEstimate) else map.distance
    plane = _frame(map, bounds, measured)
    digest = hashlib.sha256(repr(map).encode()).hexdigest()[:8]
    sheet = _Sheet(
        map=map,
        bounds=bounds,
        plane=plane,
        lines=Lines(bounds, plane),
        room=Room(width=plane.width, height=plane.height),
        ref=f"vm{digest}",
    )
    areas = _draw_land(sheet)
    disputed = _draw_disputed(sheet)
    _draw_scale(sheet)
    if measured is not None:
        _draw_distance(sheet, measured)
    _draw_places(sheet, measured)
    _label_states(sheet, areas)
    _label_disputed(sheet, disputed)
    return _assemble(sheet, measured, [area for area, _ in disputed])


# ---- frame and land -------------------------------------------------------------------------------


def frame_of(map: LocatorMap) -> Plane:
    """The frame a map is drawn in."""
    measured = map.distance.best if isinstance(map.distance, DistanceEstimate) else map.distance
    return _frame(map, load_boundaries(map.resolution), measured)


def _frame(map: LocatorMap, bounds: Boundaries, measured: BorderDistance | None) -> Plane:
    """The closest frame that shows the focus; when that is too wide, the target alone, then the host."""
    with_role = {role: [s.code for s in map.states if s.role == role] for role in ("host", "target")}
    both = with_role["host"] + with_role["target"]
    ends: list[Floats] = []
    middle = None
    if measured is not None:
        line = great_circle(position_of(measured.nearest), position_of(measured.point))
        ends, middle = [line], (float(line[len(line) // 2, 1]), float(line[len(line) // 2, 0]))
    choices = [list(map.focus), both, with_role["target"], with_role["host"], [s.code for s in map.states]]
    choices = [codes for codes in choices if codes]
    for codes in choices:
        points = np.concatenate([*ends, *(_main_part(bounds, code) for code in codes)])
        plane = fit(points, float(map.width), float(map.height), middle)
        if plane.whole:
            return plane
    if middle is None and len(both) > 1:
        shared = shared_arcs(bounds, both[0], both[-1])
        if len(shared):
            middle = middle_of(bounds.segments(shared)[:, :2])
    points = np.concatenate([*ends, *(_main_part(bounds, code) for code in choices[0])])
    return fit(points, float(map.width), float(map.height), middle)


def _main_part(bounds: Boundaries, code: str) -> Floats:
    """Positions of the ring of a state with the most of them: the mainland, without far islands."""
    rings = [np.concatenate([bounds.arc(a) for a in ring]) for ring in bounds.rings(bounds.outline(code))]
    return max(rings, key=len)


def _draw_land(sheet: _Sheet) -> dict[str, list[Floats]]:
    roles = {sheet.bounds.resolve(s.code): s.role for s in sheet.map.states}
    sheet.add(f'<rect class="sea" width="{sheet.plane.width:.0f}" height="{sheet.plane.height:.0f}"/>')
    areas: dict[str, list[Floats]] = {}
    for code in sheet.bounds.codes():
        outline = sheet.bounds.outline(code)
        sheet.outlined.update(map(unsigned, outline.tolist()))
        rings = sheet.lines.area(outline)
        if rings:
            areas[code] = rings
    grey = [rings for code, rings in areas.items() if roles.get(code, "other") not in ("host", "target")]
    if grey:
        sheet.add(f'<path class="land" d="{"".join(_path(r, close=True) for rings in grey for r in rings)}"/>')
    for role in ("target", "host"):
        for code, rings in areas.items():
            if roles.get(code) == role:
                sheet.add(f'<path class="{role}" d="{"".join(_path(r, close=True) for r in rings)}"/>')
    return areas


def _path(line: Floats, *, close: bool = False) -> str:
    """Path data in tenths of a pixel, relative, as short as may be."""
    tenths = np.rint(line * 10).astype(int)
    steps = np.diff(tenths, axis=0)
    steps = steps[(steps != 0).any(axis=1)]
    if not len(steps):
        return ""
    numbers = [_tenth(int(v)) for v in steps.ravel()]
    body = "".join(n if n.startswith("-") else " " + n for n in numbers)
    return f"M{_tenth(int(tenths[0, 0]))} {_tenth(int(tenths[0, 1]))}l{body.lstrip()}{'z' if close else ''}"


def _tenth(value: int) -> str:
    whole, rest = divmod(abs(value), 10)
    text = f"{whole or ''}.{rest}" if rest else str(whole)
    return "-" + text if value < 0 else text


def _draw_lines(sheet: _Sheet, dashed: set[int]) -> None:
    """Borders and coasts of the recognised view; the outlines of disputed areas are left to their dashes."""
    border: list[str] = []
    coast: list[str] = []
    sides = sheet.bounds.sides("recognised")
    for number in sorted(sheet.outlined - dashed):
        runs = sheet.lines.visible(number)
        (border if len(sides[number]) > 1 else coast).extend(_path(run) for run in runs)
    sheet.add(f'<path class="coast" d="{"".join(coast)}"/><path class="border" d="{"".join(border)}"/>')


# ---- disputed areas ---------------------------------------------------------------------------------


def _draw_disputed(sheet: _Sheet) -> list[tuple[DisputedArea, list[Floats]]]:
    """Hatch and dash what is disputed and in sight; borders are drawn between the two."""
    from shapely import box

    frame = box(-2, -2, sheet.plane.width + 2, sheet.plane.height + 2)
    seen: list[tuple[DisputedArea, list[Floats]]] = []
    dashed: set[int] = set()
    for area in disputed_areas(sheet.map.on):
        if not _near_frame(sheet, area):
            continue
        shape = area_shape(area, sheet.bounds, sheet.plane, sheet.lines).intersection(frame)
        if shape.area < SMALLEST_PX:
            continue
        parts = [p for p in getattr(shape, "geoms", [shape]) if p.geom_type == "Polygon"]
        seen.append((area, [np.asarray(p.exterior.coords) for p in parts]))
        for outline in area_outlines(area, sheet.bounds):
            dashed.update(map(unsigned, outline.tolist()))
    fill = "".join(_path(ring, close=True) for _, rings in seen for ring in rings)
    if fill:
        sheet.add(f'<path d="{fill}" fill="url(#{sheet.ref}h)"/>')
    _draw_lines(sheet, dashed)
    if fill:
        sheet.add(f'<path class="dispute" fill="none" d="{fill}"/>')
    return seen


def _near_frame(sheet: _Sheet, area: DisputedArea) -> bool:
    """Whether an area may be in sight, by its points: saves cutting shapes across the globe."""
    points = list(area.outline or area.at)
    for code in area.features:
        if code in sheet.bounds.codes("as_drawn"):
            points += [tuple(p) for p in sheet.bounds.outline_segments(code, "as_drawn")[::5, :2].tolist()]
    if not points:
        return False
    pixels = sheet.plane(np.array(points))
    (x0, y0), (x1, y1) = pixels.min(axis=0), pixels.max(axis=0)
    return bool(x1 > 0 and y1 > 0 and x0 < sheet.plane.width and y0 < sheet.plane.height) or (
        bool(area.at) and math.hypot(x0 - sheet.plane.width / 2, y0 - sheet.plane.height / 2) < sheet.plane.width * 2
    )


def _label_disputed(sheet: _Sheet, disputed: Sequence[tuple[DisputedArea, list[Floats]]]) -> None:
    """Words in or beside each area; places that would lie on another disputed area are the last choice."""
    from shapely import MultiPolygon, Polygon, box, make_valid, union_all

    shapes = [union_all([make_valid(Polygon(ring)) for ring in rings]) for _, rings in disputed]
    for number, (area, rings) in enumerate(disputed):
        others = union_all([MultiPolygon(), *shapes[:number], *shapes[number + 1 :]])
        lines = _even_lines(area.label)
        width, height = max(text_width(t, 11) for t in lines) + 4, 13.0 * len(lines)
        ring = max(rings, key=lambda r: float(np.ptp(r[:, 0]) * np.ptp(r[:, 1])))
        (x0, y0), (x1, y1) = ring.min(axis=0), ring.max(axis=0)
        x, y = float(x0 + x1) / 2, float(y0 + y1) / 2
        choices = [
            *inside_area([ring], width, height, sheet.plane),
            *_beside(Box(left=float(x0), top=float(y0), right=float(x1), bottom=float(y1)), width, height),
            *around(x, y, width, height, 8),
            *around(x, y, width, height, 30),
        ]
        choices.sort(key=lambda c: bool(others.intersects(box(c.left, c.top, c.right, c.bottom))))
        place = sheet.room.first_free(choices)
        if place is None:
            continue  # still hatched, dashed and told in <desc>
        for row, line in enumerate(lines):
            top = place.top + 13.0 * row
            sheet.text(Box(left=place.left, top=top, right=place.right, bottom=top + 13.0), line, "note", 11)


def _even_lines(text: str, widest: int = 26) -> list[str]:
    """A text in as few lines as fit, of much the same length."""
    count = len(textwrap.wrap(text, widest))
    return next(rows for w in range(8, widest + 1) if len(rows := textwrap.wrap(text, w)) <= count)


def _beside(shape: Box, width: float, height: float) -> list[Box]:
    x, y = (shape.left + shape.right) / 2, (shape.top + shape.bottom) / 2
    corners = [
        (x - width / 2, shape.bottom + 3),
        (shape.left - width - 3, y - height / 2), (shape.right + 3, y - height / 2),
        (x - width / 2, shape.top - height - 3), (shape.left - width, shape.bottom - height),
        (shape.left - width / 2, shape.bottom - height / 3),
    ]  # fmt: skip
    return [Box(left=a, top=b, right=a + width, bottom=b + height) for a, b in corners]


# ---- distance, places, labels -------------------------------------------------------------------------


def _draw_distance(sheet: _Sheet, measured: BorderDistance) -> None:
    ends = [position_of(measured.nearest), position_of(measured.point)]
    line = sheet.plane(great_circle(ends[0], ends[1]))
    sheet.add(f'<path class="line" d="{_path(line)}"/>')
    for lat, lon in ends:
        x, y = sheet.plane.point(lat, lon)
        sheet.add(f'<circle class="end" cx="{x:.1f}" cy="{y:.1f}" r="4"/>')
        sheet.room.take(Box(left=x - 5, top=y - 5, right=x + 5, bottom=y + 5))
    text = f"{measured.km:.0f}\u202fkm" if measured.km >= 10 else f"{measured.km:.1f}\u202fkm"
    x, y = (float(v) for v in line[len(line) // 2])
    width = text_width(text, 15) + 4
    box = sheet.room.first_free([*around(x, y, width, 17, 7), *around(x, y, width, 17, 22)])
    if box is not None:
        sheet.text(box, text, "km", 15)


def great_circle(a: tuple[float, float], b: tuple[float, float], pieces: int = 24) -> Floats:
    """Positions along the shortest way between two points (lat, lon), shape (n, 2) lon and lat."""
    (p1, l1), (p2, l2) = ((math.radians(v[0]), math.radians(v[1])) for v in (a, b))
    one = np.array([math.cos(p1) * math.cos(l1), math.cos(p1) * math.sin(l1), math.sin(p1)])
    two = np.array([math.cos(p2) * math.cos(l2), math.cos(p2) * math.sin(l2), math.sin(p2)])
    angle = math.acos(max(-1.0, min(1.0, float(one @ two))))
    if angle < 1e-9:
        return np.array([[a[1], a[0]], [b[1], b[0]]])
    t = np.linspace(0.0, 1.0, pieces + 1)[:, None]
    x, y, z = ((np.sin((1 - t) * angle) * one + np.sin(t * angle) * two) / math.sin(angle)).T
    return np.column_stack([np.degrees(np.arctan2(y, x)), np.degrees(np.arctan2(z, np.hypot(x, y)))])


def _draw_places(sheet: _Sheet, measured: BorderDistance | None) -> None:
    marks = sorted(sheet.map.places, key=lambda p: p.kind != "sighting")
    if measured is not None:
        x, y = sheet.plane.point(*position_of(measured.point))
        _name(sheet, x, y, measured.point.name, "endname", 11)
    for mark in marks:
        x, y = sheet.plane.point(*position_of(mark.place))
        if not sheet.plane.holds(x, y, 4):
            continue
        if mark.kind == "sighting":
            sheet.add(f'<path class="tri" d="M{x:.1f} {y - 8:.1f}l8 14h-16z"/>')
            sheet.room.take(Box(left=x - 8, top=y - 8, right=x + 8, bottom=y + 7))
            label = "" if mark.number is None else str(mark.number)
            sheet.text(Box(left=x - 8, top=y - 4, right=x + 8, bottom=y + 6), label, "num", 10)
            continue
        half = 3.2 if mark.kind == "capital" else 2.4
        size = 2 * half
        sheet.add(f'<rect class="dot" x="{x - half:.1f}" y="{y - half:.1f}" width="{size}" height="{size}"/>')
        sheet.room.take(Box(left=x - half, top=y - half, right=x + half, bottom=y + half))
        _name(sheet, x, y, mark.label or mark.place.name, "city", 11)


def _name(sheet: _Sheet, x: float, y: float, text: str, classes: str, size: float) -> None:
    width = text_width(text, size)
    box = sheet.room.first_free(around(x, y, width, size + 2, 7))
    if box is not None:
        anchor = "start" if box.left > x else "end" if box.right < x else "middle"
        sheet.text(box, text, classes, size, anchor)


def _label_states(sheet: _Sheet, areas: dict[str, list[Floats]]) -> None:
    """Names in capitals; host, target and intervener say so. A state too small for its name gets none."""
    given = {sheet.bounds.resolve(s.code): s for s in sheet.map.states}
    rank = {"host": 0, "target": 0, "intervener": 1, "other": 2}
    order = sorted(areas, key=lambda c: (rank[given[c].role] if c in given else 3, c))
    for code in order:
        state = given.get(code)
        role = state.role if state else "other"
        name = (state.label if state and state.label else sheet.bounds.name(code)).upper()
        text = name if role == "other" else f"{name} ({role})"
        size, classes = (11.0, "state") if role == "other" else (12.0, "state main")
        width = text_width(text, size, 1.4) + 6
        box = sheet.room.first_free(inside_area(areas[code], width, size + 4, sheet.plane))
        if box is None:
            text = state.label if state and state.label else sheet.bounds.name(code)
            size, classes = 10.0, "small"
            if role != "other":
                text, size, classes = f"{text} ({role})", 11.0, "small main"
            width = text_width(text, size)
            box = sheet.room.first_free(inside_area(areas[code], width, size + 1, sheet.plane))
        if box is None and role != "other":  # a state with a role is always named, beside it if need be
            box = sheet.room.first_free(_outside(areas[code], width, size + 2, sheet.plane))
        if box is not None:
            sheet.text(box, text, classes, size)


def _outside(rings: list[Floats], width: float, height: float, plane: Plane) -> list[Box]:
    """Rectangles on or beside an area, the nearest to its middle in the frame first."""
    points = np.concatenate(rings)
    points = points[[plane.holds(float(x), float(y)) for x, y in points]]
    if not len(points):
        return []
    x, y = points.mean(axis=0)
    found = []
    for dx in np.linspace(-0.45, 0.45, 25) * plane.width:
        for dy in np.linspace(-0.45, 0.45, 37) * plane.height:
            found.append((math.hypot(dx, 1.6 * dy), float(x + dx), float(y + dy)))
    return [
        Box(left=a - width / 2, top=b - height / 2, right=a + width / 2, bottom=b + height / 2)
        for _, a, b in sorted(found)
    ]


def _draw_scale(sheet: _Sheet) -> None:
    """A bar of a round length, saying at which latitude it is true."""
    wanted = sheet.plane.width * 0.2 / sheet.plane.px_per_km
    power = 10 ** math.floor(math.log10(wanted))
    km = max(step * power for step in (1, 2, 5) if step * power <= wanted)
    length = km * sheet.plane.px_per_km
    lat = sheet.plane.lat
    text = f"{km:g} km at {abs(lat):.0f}\u00b0 {'N' if lat >= 0 else 'S'}"
    width = max(length, text_width(text, 11)) + 8
    right, bottom = sheet.plane.width - 10, sheet.plane.height - 10
    box = Box(left=right - width, top=bottom - 24, right=right + 6, bottom=bottom + 6)
    sheet.room.take(box)
    left = right - length
    sheet.add(f'<path class="scale" d="M{left:.1f} {bottom - 5:.1f}v5h{length:.1f}v-5"/>')
    sheet.text(Box(left=box.left, top=bottom - 20, right=right, bottom=bottom - 8), text, "scaletext", 11, "end")


# ---- the whole ------------------------------------------------------------------------------------------


def _assemble(sheet: _Sheet, measured: BorderDistance | None, areas: Sequence[DisputedArea]) -> str:
    map, plane, ref = sheet.map, sheet.plane, sheet.ref
    lines = caption_lines(map.distance, areas, map.on) if map.caption else []
    wrapped = [row for line in lines for row in textwrap.wrap(line, max(24, int(map.width / 5.6)))]
    height = map.height + (8 + LINE_HEIGHT * len(wrapped) if wrapped else 0)
    rows = "".join(
        f'<text class="cap" x="0" y="{map.height + 15 + LINE_HEIGHT * n}">{escape(row)}</text>'
        for n, row in enumerate(wrapped)
    )
    return (
        f'<svg class="vm {ref}" xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {map.width} {height}" '
        f'width="{map.width}" height="{height}" role="img" aria-labelledby="{ref}t {ref}d">'
        f'<title id="{ref}t">{escape(map.title)}</title>'
        f'<desc id="{ref}d">{escape(describe(map, areas))}</desc>'
        f"<style>{style_sheet(map.theme)}</style>"
        f'<defs><clipPath id="{ref}c"><rect width="{map.width}" height="{map.height}"/></clipPath>'
        f'<pattern id="{ref}h" width="6" height="6" patternUnits="userSpaceOnUse" '
        f'patternTransform="rotate(45)">'
        f'<path class="hatch" d="M1 0v6"/></pattern></defs>'
        f'<g clip-path="url(#{ref}c)">{"".join(sheet.parts)}</g>'
        f'<rect class="frame" x=".5" y=".5" width="{plane.width - 1:.0f}" height="{plane.height - 1:.0f}"/>'
        f"{rows}</svg>"
    )


def caption_lines(
    distance: BorderDistance | DistanceEstimate | None, areas: Sequence[DisputedArea], on: dt.date | None
) -> list[str]:
    """What has to stand under the map in print: both endpoints to 0.001 degrees, the spread, the drawing."""
    lines = []
    best = distance.best if isinstance(distance, DistanceEstimate) else distance
    if best is not None:
        lines.append(best.sentence() + ".")
        if best.note:
            lines.append(best.note + ".")
    if isinstance(distance, DistanceEstimate):
        lines.append(distance.spread_sentence() + ".")
    coarse = [a.name for a in areas if a.outline]
    if coarse:
        lines.append(f"Drawn coarsely by us: {', '.join(coarse)}.")
    lines.append("Boundaries: Natural Earth. Hatched: disputed.")
    return lines


def describe(map: LocatorMap, areas: Sequence[DisputedArea]) -> str:
    """The map in words, for those who cannot see it."""
    said = []
    bounds = load_boundaries(map.resolution)
    roles = [(s.label or bounds.name(s.code), s.role) for s in map.states if s.role != "other"]
    if roles:
        said.append("Map showing " + ", ".join(f"{name} ({role})" for name, role in roles) + ".")
    said += caption_lines(map.distance, areas, map.on)[:-1]
    said += [f"{a.name}, hatched: {a.statement(map.on)}." for a in areas]
    named = [(p.label or p.place.name) + (f" ({p.number})" if p.number is not None else "") for p in map.places]
    if named:
        said.append("Marked: " + ", ".join(named) + ".")
    return " ".join(said)
