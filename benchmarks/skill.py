"""B5: the skill table of the structural model and its peers, on the same rows in the same run.

    OMP_NUM_THREADS=1 VEDETTE_SHARED=FOLDER python benchmarks/skill.py [--learner stack|logit] [--conditions]

Prints, for every line of the table: n, events, scores, 95 % intervals resampled by dyad and by conflict, and
the paired gain over the plain logit. Peers: constant rate, peace-years cubic, structure with peace-years cubic
(the field's standard), the plain logit on all columns, and plain boosting. `--conditions` adds the drop-one
and link tables. The specification is frozen; every change and every look is in docs/reference/test-year-looks.md.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import numpy as np
from benchmarks.gml_panel import gml_panel, one_direction

from vedette import scoring
from vedette.evaluation import baselines
from vedette.evaluation.backtest import BacktestReport, backtest_panel, score_forecast
from vedette.evaluation.conditions import compare_links, drop_one
from vedette.evaluation.panel_file import read_panel

TRAIN = 1989
REPLICATES = 300


def line(name: str, s: object) -> None:
    d = s.to_dict()  # type: ignore[attr-defined]
    low, high = d["calibration_slope_interval"]
    print(
        f"  {name:28s} ROC {d['roc_auc']:.4f}  PR {d['pr_auc']:.4f}  Brier skill {d['brier_skill']:+.4f}  "
        f"log loss {d['log_loss']:.5f}  exp/obs {d['expected_over_observed']:.2f}  "
        f"slope {d['calibration_slope']:.2f} ({low:.2f}-{high:.2f})"
    )


def show(title: str, report: BacktestReport) -> None:
    s = report.scores
    print(f"\n{title}\n  n {s.n:,}, events {s.positives} ({s.positives / s.n:.2%}); learner {report.learner}; "
          f"{report.seconds:.0f} s")  # fmt: skip
    line("this model", s)
    for name, other in report.baselines.items():
        line(name.replace("_", " "), other)
    for system, per in report.intervals.items():
        spans = ", ".join(f"{m} {i.low:.4f} to {i.high:.4f}" for m, i in per.items())
        print(f"  95 % by {system}: {spans}")
    for rival, systems in report.paired.items():
        for system, gains in systems.items():
            spans = ", ".join(f"{m} {g.gain:+.5f} ({g.low:+.5f} to {g.high:+.5f})" for m, g in gains.items())
            print(f"  gain over {rival}, by {system}: {spans}")


def plain_boosting(report: BacktestReport, panel: object, outcome: str) -> None:
    """Gradient boosting on the plain columns and peace years, one split, as a peer."""
    from sklearn.ensemble import HistGradientBoostingClassifier

    data = read_panel(panel)  # type: ignore[arg-type]
    y = data.columns[outcome]
    values = baselines.design(data, outcome, baselines.PLAIN)
    train = (data.year <= TRAIN) & np.isfinite(y)
    test = (data.year > TRAIN) & np.isfinite(y)
    peer = HistGradientBoostingClassifier(
        max_iter=150, learning_rate=0.05, max_leaf_nodes=8, min_samples_leaf=60, l2_regularization=5.0,
        early_stopping=False, random_state=0,
    ).fit(values[train], y[train])  # fmt: skip
    p = peer.predict_proba(values[test])[:, 1]
    clusters = report.test.undirected()
    line("plain boosting", score_forecast(report.y, p, report.rivals[baselines.CONSTANT], clusters))
    gains = scoring.paired_differences(report.y, report.p, p, ("pr_auc", "log_score"), clusters, replicates=REPLICATES)
    spans = ", ".join(f"{m} {g.gain:+.5f} ({g.low:+.5f} to {g.high:+.5f})" for m, g in gains.items())
    print(f"  gain over plain boosting, by dyad: {spans}")


def non_directed(folder: Path, learner: str) -> None:
    panel = gml_panel(folder)
    report = backtest_panel(panel, "y_gml_onset", TRAIN, learner=learner, replicates=0)  # type: ignore[arg-type]
    first, p = one_direction(report.test, report.p)
    _, rival = one_direction(report.test, report.rivals[baselines.STRUCTURE])
    _, constant = one_direction(report.test, report.rivals[baselines.CONSTANT])
    y = report.y[first]
    pairs = report.test.undirected()[first]
    print(f"\nNon-directed GML onset, politically relevant dyads, train <= 1989, test 1990-2010\n  n {y.size:,}, "
          f"events {int(y.sum())} ({y.mean():.2%}); learner {report.learner}; {report.seconds:.0f} s")  # fmt: skip
    line("this model", score_forecast(y, p, constant, pairs))
    line("structure and peace years", score_forecast(y, rival, constant, pairs))
    for system, labels in {"dyad": pairs, "conflict": report.test.j[first] * 10_000 + report.test.year[first]}.items():
        metrics = ("pr_auc", "roc_auc", "log_score")
        drawn = scoring.bootstrap(y, {"a": p, "b": rival}, metrics, labels, replicates=REPLICATES)
        ratio = drawn.draws["a"]["pr_auc"] / drawn.draws["b"]["pr_auc"]
        low, high = np.quantile(ratio, [0.025, 0.975])
        whole = drawn.estimates["a"]["pr_auc"] / drawn.estimates["b"]["pr_auc"]
        gains = {m: drawn.gain("a", "b", m) for m in metrics}
        spans = ", ".join(f"{m} {g.gain:+.5f} ({g.low:+.5f} to {g.high:+.5f})" for m, g in gains.items())
        print(f"  by {system}: PR ratio {whole:.3f} ({low:.3f} to {high:.3f}); {spans}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--learner", choices=("stack", "logit"), default="stack")
    parser.add_argument("--conditions", action="store_true", help="drop-one and link tables as well")
    parser.add_argument("--only", default="", help="run only lines whose title contains this")
    args = parser.parse_args()
    shared = Path(os.environ.get("VEDETTE_SHARED", Path(__file__).resolve().parents[2] / "shared"))
    path = shared / "data" / "panel_prdyad_1946_2024.parquet"
    if not path.is_file():
        sys.exit(f"{path} is not there: set VEDETTE_SHARED to the folder of the real data")
    began = time.perf_counter()
    panel = read_panel(path)
    print(f"load {os.getloadavg()}; bootstrap of {REPLICATES} replicates")
    lines = (
        ("Force initiation, train <= 1989, test 1990-2014", "y_force_init", False),
        ("Force initiation, rolling 1990-2014", "y_force_init", True),
        ("UCDP hostile intervention, rolling 1990-2024", "y_ucdp_hostile", True),
        ("Dispute initiation, train <= 1989, test 1990-2014", "y_mid_init", False),
    )
    for title, outcome, rolling in lines:
        if args.only.lower() not in title.lower():
            continue
        report = backtest_panel(panel, outcome, TRAIN, rolling=rolling, learner=args.learner, replicates=REPLICATES)
        show(title, report)
        if outcome == "y_force_init" and not rolling:
            plain_boosting(report, panel, outcome)
            if args.conditions:
                conditions(panel, report, args.learner)
    if args.only.lower() in "non-directed gml onset":
        non_directed(shared / "data" / "structural", args.learner)
    print(f"\n{time.perf_counter() - began:.0f} s in all")


def conditions(panel: object, report: BacktestReport, learner: str) -> None:
    data = read_panel(panel)  # type: ignore[arg-type]
    print("  drop one / only one (log score lost, paired by dyad)")
    rows = drop_one(data, report.outcome, TRAIN, learner="logit", full=report if learner == "logit" else None)
    for r in rows:
        print(
            f"    {r.group:26s} without: ROC {r.without['roc_auc']:.4f} PR {r.without['pr_auc']:.4f}; alone: ROC "
            f"{r.alone['roc_auc']:.4f} PR {r.alone['pr_auc']:.4f}; lost {r.loss.gain:+.5f} ({r.loss.low:+.5f} to "
            f"{r.loss.high:+.5f}); {'identified' if r.identified else 'not identified'}"
        )
    print("  links on the same condition scores")
    for link in compare_links(data, report.outcome, TRAIN):
        gain = "reference" if link.gain is None else (
            f"gain over additive {link.gain.gain:+.5f} ({link.gain.low:+.5f} to {link.gain.high:+.5f})"
        )
        s = link.scores
        print(f"    {link.link:16s} ROC {s['roc_auc']:.4f} PR {s['pr_auc']:.4f} log loss {s['log_loss']:.5f}; {gain}")


if __name__ == "__main__":
    main()
