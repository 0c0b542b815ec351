"""What others did to a case since somebody looked: versions, deeds, differences of the case itself."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest
from tests.made_records import document, evidence, full_case

from vedette.bootstrap import Workspace, open_workspace
from vedette.domain.evidence import Status, Verdict
from vedette.domain.judgment import JudgmentKind
from vedette.errors import EditConflict, UnknownName
from vedette.workflows.conflicts import (
    case_mark,
    deeds_since,
    differences,
    refuse_answered,
    refuse_looked,
    refuse_moved,
    refuse_overwriting,
    round_mark,
)
from vedette.workflows.elicit import ASKED, Answer, give
from vedette.workflows.indicators import NewIndicator, add_indicator, set_state, take_back
from vedette.workflows.open_case import stored_case
from vedette.workflows.review import Decision
from vedette.workflows.triage import decide


@pytest.fixture
def desk() -> Workspace:
    made = open_workspace()
    made.cases.create(full_case(), author="ana", reason="made")
    return made


def reject(desk: Workspace, item: str, who: str = "bo") -> None:
    decide(desk.cases, desk.clock, "made", Decision(evidence=item, verdict=Verdict.REJECT, reason="why"), author=who)


def say(desk: Workspace, who: str, value: float, *, round: int = 1, reason: str = "") -> None:
    answers = [Answer(kind=JudgmentKind.PROBABILITY, subject="attack", value=value)]
    give(desk.cases, desk.clock, "made", answers, analyst=who, round=round, reason=reason)


def test_what_cannot_move_the_number_is_no_conflict(desk: Workspace) -> None:
    mark = case_mark(desk.cases, desk.cases.load("made"))
    desk.cases.add_evidence("made", [evidence("late")])
    raw = b"Another report."
    desk.cases.add_document("made", document(raw, id="d2"), raw, [])
    refuse_moved(desk.cases, desk.cases.load("made"), mark)
    for text in (None, "", "1.2", "a.b.c.d.e", "1.0.0.0.99999999999", "\u0661.0.0.0.0"):
        refuse_moved(desk.cases, desk.cases.load("made"), text)


def test_every_way_to_move_a_number_is_told_with_who_when_and_why(desk: Workspace) -> None:
    case = desk.cases.load("made")
    mark = case_mark(desk.cases, case)
    new = NewIndicator(observable="H", scenario="attack", condition="technical_feasibility", present=3.0, id="h")
    add_indicator(desk.cases, desk.clock, "made", new, author="dee", since=dt.date(2022, 1, 1))
    reject(desk, "e2")
    say(desk, "cy", 0.6, reason="railways")
    set_state(desk.cases, desk.clock, "made", "h", "present", author="dee", why="seen")
    now = desk.cases.load("made")
    given = replace(evidence("ready"), status=Status.ACCEPTED)
    desk.cases.revise(replace(now, title="T", evidence=(*now.evidence, given)), author="eve", reason="clearer")
    with pytest.raises(EditConflict) as told:
        refuse_moved(desk.cases, desk.cases.load("made"), mark)
    found = {d.what.split(":")[0]: d for d in told.value.deeds}
    assert {w: (d.who, d.before, d.after, d.why) for w, d in found.items()} == {
        "rejected e2": ("bo", "proposed", "rejected", "why"),
        "answered, round 1": ("cy", "no answer", "attack 60 %", "railways"),
        "looked for h": ("dee", "nobody had looked", "present", "seen"),
        "changed title": ("eve", "Made case", "T", "clearer"),
        "brought in ready": ("rules", "not in the case", "accepted", ""),
    }
    assert all(d.at is not None for d in told.value.deeds)
    assert told.value.version == case_mark(desk.cases, desk.cases.load("made"))
    refuse_moved(desk.cases, desk.cases.load("made"), told.value.version)


def test_a_corrected_record_is_told_once_with_its_review(desk: Workspace) -> None:
    mark = case_mark(desk.cases, desk.cases.load("made"))
    decision = Decision(evidence="e2", verdict=Verdict.CORRECT, reason="misread", changes={"strength": "weak"})
    decide(desk.cases, desk.clock, "made", decision, author="bo")
    with pytest.raises(EditConflict) as told:
        refuse_moved(desk.cases, desk.cases.load("made"), mark)
    assert [d.what.split(":")[0] for d in told.value.deeds] == ["corrected e2 as e2.c1"]


def test_copying_a_bundled_case_into_the_workspace_is_no_change_of_it(desk: Workspace) -> None:
    from vedette.workflows.open_case import open_case

    mark = case_mark(desk.cases, open_case(desk.cases, "niger-2023"))
    with desk.cases.transaction():
        case = stored_case(desk.cases, "niger-2023")
    assert case_mark(desk.cases, case) == mark


def test_differences_name_the_part_by_its_ids() -> None:
    case = full_case()
    option = replace(case.options[0], means="missiles")
    found = differences(case, replace(case, options=(option, *case.options[1:]), coding_note="n", evidence=()))
    assert {(d.part, d.after) for d in found} == {(f"options.{option.id}.means", "missiles"), ("coding_note", "n")}
    assert all(d.before for d in found) and differences(case, case) == ()


def test_a_version_that_only_watches_more_overwrites_nothing(desk: Workspace) -> None:
    new = NewIndicator(observable="H", scenario="attack", condition="technical_feasibility", present=3.0, id="h")
    add_indicator(desk.cases, desk.clock, "made", new, author="bo")
    stored = desk.cases.load("made")
    refuse_overwriting(desk.cases, replace(stored, title="mine"), stored, author="ana", onto=None)


def test_the_file_of_one_author_does_not_replace_the_words_of_another(desk: Workspace) -> None:
    store = desk.cases
    store.revise(replace(store.load("made"), title="bo's"), author="bo", reason="clearer")
    stored, mine = store.load("made"), replace(store.load("made"), title="ana's")
    with pytest.raises(EditConflict, match=r"bo wrote .*title: bo's -> ana's.*--onto 2") as told:
        refuse_overwriting(store, mine, stored, author="ana", onto=None)
    assert [(d.who, d.what, d.before, d.after, d.why) for d in told.value.deeds] == [
        ("bo", "changed title", "Made case", "bo's", "clearer")
    ]
    with pytest.raises(EditConflict):
        refuse_overwriting(store, mine, stored, author="ana", onto=1)
    for onto in (2, 3):
        refuse_overwriting(store, mine, stored, author="ana", onto=onto)
    refuse_overwriting(store, stored, stored, author="ana", onto=None)
    with pytest.raises(EditConflict):  # ana made the case, bo wrote over it: not bo's to set back unseen either
        refuse_overwriting(store, mine, stored, author="bo", onto=None)


def test_a_version_of_the_case_itself_can_be_read_again(desk: Workspace) -> None:
    store = desk.cases
    store.revise(replace(store.load("made"), title="second"), author="bo", reason="r")
    assert [store.structure("made", n).title for n in (1, 2)] == ["Made case", "second"]
    assert store.structure("made", 1).evidence == ()
    with pytest.raises(UnknownName):
        store.structure("made", 3)


def test_a_round_knows_whose_answers_it_showed(desk: Workspace) -> None:
    def mark(who: str) -> str:
        return round_mark(desk.cases.load("made"), who, ASKED)

    def told(who: str, seen: str) -> list[str]:
        with pytest.raises(EditConflict) as error:
            refuse_answered(desk.cases.load("made"), who, ASKED, seen)
        return [f"{d.who}: {d.before} -> {d.after}" for d in error.value.deeds]

    blind = mark("bo")
    say(desk, "cy", 0.6)
    refuse_answered(desk.cases.load("made"), "bo", ASKED, blind)  # a blind round shows nobody's
    say(desk, "bo", 0.2)
    assert told("bo", blind) == ["bo: no answer -> attack 20 %"], "and what others said is still not told"
    second = mark("bo")
    refuse_answered(desk.cases.load("made"), "bo", ASKED, second)
    say(desk, "cy", 0.5, round=2, reason="bo")
    assert told("bo", second) == ["cy: attack 60 % -> attack 50 %"]
    assert told("bo", "no mark of anything") == [], "a form of other scenarios: what changed is the case"
    refuse_answered(desk.cases.load("made"), "bo", ASKED, None)


def test_looks_are_counted_by_indicator(desk: Workspace) -> None:
    for name in ("h", "k"):
        new = NewIndicator(observable=name, scenario="attack", condition="technical_feasibility", present=3.0, id=name)
        add_indicator(desk.cases, desk.clock, "made", new, author="bo")
    set_state(desk.cases, desk.clock, "made", "k", "present", author="bo")
    refuse_looked(desk.cases.load("made"), "h", "0")
    with pytest.raises(EditConflict, match="bo looked for k"):
        refuse_looked(desk.cases.load("made"), "k", "0")
    for seen in ("1", "2", "", None, "many"):
        refuse_looked(desk.cases.load("made"), "k", seen)


def test_a_look_of_somebody_else_is_taken_back_only_by_name(desk: Workspace) -> None:
    new = NewIndicator(observable="H", scenario="attack", condition="technical_feasibility", present=3.0, id="h")
    add_indicator(desk.cases, desk.clock, "made", new, author="bo")
    for who, state in (("ana", "present"), ("bo", "unknown")):
        set_state(desk.cases, desk.clock, "made", "h", state, author=who)
    for of in ("", "cy"):
        with pytest.raises(EditConflict, match=r"by bo at .*--of 'bo'"):
            take_back(desk.cases, desk.clock, "made", "h", author="ana", why="", of=of)
    assert len(desk.cases.load("made").checks) == 2
    after = take_back(desk.cases, desk.clock, "made", "h", author="ana", why="not his to say", of="bo")
    assert after.checks[-1].state.value == "present" and len(after.checks) == 3


def test_deeds_are_in_order_of_time(desk: Workspace) -> None:
    say(desk, "cy", 0.6)
    reject(desk, "e1")
    say(desk, "dee", 0.3)
    found = deeds_since(desk.cases, desk.cases.load("made"), (1, 0, 1, 0, 0))
    assert [d.who for d in found] == ["cy", "bo", "dee"]
