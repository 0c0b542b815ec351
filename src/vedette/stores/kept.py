"""Cases kept decoded between two loads, and the state of the store each was read in."""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass

from vedette.domain.case import Case

PARTS = ("cases", "documents", "evidence", "reviews", "judgments", "tombstones")
"""Tables in the order of `vedette.stores.overview.highest`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A decoded case; ``at``: the highest row of each of `PARTS` that is in it, 0 for none."""

    at: tuple[int, ...]
    case: Case

    def row(self, table: str) -> int:
        """The highest row of a table."""
        return self.at[PARTS.index(table)]

    def grows_to(self, at: tuple[int, ...]) -> bool:
        """Whether rows were only added since. Forgetting rewrites rows, and leaves a tombstone that says so."""
        return self.at[-1] == at[-1] and all(a <= b for a, b in zip(self.at, at, strict=True))


class KeptCases:
    """Cases by id; of more than ``most`` the least lately used goes."""

    def __init__(self, most: int) -> None:
        self.most = most
        self._held: OrderedDict[str, Kept] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, case_id: str) -> Kept | None:
        """The case as it was read last."""
        with self._lock:
            if case_id in self._held:
                self._held.move_to_end(case_id)
            return self._held.get(case_id)

    def put(self, case_id: str, kept: Kept) -> None:
        """Keep it for the next load."""
        with self._lock:
            self._held[case_id] = kept
            self._held.move_to_end(case_id)
            while len(self._held) > self.most:
                self._held.popitem(last=False)
