"""Signals of the stored event streams for a case: read as of a day, shown, or recorded as readings of the case.

A recorded reading makes an assessment repeatable on a machine without the events, and leaves a trace of what the
streams said on the day. Nothing is recorded by itself.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from vedette.domain.case import Case, Option
from vedette.domain.claims import Posture
from vedette.domain.events import Event, EventQuery
from vedette.domain.indicators import SignalReading
from vedette.domain.time import AsOf
from vedette.errors import BadInput
from vedette.ports import CaseStore
from vedette.ports.events import EventStore
from vedette.warning.build_up import BEFORE_DAYS, RECENT_DAYS, Sighting
from vedette.warning.signals import Weeks, build_up_readings, longest, stream_readings, weeks_of
from vedette.warning.tempo import HISTORY_WEEKS
from vedette.workflows.open_case import stored_case

MOST_SIGHTINGS = 100_000
"""Located rows read for a build-up, the newest first: what is older adds nothing to six weeks. [assumption]"""
LATE_DAYS = 60
"""Days before the two spans of a build-up whose sightings may become known within them. [assumption]"""


def read_signals(events: EventStore, case: Case, cut: AsOf) -> tuple[SignalReading, ...]:
    """What the stored streams say of the options of a case by the end of a day. Rows cited as evidence are left out."""
    found: dict[str, Weeks] = {}
    readings: list[SignalReading] = []
    skipped: dict[str, int] = {}
    cited = cited_urls(case)
    for option in case.options:
        if option.posture is Posture.INVITED:
            continue
        weeks, skipped[option.id] = _weeks(events, option, cut, cited)
        if weeks is not None:
            found[option.id] = weeks
        sightings, without = _sightings(events, option, cut, cited)
        if sightings:
            source = "located events of the store"
            readings += build_up_readings(case, cut, sightings, source, without, only=option.id)
    return (*stream_readings(case, cut, found, skipped), *readings)


def cited_urls(case: Case) -> frozenset[str]:
    """Addresses of what is evidence already: the same reports are not counted again."""
    return frozenset(e.citation.url.rstrip("/") for e in case.evidence if e.citation is not None and e.citation.url)


def _weeks(events: EventStore, option: Option, cut: AsOf, cited: frozenset[str]) -> tuple[Weeks | None, int]:
    pair = (option.interveners[0], option.target)
    since = cut.date - dt.timedelta(days=7 * (HISTORY_WEEKS + 1) - 1)
    days = events.dyad_days(EventQuery(source=pair[0], target=pair[1], since=since, until=cut.date, as_of=cut))
    volumes = events.volume(since=since, until=cut.date, as_of=cut)
    skip: Counter[tuple[str, dt.date, str | None]] = Counter()
    if cited:
        week = cut.date - dt.timedelta(days=6)
        for row in events.query(EventQuery(source=pair[0], target=pair[1], since=week, until=cut.date, as_of=cut)):
            if (row.url or "").rstrip("/") in cited and row.occurred_at.start is not None:
                skip[row.dataset, row.occurred_at.start, row.root] += 1
    return longest(weeks_of(days, volumes, pair, cut.date, leave_out=skip)), sum(skip.values())


def _sightings(
    events: EventStore, option: Option, cut: AsOf, cited: frozenset[str]
) -> tuple[tuple[Sighting, ...], int]:
    since = cut.date - dt.timedelta(days=RECENT_DAYS + BEFORE_DAYS + LATE_DAYS)
    rows = events.query(
        EventQuery(
            source=option.interveners[0], roots=("MOBILIZE",), since=since, until=cut.date, as_of=cut,
            limit=MOST_SIGHTINGS,
        )
    )  # fmt: skip
    fine = (None, "point", "place")
    placed = [r for r in rows if r.lat is not None and r.lon is not None and r.place_precision in fine]
    fresh = [r for r in placed if (r.url or "").rstrip("/") not in cited]
    return tuple(_sighting(r) for r in fresh), len(placed) - len(fresh)


def _sighting(row: Event) -> Sighting:
    assert row.lat is not None and row.lon is not None
    return Sighting(
        id=f"{row.dataset}:{row.id}", day=row.occurred_at.start or row.available_at.date(), available=row.available_at,
        lat=row.lat, lon=row.lon, state=row.place_state, url=row.url or "",
    )  # fmt: skip


def record_signals(
    cases: CaseStore, case_id: str, readings: Sequence[SignalReading], *, author: str
) -> tuple[str, ...]:
    """Append readings to a case; those it has already change nothing. Ids of what was added."""
    with cases.transaction():
        case = stored_case(cases, case_id)
        have = {s.id: s for s in case.signals}
        fresh = [r for r in readings if r.id not in have]
        changed = [r.id for r in readings if r.id in have and have[r.id] != r]
        if changed:
            raise BadInput(
                f"{changed[0]} was recorded with another value: the events of that day have changed since",
                where=case_id, fix="What was recorded stays; read a later day",
            )  # fmt: skip
        if fresh:
            cases.revise(
                replace(case, signals=(*case.signals, *fresh)), author=author,
                reason=f"what event streams said on {fresh[0].at.date()}",
            )  # fmt: skip
        return tuple(r.id for r in fresh)
