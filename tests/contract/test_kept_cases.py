"""A store that keeps cases decoded gives what one that reads everything gives, whoever wrote in between."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest
from tests.made_records import RAW, document, evidence, full_case, judgment

from vedette.domain.case import Case
from vedette.domain.evidence import Review, Status, Verdict
from vedette.errors import Damaged
from vedette.stores.cases import SqlCaseStore

NOTE = b"A second note, of other words."


def keeping(backend: Any) -> SqlCaseStore:
    """A store as a server opens it."""
    return SqlCaseStore(backend.open_database(), backend.clock, keep=4)


def review(item: str, minute: int, **more: Any) -> Review:
    """A decision."""
    at = dt.datetime(2022, 1, 22, 12, minute, tzinfo=dt.UTC)
    return Review(**{"evidence": item, "verdict": Verdict.ACCEPT, "author": "ana", "at": at, **more})


def same(store: SqlCaseStore, backend: Any) -> Case:
    """The case as the store has it, which is the case as another process reads it."""
    kept = store.load("made")
    assert kept == backend.cases().load("made")
    assert store.load("made") is kept
    return kept


def test_what_others_add_is_there_and_what_was_read_is_not_read_again(backend: Any) -> None:
    case = full_case()
    backend.cases().create(case)
    store, others = keeping(backend), backend.cases()
    first = same(store, backend)

    others.add_review("made", review("e1", 1))
    decided = same(store, backend)
    assert len(decided.reviews) == len(first.reviews) + 1
    assert all(a is b for a, b in zip(decided.evidence, first.evidence, strict=True))
    corrected = evidence("e1.c1", status=Status.ACCEPTED, supersedes="e1")
    correction = review("e1", 2, verdict=Verdict.CORRECT, reason="reads so", replacement="e1.c1")
    others.add_review("made", correction, corrected)
    same(store, backend)
    other = document(NOTE, id="doc-2")
    others.add_document("made", other, NOTE, [evidence("n1"), evidence("n2")])
    others.add_judgment("made", judgment(id="j9"))
    same(store, backend)
    others.revise(replace(others.load("made"), title="Another title"), author="ana", reason="clearer")
    assert same(store, backend).title == "Another title"
    store.add_review("made", review("n1", 3, verdict=Verdict.REJECT))
    assert same(store, backend).reviews[-1].evidence == "n1"


def test_what_was_forgotten_is_gone_from_the_kept_case_too(backend: Any) -> None:
    backend.cases().create(full_case())
    backend.cases().add_evidence("made", [evidence("e3", document(RAW))])
    store = keeping(backend)
    assert any(e.quote is not None for e in same(store, backend).evidence)
    backend.cases().forget("made", "doc-1", author="ana", reason="a court order")
    assert all(e.quote is None for e in same(store, backend).evidence)


def test_what_was_undone_is_never_kept(backend: Any) -> None:
    backend.cases().create(full_case())
    store = keeping(backend)
    before = same(store, backend)
    with pytest.raises(RuntimeError), store.transaction("made"):
        store.add_review("made", review("e1", 1, reason="undone"))
        assert store.load("made").reviews[-1].reason == "undone"
        raise RuntimeError
    assert same(store, backend) is before
    # On SQLite the numbers of rows that were undone are given again.
    backend.cases().add_review("made", review("e1", 2, reason="done"))
    assert [r.reason for r in same(store, backend).reviews[len(before.reviews) :]] == ["done"]


def test_what_is_added_is_checked_as_in_a_whole_load(backend: Any) -> None:
    backend.cases().create(full_case())
    store = keeping(backend)
    store.load("made")
    backend.cases().add_evidence("made", [evidence("n1")])
    backend.tamper("UPDATE evidence SET record = replace(record, 'n1', 'n2') WHERE id = 'n1'")
    with pytest.raises(Damaged, match="n1 does not match its digest"):
        store.load("made")


def test_no_more_are_kept_than_asked(backend: Any) -> None:
    for n in range(6):
        backend.cases().create(replace(full_case(), id=f"made-{n}"))
    store = keeping(backend)
    cases = [store.load(f"made-{n}") for n in range(6)]
    assert store.load("made-5") is cases[5]
    assert store.load("made-0") is not cases[0] and store.load("made-0") == cases[0]
