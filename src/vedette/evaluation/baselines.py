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


def fitter(panel: DyadYears, outcome: str, name: str, y: Floats) -> Callable[[int, int, int], Floats]:
    """A function of (train_end, begin, end) row numbers that forecasts rows begin..end; warm between calls."""
    values = design(panel, outcome, name)
    state: dict[str, Floats] = {}

    def forecast(train_end: int, begin: int, end: int) -> Floats:
        known = np.isfinite(y[:train_end])
        target = y[:train_end][known]
        if values.shape[1] == 0:
            return np.full(end - begin, float(target.mean()) if target.size else 0.0)
        train = values[:train_end] if known.all() else values[:train_end][known]
        scaling = learn_scaling(train, np.inf)
        precision = np.full(values.shape[1] + 1, PLAIN_PRECISION)
        precision[0] = 0.0
        fit = fit_logistic(scaling.apply(train), target, precision, start=state.get("beta"))
        state["beta"] = fit.beta
        return sigmoid(scaling.apply(values[begin:end]) @ fit.beta)

    return forecast
