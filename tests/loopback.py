"""A web server on loopback that behaves as publishers do: whole files, ranges, validators, and every bad habit."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Served:
    """What one path answers. ``fail_first``: status codes given to the first requests, before the file."""

    body: bytes
    etag: str = '"v1"'
    fail_first: list[int] = field(default_factory=list)
    cut_at: int | None = None
    """Send only so many bytes of the announced length, on the first whole answer."""
    always_cut: bool = False
    ranges: bool = True
    retry_after: str | None = None
    redirect: str | None = None


@dataclass
class Publisher:
    """The running server: its address, its files, and the requests that came."""

    address: str
    files: dict[str, Served]
    requests: list[tuple[str, dict[str, str]]]

    def url(self, path: str) -> str:
        return f"{self.address}/{path}"


def _handler(files: dict[str, Served], requests: list[tuple[str, dict[str, str]]]) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, format: str, *args: Any) -> None:
            """Say nothing."""

        def _status(self, code: int, **headers: str) -> None:
            self.send_response(code)
            for name, value in headers.items():
                self.send_header(name.replace("_", "-"), value)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def do_GET(self) -> None:
            path = self.path.lstrip("/").split("?")[0]
            requests.append((path, dict(self.headers.items())))
            served = files.get(path)
            if served is None:
                return self._status(404)
            if served.redirect:
                return self._status(302, Location=served.redirect)
            if served.fail_first:
                extra = {"Retry_After": served.retry_after} if served.retry_after else {}
                return self._status(served.fail_first.pop(0), **extra)
            if self.headers.get("If-None-Match") == served.etag:
                return self._status(304)
            return self._send(served)

        def _send(self, served: Served) -> None:
            body, start = served.body, 0
            wanted = self.headers.get("Range", "")
            if served.ranges and wanted.startswith("bytes=") and self.headers.get("If-Range") == served.etag:
                start = int(wanted[6:].split("-")[0])
                if start >= len(body):
                    return self._status(416)
                self.send_response(206)
                self.send_header("Content-Range", f"bytes {start}-{len(body) - 1}/{len(body)}")
            else:
                self.send_response(200)
            self.send_header("ETag", served.etag)
            self.send_header("Content-Length", str(len(body) - start))
            self.end_headers()
            end = len(body)
            if served.cut_at is not None and start < served.cut_at:
                end = served.cut_at
                if not served.always_cut:
                    served.cut_at = None
                self.close_connection = True
            self.wfile.write(body[start:end])
            return None

    return Handler


@contextmanager
def publisher(files: dict[str, Served]) -> Iterator[Publisher]:
    """Serve these files until the block ends."""
    requests: list[tuple[str, dict[str, str]]] = []
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(files, requests))
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        host, port = server.server_address[:2]
        yield Publisher(address=f"http://{host!s}:{port}", files=files, requests=requests)
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
