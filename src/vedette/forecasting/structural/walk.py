"""Walk forward through the years: fit on what was known, forecast the next year, keep the forecast.

The forecasts of past years then choose the weight of each half of the stack and the recalibration of the
next year. No year ever judges itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vedette.errors import AfterCutOff
from vedette.forecasting.structural.features import FeatureTable, Scaling, learn_scaling
from vedette.forecasting.structural.newton import Fit, evidence_precisions, fit_logistic
from vedette.forecasting.structural.spec import SPEC, Spec
from vedette.forecasting.structural.trees import fit_boosting

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Halves:
    """The two fitted halves of the stack at one origin: trained on years <= `trained_to`."""

    scaling: Scaling
    fit: Fit
    precision: Floats
    boosted: Any  # a fitted scikit-learn classifier, or None when only the logistic half is wanted
    plain: NDArray[np.bool_]  # columns the trees see: no products, trees find those themselves
    trained_to: int

    def margins(self, values: Floats) -> tuple[Floats, Floats | None]:
        """Log-odds of the logistic and of the boosted half, each (n,)."""
        linear = self.scaling.apply(values) @ self.fit.beta
        if self.boosted is None:
            return np.asarray(linear, dtype=np.float64), None
        trees = self.boosted.decision_function(values[:, self.plain])
        return np.asarray(linear, dtype=np.float64), np.asarray(trees, dtype=np.float64).ravel()


@dataclass(frozen=True, slots=True, kw_only=True)
class Mixer:
    """`logit p = shift + slope * ((1 - blend) * linear + blend * trees)`, learnt on past forecasts only."""

    blend: float
    shift: float
    slope: float
    years: tuple[int, int]  # first and last year of the forecasts it was learnt on; (0, 0): none yet

    def apply(self, linear: Floats, trees: Floats | None) -> Floats:
        """Probabilities (n,)."""
        return sigmoid(self.shift + self.slope * self.combine(linear, trees))

    def combine(self, linear: Floats, trees: Floats | None) -> Floats:
        """Log-odds of the stack before recalibration."""
        if trees is None or self.blend == 0.0:
            return linear
        return (1.0 - self.blend) * linear + self.blend * trees


PLAIN = Mixer(blend=0.0, shift=0.0, slope=1.0, years=(0, 0))


def sigmoid(x: Floats) -> Floats:
    """Logistic function without overflow."""
    e = np.exp(-np.abs(x))
    return np.asarray(np.where(x >= 0, 1.0, e) / (1.0 + e), dtype=np.float64)


def block_numbers(table: FeatureTable) -> Ints:
    """Block of every design column: one for each group's own columns, one for its products, -1 constant."""
    order = {g: k for k, g in enumerate(dict.fromkeys(table.groups))}
    numbers = [2 * order[g] + ("*" in name) for g, name in zip(table.groups, table.names, strict=True)]
    return np.array([-1, *numbers], dtype=np.int64)


def training_weights(year: Ints, origin: int, half_life: float) -> Floats:
    """Older years count less: `2^(-(origin - year)/half_life)`, 1 for the newest training year."""
    return np.asarray(2.0 ** (-(origin - year) / half_life), dtype=np.float64)


