"""The readable text of an HTML page, block by block, with the raw place of every character kept.

Nothing of a page is run or fetched. The scanner is our own because the standard parser takes time that grows with
the square of the length on hostile markup; this one walks forward only.
"""

from __future__ import annotations

import html
import json
import re
from dataclasses import dataclass, field

from vedette.extraction.units import Piece, Unit

_RAW_TEXT = {"script", "style", "noscript", "template", "iframe", "textarea", "title", "svg", "math", "object"}
_FURNITURE = {"nav", "footer", "aside", "form", "button", "select", "menu", "dialog", "header"}
_VOID = {
    "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr",
}  # fmt: skip
_BLOCK = {
    "p", "div", "li", "ul", "ol", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "br", "tr", "td", "th", "table",
    "section", "article", "main", "figure", "figcaption", "dd", "dt", "dl", "pre", "hr", "body", "html", "head",
    "center", "address", "details", "summary", "caption", "thead", "tbody",
}  # fmt: skip
_TAG_NAME = re.compile(r"</?([a-zA-Z][a-zA-Z0-9:-]*)")
_ATTRIBUTE = re.compile(r"""([a-zA-Z_:@][\w:.-]*)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+)))?""")
_ENTITY = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z][a-zA-Z0-9]{1,31});?")
_SPACE = re.compile(r"[ \t\r\n\f\v]+")
# White space that is not one plain space already.
_GAP = re.compile(r"[ \t\r\n\f\v]{2,}|[\t\r\n\f\v]")
_NOT_SHOWN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_FURNITURE_CLASS = re.compile(
    r"(?:^|[\s_-])(?:nav|navbar|menu|breadcrumbs?|cookies?|newsletter|subscri\w+|share|sharing|social|related|"
    r"recommended|promo|advert\w*|sponsor\w*|comments?|paywall|sidebar|footer|masthead)(?:$|[\s_-])",
    re.IGNORECASE,
)
_DATE_KEYS = {
    "article:published_time", "og:article:published_time", "datepublished", "date", "dc.date", "dc.date.issued",
    "dcterms.date", "dcterms.created", "dcterms.issued", "pubdate", "publish-date", "publication_date",
    "parsely-pub-date", "sailthru.date", "citation_publication_date", "citation_date",
}  # fmt: skip
_DAY = re.compile(r"(\d{4})[-/](\d{2})[-/](\d{2})")
_JSON_DATE = re.compile(r'"datePublished"\s*:\s*"(\d{4}-\d{2}-\d{2})')
_MAX_TAG = 20_000
_LOOKS_LIKE_PAGE = re.compile(r"<(?:!doctype\s+html|html|head|body|article|p|div|h1|title|script)\b", re.IGNORECASE)


def looks_like_html(text: str, filename: str | None = None) -> bool:
    """Whether a text is a page: by its file name, or by a page's own tags near its start."""
    if filename and filename.lower().endswith((".html", ".htm", ".xhtml")):
        return True
    return bool(_LOOKS_LIKE_PAGE.search(text[:2048]))


@dataclass(slots=True)
class Page:
    """What was read from a page. ``dates`` are the days its own metadata give as publication."""

    units: list[Unit] = field(default_factory=list)
    dropped: list[tuple[int, int, str]] = field(default_factory=list)
    title: str = ""
    author: str = ""
    publisher: str = ""
    dates: set[str] = field(default_factory=set)


def read_page(raw: str) -> Page:
    """Blocks of text of a page with exact raw spans; scripts, styles, comments, hidden and site parts are dropped.

    When dropping site parts leaves nothing, they are kept: a page built only of them still has its text.
    """
    page = _Scanner(raw, keep_furniture=False).run()
    if not any(unit.text.strip() for unit in page.units):
        page = _Scanner(raw, keep_furniture=True).run()
    return page


