"""Means and skills over questions, with intervals that resample whole questions.

A question gives one score however many days or revisions it had, and questions that share a cluster (the same
question scored for several scenarios) are drawn together.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator

import numpy as np
from numpy.typing import ArrayLike, NDArray

from vedette.scoring.bootstrap import REPLICATES, Interval
from vedette.scoring.core.checks import cluster_codes

Floats = NDArray[np.float64]
BLOCK = 2_000_000  # counts held at once: 16 MB


def _vector(values: ArrayLike, name: str) -> Floats:
    x = np.atleast_1d(np.asarray(values, dtype=np.float64))
    if x.ndim != 1 or x.size == 0:
        raise ValueError(f"{name}: nothing to average")
    if not np.all(np.isfinite(x)):
        raise ValueError(f"{name}: a value is not finite")
    return x


def _interval(
    metric: str, top: Floats, bottom: Floats, clusters: ArrayLike, of_ratio: Callable[[Floats], Floats],
    replicates: int, level: float, seed: int,
) -> Interval:  # fmt: skip
    """Interval of ``of_ratio(sum top / sum bottom)`` when whole clusters are drawn with replacement.

    Sums by cluster are taken once; a replicate is a vector of how often each cluster was drawn, so thousands of
    questions cost one matrix product a block of replicates.
    """
    codes, groups = cluster_codes(np.asarray(clusters), top.size)
    if groups < 2:
        raise ValueError("an interval needs at least two clusters: one question says nothing of the spread")
    above = np.bincount(codes, weights=top, minlength=groups)
    below = np.bincount(codes, weights=bottom, minlength=groups)
    ratios = []
    for drawn in _drawn(groups, replicates, seed):
        with np.errstate(divide="ignore", invalid="ignore"):
            ratios.append((drawn @ above) / (drawn @ below))
    draws = of_ratio(np.concatenate(ratios))
    draws = draws[np.isfinite(draws)]
    low, high = np.quantile(draws, [(1 - level) / 2, (1 + level) / 2]) if draws.size else (np.nan, np.nan)
    estimate = of_ratio(np.array([above.sum() / below.sum() if below.sum() else np.nan]))[0]
    return Interval(
        metric=metric, estimate=float(estimate), low=float(low), high=float(high), level=level,
        replicates=int(draws.size), clusters=groups,
    )


def _drawn(groups: int, replicates: int, seed: int) -> Iterator[Floats]:
    """How often each group is drawn in each replicate, (block, groups), in blocks of at most `BLOCK` counts."""
    block = max(1, BLOCK // groups)
    if block >= replicates:
        yield _drawn_at_once(groups, replicates, seed)
        return
    rng = np.random.default_rng(seed)
    for start in range(0, replicates, block):
        yield _counts(rng, groups, min(block, replicates - start))


def _counts(rng: np.random.Generator, groups: int, size: int) -> Floats:
    return rng.multinomial(groups, np.full(groups, 1.0 / groups), size=size).astype(np.float64)


@functools.lru_cache(maxsize=2)
def _drawn_at_once(groups: int, replicates: int, seed: int) -> Floats:
    """Kept for the next interval: the metrics of one forecaster are all over the same questions."""
    drawn = _counts(np.random.default_rng(seed), groups, replicates)
    drawn.flags.writeable = False
    return drawn


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
    return _interval("mean", x, np.ones_like(x), clusters, lambda ratio: ratio, replicates, level, seed)


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

    return _interval("skill", x, r, clusters, lambda ratio: 1.0 - ratio, replicates, level, seed)
