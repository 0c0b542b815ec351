"""Cleaning: what of a file is the document, and what the site put around it.

Rules, in order: the tail of teasers ('More from ...') is cut; prompts to subscribe, log in, share or comment go;
photo credits are cut from captions; exact and near copies of a paragraph go, the fuller copy stays. Captions,
by-lines and notes on the author stay in the text, once, but are marked: the rules for claims do not read them.
Every cut is reported with its raw span and reason.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from vedette.domain.documents import DroppedSpan, SourceSpan
from vedette.extraction.units import Unit

_TAIL = re.compile(
    r"^\W*(?:more (?:from|on this|stories|coverage|news)|read (?:more|next)|related(?: (?:articles?|stories|content|"
    r"posts?|topics|coverage|reading))?$|recommended|most (?:read|popular|viewed)|you (?:may|might) (?:also )?like|"
    r"also (?:read|on)|latest (?:news|stories|posts|from)|trending|up next|next (?:article|story|post)|"
    r"previous (?:article|story|post)|see also|editors?['’]?s?['’]? picks?|around the web|from our partners|"
    r"sponsored (?:content|stories)|popular (?:articles|stories|posts)|explore more|keep reading|top stories|"
    r"in other news|leave a (?:comment|reply)|comments? \(\d+\)|tags?:)",
    re.IGNORECASE,
)
# A heading, not a sentence that happens to start with these words. [assumption]
_TAIL_LENGTH = 70

# Each match speaks for a prompt of the site; short units need one, longer ones two. [assumption]
_PROMPT = re.compile(
    r"\b(?:subscri(?:be|ber|ption)s?|sign (?:up|in|out)|log ?(?:in|out)|newsletters?|join the "
    r"(?:conversation|discussion)"
    r"|already a (?:member|subscriber)|not your account|(?:comment|community) (?:guidelines|policy)|"
    r"(?:you are )?commenting"
    r" (?:as|on)|be civil|stay on topic|cookies?|privacy (?:policy|notice)|terms of (?:use|service)|all rights reserved"
    r"|share (?:this|on|via)|follow us|click here|download (?:the|our) app|free trial|unlimited access|your inbox|"
    r"advertis(?:ement|e with us)|skip to (?:content|main)|create an account|forgot (?:your )?password|"
    r"enable javascript|your browser|print this|email this|copy link|save (?:this )?article|gift this|listen to this|"
    r"read in app|support our (?:journalism|work)|donate (?:now|today)|become a (?:member|subscriber)|"
    r"this article (?:first|originally) appeared)\b|©|\(c\) \d{4}",
)
_FURNITURE = re.compile(
    r"^\W*(?:home|menu|search|close|print|share|e-?mail|facebook|twitter|linkedin|whatsapp|telegram|reddit|"
    r"advertisement|loading|back to top|top|next|previous|\d+ min(?:ute)?s? read|image|photo|video|audio|"
    r"listen|comments?|tweet|copy|save|gift|subscribe)\W*$",
    re.IGNORECASE,
)
_CREDIT = re.compile(
    r"(?:(?<=[.!?\"”’)])\s+|^|\s+[|–—-]\s+|\s*[(\[])"
    r"(?:(?:photo(?:graph)?|image|picture|credit|source)s?(?: credit)?\s*(?:by|:|/)\s*.{2,90}"
    r"|[^.!?()]{0,70}(?:/\s?(?:AFP|AP|Reuters|EPA|TASS|Getty|Bloomberg|Pool|Anadolu|Xinhua|DPA|UPI|Sputnik|NurPhoto)\b"
    r"|\bvia (?:Getty|Reuters|AP|AFP)\b|\bGetty Images\b)[^.!?()]{0,60})[)\]]?\s*$",
)
# One of these stands in every credit.
_CREDIT_SIGNS = ("photo", "image", "picture", "credit", "source", "/", "via ", "Getty Images")
_BYLINE = re.compile(r"^\s*(?:by|written by|story by|reporting by|analysis by)\b[\s,:]", re.IGNORECASE)
_BYLINE_LENGTH = 160
_PERSON = r"[A-Z][\w.'’-]+(?: (?:[A-Z][\w.'’-]+|van|von|de|der|al|bin|el|la)){1,4}"
_BIO = re.compile(
    rf"^\s*({_PERSON}),? (?:is|was|has been|serves as|works as) (?:an?|the|our|also "
    rf"an?)\b.{{0,160}}?\b(?:analyst|fellow|"
    r"professor|lecturer|reporter|correspondent|editor|writer|author|director|columnist|researcher|scholar|journalist|"
    r"contributor|historian|associate|student|expert|ambassador|consultant|chair|president)\b.{0,40}?"
    r"\b(?:at|of|for|with|in|to|from|based|on|covering)\b",
    re.DOTALL,
)
_BYLINE_NAME = re.compile(rf"^\s*(?:[Bb]y|BY|Written by)[\s,:]+({_PERSON})")
_SENTENCE_END = re.compile(r"""[.!?…]["'”’)\]]*\s*$""")
_LETTERS = re.compile(r"[\W_]+")
# The same for a text of ASCII: every byte that is no letter or digit becomes a space.
_SPACED = bytes(c if chr(c).isalnum() and c < 128 else 32 for c in range(256))
# Paragraphs below this length repeat honestly ("Yes.", a date line). [assumption]
_COPY_FROM = 25
# Share of four-word runs two paragraphs must have in common to be copies. [assumption]
_NEAR = 0.9
# Longest words of a paragraph that are looked up in the others; half of them must be met. [assumption]
_SKETCH = 8
_TITLE_LENGTH, _TITLE_WORDS = 200, 32


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """A paragraph of the cleaned text: ``text[start:end]``, with its role (``body``, ``title``, ``caption`` ...)."""

    start: int
    end: int
    role: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Cleaned:
    """Cleaned text, its paragraphs, the way back to the raw text and what was cut."""

    text: str
    segments: tuple[Segment, ...]
    source_map: tuple[SourceSpan, ...]
    dropped: tuple[DroppedSpan, ...]
    title: str = ""
    author: str = ""


