"""Which place a name stands for: containers, context, nearness, areas, ambiguity kept."""

from __future__ import annotations

from pathlib import Path

import pytest
from evals.geoparsing import prior, product, read_corpus, share

import vedette
from vedette.domain.reading import PlaceMention
from vedette.extraction.geocode import readings_of, resolve, spelled_out
from vedette.reference.gazetteer import load_gazetteer
from vedette.reference.subdivisions import divisions_by_key, postal_codes


def named(text: str, *names: str) -> list[PlaceMention]:
    return resolve(text, [(text.index(n), text.index(n) + len(n)) for n in names])


# Text, name, state expected, latitude and longitude to a degree.
MADE = [
    ("A fire broke out in Paris.", "Paris", "FRA", 48.9, 2.4),
    ("A fire broke out in Paris, Texas.", "Paris", "USA", 33.7, -95.6),
    ("A fire broke out in Paris, TX.", "Paris", "USA", 33.7, -95.6),
    ("Police in London, Ont., made two arrests.", "London", "CAN", 43.0, -81.2),
    ("The port of Tripoli (Lebanon) was closed.", "Tripoli", "LBN", 34.4, 35.8),
    ("He was born in Alexandria, Va., in 1950.", "Alexandria", "USA", 38.8, -77.0),
    ("He was born in Alexandria, Egypt.", "Alexandria", "EGY", 31.2, 29.9),
    ("Ferries left Alexandria for Port Said and Damietta.", "Alexandria", "EGY", 31.2, 29.9),
    ("The road from Pineville to Alexandria, past Shreveport and Lafayette.", "Alexandria", "USA", 31.3, -92.4),
    ("Belarusian trains to Brest were late.", "Brest", "BLR", 52.1, 23.7),
    ("French ships left Brest for Lorient.", "Brest", "FRA", 48.4, -4.5),
    ("The governor of Georgia spoke in Athens and Macon, Georgia.", "Athens", "USA", 34.0, -83.4),
    ("Floods hit Ft. Worth and Dallas.", "Ft. Worth", "USA", 32.7, -97.3),
    ("Snow fell in downtown Minsk.", "downtown Minsk", "BLR", 53.9, 27.6),
]  # fmt: skip


@pytest.mark.parametrize(("text", "name", "country", "lat", "lon"), MADE)
def test_made_sentences(text: str, name: str, country: str, lat: float, lon: float) -> None:
    place = named(text, *_all(text, name))[0]
    assert place.country == country
    assert place.lat == pytest.approx(lat, abs=1)
    assert place.lon == pytest.approx(lon, abs=1)
    assert place.text == name


def _all(text: str, first: str) -> list[str]:
    """The name asked for, then every other capitalised name of the sentence that the gazetteer knows."""
    words = [w.strip(".,") for w in text.split()[1:] if w[:1].isupper()]
    return [first, *(w for w in words if w not in first.split() and readings_of(w))]


def test_states_and_divisions_have_points_of_their_own() -> None:
    text = "Rain fell in Ukraine, in Texas, in Crimea and in Turkish villages."
    places = named(text, "Ukraine", "Texas", "Crimea", "Turkish")
    assert [(p.country, p.level) for p in places] == [
        ("UKR", "country"), ("USA", "division"), ("UKR", "division"), ("TUR", "country"),
    ]  # fmt: skip
    assert [round(p.lat or 0) for p in places] == [49, 31, 45, 39]


def test_other_readings_are_kept_and_unknown_names_have_no_point() -> None:
    (tripoli, nowhere) = named("From Tripoli to Zzyxland.", "Tripoli", "Zzyxland")
    assert {"LBN"} <= {p.country for p in tripoli.alternatives}
    assert (nowhere.lat, nowhere.lon, nowhere.country, nowhere.alternatives) == (None, None, None, ())


def test_one_name_is_one_place_in_a_document_unless_spelled_out() -> None:
    text = "In Paris, Texas, it rained. Paris was wet. They flew to Paris, France."
    spans = [(m, m + 5) for m in range(len(text)) if text.startswith("Paris", m)]
    assert [p.country for p in resolve(text, spans)] == ["USA", "USA", "FRA"]


def test_towns_only_when_asked() -> None:
    text = "In Georgia."
    (any_level,) = resolve(text, [(3, 10)])
    (town,) = resolve(text, [(3, 10)], level="city")
    assert any_level.level in ("country", "division")
    assert town.level in ("city", "")
    assert resolve("", []) == []


