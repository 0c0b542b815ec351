"""A page from an address: one guarded request, its bytes kept as they came. Nothing a page names is fetched.

Addresses inside the network are refused by name, after every redirect, and once more by the address the socket is
really connected to, so that a name which changes its answer between look-up and connection gains nothing.
"""

from __future__ import annotations

import contextlib
import http.client
import ipaddress
import socket
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from typing import IO, Any

from vedette.errors import SourceFailed
from vedette.sources.download import check_address, is_public

# A news page answers within seconds; one that takes longer holds up the folder behind it. [assumption]
TIMEOUT = 20.0
WHOLE = 60.0
ATTEMPTS = 4
FIRST_PAUSE = 1.0
LONGEST_PAUSE = 30.0
REDIRECTS = 5
CHUNK = 1 << 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """What an address answered: bytes as sent, where redirects led, and the character set the server names.

    ``etag`` and ``modified`` are the validators to ask with next time; ``unchanged`` says that they still hold, and
    then there are no bytes.
    """

    content: bytes
    url: str
    charset: str
    attempts: int
    etag: str = ""
    modified: str = ""
    unchanged: bool = False


class _Guard:
    """Checks addresses before and after connecting, and cuts every connection when the time is up."""

    def __init__(self, *, allow_private: bool) -> None:
        self.allow_private = allow_private
        self.open: list[socket.socket] = []

    def connected(self, sock: socket.socket, host: str) -> None:
        """Refuse a connection that ended up inside the network, before anything is sent over it."""
        self.open.append(sock)
        address = ipaddress.ip_address(str(sock.getpeername()[0]).split("%")[0])
        if not self.allow_private and not is_public(address):
            sock.close()
            raise SourceFailed(f"{host} has the private address {address}: not read", where=host, fix=_ALLOW)

    def cut(self) -> None:
        """End what is still open."""
        for sock in self.open:
            with contextlib.suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)


_ALLOW = "Add --allow-private if it is meant"


class _Http(http.client.HTTPConnection):
    guard: _Guard
    proxied = False

    def connect(self) -> None:
        super().connect()
        if not self.proxied:
            self.guard.connected(self.sock, self.host)


class _Https(http.client.HTTPSConnection):
    guard: _Guard
    proxied = False

    def connect(self) -> None:
        super().connect()
        if not self.proxied:
            self.guard.connected(self.sock, self.host)


def _made(kind: type[_Http] | type[_Https], guard: _Guard, req: urllib.request.Request) -> Any:
    """The connection class for one request: the library makes the connection itself and passes nothing on.

    Behind a proxy the peer is the proxy, which looks the name up itself; the check of the name is all there is then.
    """
    return type("_Guarded", (kind,), {"guard": guard, "proxied": req.has_proxy()})


class _HttpHandler(urllib.request.HTTPHandler):
    def __init__(self, guard: _Guard) -> None:
        super().__init__()
        self.guard = guard

    def http_open(self, req: urllib.request.Request) -> http.client.HTTPResponse:
        return self.do_open(_made(_Http, self.guard, req), req)


class _HttpsHandler(urllib.request.HTTPSHandler):
    def __init__(self, guard: _Guard) -> None:
        super().__init__()
        self.guard = guard

    def https_open(self, req: urllib.request.Request) -> http.client.HTTPResponse:
        return self.do_open(_made(_Https, self.guard, req), req)


def guarded(
    *more: urllib.request.BaseHandler, allow_private: bool = False, guard: _Guard | None = None
) -> urllib.request.OpenerDirector:
    """An opener whose every connection is looked at once it stands and before anything is sent over it."""
    guard = guard or _Guard(allow_private=allow_private)
    return urllib.request.build_opener(_HttpHandler(guard), _HttpsHandler(guard), *more)


class _Redirects(urllib.request.HTTPRedirectHandler):
    max_redirections = REDIRECTS

    def __init__(self, *, allow_private: bool) -> None:
        self.allow_private = allow_private

    def redirect_request(
        self, req: urllib.request.Request, fp: IO[bytes], code: int, msg: str, headers: Any, newurl: str
    ) -> urllib.request.Request | None:
        _check(newurl, allow_private=self.allow_private)
        return super().redirect_request(req, fp, code, msg, headers, newurl)


