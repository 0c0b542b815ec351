"""Handling marks in what leaves the house: text above the reader's mark is withheld, and said to be.

Traffic Light Protocol 2.0 (FIRST.org). An item carries the stricter of its own mark and its document's. Withheld
items still count in the figures: a number that changed with its reader could not be checked by another. What is
withheld is every text that could tell what the source said or who it is.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from vedette.domain.case import Case
from vedette.domain.claims import Marking
from vedette.domain.evidence import Evidence
from vedette.errors import UnknownName

ORDER: Final = tuple(Marking)
"""Marks from the freest to the most closed."""


def parse_marking(text: str) -> Marking:
    """A mark from its name, with or without ``TLP:`` and in any case. Raises `UnknownName`."""
    wanted = text.strip().upper().removeprefix("TLP:")
    for mark in ORDER:
        if mark.value.removeprefix("TLP:") == wanted:
            return mark
    raise UnknownName("handling mark", text, nearest=[m.value for m in ORDER])


def mark_of(item: Evidence) -> Marking:
    """The stricter of an item's mark and its document's."""
    return item.mark


def may_see(item: Evidence, audience: Marking) -> bool:
    """Whether a reader of ``audience`` may see an item's text."""
    return ORDER.index(mark_of(item)) <= ORDER.index(audience)


def visible(case: Case, audience: Marking) -> Case:
    """The case with only what the audience may see, for drawings (a mark on the map tells as much as a text)."""
    return replace(case, evidence=tuple(e for e in case.evidence if may_see(e, audience)))


_BLANK: Final = ("attribution", "publisher", "source_title", "url", "origin")


def withhold(data: Mapping[str, Any], case: Case, audience: Marking) -> dict[str, Any]:
    """The facts of a brief without the texts the audience may not see; numbers, ids and directions stay."""
    closed = {e.id: mark_of(e).value for e in case.evidence if not may_see(e, audience)}
    shown = [
        mark_of(e) for e in case.evidence if e.id in {x["id"] for x in data["case"]["evidence"]} - closed.keys()
    ]
    documents = {d.id for d in case.documents if ORDER.index(d.marking) > ORDER.index(audience)}
    out = dict(data)
    out["handling"] = {
        "mark": max(shown, key=ORDER.index, default=Marking.CLEAR).value,
        "audience": audience.value,
        "withheld": sum(e["id"] in closed for e in data["case"]["evidence"]),
    }
    if not closed:
        return out

    def hidden(item: Mapping[str, Any]) -> dict[str, Any]:
        if item["id"] not in closed:
            return dict(item)
        words = f"text withheld ({closed[item['id']]})"
        kept = {**item, "claim": words, "quote": None, "unverified_quote": None, "document": None, "withheld": True}
        kept.update({k: "" for k in _BLANK if k in item})
        kept.update({k: [] for k in ("beyond_quote", "wording") if k in item})
        kept.update({"citation": None} if "citation" in item else {})
        return kept

    out["case"] = {
        **data["case"],
        "evidence": [hidden(e) for e in data["case"]["evidence"]],
        "documents": [d for d in data["case"]["documents"] if d["id"] not in documents],
    }
    a = data["assessment"]
    out["assessment"] = {
        **a,
        "evidence": [hidden(e) for e in a["evidence"]],
        "excluded": [
            {**x, "reason": "withheld"} if x.get("evidence", x.get("id")) in closed else x for x in a["excluded"]
        ],
    }
    return out
