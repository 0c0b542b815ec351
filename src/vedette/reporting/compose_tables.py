"""From the facts to the view: tables, map, sources, limits, and the whole brief."""

from __future__ import annotations

from collections import Counter
from typing import Any, Final

from vedette.domain.scenarios import Basis
from vedette.reporting.compose import Composer, sign_of
from vedette.reporting.figures import Facts, Figure, Parts, Sentence
from vedette.reporting.view import BriefView, EvidenceLine, MapView, Row, Source, Table

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
                cells=(what, (f.figure("percent", *at, "probability"),), (f.figure("signed_points", *at, "change"),)),
                sign=sign_of(s["change"]),
            )
        )
    finding: Parts = ("What would change ", c.letter(scenario))
    if rows and abs(rows[0][1]["change"]) >= 0.005:
        finding = (
            "The largest single change puts ", c.letter(scenario), " at ",
            f.figure("percent", "assessment", "sensitivity", rows[0][0], "probability"),
        )  # fmt: skip
    return Table(
        id="changes", finding=finding, heads=("If", f"{c.letter(scenario)} becomes", "Points"), rows=tuple(made),
        empty="Nothing was varied for this assessment.",
    )  # fmt: skip


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
        id="assumptions", finding=("Assumptions, held apart from the evidence",), heads=("Assumption", "If false", "Source"),
        rows=tuple(rows), empty="The case states no assumptions. That is rarely true: add them to the case file.",
    )  # fmt: skip


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
                        (f"{c.letter(s['id'])} ", c.label(s["id"])), c.estimate(*here),
                        (f.figure("signed_points", *here, "difference"),),
                    ),
                    sign=sign_of(other["scenarios"][s["id"]]["difference"]),
                )
            )  # fmt: skip
        largest = max(other["scenarios"], key=lambda k: abs(other["scenarios"][k]["difference"]), default=None)
        finding: Parts = (f.text(*at, "label"),)
        if largest is not None:
            finding = (
                f.text(*at, "label"), ": ", c.letter(largest), " ",
                f.figure("points", *at, "scenarios", largest, "difference"), " against this brief",
            )  # fmt: skip
        tables.append(
            Table(
                id=f"alternative-{i}", finding=finding, heads=("Scenario", "Reading", "Points"), rows=tuple(rows),
                note=(f.text(*at, "explanation"),), empty="No scenario in common.",
                wide=len(f["alternatives"]) < 2,
            )
        )  # fmt: skip
    return tuple(tables)


def base_rate_table(c: Composer) -> Table:
    """Where each question of the tree starts from."""
    f = c.facts
    questions = {x["id"]: i for i, x in enumerate(f["case"]["chances"])}
    rows = []
    for name, b in c.a["base_rates"].items():
        at = ("assessment", "base_rates", name)
        counted: Parts = ("not counted",)
        if b["n"] is not None and b["events"] is not None:
            counted = (f.figure("count", *at, "events"), " of ", f.figure("count", *at, "n"))
        question: Parts = (f.text("case", "chances", questions[name], "question"),) if name in questions else (name,)
        form = "percent1" if b["p"] < 0.1 else "percent"
        rows.append(
            Row(
                cells=(
                    question, (f.figure(form, *at, "p"),),
                    (f.figure("figure", *at, "low"), "–", f.figure("figure", *at, "high")), counted,
                    (f.text(*at, "reference_class"), f" ({_BASIS.get(b['basis'], b['basis'])}). ", f.text(*at, "source")),
                )
            )
        )  # fmt: skip
    stated = sum(b["basis"] == Basis.STATED.value for b in c.a["base_rates"].values())
    note: Parts = ("Rates hold for the time left to the deadline. ",)
    if stated:
        note = (*note, "A stated rate is an assumption: no data set counts that outcome.")
    return Table(
        id="base-rates", finding=("Where each question starts before any evidence",),
        heads=("Question", "Rate", "Range", "Cases", "Class and source"), rows=tuple(rows), note=note,
        empty="No base rate was used.",
    )  # fmt: skip


