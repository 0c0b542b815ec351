"""What a case watches for: indicators with the history of their states, and readings of event streams.

Nothing here is ever changed: a new state is a new `Check`, a new reading a new `SignalReading`. Each counts from the
time it could first be known, so a case as of a date is the case without the later ones.
"""

from __future__ import annotations

import datetime as dt
import enum
import math
from dataclasses import dataclass

from vedette.domain.claims import Citation
from vedette.errors import BadInput

# How far a stated likelihood ratio can be off, as a standard deviation of its logarithm. [assumption]: two thirds of
# such ratios within a factor of 1.65 of the stated one, 90 % within 2.3.
RATIO_SPREAD = 0.5
# Largest likelihood ratio an indicator may claim, either way. [assumption]: twice a decisive item's 9 (METHOD 4.3.5);
# what proves a scenario resolves the question, it is no indicator.
LARGEST_RATIO = 20.0


class IndicatorState(enum.StrEnum):
    """What the last look found. Not looked is not absent."""

    NOT_LOOKED = "not_looked"
    ABSENT = "absent"
    PRESENT = "present"
    UNKNOWN = "unknown"


class Collection(enum.StrEnum):
    """How well a look would have seen the indicator. Absence counts only where it was good."""

    GOOD = "good"
    PARTIAL = "partial"
    NONE = "none"


class SignalKind(enum.StrEnum):
    """What a reading of an event stream measures."""

    TEMPO = "tempo"
    CHANGE = "change"
    COMBINATION = "combination"
    BUILD_UP = "build_up"


