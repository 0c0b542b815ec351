"""Proper scores of probability forecasts, all negatively oriented: lower is better.

A score is proper when nobody can lower its expected value by stating anything but what they believe.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from vedette.scoring.core.checks import binary_pair, category_pair, weight_vector

Floats = NDArray[np.float64]

# A certain forecast that fails would cost infinity. Forecasts are therefore kept this far from 0 and 1 in
# the log score. [assumption] Smaller than any rate the product can estimate (one event in 1.97 million
# directed dyad-years is 5e-7), so it binds only on forecasts that claim certainty.
LOG_CLIP = 1e-9


def brier_each(outcomes: ArrayLike, forecasts: ArrayLike) -> Floats:
    """Brier score of every case, `(p - y)^2`, shape (n,)."""
    y, p = binary_pair(outcomes, forecasts)
    return (p - y) ** 2


def brier(outcomes: ArrayLike, forecasts: ArrayLike, weights: ArrayLike | None = None) -> float:
    """Mean Brier score of binary outcomes, `mean (p - y)^2`, in [0, 1].

    Reference: Brier, G. W. (1950), Verification of forecasts expressed in terms of probability,
    Monthly Weather Review 78. This is half of the two-category score of that paper, as is usual today.

    >>> brier([0, 1], [0.5, 0.5])
    0.25
    """
    scores = brier_each(outcomes, forecasts)
    return float(np.average(scores, weights=weight_vector(weights, scores.size)))


def log_score_each(outcomes: ArrayLike, forecasts: ArrayLike, clip: float = LOG_CLIP) -> Floats:
    """Logarithmic score of every case in nats, `-ln` of the probability given to what happened."""
    y, p = binary_pair(outcomes, forecasts)
    q = np.clip(p, clip, 1.0 - clip)
    return -(y * np.log(q) + (1.0 - y) * np.log1p(-q))


def log_score(
    outcomes: ArrayLike, forecasts: ArrayLike, weights: ArrayLike | None = None, clip: float = LOG_CLIP
) -> float:
    """Mean logarithmic score in nats, `-mean ln P(what happened)`, with p kept in [clip, 1 - clip].

    Reference: Good, I. J. (1952), Rational decisions, JRSS B 14.

    >>> round(log_score([1, 0], [0.5, 0.5]), 6)
    0.693147
    """
    scores = log_score_each(outcomes, forecasts, clip)
    return float(np.average(scores, weights=weight_vector(weights, scores.size)))


def brier_categories(outcomes: ArrayLike, forecasts: ArrayLike, weights: ArrayLike | None = None) -> float:
    """Brier score over K exclusive categories, `mean sum_k (p_k - o_k)^2`, in [0, 2].

    `outcomes` (n,) are category numbers 0..K-1, `forecasts` (n, K). With K = 2 it is twice `brier`.

    >>> round(brier_categories([0], [[0.6, 0.3, 0.1]]), 6)
    0.26
    """
    y, probs = category_pair(outcomes, forecasts)
    happened = np.zeros_like(probs)
    happened[np.arange(y.size), y] = 1.0
    scores = ((probs - happened) ** 2).sum(axis=1)
    return float(np.average(scores, weights=weight_vector(weights, y.size)))


def log_score_categories(
    outcomes: ArrayLike, forecasts: ArrayLike, weights: ArrayLike | None = None, clip: float = LOG_CLIP
) -> float:
    """Mean `-ln p_k` of the category k that happened, with p kept at least `clip`.

    >>> round(log_score_categories([1], [[0.5, 0.25, 0.25]]), 6)
    1.386294
    """
    y, probs = category_pair(outcomes, forecasts)
    scores = -np.log(np.maximum(probs[np.arange(y.size), y], clip))
    return float(np.average(scores, weights=weight_vector(weights, y.size)))


def rps(
    outcomes: ArrayLike, forecasts: ArrayLike, weights: ArrayLike | None = None, normalise: bool = False
) -> float:
    """Ranked probability score of K ordered categories, `mean sum_k (P_k - O_k)^2` over the cumulative sums.

    With `normalise` it is divided by K - 1, so that it lies in [0, 1].
    Reference: Epstein, E. S. (1969), A scoring system for probability forecasts of ranked categories,
    Journal of Applied Meteorology 8.

    >>> round(rps([2], [[0.1, 0.3, 0.6]]), 6)
    0.17
    """
    y, probs = category_pair(outcomes, forecasts)
    cumulative = np.cumsum(probs, axis=1)
    reached = np.arange(probs.shape[1])[None, :] >= y[:, None]
    scores = ((cumulative - reached) ** 2)[:, :-1].sum(axis=1)
    if normalise:
        scores = scores / (probs.shape[1] - 1)
    return float(np.average(scores, weights=weight_vector(weights, y.size)))


def skill(score: float, reference: float) -> float:
    """Share of the reference's score that was removed, `1 - score / reference`; 0 is no better, 1 is perfect.

    NaN when the reference is already zero. Never quote a score without its reference.

    >>> skill(0.2, 0.25)
    0.19999999999999996
    """
    return 1.0 - score / reference if reference != 0 else float("nan")


def brier_skill(
    outcomes: ArrayLike, forecasts: ArrayLike, reference: ArrayLike, weights: ArrayLike | None = None
) -> float:
    """Brier skill against a reference forecast: one probability, or one per case.

    >>> brier_skill([0, 1], [0.0, 1.0], 0.5)
    1.0
    """
    y, _ = binary_pair(outcomes, forecasts)
    base = np.broadcast_to(np.asarray(reference, dtype=np.float64), y.shape)
    return skill(brier(outcomes, forecasts, weights), brier(y, base, weights))
