"""Hypothesis strategies for every noun of the domain. Import what you need: ``from strategies import cases``."""

from __future__ import annotations

import datetime as dt
import hashlib
from dataclasses import replace
from typing import Any

from hypothesis import strategies as st

from vedette.domain import accounts, events
from vedette.domain.alerts import (
    Alert,
    AlertKind,
    AlertRule,
    CaseState,
    DueLine,
    IndicatorLine,
    Move,
    NewItem,
    QuietHours,
    Reason,
    ScenarioLine,
    Share,
    SourceLine,
    Told,
)
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
)
from vedette.domain.documents import Document, DroppedSpan, Quote, SourceSpan
from vedette.domain.evidence import Bearing, Evidence, Provenance, Review, Status, Verdict
from vedette.domain.forecast import (
    Analogue,
    Assessment,
    AtomEstimate,
    Binding,
    ConditionEstimate,
    Confidence,
    Contribution,
    ScenarioEstimate,
    Sensitivity,
)
from vedette.domain.framework import Condition, Framework, Indicator
from vedette.domain.indicators import (
    Check,
    Collection,
    Expectation,
    IndicatorState,
    SignalKind,
    SignalReading,
    WatchedIndicator,
)
from vedette.domain.judgment import Judgment, JudgmentKind
from vedette.domain.ledger import Forecast, Question, Resolution
from vedette.domain.reading import (
    ActorMention,
    Claim,
    ClaimBearing,
    DateMention,
    EventClass,
    Extraction,
    PlaceMention,
    QuantityMention,
)
from vedette.domain.scenarios import (
    Atom,
    BaseRate,
    Basis,
    Branch,
    Chance,
    HistoryQuery,
    Leaf,
    Path,
    Scenario,
    ScenarioSet,
)
from vedette.domain.stories import Placed, Relation, Signature
from vedette.domain.time import UTC, AsOf, DateInterval, Times
from vedette.domain.track_record import Ending, PastForecast, PastQuestion, TrackRecord

FIRST, LAST = dt.date(1990, 1, 1), dt.date(2030, 12, 31)
CONDITIONS = (
    "perceived_justification",
    "local_support",
    "absence_of_resistance",
    "technical_feasibility",
    "low_costs",
    "stakes",
    "option",
)
STATES = ("RUS", "UKR", "BLR", "NGA", "NER", "SEN", "TUR", "SYR")

