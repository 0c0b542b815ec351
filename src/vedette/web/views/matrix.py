"""Conditions by scenario and by whose view, each opening to its quotes."""

from __future__ import annotations

from dataclasses import dataclass

from vedette.reporting.figures import plain
from vedette.reporting.view import ConditionCell, ConditionTable, Line
from vedette.web.views.items import SHOWN, Item, item
from vedette.web.views.moment import Moment
from vedette.web.views.query import address


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """A condition in one view for one scenario. ``line`` None is unknown, and ``words`` says why."""

    view: str
    words: str
    tone: str
    state: str
    line: Line | None
    items: str
    alternative: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """The columns of one scenario. ``finding`` says what binds."""

    letter: str
    label: str
    views: tuple[str, ...]
    gains: bool
    finding: str
    span: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """What meeting a condition alone would add, and its share of the pull."""

    gain: str
    share: str
    binding: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class MatrixRow:
    """One condition. ``cells``: for every group its cells, then what binds (None where nothing was tested)."""

    number: str
    label: str
    cells: tuple[tuple[tuple[Cell | None, ...], Share | None], ...]
    summary: str
    items: tuple[Item, ...]
    more: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Matrix:
    """The whole table. ``others``: scenarios that could be shown instead."""

    finding: str
    groups: tuple[Group, ...]
    rows: tuple[MatrixRow, ...]
    columns: int
    others: tuple[tuple[str, str], ...]


def matrix_view(m: Moment) -> Matrix | None:
    """The selected scenario and one more beside it; None when nothing is known of any condition."""
    tables = {s: t for s in _known(m) if (t := m.composer.condition_table(s)) is not None}
    if not tables:
        return None
    chosen = [m.scenario] if m.scenario in tables else []
    chosen += [s for s in tables if s not in chosen][: 2 - len(chosen)]
    shown = [tables[s] for s in chosen]
    order = list(dict.fromkeys((r.number, r.label) for t in shown for r in t.rows))
    order.sort(key=lambda key: (not key[0].isdecimal(), key[0]))
    return Matrix(
        finding=_finding(shown[0]),
        groups=tuple(
            Group(
                letter=t.letter, label=plain(t.scenario), views=t.views, gains=t.gains, finding=plain(t.finding),
                span=len(t.views) + (1 if t.gains else 0),
            )
            for t in shown
        ),
        rows=tuple(_row(m, shown, number, label) for number, label in order),
        columns=1 + sum(len(t.views) + (1 if t.gains else 0) for t in shown),
        others=tuple((m.composer.letter(s), address(m.id, m.query, scenario=s)) for s in tables if s not in chosen),
    )  # fmt: skip


def _known(m: Moment) -> tuple[str, ...]:
    known = {c.scenario for c in m.shown.conditions if c.state is not None}
    return tuple(s.id for s in m.shown.scenarios if s.id in known)


def _finding(table: ConditionTable) -> str:
    best = next((r for r in table.rows if r.binding), None)
    if best is None:
        return "No single condition holds the scenario back by a point"
    return f"{best.label} is what holds {table.letter} back"


def _row(m: Moment, tables: list[ConditionTable], number: str, label: str) -> MatrixRow:
    cells: list[tuple[tuple[Cell | None, ...], Share | None]] = []
    found: dict[str, Item] = {}
    for table in tables:
        row = next((r for r in table.rows if (r.number, r.label) == (number, label)), None)
        if row is None:
            cells.append((tuple(None for _ in table.views), None))
            continue
        share = None
        if row.gain is not None:
            share = Share(gain=row.gain.text, share=row.share.text if row.share else "", binding=row.binding)
        cells.append((tuple(None if c is None else _cell(c) for c in row.cells), share))
        for line in row.evidence:
            found.setdefault(line.id, item(m, line))
    n = len(found)
    said = f"{n} item{'' if n == 1 else 's'}" if n else ""
    return MatrixRow(
        number=number, label=label, cells=tuple(cells), summary=said, items=tuple(found.values())[:SHOWN],
        more=max(0, n - SHOWN),
    )  # fmt: skip


def _cell(cell: ConditionCell) -> Cell:
    tone = "mid"
    if cell.line is not None:
        tone = "up" if cell.line.value >= 0.5 else "dn" if cell.line.value <= -0.5 else "mid"
    items = cell.items.text if cell.items is not None else "0"
    return Cell(
        view=cell.view,
        words=plain(cell.level),
        tone=tone,
        state=cell.state.text if cell.state is not None else "",
        line=cell.line,
        items=f"{items} ev",
        alternative=cell.alternative,
    )
