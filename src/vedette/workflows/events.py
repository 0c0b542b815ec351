"""Taking coded events in, asking about them, and saying what the store can and cannot answer for."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from vedette.domain.events import Circle, Coverage, Event, EventQuery, FileFailure, Forgotten
from vedette.domain.plain import to_plain
from vedette.domain.time import AsOf, parse_date
from vedette.errors import BadInput, StoreUnavailable, UnknownState, VedetteError
from vedette.frames.events import EventDataset, EventFile, Taken
from vedette.ports.events import EventStore
from vedette.reference.plover import QUADS, ROOTS
from vedette.reference.states import find_state

Progress = Callable[[str, str], None]

# After so many files the small ones are joined: a quarter of a day of a feed of 15 minutes. [assumption]
FOLD_EVERY = 24
# A table of facts that change with politics is worth a look after a year. [assumption]
OLD_DAYS = 365


class OpenedFile(Protocol):
    """A file that fits a layout, and its plain parts given a scratch folder and a size."""

    @property
    def file(self) -> EventFile:
        """What was given."""
        ...

    @property
    def parts(self) -> Callable[[Path, int], Iterator[Path]]:
        """Its plain parts."""
        ...


class SuppliedFile(Protocol):
    """A file to take in, or why it cannot be had."""

    @property
    def name(self) -> str:
        """Its name."""
        ...

    @property
    def opened(self) -> OpenedFile | None:
        """The file; None when it cannot be had."""
        ...

    @property
    def failure(self) -> str:
        """Why it cannot be had; empty when it can."""
        ...

    @property
    def done(self) -> Callable[[], None]:
        """To be called when it is no longer needed."""
        ...


class Supply(Protocol):
    """The adapter that hands on event files (``vedette.sources``)."""

    def paths(self, dataset: EventDataset, paths: tuple[Path, ...]) -> Iterable[SuppliedFile]:
        """Files of the user."""
        ...

    def web(
        self, dataset: EventDataset, first: dt.date | None, last: dt.date | None, *, kinds: tuple[str, ...],
        mirror: Path | None, known: Callable[[str], bool], report: Callable[[str], None],
    ) -> Iterable[SuppliedFile]:  # fmt: skip
        """Files of the publisher, or of a folder that mirrors it."""
        ...


class Taking(AbstractContextManager["Taking"], Protocol):
    """The adapter that writes to the store (``vedette.stores``)."""

    @property
    def scratch(self) -> Path:
        """A folder for passing files."""
        ...

    def take(
        self, file: EventFile, pieces: Callable[[int], Iterator[Path]], *, available: dt.datetime | None = None
    ) -> Taken:
        """Take in one file."""
        ...

    def knows(self, dataset: str, url: str) -> bool:
        """Whether the file behind an address was taken in whole."""
        ...

    def failed(self, dataset: EventDataset, name: str, reason: str) -> None:
        """Remember that a file could not be read."""
        ...

    def fold(self) -> int:
        """Join small files."""
        ...

    def forget(self, failures: Iterable[tuple[str, str]]) -> None:
        """Move failures, by data set and file, into the log of those that need not be mended."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Ingested:
    """What became of every file, in order; ``stopped`` says why the rest was not tried."""

    dataset: EventDataset
    taken: tuple[Taken, ...]
    stopped: str = ""

    @property
    def failed(self) -> tuple[Taken, ...]:
        """Files that could not be read."""
        return tuple(t for t in self.taken if t.status == "failed")

    def total(self, what: str) -> int:
        """Sum of one count over the files."""
        return sum(int(getattr(t, what)) for t in self.taken)


def ingest(
    supply: Supply, intake: AbstractContextManager[Taking], dataset: EventDataset, paths: tuple[Path, ...] = (), *,
    first: dt.date | None = None, last: dt.date | None = None, kinds: tuple[str, ...] = ("export",),
    mirror: Path | None = None, available: dt.datetime | None = None, progress: Progress = lambda _a, _b: None,
) -> Ingested:  # fmt: skip
    """Take in files, or what the publisher has; one that fails stops no other and is remembered in the store.

    ``first``/``last``: days, for the publisher's files. ``available``: when the files could first be had, for data sets
    whose rows do not say. Raises ``BadInput`` and ``SourceFailed`` before anything is taken in; a full disk ends the
    run with what was committed kept, and says so in ``stopped``.
    """
    if first is not None and last is not None and last < first:
        raise BadInput(f"the days end ({last}) before they start ({first})")
    if paths and (first or last):
        raise BadInput("--from and --to choose files of the publisher, not rows of given files")
    taken: list[Taken] = []
    stopped = ""
    with intake as writer:
        if paths:
            files = supply.paths(dataset, paths)
        else:
            files = supply.web(
                dataset, first, last, kinds=kinds, mirror=mirror, known=lambda url: writer.knows(dataset.id, url),
                report=lambda what: progress(dataset.id, what),
            )
        for one in files:
            try:
                result = _take_one(writer, dataset, one, available)
            except StoreUnavailable as error:
                stopped = str(error)
                break
            finally:
                one.done()
            taken.append(result)
            progress(result.file, _said(result))
            if len(taken) % FOLD_EVERY == 0:
                writer.fold()
        if not stopped:
            writer.fold()
    return Ingested(dataset=dataset, taken=tuple(taken), stopped=stopped)


