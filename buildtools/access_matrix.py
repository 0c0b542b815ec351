"""Write ``docs/reference/access.md``: every route, the right it declares, and who gets through on which case.

    python buildtools/access_matrix.py [--check]

Made from the routes of the application and decided by the check that every request goes through.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

TARGET = Path(__file__).resolve().parents[1] / "docs" / "reference" / "access.md"
CASES = ("own", "shared for writing", "shared for reading", "foreign", "bundled")
WHO = ("nobody", "reader", "analyst", "admin", "key: read", "key: propose", "key: write", "key: admin")
HEAD = """\
# Who may open what

Every route, the right it declares, and the answer to each kind of person on each kind of case. Made by
`buildtools/access_matrix.py`; a test fails when a route is missing here or declares nothing.

Keys belong to an analyst, or for `key: admin` to an admin. A reader never changes anything, whatever is shared.
**yes**: goes through. **sign in**: 401. **no**: 403. **unknown**: 404, as for a case that never was.
Where an address names no case there is one line; pages that list cases show those a person may read.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """A route: method, address, and the right it declares (None: none, which is an error)."""

    method: str
    path: str
    right: Any


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


def answer(desk: Any, person: Any, case_id: str, right: Any) -> str:
    """What the check says."""
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


def people() -> dict[str, Any]:
    """The persons of the table by what they are."""
    import datetime as dt

    from vedette.domain.accounts import Access, Account, Role, Scope
    from vedette.web.access import NOBODY, person_of

    shared = {"own": Access.OWNER, "shared for writing": Access.WRITE, "shared for reading": Access.READ}
    at = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
    made = {r.value: Account(name=r.value, role=r, created_at=at) for r in Role}
    found = {name: person_of(account, shared) for name, account in made.items()}
    for scope in Scope:
        account = made["admin" if scope is Scope.ADMIN else "analyst"]
        found[f"key: {scope.value}"] = person_of(account, shared, frozenset({scope}))
    return {"nobody": NOBODY, **found}


def matrix() -> tuple[list[tuple[Opened, str, tuple[str, ...]]], list[Opened]]:
    """(rows: route, kind of case, an answer for each of `WHO`; routes that declare no right)."""
    from vedette.bootstrap import SystemClock, Workspace, web_application
    from vedette.settings import load_settings
    from vedette.workflows.open_case import bundled_ids

    with tempfile.TemporaryDirectory(prefix="vedette-") as folder:
        workspace = Workspace(load_settings({"VEDETTE_HOME": folder, "LOGNAME": "author"}), SystemClock())
        application = web_application(workspace)
        desk, who = application.state.desk, people()
        every = sorted(set(routes(application)), key=lambda r: (r.path, r.method))
        rows = []
        for route in every:
            if route.right is None:
                continue
            for kind in CASES if "{case_id}" in route.path else ("",):
                case = next(iter(bundled_ids())) if kind == "bundled" else kind
                rows.append((route, kind, tuple(answer(desk, who[w], case, route.right) for w in WHO)))
        return rows, [r for r in every if r.right is None]


def text() -> str:
    """The page. Raises `SystemExit` when a route declares no right."""
    rows, bare = matrix()
    if bare:
        raise SystemExit(f"no right is declared by: {', '.join(f'{r.method} {r.path}' for r in bare)}")
    lines = [HEAD, f"{len({r for r, _, _ in rows})} routes, {len(rows) * len(WHO)} answers.", "",
             f"| Route | Right | Case | {' | '.join(WHO)} |", f"|---|---|---|{'---|' * len(WHO)}"]  # fmt: skip
    lines += [f"| `{r.method} {r.path}` | {r.right.value} | {kind} | {' | '.join(said)} |" for r, kind, said in rows]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    if "--check" in sys.argv:
        if TARGET.read_text() != text():
            raise SystemExit(f"{TARGET.name} is not current: python buildtools/access_matrix.py")
    else:
        TARGET.write_text(text())
