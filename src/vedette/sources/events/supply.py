"""Where event files come from: paths, a mirror folder, or the publisher; each checked before it is handed on.

A file that cannot be had is handed on as a failure, so that one bad file stops no other and is remembered.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode, urlsplit

from vedette.errors import BadInput, SourceFailed, VedetteError
from vedette.frames.events import EventDataset
from vedette.sources import download as http
from vedette.sources.events import acled, gdelt
from vedette.sources.events.opening import Opened, open_file

KINDS = ("export", "mentions", "gkg")
"""The three files of every quarter of an hour of GDELT 2."""

_STAMP = re.compile(r"(\d{14})(?:\.translation)?\.(export|mentions|gkg)\.", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """A file that a publisher lists: its address, and its size in bytes and MD5 where they are stated."""

    url: str
    size: int | None = None
    md5: str = ""

    @property
    def name(self) -> str:
        """The last part of the address."""
        return Path(urlsplit(self.url).path).name


@dataclass(frozen=True, slots=True, kw_only=True)
class Supplied:
    """A file to take in, or why it cannot be had. ``done`` removes what was downloaded only for this."""

    name: str
    url: str = ""
    opened: Opened | None = None
    failure: str = ""
    done: Callable[[], None] = field(default=lambda: None)


@dataclass(frozen=True, slots=True, kw_only=True)
class EventSupply:
    """Hands on event files. ``folder``: where downloads are kept; ``key``: gives the user's key of ACLED when asked.

    ``allow_private``, ``attempts``, ``sleep`` govern downloads as elsewhere; ``feed``, ``master``, ``daily`` and
    ``acled`` are the addresses, replaced in tests.
    """

    folder: Path
    key: Callable[[], str] = lambda: ""
    allow_private: bool = False
    attempts: int = http.ATTEMPTS
    timeout: float = http.TIMEOUT
    sleep: Callable[[float], None] = time.sleep
    feed: str = gdelt.FEED
    master: str = gdelt.MASTER
    daily: str = gdelt.DAILY
    acled: str = acled.ADDRESS

    def paths(self, dataset: EventDataset, paths: tuple[Path, ...]) -> Iterator[Supplied]:
        """Files and the files of folders, in order of their names."""
        files: list[Path] = []
        for path in paths:
            if path.is_dir():
                files += sorted(p for p in path.rglob("*") if p.is_file() and not _hidden(p, path))
            else:
                files.append(path)
        if not files:
            raise SourceFailed("there is no file", where=", ".join(map(str, paths)))
        for path in files:
            yield _opened(dataset, path)

    def web(
        self, dataset: EventDataset, first: dt.date | None, last: dt.date | None, *, kinds: tuple[str, ...] = KINDS[:1],
        mirror: Path | None = None, known: Callable[[str], bool] = lambda _: False,
        report: Callable[[str], None] = lambda _: None,
    ) -> Iterator[Supplied]:  # fmt: skip
        """What the publisher (or a folder that mirrors it) has from ``first`` to ``last``, or newest without them.

        ``known(url)``: whether the file behind an address was taken in already; such files are not fetched again.
        Raises ``SourceFailed`` when the list of files cannot be had, ``BadInput`` for a data set without one.
        """
        if dataset.id == "acled":
            yield from self._acled(dataset, first, last)
            return
        listed = self._listed(dataset, first, last, kinds, mirror)
        report(f"{len(listed)} files listed")
        for one in listed:
            if known(one.url):
                continue
            yield self._fetched(dataset, one, mirror)

    # --- lists -----------------------------------------------------------------------------------------------

    def _listed(
        self, dataset: EventDataset, first: dt.date | None, last: dt.date | None, kinds: tuple[str, ...],
        mirror: Path | None,
    ) -> list[Listed]:  # fmt: skip
        if dataset.id == "gdelt2":
            newest = first is None and last is None
            text = self._list_text(dataset, self.feed if newest else self.master, mirror)
            return [f for f in parse_list(text) if _wanted(f, first, last, kinds)]
        if dataset.id == "gdelt1":
            text = self._list_text(dataset, self.daily, mirror)
            base = self.daily.rsplit("/", 1)[0] + "/"
            pairs = re.findall(r"^([0-9a-f]{32})\s+(\S+)$", text, re.M)
            rows = [Listed(url=base + name, md5=md5) for md5, name in pairs]
            found = sorted((f for f in rows if _day_wanted(f.name, first, last)), key=lambda f: f.name)
            return found if first or last else found[-1:]
        if mirror is not None:
            files = [p for p in sorted(mirror.rglob("*")) if p.is_file() and dataset.id in p.name]
            if files:
                return [Listed(url=p.as_uri()) for p in files]
        if not re.search(r"\.(zip|csv|geojson|gz)$", dataset.address):
            raise BadInput(
                f"{dataset.title} has no file that can be fetched by a program", where=dataset.id,
                fix=f"Download it from {dataset.address} and give the files",
            )
        return [Listed(url=dataset.address)]

    def _list_text(self, dataset: EventDataset, url: str, mirror: Path | None) -> str:
        name = Path(urlsplit(url).path).name
        if mirror is not None:
            path = mirror / name
            if not path.is_file():
                raise SourceFailed(f"there is no {name}", where=str(mirror), fix="Give the files as paths instead")
            return path.read_text(encoding="utf-8", errors="replace")
        got = self._download(url, self.folder / dataset.id / name)
        return got.read_text(encoding="utf-8", errors="replace")

    def _download(self, url: str, target: Path, *, headers: dict[str, str] | None = None) -> Path:
        return http.download(
            url, target, allow_private=self.allow_private, attempts=self.attempts, timeout=self.timeout,
            sleep=self.sleep, headers=headers or {},
        ).path  # fmt: skip

    # --- files -----------------------------------------------------------------------------------------------

    def _fetched(self, dataset: EventDataset, one: Listed, mirror: Path | None) -> Supplied:
        try:
            if mirror is not None:
                found = next((p for p in sorted(mirror.rglob(one.name)) if p.is_file()), None)
                if found is None:
                    raise SourceFailed("the mirror does not hold it", where=one.name)
                check_file(found, one)
                return _opened(dataset, found, url=one.url)
            target = self.folder / dataset.id / one.name
            for attempt in (1, 2):
                path = self._download(one.url, target)
                try:
                    check_file(path, one)
                    break
                except SourceFailed:
                    # What was kept may be an older or broken copy: fetch it anew once.
                    path.unlink(missing_ok=True)
                    http.note_path(path).unlink(missing_ok=True)
                    if attempt == 2:
                        raise
            return _opened(dataset, path, url=one.url, done=lambda: _remove(path))
        except (VedetteError, OSError) as error:
            return Supplied(name=one.name, url=one.url, failure=str(error))

    def _acled(self, dataset: EventDataset, first: dt.date | None, last: dt.date | None) -> Iterator[Supplied]:
        """Pages of the user's own answer; each is removed once it is read."""
        key = self.key()
        if not key:
            raise BadInput(
                "ACLED needs your own key", where="VEDETTE_ACLED_KEY",
                fix="Set it to the access token of your account, or keep it in the keyring (vedette, entry acled)",
            )
        if first is None or last is None:
            raise BadInput("ACLED needs the days", fix="Give --from DATE --to DATE")
        for page in range(1, 10_000):
            asked = {
                "_format": "csv", "event_date": f"{first}|{last}", "event_date_where": "BETWEEN",
                "limit": str(acled.PAGE), "page": str(page),
            }  # fmt: skip
            name = f"acled-{first}-{last}-{page}.csv"
            target = self.folder / dataset.id / name
            try:
                path = self._download(
                    f"{self.acled}?{urlencode(asked)}", target, headers={"Authorization": f"Bearer {key}"}
                )
                rows = path.read_bytes().count(b"\n")
                if rows <= 1:
                    _remove(path)
                    return
                yield _opened(dataset, path, name=name, done=lambda path=path: _remove(path))  # type: ignore[misc]
            except (VedetteError, OSError) as error:
                _remove(target)
                yield Supplied(name=name, failure=str(error))
                return
            if rows < acled.PAGE:
                return


