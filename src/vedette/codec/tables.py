"""A case and the ledger as flat tables, for programs that know rows: spreadsheets, data frames, databases.

One table a kind of record. A cell is text, a number, a truth value or None (not known, which is never 0). Lists are
joined by ``; ``. Times are ISO 8601 in UTC.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from vedette.domain.case import Case
from vedette.domain.ledger import Forecast, Question, Resolution

Cell = str | int | float | bool | None
FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "|", "%")
"""First characters that a spreadsheet takes for the start of a formula (OWASP, CSV injection)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TableData:
    """Rows under columns; every row has one cell a column. ``kinds``: ``text``, ``number``, ``whole`` or ``truth``."""

    name: str
    columns: tuple[str, ...]
    kinds: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]


def safe_cell(value: object) -> str:
    """A cell of CSV that no spreadsheet runs: text that could start a formula gets an apostrophe before it.

    Numbers stay numbers, a minus sign before one is no formula.
    """
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return repr(value)
    text = str(value)
    return f"'{text}" if text.startswith(FORMULA) else text


def as_csv(table: TableData) -> str:
    """The table as CSV with CRLF ends and a byte order mark, as spreadsheets expect."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(table.columns)
    for row in table.rows:
        writer.writerow([safe_cell(cell) for cell in row])
    return "\ufeff" + out.getvalue()


def as_records(table: TableData) -> list[dict[str, Cell]]:
    """The table as one object a row."""
    return [dict(zip(table.columns, row, strict=True)) for row in table.rows]


def case_tables(case: Case) -> tuple[TableData, ...]:
    """Options, scenarios, documents, evidence (one row a bearing), reviews, judgments, crowd figures and indicators."""
    return (_options(case), _scenarios(case), _documents(case), _evidence(case), _reviews(case), _judgments(case),
            _crowd(case), _indicators(case), _looks(case))  # fmt: skip


def ledger_tables(
    questions: Sequence[Question],
    forecasts: Sequence[tuple[str, Forecast]],
    resolutions: Sequence[Resolution],
) -> tuple[TableData, ...]:
    """Questions, forecasts (one row an answer, with its base rate) and resolutions of the ledger."""
    return (
        _table(
            "questions", "question case statement rule deadline answers", "text text text text text text",
            [(q.id, q.case, q.statement, q.rule, q.deadline.isoformat(), _joined(q.atoms)) for q in questions],
        ),
        _table(
            "forecasts", "digest question forecaster as_of at answer probability base_rate method note",
            "text text text text text text number number text text",
            [
                (digest, f.question, f.forecaster, f.as_of.isoformat(), _at(f.at), answer, p, f.base_rate.get(answer),
                 f.method, f.note)
                for digest, f in forecasts for answer, p in f.distribution.items()
            ],
        ),
        _table(
            "resolutions", "question answer at occurred source void_reason", "text text text text text text",
            [
                (r.question, r.atom, _at(r.at), r.occurred.isoformat() if r.occurred else None, r.source,
                 r.void_reason or None)
                for r in resolutions
            ],
        ),
    )  # fmt: skip


def _table(name: str, columns: str, kinds: str, rows: Sequence[tuple[Cell, ...]]) -> TableData:
    return TableData(name=name, columns=tuple(columns.split()), kinds=tuple(kinds.split()), rows=tuple(rows))


def _options(case: Case) -> TableData:
    return _table(
        "options", "case option interveners target posture means host organisation",
        "text text text text text text text text",
        [
            (case.id, o.id, _joined(o.interveners), o.target, o.posture.value, o.means, o.host, o.organisation)
            for o in case.options
        ],
    )  # fmt: skip


def _scenarios(case: Case) -> TableData:
    return _table(
        "scenarios", "case scenario label answers", "text text text text",
        [(case.id, s.id, s.label, _joined(sorted(s.atoms))) for s in case.scenario_set.scenarios],
    )


def _documents(case: Case) -> TableData:
    return _table(
        "documents", "case document title author kind language published available_at publisher url marking sha256",
        " ".join(["text"] * 12),
        [
            (case.id, d.id, d.title, d.author or None, d.kind, d.language, d.published.isoformat(),
             _at(d.times.available_at), d.citation.publisher if d.citation else None,
             (d.citation.url or None) if d.citation else None, d.marking.value, d.sha256)
            for d in case.documents
        ],
    )  # fmt: skip


def _evidence(case: Case) -> TableData:
    rows: list[tuple[Cell, ...]] = []
    for e in case.standing():
        q, place = e.quote, e.place
        for b in e.bearings or (None,):
            rows.append(
                (case.id, e.id, e.status.value, e.claim, e.kind.value, e.attribution, e.grade.reliability,
                 e.grade.credibility, b.option if b else None, b.scenario if b else None, b.condition if b else None,
                 b.direction.value if b else None, b.strength.value if b else None, b.actor if b else None,
                 _at(e.times.available_at), e.origin, e.negated, e.hypothetical, e.confidence, e.marking.value,
                 place.name if place else None, place.lat if place else None, place.lon if place else None,
                 q.document.id if q else None, q.start if q else None, q.end if q else None,
                 q.text if q else e.unverified_quote, q is not None)
            )  # fmt: skip
    return _table(
        "evidence",
        "case evidence status claim kind attribution reliability credibility option scenario condition direction "
        "strength actor available_at origin negated hypothetical confidence marking place lat lon document start end "
        "quote quote_verified",
        "text " * 16 + "truth truth number text text number number text whole whole text truth",
        rows,
    )


def _reviews(case: Case) -> TableData:
    return _table(
        "reviews", "case evidence verdict author at reason replacement", "text " * 7,
        [(case.id, r.evidence, r.verdict.value, r.author, _at(r.at), r.reason or None, r.replacement)
         for r in case.reviews],
    )  # fmt: skip


def _judgments(case: Case) -> TableData:
    return _table(
        "judgments", "case judgment analyst kind subject value low high round saw_model at reason",
        "text text text text text number number number whole truth text text",
        [
            (case.id, j.id, j.analyst, j.kind.value, j.subject, j.value, j.low, j.high, j.round, j.saw_model,
             _at(j.at), j.reason or None)
            for j in case.judgments
        ],
    )  # fmt: skip


def _crowd(case: Case) -> TableData:
    return _table(
        "crowd", "case date source question probability", "text text text text number",
        [(case.id, c.date.isoformat(), c.source, c.question, c.probability) for c in case.crowd],
    )


def _indicators(case: Case) -> TableData:
    return _table(
        "indicators",
        "case indicator observable option scenario condition threshold collection ratio_present ratio_absent "
        "lead_time_days added author note",
        "text " * 8 + "number number whole text text text",
        [
            (case.id, i.id, i.observable, i.option, i.scenario, i.condition, i.threshold, i.collection,
             i.ratio[0] if i.ratio else None, i.ratio[1] if i.ratio else None, i.lead_time_days, _at(i.added),
             i.author or None, i.note or None)
            for i in case.indicators
        ],
    )  # fmt: skip


def _looks(case: Case) -> TableData:
    return _table(
        "looks", "case indicator state at collection author why source", "text " * 8,
        [
            (case.id, c.indicator, c.state.value, _at(c.at), c.collection.value, c.author, c.why or None,
             c.source or None)
            for c in case.checks
        ],
    )  # fmt: skip


def _joined(values: Sequence[str]) -> str:
    return "; ".join(values)


def _at(at: dt.datetime) -> str:
    return at.astimezone(dt.UTC).isoformat().replace("+00:00", "Z")
