"""The watch service: sources looked at on schedule, cases compared with what was told, alerts sent.

Everything it must know after a restart is in the store. Waits run on a clock that cannot be set; the times they end are
kept as well, for the next process.
"""

from __future__ import annotations

import datetime as dt
import random
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, as_completed, wait
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, replace
from typing import Any

from vedette.domain.alerts import Alert
from vedette.errors import BadInput, Deed, EditConflict, Unavailable, UnknownName, VedetteError
from vedette.ports import Clock
from vedette.ports.watching import CaseWatch, Looked, Poll, Poller, SourceState, Watch, WatchKind, WatchStore
from vedette.workflows.watch_look import AT_ONCE, Looker, Taken
from vedette.workflows.watch_schedule import after_poll, is_due
from vedette.workflows.watch_tell import Outbox

WORKERS = 8
"""Sources looked at at the same time. [assumption]: they wait for the network, not for the processor."""
WAKE = 1.0
"""Seconds between two looks at what changed in the workspace itself: a review, a new batch of events. Half the two
seconds that an alert may take."""
GATHER = 0.02
"""Seconds in which answers that come together are gathered into one transaction. [assumption]"""
KEEP = 60.0
"""Seconds after which it is recorded again that a source was asked and said nothing new. [assumption]"""
TOGETHER = 100
"""Answers without documents recorded in one transaction. [assumption]: few enough to hold no reader up."""
CLOCK_JUMP = 60.0
"""Seconds by which the clock and the time that passed may differ before it is said. [assumption]: time servers correct
by less."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What one source is to be asked: for whom, from which state, and what is known already.

    ``name``: the source, as `asked_as` gives it.
    """

    watches: tuple[Watch, ...]
    state: SourceState | None
    known: Mapping[str, str]
    first: bool
    name: str = ""

    @property
    def watch(self) -> Watch:
        """How it is asked: as often as the most curious case wants."""
        return min(self.watches, key=lambda w: (w.every, w.case))


