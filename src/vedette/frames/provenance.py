"""Where a table comes from and when its values could be known: coverage, publication lag, terms."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from vedette.errors import FrameRefused


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """First and last year for which the source reports, and of what."""

    first_year: int
    last_year: int
    units: str

    def __str__(self) -> str:
        return f"{self.units}, {self.first_year}-{self.last_year}"

    def holds(self, year: int) -> bool:
        """Whether the source reports on ``year`` at all."""
        return self.first_year <= year <= self.last_year


@dataclass(frozen=True, slots=True, kw_only=True)
class Lag:
    """When a value about year y could be known at the earliest.

    ``months`` after 31 December of year y: the time after which the fact itself was public or could be
    estimated. ``basis`` says why; the months are our judgment [assumption], not the publisher's promise.
    ``released`` is the day on which the edition used came out (None: unknown), for the stricter reading that
    counts a value as known only once this edition existed.
    """

    months: int
    basis: str
    released: dt.date | None = None

    def available_from(self, year: int) -> dt.date:
        """First day on which the value about ``year`` counts as known.

        >>> Lag(months=0, basis="reported at once").available_from(2021)
        datetime.date(2021, 12, 31)
        >>> Lag(months=18, basis="yearbook").available_from(2020)
        datetime.date(2022, 6, 30)
        """
        years, months = divmod(self.months, 12)
        first_of_next = dt.date(year + 1 + years, 1 + months, 1)
        return first_of_next - dt.timedelta(days=1)

    @property
    def whole_years(self) -> int:
        """Years by which a forecast made on 31 December must look further back (0 when months is 0)."""
        return -(-self.months // 12)


@dataclass(frozen=True, slots=True, kw_only=True)
class Provenance:
    """The terms and the edition of the data set a table was read from."""

    dataset: str
    title: str
    citation: str
    licence: str
    edition: str
    coverage: Coverage
    lag: Lag
    sha256: str = ""
    url: str = ""

    def to_plain(self) -> dict[str, object]:
        """A JSON-ready mapping; ``from_plain`` reads it back."""
        return {
            "dataset": self.dataset, "title": self.title, "citation": self.citation, "licence": self.licence,
            "edition": self.edition, "sha256": self.sha256, "url": self.url,
            "coverage": {"first_year": self.coverage.first_year, "last_year": self.coverage.last_year,
                         "units": self.coverage.units},
            "lag": {"months": self.lag.months, "basis": self.lag.basis,
                    "released": self.lag.released.isoformat() if self.lag.released else None},
        }  # fmt: skip

    @classmethod
    def from_plain(cls, plain: dict[str, object], *, where: str = "") -> Provenance:
        """Read what ``to_plain`` wrote; raises ``FrameRefused`` naming the missing part."""
        try:
            coverage, lag = plain["coverage"], plain["lag"]
            if not isinstance(coverage, dict) or not isinstance(lag, dict):
                raise TypeError("coverage and lag must be mappings")
            released = lag["released"]
            return cls(
                dataset=str(plain["dataset"]), title=str(plain["title"]), citation=str(plain["citation"]),
                licence=str(plain["licence"]), edition=str(plain["edition"]), sha256=str(plain["sha256"]),
                url=str(plain["url"]),
                coverage=Coverage(first_year=int(coverage["first_year"]), last_year=int(coverage["last_year"]),
                                  units=str(coverage["units"])),
                lag=Lag(months=int(lag["months"]), basis=str(lag["basis"]),
                        released=dt.date.fromisoformat(released) if released else None),
            )  # fmt: skip
        except (KeyError, TypeError, ValueError) as error:
            raise FrameRefused(
                f"the note beside the table is damaged ({error})", where=where, fix="Run: vedette history fetch"
            ) from error
