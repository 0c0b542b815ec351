"""Reading a piece of an event file into a table in memory: typed, with malformed rows apart, ahead of the writer.

While one piece is written, the next is read in another thread, through a connection of its own to the same database in
memory; two tables at most are there at a time.
"""
# ruff: noqa: S608  SQL here is built from declared layouts, contract names and quoted paths, never from user text.

from __future__ import annotations

import datetime as dt
import difflib
import queue
import re
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from vedette.errors import FrameRefused, SourceFailed
from vedette.frames.events import EVENTS, CodeTables, EventFile, EventLayout, typed
from vedette.frames.frame import quoted
from vedette.stores.events_catalogue import FileRow, lines_of

if TYPE_CHECKING:
    import duckdb

# A file of which more than this share of rows is malformed has another form than declared: refused whole. The same
# share and least number of rows as for the historical tables (sources.parse).
CHANGED_SHARE = 0.2
CHANGED_ROWS = 20
# Bytes read at a time when lines are looked up: some hundred lines of GDELT. [assumption]
_BLOCK = 1 << 16

_REASONS = {
    "TOO MANY COLUMNS": "too many cells", "MISSING COLUMNS": "too few cells", "INVALID ENCODING": "is not UTF-8",
    "LINE SIZE OVER MAXIMUM": "the line is too long", "UNQUOTED VALUE": "a quoted cell does not end",
    "INVALID STATE": "a quoted cell does not end",
}  # fmt: skip


# Column of `EVENTS` -> SQL: those that are the same in every row of a piece or repeat another column, and the others.
_Selection = tuple[dict[str, str], dict[str, str]]
# The value of one cell, as `vedette.sources.events.cells` writes it.
_VALUE = re.compile(
    r"TRY_CAST\(\w+ AS \w+\)|CAST\(try_strptime\(\w+, '[^']+'\) AS DATE\)|try_strptime\(\w+, '[^']+'\)"
)
# file, line, column, cell, reason, text, whether the line is no row at all
Malformed = tuple[int, int | None, str, str, str, str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Staged:
    """A piece in memory: good and bad rows in ``table`` with ``_n`` (from 1) and ``_fault``, and the malformed ones.

    ``before``: rows of the file in earlier pieces. ``rows``: rows of this one; ``lines``: its lines.
    """

    table: str
    constants: dict[str, str]
    before: int
    rows: int
    faulty: int
    lines: int
    malformed: list[Malformed]


class Ahead:
    """Stages pieces in a thread, at most one further than the piece at hand. Iterate; call ``next`` frees a table."""

    def __init__(self, make: Callable[[Callable[[], str]], Iterator[Staged]]) -> None:
        self._free: queue.Queue[str] = queue.Queue()
        for name in ("staged_0", "staged_1"):
            self._free.put(name)
        self._ready: queue.Queue[Staged | BaseException | None] = queue.Queue()
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, args=(make,), daemon=True)
        self._thread.start()

    def _table(self) -> str:
        name = self._free.get()
        if self._stopped.is_set():
            raise StopIteration
        return name

    def _run(self, make: Callable[[Callable[[], str]], Iterator[Staged]]) -> None:
        try:
            for staged in make(self._table):
                self._ready.put(staged)
        except BaseException as error:  # handed to the thread that waits for it
            self._ready.put(error)
        else:
            self._ready.put(None)

    def __iter__(self) -> Iterator[Staged]:
        while (staged := self._ready.get()) is not None:
            if isinstance(staged, BaseException):
                raise staged
            yield staged
            self._free.put(staged.table)

    def close(self) -> None:
        """Let the thread end; what it has staged is dropped."""
        self._stopped.set()
        for _ in range(2):
            self._free.put("")
        self._thread.join()


