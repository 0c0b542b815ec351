"""The scale of the evidence layer, learnt on a bank of coded episodes, leaving one episode out (METHOD 4.3, item 5).

The scale decides whether the layer is inert or overconfident and cannot be tuned on one case. It has four numbers:
``beta`` (the conditions), ``visible_scale`` (forces, threats and feasibility inside a class they define), ``gamma``
(stakes) and the topic correlation, with the form of the link (conjunctive or additive). A grid over them carries a
stated prior; the bank's log likelihood turns it into weights; a forecast for an episode integrates over the weights
the *other* episodes give. Two codings of the same items are averaged, so that their disagreement widens the bands.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from vedette.assessment.channels import channel_items
from vedette.domain.case import Case
from vedette.domain.scenarios import Basis
from vedette.domain.time import AsOf
from vedette.forecasting.assess import Setting, prepare
from vedette.forecasting.draws import Array, logit
from vedette.forecasting.engine import Engine, over_horizon
from vedette.forecasting.parameters import Parameters

Start = Literal["class", "structure", "half"]
# Grids: factors of two around the values of METHOD 4.3 from inert to overwhelming. A condition's shift reaches the
# log-odds through a weight near 1/5, so beta needs values five times the scale of a direct item.
BETA = (0.25, 0.5, 1.0, 2.0, 4.0, 8.0)
VISIBLE = (0.02, 0.05, 0.12, 0.25, 0.5, 1.0)
GAMMA = (0.12, 0.25, 0.5, 1.0, 2.0)
TOPIC = (0.05, 0.2, 0.5)
FORMS = (True, False)
# Prior medians: one item on a condition (beta 2, weight 1/5) worth 0.4 of a direct one; visible items a quarter;
# lognormal spread of one factor e. [assumption]
PRIOR = {"beta": (math.log(2.0), 1.0), "visible_scale": (math.log(0.25), 1.0), "gamma": (math.log(0.5), 1.0)}
# Points of the curve from inert to overconfident: common factor on every scale.
FACTORS = (0.0, 0.125, 0.25, 0.5, 1.0, 2.0, 4.0, 8.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Episode:
    """A coded episode whose outcome is known. ``scenario``: the one most items speak of. ``cases``: its codings."""

    id: str
    cases: tuple[Case, ...]
    as_of: AsOf
    scenario: str
    happened: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ScalePoint:
    """One setting of the scale."""

    beta: float
    visible_scale: float
    gamma: float
    topic: float
    conjunctive: bool

    def apply(self, parameters: Parameters, factor: float = 1.0) -> Parameters:
        """Parameters with this scale, all of it times ``factor``."""
        return replace(
            parameters,
            beta=self.beta * factor,
            option_scale=factor,
            visible_scale=self.visible_scale,
            gamma=self.gamma * factor,
            conjunctive_share=1.0 if self.conjunctive else 0.0,
            weights=replace(parameters.weights, topic=self.topic),
        )

    @property
    def log_prior(self) -> float:
        """Log density of the stated prior, up to a constant."""
        return -0.5 * sum(((math.log(getattr(self, name)) - mean) / sd) ** 2 for name, (mean, sd) in PRIOR.items())


def grid() -> tuple[ScalePoint, ...]:
    """All points of the grid."""
    return tuple(
        ScalePoint(beta=b, visible_scale=v, gamma=g, topic=t, conjunctive=f)
        for b, v, g, t, f in itertools.product(BETA, VISIBLE, GAMMA, TOPIC, FORMS)
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Surface:
    """Probabilities of every episode's scenario. ``p``: (episodes, points); ``base``: (episodes,)."""

    episodes: tuple[Episode, ...]
    points: tuple[ScalePoint, ...]
    p: Array
    base: Array


def surface(
    episodes: Sequence[Episode],
    setting: Setting,
    points: Sequence[ScalePoint],
    *,
    draws: int = 250,
    start: Start = "class",
    progress: Callable[[int, int], None] | None = None,
) -> Surface:
    """Evaluate every episode at every point; each coding apart, then averaged.

    ``start``: what the evidence moves: the class the case starts from, its structural class, or one half (no history).
    """
    p = np.empty((len(episodes), len(points)))
    base = np.empty(len(episodes))
    quiet = replace(setting, parameters=replace(setting.parameters.certain(), draws=draws))
    for e, episode in enumerate(episodes):
        rows = []
        for case in episode.cases:
            row, base[e] = _row(case, episode, quiet, points, start)
            rows.append(row)
        p[e] = np.mean(rows, axis=0)
        if progress is not None:
            progress(e + 1, len(episodes))
    return Surface(episodes=tuple(episodes), points=tuple(points), p=p, base=base)


