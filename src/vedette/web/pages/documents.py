"""Documents of a case: the list, and adding one by pasting, uploading or its address."""

from __future__ import annotations

import re
import tempfile
from pathlib import Path
from typing import Any

from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile
from starlette.responses import Response

from vedette.domain.time import parse_date
from vedette.errors import AfterCutOff, BadInput, DateRefused, DocumentRefused, VedetteError
from vedette.web.access import Reader, Right, Writer, refusal
from vedette.web.desk import Desk
from vedette.web.jobs import PATIENCE, Say, jobs_of
from vedette.web.reading import copies, day_of, folded, in_case, time_of, where_of
from vedette.web.render import desk_of, page, see_other
from vedette.web.views.address import address, case_path
from vedette.web.views.documents import AddForm, Typed, Where, documents_view

router = APIRouter()

SAFE_NAME = re.compile(r"[^A-Za-z0-9._ -]+")
TEXT_NAME = "pasted.txt"


@router.get("/cases/{case_id}/documents")
def documents(request: Request, person: Reader, case_id: str) -> Response:
    """Documents of a case, what waits in each, and the form that adds one."""
    where = where_of(request)
    job = jobs_of(request).find(request.query_params.get("job", ""))
    mine = job is not None and job.owner == person.name and job.about == case_id
    passed = [(t.partition(": ")[0], t.partition(": ")[2]) for _, t in job.steps] if job is not None and mine else []
    return _documents_page(request, case_id, where, AddForm(as_of=where.as_of), passed=passed)


def _documents_page(
    request: Request, case_id: str, where: Where, form: AddForm, *, status: int = 200,
    passed: list[tuple[str, str]] | None = None,
) -> Response:  # fmt: skip
    desk = desk_of(request)
    case = desk.case(case_id)
    view = documents_view(
        case, day_of(desk, case, where), where, form, largest_mb=desk.settings.max_document_mb, passed=passed or [],
        folded=copies(folded(desk, case)),
    )  # fmt: skip
    return page(
        request, "documents.html", view, status=status, nav="board", tab="documents", case=in_case(case, where),
        title=f"Documents of {view.title}", locked=refusal(request, Right.WRITE),
        timebar=time_of(desk, case, where, case_path(case.id, "documents")),
    )  # fmt: skip


@router.post("/cases/{case_id}/documents")
async def add(request: Request, person: Writer, case_id: str) -> Response:
    """Read a pasted text, a file or a page into the case, and go on to the reader."""
    got = await request.form()  # read already, with room for a pasted book, by the check of its token
    texts = {k: v for k, v in got.items() if isinstance(v, str)}
    file = got.get("file")
    name, content = "", b""
    if isinstance(file, UploadFile) and file.filename:
        name, content = file.filename, await file.read()
    return await run_in_threadpool(_add, request, person.name, case_id, texts, name, content)


def _add(
    request: Request, author: str, case_id: str, texts: dict[str, str], file_name: str, content: bytes
) -> Response:
    def given(field: str) -> str:
        return texts.get(field, "").strip()

    typed = Typed(
        text=texts.get("text", "").replace("\r\n", "\n"), url=given("url"), published=given("published"),
        title=given("title"), author=given("author"), publisher=given("publisher"), as_of=given("as_of"),
    )  # fmt: skip
    if file_name:
        typed.file_name = SAFE_NAME.sub("_", Path(file_name.replace("\\", "/")).name).strip(" .")[:100] or "upload"
        typed.content = content
    where = Where(as_of="")
    desk = desk_of(request)
    desk.case(case_id)  # an unknown case is a page of its own, before anything is read
    try:
        _check(typed)
    except BadInput as error:
        return _documents_page(request, case_id, where, typed.form(error, wrong=error.where), status=422)

    def work(say: Say) -> str:
        try:
            return _read(desk, case_id, typed, say)
        finally:
            typed.content = b""  # the outcome is kept for a while; a browser cannot be given its file back

    named = typed.url or typed.file_name or "the pasted text"
    job = jobs_of(request).start(named, author, work, given=typed, about=case_id)
    job.done.wait(PATIENCE)
    return _after(request, case_id, job.id, author)


@router.get("/cases/{case_id}/documents/reading/{job_id}")
def reading(request: Request, person: Writer, case_id: str, job_id: str) -> Response:
    """The steps of a reading that is under way; goes on by itself when it is done."""
    return _after(request, case_id, job_id, person.name)


def _after(request: Request, case_id: str, job_id: str, owner: str) -> Response:
    job = jobs_of(request).find(job_id)
    if job is None or job.owner != owner or job.about != case_id:
        return see_other(case_path(case_id, "documents"))
    if not job.done.is_set():
        path = case_path(case_id, "documents", "reading", job_id)
        if request.method == "POST":
            return see_other(path)
        case = desk_of(request).case(case_id)
        return page(
            request, "reading.html", job, status=200, nav="board", tab="documents", case=in_case(case, Where()),
            title=f"Reading {job.title}", headers={"refresh": "1"}, steps=[t for _, t in job.steps],
        )  # fmt: skip
    typed = job.given if isinstance(job.given, Typed) else Typed()
    if job.error is None:
        listed = case_path(case_id, "documents")
        if job.to.partition("?")[0] == listed:  # several were read: the list says what became of each
            return see_other(f"{job.to}{'&' if '?' in job.to else '?'}job={job.id}")
        return see_other(job.to)
    if not isinstance(job.error, VedetteError):
        raise job.error
    form = typed.form(job.error, wrong=_field_of(job.error, typed), later=_later(job.error, typed))
    return _documents_page(request, case_id, Where(), form, status=422)


