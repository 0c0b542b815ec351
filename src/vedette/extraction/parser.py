"""What reading asks of a grammatical parser, and which parser a name stands for.

The rules need none. A parser is asked only about sentences that hold a proposed claim whose roles or negation the
rules cannot tell by words alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Protocol, get_args

from vedette.errors import BadInput

RULES = "rules"
ParserName = Literal["rules", "spacy", "auto"]
NAMES: tuple[str, ...] = get_args(ParserName)


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a parsed sentence.

    ``start`` and ``end`` count characters of the sentence. ``head`` is the index of the governing word, its own index
    at the root. ``relation`` is a label of ClearNLP dependencies (nsubj, dobj, pobj, neg ...: Choi and Palmer 2012).
    """

    start: int
    end: int
    head: int
    relation: str


class SentenceParser(Protocol):
    """Gives the grammar of sentences."""

    @property
    def name(self) -> str:
        """Name and version, as the JSON of a reading shows it."""

    def parse(self, sentences: Sequence[str]) -> Sequence[tuple[Word, ...]]:
        """The words of each sentence, in order."""


def parser_named(name: str) -> SentenceParser | None:
    """The parser behind ``rules`` (none), ``spacy``, or ``auto``: spacy where its extra is installed.

    Raises `BadInput` for another name, `MissingExtra` when spaCy or its model is not installed, and `Damaged` when the
    model is not the pinned one; ``auto`` leaves out a parser that is missing, never one that differs.
    """
    if name not in NAMES:
        raise BadInput(f"{name!r} is not a parser", where="--parser", fix=f"One of {', '.join(NAMES)}")
    if name == RULES:
        return None
    from vedette.extraction.spacy_parser import installed, load_spacy

    if name == "auto" and not installed():
        return None
    return load_spacy()
