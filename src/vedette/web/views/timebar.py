"""The date control above the pages of a case: the page at another day is another address."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Final

from vedette.domain.case import Case
from vedette.domain.time import AsOf
from vedette.reporting.labels import day_text
from vedette.web.views.address import address

DAY: Final = dt.timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeBar:
    """``before`` and ``after`` are empty at the ends of the window; ``now`` is empty when the page is there already."""

    action: str
    day: str
    shown: str
    first: str
    last: str
    before: str
    after: str
    now: str
    fields: tuple[tuple[str, str], ...]
    hidden: int


def time_bar(case: Case, day: AsOf, usual: dt.date, path: str, query: dict[str, str]) -> TimeBar:
    """The control for a page at ``path`` whose other parameters are ``query``. ``usual``: the day without a choice."""
    first = min([case.opened, day.date, *(d.times.available_at.date() for d in case.documents)])
    carried = {k: v for k, v in query.items() if k != "as_of"}

    def to(other: dt.date) -> str:
        return address(path, as_of=other.isoformat(), **carried)

    late = sum(not day.admits(e.times.available_at) for e in case.evidence)
    return TimeBar(
        action=path, day=str(day), shown=f"{day.date:%A} {day_text(day.date)}", first=first.isoformat(),
        last=case.deadline.isoformat(), before=to(day.date - DAY) if day.date > first else "",
        after=to(day.date + DAY) if day.date < case.deadline else "",
        now=address(path, **carried) if day.date != usual else "",
        fields=tuple((k, v) for k, v in carried.items() if v), hidden=late,
    )  # fmt: skip
