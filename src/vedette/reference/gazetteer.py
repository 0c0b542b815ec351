"""Cities of the world with spellings, states and populations: who could be meant by a name.

Data: GeoNames (CC BY 4.0), places of 500 inhabitants and more and seats of administration, trimmed at
build time by ``buildtools/reference_data.py``. Standard library only; read once, on the first look-up.

The file is a JSON line with the packed length of each section, then the sections, each compressed apart so
that a look-up does not unpack spellings. Rows are sorted by population, largest first; ``keys`` are folded
names in order, ``key_row`` their rows, ``key_own`` whether the key is the row's own name.
"""

from __future__ import annotations

import array
import bisect
import json
import math
import sys
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from importlib.resources import files
from typing import Any, Literal

from vedette.domain.claims import Place
from vedette.errors import BadInput, Unavailable
from vedette.reference.name_keys import ascii_name, fold_name

# Weights of the ranking, in units of ln(population): a capital outranks a namesake up to e^4 = 55 times as
# large, a place's own name another's spelling up to 4.5 times as large. [assumption, held to the list of
# names in tests/unit/reference/test_gazetteer.py]
_CAPITAL_BONUS = 4.0
_OWN_NAME_BONUS = 1.5
_STATE_BONUS = 6.0


@dataclass(frozen=True, slots=True, kw_only=True)
class City:
    """One row: position in degrees (WGS84), ``country`` ISO3, ``admin1`` GeoNames code of the division.

    ``population`` 0 means that GeoNames gives none. ``matched`` says whether the name looked up is the row's
    own name or another spelling.
    """

    geonames_id: int
    name: str
    lat: float
    lon: float
    country: str
    country_iso2: str
    admin1: str
    population: int
    is_capital: bool
    matched: Literal["name", "spelling"] = "name"
    weight: float = 0.0

    @property
    def ascii_name(self) -> str:
        """The name in ASCII letters."""
        return ascii_name(self.name)

    @property
    def place(self) -> Place:
        """The row as the noun that the rest of the product uses."""
        return Place(name=self.name, lat=self.lat, lon=self.lon, country=self.country)


class Gazetteer:
    """The unpacked file. Use `load_gazetteer`."""

    def __init__(self, packed: bytes) -> None:
        head, _, body = packed.partition(b"\n")
        header = json.loads(head)
        self._sections: dict[str, bytes] = {}
        at = 0
        for name, size in header["sections"].items():
            self._sections[name] = body[at : at + size]
            at += size
        self._lat, self._lon = self._numbers("lat"), self._numbers("lon")
        self._population = self._numbers("population")
        self._state, self._capital = self._bytes("state"), self._bytes("capital")
        self._keys = self._lines("keys")
        self._key_row, self._key_own = self._numbers("key_row"), self._bytes("key_own")
        self._states: list[list[Any]] = json.loads(self._bytes("states"))

    def _bytes(self, name: str) -> bytes:
        return zlib.decompress(self._sections[name])

    def _lines(self, name: str) -> list[str]:
        return self._bytes(name).decode("utf-8").split("\n")

    def _numbers(self, name: str) -> array.array[int]:
        values = array.array("i")
        values.frombytes(self._bytes(name))
        if sys.byteorder == "big":
            values.byteswap()
        return values

    def __len__(self) -> int:
        return len(self._population)

    def keys(self) -> Iterator[tuple[str, int, bool]]:
        """Every folded name with its row and whether it is the row's own name, in key order."""
        for key, row, own in zip(self._keys, self._key_row, self._key_own, strict=True):
            yield key, row, bool(own)

    def city(self, row: int, *, own: bool = True, weight: float = 0.0) -> City:
        """One row."""
        iso2, iso3 = self._states[self._state[row]][:2]
        return City(
            geonames_id=self._id[row],
            name=self._names[row],
            lat=self._lat[row] / 1e5,
            lon=self._lon[row] / 1e5,
            country=iso3,
            country_iso2=iso2,
            admin1=self._admin1[row],
            population=self._population[row],
            is_capital=bool(self._capital[row]),
            matched="name" if own else "spelling",
            weight=weight,
        )

    # Unpacked when a row is first shown: ranking needs none of them.
    @cached_property
    def _names(self) -> list[str]:
        return self._lines("names")

    @cached_property
    def _admin1(self) -> list[str]:
        return self._lines("admin1")

    @cached_property
    def _id(self) -> array.array[int]:
        return self._numbers("id")

    @cached_property
    def division_centres(self) -> dict[str, tuple[float, float]]:
        """Middle of each first-level division, degrees, by "ISO2.code" as GeoNames numbers them."""
        return {key: (lat, lon) for key, (lat, lon) in json.loads(self._bytes("divisions")).items()}

    @cached_property
    def state_centres(self) -> dict[str, tuple[float, float]]:
        """Centre of the largest piece of land of each state, degrees, by ISO3 code."""
        iso3 = {state[0]: state[1] for state in self._states}
        return {iso3[key]: (lat, lon) for key, (lat, lon) in json.loads(self._bytes("centres")).items()}

    @cached_property
    def state_populations(self) -> dict[str, int]:
        """Inhabitants of each state, by ISO3 code."""
        return {state[1]: int(state[3]) for state in self._states}

    def name(self, row: int) -> str:
        """A row's own name."""
        return self._names[row]

    def point(self, row: int) -> tuple[float, float]:
        """Latitude and longitude of a row, degrees."""
        return self._lat[row] / 1e5, self._lon[row] / 1e5

    def facts(self, row: int) -> tuple[int, bool, str, str]:
        """Population, whether a capital, ISO3 of the state and "ISO2.code" of the division of a row."""
        iso2, iso3 = self._states[self._state[row]][:2]
        return self._population[row], bool(self._capital[row]), iso3, f"{iso2}.{self._admin1[row]}"

    @cached_property
    def _spellings(self) -> list[str]:
        return self._lines("alternates")

    def spellings(self, row: int) -> tuple[str, ...]:
        """Other spellings of a row in Latin and Cyrillic script."""
        return tuple(filter(None, self._spellings[row].split("\t")))

    def rows(self, name: str) -> list[tuple[int, bool]]:
        """Rows filed under a name, each with whether it is the row's own name."""
        key = fold_name(name)
        if not key:
            return []
        first = bisect.bisect_left(self._keys, key)
        last = bisect.bisect_right(self._keys, key, lo=first)
        return [(self._key_row[i], bool(self._key_own[i])) for i in range(first, last)]

    def largest(self, country: str, count: int = 10) -> tuple[City, ...]:
        """The most populous cities of a state (ISO3)."""
        code = country.strip().upper()
        wanted = {i for i, state in enumerate(self._states) if state[1] == code}
        rows = (row for row, state in enumerate(self._state) if state in wanted)
        return tuple(self.city(row) for row, _ in zip(rows, range(count), strict=False))

    def near(self, lat: float, lon: float, *, within_km: float, at_least: int = 0) -> tuple[City, ...]:
        """Cities of at least that population within a distance, nearest first."""
        reach = math.degrees(within_km / 6371.0)
        wide = reach / max(0.01, math.cos(math.radians(min(89.0, abs(lat) + reach))))
        found = []
        for row, (y, x) in enumerate(zip(self._lat, self._lon, strict=True)):
            if self._population[row] < at_least:
                break  # rows are sorted by population
            if abs(y / 1e5 - lat) <= reach and abs((x / 1e5 - lon + 180.0) % 360.0 - 180.0) <= wide:
                away = _haversine_km(lat, lon, y / 1e5, x / 1e5)
                if away <= within_km:
                    found.append((away, row))
        return tuple(self.city(row) for _, row in sorted(found))


