"""ACLED: political violence and protest coded by hand. Only with the user's own account; never passed on.

The terms forbid giving the raw rows to others and building a substitute. So the rows go into this workspace's own store
and nowhere else, what was downloaded is removed once it is read, and the key is read from the environment or the
system's keyring for each request and written nowhere.
"""

from __future__ import annotations

from vedette.frames.events import EventDataset, EventLayout, Fault
from vedette.frames.provenance import Coverage
from vedette.sources.events.cells import bad_count, bad_day, bad_place, folded, iso_day, locator, number, whole

ADDRESS = "https://acleddata.com/api/acled/read"
# Rows of one page of the interface (its documentation).
PAGE = 5000
_DAY = iso_day("event_date")
_STATE = "nullif(regexp_extract({0}, '(?:Military|Police|Government) (?:Forces )?of (?:the )?(.+?)(?: \\(|$)', 1), '')"
_ROOT = (
    "CASE WHEN event_type IN ('Battles', 'Explosions/Remote violence', 'Violence against civilians') THEN 'ASSAULT' "
    "WHEN event_type IN ('Protests', 'Riots') THEN 'PROTEST' WHEN sub_event_type = 'Agreement' THEN 'AGREE' "
    "WHEN sub_event_type IN ('Arrests', 'Looting/property destruction', 'Disrupted weapons use') THEN 'COERCE' "
    "WHEN sub_event_type = 'Headquarters or base established' THEN 'MOBILIZE' "
    "WHEN sub_event_type = 'Non-violent transfer of territory' THEN 'YIELD' END"
)
_SAID = f"CAST(to_timestamp({whole('timestamp')}) AT TIME ZONE 'UTC' AS TIMESTAMP)"
LAYOUT = EventLayout(
    name="acled",
    form="csv",
    delim=",",
    requires=("event_id_cnty", "event_date", "time_precision", "event_type", "sub_event_type", "actor1", "actor2",
              "country", "latitude", "longitude", "geo_precision", "fatalities", "timestamp"),
    optional=("location", "source_scale"),
    select={
        "kind": "'event'",
        "key": locator("event_id_cnty"),
        "id": "event_id_cnty",
        "code": "sub_event_type",
        "ontology": "'ACLED'",
        "root": "plover.root",
        "quad": "plover.quad",
        "source": "source_state.iso",
        "target": "target_state.iso",
        "source_actor": "actor1",
        "target_actor": "actor2",
        "occurred_from": _DAY,
        "occurred_to": _DAY,
        "time_precision": "CASE time_precision WHEN '1' THEN 'day' WHEN '2' THEN 'week' ELSE 'month' END",
        "published_at": _SAID,
        "available_at": _SAID,  # when ACLED last wrote the row: an earlier state of it is not in the file
        "place": "location",
        "place_state": "place_state.iso",
        "lat": number("latitude"),
        "lon": number("longitude"),
        "place_precision": "CASE geo_precision WHEN '1' THEN 'place' ELSE 'admin' END",
        "fatalities": whole("fatalities"),
        "tags": "event_type",
    },
    joins=f"LEFT JOIN plover ON plover.code = {_ROOT} "
    f"LEFT JOIN names AS source_state ON source_state.code = {folded(_STATE.format('raw.actor1'))} "
    f"LEFT JOIN names AS target_state ON target_state.code = {folded(_STATE.format('raw.actor2'))} "
    f"LEFT JOIN names AS place_state ON place_state.code = {folded('raw.country')}",
    faults=(
        Fault(column="event_id_cnty", cell="event_id_cnty", when="event_id_cnty IS NULL", reason="is not there"),
        bad_day("event_date", "event_date", _DAY),
        Fault(column="timestamp", cell="timestamp", when=f"coalesce({whole('timestamp')} <= 0, true)",
              reason="is not a time"),
        *bad_place("latitude", "longitude"),
        bad_count("fatalities", "fatalities"),
    ),
    checked="from the codebook: nobody here has seen the file",
)  # fmt: skip

DATASETS = (
    EventDataset(
        id="acled",
        title="Armed Conflict Location & Event Data",
        provider="ACLED",
        licence="terms of use of ACLED; an account is needed",
        redistribution="forbidden",
        citation="Raleigh, C., Kishi, R., Linke, A. 2023. Political instability patterns are obscured by conflict "
        "dataset scope conditions, sources, and coding choices. Humanities and Social Sciences Communications 10:74; "
        "ACLED, https://acleddata.com",
        coverage=Coverage(first_year=1997, last_year=2100, units="political violence and protest"),
        lag_days=14,
        lag_basis="weekly; older rows are revised all the time",
        address=ADDRESS,
        address_status="unverified (the provider's documentation)",
        layouts=(LAYOUT,),
        private=True,
    ),
)  # fmt: skip