def analogue_table(c: Composer) -> Table:
    """Named past cases; outcomes later than the cut-off are not shown."""
    f = c.facts
    rows = []
    for i, a in enumerate(c.a["analogues"]):
        at = ("assessment", "analogues", i)
        outcome: Parts = (f.text(*at, "outcome"),) if a["outcome"] is not None else ("later than this date",)
        rows.append(
            Row(cells=(
                (f.text(*at, "name"), ", ", f.text(*at, "year")), (f.figure("similarity", *at, "similarity"),), outcome,
                (f.text(*at, "source"),),
            ))
        )  # fmt: skip
    return Table(
        id="analogues", finding=("Nearest past cases",), heads=("Case", "Likeness", "Outcome", "Source"), rows=tuple(rows),
        note=("Likeness is over the codes of the conditions, coded with hindsight: an illustration, not a rate.",)
        if rows else (),
        empty="No analogues were searched for this assessment.",
    )  # fmt: skip


def crowd_table(c: Composer) -> Table:
    """Dated figures of crowds and markets on their own questions."""
    f = c.facts
    rows = tuple(
        Row(cells=(
            (f.figure("day", "assessment", "crowd", i, "date"),),
            (f.figure("percent", "assessment", "crowd", i, "probability"),),
            (f.text("assessment", "crowd", i, "question"),), (f.text("assessment", "crowd", i, "source"),),
        ))
        for i in range(len(c.a["crowd"]))
    )  # fmt: skip
    return Table(
        id="crowd", finding=("What others said by then",), heads=("Date", "Figure", "Their question", "Source"), rows=rows,
        note=("Their question is not ours: scope and deadline differ. These figures move nothing here.",) if rows else (),
        empty="The case holds no crowd or market figure known by this date.",
    )  # fmt: skip


def rule_table(c: Composer) -> Table:
    """The outcomes that exclude each other, their share, and the rule that decides each."""
    f = c.facts
    places = {a["id"]: i for i, a in enumerate(c.a["atoms"])}
    rows = tuple(
        Row(cells=(
            (f.text("case", "atoms", i, "id"), ": ", f.text("case", "atoms", i, "statement")),
            (f.figure("percent", "assessment", "atoms", places[a["id"]], "probability"),),
            (f.figure("interval", "assessment", "atoms", places[a["id"]], "interval90"),),
            (f.text("case", "atoms", i, "rule"),),
        ))
        for i, a in enumerate(f["case"]["atoms"]) if a["id"] in places
    )  # fmt: skip
    return Table(
        id="rules", finding=("Outcomes that exclude each other, and what decides each",),
        heads=("Outcome", "Rate", "Range", "Rule"), rows=rows,
        note=("Counting profile: ", f.text("case", "threshold_profile")), empty="The case names no outcomes.",
    )  # fmt: skip


def limits(c: Composer) -> tuple[Sentence, ...]:
    """What the estimate cannot say, said."""
    f = c.facts
    out: list[Sentence] = []
    for i, option in enumerate(f["case"]["options"]):
        if len(option["interveners"]) > 1:
            name: Parts = (f.text("case", "options", i, "organisation"),) if option["organisation"] else ("the coalition",)
            out.append(Sentence(parts=(
                "History knows pairs of states only. The starting rate for ", *name, " is that of its lead state.",
            )))  # fmt: skip
    known = [x for x in c.a["conditions"] if x["state"] is not None]
    if len(known) < len(c.a["conditions"]):
        missing = sorted({c.condition_name(x["condition"]) for x in c.a["conditions"] if x["state"] is None})
        out.append(Sentence(parts=(
            "Some condition states are unknown, and unknown is not counted as zero: ", ", ".join(missing), ".",
        )))  # fmt: skip
    if any(b["basis"] == Basis.STATED.value for b in c.a["base_rates"].values()):
        out.append(Sentence(parts=("Some questions of the tree start from a stated rate, because no data set counts them.",)))
    if f["case"]["coding_note"]:
        out.append(Sentence(parts=("On the coding: ", f.text("case", "coding_note"))))
    out.append(Sentence(parts=(
        "The intervals hold what the model draws: base rates, reliability and scales. An error in the tree, or in how the "
        "evidence was coded, lies outside them.",
    )))  # fmt: skip
    out.append(Sentence(parts=("One case neither proves nor refutes a method: n is one.",)))
    quotes = f["case"]["evidence"]
    if any(e["quote"] is None for e in quotes):
        out.append(Sentence(parts=("Some items have no verified quote: their documents have not been supplied.",)))
    return tuple(out)


