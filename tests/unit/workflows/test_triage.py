"""Decisions that meet each other, undo, and what a sitting did to the number."""

from __future__ import annotations

import pytest
from tests.made_texts import ARTICLE

from vedette.bootstrap import Workspace, open_workspace
from vedette.domain.evidence import Verdict
from vedette.domain.time import AsOf, parse_date
from vedette.errors import BadInput, EditConflict
from vedette.workflows.assess import assess_case
from vedette.workflows.ingest import Source, read_document
from vedette.workflows.open_case import open_case
from vedette.workflows.review import Decision, proposals
from vedette.workflows.triage import decide, if_accepted, moved_since, seen_token, undo_last

CASE = "belarus-2022"


@pytest.fixture
def desk() -> Workspace:
    workspace = open_workspace()
    source = Source(content=ARTICLE.encode(), name="a.txt", published=parse_date("2022-01-14"))
    read_document(workspace.cases, workspace.clock, CASE, source)
    return workspace


def accept(desk: Workspace, name: str, author: str = "ana", seen: str | None = None) -> None:
    decision = Decision(evidence=name, verdict=Verdict.ACCEPT)
    decide(desk.cases, desk.clock, CASE, decision, author=author, seen=seen)


def test_a_decision_on_what_somebody_changed_meanwhile_is_refused_and_says_who(desk: Workspace) -> None:
    case = open_case(desk.cases, CASE)
    first, second = [e.id for e in proposals(case)[:2]]
    tokens = {name: seen_token(case, name) for name in (first, second)}
    accept(desk, first, "bo", tokens[first])
    with pytest.raises(EditConflict, match=r"bo accepted .* UTC"):
        accept(desk, first, "ana", tokens[first])
    assert len(open_case(desk.cases, CASE).reviews) == 1
    accept(desk, second, "ana", tokens[second])  # another item is another matter
    accept(desk, first, "ana", seen_token(open_case(desk.cases, CASE), first))


def test_what_moved_the_number_sums_to_the_change(desk: Workspace) -> None:
    case = open_case(desk.cases, CASE)
    day = AsOf(date=case.as_of)
    names = [e.id for e in proposals(case)[:3]]
    for name in names:
        accept(desk, name)
    after = open_case(desk.cases, CASE)
    moved = moved_since(after, 0, day)
    assert moved.decisions == 3
    for scenario in case.scenario_set.scenarios:
        change = moved.after[scenario.id] - moved.before[scenario.id]
        assert sum(c.points[scenario.id] for c in moved.causes) == pytest.approx(change, abs=2e-3)
    assert {c.evidence for c in moved.causes} & set(names)
    assert moved.before == pytest.approx(
        {s.id: s.probability for s in assess_case(case, day, with_sensitivity=False).scenarios}, abs=1e-9
    )
    assert moved_since(after, 3, day).before == moved_since(after, 3, day).after


def test_undo_takes_back_the_last_decision_of_the_sitting_and_no_earlier_one(desk: Workspace) -> None:
    names = [e.id for e in proposals(open_case(desk.cases, CASE))[:3]]
    accept(desk, names[0])
    accept(desk, names[1])
    accept(desk, names[2], "bo")
    undone = undo_last(desk.cases, desk.clock, CASE, author="ana", since=1)
    assert undone is not None and undone.evidence == names[1]
    assert undo_last(desk.cases, desk.clock, CASE, author="ana", since=1) is None
    waiting = {e.id for e in proposals(open_case(desk.cases, CASE))}
    assert names[1] in waiting and not waiting & {names[0], names[2]}


def test_undoing_a_correction_removes_the_corrected_record(desk: Workspace) -> None:
    item = proposals(open_case(desk.cases, CASE))[0]
    decision = Decision(evidence=item.id, verdict=Verdict.CORRECT, reason="misread", changes={"strength": "weak"})
    made = decide(desk.cases, desk.clock, CASE, decision, author="ana")
    assert made.replacement in {e.id for e in open_case(desk.cases, CASE).standing()}
    undo_last(desk.cases, desk.clock, CASE, author="ana", since=0)
    standing = {e.id: e for e in open_case(desk.cases, CASE).standing()}
    assert made.replacement not in standing and standing[item.id] == item
    again = decide(desk.cases, desk.clock, CASE, decision, author="ana")
    assert again.replacement != made.replacement


def test_a_correction_decided_on_since_is_not_withdrawn_from_under_it(desk: Workspace) -> None:
    item = proposals(open_case(desk.cases, CASE))[0]
    change = Decision(evidence=item.id, verdict=Verdict.CORRECT, reason="misread", changes={"strength": "weak"})
    made = decide(desk.cases, desk.clock, CASE, change, author="ana")
    assert made.replacement
    decide(desk.cases, desk.clock, CASE, Decision(evidence=made.replacement, verdict=Verdict.REJECT), author="bo")
    with pytest.raises(BadInput, match="was decided on since"):
        decide(desk.cases, desk.clock, CASE, Decision(evidence=item.id, verdict=Verdict.WITHDRAW), author="ana")


def test_the_preview_of_a_proposal_is_what_accepting_it_gives(desk: Workspace) -> None:
    case = open_case(desk.cases, CASE)
    day = AsOf(date=case.as_of)
    name = proposals(case)[0].id
    now = {s.id: s.probability for s in assess_case(case, day, with_sensitivity=False).scenarios}
    then = if_accepted(case, name, day)
    accept(desk, name)
    after = assess_case(open_case(desk.cases, CASE), day, with_sensitivity=False)
    assert then == pytest.approx({s.id: s.probability for s in after.scenarios}, abs=1e-9)
    assert now != then
