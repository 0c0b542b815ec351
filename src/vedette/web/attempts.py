"""How often somebody may try to sign in, by name and by address. Kept in memory: a restart forgives."""

from __future__ import annotations

import time
from functools import cached_property
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from limits.strategies import RateLimiter

PER_NAME: Final = "10 per 5 minutes"
PER_ADDRESS: Final = "60 per 5 minutes"
"""[assumption]: ten tries are enough for a forgotten password; sixty for an office behind one address."""
PER_LINE: Final = "1 per 5 minutes"
LONGEST: Final = 64
"""Characters of a name that are looked at: no account has more (`vedette.domain.accounts`)."""
PER_WRITER: Final = "600 per minute"
"""[assumption]: ten changes a second is a script at work; a person makes one in ten seconds."""


class Attempts:
    """Counts tries in moving windows, with the package ``limits`` of the extra that accounts need."""

    @cached_property
    def _limiter(self) -> RateLimiter:
        from limits.storage import MemoryStorage
        from limits.strategies import MovingWindowRateLimiter

        return MovingWindowRateLimiter(MemoryStorage())

    def wait(self, name: str, address: str) -> int:
        """Count a try; 0 when it may be made, else the seconds until the next one may.

        By address first: one that tries too often fills the memory with no more names.
        """
        from limits import parse

        for rule, key in ((PER_ADDRESS, f"address:{address}"), (PER_NAME, f"name:{name[:LONGEST].casefold()}")):
            item = parse(rule)
            if not self._limiter.hit(item, key):
                resets = self._limiter.get_window_stats(item, key).reset_time
                return max(1, int(resets - time.time()) + 1)
        return 0

    def news(self, address: str) -> bool:
        """Whether a refusal for too many tries is to be logged: once for each address in a window."""
        from limits import parse

        return self._limiter.hit(parse(PER_LINE), f"told:{address}")


class Writes(Attempts):
    """Counts the changes of each account."""

    def wait(self, name: str, address: str = "") -> int:
        """Count a change; 0 when it may be made, else the seconds until the next one may."""
        from limits import parse

        item, key = parse(PER_WRITER), f"writer:{name}"
        if self._limiter.hit(item, key):
            return 0
        return max(1, int(self._limiter.get_window_stats(item, key).reset_time - time.time()) + 1)
