"""Base rates on a bare install: pairs, coalitions, classes, dates and horizons."""

from __future__ import annotations

import datetime as dt
import math

import pytest

from vedette.domain.scenarios import BaseRate, Basis, Chance, HistoryQuery
from vedette.domain.time import AsOf
from vedette.errors import BadInput, UnknownName, UnknownState
from vedette.forecasting.structural.bundled import OUTCOMES
from vedette.workflows.base_rate import base_rate, parse_horizon, screen, structural_rate


@pytest.mark.parametrize("outcome", sorted(OUTCOMES))
def test_a_pair_has_a_rate_rank_and_contributions_that_sum(outcome: str) -> None:
    answer = base_rate("RUS", "UKR", outcome, "12m", "2021-12-31")
    assert answer.basis == "pair"
    assert answer.interval[0] < answer.p < answer.interval[1]
    assert answer.rank is not None and answer.ranked is not None and 1 <= answer.rank <= answer.ranked
    eta = math.fsum(answer.contributions.values())
    assert eta == pytest.approx(math.log(answer.p_year / (1 - answer.p_year)), abs=1e-6)
    assert answer.p > answer.class_rate.p


def test_a_longer_horizon_is_never_less_likely() -> None:
    p = [base_rate("RUS", "UKR", "force", h, "2021-12-31").p for h in ("30d", "3m", "12m", "24m", "60m")]
    assert p == sorted(p)


def test_a_coalition_takes_its_most_likely_member_and_says_so() -> None:
    answer = base_rate(["NGA", "BEN"], "NER", "force", "12m", "2023-08-10")
    alone = [base_rate(m, "NER", "force", "12m", "2023-08-10").p for m in ("NGA", "BEN")]
    assert answer.basis == "coalition" and answer.p == max(alone)
    assert any("pairs of states" in n for n in answer.notes)
    assert [m.iso3 for m in answer.members] == ["NGA", "BEN"]


def test_a_pair_nobody_ranked_gets_the_class_rate_and_is_told() -> None:
    answer = base_rate("PRY", "MNG")
    assert answer.basis == "class" and answer.rank is None
    assert answer.p_year == answer.class_rate.p
    assert any("class rate" in n for n in answer.notes)


def test_a_date_before_the_first_is_told_that_it_cannot_be_scored() -> None:
    answer = base_rate("RUS", "UKR", as_of="1999-01-01")
    assert answer.basis == "class"
    assert any("do not score" in n for n in answer.notes)


def test_later_vintages_change_nothing_earlier() -> None:
    assert base_rate("RUS", "UKR", as_of="2021-12-31") == base_rate("RUS", "UKR", as_of=dt.date(2021, 12, 31))
    assert base_rate("RUS", "UKR", as_of="2022-06-01").p == base_rate("RUS", "UKR", as_of="2022-01-01").p


def test_unknown_names_are_refused_with_the_nearest() -> None:
    with pytest.raises(UnknownState, match="Ukraine"):
        base_rate("RUS", "Ukrane")
    with pytest.raises(UnknownName, match="force"):
        base_rate("RUS", "UKR", "war")
    with pytest.raises(BadInput, match="itself"):
        base_rate("RUS", "RUS")


@pytest.mark.parametrize(("text", "months"), [("12m", 12), ("1y", 12), ("6", 6), ("30.4375d", 1)])
def test_horizons(text: str, months: float) -> None:
    assert parse_horizon(text) == pytest.approx(months)


@pytest.mark.parametrize("text", ["", "soon", "0m", "20y", "-3m"])
def test_impossible_horizons_are_refused(text: str) -> None:
    with pytest.raises(BadInput):
        parse_horizon(text)


def test_an_assessment_finds_the_pair_only_once_it_was_known() -> None:
    stored = BaseRate(p=0.01, low=0.005, high=0.02, reference_class="made", basis=Basis.STRUCTURE, source="made")
    chance = Chance(
        id="attack", question="?", option="main", base_rates=(stored,),
        history=HistoryQuery(outcome="force", interveners=("RUS",), target="UKR"),
    )
    found = structural_rate(chance, AsOf.of("2022-01-20"))
    assert found is not None and found.basis is Basis.STRUCTURE and "rank" in found.reference_class
    assert structural_rate(chance, AsOf.of("2015-01-01")) is None


def test_the_screen_is_ranked_and_compares_with_the_vintage_before() -> None:
    rows, vintage, before = screen("2024-12-31", most=20)
    assert [r.rank for r in rows] == sorted(r.rank for r in rows)
    assert [r.p for r in rows] == sorted((r.p for r in rows), reverse=True)
    assert before is not None and before < vintage
    assert any(r.change is not None for r in rows)
    first, _, none = screen("2021-12-31", most=5)
    assert none is None and all(r.change is None for r in first)
