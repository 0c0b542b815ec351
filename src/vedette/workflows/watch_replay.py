"""A case run through dated material as if it were live: what it would have said, and what would have been told.

Every day sees only what could be known by its end: items by ``available_at``, sightings by their posting, statements by
their publication, looks for indicators by their day. Alerts are decided by the rule that the service uses
(`vedette.warning.alerts`). Beside it stands a naive watcher who counts reports.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from vedette.domain.alerts import Alert, AlertKind, AlertRule, CaseState, Told
from vedette.domain.case import Case
from vedette.domain.events import Event
from vedette.domain.evidence import Evidence, Status
from vedette.domain.indicators import SignalReading
from vedette.domain.plain import to_plain
from vedette.domain.time import AsOf
from vedette.errors import BadInput, VedetteError
from vedette.forecasting.assess import assess
from vedette.geography.boundaries import load_boundaries
from vedette.ports import Clock
from vedette.ports.reading import Handed
from vedette.warning.alerts import decide, new_items, scenario_lines
from vedette.warning.build_up import Sighting
from vedette.warning.indicators import latest_readings, statuses
from vedette.warning.signals import build_up_readings
from vedette.workflows.assess import setting_for
from vedette.workflows.ingest import Source, extract_source, parties, propose
from vedette.workflows.watch_look import indicator_lines

Streams = Callable[[Case, AsOf], tuple[SignalReading, ...]]
"""What stored event streams say of a case by the end of a day."""
COUNT_DAYS = 14
"""Days over which the naive watcher counts reports. [assumption]: two weeks, as for the build-up."""
IF_ACCEPTED_DAYS = 7
"""Days between two computations of the number were all proposals accepted: it costs as much as all else together."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Material:
    """What the replay gets beside the case: sightings and proposals read from documents, each with its own time."""

    sightings: tuple[Sighting, ...] = ()
    sightings_source: str = ""
    proposals: tuple[Evidence, ...] = ()
    documents: int = 0
    unread: tuple[str, ...] = ()
    left_out: int = 0


@dataclass(slots=True)
class _Run:
    """What builds up over the days."""

    told: Told | None = None
    known: set[str] = field(default_factory=set)
    alerts: list[Alert] = field(default_factory=list)
    rows: list[dict[str, Any]] = field(default_factory=list)


def material(
    case: Case, events: Sequence[Event], documents: Sequence[Handed], clock: Clock,
    *, until: dt.date | None = None, progress: Callable[[int, int], None] = lambda _done, _all: None,
) -> Material:  # fmt: skip
    """Sightings placed in the case's states by their coordinates, and proposals from documents by the usual rules.

    Documents after ``until`` (default: the window) are left unread. A row whose address is cited by evidence of the
    case is left out: the same report must not count twice.
    """
    cited = {e.citation.url.rstrip("/") for e in case.evidence if e.citation is not None and e.citation.url}
    fresh = [e for e in events if (e.url or "").rstrip("/") not in cited]
    places = sorted({p for o in case.options for p in (*o.interveners, o.host, o.target) if p})
    sightings = tuple(_sighting(e, places) for e in fresh if e.root == "MOBILIZE" and e.lat is not None)
    proposals: list[Evidence] = []
    unread: list[str] = []
    end = min(until or case.deadline, case.deadline)
    inside = [d for d in documents if d.published is not None and d.published <= end]
    for number, handed in enumerate(sorted(inside, key=lambda d: (d.published or dt.date.max, d.source))):
        progress(number, len(inside))
        try:
            proposals += _proposals(case, handed, clock)
        except VedetteError as error:
            unread.append(f"{handed.source}: {error}")
    return Material(
        sightings=sightings, sightings_source=events[0].dataset if events else "", proposals=tuple(proposals),
        documents=len(inside), unread=tuple(unread), left_out=len(events) - len(fresh),
    )  # fmt: skip


def _sighting(event: Event, places: Sequence[str]) -> Sighting:
    assert event.lat is not None and event.lon is not None
    bounds = load_boundaries("50m")
    state = next((p for p in places if bounds.contains(p, event.lat, event.lon)), None)
    day = event.occurred_at.start or event.available_at.date()
    return Sighting(
        id=event.id, day=day, available=event.available_at, lat=event.lat, lon=event.lon, state=state,
        url=event.url or "",
    )  # fmt: skip


