"""Accounts, sessions, tokens, shares, comments and the log, on every backend."""

from __future__ import annotations

import datetime as dt

import pytest

from vedette.domain.accounts import EVERYBODY, Access, Account, AuditEntry, Comment, Role, Scope, Share, Token
from vedette.errors import BadInput, CaseRefused, UnknownName
from vedette.ports.accounts import Lifetimes
from vedette.stores.accounts import SqlAccounts

from .conftest import Backend

NOW = dt.datetime(2026, 3, 1, 9, tzinfo=dt.UTC)
HOUR = dt.timedelta(hours=1)
LIFETIMES = Lifetimes(idle=2 * HOUR, whole=8 * HOUR)


def person(name: str, role: Role = Role.ANALYST) -> Account:
    return Account(name=name, role=role, created_at=NOW)


@pytest.fixture
def people(backend: Backend) -> SqlAccounts:
    store = SqlAccounts(backend.open_database())
    assert not store.there_are()
    store.add_account(person("root", Role.ADMIN), "hash-0")
    store.add_account(person("ana"), "hash-1")
    store.add_account(person("ben", Role.READER), "hash-2")
    return store


def test_accounts_are_found_by_name(people: SqlAccounts) -> None:
    assert people.there_are() and [a.name for a in people.accounts()] == ["ana", "ben", "root"]
    assert people.account("ana").role is Role.ANALYST and people.password_hash("ana") == "hash-1"
    with pytest.raises(UnknownName, match="ana"):
        people.account("anna")
    assert people.password_hash("anna") == ""
    with pytest.raises(CaseRefused, match="already"):
        people.add_account(person("ana"), "x")


@pytest.mark.parametrize("name", ["", "Ana", "a b", "-a", "a-", "a" * 65, "ana\n", "../x", "a:b", EVERYBODY])
def test_odd_names_are_refused(name: str) -> None:
    with pytest.raises(BadInput, match="small letters"):
        person(name)


def test_somebody_can_always_administer(people: SqlAccounts) -> None:
    for change in ({"role": Role.READER}, {"disabled": True}):
        with pytest.raises(CaseRefused, match="administer"):
            people.change_account("root", **change)  # type: ignore[arg-type]
    assert people.account("root").role is Role.ADMIN and not people.account("root").disabled
    people.change_account("ana", role=Role.ADMIN)
    assert people.change_account("root", disabled=True).disabled


def test_a_session_lasts_while_it_is_used(people: SqlAccounts) -> None:
    key = people.open_session("ana", NOW)
    at = NOW
    for _ in range(4):
        at += 1.5 * HOUR
        found = people.session(key, at, LIFETIMES)
        assert found is not None and found.name == "ana"
    assert people.session(key, at + 2 * HOUR, LIFETIMES) is None, "idle"
    assert people.session(key, at, LIFETIMES) is None, "ended is ended"


def test_a_session_ends_after_its_whole_life_and_when_the_clock_goes_back(people: SqlAccounts) -> None:
    key, at = people.open_session("ana", NOW), NOW
    while at < NOW + 7 * HOUR:
        at += HOUR
        assert people.session(key, at, LIFETIMES)
    assert people.session(key, NOW + 8 * HOUR, LIFETIMES) is None
    assert people.session(people.open_session("ana", NOW), NOW - HOUR, LIFETIMES) is None


def test_sessions_end_with_the_password_the_account_or_at_wish(people: SqlAccounts) -> None:
    first, second = people.open_session("ana", NOW), people.open_session("ana", NOW)
    assert first != second and people.session("", NOW, LIFETIMES) is None
    people.close_session(first)
    assert people.session(first, NOW, LIFETIMES) is None and people.session(second, NOW, LIFETIMES)
    people.change_account("ana", password_hash="hash-9")
    assert people.session(second, NOW, LIFETIMES) is None and people.password_hash("ana") == "hash-9"
    third = people.open_session("ana", NOW)
    people.change_account("ana", disabled=True)
    assert people.session(third, NOW, LIFETIMES) is None
    people.change_account("ana", disabled=False)
    assert people.session(third, NOW, LIFETIMES) is None, "what was ended does not come back"
    people.open_session("ana", NOW)
    assert people.close_sessions("ana") == 1


