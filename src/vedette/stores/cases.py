"""Cases in SQL tables: versions of the case itself, and append-only rows for everything known about it."""

from __future__ import annotations

import difflib
import hashlib
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Connection, Row, Select, String, Table, bindparam, select

from vedette.domain.case import Case
from vedette.domain.documents import Document
from vedette.domain.evidence import Evidence, Review, Status
from vedette.domain.judgment import Judgment
from vedette.errors import CaseRefused, Damaged, UnknownName
from vedette.ports import CaseChange, Clock
from vedette.stores import contents, records, schema
from vedette.stores.database import Database
from vedette.stores.forget import SqlForgetting
from vedette.stores.kept import Kept, KeptCases
from vedette.stores.library import SqlLibrary, recent_document, recent_item
from vedette.stores.overview import SqlOverview, highest

# Made once: putting a statement together costs more than running it.
_IS_THERE = select(schema.cases.c.seq).where(schema.cases.c.id == bindparam("case", type_=String)).limit(1)
_CASE = bindparam("case", type_=String)
_d, _e = schema.documents.c, schema.evidence.c
_HAS_BYTES = select(_d.seq).where(_d.case_id == _CASE, _d.sha256 == bindparam("digest", type_=String))
_HAVE_IDS = select(_e.id).where(_e.case_id == _CASE, _e.id.in_(bindparam("ids", expanding=True, type_=String)))
_NEW_DOCUMENT, _NEW_EVIDENCE = schema.documents.insert(), schema.evidence.insert()

T = TypeVar("T", Document, Evidence, Judgment)


