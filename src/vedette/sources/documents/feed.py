"""RSS 0.9x/1.0/2.0 and Atom 1.0 feeds: title, address, day and text of each item.

Own reader on the standard library's XML parser. Feeds need no document type, and one is what entity bombs and
outside references need: a feed that declares one is refused. Unknown elements are passed over.
"""

from __future__ import annotations

import datetime as dt
import email.utils
import re
from dataclasses import dataclass
from urllib.parse import urljoin
from xml.etree import ElementTree

from vedette.errors import DocumentRefused

# Feeds hold tens of items; some archives thousands. More is a dump. [assumption]
ITEM_LIMIT = 100_000


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedItem:
    """One item. ``text`` is HTML or plain, as the feed gives it; ``day`` what the feed states, in UTC."""

    title: str
    url: str
    day: dt.date | None
    author: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """A feed's title and its items, in the order given."""

    title: str
    items: tuple[FeedItem, ...]


def read_feed(content: bytes, *, where: str, base: str = "") -> Feed:
    """The feed in ``content``; addresses are completed with ``base``. Raises `DocumentRefused` when it is none."""
    if re.search(rb"<!\s*(?:DOCTYPE|ENTITY)", content, re.IGNORECASE) or content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        # Two-byte encodings would hide a declaration from the search; no feed in use needs them.
        raise DocumentRefused("the feed declares a document type (or hides one): not read", where=where)
    try:
        root = ElementTree.fromstring(content)  # noqa: S314  without a document type no entity can expand
    except (ElementTree.ParseError, ValueError, LookupError) as error:
        raise DocumentRefused(f"the feed is damaged ({error})", where=where) from error
    items: list[FeedItem] = []
    for element in root.iter():
        if _name(element) in ("item", "entry"):
            items.append(_item(element, base))
            if len(items) > ITEM_LIMIT:
                raise DocumentRefused(f"the feed has more than {ITEM_LIMIT} items", where=where)
    channel = next((e for e in root if _name(e) == "channel"), root)
    return Feed(title=_text(channel, "title"), items=tuple(items))


def _name(element: ElementTree.Element) -> str:
    return str(element.tag).rpartition("}")[2]  # a comment's tag is a function: its text is no name we look for


def _text(element: ElementTree.Element, *names: str) -> str:
    """Text of the first child of one of these names that has any, the names in order."""
    for name in names:
        for child in element:
            if _name(child) == name:
                text = "".join(child.itertext()).strip()
                if text:
                    return text
    return ""


def _item(element: ElementTree.Element, base: str) -> FeedItem:
    author = _text(element, "creator")
    for child in element:
        if not author and _name(child) == "author":
            author = _text(child, "name") or "".join(child.itertext()).strip()
    return FeedItem(
        title=" ".join(_text(element, "title").split()), url=_address(element, base), author=" ".join(author.split()),
        day=_day(_text(element, "pubDate", "published", "date", "issued", "updated")),
        text=_text(element, "encoded", "content", "description", "summary"),
    )  # fmt: skip


def _address(element: ElementTree.Element, base: str) -> str:
    found = ""
    for child in element:
        if _name(child) != "link":
            continue
        if child.get("href") and child.get("rel", "alternate") == "alternate":
            found = child.get("href", "")
            break
        found = found or (child.text or "").strip()
    if not found:
        guid = next((c for c in element if _name(c) == "guid"), None)
        if guid is not None and guid.get("isPermaLink", "true") == "true":
            found = (guid.text or "").strip()
    try:
        return urljoin(base, found) if found else ""
    except ValueError:
        return ""


def _day(text: str) -> dt.date | None:
    if not text:
        return None
    try:
        moment = dt.datetime.fromisoformat(text.replace("Z", "+00:00"))
    except ValueError:
        try:
            moment = email.utils.parsedate_to_datetime(text)
        except (TypeError, ValueError, OverflowError):
            return None
    try:
        return (moment.astimezone(dt.UTC) if moment.tzinfo else moment).date()
    except OverflowError:
        return None
