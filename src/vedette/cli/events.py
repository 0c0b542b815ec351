"""``vedette events``: take coded events in, ask about them, and see what is and is not there."""

from __future__ import annotations

import csv
import io
import sys
import time
from contextlib import closing
from pathlib import Path
from typing import Annotated, Any

import typer

from vedette.cli.run import CONTEXT
from vedette.cli.screen import clean, counted, cut, print_json, print_table, say

app = typer.Typer(
    add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False, context_settings=CONTEXT,
    help="Coded events: who did what to whom, where and when, as data sets report it.", no_args_is_help=True,
)  # fmt: skip

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Day = Annotated[str | None, typer.Option("--as-of", metavar="DATE", help="Only what was available by that day.")]


@app.command("ingest")
def ingest(
    source: Annotated[
        str, typer.Argument(metavar="SOURCE", help="A data set of --list; with --mapping, the first of the files.")
    ] = "",
    paths: Annotated[
        list[Path] | None, typer.Argument(metavar="[PATHS...]", help="Files or folders; without them: the publisher.")
    ] = None,
    first: Annotated[str | None, typer.Option("--from", metavar="DATE", help="First day of the files.")] = None,
    last: Annotated[str | None, typer.Option("--to", metavar="DATE", help="Last day of the files.")] = None,
    kinds: Annotated[
        str, typer.Option("--files", help="Which files of GDELT 2: export, mentions, gkg, separated by commas.")
    ] = "export",
    mapping: Annotated[
        Path | None, typer.Option("--mapping", metavar="FILE", help="TOML file that says which column is what.")
    ] = None,
    mirror: Annotated[
        Path | None, typer.Option("--mirror", metavar="DIR", help="A folder with the publisher's files and lists.")
    ] = None,
    available: Annotated[
        str | None,
        typer.Option("--available", metavar="DATE", help="Day on which the files could first be had."),
    ] = None,
    list_only: Annotated[
        bool, typer.Option("--list", help="Show data sets with licence, citation, coverage and lag; take nothing in.")
    ] = False,
    as_json: AsJson = False,
) -> int:
    """Take in event files: typed, checked, freed of repetitions. Taking a file in again changes nothing."""
    from vedette.bootstrap import open_workspace
    from vedette.domain.time import instant, parse_date
    from vedette.errors import BadInput
    from vedette.workflows.events import ingest as run

    workspace = open_workspace()
    if list_only:
        _list(workspace.event_listing(), as_json)
        return 0
    if not source and mapping is None:
        raise BadInput("no data set is named", fix="See: vedette events ingest --list")
    files = [Path(source), *(paths or [])] if mapping is not None and source else list(paths or [])
    if mapping is not None and not files:
        raise BadInput("no file is named", where="--mapping", fix="vedette events ingest --mapping FILE CSV")
    wanted = tuple(k.strip() for k in kinds.split(",") if k.strip())
    if unknown := [k for k in wanted if k not in ("export", "mentions", "gkg")]:
        raise BadInput(f"{unknown[0]!r} is no file of GDELT", where="--files", fix="Use export, mentions, gkg")
    done = run(
        workspace.event_supply(),
        workspace.event_intake(),
        workspace.event_dataset(source, mapping),
        tuple(files),
        first=parse_date(first, where="--from") if first else None,
        last=parse_date(last, where="--to") if last else None,
        kinds=wanted,
        mirror=mirror,
        available=instant(available, where="--available") if available else None,
        progress=lambda name, what: say(f"{clean(name)}: {clean(what)}"),
    )
    counts = {n: done.total(n) for n in ("read", "new", "repeated", "corrected", "rejected")}
    if as_json:
        print_json({"dataset": done.dataset.id, **counts, "files": list(done.taken), "stopped": done.stopped,
                    "licence": done.dataset.licence, "citation": done.dataset.citation})  # fmt: skip
    else:
        print_table(
            ["Data set", "Files", "Failed", "Rows", "New", "Corrected", "Same again", "Malformed"],
            [[done.dataset.id, len(done.taken), len(done.failed), *(counts[n] for n in
              ("read", "new", "corrected", "repeated", "rejected"))]],
            right=("Files", "Failed", "Rows", "New", "Corrected", "Same again", "Malformed"),
        )  # fmt: skip
        say(f"Cite: {done.dataset.citation}")
        say(f"Licence: {done.dataset.licence}; passing on: {done.dataset.redistribution}")
        if counts["rejected"]:
            say("Malformed rows are kept with line and reason:  vedette events status --rejected")
    if done.stopped:
        say(f"Stopped: {done.stopped}")
    return 2 if done.stopped or (done.taken and len(done.failed) == len(done.taken)) else 0


