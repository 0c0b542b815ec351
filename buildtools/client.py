"""Write ``src/vedette/client.py``: a typed client of the API, from the API's own schema.

    python buildtools/client.py [--check]

One method an operation, one TypedDict a shape. Standard library only, so that a program needs nothing of Vedette's.
"""

from __future__ import annotations

import keyword
import sys
import textwrap
from pathlib import Path
from typing import Any

TARGET = Path(__file__).resolve().parents[1] / "src" / "vedette" / "client.py"

HEAD = '''\
"""A client of the API of a Vedette workbench. Written by ``buildtools/client.py`` from the schema: change that instead.

    from vedette.client import Client

    desk = Client("http://localhost:8620", key="vdt_...")
    for case in desk.list_cases()["items"]:
        print(case["case"], desk.assess(case["case"])["scenarios"])

Only the standard library is used. Answers are the JSON of the API as it came.
"""

from __future__ import annotations

import json
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Mapping
from typing import Any, Literal, TypedDict, cast


class Refused(Exception):
    """The server said no: ``status``, what was wrong, how to go on, and the nearest names that exist."""

    def __init__(self, status: int, error: str, fix: str, nearest: list[str]) -> None:
        super().__init__(f"{status}: {error}{f'. {fix}' if fix else ''}")
        self.status, self.error, self.fix, self.nearest = status, error, fix, nearest


'''

TAIL = '''\

    def _ask(
        self, method: str, path: str, *, query: Mapping[str, Any] | None = None, body: Mapping[str, Any] | None = None,
        once: str = "", if_version: str = "",
    ) -> Any:
        """One request; raises `Refused` for an answer that is none, `OSError` when there is no answer."""
        pairs = [
            (k, str(x).lower() if isinstance(x, bool) else str(x))
            for k, v in (query or {}).items() if v is not None
            for x in (v if isinstance(v, list) else [v])
        ]
        address = f"{self._base}{path}{'?' + urllib.parse.urlencode(pairs) if pairs else ''}"
        headers = {"accept": "application/json"}
        if self._key:
            headers["authorization"] = f"Bearer {self._key}"
        if once:
            headers["idempotency-key"] = once
        if if_version:
            headers["if-match"] = f'"{if_version}"'
        data = None
        if body is not None:
            data = json.dumps({k: v for k, v in body.items() if v is not None}).encode()
            headers["content-type"] = "application/json"
        request = urllib.request.Request(address, data, headers, method=method)  # noqa: S310  (checked in __init__)
        try:
            with urllib.request.urlopen(request, timeout=self._timeout) as answer:  # noqa: S310
                return json.load(answer)
        except urllib.error.HTTPError as error:
            with error:
                raise _refused(error.code, error.read()) from None


def _refused(status: int, said: bytes) -> Refused:
    try:
        found = json.loads(said)
        return Refused(status, str(found["error"]), str(found.get("fix", "")), list(found.get("nearest", ())))
    except (ValueError, KeyError, TypeError):
        return Refused(status, said[:200].decode("utf-8", "replace"), "", [])


def _part(text: str) -> str:
    return urllib.parse.quote(text, safe="")
'''

CLIENT = '''\
class Client:
    """One workbench. ``base``: its address; ``key``: from ``vedette account token``; ``timeout`` in seconds.

    Methods that change something take ``once``: a text of your own, such as a UUID. Sent again with the same text, the
    request is not done again and the first answer comes back. ``if_version``: do it only if that is still the version.
    """

    def __init__(self, base: str, key: str = "", *, timeout: float = 60.0) -> None:
        if urllib.parse.urlsplit(base).scheme not in ("http", "https"):
            raise ValueError(f"{base!r} is not an http(s) address")
        self._base = base.rstrip("/") + "/api/v1"
        self._key, self._timeout = key, timeout
'''


def schema() -> dict[str, Any]:
    """The schema of the API, made without a workspace being opened."""
    from vedette.bootstrap import open_workspace
    from vedette.settings import load_settings
    from vedette.web.api.application import create_api
    from vedette.web.app import error_view
    from vedette.web.desk import Desk

    desk = Desk(open_workspace(load_settings({"VEDETTE_HOME": "nowhere", "VEDETTE_AUTHOR": "nobody"})))
    found: dict[str, Any] = create_api(desk, error_view).openapi()
    return found


def kind(shape: dict[str, Any]) -> str:
    """A schema as a Python type."""
    if "$ref" in shape:
        return str(shape["$ref"]).rpartition("/")[2]
    if "anyOf" in shape:
        return " | ".join(dict.fromkeys(kind(s) for s in shape["anyOf"]))
    if "enum" in shape:
        return f"Literal[{', '.join(quoted(v) for v in shape['enum'])}]"
    if "const" in shape:
        return f"Literal[{quoted(shape['const'])}]"
    name = shape.get("type")
    if name == "array":
        return f"list[{kind(shape.get('items', {}))}]"
    if name == "object":
        return f"dict[str, {kind(shape['additionalProperties'])}]" if isinstance(
            shape.get("additionalProperties"), dict
        ) else "dict[str, Any]"
    return {"string": "str", "integer": "int", "number": "float", "boolean": "bool", "null": "None"}.get(
        str(name), "Any"
    )


