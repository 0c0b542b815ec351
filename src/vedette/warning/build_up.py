"""Forces moving towards a border, from where reports place them.

Each sighting gets its distance to the nearest land of the target. The measure is a share: of all located sightings of
the last days, how many lie within reach of that border, against the days before. A share, because the volume of
reporting rises in every crisis; what speaks of intent is that what is seen comes closer.

``z`` is the normal score of the mid-p value of the recent near count, given how many of both spans were near and how
many were located at all: Fisher's exact test of a two by two table (Fisher 1934, Statistical Methods for Research
Workers, section 21.02), one-sided, with Lancaster's mid-p.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Container, Iterable
from dataclasses import dataclass
from functools import lru_cache

from vedette.domain.claims import Place
from vedette.geography.distance import border_distance

# Kilometres from the target within which forces count as near. [assumption]: a day or two on the road for a column; the
# explanation page shows what 50 and 200 would give.
NEAR_KM = 100.0
# Days that count as recent, and days before them that they are compared with. [assumption]: two weeks, four weeks.
RECENT_DAYS = 14
BEFORE_DAYS = 28
# Fewer located sightings than this in either span are no ground for a share. [assumption]
LEAST_SIGHTINGS = 5
_LARGEST = 6.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Sighting:
    """Something military seen at a place. ``day``: when it was seen; ``available``: when the place could be known."""

    id: str
    day: dt.date
    available: dt.datetime
    lat: float
    lon: float
    state: str | None
    what: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class BuildUp:
    """Sightings near a border, recent against before. ``z`` None where too few were located (``reason``)."""

    z: float | None
    near_recent: int
    all_recent: int
    near_before: int
    all_before: int
    nearest_km: float | None
    reason: str = ""


@lru_cache(maxsize=65_536)
def km_to(state: str, lat: float, lon: float) -> float:
    """Kilometres (great circle) to the nearest land of a state, 0 inside it; Natural Earth 1:50 million.

    The scale is coarse by a kilometre or two; sightings are placed to a village. Raises `UnknownState` for a state
    without an outline.
    """
    found = border_distance(state, Place(name="sighting", lat=lat, lon=lon), "50m")
    return 0.0 if found.inside else found.km


def build_up(
    sightings: Iterable[Sighting], target: str, day: dt.date, *, near_km: float = NEAR_KM,
    recent_days: int = RECENT_DAYS, before_days: int = BEFORE_DAYS, within: Container[str] | None = None,
) -> BuildUp:  # fmt: skip
    """Sightings outside ``target`` of the last days against the days before, as of the end of ``day``.

    The caller hands in what was available by then. Days count by when a place became known, not by when the thing was
    seen: a sighting posted weeks late is late news. ``within``: states in which a near sighting counts (default: all).
    """
    recent_from = day - dt.timedelta(days=recent_days - 1)
    before_from = recent_from - dt.timedelta(days=before_days)
    spans: tuple[list[tuple[float, str | None]], list[tuple[float, str | None]]] = ([], [])
    for s in sightings:
        known = s.available.date()
        if not before_from <= known <= day:
            continue
        km = km_to(target, s.lat, s.lon)
        if km > 0:
            spans[0 if known >= recent_from else 1].append((km, s.state))
    near = [sum(1 for km, at in span if km <= near_km and (within is None or at in within)) for span in spans]
    z, reason = near_score(near[0], len(spans[0]), near[1], len(spans[1]))
    return BuildUp(
        z=z, near_recent=near[0], all_recent=len(spans[0]), near_before=near[1], all_before=len(spans[1]),
        nearest_km=min((km for km, _ in spans[0]), default=None), reason=reason,
    )  # fmt: skip


def near_score(near: int, whole: int, near_before: int, whole_before: int) -> tuple[float | None, str]:
    """(normal score of the recent near count, why there is none)."""
    if min(whole, whole_before) < LEAST_SIGHTINGS:
        return None, f"{whole} located sightings recently and {whole_before} before, fewer than {LEAST_SIGHTINGS}"
    both = near + near_before
    if both == 0:
        return 0.0, ""
    above = _tail(near, both, whole, whole_before)
    return min(max(_normal_score(above), -_LARGEST), _LARGEST), ""


def _tail(near: int, both: int, whole: int, whole_before: int) -> float:
    """Mid-p probability of at least ``near`` of ``both`` near sightings falling into the recent span."""
    total = whole + whole_before

    def chance(k: int) -> float:
        if k > whole or both - k > whole_before or k < 0:
            return 0.0
        return math.exp(_log_choose(whole, k) + _log_choose(whole_before, both - k) - _log_choose(total, both))

    return math.fsum([0.5 * chance(near), *(chance(k) for k in range(near + 1, both + 1))])


def _log_choose(n: int, k: int) -> float:
    return math.lgamma(n + 1) - math.lgamma(k + 1) - math.lgamma(n - k + 1)


def _normal_score(above: float) -> float:
    from scipy.special import ndtri

    return -float(ndtri(min(max(above, 1e-12), 1 - 1e-12)))

