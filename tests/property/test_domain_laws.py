"""Laws of the nouns (ARCHITECTURE): bad states cannot exist, and what comes later changes nothing earlier."""

from __future__ import annotations

import dataclasses
import datetime as dt

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from tests.conftest import examples

import strategies as nouns
from vedette.domain.case import Case
from vedette.domain.documents import Document, Quote
from vedette.domain.evidence import Evidence, Review, Status, Verdict
from vedette.domain.scenarios import Branch, Leaf, Scenario, ScenarioSet, check_distribution
from vedette.domain.time import UTC, AsOf, Times, instant
from vedette.errors import BadInput, DateRefused, Incoherent, QuoteMismatch


@given(document=nouns.documents(), text=nouns.said, start=st.integers(-5, 130), end=st.integers(-5, 130))
def test_a_quote_that_is_not_its_slice_cannot_exist(document: Document, text: str, start: int, end: int) -> None:
    inside = 0 <= start < end <= len(document.text)
    if inside and document.text[start:end] == text:
        assert Quote(document=document, start=start, end=end, text=text).text == text
        return
    with pytest.raises(QuoteMismatch):
        Quote(document=document, start=start, end=end, text=text)


@given(quote=nouns.quotes())
def test_a_found_quote_is_the_only_one(quote: Quote) -> None:
    text = quote.document.text
    if text.find(quote.text) == text.rfind(quote.text):
        assert quote.document.find_quote(quote.text) == quote
    else:
        with pytest.raises(QuoteMismatch, match="more than once"):
            quote.document.find_quote(quote.text)


@settings(max_examples=examples(60))
@given(made=nouns.scenario_sets())
def test_atoms_are_exclusive_and_exhaustive(made: ScenarioSet) -> None:
    # Every way through the tree ends in one atom; whatever the chances, the ways' probabilities sum to one.
    p = {c.id: 1 / (i + 2) for i, c in enumerate(made.chances)}
    total = dict.fromkeys((a.id for a in made.atoms), 0.0)
    for path in made.paths:
        weight = 1.0
        for chance, answer in path.answers:
            weight *= p[chance] if answer else 1 - p[chance]
        total[path.atom] += weight
    assert sum(total.values()) == pytest.approx(1)
    for inner in made.scenarios:
        for outer in made.scenarios:
            if made.nested_in(inner.id, outer.id):
                low, high = (sum(total[a] for a in s.atoms) for s in (inner, outer))
                assert low <= high + 1e-12


@settings(max_examples=examples(60))
@given(made=nouns.scenario_sets(), data=st.data())
def test_an_incoherent_set_cannot_exist(made: ScenarioSet, data: st.DataObject) -> None:
    assert isinstance(made.tree, Branch)
    first = made.atoms[0].id
    odd = dataclasses.replace(made.atoms[0], id="an atom no leaf holds")
    changes: dict[str, dict[str, object]] = {
        "an atom no leaf reaches": {"atoms": (*made.atoms, odd)},
        "a leaf that is no atom": {"atoms": tuple(a for a in made.atoms if a.id != first)},
        "an atom twice": {"atoms": (*made.atoms, made.atoms[0])},
        "a scenario of unknown atoms": {
            "scenarios": (*made.scenarios, Scenario(id="zz odd", label="", atoms=frozenset({"unknown atom"})))
        },
        "a scenario of nothing": {"scenarios": (*made.scenarios, Scenario(id="zz odd", label="", atoms=frozenset()))},
        "a question twice on one path": {
            "tree": Branch(chance=made.tree.chance, yes=made.tree, no=Leaf(atom=first))
        },
        "a chance nobody asks": {
            "chances": (*made.chances, dataclasses.replace(made.chances[0], id="a chance nobody asks"))
        },
        "a question without its chance": {"chances": made.chances[1:]},
    }
    change = changes[data.draw(st.sampled_from(sorted(changes)))]
    with pytest.raises(Incoherent):
        dataclasses.replace(made, **change)  # type: ignore[arg-type]


@given(stated=st.dictionaries(nouns.ids, st.floats(-0.5, 1.5, allow_nan=False), min_size=2, max_size=4))
def test_probabilities_that_contradict_each_other_are_refused(stated: dict[str, float]) -> None:
    fine = all(0 <= p <= 1 for p in stated.values()) and abs(sum(stated.values()) - 1) <= 1e-6
    if fine:
        check_distribution(stated, tuple(stated))
    else:
        with pytest.raises(Incoherent):
            check_distribution(stated, tuple(stated))
    with pytest.raises(Incoherent):
        check_distribution(stated, (*stated, "an atom without a probability"))


