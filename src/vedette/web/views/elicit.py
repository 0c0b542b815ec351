"""Asking several analysts: what one is asked, what the others said, where they differ, and what it adds up to."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from markupsafe import Markup

from vedette.domain.case import Case
from vedette.domain.forecast import Assessment
from vedette.domain.judgment import Judgment, JudgmentKind
from vedette.domain.time import AsOf
from vedette.forecasting.judgments import latest
from vedette.reference.estimative import number_text, percent, points_text
from vedette.reference.frameworks import framework
from vedette.reporting.labels import safe_text, state_name
from vedette.web.views.address import address, case_path
from vedette.web.views.evidence import condition_labels, scenario_letters
from vedette.workflows.assess import LEVELS
from vedette.workflows.elicit import ASKED, BLIND

WIDE: Final = 0.20
"""Analysts this far apart (in probability) on a scenario are said to differ much. [assumption]"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What one analyst says of one thing."""

    analyst: str
    value: str
    round: int
    saw_model: bool
    reason: str
    mine: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedScenario:
    """A scenario to be given a probability. ``field`` is the form's name, ``given`` what is in it."""

    field: str
    letter: str
    label: str
    statement: str
    given: str
    said: tuple[Said, ...]
    strip: Markup
    spread: str
    wide: bool
    repaired: str
    shift: str
    pooled: str
    model: str
    together: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedCondition:
    """A condition of an option to be judged on the five-step scale."""

    field: str
    badge: str
    label: str
    option: str
    levels: tuple[tuple[str, str, bool], ...]
    said: tuple[Said, ...]
    spread: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ElicitView:
    """The page. ``round``: the one asked for now; ``hidden``: whether the others' answers are kept back."""

    case: str
    title: str
    question: str
    day: str
    retrospective: bool
    finding: str
    analyst: str
    fixed: bool
    analysts: tuple[tuple[str, str], ...]
    round: int
    hidden: bool
    others: int
    scenarios: tuple[AskedScenario, ...]
    conditions: tuple[AskedCondition, ...]
    reason: str
    saw_model: bool
    error: str
    fix: str
    problems: tuple[str, ...]
    action: str
    as_of: str
    people: int
    model_share: str
    weights: tuple[tuple[str, str], ...]
    history: tuple[Said, ...]
    stored: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """What was typed: percentages and levels by field, and what was wrong with them."""

    fields: Mapping[str, str]
    error: str = ""
    fix: str = ""
    coherence: Mapping[str, Any] | None = None


def answered(case: Case) -> set[str]:
    """Analysts whose blind round is in."""
    return {j.analyst for j in case.judgments if j.round == BLIND and j.kind in ASKED}


def elicit_view(
    case: Case, day: AsOf, *, analyst: str, fixed: bool, form: Form, today: AsOf, as_of: str = "",
    assessment: Assessment | None = None, model: Assessment | None = None, stored: int = 0,
) -> ElicitView:  # fmt: skip
    """The page for one analyst. ``assessment`` with everyone's answers, ``model`` without: shown once both may be."""
    known = case.known(day)
    done = answered(known)
    hidden = analyst not in done
    last = latest(known.judgments)
    mine = [j for j in last if j.analyst == analyst]
    here = case_path(case.id, "elicit")
    rounds = {a: max(j.round for j in known.judgments if j.analyst == a) for a in done}
    others = len(done - {analyst})
    pooled = _pooled(case, assessment) if assessment is not None and not hidden else {}
    return ElicitView(
        case=case.id, title=safe_text(case.title), question=safe_text(case.question), day=str(day),
        retrospective=day.date < today.date, finding=_finding(len(done), hidden, last, case), analyst=analyst,
        fixed=fixed,
        analysts=tuple(
            (f"{safe_text(a)}, round {rounds[a]}", address(here, as_of=as_of, analyst=a)) for a in sorted(done)
        ),
        round=BLIND if hidden else max(2, rounds.get(analyst, 1) + 1), hidden=hidden, others=others,
        scenarios=tuple(
            _scenario(case, s.id, analyst, [] if hidden else last, mine, form, pooled, assessment, model)
            for s in case.scenario_set.scenarios
        ),
        conditions=_conditions(case, analyst, [] if hidden else last, mine, form),
        reason=form.fields.get("reason", ""), saw_model=form.fields.get("saw_model") == "yes", error=form.error,
        fix=form.fix, problems=tuple(_in_words(case, p) for p in (form.coherence or {}).get("problems", ())),
        action=here, as_of=as_of,
        people=len(pooled.get("persons", ())) if pooled else 0,
        model_share=percent(float(pooled["share"])) if pooled else "",
        weights=tuple((safe_text(p["analyst"]), number_text(float(p["weight"]), 2)) for p in pooled["persons"])
        if pooled else (),
        history=_history(known.judgments, analyst) if not hidden else (), stored=stored,
    )  # fmt: skip


