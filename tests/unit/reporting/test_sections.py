"""Chosen sections of a brief: what stays, what goes, and that what goes is said."""

from __future__ import annotations

import pytest
from tests.unit.reporting.pages import loose_numbers, read_page
from tests.unit.reporting.test_brief_page import facts_of

from vedette.errors import BadInput, UnknownName
from vedette.reporting.brief import make_brief
from vedette.reporting.figures import Facts
from vedette.reporting.sections import SECTIONS, parse_sections, section_of


def partial(*names: str) -> Facts:
    """The facts of the made brief, asked for with some sections."""
    facts = facts_of()
    chosen = list(parse_sections(names))
    return Facts({**facts.data, "request": {**facts["request"], "sections": chosen}}, drawing=facts.drawing)


def test_names_come_in_printing_order_and_the_limits_cannot_be_left_out() -> None:
    assert parse_sections(["why,answer", "MAP"]) == ("answer", "why", "map", "limits")
    assert parse_sections([]) == parse_sections(["all"]) == parse_sections([",".join(SECTIONS)]) == ()


def test_an_unknown_section_is_met_with_the_nearest() -> None:
    with pytest.raises(UnknownName, match="judgements"):
        parse_sections(["judgments"])
    with pytest.raises(UnknownName, match="One of: answer"):
        parse_sections(["zzz"])
    with pytest.raises(BadInput, match="no section named"):
        parse_sections([" , "])


def test_every_table_of_a_brief_belongs_to_a_section() -> None:
    view = make_brief(facts_of()).view
    assert {section_of(t.id) for t in view.tables} <= SECTIONS.keys()
    assert view.sections == frozenset(SECTIONS)


@pytest.mark.parametrize("form", ["html", "md"])
@pytest.mark.parametrize("name", [n for n in SECTIONS if n != "limits"])
def test_each_section_alone_prints_itself_the_cut_off_and_the_limits(name: str, form: str) -> None:
    whole = make_brief(facts_of(), form)
    made = make_brief(partial(name), form)
    assert len(made.text) < len(whole.text)
    assert "Information to" in made.text and "What this cannot tell you" in made.text
    assert "Sections left out of this copy by its writer" in made.text
    shown = {section_of(t.id) for t in made.view.tables}
    assert shown <= {name}
    assert bool(made.view.scenarios) == (name == "scenarios")
    assert bool(made.view.sources) == (name == "sources")
    assert bool(made.view.lede) == (name == "answer") == bool(made.view.confidence.parts)
    assert ("Sources, with every item" in made.text) == (name == "sources")


def test_no_link_leads_to_a_section_that_is_not_there() -> None:
    page = read_page(make_brief(partial("judgements", "map", "conditions"), "html").text)
    anchors = {found["id"] for _, found in page.tags if "id" in found}
    wanted = {found["href"][1:] for tag, found in page.tags if tag == "a" and found.get("href", "").startswith("#")}
    assert wanted <= anchors
    assert loose_numbers(page) == []


def test_the_embedded_facts_are_whole() -> None:
    assert make_brief(partial("answer")).facts["assessment"] == make_brief(facts_of()).facts["assessment"]
