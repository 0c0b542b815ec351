"""Case files: one question as TOML, ``case/1``, that a person can read, edit, diff and keep in git.

`decode_case` reads one, bringing older versions forward; `vedette.codec.case_writer.encode_case` writes one.
The format is described in docs/reference/case-file.md.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from vedette.codec.case_watching import decode_watching
from vedette.codec.case_writer import encode_case
from vedette.codec.fields import Table, located, nearest
from vedette.codec.json import decode_moves
from vedette.codec.migrations import migrate
from vedette.codec.names import PLAIN, Names
from vedette.domain.case import Assumption, Case, CrowdFigure, Option
from vedette.domain.claims import (
    Bound,
    Citation,
    ClaimKind,
    Direction,
    Grade,
    Marking,
    Place,
    Posture,
    Quantity,
    Strength,
)  # fmt: skip
from vedette.domain.documents import Document, DroppedSpan, Quote, SourceSpan
from vedette.domain.evidence import Bearing, Evidence, Provenance, Review, Status, Verdict
from vedette.domain.judgment import Judgment, JudgmentKind
from vedette.domain.scenarios import (
    Atom,
    BaseRate,
    Basis,
    Branch,
    Chance,
    HistoryQuery,
    Leaf,
    Scenario,
    ScenarioSet,
)  # fmt: skip
from vedette.domain.time import DateInterval, Times
from vedette.errors import CaseRefused, Incoherent, UnknownName

__all__ = ["decode_case", "encode_case"]

_MAX_BYTES = 50_000_000
_LONG_KEY = re.compile(r"""(?<![\w."'-])(?:(?:[\w-]+|"[^"\n]*"|'[^'\n]*')[ \t]*\.[ \t]*){100}""")
"""A key of a hundred parts: the parser takes a time that grows with the square of them, and no case has such a key."""
_MAX_PATHS = 4096
"""More ways than this through a tree is a mistake, not a case [assumption: the bundled cases have under 20]."""


def decode_case(source: bytes | str | Path, *, names: Names = PLAIN) -> Case:
    """The case in a case file: its path, or the file's bytes.

    ``names`` looks up frameworks and states (`vedette.reference.case_files.read_case` passes the real ones).
    Raises `CaseRefused`, `Incoherent`, `NewerSchema`, `UnknownName` or another `BadInput`, each naming file, table
    and key.
    """
    where = "case file"
    if not isinstance(source, bytes):
        path = Path(source)
        where = path.name
        if not path.is_file():
            raise CaseRefused("no such file", where=str(path))
        source = path.read_bytes()
    if len(source) > _MAX_BYTES:
        raise CaseRefused(f"{len(source):,} bytes is more than a case file may hold ({_MAX_BYTES:,})", where=where)
    try:
        text = source.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise CaseRefused(f"not UTF-8 text (byte {error.start})", where=where) from error
    if _LONG_KEY.search(text):
        raise CaseRefused("nested too deeply", where=where)
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise CaseRefused(f"broken TOML: {error}", where=where) from error
    except RecursionError as error:
        raise CaseRefused("nested too deeply", where=where) from error
    except ValueError as error:
        raise CaseRefused("it holds a number that is too long", where=where) from error
    return _case(Table(migrate(data, where=where), where), names)


def _case(top: Table, names: Names) -> Case:
    top.text("schema")
    top.text("written_by", None)
    framework = top.text("framework")
    as_of = top.date("as_of")
    options = tuple(_option(t, names, as_of) for t in top.tables("options"))
    scenario_set = _scenario_set(top, options, names, as_of)
    moves = _moves(top, scenario_set, names, framework)
    documents = tuple(_document(t) for t in top.tables("documents"))
    by_id = {d.id: d for d in documents}
    reader = _ItemReader(names, framework, [o.id for o in options], scenario_set, by_id)
    structure = top.table("structure", None)
    facts = structure.table("facts", None) if structure else None
    evidence = tuple(reader.read(t) for t in top.tables("evidence"))
    reviews = tuple(_review(t) for t in top.tables("reviews"))
    judgments = tuple(_judgment(t) for t in top.tables("judgments"))
    assumptions = tuple(_assumption(t) for t in top.tables("assumptions"))
    crowd = tuple(_crowd(t) for t in top.tables("crowd"))
    indicators, checks, signals = decode_watching(
        top, names, framework, [o.id for o in options], reader.scenarios
    )
    with located(top.where):
        made = Case(
            id=top.text("id"), title=top.text("title"), question=top.text("question"), framework=framework,
            options=options, scenario_set=scenario_set, moves=moves, opened=top.date("opened"), as_of=as_of,
            documents=documents, evidence=evidence, reviews=reviews, judgments=judgments, assumptions=assumptions,
            crowd=crowd, indicators=indicators, checks=checks, signals=signals,
            structure_note=structure.text("note", "") if structure else "",
            structure_facts={k: facts.text(k) for k in facts.data} if facts else None,
            coding_note=top.text("coding_note", ""),
        )  # fmt: skip
    if structure:
        structure.finish()
    top.finish()
    return made


def _option(table: Table, names: Names, day: dt.date) -> Option:
    with located(table.where):
        host = table.text("host", None)
        made = Option(
            id=table.text("id"), interveners=tuple(names.iso3(x, day) for x in table.texts("intervener")),
            target=names.iso3(table.text("target"), day), host=names.iso3(host, day) if host else None,
            posture=table.choice("posture", Posture), means=table.text("means"),
            organisation=table.text("organisation", None),
        )  # fmt: skip
        table.finish()
        return made


def _scenario_set(top: Table, options: tuple[Option, ...], names: Names, day: dt.date) -> ScenarioSet:
    atoms, scenarios, chances = [], [], []
    for table in top.tables("atoms"):
        atoms.append(Atom(id=table.text("id"), statement=table.text("statement"), rule=table.text("rule")))
        table.finish()
    known = [a.id for a in atoms]
    for table in top.tables("scenarios"):
        members = table.texts("atoms")
        for atom in members:
            if atom not in known:
                raise UnknownName("atom", atom, nearest=nearest(atom, known), where=table.where)
        name = table.text("id")
        scenarios.append(Scenario(id=name, label=table.text("label", name), atoms=frozenset(members)))
        table.finish()
    for table in top.tables("chances"):
        chances.append(_chance(table, [o.id for o in options], names, day))
    tree = _tree(top, [c.id for c in chances], known)
    with located(top.where):
        return ScenarioSet(
            atoms=tuple(atoms), scenarios=tuple(scenarios), chances=tuple(chances), tree=tree,
            deadline=top.date("deadline"), threshold_profile=top.text("threshold_profile"),
        )  # fmt: skip


def _chance(table: Table, options: list[str], names: Names, day: dt.date) -> Chance:
    history = table.table("history", None)
    query = None
    with located(table.where):
        if history:
            query = HistoryQuery(
                outcome=history.text("outcome"),
                interveners=tuple(names.iso3(x, day) for x in history.texts("intervener")),
                target=names.iso3(history.text("target"), day),
            )  # fmt: skip
            history.finish()
        made = Chance(
            id=table.text("id"), question=table.text("question"),
            option=table.one_of("option", options, "option"),
            base_rates=tuple(_base_rate(t) for t in table.tables("base_rates")), history=query,
            veto=table.triple("veto"), rate_of=table.text("rate_of", None),
        )  # fmt: skip
        table.finish()
        return made


def _base_rate(table: Table) -> BaseRate:
    with located(table.where):
        made = BaseRate(
            p=table.number("p"), low=table.number("low"), high=table.number("high"), n=table.whole("n", None),
            events=table.whole("events", None), reference_class=table.text("class"),
            basis=table.choice("basis", Basis), source=table.text("source"),
            period_days=table.number("period_days", None), holds_from=table.date("holds_from", None),
        )  # fmt: skip
        table.finish()
    if made.n is not None and made.events is not None:
        if not 0 <= made.events <= made.n:
            raise Incoherent(f"{made.events} events among {made.n} cases", where=table.where)
        if not made.low <= made.events / made.n <= made.high:
            raise Incoherent(
                f"{made.events} of {made.n} is {made.events / made.n:.4g}, outside its interval {made.low}-{made.high}",
                where=table.where,
            )
    return made


def _tree(top: Table, chances: list[str], atoms: list[str]) -> Branch | Leaf:
    table = top.table("tree")
    assert table is not None
    root, nodes = table.text("root"), table.table("nodes")
    assert nodes is not None
    built: dict[str, tuple[Branch | Leaf, int]] = {}
    open_nodes: list[str] = []

    def build(name: str, where: str) -> tuple[Branch | Leaf, int]:
        """(node, number of ways through it); a node reached twice is built once."""
        if name.startswith("="):
            if name[1:] not in atoms:
                raise UnknownName("atom", name[1:], nearest=nearest(name[1:], atoms), where=where)
            return Leaf(atom=name[1:]), 1
        if name in open_nodes:
            raise Incoherent(f"the tree runs in a circle: {' -> '.join((*open_nodes, name))}", where=where)
        if name not in built:
            if name not in nodes.data:
                raise UnknownName("node", name, nearest=nearest(name, nodes.data), where=where)
            node = nodes.table(name)
            assert node is not None
            open_nodes.append(name)
            chance = node.one_of("chance", chances, "chance", name)
            (yes, ways_yes), (no, ways_no) = (build(node.text(answer), node.where) for answer in ("yes", "no"))
            node.finish()
            open_nodes.pop()
            built[name] = Branch(chance=chance, yes=yes, no=no), ways_yes + ways_no
            if built[name][1] > _MAX_PATHS:
                raise Incoherent(f"more than {_MAX_PATHS} ways through the tree", where=node.where)
        return built[name]

    made, _ = build(root, table.where)
    nodes.finish()
    table.finish()
    return made


def _moves(
    top: Table, scenario_set: ScenarioSet, names: Names, framework: str
) -> dict[str, dict[str, dict[str, tuple[str, int]]]]:
    with located(top.where):
        made = decode_moves(top.raw("moves", {}))
        return {
            option: {
                scenario: {
                    condition if condition == "*" else names.condition(framework, condition): move
                    for condition, move in by_condition.items()
                }
                for scenario, by_condition in by_scenario.items()
            }
            for option, by_scenario in made.items()
        }


def _citation(table: Table, default: Citation | None = None) -> Citation | None:
    """Where it was published; an empty table says "nowhere", against a default."""
    inner = table.table("citation", None)
    if inner is None:
        return default
    if not inner.data:
        return None
    made = Citation(publisher=inner.text("publisher"), title=inner.text("title", ""), url=inner.text("url", ""))
    inner.finish()
    return made


def _document(table: Table) -> Document:
    with located(table.where):
        body = table.text("text")
        published = table.instant("published", None)
        made = Document(
            id=table.text("id"),
            sha256=table.text("sha256", hashlib.sha256(body.encode("utf-8", "surrogatepass")).hexdigest()),
            title=table.text("title", ""), text=body, author=table.text("author", ""),
            kind=table.text("kind", "article"), language=table.text("language", "en"), citation=_citation(table),
            source_map=tuple(
                SourceSpan(clean_start=a, clean_end=b, raw_start=c, raw_end=d)
                for a, b, c, d in _spans(table, "source_map", 4)
            ),
            dropped=tuple(_dropped(t) for t in table.tables("dropped")),
            marking=table.choice("marking", Marking, Marking.CLEAR),
            text_layer=table.text("text_layer", ""), translated_from=table.text("translated_from", ""),
            times=_times(table, published, published),
        )  # fmt: skip
        table.finish()
        return made


def _spans(table: Table, key: str, width: int) -> list[list[int]]:
    rows = table.raw(key, [])
    if not isinstance(rows, list) or not all(
        isinstance(r, list) and len(r) == width and all(isinstance(v, int) for v in r) for r in rows
    ):
        raise CaseRefused(f"{key} should be a list of {width} whole numbers each", where=table.where)
    return rows


def _dropped(table: Table) -> DroppedSpan:
    made = DroppedSpan(start=table.whole("start"), end=table.whole("end"), reason=table.text("reason"))
    table.finish()
    return made


def _times(table: Table, published: dt.datetime | None, available: dt.datetime | None) -> Times:
    """Times of a record. What an item leaves out it takes from its document."""
    known = table.instant("available", None) or available or published
    if known is None:
        raise CaseRefused("missing key 'available'", where=table.where, fix="Say when it could first be known")
    return Times(
        occurred_at=table.interval("occurred"), published_at=published, available_at=known,
        recorded_at=table.instant("recorded", None),
    )  # fmt: skip


UNKNOWN = "unknown"
"""What stands for a publication time that an item lacks although its document has one."""


def _published(table: Table, document: Document | None) -> dt.datetime | None:
    """An item's publication time; without one of its own, its document's."""
    if table.data.get("published") == UNKNOWN:
        table.taken.add("published")
        return None
    made: dt.datetime | None = table.instant("published", document.times.published_at if document else None)
    return made


class _ItemReader:
    """Reads evidence tables against the case's options, scenarios and documents."""

    def __init__(
        self, names: Names, framework: str, options: list[str], scenarios: ScenarioSet,
        documents: Mapping[str, Document],
    ) -> None:  # fmt: skip
        self.names, self.framework, self.options = names, framework, options
        self.scenarios = [s.id for s in scenarios.scenarios] + [a.id for a in scenarios.atoms]
        self.documents = documents

    def read(self, table: Table) -> Evidence:
        """One item."""
        with located(table.where):
            quote = self._quote(table)
            document = quote.document if quote else None
            target = table.text("target", None)
            grade = table.text("grade", "F6")
            made = Evidence(
                id=table.text("id"), claim=table.text("claim", quote.text if quote else _needed(table)),
                kind=table.choice("kind", ClaimKind), attribution=table.text("attribution", ""),
                bearings=tuple(self._bearing(t) for t in table.tables("bearings")),
                grade=Grade(reliability=grade[:1], credibility=grade[1:]),
                times=_times(table, _published(table, document), document.times.available_at if document else None),
                origin=table.text("origin", table.text("id")), quote=quote,
                unverified_quote=table.text("unverified_quote", None),
                citation=_citation(table, document.citation if document else None),
                actors=table.texts("actors", ()), target=target, place=_place(table),
                dates=tuple(_interval(t) for t in table.tables("dates")),
                quantities=tuple(_quantity(t) for t in table.tables("quantities")),
                negated=table.flag("negated", False), hypothetical=table.flag("hypothetical", False),
                confidence=table.number("confidence", None),
                status=table.choice("status", Status, Status.ACCEPTED),
                half_life_days=table.number("half_life_days", None), position=table.text("position", None),
                supersedes=table.text("supersedes", None),
                provenance=_provenance(table), marking=table.choice("marking", Marking, Marking.CLEAR),
            )  # fmt: skip
            table.finish()
            return made

    def _bearing(self, table: Table) -> Bearing:
        made = Bearing(
            option=table.one_of("option", self.options, "option", self.options[0] if self.options else ""),
            scenario=table.one_of("scenario", self.scenarios, "scenario"),
            condition=self.names.condition(self.framework, table.text("condition")),
            direction=table.choice("direction", Direction), strength=table.choice("strength", Strength),
            actor=table.text("actor", None),
        )  # fmt: skip
        table.finish()
        return made

    def _quote(self, table: Table) -> Quote | None:
        name = table.text("document", None)
        wording = table.text("quote", None)
        start = table.whole("start", None)
        if name is None:
            if wording is not None:
                raise CaseRefused(
                    "a quote needs its document", where=table.where, fix="Add document = ..., or use unverified_quote"
                )
            return None
        if name not in self.documents:
            raise UnknownName("document", name, nearest=nearest(name, self.documents), where=table.where)
        if wording is None:
            raise CaseRefused("missing key 'quote'", where=table.where, fix="Quote the words of the document")
        document = self.documents[name]
        if start is None:
            return document.find_quote(wording)
        return Quote(document=document, start=start, end=start + len(wording), text=wording)


def _needed(table: Table) -> Any:
    """The claim itself when there is no quote to stand for it."""
    return table.text("claim")


def _place(table: Table) -> Place | None:
    inner = table.table("place", None)
    if inner is None:
        return None
    made = Place(
        name=inner.text("name"), lat=inner.number("lat", None), lon=inner.number("lon", None),
        country=inner.text("country", None),
    )  # fmt: skip
    inner.finish()
    return made


def _interval(table: Table) -> DateInterval:
    made = DateInterval(start=table.date("from", None), end=table.date("to", None))
    table.finish()
    return made


def _quantity(table: Table) -> Quantity:
    made = Quantity(
        text=table.text("text", ""), value=table.number("value"), unit=table.text("unit"),
        bound=table.choice("bound", Bound, Bound.EXACT), of=table.text("of", ""),
        attribution=table.text("attribution", ""),
    )  # fmt: skip
    table.finish()
    return made


def _provenance(table: Table) -> Provenance | None:
    inner = table.table("provenance", None)
    if inner is None:
        return None
    made = Provenance(author=inner.text("author"), at=inner.instant("at"), reason=inner.text("reason", ""))
    inner.finish()
    return made


def _review(table: Table) -> Review:
    with located(table.where):
        made = Review(
            evidence=table.text("evidence"), verdict=table.choice("verdict", Verdict), author=table.text("author"),
            at=table.instant("at"), reason=table.text("reason", ""), replacement=table.text("replacement", None),
        )  # fmt: skip
        table.finish()
        return made


def _judgment(table: Table) -> Judgment:
    with located(table.where):
        made = Judgment(
            id=table.text("id"), analyst=table.text("analyst"), kind=table.choice("kind", JudgmentKind),
            subject=table.text("subject"), value=table.number("value"), low=table.number("low", None),
            high=table.number("high", None), reason=table.text("reason", ""), round=table.whole("round", 1),
            saw_model=table.flag("saw_model", False), at=table.instant("at"),
            recorded_at=table.instant("recorded_at", None),
        )  # fmt: skip
        table.finish()
        return made


def _assumption(table: Table) -> Assumption:
    made = Assumption(
        id=table.text("id"), statement=table.text("statement"), source=table.text("source", ""),
        if_false=table.text("if_false", ""), rerun=table.texts("rerun", ()),
    )  # fmt: skip
    table.finish()
    return made


def _crowd(table: Table) -> CrowdFigure:
    with located(table.where):
        made = CrowdFigure(
            date=table.date("date"), source=table.text("source"), question=table.text("question"),
            probability=table.number("probability"),
        )  # fmt: skip
        table.finish()
        return made
