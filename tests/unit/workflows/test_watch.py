"""The watch service on a real store, with a clock, sources and channels of the test's own."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from tests.made_cases import item
from tests.made_texts import ARTICLE
from tests.made_watch import article, open_case_of

from vedette.domain.alerts import Alert, AlertKind, AlertRule, DueLine, QuietHours
from vedette.domain.evidence import Review, Status, Verdict
from vedette.errors import SourceFailed
from vedette.ports.reading import Handed
from vedette.ports.watching import (
    CaseWatch,
    Found,
    ItemState,
    Looked,
    Message,
    Poll,
    SourceState,
    Watch,
    WatchKind,
)
from vedette.stores.cases import SqlCaseStore
from vedette.stores.database import SqliteDatabase
from vedette.stores.watching import SqlWatchStore
from vedette.workflows.watch import WatchService, add_watches, status
from vedette.workflows.watch_look import Looker
from vedette.workflows.watch_tell import Outbox

START = dt.datetime(2022, 1, 10, 12, tzinfo=dt.UTC)
TODAY = START.date()
FEED = "https://news.example/feed"


@dataclass
class Time:
    """A wall clock and a clock that only goes on; a test moves both, or one."""

    wall: dt.datetime = START
    passed: float = 0.0

    def now(self) -> dt.datetime:
        return self.wall

    def monotonic(self) -> float:
        return self.passed

    def go(self, **parts: float) -> None:
        step = dt.timedelta(**parts)
        self.wall += step
        self.passed += step.total_seconds()


@dataclass
class Sources:
    """What sources answer: items by address, or an error."""

    items: dict[str, list[Found]] = field(default_factory=dict)
    errors: dict[str, Poll] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def put(self, n: int, *, text: str | None = None, published: dt.date | None = TODAY) -> None:
        content = (article(n) if text is None else text).encode()
        name = f"item {n}"
        handed = Handed(source=name, name=f"item{n}.txt", content=content, published=published, title=name)
        self.items.setdefault(FEED, []).append(Found(id=name, version=str(len(content)), document=handed))

    def poll(self, watch: Watch, state: SourceState, known: Mapping[str, str], *, first: bool) -> Poll:
        self.asked.append(watch.address)
        if watch.address in self.errors:
            return self.errors[watch.address]
        new = [f for f in self.items.get(watch.address, []) if known.get(f.id) != f.version]
        return Poll(found=tuple(new), unchanged=not new)


@dataclass
class Desk:
    """A channel that keeps what it is sent, or fails."""

    sent: list[tuple[str, tuple[str, ...]]] = field(default_factory=list)
    alerts: list[Alert] = field(default_factory=list)
    broken: bool = False

    def send(self, message: Message, alerts: Sequence[Alert]) -> None:
        if self.broken:
            raise SourceFailed("the receiver answers 500", where="desk")
        self.sent.append((message.key, tuple(a.key for a in alerts)))
        self.alerts += alerts




@dataclass
class World:
    """One workspace; `service` is a new process on it."""

    home: Path
    time: Time = field(default_factory=Time)
    sources: Sources = field(default_factory=Sources)
    desk: Desk = field(default_factory=Desk)
    due: list[DueLine] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    running: WatchService | None = None

    def __post_init__(self) -> None:
        self.reopen()
        self.cases.create(open_case_of("made", TODAY))

    def reopen(self) -> None:
        database = SqliteDatabase(self.home, busy_seconds=5)
        self.cases = SqlCaseStore(database, self.time)
        self.store = SqlWatchStore(database)
        self.looker = Looker(self.store, self.cases, self.time, due_lines=lambda _case, _day: self.due)
        outbox = Outbox(self.store, self.time, lambda _name: self.desk, chance=lambda: 0.5)
        self.running = WatchService(
            self.store, self.looker, outbox, self.time, self.sources, monotonic=self.time.monotonic,
            chance=lambda: 0.5, say=self.said.append,
        )  # fmt: skip

    def watch(
        self, *, case: str = "made", rule: AlertRule | None = None, if_accepted: bool = False, every: float = 900.0
    ) -> None:
        watch = Watch(case=case, kind=WatchKind.FEED, address=FEED, every=every)
        setting = CaseWatch(case=case, rule=rule or AlertRule(), channels=("desk",), if_accepted=if_accepted)
        add_watches(self.store, self.looker, [watch], setting)

    def round(self) -> Looked:
        assert self.running is not None
        return self.running.once()

    def tick(self) -> Looked:
        """A round of only what is due, waited for."""
        service = self.running
        assert service is not None
        with service._pool():
            service.round()
            for future, _ in list(service._running.values()):
                future.result()
            return service.round()

    def kinds(self) -> list[str]:
        return [str(a.kind) for a in reversed(self.store.alerts())]

    def items(self, state: ItemState) -> list[str]:
        return sorted(i.id for i in self.store.items("made", [state], limit=1000))

    def review(self, verdict: Verdict = Verdict.ACCEPT) -> None:
        for e in self.cases.load("made").standing():
            if e.status is Status.PROPOSED:
                self.cases.add_review("made", Review(evidence=e.id, verdict=verdict, author="a", at=self.time.now()))


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path / "home")


def test_an_item_is_read_proposed_told_and_sent_once(world: World) -> None:
    world.watch()
    world.sources.put(1)
    looked = world.round()
    assert (looked.polled, looked.items, len(looked.alerts), looked.sent) == (1, 1, 1, 1)
    (alert,) = world.store.alerts()
    case = world.cases.load("made")
    assert set(alert.evidence) <= {e.id for e in case.evidence} and alert.as_of == TODAY
    assert world.desk.sent == [(alert.key, (alert.key,))]
    for _ in range(3):
        world.time.go(hours=1)
        world.reopen()
        assert world.round().alerts == ()
    assert len(world.desk.sent) == 1 and len(world.cases.load("made").documents) == 1


def test_proposals_move_no_number_and_a_review_does(world: World) -> None:
    world.watch(if_accepted=True, rule=AlertRule(points=2))
    for n in range(4):
        world.sources.put(n)
    world.round()
    (alert,) = world.store.alerts()
    assert alert.kind is AlertKind.EVIDENCE and not alert.moves
    assert alert.if_accepted["lasting_presence"] > alert.present["lasting_presence"]
    world.time.go(minutes=1)
    world.review()
    world.tick()
    newest = world.store.alerts()[0]
    assert newest.kind is AlertKind.PROBABILITY
    by_scenario = {m.scenario: m for m in newest.moves}
    assert by_scenario["lasting_presence"].after == pytest.approx(alert.if_accepted["lasting_presence"], abs=0.02)
    assert sum(r.log_odds or 0 for r in newest.reasons) == pytest.approx(newest.moves[0].log_odds, abs=1e-6)


def test_a_copy_of_a_report_is_read_and_not_told_again(world: World) -> None:
    world.watch()
    world.sources.put(1)
    world.round()
    world.sources.put(2, text=article(1) + "\nThis report is also found elsewhere.\n")
    world.time.go(hours=1)
    world.round()
    assert len(world.cases.load("made").documents) == 2 and len(world.store.alerts()) == 1


def test_one_document_for_many_cases_is_read_for_each_and_asked_for_once(world: World) -> None:
    for name in ("a", "b", "c"):
        world.cases.create(open_case_of(name, TODAY))
        world.watch(case=name)
    world.sources.put(1)
    looked = world.round()
    assert world.sources.asked == [FEED] and looked.items == 3
    assert sorted(a.case for a in world.store.alerts()) == ["a", "b", "c"]


def test_a_dead_source_is_asked_later_each_time_and_said_to_be_failing_once(world: World) -> None:
    world.watch(every=600.0)
    world.sources.errors[FEED] = Poll(error="the server answers 500")
    for _ in range(24):
        world.tick()
        world.time.go(minutes=20)
    assert 5 <= len(world.sources.asked) <= 12, "doubling to six hours, not every ten minutes"
    assert world.kinds() == ["source_health"]
    assert "no reporting is not no event" in world.store.alerts()[0].headline
    found = status(world.store, world.time.now())
    assert found["poor"] == 1 and found["sources"][0]["why"] == "the server answers 500"
    del world.sources.errors[FEED]
    world.sources.put(1)
    world.round()
    assert world.kinds()[1:] in (["evidence", "source_health"], ["source_health", "evidence"])


def test_a_source_may_ask_to_be_left_alone(world: World) -> None:
    world.watch(every=10.0)
    world.sources.errors[FEED] = Poll(error="the server answers 429", retry_after=3600.0)
    for _ in range(20):
        world.tick()
        world.time.go(seconds=150)
    assert len(world.sources.asked) == 1


def test_a_clock_that_goes_back_polls_on_and_tells_nothing_again(world: World) -> None:
    world.watch(every=600.0)
    world.sources.put(1)
    world.tick()
    world.review()
    world.tick()
    before = [a.key for a in world.store.alerts()]
    for back in (1, 30, 400):
        world.time.wall = START - dt.timedelta(days=back)
        world.reopen()
        world.tick()
        world.time.go(minutes=11)
        world.tick()
        assert world.store.told("made")[2] == TODAY, "no look is for an earlier day than the last one"
    assert [a.key for a in world.store.alerts()] == before
    assert len(world.sources.asked) == 1 + 2 * 3, "a wait that ends in the far future is no wait"
    assert any("days behind" in line for line in world.said)


def test_a_clock_that_was_ahead_can_be_put_right(world: World) -> None:
    world.watch()
    world.time.go(days=30)
    world.round()
    world.time.wall = START
    world.reopen()
    world.round()
    assert world.store.told("made")[2] == (START + dt.timedelta(days=30)).date()
    assert world.looker.trust_clock("made") and not world.looker.trust_clock("made")
    world.round()
    assert world.store.told("made")[2] == TODAY
    assert "probability" not in world.kinds()[1:], "numbers are compared anew from here"


def test_a_jump_of_the_clock_is_said_and_moves_no_wait(world: World) -> None:
    world.watch(every=600.0)
    service = world.running
    assert service is not None
    world.tick()
    world.time.wall += dt.timedelta(hours=5)
    world.tick()
    assert len(world.sources.asked) == 1 and any("clock moved by +18000" in line for line in world.said)


def test_an_item_dated_tomorrow_waits_for_its_day(world: World) -> None:
    world.watch()
    world.sources.put(1, published=TODAY + dt.timedelta(days=1))
    world.round()
    assert world.items(ItemState.WAITING) == ["item 1"] and not world.store.alerts()
    world.time.go(hours=6)
    world.round()
    assert world.items(ItemState.WAITING) == ["item 1"]
    world.time.go(hours=7)
    world.round()
    assert world.items(ItemState.READ) == ["item 1"] and world.kinds() == ["evidence"]


def test_what_cannot_be_read_is_kept_with_the_reason_and_not_tried_again(world: World) -> None:
    world.watch()
    world.sources.put(1, text="")
    world.sources.put(2, published=None)
    world.sources.put(3, published=TODAY + dt.timedelta(days=400))
    world.round()
    assert world.items(ItemState.REFUSED) == ["item 1", "item 2", "item 3"]
    why = {i.id: i.why for i in world.store.items("made", [ItemState.REFUSED], limit=9)}
    assert "date" in why["item 2"] and "hindsight" in why["item 3"]


def test_what_is_new_without_a_date_was_published_since_the_look_of_the_day_before(world: World) -> None:
    world.watch()
    world.round()
    world.time.go(hours=3)
    world.sources.put(1, published=None)
    world.round()
    (document,) = world.cases.load("made").documents
    assert document.published == TODAY


def test_an_item_that_cannot_be_had_is_tried_eight_times_over_hours_then_given_up_on_record(world: World) -> None:
    world.watch()
    world.sources.items[FEED] = [Found(id="x", version="1", why="the server answers 503", ready=False)]
    for minutes in (0, 5, 10, 20, 40, 80, 160, 319):
        world.time.go(minutes=minutes)
        world.round()
        world.round()
    assert world.items(ItemState.WAITING) == ["x"]
    world.time.go(minutes=1)
    world.round()
    (gone,) = world.store.items("made", [ItemState.FAILED], limit=9)
    assert (gone.tries, gone.why) == (8, "the server answers 503")


def test_an_item_that_leaves_the_source_while_it_waits_is_not_forgotten(world: World) -> None:
    world.watch()
    world.sources.items[FEED] = [Found(id="x", version="1", why="the server answers 503", ready=False)]
    world.round()
    for n in range(8):
        world.time.go(hours=11)
        world.sources.items[FEED] = []
        world.sources.put(n)
        world.round()
    (gone,) = world.store.items("made", [ItemState.FAILED], limit=9)
    assert gone.id == "x" and "no longer holds" in gone.why


def test_a_channel_that_fails_is_tried_later_and_nothing_is_lost(world: World) -> None:
    world.watch()
    world.desk.broken = True
    for n in range(3):
        world.sources.put(n)
        world.time.go(hours=2)
        world.round()
    assert world.desk.sent == [] and len(world.store.alerts()) == 3
    assert status(world.store, world.time.now())["channels"] == {"desk": {"waiting": 3}}
    world.desk.broken = False
    world.reopen()
    world.time.go(hours=2)
    world.round()
    assert [k for k, _ in world.desk.sent] == [a.key for a in reversed(world.store.alerts())]


def test_a_digest_gathers_and_quiet_hours_wait(world: World) -> None:
    rule = AlertRule(digest=(dt.time(8),), quiet=QuietHours(start=dt.time(22), end=dt.time(9)))
    world.watch(rule=rule)
    for n in range(3):
        world.sources.put(n)
        world.time.go(minutes=10)
        world.round()
    assert len(world.store.alerts()) == 3 and world.desk.sent == []
    world.time.go(hours=20, minutes=20)
    world.round()
    assert world.desk.sent == [], "eight in the morning lies in the quiet hours"
    world.time.go(minutes=20)
    world.round()
    ((key, alerts),) = world.desk.sent
    assert len(alerts) == 3 and key not in alerts
    world.reopen()
    world.time.go(hours=30)
    world.round()
    assert len(world.desk.sent) == 1


def test_a_case_whose_window_is_over_is_watched_no_more(world: World) -> None:
    world.watch()
    world.time.go(days=80)
    world.sources.put(1)
    world.round()
    assert world.sources.asked == [] and any("window is over" in line for line in world.said)


def test_waiting_questions_are_told_once_each_step(world: World) -> None:
    world.watch()
    deadline = TODAY + dt.timedelta(days=10)
    for day in range(9):
        left = (deadline - world.time.now().date()).days
        world.due[:] = [DueLine(question="made-q", statement="Will it?", deadline=deadline, days_left=left)]
        world.tick()
        world.time.go(days=1)
        assert day < 9
    assert world.kinds().count("due") == 2


def test_two_services_on_one_workspace_tell_a_thing_once(world: World) -> None:
    world.watch()
    world.sources.put(1)
    first = world.running
    world.reopen()
    second = world.running
    assert first is not None and second is not None
    first.once()
    second.once()
    assert len(world.store.alerts()) == 1 and len(world.desk.sent) == 1


def test_a_message_that_another_process_is_sending_is_left_to_it(world: World) -> None:
    world.watch()
    world.sources.put(1)
    world.desk.broken = True
    world.round()
    world.time.go(hours=1)
    world.desk.broken = False
    other = Outbox(world.store, world.time, lambda _name: world.desk, chance=lambda: 0.5)

    class Meanwhile:
        """A receiver so slow that another process looks at the outbox before it has answered."""

        def send(self, message: Message, alerts: Sequence[Alert]) -> None:
            assert other.send_due() == (0, {})
            world.desk.send(message, alerts)

    mine = Outbox(world.store, world.time, lambda _name: Meanwhile(), chance=lambda: 0.5)
    assert mine.send_due() == (1, {}) and len(world.desk.sent) == 1


@pytest.mark.parametrize("point", [0, 2, 5, 9, 13, 18, 24, 30, 31, 32, 33, 36])
def test_an_error_anywhere_in_a_round_loses_nothing_and_tells_nothing_twice(
    tmp_path: Path, point: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The connection breaks at the ``point``-th statement that writes; the next process finishes the work."""
    from sqlalchemy import Engine, event

    world = World(tmp_path / "home")
    world.watch()
    for n in range(3):
        world.sources.put(n)
    count = itertools.count()

    def breaks(_c: object, _cursor: object, statement: str, *_rest: object) -> None:
        if statement.split(maxsplit=1)[0] in ("INSERT", "UPDATE", "DELETE") and next(count) == point:
            raise OSError(28, "No space left on device")

    event.listen(Engine, "before_cursor_execute", breaks)
    try:
        world.round()
    except Exception as error:
        assert "Traceback" not in str(error)
    finally:
        event.remove(Engine, "before_cursor_execute", breaks)
    world.reopen()
    world.time.go(hours=1)
    world.round()
    world.time.go(hours=1)
    world.round()
    case = world.cases.load("made")
    alerts = world.store.alerts()
    assert len(case.documents) == 3 and world.items(ItemState.READ) == ["item 0", "item 1", "item 2"]
    told = [e for a in alerts for e in a.evidence]
    assert len(told) == len(set(told)) and {k for k, _ in world.desk.sent} == {a.key for a in alerts}
    assert len(case.evidence) - 1 >= len(told) >= 3


