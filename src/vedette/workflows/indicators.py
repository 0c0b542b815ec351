"""Indicators of a case: as they stand, set, added, and made from what would be worth looking for."""

from __future__ import annotations

import datetime as dt
import difflib
import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from vedette.domain.case import Case
from vedette.domain.evidence import OPTION_CHANNEL
from vedette.domain.indicators import (
    Check,
    Collection,
    Expectation,
    IndicatorState,
    WatchedIndicator,
)
from vedette.domain.plain import to_plain
from vedette.domain.time import AsOf, instant
from vedette.errors import BadInput, UnknownName
from vedette.forecasting.what_if import HIT_RATE
from vedette.ports import CaseStore, Clock
from vedette.reference.frameworks import framework
from vedette.warning.indicators import IndicatorStatus, history, latest_readings, statuses
from vedette.workflows.conflicts import refuse_looked, refuse_taking_back
from vedette.workflows.open_case import stored_case


@dataclass(frozen=True, slots=True, kw_only=True)
class NewIndicator:
    """What a person says of an indicator. ``present``/``absent``: likelihood ratios, or ``expected`` instead."""

    observable: str
    scenario: str
    condition: str = OPTION_CHANNEL
    option: str = ""
    present: float | None = None
    absent: float | None = None
    expected: Expectation | None = None
    threshold: str = ""
    collection: str = ""
    lead_time_days: int | None = None
    standing: bool = False
    note: str = ""
    id: str = ""


def indicator_rows(case: Case, as_of: AsOf) -> tuple[dict[str, Any], ...]:
    """The indicators of a case on a day, as `vedette assess --json` and the brief give them."""
    known = case.known(as_of)
    return tuple(_row(known, s) for s in statuses(case, as_of))


def signal_rows(case: Case, as_of: AsOf) -> tuple[dict[str, Any], ...]:
    """The latest reading of each kind of event signal, for each option."""
    return tuple(to_plain(r) for r in latest_readings(case.known(as_of)))


def _row(known: Case, s: IndicatorStatus) -> dict[str, Any]:
    i = s.indicator
    return {
        "id": i.id, "observable": i.observable, "option": i.option, "scenario": i.scenario, "condition": i.condition,
        "threshold": i.threshold, "collection": i.collection, "lead_time_days": i.lead_time_days,
        "standing": i.standing, "likelihood_ratio": list(i.ratio) if i.ratio else None,
        "expected": to_plain(i.expected), "note": i.note, "citation": to_plain(i.citation), "state": s.state.value,
        "since": s.since.isoformat() if s.since else None, "checked": s.checked.isoformat() if s.checked else None,
        "collection_was": s.collection.value, "why": s.why, "source": s.source, "author": s.author,
        "evidence": list(s.evidence), "looks": s.looks, "log_ratio": s.log_ratio, "reason": s.reason,
        "stale": s.stale, "overdue": s.overdue,
        "history": [
            {
                "state": c.state.value, "at": c.at.date().isoformat(), "collection": c.collection.value, "why": c.why,
                "source": c.source, "author": c.author, "evidence": list(c.evidence), "retrospective": c.retrospective,
            }
            for c in history(known, i.id)
        ],
    }  # fmt: skip


