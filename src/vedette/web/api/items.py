"""Items of evidence as JSON. An item is put into JSON once, and again when it was decided on since.

A page of items is asked for far more often than an item changes: what is kept are the items of a case as they were
sent last, and of a case that grew only the items that are not as they were are made anew.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from vedette.domain.case import Case
from vedette.domain.evidence import Evidence
from vedette.domain.plain import to_plain
from vedette.domain.time import AsOf
from vedette.reporting.handling import mark_of
from vedette.web.api.shapes import ItemBody
from vedette.web.security import digest_of
from vedette.workflows.handling import for_audience


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """An item in JSON. ``record``: the stored one it was made from; ``version`` changes with every decision on it."""

    record: Evidence
    status: str
    version: str
    text: bytes

    @property
    def id(self) -> str:
        """Of the item."""
        return self.record.id


class Lines:
    """Items of one case without what is marked above the ceiling of exports, as they were made last."""

    def __init__(self) -> None:
        self._last: tuple[Case | None, Mapping[str, Line]] = (None, {})
        self._lock = threading.Lock()

    def standing(self, case: Case) -> Iterable[Line]:
        """Items of the newest version of the case, in the order recorded."""
        last, lines = self._last
        if last is case:
            return lines.values()
        with self._lock:
            last, lines = self._last
            if last is not case:
                shown = for_audience(case)[0]
                lines = _lines(shown, shown, lines)
                self._last = (case, lines)
        return lines.values()

    def known(self, case: Case, by: AsOf) -> Iterable[Line]:
        """Those of what was known by then, as they stood with the decisions made by then."""
        shown = for_audience(case)[0]
        return _lines(shown, shown.known(by), self._last[1]).values()


def _lines(case: Case, at: Case, before: Mapping[str, Line]) -> dict[str, Line]:
    """Items that stand in ``at``, a state of ``case``; those of ``before`` that are the same are taken from there."""
    records = {e.id: e for e in at.evidence}
    decided: dict[str, list[str]] = {}
    for review in case.reviews:
        decided.setdefault(review.evidence, []).append(review.at.isoformat())
    found = {}
    for e in at.standing():
        version, old = digest_of(e.id, *decided.get(e.id, ())), before.get(e.id)
        if old is None or old.record is not records[e.id] or (old.status, old.version) != (e.status.value, version):
            text = body(e, version).model_dump_json().encode()
            old = Line(record=records[e.id], status=e.status.value, version=version, text=text)
        found[e.id] = old
    return found


def page(lines: Iterable[Line], more: str | None, total: int) -> bytes:
    """An `vedette.web.api.shapes.ItemPage` of these items."""
    inside = b",".join(line.text for line in lines)
    return b'{"items":[%s],"next":%s,"total":%d}' % (inside, json.dumps(more).encode(), total)


def version_of(case: Case, e: Evidence) -> str:
    """Changes with every decision on the item."""
    return digest_of(e.id, *(r.at.isoformat() for r in case.reviews if r.evidence == e.id))


def body(e: Evidence, version: str) -> ItemBody:
    """An item as it stands."""
    q = e.quote
    return ItemBody(
        evidence=e.id, status=e.status.value, claim=utf8(e.claim), kind=e.kind.value,
        attribution=utf8(e.attribution), grade=str(e.grade), available_at=e.times.available_at, origin=e.origin,
        marking=mark_of(e).value, confidence=e.confidence, document=q.document.id if q else None,
        start=q.start if q else None, end=q.end if q else None, quote=utf8(q.text) if q else None,
        bearings=[dict(to_plain(b)) for b in e.bearings], version=version,
    )


def utf8(text: str) -> str:
    """Text that JSON can carry: a broken character of a broken file becomes a question mark."""
    return text.encode("utf-8", "replace").decode()
