"""Exclusive, exhaustive atoms; named scenarios as sets of atoms; the tree that gives atoms their probability.

A tree asks yes/no questions (`Chance`) in turn; its leaves are atoms. Atoms are therefore exclusive and
exhaustive by construction, and every atom's probability is multilinear in the chances (METHOD 4.4).
"""

from __future__ import annotations

import datetime as dt
import enum
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from vedette.errors import Incoherent, UnknownName


@dataclass(frozen=True, slots=True, kw_only=True)
class Atom:
    """One possible outcome, with the rule that decides it."""

    id: str
    statement: str
    rule: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """A named set of atoms."""

    id: str
    label: str
    atoms: frozenset[str]


class Basis(enum.StrEnum):
    """Where a base rate comes from (METHOD 4.3.1), from the broadest class to a mere statement."""

    STRUCTURE = "structure"
    CRISIS = "crisis"
    BUILD_UP = "build_up"
    STATED = "stated"


@dataclass(frozen=True, slots=True, kw_only=True)
class BaseRate:
    """Frequency of an outcome in a stated class, with its interval.

    ``p`` is the probability over ``period_days`` (365.25 for a dyad-year rate); without a period it belongs to the
    question itself and does not shrink with the time left. A crisis or build-up class gives the typical length of such
    a crisis: its rate belongs to the whole of it, so less time left means less, more time no more.
    ``low``/``high`` its 90 % interval; ``n`` cases in the
    class and ``events`` among them (None when the number is stated rather than counted); ``reference_class`` in
    words; ``holds_from`` the first day on which the case belongs to the class (None: always).
    """

    p: float
    low: float
    high: float
    n: int | None = None
    events: int | None = None
    reference_class: str
    basis: Basis
    source: str
    period_days: float | None = None
    holds_from: dt.date | None = None

    def __post_init__(self) -> None:
        if not 0 < self.low <= self.p <= self.high < 1:
            raise Incoherent(
                f"base rate needs 0 < low <= p <= high < 1, got {self.low}, {self.p}, {self.high}",
                where=self.reference_class,
            )
        if self.period_days is not None and self.period_days <= 0:
            raise Incoherent("period_days must be positive", where=self.reference_class)

    def over(self, days: float) -> float:
        """Factor by which the cumulative hazard over ``days`` differs from that over the stated period."""
        if self.period_days is None:
            return 1.0
        share = max(days, 0.0) / self.period_days
        return min(share, 1.0) if self.basis in (Basis.CRISIS, Basis.BUILD_UP) else share


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryQuery:
    """What to ask history for this chance: which outcome, by whom, against whom."""

    outcome: str
    interveners: tuple[str, ...]
    target: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Chance:
    """A yes/no question of the tree.

    ``base_rates`` holds the nested reference classes, at least one; the most specific that holds on the as-of date
    supplies the starting point. ``history`` lets the structural class be looked up for the date instead.
    ``option`` names the option whose conditions move it. ``gate`` is None for an ordinary chance; for a host's
    access it is the host's veto power in [0, 1] with its interval: ``access = c + (1 - c) * (1 - veto)`` where c
    is the chance of consent (METHOD 4.4). ``rate_of`` names the scenario whose frequency the base rate counts, where
    that is not this chance itself: history counts attacks that happened, the tree asks whether one is decided, and
    some are called off. The chance is then centred so that, without evidence, the scenario has the base rate.
    """

    id: str
    question: str
    option: str
    base_rates: tuple[BaseRate, ...]
    history: HistoryQuery | None = None
    veto: tuple[float, float, float] | None = None
    rate_of: str | None = None

    def __post_init__(self) -> None:
        if not self.base_rates:
            raise Incoherent("a chance needs a base rate", where=self.id)
        if self.veto is not None and not 0 <= self.veto[1] <= self.veto[0] <= self.veto[2] <= 1:
            raise Incoherent("veto needs 0 <= low <= value <= high <= 1", where=self.id)

    def applicable(self, day: dt.date) -> tuple[BaseRate, ...]:
        """The classes the case belongs to on that day, the most specific first."""
        order = (Basis.BUILD_UP, Basis.CRISIS, Basis.STRUCTURE, Basis.STATED)
        holding = [b for b in self.base_rates if b.holds_from is None or b.holds_from <= day]
        if not holding:
            raise Incoherent(f"no base rate holds on {day}", where=self.id, fix="Add one without holds_from")
        return tuple(sorted(holding, key=lambda b: order.index(b.basis)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaf:
    """An end of the tree: this atom happened."""

    atom: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Branch:
    """A question of the tree and what follows each answer."""

    chance: str
    yes: Branch | Leaf
    no: Branch | Leaf


@dataclass(frozen=True, slots=True, kw_only=True)
class Path:
    """One way from root to leaf: (chance id, answer) pairs and the atom at the end."""

    answers: tuple[tuple[str, bool], ...]
    atom: str


def _walk(node: Branch | Leaf, seen: tuple[tuple[str, bool], ...]) -> Iterator[Path]:
    if isinstance(node, Leaf):
        yield Path(answers=seen, atom=node.atom)
        return
    if node.chance in (name for name, _ in seen):
        raise Incoherent(f"the tree asks {node.chance!r} twice on one path")
    yield from _walk(node.yes, (*seen, (node.chance, True)))
    yield from _walk(node.no, (*seen, (node.chance, False)))


@dataclass(frozen=True, slots=True, kw_only=True)
class ScenarioSet:
    """Atoms, named scenarios and the tree, checked at construction: an incoherent set cannot exist."""

    atoms: tuple[Atom, ...]
    scenarios: tuple[Scenario, ...]
    chances: tuple[Chance, ...]
    tree: Branch | Leaf
    deadline: dt.date
    threshold_profile: str

    def __post_init__(self) -> None:
        ids = [a.id for a in self.atoms]
        if len(ids) < 2 or len(set(ids)) != len(ids):
            raise Incoherent("a scenario set needs at least two atoms with different ids")
        known = set(ids)
        names = [s.id for s in self.scenarios]
        if len(set(names)) != len(names):
            raise Incoherent("scenario ids repeat")
        for scenario in self.scenarios:
            if not scenario.atoms:
                raise Incoherent("a scenario needs at least one atom", where=scenario.id)
            if not scenario.atoms <= known:
                raise Incoherent(f"unknown atoms {sorted(scenario.atoms - known)}", where=scenario.id)
        chances = [c.id for c in self.chances]
        if len(set(chances)) != len(chances):
            raise Incoherent("chance ids repeat")
        for chance in self.chances:
            if chance.rate_of is not None and chance.rate_of not in names:
                raise Incoherent(f"rate_of names {chance.rate_of!r}, which is no scenario", where=chance.id)
        paths = self.paths
        asked = {name for path in paths for name, _ in path.answers}
        if asked != set(chances):
            raise Incoherent(f"tree and chances differ: {sorted(asked ^ set(chances))}")
        reached = {path.atom for path in paths}
        if reached != known:
            raise Incoherent(f"tree leaves and atoms differ: {sorted(reached ^ known)}")

    @property
    def paths(self) -> tuple[Path, ...]:
        """Every way through the tree."""
        return tuple(_walk(self.tree, ()))

    def scenario(self, name: str) -> Scenario:
        """By id; an atom's id names the scenario of that atom alone. Raises `UnknownName`."""
        for s in self.scenarios:
            if s.id == name:
                return s
        for a in self.atoms:
            if a.id == name:
                return Scenario(id=a.id, label=a.statement, atoms=frozenset({a.id}))
        raise UnknownName("scenario", name, nearest=[s.id for s in self.scenarios])

    def chance(self, name: str) -> Chance:
        """By id; raises `UnknownName`."""
        for c in self.chances:
            if c.id == name:
                return c
        raise UnknownName("chance", name, nearest=[c.id for c in self.chances])

    def nested_in(self, inner: str, outer: str) -> bool:
        """Whether every atom of ``inner`` is in ``outer``."""
        return self.scenario(inner).atoms <= self.scenario(outer).atoms


def check_distribution(probabilities: Mapping[str, float], atoms: tuple[str, ...], *, where: str = "") -> None:
    """Refuse stated probabilities that miss an atom, leave [0, 1] or do not sum to 1 (tolerance 1e-6)."""
    missing = [a for a in atoms if a not in probabilities]
    extra = [a for a in probabilities if a not in atoms]
    if missing or extra:
        raise Incoherent(f"probabilities miss {missing} and do not know {extra}", where=where)
    bad = {a: p for a, p in probabilities.items() if not 0 <= p <= 1}
    if bad:
        raise Incoherent(f"probabilities outside 0..1: {bad}", where=where)
    total = sum(probabilities.values())
    if abs(total - 1) > 1e-6:
        raise Incoherent(
            f"probabilities sum to {total:.6g}, not 1", where=where, fix=f"Divide each by {total:.6g}, or name the rest"
        )
