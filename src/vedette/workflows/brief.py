"""Write a brief of a case as of a date, and check one that was written."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from vedette.assessment.channels import AUTHOR, RECOMMENDED
from vedette.domain.case import Case
from vedette.domain.claims import Marking
from vedette.domain.forecast import Assessment
from vedette.domain.time import AsOf, parse_date
from vedette.errors import BadInput, DateRefused, UnknownName
from vedette.reference.estimative import Scale, parse_scale
from vedette.reference.frameworks import framework, framework_ids
from vedette.reporting.brief import FORMATS, Brief, make_brief
from vedette.reporting.distance import measure
from vedette.reporting.facts import Alternative, brief_facts
from vedette.reporting.figures import Facts
from vedette.reporting.handling import parse_marking, visible
from vedette.reporting.sections import parse_sections
from vedette.reporting.verify import (
    Compared,
    Difference,
    Verification,
    compared_numbers,
    printed_differences,
    read_brief,
    value_differences,
)
from vedette.workflows.assess import assess_case
from vedette.workflows.track_record import FindRecord, once

WEEK = dt.timedelta(days=7)
WEEKS = 12
"""Weeks before the date for which the line of the first scenario is drawn: a season. [assumption]"""
MOST_WEEKS = 104

_MODE_LABELS = {AUTHOR: "The author\u2019s rule", RECOMMENDED: "The recommended method"}
_MODE_NOTES = {
    AUTHOR: "Same evidence and framework, but an observer\u2019s view, equal weights, no stakes and no host gate.",
    RECOMMENDED: "Same evidence, but the intervener\u2019s view, weights by posture, stakes and the host gate.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class BriefRequest:
    """Everything that decides what a brief says, besides the case: it is embedded in the brief and read by verify.

    ``since``: the earlier date for "change since", None for no comparison. ``rivals``: ids of other frameworks.
    ``notes``: an analyst's sentences, citing evidence ids in square brackets. ``audience``: the closest handling mark
    the reader may see. ``scale``: the words for likelihood.
    ``weeks``: how many weeks back the line of the first scenario goes. ``sections``: those printed
    (`vedette.reporting.sections`), empty for all; the facts embedded are whole either way.
    """

    case: str
    as_of: dt.date
    mode: str = RECOMMENDED
    since: dt.date | None = None
    rivals: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    audience: Marking = Marking.CLEAR
    scale: Scale = "icd203"
    weeks: int = WEEKS
    sections: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Plain values. A whole brief does not name its sections: those written before there was a choice verify."""
        chosen = {"sections": list(self.sections)} if self.sections else {}
        return {
            "case": self.case,
            "as_of": self.as_of.isoformat(),
            "mode": self.mode,
            "since": self.since.isoformat() if self.since else None,
            "rivals": list(self.rivals),
            "notes": list(self.notes),
            "audience": self.audience.value,
            "scale": self.scale,
            "weeks": self.weeks,
            **chosen,
        }

    @classmethod
    def from_dict(cls, data: Any) -> BriefRequest:
        """From a brief read back; raises `BadInput` when it is no request."""
        try:
            return cls(
                case=str(data["case"]),
                as_of=parse_date(data["as_of"], where="as_of"),
                mode=str(data["mode"]),
                since=parse_date(data["since"], where="since") if data["since"] else None,
                rivals=tuple(str(x) for x in data["rivals"]),
                notes=tuple(str(x) for x in data["notes"]),
                audience=parse_marking(str(data["audience"])),
                scale=parse_scale(str(data["scale"])),
                weeks=int(data["weeks"]),
                sections=parse_sections([str(x) for x in data.get("sections", ())]),
            )
        except (KeyError, TypeError, ValueError) as error:
            raise BadInput(
                f"the brief does not say how it was made ({error})", fix="It was changed by hand"
            ) from error


