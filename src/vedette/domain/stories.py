"""Stories: documents that tell the same report, because one was copied from another or both from a third."""

from __future__ import annotations

import enum
from dataclasses import dataclass

from vedette.errors import BadInput


class Relation(enum.StrEnum):
    """How a document stands to the story it belongs to."""

    FIRST = "first"
    SAME_TEXT = "same text"
    NEAR_COPY = "near copy"
    EXCERPT = "excerpt"
    CONTAINS = "contains"
    TRANSLATION = "translation"


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature:
    """What is kept of a document's words to recognise copies of it.

    ``words`` hashes the whole sequence of words; ``shingles`` is the number of different word runs, ``sketch`` the
    upper 32 bits of the smallest of their hashes, ascending, and ``blocks`` the part of the text each comes from.
    ``anchors`` are the hashes it can be found by, ``keys`` those of its named reports (both 0 .. 2^63 - 1).
    """

    document: str
    words: int
    shingles: int
    sketch: tuple[int, ...]
    blocks: tuple[int, ...]
    anchors: tuple[int, ...]
    keys: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """A document in a story: ``story`` is the id of the story's first document, ``of`` the one it was matched with.

    ``share`` is the part of the shorter text's word runs that the other has (0..1); 1 for a story's first document.
    """

    document: str
    story: str
    relation: Relation
    of: str
    share: float

    def __post_init__(self) -> None:
        if not 0 <= self.share <= 1:
            raise BadInput(f"share {self.share:g} is outside 0..1", where=self.document)
