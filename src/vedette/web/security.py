"""What stands between a browser and the pages: host names, origins, sizes, headers, tokens.

One process, no secret to keep: the key of the tokens is made when the server starts, and a page open from before a
restart is asked to be loaded again.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Callable, Iterable
from http.cookies import CookieError, SimpleCookie
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.responses import Response

from vedette.errors import BadInput, VedetteError

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

CSP: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; font-src 'self'; "
    "connect-src 'self'; worker-src 'self' blob:; form-action 'self'; frame-src 'self'; frame-ancestors 'none'; "
    "base-uri 'none'"
)
HEADERS: Final = (
    ("content-security-policy", CSP),
    ("x-content-type-options", "nosniff"),
    ("referrer-policy", "no-referrer"),
    ("x-frame-options", "DENY"),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
    ("permissions-policy", "camera=(), geolocation=(), microphone=()"),
    ("cache-control", "no-store"),
)
"""Sent with every answer that does not set them itself."""

HSTS: Final = "max-age=31536000"
"""Sent over HTTPS only: a browser that came once that way comes no other way for a year."""
SESSION: Final = "vedette_session"
ACCOUNT: Final = "vedette_account"
"""Cookie with the key of somebody who signed in; the session cookie only ties forms to a browser."""
FIELD: Final = "csrf"
HEADER: Final = "x-csrf-token"
SMALL_BODY: Final = 1_000_000
"""Bytes of a form without a file. [assumption]: a pasted book has 600,000 characters."""
PASTED: Final = 20_000_000
"""Bytes of one text field of a form with files. [assumption]: as much as the default limit of a document."""
SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS"})


class Refused(BadInput):
    """A request that does not come from our own page, or is too large; ``status`` is the HTTP status."""

    def __init__(self, what: str, *, status: int, fix: str = "") -> None:
        super().__init__(what, fix=fix)
        self.status = status


class Tokens:
    """CSRF tokens bound to a session cookie, masked anew for every page (a compressed page must not leak it)."""

    def __init__(self, key: bytes | None = None) -> None:
        self._key = key or secrets.token_bytes(32)

    def _bare(self, session: str) -> bytes:
        return hmac.digest(self._key, session.encode(), "sha256")

    def token(self, session: str) -> str:
        """A token for forms of a page shown in this session."""
        mask = secrets.token_bytes(32)
        return (mask + bytes(a ^ b for a, b in zip(mask, self._bare(session), strict=True))).hex()

    def holds(self, session: str, token: str) -> bool:
        """Whether the token belongs to the session."""
        try:
            raw = bytes.fromhex(token)
        except ValueError:
            return False
        if len(raw) != 64 or not session:
            return False
        return hmac.compare_digest(bytes(a ^ b for a, b in zip(raw[:32], raw[32:], strict=True)), self._bare(session))


def session_of(request: Request) -> str:
    """The session id of a request: from its cookie, or the one the guard has just made for it."""
    return str(request.scope.get("vedette.session", ""))


def account_key(request: Request) -> str:
    """Key of the account's session; empty when nobody is signed in."""
    return _cookie(request, ACCOUNT)


async def check_csrf(request: Request) -> None:
    """Raise `Refused` unless the request carries the token of its session, in the header or in the form."""
    token = request.headers.get(HEADER, "")
    if not token and request.headers.get("content-type", "").startswith(("multipart/", "application/x-www-form")):
        # A pasted book is one field; the guard has counted the whole request already.
        token = str((await request.form(max_part_size=PASTED)).get(FIELD, ""))
    if not request.app.state.desk.tokens.holds(session_of(request), token):
        raise Refused(
            "the form is not from this page, or the server was started anew since it was opened", status=403,
            fix="Go back, load the page again and repeat; what you typed is still in the form",
        )


