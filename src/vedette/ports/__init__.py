"""What the workflows ask of the outside world. Adapters live in ``sources`` and ``stores``."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any, Protocol

from vedette.domain.case import Case
from vedette.domain.documents import Document
from vedette.domain.evidence import Evidence, Review
from vedette.domain.judgment import Judgment
from vedette.domain.ledger import Forecast, Question, Resolution
from vedette.ports.forgetting import Forgetting
from vedette.ports.library import Library
from vedette.ports.overview import Overview


class Clock(Protocol):
    """The only way to learn what time it is."""

    def now(self) -> dt.datetime:
        """Aware UTC instant."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseChange:
    """What a revision added: whether the case itself changed, and how many records of each kind are new."""

    structure: bool
    documents: int
    evidence: int
    reviews: int
    judgments: int

    @property
    def nothing(self) -> bool:
        """Whether everything was there already."""
        return not (self.structure or self.documents or self.evidence or self.reviews or self.judgments)


class CaseStore(Library, Forgetting, Overview, Protocol):
    """Cases with their documents, evidence and reviews. Every call is one transaction, all or nothing."""

    def transaction(self, case_id: str = "") -> AbstractContextManager[None]:
        """Everything called inside is one transaction, all or nothing.

        ``case_id``: it concerns this case alone, so that those of other cases need not wait for it.
        """
        ...

    def case_ids(self) -> Sequence[str]:
        """Ids of the stored cases, sorted."""
        ...

    def load(self, case_id: str) -> Case:
        """The case with everything in it; raises `UnknownName` with the nearest ids."""
        ...

    def structure(self, case_id: str, version: int) -> Case:
        """The case itself as a version of it stands in the record (`Overview.edits`), without what was read into it."""
        ...

    def weighing(self, case_id: str) -> Case:
        """The case with its evidence that is accepted or was reviewed, and the documents that this evidence quotes.

        Its number is that of the whole case. What it takes depends on what was accepted, not on how many documents and
        proposals there are; raises `UnknownName` with the nearest ids.
        """
        ...

    def create(self, case: Case, *, author: str = "", reason: str = "") -> None:
        """Store a new case with everything in it; refuses an id that exists."""
        ...

    def revise(self, case: Case, *, author: str, reason: str) -> CaseChange:
        """Append what this version of a stored case adds; refuses a record changed under its old id."""
        ...

    def raw(self, case_id: str, document_id: str) -> bytes:
        """Bytes of a document as given; raises `Damaged` when they do not match their digest."""
        ...

    def add_document(self, case_id: str, document: Document, raw: bytes, evidence: Sequence[Evidence]) -> bool:
        """Store a document and the evidence read from it; False, and nothing changed, when it is already there."""
        ...

    def add_evidence(self, case_id: str, evidence: Sequence[Evidence]) -> None:
        """Append evidence records."""
        ...

    def add_review(self, case_id: str, review: Review, replacement: Evidence | None = None) -> None:
        """Append a review, with the corrected record when it is a correction."""
        ...

    def add_judgment(self, case_id: str, judgment: Judgment) -> None:
        """Append a judgment; refuses an id that exists."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerEntry:
    """One link of the chain. ``fault`` says what is wrong with it, empty when it holds.

    ``noun`` is None when the text of a damaged entry cannot be read any more.
    """

    seq: int
    kind: str
    question: str
    digest: str
    recorded_at: dt.datetime
    noun: Question | Forecast | Resolution | None
    fault: str = ""


class Ledger(Protocol):
    """Append-only record of questions, forecasts and resolutions."""

    def add_question(self, question: Question) -> None:
        """Register a question; refuses an id that exists."""
        ...

    def commit(self, forecast: Forecast, question: Question | None = None, *, after: str | None = None) -> str:
        """Append a forecast and return its digest; each entry's digest covers the one before it.

        ``question`` is registered first, in the same transaction, when it is new. ``after``: digest of the forecaster's
        last forecast on the question as it was seen, empty for none; raises `EditConflict` when it is another one now.
        """
        ...

    def resolve(self, resolution: Resolution, *, after: str | None = None) -> str:
        """Append a resolution and return its digest.

        ``after``: digest of the answer that counted when it was seen, empty for none; raises `EditConflict` when it is
        another one now.
        """
        ...

    def append_all(
        self, nouns: Sequence[Question | Forecast | Resolution], *, after: str | None = None
    ) -> Sequence[str]:
        """Append what was made and recorded elsewhere, in order, all or none; returns the digests.

        A forecast for a question resolved since is taken when it was made before the answer was known. ``after``: the
        ledger's `stamp` when this was worked out; raises `EditConflict` when somebody added to it since.
        """
        ...

    def forecasts(self, question: str | None = None) -> Sequence[tuple[str, Forecast]]:
        """(digest, forecast) in the order committed; raises `Damaged` when the chain does not hold."""
        ...

    def questions(self) -> Sequence[Question]:
        """Registered questions in order; raises `Damaged` when the chain does not hold."""
        ...

    def stamp(self) -> str:
        """A text that changes with every entry; empty while there is none."""
        ...

    def entries(self) -> Sequence[LedgerEntry]:
        """Every entry, checked: what is wrong with one is in its ``fault``, the others stay readable."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelAnswer:
    """What a language model answered, and what was said to get it.

    ``value`` is an object with the members its schema requires, of their types; what lies deeper is for the caller to
    check. ``transcript`` is JSON without any secret. Tokens are None when the server does not count them, which is not
    zero.
    """

    value: Mapping[str, Any]
    transcript: bytes
    tokens_in: int | None
    tokens_out: int | None


class LanguageModel(Protocol):
    """A model that answers under a JSON schema. It proposes; it is given no tool and decides nothing."""

    def answer(self, schema: Mapping[str, Any], messages: Sequence[Mapping[str, str]]) -> ModelAnswer:
        """One answer to ``messages`` (``role``, ``content``); raises `SourceFailed` when none can be had."""
        ...


class TranscriptStore(Protocol):
    """What was said to a language model about a document and what it answered, kept under the digest of its bytes.

    ``document`` is the SHA-256 of the document, in hex: a transcript holds its text, and goes with it.
    """

    def keep(self, document: str, transcript: bytes) -> str:
        """Store it, once however often it is given; returns its SHA-256 in hex."""
        ...

    def transcript(self, document: str, digest: str) -> bytes:
        """The bytes; raises `UnknownName` when absent, `Damaged` when they do not match the digest."""
        ...

    def forget(self, document: str) -> int:
        """Remove every transcript about a document; returns how many there were."""
        ...
