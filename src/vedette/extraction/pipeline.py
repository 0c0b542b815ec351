"""Document to evidence: decode, read, clean, find names and numbers, cut clauses, weigh cues. No I/O, no clock."""

from __future__ import annotations

import datetime as dt
import re

from vedette.domain.claims import Citation
from vedette.domain.documents import Document
from vedette.domain.reading import DateMention, Extraction, PlaceMention, QuantityMention
from vedette.domain.time import Times, instant, parse_date
from vedette.errors import DocumentRefused
from vedette.extraction.addressed import without_orders
from vedette.extraction.claims import Context, claims_from, is_quiet
from vedette.extraction.clauses import read_clauses
from vedette.extraction.clean import Cleaned, Segment, clean
from vedette.extraction.dates import find_dates
from vedette.extraction.decode import decode
from vedette.extraction.fold import fold
from vedette.extraction.html_text import Page, looks_like_html, read_page
from vedette.extraction.language import guess_language
from vedette.extraction.names import actor_mentions, scan_names
from vedette.extraction.parser import RULES, SentenceParser
from vedette.extraction.places import place_mentions
from vedette.extraction.quantities import find_quantities
from vedette.extraction.roles import Roles, guess_roles, known_roles
from vedette.extraction.sentences import Span, split_sentences
from vedette.extraction.span_index import SpanIndex
from vedette.extraction.speakers import People, Voices, home_state, people
from vedette.extraction.units import plain_units

_HEADER_DATE = re.compile(
    r"^\W{0,3}(?:published|publication date|date|posted|issued)(?: on)?\s*[:=]\s*(.{8,40})$", re.IGNORECASE
)
_URL_DATE = re.compile(r"/(20\d\d|19\d\d)[/-](\d{1,2})[/-](\d{1,2})(?:/|-|$)")
_READ = frozenset({"body"})
_GIVE_DATE = "Give it with --published YYYY-MM-DD"


def extract(
    text_or_bytes: str | bytes,
    published: dt.date | str | None = None,
    *,
    title: str | None = None,
    author: str | None = None,
    publisher: str | None = None,
    url: str | None = None,
    filename: str | None = None,
    parser: SentenceParser | None = None,
    parties: Roles | None = None,
) -> Extraction:
    """Read one document and propose evidence from it. Deterministic; nothing is run, fetched or guessed at.

    ``published``: day of publication. Without it the document's own metadata must give one (page metadata, or a
    header line such as ``Published: 2022-01-20``); a date is never taken from running text. Offsets of everything
    returned count code points of ``document.text``; ``document.source_map`` leads back to the decoded file.
    ``parser`` (`vedette.extraction.parser.parser_named`) is asked about sentences whose roles the rules leave open.
    ``parties``: who would intervene where in the case it is read for, which counts when the text names them; without
    it the roles are guessed from the text.

    Raises `DocumentRefused`: empty, binary, too large, without any text, or without a publication date (the message
    names ``--published``); `DateRefused` for a date that cannot be read.
    """
    where = filename or title or "document"
    decoded = decode(text_or_bytes, where=where)
    page = read_page(decoded.text) if looks_like_html(decoded.text, filename) else None
    units = page.units if page is not None else plain_units(decoded.text)
    if not units:
        raise DocumentRefused(
            "no readable text is left", where=where, fix="Check that the page holds its text without scripts"
        )
    cleaned = clean(decoded.text, units, page=page is not None, page_drops=page.dropped if page else None)
    day = _publication_day(published, page, cleaned, where, url)
    warnings = list(decoded.warnings)
    language = guess_language(cleaned.text)
    document = _document(decoded.sha256, cleaned, page, day, language, title, author, publisher, url)
    if language != "en":
        warnings.append(
            f"the text is written in another language (guess: {language}); it is kept whole, and no "
            f"claims are read from it"
        )
        return Extraction(
            document=document, claims=(), actors=(), places=(), dates=(), quantities=(), warnings=tuple(warnings)
        )
    return _read(document, cleaned, day, warnings, parser, parties)


def geoparse(text: str) -> list[PlaceMention]:
    """Places named in ``text``, with coordinates where the tables or the gazetteer give them (degrees, WGS84).

    A state gets the centre of its largest piece of land; ``level`` says what sort of place it is. The other readings of
    an ambiguous name are kept in ``alternatives``. Raises `Unavailable` when the gazetteer was not built.
    """
    from vedette.extraction.geocode import complete

    # The day decides only which leaders are known, and leaders are no places.
    names = scan_names(text, dt.date(2024, 1, 1))
    return complete(text, place_mentions(text, names, [(0, len(text))]))


