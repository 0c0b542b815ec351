"""Sending what is in the outbox: at least once, always under the same key, later each time it does not get through."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from vedette.domain.alerts import Alert
from vedette.errors import VedetteError
from vedette.ports import Clock
from vedette.ports.watching import Channel, Message, WatchStore
from vedette.warning.alerts import digest_key

FIRST_WAIT = 5.0
LONGEST_WAIT = 3600.0
"""Seconds before a message is tried again, doubled up to an hour. [assumption]: a receiver that is down for a night is
not knocked at four thousand times, and one that comes back is told within the hour. Nothing is ever given up."""
MOST = 1000
"""Messages sent in one go."""
AT_ONCE = 50
"""Messages whose attempts are recorded together. [assumption]"""
ACKNOWLEDGE = 0.1
"""Seconds after which what was sent is recorded as sent; what a process that dies within them sent is sent again under
the same key. [assumption]: a disk commits as fast, so a slow receiver costs one message at most, a fast one a few."""


class Outbox:
    """Sends messages that are due. ``channel`` gives the way to tell by its name; it may raise."""

    def __init__(
        self, store: WatchStore, clock: Clock, channel: Callable[[str], Channel], *, chance: Callable[[], float]
    ) -> None:
        self._store = store
        self._clock = clock
        self._channel = channel
        self._chance = chance

    def send_due(self) -> tuple[int, dict[str, str]]:
        """(messages sent, why not by channel). A channel that fails does not hold up the others."""
        now = self._clock.now()
        due = self._store.due_messages(now, limit=MOST)
        if not due:
            return 0, {}
        if any(m.digest for m in due):
            self._gather(now)
            due = self._store.due_messages(now, limit=MOST)
        sent = 0
        failed: dict[str, str] = {}
        found = self._store.alerts_by_key(sorted({k for m in due for k in m.alerts}))
        for at in range(0, len(due), AT_ONCE):
            sent += self._send(due[at : at + AT_ONCE], found, failed)
        return sent, failed

    def _gather(self, now: dt.datetime) -> None:
        """Put what waited for a digest into one message a channel."""
        waiting: dict[str, list[Message]] = {}
        for message in self._store.due_messages(now, limit=100_000):
            if message.digest and len(message.alerts) == 1 and not message.tries:
                waiting.setdefault(message.channel, []).append(message)
        for channel, messages in sorted(waiting.items()):
            if len(messages) < 2:
                continue
            keys = [m.key for m in messages]
            cases = sorted({m.case for m in messages})
            whole = Message(
                key=digest_key(keys), channel=channel, case=cases[0] if len(cases) == 1 else "",
                alerts=tuple(a for m in messages for a in m.alerts), not_before=now, digest=True,
            )  # fmt: skip
            self._store.bundle(whole, keys)

    def _send(self, due: Sequence[Message], found: Mapping[str, Alert], failed: dict[str, str]) -> int:
        """Try each once; channels that fail are added to ``failed``, and what else is theirs waits with them."""
        now = self._clock.now()
        # The attempts are on record before anything leaves: a process that dies while sending tries again after the
        # wait, not at once and for ever. What another process began to send meanwhile is no longer due.
        with self._store.transaction():
            still = {(m.key, m.channel) for m in self._store.due_messages(now, limit=MOST)}
            trying = [
                self._tried(m, now) for m in due if m.channel not in failed and (m.key, m.channel) in still
            ]
            self._record(trying)
        done: list[Message] = []
        sent, since = 0, time.monotonic()
        for message in trying:
            if message.channel in failed:
                done.append(replace(message, why=failed[message.channel]))
                continue
            try:
                self._channel(message.channel).send(message, [found[k] for k in message.alerts if k in found])
            except VedetteError as error:
                failed[message.channel] = str(error)
                done.append(replace(message, why=str(error)))
            else:
                sent += 1
                done.append(
                    replace(message, state="sent", sent_at=self._clock.now(), next_try=None, why="")
                )
            if time.monotonic() - since > ACKNOWLEDGE:
                self._record(done)
                done, since = [], time.monotonic()
        self._record(done)
        return sent

    def _tried(self, message: Message, now: dt.datetime) -> Message:
        wait = min(FIRST_WAIT * 2.0 ** min(message.tries, 20), LONGEST_WAIT) * (0.5 + 0.5 * self._chance())
        return replace(
            message, tries=message.tries + 1, next_try=now + dt.timedelta(seconds=wait), why="being sent"
        )

    def _record(self, messages: Sequence[Message]) -> None:
        if messages:
            with self._store.transaction():
                for message in messages:
                    self._store.keep_message(message)
