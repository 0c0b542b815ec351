"""The section on analysts: what each said, what their record weighs, and whether the pool was extremised."""

from __future__ import annotations

from collections.abc import Iterator

from vedette.reporting.compose import Composer
from vedette.reporting.figures import Parts
from vedette.reporting.view import Row, Table


def analyst_tables(c: Composer) -> Iterator[Table]:
    """One table, of the first scenario; none when nobody judged."""
    judged = c.a.get("judgments")
    if not judged:
        return
    f, at = c.facts, ("assessment", "judgments")
    first = c.scenarios[0]["id"]
    persons = {p["analyst"]: i for i, p in enumerate(judged["persons"])}
    rows = []
    for i, s in enumerate(judged["record"]["skills"]):
        skill = (*at, "record", "skills", i)
        n = persons.get(s["analyst"])
        person = (*at, "persons", n) if n is not None else None
        said: Parts = ("no probability",)
        weight = f.figure("similarity", *skill, "weight")
        seen: Parts = ("",)
        if person is not None and n is not None:
            said = (f.figure("percent", *person, "repaired", "scenarios", first),)
            weight = f.figure("similarity", *person, "weight")
            seen = ("yes, so half",) if judged["persons"][n]["saw_model"] else ("no",)
        scored = s["questions"] > 0
        rows.append(
            Row(
                cells=(
                    (f.text(*skill, "analyst"),),
                    said,
                    seen,
                    (weight,),
                    (f.figure("count", *skill, "questions"),),
                    (
                        f.figure("similarity", *skill, "log_score"),
                        " (",
                        f.figure("similarity", *skill, "base_rate"),
                        ")",
                    )
                    if scored
                    else ("none yet",),
                )
            )
        )
    yield Table(
        id="analysts",
        finding=("What analysts said of ", c.letter(first)),
        heads=("Analyst", "Said", "Saw the model", "Weight", "Questions before", "Log score (base rate)"),
        rows=tuple(rows),
        note=("Weights come from questions that were closed and recorded by this date. ", "The pool is ",
              f.text(*at, "record", "why"), "."),
    )  # fmt: skip
