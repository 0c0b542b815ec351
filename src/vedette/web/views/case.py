"""The case page as plain objects: head, time machine, scenarios, conditions, waterfall."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from vedette.reference.estimative import figure, interval_text, percent, points_text, signed_points
from vedette.reporting.compose import sign_of
from vedette.reporting.figures import plain
from vedette.reporting.labels import day_text, safe_text, state_name
from vedette.reporting.view import Line, ScenarioRow
from vedette.web.views.items import Item, left_out_items
from vedette.web.views.matrix import Matrix, matrix_view
from vedette.web.views.moment import Moment, moment
from vedette.web.views.moves import MovesView, moves_view
from vedette.web.views.query import CaseQuery, address
from vedette.web.views.waterfall import Fall, waterfall_view
from vedette.web.views.what_if import Sliders, sliders_view

if TYPE_CHECKING:
    from vedette.web.desk import Desk

DAY: Final = dt.timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class ScenarioLine:
    """A scenario in the first section. ``change`` is in points, against a week ago or against all evidence."""

    letter: str
    label: str
    detail: str
    probability: str
    interval: str
    word: str
    base: str
    change: str
    sign: str
    tone: str
    line: Line
    alternative: str
    href: str
    selected: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeMachine:
    """The date control: the page at another day is another address."""

    day: str
    shown: str
    first: str
    last: str
    before: str
    after: str
    now: str
    is_now: bool
    fields: tuple[tuple[str, str], ...]
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """How one outcome is decided."""

    id: str
    statement: str
    rule: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Crowd:
    """A dated figure of others on a neighbouring question."""

    day: str
    source: str
    question: str
    probability: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Watched:
    """An indicator with what the last look found."""

    observable: str
    state: str
    glyph: str
    checked: str
    bears_on: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseView:
    """Everything the page prints at once; the slower parts have views of their own."""

    id: str
    title: str
    question: str
    resolves: str
    actors: str
    counts: str
    time: TimeMachine
    modes: tuple[tuple[str, str, bool], ...]
    finding: str
    change_head: str
    scenarios: tuple[ScenarioLine, ...]
    scenario_note: str
    confidence: str
    confidence_reasons: tuple[str, ...]
    warnings: tuple[str, ...]
    crowd: tuple[Crowd, ...]
    rules: tuple[Rule, ...]
    matrix: Matrix | None
    fall: Fall | None
    sliders: Sliders
    left_out: tuple[Item, ...]
    not_yet: tuple[str, ...]
    put_back: str
    indicators: tuple[Watched, ...]
    waiting: int
    moves: MovesView
    parts: dict[str, str]
    query: str
    method: str


PARTS: Final = ("time", "map", "edits")
"""Parts that are made when asked for: each has an address below the case."""


def case_view(desk: Desk, case_id: str, query: CaseQuery) -> CaseView:
    """The page of a case for an address."""
    return view_of(desk, moment(desk, case_id, query))


def view_of(desk: Desk, m: Moment) -> CaseView:
    """The page of a case at a moment."""
    rows = m.composer.scenario_rows()
    selected = next(r for r in rows if r.id == m.scenario)
    a, known = m.shown, m.known
    note = "Scenarios overlap, so their numbers do not sum to 100." if m.composer.overlapping() else "They sum to 100."
    accepted = known.accepted()
    return CaseView(
        id=m.id,
        title=safe_text(known.title),
        question=safe_text(known.question),
        resolves=f"{day_text(known.deadline)}, 24:00 UTC",
        actors=_actors(m),
        counts=f"{_many(len(known.documents), 'document')}, {_many(len(accepted), 'accepted item')}, "
        f"{_many(len({e.origin for e in accepted}), 'independent origin')}",
        time=_time(desk, m),
        modes=(
            ("Recommended", address(m.id, m.query, mode="recommended"), a.mode == "recommended"),
            ("Author’s rule", address(m.id, m.query, mode="author"), a.mode == "author"),
        ),
        finding=_finding(m, selected),
        change_head="without" if m.left_out else "7 d",
        scenarios=tuple(_line(m, row) for row in rows),
        scenario_note=note,
        confidence=a.confidence.level,
        confidence_reasons=a.confidence.reasons,
        warnings=tuple(safe_text(w) for w in a.warnings),
        crowd=tuple(
            Crowd(
                day=day_text(c["date"]), source=safe_text(c["source"]), question=safe_text(c["question"]),
                probability=percent(c["probability"]),
            )
            for c in a.crowd
        ),
        rules=tuple(
            Rule(id=x.id, statement=safe_text(x.statement), rule=safe_text(x.rule)) for x in known.scenario_set.atoms
        ),
        matrix=matrix_view(m),
        fall=waterfall_view(m),
        sliders=sliders_view(desk, m),
        left_out=left_out_items(m),
        not_yet=m.not_yet,
        put_back=address(m.id, m.query, without=()),
        indicators=_indicators(m),
        waiting=int(m.composer.facts["case"]["waiting"]),
        moves=moves_view(m),
        parts={name: address(m.id, m.query, f"/parts/{name}") for name in PARTS},
        query=m.query.text(),
        method=f"{a.method}, framework {a.framework}, inputs {a.inputs_digest[:12]}, vedette {a.version}",
    )  # fmt: skip


def _many(n: int, what: str) -> str:
    return f"{n} {what}{'' if n == 1 else 's'}"


def _actors(m: Moment) -> str:
    parts = []
    for option in m.known.options:
        who = safe_text(option.organisation) if option.organisation else " and ".join(
            state_name(c) for c in option.interveners
        )
        host = f" through {state_name(option.host)}" if option.host and option.host != option.target else ""
        parts.append(f"{who} in {state_name(option.target)}{host} ({option.posture.value}: {safe_text(option.means)})")
    return "; ".join(parts)


def _finding(m: Moment, row: ScenarioRow) -> str:
    said = f"{plain(row.label)}: {plain(row.word)}"
    if m.left_out:
        before = m.original.scenario(row.id).probability
        change = m.shown.scenario(row.id).probability - before
        return f"{said}, {points_text(change)} without {_many(len(m.left_out), 'item')}"
    if m.week_ago is None:
        return said
    change = m.shown.scenario(row.id).probability - m.week_ago.scenario(row.id).probability
    return f"{said}, {points_text(change)} in a week"


def _line(m: Moment, row: ScenarioRow) -> ScenarioLine:
    s = m.shown.scenario(row.id)
    change, sign = "", ""
    if m.left_out:
        before = m.original.scenario(row.id).probability
        change, sign = f"{signed_points(s.probability - before)} from {figure(before)}", sign_of(s.probability - before)
    elif m.week_ago is not None:
        moved = s.probability - m.week_ago.scenario(row.id).probability
        change, sign = signed_points(moved), sign_of(moved)
    return ScenarioLine(
        letter=row.letter,
        label=plain(row.label),
        detail=_detail(m, row),
        probability=figure(s.probability),
        interval=interval_text(*s.interval90),
        word=plain(row.word),
        base="" if row.base is None else row.base.text,
        change=change,
        sign=sign,
        tone={"▲": "up", "▼": "dn"}.get(sign, "same"),
        line=row.line,
        alternative=row.alternative,
        href=address(m.id, m.query, scenario=row.id),
        selected=row.id == m.scenario,
    )


def _detail(m: Moment, row: ScenarioRow) -> str:
    """What the scenario is made of, in the words of its outcomes."""
    inside = {a.id: a.statement for a in m.known.scenario_set.atoms}
    return " Or: ".join(safe_text(inside[a]) for a in m.shown.scenario(row.id).atoms if a in inside)


def _time(desk: Desk, m: Moment) -> TimeMachine:
    day, case = m.day.date, m.known
    now = desk.day(desk.case(m.id))
    last = case.deadline
    outcome = " and the outcome" if last < desk.today() else ""
    later = f"{_many(m.later, 'later record')}{outcome} hidden" if m.later else "nothing later is recorded"
    return TimeMachine(
        day=day.isoformat(),
        shown=f"{day:%A} {day_text(day)}",
        first=m.first_day.isoformat(),
        last=last.isoformat(),
        before=address(m.id, m.query, as_of=day - DAY) if day - DAY >= m.first_day else "",
        after=address(m.id, m.query, as_of=day + DAY) if day + DAY <= last else "",
        now=address(m.id, m.query, as_of=None),
        is_now=day == now,
        fields=m.query.fields("as_of"),
        note=f"The page as known at the end of this day, UTC; {later}.",
    )


_STATES: Final = {
    # state: (glyph class, words)
    "present": ("full", "seen"),
    "absent": ("empty", "looked for, not seen"),
    "unknown": ("dash", "looked for, cannot tell"),
    "not_looked": ("dash", "not looked for"),
}


def _indicators(m: Moment) -> tuple[Watched, ...]:
    found: dict[tuple[str, str, str, str], list[str]] = {}
    for watched in m.known.indicators:
        looks = sorted((c for c in m.known.checks if c.indicator == watched.id), key=lambda c: c.at)
        state = looks[-1].state.value if looks else "not_looked"
        glyph, words = _STATES.get(state, ("dash", state.replace("_", " ")))
        checked = day_text(looks[-1].at.date()) if looks else "never"
        # One thing to look for may bear on several scenarios: it is one line, with their letters.
        found.setdefault((safe_text(watched.observable), words, glyph, checked), []).append(
            m.composer.letter(watched.scenario)
        )
    order = {"full": 0, "empty": 1, "dash": 2}
    out = [
        Watched(observable=what, state=words, glyph=glyph, checked=checked, bears_on=", ".join(dict.fromkeys(letters)))
        for (what, words, glyph, checked), letters in found.items()
    ]
    return tuple(sorted(out, key=lambda w: order[w.glyph]))
