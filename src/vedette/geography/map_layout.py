"""The plane of a locator map: projection, frame, clipping, simplified lines, and room for labels.

Projection: azimuthal equidistant on the sphere about the middle of the frame (Snyder 1987, USGS Professional
Paper 1395, p. 195). Distances from the middle are true; across a frame of 1,500 km the scale is off by 0.2 %.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from vedette.geography.boundaries import Boundaries, Floats, Ints, unsigned
from vedette.geography.distance import MEAN_EARTH_RADIUS_KM

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

# Share of the frame left free around what the map is about. [assumption: looks]
MARGIN = 0.06
# A frame wider than this shows too little of a border to read it; the map then closes in on the measured line
# or on the middle of the states. Half the diagonal, in km. [assumption: looks]
WIDEST_KM = 1900.0
# Lines are thinned by this many pixels: under half a pixel is not seen.
THINNING_PX = 0.4


@dataclass(frozen=True, slots=True, kw_only=True)
class Plane:
    """Degrees to pixels: middle of the frame, pixels per km, size in pixels."""

    lat: float
    lon: float
    px_per_km: float
    width: float
    height: float
    shift: tuple[float, float] = (0.0, 0.0)
    whole: bool = True  # False when the frame had to close in on a part of what it was fitted to

    def __call__(self, lonlat: Floats) -> Floats:
        """Pixel positions, shape (n, 2), of positions in degrees, shape (n, 2) lon and lat."""
        km = azimuthal(lonlat, self.lat, self.lon)
        out: Floats = np.column_stack(
            [
                self.width / 2 + (km[:, 0] - self.shift[0]) * self.px_per_km,
                self.height / 2 - (km[:, 1] - self.shift[1]) * self.px_per_km,
            ]
        )
        return out

    def point(self, lat: float, lon: float) -> tuple[float, float]:
        """One position in pixels."""
        x, y = self(np.array([[lon, lat]]))[0]
        return float(x), float(y)

    def holds(self, x: float, y: float, inset: float = 0.0) -> bool:
        """Whether a pixel position lies in the frame."""
        return inset <= x <= self.width - inset and inset <= y <= self.height - inset


def azimuthal(lonlat: Floats, lat0: float, lon0: float) -> Floats:
    """Azimuthal equidistant projection about a point, in km, shape (n, 2): east and north of the point."""
    lon, lat = np.radians(lonlat[:, 0] - lon0), np.radians(lonlat[:, 1])
    p0 = math.radians(lat0)
    east = np.cos(lat) * np.sin(lon)
    north = math.cos(p0) * np.sin(lat) - math.sin(p0) * np.cos(lat) * np.cos(lon)
    up = math.sin(p0) * np.sin(lat) + math.cos(p0) * np.cos(lat) * np.cos(lon)
    sine = np.hypot(east, north)
    angle = np.arctan2(sine, up)
    k = np.divide(angle, sine, out=np.ones_like(angle), where=sine > 1e-12) * MEAN_EARTH_RADIUS_KM
    out: Floats = np.column_stack([k * east, k * north])
    return out


def middle_of(lonlat: Floats) -> tuple[float, float]:
    """Latitude and longitude of the mean direction of some positions."""
    lon, lat = np.radians(lonlat[:, 0]), np.radians(lonlat[:, 1])
    x, y = np.mean(np.cos(lat) * np.cos(lon)), np.mean(np.cos(lat) * np.sin(lon))
    z = np.mean(np.sin(lat))
    return math.degrees(math.atan2(z, math.hypot(x, y))), math.degrees(math.atan2(y, x))


def fit(points: Floats, width: float, height: float, around: tuple[float, float] | None = None) -> Plane:
    """The plane whose frame holds all points, shape (n, 2) lon and lat, with a margin.

    When they lie wider apart than `WIDEST_KM`, the frame closes in on ``around`` (lat, lon), else on the
    middle of the points.
    """
    lat, lon = middle_of(points)
    for _ in range(2):  # the second pass centres the projection on the frame itself
        km = azimuthal(points, lat, lon)
        low, high = km.min(axis=0), km.max(axis=0)
        lat, lon = unproject((low + high) / 2, lat, lon)
    km = azimuthal(points, lat, lon)
    low, high = km.min(axis=0), km.max(axis=0)
    half = np.maximum((high - low) / 2, 1.0)
    whole = math.hypot(*half) <= WIDEST_KM
    if not whole:
        lat, lon = around or (lat, lon)
        half = half * (WIDEST_KM / math.hypot(*half))
        low, high = -half, half
    room = 1.0 - 2 * MARGIN
    px_per_km = min(width * room / (2 * half[0]), height * room / (2 * half[1]))
    shift = (float(low[0] + high[0]) / 2, float(low[1] + high[1]) / 2)
    return Plane(lat=lat, lon=lon, px_per_km=float(px_per_km), width=width, height=height, shift=shift, whole=whole)


def unproject(km: Floats, lat0: float, lon0: float) -> tuple[float, float]:
    """Latitude and longitude of a position in km east and north, shape (2,), of the middle of the projection."""
    distance = math.hypot(*km)
    if distance < 1e-9:
        return lat0, lon0
    c, p0 = distance / MEAN_EARTH_RADIUS_KM, math.radians(lat0)
    sine = math.cos(c) * math.sin(p0) + km[1] * math.sin(c) * math.cos(p0) / distance
    east = km[0] * math.sin(c)
    north = distance * math.cos(p0) * math.cos(c) - km[1] * math.sin(p0) * math.sin(c)
    lon = lon0 + math.degrees(math.atan2(east, north))
    return math.degrees(math.asin(max(-1.0, min(1.0, sine)))), (lon + 180.0) % 360.0 - 180.0


class Lines:
    """Arcs in pixels, thinned; what lies wholly outside the frame keeps only its ends."""

    def __init__(self, bounds: Boundaries, plane: Plane) -> None:
        self._bounds, self._plane = bounds, plane
        self._kept: dict[int, Floats] = {}
        bounds.sides("recognised")  # adds the arcs of this view before they are counted
        self.far = self._far_arcs()

    def _far_arcs(self) -> set[int]:
        """Arcs more than a quarter of the globe away, where the projection turns rings inside out."""
        far = set()
        for number in range(self._bounds.arc_count):
            lon, lat = self._bounds.arc(number)[0]
            if _angle(lat, lon, self._plane.lat, self._plane.lon) > math.pi / 2:
                far.add(number)
        return far

    def __call__(self, signed: int) -> Floats:
        """Pixel positions of an arc, in the direction asked for."""
        number = unsigned(signed)
        if number not in self._kept:
            self._kept[number] = self._thin(self._plane(self._bounds.arc(number)))
        line = self._kept[number]
        return line if signed >= 0 else line[::-1]

    def _thin(self, line: Floats) -> Floats:
        from shapely import LineString

        if not self.touches(line):
            # Its box misses the frame, so does the straight line between its ends.
            return line[[0, -1]] if not np.array_equal(line[0], line[-1]) else line[[0, len(line) // 2, -1]]
        thin: Floats = np.asarray(LineString(line).simplify(THINNING_PX, preserve_topology=False).coords)
        return thin

    def touches(self, line: Floats) -> bool:
        """Whether the box of a line meets the frame."""
        (x0, y0), (x1, y1) = line.min(axis=0), line.max(axis=0)
        return bool(x1 >= 0 and y1 >= 0 and x0 <= self._plane.width and y0 <= self._plane.height)

    def area(self, outline: Ints) -> list[Floats]:
        """Rings of an outline cut to the frame, each shape (n, 2); empty when nothing is seen."""
        rings = []
        for ring in self._bounds.rings(outline):
            if all(unsigned(a) in self.far for a in ring):
                continue
            line = np.concatenate([self(a) for a in ring])
            if self.touches(line):
                cut = cut_to_frame(line, self._plane.width, self._plane.height)
                if len(cut) >= 3:
                    rings.append(cut)
        return rings

    def visible(self, signed: int) -> list[Floats]:
        """Runs of an arc that meet the frame."""
        if unsigned(signed) in self.far:
            return []
        line = self(signed)
        if not self.touches(line):
            return []
        low, high = np.minimum(line[:-1], line[1:]), np.maximum(line[:-1], line[1:])
        seen = (
            (high[:, 0] >= 0) & (high[:, 1] >= 0) & (low[:, 0] <= self._plane.width) & (low[:, 1] <= self._plane.height)
        )
        edges = np.flatnonzero(np.diff(np.concatenate([[False], seen, [False]]).astype(int)))
        return [line[a : b + 1] for a, b in zip(edges[::2], edges[1::2], strict=True)]


def _angle(lat1: float, lon1: float, lat2: float, lon2: float) -> float:
    p1, p2 = math.radians(lat1), math.radians(lat2)
    cosine = math.sin(p1) * math.sin(p2) + math.cos(p1) * math.cos(p2) * math.cos(math.radians(lon2 - lon1))
    return math.acos(max(-1.0, min(1.0, cosine)))


def cut_to_frame(ring: Floats, width: float, height: float, beyond: float = 2.0) -> Floats:
    """A ring cut to the frame and ``beyond`` pixels more (Sutherland and Hodgman 1974, CACM 17: 32-42).

    Parts that leave and come back stay joined along the edge of the frame, outside what is seen.
    """
    for axis, limit, sign in (
        (0, -beyond, 1.0),
        (0, width + beyond, -1.0),
        (1, -beyond, 1.0),
        (1, height + beyond, -1.0),
    ):
        if len(ring) < 3:
            return np.empty((0, 2))
        following = np.roll(ring, -1, axis=0)
        here, there = (ring[:, axis] - limit) * sign, (following[:, axis] - limit) * sign
        inside, crosses = here >= 0, (here >= 0) != (there >= 0)
        share = np.divide(here, here - there, out=np.zeros_like(here), where=crosses)
        crossing = ring + share[:, None] * (following - ring)
        out = np.stack([ring, crossing], axis=1).reshape(-1, 2)
        ring = out[np.stack([inside, crosses], axis=1).reshape(-1)]
    return ring


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """A rectangle taken by a label or a mark, in pixels."""

    left: float
    top: float
    right: float
    bottom: float

    def overlaps(self, other: Box) -> bool:
        """Whether two rectangles share more than an edge."""
        return (
            self.left < other.right and other.left < self.right and self.top < other.bottom and other.top < self.bottom
        )


# Mean width of a letter as a share of the type size, Inter with its fallbacks. [assumption: by eye on the
# rendered map; capitals are wider]
LETTER, CAPITAL = 0.56, 0.70


def text_width(text: str, size: float, spacing: float = 0.0) -> float:
    """Estimated width of a text in pixels."""
    return sum((CAPITAL if c.isupper() else LETTER) * size + spacing for c in text)


@dataclass(slots=True)
class Room:
    """What is taken already; hands out the first free place of a list."""

    width: float
    height: float
    taken: list[Box] = field(default_factory=list)

    def free(self, box: Box) -> bool:
        """Whether a rectangle lies in the frame and touches nothing that is taken."""
        inside = box.left >= 2 and box.top >= 2 and box.right <= self.width - 2 and box.bottom <= self.height - 2
        return inside and not any(box.overlaps(other) for other in self.taken)

    def take(self, box: Box) -> None:
        """Mark a rectangle as taken."""
        self.taken.append(box)

    def first_free(self, boxes: Iterable[Box]) -> Box | None:
        """Take the first rectangle that is free; None when there is none."""
        for box in boxes:
            if self.free(box):
                self.take(box)
                return box
        return None


def around(x: float, y: float, width: float, height: float, gap: float) -> list[Box]:
    """Rectangles beside a mark: right, left, then above and below, then the corners."""
    places = [
        (x + gap, y - height / 2),
        (x - gap - width, y - height / 2),
        (x - width / 2, y - gap - height),
        (x - width / 2, y + gap),
        (x + gap * 0.7, y - gap * 0.7 - height),
        (x + gap * 0.7, y + gap * 0.7),
        (x - gap * 0.7 - width, y - gap * 0.7 - height),
        (x - gap * 0.7 - width, y + gap * 0.7),
    ]
    return [Box(left=a, top=b, right=a + width, bottom=b + height) for a, b in places]


def ring_area(ring: Floats) -> float:
    """Signed area of a ring in the plane (shoelace formula)."""
    x, y = ring[:, 0], ring[:, 1]
    return float(np.sum(x * np.roll(y, -1) - np.roll(x, -1) * y)) / 2


def inside_area(rings: list[Floats], width: float, height: float, plane: Plane) -> list[Box]:
    """Rectangles of a size inside an area, those with the most room around them first."""
    from shapely import MultiPolygon, Point, Polygon, box, make_valid, prepare

    shape: BaseGeometry = MultiPolygon()
    # The largest rings decide where a name fits; combining thousands of islets would take seconds.
    for ring in sorted(rings, key=lambda r: -abs(ring_area(r)))[:12]:
        shape = shape.symmetric_difference(make_valid(Polygon(ring)))
    shape = shape.intersection(box(0, 0, plane.width, plane.height))
    parts = [p for p in getattr(shape, "geoms", [shape]) if p.geom_type == "Polygon" and p.area > 0]
    if not parts:
        return []
    part = max(parts, key=lambda p: p.area)
    prepare(part)
    x0, y0, x1, y1 = part.bounds
    edge, middle = part.boundary, part.centroid
    found = []
    for x in np.linspace(x0, x1, 18)[1:-1]:
        for y in np.linspace(y0, y1, 18)[1:-1]:
            rectangle = box(x - width / 2, y - height / 2, x + width / 2, y + height / 2)
            if part.contains(rectangle):
                spot = Point(x, y)
                score = spot.distance(edge) - 0.25 * spot.distance(middle)
                found.append((-score, x, y))
    return [
        Box(left=x - width / 2, top=y - height / 2, right=x + width / 2, bottom=y + height / 2)
        for _, x, y in sorted(found)
    ]
