"""From channel items to draws of every chance, atom and scenario.

Per draw and chance (METHOD 4.3.4):

``logit P = logit p0 + beta [S(theta + Delta) - S(theta)] + gamma Delta_M + Lambda``, then ``P <- (1 - eps) P + eps
p_ref``.

Without evidence every draw is p0, so the headline is the base rate exactly. A chance that is a host's access is
``c + (1 - c)(1 - veto)`` (METHOD 4.4). Atoms are sums over the tree's paths of products of chances.
"""

from __future__ import annotations

import copy
import datetime as dt
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from vedette.assessment.channels import ChannelItem, shrink
from vedette.domain.case import Case
from vedette.domain.evidence import OPTION_CHANNEL
from vedette.domain.framework import Framework
from vedette.domain.scenarios import BaseRate, Basis, Chance
from vedette.errors import Incoherent
from vedette.forecasting.analysts import AnalystPool
from vedette.forecasting.conjunction import gradient, soft_minimum, soft_minimum_and_gradient, weighted_mean
from vedette.forecasting.draws import Array, base_rate_draws, beta22, normal, sigmoid
from vedette.forecasting.judgments import People
from vedette.forecasting.parameters import Parameters
from vedette.forecasting.pool import combine_draws


def over_horizon(rate: BaseRate, days: float) -> BaseRate:
    """The rate over the days left: constant hazard, ``1 - (1 - p) ** (days / period)`` (METHOD 4.3.10).

    A rate without a period belongs to the question itself and stays as it is.
    """
    factor = rate.over(days)
    if rate.period_days is None:
        return rate
    # A window that has closed leaves a vanishing chance, kept off exact zero so that log-odds exist.
    scaled = [min(max(-math.expm1(factor * math.log1p(-x)), 1e-9), 1 - 1e-9) for x in (rate.low, rate.p, rate.high)]
    return BaseRate(
        p=scaled[1],
        low=scaled[0],
        high=scaled[2],
        n=rate.n,
        events=rate.events,
        reference_class=rate.reference_class,
        basis=rate.basis,
        source=rate.source,
        period_days=rate.period_days,
        holds_from=rate.holds_from,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Shift:
    """A what-if on one condition of one chance: set its state, or raise it to at least that level."""

    chance: str
    channel: str
    level: float
    at_least: bool = False


class Engine:
    """A case compiled for one date, mode and framework: everything random is drawn once.

    Shapes: J chances, K conditions, D draws, n items. Channels are numbered 0..K-1 for conditions, K for stakes,
    K+1 for the option itself.
    """

    def __init__(
        self,
        case: Case,
        as_of: dt.date,
        framework: Framework,
        items: Sequence[ChannelItem],
        parameters: Parameters,
        rates: Mapping[str, BaseRate],
    ) -> None:
        """``rates``: the base rate each chance starts from, over the days left at ``as_of``."""
        self.case = case
        self.framework = framework
        self.parameters = parameters
        self.items = tuple(items)
        self.rates = dict(rates)
        self.as_of = as_of
        self.people: People | None = None
        self.analysts: AnalystPool | None = None
        # What was computed once and is asked for again (attribution, the model's atoms): emptied by every revision.
        self.memo: dict[str, Any] = {}
        self.chances: tuple[Chance, ...] = case.scenario_set.chances
        self.index = {c.id: j for j, c in enumerate(self.chances)}
        self.conditions = framework.condition_ids
        self.channel_index = {k: i for i, k in enumerate(self.conditions)}
        if framework.stakes is not None:
            self.channel_index[framework.stakes.id] = len(self.conditions)
        self.channel_index[OPTION_CHANNEL] = len(self.conditions) + 1
        self._draw_parameters()
        self._draw_chances()
        self._compile_tree()
        self._centre_on_counted_scenarios()
        self._compile_items()

    # -- draws ---------------------------------------------------------------------------------------------

    def _draw_parameters(self) -> None:
        p, n = self.parameters, self.parameters.draws
        self.kappa: Array = p.kappa_median * np.exp(p.kappa_log_sd * normal("kappa", n))
        # One draw in 1/share is conjunctive, whichever names the draws go by: a stratified coin.
        self.beta: Array = p.beta * np.exp(p.beta_log_sd * normal("beta", n))
        rank = np.argsort(np.argsort(normal("form", n)))
        self.conjunctive = rank < round(p.conjunctive_share * n)
        self._joint = np.flatnonzero(self.conjunctive)
        self._joint_kappa: Array = self.kappa[self._joint]

    def _draw_chances(self) -> None:
        p, n, k = self.parameters, self.parameters.draws, len(self.conditions)
        j = len(self.chances)
        self.base: Array = np.empty((j, n))
        self.reference: Array = np.empty(j)
        self.theta: Array = np.empty((j, k, n))
        self.weights: Array = np.empty((j, k))
        self.veto: dict[int, Array] = {}
        for i, chance in enumerate(self.chances):
            rate = self.rates[chance.id]
            self.base[i] = base_rate_draws(f"base:{chance.id}", rate.p, rate.low, rate.high, n)
            self.reference[i] = rate.p
            posture = self.case.option(chance.option).posture
            w = np.asarray(self.framework.weights[posture], dtype=float)
            self.weights[i] = w / w.sum()
            for c, name in enumerate(self.conditions):
                state = p.theta_sd * normal(f"theta:{chance.id}:{name}", n)
                if p.perception_sd:
                    state = state + p.perception_sd * normal(f"perception:{chance.id}:{name}", n)
                self.theta[i, c] = state
            if chance.veto is not None and p.host_gate:
                value, low, high = (min(max(x, 1e-3), 1 - 1e-3) for x in chance.veto)
                self.veto[i] = sigmoid(base_rate_draws(f"veto:{chance.id}", value, low, high, n))
        self.base_state: Array = np.stack([self._conjunction(self.theta[i], i) for i in range(j)])

    def _conjunction(self, theta: Array, chance: int) -> Array:
        out = weighted_mean(theta, self.weights[chance])
        on = self._joint
        if on.size:
            out[on] = soft_minimum(theta.take(on, axis=1), self.weights[chance], self._joint_kappa)
        return out

    def slope(self, theta: Array, chance: int) -> Array:
        """dS/dtheta_k of one chance, (K, D); the shares of the conditions, summing to 1 over k."""
        out = np.repeat(self.weights[chance][:, None], theta.shape[1], axis=1)
        on = self._joint
        if on.size:
            out[:, on] = gradient(theta.take(on, axis=1), self.weights[chance], self._joint_kappa)
        return out

    def state_and_slope(self, theta: Array, chance: int) -> tuple[Array, Array]:
        """S (D,) and dS/dtheta_k (K, D) together: the attribution needs both at every node."""
        state = weighted_mean(theta, self.weights[chance])
        slope = np.repeat(self.weights[chance][:, None], theta.shape[1], axis=1)
        on = self._joint
        if on.size:
            state[on], slope[:, on] = soft_minimum_and_gradient(
                theta.take(on, axis=1), self.weights[chance], self._joint_kappa
            )
        return state, slope

    # -- evidence ------------------------------------------------------------------------------------------

    def unit(self, chance: int, channel: int) -> Array:
        """Scale of a channel, (D,): c_k for conditions (beta follows in the link), gamma, the option's own weight."""
        p, n, k = self.parameters, self.parameters.draws, len(self.conditions)
        if channel == k:
            out: Array = p.gamma * np.exp(p.gamma_log_sd * normal("gamma", n))
            return out
        out = np.full(n, p.condition_scale if channel < k else p.option_scale)
        visible = channel > k or self.conditions[channel] in p.visible_conditions
        if visible and self.rates[self.chances[chance].id].basis in (Basis.CRISIS, Basis.BUILD_UP):
            out = out * p.visible_scale * np.exp(p.visible_log_sd * normal("visible_scale", n))
        return out

    def _compile_items(self) -> None:
        n = self.parameters.draws
        self.item_chance = np.array([self.index[i.chance] for i in self.items], dtype=int)
        self.item_channel = np.array([self.channel_index[i.channel] for i in self.items], dtype=int)
        fixed = np.zeros(len(self.items))
        unknown: list[int] = []
        rows: list[Array] = []
        for position, item in enumerate(self.items):
            weight = item.sign * item.coefficient
            if item.reliability is not None and item.credibility is not None and not item.log_sd:
                fixed[position] = weight * shrink(item.size, math.sqrt(item.reliability * item.credibility))
                continue
            rho: Array = np.ones(n)
            for name, known in (("reliability", item.reliability), ("credibility", item.credibility)):
                rho = rho * (beta22(f"{name}:{item.evidence}", n) if known is None else known)
            unknown.append(position)
            own: Array = weight * 2.0 * np.arctanh(np.sqrt(rho) * math.tanh(item.size / 2.0))
            if item.log_sd:
                own = own + item.coefficient * item.log_sd * normal(f"ratio:{item.evidence}", n)
            rows.append(own)
        self.item_fixed: Array = fixed
        self.item_unknown = np.array(unknown, dtype=int)
        self.item_drawn: Array = np.stack(rows) if rows else np.empty((0, n))
        channels = len(self.conditions) + 2
        self.shift: Array = np.zeros((len(self.chances), channels, n))
        totals = np.zeros((len(self.chances), channels))
        np.add.at(totals, (self.item_chance, self.item_channel), fixed)
        self.shift += totals[:, :, None]
        for row, position in enumerate(unknown):
            self.shift[self.item_chance[position], self.item_channel[position]] += self.item_drawn[row]
        self.units: dict[tuple[int, int], Array] = {}
        for j, channel in sorted({(int(a), int(b)) for a, b in zip(self.item_chance, self.item_channel, strict=True)}):
            self.units[j, channel] = self.unit(j, channel)
            self.shift[j, channel] *= self.units[j, channel]
        self.moved = sorted(set(self.item_chance.tolist()))

    def revised(self, *, items: Sequence[ChannelItem] | None = None, parameters: Parameters | None = None) -> Engine:
        """The same case and draws with other items or scales (not other numbers of draws or prior spreads)."""
        other = copy.copy(self)
        other.memo = {}
        if items is not None:
            other.items = tuple(items)
        if parameters is not None:
            other.parameters = parameters
            other._draw_parameters()
            other.base_state = np.stack([other._conjunction(other.theta[j], j) for j in range(len(other.chances))])
        other._compile_items()
        return other

    def revised_moves(self, moved: Sequence[int]) -> Engine:
        """The same engine that recomputes the log-odds of these chances."""
        other = copy.copy(self)
        other.memo = {}
        other.moved = list(moved)
        return other

    def item_shift(self, position: int) -> Array:
        """Shift that one item makes on its channel, (D,)."""
        row = np.flatnonzero(self.item_unknown == position)
        own = self.item_drawn[row[0]] if row.size else self.item_fixed[position]
        out: Array = own * self.units[int(self.item_chance[position]), int(self.item_channel[position])]
        return out

    # -- chances -------------------------------------------------------------------------------------------

    def states(self, chance: int, shift: Array, overrides: Sequence[Shift] = ()) -> Array:
        """States of the conditions of one chance after ``shift`` (K+2, D), (K, D)."""
        theta: Array = self.theta[chance] + shift[: len(self.conditions)]
        for o in overrides:
            k = self.channel_index[o.channel]
            if k < len(self.conditions):
                theta[k] = np.maximum(theta[k], o.level) if o.at_least else o.level
        return theta

    def log_odds(self, chance: int, shift: Array, overrides: Sequence[Shift] = ()) -> Array:
        """Log-odds of one chance before leak and gate, (D,)."""
        p, k = self.parameters, len(self.conditions)
        theta = self.states(chance, shift, overrides)
        eta: Array = self.base[chance] + self.beta * (self._conjunction(theta, chance) - self.base_state[chance])
        stakes = shift[k]
        for o in overrides:
            if self.channel_index[o.channel] == k:
                # On the states' scale: a level of stakes weighs what the items that would bring it there weigh.
                stakes = self.unit(chance, k) * (o.level / p.condition_scale)
        total: Array = eta + stakes + shift[k + 1]
        return total

    def chance_draws(self, chance: int, eta: Array) -> Array:
        """Probability of the yes answer from its log-odds: leak, then the host's gate, (D,)."""
        eps = self.parameters.leak
        p: Array = (1.0 - eps) * sigmoid(eta) + eps * self.reference[chance]
        if self.chances[chance].veto is None:
            return p
        if chance not in self.veto:
            return np.ones_like(p)
        out: Array = p + (1.0 - p) * (1.0 - self.veto[chance])
        return out

    def chance_slope(self, chance: int, eta: Array) -> Array:
        """Derivative of `chance_draws` by the log-odds, (D,)."""
        q = sigmoid(eta)
        slope: Array = (1.0 - self.parameters.leak) * q * (1.0 - q)
        if self.chances[chance].veto is None:
            return slope
        return slope * self.veto[chance] if chance in self.veto else np.zeros_like(slope)

    def all_log_odds(self, shift: Array, overrides: Sequence[Shift] = ()) -> Array:
        """Log-odds of every chance, (J, D)."""
        by_chance: dict[str, list[Shift]] = {}
        for o in overrides:
            by_chance.setdefault(o.chance, []).append(o)
        out = self.base.copy()
        for j, chance in enumerate(self.chances):
            mine = by_chance.get(chance.id, [])
            if mine or j in self.moved:
                out[j] = self.log_odds(j, shift[j], mine)
        return out

    def probabilities(self, eta: Array) -> Array:
        """Chances (J, D) from log-odds (J, D)."""
        return np.stack([self.chance_draws(j, eta[j]) for j in range(len(self.chances))])

    # -- tree ----------------------------------------------------------------------------------------------

    def _compile_tree(self) -> None:
        atoms = {a.id: i for i, a in enumerate(self.case.scenario_set.atoms)}
        self.paths = [
            (tuple((self.index[name], answer) for name, answer in path.answers), atoms[path.atom])
            for path in self.case.scenario_set.paths
        ]
        scenarios = self.case.scenario_set.scenarios
        self.members: Array = np.zeros((len(scenarios), len(atoms)))
        for s, scenario in enumerate(scenarios):
            for atom in scenario.atoms:
                self.members[s, atoms[atom]] = 1.0

    def atom_draws(self, chances: Array) -> Array:
        """Probabilities of the atoms, (A, D): products along the tree's paths. Columns sum to 1."""
        out = np.zeros((self.members.shape[1], chances.shape[1]))
        for answers, atom in self.paths:
            product: Array = np.ones(chances.shape[1])
            for j, yes in answers:
                product = product * (chances[j] if yes else 1.0 - chances[j])
            out[atom] += product
        return out

    def atom_slopes(self, chances: Array, wanted: Sequence[int]) -> Array:
        """d atom / d chance for the ``wanted`` chances, (len(wanted), A, D): atoms are multilinear in the chances."""
        where = {j: i for i, j in enumerate(wanted)}
        out = np.zeros((len(wanted), self.members.shape[1], chances.shape[1]))
        for answers, atom in self.paths:
            factors = [chances[j] if yes else 1.0 - chances[j] for j, yes in answers]
            for position, (j, yes) in enumerate(answers):
                if j not in where:
                    continue
                others: Array = np.ones(chances.shape[1])
                for i, factor in enumerate(factors):
                    if i != position:
                        others = others * factor
                out[where[j], atom] += others if yes else -others
        return out

    def scenario_draws(self, atoms: Array) -> Array:
        """Probabilities of the named scenarios, (S, D)."""
        out: Array = self.members @ atoms
        return out

    def _centre_on_counted_scenarios(self) -> None:
        """Shift a chance's base so that the scenario its rate counts has that rate without evidence (`Chance.rate_of`).

        The scenario's probability grows with the chance, so the shift is found by safeguarded Newton steps.
        """
        names = [s.id for s in self.case.scenario_set.scenarios]
        for j, chance in enumerate(self.chances):
            if chance.rate_of is None:
                continue
            s, target = names.index(chance.rate_of), self.rates[chance.id].p
            for _ in range(40):
                self.reference[j] = float(sigmoid(self.base[j]).mean())
                chances = self.probabilities(self.base)
                error = float(self.scenario_draws(self.atom_draws(chances))[s].mean()) - target
                if abs(error) < 1e-14:
                    break
                slope = self.members[s] @ self.atom_slopes(chances, [j])[0]
                rate = float((slope * self.chance_slope(j, self.base[j])).mean())
                if rate <= 0:
                    raise Incoherent(
                        f"the chance does not make {chance.rate_of} likelier, so its rate cannot be counted there",
                        where=chance.id,
                    )
                self.base[j] -= max(min(error / rate, 2.0), -2.0)

    def model(self, shift: Array | None = None, overrides: Sequence[Shift] = ()) -> Array:
        """Atom draws (A, D) of the model alone under a shift (default: the evidence's) and what-ifs."""
        return self.atom_draws(self.probabilities(self.all_log_odds(self.shift if shift is None else shift, overrides)))

    def evaluate(self, shift: Array | None = None, overrides: Sequence[Shift] = ()) -> Array:
        """Atom draws (A, D), the people's judgments pooled in where there are any."""
        if shift is None and not overrides:
            return self.pooled(self.modelled())
        return self.pooled(self.model(shift, overrides))

    def modelled(self) -> Array:
        """Atom draws (A, D) of the model alone under the evidence, computed once. Read-only."""
        if "modelled" not in self.memo:
            atoms = self.model()
            atoms.setflags(write=False)
            self.memo["modelled"] = atoms
        found: Array = self.memo["modelled"]
        return found

    def pooled(self, atoms: Array) -> Array:
        """Atom draws (A, D) of the model with the people's judgments, where there are any."""
        if self.people is None:
            return atoms
        order = np.array([self.people.atoms[a.id] for a in self.case.scenario_set.atoms])
        return combine_draws(atoms, order, self.people.model_share)

    def without_evidence(self) -> Array:
        """Atom draws (A, D) at the base rates."""
        return self.atom_draws(self.probabilities(self.base))
