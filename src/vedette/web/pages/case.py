"""The page of one case."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from vedette.web.access import Reader
from vedette.web.render import InCase, desk_of, page
from vedette.web.views.case import case_view

router = APIRouter()


@router.get("/cases/{case_id}")
def case(request: Request, person: Reader, case_id: str) -> Response:
    """One case."""
    view = case_view(desk_of(request), case_id)
    return page(
        request, "case.html", view, nav="board", tab="case", title=view.title, case=InCase(id=view.id, title=view.title)
    )
