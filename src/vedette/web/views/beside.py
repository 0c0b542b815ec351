"""What stands beside an item: the story its document tells, who denies it, what pulls the other way. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from vedette.domain.case import Case
from vedette.domain.documents import Document
from vedette.domain.evidence import Bearing, Evidence
from vedette.domain.stories import Placed
from vedette.reporting.labels import safe_text
from vedette.web.views.address import address, case_path
from vedette.web.views.documents import Where
from vedette.web.views.evidence import EvidenceRow, number_of, row
from vedette.web.views.marks import SIGNS

BESIDE = 4
"""Items shown beside a proposal of each sort, the nearest first. [assumption]: what is read at a glance."""
RELATIONS = {"same text": "Copy of", "near copy": "Near copy of", "excerpt": "Excerpt of", "contains": "Contains",
             "translation": "Translation of"}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Beside:
    """Another item shown with the proposal and why."""

    row: EvidenceRow
    badge: str
    why: str


def badge_of(case: Case, e: Evidence) -> str:
    """Number and direction of an item's first bearing: "5▼"; a dash where it has none."""
    b = e.bearings[0] if e.bearings else None
    return f"{number_of(case, b.condition)}{SIGNS[b.direction.value]}" if b else "–"


def story_of(case: Case, document: Document, places: Mapping[str, Placed]) -> str:
    """How the document stands to the story it tells; empty for one that nobody else tells."""
    placed = places.get(document.id)
    if placed is None:
        return ""
    if placed.relation.value in RELATIONS:
        other = next((d for d in case.documents if d.id == placed.of), None)
        name = safe_text(other.title) or placed.of if other else placed.of
        return f"{RELATIONS[placed.relation.value]} “{name}”: its items count as one voice with it"
    told = len(_others(case, document, places))
    if not told:
        return ""
    who = "One other document tells" if told == 1 else f"{told} other documents tell"
    return f"{who} this story: one voice"


def _others(case: Case, document: Document, places: Mapping[str, Placed]) -> list[Document]:
    """Other documents of the same story, the first first."""
    placed = places.get(document.id)
    if placed is None:
        return []
    found = [
        d for d in case.documents
        if d.id != document.id and d.id in places and places[d.id].story == placed.story
    ]  # fmt: skip
    return sorted(found, key=lambda d: (d.times.available_at, d.id))


def told_by(
    case: Case, document: Document, places: Mapping[str, Placed], where: Where
) -> tuple[tuple[str, str, str], ...]:
    """(title, how it stands to the story, address) of every other document that tells it."""
    return tuple(
        (
            safe_text(d.title) or d.id, f"{places[d.id].relation.value}, {_publisher(d)}{d.published}",
            address(case_path(case.id, "documents", d.id), **where.query()),
        )
        for d in _others(case, document, places)
    )  # fmt: skip


def _publisher(d: Document) -> str:
    return f"{safe_text(d.citation.publisher)}, " if d.citation and d.citation.publisher else ""


def voice_of(case: Case, item: Evidence) -> str:
    """With how many others the item counts as one; empty when it stands alone."""
    from vedette.workflows.said_again import said_again

    said = said_again(case, item).get(item.id)
    others = sum(e.origin == item.origin and e.id != item.id for e in case.accepted())
    words = [safe_text(str(said))] if said is not None else []
    if others:
        words.append(f"Counts with {others} other item{'s' if others > 1 else ''} of this origin as one voice")
    return ". ".join(words)


def against(case: Case, item: Evidence, where: Where) -> tuple[Beside, ...]:
    """Accepted items that move one of the same scenarios the other way through the same condition."""

    def pulls(b: Bearing) -> set[tuple[str, str, int]]:
        return {(b.option, b.condition, b.direction.sign)} if b.direction.sign else set()

    wanted = {(o, c, -s) for b in item.bearings for o, c, s in pulls(b)}
    found = [
        e for e in case.accepted() if e.id != item.id and any(pulls(b) & wanted for b in e.bearings)
    ]  # fmt: skip
    found.sort(key=lambda e: (str(e.grade), -e.times.available_at.timestamp(), e.id))
    return tuple(
        Beside(
            row=row(case, e, as_of=where.as_of), badge=badge_of(case, e),
            why=f"{safe_text(e.attribution)}, {e.times.available_at.date()}, {e.grade}",
        )
        for e in found[:BESIDE]
    )  # fmt: skip


def disputed(
    case: Case, item: Evidence, disputes: Sequence[tuple[str, str, str, str]], where: Where
) -> tuple[Beside, ...]:
    """Denials and contradictions (kind, first, second, why) in which the item stands."""
    by_id = {e.id: e for e in case.standing()}
    found = []
    for kind, first, second, why in disputes:
        if item.id not in (first, second):
            continue
        other = by_id.get(second if item.id == first else first)
        if other is None:
            continue
        said = "contradicts" if kind == "contradiction" else "denied by" if item.id == second else "denies"
        shown = row(case, other, as_of=where.as_of)
        found.append(Beside(row=shown, badge=badge_of(case, other), why=f"{said}: {safe_text(why)}"))
    return tuple(found[:BESIDE])
