"""A document into a case: read it, propose evidence with exact quotes, store both in one transaction."""

from __future__ import annotations

import datetime as dt
import functools
import hashlib
import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from vedette.domain.case import Case, Option
from vedette.domain.claims import Citation, ClaimKind, Grade, Posture, Strength
from vedette.domain.documents import Document
from vedette.domain.evidence import OPTION_CHANNEL, Bearing, Evidence, Provenance, Status
from vedette.domain.framework import Framework
from vedette.domain.plain import to_plain
from vedette.domain.reading import Claim, ClaimBearing, Extraction
from vedette.domain.stories import Placed
from vedette.domain.time import AsOf, Times, instant
from vedette.errors import AfterCutOff, DocumentRefused, UnknownName
from vedette.ports import CaseStore, Clock
from vedette.ports.reading import Translator
from vedette.reference.source_kinds import SourceKind
from vedette.workflows.open_case import open_case, stored_case
from vedette.workflows.stories import place_document, place_missing

if TYPE_CHECKING:
    from vedette.extraction.parser import SentenceParser
    from vedette.extraction.roles import Roles

# Words by which a scenario shows what it is about, for the two hints the rules give. The ids are the team's own
# usage in bundled cases, dossiers and `open_case`; a scenario named otherwise is found by the posture of its option.
ATTACK_WORDS = ("attack", "invasion", "force", "intervention", "strike", "war")
PRESENCE_WORDS = ("presence", "stay", "lasting", "deploy", "troops", "station")

AUTHOR = "author"
"""What the extraction rules write when a sentence is nobody's but the document's own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A document as handed over: its bytes and what is known about it beforehand."""

    content: bytes
    name: str
    published: dt.date | None = None
    available: dt.date | None = None
    title: str | None = None
    author: str | None = None
    publisher: str | None = None
    url: str | None = None
    layer: str | None = None
    """The text of a file that is not text itself; offsets of the raw text count in it."""
    page: bool = False
    translated_from: str = ""
    """Document this is a translation of, and who made it: its words are never quoted as the source's."""
    translator: str = ""
    kinds: Mapping[str, SourceKind] | None = None
    """Kinds of sources with the letter each starts with; None means the bundled table."""
    parser: SentenceParser | None = None
    """Asked about sentences whose roles the rules leave open; None means the rules alone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What `read_document` did. ``dropped`` counts raw spans and characters by reason.

    ``unplaced`` are claims that bear on nothing this case weighs, with the reason: they are not proposed.
    ``extraction`` is everything the rules read, for a second reader. ``placed`` says which story the document tells.
    """

    case: str
    document: Document
    proposals: tuple[Evidence, ...]
    unplaced: tuple[tuple[Claim, str], ...]
    dropped: Mapping[str, tuple[int, int]]
    warnings: tuple[str, ...]
    already: bool
    extraction: Extraction
    placed: Placed | None = None

    def to_dict(self) -> dict[str, Any]:
        """The JSON of ``vedette read --json``."""
        d = self.document
        return {
            "case": self.case, "already": self.already,
            "document": {
                "id": d.id, "sha256": d.sha256, "title": d.title, "author": d.author, "language": d.language,
                "published": to_plain(d.published), "available_at": to_plain(d.times.available_at),
                "characters": len(d.text),
            },
            "proposals": [proposal_row(e) for e in self.proposals],
            "unplaced": [{"quote": c.quote, "kind": c.kind.value, "reason": why} for c, why in self.unplaced],
            "dropped": {reason: {"spans": n, "characters": size} for reason, (n, size) in self.dropped.items()},
            "warnings": list(self.warnings), "story": to_plain(self.placed),
            "parser": {"name": self.extraction.parser, "sentences": self.extraction.parsed},
        }  # fmt: skip


def proposal_row(item: Evidence) -> dict[str, Any]:
    """An item as plain values, its quote with offsets instead of the whole document."""
    quote = item.quote
    return {
        "id": item.id, "claim": item.claim, "kind": item.kind.value, "attribution": item.attribution,
        "quote": None if quote is None else {
            "document": quote.document.id, "start": quote.start, "end": quote.end, "text": quote.text,
        },
        "bearings": to_plain(item.bearings), "actors": list(item.actors), "target": item.target,
        "confidence": item.confidence, "negated": item.negated, "hypothetical": item.hypothetical,
        "status": item.status.value, "grade": str(item.grade), "origin": item.origin,
        "available_at": to_plain(item.times.available_at), "supersedes": item.supersedes,
        "provenance": to_plain(item.provenance),
    }  # fmt: skip


