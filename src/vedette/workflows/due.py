"""What the ledger waits for: answers that are due, deadlines that come near, forecasts gone stale."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from vedette.domain.case import Case
from vedette.domain.time import AsOf
from vedette.ports import LedgerEntry
from vedette.workflows.standing import IMPORTED, Answer, FindCase, TimeLine, read_ledger

NEAR_DAYS = 14
"""A deadline this near is named. [assumption]: two weekly briefs."""
STALE_DAYS = 14
"""A forecast this old, on a case with newer evidence or a nearer deadline, is named. [assumption]"""


def due(
    entries: Sequence[LedgerEntry],
    find_case: FindCase,
    today: dt.date,
    *,
    near: int = NEAR_DAYS,
    stale: int = STALE_DAYS,
) -> dict[str, Any]:
    """Questions by what they need. Open questions only; void and resolved ones need nothing."""
    found = read_ledger(entries, find_case)
    waiting = [a for a in found.answers.values() if a.resolution is None]
    passed = sorted((a for a in waiting if a.question.deadline < today), key=lambda a: a.question.deadline)
    soon = sorted(
        (a for a in waiting if 0 <= (a.question.deadline - today).days <= near), key=lambda a: a.question.deadline
    )
    return {
        "today": today,
        "due": [{**_named(a), "overdue_days": (today - a.question.deadline).days} for a in passed],
        "near": [{**_named(a), "days_left": (a.question.deadline - today).days} for a in soon],
        "stale": _stale(found.lines, today, stale),
        "near_days": near,
        "stale_days": stale,
    }


def _named(answer: Answer) -> dict[str, Any]:
    asked = answer.question
    return {"question": asked.id, "statement": asked.statement, "deadline": asked.deadline}


def _stale(lines: Sequence[TimeLine], today: dt.date, after: int) -> list[dict[str, Any]]:
    """Newest forecast of each forecaster on an open question that is old; imported ones are not ours to renew."""
    out = []
    for line in lines:
        answer = line.answer
        if answer.resolution is not None or answer.question.deadline < today or not line.stands:
            continue
        last = line.stands[-1].forecast
        age = (today - last.as_of).days
        if last.method.startswith(IMPORTED) or age < after:
            continue
        out.append(
            {
                **_named(answer), "forecaster": line.label, "as_of": last.as_of, "age_days": age,
                "newer_evidence": _newer(answer.case, last.as_of, today),
            }
        )
    return sorted(out, key=lambda r: (-r["age_days"], r["question"], r["forecaster"]))


def _newer(case: Case | None, since: dt.date, today: dt.date) -> int | None:
    """Accepted items that became known after the forecast; None when the case is not here."""
    if case is None:
        return None
    then, now = AsOf(date=since), AsOf(date=today)
    return sum(1 for e in case.accepted() if now.admits(e.times.available_at) and not then.admits(e.times.available_at))
