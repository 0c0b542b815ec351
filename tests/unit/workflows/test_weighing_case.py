"""A case opened with what moves its number gives the number of the whole case."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from vedette.bootstrap import open_workspace
from vedette.domain.evidence import Review, Status, Verdict
from vedette.domain.time import instant
from vedette.settings import load_settings
from vedette.workflows.assess import assess_case
from vedette.workflows.open_case import open_case, open_weighing


def test_the_number_is_that_of_the_whole_case(tmp_path: Path) -> None:
    store = open_workspace(load_settings({"VEDETTE_HOME": str(tmp_path), "VEDETTE_AUTHOR": "ana"})).cases
    case = open_case(store, "niger-2023")
    assert open_weighing(store, case.id) == case, "not stored yet: the bundled one"
    store.create(case)
    accepted = case.accepted()
    more = [replace(e, id=f"p-{n}", status=Status.PROPOSED) for n, e in enumerate(accepted[:6])]
    store.add_evidence(case.id, more)
    at = instant(case.as_of)
    store.add_review(case.id, Review(evidence="p-0", verdict=Verdict.ACCEPT, author="ana", at=at, reason="seen"))
    store.add_review(case.id, Review(evidence=accepted[0].id, verdict=Verdict.REJECT, author="ana", at=at, reason="no"))
    whole, light = store.load(case.id), open_weighing(store, case.id)
    assert len(light.evidence) < len(whole.evidence)
    one, other = (assess_case(c, with_sensitivity=False) for c in (whole, light))
    assert one.inputs_digest == other.inputs_digest
    assert [s.probability for s in one.scenarios] == [s.probability for s in other.scenarios]
