"""Reference classes: filter dyad-years, read the matched cases by name, their rate, and how it moves.

A class is a list of filters on columns of the panel. The answer names every case (pair, year, what followed),
gives the yearly rate with its interval, once as if cases were independent and once clustered by pair, and shows
the rate of the class that is left when each filter is dropped.
"""
# ruff: noqa: S608  SQL here is built from checked column names and numbers, never from user text.

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from vedette.errors import BadInput, DateRefused
from vedette.panel.intervals import Rate, clustered_interval, rate_of
from vedette.panel.table import Panel
from vedette.panel.vintage import as_of
from vedette.reference.states import all_states

Operator = Literal["==", "!=", ">=", "<=", ">", "<"]
_SQL: dict[str, str] = {"==": "=", "!=": "<>", ">=": ">=", "<=": "<=", ">": ">", "<": "<"}

# What followed, in words, worst first.
_FOLLOWED: tuple[tuple[str, str], ...] = (
    ("y_war_init", "began a dispute that was war"),
    ("y_force_init", "began a dispute and used force"),
    ("y_ucdp_war", "interstate armed conflict began"),
    ("y_ucdp_pro_reb", "sent troops for the opponents of the government"),
    ("y_ucdp_pro_gov", "sent troops for the government"),
    ("y_force_any", "used force in a dispute begun by the other side"),
    ("y_mid_init", "began a dispute without using force"),
)


# The outcomes whose words these are, in that order.
FOLLOWED_COLUMNS: tuple[str, ...] = tuple(name for name, _ in _FOLLOWED)


