"""The state table: codes by date, the way out of a wrong code, agreement with the outside lists."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vedette.errors import UnknownState
from vedette.reference.states import all_states, find_state, states_in_year

_DAYS = st.dates(date(1816, 1, 1), date(2024, 12, 31))


def test_codes_are_unique_and_every_state_has_a_capital() -> None:
    states = all_states()
    assert len({state.cowcode for state in states}) == len(states) == 217
    assert len({state.cowabb for state in states}) == len(states)
    for state in states:
        for spell in state.member:
            assert state.capital_on(spell.start) is not None, state.name
            assert spell.end is None or spell.start <= spell.end
        assert all(-90 <= c.lat <= 90 and -180 <= c.lon <= 180 for c in state.capitals)


@pytest.mark.parametrize(
    ("key", "day", "cow", "gw"),
    [
        ("DEU", date(1980, 1, 1), 260, 260),
        ("DEU", date(2020, 1, 1), 255, 260),
        ("Yemen", date(2015, 1, 1), 679, 678),
        ("YEM", date(1980, 1, 1), 678, 678),
        ("Serbia", date(2010, 1, 1), 345, 340),
        ("Yugoslavia", date(1999, 3, 24), 345, 345),
        ("VNM", date(1970, 1, 1), 816, 816),
        ("cote d'ivoire", date(2011, 1, 1), 437, 437),
        ("U.S.", date(2003, 3, 20), 2, 2),
        ("USSR", date(1968, 8, 20), 365, 365),
    ],
)
def test_codes_depend_on_the_date(key: str, day: date, cow: int, gw: int) -> None:
    state = find_state(key, day)
    assert (state.cowcode, state.gwcode_on(day)) == (cow, gw)


def test_iso_letters_win_over_cow_letters_unless_the_scheme_says_so() -> None:
    assert find_state("AUS").name == "Australia"
    assert find_state("AUS", scheme="cowabb").name == "Austria"
    assert find_state("SLV").name == "El Salvador"
    assert find_state(970, scheme="gw", on=date(2010, 1, 1)).name == "Kiribati"
    assert find_state(970).name == "Nauru"


def test_unknown_name_offers_the_nearest() -> None:
    with pytest.raises(UnknownState) as caught:
        find_state("Ukrane")
    assert any("Ukraine" in name for name in caught.value.nearest)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("Sirya", "Syria"), ("Rusia", "Russia"), ("Lybia", "Libya"), ("Maly", "Mali"), ("Eithopia", "Ethiopia"),
     ("Untied States", "United")],
)
def test_a_slip_of_the_pen_offers_the_state_that_was_meant(typed: str, meant: str) -> None:
    with pytest.raises(UnknownState) as caught:
        find_state(typed)
    assert caught.value.nearest[0].startswith(meant)


@pytest.mark.parametrize(
    ("key", "day", "nearest"),
    [
        ("UKR", date(1985, 1, 1), "Russia"),
        ("East Germany", date(1995, 1, 1), "Germany"),
        ("Czechoslovakia", date(1999, 1, 1), "Czechia"),
        ("SSD", date(2005, 1, 1), "Sudan"),
        ("RVN", date(1990, 1, 1), "Vietnam"),
    ],
)
def test_extinct_or_unborn_state_names_cover_and_successor(key: str, day: date, nearest: str) -> None:
    with pytest.raises(UnknownState) as caught:
        find_state(key, day)
    assert str(day) in str(caught.value) and " to " in str(caught.value)
    assert any(nearest in name for name in caught.value.nearest)


def test_great_powers_and_nuclear_states() -> None:
    assert {s.iso3 for s in all_states() if s.major_on(date(2020, 1, 1))} == {
        "USA", "GBR", "FRA", "DEU", "RUS", "CHN", "JPN",
    }  # fmt: skip
    assert not find_state("JPN").major_on(date(1970, 1, 1))
    assert find_state("ZAF").nuclear_on(date(1985, 1, 1))
    assert not find_state("ZAF").nuclear_on(date(2000, 1, 1))
    assert sum(s.nuclear_on(date(2020, 1, 1)) for s in all_states()) == 9


def test_capitals_move() -> None:
    kazakhstan = find_state("KAZ")
    assert kazakhstan.capital_on(date(1995, 1, 1)).name == "Almaty"  # type: ignore[union-attr]
    assert kazakhstan.capital_on(date(2022, 1, 5)).name == "Astana"  # type: ignore[union-attr]


@given(day=_DAYS)
def test_every_member_is_found_again_by_its_own_codes(day: date) -> None:
    for state in all_states():
        if state.member_on(day):
            assert find_state(state.cowcode, day) == state
            assert find_state(state.cowabb, day, scheme="cowabb") == state
            assert find_state(state.name, day) == state


@given(day=_DAYS)
def test_no_gw_code_stands_for_two_states_on_one_day(day: date) -> None:
    codes = [code for state in all_states() if (code := state.gwcode_on(day)) is not None]
    assert len(codes) == len(set(codes))


def test_state_counts_by_year_are_those_of_the_cow_list() -> None:
    # CoW v2016: 23 members in 1816, 195 in 2016 (two short-lived members of 1958-64 fall in between).
    assert len(states_in_year(1816)) == 23
    assert len(states_in_year(2016)) == 195


@given(text=st.text(max_size=12))
def test_any_text_gives_a_state_or_a_clear_refusal(text: str) -> None:
    try:
        assert find_state(text).name
    except UnknownState as error:
        assert "unknown state" in str(error)
