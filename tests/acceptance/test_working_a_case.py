"""The analyst's day on the command line: read, review, assess, commit, resolve; cases in and out."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from tests.made_texts import ARTICLE

from vedette.bootstrap import open_workspace

CASE = "belarus-2022"
DATED = ("--published", "2022-01-14")


@pytest.fixture
def article(tmp_path: Path) -> Path:
    path = tmp_path / "article.txt"
    path.write_text(ARTICLE, encoding="utf-8")
    return path


def assessed(vedette: Any, *args: str) -> dict[str, float]:
    out = json.loads(vedette.ok("assess", CASE, *args, "--json"))
    return {s["id"]: s["probability"] for s in out["scenarios"]}


def test_reading_proposes_reviewing_moves_the_number(vedette: Any, article: Path) -> None:
    start = assessed(vedette)
    out = json.loads(vedette.ok("read", article, "--case", CASE, *DATED, "--json"))["readings"][0]
    assert out["proposals"] and not out["already"]
    for item in out["proposals"]:
        quote = item["quote"]
        document = next(d for d in open_workspace().cases.load(CASE).documents if d.id == quote["document"])
        assert document.text[quote["start"] : quote["end"]] == quote["text"]
        assert item["status"] == "proposed" and item["provenance"]["author"] == "rules"
    assert assessed(vedette) == start  # nothing proposed moves it
    chosen = [i["id"] for i in out["proposals"] if i["kind"] in ("fact", "event")]
    done = json.loads(vedette.ok("review", CASE, "--accept", ",".join(chosen), "--json"))
    assert [r["author"] for r in done["reviews"]] == ["Test Analyst"] * len(chosen)
    moved = assessed(vedette)
    assert moved != start
    vedette.ok("review", CASE, *(part for name in chosen for part in ("--reject", name)), "--reason", "second thoughts")
    assert assessed(vedette) == start


def test_a_passage_marked_by_hand_waits_or_is_accepted_with_what_it_bears_on(vedette: Any, article: Path) -> None:
    vedette.ok("read", article, "--case", CASE, *DATED)
    document = open_workspace().cases.load(CASE).documents[-1]
    words = document.text.split(". ")[-1].strip()[:40]
    before, items = assessed(vedette), len(open_workspace().cases.load(CASE).evidence)
    waiting = vedette.ok("evidence", "add", CASE, document.id, words, "--json")
    assert json.loads(waiting)["status"] == "proposed" and assessed(vedette) == before
    assert "not in the document" in vedette.refused("evidence", "add", CASE, document.id, "no such words", "--json")
    assert "already" in vedette.refused("evidence", "add", CASE, document.id, words)
    sets = "condition=technical_feasibility,direction=raises,strength=strong,option=stay,scenario=lasting_presence"
    assert "reason" in vedette.refused("evidence", "add", CASE, document.id, words[:-3], "--set", sets)
    assert len(open_workspace().cases.load(CASE).evidence) == items + 1
    made = json.loads(
        vedette.ok("evidence", "add", CASE, document.id, words[:-3], "--set", sets, "--reason", "passed over", "--json")
    )
    kept = next(e for e in open_workspace().cases.load(CASE).standing() if e.id == made["evidence"])
    assert kept.status == "accepted" and kept.quote is not None and kept.quote.text == words[:-3]
    assert assessed(vedette) != before


def test_the_same_document_twice_changes_nothing_and_says_so(vedette: Any, article: Path) -> None:
    first = vedette.ok("read", article, "--case", CASE, *DATED)
    case = open_workspace().cases.load(CASE)
    second = vedette.ok("read", article, "--case", CASE, "--published", "2022-01-15", "--title", "Another")
    assert "Read " in first and "nothing changed" in second
    assert open_workspace().cases.load(CASE) == case


def test_later_documents_change_nothing_earlier(vedette: Any, article: Path) -> None:
    before = vedette.ok("assess", CASE, "--as-of", "2022-01-20", "--json")
    vedette.ok("read", article, "--case", CASE, "--published", "2022-02-10", "--as-of", "2022-02-10")
    vedette.ok("review", CASE, "--accept-all-above", "0")
    assert vedette.ok("assess", CASE, "--as-of", "2022-01-20", "--json") == before
    assert open_workspace().cases.load(CASE).reviews


def test_a_correction_is_a_new_record_with_author_and_reason(vedette: Any, article: Path) -> None:
    out = json.loads(vedette.ok("read", article, "--case", CASE, *DATED, "--json"))["readings"][0]
    item = out["proposals"][0]
    name = item["id"]
    fields = "direction=lowers,strength=strong,grade=B2,attribution=Reuters"
    change = ("review", CASE, "--correct", name, "--set", fields)
    assert "--reason" in vedette.refused(*change)
    vedette.ok(*change, "--reason", "the text denies it", "--author", "Ana")
    case = open_workspace().cases.load(CASE)
    old = next(e for e in case.evidence if e.id == name)
    new = next(e for e in case.standing() if e.supersedes == name)
    # The old record keeps the grade it was proposed with, whatever the correction says.
    assert old.attribution == item["attribution"] and str(old.grade) == item["grade"] != "B2"
    assert (new.attribution, str(new.grade), new.bearings[0].direction.value) == ("Reuters", "B2", "lowers")
    made = new.provenance
    assert made is not None and (made.author, made.reason) == ("Ana", "the text denies it")
    assert new.times.available_at == old.times.available_at and new.quote == old.quote
    assert name not in {e.id for e in case.standing()}
    assert new.id in vedette.refused("review", CASE, "--reject", name)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("direction=up", "raises"), ("strenght=weak", "strength"), ("condition=cost", "low_costs"),
        ("scenario=attak", "Nearest: "), ("option=mian", "main"), ("grade=Z9", "A B C D E F"),
        ("quote=words that are not there", "not in the document"), ("direction", "field=value"),
    ],
)  # fmt: skip
def test_a_correction_that_cannot_be_made_says_why(vedette: Any, article: Path, change: str, said: str) -> None:
    out = json.loads(vedette.ok("read", article, "--case", CASE, *DATED, "--json"))["readings"][0]
    before = open_workspace().cases.load(CASE)
    name = out["proposals"][0]["id"]
    assert said in vedette.refused("review", CASE, "--correct", name, "--set", change, "--reason", "r")
    assert open_workspace().cases.load(CASE) == before


def test_decisions_are_recorded_together_or_not_at_all(vedette: Any, article: Path) -> None:
    out = json.loads(vedette.ok("read", article, "--case", CASE, *DATED, "--json"))["readings"][0]
    good = out["proposals"][0]["id"]
    line = vedette.refused("review", CASE, "--accept", good, "--accept", good + "9")
    assert good in line.partition("Nearest")[2]
    assert "more than once" in vedette.refused("review", CASE, "--accept", good, "--reject", good)
    assert open_workspace().cases.load(CASE).reviews == ()


def test_proposals_come_the_most_consequential_first(vedette: Any, article: Path) -> None:
    from vedette.domain.claims import Strength

    vedette.ok("read", article, "--case", CASE, *DATED)
    waiting = json.loads(vedette.ok("review", CASE, "--json"))["waiting"]
    order = [s.value for s in Strength]
    facts = [w for w in waiting if w["kind"] in ("fact", "event", "speech") and not w["hypothetical"]]
    ranks = [(max(order.index(b["strength"]) for b in w["bearings"]), w["confidence"]) for w in facts]
    assert ranks == sorted(ranks, reverse=True) and len(ranks) >= 2


def test_cases_go_out_and_come_back_in_both_forms(vedette: Any, tmp_path: Path, article: Path) -> None:
    vedette.ok("read", article, "--case", CASE, *DATED)
    vedette.ok("review", CASE, "--accept-all-above", "0.6")
    case = open_workspace().cases.load(CASE)
    own, dossier = tmp_path / "out.toml", tmp_path / "out.json"
    vedette.ok("case", "export", CASE, "--out", own)
    assert "does not carry" in vedette("case", "export", CASE, "--out", dossier).err
    assert "--force" in vedette.refused("case", "export", CASE, "--out", own)
    assert "nothing new" in vedette.ok("case", "import", own)
    vedette.ok("case", "import", own, "--id", "copy")
    from dataclasses import replace

    assert open_workspace().cases.load("copy") == replace(case, id="copy")
    vedette.ok("case", "import", dossier, "--id", "copy-2")
    assert len(open_workspace().cases.load("copy-2").evidence) == len(case.evidence)
    assert vedette.ok("case", "export", CASE) == own.read_text(encoding="utf-8")


def test_a_file_can_be_assessed_and_shown_without_importing_it(vedette: Any, tmp_path: Path) -> None:
    path = tmp_path / "out.toml"
    vedette.ok("case", "export", CASE, "--out", path)
    shown = json.loads(vedette.ok("case", "show", path, "--json"))
    assert shown == json.loads(vedette.ok("case", "show", CASE, "--json"))
    line = vedette.refused("read", path, "--case", str(path), "--published", "2022-01-01")
    assert "vedette case import" in line


def test_edits_in_a_case_file_come_in_as_a_new_version(vedette: Any, tmp_path: Path) -> None:
    path = tmp_path / "out.toml"
    vedette.ok("case", "export", CASE, "--out", path)
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace('title = "', 'title = "Edited: ', 1), encoding="utf-8")
    assert "case changed" in vedette.ok("case", "import", path)
    assert open_workspace().cases.load(CASE).title.startswith("Edited: ")
    before = open_workspace().cases.load(CASE)
    edited = path.read_text(encoding="utf-8").replace('strength = "moderate"', 'strength = "strong"', 1)
    path.write_text(edited, encoding="utf-8")
    line = vedette.refused("case", "import", path)
    assert "never edited in place" in line and "--correct" in line
    assert open_workspace().cases.load(CASE) == before


def test_a_new_case_from_options(vedette: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    done = vedette(
        "case", "new", "--intervener", "Nigeria", "--intervener", "SEN", "--organisation", "ECOWAS",
        "--target", "Niger", "--posture", "hostile", "--from", "2023-08-10", "--until", "6m",
    )  # fmt: skip
    assert done.status == 0 and done.out == "nga-ner-2024.toml\n"
    assert "vedette read" in done.err and "Edit in it" in done.err
    case = open_workspace().cases.load("nga-ner-2024")
    assert case.options[0].interveners == ("NGA", "SEN") and case.options[0].organisation == "ECOWAS"
    assert (case.opened.isoformat(), case.deadline.isoformat()) == ("2023-08-10", "2024-02-10")
    assert "nothing new" in vedette.ok("case", "import", "nga-ner-2024.toml")
    out = json.loads(vedette.ok("assess", "nga-ner-2024", "--json"))
    assert sum(a["probability"] for a in out["atoms"]) == pytest.approx(1)
    again = ("case", "new", "--intervener", "NGA", "--target", "NER", "--posture", "hostile", "--from", "2023-08-10")
    assert "exists already" in vedette.refused(*again, "--until", "2024-02-10")


@pytest.mark.parametrize("posture", ["invited", "rebels", "neutral", "hostile"])
@pytest.mark.parametrize("host", ["none", "Chad"])
def test_every_kind_of_new_case_can_be_assessed(
    vedette: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, posture: str, host: str
) -> None:
    monkeypatch.chdir(tmp_path)
    vedette.ok(
        "case", "new", "--intervener", "France", "--target", "Niger", "--host", host, "--posture", posture,
        "--from", "2023-08-10", "--until", "2023-12-31", "--id", "made", "--json",
    )  # fmt: skip
    out = json.loads(vedette.ok("assess", "made", "--json"))
    assert sum(a["probability"] for a in out["atoms"]) == pytest.approx(1)
    case = open_workspace().cases.load("made")
    assert (case.options[0].host or "none") == {"none": "none", "Chad": "TCD"}[host]


def test_what_a_new_case_refuses(vedette: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    base = ("case", "new", "--intervener", "FRA", "--from", "2023-01-01")
    assert "--target is missing" in vedette.refused(*base, "--posture", "hostile", "--until", "1y")
    full = (*base, "--target", "MLI")
    assert "hostile" in vedette.refused(*full, "--posture", "hostil", "--until", "1y")
    assert "before it begins" in vedette.refused(*full, "--posture", "hostile", "--until", "2022-01-01")
    assert "YYYY-MM-DD" in vedette.refused(*full, "--posture", "hostile", "--until", "next year")
    assert "both" in vedette.refused(*base, "--target", "France", "--posture", "hostile", "--until", "1y")
    (tmp_path / "fra-mli-2024.toml").write_text("mine")
    assert "--out" in vedette.refused(*full, "--posture", "hostile", "--until", "1y")
    assert (tmp_path / "fra-mli-2024.toml").read_text() == "mine"


def test_commit_list_resolve(vedette: Any) -> None:
    digest = vedette.ok("ledger", "add", CASE, "--note", "first").strip()
    out = json.loads(vedette.ok("ledger", "list", "--json"))
    assert out["sound"] and [e["kind"] for e in out["entries"]] == ["question", "forecast"]
    entry = out["entries"][1]
    assert entry["digest"] == digest
    now = {a["id"]: a["probability"] for a in json.loads(vedette.ok("assess", CASE, "--json"))["atoms"]}
    assert entry["noun"]["distribution"] == pytest.approx(now)
    assert sum(entry["noun"]["base_rate"].values()) == pytest.approx(1)
    atom = next(iter(now))
    assert "--source" in vedette.refused("ledger", "resolve", CASE, "--atom", atom)
    assert atom in vedette.refused("ledger", "resolve", CASE, "--atom", "zz", "--source", "UN")
    assert "void" in vedette.refused("ledger", "resolve", CASE, "--source", "UN")
    vedette.ok("ledger", "resolve", CASE, "--atom", atom, "--source", "UN", "--occurred", "2022-02-24")
    assert "resolved" in vedette.refused("ledger", "add", CASE)
    assert "author" in vedette.refused("ledger", "add", "niger-2023", "--mode", "authr")
    assert "after the deadline" in vedette.refused("ledger", "add", "niger-2023", "--as-of", "2024-04-01")
    assert CASE in vedette.refused("ledger", "list", "belarus")
    assert "holds" in vedette.ok("ledger", "list", CASE)


def test_a_hand_edited_ledger_is_named_and_the_rest_is_shown(vedette: Any, workspace_home: Path) -> None:
    import sqlite3

    vedette.ok("ledger", "add", CASE, "--note", "one")
    vedette.ok("ledger", "add", CASE, "--note", "two")
    with sqlite3.connect(workspace_home / "vedette.sqlite3") as connection:
        for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            connection.execute(f"DROP TRIGGER {name}")
        connection.execute("UPDATE ledger SET record = replace(record, 'one', 'won') WHERE seq = 2")
    connection.close()
    done = vedette("ledger", "list")
    assert done.status == 2 and "entry 2" in done.err and len(done.out.splitlines()) == 4
    assert json.loads(vedette("ledger", "list", "--json").out)["sound"] is False
    assert vedette("doctor").status == 2


def test_every_command_has_help_and_json(vedette: Any) -> None:
    import importlib

    import typer

    from vedette.cli import COMMANDS

    overview = vedette.ok("--help")
    for name, (target, about) in COMMANDS.items():
        assert about in overview
        assert "Usage: vedette" in vedette.ok(name, "--help")
        module, _, attribute = target.partition(":")
        found = getattr(importlib.import_module(module), attribute)
        subcommands = [""]
        if isinstance(found, typer.Typer):
            subcommands = [c.name or c.callback.__name__ for c in found.registered_commands]
        for sub in subcommands:
            text = vedette.ok(name, *([sub] if sub else []), "--help")
            assert "--json" in text, f"{name} {sub} lacks --json"


def test_version_costs_little_more_than_python(vedette: Any) -> None:
    """At most three times a bare interpreter; medians of the same run, so that load hits both alike."""
    import statistics
    import subprocess
    import sys
    import time

    def seconds(*args: str) -> float:
        start = time.perf_counter()
        subprocess.run([sys.executable, *args], check=True, stdout=subprocess.DEVNULL)
        return time.perf_counter() - start

    code = "import sys; from vedette.cli import main; sys.exit(main(['--version']))"
    pairs = [(seconds("-c", "pass"), seconds("-c", code)) for _ in range(9)]
    assert statistics.median(b for _, b in pairs) <= 3 * statistics.median(a for a, _ in pairs)
    assert vedette.ok("--version").startswith("vedette ")


@pytest.mark.parametrize("group", ["case", "history", "evidence", "elicit", "ledger"])
def test_a_bare_group_shows_what_it_holds(vedette: Any, group: str) -> None:
    assert f"Usage: vedette {group}" in vedette.ok(group) and "Commands:" in vedette.ok(group)


def test_a_decision_taken_back_leaves_the_number_where_it_was(vedette: Any, article: Path) -> None:
    start = assessed(vedette)
    out = json.loads(vedette.ok("read", article, "--case", CASE, *DATED, "--json"))["readings"][0]
    chosen = [i["id"] for i in out["proposals"] if i["kind"] in ("fact", "event")]
    vedette.ok("review", CASE, "--accept", ",".join(chosen))
    assert assessed(vedette) != start
    vedette.ok("review", CASE, *(part for name in chosen for part in ("--withdraw", name)))
    assert assessed(vedette) == start
    waiting = json.loads(vedette.ok("review", CASE, "--json"))["waiting"]
    assert {i["id"] for i in waiting} >= set(chosen)
    assert "no decision" in vedette.refused("review", CASE, "--withdraw", chosen[0])
