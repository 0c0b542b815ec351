"""Other people's forecasts as files: what each known shape says, and what could not be read.

Shapes: ``csv`` (question, forecaster, date, probability[, scenario, base_rate, statement, deadline, outcome,
resolved]), ``metaculus`` (its API's question objects), ``good-judgment`` (the survey and question tables of the Good
Judgment Project), ``forecastbench`` (question, resolution and forecast sets), ``predictionbook`` and ``autocast``
(tables of single forecasts and of questions with crowd series). A row that cannot be used is returned with its number
and the reason, never dropped.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from vedette.domain.time import instant
from vedette.errors import BadInput, DateRefused, MissingExtra

YES_NO = ("yes", "no")
Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class ForeignQuestion:
    """A question asked elsewhere. ``deadline`` None when the file does not say."""

    id: str
    statement: str
    atoms: tuple[str, ...] = YES_NO
    deadline: dt.date | None = None
    rule: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ForeignForecast:
    """One forecast. ``probabilities`` by answer; ``scenario`` set when it speaks of a scenario of one of our cases."""

    row: int
    question: str
    forecaster: str
    at: dt.datetime
    probabilities: Mapping[str, float]
    scenario: str | None = None
    base_rate: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ForeignResolution:
    """What happened: an answer, or None for a void question."""

    row: int
    question: str
    atom: str | None
    on: dt.date
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """A row that could not be used, as it was, and why."""

    file: str
    row: int
    reason: str
    record: Any


@dataclass(slots=True)
class ForecastFile:
    """Everything read from one or several files."""

    questions: dict[str, ForeignQuestion] = field(default_factory=dict)
    forecasts: list[ForeignForecast] = field(default_factory=list)
    resolutions: list[ForeignResolution] = field(default_factory=list)
    refused: list[Refused] = field(default_factory=list)
    rows: int = 0
    settled: set[str] = field(default_factory=set)


class _Unusable(Exception):
    """A row that cannot be used; the text says why."""


MOST_ROWS = 500_000
"""Rows of a file that somebody sends to a server. [assumption]: a large tournament's month; packed columns can hold a
thousand times more in a small file."""


def read_forecasts(
    data: bytes, name: str, form: str, into: ForecastFile | None = None, *, most: int | None = None
) -> ForecastFile:
    """Read one file into ``into`` (a new one by default).

    ``form``: one of `FORMATS`; ``most``: rows at most. Raises `BadInput` when the file as a whole is not of that shape.
    """
    if form not in FORMATS:
        raise BadInput(f"unknown format {form!r}", where=name, fix=f"One of {', '.join(FORMATS)}")
    found = into if into is not None else ForecastFile()
    for number, row in enumerate(_records(data, name), 1):
        found.rows += 1
        if most is not None and number > most:
            raise BadInput(f"the file holds more than {most:,} rows", where=name, fix="Split it, or import it on the "
                           "command line: vedette ledger import")  # fmt: skip
        before = len(found.forecasts)
        try:
            if not isinstance(row, Mapping):
                raise _Unusable("not a record")
            FORMATS[form](row, number, found)
        except (_Unusable, DateRefused) as error:
            reason = str(error)
        except (AttributeError, TypeError, ValueError, KeyError, OverflowError, OSError, RecursionError) as error:
            # A list where a number belongs, a year 99999: foreign records can be wrong in every way.
            reason = f"not of the shape of {form} ({type(error).__name__})"
        else:
            continue
        del found.forecasts[before:]  # all of a row or nothing of it
        found.refused.append(Refused(file=name, row=number, reason=reason, record=row))
    if not found.rows:
        raise BadInput("the file holds no rows", where=name)
    return found


def _records(data: bytes, name: str) -> Iterator[Any]:
    lower = name.casefold()
    if lower.endswith(".parquet") or data[:4] == b"PAR1":
        yield from _parquet(data, name)
        return
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadInput("not a text file in UTF-8", where=name) from error
    start = text.lstrip()[:1]
    if start in ("{", "["):
        yield from _json(text, name)
        return
    delimiter = "\t" if lower.endswith(".tsv") else ","
    reader = csv.DictReader(io.StringIO(text), delimiter=delimiter, restkey="_more")
    try:
        if not reader.fieldnames or len(reader.fieldnames) < 2:
            raise BadInput("no header of column names in the first line", where=name)
        yield from reader
    except csv.Error as error:
        raise BadInput(f"line {reader.line_num} is not of a table ({error})", where=name) from error


def _json(text: str, name: str) -> Iterator[Any]:
    try:
        data = json.loads(text)
    except RecursionError as error:
        raise BadInput("nested too deeply", where=name) from error
    except ValueError as error:
        lines = [x for x in text.splitlines() if x.strip()]
        if len(lines) < 2:
            raise BadInput(f"not JSON ({error})", where=name) from error
        for line in lines:  # one object a line; a broken line is a broken row
            try:
                yield json.loads(line)
            except (ValueError, RecursionError):
                yield line
        return
    if isinstance(data, Mapping):
        for key in ("questions", "resolutions", "forecasts", "results"):
            if isinstance(data.get(key), list):
                common = {k: v for k, v in data.items() if not isinstance(v, list | dict)}
                yield from ({**common, **x} if isinstance(x, Mapping) else x for x in data[key])
                return
        yield data
        return
    yield from data


def _parquet(data: bytes, name: str) -> Iterator[Any]:
    try:
        import duckdb
    except ModuleNotFoundError as error:
        raise MissingExtra("reading parquet needs duckdb", where=name, fix="pip install duckdb") from error
    import tempfile
    from pathlib import Path

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "forecasts.parquet"
        path.write_bytes(data)
        try:
            with duckdb.connect(config={"memory_limit": "1GB"}) as connection:
                found = connection.execute("SELECT * FROM read_parquet(?)", [str(path)])
                names = [c[0] for c in found.description or []]
                while rows := found.fetchmany(10_000):
                    yield from (dict(zip(names, r, strict=True)) for r in rows)
        except duckdb.Error as error:
            raise BadInput(f"not a parquet file ({str(error).splitlines()[0]})", where=name) from error


# -- values ---------------------------------------------------------------------------------------------------


def _text(row: Row, *names: str) -> str:
    for name in names:
        value = row.get(name)
        if value is not None and str(value).strip() and str(value).strip() not in ("N/A", "None", "nan"):
            return str(value).strip()
    raise _Unusable(f"no {names[0]}")


def _maybe(row: Row, *names: str) -> str | None:
    try:
        return _text(row, *names)
    except _Unusable:
        return None


def _probability(value: Any, what: str = "probability") -> float:
    text = str(value).strip()
    try:
        p = float(text.rstrip("%")) / (100 if text.endswith("%") else 1)
    except ValueError:
        raise _Unusable(f"{what} {value!r} is not a number") from None
    if not 0 <= p <= 1:
        raise _Unusable(f"{what} {value!r} is outside 0..1")
    return p


def _when(text: str) -> dt.datetime:
    """An instant; a time without a zone counts as UTC, which every one of these services uses."""
    try:
        stamp = dt.datetime.fromisoformat(text)
    except ValueError:
        if text.replace(".", "", 1).isdigit():
            return dt.datetime.fromtimestamp(float(text), dt.UTC)
        raise _Unusable(f"{text!r} is not a date") from None
    return stamp.replace(tzinfo=dt.UTC) if stamp.tzinfo is None else instant(stamp)


def _day(text: str | None) -> dt.date | None:
    return _when(text).date() if text else None


def _binary(p: float) -> dict[str, float]:
    return {"yes": p, "no": 1 - p}


def _ask(found: ForecastFile, question: ForeignQuestion) -> None:
    known = found.questions.get(question.id)
    if known is None or (known.deadline is None and question.deadline is not None):
        found.questions[question.id] = question


def _settle(found: ForecastFile, number: int, name: str, outcome: str | None, on: dt.date | None, source: str) -> None:
    """A resolution from a table that repeats it in every row: kept once."""
    if outcome is None or on is None or name in found.settled:
        return
    words = outcome.strip().casefold()
    meant = {"1": "yes", "1.0": "yes", "yes": "yes", "true": "yes", "0": "no", "0.0": "no", "no": "no", "false": "no"}
    if words in ("-1", "-1.0", "ambiguous", "annulled", "void"):
        atom = None
    elif words in meant:
        atom = meant[words]
    else:
        return
    found.settled.add(name)
    found.resolutions.append(ForeignResolution(row=number, question=name, atom=atom, on=on, source=source))


# -- shapes ---------------------------------------------------------------------------------------------------


def _plain(row: Row, number: int, found: ForecastFile) -> None:
    if row.get("_more"):
        raise _Unusable("more values than columns")
    name, who = _text(row, "question", "question_id"), _text(row, "forecaster", "user", "user_id")
    at, p = _when(_text(row, "date", "at", "timestamp")), _probability(_text(row, "probability", "forecast"))
    base = _maybe(row, "base_rate")
    reference = _probability(base, "base_rate") if base else None
    scenario = _maybe(row, "scenario")
    statement = _maybe(row, "statement", "title")
    if statement:
        _ask(found, ForeignQuestion(id=name, statement=statement, deadline=_day(_maybe(row, "deadline"))))
    found.forecasts.append(
        ForeignForecast(
            row=number, question=name, forecaster=who, at=at, probabilities=_binary(p), scenario=scenario,
            base_rate=reference,
        )
    )
    source = _maybe(row, "source") or "import"
    _settle(found, number, name, _maybe(row, "outcome"), _day(_maybe(row, "resolved")), source)


def _predictionbook(row: Row, number: int, found: ForecastFile) -> None:
    name = f"predictionbook-{_text(row, 'question_id')}"
    on = _day(_maybe(row, "close_time")) or _day(_maybe(row, "resolve_time"))
    statement = _maybe(row, "q_title") or f"PredictionBook question {_text(row, 'question_id')}"
    _ask(found, ForeignQuestion(id=name, statement=statement, deadline=on))
    if "q_title" not in row:
        p = _probability(row.get("probability"))
        found.forecasts.append(
            ForeignForecast(
                row=number, question=name, forecaster=_text(row, "user_id"), at=_when(_text(row, "timestamp")),
                probabilities=_binary(p),
            )
        )
    _settle(found, number, name, _maybe(row, "outcome"), _day(_maybe(row, "resolve_time")), "PredictionBook")


def _forecastbench(row: Row, number: int, found: ForecastFile) -> None:
    if isinstance(row.get("id"), list | tuple):
        raise _Unusable("a combination of questions, which has no question of its own")
    source = _text(row, "source")
    if "resolved_to" in row:
        if str(row.get("resolved")).casefold() not in ("true", "1"):
            raise _Unusable("not resolved yet: the value is a market price")
        name = _bench_id(row, source, _maybe(row, "resolution_date"))
        on = _day(_text(row, "resolution_date"))
        value = _text(row, "resolved_to")
        if value not in ("0", "0.0", "1", "1.0"):
            raise _Unusable(f"resolved to {value}, neither 0 nor 1")
        _settle(found, number, name, value, on, f"ForecastBench, {source}")
        return
    name = _bench_id(row, source, _maybe(row, "resolution_date"))
    if "forecast" in row:
        found.forecasts.append(
            ForeignForecast(
                row=number, question=name, forecaster=_text(row, "model", "organization"),
                at=_when(_text(row, "forecast_due_date", "date")), probabilities=_binary(_probability(row["forecast"])),
            )
        )
        return
    if source not in MARKETS:
        raise _Unusable("a data-set question: its freeze value is a level, not a probability")
    p = _probability(row.get("freeze_datetime_value"), "freeze value")
    question = ForeignQuestion(
        id=name, statement=_text(row, "question"), deadline=_day(_maybe(row, "market_info_close_datetime")),
        rule=_maybe(row, "resolution_criteria") or "",
    )
    _ask(found, question)
    found.forecasts.append(
        ForeignForecast(
            row=number, question=name, forecaster=source, at=_when(_text(row, "freeze_datetime")),
            probabilities=_binary(p),
        )
    )


MARKETS = frozenset({"manifold", "metaculus", "polymarket", "infer"})
"""ForecastBench sources whose freeze value is a probability."""


def _bench_id(row: Row, source: str, date: str | None) -> str:
    # A data-set question is asked for several dates: each is a question of its own. A market question has one.
    dated = f"-{date}" if source not in MARKETS and date else ""
    return f"forecastbench-{source}-{_text(row, 'id')}{dated}"[:160]


def _autocast(row: Row, number: int, found: ForecastFile) -> None:
    if _text(row, "qtype") not in ("t/f", "binary"):
        raise _Unusable(f"a question of type {row['qtype']}, not yes or no")
    name = f"autocast-{_text(row, 'id')}"
    # The set asks most questions twice, once negated, under one id: the second wording is another question.
    statement = _text(row, "question")
    if name in found.questions and found.questions[name].statement != statement:
        name = f"{name}-negated"
    close = _day(_maybe(row, "close_time"))
    _ask(found, ForeignQuestion(id=name, statement=statement, deadline=close))
    series = row.get("crowd") or []
    if isinstance(series, str):
        try:
            series = json.loads(series)
        except ValueError:
            raise _Unusable("its crowd series is not JSON") from None
    who = {"M": "metaculus", "G": "good judgment"}.get(_text(row, "id")[:1], "crowd")
    for point in series:
        p = _probability(point.get("forecast") if isinstance(point, Mapping) else None, "crowd forecast")
        at = _when(_text(point, "timestamp"))
        found.forecasts.append(
            ForeignForecast(row=number, question=name, forecaster=who, at=at, probabilities=_binary(p))
        )
    _settle(found, number, name, _maybe(row, "answer"), close, "Autocast")


def _metaculus(row: Row, number: int, found: ForecastFile) -> None:
    inner = row.get("question") if isinstance(row.get("question"), Mapping) else row
    assert isinstance(inner, Mapping)
    kind = _maybe(inner, "type") or "binary"
    possibilities = inner.get("possibilities")
    if isinstance(possibilities, Mapping):
        kind = str(possibilities.get("type", kind))
    if kind not in ("binary", "forecast"):
        raise _Unusable(f"a question of type {kind}, not yes or no")
    name = f"metaculus-{_text(row, 'id')}"
    limit = _day(_maybe(inner, "scheduled_close_time", "scheduled_resolve_time", "close_time", "resolve_time"))
    statement = _text(row, "title")
    _ask(
        found,
        ForeignQuestion(id=name, statement=statement, deadline=limit, rule=_maybe(inner, "resolution_criteria") or ""),
    )
    for at, p in _metaculus_series(inner):
        found.forecasts.append(
            ForeignForecast(
                row=number, question=name, forecaster="metaculus", at=_when(str(at)),
                probabilities=_binary(_probability(p)),
            )
        )
    on = _day(_maybe(inner, "actual_resolve_time", "actual_close_time", "resolve_time"))
    _settle(found, number, name, _maybe(inner, "resolution"), on, f"Metaculus question {row['id']}")


def _metaculus_series(inner: Row) -> Iterator[tuple[Any, Any]]:
    """(time, community probability) in the older and the newer layout of the API."""
    old = inner.get("community_prediction")
    if isinstance(old, Mapping):
        for point in old.get("history") or []:
            value = point.get("x1") or point.get("x2") or {}
            yield point.get("t"), value.get("q2", value.get("avg"))
    new = inner.get("aggregations")
    if isinstance(new, Mapping):
        weighted = new.get("recency_weighted") or new.get("unweighted") or {}
        for point in weighted.get("history") or []:
            centres = point.get("centers") or point.get("means") or []
            # Two centres are (no, yes); one is the chance of yes.
            yield point.get("start_time"), centres[-1] if centres else None


def _good_judgment(row: Row, number: int, found: ForecastFile) -> None:
    name = f"gjp-{_text(row, 'ifp_id')}"
    if "q_text" in row:
        letters = tuple(p.split(")")[0].strip(" (") for p in _text(row, "options").split(", (")) or YES_NO
        _ask(
            found,
            ForeignQuestion(
                id=name, statement=_text(row, "q_text"), atoms=letters,
                deadline=_day(_maybe(row, "date_to_close", "date_closed")), rule=_maybe(row, "q_desc") or "",
            ),
        )
        outcome, on = _maybe(row, "outcome"), _day(_maybe(row, "date_closed"))
        if outcome and on and name not in found.settled:
            found.settled.add(name)
            atom = outcome if outcome in letters else None
            found.resolutions.append(
                ForeignResolution(row=number, question=name, atom=atom, on=on, source="Good Judgment Project")
            )
        return
    p = _probability(row.get("value"), "value")
    at = _when(_text(row, "timestamp", "fcast_date"))
    who, option = _text(row, "user_id"), _text(row, "answer_option")
    last = found.forecasts[-1] if found.forecasts else None
    if last is not None and (last.question, last.forecaster, last.at) == (name, who, at):
        found.forecasts[-1] = ForeignForecast(
            row=last.row, question=name, forecaster=who, at=at, probabilities={**last.probabilities, option: p}
        )
        return
    found.forecasts.append(
        ForeignForecast(row=number, question=name, forecaster=who, at=at, probabilities={option: p})
    )


FORMATS: dict[str, Callable[[Row, int, ForecastFile], None]] = {
    "csv": _plain,
    "metaculus": _metaculus,
    "good-judgment": _good_judgment,
    "forecastbench": _forecastbench,
    "predictionbook": _predictionbook,
    "autocast": _autocast,
}


def write_refused(refused: Sequence[Refused]) -> str:
    """The refused rows, one JSON object a line."""
    lines = [
        json.dumps(
            {"file": r.file, "row": r.row, "reason": r.reason, "record": r.record}, ensure_ascii=False, default=str
        )
        for r in refused
    ]
    return "\n".join(lines) + "\n"
