"""GDELT 1 and 2: events, mentions and documents, coded by machine from the world's news.

Layouts checked against raw sample files of the formats (61, 57, 58, 16 and 27 cells); the addresses are those of the
project's documentation.
"""

from __future__ import annotations

from vedette.frames.events import EventDataset, EventLayout, Fault
from vedette.frames.provenance import Coverage
from vedette.sources.events.cells import (
    bad_count,
    bad_day,
    bad_number,
    bad_place,
    count,
    day,
    integer,
    moment,
    number,
    timed_locator,
)  # fmt: skip

_LICENCE = "free for any use, with a citation and a link to the GDELT Project"
_CITATION = (
    "Leetaru, K., Schrodt, P. A. 2013. GDELT: Global Data on Events, Location and Tone, 1979-2012. "
    "International Studies Association Annual Convention; The GDELT Project, https://www.gdeltproject.org"
)
FEED = "http://data.gdeltproject.org/gdeltv2/lastupdate.txt"
MASTER = "http://data.gdeltproject.org/gdeltv2/masterfilelist.txt"
DAILY = "http://data.gdeltproject.org/events/md5sums"
DAILY_FILE = "http://data.gdeltproject.org/events/"

_ACTOR = "code name countrycode knowngroupcode ethniccode religion1code religion2code type1code type2code type3code"
_GEO2 = "type fullname countrycode adm1code adm2code lat long featureid"
_GEO1 = "type fullname countrycode adm1code lat long featureid"
_HEAD = "globaleventid sqldate monthyear year fractiondate"
_BODY = (
    "isrootevent eventcode eventbasecode eventrootcode quadclass goldsteinscale nummentions numsources numarticles "
    "avgtone"
)


def _columns(geo: str) -> tuple[str, ...]:
    names = _HEAD.split()
    for actor in ("actor1", "actor2"):
        names += [actor + part for part in _ACTOR.split()]
    names += _BODY.split()
    for place in ("actor1geo_", "actor2geo_", "actiongeo_"):
        names += [place + part for part in geo.split()]
    return (*names, "dateadded", "sourceurl")


_DAY = day("sqldate")
# Type of the place: 1 country, 2 state of the US, 3 city of the US, 4 city, 5 first-level division elsewhere.
_PRECISION = (
    "CASE {0} WHEN '1' THEN 'country' WHEN '2' THEN 'admin' WHEN '5' THEN 'admin' WHEN '3' THEN 'place' "
    "WHEN '4' THEN 'place' END"
)
_EVENT = {
    "kind": "'event'",
    "key": integer("globaleventid"),
    "code": "eventcode",
    "ontology": "'CAMEO'",
    "root": "cameo.root",
    "quad": "cameo.quad",
    "source": "source_state.iso",
    "target": "target_state.iso",
    "source_actor": "actor1code",
    "target_actor": "actor2code",
    "occurred_from": _DAY,
    "occurred_to": _DAY,
    "time_precision": "'day'",
    "place": "actiongeo_fullname",
    "place_state": "place_state.iso",
    "lat": number("actiongeo_lat"),
    "lon": number("actiongeo_long"),
    "place_precision": _PRECISION.format("actiongeo_type"),
    "intensity": number("goldsteinscale"),
    "tone": number("avgtone"),
    "mentions": count("nummentions"),
    "sources": count("numsources"),
    "articles": count("numarticles"),
    "url": "sourceurl",
}
_JOINS = (
    "LEFT JOIN cameo ON cameo.code = raw.eventcode "
    "LEFT JOIN actors AS source_state ON source_state.code = raw.actor1countrycode "
    "LEFT JOIN actors AS target_state ON target_state.code = raw.actor2countrycode "
    "LEFT JOIN fips AS place_state ON place_state.code = raw.actiongeo_countrycode"
)


def _no_id(column: str = "globaleventid") -> Fault:
    return Fault(column=column, cell=column, when=f"{integer(column)} IS NULL", reason="is not the number of an event")


def _event_faults(added: str) -> tuple[Fault, ...]:
    return (
        _no_id(),
        bad_day("sqldate", "sqldate", _DAY),
        Fault(column="dateadded", cell="dateadded", when=f"{added} IS NULL", reason="is not a time"),
        # A day of grace for time zones; anything later cannot have been reported yet.
        Fault(column="sqldate", cell="sqldate", when=f"{_DAY} > CAST({added} AS DATE) + 1",
              reason="is after the day on which it was reported"),
        *bad_place("actiongeo_lat", "actiongeo_long"),
        bad_number("goldsteinscale", "goldsteinscale", -10, 10),
        bad_number("avgtone", "avgtone", -100, 100),
        bad_count("nummentions", "nummentions"),
        bad_count("numsources", "numsources"),
        bad_count("numarticles", "numarticles"),
    )  # fmt: skip


