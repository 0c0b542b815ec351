"""What a parse adds to claims: who is acted upon, what is really denied, and who speaks in a sentence without a frame.

Only sentences are parsed that hold a claim the rules left unsure. Spans, conditions, directions and confidence stay
those of the rules, so that a reading with a parser proposes the same evidence as one without.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from vedette.domain.claims import ClaimKind
from vedette.domain.reading import Claim
from vedette.extraction.names import Found
from vedette.extraction.parser import SentenceParser, Word
from vedette.extraction.roles import Roles
from vedette.extraction.sentences import Span
from vedette.extraction.span_index import SpanIndex
from vedette.extraction.speakers import AUTHOR
from vedette.reference.reporting_verbs import ACT, SAY

_DENIES = re.compile(r"(?:deny|denies|denied|refutes?|refuted|rejects?|rejected)$")
_OWN = re.compile(r"\b(?:our (?:country|state|nation|people|land|homeland|territory|borders?)|us)\b", re.IGNORECASE)
_SAYS = frozenset(word for word in (*SAY, *ACT) if " " not in word) | {"deny", "denies", "denied", "refuted", "rejects"}
_BEFORE_NAME = frozenset({"det", "compound", "amod", "poss", "nmod"})
# Relations of a word to its verb that make it the one who acts, or the one acted upon.
_ACTS = frozenset({"nsubj", "agent", "csubj"})
_UNDERGOES = frozenset({"dobj", "dative", "nsubjpass"})
# Prepositions whose object is what something is done to. "In", "with" and "about" only say where and of whom.
_UPON = frozenset("against on upon into to toward towards around near".split())


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """What of a document the parse is read with. ``own`` is the state it speaks for."""

    text: str
    names: SpanIndex[Found]
    roles: Roles
    own: str
    speaker: Callable[[str, int], tuple[str, str]]


def refine(
    claims: Sequence[Claim], sentences: Sequence[Span], document: Document, parser: SentenceParser
) -> tuple[list[Claim], int]:
    """The claims with roles, negation and speakers as the grammar shows them, and the number of sentences parsed."""
    index = SpanIndex(sentences)
    home: dict[int, Span] = {}
    for number, claim in enumerate(claims):
        around = index.starting(max(0, claim.start - 2_000), claim.start + 1)
        if around and around[-1].end >= claim.end and _unsure(claim, around[-1], document):
            home[number] = around[-1]
    wanted = list(dict.fromkeys(home.values()))
    parsed = dict(zip(wanted, parser.parse([document.text[s.start : s.end] for s in wanted]), strict=True))
    found = []
    for number, claim in enumerate(claims):
        new = _refined(claim, home[number], parsed[home[number]], document) if number in home else claim
        if new != claim:
            new = replace(new, reasons=(*new.reasons, f"{_changed(claim, new)} as {parser.name} parses the sentence"))
        found.append(new)
    return found, len(wanted)


def _changed(old: Claim, new: Claim) -> str:
    fields = {"target": "target", "negated": "negation", "attribution": "speaker", "kind": "kind"}
    return ", ".join(said for field, said in fields.items() if getattr(old, field) != getattr(new, field))


def _unsure(claim: Claim, sentence: Span, document: Document) -> bool:
    """Whether words alone leave open who acts on whom, whether it is denied, or who says it."""
    if claim.actors or _OWN.search(claim.quote):
        return True
    return claim.negated or (claim.attribution == AUTHOR and sentence.start + 3 < claim.start)


class _Parse:
    """A parsed sentence in the offsets of the document."""

    def __init__(self, words: Sequence[Word], sentence: Span, text: str) -> None:
        self.words, self._at = words, sentence.start
        self.text = [text[sentence.start + w.start : sentence.start + w.end].lower() for w in words]

    def inside(self, start: int, end: int) -> list[int]:
        return [i for i, w in enumerate(self.words) if start <= self._at + w.start and self._at + w.end <= end]

    def start(self, word: int) -> int:
        return self._at + self.words[word].start

    def up(self, word: int, stop: set[int]) -> list[int]:
        """The word and those that govern it, up to the root or out of ``stop``."""
        path = [word]
        while (head := self.words[path[-1]].head) != path[-1] and head in stop and len(path) < 60:
            path.append(head)
        return path

    def children(self, word: int) -> list[int]:
        return [i for i, w in enumerate(self.words) if w.head == word and i != word]


def _refined(claim: Claim, sentence: Span, words: Sequence[Word], document: Document) -> Claim:
    parse = _Parse(words, sentence, document.text)
    inside = parse.inside(claim.start, claim.end)
    if not inside:
        return claim
    held = set(inside)
    target = _target(claim, parse, inside, held, document)
    negated = claim.negated and _denied(parse, inside, held)
    speaker = _speaker(parse, inside, held, document) if claim.attribution == AUTHOR else None
    if speaker is None:
        return replace(claim, target=target, negated=negated)
    name, performed = speaker
    # "The Kremlin denied that": the sentence reports an act of speech, and whose it is.
    speech = performed and claim.kind in (ClaimKind.FACT, ClaimKind.JUDGEMENT)
    kind = ClaimKind.SPEECH if speech else claim.kind
    quantities = tuple(replace(q, attribution=name) for q in claim.quantities)
    return replace(claim, target=target, negated=negated, attribution=name, kind=kind, quantities=quantities)


def _side(parse: _Parse, word: int, held: set[int]) -> str:
    """How a word stands in its clause: "acts", "undergoes", "near" (a place or a subject of talk), or nothing."""
    owner = False
    for at in parse.up(word, held):
        relation = parse.words[at].relation
        if relation == "poss":
            owner = True
        elif relation == "pobj":
            before = parse.text[parse.words[at].head]
            if before == "by":
                return "acts"
            if before in _UPON:
                return "undergoes"
            if before == "from" and owner:
                return "undergoes"  # "from Ukraine's borders", but not "threats from Russia"
            if before != "of":
                return "near"
        elif relation in _ACTS:
            return "acts"
        elif relation in _UNDERGOES:
            return "acts" if owner else "undergoes"  # "reiterated Germany's support"
    return "near"


def _target(claim: Claim, parse: _Parse, inside: list[int], held: set[int], document: Document) -> str | None:
    """The rules' target unless it only acts; then, and where the rules have none, what the clause's verb acts on."""
    sides: dict[str, set[str]] = {}
    for name in document.names.inside(claim.start, claim.end):
        if name.use == "none" or len(name.what.codes) != 1:
            continue
        last = [i for i in inside if name.start <= parse.start(i) < name.end]
        if last:
            sides.setdefault(name.what.codes[0], set()).add(_side(parse, last[-1], held))
    own = _OWN.search(claim.quote)
    if own and document.own:
        at = next((i for i in reversed(inside) if parse.start(i) < claim.start + own.end()), None)
        if at is not None:
            sides.setdefault(document.own, set()).add(_side(parse, at, held))
    if claim.target is not None and sides.get(claim.target) != {"acts"}:
        return claim.target
    acted_on = (c for c, found in sides.items() if "undergoes" in found and "acts" not in found)
    return next((c for c in acted_on if len(c) == 3 or c == "NATO"), None)


def _denied(parse: _Parse, inside: list[int], held: set[int]) -> bool:
    """Whether a verb or its subject is negated, and not only a phrase within ("a path without deadlines")."""
    for word in inside:
        text, relation = parse.text[word], parse.words[word].relation
        if _DENIES.match(text) or text in ("nobody", "none", "nothing", "cannot"):
            return True
        if relation == "neg":
            return True
        if text in ("no", "neither"):
            if relation != "det":
                return True
            phrase = parse.words[parse.words[word].head].relation
            if phrase in ("nsubj", "nsubjpass", "attr", "dobj", "ROOT") and not _in_relative(parse, word, held):
                return True
    return False


def _in_relative(parse: _Parse, word: int, held: set[int]) -> bool:
    return any(parse.words[i].relation == "relcl" for i in parse.up(word, held))


def _speaker(parse: _Parse, inside: list[int], held: set[int], document: Document) -> tuple[str, bool] | None:
    """Who says a clause, and whether the clause itself is the act: the named subject of its verb of saying.

    That verb is the clause's own ("The Kremlin denied that ...") or governs it from outside ("..., which Kyiv said").
    """
    tops = dict.fromkeys(parse.up(i, held)[-1] for i in inside)
    top = next((t for t in tops if parse.words[t].relation in ("ROOT", "ccomp", "conj", "advcl")), None)
    if top is None:
        return None
    performed = parse.text[top] in _SAYS
    verb = top if performed else parse.words[top].head
    if not performed and (parse.words[top].relation != "ccomp" or verb in held or parse.text[verb] not in _SAYS):
        return None
    subject = next((i for i in parse.children(verb) if parse.words[i].relation == "nsubj"), None)
    if subject is None:
        return None
    begin = min([subject, *(i for i in parse.children(subject) if parse.words[i].relation in _BEFORE_NAME)])
    words = document.text[parse.start(begin) : parse.start(subject) + len(parse.text[subject])]
    name, code = document.speaker(words, parse.start(subject))
    return (name, performed) if code and name != AUTHOR and len(name.split()) <= 8 else None
