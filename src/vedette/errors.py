"""The exception tree. Each error carries facts (what was wrong, where) and a way out.

::

    VedetteError
    ├── InvalidInput                 something given by the user cannot be used as it is
    │   ├── UnknownName              a name or code nobody defines; carries the nearest valid ones
    │   │   └── UnknownState         no such state, or no such state at that date
    │   ├── OutsideCoverage          known, but not for that date, horizon or pair
    │   └── MalformedFile            a file that cannot be read as what it claims to be
    ├── SourceError                  a data source outside the product
    │   ├── IncompleteDeclaration    a source that does not state licence, citation, coverage, lag, address
    │   ├── SourceUnavailable        no answer, a refusal, or a transfer that broke off
    │   ├── AddressRefused           a private, loopback or non-http address
    │   ├── MalformedDownload        a transfer that ended but is not a whole, readable file
    │   └── SchemaChanged            a column that the contract needs is missing or of another type
    ├── LeakError                    something that became available later would have changed an earlier result
    └── MissingComponent             an optional part or a data file is not there; carries the command that adds it

Constructors only store what they are given: no look-ups, no I/O, no logging.
"""

from __future__ import annotations


class VedetteError(Exception):
    """Base of everything this package raises on purpose.

    ``where`` names the file, row, column or argument; ``nearest`` lists valid names close to the one given;
    ``hint`` is the way out, usually a command. ``str()`` joins them into one line.
    """

    def __init__(
        self, message: str, *, where: str = "", nearest: tuple[str, ...] = (), hint: str = ""
    ) -> None:
        super().__init__(message)
        self.message = message
        self.where = where
        self.nearest = nearest
        self.hint = hint

    def __str__(self) -> str:
        parts = [f"{self.where}: {self.message}" if self.where else self.message]
        if self.nearest:
            parts.append("nearest valid: " + ", ".join(self.nearest))
        if self.hint:
            parts.append(self.hint)
        return "; ".join(parts)


class InvalidInput(VedetteError):
    """Something given by the user cannot be used as it is."""


class UnknownName(InvalidInput):
    """A name or code that nobody defines."""


class UnknownState(UnknownName):
    """No such state, or no such state at the date asked for."""


class OutsideCoverage(InvalidInput):
    """Known, but there are no data for that date, horizon or pair."""


class MalformedFile(InvalidInput):
    """A file that cannot be read as what it claims to be."""


class SourceError(VedetteError):
    """A data source outside the product."""


class IncompleteDeclaration(SourceError):
    """A source that does not state its licence, citation, coverage, lag or address."""


class SourceUnavailable(SourceError):
    """No answer, a refusal, or a transfer that broke off."""


class AddressRefused(SourceError):
    """A private, loopback or non-http address."""


class MalformedDownload(SourceError):
    """A transfer that ended but is not a whole, readable file."""


class SchemaChanged(SourceError):
    """A column that the contract needs is missing or holds another type."""


class LeakError(VedetteError):
    """Something that became available later would have changed an earlier result."""


class MissingComponent(VedetteError):
    """An optional part or a data file is not there."""
