"""The palette's list, the page of components, the tour."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Form, Request, Response

from vedette.domain.ledger import Question
from vedette.web.access import Reader
from vedette.web.render import desk_of, page, see_other
from vedette.web.security import digest_of
from vedette.web.views.board import lines_of
from vedette.web.views.palette import MOST_DETAILED, palette, plain, questions_of
from vedette.web.views.tour import COOKIE, DEMO, TourView

router = APIRouter()


@router.get("/palette.json")
def palette_json(request: Request, person: Reader) -> dict[str, Any]:
    """Everything the palette leads to, for this person."""
    desk = desk_of(request)
    lines = [line for line, _ in lines_of(desk, person)]
    lines.sort(key=lambda line: line.recorded, reverse=True)
    entries = list(desk.workspace.ledger.entries())
    asked: list[Question] = [
        q for q in questions_of(entries) if not q.case or desk.access(person, q.case) is not None
    ]
    stamp = digest_of(*(f"{x.id}:{x.stamp}" for x in lines), *(q.id for q in asked))

    def make() -> dict[str, Any]:
        cases = [desk.case(line.id) for line in lines[:MOST_DETAILED]]
        return plain(palette([(line.id, line.title) for line in lines], cases, asked))

    made: dict[str, Any] = desk.parts.get(("palette", stamp), make)
    return made


@router.get("/components")
def components(request: Request, person: Reader) -> Response:
    """The design system: tokens, type, encodings, every state."""
    from vedette.web.views.components import components_view

    return page(request, "components.html", components_view(), title="Components")


@router.get("/tour")
def tour(request: Request, person: Reader) -> Response:
    """The stops of the tour as a list; on the case itself a script walks through them."""
    return page(request, "tour.html", TourView(case=DEMO), title="Tour")


@router.post("/tour")
def tour_seen(
    person: Reader, seen: Annotated[str, Form()] = "", back: Annotated[str, Form()] = "/"
) -> Response:
    """Remember in this browser that the tour was taken or declined, or offer it again."""
    answer = see_other(back)
    if seen == "yes":
        answer.set_cookie(COOKIE, "seen", max_age=31_536_000, samesite="strict", httponly=True)
    else:
        answer.delete_cookie(COOKIE)
    return answer