def map_view(c: Composer) -> MapView | None:
    """The computed distance and the claims held against it."""
    d = c.facts["distance"]
    if d is None:
        return None
    f = c.facts
    finding: Parts = (
        f.figure("km", "distance", "km"), " (", f.figure("miles", "distance", "miles"), ") from ",
        f.text("distance", "from_name"), " to ", f.text("distance", "to_name"),
    )  # fmt: skip
    spread: list[Any] = []
    for i, _ in enumerate(d["by_resolution"]):
        spread += [", " if i else "", f.figure("km", "distance", "by_resolution", i, 1), " at ",
                   f.text("distance", "by_resolution", i, 0)]  # fmt: skip
    points: list[Any] = []
    for i, (_, _, radius, _) in enumerate(d["by_reference_point"]):
        at = ("distance", "by_reference_point", i)
        points += [", " if i else "", f.figure("km", *at, 1), " to ", f.text(*at, 0)]
        if radius:
            points += [" (a circle of ", f.figure("km", *at, 2), " around it)"]
    sentences = (
        Sentence(parts=(
            "Great circle from ", f.figure("coordinates", "distance", "from"), " to ",
            f.figure("coordinates", "distance", "to"), ". ",
        )),
        Sentence(parts=("Over boundary drawings: ", *spread, ".")),
        Sentence(parts=("Over reference points: ", *points, ".")),
        Sentence(parts=("Whole spread over drawings and reference points: ", f.figure("km_span", "distance", "spread"), ".")),
    )  # fmt: skip
    claims = tuple(
        ("Claim ", f.text("distance", "claims", i, "evidence"), ", \u201c", f.text("distance", "claims", i, "claim"),
         "\u201d: ", f.text("distance", "claims", i, "words"), ".")
        for i in range(len(d["claims"]))
    )  # fmt: skip
    marked = []
    for i, sighting in enumerate(d["sightings"]):
        line = c.evidence_line(sighting["evidence"])
        if line is not None:
            marked.append((f.figure("count", "distance", "sightings", i, "number"), line))
    return MapView(svg=f.drawing, finding=finding, sentences=sentences, claims=claims, sightings=tuple(marked))


def sources(c: Composer) -> tuple[Source, ...]:
    """Evidence by source, in order of date; items without a document stand under their publisher."""
    f = c.facts
    documents = {d["id"]: i for i, d in enumerate(f["case"]["documents"])}
    first = c.scenarios[0]["id"]
    weights = {e["id"]: i for i, e in enumerate(c.a["evidence"])}
    groups: dict[tuple[str, str], list[EvidenceLine]] = {}
    for e in f["case"]["evidence"]:
        key = ("document", e["document"]) if e["document"] in documents else ("publisher", e["publisher"] or e["attribution"])
        weight = None
        if e["id"] in weights and first in c.a["evidence"][weights[e["id"]]].get("log_odds", {}):
            weight = f.figure("log_odds", "assessment", "evidence", weights[e["id"]], "log_odds", first)
        line = c.evidence_line(e["id"], None, weight)
        if line is not None:
            groups.setdefault(key, []).append(line)
    out = []
    for (kind, name), items in groups.items():
        if kind == "document":
            at = ("case", "documents", documents[name])
            document = f.at(*at)
            title: Parts = (f.text(*at, "title"),)
            publisher: Parts = (f.text(*at, "publisher"), ", ") if document["publisher"] else ()
            note: Parts = (*publisher, f.figure("day", *at, "published"), ", ", f.text(*at, "kind"))
            url = document["url"] if document["url"].startswith(("https://", "http://")) else ""
        else:
            title = (items[0].publisher or items[0].attribution or "Source not named",)
            note, url = ("no document held",), items[0].url
        out.append(Source(title=title, note=note, url=url, items=tuple(items)))
    return tuple(out)