def _take_one(writer: Taking, dataset: EventDataset, one: SuppliedFile, available: dt.datetime | None) -> Taken:
    reason = one.failure
    if one.opened is not None:
        opened = one.opened
        try:
            return writer.take(
                opened.file, lambda size: opened.parts(writer.scratch, size), available=available
            )
        except StoreUnavailable:
            raise
        except VedetteError as error:
            reason = str(error)
    # Every line that says it begins with the file already.
    reason = reason.removeprefix(f"{one.name}: ")
    writer.failed(dataset, one.name, reason)
    return Taken(dataset=dataset.id, file=one.name, status="failed", message=reason)


def _said(result: Taken) -> str:
    if result.status == "failed":
        return f"failed: {result.message}"
    if result.status == "unchanged":
        return "taken in before, nothing to do"
    parts = [f"{result.new:,} new"]
    for count, word in ((result.corrected, "corrected"), (result.repeated, "the same again"),
                        (result.rejected, "malformed, kept aside")):  # fmt: skip
        if count:
            parts.append(f"{count:,} {word}")
    return f"{result.read:,} rows: {', '.join(parts)}"


def forget(
    intake: AbstractContextManager[Taking], store: EventStore, names: Iterable[str], *, every: bool, dataset: str = ""
) -> tuple[FileFailure, ...]:
    """Forget failed files by name (``*`` and ``?`` stand for letters), or ``every`` one; of one data set if given.

    Only failures: rows that were taken in, and rows kept aside, stay. Each is kept in the store's log of forgotten
    failures; a file that fails again is named again. Raises `UnknownName` for a name that no failure bears.
    """
    import fnmatch

    from vedette.errors import UnknownName

    failed = [f for f in store.failures()[1] if dataset in ("", f.dataset)]
    chosen = list(failed) if every else []
    for name in names:
        found = [f for f in failed if fnmatch.fnmatchcase(f.file, name) or f.file == name]
        if not found:
            raise UnknownName(
                "failed file", name, nearest=[f.file for f in failed[:3]],
                fix="" if failed else "No file failed: what was taken in is not forgotten",
            )
        chosen += found
    kept = tuple(dict.fromkeys(chosen))
    if kept:
        with intake as writer:
            writer.forget((f.dataset, f.file) for f in kept)
    return kept


# --- questions -------------------------------------------------------------------------------------------------------


def event_query(
    *, dyad: tuple[str, str] | None = None, both_ways: bool = False, classes: Iterable[str] = (), near: str = "",
    place: str = "", since: str = "", until: str = "", as_of: str = "", datasets: Iterable[str] = (),
    limit: int | None = None,
) -> EventQuery:  # fmt: skip
    """A question from what a person types: names or codes of states, classes or quad classes, days.

    Raises `UnknownState`, `BadInput` and `DateRefused`, naming the part that cannot be read.
    """
    return EventQuery(
        source=state_code(dyad[0], where="--dyad") if dyad else None,
        target=state_code(dyad[1], where="--dyad") if dyad else None,
        both_ways=both_ways,
        roots=event_roots(classes),
        since=parse_date(since, where="--since") if since else None,
        until=parse_date(until, where="--until") if until else None,
        as_of=AsOf.of(parse_date(as_of, where="--as-of")) if as_of else None,
        near=circle(near) if near else None,
        place_state=state_code(place, where="--in") if place else None,
        datasets=tuple(datasets),
        limit=limit,
    )


def state_code(name: str, *, where: str = "") -> str:
    """ISO 3166 letters of a state by name or code; raises `UnknownState`: the nearest, or where a town lies."""
    from vedette.reference.event_codes import code_tables, folded

    codes = code_tables()
    if name.upper() in codes.actors:
        return codes.actors[name.upper()]
    if found := codes.names.get(folded(name)):
        return found
    try:
        return find_state(name).iso3
    except UnknownState as error:
        raise UnknownState(name, nearest=error.nearest, where=where, fix=_way_out(name, error.nearest)) from None


def _way_out(name: str, nearest: tuple[str, ...]) -> str:
    from vedette.reference.gazetteer import candidates

    if nearest:
        return ""  # the error names them
    # Towns of a size that a person may mean. [assumption]
    towns = candidates(name, limit=1, at_least=50_000)
    if towns:
        town = towns[0]
        state = find_state(town.country).name
        called = town.name if town.name.casefold() == name.casefold() else f"{name} ({town.name})"
        return (
            f"{called} is a town in {state}: --in {town.country}, or around it --near {town.lat:.2f},{town.lon:.2f},50"
        )
    return "States go by English name or ISO code, such as Ukraine, UKR or UA"


