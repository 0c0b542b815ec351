"""Documents of a case one at a time, text layers, and the index by which copies of a document are found."""

from __future__ import annotations

import difflib
import functools
import hashlib
import heapq
import json
import re
import struct
import threading
import zlib
from collections import Counter, OrderedDict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from sqlalchemy import BigInteger, Connection, Integer, Row, String, bindparam, func, select

from vedette.domain.case import Case
from vedette.domain.documents import Document
from vedette.domain.evidence import Evidence
from vedette.domain.stories import Placed, Relation, Signature
from vedette.errors import Damaged, UnknownName
from vedette.ports import Clock
from vedette.ports.library import Sharing, Signed
from vedette.stores import contents, records, schema
from vedette.stores.database import Database

# SQLite binds at most 999 variables a statement in the oldest versions still in use (SQLITE_MAX_VARIABLE_NUMBER).
_BATCH = 500
# Cases whose outlines are kept at hand; each takes some ten kilobytes. [assumption]
_OUTLINES = 256


# Statements of the path that every document takes. Made once: putting one together costs more than running it.
_c, _d, _e = schema.cases.c, schema.documents.c, schema.evidence.c
_a, _s = schema.story_anchors.c, schema.story_documents.c
_CASE = bindparam("case", type_=String)
_NEWEST = select(_c.seq, _c.record).where(_c.id == _CASE).order_by(_c.version.desc()).limit(1)
_BY_CONTENT = select(_d.id).where(_d.case_id == _CASE, _d.sha256 == bindparam("sha256", type_=String))
_LAST_PLACED = select(func.max(_s.document_seq)).where(_s.case_id == _CASE)
_STORED_AFTER = (
    select(_d.id).where(_d.case_id == _CASE, _d.seq > bindparam("last", type_=Integer)).order_by(_d.seq)
)  # fmt: skip
# The same along the numbers of all cases: SQLite would else read the index of every document of the case to find the
# few behind the last. Wrapped so that no index of the case serves.
_STORED_SINCE = (
    select(_d.id)
    .where(func.coalesce(_d.case_id, "") == _CASE, _d.seq > bindparam("last", type_=Integer))
    .order_by(_d.seq)
)  # fmt: skip
_LAST_STORED = select(func.max(_d.seq))
# Documents of all cases stored since, up to which that way is taken. [assumption: each takes some microseconds]
_FEW = 2_000
_ID_FROM_TO = (
    select(_e.seq)
    .where(_e.case_id == _CASE, _e.id >= bindparam("first", type_=String), _e.id < bindparam("stop", type_=String))
    .limit(1)
)
_ANCHORED = select(_a.anchor, _a.document_seq).where(
    _a.case_id == _CASE, _a.anchor.in_(bindparam("anchors", expanding=True, type_=BigInteger))
)
_NAMES = select(_d.seq, _d.id).where(_d.seq.in_(bindparam("seqs", expanding=True, type_=Integer)))
_SIGNED = (
    select(schema.story_documents, _d.available_at)
    .join_from(schema.story_documents, schema.documents, _s.document_seq == _d.seq)
    .where(_s.case_id == _CASE, _s.document_id.in_(bindparam("names", expanding=True, type_=String)))
)
_QUOTING = (
    select(_e.id, _e.document_id, _e.record, _e.digest)
    .where(_e.case_id == _CASE, _e.document_id.in_(bindparam("names", expanding=True, type_=String)))
    .order_by(_e.seq)
)
# The first of this name is the item's own: keys are sorted, and what stands before it holds no text.
_ATTRIBUTION = re.compile(r'(?<!\\)"attribution":("(?:[^"\\]|\\.)*")')
_NEW_PLACE, _NEW_ANCHORS = schema.story_documents.insert(), schema.story_anchors.insert()
_SEQ_OF = select(_d.seq).where(_d.case_id == _CASE, _d.id == bindparam("document", type_=String))


