"""The board: every case with its number; a new case; a case from a file."""

from __future__ import annotations

import datetime as dt
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, File, Form, Request, Response, UploadFile
from starlette.responses import HTMLResponse

from vedette.domain.accounts import Access
from vedette.domain.claims import Posture
from vedette.errors import BadInput, CaseRefused, EditConflict, UnknownName
from vedette.web.access import Forbidden, Person, Reader, Writer, taken
from vedette.web.desk import Desk
from vedette.web.meeting import conflict_page
from vedette.web.render import desk_of, page, see_other
from vedette.web.views.address import case_path
from vedette.web.views.board import BoardQuery, board_view, lines_of, row, side_view
from vedette.web.views.conflict import Attempt, kept_fields
from vedette.workflows.conflicts import differences
from vedette.workflows.open_case import NewCase, case_ids, import_case, make_case, parse_window

router = APIRouter()

SUFFIXES = (".toml", ".json")
SIDE_SECONDS = 30
"""How long what stands beside the cases may be old. [assumption]: sources are polled every 15 minutes."""


@router.get("/")
def board(
    request: Request, person: Reader, q: str = "", show: str = "all", sort: str = "moved", whole: str = ""
) -> Response:
    """Every case."""
    desk = desk_of(request)
    number = request.query_params.get("page", "1")
    query = BoardQuery.of(q, show, sort, int(number) if number.isdecimal() and len(number) < 7 else 1)
    view = board_view(desk, query, person, whole=bool(whole))
    return page(request, "board.html", view, nav="board", title="Board")


@router.get("/board/rows/{case_id}")
def board_row(request: Request, person: Reader, case_id: str) -> Response:
    """One row, with its number made now."""
    desk = desk_of(request)
    summary = desk.summaries.get(case_id)
    for line, bundled in lines_of(desk, person):
        if line.id == case_id:
            made = row(desk, line, summary, desk.today(), bundled=bundled)
            return HTMLResponse(desk.templates.get_template("board/_row.html").render(r=made))
    raise UnknownName("case", case_id, nearest=desk.visible(person, case_ids(desk.workspace.cases))[:3])


