"""Transactions on an engine: one for every call, joined by the calls made inside it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection, Engine

from vedette.errors import CaseRefused, StoreUnavailable, UnknownName
from vedette.stores.sqlite import FILE_NAME, WRITES, plain_errors, sqlite_engine
from vedette.stores.upgrade import HEAD, current_version, losses, move, step_versions, upgrade


class Database:
    """An engine with its tables brought up to date on first use.

    ``where`` names it in messages. A database that holds nothing yet is not created by reading it.
    """

    def __init__(self, engine: Engine, *, where: str, read_only: Callable[[], Engine] | None = None) -> None:
        self._engine = engine
        self._read_only = read_only
        self._ready = False
        self._open = threading.local()
        self.where = where

    def holds_anything(self) -> bool:
        """Whether there are tables to read."""
        if self._ready or getattr(self._open, "connection", None) is not None:
            return True
        with plain_errors(self.where):
            version = self._version()
        if version == HEAD:
            self._ready = True
        elif version is not None:
            self._upgrade()
        return self._ready

    def _version(self) -> str | None:
        try:
            with plain_errors(self.where), self._engine.begin() as connection:
                return current_version(connection)
        except StoreUnavailable:
            if self._read_only is None:
                raise
            # Reading must go on working in a folder we may not write in.
            self._engine, self._read_only = self._read_only(), None
            with plain_errors(self.where), self._engine.begin() as connection:
                return current_version(connection)

    @contextmanager
    def _begin_write(self, queue: str) -> Iterator[Connection]:
        """A transaction that holds its place in the queue; a backend with one write lock has one queue for all."""
        with self._at_hand(writes=True) as connection:
            yield connection

    def _upgrade(self) -> None:
        with plain_errors(self.where), self._begin_write("") as connection:
            upgrade(connection, where=self.where)
        self._ready = True

    def version(self) -> str | None:
        """Version of its tables; None when there are none."""
        with plain_errors(self.where):
            return self._version()

    def migrate(self, target: str | None, *, drop_data: bool = False) -> tuple[str | None, str | None]:
        """Bring the tables to ``target``, up or down, all or nothing; returns the versions before and after.

        None removes every table. Raises `UnknownName` for another version than there is, `CaseRefused` when going
        back would remove what was recorded and ``drop_data`` does not say so.
        """
        if target is not None and target not in step_versions():
            raise UnknownName("version", target, nearest=step_versions())
        with plain_errors(self.where):
            self.before_write()
            with self._begin_write("") as connection:
                before = current_version(connection)
                if before is not None and before > HEAD:
                    upgrade(connection, where=self.where)  # says what is wrong
                lost = losses(connection, target)
                if lost and not drop_data:
                    said = ", ".join(f"{rows} in {table}" for table, rows in lost.items())
                    raise CaseRefused(
                        f"going back to {target or 'no tables'} would remove what was recorded: {said}",
                        where=self.where, fix="Make a backup, then say --drop-data",
                    )  # fmt: skip
                move(connection, target)
            self._ready = target == HEAD
        return before, target

    @contextmanager
    def rebuilding(self, version: str) -> Iterator[Connection]:
        """A transaction on empty tables of this version, to be filled; raises `CaseRefused` when they are not empty."""
        with plain_errors(self.where):
            self.before_write()
            with self._begin_write("") as connection:
                if losses(connection, None):
                    raise CaseRefused(
                        "the workspace is not empty; a backup is put into an empty one only", where=self.where,
                        fix="Set VEDETTE_HOME or DATABASE_URL to another",
                    )  # fmt: skip
                if current_version(connection) is not None:
                    move(connection, None)
                move(connection, version)
                yield connection
            self._ready = True

    def size(self) -> int:
        """Bytes it takes, as the backend counts them."""
        with plain_errors(self.where), self._engine.begin() as connection:
            return int(connection.exec_driver_sql("SELECT pg_database_size(current_database())").scalar_one())

    def close(self) -> None:
        """Let go of the connections that are kept."""
        self._engine.dispose()

    def before_write(self) -> None:
        """Make whatever the backend needs before its first write."""

    def scrub(self) -> None:
        """Let go of pages and logs that still hold what was deleted; the backend's own upkeep may do it later."""

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A consistent snapshot, or the open transaction of this thread. Call `holds_anything` first."""
        joined: Connection | None = getattr(self._open, "connection", None)
        if joined is not None:
            yield joined
            return
        with plain_errors(self.where), self._at_hand(writes=False) as connection:
            yield connection

    @contextmanager
    def glance(self) -> Iterator[Connection]:
        """As `read`, for one statement, or for several that need not agree: a backend may leave out the transaction."""
        with self.read() as connection:
            yield connection

    @property
    def writing(self) -> bool:
        """Whether this thread is inside a transaction that writes."""
        return bool(getattr(self._open, "writes", False))

    @contextmanager
    def snapshot(self) -> Iterator[None]:
        """One transaction for everything read inside, which then sees one state. Nothing may be written inside."""
        if getattr(self._open, "connection", None) is not None:
            yield
            return
        with self.read() as connection:
            self._open.connection = connection
            try:
                yield
            finally:
                self._open.connection = None

    @contextmanager
    def held(self) -> Iterator[None]:
        """Keep a connection open, idle and without a lock, while the block runs; this thread's calls then use it."""
        if getattr(self._open, "spare", None) is not None:
            yield
            return
        with plain_errors(self.where):
            connection = self._engine.connect()
        self._open.spare = connection
        try:
            yield
        finally:
            self._open.spare = None
            with plain_errors(self.where):
                connection.close()

    @contextmanager
    def _at_hand(self, *, writes: bool) -> Iterator[Connection]:
        """A transaction on the connection that `held` keeps, else on a new one.

        Opening one costs about as much as a small query, and a document takes two transactions.
        """
        spare: Connection | None = getattr(self._open, "spare", None)
        if spare is None or spare.closed or spare.in_transaction():
            with self._engine.execution_options(**{WRITES: writes}).begin() as connection:
                yield connection
            return
        spare.execution_options(**{WRITES: writes})
        with spare.begin():
            yield spare

    @contextmanager
    def write(self, queue: str = "") -> Iterator[Connection]:
        """All or nothing: committed when the block ends, undone when it raises or the process dies.

        What is read inside still holds when the block ends, as far as writers with the same ``queue`` could change it;
        a writer without one has the workspace to itself.
        """
        joined: Connection | None = getattr(self._open, "connection", None)
        if joined is not None:
            yield joined
            return
        with plain_errors(self.where):
            self.before_write()
            if not self._ready:
                self._upgrade()
            with self._begin_write(queue) as connection:
                self._open.connection, self._open.writes = connection, True
                try:
                    yield connection
                finally:
                    self._open.connection, self._open.writes = None, False


