"""Words that date something, as intervals of days anchored at the day of publication.

'Jan. 17', 'this month', 'last week', 'in recent months', 'the day before', quarters, seasons, ISO and numeric dates.
A month or day without a year takes the year that brings it nearest to publication; words that look ahead
('planned for', 'will', 'next') allow the future, else it is allowed for 45 days only [assumption].
"""

from __future__ import annotations

import calendar
import datetime as dt
import re
from collections.abc import Callable
from functools import cache
from typing import Any

from vedette.domain.reading import DateMention
from vedette.domain.time import DateInterval
from vedette.extraction.fold import fold
from vedette.reference.units import NUMBER_WORDS

_MONTHS = {
    name: number
    for number, names in enumerate(
        ("january jan", "february feb", "march mar", "april apr", "may", "june jun", "july jul", "august aug",
         "september sept sep", "october oct", "november nov", "december dec"), 1,
    )
    for name in names.split()
}  # fmt: skip
_DAYS = {name: i for i, name in enumerate("monday tuesday wednesday thursday friday saturday sunday".split())}
_SEASONS = {"spring": 3, "summer": 6, "autumn": 9, "fall": 9, "winter": 12}  # first month, northern hemisphere
_ORDER = {"first": 1, "second": 2, "third": 3, "fourth": 4, "1st": 1, "2nd": 2, "3rd": 3, "4th": 4}

_M = r"(?:" + "|".join(sorted(_MONTHS, key=len, reverse=True)) + r")\b\.?"
_D = r"(?:3[01]|[12]\d|0?[1-9])(?:st|nd|rd|th)?"
_Y = r"(?:1[89]\d\d|20\d\d)"
_W = "|".join(_DAYS)
_N = (
    r"(?:\d{1,3}|"
    + "|".join(sorted(NUMBER_WORDS, key=len, reverse=True))
    + r"|a few|several|few|a couple of|couple of|a|an|many)"
)
_UNITS = r"(?:days?|weeks?|months?|years?|decades?)"
_AHEAD = re.compile(
    r"\b(?:planned|scheduled|upcoming|forthcoming|will|shall|next|coming|due|expected|slated|ahead of|"
    r"until|by|to be held|"
    r"to take place|later|future|beginning on|starting)\b"
)
_AHEAD_LIMIT = 45
_FEW = 3  # "recent months", "the last few weeks": three of the unit, the current one on top. [assumption]

_Handler = Callable[["_Anchor", re.Match[str]], "DateInterval | None"]


class _Anchor:
    """The day of publication, the last date mentioned before, and whether the words near by look ahead."""

    def __init__(self, published: dt.date, before: DateInterval | None, ahead: bool) -> None:
        self.published, self.before, self.ahead = published, before, ahead


def _safe(year: int, month: int, day: int) -> dt.date | None:
    try:
        return dt.date(year, month, day)
    except ValueError:
        return None


def _days(start: dt.date | None, end: dt.date | None) -> DateInterval | None:
    return None if start is None or end is None or end < start else DateInterval(start=start, end=end)


def _month(year: int, month: int) -> DateInterval:
    year = min(max(year, 1), 9999)  # at the ends of the calendar its last month stands for what lies beyond
    return DateInterval(start=dt.date(year, month, 1), end=dt.date(year, month, calendar.monthrange(year, month)[1]))


def _year(year: int) -> DateInterval:
    year = min(max(year, 1), 9999)
    return DateInterval(start=dt.date(year, 1, 1), end=dt.date(year, 12, 31))


def _shift_month(day: dt.date, months: int) -> DateInterval | None:
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    return _month(year, month + 1) if 1 <= year <= 9999 else None


def _nearest(a: _Anchor, month: int, day: int | None) -> int:
    """Year for a month or a day of a month that comes without one."""
    best, best_gap = a.published.year, 10_000
    for year in (a.published.year - 1, a.published.year, a.published.year + 1):
        when = _safe(year, month, day or 15)
        if when is None:
            continue
        gap = (when - a.published).days
        if day is None and (year, month) == (a.published.year, a.published.month):
            return year
        if gap > _AHEAD_LIMIT and not a.ahead:
            continue
        if abs(gap) < best_gap:
            best, best_gap = year, abs(gap)
    return best


