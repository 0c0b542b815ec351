"""Tables up and down with data in them, on every backend."""

from __future__ import annotations

import pytest
from sqlalchemy import inspect
from tests.made_records import full_case

from vedette.errors import CaseRefused, UnknownName
from vedette.stores.schema import metadata
from vedette.stores.upgrade import HEAD, step_versions

from .conftest import Backend


def test_every_step_down_and_up_keeps_the_case(backend: Backend) -> None:
    case = full_case()
    backend.cases().create(case, author="a", reason="made")
    database = backend.open_database()
    for version in reversed(step_versions()[:-1]):
        assert database.migrate(version)[1] == version
        assert backend.open_database().version() == version
    database.migrate(HEAD)
    assert backend.cases().load(case.id) == case


def test_the_tables_after_down_and_up_are_those_of_a_new_workspace(backend: Backend) -> None:
    database = backend.open_database()
    database.migrate(HEAD)
    fresh = {t: {c["name"] for c in inspect(backend.engine()).get_columns(t)} for t in metadata.tables}
    database.migrate(None)
    assert not set(inspect(backend.engine()).get_table_names()) & set(metadata.tables)
    assert database.version() is None
    database.migrate(HEAD)
    again = {t: {c["name"] for c in inspect(backend.engine()).get_columns(t)} for t in metadata.tables}
    assert again == fresh


def test_recorded_rows_are_still_refused_a_change_after_down_and_up(backend: Backend) -> None:
    from sqlalchemy.exc import DBAPIError

    backend.cases().create(full_case(), author="a", reason="made")
    backend.open_database().migrate("0002")
    for version in ("0002", HEAD):
        backend.open_database().migrate(version)
        engine = backend.engine()
        for statement in ("UPDATE evidence SET kind = 'x'", "DELETE FROM evidence", "DELETE FROM contents"):
            with pytest.raises(DBAPIError, match="append-only"), engine.begin() as connection:
                connection.exec_driver_sql(statement)


def test_going_back_never_removes_what_was_recorded_unasked(backend: Backend) -> None:
    case = full_case()
    backend.cases().create(case, author="a", reason="made")
    with pytest.raises(CaseRefused, match=r"evidence.*--drop-data|--drop-data") as caught:
        backend.open_database().migrate(None)
    assert "2 in evidence" in str(caught.value)
    assert backend.cases().load(case.id) == case
    backend.open_database().migrate(None, drop_data=True)
    assert backend.cases().case_ids() == ()


def test_a_tombstone_is_not_lost_by_going_back(backend: Backend) -> None:
    case = full_case()
    store = backend.cases()
    store.create(case, author="a", reason="made")
    store.forget(case.id, case.documents[0].id, author="a", reason="asked to")
    with pytest.raises(CaseRefused, match="tombstones"):
        backend.open_database().migrate("0002")
    assert len(backend.cases().tombstones(case.id)) == 1


def test_an_unknown_version_is_refused(backend: Backend) -> None:
    with pytest.raises(UnknownName, match="9999"):
        backend.open_database().migrate("9999")
