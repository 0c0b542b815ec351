"""Replaying a case and a watch list: no day sees the next, alerts come once, levels are set before they are judged."""

from __future__ import annotations

import datetime as dt
import random
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from tests.made_cases import host_case, item

from vedette.domain.alerts import AlertRule
from vedette.domain.case import Case
from vedette.domain.claims import Citation, Strength
from vedette.domain.events import Event, Provenance
from vedette.domain.indicators import Check, Collection, IndicatorState, WatchedIndicator
from vedette.domain.time import DateInterval, instant
from vedette.errors import BadInput
from vedette.ports.reading import Handed
from vedette.workflows.watch_list import LEAST_EVENTS, named_pair, pair_weeks, watch_list
from vedette.workflows.watch_replay import Material, material, watch_replay

FIRST = dt.date(2022, 1, 1)
HAPPENED = dt.date(2022, 2, 10)


class Clock:
    """Always the same instant."""

    def now(self) -> dt.datetime:
        return dt.datetime(2026, 1, 1, tzinfo=dt.UTC)


def event(
    k: int, available: dt.date, *, lat: float | None = 51.9, lon: float | None = 29.2, root: str | None = "MOBILIZE",
    actors: tuple[str | None, str | None] = (None, None), url: str | None = None,
) -> Event:  # fmt: skip
    return Event(
        dataset="made", kind="event", id=f"e{k}", code=None, ontology=None, root=root, quad=None, source=None,
        target=None, source_actor=actors[0], target_actor=actors[1],
        occurred_at=DateInterval(start=available, end=available), time_precision="day", published_at=None,
        available_at=instant(available), recorded_at=instant(available), place=None, place_state=None, lat=lat, lon=lon,
        place_precision=None, intensity=None, tone=None, mentions=None, sources=None, articles=None, fatalities=None,
        fatalities_low=None, fatalities_high=None, confidence=None, refers_to=None, tags=None,
        url=url or f"https://example.org/{k}",
        provenance=Provenance(dataset="made", file="made.csv", row=k, digest=""),
    )  # fmt: skip


def made_case() -> Case:
    """Calm in January, five strong items in the first days of February, an indicator seen on the third."""
    early = [item(f"A{k}", day=FIRST + dt.timedelta(days=5 * k), strength=Strength.WEAK) for k in range(4)]
    late = [item(f"B{k}", day=dt.date(2022, 2, 1 + k), strength=Strength.STRONG, condition="option") for k in range(5)]
    watched = WatchedIndicator(
        id="blood", observable="blood is moved", option="main", scenario="attack", condition="option", threshold="",
        collection="", added=instant(FIRST), ratio=(3.0, 0.5),
    )  # fmt: skip
    look = Check(
        indicator="blood", state=IndicatorState.PRESENT, at=instant(dt.date(2022, 2, 3)), author="made",
        collection=Collection.GOOD,
    )  # fmt: skip
    return host_case([*early, *late], framework="five-conditions", indicators=(watched,), checks=(look,))


def run(case: Case, found: Material | None = None, **more: Any) -> dict[str, Any]:
    fields: dict[str, Any] = {"scenario": "attack", "first": FIRST, "happened_on": HAPPENED, "step": 2}
    return watch_replay(case, found or Material(), **{**fields, **more})


def test_alerts_come_with_their_lead_time_and_the_indicator_is_told_once() -> None:
    result = run(made_case(), quiet_until=dt.date(2022, 1, 31))
    assert result["timeline"][0]["as_of"] == "2022-01-01" and result["to"] == "2022-02-09"
    told = [a for a in result["alerts"] if a["kind"] == "indicator"]
    assert [(a["on"], a["lead_days"]) for a in told] == [("2022-02-04", 6)]
    moved = [a for a in result["alerts"] if a["kind"] == "probability"]
    assert next(a["lead_days"] for a in moved if a["on"] > "2022-01-31") == 8
    assert len({a["key"] for a in result["alerts"]}) == len(result["alerts"])
    assert result["summary"]["cases"] == 1


