"""Which documents tell the same report, and which claims deny or contradict each other. Pure: no store, no clock.

Copies are found by runs of three words ("shingles": Broder 1997, On the resemblance and containment of documents).
Of each document the smallest hashes of its runs are kept: a sample that two texts draw alike, so that the share of
common runs can be estimated for the shorter text (containment) and for both together (resemblance). A document is
looked up by *all* its runs against the few anchors of each earlier one, so that a text cut to a third still meets
the whole one. What it costs depends on the document, not on the corpus.
"""

from __future__ import annotations

import functools
import itertools
import re
import unicodedata
import zlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from vedette.domain.documents import Document
from vedette.domain.evidence import Evidence
from vedette.domain.stories import Placed, Relation, Signature
from vedette.domain.time import DateInterval

# SHARE, SPREAD, BLOCK_SHARE and ANCHORS are set by ``evals/stories.py --sweep`` on a corpus of its own (precision 1.000
# throughout; recall .976 here, .993 at a spread of .6, .945 with 12 anchors), with a margin for precision.
SHINGLE = 3
ANCHORS = 24
# Share of the shorter text's runs that a copy has at least, and part of its blocks with a run in common. A statement
# that two papers quote is many runs in one place; a rewritten copy has fewer, but everywhere.
SHARE = 0.2
SPREAD = 0.75
# A block counts when this part of its runs is common, so that the ends of a quoted passage do not touch their
# neighbours' blocks.
BLOCK_SHARE = 0.15
# Texts of up to 512 runs are compared whole; of longer ones a share of one half has a standard error of .02.
SKETCH = 512
# Parts a text is divided into: about a sentence each, but with several sampled runs in each. [assumption]
BLOCK_WORDS, MOST_BLOCKS = 15, 60
# Below this many runs a share says little: a date line and a name are common to many. [assumption]
LEAST = 12
# Runs of one very long document that are looked up; the anchors of a copy are spread over all of it.
LOOKED_UP = 20_000
# Candidates whose sketch is compared. Anchors vote first, so the true source is among the first few.
CANDIDATES = 8
# A text as long as this part of the other is a copy, a shorter one an excerpt.
WHOLE = 0.6
# Two texts that resemble each other this much have no third one between them: if both resemble it so, they share at
# least half their runs with each other (the triangle of Jaccard distances), which is a copy in its own right. Only
# so may a document join a story whose first document became available later: nothing later decides for earlier days.
MUTUAL = 0.75

_WORD = re.compile(r"\w+")
_MASK = (1 << 63) - 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Likeness:
    """Shares of common word runs, 0..1: of the shorter text, of the longer one, and of both together.

    ``spread`` is the part of the shorter text's blocks in which at least `BLOCK_SHARE` of the runs are common.
    """

    shorter: float
    longer: float
    both: float
    spread: float


