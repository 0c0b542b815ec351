"""Fitting what a release ships, and replaying named episodes, on a made panel and a made world."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import numpy as np
import pytest
from tests.made_history import world

from vedette.domain.time import parse_date
from vedette.errors import CaseRefused, FrameRefused
from vedette.evaluation.simulate import simulated_panel
from vedette.workflows.history import fit, run_backtest
from vedette.workflows.replay_history import Episode, read_episodes, replay_episodes


@pytest.fixture(scope="module")
def panel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A made panel as a CSV file."""
    import csv

    table = simulated_panel(7)
    path = tmp_path_factory.mktemp("panel") / "panel.csv"
    columns = {
        "ccode1": table.states[table.i], "ccode2": table.states[table.j], "year": table.year, **table.columns,
    }  # fmt: skip
    with path.open("w", newline="", encoding="utf-8") as handle:
        writer = csv.writer(handle)
        writer.writerow(columns)
        for row in zip(*columns.values(), strict=True):
            writer.writerow(["" if np.isnan(value) else value for value in row])
    return path


def test_a_backtest_is_written_with_its_forecasts_and_card(panel: Path, tmp_path: Path) -> None:
    report = run_backtest(
        panel, "y_force_init", train_until=1999, learner="logit", predictions=tmp_path / "p.csv",
        card=tmp_path / "c.html",
    )  # fmt: skip
    plain = report.to_dict()
    assert plain["predictions"] == str(tmp_path / "p.csv")
    lines = (tmp_path / "p.csv").read_text(encoding="utf-8").splitlines()
    assert len(lines) == plain["n"] + 1
    assert "<html" in (tmp_path / "c.html").read_text(encoding="utf-8")
    assert {"roc_auc", "pr_auc", "brier", "brier_skill", "log_loss", "baselines", "paired_difference"} <= set(plain)


def test_a_panel_that_is_not_there_cannot_be_fitted(tmp_path: Path) -> None:
    with pytest.raises(FrameRefused):
        fit(tmp_path / "none.parquet", tmp_path / "out")


def test_episodes_are_read_and_broken_rows_named(tmp_path: Path) -> None:
    path = tmp_path / "cases.csv"
    path.write_text(
        "case_id,intervener_iso3,target_iso3,decision_date,outcome\n"
        "a,RUS,UKR,2014-02-20,force\n"
        "b,RUS,UKR,soon,none\n",
        encoding="utf-8",
    )
    episodes, complaints = read_episodes(path)
    assert [e.id for e in episodes] == ["a"] and episodes[0].day == parse_date("2014-02-20")
    assert len(complaints) == 1 and complaints[0].startswith("line 3")
    path.write_text("case,who\n1,2\n", encoding="utf-8")
    with pytest.raises(CaseRefused, match="intervener_iso3"):
        read_episodes(path)


def test_an_episode_that_cannot_be_computed_says_why(tmp_path: Path) -> None:
    world(tmp_path / "frames", months=12)
    found = replay_episodes(
        tmp_path, (Episode(id="early", intervener="USA", target="CAN", day=dt.date(1947, 5, 1), outcome=""),)
    )
    assert found[0].p is None and found[0].reason
