"""Windows, ids and made cases."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vedette.domain.claims import Posture
from vedette.errors import CaseRefused, DateRefused, UnknownState
from vedette.workflows.open_case import NewCase, make_case, parse_window, state_code, state_name

TODAY = dt.date(2022, 1, 31)


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        (None, "10d", ("2022-01-31", "2022-02-10")),
        (None, "2w", ("2022-01-31", "2022-02-14")),
        (None, "1m", ("2022-01-31", "2022-02-28")),
        ("2023-12-31", "2m", ("2023-12-31", "2024-02-29")),
        ("2024-02-29", "1y", ("2024-02-29", "2025-02-28")),
        ("2022-03-15", " 12M ", ("2022-03-15", "2023-03-15")),
        ("2022-03-15", "2022-06-30", ("2022-03-15", "2022-06-30")),
    ],
)
def test_windows(start: str | None, end: str, expected: tuple[str, str]) -> None:
    assert tuple(d.isoformat() for d in parse_window(start, end, today=TODAY)) == expected


@given(st.dates(dt.date(1900, 1, 1), dt.date(2090, 12, 31)), st.integers(1, 240))
def test_a_window_of_months_ends_on_the_same_day_or_the_last_of_the_month(start: dt.date, months: int) -> None:
    _, end = parse_window(start.isoformat(), f"{months}m", today=TODAY)
    assert (end.year - start.year) * 12 + end.month - start.month == months
    assert end.day == start.day or (end.day < start.day and (end + dt.timedelta(days=1)).day == 1)


def test_what_is_no_window() -> None:
    with pytest.raises(DateRefused, match="--until"):
        parse_window(None, "six months", today=TODAY)
    with pytest.raises(DateRefused, match="--from"):
        parse_window("yesterday", "6m", today=TODAY)
    with pytest.raises(DateRefused, match="before it begins"):
        parse_window(None, "2022-01-30", today=TODAY)
    with pytest.raises(DateRefused, match="shorter"):
        parse_window(None, "9999y", today=TODAY)


def answers(**changes: object) -> NewCase:
    values: dict[str, object] = {
        "interveners": ("Russia",), "target": "Ukraine", "posture": Posture.HOSTILE, "opened": dt.date(2021, 10, 1),
        "deadline": dt.date(2022, 3, 31),
    }  # fmt: skip
    return NewCase(**{**values, **changes})  # type: ignore[arg-type]


def test_a_direct_case_asks_by_levels() -> None:
    case = make_case(answers())
    assert case.id == "rus-ukr-2022" and case.options[0].interveners == ("RUS",)
    assert [a.id for a in case.scenario_set.atoms] == ["none", "presence", "intervention", "full_scale", "other"]
    assert case.chance_moved("main", "force", "low_costs") == ("force", 1)
    assert case.scenario_set.chance("force").history is not None
    assert case.framework == "five-conditions" and case.evidence == ()


def test_a_case_through_a_host_asks_for_its_consent() -> None:
    case = make_case(answers(host="Belarus"))
    assert [(o.id, o.target, o.host, o.posture.value) for o in case.options] == [
        ("main", "UKR", "BLR", "hostile"), ("stay", "BLR", "BLR", "invited"),
    ]  # fmt: skip
    assert case.chance_moved("main", "attack_from_host", "local_support") == ("access", 1)
    assert case.scenario_set.chance("access").veto is not None
    assert case.scenario_set.nested_in("attack_from_host", "attack")


def test_a_host_that_is_a_party_is_no_host() -> None:
    assert make_case(answers(host="Ukraine")).options[0].host is None
    assert make_case(answers(host="Russia")).options[0].host is None


def test_what_cannot_be_a_case() -> None:
    with pytest.raises(CaseRefused, match="both"):
        make_case(answers(target="Russia"))
    with pytest.raises(DateRefused):
        make_case(answers(deadline=dt.date(2021, 10, 1)))
    with pytest.raises(CaseRefused, match="not usable as a name"):
        make_case(answers(id="../../etc"))
    with pytest.raises(CaseRefused):
        make_case(answers(interveners=("Russia", "RUS")))


def test_states_by_name_code_and_date() -> None:
    assert state_code("ukraine", dt.date(2022, 1, 1)) == "UKR"
    assert state_name("BLR") == "Belarus" and state_name("??") == "??"
    with pytest.raises(UnknownState):
        state_code("Ukraine", dt.date(1960, 1, 1))
