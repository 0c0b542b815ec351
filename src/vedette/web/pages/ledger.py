"""The ledger: scores, questions, forecasts, what came true, post-mortems, other people's forecasts."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, File, Form, Request, Response, UploadFile

from vedette.domain.ledger import Forecast, Resolution
from vedette.domain.time import AsOf, parse_date
from vedette.errors import BadInput, EditConflict, UnknownName, VedetteError
from vedette.web.access import Person, Reader, Writer
from vedette.web.ledger_access import free, may_write, seen, writable
from vedette.web.meeting import conflict_page, signed
from vedette.web.render import desk_of, page, see_other
from vedette.web.security import digest_of
from vedette.web.views.address import address, case_path
from vedette.web.views.conflict import Attempt, kept_fields
from vedette.web.views.ledger import LedgerView, ledger_view, question_path
from vedette.web.views.ledger_import import ImportView, import_view
from vedette.web.views.ledger_question import (
    QuestionView,
    Typed,
    case_question,
    postmortem_view,
    question_view,
)
from vedette.workflows.commit import refuse_answered
from vedette.workflows.conflicts import case_mark, refuse_moved

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence

    from vedette.codec.forecast_files import Refused
    from vedette.domain.case import Case
    from vedette.ports import LedgerEntry
    from vedette.web.desk import Desk
    from vedette.workflows.standing import FindCase

router = APIRouter()

FORMATS = ("csv", "metaculus", "good-judgment", "forecastbench", "predictionbook", "autocast")


def _finder(desk: Desk) -> FindCase:
    def find(name: str) -> Case | None:
        try:
            return desk.case(name) if name else None
        except UnknownName:
            return None

    return find


def _today(desk: Desk) -> dt.date:
    return desk.workspace.clock.now().date()


def _stamp(desk: Desk, entries: list[LedgerEntry]) -> tuple[object, ...]:
    """What a page of the ledger is kept under: its newest link, its faults, the day, and its questions' cases."""
    cases = sorted({getattr(e.noun, "case", "") for e in entries} - {""})
    find = _finder(desk)
    versions = tuple((c, desk.version(c)) for c in cases if find(c) is not None)
    head = entries[-1].digest if entries else ""
    shown = digest_of(*(e.seq for e in entries))
    return (head, shown, sum(bool(e.fault) for e in entries), _today(desk), versions)


@router.get("/ledger")
def ledger(request: Request, person: Reader, who: str = "", resolved: str = "") -> Response:
    """Scores and questions."""
    return page(request, "ledger.html", _view(desk_of(request), person, who, resolved), nav="ledger", title="Ledger",
                formats=FORMATS, typed=Typed())  # fmt: skip


def _view(desk: Desk, person: Person, who: str, resolved: str) -> LedgerView:
    entries = seen(desk, person)
    find, today = _finder(desk), _today(desk)
    every = resolved == "all"
    made: LedgerView = desk.parts.get(
        ("ledger", who, every, *_stamp(desk, entries)),
        lambda: ledger_view(
            entries, find, today, who=who, all_resolved=every, scored=lambda: _scored(desk, entries)
        ),
    )
    return made


@router.get("/ledger.json")
def ledger_json(request: Request, person: Reader) -> Response:
    """Every score, as ``vedette ledger score --json`` prints it."""
    import json

    from vedette.domain.plain import to_plain

    scores = to_plain(_scores(desk_of(request), person))
    return Response(json.dumps(scores, ensure_ascii=False), media_type="application/json")


@router.get("/ledger.csv")
def ledger_csv(request: Request, person: Reader) -> Response:
    """One line a question and forecaster: scores beside those of the base rate."""
    from vedette.codec.tables import safe_cell

    out = io.StringIO()
    write = csv.writer(out)
    metrics = ("brier", "log_score", "rps")
    write.writerow(
        ["question", "forecaster", "happened", "days", "first_day", "last_day", *metrics,
         *(f"base_rate_{m}" for m in metrics)]
    )  # fmt: skip
    for r in _scores(desk_of(request), person)["rows"]:
        numbers = [r[part][m] for part in ("scores", "base_rate") for m in metrics]
        write.writerow(
            [safe_cell(r[k]) for k in ("question", "forecaster", "happened", "days", "first_day", "last_day")]
            + ["" if v is None else f"{v:.6f}" for v in numbers]
        )
    return Response(
        out.getvalue(), media_type="text/csv; charset=utf-8",
        headers={"content-disposition": 'attachment; filename="vedette-scores.csv"'},
    )  # fmt: skip


