"""From dyad-years to a named, grouped feature table. Values for year t use nothing later than the panel's row
for t (whose covariates are lagged already) and events of years <= t - lag.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from vedette.errors import UnknownName
from vedette.forecasting.structural.dyads import DyadYears
from vedette.forecasting.structural.memory import (
    decayed,
    degree,
    dyad_memory,
    event_cube,
    log_offset,
    relation,
    through,
)
from vedette.forecasting.structural.spec import CONDITIONS, SPEC, Spec

Floats = NDArray[np.float64]

ROWS = 4096  # rows a block
COVARIATE = re.compile(r"^c[1-5]_")
PEACE_YEARS = "c1_peaceyrs"
# Disputes of any level are the best memory for every outcome tried (sweep, years before 1990); a panel
# without them remembers its own outcome.
MEMORY_EVENTS = "y_mid_init"


@dataclass(frozen=True, slots=True, kw_only=True)
class FeatureTable:
    """`values` (n, p) with NaN for missing; `groups` names the bar each column's contribution is added to;
    `uses` the conditions a column cannot be computed without (drop-one tests remove them together)."""

    names: tuple[str, ...]
    groups: tuple[str, ...]
    uses: tuple[frozenset[str], ...]
    values: Floats

    def keep(self, wanted: Sequence[bool]) -> FeatureTable:
        """The columns where `wanted` is true."""
        index = [k for k, w in enumerate(wanted) if w]
        return FeatureTable(
            names=tuple(self.names[k] for k in index),
            groups=tuple(self.groups[k] for k in index),
            uses=tuple(self.uses[k] for k in index),
            values=self.values[:, index],
        )

    def without(self, group: str) -> FeatureTable:
        """Every column that does not need `group`."""
        return self.keep([group not in u for u in self.uses])

    def only(self, group: str) -> FeatureTable:
        """Every column that needs nothing but `group`."""
        return self.keep([u == frozenset({group}) for u in self.uses])


def memory_events(panel: DyadYears, outcome: str) -> str:
    """Name of the event series the memory is built from."""
    return MEMORY_EVENTS if MEMORY_EVENTS in panel.columns else outcome


def build_features(
    panel: DyadYears, outcome: str, *, lag: int = 1, spec: Spec = SPEC, covariates: Sequence[str] | None = None
) -> FeatureTable:
    """All features of a panel for one outcome.

    `covariates` defaults to every column named c1_ .. c5_. A memory needs only the outcome column; relations
    and interactions whose columns are absent are left out. UnknownName when a named column does not exist.
    """
    panel.column(outcome)
    chosen = [c for c in panel.columns if COVARIATE.match(c)] if covariates is None else list(covariates)
    for name in chosen:
        panel.column(name)
    parts: dict[str, tuple[str, frozenset[str], Floats]] = {}
    for name in chosen:
        group = CONDITIONS.get(name[:3], "structure")
        values = panel.columns[name]
        if name == PEACE_YEARS:
            # A cubic of peace years breaks outside the years it was fitted on; its logarithm does not.
            parts["ln_peace_years"] = ("memory", frozenset({"memory"}), np.log1p(values))
        else:
            parts[name] = (group, frozenset({group}), values)
    for name in ("major2", "mid_ongoing_l"):
        if name in panel.columns:
            group = "structure" if name == "major2" else "memory"
            parts[name] = (group, frozenset({group}), panel.columns[name])
    _add_other_direction(parts, panel, spec)
    for name in spec.relative_columns:
        if name in parts:
            group, uses, values = parts[name]
            parts[name] = (group, uses, relative_to_year(values, panel.year))
    _add_memory(parts, panel, outcome, lag, spec)
    _add_interactions(parts, spec)
    return FeatureTable(
        names=tuple(parts),
        groups=tuple(group for group, _, _ in parts.values()),
        uses=tuple(uses for _, uses, _ in parts.values()),
        values=np.column_stack([values for _, _, values in parts.values()]),
    )


def relative_to_year(values: Floats, year: NDArray[np.int64]) -> Floats:
    """Deviations from the mean of all known rows of the same year, in standard deviations; `year` is sorted.

    A year in which all known values agree says nothing and becomes 0.
    """
    out = np.full(values.size, np.nan)
    edges = np.append(np.flatnonzero(np.diff(year, prepend=year[0] - 1)), year.size)
    for begin, end in pairwise(edges):
        block = values[begin:end]
        known = np.isfinite(block)
        if known.any():
            spread = float(block[known].std())
            out[begin:end] = (block - block[known].mean()) / spread if spread > 1e-9 else np.where(known, 0.0, np.nan)
    return out


def _add_other_direction(
    parts: dict[str, tuple[str, frozenset[str], Floats]], panel: DyadYears, spec: Spec
) -> None:
    """Columns of the opposite row, and how long each state has been in the panel (new states dispute more)."""
    own, opposite = panel.dyad(), np.asarray(panel.j * panel.states.size + panel.i)
    size = panel.states.size**2
    key, wanted = panel.year * size + own, panel.year * size + opposite  # rows are sorted by this key
    at = np.minimum(np.searchsorted(key, wanted), key.size - 1)
    there = key[at] == wanted
    for term in spec.reversed_columns:
        if term.column in panel.columns:
            values = np.where(there, panel.columns[term.column][at], np.nan)
            parts[term.name] = (term.group, frozenset({term.group}), values)
    first = np.full(panel.states.size, np.iinfo(np.int64).max)
    np.minimum.at(first, panel.i, panel.year)
    for side, index in (("i", panel.i), ("j", panel.j)):
        # A state of the panel's first year is as old as can be: its true age is not in the panel.
        age = np.where(first[index] <= panel.first_year, spec.oldest_state, panel.year - first[index])
        values = np.log1p(np.minimum(age, spec.oldest_state))
        parts[f"{side}_age"] = ("structure", frozenset({"structure"}), values.astype(np.float64))


def _border(panel: DyadYears) -> Floats | None:
    """Neighbours: a land border or at most 12 miles of water (types 1 and 2 of Stinnett et al. 2002)."""
    if "conttype" in panel.columns:
        kind = panel.columns["conttype"]
        return np.where(np.isfinite(kind), ((kind >= 1) & (kind <= 2)).astype(np.float64), np.nan)
    return panel.columns.get("c4_land_contig")


def _add_memory(
    parts: dict[str, tuple[str, frozenset[str], Floats]], panel: DyadYears, outcome: str, lag: int, spec: Spec
) -> None:
    own = frozenset({"memory"})
    cube, covered = event_cube(panel, panel.column(memory_events(panel, outcome)))
    border = _border(panel)
    pact = panel.columns.get("c2_pact_with_target")
    rival = panel.columns.get("c1_rivalry")
    for half_life in spec.half_lives:
        memory = decayed(cube, covered, half_life, lag)
        readings = dyad_memory(panel, memory)
        for name, values in readings.items():
            parts[f"mem_{name}_h{half_life:g}"] = ("memory", own, log_offset(values, spec.offset))
        if half_life != spec.network_half_life:
            continue
        both = readings["out"] + readings["back"]
        parts["pair_memory"] = ("memory", own, log_offset(both, spec.offset))
        for label, link in (("neighbours", border), ("allies", pact)):
            if link is not None:
                for side, values in zip("ij", through(panel, relation(panel, link), memory), strict=True):
                    parts[f"mem_{side}_{label}"] = ("memory", own, log_offset(values, spec.offset))
    for label, link, group in (
        ("borders", border, "structure"),
        ("rivals", rival, "perceived_justification"),
    ):
        if link is not None:
            for side, values in zip("ij", degree(panel, relation(panel, link)), strict=True):
                parts[f"{side}_{label}"] = (group, frozenset({group}), np.log1p(values))


def _add_interactions(parts: dict[str, tuple[str, frozenset[str], Floats]], spec: Spec) -> None:
    for term in spec.interactions:
        if term.left in parts and term.right in parts:
            _, uses_left, left = parts[term.left]
            _, uses_right, right = parts[term.right]
            parts[f"{term.left}*{term.right}"] = (term.group, uses_left | uses_right, left * right)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scaling:
    """Imputation and standardisation learnt on training rows: medians, means and deviations, each (p,)."""

    medians: Floats
    means: Floats
    deviations: Floats
    clip: float

    def apply(self, values: Floats) -> Floats:
        """Design matrix (n, p + 1), constant first; a value is kept within `clip` deviations."""
        out = np.empty((values.shape[0], values.shape[1] + 1))
        out[:, 0] = 1.0
        for begin in range(0, values.shape[0], ROWS):  # in blocks that stay in the cache
            block = values[begin : begin + ROWS]
            z = np.where(np.isnan(block), self.medians, block)
            z -= self.means
            z /= self.deviations
            np.clip(z, -self.clip, self.clip, out=out[begin : begin + ROWS, 1:])
        return out


def learn_scaling(values: Floats, clip: float) -> Scaling:
    """Medians over the known values, then means and deviations of the filled columns."""
    medians, means, deviations = np.zeros((3, values.shape[1]))
    for k in range(values.shape[1]):
        column = np.ascontiguousarray(values[:, k])
        missing = np.isnan(column)
        if missing.any():
            if not missing.all():
                medians[k] = np.median(column[~missing])
            column[missing] = medians[k]
        else:
            medians[k] = np.median(column)
        means[k], deviations[k] = column.mean(), column.std()
    deviations[deviations <= 1e-12] = 1.0
    return Scaling(medians=medians, means=means, deviations=deviations, clip=clip)


def require_outcome(panel: DyadYears, outcome: str) -> Floats:
    """The outcome column (n,), 0/1 with NaN where it was not observed; UnknownName if absent, and refused
    with the offending value if it is not an outcome."""
    values = panel.column(outcome)
    bad = np.isfinite(values) & (values != 0.0) & (values != 1.0)
    if bad.any():
        raise UnknownName("0/1 outcome", outcome, where="panel",
                          fix=f"Its values must be 0, 1 or missing; found {values[bad][0]:g}")  # fmt: skip
    return values
