"""Agreement of two coders on categories: Cohen's kappa with a bootstrap interval. Standard library only."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

RESAMPLES = 1000  # percentile intervals settle at about a thousand (Efron and Tibshirani 1993, ch. 13)
FEWEST = 10  # below so many pairs a resample often holds one category only, and kappa is not defined [assumption]


@dataclass(frozen=True, slots=True, kw_only=True)
class CategoryAgreement:
    """``observed`` share of equal pairs, ``kappa``, its 95% ``interval`` and ``n`` pairs.

    None: not defined. Kappa needs a pair, and two categories in use; the interval at least `FEWEST` pairs.
    """

    n: int
    observed: float | None
    kappa: float | None
    interval: tuple[float, float] | None


def cohen_kappa(pairs: Sequence[tuple[str, str]]) -> float | None:
    """``(p_o - p_e) / (1 - p_e)`` (Cohen 1960), in [-1, 1]; None without pairs or when chance alone would agree.

    ``p_o`` is the share of equal pairs, ``p_e`` the share expected if both coders drew independently from their own
    frequencies.
    """
    n = len(pairs)
    if n == 0:
        return None
    first, second = Counter(a for a, _ in pairs), Counter(b for _, b in pairs)
    expected = sum(first[c] * second[c] for c in first)  # times n squared: whole numbers, so equality is exact
    if expected == n * n:
        return None
    equal = sum(a == b for a, b in pairs)
    return (n * equal - expected) / (n * n - expected)


def agreement_of(pairs: Sequence[tuple[str, str]], *, seed: int = 0) -> CategoryAgreement:
    """Kappa of ``pairs`` with a percentile bootstrap over pairs (`RESAMPLES`, fixed ``seed``)."""
    n = len(pairs)
    kappa = cohen_kappa(pairs)
    interval = None
    if kappa is not None and n >= FEWEST:
        draw = random.Random(seed)  # noqa: S311  resampling, not a secret
        found = sorted(k for _ in range(RESAMPLES) if (k := cohen_kappa(draw.choices(pairs, k=n))) is not None)
        if len(found) >= RESAMPLES // 2:
            interval = (found[int(0.025 * len(found))], found[min(len(found) - 1, int(0.975 * len(found)))])
    return CategoryAgreement(
        n=n, observed=sum(a == b for a, b in pairs) / n if n else None, kappa=kappa, interval=interval
    )
