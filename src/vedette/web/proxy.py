"""A reverse proxy in front: what it says of the browser is believed, and what anybody else says of it is not."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

SAID = (b"x-forwarded-for", b"x-forwarded-proto", b"forwarded")


class Behind:
    """ASGI middleware around everything. ``trusted``: addresses of proxies whose words count.

    From those the scheme (X-Forwarded-Proto) and the address of the browser (the last of X-Forwarded-For, which is the
    one the proxy saw itself; earlier ones are whatever the browser claimed) go into the scope. ``vedette.forwarded``
    of the scope says that a request came through some proxy, trusted or not.
    """

    def __init__(self, app: ASGIApp, *, trusted: Iterable[str] = ()) -> None:
        self.app = app
        self.trusted = frozenset(str(ipaddress.ip_address(t)) for t in trusted)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] == "http":
            told = {name: value.decode("latin-1") for name, value in scope["headers"] if name in SAID}
            scope["vedette.forwarded"] = bool(told)
            client = scope.get("client")
            if told and client is not None and client[0] in self.trusted:
                self._believe(scope, told)
        await self.app(scope, receive, send)

    def _believe(self, scope: Scope, told: dict[bytes, str]) -> None:
        proto = told.get(b"x-forwarded-proto", "").rpartition(",")[2].strip().casefold()
        if proto in ("http", "https"):
            scope["scheme"] = proto
        address = told.get(b"x-forwarded-for", "").rpartition(",")[2].strip()
        try:
            scope["client"] = (str(ipaddress.ip_address(address)), 0)
        except ValueError:
            return  # no address: the proxy's own stays, which is the stricter reading


def is_near(scope: Scope) -> bool:
    """Whether a request was made on this machine, and not by a proxy for somebody else."""
    client = scope.get("client")
    if client is None or scope.get("vedette.forwarded"):
        return False
    try:
        return ipaddress.ip_address(client[0]).is_loopback
    except ValueError:
        return False
