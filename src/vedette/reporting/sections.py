"""The sections of a brief that its writer may choose; the head, the cut-off and the limits are always printed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Final

from vedette.errors import BadInput, UnknownName
from vedette.reporting.figures import Sentence
from vedette.reporting.view import BriefView

SECTIONS: Final = {
    "answer": "the bottom line, the confidence in it, and the side column",
    "judgements": "key judgements and the analyst's own",
    "scenarios": "the first figure: every scenario with its interval",
    "time": "the first scenario over time",
    "conditions": "conditions by whose view",
    "why": "from base rate to estimate",
    "map": "map and distances",
    "change": "what would change it: items and assumptions, one at a time",
    "look": "what to look for, and what is watched",
    "assumptions": "what this rests on without evidence",
    "alternatives": "the author's rule and rival frameworks",
    "base-rates": "where each question starts",
    "analogues": "past cases",
    "analysts": "what analysts said, and what their record weighs",
    "crowd": "forecasting sites at the time",
    "opinions": "what others argue",
    "rules": "how each outcome is decided",
    "sources": "every item with its quote",
    "limits": "what this cannot tell you; always printed",
}
"""Names of the sections, in the order they are printed, with what each holds."""

ALWAYS: Final = ("limits",)

# Ids of the small tables (compose_tables) by section; the alternatives are numbered.
_TABLES: Final = {
    "changes": "change", "watch": "look", "indicators": "look", "signals": "look",
    "assumptions": "assumptions", "base-rates": "base-rates",
    "analogues": "analogues", "analysts": "analysts", "crowd": "crowd",
    "opinions": "opinions", "rules": "rules", "timeline": "time",
}  # fmt: skip


def parse_sections(given: Iterable[str]) -> tuple[str, ...]:
    """Names of sections in printing order, from names that may be joined by commas; () for all of them.

    Raises `UnknownName` with the nearest names, `BadInput` when nothing is named.
    """
    texts = list(given)
    names = [name.strip().casefold() for text in texts for name in text.split(",") if name.strip()]
    if texts and not names:
        raise BadInput("no section named", where="--sections", fix=f"Some of {', '.join(SECTIONS)}")
    if "all" in names or not names:
        return ()
    for name in names:
        if name not in SECTIONS:
            raise UnknownName("section", name, nearest=_nearest(name), fix=_fix(name))
    wanted = {*names, *ALWAYS}
    chosen = tuple(name for name in SECTIONS if name in wanted)
    return () if len(chosen) == len(SECTIONS) else chosen


def _nearest(name: str) -> list[str]:
    import difflib

    return difflib.get_close_matches(name, [*SECTIONS, "all"], n=3, cutoff=0.5)


def _fix(name: str) -> str:
    near = _nearest(name)
    return f"Nearest: {', '.join(near)}" if near else f"One of: {', '.join(SECTIONS)}"


def section_of(table: str) -> str:
    """The section a small table belongs to."""
    return "alternatives" if table.startswith("alternative-") else _TABLES[table]


def select(view: BriefView, sections: Sequence[str]) -> BriefView:
    """The view with only these sections (all when empty). It says under its limits what was left out."""
    if not sections:
        return view
    kept = frozenset((*sections, *ALWAYS))
    left = [name.replace("-", " ") for name in SECTIONS if name not in kept]
    said = Sentence(parts=(f"Sections left out of this copy by its writer: {', '.join(left)}.",))
    on = kept.__contains__
    return replace(
        view,
        sections=kept,
        lede=view.lede if on("answer") else (),
        confidence=view.confidence if on("answer") else Sentence(parts=()),
        confidence_reasons=view.confidence_reasons if on("answer") else (),
        side=view.side if on("answer") else (),
        judgements=view.judgements if on("judgements") else (),
        notes=view.notes if on("judgements") else (),
        scenarios=view.scenarios if on("scenarios") else (),
        scenario_finding=view.scenario_finding if on("scenarios") else (),
        timeline=view.timeline if on("time") else None,
        conditions=view.conditions if on("conditions") else (),
        waterfalls=view.waterfalls if on("why") else (),
        map=view.map if on("map") else None,
        map_missing=view.map_missing if on("map") else (),
        tables=tuple(t for t in view.tables if on(section_of(t.id))),
        sources=view.sources if on("sources") else (),
        limits=(*view.limits, said),
    )
