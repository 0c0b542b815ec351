"""Named, reproducible, stratified draws.

Every uncertain quantity has a name; its draws depend on the name alone, so that neither the order of the evidence nor
an added item changes another quantity's draws (common random numbers for what-ifs and comparisons).
"""

from __future__ import annotations

import functools
import hashlib
import math
from statistics import NormalDist

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]


def _generator(name: str) -> np.random.Generator:
    seed = int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "big")
    return np.random.Generator(np.random.PCG64(seed))


@functools.lru_cache(maxsize=8)
def _normal_scores(n: int) -> Array:
    inverse = NormalDist().inv_cdf
    scores = np.array([inverse((i + 0.5) / n) for i in range(n)])
    scores.setflags(write=False)
    return scores


@functools.lru_cache(maxsize=256)
def normal(name: str, n: int) -> Array:
    """``n`` standard normal draws, one from each of ``n`` equal strata, in an order fixed by ``name``. Read-only."""
    out = _normal_scores(n)[_generator(name).permutation(n)]
    out.setflags(write=False)
    return out


@functools.lru_cache(maxsize=8)
def _beta22_scores(n: int) -> Array:
    u = (np.arange(n) + 0.5) / n
    scores: Array = 0.5 - np.sin(np.arcsin(1.0 - 2.0 * u) / 3.0)
    scores.setflags(write=False)
    return scores


@functools.lru_cache(maxsize=512)
def beta22(name: str, n: int) -> Array:
    """``n`` stratified draws of Beta(2, 2), whose distribution function is ``3x^2 - 2x^3``. Read-only.

    The inverse solves that cubic: ``x = 1/2 - sin(asin(1 - 2u) / 3)``.
    """
    x: Array = _beta22_scores(n)[_generator(name).permutation(n)]
    x.setflags(write=False)
    return x


def sigmoid(x: Array) -> Array:
    """Logistic function, safe at both ends."""
    out: Array = 0.5 * (1.0 + np.tanh(0.5 * x))
    return out


def logit(p: float) -> float:
    """Log-odds of a probability in (0, 1)."""
    return math.log(p) - math.log1p(-p)


def base_rate_draws(name: str, p: float, low: float, high: float, n: int) -> Array:
    """Log-odds of a base rate: logistic-normal with the stated 90 % width, recentred so that its mean is exactly ``p``.

    Without the recentring the curvature of the logistic would move the headline of a case without evidence.
    """
    # 1.6449 is the 95 % point of the standard normal: low and high bound the central 90 %.
    sd = (logit(high) - logit(low)) / (2 * 1.6448536269514722)
    z = sd * normal(name, n)
    shift = logit(p)
    for _ in range(60):
        q = sigmoid(shift + z)
        error = float(q.mean()) - p
        if abs(error) < 1e-15:
            break
        shift -= error / float((q * (1.0 - q)).mean())
    return shift + z
