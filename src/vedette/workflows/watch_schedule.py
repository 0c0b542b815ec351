"""When a watched source is looked at next, and how well it is. Pure: no clock, no store, no network."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

from vedette.ports.watching import Poll, SourceState, Watch

FAILING_AFTER = 3
"""Looks in a row without an answer after which a source counts as failing. [assumption]: one or two are the weather
of the internet."""
LONGEST_WAIT = 6 * 3600.0
"""Seconds between two looks at a source that does not answer, at most. [assumption]: a source that comes back is
noticed the same day."""
LONGEST_ASKED = 24 * 3600.0
"""Seconds a source may ask to be left alone (Retry-After)."""
JITTER = 0.1
"""Share by which a regular wait varies, so that sources of one provider spread out. After a failure the wait varies
over its upper half (equal jitter: Brooker, "Exponential backoff and jitter", AWS Architecture Blog, 2015)."""


def is_due(state: SourceState | None, now: dt.datetime) -> bool:
    """Whether a source should be looked at. A wait longer than the one given means that the clock was set back."""
    if state is None:
        return True
    left = (state.next_due - now).total_seconds()
    return left <= 0 or left > state.wait + 1.0


def seconds_left(state: SourceState | None, now: dt.datetime) -> float:
    """Seconds until a source is due."""
    assert state is None or state.wait >= 0
    return 0.0 if state is None or is_due(state, now) else (state.next_due - now).total_seconds()


def wait_after(watch: Watch, failures: int, retry_after: float | None, chance: float) -> float:
    """Seconds to the next look. ``failures`` in a row double it; ``chance`` in [0, 1) varies it."""
    if not failures:
        wait = watch.every * (1 - JITTER + 2 * JITTER * chance)
    else:
        longest = max(LONGEST_WAIT, watch.every)
        # The exponent is bounded: 2 ** 2000 is no float.
        wait = min(watch.every * 2.0 ** min(failures - 1, 30), longest) * (0.5 + 0.5 * chance)
    if retry_after is not None:
        wait = max(wait, min(retry_after, LONGEST_ASKED))
    return wait


def after_poll(
    state: SourceState | None, watch: Watch, poll: Poll, now: dt.datetime, *, chance: float
) -> SourceState:
    """The state of a source after a look."""
    state = state or SourceState(source=watch.source, next_due=now, since=now)
    failures = state.failures + 1 if poll.error else 0
    wait = 0.0 if poll.more and not poll.error else wait_after(watch, failures, poll.retry_after, chance)
    new = poll.alive or bool(poll.news) or any(f.document is not None for f in poll.found)
    last_new = now if new or state.last_new is None else state.last_new
    health, why = state.state, state.why
    if poll.error:
        why = poll.error
        health = "failing" if failures >= FAILING_AFTER else health
    else:
        quiet = (now - last_new).total_seconds() / 86_400
        if poll.gap:
            health, why = "truncated", "none of its items was known: it may have held more in between"
        elif quiet >= watch.silent_days:
            health, why = "silent", f"nothing new for {quiet:.0f} days"
        elif not (state.state == "truncated" and poll.unchanged):
            health, why = "ok", ""
    changed = health != state.state
    since = (state.last_ok or now) if changed and health == "failing" else now if changed else state.since
    return replace(
        state, next_due=now + dt.timedelta(seconds=wait), wait=wait, state=health, since=since, why=why,
        failures=failures, polls=state.polls + 1, last_ok=state.last_ok if poll.error else now,
        last_new=state.last_new if poll.error else last_new,
        etag=state.etag if poll.error else poll.etag, modified=state.modified if poll.error else poll.modified,
        cursor=poll.cursor or state.cursor,
    )  # fmt: skip
