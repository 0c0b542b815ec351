"""The brief as Markdown, from the same view model: for mail, git and other programs."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from typing import Final

from vedette.reporting.figures import Facts, Part, Parts, Sentence, plain
from vedette.reporting.view import BriefView, ConditionTable, EvidenceLine, Table, Waterfall

OPEN: Final = "<!-- vedette-facts "
CLOSE: Final = " -->"

_SPECIAL: Final = re.compile(r"([\\`*_{}\[\]<>#|~])")


def md(parts: Parts | Part | Sentence) -> str:
    """Text with Markdown's own characters escaped: text of others stays text."""
    return _SPECIAL.sub(r"\\\1", plain(parts)).replace("\n", " ")


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    yield "| " + " | ".join(heads) + " |"
    yield "|" + "---|" * len(heads)
    for row in rows:
        yield "| " + " | ".join(row) + " |"


def _item(e: EvidenceLine) -> str:
    said = " ".join(
        x
        for x in (
            md(e.claim) if e.claim else "",
            f"\u201c{md(e.quote)}\u201d" if e.quote else "",
            f"({e.note})" if e.note else "",
            f"({md(e.said)})" if e.said else "",
        )
        if x
    )
    publisher = f"; {md(e.publisher)}" if e.publisher else ""
    weight = f", {md(e.weight)} in log-odds" if e.weight else ""
    link = f", <{e.url}>" if e.url and not re.search(r"[\s<>]", e.url) else ""
    meta = f"{md(e.attribution)}{publisher}, {md(e.day)}, grade {md(e.grade)}{weight}{link}"
    return f"{e.sign} **{md(e.id)}** {said} {meta}"


def _scenarios(v: BriefView) -> Iterator[str]:
    yield f"## {md(v.scenario_finding)}"
    yield ""
    rows = [
        [
            s.letter,
            md(s.label),
            md(s.word),
            f"{md(s.probability)} %",
            md(s.interval),
            md(s.base) if s.base else "not known",
            f"{s.sign} {md(s.change)}".strip() if s.change else "",
        ]
        for s in v.scenarios
    ]
    heads = [
        "",
        "Scenario",
        "Word",
        "Estimate",
        "90 % interval",
        "Base rate",
        md(v.previous) if v.previous else "Change",
    ]
    yield from _table(heads, rows)
    yield ""


def _conditions(t: ConditionTable) -> Iterator[str]:
    yield f"## {md(t.finding)}"
    yield ""
    heads = ["Condition", *(md(x) for x in t.views), *(["Gain if met alone, points"] if t.gains else [])]
    rows = []
    for r in t.rows:
        cells = [
            "" if c is None else " ".join(x for x in (c.glyph, md(c.level), md(c.state) if c.state else "") if x)
            for c in r.cells
        ]
        gain = [f"{md(r.gain) if r.gain else ''}{' (binding)' if r.binding else ''}"] if t.gains else []
        rows.append([f"{r.number} {md(r.label)}", *cells, *gain])
    yield from _table(heads, rows)
    yield ""


def _waterfall(w: Waterfall) -> Iterator[str]:
    yield f"## {md(w.finding)}"
    yield ""
    rows = [[b.sign, md(b.label), md(b.value)] for b in w.bars]
    rows.append(["=", f"{w.letter} as stated, {md(w.total_probability)}", md(w.total_value)])
    yield from _table(["", "Contribution", "Log-odds"], rows)
    yield ""


def _small(t: Table) -> Iterator[str]:
    yield f"## {md(t.finding)}"
    yield ""
    if t.rows:
        rows = [[*(md(c) for c in r.cells[:-1]), f"{r.sign} {md(r.cells[-1])}".strip()] for r in t.rows]
        yield from _table(t.heads, rows)
    else:
        yield t.empty
    if t.note:
        yield ""
        yield md(t.note)
    yield ""


def _lines(v: BriefView) -> Iterator[str]:
    yield f"# {md(v.title)}"
    yield ""
    yield f"Information to {md(v.as_of)}. {md(v.closes)}. Assessment {md(v.case)}. {md(v.mark)}."
    yield ""
    yield md(v.question)
    yield ""
    for s in v.lede:
        yield f"**{md(s)}**"
        yield ""
    for title, said in (("Key judgements", v.judgements), ("Analyst\u2019s judgements", v.notes)):
        if said:
            yield f"## {title}"
            yield ""
            yield from (
                f"- {md(s)}{' (' + ', '.join(md(c) for c in s.cites) + ')' if s.cites else ''}" for s in said
            )
            yield ""
    if v.confidence.parts:
        yield f"**{md(v.confidence)}** " + " ".join(md(r) for r in v.confidence_reasons)
        yield ""
    for title, said_lines in v.side:
        yield f"- {title}: " + " ".join(md(line) for line in said_lines)
    if v.side:
        yield ""
    if v.scenarios:
        yield from _scenarios(v)
    for t in v.conditions:
        yield from _conditions(t)
    for w in v.waterfalls:
        yield from _waterfall(w)
    if v.map:
        yield f"## {md(v.map.finding)}"
        yield ""
        yield from (md(s) for s in v.map.sentences)
        yield from (md(c) for c in v.map.claims)
        yield ""
    for small in v.tables:
        yield from _small(small)
    yield "## What this cannot tell you"
    yield ""
    yield from (f"- {md(s)}" for s in v.limits)
    yield from (f"- Warning: {md(w)}" for w in v.warnings)
    yield from (f"- Left out: {md(x)}" for x in v.excluded)
    yield ""
    if "sources" in v.sections:
        yield "## Sources, with every item and its quote"
        yield ""
        for source in v.sources:
            yield f"- {md(source.title)} ({md(source.note)})"
            yield from (f"  - {_item(e)}" for e in source.items)
        yield ""
    yield f"{md(v.reading)}. {md(v.foot)}. Check this file with `vedette verify FILE`."


def render_markdown(view: BriefView, facts: Facts) -> str:
    """The text, with the facts in a comment at its end for `vedette verify`."""
    packed = json.dumps(facts.data, ensure_ascii=True, sort_keys=True, separators=(",", ":"), allow_nan=False)
    # "--" would end the comment; in JSON it occurs inside strings only, where an escape is the same text.
    packed = packed.replace("--", "-\\u002d").replace(">", "\\u003e")
    return "\n".join(_lines(view)) + f"\n\n{OPEN}{packed}{CLOSE}\n"
