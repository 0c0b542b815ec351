"""Disputed areas, so that maps show them as disputed whatever the boundary file says.

The list is data: ``disputed.toml``. Wording: who holds an area and who claims it, with the body that said so.
Drawing an area takes no side on it, and leaving one out says nothing either: the list holds what bears on
questions of intervention.

Some shapes come from the boundary file (whole features, or polygons at a place). Where the file knows no line
we drew one, coarsely, from published positions of towns, rivers and crests; ``accuracy_km`` says how
coarsely. Such a shape is cut to the states it lies in. None of them is fit for measuring.
"""

from __future__ import annotations

import datetime as dt
import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import numpy as np

from vedette.errors import UnknownName
from vedette.geography.boundaries import Boundaries, Floats, Ints, inside

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

LonLat = tuple[float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class DisputedArea:
    """One area, disputed from ``since`` until the day before ``until``.

    ``facts`` are sentences with the day from which each may be told. The shape is one of: ``features`` (codes
    of `vedette.geography.boundaries`, whole), ``at`` (the file's polygons of the states in ``inside`` that
    hold one of these points, lon and lat), or ``outline`` (ours, cut to the states in ``inside``).
    """

    id: str
    name: str
    label: str
    source: str
    since: dt.date
    facts: tuple[tuple[dt.date, str], ...]
    until: dt.date | None = None
    features: tuple[str, ...] = ()
    at: tuple[LonLat, ...] = ()
    outline: tuple[LonLat, ...] = ()
    inside: tuple[str, ...] = ()
    accuracy_km: float = 0.0

    def disputed_on(self, day: dt.date | None) -> bool:
        """Whether the area counts as disputed on a day; without a day, whether it does still."""
        if day is None:
            return self.until is None
        return self.since <= day and (self.until is None or day < self.until)

    def statement(self, on: dt.date | None = None) -> str:
        """Who holds it and who claims it, as known on a day: nothing later is told."""
        return ". ".join(text for day, text in self.facts if on is None or day <= on)


@lru_cache(maxsize=1)
def all_areas() -> tuple[DisputedArea, ...]:
    """Every listed area, past ones included."""
    text = (files("vedette.geography") / "disputed.toml").read_text("utf-8")
    return tuple(_area(row) for row in tomllib.loads(text)["area"])


def _area(row: dict[str, Any]) -> DisputedArea:
    points = {key: tuple((float(x), float(y)) for x, y in row.get(key, ())) for key in ("at", "outline")}
    return DisputedArea(
        id=row["id"],
        name=row["name"],
        label=row["label"],
        source=row["source"],
        since=row["since"],
        until=row.get("until"),
        facts=tuple((day, text) for day, text in row["fact"]),
        features=tuple(row.get("features", ())),
        inside=tuple(row.get("inside", ())),
        accuracy_km=float(row.get("accuracy_km", 0.0)),
        at=points["at"],
        outline=points["outline"],
    )


def disputed_areas(on: dt.date | None = None) -> tuple[DisputedArea, ...]:
    """Areas disputed on a day, or still disputed today when none is given."""
    return tuple(area for area in all_areas() if area.disputed_on(on))


def disputed_area(id: str) -> DisputedArea:
    """One area by its id; raises UnknownName with the valid ids."""
    for area in all_areas():
        if area.id == id:
            return area
    raise UnknownName("disputed area", id, nearest=[area.id for area in all_areas()])


def area_shape(
    area: DisputedArea,
    bounds: Boundaries,
    project: Callable[[Floats], Floats],
    line_of: Callable[[int], Floats],
) -> BaseGeometry:
    """The area as a shapely geometry in the plane of ``project``; empty when the drawing lacks it.

    ``project`` turns positions, shape (n, 2) lon and lat, into plane positions. ``line_of`` gives the plane
    positions of a signed arc; a simplified one lets the area follow the lines of the map around it.
    """
    from shapely import Polygon, make_valid, union_all

    drawn = set(bounds.codes("as_drawn"))
    if area.outline:
        own = make_valid(Polygon(project(np.array([*area.outline, area.outline[0]]))))
        lands = [
            outline_shape(bounds, bounds.outline(code, "as_drawn"), line_of) for code in area.inside if code in drawn
        ]
        return union_all(lands).intersection(own)
    return union_all([outline_shape(bounds, arcs, line_of) for arcs in area_outlines(area, bounds)])


def area_outlines(area: DisputedArea, bounds: Boundaries) -> list[Ints]:
    """Outlines that the boundary file has for an area, as signed arcs; none for a shape of our own."""
    drawn = bounds.codes("as_drawn")
    # Western Sahara is only whole in the recognised view.
    outlines = [
        bounds.outline(code, "recognised" if code == "ESH" else "as_drawn") for code in area.features if code in drawn
    ]
    for code in area.inside if area.at else ():
        for polygon in bounds.polygons(code, "as_drawn"):
            arcs = bounds.boundary_arcs((polygon,))
            if any(inside(bounds.segments(arcs), lat, lon) for lon, lat in area.at):
                outlines.append(arcs)
    return outlines


def outline_shape(bounds: Boundaries, outline: Ints, line_of: Callable[[int], Floats]) -> BaseGeometry:
    """An outline as a shapely geometry; holes are told from outer rings by the even-odd rule."""
    from shapely import MultiPolygon, Polygon, make_valid

    shape: BaseGeometry = MultiPolygon()
    for ring in bounds.rings(outline):
        line = np.concatenate([line_of(a) for a in ring])
        if len(line) >= 4:
            shape = shape.symmetric_difference(make_valid(Polygon(line)))
    return shape