def request_for(
    case: Case,
    as_of: str | dt.date | None = None,
    *,
    mode: str = RECOMMENDED,
    since: str | dt.date | None = None,
    rivals: tuple[str, ...] | None = None,
    notes: tuple[str, ...] = (),
    audience: str | Marking = Marking.CLEAR,
    scale: str = "icd203",
    weeks: int = WEEKS,
    sections: tuple[str, ...] = (),
) -> BriefRequest:
    """A request with its defaults filled in: a week's change where the case is that old, every rival framework that
    reads this case's evidence."""
    day = AsOf.of(as_of).date if as_of is not None else case.as_of
    earlier = AsOf.of(since).date if since is not None else day - WEEK
    if since is not None and earlier >= day:
        raise DateRefused(f"--since {earlier} is not before {day}", where=case.id, fix="Give an earlier date")
    if rivals is None:
        own = set(framework(case.framework).condition_ids)
        rivals = tuple(r for r in framework_ids() if r != case.framework and own & set(framework(r).reads))
    for rival in rivals:
        framework(rival)
    if not 0 <= weeks <= MOST_WEEKS:
        raise BadInput(f"{weeks} weeks is outside 0..{MOST_WEEKS}", where="--weeks", fix="0 leaves the line out")
    return BriefRequest(
        case=case.id,
        as_of=day,
        mode=mode,
        since=earlier if since is not None or earlier >= case.opened else None,
        rivals=rivals,
        notes=notes,
        audience=audience if isinstance(audience, Marking) else parse_marking(audience),
        scale=parse_scale(scale),
        weeks=weeks,
        sections=parse_sections(sections),
    )


def _alternatives(case: Case, request: BriefRequest, record: FindRecord | None) -> list[Alternative]:
    day = AsOf(date=request.as_of)
    other = AUTHOR if request.mode == RECOMMENDED else RECOMMENDED
    out = [
        Alternative(
            id=other,
            label=_MODE_LABELS[other],
            explanation=_MODE_NOTES[other],
            assessment=assess_case(case, day, mode=other, with_sensitivity=False, record=record),
        )
    ]
    for rival in request.rivals:
        read = framework(rival)
        out.append(
            Alternative(
                id=rival,
                label=read.title,
                explanation=f"Same evidence, read by the conditions of a rival framework. {read.source}",
                assessment=assess_case(
                    case, day, mode=request.mode, rival=rival, with_sensitivity=False, record=record
                ),
            )
        )
    return out


def _earlier(case: Case, request: BriefRequest, record: FindRecord | None) -> list[Assessment]:
    """Assessments a week apart before the date, none before the case opened."""
    days = [request.as_of - n * WEEK for n in range(1, request.weeks + 1)]
    return [
        assess_case(case, AsOf(date=d), mode=request.mode, with_sensitivity=False, record=record)
        for d in days
        if d >= case.opened
    ]


def make(case: Case, request: BriefRequest, form: str = "html", *, record: FindRecord | None = None) -> Brief:
    """The brief of a case for a request. Raises `UnknownName`, `AfterCutOff`, and what the checks of a brief raise."""
    if form not in FORMATS:
        raise UnknownName("format", form, nearest=FORMATS)
    return make_brief(make_facts(case, request, record=record), form)


def make_facts(case: Case, request: BriefRequest, *, record: FindRecord | None = None) -> Facts:
    """Everything the brief of a case says for a request, computed once for all its forms.

    ``record``: what the workspace's analysts forecast before (`vedette.workflows.assess.setting_for`).
    """
    record = once(record)
    day = AsOf(date=request.as_of)
    main = assess_case(case, day, mode=request.mode, record=record)
    before = None
    if request.since is not None:
        before = assess_case(
            case, AsOf(date=request.since), mode=request.mode, with_sensitivity=False, record=record
        )
    return brief_facts(
        case,
        main,
        alternatives=_alternatives(case, request, record),
        previous=before,
        distance=measure(visible(case.known(day), request.audience)),
        notes=request.notes,
        request=request.to_dict(),
        audience=request.audience,
        scale=request.scale,
        earlier=_earlier(case, request, record),
    )


