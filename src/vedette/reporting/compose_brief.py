"""From the facts to the view: the answer, judgements, map, sources, limits, and the whole brief."""

from __future__ import annotations

import datetime as dt
from typing import Any

from vedette.domain.scenarios import Basis
from vedette.reporting.compose import Composer, join_words
from vedette.reporting.compose_analysts import analyst_tables
from vedette.reporting.compose_indicators import indicator_tables
from vedette.reporting.compose_tables import (
    alternative_tables,
    analogue_table,
    assumption_table,
    base_rate_table,
    change_table,
    crowd_table,
    opinion_table,
    rule_table,
    shown,
    timeline_table,
    watch_table,
)
from vedette.reporting.figures import Facts, Figure, Parts, Sentence
from vedette.reporting.sections import SECTIONS, select
from vedette.reporting.view import BriefView, EvidenceLine, Line, MapView, Source, Timeline


def limits(c: Composer) -> tuple[Sentence, ...]:
    """What the estimate cannot say, said."""
    f = c.facts
    out: list[Sentence] = []
    for i, option in enumerate(f["case"]["options"]):
        if len(option["interveners"]) > 1:
            name: Parts = (
                (f.text("case", "options", i, "organisation"),) if option["organisation"] else ("the coalition",)
            )
            out.append(
                Sentence(
                    parts=(
                        "History knows pairs of states only. The starting rate for ",
                        *name,
                        " is that of its lead state.",
                    )
                )
            )
    for scenario in c.with_conditions():
        rows = [x for x in c.a["conditions"] if x["scenario"] == scenario]
        told = {x["condition"] for x in rows if x["state"] is not None}
        unknown = list(dict.fromkeys(c.condition_name(x["condition"]) for x in rows if x["condition"] not in told))
        if unknown:
            out.append(
                Sentence(
                    parts=(
                        c.label(scenario),
                        ": unknown, and not counted as zero: ",
                        "; ".join(unknown),
                        ".",
                    )
                )
            )
    if any(b["basis"] == Basis.STATED.value for b in c.a["base_rates"].values()):
        out.append(
            Sentence(
                parts=("Some questions of the tree start from a stated rate, because no data set counts them.",)
            )
        )
    if f["case"]["coding_note"]:
        out.append(Sentence(parts=("On the coding: ", f.text("case", "coding_note"))))
    out.append(
        Sentence(
            parts=(
                "The intervals hold what the model draws: base rates, reliability and scales. An error in the tree, "
                "or in how the evidence was coded, lies outside them.",
            )
        )
    )
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
        f.figure("km", "distance", "km"),
        " (",
        f.figure("miles", "distance", "miles"),
        ") from ",
        f.text("distance", "from_name"),
        " to ",
        f.text("distance", "to_name"),
    )
    spread: list[Any] = []
    for i, _ in enumerate(d["by_resolution"]):
        spread += [
            ", " if i else "",
            f.figure("km", "distance", "by_resolution", i, 1),
            " at ",
            f.text("distance", "by_resolution", i, 0),
        ]
    points: list[Any] = []
    for i, (_, _, radius, _) in enumerate(d["by_reference_point"]):
        at = ("distance", "by_reference_point", i)
        points += [", " if i else "", f.figure("km", *at, 1), " to ", f.text(*at, 0)]
        if radius:
            points += [" (a circle of ", f.figure("km", *at, 2), " around it)"]
    sentences = (
        Sentence(
            parts=(
                "Great circle from ",
                f.figure("coordinates", "distance", "from"),
                " to ",
                f.figure("coordinates", "distance", "to"),
                ". ",
            )
        ),
        Sentence(parts=("Over boundary drawings: ", *spread, ".")),
        Sentence(parts=("Over reference points: ", *points, ".")),
        Sentence(
            parts=(
                "Whole spread over drawings and reference points: ",
                f.figure("km_span", "distance", "spread"),
                ".",
            )
        ),
    )
    claims = tuple(
        (
            "Claim ",
            f.text("distance", "claims", i, "evidence"),
            ", \u201c",
            f.text("distance", "claims", i, "claim"),
            "\u201d: ",
            f.text("distance", "claims", i, "words"),
            ".",
        )
        for i in range(len(d["claims"]))
    )
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
        key = (
            ("document", e["document"])
            if e["document"] in documents
            else ("publisher", e["publisher"] or e["attribution"])
        )
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
            title = (items[0].publisher or items[0].attribution,) if name else ("Source not named",)
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


