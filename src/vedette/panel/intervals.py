"""Intervals of rates: Jeffreys, and Jeffreys on the effective sample when cases come in clusters."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from vedette.errors import BadInput

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """``k`` of ``n`` cases, with the Jeffreys interval at ``level``."""

    k: int
    n: int
    rate: float | None
    low: float
    high: float
    level: float

    def to_plain(self) -> dict[str, object]:
        """A JSON-ready mapping; ``rate`` is null when there are no cases."""
        return {
            "k": self.k, "n": self.n, "rate": None if self.rate is None else round(self.rate, 6),
            "interval": [round(self.low, 6), round(self.high, 6)], "level": self.level,
        }  # fmt: skip


def jeffreys(k: float, n: float, level: float = 0.9) -> tuple[float, float]:
    """Equal-tailed interval of the Beta(k + 1/2, n - k + 1/2) posterior; 0 and 1 at the edges.

    Brown, Cai and DasGupta 2001, Statistical Science 16(2): 101-133. With n = 0 it is the prior.
    Raises ``BadInput`` unless 0 <= k <= n and 0 < level < 1.

    >>> [round(x, 4) for x in jeffreys(0, 10, 0.95)]
    [0.0, 0.2172]
    """
    from scipy.special import betaincinv

    if not (0 <= k <= n and 0 < level < 1):
        raise BadInput(f"a rate needs 0 <= k <= n and 0 < level < 1, not k={k}, n={n}, level={level}")
    tail = (1 - level) / 2
    low = 0.0 if k == 0 else float(betaincinv(k + 0.5, n - k + 0.5, tail))
    high = 1.0 if k == n else float(betaincinv(k + 0.5, n - k + 0.5, 1 - tail))
    return (low, high)


def rate_of(k: int, n: int, level: float = 0.9) -> Rate:
    """``k`` of ``n`` with its Jeffreys interval."""
    low, high = jeffreys(k, n, level)
    return Rate(k=k, n=n, rate=k / n if n else None, low=low, high=high, level=level)


def design_effect(hits: npt.NDArray[np.float64], sizes: npt.NDArray[np.float64]) -> float:
    """By how much clustering inflates the variance of a rate (1 or more).

    ``hits`` and ``sizes`` are per cluster. Linearised variance of the ratio over clusters against the variance
    of independent cases (Kish 1965, Survey Sampling, ch. 5); 1 when there are fewer than two clusters or no hits.
    """
    n, k, clusters = float(sizes.sum()), float(hits.sum()), len(sizes)
    if clusters < 2 or k in (0.0, n):
        return 1.0
    rate = k / n
    spread = float(((hits - rate * sizes) ** 2).sum()) * clusters / (clusters - 1) / n**2
    return max(1.0, spread / (rate * (1 - rate) / n))


def clustered_interval(
    hits: npt.NDArray[np.float64], sizes: npt.NDArray[np.float64], level: float = 0.9
) -> tuple[float, float, float]:
    """(low, high, design effect): Jeffreys on cases divided by the design effect.

    The effective-sample interval of Korn and Graubard 1998, Survey Methodology 24: 193-201, with the Jeffreys
    prior in place of Clopper and Pearson's. Deterministic, and it stays inside 0-1 for rare events.
    """
    effect = design_effect(hits, sizes)
    low, high = jeffreys(float(hits.sum()) / effect, float(sizes.sum()) / effect, level)
    return (low, high, effect)
