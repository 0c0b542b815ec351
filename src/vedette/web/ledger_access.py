"""What of the ledger is open to whom: a question belongs to its case, and whoever may not read that sees nothing of it.

Pages and API ask here, since an address of the ledger names a question and not its case.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from vedette.domain.ledger import Question
from vedette.errors import UnknownName
from vedette.web.access import ON_CASE, Forbidden, Person, Right, taken

if TYPE_CHECKING:
    from vedette.ports import LedgerEntry
    from vedette.web.desk import Desk


def seen(desk: Desk, person: Person) -> list[LedgerEntry]:
    """The entries a person may see: those on questions of no case, and of cases that are open to them.

    A fault is told to everybody, without what stands in a foreign entry: nothing may be scored from a chain that was
    changed.
    """
    entries = list(desk.workspace.ledger.entries())
    if person.cases is None:
        return entries
    asked = {e.noun.id: e.noun.case for e in entries if isinstance(e.noun, Question)}
    known = {case: not case or desk.access(person, case) is not None for case in set(asked.values())}
    return [
        e if known.get(asked.get(e.question, ""), True) else replace(e, noun=None, question="not open to you")
        for e in entries if e.fault or known.get(asked.get(e.question, ""), True)
    ]  # fmt: skip


def may_write(desk: Desk, person: Person, case_id: str) -> None:
    """Raise `UnknownName` or `Forbidden` unless the person may change the case, which a form or a question names."""
    access = desk.access(person, case_id)
    if access is None:
        raise UnknownName("case", case_id, fix="The board lists every case that is shared with you")
    if not access.includes(ON_CASE[Right.WRITE]):
        raise Forbidden(f"{case_id} is shared with {person.name} for no more than {access.value}", where=case_id,
                        fix="Ask an owner of the case for it")  # fmt: skip


def writable(desk: Desk, person: Person) -> Callable[[Question], bool]:
    """Whether the person may add to what is said of a question: one of no case, or of a case they may change."""

    def may(question: Question) -> bool:
        access = desk.access(person, question.case) if question.case else None
        return not question.case or (access is not None and access.includes(ON_CASE[Right.WRITE]))

    return may


def free(desk: Desk, person: Person, name: str) -> None:
    """Raise `CaseRefused` when a new question cannot have this id because one of a case not open to them has it."""
    if person.cases is None:
        return
    for e in desk.workspace.ledger.entries():
        if isinstance(e.noun, Question) and e.noun.id == name and e.noun.case:
            if desk.access(person, e.noun.case) is None:
                raise taken(name)
            return
