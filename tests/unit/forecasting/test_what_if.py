"""What-ifs against the plain evaluation, flips, premortems and the worth of looking."""

from __future__ import annotations

import numpy as np
import pytest
from tests.made_cases import CONDITIONS, five, host_case, item

from vedette.domain.claims import Direction, Strength
from vedette.forecasting.assess import Setting, prepare
from vedette.forecasting.engine import Engine, Shift
from vedette.forecasting.parameters import Parameters
from vedette.forecasting.what_if import WhatIf, premortem, smallest_flip, worth_of_looking
from vedette.reference.frameworks import framework


def engine(setting: Setting | None = None) -> Engine:
    evidence = [
        item("E00", condition="low_costs", direction=Direction.LOWERS, strength=Strength.STRONG),
        item("E01", condition="technical_feasibility", scenario="attack_from_host", strength=Strength.STRONG),
        item("E02", condition="local_support", scenario="lasting_presence", option="stay"),
        item("E03", condition="stakes"),
        item("E04", condition="option", grade="F6"),
    ]
    chosen = setting or Setting(framework=five(), parameters=Parameters(draws=300))
    return prepare(host_case(evidence), "2022-01-20", chosen)[0]


@pytest.mark.parametrize("condition", CONDITIONS)
@pytest.mark.parametrize("level", [-2.0, 0.0, 1.0])
def test_fast_what_ifs_equal_the_plain_evaluation(condition: str, level: float) -> None:
    e = engine()
    ready = WhatIf(e)
    for chance in ("attack", "access", "route", "stay"):
        for at_least in (False, True):
            change = [Shift(chance=chance, channel=condition, level=level, at_least=at_least)]
            plain = e.scenario_draws(e.evaluate(overrides=change)).mean(axis=1)
            np.testing.assert_allclose(ready.means(change), plain, atol=1e-12)


def test_changes_on_two_chances_fall_back_to_the_plain_evaluation() -> None:
    e = engine()
    change = [Shift(chance="attack", channel="low_costs", level=2), Shift(chance="stay", channel="low_costs", level=-2)]
    np.testing.assert_array_equal(WhatIf(e).means(change), e.scenario_draws(e.evaluate(overrides=change)).mean(axis=1))


def test_a_flip_really_changes_the_leader_and_less_does_not() -> None:
    ready = WhatIf(engine())
    rivals = ["attack_from_host", "lasting_presence", "neither"]
    names = [s.id for s in ready.engine.case.scenario_set.scenarios]
    flip = smallest_flip(ready, rivals)
    assert flip is not None

    def leader(level: float) -> str:
        p = ready.means([Shift(chance=flip.chance, channel=flip.condition, level=level)])
        return max(rivals, key=lambda r: p[names.index(r)])

    assert leader(flip.level) == flip.scenario != flip.over
    assert max(rivals, key=lambda r: ready.mean[names.index(r)]) == flip.over


def test_a_premortem_raises_step_by_step() -> None:
    ready = WhatIf(engine())
    path = premortem(ready, "attack_from_host")
    before = ready.mean[0]
    assert path
    for step in path:
        assert step.probability > before
        before = step.probability


def test_looking_is_worth_nothing_on_average_in_the_mean() -> None:
    """Present and absent average back to the present probability: no observation is good news for sure."""
    setting = Setting(framework=framework("five-conditions"), parameters=Parameters(draws=300))
    ready = WhatIf(engine(setting))
    found = worth_of_looking(ready, "attack")
    now = ready.mean[3]
    assert len(found) >= 5
    for o in found:
        assert o.chance_seen * o.if_present + (1 - o.chance_seen) * o.if_absent == pytest.approx(now, abs=1e-9)
        assert (o.if_present - now) * (o.if_absent - now) <= 0
    assert [o.expected_move for o in found] == sorted((o.expected_move for o in found), reverse=True)
