"""From a raw file to a checked table: schema first, then every cell, and nothing is lost.

1. The file is read as text. Lines that are not rows of the table (too few or too many cells) are noted.
2. The first layout whose required columns are all there is used; if none fits, the upstream schema has
   changed and the file is refused **naming the column**.
3. Every cell is turned into its dtype and held against its limits. A row with a bad cell, an empty cell that
   may not be empty, or a repeated key is set aside in a CSV file with line, column, cell and reason.
4. When a large share of one column is bad, that is not bad luck but a changed column: refused, by name.
"""
# ruff: noqa: S608  SQL here is built from declared layouts and quoted paths, never from user text.

from __future__ import annotations

import csv
import difflib
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from vedette.errors import FrameRefused, SourceFailed
from vedette.frames.contract import SQL_TYPES, Column
from vedette.frames.frame import Frame, quoted, write_note
from vedette.sources.archive import extract_member
from vedette.sources.declaration import EMPTY_CELLS, Dataset, Layout, Packing
from vedette.sources.rda import read_rda
from vedette.sources.xls import xls_as_csv
from vedette.sources.xlsx import xlsx_as_csv

if TYPE_CHECKING:
    import duckdb

# Above this share of malformed cells a column counts as changed. [assumption] Errors in the registered files
# are isolated lines; a changed unit, code list or separator spoils most of a column.
CHANGED_SHARE = 0.2
# Below this many rows a share says nothing.
CHANGED_ROWS = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Parsed:
    """The checked table, where the malformed rows are, and a few of them in words."""

    frame: Frame
    layout: Layout
    aside: Path | None
    examples: tuple[str, ...] = ()


def parse(
    raw: Path, packing: Packing | str, dataset: Dataset, target: Path, *, members: Sequence[str] = (), url: str = "",
    sha256: str = "",
) -> Parsed:  # fmt: skip
    """Read ``raw`` into the table ``target`` (parquet), with its note and, if needed, ``<target>.aside.csv``.

    ``packing``: csv, tsv, zip (then ``members`` are name patterns), rda, xls, xlsx, or parquet. Raises ``FrameRefused``
    (changed schema, naming the column) or ``SourceFailed`` (damaged, cut short); ``target`` is then untouched.
    """
    import duckdb

    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="vedette-parse-") as scratch:
        if packing == "zip":
            raw = extract_member(raw, tuple(members) or ("*.csv",), Path(scratch))
            packing = "tsv" if raw.suffix.lower() in {".tsv", ".tab", ".txt"} else "csv"
        with duckdb.connect() as con:
            con.execute("SET preserve_insertion_order = true")
            problems = _load(con, raw, packing, dataset, Path(scratch))
            layout = _layout_for(con, dataset, raw)
            problems += _not_numbers(con, layout)
            con.execute(f"CREATE TABLE picked AS {_selection(dataset, layout)}")
            _check_cells(con, dataset, raw)
            problems += _bad_rows(con, dataset)
            return _finish(con, dataset, layout, target, problems, url, sha256)


# line, column, cell, reason
_Problem = tuple[int, str, str, str]


def _load(
    con: duckdb.DuckDBPyConnection, raw: Path, packing: Packing | str, dataset: Dataset, scratch: Path
) -> list[_Problem]:
    """Read the file into the table ``raw``: all text, lower-case names, ``_line``. Returns unreadable lines."""
    import duckdb

    encoding = dataset.encoding
    if (convert := _TO_CSV.get(packing)) is not None:
        raw = convert(raw, scratch / "converted.csv")
        packing, encoding = "csv", "utf-8"
    try:
        if packing == "parquet":
            con.execute(f"CREATE TABLE as_read AS SELECT * FROM read_parquet({quoted(raw)})")
        elif packing in {"csv", "tsv"}:
            delim = "\t" if packing == "tsv" else ","
            con.execute(
                f"CREATE TABLE as_read AS SELECT * FROM read_csv({quoted(raw)}, all_varchar=true, header=true, "
                f"delim='{delim}', quote='\"', escape='\"', encoding='{encoding}', store_rejects=true, "
                "rejects_table='rejected', rejects_scan='rejected_scan', strict_mode=true, parallel=false)"
            )
        else:
            raise SourceFailed(f"files packed as {packing} cannot be read", where=str(raw))
    except duckdb.Error as error:
        first = str(error).splitlines()[0]
        raise SourceFailed(f"the file cannot be read as {packing} ({first})", where=str(raw)) from error
    names = [str(row[0]) for row in con.execute("DESCRIBE as_read").fetchall()]
    picked = ", ".join(f'CAST("{_escape(name)}" AS VARCHAR) AS "{_escape(name.strip().lower())}"' for name in names)
    con.execute(f"CREATE TABLE raw AS SELECT {picked}, row_number() OVER () + 1 AS _line FROM as_read")
    con.execute("DROP TABLE as_read")
    if packing not in {"csv", "tsv"}:
        return []
    lines = con.execute("SELECT line, csv_line, error_message FROM rejected ORDER BY line").fetchall()
    problems = [(int(line), "", str(text).strip()[:200], str(why)) for line, text, why in lines]
    _refuse_cut_file(raw, problems)
    return problems


