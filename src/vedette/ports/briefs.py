"""Briefs that were handed over, kept so that the next one can say what changed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class Issued:
    """A brief as it was issued. ``revision`` counts from 1 within its case, ``sha256`` is that of its HTML.

    ``scenarios``: probability by scenario; ``evidence``: ids of the items behind it. ``request`` is what it was made
    from (`vedette.workflows.brief.BriefRequest.to_dict`).
    """

    case: str
    revision: int
    at: dt.datetime
    author: str
    sha256: str
    inputs_digest: str
    request: Mapping[str, Any]
    scenarios: Mapping[str, float]
    evidence: tuple[str, ...]
    note: str = ""


class IssuedBriefs(Protocol):
    """Append-only: a revision is never changed or removed."""

    def issue(self, brief: Issued, html: bytes, *, after: int | None = None) -> Issued:
        """Keep a brief under the next free revision of its case; returns it with its revision.

        ``after``: the last revision as it was seen, 0 for none; raises `EditConflict` when there is a newer one.
        """
        ...

    def of(self, case: str) -> Sequence[Issued]:
        """Every revision of a case, the oldest first."""
        ...

    def html(self, case: str, revision: int) -> bytes:
        """The page of a revision; raises `UnknownName` when absent, `Damaged` when it does not match its digest."""
        ...
