"""Who may do what. Every route declares the right it needs; a test lists the routes that do not.

On a laptop there are no accounts: whoever reaches the workbench is the author of the settings, with every right. Once
there is an account, everybody signs in, and a case is open to those it is shared with:

- a reader reads the cases shared with the account, an analyst also changes those shared for writing, an admin all;
- a case that came with Vedette is open to all until it is shared with somebody;
- a case that is shared with nobody is open to admins only, who share it.

A program shows a key (``Authorization: Bearer``) whose scopes cut down what its account may do.
"""

from __future__ import annotations

import enum
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Final

from fastapi import Depends, Request
from fastapi.concurrency import run_in_threadpool

from vedette.domain.accounts import Access, Account, Role, Scope
from vedette.errors import CaseRefused, UnknownName, VedetteError
from vedette.web.security import SAFE, Refused, account_key, check_csrf

if TYPE_CHECKING:
    from vedette.web.desk import Desk


class Right(enum.StrEnum):
    """What a route asks for. OPEN: nothing, not even to be signed in."""

    OPEN = "open"
    READ = "read"
    PROPOSE = "propose"
    WRITE = "write"
    SHARE = "share"
    ADMIN = "admin"
    ACCOUNT = "account"
    PEOPLE = "people"


IN_PERSON: Final = frozenset({Right.ACCOUNT, Right.PEOPLE})
"""One's own account, and everybody's. Never a key's, whatever its scopes: it would make itself a stronger key."""
OF_ROLE: Final[Mapping[Role, frozenset[Right]]] = {
    Role.READER: frozenset({Right.OPEN, Right.READ, Right.ACCOUNT}),
    Role.ANALYST: frozenset({Right.OPEN, Right.READ, Right.PROPOSE, Right.WRITE, Right.SHARE, Right.ACCOUNT}),
    Role.ADMIN: frozenset(Right),
}
OF_SCOPE: Final[Mapping[Scope, frozenset[Right]]] = {
    Scope.READ: frozenset({Right.OPEN, Right.READ}),
    Scope.PROPOSE: frozenset({Right.OPEN, Right.READ, Right.PROPOSE}),
    Scope.WRITE: frozenset({Right.OPEN, Right.READ, Right.PROPOSE, Right.WRITE, Right.SHARE}),
    Scope.ADMIN: frozenset(Right) - IN_PERSON,
}
ON_CASE: Final[Mapping[Right, Access]] = {
    Right.READ: Access.READ, Right.PROPOSE: Access.WRITE, Right.WRITE: Access.WRITE, Right.SHARE: Access.OWNER,
    Right.ADMIN: Access.OWNER,
}  # fmt: skip
"""What a right asks for on the case that the address names."""


SAYS: Final = {Right.ACCOUNT: "use an account in person", Right.PEOPLE: "manage accounts in person"}
"""What a right is called where its name alone would say nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Whoever asks. ``name`` is the author of what they change.

    ``cases``: what is shared with them; None: every case is theirs. ``signed_in``: through an account.
    """

    name: str
    rights: frozenset[Right] = frozenset(Right)
    cases: Mapping[str, Access] | None = None
    signed_in: bool = False

    def may(self, right: Right) -> bool:
        """Whether the person holds the right, on whatever they have access to."""
        return right in self.rights


NOBODY: Final = Person(name="", rights=frozenset({Right.OPEN}), cases={})


def person_of(account: Account, cases: Mapping[str, Access], scopes: frozenset[Scope] | None = None) -> Person:
    """An account as a person; with ``scopes`` of a key, no more than those allow."""
    rights = OF_ROLE[account.role]
    if scopes is not None:
        rights &= frozenset().union(*(OF_SCOPE[s] for s in scopes)) if scopes else frozenset()
    return Person(
        name=account.name, rights=rights, cases=None if account.role is Role.ADMIN else cases, signed_in=True
    )


class Forbidden(VedetteError):
    """The person lacks the right a page needs; ``fix`` says whom to ask."""


class SignInNeeded(VedetteError):
    """Nobody is signed in, or the key is not valid; ``fix`` says how to go on."""


def taken(name: str) -> CaseRefused:
    """What is said of an id that cannot be had, whoever has it: no more than that."""
    return CaseRefused(f"the id {name!r} cannot be used", fix="Choose another id")


