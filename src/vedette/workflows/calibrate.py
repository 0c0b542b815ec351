"""Learn the scale of the evidence layer from a bank of dossiers, and say how sure that is."""

from __future__ import annotations

import hashlib
import json
import math
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from vedette.assessment.channels import RECOMMENDED
from vedette.codec.dossier import decode_dossier
from vedette.domain.case import Case
from vedette.domain.claims import Direction, Strength
from vedette.domain.time import AsOf
from vedette.errors import BadInput, CaseRefused
from vedette.forecasting.assess import Setting, prepare
from vedette.forecasting.draws import Array
from vedette.forecasting.evidence_scale import (
    FACTORS,
    Episode,
    Scale,
    ScaleFit,
    ScalePoint,
    Surface,
    fit,
    grid,
    surface,
)
from vedette.forecasting.parameters import Parameters
from vedette.reference.case_files import NAMES
from vedette.reference.frameworks import framework
from vedette.scoring import brier, calibration_slope, log_score, paired_difference, roc_auc
from vedette.workflows.assess import state_words

FEWEST = 8
"""Episodes below which nothing is learnt: leaving one out would leave a handful."""


def load_bank(folder: str | Path, second_codes: str | Path | None = None) -> tuple[tuple[Episode, ...], str]:
    """(episodes, digest) of a folder of dossiers with ``outcomes.json``; the second coding, if any, beside the
    first.
    """
    root = Path(folder)
    outcomes_file = root / "outcomes.json"
    if not outcomes_file.is_file():
        raise CaseRefused("no outcomes.json beside the dossiers", where=str(root))
    outcomes = json.loads(outcomes_file.read_text(encoding="utf-8"))
    recodes = _second_codes(Path(second_codes)) if second_codes else {}
    digest = hashlib.sha256(outcomes_file.read_bytes())
    episodes = []
    for path in sorted(root.glob("*.json")):
        if path == outcomes_file:
            continue
        digest.update(path.read_bytes())
        case = decode_dossier(path, names=NAMES)
        outcome = outcomes.get(case.id)
        if outcome is None:
            continue
        scenario = focal_scenario(case)
        codings = (case, recoded(case, recodes[case.id])) if case.id in recodes else (case,)
        episodes.append(
            Episode(
                id=case.id,
                cases=codings,
                as_of=AsOf(date=case.as_of),
                scenario=scenario,
                happened=outcome["atom"] in case.scenario_set.scenario(scenario).atoms,
            )
        )
    if len(episodes) < FEWEST:
        raise BadInput(f"{len(episodes)} episodes with an outcome; at least {FEWEST} are needed", where=str(root))
    return tuple(episodes), digest.hexdigest()


def focal_scenario(case: Case) -> str:
    """The scenario whose chance stands at the root of the tree: what the case is first of all about."""
    root = case.scenario_set.paths[0].answers[0][0]
    counted = case.scenario_set.chance(root).rate_of
    if counted is not None:
        return counted
    spoken = Counter(
        b.scenario
        for e in case.evidence
        for b in e.bearings
        if case.chance_moved(b.option, b.scenario, b.condition) == (root, 1)
    )
    if not spoken:
        raise CaseRefused(f"no evidence moves the first question {root!r}", where=case.id)
    return min(spoken, key=lambda s: (-spoken[s], s))


def _second_codes(path: Path) -> dict[str, dict[str, Mapping[str, str]]]:
    found: dict[str, dict[str, Mapping[str, str]]] = {}
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
            found.setdefault(row["case"], {})[row["evidence"]] = row
        except (ValueError, KeyError, TypeError) as error:
            raise BadInput("not a line of second codes", where=f"{path}:{number}") from error
    return found


def recoded(case: Case, codes: Mapping[str, Mapping[str, str]]) -> Case:
    """The case as another coder saw it: condition, direction and strength replaced where the other coder gave them."""
    evidence = []
    for item in case.evidence:
        code = codes.get(item.id)
        if code is not None and item.bearings:
            first = replace(
                item.bearings[0],
                condition=code["condition"],
                direction=Direction(code["direction"]),
                strength=Strength(code["strength"]),
            )
            evidence.append(replace(item, bearings=(first, *item.bearings[1:])))
        else:
            evidence.append(item)
    return replace(case, evidence=tuple(evidence))


