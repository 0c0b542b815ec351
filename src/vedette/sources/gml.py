"""Gibler, Miller and Little's corrected list of militarized interstate disputes."""

from __future__ import annotations

from vedette.frames.history import MID_DIRECTED
from vedette.frames.provenance import Coverage, Lag
from vedette.sources.declaration import Address, Dataset, Layout
from vedette.sources.peacesciencer import one_go

DISPUTES = Dataset(
    id="gml-mid",
    title="GML Militarized Interstate Disputes 2.2.1",
    provider="Gibler, Miller and Little",
    licence="free for research with citation",
    redistribution="not granted: download it yourself",
    citation="Gibler, D. M., Miller, S. V., Little, E. K. 2016. An Analysis of the Militarized Interstate Dispute "
    "(MID) Dataset, 1816-2001. International Studies Quarterly 60(4): 719-730.",
    edition="2.2.1",
    coverage=Coverage(first_year=1816, last_year=2010, units="directed dyads in disputes"),
    lag=Lag(months=0, basis="threats and uses of force are reported as they happen; coded later [assumption]"),
    addresses=(
        Address(url="http://svmiller.com/gml-mid-data/data/gml-mid-ddy-disputes-2.2.1.csv", packing="csv"),
        one_go("gml_dirdisp"),
    ),
    contract=MID_DIRECTED,
    layouts=(
        Layout(
            name="directed dyad-dispute-years",
            requires=("dispnum", "ccode1", "ccode2", "year", "midonset", "sidea1", "orig1", "hostlev1", "hostlev2"),
            select={
                "dispnum": "dispnum", "ccode1": "ccode1", "ccode2": "ccode2", "year": "year", "onset": "midonset",
                "sidea1": "sidea1", "orig1": "orig1", "hostlev1": "hostlev1", "hostlev2": "hostlev2",
            },
            missing=("-9", "-9.0"),
            checked="against the R data file of {peacesciencer}",
        ),
    ),
    mirror_names=("gml_dirdisp", "gml-mid-ddy-disputes-2.2.1"),
)  # fmt: skip

DATASETS = (DISPUTES,)
