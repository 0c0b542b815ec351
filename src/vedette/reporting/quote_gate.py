"""The quote gate: a sentence may cite a quote only if the quote holds the names and numbers the sentence asserts.

Names are words written with a capital, and states however they are called ("Russia", "Russian", "Russian
Federation"). A capitalised first word counts too unless it is an ordinary opener of our list: a gate that is too
strict makes the brief print the quote instead, one that is too lax lets a citation pass that does not support its
sentence. Numbers are compared by value, whatever their unit or spelling ("thirty thousand" is 30,000).
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable
from typing import Final

from vedette.errors import QuoteMismatch
from vedette.reference.name_keys import fold_name
from vedette.reference.units import MULTIPLIERS, NUMBER_WORDS

_WORD: Final = re.compile(r"[^\W_]+(?:[-'\u2019.][^\W_]+)*", re.UNICODE)
_NUMBER: Final = re.compile(r"(?<![\w.,])\d{1,3}(?:[,\u202f\u00a0]\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?")
_SENTENCE_START: Final = re.compile(r"(?:^|[.!?:\u2026]\s+|[.!?]?[\"\u201c\u2018(\[]\s*)$")

# Openers that say nothing by their capital. Everything else at the start of a sentence is held to be a name.
_OPENERS: Final = frozenset(
    """
    a about according after against all although among an analysts and another any armed armoured army as at because
    before between both but by commanders despite diplomats drills during each either even every exercises few fewer
    for forces from further he her his how however if images in into it its leaders less many media military ministers
    more most neither new no none nor not observers of officers officials on one only opposition or other our over
    per planes police protesters reports satellite several she ships since soldiers some sources state tanks than that
    the their then there these they this those three through to troops two under units until up video we weapons what
    when where whether which while who with within without
    """.split()
)

_MONTHS: Final = (
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
)
_MONTH_KEYS: Final = {
    **{m: m for m in _MONTHS},
    **{m[:3]: m for m in _MONTHS},
    "sept": "september",
}


@functools.cache
def _state_keys() -> dict[str, str]:
    """Folded names, aliases and demonyms of states to one code. A name that stands for two states keeps the first;
    seats of government are names of their own: a quote that says Russia does not say the Kremlin."""
    from vedette.reference.demonyms import demonyms
    from vedette.reference.states import all_states

    keys: dict[str, str] = {}
    for state in all_states():
        for name in (state.name, *state.aliases):
            keys.setdefault(fold_name(name), state.iso3)
    for code, forms in demonyms().items():
        for form in forms:
            keys.setdefault(fold_name(form), code)
    return keys


def _name_key(word: str) -> str:
    """One key for the spellings of a name: folded, without possessive, states and months in their common form."""
    bare = re.sub(r"['\u2019]s?$", "", word)
    key = fold_name(bare)
    if key in _MONTH_KEYS:
        return _MONTH_KEYS[key]
    states = _state_keys()
    for form in (key, key.removesuffix("s")):
        # Of two letters only capitals are a state: "US" is one, "us" is not.
        if form in states and (len(form) > 2 or bare.isupper()):
            return f"state:{states[form]}"
    return key


def _phrase_states(text: str) -> dict[str, str]:
    """States called by several words ("Russian Federation", "Ivory Coast"): the words, and the state they name."""
    folded = f" {fold_name(text)} "
    return {k: v for k, v in _state_keys().items() if " " in k and f" {k} " in folded}


def names_asserted(sentence: str) -> dict[str, str]:
    """Key to spelling of every name a sentence asserts."""
    found: dict[str, str] = {}
    phrases = _phrase_states(sentence)
    inside = {word for phrase in phrases for word in phrase.split()}
    for phrase, code in phrases.items():
        found[f"state:{code}"] = phrase
    for match in _WORD.finditer(sentence):
        word = match.group()
        if not any(c.isupper() for c in word):
            continue
        key = _name_key(word)
        starts = _SENTENCE_START.search(sentence[: match.start()]) is not None
        # An opener in capitals ("US", "IT") is no opener; "The" inside a sentence is a title's article.
        if key in _OPENERS and (starts or key in {"the", "a", "of"}) and not (len(word) > 1 and word.isupper()):
            continue
        if key in inside and key not in _state_keys():
            continue
        found.setdefault(key, word)
    return found


def _word_numbers(text: str) -> Iterable[tuple[float, str]]:
    """Numbers written in words: "two", "twenty-five", "thirty thousand", "a hundred"."""
    words = [(m.group().casefold(), m.start(), m.end()) for m in re.finditer(r"[A-Za-z]+", text)]
    total: float | None = None
    spelling: list[str] = []
    previous_end = -2
    for word, start, end in words:
        joined = total is not None and text[previous_end:start].strip(" -") == ""
        if total is not None and not joined:
            yield total, " ".join(spelling)
            total, spelling = None, []
        if word in NUMBER_WORDS:
            value = NUMBER_WORDS[word]
            if total is not None and total >= 20 and total % 10 == 0 and value < 10 and total < 100:
                total, spelling = total + value, [*spelling, word]
            else:
                if total is not None:
                    yield total, " ".join(spelling)
                total, spelling = value, [word]
        elif word in MULTIPLIERS:
            digits = re.search(r"(\d[\d,.]*)\s*$", text[:start])
            if total is None and digits:
                previous_end = end
                continue
            total, spelling = (1.0 if total is None else total) * MULTIPLIERS[word], [*spelling, word]
        elif total is not None:
            yield total, " ".join(spelling)
            total, spelling = None, []
        previous_end = end
    if total is not None:
        yield total, " ".join(spelling)


def numbers_asserted(text: str) -> dict[float, str]:
    """Value to spelling of every number a text holds, in digits or words; multipliers applied ("30 thousand")."""
    found: dict[float, str] = {}
    for match in _NUMBER.finditer(text):
        spelling = match.group()
        value = float(re.sub("[,\u202f\u00a0]", "", spelling))
        after = re.match(r"[\s-]+([A-Za-z]+)", text[match.end() :])
        if after and after.group(1).casefold() in MULTIPLIERS:
            value *= MULTIPLIERS[after.group(1).casefold()]
            spelling += after.group()
        found.setdefault(value, spelling)
    for value, spelling in _word_numbers(text):
        found.setdefault(value, spelling)
    return found


def missing_from_quote(sentence: str, quote: str) -> tuple[str, ...]:
    """Names and numbers the sentence asserts that the quote does not hold, as the sentence spells them."""
    held = {_name_key(m.group()) for m in _WORD.finditer(quote)}
    # Both parts of a hyphenated word are held ("Moscow-backed" holds Moscow); the whole stays a name of its own.
    held |= {_name_key(part) for m in _WORD.finditer(quote) for part in re.split(r"[-.]", m.group()) if part}
    held |= {f"state:{code}" for code in _phrase_states(quote).values()}
    values = numbers_asserted(quote)
    missing = [spelling for key, spelling in names_asserted(sentence).items() if key not in held]
    missing += [spelling for value, spelling in numbers_asserted(sentence).items() if value not in values]
    return tuple(dict.fromkeys(missing))


def check_citation(sentence: str, quotes: Iterable[str], *, where: str = "") -> None:
    """Refuse a sentence whose quotes, together, do not hold all its names and numbers.

    Raises `QuoteMismatch` naming the sentence, the quote and what is missing. A sentence that cites nothing passes.
    """
    cited = list(quotes)
    if not cited:
        return
    missing = missing_from_quote(sentence, " \n ".join(cited))
    if missing:
        shown = "; ".join(f"\u201c{q}\u201d" for q in cited)
        raise QuoteMismatch(
            f"the sentence \u201c{sentence}\u201d asserts {', '.join(missing)}, "
            f"which the quote it cites does not hold: {shown}",
            where=where,
            fix="Quote more, or say less",
        )
