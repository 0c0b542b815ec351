"""Surprises, change points, build-up and what they are worth."""

from __future__ import annotations

import datetime as dt
import itertools
import math
import random

import numpy as np
import pytest

from vedette.domain.indicators import SignalKind
from vedette.domain.time import instant
from vedette.errors import BadInput
from vedette.warning.build_up import Sighting, build_up, km_to, near_score
from vedette.warning.changes import change_score, latest_change, run_lengths
from vedette.warning.ratios import HELD, WORTH, fit_ratio, worth
from vedette.warning.tempo import LARGEST, LEAST_WEEKS, dispersion, normal_score, surprise


def test_the_normal_score_agrees_with_the_exact_tail() -> None:
    from scipy.stats import nbinom, norm

    for mean, phi, y in ((3.0, 0.4, 7), (0.2, 1.0, 2), (40.0, 0.1, 25), (5.0, 0.3, 0)):
        size = 1 / phi
        model = nbinom(size, size / (size + mean))
        exact = norm.isf(model.sf(y) + 0.5 * model.pmf(y))
        assert normal_score(y, mean, phi) == pytest.approx(exact, abs=1e-6)


def test_surprise_grows_with_the_count_and_falls_with_the_volume() -> None:
    past, volumes = [4, 6, 5, 3] * 10, [100] * 40
    scores = [surprise(past, volumes, y, 100).z for y in range(60)]
    assert all(a is not None and b is not None and a <= b for a, b in itertools.pairwise(scores))
    same, busier = surprise(past, volumes, 12, 100).z, surprise(past, volumes, 12, 300).z
    assert same is not None and busier is not None and same > 1.5 and busier < 0.5
    assert scores[0] is not None and scores[0] < -1 and scores[-1] is not None and scores[-1] <= LARGEST


def test_no_event_in_a_quiet_pair_is_no_surprise_and_a_first_event_is_no_proof() -> None:
    quiet, volumes = [0] * 52, [100] * 52
    none, one = surprise(quiet, volumes, 0, 100).z, surprise(quiet, volumes, 1, 100).z
    assert none is not None and abs(none) < 0.1
    assert one is not None and 2 < one < 3


def test_weeks_without_reports_are_not_weeks_without_events() -> None:
    past, volumes = [5.0] * 20, [100.0] * 20
    gap = surprise([*past, *[0.0] * 20], [*volumes, *[0.0] * 20], 5, 100)
    assert gap == surprise(past, volumes, 5, 100)
    assert surprise(past, volumes, 0, 0).z is None and "nothing was reported" in surprise(past, volumes, 0, 0).reason
    short = surprise(past[: LEAST_WEEKS - 1], volumes[: LEAST_WEEKS - 1], 50, 100)
    assert short.z is None and str(LEAST_WEEKS) in short.reason


def test_scatter_in_the_past_makes_a_peak_less_surprising() -> None:
    volumes = [100.0] * 40
    steady, wild = surprise([10.0] * 40, volumes, 30, 100).z, surprise([1.0, 19.0] * 20, volumes, 30, 100).z
    assert steady is not None and wild is not None and steady > wild + 0.5
    thin = dispersion(np.array([0.0, 1.0]), np.array([1.0, 1.0]), 0.5)
    assert 0.3 < thin < 0.7  # hardly any past: near the prior


def test_false_alarms_stay_near_their_nominal_rate() -> None:
    rng = np.random.default_rng(7)
    z = []
    for _ in range(300):
        rate = rng.gamma(0.7, 4.0)
        weekly = rng.poisson(rate * rng.gamma(4.0, 0.25, 53)).astype(float)
        z.append(surprise(weekly[:-1], np.full(52, 100.0), weekly[-1], 100.0).z)
    share = float(np.mean([v is not None and v >= 2 for v in z]))
    assert 0.005 < share < 0.06, "nominal .023; the model must neither cry wolf nor be deaf"


def test_a_change_point_is_found_soon_after_it_comes_and_forgotten_when_old() -> None:
    rng = np.random.default_rng(3)
    before, after = rng.poisson(2, 60), rng.poisson(12, 10)
    seen = [latest_change(np.concatenate([before, after[:k]]), np.full(60 + k, 50.0)) for k in range(11)]
    assert seen[0].recent < 0.3
    assert seen[2].recent > 0.9 and seen[2].factor is not None and seen[2].factor > 3
    assert seen[10].recent < 0.1 and seen[10].run in (9, 10, 11)
    assert change_score(seen[2]) > 0.9 > abs(change_score(seen[10]))


