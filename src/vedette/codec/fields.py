"""Reading one table of a file key by key, with errors that name the file, the table, the key and the cure."""

from __future__ import annotations

import datetime as dt
import difflib
import enum
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, TypeVar

from vedette.domain.time import DateInterval, instant, parse_date
from vedette.errors import CaseRefused, UnknownName, VedetteError

E = TypeVar("E", bound=enum.StrEnum)


class _Required:
    """Type of the marker `REQUIRED`."""


REQUIRED = _Required()


_FEW = 8
"""So few names are all listed when none is like the one given [assumption: they fit one line]."""


def nearest(name: str, valid: Iterable[str], *, n: int = 3) -> list[str]:
    """The ``n`` valid names most like ``name``, best first; when none is like it, all of a short list, or the best."""
    pool = list(dict.fromkeys(valid))
    close = difflib.get_close_matches(name, pool, n=n, cutoff=0.5)
    if close:
        return close
    return pool if len(pool) <= _FEW else difflib.get_close_matches(name, pool, n=n, cutoff=0.0)


@contextmanager
def located(where: str) -> Iterator[None]:
    """Put ``where`` (file and table) in front of the place an inner error names."""
    try:
        yield
    except VedetteError as error:
        if where and not error.where.startswith(where):
            error.where = f"{where}: {error.where}" if error.where else where
        raise


_MONTH_OR_YEAR = re.compile(r"(?P<year>\d{4})(?:-(?P<month>\d{2}))?")


def _whole(year: int, month: int | None, where: str) -> DateInterval:
    """The first to the last day of a year or month."""
    first, last = month or 1, month or 12
    start = parse_date(f"{year:04d}-{first:02d}-01", where=where)
    after = f"{year + last // 12:04d}-{last % 12 + 1:02d}-01"
    return DateInterval(start=start, end=parse_date(after, where=where) - dt.timedelta(days=1))


