"""Intervals that respect dependence: whole clusters (dyads, conflicts) are resampled, never single rows.

Rows of one dyad, and coalition members in one conflict, are not independent, so a row bootstrap would be
far too sure. Replicates are expressed as weights, and rank-based metrics are sorted once, so a thousand
replicates on 87,000 rows take seconds.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from vedette.scoring.core.checks import binary_pair, cluster_codes
from vedette.scoring.core.ranks import average_precision, counts, roc_area, sweep
from vedette.scoring.proper import LOG_CLIP

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

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


def prepared(metrics: Sequence[str], outcomes: ArrayLike, forecasts: ArrayLike) -> Callable[[Floats], list[float]]:
    """The metrics as one function of case weights, with everything else computed beforehand.

    ROC and PR share one sorted sweep. Raises ValueError for a metric that is not one of `METRICS`.
    """
    y, p = binary_pair(outcomes, forecasts)
    unknown = [m for m in metrics if m not in METRICS]
    if unknown:
        raise ValueError(f"unknown metric {unknown[0]!r}: use one of {', '.join(METRICS)}")
    ranked = sweep(y, p) if {"roc_auc", "pr_auc"} & set(metrics) else None
    quadratic = (p - y) ** 2
    q = np.clip(p, LOG_CLIP, 1.0 - LOG_CLIP)
    logarithmic = -(y * np.log(q) + (1.0 - y) * np.log1p(-q))

    def evaluate(w: Floats) -> list[float]:
        swept = counts(ranked, w) if ranked is not None else None
        total = float(w.sum())
        out = []
        for m in metrics:
            if swept is not None and m in ("roc_auc", "pr_auc"):
                out.append(roc_area(*swept) if m == "roc_auc" else average_precision(*swept))
            elif m == "expected_over_observed":
                events = float(np.dot(w, y))
                out.append(float(np.dot(w, p)) / events if events > 0 else float("nan"))
            else:
                each = quadratic if m == "brier" else logarithmic
                out.append(float(np.dot(w, each)) / total if total > 0 else float("nan"))
        return out

    return evaluate


@dataclass(frozen=True, slots=True, kw_only=True)
class Replicates:
    """Several forecasts scored on the same bootstrap replicates.

    `estimates[name][metric]` is the score on all cases, `draws[name][metric]` (replicates,) the replicates;
    intervals and paired gains are read off without resampling again.
    """

    estimates: dict[str, dict[str, float]]
    draws: dict[str, dict[str, Floats]]
    level: float
    clusters: int

    def interval(self, name: str, metric: str) -> Interval:
        """Percentile interval of one forecast's metric."""
        values = self.draws[name][metric]
        low, high = self._ends(values)
        return Interval(
            metric=metric, estimate=self.estimates[name][metric], low=low, high=high, level=self.level,
            replicates=int(np.isfinite(values).sum()), clusters=self.clusters,
        )  # fmt: skip

    def gain(self, name: str, rival: str, metric: str) -> PairedDifference:
        """Gain of one forecast over another; ValueError for a metric without a better direction."""
        if metric not in METRICS or metric == "expected_over_observed":
            raise ValueError(f"no gain is defined for {metric!r}: use {', '.join(METRICS[:4])}")
        sign = -1.0 if metric in LOWER_IS_BETTER else 1.0
        ours, theirs = self.estimates[name][metric], self.estimates[rival][metric]
        values = sign * (self.draws[name][metric] - self.draws[rival][metric])
        low, high = self._ends(values)
        finite = values[np.isfinite(values)]
        return PairedDifference(
            metric=metric, forecast=ours, rival=theirs, gain=sign * (ours - theirs), low=low, high=high,
            share_positive=float(np.mean(finite > 0)), level=self.level, replicates=finite.size,
            clusters=self.clusters,
        )  # fmt: skip

    def _ends(self, values: Floats) -> tuple[float, float]:
        low, high = np.nanquantile(values, [(1 - self.level) / 2, (1 + self.level) / 2])
        return float(low), float(high)


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


def bootstrap(
    outcomes: ArrayLike,
    forecasts: Mapping[str, ArrayLike],
    metrics: Sequence[str],
    clusters: ArrayLike | Sequence[ArrayLike],
    replicates: int = REPLICATES,
    level: float = 0.95,
    seed: int = 20211231,
) -> Replicates:
    """Score named forecasts on the same resampled clusters.

    `clusters` is one label per case, or a list of such label arrays for crossed clustering.
    """
    if not forecasts:
        raise ValueError("no forecasts were given")
    evaluators = {name: prepared(metrics, outcomes, p) for name, p in forecasts.items()}
    n = np.atleast_1d(np.asarray(outcomes)).size
    systems = _systems(clusters, n)
    rng = np.random.default_rng(seed)
    table = np.empty((replicates, len(evaluators), len(metrics)))
    for r in range(replicates):
        w = cluster_weights(systems, rng)
        for k, evaluate in enumerate(evaluators.values()):
            table[r, k] = evaluate(w)
    ones = np.ones(n)
    return Replicates(
        estimates={name: dict(zip(metrics, f(ones), strict=True)) for name, f in evaluators.items()},
        draws={name: {m: table[:, k, c] for c, m in enumerate(metrics)} for k, name in enumerate(evaluators)},
        level=level,
        clusters=min(g for _, g in systems),
    )


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

    >>> i = bootstrap_interval([0, 1, 0, 1], [0.1, 0.9, 0.2, 0.8], "brier", ["a", "a", "b", "b"], replicates=50)
    >>> i.low <= i.estimate <= i.high
    True
    """
    drawn = bootstrap(outcomes, {"forecast": forecasts}, [metric], clusters, replicates, level, seed)
    return drawn.interval("forecast", metric)


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
    pair = {"forecast": forecasts, "rival": rival}
    drawn = bootstrap(outcomes, pair, metrics, clusters, replicates, level, seed)
    return {m: drawn.gain("forecast", "rival", m) for m in metrics}


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