class SqliteDatabase(Database):
    """The workspace file in a folder. Nothing is created until the first write."""

    def __init__(self, folder: Path, *, busy_seconds: float, pooled: bool = False) -> None:
        """``pooled`` as in `vedette.stores.sqlite.sqlite_engine`."""
        self.path = folder / FILE_NAME
        self._folder = folder

        def read_only() -> Engine:
            return sqlite_engine(self.path, busy_seconds=busy_seconds, read_only=True)

        super().__init__(
            sqlite_engine(self.path, busy_seconds=busy_seconds, pooled=pooled), where=str(self.path),
            read_only=read_only,
        )  # fmt: skip

    def size(self) -> int:
        """Bytes of the file."""
        return self.path.stat().st_size if self.path.exists() else 0

    def holds_anything(self) -> bool:
        """Whether the file is there and has tables."""
        if getattr(self._open, "connection", None) is not None:
            return True
        with plain_errors(self.where):
            try:
                size = self.path.stat().st_size
            except FileNotFoundError:
                return False
        return size > 0 and super().holds_anything()

    def before_write(self) -> None:
        """Make the folder, readable by its owner only: cases may hold what should not be shared."""
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)

    def scrub(self) -> None:
        """Write the log back and empty it: `sqlite.sqlite_engine` overwrites freed pages, the log would keep them."""
        if getattr(self._open, "connection", None) is not None:
            return  # inside a transaction of the caller; the log is emptied when it is next written back
        with plain_errors(self.where), self._engine.connect() as connection:
            raw = connection.connection.driver_connection
            assert raw is not None
            connection.rollback()
            raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")
