"""Scenarios against evidence: a view over the log likelihood ratios of an assessment.

Scenarios stand in rows and evidence in columns: that layout reduced confirmation bias, the classic one did not (Dhami
2024, doi 10.1186/s41235-024-00560-y). A cell is an item's share of the scenario's log-odds. Inconsistencies are never
counted: counting them gave no gain in coherence and weighed items by pseudo-diagnosticity (Karvetski and Mandel 2020).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from vedette.domain.forecast import Assessment, ScenarioEstimate

MOVES: Final = 0.005
"""Share of log-odds below which an item counts on neither side: it would print as zero."""
FEWEST: Final = 5
ONE_SIDED: Final = 0.1
"""From ``FEWEST`` items on, evidence is one-sided when the smaller side holds at most this share. [assumption], as
in the warnings of an assessment."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A scenario: how many items raise and lower it, and what each side adds up to in log-odds."""

    scenario: str
    label: str
    exclusive: bool
    probability: float
    raises: int
    lowers: int
    for_it: float
    against_it: float
    one_sided: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """An item. ``cells``: its share of each row's log-odds, in the rows' order."""

    evidence: str
    claim: str
    grade: str
    origin: str
    cells: tuple[float, ...]
    diagnosticity: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Matrix:
    """The matrix, columns by diagnosticity. ``left_out``: items that move nothing. ``warnings``: on balance, of
    the items coded on a scenario and of those that move it."""

    case: str
    as_of: str
    mode: str
    framework: str
    rows: tuple[Row, ...]
    columns: tuple[Column, ...]
    left_out: int
    warnings: tuple[str, ...]


def matrix_of(assessment: Assessment) -> Matrix:
    """The matrix of an assessment.

    Diagnosticity of an item is the spread (largest minus smallest) of its cells over scenarios that exclude each other;
    where only one is named, over it and its complement, whose log-odds move by as much the other way.
    """
    rivals = _exclusive(assessment.scenarios)
    columns = []
    for item in assessment.evidence:
        shares = {s.id: float(item["log_odds"][s.id]) for s in assessment.scenarios}
        compared = [shares[r] for r in rivals]
        if len(compared) == 1:
            compared.append(-compared[0])
        columns.append(
            Column(
                evidence=str(item["id"]), claim=str(item["claim"]), grade=str(item["grade"]),
                origin=str(item["origin"]), cells=tuple(shares.values()),
                diagnosticity=max(compared) - min(compared),
            )
        )  # fmt: skip
    columns.sort(key=lambda c: (-c.diagnosticity, c.evidence))
    rows = tuple(_row(s, i, s.id in rivals, columns) for i, s in enumerate(assessment.scenarios))
    # The assessment counts the items coded on a scenario; a row counts every item that moves it through the tree.
    coded = tuple(f"{w} (Items coded on it.)" for w in assessment.warnings if w.startswith("One-sided evidence"))
    return Matrix(
        case=assessment.case, as_of=assessment.as_of.isoformat(), mode=assessment.mode,
        framework=assessment.framework, rows=rows, columns=tuple(columns),
        left_out=len({str(x["evidence"]) for x in assessment.excluded} - {c.evidence for c in columns}),
        warnings=(*coded, *(_warning(r) for r in rows if r.one_sided)),
    )  # fmt: skip


def _exclusive(scenarios: Sequence[ScenarioEstimate]) -> tuple[str, ...]:
    chosen: list[str] = []
    covered: set[str] = set()
    for s in scenarios:
        if not covered & set(s.atoms):
            chosen.append(s.id)
            covered |= set(s.atoms)
    return tuple(chosen)


def _row(scenario: ScenarioEstimate, place: int, exclusive: bool, columns: Sequence[Column]) -> Row:
    cells = [c.cells[place] for c in columns]
    up, down = [x for x in cells if x >= MOVES], [x for x in cells if x <= -MOVES]
    n = len(up) + len(down)
    return Row(
        scenario=scenario.id, label=scenario.label, exclusive=exclusive, probability=scenario.probability,
        raises=len(up), lowers=len(down), for_it=sum(x for x in cells if x > 0),
        against_it=sum(x for x in cells if x < 0),
        one_sided=n >= FEWEST and min(len(up), len(down)) <= ONE_SIDED * n,
    )  # fmt: skip


def _warning(row: Row) -> str:
    many, few = ("raise", "lowers") if row.raises > row.lowers else ("lower", "raises")
    n, rest = max(row.raises, row.lowers), min(row.raises, row.lowers)
    other = f"{rest or 'none'} {few if rest <= 1 else few.removesuffix('s')} it"
    return (
        f"One-sided evidence on {row.scenario}: {n} items {many} it, {other}. Look for what would disconfirm it. "
        "(Items that move it.)"
    )
