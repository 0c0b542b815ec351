"""Reader of R data files (``.rda``): just enough of R's serialisation to read data frames of plain columns.

An ``.rda`` file is a compressed stream (gzip, bzip2 or xz) of ``RDX2``/``RDX3`` + ``X\\n`` (big-endian XDR)
holding a pairlist of named objects. Format: R Internals manual, section "Serialization Formats" (R Core
Team). Read: logical, integer, double and character vectors, factors, dates, attributes, row names in compact
form. Anything else (functions, environments, pointers) is refused: nothing in a file is ever executed.
"""

from __future__ import annotations

import bz2
import datetime as dt
import gzip
import lzma
import math
import struct
import zlib
from dataclasses import dataclass, field
from pathlib import Path

from vedette.errors import SourceFailed

# SEXP type numbers of the R serialisation format.
_NIL, _SYMBOL, _PAIRLIST, _CHAR, _LOGICAL, _INTEGER, _REAL, _STRING, _LIST = 254, 1, 2, 9, 10, 13, 14, 16, 19
_ALTREP, _REFERENCE = 238, 255
_NA_INTEGER = -(2**31)
_MAGIC = (b"RDX2\n", b"RDX3\n")
# A deeper nesting than any data frame needs would only come from a hostile file.
_DEPTH = 60


@dataclass(slots=True)
class _Vector:
    values: list[object]
    attributes: dict[str, _Vector] = field(default_factory=dict)


class _Stream:
    """Reads one serialised object tree from memory."""

    def __init__(self, data: bytes, where: str) -> None:
        self.data = data
        self.at = 0
        self.where = where
        self.symbols: list[str] = []

    def fail(self, what: str) -> SourceFailed:
        return SourceFailed(f"the R file cannot be read: {what} at byte {self.at}", where=self.where)

    def take(self, count: int) -> bytes:
        if count < 0 or self.at + count > len(self.data):
            raise self.fail("it ends too early")
        self.at += count
        return self.data[self.at - count : self.at]

    def integer(self) -> int:
        return int(struct.unpack(">i", self.take(4))[0])

    def header(self) -> None:
        if self.take(2) != b"X\n":
            raise self.fail("it is not in the binary XDR form")
        version = self.integer()
        self.take(8)
        if version == 3:
            self.take(self.integer())
        elif version != 2:
            raise self.fail(f"serialisation version {version} is not known")

    def text(self) -> str | None:
        kind = self.integer() & 0xFF
        if kind != _CHAR:
            raise self.fail(f"a string was expected, type {kind} came")
        length = self.integer()
        return None if length == -1 else self.take(length).decode("utf-8", errors="replace")

    def symbol(self, flags: int) -> str:
        if flags & 0xFF == _REFERENCE:
            number = (flags >> 8) or self.integer()
            if not 1 <= number <= len(self.symbols):
                raise self.fail("a reference points nowhere")
            return self.symbols[number - 1]
        name = self.text() or ""
        self.symbols.append(name)
        return name

    def pairlist(self, flags: int, depth: int) -> list[tuple[str, _Vector]]:
        """Members of a pairlist whose first flags word has been read; the name is empty when there is none."""
        found: list[tuple[str, _Vector]] = []
        while flags & 0xFF == _PAIRLIST:
            if flags & (1 << 9):
                self.item(self.integer(), depth + 1)
            name = ""
            if flags & (1 << 10):
                name = self.symbol(self.integer())
            found.append((name, self.item(self.integer(), depth + 1)))
            flags = self.integer()
        if flags & 0xFF != _NIL:
            raise self.fail("a list does not end")
        return found

    def item(self, flags: int, depth: int) -> _Vector:
        if depth > _DEPTH:
            raise self.fail("it is nested too deeply")
        kind = flags & 0xFF
        if kind == _NIL:
            return _Vector([])
        if kind == _ALTREP:
            return self.compact(depth)
        if kind in {_SYMBOL, _REFERENCE}:
            return _Vector([self.symbol(flags)])
        if kind == _PAIRLIST:
            return _Vector([value for _, value in self.pairlist(flags, depth)])
        vector = _Vector(self.values(kind, self.integer(), depth))
        if flags & (1 << 9):
            vector.attributes = dict(self.pairlist(self.integer(), depth + 1))
        return vector

    def values(self, kind: int, length: int, depth: int) -> list[object]:
        if length < 0 or length > len(self.data):
            raise self.fail(f"a vector of {length} values is impossible")
        if kind in {_LOGICAL, _INTEGER}:
            whole = struct.unpack(f">{length}i", self.take(4 * length))
            return [None if value == _NA_INTEGER else value for value in whole]
        if kind == _REAL:
            raw = self.take(8 * length)
            # NA and NaN are one here: both mean that there is no number.
            return [None if math.isnan(value) else value for value in struct.unpack(f">{length}d", raw)]
        if kind == _STRING:
            return [self.text() for _ in range(length)]
        if kind == _LIST:
            return [self.item(self.integer(), depth + 1) for _ in range(length)]
        raise self.fail(f"type {kind} is not read")

    def compact(self, depth: int) -> _Vector:
        """Compact forms of R >= 3.5: integer sequences and wrappers around plain vectors."""
        info = self.item(self.integer(), depth + 1).values
        state = self.item(self.integer(), depth + 1)
        flags = self.integer()
        attributes = dict(self.pairlist(flags, depth + 1)) if flags & 0xFF == _PAIRLIST else {}
        name = str(info[0].values[0]) if info and isinstance(info[0], _Vector) and info[0].values else ""
        if name == "compact_intseq":
            count, start, step = (float(str(value)) for value in state.values[:3])
            return _Vector([int(start + step * k) for k in range(int(count))], attributes)
        inner = state.values[0] if state.values else None
        if name.startswith("wrap_") and isinstance(inner, _Vector):
            return _Vector(inner.values, attributes or inner.attributes)
        raise self.fail(f"the compact form {name!r} is not read")


