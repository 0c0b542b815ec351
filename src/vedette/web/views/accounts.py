"""Accounts as typed views: your own with its keys, and the list for an admin."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from vedette.domain.accounts import Account, Role, Scope, Token
from vedette.reporting.labels import safe_text
from vedette.web.access import OF_ROLE, OF_SCOPE

MAY = {
    Role.READER: "reads the cases that are shared with it",
    Role.ANALYST: "reads and changes the cases that are shared with it, and opens new ones",
    Role.ADMIN: "may do everything, on every case, and manages accounts",
}
DOES = {
    Scope.READ: "read cases, forecasts and alerts",
    Scope.PROPOSE: "also propose evidence, which a person reviews",
    Scope.WRITE: "also decide, forecast, resolve and share",
    Scope.ADMIN: "everything an admin may",
}
DONE = {"password": "Your password is changed. Every other session has ended.", "key": "The key has ended."}


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyRow:
    """One key; ``state`` says whether it still opens anything."""

    id: str
    label: str
    scopes: str
    made: str
    ends: str
    holds: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnAccount:
    """Your account. ``key`` is a key just made, shown this once; ``part`` names the form that ``error`` is about."""

    name: str
    role: str
    may: str
    since: str
    finding: str
    keys: tuple[KeyRow, ...]
    scopes: tuple[tuple[str, str], ...]
    key: str
    made: str
    part: str
    error: str
    fix: str
    done: str
    typed: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountRow:
    """One account. ``seen`` is its state as shown, sent back with every change."""

    name: str
    role: str
    may: str
    since: str
    disabled: bool
    seen: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Everybody:
    """All accounts."""

    finding: str
    rows: tuple[AccountRow, ...]
    roles: tuple[tuple[str, str], ...]
    error: str
    fix: str
    done: str
    typed: Mapping[str, str]


def state_of(account: Account) -> str:
    """What can be changed about an account, in words."""
    return f"{account.role.value}{', disabled' if account.disabled else ''}"


def own_account(
    account: Account, tokens: Sequence[Token], now: dt.datetime, *, key: str = "", made: str = "", part: str = "",
    error: str = "", fix: str = "", done: str = "", typed: Mapping[str, str] | None = None,
) -> OwnAccount:  # fmt: skip
    """The page of one's own account."""
    held = sum(t.holds(now) for t in tokens)
    return OwnAccount(
        name=account.name, role=account.role.value, may=MAY[account.role], since=f"{account.created_at:%Y-%m-%d}",
        finding=f"{held} key{'s' if held != 1 else ''} in use" if tokens else "No key was made yet",
        keys=tuple(
            KeyRow(
                id=t.id, label=safe_text(t.label), scopes=", ".join(s.value for s in Scope if s in t.scopes),
                made=f"{t.created_at:%Y-%m-%d}", ends=f"{t.expires_at:%Y-%m-%d}" if t.expires_at else "never",
                holds=t.holds(now),
            )
            for t in tokens
        ),
        scopes=tuple((s.value, DOES[s]) for s in Scope if OF_SCOPE[s] <= OF_ROLE[account.role]),
        key=key, made=made, part=part, error=error, fix=fix, done=DONE.get(done, ""), typed=typed or {},
    )  # fmt: skip


def everybody(
    accounts: Sequence[Account], *, error: str = "", fix: str = "", done: str = "",
    typed: Mapping[str, str] | None = None,
) -> Everybody:  # fmt: skip
    """The page of all accounts."""
    able = [a for a in accounts if not a.disabled]
    admins = sum(a.role is Role.ADMIN for a in able)
    known = {a.name for a in accounts}
    return Everybody(
        finding=f"{len(able)} {'person' if len(able) == 1 else 'people'} may sign in, "
        f"{admins} of them {'an admin' if admins == 1 else 'admins'}",
        rows=tuple(
            AccountRow(
                name=a.name, role=a.role.value, may=MAY[a.role], since=f"{a.created_at:%Y-%m-%d}",
                disabled=a.disabled, seen=state_of(a),
            )
            for a in accounts
        ),
        roles=tuple((r.value, MAY[r]) for r in Role), error=error, fix=fix,
        done=f"{done} is stored." if done in known else "", typed=typed or {},
    )  # fmt: skip
