"""What was done to a case: versions of it, documents read, decisions, judgments. Newest first."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from vedette.domain.case import Case
from vedette.ports.overview import Edit
from vedette.reporting.labels import safe_text

MOST: Final = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One entry: when (UTC), who, what, why."""

    at: str
    iso: str
    who: str
    what: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EditsView:
    """The history of a case. ``more``: how many older entries are not shown; ``bundled``: nothing was changed yet."""

    lines: tuple[Line, ...]
    more: int
    bundled: bool


def edits_view(case: Case, edits: Sequence[Edit]) -> EditsView:
    """What was recorded about a case cut at a day, newest first; nothing of what became known later is named."""
    found: list[tuple[dt.datetime, str, str, str]] = [
        (e.at, e.author, f"version {e.version} of the case", e.reason) for e in edits
    ]
    known = {e.id for e in case.evidence}
    for review in case.reviews:
        if review.evidence not in known:
            continue
        verb = {
            "accept": "accepted", "reject": "rejected", "correct": "corrected", "withdraw": "took back the decision on",
        }  # fmt: skip
        found.append((review.at, review.author, f"{verb[review.verdict.value]} {review.evidence}", review.reason))
    for document in case.documents:
        if document.times.recorded_at is not None:
            found.append((document.times.recorded_at, "", f"read {safe_text(document.title or document.id)}", ""))
    for judgment in case.judgments:
        found.append(
            (judgment.recorded_at or judgment.at, judgment.analyst, f"judged {judgment.subject}", judgment.reason)
        )
    found.sort(key=lambda x: x[0], reverse=True)
    return EditsView(
        lines=tuple(
            Line(
                at=f"{at:%Y-%m-%d %H:%M}", iso=at.isoformat(), who=safe_text(who), what=safe_text(what),
                why=safe_text(why),
            )
            for at, who, what, why in found[:MOST]
        ),
        more=max(0, len(found) - MOST),
        bundled=not edits,
    )  # fmt: skip