def set_state(
    store: CaseStore, clock: Clock, case_id: str, indicator: str, state: str, *, author: str, collection: str = "",
    why: str = "", source: str = "", on: dt.date | None = None, evidence: Sequence[str] = (), seen: str | None = None,
) -> Case:  # fmt: skip
    """Append a look: what it found, from when that counts. An earlier look stays; the new one replaces what it says.

    ``seen``: how many looks there were when it was decided to add this one; raises `EditConflict` when there are more.

    ``on``: the day on which it could be known (default: today); a look told later than that is marked retrospective.
    """
    now = clock.now()
    found = _member(IndicatorState, "state", state)
    if on is not None and on > now.date():
        raise BadInput(f"{on} has not come yet", fix="A look speaks for the day it was made, or an earlier one")
    quality = _member(Collection, "collection", collection or _default_quality(found, why))
    with store.transaction():
        case = stored_case(store, case_id)
        known = {e.id for e in case.evidence}
        for name in evidence:
            if name not in known:
                raise UnknownName("evidence", name, nearest=difflib.get_close_matches(name, known, n=3, cutoff=0.3))
        chosen = case.indicator(indicator)
        refuse_looked(case, chosen.id, seen)
        # A look of today counts from now; one told of a past day counts from that day, as its own record.
        at = now if on is None or on == now.date() else instant(on)
        if at < chosen.added:
            raise BadInput(
                f"{chosen.id} has been watched since {chosen.added.date()}: nothing can be said of {at.date()}",
                fix="Give a later day, or add the indicator with --since",
            )
        check = Check(
            indicator=chosen.id, state=found, at=at, author=author, collection=quality, why=why, source=source,
            evidence=tuple(evidence), recorded_at=now,
        )  # fmt: skip
        changed = replace(case, checks=(*case.checks, check))
        store.revise(changed, author=author, reason=f"{chosen.id} is {found.value}")
        return store.load(case.id)


def take_back(
    store: CaseStore, clock: Clock, case_id: str, indicator: str, *, author: str, why: str, of: str = ""
) -> Case:
    """Undo the last look for an indicator: what stood before it counts again, from now. Nothing is erased.

    ``of``: whose look it is, when it is somebody else's. Raises `EditConflict`, saying who looked, when and what they
    found, when the last look is neither the author's nor of the one named.
    """
    with store.transaction():
        case = stored_case(store, case_id)
        looks = history(case, case.indicator(indicator).id)
        if not looks:
            raise BadInput(f"nobody has looked for {indicator} yet", where=case_id)
        if looks[-1].author not in (author, of):
            refuse_taking_back(case, looks[-1])
        before = looks[-2] if len(looks) > 1 else None
        now = clock.now()
        check = (
            replace(before, at=now, author=author, why=why or before.why, recorded_at=now)
            if before is not None
            else Check(
                indicator=indicator, state=IndicatorState.NOT_LOOKED, at=now, author=author, why=why, recorded_at=now
            )
        )
        store.revise(
            replace(case, checks=(*case.checks, check)), author=author, reason=f"took back a look for {indicator}"
        )
        return store.load(case.id)


def _default_quality(state: IndicatorState, why: str) -> str:
    """Seeing is proof of a good look; not seeing is so only when it is said why."""
    if state is IndicatorState.PRESENT or (state is IndicatorState.ABSENT and why.strip()):
        return Collection.GOOD.value
    return Collection.PARTIAL.value if state is IndicatorState.ABSENT else Collection.NONE.value


def _member(kind: Any, name: str, text: str) -> Any:
    word = text.strip().casefold().replace("-", "_").replace(" ", "_")
    valid = [m.value for m in kind]
    if word not in valid:
        near = difflib.get_close_matches(word, valid, n=1, cutoff=0.4)
        raise UnknownName(name, text, nearest=near or valid)
    return kind(word)


def add_indicator(
    store: CaseStore, clock: Clock, case_id: str, new: NewIndicator, *, author: str, since: dt.date | None = None
) -> tuple[Case, WatchedIndicator]:
    """Watch one more thing. ``since``: from when it counts (default: now)."""
    with store.transaction():
        case = stored_case(store, case_id)
        made = _made(case, new, author, instant(since) if since is not None else clock.now())
        store.revise(
            replace(case, indicators=(*case.indicators, made)), author=author, reason=f"watches {made.id} from now on"
        )
        return store.load(case.id), made


