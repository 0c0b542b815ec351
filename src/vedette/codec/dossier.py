"""Dossiers: a case with dated, sourced facts as one JSON file, ``dossier/1``.

A dossier states atoms but no tree; `decode_dossier` grows the default one (`vedette.codec.default_tree`). What a
dossier cannot say (documents, reviews, a tree of the team's own) travels under the key ``vedette``, which other
readers may ignore.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from vedette.codec.default_rates import CRISIS_LOOKBACK_DAYS
from vedette.codec.default_tree import DefaultTree, Setting, default_tree
from vedette.codec.fields import Table, located, nearest
from vedette.codec.names import PLAIN, Names
from vedette.domain.case import Case, CrowdFigure, Option
from vedette.domain.claims import Bound, Citation, ClaimKind, Direction, Grade, Place, Posture, Quantity, Strength
from vedette.domain.evidence import Bearing, Evidence
from vedette.domain.indicators import Check, SignalReading, WatchedIndicator
from vedette.domain.scenarios import Atom, Scenario, ScenarioSet
from vedette.domain.time import Times
from vedette.errors import CaseRefused, NewerSchema, UnknownName

SCHEMA = "dossier/1"
DEFAULT_FRAMEWORK = "five-conditions"
_MAX_BYTES = 50_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class DossierReading:
    """A case and the keys of its file that this version does not know, by place."""

    case: Case
    unknown_keys: tuple[str, ...]


def decode_dossier(source: bytes | str | Path | Mapping[str, Any], *, names: Names = PLAIN) -> Case:
    """The case in a dossier: a path, the file's bytes, or the parsed JSON. Raises `CaseRefused` and its kin."""
    return read_dossier(source, names=names).case


def read_dossier(source: bytes | str | Path | Mapping[str, Any], *, names: Names = PLAIN) -> DossierReading:
    """Like `decode_dossier`, with the list of keys that were not understood (they are reported, not used)."""
    data, where = _load(source)
    top = Table(data, where)
    _check_schema(top)
    tables: list[Table] = [top]
    case = _case(top, names, tables)
    unknown = tuple(f"{t.where}: {key}" for t in tables for key in t.unread)
    return DossierReading(case=case, unknown_keys=unknown)


