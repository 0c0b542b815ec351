"""What watching asks of the outside world: sources that can be polled, a store that forgets nothing, ways to tell.

The store keeps an outbox: an alert and the messages that tell it are recorded in the transaction that records what
they are about, and sent afterwards. A message is sent at least once, always under the same key.
"""

from __future__ import annotations

import datetime as dt
import enum
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Protocol

from vedette.domain.alerts import Alert, AlertRule, NewItem, Told
from vedette.ports.reading import Handed


class WatchKind(enum.StrEnum):
    """What is polled."""

    FEED = "feed"
    PAGE = "page"
    FOLDER = "folder"
    EVENTS = "events"


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """One source watched for one case. ``address``: of a feed or page, path of a folder, or ``RUS:UKR`` for events.

    ``every``: seconds between two looks. ``silent_days``: without anything new for so long it counts as silent.
    """

    case: str
    kind: WatchKind
    address: str
    every: float = 900.0
    silent_days: float = 7.0
    publisher: str = ""
    allow_private: bool = False

    @property
    def source(self) -> str:
        """What is polled, once for all cases that watch it."""
        return f"{self.kind}:{self.address}"


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseWatch:
    """How a case is watched: when it is worth an alert, where alerts go, and which number is shown.

    ``if_accepted``: also compute what the number would be were the new proposals accepted. It never replaces the
    number.
    """

    case: str
    rule: AlertRule = field(default_factory=AlertRule)
    channels: tuple[str, ...] = ("stdout",)
    if_accepted: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceState:
    """What is known of a source. ``failures``: in a row. ``since``: when ``state`` began. ``cursor``: where to go on.

    ``etag`` and ``modified`` are the validators of the last whole answer. ``wait``: seconds from the last look to
    ``next_due``, by which a clock that was set back is noticed.
    """

    source: str
    next_due: dt.datetime
    wait: float = 0.0
    state: str = "ok"
    since: dt.datetime
    why: str = ""
    failures: int = 0
    polls: int = 0
    last_ok: dt.datetime | None = None
    last_new: dt.datetime | None = None
    etag: str = ""
    modified: str = ""
    cursor: str = ""


class ItemState(enum.StrEnum):
    """What became of an item. ``waiting`` ones are tried again."""

    READ = "read"
    REFUSED = "refused"
    WAITING = "waiting"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """An item of a source as one case met it. ``version``: digest of what the source says of it."""

    source: str
    id: str
    version: str
    state: ItemState
    why: str = ""
    document: str = ""
    tries: int = 0
    first_seen: dt.datetime
    retry_at: dt.datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """One item as polled: its document, or why there is none yet. ``ready`` False: worth another try."""

    id: str
    version: str
    document: Handed | None = None
    why: str = ""
    ready: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Poll:
    """What one look at a source gave. ``error`` is empty when it answered.

    ``retry_after``: seconds the source asks to be left alone. ``gap``: none of its items was known although others had
    been, so some in between may have been missed. ``more``: it held more than one look takes. ``news``: what a source
    tells without a document, such as an unusual number of coded events. ``cursor``: where to go on. ``alive``: it goes
    on reporting, though nothing of it is news here.
    """

    found: tuple[Found, ...] = ()
    error: str = ""
    unchanged: bool = False
    retry_after: float | None = None
    etag: str = ""
    modified: str = ""
    gap: bool = False
    more: bool = False
    news: tuple[NewItem, ...] = ()
    cursor: str = ""
    alive: bool = False


