"""The border of the room: arrays are checked here, once, and nowhere below."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


def binary_pair(outcomes: ArrayLike, forecasts: ArrayLike) -> tuple[Floats, Floats]:
    """Outcomes (n,) in {0, 1} and forecasts (n,) in [0, 1] as float64, or ValueError saying what is wrong."""
    y = np.asarray(outcomes, dtype=np.float64)
    p = np.asarray(forecasts, dtype=np.float64)
    if y.ndim > 1 or p.ndim > 1:
        raise ValueError(f"outcomes and forecasts must be one-dimensional, got shapes {y.shape} and {p.shape}")
    y, p = np.atleast_1d(y), np.atleast_1d(p)
    if y.shape != p.shape:
        raise ValueError(f"{y.size} outcomes but {p.size} forecasts: they must pair one to one")
    if y.size == 0:
        raise ValueError("nothing to score: no outcomes were given")
    bad = np.flatnonzero(~((y == 0.0) | (y == 1.0)))
    if bad.size:
        raise ValueError(f"outcome {y[bad[0]]} at position {bad[0]} is not 0 or 1 ({bad.size} such values)")
    bad = np.flatnonzero(~((p >= 0.0) & (p <= 1.0)))
    if bad.size:
        raise ValueError(f"forecast {p[bad[0]]} at position {bad[0]} is outside [0, 1] ({bad.size} such values)")
    return y, p


def weight_vector(weights: ArrayLike | None, n: int) -> Floats | None:
    """Weights (n,), finite, non-negative, not all zero; None passes through."""
    if weights is None:
        return None
    w = np.atleast_1d(np.asarray(weights, dtype=np.float64))
    if w.shape != (n,):
        raise ValueError(f"{w.size} weights for {n} cases")
    if not np.all(np.isfinite(w)) or np.any(w < 0) or not np.any(w > 0):
        raise ValueError("weights must be finite, not negative, and not all zero")
    return w


def category_pair(outcomes: ArrayLike, forecasts: ArrayLike, tolerance: float = 1e-6) -> tuple[Ints, Floats]:
    """Outcome categories (n,) in 0..K-1 and forecast rows (n, K) that sum to one."""
    probs = np.asarray(forecasts, dtype=np.float64)
    if probs.ndim == 1:
        probs = probs[None, :]
    if probs.ndim != 2 or probs.shape[1] < 2:
        raise ValueError(f"forecasts must be (n, K) with K >= 2, got shape {probs.shape}")
    raw: NDArray[Any] = np.atleast_1d(np.asarray(outcomes))
    y = raw.astype(np.int64)
    if y.shape != (probs.shape[0],):
        raise ValueError(f"{y.size} outcomes but {probs.shape[0]} forecast rows")
    if y.size == 0:
        raise ValueError("nothing to score: no outcomes were given")
    if np.any(y != raw) or np.any(y < 0) or np.any(y >= probs.shape[1]):
        raise ValueError(f"outcomes must be whole numbers from 0 to {probs.shape[1] - 1}")
    if np.any(~((probs >= 0.0) & (probs <= 1.0))):
        raise ValueError("a forecast lies outside [0, 1]")
    worst = float(np.max(np.abs(probs.sum(axis=1) - 1.0)))
    if worst > tolerance:
        raise ValueError(f"forecast rows must sum to 1; the worst is off by {worst:.3g}")
    return y, probs


def cluster_codes(clusters: ArrayLike, n: int) -> tuple[Ints, int]:
    """Any labels (n,) to codes 0..G-1, and G."""
    labels = np.asarray(clusters)
    if labels.shape != (n,):
        raise ValueError(f"{labels.size} cluster labels for {n} cases")
    _, codes = np.unique(labels, return_inverse=True)
    codes = np.asarray(codes, dtype=np.int64).reshape(-1)
    return codes, int(codes.max()) + 1
