"""Rolling origins and the one border of a back-test: nothing that became available later may enter a fold."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from vedette.errors import AfterCutOff, DateRefused
from vedette.forecasting.structural.dyads import DyadYears

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Fold:
    """Outcomes of years <= `train_until` are known; years `first`..`last` are forecast from the end of `origin`."""

    origin: int
    train_until: int
    first: int
    last: int


def make_folds(panel: DyadYears, train_until: int, test_until: int, rolling: bool, lag: int) -> tuple[Fold, ...]:
    """One fold over all test years, or one a year. DateRefused when the years are not in the panel."""
    if not panel.first_year <= train_until < panel.last_year:
        raise DateRefused(
            f"training cannot end in {train_until}: the panel covers {panel.first_year}-{panel.last_year}",
            where="--train-until", fix=f"Give a year from {panel.first_year + 10} to {panel.last_year - 1}",
        )  # fmt: skip
    if not train_until < test_until <= panel.last_year:
        raise DateRefused(
            f"testing cannot end in {test_until}", where="--test-until",
            fix=f"Give a year from {train_until + 1} to {panel.last_year}",
        )  # fmt: skip
    if not rolling:
        return (Fold(origin=train_until, train_until=train_until - lag + 1, first=train_until + 1, last=test_until),)
    return tuple(
        Fold(origin=t - 1, train_until=t - lag, first=t, last=t) for t in range(train_until + 1, test_until + 1)
    )


def check_border(
    panel: DyadYears, folds: tuple[Fold, ...], availability: Mapping[str, ArrayLike]
) -> None:
    """Refuse a fold that would read a value before it was available.

    `availability` maps a column to the year at whose end each row's value can first be known, (n,). A row of
    year t is forecast from the end of t - 1, so its inputs must carry t - 1 or earlier: AfterCutOff names the
    column, the row and the year otherwise. In a fold over many years the inputs of later years are those of a
    forecaster who updates inputs but not coefficients.
    """
    for name, years in availability.items():
        panel.column(name)
        known = np.broadcast_to(np.asarray(years, dtype=np.float64), panel.year.shape)
        for fold in folds:
            begin, end = np.searchsorted(panel.year, [fold.first, fold.last + 1])
            late = np.flatnonzero(known[begin:end] > panel.year[begin:end] - 1)
            late = late[np.isfinite(panel.columns[name][begin:end][late])]
            if late.size:
                k = int(begin + late[0])
                raise AfterCutOff(
                    f"{name} of {panel.states[panel.i[k]]}-{panel.states[panel.j[k]]} for {panel.year[k]} became "
                    f"available at the end of {known[k]:g}, after the fold's origin ({late.size} such values)",
                    where=f"fold {fold.first}", fix="Lag the column, or leave it out with --covariates",
                )  # fmt: skip


def conflict_clusters(panel: DyadYears, conflicts: ArrayLike | None = None) -> NDArray[np.int64]:
    """Cluster of every row for the conflict bootstrap, (n,).

    Without dispute numbers, a target and year is one conflict: all members of a coalition against it, and all
    who might have joined, are drawn together. `conflicts` (n,) gives dispute numbers for rows with an event
    (0 or NaN: none), which then form one cluster each.
    """
    default = panel.j * 10_000 + panel.year
    if conflicts is None:
        return np.asarray(default, dtype=np.int64)
    number = np.nan_to_num(np.asarray(conflicts, dtype=np.float64)).astype(np.int64)
    return np.where(number > 0, -number, default)
