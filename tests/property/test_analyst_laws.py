"""Laws of what is learnt of analysts: nothing recorded after the cut-off, and no order of entries, changes it."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.conftest import examples
from tests.made_analysts import judged_case, pasts
from tests.made_ledger import Noun, answered, asked, entries, no_case, said

from vedette.domain.case import Case
from vedette.domain.time import AsOf, instant
from vedette.forecasting.analysts import AnalystRecord, learn
from vedette.ports import LedgerEntry
from vedette.workflows.assess import assess_case
from vedette.workflows.track_record import known_record, track_record

CUT = AsOf.of("2022-01-20")
WHO = ("ana", "bo", "new")
P = st.floats(0.001, 0.999)
START = dt.date(2021, 1, 1)


@st.composite
def chains(draw: st.DrawFn, *, first: int = 0, last: int = 384, prefix: str = "q") -> list[LedgerEntry]:
    """Some resolved questions, each entry recorded between ``first`` and ``last`` days from START."""
    out: list[LedgerEntry] = []
    for i in range(draw(st.integers(0, 6))):
        name = f"{prefix}{i}"
        day = draw(st.integers(0, 300))
        spoke = (START + dt.timedelta(days=day)).isoformat()
        deadline = START + dt.timedelta(days=day + draw(st.integers(1, 120)))
        nouns: list[Noun] = [asked(name, deadline=deadline)]
        for who in draw(st.lists(st.sampled_from(["ana", "bo", "cy"]), max_size=3)):
            nouns.append(said(spoke, draw(P), question=name, who=who, base=draw(P)))
        nouns.append(answered(draw(st.sampled_from(["yes", "no", None])), deadline.isoformat(), question=name,
                              at=deadline.isoformat()))  # fmt: skip
        days = sorted(draw(st.lists(st.integers(first, last), min_size=len(nouns), max_size=len(nouns))))
        out += [
            replace(e, recorded_at=instant(START + dt.timedelta(days=d)))
            for e, d in zip(entries(nouns), days, strict=True)
        ]
    return out


@given(chains(), chains(first=385, last=900, prefix="later"))
def test_what_is_recorded_after_the_cut_off_changes_nothing(now: list[LedgerEntry], later: list[LedgerEntry]) -> None:
    before = learn(track_record(now, no_case), CUT, WHO)
    assert learn(track_record([*now, *later], no_case), CUT, WHO) == before
    assert learn(known_record(track_record([*now, *later], no_case), CUT, WHO), CUT, WHO) == before


@given(chains(), st.data())
def test_a_later_forecast_or_answer_to_an_old_question_changes_nothing(
    now: list[LedgerEntry], data: st.DataObject
) -> None:
    names = [e.question for e in now if e.kind == "question"]
    before = learn(track_record(now, no_case), CUT, WHO)
    more: list[LedgerEntry] = []
    for name in names:
        noun: Noun = data.draw(
            st.sampled_from(
                [said("2021-01-01", 0.99, question=name, who="bo"), answered("yes", "2021-06-01", question=name),
                 answered(None, question=name)]
            )
        )  # fmt: skip
        more += [replace(e, recorded_at=instant("2022-01-21")) for e in entries([noun])]
    assert learn(track_record([*now, *more], no_case), CUT, WHO) == before


@given(chains())
def test_weights_are_positive_and_a_pool_needs_proof(now: list[LedgerEntry]) -> None:
    found = learn(track_record(now, no_case), CUT, WHO)
    assert all(s.weight > 0 for s in found.skills) and found.weights["new"] == 1.0
    assert found.extremise == 1.0 and f"{found.questions} of 30" in found.why


@settings(max_examples=examples(12))
@given(chains(first=385, last=900, prefix="later"))
def test_an_assessment_hears_nothing_recorded_later(later: list[LedgerEntry]) -> None:
    case: Case = judged_case(ana=0.7, bo=0.1)
    nouns: list[Noun] = []
    for q in pasts(8):
        nouns += [asked(q.id, deadline=q.deadline), said(q.day.isoformat(), q.said["good"], question=q.id),
                  answered("yes" if q.happened else "no", q.deadline.isoformat(), question=q.id, at=q.closed.isoformat())]  # fmt: skip  # noqa: E501
    now = [*entries(nouns)]

    def digest(chain: list[LedgerEntry]) -> tuple[str, float]:
        record = AnalystRecord(track_record(chain, no_case))
        found = assess_case(case, CUT, with_sensitivity=False, record=lambda: record)
        return found.inputs_digest, found.scenario("attack").probability

    same = digest(now)
    assert digest([*now, *later]) == same
    assert same[1] != pytest.approx(digest([])[1], abs=1e-6), "the record in time does count"
