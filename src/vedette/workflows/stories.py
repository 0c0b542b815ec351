"""Where a document stands among the stories of its case, and what a case's stories are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from vedette.domain.case import Case
from vedette.domain.documents import Document
from vedette.domain.evidence import Evidence, Status
from vedette.domain.stories import Placed, Relation, Signature
from vedette.domain.time import AsOf
from vedette.ports import CaseStore
from vedette.ports.library import Library
from vedette.workflows.open_case import open_case
from vedette.workflows.said_again import Said, said_again

# Documents with a named report of the same days that are looked at; a spokesman is quoted by many. [assumption]
REPORTS = 24


def place_document(
    library: Library, case_id: str, document: Document, evidence: Sequence[Evidence], *, original: str | None = None
) -> tuple[Signature, Placed, tuple[Evidence, ...]]:
    """Signature and place of a new document, and its evidence with the origins that follow from them.

    ``original``: the document it is a translation of, whose story it belongs to whatever its words.
    """
    from vedette.assessment import stories

    runs = stories.shingles(document.text)
    signature = stories.sign(document, evidence, runs=runs)
    wanted = stories.look_up(runs)
    sharing = library.sharing(case_id, wanted, most=stories.CANDIDATES)
    known = library.signed(case_id, list(sharing.documents))
    # A later document that a new one resembles may name its story only when the two are copies both ways (MUTUAL).
    candidates = [
        (known[name].signature, known[name].placed, known[name].available_at <= document.times.available_at)
        for name in sharing.documents
        if name in known
    ]
    placed = stories.find_story(signature, candidates)
    if original is not None:
        source = library.signed(case_id, [original]).get(original)
        placed = Placed(
            document=document.id, story=source.placed.story if source else original, relation=Relation.TRANSLATION,
            of=original, share=placed.share,
        )  # fmt: skip
    full = {key for key, n in library.sharing(case_id, signature.keys, most=0).leads.items() if n >= stories.FULL_KEY}
    kept = replace(
        signature, anchors=stories.anchors_kept(placed, wanted, sharing.leads),
        keys=tuple(key for key in signature.keys if key not in full),
    )  # fmt: skip
    return kept, placed, voiced(library, case_id, document, evidence, placed)


def voiced(
    library: Library, case_id: str, document: Document, evidence: Sequence[Evidence], placed: Placed | None
) -> tuple[Evidence, ...]:
    """Evidence read from a document, with the origins that follow from the document's place and earlier reports."""
    from vedette.assessment import stories

    earlier = _earlier_reports(library, case_id, document, evidence)
    story = placed.story if placed is not None and placed.story != document.id else None
    changed = stories.origins(evidence, earlier, story)
    return tuple(replace(e, origin=changed[e.id]) if e.id in changed else e for e in evidence)


def _earlier_reports(
    library: Library, case_id: str, document: Document, evidence: Sequence[Evidence]
) -> tuple[Evidence, ...]:
    """Evidence that could report the same statements: available no later, quoting one of the same speakers."""
    from vedette.assessment import stories

    keys = stories.keys_around(evidence)
    if not keys:
        return ()
    speakers = {stories.speaker_key(e.attribution) for e in evidence if stories.named(e)}
    found = library.evidence_of(
        case_id, list(library.sharing(case_id, keys, most=REPORTS).documents),
        said_by=lambda name: stories.speaker_key(name) in speakers,
    )  # fmt: skip
    day = document.times.available_at
    return tuple(e for e in found if e.times.available_at <= day and e.status is not Status.REJECTED)


