"""Documents and days given on the command line, and files written for it."""

from __future__ import annotations

import datetime as dt
import os
from pathlib import Path
from typing import TYPE_CHECKING

from vedette.errors import DocumentRefused

if TYPE_CHECKING:
    from vedette.ports.reading import DocumentSource, Handed


def first_document(source: DocumentSource, name: str) -> Handed:
    """The one document behind ``name``; raises `DocumentRefused` with the reason when it cannot be had."""
    from vedette.ports.reading import Handed

    if name != "-" and Path(name).is_dir():
        raise DocumentRefused("a folder, not a document", where=name, fix="Read a folder into a case: vedette read")
    for found in source.documents(name):
        if isinstance(found, Handed):
            return found
        raise DocumentRefused(found.why, where=found.source)
    raise DocumentRefused("it holds no document", where=name)


def label(name: str) -> str:
    """How a source is called in messages and records."""
    return "standard input" if name == "-" else Path(name).name


def day(text: str | None, option: str) -> dt.date | None:
    """A date option; raises `DateRefused` naming the option."""
    from vedette.domain.time import parse_date

    return parse_date(text, where=option) if text is not None else None


def write_whole(path: Path, data: bytes) -> None:
    """Write beside the target and rename: a full disk or a kill never leaves half a file under the name asked for."""
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        part.write_bytes(data)
        part.replace(path)
    except OSError:
        part.unlink(missing_ok=True)
        raise
