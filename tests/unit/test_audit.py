"""The audit of what is locked: matching, what it cannot say, and what it does when nothing could be looked up."""

from __future__ import annotations

import datetime as dt
import importlib.util
import json
import os
import subprocess
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
TODAY = dt.date(2026, 11, 26)
HAND = """
looked_up = 2026-11-26
how = "Made."
nothing_found = ["quiet"]
"""


def load() -> ModuleType:
    spec = importlib.util.spec_from_file_location("audit", ROOT / "buildtools" / "audit.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["audit"] = module  # dataclasses look their module up
    spec.loader.exec_module(module)
    return module


audit: Any = load()


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Two lock files of Python and one of JavaScript."""
    root = tmp_path / "project"
    (root / "requirements").mkdir(parents=True)
    (root / "docs" / "reference").mkdir(parents=True)
    assets = root / "src" / "vedette" / "web" / "assets"
    assets.mkdir(parents=True)
    pin = "{} \\\n    --hash=sha256:00\n"
    (root / "requirements" / "run.txt").write_text(
        pin.format("Leaky_Thing==1.4.0") + pin.format("quiet==2.0 ; sys_platform == 'win32'") + "    # via leaky\n"
    )
    (root / "requirements" / "dev.txt").write_text(pin.format("leaky-thing==1.4.0") + pin.format("other==3.1rc1"))
    (root / "requirements" / "advisories.toml").write_text(HAND)
    packages = {"": {"name": "web"}, "node_modules/mapper": {"version": "6.4.0"},
                "node_modules/a/node_modules/@x/inner": {"version": "1.0.0-beta.2"}}  # fmt: skip
    (assets / "package-lock.json").write_text(json.dumps({"packages": packages}))
    return root


def entry(**changes: Any) -> dict[str, Any]:
    package = {"name": changes.pop("package", "leaky-thing"), "ecosystem": changes.pop("ecosystem", "PyPI")}
    events = changes.pop("events", [{"introduced": "0"}, {"fixed": "1.5"}])
    kind = changes.pop("kind", "ECOSYSTEM")
    affected = {"package": package, "ranges": [{"type": kind, "events": events}]}
    affected |= {"versions": changes.pop("versions")} if "versions" in changes else {}
    return {"id": "PYSEC-1", "aliases": ["CVE-1"], "summary": "It leaks.", "affected": [affected]} | changes


def write(folder: Path, *entries: dict[str, Any]) -> Path:
    for number, one in enumerate(entries):
        place = folder / "vulns" / one["affected"][0]["package"]["name"]
        place.mkdir(parents=True, exist_ok=True)
        # JSON is YAML, so both readers are used.
        (place / f"{one['id']}-{number}.{'json' if number % 2 else 'yaml'}").write_text(json.dumps(one))
    return folder


def bare(folder: Path, target: Path) -> Path:
    at = "2026-10-01T00:00:00Z"
    who = ["-c", "user.name=a", "-c", "user.email=a@example.org"]
    for words in (["init", "-q", "-b", "main"], ["add", "."], [*who, "commit", "-q", "-m", "x", "--date", at]):
        given = os.environ | {"GIT_COMMITTER_DATE": at}
        subprocess.run(["git", "-C", str(folder), *words], check=True, env=given)
    subprocess.run(["git", "clone", "-q", "--bare", str(folder), str(target)], check=True)
    return target


def run(project: Path, *words: str) -> int:
    return int(audit.main(list(words), root=project, today=TODAY))


def test_every_lock_file_is_read(project: Path) -> None:
    found = {(p.ecosystem, p.name, p.version): p.files for p in audit.locked(project)}
    assert found == {
        ("PyPI", "leaky-thing", "1.4.0"): ("dev.txt", "run.txt"), ("PyPI", "quiet", "2.0"): ("run.txt",),
        ("PyPI", "other", "3.1rc1"): ("dev.txt",), ("npm", "mapper", "6.4.0"): ("package-lock.json",),
        ("npm", "@x/inner", "1.0.0-beta.2"): ("package-lock.json",),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("version", "events", "hit"),
    [
        ("1.4.0", [{"introduced": "0"}, {"fixed": "1.5"}], True),
        ("1.5", [{"introduced": "0"}, {"fixed": "1.5"}], False),
        ("1.5rc1", [{"introduced": "0"}, {"fixed": "1.5"}], True),  # PEP 440: before the release
        ("1.4.0.post1", [{"introduced": "0"}, {"last_affected": "1.4.0"}], False),
        ("1.4.0", [{"introduced": "0"}, {"last_affected": "1.4.0"}], True),
        ("1.9", [{"introduced": "0"}], True),
        ("1.10", [{"introduced": "1.9"}, {"fixed": "1.11"}], True),  # by number, not by letter
        ("1.8", [{"introduced": "1.9"}, {"fixed": "1.11"}], False),
        ("2.1", [{"introduced": "0"}, {"fixed": "1.5"}, {"introduced": "2.0"}, {"fixed": "2.2"}], True),
        ("1.7", [{"introduced": "2.0"}, {"fixed": "2.2"}, {"introduced": "0"}, {"fixed": "1.5"}], False),
        ("1!0.1", [{"introduced": "0"}, {"fixed": "9"}], False),
    ],
)
def test_ranges_follow_pep_440(version: str, events: list[dict[str, str]], hit: bool) -> None:
    pin = audit.Pin(ecosystem="PyPI", name="leaky-thing", version=version)
    assert bool(audit.match([pin], [entry(events=events)])) is hit


@pytest.mark.parametrize(
    ("version", "hit"), [("6.4.0", True), ("6.4.1", False), ("6.4.1-rc.1", True), ("6.10.0", False), ("x", False)]
)
def test_ranges_of_javascript_follow_semantic_versions(version: str, hit: bool) -> None:
    pin = audit.Pin(ecosystem="npm", name="mapper", version=version)
    one = entry(package="mapper", ecosystem="npm", kind="SEMVER", events=[{"introduced": "0"}, {"fixed": "6.4.1"}])
    assert bool(audit.match([pin], [one])) is hit


def test_a_listed_version_counts_and_a_range_of_commits_does_not() -> None:
    pin = audit.Pin(ecosystem="PyPI", name="leaky-thing", version="1.4.0")
    assert audit.match([pin], [entry(kind="GIT", versions=["1.3.0", "1.4.0"])])
    assert not audit.match([pin], [entry(kind="GIT")])
    assert not audit.match([pin], [entry(ecosystem="crates.io")])


def test_withdrawn_entries_are_skipped_and_aliases_are_one(project: Path, tmp_path: Path) -> None:
    pin = audit.Pin(ecosystem="PyPI", name="leaky-thing", version="1.4.0")
    assert not audit.match([pin], [entry(withdrawn="2024-01-01T00:00:00Z")])
    twice = [entry(severity=[{"type": "CVSS_V3", "score": "CVSS:3.1/AV:N"}]),
             entry(id="GHSA-1", aliases=["CVE-1"], events=[{"introduced": "0"}, {"fixed": "1.6"}])]  # fmt: skip
    (hit,) = audit.match([pin], twice)
    assert set(hit.ids) == {"PYSEC-1", "CVE-1", "GHSA-1"}
    assert hit.fixed == ("1.5", "1.6")
    assert hit.severity == "CVSS:3.1/AV:N"


@pytest.mark.parametrize("how", ["folder", "bare", "checkout"])
def test_a_hit_is_status_1_with_the_facts(
    how: str, project: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    place = write(tmp_path / "db", entry(modified="2026-10-01T00:00:00Z"), entry(id="PYSEC-9", package="unrelated"))
    if how != "folder":
        made = bare(place, tmp_path / "db.git")
        place = made if how == "bare" else place
    assert run(project, "--advisories", str(place)) == 1
    said = capsys.readouterr().out
    assert "leaky-thing  1.4.0   PYSEC-1 CVE-1  1.5       not stated  dev.txt, run.txt" in said
    assert "Looked up: 3 of 5 locked versions (3 PyPI, 2 npm) against 2 entries, 1 of them about" in said
    assert "Not looked up: 2; the database holds nothing about their ecosystem." in said
    assert "Snapshot: 2026-10-01" in said
    assert ("commit " in said) is (how != "folder")
    assert "WARNING: the snapshot is 56 days old." in said
    assert "It cannot clear 2 of 3: 0 are newer than any version it mentions, 2 it never names." in said


def test_nothing_known_is_status_0_and_says_what_it_cannot_clear(
    project: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    place = write(tmp_path / "db", entry(events=[{"introduced": "0"}, {"fixed": "1.2"}], modified="2024-10-10"))
    assert run(project, "--advisories", str(place)) == 0
    said = capsys.readouterr().out
    assert "No known vulnerability." in said
    assert "WARNING: the snapshot is 777 days old." in said
    assert "1 are newer than any version it mentions, 2 it never names" in said


@pytest.mark.parametrize("what", ["missing", "empty", "unrelated", "broken"])
def test_when_nothing_could_be_looked_up_it_is_status_2(
    what: str, project: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    place = tmp_path / "db"
    if what != "missing":
        place.mkdir()
    if what == "unrelated":
        write(place, entry(ecosystem="Go"))
    if what == "broken":
        (place / "one.json").write_text("{")
    assert run(project, "--advisories", str(place)) == 2
    assert str(place) in capsys.readouterr().err


def test_nothing_locked_is_status_2(tmp_path: Path) -> None:
    (tmp_path / "requirements").mkdir()
    assert run(tmp_path, "--advisories", str(tmp_path)) == 2


def ignore(**changes: str) -> str:
    lines = {"id": '"CVE-1"', "package": '"leaky_thing"', "reason": '"Not reachable: no part of it is called."',
             "until": "2027-01-31"} | changes  # fmt: skip
    return HAND + "[[ignore]]\n" + "".join(f"{k} = {v}\n" for k, v in lines.items() if v)


@pytest.mark.parametrize(
    ("changes", "status"),
    [({}, 0), ({"until": "2026-11-25"}, 1), ({"package": '"quiet"'}, 1), ({"id": '"CVE-2"'}, 1), ({"reason": ""}, 2)],
)
def test_what_is_passed_over_has_a_reason_and_a_last_day(
    changes: dict[str, str], status: int, project: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (project / "requirements" / "advisories.toml").write_text(ignore(**changes))
    assert run(project, "--advisories", str(write(tmp_path / "db", entry()))) == status
    if status == 0:
        assert "passed over: leaky-thing 1.4.0 PYSEC-1: Not reachable" in capsys.readouterr().out


def test_what_was_looked_up_by_hand_counts_too(
    project: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    found = '\n[[advisory]]\npackage = "mapper"\necosystem = "npm"\nids = ["GHSA-9"]\nwhat = "x"\nfixed = "6.4.1"\n'
    found += 'source = "a thread"\n'
    (project / "requirements" / "advisories.toml").write_text(HAND + found)
    database = write(tmp_path / "db", entry(events=[{"introduced": "0"}, {"fixed": "1.2"}]))
    assert run(project, "--advisories", str(database), "--page") == 1
    assert "mapper   6.4.0   GHSA-9" in capsys.readouterr().out
    page = (project / "docs" / "reference" / "audit.md").read_text()
    assert "| mapper | 6.4.0 | GHSA-9 | x | 6.4.1 | VULNERABLE | a thread |" in page
    assert "- PyPI: quiet 2.0" in page


def test_without_a_copy_the_index_is_asked(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (project / "requirements" / "advisories.toml").write_text(ignore())
    asked: list[list[str]] = []

    def called(words: list[str], **_: object) -> subprocess.CompletedProcess[str]:
        asked.append(words)
        return subprocess.CompletedProcess(words, 1)

    monkeypatch.setattr(audit.subprocess, "run", called)
    assert run(project) == 1
    assert [Path(words[-1]).name for words in asked] == ["run.txt", "dev.txt"]
    assert all("--strict" in words and "--require-hashes" in words for words in asked)
    assert all(words[words.index("--ignore-vuln") + 1] == "CVE-1" for words in asked)


def test_no_locked_version_is_one_that_was_found_vulnerable_by_hand() -> None:
    said = audit.by_hand()
    today = dt.datetime.now(dt.UTC).date()
    hits = audit.match(audit.locked(), audit.as_entries(said))
    left = [h for h in hits if not audit._reason(h, said["ignore"], today)]
    assert not left, audit.table(left)
    assert len(said["advisory"]) > 40


def test_the_page_speaks_of_the_versions_that_are_locked() -> None:
    page = (ROOT / "docs" / "reference" / "audit.md").read_text(encoding="utf-8")
    said = audit.by_hand()
    versions = {(p.ecosystem, p.name): p.version for p in audit.locked()}
    for one in said["advisory"]:
        key = (one.get("ecosystem", "PyPI"), one["package"])
        row = f"| {one['package']} | {versions[key]} | {', '.join(one['ids'])} |"
        assert row in page, f"{row} is not on the page: python buildtools/audit.py --advisories DIR --page"
    assert "VULNERABLE" not in page
