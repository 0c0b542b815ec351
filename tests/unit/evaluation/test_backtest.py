"""The back-test: what it reports, what it refuses, and that nothing later leaks in."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import numpy as np
import pytest

from vedette import scoring
from vedette.errors import AfterCutOff, BadInput, DateRefused, FrameRefused, UnknownName
from vedette.evaluation import backtest_panel
from vedette.evaluation.baselines import CAP, peace_years
from vedette.evaluation.folds import check_border, conflict_clusters, make_folds
from vedette.evaluation.leaks import delete_future, leak_check, permute_future
from vedette.evaluation.panel_file import read_panel
from vedette.evaluation.simulate import RATES, simulated_panel
from vedette.forecasting.structural.dyads import DyadYears, dyad_years

PANEL = simulated_panel(3, states=30, last_year=2005)
PROMISED = {
    "n", "positives", "roc_auc", "pr_auc", "brier", "brier_skill", "log_loss", "expected_over_observed",
    "calibration_slope",
}  # fmt: skip


def as_table(panel: DyadYears) -> dict[str, np.ndarray]:
    keys = {"ccode1": panel.states[panel.i], "ccode2": panel.states[panel.j], "year": panel.year}
    return {**keys, **panel.columns}


def write_csv(panel: DyadYears, path: Path) -> Path:
    table = as_table(panel)
    with path.open("w", newline="", encoding="utf-8") as out:
        writer = csv.writer(out)
        writer.writerow(table)
        rows = zip(*table.values(), strict=True)
        writer.writerows(["" if np.isnan(v) else repr(float(v)) for v in row] for row in rows)
    return path


def test_made_panel_has_the_rates_of_the_real_one() -> None:
    for name, rate in RATES.items():
        assert np.nanmean(PANEL.columns[name]) == pytest.approx(rate, rel=0.5)
    assert simulated_panel(3, states=30, last_year=2005).columns["y_mid_init"].tolist() == (
        PANEL.columns["y_mid_init"].tolist()
    )


def test_report_has_the_promised_fields_and_is_json(tmp_path: Path) -> None:
    path = tmp_path / "out" / "predictions.csv"
    report = backtest_panel(PANEL, "y_mid_init", 1990, learner="logit", replicates=40, predictions=path)
    data = json.loads(json.dumps(report.to_dict()))
    assert PROMISED | {"baselines", "paired_difference", "folds", "seconds", "predictions"} <= set(data)
    assert set(data["baselines"]) == {
        "constant_rate", "peace_years_cubic", "structure_and_peace_years", "plain_logit",
    }  # fmt: skip
    assert all(set(b) >= PROMISED for b in data["baselines"].values())
    for system in ("dyad", "conflict"):
        gain = data["paired_difference"]["plain_logit"][system]["log_score"]
        assert gain["low"] <= gain["gain"] <= gain["high"]
    with path.open(encoding="utf-8") as lines:
        rows = list(csv.DictReader(lines))
    assert len(rows) == data["n"] and data["predictions"] == str(path)
    y, p = (np.array([float(r[k]) for r in rows]) for k in ("outcome", "p"))
    assert scoring.brier(y, p) == pytest.approx(data["brier"], abs=1e-8)
    assert scoring.roc_auc(y, p) == pytest.approx(data["roc_auc"], abs=1e-4)


def test_model_beats_what_is_usual_where_memory_is_the_truth() -> None:
    panel = simulated_panel(3, states=50, last_year=2005)
    report = backtest_panel(panel, "y_mid_init", 1985, rolling=True, learner="logit", replicates=60)
    for usual in ("constant_rate", "peace_years_cubic", "structure_and_peace_years"):
        assert report.scores.log_loss < report.baselines[usual].log_loss - 0.001, usual
    assert report.paired["structure_and_peace_years"]["dyad"]["log_score"].gain > 0
    assert report.scores.brier_skill > 0.03
    assert [f.first for f in report.folds] == list(range(1986, 2006))
    assert all(f.train_until == f.first - 1 for f in report.folds)
    assert sum(f.n for f in report.folds) == report.scores.n


def test_files_and_tables_give_the_same_answer(tmp_path: Path) -> None:
    small = PANEL.rows(PANEL.year <= 1995)
    duckdb = pytest.importorskip("duckdb")
    csv_path = write_csv(small, tmp_path / "panel.csv")
    parquet = tmp_path / "panel.parquet"
    duckdb.execute(f"COPY (SELECT * FROM read_csv('{csv_path}')) TO '{parquet}' (FORMAT parquet)")
    scores = [
        backtest_panel(source, "y_mid_init", 1985, learner="logit", replicates=0).scores
        for source in (as_table(small), csv_path, str(parquet))
    ]
    assert scores[0].log_loss == pytest.approx(scores[1].log_loss, abs=1e-9)
    assert scores[0].log_loss == pytest.approx(scores[2].log_loss, abs=1e-9)


def test_bad_files_are_named(tmp_path: Path) -> None:
    with pytest.raises(FrameRefused, match="no such file"):
        read_panel(tmp_path / "nothing.parquet")
    write_csv(PANEL.rows(PANEL.year == 1990), tmp_path / "panel.csv")
    with pytest.raises(FrameRefused, match=r"Nearest there: panel\.csv"):
        read_panel(tmp_path / "panels.csv")
    (tmp_path / "broken.parquet").write_bytes(b"PAR1 not really")
    with pytest.raises(FrameRefused, match="cannot be read"):
        read_panel(tmp_path / "broken.parquet")
    (tmp_path / "panel.xlsx").write_bytes(b"")
    with pytest.raises(FrameRefused, match=r"\.xlsx"):
        read_panel(tmp_path / "panel.xlsx")
    with pytest.raises(UnknownName, match="y_mid_init"):
        read_panel(tmp_path / "panel.csv", columns=["y_mid_inti"])


@pytest.mark.parametrize(
    ("outcome", "train", "extra", "error", "words"),
    [
        ("y_force", 1990, {}, UnknownName, "y_force_init"),
        ("y_mid_init", 1900, {}, DateRefused, "1946-2005"),
        ("y_mid_init", 2005, {}, DateRefused, "1946-2005"),
        ("y_mid_init", 1990, {"test_until": 1980}, DateRefused, "1991"),
        ("y_mid_init", 1990, {"test_until": 2030}, DateRefused, "2005"),
        ("y_mid_init", 1990, {"lag": 0}, BadInput, "lag"),
        ("c1_peaceyrs", 1990, {}, UnknownName, "0, 1 or missing"),
        ("y_mid_init", 1990, {"covariates": ["c9_x"]}, UnknownName, "c9_x"),
    ],
)
def test_misuse_says_what_is_valid(
    outcome: str, train: int, extra: dict[str, object], error: type[Exception], words: str
) -> None:
    with pytest.raises(error, match=words):
        backtest_panel(PANEL, outcome, train, replicates=0, learner="logit", **extra)  # type: ignore[arg-type]


def test_an_outcome_nobody_saw_is_refused() -> None:
    empty = PANEL.with_columns({"y_new": np.full(PANEL.n, np.nan), "y_never": np.zeros(PANEL.n)})
    with pytest.raises(DateRefused, match="known value"):
        backtest_panel(empty, "y_new", 1990, replicates=0)
    with pytest.raises(DateRefused, match="training events"):
        backtest_panel(empty, "y_never", 1990, replicates=0, learner="logit")


def test_rows_without_an_outcome_are_not_scored() -> None:
    hidden = PANEL.columns["y_mid_init"].copy()
    hidden[PANEL.year > 2000] = np.nan
    panel = PANEL.with_columns({"y_mid_init": hidden})
    report = backtest_panel(panel, "y_mid_init", 1990, learner="logit", replicates=0)
    assert report.test_until == 2000 and report.scores.n == int(((PANEL.year > 1990) & (PANEL.year <= 2000)).sum())


@pytest.mark.parametrize("lag", [1, 3])
def test_nothing_after_the_year_changes_a_forecast(lag: int) -> None:
    report = leak_check(PANEL, "y_force_init", 1992, lag=lag)
    assert report.forecasts > 100 and report.clean, report


def test_tampering_really_changes_the_future_so_that_the_leak_test_can_bite() -> None:
    tampered, cut = permute_future(PANEL, 1992), delete_future(PANEL, 1992)
    later = PANEL.year > 1992
    assert not np.array_equal(tampered.columns["c3_cap_share"][later], PANEL.columns["c3_cap_share"][later])
    assert np.array_equal(tampered.columns["c3_cap_share"][~later], PANEL.columns["c3_cap_share"][~later])
    assert cut.last_year == 1992 and np.isnan(cut.columns["y_mid_init"][cut.year == 1992]).all()


def test_the_leak_test_catches_a_memory_that_looks_at_its_own_year(monkeypatch: pytest.MonkeyPatch) -> None:
    from vedette.forecasting.structural import features

    honest = features.decayed

    def leaky(cube: np.ndarray, covered: np.ndarray, half_life: float, lag: int = 1) -> np.ndarray:
        return honest(cube, covered, half_life, lag) + cube

    monkeypatch.setattr(features, "decayed", leaky)
    report = leak_check(PANEL, "y_mid_init", 1992)
    assert not report.clean and report.permuted > 1e-3 and report.deleted > 1e-3


def test_the_border_refuses_inputs_that_came_later() -> None:
    folds = make_folds(PANEL, 1990, 2000, rolling=True, lag=1)
    check_border(PANEL, folds, {"c1_rivalry": PANEL.year - 1})
    with pytest.raises(AfterCutOff, match=r"c1_rivalry .* 1991 became available at the end of 1991"):
        check_border(PANEL, folds, {"c1_rivalry": PANEL.year})
    with pytest.raises(AfterCutOff):
        backtest_panel(PANEL, "y_mid_init", 1990, availability={"c3_cap_share": PANEL.year + 2}, replicates=0)
    missing = PANEL.with_columns({"c1_rivalry": np.full(PANEL.n, np.nan)})
    check_border(missing, folds, {"c1_rivalry": PANEL.year + 9})  # what is missing cannot leak


def test_longer_lag_trains_on_less() -> None:
    folds = make_folds(PANEL, 1990, 2000, rolling=True, lag=4)
    assert folds[0].train_until == 1987 and folds[0].origin == 1990


def test_conflict_clusters_join_coalitions() -> None:
    table = dyad_years({"ccode1": [1, 2, 3, 1], "ccode2": [9, 9, 9, 8], "year": [1991] * 4})
    clusters = conflict_clusters(table)
    assert len({clusters[k] for k in np.flatnonzero(table.states[table.j] == 9)}) == 1
    assert len(set(clusters)) == 2
    numbered = conflict_clusters(table, [7.0, np.nan, 7.0, np.nan])
    assert numbered[0] == numbered[2] != numbered[3]


def test_peace_years_count_from_the_last_event_of_either_direction() -> None:
    years = np.repeat(np.arange(2000, 2006), 2)
    events = np.zeros(12)
    events[4] = 1.0  # 2002, one direction
    table = dyad_years({"ccode1": [1, 2] * 6, "ccode2": [2, 1] * 6, "year": years, "y": events})
    assert peace_years(table, "y").reshape(6, 2)[:, 1].tolist() == [0.0, 1.0, 2.0, 1.0, 2.0, 3.0]
    assert peace_years(PANEL, "y_mid_init").max() <= CAP


def test_stack_needs_scikit_learn_and_runs_with_it() -> None:
    pytest.importorskip("sklearn")
    small = simulated_panel(3, states=18, last_year=1992)
    report = backtest_panel(small, "y_mid_init", 1988, learner="stack", replicates=0)
    assert report.learner == "stack" and 0.0 <= report.folds[0].blend <= 0.5


@pytest.mark.shared
@pytest.mark.slow
def test_real_panel_gains_over_the_plain_logit(shared: Path) -> None:
    path = shared / "data" / "panel_prdyad_1946_2024.parquet"
    report = backtest_panel(path, "y_force_init", 1989, learner="logit", replicates=60)
    assert (report.scores.n, report.scores.positives) == (87186, 458)
    # Floors a little under what the logistic half of the frozen specification scores: they may only rise.
    assert report.scores.roc_auc > 0.905 and report.scores.pr_auc > 0.088 and report.scores.log_loss < 0.0243
    assert report.paired["plain_logit"]["dyad"]["log_score"].share_positive > 0.95
    assert report.baselines["plain_logit"].roc_auc == pytest.approx(0.902, abs=0.003)
