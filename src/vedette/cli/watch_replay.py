"""``vedette watch replay``: a case, or a watch list of pairs, run through dated material as if live."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from vedette.cli.screen import clean, cut, print_json, print_table, say

ROWS_SHOWN = 20
"""Lines of a time line that are printed: more is for --json."""


def replay(
    case: Annotated[
        str | None, typer.Argument(metavar="[CASE]", help="Id of a case, or path of a case file or dossier.")
    ] = None,
    events: Annotated[
        list[Path] | None,
        typer.Option("--events", metavar="FILE", help="Located sightings or events of pairs; repeat for several."),
    ] = None,
    documents: Annotated[
        list[Path] | None,
        typer.Option("--documents", metavar="FILE", help="A table of dated texts, such as official statements."),
    ] = None,
    watch_list: Annotated[
        bool, typer.Option("--watch-list", help="No case: every pair of states the events name, week by week.")
    ] = False,
    pair: Annotated[
        list[str] | None, typer.Option("--pair", metavar="STATE:STATE", help="With --watch-list: only these pairs.")
    ] = None,
    scenario: Annotated[
        str | None, typer.Option("--scenario", help="Whose time line (default: the case's first).")
    ] = None,
    start: Annotated[
        str | None, typer.Option("--from", metavar="DATE", help="First day (default: the window's).")
    ] = None,
    until: Annotated[str | None, typer.Option("--to", metavar="DATE", help="Last day (default: the deadline).")] = None,
    on: Annotated[
        str | None, typer.Option("--on", metavar="DATE", help="What would have been said on this one day.")
    ] = None,
    step: Annotated[int, typer.Option("--step", metavar="DAYS", help="Days between two looks.")] = 1,
    quiet_until: Annotated[
        str | None,
        typer.Option("--quiet-until", metavar="DATE", help="Last day of the part on which the levels are set."),
    ] = None,
    happened: Annotated[
        str | None,
        typer.Option("--happened", metavar="DATE", help="The day it happened; known for bundled cases. 'never': none."),
    ] = None,
    points: Annotated[float, typer.Option("--points", help="Percentage points that are a move.")] = 5.0,
    log_odds: Annotated[float, typer.Option("--log-odds", help="Change in log-odds that is a move.")] = 0.5,
    stored: Annotated[
        bool, typer.Option("--stored", help="Also read the event streams of the workspace, as of every day.")
    ] = False,
    if_accepted: Annotated[
        bool, typer.Option("--if-accepted/--no-if-accepted", help="Also the number were all proposals accepted.")
    ] = True,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Replay real dated material as if live: the probability and the indicators day by day, each alert with its lead
    time, and a naive count of reports beside them.

    Every day sees only what could be known by its end. One case is one case: no rate follows from it.
    """
    from vedette.bootstrap import dated_tables
    from vedette.errors import BadInput

    tables = dated_tables()
    found, passed = tables.events(events or ())
    if watch_list:
        if case is not None:
            raise BadInput("a watch list needs no case", where=case, fix="Leave out either")
        from vedette.workflows.watch_list import watch_list as run_list

        result = run_list(found, [_pair(p) for p in pair or ()])
        result["passed_over"] = _reasons(passed)
        print_json(result) if as_json else _print_list(result)
        return
    if case is None:
        raise BadInput("no case named", fix="vedette watch replay CASE, or --watch-list")
    texts, more = tables.documents(documents or ())
    result = _run_case(
        case, found, texts, start=start, until=until, on=on, scenario=scenario, step=step, quiet_until=quiet_until,
        happened=happened, points=points, log_odds=log_odds, if_accepted=if_accepted, stored=stored,
    )  # fmt: skip
    result["passed_over"] = _reasons([*passed, *more])
    print_json(result) if as_json else _print_case(result)


