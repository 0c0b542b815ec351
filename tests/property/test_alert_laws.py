"""Laws of alerts: nothing twice, nothing for nothing, no order, and no later material in an earlier alert."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vedette.domain.alerts import (
    AlertKind,
    AlertRule,
    CaseState,
    DueLine,
    IndicatorLine,
    NewItem,
    QuietHours,
    ScenarioLine,
    Share,
    SourceLine,
    Told,
)
from vedette.domain.claims import Strength
from vedette.warning.alerts import after_quiet, decide, follow, log_odds, send_at

START = dt.datetime(2022, 1, 1, 12, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)


@st.composite
def scenario_line(draw: st.DrawFn, name: str) -> ScenarioLine:
    """A scenario whose shares sum to its log-odds, as an assessment's do."""
    p = draw(st.floats(0.01, 0.99))
    parts = draw(st.dictionaries(st.sampled_from(["e1", "e2", "e3", "e4"]), st.floats(-1, 1), max_size=4))
    base = log_odds(p) - sum(parts.values())
    shares = (
        Share(id="base_rate:Base rate", what="Base rate", log_odds=base),
        *(Share(id=k, what=f"claim {k}", log_odds=v) for k, v in parts.items()),
    )
    return ScenarioLine(id=name, label=f"Scenario {name}", probability=p, shares=shares)


@st.composite
def looks(draw: st.DrawFn, at: dt.datetime) -> CaseState:
    """One look at a made case."""
    state = st.sampled_from(["not_looked", "absent", "present", "unknown"])
    items = draw(st.lists(st.integers(0, 12), unique=True, max_size=5))
    health = draw(st.dictionaries(st.sampled_from(["feed1", "feed2"]), st.sampled_from(["ok", "failing", "silent"])))
    return CaseState(
        case="made", at=at, as_of=at.date(),
        scenarios=tuple(draw(scenario_line(n)) for n in draw(st.sampled_from([(), ("a", "b"), ("a", "b", "c")]))),
        indicators=tuple(
            IndicatorLine(id=i, observable=f"Sign {i}", state=draw(state), since=at.date()) for i in ("i1", "i2")
        ),
        new=tuple(
            NewItem(
                id=f"n{i}", subject=f"story{i % 7}", claim=f"claim {i}", attribution="Made Press",
                bears="main.low_costs raises", strength=draw(st.sampled_from(Strength)),
                implies=tuple(f"story{k}" for k in draw(st.sets(st.integers(0, 8), max_size=2))),
            )
            for i in items
        ),
        sources=tuple(SourceLine(source=k, state=v, since=at) for k, v in health.items()),
        due=tuple(
            DueLine(question=q, statement="Will it?", deadline=at.date() + n * DAY, days_left=n)
            for q, n in draw(st.dictionaries(st.sampled_from(["q1", "q2"]), st.integers(-3, 30))).items()
        ),
    )  # fmt: skip


@st.composite
def histories(draw: st.DrawFn) -> tuple[CaseState, ...]:
    """Looks on days that follow each other."""
    n = draw(st.integers(1, 6))
    return tuple(draw(looks(START + i * DAY)) for i in range(n))


rules = st.builds(
    AlertRule,
    points=st.floats(0.5, 30), log_odds=st.floats(0.05, 3), reversal=st.floats(1, 3),
    least_strength=st.sampled_from(Strength),
)  # fmt: skip


@given(rules, histories())
def test_no_key_and_no_covered_thing_comes_twice(rule: AlertRule, history: tuple[CaseState, ...]) -> None:
    alerts, _ = follow(rule, history)
    keys = [a.key for a in alerts]
    covered = [c for a in alerts for c in a.covers]
    assert len(set(keys)) == len(keys)
    assert len(set(covered)) == len(covered)


@given(rules, histories())
def test_the_same_look_again_says_nothing(rule: AlertRule, history: tuple[CaseState, ...]) -> None:
    alerts, told = follow(rule, history)
    known = {c for a in alerts for c in a.covers}
    again = replace(history[-1], at=history[-1].at + DAY)
    more, after = decide(rule, told, again, known)
    assert more == ()
    assert after == replace(told or Told(case="made", at=START), at=again.at)


