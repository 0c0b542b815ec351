"""The brief: composed from sections, previewed, handed over in four forms or as a bundle, issued, and checked."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any, Final
from weakref import WeakKeyDictionary

from fastapi import APIRouter, File, Form, Request, UploadFile
from starlette.responses import Response

from vedette.assessment.channels import RECOMMENDED
from vedette.domain.case import Case
from vedette.domain.claims import Marking
from vedette.errors import BadInput, EditConflict, VedetteError
from vedette.reporting.brief import Brief, make_brief
from vedette.reporting.figures import Facts
from vedette.reporting.sections import SECTIONS
from vedette.reporting.verify import Compared
from vedette.web.access import Reader, Right, Writer, refusal
from vedette.web.desk import Desk, Kept
from vedette.web.meeting import conflict_page
from vedette.web.reading import in_case, where_of
from vedette.web.render import desk_of, page, see_other
from vedette.web.views.address import address, case_path
from vedette.web.views.brief import CheckView, Composition, brief_page, bundle_view, check_view
from vedette.web.views.conflict import Attempt, kept_fields
from vedette.web.views.documents import Where
from vedette.workflows.brief import (
    WEEKS,
    BriefRequest,
    list_numbers,
    make,
    make_facts,
    request_for,
    verify_brief,
)
from vedette.workflows.conflicts import case_mark, refuse_moved
from vedette.workflows.revisions import changes_since, issue

router = APIRouter()

FRAME_CSP: Final = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'; base-uri 'none'; "
    "form-action 'none'; sandbox allow-same-origin"
)
"""For the page of a brief, which brings its own style and runs nothing: no script may run in it, whatever it says.
Of our own origin, so that the browser keeps it in the page's process: no script is there to make use of that."""
FRAMED: Final = {"content-security-policy": FRAME_CSP, "x-frame-options": "SAMEORIGIN"}
MEDIA: Final = {
    "html": "text/html; charset=utf-8", "md": "text/markdown; charset=utf-8", "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}  # fmt: skip


def composition_of(got: Any) -> Composition:
    """The composition an address or a form carries. ``got`` has ``get`` and ``getlist``."""
    sections = [s for text in got.getlist("section") for s in str(text).split(",") if s]
    whole = set(sections) >= set(SECTIONS)
    return Composition(
        as_of=str(got.get("as_of") or "").strip(), since=str(got.get("since") or "").strip(),
        mode=str(got.get("mode") or ""), audience=str(got.get("audience") or ""), scale=str(got.get("scale") or ""),
        weeks=str(got.get("weeks") or "").strip(), sections=() if whole else tuple(dict.fromkeys(sections)),
        notes=str(got.get("notes") or "").replace("\r\n", "\n"),
    )  # fmt: skip


def request_of(desk: Desk, case: Case, chosen: Composition) -> BriefRequest:
    """The request a composition means; raises what it cannot mean."""
    try:
        weeks = int(chosen.weeks) if chosen.weeks else None
    except ValueError:
        raise BadInput(f"{chosen.weeks!r} is not a number of weeks", fix="Give a whole number such as 12") from None
    return request_for(
        case, chosen.as_of or desk.day(case), since=chosen.since or None,
        notes=tuple(n.strip() for n in chosen.notes.split("\n") if n.strip()), sections=chosen.sections,
        mode=chosen.mode or RECOMMENDED, audience=chosen.audience or Marking.CLEAR, scale=chosen.scale or "icd203",
        weeks=WEEKS if weeks is None else weeks,
    )  # fmt: skip


BRIEFS_KEPT: Final = 8
"""Briefs and their facts held. [assumption]: one or two writers trying sections; each is a few megabytes."""
_kept: WeakKeyDictionary[Desk, Kept[Any]] = WeakKeyDictionary()


def _shelf(desk: Desk) -> Kept[Any]:
    return _kept.setdefault(desk, Kept(BRIEFS_KEPT))


def _facts(desk: Desk, case: Case, request: BriefRequest) -> Facts:
    """What the brief says, computed once for all its forms."""
    key = ("brief facts", case.id, desk.version(case.id), request)
    found: Facts = _shelf(desk).get(key, lambda: make_facts(case, request, record=desk.record))
    return found


def _made(desk: Desk, case: Case, request: BriefRequest, form: str) -> Brief:
    key = ("brief", case.id, desk.version(case.id), request, form)
    found: Brief = _shelf(desk).get(key, lambda: make_brief(_facts(desk, case, request), form))
    return found


@router.get("/cases/{case_id}/brief")
def brief(request: Request, person: Reader, case_id: str) -> Response:
    """The composition, its preview, the revisions and what changed since the last one."""
    return _page(request, case_id, composition_of(request.query_params))


def _page(
    request: Request, case_id: str, chosen: Composition, *, check: CheckView | None = None, error: str = "",
    fix: str = "", status: int = 200,
) -> Response:  # fmt: skip
    desk = desk_of(request)
    case = desk.case(case_id)
    revisions = desk.workspace.briefs.of(case_id)
    asked, changes = None, None
    where = Where()
    try:
        where = where_of(request, {"as_of": chosen.as_of, "mode": chosen.mode})
        asked = request_of(desk, case, chosen)
        made = _made(desk, case, asked, "html")  # what cannot be written is said here, not in the preview
        if revisions:
            changes = changes_since(revisions[-1], made.facts["assessment"], asked.to_dict())
    except VedetteError as problem:
        error, fix, status = error or problem.what, fix or _fix(problem), status if status != 200 else 422
        asked = None
    view = brief_page(
        case, chosen, asked, revisions=revisions, changes=changes, error=error, fix=fix, check=check
    )
    return page(
        request, "brief.html", view, seen=case_mark(desk.workspace.cases, case), status=status,
        nav="board", tab="brief", case=in_case(case, where),
        title=f"Brief, {view.title}", locked=refusal(request, Right.WRITE),
    )  # fmt: skip


def _fix(error: VedetteError) -> str:
    return "" if "--" in error.fix else error.fix


@router.get("/cases/{case_id}/brief.{form}")
def brief_file(request: Request, person: Reader, case_id: str, form: str) -> Response:
    """The brief in one form, or the evidence bundle (zip)."""
    from vedette.errors import UnknownName

    desk = desk_of(request)
    case = desk.case(case_id)
    asked = request_of(desk, case, composition_of(request.query_params))
    name = f"{case.id}-{asked.as_of}"
    if form == "zip":
        from vedette.workflows.bundle import make_bundle

        bundle = make_bundle(case, asked, record=desk.record)
        held = {"content-disposition": f'attachment; filename="{name}.zip"'}
        return Response(bundle.data, media_type="application/zip", headers=held)
    if form not in MEDIA:
        raise UnknownName("format", form, nearest=[*MEDIA, "zip"])
    data = _made(desk, case, asked, form).data
    shown = form == "html" and request.query_params.get("download") != "1"
    headers = dict(FRAMED) if form == "html" else {}
    if not shown:
        headers["content-disposition"] = f'attachment; filename="{name}.{form}"'
    return Response(data, media_type=MEDIA[form], headers=headers)


@router.post("/cases/{case_id}/brief/issue")
def issue_brief(
    request: Request, person: Writer, case_id: str, as_of: Annotated[str, Form()] = "",
    since: Annotated[str, Form()] = "", mode: Annotated[str, Form()] = "", audience: Annotated[str, Form()] = "",
    scale: Annotated[str, Form()] = "", weeks: Annotated[str, Form()] = "", notes: Annotated[str, Form()] = "",
    section: Annotated[list[str] | None, Form()] = None, remark: Annotated[str, Form()] = "",
    seen: Annotated[str, Form()] = "", after: Annotated[str, Form()] = "",
) -> Response:  # fmt: skip
    """Keep the brief as the next revision: the one that was previewed, after the revision that was the last then."""
    chosen = Composition(
        as_of=as_of, since=since, mode=mode, audience=audience, scale=scale, weeks=weeks,
        sections=tuple(section or ()), notes=notes,
    )  # fmt: skip
    desk = desk_of(request)
    case = desk.case(case_id)
    try:
        asked = request_of(desk, case, chosen)
        made = _made(desk, case, asked, "html")
    except VedetteError as error:
        return _page(request, case_id, chosen, error=error.what, fix=_fix(error), status=422)
    briefs, clock = desk.workspace.briefs, desk.workspace.clock
    last = int(after) if after.isdecimal() and len(after) < 9 else None
    try:
        refuse_moved(desk.workspace.cases, case, seen)
        issue(briefs, clock, made, asked.to_dict(), author=person.name, note=remark.strip()[:200], after=last)
    except EditConflict as error:
        newest = max((b.revision for b in briefs.of(case_id)), default=0)
        fresh = {"seen": case_mark(desk.workspace.cases, case), "after": str(newest)}
        return _met(request, case, chosen, remark, error, fresh)
    return see_other(address(case_path(case_id, "brief"), **chosen.query()) + "#revisions")


def _met(
    request: Request, case: Case, chosen: Composition, remark: str, error: EditConflict, fresh: dict[str, str]
) -> Response:
    """The conflict page of a brief: somebody issued one, or changed the case, since this one was previewed."""
    composed = {k: v if isinstance(v, str) else list(map(str, v)) for k, v in chosen.query().items() if v}
    here = address(case_path(case.id, "brief"), **chosen.query())
    said = (("as_of", "As of"), ("mode", "Mode"), ("audience", "For"), ("notes", "Sentences of yours"))
    attempt = Attempt(
        action=case_path(case.id, "brief", "issue"), version="seen",
        kept=kept_fields({**composed, "remark": remark, **fresh}, {"remark": "Remark"}),
        mine=(("Brief of", case.title), *((label, str(getattr(chosen, name) or "")) for name, label in said),
              ("Remark", remark)),
        take=f"Issue mine as revision {int(fresh['after']) + 1}", keep=("Keep it as it is", f"{here}#revisions"),
        back=("Look at the brief again", here),
    )  # fmt: skip
    met = EditConflict(error.what, where=error.where, fix=error.fix, deeds=error.deeds, version=fresh["seen"])
    return conflict_page(request, met, attempt, nav="board", tab="brief", case=in_case(case, Where()))


@router.get("/cases/{case_id}/brief/revisions/{revision}.html")
def revision_page(request: Request, person: Reader, case_id: str, revision: int) -> Response:
    """A brief as it was issued."""
    desk = desk_of(request)
    desk.case(case_id)
    return Response(desk.workspace.briefs.html(case_id, revision), media_type=MEDIA["html"], headers=dict(FRAMED))


@router.get("/cases/{case_id}/brief/verify")
@router.get("/cases/{case_id}/brief/issue")
def back(request: Request, person: Reader, case_id: str) -> Response:
    """The page, for whoever loads the address of a form's answer anew."""
    desk_of(request).case(case_id)
    return see_other(case_path(case_id, "brief"))


@router.post("/cases/{case_id}/brief/verify")
def verify(
    request: Request, person: Reader, case_id: str, file: Annotated[UploadFile | None, File()] = None,
    revision: Annotated[int, Form()] = 0, as_of: Annotated[str, Form()] = "", since: Annotated[str, Form()] = "",
    mode: Annotated[str, Form()] = "", audience: Annotated[str, Form()] = "", scale: Annotated[str, Form()] = "",
    weeks: Annotated[str, Form()] = "", notes: Annotated[str, Form()] = "",
    section: Annotated[list[str] | None, Form()] = None,
) -> Response:  # fmt: skip
    """Recompute every number of a brief: the one uploaded, a revision, or the one on this page."""
    chosen = Composition(
        as_of=as_of, since=since, mode=mode, audience=audience, scale=scale, weeks=weeks,
        sections=tuple(section or ()), notes=notes,
    )  # fmt: skip
    desk = desk_of(request)
    case = desk.case(case_id)
    try:
        if file is not None and file.filename:
            name, data = file.filename, file.file.read()
            if not data:
                raise BadInput(f"{name} is empty", fix="Choose the file of a brief")
        elif revision:
            name, data = f"revision {revision}", desk.workspace.briefs.html(case_id, revision)
        else:
            name, data = "the brief on this page", _made(desk, case, request_of(desk, case, chosen), "html").data
        check = checked(desk, case_id, name, data)
    except VedetteError as error:
        return _page(request, case_id, chosen, error=f"Not checked: {error.what}", fix=_fix(error), status=422)
    return _page(request, case_id, chosen, check=check)


def checked(desk: Desk, case_id: str, name: str, data: bytes) -> CheckView:
    """The check of a brief or bundle against the cases of this workspace.

    Raises `BadInput` when the file is none, or belongs to another case than the page's: what a person may open here
    is decided by the case.
    """
    from vedette.reporting.verify import read_brief
    from vedette.workflows.bundle import is_bundle, verify_bundle

    def find(wanted: str) -> Case:
        if wanted != case_id:
            raise BadInput(f"it is a brief of the case {wanted}", fix=f"Check it on the page of {wanted}")
        return desk.case(case_id)

    if is_bundle(data):
        _small_enough(data)
        report = verify_bundle(data, find, record=desk.record)
        return bundle_view(name, report, _bundle_numbers(data, find, desk))
    find(str(read_brief(data).facts["assessment"]["case"]))
    made: dict[tuple[BriefRequest, str], Brief] = {}

    def recompute(asked: BriefRequest, form: str) -> Brief:
        # From the case and nothing kept: a check that looked at the page's own copy would check nothing.
        if (asked, form) not in made:
            made[asked, form] = make(find(asked.case), asked, form, record=desk.workspace.analyst_record)
        return made[asked, form]

    return check_view(name, verify_brief(data, recompute), list_numbers(data, recompute))


UNPACKED: Final = 200_000_000
"""Bytes a bundle may unpack to here. [assumption]: a case of 100,000 items takes a third of it."""


def _small_enough(data: bytes) -> None:
    import io
    import zipfile

    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        if sum(i.file_size for i in archive.infolist()) > UNPACKED:
            raise BadInput("the bundle is too large to be checked here", fix="Check it with: vedette verify FILE")


def _bundle_numbers(data: bytes, find: Any, desk: Desk) -> Sequence[Compared]:
    """Every number of the HTML brief in a bundle, computed from the case here; none when that is another's."""
    import io
    import zipfile

    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        if "brief.html" not in archive.namelist():
            return ()
        page_data = archive.read("brief.html")
    try:
        return list_numbers(page_data, lambda asked, form: make(find(asked.case), asked, form, record=desk.record))
    except VedetteError:
        return ()
