"""``vedette watch`` as an analyst uses it, from the first feed to an alert that says why."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any

import pytest
from tests.loopback import Served, publisher
from tests.made_watch import article, entry, open_case_of, rss

from vedette.bootstrap import open_workspace


@pytest.fixture
def case() -> str:
    open_workspace().cases.create(open_case_of())
    return "watched"


def test_from_a_feed_to_an_alert_that_says_what_moved_and_why(vedette: Any, case: str, tmp_path: Path) -> None:
    out = tmp_path / "alerts.atom"
    with publisher({"feed": Served(body=rss([entry(n) for n in range(6)]))}) as server:
        said = vedette.ok(
            "watch", "add", case, "--feed", server.url("feed"), "--allow-private", "--every", "10m", "--points", "2",
            "--channel", "stdout", "--channel", f"atom:{out}", "--if-accepted",
        )  # fmt: skip
        assert "watched, every 10m" in said and "a move is 2 points" in said
        first = vedette("watch", "run", "--once")
        assert first.status == 0 and "6 new items" in first.out and "6 items read" in first.err
        assert "If all proposals were accepted:" in first.out and "now)" in first.out
        assert "0 alerts" in vedette("watch", "run", "--once").err, "nothing is told twice"
        for item in open_workspace().cases.load(case).evidence[1:]:
            vedette.ok("review", case, "--accept", item.id)
        moved = vedette("watch", "run", "--once")
        assert "Lasting presence" in moved.out and "in log-odds" in moved.out and "New: Russian" in moved.out
    assert "6 read" in vedette.ok("watch", "status") and "stdout: 2 sent" in vedette.ok("watch", "status")
    listed = json.loads(vedette.ok("watch", "alerts", "--json"))["alerts"]
    assert [a["kind"] for a in listed] == ["probability", "evidence"]
    assert all(a["key"] in out.read_text(encoding="utf-8") for a in listed)
    assert "log-odds" in vedette.ok("watch", "alerts", case, "--limit", "1")


def test_what_is_not_given_stays_as_it_was(vedette: Any, case: str, tmp_path: Path) -> None:
    vedette.ok(
        "watch", "add", case, "--folder", tmp_path, "--points", "3", "--quiet", "22:00-07:00", "--digest",
        "08:00,18:00", "--zone", "Europe/Berlin", "--kind", "probability", "--kind", "due",
    )  # fmt: skip
    vedette.ok("watch", "add", case, "--scenario", "attack")
    setting = json.loads(vedette.ok("watch", "list", "--json"))["cases"][case]
    rule = setting["rule"]
    assert (rule["points"], rule["scenarios"], rule["digest"]) == (3.0, ["attack"], ["08:00:00", "18:00:00"])
    assert rule["quiet"] == {"start": "22:00:00", "end": "07:00:00", "zone": "Europe/Berlin"}
    assert sorted(rule["kinds"]) == ["due", "probability"] and setting["channels"] == ["stdout"]
    vedette.ok("watch", "add", case, "--quiet", "none", "--digest", "none")
    rule = json.loads(vedette.ok("watch", "list", "--json"))["cases"][case]["rule"]
    assert rule["quiet"] is None and rule["digest"] == []


def test_a_folder_is_watched_and_removed(vedette: Any, case: str, tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    vedette.ok("watch", "add", case, "--folder", folder, "--every", "5s")
    assert "0 items" in vedette("watch", "run", "--once").err
    assert str(folder) in vedette.ok("watch", "list")
    assert "no longer watched" in vedette.ok("watch", "remove", case, folder)
    assert "Nothing is watched" in vedette.ok("watch", "list")
    assert "Nothing is watched" in vedette.ok("watch", "run")
    assert "unknown watch" in vedette.refused("watch", "remove", case)


def test_a_source_that_fails_gives_status_1_and_a_name(vedette: Any, case: str) -> None:
    with publisher({"feed": Served(body=b"", fail_first=[500] * 9)}) as server:
        vedette.ok("watch", "add", case, "--feed", server.url("feed"), "--allow-private")
        done = [vedette("watch", "run", "--once") for _ in range(3)]
    assert [d.status for d in done] == [1, 1, 1] and "the server answers 500" in done[0].err
    assert "no reporting is not no event" in done[2].out
    shown = vedette("watch", "status")
    assert shown.status == 1 and "failing" in shown.out and "1 of 1 sources are not well" in shown.err
    assert json.loads(vedette("watch", "status", "--json").out)["poor"] == 1


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--feed", "ftp://example.org/x"), "is not an http(s) address"),
        (("--folder", "/no/such/folder"), "no such folder"),
        (("--events", "RUS"), "is not a pair of states"),
        (("--events", "RUS:Atlantis"), "unknown state"),
        (("--every", "soon"), "is not a time"),
        (("--every", "0"), "is not a time"),
        (("--channel", "desk"), "VEDETTE_ALERT_DESK"),
        (("--quiet", "late"), "is not a time of day"),
        (("--digest", "25:00"), "is not a time of day"),
        (("--zone", "Mars/Olympus"), "no time zone"),
        (("--kind", "gossip"), "unknown value"),
        (("--points", "0"), "must be above 0"),
        (("--strength", "mild"), "unknown value"),
        (("--scenario", "victory"), "unknown scenario"),
    ],
)
def test_what_cannot_be_used_is_said_in_one_line_and_changes_nothing(
    vedette: Any, case: str, options: tuple[str, ...], said: str
) -> None:
    assert said in vedette.refused("watch", "add", case, *options)
    assert "Nothing is watched" in vedette.ok("watch", "list")


def test_an_unknown_case_names_the_nearest(vedette: Any, case: str) -> None:
    assert "watched" in vedette.refused("watch", "add", "watchd", "--feed", "https://example.org/feed")


def test_a_hostile_feed_reaches_no_terminal(vedette: Any, case: str) -> None:
    evil = article(1).replace("near", "\u202enear\x9b31m")
    with publisher({"feed": Served(body=rss([entry(1, text=evil)]))}) as server:
        vedette.ok("watch", "add", case, "--feed", server.url("feed"), "--allow-private")
        done = vedette("watch", "run", "--once")
    assert "1 item read" in done.err and "Yelsk" in done.out
    assert "\x9b" not in done.out and "\u202e" not in done.out


def test_a_closed_case_is_watched_with_a_warning(vedette: Any, tmp_path: Path) -> None:
    open_workspace().cases.create(open_case_of("over", dt.date(2022, 1, 20)))
    done = vedette("watch", "add", "over", "--folder", tmp_path)
    assert done.status == 0 and "Warning: over closed on 2022-03-11: nothing will be read into it" in done.err
    assert "its window is over" in vedette("watch", "run", "--once").err


def test_an_open_case_is_watched_without_one(vedette: Any, case: str, tmp_path: Path) -> None:
    assert "Warning" not in vedette("watch", "add", case, "--folder", tmp_path).err


def test_a_file_in_the_place_of_a_folder_is_said_to_be_one(vedette: Any, case: str, tmp_path: Path) -> None:
    file = tmp_path / "a.txt"
    file.write_text("A note.")
    line = vedette.refused("watch", "add", case, "--folder", file)
    assert "this is a file, not a folder" in line and f"vedette read --case {case} FILE" in line
    assert "no such folder" in vedette.refused("watch", "add", case, "--folder", tmp_path / "b")
