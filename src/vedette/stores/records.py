"""Nouns as the text that is stored: one canonical JSON line, so that equal records have equal digests."""

from __future__ import annotations

import dataclasses
import datetime as dt
import enum
import hashlib
import json
import types
import typing
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, TypeVar

from vedette.domain.documents import Document, Quote
from vedette.domain.plain import to_plain
from vedette.domain.scenarios import Branch, Leaf
from vedette.errors import Damaged

T = TypeVar("T")


def canonical(value: Any) -> str:
    """One line of JSON with sorted keys and no spaces: the same value gives the same text everywhere."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def digest_of(text: str) -> str:
    """SHA-256 of the UTF-8 text, in hex."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def encode(noun: Any) -> str:
    """Canonical JSON of a noun. A quote is stored as the id of its document and its offsets."""
    return canonical(_plain(noun))


def decode(kind: type[T], text: str, *, documents: Mapping[str, Document] | None = None, where: str = "") -> T:
    """The noun back from its text; raises `Damaged` naming the record when the text is not one."""
    try:
        value: T = _build(kind, json.loads(text), documents or {})
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise Damaged(
            f"a stored {kind.__name__} cannot be read ({type(error).__name__}: {error})", where=where
        ) from error
    return value


def _plain(value: Any) -> Any:
    if isinstance(value, Quote):
        return {"document": value.document.id, "start": value.start, "end": value.end, "text": value.text}
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {f.name: _plain(getattr(value, f.name)) for f in dataclasses.fields(value)}
    if isinstance(value, Mapping):
        return {str(getattr(k, "value", k)): _plain(v) for k, v in value.items()}
    if isinstance(value, tuple | list):
        return [_plain(v) for v in value]
    return to_plain(value)


@lru_cache(maxsize=128)
def _hints(kind: type) -> dict[str, Any]:
    return typing.get_type_hints(kind)


def _build(hint: Any, value: Any, documents: Mapping[str, Document]) -> Any:
    origin = typing.get_origin(hint)
    if origin in (typing.Union, types.UnionType):
        return _build_union(typing.get_args(hint), value, documents)
    if origin is tuple:
        args = typing.get_args(hint)
        if len(args) == 2 and args[1] is Ellipsis:
            return tuple(_build(args[0], v, documents) for v in value)
        return tuple(_build(a, v, documents) for a, v in zip(args, value, strict=True))
    if origin is frozenset:
        (item,) = typing.get_args(hint)
        return frozenset(_build(item, v, documents) for v in value)
    if origin is not None and issubclass(origin, Mapping):
        key, item = typing.get_args(hint)
        return {_build(key, k, documents): _build(item, v, documents) for k, v in value.items()}
    if hint is Quote:
        document = documents[value["document"]]
        return Quote(document=document, start=value["start"], end=value["end"], text=value["text"])
    if dataclasses.is_dataclass(hint) and isinstance(hint, type):
        hints = _hints(hint)
        return hint(**{name: _build(hints[name], v, documents) for name, v in value.items()})
    return _build_plain(hint, value)


def _build_union(options: tuple[Any, ...], value: Any, documents: Mapping[str, Document]) -> Any:
    if value is None:
        return None
    if Leaf in options and Branch in options:
        return _build(Leaf if "atom" in value else Branch, value, documents)
    (kind,) = (o for o in options if o is not type(None))
    return _build(kind, value, documents)


def _build_plain(hint: Any, value: Any) -> Any:
    if hint is Any:
        return value
    if hint is dt.datetime:
        return dt.datetime.fromisoformat(value)
    if hint is dt.date:
        return dt.date.fromisoformat(value)
    if isinstance(hint, type) and issubclass(hint, enum.Enum):
        return hint(value)
    if hint is float and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    if not isinstance(value, hint):
        raise TypeError(f"{value!r} is not {getattr(hint, '__name__', hint)}")
    return value
