"""Files made to hold up the program: each is refused, in a time and a memory that grow with its size and no faster."""

from __future__ import annotations

import io
import time
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from vedette.codec.forecast_files import read_forecasts
from vedette.errors import BadInput
from vedette.reference.case_files import read_case
from vedette.reporting.verify import read_brief

SECONDS = 3.0
"""For files below 2 MB; what took the square of the size took minutes. [assumption]: room for a slow machine."""


def refused(read: Callable[[], Any], said: str = ".") -> None:
    began = time.process_time()
    with pytest.raises(BadInput, match=said):
        read()
    assert time.process_time() - began < SECONDS


def word(part: str) -> bytes:
    from vedette.reporting.docx import PART

    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(PART, part)
    return out.getvalue()


def pdf_bomb(megabytes: int) -> bytes:
    packing = zlib.compressobj(9)
    body = b"".join(packing.compress(b"0" * 1_000_000) for _ in range(megabytes)) + packing.flush()
    return b"%PDF/Type/EmbeddedFile/FlateDecode stream\n" + body + b"endstream"


@pytest.mark.parametrize(
    "unit", ["<!--", "<a ", "</script ", "<![CDATA[", "<![CDATA[>", "<?", " <a a='", "<a a='>", "<!-->", "<b>&",
             "<a data-path=x>y<b>", "<script>"],
)  # fmt: skip
def test_a_page_of_tags_without_an_end_is_no_brief(unit: str) -> None:
    refused(lambda: read_brief((unit * 60_000).encode()), "no Vedette brief")


def test_a_brief_that_a_browser_kept_is_read_with_its_comment(vedette: Any, tmp_path: Path) -> None:
    vedette.ok("brief", "niger-2023", "--format", "html", "--out", tmp_path / "b.html")
    text = (tmp_path / "b.html").read_text(encoding="utf-8")
    plain = read_brief(text.encode())
    kept = text.replace("<head>", "<head>\n<!-- saved from url=(0022)http://localhost/x -->", 1)
    assert kept != text and read_brief(kept.encode()) == plain


def test_attachments_are_looked_for_once() -> None:
    refused(lambda: read_brief(b"%PDF" + b"/Type/EmbeddedFile" * 60_000), "no attached facts")
    refused(lambda: read_brief(b"%PDF" + b"/Type/EmbeddedFile stream\n{}x" * 60_000), "no attached facts")
    refused(lambda: read_brief(b"%PDF/Type/EmbeddedFile stream\n" + b"[" * 200_000 + b"endstream"))


def test_facts_that_unpack_to_too_much_are_not_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    from vedette.reporting import pdf

    monkeypatch.setattr(pdf, "LARGEST", 1_000_000)
    refused(lambda: read_brief(pdf_bomb(3)), "too large to be ours")


@pytest.mark.parametrize("part", ["<brief" * 300_000, "<brief>" + "[" * 200_000 + "</brief>", "</brief><brief>"])
def test_the_part_of_a_word_brief_is_read_once(part: str) -> None:
    refused(lambda: read_brief(word(part)))


@pytest.mark.parametrize(
    ("name", "text"),
    [("a.toml", "a" + ".a" * 100_000 + " = 1"), ("b.toml", "[a" + " . a" * 100_000 + "]"),
     ("c.toml", '"a"' + '."a"' * 100_000 + "=1"), ("d.toml", "a=" + "[" * 100_000), ("e.toml", "a=" + "{b=" * 50_000),
     ("f.toml", "a = 1" + "0" * 1_000_000), ("g.json", '{"a":' * 100_000), ("h.json", '{"id": 1' + "0" * 9_999 + "}"),
     ("i.toml", "x" * 1_000_000), ("j.toml", "a." * 40 + "a = 1"), ("k.toml", 'a = "' + "a b " * 200_000)],
)  # fmt: skip
def test_a_case_file_that_is_nested_or_long_is_refused(tmp_path: Path, name: str, text: str) -> None:
    (tmp_path / name).write_text(text)
    refused(lambda: read_case(tmp_path / name))


@pytest.mark.parametrize(
    ("form", "data"),
    [("metaculus", b"[" * 200_000), ("forecastbench", b'{"a":' * 100_000), ("autocast", b"[\n" * 100_000),
     ("csv", b'question,forecaster\n"' + b"x" * 500_000), ("csv", b'"' * 500_000 + b",\n")],
)  # fmt: skip
def test_a_file_of_forecasts_that_cannot_be_read_is_refused(form: str, data: bytes) -> None:
    def read() -> None:
        found = read_forecasts(data, "x", form)
        assert not found.forecasts
        raise BadInput("nothing of it can be used")  # broken lines are kept aside one by one

    refused(read)


def test_rows_from_a_stranger_are_counted_while_they_come(vedette: Any) -> None:
    from vedette.codec.forecast_files import MOST_ROWS

    data = b"question,forecaster\n" + b"q,x\n" * 50
    with pytest.raises(BadInput, match="more than 40 rows"):
        read_forecasts(data, "x.csv", "csv", most=40)
    assert read_forecasts(data, "x.csv", "csv", most=50).rows == 50 < MOST_ROWS
