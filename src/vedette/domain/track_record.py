"""What analysts forecast before, and what happened: the part of a workspace's past that can weigh them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from vedette.errors import BadInput


@dataclass(frozen=True, slots=True, kw_only=True)
class PastForecast:
    """One forecast of a question that was resolved later, made in time.

    ``analyst`` is empty for the forecast of a program, a crowd or the author of a framework: only its base rate is of
    use. ``as_of``: the day it speaks for. ``known_at``: when it was made and recorded here, the later of the two.
    ``stated``: whether the base rate was given, or is even odds for want of one.
    """

    analyst: str
    as_of: dt.date
    known_at: dt.datetime
    distribution: Mapping[str, float]
    base_rate: Mapping[str, float]
    stated: bool = True

    def __post_init__(self) -> None:
        if self.known_at.tzinfo is None:
            raise BadInput("the time of a forecast needs a time zone", where=self.analyst)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """A resolution. ``atom`` is None when the question was void. ``last_day``: the last one without the answer."""

    atom: str | None
    known_at: dt.datetime
    last_day: dt.date

    def __post_init__(self) -> None:
        if self.known_at.tzinfo is None:
            raise BadInput("the time of a resolution needs a time zone", where=self.atom or "void")


@dataclass(frozen=True, slots=True, kw_only=True)
class PastQuestion:
    """A resolved question. A later ending replaces an earlier one from the time it is known."""

    id: str
    atoms: tuple[str, ...]
    deadline: dt.date
    endings: tuple[Ending, ...]
    told: tuple[PastForecast, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TrackRecord:
    """All resolved questions of a workspace.

    ``too_late``: when forecasts were recorded that were written down after the day they speak for: they teach nothing
    and are counted. ``fault``: why the ledger cannot be used, empty when it holds.
    """

    questions: tuple[PastQuestion, ...] = ()
    too_late: tuple[dt.datetime, ...] = ()
    fault: str = ""
