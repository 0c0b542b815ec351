"""Which accepted items of a case repeat a standing position of their speaker, in words for lists and pages."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass

from vedette.assessment.positions import positions, speakers
from vedette.domain.case import Case
from vedette.domain.evidence import Evidence
from vedette.workflows.assess import state_words


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """A position: how often it was said, since which day, by whom, and the item that first said it."""

    times: int
    since: str
    by: str
    first: str

    def __str__(self) -> str:
        return f"Said {self.times} times since {self.since} by {self.by}: counts as one"


def _side(item: Evidence) -> Hashable:
    """What the first bearing of an item says, as far as items must agree in it to be one position."""
    b = item.bearings[0]
    return b.option, b.scenario, b.condition, b.direction, b.actor


def said_again(known: Case, item: Evidence | None = None) -> Mapping[str, Said]:
    """By item id, the position of each accepted item that is not the only one to take it.

    ``known``: a case cut at a day. ``item``: only positions it could be among, which is all a page about it needs.
    """
    found = [e for e in known.accepted() if e.bearings and not e.is_argument]
    if item is not None:
        side = _side(item) if item.bearings else None
        found = [e for e in found if _side(e) == side]
    who = speakers(state_words())
    first = positions(found, [_side(e) for e in found], who)
    members: dict[int, list[Evidence]] = {}
    for e, lead in zip(found, first, strict=True):
        members.setdefault(lead, []).append(e)
    out: dict[str, Said] = {}
    for lead, several in members.items():
        if len(several) > 1:
            since = min(e.times.available_at for e in several).date().isoformat()
            said = Said(times=len(several), since=since, by=who.of(found[lead]) or "", first=found[lead].id)
            out |= {e.id: said for e in several}
    return out