def _check(url: str, *, allow_private: bool) -> None:
    try:
        check_address(url, allow_private=allow_private)
    except SourceFailed as error:
        fix = _ALLOW if "private address" in error.what else ""
        raise SourceFailed(error.what, where=error.where or url, fix=fix) from error
    except ValueError as error:
        raise SourceFailed(f"no address that can be read ({error})", where=url) from error


def fetch_page(
    url: str,
    *,
    max_bytes: int,
    allow_private: bool = False,
    timeout: float = TIMEOUT,
    whole: float = WHOLE,
    attempts: int = ATTEMPTS,
    sleep: Callable[[float], None] = time.sleep,
    etag: str = "",
    modified: str = "",
) -> Page:
    """The bytes at ``url`` or `SourceFailed`: private address, too large, too slow, or refused by the server.

    Tries again with growing pauses (or those the server asks for) on 429, 5xx and broken connections; ``timeout``
    is for each wait, ``whole`` for the request from start to end, both in seconds. ``etag`` and ``modified`` of an
    earlier answer ask for the bytes only if they changed.
    """
    _check(url, allow_private=allow_private)
    reason = "no attempt was made"
    for attempt in range(1, attempts + 1):
        retry_after = ""
        guard = _Guard(allow_private=allow_private)
        opener = guarded(_Redirects(allow_private=allow_private), guard=guard)
        headers = {"User-Agent": "vedette (research)", "Accept-Encoding": "identity"}
        headers |= {"If-None-Match": etag} if etag else {}
        headers |= {"If-Modified-Since": modified} if modified else {}
        request = urllib.request.Request(url, headers=headers)  # noqa: S310  _check has seen it
        timer = threading.Timer(whole, guard.cut)
        timer.daemon = True
        started = time.monotonic()
        timer.start()
        try:
            with opener.open(request, timeout=timeout) as answer:
                content = _receive(answer, url, max_bytes)
                if time.monotonic() - started > whole:
                    raise OSError(f"no whole answer within {whole:g} seconds")
                charset = answer.headers.get_content_charset() or ""
                return Page(
                    content=content, url=answer.geturl(), charset=charset, attempts=attempt,
                    etag=answer.headers.get("ETag") or "", modified=answer.headers.get("Last-Modified") or "",
                )  # fmt: skip
        except urllib.error.HTTPError as error:
            code, retry_after = error.code, error.headers.get("Retry-After") or ""
            error.close()
            if code == 304 and (etag or modified):
                return Page(
                    content=b"", url=url, charset="", attempts=attempt, etag=etag, modified=modified, unchanged=True
                )
            reason = f"the server answers {code}"
            if code != 429 and code < 500:
                raise SourceFailed(reason, where=url) from error
        except (http.client.HTTPException, OSError) as error:
            inner = getattr(error, "reason", error)
            if isinstance(inner, SourceFailed):
                raise inner from error
            slow = time.monotonic() - started > whole
            reason = f"no whole answer within {whole:g} seconds" if slow else str(inner) or type(error).__name__
        finally:
            timer.cancel()
        if attempt < attempts:
            sleep(_pause(attempt, retry_after))
    said = f"{reason}; gave up after {attempts} attempts" if attempts > 1 else reason
    failed = SourceFailed(said, where=url, fix="Run the command again later")
    failed.retry_after = float(retry_after) if retry_after.strip().isdigit() else None
    raise failed


def _pause(attempt: int, retry_after: str) -> float:
    """Seconds to wait: what the server asks for, else doubling, never more than ``LONGEST_PAUSE``."""
    if retry_after.strip().isdigit():
        return min(float(retry_after), LONGEST_PAUSE)
    return min(FIRST_PAUSE * 2.0 ** (attempt - 1), LONGEST_PAUSE)


def _receive(answer: Any, url: str, max_bytes: int) -> bytes:
    large = SourceFailed(
        f"more than {max_bytes / 1e6:g} MB", where=url, fix="Raise VEDETTE_MAX_DOCUMENT_MB if it is meant"
    )
    length = answer.headers.get("Content-Length") or ""
    if length.isdigit() and int(length) > max_bytes:
        raise large
    parts: list[bytes] = []
    size = 0
    while block := answer.read(CHUNK):
        parts.append(block)
        size += len(block)
        if size > max_bytes:
            raise large
    if length.isdigit() and size < int(length):
        raise OSError(f"the answer broke off at {size} of {length} bytes")
    if not size:
        raise SourceFailed("the server answers with nothing", where=url)
    return b"".join(parts)
