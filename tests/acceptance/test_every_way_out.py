"""Handling marks on every way out: one table of all of them, and a test that fails when a new one is not in it.

A case holds an item and a document marked TLP:RED with words that nobody outside may read. Each way out is walked; none
lets the words through. The ways are counted from the program itself: command shapes, brief forms, routes that hand over
files, operations of the API, tools of the assistant, channels of alerts.
"""

from __future__ import annotations

import asyncio
import io
import json
import tempfile
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from tests.made_records import full_case

from vedette.domain.case import Case
from vedette.domain.claims import Marking
from vedette.domain.evidence import Status

SECRET = "zanzibar-lighthouse"
API = "/api/v1"
INSIDE = {
    # Routes that only people with access to the case open, in the workbench itself: nothing leaves by them.
    "/cases/{case_id}/map.json", "/cases/{case_id}/whatif.json", "/palette.json", "/map/land.json", "/ledger.json",
    "/ledger.csv",
}  # fmt: skip


@pytest.fixture
def case(workspace_home: Path) -> Case:
    """A case in the workspace whose second item, and the document it quotes, are closed."""
    from vedette.bootstrap import open_workspace

    made = full_case()
    document = replace(made.documents[0], marking=Marking.RED, title=f"Report of {SECRET}", author=SECRET)
    items = tuple(
        replace(
            e, claim=f"{SECRET} says so ({e.id})", attribution=SECRET, marking=Marking.RED, status=Status.ACCEPTED,
            quote=document.quote(e.quote.start, e.quote.end) if e.quote else None, origin=SECRET,
            citation=replace(e.citation, publisher=SECRET) if e.citation else None,
        )
        for e in made.evidence
    )  # fmt: skip
    made = replace(
        made, id="closed", documents=(document, *made.documents[1:]), evidence=items, reviews=(), judgments=(),
        indicators=(), checks=(), signals=(),
    )  # fmt: skip
    open_workspace().cases.create(made, author="a", reason="made")
    return made


@pytest.fixture
def client(case: Case) -> Iterator[TestClient]:
    """A browser or a program on the workbench."""
    from vedette.bootstrap import open_workspace, web_application

    with TestClient(web_application(open_workspace()), base_url="http://localhost") as made:
        yield made


class Filled(dict[str, str]):
    """Parts of an address; one that is not known here is ``x``."""

    def __missing__(self, key: str) -> str:
        return "x"


def readable(content: bytes) -> str:
    """Everything that can be read out of a file: the members of a ZIP, the text of a PDF."""
    if content[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            return "\n".join(readable(packed.read(name)) for name in packed.namelist())
    if content[:5] == b"%PDF-":
        from pypdf import PdfReader

        return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages)
    if content[:4] == b"PAR1":
        import duckdb

        with tempfile.NamedTemporaryFile(suffix=".parquet") as file, duckdb.connect() as connection:
            file.write(content)
            file.flush()
            return str(connection.execute("SELECT * FROM read_parquet(?)", [file.name]).fetchall())
    return content.decode("utf-8", "replace")


def routes(application: Any) -> Iterator[tuple[str, str]]:
    """(method, path) of every route of the pages."""
    for route in application.routes:
        for inner in getattr(getattr(route, "original_router", route), "routes", [route]):
            for method in getattr(inner, "methods", None) or ():
                yield method, inner.path


def handed_over(application: Any) -> set[str]:
    """Routes that hand over files or feeds."""
    kinds = (".csv", ".json", ".html", ".pdf", ".docx", ".md", ".zip", ".atom", ".{form}", "download")
    return {p for m, p in routes(application) if m == "GET" and p.endswith(kinds)}


