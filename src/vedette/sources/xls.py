"""Reader of old Excel files (``.xls``, BIFF8): the cells of the first sheet, nothing else.

One registered source publishes its table only in this form. Formats: Microsoft Open Specifications [MS-CFB]
(the container) and [MS-XLS] (the records). Read: text, numbers, results of formulas. Not read: formats, dates
as dates, macros, links; nothing in a file is ever executed. An encrypted or older file is refused.
"""

from __future__ import annotations

import csv
import struct
from collections.abc import Iterator
from pathlib import Path

from vedette.errors import SourceFailed

_SIGNATURE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_END, _FREE = 0xFFFFFFFE, 0xFFFFFFFF
_BOF, _EOF, _SHEET, _SST, _CONTINUE, _ENCRYPTED = 0x0809, 0x000A, 0x0085, 0x00FC, 0x003C, 0x002F
_LABEL_SST, _LABEL, _NUMBER, _RK, _MULTIPLE_RK, _FORMULA = 0x00FD, 0x0204, 0x0203, 0x027E, 0x00BD, 0x0006
_BIFF8 = 0x0600
# What a sheet of this format can hold at most.
_ROWS, _COLUMNS = 65536, 256


class _Container:
    """The streams inside a compound file."""

    def __init__(self, data: bytes, where: str) -> None:
        self.data, self.where = data, where
        if data[:8] != _SIGNATURE or len(data) < 512:
            raise self.fail("it is not an Excel file of the old form")
        self.size = 1 << self.number(30, 2)
        self.mini_size = 1 << self.number(32, 2)
        if self.size not in {512, 4096} or self.mini_size != 64:
            raise self.fail("its sectors have an unknown size")
        self.fat = self._table()
        self.directory = self.chain(self.number(48, 4), self.fat)
        self.small = self._words(self.chain(self.number(60, 4), self.fat))
        self.cutoff = self.number(56, 4)

    def fail(self, what: str) -> SourceFailed:
        return SourceFailed(f"the Excel file cannot be read: {what}", where=self.where)

    def number(self, at: int, width: int) -> int:
        return int.from_bytes(self.data[at : at + width], "little")

    def sector(self, number: int) -> bytes:
        start = (number + 1) * self.size
        if start >= len(self.data):
            raise self.fail("it is cut short")
        return self.data[start : start + self.size]

    def _words(self, raw: bytes) -> list[int]:
        return list(struct.unpack(f"<{len(raw) // 4}I", raw[: len(raw) // 4 * 4]))

    def _table(self) -> list[int]:
        places = [n for n in self._words(self.data[76:512]) if n not in {_FREE, _END}]
        following, seen = self.number(68, 4), 0
        while following not in {_FREE, _END}:
            words = self._words(self.sector(following))
            places += [n for n in words[:-1] if n not in {_FREE, _END}]
            following = words[-1]
            seen += 1
            if seen > len(self.data) // self.size:
                raise self.fail("its sector table runs in a circle")
        return [word for place in places for word in self._words(self.sector(place))]

    def chain(self, first: int, table: list[int], source: bytes | None = None) -> bytes:
        """The bytes of a chain of sectors (of the file, or of ``source`` for small streams)."""
        parts: list[bytes] = []
        number = first
        while number not in {_END, _FREE}:
            if number >= len(table) or len(parts) > len(table):
                raise self.fail("a chain of sectors is broken")
            if source is None:
                parts.append(self.sector(number))
            else:
                parts.append(source[number * self.mini_size : (number + 1) * self.mini_size])
            number = table[number]
        return b"".join(parts)

    def stream(self, wanted: str) -> bytes | None:
        root = b""
        for at in range(0, len(self.directory) - 127, 128):
            entry = self.directory[at : at + 128]
            length = int.from_bytes(entry[64:66], "little")
            name = entry[: max(0, min(length, 64) - 2)].decode("utf-16-le", errors="replace")
            first, size = struct.unpack_from("<II", entry, 116)
            if entry[66] == 5:
                root = self.chain(first, self.fat) if first not in {_END, _FREE} else b""
            elif name == wanted and entry[66] == 2:
                small = size < self.cutoff
                found = self.chain(first, self.small, root) if small else self.chain(first, self.fat)
                if len(found) < size:
                    raise self.fail("it is cut short")
                return found[:size]
        return None


class _Pieces:
    """Text that may run over several records; a new record repeats the flag byte before characters go on."""

    def __init__(self, pieces: list[bytes], fail: SourceFailed) -> None:
        self.pieces, self.at, self.piece, self.fail = pieces, 0, 0, fail

    def take(self, count: int) -> bytes:
        found = b""
        while len(found) < count:
            if self.piece >= len(self.pieces):
                raise self.fail
            rest = self.pieces[self.piece][self.at : self.at + count - len(found)]
            found += rest
            self.at += len(rest)
            if self.at >= len(self.pieces[self.piece]) and len(found) < count:
                self.piece, self.at = self.piece + 1, 0
        return found

    def text(self) -> str:
        length, flags = struct.unpack("<HB", self.take(3))
        runs = int.from_bytes(self.take(2), "little") if flags & 8 else 0
        extra = int.from_bytes(self.take(4), "little") if flags & 4 else 0
        found = ""
        while len(found) < length:
            if self.piece >= len(self.pieces):
                raise self.fail
            if self.at >= len(self.pieces[self.piece]):
                self.piece, self.at = self.piece + 1, 0
                flags = self.take(1)[0]
            width = 2 if flags & 1 else 1
            here = min(length - len(found), (len(self.pieces[self.piece]) - self.at) // width)
            if here == 0:
                raise self.fail
            found += self.take(here * width).decode("utf-16-le" if width == 2 else "latin-1")
        self.take(4 * runs + extra)
        return found


def _records(stream: bytes, start: int, container: _Container) -> Iterator[tuple[int, bytes]]:
    at = start
    while at + 4 <= len(stream):
        kind, length = struct.unpack_from("<HH", stream, at)
        if at + 4 + length > len(stream):
            raise container.fail("a record is cut short")
        yield kind, stream[at + 4 : at + 4 + length]
        at += 4 + length


def _rk(raw: bytes) -> float:
    """A number packed into four bytes: a short integer or the upper half of a double, perhaps times 100."""
    word = int.from_bytes(raw, "little")
    if word & 2:
        value = float(struct.unpack("<i", raw)[0] >> 2)
    else:
        value = float(struct.unpack("<d", b"\0\0\0\0" + (word & 0xFFFFFFFC).to_bytes(4, "little"))[0])
    return value / 100 if word & 1 else value


def _globals(stream: bytes, container: _Container) -> tuple[list[str], int]:
    """The shared texts of the workbook, and where its first sheet begins."""
    texts: list[bytes] = []
    sheet: int | None = None
    reading = False
    for number, (kind, body) in enumerate(_records(stream, 0, container)):
        if number == 0 and (kind != _BOF or int.from_bytes(body[:2], "little") != _BIFF8):
            raise container.fail("it is older than Excel 97")
        if kind == _ENCRYPTED:
            raise container.fail("it is encrypted")
        if kind == _SHEET and sheet is None and body[5] == 0:
            sheet = int.from_bytes(body[:4], "little")
        if kind == _SST:
            texts = [body]
        elif kind == _CONTINUE and reading:
            texts.append(body)
        reading = kind == _SST or (kind == _CONTINUE and reading)
        if kind == _EOF:
            break
    if sheet is None:
        raise container.fail("it has no sheet")
    if not texts:
        return [], sheet
    pieces = _Pieces(texts, container.fail("its texts are cut short"))
    count = struct.unpack("<II", pieces.take(8))[1]
    return [pieces.text() for _ in range(count)], sheet


def _cells(stream: bytes, sheet: int, texts: list[str], container: _Container) -> Iterator[tuple[int, int, str]]:
    depth = 0
    for kind, body in _records(stream, sheet, container):
        if kind == _BOF:
            depth += 1
        elif kind == _EOF:
            depth -= 1
            if depth == 0:
                return
        if depth != 1 or len(body) < 6:
            # Charts embedded in the sheet have their own records.
            continue
        row, column = struct.unpack_from("<HH", body)
        if kind == _LABEL_SST:
            index = int.from_bytes(body[6:10], "little")
            if index >= len(texts):
                raise container.fail("a cell points at a text that is not there")
            yield row, column, texts[index]
        elif kind == _LABEL:
            yield row, column, _Pieces([body[6:]], container.fail("a text is cut short")).text()
        elif kind == _NUMBER:
            yield row, column, _shown(float(struct.unpack_from("<d", body, 6)[0]))
        elif kind == _RK:
            yield row, column, _shown(_rk(body[6:10]))
        elif kind == _MULTIPLE_RK:
            for place in range((len(body) - 6) // 6):
                yield row, column + place, _shown(_rk(body[6 + 6 * place : 10 + 6 * place]))
        elif kind == _FORMULA and body[12:14] != b"\xff\xff":
            yield row, column, _shown(float(struct.unpack_from("<d", body, 6)[0]))


def _shown(value: float) -> str:
    return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)


def read_xls(path: Path) -> list[list[str]]:
    """Rows of the first sheet as text, all of the same width; empty cells are empty strings.

    Raises ``SourceFailed`` for a file that is not BIFF8, encrypted, cut short or damaged.
    """
    container = _Container(path.read_bytes(), str(path))
    stream = container.stream("Workbook")
    if stream is None:
        raise container.fail("it holds no workbook of Excel 97 or later")
    try:
        texts, sheet = _globals(stream, container)
        cells = {(row, column): text for row, column, text in _cells(stream, sheet, texts, container)}
    except (struct.error, IndexError, UnicodeDecodeError) as error:
        raise container.fail(f"it is damaged ({error})") from error
    if not cells:
        return []
    width = min(_COLUMNS, max(column for _, column in cells) + 1)
    height = min(_ROWS, max(row for row, _ in cells) + 1)
    return [[cells.get((row, column), "") for column in range(width)] for row in range(height)]


def xls_as_csv(path: Path, target: Path) -> Path:
    """Write the first sheet as CSV; the first row holds the names."""
    with target.open("w", newline="", encoding="utf-8") as handle:
        csv.writer(handle).writerows(read_xls(path))
    return target
