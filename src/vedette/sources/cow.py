"""Correlates of War: militarized disputes, capabilities, contiguity, organisations, trade, distance.

Terms as stated on https://correlatesofwar.org/data-sets/: free for research with citation; redistribution is
not expressly granted, so nothing of it ships with this package.
"""

from __future__ import annotations

import datetime as dt

from vedette.frames.history import CONTIGUITY, IGO_DYADS, MID_DIRECTED, MIN_DISTANCE, NMC, TRADE
from vedette.frames.provenance import Coverage, Lag
from vedette.sources.declaration import Address, Dataset, Layout
from vedette.sources.peacesciencer import one_go

_LICENCE = "free for research with citation"
_REDISTRIBUTION = "not granted: download it yourself"
_SITE = "https://correlatesofwar.org/wp-content/uploads/"
_PROVIDER = "Correlates of War Project"

# From participants (one row a state in a dispute) to directed dyads: every pair on opposite sides whose times in
# the dispute meet by the day (an unknown day counts as the first or last of its month), in every year in which
# both were in. A state that left and came back has two rows; the dyad is counted once a year, and its return is
# an onset again, as in the directed table of {peacesciencer}.
_FROM_PARTICIPANTS = """
WITH part AS (
  SELECT TRY_CAST(dispnum AS INTEGER) AS d, TRY_CAST(ccode AS INTEGER) AS c, TRY_CAST(styear AS INTEGER) AS s,
         TRY_CAST(endyear AS INTEGER) AS e, TRY_CAST(sidea AS INTEGER) AS a, TRY_CAST(orig AS INTEGER) AS o,
         TRY_CAST(hostlev AS INTEGER) AS h, _line,
         s * 10000 + greatest(TRY_CAST(stmon AS INTEGER), 1) * 100 + greatest(TRY_CAST(stday AS INTEGER), 1) AS first,
         e * 10000 + (CASE WHEN TRY_CAST(endmon AS INTEGER) > 0 THEN TRY_CAST(endmon AS INTEGER) ELSE 12 END) * 100
           + (CASE WHEN TRY_CAST(endday AS INTEGER) > 0 THEN TRY_CAST(endday AS INTEGER) ELSE 31 END) AS last
  FROM {raw}),
pair AS (
  SELECT x.d, x.c AS c1, y.c AS c2, unnest(generate_series(greatest(x.s, y.s), least(x.e, y.e))) AS yr,
         greatest(x.s, y.s) AS entry, x.a AS a1, x.o AS o1, x.h AS h1, y.h AS h2, x._line
  FROM part x JOIN part y ON x.d = y.d AND x.a <> y.a AND greatest(x.first, y.first) <= least(x.last, y.last)),
once AS (
  SELECT d, c1, c2, yr, max((yr = entry)::INTEGER) AS first_year, max(a1) AS a1,
         max(o1) AS o1, max(h1) AS h1, max(h2) AS h2, min(_line) AS _line
  FROM pair GROUP BY d, c1, c2, yr)
SELECT * FROM once
"""

# Shared membership from state-years: all pairs of states in the file in that year, and how many columns both
# hold a 1 in (1 is full membership; 0, 2, 3, -1, -9 are none, associate, observer, and unknown).
_FROM_MEMBERSHIPS = """
WITH long AS (
  SELECT TRY_CAST(ccode AS INTEGER) AS c, TRY_CAST(year AS INTEGER) AS y, igo
  FROM (UNPIVOT {raw} ON COLUMNS(* EXCLUDE (ccode, year, state, _line)) INTO NAME igo VALUE held)
  WHERE TRY_CAST(held AS DOUBLE) = 1),
there AS (SELECT TRY_CAST(ccode AS INTEGER) AS c, TRY_CAST(year AS INTEGER) AS y, min(_line) AS _line
          FROM {raw} GROUP BY ALL),
both_in AS (SELECT a.c AS c1, b.c AS c2, a.y, count(*) AS n
            FROM long a JOIN long b ON a.y = b.y AND a.igo = b.igo AND a.c < b.c GROUP BY ALL)
SELECT s.c AS c1, t.c AS c2, s.y AS y, coalesce(n, 0) AS n, s._line
FROM there s JOIN there t ON s.y = t.y AND s.c < t.c
LEFT JOIN both_in ON both_in.c1 = s.c AND both_in.c2 = t.c AND both_in.y = s.y
"""

