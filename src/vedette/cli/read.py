"""``vedette read``: documents into a case as proposed evidence."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from vedette.cli.screen import counted, cut, interactive, print_json, print_table, say

if TYPE_CHECKING:
    import datetime as dt

    from vedette.bootstrap import Workspace
    from vedette.workflows.ingest import Reading, Source


def read(
    source: Annotated[
        list[str], typer.Argument(metavar="SOURCE...", help="Files or folders of files; - is standard input.")
    ],
    case: Annotated[str, typer.Option("--case", metavar="CASE", help="The case to read into.")],
    published: Annotated[
        str | None, typer.Option("--published", metavar="DATE", help="Publication day, YYYY-MM-DD; never guessed.")
    ] = None,
    available: Annotated[
        str | None, typer.Option("--available", metavar="DATE", help="When it could first be known, if later.")
    ] = None,
    as_of: Annotated[
        str | None, typer.Option("--as-of", metavar="DATE", help="The day to read for (default: the case's).")
    ] = None,
    title: Annotated[str | None, typer.Option("--title", help="Title, when the file does not say it.")] = None,
    author: Annotated[str | None, typer.Option("--author", help="Author of the document.")] = None,
    publisher: Annotated[str | None, typer.Option("--publisher", help="Who published it.")] = None,
    url: Annotated[str | None, typer.Option("--url", help="Where it was published.")] = None,
    llm: Annotated[
        bool, typer.Option("--llm", help="Also ask the language model of VEDETTE_LLM_URL, and compare both readers.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> int:
    """Read documents into a case: what was read, what was dropped and why, and what is proposed.

    Nothing proposed moves the number before it is accepted with `vedette review`. Each document is stored with its
    proposals or not at all; one that is refused does not stop the others.
    """
    from vedette.bootstrap import open_workspace
    from vedette.cli.files import content_of, day, label, sources
    from vedette.cli.second_reader import Asking, print_second, second_rows
    from vedette.errors import Damaged, Unavailable, UnknownName, VedetteError
    from vedette.workflows.ingest import Source
    from vedette.workflows.open_case import open_case

    workspace = open_workspace()
    open_case(workspace.cases, case)  # an unknown case is one mistake, not one for every file
    asking = Asking(workspace) if llm else None
    cut_off = day(as_of, "--as-of")
    shared: dict[str, Any] = {
        "published": day(published, "--published"), "available": day(available, "--available"),
        "title": title, "author": author, "publisher": publisher, "url": url,
    }  # fmt: skip
    done: list[dict[str, Any]] = []
    proposed = False
    refused: list[dict[str, str]] = []
    for name in sources(source):
        try:
            content = content_of(name, max_mb=workspace.settings.max_document_mb)
            reading = _read_one(workspace, case, Source(content=content, name=label(name), **shared), cut_off)
        except (Unavailable, Damaged, UnknownName):
            raise  # the workspace or the case itself: the other documents would fail alike
        except VedetteError as error:
            refused.append({"source": name, "error": str(error)})
            say(f"vedette: {error}")
            continue
        if not as_json:
            _print(reading)
        second = asking.ask(reading, label(name)) if asking is not None else None
        if second is not None and not as_json:
            print_second(second)
        proposed |= bool(reading.proposals or (second and second.added))
        done.append(reading.to_dict() | (second_rows(second) if asking is not None else {}))
    refused += asking.failed if asking is not None else []
    if as_json:
        print_json({"case": case, "readings": done, "refused": refused})
    elif proposed:
        say(f"Next:  vedette review {case}")
    return 2 if refused else 0


def _read_one(workspace: Workspace, case: str, source: Source, as_of: dt.date | None) -> Reading:
    from dataclasses import replace

    from vedette.domain.time import parse_date
    from vedette.errors import DateRefused, DocumentRefused
    from vedette.workflows.ingest import read_document

    while True:
        try:
            return read_document(workspace.cases, workspace.clock, case, source, as_of=as_of)
        except DocumentRefused as error:
            if source.published is not None or "--published" not in error.fix or not interactive():
                raise
        answer = typer.prompt(f"When was {source.name} published (YYYY-MM-DD)", err=True)
        try:
            source = replace(source, published=parse_date(answer))
        except DateRefused as error:
            say(f"  {error}")


def _print(reading: Reading) -> None:
    document = reading.document
    print(f"{document.title or document.id}, published {document.published}, language {document.language}")
    if reading.already:
        print(f"Already in {reading.case} as {document.id}: nothing changed.")
        return
    print(f"Read {len(document.text)} characters as {document.id}.")
    if reading.dropped:
        parts = [f"{reason}: {counted(n, 'span')}, {size} characters" for reason, (n, size) in reading.dropped.items()]
        print(f"Dropped: {'; '.join(parts)}.")
    if reading.unplaced:
        reasons: dict[str, int] = {}
        for _, why in reading.unplaced:
            reasons[why] = reasons.get(why, 0) + 1
        said = [f"{counted(n, 'claim')} ({why})" for why, n in reasons.items()]
        print(f"Not proposed: {'; '.join(said)}.")
    for warning in reading.warnings:
        say(f"Note: {warning}")
    print(f"{counted(len(reading.proposals), 'proposal')}{':' if reading.proposals else '.'}")
    if not reading.proposals:
        return
    print_table(
        ["Id", "Kind", "Who says so", "Bears on", "Sure", "Quote"],
        [
            [e.id, e.kind, e.attribution,
             "; ".join(f"{b.option}.{b.scenario} {b.condition} {b.direction} ({b.strength})" for b in e.bearings),
             "-" if e.confidence is None else f"{e.confidence:.2f}", cut(e.quote.text if e.quote else e.claim, 90)]
            for e in reading.proposals
        ],
        right=("Sure",), wrap=("Who says so", "Bears on", "Quote"),
    )  # fmt: skip
