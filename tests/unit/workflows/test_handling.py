"""Marked items stay behind when a case leaves the workspace."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.made_records import document, evidence, full_case, judgment

from vedette.codec.case_writer import encode_case
from vedette.domain.case import Case
from vedette.domain.claims import Marking
from vedette.domain.evidence import Review, Verdict
from vedette.domain.judgment import JudgmentKind
from vedette.domain.time import instant
from vedette.errors import CaseRefused, UnknownName
from vedette.workflows.handling import EXPORT_CEILING, for_audience


def marked(mark: Marking) -> Case:
    case = full_case()
    return replace(
        case,
        evidence=(case.evidence[0], replace(case.evidence[1], claim="A secret source said so.", marking=mark)),
        reviews=(Review(evidence="e2", verdict=Verdict.ACCEPT, author="ana", at=instant("2022-01-13")),),
        judgments=(*case.judgments, replace(judgment("j2"), kind=JudgmentKind.LIKELIHOOD_RATIO, subject="e2")),
    )


@pytest.mark.parametrize("mark", list(Marking))
@pytest.mark.parametrize("ceiling", list(Marking))
def test_nothing_above_the_ceiling_is_written(mark: Marking, ceiling: Marking) -> None:
    order = list(Marking)
    case, left = for_audience(marked(mark), ceiling)
    text = encode_case(case)
    may = order.index(mark) <= order.index(ceiling)
    assert ("A secret source" in text) == may
    assert ("e2" in left.evidence) != may
    assert len(case.evidence) + len(left.evidence) == 2
    if not may:
        assert (left.reviews, left.judgments) == (1, 1) and left.marks[mark.value] >= 1


def test_a_quote_of_a_closed_document_goes_with_it() -> None:
    secret = document(marking=Marking.RED)
    case = replace(full_case(), documents=(secret,), evidence=(evidence("e1", secret), evidence("e2")))
    open_case, left = for_audience(case)
    assert (left.documents, left.evidence) == (("doc-1",), ("e1",))
    assert open_case.documents == () and [e.id for e in open_case.evidence] == ["e2"]
    assert "1 documents, 1 evidence items (2 TLP:RED)" in left.words()


def test_the_default_is_amber_and_an_open_case_is_untouched() -> None:
    assert EXPORT_CEILING is Marking.AMBER
    case, left = for_audience(full_case())
    assert case == full_case() and left.nothing
    assert not for_audience(marked(Marking.AMBER_STRICT))[1].nothing


def test_refusing_says_how_many_and_marks_are_read_in_any_form() -> None:
    with pytest.raises(CaseRefused, match="1 evidence items are marked above TLP:GREEN"):
        for_audience(marked(Marking.AMBER), "green", refuse=True)
    with pytest.raises(UnknownName):
        for_audience(full_case(), "purple")
