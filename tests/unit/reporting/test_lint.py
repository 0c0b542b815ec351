"""Rules of estimative language."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vedette.errors import BadInput
from vedette.reference.estimative import ICD203, estimate_text
from vedette.reporting.lint import check_language, lint_own, lint_passed, sentences

BROKEN = {
    "We hold with high confidence that an attack is unlikely.": "likelihood and confidence",
    "Our confidence in the 27 % is low.": "likelihood and confidence",
    "Confident analysts put the odds at even.": "likelihood and confidence",
    "An attack is unlikely (62 %).": "not the word for 62 %",
    "An attack is almost no chance (<1 %), a stay almost certain (80 %).": "not the word for 80 %",
    "An attack is likely or very likely.": "joined",
    "An attack is unlikely to roughly even.": "joined",
    "The figure is up 6 % in a week.": "instead of points",
    "It rose by 6 percent.": "instead of points",
    "Russia may attack.": "hedge",
    "A strike is possible.": "hedge",
    "It could come from Belarus.": "hedge",
    "An attack is probable.": "another row",
    "A stay is nearly certain.": "another row",
}

SOUND = (
    "An attack is unlikely (27 %, 13–48), up 6 points since 13 January 2022.",
    "Confidence: low. The attack is unlikely (27 %).",
    "The widest 90 % interval spans 70 points.",
    "Almost no chance (<1 %, <1–4).",
    "Almost certain (>99 %).",
    "Drills are announced for 4 May 2022 and in May 2023.",
    "75 % of the items come from sources graded A or B.",
)


@pytest.mark.parametrize("text", BROKEN)
def test_a_broken_rule_is_found_and_named(text: str) -> None:
    found = lint_own(text)
    assert any(BROKEN[text] in f.rule for f in found)
    assert all(f.sentence in text for f in found)


@pytest.mark.parametrize("text", SOUND)
def test_sound_sentences_pass(text: str) -> None:
    assert lint_own(text) == []


def test_texts_of_others_may_hedge_but_not_mix() -> None:
    assert lint_passed("The host may refuse.") == []
    assert lint_passed("Confidence is high that it is likely.") != []


def test_the_build_stops_with_the_sentence_named() -> None:
    with pytest.raises(BadInput, match=r"“It may happen\.”") as error:
        check_language(["All is well. It may happen.", "It is probable."], where="case-1")
    assert "and 1 more" in str(error.value)
    assert error.value.where == "case-1"
    check_language(["All is well."], ["The host may refuse."])


def test_sentences_end_where_they_end() -> None:
    text = "Gen. Milley of the U.S. Army spoke at 9.30. He said: no. “Fine.” Then e.g. Russia left."
    assert sentences(text) == [
        "Gen. Milley of the U.S. Army spoke at 9.30.", "He said: no.", "“Fine.", "Then e.g. Russia left.",
    ]  # fmt: skip


@given(st.floats(0, 1), st.floats(0, 0.2), st.floats(0, 0.2))
def test_what_the_product_prints_passes_its_own_linter(p: float, below: float, above: float) -> None:
    text = f"The attack: {estimate_text(p, (max(0.0, p - below), min(1.0, p + above)))}."
    assert lint_own(text) == []


@given(st.sampled_from([t.word for t in ICD203]), st.sampled_from(["high", "moderate", "low"]))
def test_any_word_with_confidence_in_one_sentence_fails(word: str, level: str) -> None:
    assert lint_passed(f"It is {word}, with {level} confidence.") != []
    assert lint_passed(f"It is {word}. Confidence is {level}.") == []


@given(st.floats(0, 1))
def test_the_british_scale_passes_too_and_its_gaps_claim_no_range(p: float) -> None:
    text = f"The attack: {estimate_text(p, scale='phia')}."
    assert lint_own(text, "phia") == []


def test_the_british_scale_has_its_own_ranges() -> None:
    assert lint_own("The attack: highly unlikely (40 %).", "phia") != []
    assert lint_own("The attack: nearest to highly unlikely (22 %).", "phia") == []
    assert lint_own("The attack is possible.", "phia") != []
