"""Cluster bootstrap: paired, reproducible, and honest about dependence."""

from __future__ import annotations

import numpy as np
import pytest

from vedette import scoring
from vedette.scoring.bootstrap import prepared

RNG = np.random.default_rng(17)
N = 600
DYAD = RNG.integers(0, 60, N)
P = RNG.beta(1, 6, N)
Y = (RNG.random(N) < P).astype(float)
NOISE = np.clip(P * np.exp(RNG.normal(0, 0.8, N)), 0, 1)


@pytest.mark.parametrize("metric", scoring.METRICS)
def test_prepared_metric_equals_the_public_one(metric: str) -> None:
    w = RNG.integers(0, 4, N).astype(float)
    public = getattr(scoring, metric)
    assert prepared([metric], Y, P)(w)[0] == pytest.approx(public(Y, P, weights=w), abs=1e-12)
    expanded = np.repeat(np.arange(N), w.astype(int))
    assert prepared([metric], Y, P)(w)[0] == pytest.approx(public(Y[expanded], P[expanded]), abs=1e-12)


def test_same_seed_same_interval_other_seed_other() -> None:
    a = scoring.bootstrap_interval(Y, P, "brier", DYAD, replicates=100, seed=1)
    assert a == scoring.bootstrap_interval(Y, P, "brier", DYAD, replicates=100, seed=1)
    assert a != scoring.bootstrap_interval(Y, P, "brier", DYAD, replicates=100, seed=2)
    assert a.clusters == 60 and a.low < a.estimate < a.high


def test_copies_in_one_cluster_do_not_narrow_the_interval() -> None:
    ids = np.repeat(np.arange(N), 10)
    once = scoring.bootstrap_interval(Y, P, "brier", np.arange(N), replicates=300)
    honest = scoring.bootstrap_interval(Y[ids], P[ids], "brier", ids, replicates=300)
    naive = scoring.bootstrap_interval(Y[ids], P[ids], "brier", np.arange(N * 10), replicates=300)
    assert honest.high - honest.low == pytest.approx(once.high - once.low, rel=0.2)
    assert naive.high - naive.low < 0.5 * (honest.high - honest.low)


def test_gain_is_positive_for_the_better_forecast_and_turns_with_the_order() -> None:
    gains = scoring.paired_differences(Y, P, NOISE, scoring.METRICS[:4], DYAD, replicates=200)
    back = scoring.paired_differences(Y, NOISE, P, scoring.METRICS[:4], DYAD, replicates=200)
    for metric, gain in gains.items():
        assert gain.gain > 0, metric
        assert back[metric].gain == pytest.approx(-gain.gain)
        assert back[metric].low == pytest.approx(-gain.high)
    assert gains["brier"].share_positive > 0.9


def test_a_forecast_has_no_gain_over_itself() -> None:
    d = scoring.paired_difference(Y, P, P, "pr_auc", DYAD, replicates=50)
    assert (d.gain, d.low, d.high, d.share_positive) == (0.0, 0.0, 0.0, 0.0)


def test_paired_interval_is_narrower_than_the_two_apart() -> None:
    d = scoring.paired_difference(Y, P, NOISE, "brier", DYAD, replicates=300)
    a = scoring.bootstrap_interval(Y, P, "brier", DYAD, replicates=300)
    assert d.high - d.low < a.high - a.low


def test_crossed_clusters_are_wider_than_either() -> None:
    other = RNG.integers(0, 20, N)
    dyad = scoring.bootstrap_interval(Y, P, "brier", DYAD, replicates=400)
    crossed = scoring.bootstrap_interval(Y, P, "brier", [DYAD, other], replicates=400)
    assert crossed.high - crossed.low > dyad.high - dyad.low


def test_many_forecasts_on_the_same_replicates_equal_one_at_a_time() -> None:
    drawn = scoring.bootstrap(Y, {"ours": P, "theirs": NOISE}, scoring.METRICS[:4], DYAD, replicates=60)
    assert drawn.gain("ours", "theirs", "brier") == scoring.paired_difference(Y, P, NOISE, "brier", DYAD, replicates=60)
    assert drawn.interval("theirs", "pr_auc") == scoring.bootstrap_interval(Y, NOISE, "pr_auc", DYAD, replicates=60)
    with pytest.raises(ValueError, match="no forecasts"):
        scoring.bootstrap(Y, {}, ["brier"], DYAD)


def test_unknown_metric_and_short_labels_are_refused() -> None:
    with pytest.raises(ValueError, match="unknown metric"):
        scoring.bootstrap_interval(Y, P, "accuracy", DYAD)
    with pytest.raises(ValueError, match="no gain is defined"):
        scoring.paired_difference(Y, P, P, "expected_over_observed", DYAD)
    with pytest.raises(ValueError, match="labels"):
        scoring.bootstrap_interval(Y, P, "brier", DYAD[:3])
