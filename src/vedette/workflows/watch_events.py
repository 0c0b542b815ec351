"""Coded events between two states, watched: a week that is unusual for the pair is news, once.

A pair's week is compared with the pair's own past and with the volume of reporting (`vedette.warning.tempo`), so that
a data set that reports more of everything is no news, and one that reports nothing is no calm.
"""

from __future__ import annotations

import datetime as dt
import math
import threading
import time
from collections.abc import Mapping, Sequence

from vedette.domain.alerts import NewItem
from vedette.domain.claims import Strength
from vedette.domain.events import DayVolume, DyadDay, Event, EventQuery
from vedette.errors import VedetteError
from vedette.ports.events import EventStore
from vedette.ports.watching import Poll
from vedette.warning.tempo import HISTORY_WEEKS, Tempo, surprise
from vedette.workflows.watch import Asked

UNUSUAL = 3.0
"""Surprise, in standard deviations of a normal, from which a week is told: 1 in 740 quiet weeks by chance alone."""
VERY_UNUSUAL = 4.5
"""From here on it is told as strong, once more if it was told as unusual before, never the other way. [assumption]"""
FRESH = 0.1
"""Seconds for which the number of the last batch is taken as known. [assumption]"""
MOST_ROWS = 200_000
"""New rows looked at in one go; a larger batch is a back-fill of the past, not news. [assumption]"""


class EventWatcher:
    """Asks the event store what is new for a pair. One question to the store serves all pairs of a batch."""

    def __init__(self, events: EventStore) -> None:
        self._events = events
        self._lock = threading.Lock()
        self._batch: tuple[int, int, Mapping[tuple[str, str], Sequence[Event]]] | None = None
        self._newest_at = (-math.inf, 0)
        self._volumes: dict[tuple[str, dt.date], Sequence[DayVolume]] = {}

    def ask(self, asked: Asked) -> Poll:
        """New rows of the pair since the last look, as news where their week is unusual."""
        try:
            with self._lock:
                return self._ask(asked)
        except VedetteError as error:
            return Poll(error=str(error))

    def _ask(self, asked: Asked) -> Poll:
        newest = self._newest()
        cursor = asked.state.cursor if asked.state is not None else ""
        if not cursor:
            return Poll(cursor=str(newest))  # what is there already is the past, not news
        if newest <= int(cursor):
            return Poll(unchanged=True)
        one, other = asked.watch.address.split(":")
        rows = self._after(int(cursor), newest)
        fresh = [*rows.get((one, other), ()), *rows.get((other, one), ())]
        return Poll(cursor=str(newest), news=self._news(fresh), alive=True)

    def _newest(self) -> int:
        """Number of the last batch, asked once for all pairs that are asked about together."""
        if time.monotonic() - self._newest_at[0] > FRESH:
            self._newest_at = time.monotonic(), self._events.newest_batch()
        return self._newest_at[1]

    def _after(self, cursor: int, newest: int) -> Mapping[tuple[str, str], Sequence[Event]]:
        """Rows of later batches by (source, target)."""
        if self._batch is None or self._batch[:2] != (cursor, newest):
            found: dict[tuple[str, str], list[Event]] = {}
            for row in self._events.query(EventQuery(after_batch=cursor, limit=MOST_ROWS)):
                if row.source and row.target and row.root:
                    found.setdefault((row.source, row.target), []).append(row)
            self._batch = cursor, newest, found
            self._volumes.clear()
        return self._batch[2]

    def _news(self, rows: Sequence[Event]) -> tuple[NewItem, ...]:
        groups: dict[tuple[str, str, str, str], list[Event]] = {}
        for row in rows:
            if row.source and row.target and row.root:
                groups.setdefault((row.dataset, row.source, row.target, row.root), []).append(row)
        found = []
        for (dataset, source, target, root), new in sorted(groups.items()):
            last = max(day for day in (r.occurred_at.end or r.occurred_at.start for r in new) if day is not None)
            week = self._week(dataset, source, target, root, last)
            found.append(_item(dataset, source, target, root, last, week, new))
        return tuple(found)

    def _volume(self, dataset: str, since: dt.date, last: dt.date) -> Sequence[DayVolume]:
        """Volume of reporting, asked once a batch for all pairs."""
        key = dataset, last
        if key not in self._volumes:
            self._volumes[key] = self._events.volume(since=since, until=last, datasets=(dataset,))
        return self._volumes[key]

    def _week(self, dataset: str, source: str, target: str, root: str, last: dt.date) -> Tempo:
        """The seven days to ``last`` against the weeks before."""
        since = last - dt.timedelta(days=7 * (HISTORY_WEEKS + 1) - 1)
        days = self._events.dyad_days(
            EventQuery(source=source, target=target, roots=(root,), since=since, until=last, datasets=(dataset,))
        )
        volume = self._volume(dataset, since, last)
        counts = _weekly({d.day: d.events for d in _of(days, source, target)}, since)
        volumes = _weekly({v.day: v.events for v in volume}, since)
        return surprise(counts[:-1], volumes[:-1], counts[-1], volumes[-1])


def _below(one: Strength, other: Strength) -> bool:
    order = list(Strength)
    return order.index(one) < order.index(other)


def _of(days: Sequence[DyadDay], source: str, target: str) -> Sequence[DyadDay]:
    return [d for d in days if d.source == source and d.target == target]


def _weekly(by_day: Mapping[dt.date, int], since: dt.date) -> list[float]:
    """Sums of seven days from ``since`` on, the last week complete."""
    weeks = [0.0] * (HISTORY_WEEKS + 1)
    for day, n in by_day.items():
        weeks[(day - since).days // 7] += n
    return weeks


def _item(
    dataset: str, source: str, target: str, root: str, last: dt.date, week: Tempo, new: Sequence[Event]
) -> NewItem:
    strength = Strength.WEAK
    if week.z is not None and week.z >= UNUSUAL:
        strength = Strength.STRONG if week.z >= VERY_UNUSUAL else Strength.MODERATE
    against = (
        f"{week.expected:.1f} expected from {week.weeks} weeks and the volume of reporting (surprise {week.z:.1f})"
        if week.z is not None and week.expected is not None
        else f"nothing to compare with ({week.reason})"
    )
    year, number, _ = last.isocalendar()
    subject = f"events|{dataset}|{source}|{target}|{root}|{year}-{number}"
    return NewItem(
        id=f"{dataset} {source}-{target} {root} {last}",
        subject=f"{subject}|{strength}",
        claim=f"{source} to {target}, {root}: {week.observed:.0f} events in the 7 days to {last}, {against}",
        attribution=dataset, bears="", strength=strength, url=next((r.url for r in new if r.url), "") or "",
        proposal=False, implies=tuple(f"{subject}|{s}" for s in Strength if _below(s, strength)),
    )  # fmt: skip
