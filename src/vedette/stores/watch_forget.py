"""What the watch service holds of a document that is forgotten: words in alerts, in what was told, and its address."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection
from dataclasses import replace

from sqlalchemy import Connection, select

from vedette.domain.alerts import Alert, AlertKind, Told
from vedette.stores import records, schema

Bury = Callable[[str, str, str], None]
"""Record a tombstone: kind, name, and the record that stands in place."""


def forget_words(
    connection: Connection, case_id: str, document_id: str, evidence: Collection[str], removed: str, bury: Bury
) -> None:
    """Take the words of a document's items out of the alerts of a case. Numbers, keys, kinds and times stay.

    What was sent already is with its receivers.
    """
    _alerts(connection, case_id, document_id, frozenset(evidence), removed, bury)
    c = schema.watch_cases
    told = connection.scalar(select(c.c.told).where(c.c.case_id == case_id))
    if told:
        noun = _bare_told(records.decode(Told, told, where=case_id), frozenset(evidence), removed)
        connection.execute(c.update().where(c.c.case_id == case_id).values(told=records.encode(noun)))
    i = schema.watch_items
    here = (i.c.case_id == case_id) & (i.c.document_id == document_id)
    for row in connection.execute(select(i.c.source, i.c.id).where(here)).all():
        # The address goes too. Should the source offer the document again, it is refused as any other reading of it.
        name = hashlib.sha256(f"{document_id}/{row.id}".encode("utf-8", "surrogatepass")).hexdigest()
        connection.execute(
            i.update().where(here, i.c.source == row.source, i.c.id == row.id).values(id=f"removed/{name}")
        )


def _alerts(
    connection: Connection, case_id: str, document_id: str, evidence: frozenset[str], removed: str, bury: Bury
) -> None:
    a = schema.watch_alerts
    for row in connection.execute(select(a).where(a.c.case_id == case_id)).all():
        alert = records.decode(Alert, row.record, where=row.key)
        if not evidence & {*alert.evidence, *(r.id for r in alert.reasons)}:
            continue
        bare = replace(
            alert,
            # The headline of an evidence alert is a claim; that of any other names a scenario, an indicator, a source.
            headline=removed if alert.kind is AlertKind.EVIDENCE else alert.headline,
            reasons=tuple(replace(r, what=removed) if r.id in evidence else r for r in alert.reasons),
        )
        record = records.encode(bare)
        bury("alert", f"{row.key}/{document_id}", record)
        connection.execute(a.update().where(a.c.seq == row.seq).values(record=record))


def _bare_told(told: Told, evidence: frozenset[str], removed: str) -> Told:
    return replace(
        told,
        scenarios=tuple(
            replace(
                line, shares=tuple(replace(s, what=removed) if s.id in evidence else s for s in line.shares)
            )
            for line in told.scenarios
        ),
    )
