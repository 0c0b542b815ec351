"""What is worth an alert: examples of the rule, and alerts on a real assessment."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest
from tests.made_cases import AS_OF, host_case, item

from vedette.domain.alerts import (
    Alert,
    AlertKind,
    AlertRule,
    CaseState,
    DueLine,
    IndicatorLine,
    NewItem,
    QuietHours,
    ScenarioLine,
    SourceLine,
)
from vedette.domain.claims import Direction, Strength
from vedette.errors import BadInput, UnknownName
from vedette.warning.alerts import after_quiet, decide, follow, new_items, scenario_lines, send_at, text_of
from vedette.workflows.assess import assess_case

NOON = dt.datetime(2022, 1, 10, 12, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)


def look(p: float | None = None, day: int = 0, **parts: object) -> CaseState:
    at = NOON + day * DAY
    lines = () if p is None else (ScenarioLine(id="s", label="It happens", probability=p),)
    return CaseState(case="made", at=at, as_of=at.date(), scenarios=lines, **parts)  # type: ignore[arg-type]


def looks(*numbers: float, rule: AlertRule | None = None) -> list[tuple[float, float]]:
    """(before, after) of the alerts on a line of probabilities, one a day."""
    found, _ = follow(rule or AlertRule(), [look(p, i) for i, p in enumerate(numbers)])
    return [(a.moves[0].before, a.moves[0].after) for a in found]


def test_the_first_look_tells_no_number() -> None:
    assert looks(0.9) == []


def test_a_creeping_number_is_told_when_it_has_crept_far_enough() -> None:
    assert looks(0.20, 0.22, 0.24, 0.251, 0.27, 0.29) == [(0.20, 0.251)]


def test_a_number_that_swings_round_the_threshold_is_told_once() -> None:
    assert looks(0.20, 0.25, 0.20, 0.25, 0.20) == [(0.20, 0.25)]
    assert looks(0.20, 0.25, 0.175) == [(0.20, 0.25), (0.25, 0.175)], "the whole reversal is told"


def test_in_the_tails_log_odds_count_but_not_noise() -> None:
    assert looks(0.010, 0.020) == [(0.010, 0.020)]
    assert looks(0.0010, 0.0025) == []


def test_back_and_forth_again_is_another_thing_with_another_key() -> None:
    found, _ = follow(AlertRule(), [look(p, i) for i, p in enumerate([0.2, 0.4, 0.2, 0.4])])
    assert [a.moves[0].after for a in found] == [0.4, 0.2, 0.4]
    assert len({a.key for a in found}) == 3


def test_only_the_scenarios_named_count_and_a_wrong_name_is_refused() -> None:
    rule = AlertRule(scenarios=("other",))
    both = [
        replace(look(p, i), scenarios=(*look(p).scenarios, ScenarioLine(id="other", label="Other", probability=0.5)))
        for i, p in enumerate([0.2, 0.6])
    ]
    assert follow(rule, both)[0] == ()
    with pytest.raises(UnknownName, match="nope"):
        follow(AlertRule(scenarios=("nope",)), both)


def new(id: str, subject: str, strength: Strength = Strength.STRONG) -> NewItem:
    return NewItem(id=id, subject=subject, claim=f"claim {id}", attribution="Wire", bears="main.low_costs raises",
                   strength=strength)  # fmt: skip


def test_copies_of_a_report_are_told_once_and_weak_ones_not_at_all() -> None:
    first = look(new=(new("a", "story"), new("b", "story"), new("c", "other", Strength.WEAK)))
    (alert,), told = decide(AlertRule(), None, first)
    assert alert.evidence == ("a",) and len(alert.covers) == 1
    again, _ = decide(AlertRule(), told, look(day=1, new=(new("d", "story"),)), set(alert.covers))
    assert again == ()


def test_what_is_new_is_told_though_it_comes_with_what_was_told() -> None:
    (first,), told = decide(AlertRule(), None, look(new=(new("a", "story"),)))
    (second,), _ = decide(AlertRule(), told, look(day=1, new=(new("b", "story"), new("c", "other"))), set(first.covers))
    assert second.evidence == ("c",) and second.headline == "Wire: claim c"


def test_many_items_are_one_alert_that_says_how_many() -> None:
    (alert,), _ = decide(AlertRule(), None, look(new=tuple(new(f"n{i:02d}", f"story{i}") for i in range(30))))
    assert alert.headline.startswith("30 new items") and len(alert.evidence) == 30 and len(alert.covers) == 30
    assert alert.reasons[-1].what == "and 24 more"


def test_an_indicator_is_told_when_it_changes_and_again_when_it_changes_again() -> None:
    def seen(state: str, day: int) -> CaseState:
        line = IndicatorLine(id="i", observable="Field hospitals", state=state, since=(NOON + day * DAY).date())
        return look(day=day, indicators=(line,))

    states = ["not_looked", "absent", "absent", "present", "absent", "present"]
    found, _ = follow(AlertRule(), [seen(s, i) for i, s in enumerate(states)])
    assert [a.headline.split(": ")[1].split(" since")[0] for a in found] == [
        "now absent", "now present", "now absent", "now present",
    ]  # fmt: skip
    assert len({a.key for a in found}) == 4


def test_a_source_is_told_when_it_fails_and_when_it_answers_again() -> None:
    def health(state: str, day: int) -> CaseState:
        line = SourceLine(source="feed:x", state=state, since=NOON, why="the server answers 500")
        return look(day=day, sources=(line,))

    found, _ = follow(AlertRule(), [health(s, i) for i, s in enumerate(["ok", "failing", "failing", "ok", "failing"])])
    assert [a.kind for a in found] == [AlertKind.SOURCE_HEALTH] * 3
    assert "no reporting is not no event" in found[0].headline and "answers again" in found[1].headline


def test_a_waiting_question_is_named_at_each_step_once() -> None:
    deadline = (NOON + 20 * DAY).date()

    def waiting(day: int) -> CaseState:
        left = (deadline - (NOON + day * DAY).date()).days
        return look(day=day, due=(DueLine(question="q", statement="Will it?", deadline=deadline, days_left=left),))

    found, _ = follow(AlertRule(), [waiting(d) for d in range(26)])
    assert [a.as_of for a in found] == [NOON.date() + dt.timedelta(days=d) for d in (6, 17, 19, 21)]
    assert "say what happened" in found[-1].headline


def test_a_large_move_breaks_quiet_hours_and_digest() -> None:
    rule = AlertRule(quiet=QuietHours(start=dt.time(22), end=dt.time(7)), digest=(dt.time(8),))
    night = dt.datetime(2022, 1, 10, 23, 30, tzinfo=dt.UTC)
    (small, large), _ = follow(rule, [replace(look(p), at=night + i * DAY) for i, p in enumerate([0.2, 0.3, 0.6])])
    assert send_at(rule, small) == dt.datetime(2022, 1, 12, 8, tzinfo=dt.UTC)
    assert large.urgent and send_at(rule, large) == large.at
    assert after_quiet(rule.quiet, night) == dt.datetime(2022, 1, 11, 7, tzinfo=dt.UTC)


def test_quiet_hours_follow_the_clock_of_their_zone_through_the_change_to_summer_time() -> None:
    quiet = QuietHours(start=dt.time(22), end=dt.time(7), zone="Europe/Berlin")
    before = dt.datetime(2022, 3, 26, 23, tzinfo=dt.UTC)  # midnight in Berlin; the clock skips from 2 to 3 that night
    assert after_quiet(quiet, before) == dt.datetime(2022, 3, 27, 5, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    "bad", [{"points": 0}, {"log_odds": -1}, {"reversal": 0.5}, {"zone": "Mars/Olympus"}, {"urgent_points": 0}]
)  # fmt: skip
def test_rules_that_make_no_sense_are_refused(bad: dict[str, object]) -> None:
    with pytest.raises(BadInput):
        AlertRule(**bad)  # type: ignore[arg-type]


def alert_between(before: list[object], after: list[object]) -> Alert:
    def state(evidence: list[object], day: int) -> CaseState:
        case = host_case(evidence, framework="five-conditions")  # type: ignore[arg-type]
        result = assess_case(case, AS_OF.isoformat(), with_sensitivity=False)
        return replace(look(day=day), scenarios=scenario_lines(result))

    found, _ = follow(AlertRule(points=1, log_odds=0.05), [state(before, 0), state(after, 1)])
    return found[0]


def test_a_real_assessment_names_the_item_that_moved_it_and_the_lines_sum() -> None:
    one = item("e1", condition="low_costs", direction=Direction.LOWERS, claim="Sanctions would be heavy")
    two = item("e2", condition="low_costs", strength=Strength.STRONG, claim="They would not")
    alert = alert_between([one], [one, two])
    assert alert.reasons[0].id == "e2" and alert.reasons[0].what == "New: They would not"
    assert sum(r.log_odds or 0 for r in alert.reasons) == pytest.approx(alert.moves[0].log_odds, abs=1e-6)
    gone = alert_between([one, two], [one])
    assert gone.reasons[0].what == "Gone: They would not"
    text = text_of(alert)
    assert "e2: New: They would not" in text and "points" in text and "log-odds" in text


def test_a_proposal_as_it_is_told() -> None:
    (made,) = new_items([item("e1", condition="low_costs", strength=Strength.DECISIVE)], "story-1")
    assert made.subject == "story-1|main.low_costs raises" and made.strength is Strength.DECISIVE
