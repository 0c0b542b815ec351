"""What-ifs: one control a condition, and the answer of the model to what was set."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from vedette.errors import BadInput
from vedette.forecasting.engine import Shift
from vedette.forecasting.what_if import WhatIf
from vedette.reference.estimative import (
    figure,
    interval_text,
    likelihood_word,
    percent,
    points_text,
    signed_points,
)
from vedette.reporting.compose import sign_of
from vedette.reporting.labels import letter, safe_text, view_name
from vedette.reporting.view import Line
from vedette.web.views.moment import Moment
from vedette.web.views.query import CaseQuery, address
from vedette.workflows.assess import LEVELS, chances_set, parse_change

if TYPE_CHECKING:
    from vedette.domain.case import Case
    from vedette.web.desk import Desk

LEAST, MOST = -2.0, 2.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Slider:
    """One condition of one option in one view. ``key`` is what ``set=`` names; ``chosen`` its level, or empty.

    ``state`` is None where nothing is known. ``low``/``high`` are the assessed 90 % interval, on the scale -2..+2.
    """

    key: str
    number: str
    label: str
    assessed: str
    state: float | None
    low: float | None
    high: float | None
    chosen: str
    chosen_value: float | None
    choices: tuple[tuple[str, str, bool], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A scenario before and after. ``line`` is drawn for the selected one."""

    id: str
    letter: str
    label: str
    before: str
    after: str
    interval: str
    word: str
    change: str
    sign: str
    tone: str
    line: Line


@dataclass(frozen=True, slots=True, kw_only=True)
class Sliders:
    """The panel. ``answers`` is empty while nothing is set; ``failed`` says what of the address cannot be set."""

    finding: str
    view: str
    option: str
    sliders: tuple[Slider, ...]
    answers: tuple[Answer, ...]
    selected: Answer | None
    assessed: Line
    assessed_text: str
    failed: str
    source: str
    fields: tuple[tuple[str, str], ...]
    reset: str
    scenario: str


def sliders_view(desk: Desk, m: Moment) -> Sliders:
    """Controls for the conditions that the selected scenario rests on, and the answer to what the address sets."""
    # One nobody has evidence on can be supposed as well: what is unknown is often what matters.
    own = [c for c in m.shown.conditions if c.scenario == m.scenario] or list(m.shown.conditions)
    first = next((c for c in own if c.state is not None), own[0] if own else None)
    mine = [c for c in own if first is not None and (c.option, c.actor) == (first.option, first.actor)]
    chosen = _chosen(m)
    sliders = []
    for c in mine:
        number, label = m.composer.names[c.condition]
        key = f"{c.option}.{c.condition}"
        level = chosen.get(key, "")
        sliders.append(
            Slider(
                key=key, number=number, label=label, assessed=c.level, state=c.state,
                low=c.interval[0] if c.interval else None, high=c.interval[1] if c.interval else None, chosen=level,
                chosen_value=_level(level),
                choices=tuple((w, f"{key}={w}", _level(level) == v) for w, v in LEVELS.items()),
            )
        )  # fmt: skip
    failed = ""
    answers: tuple[Answer, ...] = ()
    if m.query.set:
        try:
            answers = answer(desk, m, m.query.set)
        except BadInput as error:
            failed = str(error)
    s = m.shown.scenario(m.scenario)
    picked = next((x for x in answers if x.id == m.scenario), None)
    return Sliders(
        finding=_finding(m, picked),
        view=view_name(first.actor) if first is not None else "",
        option=first.option if first is not None else "",
        sliders=tuple(sorted(sliders, key=lambda x: (not x.number.isdecimal(), x.number))),
        answers=answers,
        selected=picked,
        assessed=Line(value=s.probability, inner=s.interval50, outer=s.interval90),
        assessed_text=f"{figure(s.probability)} {interval_text(*s.interval90)}",
        failed=failed,
        source=address(m.id, m.query, "/whatif.json", set=()),
        fields=m.query.fields("set"),
        reset=address(m.id, m.query, set=()),
        scenario=m.scenario,
    )


