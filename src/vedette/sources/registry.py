"""Every historical data set this program can read."""

from __future__ import annotations

import difflib

from vedette.errors import SourceFailed, UnknownName
from vedette.sources import atop, cow, epr, gml, icb, icow, peacesciencer, ties, ucdp, unga, vdem
from vedette.sources.declaration import Dataset


def checked(datasets: tuple[Dataset, ...]) -> dict[str, Dataset]:
    """Data sets by id; raises ``SourceFailed`` when two claim the same id."""
    found: dict[str, Dataset] = {}
    for dataset in datasets:
        if dataset.id in found:
            raise SourceFailed(f"two sources call themselves {dataset.id!r}")
        found[dataset.id] = dataset
    return found


def all_datasets() -> dict[str, Dataset]:
    """Every registered data set by id, in the order of the providers."""
    modules = (cow, gml, atop, ucdp, vdem, icow, icb, unga, ties, epr, peacesciencer)
    return checked(tuple(dataset for module in modules for dataset in module.DATASETS))


def find_datasets(ids: tuple[str, ...] = ()) -> tuple[Dataset, ...]:
    """The data sets of these ids (all when empty); raises ``UnknownName`` with the nearest ids."""
    known = all_datasets()
    if not ids:
        return tuple(known.values())
    for name in ids:
        if name not in known:
            raise UnknownName("data set", name, nearest=difflib.get_close_matches(name, known, n=3, cutoff=0.4))
    return tuple(known[name] for name in dict.fromkeys(ids))
