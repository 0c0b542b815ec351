"""What is told about requests: an id for each, counts, one line of JSON, and a span where traces are wanted.

Never a body, a query, a cookie or a key: an address without its query, the route's pattern, the account's name.
"""

from __future__ import annotations

import atexit
import contextlib
import json
import logging
import secrets
import sys
import threading
import time
import traceback
from collections.abc import Callable
from contextlib import AbstractContextManager
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from starlette.datastructures import MutableHeaders

from vedette.errors import BadInput, MissingExtra
from vedette.web.metrics import METHODS, Metrics

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

HEADER: Final = b"x-request-id"
LONGEST: Final = 64
LOG: Final = logging.getLogger("vedette.requests")
# Seconds between two lines about a collector that does not answer. [assumption]
SELDOM: Final = 60.0
# Seconds that the last spans may take when the server stops: a collector that is gone does not hold it up. [assumption]
LAST_WORDS: Final = 2.0

Span = Callable[[str], AbstractContextManager[Any]]


class Observed:
    """ASGI middleware around the guard."""

    def __init__(self, app: ASGIApp, *, metrics: Metrics, span: Span | None = None) -> None:
        self.app = app
        self.metrics = metrics
        self.span = span

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        name = scope["vedette.request"] = request_id(scope)
        began, status = time.perf_counter(), 500

        async def named(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                MutableHeaders(scope=message)["x-request-id"] = name
            await send(message)

        span = self.span(scope["method"]) if self.span else contextlib.nullcontext()
        with span as traced:
            try:
                await self.app(scope, receive, named)
            finally:
                route, seconds = pattern(scope), time.perf_counter() - began
                self.metrics.request(scope["method"], route, status, seconds)
                if traced is not None:
                    _tell(traced, scope["method"], route, status, name)
                if LOG.isEnabledFor(logging.INFO):
                    LOG.info("request", extra={"told": _told(scope, route, status, seconds)})


def _tell(span: Any, method: str, route: str, status: int, name: str) -> None:
    """What a span says, by the semantic conventions for HTTP servers (OpenTelemetry 1.23)."""
    from opentelemetry.trace import StatusCode

    known = method if method in METHODS else "_OTHER"  # a stranger may send any word as a method
    span.update_name(f"{known} {route}")
    for key, value in (("http.request.method", known), ("http.route", route), ("http.response.status_code", status),
                       ("vedette.request", name)):  # fmt: skip
        span.set_attribute(key, value)
    if status >= 500:
        span.set_attribute("error.type", str(status))
        span.set_status(StatusCode.ERROR)


def request_id(scope: Scope) -> str:
    """The id that came with a request if it is a plain word, so that a proxy's log and ours say the same; else new."""
    given: str = next((v.decode("latin-1") for k, v in scope["headers"] if k == HEADER), "")
    plain = given.isascii() and given.replace("-", "").replace("_", "").replace(".", "").isalnum()
    return given if plain and len(given) <= LONGEST else secrets.token_hex(8)


def pattern(scope: Scope) -> str:
    """The route's pattern, such as ``/cases/{case_id}``; ``(none)`` where no route was found."""
    route = scope.get("route")
    path = getattr(route, "path", "")
    if path:
        root = str(scope.get("root_path", ""))
        return path if not root or path.startswith(root) else root + path
    if scope["path"].startswith("/static/"):
        return "/static"
    if "case_id" in scope.get("path_params", {}):
        return "/cases/{case_id}"  # the one plain route, which leaves no pattern behind
    return "(none)"


def _told(scope: Scope, route: str, status: int, seconds: float) -> dict[str, Any]:
    person = scope.get("vedette.person")
    client = scope.get("client")
    return {
        "request": scope["vedette.request"], "method": scope["method"], "route": route, "path": scope["path"],
        "status": status, "ms": round(seconds * 1000, 1), "account": person.name if person is not None else "",
        "from": client[0] if client else "",
    }  # fmt: skip


class JsonLines(logging.Formatter):
    """One JSON object a line. Of an error its kind and where it happened: its words may hold what a user typed."""

    def format(self, record: logging.LogRecord) -> str:
        """The line."""
        at = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(record.created)) + f".{int(record.msecs):03d}Z"
        line = {"time": at, "level": record.levelname.lower(), "logger": record.name, **getattr(record, "told", {})}
        if not hasattr(record, "told"):
            line["message"] = record.getMessage()
        if record.exc_info and record.exc_info[0] is not None:
            line["error"] = record.exc_info[0].__name__
            line["at"] = [f"{f.filename}:{f.lineno} {f.name}" for f in traceback.extract_tb(record.exc_info[2])[-12:]]
        return json.dumps(line, ensure_ascii=True)


