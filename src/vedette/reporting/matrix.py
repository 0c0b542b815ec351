"""The matrix of scenarios and evidence on a terminal: columns in chunks that fit, each with what its items say."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from vedette.reference.estimative import number_text, percent
from vedette.reporting.labels import display_width, letter, safe_text

MIN_WIDTH: Final = 60
SMALL: Final = 0.005
_CODES: Final = {"bold": "1", "dim": "2", "up": "33", "down": "36", "warn": "33;1"}


def render_matrix(matrix: Mapping[str, Any], width: int = 100, colour: bool = False, top: int | None = None) -> str:
    """The matrix as text. ``top``: only that many columns, the most diagnostic."""
    return "\n".join(_lines(matrix, max(width, MIN_WIDTH), colour, top))


def _paint(text: str, style: str, colour: bool) -> str:
    return f"\x1b[{_CODES[style]}m{text}\x1b[0m" if colour and text else text


def _lines(m: Mapping[str, Any], width: int, colour: bool, top: int | None) -> Iterator[str]:
    rows, columns = m["rows"], m["columns"]
    title = f"Scenarios against evidence: {safe_text(m['case'])}, as of {m['as_of']}"
    yield _paint(title, "bold", colour)
    yield from textwrap.wrap(
        "A cell is the share of an item in the scenario's log-odds: above 0 raises it. Columns by diagnosticity, the "
        "spread over scenarios that exclude each other (marked *). A view of the likelihood ratios, not a count.",
        width,
    )
    for i, r in enumerate(rows):
        star = "*" if r["exclusive"] else " "
        yield f"  {letter(i)}{star} {safe_text(r['label'])} ({percent(r['probability'])})"
    shown = columns if top is None else columns[:top]
    if not columns:
        yield ""
        yield "No accepted item moves a scenario by this date."
    for chunk in _chunks(shown, width):
        yield ""
        yield from _chunk(rows, chunk, width, colour)
    yield ""
    if len(shown) < len(columns):
        yield f"{len(columns) - len(shown)} less diagnostic items are not shown."
    yield from _balance(rows, colour)
    if m["left_out"]:
        yield f"{m['left_out']} items move nothing, each for a reason that vedette assess --json gives."
    for warning in m["warnings"]:
        yield from (_paint(line, "warn", colour) for line in textwrap.wrap(f"! {safe_text(warning)}", width))


LABEL: Final = 15  # "diagnosticity" and a gap


def _column_width(columns: Sequence[Mapping[str, Any]]) -> int:
    return min(16, max([7, *(display_width(safe_text(c["evidence"])) + 2 for c in columns)]))


def _chunks(columns: Sequence[Mapping[str, Any]], width: int) -> Iterator[Sequence[Mapping[str, Any]]]:
    fits = max(1, (width - LABEL) // _column_width(columns)) if columns else 1
    for start in range(0, len(columns), fits):
        yield columns[start : start + fits]


def _right(text: str, width: int) -> str:
    if display_width(text) > width - 1:
        text = text[: width - 2] + "…"
    return " " * (width - display_width(text)) + text


def _cell(value: float, width: int, colour: bool) -> str:
    if abs(value) < SMALL:
        return _paint(_right("·", width), "dim", colour)
    return _paint(_right(number_text(value, 2, signed=True), width), "up" if value > 0 else "down", colour)


def _chunk(
    rows: Sequence[Mapping[str, Any]], columns: Sequence[Mapping[str, Any]], width: int, colour: bool
) -> Iterator[str]:
    w = _column_width(columns)
    yield _paint(" " * LABEL + "".join(_right(safe_text(c["evidence"]), w) for c in columns), "bold", colour)
    for i, r in enumerate(rows):
        name = f"{letter(i)}{'*' if r['exclusive'] else ' '}"
        yield name.ljust(LABEL) + "".join(_cell(c["cells"][i], w, colour) for c in columns)
    figures = "".join(_right(number_text(c["diagnosticity"], 2), w) for c in columns)
    yield _paint("diagnosticity".ljust(LABEL) + figures, "dim", colour)
    for c in columns:
        text = f"{safe_text(c['evidence'])} ({safe_text(c['grade'])}) {safe_text(c['claim'])}"
        yield _paint("  " + textwrap.shorten(text, width - 2, placeholder="…"), "dim", colour)


def _balance(rows: Sequence[Mapping[str, Any]], colour: bool) -> Iterator[str]:
    yield _paint("Balance            raise  lower   for it  against", "bold", colour)
    for i, r in enumerate(rows):
        sums = "".join(_right(number_text(r[k], 2, signed=True), 9) for k in ("for_it", "against_it"))
        yield f"{letter(i)}{'*' if r['exclusive'] else ' '}".ljust(17) + f"{r['raises']:>7}{r['lowers']:>7}{sums}"
