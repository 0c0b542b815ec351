"""The panel of pair-years kept open between questions, so that a reference class answers while one builds it.

Opening takes a second or two; an answer then takes some tenths. One question is answered at a time: the connection
under a panel is not shared between threads.
"""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from vedette.domain.time import parse_date
from vedette.errors import BadInput
from vedette.panel.reference_classes import Filter, ReferenceClass, filters_like, reference_class
from vedette.panel.vintage import as_of as known_by
from vedette.reference.states import find_state
from vedette.workflows.history import LAST_YEAR, open_panel, parse_filter

if TYPE_CHECKING:
    from vedette.panel.build import Built
    from vedette.panel.table import PanelColumn


class PanelShelf:
    """The panel of one data folder. It is opened with the first question and again when the tables change."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._lock = threading.Lock()
        self._built: Built | None = None
        self._stamp: tuple[tuple[str, int, int], ...] = ()

    def close(self) -> None:
        """Let the panel go."""
        with self._lock:
            if self._built is not None:
                self._built.panel.close()
                self._built = None

    def _open(self) -> Built:
        stamp = tuple(
            (p.name, p.stat().st_mtime_ns, p.stat().st_size) for p in sorted((self.folder / "frames").glob("*"))
        )
        if self._built is not None and stamp != self._stamp:
            self._built.panel.close()
            self._built = None
        if self._built is None:
            # Only what was known: a class described by later values would already hold the answer.
            self._built = open_panel(self.folder, timing="known")
            self._stamp = stamp
        return self._built

    def columns(self) -> tuple[PanelColumn, ...]:
        """What can be filtered on or counted; raises `FrameRefused` without data."""
        with self._lock:
            return self._open().panel.columns

    def like(self, intervener: str, target: str, year: int, *, as_of: str | None = None) -> tuple[Filter, ...]:
        """Filters that describe a pair of states in a year, as known on a day.

        Raises `UnknownState`, `DateRefused` for a pair without a row, `FrameRefused` without data.
        """
        one, two = (find_state(name, dt.date(year, 12, 31)).cowcode for name in (intervener, target))
        with self._lock:
            panel = self._open().panel
            seen = known_by(panel, parse_date(as_of)) if as_of else panel
            return filters_like(seen, one, two, year)

    def answer(
        self, filters: Sequence[Filter], *, outcome: str, as_of: str | None = None, most_cases: int = 25
    ) -> ReferenceClass:
        """The class of these filters. Raises `BadInput` without any, `FrameRefused` for an unknown column."""
        if not filters:
            raise BadInput("a class needs at least one filter", fix="Choose a pair of states, or add a filter")
        with self._lock:
            return reference_class(
                self._open().panel, outcome, list(filters), day=parse_date(as_of) if as_of else None,
                most_cases=most_cases,
            )  # fmt: skip


def year_of(as_of: str | None) -> int:
    """The year a question asked on a day is about, within the panel."""
    if not as_of:
        return LAST_YEAR
    return min((parse_date(as_of) + dt.timedelta(days=1)).year, LAST_YEAR)


def read_filters(texts: Sequence[str], described: Sequence[Filter]) -> list[Filter]:
    """Filters from an address; one that describes the pair gets its words back. Raises `BadInput`."""
    words = {text_of(f): f for f in described}
    return [words.get(text.strip()) or parse_filter(text) for text in texts if text.strip()]


def text_of(item: Filter) -> str:
    """A filter as it stands in an address: ``c1_rivalry==1``."""
    return f"{item.column}{item.operator}{item.value:g}"