def _read(
    document: Document, cleaned: Cleaned, day: dt.date, warnings: list[str], parser: SentenceParser | None,
    parties: Roles | None,
) -> Extraction:  # fmt: skip
    text = cleaned.text
    names = scan_names(text, day)
    spans = [(s.start, s.end) for s in cleaned.segments]
    bodies = [s for s in cleaned.segments if s.role in _READ]
    sentences = {s: split_sentences(text, s.start, s.end) for s in cleaned.segments}
    dates, quantities = _numbers(text, sentences, day)
    persons = people(text, names)
    roles = (parties and known_roles(parties, names)) or guess_roles(text, names, day)
    places = place_mentions(text, names, spans, tuple(filter(None, (roles.intervener, roles.target, roles.host))))
    # An article has an author, and its "our" stands in quotations, whose speaker is known.
    own = "" if document.author else home_state(persons)
    index = SpanIndex(names)
    stated = [without_orders(text, sentences[body]) for body in bodies]
    orders = sum(len(sentences[body]) for body in bodies) - sum(map(len, stated))
    if orders:
        warnings.append(
            f"{orders} sentences give orders to the reader of the text, or follow one to ignore what was said; no "
            f"claims are read from them"
        )
    clauses = read_clauses(
        text, stated, quiet=lambda s: is_quiet(text, s, index, roles, own)
    )  # fmt: skip
    voices = Voices(People(persons), index, day, own)
    context = Context(
        text=text, names=index, roles=roles, own=own, speaker=voices.of, dates=SpanIndex(dates),
        quantities=SpanIndex(quantities), places=SpanIndex(places),
    )  # fmt: skip
    claims = claims_from(clauses, context)
    parsed = 0
    if parser is not None and claims:
        from vedette.extraction.syntax import Document as Parsed
        from vedette.extraction.syntax import refine

        known = Parsed(text=text, names=index, roles=roles, own=own, speaker=voices.of)
        claims, parsed = refine(claims, [s for paragraph in stated for s in paragraph], known, parser)
    if not bodies:
        warnings.append("no paragraph of running text was found, so no claims were read")
    return Extraction(
        document=document,
        claims=tuple(claims),
        actors=tuple(actor_mentions(text, names, document.author)),
        places=tuple(places),
        dates=tuple(dates),
        quantities=tuple(quantities),
        warnings=tuple(warnings),
        parser=parser.name if parser is not None else RULES,
        parsed=parsed,
    )


def _numbers(
    text: str, sentences: dict[Segment, list[Span]], day: dt.date
) -> tuple[list[DateMention], list[QuantityMention]]:
    """Dates and quantities, sentence by sentence; a number inside a date is not counted."""
    dates: list[DateMention] = []
    quantities: list[QuantityMention] = []
    folded = fold(text)
    for found_in in sentences.values():
        for sentence in found_in:
            low = folded[sentence.start : sentence.end]
            found = find_dates(text, day, sentence.start, sentence.end, low=low)
            dates.extend(found)
            taken = [(d.start, d.end) for d in found]
            quantities.extend(find_quantities(text, sentence.start, sentence.end, taken=taken, low=low))
    return dates, quantities


def _publication_day(
    published: dt.date | str | None, page: Page | None, cleaned: Cleaned, where: str, url: str | None
) -> dt.date:
    if isinstance(published, dt.datetime):
        return instant(published, where="--published").date()
    if published is not None:
        return parse_date(published, where="--published") if isinstance(published, str) else published
    stated = set(page.dates) if page else set()
    for segment in cleaned.segments[:8]:
        header = _HEADER_DATE.match(cleaned.text[segment.start : segment.end].strip())
        if header:
            for mention in find_dates(header.group(1), dt.date(1900, 1, 1)):
                interval = mention.interval
                if interval.start is not None and interval.start == interval.end and interval.start.year > 1900:
                    stated.add(interval.start.isoformat())
    if len(stated) == 1:
        return parse_date(stated.pop(), where=where)
    if stated:
        raise DocumentRefused(
            f"the document gives several publication dates ({', '.join(sorted(stated))})", where=where, fix=_GIVE_DATE
        )
    hint = _URL_DATE.search(url or "")
    told = f" (its address suggests {hint[1]}-{int(hint[2]):02d}-{int(hint[3]):02d})" if hint else ""
    raise DocumentRefused("the publication date is not known", where=where, fix=f"{_GIVE_DATE}{told}")


def _document(
    sha256: str,
    cleaned: Cleaned,
    page: Page | None,
    day: dt.date,
    language: str,
    title: str | None,
    author: str | None,
    publisher: str | None,
    url: str | None,
) -> Document:
    name = title or (page.title if page else "") or cleaned.title
    source = publisher or (page.publisher if page else "")
    moment = instant(day)
    return Document(
        id=sha256[:16],
        sha256=sha256,
        title=name,
        text=cleaned.text,
        author=author or (page.author if page else "") or cleaned.author,
        language=language,
        citation=Citation(publisher=source, title=name, url=url or "") if source or url else None,
        source_map=cleaned.source_map,
        dropped=cleaned.dropped,
        times=Times(published_at=moment, available_at=moment),
    )
