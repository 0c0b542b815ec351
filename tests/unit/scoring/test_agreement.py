"""Cohen's kappa: against scikit-learn, at its edges, and its interval."""

from __future__ import annotations

import random

import pytest

from vedette.scoring.agreement import FEWEST, agreement_of, cohen_kappa


def test_kappa_is_scikit_learns() -> None:
    metrics = pytest.importorskip("sklearn.metrics")
    draw = random.Random(3)
    for n in (5, 30, 200):
        pairs = [(draw.choice("abc"), draw.choice("abcd")) for _ in range(n)]
        theirs = metrics.cohen_kappa_score([a for a, _ in pairs], [b for _, b in pairs])
        assert cohen_kappa(pairs) == pytest.approx(theirs, abs=1e-12)


def test_a_worked_example() -> None:
    # 20 yes-yes, 5 yes-no, 10 no-yes, 15 no-no: p_o = .7, p_e = .5, kappa = .4 (by hand)
    pairs = [("y", "y")] * 20 + [("y", "n")] * 5 + [("n", "y")] * 10 + [("n", "n")] * 15
    assert cohen_kappa(pairs) == pytest.approx(0.4)
    found = agreement_of(pairs)
    assert (found.n, found.observed) == (50, 0.7) and found.interval is not None
    assert found.interval[0] < 0.4 < found.interval[1] and found == agreement_of(pairs)


@pytest.mark.parametrize("pairs", [[], [("a", "a")], [("a", "a")] * 20])
def test_undefined_is_none_and_not_zero(pairs: list[tuple[str, str]]) -> None:
    found = agreement_of(pairs)
    assert found.kappa is None and found.interval is None and found.n == len(pairs)
    assert found.observed == (1.0 if pairs else None)


def test_opposite_coders_and_few_pairs() -> None:
    assert cohen_kappa([("a", "b"), ("b", "a")]) == -1
    few = [("a", "a"), ("b", "b"), ("a", "b")] * ((FEWEST - 1) // 3)
    assert agreement_of(few).interval is None and agreement_of(few).kappa is not None
