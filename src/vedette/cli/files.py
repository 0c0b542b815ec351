"""Documents given on the command line: files, folders, standard input."""

from __future__ import annotations

import datetime as dt
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from vedette.errors import DocumentRefused


def sources(names: list[str]) -> Iterator[str]:
    """Every file meant: a folder stands for the files in it (not below), by name; ``-`` is standard input."""
    for name in names:
        path = Path(name)
        if name != "-" and path.is_dir():
            inside = sorted(p for p in path.iterdir() if p.is_file() and not p.name.startswith("."))
            if not inside:
                raise DocumentRefused("the folder holds no files", where=name)
            yield from map(str, inside)
        else:
            yield name


def content_of(name: str, *, max_mb: float) -> bytes:
    """The bytes of a document; refuses what is larger than the setting before reading it."""
    limit = int(max_mb * 1_000_000)
    fix = "Give the text alone, or raise VEDETTE_MAX_DOCUMENT_MB"
    if name == "-":
        content = sys.stdin.buffer.read(limit + 1)
    else:
        path = Path(name)
        if re.match(r"[a-z][a-z0-9+.-]*://", name, re.IGNORECASE):
            fix = "Save the page and give its file, with --url for the address"
            raise DocumentRefused("an address, not a file", where=name, fix=fix)
        if not path.exists():
            raise DocumentRefused("no such file", where=name)
        size = path.stat().st_size
        if size > limit:
            raise DocumentRefused(f"{size / 1e6:.0f} MB is more than {max_mb:g} MB", where=name, fix=fix)
        with path.open("rb") as file:  # a pipe has no size: read no more than allowed
            content = file.read(limit + 1)
    if len(content) > limit:
        raise DocumentRefused(f"more than {max_mb:g} MB", where=name, fix=fix)
    if not content:
        raise DocumentRefused("the file is empty", where=name)
    return content


def label(name: str) -> str:
    """How a source is called in messages and records."""
    return "standard input" if name == "-" else Path(name).name


def day(text: str | None, option: str) -> dt.date | None:
    """A date option; raises `DateRefused` naming the option."""
    from vedette.domain.time import parse_date

    return parse_date(text, where=option) if text is not None else None
