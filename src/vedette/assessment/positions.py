"""Standing positions: the same speaker saying the same thing again is one source, heard again. Pure.

A spokesman who repeats every day that sanctions will follow has not found out anything since yesterday. Reports of one
position form a group in which a later one renews (its age counts) and hardly adds (METHOD 4.3.7, r of copies). A group
is found by the labels first: who speaks, through which channel, which way, in whose view, of which target, in what kind
of claim. Within the labels by words: content words in common, by the measure and the constants that the story layer
uses for reports of one statement (`vedette.assessment.stories.same_report`), without its limit of days.

Only what is said can be a position: speech, and the bare assertions of a state's own officials. Events happen anew each
time, a fact dated to another day is another fact, and what an agency or an observer reports again it may have seen
again.
"""

from __future__ import annotations

import functools
import re
import unicodedata
from collections import Counter
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field

from vedette.assessment.disputes import another_count, content_words
from vedette.assessment.stories import REPORT_LEAST, REPORT_WORDS, overlap, speaker_key
from vedette.domain.claims import ClaimKind
from vedette.domain.evidence import OWN_POSITION, Evidence

KINDS = frozenset({ClaimKind.SPEECH, ClaimKind.FACT})
"""Kinds of claim that can be a standing position; a fact only where a state asserts it."""
_WORD = re.compile(r"\w+")
_AUTHOR = "author"
# Words of the longest name of a state or leader that is looked for in an attribution.
_LONGEST = 4


class Speakers:
    """Who an attribution speaks for: the one state it names, else the person or body as it is written."""

    def __init__(self, names: Mapping[str, Sequence[str]]) -> None:
        """``names``: for each state's code, the words by which an attribution can name it."""
        self._states = frozenset(names)
        self._codes: dict[tuple[str, ...], set[str]] = {}
        self._known: dict[str, str | None] = {}
        for code, forms in names.items():
            for form in (code, *forms):
                self._codes.setdefault(_tokens(form), set()).add(code)

    def of(self, item: Evidence) -> str | None:
        """The speaker of an item; None when nobody is named."""
        said_by = item.attribution
        if said_by in ("", _AUTHOR):
            said_by = item.quote.document.author if item.quote is not None else ""
        if said_by not in self._known:
            self._known[said_by] = self._resolve(said_by)
        return self._known[said_by]

    def position_of(self, item: Evidence) -> str | None:
        """The speaker whose standing position an item can be; None where it cannot be one."""
        if item.kind not in KINDS or item.position == OWN_POSITION:
            return None
        speaker = self.of(item)
        return speaker if item.kind is ClaimKind.SPEECH or speaker in self._states else None

    def _resolve(self, said_by: str) -> str | None:
        tokens, found, at = _tokens(said_by), set[str](), 0
        while at < len(tokens):
            for length in range(min(_LONGEST, len(tokens) - at), 0, -1):
                codes = self._codes.get(tokens[at : at + length])
                if codes:
                    found |= codes
                    at += length - 1
                    break
            at += 1
        # Two states in one attribution ("White House; Kremlin") are neither's position.
        return found.pop() if len(found) == 1 else speaker_key(said_by) or None


def _tokens(text: str) -> tuple[str, ...]:
    """Words in lower case; up to three letters in capitals stay so: "US" is a state and "us" is not."""
    words = _WORD.findall(unicodedata.normalize("NFKC", text))
    return tuple(w if len(w) <= 3 and w.isupper() else w.casefold() for w in words)


@functools.lru_cache(maxsize=2)
def _speakers(names: _Identity) -> Speakers:
    return Speakers(names.value)


class _Identity:
    """A mapping compared by identity, which it keeps alive: the table of names is one large object, built once."""

    __slots__ = ("value",)

    def __init__(self, value: Mapping[str, Sequence[str]]) -> None:
        self.value = value

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Identity) and other.value is self.value

    def __hash__(self) -> int:
        return id(self.value)


