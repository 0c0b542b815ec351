"""Is the five-condition framework true on this panel? Drop-one and only-one tables, and rival links.

All links see the same five condition scores and the same rest (structure and memory) in the same folds, so
what differs is only how conditions combine:

- additive: `a + sum_k b_k s_k + r`
- soft minimum: `a + b S + r`, `S = -(1/kappa) ln mean_k exp(-kappa s_k)`: the weakest condition dominates
- noisy-AND: `p = leak + (1 - leak) prod_k sigma(a_k + b_k s_k)` on the rest's odds
- unconstrained: additive plus every square and product of the scores

`s_k` is the standardised log-odds of a logit on the condition's own columns. A score is what its columns say
about the outcome in training years, so the sign of a condition is learnt, not assumed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vedette import scoring
from vedette.evaluation.backtest import BacktestReport, Learner, backtest_panel
from vedette.forecasting.structural.dyads import DyadYears
from vedette.forecasting.structural.features import FeatureTable, build_features, learn_scaling, require_outcome
from vedette.forecasting.structural.newton import fit_logistic
from vedette.forecasting.structural.spec import CONDITIONS, SPEC, Spec
from vedette.forecasting.structural.walk import sigmoid, training_weights

Floats = NDArray[np.float64]

LINKS = ("additive", "soft_minimum", "noisy_and", "unconstrained")
BLOCK_YEARS = 5  # coefficients of links are refitted every five years: four links times 25 years is too slow
RIDGE = 1.0  # [assumption] unit-scale priors on a handful of parameters; the data have hundreds of events
START_KAPPA = 0.8  # the framework's default (lognormal around .8)
# A condition counts as identified when dropping it costs log score beyond chance on the test folds.


@dataclass(frozen=True, slots=True, kw_only=True)
class ConditionRow:
    """What the panel loses without a group of columns, and what the group does alone.

    `loss` is the paired gain in log score of the full model over the model without the group; the group is
    `identified` when the interval of that gain lies above 0.
    """

    group: str
    columns: int
    without: Mapping[str, float]
    alone: Mapping[str, float]
    loss: scoring.PairedDifference

    @property
    def identified(self) -> bool:
        """Whether this panel can tell that the condition matters, given the others."""
        return self.loss.low > 0.0

    def to_dict(self) -> dict[str, Any]:
        """Plain values, for JSON."""
        return {
            "group": self.group, "columns": self.columns, "without": dict(self.without), "alone": dict(self.alone),
            "loss": self.loss.to_dict(), "identified": self.identified,
        }  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkRow:
    """Scores of one way to combine the conditions, and its paired gain in log score over the additive one."""

    link: str
    scores: Mapping[str, float]
    gain: scoring.PairedDifference | None
    parameters: Mapping[str, float]

    def to_dict(self) -> dict[str, Any]:
        """Plain values, for JSON."""
        gain = None if self.gain is None else self.gain.to_dict()
        return {"link": self.link, "scores": dict(self.scores), "gain": gain, "parameters": dict(self.parameters)}


def _four(y: Floats, p: Floats) -> dict[str, float]:
    return {
        "roc_auc": scoring.roc_auc(y, p), "pr_auc": scoring.pr_auc(y, p),
        "brier": scoring.brier(y, p), "log_loss": scoring.log_score(y, p),
    }  # fmt: skip


def drop_one(
    panel: DyadYears, outcome: str, train_until: int, *, test_until: int | None = None, rolling: bool = False,
    learner: Learner = "logit", replicates: int = 300, spec: Spec = SPEC, full: BacktestReport | None = None,
) -> tuple[ConditionRow, ...]:  # fmt: skip
    """Refit without, and with only, each condition, structure and memory, on the same folds as the full model."""
    table = build_features(panel, outcome, spec=spec)

    def run(features: FeatureTable) -> BacktestReport:
        return backtest_panel(
            panel, outcome, train_until, test_until=test_until, rolling=rolling, learner=learner, replicates=0,
            features=features, spec=spec,
        )  # fmt: skip

    whole = full or run(table)
    clusters = whole.test.undirected()
    rows = []
    for group in (*CONDITIONS.values(), "structure", "memory"):
        alone_table = table.only(group)
        if not alone_table.names:
            continue
        without, alone = run(table.without(group)), run(alone_table)
        loss = scoring.paired_difference(whole.y, whole.p, without.p, "log_score", clusters, replicates=replicates)
        rows.append(
            ConditionRow(
                group=group, columns=len(alone_table.names), without=_four(whole.y, without.p),
                alone=_four(whole.y, alone.p), loss=loss,
            )
        )  # fmt: skip
    return tuple(rows)


def compare_links(
    panel: DyadYears, outcome: str, train_until: int, *, test_until: int | None = None, replicates: int = 300,
    spec: Spec = SPEC,
) -> tuple[LinkRow, ...]:  # fmt: skip
    """Score the four links on the same folds, refitted every five years."""
    y = require_outcome(panel, outcome)
    known = np.isfinite(y)
    last = int(panel.year[known].max()) if test_until is None else test_until
    table = build_features(panel, outcome, spec=spec)
    present = [c for c in CONDITIONS.values() if table.only(c).names]
    forecasts = {link: np.full(panel.n, np.nan) for link in LINKS}
    parameters: dict[str, dict[str, float]] = {}
    for origin in range(train_until, last, BLOCK_YEARS):
        train = known & (panel.year <= origin)
        test = (panel.year > origin) & (panel.year <= min(origin + BLOCK_YEARS, last))
        weights = training_weights(panel.year[train], origin, spec.training_half_life)
        scores, rest = _condition_scores(table, present, y, train, weights, spec)
        for link in LINKS:
            fitted, values = fit_link(link, scores[train], rest[train], y[train], weights)
            forecasts[link][test] = fitted(scores[test], rest[test])
            parameters[link] = values
    use = known & (panel.year > train_until) & (panel.year <= last)
    clusters = panel.rows(use).undirected()
    base = forecasts["additive"][use]
    return tuple(
        LinkRow(
            link=link, scores=_four(y[use], forecasts[link][use]), parameters=parameters[link],
            gain=None if link == "additive" else scoring.paired_difference(
                y[use], forecasts[link][use], base, "log_score", clusters, replicates=replicates
            ),
        )
        for link in LINKS
    )  # fmt: skip


def _condition_scores(
    table: FeatureTable, groups: Sequence[str], y: Floats, train: NDArray[np.bool_], weights: Floats, spec: Spec
) -> tuple[Floats, Floats]:
    """Standardised log-odds of each condition alone (n, k), and of everything that is no condition (n,)."""

    def margin(part: FeatureTable) -> Floats:
        scaling = learn_scaling(part.values[train], spec.clip)
        precision = np.full(len(part.names) + 1, spec.lowest_precision)
        precision[0] = 0.0
        fit = fit_logistic(scaling.apply(part.values[train]), y[train], precision, weights=weights)
        return np.asarray(scaling.apply(part.values) @ fit.beta, dtype=np.float64)

    columns = [margin(table.only(g)) for g in groups]
    scores = np.column_stack(columns)
    scores = (scores - scores[train].mean(axis=0)) / np.maximum(scores[train].std(axis=0), 1e-9)
    outside = table.keep([not (u & set(groups)) for u in table.uses])
    rest = margin(outside) if outside.names else np.zeros(y.size)
    return np.clip(scores, -6.0, 6.0), rest - float(rest[train].mean())


def soft_minimum(scores: Floats, kappa: float) -> Floats:
    """`-(1/kappa) ln mean_k exp(-kappa s_k)`, (n,): the mean for kappa -> 0, the minimum for kappa -> infinity."""
    lowest = scores.min(axis=1, keepdims=True)
    return np.asarray(lowest[:, 0] - np.log(np.exp(-kappa * (scores - lowest)).mean(axis=1)) / kappa)


def fit_link(
    link: str, scores: Floats, rest: Floats, y: Floats, weights: Floats
) -> tuple[Callable[[Floats, Floats], Floats], dict[str, float]]:
    """Fit one link by penalised likelihood; returns a forecaster of (scores, rest) and its named parameters."""
    if link not in LINKS:
        raise ValueError(f"unknown link {link!r}: use one of {', '.join(LINKS)}")
    k = scores.shape[1]
    if link in ("additive", "unconstrained"):
        return _fit_linear(link, scores, rest, y, weights)
    rate = float(np.average(y, weights=weights))
    base = np.log(rate / (1.0 - rate))
    if link == "soft_minimum":
        start = np.array([base, 1.0, np.log(START_KAPPA), 1.0])
        center = start.copy()

        def eta(t: Floats, s: Floats, r: Floats) -> Floats:
            return np.asarray(t[0] + t[1] * soft_minimum(s, float(np.exp(np.clip(t[2], -4, 3)))) + t[3] * r)

        names = ["start", "weight", "ln_kappa", "rest"]
    else:
        # Each gate starts nearly open, the constant carries the rate.
        start = np.concatenate([[base + 1.0, 1.0, -8.0], np.full(k, 1.5), np.full(k, 0.7)])
        center = start.copy()

        def eta(t: Floats, s: Floats, r: Floats) -> Floats:
            gates = np.sum(-np.logaddexp(0.0, -(t[3 : 3 + k] + t[3 + k :] * s)), axis=1)
            leak = sigmoid(np.array([t[2]]))[0]
            p = leak + (1.0 - leak) * np.exp(-np.logaddexp(0.0, -(t[0] + t[1] * r)) + gates)
            p = np.clip(p, 1e-12, 1 - 1e-12)
            return np.asarray(np.log(p) - np.log1p(-p))

        names = ["start", "rest", "logit_leak", *(f"gate{n}" for n in range(k)), *(f"slope{n}" for n in range(k))]
    free = np.ones(start.size)
    free[0] = 0.01  # the constant is nearly free

    def loss(t: Floats) -> float:
        e = eta(t, scores, rest)
        fit = np.sum(weights * (np.maximum(e, 0) + np.log1p(np.exp(-np.abs(e))) - y * e))
        return float(fit + 0.5 * RIDGE * np.sum(free * (t - center) ** 2))

    from scipy.optimize import minimize

    best = minimize(loss, start, method="L-BFGS-B", options={"maxiter": 200}).x

    def forecast(s: Floats, r: Floats) -> Floats:
        return sigmoid(eta(best, s, r))

    return forecast, dict(zip(names, (float(v) for v in best), strict=True))


def _fit_linear(
    link: str, scores: Floats, rest: Floats, y: Floats, weights: Floats
) -> tuple[Callable[[Floats, Floats], Floats], dict[str, float]]:
    k = scores.shape[1]
    pairs = [(a, b) for a in range(k) for b in range(a, k)] if link == "unconstrained" else []

    def design(s: Floats, r: Floats) -> Floats:
        products = [s[:, a] * s[:, b] for a, b in pairs]
        return np.column_stack([np.ones(r.size), r, s, *products])

    precision = np.full(2 + k + len(pairs), RIDGE)
    precision[0] = 0.0
    fit = fit_logistic(design(scores, rest), y, precision, weights=weights)

    def forecast(s: Floats, r: Floats) -> Floats:
        return sigmoid(design(s, r) @ fit.beta)

    names = ["start", "rest", *(f"score{n}" for n in range(k)), *(f"product{a}{b}" for a, b in pairs)]
    return forecast, dict(zip(names, (float(v) for v in fit.beta), strict=True))
