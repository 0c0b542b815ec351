"""Why: contributions that sum, the binding condition, what-ifs and what would change the answer (METHOD 4.3.13)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from vedette.assessment.channels import BESIDE, INDICATOR, SIGNAL, ChannelItem
from vedette.domain.evidence import OPTION_CHANNEL
from vedette.domain.forecast import Binding, Contribution
from vedette.forecasting.draws import Array, logit
from vedette.forecasting.engine import Engine, Shift
from vedette.forecasting.judgments import PREFIX

# Level on the -2..+2 scale that counts as "met": the word changes at +0.5 and +1.5, this is its middle (UI, section 1).
MET = 1.0
# Gauss-Legendre nodes of the attribution integral. Sweep on 15 made cases of 3 to 30 items: largest residual
# 0.003 in log-odds
# at 8, 0.0015 at 12, 0.0003 at 24; heavy-tailed scales make the integrand steep near 0.
NODES = 12
# Bars of what a case watches, beside its evidence: prefix, kind and words.
WATCHED = ((INDICATOR, "indicator", "Indicators watched"), (SIGNAL, "signal", "Signals of event streams"))


def attribute(engine: Engine) -> tuple[Array, Array]:
    """Aumann-Shapley shares of every item in every scenario's log-odds, (S, n), and the residual, (S,).

    The path scales all shifts together from 0 (base rates) to 1 (all evidence), so no item's share depends on the order
    in which items came. ``L_s(t) = logit(mean_d P_s)``;
    ``share_i = integral_0^1 mean_d(dP_s/deta_j * deta_j/dshift_c * shift_i) / (m (1 - m)) dt``. The residual is what
    the quadrature misses, so that base rate, shares and residual sum to the headline's log-odds exactly.
    """
    if "attribution" not in engine.memo:
        engine.memo["attribution"] = _integrate(engine)
    found: tuple[Array, Array] = engine.memo["attribution"]
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class _Block:
    """Items on one channel of one chance: those of known grade as sizes, the others as draws."""

    channel: int
    on: npt.NDArray[np.int64]
    fixed: Array
    drawn_on: npt.NDArray[np.int64]
    drawn: Array


@dataclass(frozen=True, slots=True, kw_only=True)
class _Blocks:
    """The blocks of one chance, and room for one row a block and one a drawn item: memory taken once for all nodes."""

    blocks: tuple[_Block, ...]
    rows: Array


def _blocks(engine: Engine) -> dict[int, _Blocks]:
    """Blocks by chance, built once for all nodes."""
    row = {int(position): i for i, position in enumerate(engine.item_unknown)}
    out: dict[int, _Blocks] = {}
    for j in engine.moved:
        mine = np.flatnonzero(engine.item_chance == j)
        found = []
        for channel in np.unique(engine.item_channel[mine]):
            on = mine[engine.item_channel[mine] == channel]
            drawn_on = np.array([p for p in on if int(p) in row], dtype=int)
            drawn = engine.item_drawn[[row[int(p)] for p in drawn_on]]
            found.append(
                _Block(channel=int(channel), on=on, fixed=engine.item_fixed[on], drawn_on=drawn_on, drawn=drawn)
            )
        n = len(found) + sum(len(b.drawn_on) for b in found)
        out[j] = _Blocks(blocks=tuple(found), rows=np.empty((n, engine.base.shape[1])))
    return out


def _integrate(engine: Engine) -> tuple[Array, Array]:
    s = engine.members.shape[0]
    shares = np.zeros((s, len(engine.items)))
    blocks = _blocks(engine)
    x, w = np.polynomial.legendre.leggauss(NODES)
    for node, weight in zip((x + 1) / 2, w / 2, strict=True):
        shares += weight * _node(engine, float(node), blocks)
    start = scenario_log_odds(engine, engine.without_evidence())
    end = scenario_log_odds(engine, engine.modelled())
    return shares, end - start - shares.sum(axis=1)


def _node(engine: Engine, t: float, blocks: Mapping[int, _Blocks]) -> Array:
    """Rate of each item's share at one point of the path, (S, n)."""
    k = len(engine.conditions)
    eta = engine.base.copy()
    slopes_of: dict[int, Array] = {}
    for j in engine.moved:
        shift = engine.shift[j] * t
        state, slopes_of[j] = engine.state_and_slope(engine.states(j, shift), j)
        eta[j] = engine.base[j] + engine.beta * (state - engine.base_state[j]) + shift[k] + shift[k + 1]
    chances = engine.probabilities(eta)
    mean = engine.scenario_draws(engine.atom_draws(chances)).mean(axis=1)
    slopes = engine.atom_slopes(chances, engine.moved)
    out = np.zeros((engine.members.shape[0], len(engine.items)))
    draws = chances.shape[1]
    for i, j in enumerate(engine.moved):
        outer = (engine.members @ slopes[i]) * engine.chance_slope(j, eta[j])
        if j not in blocks:
            continue
        rows, position = blocks[j].rows, 0
        for block in blocks[j].blocks:
            rate, n = rows[position], len(block.drawn_on)
            if block.channel < k:
                np.multiply(slopes_of[j][block.channel], engine.beta, out=rate)
                rate *= engine.units[j, block.channel]
            else:
                rate[:] = engine.units[j, block.channel]
            np.multiply(block.drawn, rate, out=rows[position + 1 : position + 1 + n])
            position += 1 + n
        means, position = (outer @ rows.T) / draws, 0
        for block in blocks[j].blocks:
            n = len(block.drawn_on)
            out[:, block.on] += means[:, position : position + 1] * block.fixed
            out[:, block.drawn_on] += means[:, position + 1 : position + 1 + n]
            position += 1 + n
    rates: Array = out / np.clip(mean * (1.0 - mean), 1e-300, None)[:, None]
    return rates