class Walker:
    """Fits the halves at rising origins, each refit starting from the last one.

    `year` must be sorted. A row is used for training only when its outcome is known and its year is at most
    the origin.
    """

    def __init__(self, table: FeatureTable, outcome: Floats, year: Ints, *, boosting: bool, spec: Spec = SPEC) -> None:
        self.table, self.outcome, self.year = table, outcome, year
        self.boosting, self.spec = boosting, spec
        self.blocks = block_numbers(table)
        self.plain = np.array(["*" not in name for name in table.names], dtype=bool)
        self._last: Halves | None = None
        self._evidence_at = self._boosted_at = -(10**9)

    def at(self, origin: int) -> Halves:
        """Halves trained on years <= `origin`; AfterCutOff when asked for an earlier year than before."""
        last = self._last
        if last is not None and origin < last.trained_to:
            raise AfterCutOff(
                f"a fit with data to {last.trained_to} cannot serve an origin of {origin}", where="walk",
                fix="Walk forward only, or start a new Walker",
            )  # fmt: skip
        end = int(np.searchsorted(self.year, origin, side="right"))
        known = np.isfinite(self.outcome[:end])
        whole = bool(known.all())
        values = self.table.values[:end] if whole else self.table.values[:end][known]
        y = self.outcome[:end] if whole else self.outcome[:end][known]
        weights = training_weights(self.year[:end][known], origin, self.spec.training_half_life)
        scaling = learn_scaling(values, self.spec.clip)
        design = scaling.apply(values)
        if last is None or origin - self._evidence_at >= self.spec.evidence_every:
            precision, fit = evidence_precisions(
                design, y, self.blocks, weights=weights,
                low=self.spec.lowest_precision, high=self.spec.highest_precision,
            )  # fmt: skip
            self._evidence_at = origin
        else:
            precision = last.precision
            fit = fit_logistic(design, y, precision, weights=weights, start=last.fit.beta)
        boosted = None
        if self.boosting:
            if last is None or origin - self._boosted_at >= self.spec.boosting_every:
                boosted = fit_boosting(values[:, self.plain], y, self.spec.boosting)
                self._boosted_at = origin
            else:
                boosted = last.boosted
        self._last = Halves(
            scaling=scaling, fit=fit, precision=precision, boosted=boosted, plain=self.plain, trained_to=origin
        )
        return self._last


@dataclass(frozen=True, slots=True, kw_only=True)
class PastForecasts:
    """Out-of-sample log-odds of both halves for the years walked, with the outcomes that followed."""

    year: Ints
    outcome: Floats
    linear: Floats
    trees: Floats | None

    def mixer(self, through: int, spec: Spec = SPEC) -> Mixer:
        """Blend and recalibration from the forecasts of the last years up to `through`."""
        use = (self.year <= through) & (self.year > through - spec.recalibration_years)
        use &= np.isfinite(self.outcome)
        y = self.outcome[use]
        if y.size == 0 or not 0 < y.sum() < y.size:
            return PLAIN
        linear, trees = self.linear[use], None if self.trees is None else self.trees[use]
        blend = 0.0
        if trees is not None:
            losses = [_loss(y, (1 - w) * linear + w * trees) for w in spec.blend_grid]
            blend = spec.blend_grid[int(np.argmin(losses))]
        margin = linear if trees is None else (1 - blend) * linear + blend * trees
        shift, slope = recalibrate(y, margin, spec.shift_precision, spec.slope_precision)
        years = self.year[use]
        return Mixer(blend=blend, shift=shift, slope=slope, years=(int(years.min()), int(years.max())))


def _loss(y: Floats, eta: Floats) -> float:
    return float(np.sum(np.maximum(eta, 0.0) + np.log1p(np.exp(-np.abs(eta))) - y * eta))


def recalibrate(y: Floats, margin: Floats, shift_precision: float, slope_precision: float) -> tuple[float, float]:
    """Shift and slope of `y` on log-odds, shrunk towards 0 and 1 with the given prior precisions."""
    design = np.column_stack([np.ones_like(margin), margin])
    anchor = np.array([0.0, 1.0])
    precision = np.diag([shift_precision, slope_precision])
    b = anchor.copy()
    for _ in range(50):
        mu = sigmoid(design @ b)
        gradient = design.T @ (mu - y) + precision @ (b - anchor)
        hessian = (design * (mu * (1 - mu))[:, None]).T @ design + precision
        step = np.linalg.solve(hessian, gradient)
        b = b - step * min(1.0, 1.0 / max(float(np.max(np.abs(step))), 1e-12))
        if float(np.max(np.abs(step))) < 1e-9:
            break
    return float(b[0]), float(b[1])
