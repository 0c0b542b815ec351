"""The record from the command line: commit, import, resolve, score, post-mortem, due, diff, marked exports."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.conftest import CommandLine


@pytest.fixture
def committed(vedette: CommandLine) -> CommandLine:
    for day in ("2021-12-20", "2022-01-20"):
        vedette.ok("ledger", "add", "belarus-2022", "--as-of", day)
    return vedette


def crowd_file(folder: Path) -> Path:
    path = folder / "crowd.csv"
    path.write_text(
        "question,forecaster,date,probability,statement,deadline\n"
        "M1,metaculus,2022-01-15,0.35,Will Russia attack Ukraine before 1 April 2022?,2022-03-31\n"
        "M2,metaculus,2022-01-18,0.52,Will Russia invade Ukrainian territory before 2023?,2022-12-31\n"
        "M1,metaculus,2022-01-16,no idea,Will Russia attack Ukraine before 1 April 2022?,2022-03-31\n"
    )
    return path


def test_from_commitment_to_post_mortem(committed: CommandLine, tmp_path: Path, workspace_home: Path) -> None:
    vedette = committed
    maps = ["--map", "M1=belarus-2022:attack", "--map", "M2=belarus-2022:attack"]
    done = json.loads(vedette.ok("ledger", "import", crowd_file(tmp_path), *maps, "--json"))
    assert (done["forecasts"], done["aside"]) == (1, 2)
    kept = [json.loads(line) for line in Path(done["aside_file"]).read_text().splitlines()]
    assert Path(done["aside_file"]).is_relative_to(workspace_home)
    assert any("275 days later" in k["reason"] for k in kept) and any(k["row"] == 3 for k in kept)
    before = vedette.ok("ledger", "list", "--json")
    again = json.loads(vedette.ok("ledger", "import", crowd_file(tmp_path), *maps, "--json"))
    assert (again["forecasts"], again["known"]) == (0, 1) and vedette.ok("ledger", "list", "--json") == before

    assert json.loads(vedette.ok("ledger", "due", "--json"))["due"][0]["question"] == "belarus-2022"
    assert "nothing to score" in json.loads(vedette.ok("ledger", "score", "--json"))["note"]
    resolved = vedette(
        "ledger", "resolve", "belarus-2022", "--atom", "a1", "--source", "made", "--occurred", "2022-02-24"
    )
    assert resolved.status == 0 and "base rate alone" in resolved.err and "Misled most" in resolved.err
    assert json.loads(vedette.ok("ledger", "due", "--json"))["due"] == []

    shown = vedette.ok("ledger", "score")
    assert "n = 1 resolved questions" in shown and "vedette recommended (retrospective)" in shown
    assert "0 of 7 ask our question" in shown and "275 days later" in shown
    for line in shown.splitlines():
        if "Brier, all answers" in line:
            assert len(line.split()) >= 9, "a score stands beside its base rate"
    record = json.loads(vedette.ok("ledger", "score", "--question", "belarus-2022", "--json"))
    assert {r["forecaster"] for r in record["rows"]} == {"metaculus", "vedette recommended (retrospective)"}
    assert "attack_from_belarus" in vedette.ok("ledger", "score", "--question", "belarus-2022")

    report = json.loads(vedette.ok("ledger", "postmortem", "belarus-2022", "--json"))
    assert report["dates"] == ["2021-12-20", "2022-01-20"] and all(
        c["inputs_unchanged"] in (True, None) for c in report["committed"]
    )
    assert "Settings inside their stated ranges" in vedette.ok("ledger", "postmortem", "belarus-2022")


def test_what_cannot_be_done_is_one_line(committed: CommandLine, tmp_path: Path) -> None:
    assert "still open" in committed.refused("ledger", "postmortem", "belarus-2022")
    assert "unknown question" in committed.refused("ledger", "score", "--question", "nope")
    assert "unknown format" in committed.refused("ledger", "import", crowd_file(tmp_path), "--format", "xls")
    assert "No such file" in committed.refused("ledger", "import", tmp_path / "none.csv")


def test_a_difference_of_two_days_shows_what_it_did_to_the_number(vedette: CommandLine) -> None:
    args = ("case", "diff", "belarus-2022", "--from", "2022-01-18", "--to", "2022-01-20")
    shown = vedette.ok(*args, "--scenario", "attack")
    assert "attack: " in shown and "In log-odds, summing exactly" in shown and "residual" in shown
    found = json.loads(vedette.ok(*args, "--json"))
    assert {e["kind"] for e in found["effects"]["effects"]} >= {"new", "residual"}


def test_an_export_leaves_marked_items_behind_and_counts_them(vedette: CommandLine, tmp_path: Path) -> None:
    path = tmp_path / "case.toml"
    vedette.ok("case", "export", "belarus-2022", "--out", path)
    text = path.read_text()
    first = text.index("[[evidence]]")
    line = text.index("\n", text.index("id = ", first))
    path.write_text(text[:line] + '\nmarking = "TLP:RED"' + text[line:])
    vedette.ok("case", "import", path, "--id", "marked")
    out = vedette("case", "export", "marked", "--out", tmp_path / "open.toml")
    assert out.status == 0 and "1 evidence items (1 TLP:RED)" in out.err
    assert (tmp_path / "open.toml").read_text().count("[[evidence]]") == text.count("[[evidence]]") - 1
    assert "marked above TLP:AMBER" in vedette.refused("case", "export", "marked", "--strict")
    assert vedette.ok("case", "export", "marked", "--audience", "RED").count("[[evidence]]") == text.count(
        "[[evidence]]"
    )


def test_the_rival_framework_is_scored_beside_the_five(vedette: CommandLine) -> None:
    vedette.ok("ledger", "add", "belarus-2022", "--as-of", "2022-01-20")
    vedette.ok("ledger", "add", "belarus-2022", "--as-of", "2022-01-20", "--framework", "two-conditions")
    vedette.ok("ledger", "resolve", "belarus-2022", "--atom", "a1", "--source", "made", "--occurred", "2022-02-24")
    record = json.loads(vedette.ok("ledger", "score", "--json"))
    rows = {r["forecaster"]: r for r in record["rows"]}
    assert rows.keys() == {
        "vedette recommended (retrospective)", "vedette recommended two-conditions (retrospective)"
    }  # fmt: skip
    assert len({r["scores"]["log_score"] for r in rows.values()}) == 2
    report = json.loads(vedette.ok("ledger", "postmortem", "belarus-2022", "--json"))
    assert [c["inputs_unchanged"] for c in report["committed"]] == [True, True]
    assert "unknown framework" in vedette.refused("ledger", "add", "belarus-2022", "--framework", "six")
