"""Other people's forecasts into the ledger, to be scored on the same questions as ours.

A foreign question may be mapped to one of ours; its polarity, scope and deadline are then checked, and a figure on
another question than ours is kept aside with the reason. What was imported before is recognised, so that a second
import of the same file changes nothing.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from vedette.codec.forecast_files import (
    YES_NO,
    ForecastFile,
    ForeignForecast,
    ForeignQuestion,
    Refused,
    read_forecasts,
)
from vedette.domain.case import Case, CrowdFigure
from vedette.domain.ledger import Forecast, Question, Resolution
from vedette.errors import BadInput, EditConflict, VedetteError
from vedette.forecasting.coherence import repair
from vedette.ports import Clock, Ledger
from vedette.workflows.anchor import anchor_check, question_deadline
from vedette.workflows.standing import ABOUT, EVEN, IMPORTED, FindCase

# Statements of 0 and 1 about a scenario are moved inside before they are spread over the answers. [assumption]
INSIDE = 0.001


@dataclass(frozen=True, slots=True, kw_only=True)
class Mapped:
    """A foreign question's place here: a question of ours, and the scenario of its case that it asks about."""

    question: str
    scenario: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """What an import did. ``aside``: rows that could not be used, in order."""

    rows: int
    questions: int
    forecasts: int
    resolutions: int
    known: int
    aside: tuple[Refused, ...]
    checks: tuple[Mapping[str, Any], ...]

    @property
    def reasons(self) -> Mapping[str, int]:
        """How often each reason kept a row aside, the most frequent first."""
        return dict(Counter(r.reason for r in self.aside).most_common())


def parse_maps(texts: Sequence[str]) -> dict[str, Mapped]:
    """``FOREIGN=OURS`` or ``FOREIGN=OURS:SCENARIO``; raises `BadInput`."""
    found: dict[str, Mapped] = {}
    for text in texts:
        foreign, equals, ours = text.partition("=")
        question, _, scenario = ours.partition(":")
        if not equals or not foreign.strip() or not question.strip():
            raise BadInput(f"{text!r} is not FOREIGN=QUESTION[:SCENARIO]", where="--map")
        found[foreign.strip()] = Mapped(question=question.strip(), scenario=scenario.strip() or None)
    return found


TRIES = 5
"""Times an import is worked out anew when somebody adds to the ledger meanwhile. [assumption]"""


def import_forecasts(
    ledger: Ledger,
    clock: Clock,
    files: Sequence[tuple[str, bytes]],
    form: str,
    find_case: FindCase,
    *,
    maps: Mapping[str, Mapped] | None = None,
    base_rate: float | None = None,
    may: Callable[[Question], bool] = lambda _: True,
    most: int | None = None,
) -> Imported:
    """Read ``files`` ((name, bytes), of one format) and append what is new, all in one transaction.

    ``base_rate``: the reference of the foreign yes-no questions that give none. ``may``: whether something may be added
    to a question; one that it says no to is not there, and none can be made under its id. ``most``: rows of a file at
    most. Raises `BadInput` when a file is not of the format, `UnknownName` for a mapping to a question that does not
    exist.
    """
    if base_rate is not None and not 0 < base_rate < 1:
        raise BadInput(f"base rate {base_rate} is not strictly between 0 and 1", where="--base-rate")
    read = ForecastFile()
    for name, data in files:
        read_forecasts(data, name, form, read, most=most)
    for left in reversed(range(TRIES)):
        stamp = ledger.stamp()
        plan = _Plan(
            ledger, clock, read, form, find_case, dict(maps or {}), base_rate,
            files[0][0] if len(files) == 1 else "several", may,
        )  # fmt: skip
        plan.make()
        try:
            written = ledger.append_all(plan.nouns, after=stamp)
            break
        except EditConflict:  # somebody added to the ledger meanwhile: what is new is worked out again
            if not left:
                raise
    counted = Counter(type(n).__name__ for n in plan.nouns)
    assert len(written) == len(plan.nouns)
    return Imported(
        rows=read.rows, questions=counted["Question"], forecasts=counted["Forecast"],
        resolutions=counted["Resolution"], known=plan.known, aside=(*read.refused, *plan.aside),
        checks=tuple(plan.checks.values()),
    )


