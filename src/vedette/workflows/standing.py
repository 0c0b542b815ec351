"""What stood on which day: forecasts of the ledger as time lines, cut where the answer was known.

The last value is carried forward until a revision, the deadline or the day before it happened. A forecast that
was written down after the day it speaks for is retrospective: its forecaster's retrospective line is kept apart from
what was committed in time, never averaged with it.
"""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from vedette.domain.case import Case
from vedette.domain.ledger import Forecast, Question, Resolution
from vedette.domain.scenarios import Scenario
from vedette.errors import Damaged
from vedette.ports import LedgerEntry

IMPORTED = "imported"
"""First word of the method of a forecast that was imported from elsewhere."""
EVEN = "even odds as reference"
"""In the method of an imported forecast for which no base rate was given."""
ABOUT = "; about "
"""In the method of an imported forecast: the scenarios it speaks of, where it did not speak of every answer."""
ORDER = ("none", "presence", "intervention", "full_scale")
"""Levels of the dependent variable, ordered (METHOD 2)."""
# A forecast is in time when it was written down at most a day after the day it speaks for: the next morning counts.
IN_TIME = dt.timedelta(days=1)

CROWD = frozenset(
    {"crowd", "metaculus", "good judgment", "good judgement", "gjopen", "manifold", "polymarket", "market"}
)
"""Names under which a crowd's or market's forecasts are in the ledger."""
AUTHOR = ("author", "the author", "vedette author")
"""Names under which the author's forecasts are in the ledger; the last is his rule as this program reads it."""