def _scores(desk: Desk, person: Person) -> dict[str, Any]:
    return _scored(desk, seen(desk, person))


def _scored(desk: Desk, entries: list[LedgerEntry]) -> dict[str, Any]:
    """Scores of these entries, kept: whose are shown is chosen from them, and changes nothing of them."""
    from vedette.workflows.score import score_ledger

    made: dict[str, Any] = desk.parts.get(
        ("scores", *_stamp(desk, entries)), lambda: score_ledger(entries, _finder(desk), _today(desk))
    )
    return made


# -- other people's forecasts -----------------------------------------------------------------------------------


@router.post("/ledger/import")
def import_file(
    request: Request, person: Writer, file: Annotated[UploadFile, File()],
    form: Annotated[str, Form(alias="format")] = "csv",
    maps: Annotated[str, Form()] = "", base_rate: Annotated[str, Form()] = "",
) -> Response:  # fmt: skip
    """Bring a file of forecasts in; rows that cannot be used are listed with the reason and offered for download."""
    from vedette.codec.forecast_files import MOST_ROWS
    from vedette.workflows.import_forecasts import import_forecasts, parse_maps

    desk = desk_of(request)
    values = {"format": form, "maps": maps, "base_rate": base_rate}
    try:
        data = file.file.read()
        if not data:
            raise BadInput("the file is empty, or none was chosen", fix="Choose a CSV, JSON or parquet file")
        done = import_forecasts(
            desk.workspace.ledger, desk.workspace.clock, [(file.filename or "upload", data)], form, _finder(desk),
            maps=parse_maps([m.strip() for m in maps.splitlines() if m.strip()]), base_rate=_share(base_rate),
            may=writable(desk, person), most=MOST_ROWS,
        )  # fmt: skip
    except VedetteError as error:
        typed = Typed(form="import", error=error.what, fix=error.fix, values=values)
        return page(request, "ledger.html", _view(desk, person, "", ""), nav="ledger", title="Ledger", status=422,
                    formats=FORMATS, typed=typed)  # fmt: skip
    view: ImportView = import_view(done, file.filename or "upload")
    kept = _keep_aside(desk, file.filename or "upload", data, done.aside) if done.aside else ""
    return page(request, "ledger_import.html", view, nav="ledger", title="Imported forecasts", kept=kept)


def _keep_aside(desk: Desk, name: str, data: bytes, aside: Sequence[Refused]) -> str:
    """Rows that could not be used go into the workspace, under a name that follows from the file, as the command
    line does: a second import writes the same file again. Returns the path shown to the user."""
    import hashlib
    import re
    from pathlib import PurePath

    from vedette.codec.forecast_files import write_refused

    stem = re.sub(r"[^\w.-]", "_", PurePath(name.replace("\\", "/")).stem)[:60] or "upload"
    folder = desk.settings.home / "aside"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = folder / f"{stem}-{hashlib.sha256(data).hexdigest()[:12]}.jsonl"
    part = path.with_suffix(".part")
    part.write_bytes(write_refused(aside).encode("utf-8", "backslashreplace"))
    part.replace(path)
    return str(path)


def _share(text: str) -> float | None:
    """0..1 from ``0.2`` or ``20 %``; None when nothing was given."""
    plain = text.strip().replace(",", ".")
    if not plain:
        return None
    try:
        return float(plain.rstrip("% ")) / (100 if plain.endswith("%") else 1)
    except ValueError as error:
        raise BadInput(f"{text!r} is not a number", fix="For example 0.2 or 20 %") from error


# -- one question -----------------------------------------------------------------------------------------------


@router.get("/ledger/new")
def new(request: Request, person: Writer, case: str) -> Response:
    """The form that commits the first forecast on a case's question; its own page once there is one."""
    desk = desk_of(request)
    may_write(desk, person, case)
    found = desk.case(case)
    if any(e.question == found.id for e in desk.workspace.ledger.entries()):
        return see_other(f"{question_path(found.id)}#forecast")
    return _question_page(request, case_question(found, _today(desk)), person)


@router.get("/ledger/{question}")
def question(request: Request, person: Reader, question: str) -> Response:
    """A question with everything that was said of it."""
    desk = desk_of(request)
    return _question_page(
        request, question_view(seen(desk, person), _finder(desk), question, _today(desk)), person
    )


def _question_page(request: Request, view: QuestionView, person: Person, status: int = 200) -> Response:
    seen_at = _seen_at(desk_of(request), view.id, view.case_id, person)
    return page(
        request, "ledger_question.html", view, nav="ledger", title=view.statement, status=status, seen=seen_at
    )


