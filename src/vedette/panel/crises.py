"""How often crises of a kind end in serious fighting or war: rates from the ICB data, written as our own numbers."""
# ruff: noqa: S608  SQL here is built from declared codes, never from user text.

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from vedette.frames.frame import Frame
from vedette.frames.history import CRISES, CRISIS_ACTORS
from vedette.panel.intervals import Rate, rate_of
from vedette.panel.table import need

# First year counted: the order before 1945 (colonial wars, two world wars) is another population.
FIRST_YEAR = 1946
# ICB 'viol': 3 serious clashes, 4 full-scale war.
_SERIOUS, _WAR = 3, 4


@dataclass(frozen=True, slots=True, kw_only=True)
class CrisisKind:
    """A class of crises by the trigger of the first state drawn in (ICB actor-level codes)."""

    id: str
    label: str
    triggers: tuple[int, ...]
    definition: str


KINDS: tuple[CrisisKind, ...] = (
    CrisisKind(
        id="not-directly-violent", label="first trigger was not a violent act", triggers=(1, 2, 3, 4, 5, 6, 7, 8),
        definition="any trigger but a violent act against the state itself; indirect violence (against an ally or "
        "client) is included",
    ),
    CrisisKind(
        id="no-violence", label="first trigger involved no violence", triggers=(1, 2, 3, 4, 5, 6, 7),
        definition="the class above without indirect violence",
    ),
    CrisisKind(
        id="non-violent-military", label="non-violent military act", triggers=(7,),
        definition="show of force, movement or mobilisation of troops, exercises, change of posture",
    ),
    CrisisKind(
        id="external-change", label="external change", triggers=(4,),
        definition="a change in another state or in the system: new weapons, new regime, new alignment",
    ),
    CrisisKind(
        id="political-act", label="political act", triggers=(2,),
        definition="subversion, alliance of adversaries, sanctions of a diplomatic kind, violation of a treaty",
    ),
    CrisisKind(
        id="internal-challenge", label="challenge to the regime at home", triggers=(6,),
        definition="verbal or physical challenge to the state's own regime",
    ),
    CrisisKind(
        id="indirect-violence", label="violence against an ally or client", triggers=(8,),
        definition="a violent act directed at another state or group that the state cares about",
    ),
    CrisisKind(
        id="violent-act", label="violent act", triggers=(9,), definition="a direct attack of any size",
    ),
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class CrisisClass:
    """A kind of crisis with the rates of what followed."""

    kind: CrisisKind
    serious: Rate
    war: Rate


def crisis_class_rates(
    crises: Frame, actors: Frame, *, first_year: int = FIRST_YEAR, last_year: int | None = None, level: float = 0.9
) -> tuple[CrisisClass, ...]:
    """Rates of serious clashes or worse, and of full-scale war, by the trigger of the first actor.

    The first actor is the one whose trigger has the earliest date (an unknown day counts as late in its month;
    then the lowest actor number). What followed is the violence of the whole crisis. ``last_year``: only crises
    that had **ended** by then, for a replay.
    """
    import duckdb

    need(crises, CRISES)
    need(actors, CRISIS_ACTORS)
    ended = f"AND coalesce(c.last_year, c.year) <= {int(last_year)}" if last_year is not None else ""
    with duckdb.connect() as con:
        rows = con.execute(
            "WITH first AS (SELECT crisno, trigger FROM ("
            "SELECT crisno, trigger, row_number() OVER (PARTITION BY crisno ORDER BY year, month NULLS LAST, "
            f"day NULLS LAST, actor_number) AS k FROM {actors.sql}) WHERE k = 1) "
            f"SELECT f.trigger, c.violence FROM first f JOIN {crises.sql} c USING (crisno) "
            f"WHERE c.year >= {int(first_year)} AND f.trigger IS NOT NULL AND c.violence IS NOT NULL {ended}"
        ).fetchall()
    found = []
    for kind in KINDS:
        followed = [int(violence) for trigger, violence in rows if trigger in kind.triggers]
        found.append(
            CrisisClass(
                kind=kind,
                serious=rate_of(sum(v >= _SERIOUS for v in followed), len(followed), level),
                war=rate_of(sum(v >= _WAR for v in followed), len(followed), level),
            )
        )
    return tuple(found)


def crisis_classes_as_json(classes: tuple[CrisisClass, ...], crises: Frame, *, command: str) -> str:
    """Our own small file: definitions, n, k, rates and intervals, with the source and the command."""
    origin = crises.provenance
    plain = {
        "about": "Rates computed by us; none of the source's rows is in this file.",
        "population": f"international crises since {FIRST_YEAR}, by the trigger of the first state drawn in",
        "outcomes": {
            "serious_or_worse": "violence in the whole crisis was serious clashes or full-scale war",
            "full_scale_war": "violence in the whole crisis was full-scale war",
        },
        "interval": "Jeffreys, equal-tailed",
        "source": {
            "dataset": origin.dataset, "title": origin.title, "edition": origin.edition, "citation": origin.citation,
            "last_year": origin.coverage.last_year,
        },
        "command": command,
        "classes": [
            {
                "id": item.kind.id, "label": item.kind.label, "definition": item.kind.definition,
                "triggers": list(item.kind.triggers), "serious_or_worse": item.serious.to_plain(),
                "full_scale_war": item.war.to_plain(),
            }
            for item in classes
        ],
    }  # fmt: skip
    return json.dumps(plain, indent=1, ensure_ascii=False) + "\n"


def write_crisis_classes(classes: tuple[CrisisClass, ...], crises: Frame, path: Path, *, command: str) -> None:
    """Write ``crisis_classes_as_json`` to a file."""
    path.write_text(crisis_classes_as_json(classes, crises, command=command), encoding="utf-8")
