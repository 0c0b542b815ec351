"""What a surprise is worth: from standard deviations to a log likelihood ratio.

Learnt where data allow: the chance of the event given the surprise, with what was known without it as the offset,

``logit P(event) = offset + a + b z``, ``b ~ N(0, TAU^2)``, ``z`` held within `HELD`,

fitted by Newton steps. ``a + b z`` is then the log likelihood ratio of ``z`` against not knowing it, and the curvature
gives its spread. Rolling folds (fit on earlier years, judge the next) say whether it helps at all. Where there are no
data for a kind of signal its ratios are stated: small, with wide bands, and marked as assumptions.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from vedette.domain.indicators import SignalKind
from vedette.errors import BadInput

Array = npt.NDArray[np.float64]

TAU = 0.25
"""Prior spread of the slope. [assumption]: 3 standard deviations of surprise multiply the odds by at most 2 (one
prior spread), in line with what news adds elsewhere (Chadefaux 2014, J. Peace Research 51: modest gains)."""
HELD = (-3.0, 4.0)
"""Surprises beyond this count as this: tails of a count model are not to be believed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RatioFit:
    """A fitted ratio: intercept, slope, slope's standard error, rows and events behind it."""

    intercept: float
    slope: float
    slope_sd: float
    n: int
    events: int

    def log_ratio(self, z: float | Array) -> Array:
        """``a + b z`` with z held."""
        out: Array = self.intercept + self.slope * np.clip(np.asarray(z, dtype=float), *HELD)
        return out


def fit_ratio(z: Array, happened: Array, offset: Array, tau: float = TAU) -> RatioFit:
    """Fit by Newton steps. ``offset``: log-odds known without the signal, shape (n,), as the others."""
    if not (z.shape == happened.shape == offset.shape) or z.ndim != 1:
        raise BadInput("surprises, outcomes and offsets need one common length")
    x = np.column_stack([np.ones(z.size), np.clip(z, *HELD)])
    y = happened.astype(float)
    # The intercept is free in practice; a wide prior keeps a fold without events solvable.
    penalty = np.diag([1e-2, 1.0 / tau**2])
    w = np.zeros(2)
    for _ in range(50):
        p = 1.0 / (1.0 + np.exp(-(offset + x @ w)))
        gradient = x.T @ (y - p) - penalty @ w
        curvature = (x * (p * (1 - p))[:, None]).T @ x + penalty
        step = np.linalg.solve(curvature, gradient)
        w = w + step
        if float(np.abs(step).max()) < 1e-10:
            break
    spread = np.linalg.inv(curvature)
    return RatioFit(
        intercept=float(w[0]), slope=float(w[1]), slope_sd=float(math.sqrt(spread[1, 1])), n=int(z.size),
        events=int(y.sum()),
    )  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Worth:
    """How a kind of signal is turned into a log likelihood ratio: ``slope`` for each standard deviation over ``from_``,
    never more than ``largest``; ``spread`` its standard deviation; ``source`` why."""

    slope: float
    from_: float
    largest: float
    spread: float
    source: str


# METHOD 4.3.9 asks for ratios fitted in rolling folds where data allow. `python evals/signals.py` fits them on yearly
# counts of pairs; weekly outcomes are too few anywhere in the public data, so the weekly ratios below are stated.
WORTH: dict[SignalKind, Worth] = {
    SignalKind.TEMPO: Worth(
        slope=0.15, from_=1.0, largest=0.45, spread=0.4,
        source="[assumption] the yearly slope of evals/signals.py for material conflict (0.14, sd 0.06), although it "
        "gained nothing out of its folds: hence the wide band, and no more than three standard deviations' worth",
    ),
    SignalKind.CHANGE: Worth(
        slope=0.3, from_=0.5, largest=0.5, spread=0.4,
        source="[assumption] a rate that certainly doubled (score 0.7) is worth less than a weak item (0.3)",
    ),
    SignalKind.COMBINATION: Worth(
        slope=0.4, from_=0.5, largest=0.9, spread=0.5,
        source="[assumption] all three together are rarer than each: between a weak and a moderate item",
    ),
    SignalKind.BUILD_UP: Worth(
        slope=0.25, from_=1.0, largest=0.9, spread=0.5,
        source="[assumption] between a weak and a moderate item; yearly drills and pacts are worth 1.0 to 1.2 times",
    ),
}  # fmt: skip


def worth(kind: SignalKind, value: float) -> tuple[float, float]:
    """(log likelihood ratio, spread) of a signal's value. Only what points up counts: calm in a stream is a lack of
    reports as often as a lack of events."""
    w = WORTH[kind]
    ratio = min(max(w.slope * (value - w.from_), 0.0), w.largest)
    return ratio, w.spread if ratio > 0 else 0.0
