"""The event store: the same file again, corrections, damage, crashes, a full disk; nothing lost, nothing half kept."""

from __future__ import annotations

import datetime as dt
import os
import resource
import signal
import sqlite3
import subprocess
import sys
import threading
import zipfile
from pathlib import Path

import pytest
from tests.conftest import REPOSITORY
from tests.made_gdelt import Desk, gdelt2, write

from vedette.domain.events import Circle, EventQuery
from vedette.domain.time import AsOf
from vedette.errors import BadInput, Damaged, StoreUnavailable
from vedette.stores.events_catalogue import lines_of
from vedette.stores.events_intake import FEW

EVERY = EventQuery(kinds=("event", "mention", "report"))


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path / "store")


def as_of(day: str) -> EventQuery:
    return EventQuery(as_of=AsOf.of(day))


def test_an_empty_store_answers_with_nothing(desk: Desk) -> None:
    store = desk.store()
    assert not store.query(EVERY) and not store.dyad_days(EventQuery()) and not store.coverage()
    assert store.count(EVERY) == 0 and store.newest_batch() == 0 and not list(store.rejected())


def test_the_same_file_again_changes_nothing(desk: Desk, tmp_path: Path) -> None:
    lines = [gdelt2(globaleventid=str(n)) for n in range(1, 40)]
    path = write(tmp_path / "a.csv", [*lines, gdelt2(sqldate="x")])
    desk.take("gdelt2", path)
    before = desk.store().query(EVERY), desk.store().dyad_days(EventQuery()), list(desk.store().rejected())
    files = sorted(p.name for p in (desk.folder / "events").iterdir())
    assert [t.status for t in desk.take("gdelt2", path).taken] == ["unchanged"]
    copy = write(tmp_path / "copy.csv", [*lines, gdelt2(globaleventid="99")])  # another file, 39 rows the same
    done = desk.take("gdelt2", copy)
    assert (done.total("new"), done.total("repeated"), done.total("corrected")) == (1, 39, 0)
    assert [e for e in desk.store().query(EVERY) if e.id != "99"] == list(before[0])
    assert list(desk.store().rejected()) == before[2]
    assert files[0] in {p.name for p in (desk.folder / "events").iterdir()}
    assert sum(d.events for d in desk.store().dyad_days(EventQuery())) == 40


def test_a_correction_is_a_new_version_and_the_past_stays(desk: Desk) -> None:
    first = {"No": "a", "Day": "2022-01-10", "Seen": "2022-01-12", "Who": "RUS", "Whom": "UKR", "What": "ASSAULT",
             "Reports": 1}  # fmt: skip
    desk.mapped([first])
    early = desk.store().query(as_of("2022-01-20")), desk.store().dyad_days(as_of("2022-01-20"))
    done = desk.mapped([{**first, "Seen": "2022-02-01", "Whom": "GEO", "Reports": 9}], "later.csv")
    assert (done.total("new"), done.total("corrected")) == (0, 1)
    store = desk.store()
    assert (store.query(as_of("2022-01-20")), store.dyad_days(as_of("2022-01-20"))) == early
    (now,) = store.query(EventQuery())
    assert (now.target, now.mentions, now.provenance.file) == ("GEO", 9, "store-later.csv")
    assert [(d.target, d.events, d.mentions) for d in store.dyad_days(EventQuery())] == [("GEO", 1, 9)]
    assert [(d.target, d.events) for d in store.dyad_days(as_of("2022-01-31"))] == [("UKR", 1)]
    assert store.coverage()[0].corrected == 1


def test_a_feed_that_goes_back_in_time_fills_the_past_in(desk: Desk) -> None:
    row = {"No": "a", "Day": "2022-01-10", "Who": "RUS", "Whom": "UKR", "What": "ASSAULT"}
    desk.mapped([{**row, "Seen": "2022-03-01", "Reports": 3}], "new.csv")
    desk.mapped([{**row, "Seen": "2022-01-12", "Reports": 1}, {**row, "Seen": "2022-02-01", "Reports": 2}], "old.csv")
    store = desk.store()
    dates = ("2022-01-11", "2022-01-12", "2022-02-01", "2022-03-02")
    seen = [[e.mentions for e in store.query(as_of(d))] for d in dates]
    assert seen == [[], [1], [2], [3]]
    days = [[d.mentions for d in store.dyad_days(as_of(day))] for day in dates]
    assert days == seen
    assert [d.events for d in store.dyad_days(EventQuery())] == [1]


