"""Crisis rates against a plain count; analogues that are near, and none from the future."""

from __future__ import annotations

import json
from datetime import date
from importlib.resources import files
from pathlib import Path

import duckdb
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.made_history import crisis_frames

from vedette.errors import BadInput, DateRefused
from vedette.frames.frame import Frame
from vedette.panel import Panel
from vedette.panel.analogues import nearest_crises, nearest_dyad_years, nearest_episodes
from vedette.panel.crises import KINDS, crisis_class_rates, crisis_classes_as_json, write_crisis_classes
from vedette.reference.episodes import FEATURES, all_episodes
from vedette.reference.states import find_state


@pytest.fixture(scope="module")
def crises(tmp_path_factory: pytest.TempPathFactory) -> tuple[Frame, Frame]:
    return crisis_frames(tmp_path_factory.mktemp("crises"))


def rows_of(frame: Frame, columns: str) -> list[tuple[int, ...]]:
    with duckdb.connect() as con:
        return con.execute(f"SELECT {columns} FROM {frame.sql}").fetchall()


def test_rates_are_counts_by_the_first_actor(crises: tuple[Frame, Frame]) -> None:
    got = {item.kind.id: item for item in crisis_class_rates(*crises)}
    trigger = {}
    for crisno, number, code in rows_of(crises[1], "crisno, actor_number, trigger"):
        if number % 10 == 0:
            trigger[crisno] = code
    violence = dict(rows_of(crises[0], "crisno, violence"))
    for kind in KINDS:
        followed = [violence[c] for c, code in trigger.items() if code in kind.triggers]
        assert got[kind.id].serious.n == got[kind.id].war.n == len(followed)
        assert got[kind.id].serious.k == sum(v >= 3 for v in followed)
        assert got[kind.id].war.k == sum(v == 4 for v in followed)


def test_a_replay_counts_only_crises_that_had_ended(crises: tuple[Frame, Frame]) -> None:
    ended = sum(last <= 1980 for (last,) in rows_of(crises[0], "last_year"))
    got = {item.kind.id: item for item in crisis_class_rates(*crises, last_year=1980)}
    assert got["not-directly-violent"].serious.n + got["violent-act"].serious.n == ended


def test_our_own_file_says_what_was_computed_how(crises: tuple[Frame, Frame], tmp_path: Path) -> None:
    write_crisis_classes(crisis_class_rates(*crises), crises[0], tmp_path / "c.json", command="made command")
    plain = json.loads((tmp_path / "c.json").read_text(encoding="utf-8"))
    assert plain["command"] == "made command" and plain["source"]["citation"]
    assert [item["id"] for item in plain["classes"]] == [kind.id for kind in KINDS]
    assert crisis_classes_as_json(crisis_class_rates(*crises), crises[0], command="x").endswith("}\n")


def test_shipped_crisis_classes_hold_together() -> None:
    text = files("vedette.reference").joinpath("coefficients", "crisis-classes.json").read_text(encoding="utf-8")
    plain = json.loads(text)
    assert plain["source"]["citation"] and plain["command"] and plain["population"]
    classes = {item["id"]: item for item in plain["classes"]}
    for item in classes.values():
        for outcome in ("serious_or_worse", "full_scale_war"):
            rate = item[outcome]
            low, high = rate["interval"]
            assert rate["rate"] == pytest.approx(rate["k"] / rate["n"], abs=1e-6)
            assert low <= rate["rate"] <= high
        assert item["full_scale_war"]["k"] <= item["serious_or_worse"]["k"]
        assert item["definition"]
    whole = classes["not-directly-violent"]["serious_or_worse"]
    assert (whole["n"], whole["k"]) == (213, 64)
    assert classes["non-violent-military"]["serious_or_worse"]["n"] == 55


def test_the_nearest_crisis_is_the_same_crisis(crises: tuple[Frame, Frame]) -> None:
    number, trigger, gravity, geo, protracted = rows_of(
        crises[0], "crisno, trigger, gravity, geostrategic, protracted"
    )[5]
    features = {"trigger": trigger, "gravity": gravity, "geostrategic": geo, "protracted": protracted}
    got = nearest_crises(crises[0], features, day=date(2024, 1, 1), most=5)
    assert got[0].distance == 0 and got[0].similarity == 1 and got[0].differs_in == ()
    assert any(case.source == f"ICB {number}" for case in got)
    assert [case.distance for case in got] == sorted(case.distance for case in got)


@given(year=st.integers(1950, 2016))
def test_no_crisis_that_had_not_ended_is_shown(crises: tuple[Frame, Frame], year: int) -> None:
    last = {f"ICB {number}": end for number, end in rows_of(crises[0], "crisno, last_year")}
    for case in nearest_crises(crises[0], {"trigger": 7, "gravity": 3}, day=date(year, 6, 30), most=200):
        assert last[case.source] < year


