"""The brief as PDF on A4, typeset by Typst (extra ``[pdf]``) from the same view model as the page.

The facts are attached to the file, so that ``vedette verify brief.pdf`` can compute every number again. Only the fonts
that come with Typst are used: the same facts give the same bytes on every machine.
"""

from __future__ import annotations

import functools
import json
import re
import zlib
from importlib import import_module
from typing import Any, Final

from vedette.errors import BadInput, MissingExtra
from vedette.reference.estimative import ICD203, PHIA
from vedette.reporting.figures import Facts, Part, Parts, Sentence, plain
from vedette.reporting.glyphs import axis_marks
from vedette.reporting.view import BriefView, EvidenceLine, Line, Table

# Shares of the width for the columns of the small tables, by their number. [assumption: looks]
_WIDTHS: Final = {2: [2, 3], 3: [5, 4, 2], 4: [4, 2, 2, 5], 5: [5, 2, 2, 2, 6]}
_TABLE_WIDTHS: Final = {
    "changes": [8, 2, 1.4], "assumptions": [4, 4, 4], "crowd": [2, 1, 4, 4, 4], "opinions": [1, 3, 7, 2.4],
    "rules": [5, 1, 1.4, 5], "base-rates": [4, 1, 1.6, 1.8, 6], "watch": [6, 1.2, 1.6, 1.4, 3],
    "analogues": [4, 1, 3, 3], "analysts": [3, 1.4, 1.4, 1.6, 1.8, 1.8],
}  # fmt: skip


def _text(parts: Parts | Part | Sentence | None) -> str:
    return "" if parts is None else plain(parts)


def _line(line: Line | None) -> dict[str, Any] | None:
    if line is None:
        return None
    return {"value": line.value, "inner": line.inner, "outer": line.outer, "reference": line.reference}


def _item(e: EvidenceLine) -> dict[str, str]:
    said = [
        _text(e.claim), f"\u201c{_text(e.quote)}\u201d" if e.quote else "", f"({e.note})" if e.note else "",
        f"({_text(e.said)})" if e.said else "",
    ]  # fmt: skip
    meta = [_text(e.attribution), _text(e.publisher), _text(e.day), f"grade {_text(e.grade)}"]
    meta.append(f"{_text(e.weight)} in log-odds" if e.weight else "")
    return {
        "sign": e.sign, "id": e.id, "text": " ".join(x for x in said if x), "meta": ", ".join(x for x in meta if x),
    }  # fmt: skip


def _table(t: Table) -> dict[str, Any]:
    width = _TABLE_WIDTHS.get(t.id) or _WIDTHS.get(len(t.heads)) or [1] * len(t.heads)
    return {
        "finding": _text(t.finding), "heads": list(t.heads), "note": _text(t.note), "empty": t.empty, "widths": width,
        "rows": [{"cells": [_text(c) for c in r.cells], "sign": r.sign} for r in t.rows],
    }  # fmt: skip


def print_data(view: BriefView, facts: Facts) -> dict[str, Any]:
    """The view as plain values for the typesetter: text and the numbers of the charts, no markup."""
    return {
        "sections": sorted(view.sections),
        "title": _text(view.title), "question": _text(view.question), "mark": _text(view.mark),
        "head": f"Information to {_text(view.as_of)}. {_text(view.closes)}",
        "foot": f"{_text(view.case)}, {_text(view.foot)}, check with vedette verify",
        "lede": [_text(s) for s in view.lede], "judgements": [_text(s) for s in view.judgements],
        "notes": [_text(s) for s in view.notes], "confidence": _text(view.confidence),
        "reasons": [_text(r) for r in view.confidence_reasons],
        "side": [[title, [_text(x) for x in lines]] for title, lines in view.side],
        "words": [
            [f"{100 * t.low:.0f}–{100 * t.high:.0f}", t.word]
            for t in (PHIA if facts.data.get("scale") == "phia" else ICD203)
        ],
        "scenario_finding": _text(view.scenario_finding), "scenario_note": _text(view.scenario_note),
        "previous": f"Points: {_text(view.previous)}." if view.previous else "",
        "scenarios": [
            {
                "letter": s.letter, "label": _text(s.label), "detail": _text(s.detail), "line": _line(s.line),
                "probability": _text(s.probability), "interval": _text(s.interval), "word": _text(s.word),
                "base": _text(s.base) if s.base else "not known", "change": _text(s.change), "sign": s.sign,
            }
            for s in view.scenarios
        ],
        "conditions": [
            {
                "letter": t.letter, "finding": _text(t.finding), "views": list(t.views), "gains": t.gains,
                "rows": [
                    {
                        "number": r.number, "label": r.label, "binding": r.binding, "gain": _text(r.gain),
                        "cells": [
                            None if c is None else
                            {"line": _line(c.line), "level": _text(c.level), "state": _text(c.state)}
                            for c in r.cells
                        ],
                    }
                    for r in t.rows
                ],
            }
            for t in view.conditions
        ],
        "waterfalls": [
            {
                "letter": w.letter, "finding": _text(w.finding), "low": w.low, "high": w.high, "marks": axis_marks(w),
                "total": _line(w.total), "value": _text(w.total_value), "probability": _text(w.total_probability),
                "bars": [
                    {"kind": b.kind, "sign": b.sign if b.sign != "◇" else "", "label": _text(b.label),
                     "value": _text(b.value), "start": b.start, "end": b.end}
                    for b in w.bars
                ],
            }
            for w in view.waterfalls
        ],
        "map": None if view.map is None else {
            "finding": _text(view.map.finding), "sentences": [_text(s) for s in view.map.sentences],
            "claims": [_text(c) for c in view.map.claims],
            "sightings": [
                f"{_text(n)}: {_text(e.claim or e.quote)} {_text(e.day)}, {_text(e.grade)}, {e.id}"
                for n, e in view.map.sightings
            ],
        },
        "map_missing": _text(view.map_missing), "tables": [_table(t) for t in view.tables],
        "limits": [_text(s) for s in view.limits], "warnings": [_text(w) for w in view.warnings],
        "excluded": [_text(x) for x in view.excluded],
        "sources": [
            {"title": _text(s.title), "note": _text(s.note), "url": s.url, "items": [_item(e) for e in s.items]}
            for s in view.sources
        ],
        "facts": json.dumps(facts.data, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False),
    }  # fmt: skip


