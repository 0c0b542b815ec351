"""Sentences end where readers end them; clauses are what can stand alone, without who said it."""

from __future__ import annotations

import itertools

import pytest

from vedette.extraction.clauses import Clause, clauses_of
from vedette.extraction.sentences import split_sentences


def sentences(text: str) -> list[str]:
    return [text[s.start : s.end] for s in split_sentences(text)]


def clauses(text: str) -> list[Clause]:
    return clauses_of(text, split_sentences(text))


def quotes(text: str) -> list[str]:
    return [text[c.start : c.end] for c in clauses(text)]


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("Gen. Smith met U.S. President Biden on Jan. 17. They agreed.", 2),
        ("It happened in the U.S. The army left.", 2),
        ("He gave 3.5 million. She gave none!", 2),
        ('"We will fight." He left.', 2),
        ("Mr. J. P. Morgan spoke? Yes… He did.", 3),
        ("One line\n\nAnother line", 2),
        ("Guns, tanks, etc. The list is long.", 2),
        ("No. 5 is alive.", 1),
    ],
)
def test_sentence_counts(text: str, count: int) -> None:
    assert len(sentences(text)) == count


def test_an_endless_line_is_cut_without_losing_a_character() -> None:
    text = "word " * 5_000
    parts = sentences(text)
    assert max(map(len, parts)) <= 2_000
    assert "".join(parts).replace(" ", "") == text.replace(" ", "")


@pytest.mark.parametrize(
    ("text", "claim"),
    [
        ("The minister stressed that the army would not leave.", "the army would not leave."),
        ("It was noted once again that talks must go on.", "talks must go on."),
        ("However, the troops are still there.", "the troops are still there."),
        ("According to the general, the bridge was hit twice.", "the bridge was hit twice."),
        ('"The army is ready to fight," she said on Monday.', "The army is ready to fight"),
        ("Hope was expressed that the ceasefire would hold.", "the ceasefire would hold."),
        ("Ann Example: The border has been closed since May.", "The border has been closed since May."),
    ],
)
def test_frames_and_markers_come_off(text: str, claim: str) -> None:
    assert quotes(text) == [claim]


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        (
            "While relations between the two states have soured, an attack would ruin them for good.",
            ["relations between the two states have soured", "an attack would ruin them for good."],
        ),
        (
            "The president rejected the plan, but the parliament will vote on it in March.",
            ["The president rejected the plan", "the parliament will vote on it in March."],
        ),
        (
            "He warned that the sanctions would bite, and that the army could not hold the line for long.",
            ["the sanctions would bite", "the army could not hold the line for long."],
        ),
        (
            "The convoy crossed the river at night, which the ministry had denied for two days.",
            ["The convoy crossed the river at night", "which the ministry had denied for two days."],
        ),
    ],
)
def test_clauses_that_stand_alone_are_told_apart(text: str, parts: list[str]) -> None:
    assert quotes(text) == parts


@pytest.mark.parametrize(
    "text",
    [
        "If they attack the port, the fleet will answer at once.",
        "Troops from Mali and Niger are on the way to the border.",
        "It is too early to say that the army has left the region.",
    ],
)
def test_what_belongs_together_stays_together(text: str) -> None:
    assert quotes(text) == [text]


def test_a_sentence_that_only_says_who_spoke_is_no_claim() -> None:
    assert quotes("This was stated by the foreign minister during a visit to Rome.") == []


def test_speakers_of_a_long_quotation() -> None:
    text = '"The army is ready. We will not leave this land," General Ann Example said.'
    found = clauses(text)
    assert [c.speaker for c in found] == ["General Ann Example", "General Ann Example"]


def test_clauses_never_overlap() -> None:
    text = (
        "He said that A was done, and that B was not, while C will be, although D, which is late, may fail; E is done."
    )
    found = clauses(text)
    assert all(a.end <= b.start for a, b in itertools.pairwise(found))


@pytest.mark.parametrize(
    ("text", "claim", "speaker"),
    [
        ("BEIRUT (AP) — The truce in the city broke down.", "The truce in the city broke down.", ""),
        ("TBILISI, Georgia -- Police arrested ten men.", "Police arrested ten men.", ""),
        ("The president said he ordered a ceasefire along the line.", "he ordered a ceasefire along the line.",
         "The president"),
        ("An officer told reporters yesterday that his forces saw eight warplanes.", "his forces saw eight warplanes.",
         "An officer"),
        ("The party said nothing of it at the meeting.", "The party said nothing of it at the meeting.", ""),
    ],
)  # fmt: skip
def test_news_leaves_out_that_and_names_the_place_of_dispatch(text: str, claim: str, speaker: str) -> None:
    (found,) = clauses_of(text, split_sentences(text))
    assert (text[found.start : found.end], found.speaker) == (claim, speaker)


def test_a_second_predicate_does_not_take_the_first_for_a_speaker() -> None:
    text = "The government denied any plan to invade and said it sought access through peaceful means."
    found = clauses_of(text, split_sentences(text))
    assert next(text[c.start : c.end] for c in found) == "The government denied any plan to invade"
    assert not any(c.speaker.endswith("and") for c in found)
