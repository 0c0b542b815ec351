"""What a board of many cases asks of the store: a few grouped queries, never a case as a whole."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseLine:
    """A stored case from outside. ``stamp`` changes with every record added to it.

    ``proposed`` counts evidence recorded as a proposal and not reviewed yet. ``latest`` is when the newest of its
    evidence or documents became available, ``recorded`` when anything was last recorded; None when it holds none.
    """

    id: str
    title: str
    as_of: dt.date
    deadline: dt.date
    version: int
    stamp: str
    documents: int
    evidence: int
    proposed: int
    latest: dt.datetime | None
    recorded: dt.datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """A version of the case itself: who changed its structure, when and why."""

    version: int
    author: str
    reason: str
    at: dt.datetime


class Overview(Protocol):
    """Cases from outside."""

    def stamp(self, case_id: str) -> str:
        """A text that changes with every record added to the case; empty when it is not stored."""
        ...

    def overview(self) -> Sequence[CaseLine]:
        """Every stored case, by id."""
        ...

    def edits(self, case_id: str) -> Sequence[Edit]:
        """Versions of the case itself, oldest first."""
        ...