def _run_case(case: str, events: Any, documents: Any, **o: Any) -> dict[str, Any]:
    import datetime as dt

    from vedette.bootstrap import open_workspace
    from vedette.domain.alerts import AlertRule
    from vedette.domain.time import parse_date
    from vedette.reference.outcomes import known_outcome
    from vedette.workflows.open_case import open_case
    from vedette.workflows.watch_replay import material, watch_replay

    workspace = open_workspace()
    opened = open_case(workspace.cases, case)
    known = known_outcome(opened.id)
    said = o["happened"]
    day = None if said == "never" else parse_date(said, where="--happened") if said else known.date if known else None
    first, last = (parse_date(t) if t else None for t in (o["start"], o["until"]))
    if o["on"]:
        # The day itself and everything before it: an alert compares with what was told.
        last = parse_date(o["on"], where="--on")
    quiet = parse_date(o["quiet_until"], where="--quiet-until") if o["quiet_until"] else None
    streams = None
    if o["stored"]:
        from vedette.workflows.signals import read_signals

        store = workspace.events

        def streams(case: Any, cut: Any) -> Any:
            return read_signals(store, case, cut)

    ends = [d for d in (last, day - dt.timedelta(days=1) if day else None) if d is not None]
    made = material(opened, events, documents, workspace.clock, until=min(ends, default=None), progress=_progress)
    result = watch_replay(
        opened, made, scenario=o["scenario"], rule=AlertRule(points=o["points"], log_odds=o["log_odds"]), first=first,
        last=last, step=o["step"], quiet_until=quiet, happened_on=day, if_accepted=o["if_accepted"],
        streams=streams,
    )  # fmt: skip
    if o["on"]:
        result["timeline"] = [r for r in result["timeline"] if r["as_of"] == last.isoformat()] if last else []
        result["alerts"] = [a for a in result["alerts"] if last and a["on"] == last.isoformat()]
    return result


def _progress(done: int, whole: int) -> None:
    if sys.stderr.isatty() and done % 25 == 0:
        say(f"reading documents: {done} of {whole}")


def _pair(text: str) -> tuple[str, str]:
    from vedette.errors import BadInput
    from vedette.reference.states import find_state

    one, colon, other = text.partition(":")
    if not colon:
        raise BadInput(f"{text!r} is not STATE:STATE", where="--pair", fix="For example RUS:UKR")
    states = [find_state(name) for name in (one, other)]
    return states[0].iso3 or states[0].cowabb, states[1].iso3 or states[1].cowabb


def _reasons(passed: Any) -> dict[str, int]:
    """How many rows were passed over, by reason."""
    out: dict[str, int] = {}
    for p in passed:
        out[p.why] = out.get(p.why, 0) + 1
    return dict(sorted(out.items(), key=lambda x: -x[1]))


