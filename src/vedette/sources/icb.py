"""International Crisis Behavior: crises and their actors."""

from __future__ import annotations

from vedette.frames.history import CRISES, CRISIS_ACTORS
from vedette.frames.provenance import Coverage, Lag
from vedette.sources.declaration import Address, Dataset, Layout

_PROVIDER = "International Crisis Behavior Project"
_LICENCE = "free for academic use with citation"
_REDISTRIBUTION = "not stated: download it yourself"
_CITATION = (
    "Brecher, M., Wilkenfeld, J., Beardsley, K., James, P., Quinn, D. 2023. International Crisis Behavior Data "
    "Codebook, Version 15; Brecher, M., Wilkenfeld, J. 2000. A Study of Crisis. University of Michigan Press."
)
_COVERAGE = Coverage(first_year=1918, last_year=2017, units="crises")
_LAG = Lag(months=0, basis="trigger and violence of a crisis are in the news; coded years later [assumption]")

# Days above 31 are codes for early, middle or late in the month: the day itself is not known.
_DAY = "CASE WHEN TRY_CAST(datrig AS DOUBLE) <= 31 THEN datrig END"

SYSTEM = Dataset(
    id="icb-crises",
    title="ICB, system level",
    provider=_PROVIDER,
    licence=_LICENCE,
    redistribution=_REDISTRIBUTION,
    citation=_CITATION,
    edition="14",
    coverage=_COVERAGE,
    lag=_LAG,
    addresses=(Address(url="https://sites.duke.edu/icbdata/files/icb1v14.csv", packing="csv"),),
    contract=CRISES,
    layouts=(
        Layout(
            name="crises",
            requires=("crisno", "crisname", "break", "trigent", "yrtrig", "motrig", "datrig", "yrterm", "gravcr",
                      "viol", "noactr", "geostr", "protrac"),
            select={
                "crisno": "crisno", "name": "crisname", "year": "yrtrig", "month": "motrig", "day": _DAY,
                "trigger": '"break"', "triggering": "trigent", "violence": "viol", "gravity": "gravcr",
                "actors": "noactr", "geostrategic": "geostr", "protracted": "protrac", "last_year": "yrterm",
            },
            missing=("-99", "-99.0"),
            checked="against a public copy of version 14",
        ),
    ),
    mirror_names=("icb1v14", "icb1v15", "icb1v16"),
    encoding="latin-1",
    note="Later versions (15, 16) are published by the project; the address of version 14 was not loaded.",
)  # fmt: skip

ACTORS = Dataset(
    id="icb-actors",
    title="ICB, actor level",
    provider=_PROVIDER,
    licence=_LICENCE,
    redistribution=_REDISTRIBUTION,
    citation=_CITATION,
    edition="14",
    coverage=_COVERAGE,
    lag=_LAG,
    addresses=(Address(url="https://sites.duke.edu/icbdata/files/icb2v14.csv", packing="csv"),),
    contract=CRISIS_ACTORS,
    layouts=(
        Layout(
            name="crisis actors",
            requires=("crisno", "cracno", "cracid", "triggr", "yrtrig", "motrig", "datrig", "trigent"),
            select={
                "crisno": "crisno", "actor_number": "cracno", "ccode": "cracid", "year": "yrtrig",
                "month": "motrig", "day": _DAY, "trigger": "triggr", "triggering": "trigent",
            },
            missing=("-99", "-99.0"),
            checked="against a public copy of version 14",
        ),
    ),
    mirror_names=("icb2v14", "icb2v15", "icb2v16"),
    encoding="latin-1",
)  # fmt: skip

DATASETS = (SYSTEM, ACTORS)
