"""``vedette assess`` and ``vedette whatif``: the number, and why."""

from __future__ import annotations

import os
import shutil
import sys
from typing import Annotated, Any

import typer

from vedette.cli.screen import clean, print_json, say

CaseName = Annotated[str, typer.Argument(metavar="CASE", help="Id of a case, or path of a case file or dossier.")]
AsOfDate = Annotated[str | None, typer.Option("--as-of", metavar="DATE", help="What was known by the end of that day.")]
Mode = Annotated[str, typer.Option("--mode", help="recommended, or author (his five conditions, an observer's view).")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def assess(
    case: CaseName,
    as_of: AsOfDate = None,
    mode: Mode = "recommended",
    framework: Annotated[
        str | None, typer.Option("--framework", help="Read the same evidence under another framework.")
    ] = None,
    scenario: Annotated[
        str | None, typer.Option("--scenario", help="The scenario to explain (default: the first).")
    ] = None,
    without: Annotated[
        list[str] | None,
        typer.Option(
            "--without", metavar="ID", help="Undo this item or judgment: the number without it. Repeat for several."
        ),
    ] = None,
    explain: Annotated[
        list[str] | None,
        typer.Option("--explain", metavar="ID", help="What this item weighs, step by step. Repeat for several."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Scenario probabilities of a case as of a date, with intervals and the reasons."""
    from vedette.bootstrap import open_workspace
    from vedette.workflows.assess import assess_case, changed_by_review
    from vedette.workflows.open_case import open_case
    from vedette.workflows.track_record import once

    workspace = open_workspace()
    found, record = open_case(workspace.cases, case), once(workspace.analyst_record)
    if scenario is not None:
        found.scenario_set.scenario(scenario)
    from vedette.workflows.undo import explain_items
    from vedette.workflows.undo import without as undo

    details = explain_items(found, as_of, explain or (), mode=mode, rival=framework, record=record)
    result = assess_case(found, as_of, mode=mode, rival=framework, record=record)
    fewer = undo(found, result, without, rival=framework, record=record) if without else None
    if as_json:
        more = {k: v for k, v in (("without", fewer), ("items", details)) if v}
        print_json({**result.to_dict(), **more})
        return
    print(render(result.to_dict(), scenario))
    for line in changed_by_review(found, result, mode=mode, record=record):
        print(line)
    _more(found, fewer, details)


def _more(case: Any, fewer: dict[str, Any] | None, details: list[dict[str, Any]]) -> None:
    from vedette.reporting.weighing import render_item, render_without

    width = shutil.get_terminal_size((100, 24)).columns
    labels = {s.id: s.label for s in case.scenario_set.scenarios}
    for item in details:
        print(f"\n{render_item(item, labels, width)}")
    if fewer is not None:
        print(f"\n{render_without(fewer, width)}")


def render(assessment: dict[str, Any], scenario: str | None = None) -> str:
    """The assessment for this terminal: its width and colours, or plain text when piped."""
    from vedette.reporting.terminal import render_assessment

    width = shutil.get_terminal_size((100, 24)).columns
    colour = sys.stdout.isatty() and "NO_COLOR" not in os.environ
    return render_assessment(assessment, width, colour, **({"focus": scenario} if scenario else {}))


def whatif(
    case: CaseName,
    changes: Annotated[
        list[str] | None,
        typer.Option(
            "--set", metavar="OPTION[.ACTOR].CONDITION=LEVEL", help="absent, weak, mixed, met, strong, or -2..2."
        ),
    ] = None,
    as_of: AsOfDate = None,
    mode: Mode = "recommended",
    as_json: AsJson = False,
) -> None:
    """What the probabilities would be if some conditions stood otherwise. Nothing is stored."""
    from vedette.bootstrap import open_workspace
    from vedette.workflows.assess import what_if
    from vedette.workflows.open_case import open_case

    workspace = open_workspace()
    found = open_case(workspace.cases, case)
    result = what_if(found, changes or [], as_of, mode=mode, record=workspace.analyst_record)
    if as_json:
        print_json(result)
        return
    from vedette.reference.estimative import likelihood_word, percent

    labels = {s.id: s.label for s in found.scenario_set.scenarios}
    width = max(len(clean(v)) for v in labels.values())
    print(f"{clean(found.title)}, as of {result['as_of']}")
    for change in result["changes"]:
        print(
            f"  if {change['option']}.{change['condition']} were {change['level']:+g} (moves: "
            f"{', '.join(change['moves'])})"
        )
    for row in result["scenarios"]:
        points = 100 * row["change"]
        print(
            f"  {clean(labels[row['id']]):<{width}}  {percent(row['probability']):>5} -> {percent(row['what_if']):>5}"
            f"  {points:+.0f} points  {likelihood_word(row['what_if'])}"
        )
    say("Nothing was stored: a what-if is not evidence.")