def _list(datasets: Any, as_json: bool) -> None:
    rows = [
        {
            "id": d.id, "title": d.title, "provider": d.provider, "licence": d.licence,
            "redistribution": d.redistribution, "citation": d.citation, "coverage": str(d.coverage),
            "lag_days": d.lag_days, "lag": d.lag_basis, "address": d.address, "address_status": d.address_status,
            "layouts": [f"{layout.name}: {layout.checked}" for layout in d.layouts], "private": d.private,
            "note": d.note,
        }
        for d in datasets
    ]  # fmt: skip
    if as_json:
        print_json({"datasets": rows})
        return
    for row in rows:
        print(f"{row['id']}: {row['title']}; {row['coverage']}; {row['lag_days']} days ({row['lag']})")
        print(f"    licence: {row['licence']}   passing on: {row['redistribution']}")
        print(f"    cite: {row['citation']}")
        print(f"    {row['address']} [{row['address_status']}]")


@app.command("query")
def query(
    dyad: Annotated[
        tuple[str, str] | None, typer.Option("--dyad", metavar="SOURCE TARGET", help="State acting, state acted upon.")
    ] = None,
    both_ways: Annotated[bool, typer.Option("--both-ways", help="Also the other way round.")] = False,
    classes: Annotated[
        list[str] | None, typer.Option("--class", help="PLOVER class or quad class; may be given again.")
    ] = None,
    near: Annotated[str, typer.Option("--near", metavar="LAT,LON,KM", help="Within a distance of a point.")] = "",
    place: Annotated[str, typer.Option("--in", metavar="STATE", help="Where it happened.")] = "",
    since: Annotated[str, typer.Option("--since", metavar="DATE", help="First day of the event.")] = "",
    until: Annotated[str, typer.Option("--until", metavar="DATE", help="Last day of the event.")] = "",
    as_of: Day = None,
    datasets: Annotated[list[str] | None, typer.Option("--dataset", help="Only this one; may be given again.")] = None,
    limit: Annotated[int, typer.Option("--limit", help="How many, newest first.")] = 50,
    daily: Annotated[bool, typer.Option("--daily", help="Counts by day, pair and class instead of events.")] = False,
    engine: Annotated[
        str, typer.Option("--engine", help="With --daily: store, duckdb (through Ibis) or spark.")
    ] = "store",
    as_csv: Annotated[bool, typer.Option("--csv", help="Print CSV.")] = False,
    as_json: AsJson = False,
) -> int:
    """Events by pair of states, class, place and time, as known on a day."""
    from vedette.bootstrap import open_workspace
    from vedette.domain.plain import to_plain
    from vedette.errors import BadInput
    from vedette.workflows.events import event_query, plain_events, truncation

    asked = event_query(
        dyad=dyad, both_ways=both_ways, classes=classes or (), near=near, place=place, since=since, until=until,
        as_of=as_of or "", datasets=datasets or (), limit=None if daily else limit,
    )
    if engine != "store" and not daily:
        raise BadInput("another engine answers for daily counts only", where="--engine", fix="Add --daily")
    workspace = open_workspace()
    store = workspace.events
    there = {c.dataset for c in store.coverage()} if datasets else set()
    for name in set(datasets or ()) - there:
        workspace.event_dataset(name)  # neither taken in nor known: said so, with the known ones
    started = time.perf_counter()
    if engine != "store":
        with closing(workspace.portable_events(engine)) as other:
            started = time.perf_counter()
            rows = [dict(to_plain(d)) for d in other.dyad_days(asked)]
        total = len(rows)
    elif daily:
        rows = [dict(to_plain(d)) for d in store.dyad_days(asked)]
        total = len(rows)
    else:
        rows = [dict(e) for e in plain_events(store.query(asked))]
        total = len(rows) if len(rows) < limit else store.count(asked)
    seconds = time.perf_counter() - started
    warnings = truncation(store, asked.as_of)
    if as_json:
        print_json({"rows": rows, "total": total, "as_of": as_of, "seconds": round(seconds, 4), "warnings": warnings})
    elif as_csv:
        _print_csv(rows)
    elif daily:
        print_table(
            ["Day", "Data set", "Source", "Target", "Class", "Events", "Mentions", "Deaths"],
            [[r["day"], r["dataset"], r["source"] or "?", r["target"] or "?", r["root"] or "none", r["events"],
              "?" if r["mentions"] is None else r["mentions"], "?" if r["fatalities"] is None else r["fatalities"]]
             for r in rows],
            right=("Events", "Mentions", "Deaths"),
        )  # fmt: skip
    else:
        print_table(
            ["Day", "Data set", "Source", "Target", "Class", "Code", "Available", "Place"],
            [[r["occurred_from"], r["dataset"], r["source"] or cut(str(r["source_actor"] or "?"), 20),
              r["target"] or cut(str(r["target_actor"] or "?"), 20), r["root"] or "none", r["code"] or "",
              str(r["available_at"])[:10], cut(str(r["place"] or "?"), 40)] for r in rows],
        )  # fmt: skip
    if not as_json:
        known = f", as of {as_of}" if as_of else ""
        say(f"{len(rows):,} of {counted(total, 'row')} in {1000 * seconds:.0f} ms{known}")
    for line in warnings:
        say(f"Warning: {line}")
    return 0


