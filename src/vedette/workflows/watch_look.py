"""A look at a case: what is new in it, what moved, what is worth an alert - recorded in one transaction.

An item, the evidence proposed from it, the alert about it and the messages that will tell it are committed together or
not at all. So a process that dies at any point either has to do all of it again, or nothing.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from vedette.domain.alerts import (
    Alert,
    AlertKind,
    CaseState,
    DueLine,
    IndicatorLine,
    NewItem,
    ScenarioLine,
    SourceLine,
    Told,
)
from vedette.domain.case import Case
from vedette.domain.evidence import Status
from vedette.domain.forecast import Assessment
from vedette.domain.reading import Extraction
from vedette.domain.time import AsOf
from vedette.errors import AfterCutOff, BadInput, DocumentRefused, UnknownName
from vedette.ports import CaseStore, Clock
from vedette.ports.reading import Handed
from vedette.ports.watching import CaseWatch, Found, Item, ItemState, Message, SourceState, Watch, WatchKind, WatchStore
from vedette.reference.source_kinds import SourceKind
from vedette.warning.alerts import covered_evidence, decide, new_items, scenario_lines, send_at
from vedette.workflows.assess import assess_case
from vedette.workflows.ingest import Source, extract_source, outline, read_document
from vedette.workflows.open_case import open_case

AT_ONCE = 20
"""Items committed together. [assumption]: few enough that an alert does not wait for its neighbours, enough that the
disk is not the limit."""
TRIES = 8
"""Times an item is tried before it is given up, which is recorded."""
RETRY_SECONDS = 300.0
"""Wait before an item is tried again, doubled each time. [assumption]: eight tries span ten hours."""
CLOCK_SLACK = dt.timedelta(days=2)
"""A clock this far behind the last look was wrong then or is now: numbers wait, and it is said. [assumption]"""
_CACHE = 256


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """What came of items: how many were read, proposals made, alerts recorded."""

    items: int = 0
    proposals: int = 0
    alerts: tuple[Alert, ...] = ()

    def __add__(self, other: Taken) -> Taken:
        """Both together."""
        return Taken(
            items=self.items + other.items, proposals=self.proposals + other.proposals,
            alerts=(*self.alerts, *other.alerts),
        )  # fmt: skip


class Looker:
    """Looks at cases. ``due_lines`` gives the waiting questions of a case on a day, ``assess`` its assessment."""

    def __init__(
        self, store: WatchStore, cases: CaseStore, clock: Clock, *, kinds: Mapping[str, SourceKind] | None = None,
        due_lines: Callable[[str, dt.date], Sequence[DueLine]] = lambda _case, _day: (),
        assess: Callable[[Case, AsOf], Assessment] = lambda case, day: assess_case(case, day, with_sensitivity=False),
    ) -> None:  # fmt: skip
        self._store = store
        self._cases = cases
        self._clock = clock
        self._kinds = kinds
        self._due_lines = due_lines
        self._assess = assess
        self._read: OrderedDict[tuple[str, str], Extraction | BadInput] = OrderedDict()
        self._looked: dict[str, tuple[object, ...]] = {}

    # -- days -----------------------------------------------------------------------------------------------

    def day(self, case: Case, last: dt.date | None) -> dt.date:
        """The day a look is for: today, never before the last look's, never after the window."""
        today = self._clock.now().date()
        return min(max(today, last) if last is not None else today, case.deadline)

    def closed(self, case_id: str) -> bool:
        """Whether the window of a case is over: nothing can be read into it any more."""
        return self._clock.now().date() > outline(self._cases, case_id).deadline

    def quiet(self, case_id: str, sources: Sequence[SourceState] = ()) -> bool:
        """Whether nothing that a look goes by has changed since the last one in this process."""
        return self._looked.get(case_id) == self._goes_by(case_id, sources)

    def _goes_by(self, case_id: str, sources: Sequence[SourceState]) -> tuple[object, ...]:
        today = self._clock.now().date()
        due = tuple((d.question, d.days_left) for d in self._due_lines(case_id, today))
        return self._cases.stamp(case_id), today, tuple((s.source, s.state) for s in sources), due

    def behind(self, case_id: str) -> bool:
        """Whether the clock is days behind the last look."""
        _, _, last = self._store.told(case_id)
        return last is not None and last - self._clock.now().date() > CLOCK_SLACK

    def trust_clock(self, case_id: str) -> bool:
        """Take the clock's day although an earlier look was for a later one; numbers are compared anew from here."""
        told, _, last = self._store.told(case_id)
        today = self._clock.now().date()
        if told is None or last is None or last <= today:
            return False
        self._store.keep_told(replace(told, at=self._clock.now(), scenarios=()), "", today)
        return True

    # -- items ----------------------------------------------------------------------------------------------

    def take(
        self, watch: Watch, found: Sequence[Found], *, sources: Sequence[SourceState] = (), dated: bool = False
    ) -> Taken:
        """Read what a source gave into a case. Items known in this version are passed over.

        ``dated``: the source was looked at within a day before, so what is new in it without a date of its own was
        published since then, and counts as published today.
        """
        known = self._store.versions(watch.case, watch.source)
        waiting = self._store.waiting(watch.case, watch.source)
        fresh = [f for f in found if known.get(f.id) != f.version]
        done = Taken()
        for at in range(0, len(fresh), AT_ONCE):
            chunk = [self._prepared(watch, f, waiting.get(f.id), dated=dated) for f in fresh[at : at + AT_ONCE]]
            done += self._commit(watch, chunk, known, sources)
        return done

    def prepare(self, watch: Watch, found: Sequence[Found]) -> None:
        """Read the texts before a transaction begins, so that nobody waits for that."""
        for one in found[:AT_ONCE]:
            if one.document is not None:
                self._extraction(_source(watch, one.document, self._kinds))

    def gone(self, watch: Watch, listed: Sequence[str]) -> int:
        """Count a try for waiting items that the source no longer gives; given up, they are recorded as failed."""
        now = self._clock.now()
        late = [
            _tried(i, "the source no longer holds it", now)
            for i in self._store.waiting(watch.case, watch.source).values()
            if i.id not in listed and (i.retry_at is None or i.retry_at <= now)
        ]
        if late:
            self._store.keep_items(watch.case, late)
        return len(late)

    def _prepared(self, watch: Watch, found: Found, before: Item | None, *, dated: bool) -> _Prepared:
        """Everything that needs no transaction: the reading of the text itself."""
        now = self._clock.now()
        item = replace(
            before or Item(source=watch.source, id=found.id, version="", state=ItemState.READ, first_seen=now),
            version=found.version, retry_at=None,
        )
        if found.document is None:
            if found.ready:
                return _Prepared(item=replace(item, state=ItemState.REFUSED, why=found.why))
            return _Prepared(item=_tried(item, found.why, now))
        source = _source(watch, found.document, self._kinds)
        made = self._extraction(source)
        if isinstance(made, DocumentRefused) and "--published" in made.fix and dated:
            source = replace(source, published=now.date())
            made = self._extraction(source)
        if isinstance(made, BadInput):
            return _Prepared(item=replace(item, state=ItemState.REFUSED, why=made.what))
        if watch.kind is WatchKind.PAGE:
            # The bytes of a page change with every advertisement; its text is what counts.
            item = replace(item, version=hashlib.sha256(made.document.text.encode("utf-8", "replace")).hexdigest()[:32])
        return _Prepared(item=item, source=source, extraction=made)

    def _extraction(self, source: Source) -> Extraction | BadInput:
        """What is in a document, kept for the other cases that get the same one."""
        key = (hashlib.sha256(source.content).hexdigest(), repr((source.published, source.title, source.url)))
        if key not in self._read:
            try:
                self._read[key] = extract_source(source)
            except BadInput as error:
                self._read[key] = error
            while len(self._read) > _CACHE:
                self._read.popitem(last=False)
        return self._read[key]

    def _commit(
        self, watch: Watch, chunk: Sequence[_Prepared], known: Mapping[str, str], sources: Sequence[SourceState]
    ) -> Taken:
        setting = self._store.case_watch(watch.case)
        case = outline(self._cases, watch.case)
        with self._store.transaction():
            told, stamp, last = self._store.told(watch.case)
            day = self.day(case, last)
            # Proposals move no number: what they add to the case is no reason to look at it again.
            here = self._cases.stamp(watch.case)
            looked = stamp == here
            items, fresh, proposed, read = [], [], 0, 0
            for one in chunk:
                item, new, n = self._enter(watch, one, case, day, known)
                items.append(item)
                fresh += new
                proposed += n
                read += item.state is ItemState.READ
            self._store.keep_items(watch.case, items)
            state = CaseState(
                case=watch.case, at=self._clock.now(), as_of=day, new=tuple(fresh),
                sources=source_lines(sources), if_accepted=self._if_accepted(setting, day) if fresh else {},
            )  # fmt: skip
            after = self._cases.stamp(watch.case) if looked else stamp
            alerts = self._tell(setting, told, state, after, day)
        if looked and self._looked.get(watch.case, ("",))[0] == here:
            self._looked[watch.case] = (after, *self._looked[watch.case][1:])
        return Taken(items=read, proposals=proposed, alerts=alerts)

    def _enter(
        self, watch: Watch, one: _Prepared, case: Case, day: dt.date, known: Mapping[str, str]
    ) -> tuple[Item, list[NewItem], int]:
        """Enter one item into the case; (what became of it, what is new, proposals made)."""
        item = one.item
        if one.source is None or one.extraction is None or known.get(item.id) == item.version:
            return item, [], 0
        try:
            reading = read_document(
                self._cases, self._clock, watch.case, one.source, as_of=day, extraction=one.extraction
            )
        except AfterCutOff as error:
            published = one.extraction.document.times.available_at.date()
            if published > case.deadline or day == case.deadline:
                return replace(item, state=ItemState.REFUSED, why=error.what), [], 0
            # Dated ahead of our day: another time zone, or a clock that is wrong. It will be its day.
            until = dt.datetime.combine(published, dt.time(), tzinfo=dt.UTC)
            return replace(item, state=ItemState.WAITING, why=error.what, retry_at=until), [], 0
        except BadInput as error:
            return replace(item, state=ItemState.REFUSED, why=error.what), [], 0
        item = replace(item, state=ItemState.READ, document=reading.document.id, why="")
        if reading.already:
            return replace(item, why="the case has this document already"), [], 0
        story = reading.placed.story if reading.placed is not None else reading.document.id
        return item, list(new_items(reading.proposals, story)), len(reading.proposals)

    def hear(self, watch: Watch, news: Sequence[NewItem]) -> tuple[Alert, ...]:
        """Tell what a source says without a document; what was told before is passed over."""
        if not news:
            return ()
        case = outline(self._cases, watch.case)
        with self._store.transaction():
            told, stamp, last = self._store.told(watch.case)
            day = self.day(case, last)
            state = CaseState(case=watch.case, at=self._clock.now(), as_of=day, new=tuple(news))
            return self._tell(self._store.case_watch(watch.case), told, state, stamp, day)

    # -- numbers --------------------------------------------------------------------------------------------

    def look(self, case_id: str, *, sources: Sequence[SourceState] = ()) -> tuple[Alert, ...]:
        """Compare a case as it stands with what was told; () when nothing changed since the last look.

        Numbers come from accepted evidence only. A case whose clock is behind is looked at for the later day.
        """
        goes_by = self._goes_by(case_id, sources)
        told, last_stamp, last = self._store.told(case_id)
        stamp = self._cases.stamp(case_id)
        day = self.day(outline(self._cases, case_id), last)
        lines = source_lines(sources)
        due = tuple(self._due_lines(case_id, self._clock.now().date()))
        same = told is not None and told.scenarios and stamp == last_stamp and day == last
        if same and told is not None and not self._news(case_id, told, lines, due):
            self._looked[case_id] = goes_by
            return ()
        scenarios: tuple[ScenarioLine, ...] = ()
        indicators: tuple[IndicatorLine, ...] = ()
        if not same:
            case = open_case(self._cases, case_id)
            scenarios = scenario_lines(self._assess(case, AsOf(date=day)))
            indicators = indicator_lines(case, day)
        with self._store.transaction():
            # Somebody else may have looked meanwhile: what was told is read again under the lock.
            told, _, _ = self._store.told(case_id)
            state = CaseState(
                case=case_id, at=self._clock.now(), as_of=day, scenarios=scenarios, indicators=indicators,
                sources=lines, due=due,
            )  # fmt: skip
            alerts = self._tell(self._store.case_watch(case_id), told, state, stamp, day)
        self._looked[case_id] = goes_by
        return alerts

    def _news(self, case_id: str, told: Told, lines: Sequence[SourceLine], due: Sequence[DueLine]) -> bool:
        """Whether a source or a waiting question says something that was not told."""
        if any(told.sources.get(s.source, "ok") != s.state for s in lines):
            return True
        state = CaseState(case=case_id, at=told.at, as_of=told.at.date(), due=tuple(due))
        setting = self._store.case_watch(case_id)
        wanted, _ = decide(replace(setting.rule, kinds=setting.rule.kinds & {AlertKind.DUE}), told, state)
        covers = [c for a in wanted for c in a.covers]
        return bool(set(covers) - self._store.covered(case_id, covers))

    def _if_accepted(self, setting: CaseWatch, day: dt.date) -> Mapping[str, float]:
        """Probabilities were every standing proposal accepted: a second number, beside the one that counts."""
        if not setting.if_accepted:
            return {}
        case = open_case(self._cases, setting.case)
        standing = tuple(
            replace(e, status=Status.ACCEPTED) if e.status is Status.PROPOSED else e for e in case.standing()
        )
        supposed = replace(case, evidence=standing, reviews=())
        result = self._assess(supposed, AsOf(date=day))
        wanted = setting.rule.scenarios
        return {s.id: s.probability for s in result.scenarios if not wanted or s.id in wanted}

    def _tell(
        self, setting: CaseWatch, told: Told | None, state: CaseState, stamp: str, day: dt.date
    ) -> tuple[Alert, ...]:
        """Decide and record, inside the caller's transaction."""
        covers = [covered_evidence(state.case, s) for n in state.new for s in (n.subject, *n.implies)]
        first, after = decide(setting.rule, told, state, self._store.covered(state.case, covers))
        seen = self._store.covered(state.case, [c for a in first for c in a.covers])
        alerts = tuple(a for a in first if not seen.intersection(a.covers))
        now = self._clock.now()
        messages = [m for a in alerts for m in messages_for(setting, a, now)]
        self._store.add_alerts(alerts, messages)
        self._store.keep_told(after, stamp, day)
        return alerts


