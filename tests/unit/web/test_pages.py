"""Board and case over HTTP: every route declares a right, headers, tokens, hosts, sizes, errors, hostile text."""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from starlette.testclient import TestClient
from tests.made_cases import host_case, item
from tests.unit.web.workbench import Page, Workbench

from vedette.bootstrap import open_workspace
from vedette.domain.case import CrowdFigure
from vedette.domain.claims import Place
from vedette.domain.documents import Document
from vedette.domain.evidence import Review, Verdict
from vedette.domain.time import Times, instant
from vedette.geography.map_style import style_sheet
from vedette.web.access import Right
from vedette.web.app import create_app
from vedette.web.desk import STATIC, Desk
from vedette.web.security import CSP, SMALL_BODY, Tokens

HOSTILE = '"><script>alert(1)</script><img src=x onerror=alert(2)>{{ 7*7 }}'


def _routes(app: Any) -> Iterator[Any]:
    """Every route, those of included routers too."""
    pending = list(app.routes)
    while pending:
        route = pending.pop()
        inner = getattr(route, "original_router", None)
        if inner is not None:
            pending.extend(inner.routes)
        elif hasattr(route, "endpoint"):
            yield route


def _declared(route: Any) -> Right | None:
    """The right that a route asks for: of a dependency, or of the function of a plain route."""
    if hasattr(route, "dependant"):
        return _right(route.dependant)
    return getattr(route.endpoint, "right", None)


def _right(dependant: Any) -> Right | None:
    for inner in dependant.dependencies:
        found = getattr(inner.call, "right", None) or _right(inner)
        if found is not None:
            return Right(found)
    return None


def test_every_route_declares_the_right_it_needs() -> None:
    routes = list(_routes(create_app(Desk(open_workspace()))))
    paths = {r.path for r in routes}
    assert {"/", "/cases/{case_id}", "/cases/{case_id}/whatif.json", "/healthz", "/new-case"} <= paths
    missing = [(r.path, sorted(r.methods)) for r in routes if _declared(r) is None]
    assert missing == []
    changing = [r for r in routes if r.methods - {"GET", "HEAD", "OPTIONS"}]
    assert changing
    open_to_readers = {r.path for r in changing if _declared(r) in (Right.READ, Right.OPEN)}
    # How the page looks to one browser, and signing in and out, change no case.
    assert all("/cases/{case_id}" not in path or path.endswith(("/verify", "/preview")) for path in open_to_readers)


PATHS = (
    "/", "/?whole=1", "/?sort=title&show=closed&q=niger", "/board/side", "/board/rows/niger-2023", "/new-case",
    "/cases/niger-2023", "/cases/niger-2023?whole=1&as_of=2023-08-05", "/cases/niger-2023?mode=author",
    "/cases/niger-2023/parts/time", "/cases/niger-2023/parts/map", "/cases/niger-2023/parts/edits",
    "/cases/niger-2023/whatif.json?set=main.low_costs=met", "/cases/niger-2023/map.json", "/healthz",
)  # fmt: skip


def test_every_page_answers_with_the_headers_that_protect_it(bench: Workbench) -> None:
    for path in PATHS:
        page = bench.get(path)
        headers = bench.last.headers
        assert headers["content-security-policy"] == CSP, path
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["cache-control"] == "no-store"
        if headers["content-type"].startswith("text/html"):
            assert page.scripts == [], path  # nothing inline: no script, no handler, no style attribute
            assert "style=" not in re.sub(r"<[^>]*\bdata-[^>]*>", "", bench.last.text), path


def test_the_policy_allows_nothing_inline_and_nothing_from_outside() -> None:
    assert "unsafe" not in CSP
    assert "http" not in CSP
    assert "default-src 'none'" in CSP


def test_the_map_is_styled_by_a_file_that_says_what_the_drawing_says() -> None:
    assert (STATIC / "map.css").read_text(encoding="utf-8").strip() == style_sheet("auto").strip()


# -- what is refused ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("host", ["evil.example", "localhost.evil.example", "127.0.0.1.nip.io", "", "[::2]:80"])
def test_other_host_names_are_not_answered(host: str) -> None:
    client = TestClient(create_app(Desk(open_workspace())), base_url="http://localhost")
    assert client.get("/", headers={"host": host}).status_code == 421


