"""The frozen specification. Chosen on years before 1990 only; the log is docs/reference/test-year-looks.md.

`python benchmarks/sweep.py` repeats the search that chose the numbers of `SPEC`: a walk through 1970-1989,
refitting every year, scored by log score, with ROC, PR and expected over observed beside it.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Interaction:
    """A product of two features and the group its contribution is booked under."""

    left: str
    right: str
    group: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Reversed:
    """A column read from the row of the opposite direction: what is known of the other state."""

    column: str
    name: str
    group: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Boosting:
    """Settings of the boosted half; passed to scikit-learn's HistGradientBoostingClassifier."""

    learning_rate: float = 0.05
    rounds: int = 120
    leaves: int = 16
    smallest_leaf: int = 100
    l2: float = 5.0
    feature_share: float = 0.2
    seed: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Spec:
    """Every choice of the structural model."""

    half_lives: tuple[float, ...]
    network_half_life: float
    offset: float
    clip: float
    lowest_precision: float
    highest_precision: float
    evidence_every: int
    training_half_life: float
    reversed_columns: tuple[Reversed, ...]
    oldest_state: int
    relative_columns: tuple[str, ...]
    interactions: tuple[Interaction, ...]
    boosting: Boosting
    warm_up_years: int
    shortest_training: int
    boosting_every: int
    blend_grid: tuple[float, ...]
    recalibration_years: int
    slope_precision: float
    shift_precision: float

    def to_dict(self) -> dict[str, Any]:
        """For the model file."""
        return asdict(self)


CONDITIONS = {
    "c1_": "perceived_justification",
    "c2_": "local_support",
    "c3_": "absence_of_resistance",
    "c4_": "technical_feasibility",
    "c5_": "low_costs",
}
GROUPS = (*CONDITIONS.values(), "structure", "memory")

_J, _F, _R, _M = "perceived_justification", "technical_feasibility", "absence_of_resistance", "memory"

INTERACTIONS = (
    Interaction(left="pair_memory", right="c4_land_contig", group=_M),
    Interaction(left="pair_memory", right="c4_major_init", group=_M),
    Interaction(left="pair_memory", right="major2", group=_M),
    Interaction(left="pair_memory", right="c1_rivalry", group=_M),
    Interaction(left="pair_memory", right="c3_cap_share", group=_M),
    Interaction(left="pair_memory", right="pair_memory", group=_M),
    Interaction(left="mem_out_h4", right="mem_back_h4", group=_M),
    Interaction(left="mem_i_elsewhere_h4", right="pair_memory", group=_M),
    Interaction(left="mem_j_met_h4", right="pair_memory", group=_M),
    Interaction(left="mem_i_elsewhere_h4", right="mem_j_met_h4", group=_M),
    Interaction(left="mem_i_elsewhere_h4", right="c4_land_contig", group=_M),
    Interaction(left="mem_j_met_h4", right="c4_land_contig", group=_M),
    Interaction(left="mem_i_elsewhere_h4", right="c4_major_init", group=_M),
    Interaction(left="mem_j_met_h4", right="c4_major_init", group=_M),
    Interaction(left="c4_land_contig", right="c1_rivalry", group=_J),
    Interaction(left="c4_ln_mindist", right="c4_major_init", group=_F),
    Interaction(left="c4_ln_mindist", right="major2", group=_F),
    Interaction(left="c4_ln_mindist", right="c4_ln_mindist", group=_F),
    Interaction(left="c3_cap_share", right="c3_cap_share", group=_R),
    Interaction(left="c3_cap_share", right="c4_land_contig", group=_R),
    Interaction(left="c4_major_init", right="major2", group="structure"),
)

REVERSED = (
    Reversed(column="c5_init_democracy", name="target_democracy", group="low_costs"),
    Reversed(column="c5_init_gdppc", name="target_gdppc", group=_R),
    Reversed(column="c3_target_milper", name="init_milper", group=_F),
    Reversed(column="c2_target_irregular_exit", name="init_irregular_exit", group="structure"),
)

# Columns whose level drifts with the calendar (current dollars, counts of organisations, waves of democracy):
# they enter relative to the other dyads of the same year, so that coefficients keep their meaning decades on.
RELATIVE = (
    "c5_shared_igos", "c5_init_trade_open", "c5_init_gdppc", "c4_ln_milex", "c3_target_milper", "c5_init_democracy",
    "c5_joint_democracy", "target_democracy", "target_gdppc", "init_milper",
)  # fmt: skip

# Each number was the best, or within noise of the best, of the values the sweep tries; the alternatives and
# their scores are in docs/reference/test-year-looks.md.
SPEC = Spec(
    half_lives=(1.0, 4.0, 15.0),
    network_half_life=4.0,
    offset=0.05,
    clip=5.0,
    lowest_precision=100.0,
    highest_precision=1000.0,
    evidence_every=5,
    training_half_life=20.0,
    reversed_columns=REVERSED,
    oldest_state=40,
    relative_columns=RELATIVE,
    interactions=INTERACTIONS,
    boosting=Boosting(),
    warm_up_years=10,
    shortest_training=10,
    boosting_every=5,
    blend_grid=(0.0, 0.1, 0.2, 0.3, 0.4, 0.5),
    recalibration_years=10,
    slope_precision=100.0,
    shift_precision=25.0,
)
