"""The laws of the record: scores do not depend on how a forecast was written down, effects sum, imports repeat."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.conftest import examples
from tests.made_ledger import Noun, answered, asked, entries, ledger_case, no_case, said

from vedette.domain.time import AsOf
from vedette.forecasting.draws import logit
from vedette.workflows.effects import effects
from vedette.workflows.score import score_ledger

P = st.floats(0.01, 0.99)
DAYS = st.lists(st.integers(0, 60), min_size=1, max_size=6, unique=True)
START = dt.date(2022, 1, 1)


def row(nouns: list[Noun]) -> dict[str, Any]:
    found = score_ledger(entries(nouns), no_case, dt.date(2022, 5, 1))
    return next(r for r in found["rows"] if r["forecaster"] == "ana")


def day(n: int) -> str:
    return (START + dt.timedelta(days=n)).isoformat()


@given(DAYS, st.data(), st.booleans())
def test_repeating_what_stands_changes_no_score(days: list[int], data: st.DataObject, happened: bool) -> None:
    days.sort()
    made = [said(day(d), data.draw(P)) for d in days]
    repeated: list[Noun] = list(made)
    for forecast in made:
        again = forecast.as_of + dt.timedelta(days=data.draw(st.integers(1, 3)))
        if again.isoformat() not in {day(d) for d in days} and all(
            not (forecast.as_of < f.as_of <= again) for f in made
        ):
            repeated.append(said(again.isoformat(), forecast.distribution))
    end = answered("yes" if happened else "no", "2022-03-15" if happened else None)
    plain, more = row([asked(), *made, end]), row([asked(), *repeated, end])
    assert plain["days"] == more["days"]
    assert plain["scores"]["brier"] == pytest.approx(more["scores"]["brier"])
    assert plain["scores"]["log_score"] == pytest.approx(more["scores"]["log_score"])


@given(DAYS, st.data())
def test_order_of_entries_changes_nothing(days: list[int], data: st.DataObject) -> None:
    made: list[Noun] = [said(day(d), data.draw(P)) for d in days]
    mixed = data.draw(st.permutations(made))
    end = answered("yes", "2022-03-15")
    assert row([asked(), *made, end])["scores"] == pytest.approx(row([asked(), *mixed, end])["scores"])


@given(DAYS, st.data(), st.booleans())
def test_forecasting_the_base_rate_gains_nothing(days: list[int], data: st.DataObject, happened: bool) -> None:
    made: list[Noun] = []
    for d in sorted(days):
        p = data.draw(P)
        made.append(said(day(d), p, base=p))
    found = row([asked(), *made, answered("yes" if happened else "no")])
    assert found["scores"]["brier"] == pytest.approx(found["base_rate"]["brier"])
    assert found["scores"]["log_score"] == pytest.approx(found["base_rate"]["log_score"])


@given(P, P)
def test_the_scores_are_proper(belief: float, stated: float) -> None:
    """Nobody gains, on their own belief, by stating something else."""

    def expected(p: float, metric: str) -> float:
        yes, no = (row([asked(), said("2022-01-01", p), answered(a)])["scores"][metric] for a in ("yes", "no"))
        return float(belief * yes + (1 - belief) * no)

    for metric in ("brier", "log_score"):
        assert expected(belief, metric) <= expected(stated, metric) + 1e-9


@given(st.integers(0, 40), st.integers(0, 40))
@settings(max_examples=examples(12))
def test_effects_sum_to_the_change_between_any_two_days(one: int, other: int) -> None:
    case = ledger_case()
    first, second = sorted((one, other))
    found = effects(case, case, AsOf(date=START + dt.timedelta(first)), AsOf(date=START + dt.timedelta(second)))
    for s in found.before:
        change = logit(found.after[s]) - logit(found.before[s])
        assert sum(e.log_odds[s] for e in found.effects) == pytest.approx(change, abs=1e-12)
