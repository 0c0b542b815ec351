"""What happened in the bundled cases: read only after an assessment, never by one."""

from __future__ import annotations

import datetime as dt
import tomllib
from dataclasses import dataclass
from importlib.resources import files


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """The atom that came true, the day that settled it, and the public source."""

    case: str
    atom: str
    date: dt.date
    source: str


def known_outcome(case: str) -> Outcome | None:
    """The outcome of a bundled case; None for any other case."""
    text = files("vedette.reference").joinpath("cases/outcomes.toml").read_text(encoding="utf-8")
    row = tomllib.loads(text).get(case)
    return Outcome(case=case, **row) if row else None