def _check(typed: Typed) -> None:
    """Raise what can be told before reading; ``where`` names the field."""
    given = [bool(typed.text.strip()), bool(typed.url), bool(typed.file_name)]
    if sum(given) == 0:
        raise DocumentRefused("there is nothing to read yet", where="text", fix="Paste a text, or choose a file")
    if sum(given) > 1:
        raise DocumentRefused(
            "more than one document was given", where="text", fix="Send the text, the address and the file one by one"
        )
    if typed.file_name and not typed.content:
        raise DocumentRefused(f"{typed.file_name} is empty", where="file", fix="Choose another file")
    if typed.url and not re.match(r"https?://[^\s/]", typed.url):
        raise DocumentRefused(f"{typed.url!r} is not a web address", where="url", fix="It begins with https://")
    for name in ("published", "as_of"):
        value = getattr(typed, name)
        if value:
            try:
                parse_date(value)
            except DateRefused as error:
                raise DateRefused(error.what, where=name, fix=error.fix) from error
    if typed.text.strip() and not typed.published:
        raise DateRefused(
            "the text has no date yet", where="published", fix="Give the day it was published; it is never guessed"
        )


def _field_of(error: VedetteError, typed: Typed) -> str:
    if isinstance(error, DateRefused | AfterCutOff) or "--published" in error.fix:
        return "published"
    return "url" if typed.url else "file" if typed.file_name else "text"


def _later(error: VedetteError, typed: Typed) -> str:
    """The day to read for instead, when the document is later than the day the case stands at."""
    found = re.search(r"--as-of (\d{4}-\d\d-\d\d)", error.fix) if isinstance(error, AfterCutOff) else None
    return found[1] if found else ""


def _read(desk: Desk, case_id: str, typed: Typed, say: Say) -> str:
    """Read everything that was handed over; the address of the first document read."""
    from vedette.ports.reading import Handed, Outcome, Passed
    from vedette.workflows.ingest import Source, read_document

    workspace = desk.workspace
    published = parse_date(typed.published) if typed.published else None
    as_of = parse_date(typed.as_of) if typed.as_of else desk.day(desk.case(case_id))
    kinds = workspace.source_kinds()
    given: dict[str, Any] = {"title": typed.title or None, "author": typed.author or None,
                             "publisher": typed.publisher or None, "kinds": kinds}  # fmt: skip
    read: list[tuple[str, int]] = []
    first: VedetteError | None = None

    def one(source: Source) -> None:
        nonlocal first
        try:
            made = read_document(workspace.cases, workspace.clock, case_id, source, as_of=as_of)
        except (DocumentRefused, AfterCutOff) as error:
            first = first or error
            say(f"{source.name}: {error.what}")
            return
        read.append((made.document.id, len(made.proposals)))
        already = "was there already" if made.already else f"{len(made.proposals)} proposals"
        say(f"{source.name}: {already}")

    if typed.text.strip():
        say("Reading the text")
        one(Source(content=typed.text.encode("utf-8", "surrogatepass"), name=TEXT_NAME, published=published, **given))
    else:
        with tempfile.TemporaryDirectory() as folder:
            name = typed.url
            if typed.file_name:
                path = Path(folder, typed.file_name)
                path.write_bytes(typed.content)
                name = str(path)
                say(f"Opening {typed.file_name}")
            else:
                say(f"Asking {typed.url} once; nothing it names is fetched")
            for found in workspace.documents().documents(name):
                if isinstance(found, Passed):
                    if found.outcome is Outcome.FAILED:
                        why, fix = _way_out(found.why.replace(f"{folder}/", ""))
                        first = first or DocumentRefused(why, fix=fix)
                        say(f"{typed.file_name or found.source}: {why}")
                    continue
                assert isinstance(found, Handed)
                say(f"Reading {found.name}")
                source = Source(
                    content=found.content, name=found.name, layer=found.layer, page=found.page,
                    published=published or found.published, title=given["title"] or found.title,
                    author=given["author"] or found.author, publisher=given["publisher"] or found.publisher,
                    url=found.url, kinds=kinds,
                )  # fmt: skip
                one(source)
    if not read:
        raise first or DocumentRefused("nothing in it could be read", fix="Paste the text instead")
    if len(read) > 1:
        return address(case_path(case_id, "documents"), as_of=typed.as_of, show="all")
    return address(case_path(case_id, "documents", read[0][0]), as_of=typed.as_of)


def _way_out(why: str) -> tuple[str, str]:
    """(what was wrong, the way out on this page) of a source that gave no document: options are the terminal's."""
    what, _, option = why.partition(". Add --allow-private")
    if option or "private address" in what:
        return what, "Only public addresses are read from here. Paste the text instead"
    what = what.partition(". Run the command again")[0]
    if "VEDETTE_MAX_DOCUMENT_MB" in what:
        return what, ""
    return what, "" if "paste" in what.casefold() else "Or paste the text"
