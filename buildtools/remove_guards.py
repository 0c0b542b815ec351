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
FOREIGN: Final = "tests/acceptance/test_foreign_records.py::"
GUESTS: Final = "tests/acceptance/test_hostile_guests.py::"
PEOPLE: Final = "tests/acceptance/test_two_people.py::"
FILES: Final = "tests/acceptance/test_hostile_files.py::"
PAGES: Final = "tests/unit/web/test_pages.py::"
DOCUMENTS: Final = "tests/unit/sources/documents/"
DELIVERY: Final = "tests/unit/sources/test_delivery.py::"
MODEL: Final = "tests/unit/sources/test_language_model.py::"
PUBLIC: Final = "import vedette.sources.download as d\nd.is_public = lambda address: True\n"

GUARDS: Final[dict[str, tuple[str, str]]] = {
    # -- what a page shows and takes
    "XSS": (
        "import jinja2; old = jinja2.Environment.__init__\n"
        "def init(self, *a, **k): old(self, *a, **{**k, 'autoescape': False})\n"
        "jinja2.Environment.__init__ = init",
        f"{SIGNING}test_comments_are_words_and_stay_when_refused",
    ),
    "policy of pages": (
        "import vedette.web.security as m\nm.HEADERS = ()",
        f"{PAGES}test_every_page_answers_with_the_headers_that_protect_it",
    ),
    "CSRF": (
        "import vedette.web.access as m\nasync def check(request): pass\nm.check_csrf = check",
        f"{OWN}test_a_form_without_the_token_changes_nothing",
    ),
    "other origins": (
        "import vedette.web.security as m\nm.Guard._admit = lambda self, request: None",
        f"{PAGES}test_a_change_from_another_site_is_refused",
    ),
    "other host names": (
        "import vedette.web.security as m\nm._host_name = lambda host: 'localhost'",
        f"{PAGES}test_other_host_names_are_not_answered",
    ),
    "open redirect": (
        "import vedette.web.render as m\nm.local_path = lambda path: path",
        f"{SIGNING}test_nobody_is_sent_to_the_form_and_told_nothing",
    ),
    "path traversal": (
        "import vedette.web.desk as m\nm._plain_id = lambda case_id: case_id",
        f"{OWN}test_an_address_is_no_path_to_a_file",
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
    "marks of handling": (
        "import vedette.workflows.handling as m; old = m.for_audience\n"
        "m.for_audience = lambda case, audience='RED': old(case, 'RED')",
        "tests/acceptance/test_api.py::test_marks_hold_over_the_api",
    ),
    # -- who
    "session fixation": (
        "from starlette.responses import Response; old = Response.set_cookie\n"
        "def kept(self, key, *a, **k): return None if key == 'vedette_session' else old(self, key, *a, **k)\n"
        "Response.set_cookie = kept",
        f"{SIGNING}test_signing_in_gives_new_cookies_that_scripts_cannot_read",
    ),
    "sign-in rate": (
        "import vedette.web.attempts as m\nm.Attempts.wait = lambda self, name, address: 0",
        f"{SIGNING}test_tries_are_limited_by_name",
    ),
    "token scope": (
        "import vedette.web.access as m\nm.OF_SCOPE = {s: frozenset(m.Right) for s in m.Scope}",
        f"{SIGNING}test_a_key_does_what_its_scopes_allow",
    ),
    "in person only": (
        "import vedette.web.access as m\nm.OF_SCOPE = {s: frozenset(m.Right) for s in m.Scope}",
        f"{SIGNING}test_a_key_is_shown_once_works_in_ones_name_and_ends",
    ),
    "sessions and keys": (
        "import vedette.web.pages.people as m\nm.has_key = lambda request: False",
        f"{GUESTS}test_a_key_that_reads_ends_no_sessions",
    ),
    "change without log": (
        "import vedette.web.audit as m\n"
        "async def call(self, scope, receive, send): await self.app(scope, receive, send)\n"
        "m.Audit.__call__ = call",
        f"{SIGNING}test_a_change_that_cannot_be_logged_is_not_acknowledged",
    ),
    "numbers from afar": (
        "import vedette.web.proxy as m\nm.is_near = lambda scope: True",
        "tests/acceptance/test_running_a_server.py::test_numbers_are_for_this_machine_and_for_admins",
    ),
    "proxy": (
        "import vedette.web.proxy as m; old = m.Behind.__init__\n"
        "def init(self, app, *, trusted=()):\n    old(self, app, trusted=[*trusted, '10.0.0.8'])\n"
        "m.Behind.__init__ = init",
        "tests/acceptance/test_running_a_server.py::test_a_trusted_proxy_makes_cookies_secure_and_nobody_else_does",
    ),
    # -- what belongs to others
    "IDOR": (
        "import vedette.web.desk as m\nm.Desk.access = lambda self, person, case_id: m.Access.OWNER",
        f"{SIGNING}test_a_case_that_is_not_shared_does_not_exist",
    ),
    "IDOR, questions": (
        "import vedette.web.ledger_access as m\nm.seen = lambda desk, person: list(desk.workspace.ledger.entries())",
        f"{FOREIGN}test_a_foreign_case_answers_as_one_that_never_was[analyst]",
    ),
    "IDOR, named in a form": (
        "import vedette.web.ledger_access as m\nm.may_write = lambda desk, person, case_id: None",
        f"{FOREIGN}test_a_foreign_case_answers_as_one_that_never_was[analyst]",
    ),
    "IDOR, lists": (
        "import vedette.web.views.board as m; old = m.lines_of; from vedette.web.access import Person\n"
        "m.lines_of = lambda desk, person: old(desk, Person(name=person.name))",
        f"{FOREIGN}test_a_page_that_names_no_case_tells_nothing_of_a_foreign_one[analyst]",
    ),
    "IDOR, imports": (
        "import vedette.web.ledger_access as m\nm.writable = lambda desk, person: lambda question: True",
        f"{GUESTS}test_an_import_touches_no_question_of_a_case_that_one_may_not_change",
    ),
    "ids that are taken": (
        "import vedette.workflows.open_case as m\nm.case_ids = lambda store: tuple(store.case_ids())",
        f"{GUESTS}test_a_bundled_case_is_not_taken_by_making_one_of_its_id",
    ),
    "nearest names": (
        "import vedette.web.access as m\nm.as_told = lambda request, error: error",
        f"{GUESTS}test_a_share_of_a_case_that_is_gone_tells_no_other",
    ),
    "answers of others": (
        "import vedette.stores.answers as m; from dataclasses import replace\n"
        "keep, find = m.SqlAnswers.keep_answer, m.SqlAnswers.answer\n"
        "m.SqlAnswers.keep_answer = lambda self, answered: keep(self, replace(answered, who=''))\n"
        "m.SqlAnswers.answer = lambda self, who, key: find(self, '', key)",
        f"{GUESTS}test_an_answer_is_repeated_to_whoever_got_it_only",
    ),
    # -- what is too much
    "oversized upload": (
        "import vedette.web.security as m\nm.Guard._counted = lambda self, request, receive, over: receive",
        f"{OWN}test_more_than_may_come_is_refused",
    ),
    "zip bomb, bundle": (
        "import vedette.web.pages.brief as m\nm._small_enough = lambda data: None",
        f"{OWN}test_a_bundle_that_unpacks_to_too_much_is_not_unpacked",
    ),
    "zip bomb, document": (
        "import vedette.sources.documents.word as m\nm.PART_LIMIT = m.RATIO_LIMIT = 10**12",
        f"{DOCUMENTS}test_kinds_of_files.py::test_bad_word_documents_are_refused",
    ),
    "zip bomb, brief": (
        "import zlib; import vedette.reporting.pdf as m\nm._unpacked = zlib.decompress",
        f"{FILES}test_facts_that_unpack_to_too_much_are_not_unpacked",
    ),
    "tags without an end": (
        "import vedette.reporting.verify as m\nm._whole_tags = lambda text: text",
        f"{FILES}test_a_page_of_tags_without_an_end_is_no_brief",
    ),
    "rows without an end": (
        "import vedette.workflows.import_forecasts as m; old = m.read_forecasts\n"
        "m.read_forecasts = lambda *a, most=None: old(*a)",
        f"{GUESTS}test_a_file_of_more_rows_than_may_come_is_refused",
    ),
    "log flood": (
        "import vedette.web.attempts as m\nm.Attempts.news = lambda self, address: True",
        f"{GUESTS}test_tries_to_sign_in_fill_neither_the_log_nor_the_memory",
    ),
    "methods as labels": (
        "import vedette.web.metrics as m\n"
        "class Every(frozenset):\n    def __contains__(self, name): return True\n"
        "m.METHODS = Every()",
        f"{GUESTS}test_methods_that_do_not_exist_are_counted_as_one",
    ),
    # -- where requests of ours go
    "SSRF": (PUBLIC, f"{DOCUMENTS}test_reader.py::test_private_addresses_are_refused"),
    "SSRF, address inside": (
        "import vedette.sources.download as d\nd.carried = lambda address: address",
        "tests/unit/sources/test_download.py::test_an_address_stands_for_the_one_inside_it",
    ),
    "SSRF, redirect": (
        "import urllib.request; import vedette.sources.documents.web as m\n"
        "m._Redirects.redirect_request = urllib.request.HTTPRedirectHandler.redirect_request",
        f"{DOCUMENTS}test_reader.py::test_a_redirect_into_the_network_is_refused",
    ),
    "SSRF, rebinding": (
        "import vedette.sources.documents.web as m\nm._Guard.connected = lambda self, sock, host: None",
        f"{DOCUMENTS}test_reader.py::test_a_name_that_changes_its_answer_gains_nothing",
    ),
    "SSRF, feed": (
        PUBLIC,
        "tests/unit/sources/test_polling.py::test_addresses_inside_the_network_are_not_read_unless_meant",
    ),
    "SSRF, shared source": (
        "import vedette.workflows.watch as m\n"
        "m.asked_as = lambda watches: {(w.case, w.source): w.source for w in watches}",
        "tests/unit/workflows/test_watch.py::test_what_one_case_may_read_inside_the_network_is_not_read_into_another",
    ),
    "SSRF, webhook": (PUBLIC, f"{DELIVERY}test_a_webhook_posts_to_nothing_inside_the_network"),
    "SSRF, webhook rebinding": (
        "import vedette.sources.documents.web as m\nm._Guard.connected = lambda self, sock, host: None",
        f"{DELIVERY}test_a_webhook_whose_name_changes_its_answer_is_sent_nothing",
    ),
    "SSRF, webhook redirect": (
        "import urllib.request; import vedette.sources.delivery as m\n"
        "m._NoRedirects = urllib.request.HTTPRedirectHandler",
        f"{DELIVERY}test_a_webhook_is_led_nowhere_else",
    ),
    "SSRF, apprise redirect": (
        "import requests; old = requests.Session.request\n"
        "requests.Session.request = lambda self, *a, **k: old(self, *a, **{**k, 'allow_redirects': True})",
        f"{DELIVERY}test_apprise_is_led_nowhere_else",
    ),
    "SSRF, apprise": (
        "import vedette.sources.delivery as m\nm._inside = lambda service: False",
        f"{DELIVERY}test_apprise_posts_to_nothing_inside_the_network_unless_allowed",
    ),
    "SSRF, model": (
        "import vedette.sources.language_model as m\nm._allowed = lambda address, allow_private: True",
        f"{MODEL}test_private_addresses",
    ),
    "SSRF, model rebinding": (
        "import http.client; import vedette.sources.language_model as m\n"
        "m._PinnedConnection.connect = http.client.HTTPConnection.connect",
        f"{MODEL}test_a_name_is_looked_up_once_and_that_address_is_connected_to",
    ),
    "SSRF, data sets": (
        "import vedette.sources.documents.web as m\nm._Guard.connected = lambda self, sock, host: None",
        "tests/unit/sources/test_download.py::test_a_name_that_changes_its_answer_gains_nothing",
    ),
    # -- two people at one record
    "two decisions": (
        "import vedette.workflows.triage as m\nm.refuse_decided = lambda case, evidence, seen: None",
        f"{PEOPLE}test_two_decisions_on_one_item_in_the_list",
    ),
    "undo of another's": (
        "import vedette.workflows.triage as m\nm.undo_token = lambda case, author, since: 'x'",
        f"{PEOPLE}test_undo_takes_back_what_it_said_and_nothing_else",
    ),
    "two answers": (
        "import vedette.stores.ledger as m\nm.SqlLedger._refuse_newer_answer = lambda self, connection, q, after: None",
        f"{PEOPLE}test_two_people_resolve_a_question_differently",
    ),
    "forecast of a moved case": (
        "import vedette.workflows.conflicts as m\nm.refuse_moved = lambda store, case, seen: None",
        f"{PEOPLE}test_a_forecast_is_not_committed_from_a_case_that_has_changed_since",
    ),
    "a round that moved on": (
        "import vedette.workflows.conflicts as m\nm.refuse_answered = lambda case, analyst, kinds, seen: None",
        f"{PEOPLE}test_an_answer_given_twice_and_a_round_that_moved_on",
    ),
    "two looks": (
        "import vedette.workflows.conflicts as m\nm.refuse_looked = lambda case, indicator, seen: None",
        f"{PEOPLE}test_two_looks_for_one_indicator",
    ),
    "two briefs": (
        "import vedette.stores.briefs as m\nm.BriefFiles._refuse_newer = lambda self, case, after: None",
        f"{PEOPLE}test_two_briefs_issued_from_the_same_page",
    ),
    "case file over another's": (
        "import vedette.workflows.conflicts as m\nm.refuse_overwriting = lambda *a, **k: None",
        f"{PEOPLE}test_a_case_file_does_not_set_back_what_somebody_else_wrote",
    ),
    "check and write as one": (
        "import contextlib; import vedette.stores.cases as m\n"
        "m.SqlCaseStore.transaction = lambda self, case_id='': contextlib.nullcontext()",
        "tests/contract/test_two_writers.py::test_two_decisions_on_one_item[sqlite]",
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
        print(f"{name:24} {'its test fails without it' if shown else 'NOT SHOWN'}   {GUARDS[name][1]}", flush=True)
    print(f"{len(wanted) - bad} of {len(wanted)} guards shown")
    raise SystemExit(1 if bad else 0)
