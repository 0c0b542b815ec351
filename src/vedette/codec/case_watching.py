"""The tables of a case file that hold indicators, looks for them and readings of event streams."""

from __future__ import annotations

from typing import Any

from vedette.codec.fields import Table, located
from vedette.codec.names import Names
from vedette.codec.toml_text import moment, table
from vedette.domain.claims import Citation
from vedette.domain.indicators import (
    RATIO_SPREAD,
    Check,
    Collection,
    Expectation,
    IndicatorState,
    SignalKind,
    SignalReading,
    WatchedIndicator,
)
from vedette.errors import CaseRefused

Watching = tuple[tuple[WatchedIndicator, ...], tuple[Check, ...], tuple[SignalReading, ...]]


def decode_watching(top: Table, names: Names, framework: str, options: list[str], scenarios: list[str]) -> Watching:
    """(indicators, checks, signals) of a case file; raises `BadInput` naming table and key."""
    indicators = tuple(_indicator(t, names, framework, options, scenarios) for t in top.tables("indicators"))
    known = [i.id for i in indicators]
    checks = tuple(_check(t, known) for t in top.tables("checks"))
    signals = tuple(_signal(t, options, scenarios) for t in top.tables("signals"))
    return indicators, checks, signals


def encode_watching(indicators: Any, checks: Any, signals: Any) -> list[str]:
    """The reverse of `decode_watching`, one table a record."""
    parts = [table(("indicators",), _indicator_out(i), array=True) for i in indicators]
    parts += [table(("checks",), _check_out(c), array=True) for c in checks]
    parts += [table(("signals",), _signal_out(s), array=True) for s in signals]
    return parts


def _indicator(
    t: Table, names: Names, framework: str, options: list[str], scenarios: list[str]
) -> WatchedIndicator:
    with located(t.where):
        made = WatchedIndicator(
            id=t.text("id"), observable=t.text("observable"),
            option=t.one_of("option", options, "option", options[0] if options else ""),
            scenario=t.one_of("scenario", scenarios, "scenario"),
            condition=names.condition(framework, t.text("condition")), threshold=t.text("threshold", ""),
            collection=t.text("collection", ""), added=t.instant("added"), ratio=_ratio(t), expected=_expected(t),
            spread=t.number("spread", RATIO_SPREAD), lead_time_days=t.whole("lead_time_days", None),
            standing=t.flag("standing", False), author=t.text("author", ""), note=t.text("note", ""),
            citation=_citation(t),
        )  # fmt: skip
        t.finish()
        return made


def _ratio(t: Table) -> tuple[float, float] | None:
    value = t.raw("likelihood_ratio", None)
    if value is None:
        return None
    numbers = isinstance(value, list | tuple) and all(
        isinstance(v, int | float) and not isinstance(v, bool) for v in value
    )
    if not numbers or len(value) != 2:
        raise CaseRefused("likelihood_ratio should be [present, absent]", where=t.where)
    return float(value[0]), float(value[1])


def _expected(t: Table) -> Expectation | None:
    inner = t.table("expected", None)
    if inner is None:
        return None
    with located(inner.where):
        made = Expectation(
            start=inner.date("from"), end=inner.date("to"), if_true=inner.number("if_true"),
            if_false=inner.number("if_false"), seen=inner.number("seen", 0.9),
        )  # fmt: skip
        inner.finish()
        return made


def _citation(t: Table) -> Citation | None:
    inner = t.table("citation", None)
    if inner is None:
        return None
    made = Citation(publisher=inner.text("publisher"), title=inner.text("title", ""), url=inner.text("url", ""))
    inner.finish()
    return made


def _check(t: Table, indicators: list[str]) -> Check:
    with located(t.where):
        made = Check(
            indicator=t.one_of("indicator", indicators, "indicator"), state=t.choice("state", IndicatorState),
            at=t.instant("at"), author=t.text("author"), collection=t.choice("collection", Collection, Collection.NONE),
            why=t.text("why", ""), source=t.text("source", ""), evidence=t.texts("evidence", ()),
            recorded_at=t.instant("recorded_at", None),
        )  # fmt: skip
        t.finish()
        return made


def _signal(t: Table, options: list[str], scenarios: list[str]) -> SignalReading:
    with located(t.where):
        made = SignalReading(
            id=t.text("id"), option=t.one_of("option", options, "option", options[0] if options else ""),
            scenario=t.one_of("scenario", scenarios, "scenario"), kind=t.choice("kind", SignalKind),
            at=t.instant("at"), value=t.number("value"), log_ratio=t.number("log_ratio"), spread=t.number("spread"),
            events=t.whole("events"), source=t.text("source"), detail=t.text("detail", ""),
            left_out=t.whole("left_out", 0),
        )  # fmt: skip
        t.finish()
        return made


def _indicator_out(i: WatchedIndicator) -> dict[str, Any]:
    citation, expected = i.citation, i.expected
    return {
        "id": i.id, "observable": i.observable, "option": i.option, "scenario": i.scenario, "condition": i.condition,
        "threshold": i.threshold or None, "likelihood_ratio": list(i.ratio) if i.ratio is not None else None,
        "expected": {
            "from": expected.start, "to": expected.end, "if_true": expected.if_true, "if_false": expected.if_false,
            "seen": expected.seen,
        } if expected is not None else None,
        "spread": i.spread if i.spread != RATIO_SPREAD else None, "lead_time_days": i.lead_time_days,
        "collection": i.collection or None, "standing": i.standing or None, "added": moment(i.added),
        "author": i.author or None, "note": i.note or None,
        "citation": {
            k: v for k, v in (("publisher", citation.publisher), ("title", citation.title), ("url", citation.url))
            if v or k == "publisher"
        } if citation is not None else None,
    }  # fmt: skip


def _check_out(c: Check) -> dict[str, Any]:
    return {
        "indicator": c.indicator, "state": c.state.value, "at": moment(c.at), "author": c.author,
        "collection": c.collection.value if c.collection is not Collection.NONE else None, "why": c.why or None,
        "source": c.source or None, "evidence": list(c.evidence) or None,
        "recorded_at": moment(c.recorded_at) if c.recorded_at is not None else None,
    }  # fmt: skip


def _signal_out(s: SignalReading) -> dict[str, Any]:
    return {
        "id": s.id, "option": s.option, "scenario": s.scenario, "kind": s.kind.value, "at": moment(s.at),
        "value": s.value, "log_ratio": s.log_ratio, "spread": s.spread, "events": s.events, "source": s.source,
        "detail": s.detail or None, "left_out": s.left_out or None,
    }  # fmt: skip
