"""Asking several people: a blind round, then a round with reasons, coherence shown, everything recorded."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from vedette.domain.case import Case
from vedette.domain.judgment import Judgment, JudgmentKind
from vedette.domain.plain import to_plain
from vedette.domain.time import AsOf
from vedette.domain.track_record import TrackRecord
from vedette.errors import BadInput, UnknownName
from vedette.forecasting.analysts import AnalystPool, AnalystRecord, heard
from vedette.forecasting.coherence import repair
from vedette.forecasting.judgments import latest, split_subject
from vedette.ports import CaseStore, Clock
from vedette.reference.frameworks import framework
from vedette.workflows.assess import LEVELS
from vedette.workflows.conflicts import refuse_answered
from vedette.workflows.open_case import open_case, stored_case
from vedette.workflows.track_record import FindRecord, record_for

BLIND = 1
ASKED = (JudgmentKind.PROBABILITY, JudgmentKind.STATE)
"""What a blind round asks. Who weighed an item while reading it has not answered yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One thing an analyst says: ``subject`` is a scenario, an ``OPTION.CONDITION`` or an evidence id.

    ``low``, ``high``: the analyst's own 90 % interval, if given.
    """

    kind: JudgmentKind
    subject: str
    value: float
    low: float | None = None
    high: float | None = None


def parse_answers(
    case: Case, probabilities: Sequence[str], states: Sequence[str], ratios: Sequence[str]
) -> tuple[Answer, ...]:
    """``scenario=0.3`` or ``scenario=30%``, ``option.condition=weak`` and ``evidence=0.7`` (log likelihood ratio).

    A state may carry the analyst's own 90 % interval: ``option.condition=weak:-2..0``.
    """
    answers: list[Answer] = []
    for text in probabilities:
        subject, value = _split(text, "SCENARIO=PROBABILITY")
        case.scenario_set.scenario(subject)
        number = _number(value.rstrip("%"), text)
        answers.append(
            Answer(
                kind=JudgmentKind.PROBABILITY, subject=subject, value=number / 100 if value.endswith("%") else number
            )
        )
    for text in states:
        subject, value = _split(text, "OPTION.CONDITION=LEVEL")
        option, condition = split_subject(case, framework(case.framework), subject)
        stated, colon, interval = value.partition(":")
        level = _level(stated, text)
        low, high = _interval(interval, text) if colon else (None, None)
        answers.append(
            Answer(kind=JudgmentKind.STATE, subject=f"{option}.{condition}", value=level, low=low, high=high)
        )
    for text in ratios:
        subject, value = _split(text, "EVIDENCE=LOG_RATIO")
        if subject not in {e.id for e in case.evidence}:
            raise UnknownName("evidence", subject, nearest=[e.id for e in case.evidence][:3])
        answers.append(Answer(kind=JudgmentKind.LIKELIHOOD_RATIO, subject=subject, value=_number(value, text)))
    if not answers:
        raise BadInput("no answer was given", fix="Give --probability, --state or --ratio")
    repeated = sorted(
        {a.subject for a in answers if sum(b.subject == a.subject and b.kind is a.kind for b in answers) > 1}
    )
    if repeated:
        raise BadInput(f"answered twice: {', '.join(repeated)}")
    return tuple(answers)


def _level(value: str, text: str) -> float:
    level = LEVELS.get(value.strip().casefold())
    level = _number(value, text) if level is None else level
    if not -2 <= level <= 2:
        raise BadInput(f"{text}: a level lies between -2 and 2", fix=f"Or one of {', '.join(LEVELS)}")
    return level


def _interval(value: str, text: str) -> tuple[float, float]:
    low, dots, high = value.partition("..")
    if not dots:
        raise BadInput(f"{text}: {value!r} is not LOW..HIGH", fix="Example: main.low_costs=weak:-2..0")
    found = _level(low, text), _level(high, text)
    if found[0] > found[1]:
        raise BadInput(f"{text}: the interval is turned round", fix=f"{high.strip()}..{low.strip()}")
    return found


def _split(text: str, form: str) -> tuple[str, str]:
    left, equals, right = text.partition("=")
    if not equals or not left.strip() or not right.strip():
        raise BadInput(f"{text!r} is not {form}")
    return left.strip(), right.strip()


def _number(value: str, text: str) -> float:
    try:
        return float(value)
    except ValueError as error:
        raise BadInput(f"{text!r}: {value!r} is not a number") from error


def give(
    store: CaseStore,
    clock: Clock,
    name: str,
    answers: Sequence[Answer],
    *,
    analyst: str,
    reason: str = "",
    round: int = BLIND,
    saw_model: bool = False,
    as_of: str | None = None,
    seen: str | None = None,
) -> tuple[Judgment, ...]:
    """Record an analyst's answers, all or none.

    ``seen``: what the form they were given in rested on (`vedette.workflows.conflicts.round_mark`); raises
    `EditConflict` when answers came in since that it did not show, or the scenarios are others.

    A second round needs a first one and a reason. ``as_of``: the day they speak for (default: now); answers for a past
    day are marked retrospective. Raises `BadInput` for 0 and 1 and for a round out of order.
    """
    if not analyst.strip():
        raise BadInput("a judgment needs an analyst", fix="Give it with --analyst")
    now = clock.now()
    at = min(AsOf.of(as_of).cutoff - dt.timedelta(seconds=1), now) if as_of else now
    with store.transaction():
        case = stored_case(store, name)
        refuse_answered(case, analyst, ASKED, seen)
        mine = [j for j in case.judgments if j.analyst == analyst and j.kind in ASKED]
        if round > BLIND and not any(j.round == BLIND for j in mine):
            raise BadInput(
                f"{analyst} has no blind first round yet", where=case.id, fix="Give the first round before the second"
            )
        if round > BLIND and not reason.strip():
            raise BadInput("a later round needs a reason: what changed, or why it did not", where=case.id)
        if round == BLIND and any(j.round > BLIND for j in mine):
            raise BadInput(f"{analyst} has seen the others' answers: a blind round cannot follow", where=case.id)
        made = []
        for number, answer in enumerate(answers, len(case.judgments) + 1):
            judgment = Judgment(
                id=f"J{number:03d}-{analyst}",
                analyst=analyst,
                kind=answer.kind,
                subject=answer.subject,
                value=answer.value,
                low=answer.low,
                high=answer.high,
                reason=reason,
                round=round,
                saw_model=saw_model,
                at=at,
                recorded_at=now,
            )
            store.add_judgment(case.id, judgment)
            made.append(judgment)
    return tuple(made)


def coherence_of(case: Case, answers: Sequence[Answer]) -> Mapping[str, Any] | None:
    """Problems with an analyst's probabilities and the smallest repair; None when none were given."""
    stated = {a.subject: a.value for a in answers if a.kind is JudgmentKind.PROBABILITY}
    if not stated:
        return None
    fixed = repair(stated, case.scenario_set)
    return {"problems": fixed.problems, "shifts": fixed.shifts, "repaired": fixed.scenarios}


