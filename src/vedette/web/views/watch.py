"""Watching as plain objects: what was told, how sources are, what indicators say. No reporting is not no event."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from vedette.domain.alerts import Alert, AlertKind
from vedette.domain.case import Case
from vedette.domain.time import AsOf
from vedette.reference.estimative import number_text, percent, signed_points
from vedette.reporting.labels import day_text, safe_text
from vedette.web.views.address import address, case_path

ALERTS_SHOWN: Final = 40
STATES: Final = {
    # state: glyph (a class of the drawing), word
    "present": ("full", "seen"), "absent": ("empty", "looked for, not seen"), "unknown": ("half", "looked, unclear"),
    "not_looked": ("dash", "not looked for"),
}  # fmt: skip
FIELDS: Final = ("kind", "source", "every", "state", "why", "on", "indicator")
"""Fields of the forms, kept when one is refused."""
ORDER: Final = ("present", "unknown", "absent", "not_looked")
KINDS: Final = {
    AlertKind.PROBABILITY: "number moved", AlertKind.INDICATOR: "indicator", AlertKind.EVIDENCE: "new evidence",
    AlertKind.SOURCE_HEALTH: "source", AlertKind.DUE: "deadline",
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class MoveLine:
    """A scenario from before to after."""

    label: str
    text: str
    tone: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertRow:
    """One thing that was told."""

    case: str
    href: str
    kind: str
    at: str
    at_text: str
    headline: str
    urgent: bool
    moves: tuple[MoveLine, ...]
    reasons: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceRow:
    """A watched source and how it is. ``well`` False: it fails, is silent or was cut short."""

    case: str
    href: str
    kind: str
    address: str
    state: str
    well: bool
    why: str
    last_ok: str
    last_new: str
    items: str
    overdue: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class IndicatorRow:
    """An indicator of a case with what the last look found."""

    id: str
    observable: str
    state: str
    word: str
    glyph: str
    since: str
    why: str
    tags: tuple[str, ...]
    weight: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseIndicators:
    """The indicators of one case, those seen first. ``counts``: (word, how many). ``day``: offered for a new look,
    empty where that is today."""

    case: str
    title: str
    href: str
    as_of: str
    day: str
    rows: tuple[IndicatorRow, ...]
    counts: tuple[tuple[str, int], ...]
    open: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchView:
    """The page."""

    finding: str
    sources_finding: str
    alerts: tuple[AlertRow, ...]
    sources: tuple[SourceRow, ...]
    waiting: tuple[tuple[str, str, str], ...]
    channels: tuple[tuple[str, str], ...]
    cases: tuple[CaseIndicators, ...]
    without: tuple[tuple[str, str], ...]
    chosen: str
    choices: tuple[tuple[str, str], ...]
    error: str
    fix: str
    typed: Mapping[str, str]


def watch_view(
    alerts: Sequence[Alert], status: Mapping[str, Any], cases: Sequence[tuple[Case, Sequence[Mapping[str, Any]], AsOf]],
    now: dt.datetime, *, chosen: str = "", choices: Sequence[tuple[str, str]] = (),
    refused: tuple[str, str, Mapping[str, str]] = ("", "", {}),
) -> WatchView:  # fmt: skip
    """``alerts`` newest first; ``status`` as `vedette.workflows.watch.status` gives it; ``cases`` with their indicator
    rows and the day these are of."""
    week = [a for a in alerts if now - a.at < dt.timedelta(days=7)]
    rows = status["sources"]
    made = [_case(case, found, day, now.date(), opened=chosen == case.id) for case, found, day in cases]
    return WatchView(
        finding=_finding(alerts, week, rows),
        sources_finding="No source is watched" if not rows else
        f"{status['poor']} of {len(rows)} sources are not well: no reporting is not no event" if status["poor"] else
        f"All {len(rows)} sources answer" if len(rows) > 1 else "The one source answers",
        alerts=tuple(_alert(a) for a in alerts[:ALERTS_SHOWN]), sources=tuple(_source(r) for r in rows),
        waiting=tuple((w["channel"], f"{w['tries']} tries", safe_text(w["why"])) for w in status["waiting"]),
        channels=tuple(
            (name, ", ".join(f"{n} {state}" for state, n in counts.items()))
            for name, counts in status["channels"].items()
        ),
        cases=tuple(c for c in made if c.rows), without=tuple((c.title, c.href) for c in made if not c.rows),
        chosen=chosen, choices=tuple(choices), error=refused[0], fix=refused[1],
        typed={**dict.fromkeys(FIELDS, ""), **refused[2]},
    )  # fmt: skip


def _finding(alerts: Sequence[Alert], week: Sequence[Alert], rows: Sequence[Mapping[str, Any]]) -> str:
    if week:
        urgent = sum(a.urgent for a in week)
        return f"{len(week)} alert{'' if len(week) == 1 else 's'} in the last week" + (
            f", {urgent} urgent" if urgent else ""
        )
    if alerts:
        return f"Quiet since {day_text(alerts[0].at.date())}"
    return "Nothing has been told yet" if rows else "Nothing is watched yet"


def _alert(a: Alert) -> AlertRow:
    return AlertRow(
        case=a.case, href=address(case_path(a.case), as_of=a.as_of.isoformat()), kind=KINDS[a.kind],
        at=a.at.isoformat(timespec="minutes"), at_text=f"{a.at:%d %b %Y %H:%M} UTC", headline=safe_text(a.headline),
        urgent=a.urgent,
        moves=tuple(
            MoveLine(
                label=safe_text(m.label), text=f"{percent(m.before)} → {percent(m.after)} "
                f"({signed_points(m.after - m.before)} points)", tone="up" if m.after > m.before else "dn",
            )
            for m in a.moves
        ),
        reasons=tuple(
            (safe_text(r.what), "" if r.log_odds is None else number_text(r.log_odds, 2, signed=True))
            for r in a.reasons
        ),
    )  # fmt: skip


def _when(value: dt.datetime | None) -> str:
    return f"{value:%d %b %Y %H:%M} UTC" if value is not None else "never"


def _source(r: Mapping[str, Any]) -> SourceRow:
    items = r["items"]
    return SourceRow(
        case=r["case"], href=case_path(r["case"]), kind=str(r["kind"]), address=safe_text(r["source"]),
        state=str(r["state"]), well=r["state"] in ("ok", "never looked at"),
        why=safe_text(r["why"]) + (f" ({r['failures']} times)" if r["failures"] else ""), last_ok=_when(r["last_ok"]),
        last_new=_when(r["last_new"]), items=", ".join(f"{n} {state}" for state, n in items.items()) or "none",
        overdue=bool(r["overdue"]),
    )  # fmt: skip


def _case(
    case: Case, found: Sequence[Mapping[str, Any]], day: AsOf, today: dt.date, *, opened: bool
) -> CaseIndicators:
    rows = sorted(found, key=lambda r: (ORDER.index(r["state"]), r["id"]))
    counts = [(STATES[s][1], sum(r["state"] == s for r in rows)) for s in ORDER]
    return CaseIndicators(
        case=case.id, title=safe_text(case.title), href=case_path(case.id), as_of=day_text(day.date),
        day="" if day.date == today else day.date.isoformat(),
        rows=tuple(_indicator(r) for r in rows), counts=tuple((w, n) for w, n in counts if n), open=opened,
    )


def _indicator(r: Mapping[str, Any]) -> IndicatorRow:
    glyph, word = STATES[r["state"]]
    tags = [t for t, on in (("stale", r["stale"]), ("look is overdue", r["overdue"])) if on]
    return IndicatorRow(
        id=r["id"], observable=safe_text(r["observable"]), state=r["state"], word=word, glyph=glyph,
        since=day_text(r["since"]) if r["since"] else "", tags=tuple(tags),
        why=safe_text(r["why"] or r["reason"] or ""),
        weight=number_text(r["log_ratio"], 2, signed=True) if r["log_ratio"] else "",
    )  # fmt: skip
