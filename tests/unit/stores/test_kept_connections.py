"""A server keeps connections to the workspace file, and notices when another file lies in its place."""

from __future__ import annotations

import datetime as dt
import os
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import event
from tests.made_records import full_case

from vedette.bootstrap import SystemClock
from vedette.domain.evidence import Review, Verdict
from vedette.errors import StoreUnavailable, UnknownName
from vedette.stores import postgresql
from vedette.stores.cases import SqlCaseStore
from vedette.stores.database import SqliteDatabase
from vedette.stores.sqlite import FILE_NAME


@pytest.fixture
def database(tmp_path: Path) -> Iterator[SqliteDatabase]:
    made = SqliteDatabase(tmp_path / "served", busy_seconds=5, pooled=True)
    yield made
    made.close()


def cases(database: SqliteDatabase) -> SqlCaseStore:
    return SqlCaseStore(database, SystemClock())


def alone(folder: Path) -> SqlCaseStore:
    """As a command opens the same file."""
    return cases(SqliteDatabase(folder, busy_seconds=5))


def test_one_connection_answers_one_caller_after_the_other(database: SqliteDatabase) -> None:
    opened = []
    event.listen(database._engine, "connect", lambda *_: opened.append(1))
    store = cases(database)
    store.create(full_case())
    for _ in range(5):
        assert store.load("made") == full_case()
    assert len(opened) == 1


def test_a_file_put_in_its_place_is_the_one_read_and_written(database: SqliteDatabase, tmp_path: Path) -> None:
    store = cases(database)
    store.create(full_case())
    store.load("made")
    alone(tmp_path / "other").create(replace(full_case(), title="Restored"))
    served = tmp_path / "served" / FILE_NAME
    for end in ("-wal", "-shm"):
        Path(f"{served}{end}").unlink(missing_ok=True)
    os.replace(tmp_path / "other" / FILE_NAME, served)
    assert store.load("made").title == "Restored"
    at = dt.datetime(2022, 1, 22, tzinfo=dt.UTC)
    store.add_review("made", Review(evidence="e1", verdict=Verdict.ACCEPT, author="ana", at=at, reason="seen"))
    assert alone(tmp_path / "served").load("made").reviews[-1].reason == "seen"


def test_a_file_that_was_removed_is_not_read_from_memory(database: SqliteDatabase, tmp_path: Path) -> None:
    store = cases(database)
    store.create(full_case())
    for path in (tmp_path / "served").iterdir():
        path.unlink()
    with pytest.raises(UnknownName):
        store.load("made")
    assert list(store.case_ids()) == []


def test_many_write_at_once_and_nothing_is_lost(database: SqliteDatabase) -> None:
    store = cases(database)
    store.create(full_case())
    before = len(store.load("made").reviews)

    def decide(who: int) -> None:
        for n in range(5):
            at = dt.datetime(2022, 1, 22, who, n, tzinfo=dt.UTC)
            store.add_review("made", Review(evidence="e1", verdict=Verdict.ACCEPT, author=f"a{who}", at=at))
            store.load("made")

    threads = [threading.Thread(target=decide, args=(n,)) for n in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    made = store.load("made").reviews[before:]
    assert len({(r.author, r.at) for r in made}) == len(made) == 30


def test_a_connection_that_lay_idle_while_its_server_was_restarted_is_replaced(
    postgres_database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    database = postgresql.PostgresDatabase(postgres_database, busy_seconds=5, pooled=True)
    store = cases(database)
    store.create(full_case())

    def cut() -> None:
        with psycopg.connect(postgres_database, autocommit=True) as connection:
            connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE application_name = 'vedette' AND datname = current_database()"
            )

    cut()
    with pytest.raises(StoreUnavailable):  # used a moment ago, so not asked: the error is said, and nothing is lost
        store.load("made")
    assert store.load("made") == full_case()
    monkeypatch.setattr(postgresql, "IDLE_SECONDS", 0.0)
    cut()
    assert store.load("made") == full_case()
    assert store.stamp("made")
    database.close()
