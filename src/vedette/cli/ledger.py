"""``vedette ledger``: commit forecasts, list them, say what happened."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from vedette.cli import record
from vedette.cli.run import CONTEXT
from vedette.cli.screen import clean, cut, print_json, print_table, say

if TYPE_CHECKING:
    import datetime as dt

    from vedette.bootstrap import Workspace
    from vedette.domain.case import Case
    from vedette.workflows.commit import Stated
    from vedette.workflows.track_record import FindRecord

app = typer.Typer(
    add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False, context_settings=CONTEXT,
    help="Commit forecasts, say what happened, score the record. Nothing in the ledger is ever changed.",
)  # fmt: skip

record.register(app)

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


@app.command("add")
def add(
    case: Annotated[str, typer.Argument(metavar="CASE", help="The case whose question is forecast.")],
    as_of: Annotated[
        str | None, typer.Option("--as-of", metavar="DATE", help="Knowledge up to that day (default: the case's).")
    ] = None,
    probabilities: Annotated[
        str | None,
        typer.Option("--probabilities", metavar="ATOM=P,...", help="Your own numbers instead of the assessment's."),
    ] = None,
    base_rate: Annotated[
        str | None, typer.Option("--base-rate", metavar="ATOM=P,...", help="The reference (default: the case's own).")
    ] = None,
    mode: Annotated[str, typer.Option("--mode", help="recommended or author.")] = "recommended",
    framework: Annotated[
        str | None, typer.Option("--framework", help="A rival framework, to be scored beside the case's own.")
    ] = None,
    forecaster: Annotated[str | None, typer.Option("--forecaster", help="Whose forecast it is.")] = None,
    note: Annotated[str, typer.Option("--note", help="Anything to keep with it.")] = "",
    question: Annotated[str | None, typer.Option("--question", metavar="ID", help="Another question id.")] = None,
    as_json: AsJson = False,
) -> None:
    """Commit a forecast: the assessment of a case, or your own probabilities."""
    from vedette.bootstrap import open_workspace
    from vedette.cli.files import day
    from vedette.workflows.commit import commit_forecast
    from vedette.workflows.open_case import open_case

    workspace = open_workspace()
    found = open_case(workspace.cases, case)
    cut_off = day(as_of, "--as-of") or found.as_of
    own, reference = _numbers(probabilities, "--probabilities"), _numbers(base_rate, "--base-rate")
    stated = _stated(found, cut_off, mode, framework, own, reference, workspace.analyst_record)
    model = f"vedette {mode}" + (f" {framework}" if framework else "")
    who = forecaster or (workspace.settings.author if probabilities else model)
    digest, forecast = commit_forecast(
        workspace.ledger, workspace.clock, found, stated, forecaster=who, note=note, question=question
    )
    if as_json:
        print_json({"digest": digest, "forecast": forecast})
        return
    print(digest)
    shown = ", ".join(f"{atom} {p:.3f}" for atom, p in forecast.distribution.items())
    say(f"Committed to {forecast.question} for {forecast.forecaster}, as of {forecast.as_of}: {shown}")
    say(f"Next:  vedette ledger resolve {forecast.question} --atom ATOM --source SOURCE   (after {found.deadline})")


@app.command("list")
def list_entries(
    question: Annotated[str | None, typer.Argument(metavar="QUESTION", help="Only this question.")] = None,
    as_json: AsJson = False,
) -> int:
    """Everything in the ledger, checked. Exit status 2 when an entry does not hold; the others are still shown."""
    from vedette.bootstrap import open_workspace
    from vedette.domain.plain import to_plain
    from vedette.errors import UnknownName

    entries = open_workspace().ledger.entries()
    if question is not None and question not in {e.question for e in entries}:
        import difflib

        known = sorted({e.question for e in entries if e.question})
        raise UnknownName("question", question, nearest=difflib.get_close_matches(question, known, n=3, cutoff=0.3))
    bad = [e for e in entries if e.fault]
    shown = [e for e in entries if question is None or e.question == question or e.fault]
    if as_json:
        print_json({"entries": [to_plain(e) for e in shown], "sound": not bad})
    elif shown:
        print_table(
            ["No", "Kind", "Question", "What", "Recorded", "Digest", "State"],
            [
                [e.seq, e.kind, e.question, _what(e.noun), e.recorded_at.strftime("%Y-%m-%d %H:%M"), e.digest[:12],
                 e.fault or "holds"]
                for e in shown
            ],
            right=("No",), wrap=("Question", "What", "State"),
        )  # fmt: skip
    else:
        say("The ledger is empty. Commit a forecast with: vedette ledger add CASE")
    if bad:
        say(f"vedette: ledger entry {bad[0].seq} does not hold: {bad[0].fault}. {len(entries) - len(bad)} others do")
        return 2
    return 0


@app.command("resolve")
def resolve(
    question: Annotated[str, typer.Argument(metavar="QUESTION", help="The question to resolve.")],
    atom: Annotated[str | None, typer.Option("--atom", help="Which answer came true.")] = None,
    void: Annotated[str, typer.Option("--void", metavar="REASON", help="Why it cannot be judged fairly.")] = "",
    source: Annotated[str, typer.Option("--source", help="Who established it.")] = "",
    occurred: Annotated[str | None, typer.Option("--occurred", metavar="DATE", help="When it happened.")] = None,
    replaces: Annotated[
        str, typer.Option("--replaces", metavar="DIGEST", help="The answer that this one replaces, if there is one.")
    ] = "",
    as_json: AsJson = False,
) -> None:
    """Say what happened, with its source, or why the question is void.

    A question that somebody has answered is answered anew only with --replaces; both answers stay in the record.
    """
    from vedette.bootstrap import open_workspace
    from vedette.cli.files import day
    from vedette.errors import EditConflict
    from vedette.workflows.commit import resolve_question

    workspace = open_workspace()
    try:
        digest, resolution = resolve_question(
            workspace.ledger, workspace.clock, question, atom=atom, source=source,
            occurred=day(occurred, "--occurred"), void_reason=void, after=_answer_named(workspace, question, replaces),
        )  # fmt: skip
    except EditConflict as error:
        again = f"--replaces {error.version[:12]}"
        raise EditConflict(
            error.what, where=error.where, deeds=error.deeds, version=error.version,
            fix=f"Keep that answer, or let yours count instead of it with {again}",
        ) from error
    if as_json:
        print_json({"digest": digest, "resolution": resolution})
        return
    print(digest)
    say(f"{question}: {resolution.atom or f'void ({resolution.void_reason})'}")
    if resolution.atom is not None:
        _first_lines(workspace, question)


def _answer_named(workspace: Workspace, question: str, text: str) -> str:
    """The digest that begins with the text, among the answers to a question; empty for no text."""
    from vedette.errors import UnknownName

    if not text:
        return ""
    answers = [e.digest for e in workspace.ledger.entries() if e.question == question and e.kind == "resolution"]
    found = [d for d in answers if d.startswith(text)]
    if len(found) != 1:
        raise UnknownName("answer", text, nearest=[d[:12] for d in answers], where=question)
    return found[0]


def _first_lines(workspace: Workspace, question: str) -> None:
    """What the post-mortem says first. A question that cannot be rerun is resolved all the same."""
    from vedette.errors import VedetteError
    from vedette.workflows.postmortem import postmortem

    try:
        report = postmortem(question, workspace.ledger.entries(), record.finder(workspace))
    except VedetteError as error:
        say(f"No post-mortem: {error}")
        return
    for line in report["first_lines"]:
        say(f"  {clean(line)}")
    say(f"Next:  vedette ledger postmortem {question}   vedette ledger score")


def _numbers(text: str | None, option: str) -> dict[str, float] | None:
    from vedette.errors import BadInput

    if text is None:
        return None
    found: dict[str, float] = {}
    for part in filter(None, (p.strip() for p in text.split(","))):
        atom, equals, number = part.partition("=")
        try:
            value = float(number.rstrip("%")) / (100 if number.endswith("%") else 1)
        except ValueError:
            equals = ""
            value = 0.0
        if not equals:
            raise BadInput(f"{part!r} is not ATOM=NUMBER", where=option, fix="For example a1=0.2,a2=0.8")
        if atom.strip() in found:
            raise BadInput(f"{atom.strip()!r} is given twice", where=option)
        found[atom.strip()] = value
    return found


def _stated(
    case: Case,
    as_of: dt.date,
    mode: str,
    rival: str | None,
    probabilities: dict[str, float] | None,
    base_rate: dict[str, float] | None,
    record: FindRecord,
) -> Stated:
    from vedette.workflows.commit import Stated, stated_by_assessment

    if probabilities is None:
        return stated_by_assessment(case, as_of, mode=mode, rival=rival, record=record)
    reference = base_rate or stated_by_assessment(case, as_of, mode=mode, record=record).base_rate
    return Stated(
        distribution=probabilities, base_rate=reference, as_of=as_of, inputs_digest="", method="stated by a person"
    )


def _what(noun: Any) -> str:
    from vedette.domain.ledger import Forecast, Resolution

    if isinstance(noun, Forecast):
        numbers = " ".join(f"{atom}={p:.3f}" for atom, p in noun.distribution.items())
        # A forecast recorded long after its cut-off is honest about it: the reader sees both dates.
        late = "" if (noun.at.date() - noun.as_of).days <= 1 else " (retrospective)"
        return f"{noun.forecaster}, as of {noun.as_of}{late}: {numbers}"
    if isinstance(noun, Resolution):
        return f"{noun.atom or 'void: ' + noun.void_reason}{f' on {noun.occurred}' if noun.occurred else ''}"
    return cut(noun.statement, 60) if noun is not None else ""
