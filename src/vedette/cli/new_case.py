"""``vedette case new``: a case from a few answers, given as options or asked for."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from vedette.cli.files import write_whole
from vedette.cli.screen import interactive, print_json, say


def new(
    intervener: Annotated[
        list[str] | None,
        typer.Option("--intervener", metavar="STATE", help="Who would intervene; repeat it for a coalition."),
    ] = None,
    target: Annotated[str | None, typer.Option("--target", metavar="STATE", help="Into which state.")] = None,
    host: Annotated[
        str | None, typer.Option("--host", metavar="STATE", help="Through whose territory; 'none' when direct.")
    ] = None,
    posture: Annotated[
        str | None, typer.Option("--posture", help="On whose side: invited, rebels, neutral or hostile.")
    ] = None,
    until: Annotated[
        str | None, typer.Option("--until", metavar="DATE", help="Last day of the window, or a length such as 6m.")
    ] = None,
    start: Annotated[
        str | None, typer.Option("--from", metavar="DATE", help="First day of the window (default: today).")
    ] = None,
    organisation: Annotated[str | None, typer.Option("--organisation", help="Name of the coalition.")] = None,
    identity: Annotated[str | None, typer.Option("--id", help="Id (default: made from the states).")] = None,
    title: Annotated[str | None, typer.Option("--title", help="Title of the case.")] = None,
    out: Annotated[Path | None, typer.Option("--out", metavar="FILE", help="Case file (default: ./ID.toml).")] = None,
    author: Annotated[str | None, typer.Option("--author", help="Who opens it.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Make a case from a few answers: asks for what is not given, writes a case file you can edit."""
    from vedette.bootstrap import open_workspace
    from vedette.domain.claims import Posture
    from vedette.errors import CaseRefused
    from vedette.workflows.open_case import NewCase, case_ids, make_case, parse_window, state_code

    workspace = open_workspace()
    today = workspace.clock.now().date()
    if start is None and until is None and interactive():
        start = _ask(
            "--from", "From (a date; empty: today)",
            lambda t: t.strip() and str(parse_window(t.strip(), "1d", today=today)[0]), "",
        ) or None  # fmt: skip
    start_day = parse_window(start, "1d", today=today)[0]

    def state(text: str) -> str:
        return state_code(text.strip(), start_day)

    if not interactive():
        _require_answers({"--intervener": intervener, "--target": target, "--posture": posture, "--until": until})
    interveners = intervener or _ask(
        "--intervener", "Intervener (several: separate by commas, the lead first)",
        lambda text: [state(part) for part in text.split(",") if part.strip()],
    )  # fmt: skip
    goal = target or _ask("--target", "Target state", state)
    through = host
    if host is None and interactive():
        through = _ask("--host", "Through whose territory (empty: direct)", lambda t: state(t) if t.strip() else "", "")
    side = posture or _ask("--posture", f"Posture ({', '.join(Posture)})", lambda t: choice(t, list(Posture)))
    opened, deadline = (
        parse_window(start, until, today=today) if until
        else _ask("--until", "Until (a date, or a length such as 6m)", lambda t: parse_window(start, t, today=today))
    )  # fmt: skip
    case = make_case(
        NewCase(
            interveners=tuple(interveners), target=goal, posture=Posture(choice(side, list(Posture))),
            opened=opened, deadline=deadline, host=through if through and through.lower() != "none" else None,
            id=identity or "", title=title or "", organisation=organisation,
        )
    )  # fmt: skip
    if case.id in case_ids(workspace.cases):
        raise CaseRefused(f"a case {case.id!r} exists already", fix="Give this one another name with --id")
    path = out or Path(f"{case.id}.toml")
    if path.exists():
        raise CaseRefused("the file exists already", where=str(path), fix="Give another with --out")
    write_case(path, case)
    try:
        workspace.cases.create(case, author=author or workspace.settings.author, reason=f"new case, file {path}")
    except BaseException:
        path.unlink(missing_ok=True)  # both or neither: a file of a case that does not exist would mislead
        raise
    if as_json:
        print_json({"case": case.id, "file": str(path), "question": case.question, "deadline": case.deadline})
        return
    print(path)
    say(f"Case {case.id}: {case.question}")
    say("Edit in it: the atoms' statements and rules, the base rates with their sources, the assumptions.")
    say(f"Then:  vedette case import {path}      (brings your edits into the workspace)")
    say(f"Next:  vedette read FILE --case {case.id} --published YYYY-MM-DD")


def _require_answers(given: dict[str, Any]) -> None:
    """Without a person to ask: name every option that is missing at once, with an example that can be typed."""
    from vedette.domain.claims import Posture
    from vedette.errors import BadInput

    examples = {
        "--intervener": "Russia", "--target": "Ukraine", "--posture": "|".join(Posture), "--until": "6m",
    }  # fmt: skip
    missing = [option for option, value in given.items() if not value]
    if missing:
        raise BadInput(
            f"{', '.join(missing)} {'is' if len(missing) == 1 else 'are'} missing",
            fix="For example: " + " ".join(f"{option} {examples[option]}" for option in missing),
        )


def _ask(option: str, question: str, check: Any, default: str | None = None) -> Any:
    """Ask until the answer can be used."""
    from vedette.errors import VedetteError

    while True:
        text = typer.prompt(question, default=default, show_default=False, err=True)
        try:
            value = check(text)
        except VedetteError as error:
            say(f"  {error}")
            continue
        if value or default is not None:
            return value


def choice(text: str, valid: list[Any]) -> str:
    """One of a few words, whatever its case; raises `UnknownName` with the nearest."""
    import difflib

    from vedette.errors import UnknownName

    names = [str(v) for v in valid]
    if text.strip().casefold() in names:
        return text.strip().casefold()
    few = names if len(names) <= 5 else difflib.get_close_matches(text, names, n=3, cutoff=0.3)
    raise UnknownName("choice", text, nearest=few or names)


def write_case(path: Path, case: Any) -> None:
    """Write a case file whole, or not at all."""
    from vedette.codec.case_writer import encode_case

    write_whole(path, encode_case(case).encode("utf-8"))
