"""Every route, kind of person and kind of case: a real request each, held against the rule and the page of it."""

from __future__ import annotations

from typing import Any

import pytest
from tests.acceptance.test_guards import tool


@pytest.fixture(scope="module")
def made() -> Any:
    """The tool that measures access."""
    return tool("access_matrix")


def test_every_route_answers_everybody_as_the_rule_says(made: Any) -> None:
    found = made.matrix()
    assert found.bare == (), "every route declares the right it needs"
    assert found.unasked == (), "buildtools/access_requests.py says what every route is sent"
    assert found.odd == () and found.changed == ()
    asked = {(r.route.path, r.kind) for r in found.rows}
    assert {("/cases/{case_id}", k) for k in made.CASES} < asked and ("/metrics", "from this machine") in asked
    assert {("/ledger/{question}/resolve", k) for k in made.CASES} < asked, "its case is that of the question"
    assert {said for r in found.rows for said in r.said} == {"yes", "no", "unknown", "sign in"}
    assert made.TARGET.read_text() == made.text(), "python buildtools/access_matrix.py"


def test_a_route_without_a_right_is_found(made: Any) -> None:
    from fastapi import FastAPI

    application = FastAPI(openapi_url=None, docs_url=None, redoc_url=None)
    application.add_api_route("/bare", lambda: "")
    assert [(r.path, r.right) for r in made.routes(application)] == [("/bare", None)]


def test_a_route_that_nobody_asks_is_found(made: Any) -> None:
    every = [made.Opened(method=name.split()[0], path=name.split()[1], right=None) for name in made.ASKED]
    assert made.unasked(every) == ()
    more = made.Opened(method="GET", path="/new", right=None)
    assert made.unasked([*every[1:], more]) == ("GET /new", f"{every[0].method} {every[0].path}, which is no route")


def test_a_request_that_answers_otherwise_is_told(made: Any) -> None:
    route = made.Opened(method="GET", path="/", right=None)
    row = made.Row(route=route, kind="own", said=("yes",) * len(made.WHO), due=("no", *("yes",) * (len(made.WHO) - 1)))
    assert made.odd([row]) == ("GET /, own, nobody: yes instead of no",)
