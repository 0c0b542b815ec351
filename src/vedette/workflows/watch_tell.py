"""Sending what is in the outbox: at least once, always under the same key, later each time it does not get through."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
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
        self._gather(now)
        sent = 0
        failed: dict[str, str] = {}
        for message in self._store.due_messages(now, limit=1000):
            if message.channel in failed:
                continue  # its turn comes when the channel is tried again
            why = self._send(message)
            if why:
                failed[message.channel] = why
            else:
                sent += 1
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

    def _send(self, message: Message) -> str:
        """Try once; why it did not get through, empty when it did."""
        now = self._clock.now()
        tries = message.tries + 1
        wait = min(FIRST_WAIT * 2.0 ** min(message.tries, 20), LONGEST_WAIT) * (0.5 + 0.5 * self._chance())
        # The attempt is on record before anything leaves: a process that dies while sending tries again after the
        # wait, not at once and for ever.
        tried = replace(message, tries=tries, next_try=now + dt.timedelta(seconds=wait), why="being sent")
        self._store.keep_message(tried)
        found = self._store.alerts_by_key(message.alerts)
        alerts: Sequence[Alert] = [found[k] for k in message.alerts if k in found]
        try:
            self._channel(message.channel).send(message, alerts)
        except VedetteError as error:
            self._store.keep_message(replace(tried, why=str(error)))
            return str(error)
        self._store.keep_message(replace(tried, state="sent", sent_at=self._clock.now(), next_try=None, why=""))
        return ""
