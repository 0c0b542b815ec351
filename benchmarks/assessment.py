"""What an assessment and its what-ifs cost (B3): ``python benchmarks/assessment.py``.

A seeded case with 500 evidence items is assessed with 10,000 draws: compiled, evaluated and explained (contributions
of every item, binding conditions), warm. Then 30 what-ifs and the ranking of observations by what looking for them is
worth, against the plain loop that evaluates the whole case again for every one of them. Same run, same draws, answers
held equal to 1e-9. Items from 100 to 2,000 show whether cost grows in step with them.

Printed: medians and the spread over repeats, and paired ratios. The warm budget and the growth are held against
processor time: the work is one thread without input or output, so on an idle machine the wall shows the same; the
wall is printed beside it. Exit status 1 when a budget is missed.
"""

from __future__ import annotations

import argparse
import datetime as dt
import os
import statistics
import time
from collections.abc import Callable, Sequence
from typing import Any

os.environ.setdefault("OMP_NUM_THREADS", "1")  # before numpy: one thread, so that processor time is wall time

import numpy as np

from vedette.domain.case import Case, Option
from vedette.domain.claims import ClaimKind, Direction, Grade, Posture, Strength
from vedette.domain.evidence import Bearing, Evidence
from vedette.domain.scenarios import Atom, BaseRate, Basis, Branch, Chance, Leaf, Scenario, ScenarioSet
from vedette.domain.time import AsOf, DateInterval, Times, instant
from vedette.forecasting.assess import Setting, prepare
from vedette.forecasting.engine import Engine, Shift
from vedette.forecasting.explain import binding, chances_of, contributions
from vedette.forecasting.parameters import Parameters
from vedette.forecasting.what_if import CLEAR_OBSERVATION, HIT_RATE, WhatIf, many, worth_of_looking
from vedette.reference.frameworks import framework

SEED = 20220120
DRAWS, ITEMS, WHAT_IFS = 10_000, 500, 30
WARM_SECONDS = 0.150  # budget of issue 4: a warm assessment
MOST_RATIO = 0.2  # what-ifs and ranking against the loop
EQUAL = 1e-9
MOST_GROWTH = 1.2  # cost an item at 2,000 against 500: linear, with room for the clock
AS_OF = dt.date(2022, 1, 20)


def made_case(items: int, seed: int = SEED) -> Case:
    """A case of the shape of the bundled one: an attack that may go through a host, and a stay there."""
    rng = np.random.default_rng(seed)
    conditions = framework("five-conditions").condition_ids
    strengths, kinds = list(Strength), [ClaimKind.FACT, ClaimKind.EVENT, ClaimKind.SPEECH]
    scenarios = [("main", "attack"), ("main", "through_host"), ("stay", "stays")]
    evidence = []
    for i in range(items):
        option, scenario = scenarios[int(rng.integers(3))]
        day = AS_OF - dt.timedelta(days=int(rng.integers(60)))
        condition = str(rng.choice([*conditions, "stakes", "option"]))
        evidence.append(
            Evidence(
                id=f"E{i:04d}", claim=f"Made item {i}", kind=kinds[int(rng.integers(3))], attribution="made",
                bearings=(
                    Bearing(
                        option=option, scenario=scenario, condition=condition,
                        direction=Direction.RAISES if rng.random() < 0.55 else Direction.LOWERS,
                        strength=strengths[int(rng.integers(4))],
                    ),
                ),
                grade=Grade(reliability="ABCDEF"[int(rng.integers(6))], credibility="123456"[int(rng.integers(6))]),
                times=Times(
                    occurred_at=DateInterval(start=day, end=day), published_at=instant(day), available_at=instant(day)
                ),
                origin=f"O{int(rng.integers(max(items // 3, 1)))}",
            )
        )  # fmt: skip
    return Case(
        id="made", title="Made", question="Made?", framework="five-conditions",
        options=(
            Option(id="main", interveners=("RUS",), target="UKR", host="BLR", posture=Posture.HOSTILE, means="made"),
            Option(id="stay", interveners=("RUS",), target="BLR", host="BLR", posture=Posture.INVITED, means="made"),
        ),
        scenario_set=_scenario_set(),
        moves={
            "main": {
                "attack": {"*": ("attack", 1)},
                "through_host": {
                    "*": ("attack", 1), "technical_feasibility": ("route", 1), "local_support": ("access", 1),
                },
            },
            "stay": {"stays": {"*": ("stay", 1)}},
        },
        opened=dt.date(2021, 11, 1), as_of=AS_OF, evidence=tuple(evidence),
    )  # fmt: skip