class _Scanner:
    """One forward walk over the markup."""

    def __init__(self, raw: str, *, keep_furniture: bool) -> None:
        self.raw = raw
        self.keep_furniture = keep_furniture
        self.page = Page()
        self.pieces: list[Piece] = []
        self.kind = ""
        self.skip_tag = ""
        self.skip_depth = 0
        self.skip_from = 0
        self.skip_reason = ""

    def run(self) -> Page:
        raw, position, size = self.raw, 0, len(self.raw)
        while position < size:
            angle = raw.find("<", position)
            if angle < 0:
                self.text(position, size)
                break
            self.text(position, angle)
            position = self.markup(angle)
        if self.skip_tag:
            self.page.dropped.append((self.skip_from, size, self.skip_reason))
        self.flush()
        return self.page

    def markup(self, at: int) -> int:
        """Handle what starts with ``<`` at ``at``; returns where to go on."""
        raw, size = self.raw, len(self.raw)
        if raw.startswith("<!--", at):
            end = raw.find("-->", at + 4)
            stop = size if end < 0 else end + 3
            if not self.skip_tag:
                self.page.dropped.append((at, stop, "comment in the markup"))
            return stop
        if raw.startswith(("<!", "<?"), at):
            end = raw.find(">", at)
            return size if end < 0 else end + 1
        named = _TAG_NAME.match(raw, at)
        if not named:
            self.text(at, at + 1)
            return at + 1
        end = self.tag_end(at)
        if end < 0:
            self.text(at, size)
            return size
        name = named.group(1).lower()
        if raw[at + 1] == "/":
            self.close(name, end)
            return end
        return self.open(name, at, named.end(), end)

    def tag_end(self, at: int) -> int:
        """Position after the tag's ``>``, not counting one inside quotes; -1 when there is none."""
        raw = self.raw
        first = end = raw.find(">", at)
        if first < 0:
            return -1
        for _ in range(10):
            inside = raw[at:end]
            if inside.count('"') % 2 == 0 and inside.count("'") % 2 == 0:
                return end + 1
            end = raw.find(">", end + 1, at + _MAX_TAG)
            if end < 0:
                break
        return first + 1

    def open(self, name: str, at: int, after_name: int, end: int) -> int:
        raw = self.raw
        attributes = self.attributes(raw[after_name : end - 1][:_MAX_TAG])
        if name == "meta":
            self.meta(attributes)
        if name in _RAW_TEXT:
            closing = re.compile(rf"</{name}\b", re.IGNORECASE).search(raw, end)
            stop = closing.start() if closing else len(raw)
            self.raw_text(name, attributes, end, stop)
            after = raw.find(">", stop)
            return len(raw) if after < 0 else after + 1
        if self.skip_tag:
            if name == self.skip_tag:
                self.skip_depth += 1
            return end
        if name == "time" and ("pubdate" in attributes or attributes.get("itemprop", "").lower() == "datepublished"):
            self.date(attributes.get("datetime", ""))
        reason = self.reason_to_skip(name, attributes)
        if reason and name not in _VOID and not raw.endswith("/>", at, end):
            self.flush()
            self.skip_tag, self.skip_depth, self.skip_from, self.skip_reason = name, 1, at, reason
            return end
        if name in _BLOCK:
            self.flush()
            if name in ("figcaption", "caption"):
                self.kind = "caption"
            elif name in ("h1", "h2", "h3", "h4", "h5", "h6"):
                self.kind = "heading"
        return end

    def reason_to_skip(self, name: str, attributes: dict[str, str]) -> str:
        if "hidden" in attributes or attributes.get("aria-hidden", "").lower() == "true":
            return "hidden in the page"
        if _NOT_SHOWN.search(attributes.get("style", "")):
            return "hidden in the page"
        if self.keep_furniture:
            return ""
        if name in _FURNITURE or attributes.get("role", "") in ("navigation", "banner", "contentinfo", "dialog"):
            return "site navigation or form"
        marks = f"{attributes.get('class', '')} {attributes.get('id', '')}"
        if name in ("div", "section", "ul", "span", "p") and _FURNITURE_CLASS.search(marks):
            return "site part (by its class)"
        return ""

    def close(self, name: str, end: int) -> None:
        if self.skip_tag:
            if name == self.skip_tag:
                self.skip_depth -= 1
                if self.skip_depth == 0:
                    self.page.dropped.append((self.skip_from, end, self.skip_reason))
                    self.skip_tag = ""
            return
        if name in _BLOCK:
            self.flush()

    def raw_text(self, name: str, attributes: dict[str, str], start: int, stop: int) -> None:
        inside = self.raw[start:stop]
        if name == "title" and not self.page.title:
            self.page.title = _SPACE.sub(" ", html.unescape(inside[:500])).strip()
        elif name == "script" and "ld+json" in attributes.get("type", ""):
            self.json_ld(inside)
        if stop > start and not self.skip_tag:
            self.page.dropped.append((start, stop, f"{name} element"))

    def json_ld(self, inside: str) -> None:
        for day in _JSON_DATE.findall(inside[:200_000]):
            self.date(day)
        try:
            data = json.loads(inside[:200_000])
        except (ValueError, RecursionError):
            return
        node = data[0] if isinstance(data, list) and data else data
        if not isinstance(node, dict):
            return
        author = node.get("author")
        author = author[0] if isinstance(author, list) and author else author
        name = author.get("name") if isinstance(author, dict) else author
        if isinstance(name, str) and not self.page.author:
            self.page.author = name.strip()[:200]

    def meta(self, attributes: dict[str, str]) -> None:
        key = (attributes.get("property") or attributes.get("name") or attributes.get("itemprop") or "").lower()
        content = attributes.get("content", "").strip()[:500]
        if key in _DATE_KEYS:
            self.date(content)
        elif key in ("og:title", "dc.title") and content:
            self.page.title = content
        elif key in ("author", "dc.creator", "parsely-author") and content and not self.page.author:
            self.page.author = content
        elif key == "og:site_name" and content:
            self.page.publisher = content

    def date(self, text: str) -> None:
        found = _DAY.match(text.strip())
        if found:
            self.page.dates.add("-".join(found.groups()))

    @staticmethod
    def attributes(text: str) -> dict[str, str]:
        found: dict[str, str] = {}
        for match in _ATTRIBUTE.finditer(text):
            value = match.group(2) or match.group(3) or match.group(4) or ""
            found.setdefault(match.group(1).lower(), html.unescape(value))
            if len(found) > 60:
                break
        return found

    def text(self, start: int, end: int) -> None:
        """Text between tags: white space runs become one space, entities one piece each."""
        if self.skip_tag or start >= end:
            return
        raw = self.raw
        position = start
        while position < end:
            stop = raw.find("&", position, end)
            stop = end if stop < 0 else stop
            self.plain(position, stop)
            if stop == end:
                break
            entity = _ENTITY.match(raw, stop, end)
            value = html.unescape(entity.group()) if entity else "&"
            if entity is None or value == entity.group():
                self.plain(stop, stop + 1)
                position = stop + 1
                continue
            if value in ("\u00a0", "\u202f", "\u2009"):
                value = " "
            self.pieces.append(Piece(raw_start=stop, raw_end=entity.end(), text=value))
            position = entity.end()

    def plain(self, start: int, end: int) -> None:
        raw, position = self.raw, start
        if position < end and raw[position] == " " and (not self.pieces or self.pieces[-1].text.endswith(" ")):
            position += 1
        for gap in _GAP.finditer(raw, position, end):
            if gap.start() > position:
                self.pieces.append(Piece(raw_start=position, raw_end=gap.start(), text=raw[position : gap.start()]))
            if self.pieces and not self.pieces[-1].text.endswith(" "):
                self.pieces.append(Piece(raw_start=gap.start(), raw_end=gap.end(), text=" "))
            position = gap.end()
        if position < end:
            self.pieces.append(Piece(raw_start=position, raw_end=end, text=raw[position:end]))

    def flush(self) -> None:
        """End the running block."""
        pieces = self.pieces
        while pieces and not pieces[-1].text.strip():
            pieces.pop()
        if pieces:
            last = pieces[-1]
            if last.text != last.text.rstrip() and last.raw_end - last.raw_start == len(last.text):
                kept = last.text.rstrip()
                pieces[-1] = Piece(raw_start=last.raw_start, raw_end=last.raw_start + len(kept), text=kept)
            self.page.units.append(Unit(pieces=tuple(pieces), kind=self.kind))
        self.pieces = []
        self.kind = ""