def place_missing(library: Library, case_id: str) -> int:
    """Place documents that came in without being read (imported, bundled); returns how many. Origins stay as coded."""
    missing = library.unsigned(case_id)
    for document in missing:
        evidence = library.evidence_of(case_id, [document.id])
        signature, placed, _ = place_document(library, case_id, document, evidence)
        library.place(case_id, signature, placed)
    return len(missing)


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """One story: its first document and the others with how they stand to it.

    ``items`` counts the evidence that quotes its documents, ``voices`` the different origins among them.
    """

    id: str
    first: Document
    members: tuple[tuple[Document, Placed], ...]
    items: int
    voices: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Stories:
    """The stories of a case as of a day, and who denies or contradicts whom in its evidence.

    ``independent`` counts origins behind the evidence that stands (proposed or accepted), ``split`` lists copies
    whose items still carry an origin of their own (read before what they copy), with the origin to give them.
    ``positions``: standing positions that accepted items of one speaker repeat, those said most often first.
    """

    case: str
    stories: tuple[Story, ...]
    documents: int
    items: int
    independent: int
    disputes: tuple[Any, ...]
    split: tuple[tuple[Evidence, str], ...]
    evidence: tuple[Evidence, ...]
    positions: tuple[Said, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """The JSON of ``vedette case stories``."""
        claims = {e.id: e for e in self.evidence}

        def row(name: str) -> dict[str, Any]:
            e = claims[name]
            return {"id": e.id, "claim": e.claim, "attribution": e.attribution, "origin": e.origin,
                    "available_at": e.times.available_at}  # fmt: skip

        return {
            "case": self.case, "documents": self.documents, "items": self.items, "independent": self.independent,
            "stories": [
                {"id": s.id, "title": s.first.title, "items": s.items, "voices": s.voices,
                 "documents": [
                     {"id": d.id, "title": d.title, "publisher": d.citation.publisher if d.citation else "",
                      "published": d.published, "relation": p.relation.value, "of": p.of, "share": p.share}
                     for d, p in s.members
                 ]}
                for s in self.stories
            ],
            "disputes": [
                {"kind": d.kind, "first": row(d.first), "second": row(d.second), "why": d.why} for d in self.disputes
            ],
            "positions": [
                {"first": row(p.first), "by": p.by, "times": p.times, "since": p.since} for p in self.positions
            ],
            "split": [{"id": e.id, "origin": e.origin, "should_be": origin} for e, origin in self.split],
        }  # fmt: skip


def places(store: CaseStore, case: Case) -> dict[str, Placed]:
    """Every document's place among the stories of a case. Those not placed yet are placed first where it is stored."""
    if case.id not in store.case_ids():
        return {p.document: p for p in _placed_in_memory(case)}
    if store.unsigned(case.id):
        with store.transaction():
            place_missing(store, case.id)
    return {p.document: p for p in store.stories(case.id)}


def case_stories(store: CaseStore, name: str, *, as_of: AsOf | None = None) -> Stories:
    """The stories of a case. Documents not placed yet are placed first when the case is stored.

    With ``as_of``, as it stood then: documents that became available later, and what they say, are left out.
    """
    from vedette.assessment.disputes import disputes
    from vedette.assessment.positions import speakers
    from vedette.workflows.assess import state_words

    case = open_case(store, name)
    if name in store.case_ids():
        if store.unsigned(case.id):
            with store.transaction():
                place_missing(store, case.id)
        placed = store.stories(case.id)
    else:
        placed = _placed_in_memory(case)
    if as_of is not None:
        case = case.known(as_of)
    documents = {d.id: d for d in case.documents}
    standing = tuple(e for e in case.standing() if e.status is not Status.REJECTED)
    said = said_again(case)
    by_story: dict[str, list[tuple[Document, Placed]]] = {}
    for p in placed:
        if p.document in documents:
            by_story.setdefault(p.story, []).append((documents[p.document], p))
    found = tuple(_story(members, standing) for members in by_story.values())
    return Stories(
        case=case.id, stories=tuple(sorted(found, key=lambda s: (-len(s.members), s.first.times.available_at, s.id))),
        documents=len(documents), items=len(standing), independent=len({e.origin for e in standing}),
        disputes=disputes(standing, speakers(state_words()).of), split=tuple(_split(by_story, standing)),
        evidence=standing, positions=tuple(sorted(set(said.values()), key=lambda p: (-p.times, p.since, p.first))),
    )  # fmt: skip


def _story(members: Sequence[tuple[Document, Placed]], standing: Sequence[Evidence]) -> Story:
    names = {d.id for d, _ in members}
    items = [e for e in standing if e.quote is not None and e.quote.document.id in names]
    first = min((d for d, _ in members), key=lambda d: (d.times.available_at, d.id))
    ordered = sorted(members, key=lambda m: (m[0].times.available_at, m[0].id))
    return Story(
        id=members[0][1].story, first=first, members=tuple(ordered), items=len(items),
        voices=len({e.origin for e in items}),
    )  # fmt: skip


def _split(
    by_story: dict[str, list[tuple[Document, Placed]]], standing: Sequence[Evidence]
) -> list[tuple[Evidence, str]]:
    """Items of a copy whose origin is the copy itself."""
    story_of = {d.id: story for story, members in by_story.items() for d, p in members if story != d.id}
    found = []
    for item in standing:
        document = item.quote.document.id if item.quote else ""
        story = story_of.get(document)
        if story is not None and (item.origin == document or item.origin.startswith(f"{document}/")):
            found.append((item, story + item.origin.removeprefix(document)))
    return found


def _placed_in_memory(case: Case) -> tuple[Placed, ...]:
    """Places in a case that is only a file or bundled, found by comparing every document with the earlier ones."""
    from vedette.assessment import stories

    known: list[tuple[Signature, Placed, bool]] = []
    for document in sorted(case.documents, key=lambda d: (d.times.available_at, d.id)):
        signature = stories.sign(document)
        placed = stories.find_story(signature, known)
        known.append((signature, placed, True))
    return tuple(placed for _, placed, _ in known)
