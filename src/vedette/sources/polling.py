"""Looking at watched sources: what is in a feed, on a page, in a folder now that was not there before.

One try a look: a source that does not answer is tried again at its next turn, later each time, so that a dead one
never holds up the others.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import os
import time
from collections.abc import Iterable, Mapping
from pathlib import Path

from vedette.errors import SourceFailed, VedetteError
from vedette.ports.reading import Handed, Outcome
from vedette.ports.watching import Found, Poll, SourceState, Watch, WatchKind
from vedette.sources.documents.feed import FeedItem, read_feed
from vedette.sources.documents.reader import FULL_TEXT, AnySource
from vedette.sources.documents.web import fetch_page

AT_ONCE = 200
"""Items of one feed taken in one look; the rest comes in the next, so that one feed cannot take the whole service.
[assumption]: at two pages a second under two minutes."""
SETTLED = 2.0
"""A file changed within so many seconds may still be being written. [assumption]"""


class DocumentPoller:
    """`vedette.ports.watching.Poller` for feeds, pages and folders."""

    def __init__(self, *, max_mb: float, pause: float = 0.5) -> None:
        self._max_mb = max_mb
        self._pause = pause

    def poll(self, watch: Watch, state: SourceState, known: Mapping[str, str], *, first: bool) -> Poll:
        """See `Poller`."""
        try:
            if watch.kind is WatchKind.FEED:
                return self._feed(watch, state, known, first=first)
            if watch.kind is WatchKind.PAGE:
                return self._page(watch, known)
            return self._folder(watch, known)
        except SourceFailed as error:
            return Poll(error=_words(error, watch), retry_after=error.retry_after)
        except VedetteError as error:
            return Poll(error=_words(error, watch))

    def _source(self, watch: Watch) -> AnySource:
        return AnySource(max_mb=self._max_mb, allow_private=watch.allow_private, attempts=1)

    def _feed(self, watch: Watch, state: SourceState, known: Mapping[str, str], *, first: bool) -> Poll:
        page = fetch_page(
            watch.address, max_bytes=int(self._max_mb * 1_000_000), allow_private=watch.allow_private, attempts=1,
            etag=state.etag, modified=state.modified,
        )  # fmt: skip
        if page.unchanged:
            return Poll(unchanged=True, etag=state.etag, modified=state.modified)
        feed = read_feed(page.content, where=watch.address, base=page.url)
        items = {_id(item): item for item in feed.items}
        new = sorted(
            ((id, item) for id, item in items.items() if known.get(id) != _version(item)),
            key=lambda pair: (pair[1].day or dt.date.max, pair[0]),
        )
        source = self._source(watch)
        found: list[Found] = []
        for id, item in new[:AT_ONCE]:
            if found and item.url and len(item.text) < FULL_TEXT:
                time.sleep(self._pause)  # the item's page is asked for
            found.append(_found(id, _version(item), source.item(item, feed.title)))
        more = len(new) > AT_ONCE
        return Poll(
            found=tuple(found), more=more,
            # Without validators the next look gets the whole feed again, and with it what was left over.
            etag="" if more else page.etag, modified="" if more else page.modified,
            gap=bool(items) and not first and not any(id in known for id in items),
        )  # fmt: skip

    def _page(self, watch: Watch, known: Mapping[str, str]) -> Poll:
        found = []
        for handed in self._source(watch).documents(watch.address):
            if not isinstance(handed, Handed):
                raise SourceFailed(handed.why, where=watch.address)
            version = _digest(handed.content)
            if known.get(watch.address) != version:
                found.append(Found(id=watch.address, version=version, document=handed))
            break  # an address that leads to a feed or a message with attachments is no page
        return Poll(found=tuple(found))

    def _folder(self, watch: Watch, known: Mapping[str, str]) -> Poll:
        root = Path(watch.address)
        if not root.is_dir():
            raise SourceFailed("no such folder", where=watch.address)
        found = []
        for handed in self._source(watch).documents(watch.address):
            id = shortened(handed.source)
            if not isinstance(handed, Handed):
                if handed.source != watch.address and handed.outcome is Outcome.FAILED and known.get(id) != "":
                    found.append(Found(id=id, version="", why=handed.why, ready=False))
                continue
            version = _digest(handed.content)
            if known.get(id) != version and _settled(handed.source):
                found.append(Found(id=id, version=version, document=handed))
        return Poll(found=tuple(found))


def shortened(id: str) -> str:
    """An id of at most 500 characters, its end a digest when it was longer."""
    return id if len(id) <= 500 else f"{id[:400]}#{_digest(id.encode('utf-8', 'surrogatepass'))}"


def _settled(path: str) -> bool:
    try:
        return abs(time.time() - os.stat(path).st_mtime) >= SETTLED
    except OSError:
        return True  # an attachment or a file that is gone: its bytes are here


def _found(id: str, version: str, documents: Iterable[object]) -> Found:
    for handed in documents:
        if isinstance(handed, Handed):
            return Found(id=id, version=version, document=handed)
        return Found(id=id, version=version, why=str(getattr(handed, "why", "")), ready=False)
    return Found(id=id, version=version, why="it holds no document", ready=False)


def _id(item: FeedItem) -> str:
    return shortened(item.url or f"{item.title}|{item.day or ''}")


def _version(item: FeedItem) -> str:
    parts = (item.title, item.url, str(item.day or ""), item.author, item.text)
    return _digest("\x00".join(parts).encode("utf-8", "surrogatepass"))


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:32]


def _words(error: VedetteError, watch: Watch) -> str:
    where = f"{error.where}: " if error.where and error.where != watch.address else ""
    return f"{where}{error.what}"
