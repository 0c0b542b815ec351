"""What became of a data set that was fetched, with the terms that must be shown beside it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from vedette.frames.frame import Frame

Status = Literal["fetched", "unchanged", "kept previous copy", "failed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchStep:
    """One line of progress: which data set, what happens, and how far (bytes) when known."""

    dataset: str
    what: str
    done: int | None = None
    total: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """What became of one data set; licence and citation are to be shown with the result.

    ``frame`` is the checked table now in use: the new one, or the earlier one when the new copy was refused;
    None when there is none. ``aside`` is the file that lists the malformed lines.
    """

    dataset: str
    status: Status
    message: str
    licence: str
    citation: str
    url: str = ""
    sha256: str = ""
    rows: int = 0
    set_aside: int = 0
    aside: Path | None = None
    frame: Frame | None = None

    @property
    def usable(self) -> bool:
        """Whether a checked table is there, new or earlier."""
        return self.frame is not None


Report = Callable[[FetchStep], None]
