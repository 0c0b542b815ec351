"""SQL that turns cells (text) into values; a cell that is no such value becomes null, never an error.

The cells of every layout are read as text, with empty cells as null, so that a malformed one can be shown as it stood.
"""

from __future__ import annotations

from vedette.frames.events import Fault


def whole(cell: str) -> str:
    """SQL: a whole number ('20' or '20.0'), else null."""
    value = f"TRY_CAST({cell} AS DOUBLE)"
    return f"CASE WHEN {value} = floor({value}) THEN TRY_CAST({value} AS BIGINT) END"


def integer(cell: str) -> str:
    """SQL: a whole number written as one, else null; quicker than `whole`."""
    return f"TRY_CAST({cell} AS BIGINT)"


def count(cell: str) -> str:
    """SQL: a whole number of the size of a count, else null; whether it is below 0 is for `bad_count` to say."""
    return f"TRY_CAST({cell} AS INTEGER)"


def number(cell: str) -> str:
    """SQL: a finite number, else null."""
    return f"TRY_CAST({cell} AS DOUBLE)"


def day(cell: str) -> str:
    """SQL: a date from ``YYYYMMDD``, else null."""
    return f"CAST(try_strptime({cell}, '%Y%m%d') AS DATE)"


def iso_day(cell: str) -> str:
    """SQL: a date from text that begins with ``YYYY-MM-DD``, else null."""
    return f"TRY_CAST(left({cell}, 10) AS DATE)"


def moment(cell: str) -> str:
    """SQL: an instant from ``YYYYMMDDHHMMSS``, else null."""
    return f"try_strptime({cell}, '%Y%m%d%H%M%S')"


def folded(cell: str) -> str:
    """SQL: a name as the table ``names`` holds it."""
    return f"regexp_replace(replace(lower(strip_accents(trim({cell}))), '.', ''), '\\s+', ' ', 'g')"


def locator(text: str) -> str:
    """SQL: a number for an identifier that is text: the lower 63 bits of its MD5, the same on every machine."""
    return f"CAST(md5_number_lower({text}) >> 1 AS BIGINT)"


def timed_locator(moment_sql: str, text: str) -> str:
    """SQL: a number for an identifier, its upper part a quarter of an hour, its lower 42 bits from the MD5.

    Rows of the same time lie close together, so that looking for known ones touches few files. Within one quarter of an
    hour two of 50,000 rows share a number once in 3,500 times (n^2 / 2^43).
    """
    quarter = f"(epoch({moment_sql})::BIGINT // 900)"
    return f"({quarter} << 42) | CAST(md5_number_lower({text}) & 4398046511103 AS BIGINT)"


def nth(text: str) -> str:
    """SQL: the same text with its ordinal among equal ones in the file, for files whose rows have no identifier."""
    return f"{text} || chr(1) || row_number() OVER (PARTITION BY {text} ORDER BY _n)"


def bad_number(column: str, cell: str, low: float | None = None, high: float | None = None) -> Fault:
    """A cell that is there and is no number, or lies outside what is possible."""
    value = number(cell)
    tests = [f"{value} IS NULL", f"NOT isfinite({value})"]
    reason = "is not a number"
    if low is not None and high is not None:
        tests.append(f"{value} NOT BETWEEN {low} AND {high}")
        reason = f"is not a number between {low:g} and {high:g}"
    return Fault(column=column, cell=cell, when=f"{cell} IS NOT NULL AND ({' OR '.join(tests)})", reason=reason)


def bad_count(column: str, cell: str) -> Fault:
    """A cell that is there and is no whole number from 0."""
    return Fault(
        column=column, cell=cell, reason="is not a count",
        when=f"{cell} IS NOT NULL AND ({count(cell)} IS NULL OR {count(cell)} < 0)",
    )  # fmt: skip


def bad_place(lat: str, lon: str) -> tuple[Fault, ...]:
    """Coordinates that are there and are no place on earth, or only half there."""
    return (
        bad_number(lat, lat, -90, 90),
        bad_number(lon, lon, -180, 180),
        Fault(column=lat, cell=f"concat_ws(', ', {lat}, {lon})", when=f"({lat} IS NULL) <> ({lon} IS NULL)",
              reason="is half a place"),
    )  # fmt: skip


def bad_day(column: str, cell: str, value: str, low: str = "1800-01-01") -> Fault:
    """A date that is not there or is none."""
    return Fault(
        column=column, cell=cell, when=f"coalesce({value} < DATE '{low}', true)", reason="is not a date since 1800"
    )
