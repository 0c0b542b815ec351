"""Reading signals off an event store, and recording what was read."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from tests.made_cases import host_case, item
from tests.unit.workflows.test_watch_replay import event

from vedette.bootstrap import open_workspace
from vedette.domain.claims import Citation
from vedette.domain.events import DayVolume, DyadDay, Event, EventQuery
from vedette.domain.indicators import SignalKind
from vedette.domain.time import AsOf, instant
from vedette.errors import BadInput
from vedette.workflows.assess import assess_case
from vedette.workflows.signals import read_signals, record_signals

DAY = dt.date(2022, 1, 20)


class MadeStore:
    """Thirty weeks of two events a week of RUS against UKR, then ``last`` in the last; forces seen near the border.

    Answers as of a day like the real one: only what is available then.
    """

    def __init__(self, last: int) -> None:
        self.rows: list[Event] = []
        for k in range(1, 30):
            self.rows += [self._row(DAY - dt.timedelta(days=7 * k), n) for n in range(2)]
        self.rows += [self._row(DAY, n) for n in range(last)]
        self.rows += [
            replace(event(900 + n, DAY - dt.timedelta(days=20)), lat=53.9, lon=27.6, source="RUS", place_state="BLR")
            for n in range(12)
        ]
        self.rows += [replace(event(950 + n, DAY), source="RUS", place_state="BLR") for n in range(9)]

    def _row(self, day: dt.date, n: int) -> Event:
        made = event(n, day, lat=None, lon=None, root="THREATEN", url=f"https://e/{day}/{n}")
        return replace(made, source="RUS", target="UKR")

    def query(self, query: EventQuery) -> Sequence[Event]:
        return [
            r for r in self.rows
            if (query.source is None or r.source == query.source) and (query.target is None or r.target == query.target)
            and (not query.roots or r.root in query.roots)
            and (query.as_of is None or query.as_of.admits(r.available_at))
            and (query.since is None or (r.occurred_at.start or dt.date.min) >= query.since)
        ]  # fmt: skip

    def dyad_days(self, query: EventQuery) -> Sequence[DyadDay]:
        found: dict[tuple[dt.date, str | None], int] = {}
        for r in self.query(query):
            if r.occurred_at.start is not None:
                key = r.occurred_at.start, r.root
                found[key] = found.get(key, 0) + 1
        return [
            DyadDay(dataset="made", day=day, source="RUS", target="UKR", root=root, events=n, mentions=None,
                    fatalities=None)
            for (day, root), n in found.items()
        ]  # fmt: skip

    def volume(self, *, since: Any = None, until: Any = None, as_of: Any = None, datasets: Any = ()) -> Any:
        return [DayVolume(dataset="made", day=DAY - dt.timedelta(days=7 * k), events=50) for k in range(30)
                if as_of is None or as_of.admits(instant(DAY - dt.timedelta(days=7 * k)))]  # fmt: skip


def case_with(*, cited: int = 0) -> Any:
    made = []
    for n in range(cited):
        base = item(f"E{n}")
        made.append(replace(base, citation=Citation(publisher="P", url=f"https://e/{DAY}/{n}")))
    return host_case(made, framework="five-conditions")


def test_a_burst_is_read_as_of_the_day_and_not_a_day_before() -> None:
    case, store = case_with(), MadeStore(last=20)
    kinds = {r.kind: r for r in read_signals(store, case, AsOf(date=DAY))}  # type: ignore[arg-type]
    assert kinds[SignalKind.TEMPO].value > 3 and kinds[SignalKind.TEMPO].log_ratio > 0
    assert kinds[SignalKind.BUILD_UP].log_ratio > 0 and kinds[SignalKind.BUILD_UP].scenario == "attack_from_host"
    before = read_signals(store, case, AsOf(date=DAY - dt.timedelta(days=1)))  # type: ignore[arg-type]
    calm = read_signals(MadeStore(last=0), case, AsOf(date=DAY - dt.timedelta(days=1)))  # type: ignore[arg-type]
    assert before == calm, "what becomes available on the day changes nothing the day before"


def test_rows_whose_reports_are_evidence_are_counted_once() -> None:
    store = MadeStore(last=20)
    plain = read_signals(store, case_with(), AsOf(date=DAY))  # type: ignore[arg-type]
    less = read_signals(store, case_with(cited=18), AsOf(date=DAY))  # type: ignore[arg-type]
    tempo = [next(r for r in x if r.kind is SignalKind.TEMPO) for x in (plain, less)]
    assert tempo[0].left_out == 0 and tempo[1].left_out == 18
    assert tempo[1].value < 1 < tempo[0].value and tempo[1].events == 2


def test_recorded_readings_move_the_number_and_are_never_changed(workspace_home: Path) -> None:
    workspace = open_workspace()
    case = case_with()
    workspace.cases.create(case, author="a", reason="r")
    found = read_signals(MadeStore(last=20), case, AsOf(date=DAY))  # type: ignore[arg-type]
    added = record_signals(workspace.cases, case.id, found, author="a")
    assert len(added) == len(found) >= 3
    assert record_signals(workspace.cases, case.id, found, author="a") == ()
    stored = workspace.cases.load(case.id)
    before = assess_case(case, DAY.isoformat(), with_sensitivity=False)
    after = assess_case(stored, DAY.isoformat(), with_sensitivity=False)
    assert after.scenario("attack").probability > before.scenario("attack").probability
    assert [b.kind for b in after.contributions["attack"]].count("signal") == 1
    early = (DAY - dt.timedelta(days=1)).isoformat()
    one, other = (assess_case(c, early, with_sensitivity=False).to_dict() for c in (case, stored))
    assert one == other
    with pytest.raises(BadInput, match="another value"):
        record_signals(workspace.cases, case.id, [replace(found[0], value=9.0)], author="a")
