"""How data reach the screen: JSON for programs, tables for people, plain columns when piped."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from typing import Any

from vedette.domain.plain import to_plain


def print_json(value: Any) -> None:
    """One JSON document on stdout."""
    utf8 = (sys.stdout.encoding or "").lower().replace("-", "") == "utf8"
    print(json.dumps(to_plain(value), indent=2, ensure_ascii=not utf8))


def say(text: str) -> None:
    """A message for the person, on stderr, so that stdout holds data only."""
    print(text, file=sys.stderr)


def interactive() -> bool:
    """Whether there is a person to ask."""
    return sys.stdin.isatty() and sys.stdout.isatty()


def clean(text: object) -> str:
    """Text of others made safe for a terminal: no escape codes, no direction marks, one line."""
    from vedette.reporting.labels import safe_text

    return safe_text(text)


def print_table(
    columns: Sequence[str], rows: Sequence[Sequence[object]], *, right: Sequence[str] = (), wrap: Sequence[str] = ()
) -> None:
    """Rows under headings; ``right`` names the columns of numbers, ``wrap`` those that may break (default: the last).

    On a terminal long cells wrap inside their column; piped, every row is one line, columns two spaces apart.
    NO_COLOR is respected.
    """
    cells = [[clean(cell) for cell in row] for row in rows]
    if not sys.stdout.isatty():
        _print_plain(columns, cells, right)
        return
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False)
    for name in columns:
        breaks = name in (wrap or columns[-1:])
        table.add_column(name, justify="right" if name in right else "left", overflow="fold", no_wrap=not breaks)
    for row in cells:
        table.add_row(*(Text(cell) for cell in row))  # Text: brackets in a quote are not markup
    Console().print(table)


def _print_plain(columns: Sequence[str], cells: Sequence[Sequence[str]], right: Sequence[str]) -> None:
    widths = [max(len(row[i]) for row in [columns, *cells]) for i in range(len(columns))]
    for row in [columns, *cells]:
        parts = [
            cell.rjust(width) if name in right else cell.ljust(width)
            for cell, width, name in zip(row, widths, columns, strict=True)
        ]
        print("  ".join(parts).rstrip())


def counted(n: int, one: str, many: str | None = None) -> str:
    """"1 item", "3 items"."""
    return f"{n} {one if n == 1 else many or one + 's'}"


def cut(text: str, width: int) -> str:
    """The beginning of a long text, with an ellipsis."""
    return text if len(text) <= width else text[: width - 1].rstrip() + "…"
