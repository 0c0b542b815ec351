"""UCDP Georeferenced Event Dataset and its monthly Candidate releases: deadly events coded by hand. CC BY 4.0."""

from __future__ import annotations

from vedette.frames.events import EventDataset, EventLayout, Fault
from vedette.frames.provenance import Coverage
from vedette.sources.events.cells import bad_count, bad_day, bad_place, folded, integer, iso_day, number, whole

_FIRST, _LAST = iso_day("date_start"), iso_day("date_end")
_BY_NAME = "nullif(regexp_replace({0}, '^Government of ', ''), {0})"
_JOINS = " ".join(
    f"LEFT JOIN gw AS {role}_gw ON {role}_gw.code = CAST({whole(f'raw.gwno{letter}')} AS VARCHAR) "
    f"LEFT JOIN names AS {role}_name ON {role}_name.code = {folded(_BY_NAME.format(f'raw.side_{letter}'))}"
    for role, letter in (("source", "a"), ("target", "b"))
)
_COMMON = {
    "kind": "'event'",
    "key": integer("id"),
    "code": "'type ' || type_of_violence",
    "ontology": "'UCDP'",
    "root": "'ASSAULT'",  # every event of the set is violence that killed
    "quad": "4",
    "source": "coalesce(source_gw.iso, source_name.iso)",
    "target": "coalesce(target_gw.iso, target_name.iso)",
    "source_actor": "side_a",
    "target_actor": "side_b",
    "occurred_from": _FIRST,
    "occurred_to": _LAST,
    # Precision of dates: 1 the day, 2 up to six days, 3 the week, 4 the month, 5 longer.
    "time_precision": "CASE date_prec WHEN '1' THEN 'day' WHEN '4' THEN 'month' WHEN '5' THEN 'year' ELSE 'week' END",
    "place": "where_coordinates",
    "place_state": "place_state.iso",
    "lat": number("latitude"),
    "lon": number("longitude"),
    # Precision of places: 1 the spot, 2 within 25 km, 3 to 5 a division, 6 the country, 7 more than one.
    "place_precision": "CASE WHEN where_prec = '1' THEN 'point' WHEN where_prec = '2' THEN 'place' "
    "WHEN where_prec IN ('3', '4', '5') THEN 'admin' WHEN where_prec = '6' THEN 'country' END",
    "fatalities": whole("best"),
    "fatalities_low": whole("low"),
    "fatalities_high": whole("high"),
    "sources": f"CASE WHEN {whole('number_of_sources')} >= 0 THEN {whole('number_of_sources')} END",
}
_REQUIRES = ("id", "type_of_violence", "side_a", "side_b", "country_id", "date_start", "date_end", "date_prec",
             "where_prec", "latitude", "longitude", "best", "low", "high")  # fmt: skip
_FAULTS = (
    Fault(column="id", cell="id", when=f"{integer('id')} IS NULL", reason="is not a number"),
    bad_day("date_start", "date_start", _FIRST),
    bad_day("date_end", "date_end", _LAST),
    Fault(column="date_end", cell="date_end", when=f"{_LAST} < {_FIRST}", reason="is before date_start"),
    *bad_place("latitude", "longitude"),
    bad_count("best", "best"),
    bad_count("low", "low"),
    bad_count("high", "high"),
)
_PLACE = f" LEFT JOIN gw AS place_state ON place_state.code = CAST({whole('raw.country_id')} AS VARCHAR)"
_OPTIONAL = ("gwnoa", "gwnob", "number_of_sources", "where_coordinates")
_CHECKED = "against the codebook and the first rows of a public copy"


def _layout(name: str, available: str) -> EventLayout:
    return EventLayout(
        name=name, form="csv", delim=",", requires=_REQUIRES, optional=_OPTIONAL,
        select={**_COMMON, "available_at": available}, joins=_JOINS + _PLACE, faults=_FAULTS, checked=_CHECKED,
    )  # fmt: skip


_CITATION = (
    "Sundberg, R., Melander, E. 2013. Introducing the UCDP Georeferenced Event Dataset. Journal of Peace Research "
    "50(4); Davies, S., Pettersson, T., Sollenberg, M., Öberg, M. 2025. Organized violence 1989-2024. Journal of Peace "
    "Research 62(4)"
)
_PROVIDER, _LICENCE, _REDISTRIBUTION = "Uppsala Conflict Data Program", "CC BY 4.0", "allowed with attribution"
DATASETS = (
    EventDataset(
        id="ucdp-ged-events",
        title="UCDP Georeferenced Event Dataset, event by event",
        citation=_CITATION,
        coverage=Coverage(first_year=1989, last_year=2100, units="events with at least one death"),
        lag_days=550,
        lag_basis="a release by June about the year before; no row says when it was coded",
        address="https://ucdp.uu.se/downloads/ged/ged251-csv.zip",
        address_status="unverified (the provider's download page)",
        layouts=(_layout("ucdp-ged", f"CAST(make_date(year({_LAST}) + 1, 6, 30) AS TIMESTAMP)"),),
        provider=_PROVIDER,
        licence=_LICENCE,
        redistribution=_REDISTRIBUTION,
    ),
    EventDataset(
        id="ucdp-candidate",
        title="UCDP Candidate Events Dataset",
        citation="Hegre, H., Croicu, M., Eck, K., Högbladh, S. 2020. Introducing the UCDP Candidate Events Dataset. "
        "Research & Politics 7(3)",
        coverage=Coverage(first_year=2018, last_year=2100, units="candidate events, revised later"),
        lag_days=50,
        lag_basis="a release about the 20th of the month after [assumption]; no row says when it was coded",
        address="https://ucdp.uu.se/downloads/candidateged/",
        address_status="unverified (the provider's download page)",
        layouts=(_layout("ucdp-candidate", f"CAST(last_day({_LAST}) AS TIMESTAMP) + INTERVAL 20 DAY"),),
        provider=_PROVIDER,
        licence=_LICENCE,
        redistribution=_REDISTRIBUTION,
    ),
)
