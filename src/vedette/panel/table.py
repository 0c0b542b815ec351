"""The panel: directed dyad-years, to which verbs add one source at a time.

A ``Panel`` is immutable. It holds a DuckDB connection with the dyad-years and small look-up tables, and the
list of columns still to be joined; nothing is joined before ``materialise`` or ``write``, so a chain of verbs
costs one query. Every column carries its source, citation, unit, coverage and the rule of its available-from
date.
"""
# ruff: noqa: S608  SQL here is built from column names of this package and quoted paths, never from user text.

from __future__ import annotations

import datetime as dt
import difflib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from vedette.errors import FrameRefused
from vedette.frames.contract import FrameContract
from vedette.frames.frame import Frame, quoted
from vedette.frames.provenance import Coverage, Lag

if TYPE_CHECKING:
    import duckdb
    import numpy as np
    import numpy.typing as npt

Timing = Literal["nominal", "known"]
Membership = Literal["same_year", "same_day"]
Role = Literal["key", "outcome", "condition", "structure", "memory"]
KEYS = ("ccode1", "ccode2", "year")


@dataclass(frozen=True, slots=True, kw_only=True)
class PanelColumn:
    """What one column of the panel is and when its values could be known.

    The value in the row of year t is about year ``t - offset``; a series that has ended is carried forward up
    to ``carry`` years, after which the value is missing. ``null`` says what missing means; it is never zero.
    ``reference`` is the last year that can enter a value ("row": the year ``t - offset`` itself).
    """

    name: str
    role: Role
    unit: str
    null: str
    sources: tuple[str, ...]
    citation: str
    coverage: Coverage
    lag: Lag
    offset: int = 0
    carry: int = 0
    static: bool = False

    def available_from(self, year: int) -> dt.date:
        """First day on which the value in the row of ``year`` counts as known."""
        if self.static:
            return dt.date.min
        return self.lag.available_from(min(year - self.offset, self.coverage.last_year))

    def age(self, year: int) -> int:
        """By how many years the value in the row of ``year`` has been carried beyond the end of its source."""
        return max(0, year - self.offset - self.coverage.last_year)

    def to_plain(self) -> dict[str, object]:
        """A JSON-ready mapping for the note beside a written panel."""
        return {
            "name": self.name, "role": self.role, "unit": self.unit, "null": self.null, "sources": list(self.sources),
            "citation": self.citation, "coverage": str(self.coverage), "first_year": self.coverage.first_year,
            "last_year": self.coverage.last_year, "offset": self.offset, "carry": self.carry, "static": self.static,
            "lag_months": self.lag.months, "lag_basis": self.lag.basis,
        }  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Added:
    """Columns of one verb: SQL expressions over ``b`` (the dyad-year) and the joined tables."""

    joins: tuple[str, ...]
    expressions: tuple[tuple[PanelColumn, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """Directed dyad-years with the columns added so far.

    ``timing`` "nominal": covariates of year t-1 (contiguity and great-power status of year t), as most of the
    literature does. "known": only what could be known on 31 December of t-1, by each source's lag.
    """

    connection: duckdb.DuckDBPyConnection
    base: str
    first_year: int
    last_year: int
    timing: Timing
    membership: Membership
    directed: bool
    added: tuple[Added, ...] = ()
    carry: int = 10

    @property
    def columns(self) -> tuple[PanelColumn, ...]:
        """The columns added so far, in order; the keys ccode1, ccode2, year come before them."""
        return tuple(column for item in self.added for column, _ in item.expressions)

    def column(self, name: str) -> PanelColumn:
        """One column by name; raises ``FrameRefused`` with the nearest names."""
        for column in self.columns:
            if column.name == name:
                return column
        names = [column.name for column in self.columns]
        near = ", ".join(difflib.get_close_matches(name, names, n=3)) or ", ".join(names)
        raise FrameRefused(f"the panel has no column {name!r}", fix=f"Nearest: {near}")

    def rows(self) -> int:
        """Number of dyad-years."""
        counted = self.connection.execute(f"SELECT count(*) FROM {self.base}").fetchone()
        return int(counted[0]) if counted else 0

    def add(self, joins: Iterable[str], expressions: Iterable[tuple[PanelColumn, str]]) -> Panel:
        """The panel with these columns; raises ``FrameRefused`` when a name is taken."""
        new = Added(joins=tuple(joins), expressions=tuple(expressions))
        taken = {column.name for column in self.columns} | set(KEYS)
        if again := [column.name for column, _ in new.expressions if column.name in taken]:
            raise FrameRefused(f"the panel already has a column {again[0]!r}")
        return replace(self, added=(*self.added, new))

    def offset_for(self, lag: Lag) -> int:
        """How many years back the covariates of a source with this lag are read."""
        return 1 if self.timing == "nominal" else 1 + lag.whole_years

    @property
    def offset_now(self) -> int:
        """How many years back contiguity and great-power status are read: 0 nominal, 1 when only known facts count."""
        return 0 if self.timing == "nominal" else 1

    def sql(self, where: str = "", names: Iterable[str] | None = None) -> str:
        """One query that gives every dyad-year with every column, or only with the columns ``names``.

        No join adds or drops rows, so sources of which no column is wanted are left out of the query.
        """
        wanted = None if names is None else set(names)
        picked = [f"b.{key}" for key in KEYS]
        joins: list[str] = []
        for item in self.added:
            expressions = [(c, e) for c, e in item.expressions if wanted is None or c.name in wanted]
            if expressions:
                joins += [join for join in item.joins if join not in joins]
                picked += [f'{expression} AS "{column.name}"' for column, expression in expressions]
        text = f"SELECT {', '.join(picked)} FROM {self.base} b {' '.join(joins)}"
        return f"{text} WHERE {where}" if where else text

    def materialise(self, name: str = "panel_rows", names: Iterable[str] | None = None) -> str:
        """Join the columns (all, or ``names``) into the table ``name``, ordered by dyad and year; returns ``name``."""
        text = self.sql(names=names)
        self.connection.execute(f"CREATE OR REPLACE TABLE {name} AS {text} ORDER BY b.ccode1, b.ccode2, b.year")
        return name

    def arrays(self, names: Iterable[str] | None = None) -> dict[str, npt.NDArray[np.float64]]:
        """Columns as float arrays, missing as NaN, ordered by dyad and year; keys included."""
        import numpy as np

        wanted = list(KEYS) + (list(names) if names is not None else [c.name for c in self.columns])
        for name in wanted[3:]:
            self.column(name)
        picked = ", ".join(f'CAST("{name}" AS DOUBLE) AS "{name}"' for name in wanted)
        got: dict[str, Any] = self.connection.execute(
            f"SELECT {picked} FROM ({self.sql(names=wanted)}) ORDER BY ccode1, ccode2, year"
        ).fetchnumpy()
        return {name: np.ma.filled(np.ma.asarray(got[name], dtype=float), np.nan) for name in wanted}

    def write(self, path: Path) -> Path:
        """Write the panel as parquet (ordered by dyad and year) and a note of its columns as JSON beside it."""
        import json

        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_name(path.name + ".part")
        self.connection.execute(
            f"COPY ({self.sql()} ORDER BY b.ccode1, b.ccode2, b.year) TO {quoted(part)} "
            "(FORMAT parquet, COMPRESSION zstd)"
        )
        note = {
            "rows": self.rows(), "first_year": self.first_year, "last_year": self.last_year, "timing": self.timing,
            "membership": self.membership, "directed": self.directed, "carry_years": self.carry,
            "columns": [column.to_plain() for column in self.columns],
        }  # fmt: skip
        path.with_suffix(".json").write_text(json.dumps(note, indent=1, ensure_ascii=False), encoding="utf-8")
        part.replace(path)
        return path

    def close(self) -> None:
        """Give back the memory of the connection."""
        self.connection.close()


def need(frame: Frame, contract: FrameContract) -> Frame:
    """The frame itself when it keeps this contract; raises ``FrameRefused`` otherwise."""
    if frame.contract != contract:
        raise FrameRefused(
            f"this verb reads the table {contract.name!r}, not {frame.contract.name!r}", where=str(frame.path)
        )
    return frame


def described(
    frame: Frame, name: str, role: Role, unit: str, null: str, *, offset: int, carry: int = 0, static: bool = False
) -> PanelColumn:
    """A column whose terms, coverage and lag are those of the frame it is read from."""
    origin = frame.provenance
    return PanelColumn(
        name=name, role=role, unit=unit, null=null, sources=(origin.dataset,), citation=origin.citation,
        coverage=origin.coverage, lag=origin.lag, offset=offset, carry=carry, static=static,
    )  # fmt: skip


def inside(year: str, coverage: Coverage, carry: int) -> str:
    """SQL: whether the source covers that year, or ended at most ``carry`` years before."""
    return f"({year} BETWEEN {coverage.first_year} AND {coverage.last_year + carry})"


def read_year(offset: int, coverage: Coverage, carry: int) -> str:
    """SQL: the year of the source from which the row's value is read; null outside coverage and carry."""
    year = f"b.year - {offset}" if offset else "b.year"
    return f"(CASE WHEN {inside(year, coverage, carry)} THEN least({year}, {coverage.last_year}) END)"
