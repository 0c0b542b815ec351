"""What an indicator's state says, and that it says it once."""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import replace
from typing import Any

import pytest
from tests.made_cases import five, host_case, item

from vedette.assessment.channels import channel_items
from vedette.domain.case import Case
from vedette.domain.evidence import Status
from vedette.domain.indicators import (
    Check,
    Collection,
    Expectation,
    IndicatorState,
    SignalKind,
    SignalReading,
    WatchedIndicator,
)
from vedette.domain.time import AsOf, instant
from vedette.errors import BadInput, CaseRefused, UnknownName
from vedette.forecasting.assess import Setting, assess
from vedette.warning.indicators import LOOK_HALF_LIFE, history, statuses, watched_items

DAY = dt.date(2022, 1, 20)
AS_OF = AsOf(date=DAY)


def indicator(id: str = "i1", **changes: Any) -> WatchedIndicator:
    fields: dict[str, Any] = {
        "id": id, "observable": f"observable of {id}", "option": "main", "scenario": "attack", "condition": "option",
        "threshold": "made", "collection": "made", "added": instant(dt.date(2022, 1, 1)), "ratio": (3.0, 0.5),
    }  # fmt: skip
    return WatchedIndicator(**{**fields, **changes})


def look(state: str, day: dt.date = DAY, id: str = "i1", **changes: Any) -> Check:
    fields: dict[str, Any] = {
        "indicator": id, "state": IndicatorState(state), "at": instant(day), "author": "made", "why": "made",
        "collection": Collection.GOOD,
    }  # fmt: skip
    return Check(**{**fields, **changes})


def watched(*looks: Check, indicators: tuple[WatchedIndicator, ...] = (), **changes: Any) -> Case:
    return host_case(indicators=indicators or (indicator(),), checks=looks, **changes)


def says(case: Case, as_of: AsOf = AS_OF) -> float | None:
    return statuses(case, as_of)[0].log_ratio


def test_nothing_is_said_before_a_look_and_not_looked_is_not_absent() -> None:
    status = statuses(watched(), AS_OF)[0]
    assert (status.state, status.log_ratio, status.checked) == (IndicatorState.NOT_LOOKED, None, None)
    assert "not absent" in status.reason
    assert says(watched(look("unknown"))) is None


def test_presence_and_a_good_look_without_it_have_their_own_ratios() -> None:
    assert says(watched(look("present"))) == pytest.approx(math.log(3))
    assert says(watched(look("absent"))) == pytest.approx(math.log(0.5))


def test_absence_counts_only_where_collection_was_good_and_says_why() -> None:
    for quality in (Collection.PARTIAL, Collection.NONE):
        case = watched(look("absent", collection=quality))
        assert says(case) is None and quality.value in statuses(case, AS_OF)[0].reason
    with pytest.raises(BadInput, match="nothing says why"):
        look("absent", why=" ")


def test_a_look_fades_unless_somebody_would_tell_unasked() -> None:
    early = look("absent", DAY - dt.timedelta(days=int(LOOK_HALF_LIFE)))
    assert says(watched(early)) == pytest.approx(math.log(0.5) / 2)
    standing = watched(early, indicators=(indicator(standing=True, added=instant(dt.date(2021, 12, 1))),))
    faded = watched(early, indicators=(indicator(added=instant(dt.date(2021, 12, 1))),))
    assert says(standing) == pytest.approx(math.log(0.5)) and says(faded) == pytest.approx(math.log(0.5) / 2)


def test_the_last_look_counts_whatever_the_order_in_the_file() -> None:
    first, second = look("present", DAY - dt.timedelta(days=5)), look("absent", DAY - dt.timedelta(days=1))
    one, other = watched(first, second), watched(second, first)
    assert statuses(one, AS_OF)[0] == statuses(other, AS_OF)[0]
    assert statuses(one, AS_OF)[0].state is IndicatorState.ABSENT
    assert statuses(one, AsOf(date=DAY - dt.timedelta(days=3)))[0].state is IndicatorState.PRESENT
    assert [c.state.value for c in history(one, "i1")] == ["present", "absent"]


