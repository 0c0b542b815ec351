"""Spans of a server: they arrive at a real collector, say nothing of cases or secrets, and never hold a request up."""

from __future__ import annotations

import json
import logging
import re
import signal
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from tests.acceptance.test_running_a_server import server
from tests.acceptance.test_serve import serving
from tests.acceptance.test_signing_in import PASSWORD, post
from tests.otlp_collector import collecting, refusing, silent

pytest.importorskip("opentelemetry.exporter.otlp.proto.http.trace_exporter", reason="extra: telemetry")

# How many requests go to a server whose collector is dead: more than its queue of spans holds. Their lines of log have
# to fit into a pipe that is read at the end.
REQUESTS = 200
QUEUE = {"OTEL_BSP_SCHEDULE_DELAY": "200", "OTEL_BSP_MAX_QUEUE_SIZE": "64", "OTEL_BSP_MAX_EXPORT_BATCH_SIZE": "32"}
# Seconds. One that waited for the collector would take ten, the sender's own limit; a loaded machine takes part of one.
LONGEST = 5.0


@pytest.fixture(autouse=True)
def loggers() -> Iterator[None]:
    """`spans` speaks for the sender's logger, of which there is one a process."""
    yield
    logger = logging.getLogger("opentelemetry")
    logger.handlers, logger.propagate = [], True


