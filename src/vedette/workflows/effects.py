"""What each change between two days, two analysts' cases or two versions did to the number.

The path goes from the first to the second in a stated order: the case's structure, the class its base rates come from,
the time left, evidence, judgments. Each step is the change of a scenario's log-odds when it alone is taken from the
second. Within the step of evidence every item has its own share, by the same attribution that explains an assessment
(forecasting.explain), along the straight line from the first's shifts to the second's. Rows and the residual sum
exactly to the change of the headline.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from vedette.assessment.channels import INDICATOR, SIGNAL, ChannelItem
from vedette.domain.case import Case
from vedette.domain.evidence import Evidence
from vedette.domain.scenarios import BaseRate
from vedette.domain.time import AsOf
from vedette.errors import BadInput, VedetteError
from vedette.forecasting.assess import Setting, applicable_rates, prepare
from vedette.forecasting.draws import Array
from vedette.forecasting.engine import Engine, over_horizon
from vedette.forecasting.explain import attribute, scenario_log_odds
from vedette.forecasting.judgments import PREFIX
from vedette.workflows.assess import setting_for
from vedette.workflows.track_record import FindRecord, record_for

Key = tuple[str, str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """One change and what it did. ``log_odds``: by scenario. ``kind``: structure, base_rate, time, new, reviewed,
    removed, changed, aged, judgments or residual."""

    kind: str
    id: str
    what: str
    log_odds: Mapping[str, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Effects:
    """All changes from the first to the second; ``before`` and ``after`` are probabilities by scenario."""

    first: str
    second: str
    from_day: str
    to_day: str
    before: Mapping[str, float]
    after: Mapping[str, float]
    effects: tuple[Effect, ...]


def effects(
    first: Case,
    second: Case,
    from_day: AsOf,
    to_day: AsOf,
    *,
    mode: str = "recommended",
    record: FindRecord | None = None,
) -> Effects:
    """Effects of the changes from ``first`` as of one day to ``second`` as of another.

    ``record``: what analysts forecast before, as known on each of the two days.

    Raises `BadInput` when the two do not ask about the same scenarios under the same framework.
    """
    if [s.id for s in first.scenario_set.scenarios] != [s.id for s in second.scenario_set.scenarios]:
        raise BadInput("the two do not name the same scenarios, so no number can be compared", where=second.id)
    if first.framework != second.framework:
        raise BadInput("the two are read under different frameworks", where=second.id)
    heard = second if second.judgments else first
    setting = replace(setting_for(second, mode=mode), record=record_for(heard, record))
    return _Path(first, second, from_day, to_day, setting).walk()


class _Path:
    """The steps from one assessment to the other."""

    def __init__(self, first: Case, second: Case, from_day: AsOf, to_day: AsOf, setting: Setting) -> None:
        self.first, self.second, self.days, self.setting = first, second, (from_day, to_day), setting
        self.start, _, _ = prepare(first, from_day, setting)
        self.end, _, _ = prepare(second, to_day, setting)
        self.names = [s.id for s in second.scenario_set.scenarios]
        self.rows: list[Effect] = []
        self.records: tuple[Mapping[str, Evidence], ...] | None = None
        self.at = self._headline(self.start)

    def _headline(self, engine: Engine) -> Array:
        return scenario_log_odds(engine, engine.evaluate())

    def _row(self, kind: str, id: str, what: str, moved: Array) -> None:
        if np.any(np.abs(moved) > 1e-12):
            self.rows.append(
                Effect(kind=kind, id=id, what=what, log_odds=dict(zip(self.names, map(float, moved), strict=True)))
            )

    def _step(self, kind: str, id: str, what: str, engine: Engine) -> None:
        now = self._headline(engine)
        self._row(kind, id, what, now - self.at)
        self.at = now

    def walk(self) -> Effects:
        """Take every step; what the sums miss goes to the residual."""
        begin, target = self.at, self._headline(self.end)
        engine = self._structure()
        engine = self._rates(engine)
        self._evidence(engine)
        self._step("judgments", "judgments", _people_words(self.start, self.end), self.end)
        total = {n: float(target[i] - begin[i]) for i, n in enumerate(self.names)}
        summed = {n: sum(r.log_odds[n] for r in self.rows) for n in self.names}
        left = {n: total[n] - summed[n] for n in self.names}
        residual = Effect(kind="residual", id="residual", what="What the quadrature and rounding leave", log_odds=left)
        p = [dict(zip(self.names, map(float, 1 / (1 + np.exp(-x))), strict=True)) for x in (begin, target)]
        return Effects(
            first=self.first.id, second=self.second.id, from_day=str(self.days[0]), to_day=str(self.days[1]),
            before=p[0], after=p[1], effects=(*self.rows, residual),
        )

    def _structure(self) -> Engine:
        """The second's options, tree and moves with everything known of the first."""
        if not _same_structure(self.first, self.second):
            hybrid = replace(
                self.second, documents=self.first.documents, evidence=self.first.evidence,
                reviews=self.first.reviews, judgments=self.first.judgments, as_of=self.first.as_of,
                indicators=self.first.indicators, checks=self.first.checks, signals=self.first.signals,
            )
            try:
                engine, _, _ = prepare(hybrid, self.days[0], self.setting)
            except VedetteError as error:
                raise BadInput(f"the first's evidence does not fit the second's structure ({error})") from error
            rates = self.start.rates if _same_chances(engine, self.start) else engine.rates
            engine = self._with(engine, engine.items, rates)
            self._step("structure", "structure", "Options, tree and what evidence moves", engine)
            return engine
        return self.start

    def _with(self, engine: Engine, items: Sequence[ChannelItem], rates: Mapping[str, BaseRate]) -> Engine:
        other = Engine(
            engine.case, engine.as_of, engine.framework, items, engine.parameters,
            {c.id: rates.get(c.id, engine.rates[c.id]) for c in engine.chances},
        )  # fmt: skip
        other.people = self.start.people
        return other

    def _rates(self, engine: Engine) -> Engine:
        """The second day's classes over the first day's time left, then the second day's time left."""
        left = float((self.first.deadline - self.days[0].date).days)
        known = self.second.known(self.days[1])
        for chance in known.scenario_set.chances:
            fresh = over_horizon(applicable_rates(chance, self.days[1], self.setting.for_mode())[0], left)
            old = engine.rates[chance.id]
            if (fresh.p, fresh.low, fresh.high) == (old.p, old.low, old.high):
                continue
            engine = self._with(engine, engine.items, {**engine.rates, chance.id: fresh})
            what = f"Base rate of {chance.id}: {old.p:.3f} to {fresh.p:.3f} ({fresh.reference_class})"
            self._step("base_rate", chance.id, what, engine)
        if any(engine.rates[c].p != self.end.rates[c].p for c in engine.rates):
            engine = self._with(engine, engine.items, self.end.rates)
            days = (self.second.deadline - self.days[1].date).days
            self._step("time", "time", f"Time left: {left:.0f} to {days} days", engine)
        return engine

    def _evidence(self, engine: Engine) -> None:
        """Every item's share along the straight line from the first's shifts to the second's."""
        old = {_key(i): i for i in engine.items}
        new = {_key(i): i for i in self.end.items}
        gone = [replace(i, sign=-i.sign) for k, i in old.items() if new.get(k) != i]
        came = [i for k, i in new.items() if old.get(k) != i]
        if not gone and not came:
            return
        after = self._with(engine, self.end.items, engine.rates)
        line = _line(engine, [*gone, *came])
        shares, _ = attribute(line)
        # People are pooled in after the model: their share damps what evidence does to the headline.
        step = self._headline(after) - self.at
        model = scenario_log_odds(after, after.modelled()) - scenario_log_odds(engine, engine.modelled())
        damped = np.where(np.abs(model) > 1e-9, step / np.where(np.abs(model) > 1e-9, model, 1.0), 1.0)
        moved: dict[str, Array] = {}
        for position, item in enumerate(line.items):
            moved[item.evidence] = moved.get(item.evidence, np.zeros(len(self.names))) + shares[:, position] * damped
        for name in sorted(moved, key=lambda e: (-float(np.abs(moved[e]).max()), e)):
            kind, what = self._kind(name, {i.evidence for i in engine.items}, {i.evidence for i in self.end.items})
            self._row(kind, name, what, moved[name])
        self.at = self._headline(after)

    def _kind(self, name: str, old: set[str], new: set[str]) -> tuple[str, str]:
        if name.startswith(PREFIX):
            return "judgments", "A judged state"
        if name.startswith(INDICATOR):
            found = {i.id: i.observable for c in (self.first, self.second) for i in c.indicators}
            return "indicator", found.get(name.removeprefix(INDICATOR), name)
        if name.startswith(SIGNAL):
            return "signal", f"Event signal {name.removeprefix(SIGNAL)}"
        if self.records is None:
            self.records = tuple({e.id: e for e in c.standing()} for c in (self.first, self.second))
        records = self.records
        record = records[1].get(name) or records[0].get(name)
        claim = record.claim if record is not None else name
        if name not in old:
            late = record is not None and not self.days[0].admits(record.times.available_at)
            return ("new" if late or name not in {e.id for e in self.first.evidence} else "reviewed"), claim
        if name not in new:
            return "removed", claim
        one, other = records[0].get(name), records[1].get(name)
        if one is not None and other is not None and (one.bearings, one.grade) != (other.bearings, other.grade):
            return "changed", claim
        return "aged", claim


