"""What a data set must say about itself before it may load.

Licence, citation, coverage, publication lag, address and whether anybody checked that address are not
optional. An incomplete declaration is refused at construction, so a source without terms cannot exist.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from vedette.errors import SourceFailed
from vedette.frames.contract import FrameContract
from vedette.frames.provenance import Coverage, Lag, Provenance

Packing = Literal["csv", "tsv", "zip", "rda", "xls", "xlsx"]

# Cells that mean "no value" in every layout; a layout adds its own codes (often -9).
EMPTY_CELLS: tuple[str, ...] = ("", "NA", "NaN", "nan", "NULL", ".")


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """Where a file is published.

    ``verified`` is empty unless somebody loaded the address and says when; ``seen`` says where the address, or
    the file behind it, was found without loading it.
    """

    url: str
    packing: Packing
    members: tuple[str, ...] = ()
    """Name patterns of the wanted file inside a zip, most wanted first; nested zips are searched."""
    verified: str = ""
    seen: str = ""

    @property
    def status(self) -> str:
        """``verified (...)`` or ``unverified``, as ``history fetch --list`` shows it."""
        if self.verified:
            return f"verified ({self.verified})"
        return f"unverified ({self.seen})" if self.seen else "unverified"


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """One upstream shape of the data and how it becomes the contract's columns.

    ``requires``: upstream column names (lower case) without which the file is refused, by name.
    ``select``: contract column -> SQL expression over the upstream columns, all of them text.
    ``rows``: SQL that turns ``{raw}`` into the rows to read (explode lists, build dyads); it must keep
    ``_line``, and names in ``numbers`` the upstream columns it computes with, so that lines where they are not
    numbers are set aside before. ``missing``: further cells that mean "no value". ``checked`` says what the
    layout was checked against; "from the codebook" means that nobody here has seen the file.
    """

    name: str
    requires: tuple[str, ...]
    select: Mapping[str, str]
    checked: str
    rows: str = "SELECT * FROM {raw}"
    missing: tuple[str, ...] = ()
    numbers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Dataset:
    """One downloadable data set and everything a user must be told before using it."""

    id: str
    title: str
    provider: str
    licence: str
    redistribution: str
    citation: str
    edition: str
    coverage: Coverage
    lag: Lag
    addresses: tuple[Address, ...]
    contract: FrameContract
    layouts: tuple[Layout, ...]
    mirror_names: tuple[str, ...]
    """File names, without extension, under which a local copy may lie in a mirror folder."""
    encoding: str = "utf-8"
    note: str = ""

    def __post_init__(self) -> None:
        told = {
            "licence": self.licence, "redistribution": self.redistribution, "citation": self.citation,
            "edition": self.edition, "title": self.title, "provider": self.provider,
            "coverage": self.coverage.units, "publication lag": self.lag.basis,
        }  # fmt: skip
        missing = [name for name, value in told.items() if not value.strip()]
        if not self.addresses:
            missing.append("address")
        if not self.layouts:
            missing.append("layout")
        if missing:
            raise SourceFailed(
                f"the source {self.id or '?'} does not state its {', '.join(missing)}", fix="It does not load"
            )
        for layout in self.layouts:
            if unknown := set(layout.select) - set(self.contract.names):
                raise SourceFailed(f"{self.id}: layout {layout.name} fills unknown columns {sorted(unknown)}")
            needed = {c.name for c in self.contract.columns if not c.nullable}
            if absent := needed - set(layout.select):
                raise SourceFailed(f"{self.id}: layout {layout.name} leaves {sorted(absent)} empty")

    def provenance(self, *, sha256: str = "", url: str = "") -> Provenance:
        """The note to keep beside a table read from this data set."""
        return Provenance(
            dataset=self.id, title=self.title, citation=self.citation, licence=self.licence,
            edition=self.edition, coverage=self.coverage, lag=self.lag, sha256=sha256, url=url,
        )  # fmt: skip
