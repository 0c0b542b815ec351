"""Every assumption of the update layer in one visible, editable place (METHOD 4.3)."""

from __future__ import annotations

from dataclasses import dataclass, field

from vedette.assessment.weights import Weights


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameters:
    """Stated priors of the model; none can be learnt from a hindsight-coded library (METHOD 4.2).

    draws: number of Monte Carlo draws. kappa_median, kappa_log_sd: softness of the conjunction, lognormal. theta_sd:
    prior spread of a condition's state, on the -2..+2 scale. perception_sd: gap between the intervener's view and an
    observer's. condition_scale (c_k): how far one unit of log likelihood ratio shifts a condition. beta: weight of the
    conjunction on the option's log-odds. gamma: weight of the stakes. option_scale: weight of what bears on the option
    directly. scale_log_sd: lognormal spread common to these scales. leak (epsilon): share of surprise.
    """

    draws: int = 4000
    kappa_median: float = 0.8
    kappa_log_sd: float = 0.7
    theta_sd: float = 1.0
    perception_sd: float = 0.7
    condition_scale: float = 0.5
    beta: float = 1.0
    gamma: float = 0.5
    option_scale: float = 1.0
    scale_log_sd: float = 0.5
    leak: float = 0.02
    conjunctive: bool = True
    host_gate: bool = True
    weights: Weights = field(default_factory=Weights)


SOURCES: dict[str, str] = {
    "draws": "Monte Carlo error of a mean below 0.4 points at 4,000 stratified draws",
    "kappa_median": "METHOD 4.3.3: lognormal(ln 0.8, 0.7) [assumption]",
    "theta_sd": "[assumption]: two thirds of prior states within one step of mixed",
    "perception_sd": "METHOD 4.3.2: delta ~ N(0, 0.7) [assumption]",
    "condition_scale": "METHOD 4.3.4-5: stated prior scale",
    "leak": "METHOD 4.3.4: 0.01-0.03",
}
