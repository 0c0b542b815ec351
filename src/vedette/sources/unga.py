"""Ideal points of states from votes in the United Nations General Assembly."""

from __future__ import annotations

from vedette.frames.history import IDEAL_POINTS
from vedette.frames.provenance import Coverage, Lag
from vedette.sources.declaration import Address, Dataset, Layout

# Session 1 opened in January 1946, session n in September of 1945 + n.
_YEAR = "TRY_CAST(session AS DOUBLE) + 1945"

VOTES = Dataset(
    id="unga-ideal-points",
    title="Ideal points from UN General Assembly votes",
    provider="Bailey, Strezhnev and Voeten",
    licence="CC0",
    redistribution="allowed",
    citation="Bailey, M. A., Strezhnev, A., Voeten, E. 2017. Estimating Dynamic State Preferences from United Nations "
    "Voting Data. Journal of Conflict Resolution 61(2): 430-456. doi:10.7910/DVN/LEJUQZ.",
    edition="April 2020",
    coverage=Coverage(first_year=1946, last_year=2019, units="states"),
    lag=Lag(months=0, basis="votes are public on the day; most fall between September and December"),
    addresses=(
        Address(
            url="https://dataverse.harvard.edu/api/access/dataset/:persistentId/?persistentId=doi:10.7910/DVN/LEJUQZ",
            packing="zip",
            members=("IdealpointestimatesAll*.csv", "Idealpointestimates*.csv", "Idealpointestimates*.tab"),
        ),
    ),
    contract=IDEAL_POINTS,
    layouts=(
        Layout(
            name="estimates, 2020 names",
            requires=("ccode", "session", "idealpoint"),
            select={"ccode": "ccode", "year": _YEAR, "ideal_point": "idealpoint"},
            numbers=("session",),
            checked="against a public copy of April 2020",
        ),
        Layout(
            name="estimates, later names",
            requires=("ccode", "session", "idealpointall"),
            select={"ccode": "ccode", "year": _YEAR, "ideal_point": "idealpointall"},
            numbers=("session",),
            checked="from the description; not against the file",
        ),
    ),
    mirror_names=("unga_idealpoints_2020", "IdealpointestimatesAll_Apr2020"),
    encoding="latin-1",
)

DATASETS = (VOTES,)
