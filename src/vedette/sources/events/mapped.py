"""Any table of events, described in a small TOML file: which of its columns is what.

    [dataset]
    id = "my-events"
    title = "Events kept by hand"
    licence = "ours"
    citation = "Desk files, 2026"
    lag_days = 1

    [file]
    delimiter = ","
    missing = ["NA"]

    [columns]
    date = "Day"
    source = "Actor country"
    code = "What"

    [codes]                # optional: cells of the code column -> CAMEO or PLOVER code
    "Consult" = "040"

Countries may be names or ISO codes, also in brackets after a name: "Military (Russia)". ``available`` names the column
that says when a row could be known; without it the row's date and ``lag_days`` do.
"""

from __future__ import annotations

import difflib
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from vedette.errors import BadInput
from vedette.frames.events import EventDataset, EventLayout, Fault
from vedette.frames.provenance import Coverage
from vedette.sources.events.cells import bad_count, bad_number, folded, locator, nth, number, whole

# What a mapping may name -> how its cell becomes a value; dates, states and codes are treated apart.
_PLAIN = {
    "source_actor": "{0}", "target_actor": "{0}", "place": "{0}", "tags": "{0}", "url": "{0}",
    "lat": number("{0}"), "lon": number("{0}"), "intensity": number("{0}"), "tone": number("{0}"),
    "confidence": number("{0}"), "mentions": whole("{0}"), "sources": whole("{0}"), "articles": whole("{0}"),
    "fatalities": whole("{0}"), "fatalities_low": whole("{0}"), "fatalities_high": whole("{0}"),
}  # fmt: skip
_LIMITS = {"lat": (-90, 90), "lon": (-180, 180), "intensity": (-10, 10), "tone": (-100, 100), "confidence": (0, 1)}
_COUNTS = ("mentions", "sources", "articles", "fatalities", "fatalities_low", "fatalities_high")
_STATES = ("source", "target", "place_state")
COLUMNS = ("id", "date", "date_end", "available", "code", "root", *_STATES, *_PLAIN)
_DATASET = ("id", "title", "provider", "licence", "redistribution", "citation", "address", "lag_days", "note")
_FILE = ("delimiter", "encoding", "date_format", "missing", "ontology", "fips")


def read_mapping(path: Path) -> EventDataset:
    """The data set that a mapping file describes; raises ``BadInput`` naming what it lacks or holds too much."""
    try:
        plain = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise BadInput(f"the mapping cannot be read ({error})", where=str(path)) from error
    _known(plain, ("dataset", "file", "columns", "codes"), "table", path)
    head, form, columns = (dict(plain.get(name, {})) for name in ("dataset", "file", "columns"))
    _known(head, _DATASET, "field of [dataset]", path)
    _known(form, _FILE, "field of [file]", path)
    _known(columns, COLUMNS, "column of an event", path)
    for name in ("id", "licence", "citation"):
        if not str(head.get(name, "")).strip():
            raise BadInput(f"[dataset] does not state its {name}", where=str(path), fix=f'Add {name} = "..."')
    if "date" not in columns:
        raise BadInput("[columns] names no date", where=str(path), fix='Add date = "NAME OF THE COLUMN"')
    if not re.fullmatch(r"[a-z0-9][a-z0-9-]{0,40}", str(head["id"])):
        raise BadInput(f"{head['id']!r} cannot be an id", where=str(path), fix="Use small letters, digits and -")
    lag = head.get("lag_days", 0)
    if not isinstance(lag, int) or isinstance(lag, bool) or not 0 <= lag <= 3650:
        raise BadInput(f"lag_days = {lag!r} is not a number of days", where=str(path))
    return EventDataset(
        id=str(head["id"]), title=str(head.get("title", head["id"])), provider=str(head.get("provider", "the user")),
        licence=str(head["licence"]), redistribution=str(head.get("redistribution", "not stated")),
        citation=str(head["citation"]), coverage=Coverage(first_year=1800, last_year=2100, units="mapped events"),
        lag_days=lag, lag_basis=f"stated in {path.name}", address=str(head.get("address", path.name)),
        address_status="given by the user", layouts=(_layout(columns, form, plain.get("codes", {}), lag),),
        note=str(head.get("note", "")),
    )  # fmt: skip


def _known(given: Mapping[str, Any], allowed: tuple[str, ...], kind: str, path: Path) -> None:
    for name in given:
        if name not in allowed:
            near = difflib.get_close_matches(name, allowed, n=3) or list(allowed)
            raise BadInput(f"{name!r} is no {kind}", where=str(path), fix=f"Nearest: {', '.join(near)}")


def _cell(name: object) -> str:
    """The upstream column as SQL; names of columns are the user's, so every quotation mark in them is doubled."""
    return '"' + str(name).strip().lower().replace('"', '""') + '"'


def _text(value: object) -> str:
    return "'" + str(value).replace("'", "''") + "'"


