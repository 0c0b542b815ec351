"""Reading case files and dossiers against the real tables of frameworks and states."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from vedette.codec.case_file import decode_case
from vedette.codec.dossier import DossierReading, read_dossier
from vedette.codec.names import Names
from vedette.domain.case import Case
from vedette.errors import CaseRefused
from vedette.reference.frameworks import framework
from vedette.reference.states import find_state


def _iso3(name: str, day: dt.date) -> str:
    """ISO3 of a state that existed on the day; a state without one keeps its Correlates of War letters."""
    state = find_state(name, day)
    return state.iso3 or state.cowabb


NAMES = Names(framework=framework, state=_iso3)
"""Frameworks and states as this version knows them."""


def read_case(path: str | Path) -> Case:
    """A case file (``.toml``) or a dossier (``.json``), told apart by content; every name in it checked.

    Raises `CaseRefused`, `Incoherent`, `NewerSchema`, `UnknownName`, `UnknownState` or another `BadInput`, in one
    line that names file, table and key.
    """
    return read_case_with_notes(path)[0]


def read_case_with_notes(path: str | Path) -> tuple[Case, tuple[str, ...]]:
    """Like `read_case`, with the keys of a dossier that were not understood."""
    file = Path(path)
    if file.is_dir():
        raise CaseRefused("it is a folder, not a file", where=str(file), fix=f"Name the files in it: {file}/*.json")
    if not file.is_file():
        raise CaseRefused("no such file", where=str(file))
    head = file.read_bytes()[:64].lstrip(b"\xef\xbb\xbf \t\r\n")
    if head.startswith(b"{"):
        reading: DossierReading = read_dossier(file, names=NAMES)
        return reading.case, reading.unknown_keys
    return decode_case(file, names=NAMES), ()
