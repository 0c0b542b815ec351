"""Analogues: the nearest past cases by standardised features, and what followed.

Three pools: dyad-years of the panel, crises of the ICB data, and our own table of episodes for a bare install.
The rule of time is the same in all: a case whose outcome was not known on the as-of date is not in the pool,
so neither its outcome nor its being there can give anything away.
"""
# ruff: noqa: S608  SQL here is built from declared names and numbers, never from user text.

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from vedette.errors import BadInput, DateRefused
from vedette.frames.frame import Frame
from vedette.frames.history import CRISES
from vedette.panel.reference_classes import FOLLOWED_COLUMNS, pair_name, what_followed
from vedette.panel.table import Panel, need
from vedette.panel.vintage import as_of
from vedette.reference.episodes import FEATURES, all_episodes

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

# A case is compared only when at least this share of the features is known on both sides. [assumption]
KNOWN_SHARE = 0.6

VIOLENCE = {1: "no violence", 2: "minor clashes", 3: "serious clashes", 4: "full-scale war"}

# Features that are years or logs of counts keep their scale; standardising makes them comparable.
DYAD_FEATURES: tuple[str, ...] = (
    "c1_rivalry", "c1_territorial", "c1_mid10", "c1_peaceyrs", "c1_ideal_dist", "c2_target_civil_conflict",
    "c2_pact_with_target", "c3_cap_share", "c3_target_ally_cinc", "c3_target_major_ally", "c4_land_contig",
    "c4_ln_mindist", "c4_major_init", "c5_init_democracy", "c5_joint_democracy", "c5_shared_igos",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class PastCase:
    """A past case near in the features: name, year, distance (0 is the same), what followed, where from."""

    name: str
    year: int
    distance: float
    followed: str
    source: str
    compared: int
    differs_in: tuple[str, ...] = ()
    happened: bool | None = None
    """Whether the outcome asked about followed; None where the question is not of yes and no."""

    @property
    def similarity(self) -> float:
        """1 / (1 + distance): 1 for the same features, falling with distance."""
        return 1.0 / (1.0 + self.distance)


def _distances(
    pool: npt.NDArray[np.float64], case: npt.NDArray[np.float64]
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64], npt.NDArray[np.intp]]:
    """Root-mean-square standardised distance over the features known on both sides, gaps, and their number.

    Scales are the standard deviations within the pool (which holds only what was known); a constant feature
    says nothing and has scale 1. Too few common features give an infinite distance.
    """
    import numpy as np

    known = ~np.isnan(pool)
    count = known.sum(axis=0)
    mean = np.where(known, pool, 0.0).sum(axis=0) / np.maximum(count, 1)
    spread = np.sqrt(np.where(known, (pool - mean) ** 2, 0.0).sum(axis=0) / np.maximum(count, 1))
    scale = np.where(spread > 0, spread, 1.0)
    both = known & ~np.isnan(case)
    gaps = np.where(both, (np.where(both, pool, 0.0) - np.where(np.isnan(case), 0.0, case)) / scale, 0.0)
    common = both.sum(axis=1)
    enough = common >= KNOWN_SHARE * len(case)
    distance = np.sqrt((gaps**2).sum(axis=1) / np.maximum(common, 1))
    return np.where(enough, distance, np.inf), gaps, common


def _most_different(gaps: npt.NDArray[np.float64], names: Sequence[str], most: int = 3) -> tuple[str, ...]:
    """Names of the features in which a case differs most (by half a standard deviation or more)."""
    order = sorted(range(len(names)), key=lambda at: -abs(float(gaps[at])))
    return tuple(names[at] for at in order[:most] if abs(float(gaps[at])) >= 0.5)


def nearest_dyad_years(
    panel: Panel, ccode1: int, ccode2: int, year: int, *, day: date, outcome: str = "y_force_init", most: int = 10,
    features: Sequence[str] = DYAD_FEATURES,
) -> tuple[PastCase, ...]:  # fmt: skip
    """The dyad-years nearest to one pair in one year, one a pair, among those whose outcome was known on ``day``.

    The pair's own past is left out: its memory is already in the features. Raises ``DateRefused`` when the pair
    has no row that year or no case was known by ``day``.
    """
    import numpy as np

    if panel.column(outcome).role != "outcome":
        raise BadInput(f"{outcome} is not an outcome of the panel")
    names = [name for name in features if name in {c.name for c in panel.columns}]
    seen = as_of(panel, day)
    outcomes = [name for name in dict.fromkeys((outcome, *FOLLOWED_COLUMNS)) if name in {c.name for c in panel.columns}]
    got = seen.arrays([*names, *outcomes])
    one, two, years = got["ccode1"], got["ccode2"], got["year"]
    here = np.flatnonzero((one == ccode1) & (two == ccode2) & (years == year))
    if len(here) == 0:
        raise DateRefused(
            f"{pair_name(ccode1, ccode2)} has no row for {year} as known on {day}",
            fix=f"The panel covers {seen.first_year}-{seen.last_year} and the pairs it was built for",
        )
    table = np.column_stack([got[name] for name in names])
    own = np.isin(one, (ccode1, ccode2)) & np.isin(two, (ccode1, ccode2))
    pool = np.flatnonzero(~np.isnan(got[outcome]) & ~own & (years < year))
    if len(pool) == 0:
        raise DateRefused(f"no case with a known outcome lies before {year} as of {day}")
    distance, gaps, common = _distances(table[pool], table[here[0]])
    found: list[PastCase] = []
    met: set[frozenset[float]] = set()
    for at in np.lexsort((one[pool], -years[pool], distance)):
        if len(found) == most or not np.isfinite(distance[at]):
            break
        row = pool[at]
        pair = frozenset((float(one[row]), float(two[row])))
        if pair in met:
            continue
        met.add(pair)
        values = {name: float(got[name][row]) for name in outcomes}
        found.append(
            PastCase(
                name=pair_name(int(one[row]), int(two[row])), year=int(years[row]), distance=float(distance[at]),
                followed=what_followed(values), happened=values[outcome] == 1,
                source=", ".join(panel.column(outcome).sources), compared=int(common[at]),
                differs_in=_most_different(gaps[at], names),
            )
        )  # fmt: skip
    return tuple(found)


