"""Everything of a case, or of the workspace, in the shapes other programs read. Handling marks hold on this way out."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from vedette.codec.case_writer import encode_case
from vedette.codec.dossier import encode_dossier
from vedette.codec.forecast_export import FORMS, statements, write_forecasts
from vedette.codec.tables import TableData, as_csv, as_records, case_tables, ledger_tables
from vedette.domain.case import Case
from vedette.domain.claims import Marking
from vedette.domain.ledger import Forecast, Question, Resolution
from vedette.domain.time import AsOf
from vedette.errors import MissingExtra, UnknownName
from vedette.ports import Ledger
from vedette.reporting.stix import stix_bundle
from vedette.workflows.assess import assess_case
from vedette.workflows.handling import EXPORT_CEILING, Withheld, for_audience
from vedette.workflows.track_record import FindRecord

SHAPES: Final = ("csv", "json", "parquet", "stix", "case", "dossier")
"""Of a case."""
LEDGER_SHAPES: Final = ("csv", "json", "parquet", *(f for f in FORMS if f != "csv"))
"""Of the ledger: tables, or the shapes of forecasting services."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Exported:
    """Files by name, and what was left out of them for their reader (None: the ledger, which carries no marks)."""

    files: dict[str, bytes]
    withheld: Withheld | None = None


def export_case(
    case: Case, shape: str, *, ceiling: str | Marking = EXPORT_CEILING, refuse: bool = False,
    as_of: AsOf | None = None, record: FindRecord | None = None,
) -> Exported:  # fmt: skip
    """A case in one of `SHAPES`, without what is marked above ``ceiling``.

    ``refuse``: raise `CaseRefused` when anything is. ``as_of``: as it stood that day. Raises `UnknownName` for another
    shape or mark. ``record``: what weighs the analysts.
    """
    if shape not in SHAPES:
        raise UnknownName("format", shape, nearest=list(SHAPES))
    seen, withheld = for_audience(case.known(as_of) if as_of else case, ceiling, refuse=refuse)
    name = seen.id
    if shape == "stix":
        bundle = stix_bundle(seen, assess_case(seen, AsOf(date=seen.as_of), record=record))
        files = {f"{name}.stix.json": _json(bundle)}
    elif shape == "case":
        files = {f"{name}.toml": encode_case(seen).encode()}
    elif shape == "dossier":
        files = {f"{name}.json": _json(encode_dossier(seen))}
    else:
        files = _tables(case_tables(seen), shape, prefix=f"{name}.")
    return Exported(files=files, withheld=withheld)


def export_ledger(ledger: Ledger, shape: str, *, cases: Iterable[str] | None = None) -> Exported:
    """The ledger in one of `LEDGER_SHAPES`; ``cases``: only questions of these. Raises `UnknownName`, `Damaged`."""
    if shape not in LEDGER_SHAPES:
        raise UnknownName("format", shape, nearest=list(LEDGER_SHAPES))
    wanted = None if cases is None else set(cases)
    questions = [q for q in ledger.questions() if wanted is None or q.case in wanted]
    ids = {q.id for q in questions}
    forecasts = [(digest, f) for digest, f in ledger.forecasts() if f.question in ids]
    resolutions = [
        e.noun for e in ledger.entries() if isinstance(e.noun, Resolution) and e.noun.question in ids
    ]  # fmt: skip
    if shape in ("csv", "json", "parquet"):
        return Exported(files=_tables(ledger_tables(questions, forecasts, resolutions), shape, prefix="ledger."))
    return Exported(files=_services(questions, [f for _, f in forecasts], resolutions, shape))


def _services(
    questions: Sequence[Question], forecasts: Sequence[Forecast], resolutions: Sequence[Resolution], shape: str
) -> dict[str, bytes]:
    last = {r.question: r for r in resolutions}  # a later resolution replaces an earlier one
    found = write_forecasts(list(statements(questions, forecasts, last)), shape)
    return {name: text.encode() for name, text in found.items()}


def _tables(tables: Sequence[TableData], shape: str, *, prefix: str) -> dict[str, bytes]:
    if shape == "json":
        return {f"{prefix}tables.json": _json({t.name: as_records(t) for t in tables})}
    if shape == "csv":
        return {f"{prefix}{t.name}.csv": as_csv(t).encode() for t in tables}
    return {f"{prefix}{t.name}.parquet": _parquet(t) for t in tables}


_TYPES: Final = {"text": "VARCHAR", "number": "DOUBLE", "whole": "BIGINT", "truth": "BOOLEAN"}


def _parquet(table: TableData) -> bytes:
    try:
        import duckdb
    except ImportError as error:
        raise MissingExtra("parquet needs duckdb, which is not installed", fix="pip install duckdb") from error
    import tempfile
    from pathlib import Path

    columns = ", ".join(f'"{c}" {_TYPES[k]}' for c, k in zip(table.columns, table.kinds, strict=True))
    with tempfile.TemporaryDirectory() as folder, duckdb.connect() as connection:
        path = Path(folder) / "table.parquet"
        connection.execute(f"CREATE TABLE t ({columns})")
        if table.rows:
            marks = ", ".join("?" for _ in table.columns)
            connection.executemany(f"INSERT INTO t VALUES ({marks})", [list(r) for r in table.rows])  # noqa: S608
        connection.execute(f"COPY t TO '{path}' (FORMAT parquet, COMPRESSION zstd)")
        return path.read_bytes()


def _json(value: Any) -> bytes:
    return (json.dumps(value, indent=1, ensure_ascii=False, allow_nan=False) + "\n").encode()
