"""One item proposed by hand: by an analyst who marks a passage, a program, or an assistant.

A proposal moves no number. Its words must stand in a document of the case exactly once, and it bears on what the case
weighs; everything else is refused. Only a review by a person makes it count.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import TypeVar

from vedette.domain.case import Case
from vedette.domain.claims import ClaimKind, Direction, Grade, Strength
from vedette.domain.documents import Document
from vedette.domain.evidence import OPTION_CHANNEL, Bearing, Evidence, Provenance, Status
from vedette.domain.time import Times
from vedette.errors import BadInput, UnknownName
from vedette.ports import CaseStore, Clock
from vedette.reference.frameworks import framework
from vedette.workflows.open_case import stored_case

W = TypeVar("W", ClaimKind, Direction, Strength)


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """What is proposed. ``quote``: exact words of the document; ``claim``: the same in own words (empty: the quote).

    ``option`` may be empty where the case has one. ``by`` names who proposes, ``reason`` why.
    """

    document: str
    quote: str
    kind: str
    scenario: str
    condition: str
    direction: str
    strength: str
    by: str
    claim: str = ""
    attribution: str = ""
    option: str = ""
    reason: str = ""


def propose_item(store: CaseStore, clock: Clock, case_name: str, given: Proposal) -> Evidence:
    """Store a proposal and return it.

    Raises `UnknownName` for a document, option, scenario, condition or word of the vocabularies that does not exist,
    `QuoteMismatch` when the quote is not in the document exactly once.
    """
    with store.transaction():
        case = stored_case(store, case_name)
        item = made_item(case, clock, given)
        store.add_evidence(case.id, [item])
    return item


def made_item(case: Case, clock: Clock, given: Proposal) -> Evidence:
    """The record of a proposal, not stored."""
    document = _document(case, given.document)
    quote = document.find_quote(given.quote)
    now = clock.now()
    return Evidence(
        id=f"p-{secrets.token_hex(5)}", claim=given.claim.strip() or given.quote, kind=_word(ClaimKind, given.kind),
        attribution=given.attribution, bearings=(_bearing(case, given),), grade=Grade(),
        times=Times(
            published_at=document.times.published_at, available_at=document.times.available_at, recorded_at=now
        ),
        origin=document.id, quote=quote, citation=document.citation, status=Status.PROPOSED,
        marking=document.marking, provenance=Provenance(author=given.by, at=now, reason=given.reason),
    )


def mark_passage(
    store: CaseStore, clock: Clock, case_name: str, document: str, *, author: str, words: str = "",
    span: tuple[int, int] | None = None,
) -> Evidence:  # fmt: skip
    """Make a proposal of a passage that the reading passed over, and return it.

    The passage is given by ``span`` (code points of the document's text) or, without one, by its ``words``, which must
    stand in the document exactly once. It bears on nothing until somebody says on what, and moves nothing before it is
    accepted. Raises `UnknownName`, `QuoteMismatch`, and `BadInput` for a blank passage or one that is an item already.
    """
    with store.transaction():
        case = stored_case(store, case_name)
        found = _document(case, document)
        if span is None and not words.strip():
            raise BadInput("no passage was given", where=document, fix="Mark some words of the document")
        quote = found.quote(*span) if span is not None else found.find_quote(words.strip())
        if not quote.text.strip():
            raise BadInput("the passage is blank", where=document, fix="Mark some words of the document")
        for e in case.standing():
            if e.quote is not None and (e.quote.document.id, e.quote.start, e.quote.end) == (
                document, quote.start, quote.end
            ):  # fmt: skip
                raise BadInput(
                    f"this passage is the item {e.id} already", where=document, fix=f"Open {e.id} and change it"
                )
        now = clock.now()
        item = Evidence(
            id=f"p-{secrets.token_hex(5)}", claim=quote.text, kind=ClaimKind.FACT,
            attribution=found.citation.publisher if found.citation else "", bearings=(), grade=Grade(),
            times=Times(
                published_at=found.times.published_at, available_at=found.times.available_at, recorded_at=now
            ),
            origin=found.id, quote=quote, citation=found.citation, status=Status.PROPOSED, marking=found.marking,
            provenance=Provenance(author=author, at=now, reason="marked by hand"),
        )  # fmt: skip
        store.add_evidence(case.id, [item])
    return item


def _document(case: Case, name: str) -> Document:
    for document in case.documents:
        if document.id == name:
            return document
    raise UnknownName("document", name, nearest=[d.id for d in case.documents][:5], where=case.id)


def _bearing(case: Case, given: Proposal) -> Bearing:
    options = [o.id for o in case.options]
    if not given.option and len(options) > 1:
        raise BadInput(f"the case has {len(options)} options: {', '.join(options)}", where="option", fix="Name one")
    option = case.option(given.option or options[0])
    frame = framework(case.framework)
    condition = given.condition if given.condition == OPTION_CHANNEL else frame.condition(given.condition).id
    scenario = case.scenario_set.scenario(given.scenario)
    return Bearing(
        option=option.id, scenario=scenario.id, condition=condition, direction=_word(Direction, given.direction),
        strength=_word(Strength, given.strength),
    )


def _word(values: type[W], text: str) -> W:
    try:
        return values(text)
    except ValueError:
        raise UnknownName(values.__name__, text, nearest=[v.value for v in values]) from None
