"""The ledger's yes-or-no statements in the shapes other forecasting services use.

A question of ours has several answers; a service asks for yes or no. Each named answer therefore becomes a question of
its own (``QUESTION.ANSWER``), except where there are two answers, which are one question. What a service would refuse
is not written: its own bounds on probabilities are kept, and a void question has no outcome.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from vedette.codec.tables import safe_cell
from vedette.domain.ledger import Forecast, Question, Resolution
from vedette.errors import UnknownName


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """A yes-or-no question with its dated probabilities and what became of it (None: open; "void")."""

    id: str
    text: str
    rule: str
    deadline: dt.date
    series: tuple[tuple[dt.datetime, str, float, float | None], ...]
    outcome: str | None
    resolved: dt.date | None
    source: str


METACULUS_BOUNDS: Final = (0.001, 0.999)
"""Least and most that Metaculus takes on a binary question (its FAQ)."""


def statements(
    questions: Sequence[Question], forecasts: Sequence[Forecast], resolutions: Mapping[str, Resolution]
) -> Iterator[Statement]:
    """Every question as yes-or-no statements, in the order of the ledger."""
    for question in questions:
        two = len(question.atoms) == 2
        done = resolutions.get(question.id)
        for atom in question.atoms[:1] if two else question.atoms:
            outcome = None
            if done is not None:
                outcome = "void" if done.atom is None else ("yes" if done.atom == atom else "no")
            yield Statement(
                id=question.id if two else f"{question.id}.{atom}",
                text=question.statement if two else f"{question.statement} Answer: {atom}?", rule=question.rule,
                deadline=question.deadline,
                series=tuple(
                    (f.at, f.forecaster, f.distribution[atom], f.base_rate.get(atom))
                    for f in forecasts if f.question == question.id
                ),
                outcome=outcome, resolved=(done.occurred or done.at.date()) if done else None,
                source=done.source if done else "",
            )  # fmt: skip


def write_forecasts(found: Sequence[Statement], form: str) -> dict[str, str]:
    """Files by name in the shape of a service; raises `UnknownName` for another than `FORMS`."""
    if form not in FORMS:
        raise UnknownName("format", form, nearest=list(FORMS))
    return FORMS[form](found)


def _plain(found: Sequence[Statement]) -> dict[str, str]:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(
        "question forecaster date probability base_rate statement deadline outcome resolved source".split()
    )
    for s in found:
        outcome = {"yes": "1", "no": "0", "void": "-1"}.get(s.outcome or "", "")
        for at, who, p, base in s.series:
            cells = (s.id, who, at.isoformat(), p, base, s.text, s.deadline.isoformat(), outcome,
                     s.resolved.isoformat() if s.resolved else "", s.source)  # fmt: skip
            writer.writerow([safe_cell(c) for c in cells])
    return {"forecasts.csv": out.getvalue()}


def _metaculus(found: Sequence[Statement]) -> dict[str, str]:
    low, high = METACULUS_BOUNDS
    posts = []
    for s in found:
        history = [
            {"start_time": at.timestamp(), "end_time": None, "centers": [min(max(p, low), high)], "forecaster": who}
            for at, who, p, _ in s.series
        ]
        posts.append(
            {
                "id": s.id, "title": s.text,
                "question": {
                    "type": "binary", "resolution_criteria": s.rule,
                    "scheduled_close_time": _noon(s.deadline), "scheduled_resolve_time": _noon(s.deadline),
                    "actual_resolve_time": _noon(s.resolved) if s.resolved else None,
                    "resolution": {"void": "annulled"}.get(s.outcome or "", s.outcome),
                    "aggregations": {"recency_weighted": {"history": history}},
                },
            }
        )
    return {"metaculus.json": json.dumps({"results": posts}, indent=1, ensure_ascii=False)}


def _good_judgment(found: Sequence[Statement]) -> dict[str, str]:
    asked, given = io.StringIO(), io.StringIO()
    ifps, survey = csv.writer(asked, lineterminator="\n"), csv.writer(given, lineterminator="\n")
    ifps.writerow("ifp_id q_type q_text q_desc q_status options date_to_close date_closed outcome".split())
    survey.writerow("forecast_id user_id ifp_id q_type answer_option value timestamp".split())
    number = 0
    for s in found:
        status = {None: "open", "void": "voided"}.get(s.outcome, "closed")
        letter = {"yes": "a", "no": "b"}.get(s.outcome or "", "")
        closed = s.resolved.isoformat() if s.resolved else ""
        cells = (s.id, "0", s.text, s.rule, status, "(a) Yes, (b) No", s.deadline.isoformat(), closed, letter)
        ifps.writerow([safe_cell(c) for c in cells])
        for at, who, p, _ in s.series:
            number += 1
            for option, value in (("a", p), ("b", 1 - p)):
                survey.writerow(
                    [safe_cell(c) for c in (str(number), who, s.id, "0", option, value, at.isoformat())]
                )
    return {"ifps.csv": asked.getvalue(), "survey_fcasts.csv": given.getvalue()}


def _forecastbench(found: Sequence[Statement]) -> dict[str, str]:
    due = max((at.date() for s in found for at, *_ in s.series), default=None)
    sets: dict[str, list[dict[str, Any]]] = {}
    for s in found:
        for at, who, p, _ in s.series:
            sets.setdefault(who, []).append(
                {"id": s.id, "source": "vedette", "forecast": p, "resolution_date": s.deadline.isoformat(),
                 "reasoning": None, "forecast_due_date": at.isoformat()}
            )  # fmt: skip
    named = {}
    for who, rows in sorted(sets.items()):
        body = {"organization": who, "model": who, "forecast_due_date": due.isoformat() if due else None,
                "question_set": "vedette", "forecasts": rows}  # fmt: skip
        named[f"forecasts.{_file_name(who)}.json"] = json.dumps(body, indent=1, ensure_ascii=False)
    resolved = [
        {"id": s.id, "source": "vedette", "resolved": True, "resolved_to": float(s.outcome == "yes"),
         "resolution_date": s.resolved.isoformat() if s.resolved else None}
        for s in found if s.outcome in ("yes", "no")
    ]  # fmt: skip
    named["resolutions.json"] = json.dumps(
        {"question_set": "vedette", "resolutions": resolved}, indent=1, ensure_ascii=False
    )
    return named


def _file_name(who: str) -> str:
    return "".join(c if c.isascii() and (c.isalnum() or c in "-_") else "_" for c in who)[:60] or "_"


def _noon(day: dt.date) -> str:
    return dt.datetime.combine(day, dt.time(12), dt.UTC).isoformat().replace("+00:00", "Z")


FORMS: Final[Mapping[str, Callable[[Sequence[Statement]], dict[str, str]]]] = {
    "csv": _plain, "metaculus": _metaculus, "good-judgment": _good_judgment, "forecastbench": _forecastbench,
}  # fmt: skip
"""What each shape is written by."""