@pytest.mark.parametrize("host", ["localhost", "localhost:8620", "127.0.0.1:9", "[::1]:8620", "LOCALHOST"])
def test_names_of_this_machine_are_answered(host: str) -> None:
    client = TestClient(create_app(Desk(open_workspace())), base_url="http://localhost")
    assert client.get("/healthz", headers={"host": host}).status_code == 200


NEW = {"interveners": "Venezuela", "target": "Guyana", "posture": "hostile", "until": "6m"}


def test_a_change_needs_the_token_of_its_session(bench: Workbench) -> None:
    form = bench.get("/new-case").form("/new-case")
    token = form["fields"]["csrf"]
    for bad in ("", "00" * 64, token[:-2] + "zz", "not hex", token + "00"):
        answer = bench.client.post("/new-case", data={**NEW, "csrf": bad})
        assert answer.status_code == 403, bad
    other = TestClient(bench.client.app, base_url="http://localhost")
    other.get("/")
    assert other.post("/new-case", data={**NEW, "csrf": token}).status_code == 403
    assert list(open_workspace().cases.case_ids()) == []
    assert bench.client.post("/new-case", data={**NEW, "csrf": token}).status_code == 200
    assert list(open_workspace().cases.case_ids()) == ["ven-guy-2027"] or open_workspace().cases.case_ids()


def test_a_change_from_another_site_is_refused(bench: Workbench) -> None:
    token = bench.get("/new-case").form("/new-case")["fields"]["csrf"]
    for headers in (
        {"origin": "http://evil.example"}, {"sec-fetch-site": "cross-site"}, {"sec-fetch-site": "same-site"},
        {"origin": "http://localhost:1234"},
    ):  # fmt: skip
        assert bench.client.post("/new-case", data={**NEW, "csrf": token}, headers=headers).status_code == 403
    good = bench.client.post("/new-case", data={**NEW, "csrf": token}, headers={"origin": "http://localhost"})
    assert good.status_code == 200


def test_the_session_cookie_is_kept_from_scripts_and_other_sites(bench: Workbench) -> None:
    bench.get("/")
    cookie = bench.last.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Strict" in cookie
    # An id that is not ours is not taken over.
    answer = TestClient(bench.client.app, base_url="http://localhost").get("/", headers={"cookie": "vedette_session=x"})
    assert "vedette_session=" in answer.headers["set-cookie"]


def test_tokens_differ_every_time_and_hold_only_for_their_session() -> None:
    tokens = Tokens()
    one, two = tokens.token("a" * 32), tokens.token("a" * 32)
    assert one != two
    assert tokens.holds("a" * 32, one)
    assert tokens.holds("a" * 32, two)
    assert not tokens.holds("b" * 32, one)
    assert not Tokens().holds("a" * 32, one)


def test_a_body_that_is_too_large_is_refused_before_it_is_kept(bench: Workbench) -> None:
    bench.get("/new-case")
    big = "x" * (SMALL_BODY + 1)
    assert bench.client.post("/new-case", data={**NEW, "title": big}).status_code == 413
    chunks = (b"x" * 100_000 for _ in range(20))  # no declared length
    answer = bench.client.post(
        "/new-case", content=chunks, headers={"content-type": "application/x-www-form-urlencoded"}
    )
    assert answer.status_code == 413
    assert "more than 1 MB" in Page(answer.text).words


@pytest.mark.parametrize(
    "path",
    [
        "/static/../app.py", "/static/%2e%2e/app.py", "/static/..%2fapp.py", "/static//etc/passwd",
        "/cases/..%2f..%2fetc%2fpasswd", "/cases/%2e%2e", "/cases/x.toml", "/cases/%2Fetc%2Fpasswd.json",
        "/cases/niger-2023/parts/..%2f..%2fbase", "/nowhere", "/board/rows/..%2fx",
    ],
)  # fmt: skip
def test_no_path_leads_out_of_what_is_served(bench: Workbench, path: str) -> None:
    bench.get(path, status=404)
    assert "root:" not in bench.last.text
    assert "import" not in Page(bench.last.text).words


# -- errors ------------------------------------------------------------------------------------------------


def test_an_unknown_case_names_the_nearest_as_links(bench: Workbench) -> None:
    page = bench.get("/cases/belarus-2021", status=404)
    assert "/cases/belarus-2022" in page.links
    page = bench.get("/cases/belarus-2021/brief", status=404)
    assert "/cases/belarus-2022/brief" in page.links


