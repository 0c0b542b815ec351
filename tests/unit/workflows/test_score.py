"""Scores of the ledger."""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from tests.made_ledger import Noun, answered, asked, entries, ledger_case, no_case, said

from vedette.domain.case import CrowdFigure
from vedette.errors import Damaged, UnknownName
from vedette.workflows.score import FEWEST, score_ledger

TODAY = dt.date(2022, 5, 1)


def scored(*nouns: Noun, today: dt.date = TODAY, find: Any = no_case) -> dict[str, Any]:
    return score_ledger(entries(nouns), find, today)


def test_last_value_is_carried_forward_until_the_day_before() -> None:
    found = scored(asked(), said("2022-01-01", 0.2), said("2022-01-11", 0.6), answered("yes", "2022-01-16"))
    (row,) = found["rows"]
    assert row["days"] == 15 and (row["first_day"], row["last_day"]) == (
        dt.date(2022, 1, 1),
        dt.date(2022, 1, 15),
    )
    assert row["scores"]["brier"] == pytest.approx((10 * 2 * 0.8**2 + 5 * 2 * 0.4**2) / 15)
    assert row["scores"]["log_score"] == pytest.approx(-(10 * math.log(0.2) + 5 * math.log(0.6)) / 15)
    assert row["base_rate"]["brier"] == pytest.approx(2 * 0.8**2)


def test_what_did_not_happen_is_scored_to_the_deadline() -> None:
    found = scored(asked(), said("2022-03-30", 0.3), answered("no"))
    assert found["rows"][0]["days"] == 2


def test_the_last_value_is_the_forecast_that_the_revision_replaced() -> None:
    found = scored(asked(), said("2022-01-01", 0.2), said("2022-01-11", 0.6), answered("yes", "2022-01-16"))
    (rival,) = found["rows"][0]["rivals"]
    assert rival["rival"] == "last value" and rival["days"] == 5
    assert rival["scores"]["brier"] == pytest.approx(2 * 0.4**2)
    assert rival["rival_scores"]["brier"] == pytest.approx(2 * 0.8**2)


def test_crowd_and_author_are_scored_on_common_days_only() -> None:
    found = scored(
        asked(),
        said("2022-01-01", 0.2),
        said("2022-01-06", 0.5, who="Metaculus"),
        said("2022-01-11", 0.1, who="author"),
        answered("yes", "2022-01-16"),
    )
    ours = next(r for r in found["rows"] if r["forecaster"] == "ana")
    assert {(x["rival"], x["days"]) for x in ours["rivals"]} == {("crowd", 10), ("author", 5)}
    by_name = {f["forecaster"]: f for f in found["forecasters"]}
    crowd = next(x for x in by_name["ana"]["rivals"] if x["rival"] == "crowd" and x["metric"] == "brier")
    assert crowd["gain"] == pytest.approx(2 * 0.5**2 - 2 * 0.8**2)
    assert crowd["base_rate"] == pytest.approx(2 * 0.8**2) and crowd["n"] == 1


def test_hindsight_is_never_averaged_with_what_was_committed_in_time() -> None:
    found = scored(
        asked(),
        said("2022-01-01", 0.2),
        said("2022-01-02", 0.99, at="2022-02-20"),
        answered("yes", "2022-02-24"),
    )
    assert [f["forecaster"] for f in found["forecasters"]] == ["ana", "ana (retrospective)"]


def test_a_forecast_after_the_answer_is_not_scored_and_named() -> None:
    found = scored(asked(), said("2022-03-01", 0.9), answered("yes", "2022-02-24"))
    assert found["rows"] == [] and found["not_scored"][0]["forecaster"] == "ana"


def test_void_and_open_questions_are_counted_not_scored() -> None:
    found = scored(
        asked("a"),
        asked("b"),
        said("2022-01-01", 0.2, question="a"),
        said("2022-01-01", 0.2, question="b"),
        answered(None, question="a"),
    )
    assert (found["questions"]["void"], found["questions"]["open"], found["rows"]) == (1, 1, [])


