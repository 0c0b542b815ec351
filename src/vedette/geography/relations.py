"""Who touches whom, how far capitals lie apart, and how near a host's territory brings a force to a capital.

All from the drawn boundaries and the table of states. Lengths of lines grow with the detail of the drawing
(Richardson 1961), so every length carries its resolution.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from vedette.domain.claims import Place
from vedette.errors import BadInput, UnknownState
from vedette.geography.boundaries import (
    VIEW_NOTES,
    Boundaries,
    Floats,
    Ints,
    Resolution,
    View,
    check_resolution,
    load_boundaries,
    unsigned,
)
from vedette.geography.distance import (
    BorderDistance,
    border_distance,
    geodesic_km,
    great_circle_km,
    line_length_km,
    nearest_on_segments,
    position_of,
    shared_arcs,
    unit_vectors,
)
from vedette.reference.states import find_state


@dataclass(frozen=True, slots=True, kw_only=True)
class Neighbour:
    """A state across a land border, with the length of that border in the drawing."""

    code: str
    name: str
    border_km: float
    resolution: Resolution
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceDistance:
    """Two named points and the distance between them, on the sphere and on the ellipsoid."""

    a: Place
    b: Place
    great_circle_km: float
    geodesic_km: float


@dataclass(frozen=True, slots=True, kw_only=True)
class OutlineDistance:
    """The shortest way between two states' drawn outlines; 0 when they touch."""

    a: Place
    b: Place
    great_circle_km: float
    resolution: Resolution
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class StagingReach:
    """How near a host's territory lies to a target's capital, against the intervener's own territory.

    Straight lines on the map: neither roads, rivers nor defences are considered. ``gain_km`` is how much
    nearer the host's outline is than the intervener's; None when no intervener was given.
    """

    host: str
    target: str
    capital: Place
    from_host: BorderDistance
    host_borders_target: bool
    shared_border_km: float
    from_intervener: BorderDistance | None
    gain_km: float | None
    from_places: tuple[PlaceDistance, ...]
    notes: tuple[str, ...]


def shared_border_km(a: str, b: str, resolution: Resolution = "10m", *, view: View = "recognised") -> float:
    """Length in km of the land border of two states in the drawing; 0 when there is none."""
    bounds = load_boundaries(check_resolution(resolution))
    return line_length_km(bounds.segments(shared_arcs(bounds, a, b, view)))


def contiguous_by_land(a: str, b: str, resolution: Resolution = "10m", *, view: View = "recognised") -> bool:
    """Whether two states share a land border in the drawing.

    Not the Correlates of War scale: states apart by a strait are not contiguous here, and overseas parts of a
    state count.
    """
    bounds = load_boundaries(check_resolution(resolution))
    return bool(len(shared_arcs(bounds, a, b, view)))


def neighbours(country: str, resolution: Resolution = "10m", *, view: View = "recognised") -> tuple[Neighbour, ...]:
    """States across a land border, the longest border first."""
    bounds = load_boundaries(check_resolution(resolution))
    code = bounds.resolve(country)
    sides = bounds.sides(view)
    found: dict[str, list[int]] = {}
    for a in bounds.outline(code, view).tolist():
        for other in sides[unsigned(a)] - {code}:
            found.setdefault(other, []).append(a)
    listed = [
        Neighbour(
            code=other,
            name=bounds.name(other),
            border_km=line_length_km(bounds.segments(np.array(arcs, dtype=np.int64))),
            resolution=resolution,
            note=VIEW_NOTES.get(other, "") if view == "recognised" else "",
        )
        for other, arcs in found.items()
    ]
    return tuple(sorted(listed, key=lambda n: (-n.border_km, n.code)))


def outline_distance(a: str, b: str, resolution: Resolution = "50m", *, view: View = "recognised") -> OutlineDistance:
    """The shortest way between two states' outlines, from the corners of each to the lines of the other.

    Exact up to the length of the pieces: two pieces that cross nowhere are nearest at an end of one of them.
    """
    bounds = load_boundaries(check_resolution(resolution))
    codes = bounds.resolve(a), bounds.resolve(b)
    if codes[0] == codes[1]:
        raise BadInput("both states are the same", where="outline_distance", fix="Give two different states")
    note = "; ".join(VIEW_NOTES[c] for c in codes if c in VIEW_NOTES) if view == "recognised" else ""
    shared = shared_arcs(bounds, *codes, view)
    lines = [bounds.outline_segments(c, view) for c in codes]
    if len(shared):
        lon, lat = bounds.arc(int(shared[0]))[0]
        points = [(float(lat), float(lon))] * 2
    else:
        points = _nearest_pair(lines[0], lines[1])
    places = [
        Place(name=f"outline of {bounds.name(c)}", lat=y, lon=x, country=c)
        for c, (y, x) in zip(codes, points, strict=True)
    ]
    gap = great_circle_km(*points[0], *points[1])
    return OutlineDistance(a=places[0], b=places[1], great_circle_km=gap, resolution=resolution, note=note)


