"""Calibration line, bins and decomposition on made forecasts whose faults are known."""

from __future__ import annotations

import numpy as np
import pytest

from vedette import scoring


def made(n: int, slope: float, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Outcomes whose true log-odds are `slope` times those of the forecast."""
    rng = np.random.default_rng(seed)
    x = rng.normal(-1.0, 1.5, n)
    truth = 1 / (1 + np.exp(-slope * x))
    return (rng.random(n) < truth).astype(float), 1 / (1 + np.exp(-x))


@pytest.mark.parametrize("slope", [0.5, 1.0, 1.6])
def test_line_recovers_a_known_slope(slope: float) -> None:
    y, p = made(20000, slope, 3)
    line = scoring.calibration_line(y, p)
    assert line.slope_low < slope < line.slope_high
    assert abs(line.intercept) < 0.1
    assert scoring.calibration_slope(y, p) == line.slope


def test_line_equals_unpenalised_scikit_learn() -> None:
    linear = pytest.importorskip("sklearn.linear_model")
    y, p = made(3000, 0.8, 5)
    x = np.log(p / (1 - p))[:, None]
    fit = linear.LogisticRegression(C=1e10, tol=1e-12, max_iter=1000).fit(x, y)
    line = scoring.calibration_line(y, p)
    assert line.slope == pytest.approx(float(fit.coef_[0, 0]), abs=1e-5)
    assert line.intercept == pytest.approx(float(fit.intercept_[0]), abs=1e-5)


def test_clustered_interval_is_wider_when_rows_are_copies() -> None:
    y, p = made(500, 1.0, 9)
    copies = np.repeat(np.arange(500), 8)
    plain = scoring.calibration_line(y[copies], p[copies])
    honest = scoring.calibration_line(y[copies], p[copies], clusters=copies)
    once = scoring.calibration_line(y, p)
    assert honest.slope_se > 2 * plain.slope_se
    assert honest.slope_se == pytest.approx(once.slope_se, rel=0.15)


def test_line_survives_perfect_separation() -> None:
    line = scoring.calibration_line([0, 0, 1, 1], [0.1, 0.2, 0.8, 0.9])
    assert np.isfinite(line.slope) and line.slope > 1


def test_decomposition_adds_up_and_names_the_fault() -> None:
    y, p = made(5000, 0.4, 11)
    for strategy in ("quantile", "uniform"):
        d = scoring.brier_decomposition(y, p, bins=7, strategy=strategy)
        assert d.brier == pytest.approx(d.reliability - d.resolution + d.uncertainty + d.within_bin, abs=1e-15)
    good_y, good_p = made(5000, 1.0, 11)
    assert d.reliability > 5 * scoring.brier_decomposition(good_y, good_p, bins=7).reliability
    assert set(d.to_dict()) == {"brier", "reliability", "resolution", "uncertainty", "within_bin"}


def test_bins_hold_everyone_once_and_bands_cover_honest_forecasts() -> None:
    y, p = made(8000, 1.0, 13)
    bins = scoring.reliability_bins(y, p, bins=10)
    assert sum(b.n for b in bins) == 8000 and sum(b.events for b in bins) == int(y.sum())
    assert sum(b.low <= b.observed_rate <= b.high for b in bins) >= 8
    assert all(b.lower <= b.mean_forecast <= b.upper for b in bins)
    y, p = made(8000, 0.3, 13)
    assert sum(b.low <= b.observed_rate <= b.high for b in scoring.reliability_bins(y, p, bins=10)) <= 4


def test_bins_of_a_constant_forecast_are_one_bin() -> None:
    bins = scoring.reliability_bins([0, 1, 0, 0], [0.25] * 4)
    assert len(bins) == 1 and bins[0].observed_rate == 0.25
    assert scoring.ece([0, 1, 0, 0], [0.25] * 4) == pytest.approx(0.0)


def test_unknown_binning_is_refused() -> None:
    with pytest.raises(ValueError, match="quantile"):
        scoring.ece([0, 1], [0.2, 0.4], strategy="fancy")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="at least one bin"):
        scoring.ece([0, 1], [0.2, 0.4], bins=0)


def test_totals() -> None:
    assert scoring.expected_over_observed([1, 0], [0.5, 0.5]) == 1.0
    assert np.isnan(scoring.expected_over_observed([0, 0], [0.5, 0.5]))
