"""Laws of the event store: what became available after a day changes no answer for it, in whatever order it came."""

from __future__ import annotations

import datetime as dt
import tempfile
from collections import Counter
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.conftest import examples
from tests.made_gdelt import Desk

from vedette.domain.events import EventQuery
from vedette.domain.time import AsOf

DAYS = [dt.date(2022, 1, n) for n in range(1, 13)]


@st.composite
def versions(draw: st.DrawFn) -> dict[str, Any]:
    """One version of one of a few events."""
    happened = draw(st.integers(0, 5))
    return {
        "No": draw(st.sampled_from("abcd")), "Day": DAYS[happened], "Seen": DAYS[draw(st.integers(happened, 11))],
        "Who": draw(st.sampled_from(["RUS", "BLR", None])), "Whom": "UKR",
        "What": draw(st.sampled_from(["ASSAULT", "CONSULT", "no class"])),
        "Reports": draw(st.sampled_from([1, 2, None])),
    }  # fmt: skip


def plain(row: dict[str, Any]) -> tuple[Any, ...]:
    return (row["No"], row["Day"], row["Who"], row["What"], row["Reports"])


def in_force(rows: list[dict[str, Any]], day: dt.date) -> dict[str, tuple[Any, ...]]:
    """The plain way: of each event the version that became available last; of the same day, the one read last."""
    found: dict[str, tuple[dt.date, tuple[Any, ...]]] = {}
    for row in rows:
        if row["Seen"] <= day and (row["No"] not in found or row["Seen"] >= found[row["No"]][0]):
            found[row["No"]] = (row["Seen"], plain(row))
    return {key: value for key, (_, value) in found.items()}


def answers(desk: Desk, day: dt.date) -> tuple[dict[str, tuple[Any, ...]], Counter[tuple[Any, ...]]]:
    store = desk.store()
    query = EventQuery(as_of=AsOf.of(day))
    events = store.query(query)
    assert len({e.id for e in events}) == len(events), "one version of an event at a time"
    days = Counter({(d.day, d.source, d.root): d.events for d in store.dyad_days(query)})
    mentions = [d.mentions for d in store.dyad_days(query)]
    assert all(m is None or m > 0 for m in mentions)
    found = {e.id: (e.id, e.occurred_at.start, e.source, e.code, e.mentions) for e in events}
    assert sum(m or 0 for m in mentions) == sum(e.mentions or 0 for e in events)
    store.close()
    return found, days


def unique_per_moment(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Without two contents of one event on one day, which only the order of reading can tell apart."""
    kept = {(r["No"], r["Seen"]): r for r in rows}
    return list(kept.values())


@settings(max_examples=examples(12), deadline=None)
@given(st.lists(versions(), min_size=1, max_size=14), st.integers(0, 14), st.integers(0, 11))
def test_answers_are_the_plain_ones_and_the_future_does_not_change_the_past(
    rows: list[dict[str, Any]], cut: int, day: int
) -> None:
    rows = unique_per_moment(rows)
    with tempfile.TemporaryDirectory() as folder:
        desk = Desk(Path(folder) / "store")
        when = DAYS[day]
        known = [r for r in rows if r["Seen"] <= when]
        later = [r for r in rows if r["Seen"] > when]
        for n, part in enumerate((known[:cut], known[cut:])):
            if part:
                desk.mapped(part, f"{n}.csv")
        before = answers(desk, when)
        assert before[0] == in_force(known, when)
        expected: Counter[tuple[Any, ...]] = Counter()
        for _, happened, who, what, _ in in_force(known, when).values():
            expected[(happened, who, None if what == "no class" else what)] += 1
        assert before[1] == expected, "the daily counts are those of the events in force"
        if later:
            desk.mapped(later, "later.csv")
        assert answers(desk, when) == before
        assert answers(desk, DAYS[-1])[0] == in_force(rows, DAYS[-1])


@settings(max_examples=examples(6), deadline=None)
@given(st.lists(versions(), min_size=2, max_size=10), st.randoms(use_true_random=False))
def test_the_order_of_arrival_and_reading_again_change_nothing(rows: list[dict[str, Any]], random: Any) -> None:
    rows = unique_per_moment(rows)
    shuffled = list(rows)
    random.shuffle(shuffled)
    with tempfile.TemporaryDirectory() as folder:
        one, two = Desk(Path(folder) / "one"), Desk(Path(folder) / "two")
        one.mapped(rows)
        for n, row in enumerate(shuffled):
            two.mapped([row], f"{n}.csv")
        two.mapped(shuffled, "again.csv")
        for day in DAYS[::3]:
            assert answers(one, day) == answers(two, day)
