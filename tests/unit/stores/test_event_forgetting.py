"""Failures that were forgotten: as of an earlier day they are still there; older catalogues have no log of them."""

from __future__ import annotations

import datetime as dt
import sqlite3
from pathlib import Path

from vedette.domain.time import AsOf
from vedette.stores.events import DuckEventStore
from vedette.stores.events_catalogue import Catalogue

FAILED = dt.datetime(2022, 1, 10, 12, tzinfo=dt.UTC)
FORGOTTEN = dt.datetime(2022, 2, 1, 12, tzinfo=dt.UTC)


def store_with_a_forgotten_failure(folder: Path) -> DuckEventStore:
    catalogue = Catalogue(folder / "catalogue.sqlite3", busy=1, create=True)
    catalogue.fail("gdelt2", "a.txt", "no events", FAILED)
    catalogue.forget_failure("gdelt2", "a.txt", FORGOTTEN)
    catalogue.forget_failure("gdelt2", "never.txt", FORGOTTEN)
    catalogue.close()
    return DuckEventStore(folder, memory_mb=64, busy=1)


def test_what_was_known_on_an_earlier_day_does_not_change(tmp_path: Path) -> None:
    store = store_with_a_forgotten_failure(tmp_path)
    named = {
        day: [f.file for f in store.failures(as_of=AsOf.of(dt.date.fromisoformat(day)))[1]]
        for day in ("2022-01-09", "2022-01-31", "2022-02-02")
    }
    assert named == {"2022-01-09": [], "2022-01-31": ["a.txt"], "2022-02-02": []}
    assert store.failures() == (0, [])
    (log,) = store.forgotten()
    assert (log.file, log.reason, log.failed_at, log.forgotten_at) == ("a.txt", "no events", FAILED, FORGOTTEN)
    store.close()


def test_a_catalogue_from_before_is_read_and_gets_its_log_when_it_is_written(tmp_path: Path) -> None:
    store_with_a_forgotten_failure(tmp_path).close()
    path = tmp_path / "catalogue.sqlite3"
    with sqlite3.connect(path) as con:
        con.execute("DROP TABLE forgotten")
    con.close()
    reader = DuckEventStore(tmp_path, memory_mb=64, busy=1)
    assert reader.forgotten() == []
    reader.close()
    Catalogue(path, busy=1, create=True).close()
    again = Catalogue(path, busy=1, create=False)
    assert again.forgotten() == []
    again.close()
