"""``vedette export``: cases and the ledger in the shapes other programs read."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from vedette.cli.files import write_whole
from vedette.cli.screen import print_json, say
from vedette.errors import BadInput, CaseRefused


def export(
    case: Annotated[str | None, typer.Argument(help="Id of a case; or --all, or --ledger.")] = None,
    form: Annotated[
        str, typer.Option("--format", help="csv, json, parquet, stix, case, dossier; of the ledger also metaculus, "
                          "good-judgment, forecastbench.")
    ] = "csv",
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="Folder for the files.")] = Path(),
    everything: Annotated[bool, typer.Option("--all", help="Every case of the workspace, and the ledger.")] = False,
    ledger: Annotated[bool, typer.Option("--ledger", help="The ledger.")] = False,
    as_of: Annotated[str | None, typer.Option("--as-of", metavar="DATE", help="The case as it stood that day.")] = None,
    audience: Annotated[
        str, typer.Option("--audience", metavar="TLP", help="CLEAR, GREEN, AMBER, AMBER+STRICT or RED: what is marked "
                          "above is left out.")
    ] = "AMBER",
    strict: Annotated[bool, typer.Option("--strict", help="Refuse while anything is marked above it.")] = False,
    force: Annotated[bool, typer.Option("--force", help="Write over files that exist.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> int:  # fmt: skip
    """Write a case or the ledger as tables, STIX 2.1, or in the shape of a forecasting service.

    No cell of a CSV can start a formula. Handling marks hold: what is marked above --audience stays behind and is
    counted. Exit status 2 when nothing was written.
    """
    from vedette.bootstrap import open_workspace
    from vedette.domain.time import AsOf
    from vedette.workflows.export import LEDGER_SHAPES, SHAPES, export_case, export_ledger
    from vedette.workflows.open_case import open_case

    if sum((case is not None, everything, ledger)) != 1:
        raise BadInput("say what to export", where="vedette export", fix="A case's id, --all or --ledger: one of them")
    workspace = open_workspace()
    day = AsOf.of(as_of) if as_of else None
    names = list(workspace.cases.case_ids()) if everything else [case] if case is not None else []
    files: dict[str, bytes] = {}
    left = []
    for name in names:
        done = export_case(
            open_case(workspace.cases, name), form, ceiling=audience, refuse=strict, as_of=day,
            record=workspace.analyst_record,
        )  # fmt: skip
        files |= done.files
        if done.withheld is not None and not done.withheld.nothing:
            left.append((name, done.withheld))
    if ledger or (everything and form in LEDGER_SHAPES and form in SHAPES):
        files |= export_ledger(workspace.ledger, form).files
    _refuse_existing(out, files, force)
    for name, content in files.items():
        write_whole(out / name, content)
    if as_json:
        print_json({"files": [str(out / n) for n in files], "withheld": dict(left)})
    else:
        for name in files:
            print(out / name)
    for name, withheld in left:
        say(f"{name}: {withheld.words()}")
    return 0


def _refuse_existing(out: Path, files: dict[str, bytes], force: bool) -> None:
    if out.exists() and not out.is_dir():
        raise BadInput("it is a file, not a folder", where=str(out))
    there = [n for n in files if (out / n).exists()]
    if there and not force:
        raise CaseRefused(f"{there[0]} exists already", where=str(out), fix="Add --force to write over it")
    out.mkdir(parents=True, exist_ok=True)
