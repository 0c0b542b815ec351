"""Words for probabilities: from a number to its word and printed form, and from words in a text to ranges.

Scales
------
``icd203``: Intelligence Community Directive 203, *Analytic Standards* (2015), section D.6.e.2: almost no chance
1-5 %, very unlikely 5-20, unlikely 20-45, roughly even chance 45-55, likely 55-80, very likely 80-95, almost
certain 95-99. Neighbouring rows share their boundary in the source; here a bin holds its lower end and not its
upper end, so that every probability has one word.

``phia``: UK Professional Head of Intelligence Assessment, *Explaining uncertainty in UK intelligence assessment*:
remote chance 0-5, highly unlikely 10-20, unlikely 25-35, realistic possibility 40-50, likely or probable 55-75,
highly likely 80-90, almost certain 95-100. The scale has gaps on purpose. A probability in a gap keeps its number
and is said to be nearest to a term; it is never moved into one.

Printed form: a narrow no-break space joins figure and ``%``, minus is U+2212, ranges use an en dash, and changes
are in points.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import Final, Literal

from vedette.errors import BadInput, UnknownName

Scale = Literal["icd203", "phia"]


def parse_scale(text: str) -> Scale:
    """A scale from its name; raises `UnknownName`."""
    for scale in ("icd203", "phia"):
        if text.strip().casefold() == scale:
            return scale
    raise UnknownName("scale", text, nearest=("icd203", "phia"))


NARROW: Final = "\u202f"
"""Narrow no-break space: a figure and its per cent sign never part at a line end."""
MINUS: Final = "\u2212"
DASH: Final = "\u2013"


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """A word of a scale and the probabilities it stands for."""

    word: str
    low: float
    high: float


ICD203: Final = (
    Term(word="almost no chance", low=0.01, high=0.05),
    Term(word="very unlikely", low=0.05, high=0.20),
    Term(word="unlikely", low=0.20, high=0.45),
    Term(word="roughly even", low=0.45, high=0.55),
    Term(word="likely", low=0.55, high=0.80),
    Term(word="very likely", low=0.80, high=0.95),
    Term(word="almost certain", low=0.95, high=0.99),
)
"""ICD 203 rows as printed. Below 1 % and above 99 % the end rows are used, with "<1 %" and ">99 %" as the number."""

PHIA: Final = (
    Term(word="remote chance", low=0.0, high=0.05),
    Term(word="highly unlikely", low=0.10, high=0.20),
    Term(word="unlikely", low=0.25, high=0.35),
    Term(word="realistic possibility", low=0.40, high=0.50),
    Term(word="likely", low=0.55, high=0.75),
    Term(word="highly likely", low=0.80, high=0.90),
    Term(word="almost certain", low=0.95, high=1.0),
)
"""PHIA yardstick rows as printed, both ends included."""

WORD_CHANGES: Final = tuple(term.high for term in ICD203[:-1])
"""Probabilities at which the ICD 203 word changes: .05, .20, .45, .55, .80, .95 (gridlines of every chart)."""


def _probability(p: float, where: str) -> float:
    value = float(p)
    if not 0.0 <= value <= 1.0:  # also refuses NaN
        raise BadInput(f"probability {p!r} is not between 0 and 1", where=where)
    return value


def _half_up(value: float, decimals: int = 0) -> float:
    """Round halves away from zero, as a reader does by hand (``round`` would send 12.5 to 12)."""
    factor = 10.0**decimals
    # The nudge undoes binary representation (0.285 * 100 = 28.499999999999996).
    return math.copysign(math.floor(abs(value) * factor + 0.5 + 1e-9) / factor, value)


def likelihood_word(p: float, scale: Scale = "icd203") -> str:
    """The word for a probability.

    ICD 203: lower ends belong to the row, so 0.05 is "very unlikely". PHIA: a value in a gap gives
    "nearest to <term>", or "between <term> and <term>" at the middle of the gap. Raises `BadInput` outside 0..1 or
    for an unknown scale.

    >>> likelihood_word(0.27), likelihood_word(0.05), likelihood_word(0.22, "phia")
    ('unlikely', 'very unlikely', 'nearest to highly unlikely')
    """
    value = _probability(p, "likelihood_word")
    if scale == "icd203":
        for term in ICD203:
            if value < term.high:
                return term.word
        return ICD203[-1].word
    if scale != "phia":
        raise BadInput(f"unknown scale {scale!r}", fix="Scales: icd203, phia")
    for term in PHIA:
        if term.low <= value <= term.high:
            return term.word
    below = max((t for t in PHIA if t.high < value), key=lambda t: t.high)
    above = min((t for t in PHIA if t.low > value), key=lambda t: t.low)
    down, up = value - below.high, above.low - value
    if math.isclose(down, up, abs_tol=1e-9):
        return f"between {below.word} and {above.word}"
    return f"nearest to {below.word if down < up else above.word}"


def figure(p: float, decimals: int = 0) -> str:
    """A probability as a bare per-cent figure: "27", "<1", ">99"; with ``decimals`` as many digits after the point.

    The ends are open below 1 % and above 99 % (METHOD 3); with decimals, below and above the last digit shown.
    """
    value = _probability(p, "figure")
    step = 10.0**-decimals
    if value * 100.0 < step - 1e-9:
        return f"<{step:.{decimals}f}"
    if value * 100.0 > 100.0 - step + 1e-9:
        return f">{100.0 - step:.{decimals}f}"
    return f"{_half_up(value * 100.0, decimals):.{decimals}f}"


def percent(p: float, decimals: int = 0) -> str:
    """A probability with its sign: "27 %" (joined by a narrow no-break space), "<1 %", ">99 %"."""
    return f"{figure(p, decimals)}{NARROW}%"


def interval_text(low: float, high: float, decimals: int = 0) -> str:
    """A range in per cent without the sign: "13–48"; open ends as in `figure`. Raises `BadInput` when reversed.

    Before an open upper end the dash gives way to "to" ("58 to >99"): a dash and a > read as an arrow. Two ends that
    print alike are printed once.
    """
    if high < low:
        raise BadInput(f"interval {low}..{high} is reversed", where="interval_text")
    first, last = figure(low, decimals), figure(high, decimals)
    if first == last:
        return first
    return f"{first} to {last}" if last.startswith(">") else f"{first}{DASH}{last}"


def estimate_text(p: float, interval: tuple[float, float] | None = None, scale: Scale = "icd203") -> str:
    """Word, number, 90 % range: "unlikely (27 %, 13–48)"."""
    inside = percent(p) if interval is None else f"{percent(p)}, {interval_text(*interval)}"
    return f"{likelihood_word(p, scale)} ({inside})"


def number_text(value: float, decimals: int = 2, *, signed: bool = False) -> str:
    """A plain number with a true minus; ``signed`` adds + before positive ones. "−0" never appears."""
    rounded = _half_up(value, decimals)
    body = f"{abs(rounded):.{decimals}f}"
    if rounded == 0:
        return body
    return f"{MINUS if rounded < 0 else '+' if signed else ''}{body}"


def signed_points(change: float) -> str:
    """A change of probability in points, as a figure: "+6", "−7", "0"."""
    return number_text(change * 100.0, 0, signed=True)


def points_text(change: float) -> str:
    """A change of probability in words: "up 6 points", "down 1 point", "unchanged (less than half a point)"."""
    points = int(_half_up(abs(change) * 100.0))
    if points == 0:
        return "unchanged (less than half a point)"
    return f"{'up' if change > 0 else 'down'} {points} point{'' if points == 1 else 's'}"


@dataclass(frozen=True, slots=True, kw_only=True)
class EstimativeWord:
    """Estimative wording found in a text: the range a standard gives it, or the reason why none does.

    ``low``/``high`` are the author's range as *we* read his word, never our estimate.
    """

    start: int
    end: int
    text: str
    low: float | None
    high: float | None
    source: str


_ICD = "ICD 203"
_KENT = "Kent 1964, Words of estimative probability"
_PHIA = "PHIA yardstick"
_HEDGE = "no range in any standard (hedge)"
_COMPARES = "no range (compares, does not estimate)"

_PHRASES: Final[tuple[tuple[str, float | None, float | None, str], ...]] = (
    # Kent: almost certain 93 +- 6, probable 75 +- 12, about even 50 +- 10, probably not 30 +- 10,
    # almost certainly not 7 +- 5. Rows of ICD 203 come first where both have the word.
    (r"(?:more|less|least|most|how|as)\s+(?:un)?likely|likelier|likeliest", None, None, _COMPARES),
    (r"(?:more|less|least|most)\s+(?:im)?probable", None, None, _COMPARES),
    (r"not\s+(?:very\s+|highly\s+)?unlikely", None, None, _HEDGE),
    (r"almost\s+certainly\s+(?:not|will\s+not|won['\u2019]t)", 0.02, 0.12, _KENT),
    (r"probably\s+(?:not|will\s+not|won['\u2019]t)", 0.20, 0.40, _KENT),
    (r"(?:almost\s+no|remote)\s+chance", 0.01, 0.05, _ICD),
    (r"(?:very|highly|extremely)\s+(?:unlikely|improbable)", 0.05, 0.20, _ICD),
    (r"(?:not\s+(?:very\s+)?(?:likely|probable))|unlikely|improbabl[ey]", 0.20, 0.45, _ICD),
    (r"(?:chances?\s+(?:are\s+)?about\s+even)", 0.40, 0.60, _KENT),
    (r"roughly\s+even(?:\s+(?:chance|odds))?|even\s+(?:chance|odds)", 0.45, 0.55, _ICD),
    (r"realistic\s+possibility", 0.40, 0.50, _PHIA),
    (r"(?:very|highly)\s+(?:likely|probabl[ey])", 0.80, 0.95, _ICD),
    (r"(?:almost|nearly|virtually)\s+certain(?:ly)?", 0.95, 0.99, _ICD),
    (r"likely|probabl[ey]", 0.55, 0.80, _ICD),
    (r"may|might|could|possibl[ey]|possibility|perhaps|conceivabl[ey]|cannot\s+(?:be\s+)?(?:rule|ruled)\s+out",
     None, None, _HEDGE),
)  # fmt: skip

_PATTERN: Final = re.compile(
    "|".join(f"(?P<w{i}>\\b(?:{phrase})\\b)" for i, (phrase, *_) in enumerate(_PHRASES)), re.IGNORECASE
)
_MONTH_MAY: Final = re.compile(
    r"(?:\d{1,2}\s+|\b(?:in|of|since|by|until|late|early|mid)[ -])$|^\s+\d", re.IGNORECASE
)


def estimative_words(text: str) -> tuple[EstimativeWord, ...]:
    """Estimative wording in a text, in order, with the range a published standard gives it.

    Earlier rows win, so "very unlikely" is never read as "likely". Hedges ("may", "could", "possible") and comparisons
    ("more likely") are found but carry no range: none of the standards gives one. The month of May is left alone.

    >>> [(w.text, w.low, w.high) for w in estimative_words("would likely escalate; invasion is very unlikely")]
    [('likely', 0.55, 0.8), ('very unlikely', 0.05, 0.2)]
    """
    found = []
    for match in _PATTERN.finditer(text):
        if match.group().lower() == "may" and (
            _MONTH_MAY.search(text[: match.start()]) or re.match(r"\s+\d|\s*,", text[match.end() :])
        ):
            continue
        _, low, high, source = _PHRASES[int((match.lastgroup or "w0")[1:])]
        found.append(
            EstimativeWord(
                start=match.start(), end=match.end(), text=match.group(), low=low, high=high, source=source
            )
        )
    return tuple(found)
