"""The record: ``vedette ledger score``, ``import``, ``postmortem`` and ``due``."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from vedette.cli.screen import clean, counted, cut, print_json, print_table, say

if TYPE_CHECKING:
    from vedette.bootstrap import Workspace
    from vedette.workflows.standing import FindCase

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
SHOWN = 8  # rows of a table on screen; all of them are in --json
MEASURES = {"brier": "Brier, all answers (0-2)", "log_score": "log score (nats)", "rps": "ranked score (0-1)"}


def register(app: typer.Typer) -> None:
    """Add the commands to ``vedette ledger``."""
    app.command("score")(score)
    app.command("import")(import_file)
    app.command("postmortem")(postmortem)
    app.command("due")(due)


def finder(workspace: Workspace) -> FindCase:
    """Cases by id for the ledger's questions; None for one that is not here any more."""
    from vedette.domain.case import Case
    from vedette.errors import UnknownName
    from vedette.workflows.open_case import open_case

    known: dict[str, Case | None] = {}

    def find(name: str) -> Case | None:
        if name not in known:
            try:
                known[name] = open_case(workspace.cases, name) if name else None
            except UnknownName:
                known[name] = None
        return known[name]

    return find


def score(
    question: Annotated[str | None, typer.Option("--question", metavar="ID", help="Only this question.")] = None,
    as_json: AsJson = False,
) -> None:
    """Scores of every forecaster in the ledger, beside the base rate, the last value, the crowd and the author."""
    from vedette.bootstrap import open_workspace
    from vedette.workflows.score import score_ledger

    workspace = open_workspace()
    record = score_ledger(
        workspace.ledger.entries(), finder(workspace), workspace.clock.now().date(), question=question
    )
    if as_json:
        print_json(record)
        return
    _print_record(record, single=question is not None)


def _print_record(record: dict[str, Any], *, single: bool) -> None:
    q = record["questions"]
    print(
        f"{counted(q['in_ledger'], 'question')}: {q['resolved']} resolved, {q['open']} open, {q['void']} void"
        + (f"; {q['window_still_open']} resolved before their window closed" if q["window_still_open"] else "")
    )
    print(record["note"])
    rows = []
    for who in record["forecasters"]:
        for metric, s in who["scores"].items():
            rows.append(
                [who["forecaster"], MEASURES[metric], s["n"], f"{s['mean']:.3f}", _range(s["interval"]),
                 f"{s['reference']:.3f}", _signed(s["gain"]), _range(s["gain_interval"])]
            )  # fmt: skip
        b = who["scenario_brier"]
        if b is not None:
            rows.append(
                [who["forecaster"], f"Brier, {counted(b['scenarios'], 'scenario')} (0-1)", b["n"], f"{b['mean']:.3f}",
                 _range(b["interval"]), f"{b['reference']:.3f}", _signed(b["gain"]), _range(b["gain_interval"])]
            )  # fmt: skip
    if rows:
        print()
        print_table(
            ["Forecaster", "Score (less is better)", "n", "Mean", "95 %", "Base rate", "Gain", "95 %"], rows,
            right=("n", "Mean", "Base rate", "Gain"), wrap=("Forecaster",),
        )
    _print_rivals(record["forecasters"])
    if single:
        _print_scenarios(record["rows"])
    for who in record["forecasters"]:
        _print_calibration(who)
    _print_crowd_checks(record["crowd"])
    for who in record["forecasters"]:
        if "even odds" in who["note"]:
            say(f"{clean(who['forecaster'])}: {who['note']}")
    for x in record["not_scored"]:
        say(f"Not scored: {clean(x['forecaster'])} on {x['question']}: {x['reason']}")
    if rows:
        say(
            f"Averaged over the days each forecast stood; intervals resample questions; probabilities are held "
            f"{record['clip']:g} from 0 and 1 in the log score."
        )


def _print_rivals(forecasters: Sequence[dict[str, Any]]) -> None:
    rows = [
        [who["forecaster"], x["rival"], x["on"], x["metric"].replace("_", " "), x["n"], f"{x['mean']:.3f}",
         f"{x['reference']:.3f}", _signed(x["gain"]), _range(x["gain_interval"]), f"{x['base_rate']:.3f}"]
        for who in forecasters for x in who["rivals"]
    ]  # fmt: skip
    if rows:
        print("\nAgainst others, on the days on which both stood:")
        print_table(
            ["Forecaster", "Against", "On", "Score", "n", "Ours", "Theirs", "Gain", "95 %", "Base rate"], rows,
            right=("n", "Ours", "Theirs", "Gain", "Base rate"), wrap=("Forecaster",),
        )


