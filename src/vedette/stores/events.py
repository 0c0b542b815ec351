"""Reading the event store: parquet files named by the catalogue, asked with DuckDB, as of any day.

Answers as of a day use only versions that became available by its end; a version that a later one took the place of
counts until that one became available. Which files can hold an answer is read off the catalogue; most stay closed.
"""
# ruff: noqa: S608  SQL here is built from contract names, checked codes and quoted paths; values are parameters.

from __future__ import annotations

import datetime as dt
import itertools
import threading
from collections.abc import Iterator, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from vedette.domain.events import (
    Coverage,
    DayVolume,
    DyadDay,
    Event,
    EventQuery,
    FileFailure,
    Forgotten,
    Gap,
    Provenance,
    RejectedRow,
)  # fmt: skip
from vedette.domain.time import AsOf, DateInterval
from vedette.errors import BadInput, StoreUnavailable
from vedette.frames.events import DYAD_DAYS, EVENTS, SUPERSEDED
from vedette.frames.frame import quoted
from vedette.stores.events_catalogue import Catalogue, Segment, lines_of

if TYPE_CHECKING:
    import duckdb

# Mean radius of the earth, kilometres (IUGG).
EARTH_KM = 6371.0088
# Kilometres of one degree of latitude, a little less than anywhere, so that the box holds the circle.
_KM_PER_DEGREE = 110.0

_COLUMNS = tuple(n for n in EVENTS.names if n != "batch")


