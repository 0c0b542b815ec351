"""The board: every case with its number."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from vedette.web.access import Reader
from vedette.web.render import desk_of, page
from vedette.web.views.board import board_view

router = APIRouter()


@router.get("/")
def board(request: Request, person: Reader) -> Response:
    """Every case."""
    return page(request, "board.html", board_view(desk_of(request)), nav="board", title="Board")
