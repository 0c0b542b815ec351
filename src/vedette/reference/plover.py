"""The event classes of PLOVER: root codes, what each covers, and the four quad classes.

Root codes and quad classes as published by the Open Event Data Alliance (PLOVER codebook 2021; Halterman et al. 2023,
"PLOVER and POLECAT"); the descriptions are ours.
"""

from __future__ import annotations

from functools import lru_cache
from importlib.resources import files

QUADS = ("verbal cooperation", "material cooperation", "verbal conflict", "material conflict")

# Root -> quad class (number from 1) and what it covers.
ROOTS: dict[str, tuple[int, str]] = {
    "AGREE": (1, "agrees, offers or promises to cooperate later"),
    "CONSULT": (1, "meets, visits, talks, mediates"),
    "SUPPORT": (1, "supports in words, recognises, signs, apologises, praises"),
    "COOPERATE": (2, "works together: joint exercises, trade, shared intelligence"),
    "AID": (2, "gives aid: money, goods, relief, arms, peacekeepers, asylum"),
    "YIELD": (2, "gives way: releases, withdraws, lifts measures, resigns, ceases fire"),
    "REQUEST": (3, "asks, appeals, demands"),
    "ACCUSE": (3, "accuses, condemns, complains, investigates, sues"),
    "REJECT": (3, "refuses, denies, opposes, vetoes"),
    "THREATEN": (3, "threatens or warns of harm or measures"),
    "PROTEST": (4, "demonstrates, strikes, riots"),
    "SANCTION": (4, "reduces relations: breaks off ties, expels diplomats, halts aid, trade or talks, boycotts"),
    "MOBILIZE": (4, "raises the readiness of forces or deploys them"),
    "COERCE": (4, "uses force short of violence: arrests, imposes sanctions, bans, seizes, deports, cyber attacks"),
    "ASSAULT": (4, "uses violence: attacks, kills, abducts, shells, occupies"),
}


def quad_of(root: str) -> str:
    """Quad class of a root."""
    return QUADS[ROOTS[root][0] - 1]


@lru_cache(maxsize=1)
def event_cues() -> tuple[tuple[str, tuple[tuple[str, ...], ...]], ...]:
    """Groups of cues in the order of ``event_cues.txt``: name, then cues as words; a final * matches any ending."""
    groups = []
    for line in files("vedette.reference").joinpath("event_cues.txt").read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            name, _, cues = line.partition(": ")
            groups.append((name, tuple(tuple(cue.split()) for cue in cues.split("|"))))
    return tuple(groups)
