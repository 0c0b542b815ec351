"""The verbs that make dyad-years and take some away."""
# ruff: noqa: S608  SQL here is built from numbers and names of this package, never from user text.

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

from vedette.errors import DateRefused, FrameRefused
from vedette.frames.provenance import Coverage, Lag
from vedette.panel.table import KEYS, Membership, Panel, PanelColumn, Role, Timing
from vedette.reference.states import Spell, all_states, find_state

if TYPE_CHECKING:
    import duckdb

_SYSTEM_CITATION = "Correlates of War Project 2017. State System Membership List and Major Powers, v2016."
# Years before the first row that lagged covariates may look at.
_LOOK_BACK = 20


def create_dyad_years(
    first_year: int = 1946,
    last_year: int = 2024,
    *,
    directed: bool = True,
    membership: Membership = "same_year",
    timing: Timing = "nominal",
    states: Sequence[int] | None = None,
    carry: int = 10,
    memory_limit: str = "4GB",
    threads: int = 2,
) -> Panel:
    """All pairs of states of the CoW system, year by year.

    ``membership`` "same_year": both belong to the system at some day of the year (1,974,618 directed pairs in
    1946-2024). "same_day": at least one day together, which drops pairs such as East and united Germany in 1990
    (877,497 non-directed pairs in 1886-2014, the number of the R package {peacesciencer}). ``directed`` False
    keeps ccode1 < ccode2. ``states``: only pairs among these CoW codes. ``carry``: how many years a series may
    be carried beyond its end. ``timing``: see ``Panel``. Raises ``DateRefused`` for years outside 1816-2100 or
    in the wrong order and ``UnknownState`` for a code nobody bears.
    """
    import duckdb

    if not 1816 <= first_year <= last_year <= 2100:
        raise DateRefused(
            f"dyad-years are made for 1816 to 2100 in that order, not {first_year} to {last_year}",
            fix="States are listed from 1816 on",
        )
    codes = ""
    if states is not None:
        codes = ", ".join(str(find_state(int(code), scheme="cow").cowcode) for code in states)
    con = duckdb.connect(config={"memory_limit": memory_limit, "threads": threads})
    _load_system(con, first_year, last_year)
    together = (
        "x.first_day <= y.last_day AND y.first_day <= x.last_day"
        if membership == "same_day"
        else "true"
    )
    order = "x.ccode <> y.ccode" if directed else "x.ccode < y.ccode"
    if codes:
        together += f" AND x.ccode IN ({codes}) AND y.ccode IN ({codes})"
    con.execute(
        "CREATE TABLE dyad_years AS SELECT DISTINCT x.ccode AS ccode1, y.ccode AS ccode2, x.year AS year "
        f"FROM state_days x JOIN state_days y ON x.year = y.year AND {order} AND {together}"
    )
    return Panel(
        connection=con, base="dyad_years", first_year=first_year, last_year=last_year, timing=timing,
        membership=membership, directed=directed, carry=carry,
    )  # fmt: skip


def _load_system(con: duckdb.DuckDBPyConnection, first_year: int, last_year: int) -> None:
    """Tables of the state system: membership and great-power spells by year, GW codes by year."""
    days: list[tuple[int, int, date, date]] = []
    majors: list[tuple[int, int]] = []
    codes: list[tuple[int, int, int, date]] = []
    for state in all_states():
        for year in range(max(1816, first_year - _LOOK_BACK), last_year + 1):
            parts = [part for spell in state.member if (part := _within(spell, year)) is not None]
            days += [(state.cowcode, year, start, end) for start, end in parts]
            if any(_within(spell, year) for spell in state.major):
                majors.append((state.cowcode, year))
            for item in state.gw:
                if (part := _within(item.spell, year)) is not None:
                    codes.append((item.gwcode, year, state.cowcode, part[1]))
    _fill(con, "all_state_days", "ccode SMALLINT, year SMALLINT, first_day DATE, last_day DATE", days)
    con.execute(f"CREATE TABLE state_days AS FROM all_state_days WHERE year BETWEEN {first_year} AND {last_year}")
    _fill(con, "majors", "ccode SMALLINT, year SMALLINT", majors)
    # When two states share a GW code within one year (Yemen 1990), events of that year belong to the later one.
    _fill(con, "all_gw_codes", "gwno SMALLINT, year SMALLINT, ccode SMALLINT, last_day DATE", codes)
    con.execute(
        "CREATE TABLE gw_codes AS SELECT gwno, year, arg_max(ccode, last_day) AS ccode FROM all_gw_codes "
        "GROUP BY gwno, year"
    )


