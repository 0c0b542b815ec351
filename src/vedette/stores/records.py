"""Nouns as the text that is stored: one canonical JSON line, so that equal records have equal digests."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any, TypeVar

from vedette.codec import json as codec
from vedette.domain.documents import Document
from vedette.errors import BadInput, Damaged, NewerSchema

T = TypeVar("T")


def digest_of(text: str) -> str:
    """SHA-256 of the UTF-8 text, in hex. Lone surrogates, which a broken file can hold, count too."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def encode(noun: Any) -> str:
    """Canonical JSON of a noun with its schema version. A quote is stored as its document's id and its offsets."""
    return codec.dumps(noun)


def decode(kind: type[T], text: str, *, documents: Mapping[str, Document] | None = None, where: str = "") -> T:
    """The noun back from its text.

    Raises `Damaged` naming the record when the text is not one, `NewerSchema` when a later Vedette wrote it.
    """
    try:
        return codec.loads(kind, text, documents=documents or {})
    except NewerSchema:
        raise
    except BadInput as error:
        raise Damaged(f"a stored {kind.__name__} cannot be read ({error})", where=where) from error
