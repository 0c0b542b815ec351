"""A digest of everything a forecast was computed from, the same for the same inputs in any order."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any

from vedette.assessment.channels import ChannelItem
from vedette.domain.framework import Framework
from vedette.domain.plain import to_plain
from vedette.domain.scenarios import BaseRate, ScenarioSet
from vedette.forecasting.analysts import AnalystPool
from vedette.forecasting.judgments import People
from vedette.forecasting.parameters import Parameters


def inputs_digest(
    *,
    scenario_set: ScenarioSet,
    framework: Framework,
    items: Sequence[ChannelItem],
    rates: Mapping[str, BaseRate],
    people: People | None,
    analysts: AnalystPool | None,
    parameters: Parameters,
    as_of: str,
    mode: str,
    method: str,
) -> str:
    """SHA-256 (hex) of the canonical JSON of the inputs. ``analysts``: their record, None when nobody judged."""
    payload: dict[str, Any] = {
        "method": method,
        "as_of": as_of,
        "mode": mode,
        "framework": to_plain(framework),
        "scenario_set": to_plain(scenario_set),
        "items": [_item(i) for i in sorted(items, key=lambda i: (i.evidence, i.chance, i.channel))],
        "rates": {k: to_plain(v) for k, v in sorted(rates.items())},
        "people": to_plain(people),
        "parameters": _parameters(parameters),
    }
    if analysts is not None:
        payload["analysts"] = to_plain(analysts)
    return hashlib.sha256(json.dumps(payload, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def _item(item: ChannelItem) -> dict[str, Any]:
    """An item's fields; what an item does not have (an uncertain ratio, a repeated position) reads as before it was."""
    plain: dict[str, Any] = to_plain(item)
    if not item.log_sd:
        del plain["log_sd"]
    if not item.position:
        del plain["position"]
    return plain


def _parameters(parameters: Parameters) -> dict[str, Any]:
    """The parameters; positions are named only where they are off, so that a case without any reads as before."""
    plain: dict[str, Any] = to_plain(parameters)
    if parameters.weights.positions:
        plain["weights"] = {k: v for k, v in plain["weights"].items() if k != "positions"}
    return plain