def quoted(value: object) -> str:
    """A literal with double quotes, as the formatter writes it."""
    return f'"{value}"' if isinstance(value, str) else repr(value)


def shape_lines(name: str, shape: dict[str, Any]) -> list[str]:
    """A TypedDict."""
    required = set(shape.get("required", ()))
    lines = ["", "", f"class {name}(TypedDict):", *doc(shape.get("description", name), 4)]
    lines.append("")
    for member, of in shape.get("properties", {}).items():
        assert not keyword.iskeyword(member), member
        lines.append(f"    {member}: {kind(of) if member in required else f'NotRequired[{kind(of)}]'}")
    return lines


def doc(text: str, indent: int) -> list[str]:
    """A docstring from a description: its first paragraph."""
    words = " ".join(text.split("\n\n", maxsplit=1)[0].split()).replace('"', "'")
    room = 118 - indent
    lines = textwrap.wrap(words, room - 6) or [""]
    pad = " " * indent
    if len(lines) == 1:
        return [f'{pad}"""{lines[0]}"""']
    return [f'{pad}"""{lines[0]}', *(f"{pad}{line}" for line in lines[1:]), f'{pad}"""']


def method_lines(path: str, verb: str, o: dict[str, Any], shapes: dict[str, Any]) -> list[str]:
    """A method."""
    parameters = o.get("parameters", [])
    inside = [p for p in parameters if p["in"] == "path"]
    asked = [p for p in parameters if p["in"] == "query"]
    body = o.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema", {})
    members = shapes.get(str(body.get("$ref", "")).rpartition("/")[2], {})
    needed = set(members.get("required", ()))
    given = members.get("properties", {})
    first = [f"{p['name']}: {kind(p['schema'])}" for p in inside]
    named = [f"{p['name']}: {kind(p['schema'])}" for p in asked if p.get("required")]
    named += [f"{n}: {kind(of)}" for n, of in given.items() if n in needed]
    named += [f"{p['name']}: {optional(kind(p['schema']))} = None" for p in asked if not p.get("required")]
    named += [f"{n}: {optional(kind(of))} = None" for n, of in given.items() if n not in needed]
    changes = verb == "post" and "201" in o["responses"]
    if changes:
        named += ['once: str = ""', 'if_version: str = ""']
    good = next(r for s, r in o["responses"].items() if s.startswith("2"))
    answer = kind(good.get("content", {}).get("application/json", {}).get("schema", {}))
    arguments = ["self", *first, *(["*", *named] if named else [])]
    address = path
    for p in inside:
        address = address.replace("{" + p["name"] + "}", "{_part(" + p["name"] + ")}")
    call = [f'"{verb.upper()}"', f'f"{address}"' if inside else f'"{address}"']
    if asked:
        call.append("query={" + ", ".join(f'"{p["name"]}": {p["name"]}' for p in asked) + "}")
    if given:
        call.append("body={" + ", ".join(f'"{n}": {n}' for n in given) + "}")
    if changes:
        call.append("once=once")
        call.append("if_version=if_version")
    lines = ["", *wrapped(f"    def {o['operationId']}(", arguments, f") -> {answer}:", 4)]
    lines += doc(o.get("description", ""), 8)
    return [*lines, *wrapped(f'        return cast("{answer}", self._ask(', call, "))", 8)]


def optional(kind_of: str) -> str:
    """The type with None among it."""
    return kind_of if kind_of.endswith("| None") or kind_of in ("Any", "None") else f"{kind_of} | None"


def wrapped(head: str, parts: list[str], tail: str, indent: int) -> list[str]:
    """A call or a definition on one line, or its parts on lines of their own."""
    whole = head + ", ".join(parts) + tail
    if len(whole) <= 118:
        return [whole]
    pad = " " * (indent + 4)
    lines = textwrap.wrap(", ".join(parts) + ",", 118 - len(pad), break_long_words=False, break_on_hyphens=False)
    return [head, *(pad + line for line in lines), " " * indent + tail]


def source() -> str:
    """The whole module."""
    found = schema()
    shapes = {
        n: s for n, s in found["components"]["schemas"].items()
        if n not in ("HTTPValidationError", "ValidationError", "Problem")
    }  # fmt: skip
    returned = {n: s for n, s in shapes.items() if s.get("additionalProperties") is not False}
    lines = [HEAD.rstrip("\n")]
    for name, shape in sorted(returned.items()):
        lines += shape_lines(name, shape)
    lines += ["", "", CLIENT.rstrip("\n")]
    for path, methods in found["paths"].items():
        for verb, operation in methods.items():
            lines += method_lines(path, verb, operation, shapes)
    text = "\n".join(lines) + "\n" + TAIL
    return text if "NotRequired[" not in text else text.replace("Literal, TypedDict", "Literal, NotRequired, TypedDict")


def main() -> int:
    """Write the module, or with ``--check`` say whether it is current."""
    text = source()
    if "--check" in sys.argv[1:]:
        if TARGET.read_text(encoding="utf-8") == text:
            return 0
        print("src/vedette/client.py is not that of the schema: run python buildtools/client.py", file=sys.stderr)
        return 1
    TARGET.write_text(text, encoding="utf-8")
    print(f"wrote {TARGET.name}: {text.count('    def ') - 2} methods")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
