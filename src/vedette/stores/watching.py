"""The watch service in SQL tables: what is watched, how far it has come, alerts, and the outbox."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Row, Table, and_, delete, func, or_, select, update
from sqlalchemy.exc import IntegrityError

from vedette.domain.alerts import Alert, Told
from vedette.errors import CaseRefused
from vedette.ports.watching import CaseWatch, Item, ItemState, Message, SourceState, Watch
from vedette.stores import records, schema
from vedette.stores.database import Database

# As in `vedette.stores.library`: SQLite binds at most 999 variables a statement in the oldest versions in use.
_BATCH = 500


class SqlWatchStore:
    """`vedette.ports.watching.WatchStore` on any database SQLAlchemy speaks to."""

    def __init__(self, database: Database) -> None:
        self._db = database

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Everything called inside is one transaction, with the cases of the same database."""
        with self._db.write():
            yield

    @contextmanager
    def held(self) -> Iterator[None]:
        """Keep one connection open, without a transaction."""
        if not self._db.holds_anything():
            yield
            return
        with self._db.held():
            yield

    @contextmanager
    def snapshot(self) -> Iterator[None]:
        """One state for everything read inside."""
        if not self._db.holds_anything():
            yield
            return
        with self._db.snapshot():
            yield

    @contextmanager
    def _read(self) -> Iterator[Connection | None]:
        if not self._db.holds_anything():
            yield None
            return
        with self._db.read() as connection:
            yield connection

    # -- what is watched ----------------------------------------------------------------------------------

    def add_watch(self, watch: Watch) -> bool:
        """Watch a source for a case, or change how."""
        record = records.encode(watch)
        w = schema.watches.c
        with self._db.write() as connection:
            here = and_(w.case_id == watch.case, w.source == watch.source)
            if connection.scalar(select(w.record).where(here)) == record:
                return False
            connection.execute(delete(schema.watches).where(here))
            connection.execute(
                schema.watches.insert().values(case_id=watch.case, source=watch.source, record=record)
            )
            return True

    def remove_watch(self, case_id: str, source: str | None = None) -> int:
        """Stop watching a source, or all of a case."""
        w = schema.watches.c
        which = [w.case_id == case_id] + ([w.source == source] if source is not None else [])
        with self._db.write() as connection:
            return int(connection.execute(delete(schema.watches).where(*which)).rowcount)

    def watches(self, case_id: str | None = None) -> Sequence[Watch]:
        """What is watched, by case and source."""
        w = schema.watches.c
        query = select(w.record).order_by(w.case_id, w.source)
        if case_id is not None:
            query = query.where(w.case_id == case_id)
        with self._read() as connection:
            rows = connection.scalars(query).all() if connection is not None else ()
        return tuple(records.decode(Watch, r, where=self._db.where) for r in rows)

    def case_watch(self, case_id: str) -> CaseWatch:
        """How a case is watched."""
        c = schema.watch_cases.c
        with self._read() as connection:
            rule = connection.scalar(select(c.rule).where(c.case_id == case_id)) if connection is not None else None
        return records.decode(CaseWatch, rule, where=self._db.where) if rule else CaseWatch(case=case_id)

    def set_case_watch(self, given: CaseWatch) -> None:
        """Say how a case is watched."""
        with self._db.write() as connection:
            _put(connection, schema.watch_cases, {"case_id": given.case}, {"rule": records.encode(given)},
                 {"told": None, "stamp": "", "as_of": ""})  # fmt: skip

    # -- sources and items --------------------------------------------------------------------------------

    def source_states(self) -> Mapping[str, SourceState]:
        """State of every source ever polled."""
        s = schema.watch_sources.c
        with self._read() as connection:
            rows = connection.execute(select(s.source, s.record)).all() if connection is not None else ()
        return {r.source: records.decode(SourceState, r.record, where=self._db.where) for r in rows}

    def keep_source(self, state: SourceState) -> None:
        """Record the state of a source."""
        with self._db.write() as connection:
            _put(connection, schema.watch_sources, {"source": state.source}, {"record": records.encode(state)})

    def versions(self, case_id: str, source: str) -> Mapping[str, str]:
        """Id and version of the items done with."""
        i = schema.watch_items.c
        query = select(i.id, i.version).where(
            i.case_id == case_id, i.source == source, i.state != ItemState.WAITING.value
        )
        with self._read() as connection:
            rows = connection.execute(query).all() if connection is not None else ()
        return {r.id: r.version for r in rows}

    def waiting(self, case_id: str, source: str) -> Mapping[str, Item]:
        """Items to be tried again."""
        i = schema.watch_items.c
        query = select(schema.watch_items).where(
            i.case_id == case_id, i.source == source, i.state == ItemState.WAITING.value
        )
        with self._read() as connection:
            rows = connection.execute(query).all() if connection is not None else ()
        return {r.id: _item(r) for r in rows}

    def keep_items(self, case_id: str, items: Sequence[Item]) -> None:
        """Record what became of items; the day each was first seen stays."""
        i = schema.watch_items.c
        with self._db.write() as connection:
            for item in items:
                values = {
                    "version": item.version, "state": item.state.value, "why": item.why, "document_id": item.document,
                    "tries": item.tries, "retry_at": item.retry_at,
                }  # fmt: skip
                key = {"case_id": case_id, "source": item.source, "id": item.id}
                here = and_(i.case_id == case_id, i.source == item.source, i.id == item.id)
                if not connection.execute(update(schema.watch_items).where(here).values(**values)).rowcount:
                    connection.execute(
                        schema.watch_items.insert().values(**key, **values, first_seen=item.first_seen)
                    )

    def item_counts(self) -> Mapping[tuple[str, str], Mapping[str, int]]:
        """How many items by (case, source) and state."""
        i = schema.watch_items.c
        query = select(i.case_id, i.source, i.state, func.count().label("n")).group_by(i.case_id, i.source, i.state)
        with self._read() as connection:
            rows = connection.execute(query).all() if connection is not None else ()
        found: dict[tuple[str, str], dict[str, int]] = {}
        for row in rows:
            found.setdefault((row.case_id, row.source), {})[row.state] = row.n
        return found

    def items(self, case_id: str, states: Collection[ItemState], *, limit: int) -> Sequence[Item]:
        """Items in these states, newest first."""
        i = schema.watch_items.c
        query = (
            select(schema.watch_items)
            .where(i.case_id == case_id, i.state.in_([s.value for s in states]))
            .order_by(i.first_seen.desc(), i.source, i.id)
            .limit(limit)
        )
        with self._read() as connection:
            rows = connection.execute(query).all() if connection is not None else ()
        return tuple(_item(r) for r in rows)

    # -- telling ------------------------------------------------------------------------------------------

    def told(self, case_id: str) -> tuple[Told | None, str, dt.date | None]:
        """What was told, the stamp of the case at its last look, and the latest day looked at."""
        c = schema.watch_cases.c
        with self._read() as connection:
            if connection is None:
                return None, "", None
            row = connection.execute(select(c.told, c.stamp, c.as_of).where(c.case_id == case_id)).first()
        if row is None:
            return None, "", None
        told = records.decode(Told, row.told, where=self._db.where) if row.told else None
        return told, row.stamp, dt.date.fromisoformat(row.as_of) if row.as_of else None

    def keep_told(self, told: Told, stamp: str, as_of: dt.date) -> None:
        """Record what was told."""
        with self._db.write() as connection:
            values = {"told": records.encode(told), "stamp": stamp, "as_of": as_of.isoformat()}
            _put(connection, schema.watch_cases, {"case_id": told.case}, values, {"rule": None})

    def covered(self, case_id: str, covers: Collection[str]) -> frozenset[str]:
        """Those that were told before."""
        c = schema.watch_covered.c
        wanted = sorted(set(covers))
        found: set[str] = set()
        with self._read() as connection:
            for at in range(0, len(wanted) if connection is not None else 0, _BATCH):
                assert connection is not None
                query = select(c.cover).where(c.case_id == case_id, c.cover.in_(wanted[at : at + _BATCH]))
                found.update(connection.scalars(query))
        return frozenset(found)

    def add_alerts(self, alerts: Sequence[Alert], messages: Sequence[Message]) -> None:
        """Record alerts with the messages that tell them."""
        if not alerts:
            return
        with self._db.write() as connection:
            try:
                connection.execute(
                    schema.watch_alerts.insert(),
                    [
                        {"key": a.key, "case_id": a.case, "kind": a.kind.value, "at": a.at, "record": records.encode(a)}
                        for a in alerts
                    ],
                )
                connection.execute(
                    schema.watch_covered.insert(),
                    [{"case_id": a.case, "cover": c, "alert": a.key} for a in alerts for c in a.covers],
                )
            except IntegrityError as error:
                keys = ", ".join(a.key for a in alerts)
                raise CaseRefused("this was told already", where=keys) from error
            for message in messages:
                _insert_message(connection, message)

    def alerts(
        self, case_id: str | None = None, *, since: dt.datetime | None = None, limit: int | None = None
    ) -> Sequence[Alert]:
        """Alerts, newest first."""
        a = schema.watch_alerts.c
        query = select(a.record).order_by(a.seq.desc())
        if case_id is not None:
            query = query.where(a.case_id == case_id)
        if since is not None:
            query = query.where(a.at >= since)
        if limit is not None:
            query = query.limit(limit)
        with self._read() as connection:
            rows = connection.scalars(query).all() if connection is not None else ()
        return tuple(records.decode(Alert, r, where=self._db.where) for r in rows)

    def alerts_by_key(self, keys: Sequence[str]) -> Mapping[str, Alert]:
        """Alerts by key."""
        a = schema.watch_alerts.c
        found = {}
        with self._read() as connection:
            for at in range(0, len(keys) if connection is not None else 0, _BATCH):
                assert connection is not None
                for row in connection.execute(select(a.key, a.record).where(a.key.in_(keys[at : at + _BATCH]))):
                    found[row.key] = records.decode(Alert, row.record, where=self._db.where)
        return found

    # -- the outbox ---------------------------------------------------------------------------------------

    def due_messages(self, now: dt.datetime, *, limit: int = 100) -> Sequence[Message]:
        """Messages to be sent now, oldest first."""
        m = schema.watch_messages.c
        query = (
            select(schema.watch_messages)
            .where(m.state == "waiting", m.not_before <= now, or_(m.next_try.is_(None), m.next_try <= now))
            .order_by(m.seq)
            .limit(limit)
        )
        with self._read() as connection:
            rows = connection.execute(query).all() if connection is not None else ()
        return tuple(_message(r) for r in rows)

    def bundle(self, message: Message, keys: Sequence[str]) -> None:
        """Put one message in place of several on its channel."""
        m = schema.watch_messages.c
        with self._db.write() as connection:
            for at in range(0, len(keys), _BATCH):
                connection.execute(
                    update(schema.watch_messages)
                    .where(m.channel == message.channel, m.key.in_(keys[at : at + _BATCH]), m.state == "waiting")
                    .values(state="bundled", why=f"told in {message.key}")
                )
            _insert_message(connection, message)

    def keep_message(self, message: Message) -> None:
        """Record an attempt or its end."""
        m = schema.watch_messages.c
        with self._db.write() as connection:
            connection.execute(
                update(schema.watch_messages)
                .where(m.key == message.key, m.channel == message.channel)
                .values(
                    state=message.state, tries=message.tries, next_try=message.next_try, sent_at=message.sent_at,
                    why=message.why,
                )
            )

    def messages(self, *, state: str | None = None, limit: int | None = None) -> Iterator[Message]:
        """Messages, newest first."""
        m = schema.watch_messages.c
        query = select(schema.watch_messages).order_by(m.seq.desc())
        if state is not None:
            query = query.where(m.state == state)
        if limit is not None:
            query = query.limit(limit)
        with self._read() as connection:
            rows = connection.execute(query).all() if connection is not None else ()
        return iter([_message(r) for r in rows])

    def message_counts(self) -> Mapping[tuple[str, str], int]:
        """How many by (channel, state)."""
        m = schema.watch_messages.c
        query = select(m.channel, m.state, func.count().label("n")).group_by(m.channel, m.state)
        with self._read() as connection:
            rows = connection.execute(query).all() if connection is not None else ()
        return {(r.channel, r.state): r.n for r in rows}


