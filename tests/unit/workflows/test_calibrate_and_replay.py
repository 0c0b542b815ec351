"""Learning the evidence scale on a made bank, and replaying a case."""

from __future__ import annotations

import datetime as dt
import random
from dataclasses import replace
from pathlib import Path

import pytest
from tests.made_cases import CONDITIONS, five, host_case, item

from vedette.domain.case import Case
from vedette.domain.claims import Direction, Strength
from vedette.domain.time import AsOf
from vedette.errors import BadInput, CaseRefused
from vedette.forecasting.assess import Setting
from vedette.forecasting.evidence_scale import Episode, ScalePoint, fit, grid, surface
from vedette.forecasting.parameters import Parameters
from vedette.reference.bundled import bundled_case
from vedette.reference.evidence_scale import episode_of, learnt_scale
from vedette.workflows import calibrate as calibrate_room
from vedette.workflows.assess import setting_for
from vedette.workflows.calibrate import focal_scenario, load_bank, rival_parts, scores
from vedette.workflows.replay import days_between, replay

SETTING = Setting(framework=five(), parameters=Parameters(draws=100))
POINTS = [p for p in grid() if p.visible_scale == 0.25 and p.gamma == 0.5 and p.topic == 0.2]


def episode(number: int, happened: bool, *, informative: bool) -> Episode:
    """Six moderate items; in an informative bank they point the right way five times in six."""
    rng = random.Random(number)
    evidence = []
    for i in range(6):
        up = happened if informative else rng.random() < 0.5
        up = up if rng.random() < 5 / 6 else not up
        evidence.append(
            item(
                f"E{i}",
                condition=CONDITIONS[i % 5],
                strength=Strength.MODERATE,
                direction=Direction.RAISES if up else Direction.LOWERS,
            )
        )
    case = host_case(evidence, id=f"made-{number}")
    return Episode(id=case.id, cases=(case,), as_of=AsOf(date=case.as_of), scenario="attack", happened=happened)


@pytest.mark.parametrize("informative", [True, False])
def test_the_scale_follows_what_the_evidence_is_worth(informative: bool) -> None:
    bank = [episode(i, i % 2 == 0, informative=informative) for i in range(16)]
    learnt = fit(surface(bank, SETTING, POINTS, draws=60))
    gain = scores(learnt)["gain_over_base_rate_log_score"]
    prior_mean = 0.6931
    if informative:
        assert learnt.moments["beta"][0] > prior_mean
        assert gain["low"] > 0
    else:
        assert learnt.moments["beta"][0] < prior_mean
        assert gain["low"] < 0


def test_an_episode_does_not_help_to_forecast_itself() -> None:
    bank = [episode(i, i % 2 == 0, informative=True) for i in range(10)]
    flipped = [replace(bank[0], happened=not bank[0].happened), *bank[1:]]
    first, second = (fit(surface(b, SETTING, POINTS, draws=60)) for b in (bank, flipped))
    assert first.left_out[0] == pytest.approx(second.left_out[0], abs=1e-12)
    # The scale it is assessed with does not know its outcome.
    assert first.others[0].moments["beta"] == pytest.approx(second.others[0].moments["beta"], abs=1e-12)
    assert first.others[1] != second.others[1] and first.moments != second.moments


def test_an_episode_of_the_bank_is_assessed_with_the_scale_of_the_others() -> None:
    whole, others = learnt_scale(), learnt_scale("blr-2022")
    assert others.episodes == whole.episodes - 1 and others.beta != whole.beta
    assert episode_of("belarus-2022") == episode_of("blr-2022") == "blr-2022" and episode_of("a-case-of-mine") is None
    setting = setting_for(bundled_case("belarus-2022"))
    assert (setting.parameters.beta, setting.parameters.gamma) == (others.beta, others.gamma)
    assert "blr-2022" in " ".join(setting.warnings) and "21 others" in " ".join(setting.warnings)
    mine = setting_for(replace(bundled_case("belarus-2022"), id="a-case-of-mine"))
    assert mine.parameters.beta == whole.beta and not mine.warnings
    with pytest.raises(KeyError):
        learnt_scale("a-case-of-mine")


def test_the_scale_of_every_episode_is_written(monkeypatch: pytest.MonkeyPatch) -> None:
    bank = [episode(i, i % 2 == 0, informative=True) for i in range(8)]
    monkeypatch.setattr(calibrate_room, "grid", lambda: tuple(POINTS[:4]))
    monkeypatch.setattr(calibrate_room, "_codings", lambda *_: [])
    monkeypatch.setattr(calibrate_room, "_parts", lambda *_: [])
    report = calibrate_room.calibrate(bank, "0" * 64)
    assert set(report["left_out_scales"]) == {e.id for e in bank}
    assert all(s["episodes"] == 7 for s in report["left_out_scales"].values()) and report["scale"]["episodes"] == 8


