"""Reads a brief back: its facts, and every figure printed on it, to be held against a fresh computation."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from html.parser import HTMLParser
from typing import Any, Final

from vedette.errors import BadInput
from vedette.reporting.figures import print_value, resolve
from vedette.reporting.html import ASSESSMENT_ID, BRIEF_ID
from vedette.reporting.markdown import CLOSE, OPEN

# Two computations of one number may differ by the order of a sum, not by more.
RELATIVE: Final = 1e-9
ABSOLUTE: Final = 1e-9
SCHEMA: Final = "brief/1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Printed:
    """A figure found on a page."""

    path: str
    form: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadBrief:
    """A brief as read back from its file."""

    form: str
    facts: Mapping[str, Any]
    printed: tuple[Printed, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One thing that does not agree: ``where`` a pointer or a line, what the brief says, what the check gives."""

    kind: str
    where: str
    brief: str
    check: str

    def __str__(self) -> str:
        return f"{self.kind} {self.where}: the brief says {self.brief}, the check gives {self.check}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Verification:
    """The outcome: how much was compared and what differs."""

    case: str
    as_of: str
    figures: int
    values: int
    same_text: bool
    differences: tuple[Difference, ...]
    reasons: tuple[str, ...] = ()

    @property
    def ok(self) -> bool:
        """Whether everything agrees."""
        return self.same_text and not self.differences

    def to_dict(self) -> dict[str, Any]:
        """Plain values for ``--json``."""
        return {
            "ok": self.ok,
            "case": self.case,
            "as_of": self.as_of,
            "figures": self.figures,
            "values": self.values,
            "same_text": self.same_text,
            "reasons": list(self.reasons),
            "differences": [
                {"kind": d.kind, "where": d.where, "brief": d.brief, "check": d.check} for d in self.differences
            ],
        }


