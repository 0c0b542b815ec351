"""Questions, committed forecasts, resolutions and scores: the nouns of the append-only ledger."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from vedette.domain.scenarios import check_distribution
from vedette.errors import BadInput


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A forecastable proposition: exclusive answers, the rule that decides, the source and the deadline."""

    id: str
    case: str
    statement: str
    atoms: tuple[str, ...]
    rule: str
    deadline: dt.date


@dataclass(frozen=True, slots=True, kw_only=True)
class Forecast:
    """A committed distribution over a question's atoms. Never changed; a revision is a new forecast."""

    question: str
    forecaster: str
    as_of: dt.date
    at: dt.datetime
    distribution: Mapping[str, float]
    base_rate: Mapping[str, float]
    inputs_digest: str
    method: str
    note: str = ""

    def __post_init__(self) -> None:
        check_distribution(self.distribution, tuple(self.distribution), where=self.question)
        if self.at.tzinfo is None:
            raise BadInput("a forecast's time needs a time zone", where=self.question)


@dataclass(frozen=True, slots=True, kw_only=True)
class Resolution:
    """What happened, or why the question cannot be judged fairly (void)."""

    question: str
    atom: str | None
    at: dt.datetime
    occurred: dt.date | None
    source: str
    void_reason: str = ""

    def __post_init__(self) -> None:
        if (self.atom is None) == (not self.void_reason):
            raise BadInput("a resolution names an atom, or says why the question is void", where=self.question)