class SqlCaseStore(SqlLibrary, SqlForgetting, SqlOverview):
    """`vedette.ports.CaseStore` on any database SQLAlchemy speaks to.

    ``keep``: how many cases stay decoded for the next `load`, which then reads only what was recorded since. For a
    server: rows are only ever added, so what was decoded and checked once is still what a whole load would give.
    """

    def __init__(self, database: Database, clock: Clock, *, keep: int = 0) -> None:
        self._db = database
        self._clock = clock
        self._kept = KeptCases(keep)

    @contextmanager
    def transaction(self, case_id: str = "") -> Iterator[None]:
        """Everything called inside is one transaction."""
        with self._db.write(case_id):
            yield

    # -- reading ------------------------------------------------------------------------------------------

    def case_ids(self) -> Sequence[str]:
        """Ids of the stored cases, sorted."""
        if not self._db.holds_anything():
            return ()
        with self._db.read() as connection:
            return tuple(connection.scalars(select(schema.cases.c.id).distinct().order_by(schema.cases.c.id)))

    def load(self, case_id: str) -> Case:
        """The newest version of the case with everything recorded; checks every digest on the way."""
        if not self._db.holds_anything():
            raise UnknownName("case", case_id)
        with self._db.read() as connection:
            return self._newest(connection, case_id)

    def structure(self, case_id: str, version: int) -> Case:
        """A version of the case itself; see `CaseStore.structure`."""
        if not self._db.holds_anything():
            raise UnknownName("case", case_id)
        c = schema.cases.c
        with self._db.read() as connection:
            record = connection.scalar(select(c.record).where(c.id == case_id, c.version == version))
        if record is None:
            raise UnknownName("version", str(version), where=case_id)
        return records.decode(Case, record, where=f"{self._db.where}, case {case_id}, version {version}")

    def weighing(self, case_id: str) -> Case:
        """The case with what can move its number only; see `CaseStore.weighing`."""
        if not self._db.holds_anything():
            raise UnknownName("case", case_id)
        with self._db.read() as connection:
            items = self._weighed(connection, case_id)
            quoted = sorted({row.document_id for row in items if row.document_id is not None})
            d = schema.documents.c
            texts = _in_batches(connection, _rows_of(schema.documents, case_id), d.id, quoted)
            return self._load(connection, case_id, documents=texts, evidence=items)

    def _weighed(self, connection: Connection, case_id: str) -> list[Row[Any]]:
        """Rows of evidence that was recorded as accepted, was reviewed, or replaces what was reviewed."""
        e = schema.evidence.c
        named: set[str] = set()
        for row in connection.execute(_rows_of(schema.reviews, case_id)):
            review = records.decode(Review, row.record, where=f"{self._db.where}, case {case_id}, review {row.seq}")
            named |= {review.evidence, *([review.replacement] if review.replacement else [])}
        every = _rows_of(schema.evidence, case_id)
        rows = list(connection.execute(every.where(e.status == Status.ACCEPTED.value)))
        rows += _in_batches(connection, every, e.id, sorted(named - {row.id for row in rows}))
        return sorted(rows, key=lambda row: row.seq)

    def _newest(self, connection: Connection, case_id: str) -> Case:
        """The case as a whole load gives it: from the one kept and the rows added since, where that is possible."""
        at = highest(connection, case_id) if self._kept.most else None
        if at is None:
            return self._load(connection, case_id)
        kept = self._kept.get(case_id)
        if kept is not None and kept.at == at:
            return kept.case
        grows = kept is not None and kept.grows_to(at)
        case = self._grown(connection, kept, at) if kept is not None and grows else self._load(connection, case_id)
        if not self._db.writing:  # what is being written may yet be undone, and its numbers given to other rows
            self._kept.put(case_id, Kept(at=at, case=case))
        return case

    def _grown(self, connection: Connection, kept: Kept, at: tuple[int, ...]) -> Case:
        """The case kept with the rows added since, each checked and decoded as in a whole load."""
        old, where = kept.case, f"{self._db.where}, case {kept.case.id}"

        def added(table: Table) -> Iterable[Row[Any]]:
            seen, now = kept.row(table.name), Kept(at=at, case=old).row(table.name)
            if seen == now:
                return ()
            return connection.execute(_rows_of(table, old.id).where(table.c.seq > seen))

        texts = {d.id: d for d in old.documents}
        for row in added(schema.documents):
            _check(row, "document", where)
            texts[row.id] = records.decode(Document, row.record, where=f"{where}, document {row.id}")
        items = list(old.evidence)
        for row in added(schema.evidence):
            _check(row, "evidence", where)
            items.append(records.decode(Evidence, row.record, documents=texts, where=f"{where}, evidence {row.id}"))
        head = self._head(connection, old.id) if at[0] != kept.at[0] else None
        return replace(
            records.decode(Case, head[1], where=where) if head is not None else old,
            documents=tuple(texts.values()),
            evidence=tuple(items),
            reviews=(*old.reviews, *_reviews(added(schema.reviews), where)),
            judgments=(*old.judgments, *_judgments(added(schema.judgments), where)),
        )

    def _load(
        self, connection: Connection, case_id: str, *, documents: Iterable[Row[Any]] | None = None,
        evidence: Iterable[Row[Any]] | None = None,
    ) -> Case:  # fmt: skip
        """The case with all its documents and evidence, or with those of these rows."""
        head = self._head(connection, case_id)
        if head is None:
            ids = connection.scalars(select(schema.cases.c.id).distinct()).all()
            raise UnknownName("case", case_id, nearest=difflib.get_close_matches(case_id, ids, n=3, cutoff=0.3))
        where = f"{self._db.where}, case {case_id}"
        texts = {}
        for row in documents if documents is not None else connection.execute(_rows_of(schema.documents, case_id)):
            _check(row, "document", where)
            place = f"{where}, document {row.id}"
            if documents is None:
                texts[row.id] = records.decode(Document, row.record, where=place)
            else:
                texts[row.id] = recent_document(case_id, row, place)
        items = []
        for row in evidence if evidence is not None else connection.execute(_rows_of(schema.evidence, case_id)):
            _check(row, "evidence", where)
            place = f"{where}, evidence {row.id}"
            if evidence is None:
                items.append(records.decode(Evidence, row.record, documents=texts, where=place))
            else:
                items.append(recent_item(case_id, row, texts, place))
        return replace(
            records.decode(Case, head[1], where=where),
            documents=tuple(texts.values()),
            evidence=tuple(items),
            reviews=tuple(_reviews(connection.execute(_rows_of(schema.reviews, case_id)), where)),
            judgments=tuple(_judgments(connection.execute(_rows_of(schema.judgments, case_id)), where)),
        )

    def raw(self, case_id: str, document_id: str) -> bytes:
        """The bytes of a document as they were given; raises `Damaged` when they do not match their digest."""
        if not self._db.holds_anything():
            raise UnknownName("document", document_id, where=case_id)
        d, c = schema.documents.c, schema.contents.c
        query = (
            select(d.sha256, c.compressed)
            .join_from(schema.documents, schema.contents, d.content == c.sha256)
            .where(d.case_id == case_id, d.id == document_id)
        )
        with self._db.read() as connection:
            row = connection.execute(query).first()
        if row is None:
            for stone in self.tombstones(case_id):
                if stone.document == document_id:
                    raise CaseRefused(f"its bytes were removed on {stone.at.date()}: {stone.reason}", where=document_id)
            raise UnknownName("document", document_id, where=case_id)
        where = f"{self._db.where}, document {document_id}"
        try:
            content = zlib.decompress(row.compressed)
        except zlib.error as error:
            raise Damaged(f"the stored file cannot be unpacked ({error})", where=where) from error
        if hashlib.sha256(content).hexdigest() != row.sha256:
            raise Damaged("the stored file is not the one that was read: its digest differs", where=where)
        return content

    # -- writing ------------------------------------------------------------------------------------------

    def create(self, case: Case, *, author: str = "", reason: str = "") -> None:
        """Store a new case with everything in it; refuses an id that exists."""
        with self._db.write(case.id) as connection:
            if self._head(connection, case.id) is not None:
                raise CaseRefused(f"a case {case.id!r} is already in the workspace", fix="Choose another id")
            self._add_head(connection, case, version=1, author=author, reason=reason)
            for document in case.documents:
                self._insert_document(connection, case.id, document, _own_bytes(document))
            self._insert_evidence(connection, case.id, case.evidence)
            for review in case.reviews:
                self._insert_review(connection, case.id, review)
            self._insert_judgments(connection, case.id, case.judgments)

    def revise(self, case: Case, *, author: str, reason: str) -> CaseChange:
        """Append what ``case`` has and the store has not; refuses a record changed under its old id."""
        with self._db.write(case.id) as connection:
            head = self._head(connection, case.id)
            if head is None:
                raise UnknownName("case", case.id)
            stored = self._load(connection, case.id)
            _refuse_edited("document", stored.documents, case.documents, case.id)
            _refuse_edited("evidence", stored.evidence, case.evidence, case.id)
            _refuse_edited("judgment", stored.judgments, case.judgments, case.id)
            _refuse_forgetting(stored, case)
            changed = _structure(case) != head[1]
            if changed:
                self._add_head(connection, case, version=head[0] + 1, author=author, reason=reason)
            documents = _new(stored.documents, case.documents)
            for document in documents:
                self._insert_document(connection, case.id, document, _own_bytes(document))
            evidence = _new(stored.evidence, case.evidence)
            self._insert_evidence(connection, case.id, evidence)
            reviews = [r for r in case.reviews if r not in stored.reviews]
            for review in reviews:
                self._insert_review(connection, case.id, review)
            judgments = _new(stored.judgments, case.judgments)
            self._insert_judgments(connection, case.id, judgments)
            return CaseChange(
                structure=changed, documents=len(documents), evidence=len(evidence),
                reviews=len(reviews), judgments=len(judgments),
            )

    def add_document(self, case_id: str, document: Document, raw: bytes, evidence: Sequence[Evidence]) -> bool:
        """Store a document and the evidence read from it; False, and nothing changed, when it is already there."""
        digest = hashlib.sha256(raw).hexdigest()
        if digest != document.sha256:
            raise Damaged("the document's digest is not that of the bytes given with it", where=document.id)
        with self._db.write(case_id) as connection:
            self._require(connection, case_id)
            self._refuse_forgotten(case_id, digest)
            if connection.execute(_HAS_BYTES, {"case": case_id, "digest": digest}).first():
                return False
            self._insert_document(connection, case_id, document, raw)
            self._insert_evidence(connection, case_id, evidence)
            return True

    def add_evidence(self, case_id: str, evidence: Sequence[Evidence]) -> None:
        """Append evidence records; refuses an id that exists."""
        with self._db.write(case_id) as connection:
            self._require(connection, case_id)
            self._insert_evidence(connection, case_id, evidence)

    def add_review(self, case_id: str, review: Review, replacement: Evidence | None = None) -> None:
        """Append a review, with the corrected record when it is a correction."""
        with self._db.write(case_id) as connection:
            self._require(connection, case_id)
            e = schema.evidence.c
            if not connection.execute(select(e.seq).where(e.case_id == case_id, e.id == review.evidence)).first():
                ids = connection.scalars(select(e.id).where(e.case_id == case_id)).all()
                nearest = difflib.get_close_matches(review.evidence, ids, n=3, cutoff=0.3)
                raise UnknownName("evidence", review.evidence, nearest=nearest, where=case_id)
            if replacement is not None:
                self._insert_evidence(connection, case_id, [replacement])
            self._insert_review(connection, case_id, review)

    def add_judgment(self, case_id: str, judgment: Judgment) -> None:
        """Append a judgment; refuses an id that exists."""
        with self._db.write(case_id) as connection:
            self._require(connection, case_id)
            self._insert_judgments(connection, case_id, [judgment])

    # -- rows ---------------------------------------------------------------------------------------------

    def _head(self, connection: Connection, case_id: str) -> tuple[int, str] | None:
        """(version, record) of the newest version."""
        c = schema.cases.c
        query = select(c.version, c.record).where(c.id == case_id).order_by(c.version.desc()).limit(1)
        row = connection.execute(query).first()
        return (row.version, row.record) if row is not None else None

    def _require(self, connection: Connection, case_id: str) -> None:
        if connection.execute(_IS_THERE, {"case": case_id}).first() is None:
            ids = connection.scalars(select(schema.cases.c.id).distinct()).all()
            raise UnknownName("case", case_id, nearest=difflib.get_close_matches(case_id, ids, n=3, cutoff=0.3))

    def _add_head(self, connection: Connection, case: Case, *, version: int, author: str, reason: str) -> None:
        connection.execute(
            schema.cases.insert().values(
                id=case.id, version=version, title=case.title, as_of=case.as_of.isoformat(),
                deadline=case.deadline.isoformat(), record=_structure(case), author=author, reason=reason,
                recorded_at=self._clock.now(),
            )
        )

    def _insert_document(self, connection: Connection, case_id: str, document: Document, raw: bytes | None) -> None:
        if raw is not None:
            contents.keep(connection, document.sha256, raw)
        record = records.encode(document)
        connection.execute(
            _NEW_DOCUMENT,
            {
                "case_id": case_id, "id": document.id, "sha256": document.sha256,
                "content": document.sha256 if raw is not None else None,
                "available_at": document.times.available_at, "record": record, "digest": records.digest_of(record),
                "recorded_at": self._clock.now(),
            },
        )  # fmt: skip

    def _insert_evidence(self, connection: Connection, case_id: str, evidence: Sequence[Evidence]) -> None:
        rows = []
        for item in evidence:
            record = records.encode(item)
            rows.append(
                {
                    "case_id": case_id, "id": item.id, "document_id": item.quote.document.id if item.quote else None,
                    "available_at": item.times.available_at, "status": item.status.value, "kind": item.kind.value,
                    "confidence": item.confidence, "record": record, "digest": records.digest_of(record),
                    "recorded_at": self._clock.now(),
                }
            )  # fmt: skip
        if not rows:
            return
        repeated: list[str] = []
        for at in range(0, len(evidence), 500):
            ids = [item.id for item in evidence[at : at + 500]]
            repeated += connection.scalars(_HAVE_IDS, {"case": case_id, "ids": ids})
        if repeated:
            raise CaseRefused(
                f"evidence {', '.join(repeated[:5])} exists already; a change is a new record", where=case_id,
                fix="Give it another id, or correct it with a review",
            )
        connection.execute(_NEW_EVIDENCE, rows)

    def _insert_review(self, connection: Connection, case_id: str, review: Review) -> None:
        connection.execute(
            schema.reviews.insert().values(
                case_id=case_id, evidence_id=review.evidence, verdict=review.verdict.value, author=review.author,
                at=review.at, record=records.encode(review),
            )
        )

    def _insert_judgments(self, connection: Connection, case_id: str, judgments: Sequence[Judgment]) -> None:
        for judgment in judgments:
            j = schema.judgments.c
            if connection.execute(select(j.seq).where(j.case_id == case_id, j.id == judgment.id)).first():
                raise CaseRefused(f"judgment {judgment.id!r} exists already; a change is a new record", where=case_id)
            connection.execute(
                schema.judgments.insert().values(
                    case_id=case_id, id=judgment.id, analyst=judgment.analyst, at=judgment.at,
                    record=records.encode(judgment),
                )
            )


