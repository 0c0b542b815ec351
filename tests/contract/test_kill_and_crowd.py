"""A process killed at any write point, two writers at once: the last committed state stays, nothing is lost."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from tests.made_records import full_case
from tests.made_texts import ARTICLE

from vedette.bootstrap import open_workspace
from vedette.codec.dossier import encode_dossier

KILLED = Path(__file__).with_name("killed.py")
PROBABILITIES = "a1=0.1,a2=0.1,a3=0.3,a4=0.3,a5=0.1,other=0.1"


def run_killed(point: str, *args: str | Path) -> None:
    done = subprocess.run(
        [sys.executable, str(KILLED), point, *map(str, args)], capture_output=True, text=True, timeout=250
    )
    assert done.returncode == -signal.SIGKILL, (done.returncode, done.stdout, done.stderr)


@pytest.fixture(autouse=True, params=["sqlite", "postgresql"])
def backend_of_the_command_line(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Every test here runs on a workspace file and on a server."""
    if request.param == "postgresql":
        monkeypatch.setenv("DATABASE_URL", request.getfixturevalue("postgres_database"))
    return str(request.param)


@pytest.fixture
def case_file(tmp_path: Path) -> Path:
    from vedette.codec.case_writer import encode_case

    path = tmp_path / "made.toml"
    path.write_text(encode_case(full_case()), encoding="utf-8")
    return path


@pytest.mark.parametrize("point", ["contents", "commit"])
def test_killed_in_import_leaves_nothing_of_it(vedette: Any, case_file: Path, point: str) -> None:
    run_killed(point, "case", "import", case_file)
    assert "made" not in open_workspace().cases.case_ids()
    vedette.ok("case", "import", case_file)
    assert len(open_workspace().cases.load("made").evidence) == 2


def test_killed_after_the_commit_leaves_all_of_it(vedette: Any, case_file: Path) -> None:
    run_killed("committed", "case", "import", case_file)
    assert len(open_workspace().cases.load("made").evidence) == 2
    assert "nothing new" in vedette.ok("case", "import", case_file)


@pytest.mark.parametrize(
    ("point", "entries"), [("ledger", 2), ("ledger_head", 2), ("commit", 2), ("committed", 3)]
)
def test_killed_in_ledger_add(vedette: Any, case_file: Path, point: str, entries: int) -> None:
    vedette.ok("case", "import", case_file)
    add = ("ledger", "add", "made", "--probabilities", PROBABILITIES, "--base-rate", PROBABILITIES)
    vedette.ok(*add)
    run_killed(point, *add)
    found = open_workspace().ledger.entries()
    assert len(found) == entries and not any(e.fault for e in found)
    vedette.ok(*add)
    assert len(open_workspace().ledger.forecasts()) == entries


@pytest.mark.parametrize("point", ["evidence", "reviews", "commit"])
def test_killed_in_a_correction_keeps_the_old_record(vedette: Any, case_file: Path, point: str) -> None:
    vedette.ok("case", "import", case_file)
    change = ("review", "made", "--correct", "e1", "--set", "direction=lowers", "--reason", "misread")
    run_killed(point, *change)
    case = open_workspace().cases.load("made")
    assert len(case.evidence) == 2 and case.reviews == ()
    vedette.ok(*change)
    assert [e.id for e in open_workspace().cases.load("made").standing()] == ["e2", "e1.c1"]


@pytest.fixture
def article(tmp_path: Path) -> Path:
    path = tmp_path / "article.txt"
    path.write_text(ARTICLE, encoding="utf-8")
    return path


@pytest.mark.parametrize("point", ["upgrade", "cases", "documents", "evidence", "commit"])
def test_killed_in_the_first_read_leaves_the_bundled_case_as_it_was(vedette: Any, article: Path, point: str) -> None:
    read = ("read", article, "--case", "belarus-2022", "--published", "2022-01-14")
    before = vedette.ok("case", "show", "belarus-2022", "--json")
    run_killed(point, *read)
    assert vedette.ok("case", "show", "belarus-2022", "--json") == before
    assert "Read" in vedette.ok(*read)


def test_killed_in_a_later_read_keeps_the_earlier_one(vedette: Any, article: Path, tmp_path: Path) -> None:
    vedette.ok("read", article, "--case", "belarus-2022", "--published", "2022-01-14")
    before = vedette.ok("case", "show", "belarus-2022", "--json")
    other = tmp_path / "other.txt"
    other.write_text(ARTICLE.replace("Yelsk", "Rechitsa"), encoding="utf-8")
    read = ("read", other, "--case", "belarus-2022", "--published", "2022-01-15")
    run_killed("evidence", *read)
    assert vedette.ok("case", "show", "belarus-2022", "--json") == before
    run_killed("committed", *read)
    assert "nothing changed" in vedette.ok(*read)


def test_killed_in_the_middle_of_assess_changes_nothing(
    vedette: Any, article: Path, workspace_home: Path, backend_of_the_command_line: str
) -> None:
    vedette.ok("read", article, "--case", "belarus-2022", "--published", "2022-01-14")
    shown = vedette.ok("case", "show", "belarus-2022", "--json")
    code = (
        "import os, signal, vedette.forecasting.assess as engine\n"
        "def die(*_, **__): os.kill(os.getpid(), signal.SIGKILL)\n"
        "engine.attribute = die\n"
        "from vedette.cli import main; main(['assess', 'belarus-2022'])"
    )
    file = workspace_home / "vedette.sqlite3"
    content = file.read_bytes() if backend_of_the_command_line == "sqlite" else b""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, timeout=250)
    assert done.returncode == -signal.SIGKILL, done.stderr
    assert (file.read_bytes() if backend_of_the_command_line == "sqlite" else b"") == content
    assert vedette.ok("case", "show", "belarus-2022", "--json") == shown


def test_two_processes_committing_at_once_both_succeed_in_order(vedette: Any, case_file: Path) -> None:
    vedette.ok("case", "import", case_file)
    code = (
        "import sys; from vedette.cli import main\n"
        "for i in range(12):\n"
        f"    assert main(['ledger', 'add', 'made', '--probabilities', '{PROBABILITIES}', '--base-rate',\n"
        f"                 '{PROBABILITIES}', '--note', sys.argv[1] + str(i), '--json']) == 0\n"
    )
    writers = [
        subprocess.Popen([sys.executable, "-c", code, name], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        for name in ("a", "b")
    ]
    for writer in writers:
        _, said = writer.communicate(timeout=250)
        assert writer.returncode == 0, said.decode()
    entries = open_workspace().ledger.entries()
    assert not any(e.fault for e in entries)
    notes = [forecast.note for _, forecast in open_workspace().ledger.forecasts()]
    assert len(notes) == 24
    for name in ("a", "b"):
        assert [n for n in notes if n.startswith(name)] == [f"{name}{i}" for i in range(12)]


def test_two_processes_making_the_workspace_at_once(case_file: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.json"
    other.write_text(json.dumps({**encode_dossier(full_case()), "id": "other"}), encoding="utf-8")
    code = "import sys; from vedette.cli import main; sys.exit(main(['case', 'import', sys.argv[1]]))"
    writers = [
        subprocess.Popen([sys.executable, "-c", code, str(path)], stderr=subprocess.PIPE, stdout=subprocess.DEVNULL)
        for path in (case_file, other)
    ]
    for writer in writers:
        _, said = writer.communicate(timeout=250)
        assert writer.returncode == 0, said.decode()
    assert {"made", "other"} <= set(open_workspace().cases.case_ids())
