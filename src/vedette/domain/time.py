"""Instants, cut-offs and date intervals. All instants are timezone-aware UTC."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from vedette.errors import DateRefused

UTC = dt.UTC


def parse_date(text: str, *, where: str = "") -> dt.date:
    """Read an ISO date (``YYYY-MM-DD``); raises `DateRefused` saying what is wrong."""
    try:
        return dt.date.fromisoformat(text.strip())
    except (ValueError, AttributeError) as error:
        raise DateRefused(f"{text!r} is not a date", where=where, fix="Write it as YYYY-MM-DD") from error


def instant(value: dt.date | dt.datetime | str, *, where: str = "") -> dt.datetime:
    """An aware UTC instant. A bare date means 00:00 UTC of that day; a naive datetime is refused."""
    if isinstance(value, str):
        try:
            value = dt.datetime.fromisoformat(value) if len(value) > 10 else parse_date(value, where=where)
        except ValueError as error:
            raise DateRefused(f"{value!r} is not a date or time", where=where, fix="Write it as YYYY-MM-DD") from error
    if isinstance(value, dt.datetime):
        if value.tzinfo is None:
            raise DateRefused(f"{value.isoformat()} has no time zone", where=where, fix="Add +00:00 for UTC")
        return value.astimezone(UTC)
    return dt.datetime(value.year, value.month, value.day, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class AsOf:
    """The cut-off of knowledge: the end of one UTC day.

    `admits` is the only place in the product where an available-at is compared with a cut-off.
    """

    date: dt.date

    @classmethod
    def of(cls, value: AsOf | dt.date | str) -> AsOf:
        """From an AsOf, a date or an ISO date string."""
        if isinstance(value, AsOf):
            return value
        if isinstance(value, dt.datetime):
            return cls(date=value.astimezone(UTC).date())
        return cls(date=parse_date(value) if isinstance(value, str) else value)

    @property
    def cutoff(self) -> dt.datetime:
        """First instant that is *not* known any more."""
        return instant(self.date) + dt.timedelta(days=1)

    def admits(self, available_at: dt.datetime) -> bool:
        """Whether a record available at that instant was known by the end of this day."""
        return available_at < self.cutoff

    def __str__(self) -> str:
        return self.date.isoformat()


@dataclass(frozen=True, slots=True, kw_only=True)
class DateInterval:
    """Days ``start`` to ``end``, both included; ``None`` at an end means open."""

    start: dt.date | None
    end: dt.date | None

    def __post_init__(self) -> None:
        if self.start is not None and self.end is not None and self.end < self.start:
            raise DateRefused(f"interval ends ({self.end}) before it starts ({self.start})")

    @property
    def iso(self) -> str:
        """``YYYY``, ``YYYY-MM`` or ``YYYY-MM-DD`` where the interval is exactly that, else ``start/end``."""
        s, e = self.start, self.end
        if s is None or e is None:
            return f"{s.isoformat() if s else '..'}/{e.isoformat() if e else '..'}"
        if s == e:
            return s.isoformat()
        month_end = (s.replace(day=28) + dt.timedelta(days=4)).replace(day=1) - dt.timedelta(days=1)
        if s.day == 1 and e == month_end:
            return f"{s.year:04d}-{s.month:02d}"
        if (s.month, s.day, e.month, e.day) == (1, 1, 12, 31) and s.year == e.year:
            return f"{s.year:04d}"
        return f"{s.isoformat()}/{e.isoformat()}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Times:
    """The four times of a record. Only ``available_at`` is ever compared with an as-of date.

    occurred_at: when the thing happened, as an interval, if known. published_at: when the source published it.
    available_at: when the record could first be known to an analyst. recorded_at: when it entered the case.
    """

    occurred_at: DateInterval | None = None
    published_at: dt.datetime | None = None
    available_at: dt.datetime
    recorded_at: dt.datetime | None = None

    def __post_init__(self) -> None:
        for name in ("published_at", "available_at", "recorded_at"):
            value = getattr(self, name)
            if value is not None and value.tzinfo is None:
                raise DateRefused(f"{name} {value.isoformat()} has no time zone", fix="Use UTC")
        if self.published_at is not None and self.available_at < self.published_at:
            raise DateRefused(
                f"available ({self.available_at.date()}) before published ({self.published_at.date()})",
                fix="A record is available on or after the day it is published",
            )
