"""Laws of the brief: whatever the numbers, its own sentences pass its own linter and print its own JSON."""

from __future__ import annotations

import math
from dataclasses import replace

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.conftest import examples

from made_assessment import made_assessment, made_case
from vedette.domain.forecast import Assessment, Binding, Contribution, ScenarioEstimate
from vedette.reference.estimative import likelihood_word
from vedette.reporting.brief import make_brief
from vedette.reporting.facts import Alternative, brief_facts
from vedette.reporting.figures import print_value, resolve
from vedette.reporting.terminal import render_assessment
from vedette.reporting.verify import read_brief

probabilities = st.floats(0.0, 1.0)
shares = st.floats(-4.0, 4.0).filter(lambda x: abs(x) > 1e-6)


def _logit(p: float) -> float:
    p = min(max(p, 1e-9), 1 - 1e-9)
    return math.log(p / (1 - p))


@st.composite
def assessments(draw: st.DrawFn) -> Assessment:
    """A made assessment with drawn probabilities, intervals, contributions and gains."""
    a = made_assessment()
    scenarios = []
    for s in a.scenarios:
        low, q1, p, q3, high = sorted(draw(probabilities) for _ in range(5))
        scenarios.append(
            ScenarioEstimate(
                id=s.id, label=s.label, atoms=s.atoms, probability=p, interval50=(q1, q3), interval90=(low, high),
                word=likelihood_word(p), base_rate={**s.base_rate, "p": draw(probabilities)},
            )
        )  # fmt: skip
    first = scenarios[0]
    bars = [Contribution(what="Base rate", kind="base_rate", log_odds=draw(shares))]
    bars += [Contribution(what=c, kind="condition", log_odds=draw(shares)) for c in ("low_costs", "local_support")]
    rest = _logit(first.probability) - sum(b.log_odds for b in bars)
    bars.append(Contribution(what="Residual", kind="residual", log_odds=rest))
    gain = draw(st.floats(-0.5, 0.5))
    binding = {first.id: {"low_costs": Binding(gain=gain, probability=draw(probabilities), gradient_share=0.5)}}
    conditions = tuple(
        replace(c, state=draw(st.none() | st.floats(-9, 9)), interval=None, reason="none found")
        for c in a.conditions
    )
    return replace(
        a, scenarios=tuple(scenarios), contributions={first.id: tuple(bars)}, binding=binding, conditions=conditions
    )


few = settings(max_examples=examples(25), suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])


@few
@given(assessments(), assessments(), assessments())
def test_any_numbers_make_a_brief_that_prints_its_json(
    a: Assessment, other: Assessment, before: Assessment
) -> None:
    facts = brief_facts(
        made_case(), a, previous=replace(before, as_of=a.as_of.replace(day=1)),
        alternatives=[Alternative(id="x", label="Another reading", explanation="Why.", assessment=other)],
        request={"case": "made-belarus"},
    )  # fmt: skip
    read = read_brief(make_brief(facts).data)
    assert len(read.printed) > 100
    for p in read.printed:
        assert p.text == print_value(resolve(read.facts, p.path), p.form)


@few
@given(assessments(), st.integers(40, 160), st.booleans())
def test_any_numbers_make_a_screen(a: Assessment, width: int, colour: bool) -> None:
    text = render_assessment(a.to_dict(), width, colour)
    for s in a.scenarios:
        assert s.word in text
    assert "nan" not in text.split()
