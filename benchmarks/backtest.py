"""B4: the rolling back-test against a scikit-learn loop and against the bare warm Newton limit, in one run.

    OMP_NUM_THREADS=1 python benchmarks/backtest.py [PANEL.parquet]

Same rows, same columns, same penalty, same scores: 21 yearly refits (1990-2010) of the plain penalised logit,
each with prediction and Brier, log, PR and calibration scores. Equality of the forecasts' scores is asserted
to 1e-4 before any time is shown. Without a panel, a made one is used and said so.
"""

from __future__ import annotations

import os
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")

import numpy as np

from vedette import scoring
from vedette.evaluation import baselines
from vedette.evaluation.panel_file import read_panel
from vedette.evaluation.simulate import simulated_panel
from vedette.forecasting.structural.features import learn_scaling
from vedette.forecasting.structural.newton import fit_logistic

FIRST, LAST, REPEATS = 1990, 2010, 5
OUTCOME = "y_force_init"
SCORES = ("brier", "log_score", "pr_auc", "calibration_slope")


def main() -> None:
    path = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(os.environ.get("VEDETTE_SHARED", "")) / (
        "data/panel_prdyad_1946_2024.parquet"
    )
    if path.is_file():
        panel = read_panel(path)
        panel = panel.rows(panel.year <= LAST)
    else:
        print("no panel given: running on a made panel")
        panel = simulated_panel(1, states=90, last_year=LAST)
    y = panel.columns[OUTCOME]
    values = baselines.design(panel, OUTCOME, baselines.PLAIN)
    years = range(FIRST, LAST + 1)
    ends = {t: int(np.searchsorted(panel.year, t)) for t in range(FIRST, LAST + 2)}
    test = slice(ends[FIRST], ends[LAST + 1])

    def ours() -> np.ndarray:
        forecast = baselines.fitter(panel, OUTCOME, baselines.PLAIN, y)
        return np.concatenate([forecast(ends[t], ends[t], ends[t + 1]) for t in years])

    def sklearn_loop() -> np.ndarray:
        from sklearn.linear_model import LogisticRegression
        from sklearn.preprocessing import StandardScaler

        out = []
        for t in years:
            train = values[: ends[t]]
            medians = np.nanmedian(train, axis=0)
            filled = np.where(np.isnan(train), medians, train)
            scaler = StandardScaler().fit(filled)
            model = LogisticRegression(C=1 / baselines.PLAIN_PRECISION, tol=1e-6, max_iter=2000)
            model.fit(scaler.transform(filled), y[: ends[t]])
            now = values[ends[t] : ends[t + 1]]
            out.append(model.predict_proba(scaler.transform(np.where(np.isnan(now), medians, now)))[:, 1])
        return np.concatenate(out)

    # The limit: nothing but warm Newton fits on a matrix prepared once; no prediction, no scores.
    design = learn_scaling(values, np.inf).apply(values)
    precision = np.full(design.shape[1], baselines.PLAIN_PRECISION)
    precision[0] = 0.0

    def limit() -> None:
        beta = None
        for t in years:
            beta = fit_logistic(design[: ends[t]], y[: ends[t]], precision, start=beta).beta

    def scored(run: Callable[[], np.ndarray]) -> dict[str, float]:
        p = run()
        return {name: float(getattr(scoring, name)(y[test], p)) for name in SCORES}

    a, b = scored(ours), scored(sklearn_loop)
    worst = max(abs(a[k] - b[k]) for k in SCORES)
    assert worst < 1e-4, f"scores differ by {worst}: {a} {b}"
    print(f"rows {panel.n:,}, columns {values.shape[1]}, test rows {test.stop - test.start:,}; load {os.getloadavg()}")
    print(f"scores equal to {worst:.1e}: " + ", ".join(f"{k} {v:.5f}" for k, v in a.items()))
    times: dict[str, list[float]] = {"ours": [], "sklearn": [], "limit": []}
    for _ in range(REPEATS):
        for name, run in (("ours", lambda: scored(ours)), ("sklearn", lambda: scored(sklearn_loop)), ("limit", limit)):
            began = time.perf_counter()
            run()
            times[name].append(time.perf_counter() - began)
    for name, seconds in times.items():
        print(f"{name:8s} {statistics.median(seconds):7.2f} s (from {min(seconds):.2f} to {max(seconds):.2f})")
    for peer, target in (("sklearn", "<= 0.1"), ("limit", "<= 4")):
        ratios = [o / p for o, p in zip(times["ours"], times[peer], strict=True)]
        middle, low, high = statistics.median(ratios), min(ratios), max(ratios)
        print(f"ours / {peer}: {middle:.3f} (from {low:.3f} to {high:.3f}), target {target}")


if __name__ == "__main__":
    main()
