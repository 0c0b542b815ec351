"""``vedette events`` as a person and a script use it."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest
from tests.conftest import CommandLine
from tests.made_gdelt import gdelt2, write


@pytest.fixture
def files(tmp_path: Path) -> Path:
    folder = tmp_path / "files"
    folder.mkdir()
    write(folder / "20220111120000.export.CSV.zip", [
        gdelt2(globaleventid="1"), gdelt2(globaleventid="2", eventcode="040", sqldate="20220109"),
        gdelt2(globaleventid="3", actiongeo_lat="999"),
        gdelt2(globaleventid="4", dateadded="20220301000000", actiongeo_fullname="=HYPERLINK(1)"),
    ])  # fmt: skip
    (folder / "broken.zip").write_bytes(b"PK\x03\x04 no zip")
    return folder


def test_from_files_to_answers(vedette: CommandLine, files: Path) -> None:
    done = vedette("events", "ingest", "gdelt2", files)
    assert done.status == 0 and "1 malformed, kept aside" in done.err and "Cite: Leetaru" in done.err
    assert "broken.zip: failed" in done.err
    first = json.loads(vedette.ok("events", "query", "--dyad", "Russia", "UKR", "--as-of", "2022-02-01", "--json"))
    assert [r["id"] for r in first["rows"]] == ["1", "2"] and first["total"] == 2 and first["seconds"] < 5
    assert first["rows"][0]["provenance"]["row"] == 1 and first["rows"][0]["fatalities"] is None
    again = vedette("events", "ingest", "gdelt2", files / "20220111120000.export.CSV.zip", "--json")
    assert json.loads(again.out)["files"][0]["status"] == "unchanged"
    assert json.loads(vedette.ok("events", "query", "--dyad", "Russia", "UKR", "--as-of", "2022-02-01", "--json"))[
        "rows"] == first["rows"]  # fmt: skip
    found = vedette("events", "query", "--dyad", "RUS", "UKR", "--class", "material conflict")
    assert "MOBILIZE" in found.out and "CONSULT" not in found.out
    assert "1 of 2 files failed (gdelt2 broken.zip); no reporting is not no event" in found.err
    daily = json.loads(vedette.ok("events", "query", "--dyad", "RUS", "UKR", "--daily", "--json"))
    assert {(r["day"], r["root"], r["events"], r["fatalities"]) for r in daily["rows"]} == {
        ("2022-01-09", "CONSULT", 1, None), ("2022-01-10", "MOBILIZE", 2, None),
    }  # fmt: skip
    near = json.loads(vedette.ok("events", "query", "--near", "52.43,30.97,5", "--limit", "1", "--json"))
    assert len(near["rows"]) == 1 and near["total"] == 3


def test_a_table_of_ones_own(vedette: CommandLine, tmp_path: Path) -> None:
    mapping = tmp_path / "m.toml"
    mapping.write_text("[dataset]\nid='desk'\nlicence='ours'\ncitation='us'\n[columns]\ndate='Day'\nsource='Who'\n")
    table = write(tmp_path / "t.csv", ["Day,Who", "2022-01-01,Military (Russia)", "2022-01-02,Belarus"])
    done = json.loads(vedette.ok("events", "ingest", "--mapping", mapping, table, "--json"))
    assert (done["dataset"], done["new"]) == ("desk", 2)
    rows = json.loads(vedette.ok("events", "query", "--dataset", "desk", "--json"))["rows"]
    assert [r["source"] for r in rows] == ["BLR", "RUS"]
    bare = vedette("events", "ingest", "--mapping", mapping)
    assert bare.status == 2 and "no file is named" in bare.err


def test_csv_holds_no_formula(vedette: CommandLine, files: Path) -> None:
    vedette("events", "ingest", "gdelt2", files)
    rows = list(csv.DictReader(io.StringIO(vedette.ok("events", "query", "--in", "BLR", "--csv"))))
    assert {r["id"] for r in rows} == {"1", "2", "4"} and rows[0]["provenance_file"].endswith(".zip")
    assert next(r for r in rows if r["id"] == "4")["place"] == "'=HYPERLINK(1)"


def test_status_says_what_is_there_and_what_is_not(vedette: CommandLine, files: Path) -> None:
    empty = vedette("events", "status")
    assert "No events yet" in empty.out and "vedette events ingest --list" in empty.err
    vedette("events", "ingest", "gdelt2", files)
    shown = vedette("events", "status")
    assert "late" in shown.out and "broken.zip" in shown.err and "no reporting is not no event" in shown.err
    plain = json.loads(vedette.ok("events", "status", "--json"))
    (row,) = plain["datasets"]
    assert row["truncated"] and row["stale"] and row["rejected"] == 1 and row["events"] == 3
    assert any("nothing newer than 2022-03-01" in w for w in plain["warnings"])
    assert any("base rates" in w for w in plain["warnings"]), "old coefficients warn"
    rejected = vedette("events", "status", "--rejected")
    assert "actiongeo_lat" in rejected.out and "999" in rejected.out
    assert json.loads(vedette.ok("events", "status", "--rejected", "--json"))["rejected"][0]["line"] == 3


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["query", "--dyad", "Russland", "UKR"], "unknown state"),
        (["query", "--class", "MOBILISE"], "Nearest: MOBILIZE"),
        (["query", "--near", "50,30"], "is not LAT,LON,KM"),
        (["query", "--near", "95,30,5"], "is not a place"),
        (["query", "--since", "2022-02-30"], "--since"),
        (["query", "--since", "2022-02-02", "--until", "2022-01-01"], "before it starts"),
        (["query", "--limit", "0"], "a limit of 0"),
        (["query", "--engine", "spark"], "Add --daily"),
        (["ingest"], "--list"),
        (["ingest", "gdlt2", "x"], "gdelt2"),
        (["ingest", "icews"], "Download it from"),
        (["ingest", "acled", "--from", "2022-01-01", "--to", "2022-01-02"], "your own key"),
        (["ingest", "gdelt2", "--files", "exprt"], "is no file of GDELT"),
        (["ingest", "gdelt2", "x", "--from", "2022-01-01"], "not rows of given files"),
        (["ingest", "gdelt2", "--from", "2022-02-01", "--to", "2022-01-01"], "before they start"),
    ],
)
def test_slips_get_one_line_that_helps(vedette: CommandLine, words: list[str], says: str) -> None:
    done = vedette("events", *words)
    assert done.status == 2 and says in done.err and done.err.count("\n") == 1, done.err


def test_a_file_that_is_not_there(vedette: CommandLine, tmp_path: Path) -> None:
    done = vedette("events", "ingest", "gdelt2", tmp_path / "nothing.csv")
    assert done.status == 2 and "there is no such file" in done.err


def test_the_list_shows_terms(vedette: CommandLine) -> None:
    rows = json.loads(vedette.ok("events", "ingest", "--list", "--json"))["datasets"]
    assert {"gdelt1", "gdelt2", "icews", "polecat", "ucdp-ged-events", "ucdp-candidate", "acled", "viina",
            "eyes-on-russia"} == {r["id"] for r in rows}  # fmt: skip
    assert all(r["licence"] and r["citation"] and r["lag"] for r in rows)
    assert [r["id"] for r in rows if r["private"]] == ["acled"]


def test_a_wrong_folder_can_be_forgotten_and_nothing_else_is(
    vedette: CommandLine, files: Path, tmp_path: Path
) -> None:
    vedette("events", "ingest", "gdelt2", files / "20220111120000.export.CSV.zip")
    wrong = tmp_path / "wrong"
    wrong.mkdir()
    for n in range(3):
        write(wrong / f"note{n}.txt", [f"note {n}"])
    said = vedette("events", "ingest", "gdelt2", wrong)
    assert said.status == 2 and "note0.txt: failed: its first line" in said.err, "the name is said once"
    before = json.loads(vedette.ok("events", "query", "--json"))
    assert "3 of 4 files failed" in before["warnings"][0] and "vedette events forget" in before["warnings"][0]
    assert "gdelt2 note0.txt: its first line" in vedette("events", "status").err
    assert "note1.txt: forgotten" in vedette.ok("events", "forget", "note1.txt")
    assert "2 of 3 files failed" in vedette("events", "query").err
    assert vedette.ok("events", "forget", "note?.txt").count("forgotten") == 2
    after = json.loads(vedette.ok("events", "query", "--json"))
    assert not after["warnings"] and after["rows"] == before["rows"], "what was taken in stays"
    status = json.loads(vedette.ok("events", "status", "--json"))
    assert [f["file"] for f in status["forgotten"]] == ["note1.txt", "note0.txt", "note2.txt"]
    assert all(f["reason"] and f["failed_at"] <= f["forgotten_at"] for f in status["forgotten"])
    assert status["datasets"][0]["rejected"] == 1 and not status["datasets"][0]["truncated"]
    assert "3 failures forgotten" in vedette("events", "status").err
    vedette("events", "ingest", "gdelt2", wrong)
    assert "3 of 4 files failed" in vedette("events", "query").err, "what fails again is named again"
    assert len(json.loads(vedette.ok("events", "forget", "--failed", "--json"))["forgotten"]) == 3
    assert "No file failed" in vedette.ok("events", "forget", "--failed")


def test_only_failures_are_forgotten(vedette: CommandLine, files: Path) -> None:
    assert "No file failed" in vedette.ok("events", "forget", "--failed")
    vedette("events", "ingest", "gdelt2", files)
    good = vedette.refused("events", "forget", "20220111120000.export.CSV.zip")
    assert "unknown failed file" in good and "broken.zip" in good
    assert "names of files, or --failed" in vedette.refused("events", "forget")
    assert "names of files, or --failed" in vedette.refused("events", "forget", "broken.zip", "--failed")
    assert "No file failed" in vedette.ok("events", "forget", "--failed", "--dataset", "icews")
    assert "1 of 2 files failed" in vedette("events", "query").err


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["query", "--in", "Kiev"], "--in: unknown state 'Kiev'. Kiev (Kyiv) is a town in Ukraine: --in UKR, or"),
        (["query", "--dyad", "Qwxyz", "UKR"], "--dyad: unknown state 'Qwxyz'. States go by English name or ISO code"),
        (["query", "--in", "Ukrane"], "--in: unknown state 'Ukrane'. Nearest: Ukraine (UKR"),
        (["query", "--daily", "--engine", "spark2"], "'spark2' is no engine. Use store, duckdb or spark"),
    ],
)
def test_a_slip_in_a_question_is_answered_with_the_way_out(vedette: CommandLine, words: list[str], says: str) -> None:
    assert says in vedette.refused("events", *words)


def test_a_file_in_the_place_of_a_data_set_is_told_how_to_be_taken_in(
    vedette: CommandLine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    write(tmp_path / "mine.csv", ["a,b", "1,2"])
    line = vedette.refused("events", "ingest", "mine.csv")
    assert "vedette events ingest --mapping FILE.toml mine.csv" in line and "ingest gdelt2 mine.csv" in line
    assert "Known: gdelt2" in vedette.refused("events", "ingest", "nothing.csv")