def clean(raw: str, units: list[Unit], *, page: bool, page_drops: list[tuple[int, int, str]] | None = None) -> Cleaned:
    """Cleaned text of ``raw``, whose units were found by the plain or the page reader (``page``).

    Plain text keeps everything between kept units, so a file with nothing to drop keeps its offsets. A page gets
    one blank line between blocks; these two characters stand for nothing in the raw text and lie in no source span.
    """
    drops = dict(_tail(units))
    for index, reason in _prompts(units).items():
        drops.setdefault(index, reason)
    kept = [i for i in range(len(units)) if i not in drops]
    if not kept:  # Nothing but prompts: better a text with prompts than none.
        drops, kept = {}, list(range(len(units)))
    cuts = {i: span for i in kept if (span := _credit(units[i])) is not None}
    copies = _copies(units, [i for i in kept if i not in cuts or cuts[i][0] > 0], cuts)
    drops.update(copies)
    credit_only = [i for i in kept if i in cuts and cuts[i][0] == 0 and i not in drops]
    if len(credit_only) < len([i for i in kept if i not in drops]):
        drops.update(dict.fromkeys(credit_only, "photo credit"))
    kept = [i for i in kept if i not in drops]
    roles = _roles(units, kept, cuts, copies)
    dropped = [DroppedSpan(start=s, end=e, reason=r) for s, e, r in page_drops or ()]
    build = _page_text if page else _plain_text
    text, spans, segments, more = build(raw, units, kept, drops, cuts, roles)
    dropped = sorted([*dropped, *more], key=lambda d: (d.start, d.end))
    title = next((text[s.start : s.end].strip() for s in segments if s.role == "title"), "")
    return Cleaned(
        text=text,
        segments=tuple(segments),
        source_map=tuple(spans),
        dropped=tuple(dropped),
        title=title,
        author=_author(units, kept, roles),
    )


def _tail(units: list[Unit]) -> dict[int, str]:
    """From the first teaser heading after the body to the end."""
    total = sum(len(u.text) for u in units)
    before, sentences = 0, 0
    for index, unit in enumerate(units):
        text = unit.text.strip()
        if len(text) <= _TAIL_LENGTH and _TAIL.match(text) and not _SENTENCE_END.search(text):
            # Only after real prose, and only when it is the smaller part: a heading in mid-article cuts nothing.
            if sentences >= 2 and before >= 0.35 * total:
                return dict.fromkeys(range(index, len(units)), "teasers of other articles")
            return {index: "heading of a teaser"} if index else {}
        before += len(unit.text)
        sentences += len(text) > 80 and bool(_SENTENCE_END.search(text))
    return {}


