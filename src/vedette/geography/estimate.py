"""A distance with its spread over drawings and reference points, and stated figures held against it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from vedette.domain.claims import Bound, Place, Quantity
from vedette.errors import BadInput
from vedette.geography.boundaries import RESOLUTIONS, Resolution, View
from vedette.geography.distance import KM_PER_MILE, BorderDistance, border_distance

Standing = Literal["holds", "within_error", "contradicted"]

# Units a stated distance may come in, in kilometres (international definitions, exact).
KM_PER_UNIT: dict[str, float] = {
    "km": 1.0, "kms": 1.0, "kilometre": 1.0, "kilometres": 1.0, "kilometer": 1.0, "kilometers": 1.0,
    "mi": KM_PER_MILE, "mile": KM_PER_MILE, "miles": KM_PER_MILE,
    "nmi": 1.852, "nautical mile": 1.852, "nautical miles": 1.852,
    "m": 0.001, "metre": 0.001, "metres": 0.001, "meter": 0.001, "meters": 0.001,
}  # fmt: skip
# A figure given as "about" holds within this share of the computed one. [assumption: everyday rounding]
ABOUT_TOLERANCE = 0.05
# A figure given without a bound holds within this share. [assumption: stated to two digits]
EXACT_TOLERANCE = 0.01


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferencePoint:
    """One way to say where a place is: a point, or the edge of a built-up area as a circle around it.

    ``radius_km`` 0 means the point itself. ``source`` says where position and radius come from.
    """

    place: Place
    radius_km: float = 0.0
    source: str = ""

    def __post_init__(self) -> None:
        if not 0.0 <= self.radius_km < 500.0:  # no city is wider; a radius in metres was probably meant
            raise BadInput(
                f"radius {self.radius_km} km of {self.place.name} is outside 0..500", where="reference point"
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class DistanceEstimate:
    """One distance, measured several ways. Kilometres, great circle.

    ``measurements`` pairs each reference point with each drawing; ``values_km`` is the distance to the point
    less its radius, never below zero. ``best_km`` is the finest drawing and the first reference point.
    ``low_km``..``high_km`` holds all of them, widened by the coarseness of the stored grid.
    """

    measurements: tuple[tuple[ReferencePoint, BorderDistance], ...]
    best: BorderDistance
    best_km: float
    low_km: float
    high_km: float

    @property
    def by_resolution(self) -> dict[str, float]:
        """Kilometres from the first reference point, for each drawing."""
        first = self.measurements[0][0]
        return {d.resolution: reduced(p, d) for p, d in self.measurements if p == first}

    @property
    def by_reference_point(self) -> dict[str, float]:
        """Kilometres in the finest drawing, for each reference point."""
        return {p.place.name: reduced(p, d) for p, d in self.measurements if d.resolution == self.best.resolution}

    def sentence(self) -> str:
        """The best figure with its spread, in words."""
        return f"{self.best.sentence()}. {self.spread_sentence()}"

    def spread_sentence(self) -> str:
        """The spread alone, with what makes it."""
        scales = ", ".join(f"{km:.1f} km (1:{r.removesuffix('m')} million)" for r, km in self.by_resolution.items())
        text = f"Spread {self.low_km:.1f}\u2013{self.high_km:.1f} km: drawings give {scales}"
        points = self.by_reference_point
        if len(points) > 1:
            text += "; reference points give " + ", ".join(f"{km:.1f} km ({n})" for n, km in points.items())
        return text


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimCheck:
    """A stated distance against an estimate: the finding, and the reason in one sentence."""

    standing: Standing
    stated_km: float
    bound: Bound
    reason: str


def reduced(point: ReferencePoint, distance: BorderDistance) -> float:
    """Kilometres from the border to the edge of the reference circle; 0 when the circle reaches across."""
    return 0.0 if distance.inside else max(0.0, distance.km - point.radius_km)


def estimate_border_distance(
    country: str,
    points: Sequence[ReferencePoint],
    *,
    resolutions: Sequence[Resolution] = RESOLUTIONS,
    view: View = "recognised",
    shared_with: str | None = None,
) -> DistanceEstimate:
    """Measure from a state's outline to every reference point in every drawing.

    The first reference point and the first resolution are the ones reported as best: give the point meant by
    the text and the finest drawing first. Raises BadInput when either list is empty, UnknownState.
    """
    if not points or not resolutions:
        raise BadInput("an estimate needs a reference point and a resolution", where="estimate_border_distance")
    measured = tuple(
        (p, border_distance(country, p.place, r, view=view, shared_with=shared_with))
        for p in points
        for r in resolutions
    )
    values = [reduced(p, d) for p, d in measured]
    grid = max(d.grid_km for _, d in measured) / 2
    # The two measures of the same line differ too (sphere, ellipsoid); a reader may have used either.
    other = [max(0.0, d.geodesic_km - p.radius_km) if not d.inside else 0.0 for p, d in measured]
    return DistanceEstimate(
        measurements=measured,
        best=measured[0][1],
        best_km=values[0],
        low_km=max(0.0, min(values + other) - grid),
        high_km=max(values + other) + grid,
    )


def check_claim(claim: Quantity, estimate: DistanceEstimate) -> ClaimCheck:
    """Whether a stated distance holds, lies within the error of the drawing, or is contradicted.

    It holds when the best value satisfies it, is contradicted when no value in the spread does, and is within
    error otherwise: nothing inside the spread is ever contradicted. Raises BadInput for a unit that is not a
    length, a negative or a non-finite value.
    """
    factor = KM_PER_UNIT.get(claim.unit.strip().casefold())
    if factor is None:
        raise BadInput(f"{claim.unit!r} is not a unit of length", where=claim.text, fix="Use km, miles, nmi or m")
    stated = claim.value * factor
    if not 0.0 <= stated < float("inf"):
        raise BadInput(f"{claim.value} {claim.unit} is not a distance", where=claim.text)
    best, low, high = estimate.best_km, estimate.low_km, estimate.high_km
    tolerance = {Bound.ABOUT: ABOUT_TOLERANCE, Bound.EXACT: EXACT_TOLERANCE}.get(claim.bound, 0.0)
    if claim.bound is Bound.LESS_THAN:
        holds, possible = best < stated, low <= stated
    elif claim.bound is Bound.MORE_THAN:
        holds, possible = best > stated, high >= stated
    else:
        holds = abs(stated - best) <= tolerance * best
        possible = low * (1 - tolerance) <= stated <= high * (1 + tolerance)
    standing: Standing = "holds" if holds else "within_error" if possible else "contradicted"
    return ClaimCheck(
        standing=standing,
        stated_km=stated,
        bound=claim.bound,
        reason=_reason(claim, stated, standing, estimate),
    )


def _reason(claim: Quantity, stated: float, standing: Standing, estimate: DistanceEstimate) -> str:
    words = {
        "holds": "holds",
        "within_error": "is within the error of the drawing",
        "contradicted": "does not hold",
    }
    text = (
        f"\u201c{claim.text}\u201d ({stated:.1f} km) {words[standing]}: "
        f"the computed distance is {estimate.best_km:.1f} km, "
        f"{estimate.low_km:.1f}\u2013{estimate.high_km:.1f} km over drawings and reference points"
    )
    if standing == "holds":
        beyond = {
            Bound.LESS_THAN: [r for r, km in estimate.by_resolution.items() if km >= stated],
            Bound.MORE_THAN: [r for r, km in estimate.by_resolution.items() if km <= stated],
        }.get(claim.bound, [])
        if beyond:
            text += f"; the coarser drawings ({', '.join(beyond)}) would not confirm it"
    return text
