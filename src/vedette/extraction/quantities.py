"""Numbers with their unit, bound and what they count: "less than 56 miles" is an upper bound, not 56."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from typing import Any

from vedette.domain.claims import Bound
from vedette.domain.reading import QuantityMention
from vedette.extraction.fold import fold
from vedette.reference.units import MULTIPLIERS, NUMBER_WORDS, UNITS

_NUMBER = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?"
_SPELT = "|".join(sorted(NUMBER_WORDS, key=len, reverse=True))
_TIMES = "|".join(sorted(MULTIPLIERS, key=len, reverse=True))
_MORE = (
    "more than|over|at least|upwards of|in excess of|exceeding|no fewer than|no less than|not less than|"
    "above|a minimum of"
)
_LESS = (
    "less than|fewer than|under|below|at most|up to|as many as|as much as|no more than|not more than|"
    "within|a maximum of"
)
_ABOUT = "about|around|approximately|roughly|some|nearly|almost|close to|an estimated|estimated|circa|approx\\.|~"
# Read in folded text, which is in small letters: leaving case to the patterns would halve their speed.
_PATTERN = re.compile(
    rf"(?P<first>(?<![\w.,/:-])(?:{_NUMBER})|\b(?:{_SPELT})(?:[ -](?:{_SPELT}))?\b)"
    rf"(?:\s?(?:-|–|—|to|or)\s?(?P<second>(?:{_NUMBER})|(?:{_SPELT})\b))?"
    rf"(?P<times>[ -](?:{_TIMES})\b|(?:bn|mn|m|k)\b)?"
    rf"(?P<percent>\s?(?:%|percent\b|per cent\b|percentage points?\b))?"
    rf"(?P<plus>\+|-strong\b)?",
)
_BEFORE = re.compile(
    rf"(?:(?<![\w-])(?P<bound>{_MORE}|{_LESS}|{_ABOUT})\s{{1,3}}(?:the\s|a\s|an\s)?)?(?P<currency>us\$|"
    rf"\$|€|£|₽|¥)?\s?$",
)
_INDEFINITE = re.compile(
    r"\b(?:(?P<tens>tens|dozens|scores|hundreds|thousands|millions)(?: of (?P<of>thousands|millions))?) of\b",
)
_MONEY = frozenset("$€£₽¥")
_CURRENCIES = {"€": "EUR", "£": "GBP", "₽": "RUB", "¥": "CNY"}
_DIGIT = re.compile(r"\d")
_INDEFINITE_VALUES = {
    "tens": 10.0, "dozens": 12.0, "scores": 20.0, "hundreds": 100.0, "thousands": 1_000.0, "millions": 1_000_000.0,
}  # fmt: skip
_UNIT_ALTERNATIVES = "|".join(re.escape(u) for u in sorted(UNITS, key=len, reverse=True))
# What is counted: up to three modifiers before the unit word ("military transport aircraft").
_UNIT = re.compile(
    rf"[\s-]+(?:of\s+)?(?P<mods>(?:(?!of\b|the\b|and\b|or\b|to\b|in\b|is\b|are\b|for\b|from\b|by\b|at\b|on\b|as\b)"
    rf"[a-z][\w.'-]*[\s-]+){{0,3}}?)(?P<unit>{_UNIT_ALTERNATIVES})(?![\w])",
)
_OF = re.compile(r"\s+(?:of|from)\s+((?:the\s+)?[\w'’-]+(?:\s+[A-Z][\w'’-]+){0,2})")
_MONTH_NEAR = re.compile(
    r"\b(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|"
    r"nov(?:ember)?|dec(?:ember)?)\.?\s*$",
    re.IGNORECASE,
)
# A bare year is a date; a bare small numeral without a unit ("1)", "No. 4") is a label.
_YEAR = re.compile(r"(?:1[89]|20)\d\d$")
# Words of this kind are numbers in name only.
_IDIOM = re.compile(r"^(?:one|a|an)$", re.IGNORECASE)


def find_quantities(
    text: str, start: int = 0, end: int | None = None, *, taken: Sequence[tuple[int, int]] = (), low: str | None = None
) -> list[QuantityMention]:
    """Quantities in ``text[start:end]``: value in the unit named, bound, and the words that say of what.

    Ordinals, years, list labels and numbers without a unit are left out, and what overlaps a span that is ``taken``
    (a date). "Thousands of X" is a lower bound. ``low``: that part of the text folded, if at hand.
    """
    if low is None:
        low = fold(text[start : len(text) if end is None else end])
    first = _first_number(low)
    if first < 0:
        return []
    found: list[QuantityMention] = []
    for match in _PATTERN.finditer(low, first):
        if taken and _overlaps(taken, start + match.start("first"), start + match.end("first")):
            continue  # the day of a date is not worth a closer look
        mention = _numeric(text, low, start, match)
        if mention and not (found and mention.start < found[-1].end):
            found.append(mention)
    used = bytearray(len(low))
    for m in found:
        used[m.start - start : m.end - start] = b"\x01" * (m.end - m.start)
    for match in _INDEFINITE.finditer(low) if "s of" in low else ():
        mention = _indefinite(text, low, start, match)
        if mention and used.find(1, mention.start - start, mention.end - start) < 0:
            found.append(mention)
    found.sort(key=lambda m: m.start)
    return [m for m in found if not _overlaps(taken, m.start, m.end)]


@cache
def _numbers() -> Any:
    """Number words and words of indefinite number, for one pass over a sentence."""
    import ahocorasick

    automaton = ahocorasick.Automaton()
    for word in (*NUMBER_WORDS, *_INDEFINITE_VALUES):
        automaton.add_word(word, len(word))
    automaton.make_automaton()
    return automaton


def _first_number(low: str) -> int:
    """Where the first digit or number word stands; -1 when there is none."""
    digit = _DIGIT.search(low)
    if digit and digit.start() < 3:
        return digit.start()
    first = digit.start() if digit else len(low)
    for last, size in _numbers().iter(low[: first + 10]):
        begin = last - size + 1
        if begin >= first:
            break
        after = low[last + 1 : last + 2]
        if not (after.isalnum() or after == "_" or (begin and (low[begin - 1].isalnum() or low[begin - 1] == "_"))):
            first = begin
    return first if first < len(low) else -1


def _overlaps(spans: Sequence[tuple[int, int]], start: int, end: int) -> bool:
    return any(a < end and start < b for a, b in spans)


def _value(words: str) -> float | None:
    words = words.lower().strip()
    if words[0].isdigit():
        return float(words.replace(",", ""))
    parts = [NUMBER_WORDS.get(p) for p in re.split(r"[ -]", words)]
    if any(p is None for p in parts):
        return None
    values = [p for p in parts if p is not None]
    if len(values) == 2 and not (values[0] >= 20 and values[1] < 10):
        return None
    return sum(values)


def _bound(match: re.Match[str], word: str | None) -> Bound:
    if match.group("plus") == "+":
        return Bound.MORE_THAN
    if not word:
        return Bound.EXACT
    if re.fullmatch(_MORE, word):
        return Bound.MORE_THAN
    return Bound.LESS_THAN if re.fullmatch(_LESS, word) else Bound.ABOUT


def _numeric(text: str, low: str, offset: int, match: re.Match[str]) -> QuantityMention | None:
    first = match.group("first")
    value = _value(first)
    if value is None:
        return None
    spelt = not first[0].isdigit()
    times = (match.group("times") or "").strip(" -")
    scale = MULTIPLIERS.get(times, {"bn": 1e9, "mn": 1e6, "m": 1e6, "k": 1e3}.get(times, 1.0)) if times else 1.0
    value *= scale
    percent = match.group("percent")
    after = None
    if not percent and _MONEY.isdisjoint(low[max(0, match.start() - 2) : match.start()]):
        # Most numbers count nothing we know; looking behind them first spares looking before them.
        after = _UNIT.match(low, match.end(), min(len(low), match.end() + 70))
        if after is None:
            return None
    reach = max(0, match.start() - 30)
    before = _BEFORE.search(low[reach : match.start()])
    bound = before.group("bound") if before else None
    currency = before.group("currency") if before else None
    begin = reach + before.start() if before and (bound or currency) else match.start("first")
    if currency:
        unit, finish, of = _CURRENCIES.get(currency, "USD"), match.end(), ""
    elif percent:
        unit, finish, of = "percent", match.end(), ""
    else:
        if after is None:
            after = _UNIT.match(low, match.end(), min(len(low), match.end() + 70))
        if after is None:
            return None
        word = after.group("unit")
        unit, finish = UNITS[word], after.end()
        if _MONTH_NEAR.search(low, max(0, match.start("first") - 12), match.start("first")):
            return None
        if _YEAR.match(first) and scale == 1.0 and unit not in ("km", "miles"):
            return None
        if spelt and (
            _IDIOM.match(first) or (value <= 2 and unit in ("days", "weeks", "months", "years") and not bound)
        ):
            return None
        if re.match(r"mm\b|cal", after.group("mods")):  # a calibre names the gun, it does not count guns
            return None
        of = text[offset + after.start("mods") : offset + after.end()].strip()
        if re.match(r"\s+ago\b", low[finish : finish + 6]):
            return None
    if match.group("second"):
        value = (value + (_value(match.group("second")) or value) * scale) / 2
    finish_of = _OF.match(text[offset + finish : offset + finish + 60])
    if not of and finish_of:
        of = finish_of.group(1)
    return QuantityMention(
        start=offset + begin,
        end=offset + finish,
        text=text[offset + begin : offset + finish],
        value=value,
        unit=unit,
        bound=Bound.ABOUT if match.group("second") else _bound(match, bound),
        of=of,
    )


def _indefinite(text: str, low: str, offset: int, match: re.Match[str]) -> QuantityMention | None:
    after = _UNIT.match(low, match.end(), min(len(low), match.end() + 60))
    if after is None:
        return None
    value = _INDEFINITE_VALUES[match.group("tens").lower()]
    if match.group("of"):
        value *= _INDEFINITE_VALUES[match.group("of").lower()]
    a, b = offset + match.start(), offset + after.end()
    return QuantityMention(
        start=a, end=b, text=text[a:b], value=value, unit=UNITS[after.group("unit")], bound=Bound.MORE_THAN,
        of=text[offset + after.start("mods") : b].strip(),
    )  # fmt: skip
