"""Everything the palette (Ctrl-K) leads to: pages, commands, cases with their pages, scenarios, evidence, questions."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, Final

from vedette.reporting.labels import safe_text
from vedette.web.render import CASE_NAV, NAV
from vedette.web.views.address import address, case_path
from vedette.web.views.ledger import question_path

if TYPE_CHECKING:
    from vedette.domain.case import Case
    from vedette.domain.ledger import Question
    from vedette.ports import LedgerEntry

MOST_DETAILED: Final = 30
"""Cases of which scenarios, documents and evidence are listed, the latest first. [assumption]: more than a desk has at
hand; every case itself is listed."""
MOST_EVIDENCE: Final = 60
LENGTH: Final = 110

Entry = dict[str, str]

PAGES: Final = (
    ("Reference class", "/history/class", "count pair-years like a pair"),
    ("Back-test", "/history/backtest", "what the structural model would have said"),
    ("Components", "/components", "tokens, type, states"),
    ("Tour", "/tour", "the demo case in nine steps"),
)
COMMANDS: Final = (
    ("New case", "/new-case", "create a case, or import a case file"),
    ("Import forecasts", "/ledger#import", "other people's, to be scored on the same questions"),
    ("Look up a base rate", "/history", "how often does this happen"),
    ("Download scores", "/ledger.csv", "CSV"),
)


def palette(
    lines: Sequence[tuple[str, str]], cases: Iterable[Case], questions: Sequence[Question]
) -> list[Entry]:
    """Entries in order of likely use. ``lines``: (id, title) of every case; ``cases``: those listed in detail."""
    found = [_entry("page", label, path) for _, path, label in NAV]
    found += [_entry("page", label, path, note) for label, path, note in PAGES]
    found += [_entry("command", label, path, note) for label, path, note in COMMANDS]
    for name, title in lines:
        found.append(_entry("case", title, case_path(name), name))
        found += [
            _entry("page", f"{label}: {title}", case_path(name) + tail, name) for _, tail, label in CASE_NAV if tail
        ]
        found.append(_entry("command", f"Forecast: {title}", address("/ledger/new", case=name), name))
    for case in cases:
        found += list(_of(case))
    found += [_entry("question", q.statement, question_path(q.id), q.id) for q in questions]
    return found


def _of(case: Case) -> Iterable[Entry]:
    path = case_path(case.id)
    for s in case.scenario_set.scenarios:
        yield _entry("scenario", s.label, address(path, scenario=s.id), case.title)
    for d in case.documents:
        title = d.title or d.id
        yield _entry("document", title, case_path(case.id, "documents", d.id), d.author or case.title)
    newest = sorted(case.standing(), key=lambda e: e.times.available_at, reverse=True)[:MOST_EVIDENCE]
    for e in newest:
        yield _entry("evidence", e.claim, address(f"{path}/evidence", item=e.id), f"{case.id} {e.id}")


def _entry(kind: str, label: str, href: str, note: str = "") -> Entry:
    text = safe_text(label)
    made = {"kind": kind, "label": text if len(text) <= LENGTH else text[: LENGTH - 1] + "…", "href": href}
    if note:
        made["note"] = safe_text(note)[:LENGTH]
    return made


def questions_of(entries: Sequence[LedgerEntry]) -> list[Question]:
    """Questions of the ledger, the newest first."""
    from vedette.domain.ledger import Question

    return [e.noun for e in reversed(entries) if isinstance(e.noun, Question)]


def plain(found: list[Entry]) -> dict[str, Any]:
    """The JSON of ``/palette.json``."""
    return {"entries": found}