def test_no_key_and_no_password_can_be_read_from_the_tables(people: SqlAccounts, backend: Backend) -> None:
    session = people.open_session("ana", NOW)
    key = people.add_token(
        Token(id="t1", account="ana", label="wire", scopes=frozenset({Scope.READ}), created_at=NOW)
    )
    with backend.engine().connect() as connection:
        stored = "".join(
            str(row) for table in ("sessions", "tokens", "accounts")
            for row in connection.exec_driver_sql(f"SELECT * FROM {table}")
        )  # fmt: skip
    assert session not in stored and key not in stored


def test_a_token_is_its_account_with_less(people: SqlAccounts) -> None:
    made = Token(
        id="t1", account="ana", label="wire", scopes=frozenset({Scope.READ, Scope.PROPOSE}), created_at=NOW,
        expires_at=NOW + HOUR,
    )  # fmt: skip
    key = people.add_token(made)
    assert people.token(key, NOW) == (made, people.account("ana"))
    assert people.token(key, NOW + HOUR) is None and people.token(key[:-1], NOW) is None
    assert people.token("", NOW) is None and people.tokens("ana") == (made,)
    people.revoke_token("t1", NOW)
    assert people.token(key, NOW) is None
    with pytest.raises(UnknownName):
        people.revoke_token("t1", NOW)
    with pytest.raises(UnknownName):
        people.add_token(Token(id="t2", account="nobody", label="", scopes=frozenset(), created_at=NOW))


def test_a_token_of_a_disabled_account_is_none(people: SqlAccounts) -> None:
    key = people.add_token(Token(id="t1", account="ana", label="", scopes=frozenset(Scope), created_at=NOW))
    people.change_account("ana", disabled=True)
    assert people.token(key, NOW) is None


def test_shares_give_the_most_of_own_and_everybodys(people: SqlAccounts) -> None:
    people.share(Share(case="c", account="ana", access=Access.OWNER))
    people.share(Share(case="c", account=EVERYBODY, access=Access.READ))
    people.share(Share(case="c", account="ben", access=Access.WRITE))
    assert people.access("ana") == {"c": Access.OWNER} and people.access("ben") == {"c": Access.WRITE}
    assert people.access("root") == {"c": Access.READ}
    assert [s.account for s in people.shares("c")] == ["ana", "ben", EVERYBODY]
    people.unshare("c", EVERYBODY)
    assert people.access("root") == {}
    with pytest.raises(CaseRefused, match="owner"):
        people.unshare("c", "ana")
    with pytest.raises(CaseRefused, match="owner"):
        people.share(Share(case="c", account="ana", access=Access.READ))
    with pytest.raises(CaseRefused, match="everybody"):
        people.share(Share(case="c", account=EVERYBODY, access=Access.OWNER))
    with pytest.raises(UnknownName):
        people.share(Share(case="c", account="nobody", access=Access.READ))
    assert people.access("ana") == {"c": Access.OWNER}


def test_comments_and_the_log_are_only_added_to(people: SqlAccounts, backend: Backend) -> None:
    for number, subject in enumerate(("", "e1")):
        people.add_comment(Comment(id=f"k{number}", case="c", subject=subject, author="ana", at=NOW, text="why?"))
    assert [c.id for c in people.comments("c")] == ["k0", "k1"] and [c.id for c in people.comments("c", "e1")] == ["k1"]
    for number in range(5):
        people.log(AuditEntry(seq=0, at=NOW, who="ana", action="review", case="c" if number % 2 else "d"))
    assert [e.seq for e in people.logged(most=2)] == [5, 4]
    assert [e.seq for e in people.logged(case="c")] == [4, 2] and people.logged(who="ben") == ()
    assert [e.seq for e in people.logged(before=3)] == [2, 1]
    from sqlalchemy.exc import DBAPIError

    for statement in ("UPDATE audit SET who = 'x'", "DELETE FROM comments"):
        with pytest.raises(DBAPIError, match="append-only"), backend.engine().begin() as connection:
            connection.exec_driver_sql(statement)
    with pytest.raises(BadInput, match="words"):
        Comment(id="k9", case="c", subject="", author="ana", at=NOW, text="  ")
