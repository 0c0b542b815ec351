"""Made event files in the forms of the data sets, and a store to take them into. Nothing in them happened."""

from __future__ import annotations

import datetime as dt
import zipfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from vedette.frames.events import EventDataset
from vedette.reference.event_codes import code_tables
from vedette.sources.events.gdelt import DOCUMENTS, EVENTS1, EVENTS2, MENTIONS
from vedette.sources.events.mapped import read_mapping
from vedette.sources.events.registry import find_event_dataset
from vedette.sources.events.supply import EventSupply
from vedette.stores.events import DuckEventStore
from vedette.stores.events_intake import EventIntake
from vedette.workflows.events import Ingested, ingest

BASE = {
    "globaleventid": "1", "sqldate": "20220110", "actor1code": "RUSMIL", "actor1countrycode": "RUS",
    "actor2code": "UKR", "actor2countrycode": "UKR", "eventcode": "154", "eventrootcode": "15", "quadclass": "4",
    "goldsteinscale": "-7.2", "nummentions": "4", "numsources": "2", "numarticles": "4", "avgtone": "-3.5",
    "actiongeo_type": "4", "actiongeo_fullname": "Gomel, Homyel', Belarus", "actiongeo_countrycode": "BO",
    "actiongeo_lat": "52.4345", "actiongeo_long": "30.9754", "dateadded": "20220111120000",
    "sourceurl": "https://example.org/a",
}  # fmt: skip


def gdelt2(**cells: str) -> str:
    """One line of GDELT 2; cells not named are as in ``BASE`` or empty."""
    row = {**BASE, **cells}
    return "\t".join(row.get(name, "") for name in EVENTS2.columns)


def gdelt1(*, short: bool = False, **cells: str) -> str:
    """One line of GDELT 1, 58 cells, or 57 without the address."""
    row = {**BASE, "dateadded": "20220111", **cells}
    names = EVENTS1.columns[:-1] if short else EVENTS1.columns
    return "\t".join(row.get(name, "") for name in names)


def mention(**cells: str) -> str:
    """One line of the mentions of GDELT 2."""
    row = {
        "globaleventid": "1", "eventtimedate": "20220111120000", "mentiontimedate": "20220111121500",
        "mentiontype": "1", "mentionsourcename": "example.org", "mentionidentifier": "https://example.org/a",
        "sentenceid": "2", "confidence": "60", "mentiondoctone": "-1.5", **cells,
    }  # fmt: skip
    return "\t".join(row.get(name, "") for name in MENTIONS.columns)


def document(**cells: str) -> str:
    """One line of the Global Knowledge Graph."""
    row = {
        "gkgrecordid": "20220111121500-7", "date": "20220111121500", "sourcecommonname": "example.org",
        "documentidentifier": "https://example.org/a", "themes": "MILITARY;ARMEDCONFLICT;",
        "locations": "4#Gomel, Belarus#BO#BO02#52.4345#30.9754#-1;1#Ukraine#UP#UP#49#32#UP", "v2tone": "-2.5,1,3",
        **cells,
    }  # fmt: skip
    return "\t".join(row.get(name, "") for name in DOCUMENTS.columns)


def write(path: Path, lines: Iterable[str]) -> Path:
    """The lines as a file; zipped when its name ends in .zip."""
    text = "".join(line + "\n" for line in lines)
    if path.suffix == ".zip":
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as zipped:
            zipped.writestr(path.stem, text)
    else:
        path.write_text(text, encoding="utf-8", newline="")
    return path


MAPPING = """
[dataset]
id = "desk"
title = "Events kept by hand"
licence = "ours"
citation = "Desk files"
lag_days = 1
[columns]
id = "No"
date = "Day"
available = "Seen"
source = "Who"
target = "Whom"
code = "What"
mentions = "Reports"
[codes]
"meets" = "040"
"""


@dataclass
class Clock:
    """A clock that stands still unless moved."""

    moment: dt.datetime = dt.datetime(2022, 3, 1, tzinfo=dt.UTC)

    def now(self) -> dt.datetime:
        return self.moment


@dataclass
class Desk:
    """A store in a folder, with what fills it."""

    folder: Path
    memory_mb: float = 200
    clock: Clock = field(default_factory=Clock)

    def store(self) -> DuckEventStore:
        return DuckEventStore(self.folder, memory_mb=self.memory_mb, busy=1)

    def intake(self) -> EventIntake:
        return EventIntake(self.folder, code_tables(), self.clock, memory_mb=self.memory_mb, busy=1, threads=1)

    def take(self, dataset: str | EventDataset, *paths: Path, available: dt.datetime | None = None) -> Ingested:
        found = find_event_dataset(dataset) if isinstance(dataset, str) else dataset
        return ingest(EventSupply(folder=self.folder / "raw"), self.intake(), found, paths, available=available)

    def mapped(self, rows: Iterable[Mapping[str, object]], name: str = "rows.csv") -> Ingested:
        """Take in rows of the mapped form."""
        mapping = self.folder.with_name(self.folder.name + ".toml")
        mapping.write_text(MAPPING, encoding="utf-8")
        columns = ("No", "Day", "Seen", "Who", "Whom", "What", "Reports")
        lines = [",".join(columns)]
        lines += [",".join("" if row.get(c) is None else str(row[c]) for c in columns) for row in rows]
        path = write(self.folder.with_name(f"{self.folder.name}-{name}"), lines)
        return self.take(read_mapping(mapping), path)
