"""Pooling of forecasts."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vedette.errors import BadInput
from vedette.forecasting.pool import (
    ExtremisingRecord,
    Resolved,
    effective_forecasters,
    heuristic_extremising,
    learn_pool,
    people_weights,
    pool_distributions,
    pool_log_odds,
    skill_weight,
)

INSIDE = st.floats(0.01, 0.99)


@given(st.lists(INSIDE, min_size=1, max_size=8), st.data())
def test_an_unextremised_pool_stays_inside_the_forecasts(p: list[float], data: st.DataObject) -> None:
    weights = data.draw(st.lists(st.floats(0.1, 5), min_size=len(p), max_size=len(p)))
    assert min(p) - 1e-9 <= pool_log_odds(p, weights) <= max(p) + 1e-9


@given(st.lists(INSIDE, min_size=2, max_size=6))
def test_extremising_moves_away_from_the_base_rate(p: list[float]) -> None:
    equal = [1.0] * len(p)
    plain, sharp = pool_log_odds(p, equal, base=0.3), pool_log_odds(p, equal, base=0.3, extremise=1.5)
    assert abs(sharp - 0.3) >= abs(plain - 0.3) - 1e-12


def test_heuristic_starts_at_the_published_value() -> None:
    assert heuristic_extremising(2) == pytest.approx(1.29, abs=0.005)
    assert heuristic_extremising(1000) == pytest.approx(1.73, abs=0.005)
    assert heuristic_extremising(1) == 1.0


def test_extremising_needs_a_record() -> None:
    assert ExtremisingRecord(questions=29, best=1.6, gain=0.05, gain_low=0.01).allowed == 1.0
    assert ExtremisingRecord(questions=30, best=1.6, gain=0.05, gain_low=-0.01).allowed == 1.0
    assert ExtremisingRecord(questions=30, best=1.6, gain=0.05, gain_low=0.01).allowed == 1.6


def test_weights_follow_a_shrunken_record() -> None:
    assert skill_weight(0.9, 0) == 1.0
    assert 1.0 < skill_weight(0.5, 5) < skill_weight(0.5, 200)
    assert skill_weight(-0.5, 200) < 1.0
    assert effective_forecasters([1, 1, 1, 1]) == pytest.approx(4)


def test_a_distribution_pool_sums_to_one_and_agrees_with_log_odds() -> None:
    pooled = pool_distributions([{"a": 0.2, "b": 0.8}, {"a": 0.6, "b": 0.4}], [1, 1])
    assert sum(pooled.values()) == pytest.approx(1)
    assert pooled["a"] == pytest.approx(pool_log_odds([0.2, 0.6], [1, 1]))


@pytest.mark.parametrize(("p", "w"), [([], []), ([0.5], [0.0]), ([0.5, 0.5], [1.0]), ([0.5], [-1.0])])
def test_empty_or_weightless_pools_are_refused(p: list[float], w: list[float]) -> None:
    with pytest.raises(BadInput):
        pool_log_odds(p, w)


def resolved(n: int, seed: int = 5) -> list[Resolved]:
    """Three people, all too timid: one who knows, one who hardly dares to say it, one who guesses."""
    rng = np.random.default_rng(seed)
    out = []
    for _ in range(n):
        truth = rng.normal(0, 2)
        happened = bool(rng.random() < 1 / (1 + np.exp(-truth)))
        said = (0.6 * truth, 0.3 * truth, rng.normal(0, 1))
        p = tuple(float(1 / (1 + np.exp(-x))) for x in said)
        out.append(Resolved(people=("knows", "timid", "guesses"), p=p, happened=happened))
    return out


def test_people_are_weighed_by_their_record() -> None:
    w = people_weights(resolved(300))
    assert w["knows"] > w["timid"] > 1.0 > w["guesses"]


def test_the_learnt_pool_beats_the_plain_one_on_later_questions() -> None:
    learnt, later = learn_pool(resolved(1200)), resolved(600, seed=6)
    assert learnt.record.questions == 600 and learnt.record.allowed == learnt.record.best > 1.0

    def loss(pooled: Callable[[Resolved], float]) -> float:
        return float(np.mean([-np.log(pooled(q) if q.happened else 1 - pooled(q)) for q in later]))

    assert loss(lambda q: learnt.pool(q.people, q.p)) < loss(lambda q: pool_log_odds(q.p, [1.0] * 3))


def test_a_short_record_teaches_weights_but_never_extremises() -> None:
    learnt = learn_pool(resolved(40))
    assert learnt.record.questions == 20 and learnt.record.allowed == 1.0
    assert learnt.pool(["stranger"], [0.3]) == pytest.approx(0.3)
    with pytest.raises(BadInput):
        learn_pool([])


def test_what_happens_later_does_not_change_what_was_learnt() -> None:
    first = resolved(100)
    assert learn_pool(first) == learn_pool(list(first))
    assert learn_pool(first) != learn_pool(resolved(100, seed=9))
