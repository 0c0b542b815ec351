"""A store that is opened on first need.

Reading a bundled case needs no workspace; opening one costs the import of the database library (0.3 s).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path

from vedette.domain.case import Case
from vedette.domain.documents import Document
from vedette.domain.evidence import Evidence, Review
from vedette.domain.judgment import Judgment
from vedette.domain.stories import Placed, Signature
from vedette.errors import UnknownName
from vedette.ports import CaseChange, CaseStore
from vedette.ports.forgetting import Tombstone
from vedette.ports.library import Sharing, Signed
from vedette.ports.overview import CaseLine, Edit


class DeferredCaseStore:
    """`vedette.ports.CaseStore` that answers "nothing here" itself while ``path`` does not exist."""

    def __init__(self, path: Path, make: Callable[[], CaseStore]) -> None:
        self._path = path
        self._make = make
        self._made: CaseStore | None = None

    def _store(self) -> CaseStore:
        if self._made is None:
            self._made = self._make()
        return self._made

    def _is_there(self) -> bool:
        # os.path.lexists semantics would hide a folder we may not look into: let the real store say it.
        try:
            self._path.stat()
        except FileNotFoundError:
            return False
        except OSError:
            return True
        return True

    def transaction(self, case_id: str = "") -> AbstractContextManager[None]:
        """See `CaseStore`."""
        return self._store().transaction(case_id)

    def case_ids(self) -> Sequence[str]:
        """See `CaseStore`."""
        return self._store().case_ids() if self._is_there() else ()

    def stamp(self, case_id: str) -> str:
        """See `Overview`."""
        return self._store().stamp(case_id) if self._is_there() else ""

    def overview(self) -> Sequence[CaseLine]:
        """See `Overview`."""
        return self._store().overview() if self._is_there() else ()

    def edits(self, case_id: str) -> Sequence[Edit]:
        """See `Overview`."""
        return self._store().edits(case_id) if self._is_there() else ()

    def load(self, case_id: str) -> Case:
        """See `CaseStore`."""
        if not self._is_there():
            raise UnknownName("case", case_id)
        return self._store().load(case_id)

    def structure(self, case_id: str, version: int) -> Case:
        """See `CaseStore`."""
        return self._store().structure(case_id, version)

    def weighing(self, case_id: str) -> Case:
        """See `CaseStore`."""
        if not self._is_there():
            raise UnknownName("case", case_id)
        return self._store().weighing(case_id)

    def raw(self, case_id: str, document_id: str) -> bytes:
        """See `CaseStore`."""
        return self._store().raw(case_id, document_id)

    def create(self, case: Case, *, author: str = "", reason: str = "") -> None:
        """See `CaseStore`."""
        self._store().create(case, author=author, reason=reason)

    def revise(self, case: Case, *, author: str, reason: str) -> CaseChange:
        """See `CaseStore`."""
        return self._store().revise(case, author=author, reason=reason)

    def add_document(self, case_id: str, document: Document, raw: bytes, evidence: Sequence[Evidence]) -> bool:
        """See `CaseStore`."""
        return self._store().add_document(case_id, document, raw, evidence)

    def add_evidence(self, case_id: str, evidence: Sequence[Evidence]) -> None:
        """See `CaseStore`."""
        self._store().add_evidence(case_id, evidence)

    def add_review(self, case_id: str, review: Review, replacement: Evidence | None = None) -> None:
        """See `CaseStore`."""
        self._store().add_review(case_id, review, replacement)

    def add_judgment(self, case_id: str, judgment: Judgment) -> None:
        """See `CaseStore`."""
        self._store().add_judgment(case_id, judgment)

    # -- the library ----------------------------------------------------------------------------------------

    def held(self) -> AbstractContextManager[None]:
        """See `Library`."""
        return self._store().held() if self._is_there() else nullcontext()

    def outline(self, case_id: str) -> Case:
        """See `Library`."""
        if not self._is_there():
            raise UnknownName("case", case_id)
        return self._store().outline(case_id)

    def find_document(self, case_id: str, sha256: str) -> tuple[Document, tuple[Evidence, ...]] | None:
        """See `Library`."""
        return self._store().find_document(case_id, sha256) if self._is_there() else None

    def evidence_of(
        self, case_id: str, documents: Sequence[str], *, said_by: Callable[[str], bool] | None = None
    ) -> tuple[Evidence, ...]:
        """See `Library`."""
        return self._store().evidence_of(case_id, documents, said_by=said_by) if self._is_there() else ()

    def has_evidence(self, case_id: str, prefix: str) -> bool:
        """See `Library`."""
        return self._is_there() and self._store().has_evidence(case_id, prefix)

    def addresses(self, case_id: str) -> frozenset[str]:
        """See `Library`."""
        return self._store().addresses(case_id) if self._is_there() else frozenset()

    def keep_layer(self, text: str) -> str:
        """See `Library`."""
        return self._store().keep_layer(text)

    def layer(self, digest: str) -> str:
        """See `Library`."""
        return self._store().layer(digest)

    def unsigned(self, case_id: str) -> tuple[Document, ...]:
        """See `Library`."""
        return self._store().unsigned(case_id) if self._is_there() else ()

    def sharing(self, case_id: str, anchors: Sequence[int], *, most: int) -> Sharing:
        """See `Library`."""
        if not self._is_there():
            return Sharing(documents={}, leads={})
        return self._store().sharing(case_id, anchors, most=most)

    def signed(self, case_id: str, documents: Sequence[str]) -> Mapping[str, Signed]:
        """See `Library`."""
        return self._store().signed(case_id, documents) if self._is_there() else {}

    def place(self, case_id: str, signature: Signature, placed: Placed) -> None:
        """See `Library`."""
        self._store().place(case_id, signature, placed)

    def stories(self, case_id: str) -> tuple[Placed, ...]:
        """See `Library`."""
        return self._store().stories(case_id) if self._is_there() else ()

    def forget(self, case_id: str, document_id: str, *, author: str, reason: str, words: bool = False) -> Tombstone:
        """See `Forgetting`."""
        if not self._is_there():
            raise UnknownName("document", document_id, where=case_id)
        return self._store().forget(case_id, document_id, author=author, reason=reason, words=words)

    def tombstones(self, case_id: str) -> Sequence[Tombstone]:
        """See `Forgetting`."""
        return self._store().tombstones(case_id) if self._is_there() else ()