def _put(
    connection: Connection, table: Table, key: Mapping[str, str], values: Mapping[str, Any],
    otherwise: Mapping[str, Any] | None = None,
) -> None:  # fmt: skip
    """Change the row with this key, or make it with what ``otherwise`` says of the other columns."""
    here = and_(*(table.c[name] == value for name, value in key.items()))
    if not connection.execute(update(table).where(here).values(**values)).rowcount:
        connection.execute(table.insert().values(**key, **values, **(otherwise or {})))


def _insert_message(connection: Connection, message: Message) -> None:
    connection.execute(
        schema.watch_messages.insert().values(
            key=message.key, channel=message.channel, case_id=message.case, alerts=json.dumps(list(message.alerts)),
            digest=int(message.digest), state=message.state, not_before=message.not_before, tries=message.tries,
            next_try=message.next_try, sent_at=message.sent_at, why=message.why,
        )
    )


def _message(row: Row[Any]) -> Message:
    return Message(
        key=row.key, channel=row.channel, case=row.case_id, alerts=tuple(json.loads(row.alerts)),
        not_before=row.not_before, digest=bool(row.digest), state=row.state, tries=row.tries, next_try=row.next_try,
        sent_at=row.sent_at, why=row.why,
    )  # fmt: skip


def _item(row: Row[Any]) -> Item:
    return Item(
        source=row.source, id=row.id, version=row.version, state=ItemState(row.state), why=row.why,
        document=row.document_id, tries=row.tries, first_seen=row.first_seen, retry_at=row.retry_at,
    )  # fmt: skip
