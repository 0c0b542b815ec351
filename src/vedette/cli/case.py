"""``vedette case``: open, list, show, compare, import and export cases, and forget a document."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from vedette.cli.actors import actors
from vedette.cli.files import write_whole
from vedette.cli.new_case import choice, new
from vedette.cli.run import CONTEXT
from vedette.cli.screen import clean, counted, cut, print_json, print_table, say

app = typer.Typer(
    add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False, context_settings=CONTEXT,
    help="Open, list, show, compare, import and export cases.",
)  # fmt: skip

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
CaseName = Annotated[str, typer.Argument(metavar="CASE", help="Id of a case, or path of a case file or dossier.")]


@app.command("list")
def list_cases(as_json: AsJson = False) -> None:
    """Cases that can be opened: the bundled ones and those of the workspace."""
    from vedette.bootstrap import open_workspace
    from vedette.workflows.open_case import summaries

    found = summaries(open_workspace().cases)
    if as_json:
        print_json({"cases": found})
        return
    rows = [[c.id, c.as_of, c.deadline, c.evidence, c.proposed, c.source, c.title] for c in found]
    print_table(
        ["Case", "As of", "Deadline", "Evidence", "To review", "Where", "Title"], rows, right=("Evidence", "To review")
    )
    if not found:
        say("No cases. Make one with: vedette case new")


@app.command("show")
def show(
    case: CaseName,
    as_of: Annotated[str | None, typer.Option("--as-of", metavar="DATE", help="As it stood on that day.")] = None,
    as_json: AsJson = False,
) -> None:
    """One case: its question, options, scenarios and evidence."""
    from vedette.bootstrap import open_workspace
    from vedette.domain.time import AsOf
    from vedette.workflows.open_case import open_case

    found = open_case(open_workspace().cases, case)
    if as_of is not None:
        found = found.known(AsOf.of(as_of))
    if as_json:
        print_json(_as_plain(found))
    else:
        _print_case(found)


app.command("actors")(actors)


app.command("new")(new)


@app.command("import")
def import_file(
    files: Annotated[list[Path], typer.Argument(metavar="FILE...", help="Case files (TOML) or dossiers (JSON).")],
    identity: Annotated[str | None, typer.Option("--id", help="Store it under another id.")] = None,
    author: Annotated[str | None, typer.Option("--author", help="Who brings it in.")] = None,
    onto: Annotated[
        int | None, typer.Option("--onto", metavar="VERSION", help="The version of the case the file was made from.")
    ] = None,
    as_json: AsJson = False,
) -> int:
    """Bring case files and dossiers into the workspace: new cases, or additions to those that are there.

    A file that would set back what somebody else wrote of the case itself is refused with who, when and what, unless
    --onto names the version it was made from.
    """
    from vedette.bootstrap import open_workspace
    from vedette.errors import CaseRefused, Unavailable, VedetteError
    from vedette.workflows.open_case import import_case

    if identity and len(files) > 1:
        raise CaseRefused("--id is for one file", fix="Import the files one by one")
    if onto is not None and len(files) > 1:
        raise CaseRefused("--onto is for one file", fix="Import the files one by one")
    workspace = open_workspace()
    who = author or workspace.settings.author
    done: list[dict[str, Any]] = []
    refused: list[dict[str, str]] = []
    for file in files:
        try:
            result = import_case(workspace.cases, file, author=who, id=identity, onto=onto)
        except Unavailable:
            raise  # the workspace itself: the other files would fail alike
        except VedetteError as error:
            refused.append({"file": str(file), "error": str(error)})
            say(f"vedette: {error}")
            continue
        change = result.change
        done.append({"file": str(file), "case": result.case.id, "new": change is None, "change": change,
                     "evidence": len(result.case.evidence), "not_understood": result.not_understood})  # fmt: skip
        for key in result.not_understood:
            say(f"Note: {key} is not understood and was left aside")
        if not as_json:
            print(f"{result.case.id}  {_import_line(result.case, change)}")
    if as_json:
        print_json({"imported": done, "refused": refused})
    elif done and not refused:
        say(f"Next:  vedette assess {done[0]['case']}")
    return 2 if refused else 0


@app.command("diff")
def diff(
    case: CaseName,
    other: Annotated[
        str | None, typer.Argument(metavar="[OTHER]", help="The case or file to compare with (default: the same case).")
    ] = None,
    from_day: Annotated[str | None, typer.Option("--from", metavar="DATE", help="The first as it stood then.")] = None,
    to_day: Annotated[str | None, typer.Option("--to", metavar="DATE", help="The second as it stood then.")] = None,
    scenario: Annotated[
        str | None, typer.Option("--scenario", help="Whose number the effects are on (default: the first).")
    ] = None,
    mode: Annotated[str, typer.Option("--mode", help="recommended or author.")] = "recommended",
    as_json: AsJson = False,
) -> None:
    """What differs between two cases or files, or in one case between two days, and what each change did to the
    number."""
    from vedette.bootstrap import open_workspace
    from vedette.domain.time import AsOf
    from vedette.errors import BadInput
    from vedette.workflows.compare import compare
    from vedette.workflows.open_case import open_case
    from vedette.workflows.track_record import once

    if other is None and from_day is None and to_day is None:
        raise BadInput("nothing to compare with", fix="Name another case or file, or give --from and --to")
    workspace = open_workspace()
    store = workspace.cases
    first, second = open_case(store, case), open_case(store, other or case)
    chosen = second.scenario_set.scenario(scenario or second.scenario_set.scenarios[0].id).id
    days = AsOf.of(from_day or first.as_of), AsOf.of(to_day or second.as_of)
    found, why = _effects(first, second, days, mode, once(workspace.analyst_record))
    if from_day is not None:
        first = first.known(days[0])
    if to_day is not None:
        second = second.known(days[1])
    changes = compare(first, second)
    if as_json:
        print_json({"first": first.id, "second": second.id, "changes": changes, "effects": found, "no_effects": why})
        return
    rows = [[c.kind, c.id, c.what, cut(c.before, 120), cut(c.after, 120)] for c in changes]
    if rows:
        print_table(["What", "Id", "Change", "Before", "After"], rows, wrap=("Before", "After"))
    if found is not None and (changes or days[0] != days[1]):
        _print_effects(found, chosen)
    say(f"{counted(len(changes), 'difference')}." if changes else "No difference.")
    if why and changes:
        say(f"No effect on the number is shown: {why}")


def _effects(first: Any, second: Any, days: tuple[Any, Any], mode: str, record: Any) -> tuple[Any, str]:
    """The effects, or why there are none: two cases can differ without a number in common."""
    from vedette.errors import VedetteError
    from vedette.workflows.effects import effects

    try:
        return effects(first, second, *days, mode=mode, record=record), ""
    except VedetteError as error:
        return None, str(error)


def _print_effects(found: Any, scenario: str) -> None:
    if scenario not in found.before:
        return
    print(
        f"\n{scenario}: {100 * found.before[scenario]:.1f} % on {found.from_day}, "
        f"{100 * found.after[scenario]:.1f} % on {found.to_day}. In log-odds, summing exactly:"
    )
    rows = sorted(found.effects, key=lambda e: (e.kind == "residual", -abs(e.log_odds[scenario])))
    shown = [e for e in rows if abs(e.log_odds[scenario]) >= 0.005 or e.kind == "residual"]
    rest = sum(e.log_odds[scenario] for e in rows if e not in shown)
    table = [[f"{e.log_odds[scenario]:+.3f}", e.kind.replace("_", " "), e.id, cut(e.what, 90)] for e in shown]
    if len(shown) < len(rows):
        table.append([f"{rest:+.3f}", "", "", f"{len(rows) - len(shown)} smaller changes"])
    print_table(["Log-odds", "Change", "Id", "What"], table, right=("Log-odds",))


@app.command("stories")
def stories(
    case: CaseName,
    as_of: Annotated[str | None, typer.Option("--as-of", metavar="DATE", help="As it stood on that day.")] = None,
    as_json: AsJson = False,
) -> None:
    """Which documents tell the same story, how many independent voices there are, who denies or contradicts whom."""
    from vedette.bootstrap import open_workspace
    from vedette.cli.stories import print_stories
    from vedette.domain.time import AsOf
    from vedette.workflows.stories import case_stories

    found = case_stories(open_workspace().cases, case, as_of=AsOf.of(as_of) if as_of is not None else None)
    if as_json:
        print_json(found.to_dict())
    else:
        print_stories(found)


@app.command("export")
def export(
    case: CaseName,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FILE", help="Where to; .json is a dossier, .toml a case file.")
    ] = None,
    form: Annotated[str | None, typer.Option("--format", help="case (TOML) or dossier (JSON).")] = None,
    force: Annotated[bool, typer.Option("--force", help="Write over a file that exists.")] = False,
    audience: Annotated[
        str,
        typer.Option(
            "--audience", metavar="TLP", help="CLEAR, GREEN, AMBER, AMBER+STRICT or RED: what is above is left out."
        ),
    ] = "AMBER",
    strict: Annotated[
        bool, typer.Option("--strict", help="Refuse to export while anything is marked above the audience.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Write a case as a case file or as a dossier; without --out, on stdout. Handling marks are kept."""
    import json

    from vedette.bootstrap import open_workspace
    from vedette.codec.case_writer import encode_case
    from vedette.codec.dossier import encode_dossier
    from vedette.errors import CaseRefused
    from vedette.workflows.handling import for_audience
    from vedette.workflows.open_case import open_case

    wanted = choice(form, ["case", "dossier"]) if form else None
    if wanted is None:
        wanted = "dossier" if as_json or (out is not None and out.suffix.lower() == ".json") else "case"
    found, withheld = for_audience(open_case(open_workspace().cases, case), audience, refuse=strict)
    text = encode_case(found) if wanted == "case" else json.dumps(encode_dossier(found), indent=1, ensure_ascii=False)
    left = _left_behind(found) if wanted == "dossier" else ""
    if out is None:
        if as_json and wanted == "case":
            print_json({"case": found.id, "format": wanted, "text": text, "withheld": withheld})
        else:
            print(text.rstrip("\n"))
    else:
        if out.exists() and not force:
            raise CaseRefused("the file exists already", where=str(out), fix="Add --force to write over it")
        write_whole(out, (text.rstrip("\n") + "\n").encode("utf-8"))
        if as_json:
            print_json({"case": found.id, "format": wanted, "file": str(out), "withheld": withheld})
        else:
            print(out)
    if not withheld.nothing:
        say(withheld.words())
    if left:
        say(left)


