"""What changed since the last brief."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from tests.unit.reporting.test_brief_page import facts_of

from vedette.bootstrap import SystemClock
from vedette.reporting.brief import make_brief
from vedette.stores.briefs import BriefFiles
from vedette.workflows.revisions import changes_since, issue


@pytest.fixture
def last(tmp_path: Path) -> tuple[Any, Any]:
    brief = make_brief(facts_of())
    store = BriefFiles(tmp_path)
    return issue(store, SystemClock(), brief, {"as_of": "2022-01-20", "sections": []}, author="ana"), brief


def test_the_same_brief_again_changes_nothing(last: tuple[Any, Any]) -> None:
    issued, brief = last
    changes = changes_since(issued, brief.facts["assessment"], {"as_of": "2022-01-20", "sections": []})
    assert changes.nothing and changes.revision == 1


def test_numbers_items_and_composition_that_differ_are_named(last: tuple[Any, Any]) -> None:
    issued, brief = last
    facts = dict(brief.facts["assessment"])
    first = facts["scenarios"][0]
    facts["scenarios"] = [{**first, "probability": first["probability"] + 0.1}, *facts["scenarios"][1:]]
    gone = facts["evidence"][0]["id"]
    facts["evidence"] = [*facts["evidence"][1:], {"id": "new"}]
    facts["inputs_digest"] = "other"
    changes = changes_since(issued, facts, {"as_of": "2022-01-21", "sections": ["answer"]})
    assert not changes.nothing and not changes.same_inputs
    assert list(changes.scenarios) == [first["id"]]
    then, now = changes.scenarios[first["id"]]
    assert now - then == pytest.approx(0.1)
    assert (changes.added, changes.removed) == (("new",), (gone,))
    assert changes.request == {"as_of": ("2022-01-20", "2022-01-21"), "sections": ("none", "answer")}
