"""A made dyad-year panel with known truth, so that every test of the method runs without third-party data.

Its rates are those of the real panel (computed from 1946-2024: dispute initiation 1.2 %, force 0.75 %, hostile
intervention 0.16 %, missing values in the same columns); its states and events are invented.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from vedette.forecasting.structural.dyads import DyadYears, dyad_years
from vedette.forecasting.structural.walk import sigmoid

Floats = NDArray[np.float64]

# Rates of the real panel; the intercepts below are set so that a made panel comes near them.
RATES = {"y_mid_init": 0.0121, "y_force_init": 0.0075, "y_ucdp_hostile": 0.0016}
FORCE_GIVEN_DISPUTE = RATES["y_force_init"] / RATES["y_mid_init"]


def simulated_panel(
    seed: int = 1, *, states: int = 36, first_year: int = 1946, last_year: int = 2014, majors: int = 3
) -> DyadYears:
    """A panel of about `states * 8 * years` rows, with the column names of the real one.

    Truth: disputes depend on rivalry, border, distance, capability, and on the pair's own decayed disputes
    (half-life 4 years) and the intervener's disputes elsewhere. The same seed gives the same panel.
    """
    rng = np.random.default_rng(seed)
    place = rng.random((states, 2)) * 6000.0
    power = np.sort(rng.pareto(1.3, states) + 0.05)[::-1]
    distance = np.sqrt(((place[:, None] - place[None]) ** 2).sum(axis=2))
    border = (distance < 900.0) & ~np.eye(states, dtype=bool)
    major = np.zeros(states, dtype=bool)
    major[:majors] = True
    relevant = (border | major[:, None] | major[None]) & ~np.eye(states, dtype=bool)
    i, j = np.nonzero(relevant)
    rival = np.zeros((states, states), dtype=bool)
    a, b = np.nonzero(np.triu(border))
    chosen = rng.random(a.size) < 0.18
    rival[a[chosen], b[chosen]] = rival[b[chosen], a[chosen]] = True
    born = np.where(rng.random(states) < 0.3, rng.integers(first_year + 5, last_year - 10, states), first_year)
    democracy = rng.random(states)
    memory, last = np.zeros((states, states)), np.full((states, states), first_year - 30.0)
    blocks = []
    for year in range(first_year, last_year + 1):
        there = (born[i] <= year) & (born[j] <= year)
        block = _year(rng, year, i[there], j[there], distance, border, power, major, rival, democracy, memory, last)
        blocks.append(block)
        x, y, hit = block["ccode1"].astype(int) - 1, block["ccode2"].astype(int) - 1, block["y_mid_init"]
        memory *= 2.0 ** (-1.0 / 4.0)
        memory[x, y] += hit
        last[x[hit == 1], y[hit == 1]] = last[y[hit == 1], x[hit == 1]] = year
        democracy = np.clip(democracy + rng.normal(0, 0.03, states), 0.01, 0.95)
    return dyad_years({name: np.concatenate([b[name] for b in blocks]) for name in blocks[0]})


def _year(
    rng: np.random.Generator, year: int, i: NDArray[np.int64], j: NDArray[np.int64], distance: Floats,
    border: NDArray[np.bool_], power: Floats, major: NDArray[np.bool_], rival: NDArray[np.bool_],
    democracy: Floats, memory: Floats, last: Floats,
) -> dict[str, Floats]:  # fmt: skip
    share = power[i] / (power[i] + power[j])
    miles = np.log1p(np.where(border[i, j], 0.0, distance[i, j]))
    past = memory[i, j] + memory[j, i]
    elsewhere = memory[i].sum(axis=1) - memory[i, j]
    eta = (
        -4.45 + 1.3 * rival[i, j] + 0.7 * border[i, j] - 0.12 * miles + 1.0 * (share - 0.5)
        + 0.6 * np.log1p(past) + 0.25 * np.log1p(elsewhere) - 0.8 * democracy[i] * democracy[j]
    )  # fmt: skip
    dispute = (rng.random(i.size) < sigmoid(eta)).astype(np.float64)
    force = dispute * (rng.random(i.size) < FORCE_GIVEN_DISPUTE)
    hostile = dispute * (rng.random(i.size) < RATES["y_ucdp_hostile"] / RATES["y_mid_init"])
    fraction = np.where(rng.random(i.size) < 0.16, np.nan, (j * 7 % 10) / 10.0)
    return {
        "ccode1": i + 1.0,
        "ccode2": j + 1.0,
        "year": np.full(i.size, float(year)),
        "conttype": border[i, j].astype(np.float64),
        "major1": major[i].astype(np.float64),
        "major2": major[j].astype(np.float64),
        "y_mid_init": dispute,
        "y_force_init": force,
        "y_ucdp_hostile": hostile,
        "c1_rivalry": rival[i, j].astype(np.float64),
        "c1_peaceyrs": np.minimum(year - last[i, j], 60.0),
        "c2_target_ethnic_frac": fraction,
        "c2_pact_with_target": ((i + j) % 5 == 0).astype(np.float64),
        "c3_cap_share": share,
        "c4_land_contig": border[i, j].astype(np.float64),
        "c4_ln_mindist": miles,
        "c4_major_init": major[i].astype(np.float64),
        "c5_init_democracy": democracy[i],
        "c5_joint_democracy": democracy[i] * democracy[j],
    }
