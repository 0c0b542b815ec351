"""Episodes of the bank replayed week by week: ``python evals/replays.py [--bank DIR] [EPISODE ...]``.

Each episode is assessed every seven days, from its first evidence to the day before it happened (or its deadline), with
what was known on that day and with the scale of the evidence learnt on the *other* episodes. Shown beside it: the
author's rule, the same method with the scale of the whole bank (in sample, for comparison), the base rate, the base
rate moved by a naive count of raises minus lowers, and crowd figures of the day, which ask another question where it
says so. Scores are averages over the dates; an episode is one question. The last table is over all episodes, paired,
with intervals that resample episodes.

Out of sample is the scale alone: the codes are by people who knew the outcomes, and the form of the method was chosen
with the bank in view. Without the bank (VEDETTE_SHARED) made dossiers are replayed, which shows that it runs, no more.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import os
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from vedette.domain.case import Case
from vedette.reference.case_files import read_case
from vedette.reference.evidence_scale import episode_of, learnt_scale
from vedette.scoring.averages import mean_interval
from vedette.workflows.calibrate import focal_scenario
from vedette.workflows.replay import replay

LONG = ("blr-2022", "kaz-2022", "tur-lby-2019")
# An episode's outcome is dated when its last answer came true. What the scenario replayed asks can have come true
# before: from then on a forecast knows the answer. Turkish troops reached Libya on 5 January 2020 (outcomes.json).
CAME_TRUE = {("tur-lby-2019", "deploy"): "2020-01-05"}
SERIES = {
    "recommended": "recommended, scale of the others",
    "in_sample": "recommended, scale of the whole bank (in sample)",
    "author": "the author's rule, scale of the others",
    "base_rate": "base rate alone",
    "naive_count": "base rate moved by raises minus lowers",
    "crowd": "crowd of the day (its own question)",
}


def series_of(case: Case, outcome: Mapping[str, Any]) -> dict[str, Any]:
    """Weekly probabilities of the scenario the case is first of all about, by way of forecasting, and the answer."""
    scenario = focal_scenario(case)
    happened = outcome["atom"] in case.scenario_set.scenario(scenario).atoms
    on = dt.date.fromisoformat(CAME_TRUE.get((case.id, scenario), outcome["date"])) if happened else None

    def run(of: Case, mode: str = "recommended") -> list[dict[str, Any]]:
        found = replay(of, scenario=scenario, mode=mode, outcome=outcome["atom"], happened_on=on)
        rows: list[dict[str, Any]] = found["timeline"]
        return rows

    main, author, whole = run(case), run(case, "author"), run(replace(case, id=f"{case.id}, in sample"))
    return {
        "scenario": scenario, "happened": happened, "days": [r["as_of"] for r in main],
        "recommended": [r["probability"] for r in main], "in_sample": [r["probability"] for r in whole],
        "author": [r["probability"] for r in author], "base_rate": [r["base_rate"] for r in main],
        "naive_count": [r["naive_count"] for r in main],
        "crowd": [r["crowd"]["probability"] if r["crowd"] else None for r in main],
        "moved": [r["moved_by"] for r in main],
    }  # fmt: skip


def scores(p: Sequence[float], happened: bool) -> tuple[float, float]:
    """(Brier, log score in nats), averaged over the dates."""
    right = np.clip(np.array(p) if happened else 1 - np.array(p), 1e-12, 1.0)
    return float(np.mean((1 - right) ** 2)), float(-np.mean(np.log(right)))


def show(case: Case, found: Mapping[str, Any], every: bool) -> None:
    """The time line and the scores of one episode."""
    episode = episode_of(case.id)
    known = f"scale learnt on {learnt_scale(episode).episodes} other episodes" if episode else "not in the bank"
    print(f"\n{case.id}: {found['scenario']} {'happened' if found['happened'] else 'did not happen'}; {known}; n = 1")
    if every:
        print(f"{'':12}{'recommended':>12}{'author':>8}{'base':>6}{'count':>7}{'crowd':>7}  moved most")
        for i, day in enumerate(found["days"]):
            crowd = found["crowd"][i]
            cells = [f"{100 * found[k][i]:.0f}" for k in ("recommended", "author", "base_rate", "naive_count")]
            moved = ", ".join(f"{m['evidence']} {m['log_odds']:+.2f}" for m in found["moved"][i][:2])
            print(
                f"{day:12}{cells[0]:>12}{cells[1]:>8}{cells[2]:>6}{cells[3]:>7}"
                f"{'' if crowd is None else f'{100 * crowd:.0f}':>7}  {moved}"
            )
    for key, label in SERIES.items():
        on = [i for i, p in enumerate(found[key]) if p is not None]
        if not on:
            print(f"  {label:<50} no figure in the dossier")
            continue
        brier, log = scores([found[key][i] for i in on], found["happened"])
        print(f"  {label:<50} Brier {brier:.3f}  log {log:.3f}  ({len(on)} dates)")
        if key == "crowd":
            brier, log = scores([found["recommended"][i] for i in on], found["happened"])
            print(f"  {'recommended, the same dates':<50} Brier {brier:.3f}  log {log:.3f}  ({len(on)} dates)")


def summary(every: Mapping[str, Mapping[str, Any]]) -> None:
    """Means over episodes, and the paired gain of the recommended method over each."""
    n, ids = len(every), np.arange(len(every))
    print(f"\nall episodes, each one question: n = {n}, happened {sum(f['happened'] for f in every.values())}")
    by = {k: np.array([scores(f[k], f["happened"]) for f in every.values()]) for k in SERIES if k != "crowd"}
    for key, values in by.items():
        line = f"  {SERIES[key]:<50} Brier {values[:, 0].mean():.3f}  log {values[:, 1].mean():.3f}"
        if key != "recommended" and n > 1:
            gain = mean_interval(values[:, 1] - by["recommended"][:, 1], ids)
            line += f"  gain over it in log {gain.estimate:+.3f} ({gain.low:+.3f} to {gain.high:+.3f}, 95 %)"
        print(line)


def made_bank(folder: Path) -> None:
    """Two made dossiers with made outcomes."""
    import sys

    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
    from tests.made_dossiers import deploy_first, force_first

    outcomes = {}
    for name, made, atom in (("made-1", force_first(), "none"), ("made-2", deploy_first(), "presence")):
        (folder / f"{name}.json").write_text(json.dumps({**made, "id": name}), encoding="utf-8")
        outcomes[name] = {"atom": atom, "date": "2019-05-01"}
    (folder / "outcomes.json").write_text(json.dumps(outcomes), encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("episodes", nargs="*", help=f"shown week by week (default: {', '.join(LONG)})")
    shared = Path(os.environ.get("VEDETTE_SHARED", Path(__file__).resolve().parents[2] / "shared"))
    parser.add_argument("--bank", type=Path, default=shared / "cases" / "dossiers")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as made:
        bank = given.bank
        if not (bank / "outcomes.json").is_file():
            print("the bank is not here (VEDETTE_SHARED): made dossiers")
            bank = Path(made)
            made_bank(bank)
        outcomes = json.loads((bank / "outcomes.json").read_text(encoding="utf-8"))
        wanted = given.episodes or [e for e in LONG if e in outcomes] or list(outcomes)
        every = {}
        for name in sorted(outcomes):
            case = read_case(bank / f"{name}.json")
            every[name] = series_of(case, outcomes[name])
            if name in wanted:
                show(case, every[name], True)
    summary(every)


if __name__ == "__main__":
    main()
