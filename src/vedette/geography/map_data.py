"""The same geography as `vedette.geography.map_svg`, as GeoJSON for a map that can be moved.

States are those of the recognised view; borders are separate from areas, so that the outline of a disputed area is
dashed and never drawn as a border. Positions are rounded to 0.0001 degrees (11 m), a tenth of the drawing's own grid.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np

from vedette.errors import BadInput
from vedette.geography.boundaries import Boundaries, Floats, Ints, Resolution, load_boundaries, unsigned
from vedette.geography.disputed import DisputedArea, area_outlines, disputed_areas
from vedette.geography.map_layout import Plane

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

Bounds = tuple[float, float, float, float]
"""West, south, east, north in degrees; a box across the 180th meridian is cut there."""

DIGITS = 4
# A window wider than this is drawn from the 1:50 million file, and wider than the second from 1:110 million: the finer
# drawing would take more bytes than a screen has pixels for. Degrees of longitude. [sweep: compressed size of the
# window about each bundled case; 45 degrees at 1:10 million stay below 400 kB]
FINE_DEGREES, MIDDLE_DEGREES = 45.0, 120.0


def resolution_for(window: Bounds) -> Resolution:
    """The finest drawing whose size suits a window."""
    wide = window[2] - window[0]
    return "10m" if wide <= FINE_DEGREES else "50m" if wide <= MIDDLE_DEGREES else "110m"


def window_of(plane: Plane, beyond: float = 0.0) -> Bounds:
    """The box in degrees that holds a plane's frame; ``beyond`` adds that share of its size on every side.

    The frame is bent in degrees, so its whole edge is turned back, not only the corners.
    """
    from vedette.geography.map_layout import unproject

    across = np.linspace(-beyond, 1 + beyond, 25)
    low, high = np.full(25, -beyond), np.full(25, 1 + beyond)
    edge = np.vstack(
        [np.column_stack([across, low]), np.column_stack([across, high]), np.column_stack([low, across]),
         np.column_stack([high, across])]
    )  # fmt: skip
    km = np.column_stack(
        [
            (edge[:, 0] - 0.5) * plane.width / plane.px_per_km + plane.shift[0],
            (0.5 - edge[:, 1]) * plane.height / plane.px_per_km + plane.shift[1],
        ]
    )
    found = np.array([unproject(point, plane.lat, plane.lon) for point in km])
    # Degrees east counted from the middle of the frame: a frame across the 180th meridian stays one box.
    lon = plane.lon + (found[:, 1] - plane.lon + 180.0) % 360.0 - 180.0
    west, east = float(lon.min()), float(lon.max())
    south, north = float(found[:, 0].min()), float(found[:, 0].max())
    return max(west, -180.0), max(south, -84.0), min(east, 180.0), min(north, 84.0)


def check_window(window: Sequence[float]) -> Bounds:
    """A window as asked for; raises `BadInput` when it is none."""
    if len(window) != 4 or not all(math.isfinite(v) for v in window):
        raise BadInput("a window needs four numbers: west, south, east, north", where="window")
    west, south, east, north = (float(v) for v in window)
    if not (-180.0 <= west < east <= 180.0 and -90.0 <= south < north <= 90.0):
        raise BadInput(f"{west:g},{south:g},{east:g},{north:g} is no window", where="window",
                       fix="west < east within -180..180, south < north within -90..90, in degrees")  # fmt: skip
    return west, south, east, north


@lru_cache(maxsize=16)
def land(window: Bounds, on: dt.date | None = None, resolution: Resolution | None = None) -> dict[str, Any]:
    """A FeatureCollection of what is seen in a window on a day.

    ``kind`` of a feature: ``state`` (areas, with ``code`` and ``name``), ``border``, ``coast``, ``disputed`` (areas,
    with ``id``, ``label`` and ``statement`` as known on the day). Raises `BadInput` for what is no window.
    """
    window = check_window(window)
    bounds = load_boundaries(resolution or resolution_for(window))
    disputed, dashed = _disputed(bounds, window, on)
    features = _states(bounds, window) + _lines(bounds, window, dashed) + disputed
    return {"type": "FeatureCollection", "resolution": bounds.resolution, "window": list(window), "features": features}


def _frame(window: Bounds) -> BaseGeometry:
    from shapely import box

    return box(*window)


def _states(bounds: Boundaries, window: Bounds) -> list[dict[str, Any]]:
    found = []
    for code in bounds.codes():
        shape = _area(bounds, bounds.outline(code), window)
        geometry = _geometry(shape)
        if geometry is not None:
            properties = {"kind": "state", "code": code, "name": bounds.name(code), **_middle(shape)}
            found.append({"type": "Feature", "properties": properties, "geometry": geometry})
    return found


def _middle(shape: BaseGeometry) -> dict[str, Any]:
    """Where a name fits best, ``at``, and the box of the part it stands in: the largest circle inside, roughly."""
    import shapely

    part = max(getattr(shape, "geoms", [shape]), key=lambda p: p.area)
    # A twentieth of a degree moves a name by less than its own height.
    rough = part.simplify(0.05)
    circle = shapely.maximum_inscribed_circle(rough if rough.is_valid and rough.area else part, tolerance=0.05)
    lon, lat = circle.coords[0]
    return {"at": [round(lon, 2), round(lat, 2)], "box": [round(v, 2) for v in part.bounds]}


def _area(bounds: Boundaries, outline: Ints, window: Bounds) -> BaseGeometry:
    """What a window shows of an outline. Rings are cut one by one: combining first would take seconds for thousands
    of islets. A ring inside an odd number of larger ones is a hole (even-odd rule)."""
    import shapely

    frame, whole = _frame(window), []
    for ring in bounds.rings(outline):
        line = np.concatenate([bounds.arc(a) for a in ring])
        if len(line) >= 4:
            whole += [shapely.make_valid(shapely.Polygon(x)) for x in _seen(_closed(_unwrapped(line)), window)]
    whole.sort(key=lambda shape: -float(shape.area))
    tree = shapely.STRtree(whole)
    shapes: list[BaseGeometry] = []
    for number, shape in enumerate(whole):
        around = [int(o) for o in tree.query(shape.representative_point(), predicate="within") if int(o) < number]
        cut = shape.intersection(frame)
        if not around:
            shapes.append(cut)
        elif len(around) % 2:
            shapes = [s.difference(cut) if s.intersects(cut) else s for s in shapes]
        else:
            shapes.append(cut)
    parts = [p for s in shapes for p in getattr(s, "geoms", [s]) if p.geom_type == "Polygon" and p.area > 0]
    return shapely.MultiPolygon(parts)


def _unwrapped(line: Floats) -> Floats:
    """A line without jumps at the 180th meridian: degrees east go on counting."""
    if np.abs(np.diff(line[:, 0])).max() < 180.0:
        return line
    out = line.copy()
    out[:, 0] = np.unwrap(line[:, 0], period=360.0)
    return out


def _closed(ring: Floats) -> Floats:
    """A ring round a pole (Antarctica) ends a whole turn from its start: it is closed along the pole."""
    if abs(ring[-1, 0] - ring[0, 0]) < 180.0:
        return ring
    pole = -90.0 if ring[:, 1].mean() < 0 else 90.0
    return np.vstack([ring, [[ring[-1, 0], pole], [ring[0, 0], pole]]])


def _seen(line: Floats, window: Bounds) -> list[Floats]:
    """The line, and it a whole turn to the west and east, where that meets the window."""
    (west, south), (east, north) = line.min(axis=0), line.max(axis=0)
    if north < window[1] or south > window[3]:
        return []
    return [
        line + np.array([turn, 0.0]) if turn else line
        for turn in (-360.0, 0.0, 360.0)
        if east + turn >= window[0] and west + turn <= window[2]
    ]


def _lines(bounds: Boundaries, window: Bounds, dashed: set[int]) -> list[dict[str, Any]]:
    from shapely import LineString, MultiLineString

    frame = _frame(window)
    kinds: dict[str, list[Floats]] = {"border": [], "coast": []}
    for number, sides in enumerate(bounds.sides("recognised")):
        if sides and number not in dashed:
            kinds["border" if len(sides) > 1 else "coast"] += _seen(_unwrapped(bounds.arc(number)), window)
    found = []
    for kind, lines in kinds.items():
        cut = MultiLineString([LineString(x) for x in lines]).intersection(frame) if lines else None
        parts = [p for p in getattr(cut, "geoms", [cut]) if p is not None and p.geom_type == "LineString"]
        if parts:
            geometry = {"type": "MultiLineString", "coordinates": [_positions(np.asarray(p.coords)) for p in parts]}
            found.append({"type": "Feature", "properties": {"kind": kind}, "geometry": geometry})
    return found


def _disputed(bounds: Boundaries, window: Bounds, on: dt.date | None) -> tuple[list[dict[str, Any]], set[int]]:
    """Areas disputed on the day, and the arcs that are left to their dashes."""
    found: list[dict[str, Any]] = []
    dashed: set[int] = set()
    for area in disputed_areas(on):
        outlines = _outlines(area, bounds.resolution)
        shape = _disputed_shape(area, bounds, outlines, window)
        geometry = _geometry(shape)
        if geometry is None:
            continue
        for outline in outlines:
            dashed.update(map(unsigned, outline.tolist()))
        found.append({"type": "Feature", "properties": _told(area, on, shape), "geometry": geometry})
    return found, dashed


@lru_cache(maxsize=256)
def _outlines(area: DisputedArea, resolution: Resolution) -> tuple[Ints, ...]:
    return tuple(area_outlines(area, load_boundaries(resolution)))


def _disputed_shape(
    area: DisputedArea, bounds: Boundaries, outlines: Sequence[Ints], window: Bounds
) -> BaseGeometry:
    """The part of an area in a window, empty when there is none; a shape of ours is cut to the states it lies in."""
    import shapely

    if not area.outline:
        return shapely.union_all([_area(bounds, outline, window) for outline in outlines])
    own = shapely.make_valid(shapely.Polygon(area.outline)).intersection(_frame(window))
    if own.is_empty:
        return own
    drawn = set(bounds.codes("as_drawn"))
    cut = _padded(own.bounds)
    lands = [_area(bounds, bounds.outline(code, "as_drawn"), cut) for code in area.inside if code in drawn]
    return shapely.union_all(lands).intersection(own)


def _padded(box: Bounds) -> Bounds:
    return box[0] - 0.01, box[1] - 0.01, box[2] + 0.01, box[3] + 0.01


def _told(area: DisputedArea, on: dt.date | None, shape: BaseGeometry) -> dict[str, Any]:
    middle = max(getattr(shape, "geoms", [shape]), key=lambda p: p.area).representative_point()
    return {
        "kind": "disputed", "id": area.id, "name": area.name, "label": area.label, "statement": area.statement(on),
        "coarse": bool(area.outline), "at": [round(float(middle.x), DIGITS), round(float(middle.y), DIGITS)],
    }  # fmt: skip


def _geometry(shape: BaseGeometry) -> dict[str, Any] | None:
    """A MultiPolygon of GeoJSON, or None when nothing of an area is left."""
    parts = [p for p in getattr(shape, "geoms", [shape]) if p.geom_type == "Polygon" and p.area > 0]
    if not parts:
        return None
    rings = [[_positions(np.asarray(r.coords)) for r in (p.exterior, *p.interiors)] for p in parts]
    return {"type": "MultiPolygon", "coordinates": rings}


def _positions(line: Floats) -> list[list[float]]:
    """Rounded positions without those that rounding made equal to the one before; a ring keeps its four."""
    rounded = np.round(line, DIGITS)
    new = np.concatenate([[True], (np.diff(rounded, axis=0) != 0).any(axis=1)])
    kept = rounded[new] if int(new.sum()) >= 4 else rounded
    out: list[list[float]] = kept.tolist()
    return out
