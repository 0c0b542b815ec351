"""Two people at one record: the page that says so, and what the log knows of who was first.

A form carries the version it was rendered from. The version is compared and the change made in one transaction; a
stale one is refused with `vedette.errors.EditConflict`, which becomes this page with status 409.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from vedette.errors import Deed, EditConflict
from vedette.web.render import page
from vedette.web.views.conflict import Attempt, conflict_view

if TYPE_CHECKING:
    from fastapi import Request, Response

    from vedette.domain.accounts import AuditEntry
    from vedette.web.desk import Desk

LOOKED_AT = 400
"""Entries of the log that are searched for who did it, the newest. [assumption]: what was just done is among them."""


def conflict_page(request: Request, error: EditConflict, asked: Attempt, **shell: Any) -> Response:
    """The page (409), or its part for a script. ``shell``: what `vedette.web.render.page` wants besides."""
    view = conflict_view(error, asked)
    return page(request, "conflict.html", view, status=409, title="Changed meanwhile", **shell)


def signed(desk: Desk, error: EditConflict, subject: str, *actions: str) -> EditConflict:
    """The conflict with the name that the log has for deeds whose record names nobody.

    An entry belongs to a deed when it is of one of the ``actions`` on the subject and was made in the same seconds.
    """
    if all(d.who for d in error.deeds):
        return error
    entries = [e for e in logged(desk) if e.subject == subject and e.action in actions]
    deeds = [replace(d, who=_who(entries, d)) if not d.who else d for d in error.deeds]
    return EditConflict(error.what, where=error.where, fix=error.fix, deeds=deeds, version=error.version)


def _who(entries: list[AuditEntry], deed: Deed) -> str:
    near = [e for e in entries if deed.at is not None and abs((e.at - deed.at).total_seconds()) < SAME]
    return near[0].who if near else ""


SAME = 30.0
"""Seconds between a record and its entry in the log, which is written before the answer. [assumption]"""


def logged(desk: Desk, case: str | None = None) -> list[AuditEntry]:
    """The newest entries of the log, none where there are no accounts."""
    return list(desk.workspace.accounts.logged(case=case, most=LOOKED_AT)) if desk.has_accounts() else []


def last_deed(desk: Desk, subject: str, actions: tuple[str, ...], *, before: str, after: str, case: str = "") -> Deed:
    """What was done to something that has a state and no history of its own, with what the log says of it."""
    entries = [e for e in logged(desk, case or None) if e.subject == subject and e.action in actions]
    last = entries[0] if entries else None
    return Deed(
        who=last.who if last else "", what=f"changed {subject}", at=last.at if last else None,
        why=last.reason if last else "", before=before, after=after,
    )  # fmt: skip
