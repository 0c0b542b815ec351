"""Evidence: a graded, attributed statement that bears on a condition or directly on an option."""

from __future__ import annotations

import datetime as dt
import enum
from dataclasses import dataclass

from vedette.domain.claims import Citation, ClaimKind, Direction, Grade, Marking, Place, Quantity, Strength
from vedette.domain.documents import Quote
from vedette.domain.time import DateInterval, Times
from vedette.errors import BadInput

OPTION_CHANNEL = "option"
"""Condition id of what bears on the option itself (forces, orders, drills), not on a condition."""

OWN_POSITION = "own"
"""`Evidence.position` of an item that an analyst split off: it repeats nobody."""


class Status(enum.StrEnum):
    """Only accepted evidence moves a number."""

    PROPOSED = "proposed"
    ACCEPTED = "accepted"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True, kw_only=True)
class Bearing:
    """How an item moves one scenario: through which condition, of which option, in whose eyes.

    ``condition`` is a condition id of the case's framework or ``"option"``. ``actor`` is the state whose view or
    position it speaks of; None means the intervener as perceived. ``direction`` says how the item moves
    ``scenario`` through the condition.
    """

    option: str
    scenario: str
    condition: str
    direction: Direction
    strength: Strength
    actor: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Provenance:
    """Who made or changed a record, when and why."""

    author: str
    at: dt.datetime
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """One item.

    ``claim`` says it in our words; ``quote`` is the exact slice that supports it, ``unverified_quote`` a quote whose
    document has not been supplied. ``origin`` names the underlying report, wire or speech: items of one origin are
    one voice. ``bearings`` holds at most one bearing an option: each item goes to one channel. ``position``: None, and
    whether it repeats a standing position of its speaker is found by its words (`vedette.assessment.positions`);
    `OWN_POSITION`, or the id of an item it repeats, where an analyst said so.
    """

    id: str
    claim: str
    kind: ClaimKind
    attribution: str
    bearings: tuple[Bearing, ...]
    grade: Grade
    times: Times
    origin: str
    quote: Quote | None = None
    unverified_quote: str | None = None
    citation: Citation | None = None
    actors: tuple[str, ...] = ()
    target: str | None = None
    place: Place | None = None
    dates: tuple[DateInterval, ...] = ()
    quantities: tuple[Quantity, ...] = ()
    negated: bool = False
    hypothetical: bool = False
    confidence: float | None = None
    status: Status = Status.ACCEPTED
    half_life_days: float | None = None
    position: str | None = None
    supersedes: str | None = None
    provenance: Provenance | None = None
    marking: Marking = Marking.CLEAR

    def __post_init__(self) -> None:
        if not self.claim.strip():
            raise BadInput("an evidence item needs a claim", where=self.id)
        options = [b.option for b in self.bearings]
        if len(set(options)) != len(options):
            raise BadInput("an item bears at most once on an option (one channel)", where=self.id)
        if self.quote is not None and self.times.available_at < self.quote.document.times.available_at:
            raise BadInput(
                f"available ({self.times.available_at.date()}) before the document it quotes "
                f"({self.quote.document.times.available_at.date()})",
                where=self.id,
            )
        if self.half_life_days is not None and self.half_life_days <= 0:
            raise BadInput("a half-life is a positive number of days", where=self.id)

    @property
    def mark(self) -> Marking:
        """The stricter of its own mark and its document's."""
        order = list(Marking)
        return max((self.marking, self.quote.document.marking if self.quote else self.marking), key=order.index)

    @property
    def is_argument(self) -> bool:
        """Arguments, and other people's forecasts and judgements, are not new facts (ARCHITECTURE, rule 5)."""
        return self.kind in (ClaimKind.ARGUMENT, ClaimKind.JUDGEMENT, ClaimKind.FORECAST)


class Verdict(enum.StrEnum):
    """What a reviewer did with a proposal. ``WITHDRAW`` takes back the decisions made on an item so far."""

    ACCEPT = "accept"
    REJECT = "reject"
    CORRECT = "correct"
    WITHDRAW = "withdraw"


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """A decision on one item: a record of its own, never an edit of the item."""

    evidence: str
    verdict: Verdict
    author: str
    at: dt.datetime
    reason: str = ""
    replacement: str | None = None

    def __post_init__(self) -> None:
        if not self.author.strip():
            raise BadInput("a review needs an author", where=self.evidence)
        if self.verdict is Verdict.CORRECT and (not self.reason.strip() or self.replacement is None):
            raise BadInput("a correction needs a reason and the corrected record", where=self.evidence)