MODEL = "vedette recommended"
"""The forecaster of what the assessment of a day says."""


def _seen_at(desk: Desk, name: str, case_id: str, person: Person) -> dict[str, str]:
    """What the forms of a question are rendered from: the case, the last forecasts, the answer that counts."""
    entries = [e for e in desk.workspace.ledger.entries() if e.question == name]

    def last(kind: type, who: str = "") -> str:
        said = [e.digest for e in entries
                if isinstance(e.noun, kind) and (not who or getattr(e.noun, "forecaster", "") == who)]  # fmt: skip
        return said[-1] if said else ""

    case = _finder(desk)(case_id)
    return {
        "case": case_mark(desk.workspace.cases, case) if case is not None else "", "answer": last(Resolution),
        "own": last(Forecast, person.name), "model": last(Forecast, MODEL),
    }  # fmt: skip


@router.post("/ledger/forecast")
async def forecast(request: Request, person: Writer) -> Response:
    """Commit a forecast on a case's question: the assessment of a day, or one's own numbers."""
    from starlette.concurrency import run_in_threadpool

    given = {k: str(v) for k, v in (await request.form()).items()}
    return await run_in_threadpool(_forecast, request, given, person)


def _forecast(request: Request, given: dict[str, str], person: Person) -> Response:
    from vedette.workflows.commit import Stated, commit_forecast, stated_by_assessment

    desk = desk_of(request)
    may_write(desk, person, given.get("case", ""))
    case = desk.case(given.get("case", ""))
    name = given.get("question") or case.id
    try:
        free(desk, person, name)
        day = AsOf(date=parse_date(given.get("as_of", ""), where="date"))
        own = given.get("kind") == "own"
        reference = stated_by_assessment(case, day.date, mode="recommended", record=desk.workspace.analyst_record)
        stated = reference
        if own:
            numbers = {a.id: _share(given.get(f"p_{i}", "")) for i, a in enumerate(case.scenario_set.atoms)}
            missing = [a for a, p in numbers.items() if p is None]
            if missing:
                said = f"no probability for {', '.join(missing)}"
                raise BadInput(said, fix="Give every answer one; they sum to 100 %")
            stated = Stated(
                distribution=_to_one({a: p or 0.0 for a, p in numbers.items()}), base_rate=reference.base_rate,
                as_of=day.date, inputs_digest="", method="stated by a person",
            )  # fmt: skip
        with desk.workspace.cases.transaction():
            # Nobody may change the case between the look at its version and the entry in the ledger.
            refuse_answered(desk.workspace.ledger.entries(), name)
            refuse_moved(desk.workspace.cases, desk.case(case.id), given.get("seen"))
            commit_forecast(
                desk.workspace.ledger, desk.workspace.clock, case, stated, question=name if name != case.id else None,
                forecaster=person.name if own else MODEL, note=given.get("note", ""),
                after=given.get("own" if own else "model"),
            )  # fmt: skip
    except EditConflict as error:
        return _forecast_met(request, desk, case, name, error, given, person)
    except VedetteError as error:
        refused = _refused(desk, person, case, name, "forecast", error, given)
        return _question_page(request, refused, person, status=422)
    return see_other(question_path(name))


def _forecast_met(
    request: Request, desk: Desk, case: Case, name: str, error: EditConflict, given: dict[str, str], person: Person
) -> Response:
    """The conflict page of a forecast. Put on top of theirs it rests on the case as it is now."""
    own = given.get("kind") == "own"
    fresh = _seen_at(desk, name, case.id, person)
    labels = {f"p_{i}": f"Chance of {a.id}" for i, a in enumerate(case.scenario_set.atoms)} if own else {}
    sent = given | {"seen": fresh["case"], "own": fresh["own"], "model": fresh["model"]}
    asked_before = any(e.question == name for e in desk.workspace.ledger.entries())
    there = question_path(name) if asked_before else address("/ledger/new", case=case.id)
    whose = f"the numbers of {person.name}" if own else "the assessment of that day, made anew from the case as it is"
    asked = Attempt(
        action="/ledger/forecast", kept=kept_fields(sent, {**labels, "note": "Note"}), take="" if fresh["answer"] else
        "Commit mine on top of it",
        mine=(("Question", name), ("Knowledge up to", given.get("as_of", "")), ("Whose numbers", whose),
              *((label, given.get(field, "")) for field, label in labels.items()), ("Note", given.get("note", ""))),
        keep=("Keep it as it is", case_path(case.id)), back=("Back to the question", there),
    )  # fmt: skip
    error = signed(
        desk, EditConflict(error.what, where=error.where, fix=error.fix, deeds=error.deeds, version=fresh["case"]),
        name, *RESOLVES,
    )  # fmt: skip
    return conflict_page(request, error, asked, nav="ledger")


