"""Alerts: what moved in a case, by how much and why; the rule that says when; what has been told so far."""

from __future__ import annotations

import datetime as dt
import enum
import zoneinfo
from collections.abc import Mapping
from dataclasses import dataclass, field

from vedette.domain.claims import Strength
from vedette.errors import BadInput


class AlertKind(enum.StrEnum):
    """What an alert is about."""

    PROBABILITY = "probability"
    INDICATOR = "indicator"
    EVIDENCE = "evidence"
    SOURCE_HEALTH = "source_health"
    DUE = "due"


# -- what a case looks like at one instant ----------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """One named part of a scenario's log-odds: an item of evidence, or a bar that is no single item."""

    id: str
    what: str
    log_odds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ScenarioLine:
    """A scenario at one instant: its probability (0..1) and the shares that sum to its log-odds."""

    id: str
    label: str
    probability: float
    shares: tuple[Share, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class IndicatorLine:
    """An indicator at one instant: not looked, absent, present or unknown, and since when."""

    id: str
    observable: str
    state: str
    since: dt.date | None = None
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewItem:
    """Something told since the last look. ``subject``: what it tells; copies of a report share it. ``implies``: lesser
    subjects that need not be told after it.

    ``proposal``: it is a proposed item of evidence of the case, to be reviewed; else it is news from an event stream.
    """

    id: str
    subject: str
    claim: str
    attribution: str
    bears: str
    strength: Strength
    confidence: float | None = None
    url: str = ""
    proposal: bool = True
    implies: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceLine:
    """A watched source: ``ok``, ``failing``, ``silent`` or ``truncated``; since when and why."""

    source: str
    state: str
    since: dt.datetime
    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DueLine:
    """A question of the ledger that waits. ``days_left`` is negative once its answer is due."""

    question: str
    statement: str
    deadline: dt.date
    days_left: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseState:
    """Everything of a case an alert can be about. Order within the tuples means nothing.

    ``at``: the instant of the look; ``as_of``: the day assessed for. ``scenarios`` is empty when nothing was
    assessed, which is not the same as nothing moved. ``if_accepted``: probabilities were the new proposals accepted.
    """

    case: str
    at: dt.datetime
    as_of: dt.date
    scenarios: tuple[ScenarioLine, ...] = ()
    indicators: tuple[IndicatorLine, ...] = ()
    new: tuple[NewItem, ...] = ()
    sources: tuple[SourceLine, ...] = ()
    due: tuple[DueLine, ...] = ()
    if_accepted: Mapping[str, float] = field(default_factory=dict)


# -- the rule ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class QuietHours:
    """From ``start`` to ``end`` by the clock of ``zone`` nothing is sent; over midnight when end is before start."""

    start: dt.time
    end: dt.time
    zone: str = "UTC"

    def __post_init__(self) -> None:
        if self.start == self.end:
            raise BadInput("quiet hours that start when they end are none, or all", where=f"{self.start:%H:%M}")
        zone_of(self.zone)


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertRule:
    """When something is worth an alert in one case.

    A scenario has moved when its probability is ``points`` percentage points away from what was last told, or its
    log-odds ``log_odds`` and its probability at least ``least_points``. Back the way it came, both count
    ``reversal`` times, so that a number that swings round a threshold is told once. [assumption] for all four: five
    points are what the estimative words of a brief can tell apart; half a unit of log-odds is a 5 % chance becoming 8.
    A move of ``urgent_points`` is sent in quiet hours and outside the digest.

    ``scenarios``: those that count (none named: all). ``kinds``: what is told at all. ``least_strength``: weaker
    proposals are kept for review without an alert. ``digest``: times of day at which what gathered is sent as one
    message; none: at once. ``due_days``: days before a deadline at which it is named.
    """

    points: float = 5.0
    log_odds: float = 0.5
    least_points: float = 0.5
    reversal: float = 1.5
    urgent_points: float = 20.0
    scenarios: tuple[str, ...] = ()
    kinds: frozenset[AlertKind] = frozenset(AlertKind)
    least_strength: Strength = Strength.MODERATE
    quiet: QuietHours | None = None
    digest: tuple[dt.time, ...] = ()
    zone: str = "UTC"
    due_days: tuple[int, ...] = (14, 3, 1)

    def __post_init__(self) -> None:
        for name in ("points", "log_odds"):
            if not getattr(self, name) > 0:
                raise BadInput(f"{name} must be above 0", where="alert rule", fix="Give a positive number")
        if self.least_points < 0 or self.urgent_points <= 0 or self.reversal < 1:
            raise BadInput("least points 0 or more, urgent points above 0, reversal 1 or more", where="alert rule")
        zone_of(self.zone)


def zone_of(name: str) -> zoneinfo.ZoneInfo:
    """A time zone by its name in the tz database; raises `BadInput`."""
    try:
        return zoneinfo.ZoneInfo(name)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise BadInput(f"{name!r} is no time zone", fix="For example UTC or Europe/Berlin") from error


# -- the alert --------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """A scenario from what was last told to now; ``log_odds`` is the change."""

    scenario: str
    label: str
    before: float
    after: float
    log_odds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """One line of why. ``log_odds``: its part of the move of the first scenario named; None where none is computed."""

    id: str
    what: str
    log_odds: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """One thing worth telling, told once.

    ``key`` names it for ever: sent twice (after a crash between sending and the acknowledgement) it is the same key.
    ``covers``: keys of the single things it tells; none of them is ever told again. ``reasons`` of a probability
    alert sum to the move of ``moves[0]``. ``if_accepted``: probabilities were the proposals accepted; ``present``: of
    the same scenarios, as last told.
    """

    key: str
    case: str
    kind: AlertKind
    subject: str
    at: dt.datetime
    as_of: dt.date
    headline: str
    covers: tuple[str, ...]
    moves: tuple[Move, ...] = ()
    reasons: tuple[Reason, ...] = ()
    evidence: tuple[str, ...] = ()
    if_accepted: Mapping[str, float] = field(default_factory=dict)
    present: Mapping[str, float] = field(default_factory=dict)
    urgent: bool = False

    def __post_init__(self) -> None:
        if not self.covers:
            raise BadInput("an alert tells at least one thing", where=self.key)


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What has been told about a case: the numbers last told, the way each moved, states last told.

    ``last``: key of the newest alert by subject, from which the next one's key is made.
    """

    case: str
    at: dt.datetime
    scenarios: tuple[ScenarioLine, ...] = ()
    direction: Mapping[str, int] = field(default_factory=dict)
    indicators: Mapping[str, str] = field(default_factory=dict)
    sources: Mapping[str, str] = field(default_factory=dict)
    last: Mapping[str, str] = field(default_factory=dict)
