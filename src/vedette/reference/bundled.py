"""Cases that ship with the product, written by its team, under ``reference/cases``."""

from __future__ import annotations

import functools
from importlib.resources import files

from vedette.codec.case_file import decode_case
from vedette.codec.fields import nearest
from vedette.domain.case import Case
from vedette.errors import UnknownName

_FOLDER = files("vedette.reference") / "cases"


@functools.cache
def bundled_case_ids() -> tuple[str, ...]:
    """Ids of the bundled cases, sorted."""
    return tuple(sorted(f.name for f in _FOLDER.iterdir() if (f / "case.toml").is_file()))


@functools.cache
def bundled_case(name: str) -> Case:
    """A bundled case by id; raises `UnknownName` with the nearest ids.

    Its names were checked when it was built (the tests read it with the full tables), so it is read without them:
    a cold start stays fast.
    """
    if name not in bundled_case_ids():
        raise UnknownName("case", name, nearest=nearest(name, bundled_case_ids()))
    return decode_case((_FOLDER / name / "case.toml").read_bytes())
