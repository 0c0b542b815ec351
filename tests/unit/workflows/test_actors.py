"""The actors of a case, and both modes side by side."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
from tests.made_cases import host_case, item

from vedette.domain.case import Case
from vedette.domain.claims import Direction, Strength
from vedette.domain.evidence import Evidence
from vedette.domain.plain import to_plain
from vedette.errors import BadInput
from vedette.forecasting.actors import ActorView, OptionView
from vedette.reference.bundled import bundled_case
from vedette.reporting.actors import beside_lines, render_actors
from vedette.reporting.labels import display_width
from vedette.workflows.actors import Actors, actors_of
from vedette.workflows.assess import assess_case
from vedette.workflows.modes import compare_modes


def made(*evidence: Evidence) -> Case:
    """A made case in a framework that is shipped."""
    return replace(host_case(evidence), framework="five-conditions")


def view(found: Actors, option: str, actor: str) -> tuple[OptionView, ActorView]:
    """An option of the actors' view, and one of its actors."""
    chosen = next(o for o in found.options if o.option == option)
    return chosen, next(a for a in chosen.actors if a.actor == actor)


CASE = made(
    item("E1", strength=Strength.STRONG, direction=Direction.LOWERS),
    item("E2", condition="stakes"),
    replace(item("E3", condition="absence_of_resistance", direction=Direction.LOWERS), actors=("UKR", "POL")),
    item("E4", scenario="attack_from_host", actor="BLR", direction=Direction.LOWERS),
    item("E5", option="stay", scenario="lasting_presence", condition="perceived_justification"),
)


def test_costs_stand_with_their_bearer() -> None:
    found = actors_of(CASE)
    _, lead = view(found, "main", "RUS")
    option, host = view(found, "main", "BLR")
    assert [i.evidence for s in lead.risk if s.condition == "low_costs" for i in s.items] == ["E1"]
    cost = next(s for s in host.risk if s.condition == "low_costs")
    assert [i.evidence for i in cost.items] == ["E4"] and cost.chance == "access"
    assert lead.roles == ("lead",) and host.roles == ("host",)
    assert [a.actor for a in option.actors] == ["RUS", "BLR", "UKR"]


def test_states_are_those_of_the_assessment() -> None:
    found = actors_of(CASE)
    told = {
        (c.option, c.actor, c.condition): (c.state, c.interval, c.level)
        for c in assess_case(CASE, with_sensitivity=False).conditions
        if c.scenario == "attack"
    }
    _, lead = view(found, "main", "RUS")
    for s in (*lead.risk, *lead.benefit):
        if s.perceived is not None:
            state, interval, level = told["main", "RUS", s.condition]
            assert s.perceived.state == pytest.approx(state, abs=1e-12)
            assert s.perceived.interval90 == pytest.approx(interval, abs=1e-12) and s.perceived.level == level


def test_what_is_not_seen_through_the_intervener_s_eyes_widens_the_state() -> None:
    found = actors_of(CASE)
    _, lead = view(found, "main", "RUS")
    cost = next(s for s in lead.risk if s.condition == "low_costs")
    assert cost.perceived is not None and cost.observed is not None
    wide, narrow = (s.interval90[1] - s.interval90[0] for s in (cost.perceived, cost.observed))
    assert wide == pytest.approx(narrow * math.sqrt(1 + 0.7**2), rel=0.05)
    assert cost.perceived.state == pytest.approx(cost.observed.state, abs=0.05)
    assert {g.scenario for g in found.perception} == {s.id for s in CASE.scenario_set.scenarios}
    assert any(g.with_gap != g.without_gap for g in found.perception)


def test_who_would_resist_is_named_and_unknown_is_not_zero() -> None:
    found = actors_of(CASE)
    _, lead = view(found, "main", "RUS")
    resistance = next(s for s in lead.risk if s.condition == "absence_of_resistance")
    assert resistance.by == {"POL": ("E3",), "UKR": ("E3",)}
    justified = next(s for s in lead.benefit if s.condition == "perceived_justification")
    assert justified.perceived is None and justified.observed is None and "No accepted evidence" in justified.reason


def test_the_gate_is_consent_or_a_veto_that_does_not_hold() -> None:
    found = actors_of(CASE)
    option, _ = view(found, "main", "RUS")
    gate = option.gate
    assert gate is not None and gate.host == "BLR" and [i.evidence for i in gate.items] == ["E4"]
    # Consent and veto are drawn apart, so the mean of the product is near the product of the means.
    assert gate.access == pytest.approx(gate.consent + (1 - gate.consent) * (1 - gate.veto), abs=0.02)
    assert gate.access < gate.without_evidence
    stay, _ = view(found, "stay", "RUS")
    assert stay.gate is None and "no question" in stay.gate_reason.lower()


def test_the_gaps_between_the_modes_sum_to_the_difference() -> None:
    both = [assess_case(CASE, mode=m, with_sensitivity=False) for m in ("recommended", "author")]
    modes = compare_modes(*both)
    for s in modes.scenarios:
        difference = math.log(s.recommended / (1 - s.recommended)) - math.log(s.author / (1 - s.author))
        assert s.gap == pytest.approx(difference, abs=1e-9)
        assert math.fsum(a.gap for a in s.apart) == pytest.approx(s.gap, abs=1e-12)
        for a in s.apart:
            assert a.gap == pytest.approx(a.recommended - a.author)
    stakes = next(a for a in modes.scenario("attack").apart if a.what.startswith("Stakes"))
    assert stakes.author == 0 and stakes.recommended > 0
    lines = beside_lines(to_plain(modes), "attack", top=2)
    assert any("all else" in line for line in lines)
    assert lines[-1].strip() == f"together: {modes.scenario('attack').gap:+.2f}"
    with pytest.raises(KeyError):
        modes.scenario("none")


def test_only_one_case_on_one_day_can_be_compared() -> None:
    first = assess_case(CASE, with_sensitivity=False)
    with pytest.raises(BadInput, match="cannot be compared"):
        compare_modes(first, replace(first, case="other"))


@pytest.mark.parametrize(("name", "day"), [("belarus-2022", "2022-01-20"), ("niger-2023", "2023-08-10")])
@pytest.mark.parametrize("width", [72, 110])
def test_the_text_of_bundled_cases_fits_and_says_who(name: str, day: str, width: int) -> None:
    case = bundled_case(name)
    found = to_plain(actors_of(case, day))
    text = render_actors(found, {s.id: s.label for s in case.scenario_set.scenarios}, width)
    upper = text.partition("\nBoth ways")[0]
    assert max(display_width(line) for line in upper.splitlines()) <= width
    assert "Host gate" in text and "perceived" in text and "observed" in text


def test_a_case_without_evidence_has_actors_all_the_same() -> None:
    case = made()
    text = render_actors(to_plain(actors_of(case)), {}, 100)
    assert "No item gives a view of its own: Russia (lead), Belarus (host), Ukraine (target)" in text