def _m(word: str) -> int:
    return _MONTHS[word.rstrip(".")]


def _d(word: str) -> int:
    return int(re.sub(r"\D", "", word))


def _count(word: str) -> int:
    word = word.strip()
    if word.isdigit():
        return int(word)
    if word in ("a", "an"):
        return 1
    if word in ("a couple of", "couple of"):
        return 2
    return int(NUMBER_WORDS.get(word, _FEW))


def _week(day: dt.date, weeks: int = 0) -> DateInterval | None:
    monday = _plus(day, -day.weekday() + 7 * weeks)
    return None if monday is None else _days(monday, _plus(monday, 6))


def _plus(day: dt.date, days: int) -> dt.date | None:
    try:
        return day + dt.timedelta(days=days)
    except OverflowError:
        return None


def _iso(a: _Anchor, m: re.Match[str]) -> DateInterval | None:
    day = _safe(int(m["y"]), int(m["m"]), int(m["d"]))
    return _days(day, day)


def _numeric(a: _Anchor, m: re.Match[str]) -> DateInterval | None:
    first, second, year = int(m["a"]), int(m["b"]), int(m["y"])
    if m["sep"] == "." or first > 12:
        day = _safe(year, second, first)
    elif second > 12 or first == second:
        day = _safe(year, first, second)
    else:
        return None  # 03/04/2022 is March or April: not guessed
    return _days(day, day)


def _day_range(a: _Anchor, m: re.Match[str]) -> DateInterval | None:
    month = _m(m["m"])
    year = int(m["y"]) if m["y"] else _nearest(a, month, _d(m["d1"]))
    last = _m(m["m2"]) if "m2" in m.re.groupindex and m["m2"] else month
    return _days(_safe(year, month, _d(m["d1"])), _safe(year + (last < month), last, _d(m["d2"])))


def _full(a: _Anchor, m: re.Match[str]) -> DateInterval | None:
    month, number = _m(m["m"]), _d(m["d"])
    year = int(m["y"]) if m["y"] else _nearest(a, month, number)
    day = _safe(year, month, number)
    return _days(day, day)


def _part(interval: DateInterval | None, part: str | None) -> DateInterval | None:
    """Early, middle or late third of a month or year."""
    if interval is None or not part or interval.start is None or interval.end is None:
        return interval
    third = 0 if part.startswith(("early", "beginning", "start")) else 1 if part.startswith("mid") else 2
    if (interval.end - interval.start).days > 40:
        year = interval.start.year
        return _days(dt.date(year, 1 + 4 * third, 1), _month(year, 4 + 4 * third).end)
    first = interval.start.replace(day=1 + 10 * third)
    return _days(first, interval.end if third == 2 else first + dt.timedelta(days=9))


def _month_year(a: _Anchor, m: re.Match[str]) -> DateInterval | None:
    return _part(_month(int(m["y"]), _m(m["m"])), m["part"])


def _month_span(a: _Anchor, m: re.Match[str]) -> DateInterval | None:
    first, last = _m(m["m1"]), _m(m["m2"])
    tail = m["tail"] or ""
    found = re.search(r"\d{4}", tail)
    year = int(found.group()) if found else a.published.year - ("last" in tail) + ("next" in tail)
    if not tail:
        year = _nearest(a, first, None)
    return _days(dt.date(year, first, 1), _month(year + (last < first), last).end)


def _month_relative(a: _Anchor, m: re.Match[str]) -> DateInterval | None:
    month, word = _m(m["m"]), m["which"]
    year = a.published.year
    if word.startswith("this"):
        return _month(year, month)
    if word.startswith("last"):
        return _month(year - 1 if "year" in word or month >= a.published.month else year, month)
    return _month(year + 1 if "year" in word or month <= a.published.month else year, month)


