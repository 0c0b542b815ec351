"""The palette's list, the page of components, the tour."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request, Response

from vedette.domain.ledger import Question
from vedette.web.access import Reader
from vedette.web.render import desk_of, page
from vedette.web.security import digest_of
from vedette.web.views.board import lines_of
from vedette.web.views.palette import MOST_DETAILED, palette, plain, questions_of

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