def stage_pieces(
    con: duckdb.DuckDBPyConnection, file: EventFile, begun: FileRow, pieces: Iterator[Path], table: Callable[[], str],
    now: dt.datetime, available: dt.datetime | None,
) -> Iterator[Staged]:  # fmt: skip
    """Every piece of a file that is not committed yet; ``table`` gives a free table. Raises ``FrameRefused``."""
    offset, before = begun.lines, begun.rows
    constants, varying = _selection(file, begun.id, now, available)
    named = not file.layout.columns and file.layout.form != "parquet"
    for index, path in enumerate(pieces):
        if index < begun.pieces:
            continue  # committed before this process began
        name = table()
        bad = _stage(con, file, path, varying, name, first=index == 0)
        rows, faulty = con.execute(f"SELECT count(*), count(_fault) FROM {name}").fetchone() or (0, 0)
        header = 1 if named and index == 0 else 0
        malformed = _malformed(con, file, path, begun.id, name, bad, offset, header)
        _refuse_changed(file, rows + len(bad), malformed)
        lines = int(rows) + len(bad) + header
        yield Staged(
            table=name, constants=constants, before=before, rows=int(rows), faulty=int(faulty), lines=lines,
            malformed=malformed,
        )  # fmt: skip
        offset, before = offset + lines, before + int(rows)


def load_codes(con: duckdb.DuckDBPyConnection, codes: CodeTables) -> None:
    """The code tables as small tables ``cameo``, ``plover``, ``fips``, ``actors``, ``names``, ``gw``."""
    for name in ("fips", "actors", "names", "gw"):
        table = getattr(codes, name)
        con.execute(
            f"CREATE TABLE {name} AS SELECT unnest(?::VARCHAR[]) AS code, unnest(?::VARCHAR[]) AS iso",
            [list(table), list(table.values())],
        )
    for name in ("cameo", "plover"):
        table = getattr(codes, name)
        quads = [codes.quads[root] for root in table.values()]
        con.execute(
            f"CREATE TABLE {name} AS SELECT unnest(?::VARCHAR[]) AS code, unnest(?::VARCHAR[]) AS root, "
            "unnest(?::INTEGER[]) AS quad",
            [list(table), list(table.values()), quads],
        )


def header_of(path: Path, layout: EventLayout) -> tuple[str, ...]:
    """Names of the cells of a file: declared, or those of its first line (lower case, never empty, never twice)."""
    if layout.columns:
        return layout.columns
    import csv

    with path.open("r", encoding=layout.encoding, errors="replace", newline="") as handle:
        try:
            first = next(csv.reader(handle, delimiter=layout.delim), [])
        except csv.Error as error:
            raise SourceFailed(f"its first line cannot be read ({error})", where=path.name) from error
    names: list[str] = []
    for position, cell in enumerate(first, start=1):
        name = cell.strip().lstrip("\ufeff").lower() or f"column_{position}"
        names.append(name if name not in names else f"{name}_{position}")
    return tuple(names)


def _stage(
    con: duckdb.DuckDBPyConnection, file: EventFile, path: Path, varying: dict[str, str], table: str, *, first: bool
) -> list[tuple[Any, ...]]:
    """Read a piece into a table; returns the lines that are no rows: line, column, reason, text."""
    import duckdb

    layout = file.layout
    con.execute("DROP TABLE IF EXISTS reject_errors; DROP TABLE IF EXISTS reject_scans")
    try:
        source, names = _source(con, layout, path, first=first)
        rows = _typed_rows(file, names, source, varying)
        con.execute(f"CREATE OR REPLACE TABLE {table} AS {rows}")
    except (duckdb.InvalidInputException, duckdb.BinderException, duckdb.ConversionException) as error:
        raise SourceFailed(f"the file cannot be read ({str(error).splitlines()[0]})", where=file.name) from error
    if layout.form == "parquet":
        return []
    return [
        (int(line), str(column or ""), _REASONS.get(str(kind), str(kind).lower()), str(text or ""))
        for line, column, kind, text in con.execute(
            "SELECT line, any_value(column_name), any_value(CAST(error_type AS VARCHAR)), any_value(csv_line) "
            "FROM reject_errors GROUP BY line ORDER BY line"
        ).fetchall()
    ]


