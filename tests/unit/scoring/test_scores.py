"""Scores against their definitions and against two outside implementations."""

from __future__ import annotations

import numpy as np
import pytest

from vedette import scoring

RNG = np.random.default_rng(7)
P = np.round(RNG.random(400), 2)  # rounding makes ties, which rank metrics must handle
Y = (RNG.random(400) < P).astype(float)
W = RNG.random(400) * 3
K = RNG.dirichlet(np.ones(4), size=200)
C = np.array([RNG.choice(4, p=row) for row in K])


def test_brier_and_log_score_equal_scikit_learn() -> None:
    metrics = pytest.importorskip("sklearn.metrics")
    inside = np.clip(P, 0.01, 0.99)
    assert scoring.brier(Y, P) == pytest.approx(metrics.brier_score_loss(Y, P), abs=1e-12)
    assert scoring.brier(Y, P, W) == pytest.approx(metrics.brier_score_loss(Y, P, sample_weight=W), abs=1e-12)
    assert scoring.log_score(Y, inside) == pytest.approx(metrics.log_loss(Y, inside), abs=1e-12)
    assert scoring.log_score_categories(C, K) == pytest.approx(metrics.log_loss(C, K), abs=1e-12)


def test_rank_metrics_equal_scikit_learn_with_ties_and_weights() -> None:
    metrics = pytest.importorskip("sklearn.metrics")
    assert scoring.roc_auc(Y, P) == pytest.approx(metrics.roc_auc_score(Y, P), abs=1e-12)
    assert scoring.pr_auc(Y, P) == pytest.approx(metrics.average_precision_score(Y, P), abs=1e-12)
    assert scoring.roc_auc(Y, P, W) == pytest.approx(metrics.roc_auc_score(Y, P, sample_weight=W), abs=1e-12)
    ours, theirs = scoring.pr_auc(Y, P, W), metrics.average_precision_score(Y, P, sample_weight=W)
    assert ours == pytest.approx(theirs, abs=1e-12)
    recall, precision, thresholds = scoring.pr_curve(Y, P)
    p, r, t = metrics.precision_recall_curve(Y, P)
    assert np.allclose(recall[::-1], r[:-1], atol=1e-12) and np.allclose(precision[::-1], p[:-1], atol=1e-12)
    assert np.allclose(thresholds[::-1], t)


def test_scores_equal_scoringrules() -> None:
    rules = pytest.importorskip("scoringrules")
    assert np.allclose(scoring.brier_each(Y, P), rules.brier_score(Y, P), atol=1e-12)
    inside = np.clip(P, 0.01, 0.99)
    assert np.allclose(scoring.log_score_each(Y, inside), rules.log_score(Y, inside), atol=1e-12)
    assert scoring.rps(C, K) == pytest.approx(float(np.mean(rules.rps_score(C + 1, K))), abs=1e-12)


def test_two_categories_are_twice_the_binary_brier() -> None:
    rows = np.column_stack([1 - P, P])
    assert scoring.brier_categories(Y.astype(int), rows) == pytest.approx(2 * scoring.brier(Y, P), abs=1e-12)
    assert scoring.rps(Y.astype(int), rows) == pytest.approx(scoring.brier(Y, P), abs=1e-12)


def test_categories_equal_the_definition_by_hand() -> None:
    assert scoring.brier_categories([2], [[0.2, 0.3, 0.5]]) == pytest.approx(0.04 + 0.09 + 0.25)
    assert scoring.rps([0], [[0.2, 0.3, 0.5]]) == pytest.approx(0.8**2 + 0.5**2)
    assert scoring.rps([0], [[0.2, 0.3, 0.5]], normalise=True) == pytest.approx((0.8**2 + 0.5**2) / 2)


def test_log_score_is_clipped_where_it_says() -> None:
    assert scoring.log_score([1], [0.0]) == pytest.approx(-np.log(scoring.LOG_CLIP))
    assert scoring.log_score([1], [0.0], clip=1e-3) == pytest.approx(-np.log(1e-3))


def test_skill_of_the_reference_itself_is_zero() -> None:
    assert scoring.brier_skill(Y, np.full_like(Y, 0.3), 0.3) == pytest.approx(0.0, abs=1e-15)
    assert np.isnan(scoring.skill(0.1, 0.0))


def test_rank_metrics_without_events_are_nan_not_zero() -> None:
    assert np.isnan(scoring.roc_auc([0, 0], [0.1, 0.2])) and np.isnan(scoring.pr_auc([0, 0], [0.1, 0.2]))


@pytest.mark.parametrize(
    ("outcomes", "forecasts", "words"),
    [
        ([], [], "nothing to score"),
        ([0, 1], [0.5], "2 outcomes but 1"),
        ([0, 2], [0.5, 0.5], "not 0 or 1"),
        ([0, np.nan], [0.5, 0.5], "not 0 or 1"),
        ([0, 1], [0.5, 1.5], "outside"),
        ([0, 1], [np.nan, 0.5], "outside"),
        ([[0, 1]], [[0.5, 0.5]], "one-dimensional"),
    ],
)
def test_bad_input_is_named(outcomes: list[float], forecasts: list[float], words: str) -> None:
    for score in (scoring.brier, scoring.log_score, scoring.roc_auc, scoring.pr_auc, scoring.ece):
        with pytest.raises(ValueError, match=words):
            score(outcomes, forecasts)


def test_bad_categories_are_named() -> None:
    with pytest.raises(ValueError, match="sum to 1"):
        scoring.rps([0], [[0.5, 0.4]])
    with pytest.raises(ValueError, match="whole numbers from 0 to 1"):
        scoring.brier_categories([2], [[0.5, 0.5]])
    with pytest.raises(ValueError, match="weights"):
        scoring.brier([0, 1], [0.1, 0.2], weights=[-1, 1])
