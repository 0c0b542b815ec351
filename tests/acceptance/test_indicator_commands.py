"""Watching at the command line: indicators set and taken back, suggestions, signals, and a replay."""

from __future__ import annotations

import json
from pathlib import Path

from conftest import CommandLine

CASE = "niger-2023"


def rows(vedette: CommandLine, *args: str) -> dict[str, dict[str, object]]:
    told = json.loads(vedette.ok("indicators", "list", CASE, "--json", *args))
    return {r["id"]: r for r in told["indicators"]}


def test_the_bundled_indicators_are_there_and_sourced(vedette: CommandLine) -> None:
    text = vedette.ok("indicators", "list", "belarus-2022")
    assert "departure-after-drills" in text and "not looked" in text
    told = json.loads(vedette.ok("indicators", "list", "belarus-2022", "--as-of", "2022-02-16", "--json"))
    by_id = {r["id"]: r for r in told["indicators"]}
    assert by_id["crossing-gear"]["state"] == "present" and by_id["crossing-gear"]["log_ratio"] is None
    assert by_id["legal-step"]["state"] == "unknown" and by_id["departure-after-drills"]["state"] == "not_looked"
    assert all(r["collection"] and r["threshold"] for r in told["indicators"])
    before = json.loads(vedette.ok("indicators", "list", "belarus-2022", "--as-of", "2022-01-10", "--json"))
    assert before["indicators"] == [], "nothing was watched before the list was drawn up"


def test_drills_that_end_while_troops_stay_speak_louder_every_day(vedette: CommandLine) -> None:
    said = []
    for day in ("2022-02-20", "2022-02-21", "2022-02-22", "2022-02-23"):
        told = json.loads(vedette.ok("assess", "belarus-2022", "--as-of", day, "--json"))
        row = next(r for r in told["indicators"] if r["id"] == "departure-after-drills")
        said.append(row["log_ratio"])
        bars = {b["kind"]: b for b in told["contributions"]["troops_in_belarus"]}
        assert ("indicator:departure-after-drills" in bars.get("indicator", {"evidence": []})["evidence"]) == (
            row["log_ratio"] is not None
        )
    assert said[0] is None and said[1] < said[2] < said[3]


def test_a_look_is_recorded_shown_and_taken_back(vedette: CommandLine) -> None:
    first = vedette.ok("indicators", "set", CASE, "nationals-flown-out", "absent", "--on", "2023-08-12")
    assert "partial" in first, "an absence that nobody vouches for does not count"
    good = ("--on", "2023-08-13", "--why", "all orders are public")
    counted = vedette.ok("indicators", "set", CASE, "nationals-flown-out", "absent", *good)
    assert "good look" in counted
    at = ("--as-of", "2023-08-13")
    assert rows(vedette, *at)["nationals-flown-out"]["looks"] == 2
    assert rows(vedette, *at)["nationals-flown-out"]["log_ratio"] < 0
    shown = vedette.ok("indicators", "show", CASE, "nationals-flown-out", *at)
    assert "all orders are public" in shown and "2023-08-12" in shown
    warned = json.loads(vedette.ok("assess", CASE, *at, "--json"))["warnings"]
    assert any("looks for indicators were recorded after" in w for w in warned)
    vedette.ok("indicators", "undo", CASE, "nationals-flown-out", "--why", "wrong ministry")
    now = rows(vedette, "--as-of", "2030-01-01")["nationals-flown-out"]
    assert now["looks"] == 3 and now["log_ratio"] is None and now["collection_was"] == "partial"
    assert rows(vedette, *at)["nationals-flown-out"]["log_ratio"] < 0, "the past is as it was"


def test_looks_and_indicators_travel_with_the_case(vedette: CommandLine, tmp_path: Path) -> None:
    airlift = ("--scenario", "force", "--present", "3", "--id", "airlift", "--since", "2023-08-10")
    vedette.ok("indicators", "add", CASE, "Airlift to Niamey", *airlift)
    vedette.ok("indicators", "set", CASE, "airlift", "present", "--on", "2023-08-11", "--source", "flight trackers")
    for name in ("case.toml", "dossier.json"):
        out = tmp_path / name
        vedette.ok("case", "export", CASE, "--out", out)
        again = json.loads(vedette.ok("indicators", "show", str(out), "airlift", "--as-of", "2023-08-12", "--json"))
        assert again["state"] == "present" and again["likelihood_ratio"][0] == 3.0 and again["log_ratio"] > 0
    refused = tmp_path / "edited.toml"
    text = (tmp_path / "case.toml").read_text(encoding="utf-8")
    refused.write_text(text.replace("likelihood_ratio = [3.0,", "likelihood_ratio = [4.0,"), encoding="utf-8")
    assert "never edited in place" in vedette.refused("case", "import", refused)


def test_an_import_adds_to_what_is_watched_and_takes_nothing_away(vedette: CommandLine, tmp_path: Path) -> None:
    before = tmp_path / "before.toml"
    vedette.ok("case", "export", CASE, "--out", before)
    vedette.ok("indicators", "add", CASE, "Airlift", "--scenario", "force", "--present", "3", "--since", "2023-08-10")
    vedette.ok("indicators", "set", CASE, "airlift", "present", "--on", "2023-08-11")
    vedette.ok("case", "import", before)
    assert rows(vedette)["airlift"]["looks"] == 1
    shown = json.loads(vedette.ok("case", "show", CASE, "--json"))
    assert {c["state"] for c in shown["checks"] if c["indicator"] == "airlift"} == {"present"}
    assert "airlift" in {i["id"] for i in shown["indicators"]}


