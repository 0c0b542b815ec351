"""Tables that the R packages {peacesciencer} and {isard} gather from their authors, and the tables only they hold.

Both packages are GPL; the data keep the terms of their authors. The addresses are those of the files in the
public repositories at one commit: the files were read there, the web addresses themselves were not loaded.
"""

from __future__ import annotations

from vedette.frames.history import ETHNIC_FRACTIONS, INCOME, LEADER_EXITS, RIVALRIES, RUGGEDNESS
from vedette.frames.provenance import Coverage, Lag
from vedette.sources.declaration import Address, Dataset, Layout

_RAW = "https://raw.githubusercontent.com/svmiller/"
_COMMITS = {
    "peacesciencer": "fe150a2648056fbd4fbbbd833f0c9e437b2ed04b",
    "isard": "46944ad97a5532cd8e3b33129463c8435a69846a",
}
_REDISTRIBUTION = "not stated by the authors of the data: download it yourself"
_SEEN = "file read in the public repository at this commit"


def one_go(name: str, package: str = "peacesciencer") -> Address:
    """The address of a table inside one of the two packages."""
    url = f"{_RAW}{package}/{_COMMITS[package]}/data/{name}.rda"
    return Address(url=url, packing="rda", seen=_SEEN)


RIVALRY = Dataset(
    id="tss-rivalries",
    title="Strategic rivalries (Thompson, Sakuwa, Suhas)",
    provider="{peacesciencer}",
    licence="no licence stated; cite the authors",
    redistribution=_REDISTRIBUTION,
    citation="Thompson, W. R., Sakuwa, K., Suhas, P. H. 2021. Analyzing Strategic Rivalries in World Politics. "
    "Springer.",
    edition="2021",
    coverage=Coverage(first_year=1494, last_year=2020, units="rivalry spells"),
    lag=Lag(months=0, basis="the spells were drawn in hindsight: starts may be coded years later [assumption]"),
    addresses=(one_go("tss_rivalries"),),
    contract=RIVALRIES,
    layouts=(
        Layout(
            name="spells",
            requires=("ccode1", "ccode2", "start", "end", "spatial"),
            select={
                "ccode1": "least(ccode1::DOUBLE, ccode2::DOUBLE)", "ccode2": "greatest(ccode1::DOUBLE, ccode2::DOUBLE)",
                "first_year": "start", "last_year": '"end"',
                "spatial": "CASE WHEN TRY_CAST(spatial AS DOUBLE) = 1 THEN 1 ELSE 0 END",
            },
            numbers=("ccode1", "ccode2"),
            checked="against the R data file of {peacesciencer}",
        ),
    ),
    mirror_names=("tss_rivalries",),
)  # fmt: skip

FRACTIONS = Dataset(
    id="hief",
    title="Historical Index of Ethnic Fractionalization",
    provider="{peacesciencer}",
    licence="no licence stated; cite the author",
    redistribution=_REDISTRIBUTION,
    citation="Drazanova, L. 2020. Introducing the Historical Index of Ethnic Fractionalization (HIEF) Dataset. "
    "Journal of Open Humanities Data 6(1): 6.",
    edition="2020",
    coverage=Coverage(first_year=1945, last_year=2013, units="states"),
    lag=Lag(months=0, basis="the make-up of a population moves slowly and is roughly known [assumption]"),
    addresses=(one_go("hief"),),
    contract=ETHNIC_FRACTIONS,
    layouts=(
        Layout(
            name="state-years",
            requires=("ccode", "year", "efindex"),
            select={"ccode": "c", "year": "y", "fraction": "v"},
            # The table is keyed by two code systems, so that a CoW state can appear twice in a year of change.
            rows="SELECT ccode AS c, year AS y, max(TRY_CAST(efindex AS DOUBLE)) AS v, min(_line) AS _line "
            "FROM {raw} WHERE TRY_CAST(ccode AS DOUBLE) IS NOT NULL GROUP BY ccode, year",
            checked="against the R data file of {peacesciencer}",
        ),
    ),
    mirror_names=("hief",),
)

EXITS = Dataset(
    id="archigos-exits",
    title="Irregular leader changes (Archigos 4.1, yearly)",
    provider="{peacesciencer}",
    licence="free for research with citation",
    redistribution=_REDISTRIBUTION,
    citation="Goemans, H. E., Gleditsch, K. S., Chiozza, G. 2009. Introducing Archigos: A Dataset of Political "
    "Leaders. Journal of Peace Research 46(2): 269-283.",
    edition="4.1",
    coverage=Coverage(first_year=1870, last_year=2015, units="states"),
    lag=Lag(months=0, basis="a change of ruler is reported as it happens"),
    addresses=(one_go("archigossums"),),
    contract=LEADER_EXITS,
    layouts=(
        Layout(
            name="state-years",
            requires=("gwcode", "year", "irregular"),
            select={"gwno": "gwcode", "year": "year", "irregular": "irregular"},
            checked="against the R data file of {peacesciencer}",
        ),
    ),
    mirror_names=("archigossums",),
)

RUGGED = Dataset(
    id="rugged",
    title="Terrain ruggedness",
    provider="{peacesciencer}",
    licence="free for research with citation",
    redistribution=_REDISTRIBUTION,
    citation="Nunn, N., Puga, D. 2012. Ruggedness: The Blessing of Bad Geography in Africa. Review of Economics "
    "and Statistics 94(1): 20-36.",
    edition="2012",
    coverage=Coverage(first_year=1816, last_year=2100, units="states, constant in time"),
    lag=Lag(months=0, basis="terrain does not change"),
    addresses=(one_go("rugged"),),
    contract=RUGGEDNESS,
    layouts=(
        Layout(
            name="states",
            requires=("ccode", "rugged"),
            select={"ccode": "c", "rugged": "v"},
            rows="SELECT ccode AS c, max(TRY_CAST(rugged AS DOUBLE)) AS v, min(_line) AS _line "
            "FROM {raw} WHERE TRY_CAST(ccode AS DOUBLE) IS NOT NULL GROUP BY ccode",
            checked="against the R data file of {peacesciencer}",
        ),
    ),
    mirror_names=("rugged",),
)

GDP = Dataset(
    id="gdp",
    title="GDP and population estimates (joined series)",
    provider="{isard}",
    licence="no licence stated; cite the authors",
    redistribution=_REDISTRIBUTION,
    citation="Fariss, C. J., Anders, T., Markowitz, J. N., Barnum, M. 2022. New Estimates of Over 500 Years of "
    "Historic GDP and Population Data. Journal of Conflict Resolution 66(3): 553-591.",
    edition="2022",
    coverage=Coverage(first_year=1816, last_year=2019, units="states"),
    lag=Lag(months=12, basis="first estimates of income are out within a year [assumption]"),
    addresses=(one_go("cw_gdppop", "isard"),),
    contract=INCOME,
    layouts=(
        Layout(
            name="state-years",
            requires=("ccode", "year", "mrgdppc"),
            select={"ccode": "ccode", "year": "year", "gdp_per_head": "mrgdppc"},
            checked="against a copy of the table",
        ),
    ),
    mirror_names=("cw_gdppop",),
)

DATASETS = (RIVALRY, FRACTIONS, EXITS, RUGGED, GDP)
