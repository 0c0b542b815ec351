"""Whether a crowd's question is ours."""

from __future__ import annotations

import datetime as dt

import pytest
from tests.made_cases import host_case

from vedette.domain.case import CrowdFigure
from vedette.workflows.anchor import anchor_check, question_deadline, usable_anchors


def figure(question: str, p: float = 0.3, day: str = "2022-01-20") -> CrowdFigure:
    return CrowdFigure(date=dt.date.fromisoformat(day), source="made crowd", question=question, probability=p)


CASE = host_case(framework="five-conditions")


@pytest.mark.parametrize(
    ("question", "scenario", "p"),
    [
        ("Will Russia attack Ukraine by 31 March 2022?", "attack", 0.3),
        ("Will Russian forces invade Ukraine before April 1, 2022?", "attack", 0.3),
        ("Will Russia not attack Ukraine by 2022-03-31?", "attack", 0.7),
        ("Will Russia refrain from invading Ukraine before 1 April 2022?", "attack", 0.7),
        ("Will Russia invade Ukrainian territory that it did not hold, by 31 March 2022?", "attack", 0.3),
    ],
)
def test_the_same_question_fits_turned_to_our_polarity(question: str, scenario: str, p: float) -> None:
    found = anchor_check(CASE, figure(question))
    assert found.fits and found.scenario == scenario
    assert found.probability == pytest.approx(p)


@pytest.mark.parametrize(
    ("question", "why"),
    [
        ("Will Russia invade Ukraine before 2023?", "275 days later"),
        ("Will Russia attack Ukraine before February 1, 2022?", "59 days earlier"),
        ("Will Ukraine attack Russia by 31 March 2022?", "RUS as the one who acts"),
        ("Will Russia attack Georgia by 31 March 2022?", "UKR as the place"),
        ("Will Russia attack Ukraine?", "no deadline"),
        ("Will Russia default by 31 March 2022?", "no act"),
    ],
)
def test_another_question_is_refused_with_the_reason(question: str, why: str) -> None:
    found = anchor_check(CASE, figure(question), "attack")
    assert not found.fits and found.probability is None
    assert why in "; ".join(found.why)


def test_a_late_figure_is_no_anchor() -> None:
    found = anchor_check(
        CASE, figure("Will Russia attack Ukraine by 31 March 2022?", day="2022-04-02"), "attack"
    )
    assert "after our deadline" in found.why[0]


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("before 2023", dt.date(2022, 12, 31)),
        ("in 2022", dt.date(2022, 12, 31)),
        ("before 1 July 2021", dt.date(2021, 6, 30)),
        ("by the end of March 2022", dt.date(2022, 3, 31)),
        ("between 1 May 2021 and 3 June 2021", dt.date(2021, 6, 3)),
        ("by 30 February 2022", None),
        ("soon", None),
    ],
)
def test_deadlines_are_read(text: str, day: dt.date | None) -> None:
    assert question_deadline(f"Will it happen {text}") == day


def test_usable_anchors_are_those_that_fit_in_order_of_time() -> None:
    from dataclasses import replace

    same = "Will Russia attack Ukraine by 31 March 2022?"
    crowd = (
        figure(same, 0.5, "2022-01-22"),
        figure("Will Russia attack Ukraine before 2023?"),
        figure(same, 0.4),
    )
    found = usable_anchors(replace(CASE, crowd=crowd), "attack")
    assert [c.probability for c in found] == [0.4, 0.5]
