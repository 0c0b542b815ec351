"""Every error Vedette raises on purpose.

::

    VedetteError
    ├── BadInput                 the user can fix it: exit status 2
    │   ├── DocumentRefused      empty, binary, too large, undecodable, without a date
    │   ├── AfterCutOff          known only after the date the user asked about
    │   ├── UnknownName          a case, state, scenario, condition ... that does not exist
    │   │   └── UnknownState     a state that does not exist, or not on that date
    │   ├── CaseRefused          a case file or dossier that cannot be used as it stands
    │   │   ├── Incoherent       scenarios or probabilities that contradict each other
    │   │   └── NewerSchema      written by a newer Vedette
    │   ├── DateRefused          a date that cannot be read or lies outside what is covered
    │   ├── FrameRefused         a table whose columns are not the ones promised
    │   ├── EditConflict         someone changed the record since it was read
    │   └── QuoteMismatch        a quote that is not its slice, a sentence its quote does not support
    ├── Unavailable              something outside is missing: exit status 2
    │   ├── StoreUnavailable     read-only, full or locked workspace
    │   ├── SourceFailed         a download or a local copy that failed
    │   └── MissingExtra         an optional dependency is not installed
    └── Damaged                  stored data do not match their digest: exit status 2

An error carries facts (what was wrong, where) and a way out (the nearest valid names, the command that fixes
it). Constructing one does nothing else: no logging, no I/O.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass


class VedetteError(Exception):
    """Base of the tree. ``str(error)`` is one line: what was wrong, where, and how to fix it."""

    def __init__(self, what: str, *, where: str = "", fix: str = "") -> None:
        super().__init__(what)
        self.what = what
        self.where = where
        self.fix = fix

    def __str__(self) -> str:
        text = f"{self.where}: {self.what}" if self.where else self.what
        return f"{text}. {self.fix}" if self.fix else text


class BadInput(VedetteError):
    """Something the user gave cannot be used."""


class DocumentRefused(BadInput):
    """A document that cannot be read as text, or lacks what may not be invented (its date)."""


class AfterCutOff(BadInput):
    """A record that became available after the date asked about."""


class UnknownName(BadInput):
    """A name that does not exist; ``nearest`` holds the closest valid ones."""

    def __init__(self, kind: str, name: str, *, nearest: Iterable[str] = (), where: str = "", fix: str = "") -> None:
        self.kind = kind
        self.name = name
        self.nearest = tuple(nearest)
        hint = fix or (f"Nearest: {', '.join(self.nearest)}" if self.nearest else "")
        super().__init__(f"unknown {kind} {name!r}", where=where, fix=hint)


class UnknownState(UnknownName):
    """A state code or name that does not exist, or did not on the date given."""

    def __init__(self, name: str, *, nearest: Iterable[str] = (), where: str = "", fix: str = "") -> None:
        super().__init__("state", name, nearest=nearest, where=where, fix=fix)


class CaseRefused(BadInput):
    """A case file or dossier that cannot be used as it stands."""


class Incoherent(CaseRefused):
    """Scenarios that are not exclusive and exhaustive, or probabilities that contradict each other."""


class NewerSchema(CaseRefused):
    """A file written by a newer version of Vedette."""


class DateRefused(BadInput):
    """A date that cannot be read, or lies outside what is covered."""


class FrameRefused(BadInput):
    """A table whose columns or values are not the ones its contract promises."""


class QuoteMismatch(BadInput):
    """A quote that is not its slice of the document, or does not support the sentence that cites it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Deed:
    """What somebody did in the meantime. ``before`` and ``after``: what it was and what it is, as words.

    ``who`` is empty and ``at`` None where the record does not say.
    """

    who: str
    what: str
    at: dt.datetime | None = None
    why: str = ""
    before: str = ""
    after: str = ""


class EditConflict(BadInput):
    """A decision on a record that somebody else, or another window, changed since it was read.

    ``deeds``: what was done since, the oldest first. ``version``: what the record is at now; a repeated attempt that
    names it is made on top of what was done.
    """

    def __init__(
        self, what: str, *, where: str = "", fix: str = "", deeds: Iterable[Deed] = (), version: str = ""
    ) -> None:
        super().__init__(what, where=where, fix=fix)
        self.deeds = tuple(deeds)
        self.version = version


class Unavailable(VedetteError):
    """Something outside the program is missing or refuses."""


class StoreUnavailable(Unavailable):
    """The workspace cannot be read or written: read-only, full, locked."""


class SourceFailed(Unavailable):
    """A download or a local copy of a source failed. ``retry_after``: seconds it asks to be left alone."""

    retry_after: float | None = None


class MissingExtra(Unavailable):
    """An optional dependency is not installed."""


class Damaged(VedetteError):
    """Stored data do not match the digest written with them."""
