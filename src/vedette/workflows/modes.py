"""The author's rule and the recommended method side by side, and where they part."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from vedette.domain.forecast import Assessment
from vedette.errors import BadInput


@dataclass(frozen=True, slots=True, kw_only=True)
class Apart:
    """One bar of the two waterfalls, in log-odds. ``gap``: recommended minus author."""

    what: str
    kind: str
    recommended: float
    author: float
    gap: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ModesOfScenario:
    """A scenario both ways. ``gap`` is in log-odds, and the gaps of ``apart`` sum to it exactly."""

    id: str
    label: str
    recommended: float
    author: float
    gap: float
    apart: tuple[Apart, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Modes:
    """Every scenario both ways."""

    case: str
    as_of: str
    scenarios: tuple[ModesOfScenario, ...]

    def scenario(self, name: str) -> ModesOfScenario:
        """By id; KeyError when there is none."""
        for s in self.scenarios:
            if s.id == name:
                return s
        raise KeyError(name)


def compare_modes(recommended: Assessment, author: Assessment) -> Modes:
    """Two assessments of one case on one day, held against each other bar by bar.

    What either counts and the other does not (stakes, a host's gate, a denial taken for cheap talk) is a bar of the one
    and 0 of the other; the residual bars take what averaging adds. Raises `BadInput` for two cases or two days.
    """
    if (recommended.case, recommended.as_of) != (author.case, author.as_of):
        raise BadInput(
            f"{recommended.case} on {recommended.as_of} and {author.case} on {author.as_of} cannot be compared",
            fix="Assess one case on one day in both modes",
        )
    rows = []
    for s in recommended.scenarios:
        mine, his = _bars(recommended, s.id), _bars(author, s.id)
        apart = tuple(
            sorted(
                (
                    Apart(
                        what=what, kind=kind, recommended=mine.get((kind, what), 0.0),
                        author=his.get((kind, what), 0.0),
                        gap=mine.get((kind, what), 0.0) - his.get((kind, what), 0.0),
                    )
                    for kind, what in dict.fromkeys((*mine, *his))
                ),
                key=lambda a: (-abs(a.gap), a.what),
            )
        )  # fmt: skip
        rows.append(
            ModesOfScenario(
                id=s.id, label=s.label, recommended=s.probability, author=author.scenario(s.id).probability,
                gap=math.fsum(a.gap for a in apart), apart=apart,
            )
        )  # fmt: skip
    return Modes(case=recommended.case, as_of=recommended.as_of.isoformat(), scenarios=tuple(rows))


def _bars(a: Assessment, scenario: str) -> Mapping[tuple[str, str], float]:
    return {(c.kind, c.what): c.log_odds for c in a.contributions[scenario]}
