"""Judgments in the forecast: rounds, blindness, states, ratios, probabilities."""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import replace

import pytest
from tests.made_cases import five, host_case, item

from vedette.domain.judgment import Judgment, JudgmentKind
from vedette.errors import BadInput
from vedette.forecasting.assess import Setting, assess
from vedette.forecasting.draws import logit
from vedette.forecasting.judgments import latest
from vedette.forecasting.parameters import Parameters

SETTING = Setting(framework=five(), parameters=Parameters(draws=300))
NOW = dt.datetime(2022, 1, 15, tzinfo=dt.UTC)


def judged(id: str, kind: str, subject: str, value: float, **more: object) -> Judgment:
    fields: dict[str, object] = {"analyst": "ana", "at": NOW}
    fields.update(more)
    return Judgment(id=id, kind=JudgmentKind(kind), subject=subject, value=value, **fields)  # type: ignore[arg-type]


def p(judgments: list[Judgment], scenario: str = "attack", mode: str = "recommended") -> float:
    case = host_case([item("E00"), item("E01", condition="stakes")], judgments=tuple(judgments))
    result = assess(case, "2022-01-20", replace(SETTING, mode=mode), with_sensitivity=False)
    for s in result.scenarios:
        bars = math.fsum(c.log_odds for c in result.contributions[s.id])
        assert bars == pytest.approx(logit(s.probability), abs=1e-9)
    return result.scenario(scenario).probability


def test_a_state_moves_its_condition_and_the_number() -> None:
    assert p([judged("j1", "state", "main.low_costs", -2)]) < p([]) < p([judged("j1", "state", "main.low_costs", 2)])


def test_two_analysts_who_disagree_cancel() -> None:
    both = [judged("j1", "state", "main.low_costs", -2), judged("j2", "state", "main.low_costs", 2, analyst="bo")]
    assert p(both) == pytest.approx(p([]), abs=1e-9)


def test_an_analysts_own_interval_widens_and_hardly_moves_the_estimate() -> None:
    def found(**more: object) -> tuple[float, float]:
        case = host_case([item("E00")], judgments=(judged("j1", "state", "main.low_costs", 1, **more),))
        result = assess(case, "2022-01-20", SETTING, with_sensitivity=False)
        p = result.scenario("attack").probability
        assert math.fsum(c.log_odds for c in result.contributions["attack"]) == pytest.approx(logit(p))
        state = next(c for c in result.conditions if c.scenario == "attack" and c.condition == "low_costs")
        assert state.interval is not None
        return p, state.interval[1] - state.interval[0]

    sure, unsure, none = found(low=0.9, high=1.1), found(low=-1.0, high=3.0), found()
    assert unsure[1] > none[1] + 0.5 and unsure[0] == pytest.approx(none[0], abs=0.05)
    assert sure[1] == pytest.approx(none[1], abs=0.02), "an interval never narrows what was not known before"
    mixed = [judged("j1", "state", "main.low_costs", 0, low=-2.0, high=2.0)]
    assert p(mixed) == pytest.approx(p([]), abs=0.03) and p(mixed) != p([])


def test_a_likelihood_ratio_replaces_the_verbal_strength() -> None:
    assert (
        p([judged("j1", "likelihood_ratio", "E00", -1.4)]) < p([]) < p([judged("j1", "likelihood_ratio", "E00", 2.0)])
    )


def test_probabilities_are_pooled_with_the_model() -> None:
    alone = p([])
    pooled = p([judged("j1", "probability", "attack", 0.8)])
    assert alone < pooled < 0.8


def test_the_author_mode_hears_no_judgments() -> None:
    assert p([judged("j1", "probability", "attack", 0.9)], mode="author") == p([], mode="author")


def test_who_saw_the_model_first_counts_half() -> None:
    blind = judged("j1", "probability", "attack", 0.8)
    seen = judged("j2", "probability", "attack", 0.1, analyst="bo", saw_model=True)
    assert p([blind, seen]) > p([blind, replace(seen, saw_model=False)])


def test_a_later_round_replaces_the_first() -> None:
    first = judged("j1", "probability", "attack", 0.8)
    second = judged("j2", "probability", "attack", 0.4, round=2, reason="read the others")
    assert latest([second, first]) == (second,)
    assert p([first, second]) == p([second])


def test_later_judgments_change_nothing_earlier() -> None:
    later = judged("j1", "probability", "attack", 0.9, at=dt.datetime(2022, 1, 21, tzinfo=dt.UTC))
    assert p([later]) == p([])


@pytest.mark.parametrize("value", [0.0, 1.0])
def test_certainty_is_refused(value: float) -> None:
    with pytest.raises(BadInput, match="strictly between"):
        judged("j1", "probability", "attack", value)
