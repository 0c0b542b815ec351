"""Uppsala Conflict Data Program: armed conflicts, events, candidate events, external support. CC BY 4.0."""
# ruff: noqa: S608  SQL here is built from the names declared below.

from __future__ import annotations

import datetime as dt

from vedette.frames.history import UCDP_CONFLICT, UCDP_EVENTS, UCDP_SUPPORT
from vedette.frames.provenance import Coverage, Lag
from vedette.sources.declaration import Address, Dataset, Layout
from vedette.sources.peacesciencer import one_go

_SITE = "https://ucdp.uu.se/downloads/"
_PROVIDER = "Uppsala Conflict Data Program"
_LICENCE = "CC BY 4.0"
_REDISTRIBUTION = "allowed with attribution"
_PARTIES = ("gwno_a", "gwno_a_2nd", "gwno_b", "gwno_b_2nd")


def _exploded() -> str:
    """SQL: lists of states ('2, 200') to one row a combination; an empty list stays one row with a null."""
    inner = "{raw}"
    for name in _PARTIES:
        empty = f"trim(coalesce({name}, '')) IN ('', 'NA')"
        inner = (
            f"(SELECT * REPLACE (unnest(CASE WHEN {empty} THEN [NULL] ELSE string_split({name}, ',') END) AS {name}) "
            f"FROM {inner})"
        )
    return f"SELECT DISTINCT ON (conflict_id, year, {', '.join(_PARTIES)}) * FROM {inner} ORDER BY _line"


_KIND = (
    "CASE lower(trim(type_of_conflict)) WHEN '1' THEN 'extrasystemic' WHEN '2' THEN 'interstate' "
    "WHEN '3' THEN 'intrastate' WHEN '4' THEN 'internationalized' WHEN 'ii' THEN 'internationalized' "
    "ELSE lower(trim(type_of_conflict)) END"
)

CONFLICTS = Dataset(
    id="ucdp-acd",
    title="UCDP/PRIO Armed Conflict Dataset 25.1",
    provider=_PROVIDER,
    licence=_LICENCE,
    redistribution=_REDISTRIBUTION,
    citation="Gleditsch, N. P., Wallensteen, P., Eriksson, M., Sollenberg, M., Strand, H. 2002. Armed Conflict "
    "1946-2001: A New Dataset. Journal of Peace Research 39(5); Davies, S., Pettersson, T., Sollenberg, M., "
    "Öberg, M. 2025. Organized violence 1989-2024. Journal of Peace Research 62(4).",
    edition="25.1",
    coverage=Coverage(first_year=1946, last_year=2024, units="armed conflicts"),
    lag=Lag(
        months=0,
        basis="fighting and the sending of troops are reported as they happen; coded by June of the next year "
        "[assumption]",
        released=dt.date(2025, 6, 30),
    ),
    addresses=(
        Address(url=_SITE + "ucdpprio/ucdp-prio-acd-251-csv.zip", packing="zip", members=("UcdpPrioConflict*.csv",)),
        one_go("ucdp_acd"),
    ),
    contract=UCDP_CONFLICT,
    layouts=(
        Layout(
            name="conflict-years",
            requires=("conflict_id", "year", *_PARTIES, "intensity_level", "type_of_conflict"),
            select={
                "conflict_id": "conflict_id", "year": "year", **{name: name for name in _PARTIES},
                "intensity": "intensity_level", "kind": _KIND,
            },
            rows=_exploded(),
            missing=("-9",),
            checked="against the R data file of {peacesciencer}; the CSV against the first rows of a public copy",
        ),
    ),
    mirror_names=("ucdp_acd", "UcdpPrioConflict_v25_1", "ucdp-prio-acd-251-csv"),
)  # fmt: skip

_EVENT_LAYOUT = Layout(
    name="events",
    requires=(
        "id", "year", "type_of_violence", "conflict_new_id", "side_a", "side_b", "gwnoa", "gwnob", "country_id",
        "date_start", "date_end", "latitude", "longitude", "best", "low", "high",
    ),
    select={
        "id": "id", "year": "year", "violence": "type_of_violence", "conflict_id": "conflict_new_id",
        "side_a": "side_a", "side_b": "side_b", "gwno_a": "gwnoa", "gwno_b": "gwnob", "country_gwno": "country_id",
        "date_start": "date_start", "date_end": "date_end", "lat": "latitude", "lon": "longitude", "best": "best",
        "low": "low", "high": "high",
    },
    checked="from the codebook and public excerpts of the header; not against the file",
)  # fmt: skip

