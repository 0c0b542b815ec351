"""Differences between cases."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

from tests.made_records import document, evidence, full_case

from vedette.domain.evidence import Review, Verdict
from vedette.workflows.compare import Change, compare


def test_a_case_does_not_differ_from_itself() -> None:
    assert compare(full_case(), full_case()) == ()


def test_what_is_added_is_removed_the_other_way_round() -> None:
    more = replace(full_case(), evidence=(*full_case().evidence, evidence("e3")))
    (there,), (back,) = compare(full_case(), more), compare(more, full_case())
    assert (there.kind, there.id, there.what, there.after) == ("evidence", "e3", "added", "Troops were moved.")
    assert back == Change(kind="evidence", id="e3", what="removed", before="Troops were moved.")


def test_a_changed_record_says_which_fields() -> None:
    case = full_case()
    changed = replace(case, title="Other", evidence=(case.evidence[0], replace(case.evidence[1], origin="wire")))
    found = {(c.kind, c.id): c for c in compare(case, changed)}
    assert found.keys() == {("case", "title"), ("evidence", "e2")}
    assert (found["evidence", "e2"].before, found["evidence", "e2"].after) == ("origin=made-1", "origin=wire")
    text = document(b"Moved 500 troops there.")
    requoted = replace(case.evidence[0], quote=text.quote(6, 16))
    moved = replace(case, documents=(text,), evidence=(requoted, case.evidence[1]))
    assert {c.kind for c in compare(case, moved)} == {"document"}  # the same words quoted at the same place


def test_a_review_shows_as_its_effect() -> None:
    case = full_case()
    at = dt.datetime(2022, 1, 22, tzinfo=dt.UTC)
    reviewed = replace(case, reviews=(Review(evidence="e1", verdict=Verdict.REJECT, author="ana", at=at),))
    (change,) = compare(case, reviewed)
    assert (change.before, change.after) == ("status=proposed", "status=rejected")
