"""One item of evidence from its verbal strength to its share of the number, every factor named (METHOD 4.3.5-7)."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from vedette.assessment.channels import CHEAP_TALK, ChannelItem, LeftOut, copy_key, denied, shrink, trust
from vedette.assessment.dependence import Voice, coefficients
from vedette.domain.evidence import Evidence
from vedette.domain.time import AsOf
from vedette.forecasting.engine import Engine
from vedette.forecasting.explain import attribute
from vedette.forecasting.standing import standing_positions


def item_detail(engine: Engine, left: Sequence[LeftOut], evidence: str) -> dict[str, Any]:
    """What an item weighs and why.

    ``channels``: one entry for each option it bears on. In log likelihood ratios: ``strength`` (if wholly trusted),
    times ``decay`` gives ``aged``; shrinking it by ``rho`` gives ``trusted``, where ``rho`` is what the grades call
    honest and informative (``honest``) less the share taken for deception (``deception``), the rest being ``noise``
    (METHOD 4.3.5: ``rho + d <= 1``); times ``coefficient`` (what dependence leaves) and sign gives ``effective``; times
    ``scale`` gives ``shift``, a state's move (or a direct move of the log-odds). ``steps``: the same as signed terms
    that sum to ``effective``. ``side``: what all items on its side of the channel come to, and the ``limit``
    that however many more reports of one topic could not pass. ``log_odds``: its share of each scenario, summed over
    the channels. ``left_out``: why it moves nothing. An interested denial is shown with a deception as large as its
    honest share: it comes to 0.
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
        "channels": [
            *(_channel(engine, i, record) for i in mine),
            *(_denial(engine, i, record) for i in _denials(engine, record, left)),
        ],
        "log_odds": {name: float(sum(shares[s, i] for i in mine)) for s, name in enumerate(names)},
        "left_out": list(dict.fromkeys(x.reason for x in left if x.evidence == evidence)),
    }


def _denials(engine: Engine, record: Evidence, left: Sequence[LeftOut]) -> tuple[ChannelItem, ...]:
    if not any(x.evidence == record.id and x.reason == CHEAP_TALK for x in left):
        return ()
    weights = engine.parameters.weights
    return denied(engine.case, AsOf(date=engine.as_of), engine.framework, record, weights=weights)


def _channel(engine: Engine, position: int, record: Evidence) -> dict[str, Any]:
    item = engine.items[position]
    drawn = engine.item_unknown == position
    rho = trust(item.reliability, item.credibility)
    # Of an unknown grade rho is drawn: what counts is the mean over draws, not what a rho of one half would give.
    effective = float(engine.item_drawn[drawn].mean()) if drawn.any() else float(engine.item_fixed[position])
    trusted = abs(effective) / item.coefficient if drawn.any() and item.coefficient else shrink(item.size, rho)
    scale = float(engine.units[int(engine.item_chance[position]), int(engine.item_channel[position])].mean())
    known = None if drawn.any() else rho
    return {
        **_terms(engine, item, record),
        "rho": known,
        "honest": known,
        "deception": 0.0,
        "noise": None if known is None else 1.0 - known,
        "trusted": trusted,
        "coefficient": item.coefficient,
        "effective": effective,
        "steps": _steps(item, believed=trusted, trusted=trusted, effective=effective),
        "scale": scale,
        "shift": float(engine.item_shift(position).mean()),
        "side": _side(engine, item),
        "cluster": _cluster(engine, item, record),
    }


def _denial(engine: Engine, item: ChannelItem, record: Evidence) -> dict[str, Any]:
    """A denial as if it were believed, and the deception that takes all of it away."""
    known = None if item.reliability is None or item.credibility is None else trust(item.reliability, item.credibility)
    believed = shrink(item.size, trust(item.reliability, item.credibility))
    return {
        **_terms(engine, item, record),
        "rho": 0.0,
        "honest": known,
        "deception": known,
        "noise": None if known is None else max(1.0 - 2.0 * known, 0.0),
        "trusted": 0.0,
        "coefficient": item.coefficient,
        "effective": 0.0,
        "steps": _steps(item, believed=believed, trusted=0.0, effective=0.0),
        "scale": 1.0,
        "shift": 0.0,
        "side": _side(engine, item),
        "cluster": _cluster(engine, item, record),
    }


