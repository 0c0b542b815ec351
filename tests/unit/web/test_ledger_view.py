"""The ledger's view models: no claim without enough questions, calibration, who is ahead, revisions."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest
from tests.made_ledger import Noun, answered, asked, entries, ledger_case, no_case, said

from vedette.domain.ledger import Question
from vedette.errors import UnknownName
from vedette.web.views.ledger import against_median, chain_of, ledger_view, newest, spread
from vedette.web.views.ledger_question import Typed, case_question, question_view
from vedette.web.views.reliability import diagram, span_glyph
from vedette.workflows.score import FEWEST

TODAY = dt.date(2022, 6, 1)


def many(n: int, *, who: tuple[str, ...] = ("vedette recommended",), right: float = 0.9) -> list[Noun]:
    """``n`` resolved questions; the first forecaster says ``right`` of what came true, each later one less."""
    nouns: list[Noun] = []
    for i in range(n):
        q = f"q{i:02d}"
        came = "yes" if i % 3 == 0 else "no"
        nouns.append(asked(q))
        for k, name in enumerate(who):
            sure = right - 0.2 * k
            nouns.append(said("2022-01-10", sure if came == "yes" else 1 - sure, question=q, who=name, base=0.33))
        nouns.append(answered(came, "2022-03-20" if came == "yes" else None, question=q))
    return nouns


def test_an_empty_ledger_says_so_and_scores_nothing() -> None:
    view = ledger_view((), no_case, TODAY)
    assert view.finding == "Nothing is in the ledger yet"
    assert view.chain.holds and view.chain.entries == 0
    assert view.strip == () and view.calibration is None and view.leaders == ()


def test_a_broken_chain_is_said_and_nothing_is_scored_from_it() -> None:
    chain = list(entries(many(3)))
    chain[2] = replace(chain[2], fault="its digest is not that of its text")
    view = ledger_view(chain, no_case, TODAY)
    assert not view.chain.holds
    assert "Entry 3" in view.chain.faults[0]
    assert view.strip == () and view.resolved == ()
    assert "changed" in view.finding


@pytest.mark.parametrize(("n", "claims"), [(1, False), (FEWEST - 1, False), (FEWEST, True)])
def test_nothing_is_claimed_from_too_few_questions(n: int, claims: bool) -> None:
    view = ledger_view(entries(many(n)), no_case, TODAY)
    assert view.calibration is not None
    if claims:
        assert view.finding.startswith("Better than the base rate by")
        assert view.calibration.claimed and view.calibration.rows
        assert f"n = {n}" in view.strip[0].note
    else:
        assert view.finding == f"Too few to say how good: {n} of {FEWEST} resolved questions"
        assert not view.calibration.claimed and view.calibration.drawing == ""
        assert f"{n} of {FEWEST}" in view.calibration.words


def test_every_score_has_n_reference_and_an_interval_or_why_there_is_none() -> None:
    one = ledger_view(entries(many(1)), no_case, TODAY).strip
    assert one[0].interval == "one question: no interval"
    two = ledger_view(entries(many(2)), no_case, TODAY).strip
    assert " to " in two[0].interval
    for cell in (*one, *two):
        assert cell.reference
        assert cell.note.startswith("n = ") or cell.label == "Void"


def test_worse_than_the_base_rate_is_said_as_plainly() -> None:
    view = ledger_view(entries(many(40, right=0.2)), no_case, TODAY)
    assert view.finding.startswith("Worse than the base rate by")


def test_off_the_band_names_how_many_bins() -> None:
    view = ledger_view(entries(many(60, right=0.55)), no_case, TODAY)
    assert view.calibration is not None and view.calibration.claimed
    off = [r for r in view.calibration.rows if not r.inside]
    assert off and f"Off the band in {len(off)} of" in view.calibration.finding
    assert view.calibration.words.count("said") == len(view.calibration.rows)


def test_void_questions_are_counted_and_never_scored() -> None:
    nouns = [*many(2), asked("v"), said("2022-01-10", 0.5, question="v"), answered(None, question="v")]
    view = ledger_view(entries(nouns), no_case, TODAY)
    assert view.strip[-1].label == "Void" and view.strip[-1].interval == "1 of 3"
    row = next(r for r in view.resolved if r.id == "v")
    assert row.void and row.ours == "not asked" and row.outcome == "void: made void"


# -- who forecasts best ---------------------------------------------------------------------------------------


def test_forecasters_are_compared_only_on_questions_that_others_answered() -> None:
    rows = [
        {"question": "a", "forecaster": "x", "scores": {"brier": 0.2}},
        {"question": "a", "forecaster": "y", "scores": {"brier": 0.6}},
        {"question": "b", "forecaster": "x", "scores": {"brier": 0.9}},
        {"question": "c", "forecaster": "y", "scores": {"brier": None}},
    ]
    found = against_median(rows)
    assert found["x"] == ([pytest.approx(-0.2)], ["a"])
    assert found["y"] == ([pytest.approx(0.2)], ["a"])


def test_the_better_is_first_ranked_and_said_in_words() -> None:
    view = ledger_view(entries(many(40, who=("vedette recommended", "ana", "bo"))), no_case, TODAY)
    assert [r.name for r in view.leaders] == ["vedette recommended", "ana", "bo"]
    assert [r.rank for r in view.leaders] == ["1", "2", "3"]
    assert view.leaders[0].verdict == "better" and view.leaders[2].verdict == "worse"
    assert view.leaders[0].said.startswith("−")


def test_too_few_is_never_ranked_however_good() -> None:
    nouns = many(40, who=("vedette recommended", "ana"))
    for i in range(17):
        came = "yes" if i % 3 == 0 else "no"
        nouns.insert(1, said("2022-01-10", 0.99 if came == "yes" else 0.01, question=f"q{i:02d}", who="lucky"))
    ordered = sorted(nouns, key=lambda n: 0 if isinstance(n, Question) else 1)
    view = ledger_view(entries(ordered), no_case, TODAY)
    lucky = next(r for r in view.leaders if r.name == "lucky")
    assert lucky.rank == "" and lucky.verdict == f"too few: 17 of {FEWEST}" and 'class="open"' in lucky.glyph
    assert view.leaders[-1] is lucky, "unranked ones come last"


def test_the_forecaster_in_the_address_is_the_one_shown() -> None:
    chain = entries(many(4, who=("vedette recommended", "ana")))
    first, other = ledger_view(chain, no_case, TODAY), ledger_view(chain, no_case, TODAY, who="ana")
    assert [on for _, _, on in first.who] == [False, True]
    assert [name for name, _, on in other.who if on] == ["ana"]
    assert first.strip[0].value != other.strip[0].value
    assert ledger_view(chain, no_case, TODAY, who="nobody").strip == first.strip


# -- questions ------------------------------------------------------------------------------------------------


def test_open_questions_say_what_they_need() -> None:
    nouns = [
        asked("late", deadline=dt.date(2022, 5, 1)), said("2022-04-20", 0.3, question="late"),
        asked("soon", deadline=dt.date(2022, 6, 5)), said("2022-05-30", 0.3, question="soon"),
        asked("old", deadline=dt.date(2022, 12, 1)), said("2022-01-10", 0.3, question="old"),
        asked("fine", deadline=dt.date(2022, 12, 1)), said("2022-05-30", 0.3, question="fine"),
        asked("bare", deadline=dt.date(2022, 12, 2)),
    ]  # fmt: skip
    rows = {r.id: r for r in ledger_view(entries(nouns), no_case, TODAY).open}
    states = {k: v.state for k, v in rows.items()}
    assert states == {"late": "due", "soon": "near", "old": "stale", "fine": "", "bare": ""}
    assert rows["late"].words == "answer due for 31 days"
    assert rows["bare"].said == "no forecast"
    assert "no 70" in rows["fine"].said and "yes 30" in rows["fine"].said


def test_only_the_latest_are_listed_until_all_are_asked_for() -> None:
    chain = entries(many(20))
    view = ledger_view(chain, no_case, TODAY)
    assert len(view.resolved) == 12 and "resolved=all" in view.more_resolved
    whole = ledger_view(chain, no_case, TODAY, all_resolved=True)
    assert len(whole.resolved) == 20 and whole.more_resolved == ""


def test_the_newest_forecast_stands_and_of_two_for_a_day_the_later_committed() -> None:
    nouns = [asked(), said("2022-01-10", 0.3), said("2022-01-05", 0.2), said("2022-01-10", 0.4)]
    assert newest(entries(nouns))["q1"]["ana"].distribution["yes"] == pytest.approx(0.4)


def test_a_question_lists_revisions_newest_first_with_what_they_moved() -> None:
    nouns = [
        asked(), said("2022-01-05", 0.2), said("2022-01-10", 0.21), said("2022-01-20", 0.35, at="2022-03-01"),
        said("2022-01-12", 0.6, who="crowd", method="imported from x.csv"),
    ]  # fmt: skip
    view = question_view(entries(nouns), no_case, "q1", TODAY)
    assert [(s.who, s.revision) for s in view.said] == [("ana", 3), ("crowd", 1), ("ana", 2), ("ana", 1)]
    assert view.said[0].tags == ("retrospective",) and view.said[1].tags == ("imported",)
    assert view.said[0].changes == "yes +14, no −14 points"
    assert view.said[2].changes == "less than 2 points" and view.said[3].changes == ""
    assert {line.style for line in view.lines} == {0, 1} and "<path" in view.drawing
    assert not view.closed and not view.can_forecast, "without its case nothing can be assessed"


def test_a_resolved_question_says_who_established_it_and_offers_no_form() -> None:
    chain = entries([asked(), said("2022-01-05", 0.2), answered("yes", "2022-02-24")])
    view = question_view(chain, no_case, "q1", TODAY)
    assert view.closed and view.outcome == "yes" and view.outcome_when == "24 February 2022"
    assert [a.came_true for a in view.atoms] == [True, False]
    assert not view.can_forecast and view.postmortem == "", "its case is not here, so nothing can be rerun"


def test_an_unknown_question_names_the_nearest() -> None:
    with pytest.raises(UnknownName) as found:
        question_view(entries([asked("border-war")]), no_case, "border-wra", TODAY)
    assert "border-war" in found.value.nearest


def test_a_case_without_a_forecast_offers_the_first_and_its_rules() -> None:
    case = ledger_case()
    view = case_question(case, TODAY, typed=Typed(form="forecast", error="no", values={"note": "kept"}))
    assert view.can_forecast and view.said == () and view.case == (case.title, f"/cases/{case.id}")
    assert all(a.rule for a in view.atoms)
    assert view.typed.value("forecast", "note") == "kept" and view.typed.value("resolve", "note") == ""


# -- drawings -------------------------------------------------------------------------------------------------


def bins(**changes: Any) -> list[dict[str, Any]]:
    return [
        {"forecast": 0.1, "observed": 0.12, "band": (0.05, 0.2), "n": 20, "inside": True},
        {"forecast": 0.8, "observed": 0.3, "band": (0.6, 0.95), "n": 10, "inside": False, **changes},
    ]


def test_the_diagram_shows_every_bin_and_what_is_outside_the_band() -> None:
    drawn = diagram(bins(), 0.32)
    assert drawn.count('class="point in"') == 1 and drawn.count('class="point out"') == 1
    assert drawn.count('class="count"') == 2 and "base rate" in drawn
    assert diagram([], 0.3) == ""


def test_a_point_beyond_the_reach_is_drawn_on_the_edge() -> None:
    import re

    drawn = diagram(bins(), None, reach=0.5)
    places = [(float(x), float(y)) for x, y in re.findall(r'class="point \w+" cx="([\d.]+)" cy="([\d.]+)"', drawn)]
    right = 34.0 + 320.0
    assert max(x for x, _ in places) == pytest.approx(right)
    assert all(8.0 <= y <= 328.0 for _, y in places)


def test_a_difference_stays_on_its_axis() -> None:
    assert 'cx="100.00%"' in span_glyph(5.0, None, None, 0.1, open=True)
    assert 'cx="50.00%"' in span_glyph(0.0, -0.1, 0.1, 0.1, open=False)


def test_numbers_have_a_true_minus() -> None:
    assert spread((-0.02, 0.197)) == "−0.020 to 0.197"
    assert spread(None) == ""
    assert chain_of(()).head == ""