def test_what_is_spelled_out_behind_a_name() -> None:
    text = "Springfield, Ill., and Athens, Georgia"
    assert spelled_out(text, len("Springfield")) == (("USA", "US.IL"),)
    assert set(spelled_out(text, text.index("Athens") + 6)) == {("USA", "US.GA"), ("GEO", "")}
    assert spelled_out("Athens, where", 6) == ()
    assert spelled_out("Athens", 6) == ()


def test_divisions_name_codes_of_the_gazetteer() -> None:
    centres = load_gazetteer().division_centres
    codes = {d.code for divisions in divisions_by_key().values() for d in divisions}
    assert codes <= set(centres) | {"US.AK"}, sorted(codes - set(centres))
    assert len(codes) > 250
    assert len(postal_codes()) == 51
    assert {d.code for d in divisions_by_key()["victoria"]} == {"AU.07"}


def test_state_centres_lie_inside_their_states() -> None:
    centres = load_gazetteer().state_centres
    assert len(centres) > 180
    middles = {"RUS": (61, 97), "USA": (39, -99), "UKR": (49, 31), "FJI": (-18, 178), "AUS": (-25.5, 134.5)}
    for code, (lat, lon) in middles.items():
        assert centres[code] == pytest.approx((lat, lon), abs=3)


def test_geoparse_gives_states_a_point_and_capitals_their_namesakes() -> None:
    (moscow, sudan) = vedette.geoparse("Shots were fired in Moscow and in Sudan.")
    assert (moscow.country, moscow.level) == ("RUS", "city")
    assert {p.country for p in moscow.alternatives} >= {"USA"}
    assert (sudan.level, round(sudan.lat or 0), round(sudan.lon or 0)) == ("country", 16, 30)
    (tripoli, *_) = vedette.geoparse("He was in Tripoli, Lebanon.")
    assert tripoli.country == "LBN"


def test_a_line_of_contact_lies_where_the_text_or_the_crisis_says() -> None:
    def point(text: str) -> tuple[float | None, float | None]:
        (line,) = [p for p in vedette.geoparse(text) if p.level == "border"]
        return line.lat, line.lon

    assert point("Shelling along the contact line in Donbas went on.") == (48.3, 38.3)
    assert point("Fire across the line of contact in Nagorno-Karabakh.") == (39.9, 47.0)
    assert point("Fire across the line of contact.") == (None, None)


def test_a_border_is_shared_with_the_neighbour_named_in_the_words() -> None:
    text = "Lithuania spoke of migrants. They stood at the Polish-Belarusian border and at the Belarus-EU border."
    borders = [p for p in vedette.geoparse(text) if p.level == "border"]
    assert [(p.lat, p.lon) for p in borders] == [(52.7, 23.7), (53.5, 23.9)]


def test_states_that_act_do_not_draw_towns_to_them() -> None:
    text = "The United States, the United States and Russia met for talks in Geneva after shelling in Ukraine."
    assert [p.country for p in vedette.geoparse(text) if p.text == "Geneva"] == ["CHE"]
    assert resolve("Geneva", [(0, 6)], states={"USA": 50.0})[0].country == "USA"


def test_offsets_count_characters_whatever_the_script() -> None:
    text = "🛰️ Київ: he drove to Łódź and Kraków"
    places = named(text, "Łódź", "Kraków")
    assert [text[p.start : p.end] for p in places] == ["Łódź", "Kraków"]
    assert [p.country for p in places] == ["POL", "POL"]


@pytest.mark.shared
def test_real_toponyms_beat_the_population_prior(shared: Path) -> None:
    for name, ratio in (("lgl", 1.3), ("TR-News", 1.2)):
        file = shared / "data" / "text" / f"{name}.xml.gz"
        if not file.is_file():
            pytest.skip(f"{file.name} is not in the shared data")
        tuning = [a for a in read_corpus(file) if not a.held]
        assert share(product(tuning, "any"), "P") >= ratio * share(prior(tuning), "P")


def test_adjectives_of_regions_mean_the_region() -> None:
    text = "South Ossetian and Chechen fighters met Tibetans."
    spans = [(text.index(w), text.index(w) + len(w)) for w in ("South Ossetian", "Chechen", "Tibetans")]
    assert [(round(p.lat or 0), round(p.lon or 0)) for p in resolve(text, spans)] == [(42, 44), (43, 46), (31, 88)]