def _terms(engine: Engine, item: ChannelItem, record: Evidence) -> dict[str, Any]:
    bearing = next(b for b in record.bearings if b.option == engine.case.scenario_set.chance(item.chance).option)
    weights = engine.parameters.weights
    life = record.half_life_days if record.half_life_days is not None else weights.half_life[record.kind]
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
    }


def _steps(item: ChannelItem, *, believed: float, trusted: float, effective: float) -> Mapping[str, float]:
    """Signed terms from the strength to what counts. The last takes what is left, so that they sum."""
    steps = {
        "strength": item.sign * item.size / item.decay,
        "decay": item.sign * (item.size - item.size / item.decay),
        "noise": item.sign * (believed - item.size),
        "deception": item.sign * (trusted - believed),
    }
    return {**steps, "dependence": effective - math.fsum(steps.values())}


def _side(engine: Engine, item: ChannelItem) -> Mapping[str, float | None]:
    """Log likelihood ratio of all items on this side of the channel, and the most it could come to.

    ``n_e(k) = k / (1 + (k-1) r)`` stays below ``1 / r``, and sizes fall with rank: however many more origins report on
    the topic, none larger than the largest, the side stays below that origin's total over r (METHOD 4.3.7).
    """
    claims = {e.id: e.claim for e in engine.case.accepted()}
    side = side_of(engine, item)
    w = engine.parameters.weights
    sizes = [shrink(o.size, trust(o.reliability, o.credibility)) for o in side]
    voices = [
        Voice(
            id=o.evidence, size=size, origin=o.origin,
            copy_of=copy_key(claims.get(o.position or o.evidence, o.evidence)),
        )
        for o, size in zip(side, sizes, strict=True)
    ]
    # Without a common topic every origin would count in full: these are the origins' own totals.
    totals: dict[str, float] = {}
    for o, size, share in zip(side, sizes, coefficients(voices, copy=w.copy, origin=w.origin, topic=0.0), strict=True):
        totals[o.origin] = totals.get(o.origin, 0.0) + size * share
    total = math.fsum(o.coefficient * size for o, size in zip(side, sizes, strict=True))
    limit = max(totals.values(), default=0.0) / w.topic if w.topic else None
    return {"items": len(side), "total": total, "limit": limit}


def _cluster(engine: Engine, item: ChannelItem, record: Evidence) -> dict[str, Any]:
    """Others on the same side of the same channel, by what they share with the item."""
    claims = {e.id: e.claim for e in engine.case.accepted()}
    side = [o for o in side_of(engine, item) if o.evidence != item.evidence and o.evidence in claims]
    same = [o for o in side if o.origin == item.origin]
    text = copy_key(record.claim)
    said = standing_positions(side_of(engine, item), {e.id: e for e in engine.case.accepted()}).get(item.position)
    stated = set(said["items"]) if said else set()
    copies = sorted(o.evidence for o in same if copy_key(claims[o.evidence]) == text and o.evidence not in stated)
    return {
        "origin": item.origin,
        "position": {**said, "by": record.attribution} if said else None,
        "copies": copies,
        "same_origin": sorted({o.evidence for o in same} - set(copies) - stated),
        "same_topic": sorted(o.evidence for o in side if o.origin != item.origin),
    }


def side_of(engine: Engine, item: ChannelItem) -> list[ChannelItem]:
    """All items on the same side of the same channel."""
    return [o for o in engine.items if (o.chance, o.channel, o.sign) == (item.chance, item.channel, item.sign)]
