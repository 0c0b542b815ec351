"""From accepted evidence to channels: which chance an item moves, through what, how far, and what it shares.

Each item goes to one channel of one chance for each option it bears on (METHOD 4.3.4). What is left out is listed with
its reason: nothing is dropped silently.
"""

from __future__ import annotations

import datetime as dt
import functools
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from vedette.assessment.dependence import Voice, coefficients
from vedette.assessment.positions import KINDS, positions, speakers
from vedette.assessment.weights import Weights
from vedette.domain.case import Case, Option
from vedette.domain.claims import ClaimKind, Direction
from vedette.domain.evidence import OPTION_CHANNEL, Bearing, Evidence
from vedette.domain.framework import Framework
from vedette.domain.time import AsOf

AUTHOR = "author"
RECOMMENDED = "recommended"
MODES = (RECOMMENDED, AUTHOR)
INDICATOR = "indicator:"
SIGNAL = "signal:"
BESIDE = ("judgment:", INDICATOR, SIGNAL)
"""What channel items that are not evidence carry before their id."""
CHEAP_TALK = "a denial or reassurance by the intervener or its host: cheap talk"
"""Why an interested denial is left out: its deception d is as large as its honest share rho (METHOD 4.3.5)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelItem:
    """One item on one channel.

    ``size``: |log likelihood ratio| if wholly trusted, after decay. ``reliability``/``credibility``: shares in (0, 1),
    None when unknown and to be drawn. ``coefficient``: what dependence leaves of it (1 = independent and largest).
    ``log_sd``: how uncertain the log likelihood ratio itself is (a standard deviation, drawn), 0 for evidence.
    ``position``: id of the item that first took the standing position which this one takes too, empty when no other
    item takes it; ``origin`` is then the origin of that first statement.
    """

    evidence: str
    chance: str
    channel: str
    actor: str
    sign: int
    size: float
    reliability: float | None
    credibility: float | None
    coefficient: float
    origin: str
    strength: str
    age_days: int
    decay: float
    log_sd: float = 0.0
    position: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOut:
    """An item that moves nothing, and why."""

    evidence: str
    reason: str


def shrink(size: float, rho: float) -> float:
    """Log likelihood ratio left when only a share ``rho`` of such items is honest and informative.

    ``tanh(lambda'/2) = rho * tanh(lambda/2)`` (METHOD 4.3.5, with deception d folded into rho = rho_honest - d).
    """
    return 2.0 * math.atanh(rho * math.tanh(size / 2.0))


def trust(reliability: float | None, credibility: float | None) -> float:
    """Combined share: geometric mean, so that a grade on the diagonal (B2, C3) keeps its own value. [assumption]

    An unknown grade counts with the mean of its Beta(2, 2), one half, where a single number is needed (ranking).
    """
    return math.sqrt((0.5 if reliability is None else reliability) * (0.5 if credibility is None else credibility))


@functools.lru_cache(maxsize=8192)
def copy_key(claim: str) -> str:
    """Normal form of a claim's words: two items of one origin with the same words are copies of one text."""
    return " ".join(sorted(set(re.findall(r"\w+", claim.casefold()))))


_REFUSES = (
    r"no (?:plans?|intentions?|intent|wish|desire)\b",
    r"(?:not|never|nor|cannot|\w+n['’]t) (?:\w+ ){0,2}?(?:plan|intend|want|going|seek|prepar|threaten|start)\w*\b",
    r"(?:will not|won['’]t|would not|never) (?=attack|invad|fight|strike|interven)",
    r"den(?:y|ies|ied|ying)\b",
)
_FORCE = (
    "attack", "invad", "invas", r"war\b", "fight", "hostilit", "us(?:e|ing) (?:of )?(?:military )?force", "anyone",
    "anybody", "aggress", "occup", "interven", "strike", "seiz", "annex",
)  # fmt: skip
# Up to 60 letters between the two: one clause. [assumption]
_INTENTION = re.compile(rf"\b(?:{'|'.join(_REFUSES)}).{{0,60}}?\b(?:{'|'.join(_FORCE)})", re.IGNORECASE)


def denies_intention(item: Evidence) -> bool:
    """Whether the words say that somebody does not mean to use force ("we have no plans to attack anyone")."""
    return _denying(item.claim)


@functools.lru_cache(maxsize=65536)
def _denying(claim: str) -> bool:
    return bool(_INTENTION.search(claim))


def interested_denial(item: Evidence, option: Option, names: Mapping[str, Sequence[str]]) -> bool:
    """Whether an intervener or its host says that nothing will happen: cheap talk (METHOD 4.3.5), worth nothing.

    Speech that bears on the option itself is a denial, and so is speech or a bare assertion that denies the intention
    in so many words, whatever condition a reader put it under. What such a speaker says of a condition (its grievances,
    what it would cost) still counts, graded. ``names`` gives, for each state's code, the words by which an attribution
    can name it.
    """
    if item.kind is not ClaimKind.SPEECH and not (item.kind in KINDS and denies_intention(item)):
        return False
    said_by = item.attribution.casefold()
    interested = (*option.interveners, *((option.host,) if option.host else ()))
    return any(re.search(rf"\b{re.escape(n.casefold())}\b", said_by) for i in interested for n in names.get(i, (i,)))


def _could_deny(item: Evidence, channel: str | None, bearing: Bearing) -> bool:
    """Whether an item would be a denial if its speaker had an interest in it."""
    return bearing.direction is Direction.LOWERS and (channel == OPTION_CHANNEL or denies_intention(item))


def decay(kind: ClaimKind, half_life: float | None, age_days: float, weights: Weights) -> float:
    """Share of its weight an item keeps after ``age_days``: ``2 ** (-age / half-life)`` (METHOD 4.3.6)."""
    life = half_life if half_life is not None else weights.half_life[kind]
    return 1.0 if life is None or age_days <= 0 else 2.0 ** (-age_days / life)


def happened(item: Evidence) -> dt.date:
    """The day an item's age counts from: when it happened if known, else when it was published or available."""
    interval = item.times.occurred_at
    if interval is not None and (interval.end or interval.start):
        day = interval.end or interval.start
        assert day is not None
        return day
    return (item.times.published_at or item.times.available_at).date()


def framework_channel(framework: Framework, condition: str) -> str | None:
    """The framework's own condition that an item coded on ``condition`` speaks to; None when it has none."""
    if condition == OPTION_CHANNEL:
        return OPTION_CHANNEL
    if framework.stakes is not None and condition == framework.stakes.id:
        return condition
    if condition in framework.condition_ids:
        return condition
    return framework.reads.get(condition)


def _gate(case: Case, option: Option) -> str | None:
    for chance in case.scenario_set.chances:
        if chance.option == option.id and chance.veto is not None:
            return chance.id
    return None


def _route(case: Case, option: Option, bearing: Bearing, mode: str) -> tuple[str, int] | None:
    """(chance, sign). The author's rule knows one conjunction for the whole option and no host gate."""
    if mode == AUTHOR:
        return case.chance_moved(option.id, bearing.scenario, "*")
    gate = _gate(case, option)
    if gate is not None and bearing.actor is not None and bearing.actor == option.host and option.host != option.target:
        moved = case.chance_moved(option.id, bearing.scenario, bearing.condition)
        return (gate, moved[1]) if moved else None
    return case.chance_moved(option.id, bearing.scenario, bearing.condition)


def channel_items(
    case: Case,
    as_of: AsOf,
    framework: Framework,
    *,
    mode: str = RECOMMENDED,
    weights: Weights | None = None,
    names: Mapping[str, Sequence[str]] | None = None,
    ratios: Mapping[str, float] | None = None,
    beside: Sequence[ChannelItem] = (),
) -> tuple[tuple[ChannelItem, ...], tuple[LeftOut, ...]]:
    """Channel items of the accepted evidence of a case already cut at ``as_of``, and what was left out.

    ``names``: see `interested_denial`. ``ratios``: log likelihood ratios that analysts gave items, positive where the
    item raises its scenario; they replace strength and direction. ``beside``: items made elsewhere (indicators,
    signals); they share their channel's topic with the evidence. What repeats a standing position of its speaker
    counts as a copy of its first statement (`vedette.assessment.positions`). The result does not depend on the order of
    the evidence.
    """
    weights = weights or Weights()
    found: list[tuple[Evidence, ChannelItem]] = []
    left: list[LeftOut] = []
    for item in sorted(case.accepted(), key=lambda e: e.id):
        reason = _not_evidence(item)
        if reason:
            left.append(LeftOut(evidence=item.id, reason=reason))
            continue
        for bearing in item.bearings:
            made = _channel_item(
                case, as_of, framework, mode, weights, names or {}, item, bearing, (ratios or {}).get(item.id)
            )
            if isinstance(made, LeftOut):
                left.append(made)
            else:
                found.append((item, made))
    spoken = _voices(found, names or {}) if weights.positions else [(copy_key(e.claim), i) for e, i in found]
    return _with_dependence([*spoken, *((i.evidence, i) for i in beside)], weights), tuple(left)


def _voices(
    found: Sequence[tuple[Evidence, ChannelItem]], names: Mapping[str, Sequence[str]]
) -> list[tuple[str, ChannelItem]]:
    """Channel items with what tells copies: a repetition speaks in the words and the origin of its first statement."""
    sides = [(i.chance, i.channel, i.sign, i.actor) for _, i in found]
    first = positions([e for e, _ in found], sides, speakers(names))
    several = {lead for i, lead in enumerate(first) if lead != i}
    voices = []
    for (_, item), lead in zip(found, first, strict=True):
        stated, its = found[lead]
        made = replace(item, origin=its.origin, position=stated.id) if lead in several else item
        voices.append((copy_key(stated.claim), made))
    return voices


def denied(
    case: Case, as_of: AsOf, framework: Framework, item: Evidence, *, weights: Weights | None = None
) -> tuple[ChannelItem, ...]:
    """What an interested denial would weigh, for each option it denies, if its speaker were believed like anyone."""
    found = []
    for bearing in item.bearings:
        if not _could_deny(item, framework_channel(framework, bearing.condition), bearing):
            continue
        made = _channel_item(case, as_of, framework, RECOMMENDED, weights or Weights(), {}, item, bearing, None)
        if isinstance(made, ChannelItem):
            found.append(made)
    return tuple(found)


def _not_evidence(item: Evidence) -> str:
    if item.is_argument:
        return (
            f"{item.kind.value} of {item.attribution or 'its author'}: an opinion counts as a forecast, not as evidence"
        )
    if not item.bearings:
        return "bears on no option of the case"
    return ""


def _channel_item(
    case: Case,
    as_of: AsOf,
    framework: Framework,
    mode: str,
    weights: Weights,
    names: Mapping[str, Sequence[str]],
    item: Evidence,
    bearing: Bearing,
    ratio: float | None,
) -> ChannelItem | LeftOut:
    option = case.option(bearing.option)
    if ratio is None and bearing.direction is Direction.UNCLEAR:
        return LeftOut(evidence=item.id, reason="its direction is unclear")
    channel = framework_channel(framework, bearing.condition)
    if channel is None:
        return LeftOut(evidence=item.id, reason=f"the framework {framework.id} does not read {bearing.condition}")
    if mode == AUTHOR and framework.stakes is not None and channel == framework.stakes.id:
        return LeftOut(evidence=item.id, reason="stakes are not part of the author's five conditions")
    moved = _route(case, option, bearing, mode)
    if moved is None:
        return LeftOut(evidence=item.id, reason=f"scenario {bearing.scenario} moves no chance of option {option.id}")
    chance, sign = moved
    denies = _could_deny(item, channel, bearing)
    # An analyst's own ratio argues what the denial is worth, the other way round if need be.
    if mode == RECOMMENDED and denies and ratio is None and interested_denial(item, option, names):
        return LeftOut(evidence=item.id, reason=CHEAP_TALK)
    age = (as_of.date - happened(item)).days
    kept = decay(item.kind, item.half_life_days, age, weights)
    return ChannelItem(
        evidence=item.id,
        chance=chance,
        channel=channel,
        actor=bearing.actor or option.interveners[0],
        sign=sign * (bearing.direction.sign if ratio is None else (1 if ratio >= 0 else -1)),
        size=(weights.strength[bearing.strength] if ratio is None else abs(ratio)) * kept,
        reliability=weights.reliability[item.grade.reliability],
        credibility=weights.credibility[item.grade.credibility],
        coefficient=1.0,
        origin=item.origin or item.id,
        strength=bearing.strength.value,
        age_days=max(age, 0),
        decay=kept,
    )


def _with_dependence(found: Sequence[tuple[str, ChannelItem]], weights: Weights) -> tuple[ChannelItem, ...]:
    """``found``: items with the normal form of their words, which tells copies."""
    sides: dict[tuple[str, str, int], list[int]] = {}
    for i, (_, item) in enumerate(found):
        sides.setdefault((item.chance, item.channel, item.sign), []).append(i)
    shares = [1.0] * len(found)
    for members in sides.values():
        voices = [
            Voice(
                id=found[i][1].evidence,
                size=shrink(found[i][1].size, trust(found[i][1].reliability, found[i][1].credibility)),
                copy_of=found[i][0],
                origin=found[i][1].origin,
            )
            for i in members
        ]
        got = coefficients(voices, copy=weights.copy, origin=weights.origin, topic=weights.topic)
        for i, share in zip(members, got, strict=True):
            shares[i] = share
    return tuple(
        item if share == item.coefficient else replace(item, coefficient=share)
        for (_, item), share in zip(found, shares, strict=True)
    )


def independent_items(items: Sequence[ChannelItem]) -> float:
    """How many independent items these are worth: each side of a channel's total over its largest item, summed."""
    sides: dict[tuple[str, str, int], list[tuple[float, float]]] = {}
    for item in items:
        size = shrink(item.size, trust(item.reliability, item.credibility))
        sides.setdefault((item.chance, item.channel, item.sign), []).append((size, item.coefficient))
    worth = 0.0
    for side in sides.values():
        largest = max(size for size, _ in side)
        worth += math.fsum(size * share for size, share in side) / largest if largest > 0 else 0.0
    return worth
