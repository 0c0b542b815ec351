"""Two-parameter logistic regression by Newton steps: the calibration line."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def logit(p: Floats, clip: float) -> Floats:
    """Log-odds after keeping p at least `clip` away from 0 and 1."""
    q = np.clip(p, clip, 1.0 - clip)
    return np.asarray(np.log(q) - np.log1p(-q), dtype=np.float64)


def expit(x: Floats) -> Floats:
    """Logistic function without overflow on either side."""
    e = np.exp(-np.abs(x))
    return np.asarray(np.where(x >= 0, 1.0, e) / (1.0 + e), dtype=np.float64)


def newton_line(y: Floats, x: Floats, weights: Floats | None, ridge: float) -> tuple[Floats, Floats, Floats]:
    """Fit logit P(y=1) = a + b*x; returns coefficients (a, b), Hessian, and score rows (n, 2).

    `ridge` pulls b towards 1 and only matters when the data separate perfectly.
    """
    w = np.ones_like(y) if weights is None else weights
    rate = float(np.clip(np.average(y, weights=w), 1e-9, 1 - 1e-9))
    beta = np.array([np.log(rate / (1 - rate)) - float(np.average(x, weights=w)), 1.0])
    anchor = np.array([0.0, 1.0])
    penalty = np.array([0.0, ridge])
    design = np.column_stack([np.ones_like(x), x])

    def loss(b: Floats) -> float:
        eta = design @ b
        return float(np.dot(w, np.logaddexp(0.0, eta) - y * eta) + 0.5 * np.dot(penalty, (b - anchor) ** 2))

    value = loss(beta)
    hessian = np.eye(2)
    for _ in range(100):
        mu = expit(design @ beta)
        gradient = design.T @ (w * (mu - y)) + penalty * (beta - anchor)
        hessian = (design * (w * mu * (1 - mu))[:, None]).T @ design + np.diag(penalty)
        step = np.linalg.solve(hessian + 1e-12 * np.eye(2), gradient)
        scale = 1.0
        while scale > 1e-8:
            trial = beta - scale * step
            new = loss(trial)
            if new <= value:
                break
            scale *= 0.5
        moved = float(np.max(np.abs(scale * step)))
        beta, value = trial, new
        if moved < 1e-10:
            break
    mu = expit(design @ beta)
    hessian = (design * (w * mu * (1 - mu))[:, None]).T @ design + np.diag(penalty)
    rows = design * (w * (y - mu))[:, None]
    return beta, hessian, rows
