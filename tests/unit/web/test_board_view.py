"""The board as plain objects: rows, order, filters, what is not computed yet, what is kept on disk."""

from __future__ import annotations

import datetime as dt
import json
import time
from pathlib import Path

import pytest
from tests.made_cases import host_case, item

from vedette.bootstrap import Workspace, open_workspace
from vedette.domain.case import Case
from vedette.domain.evidence import Status
from vedette.domain.time import AsOf
from vedette.errors import UnknownName
from vedette.web.access import Person
from vedette.web.desk import Desk
from vedette.web.views.board import PAGE, BoardQuery, board_view, side_view, spark
from vedette.workflows.assess import assess_case

ME = Person(name="Test Analyst")


def case(name: str, **changes: object) -> Case:
    """A made case under a framework that ships."""
    fields: dict[str, object] = {
        "id": name, "framework": "five-conditions", "title": f"Case {name}",
        "evidence": (
            item("E1", day=dt.date(2022, 1, 5)), item("E2", day=dt.date(2022, 1, 19), claim="Fuel moved west"),
        ),
    }  # fmt: skip
    return host_case(**{**fields, **changes})  # type: ignore[arg-type]


def workspace_with(*cases: Case) -> Workspace:
    """A workspace that holds these cases."""
    workspace = open_workspace()
    for one in cases:
        workspace.cases.create(one, author="Test Analyst", reason="made")
    return workspace


def test_the_board_of_a_new_workspace_shows_the_bundled_cases_and_writes_nothing(workspace_home: Path) -> None:
    view = board_view(Desk(open_workspace()), BoardQuery(), ME, whole=True)
    rows = [r for _, rows in view.groups for r in rows]
    assert {r.id for r in rows} == {"belarus-2022", "niger-2023"}
    assert all(r.estimate and r.bundled for r in rows)
    assert not workspace_home.exists()


def test_a_row_prints_the_numbers_of_the_assessment() -> None:
    desk = Desk(workspace_with(case("one")))
    summary = desk.summaries.get("one")
    assert summary is not None
    same = assess_case(desk.case("one"), "2022-01-20")
    week = assess_case(desk.case("one"), "2022-01-13")
    assert summary.probability == same.scenarios[0].probability
    assert summary.outer == same.scenarios[0].interval90
    assert summary.change == pytest.approx(same.scenarios[0].probability - week.scenarios[0].probability)
    assert summary.why == "Fuel moved west"
    assert summary.moved_on == "2022-01-19"
    assert summary.spark[-1][:2] == ("2022-01-20", same.scenarios[0].probability)
    assert summary.documents == 0
    assert summary.items == 2


def test_a_row_tells_nothing_that_came_after_its_day() -> None:
    late = item("E3", day=dt.date(2022, 3, 1), claim="The end of the story")
    desk = Desk(workspace_with(case("one", evidence=(item("E1", day=dt.date(2022, 1, 5)), late))))
    view = board_view(desk, BoardQuery(q="case one"), ME, whole=True)
    row = view.groups[0][1][0]
    assert row.fresh == "15 d before"
    assert row.counts == "0 docs, 1 items"
    assert "The end" not in repr(view)
    assert "2022-03-01" not in repr(desk.summaries.get("one"))


def test_what_is_not_computed_is_loaded_later_and_made_in_the_background() -> None:
    desk = Desk(workspace_with(case("one")))
    row = board_view(desk, BoardQuery(q="case one"), ME).groups[0][1][0]
    assert row.estimate is None
    assert row.load == "/board/rows/one"
    for _ in range(200):
        if desk.summaries.ready("one", desk.version("one"), desk.day(desk.case("one"))):
            break
        time.sleep(0.05)
    assert board_view(desk, BoardQuery(q="case one"), ME).groups[0][1][0].estimate is not None


def test_a_new_record_keeps_the_old_number_marked_as_old() -> None:
    desk = Desk(workspace_with(case("one")))
    assert desk.summaries.get("one") is not None
    open_workspace().cases.add_evidence("one", [item("E9", day=dt.date(2022, 1, 20), condition="local_support")])
    row = board_view(desk, BoardQuery(q="case one"), ME).groups[0][1][0]
    assert row.estimate is not None
    assert row.estimate.stale == "as of 20 January 2022"
    assert row.load
    again = board_view(desk, BoardQuery(q="case one"), ME, whole=True).groups[0][1][0]
    assert again.estimate is not None
    assert again.estimate.stale == ""


