"""Elicitation: a blind round, coherence with the smallest repair, a second round beside the others, the pool."""

from __future__ import annotations

from dataclasses import replace

from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from vedette.domain.case import Case
from vedette.domain.forecast import Assessment
from vedette.domain.judgment import JudgmentKind
from vedette.domain.time import AsOf
from vedette.errors import BadInput, EditConflict, VedetteError
from vedette.web.access import Person, Reader, Right, Writer, refusal
from vedette.web.desk import Desk
from vedette.web.meeting import conflict_page
from vedette.web.reading import day_of, in_case, time_of, where_of
from vedette.web.render import desk_of, page, see_other
from vedette.web.views.address import address, case_path, sentence
from vedette.web.views.conflict import Attempt, kept_fields
from vedette.web.views.documents import Where
from vedette.web.views.elicit import Form, answered, elicit_view
from vedette.web.views.evidence import scenario_letters
from vedette.workflows.conflicts import refuse_answered, round_mark
from vedette.workflows.elicit import ASKED, BLIND, Answer, coherence_of, give, parse_answers

router = APIRouter()

NAME = 60
"""Characters of an analyst's name. [assumption]"""


def analyst_of(person: Person, wanted: str) -> tuple[str, bool]:
    """(who answers, whether that is fixed). Only who may administer answers in somebody else's name."""
    name = " ".join(wanted.split())[:NAME]
    if person.may(Right.ADMIN) and name and name.isprintable():
        return name, False
    return person.name, not person.may(Right.ADMIN)


def today_of(desk: Desk) -> AsOf:
    """The day it is."""
    return AsOf.of(desk.workspace.clock.now())


@router.get("/cases/{case_id}/elicit")
def elicit(request: Request, person: Reader, case_id: str) -> Response:
    """What one analyst is asked, and, once the blind round is in, what the others said."""
    got = request.query_params
    analyst, fixed = analyst_of(person, got.get("analyst", ""))
    stored = got.get("stored", "")
    return _page(
        request, case_id, where_of(request), analyst, fixed, Form(fields={}),
        stored=int(stored) if stored.isdecimal() and len(stored) < 5 else 0,
    )  # fmt: skip


def _page(
    request: Request, case_id: str, where: Where, analyst: str, fixed: bool, form: Form, *, status: int = 200,
    stored: int = 0,
) -> Response:  # fmt: skip
    desk = desk_of(request)
    case = desk.case(case_id)
    day = day_of(desk, case, where)
    all_in, model = None, None
    if analyst in answered(case.known(day)):
        all_in = desk.assessment(case_id, day, full=False)
        model = _model_alone(desk, case, day)
    view = elicit_view(
        case, day, analyst=analyst, fixed=fixed, form=form, today=today_of(desk), as_of=where.as_of, assessment=all_in,
        model=model, stored=stored,
    )  # fmt: skip
    return page(
        request, "elicit.html", view, seen=round_mark(case, analyst, ASKED), status=status,
        nav="board", tab="elicit", case=in_case(case, where),
        title=f"Elicitation, {view.title}", locked=refusal(request, Right.WRITE),
        timebar=time_of(desk, case, where, case_path(case.id, "elicit"), more={"analyst": analyst}),
    )  # fmt: skip


def _model_alone(desk: Desk, case: Case, day: AsOf) -> Assessment:
    """The assessment without anyone's probabilities."""
    from vedette.workflows.assess import assess_case

    def make() -> Assessment:
        kept = tuple(j for j in case.judgments if j.kind is not JudgmentKind.PROBABILITY)
        return assess_case(replace(case, judgments=kept), day, with_sensitivity=False, record=desk.record)

    found: Assessment = desk.parts.get(("model alone", case.id, desk.version(case.id), day), make)
    return found


@router.post("/cases/{case_id}/elicit")
async def answer(request: Request, person: Writer, case_id: str) -> Response:
    """Check answers, or record them: as given, or with the smallest repair that makes them fit."""
    got = await request.form()
    fields = {k: v for k, v in got.items() if isinstance(v, str)}
    return await run_in_threadpool(_answer, request, person, case_id, fields)


