"""Tables of dated material: what a row says, when it could be known, and what is passed over."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import pytest

from vedette.domain.events import Event
from vedette.errors import BadInput
from vedette.ports.reading import Handed, Passed
from vedette.sources.dated_tables import dated_documents, dated_events, posted

TWEET = "https://twitter.com/somebody/status/1488544876908187650"
LATER = "https://twitter.com/other/status/1490000000000000000"


def test_posting_times_are_read_from_addresses() -> None:
    at = posted(TWEET)
    assert at is not None and at.date() == dt.date(2022, 2, 1)
    video = posted("https://www.tiktok.com/@somebody/video/7059752758785658118?x=1")
    assert video is not None and video.date() == dt.date(2022, 2, 1)
    assert posted("https://www.youtube.com/watch?v=ohY2GBG7yk8") is None and posted(None) is None


def sightings(tmp_path: Path) -> Path:
    rows = [
        {"entry": "A", "date": "2022-01-05", "event_group": "Russian Military Presence", "lat": 52.1, "lon": 29.2,
         "country": "Belarus", "link": TWEET, "geolocation": LATER},
        {"entry": "B", "date": "2022-01-06", "event_group": "Bombing", "lat": 50.1, "lon": 36.2, "link": TWEET},
        {"entry": "C", "date": "2022-01-07", "lat": 52.1, "lon": 29.2, "link": "https://youtube.com/x"},
        {"entry": "D", "date": "2022-01-07", "lat": 152.1, "lon": 29.2, "link": TWEET},
        {"entry": "E", "date": "someday", "lat": 52.1, "lon": 29.2, "link": TWEET},
    ]  # fmt: skip
    path = tmp_path / "seen.jsonl"
    path.write_text("\n".join(json.dumps(r) for r in rows), encoding="utf-8")
    return path


def test_a_sighting_is_known_from_the_later_of_its_postings(tmp_path: Path) -> None:
    rows = list(dated_events(sightings(tmp_path)))
    first, second = [r for r in rows if isinstance(r, Event)]
    assert first.available_at == posted(LATER) and first.root == "MOBILIZE" and first.lat == 52.1
    assert first.occurred_at.start == dt.date(2022, 1, 5) < first.available_at.date()
    assert second.available_at == posted(TWEET) and second.root is None
    reasons = [r.why for r in rows if isinstance(r, Passed)]
    assert len(reasons) == 3 and "posting time" in reasons[0] and "position" in reasons[1]


def test_events_of_pairs_are_known_from_their_collection(tmp_path: Path) -> None:
    path = tmp_path / "pairs.csv"
    path.write_text(
        "date,event_code,actor1,actor2,latitude,longitude,source_url,collected\n"
        "2026-04-01,190,RUSSIA,UKRAINE,50,36,https://a,2026-04-03\n"
        "2026-04-02,0231,IRAN,ISRAEL,,,https://b,\n"
        "2026-04-05,190,RUSSIA,UKRAINE,,,https://c,2026-04-01\n",
        encoding="utf-8",
    )
    rows = list(dated_events(path))
    first, second = [r for r in rows if isinstance(r, Event)]
    assert first.available_at.date() == dt.date(2026, 4, 3) and first.root == "ASSAULT"
    assert (first.source_actor, first.target_actor) == ("RUSSIA", "UKRAINE")
    assert second.available_at.date() == dt.date(2026, 4, 3) and second.root is None and second.lat is None
    (odd,) = [r for r in rows if isinstance(r, Passed)]
    assert "before it happened" in odd.why and "row 3" in odd.source


def test_documents_need_a_text_and_a_day(tmp_path: Path) -> None:
    path = tmp_path / "said.jsonl"
    rows = [
        {"date_iso": "2022-01-05", "headline": "H", "body": "Troops left.", "link": "https://x", "speaker": "S"},
        {"date_iso": "2022-01-05", "headline": "H", "body": " "},
        {"date_iso": "soon", "headline": "H", "body": "Troops came."},
    ]
    path.write_text("\n".join(json.dumps(r) for r in rows), encoding="utf-8")
    made = list(dated_documents(path))
    assert isinstance(made[0], Handed) and made[0].published == dt.date(2022, 1, 5) and made[0].author == "S"
    assert [r.why for r in made if isinstance(r, Passed)] == ["no text", "'soon' is not a date"]


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.txt", "x", "not a table"), ("a.csv", "one,two\n1,2\n", "neither sightings"),
        ("a.parquet", "not parquet", "cannot be read"), ("a.jsonl", "{broken", "cannot be read"),
    ],
)  # fmt: skip
def test_what_is_no_table_is_refused_in_one_line(tmp_path: Path, name: str, content: str, said: str) -> None:
    path = tmp_path / name
    path.write_text(content, encoding="utf-8")
    with pytest.raises(BadInput, match=said) as caught:
        list(dated_events(path))
    assert "\n" not in str(caught.value)
    with pytest.raises(BadInput, match="no such file"):
        list(dated_events(tmp_path / "none.csv"))


@pytest.mark.shared
def test_the_real_sightings_were_posted_after_they_were_seen(shared: Path) -> None:
    rows = list(dated_events(shared / "data" / "events" / "cir_eyes_on_russia_2022.parquet"))
    events = [r for r in rows if isinstance(r, Event)]
    assert len(rows) == 6650 and len(events) == 4938
    early = [e for e in events if e.available_at.date() < (e.occurred_at.start or dt.date.min)]
    assert len(early) <= 0.03 * len(events), "a day typed wrongly is rare; a wrong rule would show everywhere"
    before = [e for e in events if e.available_at < dt.datetime(2022, 1, 21, tzinfo=dt.UTC)]
    assert not [e for e in before if e.place_state == "Belarus"], "none of the Belarus rows was known by 20 January"