def what_followed(values: Mapping[str, float | None]) -> str:
    """The worst that happened in a dyad-year, in words; ``values`` holds the outcomes that are at hand.

    A missing outcome is named as such: nothing on record is not the same as nothing.
    """
    told = [words for name, words in _FOLLOWED if values.get(name) == 1]
    if told:
        return told[0]
    unseen = any(value is None or math.isnan(value) for value in values.values())
    return "nothing of these on record" + (" (not every source covers the year)" if unseen else "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """One condition on one column. A row where the column is missing never matches: unknown is not "no"."""

    column: str
    operator: Operator
    value: float
    label: str = ""

    def __post_init__(self) -> None:
        if self.operator not in _SQL:
            raise BadInput(f"a filter compares with one of {' '.join(_SQL)}, not {self.operator!r}")
        if not math.isfinite(self.value):
            raise BadInput(f"a filter on {self.column} needs a number, not {self.value}")

    @property
    def words(self) -> str:
        """The filter as a reader sees it."""
        return self.label or f"{self.column} {self.operator} {self.value:g}"

    def sql(self, panel: Panel) -> str:
        """SQL condition; raises ``FrameRefused`` with the nearest names for a column the panel lacks."""
        panel.column(self.column)
        return f'("{self.column}" {_SQL[self.operator]} {float(self.value)!r})'


@dataclass(frozen=True, slots=True, kw_only=True)
class MatchedCase:
    """One dyad-year of the class, by name, and what followed in that year."""

    ccode1: int
    ccode2: int
    name: str
    year: int
    happened: bool
    followed: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """The class that is left without one filter."""

    dropped: str
    rate: Rate


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferenceClass:
    """The answer: yearly rate of ``outcome`` in the class, intervals, cases, and moves."""

    outcome: str
    filters: tuple[str, ...]
    rate: Rate
    clustered: tuple[float, float]
    pairs: int
    design_effect: float
    first_year: int | None
    last_year: int | None
    cases: tuple[MatchedCase, ...]
    cases_left_out: int
    moves: tuple[Move, ...]
    unknown: int
    """Dyad-years that match but whose outcome is not known (outside coverage or after the as-of date)."""


def pair_name(ccode1: int, ccode2: int) -> str:
    """'Russia -> Ukraine' from CoW codes."""
    names = {state.cowcode: state.name for state in all_states()}
    return f"{names.get(ccode1, ccode1)} -> {names.get(ccode2, ccode2)}"


def reference_class(
    panel: Panel, outcome: str, filters: Sequence[Filter], *, day: date | None = None, most_cases: int = 200,
    level: float = 0.9,
) -> ReferenceClass:  # fmt: skip
    """The dyad-years that pass every filter, and how often ``outcome`` (a 0/1 column) followed.

    ``day``: only what was known then (``as_of``); later outcomes are neither counted nor shown. Cases are listed
    with the outcome first, then the latest; ``most_cases`` limits the list, never the rate.
    Raises ``FrameRefused`` for an unknown column and ``BadInput`` when ``outcome`` is not an outcome.
    """
    if panel.column(outcome).role != "outcome":
        raise BadInput(f"{outcome} is not an outcome of the panel", fix=f"Outcomes: {', '.join(_outcomes(panel))}")
    seen = as_of(panel, day) if day is not None else panel
    conditions = [item.sql(seen) for item in filters]
    needed = {outcome, *(item.column for item in filters), *FOLLOWED_COLUMNS}
    table = seen.materialise("reference_rows", needed)
    con = seen.connection

    def counts(where: Sequence[str]) -> tuple[int, int]:
        passed = " AND ".join([f'"{outcome}" IS NOT NULL', *where])
        got = con.execute(f'SELECT count(*), count(*) FILTER ("{outcome}" = 1) FROM {table} WHERE {passed}').fetchone()
        return (int(got[0]), int(got[1])) if got else (0, 0)

    n, k = counts(conditions)
    where = " AND ".join(conditions) or "true"
    unknown = con.execute(f'SELECT count(*) FROM {table} WHERE {where} AND "{outcome}" IS NULL').fetchone()
    low, high, effect, pairs = _clustered(seen, table, outcome, where, level)
    years = con.execute(
        f'SELECT min(year), max(year) FROM {table} WHERE {where} AND "{outcome}" IS NOT NULL'
    ).fetchone()
    moves = []
    for number, item in enumerate(filters):
        left = conditions[:number] + conditions[number + 1 :]
        n_left, k_left = counts(left)
        moves.append(Move(dropped=item.words, rate=rate_of(k_left, n_left, level)))
    cases = _cases(seen, table, outcome, where, most_cases)
    return ReferenceClass(
        outcome=outcome, filters=tuple(item.words for item in filters), rate=rate_of(k, n, level),
        clustered=(low, high), pairs=pairs, design_effect=effect,
        first_year=years[0] if years else None, last_year=years[1] if years else None, cases=cases,
        cases_left_out=n - len(cases), moves=tuple(moves), unknown=int(unknown[0]) if unknown else 0,
    )  # fmt: skip


def _outcomes(panel: Panel) -> list[str]:
    return [column.name for column in panel.columns if column.role == "outcome"]


def _clustered(panel: Panel, table: str, outcome: str, where: str, level: float) -> tuple[float, float, float, int]:
    got = panel.connection.execute(
        f'SELECT sum("{outcome}")::DOUBLE AS hits, count(*)::DOUBLE AS sizes FROM {table} '
        f'WHERE {where} AND "{outcome}" IS NOT NULL GROUP BY least(ccode1, ccode2), greatest(ccode1, ccode2) '
        "ORDER BY least(ccode1, ccode2), greatest(ccode1, ccode2)"
    ).fetchnumpy()
    low, high, effect = clustered_interval(got["hits"].astype(float), got["sizes"].astype(float), level)
    return (low, high, effect, len(got["sizes"]))


def _cases(panel: Panel, table: str, outcome: str, where: str, most: int) -> tuple[MatchedCase, ...]:
    there = [name for name in FOLLOWED_COLUMNS if name in _outcomes(panel)]
    picked = "".join(f', "{name}"' for name in there)
    rows = panel.connection.execute(
        f'SELECT ccode1, ccode2, year, "{outcome}"{picked} FROM {table} WHERE {where} AND "{outcome}" IS NOT NULL '
        f'ORDER BY "{outcome}" DESC, year DESC, ccode1, ccode2 LIMIT {int(most)}'
    ).fetchall()
    found = []
    for one, two, year, happened, *values in rows:
        found.append(
            MatchedCase(
                ccode1=int(one), ccode2=int(two), name=pair_name(int(one), int(two)), year=int(year),
                happened=bool(happened == 1), followed=what_followed(dict(zip(there, values, strict=True))),
            )
        )  # fmt: skip
    return tuple(found)


# Capability shares at which a pair counts as balanced or lopsided. [assumption]: 1 to 4 either way.
_WEAK, _STRONG = 0.2, 0.8


def filters_like(panel: Panel, ccode1: int, ccode2: int, year: int) -> tuple[Filter, ...]:
    """Filters that describe one pair in one year: rivalry, border, power, recent disputes, pact.

    Only what is known of the pair becomes a filter. Raises ``DateRefused`` when the pair has no such row.
    """
    names = [c.name for c in panel.columns]
    wanted = [n for n in ("c1_rivalry", "c4_land_contig", "major1", "c1_mid10", "c2_pact_with_target", "c3_cap_share")
              if n in names]  # fmt: skip
    picked = ", ".join(f'"{name}"' for name in wanted)
    this = f"b.ccode1 = {int(ccode1)} AND b.ccode2 = {int(ccode2)} AND b.year = {int(year)}"
    row = panel.connection.execute(f"SELECT {picked} FROM ({panel.sql(this, wanted)})").fetchone()
    if row is None:
        raise DateRefused(
            f"{pair_name(ccode1, ccode2)} has no row for {year}",
            fix=f"The panel covers {panel.first_year}-{panel.last_year} and the pairs it was built for",
        )
    known = {name: float(value) for name, value in zip(wanted, row, strict=True) if value is not None}
    found: list[Filter] = []
    flags = {
        "c1_rivalry": ("strategic rivals", "not rivals"),
        "c4_land_contig": ("common land border", "no land border"),
        "major1": ("initiator is a major power", "initiator is not a major power"),
        "c2_pact_with_target": ("sworn to defend the target", "no defence pact with the target"),
    }
    for name, words in flags.items():
        if name in known:
            found.append(Filter(column=name, operator="==", value=known[name], label=words[0 if known[name] else 1]))
    if "c1_mid10" in known:
        recent = known["c1_mid10"] > 0
        label = "a dispute in the last ten years" if recent else "no dispute in the last ten years"
        found.append(Filter(column="c1_mid10", operator=">" if recent else "==", value=0, label=label))
    if "c3_cap_share" in known:
        found += _power_filters(known["c3_cap_share"])
    return tuple(found)


def _power_filters(share: float) -> list[Filter]:
    if share >= _STRONG:
        return [Filter(column="c3_cap_share", operator=">=", value=_STRONG, label="at least four times as strong")]
    if share <= _WEAK:
        return [Filter(column="c3_cap_share", operator="<=", value=_WEAK, label="at most a quarter as strong")]
    return [
        Filter(column="c3_cap_share", operator=">", value=_WEAK, label="more than a quarter as strong"),
        Filter(column="c3_cap_share", operator="<", value=_STRONG, label="less than four times as strong"),
    ]
