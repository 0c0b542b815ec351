"""When a source is looked at next, and how well it is."""

from __future__ import annotations

import datetime as dt

from hypothesis import given
from hypothesis import strategies as st

from vedette.ports.reading import Handed
from vedette.ports.watching import Found, Poll, SourceState, Watch, WatchKind
from vedette.workflows.watch_schedule import LONGEST_ASKED, LONGEST_WAIT, after_poll, is_due, wait_after

NOW = dt.datetime(2022, 1, 10, 12, tzinfo=dt.UTC)
WATCH = Watch(case="made", kind=WatchKind.FEED, address="https://news.example/feed", every=900.0)
NEW = Poll(found=(Found(id="a", version="1", document=Handed(source="a", name="a", content=b"text")),), etag='"1"')
SAME = Poll(unchanged=True, etag='"1"')
DEAD = Poll(error="the server answers 500")


def days(*polls: Poll, each: dt.timedelta = dt.timedelta(days=1)) -> list[SourceState]:
    states: list[SourceState] = []
    for i, poll in enumerate(polls):
        states.append(after_poll(states[-1] if states else None, WATCH, poll, NOW + i * each, chance=0.5))
    return states


def test_a_source_fails_after_three_looks_without_an_answer_and_is_well_again_at_once() -> None:
    states = days(NEW, DEAD, DEAD, DEAD, DEAD, SAME)
    assert [s.state for s in states] == ["ok", "ok", "ok", "failing", "failing", "ok"]
    assert states[3].since == NOW, "since it was last heard"
    assert states[4].failures == 4 and states[5].failures == 0 and states[5].why == ""
    assert states[4].etag == '"1"', "an answer that failed forgets no validator"


def test_a_source_that_answers_without_news_goes_silent_and_comes_back() -> None:
    assert [s.state for s in days(NEW, *[SAME] * 8, NEW)] == ["ok"] * 7 + ["silent"] * 2 + ["ok"]


def test_a_source_that_goes_on_reporting_other_things_is_not_silent() -> None:
    assert days(NEW, *[Poll(cursor="5", alive=True)] * 9)[-1].state == "ok"


def test_a_gap_is_said_until_the_source_says_something_whole() -> None:
    gap = Poll(found=NEW.found, gap=True)
    assert [s.state for s in days(NEW, gap, SAME, NEW)] == ["ok", "truncated", "truncated", "ok"]


def test_more_than_one_look_takes_is_taken_at_once() -> None:
    assert days(Poll(found=NEW.found, more=True))[0].wait == 0.0


@given(st.integers(0, 5000), st.floats(0, 1, exclude_max=True), st.one_of(st.none(), st.floats(0, 1e9)))
def test_waits_are_bounded_grow_and_respect_what_is_asked(n: int, chance: float, asked: float | None) -> None:
    wait = wait_after(WATCH, n, asked, chance)
    assert 0 < wait <= max(LONGEST_WAIT, LONGEST_ASKED)
    if asked is not None:
        assert wait >= min(asked, LONGEST_ASKED)
    assert wait_after(WATCH, n + 1, None, 0.999) >= wait_after(WATCH, n, None, 0.0)


@given(st.floats(0, 1, exclude_max=True), st.integers(-500, 500))
def test_a_clock_that_was_set_is_no_reason_to_wait_longer(chance: float, hours: int) -> None:
    state = after_poll(None, WATCH, NEW, NOW, chance=chance)
    at = NOW + dt.timedelta(hours=hours)
    if hours < 0:
        assert is_due(state, at), "set back: the wait that is left is longer than the one given"
    if hours > 0:
        assert is_due(state, at)
    assert not is_due(state, NOW + dt.timedelta(seconds=1))
