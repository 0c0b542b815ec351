"""What lies in a case that is not shared with somebody cannot be had by its id, and no answer tells a word of it.

The cases are those of `buildtools/access_requests.py`: the word ``quagga`` stands in every text of the foreign one.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from tests.acceptance.test_guards import tool

WORD = "quagga"
OUTSIDERS = ("reader", "analyst", "key: read", "key: propose", "key: write")


@pytest.fixture(scope="module")
def made() -> Any:
    """The tool that measures access."""
    return tool("access_matrix")


@pytest.fixture(scope="module")
def bench(made: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """Its workbench, with everything made: shared by this file, since no request here may change anything."""
    found = made.Bench(tmp_path_factory.mktemp("foreign"))
    yield found
    found.close()


def send(bench: Any, made: Any, who: str, method: str, asked: Any, path: str, held: Any) -> Any:
    client = bench.client(who)
    sent = asked.sent(path, held)
    if method != "GET" and "json" not in sent and who not in bench.keys:
        sent["data"] = {**sent.get("data", {}), "csrf": made.token(client)}
    return client.request(method, **sent)


def requests(made: Any, bench: Any) -> list[tuple[str, str, Any]]:
    """(method, path, request) of every route."""
    every = sorted({(r.method, r.path) for r in made.routes(bench.application)})
    return [(m, path, made.ASKED[f"{m} {path}"]) for m, path in every if f"{m} {path}" in made.ASKED]


def test_the_words_are_where_they_should_be(bench: Any, made: Any) -> None:
    for who in ("admin", "key: admin"):
        for path in ("", "/evidence.csv", "/documents", "/comments", "/brief/revisions/1.html"):
            assert WORD in bench.client(who).get(f"/cases/a-quagga{path}").text, path
        for path in ("/watch", "/alerts.atom", "/palette.json", "/api/v1/cases", "/api/v1/alerts"):
            assert WORD in bench.client(who).get(path).text, path


@pytest.mark.parametrize("who", OUTSIDERS)
def test_a_page_that_names_no_case_tells_nothing_of_a_foreign_one(bench: Any, made: Any, who: str) -> None:
    for method, path, asked in requests(made, bench):
        if method == "GET" and "{" not in path and not asked.fresh:
            for html in (False, True):
                client = bench.client(who)
                got = client.get(
                    path, params={k: v for k, v in asked.query.items() if v != "{case_id}"},
                    headers={"accept": "text/html" if html else "application/json"},
                )  # fmt: skip
                assert WORD not in got.text, path


@pytest.fixture(scope="module")
def without(made: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """The same workbench in which the foreign case never was."""
    found = made.Bench(tmp_path_factory.mktemp("without"), tuple(k for k in made.CASES if k != "foreign"))
    yield found
    found.close()


@pytest.mark.parametrize("who", OUTSIDERS)
def test_a_foreign_case_answers_as_one_that_never_was(bench: Any, without: Any, made: Any, who: str) -> None:
    """Word for word, and in every header: a status, a nearest name or an ETag would tell as much as a title."""
    foreign, before = bench.held["foreign"], bench.state()
    for one in (bench, without):
        one.client(who).get("/healthz")  # the first answer brings a cookie
    for method, path, asked in requests(made, bench):
        if not ("{case_id}" in path or asked.names_case) or asked.taken:
            continue
        there, never = (send(one, made, who, method, asked, path, foreign) for one in (bench, without))
        assert there.status_code in (403, 404), (method, path)
        assert there.text == never.text, (method, path)
        assert plain(there) == plain(never), (method, path)
    assert bench.state() == before


def plain(answer: Any) -> dict[str, str]:
    """Headers without the id of the request."""
    return {k: v for k, v in answer.headers.items() if k != "x-request-id"}


@pytest.mark.parametrize("who", ["analyst", "key: write"])
def test_a_foreign_record_is_not_had_through_a_case_of_ones_own(bench: Any, made: Any, who: str) -> None:
    own, foreign = bench.held["own"], bench.held["foreign"]
    mixed = replace(foreign, case="own")
    before, tried = unlogged(bench), 0
    for method, path, asked in requests(made, bench):
        inner = {"document_id", "item_id", "evidence_id", "indicator_id"} & {
            p.partition("}")[0] for p in path.split("{")
        }
        if "{case_id}" not in path or not inner:
            continue
        tried += 1
        got = send(bench, made, who, method, asked, path, mixed)
        text = got.text.replace(foreign.document, "").replace(foreign.item, "").replace(foreign.indicator, "")
        assert got.status_code in (303, 404, 409, 422), (method, path)
        assert WORD not in text, (method, path)
        # Where an answer is a page of one's own case with what was wrong, an id of nothing at all gets the same.
        nothing = replace(mixed, document="doc-0", item="first-0", indicator="look-0")
        assert send(bench, made, who, method, asked, path, nothing).status_code == got.status_code, (method, path)
    assert tried >= 8 and unlogged(bench) == before
    assert own.document != foreign.document


def unlogged(bench: Any) -> dict[str, Any]:
    """What requests could change, but for the log: undoing nothing is logged as well."""
    return {k: v for k, v in bench.state().items() if k != "log"}
