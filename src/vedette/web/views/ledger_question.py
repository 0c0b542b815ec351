"""One question of the ledger as plain objects: rule, forecasts and revisions, what came true, forms that add to it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from vedette.domain.case import Case
from vedette.domain.ledger import Forecast, Question, Resolution
from vedette.errors import UnknownName
from vedette.ports import LedgerEntry
from vedette.reference.estimative import number_text
from vedette.reporting.labels import condition_names, day_text
from vedette.web.views.address import case_path
from vedette.web.views.ledger import question_path
from vedette.workflows.standing import IMPORTED, FindCase, retrospective

LINE_WIDTH, LINE_HEIGHT = 640.0, 120.0
EVIDENCE_OFFERED = 200
"""Newest items that a resolution may cite by a click. [assumption]: what shows an answer is new."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Atom:
    """An answer with the rule that decides it. ``name`` is its field in forms."""

    id: str
    name: str
    rule: str
    came_true: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """A forecast. ``changes`` names what a revision moved, empty for a first one."""

    who: str
    as_of: str
    at: str
    numbers: tuple[str, ...]
    base: tuple[str, ...]
    method: str
    note: str
    revision: int
    changes: str
    tags: tuple[str, ...]
    digest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A forecaster's chance of one answer over time, as steps: label, style 0-2, path."""

    who: str
    style: int
    path: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Typed:
    """What was typed into a form that was refused, and why."""

    form: str = ""
    error: str = ""
    fix: str = ""
    values: Mapping[str, str] | None = None

    def value(self, form: str, name: str) -> str:
        """A field's text, if it belongs to that form."""
        return (self.values or {}).get(name, "") if self.form == form else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionView:
    """The page of a question. ``case`` is (title, address), None when the case is not here.

    ``earlier``: answers that a later one counts instead of.
    """

    id: str
    href: str
    statement: str
    deadline: str
    closed: bool
    case: tuple[str, str] | None
    case_id: str
    atoms: tuple[Atom, ...]
    said: tuple[Said, ...]
    drawing: Markup
    drawn: str
    lines: tuple[Line, ...]
    outcome: str
    outcome_source: str
    outcome_when: str
    earlier: tuple[str, ...]
    evidence: tuple[tuple[str, str], ...]
    can_forecast: bool
    as_of: str
    late: bool
    postmortem: str
    typed: Typed
    scenarios: tuple[tuple[str, str], ...]


def question_view(
    entries: Sequence[LedgerEntry], find_case: FindCase, name: str, today: dt.date, *, typed: Typed | None = None
) -> QuestionView:
    """The page of a question; raises `UnknownName` with the nearest ids."""
    questions = {e.noun.id: e.noun for e in entries if isinstance(e.noun, Question)}
    if name not in questions:
        import difflib

        near = difflib.get_close_matches(name, list(questions), n=3, cutoff=0.3)
        raise UnknownName("question", name, nearest=near, fix="The ledger lists every question")
    asked = questions[name]
    case = find_case(asked.case)
    forecasts = [(e.digest, e.noun) for e in entries if isinstance(e.noun, Forecast) and e.noun.question == name]
    answers = [e.noun for e in entries if isinstance(e.noun, Resolution) and e.noun.question == name]
    answer = answers[-1] if answers else None  # a later one replaces an earlier one, as in the scores
    return _view(asked, case, forecasts, answer, today, typed or Typed(), answers[:-1])


def case_question(case: Case, today: dt.date, *, typed: Typed | None = None) -> QuestionView:
    """The page of a case's question before anything was said of it: the form that commits the first forecast."""
    from vedette.workflows.commit import question_of

    return _view(question_of(case), case, [], None, today, typed or Typed())


