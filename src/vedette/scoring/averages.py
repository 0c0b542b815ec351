"""Means and skills over questions, with intervals that resample whole questions.

A question gives one score however many days or revisions it had, and questions that share a cluster (the same
question scored for several scenarios) are drawn together.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike, NDArray

from vedette.scoring.bootstrap import REPLICATES, Interval
from vedette.scoring.core.checks import cluster_codes

Floats = NDArray[np.float64]


def _vector(values: ArrayLike, name: str) -> Floats:
    x = np.atleast_1d(np.asarray(values, dtype=np.float64))
    if x.ndim != 1 or x.size == 0:
        raise ValueError(f"{name}: nothing to average")
    if not np.all(np.isfinite(x)):
        raise ValueError(f"{name}: a value is not finite")
    return x


def _interval(
    metric: str, n: int, clusters: ArrayLike, value: Callable[[Floats], float], replicates: int, level: float, seed: int
) -> Interval:
    codes, groups = cluster_codes(np.asarray(clusters), n)
    if groups < 2:
        raise ValueError("an interval needs at least two clusters: one question says nothing of the spread")
    rng = np.random.default_rng(seed)
    draws = np.empty(replicates)
    for i in range(replicates):
        drawn = np.bincount(rng.integers(0, groups, size=groups), minlength=groups).astype(np.float64)
        draws[i] = value(drawn[codes])
    low, high = np.nanquantile(draws, [(1 - level) / 2, (1 + level) / 2])
    return Interval(
        metric=metric, estimate=value(np.ones(n)), low=float(low), high=float(high), level=level,
        replicates=int(np.isfinite(draws).sum()), clusters=groups,
    )


def mean_interval(
    values: ArrayLike, clusters: ArrayLike, replicates: int = REPLICATES, level: float = 0.95, seed: int = 20211231
) -> Interval:
    """Mean of ``values`` (n,) and the percentile interval of its cluster bootstrap.

    Raises ValueError for fewer than two clusters. With paired differences as values it is the paired interval.

    >>> i = mean_interval([0.1, 0.3], ["a", "b"], replicates=50)
    >>> (round(i.estimate, 6), i.low >= 0.1, i.high <= 0.3)
    (0.2, True, True)
    """
    x = _vector(values, "values")
    return _interval("mean", x.size, clusters, lambda w: float(np.dot(w, x) / w.sum()), replicates, level, seed)


def skill_interval(
    scores: ArrayLike, reference: ArrayLike, clusters: ArrayLike, replicates: int = REPLICATES, level: float = 0.95,
    seed: int = 20211231,
) -> Interval:  # fmt: skip
    """Skill ``1 - mean(scores) / mean(reference)`` and its interval, both means from the same replicate.

    Scores and reference (n,) on the same questions, lower is better. Raises ValueError for fewer than two clusters.

    >>> skill_interval([0.1, 0.1], [0.2, 0.2], ["a", "b"], replicates=20).estimate
    0.5
    """
    x, r = _vector(scores, "scores"), _vector(reference, "reference")
    if x.shape != r.shape:
        raise ValueError(f"{x.size} scores but {r.size} reference scores: they must pair one to one")

    def value(w: Floats) -> float:
        below = float(np.dot(w, r))
        return 1.0 - float(np.dot(w, x)) / below if below > 0 else float("nan")

    return _interval("skill", x.size, clusters, value, replicates, level, seed)