class _Page(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._raw: dict[str, list[str]] = {}
        self.printed: list[Printed] = []
        self._script: str | None = None
        self._figure: tuple[str, str] | None = None
        self._text: list[str] = []
        self._depth = 0

    @property
    def scripts(self) -> dict[str, str]:
        """Content of the scripts that hold the facts, by id."""
        return {name: "".join(parts) for name, parts in self._raw.items()}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        if tag == "script" and found.get("id") in (ASSESSMENT_ID, BRIEF_ID):
            self._script = str(found["id"])
            self._raw[self._script] = []
        elif self._figure is not None:
            self._depth += 1
        elif found.get("data-path") is not None:
            self._figure = (str(found["data-path"]), str(found.get("data-form") or ""))
            self._text, self._depth = [], 0

    def handle_endtag(self, tag: str) -> None:
        if tag == "script":
            self._script = None
        elif self._figure is not None:
            if self._depth:
                self._depth -= 1
                return
            self.printed.append(Printed(path=self._figure[0], form=self._figure[1], text="".join(self._text)))
            self._figure = None

    def handle_data(self, data: str) -> None:
        if self._script is not None:
            self._raw[self._script].append(data)
        elif self._figure is not None:
            self._text.append(data)


def _json(text: str, where: str) -> dict[str, Any]:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise BadInput(f"the facts of the brief cannot be read ({error})", where=where) from error
    if not isinstance(found, dict):
        raise BadInput("the facts of the brief are no JSON object", where=where)
    return found


_BROKEN: Final = re.compile(r"<[^<>]*(?:<|\Z)|<!(?!doctype[ >])", re.IGNORECASE)
"""A tag that does not end, or a declaration: the parser looks for their end through the whole rest, each time."""


def _whole_tags(text: str) -> str:
    """The page without comments, such as a browser adds when it keeps one. Raises `BadInput` for what no brief holds:
    tags without an end, over which the parser takes a time that grows with the square of the page.
    """
    parts, at = [], 0
    while (start := text.find("<!--", at)) >= 0:
        end = text.find("-->", start + 4)
        if end < 0:
            break
        parts.append(text[at:start])
        at = end + 3
    whole = "".join((*parts, text[at:]))
    if _BROKEN.search(whole):
        raise BadInput(
            "no Vedette brief: the page holds no assessment, or its tags do not end",
            fix="Give an HTML, Markdown, PDF or DOCX brief of vedette",
        )
    return whole


def read_brief(data: bytes) -> ReadBrief:
    """A brief read back. Raises `BadInput` when it is none of ours, or is damaged."""
    if data.startswith(b"%PDF"):
        from vedette.reporting.pdf import read_pdf_facts

        return _checked(ReadBrief(form="pdf", facts=read_pdf_facts(data), printed=()))
    if data.startswith(b"PK"):
        from vedette.reporting.docx import read_docx_facts

        return _checked(ReadBrief(form="docx", facts=read_docx_facts(data), printed=()))
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise BadInput("no Vedette brief: neither PDF, DOCX nor text in UTF-8") from error
    if OPEN in text:
        packed = text[text.rindex(OPEN) + len(OPEN) :]
        if CLOSE not in packed:
            raise BadInput("the brief is cut off: its facts have no end")
        facts = _json(packed[: packed.rindex(CLOSE)], "Markdown brief")
        return _checked(ReadBrief(form="md", facts=facts, printed=()))
    page = _Page()
    page.feed(_whole_tags(text))
    page.close()
    scripts = page.scripts
    if ASSESSMENT_ID not in scripts or BRIEF_ID not in scripts:
        raise BadInput(
            "no Vedette brief: the page holds no assessment",
            fix="Give an HTML, Markdown, PDF or DOCX brief of vedette",
        )
    facts = {
        "assessment": _json(scripts[ASSESSMENT_ID], ASSESSMENT_ID),
        **_json(scripts[BRIEF_ID], BRIEF_ID),
    }
    return _checked(ReadBrief(form="html", facts=facts, printed=tuple(page.printed)))


def _checked(brief: ReadBrief) -> ReadBrief:
    facts = brief.facts
    if facts.get("schema") != SCHEMA:
        raise BadInput(
            f"the brief's facts have schema {facts.get('schema')!r}, not {SCHEMA!r}",
            fix="Check it with its own version",
        )
    for path in ("/assessment/case", "/assessment/as_of", "/request"):
        try:
            resolve(facts, path)
        except KeyError:
            raise BadInput(
                f"the brief lacks {path}", fix="It was changed by hand, or is from another version"
            ) from None
    return brief


def printed_differences(brief: ReadBrief, facts: Mapping[str, Any]) -> list[Difference]:
    """Printed figures that are not what ``facts`` print there."""
    found = []
    for p in brief.printed:
        try:
            expected = print_value(resolve(facts, p.path), p.form)
        except KeyError:
            found.append(Difference(kind="printed", where=p.path, brief=p.text, check="nothing there"))
            continue
        if p.text != expected:
            found.append(Difference(kind="printed", where=p.path, brief=p.text, check=expected))
    return found


def _walk(a: Any, b: Any, path: str) -> Iterator[tuple[str, Any, Any]]:
    if isinstance(a, Mapping) and isinstance(b, Mapping):
        for key in sorted({*a, *b}):
            step = f"{path}/{str(key).replace('~', '~0').replace('/', '~1')}"
            if key not in a or key not in b:
                yield step, a.get(key, "(missing)"), b.get(key, "(missing)")
            else:
                yield from _walk(a[key], b[key], step)
    elif isinstance(a, list | tuple) and isinstance(b, list | tuple):
        if len(a) != len(b):
            yield path, f"{len(a)} entries", f"{len(b)} entries"
        for i, (x, y) in enumerate(zip(a, b, strict=False)):
            yield from _walk(x, y, f"{path}/{i}")
    else:
        yield path, a, b


def _same(a: Any, b: Any) -> bool:
    numbers = [isinstance(v, int | float) and not isinstance(v, bool) for v in (a, b)]
    if all(numbers):
        return math.isclose(a, b, rel_tol=RELATIVE, abs_tol=ABSOLUTE)
    return bool(a == b) and type(a) is type(b)


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """One number of a brief beside the one computed again. ``kind``: printed, or value (of the embedded facts)."""

    kind: str
    where: str
    brief: str
    check: str
    same: bool


def compared_numbers(brief: ReadBrief, check: Mapping[str, Any]) -> tuple[Compared, ...]:
    """Every printed figure and every number of the embedded facts, each with the one computed again."""
    found = []
    for p in brief.printed:
        try:
            expected = print_value(resolve(check, p.path), p.form)
        except KeyError:
            expected = "nothing there"
        found.append(
            Compared(kind="printed", where=p.path, brief=p.text, check=expected, same=p.text == expected)
        )
    for path, a, b in _walk(brief.facts, check, ""):
        if any(isinstance(v, int | float) and not isinstance(v, bool) for v in (a, b)):
            found.append(Compared(kind="value", where=path, brief=_short(a), check=_short(b), same=_same(a, b)))
    return tuple(found)


def value_differences(brief: Mapping[str, Any], check: Mapping[str, Any]) -> tuple[int, list[Difference]]:
    """(values compared, differences) of two sets of facts; numbers to 1e-9."""
    compared = 0
    found = []
    for path, a, b in _walk(brief, check, ""):
        compared += 1
        if not _same(a, b):
            found.append(Difference(kind="value", where=path, brief=_short(a), check=_short(b)))
    return compared, found


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 80 else f"{text[:77]}..."
