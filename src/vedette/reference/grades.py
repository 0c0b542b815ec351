"""What the letters and figures of a grade mean (table ``grades.toml``)."""

from __future__ import annotations

import functools
import tomllib
from collections.abc import Mapping
from importlib.resources import files
from types import MappingProxyType

from vedette.domain.claims import Grade


@functools.cache
def _table() -> Mapping[str, Mapping[str, str]]:
    data = tomllib.loads((files("vedette.reference") / "grades.toml").read_text(encoding="utf-8"))
    return MappingProxyType({k: MappingProxyType(data[k]) for k in ("reliability", "credibility")})


def reliability_meanings() -> Mapping[str, str]:
    """A to F -> what it says of the source."""
    return _table()["reliability"]


def credibility_meanings() -> Mapping[str, str]:
    """1 to 6 -> what it says of the information."""
    return _table()["credibility"]


def grade_words(grade: Grade) -> str:
    """Both halves of a grade in words: "source: ...; information: ..."."""
    source, information = reliability_meanings()[grade.reliability], credibility_meanings()[grade.credibility]
    return f"source: {source.lower()}; information: {information.lower()}"
