"""Write ``docs/reference/access.md``: every route, the right it declares, and who gets through on which case.

    python buildtools/access_matrix.py [--check]

Measured: every cell is a real request over HTTP to a workbench with made accounts, keys and cases
(`access_requests.ASKED` says what each route is sent). Every answer is held against the rule in
`vedette.web.access`, and requests that were refused must have changed nothing.
"""

from __future__ import annotations

import functools
import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

sys.path[:0] = [str(Path(__file__).resolve().parent), str(Path(__file__).resolve().parents[1])]

from access_requests import ASKED, CASES, PASSWORD, Asked, furnish  # noqa: E402

TARGET = Path(__file__).resolve().parents[1] / "docs" / "reference" / "access.md"
WHO = ("nobody", "reader", "analyst", "admin", "key: read", "key: propose", "key: write", "key: admin")
HEAD = """\
# Who may open what

Every route, the right it declares, and what a real request of each kind of person got on each kind of case. Made by
`buildtools/access_matrix.py`, which sends every request over HTTP; a test fails when a route is missing here, declares
nothing, or answers otherwise than the rule says.

Keys belong to an analyst, or for `key: admin` to an admin. A reader never changes anything, whatever is shared.
**yes**: goes through. **sign in**: 401. **no**: 403. **unknown**: 404, as for a case that never was.
A case is named by the address, by the query or the form, or by the question of the ledger that is asked about.
Where nothing names a case there is one line; pages that list cases show those a person may read.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """A route: method, address, and the right it declares (None: none, which is an error)."""

    method: str
    path: str
    right: Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A line of the table. ``said``: what requests got, in the order of `WHO`; ``due``: what the rule says."""

    route: Opened
    kind: str
    said: tuple[str, ...]
    due: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Matrix:
    """The table. ``bare`` routes declare no right; ``unasked`` have no request; ``odd`` answered otherwise than due.

    ``changed``: what refused requests changed, which must be nothing.
    """

    rows: tuple[Row, ...]
    bare: tuple[Opened, ...]
    unasked: tuple[str, ...]
    odd: tuple[str, ...]
    changed: tuple[str, ...]


def routes(application: Any, prefix: str = "") -> Iterator[Opened]:
    """Every route of an application, of routers included and of what is mounted in it.

    Static files and the schema apart, which are the same for everybody. Raises `SystemExit` for a thing among the
    routes that is of no kind known here: it would be left out in silence.
    """
    for route in application.routes:
        router, inner = getattr(route, "original_router", None), getattr(route, "app", None)
        if router is not None:
            yield from routes(router, prefix)
        elif hasattr(route, "methods"):
            if prefix and route.path == "/openapi.json":
                continue
            right = _declared(getattr(route, "dependant", None)) or getattr(route.endpoint, "right", None)
            for method in sorted(route.methods - {"HEAD"}):
                yield Opened(method=method, path=prefix + route.path, right=right)
        elif hasattr(inner, "routes"):
            yield from routes(inner, prefix + route.path)
        elif route.path != "/static":
            raise SystemExit(f"{route.path} is no route, router or application: say here what it is")


def _declared(dependant: Any) -> Any:
    for one in getattr(dependant, "dependencies", ()):
        found = getattr(one.call, "right", None) or _declared(one)
        if found is not None:
            return found
    return None


def rule(desk: Any, person: Any, case_id: str, right: Any) -> str:
    """What the check says, for a case or (empty) for none."""
    from vedette.errors import UnknownName
    from vedette.web.access import Forbidden, Right, SignInNeeded, _check_right

    if right is Right.OPEN:
        return "yes"
    asked = SimpleNamespace(path_params={"case_id": case_id}, url=SimpleNamespace(path="/"))
    try:
        _check_right(desk, asked, person, right)  # type: ignore[arg-type]
    except SignInNeeded:
        return "sign in"
    except UnknownName:
        return "unknown"
    except Forbidden:
        return "no"
    return "yes"


