"""Regions, seas, peninsulas and disputed territories that city gazetteers lack: a point for each, in degrees WGS84.

Our own table, ``regions.txt``. Points are rough centres, to about half a degree. ``country`` is the state that most
other states recognise as sovereign (ISO3), empty where the region spans states. Naming one takes no side.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files


@dataclass(frozen=True, slots=True, kw_only=True)
class Region:
    """A named area. ``level``: region, sea, area (spanning states), or site."""

    names: tuple[str, ...]
    lat: float
    lon: float
    country: str
    level: str


@lru_cache(maxsize=1)
def regions_by_name() -> dict[str, Region]:
    """Every region by every spelling."""
    found: dict[str, Region] = {}
    text = files("vedette.reference").joinpath("regions.txt").read_text(encoding="utf-8")
    for line in text.splitlines():
        if not line or line.startswith("#"):
            continue
        names, _, rest = line.partition(";")
        lat, lon, country, level = rest.split()
        region = Region(
            names=tuple(names.split("/")), lat=float(lat), lon=float(lon), country=country.strip("-"), level=level
        )
        for name in region.names:
            found[name] = region
    return found


@lru_cache(maxsize=1)
def _borders() -> dict[frozenset[str], tuple[float, float]]:
    text = files("vedette.reference").joinpath("borders.txt").read_text(encoding="utf-8")
    found = {}
    for line in text.splitlines():
        if line.startswith("#"):
            continue
        for cell in line.split("|"):
            pair, lat, lon = cell.split()
            found[frozenset(pair.split("-"))] = (float(lat), float(lon))
    return found


def border_point(one: str, other: str) -> tuple[float, float] | None:
    """A rough middle of the border between two states (degrees, WGS84); None where the table has none.

    For a marker on a map only: distances are computed from boundaries, never from these points.
    """
    return _borders().get(frozenset((one, other)))
