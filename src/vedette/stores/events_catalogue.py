"""The catalogue of the event store: which files were taken in and which parquet files are in force.

One SQLite file. A batch is one transaction in it; its parquet files lie whole and flushed on disk before. A reader sees
the batches that are in the catalogue and nothing else, so a process that dies leaves at most files nobody reads.
"""

# ruff: noqa: S608  SQL here is built from names declared below and question marks, never from user text.

from __future__ import annotations

import bisect
import datetime as dt
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from vedette.errors import Damaged, StoreUnavailable

SCHEMA = 1
_TABLES = """
CREATE TABLE files (
    id INTEGER PRIMARY KEY, dataset TEXT NOT NULL, name TEXT NOT NULL, url TEXT NOT NULL, sha256 TEXT NOT NULL,
    size INTEGER NOT NULL, layout TEXT NOT NULL, done INTEGER NOT NULL DEFAULT 0, read INTEGER NOT NULL DEFAULT 0,
    added INTEGER NOT NULL DEFAULT 0, repeated INTEGER NOT NULL DEFAULT 0, corrected INTEGER NOT NULL DEFAULT 0,
    rejected INTEGER NOT NULL DEFAULT 0, pieces INTEGER NOT NULL DEFAULT 0, piece_bytes INTEGER NOT NULL DEFAULT 0,
    lines INTEGER NOT NULL DEFAULT 0, rows INTEGER NOT NULL DEFAULT 0, recorded_at TEXT NOT NULL,
    UNIQUE (dataset, sha256, layout));
CREATE TABLE segments (
    id INTEGER PRIMARY KEY, kind TEXT NOT NULL, dataset TEXT NOT NULL, path TEXT NOT NULL UNIQUE, rows INTEGER NOT NULL,
    first_key INTEGER, last_key INTEGER, first_available TEXT, first_day TEXT, last_day TEXT,
    first_batch INTEGER NOT NULL, last_batch INTEGER NOT NULL);
CREATE TABLE rejected (
    file INTEGER NOT NULL REFERENCES files, line INTEGER, col TEXT NOT NULL, cell TEXT NOT NULL, reason TEXT NOT NULL,
    text TEXT NOT NULL, no_row INTEGER NOT NULL);
CREATE INDEX rejected_file ON rejected (file, line);
CREATE TABLE failures (
    dataset TEXT NOT NULL, name TEXT NOT NULL, reason TEXT NOT NULL, at TEXT NOT NULL, PRIMARY KEY (dataset, name));
CREATE TABLE batches (number INTEGER PRIMARY KEY, file INTEGER NOT NULL REFERENCES files, recorded_at TEXT NOT NULL);
CREATE TABLE datasets (id TEXT PRIMARY KEY, lag_days INTEGER NOT NULL, checked_at TEXT NOT NULL);
"""
_FORGOTTEN = """
CREATE TABLE IF NOT EXISTS forgotten (
    dataset TEXT NOT NULL, name TEXT NOT NULL, reason TEXT NOT NULL, at TEXT NOT NULL, forgotten_at TEXT NOT NULL)
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """One parquet file in force. ``first_available`` and the days are ISO text; keys and days None where none is."""

    kind: str
    dataset: str
    path: str
    rows: int
    first_key: int | None = None
    last_key: int | None = None
    first_available: str | None = None
    first_day: str | None = None
    last_day: str | None = None
    first_batch: int
    last_batch: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FileRow:
    """What the catalogue knows of one file.

    ``pieces``: how many pieces of ``piece_bytes`` are committed, ``lines`` and ``rows`` how many they hold; when a file
    was not finished, the rest begins there. A line that cannot be split into cells is no row.
    """

    id: int
    dataset: str
    name: str
    url: str
    sha256: str
    size: int
    layout: str
    done: bool
    read: int
    added: int
    repeated: int
    corrected: int
    rejected: int
    pieces: int
    piece_bytes: int
    lines: int
    rows: int
    recorded_at: str


_SEGMENT = (
    "kind, dataset, path, rows, first_key, last_key, first_available, first_day, last_day, first_batch, last_batch"
)
_FILE = (
    "id, dataset, name, url, sha256, size, layout, done, read, added, repeated, corrected, rejected, pieces, "
    "piece_bytes, lines, rows, recorded_at"
)


def lines_of(rows: Sequence[int], no_rows: Sequence[int], header: int) -> dict[int, int]:
    """Lines of the rows of these numbers (from 1), given the lines that are no rows, in order, and those before all.

    >>> lines_of([1, 2, 3], [2], 0)
    {1: 1, 2: 3, 3: 4}
    """
    # So many rows lie before each line that is no row.
    cuts = [line - header - nth - 1 for nth, line in enumerate(no_rows)]
    return {n: n + header + bisect.bisect_left(cuts, n) for n in rows}


class Catalogue:
    """The SQLite file beside the parquet files. ``busy``: seconds to wait for another process."""

    def __init__(self, path: Path, *, busy: float, create: bool) -> None:
        self.path = path
        try:
            self._con = sqlite3.connect(
                f"{path.absolute().as_uri()}?mode={'rwc' if create else 'ro'}", uri=True, timeout=busy,
                isolation_level=None, check_same_thread=False,
            )  # fmt: skip
            if create:
                self._con.execute("PRAGMA journal_mode = WAL")
                self._con.execute("PRAGMA synchronous = FULL")  # a committed batch survives a power cut
            version = int(self._con.execute("PRAGMA user_version").fetchone()[0])
            if version == 0 and create:
                with self.transaction():
                    for statement in filter(str.strip, _TABLES.split(";")):
                        self._con.execute(statement)
                    self._con.execute(f"PRAGMA user_version = {SCHEMA}")
            elif version != SCHEMA:
                raise Damaged(
                    f"the catalogue has form {version}, this program reads {SCHEMA}", where=str(path),
                    fix="Use the version of Vedette that wrote it, or remove the folder and ingest again",
                )  # fmt: skip
            if create:
                # Came later than the first catalogues. An older program does not miss it, so the form is the same.
                self._con.execute(_FORGOTTEN)
        except sqlite3.DatabaseError as error:
            raise unavailable(error, path) from error

    def close(self) -> None:
        """Close the file."""
        self._con.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Everything inside is one transaction, all or nothing."""
        try:
            self._con.execute("BEGIN IMMEDIATE")
            try:
                yield
            except BaseException:
                self._con.execute("ROLLBACK")
                raise
            self._con.execute("COMMIT")
        except sqlite3.OperationalError as error:
            raise unavailable(error, self.path) from error

    # --- files -----------------------------------------------------------------------------------------------

    def file(self, dataset: str, sha256: str, layout: str) -> FileRow | None:
        """The file of that content as that layout, if it was ever begun."""
        found = self._con.execute(
            f"SELECT {_FILE} FROM files WHERE dataset = ? AND sha256 = ? AND layout = ?", (dataset, sha256, layout)
        ).fetchone()
        return _file(found) if found else None

    def files(self, dataset: str | None = None) -> list[FileRow]:
        """Every file, or those of one data set, in the order in which they came."""
        where, values = ("WHERE dataset = ?", (dataset,)) if dataset else ("", ())
        return [_file(row) for row in self._con.execute(f"SELECT {_FILE} FROM files {where} ORDER BY id", values)]

    def count_done(self) -> int:
        """How many files were taken in whole."""
        return int(self._con.execute("SELECT count(*) FROM files WHERE done").fetchone()[0])

    def names(self, ids: Iterable[int]) -> dict[int, tuple[str, str]]:
        """Name and digest of the files of these numbers."""
        wanted = sorted(set(ids))
        found: dict[int, tuple[str, str]] = {}
        for start in range(0, len(wanted), 500):
            part = wanted[start : start + 500]
            marks = ", ".join("?" * len(part))
            for row in self._con.execute(f"SELECT id, name, sha256 FROM files WHERE id IN ({marks})", part):
                found[int(row[0])] = (str(row[1]), str(row[2]))
        return found

    def has_url(self, dataset: str, url: str) -> bool:
        """Whether the file behind an address was taken in whole."""
        found = self._con.execute("SELECT 1 FROM files WHERE dataset = ? AND url = ? AND done LIMIT 1", (dataset, url))
        return found.fetchone() is not None

    def begin_file(
        self, dataset: str, name: str, url: str, sha256: str, size: int, layout: str, piece_bytes: int, now: dt.datetime
    ) -> int:
        """Number of a new file; in a transaction."""
        done = self._con.execute(
            "INSERT INTO files (dataset, name, url, sha256, size, layout, piece_bytes, recorded_at) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (dataset, name, url, sha256, size, layout, piece_bytes, now.isoformat()),
        )
        return int(done.lastrowid or 0)

    def count_piece(
        self, file: int, *, read: int, added: int, repeated: int, corrected: int, rejected: int, lines: int, rows: int
    ) -> None:
        """Add one piece to the counts of a file; in a transaction."""
        self._con.execute(
            "UPDATE files SET read = read + ?, added = added + ?, repeated = repeated + ?, corrected = corrected + ?, "
            "rejected = rejected + ?, lines = lines + ?, rows = rows + ?, pieces = pieces + 1 WHERE id = ?",
            (read, added, repeated, corrected, rejected, lines, rows, file),
        )

    def restart_file(self, file: int, piece_bytes: int) -> None:
        """Forget what was counted of a file that was begun with pieces of another size; in a transaction."""
        self._con.execute(
            "UPDATE files SET read = 0, added = 0, repeated = 0, corrected = 0, rejected = 0, pieces = 0, lines = 0, "
            "rows = 0, piece_bytes = ? WHERE id = ?",
            (piece_bytes, file),
        )
        self._con.execute("DELETE FROM rejected WHERE file = ?", (file,))

    def finish_file(self, file: int) -> None:
        """Mark a file as taken in whole; in a transaction."""
        self._con.execute("UPDATE files SET done = 1 WHERE id = ?", (file,))
        self._con.execute(
            "DELETE FROM failures WHERE (dataset, name) IN (SELECT dataset, name FROM files WHERE id = ?)", (file,)
        )

    # --- malformed rows and failures -------------------------------------------------------------------------

    def add_rejected(self, rows: Iterable[tuple[int, int | None, str, str, str, str, int]]) -> None:
        """Keep malformed rows: file, line, column, cell, reason, text, whether it is no row; in a transaction."""
        self._con.executemany("INSERT INTO rejected VALUES (?, ?, ?, ?, ?, ?, ?)", rows)

    def no_rows(self, file: int) -> list[int]:
        """Lines of a file that are no rows, in order."""
        found = self._con.execute("SELECT line FROM rejected WHERE file = ? AND no_row ORDER BY line", (file,))
        return [int(row[0]) for row in found]

    def first_line(self, file: int) -> int:
        """Lines before the first row: 1 when the first line names the columns."""
        found = self._con.execute("SELECT lines - rows FROM files WHERE id = ?", (file,)).fetchone()
        return int(found[0]) - len(self.no_rows(file)) if found else 0

    def rejected(
        self, dataset: str | None, limit: int | None
    ) -> Iterator[tuple[str, str, int | None, str, str, str, str]]:
        """data set, file, line, column, cell, reason, text."""
        where, values = ("WHERE f.dataset = ?", [dataset]) if dataset else ("", [])
        yield from self._con.execute(
            "SELECT f.dataset, f.name, r.line, r.col, r.cell, r.reason, r.text "
            f"FROM rejected r JOIN files f ON f.id = r.file {where} ORDER BY f.id, r.line "
            f"LIMIT {-1 if limit is None else int(limit)}",
            values,
        )

    def rejected_of(self, file: int, limit: int) -> list[tuple[str, str, int | None, str, str, str, str]]:
        """The first malformed rows of one file, as in ``rejected``."""
        return list(
            self._con.execute(
                "SELECT f.dataset, f.name, r.line, r.col, r.cell, r.reason, r.text "
                "FROM rejected r JOIN files f ON f.id = r.file WHERE f.id = ? ORDER BY r.line LIMIT ?",
                (file, limit),
            )
        )

    def fail(self, dataset: str, name: str, reason: str, now: dt.datetime) -> None:
        """Note that a file could not be read."""
        with self.transaction():
            self._con.execute(
                "INSERT INTO failures VALUES (?, ?, ?, ?) ON CONFLICT (dataset, name) DO UPDATE SET reason = "
                "excluded.reason, at = excluded.at",
                (dataset, name, reason, now.isoformat()),
            )

    def clear_failure(self, dataset: str, name: str) -> None:
        """A file that failed before is there now."""
        with self.transaction():
            self._con.execute("DELETE FROM failures WHERE dataset = ? AND name = ?", (dataset, name))

    def failures(self) -> list[tuple[str, str, str, str]]:
        """data set, file, reason, when."""
        return list(self._con.execute("SELECT dataset, name, reason, at FROM failures ORDER BY dataset, name"))

    def forget_failure(self, dataset: str, name: str, now: dt.datetime) -> None:
        """A failure that need not be mended: it moves into the log of those. Nothing that was taken in is touched."""
        with self.transaction():
            self._con.execute(
                "INSERT INTO forgotten SELECT dataset, name, reason, at, ? FROM failures "
                "WHERE dataset = ? AND name = ?",
                (now.isoformat(), dataset, name),
            )
            self._con.execute("DELETE FROM failures WHERE dataset = ? AND name = ?", (dataset, name))

    def forgotten(self) -> list[tuple[str, str, str, str, str]]:
        """data set, file, reason, when it failed, when it was forgotten; oldest first."""
        if not self._con.execute("SELECT 1 FROM sqlite_master WHERE name = 'forgotten'").fetchone():
            return []  # written before there was one
        return list(
            self._con.execute("SELECT dataset, name, reason, at, forgotten_at FROM forgotten ORDER BY 5, 2")
        )

    # --- data sets and batches -------------------------------------------------------------------------------

    def note_dataset(self, dataset: str, lag_days: int, now: dt.datetime) -> None:
        """Remember that a data set was looked at, and its lag."""
        with self.transaction():
            self._con.execute(
                "INSERT INTO datasets VALUES (?, ?, ?) ON CONFLICT (id) DO UPDATE SET lag_days = excluded.lag_days, "
                "checked_at = excluded.checked_at",
                (dataset, lag_days, now.isoformat()),
            )

    def datasets(self) -> list[tuple[str, int, str]]:
        """id, lag in days, when last looked at."""
        return list(self._con.execute("SELECT id, lag_days, checked_at FROM datasets ORDER BY id"))

    def newest_batch(self) -> int:
        """Number of the last batch, 0 when there is none."""
        return int(self._con.execute("SELECT coalesce(max(number), 0) FROM batches").fetchone()[0])

    def add_batch(self, number: int, file: int, now: dt.datetime) -> None:
        """Commit a batch; in a transaction."""
        self._con.execute("INSERT INTO batches VALUES (?, ?, ?)", (number, file, now.isoformat()))

    # --- segments --------------------------------------------------------------------------------------------

    def segments(self, kind: str, datasets: Iterable[str] = ()) -> list[Segment]:
        """Parquet files in force of one table, oldest first."""
        wanted = tuple(datasets)
        where = f" AND dataset IN ({', '.join('?' * len(wanted))})" if wanted else ""
        rows = self._con.execute(
            f"SELECT {_SEGMENT} FROM segments WHERE kind = ?{where} ORDER BY first_batch, id", (kind, *wanted)
        )
        names = [name.strip() for name in _SEGMENT.split(",")]
        return [Segment(**dict(zip(names, row, strict=True))) for row in rows]

    def add_segment(self, segment: Segment) -> None:
        """Put a parquet file in force; in a transaction."""
        names = [name.strip() for name in _SEGMENT.split(",")]
        self._con.execute(
            f"INSERT INTO segments ({_SEGMENT}) VALUES ({', '.join('?' * len(names))})",
            [getattr(segment, name) for name in names],
        )

    def drop_segments(self, paths: Iterable[str]) -> None:
        """Take parquet files out of force; in a transaction."""
        self._con.executemany("DELETE FROM segments WHERE path = ?", [(p,) for p in paths])

    def paths(self) -> set[str]:
        """Names of all parquet files in force."""
        return {str(row[0]) for row in self._con.execute("SELECT path FROM segments")}


def _file(row: tuple[object, ...]) -> FileRow:
    names = [name.strip() for name in _FILE.split(",")]
    values = dict(zip(names, row, strict=True))
    values["done"] = bool(values["done"])
    return FileRow(**values)  # type: ignore[arg-type]


def unavailable(error: Exception, path: Path) -> StoreUnavailable | Damaged:
    """What a failure of SQLite means for the user."""
    text = str(error)
    if "malformed" in text or "not a database" in text:
        fix = "Remove the folder and ingest again"
        return Damaged(f"the catalogue of events is damaged ({text})", where=str(path), fix=fix)
    fix = "Free some space; what was committed before stays" if "full" in text else "Try again, or check who may write"
    return StoreUnavailable(f"the catalogue of events cannot be used ({text})", where=str(path), fix=fix)
