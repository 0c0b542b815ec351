"""Directed dyad-years as plain arrays: the input of every structural computation.

One row is (intervener, target, year). Columns are float64 with NaN for missing: missing is never zero.
"""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from vedette.errors import FrameRefused, UnknownName

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

INTERVENER, TARGET, YEAR = "ccode1", "ccode2", "year"
KEYS = (INTERVENER, TARGET, YEAR)


@dataclass(frozen=True, slots=True, kw_only=True)
class DyadYears:
    """Rows sorted by year, intervener, target, without duplicates.

    `states` are the distinct state codes in rising order; `i` and `j` (n,) index into it; `year` (n,);
    `columns` maps a name to (n,) float64 with NaN for missing.
    """

    states: Ints
    i: Ints
    j: Ints
    year: Ints
    columns: Mapping[str, Floats]

    @property
    def n(self) -> int:
        """Number of rows."""
        return int(self.year.size)

    @property
    def first_year(self) -> int:
        """Earliest year of the panel."""
        return int(self.year[0])

    @property
    def last_year(self) -> int:
        """Latest year of the panel."""
        return int(self.year[-1])

    def column(self, name: str) -> Floats:
        """A column by name; UnknownName with the nearest names when it is not there."""
        try:
            return self.columns[name]
        except KeyError:
            nearest = difflib.get_close_matches(name, list(self.columns), n=3, cutoff=0.4)
            raise UnknownName("column", name, nearest=nearest or sorted(self.columns)[:3], where="panel") from None

    def dyad(self) -> Ints:
        """One code per directed dyad, (n,)."""
        return np.asarray(self.i * self.states.size + self.j, dtype=np.int64)

    def undirected(self) -> Ints:
        """One code per pair of states whatever the direction, (n,): the cluster of the bootstrap."""
        low, high = np.minimum(self.i, self.j), np.maximum(self.i, self.j)
        return np.asarray(low * self.states.size + high, dtype=np.int64)

    def rows(self, mask: NDArray[np.bool_]) -> DyadYears:
        """The rows where `mask` is true, with the same table of states."""
        return DyadYears(
            states=self.states, i=self.i[mask], j=self.j[mask], year=self.year[mask],
            columns={k: v[mask] for k, v in self.columns.items()},
        )  # fmt: skip

    def with_columns(self, extra: Mapping[str, Floats]) -> DyadYears:
        """The same rows with columns replaced or added."""
        return DyadYears(
            states=self.states, i=self.i, j=self.j, year=self.year, columns={**self.columns, **extra}
        )


def dyad_years(table: Mapping[str, ArrayLike]) -> DyadYears:
    """Build and check `DyadYears` from columns; masked entries become NaN.

    Raises FrameRefused when a key column is missing, a code is not a whole number, a dyad-year is repeated,
    a state is paired with itself, columns differ in length, or a column is not numeric.
    """
    missing = [k for k in KEYS if k not in table]
    if missing:
        near = difflib.get_close_matches(missing[0], list(table), n=3, cutoff=0.3)
        raise FrameRefused(
            f"column {missing[0]!r} is missing", where="panel",
            fix=f"A panel needs {', '.join(KEYS)}" + (f"; nearest present: {', '.join(near)}" if near else ""),
        )  # fmt: skip
    plain = {name: _numeric(name, values) for name, values in table.items()}
    sizes = {v.size for v in plain.values()}
    if len(sizes) != 1 or 0 in sizes:
        raise FrameRefused(f"columns must have one common length above zero, found {sorted(sizes)}", where="panel")
    for key in KEYS:
        if not np.all(np.isfinite(plain[key])) or np.any(plain[key] != np.round(plain[key])):
            raise FrameRefused(f"column {key!r} holds missing or fractional values", where="panel",
                               fix="Keys must be whole numbers")  # fmt: skip
    order = np.lexsort((plain[TARGET], plain[INTERVENER], plain[YEAR]))
    plain = {k: v[order] for k, v in plain.items()}
    one, two = plain[INTERVENER].astype(np.int64), plain[TARGET].astype(np.int64)
    year = plain[YEAR].astype(np.int64)
    _refuse_repeats(one, two, year)
    states = np.unique(np.concatenate([one, two]))
    return DyadYears(
        states=states, i=np.searchsorted(states, one), j=np.searchsorted(states, two), year=year,
        columns={k: v for k, v in plain.items() if k not in KEYS},
    )  # fmt: skip


def _numeric(name: str, values: Any) -> Floats:
    try:
        if isinstance(values, np.ma.MaskedArray):
            return np.asarray(np.ma.filled(values.astype(np.float64), np.nan), dtype=np.float64)
        return np.asarray(values, dtype=np.float64)
    except (TypeError, ValueError):
        raise FrameRefused(f"column {name!r} is not numeric", where="panel",
                           fix="Drop it or code it as numbers") from None  # fmt: skip


def _refuse_repeats(one: Ints, two: Ints, year: Ints) -> None:
    same = np.flatnonzero((one[1:] == one[:-1]) & (two[1:] == two[:-1]) & (year[1:] == year[:-1]))
    if same.size:
        k = int(same[0])
        raise FrameRefused(
            f"{one[k]}-{two[k]} in {year[k]} appears more than once ({same.size} repeats in all)", where="panel",
            fix="Keep one row per directed dyad and year",
        )  # fmt: skip
    own = np.flatnonzero(one == two)
    if own.size:
        raise FrameRefused(f"state {one[own[0]]} is paired with itself ({own.size} rows)", where="panel")
