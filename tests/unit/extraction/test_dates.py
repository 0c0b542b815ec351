"""Dates as intervals anchored at publication."""

from __future__ import annotations

import datetime as dt

import pytest

from vedette.extraction.dates import find_dates


@pytest.mark.parametrize(
    ("published", "text", "iso"),
    [
        ("2022-01-20", "on Jan. 17 the troops came", ["2022-01-17"]),
        ("2022-01-20", "drills planned for February", ["2022-02"]),
        ("2022-01-20", "held in December", ["2021-12"]),
        ("2022-01-20", "this month and last week", ["2022-01", "2022-01-10/2022-01-16"]),
        ("2022-01-20", "in recent months", ["2021-10-01/2022-01-31"]),
        ("2022-01-20", "on Sept. 9, 2021, and in 2014", ["2021-09-09", "2014"]),
        ("2022-01-20", "2022-02-03 and 03.04.2022", ["2022-02-03", "2022-04-03"]),
        ("2022-01-20", "23/02/2022 but 03/04/2022", ["2022-02-23"]),
        ("2022-01-20", "from Feb. 10 to 20", ["2022-02-10/2022-02-20"]),
        ("2022-01-20", "10-20 February 2022", ["2022-02-10/2022-02-20"]),
        ("2022-01-20", "the second quarter of 2022, Q1 2023", ["2022-04-01/2022-06-30", "2023-01-01/2023-03-31"]),
        ("2022-01-20", "last summer and spring 2021", ["2021-06-01/2021-08-31", "2021-03-01/2021-05-31"]),
        ("2022-01-20", "this winter", ["2021-12-01/2022-02-28"]),
        ("2022-01-20", "three days ago", ["2022-01-17"]),
        ("2022-01-20", "yesterday, today and tomorrow", ["2022-01-19", "2022-01-20", "2022-01-21"]),
        ("2022-01-20", "on Monday", ["2022-01-17"]),
        ("2022-01-20", "talks will be held on Monday", ["2022-01-24"]),
        ("2022-01-20", "in the next five days", ["2022-01-21/2022-01-25"]),
        ("2022-01-20", "in the 1990s and 2014-15", ["1990-01-01/1999-12-31", "2014-01-01/2015-12-31"]),
        ("2022-01-20", "On Jan. 10 it held; the day before it had not", ["2022-01-10", "2022-01-09"]),
        ("2022-01-20", "late November and early 2021", ["2021-11-21/2021-11-30", "2021-01-01/2021-04-30"]),
        ("2021-12-28", "on January 3", ["2022-01-03"]),
        ("2022-01-03", "on December 28", ["2021-12-28"]),
        ("2024-02-10", "on 29 February", ["2024-02-29"]),
        ("2021-11-03", "next year", ["2022"]),
        ("2021-12-03", "at the start of the new year", ["2022-01"]),
    ],
)
def test_intervals(published: str, text: str, iso: list[str]) -> None:
    assert [m.iso for m in find_dates(text, dt.date.fromisoformat(published))] == iso


@pytest.mark.parametrize(
    "text",
    [
        "they may march to the second line",
        "30 February 2022",
        "the year 1500 or 2022,5",
        "a 2014 km road",
        "spring water",
        "section 3.4.5",
    ],
)
def test_what_is_no_date(text: str) -> None:
    assert [m.text for m in find_dates(text, dt.date(2022, 1, 20)) if m.text not in ("2022",)] == []


def test_offsets_are_exact_in_the_middle_of_a_text() -> None:
    text = "İzmir 😀 said: on Jan. 17 and in February."
    found = find_dates(text, dt.date(2022, 1, 20), 6, len(text))
    assert [(m.text, text[m.start : m.end]) for m in found] == [("Jan. 17", "Jan. 17"), ("February", "February")]


@pytest.mark.parametrize("published", [dt.date(1, 1, 1), dt.date(9999, 12, 31)])
def test_the_ends_of_the_calendar_do_not_break_it(published: dt.date) -> None:
    text = (
        "tomorrow, yesterday, next week, last month, next year, in the next 90 decades, 900 years ago, "
        "last quarter, Monday"
    )
    find_dates(text, published)
