"""What-ifs by the dozen, and what follows from them: flips, premortems, the worth of an observation.

Scenarios are multilinear in the chances, so a change that touches one chance needs only that chance anew:
``P_s = a_s + b_s q`` per draw, with ``a`` and ``b`` taken once from the assessment as it stands. Equal to evaluating
the whole case again, to rounding (tests/unit/forecasting/test_what_if.py), and many times faster (benchmarks).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from vedette.domain.framework import Indicator
from vedette.forecasting.draws import Array
from vedette.forecasting.engine import Engine, Shift
from vedette.forecasting.explain import MET, chances_of

# How often an indicator would be seen if the chance came true; with its likelihood ratio it fixes the other rates.
# [assumption], the middle of nothing-known.
HIT_RATE = 0.5
# Log likelihood ratio of a clear observation graded B2: a strong item (1.4) after shrinkage by 0.85. METHOD 4.3.5.
CLEAR_OBSERVATION = 1.1
# A premortem stops when the scenario is as likely as not, or when nothing is left to raise.
EVEN = 0.5


class WhatIf:
    """The assessment as it stands, ready to answer changes. Build once, ask often."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.eta: Array = engine.all_log_odds(engine.shift)
        self.chances: Array = engine.probabilities(self.eta)
        self.scenarios: Array = engine.scenario_draws(engine.evaluate())
        self.mean: Array = self.scenarios.mean(axis=1)
        self._lines: dict[int, tuple[Array, Array]] = {}

    def _line(self, chance: int) -> tuple[Array, Array]:
        if chance not in self._lines:
            slope = self.engine.members @ self.engine.atom_slopes(self.chances, [chance])[0]
            draws = self.chances.shape[1]
            self._lines[chance] = (self.mean - (slope @ self.chances[chance]) / draws, slope / draws)
        return self._lines[chance]

    def means(self, changes: Sequence[Shift]) -> Array:
        """Scenario probabilities (S,) with some conditions set."""
        touched = {self.engine.index[c.chance] for c in changes}
        if len(touched) != 1 or self.engine.people is not None:
            out: Array = self.engine.scenario_draws(self.engine.evaluate(overrides=changes)).mean(axis=1)
            return out
        chance = touched.pop()
        eta = self.engine.log_odds(chance, self.engine.shift[chance], changes)
        return self._with(chance, eta)

    def _with(self, chance: int, eta: Array) -> Array:
        intercept, slope = self._line(chance)
        out: Array = intercept + slope @ self.engine.chance_draws(chance, eta)
        return out

    def observed(self, chance: str, channel: str, log_ratio: float) -> Array:
        """Scenario probabilities (S,) after one more independent item of that log likelihood ratio on a channel."""
        j, k = self.engine.index[chance], self.engine.channel_index[channel]
        shift = self.engine.shift[j].copy()
        shift[k] = shift[k] + log_ratio * self.engine.unit(j, k)
        if self.engine.people is not None:
            everything = self.engine.shift.copy()
            everything[j] = shift
            moved = sorted({*self.engine.moved, j})
            atoms = self.engine.revised_moves(moved).evaluate(everything)
            out: Array = self.engine.scenario_draws(atoms).mean(axis=1)
            return out
        return self._with(j, self.engine.log_odds(j, shift))


@dataclass(frozen=True, slots=True, kw_only=True)
class Flip:
    """The smallest single change of a condition that puts another scenario first."""

    scenario: str
    over: str
    chance: str
    condition: str
    level: float
    moved_by: float


def smallest_flip(ready: WhatIf, rivals: Sequence[str]) -> Flip | None:
    """Among exclusive ``rivals``, the least move of one condition (on the -2..+2 scale) that changes which is first.

    None when no single condition does it. Found on a grid of quarter steps, then by bisection.
    """
    engine = ready.engine
    names = [s.id for s in engine.case.scenario_set.scenarios]
    rows = [names.index(r) for r in rivals]
    first = max(rows, key=lambda i: (ready.mean[i], -i))
    best: Flip | None = None
    for chance in engine.chances:
        j = engine.index[chance.id]
        for condition in engine.conditions:
            current = float(engine.states(j, engine.shift[j])[engine.channel_index[condition]].mean())
            for level in _outwards(current):
                p = ready.means([Shift(chance=chance.id, channel=condition, level=level)])
                leader = max(rows, key=lambda i: (p[i], -i))
                distance = abs(level - current)
                if best is not None and distance >= best.moved_by:
                    break
                if leader != first:
                    nearest = _bisect(ready, chance.id, condition, current, level, rows, first)
                    best = Flip(
                        scenario=names[leader],
                        over=names[first],
                        chance=chance.id,
                        condition=condition,
                        level=nearest,
                        moved_by=abs(nearest - current),
                    )
                    break
    return best


def _outwards(centre: float) -> list[float]:
    """Levels within -2..+2 in quarter steps, nearest to ``centre`` first."""
    return sorted((x / 4 for x in range(-8, 9)), key=lambda x: (abs(x - centre), x))