def calibrate(
    episodes: Sequence[Episode], digest: str, *, progress: Callable[[int, int], None] | None = None
) -> dict[str, Any]:
    """Fit and report: scale with spread, leave-one-out scores against base rates, the curve from inert to
    overconfident.
    """
    setting = Setting(
        framework=framework("five-conditions"), mode=RECOMMENDED, parameters=Parameters(), names=state_words()
    )
    found = surface(episodes, setting, grid(), progress=progress)
    learnt = fit(found)
    return {
        "scale": _scale(learnt, Scale(moments=learnt.moments, additive_weight=learnt.additive_weight), digest),
        "left_out_scales": {
            e.id: _scale(learnt, other, digest, left_out=1)
            for e, other in zip(episodes, learnt.others, strict=True)
        },
        "n": len(episodes),
        "happened": int(learnt.happened.sum()),
        "note": "Episodes chosen because they were feared, coded by people who knew the "
        "outcome: skill here is an upper bound.",
        "forecasts": [
            {
                "episode": e.id,
                "scenario": e.scenario,
                "happened": e.happened,
                "base_rate": float(found.base[i]),
                "left_out": float(learnt.left_out[i]),
            }
            for i, e in enumerate(episodes)
        ],
        "scores": scores(learnt),
        "codings": _codings(episodes, setting),
        "forms": _forms(learnt),
        "parts": _parts(episodes, setting, learnt),
        "curve": _curve(episodes, setting, learnt),
    }


def _scale(learnt: ScaleFit, scale: Scale, digest: str, *, left_out: int = 0) -> dict[str, Any]:
    m = scale.moments
    return {
        "beta": round(math.exp(m["beta"][0]), 4),
        "beta_log_sd": round(m["beta"][1], 4),
        "visible_scale": round(math.exp(m["visible_scale"][0]), 4),
        "visible_log_sd": round(m["visible_scale"][1], 4),
        "gamma": round(math.exp(m["gamma"][0]), 4),
        "gamma_log_sd": round(m["gamma"][1], 4),
        "topic": round(m["topic"][0], 4),
        "conjunctive_share": round(1.0 - scale.additive_weight, 4),
        "episodes": len(learnt.surface.episodes) - left_out,
        "codings": max(len(e.cases) for e in learnt.surface.episodes),
        "bank_digest": digest,
    }


def _row(y: Array, p: Array) -> dict[str, float]:
    return {
        "log_score": log_score(y, p),
        "brier": brier(y, p),
        "roc_auc": roc_auc(y, p),
        "calibration_slope": calibration_slope(y, p) if len(set(p.tolist())) > 1 else float("nan"),
    }


def scores(learnt: ScaleFit) -> dict[str, Any]:
    """Leave-one-out scores beside the base rate and the share of the other episodes, paired, with 95 % intervals."""
    y, p, base = learnt.happened, learnt.left_out, learnt.surface.base
    n = len(y)
    # The other episodes' share, with half a pseudo-case on each side so that it is never 0 or 1 (Jeffreys).
    share = (y.sum() - y + 0.5) / (n - 1 + 1.0)
    clusters = np.arange(n)
    out: dict[str, Any] = {"left_out": _row(y, p), "base_rate": _row(y, base), "others_share": _row(y, share)}
    for name, rival in (("base_rate", base), ("others_share", share)):
        for metric in ("log_score", "brier"):
            difference = paired_difference(y, p, rival, metric, clusters)
            out[f"gain_over_{name}_{metric}"] = difference.to_dict()
    return out


def _codings(episodes: Sequence[Episode], setting: Setting) -> list[dict[str, Any]]:
    """The same with each coding alone, over the episodes that have it."""
    rows = []
    for which in range(max(len(e.cases) for e in episodes)):
        alone = [replace(e, cases=(e.cases[which],)) for e in episodes if len(e.cases) > which]
        learnt = fit(surface(alone, setting, grid()))
        rows.append({"coding": which + 1, "n": len(alone), **_row(learnt.happened, learnt.left_out)})
    return rows


