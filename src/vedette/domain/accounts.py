"""Who works on a shared workspace: accounts, what each may do, what was said and what was changed."""

from __future__ import annotations

import datetime as dt
import enum
import re
from dataclasses import dataclass

from vedette.errors import BadInput

_NAME = re.compile(r"[a-z0-9](?:[a-z0-9._-]{0,62}[a-z0-9])?\Z")

EVERYBODY = "*"
"""In a share: every account there is."""


class Role(enum.StrEnum):
    """What an account may do at most. A reader looks, an analyst changes cases shared with it, an admin everything."""

    READER = "reader"
    ANALYST = "analyst"
    ADMIN = "admin"


class Access(enum.StrEnum):
    """What a share gives on one case, each including the ones before it."""

    READ = "read"
    WRITE = "write"
    OWNER = "owner"

    def includes(self, other: Access) -> bool:
        """Whether holding this is enough where ``other`` is asked for."""
        order = list(Access)
        return order.index(self) >= order.index(other)


class Scope(enum.StrEnum):
    """What a token may be used for, never more than its account may do."""

    READ = "read"
    PROPOSE = "propose"
    WRITE = "write"
    ADMIN = "admin"


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """Somebody who may sign in. ``name`` is what stands as author of what they change."""

    name: str
    role: Role
    created_at: dt.datetime
    disabled: bool = False

    def __post_init__(self) -> None:
        if not _NAME.match(self.name):
            raise BadInput(
                f"{self.name!r} cannot be the name of an account", where="account",
                fix="Use 1 to 64 small letters, digits, dots, dashes and underscores, such as ana.k",
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """Access of one account (or `EVERYBODY`) to one case."""

    case: str
    account: str
    access: Access


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """A key that a program uses in the name of an account. The key itself is shown once and never stored."""

    id: str
    account: str
    label: str
    scopes: frozenset[Scope]
    created_at: dt.datetime
    expires_at: dt.datetime | None = None
    revoked_at: dt.datetime | None = None

    def holds(self, now: dt.datetime) -> bool:
        """Whether it may still be used."""
        return self.revoked_at is None and (self.expires_at is None or now < self.expires_at)


@dataclass(frozen=True, slots=True, kw_only=True)
class Comment:
    """Something said about a case, or about one item of it (``subject``: its id, empty for the case)."""

    id: str
    case: str
    subject: str
    author: str
    at: dt.datetime
    text: str

    def __post_init__(self) -> None:
        if not self.text.strip():
            raise BadInput("a comment needs words", where=self.case)


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditEntry:
    """Who changed what and why. ``action``: such as ``review`` or ``account.role``; ``request``: id in the logs."""

    seq: int
    at: dt.datetime
    who: str
    action: str
    case: str = ""
    subject: str = ""
    detail: str = ""
    reason: str = ""
    request: str = ""
