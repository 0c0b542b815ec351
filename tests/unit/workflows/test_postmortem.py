"""What misled, rerun as of the dates of the committed forecasts."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest
from tests.made_ledger import Noun, answered, asked, entries, ledger_case, no_case, said

from vedette.domain.case import Case
from vedette.errors import BadInput, UnknownName
from vedette.forecasting.draws import logit
from vedette.workflows.assess import assess_case
from vedette.workflows.commit import stated_by_assessment
from vedette.workflows.postmortem import postmortem

ATOMS = ("a1", "a2", "a3", "a4", "a5", "other")


def committed(case: Case, *days: str) -> list[Noun]:
    nouns: list[Noun] = [asked("q1", ATOMS, case=case.id)]
    for day in days:
        s = stated_by_assessment(case, dt.date.fromisoformat(day), mode="recommended")
        made = said(day, s.distribution, base=s.base_rate, who="vedette", method=s.method)
        nouns.append(
            made.__class__(**{f: getattr(made, f) for f in made.__slots__} | {"inputs_digest": s.inputs_digest})
        )
    return nouns


def report(*more: Noun, days: tuple[str, ...] = ("2022-01-20",), scenario: str | None = None) -> dict[str, Any]:
    case = ledger_case()
    return postmortem("q1", entries([*committed(case, *days), *more]), lambda _: case, scenario=scenario)


def test_items_are_judged_by_what_happened() -> None:
    found = report(answered("a1", "2022-02-24"), scenario="attack")
    rows = {r["evidence"]: r for r in found["evidence"]}
    assert rows.keys() == {"up", "down", "forces"}, "an item known only later plays no part"
    assert rows["down"]["verdict"] == "misled" and rows["down"]["towards"] < 0
    assert rows["up"]["verdict"] == "helped" and rows["up"]["towards"] > 0
    other = {r["evidence"]: r for r in report(answered("a4"), scenario="attack")["evidence"]}
    assert other["down"]["towards"] == pytest.approx(-rows["down"]["towards"])
    assert other["down"]["verdict"] == "helped"


def test_contributions_are_those_of_the_assessment() -> None:
    case = ledger_case()
    found = report(answered("a1", "2022-02-24"), scenario="attack")
    assessed = assess_case(case, "2022-01-20", with_sensitivity=False)
    shares = {str(e["id"]): e["log_odds"]["attack"] for e in assessed.evidence}
    assert {r["evidence"]: r["towards"] for r in found["evidence"]} == pytest.approx(shares)
    assert found["base_rate"]["towards"] == pytest.approx(logit(found["base_rate"]["probability"]))


def test_committed_scores_stand_beside_the_base_rate_and_the_inputs_are_checked() -> None:
    (row,) = report(answered("a1", "2022-02-24"))["committed"]
    assert row["inputs_unchanged"] is True
    assert {"brier", "log_score"} <= row["scores"].keys() & row["base_rate"].keys()
    changed = replace(ledger_case(), evidence=ledger_case().evidence[:1])
    nouns = [*committed(ledger_case(), "2022-01-20"), answered("a1", "2022-02-24")]
    later = postmortem("q1", entries(nouns), lambda _: changed)
    assert later["committed"][0]["inputs_unchanged"] is False
    assert "has changed since" in " ".join(later["first_lines"])


def test_settings_are_stated_ones_and_the_best_comes_first() -> None:
    found = report(answered("a1", "2022-02-24"))
    gains = [r["log_score_gain"] for r in found["settings"]]
    assert gains == sorted(gains, reverse=True)
    names = " ".join(r["what"] for r in found["settings"])
    assert "veto at the low end" in names and "high end of their interval" in names and "author's rule" in names
    assert all(r["better"] == (r["log_score_gain"] > 0.002) for r in found["settings"])


def test_no_more_than_three_dates_are_rerun() -> None:
    days = tuple(f"2022-01-{d:02d}" for d in (12, 14, 16, 18, 20))
    found = report(answered("a1", "2022-02-24"), days=days)
    assert [str(d) for d in found["dates"]] == ["2022-01-12", "2022-01-16", "2022-01-20"]


def test_what_has_no_post_mortem_says_why() -> None:
    case = ledger_case()
    nouns = committed(case, "2022-01-20")
    with pytest.raises(BadInput, match="still open"):
        postmortem("q1", entries(nouns), lambda _: case)
    with pytest.raises(BadInput, match="void"):
        postmortem("q1", entries([*nouns, answered(None)]), lambda _: case)
    with pytest.raises(BadInput, match="is not here"):
        postmortem("q1", entries([*nouns, answered("a1")]), no_case)
    with pytest.raises(BadInput, match="before the answer"):
        postmortem("q1", entries([*nouns, answered("a1", "2022-01-15")]), lambda _: case)
    with pytest.raises(UnknownName):
        postmortem("q9", entries(nouns), lambda _: case)