class DuckEventStore:
    """The event store in a folder, for reading. A folder that is not there is an empty store."""

    def __init__(self, folder: Path, *, memory_mb: float, busy: float) -> None:
        self.folder = folder
        self.memory_mb = memory_mb
        self.busy = busy
        self._guard = threading.Lock()

    @cached_property
    def _con(self) -> duckdb.DuckDBPyConnection:
        import duckdb

        con = duckdb.connect(config={"memory_limit": f"{int(self.memory_mb)}MB"})
        con.execute("SET parquet_metadata_cache = true")
        con.execute("SET enable_progress_bar = false")
        return con

    @cached_property
    def _catalogue(self) -> Catalogue:
        return Catalogue(self.folder / "catalogue.sqlite3", busy=self.busy, create=False)

    def exists(self) -> bool:
        """Whether anything was ever taken in."""
        return (self.folder / "catalogue.sqlite3").exists()

    def close(self) -> None:
        """Release the files."""
        for name in ("_con", "_catalogue"):
            if name in self.__dict__:
                self.__dict__.pop(name).close()

    # --- questions -----------------------------------------------------------------------------------------------

    def query(self, query: EventQuery) -> Sequence[Event]:
        """Events that pass, newest first; see `EventStore.query`."""
        where, values = _conditions(query)
        columns = ", ".join(f"e.{name}" for name in _COLUMNS)
        limit = f" LIMIT {query.limit}" if query.limit is not None else ""
        rows = self._ask(
            query, f"SELECT {columns} FROM {{events}} AS e WHERE {where} "
            f"ORDER BY e.occurred_from DESC, e.dataset, e.key{limit}", values,
        )  # fmt: skip
        names = self._catalogue.names(row[_FILE] for row in rows) if rows else {}
        lines = {file: self._lines(file, [r[_ROW] for r in rows if r[_FILE] == file]) for file in names}
        return [_event(row, names, lines[row[_FILE]]) for row in rows]

    def _lines(self, file: int, numbers: list[int]) -> dict[int, int]:
        """Lines of the file of rows of these numbers."""
        return lines_of(numbers, self._catalogue.no_rows(file), self._catalogue.first_line(file))

    def count(self, query: EventQuery) -> int:
        """How many pass; see `EventStore.count`."""
        where, values = _conditions(query)
        rows = self._ask(query, f"SELECT count(*) FROM {{events}} AS e WHERE {where}", values)
        return int(rows[0][0]) if rows else 0

    def dyad_days(self, query: EventQuery) -> Sequence[DyadDay]:
        """Daily counts by pair and class; see `EventStore.dyad_days`."""
        if query.near or query.place_state or query.kinds != ("event",) or query.after_batch:
            raise BadInput("daily counts know pairs, classes and days, no places, kinds or batches")
        where, values = _day_conditions(query)
        limit = f" LIMIT {query.limit}" if query.limit is not None else ""
        rows = self._ask(
            query,
            "SELECT dataset, day, source, target, root, sum(events), "
            "CASE WHEN sum(with_mentions) > 0 THEN sum(mentions) END, "
            "CASE WHEN sum(with_fatalities) > 0 THEN sum(fatalities) END FROM {dyad_days} AS d "
            f"WHERE {where} GROUP BY dataset, day, source, target, root HAVING sum(events) > 0 "
            f"ORDER BY day, dataset, source, target, root{limit}",
            values,
        )
        return [
            DyadDay(
                dataset=r[0], day=r[1], source=r[2], target=r[3], root=r[4], events=int(r[5]),
                mentions=None if r[6] is None else int(r[6]), fatalities=None if r[7] is None else int(r[7]),
            )
            for r in rows
        ]  # fmt: skip

    def volume(
        self, *, since: dt.date | None = None, until: dt.date | None = None, as_of: AsOf | None = None,
        datasets: Sequence[str] = (),
    ) -> Sequence[DayVolume]:  # fmt: skip
        """All events by data set and day; see `EventStore.volume`."""
        query = EventQuery(since=since, until=until, as_of=as_of, datasets=tuple(datasets))
        where, values = _day_conditions(query)
        rows = self._ask(
            query, f"SELECT dataset, day, sum(events) FROM {{dyad_days}} AS d WHERE {where} GROUP BY dataset, day "
            "HAVING sum(events) > 0 ORDER BY day, dataset", values,
        )  # fmt: skip
        return [DayVolume(dataset=r[0], day=r[1], events=int(r[2])) for r in rows]

    def coverage(self, *, as_of: AsOf | None = None, today: dt.date | None = None) -> Sequence[Coverage]:
        """What is there by data set; see `EventStore.coverage`."""
        if not self.exists():
            return []
        lags = {name: lag for name, lag, _ in self._catalogue.datasets()}
        failures: dict[str, list[FileFailure]] = {}
        for failure in self.failures(as_of=as_of)[1]:
            failures.setdefault(failure.dataset, []).append(failure)
        days: dict[str, list[tuple[dt.date, int]]] = {}
        for v in self.volume(as_of=as_of):
            days.setdefault(v.dataset, []).append((v.day, v.events))
        newest = self._newest(as_of)
        files: dict[str, list[Any]] = {}
        for file in self._catalogue.files():
            files.setdefault(file.dataset, []).append(file)
        judged = today or (as_of.date if as_of else None)
        found = []
        for dataset in sorted({*lags, *failures, *days, *files}):
            covered = days.get(dataset, [])
            last = newest.get(dataset)
            lag = lags.get(dataset, 0)
            # Twice the lag: once for the event to come out, once for us to have looked. [assumption]
            late = judged is not None and (last is None or (judged - last.date()).days > max(2 * lag, 2))
            found.append(
                Coverage(
                    dataset=dataset, events=sum(n for _, n in covered), first_day=covered[0][0] if covered else None,
                    last_day=covered[-1][0] if covered else None, newest_available=last,
                    files=sum(f.done for f in files.get(dataset, [])), failures=tuple(failures.get(dataset, ())),
                    rejected=sum(f.rejected for f in files.get(dataset, [])),
                    corrected=sum(f.corrected for f in files.get(dataset, [])), gaps=_gaps([d for d, _ in covered]),
                    expected_lag_days=lag, stale=late,
                )
            )  # fmt: skip
        return found

    def failures(self, *, as_of: AsOf | None = None) -> tuple[int, Sequence[FileFailure]]:
        """Files asked for, and those that could not be read; see `EventStore.failures`."""
        if not self.exists():
            return 0, []
        found = [
            FileFailure(dataset=d, file=n, reason=r, at=dt.datetime.fromisoformat(at))
            for d, n, r, at in self._catalogue.failures()
        ]
        if as_of is not None:  # what was forgotten later was still missing then
            found += [
                FileFailure(dataset=f.dataset, file=f.file, reason=f.reason, at=f.failed_at)
                for f in self.forgotten() if not as_of.admits(f.forgotten_at)
            ]  # fmt: skip
            found = [f for f in found if as_of.admits(f.at)]
        return self._catalogue.count_done() + len(found), found

    def forgotten(self) -> Sequence[Forgotten]:
        """Failures that a person said need not be mended; see `EventStore.forgotten`."""
        if not self.exists():
            return []
        return [
            Forgotten(
                dataset=d, file=n, reason=r, failed_at=dt.datetime.fromisoformat(at),
                forgotten_at=dt.datetime.fromisoformat(then),
            )
            for d, n, r, at, then in self._catalogue.forgotten()
        ]  # fmt: skip

    def newest_batch(self) -> int:
        """Number of the last batch; see `EventStore.newest_batch`."""
        return self._catalogue.newest_batch() if self.exists() else 0

    def rejected(self, dataset: str | None = None, *, limit: int | None = None) -> Iterator[RejectedRow]:
        """Malformed rows kept aside; see `EventStore.rejected`."""
        if not self.exists():
            return
        for name, file, line, column, cell, reason, text in self._catalogue.rejected(dataset, limit):
            yield RejectedRow(
                dataset=name, file=file, line=line, column=column, cell=cell, reason=reason, text=text
            )

    def parquet_files(self, table: str) -> list[Path]:
        """The parquet files in force of one table, for other engines."""
        if not self.exists():
            return []
        return [self.folder / s.path for s in self._catalogue.segments(table)]

    # --- engine --------------------------------------------------------------------------------------------------

    def _newest(self, as_of: AsOf | None) -> dict[str, dt.datetime]:
        query = EventQuery(as_of=as_of)
        where, values = ("e.available_at < ?", [_naive(as_of.cutoff)]) if as_of else ("true", [])
        sql = f"SELECT dataset, max(available_at) FROM {{events}} AS e WHERE {where} GROUP BY ALL"
        rows = self._ask(query, sql, values)
        return {r[0]: r[1].replace(tzinfo=dt.UTC) for r in rows}

    def _ask(self, query: EventQuery, sql: str, values: list[Any]) -> list[tuple[Any, ...]]:
        """Rows of a statement whose ``{events}`` or ``{dyad_days}`` is filled with the files that can hold answers."""
        import duckdb

        if not self.exists():
            return []
        for attempt in (1, 2):
            tables = {name: self._table(name, query) for name in ("events", "dyad_days") if f"{{{name}}}" in sql}
            text = sql
            for name, (source, _) in tables.items():
                text = text.replace(f"{{{name}}}", source)
            more = [v for _, extra in tables.values() for v in extra]
            try:
                with self._guard:
                    return self._con.execute(text, [*more, *values]).fetchall()
            except duckdb.IOException as error:
                # A writer joined small files meanwhile: the catalogue now names the new one.
                if attempt == 2:
                    raise StoreUnavailable(
                        f"the event store cannot be read ({str(error).splitlines()[0]})", where=str(self.folder)
                    ) from error
            except duckdb.OutOfMemoryException as error:
                raise StoreUnavailable(
                    f"{self.memory_mb:g} MB are not enough for this answer", where=str(self.folder),
                    fix="Narrow the question, give --limit, or raise VEDETTE_EVENTS_MEMORY_MB",
                ) from error
        return []

    def _table(self, name: str, query: EventQuery) -> tuple[str, list[Any]]:
        """SQL for the rows of one table that can matter, versions not in force left out, and its parameters."""
        segments = [s for s in self._catalogue.segments(name, query.datasets) if _may_hold(s, query)]
        contract = {"events": EVENTS, "dyad_days": DYAD_DAYS}[name]
        rows = _read(self.folder, segments) if segments else _nothing(contract.names, name)
        if name == "dyad_days":
            return rows, []
        late = [s for s in self._catalogue.segments("superseded", query.datasets) if _in_time(s, query)]
        if not late:
            return rows, []
        cut, values = ("WHERE superseded_at < ?", [_naive(query.as_of.cutoff)]) if query.as_of else ("", [])
        match = " AND ".join(f"v.{n} IS NOT DISTINCT FROM s.{n}" for n in SUPERSEDED.names[:-1])
        return (
            f"(SELECT v.* FROM {rows} AS v ANTI JOIN (SELECT * FROM {_read(self.folder, late)} {cut}) AS s ON {match})",
            values,
        )


