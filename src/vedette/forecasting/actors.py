"""What an option holds for each actor: risk and benefit as perceived and as observed, and the host's say.

States are those of the conditions that speak of risk (costs to their bearer, resistance) and of benefit (stakes,
justification), each on the -2..+2 scale. "Perceived" draws the gap between the intervener's view and an observer's
(METHOD 4.3.2), "observed" leaves it out: the evidence is the same, so the difference is what not seeing through the
intervener's eyes adds to the width.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from vedette.assessment.channels import BESIDE, ChannelItem
from vedette.domain.case import Option
from vedette.domain.evidence import Evidence
from vedette.domain.forecast import Interval
from vedette.forecasting.assess import interval_of, level_word, view_state
from vedette.forecasting.draws import Array, sigmoid
from vedette.forecasting.engine import Engine
from vedette.forecasting.explain import attribute

RISK: Final = ("low_costs", "absence_of_resistance", "force_succeeds")
"""Conditions that say how little an option would risk, of every framework that is shipped: high is little risk."""
BENEFIT: Final = ("stakes", "perceived_justification", "acute_threat")
"""Conditions that say what an option would be for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """A state with its 90 % interval and its word."""

    state: float
    interval90: Interval
    level: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Behind:
    """An item behind a state. ``sign``: whether it raises the state. ``log_odds``: its share of ``scenario``."""

    evidence: str
    claim: str
    sign: int
    by: tuple[str, ...]
    scenario: str
    log_odds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ActorState:
    """One condition of one actor: unknown (None, with the reason) is never 0.

    ``chance``: the question of the tree that it moves. ``by``: for each other state that an item names, the items (who
    would impose the cost or resist).
    """

    condition: str
    label: str
    chance: str
    perceived: State | None
    observed: State | None
    items: tuple[Behind, ...]
    by: Mapping[str, tuple[str, ...]]
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Gate:
    """The host's say over one question of the tree: ``access = consent + (1 - consent) (1 - veto)`` (METHOD 4.4)."""

    chance: str
    host: str
    consent: float
    consent90: Interval
    veto: float
    veto90: Interval
    access: float
    access90: Interval
    without_evidence: float
    items: tuple[Behind, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ActorView:
    """An actor of an option. ``roles``: lead, member, host, target, or named (by evidence alone)."""

    actor: str
    roles: tuple[str, ...]
    risk: tuple[ActorState, ...]
    benefit: tuple[ActorState, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class OptionView:
    """An option with its actors. ``gate`` is None, with ``gate_reason``, where the host has no say apart."""

    option: str
    posture: str
    actors: tuple[ActorView, ...]
    gate: Gate | None
    gate_reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class GapEffect:
    """What the perception gap alone does to a scenario's probability."""

    scenario: str
    with_gap: float
    without_gap: float


def option_views(engine: Engine, bare: Engine) -> tuple[OptionView, ...]:
    """Every option of the case. ``bare``: the same engine without the perception gap."""
    return tuple(_option(engine, bare, option) for option in engine.case.options)


def gap_effects(engine: Engine, bare: Engine) -> tuple[GapEffect, ...]:
    """Every scenario with and without the perception gap."""
    now, then = (e.scenario_draws(e.evaluate()).mean(axis=1) for e in (engine, bare))
    return tuple(
        GapEffect(scenario=s.id, with_gap=float(now[i]), without_gap=float(then[i]))
        for i, s in enumerate(engine.case.scenario_set.scenarios)
    )


def _option(engine: Engine, bare: Engine, option: Option) -> OptionView:
    chances = {c.id for c in engine.chances if c.option == option.id}
    on = [
        i for i, item in enumerate(engine.items) if item.chance in chances and not item.evidence.startswith(BESIDE)
    ]
    records = {e.id: e for e in engine.case.accepted()}
    gate, reason = _gate(engine, option, on, records)
    return OptionView(
        option=option.id,
        posture=option.posture.value,
        actors=tuple(
            ActorView(
                actor=actor,
                roles=_roles(option, actor),
                risk=_states(engine, bare, option, actor, RISK, on, records),
                benefit=_states(engine, bare, option, actor, BENEFIT, on, records),
            )
            for actor in _actors(engine, option, on)
        ),
        gate=gate,
        gate_reason=reason,
    )


def _actors(engine: Engine, option: Option, on: Sequence[int]) -> tuple[str, ...]:
    """Interveners, host and target first, then whoever else an item gives a view of its own."""
    named = sorted({engine.items[i].actor for i in on})
    fixed = (*option.interveners, *((option.host,) if option.host else ()), option.target)
    return tuple(dict.fromkeys((*fixed, *named)))


def _roles(option: Option, actor: str) -> tuple[str, ...]:
    roles = []
    if actor in option.interveners:
        roles.append("lead" if actor == option.interveners[0] else "member")
    if actor == option.host:
        roles.append("host")
    if actor == option.target:
        roles.append("target")
    return tuple(roles) or ("named",)


def _states(
    engine: Engine,
    bare: Engine,
    option: Option,
    actor: str,
    wanted: Sequence[str],
    on: Sequence[int],
    records: Mapping[str, Evidence],
) -> tuple[ActorState, ...]:
    conditions = {c.id: c for c in engine.framework.conditions}
    if engine.framework.stakes is not None and engine.parameters.gamma:
        conditions[engine.framework.stakes.id] = engine.framework.stakes
    out = []
    for name in (w for w in wanted if w in conditions):
        mine = [i for i in on if engine.items[i].actor == actor and engine.items[i].channel == name]
        for chance in dict.fromkeys(engine.items[i].chance for i in mine):
            group = [i for i in mine if engine.items[i].chance == chance]
            j = engine.index[chance]
            items = _behind(engine, group, records)
            out.append(
                ActorState(
                    condition=name, label=conditions[name].label, chance=chance,
                    perceived=_state(view_state(engine, j, name, group)),
                    observed=_state(view_state(bare, j, name, group)), items=items,
                    by=_by(items, option, actor),
                )
            )  # fmt: skip
        if not mine:
            whose = "" if actor == option.interveners[0] else " gives this actor's own view"
            out.append(
                ActorState(
                    condition=name, label=conditions[name].label, chance="", perceived=None, observed=None, items=(),
                    by={}, reason=f"No accepted evidence by this date{whose}.",
                )
            )  # fmt: skip
    return tuple(out)


def _state(draws: Array) -> State:
    centre = float(draws.mean())
    return State(state=centre, interval90=interval_of(draws, 0.9), level=level_word(centre))


def _behind(engine: Engine, group: Sequence[int], records: Mapping[str, Evidence]) -> tuple[Behind, ...]:
    shares, _ = attribute(engine)
    names = [s.id for s in engine.case.scenario_set.scenarios]
    out = []
    for i in group:
        item: ChannelItem = engine.items[i]
        record = records[item.evidence]
        bearing = next(b for b in record.bearings if b.option == engine.case.scenario_set.chance(item.chance).option)
        out.append(
            Behind(
                evidence=record.id, claim=record.claim, sign=item.sign, by=record.actors, scenario=bearing.scenario,
                log_odds=float(shares[names.index(bearing.scenario), i]),
            )
        )  # fmt: skip
    return tuple(sorted(out, key=lambda b: (-abs(b.log_odds), b.evidence)))


def _by(items: Sequence[Behind], option: Option, actor: str) -> dict[str, tuple[str, ...]]:
    """States other than the interveners and the actor that the items name, with the items: who would bear on it."""
    found: dict[str, list[str]] = {}
    for item in items:
        for state in item.by:
            if state not in (*option.interveners, actor):
                found.setdefault(state, []).append(item.evidence)
    return {k: tuple(v) for k, v in sorted(found.items(), key=lambda x: (-len(x[1]), x[0]))}


def _gate(
    engine: Engine, option: Option, on: Sequence[int], records: Mapping[str, Evidence]
) -> tuple[Gate | None, str]:
    gated = [c for c in engine.chances if c.option == option.id and c.veto is not None]
    if option.host is None:
        return None, "The option goes through no host."
    if not gated:
        return None, "No question of the tree gives the host a say apart."
    if not engine.veto:
        return None, "This mode knows no host gate."
    chance = gated[0]
    j = engine.index[chance.id]
    eta = engine.log_odds(j, engine.shift[j])
    access = engine.chance_draws(j, eta)
    veto = engine.veto[j]
    eps = engine.parameters.leak
    consent: Array = (1.0 - eps) * sigmoid(eta) + eps * engine.reference[j]
    before = engine.chance_draws(j, engine.base[j])
    mine = [i for i in on if engine.items[i].chance == chance.id]
    return (
        Gate(
            chance=chance.id, host=option.host, consent=float(consent.mean()), consent90=interval_of(consent, 0.9),
            veto=float(veto.mean()), veto90=interval_of(veto, 0.9), access=float(access.mean()),
            access90=interval_of(access, 0.9), without_evidence=float(before.mean()),
            items=_behind(engine, mine, records),
        ),
        "",
    )  # fmt: skip
