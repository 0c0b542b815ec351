"""Does the forecast rank events above non-events? Blind to calibration, so never shown alone."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from vedette.scoring.core.checks import binary_pair, weight_vector
from vedette.scoring.core.ranks import average_precision, counts, roc_area, sweep

Floats = NDArray[np.float64]


def roc_auc(outcomes: ArrayLike, forecasts: ArrayLike, weights: ArrayLike | None = None) -> float:
    """Chance that a random event got a higher forecast than a random non-event, ties counting half.

    NaN when events or non-events are missing. With rare events ROC flatters: read `pr_auc` beside it
    (Saito & Rehmsmeier 2015, PLoS ONE 10).

    >>> roc_auc([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8])
    0.75
    """
    y, p = binary_pair(outcomes, forecasts)
    return roc_area(*counts(sweep(y, p), weight_vector(weights, y.size)))


def pr_auc(outcomes: ArrayLike, forecasts: ArrayLike, weights: ArrayLike | None = None) -> float:
    """Average precision: `sum_n (R_n - R_(n-1)) P_n` over distinct thresholds, tied forecasts taken together.

    The step sum, not the trapezoid, because linear interpolation between precision-recall points is too
    kind (Davis & Goadrich 2006, ICML). A forecast without skill scores the event rate. NaN without events.

    >>> round(pr_auc([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8]), 6)
    0.833333
    """
    y, p = binary_pair(outcomes, forecasts)
    return average_precision(*counts(sweep(y, p), weight_vector(weights, y.size)))


def roc_curve(outcomes: ArrayLike, forecasts: ArrayLike) -> tuple[Floats, Floats, Floats]:
    """False alarm rate, hit rate and threshold, from (0, 0) to (1, 1); the first threshold is infinity."""
    y, p = binary_pair(outcomes, forecasts)
    s = sweep(y, p)
    hits, alarms = counts(s, None)
    with np.errstate(invalid="ignore", divide="ignore"):
        false_rate = np.append(0.0, alarms / alarms[-1])
        hit_rate = np.append(0.0, hits / hits[-1])
    return false_rate, hit_rate, np.append(np.inf, s.thresholds)


def pr_curve(outcomes: ArrayLike, forecasts: ArrayLike) -> tuple[Floats, Floats, Floats]:
    """Recall, precision and threshold, from the highest forecast down."""
    y, p = binary_pair(outcomes, forecasts)
    s = sweep(y, p)
    hits, alarms = counts(s, None)
    with np.errstate(invalid="ignore", divide="ignore"):
        return hits / hits[-1], hits / (hits + alarms), s.thresholds
