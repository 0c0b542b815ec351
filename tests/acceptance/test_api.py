"""The API: what other programs may rely on."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from fastapi.testclient import TestClient
from tests.made_records import full_case
from tests.made_texts import ARTICLE

from vedette.domain.claims import Marking

API = "/api/v1"


@pytest.fixture
def api(vedette: Any) -> Iterator[TestClient]:
    """The API of a laptop's workbench, with one case in the workspace."""
    from vedette.bootstrap import open_workspace, web_application

    workspace = open_workspace()
    workspace.cases.create(full_case(), author="a", reason="made")
    with TestClient(web_application(workspace), base_url="http://localhost") as client:
        yield client


def test_cases_come_in_pages_that_join(api: TestClient) -> None:
    names, after = [], ""
    while True:
        got = api.get(f"{API}/cases", params={"limit": 1, "after": after}).json()
        names += [c["case"] for c in got["items"]]
        after = got["next"]
        if after is None:
            break
    assert names == sorted(names) and set(names) == {"belarus-2022", "made", "niger-2023"}


def test_an_assessment_is_that_of_the_command_line(api: TestClient, vedette: Any) -> None:
    got = api.get(f"{API}/cases/belarus-2022/assessment", params={"as_of": "2022-01-20"}).json()
    told = json.loads(vedette.ok("assess", "belarus-2022", "--as-of", "2022-01-20", "--json"))
    assert got["inputs_digest"] == told["inputs_digest"] and got["scenarios"] == told["scenarios"]
    later = api.get(f"{API}/cases/belarus-2022/assessment", params={"as_of": "2022-02-23"}).json()
    assert later["scenarios"] != got["scenarios"]


def test_a_document_is_read_proposed_and_decided_on(api: TestClient) -> None:
    made = api.post(f"{API}/cases/belarus-2022/documents", json={"text": ARTICLE, "published": "2022-01-14"})
    assert made.status_code == 201 and made.json()["proposed"]
    again = api.post(f"{API}/cases/belarus-2022/documents", json={"text": ARTICLE, "published": "2022-01-14"})
    assert again.json()["already_there"]
    document = api.get(f"{API}/cases/belarus-2022/documents/{made.json()['document']}").json()
    name = made.json()["proposed"][0]
    item = api.get(f"{API}/cases/belarus-2022/evidence/{name}")
    body = item.json()
    assert document["text"][body["start"] : body["end"]] == body["quote"] and body["status"] == "proposed"
    tag = item.headers["etag"]
    where = f"{API}/cases/belarus-2022/evidence/{name}/reviews"
    first = api.post(where, json={"verdict": "accept"}, headers={"if-match": tag})
    assert first.status_code == 201
    second = api.post(where, json={"verdict": "reject"}, headers={"if-match": tag})
    assert second.status_code == 412 and "version" in second.json()["error"]
    now = api.get(f"{API}/cases/belarus-2022/evidence/{name}")
    assert now.json()["status"] == "accepted" and now.headers["etag"] != tag


def test_a_request_sent_twice_is_done_once(api: TestClient) -> None:
    given = {"case": "made", "note": "first"}
    key = {"idempotency-key": "k-1"}
    first = api.post(f"{API}/ledger/forecasts", json=given, headers=key)
    second = api.post(f"{API}/ledger/forecasts", json=given, headers=key)
    assert first.status_code == second.status_code == 201, first.text
    assert first.json() == second.json() and second.headers["idempotent-replayed"] == "true"
    question = api.get(f"{API}/ledger/questions/{first.json()['question']}").json()
    assert question["forecasts"] == 1 and question["history"][0]["note"] == "first"
    other = api.post(f"{API}/ledger/forecasts", json={**given, "note": "other"}, headers=key)
    assert other.status_code == 409
    assert api.post(f"{API}/ledger/forecasts", json=given).json()["digest"] != first.json()["digest"]


def test_a_refused_request_keeps_no_answer(api: TestClient) -> None:
    key = {"idempotency-key": "k-2"}
    bad = {"document": "d9", "quote": "x", "kind": "fact", "scenario": "attack", "condition": "local_support",
           "direction": "raises", "strength": "weak"}  # fmt: skip
    assert api.post(f"{API}/cases/made/evidence", json=bad, headers=key).status_code == 404
    document = full_case().documents[0]
    good = {
        **bad, "document": document.id, "quote": document.text[:20], "option": full_case().options[0].id,
        "scenario": full_case().scenario_set.scenarios[0].id,
    }  # fmt: skip
    case = replace(full_case(), id="clear", documents=tuple(
        replace(d, marking=Marking.CLEAR) for d in full_case().documents), evidence=())  # fmt: skip
    from vedette.bootstrap import open_workspace

    open_workspace().cases.create(case, author="a", reason="made")
    done = api.post(f"{API}/cases/clear/evidence", json=good, headers=key)
    assert done.status_code == 201, done.text
    assert done.json()["status"] == "proposed" and done.json()["quote"] == document.text[:20]