def _print_csv(rows: list[dict[str, Any]]) -> None:
    """CSV in which no cell of others begins a formula when a spreadsheet opens it."""
    out = io.StringIO()
    flat = [
        {k: v for k, v in r.items() if k != "provenance"} | {f"provenance_{k}": v for k, v in r["provenance"].items()}
        if isinstance(r.get("provenance"), dict) else r
        for r in rows
    ]  # fmt: skip
    writer = csv.DictWriter(out, list(flat[0]) if flat else ["dataset"])
    writer.writeheader()
    for row in flat:
        writer.writerow({k: _safe(v) for k, v in row.items()})
    sys.stdout.write(out.getvalue())


def _safe(value: Any) -> Any:
    return f"'{value}" if isinstance(value, str) and value[:1] in ("=", "+", "-", "@", "\t", "\r") else value


@app.command("forget")
def forget(
    names: Annotated[
        list[str] | None, typer.Argument(metavar="[FILES...]", help="Names as status shows them; * and ? are allowed.")
    ] = None,
    failed: Annotated[bool, typer.Option("--failed", help="Every file that failed.")] = False,
    dataset: Annotated[str, typer.Option("--dataset", help="Only failures of this data set.")] = "",
    as_json: AsJson = False,
) -> int:
    """Forget that files failed, such as those of a wrong folder, so that answers no longer warn of them.

    Rows that were taken in stay, and so do malformed rows. What was forgotten is kept in a log (status), and a file
    that fails again is named again.
    """
    from vedette.bootstrap import open_workspace
    from vedette.errors import BadInput
    from vedette.workflows.events import forget as run

    if bool(names) == failed:
        raise BadInput("say which: names of files, or --failed for all", fix="vedette events status lists them")
    workspace = open_workspace()
    gone = run(workspace.event_intake(), workspace.events, names or (), every=failed, dataset=dataset)
    if as_json:
        print_json({"forgotten": list(gone)})
        return 0
    for f in gone:
        print(f"{f.dataset} {clean(f.file)}: forgotten")
    if not gone:
        print("No file failed.")
    return 0


@app.command("status")
def status(
    rejected: Annotated[bool, typer.Option("--rejected", help="The malformed rows: line, cell, reason.")] = False,
    dataset: Annotated[str | None, typer.Option("--dataset", help="Only the malformed rows of this one.")] = None,
    limit: Annotated[int, typer.Option("--limit", help="How many malformed rows.")] = 50,
    as_of: Day = None,
    as_json: AsJson = False,
) -> int:
    """Coverage, gaps, freshness and failures of every data set; what an answer cannot speak for."""
    from vedette.bootstrap import open_workspace
    from vedette.domain.time import AsOf, parse_date
    from vedette.workflows.events import status as run

    workspace = open_workspace()
    if rejected:
        rows = list(workspace.events.rejected(dataset, limit=limit))
        if as_json:
            print_json({"rejected": rows})
            return 0
        print_table(
            ["Data set", "File", "Line", "Column", "Cell", "Reason"],
            [[r.dataset, r.file, r.line if r.line is not None else "?", r.column, cut(r.cell, 30), r.reason]
             for r in rows],
            right=("Line",),
        )  # fmt: skip
        return 0
    found = run(
        workspace.events, workspace.clock.now().date(),
        as_of=AsOf.of(parse_date(as_of, where="--as-of")) if as_of else None,
    )  # fmt: skip
    if as_json:
        print_json(found.to_dict())
        return 0
    if not found.coverage:
        print("No events yet.")
        say("Next:  vedette events ingest --list")
    else:
        print_table(
            ["Data set", "Events", "From", "To", "Newest", "Files", "Failed", "Malformed", "Corrected", "Gap days",
             "State"],
            [[c.dataset, c.events, c.first_day or "", c.last_day or "",
              c.newest_available.date() if c.newest_available else "", c.files, len(c.failures), c.rejected,
              c.corrected, sum(g.days for g in c.gaps), "late" if c.stale else "fresh"] for c in found.coverage],
            right=("Events", "Files", "Failed", "Malformed", "Corrected", "Gap days"),
        )  # fmt: skip
        for c in found.coverage:
            for f in c.failures:
                say(f"{f.dataset} {clean(f.file)}: {clean(f.reason)}")
        if found.forgotten:
            say(f"{counted(len(found.forgotten), 'failure')} forgotten; --json names them")
    for line in found.warnings:
        say(f"Warning: {line}")
    return 0
