"""The API against its own schema: whatever is sent, the answer is one the schema names, and never a failure of ours.

Requests are made from the schema, right and wrong ones, with and without accounts. `make soak` sends many more.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis.specs.openapi import checks as openapi_checks
from tests.made_records import full_case

from conftest import examples

FEW = 12
"""Requests an operation in the suite."""
CHECKED = (
    schemathesis.checks.not_a_server_error, openapi_checks.status_code_conformance,
    openapi_checks.content_type_conformance, openapi_checks.response_schema_conformance,
    openapi_checks.response_headers_conformance,
)  # fmt: skip


@pytest.fixture
def application(vedette: Any) -> Any:
    """A workbench without accounts, with a case that everything can be tried on."""
    from vedette.bootstrap import open_workspace, web_application

    workspace = open_workspace()
    workspace.cases.create(full_case(), author="a", reason="made")
    return web_application(workspace)


@pytest.fixture
def guarded(vedette: Any, application: Any) -> Iterator[tuple[Any, dict[str, str]]]:
    """The same with accounts, and the headers of somebody who may change the case."""
    vedette.ok("account", "add", "root", "--role", "admin", stdin=b"a sentence to remember\n")
    made = json.loads(vedette.ok("account", "token", "root", "--scope", "admin", "--json"))
    from vedette.bootstrap import open_workspace, web_application

    yield web_application(open_workspace()), {"authorization": f"Bearer {made['key']}"}


def try_everything(application: Any, headers: dict[str, str], few: int) -> Counter[int]:
    """Send requests made from the schema to every operation; how often each status came."""
    schema = schemathesis.openapi.from_asgi("/api/v1/openapi.json", application, headers={"host": "localhost"})
    statuses: Counter[int] = Counter()
    for result in schema.get_all_operations():
        operation = result.ok()

        @settings(
            max_examples=examples(few), deadline=None, derandomize=True, database=None,
            suppress_health_check=list(HealthCheck),
        )
        @given(case=operation.as_strategy())
        def send(case: Any) -> None:
            answer = case.call_and_validate(
                headers={"host": "localhost", **headers}, checks=CHECKED, base_url="http://localhost/api/v1"
            )
            statuses[answer.status_code] += 1

        send()
    return statuses


def test_every_answer_is_in_the_schema_without_accounts(application: Any) -> None:
    statuses = try_everything(application, {}, FEW)
    assert statuses.total() > 100 and {200, 404, 422} <= set(statuses), statuses


def test_every_answer_is_in_the_schema_with_a_key(guarded: tuple[Any, dict[str, str]]) -> None:
    application, headers = guarded
    statuses = try_everything(application, headers, FEW)
    assert statuses.total() > 100 and {200, 404, 422} <= set(statuses), statuses


def test_every_answer_is_in_the_schema_without_a_key(guarded: tuple[Any, dict[str, str]]) -> None:
    application, _ = guarded
    statuses = try_everything(application, {}, 4)
    assert statuses.total() > 40 and set(statuses) <= {401, 422}, statuses