def _month_alone(a: _Anchor, m: re.Match[str]) -> DateInterval | None:
    month = _m(m["m"])
    which = (m["which"] or "").strip()
    if which in ("last", "next"):
        return _month_relative_plain(a, month, which)
    year = a.published.year if which == "this" else _nearest(a, month, None)
    return _part(_month(year, month), m["part"])


def _month_relative_plain(a: _Anchor, month: int, which: str) -> DateInterval:
    year = a.published.year
    if which == "last":
        return _month(year if month < a.published.month else year - 1, month)
    return _month(year if month > a.published.month else year + 1, month)


def _weekday(a: _Anchor, m: re.Match[str]) -> DateInterval | None:
    which, number = (m["which"] or "").strip(), _DAYS[m["w"]]
    gap = number - a.published.weekday()
    if which in ("next", "coming"):
        gap = gap + 7 if gap <= 0 else gap
    elif which == "last":
        gap = gap - 7 if gap >= 0 else gap
    elif which != "this":
        if a.ahead and gap < 0:
            gap += 7
        elif not a.ahead and gap > 0:
            gap -= 7
    day = _plus(a.published, gap)
    return _days(day, day)


def _today(a: _Anchor, m: re.Match[str]) -> DateInterval | None:
    word = m["t"]
    shift = {"yesterday": -1, "tomorrow": 1}.get(word, 0)
    if word.startswith("the day before y"):
        shift = -2
    elif word.startswith("the day after t"):
        shift = 2
    elif word == "last night":
        shift = -1
    day = _plus(a.published, shift)
    return _days(day, day)