def _prompts(units: list[Unit]) -> dict[int, str]:
    found = {}
    for index, unit in enumerate(units):
        text = unit.text.strip()
        if len(text) > 400:
            continue
        if len(text) < 40 and _FURNITURE.match(text):
            found[index] = "site navigation"
            continue
        hits = len(set(_PROMPT.findall(text.lower())))
        if hits >= 2 or (hits == 1 and len(text) <= 60):
            found[index] = "subscription, log-in or comment prompt"
    return found


def _credit(unit: Unit) -> tuple[int, int] | None:
    """Span of a photo credit at the end of the unit's text."""
    if len(unit.text) > 600 or not any(sign in unit.text for sign in _CREDIT_SIGNS):
        return None
    found = _CREDIT.search(unit.text)
    if not found:
        return None
    start = found.start() if found.start() == 0 else found.start() + len(found.group()) - len(found.group().lstrip())
    return start, len(unit.text)


def _key(text: str) -> str:
    """The words of a paragraph in small letters, one space between them."""
    low = text.casefold()
    if low.isascii():
        return b" ".join(low.encode().translate(_SPACED).split()).decode()
    return _LETTERS.sub(" ", low).strip()


def _copies(units: list[Unit], indices: list[int], cuts: dict[int, tuple[int, int]]) -> dict[int, str]:
    """Units whose text another unit repeats, wholly or nearly; of a near pair the longer stays."""
    drops: dict[int, str] = {}
    seen: dict[str, int] = {}
    texts: dict[int, list[str]] = {}
    index_of: dict[str, list[int]] = {}
    for i in indices:
        text = units[i].text
        key = _key(text)
        if len(key) < _COPY_FROM:
            continue
        if key in seen:
            drops[i] = "repeats an earlier paragraph"
            continue
        seen[key] = i
        words = key.split()
        if len(words) < 6:
            continue
        # The longest words are a sketch: near copies share some of them, others hardly more than one.
        sketch = sorted(dict.fromkeys(words), key=len, reverse=True)[:_SKETCH]
        votes: dict[int, int] = {}
        for word in sketch:
            for other in index_of.get(word, ())[-20:]:
                votes[other] = votes.get(other, 0) + 1
        rival = max(votes, key=lambda k: votes[k], default=-1)
        if rival >= 0 and votes[rival] >= _SKETCH // 2 and rival not in drops:
            runs, others = _runs(words), _runs(texts[rival])
            if len(runs & others) >= _NEAR * min(len(runs), len(others)):
                if len(runs) <= len(others):
                    drops[i] = "nearly repeats an earlier paragraph"
                    continue
                drops[rival] = "nearly repeated by a fuller paragraph"
        texts[i] = words
        for word in set(words):
            index_of.setdefault(word, []).append(i)
    return drops


def _runs(words: list[str]) -> set[tuple[str, str, str, str]]:
    """Every four words in a row."""
    return set(zip(words, words[1:], words[2:], words[3:], strict=False))


def _roles(
    units: list[Unit], kept: list[int], cuts: dict[int, tuple[int, int]], copies: dict[int, str]
) -> dict[int, str]:
    roles: dict[int, str] = {}
    copied = {_key(units[i].text)[:80] for i in copies}
    for order, i in enumerate(kept):
        unit, text = units[i], units[i].text.strip()
        if (
            unit.kind == "caption"
            or i in cuts
            or (
                len(text) <= 250
                and _key(text)[:80] in copied
                and len(_SENTENCE_END.findall(text)) <= 1
                and _beside_copy(i, copies)
            )
        ):
            roles[i] = "caption"
        elif len(text) <= _BYLINE_LENGTH and _BYLINE.match(text):
            roles[i] = "byline"
        elif order >= max(1, len(kept) - 4) and len(text) <= 900 and _BIO.match(text):
            roles[i] = "author note"
        elif unit.kind == "heading":
            roles[i] = "title" if "title" not in roles.values() and order <= 2 else "heading"
        elif order == 0 and len(kept) > 1 and _is_title(text):
            roles[i] = "title"
        else:
            roles[i] = "body"
    return roles


def _beside_copy(i: int, copies: dict[int, str]) -> bool:
    """Captions are printed twice in a row; a paragraph repeated by accident is as likely to be body text."""
    return i - 1 in copies or i + 1 in copies


