"""Do events happen as often as forecast? Bins, decomposition, line and totals."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from vedette.scoring.core.checks import binary_pair, cluster_codes, weight_vector
from vedette.scoring.core.logistic import logit, newton_line

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Strategy = Literal["quantile", "uniform"]

# Forecasts of exactly 0 or 1 have no log-odds; for the calibration line they are kept this far inside.
LINE_CLIP = 1e-9  # [assumption] same as LOG_CLIP: below any rate that can be estimated
# Prior precision on (slope - 1): keeps the line finite when forecasts separate the outcomes perfectly.
LINE_RIDGE = 1e-6  # [assumption] one millionth of a case; invisible otherwise
BAND_DRAWS = 4000  # [assumption] Monte Carlo error of a 95 % band edge is then below 0.4 % of its width


@dataclass(frozen=True, slots=True, kw_only=True)
class ReliabilityBin:
    """One bin of a reliability diagram; `low..high` is where the observed rate should lie if p were right."""

    lower: float
    upper: float
    n: int
    events: int
    mean_forecast: float
    observed_rate: float
    low: float
    high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class BrierDecomposition:
    """brier = reliability - resolution + uncertainty + within_bin (variance minus twice covariance)."""

    brier: float
    reliability: float
    resolution: float
    uncertainty: float
    within_bin: float

    def to_dict(self) -> dict[str, Any]:
        """Plain numbers, for JSON."""
        return asdict(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class CalibrationLine:
    """logit P(y = 1) = intercept + slope * logit(p); perfect is intercept 0, slope 1.

    `slope_low..slope_high` is the interval at `level`; `intercept_at_slope_one` is calibration in the large.
    """

    slope: float
    intercept: float
    slope_low: float
    slope_high: float
    slope_se: float
    level: float

    def to_dict(self) -> dict[str, Any]:
        """Plain numbers, for JSON."""
        return asdict(self)


def bin_index(forecasts: Floats, bins: int, strategy: Strategy) -> tuple[Ints, Floats]:
    """Bin number of every forecast and the edges; equal forecasts always share a bin.

    `quantile` puts about as many cases in each bin, `uniform` splits [0, 1] evenly. Bins are closed below
    and open above, the last one closed on both sides.
    """
    if bins < 1:
        raise ValueError(f"at least one bin is needed, got {bins}")
    if strategy == "uniform":
        edges = np.linspace(0.0, 1.0, bins + 1)
    elif strategy == "quantile":
        edges = np.unique(np.quantile(forecasts, np.linspace(0.0, 1.0, bins + 1)))
        if edges.size == 1:
            edges = np.array([edges[0], edges[0]])
    else:
        raise ValueError(f"unknown binning {strategy!r}: use 'quantile' or 'uniform'")
    index = np.clip(np.searchsorted(edges, forecasts, side="right") - 1, 0, edges.size - 2)
    return np.asarray(index, dtype=np.int64), edges


def reliability_bins(
    outcomes: ArrayLike,
    forecasts: ArrayLike,
    bins: int = 10,
    strategy: Strategy = "quantile",
    level: float = 0.95,
    seed: int = 20211231,
) -> tuple[ReliabilityBin, ...]:
    """Bins of a reliability diagram with consistency bands; empty bins are left out.

    The band says where the observed rate would fall, with probability `level`, if the forecasts were right
    (Broecker & Smith 2007, Weather and Forecasting 22). It is drawn from a binomial with the bin's mean
    forecast, which is slightly wider than the exact Poisson-binomial.

    >>> [(b.n, b.events) for b in reliability_bins([0, 0, 1, 1], [0.1, 0.1, 0.9, 0.9], bins=2, strategy="uniform")]
    [(2, 0), (2, 2)]
    """
    y, p = binary_pair(outcomes, forecasts)
    index, edges = bin_index(p, bins, strategy)
    size = edges.size - 1
    n = np.bincount(index, minlength=size)
    events = np.bincount(index, weights=y, minlength=size)
    total = np.bincount(index, weights=p, minlength=size)
    rng = np.random.default_rng(seed)
    tails = [(1 - level) / 2, (1 + level) / 2]
    out = []
    for k in np.flatnonzero(n):
        mean = float(min(max(total[k] / n[k], 0.0), 1.0))
        low, high = np.quantile(rng.binomial(n[k], mean, size=BAND_DRAWS), tails) / n[k]
        out.append(
            ReliabilityBin(
                lower=float(edges[k]), upper=float(edges[k + 1]), n=int(n[k]), events=int(events[k]),
                mean_forecast=mean, observed_rate=float(events[k] / n[k]), low=float(low), high=float(high),
            )
        )
    return tuple(out)


def ece(
    outcomes: ArrayLike, forecasts: ArrayLike, bins: int = 10, strategy: Strategy = "quantile"
) -> float:
    """Expected calibration error, `sum_k (n_k/n) |observed_k - forecast_k|`. Depends on the bins: state them.

    >>> ece([0, 1], [0.5, 0.5])
    0.0
    """
    y, p = binary_pair(outcomes, forecasts)
    index, edges = bin_index(p, bins, strategy)
    gap = np.bincount(index, weights=y - p, minlength=edges.size - 1)
    return float(np.abs(gap).sum() / y.size)


def brier_decomposition(
    outcomes: ArrayLike, forecasts: ArrayLike, bins: int = 10, strategy: Strategy = "quantile"
) -> BrierDecomposition:
    """Reliability, resolution and uncertainty of the Brier score, exact for any binning.

    `REL = sum n_k/n (p_k - o_k)^2`, `RES = sum n_k/n (o_k - o)^2`, `UNC = o (1 - o)` (Murphy 1973, Journal
    of Applied Meteorology 12); what the bins hide is kept as `within_bin` (Stephenson, Coelho & Jolliffe
    2008, Weather and Forecasting 23).

    >>> d = brier_decomposition([0, 1, 1, 0], [0.2, 0.8, 0.8, 0.2])
    >>> abs(d.brier - (d.reliability - d.resolution + d.uncertainty + d.within_bin)) < 1e-15
    True
    """
    y, p = binary_pair(outcomes, forecasts)
    index, edges = bin_index(p, bins, strategy)
    size = edges.size - 1
    n = np.bincount(index, minlength=size).astype(np.float64)
    full = n > 0
    mean_p = np.divide(np.bincount(index, weights=p, minlength=size), n, out=np.zeros(size), where=full)
    mean_y = np.divide(np.bincount(index, weights=y, minlength=size), n, out=np.zeros(size), where=full)
    rate = float(y.mean())
    share = n / y.size
    inner_p, inner_y = p - mean_p[index], y - mean_y[index]
    return BrierDecomposition(
        brier=float(np.mean((p - y) ** 2)),
        reliability=float(np.dot(share, (mean_p - mean_y) ** 2)),
        resolution=float(np.dot(share, (mean_y - rate) ** 2)),
        uncertainty=rate * (1.0 - rate),
        within_bin=float(np.mean(inner_p**2) - 2.0 * np.mean(inner_p * inner_y)),
    )


def calibration_line(
    outcomes: ArrayLike,
    forecasts: ArrayLike,
    clusters: ArrayLike | None = None,
    weights: ArrayLike | None = None,
    level: float = 0.95,
) -> CalibrationLine:
    """Slope and intercept of outcomes on the log-odds of the forecast (Cox 1958, Biometrika 45).

    A slope under 1 means over-confident forecasts. With `clusters` (n,), the interval uses the
    cluster-robust sandwich; without, the inverse information.

    >>> line = calibration_line([0, 1, 0, 1], [0.5, 0.5, 0.4, 0.6])
    >>> line.slope > 1
    True
    """
    y, p = binary_pair(outcomes, forecasts)
    w = weight_vector(weights, y.size)
    beta, hessian, rows = newton_line(y, logit(p, LINE_CLIP), w, LINE_RIDGE)
    inverse = np.linalg.pinv(hessian)
    covariance = inverse
    if clusters is not None:
        codes, groups = cluster_codes(clusters, y.size)
        sums = np.column_stack([np.bincount(codes, weights=rows[:, k], minlength=groups) for k in range(2)])
        covariance = inverse @ (sums.T @ sums) @ inverse * (groups / max(groups - 1, 1))
    se = float(np.sqrt(max(covariance[1, 1], 0.0)))
    half = _normal_quantile((1 + level) / 2) * se
    slope = float(beta[1])
    return CalibrationLine(
        slope=slope, intercept=float(beta[0]), slope_low=slope - half, slope_high=slope + half, slope_se=se, level=level
    )


def calibration_slope(outcomes: ArrayLike, forecasts: ArrayLike) -> float:
    """Slope of `calibration_line` alone."""
    return calibration_line(outcomes, forecasts).slope


def expected_over_observed(
    outcomes: ArrayLike, forecasts: ArrayLike, weights: ArrayLike | None = None
) -> float:
    """Sum of forecasts over number of events; 1 is right, above 1 over-predicts. NaN without events.

    >>> expected_over_observed([0, 1], [0.25, 0.25])
    0.5
    """
    y, p = binary_pair(outcomes, forecasts)
    w = weight_vector(weights, y.size)
    events = float(y.sum() if w is None else np.dot(w, y))
    expected = float(p.sum() if w is None else np.dot(w, p))
    return expected / events if events > 0 else float("nan")


def _normal_quantile(q: float) -> float:
    from statistics import NormalDist

    return NormalDist().inv_cdf(q)
