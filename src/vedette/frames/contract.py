"""Contracts of tables: what one row is, and for each column its dtype, unit and what a null means.

A null in these tables is never zero: it is "not measured", "not applicable" or "outside coverage".
"""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from vedette.errors import FrameRefused

Dtype = Literal["int", "long", "float", "text", "date", "time"]

# How each dtype is called in DuckDB SQL. ``long`` has 64 bits; ``time`` is an instant in UTC.
SQL_TYPES: Mapping[Dtype, str] = {
    "int": "INTEGER", "long": "BIGINT", "float": "DOUBLE", "text": "VARCHAR", "date": "DATE", "time": "TIMESTAMP",
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column: dtype, unit, what null means, and the values that are possible at all.

    ``low`` and ``high`` are inclusive limits of what the source's codebook allows; a value outside is a
    malformed row, not data. ``nullable`` False makes an empty cell malformed too.
    """

    name: str
    dtype: Dtype
    unit: str
    null: str = "never null"
    nullable: bool = False
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FrameContract:
    """The promise of a table: what one row is, its key, its columns."""

    name: str
    row: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]

    def __post_init__(self) -> None:
        names = [column.name for column in self.columns]
        if len(set(names)) != len(names):
            raise FrameRefused(f"contract {self.name} names a column twice")
        if unknown := sorted(set(self.key) - set(names)):
            raise FrameRefused(f"contract {self.name} has a key outside its columns: {', '.join(unknown)}")

    @property
    def names(self) -> tuple[str, ...]:
        """Column names in order."""
        return tuple(column.name for column in self.columns)

    def column(self, name: str) -> Column:
        """The column of that name; raises ``FrameRefused`` with the nearest names."""
        for column in self.columns:
            if column.name == name:
                return column
        near = ", ".join(difflib.get_close_matches(name, self.names, n=3)) or ", ".join(self.names)
        raise FrameRefused(f"{self.name} has no column {name!r}", fix=f"Nearest: {near}")

    def check(self, columns: Mapping[str, str], *, where: str = "") -> None:
        """Raise ``FrameRefused`` unless ``columns`` (name -> SQL type) are exactly the ones promised."""
        if missing := [c.name for c in self.columns if c.name not in columns]:
            raise FrameRefused(f"{self.name} lacks the column {missing[0]!r}", where=where)
        if extra := [name for name in columns if name not in self.names]:
            raise FrameRefused(f"{self.name} has a column outside its contract: {extra[0]!r}", where=where)
        for column in self.columns:
            if columns[column.name] != SQL_TYPES[column.dtype]:
                raise FrameRefused(
                    f"{self.name}.{column.name} is {columns[column.name]}, the contract says {column.dtype}",
                    where=where,
                )
