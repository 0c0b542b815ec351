"""A small version of evals/coverage.py: intervals hold truths drawn by an independent program."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest

EVAL = Path(__file__).resolve().parents[3] / "evals" / "coverage.py"


@pytest.fixture(scope="module")
def coverage() -> ModuleType:
    spec = importlib.util.spec_from_file_location("_coverage_eval", EVAL)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["_coverage_eval"] = module
    spec.loader.exec_module(module)
    return module


def test_intervals_hold_the_truth_as_often_as_they_say(coverage: ModuleType) -> None:
    # 400 cases: a true 50 % stays within 7.5 points, a true 90 % within 4.5, with 99.7 % chance.
    for row in coverage.covered(400, 600).values():
        assert abs(row[50] - 0.5) < 0.075
        assert abs(row[90] - 0.9) < 0.045


def test_a_narrow_engine_would_be_caught(coverage: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    """With half the prior spread in the engine's states only, coverage must fall: the check has power."""
    from dataclasses import replace

    real = coverage.prepare
    monkeypatch.setattr(
        coverage, "prepare",
        lambda case, day, s: real(case, day, replace(s, parameters=replace(s.parameters, theta_sd=0.2, beta_log_sd=0.1,
                                  conjunctive_share=0.0, visible_log_sd=0.1, gamma_log_sd=0.1, perception_sd=0.1))),
    )  # fmt: skip
    row = coverage.covered(300, 400)["attack"]
    assert row[90] < 0.87