def test_what_is_worth_looking_for_becomes_an_indicator(vedette: CommandLine) -> None:
    told = json.loads(vedette.ok("indicators", "suggest", CASE, "--json"))
    best = told["suggestions"][0]
    moves = [s["expected_move"] for s in told["suggestions"]]
    assert moves == sorted(moves, reverse=True)
    added = json.loads(vedette.ok("indicators", "suggest", CASE, "--watch", best["indicator"], "--json"))["added"]
    assert added == [best["indicator"]]
    row = rows(vedette)[best["indicator"]]
    assert row["state"] == "not_looked" and row["observable"] == best["observable"]
    rest = json.loads(vedette.ok("indicators", "suggest", CASE, "--json"))["suggestions"]
    assert (best["observable"], best["scenario"]) not in {(s["observable"], s["scenario"]) for s in rest}


def test_bad_input_is_refused_in_one_line(vedette: CommandLine) -> None:
    assert "senate-consents" in vedette.refused("indicators", "set", CASE, "senat-consents", "present")
    assert "present" in vedette.refused("indicators", "set", CASE, "senate-consents", "presnt")
    assert "N033" in vedette.refused("indicators", "set", CASE, "senate-consents", "present", "--evidence", "N0333")
    late = ("--on", "2999-01-01")
    assert "not come yet" in vedette.refused("indicators", "set", CASE, "senate-consents", "present", *late)
    assert "watched since" in vedette.refused("indicators", "set", CASE, "senate-consents", "absent", "--why", "x",
                                              "--on", "2023-08-01")  # fmt: skip
    assert "--present" in vedette.refused("indicators", "add", CASE, "Something", "--scenario", "force")
    assert "fit together" in vedette.refused(
        "indicators", "add", CASE, "Something", "--scenario", "force", "--present", "2", "--absent", "3"
    )
    assert "FROM/TO" in vedette.refused(
        "indicators", "add", CASE, "Something", "--scenario", "force", "--expect", "tomorrow"
    )
    assert "nobody has looked" in vedette.refused("indicators", "undo", CASE, "nationals-flown-out")
    assert "moves nothing" in vedette.refused("indicators", "add", "belarus-2022", "X", "--scenario",
                                              "attack_from_belarus", "--option", "stay", "--present", "2")  # fmt: skip


def test_a_replay_at_the_command_line(vedette: CommandLine, tmp_path: Path) -> None:
    seen = tmp_path / "seen.jsonl"
    # Post numbers hold their time: 1488... is 1 February 2022, 1485... 24 January.
    posts = ["1488544876908187650"] * 12 + ["1485700000000000000"] * 3
    seen.write_text("\n".join(json.dumps({
        "entry": str(k), "date": "2022-01-20", "lat": 51.9 if k < 12 else 53.9, "lon": 29.2, "link":
        f"https://twitter.com/a{k}/status/{n}",
    }) for k, n in enumerate(posts)), encoding="utf-8")  # fmt: skip
    args = ("watch", "replay", "belarus-2022", "--events", seen, "--scenario", "attack", "--step", "7")
    text = vedette.ok(*args, "--quiet-until", "2021-12-31")
    assert "Alerts over" in text and "naive count" in text and "15 sightings" in text
    told = json.loads(vedette.ok(*args, "--json"))
    assert told["happened_on"] == "2022-02-24" and told["timeline"][-1]["as_of"] < "2022-02-24"
    assert told["summary"]["cases"] == 1 and all(a["lead_days"] > 0 for a in told["alerts"])
    one = json.loads(vedette.ok(*args, "--on", "2022-01-19", "--json"))
    assert [r["as_of"] for r in one["timeline"]] in (["2022-01-19"], [])
    assert "no case named" in vedette.refused("watch", "replay")
    assert "no such file" in vedette.refused("watch", "replay", "belarus-2022", "--events", tmp_path / "none.csv")


def test_signals_of_an_empty_store_say_nothing(vedette: CommandLine) -> None:
    told = json.loads(vedette.ok("indicators", "signals", "belarus-2022", "--json"))
    assert told["signals"] == [] and told["recorded"] == []


def test_what_is_watched_stands_in_the_brief_and_can_be_undone(vedette: CommandLine, tmp_path: Path) -> None:
    out = tmp_path / "brief.md"
    day = ("--as-of", "2022-02-22")
    vedette.ok("brief", "belarus-2022", *day, "--format", "md", "--sections", "look,why", "--out", out)
    text = out.read_text(encoding="utf-8")
    assert "indicators watched" in text and "Indicators watched" in text and "not looked" in text
    vedette.ok("verify", out)
    name = "indicator:departure-after-drills"
    told = json.loads(vedette.ok("assess", "belarus-2022", "--as-of", "2022-02-22", "--without", name, "--json"))
    change = {r["id"]: r["change"] for r in told["without"]["scenarios"]}
    assert change["troops_in_belarus"] < 0 and told["without"]["moved_nothing"] == {}
    assert "drills" in vedette.refused("assess", "belarus-2022", "--as-of", "2022-02-22", "--without", name[:-1])
