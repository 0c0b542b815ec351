"""Confidence says how well founded an estimate is, apart from the probability."""

from __future__ import annotations

from tests.made_cases import five, host_case, item

from vedette.forecasting.assess import Setting, assess
from vedette.forecasting.parameters import Parameters

SETTING = Setting(framework=five(), parameters=Parameters(draws=200))


def level(n: int, grade: str = "B2") -> str:
    return assess(host_case([item(f"E{i:02d}", grade=grade) for i in range(n)]), "2022-01-20", SETTING).confidence.level


def test_nothing_and_little_evidence_is_low_however_narrow_the_band() -> None:
    assert level(0) == "low"
    assert level(1, "F6") == "low"
    assert level(5, "A1") == "low"


def test_reasons_are_given() -> None:
    result = assess(host_case([item("E00")]), "2022-01-20", SETTING)
    assert any("independent origin" in r for r in result.confidence.reasons)
