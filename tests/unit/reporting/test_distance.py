"""The measured distance, claims held against it, and the map of the brief."""

from __future__ import annotations

from dataclasses import replace

import pytest

from made_assessment import made_case
from vedette.domain.case import Case
from vedette.domain.claims import Bound, Place, Posture, Quantity
from vedette.reporting.distance import Measured, measure, measured_option


@pytest.fixture(scope="module")
def measured() -> Measured:
    return measure(made_case())


def test_the_shortest_way_from_belarus_to_kyiv(measured: Measured) -> None:
    facts = measured.facts
    assert facts is not None
    assert facts["km"] == pytest.approx(87.3, abs=0.15)
    assert facts["spread"][0] < facts["km"] < facts["spread"][1]
    assert [r for r, _ in facts["by_resolution"]] == ["1:10 million", "1:50 million", "1:110 million"]
    assert facts["from_name"] == "Belarus–Ukraine border"
    assert facts["to_name"] == "Kyiv"


def test_less_than_56_miles_holds_and_nothing_in_the_spread_is_refuted(measured: Measured) -> None:
    assert measured.facts is not None
    assert [(c["claim"], c["standing"]) for c in measured.facts["claims"]] == [("less than 56 miles", "holds")]
    case = made_case()
    item = case.evidence[3]
    for value in (50.0, 53.0, 60.0):
        tighter = Quantity(text=f"less than {value} miles", value=value, unit="miles", bound=Bound.LESS_THAN)
        other = replace(case, evidence=(*case.evidence[:3], replace(item, quantities=(tighter,))))
        facts = measure(other).facts
        assert facts is not None
        assert facts["claims"][0]["standing"] in ("holds", "within_error")


def test_other_lengths_and_other_quantities_are_no_claims_on_this_distance() -> None:
    case = made_case()
    items = (
        replace(case.evidence[0], claim="A column stood 30 km from Mazyr.",
                quantities=(Quantity(text="30 km", value=30, unit="km"),)),
        replace(case.evidence[3], quantities=(Quantity(text="30 tanks", value=30, unit="vehicles"),)),
    )  # fmt: skip
    facts = measure(replace(case, evidence=items)).facts
    assert facts is not None
    assert facts["claims"] == []


def test_reports_are_marked_where_they_were_seen_but_not_at_capitals() -> None:
    case = made_case()
    homel = Place(name="Homel", lat=52.43, lon=30.98, country="BLR")
    minsk = Place(name="Minsk", lat=53.9, lon=27.56, country="BLR")
    items = (replace(case.evidence[0], place=homel), replace(case.evidence[2], place=homel),
             replace(case.evidence[3], place=minsk))  # fmt: skip
    found = measure(replace(case, evidence=items))
    assert found.facts is not None
    assert found.facts["sightings"] == [{"number": 1, "evidence": "E1"}]
    assert found.svg.count('class="tri"') == 1


def test_the_map_is_small_self_contained_and_says_what_it_shows(measured: Measured) -> None:
    assert measured.svg.startswith("<svg")
    assert len(measured.svg) < 150_000
    assert "<title" in measured.svg
    assert "http" not in measured.svg.replace("http://www.w3.org/2000/svg", "")


def _alone(case: Case, **changes: object) -> Case:
    option = replace(case.options[0], **changes)  # type: ignore[arg-type]
    return replace(case, options=(option, case.options[1]))


def test_the_option_measured_is_the_hostile_one_with_a_host_else_any_between_two_states() -> None:
    case = made_case()
    assert measured_option(case) == case.options[0]
    without = measured_option(_alone(case, host=None))
    assert without is not None
    assert without.id == "main"
    assert measure(_alone(case, host=None)).facts is not None


def test_why_there_is_no_distance_is_said() -> None:
    case = made_case()
    at_home = _alone(case, target="RUS", host=None, posture=Posture.INVITED)
    stay = replace(at_home.options[1], target="RUS", host=None)
    missing = measure(replace(at_home, options=(at_home.options[0], stay)))
    assert missing.facts is None
    assert "no option" in missing.missing
    nowhere = measure(_alone(case, target="ATL"))
    assert nowhere.facts is None
    assert "ATL" in nowhere.missing
