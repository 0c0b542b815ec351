"""Older case files, brought forward one version at a time. Each step takes and gives plain tables.

``case/0`` was the first draft of the format. It differed from ``case/1`` in this:

- the last day of the window was ``closes`` (now ``deadline``);
- a chance had one ``base_rate`` table without a basis (now a list ``base_rates``), and a host's door was
  ``gate = true`` without a veto (now ``veto = [value, low, high]``);
- an item bore once, with ``option``, ``scenario``, ``condition``, ``direction`` and ``strength`` on the item itself
  (now a list ``bearings``), and its text was ``fact`` (now ``claim``);
- conditions went by the author's names of 2021: ``trigger``, ``military_reaction`` and so on;
- ``moves`` said only which chance a scenario moves: ``moves.main.attack = "+attack"`` (now by condition).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from vedette.codec.default_rates import VETO
from vedette.errors import CaseRefused, NewerSchema

CURRENT = 1

_OLD_CONDITIONS = {
    "trigger": "perceived_justification",
    "military_reaction": "absence_of_resistance",
    "anticipated_military_reaction": "absence_of_resistance",
    "feasibility": "technical_feasibility",
    "costs": "low_costs",
    "motive": "stakes",
}

_ON_THE_ITEM = ("option", "scenario", "condition", "direction", "strength", "actor")


def migrate(data: Mapping[str, Any], *, where: str) -> dict[str, Any]:
    """The file's tables in the current version; raises `NewerSchema` or `CaseRefused` for what it cannot read."""
    schema = data.get("schema")
    if schema is None:
        raise CaseRefused("missing key 'schema'", where=where, fix=f'Write schema = "case/{CURRENT}" on the first line')
    name, _, number = str(schema).partition("/")
    if name != "case" or not number.isdecimal():
        raise CaseRefused(f"schema {schema!r} is not a case file's", where=where, fix=f'Expected "case/{CURRENT}"')
    version = int(number)
    if version > CURRENT:
        writer = data.get("written_by") or "a newer Vedette"
        raise NewerSchema(
            f'written by {writer} as "{schema}", this Vedette reads up to "case/{CURRENT}"', where=where,
            fix="Update Vedette",
        )  # fmt: skip
    current = dict(data)
    while version < CURRENT:
        current = _STEPS[version](current, where)
        version += 1
        current["schema"] = f"case/{version}"
    return current


def _from_0(data: dict[str, Any], where: str) -> dict[str, Any]:
    made = dict(data)
    if "closes" in made:
        made["deadline"] = made.pop("closes")
    made["chances"] = [_chance_from_0(c) for c in _tables(made.get("chances", []), "chances", where)]
    made["evidence"] = [_item_from_0(e) for e in _tables(made.get("evidence", []), "evidence", where)]
    moves = made.get("moves", {})
    if isinstance(moves, Mapping):
        made["moves"] = {
            option: {s: {"*": move} if isinstance(move, str) else move for s, move in by_scenario.items()}
            if isinstance(by_scenario, Mapping) else by_scenario
            for option, by_scenario in moves.items()
        }  # fmt: skip
    return made


def _chance_from_0(chance: dict[str, Any]) -> dict[str, Any]:
    made = dict(chance)
    rate = made.pop("base_rate", None)
    if isinstance(rate, Mapping):
        made["base_rates"] = [{"basis": "stated", **rate}]
    if made.pop("gate", False):
        made["veto"] = list(VETO)
    return made


def _item_from_0(item: dict[str, Any]) -> dict[str, Any]:
    made = dict(item)
    if "fact" in made:
        made["claim"] = made.pop("fact")
    if "scenario" in made:
        bearing = {key: made.pop(key) for key in _ON_THE_ITEM if key in made}
        name = bearing.get("condition")
        bearing["condition"] = _OLD_CONDITIONS.get(str(name), name)
        made["bearings"] = [bearing]
    return made


def _tables(value: Any, key: str, where: str) -> list[dict[str, Any]]:
    if not isinstance(value, list) or not all(isinstance(v, Mapping) for v in value):
        raise CaseRefused(f"{key} should be a list of tables", where=where)
    return [dict(v) for v in value]


_STEPS: dict[int, Callable[[dict[str, Any], str], dict[str, Any]]] = {0: _from_0}
