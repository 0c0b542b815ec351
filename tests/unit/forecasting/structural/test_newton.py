"""The Newton fit against an outside implementation, its penalties, its warm start."""

from __future__ import annotations

import numpy as np
import pytest

from vedette.forecasting.structural.newton import evidence_precisions, fit_logistic

RNG = np.random.default_rng(5)
N, P = 6000, 6
X = np.column_stack([np.ones(N), RNG.normal(size=(N, P))])
TRUE = np.array([-4.0, 1.0, -0.7, 0.4, 0.0, 0.0, 0.0])
Y = (RNG.random(N) < 1 / (1 + np.exp(-X @ TRUE))).astype(float)
W = RNG.random(N) + 0.2


def penalty(value: float) -> np.ndarray:
    return np.array([0.0] + [value] * P)


@pytest.mark.parametrize(("value", "weights"), [(1.0, None), (20.0, None), (3.0, W)])
def test_equals_scikit_learn(value: float, weights: np.ndarray | None) -> None:
    linear = pytest.importorskip("sklearn.linear_model")
    fit = fit_logistic(X, Y, penalty(value), weights=weights, tolerance=1e-12)
    peer = linear.LogisticRegression(C=1 / value, tol=1e-12, max_iter=5000).fit(X[:, 1:], Y, sample_weight=weights)
    assert fit.beta[1:] == pytest.approx(peer.coef_[0], abs=1e-5)
    assert fit.beta[0] == pytest.approx(float(peer.intercept_[0]), abs=1e-5)


def test_default_tolerance_is_as_good_as_a_hundred_times_stricter() -> None:
    assert fit_logistic(X, Y, penalty(1.0)).beta == pytest.approx(
        fit_logistic(X, Y, penalty(1.0), tolerance=1e-10).beta, abs=1e-5
    )


def test_warm_start_takes_fewer_passes_to_the_same_place() -> None:
    early = fit_logistic(X[:5500], Y[:5500], penalty(1.0))
    cold = fit_logistic(X, Y, penalty(1.0), tolerance=1e-9)
    warm = fit_logistic(X, Y, penalty(1.0), start=early.beta, tolerance=1e-9)
    assert warm.passes < cold.passes
    assert warm.beta == pytest.approx(cold.beta, abs=1e-6)


def test_gradient_is_zero_and_hessian_is_the_curvature_at_the_optimum() -> None:
    fit = fit_logistic(X, Y, penalty(2.0), tolerance=1e-12)
    mu = 1 / (1 + np.exp(-X @ fit.beta))
    assert X.T @ (mu - Y) + penalty(2.0) * fit.beta == pytest.approx(np.zeros(P + 1), abs=1e-6)
    curve = (X * (mu * (1 - mu))[:, None]).T @ X + np.diag(penalty(2.0))
    assert fit.hessian == pytest.approx(curve, rel=1e-3)


def test_rare_events_and_separation_do_not_diverge() -> None:
    y = np.zeros(N)
    y[X[:, 1] > 2.9] = 1.0
    fit = fit_logistic(X, y, penalty(0.1))
    assert np.all(np.isfinite(fit.beta)) and fit.beta[1] > 1.0


def test_evidence_shrinks_noise_more_than_signal_and_respects_bounds() -> None:
    blocks = np.array([-1, 0, 0, 0, 1, 1, 1])
    precision, fit = evidence_precisions(X, Y, blocks, low=0.5, high=500.0)
    assert precision[0] == 0.0
    assert precision[4] > 5 * precision[1]
    assert np.all((precision[1:] >= 0.5) & (precision[1:] <= 500.0))
    assert np.abs(fit.beta[4:]).max() < 0.2 < np.abs(fit.beta[1:4]).max()
