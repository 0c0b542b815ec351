"""The list of evidence: filters, files that no spreadsheet runs, handling marks."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.made_cases import host_case
from tests.made_records import document, evidence
from tests.unit.web.workbench import CASE, Workbench

from vedette.codec.tables import safe_cell
from vedette.domain.case import Case
from vedette.domain.claims import Marking
from vedette.domain.evidence import Status
from vedette.domain.time import AsOf, parse_date
from vedette.web.views.evidence import Filter, as_csv, chosen, evidence_view
from vedette.workflows.open_case import open_case

DAY = AsOf(date=parse_date("2022-01-20"))


def made(**changes: object) -> Case:
    source = document()
    items = (
        evidence("e1", source, claim="=HYPERLINK(1)", attribution="@cmd"),
        evidence("e2", status=Status.ACCEPTED, marking=Marking.RED, claim="A secret."),
        evidence("e3", status=Status.ACCEPTED, attribution="Zoë", claim="Rail <b>traffic</b>"),
    )
    return replace(host_case(items, documents=(source,)), framework="five-conditions", **changes)  # type: ignore[arg-type]


@given(st.text(max_size=20))
def test_no_cell_begins_like_a_formula(text: str) -> None:
    cell = safe_cell(text)
    assert not cell.startswith(("=", "+", "-", "@", "\t", "\r", "|", "%"))
    assert cell.removeprefix("'") == text.removeprefix("'") or cell == text


def test_the_csv_reads_back_one_row_a_bearing_with_exact_offsets() -> None:
    case = made()
    text = as_csv(chosen(case, DAY, Filter(sort="oldest")))
    assert text.startswith("\ufeff") and "\r\n" in text
    rows = list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))))
    first = next(r for r in rows if r["id"] == "e1")
    assert (first["claim"], first["attribution"]) == ("'=HYPERLINK(1)", "'@cmd")
    source = case.documents[0]
    assert source.text[int(first["start"]) : int(first["end"])] == first["quote"]
    assert len(rows) == sum(len(e.bearings) for e in case.evidence)


@pytest.mark.parametrize(
    ("wanted", "ids"),
    [
        (Filter(), {"e1", "e2", "e3"}), (Filter(status="accepted"), {"e2", "e3"}), (Filter(q="RAIL zoë"), {"e3"}),
        (Filter(q="e1"), {"e1"}), (Filter(who="Zoë"), {"e3"}), (Filter(condition="low_costs"), set()),
        (Filter(condition="technical_feasibility", direction="raises"), {"e1", "e2", "e3"}),
        (Filter(direction="lowers"), set()), (Filter(grade="B"), {"e1", "e2", "e3"}), (Filter(grade="1"), set()),
    ],
)  # fmt: skip
def test_filters_let_through_what_they_name(wanted: Filter, ids: set[str]) -> None:
    assert {e.id for e in chosen(made(), DAY, wanted)} == ids


def test_the_page_says_what_stands_and_counts_what_each_filter_would_show() -> None:
    view = evidence_view(made(), DAY, Filter(status="accepted"), as_of="2022-01-20")
    assert view.finding == "2 items are accepted, from 1 origin, 1 wait for a decision"
    assert {(o.value, o.n, o.chosen) for o in view.statuses} == {("proposed", 1, False), ("accepted", 2, True)}
    assert view.csv.endswith("evidence.csv?as_of=2022-01-20&status=accepted")
    early = evidence_view(made(), AsOf(date=parse_date("2022-01-05")), Filter())
    assert (early.rows, early.total) == ((), 0) and "base rate" in early.finding


def test_many_items_come_in_pages_that_hold_each_once() -> None:
    items = tuple(evidence(f"e{i:04d}") for i in range(450))
    case = replace(host_case(items), framework="five-conditions")
    seen = [r.id for n in (1, 2, 3) for r in evidence_view(case, DAY, Filter(page=n)).rows]
    assert sorted(seen) == sorted(e.id for e in items)
    assert evidence_view(case, DAY, Filter(page=999)).rows == evidence_view(case, DAY, Filter(page=3)).rows


def test_the_list_and_its_files_leave_out_what_is_later_or_marked_above(bench: Workbench) -> None:
    page = bench.get(f"/cases/{CASE}/evidence?status=accepted&sort=grade")
    assert "items are accepted" in page.words and page.scripts == []
    answer = bench.client.get(f"/cases/{CASE}/evidence.csv?as_of=2021-12-01")
    assert answer.headers["content-type"].startswith("text/csv")
    assert "attachment" in answer.headers["content-disposition"]
    days = [r["available_at"][:10] for r in csv.DictReader(io.StringIO(answer.text.removeprefix("\ufeff")))]
    assert days and max(days) <= "2021-12-01"
    plain = json.loads(bench.client.get(f"/cases/{CASE}/evidence.json?q=sanctions").text)
    assert plain["as_of"] == "2022-01-20" and plain["evidence"]
    assert "no such" in bench.get(f"/cases/{CASE}/evidence.csv?audience=nobody", status=404).words


def test_a_proposal_that_no_document_holds_is_decided_on_in_the_list(bench: Workbench) -> None:
    store = bench.desk.workspace.cases
    loose = evidence("loose")
    store.create(replace(made(id="loose"), evidence=(*made().evidence, loose)), author="ana", reason="test")
    path = "/cases/loose/evidence?as_of=2022-01-20&status=proposed"
    page = bench.get(path)
    assert [f["action"] for f in page.forms if "/evidence/" in f["action"]] == ["/cases/loose/evidence/loose"]
    form = page.form("/evidence/loose")
    after = bench.send(form, verdict="accept")
    assert str(bench.last.url).endswith("status=proposed")
    assert not [f for f in after.forms if "/evidence/" in f["action"]]
    assert {e.id: e.status for e in store.load("loose").standing()}["loose"] is Status.ACCEPTED
    late = bench.send(form, status=409, verdict="reject")
    assert "Test Analyst accepted loose" in late.words
    assert "No decision came with the form" in bench.send(form, status=422, verdict="maybe").words
    assert len(store.load("loose").reviews) == 1


def test_marked_items_stay_out_of_the_files_and_are_counted(bench: Workbench) -> None:
    store = bench.desk.workspace.cases
    case = made(id="closed", title="Closed")
    store.create(case, author="ana", reason="test")
    answer = bench.client.get("/cases/closed/evidence.csv?as_of=2022-01-20")
    assert "A secret." not in answer.text and answer.headers["x-vedette-withheld"].startswith("1 items")
    assert "A secret." in bench.client.get("/cases/closed/evidence.csv?as_of=2022-01-20&audience=RED").text
    page = bench.get("/cases/closed/evidence?as_of=2022-01-20")
    assert "TLP:RED" in page.words and "Rail <b>traffic</b>" in page.words and page.scripts == []
    assert open_case(store, "closed") == case
