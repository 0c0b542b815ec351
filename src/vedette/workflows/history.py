"""Bring the historical data in, and build the panel from them. Progress goes to a callback; nothing is printed."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Literal, Protocol, cast

from vedette.domain.time import parse_date
from vedette.errors import BadInput, FrameRefused
from vedette.frames.fetched import Fetched, FetchStep, Report
from vedette.frames.frame import Frame, open_frames
from vedette.panel.analogues import PastCase, nearest_dyad_years
from vedette.panel.build import Built, PanelDifference, build_panel, compare_panels
from vedette.panel.reference_classes import Filter, Operator, ReferenceClass, filters_like, reference_class
from vedette.panel.table import PanelColumn, Timing
from vedette.panel.vintage import as_of as known_by
from vedette.reference.states import find_state

if TYPE_CHECKING:
    from vedette.evaluation.backtest import BacktestReport

# Last year of the panel: that of the newest source (UCDP/PRIO 25.1). A forecast about the year after is made
# from the last row.
LAST_YEAR = 2024

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
    last_year: int = LAST_YEAR,
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
    last_year: int = LAST_YEAR,
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
            panel = known_by(panel, day)
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


_CONDITION = re.compile(
    r"\s*(?P<column>\w+)\s*(?P<operator>==|!=|<=|>=|<|>|=)\s*(?P<value>-?[\d.]+(?:[eE]-?\d+)?)\s*\Z"
)


def parse_filter(text: str) -> Filter:
    """``c1_rivalry==1`` or ``c4_ln_mindist <= 5`` as a filter; raises ``BadInput``."""
    found = _CONDITION.match(text)
    if found is None:
        raise BadInput(f"{text!r} is not COLUMN OPERATOR NUMBER", fix="Example: --where c1_rivalry==1")
    operator = "==" if found["operator"] == "=" else found["operator"]
    try:
        return Filter(column=found["column"], operator=cast(Operator, operator), value=float(found["value"]))
    except ValueError as error:
        raise BadInput(f"{text!r}: {found['value']!r} is not a number") from error


def build_class(
    folder: Path,
    *,
    intervener: str | None = None,
    target: str | None = None,
    year: int | None = None,
    outcome: str = "y_force_init",
    conditions: tuple[str, ...] = (),
    as_of: str | None = None,
    most_cases: int = 25,
) -> ReferenceClass:
    """A reference class from filters, or from those that describe a pair of states in a year.

    Raises ``FrameRefused`` without data, ``UnknownState``, ``DateRefused`` and ``BadInput``.
    """
    day = parse_date(as_of) if as_of else None
    # Wrong questions are refused before the panel is built.
    filters = [parse_filter(c) for c in conditions]
    pair = None
    when = year or (_coming_year(day, LAST_YEAR) if day else LAST_YEAR)
    if intervener is not None and target is not None:
        pair = (_code(intervener, when), _code(target, when))
    elif intervener is not None or not filters:
        raise BadInput("give a pair of states, or at least one --where", fix="Example: vedette history class RUS UKR")
    # Only what was known: a class described by later values would already hold the answer.
    built = open_panel(folder, timing="known")
    panel = built.panel
    try:
        if pair is not None:
            seen = known_by(panel, day) if day else panel
            filters = [*filters_like(seen, *pair, when), *filters]
        return reference_class(panel, outcome, filters, day=day, most_cases=most_cases)
    finally:
        panel.close()


def find_analogues(
    folder: Path, intervener: str, target: str, *, as_of: str, outcome: str = "y_force_init", most: int = 10
) -> tuple[PastCase, ...]:
    """Nearest pair-years whose outcome was known on the day, and what followed."""
    day = parse_date(as_of)
    year = _coming_year(day, LAST_YEAR)
    one, two = (_code(s, year) for s in (intervener, target))
    built = open_panel(folder, timing="known")
    panel = built.panel
    try:
        return nearest_dyad_years(panel, one, two, year, day=day, outcome=outcome, most=most)
    finally:
        panel.close()


def _coming_year(day: date, last_year: int) -> int:
    """The year a forecast made on ``day`` is about (on 31 December the next one), within the panel."""
    return min((day + timedelta(days=1)).year, last_year)


def _code(name: str, year: int) -> int:
    return find_state(name, date(year, 12, 31)).cowcode


def run_backtest(
    panel: Path,
    outcome: str,
    *,
    train_until: int,
    test_until: int | None = None,
    rolling: bool = False,
    learner: str = "auto",
    predictions: Path | None = None,
    card: Path | None = None,
) -> BacktestReport:
    """The back-test of `evaluation`, its forecasts and, where asked for, its model card written."""
    from vedette.evaluation.backtest import backtest_panel

    if predictions is not None:
        predictions.parent.mkdir(parents=True, exist_ok=True)
    report = backtest_panel(
        panel, outcome, train_until, test_until=test_until, rolling=rolling,
        learner=cast(Literal["auto", "logit", "stack"], learner), predictions=predictions,
    )
    if card is not None:
        from vedette.evaluation.model_card import model_card

        card.write_text(model_card(report), encoding="utf-8")
    return report


VINTAGES = (2021, 2022, 2024)
"""Last known years for which rates are shipped: the bundled cases' dates, and the newest."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FitSummary:
    """Files written, and for each outcome and vintage its training years, events and seconds."""

    models: tuple[Path, ...]
    rates: Path
    fits: tuple[dict[str, object], ...]


def fit(
    panel: Path, out: Path, *, vintages: tuple[int, ...] = VINTAGES, boosting: bool = False, progress: Progress = _quiet
) -> FitSummary:
    """Fit the structural model of every outcome and compute all pairs' rates at each vintage; write both.

    The coefficient file of an outcome is that of the newest vintage. Raises ``FrameRefused`` for a panel without the
    columns, ``DateRefused`` for a vintage it does not reach.
    """
    from vedette.evaluation.panel_file import read_panel
    from vedette.forecasting.structural.bundled import OUTCOMES, RATES_FILE, compute_rates, write_rates

    data = read_panel(panel)
    out.mkdir(parents=True, exist_ok=True)
    entries: list[dict[str, object]] = []
    models: list[Path] = []
    fits: list[dict[str, object]] = []
    for outcome in OUTCOMES:
        for last in sorted(vintages):
            started = time.perf_counter()
            progress(outcome, f"as known at the end of {last}")
            model, entry = compute_rates(data, outcome, last, boosting=boosting)
            entries.append(entry)
            t = model.training
            fits.append(
                {
                    "outcome": outcome, "as_of": f"{last}-12-31", "trained": f"{t.first_year}-{t.last_year}",
                    "rows": t.rows, "events": t.positives, "seconds": round(time.perf_counter() - started, 1),
                }
            )  # fmt: skip
        path = out / f"structural-{outcome}.json"
        model.save(path)
        models.append(path)
    write_rates(entries, out / RATES_FILE)
    return FitSummary(models=tuple(models), rates=out / RATES_FILE, fits=tuple(fits))
