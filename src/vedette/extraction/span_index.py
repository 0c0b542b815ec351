"""Find what lies inside a span without walking over the whole document each time."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from typing import Generic, Protocol, TypeVar


class Spanned(Protocol):
    """Anything with a place in the text."""

    @property
    def start(self) -> int:
        """First position."""

    @property
    def end(self) -> int:
        """Position after the last."""


T = TypeVar("T", bound=Spanned)


class SpanIndex(Generic[T]):
    """Items sorted by start."""

    def __init__(self, items: Sequence[T]) -> None:
        self.items = sorted(items, key=lambda item: item.start)
        self._starts = [item.start for item in self.items]

    def inside(self, start: int, end: int) -> list[T]:
        """Items that start and end within ``start`` to ``end``."""
        found = self.items[bisect_left(self._starts, start) : bisect_left(self._starts, end)]
        return [item for item in found if item.end <= end]

    def starting(self, start: int, end: int) -> list[T]:
        """Items that start within ``start`` to ``end``."""
        return self.items[bisect_left(self._starts, start) : bisect_left(self._starts, end)]
