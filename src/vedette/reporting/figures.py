"""Printed values that know where they come from.

A brief never prints a number of its own: it prints a `Figure`, the value at a JSON pointer of the brief's facts in a
named form. The page carries pointer and form beside the printed text, so that `vedette verify` and the tests can
compare every one with the JSON.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final

from vedette.errors import BadInput
from vedette.reference.estimative import (
    NARROW,
    figure,
    interval_text,
    likelihood_word,
    number_text,
    percent,
    points_text,
    signed_points,
)
from vedette.reporting.labels import day_text, safe_text, state_text


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """``text`` is the value at ``path`` (RFC 6901 JSON pointer into the facts) printed in ``form``."""

    text: str
    path: str
    form: str


Part = str | Figure
Parts = tuple[Part, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentence:
    """One statement of ours: words and figures, and the evidence whose quote it cites."""

    parts: Parts
    cites: tuple[str, ...] = ()

    def __str__(self) -> str:
        return plain(self.parts)


def plain(parts: Parts | Sentence | Part) -> str:
    """Parts as text."""
    if isinstance(parts, Sentence):
        return plain(parts.parts)
    if isinstance(parts, Figure):
        return parts.text
    return parts if isinstance(parts, str) else "".join(plain(p) for p in parts)


def _coordinates(value: Sequence[float]) -> str:
    """Latitude and longitude to 0.001 degrees (UI, section 5)."""
    lat, lon = float(value[0]), float(value[1])
    return f"{abs(lat):.3f}° {'N' if lat >= 0 else 'S'}, {abs(lon):.3f}° {'E' if lon >= 0 else 'W'}"


def _span(value: Sequence[float]) -> str:
    return f"{state_text(value[0])} to {state_text(value[1])}"


def base_log_odds(rows: Sequence[Mapping[str, Any]]) -> float:
    """Where the bars of a scenario start: its structural class and the step to the more specific one."""
    return math.fsum(c["log_odds"] for c in rows if c["kind"] in ("structure", "base_rate"))


def _base_log_odds(rows: Sequence[Mapping[str, Any]]) -> str:
    return number_text(base_log_odds(rows), 2, signed=True)


def _base_probability(rows: Sequence[Mapping[str, Any]]) -> str:
    return percent(1.0 / (1.0 + math.exp(-base_log_odds(rows))))


def _kilometres(value: Sequence[float]) -> str:
    return f"{number_text(value[0], 1)}–{number_text(value[1], 1)}{NARROW}km"


def _names(value: Sequence[object]) -> str:
    return ", ".join(safe_text(v) for v in value)


def _graded(letters: str) -> Callable[[Any], str]:
    """How many items carry one of these source grades."""
    return lambda items: str(sum(str(e["grade"])[:1] in letters for e in items))


FORMS: Final[Mapping[str, Callable[[Any], str]]] = MappingProxyType({
    "percent": percent,                                        # 27 %
    "percent1": lambda v: percent(v, 1),                       # 1.4 %
    "phia_word": lambda v: likelihood_word(v, "phia"),
    "figure": figure,                                          # 27
    "interval": lambda v: interval_text(v[0], v[1]),           # 13–48
    "rate_range": lambda v: interval_text(v["low"], v["high"], 1 if v["p"] < 0.1 else 0),
    "points": points_text,                                     # up 6 points
    "signed_points": signed_points,                            # +6
    "log_odds": lambda v: number_text(v, 2, signed=True),      # −0.44
    "sum_log_odds": lambda v: number_text(math.fsum(c["log_odds"] for c in v), 2, signed=True),
    "base_log_odds": _base_log_odds,                           # where the bars start
    "base_probability": _base_probability,
    "state": state_text,                                       # +0.9, scale -2..+2
    "span": _span,                                             # +0.1 to +1.7
    "similarity": lambda v: number_text(v, 2),                 # 0.86
    "count": lambda v: number_text(float(v), 0),               # 12
    "length": lambda v: str(len(v)),                           # how many entries a list or object has
    "km": lambda v: f"{number_text(v, 1)}{NARROW}km",
    "miles": lambda v: f"{number_text(v, 1)}{NARROW}mi",
    "km_span": _kilometres,
    "coordinates": _coordinates,
    "day": day_text,                                           # 20 January 2022
    "text": safe_text,
    "first_sentence": lambda v: safe_text(v).partition(". ")[0].rstrip("."),
    "names": _names,
    "good_grades": _graded("AB"),
    "c_grades": _graded("C"),
    "poor_grades": _graded("DE"),
    "no_grades": _graded("F"),
    "digest": lambda v: safe_text(v)[:12],
})  # fmt: skip
"""Form name to formatter. The names are part of the brief's format: a brief on file is verified by them."""


def pointer(*steps: str | int) -> str:
    """RFC 6901 pointer from steps."""
    return "".join("/" + str(s).replace("~", "~0").replace("/", "~1") for s in steps)


def resolve(facts: Any, path: str) -> Any:
    """The value at a pointer. Raises KeyError naming the pointer when there is none."""
    value = facts
    for raw in path.split("/")[1:]:
        step = raw.replace("~1", "/").replace("~0", "~")
        try:
            value = value[int(step)] if isinstance(value, list | tuple) else value[step]
        except (KeyError, IndexError, ValueError, TypeError):
            raise KeyError(path) from None
    return value


def print_value(value: Any, form: str) -> str:
    """A value in a form; raises `BadInput` for an unknown form or a value the form cannot print."""
    try:
        printer = FORMS[form]
    except KeyError:
        raise BadInput(
            f"unknown form {form!r} of a printed value", fix="The brief is from another version"
        ) from None
    try:
        return printer(value)
    except (TypeError, ValueError, IndexError, KeyError) as error:
        raise BadInput(f"{value!r} cannot be printed as {form}") from error


class Facts:
    """The JSON of a brief, and the only maker of figures from it.

    ``drawing`` is the map's SVG; the JSON holds its digest.
    """

    __slots__ = ("data", "drawing")

    def __init__(self, data: Mapping[str, Any], drawing: str = "") -> None:
        self.data = data
        self.drawing = drawing

    def __getitem__(self, key: str) -> Any:
        return self.data[key]

    def at(self, *steps: str | int) -> Any:
        """The value behind steps."""
        return resolve(self.data, pointer(*steps))

    def figure(self, form: str, *steps: str | int) -> Figure:
        """A printed value. KeyError when the steps lead nowhere: a brief cannot print what the JSON lacks."""
        path = pointer(*steps)
        return Figure(text=print_value(resolve(self.data, path), form), path=path, form=form)

    def text(self, *steps: str | int) -> Figure:
        """Text of the case or the assessment, verbatim but for control characters."""
        return self.figure("text", *steps)
