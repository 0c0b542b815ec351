"""What belongs to no page: health, and how the workbench looks to this browser."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Request, Response
from starlette.responses import JSONResponse

from vedette._version import __version__
from vedette.web import metrics
from vedette.web.access import Forbidden, Open, Right
from vedette.web.jobs import jobs_of
from vedette.web.proxy import is_near
from vedette.web.render import KEYS, THEME, THEMES, desk_of, see_other

router = APIRouter()

YEAR = 31_536_000  # seconds


@router.get("/healthz")
def health(person: Open) -> dict[str, str]:
    """Whether the server answers, and its version."""
    return {"status": "ok", "version": __version__}


@router.get("/readyz")
def ready(request: Request, person: Open) -> Response:
    """Whether it can do its work: the database answers, its tables are current, the disk can be written to.

    503 when not. What is wrong is told to whoever asks from this machine; others learn yes or no.
    """
    found = desk_of(request).workspace.readiness()
    well = not any(found.values())
    near = is_near(request.scope) or person.may(Right.ADMIN)
    said = {name: (why or "ok") if near else ("not ready" if why else "ok") for name, why in found.items()}
    return JSONResponse({"status": "ready" if well else "not ready", "checks": said}, status_code=200 if well else 503)


@router.get("/metrics")
def numbers(request: Request, person: Open) -> Response:
    """Numbers for Prometheus: for programs on this machine, and for a key with the scope admin.

    A request that came through a proxy is not of this machine, whoever the proxy is.
    """
    if not (is_near(request.scope) or person.may(Right.ADMIN)):
        raise Forbidden("the numbers of this server are for its administrators", where="/metrics",
                        fix="Ask from the machine itself, or show a key with the scope admin")  # fmt: skip
    desk = desk_of(request)
    watching = desk.workspace.watching
    messages: dict[str, int] = {}
    for (_, state), n in watching.message_counts().items():
        messages[state] = messages.get(state, 0) + n
    gauges = {
        "jobs_open": ("Jobs that run or wait for their turn.", jobs_of(request).unfinished()),
        "cases": ("Cases in the workspace.", len(desk.workspace.cases.case_ids())),
        "alerts_told": ("Messages of alerts that were delivered.", messages.get("sent", 0)),
        "alerts_waiting": ("Messages of alerts that wait to be delivered.", messages.get("waiting", 0)),
    }
    return Response(desk.metrics.text(gauges, __version__), media_type=metrics.TYPE)


@router.post("/look")
def look(
    person: Open,
    theme: Annotated[str | None, Form()] = None,
    keys: Annotated[str | None, Form()] = None,
    back: Annotated[str, Form()] = "/",
) -> Response:
    """Choose light or dark (anything else: as the system does), or switch single-key shortcuts on or off."""
    # Scripts of ours change these two as well, so they are not kept from scripts; they hold no identity.
    answer = see_other(back)
    if theme in THEMES:
        answer.set_cookie(THEME, theme, max_age=YEAR, samesite="strict")
    elif theme is not None:
        answer.delete_cookie(THEME)
    if keys == "off":
        answer.set_cookie(KEYS, "off", max_age=YEAR, samesite="strict")
    elif keys is not None:
        answer.delete_cookie(KEYS)
    return answer