days = st.dates(FIRST, LAST)
instants = st.datetimes(dt.datetime(1990, 1, 1), dt.datetime(2030, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001
moments = st.one_of(instants, days.map(lambda d: dt.datetime(d.year, d.month, d.day, tzinfo=UTC)))
words = st.text(max_size=30)
said = st.text(min_size=1, max_size=40).filter(lambda t: bool(t.strip()))
ids = st.one_of(
    st.from_regex(r"[a-z][a-z0-9_-]{0,8}", fullmatch=True), st.text(min_size=1, max_size=6)
)
shares = st.floats(0, 1, allow_nan=False)
inner_shares = st.floats(0.001, 0.999, allow_nan=False)
numbers = st.floats(-1e9, 1e9, allow_nan=False)
states = st.sampled_from(STATES)
_NOTHING: st.SearchStrategy[str | None] = st.none()


def maybe(strategy: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """The value or None."""
    return st.none() | strategy


def some(strategy: st.SearchStrategy[Any], most: int = 3) -> st.SearchStrategy[tuple[Any, ...]]:
    """A short tuple."""
    return st.lists(strategy, max_size=most).map(tuple)


@st.composite
def date_intervals(draw: st.DrawFn) -> DateInterval:
    """Days, open at either end."""
    start, end = draw(maybe(days)), draw(maybe(days))
    if start is not None and end is not None and end < start:
        start, end = end, start
    return DateInterval(start=start, end=end)


@st.composite
def times(draw: st.DrawFn, *, published: bool = False) -> Times:
    """Times in their right order; ``published`` forces a publication time."""
    first, second = sorted((draw(moments), draw(moments)))
    return Times(
        occurred_at=draw(maybe(date_intervals())),
        published_at=first if published or draw(st.booleans()) else None,
        available_at=second,
        recorded_at=draw(maybe(moments)),
    )


as_ofs = days.map(lambda d: AsOf(date=d))
citations = st.builds(Citation, publisher=words, title=words, url=words)
grades = st.builds(Grade, reliability=st.sampled_from("ABCDEF"), credibility=st.sampled_from("123456"))
quantities = st.builds(
    Quantity, text=words, value=numbers, unit=words, bound=st.sampled_from(Bound), of=words, attribution=words
)
places = st.builds(
    Place,
    name=words,
    lat=maybe(st.floats(-90, 90, allow_nan=False)),
    lon=maybe(st.floats(-180, 180, allow_nan=False)),
    country=maybe(states),
)
provenances = st.builds(Provenance, author=words, at=moments, reason=words)
source_spans = st.builds(
    SourceSpan, **{k: st.integers(0, 10**6) for k in ("clean_start", "clean_end", "raw_start", "raw_end")}
)
dropped_spans = st.builds(DroppedSpan, start=st.integers(0, 10**6), end=st.integers(0, 10**6), reason=words)


@st.composite
def documents(draw: st.DrawFn, name: st.SearchStrategy[str] = ids) -> Document:
    """A document with any text, its digest the text's own or another's."""
    text = draw(st.text(min_size=1, max_size=120).filter(lambda t: bool(t.strip())))
    digest = hashlib.sha256(text.encode()).hexdigest()
    return Document(
        id=draw(name),
        sha256=draw(st.sampled_from((digest, "0" * 64))),
        title=draw(words),
        text=text,
        author=draw(words),
        kind=draw(st.sampled_from(("article", "statement", "note"))),
        language=draw(st.sampled_from(("en", "uk", "und"))),
        citation=draw(maybe(citations)),
        source_map=draw(some(source_spans)),
        dropped=draw(some(dropped_spans)),
        marking=draw(st.sampled_from(Marking)),
        text_layer=draw(st.sampled_from(("", "1" * 64))),
        translated_from=draw(st.just("") | ids),
        times=draw(times(published=True)),
    )


@st.composite
def quotes(draw: st.DrawFn, document: Document | None = None) -> Quote:
    """An exact slice of a document."""
    source = document or draw(documents())
    start = draw(st.integers(0, len(source.text) - 1))
    return source.quote(start, draw(st.integers(start + 1, len(source.text))))


@st.composite
def bearings(
    draw: st.DrawFn,
    option: st.SearchStrategy[str] = ids,
    scenario: st.SearchStrategy[str] = ids,
) -> Bearing:
    """How an item moves a scenario."""
    return Bearing(
        option=draw(option),
        scenario=draw(scenario),
        condition=draw(st.sampled_from(CONDITIONS)),
        direction=draw(st.sampled_from(Direction)),
        strength=draw(st.sampled_from(Strength)),
        actor=draw(maybe(states)),
    )


@st.composite
def evidence(
    draw: st.DrawFn,
    *,
    name: st.SearchStrategy[str] = ids,
    options: tuple[str, ...] = ("main",),
    scenarios: st.SearchStrategy[str] = ids,
    sources: tuple[Document, ...] | None = None,
) -> Evidence:
    """One item; it quotes one of ``sources`` or, without them, a document of its own, or none."""
    chosen = draw(st.lists(st.sampled_from(options), unique=True, max_size=len(options)))
    if sources is None:
        quote = draw(maybe(quotes()))
    else:
        quote = draw(quotes(draw(st.sampled_from(sources)))) if sources and draw(st.booleans()) else None
    claim = quote.text if quote is not None and quote.text.strip() and draw(st.booleans()) else draw(said)
    parent = quote.document.times if quote is not None and draw(st.booleans()) else None
    citation = quote.document.citation if quote is not None and draw(st.booleans()) else draw(maybe(citations))
    own = draw(times())
    if quote is not None and own.available_at < quote.document.times.available_at:
        # An item cannot be known before the document it quotes.
        own = replace(own, available_at=quote.document.times.available_at)
    return Evidence(
        id=draw(name),
        claim=claim,
        kind=draw(st.sampled_from(ClaimKind)),
        attribution=draw(words),
        bearings=tuple(draw(bearings(st.just(o), scenarios)) for o in chosen),
        grade=draw(grades),
        times=Times(published_at=parent.published_at, available_at=parent.available_at) if parent else own,
        origin=draw(words),
        quote=quote,
        unverified_quote=draw(maybe(words)),
        citation=citation,
        actors=draw(some(words)),
        target=draw(maybe(states)),
        place=draw(maybe(places)),
        dates=draw(some(date_intervals())),
        quantities=draw(some(quantities, 2)),
        negated=draw(st.booleans()),
        hypothetical=draw(st.booleans()),
        confidence=draw(maybe(shares)),
        status=draw(st.sampled_from(Status)),
        half_life_days=draw(maybe(st.floats(0.5, 1e4, allow_nan=False))),
        position=draw(maybe(ids)),
        supersedes=draw(maybe(ids)),
        provenance=draw(maybe(provenances)),
        marking=draw(st.sampled_from(Marking)),
    )


@st.composite
def reviews(draw: st.DrawFn, name: st.SearchStrategy[str] = ids) -> Review:
    """A decision on an item; a correction names its reason and replacement."""
    verdict = draw(st.sampled_from(Verdict))
    corrects = verdict is Verdict.CORRECT
    return Review(
        evidence=draw(name),
        verdict=verdict,
        author=draw(said),
        at=draw(moments),
        reason=draw(said) if corrects else draw(words),
        replacement=draw(ids) if corrects else draw(maybe(ids)),
    )


past_forecasts = st.builds(
    PastForecast, analyst=words, as_of=days, known_at=moments, distribution=st.dictionaries(words, shares, max_size=3),
    base_rate=st.dictionaries(words, shares, max_size=3), stated=st.booleans(),
)
endings = st.builds(Ending, atom=maybe(words), known_at=moments, last_day=days)
past_questions = st.builds(
    PastQuestion, id=ids, atoms=some(words), deadline=days, endings=some(endings), told=some(past_forecasts)
)
track_records = st.builds(TrackRecord, questions=some(past_questions), too_late=some(moments), fault=words)


@st.composite
def judgments(draw: st.DrawFn) -> Judgment:
    """A value inside its own interval."""
    kind = draw(st.sampled_from(JudgmentKind))
    inside = inner_shares if kind is JudgmentKind.PROBABILITY else st.floats(-3, 3, allow_nan=False)
    low, value, high = sorted(draw(st.tuples(inside, inside, inside)))
    return Judgment(
        id=draw(ids),
        analyst=draw(words),
        kind=kind,
        subject=draw(words),
        value=value,
        low=draw(maybe(st.just(low))),
        high=draw(maybe(st.just(high))),
        reason=draw(words),
        round=draw(st.integers(1, 3)),
        saw_model=draw(st.booleans()),
        at=draw(moments),
        recorded_at=draw(maybe(moments)),
    )


assumptions = st.builds(
    Assumption, id=ids, statement=words, source=words, if_false=words, rerun=st.lists(words, max_size=2).map(tuple)
)
crowd_figures = st.builds(CrowdFigure, date=days, source=words, question=words, probability=shares)
indicators = st.builds(
    Indicator,
    id=ids,
    observable=words,
    direction=st.sampled_from(Direction),
    lead_time_days=maybe(st.integers(0, 400)),
    threshold=words,
    collection=words,
)


def conditions(name: st.SearchStrategy[str] = ids) -> st.SearchStrategy[Condition]:
    """One condition."""
    return st.builds(
        Condition,
        id=name,
        number=words,
        label=words,
        definition=words,
        aliases=some(words),
        indicators=some(indicators),
        structural_note=words,
    )


@st.composite
def frameworks(draw: st.DrawFn) -> Framework:
    """A framework with a weight for every posture."""
    names = draw(st.lists(ids, min_size=1, max_size=5, unique=True))
    apart = draw(st.booleans())
    members = tuple(draw(conditions(st.just(n))) for n in names)
    own, stakes = (members[:-1], members[-1]) if apart and len(members) > 1 else (members, None)
    weight = st.floats(0.1, 5, allow_nan=False)
    return Framework(
        id=draw(ids),
        title=draw(words),
        source=draw(words),
        conditions=own,
        stakes=stakes,
        weights={p: tuple(draw(weight) for _ in own) for p in Posture},
        reads=draw(st.dictionaries(ids, st.sampled_from(names), max_size=3)),
        version=draw(words),
    )


@st.composite
def base_rates(draw: st.DrawFn) -> BaseRate:
    """A rate inside its interval; counted ones agree with their counts."""
    low, p, high = sorted(draw(st.tuples(inner_shares, inner_shares, inner_shares)))
    n: int | None = None
    events: int | None = None
    if draw(st.booleans()):
        n = draw(st.integers(1, 10_000))
        events = round(p * n)
        low, high = min(low, max(events / n, 1e-6)), max(high, min(events / n, 1 - 1e-6))
        if not low <= events / n <= high:
            n = events = None
    return BaseRate(
        p=p,
        low=low,
        high=high,
        n=n,
        events=events,
        reference_class=draw(words),
        basis=draw(st.sampled_from(Basis)),
        source=draw(words),
        period_days=draw(maybe(st.floats(1, 4000, allow_nan=False))),
        holds_from=draw(maybe(days)),
    )


history_queries = st.builds(HistoryQuery, outcome=words, interveners=some(states), target=states)


@st.composite
def chances(
    draw: st.DrawFn,
    name: st.SearchStrategy[str] = ids,
    option: st.SearchStrategy[str] = ids,
    counted: st.SearchStrategy[str | None] = _NOTHING,
) -> Chance:
    """A question of the tree."""
    low, value, high = sorted(draw(st.tuples(shares, shares, shares)))
    return Chance(
        id=draw(name),
        question=draw(words),
        option=draw(option),
        base_rates=tuple(draw(st.lists(base_rates(), min_size=1, max_size=3))),
        history=draw(maybe(history_queries)),
        veto=draw(maybe(st.just((value, low, high)))),
        rate_of=draw(counted),
    )


@st.composite
def trees(draw: st.DrawFn, atoms: tuple[str, ...], spare: list[str]) -> Branch | Leaf:
    """A tree over all ``atoms``; ``spare`` holds unused chance ids and loses those used."""
    if len(atoms) == 1:
        if spare and draw(st.booleans()) and draw(st.booleans()):
            return Branch(chance=spare.pop(), yes=Leaf(atom=atoms[0]), no=Leaf(atom=atoms[0]))
        return Leaf(atom=atoms[0])
    cut = draw(st.integers(1, len(atoms) - 1))
    chance = spare.pop()
    return Branch(chance=chance, yes=draw(trees(atoms[:cut], spare)), no=draw(trees(atoms[cut:], spare)))


@st.composite
def scenario_sets(draw: st.DrawFn, options: tuple[str, ...] = ("main",)) -> ScenarioSet:
    """A coherent set; some questions are asked on several paths, some atoms reached by several."""
    names = tuple(draw(st.lists(ids, min_size=2, max_size=5, unique=True)))
    # Two trees of five leaves ask at most 2 * (4 + 5) + 1 questions; the odd names are used first.
    odd = draw(st.lists(ids, max_size=3, unique=True))
    spare = [n for n in (f"question-{i}" for i in range(20)) if n not in odd] + odd
    tree = draw(trees(names, spare))
    if draw(st.booleans()):
        # Ask one more question first: "no" runs into the same tree, so every question stands on two paths.
        tree = Branch(chance=spare.pop(), yes=draw(trees(names, spare)) if draw(st.booleans()) else tree, no=tree)
    asked: list[str] = []

    def collect(node: Branch | Leaf) -> None:
        if isinstance(node, Branch):
            if node.chance not in asked:
                asked.append(node.chance)
            collect(node.yes)
            collect(node.no)

    collect(tree)
    titles = draw(st.lists(ids, max_size=3, unique=True))
    scenarios = tuple(
        Scenario(
            id=t, label=draw(words), atoms=frozenset(draw(st.lists(st.sampled_from(names), min_size=1, unique=True)))
        )
        for t in titles
    )
    counted = st.sampled_from([None, *titles])
    return ScenarioSet(
        atoms=tuple(Atom(id=n, statement=draw(words), rule=draw(words)) for n in names),
        scenarios=scenarios,
        chances=tuple(draw(chances(st.just(c), st.sampled_from(options), counted)) for c in asked),
        tree=tree,
        deadline=draw(days),
        threshold_profile=draw(words),
    )


@st.composite
def expectations(draw: st.DrawFn) -> Expectation:
    """An event expected between two days."""
    start, end = sorted((draw(days), draw(days)))
    true, false, seen = draw(st.tuples(inner_shares, inner_shares, inner_shares))
    return Expectation(start=start, end=end, if_true=true, if_false=false, seen=seen)


@st.composite
def watched_indicators(
    draw: st.DrawFn, name: st.SearchStrategy[str] = ids, option: st.SearchStrategy[str] = ids,
    scenario: st.SearchStrategy[str] = ids,
) -> WatchedIndicator:  # fmt: skip
    """An indicator with likelihood ratios that fit together, or with an expected event."""
    above, below = draw(st.floats(1.01, 20, allow_nan=False)), draw(st.floats(0.05, 1, allow_nan=False))
    timed = draw(st.booleans())
    return WatchedIndicator(
        id=draw(name),
        observable=draw(said),
        option=draw(option),
        scenario=draw(scenario),
        condition=draw(st.sampled_from(CONDITIONS)),
        threshold=draw(words),
        collection=draw(words),
        added=draw(moments),
        ratio=None if timed else draw(st.sampled_from([(above, below), (min(below, 0.99), above)])),
        expected=draw(expectations()) if timed else None,
        spread=draw(st.floats(0, 2, allow_nan=False)),
        lead_time_days=draw(maybe(st.integers(0, 400))),
        standing=draw(st.booleans()),
        author=draw(words),
        note=draw(words),
        citation=draw(maybe(citations)),
    )


def checks(name: st.SearchStrategy[str] = ids) -> st.SearchStrategy[Check]:
    """One look for an indicator."""
    return st.builds(
        Check,
        indicator=name,
        state=st.sampled_from(IndicatorState),
        at=moments,
        author=said,
        collection=st.sampled_from(Collection),
        why=said,
        source=words,
        evidence=some(ids, 2),
        recorded_at=maybe(moments),
    )


def signal_readings(
    name: st.SearchStrategy[str] = ids, option: st.SearchStrategy[str] = ids, scenario: st.SearchStrategy[str] = ids
) -> st.SearchStrategy[SignalReading]:
    """One reading of an event stream."""
    return st.builds(
        SignalReading,
        id=name,
        option=option,
        scenario=scenario,
        kind=st.sampled_from(SignalKind),
        at=moments,
        value=numbers,
        log_ratio=st.floats(-2.9, 2.9, allow_nan=False),
        spread=st.floats(0, 2, allow_nan=False),
        events=st.integers(0, 10**6),
        source=words,
        detail=words,
        left_out=st.integers(0, 100),
    )


@st.composite
def options(draw: st.DrawFn, name: st.SearchStrategy[str] = ids) -> Option:
    """An option, of one state or a coalition."""
    return Option(
        id=draw(name),
        interveners=tuple(draw(st.lists(states, min_size=1, max_size=3, unique=True))),
        target=draw(states),
        posture=draw(st.sampled_from(Posture)),
        means=draw(words),
        host=draw(maybe(states)),
        organisation=draw(maybe(words)),
    )


@st.composite
def moves(draw: st.DrawFn, chosen: tuple[str, ...], scenarios: ScenarioSet) -> dict[str, Any]:
    """What items on (option, scenario, condition) move."""
    known = [s.id for s in scenarios.scenarios] + [a.id for a in scenarios.atoms]
    move = st.tuples(st.sampled_from([c.id for c in scenarios.chances]), st.sampled_from((-1, 1)))
    by_condition = st.dictionaries(st.sampled_from(("*", *CONDITIONS)), move, max_size=3)
    by_scenario = st.dictionaries(st.sampled_from(known), by_condition, max_size=3)
    return draw(st.dictionaries(st.sampled_from(chosen), by_scenario, max_size=2))


@st.composite
def cases(draw: st.DrawFn) -> Case:
    """A coherent case with documents, evidence that quotes them, reviews and judgments."""
    names = tuple(draw(st.lists(ids, min_size=1, max_size=2, unique=True)))
    scenarios = draw(scenario_sets(names))
    sources = tuple(draw(documents(st.just(n))) for n in draw(st.lists(ids, max_size=2, unique=True)))
    known = [s.id for s in scenarios.scenarios] + [a.id for a in scenarios.atoms]
    items = tuple(
        draw(evidence(name=st.just(n), options=names, scenarios=st.sampled_from(known), sources=sources))
        for n in draw(st.lists(ids, max_size=3, unique=True))
    )
    option, scenario = st.sampled_from(names), st.sampled_from(known)
    watched = draw(st.lists(ids, max_size=2, unique=True))
    read = draw(st.lists(ids, max_size=2, unique=True))
    return Case(
        id=draw(ids),
        title=draw(words),
        question=draw(words),
        framework=draw(words),
        options=tuple(draw(options(st.just(n))) for n in names),
        scenario_set=scenarios,
        moves=draw(moves(names, scenarios)),
        opened=draw(days),
        as_of=min(draw(days), scenarios.deadline),
        documents=sources,
        evidence=items,
        reviews=draw(some(reviews(), 2)),
        judgments=draw(some(judgments(), 2)),
        assumptions=draw(some(assumptions, 2)),
        crowd=draw(some(crowd_figures, 2)),
        indicators=tuple(draw(watched_indicators(st.just(n), option, scenario)) for n in watched),
        checks=draw(some(checks(st.sampled_from(watched)), 2)) if watched else (),
        signals=tuple(draw(signal_readings(st.just(n), option, scenario)) for n in read),
        structure_note=draw(words),
        structure_facts=draw(maybe(st.dictionaries(words, words, max_size=2))),
        coding_note=draw(words),
    )


@st.composite
def distributions(draw: st.DrawFn) -> dict[str, float]:
    """Probabilities that sum to one."""
    names = draw(st.lists(ids, min_size=2, max_size=5, unique=True))
    weights = [draw(st.integers(1, 100)) for _ in names]
    return {n: w / sum(weights) for n, w in zip(names, weights, strict=True)}


questions = st.builds(Question, id=ids, case=ids, statement=words, atoms=some(ids), rule=words, deadline=days)
forecasts = st.builds(
    Forecast,
    question=ids,
    forecaster=words,
    as_of=days,
    at=moments,
    distribution=distributions(),
    base_rate=distributions(),
    inputs_digest=words,
    method=words,
    note=words,
)


@st.composite
def resolutions(draw: st.DrawFn) -> Resolution:
    """An outcome, or why there is none."""
    atom = draw(maybe(ids))
    return Resolution(
        question=draw(ids),
        atom=atom,
        at=draw(moments),
        occurred=draw(maybe(days)),
        source=draw(words),
        void_reason=draw(said) if atom is None else "",
    )


offsets = st.integers(0, 10**6)
actor_mentions = st.builds(
    ActorMention, start=offsets, end=offsets, text=words, codes=some(states), kind=words, role=words
)
place_mentions = st.builds(
    PlaceMention,
    start=offsets,
    end=offsets,
    text=words,
    lat=maybe(numbers),
    lon=maybe(numbers),
    country=maybe(states),
    level=words,
    alternatives=some(places, 2),
)
date_mentions = st.builds(DateMention, start=offsets, end=offsets, text=words, interval=date_intervals())
quantity_mentions = st.builds(
    QuantityMention,
    start=offsets,
    end=offsets,
    text=words,
    value=numbers,
    unit=words,
    bound=st.sampled_from(Bound),
    of=words,
)
claim_bearings = st.builds(
    ClaimBearing,
    condition=st.sampled_from(CONDITIONS),
    direction=st.sampled_from(Direction),
    scenario_hint=words,
    strength=st.sampled_from(Strength),
)
claims = st.builds(
    Claim,
    start=offsets,
    end=offsets,
    quote=words,
    kind=st.sampled_from(ClaimKind),
    attribution=words,
    actors=some(states),
    target=maybe(states),
    places=some(places, 2),
    dates=some(date_mentions, 2),
    quantities=some(quantities, 2),
    conditions=some(claim_bearings, 2),
    negated=st.booleans(),
    hypothetical=st.booleans(),
    confidence=maybe(shares),
    reasons=some(words),
    reader=words,
    event_class=maybe(words),
    quad=maybe(words),
)
event_classes = st.builds(
    EventClass,
    root=words,
    quad=words,
    probability=shares,
    quad_probability=shares,
    roots=some(st.tuples(words, shares)),
)
whole_numbers = st.integers(0, 2**31)
signatures = st.builds(
    Signature,
    document=ids,
    words=whole_numbers,
    shingles=whole_numbers,
    sketch=some(whole_numbers),
    blocks=some(whole_numbers),
    anchors=some(whole_numbers),
    keys=some(whole_numbers),
)
placements = st.builds(
    Placed, document=ids, story=ids, relation=st.sampled_from(Relation), of=ids, share=st.floats(0, 1)
)
extractions = st.builds(
    Extraction,
    document=documents(),
    claims=some(claims, 2),
    actors=some(actor_mentions, 2),
    places=some(place_mentions, 2),
    dates=some(date_mentions, 2),
    quantities=some(quantity_mentions, 2),
    warnings=some(words, 2),
    parser=words,
    parsed=whole_numbers,
)

intervals = st.tuples(numbers, numbers)
plain = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**6), 10**6) | numbers | words,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(words, inner, max_size=2),
    max_leaves=4,
)
plain_tables = st.dictionaries(words, plain, max_size=2)
paths = st.builds(Path, answers=some(st.tuples(ids, st.booleans())), atom=ids)
atoms = st.builds(Atom, id=ids, statement=words, rule=words)
scenarios = st.builds(Scenario, id=ids, label=words, atoms=st.frozensets(ids, max_size=3))
leaves = st.builds(Leaf, atom=ids)
branches = st.builds(Branch, chance=ids, yes=leaves, no=leaves | st.builds(Branch, chance=ids, yes=leaves, no=leaves))
atom_estimates = st.builds(
    AtomEstimate, id=ids, statement=words, probability=shares, interval50=intervals, interval90=intervals
)
scenario_estimates = st.builds(
    ScenarioEstimate,
    id=ids,
    label=words,
    atoms=some(ids),
    probability=shares,
    interval50=intervals,
    interval90=intervals,
    word=words,
    base_rate=plain_tables,
)
condition_estimates = st.builds(
    ConditionEstimate,
    scenario=ids,
    option=ids,
    actor=words,
    condition=st.sampled_from(CONDITIONS),
    state=maybe(numbers),
    interval=maybe(intervals),
    level=words,
    evidence=some(ids),
    independent_sources=st.integers(0, 50),
    reason=words,
)
contributions = st.builds(
    Contribution, what=words, kind=words, log_odds=numbers, evidence=some(ids), detail=some(st.tuples(words, numbers))
)
bindings = st.builds(Binding, gain=numbers, probability=shares, gradient_share=shares)
sensitivities = st.builds(
    Sensitivity, what=words, kind=words, scenario=ids, probability=shares, change=numbers, evidence=some(ids)
)
analogues = st.builds(
    Analogue, name=words, year=st.integers(1816, 2030), similarity=shares, outcome=maybe(words), source=words
)
confidences = st.builds(Confidence, level=words, reasons=some(words))
assessments = st.builds(
    Assessment,
    case=ids,
    title=words,
    question=words,
    as_of=days,
    deadline=days,
    mode=words,
    horizon=plain_tables,
    framework=words,
    method=words,
    version=words,
    inputs_digest=words,
    atoms=some(atom_estimates, 2),
    scenarios=some(scenario_estimates, 2),
    base_rates=st.dictionaries(ids, base_rates(), max_size=2),
    reference_classes=st.dictionaries(ids, some(base_rates(), 2), max_size=1),
    conditions=some(condition_estimates, 2),
    contributions=st.dictionaries(ids, some(contributions, 2), max_size=2),
    binding=st.dictionaries(ids, st.dictionaries(ids, bindings, max_size=2), max_size=2),
    sensitivity=some(sensitivities, 2),
    flip=maybe(plain_tables),
    premortem=st.dictionaries(ids, some(plain_tables, 1), max_size=1),
    worth_looking=some(plain_tables, 1),
    analogues=some(analogues, 2),
    confidence=confidences,
    evidence=some(plain_tables, 2),
    excluded=some(st.dictionaries(words, words, max_size=2), 2),
    judgments=maybe(plain_tables),
    crowd=some(plain_tables, 2),
    indicators=some(plain_tables, 1),
    signals=some(plain_tables, 1),
    warnings=some(words),
    draws=st.integers(0, 10**6),
)