def _escape(name: str) -> str:
    return name.replace('"', '""')


def _refuse_cut_file(raw: Path, problems: list[_Problem]) -> None:
    """A last line without its end and with too few cells is a file cut short, not a malformed row."""
    if not problems:
        return
    with raw.open("rb") as handle:
        handle.seek(0, 2)
        size = handle.tell()
        handle.seek(max(0, size - 4096))
        tail = handle.read()
    if tail and not tail.endswith((b"\n", b"\r")):
        last = tail.splitlines()[-1].decode("utf-8", errors="replace")
        if any(text and last.endswith(text[-50:]) for _, _, text, _ in problems):
            raise SourceFailed("the file is cut short: its last line ends in the middle", where=str(raw))


def _rda_as_csv(raw: Path, target: Path) -> Path:
    columns = read_rda(raw)
    with target.open("w", newline="", encoding="utf-8") as handle:
        writer = csv.writer(handle)
        writer.writerow(columns)
        writer.writerows(zip(*columns.values(), strict=True))
    return target


# Forms that are first written as CSV, so that one way of checking holds for all.
_TO_CSV = {"rda": _rda_as_csv, "xls": xls_as_csv, "xlsx": xlsx_as_csv}


def _layout_for(con: duckdb.DuckDBPyConnection, dataset: Dataset, raw: Path) -> Layout:
    there = {str(row[0]) for row in con.execute("DESCRIBE raw").fetchall()}
    nearest: tuple[int, Layout, list[str]] | None = None
    for layout in dataset.layouts:
        missing = [name for name in layout.requires if name not in there]
        if not missing:
            return layout
        if nearest is None or len(missing) < nearest[0]:
            nearest = (len(missing), layout, missing)
    if nearest is None:
        raise SourceFailed(f"{dataset.id} has no layout", where=str(raw))
    name = nearest[2][0]
    close = difflib.get_close_matches(name, sorted(there - {"_line"}), n=3)
    raise FrameRefused(
        f"{dataset.title}: the column {name!r} is gone"
        + (f" ({len(nearest[2]) - 1} more with it)" if len(nearest[2]) > 1 else "")
        + (f"; nearest in the file: {', '.join(close)}" if close else ""),
        where=str(raw),
        fix="The publisher changed the file; the earlier copy stays in use",
    )


def _not_numbers(con: duckdb.DuckDBPyConnection, layout: Layout) -> list[_Problem]:
    """Lines whose cells must be numbers before the layout can compute with them, and are not."""
    problems: list[_Problem] = []
    for name in layout.numbers:
        bad = f'TRY_CAST("{name}" AS DOUBLE) IS NULL'
        found = con.execute(f"SELECT _line, coalesce(\"{name}\", '') FROM raw WHERE {bad} ORDER BY _line").fetchall()
        problems += [(int(line), name, str(cell), "is not a number") for line, cell in found]
        con.execute(f"DELETE FROM raw WHERE {bad}")
    return problems


def _selection(dataset: Dataset, layout: Layout) -> str:
    """SQL: the contract's columns as text (missing cells as null), with ``_line``."""
    empty = ", ".join("'" + cell.replace("'", "''") + "'" for cell in (*EMPTY_CELLS, *layout.missing))
    picked = []
    for column in dataset.contract.columns:
        expression = layout.select.get(column.name)
        if expression is None:
            picked.append(f'NULL::VARCHAR AS "{column.name}"')
            continue
        text = f"trim(CAST({expression} AS VARCHAR))"
        picked.append(f'CASE WHEN {text} IN ({empty}) THEN NULL ELSE {text} END AS "{column.name}"')
    rows = layout.rows.format(raw="raw")
    return f"SELECT {', '.join(picked)}, _line FROM ({rows}) AS rows_read"


def _typed(column: Column) -> str:
    """SQL: the text cell as its dtype; null when it cannot be that."""
    name = f'"{column.name}"'
    if column.dtype == "text":
        return name
    if column.dtype == "int":
        # '20.0' is a whole number, '20.5' is not.
        number = f"TRY_CAST({name} AS DOUBLE)"
        return f"CASE WHEN {number} = floor({number}) THEN TRY_CAST({number} AS INTEGER) END"
    if column.dtype == "date":
        return f"TRY_CAST(left({name}, 10) AS DATE)"
    return f"CASE WHEN isfinite(TRY_CAST({name} AS DOUBLE)) THEN TRY_CAST({name} AS DOUBLE) END"


