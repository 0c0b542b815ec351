"""Every change that an account makes through the workbench or the API goes to the log before it is acknowledged."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from vedette.domain.accounts import AuditEntry
from vedette.web.security import SAFE

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from vedette.web.access import Person
    from vedette.web.desk import Desk


class Audit:
    """ASGI middleware inside the guard. What a route puts into ``vedette.audit`` of the scope is logged with it."""

    def __init__(self, app: ASGIApp, *, desk: Desk) -> None:
        self.app = app
        self.desk = desk

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request; nothing is logged when it reads only, was refused, or came from nobody with an account."""
        if scope["type"] != "http" or scope["method"] in SAFE:
            await self.app(scope, receive, send)
            return

        async def logged(message: Message) -> None:
            person: Person | None = scope.get("vedette.person")
            done = message["type"] == "http.response.start" and message["status"] < 400
            if done and person is not None and person.signed_in:
                from anyio.to_thread import run_sync

                await run_sync(self.desk.workspace.accounts.log, self._entry(scope, person))
            await send(message)

        await self.app(scope, receive, logged)

    def _entry(self, scope: Scope, person: Person) -> AuditEntry:
        named: dict[str, Any] = dict(scope.get("path_params", {}))
        said: dict[str, str] = scope.get("vedette.audit", {})
        endpoint = getattr(scope.get("endpoint"), "__name__", "")
        others = " ".join(str(v) for k, v in named.items() if k != "case_id")
        return AuditEntry(
            seq=0, at=self.desk.workspace.clock.now(), who=person.name, action=said.get("action", endpoint)[:60],
            case=str(named.get("case_id", said.get("case", "")))[:120], subject=said.get("subject", others)[:400],
            detail=said.get("detail", "")[:2000], reason=said.get("reason", "")[:2000],
            request=str(scope.get("vedette.request", "")),
        )  # fmt: skip
