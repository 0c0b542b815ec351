"""Cues: words that bear on a condition of intervention, with direction and weight. Our own table,
``condition_cues.txt``.

A line is ``condition sign weight | pattern``. The pattern runs over a clause in lower case without punctuation in
which every known actor is one token by its role: ``§i`` the intervener, ``§t`` the target, ``§h`` the host, ``§w`` an
organisation or onlooking power, ``§o`` another state, ``§x`` any of them. ``word*`` matches a beginning, ``a/b``
either, ``a-b`` two words in a row, ``..`` up to five words between, ``...`` up to ten. Sign + raises the condition
*for the intervener*, - lowers it; ^ and v raise and lower it and silence what the same clause says the other way
("refused to implement the agreement" is no step to peace).

C1 perceived_justification, C2 local_support, C3 absence_of_resistance, C4 technical_feasibility, C5 low_costs,
M stakes, N bears on the crisis without touching a condition. F strength or activity of a force: the intervener's
raises feasibility, the target's lowers the absence of resistance. G movement or build-up of a force: the
intervener's, the host's or nobody's named raises feasibility; an onlooker's is a grievance or, where the target is
named, help to it. Conditions and signs follow the indicator lists of the product's method note. Weights (1 hint,
2 speaks for itself, 3 plain) were set by hand on the tuning part of the development statements and on facts of other
crises, and are judged on parts kept apart (``evals/extraction.py``).
"""

from __future__ import annotations

from functools import lru_cache
from importlib.resources import files

CONDITIONS = {
    "C1": "perceived_justification",
    "C2": "local_support",
    "C3": "absence_of_resistance",
    "C4": "technical_feasibility",
    "C5": "low_costs",
    "M": "stakes",
    "N": "none",
}


@lru_cache(maxsize=1)
def cue_lines() -> tuple[str, ...]:
    """Lines of the table, comments left out."""
    text = files("vedette.reference").joinpath("condition_cues.txt").read_text(encoding="utf-8")
    return tuple(line for line in text.splitlines() if line.strip() and not line.startswith("#"))