def _chosen(m: Moment) -> dict[str, str]:
    out = {}
    for text in m.query.set:
        left, _, right = text.partition("=")
        out[left.strip()] = right.strip()
    return out


def _level(word: str) -> float | None:
    if word in LEVELS:
        return LEVELS[word]
    try:
        return float(word)
    except ValueError:
        return None


def _finding(m: Moment, picked: Answer | None) -> str:
    if picked is None:
        return "What if a condition stood otherwise?"
    change = points_text(picked.line.value - m.shown.scenario(picked.id).probability)
    return f"{picked.letter} would be {picked.word}: {percent(picked.line.value)}, {change}"


def answer(desk: Desk, m: Moment, changes: tuple[str, ...]) -> tuple[Answer, ...]:
    """Every scenario before and after some changes (``OPTION[.ACTOR].CONDITION=LEVEL``).

    Raises `BadInput` or `UnknownName` for a change that cannot be made.
    """
    ready = desk.what_if(m.id, m.day, mode=m.query.mode, without=m.left_out)
    case = ready.engine.case
    shifts = [shift for text in changes for shift in _shifts(case, text)]
    after = ready.engine.scenario_draws(ready.engine.evaluate(overrides=shifts))
    spans = np.quantile(after, [0.05, 0.25, 0.75, 0.95], axis=1)
    means = after.mean(axis=1)
    rows = enumerate(m.shown.scenarios)
    return tuple(_answer(ready, i, s.id, s.label, float(means[i]), spans[:, i]) for i, s in rows)


def _answer(ready: WhatIf, i: int, name: str, label: str, p: float, spans: Any) -> Answer:
    before = float(ready.mean[i])
    low, inner_low, inner_high, high = (float(x) for x in spans)
    sign = sign_of(p - before)
    return Answer(
        id=name, letter=letter(i), label=safe_text(label), before=figure(before), after=figure(p),
        interval=interval_text(low, high), word=likelihood_word(p), change=signed_points(p - before), sign=sign,
        tone={"▲": "up", "▼": "dn"}.get(sign, "same"),
        line=Line(value=p, inner=(inner_low, inner_high), outer=(low, high)),
    )  # fmt: skip


def _shifts(case: Case, text: str) -> list[Shift]:
    option, actor, condition, level = parse_change(case, text)
    chances = chances_set(case, option, actor, condition, [s.id for s in case.scenario_set.scenarios])
    if not chances:
        raise BadInput(f"{condition} moves nothing for option {option}" + (f" in the eyes of {actor}" if actor else ""))
    return [Shift(chance=c, channel=condition, level=level) for c in chances]


def answer_json(desk: Desk, m: Moment, query: CaseQuery) -> dict[str, Any]:
    """The answer as JSON for the sliders, with the time it took on the server in milliseconds.

    ``m`` may be the moment of another setting of the same view.
    """
    started = time.perf_counter()
    found = answer(desk, m, query.set) if query.set else ()
    rows = [
        {
            "id": x.id, "letter": x.letter, "label": x.label, "before": x.before, "after": x.after,
            "interval": x.interval, "word": x.word, "change": x.change, "sign": x.sign, "tone": x.tone,
            "value": x.line.value, "inner": x.line.inner, "outer": x.line.outer,
        }
        for x in found
    ]  # fmt: skip
    return {
        "case": m.id, "as_of": str(m.day), "mode": query.mode, "scenario": m.scenario, "set": list(query.set),
        "scenarios": rows, "ms": round(1000 * (time.perf_counter() - started), 1),
        "link": address(m.id, query),
        "finding": _finding(m, next((x for x in found if x.id == m.scenario), None)),
    }  # fmt: skip


MARKS: Final = tuple(LEVELS)
"""Words under the scale, from -2 to +2."""
