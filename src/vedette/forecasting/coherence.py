"""Whether stated probabilities fit together, and the smallest repair when they do not (METHOD 4.4).

Statements about named scenarios are statements about sets of atoms. They are coherent when some distribution over the
atoms gives every one of them. The repair is the distribution closest to all statements at once: it minimises
``sum_s w_s KL(Bernoulli(q_s) || Bernoulli(p_s))``, convex in the atoms.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from vedette.domain.scenarios import ScenarioSet
from vedette.errors import BadInput
from vedette.forecasting.draws import Array

# Weight of the reference distribution, which decides only what the statements leave open. Small enough to move a
# stated probability by less than 0.1 points. Sweep in tests/unit/forecasting/test_coherence.py.
REFERENCE_WEIGHT = 1e-4
TOLERANCE = 0.005
"""Half a point: differences below it are rounding, not incoherence."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Repair:
    """The coherent distribution nearest to the statements, and how far each statement had to move."""

    atoms: Mapping[str, float]
    scenarios: Mapping[str, float]
    shifts: Mapping[str, float]
    problems: tuple[str, ...]


def problems(stated: Mapping[str, float], scenario_set: ScenarioSet) -> tuple[str, ...]:
    """Sums and nestings that the statements break, in words."""
    found: list[str] = []
    names = list(stated)
    for inner in names:
        for outer in names:
            if inner != outer and scenario_set.nested_in(inner, outer) and stated[inner] > stated[outer] + TOLERANCE:
                found.append(
                    f"{inner} ({100 * stated[inner]:.0f} %) is part of {outer} "
                    f"({100 * stated[outer]:.0f} %) and cannot be likelier"
                )
    everything = {a.id for a in scenario_set.atoms}
    for cover in _partitions(names, scenario_set, everything):
        total = sum(stated[n] for n in cover)
        if abs(total - 1) > TOLERANCE:
            found.append(f"{', '.join(cover)} cannot overlap and leave nothing out, but sum to {100 * total:.0f} %")
    disjoint = _largest_disjoint(names, scenario_set)
    total = sum(stated[n] for n in disjoint)
    if total > 1 + TOLERANCE and not any("sum to" in f for f in found):
        found.append(f"{', '.join(disjoint)} cannot happen together, but sum to {100 * total:.0f} %")
    return tuple(found)


def _partitions(names: list[str], scenario_set: ScenarioSet, everything: set[str]) -> list[tuple[str, ...]]:
    """Sets of stated scenarios that cover every atom exactly once."""
    found: list[tuple[str, ...]] = []

    def extend(chosen: tuple[str, ...], covered: frozenset[str], start: int) -> None:
        if covered == everything:
            found.append(chosen)
            return
        for i in range(start, len(names)):
            atoms = scenario_set.scenario(names[i]).atoms
            if not atoms & covered:
                extend((*chosen, names[i]), covered | atoms, i + 1)

    extend((), frozenset(), 0)
    return found


def _largest_disjoint(names: list[str], scenario_set: ScenarioSet) -> tuple[str, ...]:
    best: tuple[str, ...] = ()
    covered: frozenset[str] = frozenset()
    for name in sorted(names, key=lambda n: (len(scenario_set.scenario(n).atoms), n)):
        atoms = scenario_set.scenario(name).atoms
        if not atoms & covered:
            best, covered = (*best, name), covered | atoms
    return best


def repair(
    stated: Mapping[str, float],
    scenario_set: ScenarioSet,
    *,
    reference: Mapping[str, float] | None = None,
    weights: Mapping[str, float] | None = None,
) -> Repair:
    """The coherent distribution closest to ``stated`` (scenario or atom id -> probability in (0, 1)).

    ``reference``: distribution over atoms that decides what the statements leave open (default: uniform). Computed by
    expectation-maximisation: each statement is a set-valued observation with mass q on its atoms and 1 - q on the
    rest; every step lowers the divergence, and the minimum is unique in what the statements determine.
    """
    if not stated:
        raise BadInput("no probabilities were stated")
    for name, q in stated.items():
        if not 0 < q < 1:
            raise BadInput(
                f"{name}: probability {q} is not strictly between 0 and 1", fix="Use 0.005 or 0.995 at the ends"
            )
    atoms = [a.id for a in scenario_set.atoms]
    sets = np.array([[a in scenario_set.scenario(n).atoms for a in atoms] for n in stated], dtype=float)
    values = np.array(list(stated.values()))
    w = np.array([1.0 if weights is None else weights[n] for n in stated])
    prior = np.array([1.0 / len(atoms) if reference is None else max(reference[a], 1e-6) for a in atoms])
    prior = prior / prior.sum()
    p = _expectation_maximisation(sets, values, w, prior)
    named = {s.id: float(sum(p[atoms.index(a)] for a in s.atoms)) for s in scenario_set.scenarios}
    return Repair(
        atoms=dict(zip(atoms, (float(x) for x in p), strict=True)),
        scenarios=named,
        shifts={n: float(sets[i] @ p - values[i]) for i, n in enumerate(stated)},
        problems=problems(stated, scenario_set),
    )


def _expectation_maximisation(sets: Array, q: Array, w: Array, prior: Array) -> Array:
    p = prior.copy()
    total = w.sum() + REFERENCE_WEIGHT
    for _ in range(20_000):
        inside = np.clip(sets @ p, 1e-15, 1 - 1e-15)
        allotted = (w * q / inside) @ sets + (w * (1 - q) / (1 - inside)) @ (1 - sets)
        fresh: Array = (p * allotted + REFERENCE_WEIGHT * prior) / total
        fresh /= fresh.sum()
        if np.abs(fresh - p).max() < 1e-12:
            return fresh
        p = fresh
    return p
