"""The units cleaning works on: a paragraph, line or page block with the raw place of its characters."""

from __future__ import annotations

import re
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Piece:
    """``text`` stands for ``raw[raw_start:raw_end]``: the same characters, or one entity or run of white space."""

    raw_start: int
    raw_end: int
    text: str


@dataclass(slots=True)
class Unit:
    """A block of text. ``kind`` is what the markup or the rules say of it; body text has an empty kind."""

    pieces: tuple[Piece, ...]
    kind: str = ""
    text: str = field(default="")

    def __post_init__(self) -> None:
        self.text = "".join(piece.text for piece in self.pieces)

    @property
    def raw_start(self) -> int:
        """Where the unit starts in the raw text."""
        return self.pieces[0].raw_start

    @property
    def raw_end(self) -> int:
        """Where the unit ends in the raw text."""
        return self.pieces[-1].raw_end


_LINE = re.compile(r"[^\r\n\u2028\u2029\x0b\x0c\x85]+")
_END = re.compile(r"""[.!?:;…]["'”’)\]]*\s*$""")
# A line this long that stops in mid-sentence was broken by a text editor, not by its author. [assumption]
_WRAP_FROM, _WRAP_TO = 45, 110


def plain_units(raw: str) -> list[Unit]:
    """Lines of a plain text; lines that a text editor wrapped are joined to one unit."""
    lines = [(m.start(), m.end()) for m in _LINE.finditer(raw) if not m.group().isspace()]
    units: list[Unit] = []
    i = 0
    while i < len(lines):
        start, end = lines[i]
        while i + 1 < len(lines) and _wrapped(raw, lines[i], lines[i + 1]):
            i += 1
            end = lines[i][1]
        units.append(Unit(pieces=(Piece(raw_start=start, raw_end=end, text=raw[start:end]),)))
        i += 1
    return units


def _wrapped(raw: str, line: tuple[int, int], following: tuple[int, int]) -> bool:
    between = raw[line[1] : following[0]].replace("\r\n", "\n")
    if between.strip(" \t") != "\n":
        return False
    length = line[1] - line[0]
    if not _WRAP_FROM <= length <= _WRAP_TO or following[1] - following[0] > _WRAP_TO:
        return False
    text = raw[line[0] : line[1]]
    first = raw[following[0] : following[1]].lstrip()[:1]
    return not _END.search(text) or first.islower()