def excluded(c: Composer) -> tuple[Parts, ...]:
    """What was left out, grouped by reason."""
    f = c.facts
    by_reason: dict[str, list[int]] = {}
    for i, x in enumerate(c.a["excluded"]):
        by_reason.setdefault(x["reason"], []).append(i)
    out: list[Parts] = []
    for _, places in by_reason.items():
        names: list[Any] = []
        for n, i in enumerate(places):
            key = "evidence" if "evidence" in c.a["excluded"][i] else "id"
            names += [", " if n else "", f.text("assessment", "excluded", i, key)]
        out.append((f.text("assessment", "excluded", places[0], "reason"), ": ", *names))
    return tuple(out)


def judgements(c: Composer) -> tuple[Sentence, ...]:
    """The key judgements, from the figures alone."""
    f = c.facts
    out: list[Sentence] = []
    first = c.scenarios[0]["id"]
    if c.binding_of(first):
        out.append(c.binding_sentence(first))
    rows = [(i, r) for i, r in enumerate(c.a["contributions"].get(first, ())) if r["kind"] not in
            ("base_rate", "structure", "residual")]  # fmt: skip
    up = max(rows, key=lambda x: x[1]["log_odds"], default=None)
    down = min(rows, key=lambda x: x[1]["log_odds"], default=None)
    moved: list[Parts] = []
    for found, verb in ((up, " raises it most ("), (down, " lowers it most (")):
        if found is not None and (found[1]["log_odds"] > 0) == (found is up) and found[1]["log_odds"] != 0:
            at = ("assessment", "contributions", first, found[0])
            label: Figure | str = c.names[found[1]["what"]][1] if found[1]["what"] in c.names else f.text(*at, "what")
            moved.append((label, verb, f.figure("log_odds", *at, "log_odds"), ")"))
    if moved:
        from vedette.reporting.compose import join_words

        out.append(Sentence(parts=("Of the evidence on ", c.label(first), ", in log-odds: ", *join_words(moved, "; "), ".")))
    heaviest = max(
        (e for e in enumerate(c.a["evidence"]) if first in e[1].get("log_odds", {})),
        key=lambda e: abs(e[1]["log_odds"][first]), default=None,
    )  # fmt: skip
    if heaviest is not None and (line := c.evidence_line(heaviest[1]["id"])) is not None:
        cites = (line.id,) if line.quote is not None and not line.note else ()
        out.append(Sentence(parts=(
            "The item that weighs most (", f.text("assessment", "evidence", heaviest[0], "id"), ", ",
            f.figure("log_odds", "assessment", "evidence", heaviest[0], "log_odds", first), "): ", *shown(line),
        ), cites=cites))  # fmt: skip
    for i, other in enumerate(f["alternatives"]):
        if first in other["scenarios"]:
            at = ("alternatives", i)
            out.append(Sentence(parts=(
                f.text(*at, "label"), ": ", c.label(first), " is ", *c.estimate(*at, "scenarios", first), ", ",
                f.figure("points", *at, "scenarios", first, "difference"), " against this brief.",
            )))  # fmt: skip
    return tuple(out)


def lede(c: Composer) -> tuple[Sentence, ...]:
    """The answer: the first scenario, then the most probable of the outcomes that exclude each other."""
    f = c.facts
    first = c.scenarios[0]["id"]
    at = ("assessment", "scenarios", 0)
    change: Parts = ()
    if f["previous"] is not None and first in f["previous"]["changes"]:
        change = (", ", f.figure("points", "previous", "changes", first), " since ", f.figure("day", "previous", "as_of"))
    out = [Sentence(parts=(c.label(first), " is ", *c.estimate(*at), *change, "."))]
    atoms = c.a["atoms"]
    best = max(range(len(atoms)), key=lambda i: atoms[i]["probability"])
    statement = ("assessment", "atoms", best)
    if set(c.scenarios[0]["atoms"]) != {atoms[best]["id"]}:
        out.append(Sentence(parts=(
            "Of the outcomes that exclude each other, the largest share (",
            f.figure("percent", *statement, "probability"), ", ", f.figure("interval", *statement, "interval90"), ") goes to: ",
            f.text(*statement, "statement"),
        )))  # fmt: skip
    return tuple(out)


