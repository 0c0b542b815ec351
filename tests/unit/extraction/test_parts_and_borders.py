"""Places beyond names: parts of a state by the compass, borders with two ends, sites, lists of towns."""

from __future__ import annotations

import datetime as dt

import pytest

from vedette.domain.reading import PlaceMention
from vedette.errors import Unavailable
from vedette.extraction.names import scan_names
from vedette.extraction.places import place_mentions
from vedette.geography.distance import great_circle_km
from vedette.reference.gazetteer import load_gazetteer

DAY = dt.date(2022, 1, 20)


def places(text: str) -> list[PlaceMention]:
    return place_mentions(text, scan_names(text, DAY), [(0, len(text))])


def one(text: str) -> PlaceMention:
    (found,) = places(text)
    return found


@pytest.fixture
def gazetteer() -> None:
    try:
        load_gazetteer()
    except Unavailable:
        pytest.skip("the gazetteer is not built here")


@pytest.mark.usefixtures("gazetteer")
@pytest.mark.parametrize(
    ("text", "written", "near"),
    [
        ("Fighting went on in eastern Ukraine.", "eastern Ukraine", (48.5, 38.0)),
        ("Troops gathered in the north of Kazakhstan.", "north of Kazakhstan", (53.5, 69.0)),
        ("Aid reached people in north-western Syria.", "north-western Syria", (35.9, 36.9)),
        ("The army left southern Mali.", "southern Mali", (12.0, -6.5)),
    ],
)
def test_a_part_of_a_state_is_a_region_with_a_point(text: str, written: str, near: tuple[float, float]) -> None:
    found = one(text)
    assert (found.text, found.level) == (written, "region")
    assert found.lat is not None
    assert found.lon is not None
    assert great_circle_km(found.lat, found.lon, *near) < 250


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("They discussed the border of Belarus with EU countries.", "border of Belarus with EU countries"),
        ("They discussed the borders of the EU countries with Belarus.", "borders of the EU countries with Belarus"),
        ("Units left the border between India and China.", "border between India and China"),
    ],
)
def test_a_border_with_both_ends_is_one_place(text: str, written: str) -> None:
    found = one(text)
    assert (found.text, found.level) == (written, "border")
    assert found.lat is not None


def test_a_border_without_a_neighbour_is_the_one_with_the_mightiest() -> None:
    found = one("Tanks stood along the borders of Georgia.")
    assert (found.country, found.level) == ("GEO", "border")
    assert found.lat == pytest.approx(42.6, abs=0.7)


def test_a_site_takes_what_belongs_to_its_name() -> None:
    found = one("It was launched from the Plesetsk state testing cosmodrome at noon.")
    assert (found.text, found.level, found.country) == ("Plesetsk state testing cosmodrome", "site", "RUS")


@pytest.mark.parametrize(
    "text",
    [
        "Poland supports membership in the EU.",
        "They met within the Lublin Triangle format.",
        "Missiles stand in the countries neighbouring Russia.",
        "They work through the Russia-Turkey monitoring centre.",
    ],
)
def test_names_that_locate_nothing_are_no_places(text: str) -> None:
    assert places(text) == []


@pytest.mark.usefixtures("gazetteer")
def test_a_list_of_towns_goes_on_after_the_first() -> None:
    found = places("Protests were held in Kherson, Mykolaiv and Odesa on Sunday.")
    assert [p.text for p in found] == ["Kherson", "Mykolaiv", "Odesa"]
    assert {p.country for p in found} == {"UKR"}
