"""Words for probabilities, and words found in texts."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vedette.errors import BadInput
from vedette.reference.estimative import (
    ICD203,
    PHIA,
    estimate_text,
    estimative_words,
    figure,
    interval_text,
    likelihood_word,
    number_text,
    percent,
    points_text,
    signed_points,
)


@pytest.mark.parametrize(
    ("p", "word"),
    [
        (0.0, "almost no chance"), (0.0499, "almost no chance"), (0.05, "very unlikely"), (0.1999, "very unlikely"),
        (0.2, "unlikely"), (0.45, "roughly even"), (0.55, "likely"), (0.8, "very likely"), (0.95, "almost certain"),
        (1.0, "almost certain"),
    ],
)  # fmt: skip
def test_icd203_bins_hold_their_lower_end(p: float, word: str) -> None:
    assert likelihood_word(p) == word


@pytest.mark.parametrize(
    ("p", "word"),
    [
        (0.03, "remote chance"), (0.07, "nearest to remote chance"),
        (0.075, "between remote chance and highly unlikely"), (0.08, "nearest to highly unlikely"),
        (0.20, "highly unlikely"), (0.5, "realistic possibility"),
        (0.51, "nearest to realistic possibility"), (0.78, "nearest to highly likely"), (1.0, "almost certain"),
    ],
)  # fmt: skip
def test_phia_gaps_name_the_nearest_term(p: float, word: str) -> None:
    assert likelihood_word(p, "phia") == word


@given(st.floats(0, 1))
def test_word_and_number_never_contradict(p: float) -> None:
    """The printed figure lies in the printed row, ends included."""
    term = next(t for t in ICD203 if t.word == likelihood_word(p))
    shown = figure(p)
    if shown[0] in "<>":
        assert term in (ICD203[0], ICD203[-1])
    else:
        assert math.floor(term.low * 100 + 0.5) <= int(shown) <= math.floor(term.high * 100 + 0.5)


@given(st.floats(0, 1))
def test_phia_term_is_never_claimed_in_a_gap(p: float) -> None:
    word = likelihood_word(p, "phia")
    inside = any(t.low <= p <= t.high for t in PHIA)
    assert inside == (not word.startswith(("nearest", "between")))


@pytest.mark.parametrize("bad", [-0.01, 1.01, math.nan, math.inf])
def test_no_probability_no_word(bad: float) -> None:
    for call in (likelihood_word, percent):
        with pytest.raises(BadInput, match="between 0 and 1"):
            call(bad)


def test_unknown_scale_is_named() -> None:
    with pytest.raises(BadInput, match="icd203, phia"):
        likelihood_word(0.5, "kent")  # type: ignore[arg-type]


def test_printed_forms() -> None:
    assert percent(0.27) == "27\u202f%"
    assert percent(0.009) == "<1\u202f%"
    assert percent(0.991) == ">99\u202f%"
    assert percent(0.01) == "1\u202f%"
    assert percent(0.0137, 1) == "1.4\u202f%"
    assert percent(0.0004, 1) == "<0.1\u202f%"
    assert percent(0.125) == "13\u202f%"
    assert percent(0.285) == "29\u202f%"
    assert interval_text(0.13, 0.48) == "13\u201348"
    assert interval_text(0.001, 0.999) == "<1 to >99"
    assert interval_text(0.001, 0.04) == "<1\u20134"
    assert interval_text(0.001, 0.002) == "<1"
    assert estimate_text(0.27, (0.13, 0.48)) == "unlikely (27\u202f%, 13\u201348)"
    assert estimate_text(0.22, scale="phia") == "nearest to highly unlikely (22\u202f%)"
    assert number_text(-0.891) == "\u22120.89"
    assert number_text(1.42, signed=True) == "+1.42"
    assert number_text(-0.001, signed=True) == "0.00"
    with pytest.raises(BadInput, match="reversed"):
        interval_text(0.5, 0.4)


def test_changes_are_in_points() -> None:
    assert points_text(0.06) == "up 6 points"
    assert points_text(-0.01) == "down 1 point"
    assert points_text(0.004) == "unchanged (less than half a point)"
    assert signed_points(-0.07) == "\u22127"
    assert signed_points(0.14) == "+14"
    assert signed_points(0.001) == "0"


def test_words_in_texts_become_ranges_of_the_author() -> None:
    found = estimative_words("A push would likely dramatically escalate costs; an attack is very unlikely.")
    assert [(w.text, w.low, w.high) for w in found] == [("likely", 0.55, 0.80), ("very unlikely", 0.05, 0.20)]
    assert [w.text for w in estimative_words("probably not, almost certainly not")] == [
        "probably not", "almost certainly not",
    ]  # fmt: skip


def test_hedges_and_comparisons_have_no_range() -> None:
    found = estimative_words("It could happen, is more likely than before, and may be possible.")
    assert {w.text for w in found} == {"could", "more likely", "may", "possible"}
    assert all(w.low is None and w.high is None for w in found)


def test_the_month_of_may_is_not_a_hedge() -> None:
    assert estimative_words("Since May 2021, and on 4 May, talks in May stalled.") == ()


def test_offsets_are_exact() -> None:
    text = "Nearly certain, or a roughly even chance?"
    for word in estimative_words(text):
        assert text[word.start : word.end] == word.text
