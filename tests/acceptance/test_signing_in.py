"""Accounts in the workbench: signing in, roles, sharing, comments, the log, and what a stranger learns (nothing)."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

PASSWORD = "a sentence to remember"


@pytest.fixture
def shared_desk(vedette: Any, tmp_path: Path) -> Any:
    """A workspace with three accounts and two cases: ``made``, owned by ana, and ``foreign``, owned by root."""
    from tests.made_records import full_case

    from vedette.codec.dossier import encode_dossier

    for name, role in (("root", "admin"), ("ana", "analyst"), ("ben", "reader"), ("eve", "analyst")):
        vedette.ok("account", "add", name, "--role", role, stdin=f"{PASSWORD} {name}\n".encode())
    for name, owner in (("made", "ana"), ("foreign", "root")):
        (tmp_path / f"{name}.json").write_text(json.dumps({**encode_dossier(full_case()), "id": name}))
        vedette.ok("case", "import", tmp_path / f"{name}.json")
        vedette.ok("account", "share", name, owner, "owner")
    return vedette


Browser = Callable[..., TestClient]


@pytest.fixture
def browser(shared_desk: Any) -> Iterator[Browser]:
    """A new browser on the workbench, signed in when a name is given."""
    from vedette.bootstrap import open_workspace, web_application

    application = web_application(open_workspace())
    made: list[TestClient] = []

    def start(name: str = "") -> TestClient:
        client = TestClient(application, base_url="http://localhost", follow_redirects=False)
        made.append(client)
        if name:
            done = post(client, "/sign-in", name=name, password=f"{PASSWORD} {name}")
            assert done.status_code == 303, done.text
        return client

    yield start
    for client in made:
        client.close()


def token(client: TestClient) -> str:
    shown = client.get("/sign-in", headers={"accept": "text/html"})
    if shown.status_code == 303:
        shown = client.get("/cases/belarus-2022/comments")
    found = re.search(r'name="csrf-token" content="([0-9a-f]+)"', shown.text)
    assert found is not None
    return found.group(1)


def post(client: TestClient, path: str, **fields: str) -> Any:
    return client.post(path, data={"csrf": token(client), **fields})


def test_nobody_is_sent_to_the_form_and_told_nothing(browser: Browser) -> None:
    client = browser()
    for path in ("/", "/cases/made", "/cases/never-was", "/ledger", "/log", "/cases/belarus-2022"):
        shown = client.get(path, headers={"accept": "text/html"})
        assert shown.status_code == 303 and shown.headers["location"].startswith("/sign-in?back=%2F"), path
        assert client.get(path, headers={"accept": "application/json"}).status_code == 401
    assert client.get("/healthz").status_code == 200
    shown = client.get("/sign-in?back=/ledger")
    assert 'value="/ledger"' in shown.text and "made" not in shown.text.replace("made by whoever", "")
    assert 'value="/"' in client.get("/sign-in?back=https://evil.example/").text


def test_signing_in_gives_new_cookies_that_scripts_cannot_read(browser: Browser) -> None:
    client = browser()
    client.get("/sign-in")
    before = client.cookies["vedette_session"]
    done = post(client, "/sign-in", name="ana", password=f"{PASSWORD} ana", back="/ledger")
    assert done.status_code == 303 and done.headers["location"] == "/ledger"
    cookies = done.headers.get_list("set-cookie")
    assert all("HttpOnly" in c and "SameSite=strict" in c for c in cookies) and len(cookies) == 2
    assert client.cookies["vedette_session"] != before
    assert client.get("/").status_code == 200 and client.get("/sign-in").status_code == 303


def test_a_planted_account_cookie_is_not_taken_over(browser: Browser) -> None:
    client = browser()
    planted = "0" * 64
    client.cookies.set("vedette_account", planted)
    post(client, "/sign-in", name="ana", password=f"{PASSWORD} ana")
    assert client.cookies.get("vedette_account", domain="localhost.local") != planted


def test_a_wrong_password_and_an_unknown_name_look_the_same(browser: Browser) -> None:
    client = browser()
    wrong = post(client, "/sign-in", name="ana", password="something else")
    nobody = post(client, "/sign-in", name="anna", password="something else")
    assert wrong.status_code == nobody.status_code == 401
    plain = [re.sub(r"[0-9a-f]{64,}|ann?a|\d\d:\d\d\S*", "", page.text) for page in (wrong, nobody)]
    assert re.sub(r'datetime="[^"]*"', "", plain[0]) == re.sub(r'datetime="[^"]*"', "", plain[1])


def test_tries_are_limited_by_name(browser: Browser) -> None:
    client = browser()
    for _ in range(10):
        assert post(client, "/sign-in", name="ana", password="no").status_code == 401
    refused = post(client, "/sign-in", name="Ana", password=f"{PASSWORD} ana")
    assert refused.status_code == 429 and "Wait" in refused.text
    assert post(client, "/sign-in", name="ben", password=f"{PASSWORD} ben").status_code == 303


def test_signing_out_ends_the_session_and_everywhere_ends_all(browser: Browser) -> None:
    one, two = browser("ana"), browser("ana")
    post(one, "/sign-out")
    assert one.get("/").status_code != 200 and two.get("/").status_code == 200
    three = browser("ana")
    post(three, "/sign-out", everywhere="yes")
    assert two.get("/", headers={"accept": "application/json"}).status_code == 401


def test_a_case_that_is_not_shared_does_not_exist(browser: Browser) -> None:
    client = browser("eve")
    asked = client.get("/cases/made", headers={"accept": "application/json"})
    never = client.get("/cases/nade", headers={"accept": "application/json"})
    assert asked.status_code == never.status_code == 404
    assert asked.text.replace("made", "X") == never.text.replace("nade", "X")
    for path in ("evidence", "evidence.csv", "documents", "map.json", "comments", "sharing", "elicit"):
        assert client.get(f"/cases/made/{path}").status_code == 404, path
    assert client.get("/cases/belarus-2022").status_code == 200, "it came with Vedette"


def test_a_reader_reads_and_no_more(browser: Browser, shared_desk: Any) -> None:
    shared_desk.ok("account", "share", "made", "ben", "write")
    client = browser("ben")
    assert client.get("/cases/made/evidence").status_code == 200
    assert post(client, "/cases/made/comments", text="hello").status_code == 403
    assert client.get("/log").status_code == 403


def test_sharing_is_the_owners(browser: Browser) -> None:
    ana, eve = browser("ana"), browser("eve")
    assert post(ana, "/cases/made/sharing", account="eve", access="read", reason="helps").status_code == 303
    assert eve.get("/cases/made").status_code == 200
    assert post(eve, "/cases/made/comments", text="x").status_code == 403
    assert post(eve, "/cases/made/sharing", account="eve", access="owner").status_code == 403
    assert post(ana, "/cases/made/sharing", account="eve", access="write").status_code == 303
    assert post(eve, "/cases/made/comments", text="x").status_code == 303
    assert "owner" in post(ana, "/cases/made/sharing", account="ana", access="none").text
    post(ana, "/cases/made/sharing", account="eve", access="none")
    assert eve.get("/cases/made").status_code == 404
    root = browser("root")
    log = root.get("/log").text
    assert "share" in log and "helps" in log and "sign-in" in log


def test_comments_are_words_and_stay_when_refused(browser: Browser) -> None:
    ana = browser("ana")
    hostile = "<script>alert(1)</script> & \"quoted\""
    assert post(ana, "/cases/made/comments", text=hostile, about="e1").status_code == 303
    shown = ana.get("/cases/made/comments").text
    assert "<script>alert" not in shown and "&lt;script&gt;alert(1)" in shown and "#ev-e1" in shown
    refused = post(ana, "/cases/made/comments", text="about what?", about="e99")
    assert refused.status_code == 422 and "about what?" in refused.text
    assert post(ana, "/cases/made/comments", text="  ").status_code == 422


def test_a_key_does_what_its_scopes_allow(browser: Browser, shared_desk: Any) -> None:
    def key(name: str, *scopes: str) -> dict[str, str]:
        asked = [part for scope in scopes for part in ("--scope", scope)]
        made = json.loads(shared_desk.ok("account", "token", name, *asked, "--json"))
        return {"authorization": f"Bearer {made['key']}", "accept": "application/json"}

    client = browser()
    reads, writes = key("ana", "read"), key("ana", "write")
    assert client.get("/cases/made/evidence.json", headers=reads).status_code == 200
    assert client.get("/cases/foreign/evidence.json", headers=reads).status_code == 404
    assert client.post("/cases/made/comments", headers=reads, data={"text": "x"}).status_code == 403
    assert client.post("/cases/made/comments", headers=writes, data={"text": "x"}).status_code == 303
    capped = key("ben", "admin")
    assert client.get("/log", headers=capped).status_code == 403, "never more than the account"
    assert client.get("/", headers={"authorization": "Bearer vdt_no"}).status_code == 401
    shared_desk.ok("account", "disable", "ana")
    assert client.get("/cases/made/evidence.json", headers=reads).status_code == 401


def test_a_change_that_cannot_be_logged_is_not_acknowledged(browser: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    from vedette.errors import StoreUnavailable
    from vedette.stores.accounts import SqlAccounts

    ana = browser("ana")

    def gone(self: SqlAccounts, entry: object) -> None:
        raise StoreUnavailable("the database server does not answer", where="postgresql://desk")

    monkeypatch.setattr(SqlAccounts, "log", gone)
    refused = post(ana, "/cases/made/comments", text="hello")
    assert refused.status_code == 503 and "does not answer" in refused.text
