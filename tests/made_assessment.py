"""A made-up case and assessment for tests of the brief and the terminal view. Every figure here is invented."""

from __future__ import annotations

import datetime as dt
import hashlib
import math
from typing import Any

from vedette.domain.case import Assumption, Case, CrowdFigure, Option
from vedette.domain.claims import Bound, Citation, ClaimKind, Direction, Grade, Posture, Quantity, Strength
from vedette.domain.documents import Document
from vedette.domain.evidence import Bearing, Evidence
from vedette.domain.forecast import (
    Analogue,
    Assessment,
    AtomEstimate,
    Binding,
    ConditionEstimate,
    Confidence,
    Contribution,
    ScenarioEstimate,
    Sensitivity,
)
from vedette.domain.scenarios import Atom, BaseRate, Basis, Branch, Chance, Leaf, Scenario, ScenarioSet
from vedette.domain.time import Times, instant
from vedette.reference.estimative import likelihood_word

CONDITIONS = (
    "perceived_justification",
    "local_support",
    "absence_of_resistance",
    "technical_feasibility",
    "low_costs",
)

NOTES = {
    "d1": (
        "Note on rail traffic, 18 January 2022",
        "2022-01-18",
        "On 17 January the first Russian units arrived by rail in Belarus for joint drills. "
        "The drills are announced for 10 to 20 February.",
        "Belarus Ministry of Defence",
    ),
    "d2": (
        "Note on an op-ed, 20 January 2022",
        "2022-01-20",
        "The author puts Kyiv at less than 56 miles from the border of Belarus. "
        "He expects new sanctions to weigh on Minsk if it joins an attack.",
        "Foreign Policy",
    ),
    "d3": (
        "Note on a speech, 17 January 2022",
        "2022-01-17",
        "Lukashenko said that more than 30,000 troops stand in Poland and the Baltic states.",
        "BelTA",
    ),
}


def _document(key: str) -> Document:
    title, day, text, publisher = NOTES[key]
    when = instant(day)
    return Document(
        id=key,
        sha256=hashlib.sha256(text.encode()).hexdigest(),
        title=title,
        text=text,
        kind="note",
        citation=Citation(publisher=publisher, title=title, url=f"https://example.org/{key}"),
        times=Times(published_at=when, available_at=when),
    )


def _item(
    name: str,
    document: Document,
    quote: str,
    claim: str,
    bearing: Bearing,
    *,
    kind: ClaimKind = ClaimKind.EVENT,
    grade: str = "B2",
    attribution: str = "",
    quantities: tuple[Quantity, ...] = (),
) -> Evidence:
    return Evidence(
        id=name,
        claim=claim,
        kind=kind,
        attribution=attribution or (document.citation.publisher if document.citation else ""),
        bearings=(bearing,),
        grade=Grade(reliability=grade[0], credibility=grade[1]),
        times=document.times,
        origin=document.id,
        quote=document.find_quote(quote),
        citation=document.citation,
        quantities=quantities,
    )


