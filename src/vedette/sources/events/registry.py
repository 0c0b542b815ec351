"""Every event data set this program can read."""

from __future__ import annotations

import difflib
from pathlib import Path

from vedette.errors import SourceFailed, UnknownName
from vedette.frames.events import EventDataset
from vedette.sources.events import acled, gdelt, icews, polecat, sightings, ucdp, viina


def all_event_datasets() -> dict[str, EventDataset]:
    """Every registered data set by id, in the order of the providers."""
    found: dict[str, EventDataset] = {}
    for module in (gdelt, icews, polecat, ucdp, acled, viina, sightings):
        for dataset in module.DATASETS:
            if dataset.id in found:
                raise SourceFailed(f"two sources call themselves {dataset.id!r}")
            found[dataset.id] = dataset
    return found


def find_event_dataset(name: str) -> EventDataset:
    """The data set of that id; raises ``UnknownName`` with the nearest ids."""
    known = all_event_datasets()
    if name not in known:
        near = difflib.get_close_matches(name, known, n=3, cutoff=0.4)
        fix = f"Known: {', '.join(known)}; or describe your own table with --mapping FILE"
        if Path(name).exists():
            fix = (
                f"That is a file or folder: name its data set first (vedette events ingest gdelt2 {name}; --list shows "
                f"all), or say which column is what (vedette events ingest --mapping FILE.toml {name}; see the how-to "
                "on coded events)"
            )
        raise UnknownName("event data set", name, nearest=near, fix=fix)
    return known[name]
