"""Intervals that respect dependence: whole clusters (dyads, conflicts) are resampled, never single rows.

Rows of one dyad, and coalition members in one conflict, are not independent, so a row bootstrap would be
far too sure. Replicates are expressed as weights, and rank-based metrics are sorted once, so a thousand
replicates on 87,000 rows take seconds.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from vedette.scoring.core.checks import binary_pair, cluster_codes
from vedette.scoring.core.ranks import average_precision, counts, roc_area, sweep
from vedette.scoring.proper import LOG_CLIP

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Weighted = Callable[[Floats], float]

# Metrics that may be named; for the first two lower is better.
METRICS = ("brier", "log_score", "roc_auc", "pr_auc", "expected_over_observed")
LOWER_IS_BETTER = frozenset({"brier", "log_score"})
REPLICATES = 1000  # [assumption] the ends of a 95 % interval then rest on 25 replicates each


@dataclass(frozen=True, slots=True, kw_only=True)
class Interval:
    """Estimate on the full sample and the percentile interval of its bootstrap replicates."""

    metric: str
    estimate: float
    low: float
    high: float
    level: float
    replicates: int
    clusters: int

    def to_dict(self) -> dict[str, Any]:
        """Plain numbers, for JSON."""
        return asdict(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class PairedDifference:
    """Gain of a forecast over a rival on the same cases, oriented so that positive is better.

    `share_positive` is the share of replicates in which the forecast is ahead.
    """

    metric: str
    forecast: float
    rival: float
    gain: float
    low: float
    high: float
    share_positive: float
    level: float
    replicates: int
    clusters: int

    def to_dict(self) -> dict[str, Any]:
        """Plain numbers, for JSON."""
        return asdict(self)


def prepared(metric: str, outcomes: ArrayLike, forecasts: ArrayLike) -> Weighted:
    """The metric as a function of case weights alone, with everything else computed beforehand.

    Raises ValueError for a metric that is not one of `METRICS`.
    """
    y, p = binary_pair(outcomes, forecasts)
    if metric in ("roc_auc", "pr_auc"):
        s = sweep(y, p)
        area = roc_area if metric == "roc_auc" else average_precision
        return lambda w: area(*counts(s, w))
    if metric == "expected_over_observed":
        return lambda w: float(np.dot(w, p) / np.dot(w, y)) if np.dot(w, y) > 0 else float("nan")
    if metric == "brier":
        each = (p - y) ** 2
    elif metric == "log_score":
        q = np.clip(p, LOG_CLIP, 1.0 - LOG_CLIP)
        each = -(y * np.log(q) + (1.0 - y) * np.log1p(-q))
    else:
        raise ValueError(f"unknown metric {metric!r}: use one of {', '.join(METRICS)}")
    return lambda w: float(np.dot(w, each) / w.sum()) if w.sum() > 0 else float("nan")


def cluster_weights(codes: Sequence[tuple[Ints, int]], rng: np.random.Generator) -> Floats:
    """Weights of one replicate: clusters drawn with replacement; several cluster systems multiply.

    The product over crossed systems (dyad and conflict) is the conservative bootstrap of Owen (2007),
    Annals of Applied Statistics 1.
    """
    weights: Floats | None = None
    for code, groups in codes:
        drawn = np.bincount(rng.integers(0, groups, size=groups), minlength=groups).astype(np.float64)
        weights = drawn[code] if weights is None else weights * drawn[code]
    assert weights is not None
    return weights


def _systems(clusters: ArrayLike | Sequence[ArrayLike], n: int) -> list[tuple[Ints, int]]:
    if isinstance(clusters, (list, tuple)) and len(clusters) > 0 and np.ndim(clusters[0]) == 1:
        return [cluster_codes(np.asarray(c), n) for c in clusters]
    return [cluster_codes(np.asarray(clusters), n)]


def bootstrap_interval(
    outcomes: ArrayLike,
    forecasts: ArrayLike,
    metric: str,
    clusters: ArrayLike | Sequence[ArrayLike],
    replicates: int = REPLICATES,
    level: float = 0.95,
    seed: int = 20211231,
) -> Interval:
    """Percentile interval of a metric under resampling of clusters.

    `clusters` is one label per case, or a list of such label arrays for crossed clustering.

    >>> i = bootstrap_interval([0, 1, 0, 1], [0.1, 0.9, 0.2, 0.8], "brier", ["a", "a", "b", "b"], replicates=50)
    >>> i.low <= i.estimate <= i.high
    True
    """
    y, p = binary_pair(outcomes, forecasts)
    systems = _systems(clusters, y.size)
    value = prepared(metric, y, p)
    rng = np.random.default_rng(seed)
    draws = np.array([value(cluster_weights(systems, rng)) for _ in range(replicates)])
    low, high = np.nanquantile(draws, [(1 - level) / 2, (1 + level) / 2])
    return Interval(
        metric=metric, estimate=value(np.ones_like(y)), low=float(low), high=float(high), level=level,
        replicates=int(np.isfinite(draws).sum()), clusters=min(g for _, g in systems),
    )


def paired_differences(
    outcomes: ArrayLike,
    forecasts: ArrayLike,
    rival: ArrayLike,
    metrics: Sequence[str],
    clusters: ArrayLike | Sequence[ArrayLike],
    replicates: int = REPLICATES,
    level: float = 0.95,
    seed: int = 20211231,
) -> dict[str, PairedDifference]:
    """Gain of one forecast over another, both scored on the same replicates, for several metrics at once.

    The rival is scored on exactly the cases of each replicate, so what the two share cancels. The sign is
    turned for scores where lower is better: a positive gain always favours `forecasts`.
    """
    y, p = binary_pair(outcomes, forecasts)
    _, q = binary_pair(outcomes, rival)
    unknown = [m for m in metrics if m not in METRICS or m == "expected_over_observed"]
    if unknown:
        raise ValueError(f"no gain is defined for {unknown[0]!r}: use {', '.join(METRICS[:4])}")
    systems = _systems(clusters, y.size)
    pairs = {m: (prepared(m, y, p), prepared(m, y, q), -1.0 if m in LOWER_IS_BETTER else 1.0) for m in metrics}
    rng = np.random.default_rng(seed)
    draws: dict[str, list[float]] = {m: [] for m in metrics}
    for _ in range(replicates):
        w = cluster_weights(systems, rng)
        for m, (ours, theirs, sign) in pairs.items():
            draws[m].append(sign * (ours(w) - theirs(w)))
    out = {}
    for m, (ours, theirs, sign) in pairs.items():
        a, b, values = ours(np.ones_like(y)), theirs(np.ones_like(y)), np.array(draws[m])
        low, high = np.nanquantile(values, [(1 - level) / 2, (1 + level) / 2])
        finite = values[np.isfinite(values)]
        out[m] = PairedDifference(
            metric=m, forecast=a, rival=b, gain=sign * (a - b), low=float(low), high=float(high),
            share_positive=float(np.mean(finite > 0)), level=level, replicates=finite.size,
            clusters=min(g for _, g in systems),
        )
    return out


def paired_difference(
    outcomes: ArrayLike,
    forecasts: ArrayLike,
    rival: ArrayLike,
    metric: str,
    clusters: ArrayLike | Sequence[ArrayLike],
    replicates: int = REPLICATES,
    level: float = 0.95,
    seed: int = 20211231,
) -> PairedDifference:
    """`paired_differences` for one metric.

    >>> d = paired_difference([0, 1], [0.1, 0.9], [0.5, 0.5], "brier", [0, 1], replicates=20)
    >>> round(d.gain, 6)
    0.24
    """
    return paired_differences(outcomes, forecasts, rival, [metric], clusters, replicates, level, seed)[metric]
