"""The numbers that turn an accepted item into a log likelihood ratio. All visible, all with their source."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from vedette.domain.claims import ClaimKind, Strength

# Log likelihood ratio of an item if it were wholly trusted. METHOD 4.3.5, [assumption].
STRENGTH: Mapping[Strength, float] = MappingProxyType(
    {Strength.WEAK: 0.3, Strength.MODERATE: 0.7, Strength.STRONG: 1.4, Strength.DECISIVE: 2.2}
)
# Share of honest and informative items by Admiralty source grade; F means unknown and is drawn from Beta(2, 2), not
# set to one half. METHOD 4.3.5, [assumption].
RELIABILITY: Mapping[str, float | None] = MappingProxyType(
    {"A": 0.95, "B": 0.85, "C": 0.7, "D": 0.45, "E": 0.2, "F": None}
)
# The same ladder for the plausibility of the information in itself; 6 means unknown. METHOD 4.3.5, [assumption].
CREDIBILITY: Mapping[str, float | None] = MappingProxyType(
    {"1": 0.95, "2": 0.85, "3": 0.7, "4": 0.45, "5": 0.2, "6": None}
)
# Days in which a signal loses half its weight; None: a state, which holds until contradicted. METHOD 4.3.6 gives
# rhetoric 14, threat 30, alert 21, sanction 180; kinds are coarser, so speech takes the threat's 30 and events 90.
# [assumption], swept in the sensitivity table.
HALF_LIFE: Mapping[ClaimKind, float | None] = MappingProxyType(
    {
        ClaimKind.FACT: None,
        ClaimKind.EVENT: 90.0,
        ClaimKind.SPEECH: 30.0,
        ClaimKind.JUDGEMENT: 30.0,
        ClaimKind.FORECAST: 30.0,
        ClaimKind.ARGUMENT: 30.0,
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Weights:
    """Every number of the evidence layer.

    ``copy``, ``origin``, ``topic`` are the correlations of METHOD 4.3.7 between copies of one text, different items of
    one origin, and everything else on the same channel and side. ``positions``: whether a speaker's repetitions of one
    position are copies of its first statement (`vedette.assessment.positions`); without it each day's is a new report.
    """

    strength: Mapping[Strength, float] = field(default_factory=lambda: STRENGTH)
    reliability: Mapping[str, float | None] = field(default_factory=lambda: RELIABILITY)
    credibility: Mapping[str, float | None] = field(default_factory=lambda: CREDIBILITY)
    half_life: Mapping[ClaimKind, float | None] = field(default_factory=lambda: HALF_LIFE)
    copy: float = 0.95
    origin: float = 0.7
    topic: float = 0.2
    positions: bool = True