def scenario_log_odds(engine: Engine, atoms: Array) -> Array:
    """Log-odds of the headline (mean over draws) of every scenario, (S,)."""
    p = engine.scenario_draws(atoms).mean(axis=1)
    return np.array([logit(float(min(max(v, 1e-12), 1 - 1e-12))) for v in p])


def contributions(engine: Engine, class_start: Array | None) -> Mapping[str, tuple[Contribution, ...]]:
    """Bars of every scenario: base rate, structure, conditions, stakes, option evidence, residual; they sum exactly.

    ``class_start``: atom draws when every chance starts from the average of its class, where the structural model
    speaks of the pair itself; what sets the pair apart then has a bar of its own.
    """
    shares, residual = attribute(engine)
    pooled = scenario_log_odds(engine, engine.evaluate()) - scenario_log_odds(engine, engine.modelled())
    start = scenario_log_odds(engine, engine.without_evidence())
    below = scenario_log_odds(engine, class_start) if class_start is not None else None
    out: dict[str, tuple[Contribution, ...]] = {}
    labels = {c.id: c.label for c in engine.framework.conditions}
    if engine.framework.stakes is not None:
        labels[engine.framework.stakes.id] = f"{engine.framework.stakes.label} (outside the conditions)"
    labels[OPTION_CHANNEL] = "Evidence on the option itself"
    for s, scenario in enumerate(engine.case.scenario_set.scenarios):
        if below is None:
            bars = [Contribution(what="Base rate", kind="base_rate", log_odds=float(start[s]))]
        else:
            bars = [
                Contribution(what="Base rate of all such pairs", kind="base_rate", log_odds=float(below[s])),
                Contribution(
                    what="Structure: what sets this pair apart", kind="structure", log_odds=float(start[s] - below[s])
                ),
            ]
        for channel, label in labels.items():
            on = [
                i for i, item in enumerate(engine.items)
                if item.channel == channel and not item.evidence.startswith(BESIDE)
            ]  # fmt: skip
            if not on:
                continue
            bars.append(
                _bar(engine, shares[s], on, "evidence" if channel == OPTION_CHANNEL else "condition", label)
            )
        for prefix, kind, label in WATCHED:
            on = [i for i, item in enumerate(engine.items) if item.evidence.startswith(prefix)]
            if on:
                bars.append(_bar(engine, shares[s], on, kind, label))
        judged = [i for i, item in enumerate(engine.items) if _judged(item)]
        if judged or engine.people is not None:
            bars.append(
                Contribution(
                    what="Analysts' judgments",
                    kind="judgment",
                    log_odds=float(pooled[s]) + float(sum(shares[s, i] for i in judged)),
                    evidence=tuple(engine.items[i].evidence for i in judged),
                    detail=tuple((engine.items[i].evidence, float(shares[s, i])) for i in judged),
                )
            )
        total = float(start[s]) + sum(b.log_odds for b in bars[1 if below is None else 2 :]) + float(residual[s])
        # What is left after rounding in the sums above goes to the residual bar, so that the bars sum exactly.
        bars.append(
            Contribution(
                what="Residual (averaging over draws)",
                kind="residual",
                log_odds=total - float(sum(b.log_odds for b in bars)),
            )
        )
        out[scenario.id] = tuple(bars)
    return out