def read_document(
    store: CaseStore, clock: Clock, case_name: str, source: Source, *, as_of: dt.date | None = None,
    extraction: Extraction | None = None,
) -> Reading:  # fmt: skip
    """Read one document into a case.

    ``as_of``: the day the reading is for (default: the case's). A document that became known later is refused for
    that day (`AfterCutOff`); `DocumentRefused` when it cannot be read or has no date. The same file twice changes
    nothing (``already``). The case is stored first when it is a bundled one. ``extraction``: what `extract_source`
    read in it, when it goes into several cases.
    """
    case = outline(store, case_name)
    cut = AsOf.of(as_of or case.as_of)
    if source.published is not None:
        _refuse_late(case, cut, source.available or source.published, source.name)
    extraction = read_for(case, source, extraction)
    document = _stamped(extraction.document, source, clock)
    _refuse_late(case, cut, document.times.available_at.date(), source.name)
    extraction = replace(extraction, document=document)
    with store.transaction():
        case = _stored_outline(store, case_name)
        same = store.find_document(case.id, document.sha256)
        if same is not None:
            place = store.signed(case.id, [same[0].id]).get(same[0].id)
            return _reading(case, *same, (), extraction, already=True, placed=place.placed if place else None)
        place_missing(store, case.id)
        proposals, unplaced = propose(
            case, extraction, clock, kinds=source.kinds, taken=lambda prefix: store.has_evidence(case.id, f"{prefix}-")
        )
        signature, placed, proposals = place_document(
            store, case.id, document, proposals, original=source.translated_from or None
        )
        if source.layer is not None:
            store.keep_layer(source.layer)
        store.add_document(case.id, document, source.content, proposals)
        store.place(case.id, signature, placed)
    return _reading(case, document, proposals, unplaced, extraction, already=False, placed=placed)


def outline(store: CaseStore, name: str) -> Case:
    """The case without its records where it is stored, so that a large case opens as fast as a small one."""
    try:
        return store.outline(name)
    except UnknownName:
        return open_case(store, name)  # bundled, a file, or unknown with the nearest names


def _stored_outline(store: CaseStore, name: str) -> Case:
    try:
        return store.outline(name)
    except UnknownName:
        stored_case(store, name)
        return store.outline(name)


def already_read(store: CaseStore, case_name: str, content: bytes) -> Document | None:
    """The document made from these bytes, when the case has it: nothing need be read again then."""
    if case_name not in store.case_ids():
        return None
    found = store.find_document(case_name, hashlib.sha256(content).hexdigest())
    return found[0] if found is not None else None


def translation_source(reading: Reading, source: Source, translator: Translator) -> Source:
    """The translation of a document just read, to be read as a document of its own.

    It keeps date, author and publisher of the original and says in its title whose translation it is. Raises
    `SourceFailed` when the step fails, `DocumentRefused` when it gives nothing.
    """
    document = reading.document
    text = translator.translate(document.text, document.language)
    if not text.strip():
        raise DocumentRefused("the translation step gave no text", where=source.name)
    citation = document.citation
    return Source(
        content=text.encode("utf-8", "surrogatepass"), name=f"{source.name} (translation)",
        published=document.published, available=document.times.available_at.date(),
        title=f"Translation by {translator.name} of: {document.title or document.id}", author=document.author or None,
        publisher=citation.publisher if citation else None, url=citation.url if citation else None,
        translated_from=document.id, translator=translator.name,
    )  # fmt: skip


def parties(case: Case) -> Roles:
    """Who would intervene where, by the first option of a case: what its documents are read for."""
    from vedette.extraction.roles import Roles

    option = case.options[0]
    lead, *others = option.interveners
    return Roles(intervener=lead, target=option.target, host=option.host or "", allies=frozenset(others))


def read_for(case: Case, source: Source, shared: Extraction | None) -> Extraction:
    """The reading of a document for a case. One that was read for several cases is read again where it names this one's
    states: only then does the case change what is found.
    """
    roles = parties(case)
    if shared is not None:
        named = _named(shared)
        if not ({roles.intervener, *roles.allies} & named and {roles.target, roles.host} & named):
            return shared
    return extract_source(source, roles)


