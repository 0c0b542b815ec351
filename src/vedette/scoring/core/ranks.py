"""Threshold sweeps: everything ROC and precision-recall need, with tied forecasts kept together.

The order of the forecasts is computed once (`Sweep`), so that a bootstrap replicate only pays for two
cumulative sums of weights.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sweep:
    """Descending order of the forecasts and the last index of every group of tied forecasts."""

    order: Ints
    ends: Ints
    outcome: Floats  # outcomes in that order
    thresholds: Floats  # one per tie group


def sweep(y: Floats, p: Floats) -> Sweep:
    """Sort once by falling forecast; ties form one group."""
    order = np.argsort(-p, kind="stable")
    ranked = p[order]
    ends = np.append(np.flatnonzero(ranked[1:] != ranked[:-1]), ranked.size - 1)
    return Sweep(order=order, ends=ends, outcome=y[order], thresholds=ranked[ends])


def counts(s: Sweep, weights: Floats | None) -> tuple[Floats, Floats]:
    """Cumulative weight of true and of false alarms at each threshold, from the highest forecast down."""
    if weights is None:
        hits = np.cumsum(s.outcome)[s.ends]
        return hits, (s.ends + 1.0) - hits
    w = weights[s.order]
    hits = np.cumsum(w * s.outcome)[s.ends]
    return hits, np.cumsum(w)[s.ends] - hits


def roc_area(hits: Floats, alarms: Floats) -> float:
    """Trapezoid area; a tie group contributes its diagonal, that is half credit for ties."""
    total_hits, total_alarms = hits[-1], alarms[-1]
    if total_hits <= 0 or total_alarms <= 0:
        return float("nan")
    steps = np.diff(alarms, prepend=0.0)
    heights = hits - 0.5 * np.diff(hits, prepend=0.0)
    return float(np.dot(steps, heights) / (total_hits * total_alarms))


def average_precision(hits: Floats, alarms: Floats) -> float:
    """Sum over thresholds of (gain in recall) x precision; no interpolation."""
    total = hits[-1]
    if total <= 0:
        return float("nan")
    gained = np.diff(hits, prepend=0.0)
    seen = hits + alarms
    precision = np.divide(hits, seen, out=np.zeros_like(hits), where=seen > 0)
    return float(np.dot(gained, precision) / total)
