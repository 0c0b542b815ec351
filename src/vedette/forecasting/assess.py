"""One assessment: the scenario distribution of a case as of a date, with everything that explains it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from vedette._version import __version__
from vedette.assessment.channels import AUTHOR, BESIDE, RECOMMENDED, ChannelItem, LeftOut, channel_items
from vedette.domain.case import Case
from vedette.domain.evidence import Evidence
from vedette.domain.forecast import (
    Analogue,
    Assessment,
    AtomEstimate,
    ConditionEstimate,
    ScenarioEstimate,
    Sensitivity,
)
from vedette.domain.framework import Framework
from vedette.domain.plain import to_plain
from vedette.domain.scenarios import BaseRate, Basis, Chance, ScenarioSet
from vedette.domain.time import AsOf
from vedette.domain.track_record import TrackRecord
from vedette.errors import AfterCutOff, UnknownName
from vedette.forecasting.analysts import AnalystPool, AnalystRecord, heard
from vedette.forecasting.confidence import confidence
from vedette.forecasting.digest import inputs_digest
from vedette.forecasting.draws import Array
from vedette.forecasting.engine import Engine, over_horizon
from vedette.forecasting.explain import attribute, binding, chances_of, contributions
from vedette.forecasting.judgments import People, people, ratios, state_items
from vedette.forecasting.parameters import Parameters
from vedette.forecasting.standing import evidence_notes, standing_positions
from vedette.forecasting.what_if import WhatIf, premortem, smallest_flip, worth_of_looking
from vedette.reference.estimative import likelihood_word

METHOD = "soft-conjunction/1"
# How many items are left out one at a time for the sensitivity table: those with the largest shares.
DROPPED_ITEMS = 8
# How many indicators are listed for each exclusive scenario, those that would move it most first.
WORTH_LOOKING = 5
RateLookup = Callable[[Chance, AsOf], BaseRate | None]
Watched = Callable[[Case, AsOf, Framework], tuple[tuple[ChannelItem, ...], tuple[LeftOut, ...]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """What an assessment is made with, apart from the case.

    ``structural`` looks up the structural base rate of a chance for the date (None: the case's own). ``names`` gives
    words by which an attribution can name a state. ``record`` is what analysts forecast before: their weights
    and the extremising of their pool are learnt from it for the date (None: they count alike).
    ``analogues`` are past cases already cut at the as-of date. ``watched`` turns the indicators and signals of a case
    already cut at a date into channel items; the author's mode knows none.
    """

    framework: Framework
    mode: str = RECOMMENDED
    parameters: Parameters = field(default_factory=Parameters)
    structural: RateLookup | None = None
    names: Mapping[str, Sequence[str]] = field(default_factory=dict)
    record: AnalystRecord | None = None
    analogues: tuple[Analogue, ...] = ()
    watched: Watched | None = None
    warnings: tuple[str, ...] = ()

    def for_mode(self) -> Setting:
        """The author's rule, unlikely if one condition fails: a conjunction, an observer's view, equal
        weights, no stakes, no host gate, no leak.
        """
        if self.mode == RECOMMENDED:
            return self
        if self.mode != AUTHOR:
            raise UnknownName("mode", self.mode, nearest=(RECOMMENDED, AUTHOR))
        k = len(self.framework.conditions)
        even = dict.fromkeys(self.framework.weights, (1.0,) * k)
        return replace(
            self,
            framework=replace(self.framework, weights=even),
            parameters=replace(
                self.parameters, conjunctive_share=1.0, leak=0.0, perception_sd=0.0, gamma=0.0, host_gate=False
            ),
        )


def prepare(case: Case, as_of: AsOf | str, setting: Setting) -> tuple[Engine, tuple[LeftOut, ...], Engine | None]:
    """Cut the case at the date and compile it. Third: the engine that starts from whole classes, where it differs."""
    cut = AsOf.of(as_of)
    if cut.date > case.deadline:
        raise AfterCutOff(
            f"{cut} is after the deadline {case.deadline}",
            where=case.id,
            fix="Resolve the question instead of assessing it",
        )
    setting = setting.for_mode()
    known = case.known(cut)
    analysts = _analysts(known, cut, setting)
    items, left = _items(known, cut, setting, analysts)
    rates, whole = starting_rates(known, cut, setting)
    engine = Engine(known, cut.date, setting.framework, items, setting.parameters, rates)
    engine.analysts = analysts
    if analysts is not None:
        base = engine.without_evidence().mean(axis=1)
        reference = {a.id: float(base[i]) for i, a in enumerate(known.scenario_set.atoms)}
        engine.people = people(known, known.judgments, reference, analysts.weights, analysts.extremise)
    below = None
    if whole != rates:
        below = Engine(known, cut.date, setting.framework, (), setting.parameters, whole)
    return engine, left, below


def _analysts(known: Case, cut: AsOf, setting: Setting) -> AnalystPool | None:
    """What is known of the analysts by the date; None when nobody judged, or the mode hears nobody."""
    if setting.mode != RECOMMENDED:
        return None
    return heard(setting.record or AnalystRecord(TrackRecord()), cut, known.judgments)


def _items(
    known: Case, cut: AsOf, setting: Setting, analysts: AnalystPool | None
) -> tuple[tuple[ChannelItem, ...], tuple[LeftOut, ...]]:
    """Channel items of evidence and, outside the author's mode, of judged states."""
    weights = analysts.weights if analysts is not None else {}
    judged = setting.mode == RECOMMENDED
    beside: tuple[ChannelItem, ...] = ()
    silent: tuple[LeftOut, ...] = ()
    if judged and setting.watched is not None:
        beside, silent = setting.watched(known, cut, setting.framework)
    items, left = channel_items(
        known,
        cut,
        setting.framework,
        mode=setting.mode,
        weights=setting.parameters.weights,
        names=setting.names,
        ratios=ratios(known.judgments, weights) if judged else None,
        beside=beside,
    )
    if judged and setting.framework.id == known.framework:
        items = (*items, *state_items(known, setting.framework, known.judgments, weights))
    return items, (*left, *silent)


def applicable_rates(chance: Chance, cut: AsOf, setting: Setting) -> tuple[BaseRate, ...]:
    """All classes the case belongs to on that day, most specific first, the structural one looked up for the date."""
    rates = list(chance.applicable(cut.date))
    looked_up = setting.structural(chance, cut) if setting.structural is not None and chance.history else None
    if looked_up is not None:
        rates = [looked_up if r.basis is Basis.STRUCTURE else r for r in rates]
        if looked_up not in rates:
            rates.append(looked_up)
    return tuple(rates)


def starting_rates(known: Case, cut: AsOf, setting: Setting) -> tuple[dict[str, BaseRate], dict[str, BaseRate]]:
    """(the rate each chance starts from, the rate of its whole class), over the days left.

    They differ where the structural model speaks of the pair itself: the class is then the average of all pairs.
    """
    days = float((known.deadline - cut.date).days)
    chosen: dict[str, BaseRate] = {}
    whole: dict[str, BaseRate] = {}
    for chance in known.scenario_set.chances:
        first = applicable_rates(chance, cut, setting)[0]
        chosen[chance.id] = over_horizon(first, days)
        stored = [r for r in chance.applicable(cut.date) if r.basis is first.basis]
        whole[chance.id] = over_horizon((stored or [first])[0], days)
    return chosen, whole


def assess(case: Case, as_of: AsOf | str, setting: Setting, *, with_sensitivity: bool = True) -> Assessment:
    """The assessment of a case at a date. Pure: same inputs, same result, whatever became available later."""
    cut = AsOf.of(as_of)
    engine, left, below = prepare(case, cut, setting)
    resolved = setting.for_mode()
    atoms = engine.evaluate()
    start = engine.without_evidence()
    scenarios = _scenarios(engine, atoms, start)
    drops = _drop_items(engine, cut, resolved, scenarios) if with_sensitivity else ()
    swings = _swings(case, cut, setting, scenarios, any(i.position for i in engine.items)) if with_sensitivity else ()
    spread = _method_spread(case, cut, setting, scenarios) if with_sensitivity and setting.mode == RECOMMENDED else None
    shares, _ = attribute(engine)
    return Assessment(
        case=case.id,
        title=case.title,
        question=case.question,
        as_of=cut.date,
        deadline=case.deadline,
        mode=setting.mode,
        horizon={
            "from": cut.date.isoformat(),
            "to": case.deadline.isoformat(),
            "days": (case.deadline - cut.date).days,
        },
        framework=setting.framework.id,
        method=METHOD,
        version=__version__,
        inputs_digest=inputs_digest(
            scenario_set=engine.case.scenario_set,
            framework=resolved.framework,
            items=engine.items,
            rates=engine.rates,
            people=engine.people,
            analysts=engine.analysts,
            parameters=resolved.parameters,
            as_of=str(cut),
            mode=setting.mode,
            method=METHOD,
        ),
        atoms=_atoms(engine, atoms),
        scenarios=scenarios,
        base_rates=dict(engine.rates),
        reference_classes=_classes(engine, cut, setting),
        conditions=_conditions(engine),
        contributions=contributions(engine, below.without_evidence() if below is not None else None),
        binding=binding(engine),
        sensitivity=(*drops, *swings),
        **_what_matters(engine, with_sensitivity),
        analogues=setting.analogues,
        confidence=confidence(engine.items, scenarios, drops, spread),
        evidence=_evidence(engine, shares),
        excluded=tuple({"evidence": x.evidence, "reason": x.reason} for x in left),
        judgments=_judgments(engine.people, engine.analysts),
        crowd=tuple(to_plain(c) for c in engine.case.crowd),
        warnings=_warnings(engine, case, resolved, left),
        draws=resolved.parameters.draws,
    )


def exclusive_scenarios(scenario_set: ScenarioSet) -> tuple[str, ...]:
    """Named scenarios that do not overlap, taken in the case's order."""
    chosen: list[str] = []
    covered: set[str] = set()
    for s in scenario_set.scenarios:
        if not s.atoms & covered:
            chosen.append(s.id)
            covered |= s.atoms
    return tuple(chosen)


def _classes(engine: Engine, cut: AsOf, setting: Setting) -> dict[str, tuple[BaseRate, ...]]:
    days = float((engine.case.deadline - cut.date).days)
    return {c.id: tuple(over_horizon(r, days) for r in applicable_rates(c, cut, setting)) for c in engine.chances}


def _what_matters(engine: Engine, wanted: bool) -> dict[str, Any]:
    """Smallest flip, premortem of every scenario, and what would be worth looking for."""
    if not wanted:
        return {"flip": None, "premortem": {}, "worth_looking": ()}
    ready = WhatIf(engine)
    rivals = exclusive_scenarios(engine.case.scenario_set)
    flip = smallest_flip(ready, rivals)
    looking = [to_plain(o) for s in rivals for o in worth_of_looking(ready, s)[:WORTH_LOOKING]]
    return {
        "flip": to_plain(flip) if flip is not None else None,
        "premortem": {s: tuple(to_plain(step) for step in premortem(ready, s)) for s in rivals},
        "worth_looking": tuple(looking),
    }


def interval_of(draws: Array, mass: float) -> tuple[float, float]:
    """Central interval that holds ``mass`` of the draws."""
    low, high = np.quantile(draws, [(1 - mass) / 2, (1 + mass) / 2])
    return float(low), float(high)


def _atoms(engine: Engine, atoms: Array) -> tuple[AtomEstimate, ...]:
    return tuple(
        AtomEstimate(
            id=a.id,
            statement=a.statement,
            probability=float(atoms[i].mean()),
            interval50=interval_of(atoms[i], 0.5),
            interval90=interval_of(atoms[i], 0.9),
        )
        for i, a in enumerate(engine.case.scenario_set.atoms)
    )


def _class_of(engine: Engine, scenario: str) -> tuple[str, int | None]:
    """In words, the class a scenario's base rate rests on: its own, or the product of the chances on its way."""
    scenario_set = engine.case.scenario_set
    wanted = scenario_set.scenario(scenario).atoms
    names: list[str] = []
    for path in scenario_set.paths:
        if path.atom in wanted:
            names.extend(n for n, _ in path.answers if n not in names)
    if len(names) == 1:
        rate = engine.rates[names[0]]
        return rate.reference_class, rate.n
    first = engine.rates[scenario_set.paths[0].answers[0][0]]
    return f"{first.reference_class}; then, along the tree: {', '.join(names[1:])}", first.n


def _scenarios(engine: Engine, atoms: Array, start: Array) -> tuple[ScenarioEstimate, ...]:
    now, before = engine.scenario_draws(atoms), engine.scenario_draws(start)
    out = []
    for s, scenario in enumerate(engine.case.scenario_set.scenarios):
        p = float(now[s].mean())
        words, n = _class_of(engine, scenario.id)
        out.append(
            ScenarioEstimate(
                id=scenario.id,
                label=scenario.label,
                atoms=tuple(sorted(scenario.atoms)),
                probability=p,
                interval50=interval_of(now[s], 0.5),
                interval90=interval_of(now[s], 0.9),
                word=likelihood_word(p),
                base_rate={
                    "p": float(before[s].mean()),
                    "n": n,
                    "interval": interval_of(before[s], 0.9),
                    "class": words,
                },
            )
        )
    return tuple(out)


def level_word(state: float) -> str:
    """absent, weak, mixed, met or strong; words change at -1.5, -0.5, 0.5 and 1.5."""
    for bound, word in ((-1.5, "absent"), (-0.5, "weak"), (0.5, "mixed"), (1.5, "met")):
        if state < bound:
            return word
    return "strong"


def _conditions(engine: Engine) -> tuple[ConditionEstimate, ...]:
    out: list[ConditionEstimate] = []
    channels = [c.id for c in engine.framework.conditions]
    if engine.framework.stakes is not None and engine.parameters.gamma:
        channels.append(engine.framework.stakes.id)
    for scenario in engine.case.scenario_set.scenarios:
        for channel in channels:
            for chance, sign in chances_of(engine, scenario.id, channel):
                if sign > 0:
                    out.extend(_condition_views(engine, scenario.id, channel, chance))
    return tuple(out)


def _condition_views(engine: Engine, scenario: str, channel: str, chance: str) -> list[ConditionEstimate]:
    j = engine.index[chance]
    option = engine.case.option(engine.chances[j].option)
    lead = option.interveners[0]
    on = [i for i, item in enumerate(engine.items) if item.chance == chance and item.channel == channel]
    views = sorted({engine.items[i].actor for i in on} | {lead}, key=lambda a: (a != lead, a))
    structural = next((c.structural_note for c in engine.framework.conditions if c.id == channel), "")
    out = []
    for actor in views:
        mine = [i for i in on if engine.items[i].actor == actor]
        state = view_state(engine, j, channel, mine) if mine else None
        centre = float(state.mean()) if state is not None else None
        out.append(
            ConditionEstimate(
                scenario=scenario,
                option=option.id,
                actor=actor,
                condition=channel,
                state=centre,
                interval=interval_of(state, 0.9) if state is not None else None,
                level=level_word(centre) if centre is not None else "unknown",
                evidence=tuple(engine.items[i].evidence for i in mine),
                independent_sources=len({engine.items[i].origin for i in mine}),
                reason=structural if mine else f"No accepted evidence by this date. {structural}".strip(),
            )
        )
    return out


def view_state(engine: Engine, chance: int, channel: str, mine: Sequence[int]) -> Array:
    """State of a channel of one chance, (D,), on the -2..+2 scale, moved by the items at these positions alone."""
    k = engine.channel_index[channel]
    moved: Array = np.sum([engine.item_shift(i) for i in mine], axis=0)
    if k < len(engine.conditions):
        state: Array = engine.theta[chance, k] + moved
        return state
    # Stakes enter the log-odds with weight gamma; on the states' scale they are read with the conditions' c_k.
    on_scale: Array = moved / engine.units[chance, k] * engine.parameters.condition_scale
    return on_scale


def _drop_items(
    engine: Engine, cut: AsOf, setting: Setting, scenarios: Sequence[ScenarioEstimate]
) -> tuple[Sensitivity, ...]:
    if not engine.items:
        return ()
    shares, _ = attribute(engine)
    by_item: dict[str, float] = {}
    for i, item in enumerate(engine.items):
        if item.evidence.startswith(BESIDE):
            continue
        by_item[item.evidence] = max(by_item.get(item.evidence, 0.0), float(np.abs(shares[:, i]).max()))
    top = sorted(by_item, key=lambda e: (-by_item[e], e))[:DROPPED_ITEMS]
    out: list[Sensitivity] = []
    for evidence in top:
        # Reviews first: a correction that is left out must not bring back the record it corrected.
        standing = tuple(e for e in engine.case.standing() if e.id != evidence)
        fewer = replace(engine.case, evidence=standing, reviews=())
        items, _ = _items(fewer, cut, setting, engine.analysts)
        p = engine.scenario_draws(engine.revised(items=items).evaluate()).mean(axis=1)
        out.extend(
            Sensitivity(
                what=f"Leave out {evidence}",
                kind="item",
                scenario=s.id,
                probability=float(p[i]),
                change=float(p[i]) - s.probability,
                evidence=(evidence,),
            )
            for i, s in enumerate(scenarios)
        )
    return tuple(out)


def swings(parameters: Parameters) -> tuple[tuple[str, Parameters], ...]:
    """The stated assumptions, each set to the ends of its range: what the sensitivity table sweeps."""
    p = parameters
    return (
        ("Evidence counts half as much", p.scaled(0.5)),
        ("Evidence counts twice as much", p.scaled(2.0)),
        ("Conditions add up (no conjunction)", replace(p, conjunctive_share=0.0)),
        ("Conditions are all needed (conjunction)", replace(p, conjunctive_share=1.0)),
        ("The weakest condition rules (kappa 3)", replace(p, conjunctive_share=1.0, kappa_median=3.0)),
        ("Visible forces and threats count in full", replace(p, visible_scale=1.0)),
        ("Reports on one topic are nearly independent", replace(p, weights=replace(p.weights, topic=0.05))),
        ("Reports on one topic mostly repeat each other", replace(p, weights=replace(p.weights, topic=0.5))),
        ("The host cannot refuse", replace(p, host_gate=False)),
    )


def _swings(
    case: Case, cut: AsOf, setting: Setting, scenarios: Sequence[ScenarioEstimate], repeated: bool
) -> tuple[Sensitivity, ...]:
    """Every stated assumption at the ends of its range. ``repeated``: whether a standing position is."""
    out: list[Sensitivity] = []
    gated = any(c.veto is not None for c in case.scenario_set.chances)
    runs: list[tuple[str, Setting]] = [
        (what, replace(setting, parameters=p)) for what, p in swings(setting.parameters) if gated or p.host_gate
    ]
    if repeated:
        p = setting.parameters
        each = replace(p, weights=replace(p.weights, positions=False))
        runs.append(("Each repetition of a standing position counts", replace(setting, parameters=each)))
    if setting.mode == RECOMMENDED and setting.names:
        runs.append(("The intervener's denials are believed like anyone's", replace(setting, names={"": ()})))
    for what, varied in runs:
        engine, _, _ = prepare(case, cut, varied)
        p = engine.scenario_draws(engine.evaluate()).mean(axis=1)
        out.extend(
            Sensitivity(
                what=what, kind="assumption", scenario=s.id, probability=float(p[i]), change=float(p[i]) - s.probability
            )
            for i, s in enumerate(scenarios)
        )
    return tuple(out)


def _method_spread(case: Case, cut: AsOf, setting: Setting, scenarios: Sequence[ScenarioEstimate]) -> float:
    engine, _, _ = prepare(case, cut, replace(setting, mode=AUTHOR))
    p = engine.scenario_draws(engine.evaluate()).mean(axis=1)
    return max(abs(float(p[i]) - s.probability) for i, s in enumerate(scenarios))


def _evidence(engine: Engine, shares: Array) -> tuple[Mapping[str, Any], ...]:
    by_id: dict[str, Evidence] = {e.id: e for e in engine.case.accepted()}
    names = [s.id for s in engine.case.scenario_set.scenarios]
    said = standing_positions(engine.items, by_id)
    rows: dict[str, dict[str, Any]] = {}
    for i, item in enumerate(engine.items):
        if item.evidence.startswith(BESIDE):
            continue
        record = by_id[item.evidence]
        row = rows.setdefault(
            item.evidence,
            {
                "id": record.id,
                "claim": record.claim,
                "marking": record.mark.value,
                "quote": record.quote.text if record.quote else None,
                "document": record.quote.document.id if record.quote else None,
                "unverified_quote": record.unverified_quote,
                "kind": record.kind.value,
                "attribution": record.attribution,
                "citation": to_plain(record.citation),
                "grade": str(record.grade),
                "origin": record.origin,
                "occurred": record.times.occurred_at.iso if record.times.occurred_at else None,
                "available": record.times.available_at.date().isoformat(),
                "channels": [],
                "log_odds": dict.fromkeys(names, 0.0),
                **({"position": said[item.position]} if item.position else {}),
            },
        )
        bearing = next(b for b in record.bearings if b.option == engine.case.scenario_set.chance(item.chance).option)
        row["channels"].append(
            {
                "option": bearing.option,
                "scenario": bearing.scenario,
                "condition": bearing.condition,
                "direction": bearing.direction.value,
                "strength": item.strength,
                "actor": item.actor,
                "chance": item.chance,
                "decay": item.decay,
                "independent_share": item.coefficient,
            }
        )
        for s, name in enumerate(names):
            row["log_odds"][name] += float(shares[s, i])
    return tuple(rows.values())


def _judgments(found: People | None, analysts: AnalystPool | None) -> Mapping[str, Any] | None:
    """People and their pool, with what their record says of them; None when nobody judged."""
    if analysts is None:
        return None
    nobody: dict[str, Any] = {"persons": [], "atoms": {}, "spread": {}, "model_share": None, "extremise": 1.0}
    return {**(to_plain(found) if found is not None else nobody), "record": to_plain(analysts)}


def _warnings(engine: Engine, case: Case, setting: Setting, left: Sequence[LeftOut]) -> tuple[str, ...]:
    out = list(setting.warnings)
    if engine.as_of < case.opened:
        out.append(
            f"{engine.as_of} precedes the case's window, which opened on {case.opened}: the question did not stand "
            f"yet. What is shown is where history starts, over {(case.deadline - engine.as_of).days} days."
        )
    for option in case.options:
        if option.is_coalition:
            name = option.organisation or "the coalition"
            out.append(
                f"History knows only pairs of states: the base rate of {name} is that of its lead state "
                f"{option.interveners[0]} against {option.target}."
            )
    for scenario in engine.case.scenario_set.scenarios:
        signs: dict[str, int] = {}
        for item in engine.items:
            if item.evidence.startswith(BESIDE):
                continue
            record = next(e for e in engine.case.evidence if e.id == item.evidence)
            if any(b.scenario == scenario.id for b in record.bearings):
                signs[item.evidence] = item.sign
        up, down = sum(v > 0 for v in signs.values()), sum(v < 0 for v in signs.values())
        if up + down >= 5 and min(up, down) <= 0.1 * (up + down):
            out.append(
                f"One-sided evidence on {scenario.id}: {up} items raise it, {down} lower it. "
                f"Look for what would disconfirm it."
            )
    stated = [c.id for c in engine.chances if engine.rates[c.id].basis is Basis.STATED]
    if stated:
        out.append(f"No data set gives a rate for: {', '.join(stated)}. These start from stated assumptions.")
    denials = sum(1 for x in left if "cheap talk" in x.reason)
    if denials:
        out.append(f"{denials} denials or reassurances by the intervener or its host count as cheap talk (no weight).")
    out.extend(evidence_notes(engine.items, {e.id: e for e in engine.case.evidence}))
    if engine.analysts is not None and engine.analysts.fault:
        out.append(f"{engine.analysts.fault}: what analysts forecast before is not used, and they count alike.")
    for n, what in (
        (sum(1 for j in engine.case.judgments if j.retrospective), "judgments"),
        (sum(1 for c in engine.case.checks if c.retrospective), "looks for indicators"),
    ):
        if n:
            out.append(f"{n} {what} were recorded after the day they speak for: hindsight cannot be ruled out.")
    if case.coding_note:
        out.append(case.coding_note)
    return tuple(out)