def test_levels_are_set_on_the_quiet_part_and_not_reached_in_it() -> None:
    result = run(made_case(), quiet_until=dt.date(2022, 1, 31))
    levels, rows = result["levels"], result["timeline"]
    quiet = [r for r in rows if r["as_of"] <= "2022-01-31"]
    assert levels["probability"]["level"] == max(r["probability"] for r in quiet) + 0.05
    assert levels["reports"]["level"] == max(r["reports"] for r in quiet) + 1
    assert levels["probability"]["first_over"] >= "2022-02-02"
    assert levels["reports"]["lead_days"] == (HAPPENED - dt.date.fromisoformat(levels["reports"]["first_over"])).days
    assert run(made_case())["levels"] is None
    with pytest.raises(BadInput, match="no day on one side"):
        run(made_case(), quiet_until=HAPPENED)


def test_what_becomes_known_later_changes_no_earlier_day() -> None:
    case = made_case()
    cut = dt.date(2022, 2, 1)
    late = tuple(item(f"L{k}", day=dt.date(2022, 2, 5), strength=Strength.STRONG) for k in range(3))
    more = replace(case, evidence=(*case.evidence, *late), checks=(
        *case.checks, replace(case.checks[0], state=IndicatorState.ABSENT, at=instant(dt.date(2022, 2, 6)), why="made"),
    ))  # fmt: skip
    seen = [event(k, dt.date(2022, 2, 6)) for k in range(20)]
    found = material(more, seen, [], Clock())
    one, other = run(case), run(more, found)
    until = [r for r in one["timeline"] if dt.date.fromisoformat(r["as_of"]) <= cut]
    assert until == [r for r in other["timeline"] if dt.date.fromisoformat(r["as_of"]) <= cut]
    assert [a for a in one["alerts"] if a["on"] <= cut.isoformat()] == [
        a for a in other["alerts"] if a["on"] <= cut.isoformat()
    ]


def test_sightings_are_placed_by_their_coordinates_and_cited_ones_left_out() -> None:
    case = made_case()
    cited = replace(case.evidence[0], citation=Citation(publisher="P", url="https://example.org/1/"))
    case = replace(case, evidence=(cited, *case.evidence[1:]))
    rows = [event(1, FIRST), event(2, FIRST), event(3, FIRST, lat=50.45, lon=30.52), event(4, FIRST, root="ASSAULT"),
            event(5, FIRST, lat=0.0, lon=-30.0)]  # fmt: skip
    found = material(case, rows, [], Clock())
    assert found.left_out == 1
    assert [(s.id, s.state) for s in found.sightings] == [("e2", "BLR"), ("e3", "UKR"), ("e5", None)]


def test_a_build_up_enters_the_number_through_its_own_bar_of_readings() -> None:
    far, near = (53.9, 27.6), (51.9, 29.2)
    rows = [event(k, FIRST + dt.timedelta(days=1), lat=far[0], lon=far[1]) for k in range(20)]
    rows += [event(100 + k, dt.date(2022, 1, 28), lat=near[0], lon=near[1]) for k in range(15)]
    case = made_case()
    found = material(case, rows, [], Clock())
    plain, seen = run(case)["timeline"], run(case, found)["timeline"]
    day = next(i for i, r in enumerate(seen) if r["as_of"] == "2022-01-29")
    assert seen[day]["signals"]["build_up"]["log_ratio"] > 0
    assert seen[day - 1]["probability"] == plain[day - 1]["probability"]
    host = run(case, found, scenario="attack_from_host")["timeline"], run(case, scenario="attack_from_host")["timeline"]
    assert host[0][day]["probability"] > host[1][day]["probability"]


def test_statements_propose_and_only_the_other_number_moves() -> None:
    case = made_case()
    text = (
        "The Russian Ministry of Defence said on 3 January 2022 that 5,000 Russian troops had arrived in Belarus. "
        "NATO said that new sanctions against Russia would follow an attack on Ukraine."
    )
    documents = [
        Handed(source="row 1", name="made-1.txt", content=text.encode(), title="T", published=dt.date(2022, 1, 3)),
        Handed(source="row 2", name="made-2.txt", content=text.encode(), title="T", published=dt.date(2023, 1, 3)),
    ]
    found = material(case, [], documents, Clock())
    assert found.documents == 1, "what was published after the window is not read"
    assert found.proposals and all(p.status.value == "proposed" for p in found.proposals)
    plain, told = run(case, step=1, last=dt.date(2022, 1, 9)), run(case, found, step=1, last=dt.date(2022, 1, 9))
    assert [r["probability"] for r in told["timeline"]] == [r["probability"] for r in plain["timeline"]]
    rows = {r["as_of"]: r for r in told["timeline"]}
    assert rows["2022-01-02"]["proposals"] == 0 < rows["2022-01-03"]["proposals"]
    assert rows["2022-01-08"]["if_accepted"] not in (None, rows["2022-01-08"]["probability"])
    assert [a["on"] for a in told["alerts"] if a["kind"] == "evidence"] == ["2022-01-03"]


