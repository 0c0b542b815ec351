"""Who asserts a claim: the frame's subject turned into a name, pronouns and titles into the person last spoken of."""

from __future__ import annotations

import datetime as dt
import re
from bisect import bisect_left
from dataclasses import dataclass

from vedette.extraction.names import Found, code_named
from vedette.extraction.span_index import SpanIndex
from vedette.reference.leaders import holder_of

AUTHOR = "author"
_PRONOUN = re.compile(r"^(?:also\s|but\s|and\s)?(?:he|she|i|his|her|him)\b", re.IGNORECASE)
_PLURAL = re.compile(
    r"\b(?:both|the (?:two )?(?:leaders|presidents|parties|sides|interlocutors|ministers)|they|we)\b", re.IGNORECASE
)
_OFFICE = re.compile(
    r"\b(president|head of state|prime minister|chancellor|minister|secretary(?:[- ]general)?|deputy "
    r"head|leader|chairman|"
    r"commander|spokes\w+|king|emir|premier|adviser|advisor|ambassador)\b",
    re.IGNORECASE,
)
_CAPITALISED = re.compile(r"(?<![\w'’-])[A-Z][\w'’-]+(?:\s(?:van|von|de|al|bin|der)?\s?[A-Z][\w'’-]+)+")
_HEAD = re.compile(r"\b(?:president|head of state|leader|prime minister|chancellor|premier)\b", re.IGNORECASE)
_BELOW_HEAD = re.compile(
    r"\b(?:foreign|defen[cs]e|deputy|spokes\w+|advis[eo]r|secretary|office|ministry)\b", re.IGNORECASE
)
_NOBODY = re.compile(
    r"^(?:it|there|this|that|hope|support|attention|concern|optimism|satisfaction|which)\b", re.IGNORECASE
)
# A quotation rarely runs longer before its speaker is named. [assumption]
_REACH = 1500
# After this many characters a pronoun is read afresh. [assumption]
_RECENT = 700
_OFFICE_OF = re.compile(
    r"^(?:[Tt]he\s)?(?:(?P<people>[A-Z][a-z]+)\s)?(?:President|president|Prime Minister|prime minister|"
    r"Chancellor|chancellor|"
    r"Head of State|head of state)(?:\sof\s(?:the\s)?(?P<state>[A-Z][\w ]+?))?$",
)
# Statements name whom they speak for in their first sentences. [assumption]
_TOP = 400
_SKIP = re.compile(
    r"^(?:The|Deputy|Head|Office|President|Prime|Minister|Ministry|Foreign|Defen[cs]e|Federal|"
    r"Secretary|General|State|Security|"
    r"Council|Chairman|Committee|Affairs|Republic|Kingdom|United|North|South|Assistant|Chancellor|Mr|"
    r"Mrs|Ms|Commander|Chief)$"
)


@dataclass(frozen=True, slots=True)
class Person:
    """A person named in the text: where, the name and its last word, and the code of whom the person stands for."""

    start: int
    name: str
    code: str
    office: str
    last: str


def people(text: str, found: list[Found]) -> list[Person]:
    """Every person named, in order: leaders of the table, and other names that follow a title."""
    known = [_person(f.start, text[f.start : f.end], f.what.codes[0], f.role) for f in found if f.what.kind == "person"]
    taken = [(f.start, f.end) for f in found]
    starts = [a for a, _ in taken]
    others: list[Person] = []
    for match in _CAPITALISED.finditer(text):
        begin = match.start()
        at = bisect_left(starts, begin)
        near = [(a, b) for a, b in taken[max(0, at - 1) : at + 4] if a < match.end() and begin < b]
        if near and near[-1][1] < match.end() and near[0][0] <= begin + 3:
            begin = near[-1][1] + 1  # "Germany Tobias Lindner": the state's name is not his
        elif near:
            continue
        words = [w for w in text[begin : match.end()].split() if not _SKIP.match(w)]
        if len(words) < 2 or not _OFFICE.search(text[max(0, begin - 90) : begin]):
            continue
        code = next((c for a, b, c in _codes_before(found, begin, 90)), "")
        title = re.split(r"[.;,]\s", text[max(0, begin - 90) : begin])[-1].lower()
        others.append(_person(begin, " ".join(words), code, title))
    return sorted([*known, *others], key=lambda p: p.start)


def _person(start: int, name: str, code: str, office: str) -> Person:
    return Person(start, name, code, office, name.rsplit(maxsplit=1)[-1])


def _codes_before(found: list[Found], at: int, reach: int) -> list[tuple[int, int, str]]:
    rows = [(f.start, f.end, f.what.codes[0]) for f in found if at - reach <= f.start < at and len(f.what.codes) == 1]
    return rows[::-1]