@app.command("forget")
def forget(
    case: CaseName,
    document: Annotated[str, typer.Option("--document", metavar="ID", help="Which document to remove.")],
    reason: Annotated[str, typer.Option("--reason", help="Why: it stays with the tombstone.")],
    words: Annotated[
        bool, typer.Option("--words", help="Also remove its title, author and address, and our words about it.")
    ] = False,
    author: Annotated[str | None, typer.Option("--author", help="Who removes it.")] = None,
    as_json: AsJson = False,
) -> None:
    """Remove a document's bytes, text and quotes for good; a tombstone with a salted digest stays."""
    from vedette.bootstrap import open_workspace
    from vedette.workflows.forget import forget as remove

    workspace = open_workspace()
    done = remove(
        workspace.cases, workspace.ledger, case, document, author=author or workspace.settings.author, reason=reason,
        words=words, transcripts=workspace.transcripts, record=workspace.analyst_record,
    )  # fmt: skip
    if as_json:
        print_json(done)
        return
    stone = done.tombstone
    print(f"{document}: bytes and text removed; {counted(len(stone.evidence), 'item')} of evidence lost the quote")
    print(f"tombstone {stone.digest} (salt {stone.salt})")
    for f in done.forecasts:
        words_of = {True: "still computed from the same inputs", False: "can no longer be computed as it was"}
        state = words_of[f.same] if f.same is not None else "stated by a person"
        print(f"  touches {f.digest[:12]} {f.question}, {clean(f.forecaster)}, as of {f.as_of}: {state}")
    if not done.forecasts:
        print("  touches no committed forecast")
    if done.transcripts:
        print(f"  {counted(done.transcripts, 'transcript')} of second readers removed")
    for name in done.translations:
        say(f"{name} is a translation of it and still there: forget it too")
    say("Briefs, exports and copies made before are not reached: remove them where they are.")