def made_case(**changes: Any) -> Case:
    """Attack and presence questions on Belarus, four items of evidence."""
    d1, d2, d3 = (_document(k) for k in NOTES)
    chance = Chance(
        id="attack", question="Does Russia attack Ukraine from Belarus?", option="main", base_rates=(BASE,)
    )
    stay = Chance(id="stay", question="Do Russian troops stay?", option="stay", base_rates=(STAY,))
    raises, lowers = Direction.RAISES, Direction.LOWERS
    fields: dict[str, Any] = {
        "id": "made-belarus",
        "title": "Will Russia use Belarus against Ukraine?",
        "question": "By 31 March 2022, will Russian forces attack Ukraine from Belarus?",
        "framework": "five-conditions",
        "options": (
            Option(
                id="main",
                interveners=("RUS",),
                target="UKR",
                host="BLR",
                posture=Posture.HOSTILE,
                means="ground forces",
            ),
            Option(
                id="stay", interveners=("RUS",), target="BLR", host="BLR", posture=Posture.INVITED, means="stationing"
            ),
        ),
        "scenario_set": ScenarioSet(
            atoms=(
                Atom(id="a1", statement="Russian forces attack Ukraine from Belarus", rule="Two agencies report it."),
                Atom(id="a2", statement="No attack from Belarus; troops stay", rule="500 troops 30 days after."),
                Atom(id="a3", statement="No attack from Belarus; troops leave", rule="None of the above."),
            ),
            scenarios=(
                Scenario(id="attack_from_belarus", label="Attack on Ukraine from Belarus", atoms=frozenset({"a1"})),
                Scenario(id="lasting_presence", label="Lasting presence, no attack", atoms=frozenset({"a2"})),
                Scenario(id="neither", label="No attack, troops leave", atoms=frozenset({"a3"})),
            ),
            chances=(chance, stay),
            tree=Branch(
                chance="attack",
                yes=Leaf(atom="a1"),
                no=Branch(chance="stay", yes=Leaf(atom="a2"), no=Leaf(atom="a3")),
            ),
            deadline=dt.date(2022, 3, 31),
            threshold_profile="RAND",
        ),
        "moves": {
            "main": {"attack_from_belarus": {"*": ("attack", 1)}},
            "stay": {"lasting_presence": {"*": ("stay", 1)}},
        },
        "opened": dt.date(2021, 10, 1),
        "as_of": dt.date(2022, 1, 20),
        "documents": (d1, d2, d3),
        "evidence": (
            _item(
                "E1",
                d1,
                "On 17 January the first Russian units arrived by rail in Belarus for joint drills.",
                "Russian units arrived in Belarus by rail on 17 January.",
                Bearing(
                    option="main",
                    scenario="attack_from_belarus",
                    condition="technical_feasibility",
                    direction=raises,
                    strength=Strength.MODERATE,
                ),
            ),
            _item(
                "E2",
                d2,
                "He expects new sanctions to weigh on Minsk if it joins an attack.",
                "The author expects sanctions on Minsk to follow an attack.",
                Bearing(
                    option="main",
                    scenario="attack_from_belarus",
                    condition="low_costs",
                    direction=lowers,
                    strength=Strength.MODERATE,
                    actor="BLR",
                ),
                kind=ClaimKind.JUDGEMENT,
                grade="B3",
            ),
            _item(
                "E3",
                d3,
                "Lukashenko said that more than 30,000 troops stand in Poland and the Baltic states.",
                "Lukashenko counts over 30,000 troops in Poland and the Baltic states.",
                Bearing(
                    option="main",
                    scenario="attack_from_belarus",
                    condition="absence_of_resistance",
                    direction=lowers,
                    strength=Strength.WEAK,
                ),
                kind=ClaimKind.SPEECH,
                grade="C3",
                attribution="Lukashenko",
            ),
            _item(
                "E4",
                d2,
                "The author puts Kyiv at less than 56 miles from the border of Belarus.",
                "Kyiv lies less than 56 miles from the border of Belarus.",
                Bearing(
                    option="stay",
                    scenario="lasting_presence",
                    condition="technical_feasibility",
                    direction=raises,
                    strength=Strength.WEAK,
                ),
                kind=ClaimKind.FACT,
                grade="B2",
                quantities=(
                    Quantity(
                        text="less than 56 miles",
                        value=56,
                        unit="mi",
                        bound=Bound.LESS_THAN,
                        of="distance from the border of Belarus to Kyiv",
                    ),
                ),
            ),
        ),
        "assumptions": (
            Assumption(
                id="veto",
                statement="Minsk can refuse, at a price.",
                source="[assumption]",
                if_false="Access is certain.",
            ),
            Assumption(id="drills", statement="The drills end on the announced date.", if_false=""),
        ),
        "crowd": (
            CrowdFigure(
                date=dt.date(2022, 1, 18),
                source="Metaculus community",
                probability=0.52,
                question="Will Russia invade further Ukrainian territory before 2023?",
            ),
        ),
        "structure_note": "Neighbours, former members of one state.",
        "coding_note": "Coded by one person who knew the outcome.",
    }
    return Case(**{**fields, **changes})