def _within(spell: Spell, year: int) -> tuple[date, date] | None:
    start, end = max(spell.start, date(year, 1, 1)), min(spell.end or date(year, 12, 31), date(year, 12, 31))
    return (start, end) if start <= end else None


def _fill(con: duckdb.DuckDBPyConnection, name: str, spec: str, rows: Sequence[tuple[object, ...]]) -> None:
    con.execute(f"CREATE TABLE {name} ({spec})")
    if rows:
        columns = [list(column) for column in zip(*rows, strict=True)]
        kinds = [part.split()[1] for part in spec.split(", ")]
        unnest = ", ".join(f"unnest(?::{kind}[])" for kind in kinds)
        con.execute(f"INSERT INTO {name} SELECT {unnest}", columns)


_SYSTEM = Coverage(first_year=1816, last_year=2024, units="states of the CoW system")
_ON_THE_MAP = Lag(months=0, basis="membership and great-power status are known as they begin")


def add_majors(panel: Panel) -> Panel:
    """Whether either state is a major power (CoW list) in year t: ``major1``, ``major2``, ``c4_major_init``."""
    offset = panel.offset_now
    roles: tuple[tuple[str, Role], ...] = (
        ("major1", "structure"), ("major2", "structure"), ("c4_major_init", "condition"),
    )  # fmt: skip
    columns = [
        PanelColumn(
            name=name, role=role, unit="0/1: major power", null="never null", sources=("reference.states",),
            citation=_SYSTEM_CITATION, coverage=_SYSTEM, lag=_ON_THE_MAP, offset=offset,
        )
        for name, role in roles
    ]  # fmt: skip
    joins = [
        f"LEFT JOIN majors g{side} ON g{side}.ccode = b.ccode{side} AND g{side}.year = b.year - {offset}"
        for side in (1, 2)
    ]
    first, second = ("(g1.ccode IS NOT NULL)::TINYINT", "(g2.ccode IS NOT NULL)::TINYINT")
    return panel.add(joins, zip(columns, (first, second, f"({first})::FLOAT"), strict=True))


def filter_politically_relevant(panel: Panel) -> Panel:
    """Keep pairs that touch (by land or up to 400 miles of water) or of which one is a major power.

    Needs ``add_contiguity`` and ``add_majors`` before it. A pair whose contiguity is not known for that year
    is kept only through a major power. With ``timing="known"`` the pair is relevant by what was known before.
    """
    for name in ("conttype", "major1", "major2"):
        panel.column(name)
    name = f"{panel.base}_relevant"
    panel.connection.execute(
        f"CREATE OR REPLACE TABLE {name} AS SELECT ccode1, ccode2, year FROM "
        f"({panel.sql(names=('conttype', 'major1', 'major2'))}) "
        "WHERE conttype > 0 OR major1 = 1 OR major2 = 1"
    )
    return replace(panel, base=name)


def whittle_years(panel: Panel, first_year: int, last_year: int) -> Panel:
    """Keep the rows of these years; raises ``DateRefused`` when none would be left."""
    if first_year > panel.last_year or last_year < panel.first_year or first_year > last_year:
        raise DateRefused(
            f"the panel covers {panel.first_year}-{panel.last_year}, not {first_year}-{last_year}",
            fix="Give years inside the panel",
        )
    name = f"{panel.base}_{first_year}_{last_year}"
    panel.connection.execute(
        f"CREATE OR REPLACE TABLE {name} AS FROM {panel.base} WHERE year BETWEEN {first_year} AND {last_year}"
    )
    return replace(
        panel, base=name, first_year=max(first_year, panel.first_year), last_year=min(last_year, panel.last_year)
    )


def whittle_columns(panel: Panel, names: tuple[str, ...]) -> Panel:
    """Keep only these columns (and the keys); raises ``FrameRefused`` for a name the panel does not have."""
    wanted = [panel.column(name) for name in names if name not in KEYS]
    kept = []
    for item in panel.added:
        expressions = tuple((c, e) for c, e in item.expressions if c in wanted)
        if expressions:
            kept.append(replace(item, expressions=expressions))
    if not kept:
        raise FrameRefused("a panel needs at least one column", fix="Name a column to keep")
    return replace(panel, added=tuple(kept))