def speakers(names: Mapping[str, Sequence[str]]) -> Speakers:
    """The speakers by these names, made once for each table of names."""
    return _speakers(_Identity(names))


@functools.lru_cache(maxsize=65536)
def _words(claim: str, attribution: str) -> frozenset[str]:
    return content_words(claim, attribution)


def same_words(one: frozenset[str], other: frozenset[str]) -> bool:
    """Whether two claims say the same, by their content words; very short ones only word for word."""
    if min(len(one), len(other)) < REPORT_LEAST:
        return bool(one) and one == other
    common = len(one & other)
    return common >= REPORT_LEAST and common >= REPORT_WORDS * min(len(one), len(other))


@dataclass(slots=True)
class _Group:
    """Positions under the same labels: their first statements, found by their words."""

    leads: list[int] = field(default_factory=list)
    by_word: dict[str, list[int]] = field(default_factory=dict)

    def nearest(self, words: frozenset[str]) -> list[int]:
        """Leads that share words, those with most in common first, then the earliest."""
        seen: Counter[int] = Counter()
        for word in words:
            seen.update(self.by_word.get(word, ()))
        return [self.leads[rank] for rank in sorted(seen, key=lambda rank: (-seen[rank], rank))]

    def add(self, lead: int, words: frozenset[str]) -> None:
        """Take in a lead; leads come in the order of time."""
        for word in words:
            self.by_word.setdefault(word, []).append(len(self.leads))
        self.leads.append(lead)


def positions(
    items: Sequence[Evidence], sides: Sequence[Hashable], who: Speakers
) -> tuple[int, ...]:
    """For each item the index of the item that first took its position; its own index when it stands alone or first.

    ``sides``: for each item the channel, sign and view it counts in: only items of equal ``sides`` can be one position.
    An item joins the position whose *first* statement it resembles most, so a later item never changes the place of an
    earlier one, and the order given does not matter. `Evidence.position` overrides the words: an analyst has split it
    off (`OWN_POSITION`) or joined it to another item.
    """
    first = list(range(len(items)))
    order = sorted(first, key=lambda i: (items[i].times.available_at, items[i].id))
    groups: dict[Hashable, _Group] = {}
    placed: dict[tuple[str, Hashable], int] = {}
    joined: list[int] = []
    for i in order:
        item = items[i]
        if item.position is not None and item.position != OWN_POSITION:
            joined.append(i)
            continue
        speaker = who.position_of(item)
        if speaker is None:
            placed[item.id, sides[i]] = i
            continue
        labels = (sides[i], speaker, item.kind, item.target, item.negated, item.hypothetical)
        group = groups.setdefault(labels, _Group())
        words = _words(item.claim, item.attribution)
        lead = next((j for j in group.nearest(words) if _repeats(item, words, items[j])), None)
        if lead is None:
            group.add(i, words)
        else:
            first[i] = lead
        placed[item.id, sides[i]] = first[i]
    _join(items, sides, joined, placed, first)
    return tuple(first)


def _join(
    items: Sequence[Evidence], sides: Sequence[Hashable], joined: Sequence[int],
    placed: dict[tuple[str, Hashable], int], first: list[int],
) -> None:  # fmt: skip
    """Items that an analyst joined to another; one whose other is not on its side stands alone."""
    waiting = list(joined)
    while waiting:
        left = []
        for i in waiting:
            named = (items[i].position or "", sides[i])
            if named in placed:
                first[i] = placed[items[i].id, sides[i]] = placed[named]
            else:
                left.append(i)
        if len(left) == len(waiting):
            return
        waiting = left


def _repeats(item: Evidence, words: frozenset[str], lead: Evidence) -> bool:
    """Whether an item says again what an earlier one of the same speaker and labels said."""
    if not same_words(words, _words(lead.claim, lead.attribution)):
        return False
    if another_count(item, lead):
        return False
    one, other = item.times.occurred_at, lead.times.occurred_at
    return item.kind is ClaimKind.SPEECH or one is None or other is None or overlap(one, other)
