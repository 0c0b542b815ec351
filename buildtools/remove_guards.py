"""Take each guard out and show that its test fails; ``make guards``.

    python buildtools/remove_guards.py [NAME ...]

Each guard's test runs twice in processes of its own: with the guard, where it must pass, and with the guard replaced
in memory, where it must fail. No file is changed.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Final

ROOT = Path(__file__).resolve().parents[1]
SIGNING: Final = "tests/acceptance/test_signing_in.py::"
OWN: Final = "tests/acceptance/test_guards.py::"

GUARDS: Final[dict[str, tuple[str, str]]] = {
    "XSS": (
        "import jinja2; old = jinja2.Environment.__init__\n"
        "def init(self, *a, **k): old(self, *a, **{**k, 'autoescape': False})\n"
        "jinja2.Environment.__init__ = init",
        f"{SIGNING}test_comments_are_words_and_stay_when_refused",
    ),
    "CSRF": (
        "import vedette.web.access as m\nasync def check(request): pass\nm.check_csrf = check",
        f"{OWN}test_a_form_without_the_token_changes_nothing",
    ),
    "SSRF": (
        "import ipaddress\n"
        "for kind in (ipaddress.IPv4Address, ipaddress.IPv6Address):\n"
        "    kind.is_global = property(lambda self: True)\n"
        "    kind.is_private = kind.is_loopback = kind.is_link_local = property(lambda self: False)",
        "tests/unit/sources/documents/test_reader.py::test_private_addresses_are_refused",
    ),
    "path traversal": (
        "import vedette.web.desk as m\nm._plain_id = lambda case_id: case_id",
        f"{OWN}test_an_address_is_no_path_to_a_file",
    ),
    "oversized upload": (
        "import vedette.web.security as m\nm.Guard._counted = lambda self, request, receive, over: receive",
        f"{OWN}test_more_than_may_come_is_refused",
    ),
    "session fixation": (
        "from starlette.responses import Response; old = Response.set_cookie\n"
        "def kept(self, key, *a, **k): return None if key == 'vedette_session' else old(self, key, *a, **k)\n"
        "Response.set_cookie = kept",
        f"{SIGNING}test_signing_in_gives_new_cookies_that_scripts_cannot_read",
    ),
    "token scope": (
        "import vedette.web.access as m\nm.OF_SCOPE = {s: frozenset(m.Right) for s in m.Scope}",
        f"{SIGNING}test_a_key_does_what_its_scopes_allow",
    ),
    "IDOR": (
        "import vedette.web.desk as m\nm.Desk.access = lambda self, person, case_id: m.Access.OWNER",
        f"{SIGNING}test_a_case_that_is_not_shared_does_not_exist",
    ),
    "SQL injection": (
        # Bound parameters are the guard: without them, a name becomes part of the statement.
        "from sqlalchemy import text; import vedette.stores.accounts as m\n"
        "def glued(self, name):\n"
        "    with self._db.read() as connection:\n"
        "        q = f\"SELECT password FROM accounts WHERE name = '{name}'\"\n"
        "        return connection.execute(text(q)).scalar() or ''\n"
        "m.SqlAccounts.password_hash = glued",
        f"{OWN}test_a_name_is_never_part_of_a_statement",
    ),
    "CSV formula": (
        "import vedette.codec.tables as m\nm.safe_cell = str",
        "tests/unit/web/test_evidence_page.py::test_no_cell_begins_like_a_formula",
    ),
    "zip bomb": (
        "import vedette.web.pages.brief as m\nm._small_enough = lambda data: None",
        f"{OWN}test_a_bundle_that_unpacks_to_too_much_is_not_unpacked",
    ),
    "proxy": (
        "import vedette.web.proxy as m; old = m.Behind.__init__\n"
        "def init(self, app, *, trusted=()):\n    old(self, app, trusted=[*trusted, '10.0.0.8'])\n"
        "m.Behind.__init__ = init",
        "tests/acceptance/test_running_a_server.py::test_a_trusted_proxy_makes_cookies_secure_and_nobody_else_does",
    ),
}
"""Guard: what takes it out, and its test."""


def _outcome(test: str, removal: str) -> int:
    code = f"{removal}\nimport sys, pytest\nsys.exit(pytest.main(sys.argv[1:]))"
    options = ("-q", "-x", "-p", "no:cacheprovider", "-p", "no:xdist", "-p", "no:randomly")
    done = subprocess.run([sys.executable, "-c", code, *options, test], cwd=ROOT, capture_output=True, check=False)
    return done.returncode


def fails_without(name: str) -> bool:
    """Whether the guard's test passes with it and fails (not: errs in being collected) without."""
    removal, test = GUARDS[name]
    return _outcome(test, "") == 0 and _outcome(test, removal) == 1


if __name__ == "__main__":
    wanted = sys.argv[1:] or list(GUARDS)
    bad = 0
    for name in wanted:
        shown = fails_without(name)
        bad += not shown
        print(f"{name:18} {'its test fails without it' if shown else 'NOT SHOWN'}   {GUARDS[name][1]}", flush=True)
    raise SystemExit(1 if bad else 0)