@pytest.mark.parametrize(
    ("path", "status", "said"),
    [
        ("/cases/niger-2023?as_of=soon", 422, "not a date"),
        ("/cases/niger-2023?as_of=2030-01-01", 422, "after the deadline"),
        ("/cases/niger-2023?mode=x", 404, "mode"),
        ("/cases/niger-2023?scenario=forse", 404, "force"),
        ("/cases/niger-2023?without=N999", 404, "N999"),
        ("/?sort=colour", 404, "order"),
        ("/boardd", 404, "no such page"),
    ],
)
def test_what_cannot_be_used_is_said_with_a_way_out(bench: Workbench, path: str, status: int, said: str) -> None:
    page = bench.get(path, status=status)
    assert said in page.words
    assert "Traceback" not in bench.last.text


def test_errors_of_data_are_data(bench: Workbench) -> None:
    bench.get("/cases/niger-2023/whatif.json?set=main.low_costs=huge", status=404)
    assert bench.last.json()["error"].startswith("Unknown level")
    bench.get("/cases/nigger-2023/map.json", status=404)
    assert "niger-2023" in bench.last.json()["nearest"]


def test_a_failure_inside_shows_nothing_of_the_inside(bench: Workbench, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: Any, **__: Any) -> None:
        raise RuntimeError("the secret place is /home/someone")

    monkeypatch.setattr(bench.desk, "assessment", broken)
    page = bench.get("/cases/niger-2023", status=500)
    assert "secret" not in bench.last.text
    assert "Traceback" not in bench.last.text
    assert "Nothing that was stored before is lost" in page.words
    assert bench.last.headers["content-security-policy"] == CSP


# -- parts, conversations ----------------------------------------------------------------------------------


def test_scripts_get_a_part_and_others_a_page(bench: Workbench) -> None:
    bench.get("/cases/niger-2023/parts/time", **{"hx-request": "true"})
    assert "<html" not in bench.last.text
    assert "<svg" in bench.last.text
    bench.get("/cases/niger-2023/parts/time")
    assert "<html" in bench.last.text


def test_slow_parts_are_links_until_they_are_made_and_then_in_the_page(bench: Workbench) -> None:
    page = bench.get("/cases/niger-2023")
    assert "/cases/niger-2023/parts/time" in page.links
    assert "Every date as a table" not in page.words
    whole = bench.get("/cases/niger-2023?whole=1")
    assert "Every date as a table" in whole.words
    assert "/cases/niger-2023/parts/time" not in whole.links
    again = bench.get("/cases/niger-2023")
    assert "Every date as a table" in again.words


def test_a_what_if_works_without_scripts_through_its_form(bench: Workbench) -> None:
    form = next(f for f in bench.get("/cases/niger-2023").forms if "#what-if" in f["action"])
    assert form["method"] == "get"
    page = bench.get("/cases/niger-2023?set=&set=main.low_costs=met")
    assert "would be" in page.words
    assert any("set=main.low_costs=met" in link and "as_of=" in link for link in page.links)


def test_the_look_is_kept_and_leads_back_only_to_our_own_pages(bench: Workbench) -> None:
    form = bench.get("/").form("/look")
    bench.send(form, theme="dark", back="/new-case")
    assert bench.path == "/new-case"
    assert 'data-theme="dark"' in bench.last.text
    form = bench.get("/").form("/look")
    for place in ("//evil.example/", "https://evil.example", "/\\evil.example", "/a\nb"):
        answer = bench.client.post("/look", data={**form["fields"], "back": place}, follow_redirects=False)
        assert answer.headers["location"] == "/", place


# -- making cases ------------------------------------------------------------------------------------------


def test_a_case_is_made_from_a_few_answers_and_opens(bench: Workbench) -> None:
    form = bench.get("/new-case").form("/new-case")
    page = bench.send(form, interveners="Venezuela", target="Guyana", opened="2026-01-01", until="2026-12-31")
    assert bench.path == "/cases/ven-guy-2026"
    assert "No accepted evidence by this day" in page.words
    assert [e.author for e in open_workspace().cases.edits("ven-guy-2026")] == ["Test Analyst"]


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"interveners": ""}, "no intervener"),
        ({"interveners": "Venezula"}, "Venezuela"),
        ({"target": " "}, "no target"),
        ({"until": "yesterday"}, "not a date"),
        ({"until": ""}, "no end"),
        ({"opened": "2026-01-01", "until": "2025-01-01"}, "ends"),
        ({"id": "belarus-2022"}, "exists already"),
        ({"id": "Ünusable name"}, "not usable"),
        ({"posture": "friendly"}, "posture"),
        ({"target": "Venezuela"}, "both intervener and target"),
    ],
)
def test_answers_that_cannot_be_used_stay_in_the_form(bench: Workbench, fields: dict[str, str], said: str) -> None:
    form = bench.get("/new-case").form("/new-case")
    page = bench.send(form, status=422, **{**NEW, "title": "What I typed", **fields})
    assert said in page.words
    assert page.form("/new-case")["fields"]["title"] == "What I typed"
    assert list(open_workspace().cases.case_ids()) == []


