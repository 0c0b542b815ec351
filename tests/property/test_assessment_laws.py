"""The laws of an assessment (ARCHITECTURE, rule 10), on made cases."""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.conftest import examples
from tests.made_cases import AS_OF, CONDITIONS, five, host_case, item

from vedette.assessment.dependence import Voice, coefficients
from vedette.domain.claims import ClaimKind, Direction, Strength
from vedette.domain.evidence import Evidence
from vedette.forecasting.assess import Setting, assess, prepare
from vedette.forecasting.draws import logit
from vedette.forecasting.explain import attribute
from vedette.forecasting.parameters import Parameters

SETTING = Setting(framework=five(), parameters=Parameters(draws=64))
GRADES = st.sampled_from([a + b for a in "ABCDEF" for b in "123456"])


@st.composite
def evidence_lists(draw: st.DrawFn, max_size: int = 8) -> list[Evidence]:
    """Accepted items on any channel, graded any way, known between 20 days before and 20 after the cut-off."""
    out = []
    for i in range(draw(st.integers(0, max_size))):
        option, scenario = draw(
            st.sampled_from(
                [("main", "attack"), ("main", "attack_from_host"), ("main", "neither"), ("stay", "lasting_presence")]
            )
        )
        out.append(
            item(
                f"E{i:02d}",
                condition=draw(st.sampled_from([*CONDITIONS, "stakes", "option"])),
                direction=draw(st.sampled_from(list(Direction))),
                strength=draw(st.sampled_from(list(Strength))),
                scenario=scenario,
                option=option,
                origin=f"O{draw(st.integers(0, 3))}",
                grade=draw(GRADES),
                day=AS_OF + dt.timedelta(days=draw(st.integers(-20, 20))),
                kind=draw(st.sampled_from(list(ClaimKind))),
                actor=draw(st.sampled_from([None, "BLR"])) if option == "main" else None,
            )
        )
    return out


def probabilities(evidence: list[Evidence], setting: Setting = SETTING, as_of: dt.date = AS_OF) -> dict[str, float]:
    """Headline of every scenario and atom."""
    engine, _, _ = prepare(host_case(evidence), as_of.isoformat(), setting)
    atoms = engine.evaluate()
    names = [s.id for s in engine.case.scenario_set.scenarios] + [a.id for a in engine.case.scenario_set.atoms]
    return dict(zip(names, [*engine.scenario_draws(atoms).mean(axis=1), *atoms.mean(axis=1)], strict=True))


@pytest.mark.parametrize("mode", ["recommended", "author"])
def test_no_evidence_returns_the_base_rate_exactly(mode: str) -> None:
    result = assess(host_case(), "2022-01-20", replace(SETTING, mode=mode))
    attack = result.scenario("attack")
    assert attack.probability == pytest.approx(0.22, abs=1e-12)
    for s in result.scenarios:
        assert s.probability == s.base_rate["p"]


@given(evidence_lists())
@settings(max_examples=examples(1000), deadline=None)
def test_atoms_sum_to_one_and_stay_in_range(evidence: list[Evidence]) -> None:
    engine, _, _ = prepare(host_case(evidence), "2022-01-20", SETTING)
    atoms = engine.evaluate()
    assert np.all(atoms >= 0) and np.all(atoms <= 1)
    np.testing.assert_allclose(atoms.sum(axis=0), 1.0, atol=1e-12)


@given(evidence_lists())
@settings(max_examples=examples(1000), deadline=None)
def test_nested_scenarios_are_never_likelier(evidence: list[Evidence]) -> None:
    p = probabilities(evidence)
    assert p["attack_from_host"] <= p["attack"]


@given(evidence_lists(), st.integers(0, 60))
@settings(max_examples=examples(1000), deadline=None)
def test_a_longer_horizon_is_never_less_likely(evidence: list[Evidence], days: int) -> None:
    """Same knowledge, later deadline: the chance of an attack by then cannot fall."""
    short = host_case(evidence)
    long = replace(short, scenario_set=replace(short.scenario_set, deadline=short.deadline + dt.timedelta(days=days)))
    structural_only = [
        replace(
            c,
            scenario_set=replace(
                c.scenario_set,
                chances=tuple(replace(ch, base_rates=ch.base_rates[:1]) for ch in c.scenario_set.chances),
            ),
        )
        for c in (short, long)
    ]
    draws = []
    for case in structural_only:
        engine, _, _ = prepare(case, "2022-01-20", SETTING)
        draws.append(engine.scenario_draws(engine.evaluate()).mean(axis=1)[3])
    assert draws[0] <= draws[1] + 1e-12


@given(evidence_lists(), st.randoms(use_true_random=False))
@settings(max_examples=examples(1000), deadline=None)
def test_evidence_order_changes_nothing(evidence: list[Evidence], random: object) -> None:
    shuffled = list(evidence)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    a = assess(host_case(evidence), "2022-01-20", SETTING, with_sensitivity=False)
    b = assess(host_case(shuffled), "2022-01-20", SETTING, with_sensitivity=False)
    assert a.inputs_digest == b.inputs_digest
    assert a.to_dict() == b.to_dict()


