"""The one border between what was known and what was not: ``as_of``."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Literal

from vedette.errors import DateRefused
from vedette.panel.table import Panel, PanelColumn

Basis = Literal["lag", "edition"]


def latest_known_row(column: PanelColumn, day: date, first_year: int, last_year: int) -> int | None:
    """The last row year whose value in this column was known on ``day``; None when not even the first was."""
    known = [year for year in range(first_year, last_year + 1) if column.available_from(year) <= day]
    return known[-1] if known else None


def as_of(panel: Panel, day: date, *, basis: Basis = "lag") -> Panel:
    """The panel as it could have stood on ``day``: every value that became available later is missing.

    Rows after the year that begins next (for a forecast on 31 December of t-1: after t) are gone, and of that
    year only pairs remain that already were states together on ``day``: who will exist is not known either.
    Build with ``timing="known"`` for a replay: then the choice of relevant pairs, too, uses only what was known
    before the year, and every covariate of the coming year is there to forecast with.
    ``basis`` "lag": a value counts as known once the fact was public (each source's lag). "edition": only once
    the edition read here was published; a source whose release day is not known is missing throughout.
    Idempotent, and order does not matter: as_of(as_of(p, a), b) = as_of(p, min(a, b)).
    Raises ``DateRefused`` when ``day`` lies before everything the panel holds.
    """
    horizon = (day + timedelta(days=1)).year
    if horizon < panel.first_year:
        raise DateRefused(
            f"the panel begins in {panel.first_year}: nothing in it was known on {day}",
            fix=f"Give a date from {panel.first_year - 1}-12-31 on",
        )
    last = min(panel.last_year, horizon)
    base = f"{panel.base}_asof_{day:%Y%m%d}"
    there = [
        f"EXISTS (FROM all_state_days s WHERE s.ccode = d.ccode{side} "
        f"AND DATE '{day}' BETWEEN s.first_day AND s.last_day)"
        for side in (1, 2)
    ]
    panel.connection.execute(
        f"CREATE OR REPLACE TABLE {base} AS FROM {panel.base} d WHERE d.year < {horizon} OR "
        f"(d.year = {horizon} AND {' AND '.join(there)})"
    )
    added = []
    for item in panel.added:
        masked = tuple(
            (column, _masked(column, expression, day, basis, (panel.first_year, last)))
            for column, expression in item.expressions
        )
        added.append(replace(item, expressions=masked))
    return replace(panel, base=base, last_year=last, added=tuple(added))


def _masked(column: PanelColumn, expression: str, day: date, basis: Basis, years: tuple[int, int]) -> str:
    if column.static:
        return expression
    if basis == "edition" and column.sources != ("reference.states",):
        released = column.lag.released
        if released is None or released > day:
            return "NULL"
    known = latest_known_row(column, day, *years)
    if known is None:
        return "NULL"
    return expression if known >= years[1] else f"CASE WHEN b.year <= {known} THEN {expression} END"
