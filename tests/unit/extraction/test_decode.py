"""Bytes to text: what is read, and what is refused with a line that helps."""

from __future__ import annotations

import hashlib

import pytest

from vedette.errors import DocumentRefused
from vedette.extraction.decode import MAX_BYTES, decode

TEXT = "Troops moved to the border – “quickly”.\r\nÄ second line."


@pytest.mark.parametrize(
    ("data", "encoding"),
    [
        (TEXT.encode("utf-8"), "utf-8"),
        (b"\xef\xbb\xbf" + TEXT.encode("utf-8"), "utf-8"),
        (b"\xff\xfe" + TEXT.encode("utf-16-le"), "utf-16-le"),
        (b"\xfe\xff" + TEXT.encode("utf-16-be"), "utf-16-be"),
        (("plain words. " * 20).encode("utf-16-le"), "utf-16-le"),
        (("plain words. " * 20).encode("utf-16-be"), "utf-16-be"),
    ],
)
def test_encodings_are_recognised(data: bytes, encoding: str) -> None:
    found = decode(data)
    assert found.encoding == encoding
    assert found.sha256 == hashlib.sha256(data).hexdigest()
    assert not found.text.startswith("\ufeff")
    assert found.text.startswith(("Troops moved", "plain words"))


def test_declared_encoding_is_used_and_said() -> None:
    data = '<html><meta charset="iso-8859-1"><p>Caf\xe9 talks</p>'.encode("latin-1")
    found = decode(data)
    assert "Caf\xe9" in found.text
    assert "iso-8859-1" in found.warnings[0]


def test_undeclared_legacy_text_is_read_with_a_warning() -> None:
    found = decode("The caf\xe9 was closed when the troops came.".encode("cp1252"))
    assert "caf\xe9" in found.text
    assert "Windows-1252" in found.warnings[0]


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "empty"),
        (b"   \n\t ", "white space"),
        (b"%PDF-1.7 ...", "PDF"),
        (b"PK\x03\x04 rest", "zip"),
        (bytes(range(256)) * 20, "binary"),
        (b"text with \x00 inside and more \x00", "binary"),
        (b"\xff\xfe" + b"a\x00b\x00c", "byte"),
        ("\x01\x02\x03\x04 four controls", "binary"),
    ],
)
def test_refusals_say_what_is_wrong_and_what_helps(data: bytes | str, words: str) -> None:
    with pytest.raises(DocumentRefused) as refusal:
        decode(data, where="file.bin")
    assert words in str(refusal.value)
    assert str(refusal.value).startswith("file.bin: ")
    assert refusal.value.fix


def test_fifty_megabytes_are_refused_and_less_is_read() -> None:
    with pytest.raises(DocumentRefused, match="more than the 50 MB"):
        decode(b"a" * (MAX_BYTES + 1))
    assert len(decode(b"a" * 1_000_000).text) == 1_000_000
