"""Tests that bite: does anything that happened later change what was forecast before?"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vedette.forecasting.structural.dyads import DyadYears
from vedette.forecasting.structural.features import build_features, require_outcome
from vedette.forecasting.structural.fit import walk_past, warm_up_start
from vedette.forecasting.structural.spec import SPEC, Spec
from vedette.forecasting.structural.walk import Walker

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class LeakReport:
    """Largest change of any forecast of `year` after the future was tampered with; all must be 0."""

    year: int
    forecasts: int
    permuted: float  # outcomes and covariates after `year` shuffled, outcomes of `year` itself included
    deleted: float  # rows after `year` removed, outcomes of `year` itself hidden

    @property
    def clean(self) -> bool:
        """Whether no forecast moved at all."""
        return self.permuted == 0.0 and self.deleted == 0.0


def permute_future(panel: DyadYears, year: int, seed: int = 0) -> DyadYears:
    """Shuffle every column among the rows after `year`, and every outcome among the rows of `year` as well."""
    rng = np.random.default_rng(seed)
    columns = {}
    for name, values in panel.columns.items():
        later = np.flatnonzero(panel.year >= year if _outcome(name) else panel.year > year)
        moved = values.copy()
        moved[later] = values[rng.permutation(later)]
        columns[name] = moved
    return panel.with_columns(columns)


def delete_future(panel: DyadYears, year: int) -> DyadYears:
    """Remove the rows after `year` and hide the outcomes of `year`."""
    kept = panel.rows(panel.year <= year)
    hidden = {
        n: np.where(kept.year < year, v, np.nan) for n, v in kept.columns.items() if _outcome(n)
    }
    return kept.with_columns(hidden)


def _outcome(name: str) -> bool:
    return name.startswith(("y_", "ucdp_"))


def leak_check(
    panel: DyadYears, outcome: str, year: int, *, lag: int = 1, seed: int = 0, spec: Spec = SPEC
) -> LeakReport:
    """Forecast `year` from the untouched panel, and again with its future permuted and deleted."""
    def forecast(data: DyadYears) -> Floats:
        y = require_outcome(data, outcome)
        table = build_features(data, outcome, lag=lag, spec=spec)
        walker = Walker(table, y, data.year, boosting=False, spec=spec)
        past = walk_past(walker, table, y, warm_up_start(data, year, spec), year - 1, lag)
        begin, end = np.searchsorted(data.year, [year, year + 1])
        linear, trees = walker.at(year - lag).margins(table.values[begin:end])
        return past.mixer(year - lag, spec).apply(linear, trees)

    honest = forecast(panel)
    permuted = forecast(permute_future(panel, year, seed))
    deleted = forecast(delete_future(panel, year))
    return LeakReport(
        year=year, forecasts=honest.size, permuted=float(np.max(np.abs(honest - permuted))),
        deleted=float(np.max(np.abs(honest - deleted))),
    )  # fmt: skip

