"""Your own account (password, sessions, keys), and for an admin everybody's.

A key may do neither: it would make itself a stronger key. The first account is made on the command line, by whoever
runs the workbench.
"""

from __future__ import annotations

import datetime as dt
import secrets
from typing import Annotated, Any

from fastapi import APIRouter, Form, Request, Response

from vedette.domain.accounts import Account, Token
from vedette.errors import BadInput, EditConflict, UnknownName, VedetteError
from vedette.web.access import OF_ROLE, OF_SCOPE, InPerson, Manager, Person
from vedette.web.attempts import Attempts
from vedette.web.meeting import conflict_page, last_deed
from vedette.web.render import desk_of, page, see_other
from vedette.web.security import ACCOUNT, SESSION
from vedette.web.views import accounts as views
from vedette.web.views.address import sentence
from vedette.web.views.conflict import Attempt, Kept, kept_fields
from vedette.workflows.keys import LONGEST, new_key, role_named

router = APIRouter()

def _in_person(request: Request, person: Person) -> Account:
    """The account that is signed in; raises `BadInput` where there are none."""
    if not person.signed_in:
        raise BadInput(
            "this workbench has no accounts", where=request.url.path,
            fix="The first is made by whoever runs it: vedette account add NAME --role admin",
        )  # fmt: skip
    return desk_of(request).workspace.accounts.account(person.name)


# -- your own ----------------------------------------------------------------------------------------------


@router.get("/account")
def account(request: Request, person: InPerson) -> Response:
    """Your account: role, password, sessions, keys."""
    return _account_page(request, _in_person(request, person))


@router.post("/account/password")
def new_password(
    request: Request, person: InPerson, current: Annotated[str, Form()] = "", new: Annotated[str, Form()] = "",
    again: Annotated[str, Form()] = "",
) -> Response:  # fmt: skip
    """Change your password: every session ends, and this browser gets a new one."""
    mine = _in_person(request, person)
    desk = desk_of(request)
    attempts: Attempts = request.app.state.attempts
    accounts, now = desk.workspace.accounts, desk.workspace.clock.now()
    try:
        wait = attempts.wait(mine.name, request.client.host if request.client else "")
        if wait:
            raise BadInput("too many tries", fix=f"Wait {wait} seconds")
        if desk.workspace.sign_in.who(mine.name, current) is None:
            raise BadInput("the current password is another one", fix="Nothing was changed; type it again")
        if new != again:
            raise BadInput("the two new passwords differ", fix="Nothing was changed; type them again")
        accounts.change_account(mine.name, password_hash=desk.workspace.passwords.hashed(new))
    except BadInput as error:
        return _account_page(request, mine, part="password", error=error)
    request.scope["vedette.audit"] = {"action": "account.password", "subject": mine.name}
    answer = see_other("/account?done=password")
    secure = request.url.scheme == "https"
    key = accounts.open_session(mine.name, now)
    answer.set_cookie(ACCOUNT, key, httponly=True, samesite="strict", secure=secure, path="/")
    answer.set_cookie(SESSION, secrets.token_hex(16), httponly=True, samesite="strict", secure=secure, path="/")
    return answer


@router.post("/account/keys")
def make_key(
    request: Request, person: InPerson, label: Annotated[str, Form()] = "",
    scope: Annotated[list[str] | None, Form()] = None, days: Annotated[str, Form()] = "90",
) -> Response:  # fmt: skip
    """Make a key for a program; the page that answers shows it, this once."""
    mine = _in_person(request, person)
    desk = desk_of(request)
    try:
        made = _token(mine, label, scope or [], days, desk.workspace.clock.now())
    except VedetteError as error:
        return _account_page(request, mine, part="key", error=error, typed={"label": label, "days": days})
    key = desk.workspace.accounts.add_token(made)
    request.scope["vedette.audit"] = {
        "action": "token.add", "subject": mine.name, "detail": f"{made.id}: {' '.join(sorted(made.scopes))}",
        "reason": made.label,
    }  # fmt: skip
    return _account_page(request, mine, key=key, made=made.id)


def _token(mine: Account, label: str, scopes: list[str], days: str, now: dt.datetime) -> Token:
    if not label.strip() or len(label) > 100:
        raise BadInput("say in at most 100 characters what will use the key", fix="For example: newsroom dashboard")
    if not scopes:
        raise BadInput("a key needs something it may do", fix="Choose at least one scope")
    asked = days.strip()
    if not asked.isdecimal() or len(asked) > 6:
        raise BadInput(f"{days[:20]!r} is no lifetime", fix=f"Give 1 to {LONGEST} days")
    made = new_key(mine.name, label.strip(), scopes, int(asked), now)
    beyond = [s.value for s in made.scopes if not OF_SCOPE[s] <= OF_ROLE[mine.role]]
    if beyond:
        raise BadInput(f"a key of yours cannot {', '.join(sorted(beyond))}: you are {mine.role.value}")
    return made


@router.post("/account/keys/{token_id}/end")
def end_key(request: Request, person: InPerson, token_id: str) -> Response:
    """End one of your keys; one of somebody else is unknown here."""
    mine = _in_person(request, person)
    desk = desk_of(request)
    held = [t.id for t in desk.workspace.accounts.tokens(mine.name)]
    if token_id not in held:
        raise UnknownName("key", token_id, fix="Your keys are on the page of your account")
    desk.workspace.accounts.revoke_token(token_id, desk.workspace.clock.now())
    request.scope["vedette.audit"] = {"action": "token.revoke", "subject": mine.name, "detail": token_id}
    return see_other("/account?done=key")