def _read(folder: Path, segments: Sequence[Segment]) -> str:
    return f"read_parquet([{', '.join(quoted(folder / s.path) for s in segments)}])"


def _nothing(names: Sequence[str], table: str) -> str:
    from vedette.frames.contract import SQL_TYPES

    contract = EVENTS if table == "events" else DYAD_DAYS
    return f"(SELECT {', '.join(f'NULL::{SQL_TYPES[contract.column(n).dtype]} AS {n}' for n in names)} WHERE false)"


def _may_hold(segment: Segment, query: EventQuery) -> bool:
    if segment.last_batch <= query.after_batch:
        return False
    if query.since is not None and segment.last_day is not None and segment.last_day < query.since.isoformat():
        return False
    if query.until is not None and segment.first_day is not None and segment.first_day > query.until.isoformat():
        return False
    return _in_time(segment, query)


def _in_time(segment: Segment, query: EventQuery) -> bool:
    if query.as_of is None or segment.first_available is None:
        return True
    return dt.datetime.fromisoformat(segment.first_available) < _naive(query.as_of.cutoff)


def _naive(moment: dt.datetime) -> dt.datetime:
    return moment.astimezone(dt.UTC).replace(tzinfo=None)


def _pair(query: EventQuery, table: str, values: list[Any]) -> list[str]:
    """Conditions on the states; the values are added in order."""
    one = [(f"{table}.source", query.source), (f"{table}.target", query.target)]
    ways = [[(c, v) for c, v in one if v is not None]]
    if query.both_ways:
        ways.append([(c, v) for c, v in zip((f"{table}.target", f"{table}.source"), (query.source, query.target),
                                            strict=True) if v is not None])  # fmt: skip
    if not ways[0]:
        return []
    texts = []
    for way in ways:
        texts.append(" AND ".join(f"{column} = ?" for column, _ in way))
        values += [value for _, value in way]
    return ["(" + " OR ".join(f"({t})" for t in texts) + ")"]


