"""Bytes to text, with the reasons a file is refused.

Offsets of the raw file count code points of the decoded text *without* a byte-order mark; line ends are kept as
they are, so that ``data.decode(encoding)`` of a file gives exactly the text the source map speaks of.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass

from vedette.errors import DocumentRefused

# A book is about 1 MB of text. Larger files are archives or mistakes, and one would hold the laptop for a minute.
# [assumption]
MAX_BYTES = 50_000_000 - 1

_BOMS = (
    (b"\xef\xbb\xbf", "utf-8"),
    (b"\xff\xfe\x00\x00", "utf-32-le"),
    (b"\x00\x00\xfe\xff", "utf-32-be"),
    (b"\xff\xfe", "utf-16-le"),
    (b"\xfe\xff", "utf-16-be"),
)

# First bytes of formats people try to feed in; each with what they can do instead.
_SIGNATURES = (
    (b"%PDF", "a PDF"),
    (b"PK\x03\x04", "a zip archive or an office document"),
    (b"\xd0\xcf\x11\xe0", "an old office document"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"BZh", "a bzip2 archive"),
    (b"\xfd7zXZ", "an xz archive"),
    (b"7z\xbc\xaf", "a 7z archive"),
    (b"\x89PNG", "a PNG picture"),
    (b"\xff\xd8\xff", "a JPEG picture"),
    (b"GIF8", "a GIF picture"),
    (b"\x7fELF", "a program"),
    (b"MZ\x90", "a program"),
    (b"SQLite format 3", "a database"),
)

_DECLARED = re.compile(rb"""(?:charset|encoding)\s*=\s*["']?\s*([A-Za-z0-9_:.-]{2,40})""", re.IGNORECASE)
_CONTROL = re.compile("[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")
# More than one control character in 200 is not prose. [assumption]
_CONTROL_SHARE = 0.005
_FIX = "Save it as plain text or HTML first"


@dataclass(frozen=True, slots=True, kw_only=True)
class Decoded:
    """The text of a file, the encoding that gave it, the digest of its bytes and remarks for the reader."""

    text: str
    encoding: str
    sha256: str
    warnings: tuple[str, ...] = ()


def decode(data: bytes | str, *, where: str = "") -> Decoded:
    """Text of ``data``; text already decoded passes through (its digest is that of its UTF-8 bytes).

    A byte-order mark decides; else UTF-8; else UTF-16 when every second byte is zero; else the encoding declared
    in the first 2,048 bytes; else Windows-1252, with a warning. Raises `DocumentRefused` for empty, too large
    and binary input.
    """
    if isinstance(data, str):
        raw = data.encode("utf-8", "surrogatepass")
        _refuse_size(len(raw), where)
        text = data[1:] if data.startswith("\ufeff") else data
        return Decoded(text=_prose(text, where), encoding="utf-8", sha256=hashlib.sha256(raw).hexdigest())
    _refuse_size(len(data), where)
    digest = hashlib.sha256(data).hexdigest()
    for bom, encoding in _BOMS:
        if data.startswith(bom):
            return Decoded(
                text=_prose(_strict(data[len(bom) :], encoding, where), where), encoding=encoding, sha256=digest
            )
    for start, kind in _SIGNATURES:
        if data.startswith(start):
            raise DocumentRefused(f"the file is {kind}, not text", where=where, fix=_FIX)
    wide = _wide(data)
    if wide:
        return Decoded(text=_prose(_strict(data, wide, where), where), encoding=wide, sha256=digest)
    if b"\x00" in data:
        raise DocumentRefused("the file is binary, not text", where=where, fix=_FIX)
    try:
        return Decoded(text=_prose(data.decode("utf-8"), where), encoding="utf-8", sha256=digest)
    except UnicodeDecodeError as error:
        broken = error.start
    text, encoding, warning = _declared(data, broken)
    return Decoded(text=_prose(text, where), encoding=encoding, sha256=digest, warnings=(warning,))


def _refuse_size(size: int, where: str) -> None:
    if size == 0:
        raise DocumentRefused("the file is empty", where=where, fix="Give a file with text in it")
    if size > MAX_BYTES:
        raise DocumentRefused(
            f"the file has {size / 1e6:.1f} MB, more than the {(MAX_BYTES + 1) / 1e6:.0f} MB read at once",
            where=where,
            fix="Split it into single documents",
        )


def _strict(data: bytes, encoding: str, where: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        raise DocumentRefused(
            f"the file starts like {encoding} but byte {error.start} does not fit it", where=where, fix=_FIX
        ) from error


def _wide(data: bytes) -> str:
    """UTF-16 without a mark: nearly every second byte of Latin text is then zero."""
    head = data[:4096]
    if len(head) < 4 or len(data) % 2:
        return ""
    even, odd = head[0::2].count(0), head[1::2].count(0)
    half = len(head) // 2
    if odd > 0.6 * half and even < 0.05 * half:
        return "utf-16-le"
    if even > 0.6 * half and odd < 0.05 * half:
        return "utf-16-be"
    return ""


def _declared(data: bytes, broken: int) -> tuple[str, str, str]:
    found = _DECLARED.search(data[:2048])
    name = found.group(1).decode("ascii") if found else ""
    if name:
        try:
            text = data.decode(name)
        except (LookupError, UnicodeDecodeError):
            name = ""
        else:
            return text, name.lower(), f"read as {name}, the encoding the document declares"
    text = data.decode("cp1252", "replace") if b"\x81" not in data else data.decode("latin-1")
    return text, "cp1252", f"not UTF-8 (byte {broken}); read as Windows-1252, so check accents and quotes"


def _prose(text: str, where: str) -> str:
    if not text.strip("\ufeff\u200b \t\r\n\f\v"):
        raise DocumentRefused("the file holds only white space", where=where, fix="Give a file with text in it")
    control = len(_CONTROL.findall(text))
    if control > _CONTROL_SHARE * len(text) and control > 2:
        raise DocumentRefused("the file is binary, not text", where=where, fix=_FIX)
    return text