def extract_source(source: Source, roles: Roles | None = None) -> Extraction:
    """What the rules read in a document; its digest is that of the bytes given, also where the text is a layer.

    ``roles``: `parties` of the case it is read for.
    """
    from vedette.extraction import extract

    name = source.name
    if source.layer is not None:
        # The file's name says what the bytes are; what is read is the layer, and whether that is a page is known.
        name = f"{name}.html" if source.page else f"{name}.txt"
    made = extract(
        source.content if source.layer is None else source.layer, published=source.published, title=source.title,
        author=source.author, publisher=source.publisher, url=source.url, filename=name, parser=source.parser,
        parties=roles,
    )  # fmt: skip
    if source.layer is None:
        return made
    layer = hashlib.sha256(source.layer.encode("utf-8", "surrogatepass")).hexdigest()
    digest = hashlib.sha256(source.content).hexdigest()
    return replace(made, document=replace(made.document, id=digest[:16], sha256=digest, text_layer=layer))


def _refuse_late(case: Case, cut: AsOf, day: dt.date, name: str) -> None:
    if day > case.deadline:
        raise AfterCutOff(
            f"dated {day}, after the window of {case.id} closed on {case.deadline}: it would be hindsight", where=name
        )
    if not cut.admits(instant(day)):
        raise AfterCutOff(
            f"dated {day}, so it was not known on {cut}, the day this reading is for", where=name,
            fix=f"To read it for a later day give --as-of {day} or later",
        )


def _stamped(document: Document, source: Source, clock: Clock) -> Document:
    published = document.times.published_at
    assert published is not None
    available = instant(source.available) if source.available else document.times.available_at
    citation = document.citation
    if citation is None and (source.publisher or source.url):
        citation = Citation(publisher=source.publisher or "", title=document.title, url=source.url or "")
    return replace(
        document,
        id=f"doc-{document.sha256[:12]}",
        kind="translation" if source.translated_from else document.kind,
        translated_from=source.translated_from,
        citation=citation,
        times=replace(document.times, available_at=max(available, published), recorded_at=clock.now()),
    )


def _reading(
    case: Case, document: Document, proposals: tuple[Evidence, ...], unplaced: tuple[tuple[Claim, str], ...],
    extraction: Extraction, *, already: bool, placed: Placed | None,
) -> Reading:  # fmt: skip
    spans: Counter[str] = Counter()
    size: Counter[str] = Counter()
    for span in document.dropped:
        spans[span.reason] += 1
        size[span.reason] += span.end - span.start
    return Reading(
        case=case.id, document=document, proposals=proposals, unplaced=unplaced,
        dropped={reason: (n, size[reason]) for reason, n in spans.most_common()},
        warnings=extraction.warnings, already=already, extraction=extraction,
        placed=placed,
    )


def propose(
    case: Case, extraction: Extraction, clock: Clock, *, taken: Callable[[str], bool] | None = None,
    kinds: Mapping[str, SourceKind] | None = None,
) -> tuple[tuple[Evidence, ...], tuple[tuple[Claim, str], ...]]:
    """(proposed evidence, claims left out with the reason). Nothing proposed moves a number before it is accepted.

    ``taken``: whether ids with a prefix exist already (default: in the evidence of ``case``).
    """
    from vedette.reference.frameworks import framework

    frame = framework(case.framework)
    foreign = _names_none_of(case, extraction)
    proposals: list[Evidence] = []
    unplaced: list[tuple[Claim, str]] = []
    if taken is None:
        taken = {e.id.rpartition("-")[0] for e in case.evidence}.__contains__
    prefix = _prefix(extraction.document, taken)

    @functools.cache  # the claims of a document ask the same few questions
    def place_of(hint: str, condition: str, about: frozenset[str]) -> tuple[str, str] | None:
        return scenario_for(case, hint, condition, about=about)

    for claim in extraction.claims:
        if foreign:
            unplaced.append((claim, "the document names none of the states of this case"))
            continue
        bearings = tuple(_bearings(case, frame, claim, place_of))
        if not bearings:
            unplaced.append((claim, "bears on no condition or scenario of this case"))
            continue
        name = f"{prefix}-{len(proposals) + 1:02d}"
        kind = _source_kind(case, claim, extraction.document, kinds)
        proposals.append(_evidence(name, claim, extraction.document, bearings, clock, kind))
    return tuple(proposals), tuple(unplaced)


