"""Files in parts: every line once, in order, whatever the packing and the size of a part."""

from __future__ import annotations

import gzip
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vedette.errors import SourceFailed
from vedette.sources.events.pieces import BLOCK, cut_short, first_line, plain_parts

LINES = [b"%d\t%s" % (n, b"x" * (n % 97)) for n in range(60_000)]


def packed(path: Path, body: bytes, kind: str) -> Path:
    if kind == "zip":
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as zipped:
            zipped.writestr("a", body)
    else:
        path.write_bytes(gzip.compress(body, 1) if kind == "gzip" else body)
    return path


@pytest.mark.parametrize("kind", ["plain", "zip", "gzip"])
@pytest.mark.parametrize("size", [1, 100_000, BLOCK, BLOCK + 1, 50 * BLOCK])
@pytest.mark.parametrize("end", [b"\n", b""])
def test_every_line_once_and_in_order(tmp_path: Path, kind: str, size: int, end: bytes) -> None:
    lines = LINES[:300] if size == 1 else LINES
    body = b"\n".join(lines) + end
    path = packed(tmp_path / "f", body, kind)
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    seen = [p.read_bytes() for p in plain_parts(path, scratch, size, split=True)]
    assert b"".join(seen) == body
    assert all(part.endswith(b"\n") for part in seen[:-1]), "no line is cut"
    if size == 100_000:
        assert len(seen) > (1 if kind == "plain" else 0)
    assert not list(scratch.iterdir()), "nothing is left behind"
    assert path.exists() and first_line(path) == "0\t"
    assert [p.read_bytes() for p in plain_parts(path, scratch, size, split=False)] == [body]


@given(st.lists(st.text("ab\t", max_size=9), min_size=1, max_size=30), st.integers(1, 40))
def test_small_parts_of_any_lines(tmp_path_factory: pytest.TempPathFactory, lines: list[str], size: int) -> None:
    folder = tmp_path_factory.mktemp("parts")
    path = folder / "f"
    path.write_text("\n".join(lines), newline="")
    got = [p.read_text() for p in plain_parts(path, folder, size, split=True)]
    assert "".join(got) == "\n".join(lines)


def test_half_a_last_line_shows(tmp_path: Path) -> None:
    path = tmp_path / "f"
    path.write_bytes(b"a\tb\tc\na\tb")
    assert cut_short(path, 3, "\t") and not cut_short(path, 2, "\t")
    path.write_bytes(b"a\tb\tc\n")
    assert not cut_short(path, 3, "\t")


@pytest.mark.parametrize("kind", ["zip", "gzip"])
def test_damage_shows_before_the_first_part(tmp_path: Path, kind: str) -> None:
    body = packed(tmp_path / "f", b"\n".join(LINES), kind).read_bytes()
    (tmp_path / "f").write_bytes(body[: len(body) // 2])
    with pytest.raises(SourceFailed, match="cut short or damaged"):
        next(plain_parts(tmp_path / "f", tmp_path, 1000, split=True))
    assert [p.name for p in tmp_path.iterdir()] == ["f"]
