"""First-level divisions of states under the names of English texts: Texas, N.Y., Ontario, Crimea, Helmand.

Our own table, ``subdivisions.txt``: codes as GeoNames numbers them, so that a division's towns are known; middles come
from the gazetteer. Complete for the states where texts write the division after a town (United States, Canada,
Australia, United Kingdom); elsewhere the divisions that news of conflicts names.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

from vedette.reference.name_keys import fold_name


@dataclass(frozen=True, slots=True, kw_only=True)
class Division:
    """A first-level division. ``code``: "ISO2.number" of GeoNames; ``country`` ISO2."""

    name: str
    code: str
    country: str


@lru_cache(maxsize=1)
def divisions_by_key() -> dict[str, tuple[Division, ...]]:
    """Divisions by folded name and short form ("n y" and "ny" for N.Y. are one key)."""
    found: dict[str, tuple[Division, ...]] = {}
    text = files("vedette.reference").joinpath("subdivisions.txt").read_text(encoding="utf-8")
    for line in text.splitlines():
        if not line or line.startswith("#"):
            continue
        country, _, cells = line.partition(" ")
        for cell in cells.split("|"):
            code, _, names = cell.partition(":")
            division = Division(name=names.split("/")[0], code=f"{country}.{code}", country=country)
            for name in names.split("/"):
                key = fold_name(name)
                found[key] = (*found.get(key, ()), division)
    return found


@lru_cache(maxsize=1)
def postal_codes() -> dict[str, Division]:
    """The two-letter codes that addresses of the United States put after a town ("Paris, TX")."""
    return {
        d.code[3:]: d for divisions in divisions_by_key().values() for d in divisions if d.country == "US"
    }