def _finding(n: int, hidden: bool, last: Sequence[Judgment], case: Case) -> str:
    if not n:
        return "Nobody has answered yet: the first answer is blind"
    said = f"{n} analyst{'s have' if n != 1 else ' has'} answered"
    if hidden:
        return f"{said}; their answers are kept back until yours is in"
    widest, apart = "", 0.0
    for s in case.scenario_set.scenarios:
        values = [j.value for j in last if j.kind is JudgmentKind.PROBABILITY and j.subject == s.id]
        if len(values) > 1 and max(values) - min(values) > apart:
            widest, apart = s.id, max(values) - min(values)
    if not widest:
        return said
    letter = scenario_letters(case)[widest][0]
    return f"{said} and differ most on {letter}, by {points_text(apart).removeprefix('up ')}"


def _said(rows: Sequence[Judgment], analyst: str, form: str) -> tuple[Said, ...]:
    return tuple(
        Said(
            analyst=safe_text(j.analyst), value=percent(j.value) if form == "p" else _level(j.value), round=j.round,
            saw_model=j.saw_model, reason=safe_text(j.reason), mine=j.analyst == analyst,
        )
        for j in rows
    )  # fmt: skip


def _level(value: float) -> str:
    word = min(LEVELS, key=lambda w: abs(LEVELS[w] - value))
    return word if abs(LEVELS[word] - value) < 1e-9 else f"{number_text(value, 1, signed=True)} ({word})"


def _scenario(
    case: Case, name: str, analyst: str, last: Sequence[Judgment], mine: Sequence[Judgment], form: Form,
    pooled: Mapping[str, Any], assessment: Assessment | None, model: Assessment | None,
) -> AskedScenario:  # fmt: skip
    letter, label = scenario_letters(case)[name]
    rows = [j for j in last if j.kind is JudgmentKind.PROBABILITY and j.subject == name]
    own = next((j.value for j in mine if j.kind is JudgmentKind.PROBABILITY and j.subject == name), None)
    field = f"p_{name}"
    given = form.fields.get(field, "" if own is None else f"{100 * own:g}")
    values = [j.value for j in rows]
    apart = max(values) - min(values) if len(values) > 1 else 0.0
    fixed, moved = "", ""
    if form.coherence and form.coherence["problems"] and name in form.coherence["shifts"]:
        fixed = f"{100 * form.coherence['repaired'][name]:.1f}".rstrip("0").rstrip(".")
        moved = f"{number_text(100 * form.coherence['shifts'][name], 1, signed=True)} points"
    both = assessment is not None and model is not None and bool(pooled)
    return AskedScenario(
        field=field, letter=letter, label=label,
        statement=_statement(case, name),
        given=given, said=_said(rows, analyst, "p"), strip=strip([(j.value, j.analyst == analyst) for j in rows]),
        spread=f"{percent(min(values))} to {percent(max(values))}" if len(values) > 1 else "", wide=apart >= WIDE,
        repaired=fixed, shift=moved, pooled=percent(pooled["scenarios"][name]) if pooled else "",
        model=percent(model.scenario(name).probability) if both and model is not None else "",
        together=percent(assessment.scenario(name).probability) if both and assessment is not None else "",
    )  # fmt: skip


def _statement(case: Case, name: str) -> str:
    """What counts as the scenario, from its atoms."""
    atoms = case.scenario_set.scenario(name).atoms
    return safe_text("; or ".join(a.statement.rstrip(" .") for a in case.scenario_set.atoms if a.id in atoms)) + "."


