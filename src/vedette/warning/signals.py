"""Readings of event streams for the options of a case: tempo, change, combination, build-up.

Pure functions on daily counts and located sightings that were available by the day. Each option gets at most one
reading of each kind; together they enter an assessment through one channel (`vedette.warning.indicators`), and rows
whose reports are evidence of the case already are not counted again.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from vedette.domain.case import Case, Option
from vedette.domain.claims import Posture
from vedette.domain.events import DayVolume, DyadDay
from vedette.domain.evidence import OPTION_CHANNEL
from vedette.domain.indicators import SignalKind, SignalReading
from vedette.domain.scenarios import Branch
from vedette.domain.time import AsOf, instant
from vedette.warning.build_up import BuildUp, Sighting, build_up
from vedette.warning.changes import change_score, latest_change
from vedette.warning.ratios import worth
from vedette.warning.tempo import HISTORY_WEEKS, LEAST_WEEKS, Tempo, surprise

Array = npt.NDArray[np.float64]

# PLOVER classes by what they say of coming force (reference.plover has the whole list).
CONFLICT = ("THREATEN", "MOBILIZE", "COERCE", "ASSAULT", "SANCTION")
MOBILISE = ("MOBILIZE",)
THREAT = ("THREATEN",)
COOPERATION = ("AGREE", "CONSULT", "SUPPORT", "COOPERATE", "AID")


@dataclass(frozen=True, slots=True, kw_only=True)
class Weeks:
    """Seven-day counts of a directed pair in one data set, oldest first, the last ending on the day asked about.

    ``by_root``: counts by PLOVER class, each (W,); ``volume``: all events of the data set, (W,). A week before the data
    set begins is not in it.
    """

    dataset: str
    by_root: Mapping[str, Array]
    volume: Array

    def of(self, roots: Sequence[str]) -> Array:
        """Counts of some classes together, (W,)."""
        out = np.zeros(self.volume.size)
        for root in roots:
            out = out + self.by_root.get(root, 0.0)
        return out


def weeks_of(
    days: Iterable[DyadDay], volumes: Iterable[DayVolume], pair: tuple[str, str], day: dt.date,
    weeks: int = HISTORY_WEEKS + 1, leave_out: Mapping[tuple[str, dt.date, str | None], int] | None = None,
) -> tuple[Weeks, ...]:  # fmt: skip
    """Weeks of a pair in every data set that has volume. ``leave_out``: rows not to count, by data set, day, class."""
    volume: dict[str, Array] = {}
    for v in volumes:
        at = _week(v.day, day, weeks)
        if at is not None:
            volume.setdefault(v.dataset, np.zeros(weeks))[at] += v.events
    counts: dict[str, dict[str, Array]] = {d: {} for d in volume}
    for row in days:
        at = _week(row.day, day, weeks)
        if at is None or row.root is None or (row.source, row.target) != pair or row.dataset not in counts:
            continue
        less = (leave_out or {}).get((row.dataset, row.day, row.root), 0)
        counts[row.dataset].setdefault(row.root, np.zeros(weeks))[at] += max(row.events - less, 0)
    made = []
    for dataset in sorted(volume):
        # Weeks before the data set's first row were not reported.
        first = int(np.flatnonzero(volume[dataset] > 0)[0]) if np.any(volume[dataset] > 0) else weeks
        made.append(
            Weeks(
                dataset=dataset, by_root={r: c[first:] for r, c in counts[dataset].items()},
                volume=volume[dataset][first:],
            )
        )
    return tuple(w for w in made if w.volume.size)


def _week(day: dt.date, last: dt.date, weeks: int) -> int | None:
    back = (last - day).days
    return weeks - 1 - back // 7 if 0 <= back < 7 * weeks else None


def last_week(found: Weeks, roots: Sequence[str]) -> Tempo:
    """Surprise of the last week for some classes."""
    y = found.of(roots)
    return surprise(y[:-1], found.volume[:-1], float(y[-1]), float(found.volume[-1]))


def combination(found: Weeks) -> float | None:
    """How far forces, threats and the end of talks come together: the least of the three surprises.

    ``min(z(mobilise), z(threaten), -z(cooperate))``: a conjunction is as strong as its weakest part.
    """
    parts = [last_week(found, MOBILISE).z, last_week(found, THREAT).z, last_week(found, COOPERATION).z]
    if any(z is None for z in parts):
        return None
    up = [float(z or 0.0) for z in parts]
    return min(up[0], up[1], -up[2])


def longest(found: Sequence[Weeks]) -> Weeks | None:
    """The data set with the longest past, then the largest volume: one stream speaks, not each its copy."""
    able = [w for w in found if w.volume.size > LEAST_WEEKS]
    return max(able, key=lambda w: (int((w.volume > 0).sum()), float(w.volume.sum()), w.dataset)) if able else None


def stream_readings(
    case: Case, cut: AsOf, found: Mapping[str, Weeks], without: Mapping[str, int] | None = None
) -> tuple[SignalReading, ...]:
    """Tempo, change and combination of every option that comes unasked. ``found``: weeks of each option's lead pair;
    ``without``: rows of each that were not counted because they are evidence.
    """
    out = []
    for option in case.options:
        scenario = option_scenario(case, option)
        weeks = found.get(option.id)
        if scenario is None or weeks is None or option.posture is Posture.INVITED:
            continue
        left_out = (without or {}).get(option.id, 0)
        y = weeks.of(CONFLICT)
        tempo = last_week(weeks, CONFLICT)
        if tempo.z is not None:
            said = f"{y[-1]:g} events in 7 days, {tempo.expected:.1f} expected from {tempo.weeks} weeks"
            out.append(_reading(option, scenario, SignalKind.TEMPO, cut, tempo.z, y[-1], weeks.dataset, said, left_out))
        if weeks.volume.size > LEAST_WEEKS:
            change = latest_change(y, weeks.volume)
            since = f"rate times {change.factor:.2f} for {change.run} weeks" if change.factor else "no change"
            said = f"{since}; a change within four weeks has probability {change.recent:.2f}"
            value = change_score(change)
            kind = SignalKind.CHANGE
            out.append(_reading(option, scenario, kind, cut, value, float(y.sum()), weeks.dataset, said, left_out))
        both = combination(weeks)
        if both is not None:
            said = "the least of the surprises of mobilising, threatening and of talks that stop"
            kind, n = SignalKind.COMBINATION, float(weeks.of((*MOBILISE, *THREAT, *COOPERATION))[-1])
            out.append(_reading(option, scenario, kind, cut, both, n, weeks.dataset, said, left_out))
    return tuple(out)


def build_up_readings(
    case: Case, cut: AsOf, sightings: Sequence[Sighting], source: str, left_out: int = 0, *, only: str | None = None
) -> tuple[SignalReading, ...]:
    """Build-up near the target's border: in the host where an option has one, else in the intervener's own land.

    ``only``: of this option (default: of every one that comes unasked).
    """
    out = []
    for option in case.options:
        if option.posture is Posture.INVITED or only not in (None, option.id):
            continue
        through = option.host if option.host is not None and option.host != option.target else None
        scenario = option_scenario(case, option, through=through is not None)
        if scenario is None:
            continue
        places = {through} if through is not None else set(option.interveners)
        found = located_build_up(sightings, option.target, cut, places)
        if found.z is None:
            continue
        n = found.near_recent + found.near_before
        said = (
            f"near {option.target} in {' and '.join(sorted(places))}: {found.near_recent} of {found.all_recent} "
            f"sightings that became known in 14 days, {found.near_before} of {found.all_before} in the 28 days before"
        )
        out.append(_reading(option, scenario, SignalKind.BUILD_UP, cut, found.z, n, source, said, left_out))
    return tuple(out)


def located_build_up(sightings: Sequence[Sighting], target: str, cut: AsOf, places: set[str]) -> BuildUp:
    """Near sightings in ``places`` among all that are known by the cut, wherever they are."""
    known = [s for s in sightings if cut.admits(s.available)]
    return build_up(known, target, cut.date, within=places)


def option_scenario(case: Case, option: Option, *, through: bool = False) -> str | None:
    """The scenario that what happens on the ground raises: the one that moves the tree's first question, or, for what
    happens ``through`` a host, the one that moves a later question of the option. None when there is none."""
    tree = case.scenario_set.tree
    root = tree.chance if isinstance(tree, Branch) else ""
    first = later = None
    for s in case.scenario_set.scenarios:
        moved = case.chance_moved(option.id, s.id, OPTION_CHANNEL)
        if moved is None or moved[1] < 0:
            continue
        if moved[0] == root:
            first = first or s.id
        else:
            later = later or s.id
    return (later or first) if through else (first or later)


def _reading(
    option: Option, scenario: str, kind: SignalKind, cut: AsOf, value: float, events: float, source: str, said: str,
    left_out: int,
) -> SignalReading:  # fmt: skip
    ratio, spread = worth(kind, float(value))
    return SignalReading(
        id=f"{option.id}-{kind.value}-{cut.date.isoformat()}", option=option.id, scenario=scenario, kind=kind,
        at=instant(cut.date), value=float(value), log_ratio=ratio, spread=spread, events=int(events), source=source,
        detail=said, left_out=left_out,
    )  # fmt: skip