# -- alerts -----------------------------------------------------------------------------------------------

clock_times = st.times().map(lambda t: t.replace(microsecond=0))
zones = st.sampled_from(["UTC", "Europe/Berlin", "Asia/Kathmandu"])
alert_shares = st.builds(Share, id=ids, what=words, log_odds=numbers)
scenario_lines = st.builds(ScenarioLine, id=ids, label=words, probability=shares, shares=some(alert_shares))
indicator_lines = st.builds(IndicatorLine, id=ids, observable=words, state=words, since=maybe(days), note=words)
new_items = st.builds(
    NewItem, id=ids, subject=words, claim=words, attribution=words, bears=words, strength=st.sampled_from(Strength),
    confidence=maybe(shares), url=words, proposal=st.booleans(), implies=some(words),
)  # fmt: skip
source_lines = st.builds(SourceLine, source=words, state=words, since=instants, why=words)
due_lines = st.builds(DueLine, question=ids, statement=words, deadline=days, days_left=st.integers(-400, 400))
case_states = st.builds(
    CaseState, case=ids, at=instants, as_of=days, scenarios=some(scenario_lines, 2),
    indicators=some(indicator_lines, 2), new=some(new_items, 2), sources=some(source_lines, 2), due=some(due_lines, 2),
    if_accepted=st.dictionaries(ids, shares, max_size=2),
)  # fmt: skip
quiet_hours = (
    st.tuples(clock_times, clock_times, zones)
    .filter(lambda t: t[0] != t[1])
    .map(lambda t: QuietHours(start=t[0], end=t[1], zone=t[2]))
)
alert_rules = st.builds(
    AlertRule, points=st.floats(0.1, 50), log_odds=st.floats(0.1, 5), least_points=st.floats(0, 5),
    reversal=st.floats(1, 5), urgent_points=st.floats(1, 90), scenarios=some(ids),
    kinds=st.frozensets(st.sampled_from(AlertKind)), least_strength=st.sampled_from(Strength),
    quiet=maybe(quiet_hours), digest=some(clock_times), zone=zones, due_days=some(st.integers(0, 60)),
)  # fmt: skip
alert_moves = st.builds(Move, scenario=ids, label=words, before=shares, after=shares, log_odds=numbers)
alert_reasons = st.builds(Reason, id=ids, what=words, log_odds=maybe(numbers))
alerts = st.builds(
    Alert, key=ids, case=ids, kind=st.sampled_from(AlertKind), subject=words, at=instants, as_of=days, headline=words,
    covers=some(ids).filter(len), moves=some(alert_moves, 2), reasons=some(alert_reasons, 2), evidence=some(ids),
    if_accepted=st.dictionaries(ids, shares, max_size=2), present=st.dictionaries(ids, shares, max_size=2),
    urgent=st.booleans(),
)  # fmt: skip
tolds = st.builds(
    Told, case=ids, at=instants, scenarios=some(scenario_lines, 2),
    direction=st.dictionaries(ids, st.sampled_from([-1, 1]), max_size=2),
    indicators=st.dictionaries(ids, words, max_size=2), sources=st.dictionaries(words, words, max_size=2),
    last=st.dictionaries(words, ids, max_size=2),
)  # fmt: skip


