"""Made records of analysts: a good one, a bad one, and a workspace whose ledger holds what they said."""

from __future__ import annotations

import datetime as dt
import random
from dataclasses import dataclass, replace

from tests.made_ledger import ledger_case

from vedette.bootstrap import Workspace, open_workspace
from vedette.domain.case import Case
from vedette.domain.judgment import Judgment, JudgmentKind
from vedette.domain.ledger import Forecast, Question, Resolution
from vedette.domain.time import instant
from vedette.domain.track_record import Ending, PastForecast, PastQuestion, TrackRecord

FIRST = dt.date(2021, 1, 4)
BASE = 0.3


@dataclass
class Hand:
    """A clock that stands where it is put."""

    at: dt.datetime = dt.datetime(2021, 1, 1, tzinfo=dt.UTC)

    def now(self) -> dt.datetime:
        """Where it stands."""
        return self.at


@dataclass(frozen=True)
class Past:
    """One question: the day it was spoken of, whether it happened, who said what."""

    id: str
    day: dt.date
    happened: bool
    said: dict[str, float]

    @property
    def deadline(self) -> dt.date:
        """A week later."""
        return self.day + dt.timedelta(days=7)

    @property
    def closed(self) -> dt.date:
        """The day it is resolved."""
        return self.deadline + dt.timedelta(days=1)


def pasts(n: int, *, seed: int = 7, good: float = 0.85, bad: float = 0.35, first: dt.date = FIRST) -> list[Past]:
    """``n`` questions a week apart: "good" gives what comes true ``good``, "bad" gives it ``bad``."""
    rng = random.Random(seed)
    out = []
    for i in range(n):
        happened = rng.random() < BASE
        right = {"good": good, "bad": bad}
        said = {who: p if happened else 1 - p for who, p in right.items()}
        out.append(Past(id=f"past-{i:03d}", day=first + dt.timedelta(days=7 * i), happened=happened, said=said))
    return out


def both(p: float) -> dict[str, float]:
    """Yes and no."""
    return {"yes": p, "no": 1 - p}


def made_record(questions: list[Past]) -> TrackRecord:
    """The same as a record, everything recorded when it was said."""
    return TrackRecord(
        questions=tuple(
            PastQuestion(
                id=q.id, atoms=("yes", "no"), deadline=q.deadline,
                endings=(
                    Ending(atom="yes" if q.happened else "no", known_at=instant(q.closed), last_day=q.deadline),
                ),
                told=tuple(
                    PastForecast(
                        analyst=who, as_of=q.day, known_at=instant(q.day), distribution=both(p), base_rate=both(BASE)
                    )
                    for who, p in q.said.items()
                ),
            )
            for q in questions
        )
    )  # fmt: skip


def write_past(questions: list[Past]) -> Workspace:
    """The workspace of the test with these in its ledger, recorded when the last of them was resolved."""
    hand = Hand()
    workspace: Workspace = open_workspace(clock=hand)
    nouns: list[Question | Forecast | Resolution] = []
    for q in questions:
        said_at, hand.at = (instant(d) + dt.timedelta(hours=9) for d in (q.day, q.closed))
        nouns.append(
            Question(id=q.id, case="", statement=f"{q.id}?", atoms=("yes", "no"), rule="made", deadline=q.deadline)
        )
        nouns += [
            Forecast(
                question=q.id, forecaster=who, as_of=q.day, at=said_at, distribution=both(p), base_rate=both(BASE),
                inputs_digest="", method="stated by a person",
            )
            for who, p in q.said.items()
        ]
        nouns.append(
            Resolution(
                question=q.id, atom="yes" if q.happened else "no", at=hand.at, occurred=q.deadline, source="made"
            )
        )
    workspace.ledger.append_all(nouns)
    return workspace


def spoken(analyst: str, value: float, *, kind: str = "probability", subject: str = "attack") -> Judgment:
    """What an analyst said of the made case on 15 January 2022."""
    at = dt.datetime(2022, 1, 15, tzinfo=dt.UTC)
    return Judgment(
        id=f"J-{analyst}-{kind}", analyst=analyst, kind=JudgmentKind(kind), subject=subject, value=value, at=at,
        recorded_at=at,
    )


def judged_case(**said: float) -> Case:
    """The made case on which these analysts gave "attack" these probabilities."""
    return replace(ledger_case(), id="made", judgments=tuple(spoken(who, p) for who, p in said.items()))