BASE = BaseRate(
    p=0.22,
    low=0.14,
    high=0.32,
    n=55,
    events=12,
    reference_class="crises set off by a non-violent military act",
    basis=Basis.BUILD_UP,
    source="ICB v14, own count",
)
STAY = BaseRate(
    p=0.30,
    low=0.10,
    high=0.60,
    reference_class="stated: no data set counts presence by consent",
    basis=Basis.STATED,
    source="[assumption]",
)


def _logit(p: float) -> float:
    return math.log(p / (1 - p))


def _scenario(
    name: str, label: str, atom: str, p: float, i50: tuple[float, float], i90: tuple[float, float], b: BaseRate
) -> ScenarioEstimate:
    return ScenarioEstimate(
        id=name,
        label=label,
        atoms=(atom,),
        probability=p,
        interval50=i50,
        interval90=i90,
        word=likelihood_word(p),
        base_rate={"p": b.p, "n": b.n, "interval": (b.low, b.high), "class": b.reference_class},
    )


def _contributions(
    p: float, base: float, bars: dict[str, tuple[str, float, tuple[str, ...]]]
) -> tuple[Contribution, ...]:
    """Base rate first, bars, and the residual that makes the sum exact."""
    rows = [Contribution(what="base rate", kind="base_rate", log_odds=_logit(base))]
    rows += [Contribution(what=w, kind=k, log_odds=v, evidence=e) for w, (k, v, e) in bars.items()]
    rows.append(Contribution(what="residual", kind="residual", log_odds=_logit(p) - sum(r.log_odds for r in rows)))
    return tuple(rows)


