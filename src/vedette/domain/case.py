"""A case: one analytic question in its setting, and everything known about it as of a date."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, replace

from vedette.domain.claims import Posture
from vedette.domain.documents import Document
from vedette.domain.evidence import Evidence, Review, Status, Verdict
from vedette.domain.indicators import Check, SignalReading, WatchedIndicator
from vedette.domain.judgment import Judgment
from vedette.domain.scenarios import ScenarioSet
from vedette.domain.time import AsOf, instant
from vedette.errors import CaseRefused, UnknownName


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """(intervener, target, host, means): what the conditions are judged for.

    ``interveners`` are ISO3 codes, the lead state first; several make a coalition, ``organisation`` its name.
    """

    id: str
    interveners: tuple[str, ...]
    target: str
    posture: Posture
    means: str
    host: str | None = None
    organisation: str | None = None

    def __post_init__(self) -> None:
        if not self.interveners:
            raise CaseRefused("an option needs at least one intervener", where=self.id)
        if len(set(self.interveners)) != len(self.interveners):
            raise CaseRefused("an intervener is named twice", where=self.id)

    @property
    def is_coalition(self) -> bool:
        """Whether several states intervene together."""
        return len(self.interveners) > 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Assumption:
    """Something the estimate rests on, and what follows if it is false.

    ``rerun`` says it to the model, so that the estimate is made again "if false": ``OPTION.CONDITION=LEVEL`` sets a
    condition, ``CHANCE.veto=VALUE`` a host's veto, ``CHANCE.class=N`` starts from the N-th wider reference class.
    """

    id: str
    statement: str
    source: str = ""
    if_false: str = ""
    rerun: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CrowdFigure:
    """A dated figure of a crowd or market on a neighbouring question. Counts only from its own date."""

    date: dt.date
    source: str
    question: str
    probability: float

    def __post_init__(self) -> None:
        if not 0 <= self.probability <= 1:
            raise CaseRefused(f"crowd probability {self.probability} is outside 0..1", where=self.source)


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One question with its options, scenarios, documents, evidence, reviews and judgments.

    ``moves`` says, for every (option, scenario, condition) an item may bear on, which chance of the tree it moves
    and with which sign: ``{"main": {"attack": {"*": ("attack", 1)}}}``; ``"*"`` stands for every condition not named.
    ``opened`` is the first day of the window.
    """

    id: str
    title: str
    question: str
    framework: str
    options: tuple[Option, ...]
    scenario_set: ScenarioSet
    moves: Mapping[str, Mapping[str, Mapping[str, tuple[str, int]]]]
    opened: dt.date
    as_of: dt.date
    documents: tuple[Document, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    reviews: tuple[Review, ...] = ()
    judgments: tuple[Judgment, ...] = ()
    assumptions: tuple[Assumption, ...] = ()
    crowd: tuple[CrowdFigure, ...] = ()
    indicators: tuple[WatchedIndicator, ...] = ()
    checks: tuple[Check, ...] = ()
    signals: tuple[SignalReading, ...] = ()
    structure_note: str = ""
    structure_facts: Mapping[str, str] | None = None
    coding_note: str = ""

    def __post_init__(self) -> None:
        if not self.options:
            raise CaseRefused("a case needs at least one option", where=self.id)
        ids = [o.id for o in self.options]
        if len(set(ids)) != len(ids):
            raise CaseRefused("option ids repeat", where=self.id)
        for kind, names in (("evidence", [e.id for e in self.evidence]), ("document", [d.id for d in self.documents])):
            repeated = sorted({n for n in names if names.count(n) > 1}) if len(set(names)) != len(names) else []
            if repeated:
                raise CaseRefused(f"{kind} ids repeat: {', '.join(repeated[:5])}", where=self.id)
        if self.as_of > self.deadline:
            raise CaseRefused(f"as_of {self.as_of} is after the deadline {self.deadline}", where=self.id)
        for chance in self.scenario_set.chances:
            if chance.option not in ids:
                raise CaseRefused(
                    f"chance {chance.id!r} names option {chance.option!r}, which is not one", where=self.id
                )
        for option, by_scenario in self.moves.items():
            self.option(option)
            for scenario, by_condition in by_scenario.items():
                self.scenario_set.scenario(scenario)
                for condition, (moved, sign) in by_condition.items():
                    self.scenario_set.chance(moved)
                    if sign not in (-1, 1):
                        raise CaseRefused(f"moves.{option}.{scenario}.{condition} needs + or -", where=self.id)
        for item in self.evidence:
            for bearing in item.bearings:
                if bearing.option not in ids:
                    raise CaseRefused(f"evidence {item.id} names unknown option {bearing.option!r}", where=self.id)
                self.scenario_set.scenario(bearing.scenario)
        self._check_watching()

    def _check_watching(self) -> None:
        names = [i.id for i in self.indicators]
        for kind, found in (("indicator", names), ("signal", [s.id for s in self.signals])):
            if len(set(found)) != len(found):
                raise CaseRefused(f"{kind} ids repeat", where=self.id)
        places = [(i.option, i.scenario) for i in self.indicators] + [(s.option, s.scenario) for s in self.signals]
        for option, scenario in places:
            self.option(option)
            self.scenario_set.scenario(scenario)
        for check in self.checks:
            if check.indicator not in names:
                raise UnknownName("indicator", check.indicator, nearest=names, where=self.id)

    def indicator(self, name: str) -> WatchedIndicator:
        """By id; raises `UnknownName`."""
        for i in self.indicators:
            if i.id == name:
                return i
        raise UnknownName("indicator", name, nearest=[i.id for i in self.indicators], where=self.id)

    @property
    def deadline(self) -> dt.date:
        """Last day of the window."""
        return self.scenario_set.deadline

    def option(self, name: str) -> Option:
        """By id; raises `UnknownName`."""
        for o in self.options:
            if o.id == name:
                return o
        raise UnknownName("option", name, nearest=[o.id for o in self.options])

    def chance_moved(self, option: str, scenario: str, condition: str) -> tuple[str, int] | None:
        """(chance, sign) that an item on this option, scenario and condition moves; None when it moves none."""
        by_condition = self.moves.get(option, {}).get(scenario, {})
        return by_condition.get(condition, by_condition.get("*"))

    def known(self, as_of: AsOf) -> Case:
        """The case as it stood at the end of a day: nothing that became available later is left in it."""
        cut = as_of.admits
        return replace(
            self,
            as_of=min(as_of.date, self.deadline),
            documents=tuple(d for d in self.documents if cut(d.times.available_at)),
            evidence=tuple(e for e in self.evidence if cut(e.times.available_at)),
            judgments=tuple(j for j in self.judgments if cut(j.at)),
            crowd=tuple(c for c in self.crowd if cut(instant(c.date))),
            indicators=(watched := tuple(i for i in self.indicators if cut(i.added))),
            checks=tuple(c for c in self.checks if cut(c.at) and any(i.id == c.indicator for i in watched)),
            signals=tuple(s for s in self.signals if cut(s.at)),
        )

    def standing(self) -> tuple[Evidence, ...]:
        """Evidence with its latest review applied: corrected records replace the ones they supersede.

        A review that was withdrawn leaves the item as it was recorded, and takes its corrected record with it.
        """
        latest: dict[str, Review] = {}
        made: dict[str, list[str]] = {}
        void: set[str] = set()
        for review in sorted(self.reviews, key=lambda r: r.at):
            latest[review.evidence] = review
            if review.replacement is not None:
                made.setdefault(review.evidence, []).append(review.replacement)
            if review.verdict is Verdict.WITHDRAW:
                void.update(made.pop(review.evidence, ()))
        present = {e.id for e in self.evidence}
        standing = []
        for item in self.evidence:
            if item.id in void:
                continue
            decided = latest.get(item.id)
            if decided is None or decided.verdict is Verdict.WITHDRAW:
                standing.append(item)
            elif decided.verdict is Verdict.ACCEPT:
                standing.append(replace(item, status=Status.ACCEPTED))
            elif decided.verdict is Verdict.REJECT:
                standing.append(replace(item, status=Status.REJECTED))
            elif decided.replacement not in present:
                # The corrected record is not known yet at this date: the item stands as it was.
                standing.append(item)
        return tuple(standing)

    def accepted(self) -> tuple[Evidence, ...]:
        """Evidence that moves the number."""
        return tuple(e for e in self.standing() if e.status is Status.ACCEPTED)
