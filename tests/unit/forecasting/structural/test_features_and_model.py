"""Feature table, fitted model, its file, its contributions, its trees."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import numpy as np
import pytest

from vedette.errors import AfterCutOff, Damaged, DateRefused, FrameRefused, UnknownName
from vedette.evaluation.simulate import simulated_panel
from vedette.forecasting.structural.dyads import dyad_years
from vedette.forecasting.structural.features import (
    build_features,
    learn_scaling,
    relative_to_year,
    require_outcome,
)
from vedette.forecasting.structural.fit import fit_structural
from vedette.forecasting.structural.model import StructuralModel
from vedette.forecasting.structural.spec import GROUPS, SPEC
from vedette.forecasting.structural.trees import Trees, fit_boosting, to_trees
from vedette.forecasting.structural.walk import PastForecasts, Walker, recalibrate

PANEL = simulated_panel(4, states=24, last_year=1995)
TABLE = build_features(PANEL, "y_force_init")
MODEL = fit_structural(PANEL, "y_force_init", train_until=1990)


def test_features_are_named_grouped_and_complete() -> None:
    assert len(set(TABLE.names)) == len(TABLE.names) == TABLE.values.shape[1] == len(TABLE.groups)
    assert set(TABLE.groups) <= set(GROUPS)
    assert {"mem_out_h1", "mem_j_met_h15", "pair_memory*c1_rivalry", "target_democracy", "i_age"} <= set(TABLE.names)
    assert "c1_peaceyrs" not in TABLE.names and "ln_peace_years" in TABLE.names


def test_drop_and_only_split_by_what_a_column_needs() -> None:
    rest, alone = TABLE.without("perceived_justification"), TABLE.only("perceived_justification")
    assert not any("rivalry" in n for n in rest.names)
    assert "c1_rivalry" in alone.names and all("*" not in n or "c1" in n for n in alone.names)


def test_other_direction_is_read_from_the_opposite_row() -> None:
    raw = dataclasses.replace(SPEC, relative_columns=())
    table = build_features(PANEL, "y_force_init", spec=raw)
    column = table.values[:, table.names.index("target_democracy")]
    k = 500
    back = np.flatnonzero((PANEL.year == PANEL.year[k]) & (PANEL.i == PANEL.j[k]) & (PANEL.j == PANEL.i[k]))
    assert column[k] == PANEL.columns["c5_init_democracy"][back[0]]


def test_relative_columns_are_compared_within_their_year_and_stay_missing_where_missing() -> None:
    year = np.array([1990, 1990, 1990, 1991, 1991, 1992])
    out = relative_to_year(np.array([1.0, 3.0, np.nan, 50.0, 50.0, np.nan]), year)
    assert out[:2].tolist() == [-1.0, 1.0] and np.isnan(out[[2, 5]]).all() and out[3:5].tolist() == [0.0, 0.0]
    drifting = TABLE.values[:, TABLE.names.index("c5_init_democracy")]
    assert drifting[PANEL.year == 1980].mean() == pytest.approx(0.0, abs=1e-9)


def test_a_level_that_drifts_for_everyone_changes_no_forecast() -> None:
    drift = (PANEL.year - 1946.0) * 3.0
    moved = PANEL.with_columns({"c5_init_democracy": PANEL.columns["c5_init_democracy"] + drift})
    assert MODEL.predict(build_features(moved, "y_force_init")).p == pytest.approx(MODEL.predict(TABLE).p, abs=1e-9)


def test_a_bare_panel_still_has_memory_of_its_own_outcome() -> None:
    bare = dyad_years({
        "ccode1": PANEL.states[PANEL.i], "ccode2": PANEL.states[PANEL.j], "year": PANEL.year,
        "event": PANEL.columns["y_mid_init"],
    })
    table = build_features(bare, "event")
    assert set(table.groups) == {"memory", "structure"} and np.isfinite(table.values).all()


def test_unknown_covariate_and_bad_outcome_are_named() -> None:
    with pytest.raises(UnknownName, match="c1_rivalry"):
        build_features(PANEL, "y_force_init", covariates=["c1_rivalries"])
    with pytest.raises(UnknownName, match="0, 1 or missing"):
        require_outcome(PANEL, "c1_peaceyrs")


def test_scaling_is_learnt_on_training_rows_only_and_clips() -> None:
    values = np.array([[0.0, np.nan], [2.0, 5.0], [4.0, 5.0], [1e9, 7.0]])
    scaling = learn_scaling(values[:3], clip=5.0)
    out = scaling.apply(values)
    assert scaling.medians.tolist() == [2.0, 5.0] and scaling.deviations[1] == 1.0
    assert out[3].tolist() == [1.0, 5.0, 2.0] and out[0, 2] == 0.0


def test_contributions_sum_to_the_log_odds_and_intervals_hold_the_forecast() -> None:
    rates = MODEL.predict(TABLE)
    assert rates.contributions.shape == (PANEL.n, len(GROUPS) + 1) and rates.groups[-1] == "start"
    assert np.log(rates.p / (1 - rates.p)) == pytest.approx(rates.contributions.sum(axis=1), abs=1e-9)
    assert np.all((rates.low < rates.p) & (rates.p < rates.high)) and np.all(rates.spread > 0)
    wide = MODEL.predict(TABLE, level=0.99)
    assert np.all(wide.low < rates.low) and np.all(wide.high > rates.high)


def test_file_round_trip_forecasts_the_same(tmp_path: Path) -> None:
    path = tmp_path / "model.json"
    MODEL.save(path)
    again = StructuralModel.load(path)
    assert np.max(np.abs(again.predict(TABLE).p - MODEL.predict(TABLE).p)) < 1e-7
    assert again.training == MODEL.training and again.training.last_year == 1990
    assert again.to_dict() == StructuralModel.from_dict(again.to_dict()).to_dict()


def test_damaged_files_and_foreign_features_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "model.json"
    path.write_text("{", encoding="utf-8")
    with pytest.raises(Damaged, match="not JSON"):
        StructuralModel.load(path)
    data = MODEL.to_dict()
    with pytest.raises(Damaged, match="differ in number"):
        StructuralModel.from_dict({**data, "beta": data["beta"][:-1]})
    with pytest.raises(Damaged, match="cannot be read"):
        StructuralModel.from_dict({k: v for k, v in data.items() if k != "shift"})
    with pytest.raises(Damaged, match="format"):
        StructuralModel.from_dict({**data, "format": 99})
    with pytest.raises(FrameRefused, match="missing"):
        MODEL.predict(TABLE.without("memory"))


def test_too_short_a_training_is_refused_with_what_is_covered() -> None:
    with pytest.raises(DateRefused, match="1946-1995"):
        fit_structural(PANEL, "y_force_init", train_until=1950)


def test_walker_only_walks_forward() -> None:
    walker = Walker(TABLE, PANEL.columns["y_force_init"], PANEL.year, boosting=False)
    walker.at(1980)
    with pytest.raises(AfterCutOff, match="1980"):
        walker.at(1970)


def test_recalibration_repairs_a_known_fault_and_shrinks_on_little_data() -> None:
    rng = np.random.default_rng(2)
    margin = rng.normal(-2, 1.5, 40000)
    y = (rng.random(40000) < 1 / (1 + np.exp(-(0.5 + 0.7 * margin)))).astype(float)
    shift, slope = recalibrate(y, margin, SPEC.shift_precision, SPEC.slope_precision)
    assert shift == pytest.approx(0.5, abs=0.12) and slope == pytest.approx(0.7, abs=0.06)
    few = recalibrate(y[:20], margin[:20], SPEC.shift_precision, SPEC.slope_precision)
    assert abs(few[0]) < 0.2 and abs(few[1] - 1) < 0.2


def test_mixer_learns_from_the_past_only_and_blends_by_log_score() -> None:
    rng = np.random.default_rng(3)
    truth = rng.normal(-3, 1.5, 8000)
    year = np.repeat(np.arange(1980, 2000), 400)
    y = (rng.random(8000) < 1 / (1 + np.exp(-truth))).astype(float)
    noise = truth + rng.normal(0, 2, 8000)
    good_trees = PastForecasts(year=year, outcome=y, linear=noise, trees=truth).mixer(1995)
    bad_trees = PastForecasts(year=year, outcome=y, linear=truth, trees=noise).mixer(1995)
    assert good_trees.blend == 0.5 and bad_trees.blend == 0.0
    assert good_trees.years == (1986, 1995)
    later = y.copy()
    later[year > 1995] = 1 - later[year > 1995]
    assert PastForecasts(year=year, outcome=later, linear=noise, trees=truth).mixer(1995) == good_trees


def test_trees_in_numpy_equal_scikit_learn_and_sum_exactly() -> None:
    pytest.importorskip("sklearn")
    values, y = TABLE.values[:6000, :12], PANEL.columns["y_mid_init"][:6000]
    fitted = fit_boosting(values, y, SPEC.boosting)
    trees = to_trees(fitted, np.arange(12))
    assert trees.margin(values) == pytest.approx(fitted.decision_function(values), abs=1e-9)
    parts = trees.walk(values, [k % 3 for k in range(12)], 3)
    assert parts.sum(axis=1) == pytest.approx(trees.margin(values), abs=1e-9)
    again = Trees.from_dict(json.loads(json.dumps(trees.to_dict())))
    assert again.margin(values) == pytest.approx(trees.margin(values), abs=1e-6)


def test_a_model_with_trees_explains_itself_exactly(tmp_path: Path) -> None:
    pytest.importorskip("sklearn")
    always = dataclasses.replace(SPEC, blend_grid=(0.5,), boosting=dataclasses.replace(SPEC.boosting, rounds=20))
    model = fit_structural(PANEL, "y_mid_init", train_until=1990, boosting=True, spec=always)
    assert model.trees is not None and model.mixer.blend == 0.5
    table = build_features(PANEL, "y_mid_init")
    rates = model.predict(table)
    assert np.log(rates.p / (1 - rates.p)) == pytest.approx(rates.contributions.sum(axis=1), abs=1e-9)
    model.save(tmp_path / "m.json")
    assert StructuralModel.load(tmp_path / "m.json").predict(table).p == pytest.approx(rates.p, abs=1e-6)