class SqlLibrary:
    """`vedette.ports.library.Library` on any database SQLAlchemy speaks to."""

    _db: Database
    _clock: Clock

    @contextmanager
    def held(self) -> Iterator[None]:
        """Keep one connection open, without a transaction.

        SQLite clears its log when the last connection closes, which takes longer than storing a document; a reading of
        a whole folder then does it once.
        """
        if not self._db.holds_anything():
            yield
            return
        with self._db.held():
            yield

    def outline(self, case_id: str) -> Case:
        """The newest version of the case without its records."""
        if not self._db.holds_anything():
            raise UnknownName("case", case_id)
        with self._db.read() as connection:
            row = connection.execute(_NEWEST, {"case": case_id}).first()
            if row is None:
                ids = connection.scalars(select(_c.id).distinct()).all()
                raise UnknownName("case", case_id, nearest=difflib.get_close_matches(case_id, ids, n=3, cutoff=0.3))
        # The same version is asked for before and inside the transaction of every document; the watch service does so
        # for many cases in turn.
        outlines: dict[str, tuple[str, Case]] = self.__dict__.setdefault("_outlines", {})
        if outlines.get(case_id, ("",))[0] != row.record:
            while len(outlines) >= _OUTLINES:
                outlines.pop(next(iter(outlines)))
            made = records.decode(Case, row.record, where=f"{self._db.where}, case {case_id}")
            outlines[case_id] = row.record, made
        return outlines[case_id][1]

    def find_document(self, case_id: str, sha256: str) -> tuple[Document, tuple[Evidence, ...]] | None:
        """The document made from these bytes and the evidence that quotes it."""
        if not self._db.holds_anything():
            return None
        with self._db.read() as connection:
            name = connection.scalar(_BY_CONTENT, {"case": case_id, "sha256": sha256})
            if name is None:
                return None
            document = self._documents(connection, case_id, [name])[name]
            return document, self._evidence(connection, case_id, {name: document})

    def evidence_of(
        self, case_id: str, documents: Sequence[str], *, said_by: Callable[[str], bool] | None = None
    ) -> tuple[Evidence, ...]:
        """Evidence that quotes these documents.

        With ``said_by`` the speaker is read from the record as it stands, so that only the few items in question, and
        the texts they quote, are decoded: the reports of one day hold hundreds.
        """
        if not documents or not self._db.holds_anything():
            return ()
        with self._db.read() as connection:
            rows = connection.execute(_QUOTING, {"case": case_id, "names": list(documents)}).all()
            if said_by is not None:
                rows = [row for row in rows if said_by(_attribution(row.record))]
            quoted = list(dict.fromkeys(row.document_id for row in rows))
            return self._decoded(case_id, rows, self._documents(connection, case_id, quoted))

    def has_evidence(self, case_id: str, prefix: str) -> bool:
        """Whether an evidence id starts like this; one step in the index of ids."""
        if not self._db.holds_anything():
            return False
        # The character after any that an id can go on with closes the range.
        given = {"case": case_id, "first": prefix, "stop": prefix + "\U0010ffff"}
        with self._db.read() as connection:
            return connection.execute(_ID_FROM_TO, given).first() is not None

    def addresses(self, case_id: str) -> frozenset[str]:
        """Addresses the documents came from."""
        if not self._db.holds_anything():
            return frozenset()
        with self._db.read() as connection:
            found = self._documents(connection, case_id, None).values()
        return frozenset(d.citation.url for d in found if d.citation is not None and d.citation.url)

    # -- text layers --------------------------------------------------------------------------------------

    def keep_layer(self, text: str) -> str:
        """Store a text layer once; returns its digest."""
        raw = text.encode("utf-8", "surrogatepass")
        digest = hashlib.sha256(raw).hexdigest()
        with self._db.write(contents.QUEUE) as connection:
            contents.keep(connection, digest, raw)
        return digest

    def layer(self, digest: str) -> str:
        """A text layer by its digest."""
        if not self._db.holds_anything():
            raise UnknownName("text layer", digest)
        c = schema.contents.c
        with self._db.read() as connection:
            compressed = connection.scalar(select(c.compressed).where(c.sha256 == digest))
        if compressed is None:
            raise UnknownName("text layer", digest)
        try:
            raw = zlib.decompress(compressed)
        except zlib.error as error:
            raise Damaged(f"the stored text cannot be unpacked ({error})", where=digest) from error
        if hashlib.sha256(raw).hexdigest() != digest:
            raise Damaged("the stored text does not match its digest", where=digest)
        return raw.decode("utf-8", "surrogatepass")

    # -- stories ------------------------------------------------------------------------------------------

    def unsigned(self, case_id: str) -> tuple[Document, ...]:
        """Documents stored after the last one placed."""
        if not self._db.holds_anything():
            return ()
        with self._db.read() as connection:
            last = connection.scalar(_LAST_PLACED, {"case": case_id}) or 0
            behind = (connection.scalar(_LAST_STORED) or 0) - last
            if behind <= 0:
                return ()
            query = _STORED_SINCE if behind <= _FEW else _STORED_AFTER
            names = connection.scalars(query, {"case": case_id, "last": last}).all()
            return tuple(self._documents(connection, case_id, names).values()) if names else ()

    def sharing(self, case_id: str, anchors: Sequence[int], *, most: int) -> Sharing:
        """Documents found by these anchors, with the number they share."""
        if not self._db.holds_anything():
            return Sharing(documents={}, leads={})
        counts: Counter[int] = Counter()
        leads: Counter[int] = Counter()
        with self._db.read() as connection:
            for at in range(0, len(anchors), _BATCH):
                rows = _anchored(connection, case_id, anchors[at : at + _BATCH])
                leads.update([row[0] for row in rows])
                counts.update([row[1] for row in rows])
            best = heapq.nsmallest(most, counts, key=lambda seq: (-counts[seq], seq)) if most else []
            found = connection.execute(_NAMES, {"seqs": best}).all() if best else ()
            names = {row.seq: row.id for row in found}
        return Sharing(documents={names[seq]: counts[seq] for seq in best}, leads=leads)

    def signed(self, case_id: str, documents: Sequence[str]) -> Mapping[str, Signed]:
        """Signatures and places."""
        if not documents or not self._db.holds_anything():
            return {}
        found = {}
        with self._db.read() as connection:
            for row in connection.execute(_SIGNED, {"case": case_id, "names": list(documents)}):
                n = len(row.sketch) // 5
                values = struct.unpack(f"<{n}I{n}B", row.sketch)
                signature = Signature(
                    document=row.document_id, words=row.words, shingles=row.shingles, sketch=values[:n],
                    blocks=values[n:], anchors=(),
                )  # fmt: skip
                found[row.document_id] = Signed(
                    signature=signature, placed=_placed(row), available_at=row.available_at
                )
        return found

    def place(self, case_id: str, signature: Signature, placed: Placed) -> None:
        """Record signature and place."""
        with self._db.write(case_id) as connection:
            seq = connection.scalar(_SEQ_OF, {"case": case_id, "document": signature.document})
            if seq is None:
                raise UnknownName("document", signature.document, where=case_id)
            connection.execute(
                _NEW_PLACE,
                {
                    "case_id": case_id, "document_seq": seq, "document_id": signature.document,
                    "story": placed.story, "relation": placed.relation.value, "matched": placed.of,
                    "share": placed.share, "words": signature.words, "shingles": signature.shingles,
                    "sketch": _packed(signature), "recorded_at": self._clock.now(),
                },
            )  # fmt: skip
            rows = [
                {"case_id": case_id, "anchor": anchor, "document_seq": seq}
                for anchor in sorted({*signature.anchors, *signature.keys})
            ]
            if rows:
                connection.execute(_NEW_ANCHORS, rows)

    def stories(self, case_id: str) -> tuple[Placed, ...]:
        """Every place, in the order recorded."""
        if not self._db.holds_anything():
            return ()
        s = schema.story_documents.c
        query = select(schema.story_documents).where(s.case_id == case_id).order_by(s.document_seq)
        with self._db.read() as connection:
            return tuple(_placed(row) for row in connection.execute(query))

    # -- rows ---------------------------------------------------------------------------------------------

    def _documents(
        self, connection: Connection, case_id: str, names: Sequence[str] | None
    ) -> dict[str, Document]:
        d = schema.documents.c
        query = select(schema.documents).where(d.case_id == case_id).order_by(d.seq)
        rows = []
        if names is None:
            rows = list(connection.execute(query))
        for at in range(0, len(names or ()), _BATCH):
            rows += connection.execute(query.where(d.id.in_((names or ())[at : at + _BATCH])))
        found = {}
        for row in rows:
            where = f"{self._db.where}, case {case_id}, document {row.id}"
            if records.digest_of(row.record) != row.digest:
                raise Damaged("the stored document does not match its digest", where=where, fix="Restore a copy of it")
            found[row.id] = recent_document(case_id, row, where)
        return found

    def _evidence(
        self, connection: Connection, case_id: str, documents: Mapping[str, Document]
    ) -> tuple[Evidence, ...]:
        given = {"case": case_id, "names": list(documents)}
        return self._decoded(case_id, connection.execute(_QUOTING, given).all(), documents)

    def _decoded(
        self, case_id: str, rows: Sequence[Any], documents: Mapping[str, Document]
    ) -> tuple[Evidence, ...]:
        found = []
        for row in rows:
            where = f"{self._db.where}, case {case_id}, evidence {row.id}"
            if records.digest_of(row.record) != row.digest:
                raise Damaged("the stored item does not match its digest", where=where, fix="Restore a copy of it")
            found.append(recent_item(case_id, row, documents, where))
        return tuple(found)


