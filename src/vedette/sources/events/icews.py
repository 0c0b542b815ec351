"""ICEWS: events coded by machine from world news, 1995 to 2023, with CAMEO codes and named actors."""

from __future__ import annotations

from vedette.frames.events import EventDataset, EventLayout, Fault
from vedette.frames.provenance import Coverage
from vedette.sources.events.cells import bad_day, bad_number, bad_place, folded, integer, iso_day, number

_DAY = iso_day('"event date"')
_ID = integer('"event id"')
_SOURCE, _TARGET, _PLACE = (folded(cell) for cell in ('raw."source country"', 'raw."target country"', "raw.country"))
_CODE = 'trim("cameo code")'
# Spreadsheets drop the leading zero of CAMEO codes; roots end at 20, so 311 can only be 0311.
CAMEO_CODE = (
    f"CASE WHEN length({_CODE}) < 3 THEN lpad({_CODE}, 3, '0') "
    f"WHEN TRY_CAST(left({_CODE}, 2) AS INTEGER) > 20 THEN '0' || {_CODE} ELSE {_CODE} END"
)
LAYOUT = EventLayout(
    name="icews",
    requires=("event id", "event date", "source name", "source country", "cameo code", "intensity", "target name",
              "target country", "latitude", "longitude"),
    optional=("publisher", "city", "district", "province", "country", "event text", "source sectors", "target sectors"),
    select={
        "kind": "'event'",
        "key": _ID,
        "code": CAMEO_CODE,
        "ontology": "'CAMEO'",
        "root": "cameo.root",
        "quad": "cameo.quad",
        "source": "source_state.iso",
        "target": "target_state.iso",
        "source_actor": '"source name"',
        "target_actor": '"target name"',
        "occurred_from": _DAY,
        "occurred_to": _DAY,
        "time_precision": "'day'",
        "available_at": f"CAST({_DAY} AS TIMESTAMP) + INTERVAL 7 DAY",
        "place": "coalesce(city, district, province, country)",
        "place_state": "place_state.iso",
        "lat": number("latitude"),
        "lon": number("longitude"),
        "place_precision": "CASE WHEN city IS NOT NULL THEN 'place' WHEN coalesce(district, province) IS NOT NULL THEN "
        "'admin' WHEN country IS NOT NULL THEN 'country' END",
        "intensity": number("intensity"),
        "tags": "publisher",
    },
    joins=f"LEFT JOIN cameo ON cameo.code = {CAMEO_CODE} "
    f"LEFT JOIN names AS source_state ON source_state.code = {_SOURCE} "
    f"LEFT JOIN names AS target_state ON target_state.code = {_TARGET} "
    f"LEFT JOIN names AS place_state ON place_state.code = {_PLACE}",
    faults=(
        Fault(column="event id", cell='"event id"', when=f"{_ID} IS NULL", reason="is not a number"),
        bad_day("event date", '"event date"', _DAY),
        *bad_place("latitude", "longitude"),
        bad_number("intensity", "intensity", -10, 10),
    ),
    missing=("NULL",),
    checked="against 3,705 rows of June 2018 in the published form (20 columns)",
)  # fmt: skip

DATASETS = (
    EventDataset(
        id="icews",
        title="ICEWS Coded Event Data",
        provider="Lockheed Martin, Harvard Dataverse",
        licence="free with citation (terms on the Dataverse page)",
        redistribution="not granted",
        citation="Boschee, E., Lautenschlager, J., O'Brien, S., Shellman, S., Starz, J., Ward, M. 2015. ICEWS Coded "
        "Event Data. Harvard Dataverse. doi:10.7910/DVN/28075",
        coverage=Coverage(first_year=1995, last_year=2023, units="events in world news"),
        lag_days=7,
        lag_basis="weekly updates in its later years [assumption]; earlier years came out later: give --available",
        address="https://doi.org/10.7910/DVN/28075",
        address_status="unverified (the data set's DOI)",
        layouts=(LAYOUT,),
    ),
)