def _rate(p: float) -> BaseRate:
    return BaseRate(p=p, low=p / 2, high=(1 + p) / 2, reference_class="made", basis=Basis.STATED, source="made")


def _scenario_set() -> ScenarioSet:
    end = Branch(chance="stay", yes=Leaf(atom="a3"), no=Leaf(atom="a4"))
    elsewhere = Branch(
        chance="elsewhere", yes=Branch(chance="stay", yes=Leaf(atom="a2"), no=Leaf(atom="a5")), no=end
    )
    host = Branch(
        chance="access", yes=Branch(chance="route", yes=Leaf(atom="a1"), no=elsewhere), no=elsewhere
    )
    tree = Branch(chance="attack", yes=host, no=Branch(chance="unplaced", yes=Leaf(atom="other"), no=end))
    return ScenarioSet(
        atoms=tuple(Atom(id=a, statement=a, rule="made") for a in ("a1", "a2", "a3", "a4", "a5", "other")),
        scenarios=(
            Scenario(id="through_host", label="Through the host", atoms=frozenset({"a1"})),
            Scenario(id="stays", label="Stays", atoms=frozenset({"a2", "a3"})),
            Scenario(id="leaves", label="Leaves", atoms=frozenset({"a4", "a5"})),
            Scenario(id="attack", label="Attack", atoms=frozenset({"a1", "a2", "a5"})),
        ),
        chances=(
            Chance(id="attack", question="?", option="main", base_rates=(_rate(0.2),), rate_of="attack"),
            Chance(id="access", question="?", option="main", base_rates=(_rate(0.4),), veto=(0.3, 0.1, 0.6)),
            Chance(id="route", question="?", option="main", base_rates=(_rate(0.5),)),
            Chance(id="elsewhere", question="?", option="main", base_rates=(_rate(0.8),)),
            Chance(id="stay", question="?", option="stay", base_rates=(_rate(0.4),)),
            Chance(id="unplaced", question="?", option="main", base_rates=(_rate(0.02),)),
        ),
        tree=tree, deadline=dt.date(2022, 3, 31), threshold_profile="made",
    )  # fmt: skip


def setting(draws: int) -> Setting:
    """The recommended setting with that many draws."""
    return Setting(framework=framework("five-conditions"), parameters=Parameters(draws=draws))


def assessed(case: Case, made: Setting) -> Engine:
    """One assessment: compiled, evaluated, explained."""
    engine, _, below = prepare(case, AsOf(date=AS_OF), made)
    engine.evaluate()
    contributions(engine, below.without_evidence() if below is not None else None)
    binding(engine)
    return engine


def what_ifs(engine: Engine) -> list[list[Shift]]:
    """Thirty single changes: every condition of every moved chance, at several levels."""
    found = [
        [Shift(chance=chance, channel=condition, level=level)]
        for level in (-2.0, 1.0, 2.0, 0.0)
        for chance in ("attack", "route", "stay")
        for condition in engine.conditions
    ]
    return found[:WHAT_IFS]


def fast(engine: Engine) -> tuple[Any, Any]:
    """What-ifs and ranking as the product computes them."""
    ready = WhatIf(engine)
    return many(ready, what_ifs(engine)), [worth_of_looking(ready, s.id) for s in engine.case.scenario_set.scenarios]


def plain(engine: Engine) -> tuple[Any, Any]:
    """The same one by one, evaluating the whole case each time."""
    answers = np.stack([engine.scenario_draws(engine.evaluate(overrides=c)).mean(axis=1) for c in what_ifs(engine)])
    now = engine.scenario_draws(engine.evaluate()).mean(axis=1)
    rankings = [_ranking(engine, s, now) for s in range(len(engine.case.scenario_set.scenarios))]
    return answers, rankings


