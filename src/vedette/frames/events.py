"""The tables of the event store: what one row is, and for each column its dtype, unit and what a null means.

Three tables, each a set of parquet files that any engine can read:

- ``events``: one row a version of a coded event (or of a mention or report), never changed once written;
- ``superseded``: which versions a later one took the place of, and from when;
- ``dyad_days``: changes of the daily count of a pair and class. Counts as of a day are the sums of the changes that
  became available by then, so that a late correction moves only the days after it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from vedette.errors import SourceFailed
from vedette.frames.contract import SQL_TYPES, Column, Dtype, FrameContract
from vedette.frames.provenance import Coverage

_OUT = "not reported by the source"


def _opt(
    name: str, dtype: Dtype, unit: str, null: str = _OUT, *, low: float | None = None, high: float | None = None
) -> Column:
    return Column(name=name, dtype=dtype, unit=unit, null=null, nullable=True, low=low, high=high)


EVENTS = FrameContract(
    name="events",
    row="one version of a coded event, mention or report",
    key=("dataset", "key", "file_id", "row"),
    columns=(
        Column(name="dataset", dtype="text", unit="id of the data set"),
        Column(name="kind", dtype="text", unit="event, mention or report"),
        Column(name="key", dtype="long", unit="the source's number, or a digest of its identifier"),
        _opt("id", "text", "the source's identifier", "the identifier is the number in key"),
        _opt("code", "text", "code in the source's ontology"),
        _opt("ontology", "text", "CAMEO, PLOVER or the source's own", "no act is coded"),
        _opt("root", "text", "PLOVER class", "the code has no class there"),
        _opt("quad", "int", "1 verbal, 2 material cooperation, 3 verbal, 4 material conflict", "no class",
             low=1, high=4),
        _opt("source", "text", "state acting, ISO 3166", "of no known state"),
        _opt("target", "text", "state acted upon, ISO 3166", "of no known state"),
        _opt("source_actor", "text", "actor as the source writes it"),
        _opt("target_actor", "text", "actor as the source writes it"),
        Column(name="occurred_from", dtype="date", unit="first day on which it may have happened, UTC"),
        Column(name="occurred_to", dtype="date", unit="last day on which it may have happened, UTC"),
        Column(name="time_precision", dtype="text", unit="minute, day, week, month or year"),
        _opt("published_at", "time", "when the source published the row, UTC"),
        Column(name="available_at", dtype="time", unit="when the row could first be known, UTC"),
        Column(name="recorded_at", dtype="time", unit="when the row entered this store, UTC"),
        _opt("place", "text", "name of the place"),
        _opt("place_state", "text", "state of the place, ISO 3166", "of no known state"),
        _opt("lat", "float", "degrees north, WGS84", low=-90, high=90),
        _opt("lon", "float", "degrees east, WGS84", low=-180, high=180),
        _opt("place_precision", "text", "point, place, admin or country"),
        _opt("intensity", "float", "Goldstein scale, -10 to 10", low=-10, high=10),
        _opt("tone", "float", "average tone of the reports, -100 to 100", low=-100, high=100),
        _opt("mentions", "int", "mentions", low=0),
        _opt("sources", "int", "outlets", low=0),
        _opt("articles", "int", "documents", low=0),
        _opt("fatalities", "int", "deaths, best estimate", low=0),
        _opt("fatalities_low", "int", "deaths, low estimate", low=0),
        _opt("fatalities_high", "int", "deaths, high estimate", low=0),
        _opt("confidence", "float", "confidence of the coding, 0 to 1", low=0, high=1),
        _opt("refers_to", "long", "key of the event that is mentioned", "not a mention"),
        _opt("tags", "text", "what else the source says of it, separated by ;"),
        _opt("url", "text", "address of a report"),
        Column(name="file_id", dtype="int", unit="number of the file in the catalogue"),
        Column(name="row", dtype="int", unit="number of the row in the file, from 1, without lines that are no rows"),
        Column(name="batch", dtype="int", unit="number of the batch that brought it"),
    ),
)  # fmt: skip
SUPERSEDED = FrameContract(
    name="superseded",
    row="one version of an event and the moment a later one took its place",
    key=("dataset", "key", "file_id", "row", "superseded_at"),
    columns=(
        Column(name="dataset", dtype="text", unit="id of the data set"),
        Column(name="key", dtype="long", unit="as in events"),
        Column(name="file_id", dtype="int", unit="as in events"),
        Column(name="row", dtype="int", unit="as in events"),
        Column(name="superseded_at", dtype="time", unit="when the later version became available, UTC"),
    ),
)
DYAD_DAYS = FrameContract(
    name="dyad_days",
    row="a change of one daily count on the day it became available",
    key=("dataset", "day", "source", "target", "root", "available_on"),
    columns=(
        Column(name="dataset", dtype="text", unit="id of the data set"),
        Column(name="day", dtype="date", unit="first day of the events, UTC"),
        _opt("source", "text", "state acting, ISO 3166", "of no known state"),
        _opt("target", "text", "state acted upon, ISO 3166", "of no known state"),
        _opt("root", "text", "PLOVER class", "no class"),
        Column(name="available_on", dtype="date", unit="day on which the change became available, UTC"),
        Column(name="events", dtype="long", unit="change of the number of events"),
        Column(name="mentions", dtype="long", unit="change of the sum of mentions"),
        Column(name="with_mentions", dtype="long", unit="change of the number of events that report mentions"),
        Column(name="fatalities", dtype="long", unit="change of the sum of deaths"),
        Column(name="with_fatalities", dtype="long", unit="change of the number of events that report deaths"),
    ),
)
TABLES = {contract.name: contract for contract in (EVENTS, SUPERSEDED, DYAD_DAYS)}

# What makes a row the same row again: everything but where and when it was read.
CONTENT = tuple(
    name
    for name in EVENTS.names
    if name not in ("published_at", "available_at", "recorded_at", "file_id", "row", "batch")
)


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeTables:
    """Small tables that layouts join with; made from the reference tables by whoever opens the store.

    ``cameo``: code to PLOVER class. ``plover``: class of other editions to ours. ``quads``: class to its number.
    ``fips``: two-letter country codes of GDELT to ISO 3166. ``actors``: codes of CAMEO to ISO 3166. ``names``: names of
    states (lower case, no accents, no full stops) to ISO 3166. ``gw``: Gleditsch-Ward numbers as text to ISO 3166.
    """

    cameo: Mapping[str, str]
    plover: Mapping[str, str]
    quads: Mapping[str, int]
    fips: Mapping[str, str]
    actors: Mapping[str, str]
    names: Mapping[str, str]
    gw: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """When a row is malformed: the column to name, SQL for its cell, SQL that is true when it is bad, and why."""

    column: str
    cell: str
    when: str
    reason: str


Form = Literal["lines", "csv", "parquet"]
"""lines: one row a line whatever is in it. csv: quoted cells may hold line ends. parquet: typed columns."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EventLayout:
    """One upstream shape of event rows and how it becomes the columns of `EVENTS`.

    ``columns``: names of the cells of a file without header; empty when the first line names them. ``requires``:
    columns (lower case) without which the file is refused. ``select``: column of `EVENTS` -> SQL over ``raw`` and the
    joined code tables; every upstream cell is text. ``joins``: SQL after ``FROM raw``. ``optional``: upstream columns
    that may be missing and are then null. ``missing``: cells that mean "no value" beside the empty one.
    ``checked``: what the layout was checked against.
    """

    name: str
    select: Mapping[str, str]
    checked: str
    form: Form = "lines"
    columns: tuple[str, ...] = ()
    requires: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()
    delim: str = "\t"
    encoding: str = "utf-8"
    padded: bool = False
    joins: str = ""
    faults: tuple[Fault, ...] = ()
    missing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class EventDataset:
    """One event data set and everything a user must be told before using it.

    ``lag_days``: days after an event within which the source says it publishes; ``lag_basis`` says where that is from.
    ``private``: the terms forbid giving the rows to others, so they are never put where others can read them.
    """

    id: str
    title: str
    provider: str
    licence: str
    redistribution: str
    citation: str
    coverage: Coverage
    lag_days: int
    lag_basis: str
    address: str
    address_status: str
    layouts: tuple[EventLayout, ...]
    private: bool = False
    note: str = ""

    def __post_init__(self) -> None:
        told = {
            "title": self.title, "provider": self.provider, "licence": self.licence,
            "redistribution": self.redistribution, "citation": self.citation, "coverage": self.coverage.units,
            "publication lag": self.lag_basis, "address": self.address,
        }  # fmt: skip
        if missing := [name for name, value in told.items() if not value.strip()]:
            raise SourceFailed(f"the source {self.id or '?'} does not state its {', '.join(missing)}")
        for layout in self.layouts:
            if unknown := sorted(set(layout.select) - set(EVENTS.names)):
                raise SourceFailed(f"{self.id}: layout {layout.name} fills unknown columns {unknown}")
            given = {"dataset", "recorded_at", "file_id", "row", "batch"}
            needed = {c.name for c in EVENTS.columns if not c.nullable} - given
            if absent := sorted(needed - set(layout.select)):
                raise SourceFailed(f"{self.id}: layout {layout.name} leaves {absent} empty")


@dataclass(frozen=True, slots=True, kw_only=True)
class EventFile:
    """A file to be taken in: where its plain rows lie, and what it was when it was given.

    ``path`` holds the rows unpacked or packed as the layout expects after ``parts``; ``name``, ``url``, ``sha256`` and
    ``size`` (bytes) describe the file as given. ``parts`` are the pieces to read in turn, each whole lines.
    """

    dataset: EventDataset
    layout: EventLayout
    name: str
    url: str
    sha256: str
    size: int
    path: Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """What became of one file: rows read, new, the same again, new versions of known rows, malformed and kept aside."""

    dataset: str
    file: str
    status: Literal["taken in", "unchanged", "failed"]
    read: int = 0
    new: int = 0
    repeated: int = 0
    corrected: int = 0
    rejected: int = 0
    batches: int = 0
    examples: tuple[str, ...] = ()
    message: str = ""
    newest: str = ""


def typed(contract: FrameContract, name: str, expression: str) -> str:
    """SQL: ``expression`` as the type the contract promises for that column."""
    return f'CAST({expression} AS {SQL_TYPES[contract.column(name).dtype]}) AS "{name}"'