def test_a_case_file_is_imported_and_a_wrong_one_is_refused(bench: Workbench) -> None:
    from importlib.resources import files

    form = bench.get("/new-case").form("/import-case")
    packed = files("vedette.reference").joinpath("cases/niger-2023/case.toml").read_text(encoding="utf-8")
    text = packed.replace('id = "niger-2023"', 'id = "my-niger"', 1)
    bench.send(form, files={"file": ("../../x.toml", text.encode())})
    assert bench.path == "/cases/my-niger"
    for name, data, said in (
        ("x.toml", b"", "empty"), ("x.exe", b"MZ", "no case file"), ("x.toml", b"a = [", "TOML"),
        ("x.json", b"\x00\xff", "json"), ("x.json", b"{}", ""),
    ):  # fmt: skip
        page = bench.send(form, status=422, files={"file": (name, data)})
        assert said.casefold() in page.words.casefold(), name
        assert "Not imported" in page.words


def test_no_answer_for_an_earlier_day_holds_anything_later(bench: Workbench) -> None:
    late = replace(
        item("LATE1", day=dt.date(2022, 1, 18), claim="The secret that comes later"),
        place=Place(name="Brest", lat=52.1, lon=23.7, country="BLR"),
    )
    case = host_case(
        [item("E1", day=dt.date(2022, 1, 5)), late], framework="five-conditions",
        crowd=(CrowdFigure(date=dt.date(2022, 1, 19), source="secret site", question="?", probability=0.9),),
    )  # fmt: skip
    store = open_workspace().cases
    store.create(case, author="a", reason="b")
    day = instant(dt.date(2022, 1, 18))
    raw = b"The secret document."
    document = Document(
        id="d1", sha256=hashlib.sha256(raw).hexdigest(), title="The secret document", text=raw.decode(),
        times=Times(published_at=day, available_at=day, recorded_at=day),
    )  # fmt: skip
    store.add_document("made-host", document, raw, ())
    store.add_review("made-host", Review(evidence="LATE1", verdict=Verdict.ACCEPT, author="x", at=day))
    for path in (
        "/cases/made-host?whole=1&", "/cases/made-host/parts/time?", "/cases/made-host/parts/map?",
        "/cases/made-host/map.json?", "/cases/made-host/whatif.json?set=main.low_costs=met&",
        "/cases/made-host?mode=author&", "/cases/made-host/parts/edits?",
    ):  # fmt: skip
        bench.get(f"{path}as_of=2022-01-10")
        assert "secret" not in bench.last.text, path
        assert "LATE1" not in bench.last.text, path
    bench.get("/cases/made-host?whole=1&as_of=2022-01-20")
    assert "secret" in bench.last.text


def test_hostile_titles_and_quotes_are_text_on_every_page(bench: Workbench) -> None:
    hostile = item("E1", day=dt.date(2022, 1, 5), claim=HOSTILE, attribution=HOSTILE)
    case = host_case(
        [hostile], framework="five-conditions", id="hostile", title=HOSTILE, question=HOSTILE,
        coding_note=HOSTILE, structure_note=HOSTILE,
    )  # fmt: skip
    open_workspace().cases.create(case, author=HOSTILE, reason=HOSTILE)
    for path in ("/?whole=1", "/cases/hostile?whole=1", "/cases/hostile?without=E1", f"/cases/hostile?set={HOSTILE}"):
        page = bench.get(path)
        assert page.scripts == [], path
        assert "<script>alert" not in bench.last.text
        assert "<img src=x" not in bench.last.text
        assert "49" not in re.findall(r"\{\{.*?\}\}", page.words)
        assert "alert(1)" in page.words, path
