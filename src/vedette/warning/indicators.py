"""States of a case's indicators as of a date, and what they are worth.

An indicator counts once, through one channel. One that is present because of reports that are evidence of the case
already adds nothing: they count. Absence counts only where the look was good enough to have seen it, and fades as the
look ages, unless somebody would tell without being asked (`WatchedIndicator.standing`). An event that was expected and
does not come speaks louder every day (METHOD 4.3.8).
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from vedette.assessment.channels import INDICATOR, SIGNAL, ChannelItem, LeftOut, framework_channel
from vedette.domain.case import Case
from vedette.domain.evidence import OPTION_CHANNEL
from vedette.domain.framework import Framework
from vedette.domain.indicators import Check, Collection, IndicatorState, SignalReading, WatchedIndicator
from vedette.domain.time import AsOf

# Days in which a look loses half its worth, where silence after it would not be noticed. [assumption]: METHOD 4.3.6
# gives threats and ultimatums 30 days.
LOOK_HALF_LIFE = 30.0
# Days after which a look is called old. [assumption]: half of it is gone.
STALE_DAYS = 30
# Days in which a reading of an event stream loses half its worth: an alert's half-life in METHOD 4.3.6.
SIGNAL_HALF_LIFE = 21.0
# A look is called due for an indicator whose lead time, or one month without one, has passed since the last.
_DUE_DAYS = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class IndicatorStatus:
    """An indicator as it stood on a day.

    ``since``: first of the unbroken run of looks that found this state; ``checked``: the last look. ``log_ratio``: what
    it says for its scenario then, None when it says nothing, with the ``reason``. ``overdue``: its time has passed.
    """

    indicator: WatchedIndicator
    state: IndicatorState
    since: dt.date | None
    checked: dt.date | None
    collection: Collection
    why: str
    source: str
    author: str
    evidence: tuple[str, ...]
    looks: int
    log_ratio: float | None
    reason: str
    stale: bool
    overdue: bool


def history(case: Case, name: str) -> tuple[Check, ...]:
    """All looks for an indicator in order of the time they speak for; later records of the same time come later."""
    return tuple(
        c for _, c in sorted(
            ((i, c) for i, c in enumerate(case.checks) if c.indicator == name),
            key=lambda x: (x[1].at, x[1].recorded_at or x[1].at, x[0]),
        )
    )  # fmt: skip


def statuses(case: Case, as_of: AsOf) -> tuple[IndicatorStatus, ...]:
    """Every indicator of a case as it stood at the end of a day; what became available later changes nothing.

    After the window looks are still shown, but nothing falls due and nothing fades any more.
    """
    known = case.known(as_of)
    counted = frozenset(e.id for e in known.accepted())
    day = min(as_of.date, case.deadline)
    return tuple(_status(i, history(known, i.id), day, counted) for i in known.indicators)


def _status(
    indicator: WatchedIndicator, looks: tuple[Check, ...], day: dt.date, accepted: frozenset[str]
) -> IndicatorStatus:
    last = looks[-1] if looks else None
    state = last.state if last is not None else IndicatorState.NOT_LOOKED
    since: dt.date | None = None
    for look in reversed(looks):
        if look.state is not state:
            break
        since = look.at.date()
    ratio, reason = _worth(indicator, looks, day, accepted)
    checked = last.at.date() if last is not None else None
    age = (day - checked).days if checked is not None else None
    expected = indicator.expected
    return IndicatorStatus(
        indicator=indicator, state=state, since=since, checked=checked,
        collection=last.collection if last is not None else Collection.NONE, why=last.why if last is not None else "",
        source=(last.source if last is not None else "") or indicator.collection,
        author=last.author if last is not None else indicator.author,
        evidence=last.evidence if last is not None else (), looks=len(looks), log_ratio=ratio, reason=reason,
        stale=age is not None and age > STALE_DAYS and not indicator.standing,
        overdue=expected is not None and expected.due(day) >= 1 and state is not IndicatorState.PRESENT,
    )  # fmt: skip


def decay(indicator: WatchedIndicator, look: Check, day: dt.date) -> float:
    """Share of its worth a look keeps: all of it where silence would be noticed or the time itself is counted."""
    if indicator.standing or indicator.expected is not None:
        return 1.0
    return float(2.0 ** (-max((day - look.at.date()).days, 0) / LOOK_HALF_LIFE))


def _worth(
    indicator: WatchedIndicator, looks: tuple[Check, ...], day: dt.date, accepted: frozenset[str]
) -> tuple[float | None, str]:
    """(log likelihood ratio on that day, or None, and why)."""
    if not looks:
        return None, "nobody has looked: not looked is not absent"
    last = looks[-1]
    if last.state in (IndicatorState.NOT_LOOKED, IndicatorState.UNKNOWN):
        return None, "the last look could not tell" if last.state is IndicatorState.UNKNOWN else "not looked at"
    if last.evidence:
        own = [e for e in last.evidence if e in accepted]
        if own:
            return None, f"{last.state.value}; the same reports count already as evidence ({', '.join(own)})"
        return None, f"{last.state.value} only through items that do not count ({', '.join(last.evidence)})"
    if last.state is IndicatorState.PRESENT:
        return indicator.log_ratio(present=True, day=day) * decay(indicator, last, day), "present"
    if last.collection is not Collection.GOOD:
        return None, f"absent, but collection was {last.collection.value}: absence of reports is no report of absence"
    until = day if indicator.standing else min(last.at.date(), day)
    expected = indicator.expected
    if expected is not None and expected.due(until) <= 0:
        return None, f"not due before {expected.start}"
    ratio = indicator.log_ratio(present=False, day=until) * decay(indicator, last, day)
    said = "expected and not there" if expected is not None else "a good look did not find it"
    return ratio, f"{said} ({last.why})"


def watched_items(
    case: Case, as_of: AsOf, framework: Framework
) -> tuple[tuple[ChannelItem, ...], tuple[LeftOut, ...]]:
    """Channel items of the indicators and signals of a case already cut at ``as_of``, and what cannot be read, and why.

    Indicators that say nothing on the day are no items left out: their state and its reason stand in `statuses`.
    """
    items: list[ChannelItem] = []
    left: list[LeftOut] = []
    for status in statuses(case, as_of):
        if status.log_ratio is None:
            continue
        made = _item(case, framework, status, as_of.date)
        if isinstance(made, LeftOut):
            left.append(made)
        else:
            items.append(made)
    for reading in latest_readings(case):
        if reading.log_ratio == 0:
            continue
        made = _signal(case, reading, as_of.date)
        if isinstance(made, LeftOut):
            left.append(made)
        else:
            items.append(made)
    return tuple(items), tuple(left)


def _item(case: Case, framework: Framework, status: IndicatorStatus, day: dt.date) -> ChannelItem | LeftOut:
    indicator, ratio = status.indicator, status.log_ratio
    assert ratio is not None and status.checked is not None
    name = f"{INDICATOR}{indicator.id}"
    channel = framework_channel(framework, indicator.condition)
    if channel is None:
        return LeftOut(evidence=name, reason=f"the framework {framework.id} does not read {indicator.condition}")
    moved = case.chance_moved(indicator.option, indicator.scenario, indicator.condition)
    if moved is None:
        return LeftOut(evidence=name, reason=f"scenario {indicator.scenario} moves no chance of {indicator.option}")
    full = indicator.log_ratio(
        present=status.state is IndicatorState.PRESENT, day=day if indicator.standing else min(status.checked, day)
    )
    share = ratio / full if full else 1.0
    return ChannelItem(
        evidence=name, chance=moved[0], channel=channel, actor=case.option(indicator.option).interveners[0],
        sign=moved[1] * (1 if ratio >= 0 else -1), size=abs(ratio), reliability=1.0, credibility=1.0, coefficient=1.0,
        origin=name, strength=status.state.value, age_days=(day - status.checked).days, decay=share,
        # An uncertain ratio is uncertain in proportion to what is left of it: a weak silence cannot swing far.
        log_sd=indicator.spread * min(abs(ratio), 1.0),
    )  # fmt: skip


def latest_readings(case: Case) -> tuple[SignalReading, ...]:
    """The last reading of each kind for each option; earlier ones are superseded, whatever their order in the file."""
    last: dict[tuple[str, str], SignalReading] = {}
    for reading in sorted(case.signals, key=lambda s: (s.at, s.id)):
        last[reading.option, reading.kind.value] = reading
    return tuple(last[k] for k in sorted(last))


def _signal(case: Case, reading: SignalReading, day: dt.date) -> ChannelItem | LeftOut:
    name = f"{SIGNAL}{reading.id}"
    moved = case.chance_moved(reading.option, reading.scenario, OPTION_CHANNEL)
    if moved is None:
        return LeftOut(evidence=name, reason=f"scenario {reading.scenario} moves no chance of {reading.option}")
    age = max((day - reading.at.date()).days, 0)
    kept = 2.0 ** (-age / SIGNAL_HALF_LIFE)
    return ChannelItem(
        evidence=name, chance=moved[0], channel=OPTION_CHANNEL, actor=case.option(reading.option).interveners[0],
        sign=moved[1] * (1 if reading.log_ratio > 0 else -1), size=abs(reading.log_ratio) * kept, reliability=1.0,
        credibility=1.0, coefficient=1.0,
        # All readings of one stream are one voice: they see the same reports.
        origin=f"{SIGNAL}{reading.source}", strength=reading.kind.value, age_days=age, decay=kept,
        log_sd=reading.spread * kept,
    )  # fmt: skip
