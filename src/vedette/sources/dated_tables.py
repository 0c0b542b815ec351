"""Tables of dated material to replay: documents, located sightings and events of pairs, as CSV, JSON lines or Parquet.

What a table holds is read off its columns. A row that cannot be used is given back with its number and the reason;
none is dropped in silence.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from vedette.domain.events import Event, Provenance
from vedette.domain.time import UTC, DateInterval, instant
from vedette.errors import BadInput, DateRefused
from vedette.ports.reading import Handed, Outcome, Passed

# Column names by what they hold, the first that is there counts.
_TEXT = ("body", "text", "content")
_DAY = ("date_iso", "published", "date")
_TITLE = ("headline", "title")
_URL = ("link", "url", "source_url")
_AUTHOR = ("speaker", "author")

# CAMEO root codes (Schrodt 2012, CAMEO manual) of the classes the signals use. Root level only: a flat file that is
# replayed says no more; the event store has the full table.
_CAMEO_ROOT = {
    "03": "CONSULT", "04": "CONSULT", "05": "SUPPORT", "06": "COOPERATE", "07": "AID", "08": "YIELD", "10": "REQUEST",
    "11": "ACCUSE", "12": "REJECT", "13": "THREATEN", "14": "PROTEST", "15": "MOBILIZE", "16": "SANCTION",
    "17": "COERCE", "18": "ASSAULT", "19": "ASSAULT", "20": "ASSAULT",
}  # fmt: skip
_TWEET = re.compile(r"(?:twitter|x)\.com/.*status(?:es)?/(\d{15,20})")
_VIDEO = re.compile(r"tiktok\.com/.*video/(\d{19})")
# Milliseconds of the first post number: Twitter's epoch of 2010-11-04T01:42:54.657Z.
_TWITTER_EPOCH = 1_288_834_974_657


def posted(url: str | None) -> dt.datetime | None:
    """When a post was made, from the number in its address; None for addresses that do not tell.

    X/Twitter numbers hold the milliseconds since its epoch above 22 bits, TikTok's the seconds since 1970 above 32.
    """
    found = _TWEET.search(url or "")
    if found:
        return dt.datetime.fromtimestamp(((int(found[1]) >> 22) + _TWITTER_EPOCH) / 1000, UTC)
    found = _VIDEO.search(url or "")
    return dt.datetime.fromtimestamp(int(found[1]) >> 32, UTC) if found else None


def rows_of(path: Path) -> Iterator[tuple[int, Mapping[str, Any]]]:
    """(row from 1, cells by column) of a table; raises `BadInput` when it cannot be read."""
    import duckdb

    if not path.is_file():
        raise BadInput("no such file", where=str(path))
    readers = {".parquet": "read_parquet", ".csv": "read_csv_auto", ".jsonl": "read_json_auto"}
    reader = readers.get(path.suffix.lower())
    if reader is None:
        raise BadInput(f"{path.suffix or 'a file without an ending'} is not a table", where=str(path),
                       fix=f"One of {', '.join(readers)}")  # fmt: skip
    with duckdb.connect() as connection:
        try:
            options = ", all_varchar = true" if reader == "read_csv_auto" else ""
            query = f"SELECT * FROM {reader}(?{options})"  # noqa: S608  the reader is one of three names above
            cursor = connection.execute(query, [str(path)])
        except duckdb.Error as error:
            raise BadInput(f"cannot be read as a table ({str(error).splitlines()[0]})", where=str(path)) from error
        names = [c[0] for c in cursor.description or ()]
        number = 0
        while batch := cursor.fetchmany(1000):
            for cells in batch:
                number += 1
                yield number, dict(zip(names, cells, strict=True))


def _first(row: Mapping[str, Any], names: Sequence[str]) -> str:
    for name in names:
        value = row.get(name)
        if value is not None and str(value).strip():
            return str(value).strip()
    return ""


def _day(text: str) -> dt.date:
    return instant(text[:10]).date()


def dated_documents(path: Path) -> Iterator[Handed | Passed]:
    """Documents of a table with a text and a day in every row, in the order of the file."""
    for number, row in rows_of(path):
        where = f"{path.name}, row {number}"
        text, day = _first(row, _TEXT), _first(row, _DAY)
        if not text:
            yield Passed(source=where, outcome=Outcome.SKIPPED, why="no text")
            continue
        try:
            published = _day(day)
        except DateRefused as error:
            yield Passed(source=where, outcome=Outcome.SKIPPED, why=error.what)
            continue
        yield Handed(
            source=where, name=f"{path.stem}-{number}.txt", content=text.encode("utf-8", "surrogatepass"),
            title=_first(row, _TITLE) or None, author=_first(row, _AUTHOR) or None, url=_first(row, _URL) or None,
            published=published,
        )  # fmt: skip


def dated_events(path: Path) -> Iterator[Event | Passed]:
    """Located sightings (``date, lat, lon, link``, perhaps ``geolocation``) or events of pairs (``date, event_code,
    actor1, actor2``, perhaps ``collected``).

    A sighting is available from the later of the postings of its link and of its geolocation; without a posting time
    it is passed over: its day says when the thing happened, not when it could be known. An event is available from the
    day it was collected, else from the day after its own.
    """
    digest = hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else ""
    for number, row in rows_of(path):
        where = f"{path.name}, row {number}"
        provenance = Provenance(dataset=path.stem, file=path.name, row=number, digest=digest)
        try:
            if "event_code" in row:
                yield _pair_event(row, provenance)
            elif {"lat", "lon", "link"} <= set(row):
                yield _sighting(row, provenance)
            else:
                raise BadInput(
                    "neither sightings nor events of pairs", where=str(path),
                    fix="Columns: date, lat, lon, link (sightings), or date, event_code, actor1, actor2 (events)",
                )  # fmt: skip
        except _Unusable as error:
            yield Passed(source=where, outcome=Outcome.SKIPPED, why=str(error))


class _Unusable(Exception):
    """A row that says too little."""


def _sighting(row: Mapping[str, Any], provenance: Provenance) -> Event:
    times = [t for t in (posted(_first(row, ("link",))), posted(_first(row, ("geolocation",)))) if t is not None]
    if not times:
        raise _Unusable("no posting time in its addresses")
    lat, lon = _number(row, "lat", 90), _number(row, "lon", 180)
    if lat is None or lon is None:
        raise _Unusable("no position")
    group = _first(row, ("event_group",))
    return _event(
        row, provenance, id=_first(row, ("entry", "id")) or str(provenance.row), code=group or None,
        root="MOBILIZE" if "military presence" in group.casefold() or not group else None, available=max(times),
        source_actor=None, target_actor=None, place=_first(row, ("town/city", "province", "country")) or None,
        country=_first(row, ("country",)) or None, lat=lat, lon=lon, url=_first(row, _URL) or None,
    )  # fmt: skip


def _pair_event(row: Mapping[str, Any], provenance: Provenance) -> Event:
    code = _first(row, ("event_code",))
    collected = _first(row, ("collected",))
    try:
        day = _day(_first(row, ("date",)))
        known = instant(_day(collected)) if collected else instant(day) + dt.timedelta(days=1)
    except DateRefused as error:
        raise _Unusable(error.what) from error
    if known.date() < day:
        raise _Unusable(f"collected on {known.date()}, before it happened")
    return _event(
        row, provenance, id=str(provenance.row), code=code or None, root=_CAMEO_ROOT.get(code[:2]), available=known,
        source_actor=_first(row, ("actor1",)) or None, target_actor=_first(row, ("actor2",)) or None,
        place=_first(row, ("location",)) or None, country=None, lat=_number(row, "latitude", 90),
        lon=_number(row, "longitude", 180), url=_first(row, _URL) or None,
    )  # fmt: skip


def _event(
    row: Mapping[str, Any], provenance: Provenance, *, id: str, code: str | None, root: str | None,
    available: dt.datetime, source_actor: str | None, target_actor: str | None, place: str | None, country: str | None,
    lat: float | None, lon: float | None, url: str | None,
) -> Event:  # fmt: skip
    try:
        day = _day(_first(row, ("date",)))
    except DateRefused as error:
        raise _Unusable(error.what) from error
    return Event(
        dataset=provenance.dataset, kind="event", id=id, code=code, ontology=None, root=root, quad=None, source=None,
        target=None, source_actor=source_actor, target_actor=target_actor,
        occurred_at=DateInterval(start=day, end=day), time_precision="day", published_at=None, available_at=available,
        recorded_at=available, place=place, place_state=country, lat=lat, lon=lon, place_precision=None,
        intensity=None, tone=None, mentions=None, sources=None, articles=None, fatalities=None, fatalities_low=None,
        fatalities_high=None, confidence=None, refers_to=None, tags=None, url=url, provenance=provenance,
    )  # fmt: skip


def _number(row: Mapping[str, Any], name: str, largest: float) -> float | None:
    try:
        value = float(row.get(name) or "nan")
    except (TypeError, ValueError):
        return None
    return value if abs(value) <= largest else None
