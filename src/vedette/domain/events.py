"""Coded events: who did what to whom, where and when, as one source coded it; and questions about them.

An event is one row of an event data set, not a fact: coders err, and the same act is coded many times. A count that is
None was not reported, which is not zero; a day without rows is a day without reports, which is not peace.
"""

from __future__ import annotations

import datetime as dt
import math
import re
from dataclasses import dataclass
from typing import Literal

from vedette.domain.plain import to_plain
from vedette.domain.time import AsOf, DateInterval
from vedette.errors import BadInput

Kind = Literal["event", "mention", "report"]
"""event: a coded act. mention: one report of an event. report: one document with its themes, no act coded."""

TIME_PRECISIONS = ("minute", "day", "week", "month", "year")
PLACE_PRECISIONS = ("point", "place", "admin", "country")
_STATE = re.compile(r"[A-Z]{3}\Z")


@dataclass(frozen=True, slots=True, kw_only=True)
class Provenance:
    """Where a row comes from: the source, the file as given, the line of the file (from 1), the file's SHA-256."""

    dataset: str
    file: str
    row: int | None
    digest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One row as one source coded it; ``id`` is the source's own.

    ``root`` is the PLOVER class and ``quad`` its number from 1 to 4, None when the source's code has no class there.
    ``source`` and ``target`` are ISO 3166 letters of the states acting and acted upon, None when the actor belongs to
    none that is known; ``source_actor`` and ``target_actor`` are what the data set wrote. ``tone``: average tone of the
    reports, -100 to 100. ``intensity``: Goldstein scale, -10 to 10. ``confidence``: 0 to 1. Counts that are None were
    not reported.
    """

    dataset: str
    kind: Kind
    id: str
    code: str | None
    ontology: str | None
    root: str | None
    quad: int | None
    source: str | None
    target: str | None
    source_actor: str | None
    target_actor: str | None
    occurred_at: DateInterval
    time_precision: str
    published_at: dt.datetime | None
    available_at: dt.datetime
    recorded_at: dt.datetime
    place: str | None
    place_state: str | None
    lat: float | None
    lon: float | None
    place_precision: str | None
    intensity: float | None
    tone: float | None
    mentions: int | None
    sources: int | None
    articles: int | None
    fatalities: int | None
    fatalities_low: int | None
    fatalities_high: int | None
    confidence: float | None
    refers_to: str | None
    tags: str | None
    url: str | None
    provenance: Provenance

    def to_dict(self) -> dict[str, object]:
        """As JSON."""
        names = [name for name in self.__dataclass_fields__ if name != "occurred_at"]
        plain = {name: to_plain(getattr(self, name)) for name in names}
        first, last = self.occurred_at.start, self.occurred_at.end
        return {**plain, "occurred_from": to_plain(first), "occurred_to": to_plain(last)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Circle:
    """Everything within ``km`` kilometres of a point (degrees north and east, WGS84; great circle)."""

    lat: float
    lon: float
    km: float

    def __post_init__(self) -> None:
        if not (-90 <= self.lat <= 90 and -180 <= self.lon <= 180):
            raise BadInput(f"{self.lat}, {self.lon} is not a place", fix="Latitude -90 to 90, longitude -180 to 180")
        if not (0 < self.km < math.inf):
            raise BadInput(f"{self.km} is not a distance in kilometres", fix="Give a number above 0")


@dataclass(frozen=True, slots=True, kw_only=True)
class EventQuery:
    """Which events. Every condition that is given must hold.

    ``source``/``target``: states acting and acted upon; with ``both_ways`` also the other way round. ``roots``: PLOVER
    classes. ``since``/``until``: days on which the event (its first day) happened, both included. ``as_of``: only the
    versions of rows available by the end of that day; None: everything stored, in its newest version. ``near`` or
    ``place_state``: where. ``after_batch``: only rows of later batches, for those who watch. ``limit``: newest first.
    """

    source: str | None = None
    target: str | None = None
    both_ways: bool = False
    roots: tuple[str, ...] = ()
    since: dt.date | None = None
    until: dt.date | None = None
    as_of: AsOf | None = None
    near: Circle | None = None
    place_state: str | None = None
    datasets: tuple[str, ...] = ()
    kinds: tuple[Kind, ...] = ("event",)
    after_batch: int = 0
    limit: int | None = None

    def __post_init__(self) -> None:
        for code in (self.source, self.target, self.place_state):
            if code is not None and not _STATE.match(code):
                raise BadInput(f"{code!r} is not a state code of three letters", fix="For example RUS")
        if self.since is not None and self.until is not None and self.until < self.since:
            raise BadInput(f"the time asked about ends ({self.until}) before it starts ({self.since})")
        if self.limit is not None and self.limit < 1:
            raise BadInput(f"a limit of {self.limit} events", fix="Give 1 or more")


@dataclass(frozen=True, slots=True, kw_only=True)
class DyadDay:
    """Events of one class by one state against another on one day, in one data set.

    ``source`` or ``target`` None: the actor belongs to no known state. ``root`` None: no PLOVER class. ``mentions`` and
    ``fatalities`` are sums over the rows that report them, None when none does.
    """

    dataset: str
    day: dt.date
    source: str | None
    target: str | None
    root: str | None
    events: int
    mentions: int | None
    fatalities: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class DayVolume:
    """All events of one data set on one day: what counts are divided by, since reporting grows and fails."""

    dataset: str
    day: dt.date
    events: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """Days, both included, from which a data set has no row between days from which it has."""

    first: dt.date
    last: dt.date

    @property
    def days(self) -> int:
        """How many days."""
        return (self.last - self.first).days + 1


@dataclass(frozen=True, slots=True, kw_only=True)
class FileFailure:
    """A file that could not be read, and why; ``at`` is when it was last tried."""

    dataset: str
    file: str
    reason: str
    at: dt.datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Forgotten:
    """A file that could not be read, and that a person said need not be: no answer is short for want of it."""

    dataset: str
    file: str
    reason: str
    failed_at: dt.datetime
    forgotten_at: dt.datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """What is there of one data set, as of a day or altogether.

    ``expected_lag_days``: days after an event by which the source says it publishes. ``stale``: the newest row is older
    than that allows. ``failures``: files that could not be read. ``rejected``: malformed rows kept aside.
    """

    dataset: str
    events: int
    first_day: dt.date | None
    last_day: dt.date | None
    newest_available: dt.datetime | None
    files: int
    failures: tuple[FileFailure, ...]
    rejected: int
    corrected: int
    gaps: tuple[Gap, ...]
    expected_lag_days: int
    stale: bool

    @property
    def truncated(self) -> bool:
        """Whether something is known to be missing."""
        return bool(self.failures)


@dataclass(frozen=True, slots=True, kw_only=True)
class RejectedRow:
    """A malformed row kept aside: file, line, column, the cell, why, and the whole line as far as it could be read."""

    dataset: str
    file: str
    line: int | None
    column: str
    cell: str
    reason: str
    text: str