def made_assessment(**changes: Any) -> Assessment:
    """An assessment of `made_case`; figures invented, sums kept exact."""
    states = {
        ("main", "attack_from_belarus", "RUS"): (0.9, -0.4, 0.1, 1.4, -0.7),
        ("main", "attack_from_belarus", "BLR"): (None, -0.3, 0.0, 0.9, -1.4),
        ("stay", "lasting_presence", "RUS"): (1.0, 0.8, 1.5, 1.6, 0.6),
    }
    support = {"technical_feasibility": ("E1",), "low_costs": ("E2",), "absence_of_resistance": ("E3",)}

    def level(v: float | None) -> str:
        if v is None:
            return "unknown"
        return (
            "strong" if v >= 1.5 else "met" if v >= 0.5 else "mixed" if v > -0.5 else "weak" if v > -1.5 else "absent"
        )

    conditions = tuple(
        ConditionEstimate(
            scenario=scenario,
            option=option,
            actor=actor,
            condition=name,
            state=v,
            interval=None if v is None else (max(-2.0, v - 0.8), min(2.0, v + 0.8)),
            level=level(v),
            evidence=support.get(name, ()) if v is not None else (),
            independent_sources=1 if name in support else 0,
            reason="" if v is not None else "no source speaks of it",
        )
        for (option, scenario, actor), values in states.items()
        for name, v in zip(CONDITIONS, values, strict=True)
    )
    case = made_case()
    fields: dict[str, Any] = {
        "case": case.id,
        "title": case.title,
        "question": case.question,
        "as_of": case.as_of,
        "deadline": case.deadline,
        "mode": "recommended",
        "horizon": {"days": 70},
        "framework": case.framework,
        "method": "five conditions, soft conjunction",
        "version": "0.1.0",
        "inputs_digest": "9f3c41d07a2e" + "0" * 52,
        "atoms": (
            AtomEstimate(
                id="a1",
                statement="Russian forces attack Ukraine from Belarus",
                probability=0.27,
                interval50=(0.2, 0.35),
                interval90=(0.13, 0.48),
            ),
            AtomEstimate(
                id="a2",
                statement="No attack from Belarus; troops stay",
                probability=0.45,
                interval50=(0.36, 0.54),
                interval90=(0.22, 0.68),
            ),
            AtomEstimate(
                id="a3",
                statement="No attack from Belarus; troops leave",
                probability=0.28,
                interval50=(0.2, 0.36),
                interval90=(0.1, 0.5),
            ),
        ),
        "scenarios": (
            _scenario(
                "attack_from_belarus", "Attack on Ukraine from Belarus", "a1", 0.27, (0.2, 0.35), (0.13, 0.48), BASE
            ),
            _scenario(
                "lasting_presence", "Lasting presence, no attack", "a2", 0.45, (0.36, 0.54), (0.22, 0.68), STAY
            ),
            _scenario("neither", "No attack, troops leave", "a3", 0.28, (0.2, 0.36), (0.1, 0.5), STAY),
        ),
        "base_rates": {"attack": BASE, "stay": STAY},
        "conditions": conditions,
        "contributions": {
            "attack_from_belarus": _contributions(
                0.27,
                0.22,
                {
                    "technical_feasibility": ("condition", 0.61, ("E1",)),
                    "low_costs": ("condition", -0.44, ("E2",)),
                    "absence_of_resistance": ("condition", -0.05, ("E3",)),
                    "perceived_justification": ("condition", 0.12, ()),
                },
            ),
            "lasting_presence": _contributions(0.45, 0.30, {"technical_feasibility": ("condition", 0.55, ("E4",))}),
            "neither": _contributions(0.28, 0.30, {}),
        },
        "binding": {
            "attack_from_belarus": {
                "low_costs": Binding(gain=0.11, probability=0.38, gradient_share=0.46),
                "local_support": Binding(gain=0.07, probability=0.34, gradient_share=0.31),
                "absence_of_resistance": Binding(gain=0.04, probability=0.31, gradient_share=0.14),
                "perceived_justification": Binding(gain=0.0, probability=0.27, gradient_share=0.05),
                "technical_feasibility": Binding(gain=0.0, probability=0.27, gradient_share=0.04),
            }
        },
        "sensitivity": (
            Sensitivity(
                what="leave out E1",
                kind="evidence",
                scenario="attack_from_belarus",
                probability=0.18,
                change=-0.09,
                evidence=("E1",),
            ),
            Sensitivity(
                what="leave out E2",
                kind="evidence",
                scenario="attack_from_belarus",
                probability=0.35,
                change=0.08,
                evidence=("E2",),
            ),
            Sensitivity(
                what="Minsk cannot refuse (veto 0)",
                kind="assumption",
                scenario="attack_from_belarus",
                probability=0.31,
                change=0.04,
            ),
        ),
        "analogues": (
            Analogue(
                name="Russia and Ukraine, spring build-up",
                year=2021,
                similarity=0.86,
                outcome="no attack",
                source="own case list",
            ),
            Analogue(
                name="Iraq and Kuwait, border build-up",
                year=1994,
                similarity=0.81,
                outcome=None,
                source="own case list",
            ),
        ),
        "confidence": Confidence(
            level="low", reasons=("Three independent clusters of evidence.", "One coder who knew the outcome.")
        ),
        "evidence": (),
        "excluded": ({"id": "E9", "reason": "known only after the cut-off"},),
        "crowd": (
            {
                "date": "2022-01-18",
                "source": "Metaculus community",
                "question": "Will Russia invade further Ukrainian territory before 2023?",
                "probability": 0.52,
                "verdict": "another question (its window ends on 2022-12-31, ours on 2022-03-31: 275 days later)",
            },
        ),
        "warnings": ("One-sided evidence: no item speaks against the lasting presence.",),
        "draws": 10000,
    }
    return Assessment(**{**fields, **changes})
