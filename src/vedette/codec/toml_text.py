"""Writing TOML in a fixed order that reads and diffs well: one value a line, long text as multi-line strings."""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Mapping, Sequence
from typing import Any

from vedette.domain.time import UTC
from vedette.errors import CaseRefused

_BARE = re.compile(r"[A-Za-z0-9_-]+\Z")
_WIDTH = 100
"""A list longer than this is written one item a line (so that a change of one item is a change of one line)."""


def key(name: str) -> str:
    """A key, bare where TOML allows it."""
    return name if _BARE.match(name) else text(name)


def text(value: str, *, multiline: bool = False) -> str:
    """A basic string; ``multiline`` keeps line ends as they are. Control characters are escaped, CR among them."""
    made = []
    for c in value:
        code = ord(c)
        if c == "\\":
            made.append("\\\\")
        elif c == '"':
            made.append('\\"')
        elif c == "\n":
            made.append("\n" if multiline else "\\n")
        elif c == "\t":
            made.append("\t" if multiline else "\\t")
        elif 0xD800 <= code <= 0xDFFF:
            raise CaseRefused(f"text holds a lone surrogate (U+{code:04X}), which no file can hold")
        elif code < 0x20 or code == 0x7F:
            made.append(f"\\u{code:04X}")
        else:
            made.append(c)
    body = "".join(made)
    return f'"""\n{body}"""' if multiline else f'"{body}"'


def moment(value: dt.datetime) -> dt.date | dt.datetime:
    """A UTC midnight as its day, any other instant as it is: how case files write times."""
    return value.date() if value.time() == dt.time(0) and value.utcoffset() == dt.timedelta(0) else value


def inline(value: Any) -> str:
    """A value on one line; lists and tables too."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return text(value)
    if isinstance(value, dt.datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, float):
        return repr(value) if math.isfinite(value) else {"inf": "inf", "-inf": "-inf", "nan": "nan"}[str(value)]
    if isinstance(value, int):
        return str(value)
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{key(k)} = {inline(v)}" for k, v in value.items()) + " }" if value else "{}"
    if isinstance(value, Sequence):
        return "[" + ", ".join(inline(v) for v in value) + "]"
    raise CaseRefused(f"cannot write a {type(value).__name__}")


def assignment(name: str, value: Any) -> str:
    """``key = value``, over several lines when that reads better."""
    if isinstance(value, str) and "\n" in value:
        return f"{key(name)} = {text(value, multiline=True)}"
    line = f"{key(name)} = {inline(value)}"
    if len(line) > _WIDTH and isinstance(value, list | tuple) and len(value) > 1:
        return f"{key(name)} = [\n" + "".join(f"  {inline(v)},\n" for v in value) + "]"
    return line


def table(path: Sequence[str], values: Mapping[str, Any], *, array: bool = False) -> str:
    """A ``[table]`` (or an element of an ``[[array]]``) with its values; None values are left out."""
    name = ".".join(key(p) for p in path)
    header = f"[[{name}]]" if array else f"[{name}]"
    return "\n".join((header, *(assignment(k, v) for k, v in values.items() if v is not None))) + "\n"
