"""The fitted structural model: a small JSON that forecasts, gives an interval and explains itself."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from statistics import NormalDist
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vedette.errors import Damaged, FrameRefused
from vedette.forecasting.structural.features import FeatureTable, Scaling
from vedette.forecasting.structural.spec import GROUPS
from vedette.forecasting.structural.trees import Trees
from vedette.forecasting.structural.walk import Mixer, sigmoid

Floats = NDArray[np.float64]

FORMAT = 1
DIGITS = 10  # significant digits in the file; a forecast changes by less than 1e-7


@dataclass(frozen=True, slots=True, kw_only=True)
class Training:
    """What the model was fitted on."""

    outcome: str
    first_year: int
    last_year: int
    rows: int
    positives: int
    dyads: int
    lag: int
    vintage: Mapping[str, int]  # last year in which each group of inputs has observed values


@dataclass(frozen=True, slots=True, kw_only=True)
class Rates:
    """Forecasts of many dyad-years: `p`, `low`, `high` (n,), and `contributions` (n, groups + 1) in log-odds.

    The last contribution is the starting point (an average dyad-year); each row sums to `logit(p)` exactly.
    `spread` (n,) is the standard deviation of the log-odds behind the interval.
    """

    groups: tuple[str, ...]
    p: Floats
    low: Floats
    high: Floats
    spread: Floats
    contributions: Floats


@dataclass(frozen=True, slots=True, kw_only=True)
class StructuralModel:
    """Coefficients, scaling, posterior covariance, recalibration and, if fitted, trees."""

    names: tuple[str, ...]
    groups: tuple[str, ...]
    scaling: Scaling
    beta: Floats
    covariance: Floats
    precision: Floats
    mixer: Mixer
    year_spread: float
    trees: Trees | None
    training: Training
    citations: tuple[str, ...]

    def predict(self, table: FeatureTable, level: float = 0.9) -> Rates:
        """Forecast every row of a feature table built with the same specification.

        The variance of the log-odds has three parts: the parameter posterior `slope^2 x' V x`, the spread of
        whole years around their forecast total (`year_spread`^2, from past folds), and, with trees, the
        disagreement of the two halves. FrameRefused when the table's columns are not the model's.
        """
        if table.names != self.names:
            absent = [n for n in self.names if n not in table.names]
            extra = [n for n in table.names if n not in self.names]
            raise FrameRefused(
                f"features differ from the model's: missing {absent[:5] or 'none'}, unknown {extra[:5] or 'none'}",
                where=f"structural model of {self.training.outcome}",
                fix="Build them from a panel with the model's columns, or fit the model on this panel",
            )  # fmt: skip
        design = self.scaling.apply(table.values)
        number = [GROUPS.index(g) for g in self.groups]
        parts = np.zeros((design.shape[0], len(GROUPS) + 1))
        for k, g in enumerate(number):
            parts[:, g] += design[:, k + 1] * self.beta[k + 1]
        parts[:, -1] = self.beta[0]
        variance = np.einsum("ij,jk,ik->i", design, self.covariance, design)
        w = self.mixer.blend if self.trees is not None else 0.0
        if self.trees is not None and w > 0.0:
            other = self.trees.walk(table.values, number, len(GROUPS))
            gap = parts.sum(axis=1) - other.sum(axis=1)
            parts = (1.0 - w) * parts + w * other
            variance = (1.0 - w) ** 2 * variance + w * (1.0 - w) * gap**2
        parts *= self.mixer.slope
        parts[:, -1] += self.mixer.shift
        spread = np.sqrt(self.mixer.slope**2 * variance + self.year_spread**2)
        eta = parts.sum(axis=1)
        half = NormalDist().inv_cdf((1.0 + level) / 2.0) * spread
        return Rates(
            groups=(*GROUPS, "start"), p=sigmoid(eta), low=sigmoid(eta - half), high=sigmoid(eta + half),
            spread=spread, contributions=parts,
        )  # fmt: skip

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON values; `from_dict` reads them back."""
        upper = self.covariance[np.triu_indices(self.covariance.shape[0])]
        t = self.training
        return {
            "format": FORMAT,
            "outcome": t.outcome,
            "training": {
                "first_year": t.first_year, "last_year": t.last_year, "rows": t.rows, "positives": t.positives,
                "dyads": t.dyads, "lag": t.lag, "vintage": dict(t.vintage),
            },
            "names": list(self.names),
            "groups": list(self.groups),
            "medians": _short(self.scaling.medians),
            "means": _short(self.scaling.means),
            "deviations": _short(self.scaling.deviations),
            "clip": self.scaling.clip,
            "beta": _short(self.beta),
            "precision": _short(self.precision),
            "covariance": _short(upper, 6),
            "blend": self.mixer.blend,
            "shift": self.mixer.shift,
            "slope": self.mixer.slope,
            "recalibrated_on": list(self.mixer.years),
            "year_spread": self.year_spread,
            "trees": None if self.trees is None else self.trees.to_dict(),
            "citations": list(self.citations),
        }  # fmt: skip

    @classmethod
    def from_dict(cls, data: Mapping[str, Any], where: str = "structural model") -> StructuralModel:
        """Read `to_dict` back; Damaged, naming the field, when something is missing or of the wrong size."""
        try:
            if data["format"] != FORMAT:
                raise Damaged(f"format {data['format']} is not {FORMAT}", where=where, fix="Fit the model again")
            p = len(data["names"]) + 1
            upper = np.zeros((p, p))
            upper[np.triu_indices(p)] = data["covariance"]
            t = data["training"]
            years = data["recalibrated_on"]
            model = cls(
                names=tuple(data["names"]), groups=tuple(data["groups"]),
                scaling=Scaling(
                    medians=np.array(data["medians"], dtype=np.float64),
                    means=np.array(data["means"], dtype=np.float64),
                    deviations=np.array(data["deviations"], dtype=np.float64),
                    clip=float(data["clip"]),
                ),
                beta=np.array(data["beta"], dtype=np.float64),
                covariance=upper + np.triu(upper, 1).T,
                precision=np.array(data["precision"], dtype=np.float64),
                mixer=Mixer(blend=float(data["blend"]), shift=float(data["shift"]), slope=float(data["slope"]),
                            years=(int(years[0]), int(years[1]))),
                year_spread=float(data["year_spread"]),
                trees=None if data["trees"] is None else Trees.from_dict(data["trees"]),
                training=Training(outcome=str(data["outcome"]), **t),
                citations=tuple(data["citations"]),
            )  # fmt: skip
        except (KeyError, TypeError, ValueError, IndexError) as cause:
            raise Damaged(f"cannot be read ({cause})", where=where, fix="Fit the model again") from cause
        sizes = {model.beta.size, model.precision.size, model.scaling.means.size + 1, len(model.groups) + 1}
        if sizes != {p}:
            raise Damaged("coefficients, scales and names differ in number", where=where, fix="Fit the model again")
        return model

    def save(self, path: Path) -> None:
        """Write the JSON file."""
        path.write_text(json.dumps(self.to_dict(), separators=(",", ":")) + "\n", encoding="utf-8")

    @classmethod
    def load(cls, path: Path) -> StructuralModel:
        """Read the JSON file; Damaged when it is not one."""
        try:
            data = json.loads(path.read_text(encoding="utf-8"))
        except ValueError as cause:
            raise Damaged("is not JSON", where=str(path), fix="Fit the model again") from cause
        return cls.from_dict(data, where=str(path))


def _short(values: Floats, digits: int = DIGITS) -> list[float]:
    return [float(f"{v:.{digits}g}") for v in values]