def test_summaries_are_kept_between_runs_and_a_broken_one_is_made_again(workspace_home: Path) -> None:
    first = Desk(workspace_with(case("one"))).summaries.get("one")
    files = list((workspace_home / "cache" / "board").iterdir())
    assert len(files) == 1
    assert Desk(open_workspace()).summaries.last("one") == first
    files[0].write_text("{broken", encoding="utf-8")
    assert Desk(open_workspace()).summaries.last("one") is None
    assert Desk(open_workspace()).summaries.get("one") == first
    data = json.loads(files[0].read_text(encoding="utf-8"))
    files[0].write_text(json.dumps({**data, "made_by": [0, "older"]}), encoding="utf-8")
    assert Desk(open_workspace()).summaries.last("one") is None


def test_a_case_that_cannot_be_computed_says_why_and_stops_nothing() -> None:
    from dataclasses import replace

    workspace = workspace_with(case("good"), replace(case("bad"), framework="no-such-framework"))
    desk = Desk(workspace)
    view = board_view(desk, BoardQuery(q="case"), ME, whole=True)
    rows = {r.id: r for _, rows in view.groups for r in rows}
    assert rows["good"].estimate is not None
    assert "no-such-framework" in rows["bad"].failed
    assert rows["bad"].load == ""


def test_order_filter_and_pages_are_in_the_address() -> None:
    made = [
        case(f"c{n:02}", title=f"Case {n:02}", scenario_set=case("x").scenario_set) for n in range(PAGE + 3)
    ]
    desk = Desk(workspace_with(*made))
    view = board_view(desk, BoardQuery(sort="title", q="case"), ME)
    rows = view.groups[0][1]
    assert [r.title for r in rows] == [f"Case {n:02}" for n in range(PAGE)]
    assert (view.first, view.last, view.found) == (1, PAGE, PAGE + 3)
    assert view.before == ""
    assert view.after == "/?q=case&sort=title&page=2"
    second = board_view(desk, BoardQuery(sort="title", q="case", page=2), ME)
    assert [r.id for r in second.groups[0][1]] == ["c25", "c26", "c27"]
    assert board_view(desk, BoardQuery(sort="title", q="case", page=99), ME).first == PAGE + 1
    assert board_view(desk, BoardQuery(q="nothing like it"), ME).found == 0
    assert board_view(desk, BoardQuery(show="open"), ME).found == 0
    with pytest.raises(UnknownName):
        BoardQuery.of(sort="colour")
    with pytest.raises(UnknownName):
        BoardQuery.of(show="mine")


def test_proposals_that_wait_are_counted_and_lead_to_the_reader() -> None:
    from dataclasses import replace

    waiting = replace(item("P1", day=dt.date(2022, 1, 10)), status=Status.PROPOSED)
    desk = Desk(workspace_with(case("one", evidence=(waiting,))))
    view = board_view(desk, BoardQuery(show="waiting"), ME)
    assert view.proposed == 1
    assert view.waiting == (("Case one", "/cases/one/documents", 1),)
    assert [r.id for _, rows in view.groups for r in rows] == ["one"]


def test_a_person_sees_only_what_is_shared_with_them() -> None:
    desk = Desk(workspace_with(case("one")))
    nobody = Person(name="x", cases={}, signed_in=False)
    assert board_view(desk, BoardQuery(), nobody).total == 0


def test_beside_the_cases_stand_questions_and_sources() -> None:
    view = side_view(Desk(open_workspace()), ME)
    assert view.questions == ()
    assert view.sources == ()
    assert view.trouble == ""


def test_a_line_of_one_point_is_drawn() -> None:
    assert "NaN" not in spark([("2022-01-20", 0.2, 0.1, 0.4)])


def test_the_store_describes_cases_without_reading_them() -> None:
    workspace = workspace_with(case("one"), case("two", title="Other"))
    lines = {x.id: x for x in workspace.cases.overview()}
    assert set(lines) == {"one", "two"}
    assert lines["one"].stamp == workspace.cases.stamp("one")
    assert lines["one"].evidence == 2
    assert lines["one"].latest is not None
    assert AsOf(date=dt.date(2022, 1, 19)).admits(lines["one"].latest)
    assert workspace.cases.stamp("three") == ""
    assert [e.reason for e in workspace.cases.edits("one")] == ["made"]