class Bench:
    """A workbench with the accounts of `WHO`, cases of these kinds, and what lies in them."""

    def __init__(self, folder: Path, kinds: tuple[str, ...] = CASES) -> None:
        from vedette.bootstrap import SystemClock, Workspace, web_application
        from vedette.settings import load_settings

        self.workspace = Workspace(load_settings({"VEDETTE_HOME": str(folder), "LOGNAME": "author"}), SystemClock())
        self.accounts: dict[str, str] = {}
        self.keys: dict[str, str] = {}
        self._people()
        secret = self.workspace.passwords.hashed(PASSWORD)
        self.held = furnish(self.workspace, tuple(self.accounts.values()), secret, kinds)
        self.application = web_application(self.workspace)
        self.desk = self.application.state.desk
        self._clients: dict[str, Any] = {}
        self._persons: dict[str, Any] = {}

    def _people(self) -> None:
        import datetime as dt

        from vedette.domain.accounts import Account, Role, Scope, Token

        at, accounts = self.workspace.clock.now(), self.workspace.accounts
        secret = self.workspace.passwords.hashed(PASSWORD)
        for who in ("admin", *(w for w in WHO[1:] if w != "admin")):
            name = who.replace(": ", "-")
            role = Role(who) if who in tuple(Role) else Role.ADMIN if who == "key: admin" else Role.ANALYST
            accounts.add_account(Account(name=name, role=role, created_at=at), secret)
            self.accounts[who] = name
            if who.startswith("key: "):
                self.keys[who] = accounts.add_token(
                    Token(id=name, account=name, label="made", scopes=frozenset({Scope(who[5:])}), created_at=at,
                          expires_at=at + dt.timedelta(days=1))
                )  # fmt: skip

    def close(self) -> None:
        """End the clients."""
        for client in self._clients.values():
            client.close()

    def person(self, who: str) -> Any:
        """The person of a column, as the application makes it of the account and the scopes of its key."""
        from vedette.domain.accounts import Scope
        from vedette.web.access import NOBODY, person_of

        if who == "nobody":
            return NOBODY
        if who not in self._persons:
            accounts, name = self.workspace.accounts, self.accounts[who]
            scopes = frozenset({Scope(who[5:])}) if who in self.keys else None
            self._persons[who] = person_of(accounts.account(name), accounts.access(name), scopes)
        return self._persons[who]

    def client(self, who: str, *, fresh: bool = False, near: bool = False) -> Any:
        """A client that is signed in, or shows its key. ``near``: on the machine of the workbench itself."""
        from fastapi.testclient import TestClient

        name = f"{who} {'near' if near else ''}"
        if fresh or name not in self._clients:
            made = TestClient(
                self.application, base_url="http://localhost", follow_redirects=False, raise_server_exceptions=False,
                client=("127.0.0.1" if near else "192.0.2.7", 50000), headers={"accept": "application/json"},
            )  # fmt: skip
            if who in self.keys:
                made.headers["authorization"] = f"Bearer {self.keys[who]}"
            elif who != "nobody":
                done = made.post(
                    "/sign-in", data={"csrf": token(made), "name": self.accounts[who], "password": PASSWORD}
                )
                if done.status_code != 303:
                    raise SystemExit(f"{who} cannot sign in: {done.text}")
            if fresh:
                return made
            self._clients[name] = made
        return self._clients[name]

    def ask(self, asked: Asked, route: Opened, who: str, kind: str) -> str:
        """Send the request; ``yes``, ``no``, ``unknown``, ``sign in``, or the status that is none of them."""
        client = self.client(who, fresh=asked.fresh, near=kind == "from this machine")
        held = self.held.get(kind, self.held["own"])
        sent = asked.sent(route.path, held)
        if route.method != "GET" and "json" not in sent and who not in self.keys:
            sent["data"] = {**sent.get("data", {}), "csrf": token(client)}
        got = client.request(route.method, **sent)
        if asked.taken and asked.taken in got.text:
            return "unknown"
        if got.status_code in asked.ok:
            return "yes"
        said = {401: "sign in", 403: "no", 404: "unknown"}.get(got.status_code, "")
        return said or f"{got.status_code} {got.text[:160]}"

    def due(self, asked: Asked, route: Opened, who: str, kind: str) -> str:
        """What the rule says of it."""
        from vedette.web.access import Right

        person = self.person(who)
        right = Right.ADMIN if asked.admin_from_afar and kind == "from elsewhere" else route.right
        if right is Right.ADMIN and route.right is Right.OPEN:
            return "yes" if person.may(right) else "no"
        case = self.held[kind].case if kind in self.held else ""
        if "{case_id}" in route.path:
            return rule(self.desk, person, case, right)
        # The address names none: the right is asked for first, then the case that the rest names.
        first = rule(self.desk, person, "", right)
        return rule(self.desk, person, case, right) if first == "yes" and case else first

    def state(self) -> dict[str, Any]:
        """What a request could change."""
        w = self.workspace
        accounts = w.accounts
        cases = w.cases.case_ids()
        return {
            "cases": {c: w.cases.stamp(c) for c in cases}, "ledger": w.ledger.stamp(),
            "comments": {c: len(accounts.comments(c)) for c in cases},
            "shares": {c: accounts.shares(c) for c in (*cases, self.held["bundled"].case)},
            "briefs": {c: len(w.briefs.of(c)) for c in cases}, "watches": len(w.watching.watches()),
            "log": [e.action for e in accounts.logged(most=10_000) if not e.action.startswith("sign-in")],
        }  # fmt: skip


