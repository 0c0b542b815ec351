"""The list of evidence: every item with who said it, its grade, what it bears on and its quote; filters and files."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from vedette.codec.tables import safe_cell
from vedette.domain.case import Case
from vedette.domain.evidence import OPTION_CHANNEL, Evidence, Status
from vedette.domain.plain import to_plain
from vedette.domain.time import AsOf
from vedette.reference.frameworks import framework
from vedette.reference.grades import grade_words
from vedette.reporting.handling import mark_of
from vedette.reporting.labels import condition_names, letter, safe_text, state_name
from vedette.web.views.address import address, case_path
from vedette.web.views.marks import SIGNS
from vedette.workflows.said_again import Said
from vedette.workflows.triage import seen_token

PAGE: Final = 200
"""Items on one page. [assumption]: more than an analyst reads at a sitting, few enough to draw at once."""
SORTS: Final = {"newest": "newest first", "oldest": "oldest first", "grade": "best grade first", "who": "who said it"}
STATUSES: Final = tuple(s.value for s in Status)


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """What of the list is shown; empty means everything. ``page`` counts from 1."""

    q: str = ""
    status: str = ""
    condition: str = ""
    direction: str = ""
    who: str = ""
    grade: str = ""
    sort: str = "newest"
    page: int = 1

    def query(self) -> dict[str, str]:
        """Parameters that were chosen, without the page."""
        found = {"q": self.q, "status": self.status, "condition": self.condition, "direction": self.direction,
                 "who": self.who, "grade": self.grade}  # fmt: skip
        return {k: v for k, v in found.items() if v} | ({"sort": self.sort} if self.sort != "newest" else {})


@dataclass(frozen=True, slots=True, kw_only=True)
class Bears:
    """One bearing in words: badge "5▼", "lowers A, moderately", whose view."""

    badge: str
    css: str
    said: str
    direction: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceRow:
    """One item. ``quoted``: whether the text is an exact quote of a document here.

    ``seen`` is set for a proposal that no document here holds: it is decided on in the list (``action``), where the
    others are read in their document. ``said``: how often its speaker said it, where more than once.
    """

    id: str
    status: str
    claim: str
    quote: str
    quoted: bool
    kind: str
    who: str
    grade: str
    grade_words: str
    bears: tuple[Bears, ...]
    available: str
    origin: str
    mark: str
    href: str
    seen: str
    action: str
    said: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """A choice of a list; ``n`` how many items it would show."""

    value: str
    label: str
    chosen: bool
    n: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceView:
    """The page."""

    case: str
    title: str
    day: str
    finding: str
    rows: tuple[EvidenceRow, ...]
    shown: int
    total: int
    filter: Filter
    statuses: tuple[Option, ...]
    conditions: tuple[Option, ...]
    directions: tuple[Option, ...]
    people: tuple[Option, ...]
    grades: tuple[Option, ...]
    sorts: tuple[Option, ...]
    hidden: tuple[tuple[str, str], ...]
    pages: tuple[tuple[int, str, bool], ...]
    csv: str
    json: str
    clear: str
    add: str


def condition_labels(case: Case) -> Mapping[str, tuple[str, str]]:
    """(number, label) of every condition an item of the case may bear on, the option itself last."""
    frame = framework(case.framework)
    ids = [*frame.condition_ids, *([frame.stakes.id] if frame.stakes else []), OPTION_CHANNEL]
    return condition_names(case.framework, ids)


def scenario_letters(case: Case) -> Mapping[str, tuple[str, str]]:
    """(letter, label) of every scenario."""
    return {s.id: (letter(i), safe_text(s.label)) for i, s in enumerate(case.scenario_set.scenarios)}


def number_of(case: Case, condition: str) -> str:
    """1-5, M or O."""
    return condition_labels(case).get(condition, ("O", ""))[0]


def _css(number: str) -> str:
    return f"c{(int(number) - 1) % 5 + 1}" if number.isdecimal() else "cM" if number == "M" else "cO"


def bears(case: Case, item: Evidence) -> tuple[Bears, ...]:
    """Every bearing of an item in words."""
    names, letters = condition_labels(case), scenario_letters(case)
    found = []
    for b in item.bearings:
        number, label = names.get(b.condition, ("O", b.condition))
        view = f", {state_name(b.actor)}\u2019s position" if b.actor else ""
        scenario = letters.get(b.scenario, ("?", b.scenario))[0]
        said = f"{b.direction.value} {scenario} ({b.strength.value}): {label}{view}"
        found.append(
            Bears(
                badge=f"{number}{SIGNS[b.direction.value]}", css=_css(number), said=said, direction=b.direction.value
            )
        )
    return tuple(found)


def row(case: Case, item: Evidence, *, as_of: str = "", said: Said | None = None) -> EvidenceRow:
    """An item as the list prints it. ``as_of``: the day its link keeps."""
    quote = item.quote.text if item.quote else item.unverified_quote or ""
    document = item.quote.document.id if item.quote else ""
    return EvidenceRow(
        id=item.id, status=item.status.value, claim=safe_text(item.claim),
        quote="" if safe_text(quote) == safe_text(item.claim) else safe_text(quote), quoted=item.quote is not None,
        kind=item.kind.value, who=safe_text(item.attribution), grade=str(item.grade),
        grade_words=grade_words(item.grade), bears=bears(case, item),
        available=item.times.available_at.date().isoformat(), origin=safe_text(item.origin),
        mark=mark_of(item).value.removeprefix("TLP:"),
        href=address(case_path(case.id, "documents", document), item=item.id, as_of=as_of) if document else "",
        seen=seen_token(case, item.id) if not document and item.status is Status.PROPOSED else "",
        action=case_path(case.id, "evidence", item.id), said=safe_text(str(said)) if said is not None else "",
    )  # fmt: skip


def chosen(case: Case, day: AsOf, wanted: Filter) -> tuple[Evidence, ...]:
    """Items of the case as of a day that the filter lets through, in its order."""
    found = [e for e in case.known(day).standing() if _passes(e, wanted)]
    if wanted.sort == "grade":
        return tuple(sorted(found, key=lambda e: (str(e.grade), e.id)))
    if wanted.sort == "who":
        return tuple(sorted(found, key=lambda e: (e.attribution.casefold(), e.times.available_at, e.id)))
    return tuple(sorted(found, key=lambda e: (e.times.available_at, e.id), reverse=wanted.sort != "oldest"))


def _passes(item: Evidence, f: Filter) -> bool:
    if f.status and item.status.value != f.status:
        return False
    if f.condition and all(b.condition != f.condition for b in item.bearings):
        return False
    if f.direction and all(b.direction.value != f.direction for b in item.bearings):
        return False
    if f.who and item.attribution != f.who:
        return False
    if f.grade and f.grade not in (item.grade.reliability, item.grade.credibility):
        return False
    words = f.q.casefold().split()
    text = " ".join((item.id, item.claim, item.attribution, item.quote.text if item.quote else "")).casefold()
    return all(w in text for w in words)


def evidence_view(
    case: Case, day: AsOf, wanted: Filter, *, as_of: str = "", said: Mapping[str, Said] | None = None
) -> EvidenceView:
    """The page of a case as of a day. ``said``: positions that are repeated, by item."""
    everything = case.known(day).standing()
    found = chosen(case, day, wanted)
    pages = max(1, -(-len(found) // PAGE))
    page = min(max(wanted.page, 1), pages)
    here = case_path(case.id, "evidence")
    carried = {"as_of": as_of, **wanted.query()}
    names = condition_labels(case)
    return EvidenceView(
        case=case.id, title=safe_text(case.title), day=str(day), finding=_finding(everything),
        rows=tuple(
            row(case, e, as_of=as_of, said=(said or {}).get(e.id)) for e in found[(page - 1) * PAGE : page * PAGE]
        ),
        shown=len(found),
        total=len(everything), filter=wanted,
        statuses=_options(STATUSES, wanted.status, {s: s for s in STATUSES}, (e.status.value for e in everything)),
        conditions=_options(
            tuple(names), wanted.condition, {k: f"{n} {label}" for k, (n, label) in names.items()},
            (b.condition for e in everything for b in e.bearings),
        ),
        directions=_options(tuple(SIGNS), wanted.direction, {d: f"{SIGNS[d]} {d}" for d in SIGNS},
                            (b.direction.value for e in everything for b in e.bearings)),
        people=_options(sorted({e.attribution for e in everything}, key=str.casefold), wanted.who, {},
                        (e.attribution for e in everything)),
        grades=_options(tuple("ABCDEF123456"), wanted.grade, {}, (g for e in everything for g in str(e.grade))),
        sorts=tuple(Option(value=k, label=v, chosen=k == wanted.sort) for k, v in SORTS.items()),
        hidden=(("as_of", as_of),) if as_of else (),
        pages=tuple((n, address(here, **carried, page=n), n == page) for n in range(1, pages + 1)) if pages > 1 else (),
        csv=address(case_path(case.id, "evidence.csv"), **carried),
        json=address(case_path(case.id, "evidence.json"), **carried),
        clear=address(here, as_of=as_of), add=address(case_path(case.id, "documents"), as_of=as_of) + "#add",
    )  # fmt: skip


def _finding(items: Sequence[Evidence]) -> str:
    if not items:
        return "No evidence yet: the estimate rests on the base rate alone"
    counts = {s: sum(e.status is s for e in items) for s in Status}
    voices = len({e.origin for e in items if e.status is Status.ACCEPTED})
    waiting = f", {counts[Status.PROPOSED]} wait for a decision" if counts[Status.PROPOSED] else ""
    accepted = counts[Status.ACCEPTED]
    # What an accepted item moves is the assessment's to say: an opinion, for instance, moves nothing.
    items_said = f"{accepted} item{'s are' if accepted != 1 else ' is'} accepted"
    return f"{items_said}, from {voices} origin{'s' if voices != 1 else ''}{waiting}"


def _options(
    values: Sequence[str], now: str, labels: Mapping[str, str], present: Iterable[str]
) -> tuple[Option, ...]:
    counts: dict[str, int] = {}
    for value in present:
        counts[value] = counts.get(value, 0) + 1
    return tuple(
        Option(value=v, label=safe_text(labels.get(v, v)), chosen=v == now, n=counts.get(v, 0))
        for v in values
        if counts.get(v) or v == now
    )


# -- files -------------------------------------------------------------------------------------------------

COLUMNS: Final = (
    "id", "status", "claim", "kind", "attribution", "grade", "option", "scenario", "condition", "direction",
    "strength", "actor", "available_at", "origin", "marking", "document", "start", "end", "quote",
)
"""Columns of the CSV, one row a bearing."""


def as_csv(items: Sequence[Evidence]) -> str:
    """The items as CSV with CRLF ends and a byte order mark, as spreadsheets expect."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for item in items:
        for b in item.bearings or (None,):
            q = item.quote
            cells: list[object] = [
                item.id, item.status.value, item.claim, item.kind.value, item.attribution, item.grade,
                b.option if b else "", b.scenario if b else "", b.condition if b else "",
                b.direction.value if b else "", b.strength.value if b else "", b.actor if b else "",
                item.times.available_at.isoformat(), item.origin, mark_of(item).value,
                q.document.id if q else "", q.start if q else "", q.end if q else "", q.text if q else "",
            ]  # fmt: skip
            writer.writerow([safe_cell(c) for c in cells])
    return "\ufeff" + out.getvalue()


def as_plain(items: Sequence[Evidence]) -> list[dict[str, Any]]:
    """The items as JSON values, quotes by document and offsets."""
    from vedette.workflows.ingest import proposal_row

    return [{**to_plain(proposal_row(e)), "marking": mark_of(e).value} for e in items]
