"""Answers to requests that may be sent twice: the second time the first answer is given again."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """What was answered. ``request``: SHA-256 of what was asked, so that a key used for something else is refused."""

    who: str
    key: str
    request: str
    status: int
    body: str
    at: dt.datetime


class Answers(Protocol):
    """Answers by who asked and the key they chose."""

    def answer(self, who: str, key: str) -> Answered | None:
        """The answer given before, None when there is none."""
        ...

    def keep_answer(self, answered: Answered) -> None:
        """Store it; inside the transaction of what it acknowledges, so that both are there or neither."""
        ...
