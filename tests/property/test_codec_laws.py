"""Encoding and decoding is identity for every noun; no input gets anything but a clear refusal."""

from __future__ import annotations

import dataclasses
import datetime as dt
import importlib
import json as plain_json
import pkgutil
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from tests.conftest import examples

import strategies as nouns
from vedette.codec import json as codec
from vedette.codec.case_file import decode_case, encode_case
from vedette.codec.dossier import decode_dossier, encode_dossier
from vedette.domain import (
    accounts,
    alerts,
    case,
    claims,
    documents,
    events,
    evidence,
    forecast,
    framework,
    indicators,
    judgment,
    ledger,
    reading,
    scenarios,
    stories,
    time,
    track_record,
)
from vedette.errors import BadInput, CaseRefused, NewerSchema
from vedette.reference.bundled import bundled_case

KINDS: dict[type, st.SearchStrategy[Any]] = {
    claims.Grade: nouns.grades,
    claims.Quantity: nouns.quantities,
    claims.Place: nouns.places,
    claims.Citation: nouns.citations,
    time.AsOf: nouns.as_ofs,
    time.DateInterval: nouns.date_intervals(),
    time.Times: nouns.times(),
    documents.SourceSpan: nouns.source_spans,
    documents.DroppedSpan: nouns.dropped_spans,
    documents.Document: nouns.documents(),
    evidence.Bearing: nouns.bearings(),
    evidence.Provenance: nouns.provenances,
    evidence.Review: nouns.reviews(),
    judgment.Judgment: nouns.judgments(),
    framework.Indicator: nouns.indicators,
    framework.Condition: nouns.conditions(),
    framework.Framework: nouns.frameworks(),
    scenarios.Atom: nouns.atoms,
    scenarios.Scenario: nouns.scenarios,
    scenarios.Leaf: nouns.leaves,
    scenarios.Branch: nouns.branches,
    scenarios.Path: nouns.paths,
    scenarios.BaseRate: nouns.base_rates(),
    scenarios.HistoryQuery: nouns.history_queries,
    scenarios.Chance: nouns.chances(counted=nouns.maybe(nouns.ids)),
    scenarios.ScenarioSet: nouns.scenario_sets(),
    case.Option: nouns.options(),
    indicators.Expectation: nouns.expectations(),
    indicators.WatchedIndicator: nouns.watched_indicators(),
    indicators.Check: nouns.checks(),
    indicators.SignalReading: nouns.signal_readings(),
    case.Assumption: nouns.assumptions,
    case.CrowdFigure: nouns.crowd_figures,
    case.Case: nouns.cases(),
    track_record.PastForecast: nouns.past_forecasts,
    track_record.Ending: nouns.endings,
    track_record.PastQuestion: nouns.past_questions,
    track_record.TrackRecord: nouns.track_records,
    ledger.Question: nouns.questions,
    ledger.Forecast: nouns.forecasts,
    ledger.Resolution: nouns.resolutions(),
    reading.ActorMention: nouns.actor_mentions,
    reading.PlaceMention: nouns.place_mentions,
    reading.DateMention: nouns.date_mentions,
    reading.QuantityMention: nouns.quantity_mentions,
    reading.ClaimBearing: nouns.claim_bearings,
    reading.Claim: nouns.claims,
    reading.EventClass: nouns.event_classes,
    stories.Signature: nouns.signatures,
    stories.Placed: nouns.placements,
    reading.Extraction: nouns.extractions,
    forecast.AtomEstimate: nouns.atom_estimates,
    forecast.ScenarioEstimate: nouns.scenario_estimates,
    forecast.ConditionEstimate: nouns.condition_estimates,
    forecast.Contribution: nouns.contributions,
    forecast.Binding: nouns.bindings,
    forecast.Sensitivity: nouns.sensitivities,
    forecast.Analogue: nouns.analogues,
    forecast.Confidence: nouns.confidences,
    forecast.Assessment: nouns.assessments,
    alerts.Share: nouns.alert_shares,
    alerts.ScenarioLine: nouns.scenario_lines,
    alerts.IndicatorLine: nouns.indicator_lines,
    alerts.NewItem: nouns.new_items,
    alerts.SourceLine: nouns.source_lines,
    alerts.DueLine: nouns.due_lines,
    alerts.CaseState: nouns.case_states,
    alerts.QuietHours: nouns.quiet_hours,
    alerts.AlertRule: nouns.alert_rules,
    alerts.Move: nouns.alert_moves,
    alerts.Reason: nouns.alert_reasons,
    alerts.Alert: nouns.alerts,
    alerts.Told: nouns.tolds,
    events.Provenance: nouns.event_provenances,
    events.Event: nouns.coded_events,
    events.Circle: nouns.circles,
    events.EventQuery: nouns.event_queries(),
    events.DyadDay: nouns.dyad_days,
    events.DayVolume: nouns.day_volumes,
    events.Gap: nouns.gaps,
    events.FileFailure: nouns.file_failures,
    events.Forgotten: nouns.forgotten_failures,
    events.Coverage: nouns.coverages,
    events.RejectedRow: nouns.rejected_rows,
    accounts.Account: nouns.accounts_known,
    accounts.Share: nouns.case_shares,
    accounts.Token: nouns.tokens,
    accounts.Comment: nouns.comments,
    accounts.AuditEntry: nouns.audit_entries,
}
# These two hold quotes, which need their documents: they have tests of their own below.
APART = {documents.Quote, evidence.Evidence}


