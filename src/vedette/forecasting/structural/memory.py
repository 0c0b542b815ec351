"""Memory of past disputes: decayed counts for the dyad, for both states, and through their neighbours.

Everything for year t is computed from events of years <= t - lag (lag >= 1), never later. A year in which no
row of the panel reports the event series (it ended, or is not published yet) is unknown, not peaceful: the
memory then holds its last value instead of decaying.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from vedette.forecasting.structural.dyads import DyadYears

Floats = NDArray[np.float64]
Cube = NDArray[np.float32]


def event_cube(panel: DyadYears, events: Floats) -> tuple[Cube, NDArray[np.bool_]]:
    """Events as (years, states, states) counts, and which years the series covers at all."""
    years = panel.last_year - panel.first_year + 1
    cube = np.zeros((years, panel.states.size, panel.states.size), dtype=np.float32)
    t = panel.year - panel.first_year
    known = np.isfinite(events)
    np.add.at(cube, (t[known], panel.i[known], panel.j[known]), events[known].astype(np.float32))
    covered = np.zeros(years, dtype=bool)
    covered[t[known]] = True
    return cube, covered


def decayed(cube: Cube, covered: NDArray[np.bool_], half_life: float, lag: int = 1) -> Cube:
    """`M[t] = sum over s <= t - lag of cube[s] * 2^(-(t - lag + 1 - s)/half_life)`, held over uncovered years.

    The newest year a reader can know has weight 2^(-1/half_life), whatever the lag: a longer lag withholds
    years, and what is not known yet neither adds to a memory nor fades it.
    """
    if half_life <= 0 or lag < 1:
        raise ValueError(f"half_life must be positive and lag at least 1, got {half_life} and {lag}")
    keep = np.float32(2.0 ** (-1.0 / half_life))
    memory = np.zeros_like(cube)
    running = np.zeros(cube.shape[1:], dtype=np.float32)
    for t in range(cube.shape[0]):
        s = t - lag
        if s >= 0 and covered[s]:
            running = (running + cube[s]) * keep
        memory[t] = running
    return memory


def relation(panel: DyadYears, values: Floats) -> Cube:
    """A 0/1 relation of row states (pact, border) as (years, states, states); absent rows count as none."""
    years = panel.last_year - panel.first_year + 1
    cube = np.zeros((years, panel.states.size, panel.states.size), dtype=np.float32)
    cube[panel.year - panel.first_year, panel.i, panel.j] = np.nan_to_num(values)
    return cube


def dyad_memory(panel: DyadYears, memory: Cube) -> dict[str, Floats]:
    """Six readings of one memory, each (n,): the dyad both ways, and what each state did or met elsewhere."""
    t, i, j = panel.year - panel.first_year, panel.i, panel.j
    there = memory[t, i, j].astype(np.float64)
    back = memory[t, j, i].astype(np.float64)
    made, met = memory.sum(axis=2, dtype=np.float64), memory.sum(axis=1, dtype=np.float64)
    return {
        "out": there,  # intervener against target
        "back": back,  # target against intervener
        "i_elsewhere": made[t, i] - there,  # intervener against others
        "j_met": met[t, j] - there,  # others against target
        "j_elsewhere": made[t, j] - back,  # target against others
        "i_met": met[t, i] - back,  # others against intervener
    }


def through(panel: DyadYears, link: Cube, memory: Cube) -> tuple[Floats, Floats]:
    """Disputes of those linked to the intervener with the target, and of the intervener with those linked.

    `sum_k link[i, k] M[k, j]` and `sum_k M[i, k] link[k, j]`, both (n,): coalition and spill-over.
    """
    t, i, j = panel.year - panel.first_year, panel.i, panel.j
    first = np.matmul(link, memory)[t, i, j]
    second = np.matmul(memory, link)[t, i, j]
    return first.astype(np.float64), second.astype(np.float64)


def degree(panel: DyadYears, link: Cube) -> tuple[Floats, Floats]:
    """Number of states linked to the intervener and to the target that year, both (n,)."""
    t = panel.year - panel.first_year
    total = link.sum(axis=2, dtype=np.float64)
    return total[t, panel.i], total[t, panel.j]


def log_offset(values: Floats, offset: float) -> Floats:
    """`ln(offset + x)`: the step from no memory to some matters more than from some to much."""
    return np.asarray(np.log(np.maximum(values, 0.0) + offset), dtype=np.float64)