def _bisect(
    ready: WhatIf, chance: str, condition: str, inside: float, outside: float, rows: Sequence[int], first: int
) -> float:
    """Level nearest to ``inside`` at which another row leads; ``inside`` itself may be an average over draws."""
    for _ in range(12):
        middle = (inside + outside) / 2
        p = ready.means([Shift(chance=chance, channel=condition, level=middle)])
        if max(rows, key=lambda i: (p[i], -i)) == first:
            inside = middle
        else:
            outside = middle
    return outside


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One step of a premortem: a condition raised, and the probability after it."""

    chance: str
    condition: str
    probability: float


def premortem(ready: WhatIf, scenario: str) -> tuple[Step, ...]:
    """Suppose it happened: the shortest greedy path there, raising one condition at a time to "met"."""
    engine = ready.engine
    s = [x.id for x in engine.case.scenario_set.scenarios].index(scenario)
    open_steps = [
        (chance, condition)
        for condition in engine.conditions
        for chance, sign in chances_of(engine, scenario, condition)
        if sign > 0
    ]
    taken: list[Shift] = []
    path: list[Step] = []
    p = float(ready.mean[s])
    while p < EVEN and open_steps:
        gains = {
            step: float(ready.means([*taken, Shift(chance=step[0], channel=step[1], level=MET, at_least=True)])[s])
            for step in open_steps
        }
        step = max(sorted(gains), key=lambda k: gains[k])
        if gains[step] <= p + 1e-6:
            break
        p = gains[step]
        taken.append(Shift(chance=step[0], channel=step[1], level=MET, at_least=True))
        open_steps.remove(step)
        path.append(Step(chance=step[0], condition=step[1], probability=p))
    return tuple(path)


@dataclass(frozen=True, slots=True, kw_only=True)
class Observation:
    """What looking for an indicator is worth for a scenario.

    ``if_present``/``if_absent``: probabilities after seeing it, or after a good look that did not. ``chance_seen``
    follows from the two: the present probability is their average. ``expected_move``: mean absolute change.
    """

    scenario: str
    condition: str
    chance: str
    indicator: str
    observable: str
    collection: str
    lead_time_days: int | None
    log_ratio: float
    if_present: float
    if_absent: float
    chance_seen: float
    expected_move: float


def worth_of_looking(ready: WhatIf, scenario: str) -> tuple[Observation, ...]:
    """The framework's watchable indicators (those with a lead time) ranked by how far looking for each would move
    the scenario, on average.

    Presence multiplies the odds by e^lambda through the indicator's channel; absence, after a good look, by
    ``(1 - h) / (1 - h e^-lambda)`` (METHOD 4.3.8 with hit rate h).
    """
    engine = ready.engine
    s = [x.id for x in engine.case.scenario_set.scenarios].index(scenario)
    now = float(ready.mean[s])
    found: list[Observation] = []
    conditions = [*engine.framework.conditions, *((engine.framework.stakes,) if engine.framework.stakes else ())]
    for condition in conditions:
        for chance, sign in chances_of(engine, scenario, condition.id):
            for indicator in condition.indicators:
                if indicator.lead_time_days is None:
                    # A standing property of the dyad (a treaty, a ratio) is known or not; there is nothing to watch.
                    continue
                found.append(_observation(ready, s, now, scenario, condition.id, chance, sign, indicator))
    return tuple(sorted(found, key=lambda o: (-o.expected_move, o.indicator)))


def _observation(
    ready: WhatIf, s: int, now: float, scenario: str, condition: str, chance: str, sign: int, indicator: Indicator
) -> Observation:
    towards = sign * (indicator.direction.sign or 1)
    present = float(ready.observed(chance, condition, towards * CLEAR_OBSERVATION)[s])
    silence = math.log1p(-HIT_RATE) - math.log1p(-HIT_RATE * math.exp(-CLEAR_OBSERVATION))
    absent = float(ready.observed(chance, condition, towards * silence)[s])
    spread = present - absent
    seen = min(max((now - absent) / spread, 0.0), 1.0) if abs(spread) > 1e-12 else 0.0
    return Observation(
        scenario=scenario,
        condition=condition,
        chance=chance,
        indicator=indicator.id,
        observable=indicator.observable,
        collection=indicator.collection,
        lead_time_days=indicator.lead_time_days,
        log_ratio=towards * CLEAR_OBSERVATION,
        if_present=present,
        if_absent=absent,
        chance_seen=seen,
        expected_move=seen * abs(present - now) + (1 - seen) * abs(absent - now),
    )


def many(ready: WhatIf, changes: Sequence[Sequence[Shift]]) -> Array:
    """Scenario probabilities for each of several what-ifs, (W, S)."""
    return np.stack([ready.means(c) for c in changes]) if changes else np.empty((0, len(ready.mean)))
