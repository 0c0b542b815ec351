"""Tables of actors: every code means something, dates are in order, members are those of the day."""

from __future__ import annotations

from datetime import date

import pytest

from vedette.reference.demonyms import demonyms, seats
from vedette.reference.leaders import all_leaders, holder_of, leader_named
from vedette.reference.organisations import all_organisations, find_organisation, groups_of_states
from vedette.reference.regions import border_point, regions_by_name
from vedette.reference.states import all_states
from vedette.reference.units import UNITS

STATES = {s.iso3 for s in all_states()}
ORGANISATIONS = {o.code for o in all_organisations()}
# Territories with an ISO code that are no members of the state system.
TERRITORIES = {"PSE", "ESH"}


def test_codes_exist() -> None:
    assert set(demonyms()) <= STATES
    assert set(seats()) <= STATES
    assert {leader.code for leader in all_leaders()} <= STATES | ORGANISATIONS | TERRITORIES
    assert {c for codes in groups_of_states().values() for c in codes} <= STATES
    assert {r.country for r in regions_by_name().values()} <= STATES | TERRITORIES | {""}
    assert {m.iso3 for o in all_organisations() for m in o.members} <= STATES


def test_every_state_of_today_has_an_adjective_or_none_is_claimed() -> None:
    today = {s.iso3 for s in all_states() if s.exists_today}
    assert len(today & set(demonyms())) >= 165


def test_terms_of_office_are_in_order_and_do_not_overlap_in_one_office() -> None:
    heads = [r for r in all_leaders() if r.role in ("president", "prime minister", "chancellor")]
    for leader in all_leaders():
        assert leader.end is None or leader.start < leader.end, leader.names
    for a in heads:
        for b in heads:
            if a is not b and (a.code, a.role) == (b.code, b.role):
                assert not (a.start < (b.end or date.max) and b.start < (a.end or date.max)), (a.names, b.names)


def test_points_lie_on_the_globe() -> None:
    for region in regions_by_name().values():
        assert -90 <= region.lat <= 90 and -180 <= region.lon <= 180
    assert border_point("UKR", "RUS") == border_point("RUS", "UKR") is not None
    assert border_point("FRA", "JPN") is None


@pytest.mark.parametrize(
    ("code", "day", "size"),
    [("NATO", date(1950, 1, 1), 12), ("NATO", date(2022, 1, 20), 30), ("NATO", date(2024, 6, 1), 32),
     ("EU", date(2019, 1, 1), 28), ("EU", date(2022, 1, 20), 27), ("CSTO", date(2022, 1, 20), 6),
     ("CSTO", date(2010, 1, 1), 7)],
)  # fmt: skip
def test_members_are_those_of_the_day(code: str, day: date, size: int) -> None:
    organisation = find_organisation(code)
    assert organisation is not None
    assert len(organisation.members_on(day)) == size


def test_unknown_names_have_no_row() -> None:
    assert find_organisation("NONE") is None
    assert leader_named("Nobody Atall", date(2022, 1, 1)) is None
    assert holder_of("XXX", "president", date(2022, 1, 1)) is None


def test_units_are_lower_case_words() -> None:
    assert all(unit == unit.lower() for unit in UNITS)
    assert UNITS["servicemen"] == "troops" and UNITS["countries"] == "countries"