def timeline(c: Composer) -> Timeline | None:
    """The line of the first scenario: what was known on each date gives the figure of that date."""
    f = c.facts
    points = f.data.get("timeline") or []
    if not points:
        return None
    days = [dt.date.fromisoformat(p["as_of"]).toordinal() for p in points]
    last = len(points) - 1
    lines = tuple(
        (
            (day - days[0]) / (days[-1] - days[0]),
            Line(
                value=p["probability"],
                inner=(p["interval50"][0], p["interval50"][1]),
                outer=(p["interval90"][0], p["interval90"][1]),
            ),
        )
        for day, p in zip(days, points, strict=True)
    )
    finding = Sentence(
        parts=(
            c.label(c.scenarios[0]["id"]),
            ": ",
            f.figure("percent", "timeline", 0, "probability"),
            " on ",
            f.figure("day", "timeline", 0, "as_of"),
            ", ",
            f.figure("percent", "timeline", last, "probability"),
            " on ",
            f.figure("day", "timeline", last, "as_of"),
            ".",
        )
    )
    spoken = "; ".join(
        f"{f.figure('day', 'timeline', i, 'as_of').text} {f.figure('percent', 'timeline', i, 'probability').text}, "
        f"{f.figure('interval', 'timeline', i, 'interval90').text}"
        for i in range(len(points))
    )
    return Timeline(
        finding=finding,
        points=lines,
        top=min(1.0, max(p["interval90"][1] for p in points) + 0.03),
        first=f.figure("day", "timeline", 0, "as_of"),
        last=f.figure("day", "timeline", last, "as_of"),
        alternative=spoken,
    )


def judgements(c: Composer) -> tuple[Sentence, ...]:
    """The key judgements, from the figures alone."""
    f = c.facts
    out: list[Sentence] = []
    first = c.scenarios[0]["id"]
    if c.binding_of(first):
        out.append(c.binding_sentence(first))
    rows = [
        (i, r)
        for i, r in enumerate(c.a["contributions"].get(first, ()))
        if r["kind"] not in ("base_rate", "structure", "residual")
    ]
    up = max(rows, key=lambda x: x[1]["log_odds"], default=None)
    down = min(rows, key=lambda x: x[1]["log_odds"], default=None)
    moved: list[Parts] = []
    for found, verb in ((up, " raises it most ("), (down, " lowers it most (")):
        if found is not None and (found[1]["log_odds"] > 0) == (found is up) and found[1]["log_odds"] != 0:
            at = ("assessment", "contributions", first, found[0])
            label: Figure | str = (
                c.names[found[1]["what"]][1] if found[1]["what"] in c.names else f.text(*at, "what")
            )
            moved.append((label, verb, f.figure("log_odds", *at, "log_odds"), ")"))
    if moved:
        out.append(Sentence(parts=(c.label(first), ", in log-odds: ", *join_words(moved, "; "), ".")))
    heaviest = max(
        (e for e in enumerate(c.a["evidence"]) if first in e[1].get("log_odds", {})),
        key=lambda e: abs(e[1]["log_odds"][first]),
        default=None,
    )
    if heaviest is not None and (line := c.evidence_line(heaviest[1]["id"])) is not None:
        cites = (line.id,) if line.quote is not None and not line.note else ()
        out.append(
            Sentence(
                parts=(
                    "The item that weighs most (",
                    f.text("assessment", "evidence", heaviest[0], "id"),
                    ", ",
                    f.figure("log_odds", "assessment", "evidence", heaviest[0], "log_odds", first),
                    "): ",
                    *shown(line),
                ),
                cites=cites,
            )
        )
    out += what_if_sentences(c, first)
    for i, other in enumerate(f["alternatives"]):
        if first in other["scenarios"]:
            here = ("alternatives", i)
            out.append(
                Sentence(
                    parts=(
                        f.text(*here, "label"),
                        " on ",
                        c.letter(first),
                        ": ",
                        *c.estimate(*here, "scenarios", first),
                        ", ",
                        f.figure("points", *here, "scenarios", first, "difference"),
                        " against this brief.",
                    )
                )
            )
    return tuple(out)