def test_no_noun_is_forgotten() -> None:
    import vedette.domain

    found = set()
    for module in pkgutil.iter_modules(vedette.domain.__path__):
        loaded = importlib.import_module(f"vedette.domain.{module.name}")
        own = [x for x in vars(loaded).values() if isinstance(x, type) and x.__module__ == loaded.__name__]
        found |= {x for x in own if dataclasses.is_dataclass(x)}
    assert found == set(KINDS) | APART


@pytest.mark.parametrize("kind", (*KINDS, evidence.Evidence), ids=lambda k: k.__name__)
def test_strategies_draw_every_field(kind: type) -> None:
    """A field that a strategy leaves at its default would prove nothing: a new field of a noun fails here first."""
    strategy = KINDS.get(kind, nouns.evidence())
    seen: set[str] = set()

    @settings(max_examples=60, phases=[Phase.generate], suppress_health_check=list(HealthCheck), database=None)
    @given(noun=strategy)
    def draw(noun: Any) -> None:
        for field in dataclasses.fields(noun):
            default = field.default_factory() if callable(field.default_factory) else field.default
            if getattr(noun, field.name) != default:
                seen.add(field.name)

    draw()
    assert {f.name for f in dataclasses.fields(kind)} == seen


@pytest.mark.parametrize("kind", KINDS, ids=lambda k: k.__name__)
@settings(max_examples=examples(25), suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_json_gives_every_noun_back(kind: type, data: st.DataObject) -> None:
    noun = data.draw(KINDS[kind])
    text = codec.dumps(noun)
    assert codec.loads(kind, text) == noun
    assert codec.dumps(codec.loads(kind, text)) == text


@given(item=nouns.evidence())
def test_evidence_comes_back_with_its_quote(item: evidence.Evidence) -> None:
    own = {item.quote.document.id: item.quote.document} if item.quote else {}
    assert codec.loads(evidence.Evidence, codec.dumps(item), documents=own) == item


@settings(max_examples=examples(40))
@given(made=nouns.cases())
def test_case_file_gives_the_case_back(made: case.Case) -> None:
    text = encode_case(made)
    assert decode_case(text.encode()) == made
    assert encode_case(decode_case(text.encode())) == text


@settings(max_examples=examples(40))
@given(made=nouns.cases())
def test_dossier_keeps_what_a_dossier_can_hold(made: case.Case) -> None:
    once = decode_dossier(encode_dossier(made))
    assert once.scenario_set == made.scenario_set
    assert once.moves == made.moves
    assert (once.options, once.crowd, once.framework) == (made.options, made.crowd, made.framework)
    told = [e for e in made.standing() if e.bearings and e.times.published_at is not None]
    assert [(e.id, e.claim, e.bearings, e.times.available_at, e.grade) for e in once.evidence] == [
        (e.id, e.claim, e.bearings, e.times.available_at, e.grade) for e in told
    ]
    # A second turn changes nothing any more.
    assert decode_dossier(plain_json.loads(plain_json.dumps(encode_dossier(once)))) == once


@given(facts=st.dictionaries(nouns.words, st.recursive(
    st.none() | st.booleans() | st.integers() | nouns.words, lambda x: st.lists(x, max_size=3), max_leaves=5
), max_size=4))
def test_facts_of_a_dossier_come_back_as_they_were(facts: dict[str, Any]) -> None:
    data = {**encode_dossier(bundled_case("niger-2023")), "structure": {"note": "n", "facts": facts}}
    assert encode_dossier(decode_dossier(data))["structure"]["facts"] == facts


@given(junk=st.binary(max_size=200) | st.text(max_size=200).map(lambda t: t.encode("utf-8", "surrogatepass")))
def test_junk_is_refused_in_words(junk: bytes) -> None:
    for decode in (decode_case, decode_dossier):
        with pytest.raises(BadInput) as caught:
            decode(junk)
        assert "\n" not in str(caught.value)


@settings(max_examples=examples(200))
@given(data=st.data())
def test_a_damaged_case_file_is_refused_or_read_but_never_crashes(data: st.DataObject) -> None:
    lines = encode_case(bundled_case("niger-2023")).splitlines()
    lines = lines[: data.draw(st.integers(20, 200))]
    for _ in range(data.draw(st.integers(1, 3))):
        at = data.draw(st.integers(0, len(lines) - 1))
        change = data.draw(st.sampled_from(("drop", "twice", "value", "key", "cut")))
        name, _, value = lines[at].partition(" = ")
        if change == "drop":
            lines[at] = ""
        elif change == "twice":
            lines.insert(at, lines[at])
        elif change == "value":
            other = data.draw(st.sampled_from(('"x"', "1", "[]", "{}", "true", "2020-01-01", '["a"]', "-1.5", "nan")))
            lines[at] = f"{name} = {other}"
        elif change == "key":
            lines[at] = f"{name}x = {value}"
        else:
            lines[at] = lines[at][: data.draw(st.integers(0, 20))]
    try:
        decode_case("\n".join(lines).encode())
    except BadInput as error:
        assert "\n" not in str(error)


def damage(whole: Any, data: st.DataObject) -> None:
    """Take out or replace one value somewhere in parsed JSON."""
    node = whole
    while True:
        keys = list(range(len(node))) if isinstance(node, list) else list(node)
        key = data.draw(st.sampled_from(keys))
        if isinstance(node[key], dict | list) and node[key] and data.draw(st.booleans()):
            node = node[key]
            continue
        break
    if data.draw(st.booleans()):
        del node[key]
    else:
        node[key] = data.draw(st.sampled_from((None, 1, "x", [], {}, [1], {"a": 1}, True, -0.5, [None], [[]])))


@settings(max_examples=examples(200))
@given(data=st.data())
def test_a_damaged_dossier_is_refused_or_read_but_never_crashes(data: st.DataObject) -> None:
    whole: Any = plain_json.loads(plain_json.dumps(encode_dossier(bundled_case("niger-2023"))))
    whole["evidence"] = whole["evidence"][:3]
    damage(whole, data)
    try:
        decode_dossier(whole)
    except BadInput as error:
        assert "\n" not in str(error)


@settings(max_examples=examples(150))
@given(data=st.data())
def test_a_damaged_record_is_refused_or_read_but_never_crashes(data: st.DataObject) -> None:
    whole: Any = plain_json.loads(codec.dumps(bundled_case("niger-2023")))
    whole["noun"]["evidence"] = whole["noun"]["evidence"][:2]
    damage(whole, data)
    try:
        codec.loads(case.Case, plain_json.dumps(whole))
    except BadInput as error:
        assert "\n" not in str(error)


@pytest.mark.parametrize(
    ("text", "error", "words"),
    [
        ("{", CaseRefused, "not JSON"),
        ("[]", CaseRefused, "no schema version"),
        ('{"schema": true, "kind": "Grade", "noun": {}}', CaseRefused, "no schema version"),
        ('{"schema": 0, "kind": "Grade", "noun": {}}', CaseRefused, "no schema version"),
        ('{"schema": 2, "kind": "Grade", "noun": {}}', NewerSchema, "schema 2 is newer than 1"),
        ('{"schema": 1, "kind": "Place", "noun": {}}', CaseRefused, "is a 'Place'"),
        ('{"schema": 1, "kind": "Grade", "noun": {"mood": "A"}}', CaseRefused, "unknown key 'mood'"),
        ('{"schema": 1, "kind": "Grade", "noun": {"reliability": 1}}', CaseRefused, "1 is not a str"),
        ('{"schema": 1, "kind": "Grade", "noun": {"reliability": "Q"}}', BadInput, "not one of A B C D E F"),
    ],
)
def test_a_stored_record_that_does_not_fit_is_refused_in_words(text: str, error: type[BadInput], words: str) -> None:
    with pytest.raises(error) as caught:
        codec.loads(claims.Grade, text)
    assert words in str(caught.value)


def test_a_quote_needs_its_document() -> None:
    item = bundled_case("niger-2023").evidence[0]
    with pytest.raises(BadInput, match="is not there"):
        codec.loads(evidence.Evidence, codec.dumps(item))


def test_times_of_day_survive() -> None:
    at = dt.datetime(2022, 1, 20, 13, 5, 7, 250_000, tzinfo=time.UTC)
    record = time.Times(available_at=at)
    assert codec.loads(time.Times, codec.dumps(record)).available_at == at
