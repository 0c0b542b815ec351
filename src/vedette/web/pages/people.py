"""Signing in and out, sharing a case, comments on it, and the log of changes."""

from __future__ import annotations

import secrets
from dataclasses import replace
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Form, Request, Response

from vedette.domain.accounts import Access, Account, AuditEntry, Comment, Share
from vedette.errors import BadInput, EditConflict, UnknownName
from vedette.web.access import Admin, Open, Reader, Right, Sharer, Writer, has_key
from vedette.web.attempts import Attempts
from vedette.web.meeting import conflict_page, last_deed
from vedette.web.render import InCase, desk_of, local_path, page, see_other
from vedette.web.security import ACCOUNT, SESSION, account_key
from vedette.web.views import people as views
from vedette.web.views.conflict import Attempt, kept_fields
from vedette.workflows.open_case import bundled_ids

router = APIRouter()

LOG_PAGE = 100


@router.get("/sign-in")
def sign_in_form(request: Request, person: Open, back: str = "/") -> Response:
    """The form to sign in."""
    if not desk_of(request).has_accounts() or person.signed_in:
        return see_other(local_path(back))
    return page(request, "people/sign_in.html", views.SignInView(back=local_path(back)), title="Sign in")


@router.post("/sign-in")
def sign_in(
    request: Request, person: Open, name: Annotated[str, Form()] = "", password: Annotated[str, Form()] = "",
    back: Annotated[str, Form()] = "/",
) -> Response:  # fmt: skip
    """Open a session under a new key, and give the browser a new session for its forms as well."""
    desk = desk_of(request)
    attempts: Attempts = request.app.state.attempts
    address = request.client.host if request.client else ""
    wait = attempts.wait(name, address)
    account: Account | None = None
    if not wait:
        account = desk.workspace.sign_in.who(name, password)
    now = desk.workspace.clock.now()
    if account is None:
        said = f"Too many tries. Wait {wait} seconds." if wait else "Name and password do not belong together."
        if not wait or attempts.news(address):
            desk.workspace.accounts.log(
                AuditEntry(seq=0, at=now, who=name[:64], action="sign-in.refused", request=_request(request))
            )
        view = views.SignInView(back=local_path(back), name=name, refused=said)
        return page(request, "people/sign_in.html", view, status=429 if wait else 401, title="Sign in")
    key = desk.workspace.accounts.open_session(account.name, now)
    desk.workspace.accounts.log(
        AuditEntry(seq=0, at=now, who=account.name, action="sign-in", request=_request(request))
    )
    answer = see_other(local_path(back))
    secure = request.url.scheme == "https"
    answer.set_cookie(ACCOUNT, key, httponly=True, samesite="strict", secure=secure, path="/")
    # Whoever planted the old session in this browser must not know the new one.
    answer.set_cookie(SESSION, secrets.token_hex(16), httponly=True, samesite="strict", secure=secure, path="/")
    return answer


@router.post("/sign-out")
def sign_out(request: Request, person: Open, everywhere: Annotated[str, Form()] = "") -> Response:
    """End this session, or all of the account's."""
    accounts = desk_of(request).workspace.accounts
    if person.signed_in and everywhere and not has_key(request):  # a key of a program ends nobody's sessions
        accounts.close_sessions(person.name)
    elif person.signed_in:
        accounts.close_session(account_key(request))
    answer = see_other("/sign-in" if desk_of(request).has_accounts() else "/")
    answer.delete_cookie(ACCOUNT, path="/")
    answer.delete_cookie(SESSION, path="/")
    return answer


@router.get("/cases/{case_id}/sharing")
def sharing(request: Request, person: Reader, case_id: str) -> Response:
    """Who may read and change a case."""
    desk = desk_of(request)
    title = desk.case(case_id).title
    held = desk.access(person, case_id)
    view = views.sharing(
        case_id, title, desk.workspace.accounts.shares(case_id), desk.workspace.accounts.accounts(),
        may_share=person.may(Right.SHARE) and held is Access.OWNER, bundled=case_id in bundled_ids(),
    )  # fmt: skip
    return page(request, "people/sharing.html", view, tab="sharing", case=InCase(id=case_id, title=title),
                title="Sharing")  # fmt: skip


