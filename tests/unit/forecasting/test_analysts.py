"""Weights and extremising from earlier questions."""

from __future__ import annotations

import datetime as dt
import random
from dataclasses import replace

import pytest
from tests.made_analysts import BASE, Past, both, judged_case, made_record, pasts
from tests.made_cases import five

from vedette.domain.time import AsOf, instant
from vedette.domain.track_record import TrackRecord
from vedette.forecasting.analysts import FIRST_TRIED, AnalystRecord, learn
from vedette.forecasting.assess import Setting, assess
from vedette.forecasting.parameters import Parameters
from vedette.forecasting.pool import pool_distributions, pool_log_odds, skill_weight

LATER = AsOf.of("2025-01-01")
WHO = ("good", "bad")


def timid(n: int, *, seed: int = 1, noise: float = 0.4) -> list[Past]:
    """Three people who see the truth and halve its distance from the base rate: their pool should be extremised."""
    import math

    rng = random.Random(seed)
    base = math.log(BASE / (1 - BASE))
    out = []
    for i in range(n):
        truth = base + rng.gauss(0, 2.0)
        happened = rng.random() < 1 / (1 + math.exp(-truth))
        said = {
            w: 1 / (1 + math.exp(-(base + 0.5 * (truth + rng.gauss(0, noise) - base)))) for w in ("a", "b", "c")
        }
        day = dt.date(2010, 1, 4) + dt.timedelta(days=7 * i)
        out.append(Past(id=f"q{i:04d}", day=day, happened=happened, said=said))
    return out


def test_nobody_has_a_record_at_first() -> None:
    found = learn(TrackRecord(), LATER, WHO)
    assert found.weights == {"good": 1.0, "bad": 1.0} and found.extremise == 1.0
    assert "0 of 30" in found.why and found.best is None and found.gain is None
    assert [s.log_score for s in found.skills] == [None, None]


def test_weights_follow_skill_and_are_shrunk_to_one_with_few_questions() -> None:
    few, many = (learn(made_record(pasts(n)), LATER, (*WHO, "new")) for n in (3, 40))
    for found in (few, many):
        assert found.weights["good"] > 1.0 > found.weights["bad"] and found.weights["new"] == 1.0
    assert many.weights["good"] > few.weights["good"] and many.weights["bad"] < few.weights["bad"]
    good = next(s for s in many.skills if s.analyst == "good")
    assert good.questions == 40 and good.log_score is not None and good.base_rate is not None
    assert good.weight == pytest.approx(skill_weight(1 - good.log_score / good.base_rate, 40), abs=1e-6)


@pytest.mark.parametrize("n", [10, 29])
def test_too_few_questions_extremise_nothing(n: int) -> None:
    found = learn(made_record(timid(n)), LATER, ("a",))
    assert found.extremise == 1.0 and f"{n} of 30" in found.why and found.gain_interval is None


def test_a_pool_of_the_timid_is_extremised_once_a_gain_is_shown() -> None:
    found = learn(made_record(timid(400)), LATER, ("a", "b", "c"))
    assert found.questions == 400 and found.extremise == found.best > 1.2
    assert found.gain is not None and found.gain_interval is not None and found.gain_interval[0] > 0
    assert "extremised by" in found.why and "n = 400" in found.why


def test_without_a_gain_nothing_is_extremised() -> None:
    rng = random.Random(3)
    noise = [replace(q, said={w: rng.uniform(0.2, 0.8) for w in ("a", "b")}) for q in pasts(60)]
    found = learn(made_record(noise), LATER, ("a", "b"))
    assert found.questions == 60 and found.extremise == 1.0 and "not above 0" in found.why


def test_the_gain_is_judged_by_earlier_questions_only() -> None:
    """On the first questions no other factor is tried, so they gain nothing: turning the last answer round changes
    only its own share of the gain."""
    questions = timid(40)
    whole = learn(made_record(questions), LATER, ("a",))
    turned = learn(made_record([*questions[:-1], replace(questions[-1], happened=not questions[-1].happened)]), LATER,
                   ("a",))  # fmt: skip
    assert whole.gain is not None and turned.gain is not None and whole.gain != turned.gain
    short = learn(made_record(questions[:FIRST_TRIED]), LATER, ("a",))
    assert short.gain is None


