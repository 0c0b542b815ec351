"""The API described on a page of ours, and alerts as a feed."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from vedette.web.access import Reader
from vedette.web.api.application import PREFIX
from vedette.web.render import desk_of, page
from vedette.web.views.api import api_view

router = APIRouter()

NEWEST = 100
"""Alerts in the feed. [assumption]: more than any reader looks back."""


@router.get("/api")
def api(request: Request, person: Reader) -> Response:
    """What other programs can ask, from the schema itself; nothing is loaded from elsewhere."""
    return page(request, "api.html", api_view(request.app.state.api.openapi(), PREFIX), title="API")


@router.get("/alerts.atom")
def alerts(request: Request, person: Reader) -> Response:
    """Alerts of the cases that are open to whoever asks, newest first, as Atom 1.0. A feed reader shows a key."""
    desk = desk_of(request)
    found = desk.workspace.watching.alerts(limit=NEWEST * 10)
    open_to = set(desk.visible(person, {a.case for a in found}))
    text = desk.workspace.alert_feed([a for a in found if a.case in open_to][:NEWEST])
    return Response(text, media_type="application/atom+xml; charset=utf-8")