def _view(
    asked: Question, case: Case | None, forecasts: Sequence[tuple[str, Forecast]], answer: Resolution | None,
    today: dt.date, typed: Typed, earlier: Sequence[Resolution] = (),
) -> QuestionView:  # fmt: skip
    rules = dict(line.partition(": ")[::2] for line in asked.rule.splitlines() if ": " in line)
    shown = _drawn_atom(asked, answer)
    drawing, lines = _draw(asked, [f for _, f in forecasts], shown)
    standing = case.accepted() if case is not None else ()
    items = sorted(standing, key=lambda e: e.times.available_at, reverse=True)[:EVIDENCE_OFFERED]
    return QuestionView(
        id=asked.id, href=question_path(asked.id), statement=asked.statement, deadline=day_text(asked.deadline),
        closed=answer is not None, case=(case.title, case_path(case.id)) if case is not None else None,
        case_id=asked.case,
        atoms=tuple(
            Atom(id=a, name=f"p_{i}", rule=rules.get(a, asked.rule if len(asked.atoms) == 2 else ""),
                 came_true=answer is not None and answer.atom == a)
            for i, a in enumerate(asked.atoms)
        ),
        said=tuple(_said(asked, forecasts)), drawing=drawing, drawn=shown, lines=lines,
        outcome="" if answer is None else f"Void: {answer.void_reason}" if answer.atom is None else answer.atom,
        outcome_source=answer.source if answer else "",
        outcome_when=day_text(answer.occurred or answer.at.date()) if answer else "",
        earlier=tuple(
            f"{r.atom or f'void: {r.void_reason}'}, said on {day_text(r.at.date())}. {r.source}".removesuffix(". ")
            for r in earlier
        ),
        evidence=tuple((e.id, e.claim) for e in items),
        can_forecast=case is not None and answer is None,
        as_of=min(case.as_of if case else today, asked.deadline).isoformat(), late=today > asked.deadline,
        postmortem=f"{question_path(asked.id)}/postmortem"
        if answer is not None and answer.atom is not None and case is not None and forecasts else "",
        typed=typed, scenarios=tuple((s.id, s.label) for s in case.scenario_set.scenarios) if case else (),
    )  # fmt: skip


def _said(asked: Question, forecasts: Sequence[tuple[str, Forecast]]) -> list[Said]:
    """Newest first. A revision says what it moved by two points or more."""
    before: dict[str, Forecast] = {}
    count: dict[str, int] = {}
    rows = []
    for digest, f in sorted(forecasts, key=lambda x: (x[1].as_of, x[1].at)):
        old = before.get(f.forecaster)
        count[f.forecaster] = count.get(f.forecaster, 0) + 1
        moved = []
        for a in asked.atoms if old is not None else ():
            change = 100 * (f.distribution[a] - old.distribution[a]) if old is not None else 0.0
            if abs(change) >= 2:
                moved.append(f"{a} {number_text(change, 0, signed=True)}")
        tags = [
            *(["retrospective"] if retrospective(f) else []), *(["imported"] if f.method.startswith(IMPORTED) else []),
        ]  # fmt: skip
        rows.append(
            Said(
                who=f.forecaster, as_of=day_text(f.as_of), at=f.at.isoformat(timespec="minutes"),
                numbers=tuple(f"{100 * f.distribution[a]:.1f}" for a in asked.atoms),
                base=tuple(f"{100 * f.base_rate[a]:.1f}" for a in asked.atoms), method=f.method, note=f.note,
                revision=count[f.forecaster], tags=tuple(tags), digest=digest[:12],
                changes=f"{', '.join(moved)} points" if moved else "less than 2 points" if old is not None else "",
            )
        )  # fmt: skip
        before[f.forecaster] = f
    return rows[::-1]


def _drawn_atom(asked: Question, answer: Resolution | None) -> str:
    """The answer whose chance is drawn: the one that came true, else ``yes``, else the last (the largest event)."""
    if answer is not None and answer.atom is not None:
        return answer.atom
    return "yes" if "yes" in asked.atoms else asked.atoms[-1]


