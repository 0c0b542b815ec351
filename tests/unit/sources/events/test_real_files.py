"""Every loader on the real files, where they are; the made twins are in test_layouts.py."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import pytest
from tests.made_gdelt import Desk

from vedette.domain.events import EventQuery
from vedette.domain.time import AsOf
from vedette.sources.events.mapped import read_mapping
from vedette.sources.events.sightings import UNKNOWN_DAYS

pytestmark = pytest.mark.shared


@pytest.fixture
def events(shared: Path) -> Path:
    return shared / "data" / "events"


@pytest.mark.parametrize(
    ("dataset", "name", "rows", "new"),
    [
        ("gdelt2", "gdelt_events.csv", 100, 100),
        ("gdelt2", "gdelt_eventsT.csv", 100, 100),
        ("gdelt2", "gdelt_mentions.csv", 100, 99),
        ("gdelt2", "gdelt_mentionsT.csv", 100, 99),
        ("gdelt2", "gdelt_mentionssamp.csv", 1635, 1618),
        ("gdelt2", "gdelt_gkg_raw_sample.csv", 100, 100),
        ("gdelt1", "gdelt_events1.csv", 100, 100),
        ("icews", "icews_sample_2018.parquet", 3705, 3705),
        ("viina", "viina_march2022_subset.parquet", 1789, 1789),
        ("eyes-on-russia", "cir_eyes_on_russia_2022.parquet", 6650, 6646),
    ],
)
def test_real_files_are_taken_in(tmp_path: Path, events: Path, dataset: str, name: str, rows: int, new: int) -> None:
    desk = Desk(tmp_path / "store")
    done = desk.take(dataset, events / name)
    assert not done.failed, done.failed
    assert (done.total("read"), done.total("new")) == (rows, new)
    assert sum(done.total(n) for n in ("new", "repeated", "corrected", "rejected")) == rows
    assert [t.status for t in desk.take(dataset, events / name).taken] == ["unchanged"]
    found = desk.store().query(EventQuery(kinds=("event", "mention", "report")))
    assert len(found) >= new and all(e.available_at.tzinfo for e in found)


def test_sightings_are_available_from_their_posting(tmp_path: Path, events: Path) -> None:
    desk = Desk(tmp_path / "store")
    desk.take("eyes-on-russia", events / "cir_eyes_on_russia_2022.parquet")
    belarus = desk.store().query(EventQuery(place_state="BLR", until=dt.date(2022, 2, 23)))
    assert len(belarus) == 74
    early = EventQuery(place_state="BLR", until=dt.date(2022, 1, 20), as_of=AsOf.of("2022-01-20"))
    assert not desk.store().query(early), "none of the early ones had been posted by 20 January"
    known = [e for e in desk.store().query(EventQuery()) if "status/" in (e.url or "") and e.published_at]
    lags = sorted((e.available_at.date() - e.occurred_at.start).days for e in known if e.occurred_at.start)
    assert len(lags) > 4000
    assert lags[int(0.95 * len(lags))] <= UNKNOWN_DAYS, "the stated delay holds for 95 % of what can be measured"


def test_days_of_gdelt_in_a_reduced_form_through_a_mapping(tmp_path: Path, events: Path) -> None:
    mapping = tmp_path / "m.toml"
    mapping.write_text(
        """[dataset]
id = "gdelt-days"
licence = "open with citation"
citation = "The GDELT Project"
lag_days = 1
[file]
ontology = "CAMEO"
fips = true
[columns]
date = "date"
available = "collected"
code = "event_code"
source_actor = "actor1"
target_actor = "actor2"
place = "location"
place_state = "country_code"
lat = "latitude"
lon = "longitude"
intensity = "goldstein_scale"
mentions = "num_mentions"
sources = "num_sources"
articles = "num_articles"
tone = "avg_tone"
url = "source_url"
"""
    )
    desk = Desk(tmp_path / "store")
    done = desk.take(read_mapping(mapping), events / "gdelt_conflict_top_2026.parquet")
    assert (done.total("read"), done.failed) == (23715, ())
    assert done.total("new") + done.total("rejected") == 23715
    with_state = desk.store().count(EventQuery(place_state="IRN"))
    assert with_state > 100 and desk.store().count(EventQuery(roots=("ASSAULT",))) > 5000
    assert len({v.day for v in desk.store().volume()}) >= 100


def test_facts_of_icews_with_names_of_codes_through_a_mapping(tmp_path: Path, shared: Path) -> None:
    import duckdb

    codes = duckdb.sql(
        "SELECT name, CASE WHEN code < 100 OR code // 10 > 20 AND code < 1000 THEN '0' ELSE '' END || code "
        f"FROM '{shared}/data/text/cameo_codes.parquet'"
    ).fetchall()
    listed = "\n".join(f"{json.dumps(name)} = {json.dumps(code)}" for name, code in dict(codes).items())
    mapping = tmp_path / "m.toml"
    mapping.write_text(
        "[dataset]\nid='icews-facts'\nlicence='see ICEWS'\ncitation='Boschee et al. 2015'\nlag_days=7\n[file]\n"
        "ontology='CAMEO'\n[columns]\ndate='date'\nsource_actor='source'\ntarget_actor='target'\nsource='source'\n"
        f"target='target'\ncode='event'\n[codes]\n{listed}\n"
    )
    desk = Desk(tmp_path / "store")
    done = desk.take(read_mapping(mapping), shared / "data" / "events" / "icews14_all.parquet")
    assert (done.total("read"), done.failed) == (90730, ())
    store = desk.store()
    assert store.count(EventQuery(roots=("CONSULT",))) > 20_000
    assert sum(d.events for d in store.dyad_days(EventQuery(source="RUS", target="UKR"))) > 10


def test_candidate_events_of_ucdp_through_a_mapping(tmp_path: Path, events: Path) -> None:
    mapping = tmp_path / "m.toml"
    mapping.write_text(
        """[dataset]
id = "ucdp-candidate-2026"
licence = "CC BY 4.0"
citation = "Hegre et al. 2020"
[file]
ontology = "UCDP"
[columns]
id = "event_id"
date = "date"
available = "first_seen"
code = "event_type"
source_actor = "actor1"
target_actor = "actor2"
place = "location"
place_state = "country"
lat = "latitude"
lon = "longitude"
fatalities = "fatalities"
"""
    )
    desk = Desk(tmp_path / "store")
    done = desk.take(read_mapping(mapping), events / "ucdp_candidate_2026_snapshot.parquet")
    assert (done.total("read"), done.failed) == (1441, ())
    nigeria = desk.store().query(EventQuery(place_state="NGA"))
    assert nigeria and all(e.fatalities is not None for e in nigeria)
