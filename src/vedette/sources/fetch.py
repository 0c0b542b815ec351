"""Bringing data sets in: download or local mirror, check, keep. One that fails never stops the others.

Everything lies under one folder: ``raw/<id>/`` the files as published, ``frames/<id>.parquet`` the checked
tables with their notes. A new copy takes the place of the old one only after it has been read whole, so a
download that is cut short, malformed, or of a changed shape leaves the previous good copy in use.
"""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from vedette.errors import FrameRefused, SourceFailed, StoreUnavailable, VedetteError
from vedette.frames.fetched import Fetched, FetchStep, Report, Status
from vedette.frames.frame import Frame, note_path, open_frame
from vedette.sources import download as http
from vedette.sources.declaration import Address, Dataset, Packing
from vedette.sources.parse import Parsed, parse
from vedette.sources.registry import all_datasets, find_datasets

# A new edition with fewer than this share of the previous rows is not an edition. [assumption]: releases grow.
SHRINK_SHARE = 0.5

# File endings a mirror may hold, in the order in which they are tried.
_MIRROR_ENDINGS: tuple[tuple[str, Packing | Literal["parquet"]], ...] = (
    (".parquet", "parquet"),
    (".rda", "rda"),
    (".csv", "csv"),
    (".tsv", "tsv"),
    (".tab", "tsv"),
    (".zip", "zip"),
    (".xlsx", "xlsx"),
    (".xls", "xls"),
)


def _silent(_: FetchStep) -> None:
    """Report nothing."""