def panel(
    store: CaseStore,
    name: str,
    *,
    viewer: str | None,
    reveal: bool = False,
    as_of: str | None = None,
    record: FindRecord | None = None,
) -> dict[str, Any]:
    """What the others said: hidden from an analyst who has not given the blind round, unless revealed on purpose.

    ``record``: the weight each has by what they forecast before (as of ``as_of``, default: the case's own day), and
    whether their pool is extremised; no figure but names, so it is never hidden.
    """
    case = open_case(store, name)
    cut = AsOf.of(as_of or case.as_of)
    if as_of:
        case = case.known(AsOf.of(as_of))
    done = {j.analyst for j in case.judgments if j.round == BLIND and j.kind in ASKED}
    hidden = viewer is not None and viewer not in done and not reveal
    rows = [] if hidden else [to_plain(j) for j in latest(case.judgments)]
    return {
        "case": case.id,
        "analysts": sorted(done),
        "hidden": hidden,
        "judgments": rows,
        "record": to_plain(_record(case, cut, record)),
        "disagreement": {} if hidden else _disagreement(case.judgments),
    }


def _record(case: Case, cut: AsOf, find: FindRecord | None) -> AnalystPool | None:
    return heard(record_for(case, find) or AnalystRecord(TrackRecord()), cut, case.judgments)


def _disagreement(judgments: Sequence[Judgment]) -> dict[str, dict[str, float]]:
    found: dict[str, list[float]] = {}
    for j in latest(judgments):
        found.setdefault(f"{j.kind.value}:{j.subject}", []).append(j.value)
    return {
        subject: {"n": float(len(values)), "lowest": min(values), "highest": max(values)}
        for subject, values in sorted(found.items())
        if len(values) > 1
    }
