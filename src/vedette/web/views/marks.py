"""A document's text with evidence marked in it: offset-exact pieces, overlapping spans, and the overview ruler. Pure.

Offsets are code points of ``Document.text``. Pieces of a block joined give exactly the text from its start to its end;
between blocks there is only white space.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from markupsafe import Markup

SIGNS: Final = {"raises": "▲", "lowers": "▼", "unclear": "◇"}
"""Glyph of a direction; never alone, always beside its word or in a label."""

STYLES: Final = 5
"""Numbered conditions with an underline of their own (dotted, dashed, wavy, solid, double); a sixth starts again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """Evidence to be shown in the text. ``number``: 1-5, M or O; ``said`` is the spoken name of its badge.

    ``status``: proposed, accepted or rejected. ``href``: where the badge leads.
    """

    id: str
    start: int
    end: int
    number: str
    direction: str
    status: str
    said: str
    href: str
    selected: bool = False

    @property
    def badge(self) -> str:
        """What the badge prints: "5▼"."""
        return f"{self.number}{SIGNS[self.direction]}"

    @property
    def css(self) -> str:
        """Class of the condition's underline and tint."""
        if self.number.isdecimal():
            return f"c{(int(self.number) - 1) % STYLES + 1}"
        return "cM" if self.number == "M" else "cO"


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A run of text under the same marks, the longest outermost. ``badges``: marks that start here."""

    at: int
    text: str
    marks: tuple[Mark, ...]
    badges: tuple[Mark, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A paragraph."""

    start: int
    end: int
    pieces: tuple[Piece, ...]

    @property
    def text(self) -> str:
        """The paragraph's words."""
        return "".join(p.text for p in self.pieces)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tick:
    """A place on the overview ruler, in thousandths of the text. ``filled``: accepted."""

    id: str
    place: int
    filled: bool
    selected: bool


def blocks(text: str, marks: Iterable[Mark]) -> tuple[Block, ...]:
    """The text in paragraphs and pieces. Marks outside the text are cut to it; empty ones are left out."""
    inside = [m for m in marks if max(m.start, 0) < min(m.end, len(text))]
    ordered = sorted(inside, key=lambda m: (m.start, -m.end, m.id))
    found = []
    for start, end in _paragraphs(text):
        here = [m for m in ordered if m.start < end and m.end > start]
        found.append(Block(start=start, end=end, pieces=tuple(_pieces(text, start, end, here))))
    return tuple(found)


def _paragraphs(text: str) -> list[tuple[int, int]]:
    """Start and end of each run between blank lines; between line ends where no line is blank."""
    gap = re.compile(r"\s*\n\s*\n\s*" if re.search(r"\n\s*\n", text) else r"\s*\n\s*")
    found, at = [], 0
    for break_ in gap.finditer(text):
        found.append((at, break_.start()))
        at = break_.end()
    found.append((at, len(text)))
    return [(a, b) for a, b in found if text[a:b].strip()]


def _pieces(text: str, start: int, end: int, marks: Sequence[Mark]) -> Iterable[Piece]:
    cuts = {start, end}
    for m in marks:
        cuts.update((min(max(m.start, start), end), min(max(m.end, start), end)))
    edges = sorted(cuts)
    for a, b in itertools.pairwise(edges):
        over = sorted((m for m in marks if m.start < b and m.end > a), key=lambda m: (m.start - m.end, m.start, m.id))
        # A span that began in an earlier paragraph keeps its badge there.
        begun = tuple(m for m in over if a == max(m.start, 0))
        yield Piece(at=a, text=text[a:b], marks=tuple(over), badges=begun)


def ruler(marks: Iterable[Mark], length: int) -> tuple[Tick, ...]:
    """Ticks in the order of the text."""
    if length <= 0:
        return ()
    return tuple(
        Tick(
            id=m.id, place=round(1000 * min(max(m.start, 0), length) / length), filled=m.status == "accepted",
            selected=m.selected,
        )
        for m in sorted(marks, key=lambda m: (m.start, m.id))
        if m.status != "rejected"
    )  # fmt: skip


def paragraph(block: Block) -> Markup:
    """A block as markup: every text escaped, every piece with its offset for the script that moves edges."""
    return Markup("").join(_piece(p) for p in block.pieces)


def _piece(piece: Piece) -> Markup:
    body = Markup('<span data-at="{}">{}</span>').format(piece.at, piece.text)
    for m in reversed(piece.marks):
        on = " on" if m.selected else ""
        body = Markup('<mark class="ev {} {}{}" data-ev="{}">{}</mark>').format(m.css, m.status, on, m.id, body)
    return Markup("").join(_badge(m) for m in piece.badges) + body


def _badge(m: Mark) -> Markup:
    on = Markup(' aria-current="true"') if m.selected else Markup("")
    link = Markup('<a class="bd {} {}" id="{}" href="{}" aria-label="{}" data-ev="{}"{}>{}</a>')
    return link.format(m.css, m.status, anchor(m.id), m.href, m.said, m.id, on, m.badge)


def anchor(evidence: str) -> str:
    """An element id from an evidence id."""
    return "m-" + re.sub(r"[^A-Za-z0-9-]", lambda m: f"_{ord(m.group()):x}_", evidence)


def ruler_svg(ticks: Sequence[Tick]) -> Markup:
    """The overview ruler: a line a mark, filled when accepted; numbers only, which is why it may be markup."""
    drawn = [
        Markup('<rect class="{}" x="1" width="10" y="{}" height="{}"/>').format(
            "now" if t.selected else "full" if t.filled else "hollow", t.place, 8
        )
        for t in ticks
    ]
    start = Markup('<svg class="ruler" viewBox="0 0 12 1010" preserveAspectRatio="none" aria-hidden="true">')
    return start + Markup("").join(drawn) + Markup("</svg>")


