"""Framework files: a named, ordered set of conditions as TOML, ``framework/1``. No code knows its conditions."""

from __future__ import annotations

import tomllib
from pathlib import Path

from vedette.codec.fields import Table, located
from vedette.domain.claims import Direction, Posture
from vedette.domain.framework import Condition, Framework, Indicator
from vedette.errors import CaseRefused, NewerSchema

SCHEMA = "framework/1"


def decode_framework(source: bytes | str | Path) -> Framework:
    """The framework in a file: its path, or the file's bytes. Raises `CaseRefused` naming file, table and key."""
    where = "framework file"
    if not isinstance(source, bytes):
        path = Path(source)
        where = path.name
        if not path.is_file():
            raise CaseRefused("no such file", where=str(path))
        source = path.read_bytes()
    try:
        data = tomllib.loads(source.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise CaseRefused(f"not UTF-8 text (byte {error.start})", where=where) from error
    except tomllib.TOMLDecodeError as error:
        raise CaseRefused(f"broken TOML: {error}", where=where) from error
    top = Table(data, where)
    _check_schema(top.text("schema"), where)
    conditions = tuple(_condition(t, str(i)) for i, t in enumerate(top.tables("conditions"), start=1))
    stakes = top.table("stakes", None)
    weights = top.table("weights", None)
    reads = top.table("reads", None)
    with located(where):
        made = Framework(
            id=top.text("id"), title=top.text("title"), source=top.text("source"), conditions=conditions,
            stakes=_condition(stakes, "M") if stakes else None,
            weights={p: _weights(weights, p, len(conditions)) for p in Posture},
            reads={key: reads.text(key) for key in reads.data} if reads else {}, version=top.text("version", "1"),
        )  # fmt: skip
    if weights:
        weights.finish()
    top.finish()
    return made


def _check_schema(schema: str, where: str) -> None:
    name, _, number = schema.partition("/")
    if name == "framework" and number.isdecimal() and int(number) > 1:
        raise NewerSchema(f"schema {schema!r} is newer than {SCHEMA!r}", where=where, fix="Update Vedette")
    if schema != SCHEMA:
        raise CaseRefused(f"schema {schema!r} is not {SCHEMA!r}", where=where)


def _weights(table: Table | None, posture: Posture, count: int) -> tuple[float, ...]:
    """Weights of a posture; without a table, or for a posture it leaves out, equal ones."""
    values = table.raw(posture.value, None) if table else None
    if values is None:
        return (1.0,) * count
    if not isinstance(values, list) or not all(isinstance(v, int | float) for v in values):
        raise CaseRefused(f"weights.{posture.value} should be a list of numbers", where=table.where if table else "")
    return tuple(float(v) for v in values)


def _condition(table: Table, number: str) -> Condition:
    made = Condition(
        id=table.text("id"), number=table.text("number", number), label=table.text("label"),
        definition=table.text("definition"), aliases=table.texts("aliases", ()),
        indicators=tuple(_indicator(t) for t in table.tables("indicators")),
        structural_note=table.text("structural_note", ""),
    )  # fmt: skip
    table.finish()
    return made


def _indicator(table: Table) -> Indicator:
    made = Indicator(
        id=table.text("id"), observable=table.text("observable"), direction=table.choice("direction", Direction),
        lead_time_days=table.whole("lead_time_days", None), threshold=table.text("threshold", ""),
        collection=table.text("collection", ""),
    )  # fmt: skip
    table.finish()
    return made
