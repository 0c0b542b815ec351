"""Laws of what is watched: later changes nothing earlier, order nothing at all, bars sum, nothing counts twice."""

from __future__ import annotations

import datetime as dt
import math
import random
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.conftest import examples
from tests.made_cases import five, host_case, item

import strategies as nouns
from vedette.domain.case import Case
from vedette.domain.indicators import Check, Collection, IndicatorState, WatchedIndicator
from vedette.domain.time import AsOf, instant
from vedette.forecasting.assess import Setting, assess
from vedette.forecasting.parameters import Parameters
from vedette.warning.changes import run_lengths
from vedette.warning.indicators import statuses, watched_items
from vedette.warning.tempo import surprise

DAY = dt.date(2022, 1, 20)
CUT = AsOf(date=DAY)
SETTING = Setting(framework=five(), parameters=Parameters(draws=200), watched=watched_items)
TARGETS = (("main", "attack"), ("main", "attack_from_host"), ("stay", "lasting_presence"))
spans = st.integers(-20, 30).map(lambda k: DAY + dt.timedelta(days=k))


@st.composite
def watching(draw: st.DrawFn) -> Case:
    """A case with evidence, indicators, looks and readings around the day."""
    n = draw(st.integers(0, 3))
    indicators = []
    for k in range(n):
        option, scenario = draw(st.sampled_from(TARGETS))
        made = draw(nouns.watched_indicators(st.just(f"i{k}"), st.just(option), st.just(scenario)))
        indicators.append(replace(made, added=instant(draw(spans)), condition=draw(st.sampled_from(
            ("option", "low_costs", "stakes")))))  # fmt: skip
    checks = [
        Check(
            indicator=f"i{draw(st.integers(0, n - 1))}", state=draw(st.sampled_from(IndicatorState)),
            at=instant(draw(spans)), author="a", why="w", collection=draw(st.sampled_from(Collection)),
            evidence=draw(st.sampled_from([(), ("E0",), ("E9",)])),
        )
        for _ in range(draw(st.integers(0, 5)) if n else 0)
    ]  # fmt: skip
    signals = []
    for k in range(draw(st.integers(0, 4))):
        option, scenario = draw(st.sampled_from(TARGETS))
        made_signal = draw(nouns.signal_readings(st.just(f"s{k}"), st.just(option), st.just(scenario)))
        signals.append(replace(made_signal, at=instant(draw(spans))))
    evidence = [item(f"E{k}", day=draw(spans)) for k in range(draw(st.integers(0, 3)))]
    return host_case(evidence, indicators=tuple(indicators), checks=tuple(checks), signals=tuple(signals))


@settings(max_examples=examples(40))
@given(case=watching())
def test_what_becomes_known_later_changes_nothing(case: Case) -> None:
    known = case.known(CUT)
    assert statuses(case, CUT) == statuses(known, CUT)
    whole, cut = (assess(c, CUT, SETTING, with_sensitivity=False).to_dict() for c in (case, known))
    assert whole == cut


@settings(max_examples=examples(40))
@given(case=watching(), seed=st.integers(0, 999))
def test_the_order_of_records_changes_nothing(case: Case, seed: int) -> None:
    shuffled: dict[str, Any] = {}
    for name in ("indicators", "signals", "evidence"):
        rows = list(getattr(case, name))
        random.Random(seed).shuffle(rows)
        shuffled[name] = tuple(rows)
    other = replace(case, **shuffled)
    assert {s.indicator.id: s for s in statuses(case, CUT)} == {s.indicator.id: s for s in statuses(other, CUT)}
    one, two = (assess(c, CUT, SETTING, with_sensitivity=False) for c in (case, other))
    assert one.inputs_digest == two.inputs_digest
    for a, b in zip(one.scenarios, two.scenarios, strict=True):
        assert a.probability == pytest.approx(b.probability, abs=1e-12)


@settings(max_examples=examples(40))
@given(case=watching())
def test_bars_sum_and_each_thing_watched_has_one_bar(case: Case) -> None:
    result = assess(case, CUT, SETTING, with_sensitivity=False)
    assert sum(a.probability for a in result.atoms) == pytest.approx(1.0)
    for scenario in result.scenarios:
        bars = result.contributions[scenario.id]
        p = min(max(scenario.probability, 1e-12), 1 - 1e-12)
        assert sum(b.log_odds for b in bars) == pytest.approx(math.log(p / (1 - p)), abs=1e-8)
        named = [e for b in bars for e in b.evidence]
        assert len(named) == len(set(named))
        assert {b.kind for b in bars if any(e.startswith("signal:") for e in b.evidence)} <= {"signal"}
        assert {b.kind for b in bars if any(e.startswith("indicator:") for e in b.evidence)} <= {"indicator"}


@settings(max_examples=examples(60))
@given(case=watching())
def test_an_item_names_one_state_and_says_nothing_twice(case: Case) -> None:
    accepted = {e.id for e in case.known(CUT).accepted()}
    items, _ = watched_items(case.known(CUT), CUT, five())
    counted = {i.evidence.removeprefix("indicator:") for i in items if i.evidence.startswith("indicator:")}
    for s in statuses(case, CUT):
        if s.indicator.id in counted:
            assert s.state in (IndicatorState.PRESENT, IndicatorState.ABSENT)
            assert not set(s.evidence) & accepted and not s.evidence
            assert s.state is IndicatorState.PRESENT or s.collection is Collection.GOOD
    assert len({i.evidence for i in items}) == len(items)
    read = {s.id: s for s in case.signals}
    own = [i for i in items if i.evidence.startswith("signal:")]
    kinds = [(read[i.evidence.removeprefix("signal:")].option, i.strength) for i in own]
    assert len(kinds) == len(set(kinds)), "one reading of each kind for an option"


@given(
    past=st.lists(st.integers(0, 30), min_size=8, max_size=60), observed=st.integers(0, 60),
    factor=st.floats(0.1, 10, allow_nan=False),
)  # fmt: skip
def test_a_surprise_depends_on_rates_not_on_units(past: list[int], observed: int, factor: float) -> None:
    volumes = [100.0 + (k % 7) for k in range(len(past))]
    one = surprise(past, volumes, observed, 100.0)
    scaled = surprise(past, [v * factor for v in volumes], observed, 100.0 * factor)
    assert one.z is not None and scaled.z == pytest.approx(one.z, abs=1e-6)
    more = surprise(past, volumes, observed + 1, 100.0)
    assert more.z is not None and more.z >= one.z


@given(
    counts=st.lists(st.integers(0, 40), min_size=2, max_size=30), later=st.lists(st.integers(0, 40), max_size=5)
)
def test_run_lengths_are_probabilities(counts: list[int], later: list[int]) -> None:
    shares = run_lengths([*counts, *later], [10.0] * (len(counts) + len(later)))
    for at, row in enumerate(shares):
        assert row.size == at + 1 and np.all(row >= 0) and row.sum() == pytest.approx(1.0)


@given(indicator=nouns.watched_indicators(), first=nouns.days, second=nouns.days)
def test_silence_never_speaks_less_as_time_passes(indicator: WatchedIndicator, first: dt.date, second: dt.date) -> None:
    early, late = sorted((first, second))
    one, other = (indicator.log_ratio(present=False, day=d) for d in (early, late))
    came = indicator.log_ratio(present=True, day=late)
    assert abs(other) >= abs(one) - 1e-12
    assert one * came <= 1e-12, "silence and the thing itself never point the same way"

