"""Repeat the search that chose the frozen specification, on years before 1990 only.

    OMP_NUM_THREADS=1 VEDETTE_SHARED=FOLDER python benchmarks/sweep.py [--outcome y_force_init]

Every alternative is walked through 1970-1989 (fit on the years before, forecast the next) with the logistic
half, before recalibration. Rows from 1990 on are never read. The table is the one of
docs/reference/test-year-looks.md; a few points differ from it in the last digit, because alternatives are
compared here with the final specification, there with the one of the day.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")

import numpy as np

from vedette import scoring
from vedette.errors import AfterCutOff
from vedette.evaluation.panel_file import read_panel
from vedette.forecasting.structural.dyads import DyadYears
from vedette.forecasting.structural.features import FeatureTable, build_features, require_outcome
from vedette.forecasting.structural.fit import walk_past
from vedette.forecasting.structural.spec import SPEC, Spec
from vedette.forecasting.structural.walk import Walker, sigmoid

FIRST, LAST = 1970, 1989


def pre_1990(path: Path) -> DyadYears:
    panel = read_panel(path)
    panel = panel.rows(panel.year <= LAST)
    if panel.last_year > LAST:
        raise AfterCutOff(f"the search may not see {panel.last_year}", where="sweep")
    return panel


def alternatives(panel: DyadYears, outcome: str) -> Iterator[tuple[str, FeatureTable, Spec]]:
    table = build_features(panel, outcome)
    yield "frozen", table, SPEC
    yield "no products", table.keep(["*" not in n for n in table.names]), SPEC
    yield "no other disputes", table.keep([not any(k in n for k in ("elsewhere", "_met")) for n in table.names]), SPEC
    yield "no neighbours, allies", table.keep([not n.endswith(("neighbours", "allies")) for n in table.names]), SPEC
    yield "no rivals, borders", table.keep([not n.endswith(("_rivals", "_borders")) for n in table.names]), SPEC
    yield "no age of states", table.keep([not n.endswith("_age") for n in table.names]), SPEC
    reversed_names = tuple(r.name for r in SPEC.reversed_columns)
    yield "no opposite columns", table.keep([n not in reversed_names for n in table.names]), SPEC
    yield "no memory at all", table.without("memory"), SPEC
    raw = replace(SPEC, relative_columns=())
    yield "levels, not relative to year", build_features(panel, outcome, spec=raw), raw
    for lives in ((1.0, 4.0), (2.0, 4.0, 15.0), (1.0, 4.0, 15.0, 40.0)):
        spec = replace(SPEC, half_lives=lives)
        yield f"half-lives {lives}", build_features(panel, outcome, spec=spec), spec
    for offset in (0.01, 0.25, 1.0):
        spec = replace(SPEC, offset=offset)
        yield f"memory ln({offset}+x)", build_features(panel, outcome, spec=spec), spec
    for low in (1.0, 30.0, 400.0):
        yield f"lowest precision {low:g}", table, replace(SPEC, lowest_precision=low)
    for half_life in (10.0, 50.0, 1e6):
        yield f"training half-life {half_life:g}", table, replace(SPEC, training_half_life=half_life)
    for clip in (3.0, 8.0):
        yield f"clip {clip:g}", table, replace(SPEC, clip=clip)
    own = panel.with_columns({"y_mid_init": panel.columns[outcome]})
    yield "memory of own outcome", build_features(own, outcome), SPEC
    for label, filler in (("held", np.nan), ("fading", 0.0)):
        cut = np.where(panel.year >= FIRST, filler, panel.columns["y_mid_init"])
        if outcome != "y_mid_init":
            shortened = panel.with_columns({"y_mid_init": cut})
            yield f"memory ends {FIRST - 1}, {label}", build_features(shortened, outcome), SPEC


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--outcome", default="y_force_init")
    args = parser.parse_args()
    shared = Path(os.environ.get("VEDETTE_SHARED", Path(__file__).resolve().parents[2] / "shared"))
    path = shared / "data" / "panel_prdyad_1946_2024.parquet"
    if not path.is_file():
        sys.exit(f"{path} is not there: set VEDETTE_SHARED to the folder of the real data")
    panel = pre_1990(path)
    y = require_outcome(panel, args.outcome)
    reference = float(y[panel.year < FIRST].mean())
    events = int(y[panel.year >= FIRST].sum())
    print(f"{args.outcome}, {FIRST}-{LAST}: {events} events; logistic half, not recalibrated")
    for name, table, spec in alternatives(panel, args.outcome):
        walker = Walker(table, y, panel.year, boosting=False, spec=spec)
        past = walk_past(walker, table, y, FIRST, LAST, lag=1)
        p, happened = sigmoid(past.linear), past.outcome
        print(
            f"{name:28s} log score {scoring.log_score(happened, p):.5f}  ROC {scoring.roc_auc(happened, p):.4f}  "
            f"PR {scoring.pr_auc(happened, p):.4f}  Brier skill {scoring.brier_skill(happened, p, reference):.4f}  "
            f"exp/obs {scoring.expected_over_observed(happened, p):.2f}", flush=True,
        )  # fmt: skip


if __name__ == "__main__":
    main()