def _draw(asked: Question, forecasts: Sequence[Forecast], atom: str) -> tuple[Markup, tuple[Line, ...]]:
    """Steps over time for up to three forecasters, told apart by solid, dashed and dotted lines."""
    if len({f.as_of for f in forecasts}) < 2:
        return Markup(""), ()
    first = min(f.as_of for f in forecasts)
    days = max((asked.deadline - first).days, 1)
    people = list(dict.fromkeys(f.forecaster for f in forecasts))
    people.sort(key=lambda who: -sum(f.forecaster == who for f in forecasts))

    def x(day: dt.date) -> float:
        return 34 + (LINE_WIDTH - 34) * min((day - first).days / days, 1.0)

    def y(p: float) -> float:
        return 6 + (LINE_HEIGHT - 22) * (1 - p)

    parts = [
        Markup('<path class="gl" d="M34 {0}H{1}"/><text x="30" y="{2}" text-anchor="end">{3}</text>').format(
            f"{y(p):.1f}", LINE_WIDTH, f"{y(p) + 4:.1f}", f"{100 * p:.0f}"
        )
        for p in (0.0, 0.2, 0.55, 0.8, 1.0)
    ]
    lines = []
    for style, who in enumerate(people[:3]):
        mine = sorted((f for f in forecasts if f.forecaster == who), key=lambda f: f.as_of)
        path = ""
        for f in mine:
            at, level = x(f.as_of), y(f.distribution[atom])
            path += f"M{at:.1f} {level:.1f}" if not path else f"H{at:.1f}V{level:.1f}"
        path += f"H{x(asked.deadline):.1f}"
        lines.append(Line(who=who, style=style, path=path))
        parts.append(Markup('<path class="step s{}" d="{}"/>').format(style, path))
        parts += [
            Markup('<circle class="dot s{}" cx="{}" cy="{}" r="2.5"/>').format(
                style, f"{x(f.as_of):.1f}", f"{y(f.distribution[atom]):.1f}"
            )
            for f in mine
        ]
    foot = LINE_HEIGHT - 2
    parts.append(Markup('<text x="34" y="{}">{}</text>').format(foot, day_text(first)))
    parts.append(
        Markup('<text x="{}" y="{}" text-anchor="end">{}</text>').format(LINE_WIDTH, foot, day_text(asked.deadline))
    )
    drawing = Markup('<svg class="said" viewBox="0 0 {} {}" aria-hidden="true">{}</svg>').format(
        int(LINE_WIDTH) + 4, int(LINE_HEIGHT), Markup("").join(parts)
    )
    return drawing, tuple(lines)


# -- post-mortem ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class PostRow:
    """A thing and what it did: towards what happened, the gain without it, the verdict."""

    name: str
    said: str
    towards: str
    gain: str
    verdict: str
    href: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PostmortemView:
    """What led towards the answer and what misled, rerun as of the committed dates."""

    question: str
    href: str
    happened: str
    dates: str
    scenario: str
    first_lines: tuple[str, ...]
    base: str
    evidence: tuple[PostRow, ...]
    conditions: tuple[PostRow, ...]
    groups: tuple[tuple[str, tuple[PostRow, ...]], ...]
    settings: tuple[PostRow, ...]
    note: str
    committed: tuple[tuple[str, str, str, str, str], ...]


def postmortem_view(report: Mapping[str, Any], framework: str) -> PostmortemView:
    """`vedette.workflows.postmortem.postmortem` as rows of text. ``framework``: whose conditions are named."""

    def row(name: str, r: Mapping[str, Any], said: str = "", href: str = "") -> PostRow:
        towards = number_text(r["towards"], 2, signed=True) if "towards" in r else ""
        gain = r["without"]["log_score_gain"] if "without" in r else r["log_score_gain"]
        verdict = r.get("verdict") or ("would have been better" if r["better"] else "")
        return PostRow(name=name, said=said, towards=towards, gain=number_text(gain, 3, signed=True), verdict=verdict,
                       href=href)  # fmt: skip

    case = case_path(report["case"])
    names = condition_names(framework, [r["condition"] for r in report["conditions"]])
    base = report["base_rate"]
    same = {True: "inputs unchanged", False: "case or method changed since", None: ""}
    return PostmortemView(
        question=report["question"], href=question_path(report["question"]), happened=report["happened"],
        dates=", ".join(day_text(d) for d in report["dates"]), scenario=report["scenario"],
        first_lines=tuple(report["first_lines"]),
        base=f"{100 * base['probability']:.0f}\u202f%, {number_text(base['towards'], 2, signed=True)} log-odds towards "
        "what happened",
        evidence=tuple(
            row(r["claim"], r, f"{r['grade']}, {r['attribution']}", f"{case}/evidence?item={r['evidence']}")
            for r in report["evidence"]
        ),
        conditions=tuple(row(names[r["condition"]][1], r) for r in report["conditions"]),
        groups=tuple(
            (title, tuple(row(str(r[key]), r) for r in report[part]))
            for title, part, key in (("Grade", "grades", "group"), ("Kind", "kinds", "group"),
                                     ("Analyst", "analysts", "analyst"))
            if report[part]
        ),
        settings=tuple(row(r["what"], r) for r in report["settings"]),
        note=report["note"],
        committed=tuple(
            (r["forecaster"], day_text(r["as_of"]), number_text(r["scores"]["log_score"], 2),
             number_text(r["base_rate"]["log_score"], 2), same[r["inputs_unchanged"]])
            for r in report["committed"]
        ),
    )  # fmt: skip
