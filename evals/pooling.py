"""How the pool of people does on real forecasts: ``python evals/pooling.py``.

PredictionBook's individual forecasts (hashed names), the last of each person before the answer was known. Questions
are split by time: what resolved before the split teaches the weights and the extremising, questions opened after it
with three or more people are scored. All rivals get the same held probabilities (the clip is printed). Differences
are paired, intervals resample questions. The data lie in the folder that VEDETTE_SHARED names; without it made
forecasters of known skill are used, and the floors are the same.

Exit status 1 when the pool is worse than the best rival beyond its paired interval, or not better than the plain mean.
"""

from __future__ import annotations

import argparse
import datetime as dt
import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from vedette.domain.time import AsOf
from vedette.domain.track_record import Ending, PastForecast, PastQuestion, TrackRecord
from vedette.forecasting.analysts import AnalystPool, learn
from vedette.forecasting.pool import (
    CLIP,
    FACTORS,
    FEWEST_PEOPLE,
    LearntPool,
    Resolved,
    clipped,
    learn_pool,
    pool_log_odds,
)
from vedette.scoring.averages import mean_interval

SEED = 20150604


@dataclass(frozen=True, slots=True, kw_only=True)
class Dated:
    """A resolved question with the times that decide on which side of the split it lies."""

    opened: str
    resolved: str
    question: Resolved


def real_questions(folder: Path) -> list[Dated]:
    """PredictionBook's resolved questions; forecasts made after the answer was known are left out."""
    import duckdb

    with duckdb.connect() as connection:
        rows = connection.execute(
            "SELECT question_id, user_id, probability, timestamp, outcome, open_time, resolve_time "
            "FROM read_parquet(?) WHERE q_status = 'resolved' AND outcome IN (0, 1) AND probability IS NOT NULL "
            "AND resolve_time IS NOT NULL AND timestamp < resolve_time ORDER BY timestamp, question_id, user_id",
            [str(folder / "data" / "forecast" / "predictionbook_individual.parquet")],
        ).fetchall()
    last: dict[int, dict[str, float]] = {}
    about: dict[int, tuple[str, str, bool]] = {}
    for question, person, p, _, outcome, opened, resolved in rows:
        last.setdefault(question, {})[person] = p
        about[question] = (opened, resolved, outcome == 1)
    return [
        Dated(
            opened=about[q][0], resolved=about[q][1],
            question=Resolved(people=tuple(said), p=tuple(said.values()), happened=about[q][2]),
        )
        for q, said in last.items()
    ]  # fmt: skip


def made_questions(n: int = 3000, people: int = 60, seed: int = SEED) -> list[Dated]:
    """Forecasters who each see the truth's log-odds with their own noise and shrink it by half: pooling must weigh
    them and undo the shrinking."""
    rng = np.random.default_rng(seed)
    noise = rng.uniform(0.3, 2.5, people)
    out = []
    for i in range(n):
        truth = rng.normal(-0.5, 1.5)
        happened = bool(rng.random() < 1 / (1 + np.exp(-truth)))
        who = rng.choice(people, size=int(rng.integers(3, 9)), replace=False)
        said = [float(1 / (1 + np.exp(-0.5 * (truth + rng.normal(0, noise[w]))))) for w in who]
        day = f"{i:06d}"
        out.append(
            Dated(
                opened=day, resolved=day,
                question=Resolved(people=tuple(f"p{w}" for w in who), p=tuple(said), happened=happened),
            )
        )
    return out


def losses(questions: Sequence[Resolved], pooled: Callable[[Resolved], float]) -> np.ndarray:
    """Log score of every question under a way of pooling, with the pooled probability held as the inputs are."""
    p = clipped(np.array([pooled(q) for q in questions]))
    y = np.array([q.happened for q in questions])
    return -np.where(y, np.log(p), np.log1p(-p))


def as_a_workspace(earlier: Sequence[Resolved]) -> AnalystPool:
    """What `vedette assess` would learn from the earlier questions: judged question by question in order of time.

    PredictionBook gives no base rates, so all are even odds.
    """
    even = {"yes": 0.5, "no": 0.5}
    questions = []
    for i, q in enumerate(earlier):
        at = dt.datetime(2000, 1, 1, tzinfo=dt.UTC) + dt.timedelta(minutes=i)
        told = tuple(
            PastForecast(
                analyst=name, as_of=at.date(), known_at=at, distribution={"yes": p, "no": 1 - p}, base_rate=even
            )
            for name, p in zip(q.people, q.p, strict=True)
        )
        ending = Ending(atom="yes" if q.happened else "no", known_at=at, last_day=at.date())
        questions.append(
            PastQuestion(id=f"{i:06d}", atoms=("yes", "no"), deadline=at.date(), endings=(ending,), told=told)
        )
    names = sorted({name for q in earlier for name in q.people})
    return learn(TrackRecord(questions=tuple(questions)), AsOf.of("2099-01-01"), names)


