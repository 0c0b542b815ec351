"""The workspace file: how SQLite is opened, and what its complaints mean."""

from __future__ import annotations

import errno
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.exc import DBAPIError, DisconnectionError, SQLAlchemyError
from sqlalchemy.pool import NullPool, QueuePool

from vedette.errors import BadInput, Damaged, StoreUnavailable, VedetteError

FILE_NAME = "vedette.sqlite3"
WRITES = "vedette_writes"
"""Execution option: take the write lock when the transaction begins, so that a reader never has to upgrade."""


KEPT, OVERFLOW = 8, 32
"""Connections kept and added under load. [assumption]: a server answers some forty requests at once."""


def sqlite_engine(path: Path, *, busy_seconds: float, read_only: bool = False, pooled: bool = False) -> Engine:
    """An engine on one file. ``busy_seconds``: how long to wait for another process's transaction.

    ``pooled`` keeps connections for the next caller, for a server: opening one costs more than what a page asks.

    WAL lets readers go on while one process writes; FULL synchronisation because a committed forecast must survive
    a power cut; foreign keys are off by default in SQLite.
    """
    # A folder we may not write in cannot hold the -shm file of WAL; immutable opens without one.
    target = f"file:{_quoted(path)}?mode=ro&immutable=1" if read_only else f"file:{_quoted(path)}?mode=rwc"

    def connect() -> sqlite3.Connection:
        return sqlite3.connect(target, uri=True, timeout=busy_seconds, isolation_level=None, check_same_thread=False)

    pool: dict[str, Any] = {"poolclass": NullPool}
    if pooled and not read_only:
        pool = {"poolclass": QueuePool, "pool_size": KEPT, "max_overflow": OVERFLOW, "pool_timeout": busy_seconds}
    engine = create_engine("sqlite://", creator=connect, **pool)

    @event.listens_for(engine, "connect")
    def _configure(connection: Any, _record: Any) -> None:
        connection.execute(f"PRAGMA busy_timeout = {int(busy_seconds * 1000)}")
        connection.execute("PRAGMA foreign_keys = ON")
        if not read_only:
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = FULL")
            # What is forgotten is overwritten, not merely unlinked from its page.
            connection.execute("PRAGMA secure_delete = ON")

    if pooled and not read_only:
        _leave_a_file_that_was_replaced(engine, path)

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        writes = connection.get_execution_options().get(WRITES)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine


def _leave_a_file_that_was_replaced(engine: Engine, path: Path) -> None:
    """Whatever else puts another file in its place: what is written next belongs into that one."""

    @event.listens_for(engine, "connect")
    def opened(_connection: Any, record: Any) -> None:
        record.info["file"] = _identity(path)

    @event.listens_for(engine, "checkout")
    def taken(_connection: Any, record: Any, _proxy: Any) -> None:
        if record.info.get("file") != _identity(path):
            raise DisconnectionError  # the pool opens another


def _identity(path: Path) -> tuple[int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


def _quoted(path: Path) -> str:
    from urllib.parse import quote

    return quote(str(path))


@contextmanager
def plain_errors(where: str) -> Iterator[None]:
    """Turn what the database or the disk says into one line with a way out."""
    try:
        yield
    except VedetteError:
        raise
    except (DBAPIError, sqlite3.Error) as error:
        raise _translated(error, where) from error
    except SQLAlchemyError as error:
        # A connection that broke in the middle of a transaction, or none free in the pool: nothing was acknowledged.
        raise StoreUnavailable(
            f"the database could not be asked ({type(error).__name__}); nothing was written", where=where,
            fix="Repeat it",
        ) from error
    except UnicodeEncodeError as error:
        # Bytes that are no letters can come in with a file name or an argument.
        broken = error.object[error.start : error.end]
        raise BadInput(f"text with the broken character {broken!a} cannot be stored; nothing was written") from error
    except OSError as error:
        raise from_os_error(error, where) from error


def _translated(error: DBAPIError | sqlite3.Error, where: str) -> VedetteError:
    original = error.orig if isinstance(error, DBAPIError) else error
    if original is not None and type(original).__module__.startswith("psycopg"):
        from vedette.stores.postgresql import said_by_postgresql

        return said_by_postgresql(original, getattr(original, "sqlstate", None), where)
    name = str(getattr(original, "sqlite_errorname", "") or "")
    said = " ".join(str(original).split())
    if name.startswith("SQLITE_FULL"):
        return StoreUnavailable("the disk is full; nothing was written", where=where, fix="Free some space and repeat")
    if name.startswith("SQLITE_READONLY"):
        return StoreUnavailable(
            "the workspace is read-only; nothing was written", where=where,
            fix="Make the folder writable, or set VEDETTE_HOME to one that is",
        )
    if name.startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
        return StoreUnavailable(
            "another process is writing to the workspace; nothing was written", where=where,
            fix="Repeat when it has finished, or set VEDETTE_BUSY_SECONDS higher",
        )
    if name.startswith("SQLITE_CANTOPEN"):
        return StoreUnavailable(
            "the workspace cannot be opened", where=where,
            fix="Check that the folder exists and is yours, or set VEDETTE_HOME to another",
        )
    if name.startswith(("SQLITE_CORRUPT", "SQLITE_NOTADB")):
        return Damaged(
            f"the workspace file is damaged ({said})", where=where,
            fix="Keep it aside and restore a copy; nothing was written to it",
        )
    if name.startswith("SQLITE_IOERR"):
        return StoreUnavailable(
            f"the disk refused ({said}); nothing was written", where=where, fix="Check free space and quota"
        )
    return StoreUnavailable(f"the workspace refused: {said}", where=where)


def from_os_error(error: OSError, where: str) -> StoreUnavailable:
    """The same for what the operating system says about the folder itself."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
        return StoreUnavailable("the disk is full; nothing was written", where=where, fix="Free some space and repeat")
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return StoreUnavailable(
            "the folder cannot be written to", where=where, fix="Make it writable, or set VEDETTE_HOME to one that is"
        )
    return StoreUnavailable(
        f"the folder cannot be used ({error.strerror})", where=where, fix="Set VEDETTE_HOME to another folder"
    )
