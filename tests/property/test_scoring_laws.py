"""Laws of scores: propriety, ranges, invariances."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from tests.conftest import examples

from vedette import scoring

probability = st.floats(0.0, 1.0, allow_nan=False)
inner = st.floats(1e-6, 1 - 1e-6, allow_nan=False)


@st.composite
def cases(draw: st.DrawFn) -> tuple[np.ndarray, np.ndarray]:
    n = draw(st.integers(2, 40))
    y = draw(arrays(np.float64, n, elements=st.sampled_from([0.0, 1.0])))
    # 0.001 steps, so that ties occur and rescaling below keeps the order exactly
    p = draw(arrays(np.int64, n, elements=st.integers(0, 1000))) / 1000.0
    return y, p


@given(truth=inner, stated=inner)
def test_brier_and_log_score_are_proper(truth: float, stated: float) -> None:
    for each in (scoring.brier_each, scoring.log_score_each):
        honest = truth * each([1], [truth])[0] + (1 - truth) * each([0], [truth])[0]
        other = truth * each([1], [stated])[0] + (1 - truth) * each([0], [stated])[0]
        assert honest <= other + 1e-12


@given(data=st.data())
def test_category_scores_are_proper(data: st.DataObject) -> None:
    weights = st.lists(st.floats(0.01, 1.0), min_size=4, max_size=4)
    truth = np.array(data.draw(weights))
    stated = np.array(data.draw(weights))
    truth, stated = truth / truth.sum(), stated / stated.sum()
    for score in (scoring.brier_categories, scoring.log_score_categories, scoring.rps):
        honest = sum(truth[k] * score([k], truth[None, :]) for k in range(4))
        other = sum(truth[k] * score([k], stated[None, :]) for k in range(4))
        assert honest <= other + 1e-9


@given(cases())
def test_ranges(case: tuple[np.ndarray, np.ndarray]) -> None:
    y, p = case
    assert 0.0 <= scoring.brier(y, p) <= 1.0
    assert scoring.log_score(y, p) >= 0.0
    assert 0.0 <= scoring.ece(y, p) <= 1.0
    if 0 < y.sum() < y.size:
        assert 0.0 <= scoring.roc_auc(y, p) <= 1.0
        assert 0.0 < scoring.pr_auc(y, p) <= 1.0 + 1e-12


@given(cases(), st.integers(0, 2**31))
def test_order_of_cases_changes_nothing(case: tuple[np.ndarray, np.ndarray], seed: int) -> None:
    y, p = case
    shuffle = np.random.default_rng(seed).permutation(y.size)
    for score in (scoring.brier, scoring.log_score, scoring.roc_auc, scoring.pr_auc, scoring.ece):
        assert np.isclose(score(y, p), score(y[shuffle], p[shuffle]), atol=1e-12, equal_nan=True)


@given(cases())
def test_rank_metrics_see_only_the_order(case: tuple[np.ndarray, np.ndarray]) -> None:
    y, p = case
    for score in (scoring.roc_auc, scoring.pr_auc):
        assert np.isclose(score(y, p), score(y, p / 2 + 0.25), atol=1e-12, equal_nan=True)


@given(cases())
def test_turning_forecasts_and_outcomes_mirrors(case: tuple[np.ndarray, np.ndarray]) -> None:
    y, p = case
    assert np.isclose(scoring.brier(y, p), scoring.brier(1 - y, 1 - p), atol=1e-12)
    if 0 < y.sum() < y.size:
        assert np.isclose(scoring.roc_auc(y, p), 1 - scoring.roc_auc(1 - y, p), atol=1e-12)


@given(cases(), st.integers(1, 12))
def test_decomposition_is_exact(case: tuple[np.ndarray, np.ndarray], bins: int) -> None:
    y, p = case
    d = scoring.brier_decomposition(y, p, bins=bins)
    total = d.reliability - d.resolution + d.uncertainty + d.within_bin
    assert np.isclose(d.brier, total, atol=1e-12)
    assert d.reliability >= 0 and d.resolution >= 0


@settings(max_examples=examples(30), deadline=None)
@given(cases(), st.integers(0, 2**31))
def test_bootstrap_of_one_cluster_is_a_point(case: tuple[np.ndarray, np.ndarray], seed: int) -> None:
    y, p = case
    i = scoring.bootstrap_interval(y, p, "brier", np.zeros(y.size), replicates=5, seed=seed)
    assert np.isclose(i.low, i.estimate) and np.isclose(i.high, i.estimate)
