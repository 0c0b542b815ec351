"""Running a server: proxies, health, numbers, one line a request, spans, and a pace for changes."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from tests.acceptance.test_signing_in import PASSWORD, post


@pytest.fixture
def accounts(vedette: Any) -> Any:
    for name, role in (("root", "admin"), ("ana", "analyst")):
        vedette.ok("account", "add", name, "--role", role, stdin=f"{PASSWORD} {name}\n".encode())
    return vedette


def server(peer: str = "127.0.0.1", **options: Any) -> TestClient:
    from vedette.bootstrap import open_workspace, web_application

    application = web_application(open_workspace(), **options)
    return TestClient(application, base_url="http://localhost", follow_redirects=False, client=(peer, 4000),
                      raise_server_exceptions=False)  # fmt: skip


HTTPS = {"x-forwarded-proto": "https", "x-forwarded-for": "6.6.6.6, 10.1.1.1"}


def test_a_trusted_proxy_makes_cookies_secure_and_nobody_else_does(accounts: Any) -> None:
    trusted = server("10.0.0.9", proxies=["10.0.0.9"]).get("/sign-in", headers=HTTPS)
    assert "Secure" in trusted.headers["set-cookie"] and "strict-transport-security" in trusted.headers
    other = server("10.0.0.8", proxies=["10.0.0.9"]).get("/sign-in", headers=HTTPS)
    assert "Secure" not in other.headers["set-cookie"] and "strict-transport-security" not in other.headers


def test_readiness_says_what_is_wrong_to_this_machine_only(vedette: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    assert server().get("/readyz").json()["status"] == "ready"
    vedette.ok("account", "add", "root", "--role", "admin", stdin=f"{PASSWORD}\n".encode())
    from vedette.bootstrap import Workspace

    monkeypatch.setattr(Workspace, "table_versions", lambda self: ("old", ("old", "new")))
    near, far = server().get("/readyz"), server("10.0.0.1").get("/readyz")
    assert near.status_code == far.status_code == 503
    assert "vedette migrate" in near.text and "migrate" not in far.text


def test_numbers_are_for_this_machine_and_for_admins(accounts: Any) -> None:
    def key(name: str, scope: str) -> dict[str, str]:
        made = json.loads(accounts.ok("account", "token", name, "--scope", scope, "--json"))
        return {"authorization": f"Bearer {made['key']}"}

    near = server()
    near.get("/healthz")
    text = near.get("/metrics").text
    assert 'vedette_requests_total{method="GET",route="/healthz",status="200"} 1' in text
    assert 'vedette_request_seconds_bucket{route="/healthz",le="+Inf"} 1' in text
    far = server("10.0.0.1")
    assert far.get("/metrics").status_code == 403
    assert near.get("/metrics", headers={"x-forwarded-for": "127.0.0.1"}).status_code == 403, "it came by a proxy"
    assert far.get("/metrics", headers=key("root", "read")).status_code == 403
    assert far.get("/metrics", headers=key("ana", "admin")).status_code == 403
    assert far.get("/metrics", headers=key("root", "admin")).status_code == 200


@pytest.fixture
def lines() -> Iterator[io.StringIO]:
    from vedette.web.observe import LOG, JsonLines

    out = io.StringIO()
    handler = logging.StreamHandler(out)
    handler.setFormatter(JsonLines())
    LOG.addHandler(handler)
    before, LOG.level = LOG.level, logging.INFO
    LOG.setLevel(logging.INFO)
    yield out
    LOG.removeHandler(handler)
    LOG.setLevel(before)


def test_a_line_a_request_without_secrets(accounts: Any, lines: io.StringIO) -> None:
    client = server()
    assert post(client, "/sign-in", name="ana", password=f"{PASSWORD} ana").status_code == 303
    got = client.get("/ledger?q=private-words", headers={"x-request-id": "abc-1"})
    assert got.headers["x-request-id"] == "abc-1"
    assert client.get("/healthz", headers={"x-request-id": 'a"b\\'}).headers["x-request-id"].isalnum()
    told = [json.loads(line) for line in lines.getvalue().splitlines()]
    assert next(t for t in told if t["request"] == "abc-1")["account"] == "ana"
    for secret in (PASSWORD, "private-words", *client.cookies.values()):
        assert secret not in lines.getvalue()


def test_spans_name_the_route(accounts: Any, tmp_path: Path) -> None:
    memory = pytest.importorskip("opentelemetry.sdk.trace.export.in_memory_span_exporter", reason="extra: telemetry")
    from vedette.bootstrap import open_workspace
    from vedette.web.app import create_app
    from vedette.web.desk import Desk
    from vedette.web.observe import spans

    kept = memory.InMemorySpanExporter()
    client = TestClient(create_app(Desk(open_workspace()), span=spans(kept)), base_url="http://localhost")
    client.get("/healthz")
    (span,) = kept.get_finished_spans()
    assert span.name == "GET /healthz" and span.attributes["http.response.status_code"] == 200


def test_changes_have_a_pace(accounts: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from vedette.web import attempts

    monkeypatch.setattr(attempts, "PER_WRITER", "3 per minute")
    client = server()
    post(client, "/sign-in", name="ana", password=f"{PASSWORD} ana")
    answers = [post(client, "/tour", seen="yes").status_code for _ in range(5)]
    assert answers[0] == 303 and answers[-1] == 429


def test_wrong_options_are_refused(vedette: Any) -> None:
    assert "the proxy connects from" in vedette.refused("serve", "--no-browser", "--proxy", "nowhere")
    assert "json" in vedette.refused("serve", "--no-browser", "--log", "xml")


def test_the_unit_and_the_image_give_options_that_exist(vedette: Any) -> None:
    import re

    root = Path(__file__).resolve().parents[2]
    unit, image = ((root / "deploy" / n).read_text() for n in ("vedette.service", "Containerfile"))
    known = vedette.ok("serve", "--help")
    commands = re.findall(r"ExecStart=(.*)", unit) + re.findall(r"CMD \[\"serve.*", image)
    used = set(re.findall(r"--[a-z-]+", " ".join(commands)))
    assert {"--proxy", "--host"} <= used and all(o in known or o == "--no-browser" for o in used)
    import tomllib

    extras = tomllib.loads((root / "pyproject.toml").read_text())["project"]["optional-dependencies"]
    assert set(re.findall(r"\)\[([a-z,]+)\]", image)[0].split(",")) <= set(extras)