def _left_behind(case: Any) -> str:
    parts = [counted(len(case.judgments), "judgment"), counted(len(case.reviews), "review")]
    if not case.judgments and not case.reviews:
        return ""
    return f"A dossier does not carry {' and '.join(parts)}; a case file does (--format case)."


def _import_line(case: Any, change: Any) -> str:
    if change is None:
        return f"new, {counted(len(case.evidence), 'item')} of evidence, {counted(len(case.documents), 'document')}"
    if change.nothing:
        return "nothing new"
    added = [
        counted(n, kind)
        for n, kind in (
            (change.documents, "document"), (change.evidence, "evidence item"), (change.reviews, "review"),
            (change.judgments, "judgment"),
        )
        if n
    ]  # fmt: skip
    return "; ".join((["case changed"] if change.structure else []) + ([f"added {', '.join(added)}"] if added else []))


def _as_plain(case: Any) -> dict[str, Any]:
    from vedette.codec.json import encode_moves
    from vedette.domain.plain import to_plain
    from vedette.workflows.ingest import proposal_row

    scenarios = case.scenario_set
    return {
        "id": case.id, "title": case.title, "question": case.question, "framework": case.framework,
        "opened": case.opened, "as_of": case.as_of, "deadline": case.deadline,
        "threshold_profile": scenarios.threshold_profile, "options": to_plain(case.options),
        "atoms": to_plain(scenarios.atoms), "scenarios": to_plain(scenarios.scenarios),
        "chances": to_plain(scenarios.chances), "moves": encode_moves(case.moves),
        "documents": [
            {"id": d.id, "sha256": d.sha256, "title": d.title, "kind": d.kind, "published": d.published,
             "available_at": d.times.available_at, "characters": len(d.text)}
            for d in case.documents
        ],
        "evidence": [proposal_row(e) for e in case.standing()], "reviews": to_plain(case.reviews),
        "judgments": to_plain(case.judgments), "assumptions": to_plain(case.assumptions),
        "crowd": to_plain(case.crowd), "indicators": to_plain(case.indicators), "checks": to_plain(case.checks),
        "signals": to_plain(case.signals), "structure_note": case.structure_note, "coding_note": case.coding_note,
    }  # fmt: skip


