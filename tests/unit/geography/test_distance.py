"""Distances, the nearest border point, the spread, and stated distances held against it."""

from __future__ import annotations

import math

import numpy as np
import pytest

from vedette.domain.claims import Bound, Place, Quantity
from vedette.errors import BadInput, UnknownState
from vedette.geography.boundaries import Resolution
from vedette.geography.distance import (
    border_distance,
    geodesic_km,
    great_circle_km,
    nearest_on_segments,
)
from vedette.geography.estimate import (
    DistanceEstimate,
    ReferencePoint,
    Standing,
    check_claim,
    estimate_border_distance,
)

KYIV = Place(name="Kyiv (centre)", lat=50.4501, lon=30.5234, country="UKR")
# The city covers 839 km2; a circle of that area has a radius of 16.3 km.
KYIV_POINTS = (
    ReferencePoint(place=KYIV, source="city centre"),
    ReferencePoint(place=KYIV, radius_km=16.3, source="circle of the city's area"),
    ReferencePoint(place=Place(name="Kyiv (GeoNames)", lat=50.45466, lon=30.5238), source="GeoNames 703448"),
)


@pytest.fixture(scope="module")
def kyiv() -> DistanceEstimate:
    return estimate_border_distance("BLR", KYIV_POINTS)


@pytest.mark.parametrize(
    ("resolution", "km", "miles"), [("10m", 87.3, 54.3), ("50m", 90.6, 56.3), ("110m", 96.6, 60.0)]
)
def test_belarus_to_kyiv_in_each_drawing(resolution: Resolution, km: float, miles: float) -> None:
    found = border_distance("BLR", KYIV, resolution)
    assert found.km == pytest.approx(km, abs=0.05)
    assert found.miles == pytest.approx(miles, abs=0.06)
    assert found.geodesic_km == pytest.approx(found.km, rel=0.006), "sphere and ellipsoid differ by 0.6 % at most"
    assert found.nearest.name == "Belarus\u2013Ukraine border"
    assert not found.inside
    assert found.grid_km < 0.3


def test_both_endpoints_are_printed_to_a_thousandth_of_a_degree() -> None:
    said = border_distance("BLR", KYIV).sentence()
    for part in (
        "51.235\u00b0N 30.541\u00b0E",
        "50.450\u00b0N 30.523\u00b0E",
        "87.3 km",
        "54.3 miles",
        "WGS84",
        "1:10 million",
    ):
        assert part in said


def test_less_than_56_miles_holds_although_coarse_drawings_do_not_confirm_it(kyiv: DistanceEstimate) -> None:
    found = check_claim(_claim(56, "miles", Bound.LESS_THAN), kyiv)
    assert found.standing == "holds"
    assert "50m, 110m" in found.reason
    assert kyiv.low_km < 87.3 - 16.3 < kyiv.best_km < 96.6 < kyiv.high_km


@pytest.mark.parametrize(
    ("value", "unit", "bound", "standing"),
    [
        (50, "miles", Bound.LESS_THAN, "within_error"),  # 80.5 km: below the centre, above the city limit
        (40, "miles", Bound.LESS_THAN, "contradicted"),
        (59, "miles", Bound.MORE_THAN, "within_error"),  # 95 km: only the coarsest drawing
        (100, "km", Bound.MORE_THAN, "contradicted"),
        (54, "miles", Bound.MORE_THAN, "holds"),
        (90, "km", Bound.ABOUT, "holds"),
        (87.3, "km", Bound.EXACT, "holds"),
        (75, "km", Bound.ABOUT, "within_error"),
        (60, "km", Bound.ABOUT, "contradicted"),
        (47.1, "nautical miles", Bound.EXACT, "holds"),
    ],
)
def test_stated_distances(kyiv: DistanceEstimate, value: float, unit: str, bound: Bound, standing: Standing) -> None:
    assert check_claim(_claim(value, unit, bound), kyiv).standing == standing


@pytest.mark.parametrize(
    ("value", "unit", "said"),
    [(5, "hours", "not a unit of length"), (-3, "km", "not a distance"), (math.nan, "km", "not a distance")],
)
def test_a_claim_that_is_no_length_is_refused(kyiv: DistanceEstimate, value: float, unit: str, said: str) -> None:
    with pytest.raises(BadInput, match=said):
        check_claim(_claim(value, unit, Bound.ABOUT), kyiv)


def test_crimea_counts_as_russia_only_when_asked() -> None:
    odesa = Place(name="Odesa", lat=46.4775, lon=30.7326)
    default, drawn = border_distance("RUS", odesa), border_distance("RUS", odesa, view="as_drawn")
    assert default.km > 2 * drawn.km
    assert "Crimea" in default.note
    assert drawn.note == ""


def test_a_border_with_one_neighbour() -> None:
    to_ukraine = border_distance("RUS", KYIV, shared_with="UKR")
    to_belarus = border_distance("RUS", KYIV, shared_with="BLR")
    assert to_ukraine.nearest.name == "Russia\u2013Ukraine border"
    assert border_distance("RUS", KYIV).km == min(to_ukraine.km, to_belarus.km)
    with pytest.raises(BadInput, match="share no land border"):
        border_distance("BLR", KYIV, shared_with="FRA")


def test_a_point_inside_says_so_and_the_estimate_is_zero() -> None:
    minsk = Place(name="Minsk", lat=53.9, lon=27.57)
    assert border_distance("BLR", minsk).inside
    assert estimate_border_distance("BLR", [ReferencePoint(place=minsk)]).best_km == 0.0


def test_bad_input() -> None:
    with pytest.raises(UnknownState, match="Ruritania"):
        border_distance("Ruritania", KYIV)
    with pytest.raises(BadInput, match="has no position"):
        border_distance("BLR", Place(name="somewhere"))
    with pytest.raises(BadInput, match="Use one of"):
        border_distance("BLR", KYIV, "1m")  # type: ignore[arg-type]
    with pytest.raises(BadInput, match="radius"):
        ReferencePoint(place=KYIV, radius_km=16300)
    with pytest.raises(BadInput, match="reference point"):
        estimate_border_distance("BLR", [])


def test_the_nearest_point_of_a_piece_is_its_foot_or_an_end() -> None:
    equator = np.array([[0.0, 0.0, 10.0, 0.0]])
    (foot,), _ = nearest_on_segments(equator, 1.0, 5.0)
    assert foot == pytest.approx([0.0, 5.0], abs=1e-9)
    (end,), _ = nearest_on_segments(equator, 1.0, 12.0)
    assert end == pytest.approx([0.0, 10.0], abs=1e-9)
    point = np.array([[3.0, 3.0, 3.0, 3.0]])  # a piece of no length is its end
    (end,), _ = nearest_on_segments(point, 0.0, 0.0)
    assert end == pytest.approx([3.0, 3.0], abs=1e-9)


def test_known_distances() -> None:
    # A quarter of a meridian on WGS84 is 10,001.966 km (Karney 2013, table of constants).
    assert geodesic_km(0, 0, 90, 0) == pytest.approx(10001.966, abs=0.001)
    assert great_circle_km(0, 0, 0, 90) == pytest.approx(math.pi / 2 * 6371.0088, abs=1e-6)
    assert great_circle_km(0, 179.5, 0, -179.5) == pytest.approx(great_circle_km(0, 0, 0, 1))


def _claim(value: float, unit: str, bound: Bound) -> Quantity:
    return Quantity(text=f"{bound} {value} {unit}", value=value, unit=unit, bound=bound, of="distance")
