"""From the facts to the view: the small tables."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from vedette.domain.scenarios import Basis
from vedette.reporting.compose import Composer, sign_of
from vedette.reporting.figures import Parts
from vedette.reporting.view import EvidenceLine, Row, Table

# Rows of "what would change it" shown: beyond these the changes are small. [assumption]
CHANGES_SHOWN: Final = 10

_BASIS: Final = {
    Basis.STRUCTURE.value: "structure of the pair of states",
    Basis.CRISIS.value: "crises",
    Basis.BUILD_UP.value: "build-ups",
    Basis.STATED.value: "stated, not counted",
}


def change_table(c: Composer, scenario: str) -> Table:
    """What would move the first scenario, one input at a time, by size."""
    f = c.facts
    rows = [(i, s) for i, s in enumerate(c.a["sensitivity"]) if s["scenario"] == scenario]
    rows.sort(key=lambda x: -abs(x[1]["change"]))
    made = []
    for i, s in rows[:CHANGES_SHOWN]:
        at = ("assessment", "sensitivity", i)
        what: Parts = (f.text(*at, "what"),)
        if s["evidence"] and (line := c.evidence_line(s["evidence"][0], scenario)) is not None:
            what = (*what, ": ", *shown(line))
        made.append(
            Row(
                cells=(
                    what,
                    (f.figure("percent", *at, "probability"),),
                    (f.figure("signed_points", *at, "change"),),
                ),
                sign=sign_of(s["change"]),
            )
        )
    finding: Parts = ("What would change ", c.letter(scenario))
    if rows and abs(rows[0][1]["change"]) >= 0.005:
        finding = (
            "The largest single change puts ",
            c.letter(scenario),
            " at ",
            f.figure("percent", "assessment", "sensitivity", rows[0][0], "probability"),
        )
    return Table(
        id="changes",
        finding=finding,
        heads=("If", f"{c.letter(scenario)} becomes", "Points"),
        rows=tuple(made),
        empty="Nothing was varied for this assessment.",
    )


def shown(line: EvidenceLine) -> Parts:
    """An item in running text: our words, or its quote in quotation marks."""
    if line.claim is not None:
        return (line.claim,)
    return ("\u201c", line.quote, "\u201d") if line.quote is not None else ("text withheld",)


def assumption_table(c: Composer) -> Table:
    """Assumptions, apart from information."""
    f = c.facts
    rows = []
    for i, a in enumerate(f["case"]["assumptions"]):
        at = ("case", "assumptions", i)
        if_false: Parts = (f.text(*at, "if_false"),) if a["if_false"] else ("not worked out",)
        source: Parts = (f.text(*at, "source"),) if a["source"] else ("none given",)
        rows.append(Row(cells=((f.text(*at, "statement"),), if_false, source)))
    return Table(
        id="assumptions",
        finding=("Assumptions, held apart from the evidence",),
        heads=("Assumption", "If false", "Source"),
        rows=tuple(rows),
        empty="The case states no assumptions. That is rarely true: add them to the case file.",
    )


def alternative_tables(c: Composer) -> tuple[Table, ...]:
    """The same case read another way, one table a reading."""
    f = c.facts
    tables = []
    for i, other in enumerate(f["alternatives"]):
        at = ("alternatives", i)
        rows = []
        for s in c.scenarios:
            if s["id"] not in other["scenarios"]:
                continue
            here = (*at, "scenarios", s["id"])
            rows.append(
                Row(
                    cells=(
                        (f"{c.letter(s['id'])} ", c.label(s["id"])),
                        c.estimate(*here),
                        (f.figure("signed_points", *here, "difference"),),
                    ),
                    sign=sign_of(other["scenarios"][s["id"]]["difference"]),
                )
            )
        largest = max(other["scenarios"], key=lambda k: abs(other["scenarios"][k]["difference"]), default=None)
        finding: Parts = (f.text(*at, "label"),)
        if largest is not None:
            finding = (
                f.text(*at, "label"),
                ": ",
                c.letter(largest),
                " ",
                f.figure("points", *at, "scenarios", largest, "difference"),
                " against this brief",
            )
        tables.append(
            Table(
                id=f"alternative-{i}",
                finding=finding,
                heads=("Scenario", "Reading", "Points"),
                rows=tuple(rows),
                note=(f.text(*at, "explanation"),),
                empty="No scenario in common.",
                wide=len(f["alternatives"]) < 2,
            )
        )
    return tuple(tables)


def base_rate_table(c: Composer) -> Table:
    """Where each question of the tree starts from: the class used, then the wider ones it is nested in."""
    f = c.facts
    questions = {x["id"]: i for i, x in enumerate(f["case"]["chances"])}
    rows: list[Row] = []
    stated = False
    for name, used in c.a["base_rates"].items():
        question: Parts = (
            (f.text("case", "chances", questions[name], "question"),) if name in questions else (name,)
        )
        rows.append(_rate_row(c, question, ("assessment", "base_rates", name), used))
        stated = stated or used["basis"] == Basis.STATED.value
        for i, wider in enumerate(c.a.get("reference_classes", {}).get(name, ())):
            if wider["reference_class"] != used["reference_class"]:
                rows.append(
                    _rate_row(c, ("\u2003wider class",), ("assessment", "reference_classes", name, i), wider)
                )
    note: Parts = ("Rates hold for the time left to the deadline; the most specific class that holds is used. ",)
    if stated:
        note = (*note, "A stated rate is an assumption: no data set counts that outcome.")
    return Table(
        id="base-rates",
        finding=("Where each question starts before any evidence",),
        heads=("Question", "Rate", "Range", "Cases", "Class and source"),
        rows=tuple(rows),
        note=note,
        empty="No base rate was used.",
    )


def _rate_row(c: Composer, question: Parts, at: tuple[str | int, ...], b: Mapping[str, Any]) -> Row:
    f = c.facts
    counted: Parts = ("not counted",)
    if b["n"] is not None and b["events"] is not None:
        counted = (f.figure("count", *at, "events"), " of ", f.figure("count", *at, "n"))
    form = "percent1" if b["p"] < 0.1 else "percent"
    return Row(
        cells=(
            question,
            (f.figure(form, *at, "p"),),
            (f.figure("rate_range", *at),),
            counted,
            (f.text(*at, "reference_class"), f" ({_BASIS.get(b['basis'], b['basis'])}). ", f.text(*at, "source")),
        )
    )


def watch_table(c: Composer, scenario: str) -> Table:
    """Observations that would move the scenario most, by expected move."""
    f = c.facts
    rows = []
    for i, o in enumerate(c.a.get("worth_looking", ())):
        if o["scenario"] != scenario:
            continue
        at = ("assessment", "worth_looking", i)
        lead: Parts = (
            (f.figure("count", *at, "lead_time_days"), " days") if o["lead_time_days"] else ("not stated",)
        )
        seen: Parts = (f.figure("percent", *at, "if_present"),)
        rows.append(
            Row(
                cells=(
                    (f.text(*at, "observable"), f" ({c.condition_name(o['condition'])})"),
                    seen,
                    (f.figure("percent", *at, "if_absent"),),
                    lead,
                    (f.text(*at, "collection"),),
                )
            )
        )
    return Table(
        id="watch",
        finding=("What to look for: the observations that would move ", c.letter(scenario), " most"),
        heads=("Observation", "If seen", "If not seen", "Lead", "Where to look"),
        rows=tuple(rows),
        note=("The weight of each observation is the framework\u2019s, not yet measured.",) if rows else (),
        empty="No indicator of the framework was ranked for this assessment.",
    )


def analogue_table(c: Composer) -> Table:
    """Named past cases; outcomes later than the cut-off are not shown."""
    f = c.facts
    rows = []
    for i, a in enumerate(c.a["analogues"]):
        at = ("assessment", "analogues", i)
        outcome: Parts = (f.text(*at, "outcome"),) if a["outcome"] is not None else ("later than this date",)
        rows.append(
            Row(
                cells=(
                    (f.text(*at, "name"), ", ", f.text(*at, "year")),
                    (f.figure("similarity", *at, "similarity"),),
                    outcome,
                    (f.text(*at, "source"),),
                )
            )
        )
    return Table(
        id="analogues",
        finding=("Nearest past cases",),
        heads=("Case", "Likeness", "Outcome", "Source"),
        rows=tuple(rows),
        note=("Likeness is over the codes of the conditions, coded with hindsight: an illustration, not a rate.",)
        if rows
        else (),
        empty="No analogues were searched for this assessment.",
    )


def crowd_table(c: Composer) -> Table:
    """Dated figures of crowds and markets on their own questions."""
    f = c.facts
    rows = tuple(
        Row(
            cells=(
                (f.figure("day", "assessment", "crowd", i, "date"),),
                (f.figure("percent", "assessment", "crowd", i, "probability"),),
                (f.text("assessment", "crowd", i, "question"),),
                (f.text("assessment", "crowd", i, "source"),),
                (f.text("assessment", "crowd", i, "verdict"),) if "verdict" in row else ("not checked",),
            )
        )
        for i, row in enumerate(c.a["crowd"])
    )
    return Table(
        id="crowd",
        finding=("What others said by then",),
        heads=("Date", "Figure", "Their question", "Source", "Held against ours"),
        rows=rows,
        note=("Polarity, scope and deadline are held against ours. These figures move nothing here.",)
        if rows
        else (),
        empty="The case holds no crowd or market figure known by this date.",
    )


def opinion_table(c: Composer) -> Table:
    """Forecasts and judgements of others in the evidence, with the ranges a standard gives their words."""
    f = c.facts
    rows = []
    for i, e in enumerate(f["case"]["evidence"]):
        if e["kind"] not in ("forecast", "judgement", "argument"):
            continue
        at = ("case", "evidence", i)
        line = c.evidence_line(e["id"])
        assert line is not None
        words: list[Any] = []
        for n, w in enumerate(e["wording"]):
            words += ["; " if n else "", "\u201c", f.text(*at, "wording", n, "text"), "\u201d: "]
            words += ["no range" if w["range"] is None else f.figure("interval", *at, "wording", n, "range")]
        rows.append(
            Row(
                cells=(
                    (f.text(*at, "id"),),
                    (f.text(*at, "attribution"), ", ", f.figure("day", *at, "available")),
                    shown(line),
                    tuple(words) or ("none",),
                )
            )
        )
    return Table(
        id="opinions",
        finding=("What others foresaw, in their words; it moves nothing here",),
        heads=("Item", "Who", "What", "Estimative words"),
        rows=tuple(rows),
        note=(
            "Ranges, in per cent, are those a published standard gives the word (the scale above, Kent, PHIA). "
            "They are our "
            "reading of the author, not our estimate.",
        )
        if rows
        else (),
        empty="The case holds no forecast or judgement of others.",
    )


def timeline_table(c: Composer) -> Table | None:
    """The first scenario on each date, with its change from the date before."""
    f = c.facts
    rows = []
    for i, p in enumerate(f.data.get("timeline") or ()):
        at = ("timeline", i)
        change: Parts = () if p["change"] is None else (f.figure("signed_points", *at, "change"),)
        rows.append(
            Row(
                cells=(
                    (f.figure("day", *at, "as_of"),),
                    (f.figure("percent", *at, "probability"),),
                    (f.figure("interval", *at, "interval90"),),
                    change,
                ),
                sign="" if p["change"] is None else sign_of(p["change"]),
            )
        )
    if not rows:
        return None
    return Table(
        id="timeline",
        finding=(c.letter(c.scenarios[0]["id"]), " by date"),
        heads=("Date", "Estimate", "Range", "Points"),
        rows=tuple(rows),
    )


def rule_table(c: Composer) -> Table:
    """The outcomes that exclude each other, their share, and the rule that decides each."""
    f = c.facts
    places = {a["id"]: i for i, a in enumerate(c.a["atoms"])}
    rows = tuple(
        Row(
            cells=(
                (f.text("case", "atoms", i, "id"), ": ", f.text("case", "atoms", i, "statement")),
                (f.figure("percent", "assessment", "atoms", places[a["id"]], "probability"),),
                (f.figure("interval", "assessment", "atoms", places[a["id"]], "interval90"),),
                (f.text("case", "atoms", i, "rule"),),
            )
        )
        for i, a in enumerate(f["case"]["atoms"])
        if a["id"] in places
    )
    return Table(
        id="rules",
        finding=("Outcomes that exclude each other, and what decides each",),
        heads=("Outcome", "Share", "Range", "Rule"),
        rows=rows,
        note=("Counting profile: ", f.text("case", "threshold_profile")),
        empty="The case names no outcomes.",
    )
