"""Claims that deny or contradict each other, paired so that nobody reads one without the other. Pure.

The rules only pair; who is right is for the analyst. A denial by a party with an interest is what one would read
either way (METHOD 4.3.5), so a pair never changes a weight by itself.
"""

from __future__ import annotations

import bisect
import datetime as dt
import functools
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from vedette.assessment.stories import REPORT_LEAST, REPORT_WORDS, speaker_key, stems
from vedette.domain.claims import Bound, Quantity
from vedette.domain.evidence import Evidence

# A denial answers what is in the news; an older claim is another matter. [assumption], in days
DENIAL_DAYS = 45
# Counts of the same thing change from week to week: only close ones contradict each other. [assumption], in days
COUNT_DAYS = 7
# Two exact counts further apart than this part of the larger one differ; reports round. [assumption]
COUNT_GAP = 0.15
# Content words two claims must share beside the names of states, and the part of the shorter count's. [assumption]
COMMON = 2
COUNT_SHARE = 0.3
# What is denied is the clause after the denying word (before it, for "is baseless"), so many words at most; the claim
# it answers has this part of its content words. [assumption]
CLAUSE_WORDS = 16
DENIED_SHARE = 0.5
# Claims shown for one denial, the nearest first.
PER_DENIAL = 3

_DENIES = re.compile(
    r"\b(?:den(?:y|ies|ied|ying)(?: (?:any|all|reports?|claims?|accusations?|allegations?|that|of|the|plans?|to))*|"
    r"(?:reject|dismiss|refut|rebuff)\w*(?: (?:any|all|the|these|such|western|as))* "
    r"(?:reports?|claims?|accusations?|allegations?|charges?|rumou?rs?|suggestions?)(?: (?:that|of))*|"
    r"no (?:plans?|intentions?|intent|preparations?)(?: (?:and|or|nor) (?:no )?(?:plans?|intentions?|intent))*|"
    r"(?:not|n['’]t) (?:going|planning|preparing|intend\w*|plan) to|never (?:planned|intended))\b",
    re.IGNORECASE,
)
_UNTRUE = re.compile(
    r"\b(?:baseless|unfounded|groundless|(?:was|is|are|were|been) fabricat\w+|untrue|not true)\b", re.IGNORECASE
)
_CLAUSE = re.compile(r"[,;:.!?()–—]|\b(?:but|while|although|set against|and said|and that|adding|noting)\b")
Who = Callable[[Evidence], str | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Dispute:
    """Two items that cannot both be taken at their word: ``first`` is the denial, or the earlier of two counts.

    ``kind`` is ``denial`` or ``contradiction``; ``why`` says in words what they share and where they part.
    """

    kind: str
    first: str
    second: str
    why: str


def denied(item: Evidence) -> frozenset[str]:
    """Content words of what an item denies in so many words; empty when it denies nothing."""
    found = _DENIES.search(item.claim)
    if found is not None:
        words = _CLAUSE.split(item.claim[found.end() :], maxsplit=1)[0].split()[:CLAUSE_WORDS]
    elif (found := _UNTRUE.search(item.claim)) is not None:
        words = _CLAUSE.split(item.claim[: found.start()])[-1].split()[-CLAUSE_WORDS:]
    else:
        return frozenset()
    return content_words(" ".join(words), item.attribution)


def denies(item: Evidence) -> bool:
    """Whether an item speaks against something claimed: it says so in its words, or it is negated."""
    return item.negated or bool(denied(item))


def _as_written(item: Evidence) -> str | None:
    return speaker_key(item.attribution)


def disputes(evidence: Sequence[Evidence], who: Who = _as_written) -> tuple[Dispute, ...]:
    """Denials with the claims of others that they answer, and contradictions, among items of different origins.

    In the order of ``evidence``; each denial with at most `PER_DENIAL` claims. ``who`` says whose words an item is
    (`vedette.assessment.positions.Speakers.of`): nobody denies what he says himself.
    """
    ordered = sorted(evidence, key=lambda e: (e.times.available_at, e.id))
    words = {e.id: stems(e.claim) - _names() for e in ordered}
    by_actor: dict[str, list[Evidence]] = {}
    for item in ordered:
        for code in _states(item):
            by_actor.setdefault(code, []).append(item)
    found: list[Dispute] = []
    for item in ordered:
        if denies(item):
            found += _answered(item, _near(item, by_actor, DENIAL_DAYS), words, who)
        if item.quantities and not item.is_argument and not item.hypothetical:
            found += _other_counts(item, _near(item, by_actor, COUNT_DAYS), words)
    return tuple(found)


def disputes_of(item: Evidence, evidence: Sequence[Evidence], who: Who = _as_written) -> tuple[Dispute, ...]:
    """Disputes in which one item stands: what `disputes` finds for it, in time that grows with its neighbours only.

    Every denial of the item is given, also one that has `PER_DENIAL` nearer claims to answer.
    """
    window = dt.timedelta(days=DENIAL_DAYS + 1)
    states, at = _states(item), item.times.available_at
    near = [
        o for o in evidence
        if o.id != item.id and o.origin != item.origin and abs(o.times.available_at - at) <= window
        and states & _states(o)
    ]  # fmt: skip
    near.sort(key=lambda e: (e.times.available_at, e.id))
    words = {e.id: stems(e.claim) - _names() for e in (item, *near)}
    found = _answered(item, near, words, who) if denies(item) else []
    for other in near:
        if denies(other):
            found += _answered(other, [item], words, who)
        if not other.is_argument and not other.hypothetical:
            found += _other_counts(other, [item], words)
    if not item.is_argument and not item.hypothetical:
        found += _other_counts(item, near, words)
    return tuple(found)


def content_words(claim: str, attribution: str = "") -> frozenset[str]:
    """Stems of what a claim says, without names of states, times and who is quoted."""
    return stems(claim) - _names() - stems(attribution)


def another_count(one: Evidence, other: Evidence) -> bool:
    """Whether the two count the same thing and no number fits both."""
    return any(_same_thing(a, b) and apart(a, b) for a in one.quantities for b in other.quantities)


@functools.cache
def _names() -> frozenset[str]:
    """Stems that say who or when but not what: names of states and their people, months, days, small numbers."""
    from vedette.reference.demonyms import demonyms
    from vedette.reference.states import all_states

    return frozenset(s for name in (*(s.name for s in all_states()), *demonyms()) for s in stems(name)) | stems(_WHEN)


_WHEN = (
    "january february march april june july august september october november december monday tuesday wednesday "
    "thursday friday saturday sunday yesterday today tomorrow week weeks month months year years day days one two "
    "three four five six seven eight nine ten many several officials official government minister ministry president"
)


def _states(item: Evidence) -> frozenset[str]:
    return frozenset({*item.actors, *([item.target] if item.target else ())})


def _channels(item: Evidence) -> set[tuple[str, str]]:
    return {(b.scenario, b.condition) for b in item.bearings}


def _apart(one: Evidence, other: Evidence) -> bool:
    """Whether the two move one scenario in opposite directions."""
    signs = {b.scenario: b.direction.sign for b in one.bearings}
    return any(signs.get(b.scenario, 0) * b.direction.sign < 0 for b in other.bearings)


def _near(item: Evidence, by_actor: dict[str, list[Evidence]], days: int) -> list[Evidence]:
    """Items of other origins about one of the same states, within so many days; each once, by time."""
    window = dt.timedelta(days=days + 1)
    found: dict[str, Evidence] = {}
    for code in sorted(_states(item)):
        ordered = by_actor[code]
        low = bisect.bisect_left(ordered, item.times.available_at - window, key=_available)
        high = bisect.bisect_right(ordered, item.times.available_at + window, key=_available)
        found |= {o.id: o for o in ordered[low:high] if o.id != item.id and o.origin != item.origin}
    return list(found.values())


def _available(item: Evidence) -> dt.datetime:
    return item.times.available_at


def _days(one: Evidence, other: Evidence) -> int:
    return abs((one.times.available_at - other.times.available_at).days)


def _answered(
    denial: Evidence, others: Sequence[Evidence], words: dict[str, frozenset[str]], who: Who
) -> list[Dispute]:
    """Claims of other speakers that say what the denial denies; where it is only negated, nearly the same words."""
    mine, what, speaker = words[denial.id], denied(denial), who(denial)
    ranked = []
    for other in others:
        if denies(other) or other.is_argument or other.hypothetical or _days(denial, other) > DENIAL_DAYS:
            continue
        if who(other) == speaker:
            continue
        theirs = words[other.id]
        common = (what or mine) & theirs
        if what:
            # A word alone ("no plans to attack") is the same thing only where the two pull one scenario apart.
            enough = len(common) >= COMMON or (len(what) == 1 and _apart(denial, other))
            fits = common and enough and len(common) >= DENIED_SHARE * len(what)
        else:
            fits = len(common) >= REPORT_LEAST and len(common) >= REPORT_WORDS * max(len(mine), len(theirs))
        if fits:
            rank = len(common) + len(_channels(denial) & _channels(other))
            ranked.append((-rank, _days(denial, other), other.id, common))
    ranked.sort(key=lambda r: r[:3])
    return [
        Dispute(kind="denial", first=denial.id, second=name, why=f"both speak of {', '.join(sorted(common)[:5])}")
        for _, _, name, common in ranked[:PER_DENIAL]
    ]


def _other_counts(item: Evidence, others: Sequence[Evidence], words: dict[str, frozenset[str]]) -> list[Dispute]:
    """Later items that count the same thing otherwise."""
    found = []
    for other in others:
        if (other.times.available_at, other.id) <= (item.times.available_at, item.id):
            continue
        if other.is_argument or other.hypothetical or _days(item, other) > COUNT_DAYS:
            continue
        mine, theirs = words[item.id], words[other.id]
        if len(mine & theirs) < max(COMMON, COUNT_SHARE * min(len(mine), len(theirs))):
            continue
        for one in item.quantities:
            for another in other.quantities:
                if _same_thing(one, another) and apart(one, another):
                    why = f"{one.text.strip()} against {another.text.strip()}"
                    found.append(Dispute(kind="contradiction", first=item.id, second=other.id, why=why))
    return found


def _same_thing(one: Quantity, other: Quantity) -> bool:
    if one.unit != other.unit:
        return False
    first, second = stems(one.of), stems(other.of)
    # Without "of what" a bare number compares with nothing; a unit says what it counts.
    return bool(first & second) if first or second else bool(one.unit and one.unit not in ("", "count", "number"))


def apart(one: Quantity, other: Quantity) -> bool:
    """Whether no number fits both, rounding allowed."""
    low, high = sorted((_range(one), _range(other)))
    return low[1] < high[0]


def _range(quantity: Quantity) -> tuple[float, float]:
    value = quantity.value
    slack = abs(value) * COUNT_GAP / 2
    if quantity.bound is Bound.LESS_THAN:
        return float("-inf"), value
    if quantity.bound is Bound.MORE_THAN:
        return value, float("inf")
    return value - slack, value + slack
