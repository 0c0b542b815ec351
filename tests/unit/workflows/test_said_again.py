"""Repeated positions as lists and pages name them, and an analyst splitting one off and taking it back."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest
from tests.made_cases import AS_OF, five, host_case, item

from vedette.assessment.channels import channel_items
from vedette.domain.case import Case
from vedette.domain.claims import ClaimKind
from vedette.domain.evidence import OWN_POSITION, Evidence, Verdict
from vedette.domain.time import AsOf, instant
from vedette.errors import UnknownName
from vedette.workflows.assess import state_words
from vedette.workflows.review import Decision, corrected
from vedette.workflows.said_again import Said, said_again

WORDS = "Crushing sanctions will follow an invasion, together with our allies"


class Clock:
    """Always the as-of day."""

    def now(self) -> dt.datetime:
        return instant(AS_OF)


def said(name: str, day: int, claim: str = WORDS, by: str = "the White House") -> Evidence:
    made = item(name, claim=claim, attribution=by, kind=ClaimKind.SPEECH)
    at = instant(AS_OF - dt.timedelta(days=day))
    return replace(made, times=replace(made.times, occurred_at=None, published_at=at, available_at=at))


def case(*more: Evidence) -> Case:
    other = said("D", 1, "Grain ships wait in port")
    return host_case([said("A", 9), said("B", 5), said("C", 1, by="Joe Biden"), other, *more])


def test_every_item_of_a_repeated_position_is_told_and_no_other() -> None:
    found = said_again(case())
    assert found == dict.fromkeys("ABC", Said(times=3, since="2022-01-11", by="USA", first="A"))
    assert str(found["C"]) == "Said 3 times since 2022-01-11 by USA: counts as one"
    assert said_again(case(), case().evidence[1])["B"] == found["B"]
    assert said_again(case().known(AsOf(date=AS_OF - dt.timedelta(days=2))))["A"].times == 2


def test_what_the_pages_say_is_what_is_counted() -> None:
    made = case()
    items, _ = channel_items(made, AsOf(date=AS_OF), five(), names=state_words())
    assert {i.evidence for i in items if i.position} == set(said_again(made))


def test_a_correction_splits_an_item_off_or_joins_it() -> None:
    made = case()
    cut = replace(made.evidence[1], id="B.c1", position=OWN_POSITION, supersedes="B")
    assert set(said_again(replace(made, evidence=(made.evidence[0], cut, *made.evidence[2:])))) == {"A", "C"}


@pytest.mark.parametrize(("text", "kept"), [("own", OWN_POSITION), ("A", "A"), ("", None)])
def test_a_correction_may_set_the_position(text: str, kept: str | None) -> None:
    made = case()
    decision = Decision(evidence="B", verdict=Verdict.CORRECT, reason="new", changes={"position": text})
    new = corrected(made, made.evidence[1], decision, author="ana", clock=Clock())
    assert new.position == kept and new.supersedes == "B"
    wrong = replace(decision, changes={"position": "Z9"})
    with pytest.raises(UnknownName):
        corrected(made, made.evidence[1], wrong, author="ana", clock=Clock())