def token(client: Any) -> str:
    """The token of a page that this browser was shown."""
    if not hasattr(client, "csrf_token") or not client.cookies.get("vedette_session"):
        shown = client.get("/sign-in")
        if shown.status_code == 303:
            shown = client.get("/tour")
        found = re.search(r'name="csrf-token" content="([0-9a-f]+)"', shown.text)
        if found is None:
            raise SystemExit(f"no token on {shown.url}")
        if "vedette_account" not in client.cookies:
            return found[1]
        client.csrf_token = found[1]
    return str(client.csrf_token)


def kinds(asked: Asked, path: str) -> tuple[str, ...]:
    """Kinds of case that a route is asked on."""
    if asked.admin_from_afar:
        return ("from elsewhere", "from this machine")
    return CASES if "{case_id}" in path or asked.names_case else ("",)


@functools.cache
def matrix() -> Matrix:
    """Ask everything; about a minute of one core at most.

    In this order: what the rule refuses, after which nothing may have changed; what reads; what changes something.
    """
    import tempfile

    with tempfile.TemporaryDirectory(prefix="vedette-") as folder:
        bench = Bench(Path(folder))
        every = sorted(set(routes(bench.application)), key=lambda r: (r.path, r.method))
        known = [r for r in every if r.right is not None and f"{r.method} {r.path}" in ASKED]
        cells = [
            (route, kind, who)
            for route in known
            for kind in kinds(ASKED[f"{route.method} {route.path}"], route.path)
            for who in WHO
        ]
        due = {c: bench.due(ASKED[f"{c[0].method} {c[0].path}"], c[0], c[2], c[1]) for c in cells}
        refused = [c for c in cells if due[c] != "yes"]
        reads = [c for c in cells if due[c] == "yes" and (c[0].method == "GET" or c[0].right.value == "read")]
        seen = {*refused, *reads}
        said: dict[Any, str] = {}

        def ask(cell: tuple[Opened, str, str]) -> None:
            route, kind, who = cell
            said[cell] = bench.ask(ASKED[f"{route.method} {route.path}"], route, who, kind)

        for who in WHO:
            bench.client(who)
        before = bench.state()
        for cell in refused:
            ask(cell)
        after = bench.state()
        changed = tuple(f"{k}: {before[k]} -> {after[k]}" for k in before if before[k] != after[k])
        # Sharing comes last: it changes what the rule says.
        writes = sorted((c for c in cells if c not in seen), key=lambda c: c[0].right.value == "share")
        for cell in (*reads, *writes):
            ask(cell)
        rows = tuple(
            Row(route=route, kind=kind, said=tuple(said[route, kind, w] for w in WHO),
                due=tuple(due[route, kind, w] for w in WHO))
            for route, kind in dict.fromkeys((c[0], c[1]) for c in cells)
        )  # fmt: skip
        return Matrix(
            rows=rows, bare=tuple(r for r in every if r.right is None), unasked=unasked(every), odd=odd(rows),
            changed=changed,
        )


def unasked(every: Sequence[Opened]) -> tuple[str, ...]:
    """Routes without a request, and requests without a route."""
    there = {f"{r.method} {r.path}" for r in every}
    return (*sorted(there - set(ASKED)), *(f"{name}, which is no route" for name in sorted(ASKED.keys() - there)))


def odd(rows: Iterable[Row]) -> tuple[str, ...]:
    """Answers that are not what the rule says."""
    return tuple(
        f"{r.route.method} {r.route.path}, {r.kind}, {who}: {said} instead of {due}"
        for r in rows for who, said, due in zip(WHO, r.said, r.due, strict=True) if said != due
    )  # fmt: skip


def text() -> str:
    """The page. Raises `SystemExit` when a route declares no right, has no request, or answers otherwise than due."""
    made = matrix()
    faults = [
        *(f"no right is declared by {r.method} {r.path}" for r in made.bare),
        *(f"access_requests.py has no request for {name}" for name in made.unasked), *made.odd,
        *(f"a refused request changed {c}" for c in made.changed),
    ]  # fmt: skip
    if faults:
        raise SystemExit("\n".join(faults))
    lines = [HEAD, f"{len({r.route for r in made.rows})} routes, {len(made.rows) * len(WHO)} requests.", "",
             f"| Route | Right | Case | {' | '.join(WHO)} |", f"|---|---|---|{'---|' * len(WHO)}"]  # fmt: skip
    lines += [
        f"| `{r.route.method} {r.route.path}` | {r.route.right.value} | {r.kind} | {' | '.join(r.said)} |"
        for r in made.rows
    ]  # fmt: skip
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    if "--check" in sys.argv:
        if TARGET.read_text() != text():
            raise SystemExit(f"{TARGET.name} is not current: python buildtools/access_matrix.py")
    else:
        TARGET.write_text(text())
