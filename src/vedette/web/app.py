"""The application: guard, static files, routers, error pages."""

from __future__ import annotations

import difflib
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.staticfiles import StaticFiles

from vedette.errors import AfterCutOff, Damaged, EditConflict, UnknownName, VedetteError
from vedette.web.access import Forbidden, SignInNeeded, as_told
from vedette.web.api.application import PREFIX, create_api
from vedette.web.attempts import Attempts
from vedette.web.audit import Audit
from vedette.web.desk import STATIC, Desk
from vedette.web.observe import Observed, Span
from vedette.web.pages import first, routers
from vedette.web.proxy import Behind
from vedette.web.render import CASE_NAV, NAV, page, see_other
from vedette.web.security import Guard, Refused

if TYPE_CHECKING:
    from starlette.types import Receive, Scope, Send

LOG = logging.getLogger("vedette.web")


def create_app(desk: Desk, *, proxies: Sequence[str] = (), span: Span | None = None) -> FastAPI:
    """The workbench for one desk. ``proxies``: addresses of trusted reverse proxies; ``span`` as in `Observed`."""
    app = FastAPI(title="Vedette", openapi_url=None, docs_url=None, redoc_url=None)
    app.state.desk = desk
    app.router.routes.extend(first())
    app.mount("/static", Files(directory=STATIC), name="static")
    app.state.api = create_api(desk, error_view)
    app.mount(PREFIX, app.state.api)
    for router in routers():
        app.include_router(router)
    for kind in (VedetteError, HTTPException, RequestValidationError):
        app.add_exception_handler(kind, explain_async)
    app.state.attempts = Attempts()
    app.add_middleware(Audit, desk=desk)
    app.add_middleware(GZipMiddleware, minimum_size=800, compresslevel=5)
    app.add_middleware(
        Guard, hosts=desk.hosts, upload_limit=int(desk.settings.max_document_mb * 1_000_000) + 1_000_000,
        explain=explain,
    )  # fmt: skip
    app.add_middleware(Observed, metrics=desk.metrics, span=span)
    app.add_middleware(Behind, trusted=proxies)
    return app


class Files(StaticFiles):
    """Static files that browsers may keep when asked for with their digest."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One file."""
        keep = b"v=" in scope.get("query_string", b"")

        async def cached(message: Any) -> None:
            if message["type"] == "http.response.start" and message["status"] in (200, 304):
                # Parts that scripts load have no digest in their address: kept, and asked about again.
                value = b"public, max-age=31536000, immutable" if keep else b"no-cache"
                message["headers"] = [*message["headers"], (b"cache-control", value)]
            await send(message)

        await super().__call__(scope, receive, cached)


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrorView:
    """What an error page says: what was wrong, how to go on, and places that are nearest to what was meant."""

    status: int
    heading: str
    what: str
    fix: str
    nearest: tuple[tuple[str, str], ...] = ()


async def explain_async(request: Request, error: Exception) -> Response:
    """`explain`, as the framework wants it."""
    return explain(request, error)


def explain(request: Request, error: Exception) -> Response:
    """The page (or JSON) that says what went wrong. Nothing of the program's inside is shown."""
    view = error_view(request, error)
    if view.status == 500:
        LOG.error("%s %s failed", request.method, request.url.path, exc_info=error)
    wants = request.headers.get("accept", "")
    if request.url.path.startswith(PREFIX):
        return JSONResponse({"error": view.what, "fix": view.fix, "nearest": []}, status_code=view.status)
    if view.status == 401 and request.method == "GET" and "html" in wants:
        here = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        return see_other(f"/sign-in?{urlencode({'back': here})}")
    if request.url.path.endswith(".json") or ("json" in wants and "html" not in wants):
        return JSONResponse(
            {"error": view.what, "fix": view.fix, "nearest": [n for n, _ in view.nearest]}, status_code=view.status
        )
    return page(request, "error.html", view, status=view.status, title=view.heading)


def error_view(request: Request, error: Exception) -> ErrorView:
    """An error in words a user can act on, and no more than they may know."""
    error = as_told(request, error)
    if isinstance(error, Refused):
        return ErrorView(status=error.status, heading="The request was refused", what=error.what, fix=error.fix)
    if isinstance(error, SignInNeeded):
        return ErrorView(status=401, heading="Sign in first", what=error.what, fix=error.fix)
    if isinstance(error, Forbidden):
        return ErrorView(status=403, heading="Not yours to open", what=error.what, fix=error.fix)
    if isinstance(error, UnknownName):
        return ErrorView(
            status=404, heading=f"There is no such {error.kind}", what=f"Unknown {error.kind}: {error.name}.",
            fix=_without_commands(error), nearest=_nearest_addresses(request, error),
        )  # fmt: skip
    if isinstance(error, HTTPException):
        return _http(request, error)
    if isinstance(error, RequestValidationError):
        said = "; ".join(f"{'.'.join(map(str, e['loc'][1:]))}: {e['msg']}" for e in error.errors()[:5])
        return ErrorView(status=422, heading="That cannot be used", what=said, fix="Change it and send it again.")
    if isinstance(error, Damaged):
        return ErrorView(status=500, heading="The workspace is damaged", what=error.what, fix=error.fix)
    if isinstance(error, EditConflict):
        return ErrorView(status=409, heading="It was changed meanwhile", what=error.what, fix=error.fix)
    if isinstance(error, AfterCutOff):
        return ErrorView(status=422, heading="That date is too late", what=error.what, fix=error.fix)
    if isinstance(error, VedetteError):
        bad = isinstance(error, ValueError) or not type(error).__name__.endswith("Unavailable")
        heading = "That cannot be used" if bad else "Something outside is missing"
        where = f"{error.where}: " if error.where else ""
        return ErrorView(status=422 if bad else 503, heading=heading, what=f"{where}{error.what}", fix=error.fix)
    return ErrorView(
        status=500, heading="Something went wrong here",
        what="The program failed. Nothing that was stored before is lost.",
        fix="Repeat it. If it fails again, the terminal in which the workbench runs shows the details.",
    )  # fmt: skip


def _http(request: Request, error: HTTPException) -> ErrorView:
    if error.status_code == 404:
        places = {path: label for _, path, label in NAV}
        # The board is linked below every error already.
        near = [p for p in difflib.get_close_matches(request.url.path, places, n=3, cutoff=0.5) if p != "/"]
        return ErrorView(
            status=404, heading="There is no such page", what=f"Nothing lies at {request.url.path}.",
            fix="The nearest:" if near else "Start from the board.", nearest=tuple((places[p], p) for p in near),
        )  # fmt: skip
    heading = {405: "That is not how this works", 413: "Too large"}.get(error.status_code, "The request was refused")
    return ErrorView(status=error.status_code, heading=heading, what=str(error.detail), fix="Go back and try again.")


def _without_commands(error: UnknownName) -> str:
    """The way out for a reader of pages: the board lists what there is, so no terminal is needed."""
    if error.kind != "case":
        return error.fix
    return "The nearest:" if error.nearest else "The board lists every case you may open."


def _nearest_addresses(request: Request, error: UnknownName) -> tuple[tuple[str, str], ...]:
    """The nearest names as links, where a name is a case or a page of one."""
    if error.kind != "case":
        return ()
    parts = request.url.path.split("/")
    tail = "/".join(parts[3:4]) if len(parts) > 3 else ""
    rest = f"/{tail}" if any(path == f"/{tail}" for _, path, _ in CASE_NAV) else ""
    return tuple((name, f"/cases/{name}{rest}") for name in error.nearest)
