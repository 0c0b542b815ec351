"""Confidence of a claim: a probability from the rules' weights, by numbers that ship."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from vedette.errors import BadInput, Unavailable
from vedette.extraction import confidence
from vedette.extraction.confidence import NAMES, coefficients, confidence_of, features
from vedette.extraction.cue_rules import Scores


def scores(up: dict[str, float], down: dict[str, float] | None = None) -> Scores:
    return Scores(up=up, down=down or {}, fired=())


@pytest.fixture
def other_numbers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "coefficients").mkdir()
    monkeypatch.setattr(confidence, "files", lambda _: tmp_path)
    coefficients.cache_clear()
    return tmp_path / "coefficients" / confidence.FILE


@pytest.fixture(autouse=True)
def fresh() -> object:
    yield
    coefficients.cache_clear()


def test_features_are_what_their_names_say() -> None:
    found = dict(zip(NAMES, features(scores({"low_costs": 3.0, "none": 2.0}, {"low_costs": 1.0})), strict=True))
    assert found["agreement"] == pytest.approx(0.5) and found["rival"] == 0.0 and found["no condition"] == 0.0
    assert found["weight"] > found["touching"] > 0
    bare = dict(zip(NAMES, features(scores({"none": 2.0})), strict=True))
    assert bare["no condition"] == 1.0 and bare["touching"] == 0.0


def test_agreeing_cues_are_surer_than_contradicting_ones() -> None:
    agree = confidence_of(scores({"low_costs": 4.0}))
    contradict = confidence_of(scores({"low_costs": 2.0}, {"low_costs": 2.0}))
    assert 0.0 < contradict < agree < 1.0


@pytest.mark.parametrize("weight", [0.0, 1.0, 1e6])
def test_it_is_never_certain_and_has_two_decimals(weight: float) -> None:
    found = confidence_of(scores({"low_costs": weight} if weight else {}))
    assert 0.01 <= found <= 0.99 and round(found, 2) == found


def test_the_shipped_numbers_say_what_they_were_fitted_on() -> None:
    root = Path(confidence.__file__).resolve().parents[1] / "reference" / "coefficients" / confidence.FILE
    held = json.loads(root.read_text(encoding="utf-8"))
    assert tuple(held["names"]) == NAMES and len(held["coefficients"]) == len(NAMES)
    assert held["fitted_on"] > 200 and held["documents"] > 20 and len(held["data_digest"]) == 12


def test_missing_or_foreign_numbers_are_refused(other_numbers: Path) -> None:
    with pytest.raises(Unavailable, match="--fit"):
        confidence_of(scores({"low_costs": 1.0}))
    other_numbers.write_text(json.dumps({"names": ["x"], "coefficients": [1.0]}))
    with pytest.raises(BadInput, match="other features"):
        confidence_of(scores({"low_costs": 1.0}))
