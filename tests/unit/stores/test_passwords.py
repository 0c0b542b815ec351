"""Passwords: slow, salted, and the same time for nobody's."""

from __future__ import annotations

import datetime as dt

import pytest

from vedette.domain.accounts import Account, Role
from vedette.errors import BadInput, UnknownName
from vedette.stores.passwords import Argon2Passwords, PasswordSignIn


def test_a_hash_is_salted_and_holds_its_parameters() -> None:
    passwords = Argon2Passwords()
    first, second = (passwords.hashed("a long sentence") for _ in range(2))
    assert first != second and first.startswith("$argon2id$") and "a long sentence" not in first
    assert passwords.matches(first, "a long sentence") and not passwords.matches(first, "a long sentence ")


@pytest.mark.parametrize("password", ["", "short", "x" * 1025])
def test_short_and_endless_passwords_are_refused(password: str) -> None:
    with pytest.raises(BadInput, match="12"):
        Argon2Passwords().hashed(password)


def test_nobodys_password_is_compared_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    from argon2 import PasswordHasher

    compared: list[str] = []
    verify = PasswordHasher.verify

    def counting(self: PasswordHasher, stored: str, password: str) -> bool:
        compared.append(stored)
        return verify(self, stored, password)

    monkeypatch.setattr(PasswordHasher, "verify", counting)
    assert not Argon2Passwords().matches("", "what nobody's password is")
    assert not Argon2Passwords().matches("", "anything") and len(compared) == 2
    assert not Argon2Passwords().matches("not a hash", "anything")


def test_signing_in(monkeypatch: pytest.MonkeyPatch) -> None:
    passwords = Argon2Passwords()
    ana = Account(name="ana", role=Role.READER, created_at=dt.datetime(2026, 1, 1, tzinfo=dt.UTC))

    class One:
        disabled = False

        def password_hash(self, name: str) -> str:
            return stored if name == "ana" else ""

        def account(self, name: str) -> Account:
            if name != "ana":
                raise UnknownName("account", name)
            return Account(name="ana", role=Role.READER, created_at=ana.created_at, disabled=self.disabled)

    stored, accounts = passwords.hashed("a long sentence"), One()
    sign_in = PasswordSignIn(accounts, passwords)  # type: ignore[arg-type]
    assert sign_in.who("ana", "a long sentence") == ana
    assert sign_in.who("ana", "another sentence") is None and sign_in.who("bob", "a long sentence") is None
    accounts.disabled = True
    assert sign_in.who("ana", "a long sentence") is None