def _source(
    con: duckdb.DuckDBPyConnection, layout: EventLayout, path: Path, *, first: bool
) -> tuple[str, tuple[str, ...]]:
    """SQL that reads the piece, and the names of its cells; every cell is text."""
    if layout.form == "parquet":
        names = tuple(str(r[0]) for r in con.execute(f"DESCRIBE SELECT * FROM read_parquet({quoted(path)})").fetchall())
        picked = ", ".join(f'CAST("{_escaped(n)}" AS VARCHAR) AS "{_escaped(n.lower())}"' for n in names)
        return f"(SELECT {picked} FROM read_parquet({quoted(path)}))", tuple(n.lower() for n in names)
    names = header_of(path, layout)
    columns = ", ".join(f"'{n.replace(chr(39), chr(39) * 2)}': 'VARCHAR'" for n in names)
    quote = "'\"'" if layout.form == "csv" else "''"
    nulls = ", ".join("'" + cell.replace("'", "''") + "'" for cell in ("", *layout.missing))
    header = "true" if first and not layout.columns else "false"
    return (
        f"read_csv({quoted(path)}, delim='{layout.delim}', quote={quote}, escape={quote}, header={header}, "
        f"columns={{{columns}}}, auto_detect=false, nullstr=[{nulls}], null_padding={str(layout.padded).lower()}, "
        f"encoding='{layout.encoding}', ignore_errors=true, store_rejects=true, rejects_limit=0, max_line_size=8000000)"
    ), names


def _escaped(name: str) -> str:
    return name.replace('"', '""')


def _selection(file: EventFile, file_id: int, now: dt.datetime, available: dt.datetime | None) -> _Selection:
    """What is given without looking at a row's cells, and the rest: together the columns but ``row`` and ``batch``.

    Given are constants and columns equal to another one; they are kept out of the table in memory.
    """
    instant = now.astimezone(dt.UTC).replace(tzinfo=None).isoformat(sep=" ")
    select = {
        **{c.name: "NULL" for c in EVENTS.columns if c.name not in ("row", "batch")}, **file.layout.select,
        "dataset": f"'{file.dataset.id}'", "recorded_at": f"TIMESTAMP '{instant}'", "file_id": str(file_id),
    }  # fmt: skip
    if available is not None:
        moment = available.astimezone(dt.UTC).replace(tzinfo=None).isoformat(sep=" ")
        # Nobody knew of an event before it happened, whenever its file came out.
        select["available_at"] = f"greatest(TIMESTAMP '{moment}', CAST({select['occurred_from']} AS TIMESTAMP))"
    given = {n: sql for n, sql in select.items() if re.fullmatch(r"NULL|(TIMESTAMP )?'[^']*'|\d+", sql)}
    first: dict[tuple[str, str], str] = {}
    for name, sql in select.items():
        if name not in given:
            # The same value twice (first and last day of one day) is held, and moved by the sort, once.
            same = first.setdefault((sql, EVENTS.column(name).dtype), name)
            if same != name:
                given[name] = f'"{same}"'
    return given, {n: sql for n, sql in select.items() if n not in given}


