"""Removing a document for copyright or privacy, and saying which forecasts rested on it."""

from __future__ import annotations

from dataclasses import dataclass

from vedette.domain.case import Case
from vedette.domain.ledger import Forecast, Question
from vedette.domain.time import AsOf
from vedette.ports import CaseStore, Ledger, TranscriptStore
from vedette.ports.forgetting import Tombstone
from vedette.workflows.commit import still_computed
from vedette.workflows.open_case import stored_case
from vedette.workflows.standing import IMPORTED
from vedette.workflows.track_record import FindRecord


@dataclass(frozen=True, slots=True, kw_only=True)
class Touched:
    """A committed forecast that could rest on the document. ``same``: whether the case still computes it from the
    same inputs; None when it was not computed."""

    digest: str
    question: str
    forecaster: str
    as_of: str
    same: bool | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Forgotten:
    """The tombstone, the forecasts it touches, and documents that are translations of what was removed.

    ``transcripts`` counts the transcripts of second readers that went with it.
    """

    tombstone: Tombstone
    forecasts: tuple[Touched, ...]
    translations: tuple[str, ...]
    transcripts: int = 0


def forget(
    store: CaseStore, ledger: Ledger, name: str, document: str, *, author: str, reason: str, words: bool = False,
    transcripts: TranscriptStore | None = None, record: FindRecord | None = None,
) -> Forgotten:  # fmt: skip
    """Remove bytes, text and quotes of a document of a stored case; with ``words`` title, author and claims too.

    Claims in our own words, codes and times stay by default, so that a committed forecast can still be computed;
    what can no longer be done is to hold a claim against its source. ``transcripts`` of second readers hold the text
    too, whichever case they were made for: those about this document are removed. Raises `UnknownName` and
    `CaseRefused`.
    """
    case = stored_case(store, name)
    stone = store.forget(case.id, document, author=author, reason=reason, words=words)
    digest = next((d.sha256 for d in case.documents if d.id == document), None)
    removed = transcripts.forget(digest) if transcripts is not None and digest is not None else 0
    after = stored_case(store, name)
    return Forgotten(
        tombstone=stone,
        forecasts=_touched(ledger, case, after, document, record),
        translations=tuple(d.id for d in after.documents if d.translated_from == document),
        transcripts=removed,
    )


def _touched(
    ledger: Ledger, before: Case, after: Case, document: str, record: FindRecord | None
) -> tuple[Touched, ...]:
    """Forecasts of this case made when the document was known, read from entries as they are: a damaged one is
    named elsewhere and must not keep a document from being removed."""
    known = next((d.times.available_at for d in before.documents if d.id == document), None)
    nouns = [(e.digest, e.noun) for e in ledger.entries() if not e.fault]
    asked = {n.id for _, n in nouns if isinstance(n, Question) and n.case == before.id}
    out = []
    for digest, f in nouns:
        if not isinstance(f, Forecast) or f.question not in asked or f.method.startswith(IMPORTED):
            continue
        if known is not None and not AsOf(date=f.as_of).admits(known):
            continue
        same = still_computed(after, f, record=record)
        out.append(
            Touched(digest=digest, question=f.question, forecaster=f.forecaster, as_of=f.as_of.isoformat(), same=same)
        )
    return tuple(out)