def _reviews(rows: Iterable[Row[Any]], where: str) -> Iterator[Review]:
    return (records.decode(Review, row.record, where=f"{where}, review {row.seq}") for row in rows)


def _judgments(rows: Iterable[Row[Any]], where: str) -> Iterator[Judgment]:
    return (records.decode(Judgment, row.record, where=f"{where}, judgment {row.id}") for row in rows)


def _rows_of(table: Table, case_id: str) -> Select[Any]:
    return select(table).where(table.c.case_id == case_id).order_by(table.c.seq)


def _in_batches(
    connection: Connection, query: Select[Any], column: ColumnElement[Any], names: Sequence[str]
) -> list[Row[Any]]:
    """Rows whose column is one of these names; SQLite takes only so many in one statement."""
    rows: list[Row[Any]] = []
    for at in range(0, len(names), 500):
        rows += connection.execute(query.where(column.in_(names[at : at + 500])))
    return sorted(rows, key=lambda row: row.seq)


def _check(row: Row[Any], kind: str, where: str) -> None:
    if records.digest_of(row.record) != row.digest:
        raise Damaged(f"stored {kind} {row.id} does not match its digest", where=where, fix="Restore a copy of it")


def _structure(case: Case) -> str:
    return records.encode(replace(case, documents=(), evidence=(), reviews=(), judgments=()))


