"""Documents of a case reached one at a time: what adding one to a corpus of any size asks of the store.

None of these calls takes longer in a large case than in a small one, except where it says so.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Protocol

from vedette.domain.case import Case
from vedette.domain.documents import Document
from vedette.domain.evidence import Evidence
from vedette.domain.stories import Placed, Signature


@dataclass(frozen=True, slots=True, kw_only=True)
class Signed:
    """A document's signature, its place among the stories, and when it became available."""

    signature: Signature
    placed: Placed
    available_at: dt.datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Sharing:
    """Documents found by anchors, with how many of them each has, best first; and how many each anchor leads to."""

    documents: Mapping[str, int]
    leads: Mapping[int, int]


class Library(Protocol):
    """Documents, their texts and their places among the stories of a case."""

    def held(self) -> AbstractContextManager[None]:
        """Keep the store at hand for many documents in a row; nothing is locked. Optional: all works without."""
        ...

    def outline(self, case_id: str) -> Case:
        """The case without its documents, evidence, reviews and judgments; raises `UnknownName`."""
        ...

    def find_document(self, case_id: str, sha256: str) -> tuple[Document, tuple[Evidence, ...]] | None:
        """The document made from these bytes and the evidence that quotes it; None when there is none."""
        ...

    def evidence_of(
        self, case_id: str, documents: Sequence[str], *, said_by: Callable[[str], bool] | None = None
    ) -> tuple[Evidence, ...]:
        """Evidence as recorded that quotes these documents; only what is attributed so, where ``said_by`` is given."""
        ...

    def has_evidence(self, case_id: str, prefix: str) -> bool:
        """Whether an evidence id starts like this."""
        ...

    def addresses(self, case_id: str) -> frozenset[str]:
        """Addresses the documents of the case came from. Reads every document."""
        ...

    def keep_layer(self, text: str) -> str:
        """Store the text layer of a file; returns its digest (SHA-256 of the UTF-8 text, in hex)."""
        ...

    def layer(self, digest: str) -> str:
        """A text layer; raises `UnknownName` when absent, `Damaged` when it does not match its digest."""
        ...

    def unsigned(self, case_id: str) -> tuple[Document, ...]:
        """Documents stored since the last one that was placed, in the order stored."""
        ...

    def sharing(self, case_id: str, anchors: Sequence[int], *, most: int) -> Sharing:
        """Documents with some of these anchors: the ``most`` with the most of them, ties by age."""
        ...

    def signed(self, case_id: str, documents: Sequence[str]) -> Mapping[str, Signed]:
        """Signatures and places by document id."""
        ...

    def place(self, case_id: str, signature: Signature, placed: Placed) -> None:
        """Record a document's signature and place; the document is stored already."""
        ...

    def stories(self, case_id: str) -> tuple[Placed, ...]:
        """Every document's place, in the order recorded. Reads every row."""
        ...