def test_spans_arrive_with_routes_and_without_contents_secrets_and_queries(
    vedette: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    vedette.ok("account", "add", "annalena", "--role", "admin", stdin=f"{PASSWORD} ana\n".encode())
    made = json.loads(vedette.ok("account", "token", "annalena", "--scope", "read", "--json"))
    with collecting() as collector:
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", collector.address)
        monkeypatch.setenv("OTEL_BSP_SCHEDULE_DELAY", "100")
        client = server(telemetry=True)
        assert post(client, "/sign-in", name="annalena", password=f"{PASSWORD} ana").status_code == 303
        secrets = [PASSWORD, made["key"], *client.cookies.values(), "annalena", "niger-2023", "belarus-2022", "Bamako"]
        assert client.get("/cases/niger-2023?as_of=2023-08-10&q=query-words").status_code == 200
        assert client.get("/cases/belarus-2022/evidence?q=query-words").status_code == 200
        assert client.get("/nowhere/path-words").status_code == 404
        assert client.request("SECRETWORD", "/healthz").status_code >= 400
        assert client.get("/api/v1/cases", headers={"authorization": f"Bearer {made['key']}"}).status_code == 200
        sent = post(client, "/cases/belarus-2022/documents", text="Troops left Bamako.", published="2022-01-05")
        assert sent.status_code in (200, 303, 422)
        until = time.monotonic() + 20
        wanted = {"POST /sign-in", "GET /cases/{case_id}", "GET /cases/{case_id}/evidence", "GET /api/v1/cases",
                  "GET (none)", "POST /cases/{case_id}/documents"}  # fmt: skip
        while not wanted <= {s.name for s in collector.spans()} and time.monotonic() < until:
            time.sleep(0.05)
    spans = collector.spans()
    names = {s.name for s in spans}
    assert wanted <= names
    assert any(n.startswith("_OTHER ") for n in names)
    for span in spans:
        assert span.kind == 2  # a server's
        told = {a.key for a in span.attributes}
        assert told <= {"http.request.method", "http.route", "http.response.status_code", "vedette.request",
                        "error.type"}, told  # fmt: skip
        assert not span.events
    for body in collector.bodies:
        for word in (*secrets, "query-words", "path-words", "SECRETWORD", "as_of"):
            assert word.encode() not in body, word
    assert {h["path"] for h in collector.headers} == {"/v1/traces"}
    assert not any({"cookie", "authorization"} & set(h) for h in collector.headers)


def test_of_what_goes_wrong_a_span_says_the_status_and_no_words(monkeypatch: pytest.MonkeyPatch) -> None:
    from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

    from vedette.bootstrap import open_workspace
    from vedette.web.app import create_app
    from vedette.web.desk import Desk
    from vedette.web.observe import spans

    kept = InMemorySpanExporter()
    application = create_app(Desk(open_workspace()), span=spans(kept))

    def broken(*_: object, **__: object) -> Any:
        raise RuntimeError("words of a document")

    monkeypatch.setattr("vedette.web.render.page", broken)
    monkeypatch.setattr("vedette.web.pages.ledger.page", broken)
    client = TestClient(application, base_url="http://localhost", raise_server_exceptions=False)
    assert client.get("/ledger").status_code == 500
    (span,) = kept.get_finished_spans()
    assert span.name == "GET /ledger"
    assert span.attributes is not None
    assert span.attributes["error.type"] == "500"
    assert span.status.status_code.name == "ERROR"
    assert not span.status.description
    assert not span.events
    assert "words" not in span.to_json()


@pytest.mark.parametrize("dead", [refusing, silent], ids=["refuses", "never answers"])
def test_a_dead_collector_slows_and_breaks_no_request(
    dead: Callable[[], AbstractContextManager[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    with dead() as address:
        for name, value in ({"OTEL_EXPORTER_OTLP_ENDPOINT": address} | QUEUE).items():
            monkeypatch.setenv(name, value)
        with serving("--telemetry", "--log", "json") as (shown, process):
            took = []
            for _ in range(REQUESTS):
                began = time.perf_counter()
                with urllib.request.urlopen(f"{shown}healthz", timeout=60) as answer:
                    assert answer.status == 200
                took.append(time.perf_counter() - began)
            process.send_signal(signal.SIGINT)
            began = time.perf_counter()
            _, err = process.communicate(timeout=60)
            stopped = time.perf_counter() - began
    assert max(took) < LONGEST, f"longest {max(took):.2f} s"
    assert stopped < 2 * LONGEST, f"{stopped:.2f} s to stop"
    assert process.returncode == 0
    lines = [json.loads(line) for line in err.splitlines() if line.startswith("{")]
    assert sum("path" in line and line["path"] == "/healthz" for line in lines) == REQUESTS
    assert sum(line["logger"].startswith("opentelemetry") for line in lines) <= 1, "said seldom, and as JSON"
    assert "Traceback" not in err
    assert not re.findall(r"^Transient error", err, flags=re.MULTILINE)


def test_what_is_said_of_a_dead_collector_is_said_once_a_minute() -> None:
    from vedette.web.observe import SELDOM, Seldom

    now = 1000.0
    seldom = Seldom(clock=lambda: now)
    record = logging.makeLogRecord({"msg": "gone"})
    said = []
    for now in (1000.0, 1001.0, 1000.0 + SELDOM - 1, 1000.0 + SELDOM, 1001.0 + SELDOM):  # noqa: B007  read by the clock
        said.append(seldom.filter(record))
    assert said == [True, False, False, True, False]


def test_an_address_that_is_none_is_refused_before_the_server_starts(
    vedette: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", "collector:4317")
    line = vedette.refused("serve", "--no-browser", "--telemetry")
    assert "OTEL_EXPORTER_OTLP_ENDPOINT: not an http(s) address" in line
    assert "http://127.0.0.1:4318" in line


def test_without_the_sender_it_is_said_what_to_install(vedette: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    import sys

    monkeypatch.setenv("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "http://127.0.0.1:4318/v1/traces")
    monkeypatch.setitem(sys.modules, "opentelemetry.exporter.otlp.proto.http.trace_exporter", None)
    line = vedette.refused("serve", "--no-browser", "--telemetry")
    assert "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT is set" in line
    assert "pip install 'vedette[telemetry]'" in line


def test_nothing_of_it_is_loaded_without_the_option(tmp_path: Path) -> None:
    import subprocess
    import sys

    code = "import sys, vedette.web.app, vedette.web.observe; print([m for m in sys.modules if 'telemetry.sdk' in m])"
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert said.stdout.strip() == "[]"
