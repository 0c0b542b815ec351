"""Assess a case: bring framework, learnt scale, history and names together, then compute."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Any

from vedette.assessment.channels import RECOMMENDED
from vedette.domain.case import Case
from vedette.domain.forecast import Assessment
from vedette.domain.plain import to_plain
from vedette.domain.time import AsOf
from vedette.errors import BadInput, UnknownName
from vedette.forecasting.assess import Setting, assess, prepare
from vedette.forecasting.engine import Shift
from vedette.forecasting.parameters import Parameters
from vedette.reference.demonyms import demonyms, seats
from vedette.reference.evidence_scale import episode_of, learnt_scale
from vedette.reference.frameworks import framework
from vedette.reference.leaders import all_leaders
from vedette.reference.states import all_states
from vedette.warning.indicators import watched_items
from vedette.workflows.analogues import analogues_of
from vedette.workflows.base_rate import structural_rate
from vedette.workflows.if_false import if_false
from vedette.workflows.indicators import indicator_rows, signal_rows
from vedette.workflows.track_record import FindRecord, record_for

LEVELS = {"absent": -2.0, "weak": -1.0, "mixed": 0.0, "met": 1.0, "strong": 2.0}
"""Words for levels of a condition, at the middle of their range on the -2..+2 scale."""


@lru_cache(maxsize=1)
def state_words() -> Mapping[str, Sequence[str]]:
    """For every ISO3 code, the words by which an attribution can name the state: names, people, seats, leaders."""
    words: dict[str, list[str]] = {}
    for state in all_states():
        if state.iso3:
            words.setdefault(state.iso3, []).extend([state.name, *state.aliases])
    for table in (demonyms(), seats()):
        for code, forms in table.items():
            words.setdefault(code, []).extend(forms)
    for leader in all_leaders():
        words.setdefault(leader.code, []).extend(leader.names)
    # Two-letter aliases (US, UK) would match inside other attributions only as whole words; shorter ones are dropped.
    return {code: tuple(dict.fromkeys(w for w in found if len(w) > 1)) for code, found in words.items()}


def calibrated(parameters: Parameters | None = None, *, case: str | None = None) -> Parameters:
    """The parameters with the scale learnt on the bank (`vedette evidence calibrate`) in place of its prior.

    ``case``: the id of a case; if it is an episode of the bank, the scale is that of the other episodes.
    """
    scale = learnt_scale(episode_of(case) if case is not None else None)
    base = parameters or Parameters()
    return replace(
        base,
        beta=scale.beta,
        beta_log_sd=scale.beta_log_sd,
        visible_scale=scale.visible_scale,
        visible_log_sd=scale.visible_log_sd,
        gamma=scale.gamma,
        gamma_log_sd=scale.gamma_log_sd,
        conjunctive_share=scale.conjunctive_share,
        weights=replace(base.weights, topic=scale.topic),
    )


def setting_for(
    case: Case,
    *,
    mode: str = RECOMMENDED,
    rival: str | None = None,
    parameters: Parameters | None = None,
    record: FindRecord | None = None,
) -> Setting:
    """The setting of a case: its own framework, or a ``rival`` that reads the same evidence.

    ``record``: what the workspace's analysts forecast before; without it they count alike.
    """
    return Setting(
        framework=framework(rival or case.framework),
        mode=mode,
        parameters=parameters or calibrated(case=case.id),
        structural=structural_rate,
        names=state_words(),
        record=record_for(case, record),
        watched=watched_items,
        warnings=_scale_note(case) if parameters is None else (),
    )


def _scale_note(case: Case) -> tuple[str, ...]:
    episode = episode_of(case.id)
    if episode is None:
        return ()
    others = learnt_scale(episode).episodes
    return (
        f"This case is an episode of the bank that sets the scale of the evidence ({episode}): the scale used here was "
        f"learnt on the {others} others.",
    )


def assess_case(
    case: Case,
    as_of: str | AsOf | None = None,
    *,
    mode: str = RECOMMENDED,
    rival: str | None = None,
    with_sensitivity: bool = True,
    record: FindRecord | None = None,
) -> Assessment:
    """The assessment of a case as of a date (default: the case's own). ``record``: see `setting_for`."""
    cut = AsOf.of(as_of or case.as_of)
    setting = setting_for(case, mode=mode, rival=rival, record=record)
    if with_sensitivity:
        setting = replace(setting, analogues=analogues_of(case, cut))
    result = assess(case, cut, setting, with_sensitivity=with_sensitivity)
    result = replace(
        result, crowd=tuple(crowd_rows(case.known(cut))), indicators=indicator_rows(case, cut),
        signals=signal_rows(case, cut),
    )  # fmt: skip
    if not with_sensitivity or rival:
        return result
    return replace(result, sensitivity=(*result.sensitivity, *if_false(case, cut, setting, result)))


def crowd_rows(known: Case) -> Iterator[dict[str, Any]]:
    """Crowd figures of a case already cut, each with the verdict of `anchor_check`: whether its question is ours.

    ``as_ours``: the figure turned to our polarity, None when the question is another one.
    """
    from vedette.workflows.anchor import anchor_check

    for figure in known.crowd:
        check = anchor_check(known, figure)
        verdict = f"another question ({'; '.join(check.why)})"
        if check.fits and check.probability is not None:
            turned = "" if check.probability == figure.probability else f", turned round {check.probability:.0%}"
            verdict = f"asks what {check.scenario} asks{turned}"
        yield {
            **to_plain(figure), "scenario": check.scenario, "fits": check.fits, "why": list(check.why),
            "as_ours": check.probability, "verdict": verdict,
        }  # fmt: skip


def parse_change(case: Case, text: str) -> tuple[str, str | None, str, float]:
    """``OPTION[.ACTOR].CONDITION=LEVEL`` -> (option, actor, condition id, level). LEVEL: a word or -2..2."""
    left, equals, right = text.partition("=")
    parts = [p.strip() for p in left.split(".")]
    if not equals or not 2 <= len(parts) <= 3 or not all(parts):
        raise BadInput(f"{text!r} is not OPTION[.ACTOR].CONDITION=LEVEL", fix="Example: main.low_costs=met")
    option = case.option(parts[0]).id
    condition = framework(case.framework).condition(parts[-1]).id
    actor = parts[1].upper() if len(parts) == 3 else None
    word = right.strip().casefold()
    if word in LEVELS:
        return option, actor, condition, LEVELS[word]
    try:
        level = float(word)
    except ValueError:
        level = float("nan")
    if not -2.0 <= level <= 2.0:
        raise UnknownName(
            "level", right.strip(), nearest=LEVELS, fix=f"One of {', '.join(LEVELS)}, or a number from -2 to 2"
        )
    return option, actor, condition, level


def what_if(
    case: Case,
    changes: Sequence[str],
    as_of: str | AsOf | None = None,
    *,
    mode: str = RECOMMENDED,
    record: FindRecord | None = None,
) -> dict[str, Any]:
    """Scenario probabilities now and with some conditions set; the change of each in points of probability."""
    if not changes:
        raise BadInput("nothing to change", fix="Give at least one --set OPTION.CONDITION=LEVEL")
    setting = setting_for(case, mode=mode, record=record)
    cut = AsOf.of(as_of or case.as_of)
    engine, _, _ = prepare(case, cut, setting)
    shifts: list[Shift] = []
    said: list[dict[str, object]] = []
    for text in changes:
        option, actor, condition, level = parse_change(case, text)
        chances = chances_set(engine.case, option, actor, condition, [s.id for s in case.scenario_set.scenarios])
        if not chances:
            raise BadInput(
                f"{condition} moves nothing for option {option}" + (f" in the eyes of {actor}" if actor else "")
            )
        shifts.extend(Shift(chance=c, channel=condition, level=level) for c in chances)
        said.append(
            {"set": text, "option": option, "actor": actor, "condition": condition, "level": level, "moves": chances}
        )
    before = engine.scenario_draws(engine.evaluate()).mean(axis=1)
    after = engine.scenario_draws(engine.evaluate(overrides=shifts))
    return {
        "case": case.id,
        "as_of": str(cut),
        "mode": mode,
        "changes": said,
        "scenarios": [
            {
                "id": s.id,
                "probability": float(before[i]),
                "what_if": float(after[i].mean()),
                "change": float(after[i].mean() - before[i]),
                "interval90": [float(x) for x in _quantiles(after[i])],
            }
            for i, s in enumerate(case.scenario_set.scenarios)
        ],
    }


def _quantiles(draws: object) -> list[float]:
    import numpy as np

    return [float(x) for x in np.quantile(np.asarray(draws), [0.05, 0.95])]


def chances_set(case: Case, option: str, actor: str | None, condition: str, scenarios: Sequence[str]) -> list[str]:
    """Chances that a condition of an option moves; in the host's eyes, only its own consent."""
    chosen = case.option(option)
    gate = [c.id for c in case.scenario_set.chances if c.veto is not None and c.option == option]
    if actor is not None and actor == chosen.host and actor != chosen.target and gate:
        return gate
    if actor is not None and actor not in chosen.interveners and actor not in (chosen.host, chosen.target):
        raise UnknownName("actor", actor, nearest=[*chosen.interveners, *((chosen.host,) if chosen.host else ())])
    found: list[str] = []
    for scenario in scenarios:
        moved = case.chance_moved(option, scenario, condition)
        if moved is not None and moved[0] not in found:
            found.append(moved[0])
    return found


def changed_by_review(
    case: Case, result: Assessment, *, mode: str = RECOMMENDED, record: FindRecord | None = None
) -> tuple[str, ...]:
    """How far what was accepted by review moves the number: one line a scenario, none when nothing was reviewed."""
    reviewed = {r.evidence for r in case.reviews} | {r.replacement for r in case.reviews if r.replacement}
    moved = reviewed & {str(e["id"]) for e in result.evidence}
    if not moved:
        return ()
    without = replace(
        case,
        evidence=tuple(e for e in case.evidence if e.id not in reviewed),
        reviews=(),
    )
    before = assess_case(
        without, result.as_of.isoformat(), mode=mode, rival=result.framework, with_sensitivity=False, record=record
    )
    lines = [f"The {len(moved)} items accepted by review move:"]
    for s in result.scenarios:
        old = before.scenario(s.id).probability
        change = 100 * (s.probability - old)
        lines.append(f"  {s.label}: {100 * old:.1f} % to {100 * s.probability:.1f} % ({change:+.1f} points)")
    return tuple(lines)
