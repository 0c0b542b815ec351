"""Every grade has words, and the two unknowns are said to be unknown."""

from __future__ import annotations

import pytest

from vedette.domain.claims import Grade
from vedette.reference.grades import credibility_meanings, grade_words, reliability_meanings


def test_every_letter_and_figure_has_a_meaning() -> None:
    assert tuple(reliability_meanings()) == tuple("ABCDEF")
    assert tuple(credibility_meanings()) == tuple("123456")


@pytest.mark.parametrize("reliability", "ABCDEF")
@pytest.mark.parametrize("credibility", "123456")
def test_a_grade_in_words_says_both_halves(reliability: str, credibility: str) -> None:
    said = grade_words(Grade(reliability=reliability, credibility=credibility))
    assert said.startswith("source: ")
    assert "; information: " in said


def test_unknown_is_not_bad() -> None:
    assert grade_words(Grade()).count("unknown, not") == 2
