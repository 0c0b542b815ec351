"""Pooling people: log-odds, weights from record, extremised only once a record has shown that it helps.

METHOD 4.3.11: ``logit p_E = b + d (sum_j w_j logit p_j - b)`` with ``b`` the log-odds of the base rate. ``d = 1`` until
30 or more resolved questions show a gain. Combining with the model, METHOD 4.3.12: ``v`` of the model's log-odds and
``1 - v`` of the people's, v = 1/2 until learnt. For a distribution over exclusive atoms both are geometric pools.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from vedette.errors import BadInput
from vedette.forecasting.draws import Array
from vedette.scoring.averages import mean_interval

# A forecast made after seeing the model's number is partly the model again. [assumption]
SAW_MODEL_DISCOUNT = 0.5
# Pseudo-questions by which a forecaster's skill is shrunk to none: half weight at 20 resolved questions. [assumption]
SHRINK_QUESTIONS = 20.0
# Resolved questions before a pool may be extremised. METHOD 4.3.11.
FEWEST_TO_EXTREMISE = 30
CLIP = 0.005
"""Pooled inputs are held in [0.005, 0.995]: one analyst's "never" must not decide alone. Stated with every score."""


def clipped(p: float | Array, clip: float = CLIP) -> Array:
    """Probabilities held away from 0 and 1."""
    held: Array = np.clip(np.asarray(p, dtype=float), clip, 1 - clip)
    return held


def log_odds(p: Array) -> Array:
    """Elementwise log-odds."""
    out: Array = np.log(p) - np.log1p(-p)
    return out


def effective_forecasters(weights: Sequence[float]) -> float:
    """``1 / sum w_j^2`` for weights summing to 1."""
    w = np.asarray(weights, dtype=float)
    w = w / w.sum()
    return float(1.0 / (w @ w))


def heuristic_extremising(n: float) -> float:
    """A starting point for d with ``n`` effective forecasters: 1.29 at 2, towards 1.73.

    ``d(n) = n (sqrt(3 n^2 - 3 n + 1) - 2) / (n^2 - n - 1)``; derived for another loss, so never used unproven.
    """
    if n <= 1:
        return 1.0
    return n * (math.sqrt(3 * n * n - 3 * n + 1) - 2) / (n * n - n - 1)


def skill_weight(skill: float, questions: int) -> float:
    """Weight of a forecaster whose log-score skill against the base rate was ``skill`` (1 = perfect, 0 = none).

    ``exp(2 * shrunken skill)``: a forecaster with no record has weight 1; one with skill 0.5 on many questions 2.7.
    [assumption]
    """
    return math.exp(2.0 * max(min(skill, 1.0), -1.0) * questions / (questions + SHRINK_QUESTIONS))


def pool_log_odds(p: Sequence[float], weights: Sequence[float], *, base: float = 0.5, extremise: float = 1.0) -> float:
    """Pooled probability of several forecasts of one event. ``base``: base rate around which d extremises."""
    if len(p) == 0 or len(p) != len(weights):
        raise BadInput("pooling needs forecasts, each with a weight")
    w = np.asarray(weights, dtype=float)
    if (w < 0).any() or w.sum() <= 0:
        raise BadInput("pooling weights must not be negative or all zero")
    if not 0 < base < 1:
        raise BadInput(f"base rate {base} is not strictly between 0 and 1")
    mean = float(w @ log_odds(clipped(np.asarray(p)))) / float(w.sum())
    b = math.log(base) - math.log1p(-base)
    eta = b + extremise * (mean - b)
    return 0.5 * (1.0 + math.tanh(0.5 * eta))


def pool_distributions(
    distributions: Sequence[Mapping[str, float]],
    weights: Sequence[float],
    *,
    base: Mapping[str, float] | None = None,
    extremise: float = 1.0,
) -> dict[str, float]:
    """Geometric pool over exclusive atoms: ``log p = b + d (sum_j w_j log p_j - b)`` up to normalisation.

    ``base``: distribution whose logarithms are b (None: even). With two atoms this is `pool_log_odds`.
    """
    if not distributions:
        raise BadInput("no distributions to pool")
    names = list(distributions[0])
    w = np.asarray(weights, dtype=float)
    w = w / w.sum()
    logs = np.array([[math.log(max(d[a], 1e-6)) for a in names] for d in distributions])
    mixed = w @ logs
    if extremise != 1.0:
        b = np.log([max((base or {}).get(a, 1.0), 1e-6) for a in names])
        mixed = b + extremise * (mixed - b)
    e = np.exp(mixed - mixed.max())
    return dict(zip(names, (float(x) for x in e / e.sum()), strict=True))


