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
import fcntl
import os
import shutil
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from vedette.errors import SourceFailed, StoreUnavailable
from vedette.frames.events import EVENTS, TABLES, CodeTables, EventDataset, EventFile, Taken, typed
from vedette.frames.frame import quoted
from vedette.ports import Clock
from vedette.stores.events_catalogue import Catalogue, FileRow, Segment
from vedette.stores.events_staging import Ahead, Staged, load_codes, stage_pieces
from vedette.stores.events_versions import COUNT_CHAIN, SUPERSEDED_ROWS, day_changes, link_versions

if TYPE_CHECKING:
    import duckdb

# Rows of one group inside a parquet file. Rows are sorted by pair of states, so small groups let a question about one
# pair skip the rest: on 4.9 M rows the scan of one pair took 55 ms at 20,480 and 730 ms unsorted at the default of
# 122,880; smaller groups make the files larger.
ROW_GROUP = 20_480
# zstd level. Level 1 against the default of 3 on 270,000 rows of GDELT: a quarter less time to write, 3 % more bytes.
LEVEL = 1
# Parquet files with fewer rows than this are joined into one when there are more than FEW of them. [assumption] A feed
# that is polled every 15 minutes brings some thousand rows each time.
SMALL_ROWS = 20_000
FEW = 24

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

        A row of GDELT takes about 480 bytes as text and some 350 typed; two pieces are held, one of them twice while it
        is sorted. [assumption]
        """
        return max(1 << 20, int(self.memory_mb * (1 << 20) / 6))

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
        load_codes(con, self.codes)
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

    def forget(self, failures: Iterable[tuple[str, str]]) -> None:
        """Data sets and files whose failures need not be mended; see `Catalogue.forget_failure`."""
        now = self.clock.now()
        for dataset, name in failures:
            self.catalogue.forget_failure(dataset, name, now)

    def take(
        self, file: EventFile, pieces: Callable[[int], Iterator[Path]], *, available: dt.datetime | None = None
    ) -> Taken:
        """Take in one file; ``pieces(n)`` gives the plain parts of it, each to be read alone and of about ``n`` bytes.

        ``available``: when the file could first be had, when its rows do not say, or earlier than they say. Raises
        ``FrameRefused`` when the file has another form than its layout, ``SourceFailed`` when it is cut short or cannot
        be read, ``StoreUnavailable`` when the disk is full; batches committed before stay.
        """
        catalogue, con = self._opened()
        now = self.clock.now()
        catalogue.note_dataset(file.dataset.id, file.dataset.lag_days, now)
        found = catalogue.file(file.dataset.id, file.sha256, file.layout.name)
        if found is not None and found.done:
            catalogue.clear_failure(file.dataset.id, file.name)
            return Taken(dataset=file.dataset.id, file=file.name, status="unchanged", read=found.read,
                         rejected=found.rejected)  # fmt: skip
        begun = self._begin(catalogue, file, found, now)
        batches = 0
        with self._explained(), con.cursor() as reader:
            reader.execute("SET enable_progress_bar = false")
            # The rows of a CSV file are many and their number is not known beforehand; left to itself, the planner puts
            # all of them into a hash table to look the few codes up there, instead of the codes.
            reader.execute("SET disabled_optimizers = 'build_side_probe_side,join_order'")
            ahead = Ahead(
                lambda table: stage_pieces(reader, file, begun, pieces(self.piece_bytes), table, now, available)
            )
            try:
                for staged in ahead:
                    self._commit_piece(file, begun, staged)
                    batches += 1
            finally:
                ahead.close()
                con.execute("DROP TABLE IF EXISTS staged_0; DROP TABLE IF EXISTS staged_1")
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

    def _commit_piece(self, file: EventFile, begun: FileRow, staged: Staged) -> None:
        """Write one staged piece as one batch."""
        catalogue, con = self._opened()
        batch = catalogue.newest_batch() + 1
        constants = {**staged.constants, "batch": str(batch)}
        fixed = ", ".join(typed(EVENTS, name, sql) for name, sql in constants.items())
        con.execute(
            f"CREATE OR REPLACE TEMP VIEW good AS SELECT *, CAST(_n + {staged.before} AS INTEGER) AS row, {fixed} "
            f"FROM {staged.table} WHERE _fault IS NULL"
        )
        linked, repeated, corrected = self._link(con, catalogue, file.dataset.id)
        segments = self._write(con, batch, file.dataset.id, constants, linked)
        no_rows = sum(m[-1] for m in staged.malformed)
        with catalogue.transaction():
            catalogue.add_batch(batch, begun.id, self.clock.now())
            for segment in segments:
                catalogue.add_segment(segment)
            catalogue.add_rejected(staged.malformed)
            catalogue.count_piece(
                begun.id, read=staged.rows + no_rows, added=staged.rows - staged.faulty - repeated - corrected,
                repeated=repeated, corrected=corrected, rejected=len(staged.malformed), lines=staged.lines,
                rows=staged.rows,
            )  # fmt: skip

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
