"""Every document behind a name: a file, a folder with all below it, an address, a feed, a message, ``-``."""

from __future__ import annotations

import datetime as dt
import os
import re
import stat
import sys
import time
from collections.abc import Callable, Container, Iterator
from pathlib import Path
from urllib.parse import urlsplit

from vedette.errors import DocumentRefused, SourceFailed, VedetteError
from vedette.ports.reading import Handed, Outcome, Passed
from vedette.sources.documents.feed import FeedItem, read_feed
from vedette.sources.documents.kinds import kind_of
from vedette.sources.documents.mail import read_mail
from vedette.sources.documents.pdf import read_pdf
from vedette.sources.documents.web import ATTEMPTS, fetch_page
from vedette.sources.documents.word import read_docx

_ADDRESS = re.compile(r"[a-z][a-z0-9+.-]*://", re.IGNORECASE)
_TOO_LARGE = "Give the text alone, or raise VEDETTE_MAX_DOCUMENT_MB"
# A feed item with at least this much text carries the article itself, not a teaser. [assumption], in characters.
FULL_TEXT = 1_500
# Messages in messages, files in messages. [assumption]
NESTING = 3


class AnySource:
    """`vedette.ports.reading.DocumentSource` for everything named on a command line.

    ``known`` holds addresses already read: their feed items are passed over without a request. ``limit`` is the
    number of items taken from one feed, the newest. ``pause``: seconds between two requests of one feed. ``attempts``:
    how often an address is tried.
    """

    def __init__(
        self, *, max_mb: float, allow_private: bool = False, limit: int = 100, known: Container[str] = frozenset(),
        pause: float = 0.5, sleep: Callable[[float], None] = time.sleep, attempts: int = ATTEMPTS,
    ) -> None:  # fmt: skip
        self._max_mb = max_mb
        self._max = int(max_mb * 1_000_000)
        self._private = allow_private
        self._limit = limit
        self._known = known
        self._pause = pause
        self._sleep = sleep
        self._attempts = attempts

    def documents(self, name: str) -> Iterator[Handed | Passed]:
        """See `DocumentSource`."""
        if name != "-" and not _ADDRESS.match(name) and Path(name).is_dir():
            yield from self._folder(name)
        else:
            yield from self._guarded(name, lambda: self._one(name))

    def _guarded(self, source: str, run: Callable[[], Iterator[Handed | Passed]]) -> Iterator[Handed | Passed]:
        try:
            yield from run()
        except VedetteError as error:
            yield Passed(source=source, outcome=Outcome.FAILED, why=_reason(error, source))

    def _one(self, name: str) -> Iterator[Handed | Passed]:
        if _ADDRESS.match(name):
            yield from self._address(name)
            return
        label = "standard input" if name == "-" else Path(name).name
        yield from self._content(name, label, self._bytes(name), url=None, depth=0)

    # -- files --------------------------------------------------------------------------------------------

    def _folder(self, name: str) -> Iterator[Handed | Passed]:
        """Every file below, by path; hidden ones and links out of the folder are named as passed over."""
        root = Path(name)
        failed: list[Passed] = []

        def note(error: OSError) -> None:
            failed.append(
                Passed(source=str(error.filename), outcome=Outcome.FAILED, why=error.strerror or "cannot be opened")
            )

        found = 0
        for place, folders, files in os.walk(root, onerror=note):
            folders.sort()
            for hidden in [f for f in folders if f.startswith(".")]:
                folders.remove(hidden)
                found += 1
                yield Passed(source=str(Path(place, hidden)), outcome=Outcome.SKIPPED, why="hidden folder")
            for file in sorted(files):
                found += 1
                path = Path(place, file)
                if file.startswith("."):
                    yield Passed(source=str(path), outcome=Outcome.SKIPPED, why="hidden file")
                elif not _is_plain(path):
                    yield Passed(source=str(path), outcome=Outcome.SKIPPED, why="not a plain file")
                else:
                    yield from self._guarded(str(path), lambda path=path: self._one(str(path)))  # type: ignore[misc]
        yield from failed
        if not found and not failed:
            yield Passed(source=name, outcome=Outcome.FAILED, why="the folder holds no files")

    def _bytes(self, name: str) -> bytes:
        try:
            if name == "-":
                content = sys.stdin.buffer.read(self._max + 1)
            else:
                size = os.stat(name).st_size
                if size > self._max:
                    raise DocumentRefused(f"{size / 1e6:.0f} MB is more than {self._max_mb:g} MB", fix=_TOO_LARGE)
                with open(name, "rb") as file:  # a pipe has no size: read no more than allowed
                    content = file.read(self._max + 1)
        except FileNotFoundError:
            raise DocumentRefused("no such file") from None
        except OSError as error:
            raise DocumentRefused(f"cannot be opened ({error.strerror})") from error
        if len(content) > self._max:
            raise DocumentRefused(f"more than {self._max_mb:g} MB", fix=_TOO_LARGE)
        if not content:
            raise DocumentRefused("the file is empty")
        return content

    # -- addresses ----------------------------------------------------------------------------------------

    def _address(self, url: str) -> Iterator[Handed | Passed]:
        page = fetch_page(
            url, max_bytes=self._max, allow_private=self._private, sleep=self._sleep, attempts=self._attempts
        )
        notes = (f"{url} led to {page.url}",) if page.url != url else ()
        name = Path(urlsplit(page.url).path).name or urlsplit(page.url).hostname or "page"
        yield from self._content(url, name, page.content, url=page.url, depth=0, charset=page.charset, notes=notes)

    # -- kinds --------------------------------------------------------------------------------------------

    def _content(
        self, source: str, name: str, content: bytes, *, url: str | None, depth: int, charset: str = "",
        notes: tuple[str, ...] = (), sent: dt.date | None = None, sender: str = "",
    ) -> Iterator[Handed | Passed]:  # fmt: skip
        kind = kind_of(content, name)
        if kind == "pdf":
            pdf = read_pdf(content, where=source)
            # A file's own date is when it was made, which is not when it was published: a hint, never the date.
            made = (f"the file says it was made on {pdf.created}",) if pdf.created else ()
            yield Handed(
                source=source, name=name, content=content, kind=kind, layer=pdf.text, title=pdf.title or None,
                author=pdf.author or None, url=url, published=sent, publisher=sender or None, notes=(*notes, *made),
            )  # fmt: skip
        elif kind == "docx":
            word = read_docx(content, where=source)
            made = (f"the file says it was changed on {word.modified}",) if word.modified else ()
            yield Handed(
                source=source, name=name, content=content, kind=kind, layer=word.text, title=word.title or None,
                author=word.author or None, url=url, published=sent, publisher=sender or None, notes=(*notes, *made),
            )  # fmt: skip
        elif kind == "email":
            yield from self._message(source, name, content, depth)
        elif kind == "feed":
            yield from self._feed(source, content, url)
        else:
            layer = _layer(content, charset)
            yield Handed(
                source=source, name=name, content=content, kind="text", layer=layer, url=url, published=sent,
                publisher=sender or None, notes=notes,
            )  # fmt: skip

    def _message(self, source: str, name: str, content: bytes, depth: int) -> Iterator[Handed | Passed]:
        message = read_mail(content, where=source)
        if message.text.strip():
            yield Handed(
                source=source, name=name, content=content, kind="email", layer=message.text, page=message.page,
                title=message.subject or None, author=message.sender or None, published=message.sent,
                notes=message.notes,
            )  # fmt: skip
        for attachment in message.attachments:
            inside = f"{source} > {attachment.name}"
            if depth >= NESTING:
                why = f"attached {NESTING + 1} levels deep"
                yield Passed(source=inside, outcome=Outcome.SKIPPED, why=why)
            elif attachment.content.startswith((b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"RIFF")):
                yield Passed(source=inside, outcome=Outcome.SKIPPED, why="a picture")
            elif not attachment.content:
                yield Passed(source=inside, outcome=Outcome.SKIPPED, why="an empty file")
            else:
                yield from self._guarded(
                    inside,
                    lambda inside=inside, a=attachment: self._content(  # type: ignore[misc]
                        inside, a.name, a.content, url=None, depth=depth + 1, sent=message.sent, sender=message.sender
                    ),
                )

    def _feed(self, source: str, content: bytes, url: str | None) -> Iterator[Handed | Passed]:
        """Items of a feed, the oldest of those taken first, so that a copy meets its original already read."""
        feed = read_feed(content, where=source, base=url or "")
        if not feed.items:
            raise DocumentRefused("the feed holds no items", where=source)
        # Without a day an item is taken as new: a feed is read for what is new in it.
        order = sorted(feed.items, key=lambda item: item.day or dt.date.max, reverse=True)
        taken, left = order[: self._limit], order[self._limit :]
        if left:
            yield Passed(
                source=source, outcome=Outcome.SKIPPED,
                why=f"{len(left)} older of {len(order)} items; take more with --limit",
            )
        requested = False
        for item in reversed(taken):
            label = item.url or f"{source} > {item.title or 'item'}"
            if item.url and item.url in self._known:
                yield Passed(source=label, outcome=Outcome.SKIPPED, why="already read from this address")
                continue
            own = url is None or len(item.text) >= FULL_TEXT or not item.url
            if not own and requested:
                self._sleep(self._pause)
            requested = requested or not own
            yield from self._guarded(label, lambda i=item, own=own, la=label: self._item(la, i, feed.title, own))  # type: ignore[misc]

    def item(self, item: FeedItem, feed: str) -> Iterator[Handed | Passed]:
        """The document of one item of a feed read from an address: its own text when that is whole, else its page."""
        label = item.url or f"{feed} > {item.title or 'item'}"
        own = len(item.text) >= FULL_TEXT or not item.url
        yield from self._guarded(label, lambda: self._item(label, item, feed, own))

    def _item(self, label: str, item: FeedItem, feed: str, own: bool) -> Iterator[Handed | Passed]:
        if not own:
            for found in self._address(item.url):
                if isinstance(found, Handed):
                    yield _with_feed(found, item, feed)
                else:
                    yield found
            return
        if not item.text.strip():
            why = "the item holds no text, and its page is fetched only when the feed is read from an address"
            raise SourceFailed(why)
        text = item.text
        page = bool(re.search(r"<(?:p|div|br|a|b|i|em|strong|ul|img|span)\b", text, re.IGNORECASE))
        yield _with_feed(
            Handed(
                source=label, name=item.title or "item", content=text.encode("utf-8", "surrogatepass"), page=page,
                layer=text if page else None, url=item.url or None, notes=("the text is the one in the feed itself",),
            ),
            item, feed,
        )  # fmt: skip


def _with_feed(found: Handed, item: FeedItem, feed: str) -> Handed:
    from dataclasses import replace

    return replace(
        found, title=found.title or item.title or None, author=found.author or item.author or None,
        publisher=found.publisher or feed or None, published=found.published or item.day,
    )  # fmt: skip


def _layer(content: bytes, charset: str) -> str | None:
    """The text when only the server's header says how to decode it; None when the bytes tell it themselves."""
    if not charset or charset.lower().replace("-", "") in ("utf8", "usascii"):
        return None
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        pass
    else:
        return None
    try:
        return content.decode(charset)
    except (LookupError, UnicodeDecodeError):
        return None


def _is_plain(path: Path) -> bool:
    try:
        return stat.S_ISREG(path.stat().st_mode)
    except OSError:
        return False


def _reason(error: VedetteError, source: str) -> str:
    """The message without the name of the source in front: the table has it in its own column."""
    where = f"{error.where}: " if error.where and error.where not in source else ""
    return f"{where}{error.what}" + (f". {error.fix}" if error.fix else "")