def test_levels_get_a_ranked_score_and_others_do_not() -> None:
    atoms = ("none", "presence", "intervention", "full_scale", "other")
    p = {"none": 0.5, "presence": 0.2, "intervention": 0.2, "full_scale": 0.05, "other": 0.05}
    base = dict.fromkeys(atoms, 0.2)
    found = scored(asked(atoms=atoms), said("2022-01-01", p, base=base), answered("presence", "2022-02-01"))
    q = np.array([0.5, 0.2, 0.2, 0.05]) / 0.95
    expected = ((np.cumsum(q) - np.array([0, 1, 1, 1])) ** 2)[:3].sum() / 3
    assert found["rows"][0]["scores"]["rps"] == pytest.approx(expected)
    other = scored(asked(atoms=atoms), said("2022-01-01", p, base=base), answered("other", "2022-02-01"))
    assert other["rows"][0]["scores"]["rps"] is None


def many(n: int, *, early: bool = False) -> list[Noun]:
    rng = np.random.default_rng(7)
    nouns: list[Noun] = []
    for i in range(n):
        p = float(rng.uniform(0.05, 0.95))
        yes = bool(rng.random() < p)
        nouns += [
            asked(f"q{i}", deadline=dt.date(2022, 12, 31) if early else dt.date(2022, 3, 31)),
            said("2022-01-01", p, question=f"q{i}", base=0.5),
            answered("yes" if yes else "no", "2022-02-24" if yes else None, question=f"q{i}"),
        ]
    return nouns


def test_nothing_is_claimed_from_too_few_questions() -> None:
    few = scored(*many(FEWEST - 1))["forecasters"][0]
    assert not few["calibration"]["claimed"] and "too few" in few["note"]
    enough = scored(*many(FEWEST))["forecasters"][0]
    assert enough["calibration"]["claimed"] and enough["note"] == ""
    d = enough["calibration"]["decomposition"]
    assert d["brier"] == pytest.approx(d["reliability"] - d["resolution"] + d["uncertainty"] + d["within_bin"])


def test_only_closed_windows_count_for_calibration() -> None:
    found = scored(*many(FEWEST, early=True))
    assert found["questions"]["window_still_open"] == FEWEST
    assert found["forecasters"][0]["calibration"]["n"] == 0


def test_every_mean_has_n_interval_and_reference() -> None:
    s = scored(*many(40))["forecasters"][0]["scores"]["brier"]
    assert s["n"] == 40 and s["interval"][0] < s["mean"] < s["interval"][1]
    assert s["reference"] == pytest.approx(0.5) and s["gain"] == pytest.approx(s["reference"] - s["mean"])
    one = scored(*many(1))["forecasters"][0]["scores"]["brier"]
    assert one["interval"] is None and "one question" in one["why_no_interval"]


def test_a_crowd_figure_of_the_case_counts_only_when_it_asks_our_question() -> None:
    base = dict.fromkeys(("a1", "a2", "a3", "a4", "a5", "other"), 1 / 6)
    same = CrowdFigure(
        date=dt.date(2022, 1, 10),
        source="made",
        question="Will Russia attack Ukraine by 31 March 2022?",
        probability=0.5,
    )
    wide = replace(same, question="Will Russia attack Ukraine before 2023?")
    case = ledger_case(crowd=(same, wide))
    nouns = [
        asked(atoms=tuple(base), case="made-host"),
        said("2022-01-05", base, base=base),
        answered("a1", "2022-01-20"),
    ]
    found = scored(*nouns, find=lambda _: case)
    assert [c["fits"] for c in found["crowd"]] == [True, False]
    (rival,) = found["rows"][0]["rivals"]
    assert (rival["rival"], rival["scenario"], rival["days"]) == ("crowd", "attack", 10)
    assert rival["scores"]["brier"] == pytest.approx(0.25) and rival["rival_scores"]["brier"] == pytest.approx(
        0.25
    )


def test_a_changed_ledger_is_not_scored() -> None:
    found = list(entries([asked(), said("2022-01-01", 0.2)]))
    found[1] = replace(found[1], fault="its text was changed after it was written")
    with pytest.raises(Damaged, match="entry 2"):
        score_ledger(found, no_case, TODAY)
    with pytest.raises(UnknownName):
        score_ledger(entries([asked()]), no_case, TODAY, question="q9")
