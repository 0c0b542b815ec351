"""Forgetting a document: bytes, text and quotes go, a tombstone stays, and no other path opens."""

from __future__ import annotations

import hashlib
import zlib
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from tests.made_records import RAW, document, evidence, full_case

from vedette.domain.documents import Document
from vedette.errors import CaseRefused, UnknownName
from vedette.stores.forget import REMOVED, salted


def stored(backend: Any) -> Document:
    """A case with a document, its bytes, two items that quote it and one that does not."""
    source = document()
    backend.cases().create(full_case())
    other = document(b"Nothing of this goes away at all.", id="doc-2")
    backend.cases().add_document("made", other, b"Nothing of this goes away at all.", [])
    backend.cases().add_evidence("made", [evidence("e3", source)])
    return source


def test_bytes_text_and_quotes_go_and_everything_else_stays(backend: Any) -> None:
    source = stored(backend)
    before = backend.cases().load("made")
    stone = backend.cases().forget("made", "doc-1", author="ana", reason="a court order")
    after = backend.cases().load("made")
    gone = next(d for d in after.documents if d.id == "doc-1")
    assert (gone.text, gone.title, gone.times) == (REMOVED, source.title, source.times)
    assert gone.sha256 == stone.digest == salted(stone.salt, hashlib.sha256(RAW).hexdigest()) != source.sha256
    assert stone.evidence == ("e1", "e3")
    for old, new in zip(before.evidence, after.evidence, strict=True):
        assert new.quote is None
        assert (new.id, new.claim, new.bearings) == (old.id, old.claim, old.bearings)
        assert (new.grade, new.times) == (old.grade, old.times)
    assert next(d for d in after.documents if d.id == "doc-2") == next(d for d in before.documents if d.id == "doc-2")
    with pytest.raises(CaseRefused, match="a court order"):
        backend.cases().raw("made", "doc-1")
    assert backend.cases().raw("made", "doc-2") == b"Nothing of this goes away at all."
    assert [(t.document, t.reason, t.evidence) for t in backend.cases().tombstones("made")] == [
        ("doc-1", "a court order", ("e1", "e3"))
    ]


def test_our_words_go_too_when_asked(backend: Any) -> None:
    stored(backend)
    backend.cases().forget("made", "doc-1", author="ana", reason="privacy", words=True)
    case = backend.cases().load("made")
    gone = next(d for d in case.documents if d.id == "doc-1")
    assert (gone.title, gone.author, gone.citation) == (REMOVED, "", None)
    claims = [e.claim for e in case.evidence if e.id in ("e1", "e3")]
    assert claims == [f"{REMOVED} e1", f"{REMOVED} e3"]


def test_nothing_of_it_is_left_in_the_file(backend: Any, tmp_path: Any) -> None:
    stored(backend)
    folder = tmp_path / "workspace"
    if not folder.is_dir():
        pytest.skip("the bytes of a server's files are not ours to read")

    def everything() -> bytes:
        return b"".join(p.read_bytes() for p in folder.iterdir())

    words, packed = b"Moved 500 troops", zlib.compress(RAW, 6)[4:24]
    assert words in everything()
    backend.cases().forget("made", "doc-1", author="ana", reason="copyright")
    assert words not in everything() and packed not in everything()
    assert hashlib.sha256(RAW).hexdigest().encode() not in everything()


def test_it_does_not_come_back(backend: Any) -> None:
    source = stored(backend)
    backend.cases().forget("made", "doc-1", author="ana", reason="copyright")
    with pytest.raises(CaseRefused, match=r"was removed on .* by ana: copyright"):
        backend.cases().add_document("made", replace(source, id="again"), RAW, [])
    with pytest.raises(CaseRefused, match="already"):
        backend.cases().forget("made", "doc-1", author="ana", reason="again")
    with pytest.raises(CaseRefused, match="differs"):
        backend.cases().revise(full_case(), author="ana", reason="an old export")


def test_bytes_shared_with_another_case_stay_there(backend: Any) -> None:
    stored(backend)
    backend.cases().create(replace(full_case(), id="other"))
    backend.cases().forget("made", "doc-1", author="ana", reason="copyright")
    assert backend.cases().raw("other", "doc-1") == RAW


def test_what_cannot_be_forgotten(backend: Any) -> None:
    with pytest.raises(UnknownName):
        backend.cases().forget("made", "doc-1", author="ana", reason="x")
    stored(backend)
    with pytest.raises(UnknownName):
        backend.cases().forget("made", "doc-9", author="ana", reason="x")
    with pytest.raises(CaseRefused, match="reason"):
        backend.cases().forget("made", "doc-1", author="ana", reason=" ")
    assert backend.cases().tombstones("made") == ()
    assert backend.cases().raw("made", "doc-1") == RAW


@pytest.mark.parametrize("buried", [False, True])
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE documents SET record = 'x' WHERE id = 'doc-1'",
        "UPDATE documents SET record = 'x' WHERE id = 'doc-2'",
        "UPDATE documents SET content = NULL WHERE id = 'doc-2'",
        "DELETE FROM documents WHERE id = 'doc-1'",
        "UPDATE evidence SET record = 'x' WHERE id = 'e1'",
        "UPDATE evidence SET status = 'accepted' WHERE id = 'e1'",
        "DELETE FROM evidence WHERE id = 'e1'",
        "UPDATE contents SET compressed = 'x'",
        "DELETE FROM contents",
        "DELETE FROM tombstones WHERE 1 = 1",
        "UPDATE tombstones SET reason = 'x'",
        "DELETE FROM cases",
    ],
)
def test_no_other_path_opens(backend: Any, statement: str, buried: bool) -> None:
    """Neither before a document is forgotten nor after."""
    stored(backend)
    if buried:
        backend.cases().forget("made", "doc-1", author="ana", reason="copyright")
    if "tombstones" in statement and not buried:
        return  # there is no row for the statement to touch
    engine = backend.engine()
    with pytest.raises(DBAPIError, match=r"append-only|FOREIGN KEY|foreign key"), engine.begin() as connection:
        connection.execute(text(statement))
    engine.dispose()


def test_a_kill_in_the_middle_leaves_everything(backend: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from vedette.stores.forget import SqlForgetting

    stored(backend)
    before = backend.cases().load("made")

    def dies(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(SqlForgetting, "_forget_bytes", dies)
    with pytest.raises(KeyboardInterrupt):
        backend.cases().forget("made", "doc-1", author="ana", reason="copyright")
    assert backend.cases().load("made") == before and backend.cases().tombstones("made") == ()
