"""Documents, their cleaned text with the way back to the file as given, and exact quotes."""

from __future__ import annotations

import bisect
import datetime as dt
from dataclasses import dataclass, field

from vedette.domain.claims import Citation, Marking
from vedette.domain.time import Times
from vedette.errors import DocumentRefused, QuoteMismatch


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceSpan:
    """``text[clean_start:clean_end]`` of the cleaned text equals ``raw[raw_start:raw_end]`` of the decoded file."""

    clean_start: int
    clean_end: int
    raw_start: int
    raw_end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DroppedSpan:
    """A raw span removed by cleaning, and why (boilerplate, duplicate, teaser, caption, byline, script ...)."""

    start: int
    end: int
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A text as the analyst may cite it. Offsets everywhere index ``text``, in Unicode code points.

    ``sha256`` is the digest of the bytes as given (content address). ``kind`` is ``article``, ``statement``,
    ``note`` (a note is written by the case's own team and cites a public source in ``citation``) or ``translation``.

    ``text_layer`` is the digest of the text taken out of a file that is not text itself (PDF, Word, e-mail), as
    UTF-8; ``source_map`` and ``dropped`` then speak of that text. ``translated_from`` is the document a translation
    was made from: its quotes are the translator's words, not the source's.
    """

    id: str
    sha256: str
    title: str
    text: str
    author: str = ""
    kind: str = "article"
    language: str = "en"
    citation: Citation | None = None
    source_map: tuple[SourceSpan, ...] = ()
    dropped: tuple[DroppedSpan, ...] = ()
    marking: Marking = Marking.CLEAR
    text_layer: str = ""
    translated_from: str = ""
    times: Times

    def __post_init__(self) -> None:
        if not self.text.strip():
            raise DocumentRefused("no text left to cite", where=self.title or self.id)
        if self.times.published_at is None:
            raise DocumentRefused(
                "no publication date", where=self.title or self.id, fix="Give it with --published YYYY-MM-DD"
            )

    @property
    def published(self) -> dt.date:
        """Publication day (UTC)."""
        assert self.times.published_at is not None
        return self.times.published_at.date()

    def quote(self, start: int, end: int) -> Quote:
        """The exact slice ``text[start:end]`` as a quote."""
        return Quote(document=self, start=start, end=end, text=self.text[start:end])

    def find_quote(self, text: str) -> Quote:
        """The only occurrence of ``text``; raises `QuoteMismatch` when it is absent or not unique."""
        start = self.text.find(text)
        if start < 0:
            raise QuoteMismatch(f"{text!r} is not in the document", where=self.title or self.id)
        if self.text.find(text, start + 1) >= 0:
            raise QuoteMismatch(f"{text!r} occurs more than once", where=self.title or self.id, fix="Quote more of it")
        return self.quote(start, start + len(text))

    def raw_offset(self, position: int) -> int:
        """The position in the decoded file of a position in the cleaned text."""
        if not self.source_map:
            return position
        span = self._span_at(position)
        return span.raw_start + min(position, span.clean_end) - span.clean_start

    def raw_end(self, end: int) -> int:
        """The position after the last raw character of what ends at ``end`` in the cleaned text.

        A character that stands for an entity of a page (``&amp;``) ends where the entity ends.
        """
        if not self.source_map or end <= 0:
            return self.raw_offset(end)
        span = self._span_at(end - 1)
        same = span.clean_end - span.clean_start == span.raw_end - span.raw_start
        return self.raw_offset(end - 1) + 1 if same else span.raw_end

    def _span_at(self, position: int) -> SourceSpan:
        at = bisect.bisect_right(self.source_map, position, key=lambda span: span.clean_start)
        return self.source_map[max(0, at - 1)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    """An exact slice of a document. One whose text is not its slice cannot exist."""

    document: Document = field(repr=False)
    start: int
    end: int
    text: str

    def __post_init__(self) -> None:
        if not 0 <= self.start < self.end <= len(self.document.text):
            raise QuoteMismatch(
                f"offsets {self.start}-{self.end} lie outside 0-{len(self.document.text)}", where=self.document.id
            )
        if self.document.text[self.start : self.end] != self.text:
            raise QuoteMismatch(f"{self.text!r} is not the text at {self.start}-{self.end}", where=self.document.id)