@pytest.mark.parametrize("condition", ["low_costs", "perceived_justification"])
def test_the_rival_is_scored_on_what_it_reads(condition: str) -> None:
    """Costs say nothing to the two conditions: the rival then stays at the base rate, and the five gain over it."""
    bank = []
    for i in range(12):
        way = Direction.RAISES if i % 2 == 0 else Direction.LOWERS
        told = item("E0", condition=condition, strength=Strength.DECISIVE, direction=way)
        case = host_case([told], id=f"made-{i}")
        bank.append(Episode(id=case.id, cases=(case,), as_of=AsOf(date=case.as_of), scenario="attack",
                            happened=i % 2 == 0))  # fmt: skip
    found = surface(bank, SETTING, POINTS, draws=60)
    rows = rival_parts(bank, SETTING, fit(found), POINTS, draws=60)
    assert [r["part"] for r in rows] == ["two conditions (rival)", "two conditions, visible damped"]
    base = scores(fit(found))["base_rate"]["log_score"]
    for row in rows:
        assert row["gain"]["clusters"] == 12
        if condition == "low_costs":
            assert row["log_score"] == pytest.approx(base, abs=1e-12)
            assert row["gain"]["low"] > 0
        else:
            assert row["log_score"] < base - 0.05


def test_zero_scale_is_the_base_rate() -> None:
    bank = [episode(i, True, informative=True) for i in range(2)]
    still = [ScalePoint(beta=1e-9, visible_scale=1.0, gamma=1e-9, topic=0.2, conjunctive=False)]
    found = surface(bank, SETTING, still, draws=60)
    assert found.p[:, 0] == pytest.approx(found.base, abs=1e-6)


def test_the_shipped_scale_says_what_it_rests_on() -> None:
    scale = learnt_scale()
    assert scale.episodes >= 20 and scale.codings == 2 and len(scale.bank_digest) == 64
    assert 0 < scale.visible_scale < 1 < scale.beta
    assert 0 <= scale.conjunctive_share <= 1


def test_a_bank_without_outcomes_or_with_too_few_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CaseRefused, match=r"outcomes\.json"):
        load_bank(tmp_path)
    (tmp_path / "outcomes.json").write_text("{}", encoding="utf-8")
    with pytest.raises(BadInput, match="at least"):
        load_bank(tmp_path)


def test_what_a_case_is_about_is_the_scenario_its_rate_counts() -> None:
    assert focal_scenario(host_case()) == "attack"


@pytest.mark.shared
def test_the_real_bank_beats_its_own_base_rate(shared: Path) -> None:
    """A coarse grid of the real calibration; the full one is `vedette evidence calibrate`."""
    episodes, _ = load_bank(shared / "cases" / "dossiers", shared / "cases" / "second_codes.jsonl")
    assert len(episodes) == 22
    coarse = [p for p in POINTS if p.beta in (1.0, 4.0)]
    learnt = fit(surface(episodes, SETTING, coarse, draws=60))
    assert scores(learnt)["gain_over_base_rate_log_score"]["low"] > 0


def _dated(case: Case) -> Case:
    return replace(case, framework="five-conditions")


def test_a_replay_shows_only_what_was_known() -> None:
    late = item("E01", direction=Direction.LOWERS, strength=Strength.DECISIVE, day=dt.date(2022, 2, 1))
    case = _dated(host_case([item("E00", day=dt.date(2022, 1, 5)), late]))
    report = replay(case, scenario="attack", first=dt.date(2022, 1, 10), last=dt.date(2022, 2, 7), step=7)
    rows = {row["as_of"]: row for row in report["timeline"]}
    assert rows["2022-01-31"]["items"] == 1 and rows["2022-02-07"]["items"] == 2
    assert rows["2022-02-07"]["moved_by"][0]["evidence"] == "E01"
    assert rows["2022-02-07"]["probability"] < rows["2022-01-31"]["probability"]
    assert report["scores"] is None


def test_a_replay_scores_only_dates_before_the_outcome() -> None:
    case = _dated(host_case([item("E00", strength=Strength.DECISIVE, day=dt.date(2022, 1, 5))]))
    report = replay(case, scenario="attack", first=dt.date(2022, 1, 10), outcome="a1", happened_on=dt.date(2022, 2, 1))
    assert report["timeline"][-1]["as_of"] == "2022-01-31"
    scored = report["scores"]
    assert scored["questions"] == 1
    assert scored["probability"]["brier"] < scored["base_rate"]["brier"]


def test_steps_end_on_the_last_day() -> None:
    first, last = dt.date(2022, 1, 1), dt.date(2022, 1, 10)
    assert days_between(first, last, 7) == [first, dt.date(2022, 1, 8), last]
    with pytest.raises(BadInput):
        days_between(first, last, 0)
