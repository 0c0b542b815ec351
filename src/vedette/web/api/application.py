"""The API as an application of its own, so that its schema describes it and nothing else."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Protocol

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse

from vedette._version import __version__
from vedette.errors import UnknownName, VedetteError
from vedette.web.access import as_told
from vedette.web.api import cases, record
from vedette.web.api.requests import PROBLEMS

if TYPE_CHECKING:
    from vedette.web.desk import Desk

LOG = logging.getLogger("vedette.web.api")
PREFIX = "/api/v1"


class Words(Protocol):
    """An error in words, with its HTTP status."""

    @property
    def status(self) -> int:
        """HTTP status."""
        ...

    @property
    def what(self) -> str:
        """What was wrong."""
        ...

    @property
    def fix(self) -> str:
        """How to go on."""
        ...

    @property
    def nearest(self) -> tuple[tuple[str, str], ...]:
        """Nearest names, with their addresses."""
        ...


ABOUT = """\
Cases, evidence, assessments, base rates and the ledger. Every probability comes with an interval and what it rests on.

A program shows a key: `Authorization: Bearer KEY` (`vedette account token NAME --scope read`). On a workbench without
accounts no key is needed. Bodies are JSON; a request that a page of another site sends is refused.

Send an `Idempotency-Key` with a request that changes something, and it is done once however often it arrives. Send
`If-Match` with the ETag you read, and it is done only if nobody was faster.
"""


def create_api(desk: Desk, words: Callable[[Request, Exception], Words]) -> FastAPI:
    """The API over one desk, to be mounted under `PREFIX`. ``words``: how the pages say an error."""
    api = FastAPI(
        title="Vedette", version=__version__, description=ABOUT, docs_url=None, redoc_url=None,
        openapi_url="/openapi.json", responses=PROBLEMS, servers=[{"url": PREFIX}], root_path_in_servers=False,
    )  # fmt: skip
    api.state.desk = desk
    for router in (cases.router, record.router):
        api.include_router(router)

    async def problem(request: Request, error: Exception) -> Response:
        error = as_told(request, error)
        said = words(request, error)
        if said.status == 500:
            LOG.error("%s %s failed", request.method, request.url.path, exc_info=error)
        nearest = list(error.nearest) if isinstance(error, UnknownName) else []
        body = {"error": said.what, "fix": said.fix, "nearest": nearest}
        # A body that cannot be parsed is one that cannot be used: the schema has one answer for both.
        status = 422 if said.status == 400 else said.status
        return JSONResponse(body, status_code=status, headers=getattr(error, "headers", None))

    for kind in (VedetteError, HTTPException, RequestValidationError):
        api.add_exception_handler(kind, problem)
    _secure(api)
    return api


def _secure(api: FastAPI) -> None:
    """Say in the schema how a program shows its key."""
    made = api.openapi

    def described() -> dict[str, Any]:
        schema = made()
        schema.setdefault("components", {})["securitySchemes"] = {"key": {"type": "http", "scheme": "bearer"}}
        schema["security"] = [{"key": []}, {}]
        return schema

    api.openapi = described  # type: ignore[method-assign]

