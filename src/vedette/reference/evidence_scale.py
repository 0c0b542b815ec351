"""The learnt scale of the evidence layer: our own fitted numbers, written by ``vedette evidence calibrate --write``.

An episode of the bank helped to set the scale, with its outcome. Assessing that episode therefore uses the scale learnt
on the others.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Any


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


# Bundled cases that tell the same story as an episode of the bank, under other names.
BUNDLED_EPISODES = {"belarus-2022": "blr-2022", "niger-2023": "ecowas-ner-2023"}


@lru_cache(maxsize=1)
def _report() -> dict[str, Any]:
    text = files("vedette.reference").joinpath("coefficients/evidence-scale.json").read_text(encoding="utf-8")
    found: dict[str, Any] = json.loads(text)
    return found


def episode_of(case: str) -> str | None:
    """The episode of the bank that a case of this id is; None when the bank does not hold it."""
    name = BUNDLED_EPISODES.get(case, case)
    return name if name in _report()["left_out_scales"] else None


@lru_cache(maxsize=64)
def learnt_scale(without: str | None = None) -> LearntScale:
    """The scale shipped with this version: learnt on the whole bank, or on all its episodes but ``without``.

    KeyError for an episode that the bank does not hold.
    """
    report = _report()
    return LearntScale(**(report["scale"] if without is None else report["left_out_scales"][without]))