def what_if_sentences(c: Composer, scenario: str) -> list[Sentence]:
    """The premortem of a scenario, and the smallest change that reorders the scenarios."""
    f = c.facts
    out: list[Sentence] = []
    steps = c.a.get("premortem", {}).get(scenario, ())
    if steps:
        path = [
            (
                c.condition_name(s["condition"]),
                " met (",
                f.figure("percent", "assessment", "premortem", scenario, i, "probability"),
                ")",
            )
            for i, s in enumerate(steps)
        ]
        out.append(
            Sentence(
                parts=(
                    "Suppose it came: the cheapest path to ",
                    c.letter(scenario),
                    " is ",
                    *join_words(path, ", then "),
                    ".",
                )
            )
        )
    flip = c.a.get("flip")
    if flip is not None and flip["scenario"] in c.place and flip["over"] in c.place:
        out.append(
            Sentence(
                parts=(
                    "Smallest change that puts ",
                    c.letter(flip["scenario"]),
                    " above ",
                    c.letter(flip["over"]),
                    ": ",
                    c.condition_name(flip["condition"]),
                    " at ",
                    f.figure("state", "assessment", "flip", "level"),
                    " on its scale, moved by ",
                    f.figure("similarity", "assessment", "flip", "moved_by"),
                    ".",
                )
            )
        )
    return out


def lede(c: Composer) -> tuple[Sentence, ...]:
    """The answer: the first scenario, then the most probable of the outcomes that exclude each other."""
    f = c.facts
    first = c.scenarios[0]["id"]
    at = ("assessment", "scenarios", 0)
    change: Parts = ()
    if f["previous"] is not None and first in f["previous"]["changes"]:
        change = (
            ", ",
            f.figure("points", "previous", "changes", first),
            " since ",
            f.figure("day", "previous", "as_of"),
        )
    out = [Sentence(parts=(c.label(first), ": ", *c.estimate(*at), *change, "."))]
    atoms = c.a["atoms"]
    best = max(range(len(atoms)), key=lambda i: atoms[i]["probability"])
    statement = ("assessment", "atoms", best)
    if set(c.scenarios[0]["atoms"]) != {atoms[best]["id"]}:
        out.append(
            Sentence(
                parts=(
                    "Of the outcomes that exclude each other, the largest share (",
                    f.figure("percent", *statement, "probability"),
                    ", ",
                    f.figure("interval", *statement, "interval90"),
                    ") goes to: ",
                    f.text(*statement, "statement"),
                )
            )
        )
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
    lines: list[Parts] = [
        (
            f.figure("length", "case", "evidence"),
            " items from ",
            f.figure("length", "case", "documents"),
            " documents; ",
            f.figure("length", "assessment", "evidence"),
            " move the figure, ",
            f.figure("length", "assessment", "excluded"),
            " left out with reason.",
        ),
    ]
    if f["case"]["waiting"]:
        waiting: Parts = (f.figure("count", "case", "waiting"), " proposed, waiting for review: they move nothing.")
        lines.append(waiting)
    if f["case"]["evidence"]:
        lines.append(
            (
                "Graded A or B: ",
                f.figure("good_grades", "case", "evidence"),
                "; C: ",
                f.figure("c_grades", "case", "evidence"),
                "; D or E: ",
                f.figure("poor_grades", "case", "evidence"),
                "; not graded: ",
                f.figure("no_grades", "case", "evidence"),
                ".",
            )
        )
    blocks.append(("Evidence", tuple(lines)))
    handling: list[Parts] = [("Marked ", f.text("handling", "mark"), ".")]
    if f["handling"]["withheld"]:
        handling.append(
            (
                f.figure("count", "handling", "withheld"),
                " items above ",
                f.text("handling", "audience"),
                ": they count in the figures, their text is withheld.",
            )
        )
    blocks.append(("Handling", tuple(handling)))
    return tuple(blocks)


