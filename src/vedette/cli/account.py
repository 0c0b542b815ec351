"""``vedette account`` and ``vedette audit``: who may sign in to a shared workspace, and who changed what."""

from __future__ import annotations

import datetime as dt
import sys
from typing import TYPE_CHECKING, Annotated, Any

import typer

from vedette.cli.run import CONTEXT
from vedette.cli.screen import print_json, print_table
from vedette.domain.accounts import EVERYBODY, Access, Account, AuditEntry, Role, Share
from vedette.errors import BadInput, UnknownName
from vedette.workflows.keys import new_key, role_named

if TYPE_CHECKING:
    from vedette.bootstrap import Workspace

app = typer.Typer(
    add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False, context_settings=CONTEXT,
    help="Accounts of a shared workspace: with none, whoever reaches the workbench is its author.",
)  # fmt: skip

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Name = Annotated[str, typer.Argument(help="Name of the account.")]
Reason = Annotated[str, typer.Option("--reason", help="Why, for the log.")]


@app.command("list")
def list_accounts(as_json: AsJson = False) -> int:
    """Who may sign in, and as what."""
    found = _workspace().accounts.accounts()
    if as_json:
        print_json([
            {"name": a.name, "role": a.role, "disabled": a.disabled, "created_at": a.created_at} for a in found
        ])  # fmt: skip
    elif not found:
        print("There are no accounts: whoever reaches the workbench is its author.")
        print("The first is an admin: vedette account add NAME --role admin")
    else:
        print_table(
            ["Account", "Role", "State", "Since"],
            [[a.name, a.role.value, "disabled" if a.disabled else "", f"{a.created_at:%Y-%m-%d}"] for a in found],
        )
    return 0


@app.command()
def add(
    name: Name,
    role: Annotated[str, typer.Option("--role", help="reader, analyst or admin.")] = Role.ANALYST.value,
    reason: Reason = "",
    as_json: AsJson = False,
) -> int:
    """Add an account. The password is asked for, or read from standard input; it is never an argument.

    The first account must be an admin: from then on every page of the workbench asks to sign in.
    """
    workspace = _workspace()
    wanted = role_named(role)
    if wanted is not Role.ADMIN and not workspace.accounts.there_are():
        raise BadInput("the first account must be able to add others", where=name, fix="Add it with --role admin")
    made = Account(name=name, role=wanted, created_at=workspace.clock.now())
    workspace.accounts.add_account(made, workspace.passwords.hashed(_password(name)))
    _log(workspace, "account.add", name, f"role {wanted.value}", reason)
    return _said(made, f"{name} may sign in as {wanted.value}.", as_json)


@app.command()
def passwd(name: Name, reason: Reason = "", as_json: AsJson = False) -> int:
    """Set a new password, asked for or from standard input; every session of the account ends."""
    workspace = _workspace()
    workspace.accounts.account(name)
    changed = workspace.accounts.change_account(name, password_hash=workspace.passwords.hashed(_password(name)))
    _log(workspace, "account.password", name, "", reason)
    return _said(changed, f"{name} has a new password; its sessions have ended.", as_json)


@app.command("role")
def set_role(
    name: Name, role: Annotated[str, typer.Argument(help="reader, analyst or admin.")], reason: Reason = "",
    as_json: AsJson = False,
) -> int:  # fmt: skip
    """Change what an account may do."""
    workspace = _workspace()
    changed = workspace.accounts.change_account(name, role=role_named(role))
    _log(workspace, "account.role", name, f"role {changed.role.value}", reason)
    return _said(changed, f"{name} is {changed.role.value} now.", as_json)


@app.command()
def disable(
    name: Name, back: Annotated[bool, typer.Option("--back", help="Let it sign in again.")] = False,
    reason: Reason = "", as_json: AsJson = False,
) -> int:  # fmt: skip
    """Keep an account from signing in; its sessions and tokens end. What it wrote stays under its name."""
    workspace = _workspace()
    changed = workspace.accounts.change_account(name, disabled=not back)
    _log(workspace, "account.enable" if back else "account.disable", name, "", reason)
    return _said(changed, f"{name} {'may sign in again' if back else 'cannot sign in any more'}.", as_json)


