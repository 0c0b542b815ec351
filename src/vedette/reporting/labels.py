"""Names as a reader meets them: conditions with their number, states, views, dates, and text made safe to print."""

from __future__ import annotations

import datetime as dt
import functools
import re
import unicodedata
from collections.abc import Mapping, Sequence
from typing import Any, Final

from vedette.domain.evidence import OPTION_CHANNEL
from vedette.errors import VedetteError
from vedette.reference.estimative import MINUS, number_text

LEVELS: Final = ("absent", "weak", "mixed", "met", "strong")
"""The five words of the condition scale, from -2 to +2; word and glyph change together at +-0.5 and +-1.5."""

STAKES: Final = "stakes"

_UNSAFE: Final = re.compile(
    # C0 and C1 controls (terminal escapes), bidirectional overrides and isolates, zero-width marks, line separators.
    "[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200b\u200e\u200f\u2028\u2029\u202a-\u202e\u2060\u2066-\u2069\ufeff]"
)


def safe_text(text: object) -> str:
    """Text of others as one printable run: control and direction marks out, white space folded to single spaces."""
    return " ".join(_UNSAFE.sub("", str(text).replace("\n", " ").replace("\t", " ")).split(" ")).strip()


def display_width(text: str) -> int:
    """Columns a text takes on a terminal: wide characters count two, combining marks none."""
    return sum(0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def day_text(day: str | dt.date) -> str:
    """ "20 January 2022" from a date or the first ten characters of an ISO text; other text is returned as given."""
    if isinstance(day, str):
        try:
            day = dt.date.fromisoformat(day[:10])
        except ValueError:
            return safe_text(day)
    return f"{day.day} {day:%B} {day.year}"


def letter(index: int) -> str:
    """A, B ... Z, AA: the label of a scenario in its list."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


@functools.lru_cache(maxsize=32)
def _framework(name: str) -> Mapping[str, tuple[str, str]]:
    from vedette.reference.frameworks import framework

    try:
        found = framework(name)
    except VedetteError:
        return {}
    pool = found.conditions + ((found.stakes,) if found.stakes else ())
    return {c.id: (c.number, c.label) for c in pool}


def condition_names(framework: str, ids: Sequence[str]) -> Mapping[str, tuple[str, str]]:
    """(number, label) of every condition id; an id its framework does not know is spelled out and numbered in order."""
    known = _framework(framework)
    names: dict[str, tuple[str, str]] = {}
    for name in ids:
        if name in known:
            names[name] = known[name]
        elif name == OPTION_CHANNEL:
            names[name] = ("O", "Option itself (forces, orders, drills)")
        elif name == STAKES:
            names[name] = ("M", "Stakes (outside the conjunction)")
        else:
            names[name] = (str(len(names) + 1), safe_text(name.replace("_", " ")).capitalize())
    return names


@functools.lru_cache(maxsize=256)
def state_name(code: str) -> str:
    """A state's name from its ISO3 code; a code we do not know is printed as it is."""
    from vedette.reference.states import find_state

    try:
        return find_state(code).name
    except VedetteError:
        return safe_text(code)


def view_name(actor: str) -> str:
    """ "Russia's view" from a condition's actor: an ISO3 code, or a word such as ``observer``."""
    name = (
        state_name(actor)
        if len(actor) == 3 and actor.isupper()
        else safe_text(actor.replace("_", " ")).capitalize()
    )
    return f"{name}\u2019 view" if name.endswith("s") else f"{name}\u2019s view"


def glyph_of(state: float | None) -> str:
    """● met or better, ○ weak or worse, ◇ mixed, ? unknown."""
    if state is None:
        return "?"
    return "●" if state >= 0.5 else "○" if state <= -0.5 else "◇"


def state_text(value: float) -> str:
    """A state on the -2..+2 scale: "+0.9"; beyond an end ">+2" or "<−2", for the scale says no more."""
    if value > 2.0:
        return ">+2"
    return f"<{MINUS}2" if value < -2.0 else number_text(value, 1, signed=True)


def scenario_names(assessment: Mapping[str, Any]) -> Mapping[str, tuple[str, str]]:
    """(letter, label) of every scenario of an assessment, in its order."""
    return {
        s["id"]: (letter(i), safe_text(s.get("label") or s["id"].replace("_", " ")))
        for i, s in enumerate(assessment["scenarios"])
    }
