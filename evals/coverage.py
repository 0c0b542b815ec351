"""Do the 50 and 90 % intervals hold what they promise? ``python evals/coverage.py``.

Cases are made with random base rates, intervals, forms and evidence. For each, one truth is drawn from the model's own
prior by a separate, scalar program written from the formulas of METHOD 4.3 and 4.4 (not by the engine, with other
random numbers), and the engine's intervals of the scenario's probability are asked whether they hold it. This tests
the engine, its stratified draws and its quantiles. It does not say that the prior is right: only outcomes can.

Exit status 1 when coverage leaves 47 to 53 % or 87 to 93 %.
"""

from __future__ import annotations

import argparse
import datetime as dt
import math
import sys
from dataclasses import dataclass

import numpy as np

from vedette.assessment.channels import ChannelItem
from vedette.domain.case import Case, Option
from vedette.domain.claims import ClaimKind, Direction, Grade, Posture, Strength
from vedette.domain.evidence import Bearing, Evidence
from vedette.domain.framework import Framework
from vedette.domain.scenarios import Atom, BaseRate, Basis, Branch, Chance, Leaf, Scenario, ScenarioSet
from vedette.domain.time import AsOf, DateInterval, Times, instant
from vedette.forecasting.assess import Setting, prepare
from vedette.forecasting.parameters import Parameters
from vedette.reference.frameworks import framework

SEED = 20220224
CASES = 4000
DRAWS = 1500
BANDS = {50: (0.47, 0.53), 90: (0.87, 0.93)}
AS_OF = dt.date(2022, 1, 20)
NODES, MASS = np.polynomial.hermite_e.hermegauss(60)
MASS = MASS / MASS.sum()


def made_case(rng: np.random.Generator) -> Case:
    """Attack, through a host with a veto or not; a random number of random items."""
    conditions = framework("five-conditions").condition_ids
    posture = list(Posture)[int(rng.integers(len(Posture)))]
    basis = [Basis.STATED, Basis.CRISIS][int(rng.integers(2))]
    evidence = []
    for i in range(int(rng.integers(0, 13))):
        day = AS_OF - dt.timedelta(days=int(rng.integers(40)))
        scenario = ["attack", "through"][int(rng.integers(2))]
        evidence.append(
            Evidence(
                id=f"E{i}", claim=f"item {i}", kind=[ClaimKind.FACT, ClaimKind.EVENT][int(rng.integers(2))],
                attribution="made", origin=f"O{int(rng.integers(6))}",
                bearings=(
                    Bearing(
                        option="main", scenario=scenario, condition=str(rng.choice([*conditions, "stakes", "option"])),
                        direction=Direction.RAISES if rng.random() < 0.6 else Direction.LOWERS,
                        strength=list(Strength)[int(rng.integers(4))],
                    ),
                ),
                grade=Grade(reliability="ABCDEF"[int(rng.integers(6))], credibility="123456"[int(rng.integers(6))]),
                times=Times(
                    occurred_at=DateInterval(start=day, end=day), published_at=instant(day), available_at=instant(day)
                ),
            )
        )  # fmt: skip
    veto = float(rng.uniform(0.1, 0.8))
    chances = (
        Chance(id="attack", question="?", option="main", base_rates=(_rate(rng, basis),)),
        Chance(id="access", question="?", option="main", base_rates=(_rate(rng, Basis.STATED),),
               veto=(veto, veto / 2, (1 + veto) / 2)),
        Chance(id="route", question="?", option="main", base_rates=(_rate(rng, Basis.STATED),)),
    )  # fmt: skip
    elsewhere = Leaf(atom="elsewhere")
    tree = Branch(
        chance="attack", no=Leaf(atom="none"),
        yes=Branch(
            chance="access", no=elsewhere, yes=Branch(chance="route", yes=Leaf(atom="host"), no=elsewhere)
        ),
    )  # fmt: skip
    return Case(
        id="made", title="made", question="?", framework="five-conditions",
        options=(
            Option(id="main", interveners=("RUS",), target="UKR", host="BLR", posture=posture, means="made"),
        ),
        scenario_set=ScenarioSet(
            atoms=tuple(Atom(id=a, statement=a, rule="made") for a in ("host", "elsewhere", "none")),
            scenarios=(
                Scenario(id="through", label="through", atoms=frozenset({"host"})),
                Scenario(id="attack", label="attack", atoms=frozenset({"host", "elsewhere"})),
            ),
            chances=chances, tree=tree, deadline=dt.date(2022, 3, 31), threshold_profile="made",
        ),
        moves={
            "main": {
                "attack": {"*": ("attack", 1)},
                "through": {"*": ("attack", 1), "technical_feasibility": ("route", 1), "local_support": ("access", 1)},
            }
        },
        opened=dt.date(2022, 1, 1), as_of=AS_OF, evidence=tuple(evidence),
    )  # fmt: skip


def _rate(rng: np.random.Generator, basis: Basis) -> BaseRate:
    p, width = float(rng.uniform(0.03, 0.7)), float(rng.uniform(0.3, 1.5))
    centre = math.log(p / (1 - p))
    low, high = (1 / (1 + math.exp(-(centre + s * width))) for s in (-1, 1))
    return BaseRate(p=p, low=low, high=high, reference_class="made", basis=basis, source="made")


def _sigmoid(x: float) -> float:
    return 1 / (1 + math.exp(-x)) if x > -700 else 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Truth:
    """One world drawn from the prior: what the scale, the form and the grades really are in it."""

    beta: float
    kappa: float
    conjunctive: bool
    gamma: float
    visible: dict[tuple[str, str], float]
    grades: dict[tuple[str, str], float]


