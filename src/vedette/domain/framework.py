"""A framework is data: a named, ordered set of conditions with its source. No code knows its conditions."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass, field

from vedette.domain.claims import Direction, Posture
from vedette.errors import CaseRefused, UnknownName


@dataclass(frozen=True, slots=True, kw_only=True)
class Indicator:
    """An observable that raises or lowers a condition."""

    id: str
    observable: str
    direction: Direction
    lead_time_days: int | None = None
    threshold: str = ""
    collection: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """One condition: what it means when met, the names it has had, and what would show it."""

    id: str
    number: str
    label: str
    definition: str
    aliases: tuple[str, ...] = ()
    indicators: tuple[Indicator, ...] = ()
    structural_note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Framework:
    """An ordered set of conditions.

    ``stakes`` (the cost of *not* acting) stands apart from the conjunction and may be absent. ``weights`` gives,
    for each posture, one positive weight a condition, in order; they are normalised where they are used. ``reads``
    maps a condition of another framework to the one here that its evidence speaks to, so that a case coded once can
    be assessed under a rival without code.
    """

    id: str
    title: str
    source: str
    conditions: tuple[Condition, ...]
    stakes: Condition | None = None
    weights: Mapping[Posture, tuple[float, ...]]
    reads: Mapping[str, str] = field(default_factory=dict)
    version: str = "1"

    def __post_init__(self) -> None:
        ids = [c.id for c in self.conditions] + ([self.stakes.id] if self.stakes else [])
        if not self.conditions:
            raise CaseRefused("a framework needs at least one condition", where=self.id)
        if len(set(ids)) != len(ids):
            raise CaseRefused("condition ids repeat", where=self.id)
        unknown = sorted(set(self.reads.values()) - set(ids))
        if unknown:
            raise CaseRefused(
                f"reads names conditions the framework does not have: {', '.join(unknown)}", where=self.id
            )
        for posture in Posture:
            weights = self.weights.get(posture)
            if weights is None or len(weights) != len(self.conditions) or min(weights) <= 0:
                raise CaseRefused(
                    f"posture {posture.value} needs {len(self.conditions)} positive weights", where=self.id
                )

    @property
    def condition_ids(self) -> tuple[str, ...]:
        """Ids of the conditions in the conjunction, in order (stakes not included)."""
        return tuple(c.id for c in self.conditions)

    def condition(self, name: str) -> Condition:
        """By id, number, label or alias; raises `UnknownName` with the nearest."""
        wanted = name.strip().casefold()
        pool = self.conditions + ((self.stakes,) if self.stakes else ())
        for c in pool:
            if wanted in (c.id.casefold(), c.number.casefold(), c.label.casefold(), *(a.casefold() for a in c.aliases)):
                return c
        names = [c.id for c in pool]
        raise UnknownName("condition", name, nearest=difflib.get_close_matches(name, names, n=3, cutoff=0.0))
