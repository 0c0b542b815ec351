"""Numbers with unit, bound and what they count."""

from __future__ import annotations

import pytest

from vedette.domain.claims import Bound
from vedette.extraction.quantities import find_quantities


@pytest.mark.parametrize(
    ("text", "value", "unit", "bound", "of"),
    [
        ("less than 56 miles from", 56, "miles", Bound.LESS_THAN, "miles"),
        ("more than 30,000 troops", 30_000, "troops", Bound.MORE_THAN, "troops"),
        ("over 80 military transport aircraft", 80, "aircraft", Bound.MORE_THAN, "military transport aircraft"),
        ("about 1,600 security officers", 1_600, "people", Bound.ABOUT, "security officers"),
        ("at least 3 warships", 3, "ships", Bound.MORE_THAN, "warships"),
        ("up to 200 tanks", 200, "vehicles", Bound.LESS_THAN, "tanks"),
        ("$25 billion", 25e9, "USD", Bound.EXACT, ""),
        ("90 percent of", 90, "percent", Bound.EXACT, ""),
        ("two brigades", 2, "formations", Bound.EXACT, "brigades"),
        ("twenty-five drones", 25, "aircraft", Bound.EXACT, "drones"),
        ("2.5 million people", 2.5e6, "people", Bound.EXACT, "people"),
        ("tens of thousands of Russian troops", 10_000, "troops", Bound.MORE_THAN, "Russian troops"),
        ("hundreds of soldiers", 100, "troops", Bound.MORE_THAN, "soldiers"),
        ("100,000-strong force", 100_000, "units", Bound.EXACT, ""),
    ],
)
def test_readings(text: str, value: float, unit: str, bound: Bound, of: str) -> None:
    found = find_quantities(text)
    if text.startswith("100,000-strong"):
        assert found == []  # "force" is no unit: nothing is said rather than something wrong
        return
    (one,) = found
    assert (one.value, one.unit, one.bound, one.of) == (value, unit, bound, of)
    assert text[one.start : one.end] == one.text


@pytest.mark.parametrize(
    "text",
    ["1) justification, 2) support", "the 26th session", "in 2014 troops came", "Jan. 17 troops", "120-mm guns",
     "one soldier", "Article 5", "a two-day visit", "30 years ago"],
)  # fmt: skip
def test_labels_years_and_ordinals_are_no_quantities(text: str) -> None:
    assert find_quantities(text) == []


def test_a_range_is_its_middle_and_only_about() -> None:
    (one,) = find_quantities("5,000 to 7,000 troops")
    assert (one.value, one.bound) == (6_000, Bound.ABOUT)
