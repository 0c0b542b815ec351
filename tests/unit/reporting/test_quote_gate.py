"""A sentence may cite a quote only if the quote holds the names and numbers the sentence asserts."""

from __future__ import annotations

import string

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from vedette.errors import QuoteMismatch
from vedette.reporting.quote_gate import check_citation, missing_from_quote, names_asserted, numbers_asserted

QUOTE = "Lukashenko said that more than 30,000 troops stand in Poland and the Baltic states."

HELD = (
    ("Lukashenko counts over 30,000 troops in Poland and the Baltic states.", QUOTE),
    ("Over thirty thousand troops stand in Poland, Lukashenko says.", QUOTE),
    ("More than 30 thousand Polish and Baltic troops.", QUOTE),
    ("The troops stand there.", QUOTE),
    (
        "Russia moved 25 S-400 systems in January 2022.",
        "The Russian Federation sent twenty-five S-400 systems in Jan. 2022.",
    ),
    ("On 17 January units arrived.", "Units arrived on January 17th."),
    ("American troops left.", "US troops left."),
    ("Nigeria's Senate advised against force.", "The Nigerian Senate advised against force."),
    ("Erdoğan spoke.", "Erdogan spoke."),
    ("Moscow-backed forces left Donetsk.", "Moscow-backed forces left Donetsk."),
    ("Two brigades came.", "2 brigades came."),
)
BEYOND = (
    ("Lukashenko and Putin count 30,000 troops.", QUOTE, ("Putin",)),
    ("More than 31,000 troops stand in Poland.", QUOTE, ("31,000",)),
    ("Makei promised it.", QUOTE, ("Makei",)),
    ("Two brigades stand in Poland.", QUOTE, ("two",)),
    ("The Kremlin counts troops.", "Russia counts troops.", ("Kremlin",)),
    ("Niger's junta spoke.", "The Nigerian junta spoke.", ("Niger's",)),
    ("US troops left.", "They told us.", ("US",)),
    ("2.5 million left in 2014.", "2 million left in 2015.", ("2.5 million", "2014")),
    ("Vladimir Putin spoke.", "Putin spoke.", ("Vladimir",)),
)


@pytest.mark.parametrize(("sentence", "quote"), HELD)
def test_what_the_quote_holds_passes(sentence: str, quote: str) -> None:
    assert missing_from_quote(sentence, quote) == ()


@pytest.mark.parametrize(("sentence", "quote", "missing"), BEYOND)
def test_what_goes_beyond_the_quote_is_named(sentence: str, quote: str, missing: tuple[str, ...]) -> None:
    assert missing_from_quote(sentence, quote) == missing


def test_the_error_names_sentence_quote_and_what_is_missing() -> None:
    with pytest.raises(QuoteMismatch) as error:
        check_citation("Putin counts 40,000 troops.", [QUOTE], where="made-case")
    said = str(error.value)
    assert "Putin, 40,000" in said
    assert QUOTE in said
    assert "Putin counts 40,000 troops." in said
    check_citation("Putin counts 40,000 troops.", [])
    check_citation("Putin is in Poland.", [QUOTE, "Putin spoke."])


def test_numbers_are_read_by_value() -> None:
    assert numbers_asserted("thirty thousand; 1,250.5; 2.5 million; a hundred; 17th; 3 hundred") == {
        1250.5: "1,250.5", 2_500_000.0: "2.5 million", 17.0: "17", 300.0: "3 hundred", 30_000.0: "thirty thousand",
        100.0: "hundred",
    }  # fmt: skip


def test_openers_are_no_names_but_states_are() -> None:
    assert names_asserted("However, the troops left. Russian units came.") == {"state:RUS": "Russian"}


words = st.text(string.ascii_lowercase, min_size=3, max_size=8)
quotes = st.lists(words, min_size=4, max_size=12).map(" ".join)
names = st.text(string.ascii_lowercase, min_size=4, max_size=9).map(str.capitalize)


@given(quotes, names, st.data())
def test_a_name_added_to_a_sentence_always_fails(quote: str, name: str, data: st.DataObject) -> None:
    """Law: whatever the place of the added name, it is missed (unless the quote has the very word)."""
    base = quote.split()
    assume(missing_from_quote(quote, quote) == ())
    assume(name.lower() not in quote)
    # Inside a sentence any capital is a name. At its start ordinary openers are none; other words are.
    place = data.draw(st.integers(1, len(base)))
    sentence = " ".join([*base[:place], name, *base[place:]])
    assert missing_from_quote(sentence, quote)
    with pytest.raises(QuoteMismatch):
        check_citation(sentence, [quote])


@given(quotes, st.integers(0, 10**7), st.data())
def test_a_number_added_to_a_sentence_always_fails(quote: str, number: int, data: st.DataObject) -> None:
    base = quote.split()
    assume(number not in numbers_asserted(quote))
    place = data.draw(st.integers(0, len(base)))
    for spelling in (str(number), f"{number:,}"):
        sentence = " ".join([*base[:place], spelling, *base[place:]])
        assume(float(number) in numbers_asserted(sentence))
        assert missing_from_quote(sentence, quote)


@given(st.text(max_size=200), st.text(max_size=200))
def test_any_text_is_read_without_failing_and_a_quote_holds_itself(sentence: str, quote: str) -> None:
    missing_from_quote(sentence, quote)
    assert missing_from_quote(quote, quote) == ()
