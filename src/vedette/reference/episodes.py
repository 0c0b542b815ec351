"""Well-known episodes of threatened or actual intervention: a small table of our own.

For an install without any downloaded data. Each row is coded from simple public facts in our own words; the
source names the crisis number of the ICB project, the UCDP/PRIO data set, or the public record. The selection is
ours and is no sample: rates must not be computed from it. What "followed" is the worst that happened in the
episode: none, presence (troops enter, no fighting), intervention (force used), full-scale.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from importlib.resources import files
from typing import Literal, get_args

Followed = Literal["none", "presence", "intervention", "full-scale"]

# What could be seen on the day of judgment, each yes or no, in the order of the table.
FEATURES: dict[str, str] = {
    "major": "the intervener is a major power",
    "border": "the two touch by land (or hold a common cease-fire line)",
    "massed": "regular forces had been gathered or moved for the purpose",
    "demands": "demands or an ultimatum had been stated",
    "invited": "a government, or the one widely recognised, had asked for the troops",
    "civil": "there was fighting or a violent change of power inside the target",
    "bound": "a major power other than the intervener was bound or clearly committed to defend the target",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Episode:
    """One episode: who, whom, when it is judged, what could be seen, and what followed by when."""

    id: str
    name: str
    intervener: int
    target: int
    judged_on: date
    features: dict[str, bool]
    outcome: Followed
    resolved_on: date
    source: str
    followed: str


@lru_cache(maxsize=1)
def all_episodes() -> tuple[Episode, ...]:
    """Every episode of the table, oldest first."""
    text = files("vedette.reference").joinpath("episodes.csv").read_text(encoding="utf-8")
    found = []
    for row in csv.DictReader(text.splitlines()):
        outcome = next(word for word in get_args(Followed) if word == row["outcome"])
        found.append(
            Episode(
                id=row["id"], name=row["name"], intervener=int(row["intervener"]), target=int(row["target"]),
                judged_on=date.fromisoformat(row["judged_on"]),
                features={name: row[name] == "1" for name in FEATURES}, outcome=outcome,
                resolved_on=date.fromisoformat(row["resolved_on"]), source=row["source"], followed=row["followed"],
            )
        )  # fmt: skip
    return tuple(found)