def build_view(facts: Facts) -> BriefView:
    """The brief from its facts, with the sections its request asks for. Pure; raises KeyError when the facts lack what
    a brief prints."""
    c = Composer(facts)
    f, a = facts, facts["assessment"]
    first = a["scenarios"][0]["id"]
    explained = c.explained()
    tables = [
        change_table(c, first),
        watch_table(c, first),
        *indicator_tables(c),
        assumption_table(c),
        *alternative_tables(c),
        base_rate_table(c),
        analogue_table(c),
        *analyst_tables(c),
        crowd_table(c),
        opinion_table(c),
        rule_table(c),
        *([line] if (line := timeline_table(c)) is not None else []),
    ]
    n = len(a["scenarios"])
    shape = "overlap where they share outcomes" if c.overlapping() else "cannot overlap"
    note: Parts = ("They need not sum to a hundred.",) if c.overlapping() else ()
    whole = BriefView(
        title=f.text("assessment", "title"),
        question=f.text("assessment", "question"),
        case=f.text("assessment", "case"),
        mark=f.text("handling", "mark"),
        as_of=f.figure("day", "assessment", "as_of"),
        reading=(
            "Framework ",
            f.text("assessment", "framework"),
            ", ",
            f.text("assessment", "mode"),
            " mode, method ",
            f.text("assessment", "method"),
        ),
        closes=("Closes ", f.figure("day", "assessment", "deadline")),
        lede=lede(c),
        judgements=judgements(c),
        notes=tuple(
            Sentence(parts=(f.text("notes", i, "text"),), cites=tuple(note_["cites"]))
            for i, note_ in enumerate(f["notes"])
        ),
        confidence=Sentence(parts=("Confidence: ", f.text("assessment", "confidence", "level"), ".")),
        confidence_reasons=tuple(
            f.text("assessment", "confidence", "reasons", i) for i in range(len(a["confidence"]["reasons"]))
        ),
        side=side(c),
        scenarios=c.scenario_rows(),
        scenario_finding=(
            f"{'Two' if n == 2 else 'Three' if n == 3 else 'Four' if n == 4 else 'The'} scenarios {shape}",
        )
        if n > 1
        else ("One scenario",),
        scenario_note=note,
        previous=("Change since ", f.figure("day", "previous", "as_of")) if f["previous"] else (),
        conditions=tuple(t for s in c.with_conditions() if (t := c.condition_table(s)) is not None),
        waterfalls=tuple(w for s in explained if (w := c.waterfall(s)) is not None),
        timeline=timeline(c),
        map=map_view(c),
        map_missing=() if f["distance"] else ("No distance was computed: ", f.text("distance_missing"), "."),
        tables=tuple(tables),
        warnings=tuple(
            f.text("assessment", "warnings", i)
            for i, w in enumerate(a["warnings"])
            if w != f["case"]["coding_note"]
        ),  # said under the limits
        limits=limits(c),
        sources=sources(c),
        excluded=excluded(c),
        foot=(
            "Inputs ",
            f.figure("digest", "assessment", "inputs_digest"),
            ", vedette ",
            f.text("assessment", "version"),
            ", ",
            f.figure("count", "assessment", "draws"),
            " draws",
        ),
        command=("vedette verify",),
        sections=frozenset(SECTIONS),
    )
    return select(whole, f["request"].get("sections", ()))