def _ranking(engine: Engine, s: int, now: Any) -> list[tuple[str, str, float, float]]:
    import math

    scenario = engine.case.scenario_set.scenarios[s].id
    silence = math.log1p(-HIT_RATE) - math.log1p(-HIT_RATE * math.exp(-CLEAR_OBSERVATION))
    found = []
    conditions = [*engine.framework.conditions, *((engine.framework.stakes,) if engine.framework.stakes else ())]
    for condition in conditions:
        for chance, sign in chances_of(engine, scenario, condition.id):
            for indicator in condition.indicators:
                if indicator.lead_time_days is None:
                    continue
                towards = sign * (indicator.direction.sign or 1)
                got = []
                for ratio in (CLEAR_OBSERVATION, silence):
                    shift = engine.shift.copy()
                    j, k = engine.index[chance], engine.channel_index[condition.id]
                    shift[j, k] += towards * ratio * engine.unit(j, k)
                    whole = engine.revised_moves(range(len(engine.chances)))
                    got.append(float(engine.scenario_draws(whole.evaluate(shift))[s].mean()))
                found.append((indicator.id, chance, got[0], got[1]))
    return found


def differences(ours: tuple[Any, Any], loop: tuple[Any, Any]) -> float:
    """The largest difference between the two ways."""
    worst = float(np.abs(ours[0] - loop[0]).max())
    for ranked, rows in zip(ours[1], loop[1], strict=True):
        mine = {(o.indicator, o.chance): (o.if_present, o.if_absent) for o in ranked}
        assert len(mine) == len(rows)
        for indicator, chance, present, absent in rows:
            a, b = mine[indicator, chance]
            worst = max(worst, abs(a - present), abs(b - absent))
    return worst


def timed(action: Callable[[], Any]) -> tuple[float, Any]:
    """Wall seconds and result of one call."""
    start = time.perf_counter()
    result = action()
    return time.perf_counter() - start, result


def spread(values: Sequence[float]) -> str:
    """Median and range, in ms."""
    return f"{statistics.median(values) * 1000:.1f} ({min(values) * 1000:.1f}-{max(values) * 1000:.1f})"


def main() -> int:
    """Measure everything; 1 when a budget is missed."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--draws", type=int, default=DRAWS)
    args = parser.parse_args()
    made = setting(args.draws)
    case = made_case(ITEMS)
    assessed(case, made)  # discarded: draws of named quantities are cached after the first
    missed = []

    warm, busy, engines = [], [], []
    for _ in range(args.repeats):
        start = time.process_time()
        seconds, engine = timed(lambda: assessed(case, made))
        busy.append(time.process_time() - start)
        warm.append(seconds)
        engines.append(engine)
    print(
        f"warm assessment, {ITEMS} items, {args.draws} draws, {args.repeats} repeats: processor {spread(busy)} ms, "
        f"wall {spread(warm)} ms, budget {WARM_SECONDS * 1000:.0f}"
    )
    if statistics.median(busy) > WARM_SECONDS:
        missed.append("warm assessment")

    engine = engines[-1]
    ours, loops, ratios, worst = [], [], [], 0.0
    for _ in range(args.repeats):
        a, fast_answers = timed(lambda: fast(engine))
        b, loop_answers = timed(lambda: plain(engine))
        worst = max(worst, differences(fast_answers, loop_answers))
        ours.append(a)
        loops.append(b)
        ratios.append(a / b)
    looks = sum(len(r) for r in fast_answers[1])
    print(
        f"{WHAT_IFS} what-ifs and {looks} ranked observations: {spread(ours)} ms; plain loop {spread(loops)} ms; "
        f"ratio {statistics.median(ratios):.3f} ({min(ratios):.3f}-{max(ratios):.3f}), budget {MOST_RATIO}; "
        f"largest difference {worst:.1e}, allowed {EQUAL:.0e}"
    )
    if statistics.median(ratios) > MOST_RATIO:
        missed.append("what-ifs")
    if worst > EQUAL:
        missed.append("equality")

    costs: dict[int, list[float]] = {}
    for n in (100, 200, 500, 1000, 2000):
        other = made_case(n)
        assessed(other, made)
        costs[n] = []
        for _ in range(args.repeats):
            start = time.process_time()
            assessed(other, made)
            costs[n].append(time.process_time() - start)
        each = statistics.median(costs[n]) / n * 1e6
        print(f"  {n:>5} items: processor {spread(costs[n])} ms, {each:.0f} us an item")
    growth = (statistics.median(costs[2000]) / 2000) / (statistics.median(costs[500]) / 500)
    print(f"cost an item at 2,000 over that at 500: {growth:.2f}, allowed {MOST_GROWTH} (1 or less is linear)")
    if growth > MOST_GROWTH:
        missed.append("linearity")
    print("missed: " + ", ".join(missed) if missed else "all budgets met")
    return 1 if missed else 0


if __name__ == "__main__":
    raise SystemExit(main())