EVENTS = Dataset(
    id="ucdp-ged",
    title="UCDP Georeferenced Event Dataset 25.1",
    provider=_PROVIDER,
    licence=_LICENCE,
    redistribution=_REDISTRIBUTION,
    citation="Sundberg, R., Melander, E. 2013. Introducing the UCDP Georeferenced Event Dataset. Journal of Peace "
    "Research 50(4): 523-532.",
    edition="25.1",
    coverage=Coverage(first_year=1989, last_year=2024, units="events with deaths"),
    lag=Lag(months=0, basis="events are in the news; coded by June of the next year [assumption]",
            released=dt.date(2025, 6, 30)),
    addresses=(Address(url=_SITE + "ged/ged251-csv.zip", packing="zip", members=("GEDEvent_v25_1.csv", "GED*.csv")),),
    contract=UCDP_EVENTS,
    layouts=(_EVENT_LAYOUT,),
    mirror_names=("GEDEvent_v25_1", "ged251-csv"),
)  # fmt: skip

CANDIDATES = Dataset(
    id="ucdp-candidate",
    title="UCDP Candidate Events",
    provider=_PROVIDER,
    licence=_LICENCE,
    redistribution=_REDISTRIBUTION,
    citation="Hegre, H., Croicu, M., Eck, K., Högbladh, S. 2020. Introducing the UCDP Candidate Events Dataset. "
    "Research & Politics 7(3).",
    edition="25.0.1 (one file a month or quarter; provisional)",
    coverage=Coverage(first_year=2018, last_year=2025, units="events with deaths, provisional"),
    lag=Lag(months=1, basis="published about three weeks after the month"),
    addresses=(Address(url=_SITE + "candidateged/GEDEvent_v25_0_1.csv", packing="csv"),),
    contract=UCDP_EVENTS,
    layouts=(_EVENT_LAYOUT,),
    mirror_names=("GEDEvent_v25_0_1",),
    note="Provisional: events may be changed or dropped in the yearly edition.",
)

_SUPPORT = {"troops": "ext_x", "presence": "ext_p", "territory": "ext_y", "weapons": "ext_w"}

SUPPORT = Dataset(
    id="ucdp-esd",
    title="UCDP External Support Dataset 18.1 (triad-years)",
    provider=_PROVIDER,
    licence=_LICENCE,
    redistribution=_REDISTRIBUTION,
    citation="Meier, V., Karlén, N., Pettersson, T., Croicu, M. 2023. External Support in Armed Conflicts: "
    "Introducing the UCDP External Support Dataset (ESD), 1975-2017. Journal of Peace Research 60(3): 545-554.",
    edition="18.1",
    coverage=Coverage(first_year=1975, last_year=2017, units="supporters of warring parties"),
    lag=Lag(months=12, basis="much support is denied and known only later [assumption]"),
    addresses=(
        Address(url=_SITE + "extsup/ucdp-esd-ty-181.xlsx", packing="xlsx", seen="file name found in public code"),
        Address(url=_SITE + "extsup/ucdp-esd-ty-181-csv.zip", packing="zip", members=("*esd*ty*.csv",)),
    ),
    contract=UCDP_SUPPORT,
    layouts=(
        Layout(
            name="triad-years",
            requires=("conflict_id", "dyad_id", "year", "actor_id", "ext_id", "ext_name", *_SUPPORT.values()),
            select={
                **{name: name for name in ("conflict_id", "dyad_id", "year", "actor_id", "ext_id", "ext_name")},
                **_SUPPORT,
            },
            missing=("-9",),
            checked="from the codebook and public excerpts; not against the file",
        ),
    ),
    mirror_names=("ucdp-esd-ty-181", "ucdp-esd-ty-181-csv"),
)

DATASETS = (CONFLICTS, EVENTS, CANDIDATES, SUPPORT)
