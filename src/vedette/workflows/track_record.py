"""What the analysts of a workspace forecast before, gathered from its ledger and from judgments in its cases.

Only people teach: forecasts by this program, by crowds and by a framework's author give their base rate and no more.
A probability elicited in a case counts like a committed forecast on the case's question, unless the analyst had seen
the model's number: that skill would be partly the model's.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache

from vedette.domain.case import Case
from vedette.domain.judgment import Judgment, JudgmentKind
from vedette.domain.ledger import Forecast, Question, Resolution
from vedette.domain.time import AsOf
from vedette.domain.track_record import Ending, PastForecast, PastQuestion, TrackRecord
from vedette.errors import VedetteError
from vedette.forecasting.analysts import AnalystRecord
from vedette.forecasting.coherence import repair
from vedette.forecasting.judgments import latest
from vedette.ports import LedgerEntry
from vedette.workflows.standing import ABOUT, AUTHOR, CROWD, EVEN, IN_TIME, FindCase, retrospective

FindRecord = Callable[[], AnalystRecord]
"""Gives the record of a workspace's analysts; called only when a case holds judgments."""


def track_record(entries: Sequence[LedgerEntry], find_case: FindCase) -> TrackRecord:
    """Every resolved question with who said what of it, and when that was known here.

    A ledger that does not hold gives no record but its fault, which an assessment repeats. ``find_case``: the case of a
    question, for judgments given there; None when it is not here.
    """
    bad = next((e for e in entries if e.fault), None)
    if bad is not None:
        return TrackRecord(fault=f"Ledger entry {bad.seq} does not hold ({bad.fault})")
    questions: dict[str, Question] = {}
    forecasts: dict[str, list[tuple[LedgerEntry, Forecast]]] = {}
    endings: dict[str, list[Ending]] = {}
    for entry in entries:
        noun = entry.noun
        if isinstance(noun, Question):
            questions[noun.id] = noun
        elif isinstance(noun, Forecast):
            forecasts.setdefault(noun.question, []).append((entry, noun))
        elif isinstance(noun, Resolution):
            endings.setdefault(noun.question, []).append(_ending(entry, noun, questions[noun.question]))
    made: list[PastQuestion] = []
    late: list[dt.datetime] = []
    for name in sorted(endings, key=lambda q: (endings[q][0].known_at, q)):
        question = questions[name]
        told, too_late = _committed(forecasts.get(name, []))
        late += too_late
        told += _elicited(question, find_case, told)
        made.append(
            PastQuestion(
                id=name, atoms=question.atoms, deadline=question.deadline, endings=tuple(endings[name]),
                told=tuple(told),
            )
        )  # fmt: skip
    return TrackRecord(questions=tuple(made), too_late=tuple(sorted(late)))


def _ending(entry: LedgerEntry, noun: Resolution, question: Question) -> Ending:
    known = noun.occurred or noun.at.date()
    last = min(question.deadline, known - dt.timedelta(days=1))
    return Ending(atom=noun.atom, known_at=max(entry.recorded_at, noun.at), last_day=last)


def _person(f: Forecast) -> bool:
    """Whether a person stated it: the program's own carry the digest of their inputs."""
    return not f.inputs_digest and f.forecaster.casefold() not in {*CROWD, *AUTHOR}


def _committed(found: Sequence[tuple[LedgerEntry, Forecast]]) -> tuple[list[PastForecast], list[dt.datetime]]:
    """(forecasts in time, when people's late ones were recorded). What spoke of some answers only is left out."""
    told: list[PastForecast] = []
    late: list[dt.datetime] = []
    for entry, f in found:
        known_at = max(entry.recorded_at, f.at)
        if retrospective(f):
            if _person(f):
                late.append(known_at)
            continue
        person = _person(f) and ABOUT not in f.method
        told.append(
            PastForecast(
                analyst=f.forecaster if person else "", as_of=f.as_of, known_at=known_at,
                distribution=f.distribution, base_rate=f.base_rate, stated=EVEN not in f.method,
            )
        )  # fmt: skip
    return told, late


def _elicited(question: Question, find_case: FindCase, committed: Sequence[PastForecast]) -> Iterator[PastForecast]:
    """Probabilities given in the question's case, as distributions, at every time one was given.

    The first stated base rate fills what an analyst left open, so that a later forecast changes nothing. Someone who
    committed a forecast is judged by that.
    """
    case = find_case(question.case) if question.case else None
    if case is None or {a.id for a in case.scenario_set.atoms} != set(question.atoms):
        return
    wrote = {t.analyst for t in committed}
    by_analyst: dict[str, list[Judgment]] = {}
    for j in case.judgments:
        usable = j.kind is JudgmentKind.PROBABILITY and not j.saw_model and not _late(j) and j.analyst not in wrote
        if usable:
            by_analyst.setdefault(j.analyst, []).append(j)
    if not by_analyst:
        return
    even = PastForecast(
        analyst="", as_of=question.deadline, known_at=min(j.at for js in by_analyst.values() for j in js),
        distribution={}, base_rate=dict.fromkeys(question.atoms, 1 / len(question.atoms)), stated=False,
    )  # fmt: skip
    base = min((t for t in committed if t.stated), key=lambda t: t.known_at, default=even)
    for analyst, given in sorted(by_analyst.items()):
        for at in sorted({j.at for j in given}):
            yield from _at(case, analyst, [j for j in given if j.at <= at], base)


def _at(case: Case, analyst: str, given: Sequence[Judgment], base: PastForecast) -> Iterator[PastForecast]:
    stated: Mapping[str, float] = {j.subject: j.value for j in latest(given)}
    try:
        atoms = repair(stated, case.scenario_set, reference=base.base_rate).atoms
    except VedetteError:
        return  # a scenario the case does not name any more says nothing of the question
    known = max(max(j.at, j.recorded_at or j.at) for j in given)
    yield PastForecast(
        analyst=analyst, as_of=max(j.at for j in given).date(), known_at=max(known, base.known_at),
        distribution=atoms, base_rate=base.base_rate, stated=base.stated,
    )  # fmt: skip


def _late(j: Judgment) -> bool:
    return j.recorded_at is not None and j.recorded_at - j.at > IN_TIME


def record_for(case: Case, find: FindRecord | None) -> AnalystRecord | None:
    """The record, if this case has anybody it could be about."""
    return find() if find is not None and case.judgments else None


def once(find: FindRecord | None) -> FindRecord | None:
    """The same, read once and then kept: for several assessments that belong together."""
    return lru_cache(maxsize=1)(find) if find is not None else None


def known_record(record: TrackRecord, cut: AsOf, analysts: Sequence[str]) -> TrackRecord:
    """What of a record was known by the end of a day, without the names of others than these ``analysts``."""
    named = set(analysts)
    others = sorted({t.analyst for q in record.questions for t in q.told} - named - {""})
    alias = {name: f"another {i}" for i, name in enumerate(others, 1)}
    questions = []
    for q in record.questions:
        endings = tuple(e for e in q.endings if cut.admits(e.known_at))
        if not endings or q.deadline >= cut.date:
            continue
        told = tuple(replace(t, analyst=alias.get(t.analyst, t.analyst)) for t in q.told if cut.admits(t.known_at))
        questions.append(replace(q, endings=endings, told=told))
    late = tuple(at for at in record.too_late if cut.admits(at))
    return TrackRecord(questions=tuple(questions), too_late=late, fault=record.fault)