def _conditions(query: EventQuery) -> tuple[str, list[Any]]:
    values: list[Any] = []
    tests = _pair(query, "e", values)
    for column, wanted in (("root", query.roots), ("dataset", query.datasets), ("kind", query.kinds)):
        if wanted:
            tests.append(f"e.{column} IN ({', '.join('?' * len(wanted))})")
            values += wanted
    for text, value in (
        ("e.occurred_from >= ?", query.since), ("e.occurred_from <= ?", query.until),
        ("e.available_at < ?", _naive(query.as_of.cutoff) if query.as_of else None),
        ("e.place_state = ?", query.place_state), ("e.batch > ?", query.after_batch or None),
    ):  # fmt: skip
        if value is not None:
            tests.append(text)
            values.append(value)
    if query.near is not None:
        tests += _within(query, values)
    return " AND ".join(tests) or "true", values


def _within(query: EventQuery, values: list[Any]) -> list[str]:
    """A box that holds the circle (cheap), then the great-circle distance (haversine)."""
    c = query.near
    if c is None:
        return []
    high = c.km / _KM_PER_DEGREE
    values += [c.lat - high, c.lat + high, c.lat, c.lat, c.lon, c.km]
    return [
        "e.lat BETWEEN ? AND ?",
        f"2 * {EARTH_KM} * asin(least(1, sqrt(pow(sin(radians(e.lat - ?) / 2), 2) + cos(radians(?)) "
        "* cos(radians(e.lat)) * pow(sin(radians(e.lon - ?) / 2), 2)))) <= ?",
    ]


def _day_conditions(query: EventQuery) -> tuple[str, list[Any]]:
    values: list[Any] = []
    tests = _pair(query, "d", values)
    for column, wanted in (("root", query.roots), ("dataset", query.datasets)):
        if wanted:
            tests.append(f"d.{column} IN ({', '.join('?' * len(wanted))})")
            values += wanted
    for text, value in (
        ("d.day >= ?", query.since), ("d.day <= ?", query.until),
        ("d.available_on <= ?", query.as_of.date if query.as_of else None),
    ):  # fmt: skip
        if value is not None:
            tests.append(text)
            values.append(value)
    return " AND ".join(tests) or "true", values


def _gaps(days: list[dt.date]) -> tuple[Gap, ...]:
    """Runs of days without any row between days with rows."""
    one = dt.timedelta(days=1)
    return tuple(
        Gap(first=a + one, last=b - one) for a, b in itertools.pairwise(days) if (b - a).days > 1
    )


_FILE, _ROW = _COLUMNS.index("file_id"), _COLUMNS.index("row")


def _event(row: tuple[Any, ...], names: dict[int, tuple[str, str]], lines: dict[int, int]) -> Event:
    v = dict(zip(_COLUMNS, row, strict=True))
    name, digest = names.get(v["file_id"], ("", ""))
    return Event(
        dataset=v["dataset"], kind=v["kind"], id=v["id"] if v["id"] is not None else str(v["key"]), code=v["code"],
        ontology=v["ontology"], root=v["root"], quad=v["quad"], source=v["source"], target=v["target"],
        source_actor=v["source_actor"], target_actor=v["target_actor"],
        occurred_at=DateInterval(start=v["occurred_from"], end=v["occurred_to"]), time_precision=v["time_precision"],
        published_at=v["published_at"] and v["published_at"].replace(tzinfo=dt.UTC),
        available_at=v["available_at"].replace(tzinfo=dt.UTC), recorded_at=v["recorded_at"].replace(tzinfo=dt.UTC),
        place=v["place"], place_state=v["place_state"], lat=v["lat"], lon=v["lon"],
        place_precision=v["place_precision"], intensity=v["intensity"], tone=v["tone"], mentions=v["mentions"],
        sources=v["sources"], articles=v["articles"],
        fatalities=v["fatalities"], fatalities_low=v["fatalities_low"], fatalities_high=v["fatalities_high"],
        confidence=v["confidence"], refers_to=None if v["refers_to"] is None else str(v["refers_to"]), tags=v["tags"],
        url=v["url"], provenance=Provenance(dataset=v["dataset"], file=name, row=lines[v["row"]], digest=digest),
    )  # fmt: skip
