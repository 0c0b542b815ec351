"""What kind of source a publisher is, and the letter it starts with (table ``source_kinds.toml``).

Only the letter (reliability of the source). The figure (credibility of this information) is another judgement: no
function here gives both.
"""

from __future__ import annotations

import functools
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from urllib.parse import urlsplit

from vedette.errors import BadInput

_LETTERS = "ABCDEF"


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceKind:
    """A kind of source with its starting letter and the reason for it."""

    id: str
    label: str
    reliability: str
    why: str
    names: frozenset[str] = frozenset()
    domains: frozenset[str] = frozenset()
    suffixes: tuple[str, ...] = ()


def source_kinds(path: str | None = None) -> Mapping[str, SourceKind]:
    """Kinds by id, in the order they are tried: the bundled table, or the user's own at ``path``.

    Raises `BadInput` naming what is wrong in a table of the user's.
    """
    return _bundled() if path is None else _read(Path(path).read_text(encoding="utf-8"), path)


@functools.cache
def _bundled() -> Mapping[str, SourceKind]:
    return _read((files("vedette.reference") / "source_kinds.toml").read_text(encoding="utf-8"), "source_kinds.toml")


def _read(text: str, where: str) -> Mapping[str, SourceKind]:
    try:
        rows = tomllib.loads(text)["kind"]
        found = [
            SourceKind(
                id=str(row["id"]), label=str(row["label"]), reliability=str(row["reliability"]), why=str(row["why"]),
                names=frozenset(_plain(str(n)) for n in row.get("names", ())),
                domains=frozenset(str(d).lower() for d in row.get("domains", ())),
                suffixes=tuple(str(s).lower() for s in row.get("suffixes", ())),
            )
            for row in rows
        ]  # fmt: skip
    except (tomllib.TOMLDecodeError, KeyError, TypeError, AttributeError) as error:
        raise BadInput(f"not a table of source kinds ({error})", where=where,
                       fix="Copy the bundled one and edit it") from error  # fmt: skip
    wrong = [k.id for k in found if k.reliability not in _LETTERS or len(k.reliability) != 1]
    missing = {"party", "unknown"} - {k.id for k in found}
    if wrong or missing:
        lacking = f"the kind {', '.join(sorted(missing))} is missing"
        raise BadInput(f"{', '.join(wrong)} has no letter A to F" if wrong else lacking, where=where)
    return {k.id: k for k in found}


def _plain(name: str) -> str:
    return " ".join(re.findall(r"\w+", name.casefold()))


def kind_of_source(publisher: str, url: str = "", *, kinds: Mapping[str, SourceKind] | None = None) -> SourceKind:
    """The kind of who published something, by the host of its address, else by its name; else ``unknown``.

    An address says more than a name that anybody can write; where they differ, the address decides.
    """
    table = kinds if kinds is not None else source_kinds()
    try:
        host = (urlsplit(url).hostname or "").lower()
    except ValueError:
        host = ""
    parts = host.split(".")
    tails = {".".join(parts[i:]) for i in range(len(parts))} - {""}
    if host:
        for kind in table.values():
            if kind.domains & tails or any(host.endswith(s) for s in kind.suffixes):
                return kind
    name = _plain(publisher)
    if name:
        for kind in table.values():
            if name in kind.names or name in kind.domains:
                return kind
    return table["unknown"]
