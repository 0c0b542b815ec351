"""Documents of a case: what waits to be read, and the form that adds one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from vedette.domain.case import Case
from vedette.domain.documents import Document
from vedette.domain.evidence import Evidence, Status
from vedette.domain.time import AsOf
from vedette.errors import VedetteError
from vedette.reporting.labels import safe_text
from vedette.web.views.address import address, case_path, sentence
from vedette.workflows.review import consequence


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentRow:
    """A document in the queue. ``waiting``: proposals without a decision; ``state``: new, done, folded."""

    id: str
    title: str
    meta: str
    waiting: int
    items: int
    state: str
    href: str
    current: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Queue:
    """The list beside the reader. ``show``: new or all."""

    rows: tuple[DocumentRow, ...]
    more: int
    waiting: int
    documents: int
    show: str
    new: str
    all: str
    add: str
    evidence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AddForm:
    """The form that adds a document, with what was typed. ``error``: what was wrong and what to do.

    ``later``: a date to read for, offered when the document is dated after the day the case stands at.
    """

    text: str = ""
    url: str = ""
    published: str = ""
    title: str = ""
    author: str = ""
    publisher: str = ""
    as_of: str = ""
    error: str = ""
    fix: str = ""
    wrong: str = ""
    later: str = ""
    earliest: str = ""
    latest: str = ""
    largest: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentsView:
    """The page with the list and the form."""

    case: str
    title: str
    day: str
    finding: str
    queue: Queue
    form: AddForm
    action: str
    passed: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Where:
    """What of the view every address of the reader carries."""

    as_of: str = ""
    mode: str = ""
    scenario: str = ""
    since: str = ""
    show: str = ""

    def query(self, **more: str) -> dict[str, str]:
        """As parameters."""
        mode = self.mode if self.mode != "recommended" else ""
        return {"as_of": self.as_of, "mode": mode, "scenario": self.scenario, "since": self.since,
                "show": self.show, **more}  # fmt: skip


def quoting(items: Sequence[Evidence]) -> Mapping[str, list[Evidence]]:
    """Items by the document they quote."""
    found: dict[str, list[Evidence]] = {}
    for e in items:
        if e.quote is not None:
            found.setdefault(e.quote.document.id, []).append(e)
    return found


def queue(
    case: Case, day: AsOf, where: Where, *, current: str = "", folded: Mapping[str, str] | None = None
) -> Queue:
    """Documents known by the day: those with proposals first, by their most consequential one, then the newest.

    ``folded``: document id -> the document it copies; shown as folded when nothing of it waits.
    """
    known = case.known(day)
    by_document = quoting(known.standing())
    copies = folded or {}
    rows = []
    for d in known.documents:
        items = by_document.get(d.id, [])
        waiting = [e for e in items if e.status is Status.PROPOSED]
        best = min((consequence(e) for e in waiting), default=(9, 0.0, ""))
        state = "new" if waiting else "folded" if d.id in copies else "done"
        row = DocumentRow(
            id=d.id, title=safe_text(d.title) or d.id, meta=_meta(d), waiting=len(waiting), items=len(items),
            state=state, href=address(case_path(case.id, "documents", d.id), **where.query()),
            current=d.id == current,
        )  # fmt: skip
        rows.append((not waiting, best, -d.published.toordinal(), d.id, row))
    rows.sort(key=lambda r: r[:4])
    every = tuple(r[-1] for r in rows)
    new = tuple(r for r in every if r.waiting or r.current)
    show = where.show or ("new" if any(r.waiting for r in every) else "all")
    here = case_path(case.id, *(("documents", current) if current else ("documents",)))
    return Queue(
        rows=_listed(new if show == "new" else every), more=max(0, len(new if show == "new" else every) - MOST),
        waiting=sum(r.waiting for r in every), documents=len(every), show=show,
        new=address(here, **where.query(show="new")), all=address(here, **where.query(show="all")),
        add=address(case_path(case.id, "documents"), as_of=where.as_of) + "#add",
        evidence=address(case_path(case.id, "evidence"), as_of=where.as_of),
    )  # fmt: skip


MOST = 400
"""Documents in the list; the rest are counted. [assumption]: more than anyone scrolls through."""


def _listed(rows: tuple[DocumentRow, ...]) -> tuple[DocumentRow, ...]:
    """The first of them, and the one that is open wherever it stands."""
    return (*rows[:MOST], *(r for r in rows[MOST:] if r.current))


def _meta(d: Document) -> str:
    publisher = safe_text(d.citation.publisher) if d.citation else ""
    words = [w for w in (publisher or safe_text(d.author), d.kind if d.kind != "article" else "") if w]
    return ", ".join([*words, f"{d.published.day} {d.published:%b %Y}"])


def documents_view(
    case: Case, day: AsOf, where: Where, form: AddForm, *, largest_mb: float, passed: Sequence[tuple[str, str]] = (),
    folded: Mapping[str, str] | None = None,
) -> DocumentsView:  # fmt: skip
    """The page of a case as of a day."""
    from dataclasses import replace

    listed = queue(case, day, where, folded=folded)
    finding = (
        "No documents yet: paste one to begin" if not listed.documents
        else f"{listed.waiting} proposal{'s' if listed.waiting != 1 else ''} to decide on" if listed.waiting
        else "Everything is decided on"
    )  # fmt: skip
    return DocumentsView(
        case=case.id, title=safe_text(case.title), day=str(day), finding=finding, queue=listed,
        form=replace(
            form, latest=case.deadline.isoformat(), largest=f"{largest_mb:g}", as_of=form.as_of or where.as_of
        ),
        action=case_path(case.id, "documents"), passed=tuple((safe_text(a), safe_text(b)) for a, b in passed),
    )  # fmt: skip


@dataclass(slots=True)
class Typed:
    """What came with the form, before anything was made of it."""

    text: str = ""
    url: str = ""
    published: str = ""
    title: str = ""
    author: str = ""
    publisher: str = ""
    as_of: str = ""
    file_name: str = ""
    content: bytes = b""
    extra: dict[str, str] = field(default_factory=dict)

    def form(self, error: VedetteError | None = None, *, wrong: str = "", later: str = "") -> AddForm:
        """The form again, with everything that was typed and what was wrong."""
        fix = error.fix if error is not None else ""
        # The command line's way out is not this page's.
        fix = {True: "Give the day it was published below."}.get("--published" in fix, fix)
        if "--as-of" in fix or later:
            fix = ""
        if "--allow-private" in fix:
            fix = "Only public addresses are read from here. Paste the text instead."
        if "Run the command again" in fix:
            fix = "Try again later, or paste the text."
        if self.file_name and error is not None:
            fix = f"{fix} Choose the file {self.file_name} again: browsers do not keep it.".strip()
        return AddForm(
            text=self.text, url=self.url, published=self.published, title=self.title, author=self.author,
            publisher=self.publisher, as_of=self.as_of, error=sentence(error.what) if error is not None else "",
            fix=sentence(fix), wrong=wrong, later=later,
        )  # fmt: skip
