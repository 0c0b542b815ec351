"""A translation step of the user's own: a command that reads a text on its input and writes English on its output."""

from __future__ import annotations

import os
import shlex
import subprocess
from pathlib import Path

from vedette.errors import BadInput, SourceFailed

# A long article through a local model on a laptop. [assumption], in seconds
TIME_LIMIT = 600.0


class CommandTranslator:
    """`vedette.ports.reading.Translator` by a command line, run without a shell.

    The text goes to standard input as UTF-8, its language (ISO 639-1, or ``und``) into the variable
    ``VEDETTE_LANGUAGE``. What the command writes is taken as text and never run or fetched.
    """

    def __init__(self, command: str, *, seconds: float = TIME_LIMIT) -> None:
        try:
            self._parts = shlex.split(command)
        except ValueError as error:
            raise BadInput(f"the command cannot be read ({error})", where="--translate") from error
        if not self._parts:
            raise BadInput("no command is given", where="--translate")
        self._seconds = seconds

    @property
    def name(self) -> str:
        """The program's name."""
        return Path(self._parts[0]).name

    def translate(self, text: str, language: str) -> str:
        """What the command makes of ``text``."""
        try:
            done = subprocess.run(  # noqa: S603  the user's own command, without a shell
                self._parts, input=text.encode("utf-8", "replace"), capture_output=True, timeout=self._seconds,
                check=False, env={**os.environ, "VEDETTE_LANGUAGE": language},
            )  # fmt: skip
        except subprocess.TimeoutExpired:
            slow = f"it took more than {self._seconds:g} seconds"
            raise SourceFailed(slow, where=f"--translate {self.name}") from None
        except OSError as error:
            raise SourceFailed(f"it cannot be started ({error.strerror})", where=f"--translate {self.name}") from error
        if done.returncode:
            said = done.stderr.decode("utf-8", "replace").strip().splitlines()
            why = f": {said[-1][:200]}" if said else ""
            raise SourceFailed(f"it ended with status {done.returncode}{why}", where=f"--translate {self.name}")
        return done.stdout.decode("utf-8", "replace")