class Poller(Protocol):
    """Looks at sources that hold documents. Called from several threads; touches no store."""

    def poll(self, watch: Watch, state: SourceState, known: Mapping[str, str], *, first: bool) -> Poll:
        """Items whose id is not in ``known`` or whose version differs from the one there; never raises for a source.

        ``first``: nothing of the source was ever read.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """Something to tell on one channel: one alert, or a digest of several. ``key`` is the same however often sent."""

    key: str
    channel: str
    case: str
    alerts: tuple[str, ...]
    not_before: dt.datetime
    digest: bool = False
    state: str = "waiting"
    tries: int = 0
    next_try: dt.datetime | None = None
    sent_at: dt.datetime | None = None
    why: str = ""


class Channel(Protocol):
    """A way to tell. Raises `SourceFailed` when it did not get through; never repeats a secret."""

    def send(self, message: Message, alerts: Sequence[Alert]) -> None:
        """Tell; returning means it was taken."""
        ...


class WatchStore(Protocol):
    """Everything the service must know after a restart. Every call is one transaction unless inside one."""

    def transaction(self) -> AbstractContextManager[None]:
        """Everything called inside, on this store and on the cases beside it, is one transaction."""
        ...

    def held(self) -> AbstractContextManager[None]:
        """Keep the store at hand; nothing is locked."""
        ...

    def snapshot(self) -> AbstractContextManager[None]:
        """Everything read inside, here and of the cases, is of one state. Nothing may be written inside."""
        ...

    # -- what is watched ----------------------------------------------------------------------------------

    def add_watch(self, watch: Watch) -> bool:
        """Watch a source for a case, or change how; False when it was watched so already."""
        ...

    def remove_watch(self, case_id: str, source: str | None = None) -> int:
        """Stop watching a source, or all of a case; returns how many. What was read and told stays."""
        ...

    def watches(self, case_id: str | None = None) -> Sequence[Watch]:
        """What is watched, by case and source."""
        ...

    def case_watch(self, case_id: str) -> CaseWatch:
        """How a case is watched; the defaults when nothing was said."""
        ...

    def set_case_watch(self, given: CaseWatch) -> None:
        """Say how a case is watched."""
        ...

    # -- sources and items --------------------------------------------------------------------------------

    def source_states(self) -> Mapping[str, SourceState]:
        """State of every source ever polled."""
        ...

    def keep_source(self, state: SourceState) -> None:
        """Record the state of a source."""
        ...

    def versions(self, case_id: str, source: str) -> Mapping[str, str]:
        """Id and version of the items done with; those waiting for another try are not in it."""
        ...

    def waiting(self, case_id: str, source: str) -> Mapping[str, Item]:
        """Items to be tried again."""
        ...

    def keep_items(self, case_id: str, items: Sequence[Item]) -> None:
        """Record what became of items."""
        ...

    def item_counts(self) -> Mapping[tuple[str, str], Mapping[str, int]]:
        """How many items by (case, source) and state."""
        ...

    def items(self, case_id: str, states: Collection[ItemState], *, limit: int) -> Sequence[Item]:
        """Items in these states, newest first."""
        ...

    # -- telling ------------------------------------------------------------------------------------------

    def told(self, case_id: str) -> tuple[Told | None, str, dt.date | None]:
        """What was told, the stamp of the case at its last look, and the latest day looked at."""
        ...

    def keep_told(self, told: Told, stamp: str, as_of: dt.date) -> None:
        """Record what was told."""
        ...

    def covered(self, case_id: str, covers: Collection[str]) -> frozenset[str]:
        """Those that were told before."""
        ...

    def add_alerts(self, alerts: Sequence[Alert], messages: Sequence[Message]) -> None:
        """Record alerts with the messages that tell them; one whose key or covered thing is there is an error."""
        ...

    def alerts(
        self, case_id: str | None = None, *, since: dt.datetime | None = None, limit: int | None = None
    ) -> Sequence[Alert]:
        """Alerts, newest first."""
        ...

    def alerts_by_key(self, keys: Sequence[str]) -> Mapping[str, Alert]:
        """Alerts by key."""
        ...

    # -- the outbox ---------------------------------------------------------------------------------------

    def due_messages(self, now: dt.datetime, *, limit: int = 100) -> Sequence[Message]:
        """Messages to be sent now, oldest first."""
        ...

    def bundle(self, message: Message, keys: Sequence[str]) -> None:
        """Put one message in place of several on its channel."""
        ...

    def keep_message(self, message: Message) -> None:
        """Record an attempt or its end."""
        ...

    def messages(self, *, state: str | None = None, limit: int | None = None) -> Iterator[Message]:
        """Messages, newest first."""
        ...

    def message_counts(self) -> Mapping[tuple[str, str], int]:
        """How many by (channel, state)."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked:
    """What one round of the service did: counts, alerts by key, and what went wrong."""

    polled: int = 0
    items: int = 0
    proposals: int = 0
    alerts: tuple[str, ...] = ()
    sent: int = 0
    unsent: int = 0
    failed: Mapping[str, str] = field(default_factory=dict)
