"""``vedette elicit``: several analysts, blind first, then with reasons."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from vedette.cli.run import CONTEXT
from vedette.cli.screen import clean, counted, print_json, print_table, say

app = typer.Typer(
    add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False, context_settings=CONTEXT,
    help="Ask several analysts: a blind round, then one with reasons.", no_args_is_help=True,
)  # fmt: skip

CaseName = Annotated[str, typer.Argument(metavar="CASE", help="Id of a case.")]
Who = Annotated[str | None, typer.Option("--analyst", help="Who answers (default: VEDETTE_AUTHOR).")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


@app.command("give")
def give(
    case: CaseName,
    probability: Annotated[
        list[str] | None, typer.Option("--probability", metavar="SCENARIO=P", help="0.3 or 30%.")
    ] = None,
    state: Annotated[
        list[str] | None,
        typer.Option(
            "--state", metavar="OPTION.CONDITION=LEVEL[:LOW..HIGH]",
            help="absent ... strong, or -2 to 2; with your own 90 % interval if you have one.",
        ),
    ] = None,
    ratio: Annotated[
        list[str] | None, typer.Option("--ratio", metavar="EVIDENCE=LOGRATIO", help="Log likelihood ratio of an item.")
    ] = None,
    analyst: Who = None,
    reason: Annotated[str, typer.Option("--reason", help="Why; needed after the first round.")] = "",
    round: Annotated[int, typer.Option("--round", min=1, help="1 is blind.")] = 1,
    saw_model: Annotated[
        bool, typer.Option("--saw-model", help="The model's number was seen before answering; it counts half.")
    ] = False,
    as_of: Annotated[str | None, typer.Option("--as-of", metavar="DATE", help="The day the answer speaks for.")] = None,
    as_json: AsJson = False,
) -> None:
    """Record answers. Probabilities that contradict each other are kept, and their smallest repair is shown."""
    from vedette.bootstrap import open_workspace
    from vedette.workflows import elicit
    from vedette.workflows.open_case import open_case

    workspace = open_workspace()
    found = open_case(workspace.cases, case)
    answers = elicit.parse_answers(found, probability or [], state or [], ratio or [])
    coherence = elicit.coherence_of(found, answers)
    made = elicit.give(
        workspace.cases,
        workspace.clock,
        case,
        answers,
        analyst=(analyst or workspace.settings.author).strip(),
        reason=reason,
        round=round,
        saw_model=saw_model,
        as_of=as_of,
    )
    if as_json:
        print_json({"case": found.id, "judgments": made, "coherence": coherence})
        return
    for j in made:
        print(f"{j.id}  {j.kind.value}  {j.subject} = {j.value:g}  round {j.round} by {clean(j.analyst)}")
    _print_coherence(coherence)
    say(f"Next:  vedette elicit show {case}   vedette assess {case}")


def _print_coherence(coherence: Any) -> None:
    if coherence is None or not coherence["problems"]:
        return
    for line in coherence["problems"]:
        print(f"! {line}")
    print("Smallest repair (used in the pool; what you said is kept):")
    for scenario, shift in coherence["shifts"].items():
        print(f"  {scenario}: {100 * coherence['repaired'].get(scenario, 0):.0f} % ({100 * shift:+.1f} points)")


def _print_record(record: Any) -> None:
    """The weight each analyst has by what they forecast before, and why the pool is or is not extremised."""
    if record is None:
        return
    for s in record["skills"]:
        told = (
            f"log score {s['log_score']:.2f}, base rate {s['base_rate']:.2f}, n = {s['questions']}"
            if s["questions"]
            else "no record yet"
        )
        print(f"weight of {clean(s['analyst'])}: {s['weight']:.2f} ({told})")
    print(f"The pool is {clean(record['why'])}" if not record["fault"] else clean(record["why"]))


@app.command("show")
def show(
    case: CaseName,
    analyst: Who = None,
    reveal: Annotated[bool, typer.Option("--reveal", help="Show the others before your own blind round.")] = False,
    as_of: Annotated[
        str | None, typer.Option("--as-of", metavar="DATE", help="What had been said by that day.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Everyone's last word and where they differ. Hidden until your own blind round is in."""
    from vedette.bootstrap import open_workspace
    from vedette.workflows.elicit import panel

    workspace = open_workspace()
    found = panel(
        workspace.cases, case, viewer=(analyst or workspace.settings.author).strip(), reveal=reveal, as_of=as_of,
        record=workspace.analyst_record,
    )  # fmt: skip
    if as_json:
        print_json(found)
        return
    if found["hidden"]:
        print(
            f"{counted(len(found['analysts']), 'analyst has', 'analysts have')} answered. Their "
            f"answers are hidden until yours is in."
        )
        say(f"Answer first:  vedette elicit give {case} --probability SCENARIO=P   (or --reveal)")
        return
    rows = [
        [
            j["analyst"],
            j["round"],
            j["kind"],
            j["subject"],
            f"{j['value']:g}",
            "yes" if j["saw_model"] else "no",
            j["reason"],
        ]
        for j in found["judgments"]
    ]
    print_table(["Analyst", "Round", "Kind", "Subject", "Value", "Saw model", "Reason"], rows, right=("Round", "Value"))
    for subject, d in found["disagreement"].items():
        print(f"differ on {subject}: {d['lowest']:g} to {d['highest']:g} (n = {d['n']:.0f})")
    _print_record(found["record"])
    if not rows:
        say(f"Nobody has answered yet.  Next:  vedette elicit give {case} --probability SCENARIO=P")