def _restart(engine: Engine, start: Start) -> None:
    """Move the root of the tree to its structural class, or to one half, the interval's width kept."""
    root = engine.case.scenario_set.paths[0].answers[0][0]
    j = engine.index[root]
    p = 0.5
    if start == "structure":
        days = float((engine.case.deadline - engine.as_of).days)
        rates = [r for r in engine.chances[j].applicable(engine.as_of) if r.basis is Basis.STRUCTURE]
        p = over_horizon(rates[0], days).p if rates else p
    engine.base[j] += logit(p) - logit(engine.rates[root].p)
    engine.reference[j] = p


def _row(
    case: Case, episode: Episode, setting: Setting, points: Sequence[ScalePoint], start: Start
) -> tuple[Array, float]:
    engine, _, _ = prepare(case, episode.as_of, setting)
    if start != "class":
        _restart(engine, start)
    s = [x.id for x in case.scenario_set.scenarios].index(episode.scenario)
    base = float(engine.scenario_draws(engine.without_evidence())[s].mean())
    by_topic = {}
    for topic in {point.topic for point in points}:
        weights = replace(setting.parameters.weights, topic=topic)
        by_topic[topic] = channel_items(
            engine.case, episode.as_of, setting.framework, mode=setting.mode, weights=weights, names=setting.names
        )[0]
    out = np.empty(len(points))
    for i, point in enumerate(points):
        moved = engine.revised(items=by_topic[point.topic], parameters=point.apply(setting.parameters))
        out[i] = moved.scenario_draws(moved.evaluate())[s].mean()
    return out, base


def log_likelihood(p: Array, happened: Array) -> Array:
    """Bernoulli log likelihood, elementwise."""
    q = np.clip(p, 1e-9, 1 - 1e-9)
    out: Array = np.where(happened, np.log(q), np.log1p(-q))
    return out


def posterior(points: Sequence[ScalePoint], loglik: Array) -> Array:
    """Weights of the points, summing to 1, from the summed log likelihood (points,)."""
    total = loglik + np.array([point.log_prior for point in points])
    w = np.exp(total - total.max())
    out: Array = w / w.sum()
    return out


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """A posterior over the grid in short: (mean, spread) of the log scales and of ``topic``; the additive share."""

    moments: Mapping[str, tuple[float, float]]
    additive_weight: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ScaleFit:
    """What the bank says: weights over the grid, leave-one-out forecasts, and moments of the log scales.

    ``others``: for every episode, the scale learnt on all the others.
    """

    surface: Surface
    weights: Array
    left_out: Array
    moments: Mapping[str, tuple[float, float]]
    additive_weight: float
    others: tuple[Scale, ...]

    @property
    def happened(self) -> Array:
        """Outcomes, (episodes,), 0 or 1."""
        return np.array([float(e.happened) for e in self.surface.episodes])


def fit(found: Surface) -> ScaleFit:
    """Posterior on all episodes, and for each episode the forecast from the posterior on the others."""
    happened = np.array([e.happened for e in found.episodes])
    ll = log_likelihood(found.p, happened[:, None])
    total = ll.sum(axis=0)
    weights = posterior(found.points, total)
    without = [posterior(found.points, total - ll[e]) for e in range(len(happened))]
    whole = _summary(found.points, weights)
    return ScaleFit(
        surface=found,
        weights=weights,
        left_out=np.array([float(w @ found.p[e]) for e, w in enumerate(without)]),
        moments=whole.moments,
        additive_weight=whole.additive_weight,
        others=tuple(_summary(found.points, w) for w in without),
    )


def _summary(points: Sequence[ScalePoint], weights: Array) -> Scale:
    moments = {}
    for name in ("beta", "visible_scale", "gamma"):
        values = np.log([getattr(point, name) for point in points])
        mean = float(weights @ values)
        moments[name] = (mean, float(np.sqrt(weights @ (values - mean) ** 2)))
    topic = np.array([point.topic for point in points])
    moments["topic"] = (float(weights @ topic), float(np.sqrt(weights @ (topic - weights @ topic) ** 2)))
    additive = float(weights @ np.array([not point.conjunctive for point in points], dtype=float))
    return Scale(moments=moments, additive_weight=additive)
