"""Composing a brief: its parts, its files, its revisions, and the check of one."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from vedette.domain.case import Case
from vedette.domain.claims import Marking
from vedette.ports.briefs import Issued
from vedette.reference.estimative import number_text, percent
from vedette.reporting.labels import day_text, safe_text
from vedette.reporting.sections import ALWAYS, SECTIONS
from vedette.reporting.verify import Compared
from vedette.web.views.address import address, case_path, sentence
from vedette.web.views.evidence import scenario_letters
from vedette.workflows.brief import BriefRequest
from vedette.workflows.revisions import Changes

FORMS: Final = (
    # format, name, what it is good for
    ("html", "HTML", "one page, checks itself by verify"),
    ("pdf", "PDF", "print, A4"),
    ("docx", "Word", "edit and merge"),
    ("md", "Markdown", "plain text"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Composition:
    """What the address says of a brief, as texts; empty means the default."""

    as_of: str = ""
    since: str = ""
    mode: str = ""
    audience: str = ""
    scale: str = ""
    weeks: str = ""
    sections: tuple[str, ...] = ()
    notes: str = ""

    def query(self) -> dict[str, str | Sequence[str]]:
        """Parameters that were chosen."""
        return {
            "as_of": self.as_of, "since": self.since, "mode": self.mode, "audience": self.audience,
            "scale": self.scale, "weeks": self.weeks, "section": self.sections, "notes": self.notes,
        }  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class SectionChoice:
    """A section with what it holds; ``always`` ones cannot be left out."""

    id: str
    label: str
    holds: str
    chosen: bool
    always: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeLine:
    """One change since the last revision."""

    what: str
    then: str
    now: str
    sign: str = "same"


@dataclass(frozen=True, slots=True, kw_only=True)
class RevisionRow:
    """An issued brief."""

    revision: int
    at: str
    stamp: str
    author: str
    as_of: str
    note: str
    href: str
    digest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckView:
    """The outcome of a check: what was compared, reasons, what differs, and every number."""

    name: str
    ok: bool
    finding: str
    case: str
    as_of: str
    reasons: tuple[str, ...]
    differences: tuple[tuple[str, str, str, str], ...]
    printed: tuple[Compared, ...]
    values: tuple[Compared, ...]
    files: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BriefPage:
    """The page. ``preview`` is empty when the brief cannot be written; ``error`` then says why."""

    case: str
    title: str
    finding: str
    composition: Composition
    sections: tuple[SectionChoice, ...]
    modes: tuple[tuple[str, str, bool], ...]
    audiences: tuple[tuple[str, str, bool], ...]
    scales: tuple[tuple[str, str, bool], ...]
    as_of: str
    since: str
    weeks: str
    first: str
    last: str
    notes: str
    error: str
    fix: str
    preview: str
    files: tuple[tuple[str, str, str], ...]
    bundle: str
    revisions: tuple[RevisionRow, ...]
    since_revision: int
    changes: tuple[ChangeLine, ...]
    unchanged: bool
    hidden: tuple[tuple[str, str], ...]
    check: CheckView | None
    here: str
    notes_example: str


def brief_page(
    case: Case, chosen: Composition, request: BriefRequest | None, *, revisions: Sequence[Issued] = (),
    changes: Changes | None = None, error: str = "", fix: str = "", check: CheckView | None = None,
) -> BriefPage:  # fmt: skip
    """The page of a case. ``request``: what the composition means, None when it means nothing that can be written."""
    query = chosen.query()
    picked = set(chosen.sections) or set(SECTIONS)
    n = len(picked & set(SECTIONS))
    day = request.as_of.isoformat() if request else chosen.as_of
    accepted = case.accepted()
    return BriefPage(
        case=case.id, title=safe_text(case.title),
        finding=(f"Brief as of {day_text(day)}" if day else "Brief")
        + ("" if n == len(SECTIONS) else f", {n} of {len(SECTIONS)} sections"),
        composition=chosen,
        sections=tuple(
            SectionChoice(
                id=k, label=k.replace("-", " "), holds=v, chosen=k in picked or k in ALWAYS, always=k in ALWAYS
            )
            for k, v in SECTIONS.items()
        ),
        modes=_choices((("recommended", "recommended"), ("author", "the author\u2019s rule")), chosen.mode),
        audiences=_choices(tuple((m.value.removeprefix("TLP:"), m.value) for m in Marking), chosen.audience),
        scales=_choices((("icd203", "ICD 203 (US)"), ("phia", "PHIA (UK)")), chosen.scale),
        as_of=day, since=chosen.since, weeks=chosen.weeks or (str(request.weeks) if request else ""),
        first=case.opened.isoformat(), last=case.deadline.isoformat(), notes=chosen.notes,
        error=sentence(error), fix=sentence(fix),
        preview=address(case_path(case.id, "brief.html"), **query) if not error else "",
        files=tuple(
            (name, address(case_path(case.id, f"brief.{form}"), **query, download="1"), what)
            for form, name, what in FORMS
        ),
        bundle=address(case_path(case.id, "brief.zip"), **query),
        revisions=tuple(_revision(case, r) for r in reversed(revisions)),
        since_revision=changes.revision if changes else 0, changes=_changes(case, changes) if changes else (),
        unchanged=changes.nothing if changes else False,
        hidden=tuple((k, v) for k, vs in query.items() for v in ([vs] if isinstance(vs, str) else vs) if v),
        check=check, here=case_path(case.id, "brief"),
        notes_example=f"Rail traffic rose again this week [{accepted[0].id}]." if accepted else "",
    )  # fmt: skip


def _choices(options: Sequence[tuple[str, str]], now: str) -> tuple[tuple[str, str, bool], ...]:
    known = [v for v, _ in options]
    picked = now if now in known else known[0]
    return tuple((v, label, v == picked) for v, label in options)


def _revision(case: Case, r: Issued) -> RevisionRow:
    return RevisionRow(
        revision=r.revision, at=f"{r.at:%Y-%m-%d %H:%M} UTC", stamp=r.at.isoformat(), author=safe_text(r.author),
        as_of=str(r.request.get("as_of", "")), note=safe_text(r.note),
        href=case_path(case.id, "brief", "revisions", f"{r.revision}.html"), digest=r.sha256[:12],
    )  # fmt: skip


def _changes(case: Case, c: Changes) -> tuple[ChangeLine, ...]:
    letters = scenario_letters(case)
    claims: Mapping[str, str] = {e.id: e.claim for e in case.evidence}
    rows = []
    for name, (then, now) in c.scenarios.items():
        letter, label = letters.get(name, ("", name))
        known = not math.isnan(now - then)  # one of the two may not name the scenario
        change = f" ({number_text(100 * (now - then), 1, signed=True)} points)" if known else ""
        rows.append(
            ChangeLine(
                what=f"{letter} {label}".strip(), then=_asked(then),
                now=_asked(now) + change,
                sign=("up" if now > then else "dn") if known else "same",
            )
        )  # fmt: skip
    rows += [ChangeLine(what=f"New item {e}", then="", now=safe_text(claims.get(e, ""))) for e in c.added]
    rows += [
        ChangeLine(what=f"Item {e} no longer counts", then=safe_text(claims.get(e, "")), now="") for e in c.removed
    ]
    rows += [
        ChangeLine(what=f"Composition: {k.replace('_', ' ')}", then=safe_text(a), now=safe_text(b))
        for k, (a, b) in c.request.items()
    ]
    return tuple(rows)


def _asked(p: float) -> str:
    return "not asked" if math.isnan(p) else percent(p, 1)


def check_view(name: str, report: Any, numbers: Sequence[Compared]) -> CheckView:
    """The check of one brief (`Verification`) with every number."""
    printed = tuple(n for n in numbers if n.kind == "printed")
    values = tuple(n for n in numbers if n.kind == "value")
    wrong = sum(not n.same for n in numbers)
    finding = (
        f"All {len(numbers)} numbers agree, and the page is the one this version writes" if report.ok
        else f"{wrong} of {len(numbers)} numbers differ" if wrong
        else "Every number agrees, but the file is not the one this version writes"
    )  # fmt: skip
    return CheckView(
        name=safe_text(name), ok=report.ok, finding=finding, case=report.case, as_of=report.as_of,
        reasons=tuple(map(safe_text, report.reasons)), differences=_differences(report.differences), printed=printed,
        values=values, files="",
    )  # fmt: skip


def bundle_view(name: str, report: Any, numbers: Sequence[Compared]) -> CheckView:
    """The check of a bundle (`BundleCheck`): digests, quotes, and every number of its page."""
    checked = [d for v in report.briefs.values() for d in v.differences]
    found = (*report.differences, *checked)
    finding = (
        f"All {report.files} files, {report.quotes} quotes and every number agree" if report.ok
        else f"{len(found)} differences" if found
        else "Digests and quotes agree; the numbers were not computed again"
    )  # fmt: skip
    return CheckView(
        name=safe_text(name), ok=report.ok, finding=finding, case=report.case, as_of=report.as_of,
        reasons=tuple(map(safe_text, report.reasons)), differences=_differences(found),
        printed=tuple(n for n in numbers if n.kind == "printed"), values=tuple(n for n in numbers if n.kind == "value"),
        files=f"{report.files} digests compared, {report.quotes} quotes in their place, "
        f"{len(report.briefs)} briefs computed again",
    )  # fmt: skip


def _differences(found: Sequence[Any]) -> tuple[tuple[str, str, str, str], ...]:
    return tuple((d.kind, safe_text(d.where), safe_text(d.brief), safe_text(d.check)) for d in found)
