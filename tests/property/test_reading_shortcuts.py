"""What the reading does to be fast finds what the plain patterns find: any text, any words of its tables."""

from __future__ import annotations

import re
import zlib
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vedette.extraction import clauses, clean, dates, geocode, language, names, places, quantities, sentences
from vedette.extraction.event_features import _cues_from, features
from vedette.extraction.fold import fold
from vedette.reference.plover import event_cues
from vedette.reference.reporting_verbs import ACT, FINITE

pytestmark = pytest.mark.filterwarnings("error")

_SIGNS = [" ", " ", " ", ", ", ". ", "; ", "-", "'", "’", "'s ", "“", "”", "\n", "_", "é", "...", "?! ", ": ", "(", ")"]
_NUMBERS = ["3", "2022", "12-14", "45,000", "1.5", "$5", "€ 7", "40 %", "Q3 2022", "five", "twenty-one", "tens of"]
_WORDS = [
    *FINITE[:60], *ACT[:30], "may 5", "May", "March", "Jan.", "monday", "this week", "last year", "two days ago",
    "half", "first quarter", "recent months", "the day before", "yesterday", "spring", "new year", "weekend", "tanks",
    "days", "world war II", "wars", "the", "Minister", "University of Minsk", "Institute", "front line",
    "soldiers", "Line of control",
    "ceasefire line", "online", "Sheriff", "Rs", "A12", "555-1234", "pub", "U.S. 31", "said this",
    "stated by", "stressed",
    "because", "while", "and the minister will", "which", "due to", "x", "unneeded", "re-ed", "aed", "İ", "K", "won't",
]  # fmt: skip
TEXT = st.lists(st.sampled_from([*_SIGNS, *_NUMBERS, *_WORDS]), max_size=40).map(
    lambda parts: "".join(a + ("" if i % 3 else " ") for i, a in enumerate(parts))
) | st.text(max_size=80)


@given(TEXT)
def test_finite_verbs_are_found_by_words_as_by_pattern(text: str) -> None:
    assert clauses._has_finite(text) == bool(clauses._HAS_FINITE.search(text))


@given(TEXT)
def test_runs_of_letters_are_those_of_a_pattern(text: str) -> None:
    assert [w.decode() for w in clauses._letters(text)] == re.findall("[a-z]+", text.lower())


@given(TEXT)
def test_a_sentence_that_only_frames_is_found_by_the_pattern_alone(text: str) -> None:
    assert clauses._is_pure_frame(text) == bool(clauses._PURE_FRAME.match(text))


@given(TEXT)
def test_words_of_a_language_are_those_of_the_pattern(text: str) -> None:
    low = text.lower()
    assert language._words(low) == language._WORD.findall(low)


@given(TEXT)
def test_the_key_of_a_paragraph_is_that_of_the_pattern(text: str) -> None:
    key = clean._key(text)
    assert key == re.sub(r"[\W_]+", " ", text.casefold()).strip()
    assert key.split() == re.findall(r"\w+", key)


@given(TEXT)
def test_local_words_are_looked_for_wherever_they_stand(text: str) -> None:
    for state, pattern in geocode._LOCAL:
        assert geocode._may_hold(state, text) or not pattern.search(text)


@given(TEXT)
def test_lines_of_contact_and_institutes_are_looked_for_wherever_they_stand(text: str) -> None:
    assert places._names_line(text) or not places._CONTACT.search(text)
    assert any(sign in text for sign in names._ORG_SIGNS) or not names._ORG_NAME.search(text)


_STOP = re.compile(r"""(?:\.{1,3}|(?<![!?…])[!?…]+)["'”’)\]»]*(?=\s|$|["“‘«(\[*])|\n\s*\n|[\r\n]+""")


@given(TEXT | st.text(alphabet=".!?…\r\n \"')a[", max_size=40))
def test_sentences_stop_where_the_plain_pattern_stops(text: str) -> None:
    assert [m.span() for m in sentences._STOP.finditer(text)] == [m.span() for m in _STOP.finditer(text)]


@given(TEXT)
def test_the_first_number_is_where_the_pattern_finds_it(text: str) -> None:
    low = fold(text)
    words = "|".join(sorted(quantities.NUMBER_WORDS, key=len, reverse=True))
    found = re.search(rf"\d|\b(?:{words}|tens|dozens|scores|hundreds|thousands|millions)\b", low)
    assert quantities._first_number(low) == (found.start() if found else -1)


_TRIGGER = re.compile(
    rf"\d{{4}}|\d[./-]\d|\b(?:{'|'.join(sorted(dates._MONTHS, key=len, reverse=True))}|{dates._W}|today|yesterday|"
    r"tomorrow|tonight|this|last|next|recent|past|coming|ago|earlier|spring|summer|autumn|fall|winter|quarter|half|"
    r"day|current|previous|new)\b"
)


@given(TEXT)
def test_rules_for_dates_are_called_by_the_words_of_the_pattern(text: str) -> None:
    low = fold(text)
    sorts = [dates._SORT.get(m.group(), "d") for m in _TRIGGER.finditer(low)]
    expected = {*sorts, *(["n"] if sorts.count("m") > 1 else [])}
    assert set(dates._parts_to_read(low)) - {"r"} == expected - {"r"}


@settings(max_examples=200)
@given(TEXT)
def test_no_rule_for_dates_is_left_out_that_would_match(text: str) -> None:
    """Every rule that matches a sentence is tried, and its signs and digit are there."""
    low = fold(text)
    for number, (pattern, handler) in enumerate(dates._COMPILED):
        if not pattern.search(low):
            continue
        assert any(sign in low for sign in dates._SIGNS.get(handler, ("",))), (number, low)
        assert handler not in dates._SHAPES or dates._SHAPES[handler].search(low)
        if number == dates._YEAR_RULE:
            figure = dates._FIGURE.search(low)
            assert figure and min(m.start() for m in pattern.finditer(low)) >= figure.start() - dates._YEAR_REACH


@given(TEXT)
def test_pairs_of_words_fall_where_their_own_hash_says(text: str) -> None:
    found = features(text)
    tokens = re.findall(r"[^\W\d_][\w'’-]*|\d+|[§¤$]", text.lower().replace("’", "'"))
    for a, b in pairwise(tokens):
        assert found[zlib.crc32(f"{a} {b}".encode()) % (1 << 14)] >= 1


@given(TEXT | st.sampled_from(["".join(first) for _, cues in event_cues() for first, *_ in cues]))
def test_cues_are_those_that_begin_like_the_word(text: str) -> None:
    for token in text.lower().split():
        expected = {
            (group, tuple(rest))
            for group, (_, cues) in enumerate(event_cues())
            for first, *rest in cues
            if (token.startswith(first[:-1]) if first.endswith("*") else first == token)
        }
        found = set(_cues_from(token))
        assert expected <= found if token.endswith("n't") else expected == found
