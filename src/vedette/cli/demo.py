"""``vedette demo``: the bundled case, end to end, offline."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from vedette.cli.assess import render
from vedette.cli.screen import print_json, say

CASE = "belarus-2022"
DAY = "2022-01-20"


def demo(
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="Folder for brief.html.")] = Path("out"),
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Assess the bundled case as of 20 January 2022, write its brief, and say what happened afterwards."""
    from vedette.cli.files import write_whole
    from vedette.domain.plain import to_plain
    from vedette.reference.bundled import bundled_case
    from vedette.reference.evidence_scale import episode_of, learnt_scale
    from vedette.reference.outcomes import known_outcome
    from vedette.reporting.actors import beside_lines
    from vedette.workflows.assess import assess_case
    from vedette.workflows.brief import make, request_for
    from vedette.workflows.modes import compare_modes

    case = bundled_case(CASE)
    recommended = assess_case(case, DAY)
    author = assess_case(case, DAY, mode="author", with_sensitivity=False)
    brief = make(case, request_for(case, DAY), "html")
    path = out / "brief.html"
    out.mkdir(parents=True, exist_ok=True)
    write_whole(path, brief.text.encode("utf-8"))
    outcome = known_outcome(CASE)
    if as_json:
        print_json(
            {
                "assessment": recommended.to_dict(),
                "author": author.to_dict(),
                "brief": str(path),
                "outcome": {"atom": outcome.atom, "date": outcome.date.isoformat(), "source": outcome.source}
                if outcome
                else None,
            }
        )
        return
    print(render(recommended.to_dict()))
    print("\n" + "\n".join(beside_lines(to_plain(compare_modes(recommended, author)))))
    if outcome is not None:
        others = learnt_scale(episode_of(CASE)).episodes
        print(f"\nWhat happened: {outcome.atom} on {outcome.date}. No evidence above is later than {DAY}; its scale")
        print(f"  was learnt on {others} other episodes. Method and codes are by people who knew the end.")
        statement = next(a.statement for a in case.scenario_set.atoms if a.id == outcome.atom)
        print(f"  {statement} Source: {outcome.source}.")
        print(
            "  One case proves nothing about a method (n = 1). The record over 22 episodes: "
            "docs/explanation/first-case.md"
        )
    say(
        f"Written: {path}. Open it in a browser. Next: vedette case show {CASE}, vedette whatif "
        f"{CASE} --set main.low_costs=met"
    )