def test_one_identifier_with_two_contents_in_one_file(desk: Desk, tmp_path: Path) -> None:
    lines = [gdelt2(nummentions="4"), gdelt2(nummentions="9"), gdelt2(nummentions="9")]
    done = desk.take("gdelt2", write(tmp_path / "a.csv", lines))
    assert (done.total("new"), done.total("corrected"), done.total("repeated")) == (1, 1, 1)
    (event,) = desk.store().query(EventQuery())
    assert event.mentions == 9, "the later row of a file counts"
    assert [d.mentions for d in desk.store().dyad_days(EventQuery())] == [9]
    done = desk.take("gdelt2", write(tmp_path / "b.csv", [*lines, gdelt2(globaleventid="2")]))
    assert (done.total("new"), done.total("corrected"), done.total("repeated")) == (1, 0, 3)


def test_lines_of_rows_skip_lines_that_are_no_rows(desk: Desk, tmp_path: Path) -> None:
    lines = [gdelt2(globaleventid=str(n)) if n % 7 else "half a\tline" for n in range(1, 201)]
    desk.take("gdelt2", write(tmp_path / "a.csv", lines))
    assert {int(e.id): e.provenance.row for e in desk.store().query(EventQuery())} == {
        n: n for n in range(1, 201) if n % 7
    }
    rejected = list(desk.store().rejected())
    assert [r.line for r in rejected] == [n for n in range(1, 201) if not n % 7]
    assert {(r.reason, r.text) for r in rejected} == {("too few cells", "half a\tline")}
    assert lines_of([], [3], 0) == {} and lines_of([1, 2], [1, 2, 3], 0) == {1: 4, 2: 5}
    assert lines_of([1, 2, 3], [3], 1) == {1: 2, 2: 4, 3: 5}


def test_a_file_in_pieces_loses_no_line(tmp_path: Path) -> None:
    lines = [gdelt2(globaleventid=str(n)) if n % 50 else "no row" for n in range(1, 12001)]
    path = write(tmp_path / "a.csv.zip", lines)
    desk = Desk(tmp_path / "store", memory_mb=100)
    done = _take_small(desk, path)
    assert done == (12000, 11760, 240)
    rows = {int(e.id): e.provenance.row for e in desk.store().query(EventQuery())}
    assert all(rows[n] == n for n in range(1, 12001) if n % 50)
    assert [r.line for r in desk.store().rejected()] == list(range(50, 12001, 50))
    assert desk.store().newest_batch() > 1


def _take_small(desk: Desk, path: Path) -> tuple[int, int, int]:
    from vedette.sources.events.opening import open_file
    from vedette.sources.events.registry import find_event_dataset

    opened = open_file(find_event_dataset("gdelt2"), path)
    with desk.intake() as writer:
        done = writer.take(opened.file, lambda _size: opened.parts(writer.scratch, 1 << 19))
    return done.read, done.new, done.rejected