def _nearest_pair(first: Floats, second: Floats) -> list[tuple[float, float]]:
    """Nearest points (lat, lon) of two bags of pieces: nearest corners by a tree of chords, then refined."""
    from scipy.spatial import cKDTree  # 0.2 s: only when two outlines are compared

    corners = [np.vstack([s[:, :2], s[:, 2:]]) for s in (first, second)]
    trees = [unit_vectors(c[:, 0], c[:, 1]) for c in corners]
    tree = cKDTree(trees[1])
    chord, index = tree.query(trees[0])
    best: tuple[float, tuple[float, float], tuple[float, float]] | None = None
    # Corners whose corner-to-corner chord is among the smallest; the foot on a piece can only be nearer.
    for at in np.argsort(chord)[:64]:
        for own, other, (lon, lat) in (
            (0, second, corners[0][at]),
            (1, first, corners[1][index[at]]),
        ):
            (foot,), _ = nearest_on_segments(other, float(lat), float(lon), keep=1)
            here, there = (float(lat), float(lon)), (float(foot[0]), float(foot[1]))
            gap = great_circle_km(*here, *there)
            if best is None or gap < best[0]:
                best = (gap, here, there) if own == 0 else (gap, there, here)
    assert best is not None
    return [best[1], best[2]]


def capital_of(country: str, on: dt.date | None = None) -> Place:
    """The seat of government on a day (today's without one); raises UnknownState."""
    state = find_state(country, on)
    capital = state.capital_on(on) if on else (state.capitals[-1] if state.capitals else None)
    if capital is None:
        raise UnknownState(country, where=f"capital on {on}" if on else "capital", fix="No capital is recorded")
    return Place(name=capital.name, lat=capital.lat, lon=capital.lon, country=state.iso3 or None)


def place_distance(a: Place, b: Place) -> PlaceDistance:
    """Distance between two named points; raises BadInput when one has no position."""
    here, there = position_of(a), position_of(b)
    return PlaceDistance(
        a=a, b=b, great_circle_km=great_circle_km(*here, *there), geodesic_km=geodesic_km(*here, *there)
    )


def capital_distance(a: str, b: str, on: dt.date | None = None) -> PlaceDistance:
    """Distance between two capitals on a day; positions to about 1 km (``reference.states``)."""
    return place_distance(capital_of(a, on), capital_of(b, on))


def centroid(country: str, resolution: Resolution = "50m", *, view: View = "recognised") -> Place:
    """Centre of a state's drawn area on the sphere; it may lie outside the state.

    ``sum over edges of (angle / 2) * (a x b) / |a x b|``, the integral of the position over a spherical
    polygon by Stokes' theorem, pushed out to the surface. Edges are arcs of great circles.
    """
    bounds = load_boundaries(check_resolution(resolution))
    code = bounds.resolve(country)
    total = area_vector(bounds, bounds.outline(code, view))
    x, y, z = total / np.linalg.norm(total)
    return Place(
        name=f"centre of {bounds.name(code)}",
        lat=float(np.degrees(np.arctan2(z, np.hypot(x, y)))),
        lon=float(np.degrees(np.arctan2(y, x))),
        country=code,
    )


def area_vector(bounds: Boundaries, outline: Ints) -> Floats:
    """Integral of the unit position vector over the area inside an outline (unit sphere, steradians)."""
    s = bounds.segments(outline)
    a, b = unit_vectors(s[:, 0], s[:, 1]), unit_vectors(s[:, 2], s[:, 3])
    normal = np.cross(a, b)
    sine = np.linalg.norm(normal, axis=1)
    angle = np.arctan2(sine, np.einsum("ij,ij->i", a, b))
    kept = sine > 0
    # The file walks outer rings clockwise seen from above, against the convention of the formula.
    out: Floats = -0.5 * np.sum((angle[kept] / sine[kept])[:, None] * normal[kept], axis=0)
    return out


def staging_reach(
    host: str,
    target: str,
    *,
    intervener: str | None = None,
    places: Sequence[Place] = (),
    on: dt.date | None = None,
    resolution: Resolution = "10m",
    view: View = "recognised",
) -> StagingReach:
    """Distances to the target's capital: from a host's outline, an intervener's own, and named places."""
    capital = capital_of(target, on)
    from_host = border_distance(host, capital, resolution, view=view)
    own = border_distance(intervener, capital, resolution, view=view) if intervener else None
    border = shared_border_km(host, target, resolution, view=view)
    notes = dict.fromkeys(filter(None, [from_host.note, own.note if own else ""]))
    return StagingReach(
        host=from_host.country,
        target=load_boundaries(resolution).resolve(target),
        capital=capital,
        from_host=from_host,
        host_borders_target=border > 0,
        shared_border_km=border,
        from_intervener=own,
        gain_km=own.km - from_host.km if own else None,
        from_places=tuple(place_distance(place, capital) for place in places),
        notes=tuple(notes),
    )