def _forms(learnt: ScaleFit) -> list[dict[str, Any]]:
    """Additive and conjunctive forms apart, each with its own posterior over the scales."""
    rows = []
    for conjunctive in (False, True):
        keep = [i for i, point in enumerate(learnt.surface.points) if point.conjunctive is conjunctive]
        part = fit(
            Surface(
                episodes=learnt.surface.episodes,
                points=tuple(learnt.surface.points[i] for i in keep),
                p=learnt.surface.p[:, keep],
                base=learnt.surface.base,
            )
        )
        weight = float(learnt.weights[keep].sum())
        rows.append(
            {
                "form": "conjunctive" if conjunctive else "additive",
                "posterior_share": weight,
                **_row(part.happened, part.left_out),
            }
        )
    return rows


def assumptions(episodes: Sequence[Episode]) -> list[dict[str, Any]]:
    """The bank's left-out scores when one stated assumption of METHOD 4.3 is changed and the scale refitted.

    On a coarser grid than `calibrate` (topic correlation fixed), so compare with the first row.
    """
    points = tuple(
        x for x in grid() if x.topic == 0.2 and x.visible_scale in (0.05, 0.12, 0.25) and x.gamma in (0.25, 0.5, 1.0)
    )
    plain = Setting(
        framework=framework("five-conditions"), mode=RECOMMENDED, parameters=Parameters(), names=state_words()
    )
    rows = []
    for name, varied in _variations(plain):
        # The grid carries a topic correlation of its own: a variation of it has to change the grid.
        topic = varied.parameters.weights.topic
        learnt = fit(surface(episodes, varied, tuple(replace(x, topic=topic) for x in points)))
        rows.append({"assumption": name, **_row(learnt.happened, learnt.left_out)})
    return rows


def _variations(plain: Setting) -> list[tuple[str, Setting]]:
    p, w = plain.parameters, plain.parameters.weights

    def weights(**changes: Any) -> Setting:
        return replace(plain, parameters=replace(p, weights=replace(w, **changes)))

    def with_(**changes: Any) -> Setting:
        return replace(plain, parameters=replace(p, **changes))

    flat = dict.fromkeys(w.strength, 0.7)
    steep = dict(zip(w.strength, (0.15, 0.7, 2.0, 3.5), strict=True))
    trusting = {g: (0.9 if v is not None else None) for g, v in w.reliability.items()}
    strict = {g: (None if v is None else v * v) for g, v in w.reliability.items()}
    quick = {k: (v / 2 if v else None) for k, v in w.half_life.items()}
    slow = dict.fromkeys(w.half_life)
    even = {posture: (1.0,) * len(ws) for posture, ws in plain.framework.weights.items()}
    return [
        ("as stated", plain),
        ("strength: all items moderate (0.7)", weights(strength=flat)),
        ("strength: steeper (0.15, 0.7, 2.0, 3.5)", weights(strength=steep)),
        ("source grades: all trusted alike (0.9)", weights(reliability=trusting)),
        ("source grades: squared", weights(reliability=strict)),
        ("half-lives: half as long", weights(half_life=quick)),
        ("half-lives: nothing ages", weights(half_life=slow)),
        ("copies: independent of each other (r 0)", weights(copy=0.0, origin=0.0)),
        ("one origin: nearly one voice (r 0.95)", weights(origin=0.95)),
        ("topics: independent (r 0.001)", weights(topic=0.001)),
        ("topics: half shared (r 0.5)", weights(topic=0.5)),
        ("standing positions: each repetition counts", weights(positions=False)),
        ("denials by the intervener count", replace(plain, names={"": ()})),
        (
            "weights of conditions: equal in every posture",
            replace(plain, framework=replace(plain.framework, weights=even)),
        ),
        ("states: prior spread 0.5", with_(theta_sd=0.5)),
        ("states: prior spread 2", with_(theta_sd=2.0)),
        ("perception gap: none", with_(perception_sd=0.0)),
        ("kappa: 0.4", with_(kappa_median=0.4)),
        ("kappa: 1.6", with_(kappa_median=1.6)),
        ("leak: none", with_(leak=0.0)),
        ("leak: 0.05", with_(leak=0.05)),
        ("visible: technical feasibility counts in full", with_(visible_conditions=())),
    ]


