"""The shared workspace on PostgreSQL: how it is opened, who waits for whom, and what its complaints mean."""

from __future__ import annotations

import math
import time
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.exc import ArgumentError, DisconnectionError
from sqlalchemy.pool import NullPool, QueuePool

from vedette.errors import BadInput, Damaged, MissingExtra, StoreUnavailable, VedetteError
from vedette.stores.database import Database
from vedette.stores.sqlite import plain_errors

_EVERYTHING = 0x56454445  # "VEDE": the advisory lock that stands for the whole workspace
_LOCK_ONE = text("SELECT pg_advisory_xact_lock_shared(:all), pg_advisory_xact_lock(:room, :number)")
_POOL, _OVERFLOW = 10, 20
"""Connections kept and added under load. [assumption] A server has 100 by default; 20 analysts need fewer."""

IDLE_SECONDS = 1.0
"""A connection unused for longer is asked whether the server is still there. [assumption] A restart takes longer."""
CONNECT_SECONDS = 10
"""How long a server may take to answer a new connection. [assumption] Longer than a failover, shorter than patience."""


def sqlalchemy_address(address: str) -> str:
    """The address with the driver named; raises `BadInput` for what is not a PostgreSQL address."""
    scheme, colon, rest = address.partition("://")
    if not colon or scheme not in ("postgresql", "postgres", "postgresql+psycopg") or not rest:
        raise BadInput(
            "it is not the address of a PostgreSQL database", where="DATABASE_URL",
            fix="For example postgresql://user@host:5432/vedette; unset it to work in VEDETTE_HOME",
        )
    return f"postgresql+psycopg://{rest}"


def shown(address: str) -> str:
    """The address without its password and options: what messages may name."""
    parts = urlsplit(address)
    host = parts.hostname or "local socket"
    port = f":{parts.port}" if parts.port else ""
    user = f"{parts.username}@" if parts.username else ""
    return f"postgresql://{user}{host}{port}{parts.path}"


class PostgresDatabase(Database):
    """A database on a server, shared by many processes.

    Readers see one snapshot for the length of a transaction. Writers of one case (or of the ledger) queue on an
    advisory lock with its name, so that what was checked before a write still holds when it is made, as on SQLite,
    where every writer queues; writers of different cases do not wait for each other. A write without a name waits for,
    and keeps out, all others.
    """

    def __init__(self, address: str, *, busy_seconds: float, pooled: bool = False) -> None:
        """``pooled`` keeps connections for the next caller: for a server, not for a command that soon ends."""
        where = shown(address)
        super().__init__(_engine(address, busy_seconds, where, pooled), where=where)
        self._writes = self._engine.execution_options(isolation_level="READ COMMITTED")
        self._glances = self._engine.execution_options(isolation_level="AUTOCOMMIT")

    @contextmanager
    def glance(self) -> Iterator[Connection]:
        """One statement without a transaction around it: one message to the server instead of three."""
        if getattr(self._open, "connection", None) is not None or getattr(self._open, "spare", None) is not None:
            with self.read() as connection:
                yield connection
            return
        with plain_errors(self.where), self._glances.connect() as connection:
            yield connection

    @contextmanager
    def _begin_write(self, queue: str) -> Iterator[Connection]:
        # READ COMMITTED: under REPEATABLE READ the snapshot would be that of before the wait for the lock.
        with self._writes.begin() as connection:
            if queue:
                number = zlib.crc32(queue.encode("utf-8", "surrogatepass")) - 2**31
                connection.execute(_LOCK_ONE, {"all": _EVERYTHING, "room": 1, "number": number})
            else:
                connection.execute(text("SELECT pg_advisory_xact_lock(:all)"), {"all": _EVERYTHING})
            yield connection


