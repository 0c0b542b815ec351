"""Taking files of event rows into the store: typed, checked, freed of repetitions, committed batch by batch.

A file is read in pieces of bounded size. Each piece becomes one batch: its rows are typed in memory (spilling to disk
beyond the limit), malformed ones are set aside with line and reason, known events get new versions, and the rest is
written as parquet files that lie whole on disk before the catalogue names them. A process that dies at any moment
leaves the store as of its last batch, and the same command goes on after it.
"""
# ruff: noqa: S608  SQL here is built from declared layouts, contract names and quoted paths, never from user text.

from __future__ import annotations

import contextlib
import datetime as dt
import difflib
import fcntl
import os
import re
import shutil
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from vedette.errors import FrameRefused, SourceFailed, StoreUnavailable
from vedette.frames.events import EVENTS, TABLES, CodeTables, EventDataset, EventFile, EventLayout, Taken, typed
from vedette.frames.frame import quoted
from vedette.ports import Clock
from vedette.stores.events_catalogue import Catalogue, FileRow, Segment, lines_of
from vedette.stores.events_versions import COUNT_CHAIN, SUPERSEDED_ROWS, day_changes, link_versions

if TYPE_CHECKING:
    import duckdb

# A file of which more than this share of rows is malformed has another form than declared: refused whole. The same
# share and least number of rows as for the historical tables (sources.parse).
CHANGED_SHARE = 0.2
CHANGED_ROWS = 20
# Rows of one group inside a parquet file. Rows are sorted by pair of states, so small groups let a question about one
# pair skip the rest: on 4.9 M rows the scan of one pair took 55 ms at 20,480 and 730 ms unsorted at the default of
# 122,880; smaller groups make the files larger.
ROW_GROUP = 20_480
# zstd level. Level 1 against the default of 3 on 270,000 rows of GDELT: a quarter less time to write, 3 % more bytes.
LEVEL = 1
# Parquet files with fewer rows than this are joined into one when there are more than FEW of them. [assumption] A feed
# that is polled every 15 minutes brings some thousand rows each time.
SMALL_ROWS = 100_000
FEW = 24