def test_crises_are_compared_by_known_features_only(crises: tuple[Frame, Frame]) -> None:
    with pytest.raises(BadInput, match="not compared by 'violence'"):
        nearest_crises(crises[0], {"violence": 4}, day=date(2000, 1, 1))
    with pytest.raises(BadInput, match="no feature"):
        nearest_crises(crises[0], {}, day=date(2000, 1, 1))


def test_nearest_dyad_years_are_others_earlier_and_one_a_pair(known_panel: Panel) -> None:
    got = nearest_dyad_years(known_panel, 365, 640, 2005, day=date(2004, 12, 31), outcome="y_mid_init", most=8)
    assert 1 <= len(got) <= 8
    pairs = [frozenset(case.name.split(" -> ")) for case in got]
    assert all(case.year < 2005 for case in got) and {"Russia", "Turkey"} not in pairs
    assert len(pairs) == len(set(pairs))
    assert [case.distance for case in got] == sorted(case.distance for case in got)
    assert all(case.happened in {True, False} for case in got)
    for case in got:
        assert case.happened == ("dispute" in case.followed), case


def test_analogues_do_not_know_the_future(known_panel: Panel) -> None:
    day = date(1989, 12, 31)
    got = nearest_dyad_years(known_panel, 2, 365, 1990, day=day, outcome="y_force_init", most=50)
    assert max(case.year for case in got) <= 1989
    seen_later = nearest_dyad_years(known_panel, 2, 365, 1990, day=date(2015, 12, 31), outcome="y_force_init", most=50)
    # Later knowledge may not bring in later years either: the question is about 1990.
    assert max(case.year for case in seen_later) <= 1989


def test_a_pair_without_a_row_is_told(known_panel: Panel) -> None:
    with pytest.raises(DateRefused, match="no row for 1970"):
        nearest_dyad_years(known_panel, 365, 369, 1970, day=date(1969, 12, 31))
    with pytest.raises(DateRefused, match="no case with a known outcome"):
        nearest_dyad_years(known_panel, 2, 365, 1946, day=date(1945, 12, 31), outcome="y_mid_init")
    with pytest.raises(BadInput):
        nearest_dyad_years(known_panel, 2, 365, 1990, day=date(1989, 12, 31), outcome="c1_rivalry")


def test_episodes_are_well_formed_and_coded_before_they_ended() -> None:
    episodes = all_episodes()
    assert len(episodes) >= 40
    assert len({e.id for e in episodes}) == len(episodes)
    assert [e.judged_on for e in episodes] == sorted(e.judged_on for e in episodes)
    for episode in episodes:
        assert episode.judged_on < episode.resolved_on
        assert set(episode.features) == set(FEATURES)
        assert find_state(episode.intervener, episode.judged_on) and find_state(episode.target, episode.judged_on)
        major = find_state(episode.intervener).major_on(episode.judged_on)
        assert episode.features["major"] == major, episode.id
        assert episode.source.startswith(("ICB ", "UCDP/PRIO", "public record")) and episode.followed
    # Both kinds must be there, or the table would teach that every build-up ends in war.
    assert sum(e.outcome == "none" for e in episodes) >= 12
    assert sum(e.outcome == "full-scale" for e in episodes) >= 12


def test_episodes_on_a_bare_install() -> None:
    features = {"major": True, "border": True, "massed": True, "demands": True, "civil": True}
    got = nearest_episodes(features, day=date(2022, 1, 20), most=60)
    assert got[0].name == "Russia and Ukraine spring 2021" and got[0].distance == 0
    assert all("February 2022" not in case.name for case in got)
    later = nearest_episodes(features, day=date(2022, 2, 24), most=60)
    assert later[0].name == "Russia and Ukraine February 2022"
    with pytest.raises(BadInput, match="not compared by"):
        nearest_episodes({"tanks": True}, day=date(2020, 1, 1))
    with pytest.raises(BadInput, match="no feature"):
        nearest_episodes({}, day=date(2020, 1, 1))
    assert nearest_episodes(features, day=date(1950, 1, 1)) == ()


@given(day=st.dates(date(1957, 1, 1), date(2025, 1, 1)), bits=st.lists(st.booleans(), min_size=7, max_size=7))
def test_no_episode_resolved_later_is_ever_shown(day: date, bits: list[bool]) -> None:
    ends = {e.name: e.resolved_on for e in all_episodes()}
    got = nearest_episodes(dict(zip(FEATURES, bits, strict=True)), day=day, most=100)
    assert all(ends[case.name] <= day for case in got)
    assert np.all(np.diff([case.distance for case in got]) >= 0)
