"""Names a file may use that live above the codec: frameworks and states are passed in, never imported."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from dataclasses import dataclass

from vedette.domain.evidence import OPTION_CHANNEL
from vedette.domain.framework import Framework
from vedette.errors import UnknownState

_ISO3 = re.compile(r"[A-Z]{3}\Z")


@dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """How to look names up.

    ``framework``: id -> Framework (raises `UnknownName`); without it, condition names are taken as written.
    ``state``: (name or code, date) -> ISO3 (raises `UnknownState`); without it, a code must look like ISO3.
    """

    framework: Callable[[str], Framework] | None = None
    state: Callable[[str, dt.date], str] | None = None

    def condition(self, framework: str, name: str) -> str:
        """The id of a condition given by id, number, label or older name; ``"option"`` stays as it is."""
        if name == OPTION_CHANNEL or self.framework is None:
            return name
        return self.framework(framework).condition(name).id

    def iso3(self, name: str, day: dt.date) -> str:
        """The ISO3 code of a state named by code or name, as of a day."""
        if self.state is not None:
            return self.state(name, day)
        if not _ISO3.match(name):
            raise UnknownState(name, fix="Write its ISO3 code, such as UKR")
        return name

    def is_state(self, word: str, day: dt.date) -> bool:
        """Whether a word is the name of a state; never without a table of states."""
        if self.state is None or len(word) < 4:
            return False
        try:
            self.state(word, day)
        except UnknownState:
            return False
        return True


PLAIN = Names()
"""No tables at hand: condition names as written, states checked for their shape only."""