def _this_unit(a: _Anchor, m: re.Match[str]) -> DateInterval | None:
    step = {"last": -1, "previous": -1, "past": -1, "next": 1, "coming": 1, "following": 1}.get(m["which"], 0)
    day = a.published
    unit = m["u"]
    if unit == "week":
        return _week(day, step)
    if unit == "weekend":
        week = _week(day, step)
        return None if week is None or week.end is None else _days(_plus(week.end, -1), week.end)
    if unit == "month":
        return _shift_month(day, step)
    if unit == "quarter":
        index = day.year * 4 + (day.month - 1) // 3 + step
        return _quarter_of(index // 4, index % 4 + 1)
    if unit == "decade":
        start = day.year // 10 * 10 + 10 * step
        return _days(_safe(start, 1, 1), _safe(start + 9, 12, 31))
    return _part(_year(day.year + step), m["part"]) if 1 < day.year + step < 9999 else None


def _new_year(a: _Anchor, m: re.Match[str]) -> DateInterval | None:
    return _month(a.published.year + 1, 1) if a.published.year < 9999 else None


def _quarter_of(year: int, number: int) -> DateInterval | None:
    return _days(_safe(year, 3 * number - 2, 1), _month(year, 3 * number).end)


def _half(a: _Anchor, m: re.Match[str]) -> DateInterval | None:
    year = int(m["y"]) if m["y"] else a.published.year
    first = _ORDER[m["o"]] == 1
    return _days(dt.date(year, 1 if first else 7, 1), dt.date(year, 6 if first else 12, 30 if first else 31))


def _season(a: _Anchor, m: re.Match[str]) -> DateInterval | None:
    start_month = _SEASONS[m["s"]]
    which = (m["which"] or "").strip()
    if m["y"]:
        year = int(m["y"])
    else:
        year = a.published.year
        if start_month == 12 and a.published.month <= 2:
            year -= 1  # in January "this winter" began last year
        if which == "last" and (year, start_month) >= (a.published.year, a.published.month - 2):
            year -= 1
        elif which in ("next", "coming") and (year, start_month) <= (a.published.year, a.published.month):
            year += 1
        elif (
            which not in ("last", "next", "coming", "this")
            and not a.ahead
            and dt.date(year, start_month, 1) > a.published
        ):
            year -= 1
    if not 1 <= year <= 9998:
        return None
    end = _shift_month(dt.date(year, start_month, 1), 2)
    return None if end is None else _days(dt.date(year, start_month, 1), end.end)


def _ago(a: _Anchor, m: re.Match[str]) -> DateInterval | None:
    number, unit = _count(m["n"]), m["u"].rstrip("s")
    day = a.published
    if unit == "day":
        when = _plus(day, -number)
        return _days(when, when)
    if unit == "week":
        return _week(day, -number)
    if unit == "month":
        return _shift_month(day, -number)
    years = number * (10 if unit == "decade" else 1)
    return _year(day.year - years) if day.year - years >= 1 else None


def _span(a: _Anchor, m: re.Match[str]) -> DateInterval | None:
    """'the next five days', 'the past three months', 'in recent weeks'."""
    ahead = m["dir"] in ("next", "coming", "following")
    number = _count(m["n"]) if "n" in m.re.groupindex and m["n"] else _FEW
    unit = m["u"].rstrip("s")
    day = a.published
    if unit in ("day", "week"):
        size = number * (7 if unit == "week" else 1)
        return _days(_plus(day, 1), _plus(day, size)) if ahead else _days(_plus(day, -size), day)
    months = number * {"month": 1, "year": 12, "decade": 120}[unit]
    if unit == "month":
        other = _shift_month(day, months if ahead else -months)
        now = _month(day.year, day.month)
        if other is None:
            return None
        return _days(now.start, other.end) if ahead else _days(other.start, now.end)
    years = months // 12
    if ahead:
        return _days(day, _safe(day.year + years, 12, 31)) if day.year + years <= 9999 else None
    return _days(_safe(day.year - years, 1, 1), day) if day.year > years else None


def _decade(a: _Anchor, m: re.Match[str]) -> DateInterval | None:
    start = int(m["y"])
    return _days(_safe(start, 1, 1), _safe(start + 9, 12, 31))


def _years(a: _Anchor, m: re.Match[str]) -> DateInterval | None:
    first, last = int(m["y1"]), m["y2"]
    second = int(last) if len(last) == 4 else first // 100 * 100 + int(last)
    return _days(_safe(first, 1, 1), _safe(second, 12, 31))


def _bare_year(a: _Anchor, m: re.Match[str]) -> DateInterval | None:
    return _part(_year(int(m["y"])), m["part"])


def _neighbour(a: _Anchor, m: re.Match[str]) -> DateInterval | None:
    if a.before is None or a.before.start is None or a.before.start != a.before.end:
        return None
    back = "before" in m.group() or "earlier" in m.group() or "previous" in m.group()
    day = _plus(a.before.start, -1 if back else 1)
    return _days(day, day)


def _quarter_any(a: _Anchor, m: re.Match[str]) -> DateInterval | None:
    if m["q2"]:
        return _quarter_of(int(m["y2"]), int(m["q2"]))
    return _quarter_of(int(m["y"]) if m["y"] else a.published.year, _ORDER[m["o"]])


def _season_named(a: _Anchor, m: re.Match[str]) -> DateInterval | None:
    # "spring" without a marker is a word like any other.
    return _season(a, m) if m["which"] or m["y"] or m.group().startswith(("in ", "the ", "of ", "during ")) else None


def _shift_phrase(a: _Anchor, m: re.Match[str]) -> DateInterval | None:
    day = _plus(a.published, -2 if "before" in m.group() else 2)
    return _days(day, day)


_PART = r"(?:(?P<part>early|mid|late|beginning of|start of|end of|middle of)(?:-|\s(?:in\s)?(?:the\s)?))?"
# In order of trust: an earlier pattern keeps its span from later ones. ``C`` marks patterns whose word must be
# written with a capital (May, March).
_RULES: tuple[tuple[str, _Handler], ...] = (
    (r"(?<![\d-])(?P<y>\d{4})-(?P<m>\d{2})-(?P<d>\d{2})(?![\d-])", _iso),
    (r"(?<![\d./])(?P<a>\d{1,2})(?P<sep>[./])(?P<b>\d{1,2})(?P=sep)(?P<y>(?:19|20)\d\d)(?![\d./]\d)", _numeric),
    (
        rf"\b(?:(?:{_W}),?\s+)?(?P<m>{_M})\s?(?P<d1>{_D})\s?(?:-|–|—|to|through|"
        rf"and)\s?(?:(?P<m2>{_M})\s)?(?P<d2>{_D})\b(?:,?\s(?P<y>{_Y}))?"
    , _day_range),
    (rf"\b(?P<d1>{_D})\s?(?:-|–|—|to|and)\s?(?P<d2>{_D})\s(?:of\s)?(?P<m>{_M})(?:,?\s(?P<y>{_Y}))?", _day_range),
    (rf"\b(?:(?:{_W}),?\s+)?(?P<m>{_M})\s?(?P<d>{_D})\b(?!\s?%|,\d{{3}})(?:,?\s(?P<y>{_Y}))?", _full),
    (rf"\b(?:(?:{_W}),?\s+)?(?:the\s)?(?P<d>{_D})\s(?:of\s)?(?P<m>{_M})(?:,?\s(?P<y>{_Y}))?", _full),
    (
        rf"\b(?P<m1>{_M})\s?(?:-|–|—|to|and|through)\s?(?P<m2>{_M})(?:\s(?P<tail>(?:of\s)?(?:this|last|"
        rf"next)\syear|,?\s?{_Y}))?"
    , _month_span),
    (rf"\b{_PART}(?P<m>{_M}),?\s(?:of\s)?(?P<y>{_Y})\b", _month_year),
    (rf"\b(?P<m>{_M}),?\s(?:of\s)?(?P<which>(?:this|last|next)\syear)\b", _month_relative),
    (
        r"\b(?:the\s)?(?P<o>first|second|third|fourth)\squarter(?:\sof\s(?P<y>20\d\d))?(?P<q>(?!))?|"
        r"\bq(?P<q2>[1-4])\s(?P<y2>20\d\d)\b"
    , _quarter_any),
    (rf"\b(?:the\s)?(?P<o>first|second)\shalf\sof\s(?:the\syear|(?P<y>{_Y}))", _half),
    (
        rf"\b(?:(?:in|the|of|during)\s)?(?:(?P<which>this|last|next|coming)\s)?(?P<s>spring|summer|autumn|"
        rf"winter)\b(?:\s(?:of\s)?(?P<y>{_Y}))?"
    , _season_named),
    (rf"\b(?:in\s)?the\s(?P<dir>next|coming|past|last|following)\s(?P<n>{_N})\s(?P<u>{_UNITS})\b", _span),
    (
        r"\b(?:(?:in|over|during|within|for)\s)?(?:the\s)?(?P<dir>recent|past|coming)\s(?P<u>days|weeks|"
        r"months|years|decades)\b"
    , _span),
    (rf"\b(?P<n>{_N})\s(?P<u>{_UNITS})\s(?:ago|earlier)\b", _ago),
    (r"\bthe\s(?:day\sbefore\syesterday|day\safter\stomorrow)\b(?P<t>(?!))?", _shift_phrase),
    (r"\b(?:the\sbeginning\sof|early\sin|at\sthe\sstart\sof)\s(?:the\s)?new\syear\b", _new_year),
    (
        r"\b(?:(?P<part>early|late|end of|beginning of|start of|middle of)\s)?(?P<which>this|last|next|"
        r"previous|current|past|coming)\s(?P<u>week|weekend|month|quarter|year|decade)\b(?!-old)"
    , _this_unit),
    (r"\b(?P<t>today|yesterday|tomorrow|tonight|last\snight|this\s(?:morning|afternoon|evening))\b", _today),
    (
        r"\b(?:the\s(?:day\sbefore|previous\sday|day\searlier|next\sday|following\sday|day\safter)|"
        r"a\sday\s(?:earlier|before|later))\b"
    , _neighbour),
    (rf"\b(?:on\s)?(?:(?P<which>this|last|next|coming)\s)?(?P<w>{_W})\b", _weekday),
    (rf"\b(?P<y1>{_Y})\s?[-–—]\s?(?P<y2>{_Y}|\d\d)\b(?!-)", _years),
    (r"\b(?:the\s)?(?P<y>(?:19|20)\d0)s\b", _decade),
    (rf"\b{_PART}(?:(?P<which>this|last|next)\s)?(?P<m>{_M})(?![\w-])", _month_alone),
    (
        rf"(?<![\d.,/$€£#:-])\b{_PART}(?P<y>{_Y})\b(?![\d/%]|,\d|\.\d)(?!\s(?:troops|people|soldiers|men|"
        rf"tanks|km|miles|vehicles))"
    , _bare_year),
)  # fmt: skip
_COMPILED = tuple((re.compile(pattern), handler) for pattern, handler in _RULES)
# What a rule cannot do without, so that most are skipped for most sentences: m a month, n two of them, d a digit, w a
# weekday, s a season, r a word of relation.
_NEEDS = tuple(
    "n"
    if handler is _month_span
    else "m"
    if _M in pattern
    else "d"
    if r"\d" in pattern.replace(_Y, r"\d").replace(_N, "").replace(_D, r"\d")
    and "quarter" not in pattern
    and "half" not in pattern
    and "spring" not in pattern
    else "w"
    if _W in pattern
    else "s"
    if "spring" in pattern
    else "r"
    for pattern, handler in _RULES
)
# One of these stands wherever a rule with this handler matches.
_UNIT_SIGNS = ("day", "week", "month", "year", "decade")
_SIGNS: dict[_Handler, tuple[str, ...]] = {
    _iso: ("-",), _years: ("-", "–", "—"), _decade: ("0s",), _month_relative: ("year",),
    _month_span: ("-", "–", "—", "to", "and", "through"), _day_range: ("-", "–", "—", "to", "and", "through"),
    _quarter_any: ("quarter", "q1", "q2", "q3", "q4"), _half: ("half",), _span: _UNIT_SIGNS, _ago: ("ago", "earlier"),
    _shift_phrase: ("yesterday", "tomorrow"), _new_year: ("new",), _neighbour: ("day",),
    _this_unit: ("week", "month", "quarter", "year", "decade"),
    _today: ("today", "yesterday", "tomorrow", "tonight", "night", "morning", "afternoon", "evening"),
}  # fmt: skip
# ... and where this matches, which begins with a figure and so is soon looked for.
_FIGURE = re.compile(r"\d")
_SHAPES: dict[_Handler, re.Pattern[str]] = {
    _iso: re.compile(r"\d-\d"), _numeric: re.compile(r"\d[./]\d"), _full: _FIGURE, _month_year: _FIGURE,
    _day_range: re.compile(r"\d(?:st|nd|rd|th)?\s?(?:[-–—]|to|through|and)"), _years: re.compile(r"\d\s?[-–—]"),
}  # fmt: skip
# A bare year is looked for from this far before the first figure on: "beginning of the " stands before it.
_YEAR_REACH = 24
# No date reaches further from its month: "wednesday, the beginning of the" has 31 characters before it, and
# " 12th through 13th of this year" as many behind.
_MONTH_REACH = 40
_RELATION = frozenset(
    "today yesterday tomorrow tonight this last next recent past coming ago earlier quarter half day "
    "current previous new".split()
)
_SORT = (
    dict.fromkeys(_MONTHS, "m") | dict.fromkeys(_DAYS, "w") | dict.fromkeys(_SEASONS, "s")
    | dict.fromkeys(_RELATION, "r")
)  # fmt: skip
_MONTH_RULE, _YEAR_RULE = len(_RULES) - 2, len(_RULES) - 1
_FIGURES = re.compile(r"\d(?:\d{3}|[./-]\d)")
# Words of the pattern that are not part of the date itself.
_LEAD = re.compile(r"\s*(?:(?:in|on|over|during|within|for|of)\s)?")
_AMBIGUOUS = {"may", "march", "mar", "jan", "sun", "dec"}
_BEFORE_MONTH = re.compile(
    r"\b(?:in|by|since|until|till|of|for|during|from|after|before|last|next|this|early|late|mid)[ -]$"
)


def find_dates(
    text: str, published: dt.date, start: int = 0, end: int | None = None, *, low: str | None = None
) -> list[DateMention]:
    """Dates in ``text[start:end]`` as intervals, in order, without overlaps. ``low``: that part folded, if at hand."""
    if low is None:
        low = fold(text[start : len(text) if end is None else end])
    have = _parts_to_read(low)
    if not have:
        return []
    taken: list[tuple[int, int, re.Match[str], _Handler]] = []
    used = bytearray(len(low))
    for number, pattern, handler, need, signs, shape in _rules_for(tuple(have)):
        if shape is not None and not shape.search(low):
            continue
        for sign in signs:
            if sign in low:
                break
        else:
            continue
        start_at, end_at = have[need]
        if number == _YEAR_RULE and (figure := _FIGURE.search(low)):
            start_at = max(0, figure.start() - _YEAR_REACH)
        for match in pattern.finditer(low, start_at, end_at):
            a, b = match.start(), match.end()
            if used.find(1, a, b) >= 0:
                continue
            if number == _MONTH_RULE and not _is_month(text, low, start, match):
                continue
            taken.append((a, b, match, handler))
            used[a:b] = b"\x01" * (b - a)
    found: list[DateMention] = []
    before: DateInterval | None = None
    for begin, stop, match, handler in sorted(taken, key=lambda item: item[0]):
        window = low[max(0, begin - 60) : begin]
        interval = handler(_Anchor(published, before, bool(_AHEAD.search(window))), match)
        if interval is None:
            continue
        lead = _LEAD.match(low, begin, stop)
        first = start + (lead.end() if lead else begin)
        shown = text[first : start + stop]
        if stop == len(low):
            shown = shown.rstrip(".")  # the full stop of the sentence, not of "Jan."
        found.append(DateMention(start=first, end=first + len(shown), text=shown, interval=interval))
        before = interval
    return found


@cache
def _rules_for(
    sorts: tuple[str, ...],
) -> tuple[tuple[int, re.Pattern[str], _Handler, str, tuple[str, ...], re.Pattern[str] | None], ...]:
    """Rules of these sorts in order of trust: number, pattern, handler, sort, signs and shape."""
    return tuple(
        (number, pattern, handler, _NEEDS[number], _SIGNS.get(handler, ("",)), _SHAPES.get(handler))
        for number, (pattern, handler) in enumerate(_COMPILED)
        if _NEEDS[number] in sorts
    )


@cache
def _triggers() -> Any:
    """The words that call a sort of rules, for one pass over a sentence."""
    import ahocorasick

    automaton = ahocorasick.Automaton()
    for word, sort in _SORT.items():
        automaton.add_word(word, (len(word), sort))
    automaton.make_automaton()
    return automaton


def _goes_on(sign: str) -> bool:
    """Whether a word goes on in this character."""
    return sign.isalnum() or sign == "_"


def _parts_to_read(low: str) -> dict[str, tuple[int, int]]:
    """For each sort of rule (`_NEEDS`) the part of the sentence it can match in; none for what cannot match at all."""
    have: dict[str, tuple[int, int]] = {}
    whole = (0, len(low))
    for last, (size, sort) in _triggers().iter(low):
        begin, end = last - size + 1, last + 1
        if _goes_on(low[end : end + 1]) or (begin and _goes_on(low[begin - 1])):
            continue
        if sort == "m":
            first = have["m"][0] if "m" in have else max(0, begin - _MONTH_REACH)
            have["n" if "m" in have else "m"] = (first, min(len(low), end + _MONTH_REACH))
            if "n" in have:
                have["m"] = have["n"]
        else:
            have[sort] = whole
    if _FIGURES.search(low):
        have["d"] = whole
    if "d" in have and "q" in low:
        have["r"] = whole  # "Q3 2022"
    return have


def _is_month(text: str, low: str, offset: int, match: re.Match[str]) -> bool:
    """Whether a lone month word is the month: written with a capital, and 'May' or 'March' after a preposition."""
    at = match.start("m")
    if not text[offset + at].isupper():
        return False
    word = match["m"].rstrip(".")
    if word in _AMBIGUOUS or len(word) <= 3:
        return bool(_BEFORE_MONTH.search(low[max(0, at - 8) : at]))
    return True
