"""The workbench weighs analysts as the command line does, and anew with every entry of the ledger."""

from __future__ import annotations

from dataclasses import replace

from tests.made_analysts import judged_case, pasts, write_past

from vedette.domain.time import AsOf
from vedette.web.desk import Desk
from vedette.workflows.assess import assess_case
from vedette.workflows.triage import moved_since

DAY = AsOf.of("2022-01-20")


def test_a_desk_says_what_assess_says_and_hears_of_new_entries() -> None:
    workspace = write_past(pasts(10))
    workspace.cases.create(judged_case(good=0.9, bad=0.05), author="made", reason="made")
    desk = Desk(workspace)

    def both() -> tuple[str, str]:
        case = desk.case("made")
        own = assess_case(case, DAY, with_sensitivity=False, record=workspace.analyst_record)
        return desk.assessment("made", DAY, full=False).inputs_digest, own.inputs_digest

    first = both()
    assert first[0] == first[1]
    version = desk.version("made")
    write_past([replace(q, id=f"more-{q.id}") for q in pasts(10, seed=5)])
    assert desk.version("made") != version
    second = both()
    assert second[0] == second[1] != first[0]
    what_if = desk.what_if("made", DAY)
    assert what_if.engine.analysts == desk.record().at(DAY, ["good", "bad"])
    assert moved_since(desk.case("made"), 0, DAY, record=desk.record).before


def test_a_case_without_judgments_is_the_same_whatever_the_ledger_holds() -> None:
    workspace = write_past([])
    workspace.cases.create(replace(judged_case(), judgments=()), author="made", reason="made")
    desk = Desk(workspace)
    version = desk.version("made")
    assert workspace.ledger.stamp() == ""
    write_past(pasts(2))
    assert workspace.ledger.stamp().startswith("8:") and desk.version("made") == version