class Guard:
    """ASGI middleware around everything: host, origin, size, session cookie, headers, and errors of last resort."""

    def __init__(
        self,
        app: ASGIApp,
        *,
        hosts: Iterable[str],
        upload_limit: int,
        explain: Callable[[Request, Exception], Response],
    ) -> None:
        self.app = app
        self.hosts = frozenset(h.casefold() for h in hosts)
        self.upload_limit = upload_limit
        self.explain = explain

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let one request through, or answer it."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        request = Request(scope)
        made = self._session(scope, request)
        started = False
        over: list[Refused] = []

        async def headed(message: Message) -> None:
            nonlocal started
            if over and not started:
                # The framework takes what stops its reading for a broken form: the answer that fits is ours.
                await self.explain(request, over[0])(scope, receive, answered)
            if not over:
                await answered(message)

        async def answered(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS:
                    headers.setdefault(name, value)
                secure = scope.get("scheme") == "https"
                if secure:
                    headers.setdefault("strict-transport-security", HSTS)
                if made:
                    ending = "; Secure" if secure else ""
                    headers.append("set-cookie", f"{SESSION}={made}; Path=/; HttpOnly; SameSite=Strict{ending}")
            await send(message)

        try:
            self._admit(request)
            await self.app(scope, self._counted(request, receive, over), headed)
        except Exception as error:
            if started:
                raise
            # What failed while an answer was about to be sent (the log of changes) arrives wrapped by the framework.
            said = error.__cause__ if isinstance(error.__cause__, VedetteError) else error
            await self.explain(request, said)(scope, receive, answered)

    def _session(self, scope: Scope, request: Request) -> str:
        """Put the session id into the scope; a new one is returned, to be set as a cookie."""
        known = _cookie(request, SESSION)
        # Ids are ours: 32 hex digits. Anything else is not taken over.
        if len(known) == 32 and all(c in "0123456789abcdef" for c in known):
            scope["vedette.session"] = known
            return ""
        scope["vedette.session"] = secrets.token_hex(16)
        return str(scope["vedette.session"])

    def _admit(self, request: Request) -> None:
        host = request.headers.get("host", "")
        if _host_name(host) not in self.hosts:
            # DNS rebinding: a foreign page that resolves to this machine still sends its own name.
            raise Refused("this workbench does not answer to that host name", status=421, fix="Open http://localhost")
        if request.method in SAFE:
            return
        if request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
            raise Refused("the request comes from another site", status=403)
        origin = request.headers.get("origin")
        if origin and origin != "null" and urlsplit(origin).netloc.casefold() != host.casefold():
            raise Refused("the request comes from another site", status=403)

    def _counted(self, request: Request, receive: Receive, over: list[Refused]) -> Receive:
        """``receive`` that stops, and leaves the reason in ``over``, once more came than may come."""
        multipart = request.headers.get("content-type", "").startswith("multipart/")
        limit = self.upload_limit if multipart else SMALL_BODY
        too_large = Refused(
            f"more than {limit // 1_000_000} MB were sent", status=413,
            fix="Send a smaller file, or raise VEDETTE_MAX_DOCUMENT_MB",
        )
        declared = request.headers.get("content-length", "")
        if declared.isascii() and declared.isdigit() and int(declared) > limit:
            raise too_large
        read = 0

        async def counting() -> Message:
            nonlocal read
            message = await receive()
            read += len(message.get("body", b""))
            if read > limit:
                over.append(too_large)
                raise too_large
            return message

        return counting


def _host_name(host: str) -> str:
    """``localhost:8000`` -> ``localhost``; ``[::1]:8000`` -> ``[::1]``."""
    name = host.casefold()
    if name.startswith("["):
        return name.partition("]")[0] + "]"
    return name.partition(":")[0]


def _cookie(request: Request, name: str) -> str:
    jar: SimpleCookie = SimpleCookie()
    try:
        jar.load(request.headers.get("cookie", ""))
    except CookieError:
        return ""
    return jar[name].value if name in jar else ""


def digest_of(*parts: object) -> str:
    """A short name for what a page was made from: hex digits of SHA-256 over the parts' text."""
    return hashlib.sha256("\x1f".join(map(str, parts)).encode()).hexdigest()[:16]
