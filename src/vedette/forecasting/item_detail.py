"""One item of evidence from its verbal strength to its share of the number, every factor named (METHOD 4.3.5-7)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from vedette.assessment.channels import ChannelItem, LeftOut, copy_key, shrink, trust
from vedette.domain.evidence import Evidence
from vedette.forecasting.engine import Engine
from vedette.forecasting.explain import attribute


def item_detail(engine: Engine, left: Sequence[LeftOut], evidence: str) -> dict[str, Any]:
    """What an item weighs and why.

    ``channels``: one entry for each option it bears on. In log likelihood ratios: ``strength`` (if wholly trusted),
    times ``decay`` gives ``aged``; shrinking it by ``rho`` gives ``trusted``; times ``coefficient`` (what dependence
    leaves) and sign gives ``effective``; times ``scale`` gives ``shift``, a state's move (or a direct move of the
    log-odds). ``log_odds``: its share of each scenario, summed over the channels. ``left_out``: why it moves nothing.
    """
    record = next(e for e in engine.case.standing() if e.id == evidence)
    shares, _ = attribute(engine)
    names = [s.id for s in engine.case.scenario_set.scenarios]
    mine = [i for i, item in enumerate(engine.items) if item.evidence == evidence]
    return {
        "id": record.id,
        "claim": record.claim,
        "quote": record.quote.text if record.quote else None,
        "attribution": record.attribution,
        "kind": record.kind.value,
        "grade": str(record.grade),
        "status": record.status.value,
        "origin": record.origin,
        "available": record.times.available_at.date().isoformat(),
        "channels": [_channel(engine, i, record) for i in mine],
        "log_odds": {name: float(sum(shares[s, i] for i in mine)) for s, name in enumerate(names)},
        "left_out": list(dict.fromkeys(x.reason for x in left if x.evidence == evidence)),
    }


def _channel(engine: Engine, position: int, record: Evidence) -> dict[str, Any]:
    item = engine.items[position]
    bearing = next(b for b in record.bearings if b.option == engine.case.scenario_set.chance(item.chance).option)
    rho = trust(item.reliability, item.credibility)
    weights = engine.parameters.weights
    life = record.half_life_days if record.half_life_days is not None else weights.half_life[record.kind]
    drawn = engine.item_unknown == position
    # Of an unknown grade rho is drawn: what counts is the mean over draws, not what a rho of one half would give.
    effective = float(engine.item_drawn[drawn].mean()) if drawn.any() else float(engine.item_fixed[position])
    trusted = abs(effective) / item.coefficient if drawn.any() and item.coefficient else shrink(item.size, rho)
    scale = float(engine.units[int(engine.item_chance[position]), int(engine.item_channel[position])].mean())
    return {
        "option": bearing.option,
        "scenario": bearing.scenario,
        "condition": bearing.condition,
        "channel": item.channel,
        "chance": item.chance,
        "actor": item.actor,
        "direction": bearing.direction.value,
        "sign": item.sign,
        "verbal": item.strength,
        "judged": abs(item.size / item.decay - weights.strength[bearing.strength]) > 1e-9,
        "strength": item.size / item.decay,
        "age_days": item.age_days,
        "half_life_days": life,
        "decay": item.decay,
        "aged": item.size,
        "reliability": item.reliability,
        "credibility": item.credibility,
        "rho": None if drawn.any() else rho,
        "trusted": trusted,
        "coefficient": item.coefficient,
        "effective": effective,
        "scale": scale,
        "shift": float(engine.item_shift(position).mean()),
        "cluster": _cluster(engine, item, record),
    }


def _cluster(engine: Engine, item: ChannelItem, record: Evidence) -> dict[str, Any]:
    """Others on the same side of the same channel, by what they share with the item."""
    claims = {e.id: e.claim for e in engine.case.accepted()}
    side = [
        other for other in engine.items
        if (other.chance, other.channel, other.sign) == (item.chance, item.channel, item.sign)
        and other.evidence != item.evidence and other.evidence in claims
    ]  # fmt: skip
    same = [o for o in side if o.origin == item.origin]
    text = copy_key(record.claim)
    copies = sorted(o.evidence for o in same if copy_key(claims[o.evidence]) == text)
    return {
        "origin": item.origin,
        "copies": copies,
        "same_origin": sorted({o.evidence for o in same} - set(copies)),
        "same_topic": sorted(o.evidence for o in side if o.origin != item.origin),
    }