@given(rules, histories(), st.randoms(use_true_random=False))
def test_order_within_a_look_means_nothing(rule: AlertRule, history: tuple[CaseState, ...], random: object) -> None:
    def shuffled(rows: Sequence[object]) -> tuple[object, ...]:
        mixed = list(rows)
        random.shuffle(mixed)  # type: ignore[attr-defined]
        return tuple(mixed)

    mixed = tuple(
        replace(
            state, **{n: shuffled(getattr(state, n)) for n in ("scenarios", "indicators", "new", "sources", "due")}
        )  # type: ignore[arg-type]
        for state in history
    )
    assert follow(rule, mixed) == follow(rule, history)


@given(rules, histories(), histories())
def test_later_looks_change_no_earlier_alert(
    rule: AlertRule, history: tuple[CaseState, ...], later: tuple[CaseState, ...]
) -> None:
    last = history[-1].at
    moved = tuple(replace(s, at=last + (i + 1) * DAY, as_of=(last + (i + 1) * DAY).date()) for i, s in enumerate(later))
    before, _ = follow(rule, history)
    whole, _ = follow(rule, (*history, *moved))
    assert whole[: len(before)] == before
    assert all(a.at > last for a in whole[len(before) :])


@given(rules, histories(), st.integers(0, 5))
def test_a_stop_in_between_changes_nothing(rule: AlertRule, history: tuple[CaseState, ...], cut: int) -> None:
    first, told = follow(rule, history[:cut])
    known = {c for a in first for c in a.covers}
    found = list(first)
    for state in history[cut:]:
        alerts, told = decide(rule, told, state, known)
        known |= {c for a in alerts for c in a.covers}
        found += alerts
    assert tuple(found) == follow(rule, history)[0]


@given(rules, histories())
def test_reasons_sum_to_the_move_and_the_move_is_from_what_was_told(
    rule: AlertRule, history: tuple[CaseState, ...]
) -> None:
    alerts, _ = follow(rule, history)
    last: dict[str, float] = {}
    for alert in alerts:
        if alert.kind is not AlertKind.PROBABILITY:
            continue
        move = alert.moves[0]
        assert sum(r.log_odds or 0.0 for r in alert.reasons) == pytest.approx(move.log_odds, abs=1e-8)
        for told in alert.moves:
            assert told.before == last.get(told.scenario, told.before) or abs(
                told.before - last[told.scenario]
            ) < rule.least_points / 100
            last[told.scenario] = told.after


@given(histories(), st.integers(1, 400))
def test_a_clock_that_goes_back_tells_nothing_again(history: tuple[CaseState, ...], hours: int) -> None:
    rule = AlertRule()
    alerts, told = follow(rule, history)
    known = {c for a in alerts for c in a.covers}
    back = replace(history[-1], at=history[-1].at - dt.timedelta(hours=hours))
    more, after = decide(rule, told, back, known)
    assert more == ()
    assert told is not None and after.at == told.at


@given(
    st.times(), st.times(), st.datetimes(dt.datetime(2020, 1, 1), dt.datetime(2030, 1, 1)),  # noqa: DTZ001
    st.sampled_from(["UTC", "Europe/Berlin", "America/New_York", "Asia/Kathmandu"]),
)  # fmt: skip
def test_nothing_is_sent_in_quiet_hours(start: dt.time, end: dt.time, moment: dt.datetime, zone: str) -> None:
    start, end = start.replace(microsecond=0, second=0), end.replace(microsecond=0, second=0)
    if start == end:
        return
    quiet = QuietHours(start=start, end=end, zone=zone)
    at = moment.replace(tzinfo=dt.UTC)
    when = after_quiet(quiet, at)
    assert at <= when <= at + dt.timedelta(days=1, hours=2)
    if when == at:
        return
    # An hour that the clock skips in spring has no instant of its own: its end is where the clock goes on.
    assert after_quiet(quiet, when + dt.timedelta(hours=1)) - (when + dt.timedelta(hours=1)) < dt.timedelta(days=1)


@given(histories(), st.times().map(lambda t: t.replace(second=0, microsecond=0)))
def test_a_digest_waits_less_than_two_days_and_the_urgent_do_not(
    history: tuple[CaseState, ...], time: dt.time
) -> None:
    rule = AlertRule(digest=(time,), urgent_points=20)
    for alert in follow(rule, history)[0]:
        when = send_at(rule, alert)
        if alert.urgent:
            assert when == alert.at and abs(alert.moves[0].after - alert.moves[0].before) >= 0.2
        else:
            assert alert.at < when <= alert.at + dt.timedelta(days=1)
            assert when.time() == time