def build_brief(
    case: Case,
    as_of: str | dt.date | None = None,
    *,
    mode: str = RECOMMENDED,
    since: str | dt.date | None = None,
    rivals: tuple[str, ...] | None = None,
    notes: tuple[str, ...] = (),
    audience: str | Marking = Marking.CLEAR,
    scale: str = "icd203",
    sections: tuple[str, ...] = (),
    format: str = "html",
    record: FindRecord | None = None,
) -> str | bytes:
    """The brief of a case: one self-contained HTML page or Markdown as text, or a PDF or DOCX as bytes."""
    request = request_for(
        case, as_of, mode=mode, since=since, rivals=rivals, notes=notes, audience=audience, scale=scale,
        sections=sections,
    )  # fmt: skip
    made = make(case, request, format, record=record)
    return made.text if format in ("html", "md") else made.data


def verify_brief(data: bytes, recompute: Callable[[BriefRequest, str], Brief]) -> Verification:
    """Hold every number of a brief against a fresh computation from the case it names.

    ``recompute`` makes the brief of a request in a form (html, md, pdf, docx) from the case as it is now. Compared are
    every printed figure, every value of the embedded facts (numbers to 1e-9) and, last, the file as a whole, which
    covers words, drawings and order. Raises `BadInput` when the file is no brief, and what ``recompute`` raises.
    """
    found = read_brief(data)
    request = BriefRequest.from_dict(found.facts["request"])
    fresh = recompute(request, found.form)
    check: Any = json.loads(json.dumps(fresh.facts.data))
    differences = printed_differences(found, check)
    values, other = value_differences(found.facts, check)
    differences += other
    same = data == fresh.data
    reasons = _reasons(found.facts, check, differences, same)
    return Verification(
        case=request.case,
        as_of=request.as_of.isoformat(),
        figures=len(found.printed),
        values=values,
        same_text=same,
        differences=tuple(differences),
        reasons=reasons,
    )


def list_numbers(data: bytes, recompute: Callable[[BriefRequest, str], Brief]) -> tuple[Compared, ...]:
    """Every number of a brief beside the one computed again; raises what `verify_brief` raises."""
    found = read_brief(data)
    fresh = recompute(BriefRequest.from_dict(found.facts["request"]), found.form)
    return compared_numbers(found, json.loads(json.dumps(fresh.facts.data)))


def verify_against(
    data: bytes, find_case: Callable[[str], Case], *, case: str | None = None, record: FindRecord | None = None
) -> Verification:
    """`verify_brief` with cases from ``find_case``; ``case`` replaces the id that the brief names."""
    return verify_brief(data, lambda request, form: make(find_case(case or request.case), request, form, record=record))


def _reasons(brief: Any, check: Any, differences: list[Difference], same: bool) -> tuple[str, ...]:
    """What may lie behind the differences, in words."""
    out = []
    mine, fresh = brief["assessment"], check["assessment"]
    if mine.get("version") != fresh.get("version"):
        out.append(f"the brief is from vedette {mine.get('version')}, this is {fresh.get('version')}")
    if mine.get("inputs_digest") != fresh.get("inputs_digest"):
        out.append("the inputs of the case have changed since: another digest")
        told, now = ((a.get("judgments") or {}).get("record") for a in (mine, fresh))
        if told != now:
            out.append("the record of the analysts in it is another than the one here")
    elif any(d.kind == "value" and d.where.startswith("/assessment/") for d in differences):
        out.append("the inputs are the same, so the brief's own numbers were changed")
    if differences and all(d.kind == "printed" for d in differences):
        out.append("the page prints something else than its own JSON: it was edited by hand")
    if not differences and not same:
        out.append("every number agrees, but words or drawings differ")
    return tuple(out)
