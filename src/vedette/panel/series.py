"""Look-up tables shared by the verbs: state-year series with stated gap filling, and pair-year tables."""
# ruff: noqa: S608  SQL here is built from names and numbers of this package, never from user text.

from __future__ import annotations

from vedette.frames.frame import Frame
from vedette.panel.table import Panel, read_year


def load_state_series(
    panel: Panel, name: str, frame: Frame, values: dict[str, str], *, gap: int = 0, key: str = "ccode"
) -> str:
    """Table ``name`` (ccode, year, values): dense in years, gaps of up to ``gap`` years filled with the last value.

    A gap is filled only from an earlier value (never from a later one, which would be a leak).
    """
    first = panel.first_year - 20
    last = frame.provenance.coverage.last_year
    picked = ", ".join(f"{expression} AS {column}" for column, expression in values.items())
    con = panel.connection
    con.execute(f"CREATE OR REPLACE TEMP TABLE {name}_read AS SELECT {key} AS ccode, year, {picked} FROM {frame.sql}")
    if gap == 0:
        con.execute(f"CREATE OR REPLACE TABLE {name} AS FROM {name}_read WHERE year >= {first}")
    else:
        window = f"OVER (PARTITION BY ccode ORDER BY year ROWS BETWEEN {gap} PRECEDING AND CURRENT ROW)"
        filled = ", ".join(f"last_value({column} IGNORE NULLS) {window} AS {column}" for column in values)
        con.execute(
            f"CREATE OR REPLACE TABLE {name} AS WITH span AS ("
            f"SELECT ccode, unnest(generate_series(min(year), {last}))::INTEGER AS year "
            f"FROM {name}_read GROUP BY ccode) "
            f"SELECT ccode, year, {filled} FROM span LEFT JOIN {name}_read USING (ccode, year) "
            f"QUALIFY year >= {first}"
        )
    con.execute(f"DROP TABLE {name}_read")
    return name


def join_state(panel: Panel, table: str, alias: str, side: int, frame: Frame, *, offset: int, carry: int) -> str:
    """SQL join of a state series to state 1 or 2 of the pair, at the year that the panel reads."""
    year = read_year(offset, frame.provenance.coverage, carry)
    return f"LEFT JOIN {table} {alias} ON {alias}.ccode = b.ccode{side} AND {alias}.year = {year}"


def join_pair(table: str, alias: str, year: str) -> str:
    """SQL join of an undirected pair table (ccode1 < ccode2) to the directed pair."""
    return (
        f"LEFT JOIN {table} {alias} ON {alias}.ccode1 = least(b.ccode1, b.ccode2) "
        f"AND {alias}.ccode2 = greatest(b.ccode1, b.ccode2) AND {alias}.year = {year}"
    )
