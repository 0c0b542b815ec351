"""Results: estimates of scenarios, states of conditions, contributions, and the assessment that holds them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from vedette.domain.plain import to_plain
from vedette.domain.scenarios import BaseRate

Interval = tuple[float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class AtomEstimate:
    """Probability of an atom with its 50 and 90 % intervals."""

    id: str
    statement: str
    probability: float
    interval50: Interval
    interval90: Interval


@dataclass(frozen=True, slots=True, kw_only=True)
class ScenarioEstimate:
    """Probability of a named scenario, its estimative word, and what it would be without evidence."""

    id: str
    label: str
    atoms: tuple[str, ...]
    probability: float
    interval50: Interval
    interval90: Interval
    word: str
    base_rate: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class ConditionEstimate:
    """State of a condition on the -2..+2 scale for one scenario, option and actor's view.

    ``state`` is None when nothing is known (``reason`` says why): unknown is never 0. ``structural`` says what
    history can tell of this condition. ``level``: absent, weak, mixed, met, strong.
    """

    scenario: str
    option: str
    actor: str
    condition: str
    state: float | None
    interval: Interval | None
    level: str
    evidence: tuple[str, ...]
    independent_sources: int
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Contribution:
    """A share of a scenario's log-odds. Bars and the residual sum exactly to the headline's log-odds."""

    what: str
    kind: str
    log_odds: float
    evidence: tuple[str, ...] = ()
    detail: tuple[tuple[str, float], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Binding:
    """What raising one condition alone to the common "met" level would do for a scenario."""

    gain: float
    probability: float
    gradient_share: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Sensitivity:
    """How a scenario's probability moves when one input is left out or set to an end of its range."""

    what: str
    kind: str
    scenario: str
    probability: float
    change: float
    evidence: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Analogue:
    """A named past case near in the conditions. ``outcome`` is None while it lies after the as-of date."""

    name: str
    year: int
    similarity: float
    outcome: str | None
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Confidence:
    """How well founded the estimate is: apart from likelihood, with its reasons."""

    level: str
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Assessment:
    """Everything an assessment says. ``to_dict`` is the JSON of ``vedette assess --json`` (INTERFACES)."""

    case: str
    title: str
    question: str
    as_of: dt.date
    deadline: dt.date
    mode: str
    horizon: Mapping[str, Any]
    framework: str
    method: str
    version: str
    inputs_digest: str
    atoms: tuple[AtomEstimate, ...]
    scenarios: tuple[ScenarioEstimate, ...]
    base_rates: Mapping[str, BaseRate]
    reference_classes: Mapping[str, tuple[BaseRate, ...]] = field(default_factory=dict)
    conditions: tuple[ConditionEstimate, ...]
    contributions: Mapping[str, tuple[Contribution, ...]]
    binding: Mapping[str, Mapping[str, Binding]]
    sensitivity: tuple[Sensitivity, ...]
    flip: Mapping[str, Any] | None = None
    premortem: Mapping[str, tuple[Mapping[str, Any], ...]] = field(default_factory=dict)
    worth_looking: tuple[Mapping[str, Any], ...] = ()
    analogues: tuple[Analogue, ...]
    confidence: Confidence
    evidence: tuple[Mapping[str, Any], ...]
    excluded: tuple[Mapping[str, str], ...]
    judgments: Mapping[str, Any] | None = None
    crowd: tuple[Mapping[str, Any], ...]
    indicators: tuple[Mapping[str, Any], ...] = ()
    signals: tuple[Mapping[str, Any], ...] = ()
    warnings: tuple[str, ...]
    draws: int

    def scenario(self, name: str) -> ScenarioEstimate:
        """By id; KeyError when there is none."""
        for s in self.scenarios:
            if s.id == name:
                return s
        raise KeyError(name)

    def to_dict(self) -> dict[str, Any]:
        """The JSON of INTERFACES, with what was added to it."""
        return {
            name: to_plain(getattr(self, name))
            for name in (
                "case",
                "title",
                "question",
                "as_of",
                "deadline",
                "mode",
                "horizon",
                "framework",
                "method",
                "version",
                "inputs_digest",
                "draws",
                "atoms",
                "scenarios",
                "base_rates",
                "reference_classes",
                "conditions",
                "contributions",
                "binding",
                "sensitivity",
                "flip",
                "premortem",
                "worth_looking",
                "analogues",
                "confidence",
                "evidence",
                "excluded",
                "judgments",
                "crowd",
                "indicators",
                "signals",
                "warnings",
            )
        }
