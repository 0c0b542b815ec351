"""Match the cue table against clauses: one Aho-Corasick pass for trigger words, then only the patterns they name.

The clause is first put into a plain form: lower case, no punctuation, one token for each actor by its role, so that one
pattern serves every crisis ("§i troops along the border of §t").
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from vedette.extraction.fold import fold
from vedette.extraction.names import Found
from vedette.extraction.roles import Roles
from vedette.reference.condition_cues import CONDITIONS, cue_lines

_AT_BORDER = re.compile(r"§[ih] (?:state )?(?:borders?|frontiers?|soil|coast)\b|(?:threat|danger|challenge) to §[ih]\b")
# Wars of memory are no news, and their names hold words of force.
_OLD_WARS = re.compile(
    r"\b(?:(?:the )?(?:great patriotic|cold|first world|second world) war|world war (?:ii|i|two|one)|prisoners? of war|"
    r"(?:russian|american|spanish) civil war|veterans? of (?:the )?war|war veterans?|war memorials?|post-war)\b"
)
_OUR = re.compile(r"\bour\b")
_GAPS = {"..": 5, "...": 10}
_TOKEN = re.compile(r"§\w|[\w]+(?:[-'][\w]+)*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Cue:
    """One line of the table."""

    condition: str
    sign: int
    cancels: bool
    weight: int
    source: str
    pattern: re.Pattern[str]
    triggers: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Scores:
    """Sums of weights by condition, up and down, and the cues that fired (their source lines)."""

    up: dict[str, float]
    down: dict[str, float]
    fired: tuple[str, ...]

    def total(self, condition: str) -> float:
        """Weight for a condition whatever its direction."""
        return self.up.get(condition, 0.0) + self.down.get(condition, 0.0)

    @property
    def bearing(self) -> float:
        """Weight over all conditions."""
        return sum(self.up.values()) + sum(self.down.values())


def _word(word: str) -> str:
    """Regular expression of one word of a pattern; ``a-b`` also matches ``a b``."""
    return r"[- ]".join(_stem(part) for part in word.split("-"))


def _stem(part: str) -> str:
    if part == "§x":
        return r"§\w"
    return "\\S*".join(re.escape(piece) for piece in part.split("*"))


def _compile(line: str) -> Cue:
    head, _, body = line.partition("|")
    condition, sign, weight = head.split()
    parts: list[str] = []
    groups: list[tuple[str, ...]] = []
    gap = ""
    words = body.split()
    while words and words[-1] in _GAPS:
        words.pop()
    for word in words:
        if word in _GAPS:
            gap = rf"(?:\S+ ){{0,{_GAPS[word]}}}?"
            continue
        options = tuple(word.split("/"))
        groups.append(options)
        parts.append(f"{' ' + gap if parts else ''}(?:{'|'.join(_word(o) for o in options)})")
        gap = ""
    # The words with the longest shortest option are the rarest guess: the two rarest together trigger the pattern.
    triggers = [tuple(t for option in g for t in _triggers(option)) for g in groups]
    best = sorted(triggers, key=lambda g: (-min(map(len, g)), len(g)))
    return Cue(
        condition=CONDITIONS.get(condition, condition), sign=1 if sign in "+^" else -1, cancels=sign in "^v",
        weight=int(weight), source=line.strip(),
        pattern=re.compile(rf"(?<!\S){''.join(parts)}(?!\S)"), triggers=(best[0], best[min(1, len(best) - 1)]),
    )  # fmt: skip


def _triggers(option: str) -> list[str]:
    """What must stand in the plain clause where an option matches: its words as far as they are fixed.

    A word that is fixed to its end brings the space after it, so that "no" does not look at every "north".
    """
    fixed = option.split("*", maxsplit=1)[0].split("§x", maxsplit=1)[0]
    if not fixed:
        return [option.strip("*")]
    parts = (fixed if fixed != option else f"{fixed} ").split("-")
    found = [parts[0]]
    for part in parts[1:]:
        found = [f"{head}{mark}{part}" for head in found for mark in "- "]
    return found


@lru_cache(maxsize=1)
def all_cues() -> tuple[Cue, ...]:
    """The compiled table."""
    return tuple(_compile(line) for line in cue_lines())


@lru_cache(maxsize=1)
def _automaton() -> Any:
    import ahocorasick

    by_trigger: dict[str, tuple[list[int], list[int]]] = {}
    for number, cue in enumerate(all_cues()):
        for which, triggers in enumerate(cue.triggers):
            for trigger in triggers:
                by_trigger.setdefault(f" {trigger}", ([], []))[which].append(number)
    automaton = ahocorasick.Automaton()
    for trigger, (first, second) in by_trigger.items():
        both = {*first} & {*second}
        automaton.add_word(
            trigger, (tuple(both), tuple({*first} - both), tuple({*second} - both))
        )
    automaton.make_automaton()
    return automaton


def plain_clause(text: str, start: int, end: int, names: list[Found], roles: Roles, own: str) -> str:
    """The clause in the form the patterns read. ``own`` is the state that "our" and "we" speak for."""
    parts: list[str] = []
    at = start
    for name in names:
        if name.start < start or name.end > end or name.start < at or name.use == "none":
            continue
        if name.what.kind == "region" or len(name.what.codes) != 1:
            continue
        parts.append(text[at : name.start])
        role = roles.of(name.what.codes[0])
        keep = " nato" if name.what.codes == ("NATO",) else " eu" if name.what.codes == ("EU",) else ""
        parts.append(f" §{role}{keep} " if not keep else f"{keep} §{role} ")
        at = name.end
    parts.append(text[at:end])
    low = fold("".join(parts)).replace("'s ", " ")
    low = _OLD_WARS.sub(" ", low) if "war" in low else low
    if own:
        mark = f"§{roles.of(own)}"
        low = _OUR.sub(f"our {mark}", low) if "our" in low else low
    return " " + " ".join(_TOKEN.findall(low)) + " "


def _owner(kind: str, plain: str, own_role: str) -> tuple[str, bool]:
    """Condition and direction of a cue about a force, by whose force the clause speaks of."""
    # A build-up "along §i borders" is somebody else's.
    own = _AT_BORDER.sub(" ", plain)
    if "§i" in own or "§h" in own:
        return "technical_feasibility", True
    target, onlooker = "§t" in plain, "§w" in plain
    if kind == "F":
        theirs = target or (not onlooker and own_role == "t")
        if theirs:
            return "absence_of_resistance", False
        return ("perceived_justification", True) if onlooker else ("technical_feasibility", True)
    if onlooker:
        return ("absence_of_resistance", False) if target else ("perceived_justification", True)
    return "technical_feasibility", True


def _candidates(plain: str) -> set[int]:
    """Cues of which both triggers occur."""
    found: set[int] = set()
    one: set[int] = set()
    other: set[int] = set()
    for _, (both, first, second) in _automaton().iter(plain):
        if both:
            found.update(both)
        if first:
            one.update(first)
        if second:
            other.update(second)
    return found | (one & other) if one and other else found


def could_fire(plain: str) -> bool:
    """Whether any cue can match in a plain clause."""
    return bool(_candidates(plain))


def score_clause(plain: str, *, own_role: str = "") -> Scores:
    """Weights of every cue of the table that fires in a clause; each cue counts once.

    ``own_role`` is the role of the state the speaker stands for: whose army "the army" is when the clause names nobody.
    """
    candidates = _candidates(plain)
    if not candidates:
        return Scores(up={}, down={}, fired=())
    up: dict[str, float] = {}
    down: dict[str, float] = {}
    fired: list[str] = []
    silenced: list[tuple[dict[str, float], str]] = []
    cues = all_cues()
    for number in sorted(candidates):
        cue = cues[number]
        if not cue.pattern.search(plain):
            continue
        condition, raises = cue.condition, cue.sign > 0
        if condition in ("F", "G"):
            condition, raises = _owner(condition, plain, own_role)
        side = up if raises else down
        side[condition] = side.get(condition, 0.0) + cue.weight
        fired.append(cue.source)
        if cue.cancels:
            silenced.append((down if raises else up, condition))
    for side, condition in silenced:
        side.pop(condition, None)
    return Scores(up=up, down=down, fired=tuple(fired))
