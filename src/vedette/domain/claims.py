"""The small vocabularies of a claim: kind, direction, strength, bound, posture, grade."""

from __future__ import annotations

import enum
from dataclasses import dataclass

from vedette.errors import BadInput


class ClaimKind(enum.StrEnum):
    """What sort of statement a claim is. Arguments are not evidence (ARCHITECTURE, rule 5)."""

    FACT = "fact"
    EVENT = "event"
    SPEECH = "speech"
    JUDGEMENT = "judgement"
    FORECAST = "forecast"
    ARGUMENT = "argument"


class Direction(enum.StrEnum):
    """Whether a claim, at face value, makes what it bears on more or less likely or met."""

    RAISES = "raises"
    LOWERS = "lowers"
    UNCLEAR = "unclear"

    @property
    def sign(self) -> int:
        """+1, -1 or 0."""
        return {"raises": 1, "lowers": -1, "unclear": 0}[self.value]


class Strength(enum.StrEnum):
    """How much a claim would move an open mind if it were wholly trusted."""

    WEAK = "weak"
    MODERATE = "moderate"
    STRONG = "strong"
    DECISIVE = "decisive"


class Bound(enum.StrEnum):
    """How a stated number limits the true one: "less than 56 miles" is an upper bound, not 56."""

    EXACT = "exact"
    LESS_THAN = "less_than"
    MORE_THAN = "more_than"
    ABOUT = "about"


class Posture(enum.StrEnum):
    """On whose side an intervener comes."""

    INVITED = "invited"
    REBELS = "rebels"
    NEUTRAL = "neutral"
    HOSTILE = "hostile"


class Marking(enum.StrEnum):
    """Traffic Light Protocol 2.0 marks (FIRST.org), from the freest to the most closed."""

    CLEAR = "TLP:CLEAR"
    GREEN = "TLP:GREEN"
    AMBER = "TLP:AMBER"
    AMBER_STRICT = "TLP:AMBER+STRICT"
    RED = "TLP:RED"


@dataclass(frozen=True, slots=True, kw_only=True)
class Grade:
    """Admiralty grade: source reliability A-F and information credibility 1-6, judged apart.

    F and 6 mean *unknown*, not zero (METHOD 3). Source: STANAG 2511 / AJP-2.1 scales.
    """

    reliability: str = "F"
    credibility: str = "6"

    def __post_init__(self) -> None:
        if self.reliability not in tuple("ABCDEF"):
            raise BadInput(f"source grade {self.reliability!r} is not one of A B C D E F")
        if self.credibility not in tuple("123456"):
            raise BadInput(f"information grade {self.credibility!r} is not one of 1 2 3 4 5 6")

    def __str__(self) -> str:
        return f"{self.reliability}{self.credibility}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Quantity:
    """A number as claimed: its words, value, unit, bound and *what it counts* (and who says so)."""

    text: str
    value: float
    unit: str
    bound: Bound = Bound.EXACT
    of: str = ""
    attribution: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A named point. ``lat``/``lon`` in degrees (WGS84), ``country`` an ISO3 code; None when not known."""

    name: str
    lat: float | None = None
    lon: float | None = None
    country: str | None = None

    def __post_init__(self) -> None:
        if self.lat is not None and not -90 <= self.lat <= 90:
            raise BadInput(f"latitude {self.lat} of {self.name} is outside -90..90")
        if self.lon is not None and not -180 <= self.lon <= 180:
            raise BadInput(f"longitude {self.lon} of {self.name} is outside -180..180")


@dataclass(frozen=True, slots=True, kw_only=True)
class Citation:
    """Where a fact was published."""

    publisher: str
    title: str = ""
    url: str = ""