def test_run_lengths_are_distributions_and_depend_only_on_the_past() -> None:
    y, v = [3.0, 2.0, 0.0, 9.0, 11.0, 8.0], [10.0, 12.0, 0.0, 11.0, 10.0, 9.0]
    for shares in run_lengths(y, v):
        assert shares.sum() == pytest.approx(1.0) and (shares >= 0).all()
    assert run_lengths([], []) == [] and latest_change([], []).recent == 0.0
    assert change_score(latest_change([0.0] * 20, [0.0] * 20)) == 0.0


def test_a_doubled_volume_is_no_change_of_rate() -> None:
    counts, volumes = [5.0] * 30 + [10.0] * 4, [100.0] * 30 + [200.0] * 4
    assert latest_change(counts, volumes).recent < 0.3
    assert latest_change(counts, [100.0] * 34).recent > 0.5


def sighting(k: int, lat: float, lon: float, day: dt.date, state: str = "BLR") -> Sighting:
    return Sighting(id=f"s{k}", day=day, available=instant(day), lat=lat, lon=lon, state=state)


def test_build_up_sees_forces_come_closer_not_more_reports() -> None:
    day = dt.date(2022, 2, 1)
    far, near = (53.9, 27.6), (51.9, 29.2)
    assert km_to("UKR", *near) < 100 < km_to("UKR", *far) and km_to("UKR", 50.45, 30.52) == 0
    before = [sighting(i, *(near if i % 5 == 0 else far), day - dt.timedelta(days=20)) for i in range(40)]
    closer = [sighting(100 + i, *near, day - dt.timedelta(days=3)) for i in range(30)]
    louder = [sighting(200 + i, *(near if i % 5 == 0 else far), day) for i in range(120)]
    assert (build_up([*before, *closer], "UKR", day).z or 0) > 3
    assert abs(build_up([*before, *louder], "UKR", day).z or 9) < 1
    assert build_up(before, "UKR", day).z is None and build_up([], "UKR", day).z is None


def test_build_up_counts_by_the_day_a_place_became_known() -> None:
    day = dt.date(2022, 2, 1)
    base = [sighting(i, 53.9, 27.6, day - dt.timedelta(days=20 - i % 9)) for i in range(30)]
    late = [
        Sighting(id=f"l{i}", day=dt.date(2022, 1, 2), available=instant(day), lat=51.9, lon=29.2, state="BLR")
        for i in range(10)
    ]
    assert build_up([*base, *late], "UKR", day).near_recent == 10
    assert build_up([*base, *late], "UKR", day - dt.timedelta(days=1)).near_recent == 0
    mixed = [*base, *late]
    random.Random(1).shuffle(mixed)
    assert build_up(mixed, "UKR", day) == build_up([*base, *late], "UKR", day)
    assert build_up([*base, *late], "UKR", day, within={"RUS"}).near_recent == 0


def test_the_share_test_is_fishers_with_mid_p() -> None:
    from scipy.stats import hypergeom, norm

    z, _ = near_score(8, 20, 5, 40)
    model = hypergeom(60, 13, 20)
    assert z == pytest.approx(norm.isf(model.sf(8) + 0.5 * model.pmf(8)), abs=1e-6)
    assert near_score(0, 20, 0, 40) == (0.0, "")
    assert near_score(1, 2, 1, 40)[0] is None


def test_a_ratio_is_found_where_there_is_one_and_shrunk_where_there_is_not() -> None:
    rng = np.random.default_rng(5)
    z, offset = rng.normal(size=40_000), np.full(40_000, -3.0)
    happened = rng.random(40_000) < 1 / (1 + np.exp(-(offset + 0.4 * z)))
    found = fit_ratio(z, happened.astype(float), offset)
    assert found.slope == pytest.approx(0.4, abs=0.1) and found.events == happened.sum()
    nothing = fit_ratio(rng.normal(size=30), np.zeros(30), np.full(30, -3.0))
    assert abs(nothing.slope) < 0.1 and nothing.slope_sd == pytest.approx(0.25, abs=0.02)
    assert float(found.log_ratio(99.0)) == float(found.log_ratio(HELD[1]))
    with pytest.raises(BadInput, match="common length"):
        fit_ratio(np.zeros(3), np.zeros(2), np.zeros(3))


@pytest.mark.parametrize("kind", SignalKind)
def test_what_a_signal_is_worth_is_small_bounded_and_never_below_nothing(kind: SignalKind) -> None:
    values = [worth(kind, v)[0] for v in (-9.0, 0.0, 1.0, 2.0, 3.0, 9.0)]
    assert values == sorted(values) and values[0] == 0.0 and values[-1] == WORTH[kind].largest <= math.log(2.6)
    assert worth(kind, -9.0)[1] == 0.0 and worth(kind, 9.0)[1] >= 0.4

