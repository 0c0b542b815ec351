"""A case at one moment: what its page is made from, computed once and kept."""

from __future__ import annotations

import datetime as dt
import difflib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from vedette.domain.case import Case
from vedette.domain.forecast import Assessment
from vedette.domain.time import AsOf
from vedette.errors import UnknownName
from vedette.reporting.compose import Composer
from vedette.web.views.query import CaseQuery

if TYPE_CHECKING:
    from vedette.web.desk import Desk

WEEK: Final = dt.timedelta(days=7)


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """A case on a day in a mode, with some items left out.

    ``known`` is the case as it stood at the end of the day: nothing later is in it, and nothing else of the case is
    shown on the page. ``shown`` is the assessment without the items left out, ``original`` the one with them (the same
    when nothing is). ``week_ago`` is None where the case was not open yet. ``not_yet``: left-out ids that were not
    known by the day.
    """

    id: str
    version: str
    query: CaseQuery
    day: AsOf
    known: Case
    shown: Assessment
    original: Assessment
    week_ago: Assessment | None
    composer: Composer
    left_out: tuple[str, ...]
    not_yet: tuple[str, ...]
    later: int
    first_day: dt.date

    @property
    def scenario(self) -> str:
        """The selected scenario."""
        return self.query.scenario or self.shown.scenarios[0].id


def moment(desk: Desk, case_id: str, query: CaseQuery) -> Moment:
    """The case for an address. Raises `UnknownName`, `AfterCutOff` for a day after the deadline."""
    from vedette.reporting.facts import brief_facts
    from vedette.workflows.assess import assess_case
    from vedette.workflows.undo import leave_out

    version, case = desk.version(case_id), desk.case(case_id)
    day = AsOf(date=query.as_of or desk.day(case))
    original = desk.assessment(case_id, day, mode=query.mode)
    if query.scenario is not None and query.scenario not in {s.id for s in original.scenarios}:
        near = difflib.get_close_matches(query.scenario, [s.id for s in original.scenarios], n=3, cutoff=0.3)
        raise UnknownName("scenario", query.scenario, nearest=near, where=case_id)
    known = case.known(day)
    left, not_yet = _split(case, known, query.without)
    shown = original
    if left:
        fewer = leave_out(case, day, left)
        shown = assess_case(fewer, day, mode=query.mode, record=desk.record)
    week = None
    if day.date - WEEK >= case.opened:
        week = desk.assessment(case_id, AsOf(date=day.date - WEEK), mode=query.mode, full=False)
    return Moment(
        id=case_id, version=version, query=query, day=day, known=known, shown=shown, original=original, week_ago=week,
        composer=Composer(brief_facts(known, shown, previous=original if left else week)),
        left_out=left, not_yet=not_yet,
        later=len(case.documents) - len(known.documents) + len(case.evidence) - len(known.evidence),
        first_day=min([case.opened, *(e.times.available_at.date() for e in case.evidence)]),
    )  # fmt: skip


def _split(case: Case, known: Case, ids: tuple[str, ...]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """(ids that can be left out, ids not known by the day); raises `UnknownName` for one the case does not have."""
    present = {*(e.id for e in known.standing()), *(j.id for j in known.judgments)}
    every = {*(e.id for e in case.evidence), *(j.id for j in case.judgments)}
    for name in ids:
        if name not in every:
            near = difflib.get_close_matches(name, sorted(present), n=3, cutoff=0.4)
            raise UnknownName("item", name, nearest=near, where=case.id)
    return tuple(n for n in ids if n in present), tuple(n for n in ids if n not in present)