def _print_scenarios(rows: Sequence[dict[str, Any]]) -> None:
    table = [
        [r["forecaster"], s["id"], "yes" if s["happened"] else "no", f"{s['probability']:.2f}", f"{s['brier']:.3f}",
         f"{s['base_rate']['brier']:.3f}", f"{s['log_score']:.3f}", f"{s['base_rate']['log_score']:.3f}", r["days"]]
        for r in rows for s in r["scenarios"]
    ]  # fmt: skip
    if table:
        print("\nEach scenario (n = 1 question; probability averaged over the days):")
        print_table(
            ["Forecaster", "Scenario", "Happened", "p", "Brier", "Base rate", "Log", "Base rate", "Days"], table,
            right=("p", "Brier", "Log", "Base rate", "Days"), wrap=("Forecaster", "Scenario"),
        )


def _print_calibration(who: dict[str, Any]) -> None:
    c = who["calibration"]
    if not c["claimed"]:
        return
    print(f"\nCalibration of {clean(who['forecaster'])}, {c['n']} closed windows, {c['statements']} statements:")
    print_table(
        ["From", "To", "n", "Forecast", "Observed", "95 % band if right", "Inside"],
        [
            [f"{b['from']:.2f}", f"{b['to']:.2f}", b["n"], f"{b['forecast']:.2f}", f"{b['observed']:.2f}",
             _range(b["band"]), "yes" if b["inside"] else "no"]
            for b in c["bins"]
        ],
        right=("n", "Forecast", "Observed"),
    )  # fmt: skip
    d, base = c["decomposition"], c["base_rate_decomposition"]
    print(
        f"Brier {d['brier']:.3f} (base rate {base['brier']:.3f}) = reliability {d['reliability']:.3f} - resolution "
        f"{d['resolution']:.3f} + uncertainty {d['uncertainty']:.3f} + within bins {d['within_bin']:.3f}"
    )


def _print_crowd_checks(checks: Sequence[dict[str, Any]]) -> None:
    if not checks:
        return
    fit = [c for c in checks if c["fits"]]
    print(f"\nCrowd figures of the cases: {len(fit)} of {len(checks)} ask our question.")
    reasons: dict[str, int] = {}
    for c in checks:
        for why in c["why"]:
            reasons[f"{c['scenario']}: {why}"] = reasons.get(f"{c['scenario']}: {why}", 0) + 1
    for reason, n in list(reasons.items())[:SHOWN]:
        print(f"  {n} not used against {clean(reason)}")


def _range(pair: Sequence[float] | None) -> str:
    return f"{pair[0]:.3f} to {pair[1]:.3f}" if pair else "-"


def _signed(x: float) -> str:
    return f"{x:+.3f}"


