"""Readings of event streams: weeks of a pair, the four kinds, and which scenario they speak of."""

from __future__ import annotations

import datetime as dt
import random
from dataclasses import replace

import pytest
from tests.made_cases import host_case

from vedette.domain.claims import Posture
from vedette.domain.events import DayVolume, DyadDay
from vedette.domain.indicators import SignalKind
from vedette.domain.time import AsOf, instant
from vedette.warning.build_up import Sighting
from vedette.warning.signals import (
    build_up_readings,
    combination,
    last_week,
    longest,
    option_scenario,
    stream_readings,
    weeks_of,
)

DAY = dt.date(2022, 1, 20)
CUT = AsOf(date=DAY)
PAIR = ("RUS", "UKR")


def day_row(back: int, root: str, events: int, dataset: str = "made", pair: tuple[str, str] = PAIR) -> DyadDay:
    return DyadDay(
        dataset=dataset, day=DAY - dt.timedelta(days=back), source=pair[0], target=pair[1], root=root, events=events,
        mentions=None, fatalities=None,
    )  # fmt: skip


def volumes(weeks: int, dataset: str = "made", each: int = 100) -> list[DayVolume]:
    return [DayVolume(dataset=dataset, day=DAY - dt.timedelta(days=7 * k), events=each) for k in range(weeks)]


def quiet_then(**last: int) -> list[DyadDay]:
    """Thirty weeks of two threats, two mobilisations and six consultations, then a last week as told."""
    past = [
        day_row(7 * k, root, n) for k in range(1, 30)
        for root, n in (("THREATEN", 2), ("MOBILIZE", 2), ("CONSULT", 6))
    ]  # fmt: skip
    return past + [day_row(0, root, n) for root, n in last.items()]


def test_weeks_end_on_the_day_and_begin_with_the_data_set() -> None:
    rows = [day_row(back, "THREATEN", n) for back, n in ((0, 3), (6, 2), (7, 5), (-1, 99))]
    (found,) = weeks_of(rows, volumes(4), PAIR, DAY)
    assert found.volume.tolist() == [100.0] * 4
    assert found.of(["THREATEN"]).tolist() == [0.0, 0.0, 5.0, 5.0]
    other = weeks_of([day_row(0, "THREATEN", 3, pair=("UKR", "RUS"))], volumes(4), PAIR, DAY)
    assert other[0].of(["THREATEN"]).sum() == 0
    assert weeks_of(rows, [], PAIR, DAY) == ()


def test_rows_that_are_evidence_already_are_taken_out() -> None:
    rows = [day_row(0, "THREATEN", 3)]
    (found,) = weeks_of(rows, volumes(4), PAIR, DAY, leave_out={("made", DAY, "THREATEN"): 2})
    assert found.of(["THREATEN"]).sum() == 1
    (less,) = weeks_of(rows, volumes(4), PAIR, DAY, leave_out={("made", DAY, "THREATEN"): 9})
    assert less.of(["THREATEN"]).sum() == 0


def test_a_combination_is_as_strong_as_its_weakest_part() -> None:
    (all_three,) = weeks_of(quiet_then(THREATEN=12, MOBILIZE=12), volumes(30), PAIR, DAY)
    (talks_go_on,) = weeks_of(quiet_then(THREATEN=12, MOBILIZE=12, CONSULT=6), volumes(30), PAIR, DAY)
    (no_threat,) = weeks_of(quiet_then(MOBILIZE=12), volumes(30), PAIR, DAY)
    strong, weak, missing = (combination(w) for w in (all_three, talks_go_on, no_threat))
    assert strong is not None and weak is not None and missing is not None
    assert strong > 1.0 and weak < 0.5 and missing < 0
    assert strong == min(
        last_week(all_three, ["MOBILIZE"]).z or 0, last_week(all_three, ["THREATEN"]).z or 0,
        -(last_week(all_three, ["CONSULT"]).z or 0),
    )  # fmt: skip


def test_the_longest_stream_speaks_and_short_ones_do_not() -> None:
    both = weeks_of(quiet_then(), [*volumes(30), *volumes(12, "short")], PAIR, DAY)
    chosen = longest(both)
    assert chosen is not None and chosen.dataset == "made"
    assert longest(weeks_of(quiet_then(), volumes(5), PAIR, DAY)) is None


def test_readings_speak_of_the_unasked_option_alone_and_do_not_depend_on_order() -> None:
    case = host_case()
    rows, v = quiet_then(THREATEN=20, MOBILIZE=20), volumes(30)
    (weeks,) = weeks_of(rows, v, PAIR, DAY)
    found = stream_readings(case, CUT, {"main": weeks, "stay": weeks}, {"main": 3})
    assert {r.option for r in found} == {"main"} and {r.scenario for r in found} == {"attack"}
    assert {r.kind for r in found} == {SignalKind.TEMPO, SignalKind.CHANGE, SignalKind.COMBINATION}
    assert all(r.log_ratio > 0 and r.left_out == 3 and r.at == instant(DAY) for r in found)
    random.Random(3).shuffle(rows)
    (mixed,) = weeks_of(rows, v, PAIR, DAY)
    assert stream_readings(case, CUT, {"main": mixed}, {"main": 3}) == found
    calm = stream_readings(case, CUT, {"main": weeks_of(quiet_then(THREATEN=2, CONSULT=6), v, PAIR, DAY)[0]})
    assert all(r.log_ratio == 0 for r in calm), "calm in a stream is not evidence of calm"


def test_a_build_up_in_the_host_speaks_of_the_way_through_it() -> None:
    case = host_case()
    assert option_scenario(case, case.options[0]) == "attack"
    assert option_scenario(case, case.options[0], through=True) == "attack_from_host"
    assert option_scenario(host_case(moves={}), case.options[0]) is None
    near, far = (51.9, 29.2), (53.9, 27.6)
    sightings = [
        Sighting(
            id=f"{k}", day=DAY, available=instant(DAY - dt.timedelta(days=back)), lat=at[0], lon=at[1], state="BLR"
        )
        for k, (back, at) in enumerate([(20, far)] * 20 + [(20, near)] * 2 + [(2, near)] * 15 + [(2, far)] * 5)
    ]
    (reading,) = build_up_readings(case, CUT, sightings, "made")
    assert reading.scenario == "attack_from_host" and reading.kind is SignalKind.BUILD_UP and reading.log_ratio > 0
    assert "15 of 20" in reading.detail and reading.events == 17
    elsewhere = [replace(s, state="RUS") for s in sightings]
    assert build_up_readings(case, CUT, elsewhere, "made")[0].log_ratio == 0
    assert build_up_readings(case, CUT, sightings, "made", only="stay") == ()
    late = AsOf(date=DAY - dt.timedelta(days=10))
    assert build_up_readings(case, late, sightings, "made") == (), "what became known later is not there yet"


@pytest.mark.parametrize("posture", [Posture.INVITED])
def test_an_invited_option_has_no_signals(posture: Posture) -> None:
    case = host_case()
    assert case.options[1].posture is posture
    (weeks,) = weeks_of(quiet_then(THREATEN=20), volumes(30), PAIR, DAY)
    assert stream_readings(case, CUT, {"stay": weeks}) == ()
