"""Sentences of a paragraph, with exact offsets. Abbreviations, initials and decimal points do not end one."""

from __future__ import annotations

import re
from dataclasses import dataclass

# A full stop, question or exclamation mark, with the closing quotes and brackets that belong to it.
# It begins with a set of signs, so that the search leaps from one of them to the next.
_STOP = re.compile(
    r"""[.!?…\r\n](?:(?:(?<=\.)\.{0,2}|(?<=[!?…])(?<![!?…]{2})[!?…]*)["'”’)\]»]*(?=\s|$|["“‘«(\[*])|"""
    r"""(?<=\n)\s*\n|(?<=[\r\n])[\r\n]*)"""
)
_ABBREVIATION = frozenset(
    "mr mrs ms dr prof gen lt col maj capt sgt cmdr adm brig rep sen gov pres st sr jr messrs hon rev amb min dep asst "
    "jan feb mar apr jun jul aug sep sept oct nov dec mon tue tues wed thu thurs fri sat sun no nos vs etc eg ie cf al "
    "fig vol pp p art sec para dept est approx inc ltd co corp bros ave blvd km mi ft lbs al-".split()
)
_DOTTED = re.compile(r"(?:\b[A-Za-z]\.){1,}$")
_WORD_BEFORE = re.compile(r"([A-Za-z-]+)\.$")
# After "U.S." only such words start a new sentence; names go on ("U.S. President").
_OPENERS = frozenset(
    "The In He She It They We This That These Those But And However At On As For If When While After Before A An There "
    "Its His Their Our Moreover Meanwhile Although Since I You".split()
)
# The longest sentence of the development statements has 1,100 characters. [assumption]
_LONGEST = 2_000
_NEXT_WORD = re.compile(r"""\s*["'“‘(\[«]*([A-Za-z]+)""")


@dataclass(frozen=True, slots=True)
class Span:
    """``text[start:end]``."""

    start: int
    end: int


def split_sentences(text: str, start: int = 0, end: int | None = None) -> list[Span]:
    """Sentences of ``text[start:end]``, without the white space around them.

    >>> s = "Gen. Smith left. U.S. President Biden stayed."
    >>> [s[x.start:x.end] for x in split_sentences(s)]
    ['Gen. Smith left.', 'U.S. President Biden stayed.']
    """
    stop = len(text) if end is None else end
    found: list[Span] = []
    begin = start
    for match in _STOP.finditer(text, start, stop):
        if text[match.start()] == "." and not _ends(text, match, begin, stop):
            continue
        _add(found, text, begin, match.end())
        begin = match.end()
    _add(found, text, begin, stop)
    return found


def _add(found: list[Span], text: str, start: int, end: int) -> None:
    while end - start > _LONGEST:
        # A table, a list or code: cut at a semicolon, comma or space, so that no rule meets an endless line.
        room = text[start : start + _LONGEST]
        at = max(room.rfind("; "), room.rfind("\t"))
        at = at if at > _LONGEST // 2 else room.rfind(", ")
        at = at if at > _LONGEST // 2 else room.rfind(" ")
        stop = start + (at + 1 if at > _LONGEST // 2 else _LONGEST)
        _keep(found, text, start, stop)
        start = stop
    _keep(found, text, start, end)


def _keep(found: list[Span], text: str, start: int, end: int) -> None:
    piece = text[start:end]
    left = len(piece) - len(piece.lstrip())
    if left < len(piece):
        found.append(Span(start + left, start + len(piece.rstrip())))


def _ends(text: str, match: re.Match[str], begin: int, stop: int) -> bool:
    """Whether the full stop at ``match`` ends a sentence."""
    upto = text[max(begin, match.start() - 24) : match.start() + 1]
    following = _NEXT_WORD.match(text, match.end(), min(stop, match.end() + 60))
    word = following.group(1) if following else ""
    if word and word[0].islower() and not text[match.start() : match.end()].endswith(('"', "”")):
        return False
    if len(match.group()) == 3:
        return bool(word) or match.end() >= stop
    dotted = _DOTTED.search(upto)
    if dotted:
        letters = dotted.group()
        if len(letters) == 2:  # one initial: "J. Smith"; the word "I." hardly ever ends a sentence
            return not word
        return not word or word in _OPENERS
    before = _WORD_BEFORE.search(upto)
    if before and before.group(1).lower() == "etc":
        return not word or word[0].isupper()
    if before and before.group(1).lower() in _ABBREVIATION:
        if before.group(1).lower() in ("no", "sun", "mar", "may", "sat", "co", "al", "min", "art", "st"):
            # These are words as well: a digit or a name after them makes an abbreviation.
            return not (
                re.match(r"\s*\d", text[match.end() : match.end() + 4]) or (word and before.group(1)[0].isupper())
            )
        return not word and not re.match(r"\s*[\d]", text[match.end() : match.end() + 4])
    return True
