"""``vedette indicators``: what a case watches for, as it stands; set, add, take back, suggest."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from vedette.cli.run import CONTEXT
from vedette.cli.screen import clean, counted, cut, print_json, print_table, say

app = typer.Typer(
    add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False, context_settings=CONTEXT,
    help="What a case watches for: list, show, set, add, undo, suggest.",
)  # fmt: skip

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
CaseName = Annotated[str, typer.Argument(metavar="CASE", help="Id of a case, or path of a case file or dossier.")]
Stored = Annotated[str, typer.Argument(metavar="CASE", help="Id of a case.")]
Author = Annotated[str | None, typer.Option("--author", help="Who says so (default: the settings' author).")]
AsOfDate = Annotated[str | None, typer.Option("--as-of", metavar="DATE", help="As they stood on that day.")]


@app.command("list")
def list_indicators(case: CaseName, as_of: AsOfDate = None, as_json: AsJson = False) -> None:
    """Every indicator of a case with its state, its last look and what it says."""
    found, day, rows, signals = _rows(case, as_of)
    if as_json:
        print_json({"case": found.id, "as_of": str(day), "indicators": rows, "signals": signals})
        return
    print_table(
        ["Indicator", "State", "Since", "Looked", "Says", "About", "Observable"],
        [
            [r["id"], r["state"].replace("_", " "), r["since"] or "-", r["checked"] or "-", _says(r), r["scenario"],
             cut(r["observable"], 90)]
            for r in rows
        ],
    )  # fmt: skip
    for r in rows:
        if r["overdue"] or r["stale"]:
            say(f"{r['id']}: " + ("its time has passed" if r["overdue"] else f"last looked at on {r['checked']}"))
    if not rows:
        say(f"Nothing is watched. What would be worth it:  vedette indicators suggest {found.id}")
    if signals:
        print_table(
            ["Signal", "Value", "Says", "About", "What it is"],
            [[s["id"], f"{s['value']:+.1f}", f"{s['log_ratio']:+.2f}", s["scenario"], s["detail"]] for s in signals],
            right=("Value", "Says"),
        )


@app.command("show")
def show(
    case: CaseName,
    indicator: Annotated[str, typer.Argument(metavar="INDICATOR", help="Id of the indicator.")],
    as_of: AsOfDate = None,
    as_json: AsJson = False,
) -> None:
    """One indicator: what would show it, what it is worth, and every look for it."""
    found, _, rows, _ = _rows(case, as_of)
    found.indicator(indicator)
    row = next((r for r in rows if r["id"] == indicator), None)
    if row is None:
        from vedette.errors import BadInput

        raise BadInput(f"{indicator} was not watched yet on that day", where=found.id)
    if as_json:
        print_json(row)
        return
    print(f"{row['id']}: {clean(row['observable'])}")
    print(f"About {row['scenario']} through {row['condition']} of option {row['option']}.")
    print(f"Threshold: {clean(row['threshold'] or 'not stated')}. Where to look: {clean(row['collection'] or '-')}.")
    if row["likelihood_ratio"]:
        print("Likelihood ratios: {:g} if present, {:g} if absent.".format(*row["likelihood_ratio"]))
    else:
        e = row["expected"]
        print(f"Expected {e['start']} to {e['end']}: {e['if_true']:.0%} if it comes true, {e['if_false']:.0%} if not.")
    print(f"Now {row['state'].replace('_', ' ')}: {clean(row['reason'])}.")
    print_table(
        ["Look", "State", "Collection", "By", "Why"],
        [[h["at"], h["state"].replace("_", " "), h["collection"], h["author"],
          h["why"] + (f" (evidence: {', '.join(h['evidence'])})" if h["evidence"] else "")] for h in row["history"]],
    )  # fmt: skip


@app.command("set")
def set_indicator(
    case: Stored,
    indicator: Annotated[str, typer.Argument(metavar="INDICATOR", help="Id of the indicator.")],
    state: Annotated[str, typer.Argument(metavar="STATE", help="present, absent, unknown or not_looked.")],
    why: Annotated[str, typer.Option("--why", help="What was looked at, and why it would have shown it.")] = "",
    source: Annotated[str, typer.Option("--source", help="Where the look was made.")] = "",
    collection: Annotated[
        str, typer.Option("--collection", help="good, partial or none: absence counts only after a good look.")
    ] = "",
    on: Annotated[
        str | None, typer.Option("--on", metavar="DATE", help="The day it could be known (default: today).")
    ] = None,
    evidence: Annotated[
        list[str] | None, typer.Option("--evidence", metavar="ID", help="The same report as this item. Repeat it.")
    ] = None,
    author: Author = None,
    as_json: AsJson = False,
) -> None:
    """Record a look: what it found. Earlier looks stay, and `undo` brings the one before back."""
    from vedette.bootstrap import open_workspace
    from vedette.domain.time import parse_date
    from vedette.workflows.indicators import set_state

    workspace = open_workspace()
    changed = set_state(
        workspace.cases, workspace.clock, case, indicator, state, author=author or workspace.settings.author,
        collection=collection, why=why, source=source, on=parse_date(on, where="--on") if on else None,
        evidence=evidence or (),
    )  # fmt: skip
    _told(workspace, changed, indicator, as_json)


@app.command("undo")
def undo(
    case: Stored,
    indicator: Annotated[str, typer.Argument(metavar="INDICATOR", help="Id of the indicator.")],
    why: Annotated[str, typer.Option("--why", help="Why the look is taken back.")] = "",
    of: Annotated[str, typer.Option("--of", metavar="NAME", help="Whose look it is, when it is not yours.")] = "",
    author: Author = None,
    as_json: AsJson = False,
) -> None:
    """Take back the last look: what stood before it counts again. Both stay in the record.

    A look of somebody else is taken back only when you name them.
    """
    from vedette.bootstrap import open_workspace
    from vedette.workflows.indicators import take_back

    workspace = open_workspace()
    who = author or workspace.settings.author
    changed = take_back(workspace.cases, workspace.clock, case, indicator, author=who, why=why, of=of)
    _told(workspace, changed, indicator, as_json)


@app.command("add")
def add(
    case: Stored,
    observable: Annotated[str, typer.Argument(metavar="OBSERVABLE", help="What would be seen, in one sentence.")],
    scenario: Annotated[str, typer.Option("--scenario", help="The scenario it speaks of.")],
    condition: Annotated[
        str, typer.Option("--condition", help="The condition it bears on, or 'option' for the option itself.")
    ] = "option",
    option: Annotated[str, typer.Option("--option", help="Which option (default: the first).")] = "",
    present: Annotated[
        float | None, typer.Option("--present", metavar="RATIO", help="How many times likelier it is if true.")
    ] = None,
    absent: Annotated[
        float | None, typer.Option("--absent", metavar="RATIO", help="The same of a good look without it.")
    ] = None,
    expect: Annotated[
        str | None,
        typer.Option(
            "--expect", metavar="FROM/TO,P,Q", help="An event due then: its chance if true and if not, as .1,.9."
        ),
    ] = None,
    threshold: Annotated[str, typer.Option("--threshold", help="What counts as seen.")] = "",
    collection: Annotated[str, typer.Option("--where", help="Where to look.")] = "",
    lead: Annotated[
        int | None, typer.Option("--lead", metavar="DAYS", help="How long before the act it shows.")
    ] = None,
    standing: Annotated[
        bool, typer.Option("--standing", help="Somebody would report it unasked: silence goes on counting.")
    ] = False,
    note: Annotated[str, typer.Option("--note", help="A note.")] = "",
    since: Annotated[
        str | None, typer.Option("--since", metavar="DATE", help="From when it is watched (default: now).")
    ] = None,
    identity: Annotated[str, typer.Option("--id", help="Id (default: made from the words).")] = "",
    author: Author = None,
    as_json: AsJson = False,
) -> None:
    """Watch one more thing."""
    from vedette.bootstrap import open_workspace
    from vedette.domain.time import parse_date
    from vedette.workflows.indicators import NewIndicator, add_indicator

    workspace = open_workspace()
    new = NewIndicator(
        observable=observable, scenario=scenario, condition=condition, option=option, present=present, absent=absent,
        expected=_expectation(expect) if expect else None, threshold=threshold, collection=collection,
        lead_time_days=lead, standing=standing, note=note, id=identity,
    )  # fmt: skip
    changed, made = add_indicator(
        workspace.cases, workspace.clock, case, new, author=author or workspace.settings.author,
        since=parse_date(since, where="--since") if since else None,
    )  # fmt: skip
    _told(workspace, changed, made.id, as_json)


@app.command("suggest")
def suggest(
    case: CaseName,
    watch: Annotated[
        list[str] | None, typer.Option("--watch", metavar="ID", help="Add this suggestion. Repeat for several.")
    ] = None,
    as_of: AsOfDate = None,
    author: Author = None,
    as_json: AsJson = False,
) -> None:
    """What would be worth looking for, by how far it would move the number; add what you choose."""
    from vedette.bootstrap import open_workspace
    from vedette.workflows.assess import assess_case
    from vedette.workflows.indicators import suggestions, watch_suggested
    from vedette.workflows.open_case import open_case

    workspace = open_workspace()
    found = open_case(workspace.cases, case)
    looking = assess_case(found, as_of, record=workspace.analyst_record).worth_looking
    rows = suggestions(found, looking)
    added: tuple[Any, ...] = ()
    if watch:
        who = author or workspace.settings.author
        added = watch_suggested(workspace.cases, workspace.clock, case, looking, watch, author=who)
    if as_json:
        print_json({"case": found.id, "suggestions": rows, "added": [i.id for i in added]})
        return
    if added:
        for i in added:
            print(f"{i.id}: {clean(i.observable)}")
        say(f"{counted(len(added), 'indicator')} watched from now on, not looked at yet.")
        return
    print_table(
        ["Indicator", "About", "Moves", "If seen", "If not", "Where to look", "Observable"],
        [
            [o["indicator"], o["scenario"], f"{100 * o['expected_move']:.1f} points", f"{100 * o['if_present']:.0f} %",
             f"{100 * o['if_absent']:.0f} %", cut(o["collection"], 40), o["observable"]]
            for o in rows
        ],
        right=("Moves", "If seen", "If not"),
    )  # fmt: skip
    say(f"Watch one with:  vedette indicators suggest {found.id} --watch ID")


@app.command("signals")
def signals(
    case: CaseName,
    as_of: AsOfDate = None,
    record: Annotated[
        bool, typer.Option("--record", help="Keep the readings in the case: from then on they move its number.")
    ] = False,
    author: Author = None,
    as_json: AsJson = False,
) -> None:
    """What the stored event streams say of a case: tempo, change, combination, build-up."""
    from vedette.bootstrap import open_workspace
    from vedette.domain.time import AsOf
    from vedette.workflows.open_case import open_case
    from vedette.workflows.signals import read_signals, record_signals

    workspace = open_workspace()
    found = open_case(workspace.cases, case)
    day = AsOf.of(as_of) if as_of else AsOf.of(min(workspace.clock.now().date(), found.deadline))
    readings = read_signals(workspace.events, found, day)
    added: tuple[str, ...] = ()
    if record:
        added = record_signals(workspace.cases, case, readings, author=author or workspace.settings.author)
    if as_json:
        print_json({"case": found.id, "as_of": str(day), "signals": readings, "recorded": added})
        return
    print_table(
        ["Signal", "Value", "Says", "About", "Events", "Source", "What it is"],
        [
            [r.kind.value.replace("_", " "), f"{r.value:+.1f}", f"{r.log_ratio:+.2f}", r.scenario, r.events, r.source,
             r.detail] for r in readings
        ],
        right=("Value", "Says", "Events"),
    )  # fmt: skip
    if not readings:
        say("No stream says anything: too few rows by that day. What is there:  vedette events status")
    elif record:
        say(f"{counted(len(added), 'reading')} recorded; the number of the case now counts the latest of each kind.")
    else:
        say("Nothing was recorded: the number of the case does not move. Add --record to let it.")


def _rows(case: str, as_of: str | None) -> tuple[Any, Any, list[dict[str, Any]], list[dict[str, Any]]]:
    from vedette.bootstrap import open_workspace
    from vedette.domain.time import AsOf
    from vedette.workflows.indicators import indicator_rows, signal_rows
    from vedette.workflows.open_case import open_case

    workspace = open_workspace()
    found = open_case(workspace.cases, case)
    # Without a date: everything recorded so far, also after the case's own as-of day.
    day = AsOf.of(as_of) if as_of else AsOf.of(workspace.clock.now())
    return found, day, list(indicator_rows(found, day)), list(signal_rows(found, day))


def _says(row: dict[str, Any]) -> str:
    return f"{row['log_ratio']:+.2f}" if row["log_ratio"] is not None else "-"


def _told(workspace: Any, case: Any, indicator: str, as_json: bool) -> None:
    from vedette.domain.time import AsOf
    from vedette.workflows.indicators import indicator_rows

    row = next(r for r in indicator_rows(case, AsOf.of(workspace.clock.now())) if r["id"] == indicator)
    if as_json:
        print_json(row)
        return
    print(f"{indicator}: {row['state'].replace('_', ' ')}; {clean(row['reason'])}")
    if row["log_ratio"] is not None:
        print(f"  log likelihood ratio {row['log_ratio']:+.2f} for {row['scenario']}")


def _expectation(text: str) -> Any:
    from vedette.domain.indicators import Expectation
    from vedette.domain.time import parse_date
    from vedette.errors import BadInput

    when, *chances = [part.strip() for part in text.split(",")]
    first, slash, last = when.partition("/")
    try:
        if_true, if_false = (float(c) for c in chances)
    except ValueError:
        slash = ""
    if not slash:
        raise BadInput(f"{text!r} is not FROM/TO,P,Q", where="--expect", fix="Example: 2022-02-20/2022-03-06,.1,.9")
    return Expectation(
        start=parse_date(first, where="--expect"), end=parse_date(last, where="--expect"), if_true=if_true,
        if_false=if_false,
    )  # fmt: skip