class People:
    """Persons of a document, for questions near a position."""

    def __init__(self, persons: list[Person]) -> None:
        self.persons = persons
        self._starts = [p.start for p in persons]
        self._fullest: dict[str, str] = {}
        for p in persons:
            last = p.last
            self._fullest[last] = max(self._fullest.get(last, ""), p.name, key=len)

    def before(self, at: int) -> list[Person]:
        """The last persons named before a position."""
        stop = bisect_left(self._starts, at + 1)
        return self.persons[max(0, stop - 60) : stop]

    def near(self, at: int) -> list[Person]:
        """Persons named around a position: before it, and in the rest of its quotation."""
        stop = bisect_left(self._starts, at + _REACH)
        return self.persons[max(0, bisect_left(self._starts, at) - 60) : stop]

    def fullest(self, person: Person) -> str:
        """The fullest spelling the text gives of that person's name."""
        return self._fullest[person.last]


def resolve_speaker(subject: str, at: int, persons: People, found: SpanIndex[Found]) -> tuple[str, str]:
    """Name and code behind a frame's subject at position ``at``; the author where no one is named.

    "He" is the last person named before; "the President of X" or "the Belarusian leader" the person of that state;
    passive frames speak for the author; plural subjects keep the words.
    """
    words = subject.strip(' ,;:-–—"“”')
    if len(words) < 2 or _NOBODY.match(words):
        return AUTHOR, ""
    if not _PRONOUN.match(words):
        spelt = set(words.split())
        inside = [p for p in persons.near(at) if p.last in spelt or p.name in words]
        if inside:
            best = max(inside, key=lambda p: (words.rfind(p.last), -abs(p.start - at)))
            return persons.fullest(best), best.code
    before = persons.before(at)
    named = [
        f for f in found.starting(at - _REACH // 2, at + _REACH)
        if f.what.kind not in ("person", "region") and len(f.what.codes) == 1 and f.name in words
    ]  # fmt: skip
    if named and not _PRONOUN.match(words):
        code = named[0].what.codes[0]
        if _HEAD.search(words) and not _BELOW_HEAD.search(words):
            of_state = [p for p in before if p.code == code]
            if of_state:
                return persons.fullest(of_state[-1]), code
        return _tidy(words), code
    if _PLURAL.search(words):
        return _tidy(words), ""
    if before and (_PRONOUN.match(words) or _OFFICE.search(words)):
        last = before[-1]
        if not _PRONOUN.match(words):
            heads = _HEAD.search(words) and not _BELOW_HEAD.search(words)
            fitting = [p for p in before if _holds(p, words)] if heads else _titled(before, words)
            last = fitting[-1] if fitting else last
        return persons.fullest(last), last.code
    return _tidy(words), ""


class Voices:
    """Speakers of the clauses of a document, asked in order: "he" is whoever spoke last, if that was a moment ago."""

    def __init__(self, persons: People, found: SpanIndex[Found], published: dt.date, own: str) -> None:
        self._persons, self._found, self._published, self._own = persons, found, published, own
        self._last: tuple[str, str] = (AUTHOR, "")
        self._at = -_RECENT

    def _holder(self, subject: str) -> tuple[str, str] | None:
        """The holder of an office that names its state, by the table: "the President of Russia", "Head of State"."""
        match = _OFFICE_OF.match(subject.strip(" ,"))
        if not match:
            return None
        state = match.group("state") or match.group("people")
        code = code_named(state) if state else self._own
        role = (
            "prime minister"
            if "rime" in match.group()
            else "chancellor"
            if "hancellor" in match.group()
            else "president"
        )
        holder = holder_of(code, role, self._published) if code else None
        if holder is None:
            return None
        spelt = [p for p in self._persons.persons if p.name in holder.names]
        return (self._persons.fullest(spelt[0]) if spelt else holder.names[0]), code

    def of(self, subject: str, at: int) -> tuple[str, str]:
        """Name and code of the speaker whom a frame calls ``subject``."""
        if not subject:
            return AUTHOR, ""
        if _PRONOUN.match(subject.strip()) and self._last[0] != AUTHOR and at - self._at < _RECENT:
            self._at = at
            return self._last
        voice = self._holder(subject) or resolve_speaker(subject, at, self._persons, self._found)
        if voice[0] != AUTHOR and not _PLURAL.search(voice[0]):
            self._last, self._at = voice, at
        return voice


def _titled(before: list[Person], words: str) -> list[Person]:
    """Persons whose title shares most words with the subject ("the deputy head of the office")."""
    wanted = set(re.findall(r"[a-z]{4,}", words.lower()))
    shared = [(len(wanted.intersection(re.findall(r"[a-z]{4,}", p.office))), p) for p in before]
    most = max((n for n, _ in shared), default=0)
    return [p for n, p in shared if n == most] if most else []


def _holds(person: Person, words: str) -> bool:
    """Whether the office in ``words`` ("The President") is the person's."""
    low = words.lower()
    if "prime minister" in low or "premier" in low:
        return person.office == "prime minister"
    if "chancellor" in low:
        return person.office == "chancellor"
    return person.office in ("president", "leader", "supreme leader", "king", "emir")


def _tidy(words: str) -> str:
    return re.sub(r"\s+", " ", words)[:80].strip(" .,")


def home_state(persons: list[Person]) -> str:
    """The state an official statement speaks for: that of the first leader named near its top; empty when none is."""
    return next((p.code for p in persons if p.start < _TOP and len(p.code) == 3), "")
