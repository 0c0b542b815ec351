"""Documents and days given on the command line."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from vedette.bootstrap import document_source
from vedette.cli.files import day, first_document, label
from vedette.errors import DateRefused, DocumentRefused
from vedette.settings import load_settings


def test_the_limit_holds_for_pipes_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VEDETTE_MAX_DOCUMENT_MB", "0.001")
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    if os.fork() == 0:
        try:
            with pipe.open("wb") as file:
                file.write(b"x" * 5000)
        finally:
            os._exit(0)
    with pytest.raises(DocumentRefused, match="more than"):
        first_document(document_source(load_settings()), str(pipe))
    os.wait()


def test_a_folder_is_no_document(tmp_path: Path) -> None:
    with pytest.raises(DocumentRefused, match="vedette read"):
        first_document(document_source(load_settings()), str(tmp_path))


def test_names_and_days() -> None:
    assert label("-") == "standard input" and label("/a/b.txt") == "b.txt"
    assert day(None, "--x") is None
    with pytest.raises(DateRefused, match="--x"):
        day("2022-13-01", "--x")
