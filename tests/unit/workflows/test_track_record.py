"""The analysts' past, gathered from a ledger and from judgments in cases."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

from tests.made_analysts import both, judged_case, made_record, pasts, spoken
from tests.made_ledger import answered, asked, entries, no_case, said

from vedette.domain.case import Case
from vedette.domain.time import AsOf, instant
from vedette.forecasting.analysts import learn
from vedette.ports import LedgerEntry
from vedette.workflows.commit import question_of
from vedette.workflows.track_record import known_record, once, track_record

LATER = AsOf.of("2025-01-01")


def known_at(found: tuple[LedgerEntry, ...], day: str) -> tuple[LedgerEntry, ...]:
    return tuple(replace(e, recorded_at=instant(day)) for e in found)


def test_people_teach_programs_crowds_and_late_words_do_not() -> None:
    nouns = [
        asked(),
        said("2022-01-10", 0.7),
        replace(said("2022-01-10", 0.6, who="vedette recommended", base=0.4), inputs_digest="0" * 64),
        said("2022-01-11", 0.5, who="Metaculus"),
        said("2022-01-12", 0.9, who="late", at="2022-02-12"),
        said("2022-01-13", 0.2, who="part", method="imported, csv; about attack"),
        answered("yes", "2022-03-15"),
    ]
    record = track_record(entries(nouns), no_case)
    (question,) = record.questions
    assert [t.analyst for t in question.told] == ["ana", "", "", ""]
    assert record.too_late == (instant("2022-02-12"),) and not record.fault
    found = learn(record, LATER, ("ana", "late"))
    assert found.weights["ana"] > 1.0 and found.weights["late"] == 1.0
    assert "1 forecast was written down after the day spoken for" in found.why


def test_nothing_counts_before_it_was_recorded_here() -> None:
    """A forecast made long ago and imported today was not known here before today."""
    nouns = [asked(), said("2022-01-10", 0.7), answered("yes", "2022-03-15")]
    imported = track_record(known_at(entries(nouns), "2024-05-05"), no_case)
    assert learn(imported, AsOf.of("2024-05-04"), ("ana",)).skills[0].questions == 0
    assert learn(imported, AsOf.of("2024-05-05"), ("ana",)).skills[0].questions == 1


def test_a_probability_elicited_in_the_questions_case_counts_like_a_forecast() -> None:
    case = judged_case(bo=0.9, ana=0.8)
    seen = replace(spoken("eve", 0.99), saw_model=True)
    after = replace(spoken("hindsight", 0.99), recorded_at=dt.datetime(2022, 4, 1, tzinfo=dt.UTC))
    case = replace(case, judgments=(*case.judgments, seen, after))

    def find(name: str) -> Case | None:
        return case if name == "made" else None

    question = question_of(case)
    atoms = question.atoms
    flat = dict.fromkeys(atoms, 1 / 6)
    mine = {**dict.fromkeys(atoms, 0.04), "a1": 0.8}
    mine_said = said("2022-01-10", mine, question="made", base=flat)
    nouns = [question, mine_said, answered("a1", "2022-02-24", question="made")]
    record = track_record(entries(nouns), find)
    by = {t.analyst: t for t in record.questions[0].told}
    assert set(by) == {"ana", "bo"}, "who saw the model, or spoke in hindsight, shows no skill of their own"
    assert by["ana"].distribution["a1"] == 0.8, "a committed forecast stands before a judgment"
    attack = sum(by["bo"].distribution[a] for a in ("a1", "a2", "a5"))
    assert abs(attack - 0.9) < 0.002
    assert learn(record, LATER, ("bo",)).weights["bo"] > 1.0
    assert [t.analyst for t in track_record(entries(nouns), no_case).questions[0].told] == ["ana"]


def test_a_damaged_ledger_is_named_and_teaches_nothing() -> None:
    found = list(entries([asked(), said("2022-01-10", 0.7), answered("yes", "2022-03-15")]))
    found[1] = replace(found[1], fault="its text was changed after it was written")
    record = track_record(found, no_case)
    assert record.questions == () and "entry 2" in record.fault
    assert "entry 2" in learn(record, LATER, ("ana",)).why


def test_what_goes_with_a_bundle_says_the_same_without_the_others_names() -> None:
    record = made_record(pasts(40))
    cut = AsOf.of("2021-08-01")
    told = known_record(record, cut, ("good",))
    names = {t.analyst for q in told.questions for t in q.told}
    assert names == {"good", "another 1"} and 0 < len(told.questions) < 40
    assert learn(told, cut, ("good",)) == learn(record, cut, ("good",))


def test_a_record_is_read_once_for_what_belongs_together() -> None:
    asked_for: list[int] = []

    def find() -> object:
        asked_for.append(1)
        return object()

    kept = once(find)  # type: ignore[arg-type]
    assert kept is not None and kept() is kept() and asked_for == [1] and once(None) is None


def test_even_odds_for_want_of_a_base_rate_give_way_to_a_stated_one() -> None:
    record = made_record(pasts(1))
    q = record.questions[0]
    guess = replace(q.told[0], base_rate=both(0.5), stated=False)
    mixed = replace(record, questions=(replace(q, told=(guess, q.told[1])),))
    found = {s.analyst: s.base_rate for s in learn(mixed, LATER, ("good", "bad")).skills}
    assert found["good"] == found["bad"] == learn(record, LATER, ("bad",)).skills[0].base_rate
