"""The text layer of a Word document (``.docx``): a zip of XML parts (ECMA-376), read with the standard library.

Read: paragraphs and table cells of the main part, in order, and the title and author of the properties. Not read:
macros, pictures, links, fields, deleted text. Parts are limited in size before and while they are unpacked, and a
document type declaration (the way to an entity bomb) is refused.
"""

from __future__ import annotations

import datetime as dt
import io
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from xml.etree import ElementTree

from vedette.errors import DocumentRefused

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_DC = "{http://purl.org/dc/elements/1.1/}"
_TERMS = "{http://purl.org/dc/terms/}"
# A book of a million words is about 30 MB of this XML. [assumption]
PART_LIMIT = 64_000_000
# Text compresses about tenfold; a part that unpacks a thousandfold is a bomb. [assumption]
RATIO_LIMIT = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class WordText:
    """Paragraphs joined by line ends, and the document's properties."""

    text: str
    title: str = ""
    author: str = ""
    modified: dt.date | None = None


def read_docx(content: bytes, *, where: str) -> WordText:
    """Text of a Word document; raises `DocumentRefused` when it is damaged, a bomb, or no Word document."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            body = _part(archive, "word/document.xml", where)
            if body is None:
                raise DocumentRefused("a zip archive, not a Word document", where=where, fix="Unpack it first")
            core = _part(archive, "docProps/core.xml", where)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError) as error:
        raise DocumentRefused(f"the Word document is damaged ({error})", where=where, fix="Save it again") from error
    text = "\n".join(_paragraphs(_tree(body, where)))
    if not text.strip():
        raise DocumentRefused("the Word document holds no text", where=where)
    about = _tree(core, where) if core else None
    return WordText(
        text=text,
        title=_said(about, f"{_DC}title"),
        author=_said(about, f"{_DC}creator"),
        modified=_day(_said(about, f"{_TERMS}modified")),
    )


def _part(archive: zipfile.ZipFile, name: str, where: str) -> bytes | None:
    try:
        info = archive.getinfo(name)
    except KeyError:
        return None
    if info.flag_bits & 0x1:
        raise DocumentRefused("the document is encrypted with a password", where=where, fix="Save a copy without it")
    bomb = DocumentRefused(
        f"{name} would unpack to more than {PART_LIMIT // 1_000_000} MB or {RATIO_LIMIT} times its size: a zip bomb",
        where=where,
    )
    if info.file_size > PART_LIMIT or info.file_size > RATIO_LIMIT * max(info.compress_size, 1024):
        raise bomb
    with archive.open(info) as handle:
        # The size announced can be a lie: read one byte more than allowed and see.
        data = handle.read(PART_LIMIT + 1)
    if len(data) > PART_LIMIT:
        raise bomb
    return data


def _tree(data: bytes, where: str) -> ElementTree.Element:
    # UTF-16 would hide the declaration from the search below; Word writes UTF-8.
    if b"<!DOCTYPE" in data[:4096].upper() or b"<!ENTITY" in data.upper() or data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        raise DocumentRefused("the document declares its own entities: not read", where=where)
    try:
        return ElementTree.fromstring(data)  # noqa: S314  without a document type there are no entities to expand
    except ElementTree.ParseError as error:
        raise DocumentRefused(f"the Word document is damaged ({error})", where=where, fix="Save it again") from error


def _paragraphs(root: ElementTree.Element) -> Iterator[str]:
    for paragraph in root.iter(f"{_W}p"):
        parts: list[str] = []
        for element in paragraph.iter():
            if element.tag == f"{_W}t":
                parts.append(element.text or "")
            elif element.tag == f"{_W}tab":
                parts.append("\t")
            elif element.tag in (f"{_W}br", f"{_W}cr"):
                parts.append("\n")
        yield "".join(parts)


def _said(root: ElementTree.Element | None, tag: str) -> str:
    return (root.findtext(tag) or "").strip() if root is not None else ""


def _day(stamp: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(stamp[:10])
    except ValueError:
        return None