def listing() -> tuple[dict[str, str], ...]:
    """One mapping a data set for ``history fetch --list``: terms, coverage, lag, addresses with their status."""
    return tuple(
        {
            "id": d.id,
            "title": d.title,
            "provider": d.provider,
            "licence": d.licence,
            "redistribution": d.redistribution,
            "citation": d.citation,
            "edition": d.edition,
            "coverage": str(d.coverage),
            "lag": f"{d.lag.months} months after the year: {d.lag.basis}",
            "addresses": "; ".join(f"{a.url} [{a.status}]" for a in d.addresses),
            "layouts": "; ".join(f"{layout.name}: {layout.checked}" for layout in d.layouts),
            "note": d.note,
        }
        for d in all_datasets().values()
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryFetcher:
    """Fetches the registered data sets into ``folder``.

    ``allow_private`` permits addresses inside the network (tests on loopback, a mirror host); ``addresses``
    replaces the declared addresses of a data set; ``sleep`` and ``attempts`` govern the patience.
    """

    folder: Path
    allow_private: bool = False
    addresses: dict[str, tuple[Address, ...]] | None = None
    attempts: int = http.ATTEMPTS
    timeout: float = http.TIMEOUT
    sleep: Callable[[float], None] = time.sleep

    def frames_folder(self) -> Path:
        """Where the checked tables lie."""
        return self.folder / "frames"

    def fetch(
        self, ids: tuple[str, ...] = (), *, mirror: Path | None = None, report: Report = _silent
    ) -> Iterator[Fetched]:
        """Fetch these data sets (all when empty), one after the other; yields each result as it is known.

        ``mirror``: read local copies instead of downloading. Raises ``UnknownName`` for an unknown id and
        ``StoreUnavailable`` when the folder cannot be written, before anything is fetched.
        """
        wanted = find_datasets(ids)
        if mirror is not None and not mirror.is_dir():
            raise SourceFailed("the mirror is not a folder", where=str(mirror), fix="Give the folder with the files")
        try:
            self.frames_folder().mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StoreUnavailable(f"the data folder cannot be written ({error})", where=str(self.folder)) from error
        for dataset in wanted:
            yield self._one(dataset, mirror, report)

    def _one(self, dataset: Dataset, mirror: Path | None, report: Report) -> Fetched:
        report(FetchStep(dataset=dataset.id, what="start"))
        target = self.frames_folder() / f"{dataset.id}.parquet"
        previous = _previous(target)
        reasons: list[str] = []
        for attempt in self._attempts(dataset, mirror, target, previous, report):
            try:
                return attempt()
            except (VedetteError, OSError) as error:
                reasons.append(str(error))
                report(FetchStep(dataset=dataset.id, what=f"failed: {error}"))
        message = " | ".join(reasons) or "no local copy in the mirror: " + ", ".join(dataset.mirror_names)
        return Fetched(
            dataset=dataset.id, status="kept previous copy" if previous else "failed", message=message,
            licence=dataset.licence, citation=dataset.citation, frame=previous,
            rows=previous.rows if previous else 0, set_aside=previous.set_aside if previous else 0,
        )  # fmt: skip

    def _attempts(
        self, dataset: Dataset, mirror: Path | None, target: Path, previous: Frame | None, report: Report
    ) -> Iterator[Callable[[], Fetched]]:
        if mirror is not None:
            for path, packing in mirror_files(dataset, mirror):
                yield lambda path=path, packing=packing: self._from_mirror(  # type: ignore[misc]
                    dataset, path, packing, target, previous, report
                )
            return
        for address in (self.addresses or {}).get(dataset.id, dataset.addresses):
            yield lambda address=address: self._from_web(dataset, address, target, previous, report)  # type: ignore[misc]

    def _from_mirror(
        self, dataset: Dataset, path: Path, packing: str, target: Path, previous: Frame | None, report: Report
    ) -> Fetched:
        digest = http.sha256_of(path)
        if previous is not None and previous.provenance.sha256 == digest and _same_edition(dataset, previous):
            return _result(dataset, "unchanged", previous, None)
        members = dataset.addresses[0].members
        report(FetchStep(dataset=dataset.id, what=f"reading {path.name}"))
        parsed = _read_and_keep(path, packing, dataset, target, previous, members, path.as_uri(), digest)
        return _result(dataset, "fetched", parsed.frame, parsed)

    def _from_web(
        self, dataset: Dataset, address: Address, target: Path, previous: Frame | None, report: Report
    ) -> Fetched:
        folder = self.folder / "raw" / dataset.id
        name = Path(urlsplit(address.url).path).name or dataset.id
        kept, candidate = folder / name, folder / f"{name}.new"
        report(FetchStep(dataset=dataset.id, what=f"downloading {address.url}"))
        got = http.download(
            address.url, candidate, known=kept, allow_private=self.allow_private, attempts=self.attempts,
            timeout=self.timeout, sleep=self.sleep,
            progress=lambda done, total: report(FetchStep(dataset=dataset.id, what="bytes", done=done, total=total)),
        )  # fmt: skip
        same = previous is not None and previous.provenance.sha256 == got.sha256
        if same and previous is not None and _same_edition(dataset, previous):
            candidate.unlink(missing_ok=True)
            return _result(dataset, "unchanged", previous, None)
        try:
            parsed = _read_and_keep(
                got.path, address.packing, dataset, target, previous, address.members, address.url, got.sha256
            )
        except (FrameRefused, SourceFailed):
            # The refused file stays for inspection, without its HTTP note, so that it is never taken for current.
            if got.path == candidate:
                candidate.replace(folder / f"{name}.refused")
                http.note_path(candidate).unlink(missing_ok=True)
            raise
        if got.path == candidate:
            candidate.replace(kept)
            http.note_path(candidate).replace(http.note_path(kept))
        return _result(dataset, "fetched", parsed.frame, parsed)


def mirror_files(dataset: Dataset, mirror: Path) -> Iterator[tuple[Path, str]]:
    """Local copies of a data set in a mirror folder (or one folder below), best form first."""
    for ending, packing in _MIRROR_ENDINGS:
        for name in dataset.mirror_names:
            for folder in (mirror, *sorted(p for p in mirror.iterdir() if p.is_dir())):
                path = folder / (name + ending)
                if path.is_file():
                    yield path, packing


def _previous(target: Path) -> Frame | None:
    """The earlier table, or None when there is none or it is damaged."""
    if not target.exists():
        return None
    try:
        return open_frame(target)
    except FrameRefused:
        return None


def _same_edition(dataset: Dataset, previous: Frame) -> bool:
    return previous.contract == dataset.contract and previous.provenance.edition == dataset.edition


def _read_and_keep(
    raw: Path, packing: str, dataset: Dataset, target: Path, previous: Frame | None, members: tuple[str, ...],
    url: str, digest: str,
) -> Parsed:  # fmt: skip
    """Read into a scratch place beside the target, compare with the previous copy, then take its place."""
    with tempfile.TemporaryDirectory(prefix=".new-", dir=target.parent) as scratch:
        parsed = parse(
            raw, packing, dataset, Path(scratch) / target.name, members=members, url=url, sha256=digest
        )
        if previous is not None and parsed.frame.rows < SHRINK_SHARE * previous.rows:
            raise SourceFailed(
                f"the new copy has {parsed.frame.rows} rows where the previous one has {previous.rows}",
                where=url, fix="It looks cut short; the earlier copy stays in use",
            )  # fmt: skip
        aside = target.with_name(target.stem + ".aside.csv")
        if parsed.aside is not None:
            shutil.move(parsed.aside, aside)
        else:
            aside.unlink(missing_ok=True)
        os.replace(note_path(parsed.frame.path), note_path(target))
        os.replace(parsed.frame.path, target)
    return Parsed(
        frame=open_frame(target), layout=parsed.layout, aside=aside if parsed.aside is not None else None,
        examples=parsed.examples,
    )  # fmt: skip


def _result(dataset: Dataset, status: Status, frame: Frame, parsed: Parsed | None) -> Fetched:
    message = f"{frame.rows} rows"
    if frame.set_aside:
        message += f", {frame.set_aside} malformed lines set aside"
    if parsed is not None and parsed.examples:
        message += f" ({'; '.join(parsed.examples)})"
    return Fetched(
        dataset=dataset.id, status=status, message=message, licence=dataset.licence, citation=dataset.citation,
        url=frame.provenance.url, sha256=frame.provenance.sha256, rows=frame.rows, set_aside=frame.set_aside,
        aside=parsed.aside if parsed else None, frame=frame,
    )  # fmt: skip