FindCase = Callable[[str], Case | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A question with its resolution, or without one. ``scenarios``: named sets of its atoms."""

    question: Question
    resolution: Resolution | None
    scenarios: tuple[Scenario, ...]
    case: Case | None

    @property
    def void(self) -> bool:
        """Whether it was resolved as void."""
        return self.resolution is not None and self.resolution.atom is None

    @property
    def atom(self) -> str | None:
        """Which answer came true."""
        return self.resolution.atom if self.resolution is not None else None

    @property
    def last_day(self) -> dt.date:
        """Last day on which a forecast could stand without knowing the answer."""
        days = [self.question.deadline]
        if self.resolution is not None:
            known = self.resolution.occurred or self.resolution.at.date()
            days.append(known - dt.timedelta(days=1))
        return min(days)

    def closed(self, today: dt.date) -> bool:
        """Whether the window is over. An answer that came early does not close it: counting only those that came
        early would make events look more frequent than they are."""
        return self.question.deadline < today

    def happened(self, scenario: Scenario) -> bool:
        """Whether a scenario came true."""
        return self.atom in scenario.atoms


@dataclass(frozen=True, slots=True, kw_only=True)
class Stand:
    """One forecast and the days it stood: ``first`` to ``last``, both included."""

    forecast: Forecast
    digest: str
    first: dt.date
    last: dt.date

    @property
    def days(self) -> int:
        """Number of days."""
        return (self.last - self.first).days + 1


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeLine:
    """Everything one forecaster had standing on one question, in order. ``late``: forecasts that stood on no day."""

    answer: Answer
    forecaster: str
    retrospective: bool
    stands: tuple[Stand, ...]
    late: int = 0

    @property
    def label(self) -> str:
        """Forecaster, and whether the line was written down afterwards."""
        return f"{self.forecaster} (retrospective)" if self.retrospective else self.forecaster


@dataclass(frozen=True, slots=True, kw_only=True)
class Ledgered:
    """The ledger as answers and time lines."""

    answers: Mapping[str, Answer]
    lines: tuple[TimeLine, ...]


def spoken_of(line: TimeLine) -> tuple[Scenario, ...] | None:
    """Scenarios of which a line's forecasts all spoke; None when they gave every answer its probability.

    A figure on one scenario was spread over the answers by the base rate to be stored: what it did not say is not
    scored.
    """
    found: set[str] | None = None
    for stand in line.stands:
        _, marked, names = stand.forecast.method.partition(ABOUT)
        if marked:
            found = set(names.split(", ")) if found is None else found & set(names.split(", "))
    if found is None:
        return None
    return tuple(s for s in line.answer.scenarios if s.id in found)


def retrospective(forecast: Forecast) -> bool:
    """Whether it was written down more than a day after the day it speaks for."""
    return forecast.at.date() - forecast.as_of > IN_TIME


def read_ledger(entries: Sequence[LedgerEntry], find_case: FindCase) -> Ledgered:
    """Answers and time lines; raises `Damaged` naming the first entry that does not hold.

    ``find_case`` gives the case of a question, None when it is not here: the question is then scored on its answers
    alone.
    """
    for entry in entries:
        if entry.fault:
            raise Damaged(
                f"ledger entry {entry.seq} ({entry.kind} {entry.question}) does not hold: {entry.fault}",
                fix="Nothing is scored from a ledger that was changed. See: vedette ledger list",
            )
    questions: dict[str, Question] = {}
    resolutions: dict[str, Resolution] = {}
    given: dict[tuple[str, str, bool], list[tuple[str, Forecast]]] = {}
    for entry in entries:
        noun = entry.noun
        if isinstance(noun, Question):
            questions[noun.id] = noun
        elif isinstance(noun, Resolution):
            resolutions[noun.question] = noun
        elif isinstance(noun, Forecast):
            given.setdefault((noun.question, noun.forecaster, retrospective(noun)), []).append((entry.digest, noun))
    answers = {q.id: _answer(q, resolutions.get(q.id), find_case) for q in questions.values()}
    lines = tuple(_line(answers[q], who, late, found) for (q, who, late), found in given.items())
    return Ledgered(answers=answers, lines=lines)


def _answer(question: Question, resolution: Resolution | None, find_case: FindCase) -> Answer:
    case = find_case(question.case)
    if case is not None and {a.id for a in case.scenario_set.atoms} != set(question.atoms):
        case = None  # the case was rebuilt with other atoms: its scenarios are not this question's
    if case is not None:
        scenarios = case.scenario_set.scenarios
    elif set(question.atoms) == {"yes", "no"}:
        scenarios = (Scenario(id="yes", label=question.statement, atoms=frozenset({"yes"})),)
    else:
        scenarios = tuple(Scenario(id=a, label=a, atoms=frozenset({a})) for a in question.atoms)
    return Answer(question=question, resolution=resolution, scenarios=scenarios, case=case)


def _line(answer: Answer, forecaster: str, late: bool, found: Sequence[tuple[str, Forecast]]) -> TimeLine:
    # Stable sort: of two forecasts for one day the one committed later stands.
    ordered = sorted(found, key=lambda x: x[1].as_of)
    usable = [(d, f) for d, f in ordered if f.as_of <= answer.last_day]
    stands = []
    for i, (digest, forecast) in enumerate(usable):
        following = usable[i + 1][1].as_of if i + 1 < len(usable) else None
        last = following - dt.timedelta(days=1) if following is not None else answer.last_day
        if last >= forecast.as_of:
            stands.append(Stand(forecast=forecast, digest=digest, first=forecast.as_of, last=last))
    return TimeLine(
        answer=answer, forecaster=forecaster, retrospective=late, stands=tuple(stands), late=len(ordered) - len(usable)
    )


def between(line: TimeLine, first: dt.date, last: dt.date) -> TimeLine:
    """The part of a time line that stood from ``first`` to ``last``."""
    cut = [
        replace(s, first=max(s.first, first), last=min(s.last, last))
        for s in line.stands
        if s.first <= last and s.last >= first
    ]
    return replace(line, stands=tuple(cut))


def replaced_by_revision(line: TimeLine) -> TimeLine | None:
    """The line as it would have been without each newest revision: on every day, the forecast before the one that
    stood. None without a revision."""
    stands = line.stands
    if len(stands) < 2:
        return None
    moved = [
        replace(before, first=stand.first, last=stand.last) for before, stand in itertools.pairwise(stands)
    ]
    return replace(line, stands=tuple(moved))


def ordered_atoms(atoms: Sequence[str]) -> tuple[str, ...]:
    """The atoms that are levels of the dependent variable, from none to full scale; empty when they are not such."""
    placed = [a for a in atoms if a != "other"]
    return tuple(a for a in ORDER if a in placed) if len(placed) >= 3 and set(placed) <= set(ORDER) else ()