def _names_none_of(case: Case, extraction: Extraction) -> bool:
    return not _parties(case) & _named(extraction)


def _named(extraction: Extraction) -> set[str]:
    """States and organisations that a document names, by code."""
    named = {code for mention in extraction.actors for code in mention.codes}
    named |= {place.country for place in extraction.places if place.country}
    return named | {code for claim in extraction.claims for code in (*claim.actors, claim.target or "")}


def _parties(case: Case) -> set[str]:
    """States the question is about."""
    return {
        code for o in case.options for code in (*o.interveners, o.target, *([o.host] if o.host else []))
    }  # fmt: skip


def _prefix(document: Document, taken: Callable[[str], bool]) -> str:
    """Short ids that depend on the content only, so that two machines give an item the same name."""
    for length in (4, 6, 8, 12, 64):
        prefix = document.sha256[:length]
        if not taken(prefix):
            return prefix
    raise AssertionError("the whole digest is taken, though the document is not in the case")


def _evidence(
    name: str, claim: Claim, document: Document, bearings: tuple[Bearing, ...], clock: Clock, source: SourceKind
) -> Evidence:
    now = clock.now()
    happened = [m.interval for m in claim.dates if _is_past(m.interval.start, document.published)]
    reported = claim.kind in (ClaimKind.FACT, ClaimKind.EVENT, ClaimKind.SPEECH) and not claim.hypothetical
    return Evidence(
        id=name, claim=claim.quote, kind=claim.kind, attribution=_speaker(claim, document), bearings=bearings,
        # The letter only: what kind of source it is says nothing about this piece of information (6, unknown).
        grade=Grade(reliability=source.reliability),
        times=Times(
            occurred_at=happened[0] if happened and reported else None,
            published_at=document.times.published_at, available_at=document.times.available_at, recorded_at=now,
        ),
        origin=_origin(claim, document), quote=document.quote(claim.start, claim.end), citation=document.citation,
        actors=claim.actors, target=claim.target, place=claim.places[0] if claim.places else None,
        dates=tuple(m.interval for m in claim.dates), quantities=claim.quantities, negated=claim.negated,
        hypothetical=claim.hypothetical, confidence=claim.confidence, status=Status.PROPOSED,
        marking=document.marking,
        provenance=Provenance(
            author=claim.reader, at=now, reason="; ".join((*claim.reasons, *_translated(document), *_graded(source)))
        ),
    )  # fmt: skip


def _graded(source: SourceKind) -> tuple[str, ...]:
    return () if source.id == "unknown" else (f"source letter {source.reliability}: {source.label}, {source.why}",)


def _source_kind(
    case: Case, claim: Claim, document: Document, kinds: Mapping[str, SourceKind] | None
) -> SourceKind:
    """What kind of source stands behind a claim: a party to the question where one is quoted, else the publisher."""
    from vedette.extraction.names import scan_names
    from vedette.reference.source_kinds import kind_of_source, source_kinds

    table = kinds if kinds is not None else source_kinds()
    if claim.attribution not in ("", AUTHOR, document.author):
        parties = _parties(case)
        if any(parties & set(found.what.codes) for found in scan_names(claim.attribution, document.published)):
            return table["party"]
    citation = document.citation
    return kind_of_source(citation.publisher, citation.url, kinds=table) if citation else table["unknown"]


def _translated(document: Document) -> tuple[str, ...]:
    if not document.translated_from:
        return ()
    return (f"quoted from a translation of {document.translated_from}, not from the source",)


def _is_past(start: dt.date | None, published: dt.date) -> bool:
    return start is not None and start <= published


def _origin(claim: Claim, document: Document) -> str:
    """One document is one voice, and so is everyone it quotes, each for themselves."""
    if claim.attribution in ("", AUTHOR, document.author):
        return document.id
    speaker = re.sub(r"[^\w]+", "-", claim.attribution.casefold()).strip("-")
    return f"{document.id}/{speaker}"


def _speaker(claim: Claim, document: Document) -> str:
    """Whoever is quoted, else the document's author by name, else its publisher."""
    if claim.attribution not in ("", AUTHOR):
        return claim.attribution
    return document.author or (document.citation.publisher if document.citation else "") or AUTHOR


