"""``vedette migrate``, ``backup`` and ``restore`` through the command line; a laptop's workspace moves to a server."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from typing import Any

import pytest
from tests.made_texts import ARTICLE

PROBABILITIES = "a1=0.1,a2=0.1,a3=0.3,a4=0.3,a5=0.1,other=0.1"


@pytest.fixture
def used(vedette: Any, tmp_path: Path) -> dict[str, Any]:
    """A workspace with a document read, evidence decided, a forecast, a file of its own, and one document forgotten."""
    from tests.made_records import full_case

    from vedette.bootstrap import open_workspace
    from vedette.codec.case_writer import encode_case

    (tmp_path / "made.toml").write_text(encode_case(full_case()), encoding="utf-8")
    vedette.ok("case", "import", tmp_path / "made.toml")
    vedette.ok("ledger", "add", "made", "--probabilities", PROBABILITIES, "--base-rate", PROBABILITIES)
    article = tmp_path / "article.txt"
    article.write_text(ARTICLE, encoding="utf-8")
    vedette.ok("read", article, "--case", "belarus-2022", "--published", "2022-01-14")
    first = open_workspace().cases.load("belarus-2022").evidence[-1].id
    vedette.ok("review", "belarus-2022", "--accept", first)
    return everything(vedette)


def everything(vedette: Any) -> dict[str, Any]:
    """What a user can see of a workspace."""
    return {
        "cases": json.loads(vedette.ok("case", "list", "--json")),
        "case": json.loads(vedette.ok("case", "export", "belarus-2022", "--json")),
        "made": json.loads(vedette.ok("case", "export", "made", "--json")),
        "assessment": json.loads(vedette.ok("assess", "belarus-2022", "--as-of", "2022-01-20", "--json")),
        "ledger": json.loads(vedette.ok("ledger", "list", "--json")),
    }


def test_a_laptop_moves_to_a_server_and_back_and_loses_nothing(
    vedette: Any, used: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, postgres_database: str
) -> None:
    from vedette.bootstrap import open_workspace

    document = open_workspace().cases.load("belarus-2022").documents[-1].id
    raw = open_workspace().cases.raw("belarus-2022", document)
    vedette.ok("backup", tmp_path / "laptop.zip")
    monkeypatch.setenv("DATABASE_URL", postgres_database)
    monkeypatch.setenv("VEDETTE_HOME", str(tmp_path / "server"))
    said = json.loads(vedette.ok("restore", tmp_path / "laptop.zip", "--json"))
    assert said["rows"]["evidence"] > 2 and said["rows"]["ledger"] == 2
    assert everything(vedette) == used
    assert open_workspace().cases.raw("belarus-2022", document) == raw
    # Counting goes on where it stood: the next rows find no number taken.
    vedette.ok("ledger", "add", "made", "--probabilities", PROBABILITIES, "--base-rate", PROBABILITIES)
    article = tmp_path / "other.txt"
    article.write_text(ARTICLE.replace("Yelsk", "Rechitsa"), encoding="utf-8")
    vedette.ok("read", article, "--case", "belarus-2022", "--published", "2022-01-15")
    after = everything(vedette)
    vedette.ok("backup", tmp_path / "server.zip")
    monkeypatch.delenv("DATABASE_URL")
    monkeypatch.setenv("VEDETTE_HOME", str(tmp_path / "second"))
    vedette.ok("restore", tmp_path / "server.zip")
    assert everything(vedette) == after


def test_a_backup_goes_into_an_empty_workspace_only(vedette: Any, used: dict[str, Any], tmp_path: Path) -> None:
    vedette.ok("backup", tmp_path / "b.zip")
    assert "not empty" in vedette.refused("restore", tmp_path / "b.zip")
    assert "there is a file" in vedette.refused("backup", tmp_path / "b.zip")
    assert everything(vedette) == used


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda z: {**z, "tables/evidence.jsonl": z["tables/evidence.jsonl"][:-20]}, "does not match its digest"),
        (lambda z: {n: c for n, c in z.items() if n != "tables/evidence.jsonl"}, "missing"),
        (lambda z: {**z, "tables/extra.jsonl": b""}, "not in the manifest"),
        (lambda z: {**z, "manifest.json": b"{}"}, "not a backup"),
        (lambda z: {n: c for n, c in z.items() if n != "manifest.json"}, "not a backup"),
        (
            lambda z: {**z, "manifest.json": z["manifest.json"].replace(b'"version": "', b'"version": "9')},
            "newer Vedette",
        ),
    ],
)
def test_a_damaged_backup_restores_nothing(
    vedette: Any, used: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, change: Any, said: str
) -> None:
    vedette.ok("backup", tmp_path / "b.zip")
    with zipfile.ZipFile(tmp_path / "b.zip") as given:
        members = {name: given.read(name) for name in given.namelist()}
    with zipfile.ZipFile(tmp_path / "bad.zip", "w") as bad:
        for name, content in change(members).items():
            bad.writestr(name, content)
    monkeypatch.setenv("VEDETTE_HOME", str(tmp_path / "fresh"))
    done = vedette("restore", tmp_path / "bad.zip")
    assert done.status in (1, 2) and said in done.err
    assert json.loads(vedette.ok("ledger", "list", "--json")) in ([], {"entries": []}) or "made" not in done.out
    from vedette.bootstrap import open_workspace

    assert open_workspace().cases.case_ids() == ()


def test_a_backup_cannot_write_outside_the_workspace(
    vedette: Any, used: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import hashlib

    vedette.ok("backup", tmp_path / "b.zip")
    with zipfile.ZipFile(tmp_path / "b.zip") as given:
        members = {name: given.read(name) for name in given.namelist()}
    manifest = json.loads(members["manifest.json"])
    manifest["members"]["files/../../evil.txt"] = {"sha256": hashlib.sha256(b"x").hexdigest(), "size": 1}
    with zipfile.ZipFile(tmp_path / "bad.zip", "w") as bad:
        for name, content in members.items():
            bad.writestr(name, json.dumps(manifest) if name == "manifest.json" else content)
        bad.writestr("files/../../evil.txt", b"x")
    monkeypatch.setenv("VEDETTE_HOME", str(tmp_path / "a" / "fresh"))
    assert "outside the workspace" in vedette("restore", tmp_path / "bad.zip").err
    assert not (tmp_path / "evil.txt").exists() and not (tmp_path / "a" / "evil.txt").exists()


def test_not_a_backup_at_all(vedette: Any, tmp_path: Path) -> None:
    (tmp_path / "x.zip").write_bytes(b"no zip")
    assert "cannot be unpacked" in vedette("restore", tmp_path / "x.zip").err
    assert "nothing yet" in vedette.refused("backup", tmp_path / "y.zip")
    assert vedette("restore", tmp_path / "absent.zip").status != 0


def test_migrate_says_where_it_stands_and_goes_down_and_up(vedette: Any, used: dict[str, Any]) -> None:
    newest = json.loads(vedette.ok("migrate", "--status", "--json"))["newest"]
    assert "nothing to do" in vedette.ok("migrate")
    assert "to 0003" in vedette.ok("migrate", "--to", "0003") or newest == "0003"
    vedette.ok("migrate")
    assert everything(vedette) == used
    assert "--drop-data" in vedette.refused("migrate", "--to", "none")
    assert "version" in vedette.refused("migrate", "--to", "7")


def test_a_server_that_does_not_answer_is_said_in_one_line(vedette: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://nobody:secret-word@127.0.0.1:1/none")
    done = vedette("case", "list")
    assert done.status in (1, 2) and "does not answer" in done.err and "secret-word" not in done.err
    monkeypatch.setenv("DATABASE_URL", "mysql://x")
    assert "DATABASE_URL" in vedette.refused("case", "list")