def _account_page(
    request: Request, mine: Account, *, part: str = "", error: VedetteError | None = None, key: str = "",
    made: str = "", typed: dict[str, str] | None = None,
) -> Response:  # fmt: skip
    desk = desk_of(request)
    view = views.own_account(
        mine, desk.workspace.accounts.tokens(mine.name), desk.workspace.clock.now(), key=key, made=made, part=part,
        error=sentence(error.what) if error else "", fix=sentence(error.fix) if error else "",
        done=request.query_params.get("done", ""), typed=typed or {},
    )  # fmt: skip
    return page(request, "people/account.html", view, status=422 if error else 200, title="Your account")


# -- everybody's -------------------------------------------------------------------------------------------


@router.get("/accounts")
def accounts_page(request: Request, person: Manager) -> Response:
    """Who may sign in, and as what."""
    _in_person(request, person)
    return _accounts(request)


@router.post("/accounts")
def add_account(
    request: Request, person: Manager, name: Annotated[str, Form()] = "", role: Annotated[str, Form()] = "",
    password: Annotated[str, Form()] = "", again: Annotated[str, Form()] = "", reason: Annotated[str, Form()] = "",
) -> Response:  # fmt: skip
    """Add an account. Whoever gets it changes the password on the page of the account."""
    _in_person(request, person)
    desk = desk_of(request)
    try:
        made = Account(name=name.strip(), role=role_named(role), created_at=desk.workspace.clock.now())
        if password != again:
            raise BadInput("the two passwords differ", fix="Nothing was made; type them again")
        desk.workspace.accounts.add_account(made, desk.workspace.passwords.hashed(password))
    except VedetteError as error:
        return _accounts(request, error=error, typed={"name": name, "role": role, "reason": reason})
    request.scope["vedette.audit"] = {
        "action": "account.add", "subject": made.name, "detail": f"role {made.role.value}", "reason": reason,
    }  # fmt: skip
    return see_other(f"/accounts?done={made.name}")


@router.post("/accounts/{name}")
def change_account(
    request: Request, person: Manager, name: str, do: Annotated[str, Form()] = "", role: Annotated[str, Form()] = "",
    password: Annotated[str, Form()] = "", again: Annotated[str, Form()] = "", seen: Annotated[str, Form()] = "",
    reason: Annotated[str, Form()] = "",
) -> Response:  # fmt: skip
    """Change the role or password of an account, or whether it may sign in. ``seen``: its state on the page."""
    _in_person(request, person)
    desk = desk_of(request)
    accounts = desk.workspace.accounts
    try:
        accounts.account(name)
        action, detail, change = _change(do, role, password, again, desk.workspace.passwords.hashed)
        with desk.workspace.cases.transaction():
            now = views.state_of(accounts.account(name))
            if seen != now:
                raise EditConflict(
                    f"{name} was changed after this page was loaded: it is {now} now", where=name, version=now
                )
            accounts.change_account(name, **change)
    except EditConflict as error:
        return _met(request, name, do, role, reason, seen, error)
    except VedetteError as error:
        return _accounts(request, error=error)
    request.scope["vedette.audit"] = {"action": action, "subject": name, "detail": detail, "reason": reason}
    return see_other(f"/accounts?done={name}")


def _met(
    request: Request, name: str, do: str, role: str, reason: str, seen: str, error: EditConflict
) -> Response:
    """The conflict page of an account. A password is never sent back: it is typed again."""
    deed = last_deed(desk_of(request), name, CHANGES, before=seen, after=error.version)
    met = EditConflict(error.what, where=name, deeds=[deed], version=error.version)
    secret = ((Kept(name="password", value="", kind="secret", label="New password"),
               Kept(name="again", value="", kind="secret", label="Once more")) if do == "password" else ())  # fmt: skip
    what = {"role": f"role {role}", "disable": "may no longer sign in", "enable": "may sign in again",
            "password": "a new password"}.get(do, do)  # fmt: skip
    attempt = Attempt(
        action=f"/accounts/{name}", mine=(("Account", name), ("Change", what), ("Reason", reason)),
        kept=(*kept_fields({"do": do, "role": role, "reason": reason}, {"reason": "Reason, for the log"}), *secret),
        keep=("Keep theirs", "/accounts"), back=("Back to the accounts", "/accounts"),
    )  # fmt: skip
    return conflict_page(request, met, attempt, nav="people")


CHANGES = ("account.role", "account.disable", "account.enable", "account.password")


def _change(do: str, role: str, password: str, again: str, hashed: Any) -> tuple[str, str, dict[str, Any]]:
    """(action of the log, its detail, what `Accounts.change_account` is given)."""
    if do == "role":
        wanted = role_named(role)
        return "account.role", f"role {wanted.value}", {"role": wanted}
    if do in ("disable", "enable"):
        return f"account.{do}", "", {"disabled": do == "disable"}
    if do == "password":
        if password != again:
            raise BadInput("the two passwords differ", fix="Nothing was changed; type them again")
        return "account.password", "", {"password_hash": hashed(password)}
    raise UnknownName("change", do, nearest=["role", "disable", "enable", "password"])


def _accounts(
    request: Request, *, error: VedetteError | None = None, typed: dict[str, str] | None = None, status: int = 422
) -> Response:
    found = desk_of(request).workspace.accounts.accounts()
    view = views.everybody(
        found, error=sentence(error.what) if error else "", fix=sentence(error.fix) if error else "",
        done=request.query_params.get("done", ""), typed=typed or {},
    )  # fmt: skip
    return page(
        request, "people/accounts.html", view, status=status if error else 200, nav="people", title="Accounts"
    )
