"""The back-test: fit on the past, forecast the next years, score against what a forecast must beat."""

from __future__ import annotations

import csv
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from vedette import scoring
from vedette.errors import BadInput, DateRefused
from vedette.evaluation import baselines
from vedette.evaluation.folds import check_border, conflict_clusters, make_folds
from vedette.evaluation.panel_file import Panel, read_panel
from vedette.forecasting.structural.dyads import DyadYears
from vedette.forecasting.structural.features import FeatureTable, build_features, require_outcome
from vedette.forecasting.structural.fit import walk_past, warm_up_start
from vedette.forecasting.structural.spec import SPEC, Spec
from vedette.forecasting.structural.trees import boosting_available
from vedette.forecasting.structural.walk import Mixer, PastForecasts, Walker

Floats = NDArray[np.float64]
Learner = Literal["auto", "logit", "stack"]

METRICS = ("roc_auc", "pr_auc", "brier", "log_score")
TOTAL = "expected_over_observed"
RIVALS = (baselines.PLAIN, baselines.STRUCTURE)  # what paired gains are reported over
REPLICATES = 300  # [assumption] a paired interval then moves by less than a tenth of its width between seeds


@dataclass(frozen=True, slots=True, kw_only=True)
class Scores:
    """The scores of one forecast on the test rows; skill is against the constant rate of the training years."""

    n: int
    positives: int
    roc_auc: float
    pr_auc: float
    brier: float
    brier_skill: float
    log_loss: float
    expected_over_observed: float
    calibration_slope: float
    calibration_slope_interval: tuple[float, float]
    ece: float

    def to_dict(self) -> dict[str, Any]:
        """The fields of `vedette backtest --json`; a score that does not exist is null."""
        return {
            "n": self.n,
            "positives": self.positives,
            "roc_auc": _number(self.roc_auc),
            "pr_auc": _number(self.pr_auc),
            "brier": _number(self.brier),
            "brier_skill": _number(self.brier_skill),
            "log_loss": _number(self.log_loss),
            "expected_over_observed": _number(self.expected_over_observed),
            "calibration_slope": _number(self.calibration_slope),
            "calibration_slope_interval": [_number(v) for v in self.calibration_slope_interval],
            "ece": _number(self.ece),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class FoldScores:
    """One fold: its years, what it was trained on, the recalibration used, expected and observed events."""

    first: int
    last: int
    train_until: int
    n: int
    positives: int
    expected: float
    roc_auc: float
    brier: float
    log_loss: float
    blend: float
    shift: float
    slope: float

    def to_dict(self) -> dict[str, Any]:
        """Plain values; a ROC without events is null."""
        names = ("first", "last", "train_until", "n", "positives", "expected", "roc_auc", "brier", "log_loss",
                 "blend", "shift", "slope")  # fmt: skip
        return {k: _number(v) if isinstance(v := getattr(self, k), float) else v for k in names}


@dataclass(frozen=True, slots=True, kw_only=True)
class BacktestReport:
    """Everything `vedette backtest --json` prints, and the forecasts themselves for a model card.

    `intervals` maps cluster system and metric to the bootstrap interval of our forecast; `paired` maps a
    baseline, then a cluster system, then a metric to the paired gain over it.
    """

    outcome: str
    learner: str
    rolling: bool
    train_until: int
    test_until: int
    scores: Scores
    baselines: Mapping[str, Scores]
    intervals: Mapping[str, Mapping[str, scoring.Interval]]
    paired: Mapping[str, Mapping[str, Mapping[str, scoring.PairedDifference]]]
    folds: tuple[FoldScores, ...]
    features: tuple[str, ...]
    seconds: float
    predictions: Path | None
    test: DyadYears
    y: Floats
    p: Floats
    rivals: Mapping[str, Floats]

    def to_dict(self) -> dict[str, Any]:
        """The JSON of `vedette backtest --json`."""
        return {
            **self.scores.to_dict(),
            "outcome": self.outcome,
            "learner": self.learner,
            "rolling": self.rolling,
            "train_until": self.train_until,
            "test_until": self.test_until,
            "baselines": {k: v.to_dict() for k, v in self.baselines.items()},
            "intervals": {c: {m: i.to_dict() for m, i in per.items()} for c, per in self.intervals.items()},
            "paired_difference": {
                rival: {c: {m: d.to_dict() for m, d in per.items()} for c, per in systems.items()}
                for rival, systems in self.paired.items()
            },
            "folds": [f.to_dict() for f in self.folds],
            "features": list(self.features),
            "seconds": round(self.seconds, 3),
            "predictions": None if self.predictions is None else str(self.predictions),
        }


def score_forecast(y: Floats, p: Floats, reference: Floats, clusters: ArrayLike) -> Scores:
    """All scores of one forecast; `reference` (n,) is the forecast that skill is measured against."""
    line = scoring.calibration_line(y, p, clusters=clusters)
    return Scores(
        n=y.size,
        positives=int(y.sum()),
        roc_auc=scoring.roc_auc(y, p),
        pr_auc=scoring.pr_auc(y, p),
        brier=scoring.brier(y, p),
        brier_skill=scoring.brier_skill(y, p, reference),
        log_loss=scoring.log_score(y, p),
        expected_over_observed=scoring.expected_over_observed(y, p),
        calibration_slope=line.slope,
        calibration_slope_interval=(line.slope_low, line.slope_high),
        ece=scoring.ece(y, p),
    )


def backtest_panel(
    panel: Panel,
    outcome: str,
    train_until: int,
    *,
    test_until: int | None = None,
    rolling: bool = False,
    learner: Learner = "auto",
    covariates: Sequence[str] | None = None,
    lag: int = 1,
    availability: Mapping[str, ArrayLike] | None = None,
    conflicts: str | None = None,
    replicates: int = REPLICATES,
    predictions: Path | None = None,
    features: FeatureTable | None = None,
    spec: Spec = SPEC,
) -> BacktestReport:
    """Back-test the structural model on a panel without letting anything later than a fold's origin in.

    `panel` is a parquet or CSV file, a mapping of columns, or `DyadYears`; `outcome` a 0/1 column with missing
    values where it was not observed (those rows are not scored). `train_until` is the last training year;
    testing runs to `test_until` (default: the last year with a known outcome), in one fold or, with `rolling`,
    refitting every year. `lag` is the number of years after which an outcome is known. `availability` gives
    columns' available-from years (see `check_border`). `predictions` names a CSV file for the forecasts.
    `features` replaces the frozen features (for drop-one tests). `learner` "auto" is the stack of the frozen
    specification where scikit-learn is installed and its logistic half elsewhere.

    Raises FrameRefused, UnknownName, DateRefused, AfterCutOff; MissingExtra for `stack` without scikit-learn.
    """
    began = time.perf_counter()
    if lag < 1:
        raise BadInput(f"lag must be at least 1 year, got {lag}", where="lag")
    if learner == "auto":
        learner = "stack" if boosting_available() else "logit"
    data = read_panel(panel)
    y = require_outcome(data, outcome)
    known = np.isfinite(y)
    if not known.any():
        raise DateRefused("no row has a known value", where=outcome, fix="Choose another outcome column")
    last_known = int(data.year[known].max())
    folds = make_folds(data, train_until, last_known if test_until is None else test_until, rolling, lag)
    check_border(data, folds, availability or {})
    table = features if features is not None else build_features(
        data, outcome, lag=lag, spec=spec, covariates=covariates
    )  # fmt: skip
    walker = Walker(table, y, data.year, boosting=learner == "stack", spec=spec)
    past = walk_past(walker, table, y, warm_up_start(data, folds[0].first, spec), folds[0].origin, lag)
    rivals = {name: baselines.fitter(data, outcome, name, y) for name in baselines.NAMES}
    p = np.full(data.n, np.nan)
    q = {name: np.full(data.n, np.nan) for name in rivals}
    fold_scores = []
    for fold in folds:
        begin, end = (int(v) for v in np.searchsorted(data.year, [fold.first, fold.last + 1]))
        train_end = int(np.searchsorted(data.year, fold.train_until, side="right"))
        if begin == end or not np.nansum(y[:train_end]) > 0:
            raise DateRefused(
                f"fold {fold.first}-{fold.last} has {end - begin} rows to forecast and "
                f"{int(np.nansum(y[:train_end]))} training events", where=outcome,
                fix="Train longer, or choose a more frequent outcome",
            )  # fmt: skip
        linear, trees = walker.at(fold.train_until).margins(table.values[begin:end])
        mixer = past.mixer(fold.train_until, spec)
        p[begin:end] = mixer.apply(linear, trees)
        for name, fit in rivals.items():
            q[name][begin:end] = fit(train_end, begin, end)
        past = _append(past, data.year[begin:end], y[begin:end], linear, trees)
        now = known[begin:end]
        fold_scores.append(_fold(fold.first, fold.last, fold.train_until, y[begin:end][now], p[begin:end][now], mixer))
    use = known & np.isfinite(p)
    if not use.any() or not 0 < np.sum(y[use]) < np.sum(use):
        raise DateRefused("the test years hold no event, or nothing but events", where=outcome,
                          fix="Widen the test years")  # fmt: skip
    test, ty, tp = data.rows(use), y[use], p[use]
    tq = {name: v[use] for name, v in q.items()}
    dyad = test.undirected()
    number = test.column(conflicts) if conflicts is not None else None
    clusters = {"dyad": dyad, "conflict": conflict_clusters(test, number)}
    reference = tq[baselines.CONSTANT]
    drawn = {
        system: scoring.bootstrap(
            ty, {"ours": tp, **{r: tq[r] for r in RIVALS}}, (*METRICS, TOTAL), labels, replicates=replicates
        )
        for system, labels in clusters.items()
        if replicates > 0
    }
    if predictions is not None:
        write_predictions(predictions, test, ty, tp, tq)
    return BacktestReport(
        outcome=outcome, learner=learner, rolling=rolling, train_until=train_until,
        test_until=folds[-1].last,
        scores=score_forecast(ty, tp, reference, dyad),
        baselines={name: score_forecast(ty, v, reference, dyad) for name, v in tq.items()},
        intervals={c: {m: d.interval("ours", m) for m in (*METRICS, TOTAL)} for c, d in drawn.items()},
        paired={
            name: {c: {m: d.gain("ours", name, m) for m in METRICS} for c, d in drawn.items()}
            for name in RIVALS
            if drawn
        },
        folds=tuple(fold_scores), features=table.names, seconds=time.perf_counter() - began,
        predictions=predictions, test=test, y=ty, p=tp, rivals=tq,
    )  # fmt: skip


def _append(
    past: PastForecasts, year: NDArray[np.int64], y: Floats, linear: Floats, trees: Floats | None
) -> PastForecasts:
    return PastForecasts(
        year=np.concatenate([past.year, year]), outcome=np.concatenate([past.outcome, y]),
        linear=np.concatenate([past.linear, linear]),
        trees=None if trees is None or past.trees is None else np.concatenate([past.trees, trees]),
    )  # fmt: skip


def _fold(first: int, last: int, train_until: int, y: Floats, p: Floats, mixer: Mixer) -> FoldScores:
    some = y.size > 0
    return FoldScores(
        first=first, last=last, train_until=train_until, n=y.size, positives=int(y.sum()), expected=float(p.sum()),
        roc_auc=scoring.roc_auc(y, p) if some else float("nan"),
        brier=scoring.brier(y, p) if some else float("nan"),
        log_loss=scoring.log_score(y, p) if some else float("nan"),
        blend=mixer.blend, shift=mixer.shift, slope=mixer.slope,
    )  # fmt: skip


def write_predictions(path: Path, test: DyadYears, y: Floats, p: Floats, rivals: Mapping[str, Floats]) -> None:
    """Forecasts as CSV: keys, outcome, p, and one column a baseline."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", newline="", encoding="utf-8") as out:
        writer = csv.writer(out)
        writer.writerow(["ccode1", "ccode2", "year", "outcome", "p", *rivals])
        columns = [test.states[test.i], test.states[test.j], test.year, y.astype(int)]
        rounded = [np.round(v, 9) for v in (p, *rivals.values())]
        writer.writerows(zip(*(c.tolist() for c in (*columns, *rounded)), strict=True))


def _number(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None