MID = Dataset(
    id="cow-mid",
    title="Militarized Interstate Disputes 5.0",
    provider=_PROVIDER,
    licence=_LICENCE,
    redistribution=_REDISTRIBUTION,
    citation="Palmer, G., McManus, R. W., D'Orazio, V. et al. 2022. The MID5 Dataset, 2011-2014. Conflict "
    "Management and Peace Science 39(4): 470-482.",
    edition="5.0",
    coverage=Coverage(first_year=1816, last_year=2014, units="directed dyads in disputes"),
    lag=Lag(
        months=0,
        basis="threats and uses of force are reported as they happen; the coding came years later [assumption]",
        released=dt.date(2020, 11, 9),
    ),
    addresses=(
        Address(url=_SITE + "MID-5-Data-and-Supporting-Materials.zip", packing="zip", members=("MIDB*.csv",)),
        one_go("cow_mid_dirdisps"),
    ),
    contract=MID_DIRECTED,
    layouts=(
        Layout(
            name="directed dyad-dispute-years",
            requires=("dispnum", "ccode1", "ccode2", "year", "disponset", "sidea1", "orig1", "hostlev1", "hostlev2"),
            select={
                "dispnum": "dispnum", "ccode1": "ccode1", "ccode2": "ccode2", "year": "year",
                "onset": "disponset", "sidea1": "sidea1", "orig1": "orig1", "hostlev1": "hostlev1",
                "hostlev2": "hostlev2",
            },
            missing=("-9", "-9.0"),
            checked="against the R data file of {peacesciencer}",
        ),
        Layout(
            name="participants (MIDB)",
            requires=("dispnum", "ccode", "stday", "stmon", "styear", "endday", "endmon", "endyear", "sidea", "orig",
                      "hostlev"),
            select={
                "dispnum": "d", "ccode1": "c1", "ccode2": "c2", "year": "yr", "onset": "first_year",
                "sidea1": "a1", "orig1": "o1", "hostlev1": "h1", "hostlev2": "h2",
            },
            rows=_FROM_PARTICIPANTS,
            numbers=("dispnum", "ccode", "stday", "stmon", "styear", "endday", "endmon", "endyear", "sidea", "orig",
                     "hostlev"),
            missing=("-9",),
            checked="against a public copy of MIDB 5.0",
        ),
    ),
    mirror_names=("cow_mid_dirdisps", "MIDB 5.0", "MID-5-Data-and-Supporting-Materials"),
)  # fmt: skip

CAPABILITIES = Dataset(
    id="cow-nmc",
    title="National Material Capabilities 7.0",
    provider=_PROVIDER,
    licence=_LICENCE,
    redistribution=_REDISTRIBUTION,
    citation="Singer, J. D. 1987. Reconstructing the Correlates of War Dataset on Material Capabilities of "
    "States, 1816-1985. International Interactions 14: 115-132.",
    edition="7.0",
    coverage=Coverage(first_year=1816, last_year=2022, units="states"),
    lag=Lag(months=12, basis="yearbooks estimate forces and budgets within a year [assumption]"),
    addresses=(
        Address(url=_SITE + "NMC_Documentation-6.0.zip", packing="zip",
                members=("NMC*abridged*.csv", "NMC*.csv"), seen="address found in public code"),
        one_go("cow_nmc"),
    ),
    contract=NMC,
    layouts=(
        Layout(
            name="state-years",
            requires=("ccode", "year", "milex", "milper", "irst", "pec", "tpop", "upop", "cinc"),
            select={name: name for name in NMC.names},
            missing=("-9", "-9.0", "-9.000000"),
            checked="against the R data file of {peacesciencer}; the zipped CSV from public excerpts",
        ),
    ),
    mirror_names=("cow_nmc", "NMC-70-abridged", "NMC-60-abridged", "NMC_Documentation-6.0"),
    note="The documented address carries edition 6.0 (to 2016); 7.0 reaches 2022.",
)

DIRECT_CONTIGUITY = Dataset(
    id="cow-contiguity",
    title="Direct Contiguity 3.2",
    provider=_PROVIDER,
    licence=_LICENCE,
    redistribution=_REDISTRIBUTION,
    citation="Stinnett, D. M., Tir, J., Schafer, P., Diehl, P. F., Gochman, C. 2002. The Correlates of War "
    "Project Direct Contiguity Data, Version 3. Conflict Management and Peace Science 19(2): 58-66.",
    edition="3.2",
    coverage=Coverage(first_year=1816, last_year=2016, units="directed dyads"),
    lag=Lag(months=0, basis="where states touch is on every map"),
    addresses=(
        Address(url=_SITE + "DirectContiguity320.zip", packing="zip", members=("contdird.csv",)),
        one_go("cow_contdir"),
    ),
    contract=CONTIGUITY,
    layouts=(
        Layout(
            name="directed spells",
            requires=("ccode1", "ccode2", "conttype", "stdate", "enddate"),
            select={
                "ccode1": "ccode1", "ccode2": "ccode2", "conttype": "conttype",
                "first_year": "left(stdate, 4)", "last_year": "left(enddate, 4)",
            },
            checked="against the R data file of {peacesciencer}",
        ),
        Layout(
            name="directed dyad-years (contdird)",
            requires=("state1no", "state2no", "year", "conttype"),
            select={
                "ccode1": "state1no", "ccode2": "state2no", "conttype": "conttype", "first_year": "year",
                "last_year": "year",
            },
            checked="from the codebook and public excerpts; not against the file",
        ),
    ),
    mirror_names=("cow_contdir", "contdird", "DirectContiguity320"),
)  # fmt: skip

