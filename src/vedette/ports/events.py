"""What the workflows ask of the store of coded events.

Readers never wait for a writer, and see every batch whole or not at all. Nothing that became available after a cut-off
may change an answer for it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from typing import Protocol

from vedette.domain.events import (
    Coverage,
    DayVolume,
    DyadDay,
    Event,
    EventQuery,
    FileFailure,
    Forgotten,
    RejectedRow,
)  # fmt: skip
from vedette.domain.time import AsOf


class EventStore(Protocol):
    """Coded events of all data sets in one typed table, with every version of a corrected row."""

    def query(self, query: EventQuery) -> Sequence[Event]:
        """Events that pass, newest first (first day, then data set and id); one version each."""
        ...

    def count(self, query: EventQuery) -> int:
        """How many pass; ``limit`` is ignored."""
        ...

    def dyad_days(self, query: EventQuery) -> Sequence[DyadDay]:
        """Daily counts by data set, pair and class, in order of the day.

        Only source, target, both_ways, roots, since, until, as_of and datasets may be set; raises `BadInput` otherwise.
        Days without events are not in it.
        """
        ...

    def volume(
        self, *, since: dt.date | None = None, until: dt.date | None = None, as_of: AsOf | None = None,
        datasets: Sequence[str] = (),
    ) -> Sequence[DayVolume]:
        """All events by data set and day, in order of the day: the denominator of every tempo."""
        ...

    def coverage(self, *, as_of: AsOf | None = None, today: dt.date | None = None) -> Sequence[Coverage]:
        """What is there, by data set; ``today`` (default: the as-of day) decides what is stale."""
        ...

    def failures(self, *, as_of: AsOf | None = None) -> tuple[int, Sequence[FileFailure]]:
        """How many files were asked for so far, and those of them that could not be read; quicker than `coverage`."""
        ...

    def forgotten(self) -> Sequence[Forgotten]:
        """Failures that a person said need not be mended, in the order in which that was said."""
        ...

    def newest_batch(self) -> int:
        """Number of the last committed batch, 0 when there is none; for ``EventQuery.after_batch``."""
        ...

    def rejected(self, dataset: str | None = None, *, limit: int | None = None) -> Iterator[RejectedRow]:
        """Malformed rows kept aside, in order of file and line."""
        ...
