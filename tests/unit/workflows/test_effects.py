"""What each change did to the number."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest
from tests.made_cases import item
from tests.made_ledger import ledger_case

from vedette.domain.case import Case
from vedette.domain.evidence import Review, Status, Verdict
from vedette.domain.judgment import Judgment, JudgmentKind
from vedette.domain.time import AsOf, instant
from vedette.errors import BadInput
from vedette.forecasting.draws import logit
from vedette.workflows.assess import assess_case
from vedette.workflows.effects import Effects, effects


def walked(first: Case, second: Case, one: str, other: str) -> Effects:
    found = effects(first, second, AsOf.of(one), AsOf.of(other))
    for case, day, p in ((first, one, found.before), (second, other, found.after)):
        assessed = assess_case(case, day, with_sensitivity=False)
        assert p == pytest.approx({s.id: s.probability for s in assessed.scenarios}, abs=1e-12)
    for s in found.before:
        change = logit(found.after[s]) - logit(found.before[s])
        assert sum(e.log_odds[s] for e in found.effects) == pytest.approx(change, abs=1e-12)
    return found


def kinds(found: Effects) -> dict[str, str]:
    return {e.id: e.kind for e in found.effects}


def test_new_and_ageing_items_and_time_have_their_own_rows() -> None:
    case = ledger_case()
    found = walked(case, case, "2022-01-11", "2022-01-26")
    got = kinds(found)
    assert (got["down"], got["forces"], got["late"]) == ("new", "new", "new")
    by_id = {e.id: e for e in found.effects}
    assert by_id["down"].log_odds["attack"] < 0 < by_id["late"].log_odds["attack"]
    assert abs(by_id["residual"].log_odds["attack"]) < 0.01


def test_nothing_changes_when_nothing_changes() -> None:
    case = ledger_case()
    found = walked(case, case, "2022-01-20", "2022-01-20")
    assert [e.kind for e in found.effects] == ["residual"]


def test_a_review_a_changed_grade_and_a_judgment_are_named() -> None:
    case = ledger_case()
    proposed = replace(item("prop", condition="low_costs", day=dt.date(2022, 1, 8)), status=Status.PROPOSED)
    first = replace(case, evidence=(*case.evidence, proposed))
    at = instant("2022-01-20")
    other = item("up", condition="low_costs", day=dt.date(2022, 1, 10), grade="E4")
    second = replace(
        first,
        evidence=tuple(other if e.id == "up" else e for e in first.evidence),
        reviews=(
            Review(evidence="prop", verdict=Verdict.ACCEPT, author="ana", at=at),
            Review(evidence="forces", verdict=Verdict.REJECT, author="ana", at=at),
        ),
        judgments=(
            Judgment(
                id="j1",
                analyst="ana",
                kind=JudgmentKind.PROBABILITY,
                subject="attack",
                value=0.8,
                at=instant("2022-01-15"),
            ),
        ),
    )
    got = kinds(walked(first, second, "2022-01-20", "2022-01-20"))
    assert (got["prop"], got["forces"], got["up"], got["judgments"]) == (
        "reviewed",
        "removed",
        "changed",
        "judgments",
    )


def test_a_longer_window_shows_as_time() -> None:
    case = ledger_case()
    chances = tuple(replace(c, base_rates=c.base_rates[:1]) for c in case.scenario_set.chances)
    short = replace(case, scenario_set=replace(case.scenario_set, chances=chances))
    longer = replace(short, scenario_set=replace(short.scenario_set, deadline=dt.date(2022, 6, 30)))
    found = walked(short, longer, "2022-01-20", "2022-01-20")
    assert kinds(found)["time"] == "time"
    assert next(e for e in found.effects if e.kind == "time").log_odds["attack"] > 0


def test_another_base_rate_shows_as_such() -> None:
    case = ledger_case()
    lower = tuple(
        replace(c, base_rates=tuple(replace(r, p=r.low) for r in c.base_rates)) if c.id == "stay" else c
        for c in case.scenario_set.chances
    )
    found = walked(
        case, replace(case, scenario_set=replace(case.scenario_set, chances=lower)), "2022-01-20", "2022-01-20"
    )
    assert kinds(found)["stay"] == "base_rate"


def test_a_changed_structure_has_its_own_row() -> None:
    case = ledger_case()
    moved = {**case.moves, "main": {**case.moves["main"], "attack_from_host": {"*": ("attack", 1)}}}
    found = walked(case, replace(case, moves=moved), "2022-01-20", "2022-01-20")
    assert kinds(found)["structure"] == "structure"


def test_cases_without_a_number_in_common_are_refused() -> None:
    case = ledger_case()
    fewer = replace(case.scenario_set, scenarios=case.scenario_set.scenarios[1:])
    other = replace(case, scenario_set=fewer, moves={}, evidence=())
    with pytest.raises(BadInput, match="same scenarios"):
        effects(case, other, AsOf.of("2022-01-20"), AsOf.of("2022-01-20"))
    with pytest.raises(BadInput, match="frameworks"):
        effects(case, replace(case, framework="two-conditions"), AsOf.of("2022-01-20"), AsOf.of("2022-01-20"))
