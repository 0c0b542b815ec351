"""The one path by which recorded text goes: a tombstone first, then exactly the changes it names."""

from __future__ import annotations

import difflib
import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection, select

from vedette.domain.documents import Document
from vedette.domain.evidence import Evidence
from vedette.errors import CaseRefused, UnknownName
from vedette.ports import Clock
from vedette.ports.forgetting import Tombstone
from vedette.stores import records, schema
from vedette.stores.database import Database
from vedette.stores.watch_forget import forget_words

REMOVED = "[removed]"
"""Stands where text was; a document always has a text, an item a claim."""


def salted(salt: str, sha256: str) -> str:
    """SHA-256 over the salt and a digest, all in hex."""
    return hashlib.sha256(f"{salt}{sha256}".encode()).hexdigest()


class SqlForgetting:
    """`vedette.ports.forgetting.Forgetting` on any database SQLAlchemy speaks to."""

    _db: Database
    _clock: Clock

    def forget(self, case_id: str, document_id: str, *, author: str, reason: str, words: bool = False) -> Tombstone:
        """Remove bytes, text and quotes of a document; with ``words`` also title, author, address and claims."""
        if not reason.strip():
            raise CaseRefused("forgetting needs a reason", where=document_id, fix="Give it with --reason")
        if not self._db.holds_anything():
            raise UnknownName("document", document_id, where=case_id)
        with self._db.write() as connection:
            row = self._document_row(connection, case_id, document_id)
            salt = secrets.token_hex(16)
            document = records.decode(Document, row.record, where=document_id)
            gone = _without_text(document, salted(salt, row.sha256), words)
            now = self._clock.now()
            stamp = {"case_id": case_id, "document_id": document_id, "salt": salt, "reason": reason, "author": author,
                     "recorded_at": now}  # fmt: skip
            touched = self._forget_quotes(connection, document, words, stamp)
            if words:
                forget_words(
                    connection, case_id, document_id, touched, REMOVED,
                    lambda kind, name, record: self._bury(
                        connection, stamp, kind, name, record, salted(salt, records.digest_of(record))
                    ),
                )  # fmt: skip
            self._bury(connection, stamp, "document", document_id, records.encode(gone), salted(salt, row.sha256))
            record = records.encode(gone)
            d = schema.documents
            connection.execute(
                d.update().where(d.c.seq == row.seq).values(
                    record=record, digest=records.digest_of(record), sha256=gone.sha256, content=None
                )
            )  # fmt: skip
            self._forget_likeness(connection, row.seq)
            self._forget_bytes(connection, {row.content, row.sha256, document.text_layer} - {None, ""})
            found = Tombstone(
                case=case_id, document=document_id, salt=salt, digest=gone.sha256, reason=reason, author=author,
                at=now, evidence=tuple(touched),
            )  # fmt: skip
        self._db.scrub()
        return found

    def tombstones(self, case_id: str) -> Sequence[Tombstone]:
        """What was forgotten in a case, in order."""
        if not self._db.holds_anything():
            return ()
        t = schema.tombstones.c
        query = select(schema.tombstones).where(t.case_id == case_id).order_by(t.seq)
        with self._db.read() as connection:
            rows = list(connection.execute(query))
        return tuple(
            Tombstone(
                case=case_id, document=row.document_id, salt=row.salt, digest=row.digest, reason=row.reason,
                author=row.author, at=row.recorded_at,
                evidence=tuple(x.record_id for x in rows if x.kind == "evidence" and x.document_id == row.document_id),
            )
            for row in rows
            if row.kind == "document"
        )  # fmt: skip

    def _refuse_forgotten(self, case_id: str, sha256: str) -> None:
        """A document that was forgotten does not come back by being read again."""
        for t in self.tombstones(case_id):
            if salted(t.salt, sha256) == t.digest:
                raise CaseRefused(
                    f"this document was removed on {t.at.date()} by {t.author}: {t.reason}", where=case_id,
                    fix="It is not read again",
                )

    def _document_row(self, connection: Connection, case_id: str, document_id: str) -> Any:
        d, t = schema.documents.c, schema.tombstones.c
        row = connection.execute(
            select(schema.documents).where(d.case_id == case_id, d.id == document_id)
        ).first()  # fmt: skip
        if row is None:
            ids = connection.scalars(select(d.id).where(d.case_id == case_id)).all()
            nearest = difflib.get_close_matches(document_id, ids, n=3, cutoff=0.3)
            raise UnknownName("document", document_id, nearest=nearest, where=case_id)
        before = connection.execute(
            select(t.recorded_at).where(t.case_id == case_id, t.kind == "document", t.record_id == document_id)
        ).first()
        if before is not None:
            raise CaseRefused(f"it was removed on {before.recorded_at.date()} already", where=document_id)
        return row

    def _bury(
        self, connection: Connection, stamp: dict[str, Any], kind: str, name: str, replacement: str, digest: str
    ) -> None:
        connection.execute(
            schema.tombstones.insert().values(
                **stamp, kind=kind, record_id=name, replacement=replacement, digest=digest
            )
        )

    def _forget_quotes(
        self, connection: Connection, document: Document, words: bool, stamp: dict[str, Any]
    ) -> list[str]:
        """Items that quote the document keep their claim, codes and times, and lose its words."""
        e = schema.evidence
        rows = connection.execute(
            select(e).where(e.c.case_id == stamp["case_id"], e.c.document_id == document.id).order_by(e.c.seq)
        ).all()
        for row in rows:
            item = records.decode(Evidence, row.record, documents={document.id: document}, where=row.id)
            record = records.encode(_without_quote(item, words))
            self._bury(connection, stamp, "evidence", row.id, record, salted(stamp["salt"], row.digest))
            connection.execute(
                e.update().where(e.c.seq == row.seq).values(
                    record=record, digest=records.digest_of(record), document_id=None
                )
            )  # fmt: skip
        return [row.id for row in rows]

    def _forget_likeness(self, connection: Connection, document_seq: int) -> None:
        """The fingerprints by which copies are found say what the text was: they go too."""
        s, a = schema.story_documents, schema.story_anchors
        connection.execute(
            s.update().where(s.c.document_seq == document_seq).values(sketch=b"", words=0, shingles=0)
        )  # fmt: skip
        connection.execute(a.delete().where(a.c.document_seq == document_seq))

    def _forget_bytes(self, connection: Connection, digests: set[Any]) -> None:
        """Bytes and text layers that no other document of the workspace refers to."""
        c, d = schema.contents, schema.documents.c
        for digest in sorted(digests):
            # A text layer is named inside the record of its document.
            elsewhere = select(d.seq).where((d.content == digest) | d.record.contains(digest)).limit(1)
            if connection.execute(elsewhere).first() is None:
                connection.execute(c.delete().where(c.c.sha256 == digest))


def _without_text(document: Document, digest: str, words: bool) -> Document:
    kept = replace(document, text=REMOVED, sha256=digest, text_layer="", source_map=(), dropped=())
    return replace(kept, title=REMOVED, author="", citation=None) if words else kept


def _without_quote(item: Evidence, words: bool) -> Evidence:
    # Quantities hold words of the source; their values were read into the claim.
    kept = replace(item, quote=None, unverified_quote=None, quantities=())
    if not words:
        return kept
    # The id keeps two removed claims of one origin apart: equal words would count as copies of one text.
    return replace(kept, claim=f"{REMOVED} {item.id}", attribution="", citation=None, place=None, provenance=None)