def _proposals(case: Case, handed: Handed, clock: Clock) -> tuple[Evidence, ...]:
    source = Source(
        content=handed.content, name=handed.name, published=handed.published, title=handed.title,
        author=handed.author, url=handed.url, publisher=handed.publisher,
    )  # fmt: skip
    made, _ = propose(case, extract_source(source, parties(case)), clock, taken=lambda _prefix: False)
    # Ids of proposals come from the text; two tables may hold the same text, and a case may hold it already.
    return tuple(replace(e, id=f"{handed.name.removesuffix('.txt')}:{e.id}") for e in made)


def watch_replay(
    case: Case, found: Material, *, scenario: str | None = None, rule: AlertRule | None = None,
    first: dt.date | None = None, last: dt.date | None = None, step: int = 1, quiet_until: dt.date | None = None,
    happened_on: dt.date | None = None, if_accepted: bool = True, streams: Streams | None = None,
) -> dict[str, Any]:  # fmt: skip
    """The time line, its alerts with their lead times, and the naive watcher beside it.

    ``quiet_until``: last day of the part on which the levels are set, so that none cries in it: the highest
    probability there plus the rule's points, and one report more than its highest count, with sightings and without.
    ``happened_on``: lead times count to that day, and nothing from it on is shown. ``streams``: readings of stored
    event streams, which then must not hold the same sightings.
    """
    rule = rule or AlertRule()
    chosen = case.scenario_set.scenario(scenario or case.scenario_set.scenarios[0].id)
    begin, end = first or case.opened, min(last or case.deadline, case.deadline)
    if happened_on is not None:
        end = min(end, happened_on - dt.timedelta(days=1))
    if begin > end or step < 1:
        raise BadInput(f"the replay would start {begin} and end {end} in steps of {step} days", where=case.id)
    days = [begin + dt.timedelta(days=k) for k in range(0, (end - begin).days + 1, step)]
    run = _Run()
    signals: list[SignalReading] = list(case.signals)
    before: dt.date | None = None
    for number, day in enumerate(days):
        cut = AsOf(date=day)
        signals += build_up_readings(case, cut, found.sightings, found.sightings_source, found.left_out)
        signals += streams(case, cut) if streams is not None else ()
        live = replace(case, signals=tuple(signals))
        due = if_accepted and number % max(1, IF_ACCEPTED_DAYS // step) == 0
        _look(run, live, found, cut, before, chosen.id, rule, with_accepted=due)
        before = day
    levels = _levels(run.rows, quiet_until, rule, happened_on)
    return {
        "case": case.id, "scenario": chosen.id, "from": begin.isoformat(), "to": end.isoformat(), "step_days": step,
        "happened_on": happened_on.isoformat() if happened_on else None, "rule": to_plain(rule),
        "material": {
            "items": len(case.evidence), "sightings": len(found.sightings), "documents": found.documents,
            "proposals": len(found.proposals), "unread": list(found.unread), "left_out": found.left_out,
        },
        "timeline": run.rows, "alerts": [_alert_row(a, happened_on) for a in run.alerts],
        "summary": _summary(run, days, happened_on), "levels": levels,
    }  # fmt: skip


def _look(
    run: _Run, case: Case, found: Material, cut: AsOf, before: dt.date | None, scenario: str, rule: AlertRule, *,
    with_accepted: bool,
) -> None:  # fmt: skip
    """One day: assess, decide, write down."""
    setting = setting_for(case)
    result = assess(case, cut, setting, with_sensitivity=False)
    s = result.scenario(scenario)
    earlier = AsOf(date=before) if before is not None else None
    fresh = [e for e in found.proposals if cut.admits(e.times.available_at)
             and (earlier is None or not earlier.admits(e.times.available_at))]  # fmt: skip
    accepted = None
    if with_accepted and found.proposals:
        known = tuple(replace(e, status=Status.ACCEPTED) for e in found.proposals if cut.admits(e.times.available_at))
        more = assess(replace(case, evidence=(*case.evidence, *known)), cut, setting, with_sensitivity=False)
        accepted = more.scenario(scenario).probability
    at = cut.cutoff - dt.timedelta(seconds=1)
    state = CaseState(
        case=case.id, at=at, as_of=cut.date, scenarios=scenario_lines(result),
        indicators=indicator_lines(case, cut.date), new=new_items(fresh) if earlier is not None else (),
        if_accepted={scenario: accepted} if accepted is not None else {},
    )  # fmt: skip
    alerts, run.told = decide(rule, run.told, state, run.known)
    for alert in alerts:
        run.known.update(alert.covers)
    run.alerts += alerts
    known_case = case.known(cut)
    run.rows.append(
        {
            "as_of": cut.date.isoformat(), "probability": s.probability, "interval90": list(s.interval90),
            "base_rate": s.base_rate["p"], "if_accepted": accepted, "items": len(result.evidence),
            "reports": _reports(case, found, cut), "item_reports": _reports(case, replace(found, sightings=()), cut),
            "proposals": sum(cut.admits(e.times.available_at) for e in found.proposals),
            "signals": {
                r.kind.value: {"value": r.value, "log_ratio": r.log_ratio} for r in latest_readings(known_case)
            },
            "indicators": dict(Counter(i.state.value for i in statuses(case, cut))),
            "alerts": [a.key for a in alerts],
        }
    )  # fmt: skip


def _reports(case: Case, found: Material, cut: AsOf) -> int:
    """What a counter of reports has before him: items of evidence and sightings of the last days."""
    since = AsOf(date=cut.date - dt.timedelta(days=COUNT_DAYS))
    times = [e.times.available_at for e in case.evidence] + [s.available for s in found.sightings]
    return sum(cut.admits(t) and not since.admits(t) for t in times)


def _alert_row(alert: Alert, happened_on: dt.date | None) -> dict[str, Any]:
    return {
        "key": alert.key, "on": alert.as_of.isoformat(), "kind": alert.kind.value, "subject": alert.subject,
        "headline": alert.headline, "moves": to_plain(alert.moves), "reasons": to_plain(alert.reasons),
        "lead_days": (happened_on - alert.as_of).days if happened_on is not None else None,
    }  # fmt: skip


def _summary(run: _Run, days: Sequence[dt.date], happened_on: dt.date | None) -> dict[str, Any]:
    weeks = max(((days[-1] - days[0]).days + 1) / 7, 1.0)
    kinds = Counter(a.kind.value for a in run.alerts)
    first = {
        kind.value: next((a.as_of for a in run.alerts if a.kind is kind), None) for kind in AlertKind
        if kinds.get(kind.value)
    }  # fmt: skip
    return {
        "days": len(days), "alerts": dict(kinds), "alerts_a_week": {k: n / weeks for k, n in kinds.items()},
        "first": {k: d.isoformat() if d else None for k, d in first.items()},
        "first_lead_days": {
            k: (happened_on - d).days if happened_on is not None and d is not None else None for k, d in first.items()
        },
        "cases": 1,
    }  # fmt: skip


def _levels(
    rows: Sequence[dict[str, Any]], quiet_until: dt.date | None, rule: AlertRule, happened_on: dt.date | None
) -> dict[str, Any] | None:
    """First crossings after the quiet part of levels that were never reached in it."""
    if quiet_until is None:
        return None
    quiet = [r for r in rows if dt.date.fromisoformat(r["as_of"]) <= quiet_until]
    after = [r for r in rows if dt.date.fromisoformat(r["as_of"]) > quiet_until]
    if not quiet or not after:
        raise BadInput(f"{quiet_until} leaves no day on one side of it", fix="Choose a day inside the replay")
    levels = {
        "probability": max(r["probability"] for r in quiet) + rule.points / 100,
        "reports": max(r["reports"] for r in quiet) + 1,
        # A stream that begins after the quiet part lifts the count by itself: the same without sightings.
        "item_reports": max(r["item_reports"] for r in quiet) + 1,
    }  # fmt: skip
    out: dict[str, Any] = {"quiet_until": quiet_until.isoformat(), "quiet_days": len(quiet), "days_after": len(after)}
    for name, level in levels.items():
        over = [r["as_of"] for r in after if r[name] >= level]
        first = dt.date.fromisoformat(over[0]) if over else None
        # What a warning is worth depends on whether it lasts: the share of days over the level from its first day on.
        since = [r for r in after if first is not None and dt.date.fromisoformat(r["as_of"]) >= first]
        out[name] = {
            "level": level, "first_over": over[0] if over else None, "days_over": len(over),
            "share_over_since": len(over) / len(since) if since else None,
            "lead_days": (happened_on - first).days if happened_on is not None and first is not None else None,
        }
    return out