def shingles(text: str, size: int = SHINGLE) -> list[int]:
    """Hashes of every run of ``size`` words, in order; of all the words when there are fewer. Case counts for nothing.

    Stable across machines and runs (CRC-32 of each word, then multiplication and a final mix to 63 bits).
    """
    words = _WORD.findall(unicodedata.normalize("NFKC", text).casefold())
    known: dict[str, int] = {}
    codes = []
    for word in words:
        code = known.get(word)
        if code is None:
            code = known[word] = zlib.crc32(word.encode("utf-8", "surrogatepass")) + 1
        codes.append(code)
    if not codes:
        return []
    if len(codes) < size:
        return [_mixed(codes)]
    # `_mixed` of every run at once: arithmetic on 64 bits without sign wraps as its masks do.
    import numpy as np

    value = np.zeros(len(codes) - size + 1, dtype=np.uint64)
    every = np.array(codes, dtype=np.uint64)
    for at in range(size):
        value = value * np.uint64(_STEP) + every[at : at + len(value)]
    value = (value ^ (value >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    value = (value ^ (value >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    found: list[int] = ((value ^ (value >> np.uint64(31))) & np.uint64(_MASK)).tolist()
    return found


_STEP, _FULL_MASK = 0x9E3779B97F4A7C15, 0xFFFFFFFFFFFFFFFF


def _mixed(codes: Sequence[int]) -> int:
    value = 0
    if len(codes) < 64:
        for code in codes:
            value = (value * _STEP + code) & _FULL_MASK
    else:  # the same sum, each code times its power of the step, in arithmetic that wraps
        import numpy as np

        powers = np.full(len(codes), _STEP, dtype=np.uint64)
        powers[0] = 1
        value = int((np.array(codes, dtype=np.uint64)[::-1] * np.multiply.accumulate(powers)).sum())
    # The finaliser of SplitMix64 (Steele, Lea and Flood 2014): without it the smallest hashes are not a fair sample.
    value = ((value ^ (value >> 30)) * 0xBF58476D1CE4E5B9) & _FULL_MASK
    value = ((value ^ (value >> 27)) * 0x94D049BB133111EB) & _FULL_MASK
    return (value ^ (value >> 31)) & _MASK


def sign(document: Document, evidence: Iterable[Evidence] = (), *, runs: Sequence[int] | None = None) -> Signature:
    """The signature of a document and of the named reports its evidence quotes; ``runs``: its `shingles`, if at hand.

    Its anchors are the smallest hashes; `anchors_kept` says which are worth keeping beside those of others.
    """
    runs = shingles(document.text) if runs is None else runs
    first: dict[int, int] = {}
    for position, run in enumerate(runs):
        first.setdefault(run, position)
    different = sorted(first)
    parts = max(1, min(MOST_BLOCKS, len(runs) // BLOCK_WORDS))
    smallest = different[:SKETCH]
    return Signature(
        document=document.id, words=_mixed(runs), shingles=len(different), sketch=tuple(h >> 31 for h in smallest),
        blocks=tuple(first[h] * parts // len(runs) for h in smallest), anchors=tuple(different[:ANCHORS]),
        keys=report_keys(evidence),
    )  # fmt: skip


def look_up(runs: Sequence[int]) -> list[int]:
    """What to look for in the anchors of earlier documents: all runs, evenly thinned when there are very many."""
    different = sorted(set(runs))
    step = -(-len(different) // LOOKED_UP)
    return different[::step] if step > 1 else different


def likeness(one: Signature, other: Signature) -> Likeness:
    """Shares of common runs, from the sketches alone (exact when both texts have at most `SKETCH` runs).

    Resemblance J is the share of common hashes among the smallest ``SKETCH`` of both together; with sizes m <= n the
    number in common is ``J (m + n) / (1 + J)``.
    """
    if one.words == other.words:
        return Likeness(shorter=1.0, longer=1.0, both=1.0, spread=1.0)
    small, large = sorted((one, other), key=lambda s: s.shingles)
    if not small.shingles:
        return Likeness(shorter=0.0, longer=0.0, both=0.0, spread=0.0)
    first, second = set(small.sketch), set(large.sketch)
    common = first & second
    if not common:
        return Likeness(shorter=0.0, longer=0.0, both=0.0, spread=0.0)
    every = first | second
    if max(small.shingles, large.shingles) > SKETCH:
        union = sorted(every)[:SKETCH]
        last = union[-1]
        common = {h for h in common if h <= last}
        both = len(common) / len(union)
    else:
        last = max(every)
        both = len(common) / len(every)
    shared = min(both * (small.shingles + large.shingles) / (1 + both), float(small.shingles))
    seen: Counter[int] = Counter()
    hit: Counter[int] = Counter()
    for h, block in zip(small.sketch, small.blocks, strict=True):
        if h <= last:
            seen[block] += 1
            hit[block] += h in common
    touched = sum(1 for block, n in seen.items() if hit[block] >= BLOCK_SHARE * n)
    return Likeness(
        shorter=shared / small.shingles, longer=shared / large.shingles, both=both, spread=touched / len(seen)
    )


def related(new: Signature, old: Signature) -> tuple[Relation, float] | None:
    """How ``new`` stands to ``old`` and the share of the shorter text they have in common; None when it is no copy."""
    if new.words == old.words:
        return Relation.SAME_TEXT, 1.0
    if min(new.shingles, old.shingles) < LEAST:
        return None
    like = likeness(new, old)
    if like.shorter < SHARE or like.spread < SPREAD:
        return None
    if min(new.shingles, old.shingles) >= WHOLE * max(new.shingles, old.shingles):
        return Relation.NEAR_COPY, like.shorter
    return (Relation.EXCERPT if new.shingles < old.shingles else Relation.CONTAINS), like.shorter


def find_story(new: Signature, candidates: Sequence[tuple[Signature, Placed, bool]]) -> Placed:
    """The place of ``new``: in the story of the most similar candidate, or the first document of its own.

    ``candidates``: (signature, place, whether it was available when ``new`` was). One that was not counts only when
    the two are near copies of each other in both directions (see `MUTUAL`).
    """
    best: tuple[float, Placed] | None = None
    for signature, placed, earlier in candidates:
        found = related(new, signature)
        if found is None or (not earlier and likeness(new, signature).both < MUTUAL):
            continue
        relation, part = found
        made = Placed(
            document=new.document, story=placed.story, relation=relation, of=placed.document, share=round(part, 4)
        )
        rank = likeness(new, signature).both
        if best is None or rank > best[0]:
            best = rank, made
    if best is not None:
        return best[1]
    return Placed(document=new.document, story=new.document, relation=Relation.FIRST, of=new.document, share=1.0)


def anchors_kept(
    placed: Placed, looked_up: Sequence[int], leads: Mapping[int, int], *, anchors: int = ANCHORS
) -> tuple[int, ...]:
    """The anchors worth keeping: the smallest hashes that do not lead to `FULL` documents already.

    A run that many texts share is a phrase of the trade and tells nothing of copies. Those of a whole copy would only
    lead to what its story's texts lead to. So a look-up reads as many rows in a large corpus as in a small one, and a
    story of a thousand copies is as quick to find as one of two.
    """
    whole = placed.relation is Relation.SAME_TEXT or (
        placed.relation is Relation.NEAR_COPY and placed.share >= WHOLE_COPY
    )
    if whole:
        return ()
    return tuple(itertools.islice((run for run in looked_up if leads.get(run, 0) < FULL), anchors))


# A copy with nine tenths of its runs from the other is found wherever the other is. [assumption]
WHOLE_COPY = 0.9
# Documents one anchor leads to: twice the candidates compared. On the half of the corpus of evals/stories.py that
# constants are chosen on, recall is .969 without this limit, .970 with 64 and .969 with 16 or 8; what a look-up reads
# in a large corpus grows with it.
FULL = 16
# Documents found by one speaker and day; of a spokesman quoted by more, the earlier reports are enough. [assumption]
FULL_KEY = 64


# -- reports of one origin in different words --------------------------------------------------------------------

# A report is repeated on the day, the next, and in the weekend papers. [assumption], in days
REPORT_DAYS = 2
# Share of the shorter claim's content words that two reports of one statement have in common. [assumption]
REPORT_WORDS = 0.5
REPORT_LEAST = 3

_SMALL = frozenset(
    "a an the of to in on at by for from with and or but nor as is are was were be been being has have had do does did "
    "will would can could may might shall should must not no that this these those it its he she they them his her "
    "their our we you i who whom which what when where why how than then there here about into over under after before "
    "said says say told added according also more most some any all each other such only own same so too very just "
    "between against during through out up down off again further once".split()
)


def stems(text: str) -> frozenset[str]:
    """Content words cut to their first six letters, so that "deployed" meets "deployment"; numbers stay whole."""
    words = _WORD.findall(unicodedata.normalize("NFKC", text).casefold())
    return frozenset(w if w[0].isdigit() else w[:6] for w in words if w not in _SMALL and (len(w) > 2 or w.isdigit()))


@functools.lru_cache(maxsize=4096)
def speaker_key(attribution: str) -> str:
    """Normal form of who is quoted."""
    return "-".join(_WORD.findall(unicodedata.normalize("NFKC", attribution).casefold()))


def report_keys(evidence: Iterable[Evidence]) -> tuple[int, ...]:
    """What a named report is found by: who is quoted, and the day it was published."""
    keys = set()
    for item in evidence:
        if item.quote is None or not named(item):
            continue
        day = item.times.available_at.date().toordinal()
        keys.add(_report_key(item.attribution, day))
    return tuple(sorted(keys))


def keys_around(evidence: Iterable[Evidence]) -> tuple[int, ...]:
    """Keys of reports that could be the same as one of these: the same speaker, up to `REPORT_DAYS` days earlier."""
    keys = set()
    for item in evidence:
        if item.quote is not None and named(item):
            day = item.times.available_at.date().toordinal()
            keys |= {_report_key(item.attribution, day - back) for back in range(REPORT_DAYS + 1)}
    return tuple(sorted(keys))


def _report_key(attribution: str, day: int) -> int:
    return _mixed([zlib.crc32(f"said by {speaker_key(attribution)}".encode()) + 1, day])


def named(item: Evidence) -> bool:
    """Whether an item is somebody's words other than the document's own author."""
    document = item.quote.document if item.quote else None
    if document is None or not item.attribution or item.attribution == "author":
        return False
    publisher = document.citation.publisher if document.citation else ""
    return speaker_key(item.attribution) not in {speaker_key(document.author), speaker_key(publisher), ""}


def same_report(new: Evidence, old: Evidence) -> bool:
    """Whether two documents report one statement: same speaker, close in time, shared actors or place, same content."""
    if new.quote is None or old.quote is None or new.quote.document.id == old.quote.document.id:
        return False
    if not (named(new) and named(old)) or speaker_key(new.attribution) != speaker_key(old.attribution):
        return False
    days = (new.times.available_at.date() - old.times.available_at.date()).days
    if not 0 <= days <= REPORT_DAYS or new.negated != old.negated:
        return False
    first, second = new.times.occurred_at, old.times.occurred_at
    if first is not None and second is not None and not overlap(first, second):
        return False
    if not (_about(new) & _about(old)):
        return False
    a, b = stems(new.claim) - stems(new.attribution), stems(old.claim) - stems(old.attribution)
    common = len(a & b)
    return common >= REPORT_LEAST and common >= REPORT_WORDS * min(len(a), len(b))


def overlap(one: DateInterval, other: DateInterval) -> bool:
    """Whether two intervals can have a day in common."""
    if one.start is not None and other.end is not None and one.start > other.end:
        return False
    return not (other.start is not None and one.end is not None and other.start > one.end)


def _about(item: Evidence) -> frozenset[str]:
    """States an item is about, and its place."""
    found = {*item.actors, *([item.target] if item.target else ())}
    if item.place is not None:
        found.add(item.place.country or item.place.name)
    return frozenset(found)


def origins(
    evidence: Sequence[Evidence], earlier: Sequence[Evidence], story: str | None = None
) -> Mapping[str, str]:
    """Evidence id -> origin, for items whose origin changes.

    ``story``: the first document of the story the new document belongs to. What the document says itself, and whom it
    quotes, are then voices of that story. An item that repeats an ``earlier`` report takes that report's origin.
    """
    changed: dict[str, str] = {}
    for item in evidence:
        document = item.quote.document.id if item.quote else None
        origin = item.origin
        if story is not None and document is not None and story != document and origin.startswith(document):
            origin = story + origin.removeprefix(document)
        else:
            match = next((old for old in earlier if same_report(item, old)), None)
            if match is not None:
                origin = match.origin
        if origin != item.origin:
            changed[item.id] = origin
    return changed
