"""Addresses of our own pages: the address carries the whole view, and only what was chosen."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import quote, urlencode

Value = str | int | None | Sequence[str]


def address(path: str, **chosen: Value) -> str:
    """``path`` with the parameters that have a value, in the order given; a list repeats its parameter.

    >>> address("/cases/x", as_of="2022-01-20", mode="", item=None, tag=["a", "b"])
    '/cases/x?as_of=2022-01-20&tag=a&tag=b'
    """
    pairs: list[tuple[str, str]] = []
    for name, value in chosen.items():
        if value is None or value == "":
            continue
        pairs += [(name, str(v)) for v in ([value] if isinstance(value, str | int) else value)]
    return f"{path}?{urlencode(pairs)}" if pairs else path


def sentence(text: str) -> str:
    """A message of an error as a sentence: a capital first, a full stop last."""
    said = text.strip()
    if not said:
        return ""
    return said[0].upper() + said[1:] + ("" if said.endswith((".", "?", "!", "”")) else ".")


def case_path(case: str, *parts: str) -> str:
    """``/cases/CASE/...`` with every part quoted."""
    return "/".join(["/cases", *(quote(p, safe="") for p in (case, *parts))])
