"""The page of one case, its slower parts, and the answers to its sliders."""

from __future__ import annotations

import zlib
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

from fastapi import APIRouter, Request, Response
from markupsafe import Markup
from starlette.concurrency import run_in_threadpool
from starlette.responses import HTMLResponse
from starlette.routing import Route

from vedette.errors import UnknownName
from vedette.web.access import Reader, Right, needs
from vedette.web.desk import Desk
from vedette.web.render import InCase, desk_of, is_part, render
from vedette.web.views.case import PARTS, view_of
from vedette.web.views.moment import Moment, moment
from vedette.web.views.query import CaseQuery
from vedette.web.views.what_if import answer_json

router = APIRouter()


def part_view(desk: Desk, m: Moment, name: str) -> Any:
    """The view of a slow part."""
    if name == "time":
        from vedette.web.views.timeline import time_view

        return time_view(desk, m)
    if name == "map":
        from vedette.web.views.drawn_map import map_view

        return map_view(m)
    if name == "edits":
        from vedette.web.views.edits import edits_view

        return edits_view(m.known, desk.workspace.cases.edits(m.id))
    raise UnknownName("part", name, nearest=PARTS)


def _key(desk: Desk, case_id: str, query: CaseQuery, version: str) -> tuple[Any, ...]:
    """What a view depends on: the case's version, what was asked for, and the day while the case is open."""
    return ("html", case_id, version, query.as_of or desk.day(desk.head(case_id, version)), query)


def kept(desk: Desk, key: tuple[Any, ...], make: Callable[[], str]) -> bytes:
    """Rendered text, kept compressed: a tenth of its size, and unpacked in a fraction of a millisecond."""
    packed: bytes = desk.parts.get(key, lambda: zlib.compress(make().encode(), 3))
    return zlib.decompress(packed)


PLACE = "<!--here-->"
"""Where the body goes in the shell. Texts of others are escaped, so that none of them can hold it."""


def _around(request: Request, template: str, body: bytes, **more: Any) -> Response:
    """The shell rendered for whoever asks, and the body that lies ready put into it as it is."""
    # The mark is ours and holds nothing else.
    head, _, tail = render(request, template, Markup(PLACE), **more).partition(PLACE)  # noqa: S704
    return HTMLResponse(b"".join((head.encode(), body, tail.encode())))


def _part(desk: Desk, m: Moment, name: str) -> str:
    template = desk.templates.get_template(f"case/_{name}.html")
    return str(template.render(p=part_view(desk, m, name), id=m.id, query=m.query.text()))


def _part_of(desk: Desk, case_id: str, query: CaseQuery, version: str, name: str) -> str:
    return _part(desk, _moment(desk, case_id, query, version), name)


def _body(desk: Desk, case_id: str, query: CaseQuery, version: str) -> str:
    view = view_of(desk, _moment(desk, case_id, query, version))
    return str(desk.templates.get_template("case/_body.html").render(v=view))


def _whole(desk: Desk, case_id: str, query: CaseQuery, version: str, parts: tuple[str, ...]) -> str:
    """The body with some parts in their places; the others keep their link, which scripts follow."""
    key = _key(desk, case_id, query, version)
    text = kept(desk, (*key, "body"), partial(_body, desk, case_id, query, version)).decode()
    for name in parts:
        made = kept(desk, (*key, name), partial(_part_of, desk, case_id, query, version, name))
        head, _, rest = text.partition(f"<!--{name}-->")
        _, found, tail = rest.partition(f"<!--/{name}-->")
        if found:
            text = head + made.decode() + tail
    return text


async def case(request: Request) -> Response:
    """One case. ``whole`` also makes the slower parts at once, for browsers without scripts."""
    await may_read(request)
    case_id, whole = request.path_params["case_id"], request.query_params.get("whole", "")
    return await run_in_threadpool(_case, request, case_id, whole)


may_read = needs(Right.READ)
case.right = Right.READ  # type: ignore[attr-defined]
FIRST = (Route("/cases/{case_id}", case, methods=["GET"]),)
"""Plain routes tried before all others: the page asked for most pays for no parsing (benchmarks/pages.py)."""


def _case(request: Request, case_id: str, whole: str) -> Response:
    desk, query = desk_of(request), CaseQuery.of(request.query_params)
    version = desk.version(case_id)
    title = desk.head(case_id, version).title
    key = _key(desk, case_id, query, version)
    ready = PARTS if whole else tuple(name for name in PARTS if desk.parts.peek((*key, name)) is not None)
    body = kept(desk, (*key, ready), partial(_whole, desk, case_id, query, version, ready))
    return _around(
        request, "case.html", body, nav="board", tab="case", title=title,
        case=InCase(id=case_id, title=title, query=_carried(query)),
    )  # fmt: skip


def _carried(query: CaseQuery) -> str:
    """What the other pages of a case keep of the view: the day and the mode."""
    return CaseQuery(as_of=query.as_of, mode=query.mode).text()


@router.get("/cases/{case_id}/parts/{name}")
def part(request: Request, person: Reader, case_id: str, name: str) -> Response:
    """A slower part of the page: alone for our scripts, else on a page of its own."""
    desk, query = desk_of(request), CaseQuery.of(request.query_params)
    if name not in PARTS:
        raise UnknownName("part", name, nearest=PARTS)
    version = desk.version(case_id)
    key = (*_key(desk, case_id, query, version), name)
    text = kept(desk, key, partial(_part_of, desk, case_id, query, version, name))
    if is_part(request):
        return HTMLResponse(text)
    title = desk.head(case_id, version).title
    return _around(
        request, "case_part.html", text, nav="board", tab="case", title=title,
        case=InCase(id=case_id, title=title, query=_carried(query)), back=f"/cases/{case_id}?{query.text()}",
    )  # fmt: skip


@router.get("/cases/{case_id}/whatif.json")
def whatif(request: Request, person: Reader, case_id: str) -> dict[str, Any]:
    """What the probabilities would be with the conditions that ``set`` names; nothing is stored."""
    desk, query = desk_of(request), CaseQuery.of(request.query_params)
    return answer_json(desk, _moment(desk, case_id, query, desk.version(case_id)), query)


def _moment(desk: Desk, case_id: str, query: CaseQuery, version: str) -> Moment:
    """The moment of a view. Positions of a slider share one: only what is set differs."""
    day = query.as_of or desk.day(desk.head(case_id, version))
    key = (case_id, version, day, query.mode, query.scenario, query.without)
    return replace(desk.moments.get(key, lambda: moment(desk, case_id, query)), query=query)
