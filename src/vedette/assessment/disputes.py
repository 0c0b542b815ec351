"""Claims that deny or contradict each other, paired so that nobody reads one without the other. Pure.

The rules only pair; who is right is for the analyst. A denial by a party with an interest is what one would read
either way (METHOD 4.3.5), so a pair never changes a weight by itself.
"""

from __future__ import annotations

import bisect
import datetime as dt
import functools
import re
from collections.abc import Sequence
from dataclasses import dataclass

from vedette.assessment.stories import stems
from vedette.domain.claims import Bound, Quantity
from vedette.domain.evidence import Evidence

# A denial answers what is in the news; an older claim is another matter. [assumption], in days
DENIAL_DAYS = 45
# Counts of the same thing change from week to week: only close ones contradict each other. [assumption], in days
COUNT_DAYS = 7
# Two exact counts further apart than this part of the larger one differ; reports round. [assumption]
COUNT_GAP = 0.15
# Content words two claims must share beside the names of states; a condition of one scenario counts as a word.
# [assumption]
COMMON = 2
# Claims shown for one denial, the nearest first.
PER_DENIAL = 3

_DENIES = re.compile(
    r"\b(?:den(?:y|ies|ied|ying|ials?)|reject(?:s|ed|ing)?|dismiss(?:es|ed|ing)?|refut(?:e|es|ed|ing)|rebuff(?:s|ed)?|"
    r"no (?:plans?|intentions?|intent|preparations?)|not (?:going|planning|preparing|intend\w*) to|"
    r"does not (?:plan|intend)|never (?:planned|intended)|baseless|unfounded|groundless|fabricat\w+|untrue|"
    r"not true)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Dispute:
    """Two items that cannot both be taken at their word: ``first`` is the denial, or the earlier of two counts.

    ``kind`` is ``denial`` or ``contradiction``; ``why`` says in words what they share and where they part.
    """

    kind: str
    first: str
    second: str
    why: str


def denies(item: Evidence) -> bool:
    """Whether an item speaks against something claimed: it is negated, or says so in its words."""
    return item.negated or bool(_DENIES.search(item.claim))


def disputes(evidence: Sequence[Evidence]) -> tuple[Dispute, ...]:
    """Denials with the claims they answer, and contradictions, among items of different origins.

    In the order of ``evidence``; each denial with at most `PER_DENIAL` claims.
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
            found += _answered(item, _near(item, by_actor, DENIAL_DAYS), words)
        if item.quantities and not item.is_argument and not item.hypothetical:
            found += _other_counts(item, _near(item, by_actor, COUNT_DAYS), words)
    return tuple(found)


def disputes_of(item: Evidence, evidence: Sequence[Evidence]) -> tuple[Dispute, ...]:
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
    found = _answered(item, near, words) if denies(item) else []
    for other in near:
        if denies(other):
            found += _answered(other, [item], words)
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


def _answered(denial: Evidence, others: Sequence[Evidence], words: dict[str, frozenset[str]]) -> list[Dispute]:
    ranked = []
    for other in others:
        if denies(other) or _days(denial, other) > DENIAL_DAYS or other.is_argument:
            continue
        common = words[denial.id] & words[other.id]
        same = _channels(denial) & _channels(other)
        if not common or len(common) + len(same) < COMMON:
            continue
        ranked.append((-len(common) - len(same), _days(denial, other), other.id, common))
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
        if len(words[item.id] & words[other.id]) < COMMON:
            continue
        for mine in item.quantities:
            for theirs in other.quantities:
                if _same_thing(mine, theirs) and apart(mine, theirs):
                    why = f"{mine.text.strip()} against {theirs.text.strip()}"
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
