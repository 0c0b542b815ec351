"""Data of the map: what a case shows on it, and the land of a window. Both are asked for when the map is in sight."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from starlette.concurrency import run_in_threadpool

from vedette.domain.time import AsOf, parse_date
from vedette.errors import BadInput
from vedette.web.access import Reader
from vedette.web.render import desk_of
from vedette.web.views.map import map_data

router = APIRouter()

LAND_KEPT = "private, max-age=86400"
"""Boundaries of a window on a day never change within a version; a day is long enough for a sitting."""


@router.get("/cases/{case_id}/map.json")
def case_map(request: Request, person: Reader, case_id: str, as_of: str | None = None) -> dict[str, Any]:
    """What the map of a case shows at a date."""
    desk = desk_of(request)
    case = desk.case(case_id)
    day = AsOf(date=parse_date(as_of)) if as_of else AsOf(date=case.as_of)
    made: dict[str, Any] = desk.parts.get(("map", case_id, desk.version(case_id), day), lambda: map_data(case, day))
    return made


@router.get("/map/land.json")
async def land(
    request: Request, person: Reader, window: Annotated[str, Query(max_length=80)], on: str | None = None
) -> Response:
    """Areas, borders, coasts and disputed areas of a window (west,south,east,north) on a day, as GeoJSON."""
    try:
        box = tuple(float(v) for v in window.split(","))
    except ValueError as error:
        raise BadInput(f"{window!r} is no window", where="window", fix="Four numbers: west,south,east,north") from error
    day = parse_date(on) if on else None
    body: bytes = await run_in_threadpool(desk_of(request).lands.get, (box, day), lambda: _land(box, day))
    return Response(body, media_type="application/geo+json", headers={"cache-control": LAND_KEPT})


def _land(box: tuple[float, ...], day: dt.date | None) -> bytes:
    import json

    from vedette.geography.map_data import check_window, land

    return json.dumps(land(check_window(box), day), separators=(",", ":"), ensure_ascii=False).encode()