class Seldom(logging.Filter):
    """Lets a record through at most every `SELDOM` seconds."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__()
        self.clock = clock
        self.next = 0.0

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether this one is said."""
        now = self.clock()
        if now < self.next:
            return False
        self.next = now + SELDOM
        return True


def log_json() -> None:
    """Everything of ours, of the server and of the sender of spans goes to stderr as `JsonLines`."""
    for name, level in (("vedette", logging.INFO), ("uvicorn", logging.WARNING), ("opentelemetry", logging.WARNING)):
        _to_stderr(name, JsonLines(), level)


def _to_stderr(name: str, form: logging.Formatter, level: int) -> None:
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(form)
    if name == "opentelemetry":
        handler.addFilter(Seldom())
    logger = logging.getLogger(name)
    logger.handlers, logger.propagate = [handler], False
    logger.setLevel(level)


def spans(exporter: Any = None) -> Span:
    """Spans of OpenTelemetry, sent to OTEL_EXPORTER_OTLP_ENDPOINT by OTLP over HTTP, or printed on stderr without it.

    They are sent in the background from a bounded queue: a collector that is gone costs spans, never a request. Of what
    went wrong in a request a span says the status and no words, which may be those of a document. Raises
    `MissingExtra` without the extra ``telemetry`` and `BadInput` for an address that is none.
    """
    try:
        from opentelemetry.sdk.resources import Resource
        from opentelemetry.sdk.trace import TracerProvider
        from opentelemetry.sdk.trace.export import BatchSpanProcessor, ConsoleSpanExporter, SimpleSpanProcessor
    except ImportError:
        raise MissingExtra(
            "traces need the package opentelemetry-sdk", where="--telemetry", fix="pip install 'vedette[telemetry]'"
        ) from None
    from opentelemetry.trace import SpanKind

    resource = Resource.create({"service.name": "vedette"})
    provider = TracerProvider(resource=resource, shutdown_on_exit=False)
    if exporter is not None:
        provider.add_span_processor(SimpleSpanProcessor(exporter))
    else:
        sender = _otlp()
        provider.add_span_processor(BatchSpanProcessor(sender or ConsoleSpanExporter(out=sys.stderr)))
        _to_stderr("opentelemetry", logging.Formatter("vedette: traces: %(message)s"), logging.WARNING)
        atexit.register(_last_words, provider)
    tracer = provider.get_tracer("vedette")
    return partial(
        tracer.start_as_current_span, kind=SpanKind.SERVER, record_exception=False, set_status_on_exception=False
    )


def _last_words(provider: Any) -> None:
    """Send what is waiting, for `LAST_WORDS` seconds at most."""
    logging.getLogger("opentelemetry").handlers = [logging.NullHandler()]  # the server has said that it stopped
    ending = threading.Thread(target=provider.shutdown, daemon=True)
    ending.start()
    ending.join(LAST_WORDS)


def _otlp() -> Any:
    import os
    from importlib import import_module

    names = ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT")
    name = next((n for n in names if os.environ.get(n)), "")
    if not name:
        return None
    if not os.environ[name].startswith(("http://", "https://")):
        raise BadInput("not an http(s) address", where=name, fix="For example http://127.0.0.1:4318 (OTLP over HTTP)")
    try:
        module = import_module("opentelemetry.exporter.otlp.proto.http.trace_exporter")
    except ImportError:
        raise MissingExtra(
            f"{name} is set, and nothing is installed that sends there", where="--telemetry",
            fix="pip install 'vedette[telemetry]'",
        ) from None
    return module.OTLPSpanExporter()
