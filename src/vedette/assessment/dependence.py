"""How much a further report adds: copies, same-origin items and a shared topic are not independent.

METHOD 4.3.7: per channel and side, sizes sorted descending,
``Lambda = sum_k size_(k) * (n_e(k) - n_e(k-1))`` with ``n_e(k) = k / (1 + (k-1) r)``. Applied in turn to copies of one
text, to the items of one origin, and to the origins on one channel. Because the increments fall with rank and are
never negative, adding an item, however weak, never lowers a total.
"""

from __future__ import annotations

import functools
from collections.abc import Hashable, Sequence
from dataclasses import dataclass


def effective_count(k: int, r: float) -> float:
    """Number of independent items that ``k`` items with common correlation ``r`` in [0, 1] are worth."""
    return k / (1.0 + (k - 1) * r) if k else 0.0


@functools.lru_cache(maxsize=1024)
def increments(count: int, r: float) -> tuple[float, ...]:
    """What the 1st, 2nd, ... item adds, in units of an independent item: falling, positive, summing to n_e(count)."""
    return tuple(effective_count(k, r) - effective_count(k - 1, r) for k in range(1, count + 1))


def pool(sizes: Sequence[float], keys: Sequence[str], r: float) -> tuple[float, list[float]]:
    """Total of non-negative ``sizes`` and the coefficient each got. ``keys`` break ties, so order changes nothing."""
    if len(sizes) == 1:
        return sizes[0], [1.0]
    order = sorted(range(len(sizes)), key=lambda i: (-sizes[i], keys[i]))
    steps = increments(len(sizes), r)
    coefficients = [0.0] * len(sizes)
    for rank, i in enumerate(order):
        coefficients[i] = steps[rank]
    # Sum in rank order: floating-point addition in input order would make the total depend on it.
    return sum(sizes[i] * coefficients[i] for i in order), coefficients


@dataclass(frozen=True, slots=True, kw_only=True)
class Voice:
    """One item on one side of one channel: its size and what it shares with others."""

    id: str
    size: float
    copy_of: Hashable
    origin: Hashable


def _group(members: Sequence[int], key: Sequence[Hashable]) -> list[list[int]]:
    groups: dict[Hashable, list[int]] = {}
    for i in members:
        groups.setdefault(key[i], []).append(i)
    return list(groups.values())


def coefficients(voices: Sequence[Voice], *, copy: float, origin: float, topic: float) -> list[float]:
    """Coefficient of each voice, in the order given; its share of the channel is ``size * coefficient``."""
    result = [1.0] * len(voices)
    everything = range(len(voices))
    origin_totals: list[tuple[float, str, list[int]]] = []
    for same_origin in _group(list(everything), [v.origin for v in voices]):
        copies: list[tuple[float, str, list[int]]] = []
        for same_text in _group(same_origin, [v.copy_of for v in voices]):
            total, steps = pool([voices[i].size for i in same_text], [voices[i].id for i in same_text], copy)
            for i, step in zip(same_text, steps, strict=True):
                result[i] *= step
            copies.append((total, min(voices[i].id for i in same_text), same_text))
        total, steps = pool([c[0] for c in copies], [c[1] for c in copies], origin)
        for (_, _, members), step in zip(copies, steps, strict=True):
            for i in members:
                result[i] *= step
        origin_totals.append((total, min(c[1] for c in copies), same_origin))
    _, steps = pool([t[0] for t in origin_totals], [t[1] for t in origin_totals], topic)
    for (_, _, members), step in zip(origin_totals, steps, strict=True):
        for i in members:
            result[i] *= step
    return result
