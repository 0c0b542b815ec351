"""What the pages that read documents share: the view an address carries, its day, and the stories of a case."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

from starlette.requests import Request

from vedette.assessment.channels import AUTHOR, RECOMMENDED
from vedette.domain.case import Case
from vedette.domain.documents import Document
from vedette.domain.stories import Placed
from vedette.domain.time import AsOf, parse_date
from vedette.errors import UnknownName
from vedette.web.desk import Desk
from vedette.web.render import InCase
from vedette.web.views.address import address
from vedette.web.views.documents import Where
from vedette.web.views.timebar import TimeBar, time_bar


def where_of(request: Request, form: dict[str, str] | None = None) -> Where:
    """The view that the address, or the form of a page, carries."""
    got = form if form is not None else dict(request.query_params)
    mode = got.get("mode", "")
    since = got.get("since", "")
    return Where(
        as_of=parse_date(got["as_of"], where="as_of").isoformat() if got.get("as_of") else "",
        mode=mode if mode in (AUTHOR, RECOMMENDED) else "", scenario=got.get("scenario", "")[:80],
        since=since if since.isdecimal() and len(since) < 9 else "",
        show=got.get("show", "") if got.get("show") in ("new", "all") else "",
    )


def day_of(desk: Desk, case: Case, where: Where, document: Document | None = None) -> AsOf:
    """The day the page stands at: the one asked for, else the case's (`Desk.day`), or the document's when later."""
    if where.as_of:
        return AsOf.of(where.as_of)
    usual = desk.day(case)
    late = document.times.available_at.date() if document is not None else usual
    return AsOf(date=min(max(usual, late), case.deadline))


def time_of(
    desk: Desk, case: Case, where: Where, path: str, *, document: Document | None = None,
    more: Mapping[str, str] | None = None,
) -> TimeBar:  # fmt: skip
    """The date control of a page at ``path``; ``more``: parameters besides those of the view."""
    day = day_of(desk, case, where, document)
    return time_bar(case, day, day_of(desk, case, Where(), document).date, path, {**where.query(), **(more or {})})


def in_case(case: Case, where: Where) -> InCase:
    """The tabs of a case, which keep the day and the mode."""
    query = address("", as_of=where.as_of, mode=where.mode).removeprefix("?")
    return InCase(id=case.id, title=case.title, query=query)


def folded(desk: Desk, case: Case) -> dict[str, Placed]:
    """Each document's place among the stories of the case, kept until the case changes."""

    def make() -> dict[str, Placed]:
        from vedette.workflows.stories import places

        return places(desk.workspace.cases, case)

    found: dict[str, Placed] = desk.parts.get(("stories", case.id, documents_digest(case)), make)
    return found


def documents_digest(case: Case) -> str:
    """A short name for which documents a case has: stories change with these only."""
    return hashlib.sha256("\x1f".join(d.id for d in case.documents).encode()).hexdigest()[:16]


def copies(places: dict[str, Placed]) -> dict[str, str]:
    """Document -> the one it copies."""
    return {name: p.of for name, p in places.items() if p.relation.value in ("same text", "near copy", "excerpt")}


def document_of(case: Case, name: str) -> Document:
    """A document of a case by its id; raises `UnknownName` with the nearest."""
    for d in case.documents:
        if d.id == name:
            return d
    import difflib

    ids = [d.id for d in case.documents]
    raise UnknownName("document", name, nearest=difflib.get_close_matches(name, ids, n=3, cutoff=0.4), where=case.id)