class WatchService:
    """Runs rounds. ``events``: asks an event stream as the poller asks a feed; without it none is watched."""

    def __init__(
        self, store: WatchStore, looker: Looker, outbox: Outbox, clock: Clock, poller: Poller, *,
        events: Callable[[Asked], Poll] | None = None,
        monotonic: Callable[[], float] = time.monotonic, chance: Callable[[], float] = random.random,
        say: Callable[[str], None] = lambda _line: None, every: float | None = None,
    ) -> None:  # fmt: skip
        self._store = store
        self._looker = looker
        self._outbox = outbox
        self._clock = clock
        self._poller = poller
        self._events = events
        self._monotonic = monotonic
        self._chance = chance
        self._say = say
        self._every = every
        self._next: dict[str, float] = {}
        self._last_times: tuple[float, dt.datetime] | None = None
        self._said: dict[str, str] = {}
        self._running: dict[str, tuple[Future[Poll], Asked]] = {}
        self._begun: set[str] = set()
        self._kept: dict[str, SourceState] = {}

    def run(self, stop: threading.Event, *, wake: float = WAKE) -> None:
        """Rounds until ``stop`` is set. What goes wrong in one is said, and tried again in the next."""
        with self._pool(), self._store.held():
            while not stop.is_set():
                started = self._monotonic()
                try:
                    self.round()
                    self._take_what_comes(stop, started + wake)
                except (Unavailable, BadInput) as error:
                    self._once("round", str(error))
                stop.wait(max(wake - (self._monotonic() - started), 0.05))

    def _take_what_comes(self, stop: threading.Event, until: float) -> None:
        """Between two rounds: answers are taken when they come, not at the next turn."""
        failed: dict[str, str] = {}
        while self._running and not stop.is_set():
            left = until - self._monotonic()
            if left <= 0:
                return
            if wait([future for future, _ in self._running.values()], timeout=left, return_when=FIRST_COMPLETED).done:
                time.sleep(GATHER)
                self._settle(failed)

    def once(self) -> Looked:
        """One round over every source, due or not; waits for all of them."""
        with self._pool(), self._store.held():
            return self.round(all_of_them=True)

    @contextmanager
    def _pool(self) -> Iterator[None]:
        """Threads that ask sources. On leaving nobody waits for a source that does not answer."""
        self._threads = ThreadPoolExecutor(max_workers=WORKERS)
        try:
            yield
        finally:
            self._threads.shutdown(wait=False, cancel_futures=True)
            self._running = {}

    def round(self, *, all_of_them: bool = False) -> Looked:
        """Ask the sources that are due, take what has been answered, look at every case, and send.

        A source that takes its time is taken when it has answered, and holds up nothing. With ``all_of_them`` every
        source is asked, and waited for.
        """
        self._check_clock()
        with self._store.snapshot():
            watches = self._watches()
            cases = sorted({w.case for w in watches})
            states = dict(self._store.source_states())
            fresh = [c for c in cases if c not in self._begun and self._store.told(c)[0] is None]
        alerts: list[Alert] = []
        failed: dict[str, str] = {}
        for case in fresh:
            alerts += self._look(case, watches, states, failed)
        self._begun.update(cases)
        with self._store.snapshot():
            due = self._to_ask(watches, states, all_of_them=all_of_them)
        for asked in due:
            ask = self._events if asked.watch.kind is WatchKind.EVENTS else self._ask
            if ask is not None:
                self._running[asked.name] = self._threads.submit(ask, asked), asked
        taken, after, sent = self._settle(failed, all_of_them=all_of_them)
        states |= after
        alerts += taken.alerts
        with self._store.snapshot():
            loud = [c for c in cases if not self._looker.quiet(c, _of_case(c, watches, states))]
        for case in loud:
            alerts += self._look(case, watches, states, failed)
        sent += self._send(failed)
        return Looked(
            polled=len(after), items=taken.items, proposals=taken.proposals, alerts=tuple(a.key for a in alerts),
            sent=sent, failed=failed,
        )  # fmt: skip

    def _settle(
        self, failed: dict[str, str], *, all_of_them: bool = False
    ) -> tuple[Taken, dict[str, SourceState], int]:
        """Take what has been answered; what is news does not wait for other sources to be sent."""
        done = Taken()
        states: dict[str, SourceState] = {}
        sent = 0
        for answers in self._answered(all_of_them=all_of_them):
            taken, after = self._enter(answers)
            done += taken
            states |= {state.source: state for state in after}
            failed |= {asked.name: poll.error for asked, poll in answers if poll.error}
            if taken.alerts:
                sent += self._send(failed)
        return done, states, sent

    # -- sources --------------------------------------------------------------------------------------------

    def _watches(self) -> list[Watch]:
        """What is watched for cases that are there and still open."""
        found = []
        closed: dict[str, bool] = {}
        for watch in self._store.watches():
            if watch.case not in closed:
                try:
                    closed[watch.case] = self._looker.closed(watch.case)
                except UnknownName as error:
                    self._once(watch.case, str(error))
                    closed[watch.case] = True
                else:
                    if closed[watch.case]:
                        self._once(watch.case, f"{watch.case}: its window is over; nothing more is read into it")
            if not closed[watch.case]:
                found.append(watch if self._every is None else replace(watch, every=self._every))
        return found

    def _to_ask(
        self, watches: Sequence[Watch], states: Mapping[str, SourceState], *, all_of_them: bool
    ) -> list[Asked]:
        """The sources that are due and not being asked already."""
        by_source: dict[str, list[Watch]] = {}
        name = asked_as(watches)
        for watch in watches:
            by_source.setdefault(name[watch.case, watch.source], []).append(watch)
        return [
            self._asked(source, tuple(by_source[source]), states.get(source))
            for source in sorted(by_source)
            if source not in self._running and (all_of_them or self._due(source, states.get(source)))
        ]

    def _answered(self, *, all_of_them: bool) -> Iterator[list[tuple[Asked, Poll]]]:
        """What sources answered, as it comes; with ``all_of_them`` until the last one has.

        One with documents comes alone, those without together: they cost one transaction between them.
        """
        futures = {future: source for source, (future, _) in self._running.items()}
        slight: list[tuple[Asked, Poll]] = []
        for future in as_completed(futures) if all_of_them else [f for f in futures if f.done()]:
            _, asked = self._running.pop(futures[future])
            poll = future.result()
            if poll.found:
                yield [(asked, poll)]
            else:
                slight.append((asked, poll))
        for at in range(0, len(slight), TOGETHER):
            yield slight[at : at + TOGETHER]

    def _due(self, source: str, state: SourceState | None) -> bool:
        """In this process by the time that passed; after a restart by the time that was kept."""
        if source in self._next:
            return self._monotonic() >= self._next[source]
        return is_due(state, self._clock.now())

    def _asked(self, name: str, watches: tuple[Watch, ...], state: SourceState | None) -> Asked:
        """An item counts as known only when every case has it, or waits for its next try."""
        now = self._clock.now()
        if watches[0].kind is WatchKind.EVENTS:
            return Asked(watches=watches, state=state, known={}, first=False, name=name)  # it goes by its cursor
        known: dict[str, str] | None = None
        retry = False
        for watch in watches:
            mine = dict(self._store.versions(watch.case, watch.source))
            for item in self._store.waiting(watch.case, watch.source).values():
                if item.retry_at is not None and item.retry_at > now:
                    mine[item.id] = item.version
                else:
                    retry = True
            known = mine if known is None else {k: v for k, v in known.items() if mine.get(k) == v}
        if retry and state is not None:
            # What waits is in the whole answer only, not in "nothing changed".
            state = replace(state, etag="", modified="")
        return Asked(watches=watches, state=state, known=known or {}, first=not known, name=name)

    def _ask(self, asked: Asked) -> Poll:
        now = self._clock.now()
        state = asked.state or SourceState(source=asked.name, next_due=now, since=now)
        return self._poller.poll(asked.watch, state, asked.known, first=asked.first)

    def _enter(self, answers: Sequence[tuple[Asked, Poll]]) -> tuple[Taken, list[SourceState]]:
        """Give what sources said to every case that watches them; then record that they were looked at."""
        now = self._clock.now()
        after = [
            after_poll(a.state or SourceState(source=a.name, next_due=now, since=now), a.watch, poll, now,
                       chance=self._chance())
            for a, poll in answers
        ]  # fmt: skip
        done = Taken()
        for (asked, poll), state in zip(answers, after, strict=True):
            if poll.found:
                done += self._take(asked, poll, state, now)
        slight = all(p.unchanged for _, p in answers) and not any(self._worth_keeping(s, now) for s in after)
        # Last: a process that dies before this has been committed looks again and finds every document known.
        with nullcontext() if slight else self._store.transaction():
            for (asked, poll), state in zip(answers, after, strict=True):
                for watch in asked.watches:
                    if not poll.error and not poll.unchanged and not poll.more:
                        self._looker.gone(watch, [f.id for f in poll.found])
                    done += Taken(alerts=self._looker.hear(watch, poll.news))
                if self._worth_keeping(state, now):
                    self._store.keep_source(state)
                    self._kept[state.source] = state
        self._next |= {state.source: self._monotonic() + state.wait for state in after}
        return done, after

    def _worth_keeping(self, state: SourceState, now: dt.datetime) -> bool:
        """Whether a restart would miss it: that a source was asked again and said nothing new is kept now and then."""
        kept = self._kept.get(state.source)
        if kept is None or (kept.last_ok is not None and (now - kept.last_ok).total_seconds() >= KEEP):
            return True
        same = replace(
            state, next_due=kept.next_due, wait=kept.wait, polls=kept.polls, last_ok=kept.last_ok, why=kept.why
        )
        return same != kept

    def _take(self, asked: Asked, poll: Poll, after: SourceState, now: dt.datetime) -> Taken:
        """Read documents into every case that watches the source, several cases to a transaction."""
        before = asked.state.last_ok if asked.state is not None else None
        dated = before is not None and now - before <= dt.timedelta(days=1)
        done = Taken()
        size = max(1, AT_ONCE // len(poll.found))
        for at in range(0, len(asked.watches), size):
            self._looker.prepare(asked.watches[at], poll.found)
            with self._store.transaction() if size > 1 else nullcontext():
                for watch in asked.watches[at : at + size]:
                    done += self._looker.take(watch, poll.found, sources=(after,), dated=dated)
        return done

    # -- cases ----------------------------------------------------------------------------------------------

    def _look(
        self, case: str, watches: Sequence[Watch], states: Mapping[str, SourceState], failed: dict[str, str]
    ) -> tuple[Alert, ...]:
        mine = _of_case(case, watches, states)
        if self._looker.behind(case):
            self._once(f"clock {case}", f"{case}: the clock is days behind the last look; numbers wait until it has "
                       "caught up. If it is right now: vedette watch run --trust-clock")  # fmt: skip
            return ()
        try:
            return self._looker.look(case, sources=mine)
        except VedetteError as error:
            failed[case] = str(error)
            self._once(f"case {case}", str(error))
            return ()

    def _send(self, failed: dict[str, str]) -> int:
        sent, unsent = self._outbox.send_due()
        for channel, why in unsent.items():
            failed[channel] = why
            self._once(f"channel {channel}", f"alerts wait: {why}")
        return sent

    # -- the clock and what is said -------------------------------------------------------------------------

    def _check_clock(self) -> None:
        """Say when the clock and the time that passed do not agree; waits here follow the time that passed."""
        here = self._monotonic(), self._clock.now()
        if self._last_times is not None:
            passed = here[0] - self._last_times[0]
            shown = (here[1] - self._last_times[1]).total_seconds()
            if abs(shown - passed) > CLOCK_JUMP:
                self._say(f"the clock moved by {shown - passed:+.0f} seconds beside the time that passed")
        self._last_times = here

    def _once(self, about: str, line: str) -> None:
        """Say a thing when it changes, not every second."""
        if self._said.get(about) != line:
            self._said[about] = line
            self._say(line)


def _of_case(case: str, watches: Sequence[Watch], states: Mapping[str, SourceState]) -> list[SourceState]:
    name = asked_as(watches)
    return [states[name[w.case, w.source]] for w in watches if w.case == case and name[w.case, w.source] in states]


def asked_as(watches: Sequence[Watch]) -> Mapping[tuple[str, str], str]:
    """(case, source) -> the name under which the source is asked: once for all cases, but never for one that may not
    look inside the network together with one that may. What was allowed for one case would be read into the other.
    """
    inside = {w.source for w in watches if w.allow_private}
    return {
        (w.case, w.source): w.source if w.allow_private or w.source not in inside else f"{w.source} (from outside)"
        for w in watches
    }


def watch_text(watch: Watch) -> str:
    """How a source is watched, in words."""
    said = [f"every {watch.every / 60:g} minutes", f"silent after {watch.silent_days:g} days"]
    return ", ".join([*said, *([f"as {watch.publisher}"] if watch.publisher else [])])


def add_watches(
    store: WatchStore, looker: Looker, watches: Sequence[Watch], setting: CaseWatch, *, seen: str | None = None
) -> tuple[tuple[Watch, ...], CaseWatch]:
    """Watch sources for a case and say how; (those that are new or changed, the setting).

    The first look is made here, so that only what changes afterwards is news. ``seen``: how the sources were watched
    (`watch_text`) when this was decided, empty for not at all; raises `EditConflict` when one is watched otherwise by
    now.
    """
    with store.transaction():
        for now, wanted in [(n, w) for w in watches for n in store.watches(w.case) if n.source == w.source]:
            if seen is not None and now != wanted and seen != watch_text(now):
                raise EditConflict(
                    f"{now.address} is watched for {now.case} already, {watch_text(now)}", where=now.case,
                    fix="Keep that, or watch it as you say instead", version=watch_text(now),
                    deeds=[Deed(who="", what=f"set how {now.address} is watched", before=seen or "not watched",
                                after=watch_text(now))],
                )  # fmt: skip
        fresh = tuple(w for w in watches if store.add_watch(w))
        store.set_case_watch(setting)
    looker.look(setting.case)
    return fresh, setting


def status(store: WatchStore, now: dt.datetime) -> dict[str, Any]:
    """Sources with their health, items by state, what waits to be sent: nothing is left out."""
    states = store.source_states()
    counts = store.item_counts()
    rows = []
    watches = store.watches()
    name = asked_as(watches)
    for watch in watches:
        state = states.get(name[watch.case, watch.source])
        rows.append(
            {
                "case": watch.case, "kind": watch.kind, "source": watch.address, "every": watch.every,
                "state": state.state if state else "never looked at", "since": state.since if state else None,
                "why": state.why if state else "", "failures": state.failures if state else 0,
                "last_ok": state.last_ok if state else None, "last_new": state.last_new if state else None,
                "next": state.next_due if state else None,
                "overdue": bool(state and state.next_due < now - dt.timedelta(seconds=2 * watch.every + 2 * KEEP)),
                "items": dict(counts.get((watch.case, watch.source), {})),
            }
        )  # fmt: skip
    poor = sum(1 for r in rows if r["state"] not in ("ok", "never looked at"))
    channels: dict[str, dict[str, int]] = {}
    for (channel, state_name), n in sorted(store.message_counts().items()):
        channels.setdefault(channel, {})[state_name] = n
    waiting = [
        {"channel": m.channel, "key": m.key, "tries": m.tries, "not_before": m.not_before, "next_try": m.next_try,
         "why": m.why}
        for m in store.messages(state="waiting", limit=20)
    ]  # fmt: skip
    return {
        "sources": rows, "poor": poor, "channels": channels, "waiting": waiting,
        "note": f"{poor} of {len(rows)} sources are not well: no reporting is not no event" if poor else "",
    }  # fmt: skip
