"""Who may do what. Every route declares the right it needs; a test lists the routes that do not.

On a laptop there are no accounts: whoever reaches the workbench is the author of the settings, with every right.
Accounts and sharing of cases replace `Desk.person` and nothing else.
"""

from __future__ import annotations

import enum
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

from fastapi import Depends, Request

from vedette.errors import VedetteError
from vedette.web.security import check_csrf

if TYPE_CHECKING:
    from vedette.web.desk import Desk


class Right(enum.StrEnum):
    """What a route asks for."""

    READ = "read"
    WRITE = "write"
    ADMIN = "admin"


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Whoever asks. ``name`` is the author of what they change."""

    name: str
    rights: frozenset[Right] = frozenset(Right)

    def may(self, right: Right) -> bool:
        """Whether the person holds the right."""
        return right in self.rights


class Forbidden(VedetteError):
    """The person lacks the right a page needs; ``fix`` says whom to ask."""


Check = Callable[[Request], Awaitable[Person]]


def needs(right: Right) -> Check:
    """A dependency that lets a person with the right through, and checks the CSRF token of requests that change.

    Raises `Forbidden`, and `vedette.web.security.Refused` for a missing or foreign token.
    """

    async def check(request: Request) -> Person:
        desk: Desk = request.app.state.desk
        person = desk.person(request)
        if not person.may(right):
            raise Forbidden(
                f"this needs the right to {right.value}, which {person.name} does not have",
                where=request.url.path, fix="Ask whoever runs this workbench for it",
            )  # fmt: skip
        if request.method not in ("GET", "HEAD", "OPTIONS"):
            await check_csrf(request)
        request.state.person = person
        return person

    check.right = right  # type: ignore[attr-defined]
    return check


Reader = Annotated[Person, Depends(needs(Right.READ))]
Writer = Annotated[Person, Depends(needs(Right.WRITE))]
Admin = Annotated[Person, Depends(needs(Right.ADMIN))]