_REASONS = {
    "TOO MANY COLUMNS": "too many cells", "MISSING COLUMNS": "too few cells", "INVALID ENCODING": "is not UTF-8",
    "LINE SIZE OVER MAXIMUM": "the line is too long", "UNQUOTED VALUE": "a quoted cell does not end",
    "INVALID STATE": "a quoted cell does not end",
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A part of a file that can be read alone: ``index`` from 0, plain rows at ``path``."""

    index: int
    path: Path


class EventIntake:
    """Writes to the event store in ``folder``. One writer at a time; the lock goes with the process.

    ``memory_mb``: what the database engine may hold before it spills to disk. Use it as a context manager.
    """

    def __init__(
        self, folder: Path, codes: CodeTables, clock: Clock, *, memory_mb: float, busy: float,
        threads: int | None = None,
    ) -> None:  # fmt: skip
        self.folder = folder
        self.codes = codes
        self.clock = clock
        self.memory_mb = memory_mb
        self.busy = busy
        self.threads = threads or min(os.cpu_count() or 1, 4)
        self._lock: int | None = None
        self._open: tuple[Catalogue, duckdb.DuckDBPyConnection] | None = None

    @property
    def piece_bytes(self) -> int:
        """Size of a piece of a file: typed, it and what is made of it stay well inside the memory limit.

        A row of GDELT takes about 480 bytes as text and some 350 typed, and is held up to three times. [assumption]
        """
        return max(1 << 20, int(self.memory_mb * (1 << 20) / 4))

    def __enter__(self) -> EventIntake:
        try:
            (self.folder / "scratch").mkdir(parents=True, exist_ok=True)
            self._lock = os.open(self.folder / "writer.lock", os.O_RDWR | os.O_CREAT, 0o644)
        except OSError as error:
            raise StoreUnavailable(f"cannot be written ({error.strerror})", where=str(self.folder)) from error
        self._take_lock(self._lock)
        catalogue = Catalogue(self.folder / "catalogue.sqlite3", busy=self.busy, create=True)
        self._sweep(catalogue)
        import duckdb

        con = duckdb.connect(
            config={
                "memory_limit": f"{int(self.memory_mb)}MB", "threads": self.threads,
                "temp_directory": str(self.folder / "scratch"), "preserve_insertion_order": "true",
            }
        )  # fmt: skip
        con.execute("SET enable_progress_bar = false")  # standard output is for data
        _load_codes(con, self.codes)
        self._open = (catalogue, con)
        return self

    def __exit__(self, *_: object) -> None:
        if self._open is not None:
            catalogue, con = self._open
            con.close()
            catalogue.close()
            self._open = None
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    def _take_lock(self, handle: int) -> None:
        until = time.monotonic() + self.busy
        while True:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                return
            except OSError as error:
                if time.monotonic() >= until:
                    raise StoreUnavailable(
                        "another process is taking in events", where=str(self.folder), fix="Wait until it has finished"
                    ) from error
                time.sleep(0.05)

    def _sweep(self, catalogue: Catalogue) -> None:
        """Remove what a process that died left behind: nobody reads it."""
        shutil.rmtree(self.folder / "scratch", ignore_errors=True)
        (self.folder / "scratch").mkdir(exist_ok=True)
        known = catalogue.paths()
        for name in TABLES:
            (self.folder / name).mkdir(exist_ok=True)
            for path in (self.folder / name).iterdir():
                if f"{name}/{path.name}" not in known:
                    path.unlink(missing_ok=True)

    @property
    def scratch(self) -> Path:
        """A folder for passing files, emptied whenever a writer opens the store."""
        return self.folder / "scratch"

    @property
    def catalogue(self) -> Catalogue:
        """The catalogue, while open."""
        return self._opened()[0]

    def _opened(self) -> tuple[Catalogue, duckdb.DuckDBPyConnection]:
        if self._open is None:
            raise StoreUnavailable("the store is not open for writing", where=str(self.folder))
        return self._open

    # --- one file ------------------------------------------------------------------------------------------------

    def knows(self, dataset: str, url: str) -> bool:
        """Whether the file behind an address was taken in whole."""
        return self.catalogue.has_url(dataset, url)

    def failed(self, dataset: EventDataset, name: str, reason: str) -> None:
        """Remember that a file could not be read, until it can."""
        now = self.clock.now()
        self.catalogue.note_dataset(dataset.id, dataset.lag_days, now)
        self.catalogue.fail(dataset.id, name, reason, now)

    def take(
        self, file: EventFile, pieces: Callable[[int], Iterator[Path]], *, available: dt.datetime | None = None
    ) -> Taken:
        """Take in one file; ``pieces(n)`` gives the plain parts of it, each to be read alone and of about ``n`` bytes.

        ``available``: when the file could first be had, when its rows do not say, or earlier than they say. Raises
        ``FrameRefused`` when the file has another form than its layout, ``SourceFailed`` when it is cut short or cannot
        be read, ``StoreUnavailable`` when the disk is full; batches committed before stay.
        """
        catalogue, _ = self._opened()
        now = self.clock.now()
        catalogue.note_dataset(file.dataset.id, file.dataset.lag_days, now)
        found = catalogue.file(file.dataset.id, file.sha256, file.layout.name)
        if found is not None and found.done:
            catalogue.clear_failure(file.dataset.id, file.name)
            return Taken(dataset=file.dataset.id, file=file.name, status="unchanged", read=found.read,
                         rejected=found.rejected)  # fmt: skip
        begun = self._begin(catalogue, file, found, now)
        batches = 0
        for index, path in enumerate(pieces(self.piece_bytes)):
            if index < begun.pieces:
                continue  # committed before this process began
            with self._explained():
                self._take_piece(file, begun, index, path, available)
            batches += 1
        with catalogue.transaction():
            catalogue.finish_file(begun.id)
        done = catalogue.file(file.dataset.id, file.sha256, file.layout.name)
        if done is None:
            raise SourceFailed("the file vanished from the catalogue", where=file.name)
        examples = tuple(
            f"line {line}: {col} {cell!r} {why}".replace("  ", " ") for _, _, line, col, cell, why, _ in
            catalogue.rejected_of(begun.id, 3)
        )  # fmt: skip
        return Taken(
            dataset=file.dataset.id, file=file.name, status="taken in", read=done.read, new=done.added,
            repeated=done.repeated, corrected=done.corrected, rejected=done.rejected, batches=batches,
            examples=examples,
        )  # fmt: skip

    def _begin(self, catalogue: Catalogue, file: EventFile, found: FileRow | None, now: dt.datetime) -> FileRow:
        key = (file.dataset.id, file.sha256, file.layout.name)
        with catalogue.transaction():
            if found is None:
                catalogue.begin_file(
                    file.dataset.id, file.name, file.url, file.sha256, file.size, file.layout.name, self.piece_bytes,
                    now,
                )  # fmt: skip
            elif found.piece_bytes != self.piece_bytes:
                catalogue.restart_file(found.id, self.piece_bytes)
        begun = catalogue.file(*key)
        if begun is None:
            raise SourceFailed("the file cannot be entered in the catalogue", where=file.name)
        return begun

    @contextlib.contextmanager
    def _explained(self) -> Iterator[None]:
        """Failures of the engine as errors that say what to do; half-written files are removed."""
        import duckdb

        try:
            yield
        except (duckdb.OutOfMemoryException, MemoryError) as error:
            raise StoreUnavailable(
                f"{self.memory_mb:g} MB are not enough to take in this file", where=str(self.folder),
                fix="Raise VEDETTE_EVENTS_MEMORY_MB; what was committed before stays",
            ) from error
        except (duckdb.IOException, OSError) as error:
            first = str(error).splitlines()[0]
            raise StoreUnavailable(
                f"a file cannot be written ({first})", where=str(self.folder),
                fix="Free some space and run the command again: it goes on after the last batch",
            ) from error
        finally:
            for name in TABLES:
                for part in (self.folder / name).glob("*.part"):
                    part.unlink(missing_ok=True)

    def _take_piece(
        self, file: EventFile, begun: FileRow, index: int, path: Path, available: dt.datetime | None
    ) -> None:
        catalogue, con = self._opened()
        now = self.clock.now()
        batch = catalogue.newest_batch() + 1
        so_far = _one(catalogue.file(file.dataset.id, file.sha256, file.layout.name))
        offset, before = so_far.lines, so_far.rows
        constants, varying = _selection(file, begun.id, batch, now, available)
        bad = _stage(con, file, path, varying, first=index == 0)
        accepted, faulty = con.execute("SELECT count(*), count(_fault) FROM staged").fetchone() or (0, 0)
        header = 1 if index == 0 and not file.layout.columns and file.layout.form != "parquet" else 0
        malformed = _malformed(con, file, path, begun.id, bad, offset)
        _refuse_changed(file, accepted + len(bad), malformed)
        added_columns = ", ".join(typed(EVENTS, name, sql) for name, sql in constants.items())
        con.execute(
            f"CREATE OR REPLACE TEMP VIEW good AS SELECT *, CAST(_n + {before} AS INTEGER) AS row, {added_columns} "
            "FROM staged WHERE _fault IS NULL"
        )
        linked, repeated, corrected = self._link(con, catalogue, file.dataset.id)
        segments = self._write(con, batch, file.dataset.id, constants, linked)
        added = int(accepted) - int(faulty) - repeated - corrected
        with catalogue.transaction():
            catalogue.add_batch(batch, begun.id, now)
            for segment in segments:
                catalogue.add_segment(segment)
            catalogue.add_rejected(malformed)
            catalogue.count_piece(
                begun.id, read=int(accepted) + len(bad), added=added, repeated=repeated, corrected=corrected,
                rejected=len(malformed), lines=int(accepted) + len(bad) + header, rows=int(accepted),
            )

    def _link(self, con: duckdb.DuckDBPyConnection, catalogue: Catalogue, dataset: str) -> tuple[bool, int, int]:
        """Whether events of this piece have several versions; rows repeated, and new versions."""
        low, high, rows, distinct = con.execute(
            "SELECT min(key), max(key), count(*), count(DISTINCT (key)) FROM good"
        ).fetchone() or (None, None, 0, 0)
        if not rows:
            return False, 0, 0
        near = [
            s for s in catalogue.segments("events", (dataset,))
            if s.first_key is not None and s.last_key is not None and s.first_key <= high and s.last_key >= low
        ]  # fmt: skip
        names = ", ".join(EVENTS.names)
        if near:
            source = f"read_parquet([{', '.join(quoted(self.folder / s.path) for s in near)}])"
            con.execute(
                f"CREATE OR REPLACE TEMP TABLE old AS SELECT {names} FROM {source} WHERE key BETWEEN {low} AND {high} "
                "AND key IN (SELECT key FROM good)"
            )
        else:
            con.execute(f"CREATE OR REPLACE TEMP TABLE old AS SELECT {names} FROM good LIMIT 0")
        stored = (con.execute("SELECT count(*) FROM old").fetchone() or (0,))[0]
        if not stored and rows == distinct:
            return False, 0, 0
        con.execute(
            "CREATE OR REPLACE TEMP TABLE touched AS SELECT key FROM old UNION "
            "(SELECT key FROM good GROUP BY key HAVING count(*) > 1)"
        )
        con.execute(link_versions("good", "old", "touched"))
        repeated, corrected = con.execute(COUNT_CHAIN).fetchone() or (0, 0)
        return True, int(repeated), int(corrected)

    def _write(
        self, con: duckdb.DuckDBPyConnection, batch: int, dataset: str, constants: dict[str, str], linked: bool
    ) -> list[Segment]:
        """Write the parquet files of one batch, whole and flushed; nobody reads them before the catalogue has them."""
        drop = linked and (con.execute("SELECT count(*) FROM chain WHERE is_new AND NOT _keep").fetchone() or (0,))[0]
        kept = "good ANTI JOIN (SELECT _n FROM chain WHERE is_new AND NOT _keep) USING (_n)" if drop else "good"
        names = ", ".join(typed(EVENTS, n, constants[n]) if n in constants else n for n in EVENTS.names)
        varying = ", ".join(n for n in EVENTS.names if n not in constants)
        order = ", ".join(n for n in ("source", "target", "occurred_from", "key") if n not in constants)
        # Sorted without the constants: what is sorted is held in memory.
        sql = {"events": f"SELECT {names} FROM (SELECT {varying} FROM {kept} ORDER BY {order})"}
        if linked:
            con.execute("CREATE OR REPLACE TEMP VIEW untouched AS SELECT * FROM good ANTI JOIN touched USING (key)")
            sql["superseded"] = SUPERSEDED_ROWS
        sql["dyad_days"] = day_changes("untouched" if linked else "good", linked=linked)
        found = con.execute(
            "SELECT min(key), max(key), min(available_at), min(occurred_from), max(occurred_from), count(*) "
            f"FROM {kept}"
        ).fetchone()
        low, high, available, first, last, rows = found or (None,) * 5 + (0,)
        segments = []
        for kind, statement in sql.items():
            if kind == "events" and not rows:
                continue
            relative = f"{kind}/{batch:08d}.parquet"
            count = write_parquet(con, statement, self.folder / relative)
            if not count:
                (self.folder / relative).unlink()
                continue
            keyed = kind == "events"
            segments.append(
                Segment(
                    kind=kind, dataset=dataset, path=relative, rows=count, first_key=low if keyed else None,
                    last_key=high if keyed else None, first_available=available.isoformat() if available else None,
                    first_day=first.isoformat() if first else None, last_day=last.isoformat() if last else None,
                    first_batch=batch, last_batch=batch,
                )
            )  # fmt: skip
        return segments

    # --- housekeeping --------------------------------------------------------------------------------------------

    def fold(self) -> int:
        """Join small parquet files of each data set and table into one; returns how many were joined. Answers stay."""
        catalogue, con = self._opened()
        joined = 0
        for kind, contract in TABLES.items():
            by_dataset: dict[str, list[Segment]] = {}
            for segment in catalogue.segments(kind):
                if segment.rows < SMALL_ROWS:
                    by_dataset.setdefault(segment.dataset, []).append(segment)
            for dataset, small in by_dataset.items():
                if len(small) > FEW:
                    with self._explained():
                        self._join(con, catalogue, kind, contract.names, dataset, small)
                    joined += len(small)
        return joined

    def _join(
        self, con: duckdb.DuckDBPyConnection, catalogue: Catalogue, kind: str, names: tuple[str, ...], dataset: str,
        small: list[Segment],
    ) -> None:  # fmt: skip
        paths = ", ".join(quoted(self.folder / s.path) for s in small)
        order = {"events": " ORDER BY source, target, occurred_from, key", "dyad_days": " ORDER BY source, target, day"}
        relative = f"{kind}/{small[0].first_batch:08d}-{small[-1].last_batch:08d}.parquet"
        rows = write_parquet(
            con, f"SELECT {', '.join(names)} FROM read_parquet([{paths}]){order.get(kind, '')}", self.folder / relative
        )
        with catalogue.transaction():
            catalogue.drop_segments(s.path for s in small)
            catalogue.add_segment(
                Segment(
                    kind=kind, dataset=dataset, path=relative, rows=rows,
                    first_key=_least(s.first_key for s in small), last_key=_most(s.last_key for s in small),
                    first_available=_least(s.first_available for s in small),
                    first_day=_least(s.first_day for s in small), last_day=_most(s.last_day for s in small),
                    first_batch=small[0].first_batch, last_batch=small[-1].last_batch,
                )
            )  # fmt: skip
        # The old files stay until the next writer opens the store: a reader that began before may still want them.


def _least(values: Iterator[Any]) -> Any:
    return min((v for v in values if v is not None), default=None)


def _most(values: Iterator[Any]) -> Any:
    return max((v for v in values if v is not None), default=None)


def _one(found: FileRow | None) -> FileRow:
    if found is None:
        raise SourceFailed("the file vanished from the catalogue")
    return found


def write_parquet(con: duckdb.DuckDBPyConnection, sql: str, target: Path) -> int:
    """Write the rows of a query as a parquet file, whole and flushed to the disk; returns how many."""
    part = target.with_name(target.name + ".part")
    options = f"FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL {LEVEL}, ROW_GROUP_SIZE {ROW_GROUP}"
    done = con.execute(f"COPY ({sql}) TO {quoted(part)} ({options})").fetchone()
    with part.open("rb") as handle:
        os.fsync(handle.fileno())
    os.replace(part, target)
    folder = os.open(target.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
    return int(done[0]) if done else 0


def _load_codes(con: duckdb.DuckDBPyConnection, codes: CodeTables) -> None:
    """The code tables as small temporary tables ``cameo``, ``plover``, ``fips``, ``actors``, ``names``, ``gw``."""
    for name in ("fips", "actors", "names", "gw"):
        table = getattr(codes, name)
        con.execute(
            f"CREATE TEMP TABLE {name} AS SELECT unnest(?::VARCHAR[]) AS code, unnest(?::VARCHAR[]) AS iso",
            [list(table), list(table.values())],
        )
    for name in ("cameo", "plover"):
        table = getattr(codes, name)
        quads = [codes.quads[root] for root in table.values()]
        con.execute(
            f"CREATE TEMP TABLE {name} AS SELECT unnest(?::VARCHAR[]) AS code, unnest(?::VARCHAR[]) AS root, "
            "unnest(?::INTEGER[]) AS quad",
            [list(table), list(table.values()), quads],
        )


def header_of(path: Path, layout: EventLayout) -> tuple[str, ...]:
    """Names of the cells of a file: declared, or those of its first line (lower case, never empty, never twice)."""
    if layout.columns:
        return layout.columns
    import csv

    with path.open("r", encoding=layout.encoding, errors="replace", newline="") as handle:
        first = next(csv.reader(handle, delimiter=layout.delim), [])
    names: list[str] = []
    for position, cell in enumerate(first, start=1):
        name = cell.strip().lstrip("\ufeff").lower() or f"column_{position}"
        names.append(name if name not in names else f"{name}_{position}")
    return tuple(names)


def _stage(
    con: duckdb.DuckDBPyConnection, file: EventFile, path: Path, varying: dict[str, str], *, first: bool
) -> list[tuple[Any, ...]]:
    """Read a piece into the temporary table ``staged``; returns lines that are no rows: line, column, reason, text."""
    import duckdb

    layout = file.layout
    con.execute("DROP TABLE IF EXISTS reject_errors; DROP TABLE IF EXISTS reject_scans")
    try:
        source, names = _source(con, layout, path, first=first)
        rows = _typed_rows(file, names, source, varying)
        con.execute(f"CREATE OR REPLACE TEMP TABLE staged AS {rows}")
    except (duckdb.InvalidInputException, duckdb.BinderException, duckdb.ConversionException) as error:
        raise SourceFailed(f"the file cannot be read ({str(error).splitlines()[0]})", where=file.name) from error
    if layout.form == "parquet":
        return []
    return [
        (int(line), str(column or ""), _REASONS.get(str(kind), str(kind).lower()), str(text or ""))
        for line, column, kind, text in con.execute(
            "SELECT line, any_value(column_name), any_value(CAST(error_type AS VARCHAR)), any_value(csv_line) "
            "FROM reject_errors GROUP BY line ORDER BY line"
        ).fetchall()
    ]


def _source(
    con: duckdb.DuckDBPyConnection, layout: EventLayout, path: Path, *, first: bool
) -> tuple[str, tuple[str, ...]]:
    """SQL that reads the piece, and the names of its cells; every cell is text."""
    if layout.form == "parquet":
        names = tuple(str(r[0]) for r in con.execute(f"DESCRIBE SELECT * FROM read_parquet({quoted(path)})").fetchall())
        picked = ", ".join(f'CAST("{_escaped(n)}" AS VARCHAR) AS "{_escaped(n.lower())}"' for n in names)
        return f"(SELECT {picked} FROM read_parquet({quoted(path)}))", tuple(n.lower() for n in names)
    names = header_of(path, layout)
    columns = ", ".join(f"'{n.replace(chr(39), chr(39) * 2)}': 'VARCHAR'" for n in names)
    quote = "'\"'" if layout.form == "csv" else "''"
    nulls = ", ".join("'" + cell.replace("'", "''") + "'" for cell in ("", *layout.missing))
    header = "true" if first and not layout.columns else "false"
    return (
        f"read_csv({quoted(path)}, delim='{layout.delim}', quote={quote}, escape={quote}, header={header}, "
        f"columns={{{columns}}}, auto_detect=false, nullstr=[{nulls}], null_padding={str(layout.padded).lower()}, "
        f"encoding='{layout.encoding}', ignore_errors=true, store_rejects=true, rejects_limit=0, max_line_size=8000000)"
    ), names


def _escaped(name: str) -> str:
    return name.replace('"', '""')


# Column of `EVENTS` -> SQL: those that are the same in every row of a piece, and the others.
_Selection = tuple[dict[str, str], dict[str, str]]


def _selection(
    file: EventFile, file_id: int, batch: int, now: dt.datetime, available: dt.datetime | None
) -> _Selection:
    """Constants are kept out of the table in memory; together they are the columns of `EVENTS` but ``row``."""
    instant = now.astimezone(dt.UTC).replace(tzinfo=None).isoformat(sep=" ")
    select = {
        **{c.name: "NULL" for c in EVENTS.columns if c.name != "row"}, **file.layout.select,
        "dataset": f"'{file.dataset.id}'", "recorded_at": f"TIMESTAMP '{instant}'", "file_id": str(file_id),
        "batch": str(batch),
    }  # fmt: skip
    if available is not None:
        moment = available.astimezone(dt.UTC).replace(tzinfo=None).isoformat(sep=" ")
        select["available_at"] = f"TIMESTAMP '{moment}'"
    constant = {n: sql for n, sql in select.items() if re.fullmatch(r"NULL|(TIMESTAMP )?'[^']*'|\d+", sql)}
    return constant, {n: sql for n, sql in select.items() if n not in constant}


def _typed_rows(file: EventFile, names: tuple[str, ...], source: str, varying: dict[str, str]) -> str:
    """SQL: the rows of a piece in the varying columns, with ``_n`` (from 1), and for bad ones which fault and cell."""
    layout = file.layout
    _require(layout, names, file.name)
    picked = ", ".join(typed(EVENTS, name, sql) for name, sql in varying.items())
    tests = " ".join(f"WHEN {f.when} THEN {i}" for i, f in enumerate(layout.faults))
    cells = " ".join(f"WHEN {i} THEN CAST({f.cell} AS VARCHAR)" for i, f in enumerate(layout.faults))
    # Naming every cell would make the reader build all of them for every row; plain lines are looked up in the file.
    text = ", ".join(f"coalesce(raw.\"{_escaped(n)}\", '')" for n in names) if layout.form != "lines" else "''"
    absent = "".join(f', NULL::VARCHAR AS "{_escaped(n)}"' for n in layout.optional if n not in names)
    return f"""
    SELECT {picked}, _n, _fault,
        CASE WHEN _fault IS NOT NULL THEN CASE _fault {cells or "WHEN -1 THEN ''"} END END AS _cell,
        CASE WHEN _fault IS NOT NULL THEN concat_ws('{layout.delim}', {text}) END AS _text
    FROM (
        SELECT *, CASE {tests or "WHEN false THEN 0"} END AS _fault
        FROM (SELECT *, row_number() OVER () AS _n{absent} FROM {source})
    ) AS raw {layout.joins}"""


def _require(layout: EventLayout, names: tuple[str, ...], where: str) -> None:
    missing = [n for n in layout.requires if n not in names]
    if missing:
        close = difflib.get_close_matches(missing[0], names, n=3)
        raise FrameRefused(
            f"the column {missing[0]!r} is not there" + (f"; nearest: {', '.join(close)}" if close else ""),
            where=where, fix="The publisher changed the file, or it is another one",
        )  # fmt: skip


# file, line, column, cell, reason, text, whether the line is no row at all
_Malformed = tuple[int, int | None, str, str, str, str, int]


def _malformed(
    con: duckdb.DuckDBPyConnection, file: EventFile, path: Path, file_id: int, bad: list[tuple[Any, ...]], offset: int
) -> list[_Malformed]:
    """Every malformed row of the piece, with its line of the file."""
    found: list[_Malformed] = [
        (file_id, offset + line, column, "", reason, text[:20_000], 1) for line, column, reason, text in bad
    ]
    rows = con.execute("SELECT _n, _fault, coalesce(_cell, ''), _text FROM staged WHERE _fault IS NOT NULL").fetchall()
    named = file.layout.form != "parquet" and not file.layout.columns
    lines = lines_of([n for n, *_ in rows], [line for line, *_ in bad], 1 if offset == 0 and named else 0)
    texts = _lines_at(path, set(lines.values())) if file.layout.form == "lines" else {}
    for n, fault, cell, text in rows:
        one = file.layout.faults[fault]
        line_text = texts.get(lines[n]) or str(text)
        found.append((file_id, offset + lines[n], one.column, str(cell)[:200], one.reason, line_text[:20_000], 0))
    return sorted(found, key=lambda m: (m[1] or 0, m[2]))


def _lines_at(path: Path, wanted: set[int]) -> dict[int, str]:
    """The lines of these numbers (from 1) of a plain file, as they stand in it."""
    if not wanted:
        return {}
    last = max(wanted)
    found = {}
    with path.open("rb") as handle:
        for number, line in enumerate(handle, start=1):
            if number in wanted:
                found[number] = line.rstrip(b"\r\n").decode("utf-8", errors="replace")
            if number >= last:
                break
    return found


def _refuse_changed(file: EventFile, rows: int, malformed: list[_Malformed]) -> None:
    if rows >= CHANGED_ROWS and len(malformed) > CHANGED_SHARE * rows:
        _, line, column, cell, reason, *_ = malformed[0]
        raise FrameRefused(
            f"{len(malformed)} of {rows} rows are malformed, first line {line}: {column} {cell!r} {reason}",
            where=file.name,
            fix="The publisher changed the file, or it is not of this data set; nothing of this part was kept",
        )  # fmt: skip
