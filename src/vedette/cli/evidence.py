"""``vedette evidence``: the matrix of a case, and the scale of the evidence layer on a bank of dossiers."""

from __future__ import annotations

import json
import os
import shutil
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from vedette.cli.screen import clean, print_json

app = typer.Typer(
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    no_args_is_help=True,
    help="Evidence by hand, the matrix of a case, and the scale learnt on a bank of coded episodes.",
)


@app.callback()
def _group() -> None:
    """Evidence by hand, the matrix of a case, and the scale learnt on a bank of coded episodes."""


@app.command()
def add(
    case: Annotated[str, typer.Argument(metavar="CASE", help="Id of a case.")],
    document: Annotated[str, typer.Argument(metavar="DOCUMENT", help="Id of a document of the case.")],
    words: Annotated[str, typer.Argument(metavar="WORDS", help="The passage, word for word, to be found once.")],
    changes: Annotated[
        str | None,
        typer.Option("--set", metavar="FIELD=VALUE,...", help="On what it bears; with this the item is accepted."),
    ] = None,
    reason: Annotated[str, typer.Option("--reason", help="Why; needed with --set.")] = "",
    author: Annotated[str | None, typer.Option("--author", help="Who marks it (default: VEDETTE_AUTHOR).")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Make an item of a passage that the reading passed over.

    Without --set it waits for review like any proposal. With --set, the fields of "vedette review --correct".
    """
    from vedette.bootstrap import open_workspace
    from vedette.domain.evidence import Verdict
    from vedette.workflows.propose import mark_passage
    from vedette.workflows.review import Decision, parse_changes, review

    workspace = open_workspace()
    who = (author or workspace.settings.author).strip()
    cases, clock = workspace.cases, workspace.clock
    fields = parse_changes(changes) if changes is not None else None
    with cases.transaction():  # the passage and what it bears on, or neither
        item = mark_passage(cases, clock, case, document, words=words, author=who)
        made = item.id
        if fields is not None:
            decision = Decision(evidence=item.id, verdict=Verdict.CORRECT, reason=reason, changes=fields)
            made = review(cases, clock, case, [decision], author=who)[0].replacement or item.id
    if as_json:
        print_json({"case": case, "evidence": made, "status": "proposed" if fields is None else "accepted"})
        return
    print(f"{'proposed' if fields is None else 'accepted'}  {made}  by {who}")
    print(f"Next:  vedette {'review' if fields is None else 'assess'} {case}", file=sys.stderr)


@app.command()
def calibrate(
    bank: Annotated[Path, typer.Argument(help="Folder of dossiers with outcomes.json.")],
    second_codes: Annotated[
        Path | None, typer.Option(help="Second coding, JSON lines: case, evidence, condition, direction, strength.")
    ] = None,
    write: Annotated[Path | None, typer.Option(help="Write the learnt scale and its report to this JSON file.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the report as JSON.")] = False,
) -> None:
    """Learn the scale of the evidence layer, leaving one episode out, and show how sure that is."""
    from vedette.workflows.calibrate import calibrate as learn
    from vedette.workflows.calibrate import load_bank

    if not bank.is_dir():
        raise typer.BadParameter(f"{bank} is not a folder")
    episodes, digest = load_bank(bank, second_codes)

    def progress(done: int, total: int) -> None:
        print(f"\revaluated {done} of {total} episodes", end="" if done < total else "\n", file=sys.stderr, flush=True)

    report = learn(episodes, digest, progress=progress)
    if write is not None:
        write.write_text(json.dumps(report, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
        print(f"written: {write}", file=sys.stderr)
    if as_json:
        print(json.dumps(report, ensure_ascii=False))
        return
    print(_text(report))


@app.command()
def matrix(
    case: Annotated[str, typer.Argument(metavar="CASE", help="Id of a case, or path of a case file or dossier.")],
    as_of: Annotated[str | None, typer.Option("--as-of", metavar="DATE", help="What was known by then.")] = None,
    mode: Annotated[str, typer.Option("--mode", help="recommended, or author.")] = "recommended",
    framework: Annotated[
        str | None, typer.Option("--framework", help="Read the same evidence under another framework.")
    ] = None,
    top: Annotated[int | None, typer.Option("--top", min=1, help="Only so many items, the most diagnostic.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Scenarios in rows, evidence in columns, log likelihood ratios in the cells, the most diagnostic items first."""
    from vedette.bootstrap import open_workspace
    from vedette.domain.plain import to_plain
    from vedette.forecasting.matrix import matrix_of
    from vedette.reporting.matrix import render_matrix
    from vedette.workflows.assess import assess_case
    from vedette.workflows.open_case import open_case

    workspace = open_workspace()
    found = open_case(workspace.cases, case)
    assessed = assess_case(
        found, as_of, mode=mode, rival=framework, with_sensitivity=False, record=workspace.analyst_record
    )
    made = to_plain(matrix_of(assessed))
    if as_json:
        print_json({**made, "columns": made["columns"][:top]})
        return
    width = shutil.get_terminal_size((100, 24)).columns
    print(render_matrix(made, width, sys.stdout.isatty() and "NO_COLOR" not in os.environ, top))


@app.command()
def assumptions(
    bank: Annotated[Path, typer.Argument(help="Folder of dossiers with outcomes.json.")],
    second_codes: Annotated[Path | None, typer.Option(help="Second coding, JSON lines.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the table as JSON.")] = False,
) -> None:
    """How the bank's scores change with every stated assumption, the scale refitted each time."""
    from vedette.workflows.calibrate import assumptions as vary
    from vedette.workflows.calibrate import load_bank

    episodes, _ = load_bank(bank, second_codes)
    rows = vary(episodes)
    if as_json:
        print(json.dumps({"n": len(episodes), "rows": rows}, ensure_ascii=False))
        return
    print(f"{len(episodes)} episodes, each forecast from the others; scale refitted for every row")
    for r in rows:
        print(f"  {r['assumption']:<52} log {r['log_score']:.3f}  Brier {r['brier']:.3f}  AUC {r['roc_auc']:.2f}")


@app.command()
def replay(
    case: Annotated[str, typer.Argument(metavar="CASE", help="Id of a case, or path of a case file or dossier.")],
    scenario: Annotated[str | None, typer.Option("--scenario", help="Default: the first.")] = None,
    first: Annotated[str | None, typer.Option("--from", metavar="DATE", help="First day looked at.")] = None,
    last: Annotated[str | None, typer.Option("--to", metavar="DATE", help="Last day looked at.")] = None,
    step: Annotated[int, typer.Option("--step", min=1, help="Days between two looks.")] = 7,
    mode: Annotated[str, typer.Option("--mode", help="recommended, or author.")] = "recommended",
    outcome: Annotated[
        str | None, typer.Option("--outcome", metavar="ATOM", help="What happened, to score the dates before it.")
    ] = None,
    on: Annotated[str | None, typer.Option("--on", metavar="DATE", help="The day it happened.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """A case through time: probability, what moved it, the crowd of the day, and scores once the outcome is given."""
    from vedette.bootstrap import open_workspace
    from vedette.domain.time import parse_date
    from vedette.workflows.open_case import open_case
    from vedette.workflows.replay import replay as run

    workspace = open_workspace()
    found = open_case(workspace.cases, case)
    report = run(
        found,
        scenario=scenario,
        first=parse_date(first) if first else None,
        last=parse_date(last) if last else None,
        step=step,
        mode=mode,
        outcome=outcome,
        happened_on=parse_date(on) if on else None,
        record=workspace.analyst_record,
    )
    if as_json:
        print(json.dumps(report, ensure_ascii=False))
        return
    print(f"{report['case']}, {report['scenario']}, {report['mode']} mode, every {report['step_days']} days")
    for row in report["timeline"]:
        low, high = row["interval90"]
        crowd = f"  crowd {100 * row['crowd']['probability']:.0f} %" if row["crowd"] else ""
        print(
            f"{row['as_of']}  {100 * row['probability']:>3.0f} % ({100 * low:.0f}-{100 * high:.0f})"
            f"  base {100 * row['base_rate']:.0f} %  count {100 * row['naive_count']:.0f} %{crowd}"
        )
        for m in row["moved_by"]:
            print(f"            {m['log_odds']:+.2f}  {m['evidence']}  {clean(m['claim'])[:90]}")
    if report["scores"]:
        print(_scores(report["scores"]))


def _scores(s: dict[str, Any]) -> str:
    lines = [f"Scored over {s['dates']} dates before the outcome; one question, so no rate is claimed (n = 1)."]
    for name, label in (
        ("probability", "this method"),
        ("base_rate", "base rate"),
        ("naive_count", "raises minus lowers"),
    ):
        lines.append(f"  {label:<20} Brier {s[name]['brier']:.3f}  log {s[name]['log_score']:.3f}")
    if "crowd" in s:
        c = s["crowd"]
        lines.append(
            f"  crowd, on {c['dates']} dates  Brier {c['crowd']['brier']:.3f}  log "
            f"{c['crowd']['log_score']:.3f} ({c['note']})"
        )
        same = c["probability_same_dates"]
        lines.append(f"  this method, same dates  Brier {same['brier']:.3f}  log {same['log_score']:.3f}")
    return "\n".join(lines)


def _text(report: dict[str, Any]) -> str:
    s = report["scale"]
    lines = [
        f"{report['n']} episodes, {report['happened']} in which it happened; {s['codings']} codings. {report['note']}",
        "",
        "Scale learnt (median, lognormal spread):",
        f"  conditions {s['beta']:.2f} ({s['beta_log_sd']:.2f}), visible {s['visible_scale']:.2f} "
        f"({s['visible_log_sd']:.2f}), stakes {s['gamma']:.2f} ({s['gamma_log_sd']:.2f}), topic "
        f"correlation {s['topic']:.2f}, "
        f"conjunctive share {s['conjunctive_share']:.2f}",
        "",
        f"{'leave one episode out':<26}{'log':>8}{'Brier':>8}{'AUC':>7}{'slope':>7}",
    ]
    names = (
        ("left_out", "evidence and base rate"),
        ("base_rate", "base rate alone"),
        ("others_share", "share of the others"),
    )
    for key, label in names:
        r = report["scores"][key]
        lines.append(f"  {label:<24}{r['log_score']:>8.3f}{r['brier']:>8.3f}{r['roc_auc']:>7.2f}{_slope(r):>7}")
    for key, label in (("base_rate", "base rate"), ("others_share", "share of the others")):
        for metric in ("log_score", "brier"):
            g = report["scores"][f"gain_over_{key}_{metric}"]
            lines.append(
                f"  gain over {label} in {metric}: {g['gain']:+.3f} ({g['low']:+.3f} to "
                f"{g['high']:+.3f}, 95 %, n = {report['n']})"
            )
    lines += ["", "Each coding alone (left out):"]
    lines += [
        f"  coding {r['coding']} (n = {r['n']}): log {r['log_score']:.3f}, Brier "
        f"{r['brier']:.3f}, AUC {r['roc_auc']:.2f}"
        for r in report["codings"]
    ]
    lines += ["", "Form of the link (left out):"]
    lines += [
        f"  {r['form']:<12} posterior {r['posterior_share']:.2f}: log {r['log_score']:.3f}, "
        f"Brier {r['brier']:.3f}, AUC {r['roc_auc']:.2f}"
        for r in report["forms"]
    ]
    lines += ["", "What each part gives (left out):"]
    lines += [
        f"  {r['part']:<30} log {r['log_score']:.3f}, Brier {r['brier']:.3f}, AUC {r['roc_auc']:.2f}"
        for r in report["parts"]
    ]
    lines += [
        f"  gain of the five over {r['part']} in log score: {r['gain']['gain']:+.3f} ({r['gain']['low']:+.3f} to "
        f"{r['gain']['high']:+.3f}, 95 %, n = {report['n']})"
        for r in report["parts"]
        if "gain" in r
    ]
    lines += ["", "From inert to overconfident (every scale times a factor; in sample):"]
    lines += [
        f"  x{r['factor']:<6g} log {r['log_score']:.3f}  Brier {r['brier']:.3f}  AUC "
        f"{r['roc_auc']:.2f}  spread {r['spread']:.2f}"
        for r in report["curve"]
    ]
    lines += ["", "Forecasts, each from the other episodes, and the scale those give (used to assess that episode):"]
    lines += [
        f"  {f['episode']:<18} {f['scenario']:<10} {'yes' if f['happened'] else 'no ':<4} base "
        f"{f['base_rate']:.2f} -> {f['left_out']:.2f}   {_scale_words(report['left_out_scales'][f['episode']])}"
        for f in report["forecasts"]
    ]
    return "\n".join(lines)


def _scale_words(s: dict[str, Any]) -> str:
    return (
        f"conditions {s['beta']:.2f}, visible {s['visible_scale']:.2f}, stakes {s['gamma']:.2f}, "
        f"conjunctive {s['conjunctive_share']:.2f}"
    )


def _slope(row: dict[str, float]) -> str:
    """The calibration slope; a (nearly) constant forecast has none."""
    slope = row["calibration_slope"]
    return f"{slope:.2f}" if abs(slope) < 20 else "none"