RESOLVES = ("resolve",)
"""What the log calls an answer, given on a page or over the API."""


def _to_one(numbers: dict[str, float]) -> dict[str, float]:
    """Numbers typed in per cent are out by their rounding: that much is spread, more is refused by the check."""
    total = sum(numbers.values())
    return {a: p / total for a, p in numbers.items()} if 0 < abs(total - 1) <= 0.015 else numbers


def _refused(
    desk: Desk, person: Person, case: Case | None, name: str, form: str, error: VedetteError, given: dict[str, str]
) -> QuestionView:
    typed = Typed(form=form, error=error.what, fix=error.fix, values=given)
    entries = seen(desk, person)
    try:
        return question_view(entries, _finder(desk), name, _today(desk), typed=typed)
    except UnknownName:
        if case is None:
            raise
        return case_question(case, _today(desk), typed=typed)


@router.post("/ledger/{question}/resolve")
async def resolve(request: Request, person: Writer, question: str) -> Response:
    """Say what happened, with its source, or why the question is void."""
    from starlette.concurrency import run_in_threadpool

    form = await request.form()
    given = {k: str(v) for k, v in form.items() if k != "evidence"}
    cited = [str(v) for v in form.getlist("evidence")]
    return await run_in_threadpool(_resolve, request, person, question, given, cited)


def _resolve(
    request: Request, person: Person, question: str, given: dict[str, str], cited: list[str]
) -> Response:
    from vedette.workflows.commit import resolve_question

    desk = desk_of(request)
    asked = question_view(seen(desk, person), _finder(desk), question, _today(desk))
    if asked.case_id:
        may_write(desk, person, asked.case_id)
    try:
        if given.get("atom") == "void":
            reason = given.get("void", "").strip()
            if not reason:
                raise BadInput("a void question needs the reason", fix="Say why it cannot be judged fairly")
            atom, occurred = None, None
        else:
            atom, reason = given.get("atom") or None, ""
            if atom is None:
                raise BadInput("no answer was chosen", fix="Choose what came true, or void")
            occurred = parse_date(given["occurred"], where="day") if given.get("occurred") else None
        source = given.get("source", "").strip()
        if not source and not cited and not reason:
            raise BadInput("a resolution needs its source", fix="Name who established it, or choose the evidence")
        if cited:
            source = f"{source} (evidence: {', '.join(cited)})".strip()
        resolve_question(
            desk.workspace.ledger, desk.workspace.clock, question, atom=atom, source=source, occurred=occurred,
            void_reason=reason, after=given.get("answer", ""),
        )  # fmt: skip
    except EditConflict as error:
        sent: dict[str, str | list[str]] = {**given, "evidence": cited}
        attempt = Attempt(
            action=f"{question_path(question)}/resolve", version="answer",
            kept=kept_fields(
                sent, {"void": "Why it is void"} if given.get("atom") == "void" else
                {"occurred": "Day it happened", "source": "Source"},
            ),
            mine=(("What came true", given.get("atom", "")), ("Day it happened", given.get("occurred", "")),
                  ("Source", given.get("source", "")), ("Evidence", ", ".join(cited)),
                  ("Why it is void", given.get("void", ""))),
            take="Let mine count instead of theirs", keep=("Keep theirs", question_path(question)),
            back=("Back to the ledger", "/ledger"),
        )  # fmt: skip
        return conflict_page(request, signed(desk, error, question, *RESOLVES), attempt, nav="ledger")
    except VedetteError as error:
        refused = _refused(desk, person, None, question, "resolve", error, given)
        return _question_page(request, refused, person, status=422)
    request.scope["vedette.audit"] = {"subject": question, "case": asked.case_id, "detail": atom or f"void: {reason}"}
    return see_other(question_path(question))


@router.get("/ledger/{question}/postmortem")
def postmortem(request: Request, person: Reader, question: str, scenario: str | None = None) -> Response:
    """What misled and what helped, rerun as of the dates of the committed forecasts."""
    from vedette.workflows.postmortem import postmortem as make

    desk = desk_of(request)
    entries = seen(desk, person)
    report = desk.parts.get(
        ("postmortem", question, scenario, *_stamp(desk, entries)),
        lambda: make(question, entries, _finder(desk), scenario=scenario),
    )
    view = postmortem_view(report, desk.case(report["case"]).framework)
    return page(request, "ledger_postmortem.html", view, nav="ledger", title=f"Post-mortem of {question}")