def _parts(episodes: Sequence[Episode], setting: Setting, learnt: ScaleFit) -> list[dict[str, Any]]:
    """Structure alone, evidence alone, and both, each left out; beside them the class the cases start from."""
    y = learnt.happened
    rows = [
        {"part": "crisis class and evidence", **_row(y, learnt.left_out)},
        {"part": "crisis class alone", **_row(y, learnt.surface.base)},
    ]
    for start, name in (("structure", "structure"), ("half", "no history")):
        found = surface(episodes, setting, grid(), start="structure" if start == "structure" else "half")
        rows.append({"part": f"{name} and evidence", **_row(y, fit(found).left_out)})
        rows.append({"part": f"{name} alone", **_row(y, found.base)})
    return rows + rival_parts(episodes, setting, learnt)


RIVAL = "two-conditions"
"""The framework scored beside the five conditions (METHOD 4.4)."""


def rival_parts(
    episodes: Sequence[Episode],
    setting: Setting,
    learnt: ScaleFit,
    points: Sequence[ScalePoint] | None = None,
    *,
    draws: int = 250,
) -> list[dict[str, Any]]:
    """The rival framework on the same evidence from the same classes, its scale fitted for itself, left out.

    Twice: as it stands, and with visible means damped as technical feasibility is under the five (its second
    condition reads feasibility, and inside a crisis class that counts too much: see the table of assumptions).
    ``gain``: the five's paired gain over the rival in log score, with a 95 % interval over episodes; above 0, the five
    do better.
    """
    rival = replace(setting, framework=framework(RIVAL))
    damped = tuple(sorted({rival.framework.reads[c] for c in setting.parameters.visible_conditions}))
    fair = replace(rival, parameters=replace(setting.parameters, visible_conditions=damped))
    rows = []
    for name, read in (("two conditions (rival)", rival), ("two conditions, visible damped", fair)):
        other = fit(surface(episodes, read, points or grid(), draws=draws))
        gain = paired_difference(
            learnt.happened, learnt.left_out, other.left_out, "log_score", np.arange(len(other.left_out))
        )
        rows.append({"part": name, **_row(other.happened, other.left_out), "gain": gain.to_dict()})
    return rows


def _curve(episodes: Sequence[Episode], setting: Setting, learnt: ScaleFit) -> list[dict[str, Any]]:
    """Scores when every scale is multiplied by a common factor: 0 is inert, large is overconfident.

    In sample, at the posterior means: it shows how flat the optimum is, not skill.
    """
    best = replace(
        setting.parameters.certain(),
        beta=math.exp(learnt.moments["beta"][0]),
        visible_scale=math.exp(learnt.moments["visible_scale"][0]),
        gamma=math.exp(learnt.moments["gamma"][0]),
        conjunctive_share=1.0 - learnt.additive_weight,
    )
    y = learnt.happened
    rows = []
    for factor in FACTORS:
        p = _at(episodes, replace(setting, parameters=replace(best.scaled(factor), draws=250)))
        rows.append({"factor": factor, **_row(y, p), "mean_p": float(p.mean()), "spread": float(p.std())})
    return rows


def _at(episodes: Sequence[Episode], setting: Setting) -> Array:
    out = np.empty(len(episodes))
    for i, episode in enumerate(episodes):
        values = []
        for case in episode.cases:
            engine, _, _ = prepare(case, episode.as_of, setting)
            s = [x.id for x in case.scenario_set.scenarios].index(episode.scenario)
            values.append(float(engine.scenario_draws(engine.evaluate())[s].mean()))
        out[i] = float(np.mean(values))
    return out