def parse_list(text: str) -> list[Listed]:
    """Lines of size, MD5 and address; lines of another form are no files."""
    found = []
    for line in text.splitlines():
        parts = line.split()
        if len(parts) == 3 and parts[0].isdigit() and re.fullmatch(r"[0-9a-f]{32}", parts[1]):
            found.append(Listed(url=parts[2], size=int(parts[0]), md5=parts[1]))
    return found


def check_file(path: Path, one: Listed) -> None:
    """Raise ``SourceFailed`` unless the file has the size and the MD5 that its publisher lists."""
    size = path.stat().st_size
    if one.size is not None and size != one.size:
        raise SourceFailed(f"it has {size} bytes, its publisher lists {one.size}", where=one.name, fix="Fetch it again")
    if one.md5:
        digest = hashlib.md5(usedforsecurity=False)
        with path.open("rb") as handle:
            while block := handle.read(1 << 20):
                digest.update(block)
        if digest.hexdigest() != one.md5:
            raise SourceFailed("it has not the checksum that its publisher lists", where=one.name, fix="Fetch it again")


def _wanted(one: Listed, first: dt.date | None, last: dt.date | None, kinds: tuple[str, ...]) -> bool:
    found = _STAMP.match(one.name)
    if found is None or found[2].lower() not in kinds:
        return False
    day = found[1][:8]
    return (first is None or day >= f"{first:%Y%m%d}") and (last is None or day <= f"{last:%Y%m%d}")


def _day_wanted(name: str, first: dt.date | None, last: dt.date | None) -> bool:
    """Daily files since April 2013, before that monthly and yearly ones: wanted when any of their days is."""
    found = re.match(r"(\d{4,8})(?:\.export\.CSV)?\.zip\Z", name)
    if found is None:
        return False
    digits = found[1]
    low, high = digits.ljust(8, "0"), digits.ljust(8, "9")
    return (last is None or low <= f"{last:%Y%m%d}") and (first is None or high >= f"{first:%Y%m%d}")


def _remove(path: Path) -> None:
    path.unlink(missing_ok=True)
    http.note_path(path).unlink(missing_ok=True)



def _hidden(path: Path, top: Path) -> bool:
    """Whether it, or a folder between it and ``top``, begins with a dot: what programs keep there is nobody's data."""
    return any(part.startswith(".") for part in path.relative_to(top).parts)


def _opened(
    dataset: EventDataset, path: Path, *, url: str = "", name: str = "", done: Callable[[], None] = lambda: None
) -> Supplied:
    try:
        return Supplied(
            name=name or path.name, url=url, opened=open_file(dataset, path, url=url, name=name), done=done
        )
    except (VedetteError, OSError) as error:
        return Supplied(name=name or path.name, url=url, failure=str(error), done=done)
