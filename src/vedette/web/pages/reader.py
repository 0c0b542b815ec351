"""Reading one document: its evidence marked, the proposal at hand, decisions and undo."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from vedette.assessment.channels import RECOMMENDED
from vedette.domain.case import Case
from vedette.domain.documents import Document
from vedette.domain.evidence import Evidence, Status
from vedette.domain.time import AsOf
from vedette.errors import AfterCutOff, BadInput, EditConflict, VedetteError
from vedette.reporting.html import script_json
from vedette.web.access import Reader, Right, Writer, refusal
from vedette.web.desk import Desk
from vedette.web.meeting import conflict_page
from vedette.web.reading import copies, day_of, document_of, folded, in_case, time_of, where_of
from vedette.web.render import desk_of, page, see_other
from vedette.web.views.address import address, case_path, sentence
from vedette.web.views.conflict import Attempt, conflict_view, kept_fields
from vedette.web.views.documents import Where
from vedette.web.views.reader import Around, Draft, ReaderView, order, reader_view
from vedette.workflows.triage import decide, if_accepted, moved_since, refuse_decided, replaced, undo_last

router = APIRouter()


@router.get("/cases/{case_id}/documents/{document_id}")
def read(request: Request, person: Reader, case_id: str, document_id: str) -> Response:
    """A document with its evidence marked and the proposal at hand."""
    where = where_of(request)
    item = request.query_params.get("item", "")
    return _reader_page(request, case_id, document_id, where, item=item, author=person.name)


def _reader_page(
    request: Request, case_id: str, document_id: str, where: Where, *, item: str = "", draft: Draft | None = None,
    author: str = "", status: int = 200,
) -> Response:  # fmt: skip
    desk = desk_of(request)
    case = desk.case(case_id)
    document = document_of(case, document_id)
    day = day_of(desk, case, where, document)
    if not day.admits(document.times.available_at):
        known = document.times.available_at.date()
        raise AfterCutOff(
            f"{document_id} became known on {known}, after {day}: this page stands at {day}", where=case_id,
            fix=f"Open it as of {known} or later",
        )  # fmt: skip
    places = folded(desk, case)
    at_hand = _at_hand(case, document, day, item)
    extra = Around(
        preview=_preview(desk, case, at_hand, day, where), moved=_moved(desk, case, day, where),
        places=places, folded=copies(places), disputes=_disputes(case, at_hand, day),
        importance=_importance(case),
    )  # fmt: skip
    view = reader_view(case, document, day, where, item=item, extra=extra, draft=draft, author=author)
    return page(
        request, "reader.html", view, status=status, nav="board", tab="documents", case=in_case(case, where),
        title=f"{view.heading} – {view.title}", data=script_json(_data(view)), locked=refusal(request, Right.WRITE),
        timebar=time_of(desk, case, where, view.here, document=document, more={"item": item}),
    )  # fmt: skip


def _data(view: ReaderView) -> dict[str, Any]:
    """What the script needs to move the edges of a quote."""
    p = view.panel
    return {"text": view.text, "item": p.id if p else "", "start": p.start if p else 0, "end": p.end if p else 0}


def _at_hand(case: Case, document: Document, day: AsOf, item: str) -> Evidence | None:
    items = order([e for e in case.known(day).standing() if e.quote is not None and e.quote.document.id == document.id])
    return next((e for e in items if e.id == item), items[0] if items else None)


def _preview(desk: Desk, case: Case, at_hand: Evidence | None, day: AsOf, where: Where) -> Any:
    """What accepting the proposal at hand would do, kept until the case changes."""
    if at_hand is None or at_hand.status is not Status.PROPOSED:
        return None
    mode = where.mode or RECOMMENDED
    key = ("if accepted", case.id, desk.version(case.id), day, mode, at_hand.id)
    then: dict[str, float] = desk.parts.get(
        key, lambda: if_accepted(case.known(day), at_hand.id, day, mode=mode, record=desk.record)
    )
    now = desk.assessment(case.id, day, mode=mode, full=False)
    return {s.id: s.probability for s in now.scenarios}, then


def _moved(desk: Desk, case: Case, day: AsOf, where: Where) -> Any:
    if not where.since or int(where.since) >= len(case.reviews):
        return None
    mode = where.mode or RECOMMENDED
    key = ("moved", case.id, desk.version(case.id), day, mode, where.since)
    return desk.parts.get(key, lambda: moved_since(case, int(where.since), day, mode=mode, record=desk.record))


def _disputes(case: Case, at_hand: Evidence | None, day: AsOf) -> list[tuple[str, str, str, str]]:
    """Denials and contradictions in which the item at hand stands."""
    from vedette.assessment.disputes import disputes_of
    from vedette.assessment.positions import speakers
    from vedette.workflows.assess import state_words

    if at_hand is None:
        return []
    standing = [e for e in case.known(day).standing() if e.status is not Status.REJECTED]
    return [(d.kind, d.first, d.second, d.why) for d in disputes_of(at_hand, standing, speakers(state_words()).of)]


def _importance(case: Case) -> dict[str, float]:
    from vedette.forecasting.judgments import ratios

    return ratios(case.judgments)


# -- deciding ----------------------------------------------------------------------------------------------

BEARING = ("condition", "direction", "strength", "actor")
PLAIN = ("kind", "reliability", "credibility", "attribution")


@router.post("/cases/{case_id}/documents/{document_id}/items/{item_id}")
async def decide_on(request: Request, person: Writer, case_id: str, document_id: str, item_id: str) -> Response:
    """Accept, reject, correct or take back a decision on an item, then go on to the next proposal."""
    got = await request.form()
    form = {k: v for k, v in got.items() if isinstance(v, str)}
    return await run_in_threadpool(_decide, request, person.name, case_id, document_id, item_id, form)


def _decide(
    request: Request, author: str, case_id: str, document_id: str, item_id: str, form: dict[str, str]
) -> Response:
    desk = desk_of(request)
    where = where_of(request, form)
    case = desk.case(case_id)
    document = document_of(case, document_id)
    item = next((e for e in case.standing() if e.id == item_id), None)
    try:
        if item is None:
            raise replaced(case, item_id)
        where = replace(where, since=where.since or str(len(case.reviews)))
        made = _act(desk, case, item, form, author, day_of(desk, case, where, document))
    except VedetteError as error:
        conflict = None
        if isinstance(error, EditConflict):
            conflict = conflict_view(error, _attempt(case, item, item_id, where, form))
        draft = Draft(fields=form, error=sentence(error.what), fix=sentence(_fix(error)), conflict=conflict)
        return _reader_page(
            request, case_id, document_id, where, item=item_id, draft=draft, author=author,
            status=409 if conflict is not None else 422,
        )  # fmt: skip
    return see_other(_next(desk, case_id, document, where, item_id, made))


SAID = {
    "condition": "Condition", "direction": "Direction", "strength": "Strength", "actor": "Bearer", "kind": "Kind",
    "reliability": "Source", "credibility": "Information", "attribution": "Said by", "option": "Option",
    "scenario": "Scenario", "span": "Place of the quote", "quote": "Quote",
}  # fmt: skip
"""Fields of a correction by the names they have in the panel."""


def _attempt(case: Case, item: Evidence | None, item_id: str, where: Where, form: dict[str, str]) -> Attempt:
    """What a decision would have stored: the verdict and every field that says something else than the item."""
    verdict = form.get("verdict", "")
    mine = [("Decision", "your own weight" if verdict == "importance" else f"{verdict} {item_id}")]
    if item is not None and verdict in ("accept", "correct"):
        mine += [(SAID.get(k, k), v) for k, v in sorted(changed_fields(item, form).items())]
    if verdict == "importance":
        mine.append(("Importance", form.get("importance", "")))
    mine.append(("Reason", form.get("reason", "")))
    back = case_path(case.id, "documents")
    return Attempt(
        action="", kept=(), mine=tuple(mine), keep=("Keep theirs", address(back, **where.query())),
        back=("Back to the documents", back),
    )  # fmt: skip


def _fix(error: VedetteError) -> str:
    return "" if "--" in error.fix else error.fix


def _next(desk: Desk, case_id: str, document: Document, where: Where, item_id: str, made: str) -> str:
    """The next proposal of the document, the most consequential first; the item itself when none is left."""
    case = desk.case(case_id)
    day = day_of(desk, case, where, document)
    waiting = [
        e for e in order([e for e in case.known(day).standing() if e.quote and e.quote.document.id == document.id])
        if e.status is Status.PROPOSED
    ]  # fmt: skip
    stay = made in ("withdraw", "importance")
    goal = item_id if stay else waiting[0].id if waiting else made or item_id
    return address(case_path(case_id, "documents", document.id), **where.query(item=goal))


def _act(desk: Desk, case: Case, item: Evidence, form: dict[str, str], author: str, day: AsOf) -> str:
    """Record what the form asks for; the id that now counts, or "withdraw" or "importance"."""
    from vedette.domain.evidence import Verdict
    from vedette.workflows.review import Decision

    workspace = desk.workspace
    verdict = form.get("verdict", "")
    seen = None if form.get("force") == "mine" else form.get("seen")
    if verdict == "importance":
        with workspace.cases.transaction(case.id):
            refuse_decided(desk.case(case.id), item.id, seen)
            _set_importance(desk, case, item, form, author, day)
        return "importance"
    if verdict == "withdraw":
        decision = Decision(evidence=item.id, verdict=Verdict.WITHDRAW, reason=form.get("reason", ""))
    elif verdict == "reject":
        decision = Decision(evidence=item.id, verdict=Verdict.REJECT, reason=form.get("reason", ""))
    elif verdict in ("accept", "correct"):
        changes = changed_fields(item, form)
        if changes:
            said = form.get("reason", "").strip() or "read otherwise: " + ", ".join(sorted(changes))
            decision = Decision(evidence=item.id, verdict=Verdict.CORRECT, reason=said, changes=changes)
        elif verdict == "correct":
            raise BadInput("nothing was changed yet", fix="Change a field, or accept the item as it is")
        else:
            decision = Decision(evidence=item.id, verdict=Verdict.ACCEPT, reason=form.get("reason", ""))
    else:
        raise BadInput("no decision came with the form", fix="Press Accept or Reject")
    made = decide(workspace.cases, workspace.clock, case.id, decision, author=author, seen=seen)
    return "withdraw" if verdict == "withdraw" else made.replacement or item.id


@router.post("/cases/{case_id}/documents/{document_id}/passages")
async def mark(request: Request, person: Writer, case_id: str, document_id: str) -> Response:
    """Make a proposal of a passage that the reading passed over, and put it at hand."""
    got = await request.form()
    form = {k: v for k, v in got.items() if isinstance(v, str)}
    return await run_in_threadpool(_mark, request, person.name, case_id, document_id, form)


def _mark(request: Request, author: str, case_id: str, document_id: str, form: dict[str, str]) -> Response:
    from vedette.workflows.propose import mark_passage

    desk = desk_of(request)
    where = where_of(request, form)
    case = desk.case(case_id)
    document_of(case, document_id)
    ends = form.get("from", ""), form.get("to", "")
    span = (int(ends[0]), int(ends[1])) if all(e.isdecimal() and len(e) < 12 for e in ends) else None
    words = form.get("passage", "").replace("\r\n", "\n")
    try:
        made = mark_passage(
            desk.workspace.cases, desk.workspace.clock, case.id, document_id, words=words, span=span, author=author
        )
    except VedetteError as error:
        draft = Draft(fields={}, error=sentence(error.what), fix=sentence(_fix(error)), passage=words)
        return _reader_page(
            request, case_id, document_id, where, item=form.get("item", ""), draft=draft, author=author, status=422
        )
    return see_other(address(case_path(case_id, "documents", document_id), **where.query(item=made.id)))


def changed_fields(item: Evidence, form: dict[str, str]) -> dict[str, str]:
    """Fields of the form that say something else than the item, as `workflows.review.FIELDS`."""
    b = item.bearings[0] if item.bearings else None
    now = {
        "condition": b.condition if b else "", "direction": b.direction.value if b else "",
        "strength": b.strength.value if b else "", "actor": (b.actor or "") if b else "", "kind": item.kind.value,
        "reliability": item.grade.reliability, "credibility": item.grade.credibility, "attribution": item.attribution,
    }  # fmt: skip
    found = {k: form[k].strip() for k in (*BEARING, *PLAIN) if k in form and form[k].strip() != now[k].strip()}
    option, _, scenario = form.get("place", "").partition(":")
    if b is None and not (form.get("condition") and form.get("direction")):
        # A list always sends something: without a condition and a direction the item was given no bearing.
        found = {k: v for k, v in found.items() if k not in BEARING}
        scenario = ""
    if scenario and (b is None or (option, scenario) != (b.option, b.scenario)):
        found |= {"option": option, "scenario": scenario}
    elif b is not None and any(k in found for k in BEARING):
        found["option"] = b.option
    if item.quote is not None:
        span = form.get("start", ""), form.get("end", "")
        if all(s.isdecimal() for s in span) and span != (str(item.quote.start), str(item.quote.end)):
            found["span"] = f"{span[0]}-{span[1]}"
        quote = form.get("quote", "").replace("\r\n", "\n").strip()
        if "span" not in found and quote and quote != item.quote.text.strip():
            found["quote"] = quote
    return found


def _set_importance(desk: Desk, case: Case, item: Evidence, form: dict[str, str], author: str, day: AsOf) -> None:
    """The analyst's own log likelihood ratio, in place of the strength word. The model's number is on the page."""
    from vedette.domain.judgment import JudgmentKind
    from vedette.workflows.elicit import BLIND, Answer, give

    try:
        value = float(form.get("importance", "").replace("\u2212", "-").replace(",", "."))
    except ValueError:
        value = float("nan")
    if not -5 <= value <= 5:
        raise BadInput("importance is a log likelihood ratio between −5 and 5", fix="For example 0.7: twice as likely")
    rounds = [j.round for j in case.judgments if j.analyst == author]
    later = max(rounds, default=BLIND)
    give(
        desk.workspace.cases, desk.workspace.clock, case.id,
        [Answer(kind=JudgmentKind.LIKELIHOOD_RATIO, subject=item.id, value=value)],
        analyst=author, reason=form.get("reason", "").strip() or "importance set in the reader", round=later,
        saw_model=True, as_of=str(day),
    )  # fmt: skip


@router.post("/cases/{case_id}/documents/{document_id}/undo")
async def undo(request: Request, person: Writer, case_id: str, document_id: str) -> Response:
    """Take back the last decision of this sitting and show its item again."""
    got = await request.form()
    form = {k: v for k, v in got.items() if isinstance(v, str)}
    return await run_in_threadpool(_undo, request, person.name, case_id, document_id, form)


def _undo(request: Request, author: str, case_id: str, document_id: str, form: dict[str, str]) -> Response:
    desk = desk_of(request)
    where = where_of(request, form)
    case = desk.case(case_id)
    since = int(where.since) if where.since else len(case.reviews)
    try:
        made = undo_last(
            desk.workspace.cases, desk.workspace.clock, case_id, author=author, since=since, seen=form.get("seen")
        )
    except EditConflict as error:
        here = address(case_path(case_id, "documents", document_id), **where.query(item=form.get("item", "")))
        attempt = Attempt(
            action=case_path(case_id, "documents", document_id, "undo"), kept=kept_fields(form),
            mine=(("Undo", form.get("undo", "") or "your last decision of this sitting"),), take="",
            keep=("Keep it as it is", here), back=("Back to the documents", case_path(case_id, "documents")),
        )  # fmt: skip
        return conflict_page(
            request, error, attempt, nav="board", tab="documents", case=in_case(case, where)
        )
    back = document_id
    if made is not None:
        item = next((e for e in desk.case(case_id).evidence if e.id == made.evidence), None)
        back = item.quote.document.id if item is not None and item.quote else document_id
    goal = made.evidence if made is not None else form.get("item", "")
    return see_other(address(case_path(case_id, "documents", back), **where.query(item=goal)))
