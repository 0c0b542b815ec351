"""Transcripts: named by their content, kept once, never believed when changed."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import pytest

from vedette.errors import Damaged, StoreUnavailable, UnknownName
from vedette.stores.transcripts import TranscriptFiles

DOC = "d" * 64


def test_kept_once_under_its_digest_for_its_owner_only(tmp_path: Path) -> None:
    store = TranscriptFiles(tmp_path / "t")
    digest = store.keep(DOC, b'{"a": 1}')
    assert digest == hashlib.sha256(b'{"a": 1}').hexdigest() == store.keep(DOC, b'{"a": 1}')
    (path,) = (p for p in tmp_path.rglob("*") if p.is_file())
    assert path.name == f"{digest}.json" and path.stat().st_mode & 0o077 == 0
    assert store.transcript(DOC, digest) == b'{"a": 1}'


def test_a_changed_file_is_damaged_and_written_again(tmp_path: Path) -> None:
    store = TranscriptFiles(tmp_path)
    digest = store.keep(DOC, b"x")
    (path,) = (p for p in tmp_path.rglob("*") if p.is_file())
    path.write_bytes(b"y")
    with pytest.raises(Damaged, match="digest"):
        store.transcript(DOC, digest)
    assert store.keep(DOC, b"x") == digest and store.transcript(DOC, digest) == b"x"


@pytest.mark.parametrize("name", ["0" * 64, "../../etc/passwd", "", "A" * 64, "0" * 63 + "\n"])
def test_what_is_not_there_is_unknown(tmp_path: Path, name: str) -> None:
    with pytest.raises(UnknownName):
        TranscriptFiles(tmp_path).transcript(DOC, name)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_that_cannot_be_written_to(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    try:
        with pytest.raises(StoreUnavailable, match="VEDETTE_HOME"):
            TranscriptFiles(tmp_path / "t").keep(DOC, b"x")
    finally:
        tmp_path.chmod(0o700)


def test_a_file_where_the_folder_should_be(tmp_path: Path) -> None:
    (tmp_path / "t").write_text("in the way")
    with pytest.raises(StoreUnavailable, match="cannot be written"):
        TranscriptFiles(tmp_path / "t").keep(DOC, b"x")


def test_transcripts_go_with_their_document(tmp_path: Path) -> None:
    store = TranscriptFiles(tmp_path)
    kept = store.keep("e" * 64, b"other")
    store.keep(DOC, b"x")
    store.keep(DOC, b"y")
    (tmp_path / DOC / "killed.part").write_bytes(b"half")
    assert store.forget(DOC) == 2 and not (tmp_path / DOC).exists()
    assert store.forget(DOC) == 0 and store.transcript("e" * 64, kept) == b"other"
    for name in ("", "..", "d" * 63 + "/", "D" * 64):
        with pytest.raises(UnknownName):
            store.forget(name)