class _Recent:
    """Nouns decoded a moment ago, by what is in their record: reports of one day quote the same few speakers."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._nouns: OrderedDict[tuple[str, ...], Document | Evidence] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: tuple[str, ...]) -> Document | Evidence | None:
        with self._lock:
            found = self._nouns.get(key)
            if found is not None:
                self._nouns.move_to_end(key)
            return found

    def put(self, key: tuple[str, ...], noun: Document | Evidence) -> None:
        with self._lock:
            self._nouns[key] = noun
            while len(self._nouns) > self._most:
                self._nouns.popitem(last=False)


# Some ten megabytes at most. [assumption]
_RECENT = _Recent(4096)


def recent_document(case_id: str, row: Row[Any], where: str) -> Document:
    """The document of a row, decoded now or a moment ago. Its digest was checked by the caller."""
    key = ("document", case_id, row.id, row.digest)
    found = _RECENT.get(key)
    if not isinstance(found, Document):
        found = records.decode(Document, row.record, where=where)
        _RECENT.put(key, found)
    return found


def recent_item(case_id: str, row: Row[Any], documents: Mapping[str, Document], where: str) -> Evidence:
    """The same for evidence; with the digest of the text it quotes, since both may be replaced by forgotten forms."""
    quoted = documents[row.document_id].sha256 if row.document_id is not None else ""
    key = ("evidence", case_id, row.id, row.digest, quoted)
    found = _RECENT.get(key)
    if not isinstance(found, Evidence):
        found = records.decode(Evidence, row.record, documents=documents, where=where)
        _RECENT.put(key, found)
    return found


def _attribution(record: str) -> str:
    """Who is quoted, from the text of a record of evidence; empty when it names nobody."""
    found = _ATTRIBUTION.search(record)
    if not found:
        return ""
    written = found.group(1)
    return str(json.loads(written)) if "\\" in written else written[1:-1]


def _anchored(connection: Connection, case_id: str, anchors: Sequence[int]) -> Sequence[Row[Any, Any]]:
    """Rows of these anchors.

    On SQLite a prepared statement, filled up with the last anchor to one of a few lengths: putting together one for
    each number of anchors takes longer than the look-up itself.
    """
    if connection.dialect.name != "sqlite":
        return connection.execute(_ANCHORED, {"case": case_id, "anchors": anchors}).all()
    size = next(n for n in (16, 64, _BATCH) if len(anchors) <= n)
    filled = (case_id, *anchors, *[anchors[-1]] * (size - len(anchors)))
    return connection.exec_driver_sql(_anchored_sqlite(size), filled).all()


@functools.cache
def _anchored_sqlite(size: int) -> str:
    marks = ", ".join("?" * size)
    # Nothing but question marks is put in.
    return f"SELECT anchor, document_seq FROM story_anchors WHERE case_id = ? AND anchor IN ({marks})"  # noqa: S608


def _placed(row: Row[Any]) -> Placed:
    return Placed(
        document=row.document_id, story=row.story, relation=Relation(row.relation), of=row.matched, share=row.share
    )


def _packed(signature: Signature) -> bytes:
    """The sketch in five bytes a run: 32 bits of hash, then a byte for the block."""
    n = len(signature.sketch)
    return struct.pack(f"<{n}I{n}B", *signature.sketch, *signature.blocks)
