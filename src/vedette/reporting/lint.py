"""Reads the sentences of a brief before a reader does. A finding stops the brief.

Rules (ICD 203, section D.6.e.2 and METHOD 3; UI, section 7): likelihood and confidence never in one sentence; one row
of words, and the word that the number has; no "may", "could" or "possible" for an estimate; a difference between
probabilities in points, not per cent.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from vedette.errors import BadInput
from vedette.reference.estimative import ICD203, PHIA, Scale, Term, estimative_words

_SPLIT: Final = re.compile(r"(?<=[.!?])[\"\u201d\u2019)]*\s+(?=[\"\u201c(]?[A-Z\u25b2\u25bc])")
_ABBREVIATION: Final = re.compile(
    r"(?:\b(?:e\.g|i\.e|U\.S|U\.K|Gen|Col|Lt|Maj|Mr|Mrs|Ms|Dr|St|No|vs|approx|[A-Z]))\.$"
)
_CONFIDENCE: Final = re.compile(r"\bconfiden(?:ce|t|tly)\b", re.IGNORECASE)
_PERCENT: Final = re.compile(r"(?<![\w.])[<>]?(\d+(?:\.\d+)?)[\s\u00a0\u202f]*(?:%|per cent\b|percent\b)")
_LIKELIHOOD: Final = re.compile(r"\b(?:likelihood|probabilit(?:y|ies)|odds)\b", re.IGNORECASE)
_HEDGE: Final = re.compile(
    r"\b(?:may|might|could|possibl[ey]|possibilit(?:y|ies)|perhaps|maybe|conceivabl[ey]|cannot\s+(?:be\s+)?ruled?\s+out)\b",
    re.IGNORECASE,
)
_MONTH: Final = re.compile(
    r"\bMay\b(?=\s+\d|,)|(?<=\d\s)May\b|(?<=\bin\s)May\b|(?<=\bsince\s)May\b|(?<=\bby\s)May\b"
)
# The second row of ICD 203's table. Not to be mixed with the first, which is the one this product prints.
_OTHER_ROW: Final = re.compile(
    r"\b(?:remote|highly improbable|improbabl[ey]|probabl[ey]|highly probable|nearly certain|roughly even odds)\b",
    re.IGNORECASE,
)
_CHANGE: Final = re.compile(
    r"\b(?:up|down|ris(?:e|es|en|ing)|rose|falls?|fell|fallen|drops?|dropped|increased?s?|decreased?s?|gain(?:s|ed)?|"
    r"lower|higher|less|more)\s+(?:by\s+)?\d+(?:\.\d+)?[\s\u00a0\u202f]*(?:%|per cent\b|percent\b)",
    re.IGNORECASE,
)
# PHIA has gaps: "nearest to likely (78 %)" and "between likely and highly likely" name a term without its range.
_IN_A_GAP: Final = re.compile(r"\b(?:nearest to|between\s[\w ]+\sand)\s(?:\w+\s)?$")
_TERMS: Final[dict[Scale, tuple[Term, ...]]] = {"icd203": ICD203, "phia": PHIA}


@functools.cache
def _patterns(scale: Scale) -> tuple[re.Pattern[str], re.Pattern[str], re.Pattern[str] | None]:
    """Patterns of a scale: its word before a number, two of its words joined, words it must not be mixed with."""
    words = "|".join(sorted((t.word for t in _TERMS[scale]), key=len, reverse=True))
    estimate = rf"\b({words})\s*\((?P<open>[<>]?)(\d+(?:\.\d+)?)[\s\u00a0\u202f]*%"
    joined = rf"(?<!between )\b({words})\s*(?:or|to|and|/|\u2013|-)\s*({words})\b"
    other = _OTHER_ROW if scale == "icd203" else None
    return re.compile(estimate, re.IGNORECASE), re.compile(joined, re.IGNORECASE), other


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """A sentence that breaks a rule."""

    rule: str
    sentence: str

    def __str__(self) -> str:
        return f"{self.rule}: \u201c{self.sentence}\u201d"


def sentences(text: str) -> list[str]:
    """A text cut into sentences; abbreviations and initials do not end one."""
    out: list[str] = []
    for piece in _SPLIT.split(text.strip()):
        if out and _ABBREVIATION.search(out[-1]):
            out[-1] = f"{out[-1]} {piece}"
        elif piece.strip():
            out.append(piece.strip())
    return out


def _speaks_of_likelihood(sentence: str) -> bool:
    if _PERCENT.search(sentence) and not re.search(r"\binterval", sentence):
        return True
    return bool(_LIKELIHOOD.search(sentence)) or any(w.low is not None for w in estimative_words(sentence))


def lint_passed(text: str, scale: Scale = "icd203") -> list[Finding]:
    """Rules for text that the brief repeats from the case or the engine: no mixing, no wrong word for a number."""
    found = []
    terms = _TERMS[scale]
    estimate, joined, _ = _patterns(scale)
    for s in sentences(text):
        if _CONFIDENCE.search(s) and _speaks_of_likelihood(s):
            found.append(Finding(rule="likelihood and confidence in one sentence", sentence=s))
        for match in estimate.finditer(s):
            if _IN_A_GAP.search(s[: match.start()]):
                continue
            term = next(t for t in terms if t.word == match.group(1).lower())
            shown = float(match.group(3)) / 100
            ends = (term is terms[0] and match["open"] == "<") or (term is terms[-1] and match["open"] == ">")
            if not ends and not term.low <= shown <= term.high:
                found.append(
                    Finding(rule=f"\u201c{term.word}\u201d is not the word for {match.group(3)} %", sentence=s)
                )
        if joined.search(s):
            found.append(Finding(rule="two words of the scale joined", sentence=s))
        if _CHANGE.search(s):
            found.append(Finding(rule="a difference in per cent instead of points", sentence=s))
    return found


def lint_own(text: str, scale: Scale = "icd203") -> list[Finding]:
    """All rules, for sentences the product or its analyst wrote."""
    found = lint_passed(text, scale)
    other = _patterns(scale)[2]
    for s in sentences(text):
        bare = _MONTH.sub("", s)
        if scale == "phia":
            bare = bare.replace("realistic possibility", "")  # a term of the scale, not a hedge
        if _HEDGE.search(bare):
            found.append(Finding(rule="a hedge instead of an estimate (may, could, possible)", sentence=s))
        if other is not None and other.search(s):
            found.append(Finding(rule="a word of another row of the scale", sentence=s))
    return found


def check_language(
    own: Iterable[str], passed: Iterable[str] = (), *, where: str = "", scale: Scale = "icd203"
) -> None:
    """Refuse a brief whose sentences break a rule. Raises `BadInput` naming the first sentence and how many more."""
    found = [f for text in own for f in lint_own(text, scale)]
    found += [f for text in passed for f in lint_passed(text, scale)]
    if found:
        more = f" (and {len(found) - 1} more)" if len(found) > 1 else ""
        raise BadInput(f"{found[0]}{more}", where=where, fix="Reword the sentence; the brief was not written")
