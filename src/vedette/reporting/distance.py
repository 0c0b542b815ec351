"""The distance that matters to the case, measured; claims held against it; the map that shows it."""

from __future__ import annotations

import datetime as dt
import hashlib
import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

from vedette.domain.case import Case, Option
from vedette.domain.claims import ClaimKind, Place, Posture
from vedette.domain.evidence import Evidence
from vedette.errors import Unavailable, VedetteError
from vedette.reference.name_keys import fold_name

if TYPE_CHECKING:
    from vedette.geography.estimate import DistanceEstimate, ReferencePoint
    from vedette.geography.map_svg import LocatorMap

# Inhabitants per square kilometre by which a city's population becomes the circle that stands for its built-up area.
# [assumption]: large cities outside East Asia lie near 3,000; Kyiv's 839 km2 hold about 2.9 million.
DENSITY: Final = 3000.0
SIGHTINGS_SHOWN: Final = 8
CAPITAL_KM: Final = 20.0  # radius of a large capital [assumption]

_WORDS: Final = {
    "holds": "holds",
    "within_error": "is within the error of the drawing",
    "contradicted": "does not hold",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """Facts for the JSON, and the drawing they describe (an SVG element made by us); or why there are none."""

    facts: dict[str, Any] | None
    svg: str = ""
    missing: str = ""


def measured_option(case: Case) -> Option | None:
    """The option whose reach the map shows: the first hostile one with a host, else the first with another target."""
    hostile = [o for o in case.options if o.posture is Posture.HOSTILE and o.host and o.host != o.target]
    others = [o for o in case.options if o.interveners[0] != o.target]
    return next(iter(hostile or others), None)


def _reference_points(target: str, on: dt.date) -> tuple[ReferencePoint, ...]:
    from vedette.geography.estimate import ReferencePoint
    from vedette.geography.relations import capital_of
    from vedette.reference.gazetteer import candidates

    capital = capital_of(target, on)
    city = next((c for c in candidates(capital.name, countries=(target,), limit=5) if c.country == target), None)
    centre = ReferencePoint(place=capital, source="table of states, to about 1 km")
    if city is None:
        return (centre,)
    listed = Place(name=f"{capital.name} (gazetteer point)", lat=city.lat, lon=city.lon, country=target)
    radius = round(math.sqrt(city.population / DENSITY / math.pi), 1)
    edge = Place(name=f"edge of {capital.name}", lat=city.lat, lon=city.lon, country=target)
    return (
        centre,
        ReferencePoint(place=listed, source="GeoNames"),
        ReferencePoint(place=edge, radius_km=radius, source="population over 3,000 per km2 [assumption]"),
    )


def _claims(
    items: Sequence[Evidence], start: str, capital: str, estimate: DistanceEstimate
) -> list[dict[str, Any]]:
    """Stated lengths that speak of this distance: they name the capital, and the border or the state it starts from."""
    from vedette.geography.boundaries import load_boundaries
    from vedette.geography.estimate import KM_PER_UNIT, check_claim

    wanted = fold_name(capital)
    stem = fold_name(load_boundaries("110m").name(start))
    found = []
    for item in items:
        text = fold_name(
            " ".join((item.claim, item.quote.text if item.quote else "", *(q.of for q in item.quantities)))
        )
        if wanted not in text or not ("border" in text or stem in text):
            continue
        for quantity in item.quantities:
            if quantity.unit.strip().casefold() not in KM_PER_UNIT:
                continue
            check = check_claim(quantity, estimate)
            found.append(
                {
                    "evidence": item.id,
                    "claim": quantity.text,
                    "bound": quantity.bound.value,
                    "km": check.stated_km,
                    "standing": check.standing,
                    "words": _WORDS[check.standing],
                }
            )
    return found


def _sightings(
    items: Sequence[Evidence], capitals: Sequence[Place], most: int = SIGHTINGS_SHOWN
) -> list[Evidence]:
    from vedette.geography.distance import great_circle_km

    def seen_at(e: Evidence) -> bool:
        place = e.place
        if (
            e.kind not in (ClaimKind.EVENT, ClaimKind.FACT)
            or place is None
            or place.lat is None
            or place.lon is None
        ):
            return False
        # What is placed at a capital is mostly a decision taken there, not something seen there.
        return all(
            great_circle_km(place.lat, place.lon, c.lat, c.lon) > CAPITAL_KM
            for c in capitals
            if c.lat is not None and c.lon is not None
        )

    placed = [e for e in items if seen_at(e)]
    # One mark a place, the latest report first: a map is read in a glance.
    latest: dict[tuple[float, float], Evidence] = {}
    for e in sorted(placed, key=lambda e: (e.times.available_at, e.id)):
        assert e.place is not None and e.place.lat is not None and e.place.lon is not None
        latest[(round(e.place.lat, 1), round(e.place.lon, 1))] = e
    return sorted(latest.values(), key=lambda e: (e.times.available_at, e.id), reverse=True)[:most]


@dataclass(frozen=True, slots=True, kw_only=True)
class MapPlan:
    """What the map of a case shows: the measured distance with its reference points, the states by role, sightings.

    ``start``: the state whose border is measured from, the host or else the first intervener.
    """

    option: Option
    start: str
    points: tuple[ReferencePoint, ...]
    estimate: DistanceEstimate
    sightings: tuple[Evidence, ...]
    locator: LocatorMap


def plan_map(case: Case, *, most: int = SIGHTINGS_SHOWN) -> MapPlan:
    """The map of a case cut at its date, measured but not drawn; ``most`` sightings, the latest first.

    Raises `VedetteError` with the reason when there is none: no option between two states, a state or capital that
    cannot be placed, boundaries that were not built.
    """
    option = measured_option(case)
    if option is None:
        raise Unavailable("the case has no option in which one state enters another")
    start = option.host if option.host and option.host != option.target else option.interveners[0]
    from vedette.geography.estimate import estimate_border_distance
    from vedette.geography.relations import capital_of

    points = _reference_points(option.target, case.as_of)
    estimate = estimate_border_distance(start, points)
    capitals = [capital_of(s, case.as_of) for s in {start, option.target, *option.interveners}]
    sightings = tuple(_sightings(case.accepted(), capitals, most))
    return MapPlan(
        option=option, start=start, points=points, estimate=estimate, sightings=sightings,
        locator=_locator(case, option, start, estimate, sightings),
    )


def measure(case: Case) -> Measured:
    """The distance from the host's border (else the intervener's) to the target's capital, for a case cut at its date.

    ``missing`` says why when there is none (see `plan_map`). The brief then prints that reason.
    """
    try:
        plan = plan_map(case)
        svg = _drawn(plan.locator)
    except VedetteError as error:
        return Measured(facts=None, missing=str(error))
    option, points, estimate, sightings = plan.option, plan.points, plan.estimate, plan.sightings
    best = estimate.best
    assert best.nearest.lat is not None and best.point.lat is not None
    drawings = [
        [f"1:{resolution.removesuffix('m')} million", km] for resolution, km in estimate.by_resolution.items()
    ]
    facts = {
        "option": option.id,
        "km": estimate.best_km,
        "miles": best.miles,
        "from_name": best.nearest.name,
        "from": [best.nearest.lat, best.nearest.lon],
        "to_name": best.point.name,
        "to": [best.point.lat, best.point.lon],
        "spread": [estimate.low_km, estimate.high_km],
        "by_resolution": drawings,
        "by_reference_point": [
            [p.place.name, estimate.by_reference_point[p.place.name], p.radius_km, p.source] for p in points
        ],
        "ellipsoid_km": best.geodesic_km,
        "claims": _claims(case.accepted(), plan.start, best.point.name, estimate),
        "sightings": [{"number": n, "evidence": e.id} for n, e in enumerate(sightings, 1)],
        "note": best.note,
        "svg_sha256": hashlib.sha256(svg.encode()).hexdigest(),
    }
    return Measured(facts=facts, svg=svg)


@lru_cache(maxsize=8)
def _drawn(plan: LocatorMap) -> str:
    """A map is asked for again when a brief is verified or written in another format; drawing takes half a second."""
    from vedette.geography.map_svg import draw_map

    return draw_map(plan)


def _locator(
    case: Case, option: Option, start: str, estimate: DistanceEstimate, sightings: Sequence[Evidence]
) -> LocatorMap:
    from vedette.geography.map_svg import LocatorMap, MapPlace, MapState
    from vedette.geography.relations import capital_of

    states = [MapState(code=start, role="host" if option.host == start else "intervener")]
    states.append(MapState(code=option.target, role="target"))
    states += [MapState(code=i, role="intervener") for i in option.interveners if i not in (start, option.target)]
    places = [MapPlace(place=capital_of(start, case.as_of), kind="capital")]
    places += [
        MapPlace(place=e.place, kind="sighting", number=n)
        for n, e in enumerate(sightings, 1)
        if e.place is not None
    ]
    return LocatorMap(
        title=f"From {estimate.best.nearest.name} to {estimate.best.point.name}",
        states=tuple(states), places=tuple(places), distance=estimate, on=case.as_of, focus=(start, option.target),
        caption=False,
    )  # fmt: skip
