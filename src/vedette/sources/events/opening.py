"""A file of events as given: which layout it has, what it is packed in, and its plain parts."""

from __future__ import annotations

import csv
import dataclasses
import difflib
import io
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from vedette.errors import FrameRefused, SourceFailed
from vedette.frames.events import EventDataset, EventFile, EventLayout
from vedette.frames.frame import quoted
from vedette.sources.download import sha256_of
from vedette.sources.events.pieces import cut_short, first_line, packing_of, plain_parts

Parts = Callable[[Path, int], Iterator[Path]]
"""Called with a scratch folder and the wanted size in bytes; yields plain parts, each to be read alone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """A file that can be taken in."""

    file: EventFile
    parts: Parts


def open_file(dataset: EventDataset, path: Path, *, url: str = "", name: str = "") -> Opened:
    """Look at a file; raises ``FrameRefused`` when it fits no layout, ``SourceFailed`` when it cannot be read."""
    if not path.is_file():
        raise SourceFailed("there is no such file", where=str(path))
    size = path.stat().st_size
    if not size:
        raise SourceFailed("the file is empty", where=path.name)
    with path.open("rb") as handle:
        head = handle.read(64)
    shown = name or path.name
    if head[:4] == b"PAR1":
        layout, parts = _parquet_layout(dataset, path, shown), _as_it_is(path)
    elif head.lstrip(b"\xef\xbb\xbf \r\n\t")[:1] == b"{":
        table = _geojson_rows(path, shown)
        layout, parts = _text_layout(dataset, ",".join(_names(table)), shown), _from_rows(table)
    else:
        line = first_line(path)
        layout = _text_layout(dataset, line, shown)
        cells = len(layout.columns) or len(_cells(line, layout))
        short = layout.form == "lines" and packing_of(path) == "plain" and not layout.padded
        if short and cut_short(path, cells, layout.delim):
            raise SourceFailed(
                "the file is cut short: its last line ends in the middle", where=shown,
                fix="Fetch it again; nothing of it was kept",
            )  # fmt: skip
        parts = _packed(path, split=layout.form == "lines")
    file = EventFile(
        dataset=dataset, layout=layout, name=shown, url=url, sha256=sha256_of(path), size=size, path=path
    )
    return Opened(file=file, parts=parts)


def _as_it_is(path: Path) -> Parts:
    return lambda _scratch, _size: iter((path,))


def _packed(path: Path, *, split: bool) -> Parts:
    return lambda scratch, size: plain_parts(path, scratch, size, split=split)


def _parquet_layout(dataset: EventDataset, path: Path, shown: str) -> EventLayout:
    import duckdb

    try:
        with duckdb.connect() as con:
            names = {str(r[0]).lower() for r in con.execute(f"DESCRIBE FROM read_parquet({quoted(path)})").fetchall()}
    except duckdb.Error as error:
        raise SourceFailed(
            f"the file is cut short or damaged ({str(error).splitlines()[0]})", where=shown, fix="Fetch it again"
        ) from error
    for layout in dataset.layouts:
        if not layout.columns and set(layout.requires) <= names:
            return dataclasses.replace(layout, form="parquet")
    raise _no_layout(dataset, sorted(names), shown)


def _cells(line: str, layout: EventLayout) -> list[str]:
    """Cells of a first line; none where it is no line of such a table, as in a binary file."""
    try:
        return next(csv.reader([line], delimiter=layout.delim, quoting=_quoting(layout)), [])
    except csv.Error:
        return []


def _text_layout(dataset: EventDataset, line: str, shown: str) -> EventLayout:
    cells: list[str] = []
    for layout in dataset.layouts:
        cells = _cells(line, layout)
        if layout.columns:
            wanted = len(layout.columns)
            if len(cells) == wanted or (layout.padded and len(cells) == wanted - 1):
                return layout
        elif set(layout.requires) <= {c.strip().lstrip("\ufeff").lower() for c in cells}:
            return layout
    raise _no_layout(dataset, cells, shown)


def _quoting(layout: EventLayout) -> Literal[0, 3]:
    return csv.QUOTE_NONE if layout.form == "lines" else csv.QUOTE_MINIMAL


def _no_layout(dataset: EventDataset, cells: list[str], shown: str) -> FrameRefused:
    named = [layout for layout in dataset.layouts if not layout.columns]
    counts = sorted({len(layout.columns) for layout in dataset.layouts if layout.columns})
    if counts:
        what = f"its first line has {len(cells)} cells, {' or '.join(map(str, counts))} were expected"
        return FrameRefused(what, where=shown, fix=f"Is it a file of {dataset.title}?")
    have = [c.strip().lower() for c in cells]
    missing = [n for n in named[0].requires if n not in have]
    near = difflib.get_close_matches(missing[0], have, n=3)
    return FrameRefused(
        f"the column {missing[0]!r} is not there" + (f" ({len(missing) - 1} more with it)" if len(missing) > 1 else "")
        + (f"; nearest: {', '.join(near)}" if near else ""), where=shown, fix=f"Is it a file of {dataset.title}?",
    )  # fmt: skip


def _geojson_rows(path: Path, shown: str) -> list[dict[str, str]]:
    """Points of a GeoJSON file with their properties as cells; names in small letters, ``lon`` and ``lat`` added."""
    try:
        plain = json.loads(path.read_text(encoding="utf-8-sig"))
        features = plain["features"]
        rows = []
        for feature in features:
            row = {str(k).lower(): "" if v is None else str(v) for k, v in (feature.get("properties") or {}).items()}
            point = (feature.get("geometry") or {}).get("coordinates") or ["", ""]
            rows.append({**row, "lon": str(point[0]), "lat": str(point[1])})
    except (ValueError, KeyError, TypeError, AttributeError, IndexError) as error:
        raise SourceFailed(
            f"the file is no GeoJSON, or is cut short ({type(error).__name__}: {error})", where=shown,
            fix="Fetch it again; nothing of it was kept",
        ) from error  # fmt: skip
    if not rows:
        raise SourceFailed("the file holds no events", where=shown)
    return rows


def _names(rows: list[dict[str, str]]) -> list[str]:
    return list(dict.fromkeys(name for row in rows for name in row))


def _from_rows(rows: list[dict[str, str]]) -> Parts:
    def parts(scratch: Path, _size: int) -> Iterator[Path]:
        text = io.StringIO()
        writer = csv.DictWriter(text, _names(rows), restval="")
        writer.writeheader()
        writer.writerows(rows)
        path = scratch / "rows.csv"
        path.write_text(text.getvalue(), encoding="utf-8", newline="")
        yield path
        path.unlink(missing_ok=True)

    return parts
