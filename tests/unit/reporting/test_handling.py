"""Handling marks: what a reader may not see does not leave in any form."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from tests.unit.reporting.test_brief_page import facts_of

from made_assessment import made_case
from vedette.domain.case import Case
from vedette.domain.claims import Marking
from vedette.errors import QuoteMismatch, UnknownName
from vedette.reporting.brief import make_brief
from vedette.reporting.handling import ORDER, mark_of, may_see, parse_marking, visible

SECRET = "the agent in Gomel"


def guarded() -> Case:
    """E1 is TLP:RED by its own mark, E3 is TLP:AMBER by its document's."""
    case = made_case()
    first, second, third, fourth = case.evidence
    document = replace(case.documents[2], marking=Marking.AMBER, title="Secret title")
    assert third.quote is not None
    third = replace(third, quote=document.find_quote(third.quote.text))
    first = replace(
        first, marking=Marking.RED, claim=f"Units came by rail, says {SECRET}.", attribution=SECRET, origin=SECRET
    )
    return replace(case, evidence=(first, second, third, fourth), documents=(*case.documents[:2], document))


@pytest.mark.parametrize("form", ["html", "md"])
def test_a_text_above_the_audience_is_nowhere_in_the_brief(form: str) -> None:
    text = make_brief(facts_of(guarded()), form).text
    for hidden in (SECRET, "first Russian units arrived by rail", "30,000", "Lukashenko", "Secret title"):
        assert hidden not in text
        assert json.dumps(hidden)[1:-1] not in text
    assert "text withheld (TLP:RED)" in text
    assert "text withheld (TLP:AMBER)" in text
    assert "they count in the figures, their text is withheld" in text


def test_figures_do_not_change_with_the_reader() -> None:
    public, closed = facts_of(guarded()), facts_of(guarded(), audience=Marking.RED)
    assert public["assessment"]["scenarios"] == closed["assessment"]["scenarios"]
    assert public["assessment"]["contributions"] == closed["assessment"]["contributions"]
    assert public["handling"] == {"mark": "TLP:CLEAR", "audience": "TLP:CLEAR", "withheld": 2}
    assert closed["handling"] == {"mark": "TLP:RED", "audience": "TLP:RED", "withheld": 0}


def test_a_reader_with_the_mark_sees_it_and_the_page_carries_the_mark() -> None:
    text = make_brief(facts_of(guarded(), audience=Marking.RED)).text
    assert SECRET in text
    assert "TLP:RED" in text.split("<h1")[0]
    amber = make_brief(facts_of(guarded(), audience=Marking.AMBER)).text
    assert SECRET not in amber
    assert "30,000" in amber
    assert "TLP:AMBER" in amber.split("<h1")[0]


def test_a_withheld_item_cannot_carry_a_citation() -> None:
    with pytest.raises(QuoteMismatch):
        make_brief(facts_of(guarded(), notes=["Units came on 17 January [E1]."]))


def test_the_reason_for_leaving_out_does_not_tell_the_source() -> None:
    from made_assessment import made_assessment

    a = made_assessment(excluded=({"evidence": "E1", "reason": f"judgement of {SECRET}"},))
    assert SECRET not in make_brief(facts_of(guarded(), a)).text


def test_marks_are_ordered_and_read() -> None:
    assert [m.value for m in ORDER] == ["TLP:CLEAR", "TLP:GREEN", "TLP:AMBER", "TLP:AMBER+STRICT", "TLP:RED"]
    assert parse_marking(" amber+strict ") is Marking.AMBER_STRICT
    assert parse_marking("TLP:Green") is Marking.GREEN
    with pytest.raises(UnknownName, match="TLP:RED"):
        parse_marking("white")
    case = guarded()
    assert [mark_of(e).value for e in case.evidence] == ["TLP:RED", "TLP:CLEAR", "TLP:AMBER", "TLP:CLEAR"]
    assert [e.id for e in visible(case, Marking.AMBER).evidence] == ["E2", "E3", "E4"]
    assert may_see(case.evidence[0], Marking.RED)
