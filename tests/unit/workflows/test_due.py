"""What the ledger waits for."""

from __future__ import annotations

import datetime as dt

from tests.made_ledger import answered, asked, entries, ledger_case, no_case, said

from vedette.workflows.due import due


def test_due_near_and_stale_are_told_apart() -> None:
    nouns = [
        asked("past", deadline=dt.date(2022, 1, 1)), asked("near", deadline=dt.date(2022, 2, 10)),
        asked("far", deadline=dt.date(2022, 12, 1)), asked("done", deadline=dt.date(2022, 1, 1)),
        answered("no", question="done"), said("2022-01-10", 0.2, question="far"),
        said("2022-01-30", 0.2, question="near"),
        said("2022-01-01", 0.2, question="far", who="crowd", method="imported, csv"),
    ]  # fmt: skip
    found = due(entries(nouns), no_case, dt.date(2022, 2, 1))
    assert [(x["question"], x["overdue_days"]) for x in found["due"]] == [("past", 31)]
    assert [(x["question"], x["days_left"]) for x in found["near"]] == [("near", 9)]
    assert [(x["question"], x["forecaster"], x["age_days"]) for x in found["stale"]] == [("far", "ana", 22)]


def test_evidence_that_came_since_is_counted() -> None:
    case = ledger_case()
    atoms = tuple(a.id for a in case.scenario_set.atoms)
    p = dict.fromkeys(atoms, 1 / len(atoms))
    nouns = [asked("q1", atoms, case=case.id), said("2022-01-11", p, base=p)]
    found = due(entries(nouns), lambda _: case, dt.date(2022, 1, 26))
    assert found["stale"][0]["newer_evidence"] == 3


def test_an_empty_ledger_waits_for_nothing() -> None:
    found = due((), no_case, dt.date(2022, 1, 1))
    assert (found["due"], found["near"], found["stale"]) == ([], [], [])
