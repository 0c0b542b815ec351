"""Issued briefs: numbered, never overwritten, checked when read."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from vedette.errors import BadInput, Damaged, UnknownName
from vedette.ports.briefs import Issued
from vedette.stores.briefs import BriefFiles


def issued(case: str = "made", **changes: object) -> Issued:
    values: dict[str, object] = {
        "case": case, "revision": 0, "at": dt.datetime(2022, 1, 20, 9, tzinfo=dt.UTC), "author": "ana", "sha256": "",
        "inputs_digest": "d" * 64, "request": {"as_of": "2022-01-20", "sections": ["answer"]},
        "scenarios": {"a": 0.25}, "evidence": ("e1", "e2"), "note": "first",
    }  # fmt: skip
    return Issued(**{**values, **changes})  # type: ignore[arg-type]


def test_revisions_are_numbered_within_their_case_and_come_back_as_they_were(tmp_path: Path) -> None:
    store = BriefFiles(tmp_path / "briefs")
    assert store.of("made") == ()
    one = store.issue(issued(), b"<p>one</p>")
    two = store.issue(issued(), b"<p>two</p>")
    other = store.issue(issued("other"), b"<p>one</p>")
    assert [b.revision for b in (one, two, other)] == [1, 2, 1]
    assert BriefFiles(tmp_path / "briefs").of("made") == (one, two)
    assert store.html("made", 2) == b"<p>two</p>"
    assert one.sha256 == other.sha256 != two.sha256


def test_a_page_that_was_changed_or_cut_off_is_told(tmp_path: Path) -> None:
    store = BriefFiles(tmp_path)
    store.issue(issued(), b"<p>one</p>")
    (tmp_path / "made" / "0001.html").write_bytes(b"<p>two</p>")
    with pytest.raises(Damaged):
        store.html("made", 1)
    (tmp_path / "made" / "0002.html").write_bytes(b"cut off before its record")
    assert len(store.of("made")) == 1
    assert store.issue(issued(), b"<p>three</p>").revision == 3
    (tmp_path / "made" / "0003.json").write_text("{", encoding="utf-8")
    with pytest.raises(Damaged):
        store.of("made")


def test_a_case_id_never_leaves_the_folder(tmp_path: Path) -> None:
    store = BriefFiles(tmp_path / "briefs")
    for name in ("../made", "a/b", "", ".hidden"):
        with pytest.raises(BadInput):
            store.issue(issued(name), b"x")
    with pytest.raises(UnknownName):
        store.html("made", 4)
