"""Writing case files. The order of tables and keys is fixed, so the same case always gives the same text."""

from __future__ import annotations

import datetime as dt
import hashlib
from typing import Any

from vedette._version import __version__
from vedette.codec.case_watching import encode_watching
from vedette.codec.json import encode_moves
from vedette.codec.toml_text import assignment, moment, table
from vedette.domain.case import Case, Option
from vedette.domain.claims import Citation, Marking, Quantity
from vedette.domain.documents import Document
from vedette.domain.evidence import Evidence, Status
from vedette.domain.scenarios import BaseRate, Branch, Chance, Leaf
from vedette.domain.time import DateInterval, Times

SCHEMA = "case/1"


def encode_case(case: Case) -> str:
    """The case as a case file. ``decode_case(encode_case(case).encode()) == case``."""
    scenarios = case.scenario_set
    head = {
        "schema": SCHEMA, "written_by": f"vedette {__version__}", "id": case.id, "title": case.title,
        "question": case.question, "framework": case.framework, "opened": case.opened, "as_of": case.as_of,
        "deadline": case.deadline, "threshold_profile": scenarios.threshold_profile,
        "coding_note": case.coding_note or None,
    }  # fmt: skip
    parts = ["\n".join(assignment(k, v) for k, v in head.items() if v is not None) + "\n"]
    parts += [table(("options",), _option(o), array=True) for o in case.options]
    for atom in scenarios.atoms:
        parts.append(
            table(("atoms",), {"id": atom.id, "statement": atom.statement, "rule": atom.rule}, array=True)
        )
    order = [a.id for a in scenarios.atoms]
    for s in scenarios.scenarios:
        values = {"id": s.id, "label": s.label, "atoms": sorted(s.atoms, key=order.index)}
        parts.append(table(("scenarios",), values, array=True))
    parts += [part for chance in scenarios.chances for part in _chance(chance)]
    parts += _tree(scenarios.tree)
    parts += _moves(case)
    parts += [part for document in case.documents for part in _document(document)]
    parts += [table(("evidence",), _evidence(item), array=True) for item in case.evidence]
    parts += _records(case)
    parts += encode_watching(case.indicators, case.checks, case.signals)
    if case.structure_note or case.structure_facts is not None:
        parts.append(table(("structure",), {"note": case.structure_note or None}))
    if case.structure_facts is not None:
        parts.append(table(("structure", "facts"), case.structure_facts))
    return "\n".join(parts)


def _records(case: Case) -> list[str]:
    """Reviews, judgments, assumptions, crowd figures."""
    parts = []
    for r in case.reviews:
        review = {
            "evidence": r.evidence, "verdict": r.verdict.value, "author": r.author, "at": moment(r.at),
            "reason": r.reason or None, "replacement": r.replacement,
        }  # fmt: skip
        parts.append(table(("reviews",), review, array=True))
    for j in case.judgments:
        judgment = {
            "id": j.id, "analyst": j.analyst, "kind": j.kind.value, "subject": j.subject, "value": j.value,
            "low": j.low, "high": j.high, "reason": j.reason or None, "round": j.round if j.round != 1 else None,
            "saw_model": j.saw_model or None, "at": moment(j.at),
            "recorded_at": moment(j.recorded_at) if j.recorded_at else None,
        }  # fmt: skip
        parts.append(table(("judgments",), judgment, array=True))
    for a in case.assumptions:
        assumption = {
            "id": a.id, "statement": a.statement, "source": a.source or None, "if_false": a.if_false or None,
            "rerun": list(a.rerun) or None,
        }  # fmt: skip
        parts.append(table(("assumptions",), assumption, array=True))
    for c in case.crowd:
        figure = {"date": c.date, "source": c.source, "question": c.question, "probability": c.probability}
        parts.append(table(("crowd",), figure, array=True))
    return parts


def _option(option: Option) -> dict[str, Any]:
    return {
        "id": option.id, "intervener": list(option.interveners), "organisation": option.organisation,
        "target": option.target, "host": option.host, "posture": option.posture.value, "means": option.means,
    }  # fmt: skip


def _chance(chance: Chance) -> list[str]:
    history = chance.history
    values = {
        "id": chance.id, "question": chance.question, "option": chance.option,
        "veto": list(chance.veto) if chance.veto else None, "rate_of": chance.rate_of,
        "history": {
            "outcome": history.outcome, "intervener": list(history.interveners), "target": history.target
        } if history else None,
    }  # fmt: skip
    rates = [table(("chances", "base_rates"), _base_rate(r), array=True) for r in chance.base_rates]
    return [table(("chances",), values, array=True), *rates]


def _base_rate(rate: BaseRate) -> dict[str, Any]:
    return {
        "p": rate.p, "low": rate.low, "high": rate.high, "n": rate.n, "events": rate.events,
        "basis": rate.basis.value, "class": rate.reference_class, "source": rate.source,
        "period_days": rate.period_days, "holds_from": rate.holds_from,
    }  # fmt: skip


def _tree(tree: Branch | Leaf) -> list[str]:
    """Nodes by name; equal subtrees share one. A node has its chance's name, numbered when that is taken ("=" at the
    front would read as an atom, so such a name gets a word before it)."""
    names: dict[Branch, str] = {}
    order: list[Branch] = []

    def visit(node: Branch | Leaf) -> str:
        if isinstance(node, Leaf):
            return f"={node.atom}"
        if node not in names:
            base = f"ask {node.chance}" if node.chance.startswith("=") else node.chance
            name, n = base, 1
            while name in names.values():
                n += 1
                name = f"{base}-{n}"
            names[node] = name
            order.append(node)
            visit(node.yes)
            visit(node.no)
        return names[node]

    root = visit(tree)
    parts = [table(("tree",), {"root": root})]
    for node in order:
        values = {
            "chance": node.chance if node.chance != names[node] else None,
            "yes": visit(node.yes), "no": visit(node.no),
        }  # fmt: skip
        parts.append(table(("tree", "nodes", names[node]), values))
    return parts


