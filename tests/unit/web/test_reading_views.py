"""View models of the reading pages without HTTP: what is shown, in which order, and nothing of a later day."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest
from tests.made_cases import host_case
from tests.made_records import document, evidence, judgment
from tests.unit.web.workbench import Workbench

from vedette.domain.case import Case
from vedette.domain.claims import Direction, Strength
from vedette.domain.documents import Document
from vedette.domain.evidence import Bearing, Evidence, Review, Status, Verdict
from vedette.domain.time import AsOf, Times, instant, parse_date
from vedette.web.pages.reader import changed_fields
from vedette.web.views.address import address, case_path, sentence
from vedette.web.views.brief import Composition, brief_page
from vedette.web.views.documents import AddForm, Where, documents_view, queue
from vedette.web.views.elicit import Form, elicit_view, strip
from vedette.web.views.evidence import Filter, evidence_view
from vedette.web.views.reader import Around, Draft, order, reader_view
from vedette.web.views.timebar import time_bar
from vedette.workflows.brief import request_for
from vedette.workflows.triage import Cause, Moved

DAY = AsOf(date=parse_date("2022-01-20"))
EARLY = AsOf(date=parse_date("2022-01-12"))
SECRET = "Zugzwang"


def text(name: str, published: str, words: str) -> Document:
    raw = f"{name}\n\n{words}".encode()
    return document(raw, id=name, title=name, published=published, source_map=(), dropped=())


def item(name: str, source: Document, start: int, end: int, strength: Strength, **changes: object) -> Evidence:
    b = Bearing(option="main", scenario="attack", condition="low_costs", direction=Direction.LOWERS, strength=strength)
    quote = source.quote(start, end)
    return evidence(
        name, claim=quote.text, quote=quote, bearings=(b,), origin=name,
        times=Times(available_at=source.times.available_at), **changes,
    )  # fmt: skip


def made() -> Case:
    one = text("first", "2022-01-10", "Costs are feared in Moscow. Trains came. Sanctions were named.")
    two = text("second", "2022-01-15", f"{SECRET} was the word of the day in the capital, it was said.")
    items = (
        item("e1", one, 7, 34, Strength.WEAK), item("e2", one, 35, 47, Strength.STRONG),
        item("e3", one, 48, 69, Strength.MODERATE, status=Status.ACCEPTED),
        item("late", two, 8, 40, Strength.DECISIVE, attribution=SECRET),
    )  # fmt: skip
    said = replace(judgment("J1"), analyst=SECRET, reason=SECRET, at=instant("2022-01-18"))
    return replace(
        host_case(items, documents=(one, two), judgments=(said,)), id="made", framework="five-conditions",
        opened=dt.date(2022, 1, 1),
    )


def test_the_most_consequential_proposal_comes_first_and_decided_items_last() -> None:
    case = made()
    view = reader_view(case, case.documents[0], DAY, Where())
    assert [i[0] for i in view.items] == ["e2", "e1", "e3"]
    assert view.panel is not None
    assert (view.panel.id, view.panel.position, view.waiting, view.done) == ("e2", "Proposal 1 of 2", 2, 1)
    assert view.next.endswith("item=e1") and view.previous.endswith("item=e3")
    assert view.next_document.endswith("/documents/second")
    chosen = {c.value for group in (view.panel.conditions, view.panel.directions) for c in group if c.chosen}
    assert chosen == {"low_costs", "lowers"}
    assert [c.key for c in view.panel.conditions] == ["1", "2", "3", "4", "5", "m", "o"]
    assert order(case.evidence[:3])[0].id == "e2"


def test_the_title_is_told_from_the_text_by_being_its_first_paragraph() -> None:
    case = made()
    view = reader_view(case, case.documents[0], DAY, Where())
    assert [is_title for is_title, _ in view.blocks] == [True, False]
    other = replace(case.documents[0], title="Another")
    assert [t for t, _ in reader_view(case, other, DAY, Where()).blocks] == [False, False]


def test_a_draft_is_shown_instead_of_the_item() -> None:
    case = made()
    fields = {"condition": "stakes", "attribution": "My source", "start": "7", "end": "30", "reason": "R"}
    draft = Draft(fields=fields, error="E", fix="F", conflict=True)
    panel = reader_view(case, case.documents[0], DAY, Where(), draft=draft).panel
    assert panel is not None
    assert [c.value for c in panel.conditions if c.chosen] == ["stakes"]
    assert (panel.speaker, panel.start, panel.end, panel.reason) == ("My source", 7, 30, "R")


def test_an_item_without_a_bearing_can_be_accepted_as_it_is_or_given_one() -> None:
    case = made()
    bare = replace(case.evidence[0], bearings=())
    case = replace(case, evidence=(bare, *case.evidence[1:]))
    panel = reader_view(case, case.documents[0], DAY, Where(), item="e1").panel
    assert panel is not None and panel.places[0].label == "none yet" and panel.places[0].chosen
    # What a form sends when nothing was touched: lists send their first choice, buttons nothing.
    sent = {"place": "", "strength": "weak", "kind": bare.kind.value, "actor": "", "attribution": bare.attribution,
            "reliability": "B", "credibility": "2", "start": "7", "end": "34"}  # fmt: skip
    assert changed_fields(bare, sent) == {}
    given = {**sent, "place": "main:attack", "condition": "stakes", "direction": "raises"}
    assert changed_fields(bare, given) == {
        "option": "main", "scenario": "attack", "condition": "stakes", "direction": "raises", "strength": "weak"
    }  # fmt: skip


def test_what_moved_the_number_is_printed_so_that_it_sums() -> None:
    case = made()
    names = [s.id for s in case.scenario_set.scenarios]
    before = dict.fromkeys(names, 0.2)
    after = {**before, "attack": 0.263}
    causes = (
        Cause(evidence="e3", kind="reviewed", what="Sanctions", points={**dict.fromkeys(names, 0.0), "attack": 0.07}),
        Cause(evidence="e1", kind="aged", what="Costs", points={**dict.fromkeys(names, 0.0), "attack": -0.0066}),
        Cause(evidence="e2", kind="aged", what="Trains", points={**dict.fromkeys(names, 0.0), "attack": -0.0004}),
    )
    moved = Moved(decisions=1, before=before, after=after, causes=causes)
    view = reader_view(case, case.documents[0], DAY, Where(scenario="attack"), extra=Around(moved=moved)).moved
    assert view is not None
    assert view.line == "1 decision: D Any attack went 20.0\u202f% → 26.3\u202f% (+6.3 points)"
    assert [(c[0], c[2], c[3]) for c in view.causes] == [("e3", "+7.0 points", "up"), ("e1", "−0.7 points", "dn")]
    still = reader_view(case, case.documents[0], DAY, Where(), extra=Around(moved=replace(moved, decisions=0)))
    assert still.moved is None


def test_the_last_decision_of_the_sitting_is_what_undo_names() -> None:
    case = made()
    at = [instant("2022-01-19") + dt.timedelta(hours=h) for h in range(3)]
    reviews = (
        Review(evidence="e1", verdict=Verdict.ACCEPT, author="ana", at=at[0]),
        Review(evidence="e2", verdict=Verdict.REJECT, author="ana", at=at[1]),
        Review(evidence="e2", verdict=Verdict.WITHDRAW, author="ana", at=at[2]),
    )
    case = replace(case, reviews=reviews)
    undo = {
        (since, who): reader_view(case, case.documents[0], DAY, Where(since=since), author=who).undo
        for since in ("0", "1", "") for who in ("ana", "bo")
    }  # fmt: skip
    assert undo == {
        ("0", "ana"): "accepted e1", ("0", "bo"): "", ("1", "ana"): "", ("1", "bo"): "", ("", "ana"): "",
        ("", "bo"): "",
    }  # fmt: skip


def test_the_queue_puts_what_waits_first_and_folds_copies_that_are_done() -> None:
    case = made()
    listed = queue(case, DAY, Where())
    assert [(r.id, r.waiting) for r in listed.rows] == [("second", 1), ("first", 2)]
    done = replace(case, evidence=tuple(replace(e, status=Status.ACCEPTED) for e in case.evidence))
    rows = queue(done, DAY, Where(), folded={"second": "first"}).rows
    assert [(r.id, r.state) for r in rows] == [("second", "folded"), ("first", "done")]
    assert documents_view(done, DAY, Where(), AddForm(), largest_mb=20).finding == "Everything is decided on"


def test_nothing_of_a_later_day_is_in_any_view() -> None:
    case = made()
    today = AsOf(date=parse_date("2022-03-01"))
    views = [
        reader_view(case, case.documents[0], EARLY, Where(as_of=str(EARLY))),
        documents_view(case, EARLY, Where(as_of=str(EARLY)), AddForm(), largest_mb=20),
        evidence_view(case, EARLY, Filter()),
        elicit_view(case, EARLY, analyst="ana", fixed=False, form=Form(fields={}), today=today),
        time_bar(case, EARLY, DAY.date, "/x", {}),
    ]
    for view in views:
        # The text of the document is the only thing that may be long; nothing later may be in it either.
        assert SECRET not in repr(view), type(view).__name__
    assert views[-1].hidden == 1  # type: ignore[attr-defined]
    assert "second" in repr(documents_view(case, DAY, Where(), AddForm(), largest_mb=20))


def test_the_date_control_stops_at_the_ends_and_keeps_the_rest_of_the_view() -> None:
    case = made()
    query = {"as_of": "x", "status": "accepted"}
    bar = time_bar(case, AsOf(date=case.deadline), DAY.date, "/cases/made/evidence", query)
    assert bar.after == "" and bar.before == "/cases/made/evidence?as_of=2022-03-30&status=accepted"
    assert bar.now == "/cases/made/evidence?status=accepted" and bar.fields == (("status", "accepted"),)
    first = time_bar(case, AsOf(date=parse_date(bar.first)), DAY.date, "/x", {})
    assert first.before == "" and time_bar(case, DAY, DAY.date, "/x", {}).now == ""


def test_answers_stand_on_a_line_with_ones_own_on_top() -> None:
    drawn = str(strip([(0.2, True), (0.9, False)]))
    assert drawn.index('class="ot" cx="90.0%"') < drawn.index('class="me" cx="20.0%"')
    assert str(strip([])) == ""


def test_a_composition_survives_its_address() -> None:
    case = made()
    chosen = Composition(as_of="2022-01-20", weeks="0", sections=("answer", "map"), notes="a\nb & c")
    page = brief_page(case, chosen, request_for(case, "2022-01-20", weeks=0, sections=("answer", "map")))
    assert page.finding == f"Brief as of 20 January 2022, 2 of {len(page.sections)} sections"
    assert "section=answer&section=map" in page.preview and "notes=a%0Ab+%26+c" in page.preview
    assert ("section", "answer") in page.hidden and ("section", "map") in page.hidden
    assert [s.id for s in page.sections if s.chosen] == ["answer", "map", "limits"]
    assert brief_page(case, chosen, None, error="no").preview == ""


def test_addresses_quote_what_they_carry() -> None:
    assert address("/x", a="1&2", b="", c=None, d=["p q", "r"]) == "/x?a=1%262&d=p+q&d=r"
    assert [sentence(t) for t in ("", "it is late", "Why?", " éa. ")] == ["", "It is late.", "Why?", "Éa."]
    assert case_path("a/b", "c?d") == "/cases/a%2Fb/c%3Fd"


@pytest.mark.parametrize(
    "path", ["documents", "documents/first", "evidence", "elicit", "evidence.csv", "evidence.json"]
)
def test_pages_of_an_earlier_day_hold_nothing_later(bench: Workbench, path: str) -> None:
    bench.desk.workspace.cases.create(made(), author="ana", reason="test")
    early = bench.client.get(f"/cases/made/{path}?as_of={EARLY}")
    assert early.status_code == 200 and SECRET not in early.text
    later = bench.client.get(f"/cases/made/{path}?as_of={DAY}&show=all&analyst=ana")
    assert later.status_code == 200
    assert SECRET in later.text or path in ("documents", "documents/first", "elicit")
