"""The learnt scale of the evidence layer: our own fitted numbers, written by ``vedette evidence calibrate --write``."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files


@dataclass(frozen=True, slots=True, kw_only=True)
class LearntScale:
    """Posterior of the scale on the bank: medians with lognormal spreads, and the share of the conjunctive form.

    ``episodes`` and ``bank_digest`` say on what it was learnt; ``codings`` how many codings were averaged.
    """

    beta: float
    beta_log_sd: float
    visible_scale: float
    visible_log_sd: float
    gamma: float
    gamma_log_sd: float
    topic: float
    conjunctive_share: float
    episodes: int
    codings: int
    bank_digest: str


@lru_cache(maxsize=1)
def learnt_scale() -> LearntScale:
    """The scale shipped with this version."""
    text = files("vedette.reference").joinpath("coefficients/evidence-scale.json").read_text(encoding="utf-8")
    return LearntScale(**json.loads(text)["scale"])
