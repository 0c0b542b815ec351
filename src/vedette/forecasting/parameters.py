"""Every assumption of the update layer in one visible, editable place (METHOD 4.3)."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from vedette.assessment.weights import Weights


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameters:
    """Stated priors of the model, and the scale learnt on the bank of episodes (`forecasting.evidence_scale`).

    draws: number of Monte Carlo draws. kappa_median, kappa_log_sd: softness of the conjunction, lognormal.
    conjunctive_share: share of draws in which conditions combine by the soft minimum; in the others they add up.
    theta_sd: prior spread of a condition's state, on the -2..+2 scale. perception_sd: gap between the intervener's view
    and an observer's. condition_scale (c_k): how far one unit of log likelihood ratio shifts a condition.

    Scales, each a median with a lognormal spread: beta, the weight of the conditions on the option's log-odds; gamma,
    the weight of the stakes; visible_scale, a factor on ``visible_conditions`` and on what
    bears on the option itself where the case starts from a crisis or build-up class: visible forces and threats are
    what put it in that class and must not count in full again (METHOD 4.2b, 4.3.1). option_scale: weight of what bears
    on the option outside such a class.

    leak (epsilon): share of surprise. host_gate: whether a host can refuse.
    """

    draws: int = 4000
    kappa_median: float = 0.8
    kappa_log_sd: float = 0.7
    conjunctive_share: float = 0.5
    theta_sd: float = 1.0
    perception_sd: float = 0.7
    condition_scale: float = 1.0
    beta: float = 2.0
    beta_log_sd: float = 1.0
    visible_scale: float = 0.25
    visible_log_sd: float = 1.0
    visible_conditions: tuple[str, ...] = ("technical_feasibility",)
    gamma: float = 0.5
    gamma_log_sd: float = 1.0
    option_scale: float = 1.0
    leak: float = 0.02
    host_gate: bool = True
    weights: Weights = field(default_factory=Weights)

    def certain(self) -> Parameters:
        """The same with the spread of the scales left out (used while the scales themselves are being learnt)."""
        return replace(self, beta_log_sd=0.0, visible_log_sd=0.0, gamma_log_sd=0.0)

    def scaled(self, factor: float) -> Parameters:
        """Every item counts ``factor`` times as much."""
        return replace(
            self,
            beta=self.beta * factor,
            gamma=self.gamma * factor,
            option_scale=self.option_scale * factor,
        )


SOURCES: dict[str, str] = {
    "draws": "Monte Carlo error of a mean below 0.4 points at 4,000 stratified draws",
    "kappa_median": "METHOD 4.3.3: lognormal(ln 0.8, 0.7) [assumption]",
    "conjunctive_share": "learnt on the bank (vedette evidence calibrate); prior one half",
    "theta_sd": "[assumption]: two thirds of prior states within one step of mixed",
    "perception_sd": "METHOD 4.3.2: delta ~ N(0, 0.7) [assumption]",
    "condition_scale": "1: an item of log likelihood ratio 1 moves a state by one step; the weight is in beta",
    "beta": "learnt on the bank; prior lognormal(ln 2, 1)",
    "visible_scale": "learnt on the bank; prior lognormal(ln 0.25, 1)",
    "gamma": "learnt on the bank; prior lognormal(ln 0.5, 1)",
    "option_scale": "1: a direct item counts its own log likelihood ratio",
    "leak": "METHOD 4.3.4: 0.01-0.03",
}
