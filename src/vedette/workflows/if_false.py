"""Key assumptions, made false one at a time and the estimate made again."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from vedette.assessment.channels import RECOMMENDED
from vedette.domain.case import Assumption, Case
from vedette.domain.forecast import Assessment, Sensitivity
from vedette.domain.scenarios import Chance
from vedette.domain.time import AsOf
from vedette.errors import CaseRefused
from vedette.forecasting.assess import Setting, prepare
from vedette.forecasting.engine import Shift

KIND = "if_false"
_VETO = re.compile(r"(?P<chance>\w+)\.veto=(?P<value>[\d.]+)\Z")
_CLASS = re.compile(r"(?P<chance>\w+)\.class=(?P<number>\d+)\Z")


def if_false(case: Case, cut: AsOf, setting: Setting, result: Assessment) -> tuple[Sensitivity, ...]:
    """For every assumption the model can rerun, each scenario's probability if it is false.

    Raises ``CaseRefused`` for a rerun that names a chance, condition or level the case does not have.
    """
    out: list[Sensitivity] = []
    for assumption in case.assumptions:
        if not assumption.rerun or setting.mode != RECOMMENDED:
            continue
        changed, shifts = _changed(case, cut, assumption)
        engine, _, _ = prepare(changed, cut, setting)
        p = engine.scenario_draws(engine.evaluate(overrides=shifts)).mean(axis=1)
        out.extend(
            Sensitivity(
                what=f"If false: {assumption.statement}", kind=KIND, scenario=s.id, probability=float(p[i]),
                change=float(p[i]) - s.probability,
            )
            for i, s in enumerate(result.scenarios)
        )  # fmt: skip
    return tuple(out)


def _changed(case: Case, cut: AsOf, assumption: Assumption) -> tuple[Case, list[Shift]]:
    from vedette.workflows.assess import chances_set, parse_change

    where = f"{case.id}, assumption {assumption.id}"
    shifts: list[Shift] = []
    for text in assumption.rerun:
        veto, wider = _VETO.match(text), _CLASS.match(text)
        if veto:
            value = float(veto["value"])
            if not 0 <= value <= 1:
                raise CaseRefused(f"veto {value} is outside 0..1", where=where)
            chance = case.scenario_set.chance(veto["chance"])
            case = _with_chance(case, replace(chance, veto=(value, value, value)))
        elif wider:
            chance = case.scenario_set.chance(wider["chance"])
            classes = chance.applicable(cut.date)
            number = int(wider["number"])
            if number >= len(classes):
                # The narrower class does not hold yet on this date: there is nothing to widen.
                continue
            case = _with_chance(case, replace(chance, base_rates=classes[number:]))
        else:
            option, actor, condition, level = parse_change(case, text)
            scenarios: Sequence[str] = [s.id for s in case.scenario_set.scenarios]
            shifts.extend(
                Shift(chance=c, channel=condition, level=level)
                for c in chances_set(case, option, actor, condition, scenarios)
            )
    return case, shifts


def _with_chance(case: Case, chance: Chance) -> Case:
    chances = tuple(chance if c.id == chance.id else c for c in case.scenario_set.chances)
    return replace(case, scenario_set=replace(case.scenario_set, chances=chances))
