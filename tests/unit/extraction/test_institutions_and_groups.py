"""Actors by institution, by group of states and by dated office."""

from __future__ import annotations

import datetime as dt

import pytest

from vedette.extraction.names import actor_mentions, scan_names
from vedette.extraction.places import place_mentions
from vedette.reference.demonyms import demonyms, institutions, seats
from vedette.reference.leaders import all_leaders, leader_named
from vedette.reference.states import all_states

DAY = dt.date(2022, 1, 20)


def codes(text: str) -> list[tuple[str, ...]]:
    return [a.codes for a in actor_mentions(text, scan_names(text, DAY), "")]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The Federal Foreign Office warned travellers.", [("DEU",)]),
        ("The State Duma voted; the Verkhovna Rada did not.", [("RUS",), ("UKR",)]),
        ("The Minsk Group met.", [("OSCE",)]),
        ("The Anglo-Saxons want it.", [("USA", "GBR")]),
        ("Central Asian states agreed with MINUSMA.", [("KAZ", "KGZ", "TJK", "TKM", "UZB"), ("UN",)]),
        ("The Organization of Turkic States condemned it.", [("OTS",)]),
    ],
)
def test_institutions_and_groups_have_codes(text: str, expected: list[tuple[str, ...]]) -> None:
    assert codes(text) == expected


def test_an_institution_is_no_place() -> None:
    text = "A debate in the State Duma and in the Bundestag."
    assert place_mentions(text, scan_names(text, DAY), [(0, len(text))]) == []


@pytest.mark.parametrize(
    ("name", "day", "code", "role"),
    [
        ("Lambrecht", dt.date(2022, 1, 20), "DEU", "defence minister"),
        ("Donald Tusk", dt.date(2018, 1, 1), "EU", "president of the European Council"),
        ("Tokayev", dt.date(2022, 1, 6), "KAZ", "president"),
        ("Dendias", dt.date(2021, 5, 1), "GRC", "foreign minister"),
    ],
)
def test_ministers_have_the_role_of_the_day(name: str, day: dt.date, code: str, role: str) -> None:
    leader = leader_named(name, day)
    assert leader is not None
    assert (leader.code, leader.role) == (code, role)


def test_tables_are_sound() -> None:
    known = {state.iso3 for state in all_states()}
    assert set(institutions()) <= known
    assert not {n for names in institutions().values() for n in names} & {
        n for table in (seats(), demonyms()) for names in table.values() for n in names
    }
    rows = [(leader.code, leader.names[0], leader.role, leader.start) for leader in all_leaders()]
    assert len(rows) == len(set(rows))
    assert all(leader.end is None or leader.end > leader.start for leader in all_leaders())
