"""Made cases for tests: invented states of affairs between real codes, no third-party data."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from vedette.domain.case import Case, Option
from vedette.domain.claims import ClaimKind, Direction, Grade, Posture, Strength
from vedette.domain.evidence import Bearing, Evidence
from vedette.domain.framework import Condition, Framework
from vedette.domain.scenarios import (
    Atom,
    BaseRate,
    Basis,
    Branch,
    Chance,
    Leaf,
    Scenario,
    ScenarioSet,
)
from vedette.domain.time import DateInterval, Times, instant

CONDITIONS = (
    "perceived_justification",
    "local_support",
    "absence_of_resistance",
    "technical_feasibility",
    "low_costs",
)
AS_OF = dt.date(2022, 1, 20)


def five() -> Framework:
    """The five conditions and stakes, with weights that differ by posture."""
    return Framework(
        id="five",
        title="Five conditions",
        source="made for tests",
        conditions=tuple(
            Condition(id=c, number=str(i + 1), label=c.replace("_", " "), definition=c)
            for i, c in enumerate(CONDITIONS)
        ),
        stakes=Condition(id="stakes", number="M", label="stakes", definition="cost of not acting"),
        weights={p: (1.0, 0.3 if p is Posture.HOSTILE else 1.5, 1.0, 1.0, 1.0) for p in Posture},
    )


def rate(p: float, basis: Basis = Basis.STATED, **more: object) -> BaseRate:
    """A stated rate with a wide interval."""
    return BaseRate(
        p=p,
        low=p / 2,
        high=(1 + p) / 2,
        reference_class=f"made class {p}",
        basis=basis,
        source="made",
        **more,  # type: ignore[arg-type]
    )


def host_case(evidence: Iterable[Evidence] = (), **changes: object) -> Case:
    """An attack that may go through a host, and a stay there: the shape of the first bundled case."""
    stay_or_go = Branch(chance="stay", yes=Leaf(atom="a3"), no=Leaf(atom="a4"))
    elsewhere = Branch(
        chance="elsewhere", yes=Branch(chance="stay", yes=Leaf(atom="a2"), no=Leaf(atom="a5")), no=stay_or_go
    )
    tree = Branch(
        chance="attack",
        yes=Branch(chance="access", yes=Branch(chance="route", yes=Leaf(atom="a1"), no=elsewhere), no=elsewhere),
        no=Branch(chance="unplaced", yes=Leaf(atom="other"), no=stay_or_go),
    )
    crisis = BaseRate(
        p=0.22,
        low=0.14,
        high=0.33,
        n=55,
        events=12,
        reference_class="made crisis class",
        basis=Basis.CRISIS,
        source="made",
    )
    structure = BaseRate(
        p=0.05,
        low=0.03,
        high=0.08,
        reference_class="made dyad",
        basis=Basis.STRUCTURE,
        source="made",
        period_days=365.25,
    )
    scenario_set = ScenarioSet(
        atoms=tuple(Atom(id=a, statement=a, rule="made") for a in ("a1", "a2", "a3", "a4", "a5", "other")),
        scenarios=(
            Scenario(id="attack_from_host", label="Attack from the host", atoms=frozenset({"a1"})),
            Scenario(id="lasting_presence", label="Lasting presence", atoms=frozenset({"a2", "a3"})),
            Scenario(id="neither", label="Neither", atoms=frozenset({"a4", "a5"})),
            Scenario(id="attack", label="Any attack", atoms=frozenset({"a1", "a2", "a5"})),
        ),
        chances=(
            Chance(id="attack", question="attack?", option="main", base_rates=(structure, crisis), rate_of="attack"),
            Chance(id="access", question="consent?", option="main", base_rates=(rate(0.4),), veto=(0.3, 0.1, 0.6)),
            Chance(id="route", question="by the host?", option="main", base_rates=(rate(0.5),)),
            Chance(id="elsewhere", question="elsewhere?", option="main", base_rates=(rate(0.8),)),
            Chance(id="stay", question="stay?", option="stay", base_rates=(rate(0.4),)),
            Chance(id="unplaced", question="unplaced?", option="main", base_rates=(rate(0.02),)),
        ),
        tree=tree,
        deadline=dt.date(2022, 3, 31),
        threshold_profile="made",
    )
    fields: dict[str, object] = {
        "id": "made-host",
        "title": "Made case",
        "question": "Will RUS attack UKR from BLR?",
        "framework": "five",
        "options": (
            Option(id="main", interveners=("RUS",), target="UKR", host="BLR", posture=Posture.HOSTILE, means="made"),
            Option(id="stay", interveners=("RUS",), target="BLR", host="BLR", posture=Posture.INVITED, means="made"),
        ),
        "scenario_set": scenario_set,
        "moves": {
            "main": {
                "attack": {"*": ("attack", 1)},
                "attack_from_host": {
                    "*": ("attack", 1),
                    "technical_feasibility": ("route", 1),
                    "option": ("route", 1),
                    "local_support": ("access", 1),
                },
                "neither": {"*": ("attack", -1)},
            },
            "stay": {"lasting_presence": {"*": ("stay", 1)}, "neither": {"*": ("stay", -1)}},
        },
        "opened": dt.date(2022, 1, 1),
        "as_of": AS_OF,
        "evidence": tuple(evidence),
    }
    fields.update(changes)
    return Case(**fields)  # type: ignore[arg-type]


def item(
    id: str,
    *,
    condition: str = "low_costs",
    direction: Direction = Direction.RAISES,
    strength: Strength = Strength.MODERATE,
    scenario: str = "attack",
    option: str = "main",
    origin: str | None = None,
    claim: str | None = None,
    grade: str = "B2",
    day: dt.date = AS_OF,
    kind: ClaimKind = ClaimKind.FACT,
    actor: str | None = None,
    attribution: str = "a made agency",
) -> Evidence:
    """One accepted item."""
    return Evidence(
        id=id,
        claim=claim or f"claim of {id}",
        kind=kind,
        attribution=attribution,
        bearings=(
            Bearing(
                option=option,
                scenario=scenario,
                condition=condition,
                direction=direction,
                strength=strength,
                actor=actor,
            ),
        ),
        grade=Grade(reliability=grade[0], credibility=grade[1]),
        times=Times(occurred_at=DateInterval(start=day, end=day), published_at=instant(day), available_at=instant(day)),
        origin=origin or id,
    )
