"""One behaviour suite, every backend: a SQLite file, and a real PostgreSQL started for the tests.

VEDETTE_TEST_POSTGRES=postgresql://... uses that server instead; its database "vedette_test" is emptied.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from sqlalchemy import Engine, create_engine, text
from sqlalchemy.pool import NullPool

from vedette.stores.cases import SqlCaseStore
from vedette.stores.database import Database, SqliteDatabase
from vedette.stores.ledger import SqlLedger
from vedette.stores.postgresql import PostgresDatabase, sqlalchemy_address
from vedette.stores.sqlite import FILE_NAME


@dataclass
class TickingClock:
    """A clock that moves one second a look, so that order is visible in the records."""

    time: dt.datetime = field(default_factory=lambda: dt.datetime(2022, 1, 21, 12, tzinfo=dt.UTC))

    def now(self) -> dt.datetime:
        """The next instant."""
        self.time += dt.timedelta(seconds=1)
        return self.time


@dataclass
class Backend:
    """A way to open the same stored data again and again."""

    open_database: Callable[[], Database]
    engine: Callable[[], Engine]
    clock: TickingClock

    def cases(self) -> SqlCaseStore:
        """A store as a new process would open it."""
        return SqlCaseStore(self.open_database(), self.clock)

    def ledger(self) -> SqlLedger:
        """A ledger as a new process would open it."""
        return SqlLedger(self.open_database(), self.clock)

    def tamper(self, statement: str) -> None:
        """Change rows as someone with the file and no scruples would: without the triggers."""
        engine = self.engine()
        with engine.begin() as connection:
            if engine.dialect.name == "postgresql":
                connection.execute(text("SET session_replication_role = replica"))
            else:
                names = connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).scalars()
                for name in list(names):
                    connection.execute(text(f"DROP TRIGGER {name}"))
            connection.exec_driver_sql(statement)  # as given: a colon in JSON is no parameter
        engine.dispose()


@pytest.fixture(params=["sqlite", "postgresql"])
def backend(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Backend]:
    """An empty store of each kind."""
    if request.param == "sqlite":
        folder = tmp_path / "workspace"
        yield Backend(
            open_database=lambda: SqliteDatabase(folder, busy_seconds=5),
            engine=lambda: create_engine(f"sqlite:///{folder / FILE_NAME}", poolclass=NullPool),
            clock=TickingClock(),
        )
        return
    address = request.getfixturevalue("postgres_database")
    databases: list[PostgresDatabase] = []

    def open_database() -> Database:
        databases.append(PostgresDatabase(address, busy_seconds=5))
        return databases[-1]

    yield Backend(
        open_database=open_database,
        engine=lambda: create_engine(sqlalchemy_address(address), poolclass=NullPool),
        clock=TickingClock(),
    )
    for database in databases:
        database.close()