@app.command()
def token(
    name: Name,
    scope: Annotated[
        list[str] | None, typer.Option("--scope", help="read, propose, write or admin; may be repeated.")
    ] = None,
    label: Annotated[str, typer.Option("--label", help="What uses it.")] = "",
    days: Annotated[int, typer.Option("--days", help="Days until it ends.")] = 90,
    revoke: Annotated[str, typer.Option("--revoke", help="End the token with this id instead.")] = "",
    as_json: AsJson = False,
) -> int:
    """Make a key for a program, or list keys (without --scope), or end one. The key is shown once."""
    workspace = _workspace()
    now = workspace.clock.now()
    workspace.accounts.account(name)
    if revoke:
        if revoke not in {t.id for t in workspace.accounts.tokens(name)}:
            raise UnknownName("token", revoke, nearest=[t.id for t in workspace.accounts.tokens(name)])
        workspace.accounts.revoke_token(revoke, now)
        _log(workspace, "token.revoke", name, revoke, "")
        print(f"token {revoke} has ended")
        return 0
    if not scope:
        return _list_tokens(workspace, name, now, as_json)
    made = new_key(name, label, scope, days, now)
    key = workspace.accounts.add_token(made)
    _log(workspace, "token.add", name, f"{made.id}: {' '.join(sorted(made.scopes))}", label)
    if as_json:
        print_json({"id": made.id, "key": key, "scopes": sorted(made.scopes), "expires_at": made.expires_at})
    else:
        print(key)
        print(f"Shown once. It ends on {made.expires_at:%Y-%m-%d}; --revoke {made.id} ends it sooner.", file=sys.stderr)
    return 0


@app.command()
def share(
    case: Annotated[str, typer.Argument(help="Id of the case.")],
    name: Annotated[str, typer.Argument(help="Account, or '*' for everybody.")],
    access: Annotated[str, typer.Argument(help="read, write, owner, or none to take it away.")],
    reason: Reason = "",
    as_json: AsJson = False,
) -> int:
    """Share a case with an account; a case needs an owner before anybody else can have access."""
    workspace = _workspace()
    workspace.cases.outline(case)
    if access == "none":
        workspace.accounts.unshare(case, name)
    else:
        workspace.accounts.share(Share(case=case, account=name, access=_access(access)))
    _log(workspace, "case.share", name, access, reason, case=case)
    found = workspace.accounts.shares(case)
    if as_json:
        print_json([{"account": s.account, "access": s.access} for s in found])
    else:
        who = [["everybody" if s.account == EVERYBODY else s.account, s.access.value] for s in found]
        print_table(["Account", "Access"], who)
    return 0


def audit(
    case: Annotated[str, typer.Option("--case", help="Only changes of this case.")] = "",
    who: Annotated[str, typer.Option("--who", help="Only changes by this account.")] = "",
    most: Annotated[int, typer.Option("--most", help="How many, newest first.")] = 50,
    as_json: AsJson = False,
) -> int:
    """Who changed what in a shared workspace, and why, newest first."""
    if most < 1:
        raise BadInput(f"{most} entries cannot be shown", where="--most", fix="Give a positive number")
    found = _workspace().accounts.logged(case=case or None, who=who or None, most=most)
    if as_json:
        print_json([{name: getattr(e, name) for name in AuditEntry.__dataclass_fields__} for e in found])
        return 0
    print_table(
        ["When (UTC)", "Who", "Did", "Case", "To", "Detail", "Why"],
        [[f"{e.at:%Y-%m-%d %H:%M}", e.who, e.action, e.case, e.subject, e.detail, e.reason] for e in found],
        wrap=("Detail", "Why"),
    )
    return 0


def _workspace() -> Workspace:
    from vedette.bootstrap import open_workspace

    return open_workspace()


def _log(workspace: Workspace, action: str, subject: str, detail: str, reason: str, *, case: str = "") -> None:
    workspace.accounts.log(
        AuditEntry(
            seq=0, at=workspace.clock.now(), who=f"{workspace.settings.author} (command line)", action=action,
            case=case, subject=subject, detail=detail, reason=reason,
        )
    )


def _password(name: str) -> str:
    if sys.stdin.isatty():
        import getpass

        first = getpass.getpass(f"Password for {name}: ")
        if getpass.getpass("Once more: ") != first:
            raise BadInput("the two passwords differ; nothing was changed", where=name)
        return first
    text = sys.stdin.readline().rstrip("\r\n")
    if not text:
        raise BadInput("no password came on standard input", where=name, fix="Run it in a terminal, or pipe one line")
    return text


def _list_tokens(workspace: Workspace, name: str, now: dt.datetime, as_json: bool) -> int:
    found = workspace.accounts.tokens(name)
    if as_json:
        print_json([
            {"id": t.id, "label": t.label, "scopes": sorted(t.scopes), "expires_at": t.expires_at,
             "revoked_at": t.revoked_at, "holds": t.holds(now)} for t in found
        ])  # fmt: skip
    else:
        print_table(["Token", "For", "Scopes", "Ends", "State"], [
            [t.id, t.label, " ".join(sorted(t.scopes)), f"{t.expires_at:%Y-%m-%d}" if t.expires_at else "never",
             "" if t.holds(now) else "ended"] for t in found
        ])  # fmt: skip
    return 0


def _said(account: Account, line: str, as_json: bool) -> int:
    if as_json:
        shown: dict[str, Any] = {"name": account.name, "role": account.role, "disabled": account.disabled}
        print_json(shown)
    else:
        print(line)
    return 0


def _access(text: str) -> Access:
    try:
        return Access(text)
    except ValueError:
        raise UnknownName("access", text, nearest=[*(a.value for a in Access), "none"]) from None
