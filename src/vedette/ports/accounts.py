"""What a shared workspace asks of its store of accounts. Passwords and keys go in hashed, and never come out."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from vedette.domain.accounts import Access, Account, AuditEntry, Comment, Role, Share, Token


@dataclass(frozen=True, slots=True, kw_only=True)
class Lifetimes:
    """How long a session lasts: ``idle`` since it was last used, ``whole`` since it was opened."""

    idle: dt.timedelta
    whole: dt.timedelta


class Passwords(Protocol):
    """How a password is turned into what is stored."""

    def hashed(self, password: str) -> str:
        """A slow, salted hash; raises `BadInput` for a password that is too short."""
        ...

    def matches(self, stored: str, password: str) -> bool:
        """Whether the password is the one; takes as long for an empty ``stored`` as for a real one."""
        ...


class SignIn(Protocol):
    """A way to say who somebody is. A password today; a directory of the organisation may be another."""

    def who(self, name: str, secret: str) -> Account | None:
        """The account, or None; whether the name or the secret was wrong cannot be told, nor timed."""
        ...


class Accounts(Protocol):
    """Accounts, sessions, tokens, shares, comments, and the log of changes."""

    def there_are(self) -> bool:
        """Whether any account exists: without one, whoever reaches the workbench is its author."""
        ...

    def accounts(self) -> Sequence[Account]:
        """All of them, by name."""
        ...

    def account(self, name: str) -> Account:
        """By name; raises `UnknownName` with the nearest."""
        ...

    def add_account(self, account: Account, password_hash: str) -> None:
        """A new account; refuses a name that exists."""
        ...

    def change_account(
        self, name: str, *, role: Role | None = None, disabled: bool | None = None, password_hash: str | None = None
    ) -> Account:
        """Change what is given. A new password or being disabled ends every session of the account.

        Refuses to leave no admin who can sign in.
        """
        ...

    def password_hash(self, name: str) -> str:
        """What was stored; empty when there is no such account."""
        ...

    def open_session(self, account: str, now: dt.datetime) -> str:
        """A new session; returns its key (32 bytes, in hex), which is not stored."""
        ...

    def session(self, key: str, now: dt.datetime, lifetimes: Lifetimes) -> Account | None:
        """Whose session it is, None when it has ended, is unknown, or its account is disabled; counts as use."""
        ...

    def close_session(self, key: str) -> None:
        """End it."""
        ...

    def close_sessions(self, account: str) -> int:
        """End every session of an account; returns how many there were."""
        ...

    def add_token(self, token: Token) -> str:
        """Store it and return its key, which is shown this once."""
        ...

    def token(self, key: str, now: dt.datetime) -> tuple[Token, Account] | None:
        """The token with this key and its account, None when it may not be used."""
        ...

    def tokens(self, account: str) -> Sequence[Token]:
        """Tokens of an account, newest first."""
        ...

    def revoke_token(self, token_id: str, now: dt.datetime) -> None:
        """End it; raises `UnknownName`."""
        ...

    def share(self, share: Share) -> None:
        """Give or change access; refuses to leave a shared case without an owner."""
        ...

    def unshare(self, case: str, account: str) -> None:
        """Take access away; refuses to take the last owner's."""
        ...

    def shares(self, case: str) -> Sequence[Share]:
        """Who has access to a case, owners first."""
        ...

    def access(self, account: str) -> Mapping[str, Access]:
        """Cases shared with an account, by itself or with everybody, and the most it may do there."""
        ...

    def add_comment(self, comment: Comment) -> None:
        """Append it."""
        ...

    def comments(self, case: str, subject: str | None = None) -> Sequence[Comment]:
        """Comments on a case in order; ``subject`` narrows to one item, the empty text to the case itself."""
        ...

    def log(self, entry: AuditEntry) -> None:
        """Append to the log; ``seq`` is given by the store."""
        ...

    def logged(
        self, *, case: str | None = None, who: str | None = None, before: int | None = None, most: int = 100
    ) -> Sequence[AuditEntry]:
        """Entries, newest first; ``before``: only those with a smaller ``seq``."""
        ...
