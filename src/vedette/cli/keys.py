"""Single keys from a terminal.

The terminal stays in this mode for a whole sitting: switching for each key would throw away what was typed ahead.
"""

from __future__ import annotations

import os
import select
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import Any

# How long the rest of an escape sequence (an arrow key) may lag behind its first byte, in seconds.
_SEQUENCE_LAG = 0.02


class SingleKeys:
    """A terminal that gives every key at once and echoes none; as it was before on leaving."""

    def __init__(self) -> None:
        self._fd = sys.stdin.fileno()
        self._before: list[Any] = []

    def __enter__(self) -> SingleKeys:
        import termios

        self._before = termios.tcgetattr(self._fd)
        self._by_key()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._by_line()

    @contextmanager
    def lines(self) -> Iterator[None]:
        """Whole lines with echo, for a question inside the sitting."""
        self._by_line()
        try:
            yield
        finally:
            self._by_key()

    def read(self) -> str:
        """The next key; empty for the end of input, Ctrl-C and Ctrl-D. An arrow or function key reads as ``?``."""
        try:
            first = os.read(self._fd, 1)
        except KeyboardInterrupt:
            return ""
        if first in (b"", b"\x03", b"\x04"):
            return ""
        if first == b"\x1b":
            if not select.select([self._fd], [], [], _SEQUENCE_LAG)[0]:
                return ""
            os.read(self._fd, 16)
            return "?"
        # UTF-8: the lead byte says how many follow, so that a letter of another alphabet is one key.
        more = 3 if first[0] >= 0xF0 else 2 if first[0] >= 0xE0 else 1 if first[0] >= 0xC0 else 0
        return (first + (os.read(self._fd, more) if more else b"")).decode(errors="replace")

    def _by_key(self) -> None:
        import termios
        import tty

        tty.setcbreak(self._fd, termios.TCSADRAIN)  # drain, not flush: keys typed ahead are kept

    def _by_line(self) -> None:
        import termios

        termios.tcsetattr(self._fd, termios.TCSADRAIN, self._before)