@router.post("/cases/{case_id}/sharing")
def share(
    request: Request, person: Sharer, case_id: str, account: Annotated[str, Form()],
    access: Annotated[str, Form()], reason: Annotated[str, Form()] = "", seen: Annotated[str, Form()] = "",
) -> Response:  # fmt: skip
    """Give, change or take away access to a case. ``seen``: the access it had on the page."""
    desk = desk_of(request)
    title = desk.case(case_id).title
    accounts = desk.workspace.accounts
    if access != NO_ACCESS and access not in list(Access):
        raise UnknownName("access", access, nearest=[*(a.value for a in Access), NO_ACCESS])
    with desk.workspace.cases.transaction():
        shares = accounts.shares(case_id)
        held = next((s.access.value for s in shares if s.account == account), NO_ACCESS)
        met = bool(seen) and seen != held
        if met:
            pass  # said below, outside of the transaction
        elif access == NO_ACCESS:
            accounts.unshare(case_id, account)
        else:
            accounts.share(
                Share(case=case_id, account=account, access=Access(access) if shares else Access.OWNER)
            )
    if met:
        sent = {"account": account, "access": access, "reason": reason}
        return _share_met(request, case_id, title, sent, before=seen, now=held)
    request.scope["vedette.audit"] = {"subject": account, "detail": access, "reason": reason}
    return see_other(f"/cases/{quote(case_id)}/sharing")


NO_ACCESS = "none"


def _share_met(
    request: Request, case_id: str, title: str, sent: dict[str, str], *, before: str, now: str
) -> Response:
    """The conflict page of sharing: the access is another one than on the page it was chosen on."""
    account, desk = sent["account"], desk_of(request)
    deed = last_deed(desk, account, ("share", "account.share"), before=before, after=now, case=case_id)
    error = EditConflict(
        f"the access of {account} was changed after this page was loaded: it is {now} now", where=case_id,
        deeds=[replace(deed, what=f"changed what {account} may do")], version=now,
    )
    here = f"/cases/{quote(case_id)}/sharing"
    attempt = Attempt(
        action=here, kept=kept_fields(sent, {"reason": "Reason, for the log"}),
        mine=(("Account", account), ("Access", sent["access"]), ("Reason", sent["reason"])),
        keep=("Keep theirs", here), back=("Back to the case", f"/cases/{quote(case_id)}"),
    )  # fmt: skip
    return conflict_page(request, error, attempt, tab="sharing", case=InCase(id=case_id, title=title))


@router.get("/cases/{case_id}/comments")
def comments(request: Request, person: Reader, case_id: str, about: str = "") -> Response:
    """What was said about a case and its items."""
    return _comments(request, case_id, may_write=person.may(Right.WRITE), subject=about)


@router.post("/cases/{case_id}/comments")
def comment(
    request: Request, person: Writer, case_id: str, text: Annotated[str, Form()] = "",
    about: Annotated[str, Form()] = "",
) -> Response:  # fmt: skip
    """Say something. What cannot be stored is given back to be changed."""
    desk = desk_of(request)
    known = {e.id for e in desk.case(case_id).evidence}
    try:
        if about and about not in known:
            raise UnknownName("evidence", about, where=case_id)
        if len(text) > 10_000:
            raise BadInput("a comment has at most 10,000 characters", where=case_id)
        desk.workspace.accounts.add_comment(
            Comment(
                id=secrets.token_hex(8), case=case_id, subject=about, author=person.name,
                at=desk.workspace.clock.now(), text=text,
            )
        )
    except BadInput as error:
        return _comments(
            request, case_id, may_write=True, subject=about, typed=text, refused=error.what or str(error), status=422
        )
    return see_other(f"/cases/{quote(case_id)}/comments")


def _comments(
    request: Request, case_id: str, *, may_write: bool, subject: str = "", typed: str = "", refused: str = "",
    status: int = 200,
) -> Response:  # fmt: skip
    desk = desk_of(request)
    title = desk.case(case_id).title
    view = views.comments(
        case_id, title, desk.workspace.accounts.comments(case_id), may_write=may_write, subject=subject,
        typed=typed, refused=refused,
    )  # fmt: skip
    return page(request, "people/comments.html", view, status=status, tab="comments",
                case=InCase(id=case_id, title=title), title="Comments")  # fmt: skip


@router.get("/log")
def log(request: Request, person: Admin, before: int | None = None, case: str = "", who: str = "") -> Response:
    """Who changed what and why, and who may sign in."""
    accounts = desk_of(request).workspace.accounts
    found = accounts.logged(case=case or None, who=who or None, before=before, most=LOG_PAGE)
    view = views.log(found, accounts.accounts(), most=LOG_PAGE, where="/log")
    return page(request, "people/log.html", view, title="Log")


def _request(request: Request) -> str:
    return str(request.scope.get("vedette.request", ""))
