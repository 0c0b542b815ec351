"""R data files: a small writer of the format, the reader, and files that are damaged or hostile."""

from __future__ import annotations

import bz2
import gzip
import lzma
import struct
from pathlib import Path

import pytest

from vedette.errors import SourceFailed
from vedette.sources.parse import parse
from vedette.sources.rda import read_rda
from vedette.sources.registry import all_datasets

NA_INT = -(2**31)


def integer(value: int) -> bytes:
    return struct.pack(">i", value)


def chars(text: str | None) -> bytes:
    if text is None:
        return integer(9) + integer(-1)
    raw = text.encode()
    return integer(9 | (64 << 12)) + integer(len(raw)) + raw


def symbol(name: str) -> bytes:
    return integer(1) + chars(name)


def attributes(members: dict[str, bytes]) -> bytes:
    body = b"".join(integer(2 | (1 << 10)) + symbol(name) + value for name, value in members.items())
    return body + integer(254)


def tail(attrs: dict[str, bytes] | None) -> bytes:
    return attributes(attrs) if attrs else b""


def strings(values: list[str | None], attrs: dict[str, bytes] | None = None) -> bytes:
    flags = 16 | ((1 << 9) if attrs else 0)
    return integer(flags) + integer(len(values)) + b"".join(chars(v) for v in values) + tail(attrs)


def reals(values: list[float], attrs: dict[str, bytes] | None = None) -> bytes:
    flags = 14 | ((1 << 9) if attrs else 0)
    return integer(flags) + integer(len(values)) + struct.pack(f">{len(values)}d", *values) + tail(attrs)


def integers(values: list[int], attrs: dict[str, bytes] | None = None) -> bytes:
    flags = 13 | ((1 << 9) if attrs else 0)
    return integer(flags) + integer(len(values)) + struct.pack(f">{len(values)}i", *values) + tail(attrs)


def frame(columns: dict[str, bytes]) -> bytes:
    attrs = {
        "names": strings(list(columns)), "class": strings(["tbl_df", "data.frame"]),
        "row.names": integers([NA_INT, -2]),
    }  # fmt: skip
    body = integer(19 | (1 << 9) | (1 << 8)) + integer(len(columns)) + b"".join(columns.values()) + attributes(attrs)
    return b"RDX3\nX\n" + integer(3) + integer(0x00040301) + integer(0x00030500) + integer(5) + b"UTF-8" + (
        integer(2 | (1 << 10)) + symbol("made") + body + integer(254)
    )  # fmt: skip


def made() -> bytes:
    return frame(
        {
            "ccode": reals([2.0, float("nan")]),
            "year": integers([1950, NA_INT]),
            "name": strings(["a", None]),
            "kind": integers([2, 1], {"levels": strings(["x", "y"]), "class": strings(["factor"])}),
            "day": reals([0.0, 19000.0], {"class": strings(["Date"])}),
        }
    )


@pytest.mark.parametrize("pack", [gzip.compress, bz2.compress, lzma.compress, bytes])
def test_columns_of_every_kind_in_every_compression(tmp_path: Path, pack: object) -> None:
    path = tmp_path / "made.rda"
    path.write_bytes(pack(made()))  # type: ignore[operator]
    assert read_rda(path) == {
        "ccode": [2.0, None],
        "year": [1950, None],
        "name": ["a", None],
        "kind": ["y", "x"],
        "day": ["1970-01-01", "2022-01-08"],
    }


def test_compact_sequences_and_wrappers(tmp_path: Path) -> None:
    def compact(kind: str, state: bytes) -> bytes:
        info = integer(2) + symbol(kind) + integer(2) + symbol("base") + integer(2) + integers([13]) + integer(254)
        return integer(238) + info + state + integer(254)

    sequence = compact("compact_intseq", reals([2.0, 7.0, 1.0]))
    wrapped = compact("wrap_real", integer(19) + integer(2) + reals([1.5, 2.5]) + integers([0, 0]))
    path = tmp_path / "made.rda"
    path.write_bytes(gzip.compress(frame({"n": sequence, "x": wrapped})))
    assert read_rda(path) == {"n": [7, 8], "x": [1.5, 2.5]}


def test_a_table_of_the_one_go_package_becomes_a_frame(tmp_path: Path) -> None:
    path = tmp_path / "rugged.rda"
    path.write_bytes(gzip.compress(frame({"ccode": reals([2.0, 20.0]), "rugged": reals([0.5, float("nan")])})))
    got = parse(path, "rda", all_datasets()["rugged"], tmp_path / "out.parquet")
    assert (got.frame.rows, got.frame.set_aside) == (2, 0)


@pytest.mark.parametrize("keep", [3, 7, 20, 60, 200])
def test_cut_files_are_refused_plainly(tmp_path: Path, keep: int) -> None:
    path = tmp_path / "made.rda"
    path.write_bytes(made()[:keep])
    with pytest.raises(SourceFailed):
        read_rda(path)
    path.write_bytes(gzip.compress(made())[:keep])
    with pytest.raises(SourceFailed):
        read_rda(path)


def test_hostile_files_are_refused_plainly(tmp_path: Path) -> None:
    path = tmp_path / "made.rda"
    head = b"RDX2\nX\n" + integer(2) + integer(0) + integer(0)
    for body in (
        integer(2) + integer(14) + integer(2**30),
        integer(2) + integer(3) + integer(1),
        integer(2) + integer(255) + integer(5),
        (integer(2) + integer(19) + integer(1)) + (integer(19) + integer(1)) * 200,
        integer(254),
    ):
        path.write_bytes(head + body)
        with pytest.raises(SourceFailed):
            read_rda(path)
