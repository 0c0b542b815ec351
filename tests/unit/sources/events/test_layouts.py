"""Every loader on made rows of its form: what becomes of the cells, and which rows are malformed."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import pytest
from tests.made_gdelt import Desk, document, gdelt1, gdelt2, mention, write

from vedette.domain.events import Event, EventQuery
from vedette.errors import BadInput, SourceFailed, UnknownName
from vedette.frames.events import EventDataset
from vedette.frames.provenance import Coverage
from vedette.sources.events.mapped import read_mapping
from vedette.sources.events.registry import all_event_datasets, find_event_dataset

EVERY = EventQuery(kinds=("event", "mention", "report"))


def taken(tmp_path: Path, dataset: str, name: str, lines: list[str]) -> list[Event]:
    desk = Desk(tmp_path / "store")
    done = desk.take(dataset, write(tmp_path / name, lines))
    assert [t.status for t in done.taken] == ["taken in"], done.taken
    return sorted(desk.store().query(EVERY), key=lambda e: e.provenance.row or 0)


def test_gdelt_2_event(tmp_path: Path) -> None:
    (event,) = taken(tmp_path, "gdelt2", "20220111120000.export.CSV.zip", [gdelt2()])
    assert (event.id, event.code, event.ontology, event.root, event.quad) == ("1", "154", "CAMEO", "MOBILIZE", 4)
    assert (event.source, event.target, event.source_actor) == ("RUS", "UKR", "RUSMIL")
    assert event.occurred_at.iso == "2022-01-10" and event.time_precision == "day"
    assert event.available_at == event.published_at == dt.datetime(2022, 1, 11, 12, tzinfo=dt.UTC)
    assert (event.place, event.place_state, event.place_precision) == ("Gomel, Homyel', Belarus", "BLR", "place")
    assert (event.lat, event.lon, event.intensity, event.tone) == (52.4345, 30.9754, -7.2, -3.5)
    assert (event.mentions, event.sources, event.articles, event.fatalities) == (4, 2, 4, None)
    assert event.provenance.file == "20220111120000.export.CSV.zip" and event.provenance.row == 1
    assert len(event.provenance.digest) == 64


def test_gdelt_2_without_place_actor_or_class(tmp_path: Path) -> None:
    line = gdelt2(
        actor1code="", actor1countrycode="", actor2code="EUR", actor2countrycode="EUR", eventcode="010",
        actiongeo_type="0", actiongeo_fullname="", actiongeo_countrycode="", actiongeo_lat="", actiongeo_long="",
    )  # fmt: skip
    (event,) = taken(tmp_path, "gdelt2", "a.csv", [line])
    assert (event.source, event.target, event.target_actor) == (None, None, "EUR"), "a region is no state"
    assert (event.root, event.quad, event.code) == (None, None, "010"), "a statement has no class, and is kept"
    assert (event.lat, event.lon, event.place, event.place_precision) == (None, None, None, None)


def test_gdelt_1_is_available_on_the_morning_after(tmp_path: Path) -> None:
    old, new = taken(tmp_path, "gdelt1", "a.csv", [gdelt1(short=True), gdelt1(globaleventid="2")])
    assert old.available_at == new.available_at == dt.datetime(2022, 1, 12, 11, tzinfo=dt.UTC)
    assert (old.url, new.url) == (None, "https://example.org/a")


def test_gdelt_2_mentions_and_documents(tmp_path: Path) -> None:
    desk = Desk(tmp_path / "store")
    done = desk.take(
        "gdelt2", write(tmp_path / "a.mentions.CSV", [mention(), mention(sentenceid="3"), mention()]),
        write(tmp_path / "a.gkg.csv", [document()]),
    )  # fmt: skip
    assert [(t.new, t.repeated) for t in done.taken] == [(2, 1), (1, 0)]
    said = desk.store().query(EventQuery(kinds=("mention",)))[0]
    assert (said.refers_to, said.confidence, said.tone, said.root) == ("1", 0.6, -1.5, None)
    (report,) = desk.store().query(EventQuery(kinds=("report",)))
    assert (report.id, report.tags, report.place_state) == ("20220111121500-7", "MILITARY;ARMEDCONFLICT", "BLR")
    assert (report.tone, report.lat, report.place_precision) == (-2.5, 52.4345, "place")
    assert desk.store().query(EventQuery()) == [] and desk.store().dyad_days(EventQuery()) == [], "neither is an event"


@pytest.mark.parametrize(
    ("cells", "column", "reason"),
    [
        ({"sqldate": "20221345"}, "sqldate", "is not a date"),
        ({"sqldate": "20220230"}, "sqldate", "is not a date"),
        ({"sqldate": "20230110"}, "sqldate", "after the day on which it was reported"),
        ({"dateadded": "2022"}, "dateadded", "is not a time"),
        ({"globaleventid": "x"}, "globaleventid", "is not the number of an event"),
        ({"actiongeo_lat": "95"}, "actiongeo_lat", "between -90 and 90"),
        ({"actiongeo_long": "-181"}, "actiongeo_long", "between -180 and 180"),
        ({"actiongeo_long": ""}, "actiongeo_lat", "half a place"),
        ({"actiongeo_lat": "nan"}, "actiongeo_lat", "is not a number"),
        ({"goldsteinscale": "-11"}, "goldsteinscale", "between -10 and 10"),
        ({"nummentions": "-1"}, "nummentions", "is not a count"),
        ({"nummentions": "many"}, "nummentions", "is not a count"),
        ({"nummentions": "3000000000"}, "nummentions", "is not a count"),
        ({"sourceurl": "a\tb"}, "", "too many cells"),
    ],
)
def test_malformed_rows_are_kept_aside_with_line_cell_and_reason(
    tmp_path: Path, cells: dict[str, str], column: str, reason: str
) -> None:
    desk = Desk(tmp_path / "store")
    lines = [gdelt2(), gdelt2(globaleventid="2", **{k: v for k, v in cells.items() if k != "globaleventid"}), gdelt2()]
    if "globaleventid" in cells:
        lines[1] = gdelt2(**cells)
    lines[2] = gdelt2(globaleventid="3")
    done = desk.take("gdelt2", write(tmp_path / "a.csv", lines))
    assert (done.total("read"), done.total("new"), done.total("rejected")) == (3, 2, 1)
    (row,) = desk.store().rejected()
    assert (row.line, row.column) == (2, column) and reason in row.reason
    assert row.text == lines[1], "the whole line is kept as it stood"
    assert [e.provenance.row for e in sorted(desk.store().query(EventQuery()), key=lambda e: e.id)] == [1, 3]


ICEWS = (
    "Event ID\tEvent Date\tSource Name\tSource Sectors\tSource Country\tEvent Text\tCAMEO Code\tIntensity"
    "\tTarget Name\tTarget Sectors\tTarget Country\tStory ID\tSentence Number\tPublisher\tCity\tDistrict"
    "\tProvince\tCountry\tLatitude\tLongitude"
)


def test_icews_restores_the_zeros_that_spreadsheets_drop(tmp_path: Path) -> None:
    rows = [
        f"{n}\t2018-06-01\tMilitary (Russia)\tMilitary\tRussian Federation\tx\t{code}\t-5.0\tUkraine\t\tUkraine\t1\t2\t"
        "Agency\tDonetsk\t\tDonets'ka Oblast\tUkraine\t48.0\t37.8"
        for n, code in enumerate(("40", "311", "1384", "190"), start=1)
    ]
    events = taken(tmp_path, "icews", "events.2018.tab", [ICEWS, *rows])
    assert [(e.code, e.root) for e in events] == [
        ("040", "CONSULT"), ("0311", "AGREE"), ("1384", "THREATEN"), ("190", "ASSAULT"),
    ]  # fmt: skip
    assert {(e.source, e.target, e.place, e.place_precision) for e in events} == {("RUS", "UKR", "Donetsk", "place")}
    assert events[0].available_at == dt.datetime(2018, 6, 8, tzinfo=dt.UTC)
    assert [e.provenance.row for e in events] == [2, 3, 4, 5], "the first line names the columns"


def test_polecat_keeps_its_codes_and_joins_retreat_to_yield(tmp_path: Path) -> None:
    head = (
        "Event ID\tEvent Date\tEvent Type\tEvent Mode\tIntensity\tActor Name\tActor Country\tRecipient Na"
        "me\tRecipient Country\tPlacename\tCountry\tLatitude\tLongitude\tFeature Type\tPublication Date"
    )
    rows = [
        "A-1\t2022-01-10\tRETREAT\twithdraw\t3\tArmy\tRUS\tArmy\tUKR\tGomel\tBelarus\t52.4\t31.0\tPPLA\t2022-01-12",
        "A-2\t2022-01-10\tMOBILIZE\ttroops\t-7\tArmy\tRUS\tNone\tNone\tNone\tNone\tNone\tNone\tNone\t2022-01-12",
    ]
    events = taken(tmp_path, "polecat", "ngecEvents.txt", [head, *rows])
    assert [(e.code, e.root, e.target) for e in events] == [
        ("RETREAT-withdraw", "YIELD", "UKR"), ("MOBILIZE-troops", "MOBILIZE", None),
    ]  # fmt: skip
    assert events[0].available_at == dt.datetime(2022, 1, 19, tzinfo=dt.UTC) and events[0].place_state == "BLR"


GED = (
    "id,type_of_violence,side_a,side_b,gwnoa,gwnob,country_id,number_of_sources,where_prec,where_coordina"
    "tes,latitude,longitude,date_prec,date_start,date_end,best,low,high"
)


@pytest.mark.parametrize(
    ("dataset", "available"), [("ucdp-ged-events", "2023-06-30"), ("ucdp-candidate", "2022-03-20")]
)
def test_ucdp_dates_places_and_deaths_with_their_precision(tmp_path: Path, dataset: str, available: str) -> None:
    rows = [
        "7,1,Government of Russia (Soviet Union),Government of Ukraine,365,369,369,3,1,Kharkiv,49.99,"
        "36.23,4,2022-02-24 00:00:00,2022-02-28,12,10,20",
        '8,3,IS,Civilians,,,645,-1,4,"Anbar, province",33.0,43.0,1,2022-02-01,2022-02-01,3,3,3',
    ]
    one, two = taken(tmp_path, dataset, "ged.csv", [GED, *rows])
    assert (one.source, one.target, one.root, one.code) == ("RUS", "UKR", "ASSAULT", "type 1")
    assert one.occurred_at.iso == "2022-02-24/2022-02-28" and one.time_precision == "month"
    assert (one.fatalities, one.fatalities_low, one.fatalities_high, one.sources) == (12, 10, 20, 3)
    assert (two.source, two.target, two.place_precision, two.sources) == (None, None, "admin", None), "-1 is unknown"
    assert one.available_at.date().isoformat() == available


def test_acled_is_available_when_its_row_was_last_written(tmp_path: Path) -> None:
    head = (
        "event_id_cnty,event_date,time_precision,event_type,sub_event_type,actor1,actor2,country,location"
        ",latitude,longitude,geo_precision,fatalities,timestamp"
    )
    row = (
        "UKR1,2022-01-10,1,Battles,Armed clash,Military Forces of Russia (2000-),Military Forces of Ukrai"
        "ne (2019-),Ukraine,Avdiivka,48.1,37.7,1,2,1642500000"
    )
    desk = Desk(tmp_path / "store")
    desk.take("acled", write(tmp_path / "a.csv", [head, row]))
    done = desk.take("acled", write(tmp_path / "b.csv", [head, row.replace(",2,1642500000", ",3,1643700000")]))
    assert (done.total("new"), done.total("corrected")) == (0, 1)
    (now,) = desk.store().query(EventQuery())
    assert (now.source, now.target, now.root, now.fatalities, now.id) == ("RUS", "UKR", "ASSAULT", 3, "UKR1")
    assert find_event_dataset("acled").private


def test_viina_names_the_initiator_and_nothing_it_does_not_know(tmp_path: Path) -> None:
    head = "date,longitude,latitude,a_rus_pred,t_airstrike_pred,t_cyber_pred,region"
    events = taken(
        tmp_path, "viina", "v.csv",
        [head, "20220224,36.2,50.0,1,1,0,east", "20220224,36.2,50.0,1,1,0,east", "20220225,30.5,50.4,0,0,1,north"],
    )  # fmt: skip
    assert len(events) == 3, "two equal rows of a file without identifiers are two reports"
    assert [(e.source, e.target, e.root) for e in events] == [
        ("RUS", None, "ASSAULT"), ("RUS", None, "ASSAULT"), (None, None, "COERCE"),
    ]  # fmt: skip
    assert {e.place_state for e in events} == {"UKR"}


def sighting(**more: object) -> dict[str, object]:
    # 1484482329452204032 was posted on 2022-01-21T11:05:42Z (the number of a post holds its time).
    properties = {"entry": "X1", "date": "2022-01-20", "event_group": "Russian Military Presence January 2022",
                  "country": "Belarus", "link": "https://twitter.com/a/status/1484482329452204032", **more}  # fmt: skip
    return {"type": "Feature", "geometry": {"type": "Point", "coordinates": [30.9, 52.4]}, "properties": properties}


def test_a_sighting_is_available_from_its_posting(tmp_path: Path) -> None:
    found = [
        sighting(), sighting(entry="X2", geolocation="https://x.com/b/status/1488569554028707847"),
        sighting(entry="X3", link="https://t.me/channel/1"),
        sighting(entry="X4", link="https://twitter.com/a/status/999999999999999999"),
    ]
    path = tmp_path / "events.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": found}))
    desk = Desk(tmp_path / "store")
    desk.take("eyes-on-russia", path)
    by_id = {e.id: e for e in desk.store().query(EventQuery())}
    assert by_id["X1"].available_at.replace(microsecond=0) == dt.datetime(2022, 1, 21, 11, 5, 42, tzinfo=dt.UTC)
    assert by_id["X2"].available_at.date() == dt.date(2022, 2, 1), "the place was not known before its geolocation"
    assert by_id["X3"].available_at.date() == by_id["X3"].occurred_at.start + dt.timedelta(days=5), "no time to be read"
    assert by_id["X4"].available_at.year in (2018, 2022)
    assert by_id["X1"].root == "MOBILIZE" and by_id["X1"].source == "RUS" and by_id["X1"].place_state == "BLR"
    assert json.loads(path.read_text())["features"], "the file given is not touched"
    path.write_text(path.read_text()[:200])
    assert "no GeoJSON" in desk.take("eyes-on-russia", path).failed[0].message


def test_a_mapped_table(tmp_path: Path) -> None:
    desk = Desk(tmp_path / "store")
    done = desk.mapped(
        [
            {"No": "a", "Day": "2022-01-10", "Seen": "2022-01-12", "Who": "Russia", "Whom": "UKR", "What": "meets"},
            {"No": "b", "Day": "2022-01-10", "Seen": "2022-01-12", "Who": "X", "What": "ASSAULT", "Reports": 3},
            {"No": "c", "Day": "10 January", "Seen": "2022-01-12"},
        ]
    )
    assert (done.total("new"), done.total("rejected")) == (2, 1)
    by_id = {e.id: e for e in desk.store().query(EventQuery())}
    assert (by_id["a"].source, by_id["a"].target, by_id["a"].root, by_id["a"].code) == ("RUS", "UKR", "CONSULT", "040")
    assert (by_id["b"].source, by_id["b"].root, by_id["b"].mentions, by_id["a"].mentions) == (None, "ASSAULT", 3, None)
    assert [(r.line, r.column, r.cell) for r in desk.store().rejected()] == [(4, "Day", "10 January")]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[dataset]\nid = 'x'\n", "does not state its licence"),
        ("[dataset]\nid='x'\nlicence='l'\ncitation='c'\n", "names no date"),
        ("[dataset]\nid='x'\nlicence='l'\ncitation='c'\n[columns]\ndat='D'\n", "Nearest: date"),
        ("[dataset]\nid='X Y'\nlicence='l'\ncitation='c'\n[columns]\ndate='D'\n", "cannot be an id"),
        ("[dataset]\nid='x'\nlicence='l'\ncitation='c'\nlag_days=-1\n[columns]\ndate='D'\n", "is not a number of days"),
        ("[dataset", "cannot be read"),
    ],
)
def test_a_mapping_that_cannot_be_used_says_why(tmp_path: Path, text: str, says: str) -> None:
    path = tmp_path / "m.toml"
    path.write_text(text)
    with pytest.raises(BadInput, match="(?s)" + says):
        read_mapping(path)


def test_names_of_columns_in_a_mapping_are_never_code(tmp_path: Path) -> None:
    mapping = tmp_path / "m.toml"
    mapping.write_text(
        "[dataset]\nid='x'\nlicence='l'\ncitation='c'\n[columns]\ndate='D\"; DROP TABLE staged; --'\n"
        "[codes]\n\"a'b\"='040'\n"
    )
    desk = Desk(tmp_path / "store")
    path = write(tmp_path / "a.csv", ['"D""; DROP TABLE staged; --"', "2022-01-01"])
    assert desk.take(read_mapping(mapping), path).total("new") == 1


def test_every_source_declares_its_terms() -> None:
    for dataset in all_event_datasets().values():
        assert dataset.licence and dataset.citation and dataset.lag_basis and dataset.address_status
        assert all(layout.checked for layout in dataset.layouts)
    with pytest.raises(UnknownName, match="gdelt2"):
        find_event_dataset("gdlet2")
    with pytest.raises(SourceFailed, match="licence"):
        EventDataset(
            id="x", title="t", provider="p", licence=" ", redistribution="r", citation="c", lag_days=0, lag_basis="b",
            coverage=Coverage(first_year=1, last_year=2, units="u"), address="a", address_status="s", layouts=(),
        )  # fmt: skip
