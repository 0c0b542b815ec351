"""Means and skills with cluster intervals."""

from __future__ import annotations

import numpy as np
import pytest

from vedette.scoring import averages
from vedette.scoring.averages import mean_interval, skill_interval


def test_mean_agrees_with_the_plain_bootstrap_of_means() -> None:
    rng = np.random.default_rng(3)
    x = rng.normal(size=80)
    got = mean_interval(x, np.arange(80), replicates=4000)
    assert got.estimate == pytest.approx(x.mean())
    half = 1.96 * x.std() / np.sqrt(80)
    assert got.low == pytest.approx(x.mean() - half, abs=0.04)
    assert got.high == pytest.approx(x.mean() + half, abs=0.04)


def test_copies_in_a_cluster_do_not_narrow_the_interval() -> None:
    x = np.random.default_rng(4).normal(size=40)
    once = mean_interval(x, np.arange(40))
    copied = mean_interval(np.repeat(x, 5), np.repeat(np.arange(40), 5))
    assert (copied.low, copied.high) == pytest.approx((once.low, once.high))
    assert copied.clusters == 40


def test_skill_is_of_the_means_not_the_mean_of_skills() -> None:
    got = skill_interval([0.1, 0.4], [0.2, 0.4], ["a", "b"], replicates=200)
    assert got.estimate == pytest.approx(1 - 0.5 / 0.6)
    assert 0.0 <= got.low <= got.high <= 0.5


@pytest.mark.parametrize(
    ("values", "clusters", "said"),
    [([], [], "nothing"), ([0.1, 0.2], ["a", "a"], "two clusters"), ([float("nan")], ["a"], "finite")],
)
def test_what_has_no_interval_is_refused(values: list[float], clusters: list[str], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        mean_interval(values, clusters)


def test_pairs_must_match() -> None:
    with pytest.raises(ValueError, match="pair one to one"):
        skill_interval([0.1], [0.1, 0.2], ["a"])


def test_draws_that_are_kept_or_made_in_blocks_are_the_same_draws(monkeypatch: pytest.MonkeyPatch) -> None:
    values, clusters = [0.1, 0.4, 0.35, 0.8, 0.2], list("abcde")
    averages._drawn_at_once.cache_clear()
    first = averages.mean_interval(values, clusters, replicates=300)
    assert averages.mean_interval(values, clusters, replicates=300) == first
    assert averages.mean_interval(values, clusters, replicates=300, seed=5) != first
    monkeypatch.setattr(averages, "BLOCK", 35)
    assert averages.mean_interval(values, clusters, replicates=300) == first
