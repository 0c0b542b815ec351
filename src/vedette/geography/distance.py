"""Distances between points, and the nearest point of a state's outline.

Two measures, both given: the great circle on a sphere of the mean Earth radius, which most published
distances use, and the geodesic on the WGS84 ellipsoid (Karney 2013, J. Geodesy 87: 43-55, through PROJ). They
differ by up to 0.6 %.

A border is drawn at a scale, and the scale moves the answer by kilometres: ``vedette.geography.estimate``
measures over all of them.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from vedette.domain.claims import Place
from vedette.errors import BadInput
from vedette.geography.boundaries import (
    VIEW_NOTES,
    Boundaries,
    Floats,
    Ints,
    Resolution,
    View,
    check_position,
    check_resolution,
    load_boundaries,
    unsigned,
)

if TYPE_CHECKING:
    from pyproj import Geod

MEAN_EARTH_RADIUS_KM = 6371.0088  # R1 of GRS80: Moritz 2000, J. Geodesy 74: 128-133
KM_PER_MILE = 1.609344  # international mile, exact by definition (1959 agreement)


def great_circle_km(lat1: float, lon1: float, lat2: float, lon2: float) -> float:
    """Distance on a sphere of radius 6371.0088 km; degrees in, kilometres out.

    ``2 R asin sqrt(sin^2(dlat/2) + cos lat1 cos lat2 sin^2(dlon/2))`` (haversine: Sinnott 1984).

    >>> round(great_circle_km(50.4501, 30.5234, 53.9006, 27.5590), 1)
    433.8
    """
    check_position(lat1, lon1)
    check_position(lat2, lon2)
    p1, p2 = math.radians(lat1), math.radians(lat2)
    a = math.sin((p2 - p1) / 2) ** 2
    a += math.cos(p1) * math.cos(p2) * math.sin(math.radians(lon2 - lon1) / 2) ** 2
    return 2 * MEAN_EARTH_RADIUS_KM * math.asin(min(1.0, math.sqrt(a)))


@lru_cache(maxsize=1)
def _ellipsoid() -> Geod:
    from pyproj import Geod  # 0.1 s: only when a distance is asked for

    return Geod(ellps="WGS84")


def geodesic_km(lat1: float, lon1: float, lat2: float, lon2: float) -> float:
    """Shortest distance on the WGS84 ellipsoid; degrees in, kilometres out."""
    check_position(lat1, lon1)
    check_position(lat2, lon2)
    return float(_ellipsoid().inv(lon1, lat1, lon2, lat2)[2]) / 1000.0


def line_length_km(segments: Floats) -> float:
    """Summed geodesic length of straight pieces, shape (m, 4) lon, lat, lon, lat."""
    if not len(segments):
        return 0.0
    _, _, metres = _ellipsoid().inv(segments[:, 0], segments[:, 1], segments[:, 2], segments[:, 3])
    return float(np.sum(metres)) / 1000.0


def unit_vectors(lon: Floats, lat: Floats) -> Floats:
    """Positions in degrees as unit vectors, shape (n, 3)."""
    east, north = np.radians(lon), np.radians(lat)
    return np.column_stack([np.cos(north) * np.cos(east), np.cos(north) * np.sin(east), np.sin(north)])


def nearest_on_segments(segments: Floats, lat: float, lon: float, keep: int = 8) -> tuple[Floats, Ints]:
    """The nearest point of each of the ``keep`` nearest pieces, nearest first.

    Pieces are arcs of great circles. Returns positions, shape (keep, 2) as lat, lon, and the piece numbers.
    The foot of the perpendicular counts when it lies between the ends, else the nearer end does.
    """
    a, b = unit_vectors(segments[:, 0], segments[:, 1]), unit_vectors(segments[:, 2], segments[:, 3])
    p = unit_vectors(np.array([lon]), np.array([lat]))[0]
    normal = np.cross(a, b)
    length = np.linalg.norm(normal, axis=1, keepdims=True)
    normal = np.divide(normal, length, out=np.zeros_like(normal), where=length > 1e-15)
    foot = p - (normal @ p)[:, None] * normal
    size = np.linalg.norm(foot, axis=1, keepdims=True)
    foot = np.divide(foot, size, out=np.zeros_like(foot), where=size > 1e-12)
    between = (np.einsum("ij,ij->i", np.cross(a, foot), normal) >= 0) & (
        np.einsum("ij,ij->i", np.cross(foot, b), normal) >= 0
    )
    between &= (length[:, 0] > 1e-15) & (size[:, 0] > 1e-12)
    end = np.where(((a @ p) >= (b @ p))[:, None], a, b)
    best = np.where(between[:, None], foot, end)
    # The chord orders points as the arc does; unlike the cosine it keeps its precision for near points.
    chord = np.linalg.norm(best - p, axis=1)
    keep = min(keep, len(chord))
    first = np.argpartition(chord, keep - 1)[:keep]
    first = first[np.argsort(chord[first], kind="stable")]
    x, y, z = best[first].T
    return np.column_stack([np.degrees(np.arctan2(z, np.hypot(x, y))), np.degrees(np.arctan2(y, x))]), first


@dataclass(frozen=True, slots=True, kw_only=True)
class BorderDistance:
    """The shortest way from a named point to a state's drawn outline.

    ``nearest`` is the point of the outline, named after the line it lies on. ``inside`` says that the point
    itself lies in the state. ``grid_km`` is the coarseness of the stored drawing at that latitude.
    """

    country: str
    country_name: str
    resolution: Resolution
    view: View
    point: Place
    nearest: Place
    great_circle_km: float
    geodesic_km: float
    inside: bool
    grid_km: float
    note: str = ""

    @property
    def km(self) -> float:
        """The great-circle distance, the one shown by default."""
        return self.great_circle_km

    @property
    def miles(self) -> float:
        """The great-circle distance in international miles."""
        return self.great_circle_km / KM_PER_MILE

    def sentence(self) -> str:
        """One plain sentence with both endpoints, both measures and the scale."""
        return (
            f"{self.nearest.name} ({_position(self.nearest)}) to "
            f"{self.point.name} ({_position(self.point)}): "
            f"{self.great_circle_km:.1f} km ({self.miles:.1f} miles) great circle, "
            f"{self.geodesic_km:.1f} km ({self.geodesic_km / KM_PER_MILE:.1f} miles) on the WGS84 ellipsoid; "
            f"Natural Earth 1:{self.resolution.removesuffix('m')} million"
        )


def border_distance(
    country: str,
    point: Place,
    resolution: Resolution = "10m",
    *,
    view: View = "recognised",
    shared_with: str | None = None,
) -> BorderDistance:
    """Shortest distance from ``point`` to the outline of ``country`` (ISO3), or to its border with one state.

    Raises UnknownState, BadInput (a point without a position; two states that do not touch at this scale).
    """
    lat, lon = position_of(point)
    bounds = load_boundaries(check_resolution(resolution))
    code = bounds.resolve(country)
    if shared_with is None:
        arcs = bounds.outline(code, view)
    else:
        arcs = shared_arcs(bounds, code, shared_with, view)
        if not len(arcs):
            raise BadInput(
                f"{bounds.name(code)} and {bounds.name(shared_with)} share no land border at {resolution}",
                where="shared_with", fix="Leave shared_with out to measure to the whole outline",
            )  # fmt: skip
    places, pieces = nearest_on_segments(bounds.segments(arcs), lat, lon)
    on_ellipsoid = [geodesic_km(lat, lon, float(y), float(x)) for y, x in places]
    y, x = float(places[0][0]), float(places[0][1])
    ends = np.cumsum([len(bounds.arc(a)) - 1 for a in arcs.tolist()])
    name = _line_name(bounds, code, int(arcs[int(np.searchsorted(ends, pieces[0], side="right"))]), view)
    step = math.radians(max(bounds.grid_degrees[1], bounds.grid_degrees[0] * math.cos(math.radians(y))))
    return BorderDistance(
        country=code,
        country_name=bounds.name(code),
        resolution=resolution,
        view=view,
        point=point,
        nearest=Place(name=name, lat=y, lon=x, country=code),
        great_circle_km=great_circle_km(lat, lon, y, x),
        geodesic_km=min(on_ellipsoid),
        inside=bounds.contains(code, lat, lon, view),
        grid_km=step * MEAN_EARTH_RADIUS_KM,
        note=VIEW_NOTES.get(code, "") if view == "recognised" else "",
    )


def shared_arcs(bounds: Boundaries, code: str, other: str, view: View = "recognised") -> Ints:
    """Numbers of the arcs on the common land border of two states; empty when the drawing has none."""
    ours, theirs = (bounds.outline(c, view) for c in (code, other))
    mine = np.where(ours >= 0, ours, ~ours)
    out: Ints = mine[np.isin(mine, np.where(theirs >= 0, theirs, ~theirs))]
    return out


def _line_name(bounds: Boundaries, code: str, arc: int, view: View) -> str:
    """What the nearest line is: "Belarus-Ukraine border" or "coast of Belarus"."""
    others = sorted(bounds.sides(view)[unsigned(arc)] - {code})
    name = bounds.name(code)
    return f"{name}\u2013{bounds.name(others[0])} border" if others else f"coast of {name}"


def position_of(point: Place) -> tuple[float, float]:
    """Latitude and longitude of a place; raises BadInput when it has none."""
    if point.lat is None or point.lon is None:
        raise BadInput(f"{point.name} has no position", where="point", fix="Give latitude and longitude in degrees")
    check_position(point.lat, point.lon)
    return point.lat, point.lon


def _position(point: Place) -> str:
    lat, lon = position_of(point)
    return f"{abs(lat):.3f}\u00b0{'N' if lat >= 0 else 'S'} {abs(lon):.3f}\u00b0{'E' if lon >= 0 else 'W'}"
