"""A workspace as one file, and back: the same file from SQLite and from PostgreSQL.

A zip of ``manifest.json``, one JSON line a row in ``tables/NAME.jsonl``, and the workspace's own files in ``files/``.
The manifest holds the version of the tables and, for every member, its number of rows and its SHA-256.
"""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import json
import os
import tempfile
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO, Any

from sqlalchemy import Connection, LargeBinary, Table, func, insert, select, text

from vedette._version import __version__
from vedette.errors import BadInput, CaseRefused, Damaged
from vedette.ports import Clock
from vedette.stores import schema
from vedette.stores.database import Database
from vedette.stores.sqlite import FILE_NAME, from_os_error
from vedette.stores.upgrade import HEAD, current_version, move

FORMAT = "vedette-backup/1"
LEFT_OUT = ("data", "events")
"""Folders of the workspace that a backup leaves out: what was downloaded can be downloaded again."""

_BATCH = 500  # rows an insert


@dataclass(frozen=True, slots=True, kw_only=True)
class Backup:
    """What a backup holds. ``version`` is that of its tables; ``rows`` by table; ``left_out`` by folder, in bytes."""

    path: str
    version: str
    made_at: dt.datetime
    rows: Mapping[str, int]
    files: int
    size: int
    left_out: Mapping[str, int]


def write_backup(database: Database, home: Path, out: Path, clock: Clock) -> Backup:
    """Write everything recorded to ``out``, from one snapshot, while others go on working.

    The file appears whole or not at all. Raises `CaseRefused` when ``out`` exists or there is nothing to keep,
    `StoreUnavailable` when it cannot be written.
    """
    if out.exists():
        raise CaseRefused("there is a file of this name", where=str(out), fix="Give another name; none is overwritten")
    if not database.holds_anything():
        raise CaseRefused("the workspace holds nothing yet", where=database.where)
    try:
        handle, name = tempfile.mkstemp(prefix=f".{out.name}.", dir=out.parent)
        part = Path(name)
        try:
            with os.fdopen(handle, "wb") as raw:
                done = _write(database, home, raw, out, clock)
                raw.flush()
                os.fsync(raw.fileno())
            part.replace(out)
        finally:
            part.unlink(missing_ok=True)
    except OSError as error:
        raise from_os_error(error, str(out)) from error
    return done


def _write(database: Database, home: Path, raw: IO[bytes], out: Path, clock: Clock) -> Backup:
    members: dict[str, dict[str, Any]] = {}
    rows: dict[str, int] = {}
    with zipfile.ZipFile(raw, "w", zipfile.ZIP_DEFLATED, allowZip64=True) as archive:
        with database.read() as connection:
            version = current_version(connection)
            assert version is not None
            for table in _tables(connection):
                member = f"tables/{table.name}.jsonl"
                digest, count = hashlib.sha256(), 0
                with archive.open(member, "w", force_zip64=True) as sink:
                    for line in _lines(connection, table):
                        digest.update(line)
                        sink.write(line)
                        count += 1
                members[member] = {"sha256": digest.hexdigest(), "rows": count}
                rows[table.name] = count
        files = 0
        for path in _own_files(home):
            member = f"files/{path.relative_to(home).as_posix()}"
            content = path.read_bytes()
            archive.writestr(member, content)
            members[member] = {"sha256": hashlib.sha256(content).hexdigest(), "size": len(content)}
            files += 1
        made_at = clock.now()
        manifest = {
            "format": FORMAT, "vedette": __version__, "version": version, "made_at": made_at.isoformat(),
            "members": members,
        }  # fmt: skip
        archive.writestr("manifest.json", json.dumps(manifest, indent=1))
    left = {name: _size_of(home / name) for name in LEFT_OUT if (home / name).is_dir()}
    return Backup(
        path=str(out), version=version, made_at=made_at, rows=rows, files=files, size=raw.tell(), left_out=left
    )


def read_backup(database: Database, home: Path, given: Path) -> Backup:
    """Put a backup into an empty workspace, all or nothing, and bring its tables up to date.

    Every member is checked against its digest before anything is written. Raises `BadInput` for a file that is no
    backup, `Damaged` for one that does not match its manifest, `CaseRefused` when the workspace holds something.
    """
    try:
        with zipfile.ZipFile(given) as archive:
            manifest = _manifest(archive, given)
            _check_members(archive, manifest, given)
            version = str(manifest["version"])
            with database.rebuilding(version) as connection:
                rows = {
                    PurePosixPath(name).stem: _insert(connection, archive, name)
                    for name in sorted(manifest["members"], key=_order)
                    if name.startswith("tables/")
                }
                move(connection, HEAD)
            files = _put_files(archive, manifest, home)
            made_at = dt.datetime.fromisoformat(manifest["made_at"])
    except (zipfile.BadZipFile, zipfile.LargeZipFile, EOFError) as error:
        raise Damaged(f"the file cannot be unpacked ({error})", where=str(given)) from error
    except OSError as error:
        raise from_os_error(error, error.filename or str(given)) from error
    return Backup(
        path=str(given), version=version, made_at=made_at, rows=rows, files=files, size=given.stat().st_size,
        left_out={},
    )  # fmt: skip


def _tables(connection: Connection) -> list[Table]:
    """Tables that are there, those referred to first."""
    present = connection.dialect.get_table_names(connection)
    return [t for t in schema.metadata.sorted_tables if t.name in present]


