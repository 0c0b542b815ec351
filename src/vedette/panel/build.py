"""The whole panel in one call, and its comparison with another panel column by column."""
# ruff: noqa: S608  SQL here is built from column names and quoted paths, never from user text.

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from vedette.errors import FrameRefused
from vedette.frames.frame import Frame, quoted
from vedette.panel import conflict, place, power, society
from vedette.panel.create import add_majors, create_dyad_years, filter_politically_relevant
from vedette.panel.table import KEYS, Panel, Timing

Verb = Callable[[Panel, Frame], Panel]

# Verbs after the two that decide political relevance, each with the data set it reads, in the order of the
# columns of the panel.
VERBS: tuple[tuple[str, Verb], ...] = (
    ("cow-mid", conflict.add_mids),
    ("ucdp-acd", conflict.add_ucdp_interventions),
    ("tss-rivalries", conflict.add_rivalry),
    ("icow", conflict.add_claims),
    ("unga-ideal-points", power.add_ideal_points),
    ("ucdp-acd", conflict.add_civil_conflict),
    ("hief", society.add_ethnic_fractions),
    ("archigos-exits", society.add_leader_exits),
    ("cow-nmc", power.add_nmc),
    ("min-distance", place.add_min_distance),
    ("rugged", place.add_ruggedness),
    ("vdem", society.add_democracy),
    ("cow-trade", society.add_trade),
    ("gdp", society.add_income),
    ("cow-igo", power.add_igo),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Built:
    """The panel, and the data sets that were not there (their columns are absent, never filled with zeros)."""

    panel: Panel
    absent: tuple[str, ...]


def build_panel(
    frames: Mapping[str, Frame],
    *,
    first_year: int = 1946,
    last_year: int = 2024,
    relevant_only: bool = True,
    timing: Timing = "nominal",
    states: Sequence[int] | None = None,
    report: Callable[[str], None] = lambda _: None,
) -> Built:
    """Directed dyad-years with every column that the given frames (by data set id) allow.

    ``relevant_only``: politically relevant pairs (needs contiguity), else all. ``states``: only pairs among
    these CoW codes. ``report`` hears the name of
    each step. Raises ``FrameRefused`` when contiguity is needed and absent.
    """
    report("dyad-years")
    panel = add_majors(create_dyad_years(first_year, last_year, timing=timing, states=states))
    absent: list[str] = []
    if (contiguity := frames.get("cow-contiguity")) is not None:
        report("cow-contiguity")
        panel = place.add_contiguity(panel, contiguity)
    elif relevant_only:
        panel.close()
        raise FrameRefused(
            "politically relevant pairs cannot be told without the contiguity data",
            fix="Run: vedette history fetch cow-contiguity, or build all pairs",
        )
    else:
        absent.append("cow-contiguity")
    if relevant_only:
        report("politically relevant pairs")
        panel = filter_politically_relevant(panel)
    for dataset, verb in VERBS:
        if (frame := frames.get(dataset)) is None:
            absent.append(dataset)
            continue
        report(dataset)
        panel = verb(panel, frame)
    if (alliances := frames.get("atop")) is not None:
        report("atop")
        panel = power.add_atop(panel, alliances, frames.get("cow-nmc"))
    else:
        absent.append("atop")
    return Built(panel=place.add_capital_distance(panel), absent=tuple(dict.fromkeys(absent)))


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnDifference:
    """How one column differs between two panels, on the rows both have."""

    name: str
    rows: int
    equal: int
    only_ours_missing: int
    only_theirs_missing: int
    different: int
    largest: float

    @property
    def same(self) -> bool:
        """Whether the columns agree on every common row."""
        return self.equal == self.rows


@dataclass(frozen=True, slots=True, kw_only=True)
class PanelDifference:
    """Rows and columns of two panels side by side."""

    our_rows: int
    their_rows: int
    common_rows: int
    columns: tuple[ColumnDifference, ...]
    only_ours: tuple[str, ...]
    only_theirs: tuple[str, ...]


def compare_panels(ours: Path, theirs: Path, *, tolerance: float = 1e-4) -> PanelDifference:
    """Compare two panels (parquet files keyed by ccode1, ccode2, year) column by column.

    Values within ``tolerance`` (absolute) are equal: both files hold single-precision numbers.
    """
    import duckdb

    with duckdb.connect() as con:
        con.execute(f"CREATE TABLE a AS FROM read_parquet({quoted(ours)})")
        con.execute(f"CREATE TABLE c AS FROM read_parquet({quoted(theirs)})")
        names = {
            table: [str(row[0]) for row in con.execute(f"DESCRIBE {table}").fetchall()] for table in ("a", "c")
        }
        both = [name for name in names["c"] if name in names["a"] and name not in KEYS]
        parts = []
        for name in both:
            x, y = f'a."{name}"::DOUBLE', f'c."{name}"::DOUBLE'
            parts.append(
                f"count(*) FILTER (({x} IS NULL AND {y} IS NULL) OR abs({x} - {y}) <= {tolerance}), "
                f"count(*) FILTER ({x} IS NULL AND {y} IS NOT NULL), "
                f"count(*) FILTER ({x} IS NOT NULL AND {y} IS NULL), "
                f"count(*) FILTER (abs({x} - {y}) > {tolerance}), coalesce(max(abs({x} - {y})), 0)"
            )
        got = con.execute(
            "SELECT (SELECT count(*) FROM a), (SELECT count(*) FROM c), count(*), "
            f"{', '.join(parts) or '0'} FROM a JOIN c USING (ccode1, ccode2, year)"
        ).fetchone()
    assert got is not None
    differences = []
    for number, name in enumerate(both):
        equal, ours_missing, theirs_missing, different, largest = got[3 + 5 * number : 8 + 5 * number]
        differences.append(
            ColumnDifference(
                name=name, rows=int(got[2]), equal=int(equal), only_ours_missing=int(ours_missing),
                only_theirs_missing=int(theirs_missing), different=int(different), largest=float(largest),
            )
        )  # fmt: skip
    return PanelDifference(
        our_rows=int(got[0]), their_rows=int(got[1]), common_rows=int(got[2]), columns=tuple(differences),
        only_ours=tuple(n for n in names["a"] if n not in names["c"]),
        only_theirs=tuple(n for n in names["c"] if n not in names["a"]),
    )  # fmt: skip
