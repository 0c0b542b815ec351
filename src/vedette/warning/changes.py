"""Change points of a weekly series of counts, found as they come.

Bayesian online change point detection (Adams and MacKay 2007, arXiv:0710.3742) with a gamma-Poisson model of the rate
per unit of volume: after every week the posterior of the run length, the number of weeks since the rate last changed.
With run length r, ``y_t ~ NegBin`` from ``Gamma(a0 + sum of the last r counts, b0 + sum of their volumes)``; each week
the rate changes with chance ``HAZARD``. Exact, O(t) a week; run lengths with a vanishing share are dropped. Own code
from the paper.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]

# Chance that the rate changes in a week: once a year. [assumption]
HAZARD = 1.0 / 52.0
# A change is recent when it is at most this many weeks old. [assumption]: one month.
RECENT_WEEKS = 4
# Shape of the prior of a rate: a gamma as wide as its mean squared. [assumption]
PRIOR_SHAPE = 1.0
# Run lengths with a smaller share than this are dropped: below what any printed figure shows.
_NEGLIGIBLE = 1e-10


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What the last week of a series says. ``recent``: probability that the rate changed within `RECENT_WEEKS`.

    ``run``: most probable number of weeks since the last change. ``factor``: rate since then over the rate before it
    (posterior means), None when the run covers the whole series.
    """

    recent: float
    run: int
    factor: float | None
    weeks: int


def run_lengths(counts: Sequence[float] | Array, volumes: Sequence[float] | Array) -> list[Array]:
    """Posterior of the run length after each week: element ``t`` holds shares of run lengths 1..t+1, summing to 1.

    Weeks without volume tell nothing: the run grows and the rate is not updated.
    """
    from scipy.special import gammaln

    y, v = np.asarray(counts, dtype=float), np.asarray(volumes, dtype=float)
    if y.size == 0:
        return []
    reported = v > 0
    scale = (y[reported].sum() + 1.0) / max(float(v[reported].sum()), 1e-12) if reported.any() else 1.0
    a0, b0 = PRIOR_SHAPE, PRIOR_SHAPE / scale
    a, b, weight = np.array([a0]), np.array([b0]), np.array([1.0])
    out: list[Array] = []
    for count, volume in zip(y, v, strict=True):
        if volume > 0:
            p = b / (b + volume)
            log = gammaln(a + count) - gammaln(a) + a * np.log(p) + count * np.log1p(-p)
            like = weight * np.exp(log - log.max())
        else:
            like = weight.copy()
        like /= like.sum()
        out.append(like)
        weight = np.concatenate([[HAZARD], like * (1.0 - HAZARD)])
        gained = (count, volume) if volume > 0 else (0.0, 0.0)
        a = np.concatenate([[a0], a + gained[0]])
        b = np.concatenate([[b0], b + gained[1]])
        keep = weight > _NEGLIGIBLE
        if not keep.all():
            # Keep the positions: a dropped run length has share 0, so that shares can be read by length.
            weight = np.where(keep, weight, 0.0)
    return out


def latest_change(counts: Sequence[float] | Array, volumes: Sequence[float] | Array) -> Change:
    """The change point that the whole series up to its last week speaks for."""
    shares = run_lengths(counts, volumes)
    weeks = len(shares)
    if not weeks:
        return Change(recent=0.0, run=0, factor=None, weeks=0)
    last = shares[-1]
    # A run of r weeks is a change r weeks ago; a run over the whole series is no change at all.
    recent = float(last[: min(RECENT_WEEKS, weeks - 1)].sum())
    run = int(np.argmax(last)) + 1
    y, v = np.asarray(counts, dtype=float), np.asarray(volumes, dtype=float)
    factor = None
    if run < weeks:
        whole = (y.sum() + 1.0) / max(float(v.sum()), 1e-12)
        rate = [
            (y[part].sum() + PRIOR_SHAPE) / (float(v[part].sum()) + PRIOR_SHAPE / whole)
            for part in (slice(weeks - run, weeks), slice(0, weeks - run))
        ]
        factor = float(rate[0] / rate[1])
    return Change(recent=recent, run=run, factor=factor, weeks=weeks)


def change_score(change: Change) -> float:
    """One number for a recent change: ``recent * ln(factor)``, positive upwards; 0 where nothing changed."""
    return change.recent * math.log(change.factor) if change.factor is not None and change.recent > 0 else 0.0