ORGANISATIONS = Dataset(
    id="cow-igo",
    title="Intergovernmental Organizations 3.0",
    provider=_PROVIDER,
    licence=_LICENCE,
    redistribution=_REDISTRIBUTION,
    citation="Pevehouse, J. C., Nordstrom, T., McManus, R. W., Jamison, A. S. 2020. Tracking Organizations in "
    "the World: The Correlates of War IGO Version 3.0 Datasets. Journal of Peace Research 57(3): 492-503.",
    edition="3.0",
    coverage=Coverage(first_year=1816, last_year=2014, units="pairs of states"),
    lag=Lag(months=0, basis="membership is public when it begins"),
    addresses=(
        Address(url=_SITE + "state_year_formatv3.zip", packing="zip", members=("state_year_format*.csv",)),
        one_go("cow_igo_ndy"),
    ),
    contract=IGO_DYADS,
    layouts=(
        Layout(
            name="pairs and years",
            requires=("ccode1", "ccode2", "year", "dyadigos"),
            select={
                "ccode1": "least(ccode1::DOUBLE, ccode2::DOUBLE)", "ccode2": "greatest(ccode1::DOUBLE, ccode2::DOUBLE)",
                "year": "year", "shared": "dyadigos",
            },
            numbers=("ccode1", "ccode2"),
            checked="against the R data file of {peacesciencer}",
        ),
        Layout(
            name="state-years by organisation",
            requires=("ccode", "year", "state"),
            select={"ccode1": "c1", "ccode2": "c2", "year": "y", "shared": "n"},
            rows=_FROM_MEMBERSHIPS,
            numbers=("ccode", "year"),
            checked="from the documentation and public excerpts; not against the file",
        ),
    ),
    mirror_names=("cow_igo_ndy", "state_year_formatv3", "state_year_format3"),
)  # fmt: skip

TRADE_TOTALS = Dataset(
    id="cow-trade",
    title="Trade 4.0, national totals",
    provider=_PROVIDER,
    licence=_LICENCE,
    redistribution=_REDISTRIBUTION,
    citation="Barbieri, K., Keshk, O. M. G., Pollins, B. 2009. Trading Data: Evaluating our Assumptions and "
    "Coding Rules. Conflict Management and Peace Science 26(5): 471-491.",
    edition="4.0",
    coverage=Coverage(first_year=1870, last_year=2014, units="states"),
    lag=Lag(months=12, basis="trade totals are out within a year [assumption]"),
    addresses=(
        Address(url=_SITE + "COW_Trade_4.0.zip", packing="zip", members=("National_COW_4.0.csv",),
                seen="address found in public code"),
        one_go("cow_trade_sy"),
    ),
    contract=TRADE,
    layouts=(
        Layout(
            name="state-years",
            requires=("ccode", "year", "imports", "exports"),
            select={name: name for name in TRADE.names},
            missing=("-9", "-9.0"),
            checked="against the R data file of {peacesciencer}; the zipped CSV from public excerpts",
        ),
    ),
    mirror_names=("cow_trade_sy", "National_COW_4.0", "COW_Trade_4.0"),
)

DISTANCE = Dataset(
    id="min-distance",
    title="Minimum distance between territories (CShapes 2.0)",
    provider="CShapes, prepared by {peacesciencer}",
    licence="CC BY-NC-SA 4.0 as stated by CShapes 2.0 [known, to be confirmed]",
    redistribution="share alike, not for commerce: download it yourself",
    citation="Schvitz, G., Girardin, L., Rüegger, S., Weidmann, N. B., Cederman, L.-E., Gleditsch, K. S. 2022. "
    "Mapping the International System, 1886-2019: The CShapes 2.0 Dataset. Journal of Conflict Resolution "
    "66(1): 144-161.",
    edition="2.0",
    coverage=Coverage(first_year=1886, last_year=2019, units="pairs of states"),
    lag=Lag(months=0, basis="where states lie is on every map"),
    addresses=(one_go("cow_mindist"),),
    contract=MIN_DISTANCE,
    layouts=(
        Layout(
            name="pairs and years",
            requires=("ccode1", "ccode2", "year", "mindist"),
            select={
                "ccode1": "least(ccode1::DOUBLE, ccode2::DOUBLE)", "ccode2": "greatest(ccode1::DOUBLE, ccode2::DOUBLE)",
                "year": "year", "km": "mindist",
            },
            numbers=("ccode1", "ccode2"),
            checked="against the R data file of {peacesciencer}",
        ),
    ),
    mirror_names=("cow_mindist",),
)  # fmt: skip

DATASETS = (MID, CAPABILITIES, DIRECT_CONTIGUITY, ORGANISATIONS, TRADE_TOTALS, DISTANCE)
