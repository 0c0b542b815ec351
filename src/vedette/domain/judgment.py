"""What one analyst holds: a condition's state, a likelihood ratio or a probability, with reason and time."""

from __future__ import annotations

import datetime as dt
import enum
import math
from dataclasses import dataclass

from vedette.errors import BadInput


class JudgmentKind(enum.StrEnum):
    """What the value means: a level on -2..+2, a log likelihood ratio, or a probability in (0, 1)."""

    STATE = "state"
    LIKELIHOOD_RATIO = "likelihood_ratio"
    PROBABILITY = "probability"


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgment:
    """One elicited value. ``subject``: a scenario id, an ``option.condition`` or an evidence id.

    ``value`` with optional ``low``/``high`` (the analyst's own 90 % interval). ``round`` 1 is blind. ``saw_model``
    records whether the analyst had seen the model's number. ``at`` is the time it speaks for and counts from;
    ``recorded_at`` when it was given: a judgment recorded later than that is retrospective, and said to be.
    """

    id: str
    analyst: str
    kind: JudgmentKind
    subject: str
    value: float
    low: float | None = None
    high: float | None = None
    reason: str = ""
    round: int = 1
    saw_model: bool = False
    at: dt.datetime
    recorded_at: dt.datetime | None = None

    @property
    def retrospective(self) -> bool:
        """Whether it was recorded a day or more after the time it speaks for: hindsight cannot be ruled out."""
        return self.recorded_at is not None and self.recorded_at - self.at >= dt.timedelta(days=1)

    def __post_init__(self) -> None:
        if self.at.tzinfo is None:
            raise BadInput("a judgment's time needs a time zone", where=self.id)
        for number in (self.value, self.low, self.high):
            if number is not None and not math.isfinite(number):
                raise BadInput(f"{number} is not a number that can be weighed", where=self.id)
        if self.kind is JudgmentKind.PROBABILITY and not 0 < self.value < 1:
            raise BadInput(
                f"probability {self.value} is not strictly between 0 and 1",
                where=self.id,
                fix="Nothing here is certain: use 0.005 or 0.995 at the ends",
            )
        if self.low is not None and self.high is not None and not self.low <= self.value <= self.high:
            raise BadInput(f"value {self.value} lies outside its own interval {self.low}-{self.high}", where=self.id)
