"""Two cases, or one case on two days: what was added, taken away or changed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from vedette.domain.case import Case
from vedette.domain.plain import to_plain


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One difference. ``kind``: what sort of thing; ``what``: added, removed or changed."""

    kind: str
    id: str
    what: str
    before: str = ""
    after: str = ""


def compare(first: Case, second: Case) -> tuple[Change, ...]:
    """Differences from the first to the second, the case itself before its records. Evidence counts as reviewed."""
    changes: list[Change] = []
    for name in ("title", "question", "framework", "opened", "as_of", "deadline"):
        before, after = str(getattr(first, name)), str(getattr(second, name))
        if before != after:
            changes.append(Change(kind="case", id=name, what="changed", before=before, after=after))
    sets = first.scenario_set, second.scenario_set
    for kind, one, other in (
        ("option", first.options, second.options),
        ("atom", sets[0].atoms, sets[1].atoms),
        ("scenario", sets[0].scenarios, sets[1].scenarios),
        ("chance", sets[0].chances, sets[1].chances),
        ("assumption", first.assumptions, second.assumptions),
        ("document", first.documents, second.documents),
        ("evidence", first.standing(), second.standing()),
        ("judgment", first.judgments, second.judgments),
        ("indicator", first.indicators, second.indicators),
        ("signal", first.signals, second.signals),
    ):
        changes += _records(kind, _by_id(one), _by_id(other))
    if sets[0].tree != sets[1].tree:
        changes.append(Change(kind="case", id="tree", what="changed"))
    if first.moves != second.moves:
        changes.append(Change(kind="case", id="moves", what="changed"))
    crowd = [{f"{c.date} {c.source}: {c.question}": c for c in case.crowd} for case in (first, second)]
    changes += _records("crowd figure", crowd[0], crowd[1])
    looks = [{f"{c.indicator} {c.at.isoformat()}": c for c in case.checks} for case in (first, second)]
    changes += _records("look", looks[0], looks[1])
    return tuple(changes)


def _by_id(items: Iterable[Any]) -> dict[str, Any]:
    return {item.id: item for item in items}


def _records(kind: str, first: Mapping[str, Any], second: Mapping[str, Any]) -> list[Change]:
    found = []
    for name in dict.fromkeys((*first, *second)):
        one, other = first.get(name), second.get(name)
        if one is None:
            found.append(Change(kind=kind, id=name, what="added", after=_words(other)))
        elif other is None:
            found.append(Change(kind=kind, id=name, what="removed", before=_words(one)))
        elif _fields(one) != _fields(other):
            before, after = _differing(one, other)
            found.append(Change(kind=kind, id=name, what="changed", before=before, after=after))
    return found


def _words(item: Any) -> str:
    """The line by which a reader knows it."""
    names = ("claim", "statement", "label", "question", "title", "subject", "means", "observable", "state", "detail")
    for name in names:
        text = getattr(item, name, "")
        if text:
            return str(text)
    return ""


def _differing(one: Any, other: Any) -> tuple[str, str]:
    """The fields that differ, on either side. A document is not a plain value worth printing: its text stays out."""
    skipped = {"quote", "text", "source_map", "dropped"}
    before, after = _fields(one), _fields(other)
    names = [k for k in before if before[k] != after.get(k)]
    shown = [k for k in names if k not in skipped] or names
    return (
        "; ".join(f"{k}={before[k]}" for k in shown if k not in skipped) or ", ".join(shown),
        "; ".join(f"{k}={after.get(k)}" for k in shown if k not in skipped) or ", ".join(shown),
    )


def _fields(item: Any) -> dict[str, Any]:
    """Fields of a record as plain values; a quote as its text and place only."""
    import dataclasses

    found = {}
    for field in dataclasses.fields(item):
        value = getattr(item, field.name)
        if field.name == "quote" and value is not None:
            value = (value.start, value.end, value.text)
        found[field.name] = to_plain(value)
    return found
