"""What is told about requests: an id for each, counts, one line of JSON, and a span where traces are wanted.

Never a body, a query, a cookie or a key: an address without its query, the route's pattern, the account's name.
"""

from __future__ import annotations

import contextlib
import json
import logging
import secrets
import sys
import time
import traceback
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Any, Final

from starlette.datastructures import MutableHeaders

from vedette.errors import MissingExtra
from vedette.web.metrics import Metrics

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

HEADER: Final = b"x-request-id"
LONGEST: Final = 64
LOG: Final = logging.getLogger("vedette.requests")

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
                    traced.update_name(f"{scope['method']} {route}")
                    for key, value in (("http.request.method", scope["method"]), ("http.route", route),
                                       ("http.response.status_code", status), ("vedette.request", name)):  # fmt: skip
                        traced.set_attribute(key, value)
                if LOG.isEnabledFor(logging.INFO):
                    LOG.info("request", extra={"told": _told(scope, route, status, seconds)})


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


def log_json() -> None:
    """Everything of ours and of the server goes to stderr as `JsonLines`."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines())
    for name, level in (("vedette", logging.INFO), ("uvicorn", logging.WARNING)):
        logger = logging.getLogger(name)
        logger.handlers, logger.propagate = [handler], False
        logger.setLevel(level)


def spans(exporter: Any = None) -> Span:
    """Spans of OpenTelemetry, sent to OTEL_EXPORTER_OTLP_ENDPOINT when an exporter for that is installed, else printed
    on stderr. Raises `MissingExtra` without the extra ``telemetry``.
    """
    try:
        from opentelemetry.sdk.resources import Resource
        from opentelemetry.sdk.trace import TracerProvider
        from opentelemetry.sdk.trace.export import BatchSpanProcessor, ConsoleSpanExporter, SimpleSpanProcessor
    except ImportError:
        raise MissingExtra(
            "traces need the package opentelemetry-sdk", where="--telemetry", fix="pip install 'vedette[telemetry]'"
        ) from None
    provider = TracerProvider(resource=Resource.create({"service.name": "vedette"}))
    if exporter is not None:
        provider.add_span_processor(SimpleSpanProcessor(exporter))
    else:
        provider.add_span_processor(BatchSpanProcessor(_otlp() or ConsoleSpanExporter(out=sys.stderr)))
    tracer = provider.get_tracer("vedette")
    return tracer.start_as_current_span


def _otlp() -> Any:
    import os
    from importlib import import_module

    if not os.environ.get("OTEL_EXPORTER_OTLP_ENDPOINT"):
        return None
    try:
        module = import_module("opentelemetry.exporter.otlp.proto.http.trace_exporter")
    except ImportError:
        raise MissingExtra(
            "OTEL_EXPORTER_OTLP_ENDPOINT is set, and nothing is installed that sends there", where="--telemetry",
            fix="pip install opentelemetry-exporter-otlp-proto-http",
        ) from None
    return module.OTLPSpanExporter()
