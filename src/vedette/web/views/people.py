"""Who works here: sign-in, sharing of a case, comments, the log. Typed views, made without a request."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from vedette.domain.accounts import EVERYBODY, Access, Account, AuditEntry, Comment, Share


@dataclass(frozen=True, slots=True, kw_only=True)
class SignInView:
    """The form. ``back``: where to go afterwards; ``refused``: what to say after a try."""

    back: str
    name: str = ""
    refused: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShareRow:
    """One line of access. ``all``: everybody who has an account."""

    account: str
    label: str
    access: str
    says: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SharingView:
    """Who may do what on a case. ``may_share``: whether the person may change it; ``finding`` is the title."""

    case: str
    title: str
    finding: str
    rows: tuple[ShareRow, ...]
    others: tuple[tuple[str, str], ...]
    may_share: bool
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CommentRow:
    """One comment; ``about`` is empty for the case itself."""

    author: str
    at: str
    about: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CommentsView:
    """What was said about a case, in order. ``typed`` keeps words that could not be stored."""

    case: str
    title: str
    finding: str
    rows: tuple[CommentRow, ...]
    may_write: bool
    subject: str = ""
    typed: str = ""
    refused: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LogView:
    """Changes, newest first. ``older`` is the address of the next page, empty at the end."""

    finding: str
    rows: tuple[tuple[str, ...], ...]
    older: str
    accounts: tuple[tuple[str, str, str, str], ...] = ()


SAYS = {
    Access.READ: "reads it",
    Access.WRITE: "reads and changes it",
    Access.OWNER: "owns it: changes it and shares it",
}


def sharing(
    case: str, title: str, shares: Sequence[Share], accounts: Sequence[Account], *, may_share: bool, bundled: bool
) -> SharingView:
    """Who has access, and to whom it could be given."""
    rows = tuple(
        ShareRow(
            account=s.account, label="everybody with an account" if s.account == EVERYBODY else s.account,
            access=s.access.value, says=SAYS[s.access],
        )
        for s in shares
    )  # fmt: skip
    taken = {s.account for s in shares}
    others = [(a.name, a.name) for a in accounts if a.name not in taken and not a.disabled]
    if shares and EVERYBODY not in taken:
        others.append((EVERYBODY, "everybody with an account"))
    if rows:
        named = [r.label for r in rows]
        finding = f"Open to {', '.join(named[:4])}{' and others' if len(named) > 4 else ''}, and to admins"
    elif bundled:
        finding = "Open to everybody with an account: it came with Vedette"
    else:
        finding = "Open to admins only: it is shared with nobody"
    note = "" if rows else "The first account it is shared with becomes its owner."
    return SharingView(
        case=case, title=title, finding=finding, rows=rows, others=tuple(others), may_share=may_share, note=note
    )


def comments(
    case: str, title: str, found: Sequence[Comment], *, may_write: bool, subject: str = "", typed: str = "",
    refused: str = "",
) -> CommentsView:  # fmt: skip
    """What was said, oldest first, as a conversation is read."""
    count = len(found)
    people = len({c.author for c in found})
    finding = (
        f"{count} comment{'s' if count != 1 else ''} by {people} {'people' if people != 1 else 'person'}"
        if count else "Nobody has said anything yet"
    )  # fmt: skip
    return CommentsView(
        case=case, title=title, finding=finding, may_write=may_write, subject=subject, typed=typed, refused=refused,
        rows=tuple(CommentRow(author=c.author, at=_when(c.at), about=c.subject, text=c.text) for c in found),
    )  # fmt: skip


def log(found: Sequence[AuditEntry], accounts: Sequence[Account], *, most: int, where: str) -> LogView:
    """The log of changes as rows of text."""
    rows = tuple((_when(e.at), e.who, e.action, e.case, e.subject, e.detail, e.reason) for e in found)
    older = f"{where}?before={found[-1].seq}" if len(found) == most else ""
    admins = sum(a.role.value == "admin" and not a.disabled for a in accounts)
    return LogView(
        finding=f"{len(accounts)} account{'s' if len(accounts) != 1 else ''}, {admins} of them admin",
        rows=rows, older=older,
        accounts=tuple(
            (a.name, a.role.value, "disabled" if a.disabled else "may sign in", f"{a.created_at:%Y-%m-%d}")
            for a in accounts
        ),
    )  # fmt: skip


def _when(at: dt.datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M} UTC"