def test_a_replay_that_cannot_start_says_so() -> None:
    with pytest.raises(BadInput, match="would start"):
        run(made_case(), first=HAPPENED)
    with pytest.raises(BadInput, match="steps of 0"):
        run(made_case(), step=0)
    loose = run(made_case(), rule=AlertRule(points=90, log_odds=9))
    assert not [a for a in loose["alerts"] if a["kind"] == "probability"]


# -- watch list -------------------------------------------------------------------------------------------

START = dt.date(2026, 1, 5)


def stream(burst: int = 0, weeks: int = 16) -> list[Event]:
    """Fifty rows a week among states at odds, two a week of one pair; a burst of another pair in the last week."""
    rng = random.Random(11)
    rows: list[Event] = []
    for week in range(weeks):
        day = START + dt.timedelta(days=7 * week + 3)
        for _ in range(48):
            rows.append(event(len(rows), day, actors=("POLICE", rng.choice(["CROWD", "BANDIT", ""]))))
        rows += [event(len(rows) + k, day, actors=("INDIA", "PAKISTAN")) for k in range(2)]
    last = START + dt.timedelta(days=7 * (weeks - 1) + 3)
    return rows + [event(10_000 + k, last, actors=("THE US", "Mexican")) for k in range(burst)]


def test_actors_are_states_by_name_and_by_people() -> None:
    codes: dict[str, str | None] = {}
    assert named_pair(event(1, START, actors=("RUSSIA", "UKRAINIAN")), codes) == ("RUS", "UKR")
    assert named_pair(event(1, START, actors=("THE US", "IRAN")), codes) == ("USA", "IRN")
    assert named_pair(event(1, START, actors=("POLICE", "IRAN")), codes) is None
    assert named_pair(event(1, START, actors=("IRAN", "IRANIAN")), codes) is None


def test_a_burst_over_a_quiet_pair_is_told_and_a_steady_pair_is_not() -> None:
    calm, loud = watch_list(stream()), watch_list(stream(burst=8))
    assert calm["told"] == [] and calm["busy"]["told"]["alerts"] == 0
    (row,) = loud["told"]
    assert (row["source"], row["target"], row["events"], row["quiet"], row["naive"]) == ("USA", "MEX", 8, True, True)
    assert loud["quiet"]["told"]["alerts"] == 1 and loud["quiet"]["told"]["a_week"] == 1 / loud["quiet"]["weeks"]
    assert loud["by_week"][-1]["told"] == 1 and sum(w["told"] for w in loud["by_week"][:-1]) == 0
    few = watch_list(stream(burst=LEAST_EVENTS - 1))
    assert few["quiet"]["naive"]["alerts"] == 0


def test_a_week_is_judged_by_the_weeks_before_it_alone() -> None:
    rows = stream(burst=8)
    whole, _ = pair_weeks(rows, [("IND", "PAK")])
    early, _ = pair_weeks([e for e in rows if e.available_at < instant(START + dt.timedelta(days=7 * 12))])
    by_day = {w.week: w for w in whole}
    for week in early:
        if (week.source, week.target) == ("IND", "PAK"):
            assert by_day[week.week] == week
    random.Random(2).shuffle(rows)
    assert watch_list(rows) == watch_list(stream(burst=8))


def test_a_stream_without_states_is_refused() -> None:
    with pytest.raises(BadInput, match="names two states"):
        watch_list([event(1, START, actors=("POLICE", "CROWD"))])


@pytest.mark.shared
@pytest.mark.slow
def test_the_real_watch_list_is_quiet_most_weeks(shared: Path) -> None:
    from vedette.bootstrap import dated_tables

    found, passed = dated_tables().events([shared / "data" / "events" / "gdelt_conflict_top_2026.parquet"])
    result = watch_list(found)
    assert not passed and result["collection_days"] == 114 and result["rows"] == 23_715
    assert result["quiet"]["weeks"] > 5000 and result["quiet"]["told"]["a_week"] < 0.02
    assert result["busy"]["told"]["a_week"] < result["busy"]["naive"]["a_week"]
