"""Which condition a clause bears on, where the cues alone are silent or torn: a small regression of our own.

``ln p(c) = w_c . x + CUES ln(1 + weight of the cues of c) + constant``, with x the words and word pairs of the clause
in plain form (actors masked by role) that occur in at least five training documents, and the ln of the shares the event
classifier gives to each PLOVER root. The weight of the cues is a constant and not fitted: the cues were written on the
same texts the rest is fitted on, and a fit would trust them too much. ``python evals/conditions.py --fit`` refits it;
docs/reference/condition-scorer.md describes it.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vedette.errors import BadInput, Unavailable
from vedette.extraction.cue_rules import Scores
from vedette.extraction.event_features import SOURCE, TARGET
from vedette.extraction.events import load_event_model
from vedette.reference.condition_cues import CONDITIONS

FILE = "conditions.npz"
NAMES = tuple(name for name in CONDITIONS.values() if name != "none")
# Weight of the cues beside the rest. On the tuning part of the news, which the cues of that day had never seen, first
# answers out of fold were .51, .53, .57 and .59 with weights 0, .5, 1 and 2; on facts of other crises .44, .50, .53 and
# .57. [python evals/conditions.py --sweep, with --cues for an older table]
CUES = 2.0
# The ln of the event shares is scaled to the size of the words, and its floor keeps it finite. [assumption]
EVENT_SCALE, EVENT_FLOOR = 0.5, 1e-3
WORD_SCALE = 2.0  # length of the vector of words. [assumption]
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class ConditionModel:
    """``terms`` -> row of ``weights`` (terms and then event roots x conditions); ``constants`` by condition."""

    terms: dict[str, int]
    weights: Floats
    constants: Floats

    def shares(self, plain: str, scores: Scores) -> Floats:
        """Probability of each condition, in the order of `NAMES`, of a clause in plain form."""
        return pooled(self.constants + vector(plain, self.terms) @ self.weights, scores)


def terms_of(plain: str) -> set[str]:
    """Words and pairs of neighbouring words of a clause in plain form."""
    words = plain.split()
    return {*words, *(f"{a} {b}" for a, b in pairwise(words))}


def vector(plain: str, terms: dict[str, int]) -> Floats:
    """Features of a clause: its known terms scaled to one length, then the event roots."""
    known = [terms[t] for t in terms_of(plain) if t in terms]
    roots = event_roots(plain)
    found = np.zeros(len(terms) + len(roots))
    if known:
        found[known] = WORD_SCALE / np.sqrt(len(known))
    found[len(terms) :] = roots
    return found


def event_roots(plain: str) -> Floats:
    """Scaled ln share of each PLOVER root, intervener as source and target as target."""
    words = [SOURCE if w == "§i" else TARGET if w == "§t" else w for w in plain.split()]
    text = " ".join(w for w in words if not (w.startswith("§") and len(w) > 1))
    found: Floats = EVENT_SCALE * np.log(load_event_model().probabilities(text, None, None) + EVENT_FLOOR)
    return found


def pooled(logits: Floats, scores: Scores, weight: float | None = None) -> Floats:
    """Shares of the conditions from the regression's logits and the cues."""
    cues = np.array([np.log1p(scores.total(name)) for name in NAMES])
    found = logits + (CUES if weight is None else weight) * cues
    shares: Floats = np.exp(found - found.max())
    normal: Floats = shares / shares.sum()
    return normal


def pack(model: ConditionModel) -> dict[str, Any]:
    """Arrays of the coefficient file."""
    ordered = sorted(model.terms, key=model.terms.__getitem__)
    return {"terms": np.array(ordered), "names": np.array(NAMES), "weights": model.weights.astype(np.float32),
            "constants": model.constants.astype(np.float32)}  # fmt: skip


@lru_cache(maxsize=1)
def load_condition_model() -> ConditionModel:
    """The shipped coefficients, read once. Raises `Unavailable` when the file is not there, `BadInput` when unfit."""
    path = files("vedette.reference") / "coefficients" / FILE
    fix = "Install again, or fit them with: python evals/conditions.py --fit"
    try:
        with path.open("rb") as stream, np.load(stream, allow_pickle=False) as held:
            arrays: dict[str, Any] = dict(held)
    except OSError as error:
        raise Unavailable("the condition coefficients are not installed", where=str(path), fix=fix) from error
    terms = {str(t): k for k, t in enumerate(arrays["terms"])}
    expected = (len(terms) + len(load_event_model().roots), len(NAMES))
    if tuple(map(str, arrays["names"])) != NAMES or arrays["weights"].shape != expected:
        raise BadInput("the condition coefficients were fitted for other features", where=FILE, fix=fix)
    weights, constants = (arrays[n].astype(float) for n in ("weights", "constants"))
    return ConditionModel(terms=terms, weights=weights, constants=constants)