def _answer(request: Request, person: Person, case_id: str, fields: dict[str, str]) -> Response:
    desk = desk_of(request)
    case = desk.case(case_id)
    analyst, fixed = analyst_of(person, fields.get("analyst", ""))
    try:
        where = where_of(request, {"as_of": fields.get("as_of", "")})
    except VedetteError as error:
        form = Form(fields=fields, error=sentence(error.what), fix=sentence(error.fix))
        return _page(request, case_id, Where(), analyst, fixed, form, status=422)
    day = day_of(desk, case, where)
    try:
        # Before anything is checked: a page that is shown again would carry the newer version.
        refuse_answered(case, analyst, ASKED, fields.get("seen"))
        answers = answers_of(case, fields)
        coherence = coherence_of(case, answers)
        action = fields.get("action", "check")
        if coherence and coherence["problems"] and action not in ("keep", "repair"):
            return _page(request, case_id, where, analyst, fixed, Form(fields=fields, coherence=coherence))
        if action == "repair" and coherence:
            answers = repaired(answers, coherence["repaired"])
        mine = [j for j in case.known(day).judgments if j.analyst == analyst]
        done = analyst in answered(case.known(day))
        give(
            desk.workspace.cases, desk.workspace.clock, case_id, answers, analyst=analyst,
            reason=fields.get("reason", "").strip(),
            round=max((j.round for j in mine), default=BLIND) + 1 if done else BLIND,
            saw_model=done or fields.get("saw_model") == "yes", as_of=_speaks_for(desk, day),
            seen=fields.get("seen"),
        )  # fmt: skip
    except EditConflict as error:
        return conflict_page(
            request, error, _attempt(case, analyst, fields, where), nav="board", tab="elicit",
            case=in_case(case, where),
        )
    except VedetteError as error:
        form = Form(fields=fields, error=sentence(error.what), fix="" if "--" in error.fix else sentence(error.fix))
        return _page(request, case_id, where, analyst, fixed, form, status=422)
    return see_other(
        address(case_path(case_id, "elicit"), as_of=where.as_of, analyst=analyst, stored=len(answers)) + "#result"
    )


def _attempt(case: Case, analyst: str, fields: dict[str, str], where: Where) -> Attempt:
    """What an analyst was about to answer: probabilities and the reason can still be changed, levels are kept."""
    named = scenario_letters(case)
    labels = {f"p_{s.id}": f"{' '.join(named[s.id])}, %" for s in case.scenario_set.scenarios}
    levels = [(f.removeprefix("s_"), v) for f, v in fields.items() if f.startswith("s_") and v]
    here = address(case_path(case.id, "elicit"), as_of=where.as_of, analyst=analyst)
    return Attempt(
        action=case_path(case.id, "elicit"), kept=kept_fields(fields, {**labels, "reason": "Why"}, ("reason",)),
        mine=(("Answers of", analyst), *((label, fields.get(f, "")) for f, label in labels.items()), *levels,
              ("Why", fields.get("reason", ""))),
        keep=("Keep what is there", here), back=("Look at the answers first", f"{here}#result"),
        take="Give mine as the next answer",
    )  # fmt: skip


def _speaks_for(desk: Desk, day: AsOf) -> str | None:
    """The day an answer speaks for: that of the page when it is past, else now."""
    return str(day) if day.date < today_of(desk).date else None


def answers_of(case: Case, fields: dict[str, str]) -> tuple[Answer, ...]:
    """Answers from the form: percentages by scenario, levels by condition; blanks are no answers.

    Raises `BadInput` that names the line as the page does.
    """
    probabilities, states = [], []
    for s in case.scenario_set.scenarios:
        text = fields.get(f"p_{s.id}", "").strip().rstrip("%").replace(",", ".").strip()
        if not text:
            continue
        try:
            number = float(text)
        except ValueError:
            raise BadInput(f"{s.label}: {text!r} is not a number", fix="Give a percentage such as 30") from None
        if not 0 < number < 100:
            raise BadInput(
                f"{s.label}: {text} % is not between 0 and 100", fix="Nothing here is certain: use 0.5 or 99.5"
            )
        probabilities.append(f"{s.id}={number}%")
    for field, value in fields.items():
        if field.startswith("s_") and value:
            # A level kept between two words prints as "+0.5 (mixed)".
            states.append(f"{field[2:]}={value.partition(' ')[0].replace(chr(0x2212), '-')}")
    if not probabilities and not states:
        raise BadInput("nothing was answered yet", fix="Give at least one probability or level")
    return parse_answers(case, probabilities, states, [])


def repaired(answers: tuple[Answer, ...], scenarios: dict[str, float]) -> tuple[Answer, ...]:
    """The answers with the repaired probabilities in place of those stated, held away from 0 and 1."""
    return tuple(
        replace(a, value=min(max(scenarios[a.subject], 0.001), 0.999)) if a.kind is JudgmentKind.PROBABILITY else a
        for a in answers
    )
