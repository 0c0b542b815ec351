"""POLECAT: events coded by machine from news in seven languages, in PLOVER, weekly since 2018."""

from __future__ import annotations

from vedette.frames.events import EventDataset, EventLayout, Fault
from vedette.frames.provenance import Coverage
from vedette.sources.events.cells import bad_day, bad_number, bad_place, folded, iso_day, locator, number

_DAY = iso_day('"event date"')
_SEEN = iso_day('"publication date"')
LAYOUT = EventLayout(
    name="polecat",
    requires=("event id", "event date", "event type", "actor country", "recipient country", "latitude", "longitude"),
    optional=("event mode", "intensity", "contexts", "actor name", "recipient name", "placename", "country",
              "publication date", "source", "feature type"),
    select={
        "kind": "'event'",
        "key": locator('"event id"'),
        "id": '"event id"',
        "code": "concat_ws('-', \"event type\", \"event mode\")",
        "ontology": "'PLOVER'",
        "root": "plover.root",
        "quad": "plover.quad",
        "source": "source_state.iso",
        "target": "target_state.iso",
        "source_actor": '"actor name"',
        "target_actor": '"recipient name"',
        "occurred_from": _DAY,
        "occurred_to": _DAY,
        "time_precision": "'day'",
        "published_at": f"CAST({_SEEN} AS TIMESTAMP)",
        # The week's file comes out at the beginning of the next week.
        "available_at": f"CAST(greatest({_DAY}, {_SEEN}) AS TIMESTAMP) + INTERVAL 7 DAY",
        "place": "placename",
        "place_state": "place_state.iso",
        "lat": number("latitude"),
        "lon": number("longitude"),
        "place_precision": "CASE left(upper(\"feature type\"), 3) WHEN 'PPL' THEN 'place' WHEN 'ADM' THEN 'admin' "
        "WHEN 'PCL' THEN 'country' END",
        "intensity": number("intensity"),
        "tags": "contexts",
    },
    joins='LEFT JOIN plover ON plover.code = upper(raw."event type") '
    'LEFT JOIN actors AS source_state ON source_state.code = upper(raw."actor country") '
    'LEFT JOIN actors AS target_state ON target_state.code = upper(raw."recipient country") '
    f"LEFT JOIN names AS place_state ON place_state.code = {folded('raw.country')}",
    faults=(
        Fault(column="event id", cell='"event id"', when='"event id" IS NULL', reason="is not there"),
        bad_day("event date", '"event date"', _DAY),
        *bad_place("latitude", "longitude"),
        bad_number("intensity", "intensity", -10, 10),
    ),
    missing=("None", "NULL"),
    checked="from the codebook: nobody here has seen the file",
)  # fmt: skip

DATASETS = (
    EventDataset(
        id="polecat",
        title="POLECAT Weekly Data",
        provider="Leidos, Harvard Dataverse",
        licence="free with citation (terms on the Dataverse page)",
        redistribution="not granted",
        citation="Halterman, A., Bagozzi, B., Beger, A., Schrodt, P., Scarborough, G. 2023. PLOVER and POLECAT: A New "
        "Political Event Ontology and Dataset. doi:10.7910/DVN/AJGVIT",
        coverage=Coverage(first_year=2018, last_year=2100, units="events in news of seven languages"),
        lag_days=14,
        lag_basis="a file a week, of the week before",
        address="https://doi.org/10.7910/DVN/AJGVIT",
        address_status="unverified (the data set's DOI)",
        layouts=(LAYOUT,),
    ),
)