@given(evidence_lists(), evidence_lists(max_size=4))
@settings(max_examples=examples(1000), deadline=None)
def test_later_evidence_changes_nothing_earlier(evidence: list[Evidence], later: list[Evidence]) -> None:
    after = [
        replace(
            e,
            id=f"L{e.id}",
            times=replace(e.times, available_at=dt.datetime(2022, 1, 21, tzinfo=dt.UTC), published_at=None),
        )
        for e in later
    ]
    a = assess(host_case(evidence), "2022-01-20", SETTING, with_sensitivity=False)
    b = assess(host_case([*evidence, *after]), "2022-01-20", SETTING, with_sensitivity=False)
    assert a.to_dict() == b.to_dict()


@given(evidence_lists())
@settings(max_examples=examples(1000), deadline=None)
def test_contributions_and_residual_sum_to_the_log_odds(evidence: list[Evidence]) -> None:
    result = assess(host_case(evidence), "2022-01-20", SETTING, with_sensitivity=False)
    for s in result.scenarios:
        total = math.fsum(c.log_odds for c in result.contributions[s.id])
        assert total == pytest.approx(logit(s.probability), abs=1e-9)


@given(evidence_lists())
@settings(max_examples=examples(1000), deadline=None)
def test_the_residual_is_small(evidence: list[Evidence]) -> None:
    engine, _, _ = prepare(host_case(evidence), "2022-01-20", SETTING)
    _, residual = attribute(engine)
    assert np.all(np.abs(residual) <= 0.02)


@given(st.lists(st.tuples(st.floats(0.01, 2.2), st.integers(0, 3), st.integers(0, 3)), max_size=12), st.data())
@settings(max_examples=examples(1000), deadline=None)
def test_one_more_report_never_lowers_a_total(sizes: list[tuple[float, int, int]], data: st.DataObject) -> None:
    voices = [Voice(id=f"v{i:02d}", size=s, copy_of=(o, c), origin=o) for i, (s, o, c) in enumerate(sizes)]
    extra = Voice(
        id="x",
        size=data.draw(st.floats(0, 2.2)),
        copy_of=(data.draw(st.integers(0, 4)), 0),
        origin=data.draw(st.integers(0, 4)),
    )

    def total(vs: list[Voice]) -> float:
        return sum(v.size * c for v, c in zip(vs, coefficients(vs, copy=0.95, origin=0.7, topic=0.2), strict=True))

    assert total([*voices, extra]) >= total(voices) - 1e-9


def test_fifty_copies_move_at_most_a_third_more_than_one() -> None:
    """Issue figure: 50 syndicated copies against 1 report, log-odds at most 1.3 times."""
    one = [item("E00", claim="troops crossed the river", origin="wire")]
    fifty = [item(f"E{i:02d}", claim="Troops crossed the river", origin="wire") for i in range(50)]
    base = logit(0.22)
    moved_by_one = logit(probabilities(one)["attack"]) - base
    moved_by_fifty = logit(probabilities(fifty)["attack"]) - base
    assert 0 < moved_by_one < moved_by_fifty <= 1.3 * moved_by_one


def test_a_copy_adds_less_than_an_independent_report() -> None:
    first = item("E00", claim="troops crossed the river", origin="wire")
    copy = item("E01", claim="troops crossed the river", origin="wire")
    independent = item("E01", claim="troops crossed the river", origin="another wire")
    assert probabilities([first, copy])["attack"] < probabilities([first, independent])["attack"]


@pytest.mark.parametrize("direction", [Direction.RAISES, Direction.LOWERS])
@pytest.mark.parametrize("condition", [*CONDITIONS, "stakes", "option"])
def test_every_channel_moves_the_number_its_own_way(condition: str, direction: Direction) -> None:
    p = probabilities([item("E00", condition=condition, direction=direction, strength=Strength.STRONG)])["attack"]
    assert (p - 0.22) * direction.sign > 0.001


def test_unknown_grades_are_drawn_not_zero() -> None:
    known = probabilities([item("E00", grade="A1")])["attack"]
    unknown = probabilities([item("E00", grade="F6")])["attack"]
    assert 0.22 < unknown < known


def test_opinions_are_not_evidence() -> None:
    assert probabilities([item("E00", kind=ClaimKind.FORECAST)])["attack"] == pytest.approx(0.22)


def test_host_consent_matters_only_as_far_as_the_host_has_a_veto() -> None:
    reluctant = [
        item(
            "E00",
            actor="BLR",
            scenario="attack_from_host",
            condition="local_support",
            direction=Direction.LOWERS,
            strength=Strength.DECISIVE,
        )
    ]
    case = host_case(reluctant)

    def with_veto(v: tuple[float, float, float]) -> float:
        chances = tuple(replace(c, veto=v) if c.veto else c for c in case.scenario_set.chances)
        changed = replace(case, scenario_set=replace(case.scenario_set, chances=chances))
        engine, _, _ = prepare(changed, "2022-01-20", SETTING)
        return float(engine.scenario_draws(engine.evaluate()).mean(axis=1)[0])

    assert with_veto((0.02, 0.01, 0.03)) > with_veto((0.95, 0.9, 0.99))
