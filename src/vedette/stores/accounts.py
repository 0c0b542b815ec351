"""Accounts in SQL tables. A key is looked up by its SHA-256: it is random, so no slow hash is needed for it."""

from __future__ import annotations

import datetime as dt
import difflib
import hashlib
import secrets
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, delete, func, insert, select, update

from vedette.domain.accounts import EVERYBODY, Access, Account, AuditEntry, Comment, Role, Scope, Share, Token
from vedette.errors import CaseRefused, UnknownName
from vedette.ports.accounts import Lifetimes
from vedette.stores import schema
from vedette.stores.database import Database

QUEUE = "accounts:"
"""Writers of accounts and shares wait for each other; no case has this name, an id holds no colon."""

TOKEN_PREFIX = "vdt_"  # noqa: S105  (so that a leaked key is recognised by scanners; it is not one)
USE_COUNTED_EVERY = dt.timedelta(minutes=1)
"""A session's last use is written at most this often: a page must not become a write. [assumption]"""


def _digest(key: str) -> str:
    return hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()


class SqlAccounts:
    """`vedette.ports.accounts.Accounts` on any database SQLAlchemy speaks to."""

    def __init__(self, database: Database) -> None:
        self._db = database

    # -- accounts -----------------------------------------------------------------------------------------

    def there_are(self) -> bool:
        """Whether any account exists."""
        if not self._db.holds_anything():
            return False
        with self._db.read() as connection:
            return connection.execute(select(schema.accounts.c.name).limit(1)).first() is not None

    def accounts(self) -> Sequence[Account]:
        """All of them, by name."""
        if not self._db.holds_anything():
            return ()
        with self._db.read() as connection:
            rows = connection.execute(select(schema.accounts).order_by(schema.accounts.c.name))
            return tuple(_account(row) for row in rows)

    def account(self, name: str) -> Account:
        """By name; raises `UnknownName` with the nearest."""
        known = {a.name: a for a in self.accounts()}
        if name not in known:
            raise UnknownName("account", name, nearest=difflib.get_close_matches(name, known, n=3, cutoff=0.3))
        return known[name]

    def add_account(self, account: Account, password_hash: str) -> None:
        """A new account; refuses a name that exists."""
        with self._db.write(QUEUE) as connection:
            a = schema.accounts.c
            if connection.execute(select(a.name).where(a.name == account.name)).first() is not None:
                raise CaseRefused(f"there is an account {account.name!r} already", fix="Choose another name")
            connection.execute(
                insert(schema.accounts).values(
                    name=account.name, role=account.role.value, disabled=int(account.disabled),
                    password=password_hash, created_at=account.created_at,
                )
            )

    def change_account(
        self, name: str, *, role: Role | None = None, disabled: bool | None = None, password_hash: str | None = None
    ) -> Account:
        """Change what is given; see `vedette.ports.accounts.Accounts`."""
        values: dict[str, Any] = {}
        if role is not None:
            values["role"] = role.value
        if disabled is not None:
            values["disabled"] = int(disabled)
        if password_hash is not None:
            values["password"] = password_hash
        self.account(name)
        with self._db.write(QUEUE) as connection:
            a = schema.accounts.c
            if values:
                connection.execute(update(schema.accounts).where(a.name == name).values(**values))
            admins = connection.scalar(
                select(func.count()).select_from(schema.accounts)
                .where(a.role == Role.ADMIN.value, a.disabled == 0)
            )  # fmt: skip
            if not admins:
                raise CaseRefused("nobody could administer the workspace then", where=name,
                                  fix="Make another account an admin first")  # fmt: skip
            if disabled or password_hash is not None:
                connection.execute(delete(schema.sessions).where(schema.sessions.c.account == name))
        return self.account(name)

    def password_hash(self, name: str) -> str:
        """What was stored; empty when there is no such account."""
        if not self._db.holds_anything():
            return ""
        a = schema.accounts.c
        with self._db.read() as connection:
            return connection.scalar(select(a.password).where(a.name == name)) or ""

    # -- sessions -----------------------------------------------------------------------------------------

    def open_session(self, account: str, now: dt.datetime) -> str:
        """A new session; returns its key."""
        key = secrets.token_hex(32)
        with self._db.write(QUEUE) as connection:
            connection.execute(
                insert(schema.sessions).values(key_hash=_digest(key), account=account, opened_at=now, used_at=now)
            )
        return key

    def session(self, key: str, now: dt.datetime, lifetimes: Lifetimes) -> Account | None:
        """Whose session it is; None when it has ended."""
        if not key or not self._db.holds_anything():
            return None
        s, a = schema.sessions.c, schema.accounts
        query = (
            select(a, s.opened_at, s.used_at)
            .join_from(schema.sessions, a, s.account == a.c.name)
            .where(s.key_hash == _digest(key))
        )
        with self._db.glance() as connection:
            row = connection.execute(query).first()
        if row is None or row.disabled:
            return None
        # A clock that went back must not make an old session young: an age below zero ends it as well.
        idle, whole = now - row.used_at, now - row.opened_at
        if not (-USE_COUNTED_EVERY <= idle < lifetimes.idle and -USE_COUNTED_EVERY <= whole < lifetimes.whole):
            self.close_session(key)
            return None
        if idle >= USE_COUNTED_EVERY:
            with self._db.write(QUEUE) as connection:
                used = update(schema.sessions).where(s.key_hash == _digest(key)).values(used_at=now)
                connection.execute(used)
        return _account(row)

    def close_session(self, key: str) -> None:
        """End it."""
        with self._db.write(QUEUE) as connection:
            connection.execute(delete(schema.sessions).where(schema.sessions.c.key_hash == _digest(key)))

    def close_sessions(self, account: str) -> int:
        """End every session of an account."""
        with self._db.write(QUEUE) as connection:
            done = connection.execute(delete(schema.sessions).where(schema.sessions.c.account == account))
            return int(done.rowcount)

    # -- tokens -------------------------------------------------------------------------------------------

    def add_token(self, token: Token) -> str:
        """Store it and return its key."""
        key = TOKEN_PREFIX + secrets.token_urlsafe(32)
        self.account(token.account)
        with self._db.write(QUEUE) as connection:
            connection.execute(
                insert(schema.tokens).values(
                    id=token.id, key_hash=_digest(key), account=token.account, label=token.label,
                    scopes=" ".join(sorted(s.value for s in token.scopes)), created_at=token.created_at,
                    expires_at=token.expires_at, revoked_at=token.revoked_at,
                )
            )
        return key

    def token(self, key: str, now: dt.datetime) -> tuple[Token, Account] | None:
        """The token with this key and its account, None when it may not be used."""
        if not key.startswith(TOKEN_PREFIX) or not self._db.holds_anything():
            return None
        t, a = schema.tokens, schema.accounts.c
        query = (
            select(t, a.name, a.role, a.disabled, a.created_at.label("account_made"))
            .join_from(t, schema.accounts, t.c.account == a.name)
            .where(t.c.key_hash == _digest(key))
        )
        with self._db.glance() as connection:
            row = connection.execute(query).first()
        if row is None:
            return None
        token = _token(row)
        account = Account(
            name=row.name, role=Role(row.role), created_at=row.account_made, disabled=bool(row.disabled)
        )  # fmt: skip
        return (token, account) if token.holds(now) and not account.disabled else None

    def tokens(self, account: str) -> Sequence[Token]:
        """Tokens of an account, newest first."""
        if not self._db.holds_anything():
            return ()
        t = schema.tokens.c
        with self._db.read() as connection:
            rows = connection.execute(select(schema.tokens).where(t.account == account).order_by(t.created_at.desc()))
            return tuple(_token(row) for row in rows)

    def revoke_token(self, token_id: str, now: dt.datetime) -> None:
        """End it; raises `UnknownName`."""
        with self._db.write(QUEUE) as connection:
            t = schema.tokens.c
            done = connection.execute(
                update(schema.tokens).where(t.id == token_id, t.revoked_at.is_(None)).values(revoked_at=now)
            )
            if not done.rowcount:
                raise UnknownName("token", token_id)

    # -- shares -------------------------------------------------------------------------------------------

    def share(self, share: Share) -> None:
        """Give or change access; refuses to leave a shared case without an owner."""
        if share.account != EVERYBODY:
            self.account(share.account)
        elif share.access is Access.OWNER:
            raise CaseRefused("a case cannot be owned by everybody", where=share.case, fix="Share it for writing")
        with self._db.write(QUEUE) as connection:
            self._remove(connection, share.case, share.account)
            connection.execute(
                insert(schema.shares).values(case_id=share.case, account=share.account, access=share.access.value)
            )
            self._refuse_ownerless(connection, share.case)

    def unshare(self, case: str, account: str) -> None:
        """Take access away; refuses to take the last owner's."""
        with self._db.write(QUEUE) as connection:
            if not self._remove(connection, case, account):
                raise UnknownName("share", account, where=case)
            self._refuse_ownerless(connection, case)

    def _remove(self, connection: Connection, case: str, account: str) -> int:
        s = schema.shares.c
        done = connection.execute(delete(schema.shares).where(s.case_id == case, s.account == account))
        return int(done.rowcount)

    def _refuse_ownerless(self, connection: Connection, case: str) -> None:
        s = schema.shares.c
        left = set(connection.scalars(select(s.access).where(s.case_id == case)))
        if left and Access.OWNER.value not in left:
            raise CaseRefused("a shared case needs an owner", where=case, fix="Make another account its owner first")

    def shares(self, case: str) -> Sequence[Share]:
        """Who has access to a case, owners first."""
        if not self._db.holds_anything():
            return ()
        s = schema.shares.c
        with self._db.read() as connection:
            rows = connection.execute(select(schema.shares).where(s.case_id == case)).all()
        found = [Share(case=r.case_id, account=r.account, access=Access(r.access)) for r in rows]
        return tuple(sorted(found, key=lambda x: (-list(Access).index(x.access), x.account)))

    def access(self, account: str) -> Mapping[str, Access]:
        """Cases shared with an account, and the most it may do there."""
        if not self._db.holds_anything():
            return {}
        s = schema.shares.c
        with self._db.glance() as connection:
            rows = connection.execute(select(s.case_id, s.access).where(s.account.in_([account, EVERYBODY]))).all()
        found: dict[str, Access] = {}
        for row in rows:
            access = Access(row.access)
            if row.case_id not in found or access.includes(found[row.case_id]):
                found[row.case_id] = access
        return found

    # -- words and log ------------------------------------------------------------------------------------

    def add_comment(self, comment: Comment) -> None:
        """Append it."""
        with self._db.write(comment.case) as connection:
            connection.execute(
                insert(schema.comments).values(
                    id=comment.id, case_id=comment.case, subject=comment.subject, author=comment.author,
                    at=comment.at, text=comment.text,
                )
            )

    def comments(self, case: str, subject: str | None = None) -> Sequence[Comment]:
        """Comments on a case in order."""
        if not self._db.holds_anything():
            return ()
        c = schema.comments.c
        query = select(schema.comments).where(c.case_id == case).order_by(c.seq)
        if subject is not None:
            query = query.where(c.subject == subject)
        with self._db.read() as connection:
            return tuple(
                Comment(id=r.id, case=r.case_id, subject=r.subject, author=r.author, at=r.at, text=r.text)
                for r in connection.execute(query)
            )

    def log(self, entry: AuditEntry) -> None:
        """Append to the log."""
        with self._db.write("audit:") as connection:
            connection.execute(
                insert(schema.audit).values(
                    at=entry.at, who=entry.who, action=entry.action, case_id=entry.case, subject=entry.subject,
                    detail=entry.detail, reason=entry.reason, request=entry.request,
                )
            )

    def logged(
        self, *, case: str | None = None, who: str | None = None, before: int | None = None, most: int = 100
    ) -> Sequence[AuditEntry]:
        """Entries, newest first."""
        if not self._db.holds_anything():
            return ()
        a = schema.audit.c
        query = select(schema.audit).order_by(a.seq.desc()).limit(most)
        for column, value in ((a.case_id, case), (a.who, who)):
            if value is not None:
                query = query.where(column == value)
        if before is not None:
            query = query.where(a.seq < before)
        with self._db.read() as connection:
            return tuple(
                AuditEntry(
                    seq=r.seq, at=r.at, who=r.who, action=r.action, case=r.case_id, subject=r.subject,
                    detail=r.detail, reason=r.reason, request=r.request,
                )
                for r in connection.execute(query)
            )  # fmt: skip


def _account(row: Any) -> Account:
    return Account(name=row.name, role=Role(row.role), created_at=row.created_at, disabled=bool(row.disabled))


def _token(row: Any) -> Token:
    return Token(
        id=row.id, account=row.account, label=row.label, scopes=frozenset(Scope(s) for s in row.scopes.split()),
        created_at=row.created_at, expires_at=row.expires_at, revoked_at=row.revoked_at,
    )  # fmt: skip
