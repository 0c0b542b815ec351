"""How sure a proposed claim is: the chance that an annotator marks the same span and says the same of a condition.

``p = 1 / (1 + exp(-(b0 + b . x)))``, a logistic regression on five numbers of the rules' own weights (Platt 1999 with
more than one score). The coefficients are fitted by ``python evals/confidence.py --fit`` and described in
docs/reference/evidence-confidence.md.
"""

from __future__ import annotations

import json
import math
from functools import lru_cache
from importlib.resources import files

from vedette.errors import BadInput, Unavailable
from vedette.extraction.cue_rules import Scores

FILE = "evidence-confidence.json"
NAMES = ("constant", "weight", "touching", "agreement", "rival", "no condition")


def features(scores: Scores) -> tuple[float, ...]:
    """What the regression sees, in the order of `NAMES`.

    ``weight`` and ``touching``: ln(1 + sum of the cues' weights), of all cues and of those that touch a condition.
    ``agreement``: |up - down| / (up + down) of the first condition. ``rival``: the second condition's weight over the
    first one's. ``no condition``: 1 when no cue touches one.
    """
    ranked = sorted(((scores.total(c), c) for c in {*scores.up, *scores.down} if c != "none"), reverse=True)
    touching = sum(weight for weight, _ in ranked)
    agreement = rival = 0.0
    if ranked and ranked[0][0] > 0:
        first, condition = ranked[0]
        agreement = abs(scores.up.get(condition, 0.0) - scores.down.get(condition, 0.0)) / first
        rival = ranked[1][0] / first if len(ranked) > 1 else 0.0
    return (
        1.0, math.log1p(scores.bearing), math.log1p(touching), agreement, rival, 0.0 if ranked else 1.0,
    )  # fmt: skip


@lru_cache(maxsize=1)
def coefficients() -> tuple[float, ...]:
    """The shipped numbers, in the order of `NAMES`. Raises `Unavailable` when the file is not there."""
    path = files("vedette.reference") / "coefficients" / FILE
    try:
        held = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise Unavailable(
            "the coefficients of confidence are not installed", where=str(path),
            fix="Install again, or fit them with: python evals/confidence.py --fit",
        ) from error  # fmt: skip
    if tuple(held["names"]) != NAMES:
        raise BadInput(
            "the coefficients of confidence were fitted for other features", where=FILE,
            fix="Refit them with: python evals/confidence.py --fit",
        )  # fmt: skip
    return tuple(map(float, held["coefficients"]))


def confidence_of(scores: Scores) -> float:
    """Probability that the claim is right, in hundredths, never 0 or 1: a few hundred annotated claims show no more."""
    total = sum(b * x for b, x in zip(coefficients(), features(scores), strict=True))
    return round(min(0.99, max(0.01, 1.0 / (1.0 + math.exp(-total)))), 2)