def as_told(request: Request, error: Exception) -> Exception:
    """The error as the person may hear it: of the nearest cases those that are open to them, and no others."""
    person: Person | None = request.scope.get("vedette.person")
    if not isinstance(error, UnknownName) or error.kind != "case" or person is None or person.cases is None:
        return error
    nearest = request.app.state.desk.visible(person, error.nearest)
    return UnknownName(
        error.kind, error.name, nearest=nearest, where=error.where,
        fix="The board lists every case that is shared with you",
    )  # fmt: skip


Check = Callable[[Request], Awaitable[Person]]


def needs(right: Right) -> Check:
    """A dependency that lets a person with the right through, and checks the CSRF token of requests that change.

    Where the address names a case, the right is needed on that case; a case the person may not even read is unknown to
    them. Raises `SignInNeeded`, `Forbidden`, `UnknownName`, and `vedette.web.security.Refused` for a missing or foreign
    token.
    """

    async def check(request: Request) -> Person:
        desk: Desk = request.app.state.desk
        # Whoever shows a key or a session is looked up in the database, and no other request may wait for that.
        known = has_key(request) or account_key(request)
        person = await run_in_threadpool(desk.person, request) if known else desk.person(request)
        if right is not Right.OPEN:
            _check_right(desk, request, person, right)
        if request.method not in SAFE:
            if not (has_key(request) or is_json(request)):
                await check_csrf(request)
            _check_pace(desk, person)
        request.state.person = person
        request.scope["vedette.person"] = person
        return person

    check.right = right  # type: ignore[attr-defined]
    return check


def _check_right(desk: Desk, request: Request, person: Person, right: Right) -> None:
    case_id = request.path_params.get("case_id", "")
    if person is NOBODY:
        raise SignInNeeded("this workbench has accounts", where=request.url.path, fix="Sign in to go on")
    if case_id and desk.access(person, case_id) is None:
        # Not even its existence is told: the answer is that of a name that was never used.
        raise UnknownName("case", case_id, fix="The board lists every case that is shared with you")
    asked = f"this needs the right to {SAYS.get(right, right.value)}"
    if not person.may(right):
        raise Forbidden(
            f"{asked}, which {person.name} does not have", where=request.url.path,
            fix="Ask whoever runs this workbench for it",
        )  # fmt: skip
    access = desk.access(person, case_id) if case_id else None
    if access is not None and not access.includes(ON_CASE[right]):
        raise Forbidden(
            f"{asked} on this case, which is shared with {person.name} for no more than {access.value}",
            where=request.url.path, fix="Ask an owner of the case for it",
        )  # fmt: skip


def _check_pace(desk: Desk, person: Person) -> None:
    wait = desk.writes.wait(person.name) if person.signed_in else 0
    if wait:
        raise Refused(
            f"{person.name} made too many changes in a minute", status=429, fix=f"Wait {wait} seconds and repeat it"
        )


def refusal(request: Request, right: Right) -> Forbidden | None:
    """Why the person of a request lacks a right on the case its address names; None when they hold it."""
    try:
        _check_right(request.app.state.desk, request, request.state.person, right)
    except Forbidden as error:
        return error
    return None


def has_key(request: Request) -> bool:
    """Whether a program shows a key: a browser never adds one by itself, so no token against forgery is needed."""
    return request.headers.get("authorization", "").casefold().startswith("bearer ")


def is_json(request: Request) -> bool:
    """Whether the body is JSON: another site's page cannot send that without asking first, and the guard refuses it."""
    return request.headers.get("content-type", "").partition(";")[0].strip().casefold() == "application/json"


Open = Annotated[Person, Depends(needs(Right.OPEN))]
Reader = Annotated[Person, Depends(needs(Right.READ))]
Proposer = Annotated[Person, Depends(needs(Right.PROPOSE))]
Writer = Annotated[Person, Depends(needs(Right.WRITE))]
Sharer = Annotated[Person, Depends(needs(Right.SHARE))]
Admin = Annotated[Person, Depends(needs(Right.ADMIN))]
InPerson = Annotated[Person, Depends(needs(Right.ACCOUNT))]
Manager = Annotated[Person, Depends(needs(Right.PEOPLE))]