def side(c: Composer) -> tuple[tuple[str, tuple[Parts, ...]], ...]:
    """The side column: question, evidence, change."""
    f = c.facts
    blocks: list[tuple[str, tuple[Parts, ...]]] = []
    decided: list[Parts] = [("Closes ", f.figure("day", "assessment", "deadline"), ".")]
    places = {a["id"]: i for i, a in enumerate(f["case"]["atoms"])}
    for atom in c.scenarios[0]["atoms"][:1]:
        if atom in places:
            decided.append((c.letter(c.scenarios[0]["id"]), ": ", f.text("case", "atoms", places[atom], "rule")))
    blocks.append(("How it is decided", tuple(decided)))
    grades = Counter(e["grade"][:1] for e in f["case"]["evidence"])
    lines: list[Parts] = [
        (f.figure("length", "case", "evidence"), " items from ", f.figure("length", "case", "documents"), " documents; ",
         f.figure("length", "assessment", "evidence"), " move the figure, ",
         f.figure("length", "assessment", "excluded"), " left out with reason."),
    ]  # fmt: skip
    if grades:
        lines.append((
            "Graded A or B: ", f.figure("good_grades", "case", "evidence"), "; C: ", f.figure("c_grades", "case", "evidence"),
            "; D or E: ", f.figure("poor_grades", "case", "evidence"), "; not graded: ",
            f.figure("no_grades", "case", "evidence"), ".",
        ))  # fmt: skip
    blocks.append(("Evidence", tuple(lines)))
    return tuple(blocks)


def build_view(facts: Facts) -> BriefView:
    """The whole brief from its facts. Pure; raises KeyError when the facts lack what a brief prints."""
    c = Composer(facts)
    f, a = facts, facts["assessment"]
    first = a["scenarios"][0]["id"]
    explained = c.explained()
    tables = [
        change_table(c, first), assumption_table(c), *alternative_tables(c), base_rate_table(c), analogue_table(c),
        crowd_table(c), rule_table(c),
    ]  # fmt: skip
    n = len(a["scenarios"])
    shape = "overlap where they share outcomes" if c.overlapping() else "cannot overlap"
    note: Parts = ("They need not sum to a hundred.",) if c.overlapping() else ()
    return BriefView(
        title=f.text("assessment", "title"), question=f.text("assessment", "question"), case=f.text("assessment", "case"),
        as_of=f.figure("day", "assessment", "as_of"),
        reading=("Framework ", f.text("assessment", "framework"), ", ", f.text("assessment", "mode"), " mode, method ",
                 f.text("assessment", "method")),
        closes=("Closes ", f.figure("day", "assessment", "deadline")),
        lede=lede(c), judgements=judgements(c),
        notes=tuple(Sentence(parts=(f.text("notes", i, "text"),), cites=tuple(note_["cites"]))
                    for i, note_ in enumerate(f["notes"])),
        confidence=Sentence(parts=("Confidence: ", f.text("assessment", "confidence", "level"), ".")),
        confidence_reasons=tuple(f.text("assessment", "confidence", "reasons", i)
                                 for i in range(len(a["confidence"]["reasons"]))),
        side=side(c), scenarios=c.scenario_rows(),
        scenario_finding=(f"{'Two' if n == 2 else 'Three' if n == 3 else 'Four' if n == 4 else 'The'} scenarios {shape}",)
        if n > 1 else ("One scenario",),
        scenario_note=note,
        previous=("Change since ", f.figure("day", "previous", "as_of")) if f["previous"] else (),
        conditions=tuple(t for s in c.with_conditions() if (t := c.condition_table(s)) is not None),
        waterfalls=tuple(w for s in explained if (w := c.waterfall(s)) is not None),
        map=map_view(c), map_missing="" if f["distance"] else "No distance was computed: the case names no host and no "
        "target capital that could be placed.",
        tables=tuple(tables),
        warnings=tuple(f.text("assessment", "warnings", i) for i in range(len(a["warnings"]))),
        limits=limits(c), sources=sources(c), excluded=excluded(c),
        foot=("Inputs ", f.figure("digest", "assessment", "inputs_digest"), ", vedette ", f.text("assessment", "version"),
              ", ", f.figure("count", "assessment", "draws"), " draws"),
        command=("vedette verify",),
    )  # fmt: skip
