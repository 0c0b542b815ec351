"""What belongs to no page: health, and how the workbench looks to this browser."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Response

from vedette._version import __version__
from vedette.web.access import Open
from vedette.web.render import KEYS, THEME, THEMES, see_other

router = APIRouter()

YEAR = 31_536_000  # seconds


@router.get("/healthz")
def health(person: Open) -> dict[str, str]:
    """Whether the server answers, and its version."""
    return {"status": "ok", "version": __version__}


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