def _bearings(
    case: Case, frame: Framework, claim: Claim,
    place_of: Callable[[str, str, frozenset[str]], tuple[str, str] | None],
) -> Iterable[Bearing]:  # fmt: skip
    """At most one an option, the strongest first: an item goes to one channel (no counting twice)."""
    strength = list(Strength)
    taken: set[str] = set()
    about = frozenset({*claim.actors, *(p.country for p in claim.places if p.country)})
    for spoken in sorted(claim.conditions, key=lambda c: -strength.index(c.strength)):
        condition = _condition(frame, spoken.condition)
        place = place_of(spoken.scenario_hint, condition, about) if condition else None
        if condition is None or place is None or place[0] in taken:
            continue
        option, scenario = place
        taken.add(option)
        yield _bearing(case.option(option), scenario, condition, spoken, claim)


def _bearing(option: Option, scenario: str, condition: str, spoken: ClaimBearing, claim: Claim) -> Bearing:
    # What only the host is named in speaks of the host's own position, not of the intervener's.
    of_host = option.host in claim.actors and not set(option.interveners) & set(claim.actors)
    return Bearing(
        option=option.id, scenario=scenario, condition=condition, direction=spoken.direction,
        strength=spoken.strength, actor=option.host if of_host and option.host != option.target else None,
    )  # fmt: skip


def _condition(frame: Framework, name: str) -> str | None:
    if name == OPTION_CHANNEL:
        return name
    try:
        return frame.condition(name).id
    except UnknownName:
        return None


def scenario_for(
    case: Case, hint: str, condition: str, *, about: Collection[str] = ()
) -> tuple[str, str] | None:
    """(option, scenario) that a hint means in this case, None when it means nothing here.

    "attack": the first hostile option, else the first not about stationing, and its attack scenario; the narrower
    one through the host's territory when the claim is ``about`` the host (codes of its actors and places).
    "presence": the option that stations troops and its presence scenario. A scenario id of the case means itself.
    """
    usable = {
        option.id: [s for s in case.moves.get(option.id, {}) if _raised_by(case, option.id, s, condition)]
        for option in case.options
    }
    if hint == "attack":
        order = sorted(case.options, key=lambda o: (_stations(o, case), o.posture is not Posture.HOSTILE))
        found = _first(order, usable, ATTACK_WORDS, avoid=PRESENCE_WORDS)
        return _through_host(case, found, usable, about) if found else None
    if hint == "presence":
        order = sorted(case.options, key=lambda o: (not _stations(o, case), o.posture is Posture.HOSTILE))
        return _first(order, usable, PRESENCE_WORDS, avoid=ATTACK_WORDS)
    return next(((o.id, hint) for o in case.options if hint in case.moves.get(o.id, {})), None)


def _through_host(
    case: Case, found: tuple[str, str], usable: Mapping[str, list[str]], about: Collection[str]
) -> tuple[str, str]:
    """The same option's scenario inside the one found, when there is exactly one and the host is spoken of."""
    option, wide = found
    if case.option(option).host not in about:
        return found
    inside = [
        s for s in usable[option]
        if s != wide and case.scenario_set.nested_in(s, wide) and not case.scenario_set.nested_in(wide, s)
    ]  # fmt: skip
    return (option, inside[0]) if len(inside) == 1 else found


def _stations(option: Option, case: Case) -> bool:
    """Whether an option is about being on a host's soil, in a case that also asks about an attack from it."""
    return len(case.options) > 1 and option.target in {o.host for o in case.options}


def _raised_by(case: Case, option: str, scenario: str, condition: str) -> bool:
    """Whether a raised condition makes the scenario likelier: claims say how a condition moves, not its opposite."""
    moved = case.chance_moved(option, scenario, condition)
    return moved is not None and moved[1] > 0


def _first(
    order: Iterable[Option], usable: Mapping[str, list[str]], words: tuple[str, ...], *, avoid: tuple[str, ...]
) -> tuple[str, str] | None:
    for option in order:
        scenarios = usable[option.id]
        for word in words:
            # The widest first: an exact name such as "attack" is wider than "attack_from_host".
            for scenario in sorted((s for s in scenarios if word in s.casefold()), key=len):
                return option.id, scenario
        plain = [s for s in scenarios if not any(word in s.casefold() for word in avoid)]
        if plain:
            return option.id, plain[0]
    return None