def _moves(case: Case) -> list[str]:
    parts = []
    for option, by_scenario in encode_moves(case.moves).items():
        if not by_scenario:
            parts.append(table(("moves", option), {}))
        for scenario, by_condition in by_scenario.items():
            parts.append(table(("moves", option, scenario), by_condition))
    return parts


def _document(document: Document) -> list[str]:
    digest = hashlib.sha256(document.text.encode("utf-8", "surrogatepass")).hexdigest()
    spans = [[s.clean_start, s.clean_end, s.raw_start, s.raw_end] for s in document.source_map]
    dropped = [{"start": d.start, "end": d.end, "reason": d.reason} for d in document.dropped]
    published = document.times.published_at
    values = {
        "id": document.id, "title": document.title or None, "author": document.author or None,
        "kind": document.kind if document.kind != "article" else None,
        "language": document.language if document.language != "en" else None,
        **_times(document.times, None, published),
        "citation": _citation(document.citation),
        "marking": document.marking.value if document.marking is not Marking.CLEAR else None,
        "sha256": document.sha256 if document.sha256 != digest else None,
        "text_layer": document.text_layer or None, "translated_from": document.translated_from or None,
        "source_map": spans or None, "dropped": dropped or None, "text": document.text,
    }  # fmt: skip
    return [table(("documents",), values, array=True)]


def _times(times: Times, published: dt.datetime | None, available: dt.datetime | None) -> dict[str, Any]:
    """Times that differ from what the reader would fill in (``published``, ``available``)."""
    own = times.published_at
    said = None if own == published else "unknown" if own is None else moment(own)
    return {
        "occurred": _interval(times.occurred_at), "published": said,
        "available": moment(times.available_at) if times.available_at != (available or own) else None,
        "recorded": moment(times.recorded_at) if times.recorded_at is not None else None,
    }


def _interval(interval: DateInterval | None) -> Any:
    if interval is None:
        return None
    if interval.start is not None and interval.start == interval.end:
        return interval.start
    return _ends(interval)


def _ends(interval: DateInterval) -> dict[str, dt.date]:
    return {k: v for k, v in (("from", interval.start), ("to", interval.end)) if v is not None}


def _citation(citation: Citation | None) -> dict[str, str] | None:
    if citation is None:
        return None
    values = {"publisher": citation.publisher, "title": citation.title, "url": citation.url}
    return {k: v for k, v in values.items() if v or k == "publisher"}


def _own_citation(item: Evidence) -> dict[str, str] | None:
    """An item's citation where it differs from its document's; an empty table when only the document has one."""
    parent = item.quote.document.citation if item.quote else None
    if item.citation == parent:
        return None
    return _citation(item.citation) or {}


def _evidence(item: Evidence) -> dict[str, Any]:
    quote = item.quote
    unique = quote is None or quote.document.text.find(quote.text) == quote.document.text.rfind(quote.text)
    parent = quote.document.times if quote else None
    bearings = [
        {
            "option": b.option, "scenario": b.scenario, "condition": b.condition, "direction": b.direction.value,
            "strength": b.strength.value, **({"actor": b.actor} if b.actor is not None else {}),
        }
        for b in item.bearings
    ]  # fmt: skip
    place = item.place
    return {
        "id": item.id, "kind": item.kind.value, "attribution": item.attribution or None,
        "document": quote.document.id if quote else None, "quote": quote.text if quote else None,
        "start": None if unique or quote is None else quote.start,
        "claim": item.claim if quote is None or item.claim != quote.text else None,
        "unverified_quote": item.unverified_quote, "grade": str(item.grade),
        "bearings": bearings or None,
        **_times(item.times, parent.published_at if parent else None, parent.available_at if parent else None),
        "origin": item.origin if item.origin != item.id else None, "citation": _own_citation(item),
        "actors": list(item.actors) or None, "target": item.target,
        "place": {
            k: v for k, v in (
                ("name", place.name), ("lat", place.lat), ("lon", place.lon), ("country", place.country)
            ) if v is not None
        } if place else None,
        "dates": [_ends(d) for d in item.dates] or None,
        "quantities": [_quantity(q) for q in item.quantities] or None,
        "negated": item.negated or None, "hypothetical": item.hypothetical or None, "confidence": item.confidence,
        "status": item.status.value if item.status is not Status.ACCEPTED else None,
        "half_life_days": item.half_life_days, "position": item.position, "supersedes": item.supersedes,
        "provenance": {
            "author": item.provenance.author, "at": moment(item.provenance.at),
            **({"reason": item.provenance.reason} if item.provenance.reason else {}),
        } if item.provenance else None,
        "marking": item.marking.value if item.marking is not Marking.CLEAR else None,
    }  # fmt: skip


def _quantity(quantity: Quantity) -> dict[str, Any]:
    return {
        "text": quantity.text, "value": quantity.value, "unit": quantity.unit, "bound": quantity.bound.value,
        **({"of": quantity.of} if quantity.of else {}),
        **({"attribution": quantity.attribution} if quantity.attribution else {}),
    }  # fmt: skip
