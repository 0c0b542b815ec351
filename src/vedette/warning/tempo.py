"""How unusual a count is for a pair of states: against the pair's own past, and for the volume of reporting.

Counts are small and bursty, and the volume of reporting grows, shrinks and fails. So a week's count ``y`` with volume
``v`` (all events of the data set that week) is compared with what the pair's past weeks predict for that volume:

``y ~ NegBin(mean = v * rate, var = mean + phi * mean^2)``, ``rate ~ Gamma(a, b)``,
``a = a0 + sum y``, ``b = a0 / prior + sum v`` over the past weeks, ``phi`` from their own scatter.

With ``rate`` integrated out to first order the predictive has ``phi' = phi + 1/a``: a pair with hardly any past
cannot be very surprising. The surprise is the normal score of the mid-p value, ``z = Phi^-1(P(Y < y) + P(Y = y) /
2)``: no event in a quiet week is no surprise, and the first event in a year of silence about 2.5 standard deviations.
Gamma-Poisson prediction: Gelman et al., Bayesian Data Analysis (3rd ed.), section 2.6; mid-p: Lancaster 1961, J. Am.
Stat. Assoc. 56: 223-234.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]

# Weeks of past a count is compared with, METHOD 4.3.9: the pair's own 12 months.
HISTORY_WEEKS = 52
# Fewer weeks of past than this are no past to compare with. [assumption]: two months.
LEAST_WEEKS = 8
# Worth of the prior in events: as if a pair's past rate rested on half an event more. Jeffreys' prior for a Poisson
# rate has shape 1/2.
PRIOR_EVENTS = 0.5
# Share of the past weeks, the highest, that is left out of the rate. Sweep on made pairs, `evals/signals.py --sweep`:
# false alarms at z >= 3 are .0010, .0021, .0044 and .0093 a week for 0, 5, 10 and 20 % (nominal .0013), hits
# of a threefold rate .14, .17, .20 and .26. None of them sees a threefold rate within a year of a long tenfold crisis:
# the change points do (`vedette.warning.changes` forgets what was before the last change).
TRIM = 0.05
# Overdispersion of a pair whose past is too thin to show its own, and how many weeks that prior is worth. [assumption],
# in the middle of what ICEWS pairs show (`python evals/signals.py`).
PRIOR_PHI = 0.5
PRIOR_PHI_WEEKS = 10.0
# Surprises are kept inside this: beyond it the tail of the model is not to be believed.
LARGEST = 6.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Tempo:
    """A week against the past: ``z`` in standard deviations of a normal, None without enough past (``reason``)."""

    z: float | None
    observed: float
    expected: float | None
    phi: float | None
    weeks: int
    reason: str = ""


def surprise(
    counts: Sequence[float] | Array, volumes: Sequence[float] | Array, observed: float, volume: float,
    *, largest: float = LARGEST,
) -> Tempo:  # fmt: skip
    """``observed`` events in a week of ``volume`` against past weeks (``counts`` with their ``volumes``).

    Weeks without volume were not reported: they are no weeks without events, and are left out. Arrays of one length,
    counts not negative.
    """
    y, v = np.asarray(counts, dtype=float), np.asarray(volumes, dtype=float)
    seen = v > 0
    y, v = y[seen], v[seen]
    n = int(y.size)
    if volume <= 0:
        return Tempo(z=None, observed=observed, expected=None, phi=None, weeks=n, reason="nothing was reported then")
    if n < LEAST_WEEKS:
        reason = f"{n} weeks of past, fewer than {LEAST_WEEKS}"
        return Tempo(z=None, observed=observed, expected=None, phi=None, weeks=n, reason=reason)
    kept = _trimmed(y / v)
    a = PRIOR_EVENTS + float(y[kept].sum())
    rate = a / (float(v[kept].sum()) + PRIOR_EVENTS * float(v.mean()))
    mean = rate * volume
    phi = dispersion(y, v, float(y.sum()) / float(v.sum()))
    z = normal_score(observed, mean, phi + 1.0 / a)
    return Tempo(z=min(max(z, -largest), largest), observed=observed, expected=mean, phi=phi, weeks=n)


def _trimmed(rates: Array) -> npt.NDArray[np.bool_]:
    """All weeks but the highest ``TRIM`` of them, and of those only where there are 20 weeks or more."""
    drop = int(TRIM * rates.size)
    kept = np.ones(rates.size, dtype=bool)
    if drop:
        kept[np.argsort(rates, kind="stable")[-drop:]] = False
    return kept


def dispersion(counts: Array, volumes: Array, rate: float) -> float:
    """``phi`` of ``var = mean + phi mean^2`` by moments, drawn to `PRIOR_PHI` where the past is thin.

    ``phi = sum((y - m)^2 - m) / sum(m^2)``, weighted against the prior by the number of weeks with events expected.
    """
    mean = rate * volumes
    square = float((mean**2).sum())
    if square <= 0:
        return PRIOR_PHI
    own = max(float(((counts - mean) ** 2 - mean).sum()) / square, 0.0)
    # A week in which less than one event is expected says little about scatter.
    weight = float(np.minimum(mean, 1.0).sum())
    return (weight * own + PRIOR_PHI_WEEKS * PRIOR_PHI) / (weight + PRIOR_PHI_WEEKS)


def normal_score(observed: float, mean: float, phi: float) -> float:
    """Normal score of the mid-p value of a count under a negative binomial with that mean and ``phi``."""
    from scipy.special import betainc, gammaln, ndtri_exp

    if mean <= 0:
        return 0.0
    size = 1.0 / max(phi, 1e-9)
    y = math.floor(observed)
    p = size / (size + mean)
    log_here = float(gammaln(y + size) - gammaln(size) - gammaln(y + 1)) + size * math.log(p) + y * math.log1p(-p)
    half = 0.5 * math.exp(log_here)
    # P(Y > y) = I_{1-p}(y + 1, size): the upper tail is computed itself, never as one minus the rest.
    above = float(betainc(y + 1, size, 1.0 - p)) + half
    below = (float(betainc(size, y, p)) if y > 0 else 0.0) + half
    if above <= below:
        return -float(ndtri_exp(math.log(max(above, 1e-300))))
    return float(ndtri_exp(math.log(max(below, 1e-300))))