def _haversine_km(lat1: float, lon1: float, lat2: float, lon2: float) -> float:
    p1, p2 = math.radians(lat1), math.radians(lat2)
    a = math.sin((p2 - p1) / 2) ** 2 + math.cos(p1) * math.cos(p2) * math.sin(math.radians(lon2 - lon1) / 2) ** 2
    return 2 * 6371.0088 * math.asin(min(1.0, math.sqrt(a)))


@lru_cache(maxsize=1)
def load_gazetteer() -> Gazetteer:
    """The shipped gazetteer, read once. Raises Unavailable when the build did not make it."""
    path = files("vedette.reference") / "_built" / "gazetteer.bin"
    try:
        packed = path.read_bytes()
    except OSError as error:
        raise Unavailable(
            "the gazetteer is not installed", where=str(path),
            fix="Install again with: pip install --force-reinstall --no-deps . (the build makes it)",
        ) from error  # fmt: skip
    return Gazetteer(packed)


def candidates(
    name: str, *, countries: tuple[str, ...] = (), limit: int = 10, at_least: int = 0
) -> list[City]:
    """Places that a name may stand for, likeliest first; empty when none is known.

    Accents, case, apostrophes and hyphens do not matter; Latin and Cyrillic spellings are known. The order is
    by ``ln(population) + capital 4 + own name 1.5 + state expected 6``: ``countries`` (ISO3) are the states
    that the text is about. ``at_least``: leave out places of fewer inhabitants, capitals apart. Raises BadInput for

    >>> [(c.name, c.country) for c in candidates("Minsk")][:1]
    [('Minsk', 'BLR')]
    """
    if limit < 1:
        raise BadInput(f"limit {limit} is below 1", where="candidates")
    gazetteer = load_gazetteer()
    expected = {code.strip().upper() for code in countries}
    found = []
    for row, own in gazetteer.rows(name):
        city = gazetteer.city(row, own=own)
        if city.population < at_least and not city.is_capital:
            continue
        weight = math.log(max(city.population, 1000))
        weight += _CAPITAL_BONUS * city.is_capital + _OWN_NAME_BONUS * own + _STATE_BONUS * (city.country in expected)
        found.append(gazetteer.city(row, own=own, weight=weight))
    return sorted(found, key=lambda c: (-c.weight, c.geonames_id))[:limit]
