"""``vedette case actors``: what each option holds for whom."""

from __future__ import annotations

import shutil
from typing import Annotated

import typer

from vedette.cli.screen import print_json


def actors(
    case: Annotated[str, typer.Argument(metavar="CASE", help="Id of a case, or path of a case file or dossier.")],
    as_of: Annotated[
        str | None, typer.Option("--as-of", metavar="DATE", help="What was known by the end of that day.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Risk and benefit of each option for each actor, perceived and observed; the host's say; both modes."""
    from vedette.bootstrap import open_workspace
    from vedette.domain.plain import to_plain
    from vedette.reporting.actors import render_actors
    from vedette.workflows.actors import actors_of
    from vedette.workflows.open_case import open_case

    workspace = open_workspace()
    found = open_case(workspace.cases, case)
    made = actors_of(found, as_of, record=workspace.analyst_record)
    if as_json:
        print_json(made)
        return
    labels = {s.id: s.label for s in found.scenario_set.scenarios}
    print(render_actors(to_plain(made), labels, shutil.get_terminal_size((100, 24)).columns))