def _layout(columns: dict[str, Any], form: dict[str, Any], codes: Mapping[str, Any], lag: int) -> EventLayout:
    day = _day(columns["date"], form)
    last = f"coalesce({_day(columns['date_end'], form)}, {day})" if "date_end" in columns else day
    select = {
        "kind": "'event'", "occurred_from": day, "occurred_to": last, "time_precision": "'day'",
        "available_at": f"CAST({last} AS TIMESTAMP) + INTERVAL {lag} DAY",
        "ontology": _text(form.get("ontology", "own")),
    }  # fmt: skip
    joins: list[str] = []
    faults = [Fault(column=str(columns["date"]), cell=_cell(columns["date"]), when=f"{day} IS NULL",
                    reason="is not a date")]  # fmt: skip
    if "available" in columns:
        cell = _cell(columns["available"])
        select["published_at"] = select["available_at"] = f"TRY_CAST({cell} AS TIMESTAMP)"
        faults.append(
            Fault(column=str(columns["available"]), cell=cell, when=f"TRY_CAST({cell} AS TIMESTAMP) IS NULL",
                  reason="is not a time")
        )  # fmt: skip
    if "date_end" in columns:
        faults.append(
            Fault(column=str(columns["date_end"]), cell=_cell(columns["date_end"]), when=f"{last} < {day}",
                  reason="is before the first day")
        )  # fmt: skip
    _add_states(columns, form, select, joins)
    _add_code(columns, codes, select, joins)
    for name, how in _PLAIN.items():
        if name in columns:
            cell = _cell(columns[name])
            select[name] = how.format(cell)
            if name in _LIMITS:
                faults.append(bad_number(str(columns[name]), cell, *_LIMITS[name]))
            if name in _COUNTS:
                faults.append(bad_count(str(columns[name]), cell))
    every = f"concat_ws(chr(1), {', '.join(f'coalesce({_cell(c)}, chr(0))' for c in dict.fromkeys(columns.values()))})"
    select["key"] = locator(_cell(columns["id"]) if "id" in columns else nth(every))
    if "id" in columns:
        select["id"] = _cell(columns["id"])
        faults.insert(0, Fault(column=str(columns["id"]), cell=_cell(columns["id"]),
                               when=f"{_cell(columns['id'])} IS NULL", reason="is not there"))  # fmt: skip
    return EventLayout(
        name="mapped", form="csv", delim=str(form.get("delimiter", ",")), encoding=str(form.get("encoding", "utf-8")),
        requires=tuple(dict.fromkeys(str(c).strip().lower() for c in columns.values())), select=select,
        joins=" ".join(joins), faults=tuple(faults), missing=tuple(str(m) for m in form.get("missing", ())),
        checked="described by the user",
    )  # fmt: skip


def _day(name: object, form: dict[str, Any]) -> str:
    shape = form.get("date_format")
    if shape:
        return f"CAST(try_strptime({_cell(name)}, {_text(shape)}) AS DATE)"
    return f"TRY_CAST(left({_cell(name)}, 10) AS DATE)"


def _add_states(columns: dict[str, Any], form: dict[str, Any], select: dict[str, str], joins: list[str]) -> None:
    for role in _STATES:
        if role not in columns:
            continue
        cell = f"raw.{_cell(columns[role])}"
        # "Military (Russia)" belongs to Russia.
        owner = folded(f"regexp_extract({cell}, '\\(([^()]+)\\)\\s*$', 1)")
        joins.append(
            f"LEFT JOIN actors AS {role}_code ON {role}_code.code = upper({cell}) "
            f"LEFT JOIN names AS {role}_name ON {role}_name.code = {folded(cell)} "
            f"LEFT JOIN names AS {role}_owner ON {role}_owner.code = {owner}"
        )
        found = [f"{role}_code.iso", f"{role}_name.iso", f"{role}_owner.iso"]
        if form.get("fips"):
            joins.append(f"LEFT JOIN fips AS {role}_fips ON {role}_fips.code = upper({cell})")
            found.insert(0, f"{role}_fips.iso")
        select[role] = f"coalesce({', '.join(found)})"


def _add_code(
    columns: dict[str, Any], codes: Mapping[str, Any], select: dict[str, str], joins: list[str]
) -> None:
    if "code" not in columns and "root" not in columns:
        return
    cell = f"raw.{_cell(columns.get('code', columns.get('root')))}"
    code = cell
    if codes:
        listed = ", ".join(f"({_text(text)}, {_text(code)})" for text, code in codes.items())
        joins.append(f"LEFT JOIN (VALUES {listed}) AS coded(text, code) ON coded.text = {cell}")
        code = f"coalesce(coded.code, {cell})"
    root = f"raw.{_cell(columns['root'])}" if "root" in columns else code
    joins.append(f"LEFT JOIN cameo ON cameo.code = {code} LEFT JOIN plover ON plover.code = upper({root})")
    select["code"] = code
    select["root"] = "coalesce(plover.root, cameo.root)"
    select["quad"] = "coalesce(plover.quad, cameo.quad)"
