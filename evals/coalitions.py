"""How a coalition's base rate is formed from its members, tested on years before 1990.

    python evals/coalitions.py --panel PANEL.parquet

For every target and year, every two allied states that could each act against it make a possible coalition; it acted
when either began to use force. Rules compared on out-of-sample forecasts (fitted to 1969, years 1970-1989): the highest
member, the chance that any member acts were they independent, and the mean. No year from 1990 on is read.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np

from vedette.evaluation.backtest import backtest_panel
from vedette.evaluation.panel_file import read_panel
from vedette.scoring import bootstrap_interval, expected_over_observed, log_score, paired_difference

LAST_YEAR = 1989


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--panel", type=Path, required=True)
    given = parser.parse_args()
    panel = read_panel(given.panel)
    panel = panel.rows(panel.year <= LAST_YEAR)
    report = backtest_panel(panel, "y_force_init", 1969, test_until=LAST_YEAR, replicates=0)
    test = report.test
    allied = test.column("c2_pact_with_target")
    pacts = {
        (int(a), int(b), int(t))
        for a, b, t, pact in zip(test.i, test.j, test.year, allied, strict=True)
        if pact == 1
    }
    by_target: dict[tuple[int, int], list[int]] = {}
    for row, (j, t) in enumerate(zip(test.j, test.year, strict=True)):
        by_target.setdefault((int(j), int(t)), []).append(row)
    y, highest, independent, mean, clusters = [], [], [], [], []
    for (target, year), rows in by_target.items():
        for k, a in enumerate(rows):
            for b in rows[k + 1 :]:
                if (int(test.i[a]), int(test.i[b]), year) not in pacts:
                    continue
                p, q = report.p[a], report.p[b]
                y.append(max(report.y[a], report.y[b]))
                highest.append(max(p, q))
                independent.append(1 - (1 - p) * (1 - q))
                mean.append((p + q) / 2)
                clusters.append(target)
    outcome, cluster = np.array(y), np.array(clusters)
    acted, targets = int(outcome.sum()), len(set(clusters))
    print(f"possible coalitions of two allies: n = {len(y):,}, acted {acted}, targets {targets}")
    rules = {"highest member": np.array(highest), "any, independent": np.array(independent), "mean": np.array(mean)}
    for name, p in rules.items():
        ratio = bootstrap_interval(outcome, p, "expected_over_observed", cluster)
        print(
            f"  {name:<18} log {log_score(outcome, p):.5f}  expected/observed {expected_over_observed(outcome, p):.2f} "
            f"({ratio.low:.2f}-{ratio.high:.2f}, 95 % by target)"
        )
    d = paired_difference(outcome, rules["highest member"], rules["any, independent"], "log_score", cluster)
    print(f"  highest member over independent, log score: {d.gain:+.5f} ({d.low:+.5f} to {d.high:+.5f})")


if __name__ == "__main__":
    main()
