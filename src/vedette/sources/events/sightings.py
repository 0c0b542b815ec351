"""Eyes on Russia: verified and geolocated pictures of the war in Ukraine and of the build-up before it.

A picture of 1 January that was posted on 1 February was not known in January. A row is available from the posting of
its link or of its geolocation, whichever is later; both times are read from the number of the post, which holds them
(X/Twitter: 22 bits above the milliseconds since 2010-11-04T01:42:54.657Z; TikTok: 32 bits above the seconds since
1970).
"""

from __future__ import annotations

from vedette.frames.events import EventDataset, EventLayout
from vedette.frames.provenance import Coverage
from vedette.sources.events.cells import bad_day, bad_place, folded, iso_day, locator, nth, number

# Where no posting time can be read: the event's day and this many more. Of the 4,900 rows with a posting time, 95 %
# were posted within 5 days of their date (tests/unit/sources/events/test_real_files.py measures it again).
UNKNOWN_DAYS = 5
_DAY = iso_day("date")


def _posted(cell: str) -> str:
    """SQL: when a post was made, from its number in the address, else null."""
    tweet = f"regexp_extract({cell}, '(?:twitter|x)\\.com/.*status(?:es)?/(\\d{{15,20}})', 1)"
    video = f"regexp_extract({cell}, 'tiktok\\.com/.*video/(\\d{{19}})', 1)"
    return (
        f"CASE WHEN {tweet} <> '' "
        f"THEN make_timestamp_ms(CAST(TRY_CAST({tweet} AS UBIGINT) >> 22 AS BIGINT) + 1288834974657) "
        f"WHEN {video} <> '' THEN make_timestamp(CAST(TRY_CAST({video} AS UBIGINT) >> 32 AS BIGINT) * 1000000) END"
    )


def _believed(moment: str) -> str:
    """SQL: a posting time, unless it lies years from the row's date: then an address was mistyped."""
    return f"CASE WHEN {moment} BETWEEN {_DAY} - INTERVAL 5 YEAR AND {_DAY} + INTERVAL 5 YEAR THEN {moment} END"


_KNOWN = f"greatest({_believed(_posted('link'))}, {_believed(_posted('geolocation'))})"
_ROOT = (
    "CASE WHEN event_group LIKE 'Russian Military Presence%' THEN 'MOBILIZE' "
    "WHEN regexp_matches(event_group, '^(Bombing or Explosion|Civilian|Russian Military Losses|"
    "Ukrainian Military Losses|Munitions|Russian Firing)') THEN 'ASSAULT' END"
)
LAYOUT = EventLayout(
    name="eyes-on-russia",
    form="csv",
    delim=",",
    requires=("date", "lat", "lon", "link"),
    optional=("entry", "event_group", "title", "country", "province", "town/city", "arms/munition", "violence level",
              "geolocation"),
    select={
        "kind": "'event'",
        # Numbers of entries are not unique in the file.
        "key": locator(nth("concat_ws(chr(1), entry, date, lat, lon, link)")),
        "id": "entry",
        "code": "event_group",
        "ontology": "'CIR'",
        "root": "plover.root",
        "quad": "plover.quad",
        "source": "CASE WHEN event_group LIKE 'Russian Military Presence%' THEN 'RUS' END",
        "occurred_from": _DAY,
        "occurred_to": _DAY,
        "time_precision": "'day'",
        "published_at": _believed(_posted("link")),
        "available_at": f"coalesce({_KNOWN}, CAST({_DAY} AS TIMESTAMP) + INTERVAL {UNKNOWN_DAYS} DAY)",
        "place": 'coalesce("town/city", province, country)',
        "place_state": "place_state.iso",
        "lat": number("lat"),
        "lon": number("lon"),
        "place_precision": "'point'",
        "tags": "concat_ws(';', title, \"arms/munition\")",
        "url": "link",
    },
    joins=f"LEFT JOIN plover ON plover.code = {_ROOT} "
    f"LEFT JOIN names AS place_state ON place_state.code = {folded('raw.country')}",
    faults=(bad_day("date", "date", _DAY, "2014-01-01"), *bad_place("lat", "lon")),
    checked="against 6,650 rows of a copy of the map's data, 2022-01 to 2024-02",
)  # fmt: skip

DATASETS = (
    EventDataset(
        id="eyes-on-russia",
        title="Eyes on Russia map",
        provider="Centre for Information Resilience",
        licence="not stated; credit the Centre for Information Resilience",
        redistribution="not granted",
        citation="Centre for Information Resilience. Eyes on Russia. https://eyesonrussia.org",
        coverage=Coverage(first_year=2022, last_year=2100, units="verified pictures with a place"),
        lag_days=7,
        lag_basis="95 % of rows were posted within 5 days of their date (measured on the map's data of 2022-24)",
        address="https://eyesonrussia.org/events.geojson",
        address_status="unverified (seen in public code that reads it)",
        layouts=(LAYOUT,),
        note="Links lead to social media and may be gone. Pictures that nobody took or found are not here.",
    ),
)
