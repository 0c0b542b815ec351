"""What every case store does, whatever is underneath."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from tests.conftest import examples
from tests.made_records import RAW, document, evidence, full_case, judgment

from vedette.domain.evidence import Review, Status, Verdict
from vedette.domain.time import Times
from vedette.errors import CaseRefused, Damaged, StoreUnavailable, UnknownName

ACCEPT = Review(evidence="e1", verdict=Verdict.ACCEPT, author="ana", at=dt.datetime(2022, 1, 22, tzinfo=dt.UTC))


def test_a_case_comes_back_as_it_went(backend: Any) -> None:
    case = full_case()
    backend.cases().create(case)
    assert backend.cases().load(case.id) == case
    assert list(backend.cases().case_ids()) == [case.id]


def test_nothing_is_there_before_the_first_write(backend: Any) -> None:
    assert list(backend.cases().case_ids()) == []
    with pytest.raises(UnknownName):
        backend.cases().load("made")
    assert list(backend.ledger().entries()) == []


def test_an_id_that_exists_is_refused(backend: Any) -> None:
    backend.cases().create(full_case())
    with pytest.raises(CaseRefused, match="already in the workspace"):
        backend.cases().create(full_case())


def test_an_unknown_case_names_the_nearest(backend: Any) -> None:
    case = full_case()
    backend.cases().create(case)
    with pytest.raises(UnknownName) as caught:
        backend.cases().load(case.id + "x")
    assert caught.value.nearest == (case.id,)


def test_instants_come_back_aware_and_equal(backend: Any) -> None:
    odd = dt.datetime(2022, 1, 11, 1, 30, 15, 123456, tzinfo=dt.timezone(dt.timedelta(hours=5, minutes=30)))
    item = evidence("e9", times=Times(available_at=odd))
    backend.cases().create(replace(full_case(), evidence=(item,)))
    stored = backend.cases().load(full_case().id).evidence[0]
    assert stored.times.available_at == odd
    with backend.engine().begin() as connection:
        from vedette.stores.schema import evidence as table

        value = connection.execute(table.select()).one().available_at
    assert value == odd and value.utcoffset() == dt.timedelta(0)


def test_the_same_document_twice_changes_nothing(backend: Any) -> None:
    case = replace(full_case(), documents=(), evidence=())
    backend.cases().create(case)
    source = document()
    assert backend.cases().add_document(case.id, source, RAW, [evidence("n1", source)]) is True
    before = backend.cases().load(case.id)
    again = replace(source, id="another-id", title="Renamed")
    assert backend.cases().add_document(case.id, again, RAW, [evidence("n2", again)]) is False
    assert backend.cases().load(case.id) == before


def test_raw_bytes_come_back_as_given(backend: Any) -> None:
    backend.cases().create(full_case())
    assert backend.cases().raw("made", "doc-1") == RAW
    with pytest.raises(UnknownName):
        backend.cases().raw("made", "doc-2")


def test_bytes_that_are_not_the_documents_are_refused(backend: Any) -> None:
    backend.cases().create(replace(full_case(), documents=(), evidence=()))
    with pytest.raises(Damaged, match="digest"):
        backend.cases().add_document("made", document(), RAW + b"x", [])
    assert backend.cases().load("made").documents == ()


def test_a_document_and_its_evidence_are_stored_together_or_not_at_all(backend: Any) -> None:
    backend.cases().create(replace(full_case(), documents=(), evidence=()))
    source = document()
    with pytest.raises(CaseRefused, match="e1 exists already"):
        backend.cases().add_evidence("made", [evidence("e1")])
        backend.cases().add_document("made", source, RAW, [evidence("n1", source), evidence("e1", source)])
    stored = backend.cases().load("made")
    assert stored.documents == () and [e.id for e in stored.evidence] == ["e1"]


def test_a_transaction_is_undone_as_a_whole(backend: Any) -> None:
    store = backend.cases()
    with pytest.raises(RuntimeError), store.transaction():
        store.create(full_case())
        assert store.load("made").id == "made"
        raise RuntimeError
    assert list(backend.cases().case_ids()) == []


def test_a_correction_is_a_new_record(backend: Any) -> None:
    backend.cases().create(full_case())
    newer = evidence("e1.c1", full_case().documents[0], status=Status.ACCEPTED, supersedes="e1")
    review = replace(ACCEPT, verdict=Verdict.CORRECT, reason="misread", replacement="e1.c1")
    backend.cases().add_review("made", review, newer)
    stored = backend.cases().load("made")
    assert stored.reviews == (review,)
    assert {e.id for e in stored.evidence} == {"e1", "e2", "e1.c1"}
    assert {e.id for e in stored.standing()} == {"e2", "e1.c1"}


def test_a_review_of_nothing_is_refused_with_the_nearest_ids(backend: Any) -> None:
    backend.cases().create(full_case())
    with pytest.raises(UnknownName) as caught:
        backend.cases().add_review("made", replace(ACCEPT, evidence="e11"))
    assert "e1" in caught.value.nearest
    assert backend.cases().load("made").reviews == ()


def test_judgments_are_appended_once(backend: Any) -> None:
    backend.cases().create(replace(full_case(), judgments=()))
    backend.cases().add_judgment("made", judgment())
    with pytest.raises(CaseRefused):
        backend.cases().add_judgment("made", judgment())
    assert backend.cases().load("made").judgments == (judgment(),)


def test_a_revision_appends_what_is_new_and_says_so(backend: Any) -> None:
    case = full_case()
    backend.cases().create(case)
    assert backend.cases().revise(case, author="ana", reason="again").nothing
    more = replace(case, title="Another title", evidence=(*case.evidence, evidence("e3")))
    change = backend.cases().revise(more, author="ana", reason="edited")
    assert (change.structure, change.evidence, change.documents) == (True, 1, 0)
    assert backend.cases().load("made") == more
    with backend.engine().begin() as connection:
        versions = connection.execute(text("SELECT version, author, title FROM cases ORDER BY version")).all()
    assert [tuple(v) for v in versions] == [(1, "", case.title), (2, "ana", "Another title")]


def test_a_record_edited_under_its_old_id_is_refused(backend: Any) -> None:
    case = full_case()
    backend.cases().create(case)
    edited = replace(case, evidence=(replace(case.evidence[0], claim="Something else."), *case.evidence[1:]))
    with pytest.raises(CaseRefused, match="e1 differs"):
        backend.cases().revise(edited, author="ana", reason="sneaky")
    assert backend.cases().load("made") == case


@pytest.mark.parametrize("table", ["cases", "contents", "documents", "evidence", "judgments", "ledger", "reviews"])
@pytest.mark.parametrize("verb", ["update", "delete"])
def test_recorded_rows_cannot_be_changed(backend: Any, table: str, verb: str) -> None:
    from tests.made_records import forecast, question

    backend.cases().create(full_case())
    backend.cases().add_review("made", ACCEPT)
    backend.ledger().commit(forecast(), question())
    column = "sha256" if table == "contents" else "seq"
    statement = f"DELETE FROM {table}" if verb == "delete" else f"UPDATE {table} SET {column} = {column}"
    with pytest.raises(DBAPIError, match="append-only"), backend.engine().begin() as connection:
        connection.execute(text(statement))


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("UPDATE evidence SET record = replace(record, 'Troops', 'Tanks') WHERE id = 'e2'", "evidence e2"),
        ("UPDATE documents SET record = replace(record, 'made report', 'fake report')", "document doc-1"),
        ("UPDATE cases SET record = '{'", "cannot be read"),
        ("UPDATE reviews SET record = replace(record, 'accept', 'perhaps')", "cannot be read"),
    ],
)
def test_a_changed_record_is_noticed_and_named(backend: Any, statement: str, said: str) -> None:
    backend.cases().create(full_case())
    backend.cases().add_review("made", ACCEPT)
    backend.tamper(statement)
    with pytest.raises(Damaged, match=said):
        backend.cases().load("made")


def test_changed_bytes_are_noticed(backend: Any) -> None:
    backend.cases().create(full_case())
    import zlib

    other = zlib.compress(RAW + b"!").hex()
    literal = f"X'{other}'" if backend.engine().dialect.name == "sqlite" else f"decode('{other}', 'hex')"
    backend.tamper(f"UPDATE contents SET compressed = {literal}")
    with pytest.raises(Damaged, match="digest differs"):
        backend.cases().raw("made", "doc-1")


def test_a_store_of_a_newer_vedette_is_left_alone(backend: Any) -> None:
    backend.cases().create(full_case())
    backend.tamper("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(StoreUnavailable, match="9999"):
        backend.cases().case_ids()
    with pytest.raises(StoreUnavailable, match="9999"):
        backend.cases().create(replace(full_case(), id="other"))


@given(st.text(st.characters(codec="utf-8", exclude_characters="\x00"), min_size=1).filter(str.strip))
@settings(max_examples=examples(25), suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_text_survives(backend: Any, words: str) -> None:
    case_id = f"made-{abs(hash(words))}"
    source = document(words.encode(), id="doc")
    whole = source.quote(0, len(words))
    item = evidence("e", claim=words, quote=whole, times=source.times)
    case = replace(full_case(), id=case_id, documents=(source,), evidence=(item,), title=words)
    store = backend.cases()
    if case_id not in store.case_ids():
        store.create(case)
    assert store.load(case_id) == case
    assert store.raw(case_id, "doc") == words.encode()