def flat_svg(svg: str) -> str:
    """The map's drawing with its light colours written out: the typesetter knows no CSS variables or media queries."""
    found = re.search(r"<style>(.*?)</style>", svg, re.DOTALL)
    if found is None:
        return svg
    style = found.group(1)
    first = re.search(r"\{((?:--[\w-]+:[^;}]+;?)+)\}", style)
    colours = dict(re.findall(r"(--[\w-]+):(?:var\([^,]+,)?(#[0-9a-fA-F]{3,8})", first.group(1))) if first else {}
    style = re.sub(r"@media[^{]*\{(?:[^{}]*\{[^{}]*\})*[^{}]*\}", "", style)
    style = re.sub(r"(?:\[data-theme=\w+\] )?\.\w+\{(?:--[\w-]+:[^;}]+;?)+\}", "", style)
    style = re.sub(r"var\((--[\w-]+)\)", lambda m: colours.get(m.group(1), "#000"), style)
    return svg[: found.start(1)] + style + svg[found.end(1) :]


@functools.cache
def _template() -> bytes:
    from importlib.resources import files

    return files("vedette.reporting").joinpath("templates/brief.typ").read_bytes()


def render_pdf(view: BriefView, facts: Facts) -> bytes:
    """The PDF. Raises `MissingExtra` when Typst is not installed."""
    try:
        # By name: its type stubs do not know that sources may be given as files in memory.
        typst: Any = import_module("typst")
    except ImportError as error:
        raise MissingExtra("PDF needs Typst, which is not installed", fix="pip install 'vedette[pdf]'") from error
    data = json.dumps(print_data(view, facts), ensure_ascii=False).encode()
    sources = {"main.typ": _template(), "brief.json": data}
    if view.map is not None:
        sources["map.svg"] = flat_svg(view.map.svg).encode()
    made: bytes = typst.compile(sources, format="pdf", ignore_system_fonts=True)
    return made


ATTACHED: Final = 8
"""Attached files that are looked into: a brief has one."""
LARGEST: Final = 100_000_000
"""Bytes the facts of a brief may unpack to. [assumption]: ten times those of a case of 10,000 items."""


def read_pdf_facts(data: bytes) -> dict[str, Any]:
    """The facts attached to a PDF brief. Raises `BadInput` when there are none, or more than can be ours.

    Takes time and memory in proportion to the file, whatever is in it.
    """
    at = -1
    for _ in range(ATTACHED):
        at = data.find(b"/EmbeddedFile", at + 1)
        begins = re.search(rb"stream\r?\n", data[at : at + 2000]) if at >= 0 else None
        if begins is None:
            break
        head, start = data[max(at - 200, 0) : at + begins.start()], at + begins.end()
        end = data.find(b"endstream", start)
        body = data[start : end if end >= 0 else len(data)]
        try:
            found = json.loads(_unpacked(body) if b"/FlateDecode" in head else body)
        except (zlib.error, ValueError, RecursionError):
            continue
        if isinstance(found, dict):
            return found
    raise BadInput("no Vedette brief: the PDF has no attached facts", fix="Give a PDF written by vedette brief")


def _unpacked(body: bytes) -> bytes:
    unpacking = zlib.decompressobj()
    text = unpacking.decompress(body, LARGEST)
    if unpacking.unconsumed_tail:
        raise BadInput("the facts of the brief are too large to be ours")
    return text
