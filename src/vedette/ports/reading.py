"""What reading asks of the outside world: documents wherever they are, and a step that translates."""

from __future__ import annotations

import datetime as dt
import enum
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class Handed:
    """One document as found: its bytes, and what its carrier (page, feed, message, properties) says of it.

    ``layer`` is the text layer when the bytes are not text themselves (PDF, Word, e-mail, a page in a character set
    that only the server names): offsets of the raw text then count characters of the layer, which is kept beside the
    bytes. ``page`` says that the text is HTML. ``published`` is what the carrier states, never a guess.
    """

    source: str
    name: str
    content: bytes
    kind: str = "text"
    layer: str | None = None
    page: bool = False
    title: str | None = None
    author: str | None = None
    publisher: str | None = None
    url: str | None = None
    published: dt.date | None = None
    notes: tuple[str, ...] = ()


class Outcome(enum.StrEnum):
    """What became of a source."""

    READ = "ok"
    FAILED = "failed"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True, kw_only=True)
class Passed:
    """A source that gave no document: it failed, or was passed over, and why. Nothing is left out silently."""

    source: str
    outcome: Outcome
    why: str


class DocumentSource(Protocol):
    """Whatever turns a name (path, folder, address, ``-``) into documents."""

    def documents(self, name: str) -> Iterator[Handed | Passed]:
        """Every document behind ``name``, one at a time, and every one that could not be had, with the reason."""
        ...


class Translator(Protocol):
    """A translation step of the user's own. Its output is quoted as a translation, never as the source."""

    @property
    def name(self) -> str:
        """How it is called in citations and records."""
        ...

    def translate(self, text: str, language: str) -> str:
        """English for ``text``; raises `SourceFailed` when the step fails."""
        ...
