"""Names to places: ranking, folding, speed, and the packed file."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pytest

from vedette.errors import BadInput, Unavailable
from vedette.reference import gazetteer
from vedette.reference.gazetteer import Gazetteer, candidates, load_gazetteer

# Name, state of the likeliest place, its name. Namesakes, spellings, scripts, capitals against larger towns.
FIRST = [
    ("Minsk", "BLR", "Minsk"), ("minsk", "BLR", "Minsk"), ("KYIV", "UKR", "Kyiv"), ("Kiev", "UKR", "Kyiv"),
    ("Київ", "UKR", "Kyiv"), ("Киев", "UKR", "Kyiv"), ("Gomel", "BLR", "Homyel'"), ("Homel", "BLR", "Homyel'"),
    ("Odessa", "UKR", "Odesa"), ("Kharkov", "UKR", "Kharkiv"), ("Grodno", "BLR", "Hrodna"),
    ("Tripoli", "LBY", "Tripoli"), ("Georgetown", "GUY", "Georgetown"), ("San Jose", "CRI", "San José"),
    ("Santiago", "CHL", "Santiago"), ("Washington", "USA", "Washington"), ("London", "GBR", "London"),
    ("Paris", "FRA", "Paris"), ("Moscow", "RUS", "Moscow"), ("Brest", "BLR", "Brest"), ("Goma", "COD", "Goma"),
    ("N'Djamena", "TCD", "N'Djamena"), ("Ndjamena", "TCD", "N'Djamena"), ("Lodz", "POL", "Łódź"),
    ("Niamey", "NER", "Niamey"), ("Port-au-Prince", "HTI", "Port-au-Prince"),
    ("Port au Prince", "HTI", "Port-au-Prince"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "country", "own"), FIRST)
def test_the_likeliest_place_comes_first(name: str, country: str, own: str) -> None:
    best = candidates(name)[0]
    assert (best.country, best.name) == (country, own)


def test_the_states_a_text_is_about_change_the_order() -> None:
    assert candidates("Brest", countries=("FRA",))[0].country == "FRA"
    assert candidates("Tripoli", countries=("lbn",))[0].country == "LBN"


def test_a_candidate_carries_position_state_and_how_it_was_matched() -> None:
    (kyiv, *_) = candidates("Kiev")
    assert kyiv.lat == pytest.approx(50.45, abs=0.02)
    assert kyiv.lon == pytest.approx(30.52, abs=0.02)
    assert (kyiv.is_capital, kyiv.matched, kyiv.country_iso2) == (True, "spelling", "UA")
    assert kyiv.population > 2_000_000
    assert kyiv.place.country == "UKR"
    assert candidates("Łódź")[0].ascii_name == "Lodz"


def test_an_unknown_name_has_no_candidates_and_a_bad_limit_is_refused() -> None:
    assert candidates("Ruritania") == []
    assert candidates("") == []
    assert candidates("  --  ") == []
    with pytest.raises(BadInput, match="below 1"):
        candidates("Minsk", limit=0)


def test_every_key_leads_to_a_row_and_back() -> None:
    table = load_gazetteer()
    keys = list(table.keys())
    assert [k for k, _, _ in keys] == sorted(k for k, _, _ in keys)
    assert {row for _, row, own in keys if own} == set(range(len(table)))
    assert len(table) > 30_000
    for key, row, own in keys[::5000]:
        assert (row, own) in table.rows(key)


def test_spellings_largest_and_near() -> None:
    table = load_gazetteer()
    row = table.rows("Kyiv")[0][0]
    assert {"Kiev", "Київ", "Киев"} <= set(table.spellings(row))
    assert [c.name for c in table.largest("BLR", 2)] == ["Minsk", "Homyel'"]
    names = [c.name for c in table.near(51.235, 30.541, within_km=60)]
    assert "Slavutych" in names
    assert len(table.near(-18.0, 179.9, within_km=200)) > 0, "across the date line"
    assert {c.country for c in table.near(50.45, 30.52, within_km=20, at_least=1_000_000)} == {"UKR"}


def test_capitals_of_sovereign_states_are_marked() -> None:
    from vedette.reference.states import all_states

    table = load_gazetteer()
    marked = {c.country for c in map(table.city, range(len(table))) if c.is_capital}
    missing = {s.iso3 for s in all_states() if s.exists_today and s.iso3} - marked
    assert missing <= {"PLW", "NRU", "FSM", "MHL", "TUV", "KIR"}, missing


def test_loading_is_quick_and_needs_no_numpy() -> None:
    code = (
        "import sys, time; t = time.process_time(); from vedette.reference.gazetteer import candidates;"
        "candidates('Minsk'); print(time.process_time() - t, 'numpy' in sys.modules)"
    )
    best = min(
        (
            subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
            for _ in range(3)
        ),
        key=lambda out: float(out[0]),
    )
    # Usually 0.08 s of this process for import, load and first look-up. The ceiling is far off, since a test machine
    # is shared: it catches a table that is parsed instead of loaded. benchmarks/startup.py holds the commands' budgets.
    assert float(best[0]) < 1.0
    assert best[1] == "False"
    start = time.process_time()
    for _ in range(200):
        candidates("Kyiv")
    assert (time.process_time() - start) / 200 < 0.02


def test_a_missing_file_says_how_to_get_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gazetteer, "files", lambda _: tmp_path)
    load_gazetteer.cache_clear()
    try:
        with pytest.raises(Unavailable, match="pip install"):
            load_gazetteer()
    finally:
        load_gazetteer.cache_clear()


def test_a_made_file_is_read_back() -> None:
    import importlib.util

    root = Path(__file__).resolve().parents[3]
    spec = importlib.util.spec_from_file_location("reference_data", root / "buildtools" / "reference_data.py")
    assert spec is not None
    assert spec.loader is not None
    recipe = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(recipe)

    def city(id: int, name: str, population: int, *also: str) -> dict[str, object]:
        return {"geonameid": id, "name": name, "latitude": -1.5, "longitude": 179.25, "countrycode": "XA",
                "population": population, "admin1code": "7", "alternatenames": list(also)}  # fmt: skip

    country = {"iso": "XA", "iso3": "XAA", "name": "Xanadu", "population": 9, "capital": "Kubla"}
    packed = recipe.gazetteer_file([city(1, "Alph", 100), city(2, "Kublá", 50, "Ciudad Kubla", "KUB")], [country])
    table = Gazetteer(packed)
    assert len(table) == 2
    capital = table.city(1)
    assert (capital.name, capital.is_capital, capital.country, capital.lat, capital.lon) == (
        "Kublá",
        True,
        "XAA",
        -1.5,
        179.25,
    )
    assert table.rows("kubla") == [(1, True)]
    assert table.rows("ciudad-kubla") == [(1, False)]
    assert table.rows("KUB") == []
    assert table.spellings(1) == ("Ciudad Kubla",)
    assert table.spellings(0) == ()
