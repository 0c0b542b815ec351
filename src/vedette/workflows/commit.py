"""Committing forecasts: a question from a case, a distribution into the ledger, and what happened."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from vedette.domain.case import Case
from vedette.domain.ledger import Forecast, Question, Resolution
from vedette.domain.scenarios import check_distribution
from vedette.errors import AfterCutOff, BadInput, Deed, EditConflict
from vedette.ports import Clock, Ledger, LedgerEntry
from vedette.workflows.track_record import FindRecord


@dataclass(frozen=True, slots=True, kw_only=True)
class Stated:
    """A distribution over the atoms of a case and where it comes from.

    ``base_rate`` is what history alone would say: no score is shown without it.
    """

    distribution: Mapping[str, float]
    base_rate: Mapping[str, float]
    as_of: dt.date
    inputs_digest: str
    method: str


def question_of(case: Case, *, id: str | None = None) -> Question:
    """The question a case asks, with the rule that decides every answer."""
    atoms = case.scenario_set.atoms
    return Question(
        id=id or case.id,
        case=case.id,
        statement=case.question,
        atoms=tuple(a.id for a in atoms),
        rule="\n".join(f"{a.id}: {a.statement} {a.rule}" for a in atoms),
        deadline=case.deadline,
    )


def commit_forecast(
    ledger: Ledger, clock: Clock, case: Case, stated: Stated, *, forecaster: str, note: str = "",
    question: str | None = None, after: str | None = None,
) -> tuple[str, Forecast]:  # fmt: skip
    """Append a forecast; returns (digest, forecast). The question is registered with the first one.

    ``after``: digest of the forecaster's last forecast as it was seen, empty for none. Raises `Incoherent` when the
    numbers miss an atom, leave 0..1 or do not sum to 1, `AfterCutOff` when the window has closed, and `EditConflict`
    when the forecaster has another last forecast by now.
    """
    if stated.as_of > case.deadline:
        raise AfterCutOff(f"{stated.as_of} is after the deadline {case.deadline}", where=case.id,
                          fix="Resolve the question instead")  # fmt: skip
    if not forecaster.strip():
        raise BadInput("a forecast needs a forecaster", fix="Give it with --forecaster")
    asked = question_of(case, id=question)
    check_distribution(stated.distribution, asked.atoms, where=case.id)
    check_distribution(stated.base_rate, asked.atoms, where=f"{case.id}, base rate")
    forecast = Forecast(
        question=asked.id, forecaster=forecaster, as_of=stated.as_of, at=clock.now(),
        distribution=dict(stated.distribution), base_rate=dict(stated.base_rate),
        inputs_digest=stated.inputs_digest, method=stated.method, note=note,
    )  # fmt: skip
    return ledger.commit(forecast, asked, after=after), forecast


def resolve_question(
    ledger: Ledger, clock: Clock, question: str, *, atom: str | None, source: str, occurred: dt.date | None = None,
    void_reason: str = "", after: str | None = None,
) -> tuple[str, Resolution]:  # fmt: skip
    """Append what happened, with its source, or why the question is void; returns (digest, resolution).

    ``after``: digest of the answer that counted when it was seen, empty for none. Raises `EditConflict`, saying what
    was answered and when, if another one counts by now.
    """
    if not source.strip() and not void_reason:
        raise BadInput("a resolution needs its source", where=question, fix="Give it with --source")
    if occurred is not None and occurred > clock.now().date():
        raise AfterCutOff(f"{occurred} has not come yet", where=question)
    resolution = Resolution(
        question=question, atom=atom, at=clock.now(), occurred=occurred, source=source, void_reason=void_reason
    )
    return ledger.resolve(resolution, after=after), resolution


def refuse_answered(entries: Sequence[LedgerEntry], question: str) -> None:
    """Raise `EditConflict` when a question was answered: what comes after is no forecast, on top of anything."""
    answers = [e.noun for e in entries if e.question == question and isinstance(e.noun, Resolution)]
    if not answers:
        return
    last = answers[-1]
    said = last.atom if last.atom is not None else f"void: {last.void_reason}"
    raise EditConflict(
        f"the question was resolved at {last.at:%H:%M} UTC on {last.at:%Y-%m-%d}: {said}", where=question,
        fix="What comes after the answer is no forecast",
        deeds=[Deed(who="", what="said what happened", at=last.at, why=last.source, before="open", after=said)],
    )  # fmt: skip


def stated_by_assessment(
    case: Case, as_of: dt.date, *, mode: str, rival: str | None = None, record: FindRecord | None = None
) -> Stated:
    """What the assessment of the case says of every atom, and what it would say without any evidence.

    ``rival``: another framework that reads the same evidence, to be scored beside the case's own. ``record``: what the
    workspace's analysts forecast before.
    """
    from vedette.domain.time import AsOf
    from vedette.forecasting.assess import prepare
    from vedette.workflows.assess import assess_case, setting_for

    cut = AsOf(date=as_of)
    assessment = assess_case(case, cut, mode=mode, rival=rival, with_sensitivity=False, record=record)
    engine, _, _ = prepare(case, cut, setting_for(case, mode=mode, rival=rival))
    start = engine.without_evidence().mean(axis=1)
    atoms = [a.id for a in case.scenario_set.atoms]
    return Stated(
        distribution={a.id: a.probability for a in assessment.atoms},
        base_rate=dict(zip(atoms, map(float, start), strict=True)),
        as_of=as_of,
        inputs_digest=assessment.inputs_digest,
        method=", ".join([assessment.method, mode, *([rival] if rival else [])]),
    )


def still_computed(case: Case, forecast: Forecast, *, record: FindRecord | None = None) -> bool | None:
    """Whether the case still computes a committed forecast from the same inputs; None for one stated by a person."""
    from vedette.domain.time import AsOf
    from vedette.workflows.assess import assess_case

    parts = forecast.method.split(", ")
    if not forecast.inputs_digest or len(parts) < 2:
        return None
    _, mode, *rival = parts
    again = assess_case(
        case, AsOf(date=forecast.as_of), mode=mode, rival=rival[0] if rival else None, with_sensitivity=False,
        record=record,
    )  # fmt: skip
    return again.inputs_digest == forecast.inputs_digest
