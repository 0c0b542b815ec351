"""History: base rates, reference classes with live counts, back-tests."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Query, Request, Response

from vedette.errors import VedetteError
from vedette.web.access import Reader
from vedette.web.render import desk_of, page
from vedette.web.views.history import history_view
from vedette.web.views.history_class import backtest_view, class_view

if TYPE_CHECKING:
    from vedette.web.desk import Desk
    from vedette.workflows.panel_shelf import PanelShelf

router = APIRouter()

TABS = (("/history", "Base rates"), ("/history/class", "Reference class"), ("/history/backtest", "Back-test"))
MOST_FILTERS = 20
"""Filters an address may name. [assumption]: a class of more would be empty."""

Text = Annotated[str, Query(max_length=200)]


@router.get("/history")
def history(
    request: Request, person: Reader, intervener: Text = "", target: Text = "", outcome: Text = "", horizon: Text = "",
    as_of: Text = "", most: Annotated[int, Query(ge=1, le=400)] = 25,
) -> Response:  # fmt: skip
    """The base rate of a pair, and the ranking of all pairs."""
    asked = {"intervener": intervener, "target": target, "outcome": outcome, "horizon": horizon, "as_of": as_of}
    status = 200
    try:
        view = history_view(asked, most=most)
    except VedetteError as error:
        status = 422
        near = f" Nearest: {', '.join(getattr(error, 'nearest', ()))}." if getattr(error, "nearest", ()) else ""
        view = history_view(asked, error=(error.what, (error.fix or "") + near), most=most)
    return page(request, "history.html", view, nav="history", title="History", status=status, subs=TABS, sub="/history")


@router.get("/history/class")
def reference_class(
    request: Request, person: Reader, intervener: Text = "", target: Text = "", outcome: Text = "", year: Text = "",
    as_of: Text = "", f: Annotated[list[str] | None, Query()] = None, add: Text = "",
    most: Annotated[int, Query(ge=1, le=200)] = 25,
) -> Response:  # fmt: skip
    """A reference class: filters, the count that follows at once, the cases by name."""
    asked = {"intervener": intervener, "target": target, "outcome": outcome, "year": year, "as_of": as_of}
    view = class_view(_shelf(desk_of(request)), asked, tuple((f or [])[:MOST_FILTERS]), extra=add, most=most)
    return page(request, "history_class.html", view, nav="history", title="Reference class",
                status=422 if view.error else 200, subs=TABS, sub="/history/class")  # fmt: skip


def _shelf(desk: Desk) -> PanelShelf:
    from vedette.workflows.panel_shelf import PanelShelf

    shelf: PanelShelf = desk.parts.get(("panel",), lambda: PanelShelf(desk.settings.data))
    return shelf


@router.get("/history/backtest")
def backtest(request: Request, person: Reader) -> Response:
    """Back-tests of this data folder, and the fits that are shipped."""
    desk = desk_of(request)
    files = tuple((p.name, p.stat().st_mtime_ns) for p in sorted(desk.settings.data.glob("backtest-*.csv")))
    view = desk.parts.get(("backtest", files), lambda: backtest_view(desk.settings.data))
    return page(request, "history_backtest.html", view, nav="history", title="Back-test", subs=TABS,
                sub="/history/backtest")  # fmt: skip