@given(first=nouns.instants, second=nouns.instants)
def test_nothing_is_known_before_it_is_published(first: dt.datetime, second: dt.datetime) -> None:
    if second < first:
        with pytest.raises(DateRefused):
            Times(published_at=first, available_at=second)
    else:
        assert Times(published_at=first, available_at=second).available_at == second


@given(day=nouns.days, at=nouns.instants)
def test_a_day_admits_all_of_itself_and_nothing_later(day: dt.date, at: dt.datetime) -> None:
    assert AsOf(date=day).admits(at) == (at.date() <= day)
    assert AsOf(date=day).admits(instant(day))
    with pytest.raises(DateRefused):
        instant(at.replace(tzinfo=None))


@settings(max_examples=examples(30))
@given(case=nouns.cases(), day=nouns.days, other=nouns.days)
def test_what_is_known_only_grows(case: Case, day: dt.date, other: dt.date) -> None:
    early, late = sorted((day, other))
    then, later = case.known(AsOf(date=early)), case.known(AsOf(date=late))
    assert {e.id for e in then.evidence} <= {e.id for e in later.evidence}
    assert {d.id for d in then.documents} <= {d.id for d in later.documents}
    assert {j.id for j in then.judgments} <= {j.id for j in later.judgments}
    assert then.known(AsOf(date=early)) == then
    assert later.known(AsOf(date=early)).evidence == then.evidence
    assert then.as_of <= case.deadline


@settings(max_examples=examples(30))
@given(case=nouns.cases(), day=nouns.days, data=st.data())
def test_later_records_change_nothing_earlier(case: Case, day: dt.date, data: st.DataObject) -> None:
    cut = AsOf(date=day)
    late = cut.cutoff + dt.timedelta(days=data.draw(st.integers(0, 400)))
    item = data.draw(nouns.evidence(options=tuple(o.id for o in case.options), sources=()))
    more = dataclasses.replace(item, id="a later item", bearings=(), times=Times(available_at=late))
    grown = dataclasses.replace(case, evidence=(*case.evidence, more))
    assert grown.known(cut) == case.known(cut)


@settings(max_examples=examples(30))
@given(case=nouns.cases(), data=st.data())
def test_the_order_of_evidence_changes_nothing(case: Case, data: st.DataObject) -> None:
    shuffled = dataclasses.replace(case, evidence=tuple(data.draw(st.permutations(case.evidence))))
    assert {e.id: e for e in shuffled.standing()} == {e.id: e for e in case.standing()}


@settings(max_examples=examples(30))
@given(case=nouns.cases(), verdict=st.sampled_from(Verdict), at=nouns.instants)
def test_a_correction_is_a_new_record(case: Case, verdict: Verdict, at: dt.datetime) -> None:
    assume(case.evidence)
    original = case.evidence[0]
    corrected = dataclasses.replace(original, id="the corrected record", claim="Told right.", supersedes=original.id)
    review = Review(
        evidence=original.id, verdict=verdict, author="Analyst", at=at, reason="Misread.",
        replacement=corrected.id if verdict is Verdict.CORRECT else None,
    )  # fmt: skip
    before = dataclasses.replace(case, reviews=())
    after = dataclasses.replace(before, reviews=(review,), evidence=(*case.evidence, corrected))
    # The record itself is never touched.
    assert after.evidence[: len(case.evidence)] == case.evidence
    standing = {e.id: e for e in after.standing()}
    if verdict is Verdict.CORRECT:
        assert original.id not in standing
        assert standing[corrected.id].claim == "Told right."
        # Until the corrected record is known, the item stands as it was.
        unknown = dataclasses.replace(before, reviews=(review,))
        assert {e.id: e for e in unknown.standing()}[original.id] == original
    elif verdict is Verdict.WITHDRAW:
        assert standing[original.id] == original
    else:
        expected = Status.ACCEPTED if verdict is Verdict.ACCEPT else Status.REJECTED
        assert standing[original.id] == dataclasses.replace(original, status=expected)
    assert before.standing() == case.evidence


def test_a_correction_without_reason_or_record_cannot_exist() -> None:
    at = dt.datetime(2022, 1, 1, tzinfo=UTC)
    for changes in ({"reason": "", "replacement": "E2"}, {"reason": "Misread.", "replacement": None}):
        with pytest.raises(BadInput):
            Review(evidence="E1", verdict=Verdict.CORRECT, author="A", at=at, **changes)  # type: ignore[arg-type]


@given(item=nouns.evidence())
def test_nouns_cannot_be_changed(item: Evidence) -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        item.claim = "something else"  # type: ignore[misc]
    with pytest.raises((AttributeError, TypeError)):
        item.mood = "tense"  # type: ignore[attr-defined]
