"""The API's own schema as a page: what can be asked, with what, and what comes back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """A parameter or a member of a body. ``place``: path, query or body."""

    name: str
    place: str
    kind: str
    required: bool
    says: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """One thing that can be asked."""

    id: str
    method: str
    path: str
    says: str
    fields: tuple[Field, ...]
    answers: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiView:
    """The whole page. ``problems``: answers that every operation may give."""

    version: str
    prefix: str
    about: tuple[str, ...]
    operations: tuple[Operation, ...]
    problems: tuple[tuple[str, str], ...]
    shapes: tuple[tuple[str, str, tuple[Field, ...]], ...]


def api_view(schema: Mapping[str, Any], prefix: str) -> ApiView:
    """The page of an OpenAPI 3.1 schema. Answers that every operation has are said once."""
    parts = schema.get("components", {}).get("schemas", {})
    every: list[dict[str, Any]] = []
    found = []
    for path, methods in schema["paths"].items():
        for method, operation in methods.items():
            every.append(operation["responses"])
            found.append((path, method, operation))
    common = {
        status for status in (every[0] if every else ())
        if all(r.get(status) == every[0][status] for r in every)
    }  # fmt: skip
    return ApiView(
        version=str(schema["info"]["version"]), prefix=prefix,
        about=tuple(p for p in str(schema["info"].get("description", "")).split("\n\n") if p.strip()),
        operations=tuple(_operation(path, method, o, parts, common) for path, method, o in found),
        problems=tuple((s, str(every[0][s].get("description", ""))) for s in sorted(common)) if every else (),
        shapes=tuple(
            (name, str(shape.get("description", "")), _members(shape, "body"))
            for name, shape in sorted(parts.items()) if name not in ("HTTPValidationError", "ValidationError")
        ),
    )  # fmt: skip


def _operation(
    path: str, method: str, o: Mapping[str, Any], parts: Mapping[str, Any], common: set[str]
) -> Operation:
    fields = [
        Field(
            name=p["name"], place=p["in"], kind=_kind(p.get("schema", {})), required=bool(p.get("required")),
            says=str(p.get("description", "")),
        )
        for p in o.get("parameters", ())
    ]  # fmt: skip
    body = o.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema", {})
    named = str(body.get("$ref", "")).rpartition("/")[2]
    fields += _members(parts.get(named, {}), "body")
    answers = tuple(
        (status, str(r.get("description", "")), _answer(r))
        for status, r in sorted(o["responses"].items()) if status not in common
    )  # fmt: skip
    return Operation(
        id=str(o["operationId"]), method=method.upper(), path=path, says=str(o.get("description", "")),
        fields=tuple(fields), answers=answers,
    )


def _answer(response: Mapping[str, Any]) -> str:
    return _kind(response.get("content", {}).get("application/json", {}).get("schema", {}))


def _members(shape: Mapping[str, Any], place: str) -> tuple[Field, ...]:
    required = set(shape.get("required", ()))
    return tuple(
        Field(
            name=name, place=place, kind=_kind(member), required=name in required,
            says=str(member.get("description", "")),
        )
        for name, member in shape.get("properties", {}).items()
    )  # fmt: skip


def _kind(schema: Mapping[str, Any]) -> str:
    """A type in words: ``text``, ``list of ItemBody``, ``raises, lowers or unclear``."""
    if "$ref" in schema:
        return str(schema["$ref"]).rpartition("/")[2]
    if "anyOf" in schema:
        kinds = [_kind(s) for s in schema["anyOf"]]
        return " or ".join(dict.fromkeys(k for k in kinds))
    if "enum" in schema:
        words = [str(v) or "nothing" for v in schema["enum"]]
        return ", ".join(words[:-1]) + f" or {words[-1]}" if len(words) > 1 else words[0]
    if "const" in schema:
        return str(schema["const"])
    kind = str(schema.get("type", "anything"))
    if kind == "array":
        return f"list of {_kind(schema.get('items', {}))}"
    formats = {"date": "date", "date-time": "instant"}
    words_of = {"string": "text", "integer": "whole number", "number": "number", "boolean": "true or false",
                "object": "object", "null": "null"}  # fmt: skip
    return formats.get(str(schema.get("format", "")), words_of.get(kind, kind))
