"""Scores of probability forecasts on plain arrays: proper scores, calibration, discrimination, intervals.

This room knows nothing else of the package and needs numpy only. The public functions check their input
and raise ValueError; the arithmetic lives in `vedette.scoring.core`.
"""

from vedette.scoring.bootstrap import (
    METRICS,
    Interval,
    PairedDifference,
    Replicates,
    bootstrap,
    bootstrap_interval,
    paired_difference,
    paired_differences,
)
from vedette.scoring.calibration import (
    BrierDecomposition,
    CalibrationLine,
    ReliabilityBin,
    brier_decomposition,
    calibration_line,
    calibration_slope,
    ece,
    expected_over_observed,
    reliability_bins,
)
from vedette.scoring.discrimination import pr_auc, pr_curve, roc_auc, roc_curve
from vedette.scoring.proper import (
    LOG_CLIP,
    brier,
    brier_categories,
    brier_each,
    brier_skill,
    log_score,
    log_score_categories,
    log_score_each,
    rps,
    skill,
)

__all__ = [
    "LOG_CLIP",
    "METRICS",
    "BrierDecomposition",
    "CalibrationLine",
    "Interval",
    "PairedDifference",
    "ReliabilityBin",
    "Replicates",
    "bootstrap",
    "bootstrap_interval",
    "brier",
    "brier_categories",
    "brier_decomposition",
    "brier_each",
    "brier_skill",
    "calibration_line",
    "calibration_slope",
    "ece",
    "expected_over_observed",
    "log_score",
    "log_score_categories",
    "log_score_each",
    "paired_difference",
    "paired_differences",
    "pr_auc",
    "pr_curve",
    "reliability_bins",
    "roc_auc",
    "roc_curve",
    "rps",
    "skill",
]