_ADDED2 = moment("dateadded")
_ADDED1 = day("dateadded")
EVENTS2 = EventLayout(
    name="gdelt2-export",
    columns=_columns(_GEO2),
    select={**_EVENT, "published_at": _ADDED2, "available_at": _ADDED2},
    joins=_JOINS,
    faults=_event_faults(_ADDED2),
    checked="against 100-line raw samples of February 2015 (61 cells)",
)
EVENTS1 = EventLayout(
    name="gdelt1-export",
    columns=_columns(_GEO1),
    padded=True,  # the files of 1979 to March 2013 have no address, one cell less
    # A day's file comes out at 6 in the morning of the next day, US Eastern time (documentation of GDELT 1.0).
    select={**_EVENT, "available_at": f"{_ADDED1} + INTERVAL 35 HOUR"},
    joins=_JOINS,
    faults=(
        Fault(column="dateadded", cell="dateadded", when="dateadded IS NULL", reason="too few cells"),
        *_event_faults(_ADDED1),
    ),
    checked="against a 100-line raw sample (57 and 58 cells)",
)
_MENTION_COLUMNS = (
    "globaleventid eventtimedate mentiontimedate mentiontype mentionsourcename mentionidentifier sentenceid "
    "actor1charoffset actor2charoffset actioncharoffset inrawtext confidence mentiondoclen mentiondoctone "
    "mentiondoctranslationinfo extras"
)
_SAID = moment("mentiontimedate")
_MENTION_DAY = f"CAST({moment('eventtimedate')} AS DATE)"
_MENTION = {
    "kind": "'mention'",
    "key": timed_locator(
        _SAID, "concat_ws(chr(1), globaleventid, mentiontimedate, mentiontype, mentionidentifier, sentenceid)"
    ),
    "occurred_from": _MENTION_DAY,
    "occurred_to": _MENTION_DAY,
    "time_precision": "'day'",
    "published_at": _SAID,
    "available_at": _SAID,
    "tone": number("mentiondoctone"),
    "confidence": f"{number('confidence')} / 100",
    "refers_to": integer("globaleventid"),
    "tags": "mentionsourcename",
    "url": "mentionidentifier",
}
_MENTION_FAULTS = (
    _no_id(),
    bad_day("eventtimedate", "eventtimedate", _MENTION_DAY),
    Fault(column="mentiontimedate", cell="mentiontimedate", when=f"{_SAID} IS NULL", reason="is not a time"),
    bad_number("confidence", "confidence", 0, 100),
    bad_number("mentiondoctone", "mentiondoctone", -100, 100),
)
MENTIONS = EventLayout(
    name="gdelt2-mentions", columns=tuple(_MENTION_COLUMNS.split()), select=_MENTION, faults=_MENTION_FAULTS,
    checked="against 100-line raw samples of February 2015 (16 cells)",
)  # fmt: skip
MENTIONS_NAMED = EventLayout(
    name="gdelt2-mentions-csv", form="csv", delim=",", requires=tuple(_MENTION_COLUMNS.split()[:7]),
    optional=("confidence", "mentiondoctone"), select=_MENTION, faults=_MENTION_FAULTS,
    checked="against a comma-separated copy with names, as a Python client writes it",
)  # fmt: skip
_GKG_COLUMNS = (
    "gkgrecordid date sourcecollectionidentifier sourcecommonname documentidentifier counts v2counts themes v2themes "
    "locations v2locations persons v2persons organizations v2organizations v2tone dates gcam sharingimage "
    "relatedimages socialimageembeds socialvideoembeds quotations allnames amounts translationinfo extras"
)
_STAMP = moment("date")
# The first place: type#name#country#division#lat#lon#feature.
_WHERE = "string_split(string_split(locations, ';')[1], '#')"
DOCUMENTS = EventLayout(
    name="gdelt2-gkg",
    columns=tuple(_GKG_COLUMNS.split()),
    select={
        "kind": "'report'",
        "key": timed_locator(_STAMP, "gkgrecordid"),
        "id": "gkgrecordid",
        "occurred_from": f"CAST({_STAMP} AS DATE)",
        "occurred_to": f"CAST({_STAMP} AS DATE)",
        "time_precision": "'minute'",
        "published_at": _STAMP,
        "available_at": _STAMP,
        "place": f"{_WHERE}[2]",
        "place_state": "place_state.iso",
        "lat": number(f"{_WHERE}[5]"),
        "lon": number(f"{_WHERE}[6]"),
        "place_precision": _PRECISION.format(f"{_WHERE}[1]"),
        "tone": number("string_split(v2tone, ',')[1]"),
        "articles": "1",
        "tags": "rtrim(themes, ';')",
        "url": "documentidentifier",
    },
    joins=f"LEFT JOIN fips AS place_state ON place_state.code = {_WHERE}[3]",
    faults=(
        Fault(column="gkgrecordid", cell="gkgrecordid", when="gkgrecordid IS NULL", reason="is not there"),
        Fault(column="date", cell="date", when=f"{_STAMP} IS NULL", reason="is not a time"),
        bad_number("locations", f"nullif({_WHERE}[5], '')", -90, 90),
        bad_number("locations", f"nullif({_WHERE}[6], '')", -180, 180),
    ),
    checked="against a 100-line raw sample of February 2015 (27 cells)",
)

DATASETS = (
    EventDataset(
        id="gdelt2",
        title="GDELT 2.0 events, mentions and Global Knowledge Graph",
        provider="The GDELT Project",
        licence=_LICENCE,
        redistribution="allowed with citation and link",
        citation=_CITATION,
        coverage=Coverage(first_year=2015, last_year=2100, units="events in the world's news, every 15 minutes"),
        lag_days=1,
        lag_basis="a file every 15 minutes; one day covers the zones of the world",
        address=MASTER,
        address_status="unverified (documentation of GDELT 2.0)",
        layouts=(EVENTS2, MENTIONS, DOCUMENTS, MENTIONS_NAMED),
        note="One row in several thousand is malformed; machine coding repeats and misreads.",
    ),
    EventDataset(
        id="gdelt1",
        title="GDELT 1.0 events",
        provider="The GDELT Project",
        licence=_LICENCE,
        redistribution="allowed with citation and link",
        citation=_CITATION,
        coverage=Coverage(first_year=1979, last_year=2100, units="events in the world's news, by day"),
        lag_days=2,
        lag_basis="a file a day, on the morning after",
        address=DAILY,
        address_status="unverified (documentation of GDELT 1.0)",
        layouts=(EVENTS1,),
        note="Rows before April 2013 were added in 2013: nobody could have known them earlier.",
    ),
)
