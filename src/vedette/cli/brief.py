"""``vedette brief`` and ``vedette verify``: the written product, and the check of one."""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from vedette.cli.files import write_whole
from vedette.cli.screen import clean, counted, print_json, say

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
BY_SUFFIX = {".md": "md", ".markdown": "md", ".pdf": "pdf", ".docx": "docx"}
SHOWN = 12  # differences printed by verify; all of them are in --json


def brief(
    case: Annotated[str, typer.Argument(metavar="CASE", help="Id of a case, or path of a case file or dossier.")],
    as_of: Annotated[
        str | None, typer.Option("--as-of", metavar="DATE", help="What was known by the end of that day.")
    ] = None,
    form: Annotated[
        str | None,
        typer.Option("--format", help="html, md, pdf or docx (default: from the name of --out, or html)."),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option("--out", metavar="FILE", help="Where to write it; - for stdout. Default: CASE-DATE.FORMAT"),
    ] = None,
    mode: Annotated[str, typer.Option("--mode", help="recommended, or author.")] = "recommended",
    since: Annotated[
        str | None,
        typer.Option("--since", metavar="DATE", help="Show the change since that day (default: a week before)."),
    ] = None,
    note: Annotated[
        list[str] | None,
        typer.Option(
            "--note", help="A sentence of yours, citing evidence ids: 'Units arrived by rail [E1].' Repeatable."
        ),
    ] = None,
    audience: Annotated[
        str,
        typer.Option(
            "--audience", metavar="TLP", help="CLEAR, GREEN, AMBER, AMBER+STRICT or RED: texts above are withheld."
        ),
    ] = "CLEAR",
    scale: Annotated[
        str, typer.Option("--scale", help="Words for likelihood: icd203 (US) or phia (UK).")
    ] = "icd203",
    weeks: Annotated[int, typer.Option("--weeks", help="Weeks of the line over time; 0 leaves it out.")] = 12,
    sections: Annotated[
        list[str] | None,
        typer.Option(
            "--sections",
            metavar="LIST",
            help="Print only these, joined by commas: answer, judgements, scenarios, time, conditions, why, map, "
            "change, look, assumptions, alternatives, base-rates, analogues, analysts, crowd, opinions, rules, "
            "sources. The cut-off and the limits are always printed.",
        ),
    ] = None,
    bundle: Annotated[
        Path | None,
        typer.Option(
            "--bundle", metavar="FILE.zip",
            help="Write the evidence bundle: briefs, assessment, case, cited texts, quotes, digests. With --out, the "
            "brief too.",
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Write the brief of a case: one self-contained page, Markdown, PDF (extra [pdf]) or DOCX (extra [docx]).

    The build fails when a sentence breaks the rules of estimative language, or cites a quote that does not hold the
    names and numbers it asserts.
    """
    from vedette.bootstrap import open_workspace
    from vedette.errors import BadInput
    from vedette.workflows.brief import make, request_for
    from vedette.workflows.open_case import open_case
    from vedette.workflows.track_record import once

    workspace = open_workspace()
    found, record = open_case(workspace.cases, case), once(workspace.analyst_record)
    chosen = form or BY_SUFFIX.get(out.suffix.lower() if out is not None else "", "html")
    request = request_for(
        found, as_of, mode=mode, since=since, notes=tuple(note or ()), audience=audience, scale=scale, weeks=weeks,
        sections=tuple(sections or ()),
    )  # fmt: skip
    if bundle is not None:
        if str(bundle) == "-" or bundle.suffix.lower() != ".zip":
            raise BadInput("a bundle is a .zip file", where="--bundle", fix="Example: --bundle evidence.zip")
        _write_bundle(found, request, chosen, bundle, as_json and out is None, record)
        if out is None:
            return
    made = make(found, request, chosen, record=record)
    data = made.data
    if out is not None and str(out) == "-":
        if chosen in ("pdf", "docx"):
            raise BadInput(
                f"{chosen.upper()} is not written to the screen", fix=f"Give a file: --out brief.{chosen}"
            )
        if as_json:
            print_json({"case": found.id, "as_of": request.as_of, "format": chosen, "text": made.text})
        else:
            sys.stdout.write(made.text)
        return
    path = out or Path(f"{found.id}-{request.as_of}.{chosen}")
    write_whole(path, data)
    if as_json:
        print_json(
            {
                "case": found.id,
                "as_of": request.as_of,
                "format": chosen,
                "file": str(path),
                "bytes": len(data),
                "sha256": hashlib.sha256(data).hexdigest(),
                "inputs_digest": made.facts["assessment"]["inputs_digest"],
            }
        )
        return
    print(path)
    say(f"{len(data) / 1000:.0f} kB, as of {request.as_of}. Check it with: vedette verify {path}")


def _write_bundle(case: Any, request: Any, form: str, path: Path, as_json: bool, record: Any) -> None:
    from vedette.workflows.bundle import make_bundle

    made = make_bundle(case, request, (form,), record=record)
    write_whole(path, made.data)
    digest = hashlib.sha256(made.data).hexdigest()
    if as_json:
        print_json({"file": str(path), "bytes": len(made.data), "sha256": digest, "manifest": made.manifest})
        return
    print(path)
    say(f"{counted(len(made.manifest['files']), 'file')}, {len(made.data) / 1000:.0f} kB, sha256 {digest}")
    if not made.withheld.nothing:
        say(made.withheld.words())
    say(f"Check it with: vedette verify {path}")


def verify(
    file: Annotated[
        Path,
        typer.Argument(metavar="FILE", help="A brief written by vedette (HTML, Markdown, PDF or DOCX), or a bundle."),
    ],
    case: Annotated[
        str | None, typer.Option("--case", metavar="CASE", help="Where the case is now, if not under its id here.")
    ] = None,
    as_json: AsJson = False,
) -> int:
    """Recompute every number of a brief from the case it names. Exit status 0 when all agree, 2 when not.

    Of a bundle also every digest and quote is checked, and the numbers are computed from the case inside it.
    """
    from vedette.bootstrap import open_workspace
    from vedette.workflows.brief import verify_against
    from vedette.workflows.bundle import is_bundle, verify_bundle
    from vedette.workflows.open_case import open_case
    from vedette.workflows.track_record import once

    workspace = open_workspace()
    store, record = workspace.cases, once(workspace.analyst_record)
    data = file.read_bytes()
    if is_bundle(data):
        check = verify_bundle(data, lambda name: open_case(store, name), case=case, record=record)
        return _say_bundle(file, check, as_json)
    report = verify_against(data, lambda name: open_case(store, name), case=case, record=record)
    if as_json:
        print_json({"file": str(file), **report.to_dict()})
        return 0 if report.ok else 2
    print(f"{file}: case {clean(report.case)}, as of {report.as_of}")
    printed = f"{counted(report.figures, 'printed figure')} and " if report.figures else ""
    print(f"{printed}{counted(report.values, 'value')} recomputed")
    if report.ok:
        print("All agree, and the text as a whole is the one this version writes.")
        return 0
    for reason in report.reasons:
        say(f"vedette: {clean(reason)}")
    _say_differences(report.differences)
    return 2


def _say_differences(differences: Sequence[Any]) -> None:
    for difference in differences[:SHOWN]:
        print(f"  {clean(difference)}")
    if len(differences) > SHOWN:
        print(f"  and {len(differences) - SHOWN} more in --json")
    print(f"Does not agree: {counted(len(differences), 'difference')}.")


def _say_bundle(file: Path, check: Any, as_json: bool) -> int:
    if as_json:
        print_json({"file": str(file), **check.to_dict()})
        return 0 if check.ok else 2
    print(f"{file}: bundle of case {clean(check.case)}, as of {check.as_of}")
    print(f"{counted(check.files, 'digest')} compared, {counted(check.quotes, 'quote')} in their place")
    for name, found in check.briefs.items():
        print(f"{clean(name)}: {counted(found.values, 'value')} recomputed, {'all agree' if found.ok else 'differs'}")
    for reason in check.reasons:
        say(f"vedette: {clean(reason)}")
    if check.ok:
        print("All agree.")
        return 0
    found = [*check.differences, *(d for v in check.briefs.values() for d in v.differences)]
    if found:
        _say_differences(found)
    elif check.briefs:
        print("Does not agree: the text of a brief is not the one this version writes.")
    else:
        print("Digests and quotes agree; the numbers were not computed again.")
    return 2