def logistic_normal(rng: np.random.Generator, p: float, low: float, high: float) -> float:
    """Log-odds from a logistic-normal with that 90 % width and mean exactly p; the shift is found by bisection."""
    sd = (math.log(high / (1 - high)) - math.log(low / (1 - low))) / (2 * 1.6448536269514722)
    a, b = -30.0, 30.0
    for _ in range(80):
        middle = (a + b) / 2
        mean = float(MASS @ (1 / (1 + np.exp(-(middle + sd * NODES)))))
        a, b = (middle, b) if mean < p else (a, middle)
    return (a + b) / 2 + sd * float(rng.normal())


def true_probabilities(
    rng: np.random.Generator, case: Case, items: tuple[ChannelItem, ...], read: Framework, p: Parameters
) -> tuple[float, float]:
    """(through, attack) in one world of the prior, by the formulas of METHOD 4.3.3-5 and 4.4, one number at a time."""
    world = Truth(
        beta=p.beta * math.exp(p.beta_log_sd * rng.normal()),
        kappa=p.kappa_median * math.exp(p.kappa_log_sd * rng.normal()),
        conjunctive=bool(rng.random() < p.conjunctive_share),
        gamma=p.gamma * math.exp(p.gamma_log_sd * rng.normal()),
        visible={},
        grades={
            (which, i.evidence): float(rng.beta(2, 2)) for i in items for which in ("reliability", "credibility")
        },
    )
    visible = p.visible_scale * math.exp(p.visible_log_sd * rng.normal())
    found = {c.id: _chance(rng, case, c, items, read, p, world, visible) for c in case.scenario_set.chances}
    through = found["attack"] * found["access"] * found["route"]
    return through, found["attack"]


def _chance(
    rng: np.random.Generator,
    case: Case,
    chance: Chance,
    items: tuple[ChannelItem, ...],
    read: Framework,
    p: Parameters,
    world: Truth,
    visible: float,
) -> float:
    rate = chance.base_rates[0]
    base = logistic_normal(rng, rate.p, rate.low, rate.high)
    weights = np.array(read.weights[case.option(chance.option).posture], dtype=float)
    weights = weights / weights.sum()
    theta = np.array([p.theta_sd * rng.normal() + p.perception_sd * rng.normal() for _ in read.condition_ids])
    delta, direct = np.zeros(len(theta)), 0.0
    for item in items:
        if item.chance != chance.id:
            continue
        rho = 1.0
        for which in ("reliability", "credibility"):
            known = getattr(item, which)
            rho *= world.grades[which, item.evidence] if known is None else known
        size = item.sign * item.coefficient * 2 * math.atanh(math.sqrt(rho) * math.tanh(item.size / 2))
        in_crisis = rate.basis in (Basis.CRISIS, Basis.BUILD_UP)
        if item.channel in read.condition_ids:
            scale = p.condition_scale * (visible if in_crisis and item.channel in p.visible_conditions else 1.0)
            delta[read.condition_ids.index(item.channel)] += size * scale
        elif read.stakes is not None and item.channel == read.stakes.id:
            direct += size * world.gamma
        else:
            direct += size * p.option_scale * (visible if in_crisis else 1.0)

    def conjunction(state: np.ndarray) -> float:
        if not world.conjunctive:
            return float(weights @ state)
        return -math.log(float(weights @ np.exp(-world.kappa * state))) / world.kappa

    eta = base + world.beta * (conjunction(theta + delta) - conjunction(theta)) + direct
    q = (1 - p.leak) * _sigmoid(eta) + p.leak * rate.p
    if chance.veto is None:
        return q
    veto = _sigmoid(logistic_normal(rng, *chance.veto))
    return q + (1 - q) * (1 - veto)


def covered(cases: int = CASES, draws: int = DRAWS, seed: int = SEED) -> dict[str, dict[int, float]]:
    """Share of the true probabilities that lie in the engine's intervals, by scenario and mass."""
    rng = np.random.default_rng(seed)
    read = framework("five-conditions")
    setting = Setting(framework=read, parameters=Parameters(draws=draws))
    hits = {s: dict.fromkeys(BANDS, 0) for s in ("through", "attack")}
    for _ in range(cases):
        case = made_case(rng)
        engine, _, _ = prepare(case, AsOf(date=AS_OF), setting)
        found = engine.scenario_draws(engine.evaluate())
        truth = true_probabilities(rng, case, engine.items, read, setting.parameters)
        for row, (name, true) in enumerate(zip(hits, truth, strict=True)):
            for mass in BANDS:
                low, high = np.quantile(found[row], [0.5 - mass / 200, 0.5 + mass / 200])
                hits[name][mass] += bool(low <= true <= high)
    return {name: {mass: n / cases for mass, n in row.items()} for name, row in hits.items()}


def main() -> int:
    """Print coverage with n and its binomial interval; 1 when a band is left."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--cases", type=int, default=CASES)
    parser.add_argument("--draws", type=int, default=DRAWS)
    args = parser.parse_args()
    missed = []
    for name, row in covered(args.cases, args.draws).items():
        for mass, share in row.items():
            half = 1.96 * math.sqrt(share * (1 - share) / args.cases)
            low, high = BANDS[mass]
            print(
                f"{name:<8} {mass} % interval holds the truth in {100 * share:.1f} % "
                f"({100 * (share - half):.1f} to {100 * (share + half):.1f}, 95 %), n = {args.cases} cases, "
                f"allowed {100 * low:.0f} to {100 * high:.0f}"
            )
            if not low <= share <= high:
                missed.append(f"{name} {mass}")
    print("missed: " + ", ".join(missed) if missed else "all floors met")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
