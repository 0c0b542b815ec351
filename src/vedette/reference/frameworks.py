"""Frameworks that ship with the product, as data files under ``reference/frameworks``."""

from __future__ import annotations

import functools
from importlib.resources import files

from vedette.codec.fields import nearest
from vedette.codec.framework_file import decode_framework
from vedette.domain.framework import Framework
from vedette.errors import UnknownName

_FOLDER = files("vedette.reference") / "frameworks"


@functools.cache
def framework_ids() -> tuple[str, ...]:
    """Ids of the bundled frameworks, sorted."""
    return tuple(sorted(f.name.removesuffix(".toml") for f in _FOLDER.iterdir() if f.name.endswith(".toml")))


@functools.cache
def framework(name: str) -> Framework:
    """A bundled framework by id; raises `UnknownName` with the nearest ids."""
    if name not in framework_ids():
        raise UnknownName("framework", name, nearest=nearest(name, framework_ids()))
    return decode_framework((_FOLDER / f"{name}.toml").read_bytes())