def _print_case(case: Any) -> None:
    from vedette.workflows.open_case import state_name

    print(f"{case.id}: {clean(case.title)}")
    print(clean(case.question))
    print(f"Window {case.opened} to {case.deadline}, as of {case.as_of}. Framework {case.framework}.")
    print()
    print_table(
        ["Option", "Intervener", "Into", "Through", "Posture", "Means"],
        [
            [o.id, ", ".join(map(state_name, o.interveners)), state_name(o.target),
             state_name(o.host) if o.host else "-", o.posture, o.means]
            for o in case.options
        ],
        wrap=("Intervener", "Means"),
    )  # fmt: skip
    print()
    print_table(
        ["Scenario", "Atoms", "What it is"],
        [[s.id, " ".join(sorted(s.atoms)), s.label] for s in case.scenario_set.scenarios],
    )
    print()
    print_table(["Atom", "Statement"], [[a.id, a.statement] for a in case.scenario_set.atoms])
    standing = case.standing()
    print()
    if standing:
        print_table(
            ["Evidence", "Known", "State", "Bears on", "Grade", "Claim"],
            [
                [e.id, e.times.available_at.date(), e.status,
                 "; ".join(f"{b.scenario}/{b.condition} {b.direction}" for b in e.bearings), e.grade, cut(e.claim, 90)]
                for e in standing
            ],
            wrap=("Bears on", "Claim"),
        )  # fmt: skip
    waiting = sum(e.status == "proposed" for e in standing)
    documents = counted(len(case.documents), "document")
    print(f"{counted(len(standing), 'item')} of evidence, {waiting} to review; {documents}.")
    if case.indicators:
        say(f"{counted(len(case.indicators), 'indicator')} watched:  vedette indicators list {case.id}")
    if waiting:
        say(f"Next:  vedette review {case.id}")
