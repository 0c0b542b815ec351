"""Forgetting a document for copyright or privacy: what is asked of the store, and what stays."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class Tombstone:
    """What stands where a document was.

    ``digest`` is SHA-256 over ``salt`` and the document's own digest, both in hex: whoever has the file can show that
    it was this one, and nobody can look the document up by it. ``evidence``: items whose quotes went with it.
    """

    case: str
    document: str
    salt: str
    digest: str
    reason: str
    author: str
    at: dt.datetime
    evidence: tuple[str, ...]


class Forgetting(Protocol):
    """Removing what may not be kept."""

    def forget(self, case_id: str, document_id: str, *, author: str, reason: str, words: bool = False) -> Tombstone:
        """Remove bytes, text and quotes of a document; with ``words`` also title, author, address and claims.

        Raises `UnknownName`, and `CaseRefused` when it was forgotten before.
        """
        ...

    def tombstones(self, case_id: str) -> Sequence[Tombstone]:
        """What was forgotten in a case, in order."""
        ...