@dataclass(frozen=True, slots=True, kw_only=True)
class _Prepared:
    """An item with what was read in it, None where there is nothing to enter."""

    item: Item
    source: Source | None = None
    extraction: Extraction | None = None


def messages_for(setting: CaseWatch, alert: Alert, now: dt.datetime) -> tuple[Message, ...]:
    """One message a channel. The time to send it is told by the clock, also when the alert is dated later."""
    when = send_at(setting.rule, replace(alert, at=now))
    return tuple(
        Message(
            key=alert.key, channel=channel, case=alert.case, alerts=(alert.key,), not_before=when,
            digest=bool(setting.rule.digest) and not alert.urgent,
        )
        for channel in setting.channels
    )  # fmt: skip


def source_lines(states: Sequence[SourceState]) -> tuple[SourceLine, ...]:
    """Sources as alerts see them."""
    return tuple(SourceLine(source=s.source, state=s.state, since=s.since, why=s.why) for s in states)


def indicator_lines(case: Case, day: dt.date) -> tuple[IndicatorLine, ...]:
    """Indicators of a case as they stood on a day."""
    from vedette.warning.indicators import statuses

    return tuple(
        IndicatorLine(
            id=s.indicator.id, observable=s.indicator.observable, state=s.state.value, since=s.since,
            note="; ".join(x for x in (s.why, s.source) if x),
        )
        for s in statuses(case, AsOf(date=day))
    )  # fmt: skip


def _tried(item: Item, why: str, now: dt.datetime) -> Item:
    """One more try that gave nothing: later again, or given up."""
    tries = item.tries + 1
    if tries >= TRIES:
        return replace(item, state=ItemState.FAILED, tries=tries, why=why, retry_at=None)
    wait = dt.timedelta(seconds=RETRY_SECONDS * 2.0 ** (tries - 1))
    return replace(item, state=ItemState.WAITING, tries=tries, why=why, retry_at=now + wait)


def _source(watch: Watch, handed: Handed, kinds: Mapping[str, SourceKind] | None) -> Source:
    return Source(
        content=handed.content, name=handed.name, layer=handed.layer, page=handed.page, published=handed.published,
        title=handed.title, author=handed.author, publisher=watch.publisher or handed.publisher, url=handed.url,
        kinds=kinds,
    )  # fmt: skip


def stored(cases: CaseStore, case_id: str) -> bool:
    """Whether a case of this id is there, stored or bundled."""
    try:
        outline(cases, case_id)
    except UnknownName:
        return False
    return True