def rivals(earlier: Sequence[Resolved], base: float) -> dict[str, Callable[[Resolved], float]]:
    """Ways without weights; the fixed extremisation is the best of them on the earlier questions."""
    several = [q for q in earlier if len(q.people) >= FEWEST_PEOPLE]

    def fixed(d: float) -> Callable[[Resolved], float]:
        return lambda q: pool_log_odds(q.p, [1.0] * len(q.p), base=0.5, extremise=d)

    best = min(FACTORS, key=lambda d: float(losses(several, fixed(d)).mean()))
    return {
        "base rate of earlier questions": lambda q: base,
        "mean": lambda q: float(np.mean(clipped(np.array(q.p)))),
        "median": lambda q: float(np.median(clipped(np.array(q.p)))),
        "log-odds mean": fixed(1.0),
        f"log-odds mean, extremised by {best} (best on earlier)": fixed(best),
    }


def main() -> int:
    """Print every score with n and interval; 1 when a floor is missed."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--made", action="store_true", help="made forecasters of known skill")
    args = parser.parse_args()
    shared = Path(os.environ.get("VEDETTE_SHARED", Path(__file__).resolve().parents[2] / "shared"))
    real = not args.made and (shared / "data" / "forecast" / "predictionbook_individual.parquet").is_file()
    found = real_questions(shared) if real else made_questions()
    several = sorted(q.opened for q in found if len(q.question.people) >= FEWEST_PEOPLE)
    split = several[len(several) // 2]
    earlier = [q.question for q in sorted(found, key=lambda q: q.resolved) if q.resolved < split]
    later = [q.question for q in found if q.opened >= split and len(q.question.people) >= FEWEST_PEOPLE]
    learnt: LearntPool = learn_pool(earlier)
    print("PredictionBook" if real else "made forecasters")
    print(
        f"split {split[:10]}: {len(earlier)} earlier questions, {len(later)} later ones with {FEWEST_PEOPLE} or more "
        "people"
    )
    print(f"clip {CLIP}; forecasts held in [{CLIP}, {1 - CLIP}], pooled probabilities too")
    r = learnt.record
    print(
        f"learnt: {len(learnt.weights)} people weighed, centre {learnt.centre:.2f}, d {r.allowed} "
        f"(gain {r.gain:.4f}, low end {r.gain_low:.4f}, on {r.questions} held-out earlier questions)"
    )
    ours = losses(later, lambda q: learnt.pool(q.people, q.p))
    ids = np.arange(len(later))
    i = mean_interval(ours, ids)
    print(f"{'log score, less is better':<55}  mean   95 %             our gain over it, 95 %   n = {len(later)}")
    print(f"{'our pool':<55}  {i.estimate:.4f} {i.low:.4f} to {i.high:.4f}")
    found_here = as_a_workspace(earlier)
    print(f"a workspace would say: {found_here.why}")
    weights = found_here.weights

    def here(q: Resolved) -> float:
        own = [weights.get(name, 1.0) for name in q.people]
        return pool_log_odds(q.p, own, base=0.5, extremise=found_here.extremise)

    gains = {}
    scores = {}
    for name, way in {"as a workspace learns": here, **rivals(earlier, learnt.base)}.items():
        theirs = losses(later, way)
        s, g = mean_interval(theirs, ids), mean_interval(theirs - ours, ids)
        gains[name], scores[name] = g, s.estimate
        print(
            f"{name:<55}  {s.estimate:.4f} {s.low:.4f} to {s.high:.4f}  {g.estimate:+.4f} "
            f"({g.low:+.4f} to {g.high:+.4f})"
        )
    own = scores.pop("as a workspace learns")
    best = min(scores, key=lambda n: scores[n])
    missed = []
    if gains[best].high < 0:
        missed.append(f"worse than {best} beyond the interval")
    ahead = mean_interval(losses(later, rivals(earlier, learnt.base)["mean"]) - losses(later, here), ids)
    if ahead.low <= 0:
        missed.append(f"a workspace's pool ({own:.4f}) not better than the plain mean")
    if gains["mean"].low <= 0:
        missed.append("not better than the plain mean")
    print(f"best rival: {best}")
    print("missed: " + ", ".join(missed) if missed else "all floors met")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
