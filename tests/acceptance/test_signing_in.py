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


# -- one's own account, and everybody's ----------------------------------------------------------------------


def test_a_password_is_changed_by_whoever_knows_it_and_ends_other_sessions(browser: Browser) -> None:
    here, there = browser("ana"), browser("ana")
    assert "Change your password" in here.get("/account").text
    new = "another sentence of ana"
    for fields, said in (
        ({"current": "a guess of eve", "new": new, "again": new}, "current password is another"),
        ({"current": f"{PASSWORD} ana", "new": new, "again": new + "s"}, "differ"),
        ({"current": f"{PASSWORD} ana", "new": "short", "again": "short"}, "Not changed"),
    ):
        shown = post(here, "/account/password", **fields)
        assert shown.status_code == 422 and said in shown.text, said
    assert there.get("/account").status_code == 200
    done = post(here, "/account/password", current=f"{PASSWORD} ana", new=new, again=new)
    assert done.status_code == 303
    assert here.get("/account").status_code == 200  # under a new session
    assert there.get("/account", headers={"accept": "text/html"}).status_code == 303
    assert post(browser(), "/sign-in", name="ana", password=f"{PASSWORD} ana").status_code == 401
    assert post(browser(), "/sign-in", name="ana", password=new).status_code == 303
    entry = browser("root").get("/log?who=ana").text
    assert "account.password" in entry and new not in entry


def test_guessing_the_current_password_is_slowed_like_signing_in(browser: Browser) -> None:
    client = browser("eve")
    answers = [
        post(client, "/account/password", current=f"guess {n}", new="a long new sentence", again="a long new sentence")
        for n in range(12)
    ]
    assert any("too many tries" in a.text.lower() for a in answers)


def test_a_key_is_shown_once_works_in_ones_name_and_ends(browser: Browser) -> None:
    client = browser("ana")
    shown = post(client, "/account/keys", label="dashboard <b>", scope="read", days="30")
    key = re.search(r'<code class="key">([^<]+)</code>', shown.text)
    assert shown.status_code == 200 and key is not None and "dashboard &lt;b&gt;" in shown.text
    bearer = {"authorization": f"Bearer {key.group(1)}"}
    assert browser().get("/api/v1/cases/made", headers=bearer).status_code == 200
    again = client.get("/account").text
    assert key.group(1) not in again and "dashboard &lt;b&gt;" in again
    # A key makes no keys and changes no password, whatever its scopes: it would make itself a stronger one.
    for method, path in (
        ("get", "/account"), ("post", "/account/keys"), ("post", "/account/password"), ("get", "/accounts"),
        ("post", "/accounts"),
    ):  # fmt: skip
        assert browser().request(method, path, headers=bearer, data={"label": "x", "scope": "write"}).status_code == 403
    token_id = re.search(r"/account/keys/([0-9a-f]+)/end", again)
    assert token_id is not None
    assert post(browser("eve"), f"/account/keys/{token_id.group(1)}/end").status_code == 404
    assert post(client, f"/account/keys/{token_id.group(1)}/end").status_code == 303
    assert browser().get("/api/v1/cases/made", headers=bearer).status_code == 401


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"label": "x", "scope": "admin", "days": "30"}, "cannot admin"),
        ({"label": "x", "scope": "rule", "days": "30"}, "rule"),
        ({"label": "x", "days": "30"}, "something it may do"),
        ({"label": "", "scope": "read", "days": "30"}, "what will use"),
        ({"label": "x", "scope": "read", "days": "99999"}, "lifetime"),
        ({"label": "x", "scope": "read", "days": "-1"}, "lifetime"),
    ],
)
def test_a_key_is_never_more_than_its_account(browser: Browser, fields: dict[str, str], said: str) -> None:
    shown = post(browser("ana"), "/account/keys", **fields)
    assert shown.status_code == 422 and said in shown.text and "class=\"key\"" not in shown.text


def test_an_admin_adds_changes_and_disables_accounts_in_the_browser(browser: Browser) -> None:
    root = browser("root")
    words = "first words of one"
    made = post(root, "/accounts", name="new.one", role="reader", password=words, again=words, reason="joins the desk")
    assert made.status_code == 303
    one = browser()
    assert post(one, "/sign-in", name="new.one", password=words).status_code == 303
    new = {"do": "role", "role": "analyst", "seen": "reader", "reason": "trained"}
    assert post(root, "/accounts/new.one", **new).status_code == 303
    # Somebody else changed it since: what is stored stays, and the page says what it is now.
    late = post(root, "/accounts/new.one", do="role", role="admin", seen="reader")
    assert late.status_code == 409 and "analyst now" in late.text
    assert post(root, "/accounts/new.one", do="disable", seen="analyst").status_code == 303
    assert one.get("/", headers={"accept": "text/html"}).status_code == 303
    last = post(root, "/accounts/root", do="disable", seen="admin")
    assert last.status_code == 422 and "admin" in last.text
    log = root.get("/log").text
    assert "account.add" in log and "joins the desk" in log and "first words" not in log
    for name, role, password in (("ana", "reader", "long enough words"), ("New One", "reader", "long enough words"),
                                 ("two", "king", "long enough words"), ("two", "reader", "x")):  # fmt: skip
        assert post(root, "/accounts", name=name, role=role, password=password, again=password).status_code == 422
    for path in ("/accounts", "/log"):
        assert browser("ana").get(path).status_code == 403
    assert post(browser("ana"), "/accounts/ana", do="role", role="admin", seen="analyst").status_code == 403


def test_without_accounts_the_pages_of_accounts_say_how_to_begin(vedette: Any) -> None:
    from vedette.bootstrap import open_workspace, web_application

    with TestClient(web_application(open_workspace()), base_url="http://localhost") as client:
        for path in ("/account", "/accounts"):
            shown = client.get(path, headers={"accept": "text/html"})
            assert shown.status_code == 422 and "vedette account add" in shown.text