def test_no_file_of_the_command_line_tells(vedette: Any, case: Case, tmp_path: Path) -> None:
    from vedette.reporting.brief import FORMATS
    from vedette.workflows.export import SHAPES

    for shape in SHAPES:
        vedette.ok("export", "closed", "--format", shape, "--out", tmp_path / shape)
    for form in FORMATS:
        vedette.ok("brief", "closed", "--format", form, "--out", tmp_path / f"brief.{form}")
    vedette.ok("brief", "closed", "--bundle", tmp_path / "bundle.zip")
    for form in ("case", "dossier"):
        vedette.ok("case", "export", "closed", "--format", form, "--out", tmp_path / f"case.{form}")
    files = [p for p in tmp_path.rglob("*") if p.is_file() and "home" not in p.parts]
    assert len(files) > len(SHAPES) + len(FORMATS)
    for path in files:
        assert SECRET not in readable(path.read_bytes()), path.name
    shown = vedette.ok("export", "closed", "--format", "json", "--out", tmp_path / "red", "--audience", "RED")
    assert SECRET in next((tmp_path / "red").iterdir()).read_text(), shown


def test_no_answer_of_the_api_tells(client: TestClient, case: Case) -> None:
    schema = client.get(f"{API}/openapi.json").json()
    names = {"case_id": "closed", "document_id": case.documents[0].id, "evidence_id": case.evidence[0].id,
             "question_id": "closed"}  # fmt: skip
    for path, methods in schema["paths"].items():
        if "get" not in methods:
            continue
        got = client.get(API + path.format(**names), params={"full": "true", "intervener": "RUS", "target": "UKR"})
        assert SECRET not in got.text, path
        assert got.status_code in (200, 404, 422), path
    assert client.get(f"{API}/cases/closed/assessment").status_code == 200


def test_no_file_of_the_workbench_tells(client: TestClient, case: Case) -> None:
    tried = set()
    for path in sorted(handed_over(client.app) - INSIDE):
        forms = ("html", "md", "pdf", "docx") if "{form}" in path else ("",)
        for form in forms:
            got = client.get(path.format_map(Filled(case_id="closed", form=form)))
            assert got.status_code in (200, 303, 404, 422), (path, got.status_code)
            assert SECRET not in readable(got.content), (path, form)
            tried.add(path)
    assert {"/cases/{case_id}/evidence.csv", "/cases/{case_id}/evidence.json", "/alerts.atom"} <= tried


def test_no_tool_of_the_assistant_tells(case: Case) -> None:
    from fastmcp import Client
    from fastmcp.exceptions import ToolError

    from vedette.bootstrap import open_workspace
    from vedette.cli.mcp import mcp_server

    arguments = {
        "case": "closed", "document": case.documents[0].id, "intervener": "RUS", "target": "UKR",
        "changes": [f"{case.options[0].id}.local_support=met"],
    }  # fmt: skip

    async def run() -> int:
        tried = 0
        async with Client(mcp_server(open_workspace(), Marking.CLEAR, "assistant")) as assistant:
            for tool in await assistant.list_tools():
                if not (tool.annotations and tool.annotations.read_only_hint):
                    continue
                known = {k: v for k, v in arguments.items() if k in tool.input_schema.get("properties", {})}
                try:
                    answer = str((await assistant.call_tool(tool.name, known)).structured_content)
                except ToolError as error:
                    answer = str(error)
                assert SECRET not in answer, tool.name
                tried += 1
        return tried

    assert asyncio.run(run()) >= 10


def test_no_alert_tells(case: Case) -> None:
    from vedette.bootstrap import open_workspace
    from vedette.sources.delivery import atom
    from vedette.warning.alerts import new_items, scenario_lines, text_of
    from vedette.workflows.assess import assess_case

    told = [*new_items(case.evidence), *scenario_lines(assess_case(case))]
    assert SECRET not in json.dumps([str(getattr(t, "claim", "")) for t in told])
    assert not [s.what for line in scenario_lines(assess_case(case)) for s in line.shares if SECRET in s.what]
    assert all(not i.url and "withheld" in i.claim for i in new_items(case.evidence) if SECRET not in i.id)
    assert SECRET not in atom(open_workspace().watching.alerts(), text_of)


def test_the_routes_that_stay_inside_are_still_there(client: TestClient) -> None:
    assert handed_over(client.app) >= INSIDE, "a route in the list of those that stay inside is gone: take it out"
