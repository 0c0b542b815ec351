"""Old Excel files: a made file (made-cases.xls, 30 made rows, written by us), and files cut or damaged."""

from __future__ import annotations

import struct
from pathlib import Path

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vedette.errors import SourceFailed
from vedette.sources.parse import parse
from vedette.sources.registry import all_datasets
from vedette.sources.xls import _Pieces, _rk, read_xls

MADE = Path(__file__).with_name("made-cases.xls")


def test_cells_of_the_first_sheet() -> None:
    rows = read_xls(MADE)
    assert rows[0] == ["caseid", "startyear", "endyear", "primarysender", "targetstate", "finaloutcome", "note"]
    assert len(rows) == 31
    assert rows[1] == ["1945000000", "1945", "1946", "2", "365", "0", "plain 0"]
    assert rows[4] == ["1945000003", "1948", "", "2", "365", "3", "Größe Київ 3"]
    assert rows[30][5] == "0.5"


def test_sanctions_in_the_form_of_their_publisher(tmp_path: Path) -> None:
    got = parse(MADE, "xls", all_datasets()["ties"], tmp_path / "ties.parquet")
    # The last row has an outcome that is no code.
    assert (got.frame.rows, got.frame.set_aside) == (29, 1)
    with duckdb.connect() as con:
        first = con.execute(f"FROM {got.frame.sql} ORDER BY case_id LIMIT 1").fetchone()
    assert first == (1945000000, 1945, 1946, 2, 365, 0)


@given(keep=st.floats(0, 0.999))
def test_a_file_cut_anywhere_is_refused_or_read_as_it_was(keep: float) -> None:
    whole = MADE.read_bytes()
    cut = MADE.parent / "never-written"
    path = _InMemory(whole[: int(keep * len(whole))], cut)
    try:
        rows = read_xls(path)  # type: ignore[arg-type]
    except SourceFailed:
        return
    # Only padding after the last used sector was lost.
    assert rows == read_xls(MADE)


@given(at=st.integers(0, 9727), byte=st.integers(0, 255))
def test_a_changed_byte_never_crashes(at: int, byte: int) -> None:
    whole = bytearray(MADE.read_bytes())
    whole[at] = byte
    try:
        read_xls(_InMemory(bytes(whole), MADE))  # type: ignore[arg-type]
    except SourceFailed as error:
        assert "Excel file" in str(error)


class _InMemory:
    """Enough of a path to be read, without touching the disk."""

    def __init__(self, data: bytes, name: Path) -> None:
        self.data, self.name = data, name

    def read_bytes(self) -> bytes:
        return self.data

    def __str__(self) -> str:
        return str(self.name)


def test_text_that_runs_over_records_changes_its_width() -> None:
    head = struct.pack("<HB", 5, 0) + b"abc"
    rest = b"\x01" + "де".encode("utf-16-le") + struct.pack("<HB", 1, 0) + b"z"
    pieces = _Pieces([head, rest], SourceFailed("cut"))
    assert [pieces.text(), pieces.text()] == ["abcде", "z"]
    with pytest.raises(SourceFailed):
        pieces.text()


@pytest.mark.parametrize(
    ("value", "raw"), [(7.0, (7 << 2) | 2), (0.07, (7 << 2) | 3), (-5.0, ((-5 << 2) | 2) & 0xFFFFFFFF)]
)
def test_packed_numbers(value: float, raw: int) -> None:
    assert _rk(raw.to_bytes(4, "little")) == pytest.approx(value)


def test_other_files_are_refused(tmp_path: Path) -> None:
    for content in (b"", b"PK\x03\x04 a newer workbook", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600):
        path = tmp_path / "x.xls"
        path.write_bytes(content)
        with pytest.raises(SourceFailed):
            read_xls(path)