def test_the_ledger_from_commit_to_score(api: TestClient) -> None:
    done = api.post(f"{API}/ledger/forecasts", json={"case": "made"})
    name = done.json()["question"]
    listed = api.get(f"{API}/ledger/questions").json()
    assert listed["sound"] and [q["question"] for q in listed["items"]] == [name]
    answer = listed["items"][0]["answers"][0]
    wrong = api.post(f"{API}/ledger/questions/{name}/resolutions", json={"answer": "peace", "source": "x"})
    assert wrong.status_code == 404 and wrong.json()["nearest"]
    done = api.post(
        f"{API}/ledger/questions/{name}/resolutions",
        json={"answer": answer, "source": "the record", "occurred": "2022-02-24"},
    )
    assert done.status_code == 201, done.text
    assert api.get(f"{API}/ledger/questions/{name}").json()["state"] == "resolved"
    assert api.get(f"{API}/ledger/scores").json()["questions"]["resolved"] == 1


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("GET", "/cases/nade", None, 404), ("GET", "/cases/..%2F..%2Fetc%2Fpasswd", None, 404),
        ("GET", "/cases/made/assessment?as_of=tomorrow", None, 422),
        ("GET", "/cases/made/assessment?mode=guess", None, 422), ("GET", "/cases?limit=0", None, 422),
        ("GET", "/base-rate?intervener=Atlantis&target=UKR", None, 404), ("GET", "/events?source=RUS", None, 422),
        ("POST", "/cases/made/evidence", {"kind": "fact"}, 422),
        ("POST", "/cases/made/whatif", {"changes": ["nothing"]}, 422),
        ("POST", "/cases/made/judgments", {}, 422), ("POST", "/ledger/forecasts", {"case": "made", "odd": 1}, 422),
        ("POST", "/ledger/forecasts", {"case": "made", "distribution": {"a1": 0.5}}, 422),
        ("DELETE", "/cases/made", None, 405), ("GET", "/nothing", None, 404),
    ],
)  # fmt: skip
def test_what_cannot_be_done_is_said_as_the_schema_says(
    api: TestClient, method: str, path: str, body: Any, status: int
) -> None:
    got = api.request(method, API + path, json=body)
    assert got.status_code == status, got.text
    assert set(got.json()) == {"error", "fix", "nearest"} and got.json()["error"]


def test_marks_hold_over_the_api(api: TestClient) -> None:
    from vedette.bootstrap import open_workspace

    case = full_case()
    items = tuple(replace(e, claim="protected words", marking=Marking.RED) for e in case.evidence)
    open_workspace().cases.create(replace(case, id="closed", evidence=items), author="a", reason="made")
    for path in ("evidence", "assessment?full=true", "documents", ""):
        assert "protected" not in api.get(f"{API}/cases/closed/{path}".rstrip("/")).text, path
    assert api.get(f"{API}/cases/closed/evidence/{items[0].id}").status_code == 404


def test_the_schema_is_there_and_whole(api: TestClient) -> None:
    schema = api.get(f"{API}/openapi.json").json()
    assert schema["openapi"].startswith("3.1")
    for path, methods in schema["paths"].items():
        for method, operation in methods.items():
            assert {"401", "403", "404", "422"} <= set(operation["responses"]), (path, method)
            assert operation["operationId"] and operation.get("description"), (path, method)


def test_the_page_says_every_operation_without_help_from_outside(api: TestClient) -> None:
    schema = api.get(f"{API}/openapi.json").json()
    shown = api.get("/api").text
    for path, methods in schema["paths"].items():
        for method, operation in methods.items():
            assert f'id="{operation["operationId"]}"' in shown and f"{method.upper()} {API}{path}" in shown
    assert "cdn" not in shown and "https://" not in shown


def test_alerts_come_as_a_feed(api: TestClient) -> None:
    got = api.get("/alerts.atom")
    assert got.status_code == 200 and got.headers["content-type"].startswith("application/atom+xml")
    assert got.text.startswith("<?xml") and "<feed" in got.text


def test_the_client_is_that_of_the_schema() -> None:
    import subprocess
    import sys
    from pathlib import Path

    program = Path(__file__).parents[2] / "buildtools" / "client.py"
    done = subprocess.run([sys.executable, str(program), "--check"], capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr


def test_the_client_speaks_to_a_real_server(vedette: Any, tmp_path: Any) -> None:
    import re
    import subprocess
    import sys
    from pathlib import Path

    from vedette.client import Client, Refused

    server = subprocess.Popen(
        [str(Path(sys.executable).with_name("vedette")), "serve", "--no-browser", "--port", "0"],
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
    )
    try:
        assert server.stdout is not None
        address = re.search(r"http://\S+", server.stdout.readline())
        assert address is not None
        desk = Client(address.group(0))
        assert "belarus-2022" in [c["case"] for c in desk.list_cases()["items"]]
        assert desk.assess("belarus-2022", as_of="2022-01-20")["scenarios"]
        made = desk.read_document_in("belarus-2022", text=ARTICLE, published="2022-01-14", once="k")
        assert made == desk.read_document_in("belarus-2022", text=ARTICLE, published="2022-01-14", once="k")
        with pytest.raises(Refused, match="404") as caught:
            desk.read_case("belarus-202")
        assert caught.value.status == 404 and "belarus-2022" in caught.value.nearest
    finally:
        server.terminate()
        server.wait(20)
        server.stdout.close()  # type: ignore[union-attr]