def _is_title(text: str) -> bool:
    return len(text) <= _TITLE_LENGTH and len(text.split()) <= _TITLE_WORDS and not _SENTENCE_END.search(text)


def _author(units: list[Unit], kept: list[int], roles: dict[int, str]) -> str:
    for role, pattern in (("byline", _BYLINE_NAME), ("author note", _BIO)):
        for i in kept:
            if roles[i] == role and (found := pattern.match(units[i].text)):
                return found.group(1)
    return ""


def _plain_text(
    raw: str,
    units: list[Unit],
    kept: list[int],
    drops: dict[int, str],
    cuts: dict[int, tuple[int, int]],
    roles: dict[int, str],
) -> tuple[str, list[SourceSpan], list[Segment], list[DroppedSpan]]:
    """Cut the dropped units with the line ends after them; all else stays where it is."""
    removed: list[DroppedSpan] = []
    for i, reason in drops.items():
        end = units[i + 1].raw_start if i + 1 < len(units) else len(raw)
        removed.append(DroppedSpan(start=units[i].raw_start, end=end, reason=reason))
    for i, (a, b) in cuts.items():
        if i not in drops:
            start = units[i].raw_start
            removed.append(DroppedSpan(start=start + a, end=start + b, reason="photo credit"))
    removed.sort(key=lambda d: d.start)
    spans: list[SourceSpan] = []
    parts: list[str] = []
    at, clean_at = 0, 0
    for cut in [*removed, DroppedSpan(start=len(raw), end=len(raw), reason="")]:
        if cut.start > at:
            parts.append(raw[at : cut.start])
            size = cut.start - at
            spans.append(SourceSpan(clean_start=clean_at, clean_end=clean_at + size, raw_start=at, raw_end=cut.start))
            clean_at += size
        at = max(at, cut.end)
    segments = []
    shift = 0
    k = 0
    for i in kept:
        while k < len(removed) and removed[k].end <= units[i].raw_start:
            shift += removed[k].end - removed[k].start
            k += 1
        end = units[i].raw_start + cuts[i][0] if i in cuts else units[i].raw_end
        segments.append(Segment(start=units[i].raw_start - shift, end=end - shift, role=roles[i]))
    return "".join(parts), spans, segments, removed


def _page_text(
    raw: str,
    units: list[Unit],
    kept: list[int],
    drops: dict[int, str],
    cuts: dict[int, tuple[int, int]],
    roles: dict[int, str],
) -> tuple[str, list[SourceSpan], list[Segment], list[DroppedSpan]]:
    removed = [DroppedSpan(start=units[i].raw_start, end=units[i].raw_end, reason=r) for i, r in drops.items()]
    spans: list[SourceSpan] = []
    segments: list[Segment] = []
    parts: list[str] = []
    at = 0
    for i in kept:
        if parts:
            parts.append("\n\n")
            at += 2
        start, room = at, cuts[i][0] if i in cuts else len(units[i].text)
        for piece in units[i].pieces:
            if room <= 0:
                removed.append(DroppedSpan(start=piece.raw_start, end=units[i].raw_end, reason="photo credit"))
                break
            text, raw_end = piece.text, piece.raw_end
            if len(text) > room:
                raw_end = piece.raw_start + room
                removed.append(DroppedSpan(start=raw_end, end=units[i].raw_end, reason="photo credit"))
                text = text[:room]
            parts.append(text)
            _extend(spans, at, at + len(text), piece.raw_start, raw_end)
            at += len(text)
            room -= len(text)
            if raw_end != piece.raw_end:
                break
        segments.append(Segment(start=start, end=at, role=roles[i]))
    return "".join(parts), spans, segments, removed


def _extend(spans: list[SourceSpan], start: int, end: int, raw_start: int, raw_end: int) -> None:
    """Add a span, joined to the last one where both texts run on without a change of length."""
    if spans:
        last = spans[-1]
        same = last.clean_end - last.clean_start == last.raw_end - last.raw_start
        if same and end - start == raw_end - raw_start and last.clean_end == start and last.raw_end == raw_start:
            spans[-1] = SourceSpan(
                clean_start=last.clean_start, clean_end=end, raw_start=last.raw_start, raw_end=raw_end
            )
            return
    spans.append(SourceSpan(clean_start=start, clean_end=end, raw_start=raw_start, raw_end=raw_end))