@router.get("/board/side")
def board_side(request: Request, person: Reader) -> Response:
    """Questions near their end and the health of sources."""
    desk = desk_of(request)
    slot = int(desk.workspace.clock.now().timestamp() // SIDE_SECONDS)
    # What is no longer shared is gone at once, and not when the slot is over.
    shared = None if person.cases is None else desk.visible(person, case_ids(desk.workspace.cases))
    view = desk.parts.get(("side", slot, person.name, shared), lambda: side_view(desk, person))
    return page(request, "board_side.html", view, nav="board", title="Questions and sources")


@dataclass(frozen=True, slots=True, kw_only=True)
class NewForm:
    """The form of a new case with what was typed; ``error`` and ``fix`` say what could not be used."""

    values: dict[str, str]
    error: str = ""
    fix: str = ""
    import_error: str = ""
    postures: tuple[tuple[str, str], ...] = field(
        default=(
            ("invited", "invited by the government of the target"),
            ("rebels", "on the side of rebels"),
            ("neutral", "between the sides"),
            ("hostile", "against the government of the target"),
        )
    )


EMPTY: dict[str, str] = {
    "interveners": "", "target": "", "host": "", "posture": "hostile", "opened": "", "until": "6m",
    "organisation": "", "title": "", "id": "",
}  # fmt: skip


@router.get("/new-case")
def new_case(request: Request, person: Writer) -> Response:
    """A form of a few answers from which a case is made."""
    return page(request, "new_case.html", NewForm(values=EMPTY), nav="board", title="New case")


@router.post("/new-case")
def make_new_case(
    request: Request,
    person: Writer,
    interveners: Annotated[str, Form()] = "",
    target: Annotated[str, Form()] = "",
    host: Annotated[str, Form()] = "",
    posture: Annotated[str, Form()] = "",
    opened: Annotated[str, Form()] = "",
    until: Annotated[str, Form()] = "",
    organisation: Annotated[str, Form()] = "",
    title: Annotated[str, Form()] = "",
    id: Annotated[str, Form()] = "",
) -> Response:
    """Make the case and open it; what cannot be used is said above the form, which keeps what was typed."""
    desk = desk_of(request)
    values = {
        "interveners": interveners, "target": target, "host": host, "posture": posture, "opened": opened,
        "until": until, "organisation": organisation, "title": title, "id": id,
    }  # fmt: skip
    try:
        case = make_case(_answers(values, desk.today()))
        if case.id in case_ids(desk.workspace.cases):
            if not values["id"].strip():
                # Nobody chose this id, so nobody has to hear that it is taken, or by whose case.
                case = replace(case, id=free_id(case.id, case_ids(desk.workspace.cases)))
            else:
                raise taken(case.id) if person.cases is not None else CaseRefused(
                    f"a case {case.id!r} exists already", fix="Give this one another id"
                )
        with desk.workspace.cases.transaction():
            desk.workspace.cases.create(case, author=person.name, reason="new case, made in the workbench")
            desk.own(person, case.id)
    except BadInput as error:
        form = NewForm(values=values, error=error.what, fix=error.fix)
        return page(request, "new_case.html", form, status=422, nav="board", title="New case")
    return see_other(case_path(case.id))


def free_id(wanted: str, known: Sequence[str]) -> str:
    """The id with the first number that makes it a new one."""
    there = set(known)
    return next(name for n in range(2, len(there) + 3) if (name := f"{wanted}-{n}") not in there)


def _answers(values: dict[str, str], today: dt.date) -> NewCase:
    who = tuple(part.strip() for part in values["interveners"].split(",") if part.strip())
    if not who:
        raise BadInput("no intervener was named", fix="Name the state that would intervene, the lead first")
    if not values["target"].strip():
        raise BadInput("no target was named", fix="Name the state in which forces would stand")
    if values["posture"] not in tuple(Posture):
        raise UnknownName("posture", values["posture"], nearest=tuple(Posture))
    if not values["until"].strip():
        raise BadInput("the window has no end", fix="Give a last day, or a length such as 6m")
    opened, deadline = parse_window(values["opened"].strip() or None, values["until"], today=today)
    return NewCase(
        interveners=who, target=values["target"].strip(), posture=Posture(values["posture"]), opened=opened,
        deadline=deadline, host=values["host"].strip() or None, id=values["id"].strip(),
        title=values["title"].strip(), organisation=values["organisation"].strip() or None,
    )  # fmt: skip


@router.post("/import-case")
def import_file(
    request: Request, person: Writer, file: Annotated[UploadFile | None, File()] = None,
    text: Annotated[str, Form()] = "", name: Annotated[str, Form()] = "", onto: Annotated[str, Form()] = "",
) -> Response:  # fmt: skip
    """Bring a case file or dossier into the workspace: new, or as additions to the case of the same id.

    ``text`` and ``name``: the file as the conflict page sends it again, ``onto`` the version that page has shown.
    """
    desk = desk_of(request)
    given = (file.filename or "") if file is not None and file.filename else name
    suffix = Path(given).suffix.lower()
    data = b""
    try:
        if suffix not in SUFFIXES:
            raise BadInput("that is no case file or dossier", fix="Choose a file that ends in .toml or .json")
        data = file.file.read() if file is not None and file.filename else text.replace("\r\n", "\n").encode()
        if not data:
            raise BadInput("the file is empty", fix="Choose another")
        case_id = _imported(desk, data, suffix, person, int(onto) if onto.isdecimal() and len(onto) < 9 else None)
    except EditConflict as error:
        return _import_met(request, desk, data, f"case{suffix}", error)
    except BadInput as error:
        form = NewForm(values=EMPTY, import_error=" ".join(filter(None, (f"{error.what}.", error.fix))))
        return page(request, "new_case.html", form, status=422, nav="board", title="New case")
    return see_other(case_path(case_id))


def _import_met(request: Request, desk: Desk, data: bytes, name: str, error: EditConflict) -> Response:
    """The conflict page of a file that would set back what somebody else changed of the case itself."""
    from vedette.reference.case_files import read_case

    with tempfile.TemporaryDirectory(prefix="vedette-") as folder:
        path = Path(folder) / name
        path.write_bytes(data)
        given = read_case(path)
    stored = desk.case(given.id)
    mine = [(d.part, f"{d.before} → {d.after}") for d in differences(stored, given)]
    attempt = Attempt(
        action="/import-case", version="onto",
        kept=kept_fields({"text": data.decode("utf-8", "replace"), "name": name}),
        mine=(("File for", stored.title), *mine[:DIFFERENCES],
              *([("and", f"{len(mine) - DIFFERENCES} more")] if len(mine) > DIFFERENCES else [])),
        keep=("Keep theirs", case_path(given.id)), back=("Choose another file", "/new-case"),
    )  # fmt: skip
    return conflict_page(request, error, attempt, nav="board")


DIFFERENCES = 40
"""Parts of a case file listed against the stored case. [assumption]: two screens."""


def _imported(desk: Desk, data: bytes, suffix: str, person: Person, onto: int | None = None) -> str:
    """Id of the case that was imported. Raises `Forbidden` where it would add to a case the person may not change."""
    from vedette.reference.case_files import read_case

    with tempfile.TemporaryDirectory(prefix="vedette-") as folder:
        # The name is ours: one that a browser sends is a path like any other.
        path = Path(folder) / f"case{suffix}"
        path.write_bytes(data)
        name = read_case(path).id
        access, there = desk.access(person, name), name in case_ids(desk.workspace.cases)
        if there and (access is None or not access.includes(Access.WRITE)):
            if access is None:
                raise taken(name)
            raise Forbidden(
                f"the case {name!r} is not yours to change", where="/import-case",
                fix="Give the file another id, or ask an owner of the case",
            )  # fmt: skip
        with desk.workspace.cases.transaction():
            made = import_case(desk.workspace.cases, path, author=person.name, onto=onto).case.id
            if not there:  # a case that came with Vedette stays everybody's, whoever adds to it
                desk.own(person, made)
        return made