def event_roots(names: Iterable[str]) -> tuple[str, ...]:
    """PLOVER classes from their names, quad classes ("material conflict") or numbers of quads; raises `BadInput`."""
    import difflib

    found: list[str] = []
    for name in names:
        key = name.strip()
        quad = next((q for q in QUADS if q == key.lower() or str(QUADS.index(q) + 1) == key), None)
        if quad is not None:
            found += [root for root, (number, _) in ROOTS.items() if QUADS[number - 1] == quad]
        elif key.upper() in ROOTS:
            found.append(key.upper())
        else:
            near = difflib.get_close_matches(key.upper(), ROOTS, n=3, cutoff=0.4)
            raise BadInput(
                f"{name!r} is no class of events", where="--class",
                fix=f"Nearest: {', '.join(near)}" if near else f"Classes: {', '.join(ROOTS)}",
            )  # fmt: skip
    return tuple(dict.fromkeys(found))


def circle(text: str) -> Circle:
    """``LAT,LON,KM`` as a circle; raises `BadInput`."""
    try:
        lat, lon, km = (float(part) for part in text.split(","))
    except ValueError as error:
        raise BadInput(f"{text!r} is not LAT,LON,KM", where="--near", fix="For example 50.45,30.52,100") from error
    return Circle(lat=lat, lon=lon, km=km)


# --- what can be answered for ----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class EventStatus:
    """Coverage of every data set, and warnings in words: what is missing, late, cut or old."""

    coverage: tuple[Coverage, ...]
    warnings: tuple[str, ...]
    batch: int
    forgotten: tuple[Forgotten, ...] = ()

    def to_dict(self) -> Mapping[str, object]:
        """As JSON; gaps with their days."""
        rows = []
        for c in self.coverage:
            plain = dict(to_plain(c))
            rows.append({**plain, "truncated": c.truncated})
        return {
            "datasets": rows, "warnings": list(self.warnings), "batch": self.batch,
            "forgotten": [dict(to_plain(f)) for f in self.forgotten],
        }


def status(store: EventStore, today: dt.date, *, as_of: AsOf | None = None) -> EventStatus:
    """What is there and what is not, as of a day or today."""
    coverage = tuple(store.coverage(as_of=as_of, today=as_of.date if as_of else today))
    return EventStatus(
        coverage=coverage, warnings=(*truncation(store, as_of), *_late(coverage), *old_tables(today)),
        batch=store.newest_batch(), forgotten=tuple(store.forgotten()),
    )  # fmt: skip


def truncation(store: EventStore, as_of: AsOf | None = None) -> tuple[str, ...]:
    """What could not be read, in words: an answer that rests on it may be short."""
    files, failed = store.failures(as_of=as_of)
    if not failed:
        return ()
    names = ", ".join(f"{f.dataset} {f.file}" for f in failed[:3]) + (" and others" if len(failed) > 3 else "")
    return (
        f"{len(failed)} of {files} files failed ({names}); no reporting is not no event. "
        "vedette events status lists them, vedette events forget takes out what was no such file",
    )


def _late(coverage: Iterable[Coverage]) -> Iterator[str]:
    for c in coverage:
        if c.stale and c.newest_available is not None:
            yield (
                f"{c.dataset}: nothing newer than {c.newest_available.date()}, though it comes out within "
                f"{c.expected_lag_days} days; run vedette events ingest {c.dataset}"
            )
        if c.gaps:
            days = sum(g.days for g in c.gaps)
            widest = max(c.gaps, key=lambda g: g.days)
            yield (
                f"{c.dataset}: no rows from {days} days between {c.first_day} and {c.last_day}, the longest "
                f"{widest.first} to {widest.last}; no reporting is not no event"
            )


def old_tables(today: dt.date) -> Iterator[str]:
    """Tables shipped with the program that the day has left behind: leaders, and the rates learnt from history."""
    from vedette.reference.leaders import all_leaders

    newest = max(max(r.start, r.end or r.start) for r in all_leaders())
    if (today - newest).days > OLD_DAYS:
        yield f"the table of leaders knows no change since {newest}: newer office-holders are not recognised by name"
    from vedette.forecasting.structural.bundled import AS_OF_YEARS

    known = dt.date(AS_OF_YEARS[-1], 12, 31)
    if (today - known).days > OLD_DAYS:
        yield f"the base rates shipped are of what was known on {known}; refit them with vedette history fit"


def plain_events(events: Iterable[Event]) -> list[Mapping[str, object]]:
    """Events as JSON values."""
    return [e.to_dict() for e in events]