def _fault(column: Column) -> str:
    """SQL: why this cell is malformed, or null."""
    name, typed = f'"{column.name}"', _typed(column)
    tests = []
    if not column.nullable:
        tests.append(f"WHEN {name} IS NULL THEN 'may not be empty'")
    if column.dtype != "text":
        tests.append(f"WHEN {name} IS NOT NULL AND ({typed}) IS NULL THEN 'is not {column.dtype}'")
    if column.low is not None:
        tests.append(f"WHEN ({typed}) < {column.low} THEN 'is below {column.low:g}'")
    if column.high is not None:
        tests.append(f"WHEN ({typed}) > {column.high} THEN 'is above {column.high:g}'")
    return f"CASE {' '.join(tests)} END" if tests else "NULL"


def _check_cells(con: duckdb.DuckDBPyConnection, dataset: Dataset, raw: Path) -> None:
    """Mark every malformed cell in the table ``faults``; refuse a column that is mostly malformed."""
    columns = dataset.contract.columns
    parts = [
        f"SELECT _line, rowid AS r, '{c.name}' AS col, \"{c.name}\" AS cell, {_fault(c)} AS why FROM picked"
        for c in columns
    ]
    con.execute(f"CREATE TABLE faults AS SELECT * FROM ({' UNION ALL '.join(parts)}) WHERE why IS NOT NULL")
    counted = con.execute("SELECT count(*) FROM picked").fetchone()
    rows = int(counted[0]) if counted else 0
    if rows == 0:
        raise SourceFailed(f"{dataset.title}: the file holds no rows", where=str(raw))
    worst = con.execute(
        "SELECT col, count(*) AS n, any_value(cell), mode(why) FROM faults GROUP BY col ORDER BY n DESC LIMIT 1"
    ).fetchone()
    if worst and rows >= CHANGED_ROWS and int(worst[1]) > CHANGED_SHARE * rows:
        raise FrameRefused(
            f"{dataset.title}: the column that fills {worst[0]!r} has changed: {worst[1]} of {rows} cells are "
            f"malformed, such as {worst[2]!r}, which {worst[3]}",
            where=str(raw),
            fix="The publisher changed the file; the earlier copy stays in use",
        )


def _bad_rows(con: duckdb.DuckDBPyConnection, dataset: Dataset) -> list[_Problem]:
    """Malformed cells and repeated keys, in the order of the file; both are taken out of ``picked``."""
    con.execute("CREATE TABLE good AS SELECT * FROM picked WHERE rowid NOT IN (SELECT r FROM faults)")
    key = ", ".join(f'"{name}"' for name in dataset.contract.key)
    con.execute(
        f"CREATE TABLE numbered AS SELECT *, row_number() OVER (PARTITION BY {key} ORDER BY _line) AS _nth, "
        f"concat_ws('/', {key}) AS _key FROM good"
    )
    found = con.execute(
        "SELECT _line, col, coalesce(cell, ''), why FROM faults "
        "UNION ALL SELECT _line, 'key', _key, 'repeats the key of an earlier row' FROM numbered WHERE _nth > 1 "
        "ORDER BY 1, 2"
    ).fetchall()
    return [(int(line), str(column), str(cell), str(why)) for line, column, cell, why in found]


def _finish(
    con: duckdb.DuckDBPyConnection, dataset: Dataset, layout: Layout, target: Path, problems: list[_Problem],
    url: str, sha256: str,
) -> Parsed:  # fmt: skip
    contract = dataset.contract
    typed = ", ".join(
        f'CAST(({_typed(c)}) AS {SQL_TYPES[c.dtype]}) AS "{c.name}"' for c in contract.columns
    )
    order = ", ".join(f'"{name}"' for name in contract.key)
    part = target.with_name(target.name + ".part")
    con.execute(
        f"COPY (SELECT {typed} FROM numbered WHERE _nth = 1 ORDER BY {order}) TO {quoted(part)} "
        "(FORMAT parquet, COMPRESSION zstd)"
    )
    counted = con.execute("SELECT count(*) FROM numbered WHERE _nth = 1").fetchone()
    aside = target.with_name(target.stem + ".aside.csv")
    if problems:
        with aside.open("w", newline="", encoding="utf-8") as handle:
            writer = csv.writer(handle)
            writer.writerow(("line", "column", "cell", "reason"))
            writer.writerows(problems)
    else:
        aside.unlink(missing_ok=True)
    part.replace(target)
    frame = Frame(
        contract=contract, path=target, provenance=dataset.provenance(sha256=sha256, url=url),
        rows=int(counted[0]) if counted else 0, set_aside=len({line for line, *_ in problems}),
    )  # fmt: skip
    write_note(frame)
    examples = tuple(f"line {line}: {column} {cell!r} {why}" for line, column, cell, why in problems[:3])
    return Parsed(frame=frame, layout=layout, aside=aside if problems else None, examples=examples)
