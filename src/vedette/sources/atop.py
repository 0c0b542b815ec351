"""Alliance Treaty Obligations and Provisions."""
# ruff: noqa: S608  SQL here is built from the names declared below.

from __future__ import annotations

from vedette.frames.history import ATOP
from vedette.frames.provenance import Coverage, Lag
from vedette.sources.declaration import Address, Dataset, Layout
from vedette.sources.peacesciencer import one_go

_PLEDGES = ("defense", "offense", "neutral", "nonagg", "consul")


def _undirected(one: str, two: str, prefix: str) -> str:
    """SQL: one row a pair and year, a pledge in either direction counting for the pair.

    Upstream rows are directed, and some treaties bind one side only; the pair is allied either way, so that a
    non-directed use can never see an alliance in one direction only.
    """
    pledges = ", ".join(f"max(TRY_CAST({prefix}{name} AS DOUBLE)) AS {name}" for name in _PLEDGES)
    return (
        f"SELECT least({one}::DOUBLE, {two}::DOUBLE) AS c1, greatest({one}::DOUBLE, {two}::DOUBLE) AS c2, year AS y, "
        f"{pledges}, min(_line) AS _line FROM {{raw}} GROUP BY ALL"
    )


_SELECT = {"ccode1": "c1", "ccode2": "c2", "year": "y", **{name: name for name in _PLEDGES}}

ALLIANCES = Dataset(
    id="atop",
    title="ATOP 5.1",
    provider="Alliance Treaty Obligations and Provisions Project",
    licence="free for research with citation",
    redistribution="not stated: download it yourself",
    citation="Leeds, B. A., Ritter, J. M., Mitchell, S. M., Long, A. G. 2002. Alliance Treaty Obligations and "
    "Provisions, 1815-1944. International Interactions 28: 237-260.",
    edition="5.1",
    coverage=Coverage(first_year=1815, last_year=2018, units="pairs of states with an alliance"),
    lag=Lag(months=0, basis="alliances are public when signed; secret ones are few [assumption]"),
    addresses=(
        Address(
            url="http://www.atopdata.org/uploads/6/9/1/3/69134503/atop_5.1__.csv_.zip",
            packing="zip",
            members=("atop5_1ddyr.csv",),
            seen="address found in public code",
        ),
        one_go("atop_alliance"),
    ),
    contract=ATOP,
    layouts=(
        Layout(
            name="directed dyad-years, prepared",
            requires=("ccode1", "ccode2", "year", *(f"atop_{name}" for name in _PLEDGES)),
            select=_SELECT,
            rows=_undirected("ccode1", "ccode2", "atop_"),
            numbers=("ccode1", "ccode2", "year"),
            checked="against the R data file of {peacesciencer}",
        ),
        Layout(
            name="directed dyad-years (ddyr)",
            requires=("statea", "stateb", "year", "atopally", *_PLEDGES),
            select=_SELECT,
            rows=_undirected("statea", "stateb", ""),
            numbers=("statea", "stateb", "year"),
            checked="from the codebook and public excerpts; not against the file",
        ),
    ),
    mirror_names=("atop_alliance", "atop5_1ddyr", "atop_5.1__.csv_"),
    encoding="latin-1",
)

DATASETS = (ALLIANCES,)