def _print_case(r: dict[str, Any]) -> None:
    m, rows = r["material"], r["timeline"]
    happened = f"; happened on {r['happened_on']}" if r["happened_on"] else ""
    print(f"{r['case']}, {r['scenario']}, {r['from']} to {r['to']}{happened}")
    print(f"{m['items']} items, {m['sightings']} sightings, {m['documents']} documents with {m['proposals']} "
          f"proposals; {m['left_out']} rows left out because they are evidence already.")  # fmt: skip
    stride = max(1, -(-len(rows) // ROWS_SHOWN))
    shown = [row for i, row in enumerate(rows) if i % stride == 0 or i == len(rows) - 1]
    print_table(
        ["Day", "Probability", "90 %", "If accepted", "Build-up", "Reports", "Indicators", "Alerts"],
        [
            [row["as_of"], f"{100 * row['probability']:.1f}", "-".join(f"{100 * x:.0f}" for x in row["interval90"]),
             f"{100 * row['if_accepted']:.1f}" if row["if_accepted"] is not None else "-",
             f"{row['signals']['build_up']['value']:+.1f}" if "build_up" in row["signals"] else "-", row["reports"],
             ", ".join(f"{n} {k.replace('_', ' ')}" for k, n in sorted(row["indicators"].items())) or "-",
             sum(len(x["alerts"]) for x in rows[max(0, rows.index(row) - stride + 1) : rows.index(row) + 1])]
            for row in shown
        ],
        right=("Probability", "If accepted", "Build-up", "Reports", "Alerts"),
    )  # fmt: skip
    print()
    told = [a for a in r["alerts"] if a["kind"] != "evidence"]
    print_table(
        ["Alert", "Lead", "Kind", "What"],
        [[a["on"], f"{a['lead_days']} d" if a["lead_days"] is not None else "-", a["kind"], cut(a["headline"], 120)]
         for a in told],
        right=("Lead",),
    )  # fmt: skip
    _print_levels(r)


def _print_levels(r: dict[str, Any]) -> None:
    s = r["summary"]
    rate = s["alerts_a_week"]
    n = ", ".join(f"{k.replace('_', ' ')} {v} ({rate[k]:.1f} a week)" for k, v in sorted(s["alerts"].items()))
    print(f"\nAlerts over {s['days']} looks: {n or 'none'}.")
    levels = r["levels"]
    if levels is not None:
        print(f"Levels that were not reached up to {levels['quiet_until']}:")
        for name, words in (
            ("probability", "probability"), ("reports", "naive count of items and sightings in 14 days"),
            ("item_reports", "naive count of items alone"),
        ):  # fmt: skip
            x = levels[name]
            level = f"{100 * x['level']:.1f} %" if name == "probability" else f"{x['level']}"
            if x["first_over"] is None:
                print(f"  {words}: {level}, not reached afterwards either")
                continue
            lead = f", {x['lead_days']} days before" if x["lead_days"] is not None else ""
            print(f"  {words}: {level}, first reached {x['first_over']}{lead}; over it on "
                  f"{100 * x['share_over_since']:.0f} % of the days since")  # fmt: skip
    say("One case: a time line, not a rate.")


def _print_list(r: dict[str, Any]) -> None:
    print(f"{r['rows']} rows over {r['collection_days']} collection days, {r['first']} to {r['last']}; {r['named']} "
          f"name two states: {r['pairs']} directed pairs, {r['judged']} pair-weeks judged.")  # fmt: skip
    rows = []
    for name in ("quiet", "busy"):
        for rule, words in (("told", f"surprise of {r['rule']['z']:g}"), ("naive", "naive count")):
            x = r[name][rule]
            if x["a_week"] is None:
                continue
            low, high = x["interval95"] or (float("nan"), float("nan"))
            rows.append([name, words, r[name]["weeks"], r[name]["pairs"], x["alerts"], f"{x['a_week']:.4f}",
                         f"{low:.4f}-{high:.4f}"])  # fmt: skip
    print_table(["Pairs", "Rule", "Pair-weeks", "Pairs", "Alerts", "A pair-week", "95 %"], rows,
                right=("Pair-weeks", "Alerts", "A pair-week"))  # fmt: skip
    print()
    print_table(
        ["Week to", "Quiet pairs judged", "Told", "Naive"],
        [[w["week"], w["judged"], w["told"], w["naive"]] for w in r["by_week"]],
        right=("Quiet pairs judged", "Told", "Naive"),
    )  # fmt: skip
    if r["told"]:
        print()
        print_table(
            ["Pair", "Week to", "Events", "Expected", "Surprise", "Before"],
            [[f"{clean(w['source'])} to {clean(w['target'])}", w["week"], w["events"], f"{w['expected']:.1f}",
              f"{w['z']:.1f}", "quiet" if w["quiet"] else f"{w['mean_before']:.1f} a week"]
             for w in r["told"][:ROWS_SHOWN]],
            right=("Events", "Expected", "Surprise"),
        )  # fmt: skip
    say("An alert over a quiet pair is not shown to be false: nobody looked up what followed.")
