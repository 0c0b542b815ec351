"""The map of a case as data for the island that draws it: frame, roles, measured distance, dated sightings. Pure.

Everything is as known at the date asked for; texts are plain and are put into the page as text.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from vedette.domain.case import Case
from vedette.domain.time import AsOf
from vedette.errors import VedetteError
from vedette.reporting.distance import MapPlan, plan_map

MOST_SIGHTINGS = 40
"""Marks on a map that can be moved and filtered by time. [assumption]: more hide each other at any scale."""
BEYOND = 0.12
"""How far one may move beyond the frame, as a share of it. [assumption: looks; the bytes grow with the area]"""


SHAPE = 56 / 43
"""Width of the map's box for its height, as the style sheet of the map has it."""


def map_data(case: Case, as_of: AsOf) -> dict[str, Any]:
    """What the map of a case shows at a date; ``missing`` says why when there is none."""
    known = case.known(as_of)
    try:
        plan = plan_map(known, most=MOST_SIGHTINGS)
        return _data(known, plan)
    except VedetteError as error:
        return {"missing": error.what, "as_of": known.as_of.isoformat()}


def _data(case: Case, plan: MapPlan) -> dict[str, Any]:
    from vedette.geography.boundaries import load_boundaries
    from vedette.geography.map_data import DIGITS, window_of
    from vedette.geography.map_svg import frame_of

    bounds, locator = load_boundaries(plan.locator.resolution), plan.locator
    plane = frame_of(locator)
    distance = _distance(plan, DIGITS)
    frame = [round(v, 2) for v in window_of(plane)]
    window = [round(v, 1) for v in window_of(plane, BEYOND)]
    if not plane.whole:
        # The drawing closes in on the middle of a long line; a map that can be moved shows all of it.
        frame, window = _around(distance["line"], 0.08), _around(distance["line"], 0.3)
    window = _shaped(window)
    corner = ",".join(f"{v:g}" for v in window)
    return {
        "title": locator.title,
        "as_of": case.as_of.isoformat(),
        "opened": case.opened.isoformat(),
        "frame": frame,
        "window": window,
        "land": f"/map/land.json?window={corner}&on={case.as_of.isoformat()}",
        "states": [
            {"code": bounds.resolve(s.code), "name": s.label or bounds.name(s.code), "role": s.role}
            for s in locator.states
        ],
        "towns": [
            {"name": p.label or p.place.name, "at": [p.place.lon, p.place.lat], "kind": p.kind}
            for p in locator.places
            if p.kind != "sighting"
        ],
        "distance": distance,
        "sightings": _sightings(case, plan, window),
    }


def _around(line: Sequence[Sequence[float]], beyond: float) -> list[float]:
    """The box of a line with a share of its size on every side, five degrees at least.

    A line across the 180th meridian has no box: then it is that of the end near the target.
    """
    if any(abs(p[0]) > 180.0 for p in line):
        line = [p for p in line if abs(p[0]) <= 180.0]
    west, east = min(p[0] for p in line), max(p[0] for p in line)
    south, north = min(p[1] for p in line), max(p[1] for p in line)
    wide, high = max(beyond * (east - west), 5.0), max(beyond * (north - south), 5.0)
    return [
        round(max(west - wide, -180.0), 1), round(max(south - high, -84.0), 1), round(min(east + wide, 180.0), 1),
        round(min(north + high, 84.0), 1),
    ]  # fmt: skip


def _shaped(window: Sequence[float]) -> list[float]:
    """The window made as wide as the map's box is for its height, in Mercator's plane, within the globe.

    A map that may not leave its window cannot be drawn smaller than fills the box: one that is too flat hides its ends.
    """
    west, south, east, north = window
    low, high = _mercator(south), _mercator(north)
    wanted = (east - west) / SHAPE
    if high - low < wanted:
        more = (wanted - (high - low)) / 2
        low, high = low - more, high + more
        south, north = max(_latitude(low), -84.0), min(_latitude(high), 84.0)
    else:
        more = ((high - low) * SHAPE - (east - west)) / 2
        west, east = max(west - more, -180.0), min(east + more, 180.0)
    return [round(west, 1), round(south, 1), round(east, 1), round(north, 1)]


def _mercator(lat: float) -> float:
    """Degrees of height in Mercator's plane (Snyder 1987, USGS Professional Paper 1395, p. 41)."""
    return math.degrees(math.asinh(math.tan(math.radians(lat))))


def _latitude(height: float) -> float:
    return math.degrees(math.atan(math.sinh(math.radians(height))))


def _distance(plan: MapPlan, digits: int) -> dict[str, Any]:
    from vedette.geography.distance import position_of
    from vedette.geography.map_svg import great_circle

    estimate, best = plan.estimate, plan.estimate.best
    ends = position_of(best.nearest), position_of(best.point)
    return {
        "km": round(estimate.best_km, 1), "miles": round(best.miles, 1),
        "label": f"{estimate.best_km:.0f}\u202fkm" if estimate.best_km >= 10 else f"{estimate.best_km:.1f}\u202fkm",
        "from": _end(best.nearest.name, *ends[0]), "to": _end(best.point.name, *ends[1]),
        "line": _line(great_circle(*ends), digits),
        "spread": [round(estimate.low_km, 1), round(estimate.high_km, 1)],
        "by_resolution": [
            {"drawing": f"1:{r.removesuffix('m')} million", "km": round(km, 1)}
            for r, km in estimate.by_resolution.items()
        ],
        "sentence": best.sentence(), "spread_sentence": estimate.spread_sentence(), "note": best.note,
    }  # fmt: skip


def _line(points: Any, digits: int) -> list[list[float]]:
    """Positions without a jump at the 180th meridian, counted on from the target."""
    import numpy as np

    lon = np.unwrap(points[::-1, 0], period=360.0)[::-1]
    return [[round(float(x), digits), round(float(y), digits)] for x, y in zip(lon, points[:, 1], strict=True)]


def _end(name: str, lat: float, lon: float) -> dict[str, Any]:
    text = f"{abs(lat):.3f}° {'N' if lat >= 0 else 'S'} {abs(lon):.3f}° {'E' if lon >= 0 else 'W'}"
    return {"name": name, "at": [round(lon, 5), round(lat, 5)], "text": text}


def _sightings(case: Case, plan: MapPlan, window: Sequence[float]) -> list[dict[str, Any]]:
    """Marks by number; ``shown`` False: outside the window, in the list only."""
    west, south, east, north = window
    found = []
    for number, item in enumerate(plan.sightings, 1):
        place = item.place
        if place is None or place.lat is None or place.lon is None:
            continue
        days = [d.start or d.end for d in item.dates if d.start or d.end]
        found.append(
            {
                "number": number, "evidence": item.id, "place": place.name, "at": [place.lon, place.lat],
                "text": item.claim, "grade": str(item.grade), "date": (min(d for d in days if d) if days else
                item.times.available_at.date()).isoformat(), "known": item.times.available_at.date().isoformat(),
                "shown": west <= place.lon <= east and south <= place.lat <= north,
                "href": f"/cases/{case.id}/evidence?item={item.id}",
            }
        )  # fmt: skip
    return found
