"""What somebody with an account, or with none, tries on a shared workbench: each a way that was open or could open."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from tests.acceptance.test_guards import tool

API = "/api/v1"


@pytest.fixture(scope="module")
def made() -> Any:
    """The tool with the made accounts and cases."""
    return tool("access_matrix")


@pytest.fixture
def bench(made: Any, tmp_path: Any) -> Iterator[Any]:
    """Its workbench."""
    found = made.Bench(tmp_path)
    yield found
    found.close()


@pytest.fixture(scope="module")
def calm(made: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """One workbench for tests that need nothing of their own."""
    found = made.Bench(tmp_path_factory.mktemp("calm"))
    yield found
    found.close()


def post(made: Any, client: Any, path: str, *, files: Any = None, **fields: str) -> Any:
    return client.post(path, data={"csrf": made.token(client), **fields}, files=files)


# -- taking a case that is everybody's --------------------------------------------------------------------------


def test_a_bundled_case_is_not_taken_by_making_one_of_its_id(calm: Any, made: Any) -> None:
    eve, other = calm.client("analyst"), calm.client("key: read")
    given = {"interveners": ["RUS"], "target": "UKR", "posture": "hostile", "opened": "2022-01-01",
             "deadline": "2022-06-01", "id": "belarus-2022"}  # fmt: skip
    refused = eve.post(f"{API}/cases", json=given)
    assert refused.status_code == 422 and "cannot be used" in refused.text
    assert other.get("/cases/belarus-2022/evidence").status_code == 200
    assert calm.workspace.accounts.shares("belarus-2022") == ()


def test_a_bundled_case_is_not_taken_by_adding_to_it(bench: Any, made: Any) -> None:
    from vedette.codec.dossier import encode_dossier
    from vedette.reference.bundled import bundled_case

    case = bundled_case("belarus-2022")
    file = json.dumps({**encode_dossier(replace(case, title="Another title"))}).encode()
    done = post(made, bench.client("analyst"), "/import-case", files={"file": ("b.json", file)})
    assert done.status_code in (303, 422)
    assert bench.workspace.accounts.shares("belarus-2022") == ()
    assert bench.client("key: read").get("/cases/belarus-2022/evidence").status_code == 200


def test_an_id_that_somebody_has_is_refused_in_the_same_words_everywhere(calm: Any, made: Any) -> None:
    eve = calm.client("analyst")
    given = {"interveners": ["RUS"], "target": "UKR", "posture": "hostile", "opened": "2022-01-01",
             "deadline": "2022-06-01", "id": "a-quagga"}  # fmt: skip
    over = eve.post(f"{API}/cases", json=given)
    page = post(made, eve, "/new-case", interveners="RUS", target="UKR", posture="hostile",
                opened="2022-01-01", until="6m", id="a-quagga")  # fmt: skip
    assert over.status_code == page.status_code == 422
    assert over.json()["error"] == "the id 'a-quagga' cannot be used" and "cannot be used" in page.text


# -- the ledger ------------------------------------------------------------------------------------------------


ROWS = "question,forecaster,date,probability,scenario,outcome,resolved\n"


def imported(bench: Any, made: Any, who: str, question: str, **fields: str) -> Any:
    rows = f"{ROWS}{question},eve,2022-01-20,0.3,attack,,\n"
    return post(made, bench.client(who), "/ledger/import", files={"file": ("f.csv", rows.encode())}, **fields)


def said_of(bench: Any, question: str) -> int:
    return sum(e.question == question for e in bench.workspace.ledger.entries())


def test_an_import_touches_no_question_of_a_case_that_one_may_not_change(bench: Any, made: Any) -> None:
    assert said_of(bench, "asked-own") == 1
    done = imported(bench, made, "analyst", "asked-own")
    assert done.status_code == 200 and said_of(bench, "asked-own") == 2, done.text
    answers = {q: imported(bench, made, "analyst", q) for q in ("asked-a-quagga", "asked-shared-for-reading", "never")}
    for name, answer in answers.items():
        assert answer.status_code == 200 and "its question is not in the ledger" in answer.text, name
        assert said_of(bench, name) == (name != "never")
    mapped = imported(bench, made, "analyst", "theirs", maps="theirs=asked-a-quagga:attack")
    assert mapped.status_code == 422 and "no such question" in mapped.text
    assert imported(bench, made, "admin", "asked-a-quagga").status_code == 200
    assert said_of(bench, "asked-a-quagga") == 2, "an admin may"


def test_an_import_resolves_no_question_of_a_foreign_case(bench: Any, made: Any) -> None:
    import datetime as dt

    from vedette.domain.ledger import Question, Resolution

    header = "question,forecaster,date,probability,outcome,resolved\n"
    for case in ("own", "a-quagga"):
        name = f"simply-{case}"
        bench.workspace.ledger.add_question(
            Question(id=name, case=case, statement="Will they?", atoms=("yes", "no"), rule="as made",
                     deadline=dt.date(2022, 3, 31))
        )  # fmt: skip
        data = f"{header}{name},eve,2022-01-20,0.3,yes,2022-02-01\n".encode()
        done = post(made, bench.client("analyst"), "/ledger/import", files={"file": ("f.csv", data)})
        assert done.status_code == 200, done.text
    resolved = [e.question for e in bench.workspace.ledger.entries() if isinstance(e.noun, Resolution)]
    assert resolved == ["simply-own"]


def test_an_empty_name_of_a_case_tells_no_other(calm: Any, made: Any) -> None:
    eve = calm.client("analyst")
    refused = post(made, eve, "/ledger/forecast", case="", as_of="2022-01-20")
    assert refused.status_code in (404, 422) and "quagga" not in refused.text
    assert "quagga" not in eve.get("/ledger/new?case=").text


def test_a_share_of_a_case_that_is_gone_tells_no_other(bench: Any, made: Any) -> None:
    from vedette.domain.accounts import Access, Share

    for name in ("a-quaggas", "zz"):
        bench.workspace.accounts.share(Share(case=name, account="somebody", access=Access.OWNER))
        bench.workspace.accounts.share(Share(case=name, account="analyst", access=Access.WRITE))
        for path in (f"/cases/{name}/evidence", f"{API}/cases/{name}", f"/board/rows/{name}", f"/watch?case={name}"):
            refused = bench.client("analyst").get(path)
            assert refused.status_code == 404, path
            assert "quagga" not in refused.text.replace(name, ""), path


def test_a_question_of_a_foreign_case_is_not_told_by_its_id(calm: Any, made: Any) -> None:
    eve = calm.client("analyst")
    said = eve.post(f"{API}/ledger/forecasts", json={"case": "own", "as_of": "2022-01-20",
                                                     "question": "asked-a-quagga"})  # fmt: skip
    assert said.status_code == 422 and said.json()["error"] == "the id 'asked-a-quagga' cannot be used"
    page = post(made, eve, "/ledger/forecast", case="own", as_of="2022-01-20", question="asked-a-quagga")
    assert page.status_code == 422 and "cannot be used" in page.text


# -- keys, sessions, answers of others -------------------------------------------------------------------------


def test_a_key_that_reads_ends_no_sessions(bench: Any, made: Any) -> None:
    from vedette.domain.accounts import Scope, Token

    browser = bench.client("analyst")
    at, reads = bench.workspace.clock.now(), frozenset({Scope.READ})
    key = bench.workspace.accounts.add_token(Token(id="r", account="analyst", label="", scopes=reads, created_at=at))
    made_by_key = bench.client("nobody", fresh=True)
    made_by_key.post("/sign-out", data={"everywhere": "yes"}, headers={"authorization": f"Bearer {key}"})
    assert browser.get("/ledger").status_code == 200


def test_an_answer_is_repeated_to_whoever_got_it_only(bench: Any, made: Any) -> None:
    given = {"case": "own", "as_of": "2022-01-20", "note": "mine"}
    key = {"idempotency-key": "the same"}
    first = bench.client("analyst").post(f"{API}/ledger/forecasts", json=given, headers=key)
    other = bench.client("key: write").post(f"{API}/ledger/forecasts", json=given, headers=key)
    assert first.status_code == other.status_code == 201
    assert "idempotent-replayed" not in other.headers and other.json()["digest"] != first.json()["digest"]


def test_an_answer_is_not_repeated_once_the_case_is_closed(bench: Any, made: Any) -> None:
    given = {"changes": ["main.local_support=met"]}
    asked = {"text": "The border was quiet.", "published": "2022-01-10"}
    key, eve = {"idempotency-key": "once"}, bench.client("analyst")
    assert eve.post(f"{API}/cases/own/documents", json=asked, headers=key).status_code == 201
    assert eve.post(f"{API}/cases/own/whatif", json=given).status_code == 200
    bench.workspace.accounts.unshare("own", "analyst")
    assert eve.post(f"{API}/cases/own/documents", json=asked, headers=key).status_code == 404


@pytest.mark.parametrize("days", ["0001000000000000000000", "3651", "0", "-1", "٣٦٥٠٠٠٠"])
def test_a_key_lasts_no_longer_than_any_may(calm: Any, made: Any, days: str) -> None:
    asked = post(made, calm.client("analyst"), "/account/keys", label="x", scope="read", days=days)
    assert asked.status_code == 422 and not calm.workspace.accounts.tokens("analyst")


def test_what_is_no_longer_shared_is_gone_at_once(bench: Any, made: Any) -> None:
    from vedette.domain.accounts import Access, Share

    eve = bench.client("analyst")
    places = ("/board/side", "/watch", "/palette.json", "/alerts.atom", "/ledger", "/")
    for _ in range(2):
        bench.workspace.accounts.share(Share(case="a-quagga", account="analyst", access=Access.READ))
        assert [p for p in places if "quagga" in eve.get(p).text] == list(places)
        bench.workspace.accounts.unshare("a-quagga", "analyst")
        assert [p for p in places if "quagga" in eve.get(p).text] == []


# -- what fills up ---------------------------------------------------------------------------------------------


def test_tries_to_sign_in_fill_neither_the_log_nor_the_memory(
    bench: Any, made: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from vedette.web import attempts

    monkeypatch.setattr(attempts, "PER_ADDRESS", "8 per 5 minutes")
    client = bench.client("nobody")
    csrf = made.token(client)
    statuses = [
        client.post("/sign-in", data={"csrf": csrf, "name": f"{n}-{'x' * 500}", "password": "no"}).status_code
        for n in range(20)
    ]
    assert statuses == [401] * 8 + [429] * 12
    log = [e for e in bench.workspace.accounts.logged(most=1000) if e.action == "sign-in.refused"]
    assert len(log) == 9, "what is refused for being too often is logged once"
    held = bench.application.state.attempts._limiter.storage
    assert len(held.events) <= 10 and max(map(len, held.events)) < 150


def test_a_file_of_more_rows_than_may_come_is_refused(calm: Any, made: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from vedette.codec import forecast_files

    monkeypatch.setattr(forecast_files, "MOST_ROWS", 20)
    data = ROWS.encode() + b"never,eve,2022-01-20,0.3,attack,,\n" * 21
    refused = post(made, calm.client("analyst"), "/ledger/import", files={"file": ("f.csv", data)})
    assert refused.status_code == 422 and "more than 20 rows" in refused.text


def test_windows_and_files_are_not_kept_without_end(bench: Any, made: Any) -> None:
    from vedette.web.desk import LANDS_KEPT

    assert bench.desk.lands.most == LANDS_KEPT <= 32
    bench.desk.lands.most = 3
    reader = bench.client("reader")
    for n in range(6):
        assert reader.get("/map/land.json", params={"window": f"20,40,{30 + n / 64},42"}).status_code == 200
    assert len(bench.desk.lands) == 3
    file = {"file": ("a.txt", b"The border was quiet. " * 50)}
    post(made, bench.client("analyst"), "/cases/own/documents", published="2022-01-10", files=file)
    jobs = bench.application.state.jobs
    for job in list(jobs._held.values()):
        assert job.done.wait(60) and job.given.content == b"", job.error


def test_methods_that_do_not_exist_are_counted_as_one(calm: Any, made: Any) -> None:
    for n in range(5):
        calm.client("nobody").request(f"ODD{n}", "/healthz")
    text = calm.client("key: admin").get("/metrics").text
    assert 'method="ODD' not in text and 'method="other",route="/healthz",status="405"} 5' in text


@pytest.mark.parametrize("back", ["javascript:alert(1)", "//evil.example/", "https://evil.example/", "/\\evil.example"])
def test_a_conflict_leads_back_to_this_server(calm: Any, made: Any, back: str) -> None:
    shown = post(made, calm.client("analyst"), "/cases/own/evidence/first-plain", verdict="accept", seen="another",
                 back=back)  # fmt: skip
    assert shown.status_code == 409 and f'href="{back}"' not in shown.text


@pytest.mark.parametrize("back", ["/€", "/ledger?q=Київ", "/\x00", "/\ud83d"])
def test_an_odd_way_back_breaks_nothing(calm: Any, made: Any, back: str) -> None:
    got = post(made, calm.client("analyst"), "/look", theme="dark", back=back.encode("utf-8", "replace").decode())
    assert got.status_code == 303 and got.headers["location"].startswith("/") and got.headers["location"].isascii()


@pytest.mark.parametrize(
    ("path", "body"),
    [("/cases/own/documents", {"text": "\ud800", "published": "2022-01-10"}),
     ("/cases/own/documents", {"text": "a\x00b", "published": "2022-01-10", "title": "\x00\ud800"}),
     ("/ledger/forecasts", {"case": "own", "as_of": "2022-01-20", "note": "\ud800\x00"}),
     ("/ledger/forecasts", {"case": "\x00", "as_of": "2022-01-20"}),
     ("/ledger/questions/asked-own/resolutions", {"answer": "a1", "source": "\ud800"}),
     ("/cases/own/judgments", {"probabilities": ["attack=30%"], "reason": "\ud800\x00"}),
     ("/cases", {"interveners": ["RUS"], "target": "UKR", "posture": "hostile", "opened": "2022-01-01",
                 "deadline": "2022-06-01", "title": "\ud800\x00"})],
)  # fmt: skip
def test_characters_that_cannot_be_stored_are_no_failure(calm: Any, made: Any, path: str, body: Any) -> None:
    raw = json.dumps(body).encode()
    got = calm.client("admin").post(f"{API}{path}", content=raw, headers={"content-type": "application/json"})
    assert got.status_code < 500, got.text


@pytest.mark.parametrize(
    "raw", [b"[" * 200_000, b'{"a":' * 100_000, b'{"id": 1' + b"0" * 9_999 + b"}", b"\xff\xfe{", b"{"]
)
def test_a_body_that_is_no_json_is_said_as_the_schema_says(calm: Any, made: Any, raw: bytes) -> None:
    for who in ("admin", "nobody"):
        got = calm.client(who).post(f"{API}/cases", content=raw, headers={"content-type": "application/json"})
        assert got.status_code in (401, 422), (who, got.status_code, got.text)
        assert set(got.json()) == {"error", "fix", "nearest"}