def _in_words(case: Case, text: str) -> str:
    """A sentence about scenario ids with their letters and labels instead."""
    named = scenario_letters(case)
    ids = sorted(named, key=len, reverse=True)
    whole = re.compile(rf"(?<![\w-])({'|'.join(map(re.escape, ids))})(?![\w-])")
    return safe_text(whole.sub(lambda m: " ".join(named[m[1]]), text))


def _conditions(
    case: Case, analyst: str, last: Sequence[Judgment], mine: Sequence[Judgment], form: Form
) -> tuple[AskedCondition, ...]:
    names = condition_labels(case)
    frame = framework(case.framework)
    ids = [*frame.condition_ids, *([frame.stakes.id] if frame.stakes else [])]
    found = []
    for option in case.options:
        who = " and ".join(state_name(c) for c in option.interveners)
        for condition in ids:
            if not any(
                moved is not None and moved[1] > 0
                for moved in (case.chance_moved(option.id, s.id, condition) for s in case.scenario_set.scenarios)
            ):
                continue
            subject = f"{option.id}.{condition}"
            field = f"s_{subject}"
            own = next((j.value for j in mine if j.kind is JudgmentKind.STATE and j.subject == subject), None)
            now = form.fields.get(field, "" if own is None else _level(own))
            rows = [j for j in last if j.kind is JudgmentKind.STATE and j.subject == subject]
            values = [j.value for j in rows]
            found.append(
                AskedCondition(
                    field=field, badge=names[condition][0], label=names[condition][1],
                    option=f"{who}: {safe_text(option.means)}" if len(case.options) > 1 else who,
                    levels=(("", "no answer", not now), *((w, w, w == now) for w in LEVELS)),
                    said=_said(rows, analyst, "s"),
                    spread=f"{_level(min(values))} to {_level(max(values))}" if len(set(values)) > 1 else "",
                )
            )  # fmt: skip
    return tuple(found)


def _pooled(case: Case, assessment: Assessment) -> dict[str, Any]:
    """The people's own pool by scenario; empty when nobody gave a probability."""
    people = assessment.judgments
    if not people or not people["persons"] or not people["atoms"]:
        return {}
    atoms: Mapping[str, float] = people["atoms"]
    return {
        "scenarios": {s.id: sum(atoms[a] for a in s.atoms) for s in case.scenario_set.scenarios},
        "persons": people["persons"], "share": people["model_share"],
    }  # fmt: skip


def _history(judgments: Sequence[Judgment], analyst: str) -> tuple[Said, ...]:
    """Reasons, the latest first, each once for the answers given together."""
    seen: dict[tuple[str, int, str], Judgment] = {}
    for j in judgments:
        if j.reason and j.kind in ASKED:
            seen.setdefault((j.analyst, j.round, j.reason), j)
    ordered = sorted(seen.values(), key=lambda j: (j.round, j.at, j.id), reverse=True)
    return tuple(
        Said(analyst=safe_text(j.analyst), value="", round=j.round, saw_model=j.saw_model, reason=safe_text(j.reason),
             mine=j.analyst == analyst)
        for j in ordered
    )  # fmt: skip


def strip(values: Sequence[tuple[float, bool]]) -> Markup:
    """Answers on a line from 0 to 100 %: ● yours, ○ others; numbers only, which is why it may be markup."""
    if not values:
        return Markup("")
    dots = [
        Markup('<circle class="{}" cx="{}%" cy="10" r="4"/>').format("me" if own else "ot", f"{100 * v:.1f}")
        for v, own in sorted(values, key=lambda x: x[1])
    ]
    low, high = (f"{100 * f(v for v, _ in values):.1f}" for f in (min, max))
    line = Markup('<line class="w" x1="{}%" x2="{}%" y1="10" y2="10"/>').format(low, high)
    axis = Markup('<line class="s" x1="0" x2="100%" y1="10" y2="10"/>')
    start = Markup('<svg class="strip" height="20" aria-hidden="true">')
    return start + axis + line + Markup("").join(dots) + Markup("</svg>")
