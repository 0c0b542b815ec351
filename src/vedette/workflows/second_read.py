"""A second reading: a language model proposes from a document that the rules have read; both are compared.

What it proposes is evidence of status ``proposed`` and nothing else: it is given no tool, and nothing of its answer is
used except quotes found in the document and labels from closed lists (`vedette.extraction.second_reader`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from vedette.domain.claims import Marking
from vedette.domain.evidence import Evidence, Status
from vedette.domain.reading import Claim, Extraction
from vedette.errors import BadInput, DocumentRefused
from vedette.extraction.second_reader import SecondReader, answer_schema, check_size, chunks_of, messages
from vedette.extraction.two_readers import SAME, Agreement, agree, without_copies
from vedette.ports import CaseStore, Clock, LanguageModel, TranscriptStore
from vedette.workflows.ingest import Reading, proposal_row, propose
from vedette.workflows.stories import voiced

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """A model with what is needed to use it. Sizes in characters, prices in money per million tokens.

    ``local`` says that nothing leaves this machine; ``host`` is where documents go.
    """

    model: LanguageModel
    name: str
    transcripts: TranscriptStore
    host: str
    local: bool
    chunk: int
    most: int
    price_in: float | None = None
    price_out: float | None = None

    def __post_init__(self) -> None:
        check_size(self.chunk)

    @property
    def author(self) -> str:
        """Who its proposals are by."""
        return f"llm:{self.name}"

    def cost(self, tokens_in: int | None, tokens_out: int | None) -> float | None:
        """Money, None unless both prices and both counts are known."""
        if self.price_in is None or self.price_out is None or tokens_in is None or tokens_out is None:
            return None
        return (tokens_in * self.price_in + tokens_out * self.price_out) / 1e6


@dataclass(frozen=True, slots=True, kw_only=True)
class SecondReading:
    """What the second reader made of a document. ``dropped`` counts, by reason, what was not kept of its answers.

    ``transcripts`` are digests, one an answer. ``note`` says why nothing was asked, if so. ``added`` is what a case
    got; ``known`` counts claims that another reader had proposed there already, ``unplaced`` those that bear on
    nothing the case weighs.
    """

    reader: str
    agreement: Agreement
    dropped: Mapping[str, int]
    transcripts: tuple[str, ...]
    tokens_in: int | None
    tokens_out: int | None
    cost: float | None
    note: str = ""
    added: tuple[Evidence, ...] = ()
    unplaced: tuple[tuple[Claim, str], ...] = ()
    known: int = 0

    def to_dict(self) -> dict[str, Any]:
        """The JSON of ``second_reader`` in ``vedette read --llm --json`` and ``vedette extract --llm --json``."""
        return {
            "reader": self.reader, "agreement": self.agreement.to_dict(), "dropped": dict(self.dropped),
            "transcripts": list(self.transcripts), "tokens_in": self.tokens_in, "tokens_out": self.tokens_out,
            "cost": self.cost, "note": self.note, "proposals": [proposal_row(e) for e in self.added],
            "unplaced": [{"quote": c.quote, "kind": c.kind.value, "reason": why} for c, why in self.unplaced],
            "already_proposed": self.known,
        }  # fmt: skip


def read_again(extraction: Extraction, reader: Reader, *, progress: Progress | None = None) -> SecondReading:
    """Ask the second reader about a document, and compare its claims with the rules'.

    Every answer's transcript is kept before anything is made of it. Raises `DocumentRefused` (too long, or marked too
    closed to leave this machine) and `SourceFailed`; then nothing is proposed.
    """
    document = extraction.document
    if document.language != "en":
        return _nothing(extraction, reader, f"the second reader reads English only (guess: {document.language})")
    if document.marking is not Marking.CLEAR and not reader.local:
        raise DocumentRefused(
            f"it is marked {document.marking}, and {reader.host} is another machine",
            where=document.title or document.id,
            fix="Use a model on this machine",
        )
    parts = chunks_of(document, size=reader.chunk, most=reader.most)
    second = SecondReader(extraction, reader.name)
    schema = answer_schema()
    claims: list[Claim] = []
    kept: list[str] = []
    tokens: list[tuple[int | None, int | None]] = []
    for n, part in enumerate(parts, start=1):
        answer = reader.model.answer(schema, messages(document, part))
        kept.append(reader.transcripts.keep(document.sha256, answer.transcript))
        tokens.append((answer.tokens_in, answer.tokens_out))
        claims += second.read(answer.value, part, kept[-1])
        if progress is not None:
            progress(n, len(parts))
    unique, copies = without_copies(claims)
    dropped = dict(second.dropped.most_common())
    if copies:
        dropped["claim proposed twice"] = copies
    used = _total(t for t, _ in tokens), _total(t for _, t in tokens)
    return SecondReading(
        reader=reader.author, agreement=agree(extraction.claims, unique), dropped=dropped, transcripts=tuple(kept),
        tokens_in=used[0], tokens_out=used[1], cost=reader.cost(*used),
    )  # fmt: skip


def _total(counts: Any) -> int | None:
    known = list(counts)
    return None if not known or None in known else sum(known)


def _nothing(extraction: Extraction, reader: Reader, note: str) -> SecondReading:
    return SecondReading(
        reader=reader.author, agreement=agree(extraction.claims, ()), dropped={}, transcripts=(), tokens_in=None,
        tokens_out=None, cost=None, note=note,
    )  # fmt: skip


def read_into_case(
    store: CaseStore, clock: Clock, reading: Reading, reader: Reader, *, progress: Progress | None = None
) -> SecondReading:
    """Ask the second reader about a document just read into a case, or read earlier, and store what only it found.

    A claim that overlaps a proposal of another reader by half or more is not proposed twice. A document that this
    reader has proposed from already is not asked about again. Nothing is stored when it fails.
    """
    extraction, document = reading.extraction, reading.document
    if extraction.document.text != document.text:
        raise DocumentRefused(
            f"it was read as {document.id} by a version that cleaned it otherwise",
            where=document.title or document.id,
            fix="Read it into a new case to have a second reader",
        )
    extraction = replace(extraction, document=document)
    if any(e.provenance is not None and e.provenance.author == reader.author for e in _there(store, reading)):
        return _nothing(extraction, reader, f"{reader.author} has read it already")
    second = read_again(extraction, reader, progress=progress)
    found = second.agreement.second_only
    with store.transaction():
        quotes = [e.quote for e in _there(store, reading) if e.quote is not None]
        new = tuple(c for c in found if not any(_same(c, q.start, q.end) for q in quotes))
        case = store.outline(reading.case)
        made, unplaced = propose(case, replace(extraction, claims=new), clock, taken=lambda prefix: False)
        made = voiced(store, case.id, document, made, reading.placed)
        added = tuple(replace(e, id=name) for e, name in zip(made, _names(store, reading, len(made)), strict=True))
        # That nothing is accepted is the promise of this module: it is checked where it would be broken.
        if any(e.status is not Status.PROPOSED for e in added):
            raise AssertionError("a second reader proposes only")
        store.add_evidence(case.id, added)
    return replace(second, added=added, unplaced=unplaced, known=len(found) - len(new))


def _there(store: CaseStore, reading: Reading) -> tuple[Evidence, ...]:
    """Evidence that quotes the document."""
    found = store.find_document(reading.case, reading.document.sha256)
    return found[1] if found is not None else ()


def _names(store: CaseStore, reading: Reading, n: int) -> list[str]:
    """Ids that depend on the content, the readers before and nothing else: "s" for second, then "t", "u" ..."""
    start = reading.document.sha256[:8]
    for letter in "stuvwxyz":
        if not store.has_evidence(reading.case, f"{start}-{letter}"):
            return [f"{start}-{letter}{k:02d}" for k in range(1, n + 1)]
    raise BadInput(f"{reading.document.id} has been read by eight models", where=reading.case)


def _same(claim: Claim, start: int, end: int) -> bool:
    shared = min(claim.end, end) - max(claim.start, start)
    return shared > 0 and shared / (max(claim.end, end) - min(claim.start, start)) >= SAME


def merged(extraction: Extraction, second: SecondReading) -> Extraction:
    """The rules' claims and those only the second reader found, in the order of the text."""
    every = sorted((*extraction.claims, *second.agreement.second_only), key=lambda c: (c.start, c.end))
    return replace(extraction, claims=tuple(every))