@pytest.mark.parametrize("d", [0.7, 1.0, 1.9])
def test_two_atoms_pool_as_a_yes_no_question(d: float) -> None:
    ps, weights = [0.2, 0.6, 0.9], [1.0, 2.0, 0.5]
    pooled = pool_distributions([both(p) for p in ps], weights, base=both(BASE), extremise=d)
    assert pooled["yes"] == pytest.approx(pool_log_odds(ps, weights, base=BASE, extremise=d), abs=1e-12)


def test_open_void_and_later_questions_teach_nothing() -> None:
    questions = pasts(12)
    cut = AsOf(date=questions[5].closed)
    record = made_record(questions)
    assert learn(record, cut, WHO).skills[0].questions == 6
    # The window of the sixth is still open on its deadline, even if it is resolved early.
    ending = record.questions[5].endings[0]
    early = replace(record.questions[5], endings=(replace(ending, known_at=instant("2021-01-01")),))
    opened = replace(record, questions=(*record.questions[:5], early))
    assert learn(opened, AsOf(date=questions[5].deadline), WHO).skills[0].questions == 5
    void = replace(record.questions[5], endings=(replace(ending, atom=None),))
    assert learn(replace(record, questions=(*record.questions[:5], void)), cut, WHO).skills[0].questions == 5


def test_a_later_answer_replaces_an_earlier_one_from_its_day() -> None:
    record = made_record(pasts(1))
    q = record.questions[0]
    other = "no" if q.endings[0].atom == "yes" else "yes"
    corrected = replace(q.endings[0], atom=other, known_at=instant("2021-06-01"))
    both_known = replace(record, questions=(replace(q, endings=(*q.endings, corrected)),))
    before, after = (learn(both_known, AsOf.of(d), WHO) for d in ("2021-05-31", "2021-06-01"))
    assert before == learn(record, AsOf.of("2021-05-31"), WHO)
    assert after.weights["good"] < 1.0 < after.weights["bad"]


def test_what_was_said_too_late_is_counted_aloud() -> None:
    record = replace(made_record(pasts(2)), too_late=(instant("2021-03-01"), instant("2022-03-01")))
    assert "1 forecast was written down after" in learn(record, AsOf.of("2021-12-31"), WHO).why
    assert "2 forecasts were" in learn(record, LATER, WHO).why


def test_the_number_moves_towards_the_better_analyst_and_the_digest_says_why() -> None:
    case = judged_case(good=0.9, bad=0.05)
    setting = Setting(framework=replace(five(), id="five-conditions"), parameters=Parameters(draws=300))
    alike = assess(case, "2022-01-20", setting, with_sensitivity=False)
    known = replace(setting, record=AnalystRecord(made_record(pasts(40))))
    weighed = assess(case, "2022-01-20", known, with_sensitivity=False)
    assert weighed.scenario("attack").probability > alike.scenario("attack").probability + 0.02
    assert weighed.inputs_digest != alike.inputs_digest
    assert alike.judgments is not None and weighed.judgments is not None
    assert {p["weight"] for p in alike.judgments["persons"]} == {1.0}
    told = weighed.judgments["record"]
    assert {s["analyst"]: s["weight"] for s in told["skills"]} == {
        p["analyst"]: p["weight"] for p in weighed.judgments["persons"]
    }
    nobody = assess(replace(case, judgments=()), "2022-01-20", known, with_sensitivity=False)
    assert nobody.judgments is None


def test_a_ledger_that_does_not_hold_weighs_nobody_and_warns() -> None:
    case = judged_case(good=0.9, bad=0.05)
    setting = Setting(framework=replace(five(), id="five-conditions"), parameters=Parameters(draws=300))
    broken = replace(setting, record=AnalystRecord(TrackRecord(fault="Ledger entry 3 does not hold (changed)")))
    found = assess(case, "2022-01-20", broken, with_sensitivity=False)
    assert any("Ledger entry 3 does not hold" in w and "count alike" in w for w in found.warnings)
    assert found.judgments is not None and {p["weight"] for p in found.judgments["persons"]} == {1.0}