def test_what_a_source_hands_over_in_bad_faith_is_refused_in_one_line(world: World) -> None:
    world.watch()
    world.sources.put(1, text="\x00\x01\x02" * 50)
    world.sources.put(2, text=ARTICLE)
    world.round()
    assert world.items(ItemState.REFUSED) == ["item 1"] and world.items(ItemState.READ) == ["item 2"]


def test_a_case_that_is_gone_is_said_and_the_others_go_on(world: World) -> None:
    world.watch()
    world.store.add_watch(Watch(case="nobody", kind=WatchKind.FEED, address=FEED))
    world.sources.put(1)
    assert world.round().items == 1
    assert any("nobody" in line for line in world.said)


def test_an_item_added_by_hand_is_named_as_the_reason(world: World) -> None:
    world.watch(rule=AlertRule(points=1, log_odds=0.05))
    world.cases.add_evidence("made", [item("e9", condition="low_costs", day=TODAY, claim="Orders were seen")])
    world.tick()
    newest = world.store.alerts()[0]
    assert newest.kind is AlertKind.PROBABILITY and newest.reasons[0].what == "New: Orders were seen"


def test_what_one_case_may_read_inside_the_network_is_not_read_into_another(world: World) -> None:
    """The same address watched by a case that may look inside and by one that may not: asked apart."""
    world.cases.create(open_case_of("other", TODAY))
    world.watch()
    add_watches(world.store, world.looker, [Watch(case="other", kind=WatchKind.FEED, address=FEED, allow_private=True,
                                                  every=60.0)], CaseWatch(case="other"))  # fmt: skip
    plain = world.sources.poll
    asked: list[bool] = []

    def guarded(watch: Watch, state: SourceState, known: Mapping[str, str], *, first: bool) -> Poll:
        asked.append(watch.allow_private)
        if not watch.allow_private:
            return Poll(error="news.example has the private address 10.0.0.8: not read")
        return plain(watch, state, known, first=first)

    world.sources.poll = guarded  # type: ignore[method-assign]
    world.sources.put(1)
    world.round()
    assert sorted(asked) == [False, True]
    assert [len(world.cases.load(c).documents) for c in ("made", "other")] == [0, 1]
    rows = {r["case"]: r for r in status(world.store, world.time.now())["sources"]}
    assert "private address" in rows["made"]["why"] and rows["other"]["why"] == ""
    assert rows["made"]["failures"] == 1 and rows["other"]["failures"] == 0