class _Plan:
    """Decides, row by row, what becomes a ledger entry and what is kept aside."""

    def __init__(
        self,
        ledger: Ledger,
        clock: Clock,
        read: ForecastFile,
        form: str,
        find_case: FindCase,
        maps: dict[str, Mapped],
        base_rate: float | None,
        name: str,
        may: Callable[[Question], bool],
    ) -> None:
        self.clock, self.read, self.form, self.find_case, self.maps = clock, read, form, find_case, maps
        self.base_rate, self.name = base_rate, name
        self.nouns: list[Question | Forecast | Resolution] = []
        self.aside: list[Refused] = []
        self.checks: dict[str, Mapping[str, Any]] = {}
        self.known = 0
        self.cases: dict[str, Case | None] = {}
        entries = [e.noun for e in ledger.entries()]
        asked = {n.id: n for n in entries if isinstance(n, Question)}
        self.questions = {name: q for name, q in asked.items() if may(q)}
        self.closed = asked.keys() - self.questions.keys()
        self.resolved = {n.question: n for n in entries if isinstance(n, Resolution) and n.question in self.questions}
        self.seen = {_key(n) for n in entries if isinstance(n, Forecast)}
        self.rates: dict[str, list[Forecast]] = {}
        for n in entries:
            if isinstance(n, Forecast) and not n.method.startswith(IMPORTED):
                self.rates.setdefault(n.question, []).append(n)
        for foreign, mapped in maps.items():
            if mapped.question not in self.questions:
                raise BadInput(
                    f"--map {foreign}={mapped.question}: no such question in the ledger",
                    fix="See: vedette ledger list",
                )

    def make(self) -> None:
        """Questions first, then forecasts in order of time, then resolutions."""
        ends = {r.question: r.on for r in self.read.resolutions}
        for foreign in self.read.questions.values():
            self._question(foreign, ends.get(foreign.id))
        settled = {r.question: r for r in self.read.resolutions}
        for said in _grouped(self.read.forecasts):
            try:
                self._forecast(said, settled)
            except (VedetteError, _Aside) as error:
                self._keep(said[0], str(error))
        for row in self.read.resolutions:
            held = self.resolved.get(row.question)
            if held is not None and held.atom != row.atom:
                there = held.atom or f"void: {held.void_reason}"
                reason = f"it is answered otherwise here: {there} ({held.source})"
                self.aside.append(
                    Refused(file=self.name, row=row.row, reason=reason, record={"question": row.question})
                )
                continue
            if held is not None or row.question in self.maps:
                self.known += 1
                continue
            if row.question not in self.questions:
                self.aside.append(Refused(file=self.name, row=row.row, reason="resolves a question that is not here",
                                          record={"question": row.question}))  # fmt: skip
                continue
            self.nouns.append(
                Resolution(
                    question=row.question, atom=row.atom, at=self.clock.now(), occurred=row.on if row.atom else None,
                    source=row.source, void_reason="" if row.atom else "void at its source",
                )
            )

    def _question(self, foreign: ForeignQuestion, resolved: dt.date | None) -> None:
        if foreign.id in self.maps or foreign.id in self.questions or foreign.id in self.closed:
            return  # what is said of a closed one is kept aside
        deadline = foreign.deadline or question_deadline(foreign.statement) or resolved
        if deadline is None:
            return  # its forecasts are kept aside: without a deadline nothing can be scored
        made = Question(
            id=foreign.id, case="", statement=foreign.statement, atoms=foreign.atoms, deadline=deadline,
            rule=foreign.rule or "As decided where it was asked.",
        )
        self.questions[made.id] = made
        self.nouns.append(made)

    def _keep(self, said: ForeignForecast, reason: str) -> None:
        record = {"question": said.question, "forecaster": said.forecaster, "at": said.at.isoformat(),
                  "probabilities": dict(said.probabilities), "scenario": said.scenario}  # fmt: skip
        self.aside.append(Refused(file=self.name, row=said.row, reason=reason, record=record))

    def _forecast(self, said: Sequence[ForeignForecast], settled: Mapping[str, Any]) -> None:
        first = said[0]
        mapped = self.maps.get(first.question, Mapped(question=first.question))
        question = self.questions.get(mapped.question)
        if question is None:
            asked = first.question in self.read.questions and first.question not in self.closed
            raise _Aside("its question has no deadline" if asked else "its question is not in the ledger")
        answer = self.resolved.get(question.id)
        known_on = (answer.occurred or answer.at.date()) if answer else None
        if question.id in settled:
            known_on = settled[question.id].on
        if known_on is not None and first.at.date() >= known_on:
            raise _Aside("made on or after the day its answer was known")
        if first.at > self.clock.now():
            raise _Aside("its date lies in the future")
        reference, how = self._reference(question, first)
        distribution = self._distribution(question, said, mapped, reference)
        about = [mapped.scenario] if mapped.scenario else sorted({x.scenario for x in said if x.scenario})
        forecast = Forecast(
            question=question.id, forecaster=first.forecaster, as_of=first.at.date(), at=first.at,
            distribution=distribution, base_rate=reference, inputs_digest="",
            method=f"{IMPORTED}, {self.form}, {how}" + (f"{ABOUT}{', '.join(about)}" if about else ""),
            note=f"from {self.name}" if mapped.question == first.question else f"asked as {first.question}",
        )
        if _key(forecast) in self.seen:
            self.known += 1
            return
        self.seen.add(_key(forecast))
        self.nouns.append(forecast)

    def _case(self, question: Question) -> Case | None:
        if question.case not in self.cases:
            self.cases[question.case] = self.find_case(question.case) if question.case else None
        return self.cases[question.case]

    def _reference(self, question: Question, said: ForeignForecast) -> tuple[Mapping[str, float], str]:
        """The base rate beside which it will be scored, and where it comes from."""
        ours = [f for f in self.rates.get(question.id, []) if f.as_of <= said.at.date()]
        if ours:
            return max(ours, key=lambda f: f.as_of).base_rate, "base rate of our forecast"
        case = self._case(question)
        if case is not None and case.opened <= said.at.date() <= case.deadline:
            from vedette.workflows.commit import stated_by_assessment

            return stated_by_assessment(case, said.at.date(), mode="recommended").base_rate, "base rate of the case"
        rate = said.base_rate if said.base_rate is not None else self.base_rate
        if rate is not None and set(question.atoms) == set(YES_NO):
            return {"yes": rate, "no": 1 - rate}, "base rate as given"
        return dict.fromkeys(question.atoms, 1 / len(question.atoms)), EVEN

    def _distribution(
        self, question: Question, said: Sequence[ForeignForecast], mapped: Mapped, reference: Mapping[str, float]
    ) -> Mapping[str, float]:
        stated = {x.scenario: x.probabilities.get("yes", 0.0) for x in said if x.scenario is not None}
        if mapped.scenario is not None:
            stated = {mapped.scenario: self._anchored(question, said[0], mapped.scenario)}
        if not stated:
            given = dict(said[0].probabilities)
            if set(given) != set(question.atoms):
                odd = ", ".join(sorted(set(given) ^ set(question.atoms)))
                raise _Aside(f"its answers are not the question's ({odd}); map it to a scenario with --map")
            total = sum(given.values())
            if abs(total - 1) > 0.02:
                raise _Aside(f"its probabilities sum to {total:.3g}, not 1")
            return {a: given[a] / total for a in question.atoms}
        case = self._case(question)
        if case is None:
            raise _Aside(f"the case {question.case!r} of its question is not here, so a scenario means nothing")
        inside = {s: min(max(p, INSIDE), 1 - INSIDE) for s, p in stated.items()}
        return repair(inside, case.scenario_set, reference=reference).atoms

    def _anchored(self, question: Question, said: ForeignForecast, scenario: str) -> float:
        """The foreign figure turned to our polarity; refused when the question is another one."""
        case = self._case(question)
        asked = self.read.questions.get(said.question)
        if case is None or asked is None:
            raise _Aside("the wording of its question is not in the file, so it cannot be held against ours")
        limit = f" by {asked.deadline}" if asked.deadline and question_deadline(asked.statement) is None else ""
        wording = asked.statement.rstrip("?") + limit + "?"
        figure = CrowdFigure(
            date=said.at.date(), source=said.forecaster, question=wording, probability=said.probabilities["yes"]
        )
        check = anchor_check(case, figure, scenario)
        self.checks[said.question] = {
            "foreign": said.question, "wording": wording, "question": question.id, "scenario": scenario,
            "fits": check.fits, "why": list(check.why),
        }  # fmt: skip
        if check.probability is None:
            raise _Aside(f"another question than {scenario}: {'; '.join(check.why)}")
        return check.probability


class _Aside(Exception):
    """This row is kept aside; the text says why."""


def _key(f: Forecast) -> tuple[str, str, str, tuple[tuple[str, float], ...]]:
    numbers = tuple(sorted((a, round(p, 9)) for a, p in f.distribution.items()))
    return f.question, f.forecaster, f.at.isoformat(), numbers


def _grouped(forecasts: Sequence[ForeignForecast]) -> list[list[ForeignForecast]]:
    """Scenario statements by one person at one time belong together; everything in order of time."""
    groups: dict[tuple[str, str, dt.datetime, object], list[ForeignForecast]] = {}
    for i, f in enumerate(forecasts):
        groups.setdefault((f.question, f.forecaster, f.at, "together" if f.scenario else i), []).append(f)
    return sorted(groups.values(), key=lambda g: (g[0].at, g[0].row))