@pytest.mark.parametrize("damage", ["cut", "flipped", "empty", "two", "half a line", "another form", "not there"])
def test_a_damaged_file_is_refused_whole_and_remembered(desk: Desk, tmp_path: Path, damage: str) -> None:
    good = write(tmp_path / "good.csv.zip", [gdelt2()])
    desk.take("gdelt2", good)
    bad = tmp_path / "bad.csv.zip"
    whole = write(tmp_path / "whole.csv.zip", [gdelt2(globaleventid=str(n)) for n in range(2, 3000)]).read_bytes()
    if damage == "cut":
        bad.write_bytes(whole[: len(whole) // 2])
    elif damage == "flipped":
        bad.write_bytes(whole[:5000] + bytes([whole[5000] ^ 0xFF]) + whole[5001:])
    elif damage == "empty":
        bad.write_bytes(b"")
    elif damage == "two":
        with zipfile.ZipFile(bad, "w") as zipped:
            zipped.writestr("a", gdelt2())
            zipped.writestr("b", gdelt2())
    elif damage == "half a line":
        bad = tmp_path / "bad.csv"
        bad.write_text(gdelt2(globaleventid="2") + "\n" + gdelt2(globaleventid="3")[:100])
    elif damage == "another form":
        write(bad, ["a,b,c"] * 50)
    done = desk.take("gdelt2", bad, write(tmp_path / "next.csv", [gdelt2(globaleventid="5000")]))
    assert [t.status for t in done.taken] == ["failed", "taken in"], "one bad file stops no other"
    assert {e.id for e in desk.store().query(EventQuery())} == {"1", "5000"}
    (coverage,) = desk.store().coverage()
    assert coverage.truncated and coverage.failures[0].file == bad.name
    write(bad, [gdelt2(globaleventid="6")])
    assert desk.take("gdelt2", bad).taken[0].status == "taken in"
    assert not desk.store().coverage()[0].truncated, "a file that can be read at last is no failure any more"


def test_a_file_that_is_mostly_malformed_has_another_form(desk: Desk, tmp_path: Path) -> None:
    lines = [gdelt2(globaleventid=str(n), sqldate="2022-01-10" if n % 2 else "20220110") for n in range(1, 101)]
    done = desk.take("gdelt2", write(tmp_path / "a.csv", lines))
    assert "50 of 100 rows are malformed" in done.failed[0].message and "2022-01-10" in done.failed[0].message
    assert not desk.store().query(EVERY) and not list(desk.store().rejected())


KILLED = """
import os, signal, sys
from pathlib import Path
from tests.made_gdelt import Desk
from vedette.stores import events_intake as intake, events_staging as staging
point, folder, path = sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3])
count = {"n": 0}
def after(name, original, nth):
    def replaced(*a, **k):
        done = original(*a, **k)
        count["n"] += 1
        if count["n"] == nth:
            os.kill(os.getpid(), signal.SIGKILL)
        return done
    return replaced
kind, nth = point.split(":")
if kind == "parquet":
    intake.write_parquet = after(kind, intake.write_parquet, int(nth))
elif kind == "renamed":
    intake.os.replace = after(kind, os.replace, int(nth))
elif kind == "batch":
    intake.Catalogue.add_batch = after(kind, intake.Catalogue.add_batch, int(nth))
elif kind == "counted":
    intake.Catalogue.count_piece = after(kind, intake.Catalogue.count_piece, int(nth))
elif kind == "staged":
    staging._stage = after(kind, staging._stage, int(nth))
elif kind == "finished":
    intake.Catalogue.finish_file = after(kind, intake.Catalogue.finish_file, int(nth))
from tests.unit.stores.test_event_store import _take_small
_take_small(Desk(folder, memory_mb=100), path)
"""


@pytest.mark.parametrize("point", ["staged:3", "parquet:3", "renamed:1", "counted:3", "finished:1"])
def test_a_killed_process_leaves_whole_batches_and_the_next_goes_on(tmp_path: Path, point: str) -> None:
    lines = [gdelt2(globaleventid=str(n)) if n % 40 else gdelt2(sqldate="x") for n in range(1, 8001)]
    path = write(tmp_path / "a.csv", lines)
    folder = tmp_path / "store"
    done = subprocess.run(
        [sys.executable, "-c", KILLED, point, str(folder), str(path)], cwd=REPOSITORY, capture_output=True, text=True,
        env={**os.environ, "PYTHONPATH": f"{REPOSITORY}:{REPOSITORY / 'tests'}"}, timeout=120,
    )  # fmt: skip
    assert done.returncode == -signal.SIGKILL, done.stderr[-500:]
    desk = Desk(folder, memory_mb=100)
    half = desk.store()
    seen = half.query(EventQuery())
    assert sum(d.events for d in half.dyad_days(EventQuery())) == len(seen), "both tables end with the same batch"
    assert len({e.provenance.row for e in seen}) == len(seen) < 7800 or point.startswith("finished")
    half.close()
    _take_small(desk, path)
    whole = desk.store()
    assert {int(e.id) for e in whole.query(EventQuery())} == {n for n in range(1, 8001) if n % 40}
    assert sum(d.events for d in whole.dyad_days(EventQuery())) == 7800
    assert [r.line for r in whole.rejected()] == list(range(40, 8001, 40)), "each malformed row once"
    (coverage,) = whole.coverage()
    assert (coverage.events, coverage.files, coverage.rejected) == (7800, 1, 200)
    known = {str(p.relative_to(folder)) for t in ("events", "dyad_days") for p in whole.parquet_files(t)}
    there = {str(p.relative_to(folder)) for t in ("events", "dyad_days") for p in (folder / t).iterdir()}
    assert known == there, "files nobody reads are swept"


FULL = """
import resource, signal, sys
from pathlib import Path
from tests.made_gdelt import Desk
desk, path = Desk(Path(sys.argv[1]), memory_mb=100), Path(sys.argv[2])
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[3]), resource.RLIM_INFINITY))
done = desk.take("gdelt2", path)
print("stopped:", done.stopped)
"""


def test_a_disk_that_fills_up_stops_the_run_and_loses_nothing(tmp_path: Path) -> None:
    """The system refuses to let a file grow beyond a size, as a full disk does."""
    desk = Desk(tmp_path / "store", memory_mb=100)
    desk.take("gdelt2", write(tmp_path / "first.csv", [gdelt2()]))
    before = desk.store().query(EventQuery()), desk.store().dyad_days(EventQuery())
    lines = [gdelt2(globaleventid=str(n), sourceurl=f"https://example.org/{n * 7919}") for n in range(2, 9000)]
    path = write(tmp_path / "second.csv", lines)
    done = subprocess.run(
        [sys.executable, "-c", FULL, str(desk.folder), str(path), "40000"], cwd=REPOSITORY, capture_output=True,
        text=True, env={**os.environ, "PYTHONPATH": f"{REPOSITORY}:{REPOSITORY / 'tests'}"}, timeout=120,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-800:]
    assert "Free some space" in done.stdout, done.stdout
    assert (desk.store().query(EventQuery()), desk.store().dyad_days(EventQuery())) == before
    assert not list((desk.folder / "events").glob("*.part"))
    assert desk.take("gdelt2", path).total("new") == 8998, "with space again, the same command goes on"
    assert resource.getrlimit(resource.RLIMIT_FSIZE)[0] != 40000


def test_one_writer_at_a_time_and_readers_never_wait(desk: Desk, tmp_path: Path) -> None:
    desk.take("gdelt2", write(tmp_path / "a.csv", [gdelt2()]))
    with desk.intake():
        assert len(desk.store().query(EventQuery())) == 1
        with pytest.raises(StoreUnavailable, match="another process is taking in events"), desk.intake():
            pass


def test_readers_see_whole_batches_while_files_are_joined(desk: Desk, tmp_path: Path) -> None:
    store, wrong = desk.store(), []
    for n in range(FEW + 2):
        desk.take("gdelt2", write(tmp_path / f"{n}.csv", [gdelt2(globaleventid=str(n))]))
    stop = threading.Event()

    def read() -> None:
        while not stop.is_set():
            if len(store.query(EventQuery())) != FEW + 2:
                wrong.append(1)

    reader = threading.Thread(target=read)
    reader.start()
    with desk.intake() as writer:
        writer.fold()
    stop.set()
    reader.join()
    assert not wrong
    assert len(store.parquet_files("events")) <= 3 and len(store.query(EventQuery())) == FEW + 2


def test_questions_by_place_class_batch_and_limit(desk: Desk, tmp_path: Path) -> None:
    desk.take("gdelt2", write(tmp_path / "a.csv", [
        gdelt2(globaleventid="1"), gdelt2(globaleventid="2", eventcode="040", sqldate="20220109"),
        gdelt2(globaleventid="3", actor1countrycode="UKR", actor2countrycode="RUS", actiongeo_lat="50.45",
               actiongeo_long="30.52", actiongeo_countrycode="UP"),
    ]))  # fmt: skip
    batch = desk.store().newest_batch()
    desk.take("gdelt2", write(tmp_path / "b.csv", [gdelt2(globaleventid="4", dateadded="20220301000000")]))
    store = desk.store()

    def ids(**asked: object) -> list[str]:
        query = EventQuery(**asked)  # type: ignore[arg-type]
        found = [e.id for e in store.query(query)]
        assert query.limit is not None or store.count(query) == len(found)
        return sorted(found)

    assert ids(source="RUS", target="UKR") == ["1", "2", "4"]
    assert ids(source="RUS", target="UKR", both_ways=True) == ["1", "2", "3", "4"]
    assert ids(target="RUS") == ["3"] and ids(roots=("CONSULT",)) == ["2"] and ids(place_state="UKR") == ["3"]
    assert ids(near=Circle(lat=50.4, lon=30.5, km=10)) == ["3"] and ids(near=Circle(lat=50.4, lon=30.5, km=1)) == []
    assert ids(near=Circle(lat=52.0, lon=31.0, km=300)) == ["1", "2", "3", "4"]
    assert ids(since=dt.date(2022, 1, 10)) == ["1", "3", "4"] and ids(until=dt.date(2022, 1, 9)) == ["2"]
    assert ids(as_of=AsOf.of("2022-02-01")) == ["1", "2", "3"] and ids(after_batch=batch) == ["4"]
    assert ids(limit=1) == ["1"] and ids(datasets=("icews",)) == []
    assert [(v.day.isoformat(), v.events) for v in store.volume()] == [("2022-01-09", 1), ("2022-01-10", 3)]
    with pytest.raises(BadInput, match="no places"):
        store.dyad_days(EventQuery(place_state="UKR"))


def test_coverage_says_what_is_late_and_what_is_missing(desk: Desk, tmp_path: Path) -> None:
    desk.take("gdelt2", write(tmp_path / "a.csv", [
        gdelt2(globaleventid="1", sqldate="20220105"), gdelt2(globaleventid="2", sqldate="20220110"),
    ]))  # fmt: skip
    (c,) = desk.store().coverage(today=dt.date(2022, 1, 12))
    assert [(g.first.isoformat(), g.last.isoformat(), g.days) for g in c.gaps] == [("2022-01-06", "2022-01-09", 4)]
    assert not c.stale and (c.first_day, c.last_day) == (dt.date(2022, 1, 5), dt.date(2022, 1, 10))
    assert desk.store().coverage(today=dt.date(2022, 2, 1))[0].stale
    assert desk.store().coverage(as_of=AsOf.of("2022-01-10"))[0].events == 0


def test_a_damaged_catalogue_says_so(desk: Desk, tmp_path: Path) -> None:
    desk.take("gdelt2", write(tmp_path / "a.csv", [gdelt2()]))
    (desk.folder / "catalogue.sqlite3").write_bytes(b"not a database at all" * 100)
    for extra in ("-wal", "-shm"):
        (desk.folder / f"catalogue.sqlite3{extra}").unlink(missing_ok=True)
    with pytest.raises(Damaged, match="catalogue"):
        desk.store().query(EventQuery())


def test_a_catalogue_of_a_newer_form_is_not_touched(desk: Desk, tmp_path: Path) -> None:
    desk.take("gdelt2", write(tmp_path / "a.csv", [gdelt2()]))
    with sqlite3.connect(desk.folder / "catalogue.sqlite3") as con:
        con.execute("PRAGMA user_version = 99")
    con.close()
    with pytest.raises(Damaged, match="form 99"):
        desk.store().query(EventQuery())


def test_a_stated_day_of_availability(desk: Desk, tmp_path: Path) -> None:
    when = dt.datetime(2022, 1, 20, tzinfo=dt.UTC)
    lines = [gdelt2(globaleventid="1"), gdelt2(globaleventid="2", sqldate="20220201", dateadded="20220202000000")]
    desk.take("gdelt2", write(tmp_path / "a.csv", lines), available=when)
    one, two = sorted(desk.store().query(EventQuery()), key=lambda e: e.id)
    assert one.available_at == when
    assert two.available_at == dt.datetime(2022, 2, 1, tzinfo=dt.UTC), "not before it happened"
    assert desk.store().failures() == (1, [])
