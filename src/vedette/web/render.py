"""From a view model to an answer: the shell around a page, or the part that a script asked for."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from vedette.web.security import session_of

if TYPE_CHECKING:
    from vedette.web.desk import Desk

THEME: Final = "vedette_theme"
THEMES: Final = ("light", "dark")
KEYS: Final = "vedette_keys"
"""Cookie ``off`` switches single-key shortcuts off (WCAG 2.1.4)."""

NAV: Final = (
    # id, address, label
    ("board", "/", "Board"),
    ("watch", "/watch", "Watch"),
    ("ledger", "/ledger", "Ledger"),
    ("history", "/history", "History"),
)
CASE_NAV: Final = (
    # id, address below the case, label
    ("case", "", "Case"),
    ("documents", "/documents", "Reader"),
    ("evidence", "/evidence", "Evidence"),
    ("elicit", "/elicit", "Elicit"),
    ("brief", "/brief", "Brief"),
)


PEOPLE_NAV: Final = (("comments", "/comments", "Comments"), ("sharing", "/sharing", "Sharing"))
"""Further pages of a case where there are accounts."""
LOG_NAV: Final = (("people", "/accounts", "Accounts"), ("audit", "/log", "Log"))


@dataclass(frozen=True, slots=True, kw_only=True)
class InCase:
    """The case a page belongs to, for the second row of links. ``query`` carries the view, such as ``as_of=...``."""

    id: str
    title: str
    query: str = ""


def desk_of(request: Request) -> Desk:
    """The desk of the running application."""
    desk: Desk = request.app.state.desk
    return desk


def is_part(request: Request) -> bool:
    """Whether a script of ours asks for a part of a page only."""
    return "hx-request" in request.headers and "hx-boosted" not in request.headers


def page(
    request: Request, template: str, view: Any, *, status: int = 200, nav: str = "", tab: str = "",
    case: InCase | None = None, title: str = "", headers: dict[str, str] | None = None, **more: Any,
) -> HTMLResponse:  # fmt: skip
    """A page: ``view`` is ``v`` in the template, which extends ``layout``.

    ``nav`` and ``tab`` are ids of `NAV` and `CASE_NAV`. A request with the header HX-Request gets the block ``main``
    alone.
    """
    return HTMLResponse(render(request, template, view, nav=nav, tab=tab, case=case, title=title, **more),
                        status_code=status, headers=headers)  # fmt: skip


def render(
    request: Request, template: str, view: Any, *, nav: str = "", tab: str = "", case: InCase | None = None,
    title: str = "", **more: Any,
) -> str:  # fmt: skip
    """The text of `page`."""
    desk = desk_of(request)
    person = getattr(request.state, "person", None)
    signed_in = person is not None and person.signed_in
    theme = request.cookies.get(THEME, "")
    now = desk.workspace.clock.now()
    text: str = desk.templates.get_template(template).render(
        v=view,
        layout="_part.html" if is_part(request) else "base.html",
        nav=NAV + LOG_NAV if signed_in and person is not None and person.cases is None else NAV,
        nav_now=nav,
        case_nav=CASE_NAV + PEOPLE_NAV if signed_in else CASE_NAV,
        signed_in=signed_in,
        tab_now=tab,
        in_case=case,
        title=title,
        csrf=desk.tokens.token(session_of(request)),
        person=person.name if person is not None else desk.settings.author,
        theme=theme if theme in THEMES else "",
        keys_off=request.cookies.get(KEYS) == "off",
        here=_here(request),
        **_tour(request, case),
        now=now,
        now_text=f"{now:%H:%M} UTC",
        today=now.astimezone(dt.UTC).date().isoformat(),
        **more,
    )
    return text


def _tour(request: Request, case: InCase | None) -> dict[str, Any]:
    """``invite``: the tour is offered here; ``tour``: its stops, where it is walked through."""
    from vedette.reporting.html import script_json
    from vedette.web.views import tour

    walking = case is not None and case.id == tour.DEMO and request.query_params.get("tour") == "1"
    seen = request.cookies.get(tour.COOKIE) == "seen"
    return {
        "tour": script_json(tour.steps()) if walking else "", "tour_case": tour.DEMO,
        "invite": not seen and not walking and request.url.path in tour.INVITED,
    }


def _here(request: Request) -> str:
    return request.url.path + (f"?{request.url.query}" if request.url.query else "")


def see_other(path: str) -> Response:
    """Send the browser on after a change was stored. Only to a path of ours."""
    return Response(status_code=303, headers={"location": plain_path(local_path(path))})


def plain_path(path: str) -> str:
    """The path in the characters that a header can carry, others as the percent signs of their UTF-8."""
    from urllib.parse import quote

    return "".join(c if c.isascii() else quote(c, errors="replace") for c in path)


def local_path(path: str) -> str:
    """The path when it stays on this server, else the board: an address in a form is no reason to leave."""
    if not path.startswith("/") or path.startswith(("//", "/\\")) or any(ord(c) < 33 or ord(c) == 127 for c in path):
        return "/"
    return path