def _made(case: Case, new: NewIndicator, author: str, added: dt.datetime) -> WatchedIndicator:
    option = case.option(new.option).id if new.option else case.options[0].id
    scenario = case.scenario_set.scenario(new.scenario).id
    condition = new.condition
    if condition != OPTION_CHANNEL:
        condition = framework(case.framework).condition(condition).id
    if case.chance_moved(option, scenario, condition) is None:
        raise BadInput(f"{condition} of option {option} moves nothing for {scenario}", where=case.id)
    ratio = None
    if new.expected is None:
        if new.present is None:
            raise BadInput(
                "nothing says what seeing it is worth",
                fix="Give --present RATIO (2 = seen twice as often), or --expect",
            )
        ratio = (new.present, new.absent if new.absent is not None else round(absent_ratio(new.present), 3))
    return WatchedIndicator(
        id=new.id or _free_id(case, new.observable), observable=new.observable, option=option, scenario=scenario,
        condition=condition, threshold=new.threshold, collection=new.collection, added=added, ratio=ratio,
        expected=new.expected, lead_time_days=new.lead_time_days, standing=new.standing, author=author, note=new.note,
    )  # fmt: skip


def absent_ratio(present: float) -> float:
    """The likelihood ratio of a good look that finds nothing, given that of finding it: ``(1 - h) / (1 - f)``.

    ``h`` is the hit rate, how often it is seen where it is likelier, one half by assumption (what_if.HIT_RATE);
    ``f = h / ratio`` how often it is seen in the other case.
    """
    strength = max(present, 1 / present)
    silence = (1 - HIT_RATE) / (1 - HIT_RATE / strength)
    return silence if present > 1 else 1 / silence


def _free_id(case: Case, text: str) -> str:
    words = "".join(c if c.isascii() and c.isalnum() else " " for c in text.casefold()).split()
    stem = "-".join(words[:5]) or "indicator"
    taken = {i.id for i in case.indicators}
    return next(n for n in (stem, *(f"{stem}-{k}" for k in range(2, len(taken) + 3))) if n not in taken)


def suggestions(case: Case, worth_looking: Sequence[Any]) -> tuple[dict[str, Any], ...]:
    """The ranking of what is worth looking for, without what the case watches already (same observable)."""
    watched = {(i.observable.casefold(), i.scenario) for i in case.indicators}
    rows = sorted(worth_looking, key=lambda o: (-o["expected_move"], o["indicator"], o["scenario"]))
    return tuple(dict(o) for o in rows if (o["observable"].casefold(), o["scenario"]) not in watched)


def watch_suggested(
    store: CaseStore, clock: Clock, case_id: str, worth_looking: Sequence[Any], names: Sequence[str], *, author: str
) -> tuple[WatchedIndicator, ...]:
    """Add suggestions by the id of their indicator, with the ratios the ranking was made with."""
    with store.transaction():
        case = stored_case(store, case_id)
        open_ones = suggestions(case, worth_looking)
        made: list[WatchedIndicator] = []
        for name in dict.fromkeys(names):
            rows = [o for o in open_ones if o["indicator"] == name]
            if not rows:
                ids = list(dict.fromkeys(o["indicator"] for o in open_ones))
                raise UnknownName("suggestion", name, nearest=difflib.get_close_matches(name, ids, n=3, cutoff=0.3))
            o = rows[0]
            option = next(c.option for c in case.scenario_set.chances if c.id == o["chance"])
            chosen = next(
                (p.id for p in case.options if case.chance_moved(p.id, o["scenario"], o["condition"])), option
            )
            new = NewIndicator(
                observable=o["observable"], scenario=o["scenario"], condition=o["condition"], option=chosen,
                present=round(math.exp(o["log_ratio"]), 3), collection=o["collection"],
                lead_time_days=o["lead_time_days"], id=name if name not in {i.id for i in case.indicators} else "",
                note="from the ranking of what would be worth looking for; its ratio is the method's, not yet measured",
            )  # fmt: skip
            indicator = _made(case, new, author, clock.now())
            case = replace(case, indicators=(*case.indicators, indicator))
            made.append(indicator)
        store.revise(case, author=author, reason=f"watches {', '.join(i.id for i in made)}")
        return tuple(made)