# What can be told of a crisis at its trigger. The trigger is a code, so it is compared as equal or not.
_CRISIS_NUMBERS = ("gravity", "geostrategic", "protracted")


def nearest_crises(
    crises: Frame, features: Mapping[str, float], *, day: date, most: int = 10, first_year: int = 1946
) -> tuple[PastCase, ...]:
    """The ICB crises nearest in what was known at the trigger, among those that had ended by ``day``.

    ``features``: ``trigger`` (ICB code 1-9), ``gravity``, ``geostrategic``, ``protracted``; any may be left out.
    A crisis that began before ``day`` but ended after it is not in the pool. Raises ``BadInput`` for a feature
    nobody knows or when none is given.
    """
    import duckdb
    import numpy as np

    need(crises, CRISES)
    known = ("trigger", *_CRISIS_NUMBERS)
    if unknown := sorted(set(features) - set(known)):
        raise BadInput(f"crises are not compared by {unknown[0]!r}", fix=f"Give some of: {', '.join(known)}")
    if not features:
        raise BadInput("no feature of the crisis is given", fix=f"Give some of: {', '.join(known)}")
    with duckdb.connect() as con:
        rows = con.execute(
            f"SELECT crisno, name, year, violence, trigger, {', '.join(_CRISIS_NUMBERS)} FROM {crises.sql} "
            f"WHERE violence IS NOT NULL AND year >= {int(first_year)} AND coalesce(last_year, year) < {day.year} "
            "ORDER BY crisno"
        ).fetchall()
    names = [name for name in known if name in features]
    case = np.array([0.0 if name == "trigger" else float(features[name]) for name in names])

    def value(row: tuple[object, ...], name: str) -> float:
        cell = row[4 + known.index(name)]
        if cell is None:
            return float("nan")
        return float(str(cell)) if name != "trigger" else float(float(str(cell)) != features["trigger"])

    if not rows:
        return ()
    pool = np.array([[value(row, name) for name in names] for row in rows])
    distance, gaps, common = _distances(pool, case)
    order = [at for at in np.lexsort((-np.array([int(row[2]) for row in rows]), distance)) if np.isfinite(distance[at])]
    return tuple(
        PastCase(
            name=_in_words(str(rows[at][1])), year=int(rows[at][2]), distance=float(distance[at]),
            followed=VIOLENCE[int(rows[at][3])], source=f"ICB {int(rows[at][0])}", compared=int(common[at]),
            differs_in=_most_different(gaps[at], names),
        )
        for at in order[:most]
    )  # fmt: skip


def _in_words(name: str) -> str:
    """'PUNJAB WAR SCARE II' as 'Punjab War Scare II'."""
    return re.sub(r"\b(?:Ii|Iii|Iv|Vi|Vii|Viii)\b", lambda found: found.group().upper(), name.title())


def nearest_episodes(features: Mapping[str, bool], *, day: date, most: int = 10) -> tuple[PastCase, ...]:
    """The episodes of our own table nearest in yes/no features, among those resolved by ``day``.

    ``features``: any of ``reference.episodes.FEATURES``. Needs no downloaded data. The table is a selection:
    read the cases, do not count them. Raises ``BadInput`` for an unknown feature or when none is given.
    """
    import numpy as np

    if unknown := sorted(set(features) - set(FEATURES)):
        raise BadInput(f"episodes are not compared by {unknown[0]!r}", fix=f"Give some of: {', '.join(FEATURES)}")
    if not features:
        raise BadInput("no feature of the case is given", fix=f"Give some of: {', '.join(FEATURES)}")
    names = [name for name in FEATURES if name in features]
    pool = [episode for episode in all_episodes() if episode.resolved_on <= day]
    if not pool:
        return ()
    table = np.array([[float(episode.features[name]) for name in names] for episode in pool])
    distance, gaps, common = _distances(table, np.array([float(features[name]) for name in names]))
    order = np.lexsort((-np.array([episode.judged_on.toordinal() for episode in pool]), distance))
    return tuple(
        PastCase(
            name=pool[at].name, year=pool[at].judged_on.year, distance=float(distance[at]),
            followed=f"{pool[at].outcome}: {pool[at].followed}", source=pool[at].source, compared=int(common[at]),
            differs_in=_most_different(gaps[at], names),
        )
        for at in order[:most]
    )  # fmt: skip