def _bar(engine: Engine, shares: Array, on: Sequence[int], kind: str, label: str) -> Contribution:
    """One bar: the items at these positions, the largest first."""
    parts = sorted(((engine.items[i].evidence, float(shares[i])) for i in on), key=lambda x: (-abs(x[1]), x[0]))
    return Contribution(
        what=label, kind=kind, log_odds=float(sum(v for _, v in parts)), evidence=tuple(e for e, _ in parts),
        detail=tuple(parts),
    )  # fmt: skip


def _judged(item: ChannelItem) -> bool:
    return item.evidence.startswith(PREFIX)


def chances_of(engine: Engine, scenario: str, condition: str) -> list[tuple[str, int]]:
    """Chances through which a condition speaks of a scenario, with the sign, over the case's options."""
    found: list[tuple[str, int]] = []
    for option in engine.case.options:
        moved = engine.case.chance_moved(option.id, scenario, condition)
        if moved is not None and moved not in found:
            found.append(moved)
    return found


def binding(engine: Engine) -> Mapping[str, Mapping[str, Binding]]:
    """For every scenario and condition, the gain in P from raising that condition alone to "met"."""
    scenarios = engine.case.scenario_set.scenarios
    now = engine.scenario_draws(engine.evaluate()).mean(axis=1)
    eta = engine.all_log_odds(engine.shift)
    raised: dict[tuple[str, str], Array] = {}
    steepness: dict[int, Array] = {}
    out: dict[str, dict[str, Binding]] = {}
    for s, scenario in enumerate(scenarios):
        row: dict[str, Binding] = {}
        for condition in engine.conditions:
            routes = chances_of(engine, scenario.id, condition)
            if len(routes) != 1 or routes[0][1] != 1:
                continue
            chance = routes[0][0]
            j = engine.index[chance]
            key = (chance, condition)
            if key not in raised:
                # One condition moves one chance: the others keep their log-odds.
                met = eta.copy()
                change = Shift(chance=chance, channel=condition, level=MET, at_least=True)
                met[j] = engine.log_odds(j, engine.shift[j], [change])
                atoms = engine.pooled(engine.atom_draws(engine.probabilities(met)))
                raised[key] = engine.scenario_draws(atoms).mean(axis=1)
            if j not in steepness:
                steepness[j] = engine.slope(engine.states(j, engine.shift[j]), j).mean(axis=1)
            share = steepness[j][engine.channel_index[condition]]
            row[condition] = Binding(
                gain=float(raised[key][s] - now[s]), probability=float(raised[key][s]), gradient_share=float(share)
            )
        if row:
            out[scenario.id] = row
    return out
