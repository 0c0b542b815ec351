"""Base rates, the ledger, alerts and events over the API."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Query, Request, Response

from vedette.domain.ledger import Forecast, Question, Resolution
from vedette.domain.plain import to_plain
from vedette.errors import BadInput, UnknownName
from vedette.web.access import Person, Reader, Writer
from vedette.web.api.cases import After, Limit, _finite, _tag
from vedette.web.api.requests import PAGE, once, page_of, tagged, unchanged
from vedette.web.api.shapes import (
    AlertPage,
    Committed,
    EventPage,
    ForecastBody,
    ForecastLine,
    QuestionBody,
    QuestionLine,
    QuestionPage,
    ResolutionBody,
)
from vedette.web.desk import Desk
from vedette.web.ledger_access import free, may_write
from vedette.web.render import desk_of
from vedette.web.security import digest_of

router = APIRouter(tags=["record"])
QuestionId = Annotated[str, Path(max_length=160, description="Id of a question")]
Text = Annotated[str, Query(max_length=200)]


@router.get("/base-rate", operation_id="base_rate")
def base_rate(
    request: Request, person: Reader, intervener: Text, target: Text,
    outcome: Annotated[Literal["force", "mid", "hostile_intervention"], Query()] = "force",
    horizon: Annotated[str, Query(max_length=20)] = "12m", as_of: dt.date | None = None,
) -> dict[str, Any]:  # fmt: skip
    """Chance from history alone, with interval and what it rests on."""
    from vedette.workflows.base_rate import base_rate as rate

    plain: dict[str, Any] = _finite(rate(intervener, target, outcome, horizon, as_of).to_dict())
    return plain


@router.get("/ledger/questions", operation_id="list_questions")
def list_questions(request: Request, person: Reader, limit: Limit = PAGE, after: After = "") -> QuestionPage:
    """Questions of the ledger about cases that are open to you, with their state."""
    desk = desk_of(request)
    entries = desk.workspace.ledger.entries()
    lines = [line for line, _ in _questions(desk, person)]
    shown, more = page_of(lines, lambda q: q.question, after, limit)
    return QuestionPage(items=shown, next=more, sound=not any(e.fault for e in entries))


@router.get("/ledger/questions/{question_id}", operation_id="read_question", response_model=QuestionBody)
def read_question(request: Request, person: Reader, question_id: QuestionId) -> Response:
    """A question with every forecast committed to it. The ETag is its version, for If-Match on a resolution."""
    desk = desk_of(request)
    line, forecasts = _one(desk, person, question_id)
    body = QuestionBody(**line.model_dump(), history=[_forecast(digest, f) for digest, f in forecasts])
    return tagged(body, _version(desk, question_id))


def _version(desk: Desk, question_id: str) -> str:
    """Changes with everything that is said of a question."""
    return digest_of(*(e.digest for e in desk.workspace.ledger.entries() if e.question == question_id))


@router.post("/ledger/forecasts", operation_id="commit_forecast", status_code=201, response_model=Committed)
def commit(request: Request, person: Writer, given: ForecastBody) -> Response:
    """Commit a forecast: the assessment of a case, or the distribution given. It is never changed afterwards.

    With If-Match and the ETag of the case, only if nothing was added to it since.
    """
    from vedette.workflows.commit import Stated, commit_forecast, stated_by_assessment

    desk = desk_of(request)
    may_write(desk, person, given.case)
    case = desk.case(given.case)
    free(desk, person, given.question or case.id)
    day = given.as_of or desk.day(case)

    def make() -> Committed:
        record = desk.workspace.analyst_record
        stated = stated_by_assessment(case, day, mode=given.mode, record=record)
        if given.distribution is not None:
            stated = Stated(
                distribution=given.distribution, base_rate=given.base_rate or stated.base_rate, as_of=day,
                inputs_digest="", method="stated by a person",
            )
        with desk.workspace.cases.transaction():
            unchanged(request, _tag(desk, case.id))
            digest, forecast = commit_forecast(
                desk.workspace.ledger, desk.workspace.clock, case, stated,
                forecaster=person.name if given.distribution is not None else f"vedette {given.mode}",
                note=given.note, question=given.question or None,
            )
        request.scope["vedette.audit"] = {"case": case.id, "subject": forecast.question, "detail": digest}
        return Committed(digest=digest, question=forecast.question)

    return once(request, person, given, 201, make)


@router.post(
    "/ledger/questions/{question_id}/resolutions", operation_id="resolve_question", status_code=201,
    response_model=Committed,
)  # fmt: skip
def resolve(request: Request, person: Writer, question_id: QuestionId, given: ResolutionBody) -> Response:
    """Say what happened with its source, or why the question is void.

    A question that was answered already is answered anew only with If-Match and the question's ETag: the later answer
    then replaces the earlier one for scoring, visibly. Without it the answer is 409.
    """
    from vedette.workflows.commit import resolve_question

    desk = desk_of(request)
    line, _ = _one(desk, person, question_id)
    if line.case:
        may_write(desk, person, line.case)

    def make() -> Committed:
        known = bool(request.headers.get("if-match", ""))
        with desk.workspace.cases.transaction():
            unchanged(request, _version(desk, question_id))
            digest, _resolution = resolve_question(
                desk.workspace.ledger, desk.workspace.clock, question_id, atom=given.answer or None,
                source=given.source, occurred=given.occurred, void_reason=given.void_reason,
                after=None if known else "",
            )
        request.scope["vedette.audit"] = {"subject": question_id, "detail": digest}
        return Committed(digest=digest, question=question_id)

    return once(request, person, given, 201, make)


@router.get("/ledger/scores", operation_id="scores")
def scores(request: Request, person: Reader) -> dict[str, Any]:
    """Scores of every forecaster beside the base rate, with n and interval; only questions you may read."""
    from vedette.workflows.open_case import open_case
    from vedette.workflows.score import score_ledger

    desk = desk_of(request)
    names = {line.question for line, _ in _questions(desk, person)}
    entries = [e for e in desk.workspace.ledger.entries() if e.question in names]
    store = desk.workspace.cases
    plain: dict[str, Any] = _finite(to_plain(score_ledger(entries, lambda n: open_case(store, n), desk.today())))
    return plain


@router.get("/alerts", operation_id="list_alerts")
def list_alerts(request: Request, person: Reader, limit: Limit = PAGE, after: After = "") -> AlertPage:
    """Alerts of cases that are open to you, newest first."""
    desk = desk_of(request)
    open_to = set(desk.visible(person, {a.case for a in desk.workspace.watching.alerts()}))
    found = [a for a in desk.workspace.watching.alerts() if a.case in open_to]
    keys = [a.key for a in found]
    if after and after not in keys:
        raise UnknownName("alert", after, fix="Start again without after")
    start = keys.index(after) + 1 if after else 0
    shown = found[start : start + limit]
    more = shown[-1].key if shown and start + limit < len(found) else None
    return AlertPage(items=[_finite(dict(to_plain(a))) for a in shown], next=more)


@router.get("/events", operation_id="query_events")
def query_events(
    request: Request, person: Reader, source: Text = "", target: Text = "", both_ways: bool = False,
    classes: Annotated[list[str] | None, Query(max_length=20)] = None, near: Text = "", place: Text = "",
    since: dt.date | None = None, until: dt.date | None = None, as_of: dt.date | None = None, limit: Limit = PAGE,
) -> EventPage:  # fmt: skip
    """Coded events of a pair or a place as of a day, newest first. No reporting is not no event: see ``says``."""
    from vedette.workflows.events import event_query, plain_events, truncation

    if bool(source) != bool(target):
        raise BadInput("a pair needs both states", fix="Give source and target, or neither")
    asked = event_query(
        dyad=(source, target) if source else None, both_ways=both_ways, classes=classes or (), near=near, place=place,
        since=since.isoformat() if since else "", until=until.isoformat() if until else "",
        as_of=as_of.isoformat() if as_of else "", limit=limit + 1,
    )
    store = desk_of(request).workspace.events
    found = store.query(asked)
    says = truncation(store, asked.as_of)
    return EventPage(
        items=[dict(_finite(e)) for e in plain_events(found[:limit])], truncated=len(found) > limit, says=list(says)
    )


def _questions(desk: Desk, person: Person) -> list[tuple[QuestionLine, list[tuple[str, Forecast]]]]:
    entries = [e for e in desk.workspace.ledger.entries() if e.noun is not None]
    forecasts: dict[str, list[tuple[str, Forecast]]] = {}
    resolved: dict[str, Resolution] = {}
    for e in entries:
        if isinstance(e.noun, Forecast):
            forecasts.setdefault(e.question, []).append((e.digest, e.noun))
        elif isinstance(e.noun, Resolution):
            resolved[e.question] = e.noun
    asked = [e.noun for e in entries if isinstance(e.noun, Question)]
    open_to = set(desk.visible(person, {q.case for q in asked if q.case}))
    return [
        (_question(q, forecasts.get(q.id, []), resolved.get(q.id)), forecasts.get(q.id, []))
        for q in asked if not q.case or q.case in open_to
    ]  # fmt: skip


def _one(desk: Desk, person: Person, name: str) -> tuple[QuestionLine, list[tuple[str, Forecast]]]:
    found = {line.question: (line, forecasts) for line, forecasts in _questions(desk, person)}
    if name not in found:
        import difflib

        raise UnknownName("question", name, nearest=difflib.get_close_matches(name, found, n=3, cutoff=0.3))
    return found[name]


def _question(q: Question, forecasts: list[tuple[str, Forecast]], done: Resolution | None) -> QuestionLine:
    state: Literal["open", "resolved", "void"] = "open"
    if done is not None:
        state = "void" if done.atom is None else "resolved"
    return QuestionLine(
        question=q.id, case=q.case, statement=q.statement, rule=q.rule, deadline=q.deadline, answers=list(q.atoms),
        state=state, answer=done.atom if done else None, forecasts=len(forecasts),
    )  # fmt: skip


def _forecast(digest: str, f: Forecast) -> ForecastLine:
    return ForecastLine(
        digest=digest, question=f.question, forecaster=f.forecaster, as_of=f.as_of, at=f.at,
        distribution=dict(f.distribution), base_rate=dict(f.base_rate), method=f.method, note=f.note,
    )