def _load(source: bytes | str | Path | Mapping[str, Any]) -> tuple[Mapping[str, Any], str]:
    if isinstance(source, Mapping):
        return source, "dossier"
    where = "dossier"
    if not isinstance(source, bytes):
        path = Path(source)
        where = path.name
        if not path.is_file():
            raise CaseRefused("no such file", where=str(path))
        source = path.read_bytes()
    if len(source) > _MAX_BYTES:
        raise CaseRefused(f"{len(source):,} bytes is more than a dossier may hold ({_MAX_BYTES:,})", where=where)
    try:
        data = json.loads(source.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise CaseRefused(f"not UTF-8 text (byte {error.start})", where=where) from error
    except json.JSONDecodeError as error:
        raise CaseRefused(f"broken JSON at line {error.lineno}: {error.msg}", where=where) from error
    except RecursionError as error:
        raise CaseRefused("nested too deeply", where=where) from error
    except ValueError as error:
        raise CaseRefused("it holds a number that is too long", where=where) from error
    if not isinstance(data, Mapping):
        raise CaseRefused("a dossier is one JSON object", where=where)
    return data, where


def _check_schema(top: Table) -> None:
    if "schema" not in top and top.data and all(isinstance(v, Mapping) and "atom" in v for v in top.data.values()):
        raise CaseRefused(
            "it holds outcomes of cases, not a case", where=top.where,
            fix="Leave it beside its dossiers: vedette evidence calibrate FOLDER reads it there",
        )  # fmt: skip
    if "schema" not in top:
        raise CaseRefused("no dossier: it names no schema", where=top.where, fix=f'A dossier has "schema": "{SCHEMA}"')
    schema = top.text("schema")
    if schema == SCHEMA:
        return
    name, _, number = str(schema).partition("/")
    if name == "dossier" and number.isdigit() and int(number) > 1:
        raise NewerSchema(
            f"schema {schema!r} is newer than {SCHEMA!r}", where=top.where, fix="Update Vedette, or export it again"
        )
    raise CaseRefused(f"schema {schema!r} is not {SCHEMA!r}", where=top.where)


def _case(top: Table, names: Names, tables: list[Table]) -> Case:
    as_of, deadline = top.date("as_of"), top.date("deadline")
    extension = top.table("vedette", None)
    framework = str(extension.text("framework", DEFAULT_FRAMEWORK)) if extension else DEFAULT_FRAMEWORK
    veto: tuple[float, float, float] | None = None
    options = []
    for table in top.tables("options"):
        tables.append(table)
        options.append(_option(table, names, as_of))
        veto = veto or table.triple("veto")
    if not options:
        raise CaseRefused("a dossier needs at least one option", where=top.where)
    atoms, scenarios = _atoms(top, names, as_of, tables)
    structure = top.table("structure", None)
    facts = structure.table("facts", None) if structure else None
    fact_values = dict(facts.data) if facts else {}
    context = _Context(
        names=names, framework=framework, options=tuple(o.id for o in options),
        scenarios=(*(s.id for s in scenarios), *(a.id for a in atoms)),
    )  # fmt: skip
    evidence = tuple(_evidence(table, context, tables) for table in top.tables("evidence"))
    crowd = tuple(_crowd(table, tables) for table in top.tables("crowd"))
    opened = _opened(evidence, as_of)
    setting = Setting(
        options=tuple(options), atoms=atoms, scenarios=scenarios,
        spoken=tuple((b.option, b.scenario) for e in evidence for b in e.bearings),
        signatures=_signatures(fact_values, atoms, top.where), crisis_from=opened, veto=veto,
    )  # fmt: skip
    with located(top.where):
        made = default_tree(setting)
        if extension is not None:
            made, opened = _own_tree(extension, made, opened)
        return Case(
            id=top.text("id"), title=top.text("title"), question=top.text("question"), framework=framework,
            options=tuple(options),
            scenario_set=ScenarioSet(
                atoms=atoms, scenarios=scenarios, chances=made.chances, tree=made.tree, deadline=deadline,
                threshold_profile=top.text("threshold_profile"),
            ),
            moves=made.moves, opened=opened, as_of=as_of, evidence=evidence, crowd=crowd,
            structure_note=structure.text("note", "") if structure else "",
            structure_facts={k: _fact_text(v) for k, v in fact_values.items()} if facts else None,
            coding_note=extension.text("coding_note", "") if extension else "", **_watching(extension),
        )  # fmt: skip


def _watching(extension: Table | None) -> dict[str, Any]:
    """Indicators, looks and readings, which the format has no room for."""
    from vedette.codec import json as nouns

    kinds: dict[str, Any] = {
        "indicators": tuple[WatchedIndicator, ...], "checks": tuple[Check, ...], "signals": tuple[SignalReading, ...]
    }  # fmt: skip
    if extension is None:
        return {}
    return {name: nouns.decode(kind, extension.raw(name)) for name, kind in kinds.items() if name in extension}


def _own_tree(extension: Table, made: DefaultTree, opened: dt.date) -> tuple[DefaultTree, dt.date]:
    """A tree of the team's own, when the extension carries one."""
    from vedette.codec import json as nouns

    if "tree" in extension:
        made = DefaultTree(
            chances=nouns.decode_chances(extension.raw("chances")),
            tree=nouns.decode_tree(extension.raw("tree")),
            moves=nouns.decode_moves(extension.raw("moves")),
        )
    return made, extension.date("opened", opened)


def _option(table: Table, names: Names, day: dt.date) -> Option:
    with located(table.where):
        host = table.text("host", None)
        return Option(
            id=table.text("id"),
            interveners=tuple(names.iso3(x, day) for x in table.texts("intervener")),
            target=names.iso3(table.text("target"), day),
            host=names.iso3(host, day) if host else None,
            posture=table.choice("posture", Posture), means=table.text("means"),
            organisation=table.text("organisation", None),
        )  # fmt: skip


def _atoms(
    top: Table, names: Names, day: dt.date, tables: list[Table]
) -> tuple[tuple[Atom, ...], tuple[Scenario, ...]]:
    atoms, scenarios = [], []
    for table in top.tables("atoms"):
        tables.append(table)
        atoms.append(Atom(id=table.text("id"), statement=table.text("statement"), rule=table.text("rule")))
    known = [a.id for a in atoms]
    for table in top.tables("scenarios"):
        tables.append(table)
        members = table.texts("atoms")
        for atom in members:
            if atom not in known:
                raise UnknownName("atom", atom, nearest=nearest(atom, known), where=table.where)
        name = table.text("id")
        label = table.text("label", _label(name, members, names, day))
        scenarios.append(Scenario(id=name, label=label, atoms=frozenset(members)))
    return tuple(atoms), tuple(scenarios)


_LEVEL_LABELS = {
    frozenset({"intervention", "full_scale"}): "Force is used",
    frozenset({"presence", "intervention", "full_scale"}): "Troops are deployed, with force or without",
    frozenset({"none", "presence"}): "No force is used",
    frozenset({"none"}): "No troops are sent",
    frozenset({"presence"}): "Troops are present, no force is used",
    frozenset({"intervention"}): "Force is used below full scale",
    frozenset({"full_scale"}): "Force is used at full scale",
    frozenset({"other"}): "Cannot be placed",
}


def _label(name: str, atoms: tuple[str, ...], names: Names = PLAIN, day: dt.date | None = None) -> str:
    """Words for a scenario that has only an id, such as "A": what its levels say, else the id as words."""
    if frozenset(atoms) in _LEVEL_LABELS:
        return _LEVEL_LABELS[frozenset(atoms)]
    words = name.split("_")
    if day is not None:
        words = [w.capitalize() if names.is_state(w, day) else w for w in words]
    return " ".join((words[0][:1].upper() + words[0][1:], *words[1:]))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Context:
    """What an item's names are checked against."""

    names: Names
    framework: str
    options: tuple[str, ...]
    scenarios: tuple[str, ...]


def _evidence(table: Table, context: _Context, tables: list[Table]) -> Evidence:
    tables.append(table)
    with located(table.where):
        bearings = [_bearing(table, context)]
        for more in table.tables("also"):
            tables.append(more)
            bearings.append(_bearing(more, context))
        source = table.table("source")
        assert source is not None
        tables.append(source)
        target = table.text("target", None)
        return Evidence(
            id=table.text("id"), claim=table.text("fact"), kind=table.choice("kind", ClaimKind),
            attribution=table.text("attribution", ""), bearings=tuple(bearings),
            grade=Grade(reliability=table.text("reliability", "F"), credibility=str(table.raw("credibility", "6"))),
            times=Times(
                occurred_at=table.interval("occurred_between") or table.interval("occurred"),
                published_at=table.instant("published_at", None) or table.instant("published"),
                available_at=table.instant("available_at", None) or table.instant("available"),
            ),
            origin=table.text("origin", table.text("id")), unverified_quote=table.text("quote", None),
            citation=Citation(
                publisher=source.text("publisher"), title=source.text("title", ""), url=source.text("url", "")
            ),
            actors=table.texts("actors", ()), target=target,
            place=_place(table, tables), quantities=_quantities(table, tables), position=table.text("position", None),
        )  # fmt: skip


def _bearing(table: Table, context: _Context) -> Bearing:
    return Bearing(
        option=table.one_of("option", context.options, "option", context.options[0]),
        scenario=table.one_of("scenario", context.scenarios, "scenario"),
        condition=context.names.condition(context.framework, table.text("condition")),
        direction=table.choice("direction", Direction), strength=table.choice("strength", Strength),
        actor=table.text("actor", None),
    )  # fmt: skip


def _place(table: Table, tables: list[Table]) -> Place | None:
    inner = table.table("place", None)
    if inner is None:
        return None
    tables.append(inner)
    return Place(
        name=inner.text("name"), lat=inner.number("lat", None), lon=inner.number("lon", None),
        country=inner.text("country", None),
    )  # fmt: skip


def _quantities(table: Table, tables: list[Table]) -> tuple[Quantity, ...]:
    first = table.table("quantity", None)
    made = []
    for inner in ([first] if first else []) + table.tables("more_quantities"):
        tables.append(inner)
        made.append(
            Quantity(
                text=inner.text("text", ""), value=inner.number("value"), unit=inner.text("unit"),
                bound=inner.choice("bound", Bound, Bound.EXACT), of=inner.text("of", ""),
                attribution=inner.text("attribution", ""),
            )
        )  # fmt: skip
    return tuple(made)


def _crowd(table: Table, tables: list[Table]) -> CrowdFigure:
    tables.append(table)
    with located(table.where):
        return CrowdFigure(
            date=table.date("date"), source=table.text("source"), question=table.text("question"),
            probability=table.number("probability"),
        )  # fmt: skip


def _opened(evidence: tuple[Evidence, ...], as_of: dt.date) -> dt.date:
    """First day of the crisis as the items show it: the first one that is not older than the look-back."""
    earliest = as_of - dt.timedelta(days=CRISIS_LOOKBACK_DAYS)
    days = [e.times.available_at.date() for e in evidence]
    return min((d for d in days if earliest <= d <= as_of), default=as_of)


def _signatures(facts: Mapping[str, Any], atoms: tuple[Atom, ...], where: str) -> dict[str, dict[str, list[int]]]:
    value = facts.get("atom_signatures")
    if not isinstance(value, Mapping):
        return {}
    known = [a.id for a in atoms]
    for atom in value:
        if atom not in known:
            place = f"{where} [structure.facts.atom_signatures]"
            raise UnknownName("atom", str(atom), nearest=nearest(str(atom), known), where=place)
    return {str(k): {str(f): list(x) for f, x in v.items()} for k, v in value.items() if isinstance(v, Mapping)}


def _fact_text(value: Any) -> str:
    """Facts are text. What is not text, and text that would read as JSON, is kept as JSON: `_fact_value` undoes it."""
    if isinstance(value, str) and _fact_value(value) is value:
        return value
    return json.dumps(value, ensure_ascii=False)


def _fact_value(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text


def encode_dossier(case: Case) -> dict[str, Any]:
    """The case as ``dossier/1``. Judgments, reviews and document texts do not travel in a dossier."""
    from vedette.codec import json as nouns

    extension: dict[str, Any] = {}
    out: dict[str, Any] = {
        "schema": SCHEMA, "id": case.id, "title": case.title, "question": case.question,
        "as_of": case.as_of.isoformat(), "deadline": case.deadline.isoformat(),
        "options": [_option_out(o) for o in case.options],
        "threshold_profile": case.scenario_set.threshold_profile,
        "atoms": [{"id": a.id, "statement": a.statement, "rule": a.rule} for a in case.scenario_set.atoms],
        "scenarios": [_scenario_out(s, case) for s in case.scenario_set.scenarios],
        "evidence": [_evidence_out(e) for e in case.standing() if e.bearings and e.times.published_at],
        "crowd": [
            {"date": c.date.isoformat(), "source": c.source, "question": c.question, "probability": c.probability}
            for c in case.crowd
        ],
        "structure": {
            "note": case.structure_note,
            "facts": {k: _fact_value(v) for k, v in (case.structure_facts or {}).items()},
        },
    }  # fmt: skip
    if case.framework != DEFAULT_FRAMEWORK:
        extension["framework"] = case.framework
    if case.coding_note:
        extension["coding_note"] = case.coding_note
    for name in ("indicators", "checks", "signals"):
        if getattr(case, name):
            extension[name] = nouns.encode(getattr(case, name))
    again = decode_dossier(out)
    if (again.scenario_set, again.moves, again.opened) != (case.scenario_set, case.moves, case.opened):
        extension["opened"] = case.opened.isoformat()
        extension["chances"] = nouns.encode(case.scenario_set.chances)
        extension["tree"] = nouns.encode(case.scenario_set.tree)
        extension["moves"] = nouns.encode_moves(case.moves)
    if extension:
        out["vedette"] = extension
    return out


def _option_out(option: Option) -> dict[str, Any]:
    lead = option.interveners[0] if not option.is_coalition else list(option.interveners)
    made: dict[str, Any] = {
        "id": option.id, "intervener": lead, "target": option.target, "host": option.host,
        "posture": option.posture.value, "means": option.means,
    }  # fmt: skip
    return made | ({"organisation": option.organisation} if option.organisation is not None else {})


def _scenario_out(scenario: Scenario, case: Case) -> dict[str, Any]:
    members = tuple(a.id for a in case.scenario_set.atoms if a.id in scenario.atoms)
    made: dict[str, Any] = {"id": scenario.id, "atoms": list(members)}
    return made | ({"label": scenario.label} if scenario.label != _label(scenario.id, members) else {})


def _evidence_out(item: Evidence) -> dict[str, Any]:
    citation = item.citation or (item.quote.document.citation if item.quote else None)
    source = {"publisher": citation.publisher if citation else "general knowledge"}
    if citation and (citation.title or citation.url):
        source |= {"title": citation.title, "url": citation.url}
    quantities = [
        {"value": q.value, "unit": q.unit, "bound": q.bound.value, "of": q.of}
        | ({"text": q.text} if q.text else {}) | ({"attribution": q.attribution} if q.attribution else {})
        for q in item.quantities
    ]  # fmt: skip
    place = item.place
    first, *others = [_bearing_out(b) for b in item.bearings]
    times = item.times
    assert times.published_at is not None
    # A note is the team's own wording, which the fact gives already: only words of a source are a quote.
    quoted = item.quote.text if item.quote and item.quote.document.kind != "note" else item.unverified_quote
    day = times.occurred_at.start if times.occurred_at and times.occurred_at.start == times.occurred_at.end else None
    made: dict[str, Any] = {
        "id": item.id, "occurred": day.isoformat() if day else None,
        "published": times.published_at.date().isoformat(), "available": times.available_at.date().isoformat(),
        "source": source, "origin": item.origin, "fact": item.claim,
        "quote": quoted, "kind": item.kind.value, "attribution": item.attribution,
        "actors": list(item.actors), "target": item.target,
        "place": {"name": place.name, "lat": place.lat, "lon": place.lon, "country": place.country} if place else None,
        "quantity": quantities[0] if quantities else None,
        **first, "reliability": item.grade.reliability, "credibility": item.grade.credibility,
    }  # fmt: skip
    # What the format has no room for goes under keys of our own, only where it is needed.
    if item.position is not None:
        made["position"] = item.position
    if quantities[1:]:
        made["more_quantities"] = quantities[1:]
    if times.occurred_at and day is None:
        ends = (times.occurred_at.start, times.occurred_at.end)
        made["occurred_between"] = "/".join(e.isoformat() if e else ".." for e in ends)
    for key, at in (("published_at", times.published_at), ("available_at", times.available_at)):
        if at.time() != dt.time(0):
            made[key] = at.isoformat()
    return made | ({"also": others} if others else {})


def _bearing_out(bearing: Bearing) -> dict[str, Any]:
    made: dict[str, Any] = {
        "option": bearing.option, "condition": bearing.condition, "direction": bearing.direction.value,
        "scenario": bearing.scenario, "strength": bearing.strength.value,
    }  # fmt: skip
    return made | ({"actor": bearing.actor} if bearing.actor else {})
