"""Cases from outside, in SQL that does not read their records."""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Sequence
from typing import Any

from sqlalchemy import (
    BindParameter,
    Connection,
    Integer,
    Select,
    String,
    Table,
    bindparam,
    func,
    literal_column,
    select,
)

from vedette.ports.overview import CaseLine, Edit
from vedette.stores import schema
from vedette.stores.database import Database

_TABLES = (schema.cases, schema.documents, schema.evidence, schema.reviews, schema.judgments, schema.tombstones)
"""Every table whose rows belong to a case. Rows are only ever added, so the highest number names the state."""


class SqlOverview:
    """`vedette.ports.overview.Overview` on any database SQLAlchemy speaks to."""

    _db: Database

    def stamp(self, case_id: str) -> str:
        """The highest row number of the case in every table; empty when it is not stored."""
        if not self._db.holds_anything():
            return ""
        with self._db.glance() as connection:
            at = highest(connection, case_id)
        return "" if at is None else ".".join(map(str, at))

    def overview(self) -> Sequence[CaseLine]:
        """Every stored case, by id: one grouped query a table."""
        if not self._db.holds_anything():
            return ()
        with self._db.read() as connection:
            return _lines(connection)

    def edits(self, case_id: str) -> Sequence[Edit]:
        """Versions of the case itself, oldest first."""
        if not self._db.holds_anything():
            return ()
        c = schema.cases.c
        query = select(c.version, c.author, c.reason, c.recorded_at).where(c.id == case_id).order_by(c.version)
        with self._db.read() as connection:
            rows = connection.execute(query).all()
        return tuple(Edit(version=r.version, author=r.author, reason=r.reason, at=r.recorded_at) for r in rows)


def highest(connection: Connection, case_id: str) -> tuple[int, ...] | None:
    """The highest row number of the case in each table of `_TABLES`, 0 where it has none; None when not stored."""
    row = connection.execute(_stamp_query(), {"case": case_id}).one()
    return None if row[0] is None else tuple(int(n or 0) for n in row)


def _case_column(table: Table) -> Any:
    return table.c.id if table is schema.cases else table.c.case_id


@functools.cache
def _stamp_query() -> Select[Any]:
    case: BindParameter[str] = bindparam("case", type_=String)
    parts = [select(func.max(t.c.seq)).where(_case_column(t) == case).scalar_subquery() for t in _TABLES]
    return select(*parts)


def _grouped(connection: Connection, table: Table, *more: Any) -> dict[str, Any]:
    key = _case_column(table)
    query = select(key.label("case_id"), func.max(table.c.seq).label("seq"), *more).group_by(key)
    return {row.case_id: row for row in connection.execute(query)}


def _lines(connection: Connection) -> tuple[CaseLine, ...]:
    c, e, d, r = schema.cases.c, schema.evidence.c, schema.documents.c, schema.reviews.c
    newest = select(c.id, func.max(c.version).label("version")).group_by(c.id).subquery()
    heads = connection.execute(
        select(c.seq, c.id, c.title, c.as_of, c.deadline, c.version, c.recorded_at)
        .join(newest, (newest.c.id == c.id) & (newest.c.version == c.version))
        .order_by(c.id)
    ).all()
    one = literal_column("1", Integer)
    documents = _grouped(
        connection, schema.documents, func.count(one).label("n"), func.max(d.available_at).label("latest"),
        func.max(d.recorded_at).label("recorded"),
    )  # fmt: skip
    evidence = _grouped(
        connection, schema.evidence, func.count(one).label("n"), func.max(e.available_at).label("latest"),
        func.max(e.recorded_at).label("recorded"),
    )  # fmt: skip
    reviews = _grouped(connection, schema.reviews, func.max(r.at).label("recorded"))
    judgments = _grouped(connection, schema.judgments)
    stones = _grouped(connection, schema.tombstones)
    reviewed = select(r.evidence_id).where(r.case_id == e.case_id, r.evidence_id == e.id).exists()
    waiting = {
        row.case_id: row.n
        for row in connection.execute(
            select(e.case_id, func.count(one).label("n"))
            .where(e.status == "proposed", ~reviewed)
            .group_by(e.case_id)
        )
    }
    found = []
    for head in heads:
        rows = [t.get(head.id) for t in (documents, evidence, reviews, judgments, stones)]
        dated = [x for x in (documents.get(head.id), evidence.get(head.id)) if x is not None]
        found.append(
            CaseLine(
                id=head.id, title=head.title, as_of=dt.date.fromisoformat(head.as_of),
                deadline=dt.date.fromisoformat(head.deadline), version=head.version,
                stamp=".".join(str(n) for n in (head.seq, *(row.seq if row is not None else 0 for row in rows))),
                documents=documents[head.id].n if head.id in documents else 0,
                evidence=evidence[head.id].n if head.id in evidence else 0,
                proposed=waiting.get(head.id, 0),
                latest=max((x.latest for x in dated), default=None),
                recorded=max([head.recorded_at, *(x.recorded for x in dated)]),
            )
        )  # fmt: skip
    return tuple(found)
