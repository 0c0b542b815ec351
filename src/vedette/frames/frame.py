"""Checked tables on disk. A frame is a parquet file that keeps its contract, with a note of its provenance."""
# ruff: noqa: S608  SQL here is built from contract names and quoted paths, never from user text.

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from vedette.errors import FrameRefused
from vedette.frames.contract import SQL_TYPES, FrameContract
from vedette.frames.history import contract_named
from vedette.frames.provenance import Provenance

_REFETCH = "Fetch it again: vedette history fetch"


def quoted(path: Path) -> str:
    """The path as a SQL string literal."""
    return "'" + str(path).replace("'", "''") + "'"


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """A table on disk that keeps its contract; ``rows`` good rows, ``set_aside`` malformed ones."""

    contract: FrameContract
    path: Path
    provenance: Provenance
    rows: int
    set_aside: int = 0

    @property
    def sql(self) -> str:
        """A SQL table expression that reads the frame."""
        return f"read_parquet({quoted(self.path)})"


def write_frame(
    contract: FrameContract, rows: Iterable[Mapping[str, object]], path: Path, provenance: Provenance
) -> Frame:
    """Write rows (mappings with the contract's names) as a frame; for small tables and simulators.

    Raises ``FrameRefused`` when a column that is never null is empty or a name is unknown.
    """
    import duckdb

    names = contract.names
    columns: dict[str, list[object]] = {name: [] for name in names}
    count = 0
    for count, row in enumerate(rows, start=1):
        if unknown := set(row) - set(names):
            contract.column(min(unknown))
        for column in contract.columns:
            value = row.get(column.name)
            if value is None and not column.nullable:
                raise FrameRefused(f"{contract.name}.{column.name} is empty", where=f"row {count}")
            columns[column.name].append(value)
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(path.name + ".part")
    kinds = {c.name: SQL_TYPES[c.dtype] for c in contract.columns}
    # Whole columns as lists keep one statement for any number of rows.
    unnest = ", ".join(f'unnest(?::{kinds[name]}[]) AS "{name}"' for name in names)
    with duckdb.connect() as con:
        con.execute(f"CREATE TABLE t AS SELECT {unnest}", [columns[name] for name in names])
        con.execute(f"COPY t TO {quoted(part)} (FORMAT parquet, COMPRESSION zstd)")
    part.replace(path)
    frame = Frame(contract=contract, path=path, provenance=provenance, rows=count)
    write_note(frame)
    return frame


def note_path(path: Path) -> Path:
    """Where the note of the frame at ``path`` lies."""
    return path.with_suffix(".json")


def write_note(frame: Frame) -> None:
    """Write contract name, counts and provenance beside the table."""
    plain = {
        "contract": frame.contract.name,
        "rows": frame.rows,
        "set_aside": frame.set_aside,
        "provenance": frame.provenance.to_plain(),
    }
    target = note_path(frame.path)
    part = target.with_name(target.name + ".part")
    part.write_text(json.dumps(plain, indent=1), encoding="utf-8")
    part.replace(target)


def open_frame(path: Path) -> Frame:
    """The frame whose parquet file is ``path``, with its note, checked against the contract.

    Raises ``FrameRefused`` when file or note is missing, damaged, or not what the contract promises.
    """
    import duckdb

    try:
        note = json.loads(note_path(path).read_text(encoding="utf-8"))
        contract = contract_named(str(note["contract"]))
        set_aside = int(note["set_aside"])
        provenance = Provenance.from_plain(note["provenance"], where=str(path))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise FrameRefused(f"the note of the table cannot be read ({error})", where=str(path), fix=_REFETCH) from error
    try:
        with duckdb.connect() as con:
            described = con.execute(f"DESCRIBE SELECT * FROM read_parquet({quoted(path)})").fetchall()
            counted = con.execute(f"SELECT count(*) FROM read_parquet({quoted(path)})").fetchone()
    except duckdb.Error as error:
        first = str(error).splitlines()[0]
        raise FrameRefused(f"the table cannot be read ({first})", where=str(path), fix=_REFETCH) from error
    contract.check({str(name): str(kind) for name, kind, *_ in described}, where=str(path))
    return Frame(
        contract=contract, path=path, provenance=provenance, rows=int(counted[0]) if counted else 0,
        set_aside=set_aside,
    )  # fmt: skip


def open_frames(folder: Path) -> dict[str, Frame]:
    """Every frame in a folder by data set id; an empty mapping when the folder is not there."""
    found = (open_frame(path) for path in sorted(folder.glob("*.parquet")))
    return {frame.provenance.dataset: frame for frame in found}
