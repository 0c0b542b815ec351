"""Event files from publishers: listed, checked by size and MD5, resumed; the user's key goes where it belongs."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.loopback import Publisher, Served, publisher
from tests.made_gdelt import Desk, gdelt1, gdelt2, mention, write

from vedette.domain.events import EventQuery
from vedette.errors import BadInput, SourceFailed
from vedette.sources.events.registry import find_event_dataset
from vedette.sources.events.supply import EventSupply, Listed, check_file, parse_list
from vedette.workflows.events import Ingested, ingest

SLOTS = ("20220111120000", "20220111121500", "20220112000000")


def listed(site_url: Callable[[str], str], files: dict[str, bytes]) -> bytes:
    lines = [f"{len(body)} {hashlib.md5(body).hexdigest()} {site_url(name)}" for name, body in files.items()]
    return ("\n".join(["150383 not-a-digest x", *lines, ""])).encode()


def gdelt_files(tmp_path: Path) -> dict[str, bytes]:
    made = {}
    for n, slot in enumerate(SLOTS):
        name = f"{slot}.export.CSV.zip"
        made[name] = write(tmp_path / name, [gdelt2(globaleventid=str(n), dateadded=slot)]).read_bytes()
        said = f"{slot}.mentions.CSV.zip"
        made[said] = write(tmp_path / said, [mention(globaleventid=str(n), mentiontimedate=slot)]).read_bytes()
    return made


def supply(desk: Desk, site: Publisher, **more: Any) -> EventSupply:
    return EventSupply(
        folder=desk.folder.with_name("raw"), allow_private=True, sleep=lambda _: None, attempts=3,
        feed=site.url("lastupdate.txt"), master=site.url("masterfilelist.txt"), daily=site.url("events/md5sums"),
        acled=site.url("acled"), **more,
    )  # fmt: skip


def fetch(desk: Desk, source: EventSupply, dataset: str = "gdelt2", **more: Any) -> Ingested:
    return ingest(source, desk.intake(), find_event_dataset(dataset), **more)


def test_files_of_a_range_of_days_are_fetched_checked_and_fetched_once(tmp_path: Path) -> None:
    desk, files = Desk(tmp_path / "store"), gdelt_files(tmp_path)
    with publisher({}) as site:
        site.files.update({n: Served(b) for n, b in files.items()})
        site.files["masterfilelist.txt"] = Served(listed(site.url, files))
        days = {"first": dt.date(2022, 1, 11), "last": dt.date(2022, 1, 11)}
        done = fetch(desk, supply(desk, site), **days)
        assert (len(done.taken), done.total("new"), done.failed) == (2, 2, ())
        assert not list((tmp_path / "raw" / "gdelt2").glob("*.zip")), "what was read is removed"
        before = len(site.requests)
        assert fetch(desk, supply(desk, site), **days).taken == ()
        assert {p for p, _ in site.requests[before:]} == {"masterfilelist.txt"}, "known files are not fetched again"
        wider = fetch(desk, supply(desk, site), first=dt.date(2022, 1, 1), kinds=("export", "mentions"))
        assert len(wider.taken) == 4 and wider.total("new") == 4, "the rest is filled in"
    assert len(desk.store().query(EventQuery())) == 3
    assert len(desk.store().query(EventQuery(kinds=("mention",)))) == 3


def test_the_feed_is_the_newest_quarter_of_an_hour_and_may_go_back(tmp_path: Path) -> None:
    desk, files = Desk(tmp_path / "store"), gdelt_files(tmp_path)
    with publisher({}) as site:
        site.files.update({n: Served(b) for n, b in files.items()})
        for slot in (SLOTS[2], SLOTS[0], SLOTS[2]):
            now = {n: b for n, b in files.items() if n.startswith(slot)}
            site.files["lastupdate.txt"] = Served(listed(site.url, now), etag=f'"{slot}{len(site.requests)}"')
            fetch(desk, supply(desk, site))
    assert [e.id for e in desk.store().query(EventQuery())] == ["0", "2"]


def test_wrong_size_wrong_checksum_and_429(tmp_path: Path) -> None:
    desk, files = Desk(tmp_path / "store"), gdelt_files(tmp_path)
    names = [n for n in files if "export" in n]
    with publisher({}) as site:
        site.files["masterfilelist.txt"] = Served(listed(site.url, files))
        site.files[names[0]] = Served(files[names[0]][:-20])
        site.files[names[1]] = Served(files[names[1]][:-1] + b"x")
        site.files[names[2]] = Served(files[names[2]], fail_first=[429, 503], retry_after="1")
        done = fetch(desk, supply(desk, site), first=dt.date(2022, 1, 1))
        assert [t.status for t in done.taken] == ["failed", "failed", "taken in"]
        assert "bytes, its publisher lists" in done.taken[0].message and "checksum" in done.taken[1].message
        (coverage,) = desk.store().coverage()
        assert [f.file for f in coverage.failures] == names[:2]
        site.files[names[0]] = Served(files[names[0]], etag='"v2"')
        site.files[names[1]] = Served(files[names[1]], etag='"v2"')
        assert fetch(desk, supply(desk, site), first=dt.date(2022, 1, 1)).total("new") == 2
    assert not desk.store().coverage()[0].failures


def test_a_transfer_that_broke_off_goes_on_after_a_power_cut(tmp_path: Path) -> None:
    desk, files = Desk(tmp_path / "store"), gdelt_files(tmp_path)
    name = f"{SLOTS[0]}.export.CSV.zip"
    body = files[name]
    with publisher({}) as site:
        site.files["masterfilelist.txt"] = Served(listed(site.url, {name: body}))
        site.files[name] = Served(body, cut_at=100, always_cut=True, ranges=False)
        first = fetch(desk, supply(desk, site, timeout=5.0), first=dt.date(2022, 1, 1))
        assert first.failed and (tmp_path / "raw" / "gdelt2" / f"{name}.part").exists()
        site.files[name] = Served(body)
        assert fetch(desk, supply(desk, site), first=dt.date(2022, 1, 1)).total("new") == 1
        ranges = [h["Range"] for p, h in site.requests if p == name and "Range" in h]
    assert ranges, "what was there was kept"


def test_daily_files_of_gdelt_1(tmp_path: Path) -> None:
    desk = Desk(tmp_path / "store")
    names = ("20220110.export.CSV.zip", "20220111.export.CSV.zip", "201302.zip", "2005.zip")
    files = {n: write(tmp_path / n, [gdelt1(globaleventid=str(i))]).read_bytes() for i, n in enumerate(names)}
    sums = "".join(f"{hashlib.md5(b).hexdigest()}  {n}\n" for n, b in files.items())
    with publisher({}) as site:
        site.files.update({f"events/{n}": Served(b) for n, b in files.items()})
        site.files["events/md5sums"] = Served(sums.encode())
        done = fetch(desk, supply(desk, site), "gdelt1", first=dt.date(2013, 2, 20), last=dt.date(2022, 1, 10))
        assert [t.file for t in done.taken] == ["201302.zip", "20220110.export.CSV.zip"]
        newest = fetch(desk, supply(desk, site), "gdelt1")
        assert [t.file for t in newest.taken] == ["20220111.export.CSV.zip"]


def test_a_mirror_stands_in_for_the_publisher(tmp_path: Path) -> None:
    desk, files = Desk(tmp_path / "store"), gdelt_files(tmp_path)
    mirror = tmp_path / "mirror"
    (mirror / "deep").mkdir(parents=True)
    for name, body in files.items():
        (mirror / "deep" / name).write_bytes(body)
    (mirror / "masterfilelist.txt").write_bytes(listed(lambda n: f"http://data.example/{n}", files))
    gone = mirror / "deep" / f"{SLOTS[1]}.export.CSV.zip"
    gone.unlink()
    source = EventSupply(folder=tmp_path / "raw")
    done = fetch(desk, source, first=dt.date(2022, 1, 1), mirror=mirror)
    assert [t.status for t in done.taken] == ["taken in", "failed", "taken in"]
    assert (mirror / "deep" / f"{SLOTS[0]}.export.CSV.zip").exists(), "files of a mirror are never removed"
    with pytest.raises(SourceFailed, match=r"no lastupdate.txt"):
        fetch(desk, source, mirror=mirror)
    with pytest.raises(BadInput, match="no file that can be fetched"):
        fetch(desk, source, "icews")


def test_the_key_of_acled_goes_to_acled_only_and_nothing_is_kept(tmp_path: Path) -> None:
    desk = Desk(tmp_path / "store")
    head = (
        "event_id_cnty,event_date,time_precision,event_type,sub_event_type,actor1,actor2,country,location"
        ",latitude,longitude,geo_precision,fatalities,timestamp"
    )
    row = (
        "UKR1,2022-01-10,1,Battles,Armed clash,Military Forces of Russia (2000-),,Ukraine,Avdiivka,48.1,3"
        "7.7,1,2,1642500000"
    )
    days = {"first": dt.date(2022, 1, 1), "last": dt.date(2022, 1, 31)}
    with publisher({"acled": Served(f"{head}\n{row}\n".encode())}) as site:
        done = fetch(desk, supply(desk, site, key=lambda: "s3cret-token"), "acled", **days)
        assert done.total("new") == 1
        assert site.requests[0][1]["Authorization"] == "Bearer s3cret-token"
        site.files["elsewhere"] = Served(b"")
        site.files["acled"] = Served(b"", redirect=site.url("elsewhere"))
        fetch(desk, supply(desk, site, key=lambda: "s3cret-token"), "acled", **days)
        assert {h.get("Authorization") for p, h in site.requests if p == "elsewhere"} == {None}
    assert not [p for p in (tmp_path / "raw").rglob("*") if p.is_file()], "nothing downloaded is kept"
    kept = b"".join(p.read_bytes() for p in tmp_path.rglob("*") if p.is_file())
    assert b"s3cret-token" not in kept
    with pytest.raises(BadInput, match="your own key"):
        fetch(desk, EventSupply(folder=tmp_path / "raw"), "acled", **days)
    with pytest.raises(BadInput, match="needs the days"):
        fetch(desk, EventSupply(folder=tmp_path / "raw", key=lambda: "k"), "acled")


def test_lists_and_checks(tmp_path: Path) -> None:
    found = parse_list("12 0123456789abcdef0123456789abcdef http://x/y.zip\nrubbish\n\n1 2 3\n")
    assert found == [Listed(url="http://x/y.zip", size=12, md5="0123456789abcdef0123456789abcdef")]
    assert found[0].name == "y.zip"
    path = tmp_path / "f"
    path.write_bytes(b"abc")
    check_file(path, Listed(url="http://x/f", size=3, md5=hashlib.md5(b"abc").hexdigest()))
    check_file(path, Listed(url="http://x/f"))
    with pytest.raises(SourceFailed):
        check_file(path, Listed(url="http://x/f", size=4))


@pytest.mark.parametrize("content", [b"a\tb\r\"x\rq\tc\n", b"\x00\x01\rfoo\r\"bar\n\n", bytes(range(256)) * 40])
def test_a_binary_file_is_refused_in_one_line_and_the_others_are_read(tmp_path: Path, content: bytes) -> None:
    folder = tmp_path / "given"
    (folder / ".cache").mkdir(parents=True)
    (folder / "bad.tab").write_bytes(content)
    (folder / ".cache" / "hidden.tab").write_bytes(content)
    done = Desk(tmp_path / "store").take("icews", folder)
    assert [t.status for t in done.taken] == ["failed"], done.taken