def test_since_is_the_start_of_the_unbroken_run() -> None:
    days = [DAY - dt.timedelta(days=k) for k in (9, 6, 3)]
    case = watched(look("present", days[0]), look("absent", days[1]), look("absent", days[2]))
    assert statuses(case, AS_OF)[0].since == days[1] and statuses(case, AS_OF)[0].looks == 3


def test_what_is_evidence_already_is_not_counted_again() -> None:
    made = item("E1")
    case = watched(look("present", evidence=("E1",)), evidence=(made,))
    assert says(case) is None and "E1" in statuses(case, AS_OF)[0].reason
    rejected = watched(look("present", evidence=("E1",)), evidence=(replace(made, status=Status.REJECTED),))
    assert says(rejected) is None, "what its only report was rejected for is not believed through the back door"


def expected(**changes: Any) -> WatchedIndicator:
    e = Expectation(start=DAY, end=DAY + dt.timedelta(days=9), if_true=0.1, if_false=0.9, seen=0.95)
    return indicator(ratio=None, expected=e, added=instant(dt.date(2022, 1, 1)), **changes)


def test_an_expected_event_that_does_not_come_speaks_louder_every_day() -> None:
    case = watched(look("absent", DAY), indicators=(expected(standing=True),))
    days = [AsOf(date=DAY + dt.timedelta(days=k)) for k in range(10)]
    said = [says(case, d) for d in days]
    assert all(x is not None and x > 0 for x in said)
    assert said == sorted(said, key=lambda x: x or 0.0) and (said[-1] or 0) > 5 * (said[0] or 0)
    full = math.log((1 - 0.95 * 0.1) / (1 - 0.95 * 0.9))
    assert said[-1] == pytest.approx(full)
    assert statuses(case, days[-1])[0].overdue and not statuses(case, days[0])[0].overdue


def test_silence_counts_only_up_to_the_last_look_where_nobody_would_tell() -> None:
    case = watched(look("absent", DAY), indicators=(expected(),))
    assert says(case, AsOf(date=DAY + dt.timedelta(days=8))) == says(case, AsOf(date=DAY))
    before = watched(look("absent", DAY - dt.timedelta(days=3)), indicators=(expected(standing=False),))
    assert says(before, AsOf(date=DAY - dt.timedelta(days=2))) is None


def test_the_event_itself_says_the_opposite() -> None:
    came = watched(look("present", DAY), indicators=(expected(),))
    assert says(came) == pytest.approx(math.log(0.1 / 0.9))


@pytest.mark.parametrize(
    "changes",
    [
        {"ratio": (3.0, 2.0)}, {"ratio": (1.0, 0.5)}, {"ratio": (30.0, 0.5)}, {"ratio": (0.0, 2.0)},
        {"ratio": None}, {"observable": " "}, {"spread": 3.0}, {"lead_time_days": -1},
        {"expected": Expectation(start=DAY, end=DAY, if_true=0.1, if_false=0.9)},
    ],
)  # fmt: skip
def test_ratios_that_do_not_fit_together_are_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(BadInput):
        indicator(**changes)


def test_expectations_and_readings_keep_their_bounds() -> None:
    with pytest.raises(BadInput):
        Expectation(start=DAY, end=DAY - dt.timedelta(days=1), if_true=0.1, if_false=0.9)
    with pytest.raises(BadInput):
        Expectation(start=DAY, end=DAY, if_true=0.0, if_false=0.9)
    with pytest.raises(BadInput):
        reading(log_ratio=9.0)


def reading(**changes: Any) -> SignalReading:
    fields: dict[str, Any] = {
        "id": "s1", "option": "main", "scenario": "attack", "kind": SignalKind.TEMPO, "at": instant(DAY), "value": 3.0,
        "log_ratio": 0.4, "spread": 0.3, "events": 12, "source": "made stream",
    }  # fmt: skip
    return SignalReading(**{**fields, **changes})


