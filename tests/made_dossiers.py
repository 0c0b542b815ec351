"""Dossiers the team made up, one for each kind of default tree. No real episode, no real source."""

from __future__ import annotations

from typing import Any


def _item(number: int, scenario: str, condition: str = "low_costs", **changes: Any) -> dict[str, Any]:
    return {
        "id": f"E{number:02d}", "occurred": "2019-03-01", "published": "2019-03-02", "available": "2019-03-02",
        "source": {"publisher": "Daily Example", "title": "Talks go on", "url": "https://example.org/talks"},
        "origin": f"origin-{number}", "fact": f"Made-up fact number {number}.", "quote": None, "kind": "event",
        "attribution": "ministry", "actors": ["TUR"], "target": "SYR", "place": None, "quantity": None,
        "option": "main", "condition": condition, "direction": "raises", "scenario": scenario, "strength": "moderate",
        "reliability": "B", "credibility": "2", **changes,
    }  # fmt: skip


def _dossier(**parts: Any) -> dict[str, Any]:
    return {
        "schema": "dossier/1", "id": "made-2019", "title": "A made-up crisis", "question": "Will it come to force?",
        "as_of": "2019-03-10", "deadline": "2019-06-30", "threshold_profile": "MID", "crowd": [],
        "structure": {"note": "made up", "facts": {"border": "911 km", "wars": ["none"], "share": 0.5}}, **parts,
    }  # fmt: skip


def _option(**changes: Any) -> dict[str, Any]:
    return {
        "id": "main", "intervener": "TUR", "target": "SYR", "host": None, "posture": "hostile",
        "means": "ground forces", **changes,
    }  # fmt: skip


def _atoms(*names: str) -> list[dict[str, str]]:
    return [{"id": n, "statement": f"What {n} says.", "rule": f"How {n} is told."} for n in names]


LEVELS = ("none", "presence", "intervention", "full_scale", "other")


def force_first() -> dict[str, Any]:
    """Most items speak of force; a hostile option."""
    return _dossier(
        options=[_option()], atoms=_atoms(*LEVELS),
        scenarios=[
            {"id": "A", "atoms": ["intervention", "full_scale"]}, {"id": "B", "atoms": ["none", "presence"]},
            {"id": "other", "atoms": ["other"]},
        ],
        evidence=[_item(1, "A"), _item(2, "A", "option"), _item(3, "B"), _item(4, "other")],
    )  # fmt: skip


def deploy_first() -> dict[str, Any]:
    """Most items speak of any deployment; an invited coalition."""
    return _dossier(
        options=[_option(intervener=["RUS", "ARM"], organisation="Pact", posture="invited", target="KAZ")],
        atoms=_atoms(*LEVELS),
        scenarios=[
            {"id": "deploy", "atoms": ["presence", "intervention", "full_scale"]},
            {"id": "force", "atoms": ["intervention", "full_scale"]}, {"id": "none", "atoms": ["none"]},
        ],
        evidence=[_item(1, "deploy"), _item(2, "deploy"), _item(3, "force"), _item(4, "none")],
    )  # fmt: skip


def through_host() -> dict[str, Any]:
    """Attack through a host, or troops that stay in it."""
    signatures = {
        "from_there": {"attack": [1], "from_host": [1], "stay": [0, 1]},
        "elsewhere_stay": {"attack": [1], "from_host": [0], "stay": [1]},
        "elsewhere_go": {"attack": [1], "from_host": [0], "stay": [0]},
        "stay": {"attack": [0], "from_host": [0], "stay": [1]},
        "go": {"attack": [0], "from_host": [0], "stay": [0]},
    }
    return _dossier(
        options=[
            _option(host="IRQ", veto=[0.8, 0.5, 0.95]),
            _option(id="base", target="IRQ", host="IRQ", posture="invited", means="a base"),
        ],
        atoms=_atoms(*signatures, "unclear"),
        scenarios=[
            {"id": "from_host", "atoms": ["from_there"]},
            {"id": "attack", "atoms": ["from_there", "elsewhere_stay", "elsewhere_go"]},
            {"id": "troops", "atoms": ["from_there", "elsewhere_stay", "stay"]},
            {"id": "lasting", "atoms": ["elsewhere_stay", "stay"]},
            {"id": "neither", "atoms": ["elsewhere_go", "go"]},
        ],
        structure={"note": "", "facts": {"atom_signatures": signatures}},
        evidence=[
            _item(1, "attack"), _item(2, "from_host", "local_support"),
            _item(3, "lasting", "option", option="base"),
        ],
    )  # fmt: skip


def named() -> dict[str, Any]:
    """Outcomes of another kind: no levels, no signatures."""
    return _dossier(
        options=[_option()], atoms=_atoms("blockade", "seizure", "talks", "rest"),
        scenarios=[{"id": "coercion", "atoms": ["blockade", "seizure"]}, {"id": "calm", "atoms": ["talks"]}],
        evidence=[_item(1, "coercion"), _item(2, "calm")],
    )  # fmt: skip


ALL = {"force_first": force_first, "deploy_first": deploy_first, "through_host": through_host, "named": named}
