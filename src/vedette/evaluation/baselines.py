"""What a forecast must beat: a constant, years of peace, and the plain logits of the field.

Every baseline sees exactly the training rows of the fold and is fitted without weights, recalibration or
memory, as the literature does it.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from vedette.forecasting.structural.dyads import DyadYears
from vedette.forecasting.structural.features import COVARIATE, PEACE_YEARS, learn_scaling, memory_events
from vedette.forecasting.structural.newton import fit_logistic
from vedette.forecasting.structural.walk import sigmoid

Floats = NDArray[np.float64]

CONSTANT, PEACE, STRUCTURE, PLAIN = "constant_rate", "peace_years_cubic", "structure_and_peace_years", "plain_logit"
NAMES = (CONSTANT, PEACE, STRUCTURE, PLAIN)
# scikit-learn's C = 10, the setting of the trial that set the targets (precision is 1/C).
PLAIN_PRECISION = 0.1
CAP = 60.0  # years; peace counts are capped there in the panels the targets were set on
# Columns that are history of the dyad itself; the field's standard model has peace years instead of them.
HISTORY = ("c1_rivalry", "c1_territorial", "c1_mid10")


def peace_years(panel: DyadYears, outcome: str) -> Floats:
    """Years since the pair's last event in either direction, (n,), capped; the panel's own count if it has one."""
    if PEACE_YEARS in panel.columns:
        return panel.columns[PEACE_YEARS]
    events = panel.column(memory_events(panel, outcome))
    pair = panel.undirected()
    last: dict[int, int] = {}
    entered: dict[int, int] = {}
    out = np.empty(panel.n)
    begin = 0
    while begin < panel.n:  # rows are sorted by year: a year's counts use earlier years only
        year = int(panel.year[begin])
        end = int(np.searchsorted(panel.year, year + 1))
        for k in range(begin, end):
            p = int(pair[k])
            out[k] = year - last.get(p, entered.setdefault(p, year))
        for event in np.flatnonzero(events[begin:end] == 1.0):
            last[int(pair[begin + int(event)])] = year
        begin = end
    return np.minimum(out, CAP)


def _cubic(peace: Floats) -> list[Floats]:
    return [peace, peace**2 / 100.0, peace**3 / 10_000.0]


def design(panel: DyadYears, outcome: str, name: str) -> Floats:
    """Raw columns of a baseline, (n, p); the constant rate has none."""
    chosen = [c for c in panel.columns if COVARIATE.match(c) and c != PEACE_YEARS]
    if name == CONSTANT:
        return np.zeros((panel.n, 0))
    if name == PEACE:
        columns: list[Floats] = []
    elif name == STRUCTURE:
        columns = [panel.columns[c] for c in chosen if c not in HISTORY]
    else:
        columns = [panel.columns[c] for c in chosen]
    return np.column_stack(columns + _cubic(peace_years(panel, outcome)))


class WarmDesign:
    """A standardised design matrix made once and kept true to each fold.

    Columns are scaled by the first fold's training rows. Another fold's standardisation is the same model with
    penalties multiplied by the squared deviation of its training rows, so refits need no new matrix: only
    imputed cells are rewritten, with the medians of that fold's training rows.
    """

    def __init__(self, values: Floats, train_end: int) -> None:
        self.values = values
        self.scaling = learn_scaling(values[:train_end], np.inf)
        self.matrix = self.scaling.apply(values)
        self.missing = [np.flatnonzero(np.isnan(values[:, k])) for k in range(values.shape[1])]

    def fold(self, train_end: int) -> Floats:
        """Impute for training rows 0..train_end and return each column's penalty factor (p,)."""
        for k, cells in enumerate(self.missing):
            if cells.size:
                column = self.values[:train_end, k]
                known = column[~np.isnan(column)]
                median = float(np.median(known)) if known.size else 0.0
                self.matrix[cells, k + 1] = (median - self.scaling.means[k]) / self.scaling.deviations[k]
        return np.asarray(self.matrix[:train_end].var(axis=0), dtype=np.float64)


def fitter(panel: DyadYears, outcome: str, name: str, y: Floats) -> Callable[[int, int, int], Floats]:
    """A function of (train_end, begin, end) row numbers that forecasts rows begin..end; warm between calls."""
    values = design(panel, outcome, name)
    kept: list[WarmDesign] = []
    state: dict[str, Floats] = {}

    def forecast(train_end: int, begin: int, end: int) -> Floats:
        known = np.isfinite(y[:train_end])
        if values.shape[1] == 0:
            return np.full(end - begin, float(y[:train_end][known].mean()) if known.any() else 0.0)
        if not kept:
            kept.append(WarmDesign(values, train_end))
        warm = kept[0]
        factor = warm.fold(train_end)
        factor[0] = 0.0
        train = warm.matrix[:train_end]
        target = y[:train_end]
        if not known.all():
            train, target = train[known], target[known]
        fit = fit_logistic(train, target, PLAIN_PRECISION * factor, start=state.get("beta"))
        state["beta"] = fit.beta
        return sigmoid(warm.matrix[begin:end] @ fit.beta)

    return forecast