# -- coded events and accounts ----------------------------------------------------------------------------

event_kinds = st.sampled_from(("event", "mention", "report"))
event_provenances = st.builds(
    events.Provenance, dataset=ids, file=words, row=maybe(whole_numbers), digest=words
)
coded_events = st.builds(
    events.Event, dataset=ids, kind=event_kinds, id=ids, code=maybe(words), ontology=maybe(words), root=maybe(words),
    quad=maybe(st.integers(1, 4)), source=maybe(states), target=maybe(states), source_actor=maybe(words),
    target_actor=maybe(words), occurred_at=date_intervals(),
    time_precision=st.sampled_from(events.TIME_PRECISIONS), published_at=maybe(instants), available_at=instants,
    recorded_at=instants, place=maybe(words), place_state=maybe(states), lat=maybe(numbers), lon=maybe(numbers),
    place_precision=maybe(st.sampled_from(events.PLACE_PRECISIONS)), intensity=maybe(numbers), tone=maybe(numbers),
    mentions=maybe(whole_numbers), sources=maybe(whole_numbers), articles=maybe(whole_numbers),
    fatalities=maybe(whole_numbers), fatalities_low=maybe(whole_numbers), fatalities_high=maybe(whole_numbers),
    confidence=maybe(shares), refers_to=maybe(words), tags=maybe(words), url=maybe(words),
    provenance=event_provenances,
)  # fmt: skip
circles = st.builds(
    events.Circle, lat=st.floats(-90, 90), lon=st.floats(-180, 180), km=st.floats(0.1, 20_000)
)