def test_case_refuses_looks_for_what_it_does_not_watch_and_ids_that_repeat() -> None:
    with pytest.raises(UnknownName, match="i2"):
        watched(look("present", id="i2"))
    with pytest.raises(CaseRefused, match="repeat"):
        host_case(indicators=(indicator(), indicator()))
    with pytest.raises(UnknownName):
        host_case(signals=(reading(scenario="nowhere"),))


def setting() -> Setting:
    return Setting(framework=five(), watched=watched_items)


def test_without_looks_and_readings_the_assessment_is_unchanged() -> None:
    evidence = tuple(item(f"E{k}") for k in range(4))
    bare = assess(host_case(evidence), AS_OF, setting(), with_sensitivity=False)
    other = assess(watched(evidence=evidence), AS_OF, setting(), with_sensitivity=False)
    assert other.inputs_digest == bare.inputs_digest and other.scenarios == bare.scenarios


def test_indicators_and_signals_have_bars_of_their_own_and_all_bars_sum() -> None:
    case = watched(look("present"), signals=(reading(),), evidence=(item("E1"), item("E2", condition="option")))
    result = assess(case, AS_OF, setting(), with_sensitivity=True)
    bars = result.contributions["attack"]
    kinds = {b.kind: b for b in bars}
    assert kinds["indicator"].log_odds > 0 and kinds["signal"].log_odds > 0
    assert kinds["indicator"].evidence == ("indicator:i1",) and kinds["signal"].evidence == ("signal:s1",)
    p = result.scenario("attack").probability
    assert sum(b.log_odds for b in bars) == pytest.approx(math.log(p / (1 - p)), abs=1e-9)
    assert {e["id"] for e in result.evidence} == {"E1", "E2"}
    author = assess(case, AS_OF, replace(setting(), mode="author"), with_sensitivity=False)
    assert not {"indicator", "signal"} & {b.kind for b in author.contributions["attack"]}


def test_only_the_latest_reading_of_a_kind_counts_and_it_fades() -> None:
    old = reading(id="s0", at=instant(DAY - dt.timedelta(days=2)), log_ratio=0.5)
    items, _ = watched_items(host_case(signals=(old, reading())), AS_OF, five())
    assert [i.evidence for i in items] == ["signal:s1"]
    later = AsOf(date=DAY + dt.timedelta(days=21))
    faded, _ = watched_items(host_case(signals=(reading(),)), later, five())
    assert faded[0].size == pytest.approx(0.2) and faded[0].decay == pytest.approx(0.5)
    assert watched_items(host_case(signals=(reading(log_ratio=0.0),)), AS_OF, five())[0] == ()


def test_signals_of_one_stream_are_one_voice_and_share_the_channel_with_evidence() -> None:
    kinds = [reading(id=f"s{k}", kind=k) for k in SignalKind]
    case = host_case(signals=tuple(kinds), evidence=(item("E1", condition="option"),))
    items, _ = watched_items(case, AS_OF, five())
    found, _ = channel_items(case, AS_OF, five(), beside=items)
    shares = sorted(i.coefficient for i in found)
    assert len(found) == 5 and shares[0] < 0.1 and shares[-1] == 1.0
    alone, _ = channel_items(case, AS_OF, five())
    assert alone[0].coefficient == 1.0


def test_later_looks_and_readings_change_nothing_earlier() -> None:
    base = watched(look("absent", DAY - dt.timedelta(days=2)), evidence=(item("E1"),))
    tomorrow = DAY + dt.timedelta(days=1)
    more = replace(
        base,
        indicators=(*base.indicators, indicator("i9", added=instant(tomorrow))),
        checks=(*base.checks, look("present", tomorrow), look("present", tomorrow, id="i9")),
        signals=(reading(at=instant(tomorrow)),),
    )
    one, other = (assess(c, AS_OF, setting(), with_sensitivity=False) for c in (base, more))
    assert one.to_dict() == other.to_dict()
