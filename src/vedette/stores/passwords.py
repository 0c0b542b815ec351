"""Passwords as argon2id hashes, and signing in with one."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from vedette.domain.accounts import Account
from vedette.errors import BadInput, MissingExtra, UnknownName

if TYPE_CHECKING:
    from argon2 import PasswordHasher

    from vedette.ports.accounts import Accounts, Passwords

SHORTEST, LONGEST = 12, 1024
"""Characters. OWASP ASVS 5.0 (6.2.1) asks for 8 and advises 15; between the two [assumption]."""


class Argon2Passwords:
    """`vedette.ports.accounts.Passwords` with the parameters argon2-cffi recommends (RFC 9106, low memory)."""

    @cached_property
    def _hasher(self) -> PasswordHasher:
        try:
            from argon2 import PasswordHasher
        except ImportError as error:
            raise MissingExtra(
                "accounts need argon2, which is not installed", fix="pip install 'vedette[team]'"
            ) from error
        return PasswordHasher()

    @cached_property
    def _decoy(self) -> str:
        return self._hasher.hash("what nobody's password is")

    def hashed(self, password: str) -> str:
        """The hash with its salt and parameters; raises `BadInput` for a password that is too short or too long."""
        if not SHORTEST <= len(password) <= LONGEST:
            raise BadInput(
                f"a password has at least {SHORTEST} characters and at most {LONGEST}", where="password",
                fix="A sentence is easy to remember",
            )
        return self._hasher.hash(password)

    def matches(self, stored: str, password: str) -> bool:
        """Whether it is the password. Without a stored hash a decoy is compared, so that the time says nothing."""
        from argon2.exceptions import InvalidHashError, VerificationError

        try:
            self._hasher.verify(stored or self._decoy, password[:LONGEST])
        except (VerificationError, InvalidHashError):
            return False
        return bool(stored)


class PasswordSignIn:
    """`vedette.ports.accounts.SignIn` with the passwords of the workspace."""

    def __init__(self, accounts: Accounts, passwords: Passwords) -> None:
        self._accounts = accounts
        self._passwords = passwords

    def who(self, name: str, secret: str) -> Account | None:
        """The account when name and password are right and it is not disabled."""
        right = self._passwords.matches(self._accounts.password_hash(name), secret)
        if not right:
            return None
        try:
            found = self._accounts.account(name)
        except UnknownName:
            return None
        return None if found.disabled else found
