"""Actors and places: states, governments behind capitals, leaders by date, places in locative use."""

from __future__ import annotations

import datetime as dt

import pytest

from vedette.domain.reading import ActorMention, PlaceMention
from vedette.extraction import geoparse
from vedette.extraction.names import actor_mentions, scan_names
from vedette.extraction.places import place_mentions

DAY = dt.date(2022, 1, 20)


def actors(text: str, day: dt.date = DAY) -> list[ActorMention]:
    return actor_mentions(text, scan_names(text, day), "")


def places(text: str, day: dt.date = DAY) -> list[PlaceMention]:
    return place_mentions(text, scan_names(text, day), [(0, len(text))])


def codes(text: str, day: dt.date = DAY) -> list[tuple[str, ...]]:
    return [a.codes for a in actors(text, day)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Russian troops left Ukraine’s border.", [("RUS",), ("UKR",)]),
        ("The U.S. and the European Union told the Kremlin.", [("USA",), ("EU",), ("RUS",)]),
        ("The Baltic states and the West agreed.", [("EST", "LVA", "LTU"), ("WEST",)]),
        ("Hezbollah fired on Israeli positions.", [("HEZBOLLAH",), ("ISR",)]),
        ("The Republic of Lithuania joined NATO.", [("LTU",), ("NATO",)]),
        ("Côte d’Ivoire and South Sudan abstained.", [("CIV",), ("SSD",)]),
        ("Nigerians in Niger fear a Nigerian move.", [("NGA",), ("NER",), ("NGA",)]),
        ("Indiana and Romania are not India or Oman.", [("ROU",), ("IND",), ("OMN",)]),
    ],
)
def test_actors(text: str, expected: list[tuple[str, ...]]) -> None:
    assert codes(text) == expected


def test_leaders_belong_to_the_day() -> None:
    text = "Foreign Secretary Liz Truss spoke."
    assert actors(text, dt.date(2022, 1, 20))[0].role == "foreign secretary"
    assert actors(text, dt.date(2022, 9, 20))[0].role == "prime minister"
    assert codes("Mark Rutte spoke.", dt.date(2021, 1, 1)) == [("NLD",)]
    assert codes("Mark Rutte spoke.", dt.date(2025, 1, 1)) == [("NATO",)]


def test_a_surname_that_is_a_word_needs_the_person() -> None:
    assert codes("The moon rose over Moon Street.") == []
    assert codes("President Moon met the generals.") == [("KOR",)]
    assert codes("The Austin office was closed.") == []
    assert ("USA",) in codes("Lloyd Austin spoke. Later Austin left.")


@pytest.mark.parametrize(
    ("text", "use"),
    [
        ("Minsk rejected the plan.", "government"),
        ("Talks between Moscow and Kyiv failed.", "government"),
        ("The army is in Minsk.", "city"),
        ("The capital of Kyiv was dark.", "city"),
        ("Minsk served as the venue of the talks.", "city"),
        ("The Minsk agreements are dead.", "neither"),
        ("The Minsk region was quiet.", "city"),
    ],
)
def test_capitals_are_governments_or_cities(text: str, use: str) -> None:
    as_actor = [a for a in actors(text) if a.text in ("Minsk", "Kyiv", "Moscow")]
    as_place = [p for p in places(text) if p.text in ("Minsk", "Kyiv", "Moscow")]
    assert bool(as_actor) == (use == "government")
    assert bool(as_place) == (use == "city")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The fighting in Mali goes on.", [("Mali", "MLI", "country")]),
        ("Mali rejected the offer.", []),
        ("Troops from Chad entered Sudan.", [("Chad", "TCD", "country"), ("Sudan", "SDN", "country")]),
        ("They massed along the Ukrainian border.", [("Ukrainian border", "UKR", "border")]),
        ("The border with Poland is shut.", [("border with Poland", "POL", "border")]),
        ("Polish border guards came.", []),
        (
            "Shelling in Nagorno-Karabakh and Donbas.",
            [("Nagorno-Karabakh", "AZE", "region"), ("Donbas", "UKR", "region")],
        ),
        ("A base on Belarusian territory.", [("Belarusian territory", "BLR", "country")]),
        ("In Poland and Lithuania the alarm rang.", [("Poland", "POL", "country"), ("Lithuania", "LTU", "country")]),
        ("The Black Sea Fleet sailed.", []),
    ],
)
def test_places(text: str, expected: list[tuple[str, str, str]]) -> None:
    assert [(p.text, p.country, p.level) for p in places(text)] == expected


def test_capital_coordinates_come_from_the_state_table() -> None:
    (kyiv,) = places("Explosions were heard in Kyiv.")
    assert kyiv.lat is not None and kyiv.lon is not None
    assert abs(kyiv.lat - 50.45) < 0.1 and abs(kyiv.lon - 30.52) < 0.1


def test_cities_come_from_the_gazetteer_and_keep_other_readings() -> None:
    pytest.importorskip("vedette.reference.gazetteer")
    text = "Ukraine said that the troops near Kherson had moved."
    found = [p for p in places(text) if p.level == "city"]
    if not found:
        pytest.skip("the gazetteer is not built here")
    assert (found[0].text, found[0].country) == ("Kherson", "UKR")


def test_zero_width_and_bidirectional_characters_keep_offsets() -> None:
    text = "\u202eRussia\u202c and \u200bUkraine\u200b 😀 signed in Minsk."
    for mention in (*actors(text), *places(text)):
        assert text[mention.start : mention.end] == mention.text
    assert ("RUS",) in codes(text)
    assert ("UKR",) in codes(text)


def test_borders_get_a_point_when_the_neighbour_is_known() -> None:
    text = "Troops stand along the border with Niger."
    (border,) = [p for p in places(text) if p.level == "border"]
    assert (border.lat, border.lon) == (None, None)
    known = place_mentions(text, scan_names(text, DAY), [(0, len(text))], ("NGA", "NER"))
    (border,) = [p for p in known if p.level == "border"]
    assert border.lat is not None and abs(border.lat - 13.2) < 0.5


def test_geoparse_needs_only_text() -> None:
    assert [(p.text, p.country) for p in geoparse("Shelling in Aleppo and in Sudan.")] == [
        ("Aleppo", "SYR"),
        ("Sudan", "SDN"),
    ]
