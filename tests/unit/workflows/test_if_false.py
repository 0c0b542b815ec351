"""Key assumptions made false: the estimate is made again, on a known case and on refused reruns."""

from __future__ import annotations

from dataclasses import replace

import pytest

from vedette.domain.case import Assumption, Case
from vedette.errors import CaseRefused, UnknownName
from vedette.reference.bundled import bundled_case
from vedette.workflows.assess import assess_case


def with_rerun(*rerun: str) -> Case:
    case = bundled_case("belarus-2022")
    return replace(case, assumptions=(Assumption(id="made", statement="Made.", rerun=rerun),))


def change(case: Case, scenario: str) -> float:
    result = assess_case(case, "2022-01-20")
    return next(s.change for s in result.sensitivity if s.kind == "if_false" and s.scenario == scenario)


def test_a_host_that_can_refuse_lowers_the_attack_through_it() -> None:
    assert change(with_rerun("access.veto=0.95"), "attack_from_belarus") < -0.005


def test_costs_seen_as_bearable_raise_the_attack() -> None:
    assert change(with_rerun("main.low_costs=met"), "attack") > 0.05


def test_a_wider_class_changes_the_start() -> None:
    assert change(with_rerun("attack.class=1"), "attack") > 0.01


@pytest.mark.parametrize("rerun", ["access.veto=3", "nowhere.veto=0.5", "main.low_costs=huge", "main.weather=met"])
def test_a_rerun_that_makes_no_sense_is_refused(rerun: str) -> None:
    with pytest.raises((CaseRefused, UnknownName)):
        assess_case(with_rerun(rerun), "2022-01-20")


def test_every_rerun_of_the_bundled_cases_works() -> None:
    for name in ("belarus-2022", "niger-2023"):
        case = bundled_case(name)
        result = assess_case(case)
        wanted = sum(1 for a in case.assumptions if a.rerun)
        assert wanted and sum(s.kind == "if_false" for s in result.sensitivity) == wanted * len(result.scenarios)
