"""Fit the structural model of one outcome on a panel."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from vedette.errors import DateRefused
from vedette.forecasting.structural.dyads import DyadYears
from vedette.forecasting.structural.features import (
    COVARIATE,
    FeatureTable,
    build_features,
    memory_events,
    require_outcome,
)
from vedette.forecasting.structural.model import StructuralModel, Training
from vedette.forecasting.structural.spec import CONDITIONS, SPEC, Spec
from vedette.forecasting.structural.trees import to_trees
from vedette.forecasting.structural.walk import Mixer, PastForecasts, Walker

Floats = NDArray[np.float64]

# Sources of the columns the shipped coefficients were fitted on (DATA-LICENCES.md has the licences).
CITATIONS = (
    "Palmer et al. 2022, The MID5 Dataset, 2011-2014, Conflict Management and Peace Science 39",
    "Davies, Pettersson & Oberg 2025, Organized violence 1989-2024 (UCDP), Journal of Peace Research 62",
    "Gleditsch et al. 2002, Armed Conflict 1946-2001: A New Dataset, Journal of Peace Research 39",
    "Singer 1987, National Material Capabilities, International Interactions 14",
    "Stinnett et al. 2002, Direct Contiguity (version 3), Conflict Management and Peace Science 19",
    "Leeds et al. 2002, Alliance Treaty Obligations and Provisions, International Interactions 28",
    "Pevehouse et al. 2020, Tracking Organizations in the World (IGO version 3), Journal of Peace Research 57",
    "Thompson, Sakuwa & Suhas 2021, Analyzing Strategic Rivalries in World Politics, Springer",
    "Schvitz et al. 2022, Mapping the International System 1886-2019, Journal of Conflict Resolution 66",
    "Goemans, Gleditsch & Chiozza 2009, Introducing Archigos, Journal of Peace Research 46",
    "Bailey, Strezhnev & Voeten 2017, Estimating Dynamic State Preferences, Journal of Conflict Resolution 61",
    "Miller 2022, {peacesciencer}, Conflict Management and Peace Science 39",
)


def walk_past(
    walker: Walker, table: FeatureTable, outcome: Floats, first: int, last: int, lag: int
) -> PastForecasts:
    """Forecast each year first..last with a model fitted on years <= year - lag."""
    years, margins, trees = [], [], []
    for t in range(first, last + 1):
        begin, end = np.searchsorted(walker.year, [t, t + 1])
        if begin == end:
            continue
        linear, boosted = walker.at(t - lag).margins(table.values[begin:end])
        years.append(np.arange(begin, end))
        margins.append(linear)
        if boosted is not None:
            trees.append(boosted)
    rows = np.concatenate(years) if years else np.zeros(0, dtype=np.int64)
    empty = np.zeros(0)
    return PastForecasts(
        year=walker.year[rows], outcome=outcome[rows],
        linear=np.concatenate(margins) if margins else empty,
        trees=(np.concatenate(trees) if trees else empty) if walker.boosting else None,
    )  # fmt: skip


def warm_up_start(panel: DyadYears, first: int, spec: Spec = SPEC) -> int:
    """First year of the forecasts that only serve to recalibrate, before `first`."""
    return max(first - spec.warm_up_years, panel.first_year + spec.shortest_training)


def year_spread(past: PastForecasts, mixer: Mixer) -> float:
    """Standard deviation of a common yearly shift in log-odds, beyond what chance in the counts explains.

    Method of moments on the last years: `Var(O_t / E_t) - mean(1 / E_t)`, floored at 0; with rare events the
    shift of the log-odds is the shift of the logarithm of the total.
    """
    known = np.isfinite(past.outcome)
    ratios, noise = [], []
    for t in np.unique(past.year[known]):
        now = known & (past.year == t)
        trees = None if past.trees is None else past.trees[now]
        expected = float(mixer.apply(past.linear[now], trees).sum())
        if expected > 0:
            ratios.append(float(past.outcome[now].sum()) / expected)
            noise.append(1.0 / expected)
    if len(ratios) < 3:
        return 0.0
    return float(np.sqrt(max(float(np.var(ratios, ddof=1)) - float(np.mean(noise)), 0.0)))


def fit_structural(
    panel: DyadYears,
    outcome: str,
    *,
    train_until: int | None = None,
    lag: int = 1,
    boosting: bool = False,
    covariates: Sequence[str] | None = None,
    spec: Spec = SPEC,
    citations: tuple[str, ...] = CITATIONS,
) -> StructuralModel:
    """Fit on years <= `train_until` (default: the last year with a known outcome) and recalibrate on past folds.

    `panel` holds directed dyad-years with 0/1 `outcome` (NaN where unknown). `boosting` adds the boosted half
    (needs scikit-learn); the frozen specification does without it. DateRefused when fewer than
    `spec.shortest_training` years, or no event, are known by then.
    """
    y = require_outcome(panel, outcome)
    known = np.isfinite(y)
    newest = int(panel.year[known].max()) if known.any() else panel.first_year
    last = newest if train_until is None else min(train_until, newest)
    used = known & (panel.year <= last)
    if last - panel.first_year + 1 < spec.shortest_training or not np.any(y[used] == 1.0):
        raise DateRefused(
            f"only {max(last - panel.first_year + 1, 0)} years with {int(np.nansum(y[used]))} events of {outcome} "
            f"are known by {last}", where="panel",
            fix=f"Train to {panel.first_year + spec.shortest_training} or later; the panel covers "
            f"{panel.first_year}-{panel.last_year}, the outcome ends in {newest}",
        )  # fmt: skip
    table = build_features(panel, outcome, lag=lag, spec=spec, covariates=covariates)
    walker = Walker(table, y, panel.year, boosting=boosting, spec=spec)
    past = walk_past(walker, table, y, warm_up_start(panel, last + 1, spec), last, lag)
    halves = walker.at(last)
    mixer = past.mixer(last, spec)
    used_trees = boosting and mixer.blend > 0.0
    return StructuralModel(
        names=table.names,
        groups=table.groups,
        scaling=halves.scaling,
        beta=halves.fit.beta,
        covariance=np.asarray(np.linalg.inv(halves.fit.hessian), dtype=np.float64),
        precision=halves.precision,
        mixer=mixer,
        year_spread=year_spread(past, mixer),
        trees=to_trees(halves.boosted, np.flatnonzero(halves.plain)) if used_trees else None,
        training=Training(
            outcome=outcome, first_year=panel.first_year, last_year=last, rows=int(used.sum()),
            positives=int(np.nansum(y[used])), dyads=int(np.unique(panel.dyad()[used]).size), lag=lag,
            vintage=vintage(panel, outcome, last),
        ),
        citations=citations,
    )  # fmt: skip


def vintage(panel: DyadYears, outcome: str, last: int) -> dict[str, int]:
    """Last year each group of inputs speaks of, and the ends of the memory and outcome series.

    Covariates of a row are those of the year before. Sources that ended earlier and are carried forward in
    the panel are not told apart here: see `bundled.INPUT_ENDS`.
    """
    out: dict[str, int] = {}
    for name, values in panel.columns.items():
        if COVARIATE.match(name):
            seen = panel.year[np.isfinite(values)]
            if seen.size:
                group = CONDITIONS[name[:3]]
                out[group] = max(out.get(group, 0), int(seen.max()) - 1)
    memory = panel.column(memory_events(panel, outcome))
    known = np.isfinite(memory) & (panel.year <= last)
    out["memory"] = int(panel.year[known].max()) if known.any() else 0
    out["outcome"] = last
    return out
