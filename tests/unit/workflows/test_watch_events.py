"""Coded events watched: an unusual week of a pair is news, once; what grew with all reporting is not."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from vedette.domain.alerts import AlertRule, CaseState, NewItem
from vedette.domain.claims import Strength
from vedette.domain.events import DayVolume, DyadDay, Event, EventQuery, Provenance
from vedette.domain.time import DateInterval, instant
from vedette.errors import StoreUnavailable
from vedette.ports.watching import Poll, SourceState, Watch, WatchKind
from vedette.warning.alerts import decide
from vedette.workflows import watch_events
from vedette.workflows.watch import Asked
from vedette.workflows.watch_events import EventWatcher

TODAY = dt.date(2022, 1, 20)
WATCH = Watch(case="made", kind=WatchKind.EVENTS, address="RUS:UKR")
TEMPLATE = Event(
    dataset="made", kind="event", id="0", code="138", ontology="CAMEO", root="THREATEN", quad=3, source="RUS",
    target="UKR", source_actor=None, target_actor=None, occurred_at=DateInterval(start=TODAY, end=TODAY),
    time_precision="day", published_at=None, available_at=instant(TODAY), recorded_at=instant(TODAY), place=None,
    place_state=None, lat=None, lon=None, place_precision=None, intensity=None, tone=None, mentions=None, sources=None,
    articles=None, fatalities=None, fatalities_low=None, fatalities_high=None, confidence=None, refers_to=None,
    tags=None, url=None, provenance=Provenance(dataset="made", file="made.csv", row=1, digest="0" * 64),
)  # fmt: skip


@dataclass
class Events:
    """An event store in memory, batch by batch."""

    batches: list[list[Event]] = field(default_factory=list)
    asked: int = 0
    broken: bool = False

    def put(self, counts: dict[tuple[str, str, dt.date], int]) -> None:
        rows = []
        for (source, target, day), n in counts.items():
            interval = DateInterval(start=day, end=day)
            rows += [
                replace(TEMPLATE, id=f"{len(self.batches)}-{source}{target}{day}{i}", source=source, target=target,
                        occurred_at=interval) for i in range(n)
            ]  # fmt: skip
        self.batches.append(rows)

    def newest_batch(self) -> int:
        if self.broken:
            raise StoreUnavailable("the event store is locked")
        return len(self.batches)

    def query(self, query: EventQuery) -> Sequence[Event]:
        self.asked += 1
        return [row for batch in self.batches[query.after_batch :] for row in batch]

    def _in(self, query_since: dt.date | None, until: dt.date | None) -> list[Event]:
        rows = [row for batch in self.batches for row in batch]
        return [
            r for r in rows
            if (query_since is None or (r.occurred_at.start or TODAY) >= query_since)
            and (until is None or (r.occurred_at.start or TODAY) <= until)
        ]  # fmt: skip

    def dyad_days(self, query: EventQuery) -> Sequence[DyadDay]:
        days: dict[dt.date, int] = {}
        for row in self._in(query.since, query.until):
            if (row.source, row.target) == (query.source, query.target) and row.root in query.roots:
                day = row.occurred_at.start or TODAY
                days[day] = days.get(day, 0) + 1
        return [
            DyadDay(dataset="made", day=d, source=query.source, target=query.target, root=query.roots[0], events=n,
                    mentions=None, fatalities=None) for d, n in sorted(days.items())
        ]  # fmt: skip

    def volume(
        self, *, since: dt.date | None = None, until: dt.date | None = None, as_of: object = None,
        datasets: Sequence[str] = (),
    ) -> Sequence[DayVolume]:  # fmt: skip
        days: dict[dt.date, int] = {}
        for row in self._in(since, until):
            day = row.occurred_at.start or TODAY
            days[day] = days.get(day, 0) + 1
        return [DayVolume(dataset="made", day=d, events=n) for d, n in sorted(days.items())]


def world() -> Events:
    """A year in which the pair has two events a week and the rest of the world a hundred."""
    events = Events()
    past: dict[tuple[str, str, dt.date], int] = {}
    for week in range(1, 54):
        day = TODAY - dt.timedelta(days=7 * week)
        past["RUS", "UKR", day] = 2
        past["USA", "CHN", day] = 100
    events.put(past)
    return events


class Looks:
    """Looks in turn, each from where the last one ended."""

    def __init__(self, events: Events) -> None:
        self._watcher = EventWatcher(events)  # type: ignore[arg-type]
        self._state = SourceState(source=WATCH.source, next_due=instant(TODAY), since=instant(TODAY))

    def __call__(self) -> Poll:
        self._watcher._newest_at = (-1e9, 0)
        asked = Asked(watches=(WATCH,), state=self._state, known={}, first=False)
        poll = self._watcher.ask(asked)
        self._state = replace(self._state, cursor=poll.cursor or self._state.cursor)
        return poll


def told(poll: Poll, least: Strength = Strength.MODERATE) -> list[NewItem]:
    order = list(Strength)
    return [n for n in poll.news if order.index(n.strength) >= order.index(least)]


def test_what_is_in_the_store_at_first_is_the_past() -> None:
    look = Looks(world())
    assert look().news == () and look().unchanged


def test_an_unusual_week_is_told_with_what_was_expected() -> None:
    events = world()
    look = Looks(events)
    look()
    events.put({("RUS", "UKR", TODAY): 14, ("USA", "CHN", TODAY): 100})
    (news,) = told(look())
    assert "14 events in the 7 days to 2022-01-20" in news.claim and "expected from 52 weeks" in news.claim
    assert not news.proposal and news.attribution == "made"


def test_a_week_in_which_everything_is_reported_more_is_no_news() -> None:
    events = world()
    look = Looks(events)
    look()
    events.put({("RUS", "UKR", TODAY): 14, ("USA", "CHN", TODAY): 700})
    poll = look()
    assert told(poll) == [] and poll.alive


def test_the_same_week_is_told_once_more_when_it_grows_and_never_when_it_shrinks() -> None:
    events = world()
    look = Looks(events)
    look()
    known: set[str] = set()
    told_at = []
    # The pair's counts grow faster than all reporting, then slower: moderate, strong, moderate again.
    for turn, (pair, rest) in enumerate([(9, 90), (1, 5), (60, 5), (1, 900)]):
        events.put({("RUS", "UKR", TODAY): pair, ("USA", "CHN", TODAY): rest})
        state = CaseState(case="made", at=instant(TODAY), as_of=TODAY, new=look().news)
        alerts, _ = decide(AlertRule(), None, state, known)
        known |= {c for a in alerts for c in a.covers}
        told_at += [turn for _ in alerts]
    assert told_at == [0, 2]


def test_both_directions_are_watched_and_other_pairs_are_not() -> None:
    events = world()
    look = Looks(events)
    look()
    events.put({("UKR", "RUS", TODAY): 3, ("USA", "CHN", TODAY): 100, ("USA", "RUS", TODAY): 50})
    assert {n.id.split(" ")[1] for n in look().news} == {"UKR-RUS"}


def test_one_question_to_the_store_serves_all_pairs_of_a_batch() -> None:
    events = world()
    watcher = EventWatcher(events)  # type: ignore[arg-type]
    state = SourceState(source=WATCH.source, next_due=instant(TODAY), since=instant(TODAY), cursor="1")
    events.put({("RUS", "UKR", TODAY): 9})
    for _ in range(50):
        watcher.ask(Asked(watches=(WATCH,), state=state, known={}, first=False))
    assert events.asked == 1


def test_a_store_that_cannot_be_read_is_an_error_of_the_source() -> None:
    events = world()
    look = Looks(events)
    look()
    events.broken = True
    assert "locked" in look().error


def test_a_short_past_is_weak_news_only() -> None:
    events = Events()
    events.put({("USA", "CHN", TODAY): 1})
    look = Looks(events)
    look()
    events.put({("RUS", "UKR", TODAY): 50})
    poll = look()
    assert [n.strength for n in poll.news] == [Strength.WEAK] and "nothing to compare with" in poll.news[0].claim
    assert watch_events.UNUSUAL < watch_events.VERY_UNUSUAL
