"""Every item of evidence of a case: filters through the address, and the same selection as CSV or JSON."""

from __future__ import annotations

import json
from typing import Annotated

from fastapi import APIRouter, Form, Request
from starlette.responses import Response

from vedette.domain.case import Case
from vedette.domain.evidence import Verdict
from vedette.domain.time import AsOf
from vedette.errors import BadInput, EditConflict
from vedette.web.access import Reader, Right, Writer, refusal
from vedette.web.meeting import conflict_page
from vedette.web.reading import day_of, in_case, time_of, where_of
from vedette.web.render import desk_of, local_path, page, see_other
from vedette.web.views.address import case_path, sentence
from vedette.web.views.conflict import Attempt, kept_fields
from vedette.web.views.documents import Where
from vedette.web.views.evidence import SORTS, Filter, as_csv, as_plain, chosen, evidence_view
from vedette.workflows.handling import EXPORT_CEILING, for_audience
from vedette.workflows.review import Decision
from vedette.workflows.said_again import said_again
from vedette.workflows.triage import decide

router = APIRouter()


def filter_of(request: Request) -> Filter:
    """The filter an address carries; what it cannot mean is left out."""
    got = request.query_params
    page_number = got.get("page", "")
    return Filter(
        q=got.get("q", "")[:200], status=got.get("status", ""), condition=got.get("condition", ""),
        direction=got.get("direction", ""), who=got.get("who", ""), grade=got.get("grade", ""),
        sort=got.get("sort", "newest") if got.get("sort") in SORTS else "newest",
        page=int(page_number) if page_number.isdecimal() and len(page_number) < 7 else 1,
    )  # fmt: skip


@router.get("/cases/{case_id}/evidence")
def evidence(request: Request, person: Reader, case_id: str) -> Response:
    """The list."""
    return _page(request, case_id)


def _page(request: Request, case_id: str, *, problem: str = "", status: int = 200) -> Response:
    where = where_of(request)
    desk = desk_of(request)
    case = desk.case(case_id)
    day = day_of(desk, case, where)
    said = desk.parts.get(("said", case.id, desk.version(case.id), str(day)), lambda: said_again(case.known(day)))
    view = evidence_view(case, day, filter_of(request), as_of=where.as_of, said=said)
    return page(
        request, "evidence.html", view, status=status, problem=problem, locked=refusal(request, Right.WRITE),
        nav="board", tab="evidence", case=in_case(case, where),
        title=f"Evidence of {view.title}",
        timebar=time_of(desk, case, where, case_path(case.id, "evidence"), more=filter_of(request).query()),
    )  # fmt: skip


@router.post("/cases/{case_id}/evidence/{item_id}")
def decide_on(
    request: Request, person: Writer, case_id: str, item_id: str, verdict: Annotated[str, Form()] = "",
    seen: Annotated[str, Form()] = "", back: Annotated[str, Form()] = "",
) -> Response:  # fmt: skip
    """Accept or reject a proposal that no document here holds."""
    workspace = desk_of(request).workspace
    try:
        if verdict not in ("accept", "reject"):
            raise BadInput("no decision came with the form", fix="Press Accept or Reject")
        decision = Decision(evidence=item_id, verdict=Verdict(verdict))
        decide(workspace.cases, workspace.clock, case_id, decision, author=person.name, seen=seen)
    except EditConflict as error:
        return _met(request, case_id, item_id, verdict, back, error)
    except BadInput as error:
        return _page(request, case_id, problem=sentence(error.what), status=422)
    return see_other(back or case_path(case_id, "evidence"))


def _met(
    request: Request, case_id: str, item_id: str, verdict: str, back: str, error: EditConflict
) -> Response:
    """The conflict page of a decision in the list."""
    case = desk_of(request).case(case_id)
    item = next((e for e in case.evidence if e.id == item_id), None)
    listed = local_path(back) if back else case_path(case_id, "evidence")
    attempt = Attempt(
        action=case_path(case_id, "evidence", item_id), kept=kept_fields({"verdict": verdict, "back": back}),
        mine=(("Decision", f"{verdict} {item_id}"), ("Item", item.claim if item is not None else "")),
        keep=("Keep theirs", listed), back=("Back to the list", case_path(case_id, "evidence")),
    )  # fmt: skip
    return conflict_page(request, error, attempt, nav="board", tab="evidence", case=in_case(case, Where()))


def _file(request: Request, case_id: str) -> tuple[Case, AsOf, Filter, dict[str, str]]:
    """The case without what is marked above the ceiling of an export, and headers that say how much was left out."""
    where = where_of(request)
    desk = desk_of(request)
    case = desk.case(case_id)
    day = day_of(desk, case, where)
    audience = request.query_params.get("audience", "")
    shown, left = for_audience(case, audience or EXPORT_CEILING)
    headers = {"x-vedette-withheld": f"{len(left.evidence)} items above {left.ceiling.value}"}
    return shown, day, filter_of(request), headers


@router.get("/cases/{case_id}/evidence.csv")
def evidence_csv(request: Request, person: Reader, case_id: str) -> Response:
    """The list as CSV: no cell starts a formula, nothing above the handling ceiling is in it."""
    case, day, wanted, headers = _file(request, case_id)
    headers["content-disposition"] = f'attachment; filename="{case.id}-evidence-{day}.csv"'
    return Response(as_csv(chosen(case, day, wanted)), media_type="text/csv; charset=utf-8", headers=headers)


@router.get("/cases/{case_id}/evidence.json")
def evidence_json(request: Request, person: Reader, case_id: str) -> Response:
    """The list as JSON."""
    case, day, wanted, headers = _file(request, case_id)
    headers["content-disposition"] = f'attachment; filename="{case.id}-evidence-{day}.json"'
    made = {"case": case.id, "as_of": str(day), "withheld": headers["x-vedette-withheld"],
            "evidence": as_plain(chosen(case, day, wanted))}  # fmt: skip
    return Response(
        json.dumps(made, ensure_ascii=False, indent=1), media_type="application/json; charset=utf-8", headers=headers
    )
