"""``vedette read``: documents into a case as proposed evidence."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from vedette.cli.screen import print_json, say


def read(
    source: Annotated[
        list[str],
        typer.Argument(
            metavar="SOURCE...",
            help="Files, folders (with all below), addresses, feeds, messages; - is standard input.",
        ),
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
    allow_private: Annotated[
        bool, typer.Option("--allow-private", help="Also read addresses inside your own network.")
    ] = False,
    limit: Annotated[int, typer.Option("--limit", min=1, help="Items taken from one feed, the newest.")] = 100,
    translate: Annotated[
        str | None,
        typer.Option("--translate", metavar="CMD", help="Command that turns other languages into English."),
    ] = None,
    parser: Annotated[
        str | None,
        typer.Option("--parser", help="rules, spacy or auto (default: VEDETTE_PARSER, else rules).", metavar="NAME"),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> int:
    """Read documents into a case: what was read, what was dropped and why, and what is proposed.

    Text, HTML, PDF, Word, e-mail with attachments, RSS and Atom, from files, folders or addresses. Nothing proposed
    moves the number before it is accepted with `vedette review`. Each document is stored with its proposals or not at
    all; one that is refused does not stop the others, and the table at the end names every one. Status 2 when one
    failed.
    """
    from vedette.bootstrap import open_workspace
    from vedette.cli.files import day
    from vedette.cli.reading import Run
    from vedette.cli.second_reader import Asking
    from vedette.extraction.parser import parser_named
    from vedette.workflows.ingest import outline

    workspace = open_workspace()
    outline(workspace.cases, case)  # an unknown case is one mistake, not one for every file
    given: dict[str, Any] = {
        "published": day(published, "--published"), "available": day(available, "--available"),
        "title": title, "author": author, "publisher": publisher, "url": url,
    }  # fmt: skip
    run = Run(
        workspace, case, given=given, as_of=day(as_of, "--as-of"), asking=Asking(workspace) if llm else None,
        translator=workspace.translator(translate) if translate is not None else None, quiet=as_json,
        many=len(source) > 1, parser=parser_named(parser or workspace.settings.parser),
    )  # fmt: skip
    known = run.known_addresses()
    with workspace.cases.held():
        for name in source:
            run.read_all(name, workspace.documents(allow_private=allow_private, limit=limit, known=known))
    refused = run.refused()
    if as_json:
        print_json({"case": case, "readings": run.readings, "refused": refused, "health": run.health})
    else:
        run.print_health()
        if run.proposed:
            say(f"Next:  vedette review {case}")
    return 2 if refused else 0
