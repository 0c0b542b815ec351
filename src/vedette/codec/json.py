"""Every noun as JSON, with one schema version. ``decode(kind, encode(noun)) == noun`` for all of them.

The mapping follows the types the nouns declare: a dataclass is an object of its fields, a tuple or frozenset a list
(a set sorted), an enumeration its value, days and instants ISO text, a mapping an object. Fields at their default are
left out, so a stored record stays small and a field added later does not change older records. A quote is stored
as its document's id, offsets and text; decoding needs the documents.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import enum
import functools
import json
import types
import typing
from collections.abc import Callable, Mapping
from typing import Any, TypeVar, Union

from vedette.domain.case import Case
from vedette.domain.documents import Document, Quote
from vedette.domain.scenarios import Branch, Chance, Leaf
from vedette.errors import BadInput, CaseRefused, NewerSchema, VedetteError

SCHEMA = 1
"""Version of this mapping, the first. A record written with a higher one is refused."""

T = TypeVar("T")
Documents = Mapping[str, Document]
_Decoder = Callable[[Any, Documents], Any]
_PLAIN = frozenset({str, int, float, bool, type(None)})
_NO_DOCUMENTS: Documents = types.MappingProxyType({})


def encode(noun: Any) -> Any:
    """A noun, or a tuple of nouns, as plain JSON values."""
    if type(noun) in _PLAIN:  # four values in five; what follows asks slower questions
        return noun
    if isinstance(noun, Quote):
        return {"document": noun.document.id, "start": noun.start, "end": noun.end, "text": noun.text}
    kind = type(noun)
    if kind is tuple:
        return [encode(v) for v in noun]
    if dataclasses.is_dataclass(kind):
        made = {}
        for name, default in _defaults(kind):
            value = getattr(noun, name)
            if default is _NO_DEFAULT or value != default:
                made[name] = value if type(value) in _PLAIN else encode(value)
        return made
    if isinstance(noun, enum.Enum):
        return noun.value
    if isinstance(noun, dt.datetime | dt.date | dt.time):
        return noun.isoformat()
    if isinstance(noun, Mapping):
        return {str(k.value if isinstance(k, enum.Enum) else k): encode(v) for k, v in noun.items()}
    if isinstance(noun, frozenset | set):
        return sorted((encode(v) for v in noun), key=str)
    if isinstance(noun, tuple | list):
        return [encode(v) for v in noun]
    return noun


def decode(kind: type[T], data: Any, *, documents: Documents = _NO_DOCUMENTS) -> T:
    """The noun of type ``kind`` in plain JSON values.

    ``documents``: by id, for quotes. Raises `CaseRefused` when a key is missing or unknown or a value does not fit,
    and whatever the noun itself refuses.
    """
    made: T = _decoder(typing.cast(typing.Hashable, kind))(data, documents)
    return made


def dumps(noun: Any) -> str:
    """One line of canonical JSON with its schema version: keys sorted, no spaces, no NaN."""
    record = {"schema": SCHEMA, "kind": type(noun).__name__, "noun": encode(noun)}
    return json.dumps(record, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)


def loads(kind: type[T], text: str | bytes, *, documents: Documents = _NO_DOCUMENTS) -> T:
    """The noun that `dumps` wrote. Raises `NewerSchema` for a record of a later Vedette."""
    where = kind.__name__
    try:
        record = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise CaseRefused("stored record is not JSON", where=where) from error
    schema = record.get("schema") if isinstance(record, Mapping) else None
    if not isinstance(schema, int) or isinstance(schema, bool) or schema < 1:
        raise CaseRefused("stored record has no schema version", where=where)
    if schema > SCHEMA:
        raise NewerSchema(f"record schema {schema} is newer than {SCHEMA}", where=where, fix="Update Vedette")
    if record.get("kind") != where:
        raise CaseRefused(f"stored record is a {record.get('kind')!r}", where=where)
    return decode(kind, record.get("noun"), documents=documents)


def encode_moves(moves: Any) -> dict[str, dict[str, dict[str, str]]]:
    """``Case.moves`` with each move as text, "+attack" or "-attack"."""
    return {
        option: {
            scenario: {condition: f"{'+' if sign > 0 else '-'}{chance}" for condition, (chance, sign) in by.items()}
            for scenario, by in by_scenario.items()
        }
        for option, by_scenario in moves.items()
    }


def decode_moves(data: Any, *, where: str = "moves") -> dict[str, dict[str, dict[str, tuple[str, int]]]]:
    """The reverse of `encode_moves`; refuses a move without its sign."""
    made: dict[str, dict[str, dict[str, tuple[str, int]]]] = {}
    for option, by_scenario in _object(data, where).items():
        made[option] = {}
        for scenario, by_condition in _object(by_scenario, f"{where}.{option}").items():
            place = f"{where}.{option}.{scenario}"
            conditions = _object(by_condition, place)
            made[option][scenario] = {c: _move(value, f"{place}.{c}") for c, value in conditions.items()}
    return made


def _move(value: Any, where: str) -> tuple[str, int]:
    if not isinstance(value, str) or value[:1] not in ("+", "-") or len(value) < 2:
        raise CaseRefused(f"{value!r} is not a move", where=where, fix='Write it as "+chance" or "-chance"')
    return value[1:], 1 if value[0] == "+" else -1


def decode_chances(data: Any) -> tuple[Chance, ...]:
    """Chances of a tree."""
    return decode(tuple[Chance, ...], data)


def decode_tree(data: Any) -> Branch | Leaf:
    """A tree of branches and leaves."""
    made: Branch | Leaf = _decoder(typing.cast(type, Union[Branch, Leaf]))(data, _NO_DOCUMENTS)  # noqa: UP007
    return made


_NO_DEFAULT = object()
"""Says that a field has no default: nothing equals it."""


@functools.cache
def _defaults(kind: type) -> tuple[tuple[str, Any], ...]:
    """(field, default) in order; a default that is made anew each time is made once here, only to compare with."""
    found: list[tuple[str, Any]] = []
    for f in dataclasses.fields(kind):
        if f.default is not dataclasses.MISSING:
            found.append((f.name, f.default))
        elif f.default_factory is not dataclasses.MISSING:
            found.append((f.name, f.default_factory()))
        else:
            found.append((f.name, _NO_DEFAULT))
    return tuple(found)


def _object(data: Any, where: str) -> Mapping[str, Any]:
    if not isinstance(data, Mapping):
        raise CaseRefused(f"expected an object, found {type(data).__name__}", where=where)
    return data


@functools.cache
def _decoder(kind: Any) -> _Decoder:
    """How to decode a declared type. Cached: types are few, records many."""
    origin, args = typing.get_origin(kind), typing.get_args(kind)
    if kind is Any:
        return lambda data, docs: data
    if kind is Quote:
        return _quote
    if kind is Case:
        return _case
    if dataclasses.is_dataclass(kind):
        return _dataclass_decoder(typing.cast(type, kind))
    if origin in (Union, types.UnionType):
        return _union_decoder(args)
    if origin is typing.Literal:
        return _word_decoder(args)
    if origin is tuple:
        return _tuple_decoder(args)
    if origin is frozenset:
        inner = _decoder(args[0])
        return lambda data, docs: frozenset(inner(v, docs) for v in _array(data))
    if origin is not None and issubclass(origin, Mapping):
        key, value = _decoder(args[0]), _decoder(args[1])
        return lambda data, docs: {key(k, docs): value(v, docs) for k, v in _object(data, "mapping").items()}
    if isinstance(kind, type):
        return _scalar_decoder(kind)
    return lambda data, docs: data


@functools.cache
def _dataclass_decoder(kind: type) -> _Decoder:
    hints = typing.get_type_hints(kind)
    name = kind.__name__
    fields = [(field, hints[field], default is _NO_DEFAULT) for field, default in _defaults(kind)]
    decoders: dict[str, _Decoder] = {}

    def run(data: Any, docs: Documents) -> Any:
        source = _object(data, name)
        if not decoders:
            # Made on first use: a tree's Branch refers to itself.
            decoders.update({field: _decoder(hint) for field, hint, _ in fields})
        for field, _, needed in fields:
            if needed and field not in source:
                raise CaseRefused(f"missing key {field!r}", where=name)
        values = {}
        for key, value in source.items():
            if key not in decoders:
                raise CaseRefused(f"unknown key {key!r}", where=name)
            values[key] = decoders[key](value, docs)
        return kind(**values)

    return run


def _word_decoder(args: tuple[Any, ...]) -> _Decoder:
    def run(data: Any, docs: Documents) -> Any:
        if data not in args:
            raise CaseRefused(f"{data!r} is none of {', '.join(map(repr, args))}")
        return data

    return run


def _union_decoder(args: tuple[Any, ...]) -> _Decoder:
    choices = [(a, _decoder(a)) for a in args if a is not type(None)]
    optional = len(choices) < len(args)

    def run(data: Any, docs: Documents) -> Any:
        if data is None and optional:
            return None
        if len(choices) == 1:
            return choices[0][1](data, docs)
        for kind, decoder in choices:
            # Two dataclasses side by side (Branch, Leaf) are told apart by their keys.
            keys = {f.name for f in dataclasses.fields(kind)} if dataclasses.is_dataclass(kind) else set()
            if keys >= set(_object(data, "union")):
                return decoder(data, docs)
        raise CaseRefused("value fits none of its types", where=", ".join(str(a) for a in args))

    return run


def _tuple_decoder(args: tuple[Any, ...]) -> _Decoder:
    if len(args) == 2 and args[1] is Ellipsis:
        inner = _decoder(args[0])
        return lambda data, docs: tuple(inner(v, docs) for v in _array(data))
    parts = [_decoder(a) for a in args]

    def run(data: Any, docs: Documents) -> Any:
        values = _array(data)
        if len(values) != len(parts):
            raise CaseRefused(f"expected {len(parts)} values, found {len(values)}")
        return tuple(part(v, docs) for part, v in zip(parts, values, strict=True))

    return run


def _array(data: Any) -> list[Any] | tuple[Any, ...]:
    if not isinstance(data, list | tuple):
        raise CaseRefused(f"expected a list, found {type(data).__name__}")
    return data


def _scalar_decoder(kind: type) -> _Decoder:
    if kind is str:

        def words(data: Any, docs: Documents) -> Any:
            if not isinstance(data, str):
                raise CaseRefused(f"{data!r} is not a str")
            return data

        return words

    def run(data: Any, docs: Documents) -> Any:
        try:
            if issubclass(kind, enum.Enum):
                return kind(data)
            if kind is dt.datetime:
                return dt.datetime.fromisoformat(data)
            if kind is dt.date:
                return dt.date.fromisoformat(data)
            if kind is dt.time:
                return dt.time.fromisoformat(data)
        except (ValueError, TypeError) as error:
            raise CaseRefused(f"{data!r} is not a {kind.__name__}") from error
        if kind is float and isinstance(data, int) and not isinstance(data, bool):
            return float(data)
        if not isinstance(data, kind) or (isinstance(data, bool) and kind is not bool):
            raise CaseRefused(f"{data!r} is not a {kind.__name__}")
        return data

    return run


def _quote(data: Any, docs: Documents) -> Quote:
    source = _object(data, "Quote")
    document = docs.get(str(source.get("document")))
    if document is None:
        raise BadInput(f"the quoted document {source.get('document')!r} is not there", where="Quote")
    try:
        return Quote(document=document, start=int(source["start"]), end=int(source["end"]), text=source["text"])
    except VedetteError:
        raise
    except (KeyError, TypeError, ValueError) as error:
        raise CaseRefused("a quote needs document, start, end and text", where="Quote") from error


def _case(data: Any, docs: Documents) -> Case:
    """A case brings its own documents, which its quotes need."""
    source = _object(data, "Case")
    own = _decoder(tuple[Document, ...])(source.get("documents", []), docs)
    return typing.cast(Case, _dataclass_decoder(Case)(source, {**docs, **{d.id: d for d in own}}))