class Table:
    """A mapping read from a file. Keys are taken one by one; `finish` refuses those that nothing took."""

    def __init__(self, data: object, where: str) -> None:
        if not isinstance(data, Mapping):
            raise CaseRefused(f"expected a table, found {_kind(data)}", where=where)
        self.data: Mapping[str, Any] = data
        self.where = where
        self.taken: set[str] = set()

    def __contains__(self, key: str) -> bool:
        return key in self.data

    def raw(self, key: str, default: object = REQUIRED) -> Any:
        """The value as read; ``default`` when the key is absent (a null counts as absent)."""
        self.taken.add(key)
        value = self.data.get(key)
        if value is not None:
            return value
        if isinstance(default, _Required):
            unread = [k for k in self.data if k not in self.taken]
            close = difflib.get_close_matches(key, unread, n=1, cutoff=0.6)
            fix = f"Is {close[0]!r} meant?" if close else ""
            raise CaseRefused(f"missing key {key!r}", where=self.where, fix=fix)
        return default

    def _typed(self, key: str, default: object, kinds: type | tuple[type, ...], name: str) -> Any:
        value = self.raw(key, default)
        if value is default and not isinstance(default, _Required):
            return value
        if not isinstance(value, kinds) or (isinstance(value, bool) and kinds is not bool):
            raise CaseRefused(f"{key} should be {name}, found {_kind(value)}", where=self.where)
        return value

    def text(self, key: str, default: str | _Required | None = REQUIRED) -> Any:
        """A string."""
        return self._typed(key, default, str, "text")

    def number(self, key: str, default: float | _Required | None = REQUIRED) -> Any:
        """A float."""
        value = self._typed(key, default, (int, float), "a number")
        return value if value is default else float(value)

    def whole(self, key: str, default: int | _Required | None = REQUIRED) -> Any:
        """An integer."""
        return self._typed(key, default, int, "a whole number")

    def flag(self, key: str, default: bool | _Required = REQUIRED) -> bool:
        """true or false."""
        return bool(self._typed(key, default, bool, "true or false"))

    def texts(self, key: str, default: tuple[str, ...] | _Required = REQUIRED) -> tuple[str, ...]:
        """A list of strings; one string alone counts as a list of one."""
        value = self.raw(key, default)
        if isinstance(value, str):
            return (value,)
        if not isinstance(value, list | tuple) or not all(isinstance(v, str) for v in value):
            raise CaseRefused(f"{key} should be a list of text", where=self.where)
        return tuple(value)

    def triple(self, key: str) -> tuple[float, float, float] | None:
        """``[value, low, high]``, or nothing."""
        value = self.raw(key, None)
        if value is None:
            return None
        if not isinstance(value, list | tuple) or len(value) != 3 or not all(isinstance(v, int | float) for v in value):
            raise CaseRefused(f"{key} should be [value, low, high]", where=self.where)
        return float(value[0]), float(value[1]), float(value[2])

    def date(self, key: str, default: dt.date | _Required | None = REQUIRED) -> Any:
        """A day."""
        value = self.raw(key, default)
        if isinstance(value, dt.datetime):
            raise CaseRefused(f"{key} should be a day, found a time", where=self.where, fix="Write it as YYYY-MM-DD")
        if value is default or isinstance(value, dt.date):
            return value
        return parse_date(value, where=f"{self.where}: {key}")

    def instant(self, key: str, default: dt.datetime | _Required | None = REQUIRED) -> Any:
        """A UTC instant; a bare day means its 00:00 UTC."""
        value = self.raw(key, default)
        if value is default and not isinstance(default, _Required):
            return value
        if not isinstance(value, str | dt.date):
            raise CaseRefused(f"{key} should be a date or time, found {_kind(value)}", where=self.where)
        return instant(value, where=f"{self.where}: {key}")

    def interval(self, key: str) -> DateInterval | None:
        """A day, a month (``"2022-01"``), a year, ``"start/end"``, ``{from, to}`` with an end left out when open, or
        nothing.
        """
        value = self.raw(key, None)
        if value is None:
            return None
        if isinstance(value, Mapping):
            inner = Table(value, f"{self.where}: {key}")
            made = DateInterval(start=inner.date("from", None), end=inner.date("to", None))
            inner.finish()
            return made
        if isinstance(value, str) and (part := _MONTH_OR_YEAR.fullmatch(value.strip())):
            return _whole(int(part["year"]), int(part["month"]) if part["month"] else None, self.where)
        if isinstance(value, str) and "/" in value:
            start, _, end = value.partition("/")
            ends = [None if x in ("", "..") else parse_date(x, where=f"{self.where}: {key}") for x in (start, end)]
            return DateInterval(start=ends[0], end=ends[1])
        day = self.date(key)
        return DateInterval(start=day, end=day)

    def choice(self, key: str, kind: type[E], default: E | _Required = REQUIRED) -> E:
        """A member of an enumeration, by value."""
        value = self.raw(key, default)
        if isinstance(value, kind):
            return value
        valid = [str(member.value) for member in kind]
        if value not in valid:
            close = difflib.get_close_matches(str(value), valid, n=1, cutoff=0.5)
            fix = f"Nearest: {close[0]}" if close else ""
            raise CaseRefused(f"{key} {value!r} is not one of {', '.join(valid)}", where=self.where, fix=fix)
        return kind(value)

    def one_of(self, key: str, valid: Iterable[str], kind: str, default: str | _Required = REQUIRED) -> str:
        """A name out of ``valid``; raises `UnknownName` with the nearest."""
        name = str(self.text(key, default))
        names = list(valid)
        if name not in names:
            raise UnknownName(kind, name, nearest=nearest(name, names), where=self.where)
        return name

    def table(self, key: str, default: Mapping[str, Any] | _Required | None = REQUIRED) -> Table | None:
        """A table inside this one."""
        value = self.raw(key, default)
        return None if value is None else Table(value, f"{self.where} [{key}]")

    def tables(self, key: str, default: tuple[()] | _Required = ()) -> list[Table]:
        """A list of tables; each is named by its position and its id."""
        value = self.raw(key, default)
        if not isinstance(value, list | tuple):
            raise CaseRefused(f"{key} should be a list of tables, found {_kind(value)}", where=self.where)
        made = []
        for position, item in enumerate(value, start=1):
            name = item.get("id") if isinstance(item, Mapping) else None
            made.append(Table(item, f"{self.where} [[{key}]] {position}" + (f" ({name})" if name else "")))
        return made

    @property
    def unread(self) -> tuple[str, ...]:
        """Keys nothing has taken."""
        return tuple(k for k in self.data if k not in self.taken)

    def finish(self) -> None:
        """Refuse keys that nothing took, naming the nearest valid one."""
        if self.unread:
            key = self.unread[0]
            close = nearest(key, sorted(self.taken), n=1)
            raise CaseRefused(
                f"unknown key {key!r}", where=self.where, fix=f"Nearest valid key: {close[0]}" if close else ""
            )


def _kind(value: object) -> str:
    names: dict[type, str] = {str: "text", bool: "true/false", int: "a number", float: "a number", list: "a list"}
    if value is None:
        return "nothing"
    if isinstance(value, Mapping):
        return "a table"
    return names.get(type(value), type(value).__name__)