def _own_bytes(document: Document) -> bytes | None:
    """Bytes of a document that is its own file (a note); None when the file it came from is not at hand."""
    raw = document.text.encode("utf-8", "surrogatepass")
    return raw if hashlib.sha256(raw).hexdigest() == document.sha256 else None


def _refuse_forgetting(stored: Case, given: Case) -> None:
    """Indicators, looks and readings are appended to, never taken back: what they said on a day stays said."""
    kinds = (
        ("indicator", stored.indicators, given.indicators), ("look", stored.checks, given.checks),
        ("signal", stored.signals, given.signals),
    )  # fmt: skip
    for kind, old, new in kinds:
        missing = [r for r in old if r not in new]
        if missing:
            name = getattr(missing[0], "id", None) or getattr(missing[0], "indicator", "")
            raise CaseRefused(
                f"{kind} {name} was recorded and is missing or different now; it is never edited in place",
                where=given.id, fix="Append another look, or add an indicator under a new id",
            )  # fmt: skip


def _by_id(items: Sequence[Document] | Sequence[Evidence] | Sequence[Judgment]) -> Mapping[str, object]:
    return {item.id: item for item in items}


def _new(stored: Sequence[T], given: Sequence[T]) -> list[T]:
    known = {item.id for item in stored}
    return [item for item in given if item.id not in known]


def _refuse_edited(
    kind: str,
    stored: Sequence[Document] | Sequence[Evidence] | Sequence[Judgment],
    given: Sequence[Document] | Sequence[Evidence] | Sequence[Judgment],
    case_id: str,
) -> None:
    known = _by_id(stored)
    edited = [item.id for item in given if item.id in known and known[item.id] != item]
    if edited:
        raise CaseRefused(
            f"{kind} {', '.join(edited[:5])} differs from what was recorded; a record is never edited in place",
            where=case_id,
            fix=f"Correct it with: vedette review {case_id} --correct {edited[0]} --reason ...",
        )
