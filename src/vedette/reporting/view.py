"""The brief as plain frozen objects: what is said, in which order, before any HTML or Markdown."""

from __future__ import annotations

from dataclasses import dataclass

from vedette.reporting.figures import Figure, Parts, Sentence


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """An estimate on a scale: ``value`` with its inner and outer interval, and a reference mark below the line."""

    value: float
    inner: tuple[float, float] | None
    outer: tuple[float, float] | None
    reference: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ScenarioRow:
    """One scenario with its interval glyph."""

    letter: str
    id: str
    label: Figure
    detail: Parts
    probability: Figure
    interval: Figure
    word: Figure
    base: Figure | None
    change: Figure | None
    sign: str
    line: Line
    alternative: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceLine:
    """One item as printed: our words where its quote holds them, else the quote alone.

    ``said``: how often its speaker said it, where a standing position is repeated.
    """

    id: str
    sign: str
    claim: Figure | None
    quote: Figure | None
    note: str
    attribution: Figure
    day: Figure
    grade: Figure
    publisher: Figure | None
    url: str
    weight: Figure | None = None
    said: Parts = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ConditionCell:
    """A condition in one actor's view; ``state`` None is unknown, with the reason."""

    view: str
    glyph: str
    level: Parts
    state: Figure | None
    line: Line | None
    items: Figure | None
    alternative: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ConditionRow:
    """A condition across views, what meeting it alone would do, and the evidence behind it."""

    number: str
    label: str
    cells: tuple[ConditionCell | None, ...]
    gain: Figure | None
    share: Figure | None
    binding: bool
    evidence: tuple[EvidenceLine, ...]
    summary: Parts


@dataclass(frozen=True, slots=True, kw_only=True)
class ConditionTable:
    """The conditions of one scenario."""

    letter: str
    scenario: Figure
    finding: Sentence
    views: tuple[str, ...]
    rows: tuple[ConditionRow, ...]
    gains: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """A row of the waterfall; ``start``/``end`` in log-odds."""

    kind: str
    sign: str
    label: Parts
    value: Figure
    start: float
    end: float
    evidence: tuple[EvidenceLine, ...]
    summary: Parts


@dataclass(frozen=True, slots=True, kw_only=True)
class Waterfall:
    """From the base rate to the estimate; bars and residual sum exactly."""

    letter: str
    scenario: Figure
    finding: Sentence
    bars: tuple[Bar, ...]
    low: float
    high: float
    total: Line
    total_value: Figure
    total_probability: Figure


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeline:
    """The first scenario over time, by steps: positions run from 0 (first date) to 1 (now)."""

    finding: Sentence
    points: tuple[tuple[float, Line], ...]
    top: float
    first: Figure
    last: Figure
    alternative: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A table row: cells of words and figures, with a direction mark where there is one."""

    cells: tuple[Parts, ...]
    sign: str = ""
    url: str = ""
    anchor: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A small table with a finding for a title; ``empty`` says why when it has no rows."""

    id: str
    finding: Parts
    heads: tuple[str, ...]
    rows: tuple[Row, ...]
    note: Parts = ()
    empty: str = ""
    wide: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class MapView:
    """The map and the computed distance; ``svg`` is made by us from boundary data, never from the case's text."""

    svg: str
    finding: Parts
    sentences: tuple[Sentence, ...]
    claims: tuple[Parts, ...]
    sightings: tuple[tuple[Figure, EvidenceLine], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """One source with the items that rest on it."""

    title: Parts
    note: Parts
    url: str
    items: tuple[EvidenceLine, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class BriefView:
    """A whole brief. Every `Figure` in it points into the facts embedded in the page. ``sections``: those that are
    printed (`vedette.reporting.sections`); what belongs to others is empty here."""

    title: Figure
    question: Figure
    case: Figure
    mark: Figure
    as_of: Figure
    reading: Parts
    closes: Parts
    lede: tuple[Sentence, ...]
    judgements: tuple[Sentence, ...]
    notes: tuple[Sentence, ...]
    confidence: Sentence
    confidence_reasons: tuple[Figure, ...]
    side: tuple[tuple[str, tuple[Parts, ...]], ...]
    scenarios: tuple[ScenarioRow, ...]
    scenario_finding: Parts
    scenario_note: Parts
    previous: Parts
    conditions: tuple[ConditionTable, ...]
    waterfalls: tuple[Waterfall, ...]
    timeline: Timeline | None
    map: MapView | None
    map_missing: Parts
    tables: tuple[Table, ...]
    warnings: tuple[Figure, ...]
    limits: tuple[Sentence, ...]
    sources: tuple[Source, ...]
    excluded: tuple[Parts, ...]
    foot: Parts
    command: Parts
    sections: frozenset[str]

    def own_sentences(self) -> tuple[Parts, ...]:
        """Every sentence the product itself wrote for this brief: what the linter reads in full."""
        said = [*self.lede, *self.judgements, *self.limits, self.confidence]
        said += [t.finding for t in self.conditions] + [w.finding for w in self.waterfalls]
        if self.map:
            said += self.map.sentences
        if self.timeline:
            said.append(self.timeline.finding)
        findings = [self.scenario_finding, *(t.finding for t in self.tables)]
        findings += [t.note for t in self.tables if t.note] + ([self.map.finding] if self.map else [])
        return (*(s.parts for s in said), *findings)

    def passed_texts(self) -> tuple[Figure, ...]:
        """Texts of the case and the engine that the brief repeats as its own view: reasons, warnings, assumptions."""
        rows = [p for t in self.tables if t.id == "assumptions" for r in t.rows for c in r.cells for p in c]
        return (*self.confidence_reasons, *self.warnings, *(p for p in rows if isinstance(p, Figure)))