def combine_draws(atoms: Array, people: Array, share: float) -> Array:
    """Model draws (A, D) combined with one distribution of people (A,): geometric, ``share`` = v for the model."""
    logs = share * np.log(np.clip(atoms, 1e-9, None)) + (1 - share) * np.log(np.clip(people, 1e-9, None))[:, None]
    e = np.exp(logs - logs.max(axis=0))
    out: Array = e / e.sum(axis=0)
    return out


@dataclass(frozen=True, slots=True, kw_only=True)
class ExtremisingRecord:
    """Log scores of a pool at d = 1 and at the best fixed d, on questions resolved before."""

    questions: int
    best: float
    gain: float
    gain_low: float

    @property
    def allowed(self) -> float:
        """The d that may be used now: 1 unless enough questions show a gain whose interval is above 0."""
        return self.best if self.questions >= FEWEST_TO_EXTREMISE and self.gain_low > 0 else 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Resolved:
    """A yes-no question that is resolved: who forecast what, and whether it happened."""

    people: tuple[str, ...]
    p: tuple[float, ...]
    happened: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class LearntPool:
    """What earlier questions taught: weights of people, the centre away from which the pool is extremised, and d.

    ``centre`` is even odds or the share of earlier questions that happened, whichever did better on held-out earlier
    questions. ``base`` is that share.
    """

    weights: Mapping[str, float]
    base: float
    centre: float
    record: ExtremisingRecord

    def pool(self, people: Sequence[str], p: Sequence[float]) -> float:
        """Pooled probability; someone without a record has weight 1."""
        weights = [self.weights.get(name, 1.0) for name in people]
        return pool_log_odds(p, weights, base=self.centre, extremise=self.record.allowed)


# Factors of extremising tried, and the fewest people on a question for it to teach how to pool. [assumption]
FACTORS = tuple(round(0.7 + 0.1 * i, 1) for i in range(19))
FEWEST_PEOPLE = 3


def people_weights(questions: Sequence[Resolved]) -> dict[str, float]:
    """Skill weight of everyone: log-score skill against the share that happened, shrunk by the number of questions."""
    base = _share(questions)
    own: dict[str, list[float]] = {}
    for q in questions:
        reference = _log_loss(base, q.happened)
        for name, p in zip(q.people, q.p, strict=True):
            row = own.setdefault(name, [0.0, 0.0, 0.0])
            row[0] += _log_loss(float(clipped(p)), q.happened)
            row[1] += reference
            row[2] += 1
    return {name: skill_weight(1.0 - loss / reference, int(n)) for name, (loss, reference, n) in own.items()}


def learn_pool(earlier: Sequence[Resolved]) -> LearntPool:
    """Learn from resolved questions in order of time: weights from all of them; centre and d on the later half, with
    weights from the earlier half, so that nobody is weighed on the questions that judge the weighing.

    Raises `BadInput` without questions. With too few that have `FEWEST_PEOPLE` forecasts, d stays 1.
    """
    if not earlier:
        raise BadInput("no resolved questions to learn a pool from")
    base = _share(earlier)
    half = len(earlier) // 2
    first, judged = earlier[:half], [q for q in earlier[half:] if len(q.people) >= FEWEST_PEOPLE]
    if len(judged) < FEWEST_TO_EXTREMISE or not first:
        record = ExtremisingRecord(questions=len(judged), best=1.0, gain=0.0, gain_low=0.0)
        return LearntPool(weights=people_weights(earlier), base=base, centre=base, record=record)
    weights = people_weights(first)
    losses = {
        (centre, d): np.array([_pooled_loss(q, weights, centre, d) for q in judged])
        for centre in (0.5, _share(first))
        for d in FACTORS
    }
    centre, d = min(losses, key=lambda k: (float(losses[k].mean()), abs(k[1] - 1.0)))
    gains = losses[centre, 1.0] - losses[centre, d]
    low = mean_interval(gains, np.arange(len(gains))).low
    record = ExtremisingRecord(questions=len(judged), best=d, gain=float(gains.mean()), gain_low=low)
    return LearntPool(
        weights=people_weights(earlier), base=base, centre=0.5 if centre == 0.5 else base, record=record
    )


def _share(questions: Sequence[Resolved]) -> float:
    # One question each way is added: a share of exactly 0 or 1 has no log-odds.
    return (sum(q.happened for q in questions) + 1) / (len(questions) + 2)


def _log_loss(p: float, happened: bool) -> float:
    return -math.log(p if happened else 1.0 - p)


def _pooled_loss(q: Resolved, weights: Mapping[str, float], centre: float, d: float) -> float:
    p = pool_log_odds(q.p, [weights.get(name, 1.0) for name in q.people], base=centre, extremise=d)
    return _log_loss(float(clipped(p)), q.happened)