def _key(item: ChannelItem) -> Key:
    return item.evidence, item.chance, item.channel


def _line(engine: Engine, differences: Sequence[ChannelItem]) -> Engine:
    """An engine that stands where ``engine`` does and whose items are the differences: its attribution is theirs."""
    out = engine.revised()
    k = len(engine.conditions)
    out.base = engine.all_log_odds(engine.shift)
    out.theta = engine.theta + engine.shift[:, :k]
    out.base_state = np.stack([out._conjunction(out.theta[j], j) for j in range(len(out.chances))])
    return out.revised(items=differences)


def _same_structure(first: Case, second: Case) -> bool:
    def bare(case: Case) -> Any:
        s = case.scenario_set
        chances = tuple((c.id, c.option, c.veto, c.rate_of) for c in s.chances)
        return case.options, case.moves, s.atoms, s.scenarios, s.tree, chances

    return bool(bare(first) == bare(second))


def _same_chances(one: Engine, other: Engine) -> bool:
    return [c.id for c in one.chances] == [c.id for c in other.chances]


def _people_words(before: Engine, after: Engine) -> str:
    n = [len(e.people.persons) if e.people is not None else 0 for e in (before, after)]
    words = f"Analysts' probabilities: {n[0]} to {n[1]} people"
    if before.analysts is None or after.analysts is None:
        return words
    if before.analysts.weights != after.analysts.weights:
        words += "; their weights changed with their record"
    if before.analysts.extremise != after.analysts.extremise:
        words += f"; extremised by {before.analysts.extremise:g}, then {after.analysts.extremise:g}"
    return words
