"""Making a key for a program, and the words for roles and scopes: the same on the command line and in the browser."""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Iterable

from vedette.domain.accounts import Role, Scope, Token
from vedette.errors import BadInput, UnknownName

LONGEST = 3650
"""Days a key may last at most. [assumption]: ten years outlive every program that nobody looks after."""


def role_named(text: str) -> Role:
    """A role by its word; raises `UnknownName` with all of them."""
    try:
        return Role(text)
    except ValueError:
        raise UnknownName("role", text, nearest=[r.value for r in Role]) from None


def scope_named(text: str) -> Scope:
    """A scope by its word; raises `UnknownName` with all of them."""
    try:
        return Scope(text)
    except ValueError:
        raise UnknownName("scope", text, nearest=[s.value for s in Scope]) from None


def new_key(account: str, label: str, scopes: Iterable[str], days: int, now: dt.datetime) -> Token:
    """The record of a new key, not stored. Raises `UnknownName` for a scope, `BadInput` for its lifetime in days."""
    wanted = frozenset(scope_named(s) for s in scopes)
    if not 1 <= days <= LONGEST:
        raise BadInput(f"{days} days is not a lifetime", where="days", fix=f"Give 1 to {LONGEST}")
    return Token(
        id=secrets.token_hex(6), account=account, label=label, scopes=wanted, created_at=now,
        expires_at=now + dt.timedelta(days=days),
    )  # fmt: skip
