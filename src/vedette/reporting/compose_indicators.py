"""From the facts to the view: what is watched, as it stands."""

from __future__ import annotations

from typing import Any, Final

from vedette.reporting.compose import Composer, sign_of
from vedette.reporting.figures import Parts
from vedette.reporting.view import Row, Table

_STATES: Final = {"not_looked": "not looked", "absent": "absent", "present": "present", "unknown": "cannot tell"}


def indicator_tables(c: Composer) -> tuple[Table, ...]:
    """The indicators of the case and the signals of event streams; none of them where nothing is watched."""
    made = [_indicators(c)] if c.a.get("indicators") else []
    made += [_signals(c)] if c.a.get("signals") else []
    return tuple(made)


def _indicators(c: Composer) -> Table:
    f = c.facts
    rows = []
    for i, r in enumerate(c.a["indicators"]):
        at = ("assessment", "indicators", i)
        rows.append(
            Row(
                cells=(
                    (f.text(*at, "observable"), " (", f.text(*at, "scenario"), ")"),
                    (_STATES[r["state"]], *_overdue(r)),
                    (f.figure("day", *at, "checked"),) if r["checked"] else ("never",),
                    (f.text(*at, "reason"),),
                ),
                sign=sign_of(r["log_ratio"] or 0.0),
            )
        )
    seen = sum(r["state"] == "present" for r in c.a["indicators"])
    return Table(
        id="indicators",
        finding=(f"Of the {len(rows)} indicators watched, {seen} " + ("is present" if seen == 1 else "are present"),),
        heads=("Indicator", "State", "Last look", "What it says"),
        rows=tuple(rows),
        note=("A mark \u25b2 or \u25bc: it moves the estimate by itself. Not looked is not absent.",),
    )


def _overdue(row: dict[str, Any]) -> Parts:
    return (", its time has passed",) if row["overdue"] else ()


def _signals(c: Composer) -> Table:
    f = c.facts
    rows = []
    for i, r in enumerate(c.a["signals"]):
        at = ("assessment", "signals", i)
        rows.append(
            Row(
                cells=(
                    (r["kind"].replace("_", " "), " (", f.text(*at, "scenario"), ")"),
                    (f.figure("day", *at, "at"),),
                    (f.text(*at, "detail"),),
                    (f.text(*at, "source"),),
                ),
                sign=sign_of(r["log_ratio"]),
            )
        )
    return Table(
        id="signals",
        finding=("What the event streams say",),
        heads=("Signal", "Read on", "What was counted", "Source"),
        rows=tuple(rows),
        note=("A mark \u25b2 or \u25bc: it moves the estimate, a little; how much is an assumption.",),
    )