def _typed_rows(file: EventFile, names: tuple[str, ...], source: str, varying: dict[str, str]) -> str:
    """SQL: the rows of a piece in the varying columns, with ``_n`` (from 1), and for bad ones which fault and cell."""
    layout = file.layout
    _require(layout, names, file.name)
    # Checks and columns ask for the same values of cells; each is worked out once. Left to itself the engine does it
    # anew in every branch of the checks: 440,000 rows of GDELT took 0.75 s of processors that way, 0.63 s this way.
    values: dict[str, str] = {}

    def once(sql: str) -> str:
        return _VALUE.sub(lambda found: values.setdefault(found[0], f"_value_{len(values)}"), sql)

    picked = ", ".join(typed(EVENTS, name, once(sql)) for name, sql in varying.items())
    tests = " ".join(f"WHEN {once(f.when)} THEN {i}" for i, f in enumerate(layout.faults))
    cells = " ".join(f"WHEN {i} THEN CAST({f.cell} AS VARCHAR)" for i, f in enumerate(layout.faults))
    # Naming every cell would make the reader build all of them for every row; plain lines are looked up in the file.
    text = ", ".join(f"coalesce(raw.\"{_escaped(n)}\", '')" for n in names) if layout.form != "lines" else "''"
    worked = "".join(f", {sql} AS {name}" for sql, name in values.items())
    absent = "".join(f', NULL::VARCHAR AS "{_escaped(n)}"' for n in layout.optional if n not in names)
    return f"""
    SELECT {picked}, _n, _fault,
        CASE WHEN _fault IS NOT NULL THEN CASE _fault {cells or "WHEN -1 THEN ''"} END END AS _cell,
        CASE WHEN _fault IS NOT NULL THEN concat_ws('{layout.delim}', {text}) END AS _text
    FROM (
        SELECT *, CASE {tests or "WHEN false THEN 0"} END AS _fault
        FROM (SELECT *{worked} FROM (SELECT *, row_number() OVER () AS _n{absent} FROM {source}))
    ) AS raw {layout.joins}"""


def _require(layout: EventLayout, names: tuple[str, ...], where: str) -> None:
    missing = [n for n in layout.requires if n not in names]
    if missing:
        close = difflib.get_close_matches(missing[0], names, n=3)
        raise FrameRefused(
            f"the column {missing[0]!r} is not there" + (f"; nearest: {', '.join(close)}" if close else ""),
            where=where, fix="The publisher changed the file, or it is another one",
        )  # fmt: skip


def _malformed(
    con: duckdb.DuckDBPyConnection, file: EventFile, path: Path, file_id: int, table: str, bad: list[tuple[Any, ...]],
    offset: int, header: int,
) -> list[Malformed]:  # fmt: skip
    """Every malformed row of the piece, with its line of the file."""
    found: list[Malformed] = [
        (file_id, offset + line, column, "", reason, text[:20_000], 1) for line, column, reason, text in bad
    ]
    wanted = f"SELECT _n, _fault, coalesce(_cell, ''), _text FROM {table} WHERE _fault IS NOT NULL"
    rows = con.execute(wanted).fetchall()
    lines = lines_of([n for n, *_ in rows], [line for line, *_ in bad], header)
    texts = _lines_at(path, set(lines.values())) if file.layout.form == "lines" else {}
    for n, fault, cell, text in rows:
        one = file.layout.faults[fault]
        line_text = texts.get(lines[n]) or str(text)
        found.append((file_id, offset + lines[n], one.column, str(cell)[:200], one.reason, line_text[:20_000], 0))
    return sorted(found, key=lambda m: (m[1] or 0, m[2]))


def _lines_at(path: Path, wanted: set[int]) -> dict[int, str]:
    """The lines of these numbers (from 1) of a plain file, as they stand in it."""
    found = {}
    left = sorted(wanted, reverse=True)
    with path.open("rb") as handle:
        before = 0
        # A block that holds no wanted line is only counted, not cut into lines; most hold none.
        while left and (block := handle.read(_BLOCK)):
            block += handle.readline()
            last = before + block.count(b"\n") + (not block.endswith(b"\n"))
            if left[-1] <= last:
                lines = block.split(b"\n")
                while left and left[-1] <= last:
                    number = left.pop()
                    line = lines[number - before - 1].rstrip(b"\r\n")
                    found[number] = line.decode("utf-8", errors="replace")
            before = last
    return found


def _refuse_changed(file: EventFile, rows: int, malformed: list[Malformed]) -> None:
    if rows >= CHANGED_ROWS and len(malformed) > CHANGED_SHARE * rows:
        _, line, column, cell, reason, *_ = malformed[0]
        raise FrameRefused(
            f"{len(malformed)} of {rows} rows are malformed, first line {line}: {column} {cell!r} {reason}",
            where=file.name,
            fix="The publisher changed the file, or it is not of this data set; nothing of this part was kept",
        )  # fmt: skip
