"""``vedette base-rate``: how often does this happen, for this pair of states."""

from __future__ import annotations

from typing import Annotated

import typer

from vedette.cli.screen import clean, print_json


def base_rate(
    intervener: Annotated[str, typer.Argument(metavar="INTERVENER", help="State, or states joined by commas.")],
    target: Annotated[str, typer.Argument(metavar="TARGET", help="State.")],
    outcome: Annotated[str, typer.Option("--outcome", help="force, mid or hostile_intervention.")] = "force",
    horizon: Annotated[str, typer.Option("--horizon", help="12m, 90d, 1y.")] = "12m",
    as_of: Annotated[
        str | None, typer.Option("--as-of", metavar="DATE", help="Default: the newest shipped date.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """The chance from history alone, with its interval, rank and contributions. Needs no data file."""
    from vedette.workflows.base_rate import base_rate as ask

    answer = ask(intervener, target, outcome, horizon, as_of)
    if as_json:
        print_json(answer.to_dict())
        return
    from vedette.reference.estimative import NARROW

    def percent(p: float) -> str:
        # One decimal: most yearly rates lie below one per cent, and "<1 %" would hide a factor of ten.
        return f"{100 * p:.1f}{NARROW}%" if p >= 0.0005 else f"<0.1{NARROW}%"

    who = "+".join(answer.intervener)
    low, high = answer.interval
    print(
        f"{who} -> {answer.target}: {answer.outcome} within {answer.horizon_months:.3g} months, as "
        f"known on {answer.as_of}"
    )
    print(f"  {percent(answer.p)} (90 %: {percent(low)} to {percent(high)}), from the {answer.basis}")
    if answer.rank is not None:
        print(f"  rank {answer.rank} of {answer.ranked} politically relevant pairs")
    c = answer.class_rate
    print(
        f"  class: {clean(c.name)}, {c.positives} of {c.n:,} a year {c.first_year}-{c.last_year} = {100 * c.p:.2f} % "
        f"({100 * c.low:.2f}-{100 * c.high:.2f})"
    )
    if answer.contributions:
        print("  log-odds of the yearly rate, which sum to it:")
        for name, value in sorted(answer.contributions.items(), key=lambda x: -abs(x[1])):
            print(f"    {name.replace('_', ' '):<26} {value:+.2f}")
        print("  observed until: " + ", ".join(f"{k} {v}" for k, v in sorted(answer.vintage.items())))
    for member in answer.members:
        shown = f"{percent(member.rate.p)} a year, rank {member.rate.rank}" if member.rate else "not ranked"
        print(f"  member {clean(member.name)}: {shown}")
    for note in answer.notes:
        print(f"! {note}")
