"""What earlier questions say of the analysts: a weight for each, and whether their pool may be extremised.

METHOD 4.3.11. A weight is the skill of an analyst's log score over the base rate, shrunk to 1 with few questions. The
factor d stays 1 until `FEWEST_TO_EXTREMISE` resolved questions show a gain: every question is pooled with the weights
and with the d that the questions resolved before it would have chosen, so that nothing is judged by its own answer, and
the paired gain over d = 1 needs an interval above 0. Nothing recorded after the cut-off plays a part, and only closed
windows count: an answer that came early would make events look more frequent than they are.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from vedette.domain.judgment import Judgment, JudgmentKind
from vedette.domain.time import AsOf
from vedette.domain.track_record import Ending, PastForecast, PastQuestion, TrackRecord
from vedette.forecasting.draws import Array
from vedette.forecasting.pool import CLIP, FACTORS, FEWEST_TO_EXTREMISE, SHRINK_QUESTIONS, skill_weight
from vedette.scoring.averages import mean_interval

# People on a question for it to teach how to pool: what one person says is no pool.
FEWEST_ANALYSTS = 2
# Questions with a pool before another d than 1 is tried on the next. [assumption]: fewer choose it by chance.
FIRST_TRIED = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Skill:
    """An analyst's record: mean log scores (nats, less is better) of the analyst and of the base rate on the same
    questions, and the weight that follows. None where there is no question yet."""

    analyst: str
    questions: int
    log_score: float | None
    base_rate: float | None
    weight: float


@dataclass(frozen=True, slots=True, kw_only=True)
class AnalystPool:
    """What was learnt by a day. ``extremise``: the factor used. ``best``, ``gain``, ``gain_interval``: the factor that
    did best, and the mean fall of the log score that choosing it on earlier questions brought, with its 95 % interval;
    None when nothing could be tried. ``questions``: resolved and closed, with two or more analysts. ``why``: in words.
    """

    skills: tuple[Skill, ...]
    extremise: float
    questions: int
    needed: int
    best: float | None
    gain: float | None
    gain_interval: tuple[float, float] | None
    shrink_questions: float
    why: str
    fault: str = ""

    @property
    def weights(self) -> Mapping[str, float]:
        """Weight of every analyst named."""
        return {s.analyst: s.weight for s in self.skills}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Known:
    """One question as it stood at the cut-off: last words of the people, the common base rate, the answer."""

    id: str
    atoms: tuple[str, ...]
    atom: int
    base: Array
    people: tuple[str, ...]
    said: Array


class AnalystRecord:
    """A track record that answers for any day; what it learnt is kept."""

    def __init__(self, record: TrackRecord) -> None:
        self.record = record
        self._found: dict[tuple[AsOf, tuple[str, ...]], AnalystPool] = {}

    def at(self, cut: AsOf, analysts: Sequence[str]) -> AnalystPool:
        """Weights of these analysts and d, from what was known by the end of that day."""
        key = cut, tuple(sorted(set(analysts)))
        if key not in self._found:
            self._found[key] = learn(self.record, *key)
        return self._found[key]


def heard(record: AnalystRecord, cut: AsOf, judgments: Sequence[Judgment]) -> AnalystPool | None:
    """What is known by the day of those who gave these judgments; None when there are none.

    The factor is for pools: the probability of one analyst alone is taken as it is.
    """
    if not judgments:
        return None
    found = record.at(cut, [j.analyst for j in judgments])
    persons = {j.analyst for j in judgments if j.kind is JudgmentKind.PROBABILITY}
    if found.extremise != 1.0 and len(persons) < FEWEST_ANALYSTS:
        return replace(found, extremise=1.0, why=f"not extremised here, for one analyst is no pool ({found.why})")
    return found


def learn(record: TrackRecord, cut: AsOf, analysts: Sequence[str]) -> AnalystPool:
    """See the module. An analyst without a record has weight 1."""
    if record.fault:
        return _alike(analysts, f"{record.fault}: analysts count alike", fault=record.fault)
    known = [k for q in record.questions if (k := _known(q, cut)) is not None]
    totals = _totals(known)
    skills = tuple(_skill(name, totals.get(name)) for name in sorted(set(analysts)))
    late = sum(cut.admits(at) for at in record.too_late)
    pooled, losses, gains = _tried(known)
    n = len(pooled)
    if n < FEWEST_TO_EXTREMISE:
        why = f"not extremised: {n} of {FEWEST_TO_EXTREMISE} resolved questions with two or more analysts"
        return AnalystPool(
            skills=skills, extremise=1.0, questions=n, needed=FEWEST_TO_EXTREMISE, best=None, gain=None,
            gain_interval=None, shrink_questions=SHRINK_QUESTIONS, why=why + _late_words(late),
        )  # fmt: skip
    best = _best(losses.sum(axis=0))
    interval = mean_interval(gains, np.arange(n))
    allowed = interval.low > 0
    gained = f"{interval.estimate:+.3f} ({interval.low:+.3f} to {interval.high:+.3f}, n = {n})"
    why = (
        f"extremised by {best:g}: on earlier questions it gained {gained} in log score"
        if allowed
        else f"not extremised: on {n} resolved questions the gain in log score is {gained}, not above 0"
    )
    return AnalystPool(
        skills=skills, extremise=best if allowed else 1.0, questions=n, needed=FEWEST_TO_EXTREMISE, best=best,
        gain=_rounded(interval.estimate), gain_interval=(_rounded(interval.low), _rounded(interval.high)),
        shrink_questions=SHRINK_QUESTIONS, why=why + _late_words(late),
    )  # fmt: skip


def _alike(analysts: Sequence[str], why: str, *, fault: str = "") -> AnalystPool:
    skills = tuple(_skill(name, None) for name in sorted(set(analysts)))
    return AnalystPool(
        skills=skills, extremise=1.0, questions=0, needed=FEWEST_TO_EXTREMISE, best=None, gain=None,
        gain_interval=None, shrink_questions=SHRINK_QUESTIONS, why=why, fault=fault,
    )  # fmt: skip


def _late_words(late: int) -> str:
    if not late:
        return ""
    told = "1 forecast was" if late == 1 else f"{late} forecasts were"
    return f"; {told} written down after the day spoken for, and left out"


def _known(question: PastQuestion, cut: AsOf) -> _Known | None:
    """The question as known at the cut-off; None while its window is open, it is unresolved, void, or nobody spoke."""
    endings: list[Ending] = [e for e in question.endings if cut.admits(e.known_at)]
    if not endings or question.deadline >= cut.date:
        return None
    ending = endings[-1]
    if ending.atom is None:
        return None
    told = [t for t in question.told if cut.admits(t.known_at) and t.as_of <= ending.last_day]
    last: dict[str, PastForecast] = {}
    for t in sorted(told, key=lambda t: (t.as_of, t.known_at)):
        if t.analyst:
            last[t.analyst] = t
    if not last:
        return None
    rates = [t for t in told if t.stated] or told
    people = tuple(sorted(last))
    return _Known(
        id=question.id,
        atoms=question.atoms,
        atom=question.atoms.index(ending.atom),
        base=_held(np.mean([[t.base_rate[a] for a in question.atoms] for t in rates], axis=0)),
        people=people,
        said=np.array([_held(np.array([last[p].distribution[a] for a in question.atoms])) for p in people]),
    )


def _held(p: Array) -> Array:
    """A distribution whose chances are held away from 0, summing to 1: one "never" must not decide alone."""
    held = np.maximum(p, CLIP)
    out: Array = held / held.sum()
    return out


Totals = dict[str, list[float]]
"""By analyst: summed log score, that of the base rate, number of questions."""


def _add(totals: Totals, q: _Known) -> None:
    reference = -math.log(q.base[q.atom])
    for name, said in zip(q.people, q.said, strict=True):
        row = totals.setdefault(name, [0.0, 0.0, 0.0])
        row[0] -= math.log(said[q.atom])
        row[1] += reference
        row[2] += 1


def _totals(known: Sequence[_Known]) -> Totals:
    totals: Totals = {}
    for q in known:
        _add(totals, q)
    return totals


def _weight(row: Sequence[float] | None) -> float:
    return 1.0 if row is None else skill_weight(1.0 - row[0] / row[1], int(row[2]))


def _skill(name: str, row: Sequence[float] | None) -> Skill:
    n = int(row[2]) if row is not None else 0
    return Skill(
        analyst=name, questions=n, log_score=_rounded(row[0] / n) if row is not None else None,
        base_rate=_rounded(row[1] / n) if row is not None else None, weight=_rounded(_weight(row)),
    )  # fmt: skip


def _rounded(x: float) -> float:
    # Sums depend on the order of people in the last bits; the digest of an assessment must not.
    return round(float(x), 9)


def _tried(known: Sequence[_Known]) -> tuple[list[_Known], Array, Array]:
    """(questions with a pool, log scores (n, factors), gains (n,)), each judged by what was resolved before it."""
    totals: Totals = {}
    pooled: list[_Known] = []
    losses: list[Array] = []
    gains: list[float] = []
    one = FACTORS.index(1.0)
    earlier = np.zeros(len(FACTORS))
    for q in known:
        if len(q.people) >= FEWEST_ANALYSTS:
            loss = _pool_losses(q, [_weight(totals.get(name)) for name in q.people])
            chosen = FACTORS.index(_best(earlier)) if len(pooled) >= FIRST_TRIED else one
            gains.append(float(loss[one] - loss[chosen]))
            pooled.append(q)
            losses.append(loss)
            earlier = earlier + loss
        _add(totals, q)
    return pooled, np.array(losses).reshape(len(losses), len(FACTORS)), np.array(gains)


def _best(total: Array) -> float:
    """The factor with the least loss; of equals the one nearest to 1."""
    return min(zip(FACTORS, total.tolist(), strict=True), key=lambda x: (round(x[1], 12), abs(x[0] - 1.0)))[0]


def _pool_losses(q: _Known, weights: Sequence[float]) -> Array:
    """Log score of the pool at every factor, (factors,)."""
    w = np.asarray(weights) / sum(weights)
    b = np.log(q.base)
    mean = w @ np.log(q.said)
    logs = b + np.asarray(FACTORS)[:, None] * (mean - b)
    top = logs.max(axis=1)
    out: Array = top + np.log(np.exp(logs - top[:, None]).sum(axis=1)) - logs[:, q.atom]
    return out