def import_file(
    files: Annotated[list[Path], typer.Argument(metavar="FILE...", help="Files of one format: CSV, JSON or parquet.")],
    form: Annotated[
        str,
        typer.Option("--format", help="csv, metaculus, good-judgment, forecastbench, predictionbook or autocast."),
    ] = "csv",
    maps: Annotated[
        list[str] | None,
        typer.Option(
            "--map", metavar="FOREIGN=QUESTION[:SCENARIO]", help="Which of our questions a foreign one is; repeatable."
        ),
    ] = None,
    base_rate: Annotated[
        float | None,
        typer.Option("--base-rate", help="Reference for yes-no questions that bring none (default: even odds)."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Bring other people's forecasts into the ledger, to be scored on the same questions.

    Rows that cannot be used are kept aside in a file, with the reason. What was imported before is recognised.
    """
    from vedette.bootstrap import open_workspace
    from vedette.workflows.import_forecasts import import_forecasts, parse_maps

    workspace = open_workspace()
    given = [(f.name, f.read_bytes()) for f in files]
    done = import_forecasts(
        workspace.ledger, workspace.clock, given, form, finder(workspace), maps=parse_maps(maps or []),
        base_rate=base_rate,
    )
    aside = _keep_aside(workspace.settings.home, given, done.aside) if done.aside else None
    if as_json:
        print_json(
            {"rows": done.rows, "questions": done.questions, "forecasts": done.forecasts,
             "resolutions": done.resolutions, "known": done.known, "aside": len(done.aside),
             "reasons": done.reasons, "aside_file": str(aside) if aside else None, "checks": done.checks}
        )  # fmt: skip
        return
    print(
        f"{counted(done.rows, 'row')}: {counted(done.questions, 'new question')}, "
        f"{counted(done.forecasts, 'new forecast')}, {counted(done.resolutions, 'new resolution')}, "
        f"{done.known} known already, {len(done.aside)} kept aside"
    )
    for check in done.checks:
        verdict = "asks the same" if check["fits"] else "; ".join(check["why"])
        print(f"  {clean(check['foreign'])} for {check['question']}:{check['scenario']}: {clean(verdict)}")
    for reason, n in list(done.reasons.items())[:SHOWN]:
        print(f"  {n} kept aside: {clean(reason)}")
    if aside:
        say(f"Kept aside in {aside}")


def _keep_aside(home: Path, given: Sequence[tuple[str, bytes]], aside: Sequence[Any]) -> Path:
    """The rows that could not be used, in the workspace, under a name that follows from the files: a second import
    writes the same file again."""
    import hashlib

    from vedette.cli.files import write_whole
    from vedette.codec.forecast_files import write_refused

    digest = hashlib.sha256(b"".join(data for _, data in given)).hexdigest()[:12]
    path = home / "aside" / f"{Path(given[0][0]).stem}-{digest}.jsonl"
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    write_whole(path, write_refused(aside).encode("utf-8", "backslashreplace"))
    return path


def postmortem(
    question: Annotated[str, typer.Argument(metavar="QUESTION", help="A resolved question of one of your cases.")],
    scenario: Annotated[
        str | None, typer.Option("--scenario", help="Whose log-odds the contributions are of (default: the first).")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """What misled and what helped, rerun as of the dates of the committed forecasts; which setting was better."""
    from vedette.bootstrap import open_workspace
    from vedette.workflows.postmortem import postmortem as make

    workspace = open_workspace()
    report = make(question, workspace.ledger.entries(), finder(workspace), scenario=scenario)
    if as_json:
        print_json(report)
        return
    days = ", ".join(str(d) for d in report["dates"])
    print(f"{question}: {report['happened']} came true; rerun as of {days}")
    for line in report["first_lines"]:
        print(f"  {clean(line)}")
    base = report["base_rate"]
    print(
        f"\nTowards what happened, in log-odds of {report['scenario']} (base rate {base['probability']:.2f}: "
        f"{base['towards']:+.2f}):"
    )
    rows = report["evidence"]
    shown = rows if len(rows) <= 2 * SHOWN else [*rows[:SHOWN], *rows[-SHOWN:]]
    print_table(
        ["Item", "Towards", "Gain without it", "Verdict", "Grade", "Claim"],
        [
            [r["evidence"], _signed(r["towards"]), _signed(r["without"]["log_score_gain"]), r["verdict"], r["grade"],
             cut(r["claim"], 70)]
            for r in shown
        ],
        right=("Towards", "Gain without it"),
    )  # fmt: skip
    print()
    print_table(
        ["Condition", "Towards", "Gain without it", "Verdict"],
        [
            [r["condition"], _signed(r["towards"]), _signed(r["without"]["log_score_gain"]), r["verdict"]]
            for r in report["conditions"]
        ],
        right=("Towards", "Gain without it"),
    )
    groups = (("Grade", "grades", "group"), ("Kind", "kinds", "group"), ("Analyst", "analysts", "analyst"))
    for title, key, name in groups:
        if report[key]:
            print()
            print_table(
                [title, "Gain without it", "Verdict"],
                [[r[name], _signed(r["without"]["log_score_gain"]), r["verdict"]] for r in report[key]],
                right=("Gain without it",),
            )
    print("\nSettings inside their stated ranges (gain in log score and Brier; positive would have been better):")
    for r in report["settings"]:
        print(f"  {_signed(r['log_score_gain'])}  {_signed(r['brier_gain'])}  {clean(r['what'])}")
    say(report["note"])


def due(as_json: AsJson = False) -> None:
    """Answers that are due, deadlines that come near, forecasts gone stale."""
    from vedette.bootstrap import open_workspace
    from vedette.workflows.due import due as make

    workspace = open_workspace()
    found = make(workspace.ledger.entries(), finder(workspace), workspace.clock.now().date())
    if as_json:
        print_json(found)
        return
    for x in found["due"]:
        print(f"due    {x['question']}: deadline {x['deadline']}, {counted(x['overdue_days'], 'day')} ago")
    for x in found["near"]:
        print(f"near   {x['question']}: deadline {x['deadline']}, {counted(x['days_left'], 'day')} left")
    for x in found["stale"]:
        newer = "" if x["newer_evidence"] is None else f", {counted(x['newer_evidence'], 'newer item')} of evidence"
        print(f"stale  {x['question']}: {clean(x['forecaster'])} as of {x['as_of']}, {x['age_days']} days old{newer}")
    if found["due"]:
        say(f"Next:  vedette ledger resolve {found['due'][0]['question']} --atom ATOM --source SOURCE")
    elif not found["near"] and not found["stale"]:
        say("Nothing is due.")
