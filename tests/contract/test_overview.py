"""Cases from outside, whatever is underneath: another stamp with every record, lines that count what is there."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

from tests.made_records import full_case

from vedette.domain.evidence import Review, Status, Verdict
from vedette.domain.time import instant

NOW = instant(dt.date(2022, 2, 1))


def test_nothing_is_described_before_anything_is_stored(backend: Any) -> None:
    store = backend.cases()
    assert store.stamp("none") == ""
    assert store.overview() == ()
    assert store.edits("none") == ()


def test_every_record_gives_another_stamp_and_other_cases_keep_theirs(backend: Any) -> None:
    case = full_case()
    store = backend.cases()
    store.create(case, author="a", reason="made")
    store.create(replace(case, id="other"), author="b", reason="made too")
    still = store.stamp("other")
    seen = {store.stamp(case.id)}
    item = replace(case.evidence[0], id="new-1", status=Status.PROPOSED, supersedes=None)
    store.add_evidence(case.id, [item])
    seen.add(store.stamp(case.id))
    store.add_review(case.id, Review(evidence="new-1", verdict=Verdict.ACCEPT, author="a", at=NOW))
    seen.add(store.stamp(case.id))
    store.add_judgment(case.id, replace(case.judgments[0], id="judged-1"))
    seen.add(store.stamp(case.id))
    held = store.load(case.id)
    store.revise(replace(held, title="Another title"), author="c", reason="renamed")
    seen.add(store.stamp(case.id))
    assert len(seen) == 5
    assert store.stamp("other") == still


def test_the_lines_agree_with_the_cases(backend: Any) -> None:
    case = full_case()
    store = backend.cases()
    store.create(case, author="a", reason="made")
    waiting = [replace(case.evidence[0], id=f"w{n}", status=Status.PROPOSED, supersedes=None) for n in range(3)]
    store.add_evidence(case.id, waiting)
    store.add_review(case.id, Review(evidence="w1", verdict=Verdict.REJECT, author="a", at=NOW))
    store.revise(replace(store.load(case.id), title="Another title"), author="c", reason="renamed")
    (line,) = store.overview()
    held = store.load(case.id)
    assert (line.id, line.title, line.version, line.stamp) == (case.id, "Another title", 2, store.stamp(case.id))
    assert (line.as_of, line.deadline) == (held.as_of, held.deadline)
    assert line.evidence == len(held.evidence)
    assert line.documents == len(held.documents)
    reviewed = {r.evidence for r in held.reviews}
    assert line.proposed == sum(e.status is Status.PROPOSED and e.id not in reviewed for e in held.evidence)
    came = [x.times.available_at for x in (*held.documents, *held.evidence)]
    assert line.latest == max(came)
    assert [(e.version, e.author, e.reason) for e in store.edits(case.id)] == [(1, "a", "made"), (2, "c", "renamed")]
