"""What people think, made part of the forecast: states, likelihood ratios and probabilities, pooled.

A state or a likelihood ratio enters where evidence enters. Probabilities of scenarios are made coherent for each
analyst, pooled, and combined with the model's distribution at the end (METHOD 4.3.11-12).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from vedette.assessment.channels import ChannelItem
from vedette.domain.case import Case
from vedette.domain.framework import Framework
from vedette.domain.judgment import Judgment, JudgmentKind
from vedette.errors import BadInput, UnknownName
from vedette.forecasting.coherence import Repair, repair
from vedette.forecasting.pool import SAW_MODEL_DISCOUNT, pool_distributions

WIDTH_90 = 2 * 1.6448536269514722
"""Width of a central 90 % interval in standard deviations of a normal."""
MODEL_SHARE = 0.5
"""v of METHOD 4.3.12: one half until resolved questions say otherwise."""
PREFIX = "judgment:"
"""Channel items made from judgments carry this before their id, so that they are told from evidence."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """One analyst's probabilities, made coherent, with the weight they got."""

    analyst: str
    stated: Mapping[str, float]
    repaired: Repair
    weight: float
    saw_model: bool
    round: int


@dataclass(frozen=True, slots=True, kw_only=True)
class People:
    """All analysts pooled. ``atoms`` sums to 1; ``spread``: largest difference between analysts in a scenario.

    ``extremise``: the factor by which the pool was moved away from the base rate, 1 for none.
    """

    persons: tuple[Person, ...]
    atoms: Mapping[str, float]
    spread: Mapping[str, float]
    model_share: float = MODEL_SHARE
    extremise: float = 1.0


def latest(judgments: Sequence[Judgment]) -> tuple[Judgment, ...]:
    """For every analyst and subject, the last word: a later round replaces an earlier one, then a later time."""
    last: dict[tuple[str, str, str], Judgment] = {}
    for j in sorted(judgments, key=lambda j: (j.round, j.at, j.id)):
        last[j.analyst, j.kind.value, j.subject] = j
    return tuple(sorted(last.values(), key=lambda j: (j.analyst, j.kind.value, j.subject)))


def weight_of(judgment: Judgment, record: Mapping[str, float]) -> float:
    """Weight of an analyst: skill weight from the record (1 without one), halved when the model was seen first."""
    return record.get(judgment.analyst, 1.0) * (SAW_MODEL_DISCOUNT if judgment.saw_model else 1.0)


def ratios(judgments: Sequence[Judgment], record: Mapping[str, float] | None = None) -> dict[str, float]:
    """Pooled log likelihood ratio of each evidence item that analysts gave one, in place of its verbal strength."""
    found: dict[str, list[tuple[float, float]]] = {}
    for j in latest(judgments):
        if j.kind is JudgmentKind.LIKELIHOOD_RATIO:
            found.setdefault(j.subject, []).append((weight_of(j, record or {}), j.value))
    return {e: math.fsum(w * v for w, v in rows) / math.fsum(w for w, _ in rows) for e, rows in found.items()}


def split_subject(case: Case, framework: Framework, subject: str) -> tuple[str, str]:
    """(option id, condition id) of a state judgment's subject ``OPTION.CONDITION``."""
    option, dot, condition = subject.partition(".")
    if not dot:
        raise BadInput(f"{subject!r} is not OPTION.CONDITION", fix="Example: main.low_costs")
    return case.option(option).id, framework.condition(condition).id


def state_items(
    case: Case, framework: Framework, judgments: Sequence[Judgment], record: Mapping[str, float] | None = None
) -> tuple[ChannelItem, ...]:
    """One channel item for each analyst's view of a condition; together they move it to the weighted mean.

    A state counts from "mixed" (0): the pooled judgment shifts the condition by its level, and disagreement shows as
    items on both sides. An analyst's own 90 % interval is drawn about the level (normal, by its half-width), so that an
    unsure analyst widens the estimate; without one the judgment shifts and neither widens nor narrows (METHOD 4.3.4).
    """
    rows = [j for j in latest(judgments) if j.kind is JudgmentKind.STATE]
    totals: dict[str, float] = {}
    for j in rows:
        totals[j.subject] = totals.get(j.subject, 0.0) + weight_of(j, record or {})
    items = []
    for j in rows:
        option, condition = split_subject(case, framework, j.subject)
        chance = _main_chance(case, option, condition)
        spread = 0.0 if j.low is None or j.high is None else (j.high - j.low) / WIDTH_90
        if j.value == 0 and not spread:
            continue
        items.append(
            ChannelItem(
                evidence=f"{PREFIX}{j.id}",
                chance=chance,
                channel=condition,
                actor=case.option(option).interveners[0],
                sign=1 if j.value >= 0 else -1,
                size=abs(j.value),
                reliability=1.0,
                credibility=1.0,
                coefficient=weight_of(j, record or {}) / totals[j.subject],
                origin=f"{PREFIX}{j.analyst}",
                strength="judged",
                age_days=0,
                decay=1.0,
                log_sd=spread,
            )
        )
    return tuple(items)


def _main_chance(case: Case, option: str, condition: str) -> str:
    for scenario in case.scenario_set.scenarios:
        moved = case.chance_moved(option, scenario.id, condition)
        if moved is not None and moved[1] > 0:
            return moved[0]
    raise UnknownName("condition", condition, where=f"option {option} moves no chance through it")


def people(
    case: Case,
    judgments: Sequence[Judgment],
    reference: Mapping[str, float],
    record: Mapping[str, float] | None = None,
    extremise: float = 1.0,
) -> People | None:
    """Analysts' probabilities pooled over atoms; None when nobody gave any.

    ``reference`` (the base rate's atoms, not the model's answer) decides what an analyst left open, and is what the
    pool is extremised away from.
    """
    stated: dict[str, dict[str, Judgment]] = {}
    for j in latest(judgments):
        if j.kind is JudgmentKind.PROBABILITY:
            case.scenario_set.scenario(j.subject)
            stated.setdefault(j.analyst, {})[j.subject] = j
    if not stated:
        return None
    persons = []
    for analyst, rows in sorted(stated.items()):
        fixed = repair({s: j.value for s, j in sorted(rows.items())}, case.scenario_set, reference=reference)
        saw = any(j.saw_model for j in rows.values())
        weight = min(weight_of(j, record or {}) for j in rows.values())
        persons.append(
            Person(
                analyst=analyst,
                stated={s: j.value for s, j in sorted(rows.items())},
                repaired=fixed,
                weight=weight,
                saw_model=saw,
                round=max(j.round for j in rows.values()),
            )
        )
    atoms = pool_distributions(
        [p.repaired.atoms for p in persons], [p.weight for p in persons], base=reference, extremise=extremise
    )
    spread = {
        s.id: max(p.repaired.scenarios[s.id] for p in persons) - min(p.repaired.scenarios[s.id] for p in persons)
        for s in case.scenario_set.scenarios
    }
    return People(persons=tuple(persons), atoms=atoms, spread=spread, extremise=extremise)