def _order(member: str) -> int:
    names = [t.name for t in schema.metadata.sorted_tables]
    name = PurePosixPath(member).stem
    return names.index(name) if name in names else len(names)


def _lines(connection: Connection, table: Table) -> Iterator[bytes]:
    present = {c["name"] for c in connection.dialect.get_columns(connection, table.name)}
    columns = [c for c in table.c if c.name in present]
    query = select(*columns).order_by(*(c for c in columns if c.primary_key))
    for row in connection.execution_options(yield_per=_BATCH).execute(query):
        values = {c.name: _plain(v) for c, v in zip(columns, row, strict=True)}
        yield json.dumps(values, ensure_ascii=True, separators=(",", ":")).encode() + b"\n"


def _plain(value: Any) -> Any:
    if isinstance(value, bytes | memoryview):
        return base64.b64encode(bytes(value)).decode()
    return value.isoformat() if isinstance(value, dt.datetime) else value


def _value(table: Table, name: str, value: Any) -> Any:
    kind = table.c[name].type
    if value is None:
        return None
    if isinstance(kind, LargeBinary):
        return base64.b64decode(value, validate=True)
    return dt.datetime.fromisoformat(value) if isinstance(kind, schema.UtcDateTime) else value


def _insert(connection: Connection, archive: zipfile.ZipFile, member: str) -> int:
    table = schema.metadata.tables.get(PurePosixPath(member).stem)
    if table is None:
        raise Damaged("the backup holds a table this Vedette does not know", where=member)
    if table is schema.ledger_head:
        connection.execute(table.delete())  # the row of an empty ledger, which the tables were made with
    count, batch = 0, []
    with archive.open(member) as source:
        for line in source:
            try:
                given = json.loads(line)
                batch.append({name: _value(table, name, value) for name, value in given.items()})
            except (ValueError, KeyError, TypeError, AttributeError) as error:
                raise Damaged(f"row {count + 1} cannot be read", where=member) from error
            count += 1
            if len(batch) == _BATCH:
                connection.execute(insert(table), batch)
                batch = []
    if batch:
        connection.execute(insert(table), batch)
    _go_on_counting(connection, table)
    return count


def _go_on_counting(connection: Connection, table: Table) -> None:
    """The server's own counter has not seen the rows that came with their numbers."""
    if connection.dialect.name != "postgresql" or "seq" not in table.c:
        return
    named = connection.execute(text("SELECT pg_get_serial_sequence(:t, 'seq')"), {"t": table.name}).scalar()
    last = connection.execute(select(func.max(table.c.seq))).scalar()
    if named and last:
        connection.execute(text("SELECT setval(:name, :last)"), {"name": named, "last": last})


def _manifest(archive: zipfile.ZipFile, given: Path) -> dict[str, Any]:
    try:
        found: Any = json.loads(archive.read("manifest.json"))
        known = found["format"] == FORMAT
        version, members = str(found["version"]), found["members"]
        dt.datetime.fromisoformat(found["made_at"])
        assert isinstance(members, dict) and all(isinstance(m["sha256"], str) for m in members.values())
    except (KeyError, ValueError, TypeError, AssertionError) as error:
        raise BadInput("it is not a backup of Vedette", where=str(given)) from error
    if not known or version > HEAD:
        raise BadInput(
            f"it was made by a newer Vedette ({found['format']}, tables {version}; this one knows {FORMAT}, {HEAD})",
            where=str(given), fix="Install that version to restore it",
        )
    assert isinstance(found, dict)
    return found


def _check_members(archive: zipfile.ZipFile, manifest: Mapping[str, Any], given: Path) -> None:
    present = {i.filename for i in archive.infolist()} - {"manifest.json"}
    for odd in sorted(present ^ set(manifest["members"])):
        raise Damaged(f"{odd} is {'not in the manifest' if odd in present else 'missing'}", where=str(given))
    for name, said in manifest["members"].items():
        digest = hashlib.sha256()
        with archive.open(name) as source:
            while block := source.read(1 << 20):
                digest.update(block)
        if digest.hexdigest() != said["sha256"]:
            raise Damaged(f"{name} does not match its digest; nothing was restored", where=str(given))


def _own_files(home: Path) -> Iterator[Path]:
    if not home.is_dir():
        return
    for top in sorted(home.iterdir()):
        if top.name in LEFT_OUT or top.name.startswith((FILE_NAME, ".")) or top.is_symlink():
            continue
        found = sorted(top.rglob("*")) if top.is_dir() else [top]
        yield from (p for p in found if p.is_file() and not p.is_symlink())


def _put_files(archive: zipfile.ZipFile, manifest: Mapping[str, Any], home: Path) -> int:
    count = 0
    for name in manifest["members"]:
        if not name.startswith("files/"):
            continue
        parts = PurePosixPath(name).parts[1:]
        if not parts or ".." in parts or any("\\" in p or "\x00" in p for p in parts) or parts[0].startswith(FILE_NAME):
            raise Damaged("the backup names a file outside the workspace; it was not written", where=name)
        path = home.joinpath(*parts)
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not path.exists():
            path.write_bytes(archive.read(name))
            count += 1
    return count


def _size_of(folder: Path) -> int:
    return sum(p.stat().st_size for p in folder.rglob("*") if p.is_file())
