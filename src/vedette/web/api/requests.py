"""What every request of the API shares: answers given once, versions, pages, errors."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from typing import Any, Final, TypeVar

from fastapi import Request, Response
from pydantic import BaseModel
from starlette.responses import JSONResponse

from vedette.errors import BadInput
from vedette.ports.answers import Answered
from vedette.web.access import Person
from vedette.web.api.shapes import Problem
from vedette.web.render import desk_of
from vedette.web.security import Refused

T = TypeVar("T")
PAGE: Final = 50
MOST: Final = 200
"""Things on one page. [assumption]: an answer stays below a megabyte."""

_SAID: Final = {
    401: "Nobody is signed in, or the key is not valid", 403: "The key or the account may not do this",
    404: "Not there, or not yours to see",
    409: "The key of the request was used for something else, or somebody changed the record since",
    412: "It was changed since: If-Match names an older version", 413: "Too much was sent",
    421: "This server does not answer to that host name", 422: "It cannot be used; the error says why",
    429: "Too many requests", 503: "Something outside is missing or busy",
}  # fmt: skip
PROBLEMS: Final[dict[int | str, dict[str, Any]]] = {
    status: {"model": Problem, "description": said} for status, said in _SAID.items()
}
"""Answers that every route may give besides its own."""


def once(
    request: Request, person: Person, given: BaseModel | None, status: int, make: Callable[[], BaseModel]
) -> Response:
    """Do it, or, when the request carries an ``Idempotency-Key`` that was used before, say again what was said then.

    What is done and its answer are one transaction. Raises `Refused` (409) for a key used for another request.
    """
    key = request.headers.get("idempotency-key", "")
    if not key:
        return JSONResponse(make().model_dump(mode="json"), status_code=status)
    if len(key) > 200 or not key.isprintable():
        raise BadInput("an Idempotency-Key has at most 200 printable characters", where="Idempotency-Key")
    workspace = desk_of(request).workspace
    asked = json.dumps([request.method, request.url.path, given.model_dump(mode="json") if given else None])
    digest = hashlib.sha256(asked.encode("utf-8", "surrogatepass")).hexdigest()
    with workspace.cases.transaction(str(request.path_params.get("case_id", ""))):
        before = workspace.answers.answer(person.name, key)
        if before is None:
            body = json.dumps(make().model_dump(mode="json"))
            workspace.answers.keep_answer(
                Answered(
                    who=person.name, key=key, request=digest, status=status, body=body, at=workspace.clock.now()
                )
            )
            return Response(body, status_code=status, media_type="application/json")
    if before.request != digest:
        raise Refused("this Idempotency-Key was used for another request", status=409, fix="Choose another key")
    return Response(before.body, before.status, {"idempotent-replayed": "true"}, media_type="application/json")


def unchanged(request: Request, version: str, done: str = "") -> None:
    """Raise `Refused` (412) when ``If-Match`` names another version than the present one.

    ``done``: what was done last, by whom and when, where that is known.
    """
    wanted = request.headers.get("if-match", "")
    if wanted and wanted != "*" and version not in [t.strip().removeprefix("W/").strip('"') for t in wanted.split(",")]:
        raise Refused(
            f"it was changed since: it is at version {version} now" + (f"; {done}" if done else ""), status=412,
            fix="Read it again, and send the change with the new version",
        )


def tagged(body: BaseModel, version: str) -> Response:
    """The body with its version as the ETag."""
    return JSONResponse(body.model_dump(mode="json"), headers={"etag": f'"{version}"'})


def page_of(items: Sequence[T], key: Callable[[T], str], after: str, limit: int) -> tuple[list[T], str | None]:
    """(items after the one with this key, key to go on with). A key that is gone starts where it would have stood."""
    start = 0
    if after:
        keys = [key(i) for i in items]
        start = keys.index(after) + 1 if after in keys else sum(k <= after for k in keys)
    shown = list(items[start : start + limit])
    return shown, key(shown[-1]) if shown and start + limit < len(items) else None
