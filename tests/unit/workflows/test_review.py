"""Corrections and the order of a review, without a store."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.made_cases import host_case
from tests.made_records import document, evidence

from vedette.domain.case import Case
from vedette.domain.claims import ClaimKind, Strength
from vedette.domain.evidence import Evidence, Review, Status, Verdict
from vedette.errors import BadInput, QuoteMismatch, UnknownName
from vedette.workflows.review import (
    FIELDS,
    Decision,
    above,
    consequence,
    corrected,
    latest_review,
    parse_changes,
    proposals,
)


class Clock:
    def now(self) -> dt.datetime:
        return dt.datetime(2022, 1, 25, tzinfo=dt.UTC)


def case(*items: Evidence) -> Case:
    source = document()
    return replace(host_case(items or (evidence("e1", source),), documents=(source,)), framework="five-conditions")


def correct(changes: str, found: Case | None = None, reason: str = "misread") -> Evidence:
    found = found or case()
    decision = Decision(evidence="e1", verdict=Verdict.CORRECT, reason=reason, changes=parse_changes(changes))
    return corrected(found, found.evidence[0], decision, author="ana", clock=Clock())


def test_a_correction_changes_what_it_says_and_nothing_else() -> None:
    old, new = case().evidence[0], correct("direction=lowers, strength=weak,actor=,claim=Troops\\, few\\, moved")
    assert new.claim == "Troops, few, moved"
    bearing = new.bearings[0]
    assert (bearing.direction.value, bearing.strength.value, bearing.actor) == ("lowers", "weak", None)
    same = replace(
        new, id=old.id, claim=old.claim, bearings=old.bearings, status=old.status, supersedes=None,
        provenance=old.provenance, times=old.times,
    )  # fmt: skip
    assert same == old
    assert (new.id, new.supersedes, new.status) == ("e1.c1", "e1", Status.ACCEPTED)


def test_a_corrected_item_can_be_corrected_again() -> None:
    found = case()
    first = correct("strength=weak", found)
    both = replace(found, evidence=(*found.evidence, first))
    decision = Decision(evidence="e1.c1", verdict=Verdict.CORRECT, reason="r", changes={"strength": "strong"})
    second = corrected(both, first, decision, author="bo", clock=Clock())
    assert (second.id, second.supersedes) == ("e1.c2", "e1.c1")


def test_fields_of_every_kind() -> None:
    new = correct("kind=speech,grade=c3,origin=other,target=Poland,negated=yes,hypothetical=no,quote=troops")
    assert (new.kind, str(new.grade), new.origin, new.target) == (ClaimKind.SPEECH, "C3", "other", "POL")
    assert (new.negated, new.hypothetical) == (True, False)
    assert new.quote is not None and new.quote.text == "troops"
    assert correct("option=stay,scenario=lasting_presence,condition=M").bearings[0].condition == "stakes"


def test_an_item_that_bears_on_nothing_needs_all_of_a_bearing() -> None:
    bare = case(evidence("e1", document(), bearings=()))
    with pytest.raises(BadInput, match="scenario, condition, direction must be set"):
        correct("strength=weak", bare)
    full = correct("scenario=attack,condition=low_costs,direction=raises,strength=weak", bare)
    assert full.bearings[0].option == "main"


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ("quote=nowhere", QuoteMismatch), ("grade=B", BadInput), ("scenario=lasting_presence", UnknownName),
        ("condition=weather", UnknownName), ("negated=perhaps", UnknownName), ("option=third", UnknownName),
        ("claim=", BadInput), ("target=Atlantis", UnknownName),
    ],
)  # fmt: skip
def test_what_cannot_be_corrected(changes: str, error: type[Exception]) -> None:
    with pytest.raises(error):
        correct(changes)


def test_a_correction_needs_a_reason_and_a_change() -> None:
    with pytest.raises(BadInput, match="reason"):
        correct("strength=weak", reason=" ")
    with pytest.raises(BadInput, match="changes something"):
        correct("")
    with pytest.raises(UnknownName):
        parse_changes("colour=red")


@given(st.dictionaries(st.sampled_from(FIELDS), st.text(st.characters(exclude_characters="\x00\\"), max_size=20)))
def test_changes_are_read_as_written(changes: dict[str, str]) -> None:
    written = ",".join(f"{k}={v.replace(',', chr(92) + ',')}" for k, v in changes.items())
    assert parse_changes(written) == {k: v.strip() for k, v in changes.items()}


def test_order_and_threshold() -> None:
    def one(name: str, strength: Strength, sure: float | None, kind: ClaimKind = ClaimKind.FACT) -> Evidence:
        base = evidence(name)
        return replace(base, confidence=sure, kind=kind, bearings=(replace(base.bearings[0], strength=strength),))

    items = [
        one("weak", Strength.WEAK, 0.9), one("sure", Strength.STRONG, 0.8), one("unsure", Strength.STRONG, None),
        one("opinion", Strength.DECISIVE, 1.0, ClaimKind.ARGUMENT), one("moderate", Strength.MODERATE, 0.7),
    ]  # fmt: skip
    found = case(*items)
    assert [e.id for e in proposals(found)] == ["sure", "unsure", "moderate", "weak", "opinion"]
    assert [e.id for e in above(found, 0.75)] == ["sure", "weak", "opinion"]
    with pytest.raises(BadInput):
        above(found, 2)
    assert consequence(items[1]) < consequence(items[0])


def test_a_span_is_moved_by_its_offsets_and_the_words_follow() -> None:
    found = case()
    quoted = found.evidence[0].quote
    assert quoted is not None
    plain = replace(found, evidence=(replace(found.evidence[0], claim=quoted.text),))
    new = correct("span=0-16", plain)
    assert new.quote is not None
    assert (new.quote.text, new.claim) == (quoted.document.text[0:16], quoted.document.text[0:16])
    assert correct("span=0-16", found).claim == found.evidence[0].claim
    for wrong in ("span=5", "span=a-b", "span=-1-4", f"span=0-{'9' * 60}"):
        with pytest.raises(BadInput):
            correct(wrong, plain)
    for outside in ("span=9-3", "span=0-99999"):
        with pytest.raises(QuoteMismatch):
            correct(outside, plain)


def test_a_withdrawn_decision_leaves_the_item_as_it_was_proposed() -> None:
    found = case()
    at = [dt.datetime(2022, 1, 25, hour, tzinfo=dt.UTC) for hour in range(4)]
    accept = Review(evidence="e1", verdict=Verdict.ACCEPT, author="ana", at=at[0])
    back = Review(evidence="e1", verdict=Verdict.WITHDRAW, author="ana", at=at[1])
    assert replace(found, reviews=(accept,)).standing()[0].status is Status.ACCEPTED
    assert replace(found, reviews=(accept, back)).standing() == found.evidence
    assert latest_review(replace(found, reviews=(accept, back)), "e1") is None
    new = correct("strength=weak", found)
    fixed = Review(
        evidence="e1", verdict=Verdict.CORRECT, author="ana", at=at[0], reason="misread", replacement=new.id
    )
    both = replace(found, evidence=(*found.evidence, new), reviews=(fixed,))
    assert [e.id for e in both.standing()] == ["e1.c1"]
    assert replace(both, reviews=(fixed, back)).standing() == found.evidence
    newer = replace(new, id="e1.c2")
    again = Review(
        evidence="e1", verdict=Verdict.CORRECT, author="bo", at=at[2], reason="misread", replacement="e1.c2"
    )
    third = replace(both, evidence=(*both.evidence, newer), reviews=(fixed, back, again))
    assert [e.id for e in third.standing()] == ["e1.c2"]