def _engine(address: str, busy_seconds: float, where: str, pooled: bool) -> Engine:
    try:
        import psycopg  # noqa: F401  (asked for here so that its absence is said in our words)
    except ImportError as error:
        raise MissingExtra(
            "PostgreSQL needs its driver, which is not installed", fix="pip install 'vedette[team]'"
        ) from error
    try:
        engine = create_engine(
            sqlalchemy_address(address), **(_pool(busy_seconds) if pooled else {"poolclass": NullPool}),
            isolation_level="REPEATABLE READ",
            connect_args={
                "connect_timeout": CONNECT_SECONDS, "application_name": "vedette",
                "options": f"-c lock_timeout={int(busy_seconds * 1000)} -c timezone=UTC",
            },
        )  # fmt: skip
    except (ArgumentError, ValueError) as error:
        raise BadInput("the address cannot be read", where="DATABASE_URL", fix=f"It was read as {where}") from error
    if pooled:
        _ask_the_idle(engine)
    return engine


def _ask_the_idle(engine: Engine) -> None:
    """Ask a connection that lay idle whether the server is still there before it is used, and open another if not.

    One that was used a moment ago is not asked: that would double the messages of a short read under load.
    """

    @event.listens_for(engine, "checkin")
    def left(_connection: Any, record: Any) -> None:
        record.info["used"] = time.monotonic()

    @event.listens_for(engine, "checkout")
    def taken(connection: Any, record: Any, _proxy: Any) -> None:
        if time.monotonic() - record.info.get("used", math.inf) <= IDLE_SECONDS:
            return  # as for one that was opened just now, and never used
        try:
            engine.dialect.do_ping(connection)
        except Exception as error:
            raise DisconnectionError from error  # the pool opens another


def _pool(busy_seconds: float) -> dict[str, Any]:
    return {
        "poolclass": QueuePool, "pool_size": _POOL, "max_overflow": _OVERFLOW, "pool_timeout": busy_seconds,
    }  # fmt: skip


def said_by_postgresql(error: BaseException, state: str | None, where: str) -> VedetteError:
    """One line with a way out for what the server said. ``state``: its five-letter SQLSTATE, None without one.

    Classes as in PostgreSQL's documentation, appendix "PostgreSQL Error Codes".
    """
    said = " ".join(str(error).split())
    if type(error).__name__ == "DataError" or (state or "").startswith("22"):
        return BadInput(f"text that the database cannot hold ({_short(said)}); nothing was written", where=where)
    if state is None or state.startswith("08") or state in ("57P01", "57P02", "57P03"):
        return StoreUnavailable(
            f"the database server does not answer ({_short(said)})", where=where,
            fix="Check that it runs and that DATABASE_URL is right; what was not acknowledged was not written",
        )
    if state.startswith("28"):
        return StoreUnavailable("the database server refused the login", where=where, fix="Check DATABASE_URL")
    if state == "3D000":
        return StoreUnavailable(
            "the server has no such database", where=where, fix="Create it with createdb, or correct DATABASE_URL"
        )
    if state == "42501":
        return StoreUnavailable(
            "the login may not do this", where=where, fix="Give the role all rights on the database's schema"
        )
    if state.startswith("53"):
        return StoreUnavailable(
            f"the database server is out of room or connections ({_short(said)}); nothing was written", where=where,
            fix="Free space or connections there, and repeat",
        )
    if state in ("55P03", "40P01", "40001"):
        return StoreUnavailable(
            "another process is writing to the same part of the workspace; nothing was written", where=where,
            fix="Repeat when it has finished, or set VEDETTE_BUSY_SECONDS higher",
        )
    if state == "23505":
        return StoreUnavailable("somebody else has just written the same record", where=where, fix="Look, and repeat")
    if state in ("XX001", "XX002", "58030"):
        return Damaged(f"the database is damaged ({_short(said)})", where=where, fix="Restore a backup")
    return StoreUnavailable(f"the database refused: {_short(said)}", where=where)


def _short(said: str) -> str:
    return said if len(said) <= 200 else said[:199] + "…"


