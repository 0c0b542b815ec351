"""Neighbours, capitals, centres, reach: against figures known from elsewhere."""

from __future__ import annotations

import datetime as dt

import pytest

from vedette.domain.claims import Place
from vedette.errors import BadInput, UnknownState
from vedette.geography.relations import (
    capital_distance,
    capital_of,
    centroid,
    contiguous_by_land,
    neighbours,
    outline_distance,
    place_distance,
    shared_border_km,
    staging_reach,
)


@pytest.mark.parametrize(
    ("state", "codes"),
    [
        ("BLR", {"RUS", "UKR", "LTU", "POL", "LVA"}),
        ("UKR", {"RUS", "BLR", "MDA", "ROU", "POL", "HUN", "SVK"}),
        ("NER", {"DZA", "LBY", "TCD", "NGA", "BEN", "BFA", "MLI"}),
        ("MAR", {"DZA", "ESH", "ESP"}),
        ("ESH", {"MAR", "DZA", "MRT"}),
        ("SRB", {"HUN", "ROU", "BGR", "MKD", "XKX", "MNE", "BIH", "HRV"}),
        ("SOM", {"DJI", "ETH", "KEN"}),
        ("KAZ", {"RUS", "CHN", "KGZ", "UZB", "TKM"}),
        ("ISL", set()),
    ],
)
def test_neighbours(state: str, codes: set[str]) -> None:
    assert {n.code for n in neighbours(state)} == codes


def test_as_the_file_draws_it() -> None:
    assert {n.code for n in neighbours("SOM", view="as_drawn")} == {"ETH", "KEN", "XSL"}
    assert shared_border_km("RUS", "UKR", view="as_drawn") > shared_border_km("RUS", "UKR")


def test_border_length_grows_with_detail() -> None:
    lengths = [shared_border_km("BLR", "UKR", r) for r in ("110m", "50m", "10m")]
    assert lengths == sorted(lengths)
    # 1,084 km by the two states' own figure, rivers followed; a drawing at 1:10 million keeps four fifths of it.
    assert 0.75 < lengths[-1] / 1084 < 1.0


def test_contiguity() -> None:
    assert contiguous_by_land("BLR", "UKR")
    assert not contiguous_by_land("CUB", "USA")
    assert not contiguous_by_land("MAR", "MRT")
    assert contiguous_by_land("MAR", "ESH")


def test_capitals_follow_the_date() -> None:
    assert capital_of("KAZ", dt.date(1995, 1, 1)).name == "Almaty"
    assert capital_of("KAZ", dt.date(2020, 1, 1)).name != "Almaty"
    assert capital_distance("BLR", "UKR").great_circle_km == pytest.approx(433, abs=2)
    with pytest.raises(UnknownState):
        capital_of("UKR", dt.date(1970, 1, 1))


@pytest.mark.parametrize(
    ("state", "lat", "lon"),
    [("BLR", 53.5, 28.0), ("UKR", 49.0, 31.4), ("NER", 17.4, 9.4), ("FJI", -17.5, 178.4), ("RUS", 66, 96)],
)
def test_centres(state: str, lat: float, lon: float) -> None:
    centre = centroid(state)
    assert centre.lat == pytest.approx(lat, abs=0.6)
    assert centre.lon == pytest.approx(lon, abs=0.6)


def test_outlines_across_water() -> None:
    # The strait of Florida: 145 to 170 km between Key West and Havana, by where one measures.
    assert 130 < outline_distance("CUB", "USA").great_circle_km < 170
    assert outline_distance("BLR", "UKR").great_circle_km == 0
    with pytest.raises(BadInput):
        outline_distance("CUB", "CUB")


def test_reach_from_a_host() -> None:
    reach = staging_reach(
        "BLR", "UKR", intervener="RUS", places=[Place(name="Homel", lat=52.43, lon=30.99)], on=dt.date(2022, 1, 20)
    )
    assert reach.host_borders_target
    assert reach.capital.name == "Kyiv"
    assert reach.from_host.km == pytest.approx(87.3, abs=0.3)
    assert reach.gain_km == pytest.approx(113, abs=2)
    assert [round(p.great_circle_km) for p in reach.from_places] == [223]
    assert any("Crimea" in note for note in reach.notes)
    alone = staging_reach("POL", "BLR")
    assert alone.from_intervener is None
    assert alone.gain_km is None, "nothing to compare with is not a gain of zero"


def test_a_place_without_a_position_is_refused() -> None:
    with pytest.raises(BadInput, match="no position"):
        place_distance(Place(name="a camp"), Place(name="Homel", lat=52.43, lon=30.99))
