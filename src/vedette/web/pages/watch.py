"""Watch: alerts, source health, indicators; a look at an indicator and a watched source are recorded here."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Form, Request, Response

from vedette.domain.time import AsOf, parse_date
from vedette.errors import BadInput, EditConflict, UnknownName, VedetteError
from vedette.web.access import Person, Reader, Writer
from vedette.web.meeting import conflict_page, last_deed
from vedette.web.render import desk_of, page, see_other
from vedette.web.views.address import address, case_path
from vedette.web.views.board import day_of, lines_of
from vedette.web.views.conflict import Attempt, kept_fields
from vedette.web.views.watch import WatchView, watch_view

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from vedette.web.desk import Desk

router = APIRouter()

MOST_CASES = 25
"""Cases whose indicators are listed, the latest recorded first; any other by its address. [assumption]: a screen."""
Text = Annotated[str, Form()]


@router.get("/watch")
def watch(request: Request, person: Reader, case: str = "") -> Response:
    """Alerts, sources, indicators."""
    desk = desk_of(request)
    if case:
        if person.cases is not None and desk.access(person, case) is None:
            raise UnknownName("case", case, fix="The board lists every case that is shared with you")
        desk.case(case)  # an unknown one is said so, with the nearest
    return _page(request, _view(desk, person, case))


def _page(request: Request, view: WatchView, status: int = 200) -> Response:
    desk = desk_of(request)
    looks = {c.case: Counter(k.indicator for k in desk.case(c.case).checks) for c in view.cases}
    return page(request, "watch.html", view, nav="watch", title="Watch", status=status, looks=looks)


def _view(
    desk: Desk, person: Person, chosen: str = "", refused: tuple[str, str, dict[str, str]] = ("", "", {})
) -> WatchView:
    from vedette.workflows.watch import status

    now = desk.workspace.clock.now()
    lines = [line for line, _ in lines_of(desk, person)]
    seen = {line.id for line in lines}
    lines.sort(key=lambda line: (line.id != chosen, -line.recorded.timestamp()))
    rows: list[Any] = []
    for line in lines[:MOST_CASES] if not chosen else lines[:1]:
        day = AsOf(date=day_of(line, now.date()))
        rows.append((desk.case(line.id), _indicators(desk, line.id, line.stamp, day), day))
    health = status(desk.workspace.watching, now)
    if person.cases is not None:
        mine = [r for r in health["sources"] if r["case"] in seen]
        poor = sum(1 for r in mine if r["state"] not in ("ok", "never looked at"))
        # What waits in the outbox names no case: only those who see every case are shown it.
        health = {**health, "sources": mine, "poor": poor, "waiting": [], "channels": {}}
    elif chosen:
        health = {**health, "sources": [r for r in health["sources"] if r["case"] == chosen]}
    alerts = [a for a in desk.workspace.watching.alerts(chosen or None, limit=400) if a.case in seen]
    return watch_view(
        alerts, health, rows, now, chosen=chosen, choices=[(line.id, line.title) for line in lines], refused=refused
    )


def _indicators(desk: Desk, case_id: str, stamp: str, day: AsOf) -> Sequence[Mapping[str, Any]]:
    from vedette.workflows.indicators import indicator_rows

    key = ("indicators", case_id, stamp, day)
    found: Sequence[Mapping[str, Any]] = desk.parts.get(key, lambda: indicator_rows(desk.case(case_id), day))
    return found


@router.post("/cases/{case_id}/indicators/{indicator_id}")
def look(
    request: Request, person: Writer, case_id: str, indicator_id: str, state: Text = "", why: Text = "",
    source: Text = "", on: Text = "", seen: Text = "",
) -> Response:  # fmt: skip
    """Record what a look at an indicator found; those before it stay. ``seen``: how many there were."""
    from vedette.workflows.indicators import set_state

    desk = desk_of(request)
    try:
        day: dt.date | None = parse_date(on, where="day") if on else None
        set_state(
            desk.workspace.cases, desk.workspace.clock, case_id, indicator_id, state, author=person.name, why=why,
            source=source, on=day, seen=seen,
        )  # fmt: skip
    except EditConflict as error:
        sent = {"state": state, "why": why, "source": source, "on": on}
        watched = next((i.observable for i in desk.case(case_id).indicators if i.id == indicator_id), indicator_id)
        attempt = Attempt(
            action=case_path(case_id, "indicators", indicator_id), kept=kept_fields(sent, {"why": "Why", "source":
            "Source"}),
            mine=(("Indicator", watched), ("Found", state), ("Why", why), ("Source", source), ("Day", on)),
            keep=("Keep theirs", f"{address('/watch', case=case_id)}#i-{case_id}"),
            back=("Back to the case", case_path(case_id)), take="Add my look after theirs",
        )  # fmt: skip
        return conflict_page(request, error, attempt, nav="watch")
    except VedetteError as error:
        typed = {"state": state, "why": why, "source": source, "on": on, "indicator": indicator_id}
        return _page(request, _view(desk, person, case_id, (error.what, error.fix, typed)), 422)
    return see_other(f"{address('/watch', case=case_id)}#i-{case_id}")


@router.post("/cases/{case_id}/watches")
def add_source(
    request: Request, person: Writer, case_id: str, kind: Text = "feed", source: Text = "", every: Text = "15",
    seen: Text = "",
) -> Response:  # fmt: skip
    """Watch a source for a case. Folders of this machine are added on the command line only."""
    from vedette.ports.watching import Watch, WatchKind
    from vedette.workflows.open_case import stored_case
    from vedette.workflows.watch import add_watches, watch_text

    desk = desk_of(request)
    try:
        if kind not in (WatchKind.FEED, WatchKind.PAGE, WatchKind.EVENTS):
            raise BadInput(f"{kind!r} cannot be watched from here", fix="A feed, a page, or events between two states")
        if kind != WatchKind.EVENTS and not source.strip().lower().startswith(("http://", "https://")):
            raise BadInput(f"{source!r} is no address", fix="It starts with https://")
        if kind == WatchKind.EVENTS and len([p for p in source.split(":") if p.strip()]) != 2:
            raise BadInput(f"{source!r} is no pair of states", fix="For example RUS:UKR")
        if not every.isdecimal() or not 1 <= int(every) <= 10_080:
            raise BadInput(f"{every!r} is no number of minutes", fix="From 1 to 10,080 (a week)")
        found = stored_case(desk.workspace.cases, case_id)
        made = Watch(case=found.id, kind=WatchKind(kind), address=source.strip(), every=60.0 * int(every))
        store = desk.workspace.watching
        add_watches(store, desk.workspace.looker(), [made], store.case_watch(found.id), seen=seen)
        request.scope["vedette.audit"] = {"subject": made.source, "detail": watch_text(made)}
    except EditConflict as error:
        subject = f"{kind}:{source.strip()}"
        if error.deeds:
            d = error.deeds[0]
            deed = last_deed(desk, subject, ("add_source",), before=d.before, after=d.after, case=case_id)
            error = EditConflict(error.what, where=error.where, fix=error.fix, version=error.version, deeds=[
                replace(deed, what=f"set how {source.strip()} is watched")
            ])  # fmt: skip
        attempt = Attempt(
            action=case_path(case_id, "watches"),
            kept=kept_fields({"kind": kind, "source": source, "every": every}, {"every": "Minutes between looks"}),
            mine=(("Source", source), ("Kind", kind), ("Minutes between looks", every)),
            keep=("Keep theirs", f"{address('/watch', case=case_id)}#sources"),
            back=("Back to the case", case_path(case_id)),
        )  # fmt: skip
        return conflict_page(request, error, attempt, nav="watch")
    except VedetteError as error:
        typed = {"kind": kind, "source": source, "every": every}
        return _page(request, _view(desk, person, case_id, (error.what, error.fix, typed)), 422)
    return see_other(f"{address('/watch', case=case_id)}#sources")
