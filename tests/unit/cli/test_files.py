"""Documents given on the command line."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from vedette.cli.files import content_of, day, label, sources
from vedette.errors import DateRefused, DocumentRefused


def test_a_folder_is_its_files_by_name(tmp_path: Path) -> None:
    for name in ("b.txt", "a.txt", ".hidden"):
        (tmp_path / name).write_text("x")
    (tmp_path / "below").mkdir()
    (tmp_path / "below" / "c.txt").write_text("x")
    assert list(sources([str(tmp_path), "-"])) == [str(tmp_path / "a.txt"), str(tmp_path / "b.txt"), "-"]
    with pytest.raises(DocumentRefused, match="no files"):
        list(sources([str(_empty(tmp_path))]))


def _empty(tmp_path: Path) -> Path:
    folder = tmp_path / "empty"
    folder.mkdir()
    return folder


def test_the_limit_holds_for_pipes_too(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    if os.fork() == 0:
        try:
            with pipe.open("wb") as file:
                file.write(b"x" * 5000)
        finally:
            os._exit(0)
    with pytest.raises(DocumentRefused, match="more than"):
        content_of(str(pipe), max_mb=0.001)
    os.wait()


def test_exactly_the_limit_is_read(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_bytes(b"x" * 1000)
    assert len(content_of(str(path), max_mb=0.001)) == 1000
    path.write_bytes(b"x" * 1001)
    with pytest.raises(DocumentRefused, match="VEDETTE_MAX_DOCUMENT_MB"):
        content_of(str(path), max_mb=0.001)


def test_names_and_days() -> None:
    assert label("-") == "standard input" and label("/a/b.txt") == "b.txt"
    assert day(None, "--x") is None
    with pytest.raises(DateRefused, match="--x"):
        day("2022-13-01", "--x")