@st.composite
def event_queries(draw: st.DrawFn) -> events.EventQuery:
    """Questions about events, their days in order."""
    first, last = draw(maybe(days)), draw(maybe(days))
    if first is not None and last is not None and last < first:
        first, last = last, first
    return draw(
        st.builds(
            events.EventQuery, source=maybe(states), target=maybe(states), both_ways=st.booleans(),
            roots=some(words), since=st.just(first), until=st.just(last), as_of=maybe(as_ofs), near=maybe(circles),
            place_state=maybe(states), datasets=some(words), kinds=some(event_kinds), after_batch=whole_numbers,
            limit=maybe(st.integers(1, 1000)),
        )
    )  # fmt: skip


dyad_days = st.builds(
    events.DyadDay, dataset=ids, day=days, source=maybe(states), target=maybe(states), root=maybe(words),
    events=whole_numbers, mentions=maybe(whole_numbers), fatalities=maybe(whole_numbers),
)  # fmt: skip
day_volumes = st.builds(events.DayVolume, dataset=ids, day=days, events=whole_numbers)
gaps = st.builds(events.Gap, first=days, last=days)
file_failures = st.builds(events.FileFailure, dataset=ids, file=words, reason=words, at=instants)
forgotten_failures = st.builds(
    events.Forgotten, dataset=ids, file=words, reason=words, failed_at=instants, forgotten_at=instants,
)  # fmt: skip
coverages = st.builds(
    events.Coverage, dataset=ids, events=whole_numbers, first_day=maybe(days), last_day=maybe(days),
    newest_available=maybe(instants), files=whole_numbers, failures=some(file_failures, 2), rejected=whole_numbers,
    corrected=whole_numbers, gaps=some(gaps, 2), expected_lag_days=whole_numbers, stale=st.booleans(),
)  # fmt: skip
rejected_rows = st.builds(
    events.RejectedRow, dataset=ids, file=words, line=maybe(whole_numbers), column=words, cell=words, reason=words,
    text=words,
)  # fmt: skip
names = st.from_regex(r"[a-z][a-z0-9]{0,8}", fullmatch=True)
accounts_known = st.builds(
    accounts.Account, name=names, role=st.sampled_from(accounts.Role), created_at=instants, disabled=st.booleans()
)
case_shares = st.builds(accounts.Share, case=ids, account=names, access=st.sampled_from(accounts.Access))
tokens = st.builds(
    accounts.Token, id=ids, account=names, label=words, scopes=st.frozensets(st.sampled_from(accounts.Scope)),
    created_at=instants, expires_at=maybe(instants), revoked_at=maybe(instants),
)  # fmt: skip
comments = st.builds(accounts.Comment, id=ids, case=ids, subject=words, author=names, at=instants, text=said)
audit_entries = st.builds(
    accounts.AuditEntry, seq=whole_numbers, at=instants, who=words, action=words, case=words, subject=words,
    detail=words, reason=words, request=words,
)  # fmt: skip
