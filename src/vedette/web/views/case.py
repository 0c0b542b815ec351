"""The case page as plain objects."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from vedette.reference.estimative import percent

if TYPE_CHECKING:
    from vedette.web.desk import Desk


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseView:
    """What the case page shows."""

    id: str
    title: str
    scenarios: tuple[tuple[str, str], ...]


def case_view(desk: Desk, case_id: str) -> CaseView:
    """The case as of its own day."""
    found = desk.assessment(case_id, full=False)
    return CaseView(
        id=case_id, title=found.title, scenarios=tuple((s.label, percent(s.probability)) for s in found.scenarios)
    )
