"""Handling marks when a case leaves the workspace: what is marked above the reader stays behind, and is counted.

A brief keeps withheld items in its figures and blanks their text (reporting.handling). A case file is different: it
holds the texts themselves, so an item above the ceiling is left out altogether, with its quotes, reviews and judged
ratios. What is computed from the file can then differ, and the export says so.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from vedette.domain.case import Case
from vedette.domain.claims import Marking
from vedette.errors import CaseRefused
from vedette.reporting.handling import ORDER, mark_of, may_see, parse_marking

EXPORT_CEILING = Marking.AMBER
"""Default for a case file: it goes to colleagues who need it, which is what TLP:AMBER allows. TLP:AMBER+STRICT and
TLP:RED name who may see a thing, and no program knows who will open a file (FIRST.org, TLP 2.0)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Withheld:
    """What was left out of an export. ``marks``: how many things of each mark."""

    ceiling: Marking
    documents: tuple[str, ...]
    evidence: tuple[str, ...]
    reviews: int
    judgments: int
    marks: Mapping[str, int]

    @property
    def nothing(self) -> bool:
        """Whether all of the case may be seen."""
        return not self.documents and not self.evidence

    def words(self) -> str:
        """One line for the person who exports."""
        marks = ", ".join(f"{n} {m}" for m, n in self.marks.items())
        return (
            f"Left out as marked above {self.ceiling.value}: {len(self.documents)} documents, {len(self.evidence)} "
            f"evidence items ({marks}), {self.reviews} reviews, {self.judgments} judgments on them. "
            "Numbers computed from the file can differ"
        )


def for_audience(case: Case, ceiling: str | Marking = EXPORT_CEILING, *, refuse: bool = False) -> tuple[Case, Withheld]:
    """The case with nothing in it that is marked above ``ceiling``, and what was left out.

    ``refuse``: raise `CaseRefused` instead, naming how much stands in the way. Raises `UnknownName` for a mark that
    does not exist.
    """
    limit = ceiling if isinstance(ceiling, Marking) else parse_marking(ceiling)
    closed_documents = [d for d in case.documents if ORDER.index(d.marking) > ORDER.index(limit)]
    closed = [e for e in case.evidence if not may_see(e, limit)]
    if not closed_documents and not closed:
        return case, Withheld(ceiling=limit, documents=(), evidence=(), reviews=0, judgments=0, marks={})
    gone = {e.id for e in closed}
    reviews = [r for r in case.reviews if r.evidence in gone or r.replacement in gone]
    judgments = [j for j in case.judgments if j.subject in gone]
    marks: dict[str, int] = {}
    for mark in ORDER:
        n = sum(d.marking is mark for d in closed_documents) + sum(mark_of(e) is mark for e in closed)
        if n and ORDER.index(mark) > ORDER.index(limit):
            marks[mark.value] = n
    left = Withheld(
        ceiling=limit, documents=tuple(d.id for d in closed_documents), evidence=tuple(e.id for e in closed),
        reviews=len(reviews), judgments=len(judgments), marks=marks,
    )
    if refuse and not left.nothing:
        raise CaseRefused(
            f"{len(left.documents)} documents and {len(left.evidence)} evidence items are marked above {limit.value}",
            where=case.id, fix="Export without --strict to leave them out, or raise --audience",
        )
    shut = {d.id for d in closed_documents}
    return (
        replace(
            case,
            documents=tuple(d for d in case.documents if d.id not in shut),
            evidence=tuple(e for e in case.evidence if e.id not in gone),
            reviews=tuple(r for r in case.reviews if r not in reviews),
            judgments=tuple(j for j in case.judgments if j not in judgments),
        ),
        left,
    )