def _unpack(data: bytes, where: str) -> bytes:
    try:
        if data[:2] == b"\x1f\x8b":
            return gzip.decompress(data)
        if data[:3] == b"BZh":
            return bz2.decompress(data)
        if data[:6] == b"\xfd7zXZ\x00":
            return lzma.decompress(data)
    except (OSError, EOFError, lzma.LZMAError, zlib.error, ValueError) as error:
        raise SourceFailed(f"the R file is damaged or cut short ({error})", where=where) from error
    return data


def _plain(vector: _Vector) -> list[object]:
    """Factors to their labels, dates to ISO days, everything else as it is."""
    classes = vector.attributes.get("class", _Vector([])).values
    if "factor" in classes:
        levels = vector.attributes["levels"].values
        return [None if v is None else levels[int(str(v)) - 1] for v in vector.values]
    if "Date" in classes:
        start = dt.date(1970, 1, 1).toordinal()
        return [
            None if v is None else dt.date.fromordinal(start + int(float(str(v)))).isoformat()
            for v in vector.values
        ]
    return vector.values


def read_rda(path: Path) -> dict[str, list[object]]:
    """Columns of the first data frame in an ``.rda`` file, name -> values (None for NA).

    Raises ``SourceFailed`` when the file is cut short, is not an R data file or holds no data frame.
    """
    where = str(path)
    data = _unpack(path.read_bytes(), where)
    if data[:5] not in _MAGIC:
        raise SourceFailed("this is not an R data file", where=where)
    stream = _Stream(data[5:], where)
    try:
        stream.header()
        for _, value in stream.pairlist(stream.integer(), 0):
            names = value.attributes.get("names")
            columns = [column for column in value.values if isinstance(column, _Vector)]
            if names is not None and columns and len(columns) == len(value.values):
                return {str(name): _plain(column) for name, column in zip(names.values, columns, strict=True)}
    except (KeyError, IndexError, ValueError, OverflowError, struct.error) as error:
        raise stream.fail(f"it is damaged ({type(error).__name__})") from error
    raise SourceFailed("the R file holds no data frame", where=where)
