"""Forgetting says which forecasts it touched."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path

import pytest
from tests.conftest import CommandLine
from tests.made_records import document, evidence, full_case

from vedette.bootstrap import open_workspace
from vedette.domain.evidence import Status
from vedette.workflows.commit import commit_forecast, stated_by_assessment
from vedette.workflows.forget import forget


@pytest.mark.parametrize("words", [False, True])
def test_forecasts_that_knew_the_document_are_named(words: bool) -> None:
    source = document()
    accepted = evidence("e1", source, status=Status.ACCEPTED)
    case = replace(full_case(), documents=(source,), evidence=(accepted, evidence("e2", status=Status.ACCEPTED)))
    workspace = open_workspace()
    workspace.cases.create(case)
    for day in (dt.date(2022, 1, 5), dt.date(2022, 1, 20)):
        stated = stated_by_assessment(case, day, mode="recommended")
        commit_forecast(workspace.ledger, workspace.clock, case, stated, forecaster="vedette")
    done = forget(workspace.cases, workspace.ledger, "made", "doc-1", author="ana", reason="privacy", words=words)
    # The forecast of the 5th did not know it. Both items said the same words, so one counted as a copy of the other:
    # without the words that can no longer be seen, and the answer says so.
    assert [(f.as_of, f.same) for f in done.forecasts] == [("2022-01-20", not words)]
    assert done.tombstone.evidence == ("e1",) and done.translations == ()


def test_the_command_says_what_it_did_and_what_it_cannot_reach(vedette: CommandLine, tmp_path: Path) -> None:
    path = tmp_path / "report.txt"
    path.write_text("Russian troops arrived in Belarus by rail on 17 January 2022, the ministry said.\n" * 2)
    vedette.ok("case", "new", "--intervener", "RUS", "--target", "UKR", "--host", "BLR", "--posture", "hostile",
               "--from", "2022-01-01", "--until", "2022-03-31", "--id", "mine",
               "--out", tmp_path / "mine.toml")  # fmt: skip
    read = ("read", path, "--case", "mine", "--published", "2022-01-18", "--as-of", "2022-01-18")
    vedette.ok(*read)
    import json

    (found,) = json.loads(vedette.ok("case", "show", "mine", "--json"))["documents"]
    done = vedette("case", "forget", "mine", "--document", found["id"], "--reason", "the owner asked")
    assert done.status == 0 and "touches no committed forecast" in done.out and "not reached" in done.err
    again = vedette(*read)
    assert again.status == 2 and "the owner asked" in again.out + again.err
    remove = ("case", "forget", "mine", "--reason", "again", "--document")
    assert "already" in vedette.refused(*remove, found["id"])
    assert "unknown document" in vedette.refused(*remove, "nope")
