"""What the workflows ask of the outside world. Adapters live in ``sources`` and ``stores``."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Protocol

from vedette.domain.case import Case
from vedette.domain.documents import Document
from vedette.domain.evidence import Evidence, Review
from vedette.domain.ledger import Forecast, Question, Resolution


class Clock(Protocol):
    """The only way to learn what time it is."""

    def now(self) -> dt.datetime:
        """Aware UTC instant."""
        ...


class CaseStore(Protocol):
    """Cases with their documents, evidence and reviews. Every call is one transaction, all or nothing."""

    def case_ids(self) -> Sequence[str]:
        """Ids of the stored cases, sorted."""
        ...

    def load(self, case_id: str) -> Case:
        """The case with everything in it; raises `UnknownName` with the nearest ids."""
        ...

    def create(self, case: Case) -> None:
        """Store a new case; refuses an id that exists."""
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


class Ledger(Protocol):
    """Append-only record of questions, forecasts and resolutions."""

    def add_question(self, question: Question) -> None:
        """Register a question; refuses an id that exists."""
        ...

    def commit(self, forecast: Forecast) -> str:
        """Append a forecast and return its digest; each entry's digest covers the one before it."""
        ...

    def resolve(self, resolution: Resolution) -> str:
        """Append a resolution and return its digest."""
        ...

    def forecasts(self, question: str | None = None) -> Sequence[tuple[str, Forecast]]:
        """(digest, forecast) in the order committed; raises `Damaged` when the chain does not hold."""
        ...
