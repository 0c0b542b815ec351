"""Penalised logistic regression by Newton steps, in numpy, with a warm start between refits.

`minimise sum_n w_n [ln(1 + e^(x_n b)) - y_n x_n b] + 1/2 sum_k precision_k b_k^2`. The curvature at the optimum
gives the Laplace posterior; the precisions of named blocks of coefficients can be set by the evidence
(MacKay 1992, Neural Computation 4: the fixed point precision = gamma / |b|^2).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

CHUNK = 4096  # rows a block: 4096 x 80 doubles stay in a 4 MB cache (timed with benchmarks/backtest.py)
# Half the Newton decrement, in nats of total log-likelihood, at which one last step is taken. Convergence is
# quadratic, so what remains after that step is of the order of its square.
TOLERANCE = 1e-3
MAX_STEPS = 60  # a cold start takes 8-12 steps, a warm one 1-3


@dataclass(frozen=True, slots=True, kw_only=True)
class Fit:
    """Coefficients (p,), curvature (p, p), penalised loss, and how many Newton passes it took."""

    beta: Floats
    hessian: Floats
    loss: float
    passes: int


def _pass(x: Floats, y: Floats, w: Floats | None, beta: Floats) -> tuple[float, Floats, Floats]:
    """Loss, gradient and curvature of the likelihood part in one sweep over the rows."""
    p = x.shape[1]
    loss, gradient, hessian = 0.0, np.zeros(p), np.zeros((p, p))
    for start in range(0, x.shape[0], CHUNK):
        block = x[start : start + CHUNK]
        target = y[start : start + CHUNK]
        eta = block @ beta
        e = np.exp(-np.abs(eta))
        mu = np.where(eta >= 0, 1.0, e) / (1.0 + e)
        each = np.maximum(eta, 0.0) + np.log1p(e) - target * eta
        residual, curve = mu - target, mu * (1.0 - mu)
        if w is not None:
            weight = w[start : start + CHUNK]
            each, residual, curve = each * weight, residual * weight, curve * weight
        loss += float(each.sum())
        gradient += residual @ block
        hessian += (block * curve[:, None]).T @ block
    return loss, gradient, hessian


def fit_logistic(
    x: Floats,
    y: Floats,
    precision: Floats,
    *,
    weights: Floats | None = None,
    start: Floats | None = None,
    tolerance: float = TOLERANCE,
) -> Fit:
    """Fit once. `x` (n, p) with its constant column, `y` (n,) in {0, 1}, `precision` (p,) >= 0.

    `start` warm-starts the coefficients. Steps that would raise the loss are halved, so that rare events
    cannot throw the iteration off.
    """
    if start is None:
        rate = float(np.clip(np.average(y, weights=weights), 1e-9, 1.0 - 1e-9))
        beta = np.zeros(x.shape[1])
        beta[0] = np.log(rate / (1.0 - rate))
    else:
        beta = start.astype(np.float64, copy=True)

    def evaluate(b: Floats) -> tuple[float, Floats, Floats]:
        loss, gradient, hessian = _pass(x, y, weights, b)
        hessian[np.diag_indices_from(hessian)] += precision
        return loss + 0.5 * float(np.dot(precision, b * b)), gradient + precision * b, hessian

    loss, gradient, hessian = evaluate(beta)
    passes = 1
    for _ in range(MAX_STEPS):
        step = _solve(hessian, gradient)
        if 0.5 * float(gradient @ step) < tolerance:
            beta = beta - step
            break
        scale = 1.0
        while scale > 1e-6:
            trial = beta - scale * step
            new_loss, new_gradient, new_hessian = evaluate(trial)
            passes += 1
            if new_loss <= loss + 1e-9:
                break
            scale *= 0.5
        beta, loss, gradient, hessian = trial, new_loss, new_gradient, new_hessian
    return Fit(beta=beta, hessian=hessian, loss=loss, passes=passes)


def _solve(hessian: Floats, gradient: Floats) -> Floats:
    try:
        return np.asarray(np.linalg.solve(hessian, gradient), dtype=np.float64)
    except np.linalg.LinAlgError:  # an unpenalised constant column: take the least-norm step
        return np.asarray(np.linalg.lstsq(hessian, gradient, rcond=None)[0], dtype=np.float64)


def evidence_precisions(
    x: Floats,
    y: Floats,
    blocks: Ints,
    *,
    weights: Floats | None = None,
    low: float,
    high: float,
    rounds: int = 8,
    initial: float = 30.0,
) -> tuple[Floats, Fit]:
    """Block precisions by empirical Bayes, and the fit at them.

    `blocks` (p,) numbers each column's block, -1 for unpenalised. Each round refits (warm) and sets a block's
    precision to `gamma / |b|^2`, gamma its effective number of parameters, kept within [low, high].
    """
    names: Sequence[int] = [int(b) for b in np.unique(blocks) if b >= 0]
    level = dict.fromkeys(names, initial)
    precision = np.array([level.get(int(b), 0.0) for b in blocks])
    fit = fit_logistic(x, y, precision, weights=weights)
    for _ in range(rounds):
        spread = np.diag(np.linalg.pinv(fit.hessian))
        moved = 0.0
        for b in names:
            mine = blocks == b
            gamma = float(mine.sum() - level[b] * spread[mine].sum())
            size = float(np.dot(fit.beta[mine], fit.beta[mine]))
            new = float(np.clip(max(gamma, 1e-3) / max(size, 1e-12), low, high))
            moved = max(moved, abs(np.log(new / level[b])))
            level[b] = new
        precision = np.array([level.get(int(b), 0.0) for b in blocks])
        fit = fit_logistic(x, y, precision, weights=weights, start=fit.beta)
        if moved < 0.05:
            break
    return precision, fit
