"""Looks at feeds, pages and folders through a real server on loopback that misbehaves."""

from __future__ import annotations

import datetime as dt
import os
import time
from pathlib import Path

import pytest
from tests.loopback import Served, publisher
from tests.made_watch import article, entry, rss

from vedette.ports.watching import Poll, SourceState, Watch, WatchKind
from vedette.sources import polling
from vedette.sources.polling import AT_ONCE, DocumentPoller, shortened

NOW = dt.datetime(2022, 1, 10, 12, tzinfo=dt.UTC)


def look(
    address: str, known: dict[str, str] | None = None, *, kind: WatchKind = WatchKind.FEED, private: bool = True,
    etag: str = "", first: bool = False,
) -> Poll:  # fmt: skip
    watch = Watch(case="made", kind=kind, address=address, allow_private=private)
    state = SourceState(source=watch.source, next_due=NOW, since=NOW, etag=etag)
    return DocumentPoller(max_mb=5, pause=0.0).poll(watch, state, known or {}, first=first)


def taken(poll: Poll) -> dict[str, str]:
    return {f.id: f.version for f in poll.found}




def test_a_feed_gives_what_is_new_and_what_changed() -> None:
    with publisher({"feed": Served(body=rss([entry(1), entry(2)]))}) as server:
        first = look(server.url("feed"), first=True)
        known = taken(first)
        assert [f.document is not None for f in first.found] == [True, True] and not first.gap
        server.files["feed"] = Served(body=rss([entry(2, text=article(2) + "Corrected.\n"), entry(3)]), etag='"v2"')
        second = look(server.url("feed"), known, etag=first.etag)
        assert sorted(taken(second)) == ["https://news.example/item/2", "https://news.example/item/3"]
        third = look(server.url("feed"), {**known, **taken(second)}, etag=second.etag)
        assert third.unchanged and server.requests[-1][1]["If-None-Match"] == '"v2"'


def test_a_feed_that_has_moved_past_what_was_known_has_a_gap() -> None:
    with publisher({"feed": Served(body=rss([entry(8), entry(9)]))}) as server:
        assert look(server.url("feed"), {"https://news.example/item/1": "x"}).gap
        assert not look(server.url("feed"), {}, first=True).gap


def test_a_long_feed_is_taken_in_parts_and_asked_again_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(polling, "AT_ONCE", 5)
    with publisher({"feed": Served(body=rss(entry(n) for n in range(12)))}) as server:
        known: dict[str, str] = {}
        sizes = []
        for _ in range(3):
            poll = look(server.url("feed"), known, etag="")
            known |= taken(poll)
            sizes.append((len(poll.found), poll.more, bool(poll.etag)))
    assert sizes == [(5, True, False), (5, True, False), (2, False, True)] and AT_ONCE == 200


def test_a_short_item_is_read_from_its_page_and_waits_when_that_fails() -> None:
    page = f"<html><body><h1>Troops</h1><p>{article(1)}</p></body></html>".encode()
    with publisher({"item/1": Served(body=page), "item/2": Served(body=page, fail_first=[503])}) as server:
        feed = rss([entry(n, base=server.address, text="A teaser.") for n in (1, 2, 3)])
        server.files["feed"] = Served(body=feed)
        found = {f.id.rpartition("/")[2]: f for f in look(server.url("feed")).found}
        assert found["1"].document is not None and found["1"].document.content == page
        assert (found["2"].ready, found["2"].document) == (False, None) and "503" in found["2"].why
        assert "404" in found["3"].why and not found["3"].ready


@pytest.mark.parametrize(
    ("served", "said"),
    [
        (Served(body=b"", fail_first=[500]), "500"),
        (Served(body=b"x" * 1000, cut_at=10, always_cut=True), "broke off"),
        (Served(body=rss([entry(1)])[:300]), "damaged"), (Served(body=b"<!DOCTYPE x><rss/>"), "document type"),
        (Served(body=b"", redirect="file:///etc/passwd"), ""),
    ],
)  # fmt: skip
def test_a_source_that_misbehaves_is_an_error_of_its_own_and_asked_once(served: Served, said: str) -> None:
    with publisher({"feed": served}) as server:
        poll = look(server.url("feed"))
        assert poll.error and said in poll.error and not poll.found
        assert len(server.requests) == 1, "the schedule decides when it is asked again"


def test_how_long_to_wait_is_passed_on() -> None:
    with publisher({"feed": Served(body=b"", fail_first=[429], retry_after="120")}) as server:
        assert look(server.url("feed")).retry_after == 120.0


def test_addresses_inside_the_network_are_not_read_unless_meant() -> None:
    with publisher({"feed": Served(body=rss([entry(1)]))}) as server:
        assert "private address" in look(server.url("feed"), private=False).error
        assert server.requests == []


def test_a_dead_server_is_an_error_within_its_patience() -> None:
    with publisher({}) as server:
        address = server.url("feed")
    assert look(address).error


def test_a_page_is_new_when_its_bytes_are() -> None:
    page = f"<html><body><p>{article(1)}</p></body></html>".encode()
    with publisher({"page": Served(body=page)}) as server:
        first = look(server.url("page"), kind=WatchKind.PAGE)
        assert len(first.found) == 1
        assert look(server.url("page"), taken(first), kind=WatchKind.PAGE).found == ()
        server.files["gone"] = Served(body=b"", fail_first=[410])
        assert "410" in look(server.url("gone"), kind=WatchKind.PAGE).error


def test_a_folder_gives_whole_files_once(tmp_path: Path) -> None:
    old = time.time() - 60
    for name in ("a.txt", "b.txt"):
        (tmp_path / name).write_text(article(1), encoding="utf-8")
        os.utime(tmp_path / name, (old, old))
    (tmp_path / "half.txt").write_text("still being wri", encoding="utf-8")
    (tmp_path / "empty.txt").write_text("", encoding="utf-8")
    first = look(str(tmp_path), kind=WatchKind.FOLDER)
    assert sorted(Path(f.id).name for f in first.found if f.document) == ["a.txt", "b.txt"]
    (bad,) = [f for f in first.found if not f.document]
    assert "empty" in bad.why and not bad.ready
    again = look(str(tmp_path), taken(first), kind=WatchKind.FOLDER)
    assert again.found == ()
    assert look(str(tmp_path / "nowhere"), kind=WatchKind.FOLDER).error == "no such folder"


def test_long_ids_stay_apart() -> None:
    ids = {shortened("x" * 600 + str(i)) for i in range(50)}
    assert len(ids) == 50 and all(len(i) <= 500 for i in ids)


