"""Named past cases near a case in what could be seen before the event, on a bare install."""

from __future__ import annotations

import contextlib
import re

from vedette.domain.case import Case
from vedette.domain.claims import Direction, Posture, Strength
from vedette.domain.evidence import OPTION_CHANNEL
from vedette.domain.forecast import Analogue
from vedette.domain.time import AsOf
from vedette.errors import CaseRefused, UnknownState
from vedette.panel.analogues import nearest_episodes
from vedette.reference.episodes import FEATURES
from vedette.reference.states import find_state

MOST = 5
FACT = "analogue_features"
"""Key of the case's structure facts that states features by hand: ``border yes, demands from 2021-12-17``."""


def features_of(case: Case, cut: AsOf) -> dict[str, bool]:
    """What is known of the case among the features of episodes; what is not known is left out.

    Major power and invitation follow from the option; massed forces from accepted evidence of at least moderate
    strength that raises feasibility or bears on the option. The case file may state the rest, with the day it began.
    """
    option = case.options[0]
    found: dict[str, bool] = {"invited": option.posture is Posture.INVITED}
    # A coded entity that is no member of the state system has no known rank: the feature is left out.
    with contextlib.suppress(UnknownState):
        found["major"] = find_state(option.interveners[0], cut.date).major_on(cut.date)
    found["massed"] = any(
        b.option == option.id
        and b.condition in ("technical_feasibility", OPTION_CHANNEL)
        and b.direction is Direction.RAISES
        and b.strength is not Strength.WEAK
        for e in case.known(cut).accepted()
        for b in e.bearings
    )
    found.update(_stated(case, cut))
    return found


def _stated(case: Case, cut: AsOf) -> dict[str, bool]:
    text = (case.structure_facts or {}).get(FACT, "")
    stated: dict[str, bool] = {}
    for part in filter(None, (p.strip() for p in text.split(","))):
        match = re.fullmatch(r"(\w+) (?:(yes|no)|from (\d{4}-\d{2}-\d{2}))", part)
        if match is None or match[1] not in FEATURES:
            raise CaseRefused(
                f"{part!r} is not FEATURE yes, FEATURE no or FEATURE from DATE",
                where=f"{case.id}, structure.facts.{FACT}",
                fix=f"Features: {', '.join(FEATURES)}",
            )  # fmt: skip
        stated[match[1]] = match[2] == "yes" if match[2] else AsOf.of(match[3]).date <= cut.date
    return stated


def analogues_of(case: Case, cut: AsOf) -> tuple[Analogue, ...]:
    """The nearest episodes of our own table that had been resolved by the day, and what followed."""
    return tuple(
        Analogue(name=p.name, year=p.year, similarity=p.similarity, outcome=p.followed, source=p.source)
        for p in nearest_episodes(features_of(case, cut), day=cut.date, most=MOST)
    )
