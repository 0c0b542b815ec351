"""What the database and the disk say, in one line with a way out."""

from __future__ import annotations

import datetime as dt
import errno
import sqlite3

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.dialects import sqlite
from sqlalchemy.exc import OperationalError

from vedette.errors import Damaged, StoreUnavailable, VedetteError
from vedette.stores.schema import UtcDateTime
from vedette.stores.sqlite import plain_errors


def sqlite_error(name: str, said: str = "said so") -> sqlite3.OperationalError:
    error = sqlite3.OperationalError(said)
    error.sqlite_errorname = name
    return error


@pytest.mark.parametrize(
    ("name", "kind", "said"),
    [
        ("SQLITE_FULL", StoreUnavailable, "disk is full; nothing was written"),
        ("SQLITE_READONLY_DIRECTORY", StoreUnavailable, "read-only"),
        ("SQLITE_BUSY", StoreUnavailable, "another process"),
        ("SQLITE_LOCKED", StoreUnavailable, "VEDETTE_BUSY_SECONDS"),
        ("SQLITE_CANTOPEN", StoreUnavailable, "VEDETTE_HOME"),
        ("SQLITE_CORRUPT", Damaged, "restore a copy"),
        ("SQLITE_NOTADB", Damaged, "damaged"),
        ("SQLITE_IOERR_WRITE", StoreUnavailable, "nothing was written"),
        ("SQLITE_ERROR", StoreUnavailable, "said so"),
    ],
)
@pytest.mark.parametrize("wrapped", [True, False])
def test_sqlite(name: str, kind: type[VedetteError], said: str, wrapped: bool) -> None:
    error: Exception = sqlite_error(name)
    if wrapped:
        error = OperationalError("SELECT 1", {}, error)
    with pytest.raises(kind, match=said) as caught, plain_errors("/a/file"):
        raise error
    assert str(caught.value).startswith("/a/file: ") and "\n" not in str(caught.value)
    assert "SELECT" not in str(caught.value)


@pytest.mark.parametrize(
    ("number", "said"),
    [(errno.ENOSPC, "disk is full"), (errno.EDQUOT, "disk is full"), (errno.EROFS, "cannot be written"),
     (errno.EACCES, "cannot be written"), (errno.ENOTDIR, "cannot be used")],
)  # fmt: skip
def test_the_operating_system(number: int, said: str) -> None:
    with pytest.raises(StoreUnavailable, match=said), plain_errors("/a/file"):
        raise OSError(number, "no")


def test_our_own_errors_pass_unchanged() -> None:
    mine = Damaged("mine")
    with pytest.raises(Damaged) as caught, plain_errors("/a/file"):
        raise mine
    assert caught.value is mine


ZONES = st.integers(-14 * 60, 14 * 60).map(lambda m: dt.timezone(dt.timedelta(minutes=m)))


# Bounds without a zone, as hypothesis wants them.
FIRST, LAST = dt.datetime(1900, 1, 2), dt.datetime(2200, 1, 1)  # noqa: DTZ001


@given(st.datetimes(FIRST, LAST, timezones=ZONES))
def test_instants_survive_a_backend_that_forgets_the_zone(value: dt.datetime) -> None:
    column = UtcDateTime()
    bound = column.process_bind_param(value, sqlite.dialect())
    assert bound is not None
    forgotten = bound.replace(tzinfo=None)
    assert column.process_result_value(forgotten, sqlite.dialect()) == value
    assert column.process_result_value(value, sqlite.dialect()) == value


def test_a_naive_instant_is_refused() -> None:
    column = UtcDateTime()
    with pytest.raises(ValueError, match="no time zone"):
        column.process_bind_param(dt.datetime(2022, 1, 1), sqlite.dialect())  # noqa: DTZ001
    assert column.process_bind_param(None, sqlite.dialect()) is None
    assert column.process_result_value(None, sqlite.dialect()) is None
