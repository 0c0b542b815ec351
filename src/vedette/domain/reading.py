"""What extraction makes of a document: mentions, claims, what was dropped. Offsets index the cleaned text."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from vedette.domain.claims import Bound, ClaimKind, Direction, Place, Quantity, Strength
from vedette.domain.documents import Document
from vedette.domain.plain import to_plain
from vedette.domain.time import DateInterval


@dataclass(frozen=True, slots=True, kw_only=True)
class ActorMention:
    """A name of an actor. ``codes``: ISO3 for states, own codes for organisations; ``role`` e.g. government, city."""

    start: int
    end: int
    text: str
    codes: tuple[str, ...]
    kind: str
    role: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceMention:
    """A name used as a place. Degrees WGS84; ``alternatives`` keeps the other readings."""

    start: int
    end: int
    text: str
    lat: float | None
    lon: float | None
    country: str | None
    level: str = ""
    alternatives: tuple[Place, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class DateMention:
    """Words that date something, as an interval anchored at publication."""

    start: int
    end: int
    text: str
    interval: DateInterval

    @property
    def iso(self) -> str:
        """ISO text of the interval."""
        return self.interval.iso


@dataclass(frozen=True, slots=True, kw_only=True)
class QuantityMention:
    """A number with its unit and bound."""

    start: int
    end: int
    text: str
    value: float
    unit: str
    bound: Bound
    of: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class EventClass:
    """What one actor does to another, as a PLOVER root and its quad class.

    ``probability`` belongs to ``root`` and ``quad_probability`` to ``quad``, each the likeliest by itself: a quad class
    sums its roots, so it need not be the class of the likeliest root. ``roots`` holds every root's probability, the
    likeliest first; they sum to 1.
    """

    root: str
    quad: str
    probability: float
    quad_probability: float
    roots: tuple[tuple[str, float], ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Root and quad class with their probabilities, and the probability of every root."""
        return {
            "root": self.root,
            "quad": self.quad,
            "probability": self.probability,
            "quad_probability": self.quad_probability,
            "roots": dict(self.roots),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimBearing:
    """A condition a claim speaks of, by transparent rules: proposed, never accepted by the machine."""

    condition: str
    direction: Direction
    scenario_hint: str
    strength: Strength


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """A proposed piece of evidence: an exact span and what a reader, by default the rules, reads in it.

    ``confidence`` is None when the reader gives none that means anything (a language model's own word does not).
    ``event_class`` is the PLOVER root of a claim of an event and ``quad`` its quad class; None for other kinds.
    """

    start: int
    end: int
    quote: str
    kind: ClaimKind
    attribution: str
    actors: tuple[str, ...] = ()
    target: str | None = None
    places: tuple[Place, ...] = ()
    dates: tuple[DateMention, ...] = ()
    quantities: tuple[Quantity, ...] = ()
    conditions: tuple[ClaimBearing, ...] = ()
    negated: bool = False
    hypothetical: bool = False
    confidence: float | None = 0.5
    reasons: tuple[str, ...] = ()
    reader: str = "rules"
    event_class: str | None = None
    quad: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Extraction:
    """Everything read from one document. ``to_dict`` is the JSON of ``vedette extract --json`` (INTERFACES).

    ``parser`` names the grammatical parser asked ("rules": none), ``parsed`` counts the sentences given to it.
    """

    document: Document
    claims: tuple[Claim, ...]
    actors: tuple[ActorMention, ...]
    places: tuple[PlaceMention, ...]
    dates: tuple[DateMention, ...]
    quantities: tuple[QuantityMention, ...]
    warnings: tuple[str, ...] = ()
    parser: str = "rules"
    parsed: int = 0

    def _raw(self, start: int, end: int) -> dict[str, int]:
        return {"raw_start": self.document.raw_offset(start), "raw_end": self.document.raw_end(end)}

    def _mention(self, m: Any) -> dict[str, Any]:
        plain: dict[str, Any] = to_plain(m)
        if isinstance(m, DateMention):
            plain["iso"] = m.iso
        return {**plain, **self._raw(m.start, m.end)}

    def to_dict(self) -> dict[str, Any]:
        """The JSON of INTERFACES."""
        d = self.document
        evidence = []
        for claim in self.claims:
            plain = to_plain(claim)
            plain["dates"] = [
                {"text": m.text, "start": to_plain(m.interval.start), "end": to_plain(m.interval.end)}
                for m in claim.dates
            ]
            evidence.append({**plain, **self._raw(claim.start, claim.end)})
        return {
            "document": {
                "sha256": d.sha256,
                "title": d.title,
                "author": d.author,
                "published": d.published.isoformat(),
                "language": d.language,
                "text": d.text,
            },
            "source_map": [[s.clean_start, s.clean_end, s.raw_start, s.raw_end] for s in d.source_map],
            "evidence": evidence,
            "mentions": {
                "actors": [self._mention(m) for m in self.actors],
                "places": [self._mention(m) for m in self.places],
                "dates": [self._mention(m) for m in self.dates],
                "quantities": [self._mention(m) for m in self.quantities],
            },
            "dropped": [to_plain(s) for s in d.dropped],
            "warnings": list(self.warnings),
            "parser": {"name": self.parser, "sentences": self.parsed},
        }
