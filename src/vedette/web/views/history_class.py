"""A reference class in the making, and the back-test, as plain objects."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from markupsafe import Markup

from vedette.errors import VedetteError
from vedette.panel.reference_classes import Filter, ReferenceClass
from vedette.reference.estimative import number_text, percent
from vedette.web.views.address import address
from vedette.web.views.reliability import diagram
from vedette.workflows.panel_shelf import PanelShelf, read_filters, text_of, year_of

if TYPE_CHECKING:
    from vedette.panel.intervals import Rate

CASES_SHOWN: Final = 25
CONSTANT: Final = "constant_rate"
"""The column of a back-test's file that holds the rate of its training years."""
OUTCOMES: Final = {
    "y_force_init": "began a dispute and used force", "y_mid_init": "began a militarised dispute",
    "y_war_init": "began a dispute that was war", "y_ucdp_hostile": "sent troops against the government",
    "y_ucdp_interv": "sent troops to a conflict", "y_ucdp_war": "interstate armed conflict",
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class FilterRow:
    """A filter that may be taken in or left out. ``without`` is the class that is left when it is dropped."""

    text: str
    words: str
    on: bool
    without: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseRow:
    """A named pair-year of the class."""

    year: int
    name: str
    happened: bool
    followed: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassView:
    """The builder: what is chosen, the count, the cases. ``missing``: why nothing can be counted here."""

    asked: Mapping[str, str]
    outcomes: tuple[tuple[str, str, bool], ...]
    columns: tuple[tuple[str, str], ...]
    filters: tuple[FilterRow, ...]
    finding: str
    rate: str
    interval: str
    clustered: str
    glyph: Markup
    years: str
    unknown: int
    cases: tuple[CaseRow, ...]
    left_out: int
    more: str
    missing: str
    fix: str
    error: str
    error_fix: str
    states: tuple[tuple[str, str], ...]


def class_view(
    shelf: PanelShelf, asked: Mapping[str, str], chosen: Sequence[str], *, extra: str = "", most: int = CASES_SHOWN
) -> ClassView:
    """The page. ``chosen``: filters of the address; with a pair and none chosen, all that describe the pair are on.

    What cannot be answered is said on the page, with what was typed kept.
    """
    from vedette.web.views.history import _states

    try:
        columns = shelf.columns()
    except VedetteError as error:
        return _view(asked, (), (), None, _states(), missing=(error.what, error.fix))
    described: tuple[Filter, ...] = ()
    filters: list[Filter] = []
    found, problem = None, ("", "")
    as_of = asked.get("as_of") or None
    try:
        if asked.get("intervener") and asked.get("target"):
            year = int(asked["year"]) if asked.get("year", "").isdigit() else year_of(as_of)
            described = shelf.like(asked["intervener"], asked["target"], year, as_of=as_of)
        texts = [*chosen, *([extra] if extra.strip() else [])]
        filters = read_filters(texts, described) if texts else list(described)
        if filters:
            found = shelf.answer(filters, outcome=asked.get("outcome") or "y_force_init", as_of=as_of, most_cases=most)
    except VedetteError as error:
        problem = (error.what, error.fix)
    rows = _filter_rows(described, filters, found)
    names = tuple((c.name, c.unit) for c in columns if c.role != "outcome")
    return _view(asked, rows, names, found, _states(), problem=problem, most=most)


def _filter_rows(
    described: Sequence[Filter], filters: Sequence[Filter], found: ReferenceClass | None
) -> tuple[FilterRow, ...]:
    on = {text_of(f) for f in filters}
    moves = {m.dropped: m.rate for m in found.moves} if found else {}
    every = [*described, *(f for f in filters if text_of(f) not in {text_of(d) for d in described})]
    return tuple(
        FilterRow(text=text_of(f), words=f.words, on=text_of(f) in on,
                  without=_share(moves[f.words]) if f.words in moves else "")
        for f in every
    )  # fmt: skip


def _share(rate: Rate) -> str:
    return f"{rate.k} of {rate.n:,}" + ("" if rate.rate is None else f" = {percent(rate.rate, 1)}")


def _view(
    asked: Mapping[str, str], rows: tuple[FilterRow, ...], columns: tuple[tuple[str, str], ...],
    found: ReferenceClass | None, states: tuple[tuple[str, str], ...], *, missing: tuple[str, str] = ("", ""),
    problem: tuple[str, str] = ("", ""), most: int = CASES_SHOWN,
) -> ClassView:  # fmt: skip
    outcome = asked.get("outcome") or "y_force_init"
    rate = found.rate if found else None
    known = rate is not None and rate.rate is not None
    query: dict[str, Any] = {k: v for k, v in asked.items() if v}
    return ClassView(
        asked={"intervener": "", "target": "", "year": "", "as_of": "", **asked, "outcome": outcome},
        outcomes=tuple((name, words, name == outcome) for name, words in OUTCOMES.items()), columns=columns,
        filters=rows, finding=_finding(found), rate=percent(rate.rate, 2) if rate and rate.rate is not None else "",
        interval=f"{percent(rate.low, 2)} to {percent(rate.high, 2)}" if rate and known else "",
        clustered=_by_pair(found) if found and known else "",
        glyph=_glyph(rate) if rate and known else Markup(""),
        years=f"{found.first_year}\u2013{found.last_year}" if found and found.first_year else "",
        unknown=found.unknown if found else 0,
        cases=tuple(CaseRow(year=c.year, name=c.name, happened=c.happened, followed=c.followed) for c in found.cases)
        if found else (),
        left_out=max(0, found.cases_left_out) if found else 0,
        more=address("/history/class", **query, f=[r.text for r in rows if r.on], most=most * 8)
        if found and found.cases_left_out > 0 and most < 200 else "",
        missing=missing[0], fix=missing[1], error=problem[0], error_fix=problem[1], states=states,
    )  # fmt: skip


def _by_pair(found: ReferenceClass) -> str:
    low, high = found.clustered
    return f"by pair, {found.pairs} pair{'' if found.pairs == 1 else 's'}: {percent(low, 2)} to {percent(high, 2)}"


def _finding(found: ReferenceClass | None) -> str:
    if found is None:
        return "Choose a pair of states, or a filter"
    if found.rate.rate is None:
        return "No pair-year passes all of these"
    rate = percent(found.rate.rate, 2 if found.rate.rate < 0.1 else 0)
    return f"{found.rate.k} of {found.rate.n:,} pair-years: {rate}"


def _glyph(rate: Rate) -> Markup:
    from vedette.web.views.history import _ladder

    assert rate.rate is not None
    return _ladder(rate.rate, rate.low, rate.high, min(1.0, max(0.05, rate.high * 1.4)))


# -- back-test ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class TestRow:
    """Scores of one forecast on the test years."""

    name: str
    roc: str
    pr: str
    skill: str
    log: str
    ratio: str
    gain: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Backtest:
    """A back-test read from its file of forecasts; the scores are computed here from them."""

    outcome: str
    finding: str
    basis: str
    rows: tuple[TestRow, ...]
    drawing: Markup
    words: str
    bins: tuple[tuple[str, int, str, str, bool], ...]
    file: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BacktestView:
    """Every back-test of the data folder, and what the shipped fits rest on."""

    tests: tuple[Backtest, ...]
    fits: tuple[tuple[str, str, str, str], ...]
    unreadable: tuple[str, ...]


def backtest_view(folder: Path) -> BacktestView:
    """What is there: ``backtest-OUTCOME.csv`` files written by ``vedette backtest``."""
    tests, bad = [], []
    for path in sorted(folder.glob("backtest-*.csv")):
        try:
            tests.append(_read(path))
        except (ValueError, KeyError, IndexError, OSError) as error:
            bad.append(f"{path.name}: {error}")
    return BacktestView(tests=tuple(tests), fits=_fits(), unreadable=tuple(bad))


def _read(path: Path) -> Backtest:
    import numpy as np

    from vedette import scoring
    from vedette.panel.intervals import jeffreys
    from vedette.scoring.averages import mean_interval

    with path.open(newline="", encoding="utf-8") as given:
        rows = list(csv.reader(given))
    head, body = rows[0], np.array(rows[1:], dtype=float)
    if head[:5] != ["ccode1", "ccode2", "year", "outcome", "p"] or not len(body):
        raise ValueError("not a file of vedette backtest")
    y, pairs = body[:, 3], [f"{int(a)}-{int(b)}" for a, b in body[:, :2]]
    forecasts = {"this model": body[:, 4], **{name: body[:, i] for i, name in enumerate(head[5:], 5)}}
    constant = forecasts.get(CONSTANT)
    reference = scoring.brier(y, constant) if constant is not None else float(y.mean() * (1 - y.mean()))
    ours = scoring.brier_each(y, forecasts["this model"])
    table = []
    for name, p in forecasts.items():
        gain = ""
        if name != "this model":
            d = mean_interval(1e4 * (scoring.brier_each(y, p) - ours), pairs, replicates=300)
            gain = f"{number_text(d.estimate, 1, signed=True)} ({number_text(d.low, 1)} to {number_text(d.high, 1)})"
        table.append(
            TestRow(
                name=name.replace("_", " "), roc=number_text(scoring.roc_auc(y, p), 3),
                pr=number_text(scoring.pr_auc(y, p), 3),
                skill=number_text(1 - scoring.brier(y, p) / reference, 3, signed=True),
                log=number_text(scoring.log_score(y, p), 5), ratio=number_text(float(p.sum() / y.sum()), 2), gain=gain,
            )
        )  # fmt: skip
    # Bins of equal width: of equal numbers, nine in ten would lie under one per cent.
    bins: list[dict[str, Any]] = [
        {
            "forecast": b.mean_forecast, "observed": b.observed_rate, "band": (b.low, b.high), "n": b.n,
            "interval": jeffreys(b.events, b.n), "inside": b.low <= b.observed_rate <= b.high,
            "from": b.lower, "to": b.upper,
        }
        for b in scoring.reliability_bins(y, forecasts["this model"], bins=10, strategy="uniform")
    ]  # fmt: skip
    first, last = int(body[:, 2].min()), int(body[:, 2].max())
    outcome = path.stem.removeprefix("backtest-")
    off = sum(not b["inside"] for b in bins)
    return Backtest(
        outcome=outcome, file=path.name,
        finding=f"{OUTCOMES.get(outcome, outcome).capitalize()}: ROC {table[0].roc}, PR {table[0].pr}; "
        f"{'inside the band' if not off else f'off the band in {off} of {len(bins)} bins'}",
        basis=f"{len(y):,} pair-years of {first}\u2013{last}, {int(y.sum()):,} events ({percent(float(y.mean()), 2)}), "
        f"by {len(set(pairs)):,} pairs. Skill is against the "
        + ("constant rate of the training years." if constant is not None else "rate of the test years itself."),
        rows=tuple(table),
        drawing=diagram(bins, None, reach=min(1.0, 1.1 * max(b["forecast"] for b in bins))),
        words="; ".join(
            f"said {100 * b['forecast']:.1f} %, happened {100 * b['observed']:.1f} % (n {b['n']})" for b in bins
        ),
        bins=tuple(
            (f"{100 * b['from']:.0f}\u2013{100 * b['to']:.0f}\u202f%, mean {100 * b['forecast']:.1f}", b["n"],
             percent(b["observed"], 1), f"{100 * b['band'][0]:.1f}\u2013{100 * b['band'][1]:.1f}", bool(b["inside"]))
            for b in bins
        ),
    )  # fmt: skip


def _fits() -> tuple[tuple[str, str, str, str], ...]:
    """Outcome, years, rows and events of the fits that are shipped."""
    import json
    from importlib.resources import files

    from vedette.forecasting.structural.bundled import OUTCOMES as SHIPPED

    found = []
    for name, column in SHIPPED.items():
        text = files("vedette.reference").joinpath("coefficients", f"structural-{name}.json").read_text("utf-8")
        t = json.loads(text)["training"]
        found.append((OUTCOMES.get(column, name), f"{t['first_year']}\u2013{t['last_year']}", f"{t['rows']:,}",
                      f"{t['positives']:,}"))  # fmt: skip
    return tuple(found)
