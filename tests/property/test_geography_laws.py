"""Laws of distance and of claims held against it."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from tests.conftest import examples

from vedette.domain.claims import Bound, Place, Quantity
from vedette.geography.boundaries import RESOLUTIONS, Resolution, inside
from vedette.geography.distance import border_distance, geodesic_km, great_circle_km, nearest_on_segments
from vedette.geography.estimate import ReferencePoint, check_claim, estimate_border_distance
from vedette.geography.map_layout import cut_to_frame, ring_area
from vedette.reference.name_keys import fold_name

LAT = st.floats(-90, 90, allow_nan=False)
LON = st.floats(-180, 180, allow_nan=False)
POINT = st.tuples(LAT, LON)
STATE = st.sampled_from(["BLR", "UKR", "RUS", "NER", "FJI", "CUB", "ESH", "CHL"])
FAST = settings(max_examples=examples(60), deadline=None)


@given(POINT, POINT)
def test_distance_is_symmetric_and_never_negative(a: tuple[float, float], b: tuple[float, float]) -> None:
    there, back = great_circle_km(*a, *b), great_circle_km(*b, *a)
    assert there == pytest.approx(back, abs=1e-6)
    assert 0 <= there <= math.pi * 6371.0088 + 1e-6
    assert great_circle_km(*a, *a) == pytest.approx(0, abs=1e-6)


@given(POINT, POINT, POINT)
def test_a_detour_is_never_shorter(a: tuple[float, float], b: tuple[float, float], c: tuple[float, float]) -> None:
    assert great_circle_km(*a, *c) <= great_circle_km(*a, *b) + great_circle_km(*b, *c) + 1e-6


@given(POINT, POINT)
@FAST
def test_sphere_and_ellipsoid_agree_to_six_in_a_thousand(a: tuple[float, float], b: tuple[float, float]) -> None:
    sphere, ellipsoid = great_circle_km(*a, *b), geodesic_km(*a, *b)
    assert ellipsoid == pytest.approx(geodesic_km(*b, *a), rel=1e-9, abs=1e-6)
    assert abs(sphere - ellipsoid) <= 0.0062 * max(sphere, ellipsoid) + 1e-6


@given(STATE, LAT.filter(lambda v: abs(v) < 89), LON, st.sampled_from(["50m", "110m"]))
@FAST
def test_no_drawn_corner_is_nearer_than_the_nearest_point(
    state: str, lat: float, lon: float, resolution: Resolution
) -> None:
    from vedette.geography.boundaries import load_boundaries

    found = border_distance(state, Place(name="p", lat=lat, lon=lon), resolution)
    corners = load_boundaries(resolution).outline_segments(state)[::7, :2]
    nearest_corner = min(great_circle_km(lat, lon, float(y), float(x)) for x, y in corners)
    assert found.km <= nearest_corner + 1e-6
    assert found.nearest.lat is not None
    assert found.nearest.lon is not None
    assert found.km == pytest.approx(great_circle_km(lat, lon, found.nearest.lat, found.nearest.lon), abs=1e-6)


@given(
    st.lists(st.tuples(st.floats(-30, 30), st.floats(-30, 30)), min_size=3, max_size=8),
    st.floats(-30, 30),
    st.floats(-30, 30),
)
@FAST
def test_the_nearest_point_beats_every_point_tried(corners: list[tuple[float, float]], lat: float, lon: float) -> None:
    points = np.array(corners)
    segments = np.hstack([points, np.roll(points, -1, axis=0)])
    (best,), _ = nearest_on_segments(segments, lat, lon, keep=1)
    ends = min(great_circle_km(lat, lon, float(y), float(x)) for x, y in points)
    assert great_circle_km(lat, lon, float(best[0]), float(best[1])) <= ends + 1e-6


@given(
    STATE,
    LAT.filter(lambda v: abs(v) < 85),
    LON,
    st.floats(0, 60),
    st.sampled_from(list(Bound)),
    st.floats(0, 1),
    st.sampled_from(["km", "miles", "nmi"]),
)
@FAST
def test_a_claim_inside_the_spread_is_never_contradicted(
    state: str, lat: float, lon: float, radius: float, bound: Bound, share: float, unit: str
) -> None:
    place = Place(name="p", lat=lat, lon=lon)
    estimate = estimate_border_distance(
        state,
        [ReferencePoint(place=place), ReferencePoint(place=place, radius_km=radius)],
        resolutions=("50m", "110m"),
    )
    assert estimate.low_km <= estimate.best_km <= estimate.high_km
    stated = estimate.low_km + share * (estimate.high_km - estimate.low_km)
    per = {"km": 1.0, "miles": 1.609344, "nmi": 1.852}[unit]
    claim = Quantity(text="as stated", value=stated / per, unit=unit, bound=bound)
    # The conversion there and back may land a hair outside.
    assume(estimate.low_km <= claim.value * per <= estimate.high_km)
    assert check_claim(claim, estimate).standing != "contradicted"


@given(st.floats(0, 500), st.floats(0, 500))
@FAST
def test_a_looser_claim_never_stands_worse(first: float, second: float) -> None:
    rank = {"contradicted": 0, "within_error": 1, "holds": 2}
    low, high = sorted((first, second))
    estimate = _KYIV
    for bound, tight, loose in ((Bound.LESS_THAN, low, high), (Bound.MORE_THAN, high, low)):
        standings = [
            rank[check_claim(Quantity(text="", value=v, unit="km", bound=bound), estimate).standing]
            for v in (tight, loose)
        ]
        assert standings[0] <= standings[1]


_KYIV = estimate_border_distance(
    "BLR", [ReferencePoint(place=Place(name="Kyiv", lat=50.4501, lon=30.5234))], resolutions=RESOLUTIONS
)


@given(st.floats(-170, 170), st.floats(-60, 60), st.floats(0.5, 8), st.integers(0, 3))
def test_a_circle_holds_its_centre_wherever_it_lies(lon: float, lat: float, size: float, turn: int) -> None:
    angle = np.linspace(0, 2 * math.pi, 25) + turn
    x = (lon + size * np.cos(angle) + 180) % 360 - 180  # may cross the date line
    y = lat + size * np.sin(angle)
    segments = np.column_stack([x[:-1], y[:-1], x[1:], y[1:]])
    assert inside(segments, lat, lon)
    assert not inside(segments, lat, (lon + 40 + 180) % 360 - 180)


@given(st.lists(st.tuples(st.floats(-50, 150), st.floats(-50, 150)), min_size=3, max_size=12))
def test_a_cut_ring_stays_in_the_frame_and_a_ring_inside_is_kept(corners: list[tuple[float, float]]) -> None:
    ring = np.array(corners)
    cut = cut_to_frame(ring, 100, 100, beyond=0)
    assert ((cut >= -1e-9) & (cut <= 100 + 1e-9)).all()
    if ((ring >= 0) & (ring <= 100)).all():
        assert ring_area(cut) == pytest.approx(ring_area(ring))


@given(st.text())
def test_folding_twice_changes_nothing(text: str) -> None:
    once = fold_name(text)
    assert fold_name(once) == once
    assert fold_name(text.upper().lower()) == fold_name(text.lower()) or not text.isascii()
