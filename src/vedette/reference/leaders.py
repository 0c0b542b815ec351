"""Leaders, ministers and commanders of states and organisations, with the role each held and when.

``leaders.csv`` is our own table of public facts, written for states that appear in intervention questions since about
2008. Dates are of taking and leaving office as publicly recorded; an empty end means in office at the time of writing.
Not exhaustive: who is missing is simply not recognised by name. Deputies, aides and spokespeople are listed only where
they speak for the state in crises. A first of the month can stand for a month known without its day; the day in office
decides between holders of a name only.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from importlib.resources import files


@dataclass(frozen=True, slots=True, kw_only=True)
class Leader:
    """One person in one office. ``code`` is an ISO3 code or the code of an organisation."""

    code: str
    names: tuple[str, ...]
    role: str
    start: date
    end: date | None

    def in_office(self, day: date) -> bool:
        """Whether the person held the office on ``day``."""
        return self.start <= day and (self.end is None or day <= self.end)


@lru_cache(maxsize=1)
def all_leaders() -> tuple[Leader, ...]:
    """Every row of the table."""
    text = files("vedette.reference").joinpath("leaders.csv").read_text(encoding="utf-8")
    return tuple(
        Leader(
            code=row["iso3"],
            names=tuple(row["names"].split(";")),
            role=row["role"],
            start=date.fromisoformat(row["start"]),
            end=date.fromisoformat(row["end"]) if row["end"] else None,
        )
        for row in csv.DictReader(text.splitlines())
    )


@lru_cache(maxsize=1)
def leaders_by_name() -> dict[str, tuple[Leader, ...]]:
    """Rows by every spelling of the name."""
    found: dict[str, tuple[Leader, ...]] = {}
    for leader in all_leaders():
        for name in leader.names:
            found[name] = (*found.get(name, ()), leader)
    return found


def leader_named(name: str, on: date) -> Leader | None:
    """Who bears ``name``: in office on that day first, else the latest who left before, else the first to come."""
    rows = leaders_by_name().get(name, ())
    if not rows:
        return None
    running = [r for r in rows if r.in_office(on)]
    if running:
        return running[0]
    past = [r for r in rows if r.start <= on]
    return max(past, key=lambda r: r.start) if past else min(rows, key=lambda r: r.start)


def holder_of(code: str, role: str, on: date) -> Leader | None:
    """Who holds ``role`` ("president") in a state or organisation on a day; None when the table does not say."""
    return next((r for r in all_leaders() if r.code == code and r.role == role and r.in_office(on)), None)
