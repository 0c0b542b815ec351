"""The shipped base rates and coefficients: whole, fast, consistent, honest about what they do not cover."""

from __future__ import annotations

import datetime as dt
import math
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from vedette.errors import DateRefused, UnknownName
from vedette.evaluation.simulate import simulated_panel
from vedette.forecasting.structural import bundled
from vedette.forecasting.structural.spec import GROUPS

DAY = dt.date(2022, 1, 20)


@pytest.mark.parametrize("outcome", bundled.OUTCOMES)
def test_every_outcome_has_rates_at_the_bundled_dates_and_coefficients(outcome: str) -> None:
    assert bundled.bundled_dates(outcome) == ("2021-12-31", "2022-12-31", "2024-12-31")
    model = bundled.load_model(outcome)
    assert model.training.outcome == bundled.OUTCOMES[outcome] and model.citations
    assert model.training.positives > 200 and set(model.groups) <= set(GROUPS)


@pytest.mark.parametrize("outcome", bundled.OUTCOMES)
def test_ranking_is_ordered_and_contributions_sum(outcome: str) -> None:
    ranking = bundled.bundled_ranking(outcome, DAY)
    assert len(ranking) == ranking[0].ranked > 3000
    ps = [r.p for r in ranking]
    assert ps == sorted(ps, reverse=True) and ranking[0].rank == 1
    for r in ranking[::400]:
        assert math.log(r.p / (1 - r.p)) == pytest.approx(sum(r.contributions.values()), abs=1e-9)
        assert r.low < r.p < r.high
    assert sum(ps) / len(ps) < 0.05


def test_seed_case_is_there_and_belongs_to_the_last_known_date() -> None:
    rate = bundled.bundled_rate(365, 369, "force", DAY)
    assert rate is not None and rate.as_of == "2021-12-31" and rate.year == 2022
    assert 0.02 < rate.p < 0.10 and rate.rank < 100
    assert rate.vintage["outcome"] == 2014 and rate.vintage["memory"] == 2014
    assert all(v <= 2021 for v in rate.vintage.values()) and all(v <= 2021 for v in rate.inputs.values())
    assert rate == bundled.bundled_rate(365, 369, "force", dt.date(2021, 12, 31))


def test_a_pair_outside_the_class_has_no_rate_but_its_class_has() -> None:
    assert bundled.bundled_rate(433, 436, "force", DAY) is None
    inside, outside = (bundled.bundled_class_rate("force", DAY, relevant=r) for r in (True, False))
    assert inside is not None and outside is not None
    assert outside.p < inside.p and inside.low < inside.p < inside.high and inside.n > 80_000
    assert bundled.bundled_class_rate("hostile_intervention", DAY, relevant=False) is None


def test_a_date_before_the_first_and_an_unknown_outcome_are_refused() -> None:
    with pytest.raises(DateRefused, match="2021-12-31"):
        bundled.bundled_rate(365, 369, "force", dt.date(2019, 1, 1))
    with pytest.raises(UnknownName, match="hostile_intervention"):
        bundled.bundled_rate(365, 369, "war", DAY)
    with pytest.raises(UnknownName, match="force"):
        bundled.load_model("war")


def test_horizon_is_monotone_and_a_year_is_a_year() -> None:
    assert bundled.over_horizon(0.05, 12) == pytest.approx(0.05)
    assert bundled.over_horizon(0.05, 3) < bundled.over_horizon(0.05, 6) < 0.05
    with pytest.raises(DateRefused):
        bundled.over_horizon(0.05, 0)


def test_looking_up_imports_no_learner_and_no_database() -> None:
    code = (
        "import sys,datetime;from vedette.forecasting.structural.bundled import bundled_rate;"
        "bundled_rate(365,369,'force',datetime.date(2022,1,20));"
        "print(sorted({'sklearn','scipy','duckdb','pandas'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_a_made_bundle_is_written_and_holds_what_was_computed(tmp_path: Path) -> None:
    panel = simulated_panel(6, states=20, last_year=2000)
    model, entry = bundled.compute_rates(panel, "force", 1995)
    bundled.write_rates([entry], tmp_path / "rates.npz")
    with np.load(tmp_path / "rates.npz") as stored:
        assert stored["parts0"].shape == (entry["ccode1"].size, len(GROUPS) + 1)
    assert entry["as_of"] == "1995-12-31" and not entry["carried"] and model.training.last_year == 1995
    _, last = bundled.compute_rates(panel, "force", 2000)
    assert last["carried"] and last["ccode1"].size == int((panel.year == 2000).sum())


def test_later_outcomes_change_no_bundled_rate() -> None:
    panel = simulated_panel(6, states=20, last_year=2000)
    later = {n: np.where(panel.year > 1995, 1.0 - v, v) for n, v in panel.columns.items() if n.startswith("y_")}
    honest, tampered = (bundled.compute_rates(p, "force", 1995)[1]["parts"] for p in (panel, panel.with_columns(later)))
    assert np.array_equal(honest, tampered)


def test_a_lookup_takes_a_moment() -> None:
    bundled.bundled_rate(365, 369, "force", DAY)
    began = time.perf_counter()
    for _ in range(20):
        bundled.bundled_rate(365, 369, "mid", DAY)
    assert time.perf_counter() - began < 5.0  # a hundred times the usual: catches a reload per call, not noise
