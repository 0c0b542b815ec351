"""``vedette history`` and ``vedette backtest``: data, panel, model, back-test, classes and analogues."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated, Any

import typer

from vedette.cli.run import CONTEXT
from vedette.cli.screen import clean, counted, print_json, print_table, say

app = typer.Typer(
    add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False, context_settings=CONTEXT,
    help="Base rates learnt from eighty years of pairs of states.", no_args_is_help=True,
)  # fmt: skip

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Day = Annotated[str | None, typer.Option("--as-of", metavar="DATE", help="Only what was published by that day.")]


@app.command("fetch")
def fetch(
    datasets: Annotated[
        list[str] | None, typer.Argument(metavar="[DATASET...]", help="All when none is named.")
    ] = None,
    mirror: Annotated[
        Path | None, typer.Option("--mirror", metavar="DIR", help="Read local copies instead of downloading.")
    ] = None,
    list_only: Annotated[
        bool, typer.Option("--list", help="Show licences, citations, coverage and addresses; fetch nothing.")
    ] = False,
    as_json: AsJson = False,
) -> int:
    """Download the public sources (or read local copies), check them and keep them. One that fails stops no other."""
    from vedette.bootstrap import open_workspace
    from vedette.workflows.history import fetch as run

    workspace = open_workspace()
    if list_only:
        listing = workspace.history_listing()
        if as_json:
            print_json({"datasets": listing})
            return 0
        for row in listing:
            print(f"{row['id']}: {row['title']} ({row['edition']}), {row['coverage']}; {row['lag']}")
            print(f"    licence: {row['licence']}   {row['redistribution']}")
            print(f"    cite: {row['citation']}")
            print(f"    {row['addresses']}")
        return 0
    summary = run(
        workspace.history,
        tuple(datasets or ()),
        mirror=mirror,
        progress=lambda name, what: say(f"{name}: {clean(what)}"),
    )
    if as_json:
        print_json({"results": [_fetched(r) for r in summary.results], "failed": summary.failed})
    else:
        rows = [[r.dataset, r.status, r.rows or "", r.set_aside or "", r.licence] for r in summary.results]
        print_table(["Data set", "Result", "Rows", "Set aside", "Licence"], rows, right=("Rows", "Set aside"))
        for r in summary.results:
            if r.aside is not None:
                print(f"{r.dataset}: malformed lines are listed in {r.aside}")
    if summary.failed:
        say(
            f"{counted(len(summary.failed), 'source')} without a usable table: "
            f"{', '.join(summary.failed)}. The rest can be used."
        )
    say("Next:  vedette history build")
    return 0 if summary.usable else 2


def _fetched(result: Any) -> dict[str, Any]:
    plain = {
        name: getattr(result, name)
        for name in ("dataset", "status", "message", "licence", "citation", "url", "sha256", "rows", "set_aside")
    }
    return {**plain, "aside": str(result.aside) if result.aside else None}


@app.command("build")
def build(
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FILE", help="Default: panel.parquet in the data folder.")
    ] = None,
    first: Annotated[int, typer.Option("--from", metavar="YEAR", help="First year.")] = 1946,
    last: Annotated[int, typer.Option("--to", metavar="YEAR", help="Last year.")] = 2024,
    everyone: Annotated[
        bool, typer.Option("--all", help="All pairs of states, not only politically relevant ones.")
    ] = False,
    as_of: Day = None,
    as_json: AsJson = False,
) -> None:
    """Make the panel of directed pairs of states by year, every column with source, unit and available-from date."""
    from vedette.bootstrap import open_workspace
    from vedette.domain.time import parse_date
    from vedette.workflows.history import build as run

    workspace = open_workspace()
    made = run(
        workspace.settings.data,
        out,
        first_year=first,
        last_year=last,
        relevant_only=not everyone,
        day=parse_date(as_of) if as_of else None,
        progress=lambda name, what: say(f"{name}: {what}"),
    )
    if as_json:
        print_json(
            {
                "path": str(made.path),
                "rows": made.rows,
                "first_year": made.first_year,
                "last_year": made.last_year,
                "columns": [c.name for c in made.columns],
                "absent": made.absent,
                "seconds": made.seconds,
            }
        )
        return
    print(made.path)
    say(f"{made.rows:,} rows, {len(made.columns)} columns, {made.first_year}-{made.last_year}, {made.seconds:.1f} s")
    if made.absent:
        say(f"Not there, so their columns are absent: {', '.join(made.absent)}")


@app.command("fit")
def fit(
    panel: Annotated[
        Path | None, typer.Option("--panel", metavar="FILE", help="Default: the built panel in the data folder.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="DIR", help="Default: the folder 'fitted' in the data folder.")
    ] = None,
    known_until: Annotated[
        list[int] | None, typer.Option("--known-until", metavar="YEAR", help="Vintages; repeatable.")
    ] = None,
    boosting: Annotated[bool, typer.Option("--boosting", help="Add the boosted half (needs scikit-learn).")] = False,
    as_json: AsJson = False,
) -> None:
    """Fit the structural model of every outcome, and compute the rates of all pairs: what a release ships."""
    from vedette.bootstrap import open_workspace
    from vedette.errors import FrameRefused
    from vedette.workflows.history import VINTAGES
    from vedette.workflows.history import fit as run

    data = open_workspace().settings.data
    source = panel or data / "panel.parquet"
    if not source.is_file():
        raise FrameRefused(
            "no panel is there", where=str(source), fix="Give --panel FILE, or run: vedette history build"
        )
    made = run(
        source, out or data / "fitted", vintages=tuple(known_until or VINTAGES), boosting=boosting,
        progress=lambda name, what: say(f"{name}: {what}"),
    )  # fmt: skip
    if as_json:
        print_json({"models": [str(m) for m in made.models], "rates": str(made.rates), "fits": made.fits})
        return
    print_table(
        ["Outcome", "As of", "Trained on", "Rows", "Events", "Seconds"],
        [[f["outcome"], f["as_of"], f["trained"], f["rows"], f["events"], f["seconds"]] for f in made.fits],
        right=("Rows", "Events", "Seconds"),
    )
    say(f"Written: {', '.join(str(m) for m in made.models)} and {made.rates}")


@app.command("screen")
def screen(
    as_of: Annotated[str, typer.Option("--as-of", metavar="DATE", help="The newest shipped rates not after that day.")],
    outcome: Annotated[str, typer.Option("--outcome", help="force, mid or hostile_intervention.")] = "force",
    most: Annotated[int, typer.Option("--most", help="How many pairs.")] = 25,
    as_json: AsJson = False,
) -> None:
    """All ranked pairs, highest first, with intervals and what changed since the last vintage."""
    from vedette.workflows.base_rate import screen as run

    rows, vintage, before = run(as_of, outcome, most=most)
    if as_json:
        print_json({"vintage": vintage, "previous": before, "outcome": outcome, "pairs": rows})
        return
    print(f"{outcome} within 12 months, as known on {vintage}" + (f"; change since {before}" if before else ""))
    print_table(
        ["Rank", "Pair", "%", "90 %", "Was", "Change", "Mostly"],
        [
            [
                r.rank, f"{r.intervener} -> {r.target}", f"{100 * r.p:.1f}", f"{100 * r.low:.1f}-{100 * r.high:.1f}",
                r.previous_rank or "", f"{r.change:+.2f}" if r.change is not None else "new", r.moved_by,
            ]
            for r in rows
        ],
        right=("Rank", "%", "Was", "Change"),
    )  # fmt: skip


@app.command("replay")
def replay(
    cases: Annotated[
        Path,
        typer.Argument(metavar="CSV", help="Columns case_id, intervener_iso3, target_iso3, decision_date[, outcome]."),
    ],
    outcome: Annotated[str, typer.Option("--outcome", help="force, mid or hostile_intervention.")] = "force",
    as_json: AsJson = False,
) -> None:
    """Named episodes: what the model, refitted on what was known the year before, would have said.

    A refit for every year asked about: some seconds each on an idle machine.
    """
    from vedette.bootstrap import open_workspace
    from vedette.workflows.replay_history import read_episodes, replay_episodes

    episodes, complaints = read_episodes(cases)
    for line in complaints:
        say(f"left out, {line}")
    found = replay_episodes(
        open_workspace().settings.data, episodes, outcome, progress=lambda name, what: say(f"{name}: {what}")
    )
    if as_json:
        print_json({"outcome": outcome, "episodes": found, "left_out": complaints})
        return
    print_table(
        ["Episode", "As of", "%", "90 %", "Rank", "Of", "What followed, or why there is no rate"],
        [
            [
                r.episode.id, r.episode.day, "" if r.p is None else f"{100 * r.p:.1f}",
                "" if r.low is None or r.high is None else f"{100 * r.low:.1f}-{100 * r.high:.1f}",
                r.rank or "", r.ranked or "", r.reason or r.episode.outcome,
            ]
            for r in found
        ],
        right=("%", "Rank", "Of"),
    )  # fmt: skip


@app.command("class")
def reference_class(
    intervener: Annotated[
        str | None, typer.Argument(metavar="[INTERVENER]", help="Filters like this pair of states ...")
    ] = None,
    target: Annotated[str | None, typer.Argument(metavar="[TARGET]", help="... and its target.")] = None,
    where: Annotated[
        list[str] | None,
        typer.Option("--where", metavar="COLUMN<=VALUE", help="Or filters of your own: == != < <= > >="),
    ] = None,
    outcome: Annotated[str, typer.Option("--outcome", help="An outcome column of the panel.")] = "y_force_init",
    year: Annotated[int | None, typer.Option("--year", help="Year of the pair whose features are copied.")] = None,
    as_of: Day = None,
    most: Annotated[int, typer.Option("--cases", help="How many cases are listed.")] = 25,
    as_json: AsJson = False,
) -> None:
    """A reference class: past pair-years that pass the filters, by name, with the rate and how each filter moves it."""
    from vedette.bootstrap import open_workspace
    from vedette.workflows.history import build_class

    workspace = open_workspace()
    found = build_class(
        workspace.settings.data,
        intervener=intervener,
        target=target,
        year=year,
        outcome=outcome,
        conditions=tuple(where or ()),
        as_of=as_of,
        most_cases=most,
    )
    if as_json:
        print_json(found)
        return
    r = found.rate
    if r.rate is None:
        print(f"No pair-year passes: {' and '.join(found.filters)}")
        return
    print(f"{found.outcome} a year, {found.first_year}-{found.last_year}: {' and '.join(found.filters) or 'no filter'}")
    print(
        f"  {r.k} of {r.n:,} = {100 * r.rate:.2f} %  (90 %: {100 * r.low:.2f}-{100 * r.high:.2f}; by pair, "
        f"{found.pairs} pairs: {100 * found.clustered[0]:.2f}-{100 * found.clustered[1]:.2f})"
    )
    if found.unknown:
        print(f"  {found.unknown} more match but their outcome is not known")
    for move in found.moves:
        without = f" = {100 * move.rate.rate:.2f} %" if move.rate.rate is not None else ""
        print(f"  without {move.dropped}: {move.rate.k} of {move.rate.n:,}{without}")
    for case in found.cases:
        print(f"  {'●' if case.happened else '○'} {case.year}  {clean(case.name)}: {clean(case.followed)}")
    if found.cases_left_out > 0:
        print(f"  and {found.cases_left_out:,} more (--cases)")


@app.command("analogues")
def analogues(
    intervener: Annotated[str, typer.Argument(metavar="INTERVENER", help="Who would act.")],
    target: Annotated[str, typer.Argument(metavar="TARGET", help="Against whom.")],
    as_of: Annotated[
        str, typer.Option("--as-of", metavar="DATE", help="Outcomes after that day are hidden and not searched.")
    ],
    outcome: Annotated[str, typer.Option("--outcome", help="What followed: an outcome column.")] = "y_force_init",
    most: Annotated[int, typer.Option("--most", help="How many are listed.")] = 10,
    as_json: AsJson = False,
) -> None:
    """Past pair-years nearest to a pair in the conditions, and what followed."""
    from vedette.bootstrap import open_workspace
    from vedette.workflows.history import find_analogues

    found = find_analogues(open_workspace().settings.data, intervener, target, as_of=as_of, outcome=outcome, most=most)
    if as_json:
        print_json({"analogues": found})
        return
    print_table(
        ["Year", "Pair", "Likeness", "What followed", "Differs in"],
        [[c.year, c.name, f"{c.similarity:.2f}", c.followed, ", ".join(c.differs_in)] for c in found],
        right=("Year", "Likeness"),
    )


def backtest(
    panel: Annotated[
        Path | None, typer.Option("--panel", metavar="FILE", help="Parquet or CSV; default: the built panel.")
    ] = None,
    outcome: Annotated[str, typer.Option("--outcome", metavar="COLUMN", help="A 0/1 column.")] = "y_force_init",
    train_until: Annotated[int, typer.Option("--train-until", metavar="YEAR", help="Last year fitted on.")] = 1989,
    test_until: Annotated[int | None, typer.Option("--test-until", metavar="YEAR", help="Last year scored.")] = None,
    rolling: Annotated[bool, typer.Option("--rolling", help="Refit every year.")] = False,
    learner: Annotated[str, typer.Option("--learner", help="auto, logit, or stack (needs scikit-learn).")] = "auto",
    predictions: Annotated[
        Path | None, typer.Option("--predictions", metavar="FILE", help="Write the forecasts to this CSV file.")
    ] = None,
    card: Annotated[Path | None, typer.Option("--card", metavar="FILE", help="Write a model card (HTML).")] = None,
    as_json: AsJson = False,
) -> None:
    """Fit on the past, forecast the next years, and score that against what a forecast must beat."""
    from vedette.bootstrap import open_workspace
    from vedette.errors import FrameRefused, UnknownName
    from vedette.workflows.history import run_backtest

    workspace = open_workspace()
    source = panel or workspace.settings.data / "panel.parquet"
    if not source.is_file():
        raise FrameRefused(
            "no panel is there", where=str(source), fix="Give --panel FILE, or run: vedette history build"
        )
    if learner not in ("auto", "logit", "stack"):
        raise UnknownName("learner", learner, nearest=("auto", "logit", "stack"))
    written = predictions or (workspace.settings.data / f"backtest-{re.sub(r'[^a-z0-9_]', '', outcome)}.csv")
    report = run_backtest(
        source,
        outcome,
        train_until=train_until,
        test_until=test_until,
        rolling=rolling,
        learner=learner,
        predictions=written,
        card=card,
    )
    plain = report.to_dict()
    if as_json:
        print_json(plain)
        return
    print(_scores(plain))
    if card is not None:
        say(f"Model card: {card}")
    say(f"Forecasts: {written}")


def _scores(r: dict[str, Any]) -> str:
    kind = "refitted every year" if r["rolling"] else f"trained to {r['train_until']}"
    lines = [
        f"{r['outcome']}, {kind}, tested to {r['test_until']}: {r['positives']} events in "
        f"{r['n']:,} pair-years ({r['seconds']:.1f} s)",
        f"{'':<26}{'ROC':>7}{'PR':>7}{'Brier skill':>13}{'log':>9}{'exp/obs':>9}{'slope':>7}",
    ]

    def cell(value: float | None, form: str) -> str:
        return "none" if value is None else format(value, form)

    for name, row in (("this model", r), *r["baselines"].items()):
        shown = (
            (row["roc_auc"], ".3f", 7), (row["pr_auc"], ".3f", 7), (row["brier_skill"], ".3f", 13),
            (row["log_loss"], ".5f", 9), (row["expected_over_observed"], ".2f", 9),
            (row["calibration_slope"], ".2f", 7),
        )  # fmt: skip
        lines.append(f"{name:<26}" + "".join(f"{cell(value, form):>{width}}" for value, form, width in shown))
    for rival, systems in r["paired_difference"].items():
        for metric, d in systems.get("dyad", {}).items():
            lines.append(
                f"gain over {rival} in {metric}: {d['gain']:+.5f} ({d['low']:+.5f} to {d['high']:+.5f}, 95 %, by pair)"
            )
    return "\n".join(lines)
