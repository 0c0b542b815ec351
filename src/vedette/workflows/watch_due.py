"""Questions of the ledger that wait, by case and day: what the watch service reminds of."""

from __future__ import annotations

import datetime as dt
import math
import time
from collections.abc import Callable, Sequence

from vedette.domain.alerts import DueLine
from vedette.domain.ledger import Question
from vedette.ports import Ledger
from vedette.workflows.due import due
from vedette.workflows.standing import FindCase

FAR = 400
"""Days ahead within which a deadline is listed at all; which of them is told is the rule's. More than a year."""


AGAIN = 60.0
"""Seconds after which the ledger is read again; a reminder may come a minute late. [assumption]"""


class DueQuestions:
    """Waiting questions, worked out once a day and again when the ledger grew."""

    def __init__(
        self, ledger: Ledger, find_case: FindCase, *, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._ledger = ledger
        self._find_case = find_case
        self._monotonic = monotonic
        self._read_at = -math.inf
        self._found: tuple[dt.date, str, dict[str, list[DueLine]]] | None = None

    def lines(self, case_id: str, today: dt.date) -> Sequence[DueLine]:
        """Waiting questions of a case."""
        if self._found is not None and self._found[0] == today and self._monotonic() - self._read_at < AGAIN:
            return self._found[2].get(case_id, ())
        self._read_at = self._monotonic()
        entries = self._ledger.entries()
        head = entries[-1].digest if entries else ""
        if self._found is None or self._found[:2] != (today, head):
            by_case: dict[str, list[DueLine]] = {}
            cases = {e.noun.id: e.noun.case for e in entries if isinstance(e.noun, Question)}
            waiting = due(entries, self._find_case, today, near=FAR) if entries else {"due": [], "near": []}
            for row in (*waiting["due"], *waiting["near"]):
                by_case.setdefault(cases[row["question"]], []).append(
                    DueLine(
                        question=row["question"], statement=row["statement"], deadline=row["deadline"],
                        days_left=(row["deadline"] - today).days,
                    )
                )
            self._found = today, head, by_case
        return self._found[2].get(case_id, ())
