"""A watch list of pairs run over collected days of an event stream: how often it would cry over quiet pairs.

Weeks run by the day of collection, so that every week holds only what had been collected by its end. A pair's week is
told when it is surprising against the pair's own weeks before for the volume of the week; a naive watcher tells it when
it holds five events and twice the mean of the weeks before.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from vedette.domain.events import Event
from vedette.errors import BadInput, UnknownState
from vedette.warning.tempo import HISTORY_WEEKS, LEAST_WEEKS, surprise

TOLD = 3.0
"""Standard deviations from which a week is told. One quiet week in 500 on made pairs (evals/signals.py --sweep)."""
LEAST_EVENTS = 5
TIMES_MEAN = 2.0
"""The naive rule: so many events, and so many times the mean of the weeks before. [assumption]"""
QUIET_MEAN = 1.0
"""A pair's week is quiet when the pair had fewer events than this a week before. [assumption]"""


@dataclass(frozen=True, slots=True, kw_only=True)
class PairWeek:
    """One week of one directed pair. ``expected`` for the week's volume; ``z`` None without enough past."""

    source: str
    target: str
    week: dt.date
    events: int
    expected: float | None
    z: float | None
    mean_before: float
    told: bool
    naive: bool

    @property
    def quiet(self) -> bool:
        """Whether the pair was quiet in the weeks before."""
        return self.mean_before < QUIET_MEAN


def named_pair(event: Event, codes: dict[str, str | None]) -> tuple[str, str] | None:
    """The two states of an event: its codes, or its actors' names where those are states or their people."""
    from vedette.reference.demonyms import demonyms
    from vedette.reference.states import find_state

    if not codes:
        codes.update({form.casefold(): code for code, forms in demonyms().items() for form in forms})
    found: list[str] = []
    for code, actor in ((event.source, event.source_actor), (event.target, event.target_actor)):
        name = (actor or "").casefold().removeprefix("the ").strip()
        if code is None and name and name not in codes:
            try:
                codes[name] = find_state(name).iso3
            except UnknownState:
                codes[name] = None
        state = code or (codes.get(name) if name else None)
        if state is None:
            return None
        found.append(state)
    return (found[0], found[1]) if found[0] != found[1] else None


def pair_weeks(events: Iterable[Event], pairs: Sequence[tuple[str, str]] = ()) -> tuple[list[PairWeek], dict[str, Any]]:
    """(every judged week of every pair, counts of what came in). ``pairs``: only these; none given: all that are named.

    Weeks without any collected row tell nothing. Raises `BadInput` when no event names two states.
    """
    codes: dict[str, str | None] = {}
    known: list[tuple[dt.date, tuple[str, str] | None]] = []
    for event in events:
        known.append((event.available_at.date(), named_pair(event, codes)))
    named = [p for _, p in known if p is not None]
    if not named:
        raise BadInput("no event names two states", fix="Events need two actors that are states")
    last = max(d for d, _ in known)
    weeks = (last - min(d for d, _ in known)).days // 7 + 1
    volume = np.zeros(weeks)
    counts: dict[tuple[str, str], np.ndarray[Any, np.dtype[np.float64]]] = defaultdict(lambda: np.zeros(weeks))
    for day, pair in known:
        at = weeks - 1 - (last - day).days // 7
        volume[at] += 1
        if pair is not None:
            counts[pair][at] += 1
    chosen = sorted(set(pairs)) if pairs else sorted(counts)
    out = []
    for pair in chosen:
        y = counts.get(pair, np.zeros(weeks))
        for at in range(LEAST_WEEKS, weeks):
            made = _week(pair, y, volume, at, last - dt.timedelta(days=7 * (weeks - 1 - at)))
            if made is not None:
                out.append(made)
    told = {"rows": len(known), "named": len(named), "pairs": len(chosen), "weeks": weeks,
            "collection_days": len({d for d, _ in known}), "first": min(d for d, _ in known).isoformat(),
            "last": last.isoformat()}  # fmt: skip
    return out, told


def _week(pair: tuple[str, str], y: Any, volume: Any, at: int, ends: dt.date) -> PairWeek | None:
    past, v = y[max(0, at - HISTORY_WEEKS) : at], volume[max(0, at - HISTORY_WEEKS) : at]
    found = surprise(past, v, float(y[at]), float(volume[at]))
    if found.z is None:
        return None
    mean = float(past[v > 0].mean())
    return PairWeek(
        source=pair[0], target=pair[1], week=ends, events=int(y[at]), expected=found.expected, z=found.z,
        mean_before=mean, told=found.z >= TOLD, naive=bool(y[at] >= max(LEAST_EVENTS, TIMES_MEAN * mean)),
    )  # fmt: skip


def watch_list(events: Iterable[Event], pairs: Sequence[tuple[str, str]] = ()) -> dict[str, Any]:
    """Alerts a quiet pair-week, with intervals, beside the naive rule; and the weeks told, by surprise."""
    weeks, counts = pair_weeks(events, pairs)
    quiet, busy = [w for w in weeks if w.quiet], [w for w in weeks if not w.quiet]
    told = sorted((w for w in weeks if w.told), key=lambda w: (-(w.z or 0.0), w.week, w.source, w.target))
    return {
        **counts, "judged": len(weeks), "rule": {"z": TOLD, "naive_events": LEAST_EVENTS, "naive_times": TIMES_MEAN},
        "quiet": _rates(quiet), "busy": _rates(busy),
        "by_week": [
            {
                "week": day.isoformat(), "judged": sum(w.week == day for w in quiet),
                "told": sum(w.week == day and w.told for w in quiet),
                "naive": sum(w.week == day and w.naive for w in quiet),
            }
            for day in sorted({w.week for w in weeks})
        ],
        "told": [
            {
                "source": w.source, "target": w.target, "week": w.week.isoformat(), "events": w.events,
                "expected": w.expected, "z": w.z, "mean_before": w.mean_before, "quiet": w.quiet, "naive": w.naive,
            }
            for w in told
        ],
    }  # fmt: skip


def _rates(weeks: Sequence[PairWeek]) -> dict[str, Any]:
    """Shares of weeks told by each rule, with 95 % intervals that resample pairs: weeks of a pair go together."""
    from vedette.scoring.averages import mean_interval

    out: dict[str, Any] = {"weeks": len(weeks), "pairs": len({(w.source, w.target) for w in weeks})}
    for name in ("told", "naive"):
        values = [float(getattr(w, name)) for w in weeks]
        interval = None
        if out["pairs"] > 1:
            found = mean_interval(values, [f"{w.source}-{w.target}" for w in weeks])
            interval = [found.low, found.high]
        out[name] = {"alerts": int(sum(values)), "a_week": sum(values) / len(values) if values else None,
                     "interval95": interval}  # fmt: skip
    return out
