"""VIINA: events of the war in Ukraine found in news by a classifier, with places and class scores. ODbL."""

from __future__ import annotations

from vedette.frames.events import EventDataset, EventLayout
from vedette.frames.provenance import Coverage
from vedette.sources.events.cells import bad_day, bad_place, day, locator, nth, number

_DAY = day("left(replace(date, '-', ''), 8)")
_VIOLENT = ("airstrike", "armor", "raid", "artillery", "milcas", "firefight", "ied", "uav", "milact", "civcas")
_LABELS = ("a_rus", "a_ukr", *(f"t_{name}" for name in (*_VIOLENT, "cyber")))


def _is(label: str) -> str:
    """SQL: whether a class applies; the columns end in _pred or _b, and hold 0/1 or a probability."""
    return f"coalesce(TRY_CAST(coalesce({label}_b, {label}_pred) AS DOUBLE), 0) > 0.5"


_ASSAULT = " OR ".join(_is(f"t_{name}") for name in _VIOLENT)
_ROOT = f"CASE WHEN {_ASSAULT} THEN 'ASSAULT' WHEN {_is('t_cyber')} THEN 'COERCE' END"
_TAGS = ", ".join(f"CASE WHEN {_is(label)} THEN '{label}' END" for label in _LABELS)
_WHOLE_ROW = f"concat_ws(chr(1), date, longitude, latitude, asciiname, region, {_TAGS})"
LAYOUT = EventLayout(
    name="viina",
    form="csv",
    delim=",",
    requires=("date", "longitude", "latitude"),
    optional=("event_id", "url", "asciiname", "region", "geo_precision",
              *(f"{label}_{end}" for label in _LABELS for end in ("b", "pred"))),
    select={
        "kind": "'event'",
        "key": locator(f"coalesce('id' || event_id, {nth(_WHOLE_ROW)})"),
        "id": "event_id",
        "code": f"concat_ws(';', {_TAGS})",
        "ontology": "'VIINA'",
        "root": "plover.root",
        "quad": "plover.quad",
        # Whoever is named as the initiator; against whom is not coded.
        "source": f"CASE WHEN {_is('a_rus')} AND NOT {_is('a_ukr')} THEN 'RUS' "
        f"WHEN {_is('a_ukr')} AND NOT {_is('a_rus')} THEN 'UKR' END",
        "occurred_from": _DAY,
        "occurred_to": _DAY,
        "time_precision": "'day'",
        "available_at": f"CAST({_DAY} AS TIMESTAMP) + INTERVAL 1 DAY",
        "place": "coalesce(asciiname, region)",
        "place_state": "'UKR'",
        "lat": number("latitude"),
        "lon": number("longitude"),
        "place_precision": "CASE WHEN upper(geo_precision) LIKE 'ADM%' THEN 'admin' "
        "WHEN geo_precision IS NOT NULL THEN 'place' END",
        "url": "url",
    },
    joins=f"LEFT JOIN plover ON plover.code = {_ROOT}",
    faults=(bad_day("date", "date", _DAY, "2014-01-01"), *bad_place("latitude", "longitude")),
    missing=("NA",),
    checked="against 1,789 rows of a reduced copy of March 2022; the published columns from the documentation",
)  # fmt: skip

DATASETS = (
    EventDataset(
        id="viina",
        title="VIINA: Violent Incident Information from News Articles",
        provider="Zhukov, Y., Ayers, N.",
        licence="ODbL 1.0",
        redistribution="allowed with attribution, share-alike",
        citation="Zhukov, Y., Ayers, N. 2023. VIINA 2.0: Violent Incident Information from News Articles on the 2022 "
        "Russian Invasion of Ukraine. Cambridge, MA: Harvard University",
        coverage=Coverage(first_year=2022, last_year=2100, units="violent incidents in Ukraine"),
        lag_days=2,
        lag_basis="daily; the rows do not say when they came out, one day after the event is taken [assumption]",
        address="https://github.com/zhukovyuri/VIINA",
        address_status="unverified (the repository named in the paper)",
        layouts=(LAYOUT,),
    ),
)
