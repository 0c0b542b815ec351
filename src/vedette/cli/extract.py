"""``vedette extract``: a document into evidence, on the screen only."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from vedette.cli.screen import cut, print_json, print_table, say


def extract(
    file: Annotated[
        str,
        typer.Argument(metavar="FILE", help="Text, HTML, PDF, Word or e-mail, file or address; - is standard input."),
    ],
    published: Annotated[
        str | None, typer.Option("--published", metavar="DATE", help="Publication day, YYYY-MM-DD; never guessed.")
    ] = None,
    title: Annotated[str | None, typer.Option("--title", help="Title, when the file does not say it.")] = None,
    author: Annotated[str | None, typer.Option("--author", help="Author of the document.")] = None,
    publisher: Annotated[str | None, typer.Option("--publisher", help="Who published it.")] = None,
    url: Annotated[str | None, typer.Option("--url", help="Where it was published.")] = None,
    llm: Annotated[
        bool, typer.Option("--llm", help="Also ask the language model of VEDETTE_LLM_URL; compare both readers.")
    ] = False,
    parser: Annotated[
        str | None,
        typer.Option("--parser", help="rules, spacy or auto (default: VEDETTE_PARSER, else rules).", metavar="NAME"),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Read a document into claims with exact quotes. Stores nothing, needs no case.

    With --llm a second reader reads it too, the transcript of its answers is kept in the workspace, and the document
    leaves this machine when the model runs elsewhere.
    """
    from vedette.bootstrap import document_source
    from vedette.cli.files import day, first_document, label
    from vedette.extraction.parser import parser_named
    from vedette.settings import load_settings
    from vedette.workflows.ingest import Source, extract_source

    settings = load_settings()
    grammar = parser_named(parser or settings.parser)
    found = first_document(document_source(settings, limit=1), file)
    reading = extract_source(
        Source(
            content=found.content, name=found.name, layer=found.layer, page=found.page,
            published=day(published, "--published") or found.published, title=title or found.title,
            author=author or found.author, publisher=publisher or found.publisher, url=url or found.url,
            parser=grammar,
        )
    )  # fmt: skip
    second = None
    if llm:
        from vedette.bootstrap import open_workspace
        from vedette.cli.second_reader import announce, print_second, progress, second_rows
        from vedette.workflows.second_read import merged, read_again

        reader = open_workspace().second_reader()
        announce(reader, label(file), len(reading.document.text))
        second = read_again(reading, reader, progress=progress)
        reading = merged(reading, second)
    if as_json:
        print_json(reading.to_dict() if second is None else reading.to_dict() | second_rows(second))
        return
    _print(reading)
    if second is not None:
        print_second(second)


def _print(reading: Any) -> None:
    document = reading.document
    about = f"{document.published}, {document.language}, {len(document.text)} characters"
    print(f"{document.title or 'untitled'} ({about})")
    rows = [
        [f"{c.start}-{c.end}", c.reader, c.kind, c.attribution, _bears(c),
         "-" if c.confidence is None else f"{c.confidence:.2f}", cut(c.quote, 100)]
        for c in reading.claims
    ]  # fmt: skip
    if rows:
        columns = ["Span", "Reader", "Kind", "Who says so", "Bears on", "Sure", "Quote"]
        print_table(columns, rows, right=("Sure",), wrap=("Who says so", "Bears on", "Quote"))
    else:
        print("No claims.")
    for warning in reading.warnings:
        say(f"Note: {warning}")
    if document.dropped:
        say(f"{len(document.dropped)} spans dropped; each with its reason in --json")


def _bears(claim: Any) -> str:
    if not claim.conditions:
        return "-"
    return "; ".join(f"{c.condition} {c.direction} ({c.scenario_hint}, {c.strength})" for c in claim.conditions)
