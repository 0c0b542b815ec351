"""Bring the historical data in, and build the panel from them. Progress goes to a callback; nothing is printed."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Protocol

from vedette.errors import FrameRefused
from vedette.frames.fetched import Fetched, FetchStep, Report
from vedette.frames.frame import Frame, open_frames
from vedette.panel.build import Built, PanelDifference, build_panel, compare_panels
from vedette.panel.table import PanelColumn, Timing
from vedette.panel.vintage import as_of

Progress = Callable[[str, str], None]
"""Called with the data set or step, and what happens to it."""


class HistoryFetching(Protocol):
    """The adapter that downloads or reads local copies (``vedette.sources``)."""

    def fetch(
        self, ids: tuple[str, ...] = (), *, mirror: Path | None = None, report: Report = ...
    ) -> Iterator[Fetched]:
        """Yield one result a data set; a failure is a result, never an exception that stops the others."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchSummary:
    """Every result in order; ``failed`` lists data sets of which no usable table is there."""

    results: tuple[Fetched, ...]

    @property
    def failed(self) -> tuple[str, ...]:
        """Data sets without any usable table."""
        return tuple(result.dataset for result in self.results if not result.usable)

    @property
    def usable(self) -> tuple[str, ...]:
        """Data sets with a checked table, new or kept."""
        return tuple(result.dataset for result in self.results if result.usable)


def _quiet(_: str, __: str) -> None:
    """Tell nobody."""


def fetch(
    fetcher: HistoryFetching, ids: tuple[str, ...] = (), *, mirror: Path | None = None, progress: Progress = _quiet
) -> FetchSummary:
    """Fetch these data sets (all when empty); a source that fails is in the summary and the rest go on.

    Raises ``UnknownName`` for an unknown id, ``SourceFailed`` for a mirror that is no folder and
    ``StoreUnavailable`` when the data folder cannot be written.
    """
    shown: dict[str, int] = {}

    def told(step: FetchStep) -> None:
        if step.done is None:
            progress(step.dataset, step.what)
            return
        # One line a megabyte is enough for a person.
        megabytes = step.done >> 20
        if shown.get(step.dataset) != megabytes:
            shown[step.dataset] = megabytes
            of = f" of {step.total / 2**20:.1f}" if step.total else ""
            progress(step.dataset, f"{step.done / 2**20:.1f}{of} MB")

    results = []
    for result in fetcher.fetch(ids, mirror=mirror, report=told):
        progress(result.dataset, f"{result.status}: {result.message}")
        results.append(result)
    return FetchSummary(results=tuple(results))


@dataclass(frozen=True, slots=True, kw_only=True)
class BuildSummary:
    """The panel written: where, how large, which columns (with their terms), which sources were absent."""

    path: Path
    rows: int
    first_year: int
    last_year: int
    columns: tuple[PanelColumn, ...]
    absent: tuple[str, ...]
    seconds: float


def tables(folder: Path) -> dict[str, Frame]:
    """The checked tables under a data folder by data set id; raises ``FrameRefused`` when there are none."""
    found = open_frames(folder / "frames")
    if not found:
        raise FrameRefused(
            "no historical data are here", where=str(folder),
            fix="Run: vedette history fetch (or vedette history fetch --mirror DIR)",
        )  # fmt: skip
    return found


def open_panel(
    folder: Path,
    *,
    first_year: int = 1946,
    last_year: int = 2024,
    relevant_only: bool = True,
    timing: Timing = "nominal",
    progress: Progress = _quiet,
) -> Built:
    """The panel in memory, for reference classes and analogues; the caller closes it."""
    return build_panel(
        tables(folder), first_year=first_year, last_year=last_year, relevant_only=relevant_only, timing=timing,
        report=lambda step: progress("build", step),
    )  # fmt: skip


def build(
    folder: Path,
    out: Path | None = None,
    *,
    first_year: int = 1946,
    last_year: int = 2024,
    relevant_only: bool = True,
    timing: Timing = "nominal",
    day: date | None = None,
    progress: Progress = _quiet,
) -> BuildSummary:
    """Build the directed dyad-year panel from the tables under ``folder`` and write it (parquet and column notes).

    ``day``: the panel as it could have stood then. ``out`` defaults to ``panel.parquet`` in the folder.
    Raises ``FrameRefused`` when data are missing or damaged and ``DateRefused`` for impossible years.
    """
    started = time.perf_counter()
    built = open_panel(
        folder, first_year=first_year, last_year=last_year, relevant_only=relevant_only, timing=timing,
        progress=progress,
    )  # fmt: skip
    panel = built.panel
    try:
        if day is not None:
            progress("build", f"as known on {day}")
            panel = as_of(panel, day)
        progress("build", "writing")
        path = panel.write(out if out is not None else folder / "panel.parquet")
        return BuildSummary(
            path=path, rows=panel.rows(), first_year=panel.first_year, last_year=panel.last_year,
            columns=panel.columns, absent=built.absent, seconds=time.perf_counter() - started,
        )  # fmt: skip
    finally:
        panel.close()


def compare(ours: Path, theirs: Path) -> PanelDifference:
    """Two panels column by column, on the rows both have."""
    return compare_panels(ours, theirs)