@dataclass(frozen=True, slots=True, kw_only=True)
class Expectation:
    """An event that should come between two days, more often in one case than in the other (METHOD 4.3.8).

    ``if_true``/``if_false``: chance that it ever comes, where the scenario is true and where it is not. ``seen``:
    chance that it would have been seen. Its time is even over ``start``..``end`` [assumption].
    """

    start: dt.date
    end: dt.date
    if_true: float
    if_false: float
    seen: float = 0.9

    def __post_init__(self) -> None:
        if self.end < self.start:
            raise BadInput(f"expected until {self.end}, before it is expected from {self.start}")
        for name in ("if_true", "if_false", "seen"):
            if not 0 < getattr(self, name) < 1:
                raise BadInput(f"{name} {getattr(self, name)} is not strictly between 0 and 1")

    def due(self, day: dt.date) -> float:
        """Share of its time that has passed by the end of ``day``, in [0, 1]."""
        whole = (self.end - self.start).days + 1
        return min(max(((day - self.start).days + 1) / whole, 0.0), 1.0)

    def silence(self, day: dt.date) -> float:
        """Log likelihood ratio of nothing seen by ``day``: ``ln (1 - c F_H(t)) / (1 - c F_notH(t))``."""
        gone = self.seen * self.due(day)
        return math.log1p(-gone * self.if_true) - math.log1p(-gone * self.if_false)

    @property
    def arrival(self) -> float:
        """Log likelihood ratio of the event when it comes: the same time shape on both sides, so F_H / F_notH."""
        return math.log(self.if_true) - math.log(self.if_false)


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchedIndicator:
    """One observable that a case watches, and what seeing it, or a good look without it, would say.

    ``ratio``: likelihood ratios (present, absent) for ``scenario``: how much more often it is seen, or not seen, where
    the scenario comes true. Instead of it ``expected`` describes an event that should come in a stated time.
    ``condition``: through which condition of ``option`` it bears, or ``"option"``. ``standing``: somebody would report
    it without a look of ours, so that silence goes on counting after the last look. ``added``: it counts from then.
    """

    id: str
    observable: str
    option: str
    scenario: str
    condition: str
    threshold: str
    collection: str
    added: dt.datetime
    ratio: tuple[float, float] | None = None
    expected: Expectation | None = None
    spread: float = RATIO_SPREAD
    lead_time_days: int | None = None
    standing: bool = False
    author: str = ""
    note: str = ""
    citation: Citation | None = None

    def __post_init__(self) -> None:
        if not self.observable.strip():
            raise BadInput("an indicator needs an observable", where=self.id)
        if self.added.tzinfo is None:
            raise BadInput("the time an indicator was added needs a time zone", where=self.id)
        if (self.ratio is None) == (self.expected is None):
            raise BadInput(
                "an indicator has either likelihood ratios or an expected event", where=self.id,
                fix="Give likelihood_ratio = [present, absent] or expected = {from, to, if_true, if_false}",
            )  # fmt: skip
        if not 0 <= self.spread <= 2:
            raise BadInput(f"spread {self.spread} is outside 0..2", where=self.id)
        if self.lead_time_days is not None and self.lead_time_days < 0:
            raise BadInput("a lead time is not negative", where=self.id)
        if self.ratio is not None:
            self._check_ratio(*self.ratio)

    def _check_ratio(self, present: float, absent: float) -> None:
        for value in (present, absent):
            if not 1 / LARGEST_RATIO <= value <= LARGEST_RATIO:
                raise BadInput(
                    f"likelihood ratio {value:g} is outside 1/{LARGEST_RATIO:g}..{LARGEST_RATIO:g}", where=self.id,
                    fix="What proves a scenario resolves the question; state what it is worth as a sign",
                )  # fmt: skip
        if present == 1 or (present - 1) * (absent - 1) > 0:
            raise BadInput(
                f"likelihood ratios {present:g} (present) and {absent:g} (absent) do not fit together", where=self.id,
                fix="If presence raises the scenario, absence lowers it, and the other way round",
            )  # fmt: skip

    @property
    def raises(self) -> bool:
        """Whether its presence speaks for the scenario."""
        return self.log_ratio(present=True, day=dt.date.max) > 0

    def log_ratio(self, *, present: bool, day: dt.date) -> float:
        """Log likelihood ratio of its presence, or of a good look without it up to ``day``."""
        if self.expected is not None:
            return self.expected.arrival if present else self.expected.silence(day)
        assert self.ratio is not None
        return math.log(self.ratio[0 if present else 1])


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One look for an indicator: what it found, how good it was, and why that is thought.

    ``at``: when the finding could be known; it counts from then. ``recorded_at``: when it was written down.
    ``evidence``: items of the case that are the same reports: they already count, so the check then adds nothing.
    """

    indicator: str
    state: IndicatorState
    at: dt.datetime
    author: str
    collection: Collection = Collection.NONE
    why: str = ""
    source: str = ""
    evidence: tuple[str, ...] = ()
    recorded_at: dt.datetime | None = None

    def __post_init__(self) -> None:
        if self.at.tzinfo is None:
            raise BadInput("the time of a look needs a time zone", where=self.indicator)
        if not self.author.strip():
            raise BadInput("a look for an indicator needs an author", where=self.indicator)
        if self.state is IndicatorState.ABSENT and self.collection is Collection.GOOD and not self.why.strip():
            raise BadInput(
                "absence counts only where collection was good, and nothing says why it was", where=self.indicator,
                fix="Say what was looked at and why it would have shown the thing",
            )  # fmt: skip

    @property
    def retrospective(self) -> bool:
        """Whether it was written down a day or more after the time it speaks for."""
        return self.recorded_at is not None and self.recorded_at - self.at >= dt.timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class SignalReading:
    """What an event stream said of an option on one day.

    ``value``: the measure itself (a surprise in standard deviations, for instance), ``log_ratio`` what it is worth for
    ``scenario`` with its ``spread`` (standard deviation), ``events`` how many rows stand behind it, ``left_out`` how
    many were not counted because the same reports are evidence already. ``at``: the end of what it saw.
    """

    id: str
    option: str
    scenario: str
    kind: SignalKind
    at: dt.datetime
    value: float
    log_ratio: float
    spread: float
    events: int
    source: str
    detail: str = ""
    left_out: int = 0

    def __post_init__(self) -> None:
        if self.at.tzinfo is None:
            raise BadInput("the time of a reading needs a time zone", where=self.id)
        if not abs(self.log_ratio) <= math.log(LARGEST_RATIO) or not 0 <= self.spread <= 2:
            raise BadInput(f"log ratio {self.log_ratio} with spread {self.spread} is out of bounds", where=self.id)
        if self.events < 0 or self.left_out < 0:
            raise BadInput("counts of events are not negative", where=self.id)
