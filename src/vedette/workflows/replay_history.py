"""The structural model as it would have stood at past dates, for named episodes."""

from __future__ import annotations

import csv
import datetime as dt
import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from vedette.domain.time import parse_date
from vedette.errors import CaseRefused, DateRefused, FrameRefused, UnknownState
from vedette.forecasting.structural.bundled import OUTCOMES
from vedette.forecasting.structural.dyads import dyad_years
from vedette.forecasting.structural.features import FeatureTable, build_features
from vedette.forecasting.structural.fit import fit_structural
from vedette.panel.table import Panel
from vedette.panel.vintage import as_of
from vedette.reference.states import find_state
from vedette.workflows.history import open_panel

NEEDED = ("case_id", "intervener_iso3", "target_iso3", "decision_date")


@dataclass(frozen=True, slots=True, kw_only=True)
class Episode:
    """One named episode: who against whom, and the day whose knowledge counts."""

    id: str
    intervener: str
    target: str
    day: dt.date
    outcome: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Replayed:
    """What the model would have said for the year of an episode, from what was known the year before.

    ``p`` None where it could not be computed; ``reason`` says why. ``outcome`` is the file's, shown last.
    """

    episode: Episode
    p: float | None
    low: float | None
    high: float | None
    rank: int | None
    ranked: int | None
    trained_until: int | None
    reason: str


def read_episodes(path: Path) -> tuple[tuple[Episode, ...], tuple[str, ...]]:
    """(episodes, complaints) of a CSV file; a malformed row is named and left out. Raises ``CaseRefused``."""
    if not path.is_file():
        raise CaseRefused("no such file", where=str(path))
    found: list[Episode] = []
    complaints: list[str] = []
    with path.open(encoding="utf-8", newline="") as handle:
        reader = csv.DictReader(handle)
        missing = [n for n in NEEDED if n not in (reader.fieldnames or ())]
        if missing:
            raise CaseRefused(f"columns {', '.join(missing)} are missing", where=str(path))
        for number, row in enumerate(reader, 2):
            try:
                day = parse_date(row["decision_date"])
                found.append(
                    Episode(
                        id=row["case_id"], intervener=row["intervener_iso3"], target=row["target_iso3"], day=day,
                        outcome=row.get("outcome") or "",
                    )
                )  # fmt: skip
            except DateRefused as error:
                complaints.append(f"line {number}: {error}")
    return tuple(found), tuple(complaints)


def replay_episodes(
    folder: Path,
    episodes: tuple[Episode, ...],
    outcome: str = "force",
    *,
    progress: Callable[[str, str], None] = lambda _a, _b: None,
) -> tuple[Replayed, ...]:
    """Rates of every episode's pair for its year, the model refitted on what was known on 31 December before.

    Publication lags are respected: a value counts only from the day its source's rule makes it known. Raises
    ``FrameRefused`` without data.
    """
    built = open_panel(folder, timing="known")
    by_year: dict[int, list[Episode]] = defaultdict(list)
    for e in episodes:
        by_year[e.day.year].append(e)
    found: dict[str, Replayed] = {}
    try:
        for year in sorted(by_year):
            started = time.perf_counter()
            for result in _one_year(built.panel, year, by_year[year], OUTCOMES[outcome]):
                found[result.episode.id] = result
            progress(str(year), f"{len(by_year[year])} episodes, {time.perf_counter() - started:.1f} s")
    finally:
        built.panel.close()
    return tuple(found[e.id] for e in episodes)


def _failed(episode: Episode, reason: str) -> Replayed:
    return Replayed(
        episode=episode, p=None, low=None, high=None, rank=None, ranked=None, trained_until=None, reason=reason
    )


def _one_year(panel: Panel, year: int, episodes: list[Episode], column: str) -> list[Replayed]:
    """All episodes of one year from one fit."""
    try:
        seen = as_of(panel, dt.date(year - 1, 12, 31))
        data = dyad_years(seen.arrays())
        model = fit_structural(data, column)
    except (DateRefused, FrameRefused) as error:
        return [_failed(e, error.what) for e in episodes]
    table = build_features(data, column)
    begin = int(np.searchsorted(data.year, year))
    if begin == data.n:
        return [_failed(e, f"the panel has no rows for {year}") for e in episodes]
    rates = model.predict(
        FeatureTable(names=table.names, groups=table.groups, uses=table.uses, values=table.values[begin:])
    )
    one, two = data.states[data.i[begin:]], data.states[data.j[begin:]]
    out: list[Replayed] = []
    for e in episodes:
        try:
            a, b = (find_state(s, e.day).cowcode for s in (e.intervener, e.target))
        except UnknownState as error:
            out.append(_failed(e, str(error)))
            continue
        at = np.flatnonzero((one == a) & (two == b))
        if at.size == 0:
            out.append(_failed(e, "not among the politically relevant pairs of that year"))
            continue
        p = float(rates.p[at[0]])
        out.append(
            Replayed(
                episode=e, p=p, low=float(rates.low[at[0]]), high=float(rates.high[at[0]]),
                rank=1 + int(np.sum(rates.p > p)), ranked=int(rates.p.size), trained_until=model.training.last_year,
                reason="",
            )
        )  # fmt: skip
    return out
