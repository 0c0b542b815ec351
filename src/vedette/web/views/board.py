"""The board as plain objects."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from vedette.workflows.open_case import case_ids

if TYPE_CHECKING:
    from vedette.web.desk import Desk


@dataclass(frozen=True, slots=True, kw_only=True)
class BoardView:
    """What the board shows."""

    cases: tuple[tuple[str, str], ...]


def board_view(desk: Desk) -> BoardView:
    """Ids and titles of the cases."""
    return BoardView(cases=tuple((name, desk.case(name).title) for name in case_ids(desk.workspace.cases)))
