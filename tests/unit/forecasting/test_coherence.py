"""Coherence checks and the smallest repair."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.conftest import examples
from tests.made_cases import host_case

from vedette.errors import BadInput
from vedette.forecasting.coherence import problems, repair

SET = host_case().scenario_set
PROBABILITY = st.floats(0.01, 0.99)


def test_coherent_statements_stay_as_they_are() -> None:
    stated = {"attack": 0.3, "attack_from_host": 0.2}
    fixed = repair(stated, SET)
    assert fixed.problems == ()
    for name, p in stated.items():
        assert fixed.scenarios[name] == pytest.approx(p, abs=0.001)


def test_a_part_likelier_than_the_whole_is_named_and_repaired_halfway() -> None:
    fixed = repair({"attack": 0.2, "attack_from_host": 0.4}, SET)
    assert "cannot be likelier" in fixed.problems[0]
    assert fixed.scenarios["attack_from_host"] <= fixed.scenarios["attack"] + 1e-9
    assert 0.2 < fixed.scenarios["attack"] < 0.4


def test_a_partition_that_misses_one_is_named() -> None:
    stated = {"attack_from_host": 0.3, "lasting_presence": 0.5, "neither": 0.4, "other": 0.1}
    assert any("sum to 130 %" in p for p in problems(stated, SET))
    assert sum(repair(stated, SET).scenarios[n] for n in stated if n != "other") < 1


@given(PROBABILITY, PROBABILITY, PROBABILITY)
@settings(max_examples=examples(50), deadline=None)
def test_the_repair_is_always_coherent(a: float, b: float, c: float) -> None:
    fixed = repair({"attack": a, "attack_from_host": b, "lasting_presence": c}, SET)
    assert sum(fixed.atoms.values()) == pytest.approx(1, abs=1e-9)
    assert problems(fixed.scenarios, SET) == ()


@pytest.mark.parametrize("p", [0.0, 1.0, 1.2, -0.1])
def test_certainty_is_refused(p: float) -> None:
    with pytest.raises(BadInput, match="strictly between"):
        repair({"attack": p}, SET)


def test_the_reference_decides_only_what_is_left_open() -> None:
    reference = {"a1": 0.9, "a2": 0.02, "a3": 0.02, "a4": 0.02, "a5": 0.02, "other": 0.02}
    fixed = repair({"attack": 0.3}, SET, reference=reference)
    assert fixed.scenarios["attack"] == pytest.approx(0.3, abs=0.001)
    assert fixed.scenarios["attack_from_host"] > 0.25
