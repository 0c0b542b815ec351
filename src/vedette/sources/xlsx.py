"""Reader of Excel workbooks (``.xlsx``): the cells of the first sheet, nothing else.

A workbook is a zip of XML parts (ECMA-376, Office Open XML). Read: texts, numbers, results of formulas, in the
first sheet of the workbook. Not read: formats, dates as dates, macros, links; nothing in a file is executed.
Part sizes are limited before anything is unpacked, and document type declarations are refused.
"""

from __future__ import annotations

import csv
import re
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import IO
from xml.etree import ElementTree

from vedette.errors import SourceFailed

_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
# The largest registered workbook unpacks to some tens of megabytes.
_PART_LIMIT = 1 << 30
_REFERENCE = re.compile(r"([A-Z]{1,3})(\d{1,7})\Z")


class _Guarded:
    """A part of the workbook that is refused when it declares a document type (no part needs one)."""

    def __init__(self, handle: IO[bytes], fail: SourceFailed) -> None:
        self.handle, self.fail, self.tail = handle, fail, b""

    def read(self, size: int = -1) -> bytes:
        block = self.handle.read(size if size >= 0 else 1 << 16)
        if b"<!DOCTYPE" in (self.tail + block).upper():
            raise self.fail
        self.tail = block[-16:]
        return block


def _failed(path: Path, what: str) -> SourceFailed:
    return SourceFailed(f"the workbook cannot be read: {what}", where=str(path))


def _elements(archive: zipfile.ZipFile, name: str, path: Path) -> Iterator[ElementTree.Element]:
    """Every element of a part as it closes; the caller clears what it has used."""
    info = archive.getinfo(name)
    if info.file_size > _PART_LIMIT:
        raise _failed(path, f"{name} would unpack to {info.file_size} bytes")
    with archive.open(info) as handle:
        for _, element in ElementTree.iterparse(_Guarded(handle, _failed(path, "it declares a document type"))):  # noqa: S314
            yield element


def _first_sheet(archive: zipfile.ZipFile, path: Path) -> str:
    """Name of the part that holds the first sheet."""
    sheet = next((e for e in _elements(archive, "xl/workbook.xml", path) if e.tag == f"{_MAIN}sheet"), None)
    if sheet is None:
        raise _failed(path, "it has no sheet")
    wanted = sheet.get(_RELATION)
    for element in _elements(archive, "xl/_rels/workbook.xml.rels", path):
        if element.get("Id") == wanted and (target := element.get("Target")):
            return target.lstrip("/") if target.startswith("/") else str(PurePosixPath("xl") / target)
    raise _failed(path, "its first sheet is not there")


def _texts(archive: zipfile.ZipFile, path: Path) -> list[str]:
    if "xl/sharedStrings.xml" not in archive.namelist():
        return []
    found = []
    for element in _elements(archive, "xl/sharedStrings.xml", path):
        if element.tag == f"{_MAIN}si":
            # Phonetic readings (rPh) are not part of the text.
            for reading in element.findall(f"{_MAIN}rPh"):
                element.remove(reading)
            found.append("".join(part.text or "" for part in element.iter(f"{_MAIN}t")))
            element.clear()
    return found


def _column(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number - 1


def _cell(element: ElementTree.Element, texts: list[str], path: Path) -> str:
    kind = element.get("t", "n")
    if kind == "inlineStr":
        return "".join(part.text or "" for part in element.iter(f"{_MAIN}t"))
    value = element.find(f"{_MAIN}v")
    text = "" if value is None else value.text or ""
    if kind == "s":
        if not text.isdigit() or int(text) >= len(texts):
            raise _failed(path, "a cell points at a text that is not there")
        return texts[int(text)]
    return "" if kind == "e" else text


def read_xlsx(path: Path) -> Iterator[list[str]]:
    """Rows of the first sheet as text, each as wide as the first one; empty cells are empty strings.

    Raises ``SourceFailed`` for a file that is no workbook, cut short or damaged.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            texts = _texts(archive, path)
            width = 0
            for element in _elements(archive, _first_sheet(archive, path), path):
                if element.tag != f"{_MAIN}row":
                    continue
                row: dict[int, str] = {}
                for place, cell in enumerate(element.findall(f"{_MAIN}c")):
                    found = _REFERENCE.match(cell.get("r", ""))
                    row[_column(found[1]) if found else place] = _cell(cell, texts, path)
                width = width or max(row, default=-1) + 1
                yield [row.get(column, "") for column in range(max(width, max(row, default=-1) + 1))]
                element.clear()
    except (zipfile.BadZipFile, zlib.error, EOFError, KeyError, NotImplementedError, RuntimeError, OSError) as error:
        raise _failed(path, f"it is damaged or cut short ({error})") from error
    except ElementTree.ParseError as error:
        raise _failed(path, f"a part of it is not XML ({error})") from error


def xlsx_as_csv(path: Path, target: Path) -> Path:
    """Write the first sheet as CSV; the first row holds the names."""
    with target.open("w", newline="", encoding="utf-8") as handle:
        csv.writer(handle).writerows(read_xlsx(path))
    return target
