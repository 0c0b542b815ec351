"""Laws of the structural model: no look ahead, contributions that sum, intervals that hold, order that stays."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.conftest import examples

from vedette.evaluation.simulate import simulated_panel
from vedette.forecasting.structural.bundled import over_horizon, wilson
from vedette.forecasting.structural.features import build_features
from vedette.forecasting.structural.fit import fit_structural
from vedette.forecasting.structural.walk import Mixer, recalibrate, sigmoid

PANEL = simulated_panel(12, states=14, last_year=1980)
TABLE = build_features(PANEL, "y_mid_init")
MODEL = fit_structural(PANEL, "y_mid_init", train_until=1975)
RATES = MODEL.predict(TABLE)


@settings(max_examples=examples(25))
@given(year=st.integers(1950, 1980), seed=st.integers(0, 2**31))
def test_later_events_change_no_earlier_feature(year: int, seed: int) -> None:
    events = PANEL.columns["y_mid_init"].copy()
    later = PANEL.year >= year
    events[later] = np.random.default_rng(seed).integers(0, 2, int(later.sum()))
    moved = build_features(PANEL.with_columns({"y_mid_init": events}), "y_mid_init")
    assert np.array_equal(moved.values[PANEL.year <= year], TABLE.values[PANEL.year <= year], equal_nan=True)


@settings(max_examples=examples(25))
@given(share=st.floats(0.05, 0.95))
def test_fewer_rows_of_other_years_change_no_forecast_of_this_one(share: float) -> None:
    last = 1950 + int(share * 25)
    cut = PANEL.rows(PANEL.year <= last)
    table = build_features(cut, "y_mid_init")
    assert np.allclose(MODEL.predict(table).p, RATES.p[PANEL.year <= last], atol=1e-12)


@given(level=st.floats(0.5, 0.99))
def test_wider_levels_give_wider_intervals_around_the_same_forecast(level: float) -> None:
    rates = MODEL.predict(TABLE, level=level)
    wider = MODEL.predict(TABLE, level=level + 0.005)
    assert np.array_equal(rates.p, wider.p)
    assert np.all(wider.low <= rates.low) and np.all(wider.high >= rates.high)
    assert np.allclose(sigmoid(rates.contributions.sum(axis=1)), rates.p, atol=1e-12)


@given(
    blend=st.floats(0, 1), shift=st.floats(-2, 2), slope=st.floats(0.1, 3),
    margins=st.lists(st.tuples(st.floats(-9, 3), st.floats(-9, 3)), min_size=2, max_size=20),
)  # fmt: skip
def test_a_mixer_gives_probabilities_between_its_halves(
    blend: float, shift: float, slope: float, margins: list[tuple[float, float]]
) -> None:
    linear, trees = (np.array(v) for v in zip(*margins, strict=True))
    mixer = Mixer(blend=blend, shift=shift, slope=slope, years=(1980, 1989))
    p = mixer.apply(linear, trees)
    ends = [sigmoid(shift + slope * m) for m in (linear, trees)]
    assert np.all((p > 0) & (p < 1))
    assert np.all(p >= np.minimum(*ends) - 1e-12) and np.all(p <= np.maximum(*ends) + 1e-12)


@settings(max_examples=examples(40))
@given(seed=st.integers(0, 2**31), shift=st.floats(-1, 1), slope=st.floats(0.4, 1.8))
def test_recalibration_never_turns_the_ranking(seed: int, shift: float, slope: float) -> None:
    rng = np.random.default_rng(seed)
    margin = rng.normal(-2, 1.5, 500)
    y = (rng.random(500) < sigmoid(shift + slope * margin)).astype(float)
    assert recalibrate(y, margin, 25.0, 100.0)[1] > 0


@given(p=st.floats(1e-6, 0.99), months=st.floats(0.5, 60))
def test_longer_horizons_are_never_less_likely(p: float, months: float) -> None:
    assert 0 < over_horizon(p, months) <= over_horizon(p, months + 1) <= 1


@given(n=st.integers(1, 10**6), share=st.floats(0, 1))
def test_wilson_holds_the_rate_and_stays_in_range(n: int, share: float) -> None:
    positives = int(share * n)
    low, high = wilson(positives, n)
    assert -1e-12 <= low <= positives / n + 1e-12 and positives / n - 1e-12 <= high <= 1 + 1e-12
